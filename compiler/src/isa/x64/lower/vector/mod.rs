//! Vector operations: dispatch, and everything that is one instruction.
//!
//! # Operands
//! A legacy instruction faults if its 16-byte memory operand is not aligned, and Wasm addresses need not be. So the load of a vector becomes
//! an operand only with AVX, whose forms do not care ([`rows::source`]); constants come from the function's pool, which is aligned. Operands of 8
//! bytes and less have no such rule.
//!
//! # Results
//! Functions here return the register that holds the result, and [`instruction`] makes the value another name of it.
//!
//! Zeros and all ones are made in a register (`xorps`, `pcmpeqd`), which costs no load.

mod float;
mod int;
pub mod lanes;
mod logic;
pub mod reduce;
pub mod rows;
mod shuffle;

use self::rows::{binary, by_float, by_lanes, combine, commutative, lanes, zero};
use crate::ir::{self, InstData, Lanes, Op};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::rows::Cx;
use crate::isa::x64::lower::select;
use crate::mach::mir::VReg;
use crate::mach::patterns::two;

/// Lowers a vector op.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    if matches!(data.op, Op::VanyTrue | Op::VallTrue) {
        return select::compare_value(cx, inst);
    }
    let result = match data.op {
        Op::Vnot => logic::not(cx, data.args[0]),
        Op::Vbitselect => logic::bitselect(cx, data),
        Op::Vbitmask => reduce::bitmask(cx, data),
        Op::Vsplat => lanes::splat(cx, data),
        Op::Vextract | Op::VextractS | Op::VextractU => lanes::extract(cx, data),
        Op::Vreplace => lanes::replace(cx, data),
        Op::Vshuffle => shuffle::shuffle(cx, data),
        Op::Vswizzle | Op::VrelaxedSwizzle => shuffle::swizzle(cx, data),
        Op::Vmul => int::mul(cx, data),
        Op::Vneg => {
            let zero = zero(cx);
            let form = sub_form(lanes(data));
            combine(cx, form, zero, data.args[0])
        }
        Op::Vabs => int::abs(cx, data),
        Op::Vpopcnt => int::popcnt(cx, data.args[0]),
        Op::Vshl | Op::VshrS | Op::VshrU => int::shift(cx, data),
        Op::Vicmp => {
            let mask = int::compare(cx, data);
            int::as_it_is(cx, mask)
        }
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU => {
            int::extend(cx, data)
        }
        Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
            int::extmul(cx, data)
        }
        Op::VextaddPairwiseS | Op::VextaddPairwiseU => int::extadd(cx, data),
        Op::Vq15mulr => int::q15mulr(cx, data),
        Op::Vfmin | Op::Vfmax => float::min_max(cx, data),
        Op::Vfabs | Op::Vfneg => float::sign(cx, data),
        Op::Vfsqrt | Op::Vfceil | Op::Vffloor | Op::Vftrunc | Op::Vfnearest => {
            float::round(cx, data)
        }
        Op::Vfcmp => float::compare(cx, data),
        Op::VtruncSatS | Op::VtruncSatU | Op::VtruncSatZeroS | Op::VtruncSatZeroU => {
            float::to_int(cx, data)
        }
        Op::VrelaxedTruncS
        | Op::VrelaxedTruncU
        | Op::VrelaxedTruncZeroS
        | Op::VrelaxedTruncZeroU => float::to_int(cx, data),
        Op::VconvS | Op::VconvU | Op::VconvLowS | Op::VconvLowU | Op::Vdemote | Op::Vpromote => {
            float::convert(cx, data)
        }
        Op::Vfma | Op::Vfnma => float::fma(cx, data),
        Op::VrelaxedLaneselect => logic::laneselect(cx, data),
        _ => simple(cx, data),
    };
    cx.alias(cx.result_value(inst, 0), result);
}

// One instruction.

fn sub_form(lanes: Lanes) -> Form {
    by_lanes(lanes, [Form::Psubb, Form::Psubw, Form::Psubd, Form::Psubq])
}

/// Which operand is overwritten.
enum Order {
    Any,
    First,
    Second,
}

fn simple(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = two(data);
    if data.op == Op::Vand {
        return logic::and(cx, a, b);
    }
    let (form, order) = form(data.op, lanes(data));
    match order {
        Order::Any => commutative(cx, form, a, b),
        Order::First => binary(cx, form, a, b),
        Order::Second => binary(cx, form, b, a),
    }
}

/// The instruction of a binary op.
fn form(op: Op, lanes: Lanes) -> (Form, Order) {
    use Form as F;
    use Lanes::{I8x16, I16x8};
    use Order::{Any, First, Second};
    let pick = |forms: [Form; 4]| by_lanes(lanes, forms);
    let fp = |single, double| by_float(lanes, single, double);
    let is_bytes = lanes == I8x16;
    // Two rows, for bytes and words.
    let small = |bytes, words| {
        debug_assert!(matches!(lanes, I8x16 | I16x8));
        if is_bytes { bytes } else { words }
    };
    match op {
        // First is inverted.
        Op::Vandnot => (F::Pandn, Second),
        Op::Vor => (F::Por, Any),
        Op::Vxor => (F::Pxor, Any),
        Op::Vadd => (pick([F::Paddb, F::Paddw, F::Paddd, F::Paddq]), Any),
        Op::Vsub => (sub_form(lanes), First),
        Op::VaddSatS => (small(F::Paddsb, F::Paddsw), Any),
        Op::VaddSatU => (small(F::Paddusb, F::Paddusw), Any),
        Op::VsubSatS => (small(F::Psubsb, F::Psubsw), First),
        Op::VsubSatU => (small(F::Psubusb, F::Psubusw), First),
        Op::VavgrU => (small(F::Pavgb, F::Pavgw), Any),
        Op::VminS | Op::VminU | Op::VmaxS | Op::VmaxU => (rows::min_max_form(op, lanes), Any),
        Op::VnarrowS => (small(F::Packsswb, F::Packssdw), First),
        Op::VnarrowU => (small(F::Packuswb, F::Packusdw), First),
        Op::Vdot => (F::Pmaddwd, Any),
        // The unsigned operand comes first.
        Op::VrelaxedDot => (F::Pmaddubsw, Second),
        Op::VrelaxedQ15mulr => (F::Pmulhrsw, Any),
        Op::Vfadd => (fp(F::Addps, F::Addpd), Any),
        Op::Vfsub => (fp(F::Subps, F::Subpd), First),
        Op::Vfmul => (fp(F::Mulps, F::Mulpd), Any),
        Op::Vfdiv => (fp(F::Divps, F::Divpd), First),
        // `min` gives its second operand unless the first is less, which is what `vfpmin` asks of b and a.
        Op::Vfpmin => (fp(F::Minps, F::Minpd), Second),
        Op::Vfpmax => (fp(F::Maxps, F::Maxpd), Second),
        Op::VrelaxedMin => (fp(F::Minps, F::Minpd), First),
        Op::VrelaxedMax => (fp(F::Maxps, F::Maxpd), First),
        other => panic!("{other:?} is no binary vector operation"),
    }
}
