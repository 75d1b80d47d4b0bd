//! What an instruction set supplies: [`Isa`].

use super::emitter::Emitter;
use super::frame::FrameLayout;
use super::lower::Lower;
use super::mir::{Loc, MBlock, MachInst, PReg, PRegSet, VReg};
use crate::ir::{self, Conv, Inst, Signature};

/// An instruction set with the options that code for it depends on (memory mode, world).
pub trait Isa: Sync + Sized {
    type Inst: MachInst;

    // Lowering. Within each call instructions are emitted in program order.

    /// Starts the entry block: brings the parameters from where the convention has them into these registers (`None`: unused) and
    /// saves and sets pinned registers as `func.conv` asks.
    fn lower_entry(&self, cx: &mut Lower<Self>, params: &[Option<VReg>]);
    /// Lowers an instruction that is no terminator. Results that nothing uses need not be computed.
    fn lower_inst(&self, cx: &mut Lower<Self>, inst: Inst);
    /// Lowers a terminator; `targets` are its targets in order. A `Branch` or `BrTable` whose targets are all equal is given to
    /// [`Isa::jump`] instead, and so is `Jump`.
    fn lower_terminator(&self, cx: &mut Lower<Self>, inst: Inst, targets: &[MBlock]);
    /// Emits code that computes the result of a [`super::lower::is_rematerialized`] instruction into `dst`. It may
    /// change the flags: lowering asks for all registers of a root before it emits what sets flags for the rest of the root.
    fn rematerialize(&self, cx: &mut Lower<Self>, inst: Inst, dst: VReg);
    /// An unconditional jump.
    fn jump(&self, target: MBlock) -> Self::Inst;

    // Conventions.

    /// Where arguments and results of a call are. For `Conv::Far` the instance that precedes the signature's parameters is left out.
    fn call_abi(&self, conv: Conv, sig: &Signature) -> CallAbi;
    /// Registers for a function.
    fn reg_env(&self, func: &ir::Func) -> RegEnv;

    // Emission.

    /// Makes the frame: saves `frame.saved`, moves the stack pointer, probes large frames. Tells the CFI. Keeps argument registers.
    fn prologue(&self, cx: &mut Emitter);
    /// Emits an instruction. `locs` are its operands' places in the order of [`MachInst::operands`]. Instructions that leave the
    /// function emit the epilogue too.
    fn emit(&self, cx: &mut Emitter, inst: &Self::Inst, locs: &[Loc]);
    /// Copies a whole register; at most one side is a spill slot. Keeps the flags. Int: 64 bits. Float: 64 bits, or 128 if `wide`.
    fn emit_move(&self, cx: &mut Emitter, from: Loc, to: Loc, wide: bool);
    /// The instruction at trap pads.
    fn trap_bytes(&self) -> &'static [u8];
    /// One line of text for an instruction. `label` names blocks.
    fn print(&self, inst: &Self::Inst, locs: &[Loc], frame: &FrameLayout) -> String;
    /// Text of a move that the allocator asked for.
    fn print_move(&self, from: Loc, to: Loc, frame: &FrameLayout) -> String;
    /// DWARF number of a register.
    fn dwarf_reg(&self, reg: PReg) -> u16;
}

/// Place of an argument or result of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgLoc {
    Reg(PReg),
    /// Bytes from the start of the stack arguments (the callee's incoming area, the caller's outgoing area).
    Stack(u32),
}

/// How a signature is passed.
#[derive(Clone, Debug, Default)]
pub struct CallAbi {
    pub params: Vec<ArgLoc>,
    pub results: Vec<ArgLoc>,
    /// Bytes of the stack area: arguments, then results.
    pub stack: u32,
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
    /// Of those, the ones that are saved in any case (pinned registers that an entry sets).
    pub always_saved: PRegSet,
    /// Bytes between the canonical frame address and the stack pointer at entry: the return address if the call pushes it.
    pub entry_bytes: u32,
    /// The area of saved registers is a multiple of this many bytes.
    pub save_align: u32,
}
