//! What the backend asks of x86-64: the rows, lowering, emission. This file uses the others, and none of them uses it.

use super::insts::Form;
use super::lower::{call, cond, rows};
use super::mir::{Inst, Pointer};
use super::operand::{Cc, Cond, PArg};
use super::vex::VexSink;
use super::{X64, abi, arch, assemble, emit, encode, lower, print};
use crate::ir::{self, Conv, Signature, Type, Value};
use crate::mach::arch::Arch;
use crate::mach::buffer::{BranchForm, Fill, MAX_CODE};
use crate::mach::call::Area;
use crate::mach::frame::FrameLayout;
use crate::mach::inst;
use crate::mach::isa::{CallAbi, Isa, RegEnv};
use crate::mach::lower::Lower;
use crate::mach::mir::{Loc, PReg, PRegSet, VReg};
use crate::mach::pairs::Makes;
use crate::mach::regalloc::Move;
use crate::mach::sink::{Encoder, Rows, Sink};

impl Rows for X64 {
    type Form = Form;
    type Arg = PArg;
    type Cond = Cc;

    fn put(encoder: &mut Encoder<Self>, form: Form, args: &[PArg]) {
        assemble::put(encoder, form, args);
    }
    fn branch_form(cond: Option<Cc>) -> BranchForm {
        assemble::branch_form(cond)
    }
    fn print_row(form: Form, args: &[PArg]) -> String {
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
    const ARCH: &'static Arch = &arch::ARCH;
    const SHARES_ADDRESSES: bool = false;
    const MAKES: Makes = Makes {
        products: true,
        carries: true,
    };
    const FAR_INSTANCE: PReg = abi::FAR_INSTANCE;
    const EXCEPTION: PReg = abi::EXCEPTION;
    // The return address is on the stack.
    const LINK: PRegSet = PRegSet::EMPTY;
    const NEAR_BYTES: usize = usize::MAX;
    const MAX_BYTES: usize = MAX_CODE;
    // ud2
    const TRAP_BYTES: &'static [u8] = &[0x0f, 0x0b];
    const FILL: Fill = encode::fill;

    fn lower_inst(&self, cx: &mut Lower<Self>, inst: ir::Inst) {
        lower::instruction(cx, inst);
    }
    fn condition(&self, cx: &mut Lower<Self>, value: Value) -> Cond {
        cond::condition(cx, value)
    }
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: ir::Inst, dst: VReg) {
        lower::remat::rematerialize(cx, inst, dst);
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
    fn copy(&self, dst: VReg, src: VReg) -> Inst {
        rows::copy(self.cpu, dst, src)
    }
    fn call_abi(&self, _: Conv, sig: &Signature) -> CallAbi {
        abi::call_abi(sig)
    }
    fn tail_args(&self) -> u32 {
        self.tail_args
    }
    fn store_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, value: VReg) {
        call::store_stack(cx, area, at, ty, value);
    }
    fn load_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, dst: VReg) {
        call::load_stack(cx, area, at, ty, dst);
    }
    fn zero_extend(&self, cx: &mut Lower<Self>, dst: VReg, src: VReg) {
        rows::row(cx, Form::MovRRm32, &[rows::reg(dst), rows::reg(src)]);
    }
    fn code_pointer(&self, cx: &mut Lower<Self>, code: Value) -> Pointer {
        call::code_pointer(cx, code)
    }
    fn set_pinned(&self, cx: &mut Lower<Self>, instance: VReg) {
        call::set_pinned(cx, instance);
    }
    fn reg_env(&self, func: &ir::Func) -> RegEnv {
        abi::reg_env(func.conv, self.open, self.pinned_memory)
    }
    fn prologue(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout) {
        emit::frame::prologue(out, frame);
    }
    fn emit(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
        if self.cpu.avx {
            inst::emit(&mut VexSink(out), frame, inst, locs);
        } else {
            inst::emit(out, frame, inst, locs);
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
            let (form, args) = emit::frame::move_row(m.from, m.to, wide, frame);
            if self.cpu.avx {
                VexSink(out).row(form, &args, None);
            } else {
                out.row(form, &args, None);
            }
        }
    }
}
