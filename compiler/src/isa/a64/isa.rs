//! What the backend asks of AArch64: the rows, lowering, emission. This file uses the others, and none of them uses it.

use super::insts::Form;
use super::lower::{call, cond, remat, rows};
use super::mir::{Inst, Test};
use super::operand::PArg;
use super::regs::{Reg, Shape};
use super::{A64, abi, arch, assemble, emit, encode, lower, print};
use crate::ir::{self, Conv, Signature, Type, Value};
use crate::mach::arch::Arch;
use crate::mach::buffer::{BranchForm, Fill};
use crate::mach::call::Area;
use crate::mach::frame::FrameLayout;
use crate::mach::inst;
use crate::mach::isa::{CallAbi, Isa, RegEnv};
use crate::mach::lower::Lower;
use crate::mach::mir::{Loc, PReg, PRegSet, VReg};
use crate::mach::pairs::Makes;
use crate::mach::regalloc::Move;
use crate::mach::sink::{Encoder, Rows, Sink};

impl Rows for A64 {
    type Form = Form;
    type Arg = PArg;
    type Cond = Test<Reg>;

    fn put(encoder: &mut Encoder<Self>, form: Form, args: &[PArg]) {
        assemble::put(encoder, form, args);
    }
    fn branch_form(cond: Option<Test<Reg>>) -> BranchForm {
        assemble::branch_form(cond)
    }
    fn print_row(form: Form, args: &[PArg]) -> String {
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
    const ARCH: &'static Arch = &arch::ARCH;
    const SHARES_ADDRESSES: bool = true;
    const MAKES: Makes = Makes {
        products: false,
        carries: true,
    };
    const FAR_INSTANCE: PReg = abi::FAR;
    const EXCEPTION: PReg = abi::EXCEPTION;
    const LINK: PRegSet = PRegSet::of(&[abi::LINK]);
    // `ldr` of a literal and `adr`.
    const NEAR_BYTES: usize = 1 << 20;
    // `b` and `bl` reach 128 MiB; half of it is left for the way from a call to the veneers behind the function.
    const MAX_BYTES: usize = 1 << 26;
    // udf #0
    const TRAP_BYTES: &'static [u8] = &[0; 4];
    const FILL: Fill = encode::fill;

    fn lower_inst(&self, cx: &mut Lower<Self>, inst: ir::Inst) {
        lower::instruction(cx, inst);
    }
    fn condition(&self, cx: &mut Lower<Self>, value: Value) -> Test<VReg> {
        cond::test(cx, value)
    }
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: ir::Inst, dst: VReg) {
        remat::rematerialize(cx, inst, dst);
    }
    fn is_costly(&self, inst: &ir::InstData) -> bool {
        remat::is_costly(inst, self.open)
    }
    fn is_recomputed(&self, op: ir::Op) -> bool {
        // Seven instructions; two test it for zero.
        op == ir::Op::Vbitmask
    }
    fn takes_loads_as_root(&self, op: ir::Op) -> bool {
        // `lower::vector::lanes`; what matches a splat as part of itself asks for the register of its scalar.
        matches!(op, ir::Op::Vsplat | ir::Op::Vreplace)
    }
    fn copy(&self, dst: VReg, src: VReg) -> Inst {
        rows::copy(dst, src)
    }
    fn call_abi(&self, conv: Conv, sig: &Signature) -> CallAbi {
        abi::call_abi(conv, sig, self.darwin)
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
        rows::row(cx, Form::Mov32, &[rows::reg(dst), rows::reg(src)]);
    }
    fn code_pointer(&self, cx: &mut Lower<Self>, code: Value) -> VReg {
        cx.reg(code)
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
        inst::emit(out, frame, inst, locs);
    }
    fn emit_moves(
        &self,
        out: &mut dyn Sink<Self>,
        frame: &FrameLayout,
        moves: &[Move],
        wide: bool,
    ) {
        emit::frame::emit_moves(out, frame, moves, wide);
    }
}
