//! What one integer says about all lanes: `vany_true`, `vall_true`, `vbitmask`, as values and as conditions of branches.
//!
//! Some bit is set if the pairwise maximum of the words, which is 64 bits, is not zero. No lane is zero if the minimum over all lanes is not.
//! The mask of the highest bits is made by giving lane n the weight 2^n and adding; if it is only compared with zero or with all
//! ones, it is one of the other two.

use super::logic::compare_equal;
use super::rows::{lanes, temp};
use crate::ir::vec::Lanes;
use crate::ir::{self, FloatCc, Imm, InstData, IntCc, Op, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::fold::own_def;
use crate::isa::a64::lower::rows::{Cx, own_vector, reg, row};
use crate::isa::a64::mir::{MReg, Test};
use crate::isa::a64::operand::{Arg, Cc, Shift};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::by;

/// A general purpose register that is zero or not: with all its 64 bits (`wide`) or the low 32.
type Bits = (VReg, bool);

/// Lanes that a value has all ones or all zeros in.
fn mask_lanes(cx: &Cx, value: Value) -> Option<Lanes> {
    let data = cx.inst(cx.pure_def(value)?);
    matches!(data.op, Op::Vicmp | Op::Vfcmp).then(|| lanes(data))
}

/// A comparison for inequality that only the root uses.
fn own_inequality<'a>(cx: &Cx<'a>, value: Value) -> Option<&'a InstData> {
    let data = own_def(cx, value)?;
    let is_inequality = match data.imm {
        Imm::VecIcmp { cc, .. } => cc == IntCc::Ne,
        Imm::VecFcmp { cc, .. } => cc == FloatCc::Ne,
        _ => false,
    };
    is_inequality.then_some(data)
}

/// Not zero if a bit is set.
fn any_bit(cx: &mut Cx, vector: VReg) -> Bits {
    let pairs = reg(temp(cx));
    row(cx, Form::Umaxp4s, &[pairs, reg(vector), reg(vector)]);
    let bits = cx.temp(RegClass::Int);
    row(cx, Form::FmovXD, &[reg(bits), pairs]);
    (bits, true)
}

/// Not zero if no lane is. Lanes of 64 bits must be all ones or all zeros.
fn no_zero(cx: &mut Cx, vector: VReg, lanes: Lanes) -> Bits {
    let form = match lanes {
        Lanes::I8x16 => Form::Uminv16b,
        Lanes::I16x8 => Form::Uminv8h,
        Lanes::I32x4 | Lanes::I64x2 | Lanes::F32x4 | Lanes::F64x2 => Form::Uminv4s,
    };
    let least = reg(temp(cx));
    row(cx, form, &[least, reg(vector)]);
    let bits = cx.temp(RegClass::Int);
    row(cx, Form::FmovWS, &[reg(bits), least]);
    (bits, false)
}

/// `any_true`: a register, and whether not zero means true.
fn any_true(cx: &mut Cx, value: Value) -> (Bits, bool) {
    if let Some(data) = own_inequality(cx, value) {
        let equal = temp(cx);
        compare_equal(cx, data, equal);
        return (no_zero(cx, equal, lanes(data)), false);
    }
    let vector = cx.reg(value);
    (any_bit(cx, vector), true)
}

/// `all_true`, likewise.
fn all_true(cx: &mut Cx, value: Value, of: Lanes) -> (Bits, bool) {
    if let Some(data) = own_inequality(cx, value)
        && lanes(data).bits() == of.bits()
    {
        let equal = temp(cx);
        compare_equal(cx, data, equal);
        return (any_bit(cx, equal), false);
    }
    let is_mask = mask_lanes(cx, value).is_some_and(|mask| mask.bits() == of.bits());
    let vector = cx.reg(value);
    if of == Lanes::I64x2 && !is_mask {
        let zeros = temp(cx);
        row(cx, Form::CmeqZ2d, &[reg(zeros), reg(vector), Arg::Imm(0)]);
        return (any_bit(cx, zeros), false);
    }
    (no_zero(cx, vector, of), true)
}

/// The highest bits spread over their lanes, unless they are already.
fn signs(cx: &mut Cx, value: Value, of: Lanes) -> VReg {
    let is_mask = mask_lanes(cx, value).is_some_and(|mask| mask.bits() == of.bits());
    let vector = cx.reg(value);
    if is_mask {
        return vector;
    }
    let form = match of {
        Lanes::I8x16 => Form::CmltZ16b,
        Lanes::I16x8 => Form::CmltZ8h,
        Lanes::I32x4 | Lanes::F32x4 => Form::CmltZ4s,
        Lanes::I64x2 | Lanes::F64x2 => Form::CmltZ2d,
    };
    let signs = temp(cx);
    row(cx, form, &[reg(signs), reg(vector), Arg::Imm(0)]);
    signs
}

/// What makes the value, if nobody has asked for its register: others are unlikely to.
fn unused_def<'a>(cx: &Cx<'a>, value: Value) -> Option<&'a InstData> {
    let inst = cx.pure_def(value)?;
    (!cx.is_used(value)).then(|| cx.inst(inst))
}

/// A condition for "the value is not zero" (`nonzero`) or its opposite, if a vector op makes the value.
pub fn nonzero(cx: &mut Cx, value: Value, nonzero: bool) -> Option<Test<VReg>> {
    let data = unused_def(cx, value)?;
    let (bits, positive) = match data.op {
        Op::VanyTrue => any_true(cx, data.args[0]),
        Op::VallTrue => all_true(cx, data.args[0], lanes(data)),
        Op::Vbitmask if mask_lanes(cx, data.args[0]) == Some(lanes(data)) => {
            any_true(cx, data.args[0])
        }
        Op::Vbitmask => {
            let signs = signs(cx, data.args[0], lanes(data));
            (any_bit(cx, signs), true)
        }
        _ => return None,
    };
    Some(test(bits, positive == nonzero))
}

fn test((reg, wide): Bits, nonzero: bool) -> Test<VReg> {
    Test::Zero { reg, wide, nonzero }
}

/// A condition for "the value is (`equal`), or is not, this number": for zero, and for all ones of a mask of highest bits.
pub fn equality(cx: &mut Cx, value: Value, number: u64, equal: bool) -> Option<Test<VReg>> {
    if number == 0 {
        return nonzero(cx, value, !equal);
    }
    let data = unused_def(cx, value)?;
    if data.op != Op::Vbitmask || number != (1 << lanes(data).count()) - 1 {
        return None;
    }
    let of = lanes(data);
    let (bits, positive) = if mask_lanes(cx, data.args[0]) == Some(of) {
        all_true(cx, data.args[0], of)
    } else {
        let signs = signs(cx, data.args[0], of);
        (no_zero(cx, signs, of), true)
    };
    Some(test(bits, positive == equal))
}

/// Leaves a test of a register in the flags.
pub fn to_flags(cx: &mut Cx, test: Test<VReg>) -> Cc {
    let Test::Zero {
        reg: bits,
        wide,
        nonzero,
    } = test
    else {
        panic!("{test:?} of a vector")
    };
    let form = by(wide, Form::CmpI32, Form::CmpI64);
    row(cx, form, &[reg(bits), Arg::Imm(0)]);
    if nonzero { Cc::Ne } else { Cc::Eq }
}

/// `vany_true`, `vall_true` as a value.
pub fn truth(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (bits, positive) = match data.op {
        Op::VanyTrue => any_true(cx, data.args[0]),
        _ => all_true(cx, data.args[0], lanes(data)),
    };
    let cc = to_flags(cx, test(bits, positive));
    let value = cx.result_value(inst, 0);
    let dst = reg(cx.dst(value));
    row(cx, Form::Cset32, &[dst, Arg::Cc(cc)]);
}

/// Bits 1, 2, 4 and so on in bytes 0 to 7, and again.
const BYTE_WEIGHTS: u128 = 0x8040_2010_0804_0201_8040_2010_0804_0201;
const HALF_WEIGHTS: u128 = 0x0080_0040_0020_0010_0008_0004_0002_0001;
const WORD_WEIGHTS: u128 = 0x0000_0008_0000_0004_0000_0002_0000_0001;

/// `vbitmask` as a value.
pub fn bitmask(cx: &mut Cx, data: &InstData, dst: VReg) {
    let of = lanes(data);
    let dst = reg(dst);
    if of == Lanes::I64x2 {
        let vector = reg(cx.reg(data.args[0]));
        let bits = reg(temp(cx));
        row(cx, Form::UshrI2d, &[bits, vector, Arg::Imm(63)]);
        let [low, high] = [(); 2].map(|()| cx.temp(RegClass::Int));
        row(cx, Form::FmovWS, &[reg(low), bits]);
        row(cx, Form::UmovS, &[reg(high), bits, Arg::Imm(2)]);
        let high = Arg::Shifted {
            reg: MReg::V(high),
            shift: Shift::Lsl,
            amount: 1,
        };
        return row(cx, Form::Add32, &[dst, reg(low), high]);
    }
    let signs = reg(signs(cx, data.args[0], of));
    let weights = match of {
        Lanes::I8x16 => BYTE_WEIGHTS,
        Lanes::I16x8 => HALF_WEIGHTS,
        Lanes::I32x4 | Lanes::F32x4 | Lanes::I64x2 | Lanes::F64x2 => WORD_WEIGHTS,
    };
    let weights = own_vector(cx, weights);
    let mut sum = reg(temp(cx));
    row(cx, Form::And16b, &[sum, signs, reg(weights)]);
    if of == Lanes::I8x16 {
        for _ in 0..3 {
            let next = reg(temp(cx));
            row(cx, Form::Addp16b, &[next, sum, sum]);
            sum = next;
        }
        return row(cx, Form::UmovH, &[dst, sum, Arg::Imm(0)]);
    }
    let total = reg(temp(cx));
    let form = match of {
        Lanes::I16x8 => Form::Addv8h,
        _ => Form::Addv4s,
    };
    row(cx, form, &[total, sum]);
    row(cx, Form::FmovWS, &[dst, total]);
}
