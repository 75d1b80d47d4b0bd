//! What the linker works on: sections and symbols of all inputs in two flat lists, and how they refer to one another.
//!
//! The lists are filled by `load` and only read afterwards.

use std::collections::HashMap;

use object::LittleEndian as LE;
use object::elf::{Rela64, SectionFlags};
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHF_WRITE};

use crate::LinkError;
use crate::frames::Frames;

/// Index of a section in [`Program::sections`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// Index of a symbol in [`Program::symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// All inputs.
#[derive(Default)]
pub struct Program<'a> {
    pub objects: Vec<Object>,
    pub sections: Vec<Section<'a>>,
    pub symbols: Vec<Symbol<'a>>,
    /// Sections that are kept or left out together (gABI, "Section Groups").
    pub groups: Vec<Vec<SectionId>>,
    /// `.eh_frame` sections, by records.
    pub frames: Vec<Frames>,
    /// The definition, or else a reference, that stands for each global name; [`Symbol::global`] is the index.
    pub winners: Vec<SymbolId>,
    /// Indices of `winners`. Never iterated over.
    pub globals: HashMap<&'a [u8], u32>,
}

/// A relocatable object.
pub struct Object {
    /// For messages. A member of an archive is `ARCHIVE(MEMBER)`.
    pub name: String,
    /// The object's section and symbol 0 in the flat lists.
    pub first_section: u32,
    pub first_symbol: u32,
}

/// What becomes of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is loaded, if it is reached.
    Load,
    /// `.eh_frame`: each record stays with its function.
    Frames,
    /// Debugging information: in the file, but not loaded.
    Debug,
    /// It is not in the executable: tables that the linker has read, notes to it, other copies of a group.
    LeftOut,
}

/// A section of an object, or a part of one that was split (`merge`).
pub struct Section<'a> {
    pub name: &'a [u8],
    /// Index in [`Program::objects`].
    pub object: u32,
    pub usage: Use,
    pub flags: SectionFlags,
    /// Whether the file has no bytes of it (`SHT_NOBITS`).
    pub is_zero: bool,
    pub is_note: bool,
    /// The contents, empty for `SHT_NOBITS`.
    pub data: &'a [u8],
    /// Bytes in memory.
    pub size: u64,
    /// A power of two.
    pub align: u64,
    /// Bytes of an entry of a table, or of a character.
    pub entry_size: u64,
    /// Valid: symbols exist and offsets are inside.
    pub relocs: &'a [Rela64<LE>],
    /// Where the parts of a split section begin and which section they have become, by offset. Not empty: nothing else of it is used.
    pub parts: Vec<(u64, SectionId)>,
    /// The section that this one belongs to (`SHF_LINK_ORDER`).
    pub link: Option<SectionId>,
    /// Index in [`Program::groups`].
    pub group: Option<u32>,
}

impl Section<'_> {
    pub fn has(&self, flag: SectionFlags) -> bool {
        self.flags.contains(flag)
    }

    /// The flags that decide in which segment it is.
    pub fn access(&self) -> SectionFlags {
        self.flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR | SHF_TLS)
    }
}

/// A symbol as an object has it.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    pub name: &'a [u8],
    /// Index in [`Program::objects`].
    pub object: u32,
    pub place: Place,
    pub size: u64,
    /// `STT_…`
    pub kind: u8,
    pub is_weak: bool,
    /// Seen by no other module (`STV_HIDDEN`, `STV_INTERNAL`).
    pub is_hidden: bool,
    /// Index in [`Program::winners`]; none for local symbols.
    pub global: Option<u32>,
}

/// Where a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Undefined,
    /// In a section that is not in the executable.
    Discarded,
    Absolute(u64),
    Section(SectionId, u64),
    /// A variable that several objects may declare; the largest one is allocated.
    Common {
        align: u64,
    },
    /// An address that the linker knows.
    Edge(Edge),
}

/// Addresses that are known when everything has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    ImageStart,
    ImageEnd,
    TextEnd,
    DataEnd,
    Dynamic,
    Got,
    /// Start and end of the output section that has the contents of this input section.
    SectionStart(SectionId),
    SectionEnd(SectionId),
    /// Both ends of a list that is empty.
    Nothing,
}

/// A relocation (gABI, "Relocation").
#[derive(Clone, Copy, Debug)]
pub struct Reloc {
    /// In the section.
    pub offset: u64,
    /// `R_…`
    pub kind: u32,
    pub symbol: SymbolId,
    pub addend: i64,
}

/// What a relocation refers to; the second value is what is still to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A symbol that need not be defined and is not.
    Null,
    Absolute(u64),
    Section(SectionId, u64),
    Edge(Edge),
    /// An undefined symbol, or one in a section that was left out.
    Missing,
}

impl<'a> Program<'a> {
    pub fn section(&self, id: SectionId) -> &Section<'a> {
        &self.sections[id.0 as usize]
    }

    /// Ids of all sections.
    pub fn section_ids(&self) -> impl Iterator<Item = SectionId> + use<> {
        (0..self.sections.len() as u32).map(SectionId)
    }

    /// The symbol that defines what this one refers to, or itself.
    pub fn winner(&self, id: SymbolId) -> SymbolId {
        let symbol = &self.symbols[id.0 as usize];
        symbol
            .global
            .map_or(id, |global| self.winners[global as usize])
    }

    /// What stands for a global name.
    pub fn global(&self, name: &str) -> Option<SymbolId> {
        let global = *self.globals.get(name.as_bytes())?;
        Some(self.winners[global as usize])
    }

    pub fn symbol(&self, id: SymbolId) -> &Symbol<'a> {
        &self.symbols[id.0 as usize]
    }

    /// A relocation of a section of `object`.
    pub fn reloc(&self, object: u32, raw: &Rela64<LE>) -> Reloc {
        let first = self.objects[object as usize].first_symbol;
        Reloc {
            offset: raw.r_offset.get(LE),
            kind: raw.r_type(LE, false).0,
            symbol: SymbolId(first + raw.r_sym(LE, false)),
            addend: raw.r_addend.get(LE),
        }
    }

    pub fn relocs(&self, id: SectionId) -> impl Iterator<Item = Reloc> {
        let section = self.section(id);
        let relocs = section.relocs.iter();
        relocs.map(|raw| self.reloc(section.object, raw))
    }

    /// What a symbol is, without an addend.
    pub fn symbol_target(&self, symbol: SymbolId) -> Target {
        self.target(Reloc {
            offset: 0,
            kind: 0,
            symbol,
            addend: 0,
        })
        .0
    }

    /// What a relocation refers to. Where its symbol stands for a section that was split, the addend chooses the part.
    pub fn target(&self, reloc: Reloc) -> (Target, i64) {
        const STT_SECTION: u8 = object::elf::STT_SECTION.0;
        let symbol = self.symbol(self.winner(reloc.symbol));
        let target = match symbol.place {
            Place::Section(id, offset) if symbol.kind == STT_SECTION => {
                if !self.section(id).parts.is_empty() {
                    let (part, offset) = self.part(id, offset.wrapping_add_signed(reloc.addend));
                    return (Target::Section(part, offset), 0);
                }
                Target::Section(id, offset)
            }
            Place::Section(id, offset) => {
                let (id, offset) = self.part(id, offset);
                Target::Section(id, offset)
            }
            Place::Absolute(value) => Target::Absolute(value),
            Place::Edge(edge) => Target::Edge(edge),
            // Commons have become sections.
            Place::Undefined | Place::Common { .. } if self.may_be_null(reloc.symbol) => {
                Target::Null
            }
            Place::Undefined | Place::Common { .. } | Place::Discarded => Target::Missing,
        };
        (target, reloc.addend)
    }

    /// Whether the symbol's being undefined is no error: it is weak, or the null symbol.
    fn may_be_null(&self, id: SymbolId) -> bool {
        let symbol = self.symbol(id);
        symbol.is_weak || symbol.global.is_none() && symbol.name.is_empty()
    }

    /// The section that has become of this place, and the offset in it.
    pub fn part(&self, id: SectionId, offset: u64) -> (SectionId, u64) {
        let parts = &self.section(id).parts;
        match parts.partition_point(|&(start, _)| start <= offset) {
            0 => (id, offset),
            after => (parts[after - 1].1, offset - parts[after - 1].0),
        }
    }

    /// An error about an input, in this section.
    pub fn bad(&self, id: SectionId, reason: &str) -> LinkError {
        let section = self.section(id);
        LinkError::BadInput {
            name: self.objects[section.object as usize].name.clone(),
            reason: format!("section {}: {reason}", show(section.name)),
        }
    }

    /// `section SECTION of OBJECT`
    pub fn describe(&self, id: SectionId) -> String {
        let section = self.section(id);
        let object = &self.objects[section.object as usize].name;
        format!("section {} of {object}", show(section.name))
    }

    /// A symbol's name for messages, that of its section where it has none.
    pub fn show_symbol(&self, id: SymbolId) -> String {
        let symbol = self.symbol(id);
        match symbol.place {
            Place::Section(section, _) if symbol.name.is_empty() => {
                show(self.section(section).name)
            }
            _ => show(symbol.name),
        }
    }
}

/// A name of an input in a message: no control characters, and not too long.
pub fn show(name: &[u8]) -> String {
    const LONGEST: usize = 200;
    let text = String::from_utf8_lossy(&name[..name.len().min(LONGEST)]);
    text.escape_debug().to_string()
}
