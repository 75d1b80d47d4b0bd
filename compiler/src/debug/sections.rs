//! The bytes of debugging sections, with references that the linker fills in.

use gimli::write::{EndianVec, RelocateWriter, Relocation, RelocationTarget, Sections};
use gimli::{LittleEndian, SectionId};

/// A section.
pub struct Section {
    /// ELF's name of it.
    pub name: &'static str,
    pub id: SectionId,
    pub bytes: Vec<u8>,
    pub fixups: Vec<Fixup>,
}

/// A reference in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixup {
    pub offset: u64,
    /// Bytes of the field: 4 or 8.
    pub size: u8,
    pub target: Target,
    pub addend: i64,
}

/// What a reference is relative to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The text section.
    Text,
    /// The instance of a module, by its number.
    Instance(u32),
    /// Another debugging section.
    Debug(SectionId),
}

impl Target {
    /// The number that stands for it where gimli wants a symbol.
    pub fn symbol(self) -> usize {
        match self {
            Target::Text => 0,
            Target::Instance(module) => 1 + module as usize,
            Target::Debug(_) => unreachable!("gimli knows sections"),
        }
    }
}

/// Writes all sections that have contents.
pub fn write(mut dwarf: gimli::write::Dwarf) -> Vec<Section> {
    let mut sections = Sections::new(Writer {
        bytes: EndianVec::new(LittleEndian),
        fixups: Vec::new(),
    });
    dwarf
        .write(&mut sections)
        .expect("debug: what was translated can be written");
    let mut out = Vec::new();
    let mut take = |id: SectionId, writer: &mut Writer| -> Result<(), ()> {
        let bytes = writer.bytes.take();
        if !bytes.is_empty() {
            out.push(Section {
                name: id.name(),
                id,
                bytes,
                fixups: std::mem::take(&mut writer.fixups),
            });
        }
        Ok(())
    };
    // Nothing in there fails.
    let _ = sections.for_each_mut(&mut take);
    out
}

#[derive(Clone)]
struct Writer {
    bytes: EndianVec<LittleEndian>,
    fixups: Vec<Fixup>,
}

impl RelocateWriter for Writer {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.fixups.push(Fixup {
            offset: relocation.offset as u64,
            size: relocation.size,
            target: match relocation.target {
                RelocationTarget::Symbol(0) => Target::Text,
                RelocationTarget::Symbol(number) => Target::Instance(number as u32 - 1),
                RelocationTarget::Section(id) => Target::Debug(id),
            },
            addend: relocation.addend,
        });
    }
}
