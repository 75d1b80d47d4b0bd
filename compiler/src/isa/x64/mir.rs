//! Machine instructions of x86-64 as the allocator sees them: rows of the table, and a few compound instructions that `emit`
//! turns into rows once registers are known.

use super::abi::TAIL_TARGET;
use super::insts::{Form, Kind, Place, Role};
use super::operand::{Amode, Arg, Base, Cond};
use super::regs::{RAX, Reg};
use crate::abi::TrapCode;
use crate::ir::{Op, Symbol};
use crate::mach::call::CallRegs;
use crate::mach::mir::Role as MirRole;
use crate::mach::mir::{Constraint, Control, MBlock, MachInst, Operand, PReg, PRegSet, Pos, VReg};
use crate::mach::patterns::Fp;
use smallvec::SmallVec;

/// A register operand before allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MReg {
    V(VReg),
    /// A register that is never allocated: stack pointer, pinned registers.
    P(Reg),
}

impl From<VReg> for MReg {
    fn from(vreg: VReg) -> MReg {
        MReg::V(vreg)
    }
}

/// Operands of a row.
pub type Args = SmallVec<[Arg<MReg>; 3]>;

/// Where a call goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallTarget {
    Symbol(Symbol),
    /// Through a pointer.
    Ptr(VReg),
    /// Through a pointer in memory; reading it cannot fault.
    Mem(Amode<MReg>),
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
    pub temps: [VReg; 2],
    pub targets: Vec<MBlock>,
    pub default: MBlock,
}

/// Float to integer. Exactly core spec 4.3.2 `trunc` (`saturate` false) or `trunc_sat`.
#[derive(Clone, Copy, Debug)]
pub struct FloatToInt {
    pub from: Fp,
    /// Result has 64 bits.
    pub wide: bool,
    pub signed: bool,
    pub saturate: bool,
    pub dst: VReg,
    pub src: VReg,
    pub int_temp: VReg,
    pub float_temp: VReg,
}

/// A modification of a memory cell that returns what was there, by comparing and exchanging until nothing came between.
#[derive(Clone, Copy, Debug)]
pub struct AtomicLoop {
    /// `AtomicAnd`, `AtomicOr`, `AtomicXor`.
    pub op: Op,
    /// log2 of the cell's bytes.
    pub log2: usize,
    pub place: Amode<MReg>,
    pub value: VReg,
    /// What was there, zero-extended; in rax.
    pub dst: VReg,
    pub new: VReg,
    pub trap: Option<TrapCode>,
}

/// By log2 of the bytes. The expected value and the old one are in rax.
pub const CMPXCHG: [Form; 4] = [
    Form::LockCmpxchgMR8,
    Form::LockCmpxchgMR16,
    Form::LockCmpxchgMR32,
    Form::LockCmpxchgMR64,
];

/// An instruction.
#[derive(Clone, Debug)]
pub enum Inst {
    /// A row. `trap`: what its fault means.
    Row {
        form: Form,
        args: Args,
        trap: Option<TrapCode>,
    },
    /// The same value under another name; both get the same register, so it is no code.
    Copy {
        dst: VReg,
        src: VReg,
    },
    /// `xor dst, dst`: changes the flags.
    Zero {
        dst: VReg,
    },
    /// `xorps dst, dst`.
    FloatZero {
        dst: VReg,
    },
    /// `pcmpeqd dst, dst`: all ones.
    VecOnes {
        dst: VReg,
    },
    /// Defines registers that hold something on entry.
    Params(Vec<(VReg, PReg)>),
    Call(Box<Call>),
    Jump(MBlock),
    Branch {
        cond: Cond,
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
        cond: Cond,
        code: TrapCode,
    },
    /// `dst = cond ? then : or_else` by a branch.
    FloatSelect {
        cond: Cond,
        dst: VReg,
        then: VReg,
        or_else: VReg,
    },
    /// Core spec 4.3.3 `fmin`, `fmax`.
    FloatMinMax {
        fp: Fp,
        max: bool,
        dst: VReg,
        a: VReg,
        b: VReg,
    },
    FloatToInt(Box<FloatToInt>),
    AtomicLoop(Box<AtomicLoop>),
    /// u64 to float, rounded once.
    U64ToFloat {
        to: Fp,
        dst: VReg,
        src: VReg,
        temps: [VReg; 2],
    },
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
    if let Base::Reg(MReg::V(base)) = amode.base {
        visit(base);
    }
    if let Some((MReg::V(index), _)) = amode.index {
        visit(index);
    }
}

/// Constraint of a register in a row. A spill slot has 8 bytes, or 16 and their alignment in functions with vectors, so it serves
/// operands up to that width.
fn constraint(kind: Kind) -> Constraint {
    match kind.place {
        Place::Rm { mem: true, .. } if !kind.partial => Constraint::Any,
        Place::Fixed { reg, .. } => Constraint::Fixed(reg.into()),
        Place::Rm { .. } | Place::Reg | Place::Opcode | Place::Vvvv | Place::Is4 => Constraint::Reg,
        Place::Imm(_) | Place::Cc | Place::Rel => panic!("register in the place of {kind:?}"),
    }
}

fn row_operands(form: Form, args: &Args, visit: &mut dyn FnMut(Operand)) {
    let mut count = 0u8;
    for (opd, arg) in form.row().operands.iter().zip(args) {
        let kind = opd.kind;
        match *arg {
            Arg::Reg(MReg::V(vreg)) => {
                let (role, pos, constraint) = match (opd.role, constraint(kind)) {
                    (Role::Use, constraint) => (MirRole::Use, Pos::Early, constraint),
                    (Role::Def, Constraint::Any) => (MirRole::Def, Pos::Late, Constraint::Reg),
                    (Role::Def, constraint) => (MirRole::Def, Pos::Late, constraint),
                    (Role::Mod, _) => panic!("{form:?}: a modified register needs two names"),
                };
                count += 1;
                visit(Operand {
                    vreg,
                    constraint,
                    role,
                    pos,
                });
            }
            Arg::Tied {
                def: MReg::V(def),
                src: MReg::V(src),
            } => {
                if let Place::Fixed { reg, .. } = kind.place {
                    visit(Operand::fixed(src, reg.into()));
                    visit(Operand::def_fixed(def, reg.into()));
                } else {
                    visit(Operand::reg(src));
                    visit(Operand::def_reuse(def, count));
                }
                count += 2;
            }
            Arg::Mem(amode) => amode_regs(&amode, &mut |vreg| {
                count += 1;
                visit(Operand::reg(vreg));
            }),
            Arg::Reg(MReg::P(_)) | Arg::Imm(_) | Arg::Cc(_) | Arg::Rel(_) => {}
            Arg::Tied { .. } => panic!("{form:?}: tied to a register that is never allocated"),
        }
    }
}

impl MachInst for Inst {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Inst::Row { form, args, .. } => row_operands(*form, args, visit),
            Inst::Copy { dst, src } => {
                visit(Operand::reg(*src));
                visit(Operand::def_reuse(*dst, 0));
            }
            Inst::Zero { dst } | Inst::FloatZero { dst } | Inst::VecOnes { dst } => {
                visit(Operand::def(*dst))
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
                match &call.target {
                    CallTarget::Symbol(_) => {}
                    CallTarget::Ptr(vreg) => visit(Operand::any(*vreg)),
                    CallTarget::Mem(place) => {
                        amode_regs(place, &mut |vreg| visit(Operand::reg(vreg)));
                    }
                }
                for &(vreg, reg) in &call.regs.results {
                    visit(Operand::def_fixed(vreg, reg));
                }
            }
            Inst::Jump(_) | Inst::Branch { .. } | Inst::Trap(_) | Inst::TrapIf { .. } => {}
            Inst::Switch { index, .. } => visit(Operand::reg(*index)),
            Inst::JumpTable(table) => {
                visit(Operand::reg(table.index));
                visit(Operand::def_early(table.temps[0]));
                visit(Operand::def_early(table.temps[1]));
            }
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
            Inst::FloatSelect {
                dst, then, or_else, ..
            } => {
                visit(Operand::reg(*or_else));
                visit(Operand::reg(*then));
                visit(Operand::def_reuse(*dst, 0));
            }
            Inst::FloatMinMax { dst, a, b, .. } => {
                visit(Operand::reg(*a));
                visit(Operand::reg(*b));
                visit(Operand::def_reuse(*dst, 0));
            }
            Inst::FloatToInt(op) => {
                visit(Operand::reg(op.src));
                visit(Operand::def_early(op.dst));
                visit(Operand::def_early(op.int_temp));
                visit(Operand::def_early(op.float_temp));
            }
            Inst::AtomicLoop(op) => {
                amode_regs(&op.place, &mut |vreg| visit(Operand::reg(vreg)));
                visit(Operand::reg(op.value));
                // Written before the last reading of the others.
                visit(Operand {
                    vreg: op.dst,
                    constraint: Constraint::Fixed(RAX.into()),
                    role: MirRole::Def,
                    pos: Pos::Early,
                });
                visit(Operand::def_early(op.new));
            }
            Inst::U64ToFloat {
                dst, src, temps, ..
            } => {
                visit(Operand::reg(*src));
                visit(Operand::def(*dst));
                visit(Operand::def_early(temps[0]));
                visit(Operand::def_early(temps[1]));
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
            | Inst::Copy { .. }
            | Inst::Zero { .. }
            | Inst::FloatZero { .. }
            | Inst::VecOnes { .. }
            | Inst::Params(_)
            | Inst::Jump(_)
            | Inst::Branch { .. }
            | Inst::Switch { .. }
            | Inst::JumpTable(_)
            | Inst::Ret(_)
            | Inst::TailCall(_)
            | Inst::Trap(_)
            | Inst::TrapIf { .. }
            | Inst::FloatSelect { .. }
            | Inst::FloatMinMax { .. }
            | Inst::FloatToInt(_)
            | Inst::AtomicLoop(_)
            | Inst::U64ToFloat { .. } => PRegSet::EMPTY,
        }
    }

    fn control(&self) -> Control {
        match self {
            Inst::Jump(to) => Control::Jump(*to),
            Inst::Call(call) if call.regs.landings.is_some() => Control::Branch,
            Inst::Branch { .. } | Inst::Switch { .. } | Inst::JumpTable(_) => Control::Branch,
            Inst::Ret(_) | Inst::TailCall(_) | Inst::Trap(_) => Control::Exit,
            Inst::Row { .. }
            | Inst::Copy { .. }
            | Inst::Zero { .. }
            | Inst::FloatZero { .. }
            | Inst::VecOnes { .. }
            | Inst::Params(_)
            | Inst::Call(_)
            | Inst::TrapIf { .. }
            | Inst::FloatSelect { .. }
            | Inst::FloatMinMax { .. }
            | Inst::FloatToInt(_)
            | Inst::AtomicLoop(_)
            | Inst::U64ToFloat { .. } => Control::None,
        }
    }
}
