//! What object files need to know of an architecture, as data: [`Arch`]. Each instruction set has one.

use super::field::Field;
use super::mir::PReg;
use object::{Architecture, elf, macho};

/// An architecture.
#[derive(Debug)]
pub struct Arch {
    /// Its name in object files.
    pub name: Architecture,
    /// A 64-bit address in data.
    pub abs64: RelocKind,
    /// A 32-bit offset in a debugging section, in another one.
    pub abs32: RelocKind,
    /// A 32-bit distance from the field in data.
    pub pc32: RelocKind,
    /// Those of references in code.
    pub code: &'static [RelocKind],
    /// Fills the space between functions: executing it must trap.
    pub padding: u8,
    /// Instructions lie at multiples of `1 << code_shift`.
    pub code_shift: u32,
    /// How calls reach what is too far away; none where they reach everything in a text section.
    pub veneer: Option<Veneer>,
    pub unwind: UnwindEntry,
    pub kernel: Kernel,
}

/// How Linux sees programs of the architecture.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// `AUDIT_ARCH_*`.
    pub audit: u32,
    /// The number of a system call.
    pub number: fn((u32, u32)) -> u32,
}

/// How the linker fills in a place. Each instruction set has its own kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RelocKind {
    pub elf: elf::RelocationType,
    /// Type, whether it is relative to the place, and log2 of the field's bytes.
    pub macho: (macho::RelocationType, bool, u8),
    /// What the distance to a place in the same section is written to, by ourselves.
    pub field: Option<Field>,
}

/// Code that goes on to a function, for calls that do not reach it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Veneer {
    /// The calls that can go through one.
    pub call: RelocKind,
    /// How far they may go, in bytes.
    pub reach: u64,
    /// Instructions of four bytes, without the address.
    pub code: &'static [u32],
    /// References to the function: bytes from the start.
    pub references: &'static [(u64, RelocKind)],
}

impl Veneer {
    /// Bytes of its code.
    pub fn bytes(&self) -> u64 {
        4 * self.code.len() as u64
    }
}

/// What unwinders have to know of a function's first instruction. Registers have their DWARF numbers.
#[derive(Clone, Copy, Debug)]
pub struct UnwindEntry {
    /// Code addresses are multiples of this.
    pub code_align: u8,
    pub stack_pointer: u16,
    pub return_address: u16,
    /// Bytes that the call has pushed: the return address, or nothing where it is in its register.
    pub pushed: u8,
    /// The number of a register.
    pub number: fn(PReg) -> u16,
}
