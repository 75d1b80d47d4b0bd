//! Writing the collected sections and symbols as a relocatable object. What differs between the formats is in `elf` and `macho`.

use super::elf::Elf;
use super::externs::Externs;
use super::macho::MachO;
use super::section::{At, ExternId, Fixup, FixupKind, Sect, Section};
use crate::error::Error;
use crate::mach::arch::{Arch, RelocKind};
use crate::options::{Options, Platform};
use object::write::{Object, SectionId, Symbol, SymbolId, SymbolSection};
use object::{BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope};
use std::collections::HashMap;

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

/// What differs between the formats.
pub trait Format {
    /// The name that `object` knows it by.
    const BINARY: BinaryFormat;
    /// Creates a section.
    fn section(object: &mut Object<'_>, sect: Sect) -> SectionId;
    /// Adds a section's relocations. The bytes of all sections are in the object already.
    fn relocate(&mut self, file: &mut File, section: &Section) -> object::write::Result<()>;
    /// Adds what belongs to the file as a whole.
    fn finish(&mut self, object: &mut Object<'_>);
}

/// The bytes of the object.
///
/// # Errors
///
/// Sizes that the format cannot express.
pub fn write(
    options: &Options,
    arch: &'static Arch,
    sections: Vec<Section>,
    definitions: Vec<Definition>,
    externs: &Externs,
) -> Result<Vec<u8>, Error> {
    match options.platform {
        Platform::Linux => write_as(Elf, arch, sections, definitions, externs),
        Platform::Darwin => write_as(MachO::default(), arch, sections, definitions, externs),
    }
    .map_err(|error| Error::new(format!("cannot write the object file: {error}")))
}

fn write_as<F: Format>(
    mut format: F,
    arch: &'static Arch,
    mut sections: Vec<Section>,
    definitions: Vec<Definition>,
    externs: &Externs,
) -> object::write::Result<Vec<u8>> {
    let mut object = Object::new(F::BINARY, arch.name, Endianness::Little);
    let mut file = File {
        ids: sections
            .iter()
            .map(|section| (section.sect, F::section(&mut object, section.sect)))
            .collect(),
        object: &mut object,
        arch,
        externs: Vec::new(),
        funcs: HashMap::new(),
    };
    for definition in definitions {
        file.define(definition);
    }
    for symbol in externs.iter() {
        file.add_extern(&symbol.name, symbol.weak);
    }
    for section in &mut sections {
        let id = file.id(section.sect);
        let bytes = std::mem::take(&mut section.bytes);
        file.object.section_mut(id).set_data(bytes, section.align);
    }
    for section in &sections {
        format.relocate(&mut file, section)?;
    }
    format.finish(&mut object);
    object.write()
}

/// A file whose sections exist.
pub struct File<'a, 'b> {
    pub object: &'a mut Object<'b>,
    arch: &'static Arch,
    ids: Vec<(Sect, SectionId)>,
    externs: Vec<SymbolId>,
    /// Function symbols by offset in the text section.
    funcs: HashMap<u64, SymbolId>,
}

impl File<'_, '_> {
    /// The section.
    pub fn id(&self, sect: Sect) -> SectionId {
        let found = self.ids.iter().find(|(s, _)| *s == sect);
        found.expect("obj: the section exists").1
    }

    /// How the linker computes a fixup.
    pub fn kind(&self, fixup: &Fixup) -> RelocKind {
        match fixup.kind {
            FixupKind::Code(kind) => kind,
            FixupKind::Abs64 => self.arch.abs64,
            FixupKind::Abs32 => self.arch.abs32,
            FixupKind::Pc32 => self.arch.pc32,
        }
    }

    /// The symbol that is referred to by name.
    pub fn external(&self, id: ExternId) -> SymbolId {
        self.externs[id.0 as usize]
    }

    /// The symbol of the function that begins at a place.
    pub fn func(&self, at: At) -> Option<SymbolId> {
        match at.sect {
            Sect::Text => self.funcs.get(&at.offset).copied(),
            _ => None,
        }
    }

    fn define(&mut self, definition: Definition) {
        let section = self.id(definition.at.sect);
        let id = self.object.add_symbol(Symbol {
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
        if definition.is_func {
            self.funcs.insert(definition.at.offset, id);
        }
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
}
