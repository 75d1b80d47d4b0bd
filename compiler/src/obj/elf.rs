//! What is special about ELF: section names, relocation types, the note about the stack.

use super::file::{File, Format};
use super::layout::{Addr, Fixup, FixupKind, Sect, Section};
use crate::mach::compiled::RelocKind;
use crate::options::Isa;
use object::write::{Object, Relocation, SectionId, StandardSection};
use object::{BinaryFormat, RelocationFlags, SectionFlags, SectionKind, elf};

/// The format.
pub struct Elf;

impl Format for Elf {
    const BINARY: BinaryFormat = BinaryFormat::Elf;

    fn section(object: &mut Object<'_>, sect: Sect) -> SectionId {
        match sect {
            Sect::Text => object.section_id(StandardSection::Text),
            Sect::Rodata => object.section_id(StandardSection::ReadOnlyData),
            Sect::RelRo => object.section_id(StandardSection::ReadOnlyDataWithRel),
            Sect::Data => object.section_id(StandardSection::Data),
            Sect::EhFrame => object.section_id(StandardSection::EhFrame),
            Sect::Files => object.add_section(
                Vec::new(),
                super::FILES_SECTION.as_bytes().to_vec(),
                SectionKind::ReadOnlyData,
            ),
            Sect::Image => {
                object.add_section(Vec::new(), b".wative.image".to_vec(), SectionKind::Data)
            }
        }
    }

    /// References to places in this object are relative to their section.
    fn relocate(&mut self, file: &mut File, section: &Section) -> object::write::Result<()> {
        let id = file.id(section.sect);
        for fixup in &section.fixups {
            let (symbol, base) = match fixup.target {
                Addr::At(at) => {
                    let target = file.id(at.sect);
                    (file.object.section_symbol(target), at.offset)
                }
                Addr::Extern(name) => (file.external(name), 0),
                Addr::Null => unreachable!("obj: fixups have a target"),
            };
            let relocation = Relocation {
                offset: fixup.offset,
                symbol,
                addend: base as i64 + fixup.addend,
                flags: RelocationFlags::Elf {
                    r_type: relocation_type(file.isa, fixup),
                },
            };
            file.object.add_relocation(id, relocation)?;
        }
        Ok(())
    }

    fn finish(&mut self, object: &mut Object<'_>) {
        // Its absence would ask for an executable stack.
        let note = object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
        object.section_mut(note).flags = SectionFlags::Elf {
            sh_type: elf::SHT_PROGBITS,
            sh_flags: elf::SectionFlags(0),
        };
    }
}

/// The format's number for a fixup.
fn relocation_type(isa: Isa, fixup: &Fixup) -> elf::RelocationType {
    match isa {
        Isa::X64 => match fixup.kind {
            FixupKind::Abs64 | FixupKind::Code(RelocKind::Abs64) => elf::R_X86_64_64,
            FixupKind::Pc32 | FixupKind::Code(RelocKind::X64Pc32) => elf::R_X86_64_PC32,
            FixupKind::Code(RelocKind::X64Call32) => elf::R_X86_64_PLT32,
            FixupKind::Code(
                kind @ (RelocKind::A64Call26
                | RelocKind::A64AdrPage
                | RelocKind::A64AddLo12
                | RelocKind::A64LdstLo12(_)),
            ) => panic!("obj: {kind:?} in x86-64 code"),
        },
        Isa::A64 => match fixup.kind {
            FixupKind::Abs64 | FixupKind::Code(RelocKind::Abs64) => elf::R_AARCH64_ABS64,
            FixupKind::Pc32 => elf::R_AARCH64_PREL32,
            FixupKind::Code(RelocKind::A64Call26) => elf::R_AARCH64_CALL26,
            FixupKind::Code(RelocKind::A64AdrPage) => elf::R_AARCH64_ADR_PREL_PG_HI21,
            FixupKind::Code(RelocKind::A64AddLo12) => elf::R_AARCH64_ADD_ABS_LO12_NC,
            FixupKind::Code(RelocKind::A64LdstLo12(size)) => match size {
                1 => elf::R_AARCH64_LDST8_ABS_LO12_NC,
                2 => elf::R_AARCH64_LDST16_ABS_LO12_NC,
                4 => elf::R_AARCH64_LDST32_ABS_LO12_NC,
                8 => elf::R_AARCH64_LDST64_ABS_LO12_NC,
                16 => elf::R_AARCH64_LDST128_ABS_LO12_NC,
                other => panic!("obj: access of {other} bytes"),
            },
            FixupKind::Code(kind @ (RelocKind::X64Pc32 | RelocKind::X64Call32)) => {
                panic!("obj: {kind:?} in AArch64 code")
            }
        },
    }
}
