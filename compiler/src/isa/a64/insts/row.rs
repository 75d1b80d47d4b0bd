//! What a row of the table says.

use crate::isa::a64::regs::Shape;
use crate::mach::field::Field;

/// What the instruction does with an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Def,
    Use,
    Mod,
}

/// What number 31 of a general purpose register means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum R31 {
    Zero,
    Sp,
}

/// Kind of an operand: what it may be and how it is encoded. `at` is the lowest bit of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Five bits.
    Reg { shape: Shape, at: u8, r31: R31 },
    /// One register in the fields Rn and Rm.
    Both { shape: Shape },
    /// `Arg::Reg` or `Arg::Shifted` in Rm; `ror` in logical instructions only.
    Shifted { shape: Shape, ror: bool },
    /// `Arg::Extended` in Rm; the first source may be the stack pointer.
    Extended { shape: Shape },
    /// `imm::arith`: 12 bits, optionally shifted by 12.
    Arith,
    /// Low 12 bits of a symbol's address.
    Low12,
    /// `imm::logical`.
    Logical { shape: Shape },
    /// Unsigned, `bits` wide.
    Uimm { at: u8, bits: u8 },
    /// Shift of a move: a multiple of 16 below the width.
    MoveShift { shape: Shape },
    /// Amount of a shift that is encoded as `ubfm`'s immr (and for `lsl` imms).
    Lsl { shape: Shape },
    /// A number below the width, in immr (bit 16).
    Immr { shape: Shape },
    /// A number below the width, in imms (bit 10).
    Imms { shape: Shape },
    /// Lowest bit of `ubfx`, `sbfx`, `bfxil`.
    ExtractLsb { shape: Shape },
    /// Lowest bit of `ubfiz`, `sbfiz`, `bfi`.
    InsertLsb { shape: Shape },
    /// Width in bits after one of the two.
    BitWidth { shape: Shape },
    /// `imm::fmov` of the value's bits, which is an f32's or an f64's.
    FloatImm { double: bool },
    /// The constant 0.0, in the word.
    FloatZero,
    /// 64 bits of bytes 0x00 and 0xff.
    ByteMask,
    /// Shift of a vector immediate: a multiple of 8 below the lanes' width.
    LaneShift { bits: u8 },
    /// The same, by 8 or 16, that shifts ones in.
    LaneOnes,
    /// `imm::fmov` as a vector immediate.
    LaneFloat { double: bool },
    /// Shift of lanes to the left.
    LaneShl { bits: u8 },
    /// Shift of lanes to the right: 1 to their width.
    LaneShr { bits: u8 },
    /// Number of a lane, after the operand that says the register.
    Index(IndexAt),
    /// Registers one after the other, named by the first.
    List { count: u8, shape: Shape, at: u8 },
    /// The constant 0, in the word.
    Zero,
    /// Vector immediate of eight bits.
    LaneImm,
    /// Bit number of `tbz`.
    Bit { shape: Shape },
    /// Condition.
    Cc { at: u8 },
    /// Its inverse is encoded.
    CcInverse,
    /// Condition in bit 0, part of the mnemonic.
    CcSuffix,
    /// Memory operand of 2^`log2` bytes.
    Mem { log2: u8 },
    /// Memory operand of two neighbours of 2^`log2` bytes each.
    Pair { log2: u8 },
    /// Memory operand that is a register, without displacement.
    Place,
    /// Displacement to a target.
    Rel(Field),
    /// Page of a symbol.
    Page,
}

/// Where the number of a lane is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IndexAt {
    Field {
        at: u8,
        bits: u8,
    },
    /// Bit 11, then bit 21.
    HighLow,
    /// Of `ld1` and `st1`: bits 30, 12, 11, 10, of which the last `log2` are not its own.
    Structure {
        log2: u8,
    },
}

/// An operand of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opd {
    pub role: Role,
    pub kind: Kind,
}

/// What happens to the flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flags {
    Keeps,
    Sets,
    Reads,
    /// `ccmp`.
    ReadsAndSets,
}

/// An instruction form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub mnemonic: &'static str,
    pub operands: &'static [Opd],
    /// The instruction with all operand fields zero.
    pub word: u32,
    pub flags: Flags,
}

pub(super) const fn def(kind: Kind) -> Opd {
    Opd {
        role: Role::Def,
        kind,
    }
}
pub(super) const fn use_(kind: Kind) -> Opd {
    Opd {
        role: Role::Use,
        kind,
    }
}
pub(super) const fn mod_(kind: Kind) -> Opd {
    Opd {
        role: Role::Mod,
        kind,
    }
}

pub(super) const fn reg(shape: Shape, at: u8) -> Kind {
    Kind::Reg {
        shape,
        at,
        r31: R31::Zero,
    }
}
pub(super) const fn reg_sp(shape: Shape, at: u8) -> Kind {
    Kind::Reg {
        shape,
        at,
        r31: R31::Sp,
    }
}
pub(super) const fn uimm(at: u8, bits: u8) -> Kind {
    Kind::Uimm { at, bits }
}
