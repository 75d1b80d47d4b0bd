//! A compiled function: what the backend hands to object emission. Independent of ISA and file format.

use super::arch::RelocKind;
pub use super::mir::{PRegSet, Watch, Watched};
use crate::abi::TrapCode;
use crate::ir::{FuncId, Inlined, Origin, Symbol, TagId};

/// Machine code of one function with everything needed to place it.
#[derive(Clone, Debug)]
pub struct CompiledFunc {
    pub id: FuncId,
    /// Instructions, then (aligned) this function's constants and jump tables.
    pub code: Vec<u8>,
    /// Bytes of `code` that are instructions.
    pub insts_len: u32,
    /// Required alignment of the start, a power of two, at least 16.
    pub align: u32,
    /// Ascending by offset.
    pub relocs: Vec<Reloc>,
    /// Ascending by offset; at most one per offset.
    pub sites: Vec<Site>,
    /// Where instructions come from, for debuggers, if that was asked for. Ascending by offset; each holds up to the next.
    pub lines: Vec<Line>,
    /// What sites and lines in inlined functions refer to.
    pub inlined: Vec<Inlined>,
    /// Ascending by offset.
    pub landings: Vec<Landing>,
    /// Ascending by offset.
    pub safepoints: Vec<Safepoint>,
    pub frame: Frame,
    /// For debuggers: where the address of its frame in linear memory is.
    pub memory_frame: Option<MemoryFrame>,
    /// For debuggers: what locals of WebAssembly hold.
    pub watched: Option<Box<WatchedLocals>>,
    /// Registers whose values a call of the function may change.
    pub changed: PRegSet,
}

/// Where a function keeps the address of its frame in linear memory, for debuggers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryFrame {
    /// Distance from the canonical frame address, in bytes.
    pub at: i32,
    /// It is there from this offset in the code on.
    pub from: u32,
}

/// What locals of WebAssembly hold, and where it is.
#[derive(Clone, Debug)]
pub struct WatchedLocals {
    pub watches: Vec<Watch>,
    /// In order.
    pub stretches: Vec<Stretch>,
}

/// Where a value is, for a stretch of the code. It may be at several places at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stretch {
    /// The number of its virtual register.
    pub value: u32,
    pub start: u32,
    pub end: u32,
    pub place: WatchedPlace,
}

/// A place that a debugger can find.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WatchedPlace {
    /// A register, by its number in DWARF.
    Register(u16),
    /// Likewise, a register for floating-point numbers and vectors.
    Float(u16),
    /// Memory at this distance from the canonical frame address.
    Frame(i32),
}

/// A call over which references to objects of the collector live.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Safepoint {
    /// Where it returns to.
    pub offset: u32,
    /// Where they are, ascending: offsets from the stack pointer; below it are registers ([`crate::abi::Safepoint`]).
    pub slots: Vec<i32>,
}

/// The handlers of the exceptions that come out of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landing {
    /// Where the call returns to.
    pub offset: u32,
    /// For exceptions with a tag (`None`: all), in order of search, and where they continue.
    pub handlers: Vec<(Option<TagId>, u32)>,
}

/// A place in `code` that the linker fills in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reloc {
    pub offset: u32,
    pub kind: RelocKind,
    pub symbol: Symbol,
    pub addend: i64,
}

/// A pc with a Wasm offset: a trapping instruction (first byte), or the return address of a call (`code: None`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    pub offset: u32,
    pub code: Option<TrapCode>,
    pub loc: Origin,
}

/// The place in WebAssembly that the instructions from an offset on come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    pub offset: u32,
    pub loc: Origin,
}

/// Shape of the stack frame. Constant after the prologue, except around epilogues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Bytes subtracted below the saved registers.
    pub size: u32,
    /// Registers saved, bit i = i-th of the ISA's canonical save order (saved first, nearest the return address).
    pub saved: u32,
    /// How the canonical frame address and saved registers change, ascending by offset; from this `.eh_frame` is written.
    pub cfi: Vec<(u32, Cfi)>,
}

/// A change of the unwinding state that holds from an offset on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cfi {
    /// CFA = stack pointer + this many bytes.
    CfaOffset(u32),
    /// The register with this DWARF number is saved at CFA - this many bytes.
    Saved {
        dwarf_reg: u16,
        at: u32,
    },
    /// The register has its caller's value again.
    Restored {
        dwarf_reg: u16,
    },
    /// Remember / restore the whole state (around an epilogue in the middle of the code).
    Remember,
    Restore,
}
