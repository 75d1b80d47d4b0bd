//! AArch64, baseline ARMv8.0-A.

pub mod abi;
mod addr;
pub mod arch;
mod cond;
mod emit;
pub mod encode;
mod expand;
mod expand_vec;
mod frame;
pub mod imm;
pub mod insts;
mod insts_vec;
mod lower;
mod lower_atomic;
mod lower_call;
mod lower_control;
mod lower_float;
mod lower_int;
mod lower_logic;
mod lower_mem;
mod lower_vec;
mod lower_vec_lane;
mod lower_vec_logic;
mod lower_vec_shuffle;
mod lower_vec_test;
pub mod mir;
pub mod operand;
pub mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;

use crate::ir::{self, Conv, MemBase, Program, Signature, Type};
use crate::mach::arch::Arch;
use crate::mach::buffer::BranchForm;
use crate::mach::call::{self, Area, CallRegs, Target};
use crate::mach::frame::FrameLayout;
use crate::mach::isa::{CallAbi, Isa, RegEnv};
use crate::mach::lower::Lower;
use crate::mach::mir::{Loc, MBlock, PReg, VReg};
use crate::mach::regalloc::Move;
use crate::mach::sink::{Encoder, Rows, Sink};
use crate::options::{CpuFeatures, Platform};
use insts::{Form, Shape};
use mir::{Inst, Test};
use regs::Reg;

/// The instruction set, for one program.
#[derive(Clone, Copy, Debug)]
pub struct A64 {
    /// The instance is in a pinned register.
    open: bool,
    /// The base of memory 0 is in a pinned register, be it a constant or not.
    pinned_memory: bool,
    /// C code has Apple's convention.
    darwin: bool,
    tail_args: u32,
    cpu: CpuFeatures,
}

impl A64 {
    /// For code of this program.
    pub fn new(program: &Program, platform: Platform, cpu: CpuFeatures) -> A64 {
        let primary = program.primary_memory();
        A64 {
            open: program.pins_instance(),
            pinned_memory: primary.is_some_and(|memory| match program.memories[memory].base {
                MemBase::Fixed | MemBase::Pinned => true,
                MemBase::Value | MemBase::Checked => false,
            }),
            darwin: platform == Platform::Darwin,
            tail_args: call::tail_args(program, |sig| abi::call_abi(Conv::Wasm, sig, false)),
            cpu,
        }
    }
    /// Whether modifications of memory are single instructions.
    pub fn lse(&self) -> bool {
        self.cpu.lse
    }
}

impl Rows for A64 {
    type Form = Form;
    type Arg = expand::PArg;
    type Cond = Test<Reg>;

    fn put(encoder: &mut Encoder<Self>, form: Form, args: &[expand::PArg]) {
        emit::put(encoder, form, args);
    }
    fn branch_form(cond: Option<Test<Reg>>) -> BranchForm {
        emit::branch_form(cond)
    }
    fn print_row(form: Form, args: &[expand::PArg]) -> String {
        print::print(form, args, &print::Physical)
    }
    fn print_jump(cond: Option<Test<Reg>>, to: &str) -> String {
        let name = |reg: Reg, wide| reg.name(if wide { Shape::X } else { Shape::W });
        match cond {
            None => format!("b {to}"),
            Some(Test::Cc(cc)) => format!("b.{} {to}", cc.name()),
            Some(Test::Zero { reg, wide, nonzero }) => {
                let not = if nonzero { "n" } else { "" };
                format!("cb{not}z {}, {to}", name(reg, wide))
            }
            Some(Test::Bit { reg, bit, set }) => {
                let not = if set { "n" } else { "" };
                format!("tb{not}z {}, #{bit}, {to}", name(reg, bit >= 32))
            }
        }
    }
}

impl Isa for A64 {
    type Inst = Inst;
    const ARCH: &'static Arch = &arch::ARCH;
    const SHARES_ADDRESSES: bool = true;

    fn lower_inst(&self, cx: &mut Lower<Self>, inst: ir::Inst) {
        lower::instruction(cx, inst);
    }
    fn lower_terminator(&self, cx: &mut Lower<Self>, inst: ir::Inst, targets: &[MBlock]) {
        lower_control::terminator(cx, inst, targets);
    }
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: ir::Inst, dst: VReg) {
        lower::rematerialize(cx, inst, dst);
    }
    fn is_costly(&self, inst: &ir::InstData) -> bool {
        lower::is_costly(inst, self.open)
    }
    fn is_recomputed(&self, op: ir::Op) -> bool {
        // Seven instructions; two test it for zero.
        op == ir::Op::Vbitmask
    }
    fn takes_loads_as_root(&self, op: ir::Op) -> bool {
        // `lower_vec_lane`; what matches a splat as part of itself asks for the register of its scalar.
        matches!(op, ir::Op::Vsplat | ir::Op::Vreplace)
    }
    fn jump(&self, target: MBlock) -> Inst {
        Inst::Jump(target)
    }
    fn copy(&self, dst: VReg, src: VReg) -> Inst {
        lower::copy(dst, src)
    }
    fn call_abi(&self, conv: Conv, sig: &Signature) -> CallAbi {
        abi::call_abi(conv, sig, self.darwin)
    }
    fn tail_args(&self) -> u32 {
        self.tail_args
    }
    fn far_instance(&self) -> PReg {
        abi::FAR
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
        lower::row(cx, Form::Mov32, &[lower::reg(dst), lower::reg(src)]);
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
        frame::prologue(out, frame);
    }
    fn emit(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
        expand::expand(out, frame, inst, locs);
    }
    fn emit_moves(
        &self,
        out: &mut dyn Sink<Self>,
        frame: &FrameLayout,
        moves: &[Move],
        wide: bool,
    ) {
        frame::emit_moves(out, frame, moves, wide);
    }
    fn near_bytes(&self) -> usize {
        // `ldr` of a literal and `adr`.
        1 << 20
    }
    fn max_bytes(&self) -> usize {
        // `b` and `bl` reach 128 MiB; half of it is left for the way from a call to the veneers behind the function.
        1 << 26
    }
    fn trap_bytes(&self) -> &'static [u8] {
        // udf #0
        &[0; 4]
    }
    fn dwarf_reg(&self, reg: PReg) -> u16 {
        Reg::from(reg).dwarf()
    }
}
