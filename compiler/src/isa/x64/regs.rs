//! Registers of x86-64: numbers, names by width, roles.

use crate::mach::mir::{PReg, RegClass};
use std::fmt;

/// Operand width in bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    B8,
    B16,
    B32,
    B64,
    B128,
}

/// A physical register: 0-15 general purpose, 16-31 xmm, in encoding order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reg(pub u8);

pub const RAX: Reg = Reg(0);
pub const RCX: Reg = Reg(1);
pub const RDX: Reg = Reg(2);
pub const RBX: Reg = Reg(3);
pub const RSP: Reg = Reg(4);
pub const RBP: Reg = Reg(5);
pub const RSI: Reg = Reg(6);
pub const RDI: Reg = Reg(7);
pub const R8: Reg = Reg(8);
pub const R9: Reg = Reg(9);
pub const R10: Reg = Reg(10);
pub const R11: Reg = Reg(11);
pub const R12: Reg = Reg(12);
pub const R13: Reg = Reg(13);
pub const R14: Reg = Reg(14);
pub const R15: Reg = Reg(15);

/// Base of memory 0 in pinned mode.
pub const PINNED_MEMORY: Reg = R14;
/// The instance in an open world.
pub const PINNED_INSTANCE: Reg = R15;

/// Canonical save order: bit i of `Frame::saved` is `SAVE_ORDER[i]`; the first is nearest the return address.
pub const SAVE_ORDER: [Reg; 6] = [RBX, RBP, R12, R13, R14, R15];

/// DWARF number of the return address column.
pub const DWARF_RETURN: u16 = 16;
/// DWARF number of the stack pointer.
pub const DWARF_SP: u16 = 7;

/// The n-th xmm register.
pub const fn xmm(n: u8) -> Reg {
    assert!(n < 16);
    Reg(16 + n)
}

impl Reg {
    /// Four-bit number in encodings.
    pub const fn enc(self) -> u8 {
        self.0 & 15
    }
    /// Whether it is an xmm register.
    pub const fn is_xmm(self) -> bool {
        self.0 >= 16
    }
    /// Number in DWARF unwinding tables (System V ABI, figure 3.36).
    pub fn dwarf(self) -> u16 {
        const GPR: [u16; 16] = [0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
        if self.is_xmm() {
            17 + u16::from(self.enc())
        } else {
            GPR[usize::from(self.enc())]
        }
    }
    /// Name as an operand of this width.
    pub fn name(self, width: Width) -> String {
        const LEGACY: [&str; 8] = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
        let n = self.enc();
        if self.is_xmm() {
            return format!("xmm{n}");
        }
        if n >= 8 {
            let suffix = match width {
                Width::B8 => "b",
                Width::B16 => "w",
                Width::B32 => "d",
                Width::B64 | Width::B128 => "",
            };
            return format!("r{n}{suffix}");
        }
        let stem = LEGACY[usize::from(n)];
        match width {
            Width::B8 if n < 4 => format!("{}l", &stem[..1]),
            Width::B8 => format!("{stem}l"),
            Width::B16 => stem.to_string(),
            Width::B32 => format!("e{stem}"),
            Width::B64 | Width::B128 => format!("r{stem}"),
        }
    }
}

impl fmt::Debug for Reg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name(Width::B64))
    }
}

impl From<PReg> for Reg {
    fn from(reg: PReg) -> Reg {
        match reg.class() {
            RegClass::Int => Reg(reg.hw()),
            RegClass::Float => xmm(reg.hw()),
        }
    }
}

impl From<Reg> for PReg {
    fn from(reg: Reg) -> PReg {
        if reg.is_xmm() {
            PReg::float(reg.enc())
        } else {
            PReg::int(reg.enc())
        }
    }
}
