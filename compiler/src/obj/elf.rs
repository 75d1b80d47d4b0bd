//! Writing the collected sections and symbols as an ELF relocatable object.

use super::externs::Externs;
use super::layout::{Addr, At, Fixup, FixupKind, Sect, Section};
use crate::error::Error;
use crate::mach::compiled::RelocKind;
use crate::options::Isa;
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope, elf,
};

/// Who sees a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// This object; for debuggers.
    Local,
    /// The executable or shared library that it is linked into.
    Hidden,
    /// Everyone.
    Global,
}

/// A symbol that this object defines.
#[derive(Debug)]
pub struct Definition {
    pub name: String,
    pub at: At,
    pub size: u64,
    pub is_func: bool,
    pub binding: Binding,
}

/// The bytes of the object.
pub fn write(
    isa: Isa,
    sections: Vec<Section>,
    definitions: Vec<Definition>,
    externs: &Externs,
) -> Result<Vec<u8>, Error> {
    let architecture = match isa {
        Isa::X64 => Architecture::X86_64,
        Isa::A64 => Architecture::Aarch64,
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let mut writer = Writer {
        ids: sections
            .iter()
            .map(|section| (section.sect, section_id(&mut object, section.sect)))
            .collect(),
        object: &mut object,
        externs: Vec::new(),
    };
    for definition in definitions {
        writer.define(definition);
    }
    for symbol in externs.iter() {
        writer.add_extern(&symbol.name, symbol.weak);
    }
    for section in sections {
        writer.fill(isa, section)?;
    }
    // Its absence would ask for an executable stack.
    let note = object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    object.section_mut(note).flags = SectionFlags::Elf {
        sh_type: elf::SHT_PROGBITS,
        sh_flags: elf::SectionFlags(0),
    };
    object.write().map_err(cannot_write)
}

fn cannot_write(error: object::write::Error) -> Error {
    Error::new(format!("cannot write the object file: {error}"))
}

/// Creates the section.
fn section_id(object: &mut Object<'_>, sect: Sect) -> SectionId {
    match sect {
        Sect::Text => object.section_id(StandardSection::Text),
        Sect::Rodata => object.section_id(StandardSection::ReadOnlyData),
        Sect::RelRo => object.section_id(StandardSection::ReadOnlyDataWithRel),
        Sect::Data => object.section_id(StandardSection::Data),
        Sect::EhFrame => object.section_id(StandardSection::EhFrame),
        Sect::Image => object.add_section(Vec::new(), b".wative.image".to_vec(), SectionKind::Data),
    }
}

struct Writer<'a, 'b> {
    object: &'a mut Object<'b>,
    ids: Vec<(Sect, SectionId)>,
    externs: Vec<SymbolId>,
}

impl Writer<'_, '_> {
    fn id(&self, sect: Sect) -> SectionId {
        let found = self.ids.iter().find(|(s, _)| *s == sect);
        found.expect("obj: the section exists").1
    }

    fn define(&mut self, definition: Definition) {
        let section = self.id(definition.at.sect);
        self.object.add_symbol(Symbol {
            name: definition.name.into_bytes(),
            value: definition.at.offset,
            size: definition.size,
            kind: if definition.is_func {
                SymbolKind::Text
            } else {
                SymbolKind::Data
            },
            scope: match definition.binding {
                Binding::Local => SymbolScope::Compilation,
                Binding::Hidden => SymbolScope::Linkage,
                Binding::Global => SymbolScope::Dynamic,
            },
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
    }

    fn add_extern(&mut self, name: &str, weak: Option<At>) {
        let id = self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: weak.map_or(0, |at| at.offset),
            size: u64::from(weak.is_some()),
            kind: SymbolKind::Data,
            scope: if weak.is_some() {
                SymbolScope::Linkage
            } else {
                SymbolScope::Unknown
            },
            weak: weak.is_some(),
            section: match weak {
                Some(at) => SymbolSection::Section(self.id(at.sect)),
                None => SymbolSection::Undefined,
            },
            flags: SymbolFlags::None,
        });
        self.externs.push(id);
    }

    fn fill(&mut self, isa: Isa, section: Section) -> Result<(), Error> {
        let id = self.id(section.sect);
        self.object
            .section_mut(id)
            .set_data(section.bytes, section.align);
        for fixup in section.fixups {
            let (symbol, base) = match fixup.target {
                Addr::At(at) => (self.object.section_symbol(self.id(at.sect)), at.offset),
                Addr::Extern(id) => (self.externs[id.0 as usize], 0),
                Addr::Null => unreachable!("obj: fixups have a target"),
            };
            let relocation = Relocation {
                offset: fixup.offset,
                symbol,
                addend: base as i64 + fixup.addend,
                flags: RelocationFlags::Elf {
                    r_type: relocation_type(isa, &fixup),
                },
            };
            self.object
                .add_relocation(id, relocation)
                .map_err(cannot_write)?;
        }
        Ok(())
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
