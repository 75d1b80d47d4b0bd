//! Atomics, sequentially consistent: loads acquire (`ldar`), stores release (`stlr`), which AArch64 also orders among each other.
//!
//! A modification is one instruction where the CPU level has them (LSE), else a loop of an exclusive pair ([`Pseudo::AtomicLoop`]) in which nothing
//! but the modification happens, because any other access could make the store fail for ever. These instructions have no address forms:
//! the address is computed into a register before.

use super::addr;
use super::fold::reg_or_zero;
use super::rows::{Cx, reg, row};
use crate::abi::TrapCode;
use crate::ir::{self, Op};
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{AtomicLoop, Inst, MReg, Pseudo};
use crate::isa::a64::operand::{Amode, Arg};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{access_log2, by, is_wide, low_part};

type Forms = [Form; 4];

const LOAD: Forms = [Form::Ldar8, Form::Ldar16, Form::Ldar32, Form::Ldar64];
const STORE: Forms = [Form::Stlr8, Form::Stlr16, Form::Stlr32, Form::Stlr64];
const SWAP: Forms = [Form::Swpal8, Form::Swpal16, Form::Swpal32, Form::Swpal64];
const CAS: Forms = [Form::Casal8, Form::Casal16, Form::Casal32, Form::Casal64];
const ADD: Forms = [
    Form::Ldaddal8,
    Form::Ldaddal16,
    Form::Ldaddal32,
    Form::Ldaddal64,
];
const CLEAR: Forms = [
    Form::Ldclral8,
    Form::Ldclral16,
    Form::Ldclral32,
    Form::Ldclral64,
];
const XOR: Forms = [
    Form::Ldeoral8,
    Form::Ldeoral16,
    Form::Ldeoral32,
    Form::Ldeoral64,
];
const SET: Forms = [
    Form::Ldsetal8,
    Form::Ldsetal16,
    Form::Ldsetal32,
    Form::Ldsetal64,
];

/// Every atomic access.
pub fn atomic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let log2 = access_log2(data);
    match data.op {
        Op::AtomicLoad => {
            let (address, trap) = addr::address(cx, data);
            let dst = reg(cx.dst(cx.result_value(inst, 0)));
            cx.emit(Inst::row_trap(LOAD[log2], &[dst, base(address)], trap));
        }
        Op::AtomicStore => {
            let value = low_part(cx, data.args[1], log2);
            let value = reg_or_zero(cx, value);
            let (address, trap) = addr::address(cx, data);
            cx.emit(Inst::row_trap(STORE[log2], &[value, base(address)], trap));
        }
        Op::AtomicCmpxchg => {
            let (expected, new) = (cx.reg(data.args[1]), cx.reg(data.args[2]));
            let (address, trap) = addr::address(cx, data);
            let dst = cx.dst(cx.result_value(inst, 0));
            if cx.isa.lse() {
                let old = Arg::Tied {
                    def: MReg::V(dst),
                    src: MReg::V(expected),
                };
                return cx.emit(Inst::row_trap(
                    CAS[log2],
                    &[old, reg(new), base(address)],
                    trap,
                ));
            }
            // The loop compares whole registers.
            let expected = narrow(cx, expected, log2, is_wide(data.ty));
            emit_loop(
                cx,
                (data.op, log2),
                [dst, address, new],
                Some(expected),
                trap,
            );
        }
        _ => {
            let value = cx.reg(data.args[1]);
            let (address, trap) = addr::address(cx, data);
            let dst = cx.dst(cx.result_value(inst, 0));
            if !cx.isa.lse() {
                return emit_loop(cx, (data.op, log2), [dst, address, value], None, trap);
            }
            let (forms, value) = single(cx, data.op, value, is_wide(data.ty));
            let args = [reg(value), reg(dst), base(address)];
            cx.emit(Inst::row_trap(forms[log2], &args, trap));
        }
    }
}

fn base(address: VReg) -> Arg<MReg> {
    Arg::Mem(Amode::reg(MReg::V(address), 0))
}

/// The low bits of a register, the others zero.
fn narrow(cx: &mut Cx, value: VReg, log2: usize, wide: bool) -> VReg {
    let form = match (log2, wide) {
        (0, _) => Form::Uxtb,
        (1, _) => Form::Uxth,
        (2, true) => Form::Mov32,
        _ => return value,
    };
    let dst = cx.temp(RegClass::Int);
    row(cx, form, &[reg(dst), reg(value)]);
    dst
}

/// The instruction for a modification, and its operand: a subtraction adds the negative, a conjunction clears the complement.
fn single(cx: &mut Cx, op: Op, value: VReg, wide: bool) -> (&'static Forms, VReg) {
    let mut changed = |narrow_form, wide_form| {
        let dst = cx.temp(RegClass::Int);
        row(
            cx,
            by(wide, narrow_form, wide_form),
            &[reg(dst), reg(value)],
        );
        dst
    };
    match op {
        Op::AtomicAdd => (&ADD, value),
        Op::AtomicSub => (&ADD, changed(Form::Neg32, Form::Neg64)),
        Op::AtomicAnd => (&CLEAR, changed(Form::Mvn32, Form::Mvn64)),
        Op::AtomicOr => (&SET, value),
        Op::AtomicXor => (&XOR, value),
        Op::AtomicXchg => (&SWAP, value),
        other => panic!("{other:?} is no modification"),
    }
}

fn emit_loop(
    cx: &mut Cx,
    (op, log2): (Op, usize),
    [dst, address, value]: [VReg; 3],
    expected: Option<VReg>,
    trap: Option<TrapCode>,
) {
    let combines = expected.is_none() && op != Op::AtomicXchg;
    let new = combines.then(|| cx.temp(RegClass::Int));
    let status = cx.temp(RegClass::Int);
    cx.pseudo(Pseudo::AtomicLoop(Box::new(AtomicLoop {
        op,
        log2,
        address,
        value,
        expected,
        dst,
        new,
        status,
        trap,
    })));
}
