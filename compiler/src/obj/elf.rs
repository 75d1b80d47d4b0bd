//! What is special about ELF: section names, relocations, the note about the stack.

use super::file::{File, Format};
use super::section::{Addr, Sect, Section};
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
            Sect::Debug(id) => object.add_section(
                Vec::new(),
                id.name().as_bytes().to_vec(),
                match id {
                    gimli::SectionId::DebugStr | gimli::SectionId::DebugLineStr => {
                        SectionKind::DebugString
                    }
                    _ => SectionKind::Debug,
                },
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
                    r_type: file.kind(fixup).elf,
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
