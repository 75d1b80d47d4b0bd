//! Machine instructions of AArch64 as the allocator sees them: rows of the table, and pseudo-instructions that `emit` turns into rows once
//! registers are known.

use super::A64;
use super::insts::{Form, Role};
use super::operand::{Amode, Arg, Base, Cc};
use super::regs::{Reg, v};
use crate::abi::TrapCode;
use crate::ir::{Op, Symbol};
use crate::mach::inst::{self, Condition, Operands};
use crate::mach::mir::{Operand, VReg};
use crate::mach::patterns::Fp;

/// A register operand before allocation.
pub type MReg = inst::MReg<Reg>;

/// A machine instruction.
pub type Inst = inst::Inst<A64>;

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

/// Where the table of [`Pseudo::Tbl2`] is.
pub const TABLES: [Reg; 2] = [v(30), v(31)];

/// An instruction that becomes several rows, or rows that depend on the frame or on the size of the function.
#[derive(Clone, Debug)]
pub enum Pseudo {
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
    FloatToInt(Box<FloatToInt>),
    AtomicLoop(Box<AtomicLoop>),
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

/// Visits the registers of a row's operands.
pub fn row_operands(form: Form, args: &[Arg<MReg>], visit: &mut dyn FnMut(Operand)) {
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

impl Operands for Pseudo {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match self {
            Pseudo::Const { dst, .. }
            | Pseudo::FloatConst { dst, .. }
            | Pseudo::VecConst { dst, .. }
            | Pseudo::FrameAddr { dst, .. }
            | Pseudo::SymbolAddr { dst, .. } => visit(Operand::def(*dst)),
            Pseudo::Tbl2 {
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
            Pseudo::AtomicLoop(op) => {
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
            Pseudo::FloatToInt(op) => {
                visit(Operand::reg(op.src));
                visit(Operand::def_early(op.dst));
                if let Some(temp) = op.float_temp {
                    visit(Operand::def_early(temp));
                }
            }
        }
    }
}

impl Operands for Test<VReg> {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        match *self {
            Test::Cc(_) => {}
            Test::Zero { reg, .. } | Test::Bit { reg, .. } => visit(Operand::reg(reg)),
        }
    }
}

impl Condition for Test<VReg> {
    fn inverse(self) -> Test<VReg> {
        Test::inverse(self)
    }
}
