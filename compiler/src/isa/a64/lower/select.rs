//! Conditions as values, and choices by them.

use super::cond::flags;
use super::fold::{own_def, reg_or_zero};
use super::rows::{Cx, preg, reg, result, row, tied};
use super::vector::rows::dst;
use crate::ir::{self, IntCc, Op, Type, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::operand::Arg;
use crate::isa::a64::regs::ZR;
use crate::mach::mir::RegClass;
use crate::mach::patterns::{by, is_wide, typed_bits};

/// The result of a comparison, or of two, as 0 or 1.
pub fn compare_value(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let value = cx.result_value(inst, 0);
    let dst = reg(cx.dst(value));
    // x < 0 → the sign bit
    if let &ir::Imm::IntCc(cc) = &data.imm
        && typed_bits(cx, data.args[1]) == Some(0)
        && cc == IntCc::LtS
    {
        let wide = is_wide(data.ty);
        let a = reg(cx.reg(data.args[0]));
        let sign = Arg::Imm(if wide { 63 } else { 31 });
        return row(cx, by(wide, Form::LsrI32, Form::LsrI64), &[dst, a, sign]);
    }
    let cc = flags(cx, value);
    row(cx, Form::Cset32, &[dst, Arg::Cc(cc)]);
}

/// What the second operand of `csel`'s kin can be made of without an instruction of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    /// Plus one.
    Increment,
    /// All bits inverted.
    Invert,
    /// Two's complement.
    Negate,
}

fn changed(cx: &Cx, value: Value, wide: bool) -> (Change, Option<Value>) {
    let ones = if wide { u64::MAX } else { 0xffff_ffff };
    match typed_bits(cx, value) {
        Some(1) => return (Change::Increment, None),
        Some(bits) if bits == ones => return (Change::Invert, None),
        _ => {}
    }
    let Some(data) = own_def(cx, value) else {
        return (Change::None, Some(value));
    };
    let bits = |n: usize| typed_bits(cx, data.args[n]);
    match data.op {
        Op::Add if bits(1) == Some(1) => (Change::Increment, Some(data.args[0])),
        Op::Xor if bits(1) == Some(ones) => (Change::Invert, Some(data.args[0])),
        Op::Sub if bits(0) == Some(0) => (Change::Negate, Some(data.args[1])),
        _ => (Change::None, Some(value)),
    }
}

/// `csel`, or one of its kin where an operand is a neighbour, complement or negation; `fcsel`.
pub fn select(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (mut then, mut or_else) = (data.args[1], data.args[2]);
    let dst = result(cx, inst);
    if data.ty.is_float() {
        let args = [reg(cx.reg(then)), reg(cx.reg(or_else))];
        let cc = flags(cx, data.args[0]);
        let form = match data.ty {
            Type::F32 => Form::FcselS,
            _ => Form::FcselD,
        };
        return row(cx, form, &[dst, args[0], args[1], Arg::Cc(cc)]);
    }
    let wide = is_wide(data.ty);
    let is_plain = |cx: &Cx, value| changed(cx, value, wide).0 == Change::None;
    let swap = is_plain(cx, or_else) && !is_plain(cx, then);
    if swap {
        (then, or_else) = (or_else, then);
    }
    let (change, base) = changed(cx, or_else, wide);
    let first = reg_or_zero(cx, then);
    let second = match base {
        Some(value) => reg_or_zero(cx, value),
        None => preg(ZR),
    };
    let cc = flags(cx, data.args[0]);
    let cc = Arg::Cc(if swap { cc.inverse() } else { cc });
    let form = match change {
        Change::None => by(wide, Form::Csel32, Form::Csel64),
        Change::Increment => by(wide, Form::Csinc32, Form::Csinc64),
        Change::Invert => by(wide, Form::Csinv32, Form::Csinv64),
        Change::Negate => by(wide, Form::Csneg32, Form::Csneg64),
    };
    row(cx, form, &[dst, first, second, cc]);
}

/// `select` of vectors: the condition as a mask.
pub fn select_vector(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (then, or_else) = (reg(cx.reg(data.args[1])), reg(cx.reg(data.args[2])));
    let cc = flags(cx, data.args[0]);
    let bits = reg(cx.temp(RegClass::Int));
    row(cx, Form::Csetm64, &[bits, Arg::Cc(cc)]);
    let mask = cx.temp(RegClass::Float);
    row(cx, Form::Dup2d, &[reg(mask), bits]);
    let dst = tied(dst(cx, inst), mask);
    row(cx, Form::Bsl16b, &[dst, then, or_else]);
}
