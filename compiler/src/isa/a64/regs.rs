//! Registers of AArch64: numbers, names, roles.
//!
//! Number 31 in an encoding is the stack pointer or the zero register, depending on the instruction. Here they are two registers, so
//! that the encoder can refuse one where the other is meant.

use crate::mach::mir::{PReg, RegClass};
use std::fmt;

/// Lanes of a vector register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arrangement {
    B8,
    B16,
    H4,
    H8,
    S2,
    S4,
    D2,
}

impl Arrangement {
    /// Suffix of register names.
    pub fn name(self) -> &'static str {
        match self {
            Arrangement::B8 => "8b",
            Arrangement::B16 => "16b",
            Arrangement::H4 => "4h",
            Arrangement::H8 => "8h",
            Arrangement::S2 => "2s",
            Arrangement::S4 => "4s",
            Arrangement::D2 => "2d",
        }
    }
}

/// What of a register an operand is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    W,
    X,
    B,
    H,
    S,
    D,
    Q,
    V(Arrangement),
    /// One lane of 2^`log2` bytes; its number is the next operand.
    Lane {
        log2: u8,
    },
}

impl Shape {
    /// Whether it is of a vector register.
    pub const fn is_vec(self) -> bool {
        !matches!(self, Shape::W | Shape::X)
    }
    /// Bits of a general purpose register.
    pub const fn gpr_bits(self) -> u8 {
        match self {
            Shape::X => 64,
            _ => 32,
        }
    }
}

/// A physical register: 0-30 general purpose, 31 the stack pointer, 32-63 vector, 64 the zero register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reg(u8);

/// The stack pointer.
pub const SP: Reg = Reg(31);
/// The zero register. Never allocated, and no `PReg`.
pub const ZR: Reg = Reg(64);
/// The return address after a call.
pub const LR: Reg = x(30);

/// First scratch register of emission: never allocated, never live across anything that the allocator sees. Linkers' veneers
/// change this and the next.
pub const SCRATCH: Reg = x(16);
/// Second scratch register of emission.
pub const SCRATCH2: Reg = x(17);
/// The callee's instance under `Conv::Far`.
pub const FAR_INSTANCE: Reg = x(8);
/// The instance in an open world.
pub const PINNED_INSTANCE: Reg = x(27);
/// Base of memory 0 in pinned and in fixed mode.
pub const PINNED_MEMORY: Reg = x(28);

/// Canonical save order: bit i of `Frame::saved` is `SAVE_ORDER[i]`; the first is at CFA - 8, the others below.
pub const SAVE_ORDER: [Reg; 19] = [
    LR,
    x(19),
    x(20),
    x(21),
    x(22),
    x(23),
    x(24),
    x(25),
    x(26),
    x(27),
    x(28),
    v(8),
    v(9),
    v(10),
    v(11),
    v(12),
    v(13),
    v(14),
    v(15),
];

/// DWARF number of the return address column.
pub const DWARF_RETURN: u16 = 30;
/// DWARF number of the stack pointer.
pub const DWARF_SP: u16 = 31;

/// The n-th general purpose register.
pub const fn x(n: u8) -> Reg {
    assert!(n < 31);
    Reg(n)
}

/// The n-th vector register.
pub const fn v(n: u8) -> Reg {
    assert!(n < 32);
    Reg(32 + n)
}

impl Reg {
    /// Five-bit number in encodings.
    pub const fn enc(self) -> u8 {
        if self.0 == ZR.0 { 31 } else { self.0 & 31 }
    }
    /// Whether it is a vector register.
    pub const fn is_vec(self) -> bool {
        self.0 >= 32 && self.0 < 64
    }
    /// The vector register after this one; the first follows the last.
    pub fn next(self) -> Reg {
        assert!(self.is_vec(), "{self:?} in a list");
        v((self.enc() + 1) & 31)
    }
    /// Number in DWARF unwinding tables (DWARF for the Arm 64-bit architecture, 4.1). The zero register has none.
    pub fn dwarf(self) -> u16 {
        assert!(self != ZR, "the zero register in unwinding tables");
        if self.is_vec() {
            64 + u16::from(self.enc())
        } else {
            u16::from(self.0)
        }
    }
    /// Name as an operand of this shape.
    pub fn name(self, shape: Shape) -> String {
        let n = self.enc();
        match shape {
            Shape::W if self == SP => "wsp".to_string(),
            Shape::W if self == ZR => "wzr".to_string(),
            Shape::W => format!("w{n}"),
            Shape::X if self == SP => "sp".to_string(),
            Shape::X if self == ZR => "xzr".to_string(),
            Shape::X => format!("x{n}"),
            Shape::B => format!("b{n}"),
            Shape::H => format!("h{n}"),
            Shape::S => format!("s{n}"),
            Shape::D => format!("d{n}"),
            Shape::Q => format!("q{n}"),
            Shape::V(arrangement) => format!("v{n}.{}", arrangement.name()),
            Shape::Lane { log2 } => format!("v{n}.{}", ["b", "h", "s", "d"][usize::from(log2)]),
        }
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name(if self.is_vec() { Shape::D } else { Shape::X }))
    }
}

impl From<PReg> for Reg {
    fn from(reg: PReg) -> Reg {
        match reg.class() {
            RegClass::Int => Reg(reg.hw()),
            RegClass::Float => v(reg.hw()),
        }
    }
}

impl From<Reg> for PReg {
    fn from(reg: Reg) -> PReg {
        assert!(reg != ZR, "the zero register cannot be allocated");
        if reg.is_vec() {
            PReg::float(reg.enc())
        } else {
            PReg::int(reg.enc())
        }
    }
}
