//! What an instruction set supplies: [`Isa`].

use super::arch::Arch;
use super::buffer::Fill;
use super::call::Area;
use super::frame::FrameLayout;
use super::inst::{Inst as MInst, Insts};
use super::lower::Lower;
use super::mir::{Loc, PReg, PRegSet, VReg};
use super::pairs::Makes;
use super::regalloc::Move;
use super::sink::Sink;
use crate::ir::{self, Conv, Inst, Signature, Type, Value};

/// An instruction set with the options that code for it depends on (memory mode, world).
pub trait Isa: Insts + Sync {
    /// What object files need to know of it.
    const ARCH: &'static Arch;
    /// Whether `expand` makes addresses in memories values of their own where accesses have offsets, because address modes cannot hold base,
    /// index and offset.
    const SHARES_ADDRESSES: bool;
    /// Of which instructions it makes two at once ([`super::lower::Lower::making`]).
    const MAKES: Makes;

    // Lowering. Within each call instructions are emitted in program order.

    /// Lowers an instruction that is no terminator. Results that nothing uses need not be computed.
    fn lower_inst(&self, cx: &mut Lower<Self>, inst: Inst);
    /// Emits what a branch on "the i32 is not zero" needs before it.
    fn condition(&self, cx: &mut Lower<Self>, value: Value) -> Self::Condition;
    /// Emits code that computes the result of a [`super::lower::is_rematerialized`] or [`Isa::is_recomputed`] instruction into `dst`. It may
    /// change the flags: lowering asks for all registers of a root before it emits what sets flags for the rest of the root.
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: Inst, dst: VReg);
    /// Whether that takes so much that loops keep the result in a register.
    fn is_costly(&self, inst: &ir::InstData) -> bool;
    /// Whether a use outside of the loop computes the result anew, because a branch in the loop does not need it as a value.
    fn is_recomputed(&self, op: ir::Op) -> bool;
    /// Whether instructions of this op are roots where they take in a load: then the load happens once, however often their results are used.
    fn takes_loads_as_root(&self, op: ir::Op) -> bool;
    /// Copies a whole register.
    fn copy(&self, dst: VReg, src: VReg) -> MInst<Self>;

    // Calls: what `call` asks.

    /// Where arguments and results of a call are. For `Conv::Far` the instance that precedes the signature's parameters is left out.
    fn call_abi(&self, conv: Conv, sig: &Signature) -> CallAbi;
    /// [`super::call::tail_args`] of the program.
    fn tail_args(&self) -> u32;
    /// Where the callee's instance arrives under `Conv::Far`.
    const FAR_INSTANCE: PReg;
    /// Where the runtime leaves an exception for the handler: none of the registers of results.
    const EXCEPTION: PReg;
    /// Registers that the instruction of a call changes, whatever the callee does.
    const LINK: PRegSet;
    /// Stores a value of this type at a byte of a stack area.
    fn store_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, value: VReg);
    /// Loads a value of this type from a byte of a stack area; a clean one, if it is an i32.
    fn load_stack(&self, cx: &mut Lower<Self>, area: Area, at: u32, ty: Type, dst: VReg);
    /// `dst` = low 32 bits of `src`, upper half zero.
    fn zero_extend(&self, cx: &mut Lower<Self>, dst: VReg, src: VReg);
    /// The code pointer of a call.
    fn code_pointer(&self, cx: &mut Lower<Self>, code: Value) -> Self::Pointer;
    /// Sets the pinned registers from the instance, where control comes from outside.
    fn set_pinned(&self, cx: &mut Lower<Self>, instance: VReg);
    /// Registers for a function.
    fn reg_env(&self, func: &ir::Func) -> RegEnv;

    // Emission.

    /// Makes the frame: saves `frame.saved`, moves the stack pointer, probes large frames. Tells the CFI. Keeps argument registers.
    fn prologue(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout);
    /// Writes an instruction. `locs` are its operands' places in the order of [`super::mir::MachInst::operands`]. Instructions that leave the
    /// function write the epilogue too.
    fn emit(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout, inst: &MInst<Self>, locs: &[Loc]);
    /// Copies whole registers, one after the other; at most one side of each move is a spill slot. Keeps the flags. Int: 64 bits. Float:
    /// 64 bits, or 128 if `wide`.
    fn emit_moves(&self, out: &mut dyn Sink<Self>, frame: &FrameLayout, moves: &[Move], wide: bool);
    /// Bytes of a function, constants and tables included, up to which all that is in it is in reach of pc-relative fields.
    const NEAR_BYTES: usize;
    /// The same for the longest branches: larger functions are refused.
    const MAX_BYTES: usize;
    /// The instruction at trap pads.
    const TRAP_BYTES: &'static [u8];
    /// Instructions that do nothing.
    const FILL: Fill;
}

/// Place of an argument or result of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgLoc {
    Reg(PReg),
    /// Bytes from the start of the stack area (the callee's incoming area, the caller's outgoing area).
    Stack(u32),
}

/// How a signature is passed.
#[derive(Clone, Debug, Default)]
pub struct CallAbi {
    pub params: Vec<ArgLoc>,
    pub results: Vec<ArgLoc>,
    /// Bytes of stack results, from the start of the stack area; a multiple of 16.
    pub result_bytes: u32,
    /// Bytes of stack arguments, which follow.
    pub arg_bytes: u32,
    /// Registers that the callee may change, results included.
    pub clobbers: PRegSet,
}

/// Registers of a function, as the allocator and frame layout need them.
#[derive(Clone, Debug)]
pub struct RegEnv {
    /// Handed out first: need no saving.
    pub preferred: PRegSet,
    /// Handed out when those are taken: saved if used.
    pub non_preferred: PRegSet,
    /// Registers that the function must preserve, in canonical save order (first is nearest the return address).
    pub save_order: &'static [PReg],
    /// Of those, the float registers of which only the low 64 bits are preserved: where a function has vectors, a call changes them, as
    /// far as the allocator is concerned.
    pub half_saved: PRegSet,
    /// Of those, the ones that are saved in any case (pinned registers that an entry sets).
    pub always_saved: PRegSet,
    /// Bytes between the canonical frame address and the stack pointer at entry: the return address if the call pushes it.
    pub entry_bytes: u32,
    /// The area of saved registers is a multiple of this many bytes.
    pub save_align: u32,
}
