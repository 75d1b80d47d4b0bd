//! What object files need to know of x86-64.

use crate::isa::x64::regs;
use crate::mach::arch::{Arch, Kernel, RelocKind, UnwindEntry};
use crate::mach::field::Field;
use object::{Architecture, elf, macho};

/// The architecture.
pub static ARCH: Arch = Arch {
    name: Architecture::X86_64,
    abs64: RelocKind {
        elf: elf::R_X86_64_64,
        macho: (macho::X86_64_RELOC_UNSIGNED, false, 3),
        field: None,
    },
    abs32: RelocKind {
        elf: elf::R_X86_64_32,
        macho: (macho::X86_64_RELOC_UNSIGNED, false, 2),
        field: None,
    },
    pc32: RelocKind {
        elf: elf::R_X86_64_PC32,
        macho: (macho::X86_64_RELOC_UNSIGNED, false, 2),
        field: None,
    },
    code: &[PC32, CALL32],
    // int3
    padding: 0xcc,
    code_shift: 0,
    veneer: None,
    // The call pushed the return address.
    unwind: UnwindEntry {
        code_align: 1,
        stack_pointer: regs::DWARF_SP,
        return_address: regs::DWARF_RETURN,
        pushed: 8,
        number: |reg| regs::Reg::from(reg).dwarf(),
    },
    kernel: Kernel {
        audit: 0xc000_003e,
        number: |call| call.0,
    },
};

/// 32 bits relative to the field, in a data reference. The addend includes the -4 (or more) of its distance to the instruction's end.
pub const PC32: RelocKind = RelocKind {
    elf: elf::R_X86_64_PC32,
    macho: (macho::X86_64_RELOC_SIGNED, true, 2),
    field: Some(Field::signed32(0)),
};

/// The same in a call or jump.
pub const CALL32: RelocKind = RelocKind {
    elf: elf::R_X86_64_PLT32,
    macho: (macho::X86_64_RELOC_BRANCH, true, 2),
    field: Some(Field::signed32(0)),
};
