//! What a row of the table says.

use crate::isa::x64::regs::{Reg, Width};

/// What the instruction does with an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Def,
    Use,
    Mod,
}

/// Where an operand is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// ModRM.reg.
    Reg,
    /// ModRM.rm; `reg` and `mem` say what it may be.
    Rm { reg: bool, mem: bool },
    /// Low three bits of the opcode.
    Opcode,
    /// The register in the VEX prefix.
    Vvvv,
    /// A register in the upper half of an immediate byte.
    Is4,
    /// Immediate of this many bytes.
    Imm(u8),
    /// Implied by the opcode; `printed` where the text names it.
    Fixed { reg: Reg, printed: bool },
    /// Condition code, added to the opcode.
    Cc,
    /// 32-bit pc-relative target.
    Rel,
}

/// Kind of an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    pub place: Place,
    pub width: Width,
    pub xmm: bool,
    /// The memory operand is only an address: nothing is accessed.
    pub address: bool,
    /// 128 bits of which functions without vectors use only the low ones: their spill slots are no operand of it.
    pub partial: bool,
}

/// An operand of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opd {
    pub role: Role,
    pub kind: Kind,
}

/// Opcode map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Map {
    Primary,
    M0f,
    M0f38,
    M0f3a,
}

/// How a row is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Enc {
    /// Mandatory or operand-size prefix; 0: none.
    pub prefix: u8,
    pub map: Map,
    pub opcode: u8,
    /// ModRM.reg, where no operand supplies it.
    pub digit: u8,
    pub has_modrm: bool,
    pub rex_w: bool,
    /// Opcode of the form with a sign-extended 8-bit immediate; 0: none.
    pub short: u8,
    /// Whether the prefix `lock` comes first.
    pub lock: bool,
    /// A last byte that belongs to the operation.
    pub tail: Option<u8>,
    /// VEX prefix of 128-bit length instead of the legacy ones.
    pub vex: bool,
}

/// What happens to the flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flags {
    Keeps,
    Sets,
    Reads,
    /// `adc`, `sbb`.
    ReadsAndSets,
}

/// An instruction form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub mnemonic: &'static str,
    pub operands: &'static [Opd],
    pub enc: Enc,
    pub flags: Flags,
}

pub(super) const fn op(opcode: u8) -> Enc {
    Enc {
        prefix: 0,
        map: Map::Primary,
        opcode,
        digit: 0,
        has_modrm: true,
        rex_w: false,
        short: 0,
        lock: false,
        tail: None,
        vex: false,
    }
}

impl Enc {
    pub(super) const fn prefix(mut self, prefix: u8) -> Enc {
        self.prefix = prefix;
        self
    }
    pub(super) const fn p66(self) -> Enc {
        self.prefix(0x66)
    }
    pub(super) const fn pf2(self) -> Enc {
        self.prefix(0xf2)
    }
    pub(super) const fn pf3(self) -> Enc {
        self.prefix(0xf3)
    }
    pub(super) const fn m0f(mut self) -> Enc {
        self.map = Map::M0f;
        self
    }
    pub(super) const fn m0f38(mut self) -> Enc {
        self.map = Map::M0f38;
        self
    }
    pub(super) const fn m0f3a(mut self) -> Enc {
        self.map = Map::M0f3a;
        self
    }
    pub(super) const fn digit(mut self, digit: u8) -> Enc {
        self.digit = digit;
        self
    }
    pub(super) const fn bare(mut self) -> Enc {
        self.has_modrm = false;
        self
    }
    pub(super) const fn plus_reg(self) -> Enc {
        self.bare()
    }
    pub(super) const fn w(mut self) -> Enc {
        self.rex_w = true;
        self
    }
    pub(super) const fn lock(mut self) -> Enc {
        self.lock = true;
        self
    }
    pub(super) const fn short(mut self, opcode: u8) -> Enc {
        self.short = opcode;
        self
    }
    pub(super) const fn tail(mut self, byte: u8) -> Enc {
        self.tail = Some(byte);
        self
    }
    pub(super) const fn vex(mut self) -> Enc {
        self.vex = true;
        self
    }
}
