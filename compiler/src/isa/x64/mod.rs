//! x86-64, baseline x86-64-v2; `CpuFeatures` allow more.

pub mod abi;
mod addr;
pub mod arch;
mod bmi;
mod emit;
mod encode;
mod expand;
mod float_int;
mod insts;
mod lower;
mod lower_atomic;
mod lower_call;
mod lower_control;
mod lower_float;
mod lower_int;
mod lower_mem;
mod lower_vec;
pub mod mir;
pub mod operand;
mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;
mod vec_cond;
mod vec_float;
mod vec_int;
mod vec_lanes;
mod vec_shuffle;
mod vex;

use crate::ir::{self, Conv, MemBase, Program, Signature, Type};
use crate::mach::arch::Arch;
use crate::mach::buffer::{BranchForm, MAX_CODE};
use crate::mach::call::{self, Area, CallRegs, Target};
use crate::mach::frame::FrameLayout;
use crate::mach::isa::{CallAbi, Isa, RegEnv};
use crate::mach::lower::Lower;
use crate::mach::mir::{Loc, MBlock, PReg, VReg};
use crate::mach::regalloc::Move;
use crate::mach::sink::{Encoder, Rows, Sink};
use crate::options::CpuFeatures;
use insts::Form;
use mir::Inst;
use operand::Cc;
use vex::VexSink;

/// The instruction set, for one program.
#[derive(Clone, Copy, Debug)]
pub struct X64 {
    /// The instance is in a pinned register.
    open: bool,
    /// The base of memory 0 is in a pinned register.
    pinned_memory: bool,
    /// Instructions beyond the baseline.
    cpu: CpuFeatures,
    tail_args: u32,
}

impl X64 {
    /// For code of this program.
    pub fn new(program: &Program, cpu: CpuFeatures) -> X64 {
        let primary = program.primary_memory();
        X64 {
            open: program.pins_instance(),
            cpu,
            pinned_memory: primary
                .is_some_and(|memory| program.memories[memory].base == MemBase::Pinned),
            tail_args: call::tail_args(program, abi::call_abi),
        }
    }
}

impl Rows for X64 {
    type Form = Form;
    type Arg = expand::PArg;
    type Cond = Cc;

    fn put(encoder: &mut Encoder<Self>, form: Form, args: &[expand::PArg]) {
        emit::put(encoder, form, args);
    }
    fn branch_form(cond: Option<Cc>) -> BranchForm {
        emit::branch_form(cond)
    }
    fn print_row(form: Form, args: &[expand::PArg]) -> String {
        print::print(form, args, &print::Physical)
    }
    fn print_jump(cond: Option<Cc>, to: &str) -> String {
        match cond {
            None => format!("jmp {to}"),
            Some(cc) => format!("j{} {to}", cc.name()),
        }
    }
}

impl Isa for X64 {
    type Inst = Inst;
    const ARCH: &'static Arch = &arch::ARCH;
    const SHARES_ADDRESSES: bool = false;

    fn lower_inst(&self, cx: &mut Lower<Self>, inst: ir::Inst) {
        lower::instruction(cx, inst);
    }
    fn lower_terminator(&self, cx: &mut Lower<Self>, inst: ir::Inst, targets: &[MBlock]) {
        lower_control::terminator(cx, inst, targets);
    }
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: ir::Inst, dst: VReg) {
        lower::rematerialize(cx, inst, dst);
    }
    fn is_costly(&self, _: &ir::InstData) -> bool {
        // One instruction, or an operand in memory.
        false
    }
    fn is_recomputed(&self, _: ir::Op) -> bool {
        false
    }
    fn takes_loads_as_root(&self, _: ir::Op) -> bool {
        false
    }
    fn jump(&self, target: MBlock) -> Inst {
        Inst::Jump(target)
    }
    fn copy(&self, dst: VReg, src: VReg) -> Inst {
        lower::copy(self.cpu, dst, src)
    }
    fn call_abi(&self, _: Conv, sig: &Signature) -> CallAbi {
        abi::call_abi(sig)
    }
    fn tail_args(&self) -> u32 {
        self.tail_args
    }
    fn far_instance(&self) -> PReg {
        abi::FAR_INSTANCE
    }
    fn exception(&self) -> PReg {
        abi::EXCEPTION
    }
    fn store_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, value: VReg) {
        lower_call::store_stack(cx, area, at, ty, value);
    }
    fn load_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, dst: VReg) {
        lower_call::load_stack(cx, area, at, ty, dst);
    }
    fn zero_extend(&self, cx: &mut Lower<Self>, dst: VReg, src: VReg) {
        lower::row(cx, Form::MovRRm32, &[lower::reg(dst), lower::reg(src)]);
    }
    fn emit_call(&self, cx: &mut Lower<Self>, target: Target, regs: CallRegs) {
        lower_call::call(cx, target, regs);
    }
    fn emit_tail_call(&self, cx: &mut Lower<Self>, target: Target, args: Vec<(VReg, PReg)>) {
        lower_call::tail_call(cx, target, args);
    }
    fn set_pinned(&self, cx: &mut Lower<Self>, instance: VReg) {
        lower_call::set_pinned(cx, instance);
    }
    fn params(&self, regs: Vec<(VReg, PReg)>) -> Inst {
        Inst::Params(regs)
    }
    fn ret(&self, regs: Vec<(VReg, PReg)>) -> Inst {
        Inst::Ret(regs)
    }
    fn reg_env(&self, func: &ir::Func) -> RegEnv {
        abi::reg_env(func.conv, self.open, self.pinned_memory)
    }
    fn prologue(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout) {
        emit::prologue(out, frame);
    }
    fn emit(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
        if self.cpu.avx {
            expand::expand(&mut VexSink(out), frame, inst, locs);
        } else {
            expand::expand(out, frame, inst, locs);
        }
    }
    fn emit_moves(
        &self,
        out: &mut dyn Sink<Self>,
        frame: &FrameLayout,
        moves: &[Move],
        wide: bool,
    ) {
        for m in moves {
            let (form, args) = emit::move_row(m.from, m.to, wide, frame);
            if self.cpu.avx {
                VexSink(out).row(form, &args, None);
            } else {
                out.row(form, &args, None);
            }
        }
    }
    fn near_bytes(&self) -> usize {
        usize::MAX
    }
    fn max_bytes(&self) -> usize {
        MAX_CODE
    }
    fn trap_bytes(&self) -> &'static [u8] {
        // ud2
        &[0x0f, 0x0b]
    }
    fn dwarf_reg(&self, reg: PReg) -> u16 {
        regs::Reg::from(reg).dwarf()
    }
}
