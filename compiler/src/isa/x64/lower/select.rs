//! Conditions as values, and choices by them.

use super::cond::condition;
use super::rows::{Cx, reg, row, temp, tied};
use crate::ir;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, Pseudo};
use crate::isa::x64::operand::{Arg, Cc, Cond};
use crate::mach::mir::VReg;
use crate::mach::patterns::{by, is_wide};

/// The result of a comparison as 0 or 1. The register is zeroed before the flags are set, so the byte written is the whole value.
pub fn compare_value(cx: &mut Cx, inst: ir::Inst) {
    let result = cx.result_value(inst, 0);
    let dst = cx.dst(result);
    let zero = temp(cx);
    cx.pseudo(Pseudo::Zero { dst: zero });
    let set = |cc: Cc, dst: VReg, src: VReg| Inst::row(Form::Setcc, &[Arg::Cc(cc), tied(dst, src)]);
    // A float comparison may take two conditions.
    match condition(cx, result) {
        Cond::Is(cc) => cx.emit(set(cc, dst, zero)),
        Cond::OrderedEq => {
            // e and np: start from "np", clear where "ne".
            let ordered = temp(cx);
            cx.emit(set(Cc::Np, ordered, zero));
            let cleared = temp(cx);
            row(cx, Form::MovRI32, &[reg(cleared), Arg::Imm(0)]);
            row(
                cx,
                Form::Cmov32,
                &[Arg::Cc(Cc::Ne), tied(dst, ordered), reg(cleared)],
            );
        }
        Cond::UnorderedNe => {
            let unordered = temp(cx);
            cx.emit(set(Cc::P, unordered, zero));
            let one = temp(cx);
            row(cx, Form::MovRI32, &[reg(one), Arg::Imm(1)]);
            row(
                cx,
                Form::Cmov32,
                &[Arg::Cc(Cc::Ne), tied(dst, unordered), reg(one)],
            );
        }
    }
}

/// `cmov` for integers, a branch for floats.
pub fn select(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (then, or_else) = (data.args[1], data.args[2]);
    let dst = cx.dst(cx.result_value(inst, 0));
    // Constants are loaded without touching the flags, but there is no need to be between.
    let then = cx.reg(then);
    let or_else = cx.reg(or_else);
    let cond = condition(cx, data.args[0]);
    if data.ty.is_float() {
        return cx.pseudo(Pseudo::FloatSelect {
            cond,
            dst,
            then,
            or_else,
        });
    }
    let form = by(is_wide(data.ty), Form::Cmov32, Form::Cmov64);
    let (cond, then, or_else) = match cond {
        Cond::OrderedEq => (Cond::UnorderedNe, or_else, then),
        other => (other, then, or_else),
    };
    match cond {
        Cond::Is(cc) => row(cx, form, &[Arg::Cc(cc), tied(dst, or_else), reg(then)]),
        Cond::UnorderedNe | Cond::OrderedEq => {
            let half = temp(cx);
            row(cx, form, &[Arg::Cc(Cc::Ne), tied(half, or_else), reg(then)]);
            row(cx, form, &[Arg::Cc(Cc::P), tied(dst, half), reg(then)]);
        }
    }
}
