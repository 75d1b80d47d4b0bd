//! Machine instructions of x86-64 as the allocator sees them: rows of the table, and pseudo-instructions that `emit` turns into rows once
//! registers are known.

use super::X64;
use super::insts::{Form, Kind, Place, Role};
use super::operand::{Amode, Arg, Base, Cond};
use super::regs::{RAX, Reg};
use crate::abi::TrapCode;
use crate::ir::Op;
use crate::mach::inst::{self, Condition, Operands};
use crate::mach::mir::{Constraint, Operand, Pos, Role as MirRole, VReg};
use crate::mach::patterns::Fp;

/// A register operand before allocation.
pub type MReg = inst::MReg<Reg>;

/// A machine instruction.
pub type Inst = inst::Inst<X64>;

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

/// An instruction that becomes several rows, or that changes the flags though it only makes a constant.
#[derive(Clone, Debug)]
pub enum Pseudo {
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

/// Visits the registers of a row's operands.
pub fn row_operands(form: Form, args: &[Arg<MReg>], visit: &mut dyn FnMut(Operand)) {
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

impl Operands for Pseudo {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Pseudo::Zero { dst } | Pseudo::FloatZero { dst } | Pseudo::VecOnes { dst } => {
                visit(Operand::def(*dst))
            }
            Pseudo::FloatSelect {
                dst, then, or_else, ..
            } => {
                visit(Operand::reg(*or_else));
                visit(Operand::reg(*then));
                visit(Operand::def_reuse(*dst, 0));
            }
            Pseudo::FloatMinMax { dst, a, b, .. } => {
                visit(Operand::reg(*a));
                visit(Operand::reg(*b));
                visit(Operand::def_reuse(*dst, 0));
            }
            Pseudo::FloatToInt(op) => {
                visit(Operand::reg(op.src));
                visit(Operand::def_early(op.dst));
                visit(Operand::def_early(op.int_temp));
                visit(Operand::def_early(op.float_temp));
            }
            Pseudo::AtomicLoop(op) => {
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
            Pseudo::U64ToFloat {
                dst, src, temps, ..
            } => {
                visit(Operand::reg(*src));
                visit(Operand::def(*dst));
                visit(Operand::def_early(temps[0]));
                visit(Operand::def_early(temps[1]));
            }
        }
    }
}

/// The code pointer of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pointer {
    Reg(VReg),
    /// In memory; reading it cannot fault.
    Mem(Amode<MReg>),
}

impl Operands for Pointer {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Pointer::Reg(vreg) => visit(Operand::any(*vreg)),
            Pointer::Mem(place) => amode_regs(place, &mut |vreg| visit(Operand::reg(vreg))),
        }
    }
}

impl Operands for Cond {
    fn operands(&self, _: &mut dyn FnMut(Operand)) {}
}

impl Condition for Cond {
    fn inverse(self) -> Cond {
        Cond::inverse(self)
    }
}
