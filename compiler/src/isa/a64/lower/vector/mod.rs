//! Vectors: dispatch over the vector ops, and everything that is one instruction.
//!
//! Logic and comparisons are in `logic.rs`, lanes, splats and their loads and stores in `lanes.rs`, permutations in `shuffle.rs`, what ends in
//! an integer that says something about all lanes in `reduce.rs`, constants in `emit/constant.rs`.
//!
//! An operation that only one other uses is taken into it where the processor has both in one instruction and no bit of the result changes:
//! multiply-accumulate, additions of extended lanes, shift and accumulate or insert, complemented operands, products by one lane. Products of
//! floats are fused with additions only where the IR says so (`vfma`).
//!
//! What is taken in must work in lanes that the root expects, else the same bits mean something else. So whatever matches such an operation is
//! given the lanes ([`rows::own_of`]).

mod float;
mod int;
pub mod lanes;
mod logic;
pub mod reduce;
pub mod rows;
mod shuffle;

use self::rows::{
    binary, binary_by, dst, float_binary, float_unary, in_two, lanes, unary, unary_by,
};
use crate::ir::{self, Op};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::rows::{Cx, reg, row};
use crate::isa::a64::operand::Arg;

/// Lowers a vector op.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    match data.op {
        Op::Vnot => unary(cx, inst, Mvn16b),
        Op::Vand | Op::Vandnot | Op::Vor | Op::Vxor => logic::logic(cx, inst),
        Op::Vbitselect | Op::VrelaxedLaneselect => logic::bitselect(cx, inst),
        Op::VanyTrue | Op::VallTrue => reduce::truth(cx, inst),
        Op::Vbitmask => {
            let dst = dst(cx, inst);
            reduce::bitmask(cx, data, dst);
        }
        Op::Vsplat => lanes::splat(cx, inst),
        Op::Vextract | Op::VextractS | Op::VextractU => lanes::extract(cx, inst),
        Op::Vreplace => lanes::replace(cx, inst),
        Op::Vshuffle => shuffle::shuffle(cx, inst),
        Op::Vswizzle | Op::VrelaxedSwizzle => shuffle::swizzle(cx, inst),
        Op::Vadd => int::add(cx, inst),
        Op::Vsub => int::sub(cx, inst),
        Op::Vmul => int::mul(cx, inst),
        Op::Vneg => unary_by(cx, inst, &[Neg16b, Neg8h, Neg4s, Neg2d]),
        Op::Vabs => unary_by(cx, inst, &[Abs16b, Abs8h, Abs4s, Abs2d]),
        Op::VaddSatS => binary_by(cx, inst, &[Sqadd16b, Sqadd8h]),
        Op::VaddSatU => binary_by(cx, inst, &[Uqadd16b, Uqadd8h]),
        Op::VsubSatS => binary_by(cx, inst, &[Sqsub16b, Sqsub8h]),
        Op::VsubSatU => binary_by(cx, inst, &[Uqsub16b, Uqsub8h]),
        Op::VminS => binary_by(cx, inst, &[Smin16b, Smin8h, Smin4s]),
        Op::VminU => binary_by(cx, inst, &[Umin16b, Umin8h, Umin4s]),
        Op::VmaxS => binary_by(cx, inst, &[Smax16b, Smax8h, Smax4s]),
        Op::VmaxU => binary_by(cx, inst, &[Umax16b, Umax8h, Umax4s]),
        Op::VavgrU => binary_by(cx, inst, &[Urhadd16b, Urhadd8h]),
        Op::Vpopcnt => unary(cx, inst, Cnt16b),
        Op::Vshl | Op::VshrS | Op::VshrU => int::shift(cx, inst),
        Op::Vicmp | Op::Vfcmp => {
            let dst = dst(cx, inst);
            logic::compare(cx, data, dst);
        }
        Op::VnarrowS | Op::VnarrowU => int::narrow(cx, inst),
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU => {
            let form = int::Extension::of(data.op).extend(lanes(data));
            let source = reg(cx.reg(data.args[0]));
            let dst = reg(dst(cx, inst));
            row(cx, form, &[dst, source, Arg::Imm(0)]);
        }
        Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
            let form = int::Extension::of(data.op).mul(lanes(data));
            binary(cx, inst, form);
        }
        Op::VextaddPairwiseS => unary(cx, inst, int::pairwise(lanes(data), Saddlp8h, Saddlp4s)),
        Op::VextaddPairwiseU => unary(cx, inst, int::pairwise(lanes(data), Uaddlp8h, Uaddlp4s)),
        Op::Vdot => int::dot(cx, inst, [Smull4s, Smull24s, Addp4s]),
        Op::VrelaxedDot => int::dot(cx, inst, [Smull8h, Smull28h, Addp8h]),
        Op::Vq15mulr | Op::VrelaxedQ15mulr => binary(cx, inst, Sqrdmulh8h),
        Op::Vfadd => float_binary(cx, inst, [Fadd4s, Fadd2d]),
        Op::Vfsub => float_binary(cx, inst, [Fsub4s, Fsub2d]),
        Op::Vfmul => float::mul(cx, inst),
        Op::Vfdiv => float_binary(cx, inst, [Fdiv4s, Fdiv2d]),
        // The processor's minimum and maximum are the standard's.
        Op::Vfmin | Op::VrelaxedMin => float_binary(cx, inst, [Fmin4s, Fmin2d]),
        Op::Vfmax | Op::VrelaxedMax => float_binary(cx, inst, [Fmax4s, Fmax2d]),
        Op::Vfpmin | Op::Vfpmax => float::choice(cx, inst),
        Op::Vfabs => float_unary(cx, inst, [Fabs4s, Fabs2d]),
        Op::Vfneg => float_unary(cx, inst, [Fneg4s, Fneg2d]),
        Op::Vfsqrt => float_unary(cx, inst, [Fsqrt4s, Fsqrt2d]),
        Op::Vfceil => float_unary(cx, inst, [Frintp4s, Frintp2d]),
        Op::Vffloor => float_unary(cx, inst, [Frintm4s, Frintm2d]),
        Op::Vftrunc => float_unary(cx, inst, [Frintz4s, Frintz2d]),
        Op::Vfnearest => float_unary(cx, inst, [Frintn4s, Frintn2d]),
        // Conversions to integers saturate, and make 0 of NaN.
        Op::VtruncSatS | Op::VrelaxedTruncS => unary(cx, inst, Fcvtzs4s),
        Op::VtruncSatU | Op::VrelaxedTruncU => unary(cx, inst, Fcvtzu4s),
        Op::VtruncSatZeroS | Op::VrelaxedTruncZeroS => in_two(cx, inst, Fcvtzs2d, Sqxtn2s),
        Op::VtruncSatZeroU | Op::VrelaxedTruncZeroU => in_two(cx, inst, Fcvtzu2d, Uqxtn2s),
        Op::VconvS => unary(cx, inst, Scvtf4s),
        Op::VconvU => unary(cx, inst, Ucvtf4s),
        Op::VconvLowS => float::extended(cx, inst, Sshll2d, Scvtf2d),
        Op::VconvLowU => float::extended(cx, inst, Ushll2d, Ucvtf2d),
        Op::Vdemote => unary(cx, inst, Fcvtn2s),
        Op::Vpromote => unary(cx, inst, Fcvtl2d),
        Op::Vfma | Op::Vfnma => float::fused(cx, inst),
        other => panic!("{other:?} is no vector op"),
    }
}
