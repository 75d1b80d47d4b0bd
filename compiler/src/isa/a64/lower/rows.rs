//! Emitting rows: operands, and what every family of lowering functions says in the same way.

use crate::ir;
use crate::isa::a64::A64;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{Inst, MReg, Pseudo};
use crate::isa::a64::operand::Arg;
use crate::isa::a64::regs::Reg;
use crate::mach::lower::Lower;
use crate::mach::mir::{RegClass, VReg};

/// The driver's context.
pub type Cx<'a> = Lower<'a, A64>;

/// A register operand.
pub fn reg(vreg: VReg) -> Arg<MReg> {
    Arg::Reg(MReg::V(vreg))
}

/// A new integer register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Int)
}

/// A register that is never allocated.
pub fn preg(reg: Reg) -> Arg<MReg> {
    Arg::Reg(MReg::P(reg))
}

/// A register that is read and written.
pub fn tied(def: VReg, src: VReg) -> Arg<MReg> {
    Arg::Tied {
        def: MReg::V(def),
        src: MReg::V(src),
    }
}

/// Emits a row that cannot fault.
pub fn row(cx: &mut Cx, form: Form, args: &[Arg<MReg>]) {
    cx.emit(Inst::row(form, args));
}

/// An instruction that copies a whole register.
pub fn copy(dst: VReg, src: VReg) -> Inst {
    let form = match dst.class() {
        RegClass::Int => Form::Mov64,
        RegClass::Float => Form::Mov16b,
    };
    Inst::row(form, &[reg(dst), reg(src)])
}

/// The register of an instruction's only result, as an operand.
pub fn result(cx: &mut Cx, inst: ir::Inst) -> Arg<MReg> {
    let value = cx.result_value(inst, 0);
    reg(cx.dst(value))
}

/// An integer constant in a new register.
pub fn constant(cx: &mut Cx, bits: u64) -> VReg {
    let dst = cx.temp(RegClass::Int);
    cx.pseudo(Pseudo::Const { dst, bits });
    dst
}

/// A vector constant of lowering itself.
pub fn own_vector(cx: &mut Cx, bits: u128) -> VReg {
    cx.own_vector(bits, |dst| Pseudo::VecConst { dst, bits })
}
