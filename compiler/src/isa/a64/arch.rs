//! What object files need to know of AArch64, and the fields of its instructions for distances.

use crate::isa::a64::regs;
use crate::mach::arch::{Arch, Kernel, RelocKind, UnwindEntry, Veneer};
use crate::mach::field::{Bits, Field};
use object::{Architecture, elf, macho};

/// The architecture.
pub static ARCH: Arch = Arch {
    name: Architecture::Aarch64,
    abs64: RelocKind {
        elf: elf::R_AARCH64_ABS64,
        macho: (macho::ARM64_RELOC_UNSIGNED, false, 3),
        field: None,
    },
    abs32: RelocKind {
        elf: elf::R_AARCH64_ABS32,
        macho: (macho::ARM64_RELOC_UNSIGNED, false, 2),
        field: None,
    },
    pc32: RelocKind {
        elf: elf::R_AARCH64_PREL32,
        macho: (macho::ARM64_RELOC_UNSIGNED, false, 2),
        field: None,
    },
    code: &[
        CALL26,
        ADR_PAGE,
        ADD_LOW12,
        ldst_low12(0),
        ldst_low12(1),
        ldst_low12(2),
        ldst_low12(3),
        ldst_low12(4),
    ],
    // udf #0 is four of these.
    padding: 0,
    code_shift: 2,
    // x16 belongs to veneers: nothing is live in it at a call. The code is adrp x16; add x16, x16; br x16, which reaches 4 GiB.
    veneer: Some(Veneer {
        call: CALL26,
        reach: (1 << 27) - 4,
        code: &[0x9000_0010, 0x9100_0210, 0xd61f_0200],
        references: &[(0, ADR_PAGE), (4, ADD_LOW12)],
    }),
    // The return address is in the link register.
    unwind: UnwindEntry {
        code_align: 4,
        stack_pointer: regs::DWARF_SP,
        return_address: regs::DWARF_RETURN,
        pushed: 0,
        number: |reg| regs::Reg::from(reg).dwarf(),
    },
    kernel: Kernel {
        audit: 0xc000_00b7,
        number: |call| call.1,
    },
};

// Fields.

const fn bits(from: u8, count: u8, at: u8) -> Bits {
    Bits { from, count, at }
}

/// `b`, `bl`: signed 26 bits of words.
pub const IMM26: Field = Field::in_word(28, &[bits(2, 26, 0)]);
/// `b.cond`, `cbz`, `ldr` literal: signed 19 bits of words.
pub const IMM19: Field = Field::in_word(21, &[bits(2, 19, 5)]);
/// `tbz`: signed 14 bits of words.
pub const IMM14: Field = Field::in_word(16, &[bits(2, 14, 5)]);
/// `adr`: signed 21 bits of bytes.
pub const ADR: Field = Field::in_word(21, &[bits(0, 2, 29), bits(2, 19, 5)]);

/// `movz`, `movk`: 16 bits from `shift` (0 or 16) on of the distance from the instruction that is `back` bytes before. Only forwards.
pub const fn mov(shift: u8, back: u8) -> Field {
    match shift {
        0 => Field::forwards_in_word(back, const { &[bits(0, 16, 5)] }),
        16 => Field::forwards_in_word(back, const { &[bits(16, 16, 5)] }),
        _ => panic!("a shift that has no field"),
    }
}

// Relocations.

/// `bl`, `b`.
pub const CALL26: RelocKind = RelocKind {
    elf: elf::R_AARCH64_CALL26,
    macho: (macho::ARM64_RELOC_BRANCH26, true, 2),
    field: Some(IMM26),
};
/// `adrp`.
pub const ADR_PAGE: RelocKind = RelocKind {
    elf: elf::R_AARCH64_ADR_PREL_PG_HI21,
    macho: (macho::ARM64_RELOC_PAGE21, true, 2),
    field: None,
};
/// The low 12 bits, in `add`.
pub const ADD_LOW12: RelocKind = low12(elf::R_AARCH64_ADD_ABS_LO12_NC);

/// The low 12 bits, in a load or store, scaled by log2 of its bytes.
pub const fn ldst_low12(log2: u8) -> RelocKind {
    low12(match log2 {
        0 => elf::R_AARCH64_LDST8_ABS_LO12_NC,
        1 => elf::R_AARCH64_LDST16_ABS_LO12_NC,
        2 => elf::R_AARCH64_LDST32_ABS_LO12_NC,
        3 => elf::R_AARCH64_LDST64_ABS_LO12_NC,
        4 => elf::R_AARCH64_LDST128_ABS_LO12_NC,
        _ => panic!("no access is so large"),
    })
}

/// In Mach-O the linker takes the scale from the instruction.
const fn low12(elf: elf::RelocationType) -> RelocKind {
    RelocKind {
        elf,
        macho: (macho::ARM64_RELOC_PAGEOFF12, false, 2),
        field: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let patched = |field: Field, displacement: i64| {
            let mut word = [0; 4];
            field.patch(&mut word, displacement);
            u32::from_le_bytes(word)
        };
        assert_eq!(patched(IMM26, -4), 0x03ff_ffff);
        assert_eq!(patched(IMM19, 8), 2 << 5);
        assert_eq!(patched(ADR, 5), 1 << 29 | 1 << 5);
        assert_eq!(patched(mov(0, 4), 0x1234_5678), 0x5678 << 5);
        assert_eq!(patched(mov(16, 8), 0x1234_5678), 0x1234 << 5);
        assert_eq!(mov(16, 8).displacement(100, 200), 108);
        assert!(IMM14.fits(32764) && !IMM14.fits(32768));
        assert!(mov(0, 0).fits(0) && !mov(0, 0).fits(-4));
    }
}
