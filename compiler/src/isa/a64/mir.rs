//! Machine instructions of AArch64 as the allocator sees them: rows of the table, and a few compound instructions that `emit`
//! turns into rows once registers are known.

use super::abi::TAIL_TARGET;
use super::insts::{Form, Role};
use super::operand::{Amode, Arg, Base, Cc};
use super::regs::{Reg, v};
use crate::abi::TrapCode;
use crate::ir::{Op, Symbol};
use crate::mach::call::CallRegs;
use crate::mach::mir::{Control, MBlock, MachInst, Operand, PReg, PRegSet, VReg};
use crate::mach::patterns::Fp;
use smallvec::SmallVec;

/// A register operand before allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MReg {
    V(VReg),
    /// A register that is never allocated: stack pointer, zero, pinned and scratch registers.
    P(Reg),
}

impl From<VReg> for MReg {
    fn from(vreg: VReg) -> MReg {
        MReg::V(vreg)
    }
}

/// Operands of a row.
pub type Args = SmallVec<[Arg<MReg>; 4]>;

/// A condition of a branch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Test<R> {
    /// Of the flags.
    Cc(Cc),
    /// The register is zero (or, `nonzero`, is not), in all its bits or (`wide` false) in the low 32.
    Zero { reg: R, wide: bool, nonzero: bool },
    /// The bit is one (`set`) or zero.
    Bit { reg: R, bit: u8, set: bool },
}

impl<R> Test<R> {
    /// The opposite.
    pub fn inverse(self) -> Test<R> {
        match self {
            Test::Cc(cc) => Test::Cc(cc.inverse()),
            Test::Zero { reg, wide, nonzero } => Test::Zero {
                reg,
                wide,
                nonzero: !nonzero,
            },
            Test::Bit { reg, bit, set } => Test::Bit {
                reg,
                bit,
                set: !set,
            },
        }
    }
}

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallTarget {
    Symbol(Symbol),
    /// Through a pointer.
    Ptr(VReg),
}

/// A call. Stack arguments are stored before it, stack results loaded after it.
#[derive(Clone, Debug)]
pub struct Call {
    pub target: CallTarget,
    pub regs: CallRegs,
}

/// Where a tail call goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TailTarget {
    Symbol(Symbol),
    /// Through a pointer.
    Ptr(VReg),
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
    pub targets: Vec<MBlock>,
    pub default: MBlock,
}

/// Float to integer with its traps (core spec 4.3.2 `trunc`).
#[derive(Clone, Copy, Debug)]
pub struct FloatToInt {
    pub from: Fp,
    /// Result has 64 bits.
    pub wide: bool,
    pub signed: bool,
    pub dst: VReg,
    pub src: VReg,
    /// For unsigned results.
    pub float_temp: Option<VReg>,
}

/// A modification of a memory cell by exclusive loads and stores, until nothing came between.
#[derive(Clone, Copy, Debug)]
pub struct AtomicLoop {
    /// One of the atomic modifications.
    pub op: Op,
    /// log2 of the cell's bytes.
    pub log2: usize,
    pub address: VReg,
    /// Operand, or what is stored.
    pub value: VReg,
    /// `AtomicCmpxchg`: zero-extended.
    pub expected: Option<VReg>,
    /// What was there, zero-extended.
    pub dst: VReg,
    /// Where the new value is computed.
    pub new: Option<VReg>,
    pub status: VReg,
    pub trap: Option<TrapCode>,
}

/// Where the table of [`Inst::Tbl2`] is.
pub const TABLES: [Reg; 2] = [v(30), v(31)];

/// An instruction.
#[derive(Clone, Debug)]
pub enum Inst {
    /// A row. `trap`: what its fault means.
    Row {
        form: Form,
        args: Args,
        trap: Option<TrapCode>,
    },
    /// An integer constant, in one to four instructions.
    Const {
        dst: VReg,
        bits: u64,
    },
    /// A float constant by its bits.
    FloatConst {
        dst: VReg,
        fp: Fp,
        bits: u64,
    },
    /// A vector constant by its bits.
    VecConst {
        dst: VReg,
        bits: u128,
    },
    /// `tbl` of two registers, which must be neighbours.
    Tbl2 {
        dst: VReg,
        tables: [VReg; 2],
        indices: VReg,
    },
    /// Address of something in the frame.
    FrameAddr {
        dst: VReg,
        base: Base<MReg>,
        disp: i32,
    },
    /// Address of a symbol.
    SymbolAddr {
        dst: VReg,
        symbol: Symbol,
        addend: i64,
    },
    /// Defines registers that hold something on entry.
    Params(Vec<(VReg, PReg)>),
    Call(Box<Call>),
    Jump(MBlock),
    Branch {
        test: Test<VReg>,
        then: MBlock,
        or_else: MBlock,
    },
    /// A multi-way branch by comparisons; the last target is the default.
    Switch {
        index: VReg,
        targets: Vec<MBlock>,
    },
    JumpTable(Box<JumpTable>),
    /// Epilogue and `ret`.
    Ret(Vec<(VReg, PReg)>),
    TailCall(Box<TailCall>),
    Trap(TrapCode),
    /// Jumps to a pad.
    TrapIf {
        test: Test<VReg>,
        code: TrapCode,
    },
    FloatToInt(Box<FloatToInt>),
    AtomicLoop(Box<AtomicLoop>),
}

impl Inst {
    /// A row that cannot fault.
    pub fn row(form: Form, args: &[Arg<MReg>]) -> Inst {
        Inst::row_trap(form, args, None)
    }
    /// A row.
    pub fn row_trap(form: Form, args: &[Arg<MReg>], trap: Option<TrapCode>) -> Inst {
        debug_assert_eq!(form.row().operands.len(), args.len(), "{form:?}");
        Inst::Row {
            form,
            args: SmallVec::from_slice(args),
            trap,
        }
    }
}

/// Visits the registers of an address.
fn amode_regs(amode: &Amode<MReg>, visit: &mut dyn FnMut(VReg)) {
    let mut reg = |reg: MReg| {
        if let MReg::V(vreg) = reg {
            visit(vreg);
        }
    };
    match *amode {
        Amode::Offset {
            base: Base::Reg(base),
            ..
        } => reg(base),
        Amode::Offset {
            base: Base::Slot(_) | Base::Incoming | Base::Outgoing,
            ..
        } => {}
        Amode::Index { base, index, .. } => {
            reg(base);
            reg(index);
        }
        Amode::Pre { base, .. } | Amode::Post { base, .. } | Amode::Low { base, .. } => reg(base),
    }
}

fn row_operands(form: Form, args: &Args, visit: &mut dyn FnMut(Operand)) {
    let mut count = 0u8;
    for (opd, arg) in form.row().operands.iter().zip(args) {
        match *arg {
            Arg::Reg(MReg::V(vreg)) => {
                count += 1;
                visit(match opd.role {
                    Role::Use => Operand::reg(vreg),
                    Role::Def => Operand::def(vreg),
                    Role::Mod => panic!("{form:?}: a modified register needs two names"),
                });
            }
            Arg::Tied {
                def: MReg::V(def),
                src: MReg::V(src),
            } => {
                visit(Operand::reg(src));
                visit(Operand::def_reuse(def, count));
                count += 2;
            }
            Arg::Shifted {
                reg: MReg::V(vreg), ..
            }
            | Arg::Extended {
                reg: MReg::V(vreg), ..
            } => {
                count += 1;
                visit(Operand::reg(vreg));
            }
            Arg::Mem(amode) => amode_regs(&amode, &mut |vreg| {
                count += 1;
                visit(Operand::reg(vreg));
            }),
            Arg::Reg(MReg::P(_))
            | Arg::Shifted {
                reg: MReg::P(_), ..
            }
            | Arg::Extended {
                reg: MReg::P(_), ..
            }
            | Arg::Imm(_)
            | Arg::Cc(_)
            | Arg::Rel(_) => {}
            Arg::Tied { .. } => panic!("{form:?}: tied to a register that is never allocated"),
        }
    }
}

fn test_operand(test: &Test<VReg>, visit: &mut dyn FnMut(Operand)) {
    match *test {
        Test::Cc(_) => {}
        Test::Zero { reg, .. } | Test::Bit { reg, .. } => visit(Operand::reg(reg)),
    }
}

impl MachInst for Inst {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Inst::Row { form, args, .. } => row_operands(*form, args, visit),
            Inst::Const { dst, .. }
            | Inst::FloatConst { dst, .. }
            | Inst::VecConst { dst, .. }
            | Inst::FrameAddr { dst, .. }
            | Inst::SymbolAddr { dst, .. } => visit(Operand::def(*dst)),
            Inst::Tbl2 {
                dst,
                tables,
                indices,
            } => {
                for (&table, &place) in tables.iter().zip(&TABLES) {
                    visit(Operand::fixed(table, place.into()));
                }
                visit(Operand::reg(*indices));
                visit(Operand::def(*dst));
            }
            Inst::Params(regs) => {
                for &(vreg, reg) in regs {
                    visit(Operand::def_fixed(vreg, reg));
                }
            }
            Inst::Call(call) => {
                for &(vreg, reg) in &call.regs.args {
                    visit(Operand::fixed(vreg, reg));
                }
                match call.target {
                    CallTarget::Symbol(_) => {}
                    CallTarget::Ptr(vreg) => visit(Operand::reg(vreg)),
                }
                for &(vreg, reg) in &call.regs.results {
                    visit(Operand::def_fixed(vreg, reg));
                }
            }
            Inst::Jump(_) | Inst::Trap(_) => {}
            Inst::Branch { test, .. } | Inst::TrapIf { test, .. } => test_operand(test, visit),
            Inst::Switch { index, .. } => visit(Operand::reg(*index)),
            Inst::JumpTable(table) => visit(Operand::reg(table.index)),
            Inst::Ret(values) => {
                for &(vreg, reg) in values {
                    visit(Operand::fixed(vreg, reg));
                }
            }
            Inst::TailCall(call) => {
                for &(vreg, reg) in &call.args {
                    visit(Operand::fixed(vreg, reg));
                }
                match call.target {
                    TailTarget::Symbol(_) => {}
                    TailTarget::Ptr(vreg) => visit(Operand::fixed(vreg, TAIL_TARGET)),
                }
            }
            Inst::AtomicLoop(op) => {
                visit(Operand::reg(op.address));
                visit(Operand::reg(op.value));
                if let Some(expected) = op.expected {
                    visit(Operand::reg(expected));
                }
                // Written before the last reading of the others.
                visit(Operand::def_early(op.dst));
                if let Some(new) = op.new {
                    visit(Operand::def_early(new));
                }
                visit(Operand::def_early(op.status));
            }
            Inst::FloatToInt(op) => {
                visit(Operand::reg(op.src));
                visit(Operand::def_early(op.dst));
                if let Some(temp) = op.float_temp {
                    visit(Operand::def_early(temp));
                }
            }
        }
    }

    fn clobbers(&self) -> PRegSet {
        match self {
            Inst::Call(call) => call
                .regs
                .results
                .iter()
                .fold(call.regs.clobbers, |set, (_, reg)| {
                    set.minus(PRegSet::of(&[*reg]))
                }),
            Inst::Row { .. }
            | Inst::Const { .. }
            | Inst::FloatConst { .. }
            | Inst::VecConst { .. }
            | Inst::Tbl2 { .. }
            | Inst::FrameAddr { .. }
            | Inst::SymbolAddr { .. }
            | Inst::Params(_)
            | Inst::Jump(_)
            | Inst::Branch { .. }
            | Inst::Switch { .. }
            | Inst::JumpTable(_)
            | Inst::Ret(_)
            | Inst::TailCall(_)
            | Inst::Trap(_)
            | Inst::TrapIf { .. }
            | Inst::AtomicLoop(_)
            | Inst::FloatToInt(_) => PRegSet::EMPTY,
        }
    }

    fn control(&self) -> Control {
        match self {
            Inst::Jump(to) => Control::Jump(*to),
            Inst::Call(call) if call.regs.landings.is_some() => Control::Branch,
            Inst::Branch { .. } | Inst::Switch { .. } | Inst::JumpTable(_) => Control::Branch,
            Inst::Ret(_) | Inst::TailCall(_) | Inst::Trap(_) => Control::Exit,
            Inst::Row { .. }
            | Inst::Const { .. }
            | Inst::FloatConst { .. }
            | Inst::VecConst { .. }
            | Inst::Tbl2 { .. }
            | Inst::FrameAddr { .. }
            | Inst::SymbolAddr { .. }
            | Inst::Params(_)
            | Inst::Call(_)
            | Inst::TrapIf { .. }
            | Inst::AtomicLoop(_)
            | Inst::FloatToInt(_) => Control::None,
        }
    }
}
