//! x86-64, baseline x86-64-v2.

pub mod abi;
mod addr;
mod emit;
mod encode;
mod expand;
mod float_int;
mod insts;
mod listing;
mod lower;
mod lower_call;
mod lower_control;
mod lower_float;
mod lower_int;
mod lower_mem;
pub mod mir;
pub mod operand;
mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;
#[cfg(test)]
mod tests_exec;

use crate::ir::{self, Conv, MemBase, Program, Signature, World};
use crate::mach::emitter::Emitter;
use crate::mach::frame::FrameLayout;
use crate::mach::isa::{CallAbi, Isa, RegEnv};
use crate::mach::lower::Lower;
use crate::mach::mir::{Loc, MBlock, PReg, VReg};
use mir::Inst;

/// The instruction set, for one program.
#[derive(Clone, Copy, Debug)]
pub struct X64 {
    /// The instance is in a pinned register.
    open: bool,
    /// The base of memory 0 is in a pinned register.
    pinned_memory: bool,
}

impl X64 {
    /// For code of this program.
    pub fn new(program: &Program) -> X64 {
        let primary = program.primary_memory();
        X64 {
            open: program.world == World::Open,
            pinned_memory: primary
                .is_some_and(|memory| program.memories[memory].base == MemBase::Pinned),
        }
    }
}

impl Isa for X64 {
    type Inst = Inst;

    fn lower_entry(&self, cx: &mut Lower<Self>, params: &[Option<VReg>]) {
        lower_call::entry(cx, params);
    }
    fn lower_inst(&self, cx: &mut Lower<Self>, inst: ir::Inst) {
        lower::instruction(cx, inst);
    }
    fn lower_terminator(&self, cx: &mut Lower<Self>, inst: ir::Inst, targets: &[MBlock]) {
        lower_control::terminator(cx, inst, targets);
    }
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: ir::Inst, dst: VReg) {
        lower::rematerialize(cx, inst, dst);
    }
    fn jump(&self, target: MBlock) -> Inst {
        Inst::Jump(target)
    }
    fn call_abi(&self, _: Conv, sig: &Signature) -> CallAbi {
        abi::call_abi(sig)
    }
    fn reg_env(&self, func: &ir::Func) -> RegEnv {
        abi::reg_env(func.conv, self.open, self.pinned_memory)
    }
    fn prologue(&self, cx: &mut Emitter) {
        emit::prologue(cx);
    }
    fn emit(&self, cx: &mut Emitter, inst: &Inst, locs: &[Loc]) {
        emit::emit(cx, inst, locs);
    }
    fn emit_move(&self, cx: &mut Emitter, from: Loc, to: Loc, wide: bool) {
        emit::emit_move(cx, from, to, wide);
    }
    fn trap_bytes(&self) -> &'static [u8] {
        // ud2
        &[0x0f, 0x0b]
    }
    fn print(&self, inst: &Inst, locs: &[Loc], frame: &FrameLayout) -> String {
        listing::instruction(inst, locs, frame)
    }
    fn print_move(&self, from: Loc, to: Loc, frame: &FrameLayout) -> String {
        let (form, args) = emit::move_row(from, to, false, frame);
        print::print(form, &args, &print::Physical)
    }
    fn dwarf_reg(&self, reg: PReg) -> u16 {
        regs::Reg::from(reg).dwarf()
    }
}
