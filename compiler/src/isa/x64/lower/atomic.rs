//! Atomics: the processor's total store order makes every load an acquiring and every store a releasing one; what is sequentially
//! consistent besides is a locked instruction in each store and each modification. Loads are those of `mem`.
//!
//! - A store is `xchg`.
//! - A modification whose old value nobody wants is one locked instruction, with an immediate where it fits.
//! - Addition, subtraction and exchange return the old value by `xadd` and `xchg`; the others in a loop of `cmpxchg` ([`Pseudo::AtomicLoop`]).

use super::addr::access;
use super::fold::stored_constant;
use super::rows::{Cx, reg, row, tied};
use crate::ir::{self, InstData, Op, Type};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{AtomicLoop, CMPXCHG, Inst, MReg, Pseudo};
use crate::isa::x64::operand::{Amode, Arg};
use crate::isa::x64::regs::RSP;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{access_log2, is_wide, low_part};

type Forms = [Form; 4];

const XADD: Forms = [
    Form::LockXaddMR8,
    Form::LockXaddMR16,
    Form::LockXaddMR32,
    Form::LockXaddMR64,
];
const XCHG: Forms = [
    Form::XchgMR8,
    Form::XchgMR16,
    Form::XchgMR32,
    Form::XchgMR64,
];

/// The forms of a modification without result, with a register and with an immediate.
fn modification(op: Op) -> (Forms, Forms) {
    match op {
        Op::AtomicAdd => (
            [
                Form::LockAddMR8,
                Form::LockAddMR16,
                Form::LockAddMR32,
                Form::LockAddMR64,
            ],
            [
                Form::LockAddMI8,
                Form::LockAddMI16,
                Form::LockAddMI32,
                Form::LockAddMI64,
            ],
        ),
        Op::AtomicSub => (
            [
                Form::LockSubMR8,
                Form::LockSubMR16,
                Form::LockSubMR32,
                Form::LockSubMR64,
            ],
            [
                Form::LockSubMI8,
                Form::LockSubMI16,
                Form::LockSubMI32,
                Form::LockSubMI64,
            ],
        ),
        Op::AtomicAnd => (
            [
                Form::LockAndMR8,
                Form::LockAndMR16,
                Form::LockAndMR32,
                Form::LockAndMR64,
            ],
            [
                Form::LockAndMI8,
                Form::LockAndMI16,
                Form::LockAndMI32,
                Form::LockAndMI64,
            ],
        ),
        Op::AtomicOr => (
            [
                Form::LockOrMR8,
                Form::LockOrMR16,
                Form::LockOrMR32,
                Form::LockOrMR64,
            ],
            [
                Form::LockOrMI8,
                Form::LockOrMI16,
                Form::LockOrMI32,
                Form::LockOrMI64,
            ],
        ),
        Op::AtomicXor => (
            [
                Form::LockXorMR8,
                Form::LockXorMR16,
                Form::LockXorMR32,
                Form::LockXorMR64,
            ],
            [
                Form::LockXorMI8,
                Form::LockXorMI16,
                Form::LockXorMI32,
                Form::LockXorMI64,
            ],
        ),
        other => panic!("{other:?} is no modification"),
    }
}

/// `atomic.store`, the modifications, `atomic.cmpxchg`.
pub fn atomic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let log2 = access_log2(data);
    match data.op {
        Op::AtomicStore => {
            let old = cx.temp(RegClass::Int);
            exchange(cx, data, &XCHG, old);
        }
        Op::AtomicXchg => {
            let old = narrow_result(cx, inst, log2);
            exchange(cx, data, &XCHG, old);
            widen(cx, inst, log2, old);
        }
        Op::AtomicAdd | Op::AtomicSub | Op::AtomicAnd | Op::AtomicOr | Op::AtomicXor => {
            if !cx.is_used(cx.result_value(inst, 0)) {
                return modify(cx, data, log2);
            }
            let old = narrow_result(cx, inst, log2);
            match data.op {
                Op::AtomicAdd => exchange(cx, data, &XADD, old),
                Op::AtomicSub => {
                    let (value, negative) = (cx.reg(data.args[1]), cx.temp(RegClass::Int));
                    let (place, trap) = access(cx, data);
                    let negate = if is_wide(data.ty) {
                        Form::Neg64
                    } else {
                        Form::Neg32
                    };
                    row(cx, negate, &[tied(negative, value)]);
                    let args = [Arg::Mem(place), tied(old, negative)];
                    cx.emit(Inst::row_trap(XADD[log2], &args, trap));
                }
                _ => {
                    let value = cx.reg(data.args[1]);
                    let (place, trap) = access(cx, data);
                    // The loop loads what is there as a whole register.
                    let (dst, new) = (cx.dst(cx.result_value(inst, 0)), cx.temp(RegClass::Int));
                    return cx.pseudo(Pseudo::AtomicLoop(Box::new(AtomicLoop {
                        op: data.op,
                        log2,
                        place,
                        value,
                        dst,
                        new,
                        trap,
                    })));
                }
            }
            widen(cx, inst, log2, old);
        }
        Op::AtomicCmpxchg => {
            let (expected, new) = (cx.reg(data.args[1]), cx.reg(data.args[2]));
            let (place, trap) = access(cx, data);
            let old = narrow_result(cx, inst, log2);
            let args = [Arg::Mem(place), reg(new), tied(old, expected)];
            cx.emit(Inst::row_trap(CMPXCHG[log2], &args, trap));
            widen(cx, inst, log2, old);
        }
        other => panic!("{other:?} is no atomic modification"),
    }
}

/// Puts the operand into the cell, or adds it, and the old value into `old`.
fn exchange(cx: &mut Cx, data: &InstData, forms: &Forms, old: VReg) {
    let log2 = access_log2(data);
    let value = low_part(cx, data.args[1], log2);
    let value = cx.reg(value);
    let (place, trap) = access(cx, data);
    let args = [Arg::Mem(place), tied(old, value)];
    cx.emit(Inst::row_trap(forms[log2], &args, trap));
}

/// A modification whose old value is not wanted.
fn modify(cx: &mut Cx, data: &InstData, log2: usize) {
    let (with_reg, with_imm) = modification(data.op);
    if let Some(bits) = stored_constant(cx, data.args[1], log2) {
        let (place, trap) = access(cx, data);
        let args = [Arg::Mem(place), Arg::Imm(bits)];
        return cx.emit(Inst::row_trap(with_imm[log2], &args, trap));
    }
    let value = low_part(cx, data.args[1], log2);
    let value = cx.reg(value);
    let (place, trap) = access(cx, data);
    let args = [Arg::Mem(place), reg(value)];
    cx.emit(Inst::row_trap(with_reg[log2], &args, trap));
}

/// Where the instruction leaves the old value: in the result's register, unless that is wider than the access.
fn narrow_result(cx: &mut Cx, inst: ir::Inst, log2: usize) -> VReg {
    let result = cx.result_value(inst, 0);
    if is_exact(cx.ty(result), log2) {
        cx.dst(result)
    } else {
        cx.temp(RegClass::Int)
    }
}

fn is_exact(ty: Type, log2: usize) -> bool {
    ty.bytes() == 1 << log2
}

/// Zero-extends the old value into the result's register.
fn widen(cx: &mut Cx, inst: ir::Inst, log2: usize, old: VReg) {
    let result = cx.result_value(inst, 0);
    if is_exact(cx.ty(result), log2) || !cx.is_used(result) {
        return;
    }
    let form = [Form::MovzxR32Rm8, Form::MovzxR32Rm16, Form::MovRRm32][log2];
    let dst = cx.dst(result);
    row(cx, form, &[reg(dst), reg(old)]);
}

/// `atomic.fence`: a locked instruction that changes nothing orders everything, sooner than `mfence` does.
pub fn fence(cx: &mut Cx) {
    let top = Amode::reg(MReg::P(RSP), 0);
    row(cx, Form::LockOrMI32, &[Arg::Mem(top), Arg::Imm(0)]);
}
