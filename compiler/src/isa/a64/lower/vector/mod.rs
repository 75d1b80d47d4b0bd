//! Vectors: dispatch over the vector ops, arithmetic, shifts, conversions.
//!
//! Logic and comparisons are in `logic.rs`, lanes, splats and their loads and stores in `lanes.rs`, permutations in `shuffle.rs`, what ends in
//! an integer that says something about all lanes in `reduce.rs`, constants in `emit/constant.rs`.
//!
//! An operation that only one other uses is taken into it where the processor has both in one instruction and no bit of the result changes:
//! multiply-accumulate, additions of extended lanes, shift and accumulate or insert, complemented operands, products by one lane. Products of
//! floats are fused with additions only where the IR says so (`vfma`).
//!
//! What is taken in must work in lanes that the root expects, else the same bits mean something else. So whatever matches such an operation is
//! given the lanes ([`own_of`]).

pub mod lanes;
pub mod logic;
pub mod reduce;
pub mod shuffle;

use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::cond::own_def;
use crate::isa::a64::lower::{Cx, reg, row, tied};
use crate::isa::a64::mir::MReg;
use crate::isa::a64::operand::Arg;
use logic::{bitselect, compare, logic, own_shift};

use crate::ir::vec::Lanes;
use crate::ir::{self, Imm, InstData, Op, Value};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{two, typed_bits, unmasked_count};

/// A new vector register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Float)
}

/// The register of a vector op's result.
pub fn dst(cx: &mut Cx, inst: ir::Inst) -> VReg {
    let value = cx.result_value(inst, 0);
    cx.dst(value)
}

/// log2 of a lane's bytes: an index into tables of forms.
pub fn width(lanes: Lanes) -> usize {
    lanes.bits().trailing_zeros() as usize - 3
}

/// Lanes that the immediate says.
pub fn lanes(data: &InstData) -> Lanes {
    data.imm.lanes().unwrap_or_else(|| data.wrong_imm())
}

/// The operation in these lanes that makes a value, if only the root uses it.
pub fn own_of<'a>(cx: &Cx<'a>, value: Value, of: Lanes) -> Option<&'a InstData> {
    own_def(cx, value).filter(|data| data.imm.lanes() == Some(of))
}

/// The form for these lanes from those for lanes of 1, 2, 4, 8 bytes.
pub fn by_width(lanes: Lanes, forms: &[Form]) -> Form {
    forms[width(lanes)]
}

/// The form for floats of these lanes.
pub fn by_float(lanes: Lanes, forms: [Form; 2]) -> Form {
    match lanes {
        Lanes::F32x4 => forms[0],
        Lanes::F64x2 => forms[1],
        Lanes::I8x16 | Lanes::I16x8 | Lanes::I32x4 | Lanes::I64x2 => panic!("{lanes:?} as floats"),
    }
}

/// Lowers a vector op.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    match data.op {
        Op::Vnot => unary(cx, inst, Mvn16b),
        Op::Vand | Op::Vandnot | Op::Vor | Op::Vxor => logic(cx, inst),
        Op::Vbitselect | Op::VrelaxedLaneselect => bitselect(cx, inst),
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
        Op::Vadd => add(cx, inst),
        Op::Vsub => sub(cx, inst),
        Op::Vmul => mul(cx, inst),
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
        Op::Vshl | Op::VshrS | Op::VshrU => shift(cx, inst),
        Op::Vicmp | Op::Vfcmp => {
            let dst = dst(cx, inst);
            compare(cx, data, dst);
        }
        Op::VnarrowS | Op::VnarrowU => narrow(cx, inst),
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU => {
            let form = Extension::of(data.op).extend(lanes(data));
            let source = reg(cx.reg(data.args[0]));
            let dst = reg(dst(cx, inst));
            row(cx, form, &[dst, source, Arg::Imm(0)]);
        }
        Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
            let form = Extension::of(data.op).mul(lanes(data));
            binary(cx, inst, form);
        }
        Op::VextaddPairwiseS => unary(cx, inst, pairwise(lanes(data), Saddlp8h, Saddlp4s)),
        Op::VextaddPairwiseU => unary(cx, inst, pairwise(lanes(data), Uaddlp8h, Uaddlp4s)),
        Op::Vdot => dot(cx, inst, [Smull4s, Smull24s, Addp4s]),
        Op::VrelaxedDot => dot(cx, inst, [Smull8h, Smull28h, Addp8h]),
        Op::Vq15mulr | Op::VrelaxedQ15mulr => binary(cx, inst, Sqrdmulh8h),
        Op::Vfadd => float_binary(cx, inst, [Fadd4s, Fadd2d]),
        Op::Vfsub => float_binary(cx, inst, [Fsub4s, Fsub2d]),
        Op::Vfmul => float_mul(cx, inst),
        Op::Vfdiv => float_binary(cx, inst, [Fdiv4s, Fdiv2d]),
        // The processor's minimum and maximum are the standard's.
        Op::Vfmin | Op::VrelaxedMin => float_binary(cx, inst, [Fmin4s, Fmin2d]),
        Op::Vfmax | Op::VrelaxedMax => float_binary(cx, inst, [Fmax4s, Fmax2d]),
        Op::Vfpmin | Op::Vfpmax => float_choice(cx, inst),
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
        Op::VconvLowS => extended_float(cx, inst, Sshll2d, Scvtf2d),
        Op::VconvLowU => extended_float(cx, inst, Ushll2d, Ucvtf2d),
        Op::Vdemote => unary(cx, inst, Fcvtn2s),
        Op::Vpromote => unary(cx, inst, Fcvtl2d),
        Op::Vfma | Op::Vfnma => fused(cx, inst),
        other => panic!("{other:?} is no vector op"),
    }
}

fn unary(cx: &mut Cx, inst: ir::Inst, form: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, source]);
}

fn unary_by(cx: &mut Cx, inst: ir::Inst, forms: &[Form]) {
    let form = by_width(lanes(cx.inst(inst)), forms);
    unary(cx, inst, form);
}

fn float_unary(cx: &mut Cx, inst: ir::Inst, forms: [Form; 2]) {
    let form = by_float(lanes(cx.inst(inst)), forms);
    unary(cx, inst, form);
}

pub fn binary(cx: &mut Cx, inst: ir::Inst, form: Form) {
    let (a, b) = two(cx.inst(inst));
    let args = [reg(cx.reg(a)), reg(cx.reg(b))];
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, args[0], args[1]]);
}

fn binary_by(cx: &mut Cx, inst: ir::Inst, forms: &[Form]) {
    let form = by_width(lanes(cx.inst(inst)), forms);
    binary(cx, inst, form);
}

fn float_binary(cx: &mut Cx, inst: ir::Inst, forms: [Form; 2]) {
    let form = by_float(lanes(cx.inst(inst)), forms);
    binary(cx, inst, form);
}

/// Two instructions, the second with the first one's result.
fn in_two(cx: &mut Cx, inst: ir::Inst, first: Form, second: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let between = reg(temp(cx));
    row(cx, first, &[between, source]);
    let dst = reg(dst(cx, inst));
    row(cx, second, &[dst, between]);
}

/// The lower two integers as floats.
fn extended_float(cx: &mut Cx, inst: ir::Inst, extend: Form, convert: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let between = reg(temp(cx));
    row(cx, extend, &[between, source, Arg::Imm(0)]);
    let dst = reg(dst(cx, inst));
    row(cx, convert, &[dst, between]);
}

fn pairwise(lanes: Lanes, halves: Form, words: Form) -> Form {
    match lanes {
        Lanes::I16x8 => halves,
        _ => words,
    }
}

// Extensions.

/// Which half is extended, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Extension {
    high: bool,
    signed: bool,
}

/// The four rows of an instruction that extends to given lanes: low and signed, low and unsigned, high and signed, high and unsigned.
type ByExtension = [Form; 4];

impl Extension {
    fn of(op: Op) -> Extension {
        let (high, signed) = match op {
            Op::VextendLowS | Op::VextmulLowS => (false, true),
            Op::VextendLowU | Op::VextmulLowU => (false, false),
            Op::VextendHighS | Op::VextmulHighS => (true, true),
            Op::VextendHighU | Op::VextmulHighU => (true, false),
            other => panic!("{other:?} extends nothing"),
        };
        Extension { high, signed }
    }
    fn pick(self, lanes: Lanes, rows: [ByExtension; 3]) -> Form {
        let n = 2 * usize::from(self.high) + usize::from(!self.signed);
        rows[width(lanes) - 1][n]
    }
    fn extend(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Sshll8h, Ushll8h, Sshll28h, Ushll28h],
                [Sshll4s, Ushll4s, Sshll24s, Ushll24s],
                [Sshll2d, Ushll2d, Sshll22d, Ushll22d],
            ],
        )
    }
    fn mul(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Smull8h, Umull8h, Smull28h, Umull28h],
                [Smull4s, Umull4s, Smull24s, Umull24s],
                [Smull2d, Umull2d, Smull22d, Umull22d],
            ],
        )
    }
    fn mul_add(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Smlal8h, Umlal8h, Smlal28h, Umlal28h],
                [Smlal4s, Umlal4s, Smlal24s, Umlal24s],
                [Smlal2d, Umlal2d, Smlal22d, Umlal22d],
            ],
        )
    }
    /// Both operands are extended.
    fn add_long(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Saddl8h, Uaddl8h, Saddl28h, Uaddl28h],
                [Saddl4s, Uaddl4s, Saddl24s, Uaddl24s],
                [Saddl2d, Uaddl2d, Saddl22d, Uaddl22d],
            ],
        )
    }
    fn sub_long(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Ssubl8h, Usubl8h, Ssubl28h, Usubl28h],
                [Ssubl4s, Usubl4s, Ssubl24s, Usubl24s],
                [Ssubl2d, Usubl2d, Ssubl22d, Usubl22d],
            ],
        )
    }
    /// The second operand is extended.
    fn add_wide(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Saddw8h, Uaddw8h, Saddw28h, Uaddw28h],
                [Saddw4s, Uaddw4s, Saddw24s, Uaddw24s],
                [Saddw2d, Uaddw2d, Saddw22d, Uaddw22d],
            ],
        )
    }
}

/// Whether others may use an extension that is taken in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Users {
    Root,
    Any,
}

/// An extension to these lanes.
fn extension(cx: &Cx, value: Value, to: Lanes, users: Users) -> Option<(Extension, Value)> {
    let data = match users {
        Users::Root => own_of(cx, value, to)?,
        Users::Any => cx.inst(cx.pure_def(value)?),
    };
    let is_extension = matches!(
        data.op,
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU
    );
    (is_extension && lanes(data) == to).then(|| (Extension::of(data.op), data.args[0]))
}

/// Both operands extended to these lanes in the same way.
fn extensions(
    cx: &Cx,
    (a, b): (Value, Value),
    to: Lanes,
    users: Users,
) -> Option<(Extension, Value, Value)> {
    let (first, a) = extension(cx, a, to, users)?;
    let (second, b) = extension(cx, b, to, users)?;
    (first == second).then_some((first, a, b))
}

fn narrow(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let [low, high] = match (data.op, lanes(data)) {
        (Op::VnarrowS, Lanes::I8x16) => [Form::Sqxtn8b, Form::Sqxtn216b],
        (Op::VnarrowS, _) => [Form::Sqxtn4h, Form::Sqxtn28h],
        (_, Lanes::I8x16) => [Form::Sqxtun8b, Form::Sqxtun216b],
        _ => [Form::Sqxtun4h, Form::Sqxtun28h],
    };
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let lower = temp(cx);
    row(cx, low, &[reg(lower), a]);
    let dst = tied(dst(cx, inst), lower);
    row(cx, high, &[dst, b]);
}

/// Sums of neighbouring products.
fn dot(cx: &mut Cx, inst: ir::Inst, [low, high, sum]: [Form; 3]) {
    let (a, b) = two(cx.inst(inst));
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let [lower, upper] = [(); 2].map(|()| reg(temp(cx)));
    row(cx, low, &[lower, a, b]);
    row(cx, high, &[upper, a, b]);
    let dst = reg(dst(cx, inst));
    row(cx, sum, &[dst, lower, upper]);
}

// Sums and products.

pub const USHR: [Form; 4] = [Form::UshrI16b, Form::UshrI8h, Form::UshrI4s, Form::UshrI2d];
const SSHR: [Form; 4] = [Form::SshrI16b, Form::SshrI8h, Form::SshrI4s, Form::SshrI2d];

fn add(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Root) {
        return binary_values(cx, inst, extension.add_long(to), a, b);
    }
    for (x, y) in [(b, a), (a, b)] {
        if let Some((extension, y)) = extension(cx, y, to, Users::Root) {
            return binary_values(cx, inst, extension.add_wide(to), x, y);
        }
        if let Some((op @ (Op::VshrS | Op::VshrU), source, count)) = own_shift(cx, y, to) {
            let forms = match op {
                Op::VshrS => [SsraI16b, SsraI8h, SsraI4s, SsraI2d],
                _ => [UsraI16b, UsraI8h, UsraI4s, UsraI2d],
            };
            let (x, source) = (cx.reg(x), reg(cx.reg(source)));
            let dst = tied(dst(cx, inst), x);
            let args = [dst, source, Arg::Imm(i64::from(count))];
            return row(cx, by_width(to, &forms), &args);
        }
        let Some(def) = own_of(cx, y, to) else {
            continue;
        };
        let form = match def.op {
            Op::Vmul if is_plain_product(cx, def, to) => by_width(to, &[Mla16b, Mla8h, Mla4s]),
            Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
                Extension::of(def.op).mul_add(to)
            }
            Op::VextaddPairwiseS | Op::VextaddPairwiseU => {
                let form = match def.op {
                    Op::VextaddPairwiseS => pairwise(to, Sadalp8h, Sadalp4s),
                    _ => pairwise(to, Uadalp8h, Uadalp4s),
                };
                let (x, source) = (cx.reg(x), reg(cx.reg(def.args[0])));
                let dst = tied(dst(cx, inst), x);
                return row(cx, form, &[dst, source]);
            }
            _ => continue,
        };
        return accumulate(cx, inst, form, x, def);
    }
    binary_by(cx, inst, &[Add16b, Add8h, Add4s, Add2d]);
}

/// Whether a product in these lanes is one instruction that multiplies in them.
fn is_plain_product(cx: &Cx, product: &InstData, to: Lanes) -> bool {
    to != Lanes::I64x2 && extensions(cx, two(product), to, Users::Any).is_none()
}

/// `x`, plus or minus a product.
fn accumulate(cx: &mut Cx, inst: ir::Inst, form: Form, x: Value, product: &InstData) {
    let (a, b) = two(product);
    let (x, a, b) = (cx.reg(x), reg(cx.reg(a)), reg(cx.reg(b)));
    let dst = tied(dst(cx, inst), x);
    row(cx, form, &[dst, a, b]);
}

fn binary_values(cx: &mut Cx, inst: ir::Inst, form: Form, a: Value, b: Value) {
    let args = [reg(cx.reg(a)), reg(cx.reg(b))];
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, args[0], args[1]]);
}

fn sub(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Root) {
        return binary_values(cx, inst, extension.sub_long(to), a, b);
    }
    if let Some(def) = own_of(cx, b, to)
        && def.op == Op::Vmul
        && is_plain_product(cx, def, to)
    {
        let form = by_width(to, &[Mls16b, Mls8h, Mls4s]);
        return accumulate(cx, inst, form, a, def);
    }
    binary_by(cx, inst, &[Sub16b, Sub8h, Sub4s, Sub2d]);
}

fn mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Any) {
        return binary_values(cx, inst, extension.mul(to), a, b);
    }
    if to == Lanes::I64x2 {
        return mul_doublewords(cx, inst);
    }
    binary_by(cx, inst, &[Form::Mul16b, Form::Mul8h, Form::Mul4s]);
}

/// The product of the low halves, plus both products of a low and a high half 32 bits further up.
fn mul_doublewords(cx: &mut Cx, inst: ir::Inst) {
    let (a, b) = two(cx.inst(inst));
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let [swapped, cross, sums] = [(); 3].map(|()| reg(temp(cx)));
    row(cx, Form::Rev64v4s, &[swapped, b]);
    row(cx, Form::Mul4s, &[cross, swapped, a]);
    row(cx, Form::Uaddlp2d, &[sums, cross]);
    let upper = temp(cx);
    row(cx, Form::ShlI2d, &[reg(upper), sums, Arg::Imm(32)]);
    let [low_a, low_b] = [(); 2].map(|()| reg(temp(cx)));
    row(cx, Form::Xtn2s, &[low_a, a]);
    row(cx, Form::Xtn2s, &[low_b, b]);
    let dst = tied(dst(cx, inst), upper);
    row(cx, Form::Umlal2d, &[dst, low_a, low_b]);
}

// Shifts.

fn shift(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (source, count) = two(data);
    let to = lanes(data);
    let mask = u64::from(to.bits() - 1);
    if let Some(count) = typed_bits(cx, count) {
        let count = count & mask;
        if count == 0 {
            let value = cx.result_value(inst, 0);
            let source = cx.reg(source);
            return cx.alias(value, source);
        }
        // An extension first: sshll
        if data.op == Op::Vshl
            && count < u64::from(to.bits()) / 2
            && let Some((extension, narrow)) = extension(cx, source, to, Users::Root)
        {
            let narrow = reg(cx.reg(narrow));
            let args = [reg(dst(cx, inst)), narrow, Arg::Imm(count as i64)];
            return row(cx, extension.extend(to), &args);
        }
        let forms = match data.op {
            Op::Vshl => [ShlI16b, ShlI8h, ShlI4s, ShlI2d],
            Op::VshrS => SSHR,
            _ => USHR,
        };
        let source = reg(cx.reg(source));
        let dst = reg(dst(cx, inst));
        return row(
            cx,
            by_width(to, &forms),
            &[dst, source, Arg::Imm(count as i64)],
        );
    }
    // The shift is by the signed low byte of each lane, to the right if it is negative.
    let source = reg(cx.reg(source));
    let count = unmasked_count(cx, count, mask);
    let count = reg(cx.reg(count));
    let mut amount = reg(cx.temp(RegClass::Int));
    row(cx, AndI32, &[amount, count, Arg::Imm(mask as i64)]);
    if data.op != Op::Vshl {
        let negative = reg(cx.temp(RegClass::Int));
        row(cx, Neg32, &[negative, amount]);
        amount = negative;
    }
    let amounts = reg(temp(cx));
    row(cx, by_width(to, &lanes::DUP), &[amounts, amount]);
    let forms = match data.op {
        Op::VshrS => [Sshl16b, Sshl8h, Sshl4s, Sshl2d],
        _ => [Ushl16b, Ushl8h, Ushl4s, Ushl2d],
    };
    let dst = reg(dst(cx, inst));
    row(cx, by_width(to, &forms), &[dst, source, amounts]);
}

// Floats.

/// A factor that is the same in all lanes and only the root uses: the register and the lane that hold it.
fn element(cx: &mut Cx, value: Value, of: Lanes) -> Option<(Arg<MReg>, Arg<MReg>)> {
    let data = own_def(cx, value)?;
    let (source, lane) = match (data.op, &data.imm) {
        (Op::Vsplat, &Imm::Lanes(lanes)) if lanes == of => {
            let scalar = data.args[0];
            match cx.pure_def(scalar).map(|inst| cx.inst(inst)) {
                Some(InstData {
                    op: Op::Vextract,
                    imm: Imm::Lane { lane, lanes },
                    args,
                    ..
                }) if *lanes == of => (args[0], *lane),
                _ => (scalar, 0),
            }
        }
        (Op::Vshuffle, &Imm::Vec(mask)) => {
            let (from, lane) = shuffle::repeated(mask, width(of))?;
            (data.args[usize::from(from)], lane)
        }
        _ => return None,
    };
    Some((reg(cx.reg(source)), Arg::Imm(i64::from(lane))))
}

fn float_mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    for (x, y) in [(a, b), (b, a)] {
        if let Some((y, lane)) = element(cx, y, to) {
            let x = reg(cx.reg(x));
            let dst = reg(dst(cx, inst));
            let form = by_float(to, [Form::FmulE4s, Form::FmulE2d]);
            return row(cx, form, &[dst, x, y, lane]);
        }
    }
    float_binary(cx, inst, [Form::Fmul4s, Form::Fmul2d]);
}

/// `vfma`, `vfnma`.
fn fused(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b, addend) = (data.args[0], data.args[1], data.args[2]);
    let to = lanes(data);
    let (plain, by_element) = match data.op {
        Op::Vfma => ([Fmla4s, Fmla2d], [FmlaE4s, FmlaE2d]),
        _ => ([Fmls4s, Fmls2d], [FmlsE4s, FmlsE2d]),
    };
    let addend = cx.reg(addend);
    for (x, y) in [(a, b), (b, a)] {
        if let Some((y, lane)) = element(cx, y, to) {
            let x = reg(cx.reg(x));
            let dst = tied(dst(cx, inst), addend);
            return row(cx, by_float(to, by_element), &[dst, x, y, lane]);
        }
    }
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let dst = tied(dst(cx, inst), addend);
    row(cx, by_float(to, plain), &[dst, a, b]);
}

/// `vfpmin`: `a > b ? b : a`; `vfpmax`: `b > a ? b : a`.
fn float_choice(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let (greater, less) = match data.op {
        Op::Vfpmin => (a, b),
        _ => (b, a),
    };
    let mask = temp(cx);
    let form = by_float(lanes(data), [Form::Fcmgt4s, Form::Fcmgt2d]);
    row(cx, form, &[reg(mask), greater, less]);
    let dst = tied(dst(cx, inst), mask);
    row(cx, Form::Bsl16b, &[dst, b, a]);
}

/// `select` of vectors: the condition as a mask.
pub fn select(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (then, or_else) = (reg(cx.reg(data.args[1])), reg(cx.reg(data.args[2])));
    let cc = crate::isa::a64::lower::cond::flags(cx, data.args[0]);
    let bits = reg(cx.temp(RegClass::Int));
    row(cx, Form::Csetm64, &[bits, Arg::Cc(cc)]);
    let mask = temp(cx);
    row(cx, Form::Dup2d, &[reg(mask), bits]);
    let dst = tied(dst(cx, inst), mask);
    row(cx, Form::Bsl16b, &[dst, then, or_else]);
}
