//! Machine instructions: those that every instruction set has, around the rows and the pseudo-instructions of each ([`Insts`]).
//!
//! A row is one instruction of the processor. Everything else becomes rows when registers are known ([`emit`]).

use super::call::CallRegs;
use super::frame::FrameLayout;
use super::mir::{Control, Loc, MBlock, MachInst, Operand, PReg, PRegSet, VReg};
use super::sink::{Places, Rows, Sink, jump_block};
use crate::abi::TrapCode;
use crate::ir::{FuncId, RtFn, Symbol};
use smallvec::{Array, SmallVec};
use std::fmt::Debug;

/// Receives the rows.
pub type Out<'a, I> = dyn Sink<I> + 'a;

/// A register operand before allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MReg<R> {
    V(VReg),
    /// A register that is never allocated.
    P(R),
}

/// What has register operands.
pub trait Operands: Clone + Debug + Send {
    /// Visits them, always in the same order.
    fn operands(&self, visit: &mut dyn FnMut(Operand));
}

impl Operands for VReg {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        visit(Operand::reg(*self));
    }
}

/// A condition of a branch.
pub trait Condition: Operands + Copy {
    /// The opposite.
    fn inverse(self) -> Self;
}

/// What an instruction set's machine instructions are made of, and the rows of those that all sets have.
pub trait Insts: Rows + Copy + Debug + Send {
    /// An operand of a row before allocation.
    type Operand: Copy + Debug + Send;
    /// As many operands as most rows have.
    type Args: Array<Item = Self::Operand> + Clone + Debug;
    type Condition: Condition;
    /// The code pointer of a call.
    type Pointer: Operands;
    /// An instruction that becomes several rows, or rows that only the frame or the allocation decides. It clobbers nothing and falls through.
    type Pseudo: Operands;

    /// Where the code pointer of a tail call is while the epilogue restores registers.
    const TAIL_TARGET: PReg;
    /// Where functions that preserve registers put them: [`crate::abi::Safepoint`].
    const PRESERVED: u32;
    /// Registers that [`Insts::jump_table`] needs besides the index.
    const TABLE_TEMPS: usize;

    /// How many operands the row has.
    fn arity(form: Self::Form) -> usize;
    /// Visits the registers of a row's operands.
    fn row_operands(form: Self::Form, args: &[Self::Operand], visit: &mut dyn FnMut(Operand));

    // Rows, with the places of the operands that have been visited. What every instruction set writes in the same way is done by `emit`.

    fn row(
        out: &mut Out<Self>,
        frame: &FrameLayout,
        row: (Self::Form, &[Self::Operand], Option<TrapCode>),
        places: &mut Places,
    );
    fn pseudo(out: &mut Out<Self>, frame: &FrameLayout, op: &Self::Pseudo, places: &mut Places);
    fn call(
        out: &mut Out<Self>,
        frame: &FrameLayout,
        target: &CallTarget<Self>,
        places: &mut Places,
    );
    /// Jumps to `then` if the condition holds, else to `or_else`.
    fn branch(
        out: &mut Out<Self>,
        cond: Self::Condition,
        places: &mut Places,
        then: MBlock,
        or_else: MBlock,
    );
    /// Jumps to the block if the index is `n`.
    fn case(out: &mut Out<Self>, index: PReg, n: usize, to: MBlock);
    fn jump_table(out: &mut Out<Self>, table: &JumpTable, places: &mut Places);
    /// The epilogue, and the return or the jump of a tail call.
    fn leave(out: &mut Out<Self>, frame: &FrameLayout, tail: Option<TailTarget>);
    fn trap(out: &mut Out<Self>, code: TrapCode);
    /// Jumps to the pad if the condition holds.
    fn trap_if(out: &mut Out<Self>, cond: Self::Condition, places: &mut Places, code: TrapCode);
}

/// Where a call goes.
#[derive(Clone, Debug)]
pub enum CallTarget<I: Insts> {
    Symbol(Symbol),
    Pointer(I::Pointer),
}

/// A call. Stack arguments are stored before it, stack results loaded after it.
#[derive(Clone, Debug)]
pub struct Call<I: Insts> {
    pub target: CallTarget<I>,
    pub regs: CallRegs,
}

impl<I: Insts> Call<I> {
    fn runtime(&self) -> Option<RtFn> {
        match self.target {
            CallTarget::Symbol(Symbol::Runtime(function)) => Some(function),
            CallTarget::Symbol(_) | CallTarget::Pointer(_) => None,
        }
    }
    /// Whether the callee leaves all registers as they were.
    pub fn preserves_registers(&self) -> bool {
        self.runtime().is_some_and(RtFn::preserves_registers)
    }
    /// Whether garbage may be collected meanwhile. `of` says it of functions that are compiled here.
    pub fn may_collect(&self, of: &dyn Fn(FuncId) -> bool) -> bool {
        match self.target {
            CallTarget::Symbol(Symbol::Runtime(function)) => function.may_collect(),
            CallTarget::Symbol(Symbol::Func(func)) => of(func),
            CallTarget::Symbol(_) | CallTarget::Pointer(_) => true,
        }
    }
}

/// Where a tail call goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TailTarget {
    Symbol(Symbol),
    /// Through a pointer, in [`Insts::TAIL_TARGET`].
    Pointer(VReg),
}

/// A tail call: epilogue and jump. Stack arguments are stored before it.
#[derive(Clone, Debug)]
pub struct TailCall {
    pub target: TailTarget,
    pub args: Vec<(VReg, PReg)>,
}

/// A multi-way branch through a table of 32-bit displacements.
#[derive(Clone, Debug)]
pub struct JumpTable {
    /// Clean i32.
    pub index: VReg,
    pub temps: Vec<VReg>,
    pub targets: Vec<MBlock>,
    pub default: MBlock,
}

/// An instruction.
#[derive(Clone, Debug)]
pub enum Inst<I: Insts> {
    /// A row. `trap`: what its fault means.
    Row {
        form: I::Form,
        args: SmallVec<I::Args>,
        trap: Option<TrapCode>,
    },
    Pseudo(I::Pseudo),
    /// Defines registers that hold something on entry.
    Params(Vec<(VReg, PReg)>),
    Call(Box<Call<I>>),
    Jump(MBlock),
    Branch {
        cond: I::Condition,
        then: MBlock,
        or_else: MBlock,
    },
    /// A multi-way branch by comparisons; the last target is the default.
    Switch {
        index: VReg,
        targets: Vec<MBlock>,
    },
    JumpTable(Box<JumpTable>),
    /// Epilogue and return.
    Ret(Vec<(VReg, PReg)>),
    TailCall(Box<TailCall>),
    Trap(TrapCode),
    /// Jumps to a pad.
    TrapIf {
        cond: I::Condition,
        code: TrapCode,
    },
}

impl<I: Insts> Inst<I> {
    /// A row that cannot fault.
    pub fn row(form: I::Form, args: &[I::Operand]) -> Inst<I> {
        Inst::row_trap(form, args, None)
    }
    /// A row.
    pub fn row_trap(form: I::Form, args: &[I::Operand], trap: Option<TrapCode>) -> Inst<I> {
        debug_assert_eq!(I::arity(form), args.len(), "{form:?}");
        Inst::Row {
            form,
            args: SmallVec::from_slice(args),
            trap,
        }
    }
}

fn uses(regs: &[(VReg, PReg)], visit: &mut dyn FnMut(Operand)) {
    for &(vreg, reg) in regs {
        visit(Operand::fixed(vreg, reg));
    }
}

fn defs(regs: &[(VReg, PReg)], visit: &mut dyn FnMut(Operand)) {
    for &(vreg, reg) in regs {
        visit(Operand::def_fixed(vreg, reg));
    }
}

impl<I: Insts> MachInst for Inst<I> {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Inst::Row { form, args, .. } => I::row_operands(*form, args, visit),
            Inst::Pseudo(op) => op.operands(visit),
            Inst::Params(regs) => defs(regs, visit),
            Inst::Call(call) => {
                uses(&call.regs.args, visit);
                match &call.target {
                    CallTarget::Symbol(_) => {}
                    CallTarget::Pointer(pointer) => pointer.operands(visit),
                }
                defs(&call.regs.results, visit);
            }
            Inst::Jump(_) | Inst::Trap(_) => {}
            Inst::Branch { cond, .. } | Inst::TrapIf { cond, .. } => cond.operands(visit),
            Inst::Switch { index, .. } => visit(Operand::reg(*index)),
            Inst::JumpTable(table) => {
                visit(Operand::reg(table.index));
                for &temp in &table.temps {
                    visit(Operand::def_early(temp));
                }
            }
            Inst::Ret(values) => uses(values, visit),
            Inst::TailCall(call) => {
                uses(&call.args, visit);
                match call.target {
                    TailTarget::Symbol(_) => {}
                    TailTarget::Pointer(vreg) => visit(Operand::fixed(vreg, I::TAIL_TARGET)),
                }
            }
        }
    }

    fn clobbers(&self) -> PRegSet {
        match self {
            Inst::Call(call) => {
                let results = call.regs.results.iter();
                results.fold(call.regs.clobbers, |set, (_, reg)| {
                    set.minus(PRegSet::of(&[*reg]))
                })
            }
            Inst::Row { .. }
            | Inst::Pseudo(_)
            | Inst::Params(_)
            | Inst::Jump(_)
            | Inst::Branch { .. }
            | Inst::Switch { .. }
            | Inst::JumpTable(_)
            | Inst::Ret(_)
            | Inst::TailCall(_)
            | Inst::Trap(_)
            | Inst::TrapIf { .. } => PRegSet::EMPTY,
        }
    }

    fn control(&self) -> Control {
        match self {
            Inst::Jump(to) => Control::Jump(*to),
            Inst::Call(call) if call.regs.landings.is_some() => Control::Branch,
            Inst::Branch { .. } | Inst::Switch { .. } | Inst::JumpTable(_) => Control::Branch,
            Inst::Ret(_) | Inst::TailCall(_) | Inst::Trap(_) => Control::Exit,
            Inst::Row { .. }
            | Inst::Pseudo(_)
            | Inst::Params(_)
            | Inst::Call(_)
            | Inst::TrapIf { .. } => Control::None,
        }
    }
}

/// Writes an instruction. `locs` are its operands' places in the order of [`MachInst::operands`].
pub fn emit<I: Insts>(out: &mut Out<I>, frame: &FrameLayout, inst: &Inst<I>, locs: &[Loc]) {
    let places = &mut Places::new(locs);
    match inst {
        Inst::Row { form, args, trap } => I::row(out, frame, (*form, args, *trap), places),
        Inst::Pseudo(op) => I::pseudo(out, frame, op, places),
        Inst::Params(_) => {}
        Inst::Call(call) => {
            for _ in &call.regs.args {
                places.take();
            }
            I::call(out, frame, &call.target, places);
            out.call_returns();
            // Behind those of the results.
            let roots = &places.rest()[call.regs.results.len()..];
            if !roots.is_empty() {
                let slot = |loc: &Loc| match *loc {
                    Loc::Spill(slot) => frame.spill(slot),
                    Loc::Reg(reg) => {
                        assert!(call.preserves_registers(), "a reference in a register");
                        -(I::PRESERVED as i32) - 8 * i32::from(reg.hw())
                    }
                };
                let mut slots: Vec<i32> = roots.iter().map(slot).collect();
                slots.sort_unstable();
                slots.dedup();
                out.roots(slots);
            }
            if let Some(landings) = &call.regs.landings {
                out.landings(&landings.handlers);
                jump_block(out, landings.normal);
            }
        }
        Inst::Jump(to) => jump_block(out, *to),
        // Prefer to fall through: jump on the opposite condition where `then` follows.
        &Inst::Branch {
            cond,
            then,
            or_else,
        } if out.is_next(then) => I::branch(out, cond.inverse(), places, or_else, then),
        &Inst::Branch {
            cond,
            then,
            or_else,
        } => I::branch(out, cond, places, then, or_else),
        Inst::Switch { targets, .. } => {
            let index = places.take().reg();
            let (default, cases) = targets.split_last().expect("a default target");
            for (n, &case) in cases.iter().enumerate() {
                I::case(out, index, n, case);
            }
            jump_block(out, *default);
        }
        Inst::JumpTable(table) => I::jump_table(out, table, places),
        Inst::Ret(_) => I::leave(out, frame, None),
        Inst::TailCall(call) => I::leave(out, frame, Some(call.target)),
        Inst::Trap(code) => I::trap(out, *code),
        Inst::TrapIf { cond, code } => I::trap_if(out, *cond, places, *code),
    }
}
