//! Operands of instructions, before register allocation (`R` = `mir::MReg`) and after it (`R` = `regs::Reg`).

use super::regs::Reg;
use crate::ir::{FloatCc, IntCc, Slot, Symbol};
use smallvec::SmallVec;

/// A condition code, in encoding order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Cc {
    O,
    No,
    B,
    Ae,
    E,
    Ne,
    Be,
    A,
    S,
    Ns,
    P,
    Np,
    L,
    Ge,
    Le,
    G,
}

impl Cc {
    /// All, in encoding order.
    pub const ALL: [Cc; 16] = [
        Cc::O,
        Cc::No,
        Cc::B,
        Cc::Ae,
        Cc::E,
        Cc::Ne,
        Cc::Be,
        Cc::A,
        Cc::S,
        Cc::Ns,
        Cc::P,
        Cc::Np,
        Cc::L,
        Cc::Ge,
        Cc::Le,
        Cc::G,
    ];
    /// The opposite condition: differs in the lowest bit.
    pub fn inverse(self) -> Cc {
        Cc::ALL[self as usize ^ 1]
    }
    /// Suffix of mnemonics.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 16] = [
            "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g",
        ];
        NAMES[self as usize]
    }
    /// After `cmp a, b`.
    pub fn from_int(cc: IntCc) -> Cc {
        match cc {
            IntCc::Eq => Cc::E,
            IntCc::Ne => Cc::Ne,
            IntCc::LtS => Cc::L,
            IntCc::LtU => Cc::B,
            IntCc::GtS => Cc::G,
            IntCc::GtU => Cc::A,
            IntCc::LeS => Cc::Le,
            IntCc::LeU => Cc::Be,
            IntCc::GeS => Cc::Ge,
            IntCc::GeU => Cc::Ae,
        }
    }
}

/// How a float comparison reads the flags of `ucomis a, b`, which sets ZF, PF and CF all to 1 if unordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FloatTest {
    /// The operands are exchanged.
    pub swap: bool,
    pub cond: Cond,
}

/// A condition on the flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cond {
    Is(Cc),
    /// Equal and not unordered: `e` and `np`.
    OrderedEq,
    /// Not equal or unordered: `ne` or `p`.
    UnorderedNe,
}

impl Cond {
    /// The opposite.
    pub fn inverse(self) -> Cond {
        match self {
            Cond::Is(cc) => Cond::Is(cc.inverse()),
            Cond::OrderedEq => Cond::UnorderedNe,
            Cond::UnorderedNe => Cond::OrderedEq,
        }
    }
}

/// Greater and greater-or-equal are false when unordered, because then CF is 1; less is greater with the operands exchanged.
pub fn float_test(cc: FloatCc) -> FloatTest {
    let (swap, cond) = match cc {
        FloatCc::Eq => (false, Cond::OrderedEq),
        FloatCc::Ne => (false, Cond::UnorderedNe),
        FloatCc::Gt => (false, Cond::Is(Cc::A)),
        FloatCc::Ge => (false, Cond::Is(Cc::Ae)),
        FloatCc::Lt => (true, Cond::Is(Cc::A)),
        FloatCc::Le => (true, Cond::Is(Cc::Ae)),
    };
    FloatTest { swap, cond }
}

/// A constant in the function's pool, by its bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Const {
    B32(u32),
    B64(u64),
    /// 16 bytes: these bits in each half.
    Splat(u64),
    /// 16 bytes: the low half and the high half.
    B128(u64, u64),
}

impl Const {
    /// 16 bytes.
    pub fn vector(bits: u128) -> Const {
        Const::B128(bits as u64, (bits >> 64) as u64)
    }
    /// The bytes.
    pub fn bytes(self) -> SmallVec<[u8; 16]> {
        let (low, high) = match self {
            Const::B32(bits) => return SmallVec::from_slice(&bits.to_le_bytes()),
            Const::B64(bits) => return SmallVec::from_slice(&bits.to_le_bytes()),
            Const::Splat(bits) => (bits, bits),
            Const::B128(low, high) => (low, high),
        };
        low.to_le_bytes()
            .into_iter()
            .chain(high.to_le_bytes())
            .collect()
    }
}

/// A place that pc-relative fields refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    Const(Const),
    Symbol(Symbol),
    /// The jump table of the instruction that is being emitted.
    Table,
}

/// Base of a memory operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base<R> {
    None,
    Reg(R),
    /// pc-relative.
    Rip(Target),
    /// A stack slot of the frame. This and the next two become rsp-relative when the frame is known.
    Slot(Slot),
    /// The caller's stack argument area: byte 0 is just above the return address.
    Incoming,
    /// Our outgoing stack argument area: byte 0 is at rsp.
    Outgoing,
}

/// A memory operand: `base + index << shift + disp`, computed in 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amode<R> {
    pub base: Base<R>,
    pub index: Option<(R, u8)>,
    pub disp: i32,
    /// The sum is computed in 32 bits instead, and the base of segment gs is added to it (address-size prefix and segment override, Intel SDM volume 1, 3.7.5):
    /// a guest address.
    pub guest: bool,
}

impl<R> Amode<R> {
    /// `[reg + disp]`.
    pub fn reg(reg: R, disp: i32) -> Amode<R> {
        Amode {
            base: Base::Reg(reg),
            index: None,
            disp,
            guest: false,
        }
    }
    /// `[base + disp]`.
    pub fn based(base: Base<R>, disp: i32) -> Amode<R> {
        Amode {
            base,
            index: None,
            disp,
            guest: false,
        }
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
    Mem(Amode<R>),
    Imm(i64),
    Cc(Cc),
    Rel(Target),
}

/// An operand after register allocation.
pub type PArg = Arg<Reg>;
