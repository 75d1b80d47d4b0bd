//! What is special about Mach-O: section names, relocations, load commands.
//!
//! A reference to a place in this object goes through a local symbol near it (an *anchor*), because references to sections exist for
//! few relocation types, and an explicit addend has only 24 bits. Anchors are made on demand, one per [`SPACING`] bytes of a section.
//! A function is referred to by its own symbol: by it, linkers tell whom an unwind table belongs to.
//!
//! `MH_SUBSECTIONS_VIA_SYMBOLS` stays off: it would let the linker move or drop functions one by one, but calls between them are
//! resolved already, and the runtime finds functions by their offset from the first.
//!
//! Architecture invariant: what is in the segment `__TEXT`, which no loader writes to, refers to other places only by distance.

use super::file::{File, Format};
use super::section::{Addr, At, Fixup, FixupKind, Sect, Section};
use object::write::{
    MachOBuildVersion, Object, Relocation, SectionId, StandardSection, Symbol, SymbolId,
    SymbolSection,
};
use object::{
    BinaryFormat, RelocationFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope, macho,
};
use std::collections::HashMap;

/// Distance of anchors: half of what an explicit addend reaches.
const SPACING: u64 = 1 << 22;

/// The oldest macOS that objects are made for, the first one on both architectures: 11.0.
const MACOS: macho::Version = macho::Version(11 << 16);

/// The format.
#[derive(Default)]
pub struct MachO {
    /// Section and multiple of [`SPACING`] -> symbol.
    anchors: HashMap<(SectionId, u64), SymbolId>,
}

impl Format for MachO {
    const BINARY: BinaryFormat = BinaryFormat::MachO;

    fn section(object: &mut Object<'_>, sect: Sect) -> SectionId {
        let standard = match sect {
            // __TEXT,__text
            Sect::Text => StandardSection::Text,
            // __TEXT,__const
            Sect::Rodata => StandardSection::ReadOnlyData,
            // __DATA,__const
            Sect::RelRo => StandardSection::ReadOnlyDataWithRel,
            // __DATA,__data
            Sect::Data => StandardSection::Data,
            // __TEXT,__eh_frame
            Sect::EhFrame => StandardSection::EhFrame,
            Sect::Files => {
                let (segment, name) = (b"__DATA".to_vec(), b"__wative_files".to_vec());
                return object.add_section(segment, name, SectionKind::ReadOnlyData);
            }
            Sect::Debug(_) => panic!("obj: debugging sections are for ELF"),
            Sect::Image => panic!("obj: memory images are for ELF"),
        };
        object.section_id(standard)
    }

    fn relocate(&mut self, file: &mut File, section: &Section) -> object::write::Result<()> {
        let id = file.id(section.sect);
        let mut fixups: Vec<&Fixup> = section.fixups.iter().collect();
        // The order in which assemblers write them.
        fixups.sort_by_key(|fixup| std::cmp::Reverse(fixup.offset));
        for fixup in fixups {
            let (symbol, addend) = match fixup.target {
                Addr::At(at) => self.place(file, at, fixup.addend),
                Addr::Extern(name) => (file.external(name), fixup.addend),
                Addr::Null => unreachable!("obj: fixups have a target"),
            };
            let (r_type, r_pcrel, r_length) = file.kind(fixup).macho;
            let mut relocation = Relocation {
                offset: fixup.offset,
                symbol,
                addend,
                flags: RelocationFlags::MachO {
                    r_type,
                    r_pcrel,
                    r_length,
                },
            };
            let subtractor = match fixup.kind {
                // symbol + addend - (here + offset)
                FixupKind::Pc32 => {
                    let field = At {
                        sect: section.sect,
                        offset: fixup.offset,
                    };
                    let (here, offset) = self.place(file, field, 0);
                    relocation.addend -= offset;
                    Some(here)
                }
                FixupKind::Abs64 | FixupKind::Abs32 | FixupKind::Code(_) => None,
            };
            file.object
                .add_relocation_with_subtractor(id, relocation, subtractor)?;
        }
        Ok(())
    }

    fn finish(&mut self, object: &mut Object<'_>) {
        let mut version = MachOBuildVersion::default();
        version.platform = macho::PLATFORM_MACOS;
        version.minos = MACOS;
        version.sdk = MACOS;
        object.set_macho_build_version(version);
    }
}

impl MachO {
    /// A symbol at or near a place, and the distance from there to the place plus `addend`.
    fn place(&mut self, file: &mut File, at: At, addend: i64) -> (SymbolId, i64) {
        if let Some(symbol) = file.func(at) {
            return (symbol, addend);
        }
        let section = file.id(at.sect);
        let size = file.object.section_mut(section).data().len() as i64;
        let distance = at.offset as i64 + addend;
        let number = distance.clamp(0, size) as u64 / SPACING;
        let next = self.anchors.len();
        let symbol = *self.anchors.entry((section, number)).or_insert_with(|| {
            file.object.add_symbol(Symbol {
                // Linkers keep names that begin with `l` to themselves.
                name: format!("ltmp{next}").into_bytes(),
                value: number * SPACING,
                size: 0,
                // Other kinds are names of C.
                kind: SymbolKind::Unknown,
                scope: SymbolScope::Compilation,
                weak: false,
                section: SymbolSection::Section(section),
                flags: SymbolFlags::None,
            })
        });
        (symbol, distance - (number * SPACING) as i64)
    }
}
