//! Operands of instructions, before register allocation (`R` = `mir::MReg`) and after it (`R` = `regs::Reg`).

use super::regs::Reg;
use crate::ir::{FloatCc, IntCc, Slot, Symbol};

/// A condition on the flags, in encoding order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Cc {
    Eq,
    Ne,
    /// Unsigned higher or same: carry set.
    Hs,
    /// Unsigned lower: carry clear.
    Lo,
    Mi,
    Pl,
    Vs,
    Vc,
    Hi,
    Ls,
    Ge,
    Lt,
    Gt,
    Le,
}

impl Cc {
    /// All, in encoding order.
    pub const ALL: [Cc; 14] = [
        Cc::Eq,
        Cc::Ne,
        Cc::Hs,
        Cc::Lo,
        Cc::Mi,
        Cc::Pl,
        Cc::Vs,
        Cc::Vc,
        Cc::Hi,
        Cc::Ls,
        Cc::Ge,
        Cc::Lt,
        Cc::Gt,
        Cc::Le,
    ];
    /// The opposite condition, of unordered comparisons too: differs in the lowest bit.
    pub fn inverse(self) -> Cc {
        Cc::ALL[self as usize ^ 1]
    }
    /// Name in the text.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 14] = [
            "eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le",
        ];
        NAMES[self as usize]
    }
    /// After `cmp a, b`.
    pub fn from_int(cc: IntCc) -> Cc {
        match cc {
            IntCc::Eq => Cc::Eq,
            IntCc::Ne => Cc::Ne,
            IntCc::LtS => Cc::Lt,
            IntCc::LtU => Cc::Lo,
            IntCc::GtS => Cc::Gt,
            IntCc::GtU => Cc::Hi,
            IntCc::LeS => Cc::Le,
            IntCc::LeU => Cc::Ls,
            IntCc::GeS => Cc::Ge,
            IntCc::GeU => Cc::Hs,
        }
    }
    /// After `fcmp a, b`, which sets C and V, and clears N and Z, if unordered: everything but `ne` is then false.
    pub fn from_float(cc: FloatCc) -> Cc {
        match cc {
            FloatCc::Eq => Cc::Eq,
            FloatCc::Ne => Cc::Ne,
            FloatCc::Lt => Cc::Mi,
            FloatCc::Le => Cc::Ls,
            FloatCc::Gt => Cc::Gt,
            FloatCc::Ge => Cc::Ge,
        }
    }
    /// Flags NZCV (bit 3 is N) with which the condition holds, for `ccmp`. With [`Cc::inverse`]'s it does not hold.
    pub fn nzcv(self) -> u8 {
        match self {
            Cc::Eq | Cc::Le => 0b0100,
            Cc::Hs | Cc::Hi => 0b0010,
            Cc::Mi | Cc::Lt => 0b1000,
            Cc::Vs => 0b0001,
            Cc::Ne | Cc::Lo | Cc::Pl | Cc::Vc | Cc::Ls | Cc::Ge | Cc::Gt => 0,
        }
    }
}

/// A shift of a register operand, in encoding order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Shift {
    Lsl,
    Lsr,
    Asr,
    /// Only in logical instructions.
    Ror,
}

impl Shift {
    /// All, in encoding order.
    pub const ALL: [Shift; 4] = [Shift::Lsl, Shift::Lsr, Shift::Asr, Shift::Ror];
    /// Name in the text.
    pub fn name(self) -> &'static str {
        ["lsl", "lsr", "asr", "ror"][self as usize]
    }
}

/// An extension of a register operand to 64 bits (in 32-bit instructions to 32), in encoding order. Then it is shifted left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Extend {
    Uxtb,
    Uxth,
    Uxtw,
    /// The whole x register; in addresses it is written `lsl`.
    Uxtx,
    Sxtb,
    Sxth,
    Sxtw,
    Sxtx,
}

impl Extend {
    /// All, in encoding order.
    pub const ALL: [Extend; 8] = [
        Extend::Uxtb,
        Extend::Uxth,
        Extend::Uxtw,
        Extend::Uxtx,
        Extend::Sxtb,
        Extend::Sxth,
        Extend::Sxtw,
        Extend::Sxtx,
    ];
    /// Name in the text.
    pub fn name(self) -> &'static str {
        [
            "uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx",
        ][self as usize]
    }
    /// Whether it reads all 64 bits of its register, whose name is then x.
    pub fn is_wide(self) -> bool {
        matches!(self, Extend::Uxtx | Extend::Sxtx)
    }
}

/// A constant in the function's pool, by its bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Const {
    B32(u32),
    B64(u64),
    B128(u128),
}

/// A place that pc-relative fields refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Const(Const),
    Symbol {
        symbol: Symbol,
        addend: i64,
    },
    /// The jump table of the instruction that is being emitted.
    Table,
    /// In `movz`, `movk`: bits from `shift` of that table's distance from the instruction that is `back` bytes before.
    TableDistance {
        shift: u8,
        back: u8,
    },
    /// The instruction itself.
    Here,
    /// A label that the emitter knows: a block, a trap pad, a place within the instruction's expansion.
    Label,
}

/// Base of a memory operand with a displacement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base<R> {
    Reg(R),
    /// A stack slot of the frame. This and the next two become sp-relative when the frame is known.
    Slot(Slot),
    /// The caller's stack argument area: byte 0 is at the CFA.
    Incoming,
    /// Our outgoing stack argument area: byte 0 is at sp.
    Outgoing,
}

/// A memory operand, computed in 64 bits. One row serves them all: the encoder picks the encoding, the printer the mnemonic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amode<R> {
    /// `[base, #disp]`: scaled unsigned 12 bits, else unscaled signed 9 bits (`ldur`); `imm::offset_fits` says which exist.
    Offset { base: Base<R>, disp: i32 },
    /// `[base, index, extend #shift]`. The extension is `Uxtw`, `Uxtx` (written `lsl`), `Sxtw` or `Sxtx`; the shift is 0 or the
    /// log2 of the access size.
    Index {
        base: R,
        index: R,
        extend: Extend,
        shift: u8,
    },
    /// `[base, #disp]!`: the base, a register that is never allocated, becomes the address. Signed 9 bits (pairs: scaled 7).
    Pre { base: R, disp: i32 },
    /// `[base], #disp`: the base, a register that is never allocated, is advanced after the access.
    Post { base: R, disp: i32 },
    /// `[base, :lo12:symbol]` after an `adrp` of the same symbol.
    Low {
        base: R,
        symbol: Symbol,
        addend: i64,
    },
}

impl<R> Amode<R> {
    /// `[reg, #disp]`.
    pub fn reg(reg: R, disp: i32) -> Amode<R> {
        Amode::based(Base::Reg(reg), disp)
    }
    /// `[base, #disp]`.
    pub fn based(base: Base<R>, disp: i32) -> Amode<R> {
        Amode::Offset { base, disp }
    }
}

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg<R> {
    Reg(R),
    /// A register that is read and written: result and source, which the allocator puts in the same register.
    Tied {
        def: R,
        src: R,
    },
    /// `reg, shift #amount`; amount 0 with `Lsl` is the same as `Reg`.
    Shifted {
        reg: R,
        shift: Shift,
        amount: u8,
    },
    /// `reg, extend #amount`, amount 0-4.
    Extended {
        reg: R,
        extend: Extend,
        amount: u8,
    },
    Imm(i64),
    Mem(Amode<R>),
    Cc(Cc),
    Rel(Target),
}

/// An operand after register allocation.
pub type PArg = Arg<Reg>;
