//! Vectors as conditions: `vany_true`, `vall_true` as flags, `vbitmask`.

use super::int;
use super::rows::{lanes, op_rr, source, zero};
use crate::ir::{self, InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::fold::Source;
use crate::isa::x64::lower::rows::{Cx, reg, row, row_trap};
use crate::isa::x64::operand::{Arg, Cc, Cond};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::two;

/// Flags for "`vany_true` or `vall_true` is not zero".
pub fn test(cx: &mut Cx, inst: ir::Inst) -> Cond {
    let data = cx.inst(inst);
    let arg = data.args[0];
    if let Some(def) = cx.pure_def(arg) {
        let inner = cx.inst(def);
        let same_lanes = data.op == Op::VanyTrue || lanes(data).bits() == lanes(inner).bits();
        if inner.op == Op::Vicmp && same_lanes {
            return test_mask(cx, data.op == Op::VallTrue, inner);
        }
        if data.op == Op::VanyTrue && inner.op == Op::Vand {
            let (a, b) = two(inner);
            let second = source(cx, b);
            let first = cx.reg(a);
            return is_nonzero(cx, first, second);
        }
    }
    if data.op == Op::VallTrue {
        let zeros = int::zero_lanes(cx, lanes(data), arg);
        return is_nonzero(cx, zeros, (reg(zeros), None)).inverse();
    }
    let arg = cx.reg(arg);
    is_nonzero(cx, arg, (reg(arg), None))
}

/// Flags for "`a & b` is not zero".
fn is_nonzero(cx: &mut Cx, a: VReg, b: Source) -> Cond {
    row_trap(cx, Form::Ptest, &[reg(a), b.0], b.1);
    Cond::Is(Cc::Ne)
}

/// Flags for "some (all) lanes of the comparison hold".
fn test_mask(cx: &mut Cx, all: bool, compare: &InstData) -> Cond {
    let mask = int::compare(cx, compare);
    match (all, mask.inverted) {
        (false, false) => is_nonzero(cx, mask.reg, (reg(mask.reg), None)),
        // All hold if none of the opposites does.
        (true, true) => is_nonzero(cx, mask.reg, (reg(mask.reg), None)).inverse(),
        (true, false) => is_full(cx, mask.reg),
        (false, true) => is_full(cx, mask.reg).inverse(),
    }
}

/// Flags for "all bytes of the mask are 255".
fn is_full(cx: &mut Cx, mask: VReg) -> Cond {
    let bits = cx.temp(RegClass::Int);
    row(cx, Form::Pmovmskb, &[reg(bits), reg(mask)]);
    row(cx, Form::CmpRmI32, &[reg(bits), Arg::Imm(0xffff)]);
    Cond::Is(Cc::E)
}

/// `vbitmask`. Words are packed to bytes first, above zeros.
pub fn bitmask(cx: &mut Cx, data: &InstData) -> VReg {
    let arg: Value = data.args[0];
    let arg = cx.reg(arg);
    let (form, arg) = match lanes(data) {
        Lanes::I8x16 => (Form::Pmovmskb, arg),
        Lanes::I16x8 => {
            let zero = zero(cx);
            (Form::Pmovmskb, op_rr(cx, Form::Packsswb, arg, zero))
        }
        Lanes::I32x4 | Lanes::F32x4 => (Form::Movmskps, arg),
        Lanes::I64x2 | Lanes::F64x2 => (Form::Movmskpd, arg),
    };
    let dst = cx.temp(RegClass::Int);
    row(cx, form, &[reg(dst), reg(arg)]);
    dst
}
