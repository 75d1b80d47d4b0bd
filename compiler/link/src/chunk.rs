//! Output sections and segments: what kinds there are, and which section of an input is of which kind.

use std::cmp::Reverse;

use object::elf::{SHF_EXECINSTR, SHF_TLS, SHF_WRITE, SectionFlags};

use crate::LinkOptions;
use crate::load::output_name;
use crate::program::{Program, Section, SectionId, Use};

/// What an output section is, in the order of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    Relocations,
    Note,
    ReadOnly,
    Separate,
    Code,
    Thread,
    ThreadZero,
    Relro,
    Data,
    Zero,
    /// Not loaded.
    Debug,
}

/// A segment that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentKind {
    ReadOnly,
    Separate,
    Code,
    Relro,
    Data,
}

impl Rank {
    /// The segment that it is in; none if it is not loaded.
    pub fn segment(self) -> Option<SegmentKind> {
        Some(match self {
            Rank::Relocations | Rank::Note | Rank::ReadOnly => SegmentKind::ReadOnly,
            Rank::Separate => SegmentKind::Separate,
            Rank::Code => SegmentKind::Code,
            Rank::Thread | Rank::ThreadZero | Rank::Relro => SegmentKind::Relro,
            Rank::Data | Rank::Zero => SegmentKind::Data,
            Rank::Debug => return None,
        })
    }

    /// Whether the file has nothing of it.
    pub fn is_zero(self) -> bool {
        matches!(self, Rank::ThreadZero | Rank::Zero)
    }
}

/// What an output section consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    Sections,
    Unwind,
    Dynamic,
    Got,
    Relr,
    Rela,
    Symbols,
    Names,
    Hash,
}

/// An output section.
pub struct Chunk<'a> {
    pub name: &'a [u8],
    pub flags: SectionFlags,
    pub rank: Rank,
    pub content: Content,
    pub align: u64,
    pub address: u64,
    pub offset: u64,
    pub size: u64,
    pub sections: Vec<SectionId>,
}

/// A segment that is loaded: output sections that follow one another.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    pub kind: SegmentKind,
    pub address: u64,
    pub offset: u64,
    pub file_size: u64,
    pub size: u64,
    pub align: u64,
}

/// What a section of an input becomes a part of.
pub fn rank(section: &Section, options: &LinkOptions) -> Rank {
    let name = output_name(section.name);
    let is_relro = matches!(
        name,
        b".data.rel.ro" | b".bss.rel.ro" | b".preinit_array" | b".init_array" | b".fini_array"
    );
    if section.usage == Use::Debug {
        Rank::Debug
    } else if section.has(SHF_TLS) {
        match section.is_zero {
            true => Rank::ThreadZero,
            false => Rank::Thread,
        }
    } else if section.has(SHF_EXECINSTR) {
        Rank::Code
    } else if section.is_zero {
        Rank::Zero
    } else if section.has(SHF_WRITE) {
        match is_relro {
            true => Rank::Relro,
            false => Rank::Data,
        }
    } else if section.name == options.separate.as_bytes() {
        Rank::Separate
    } else if section.is_note {
        Rank::Note
    } else {
        Rank::ReadOnly
    }
}

/// Orders the sections of a chunk: constants by alignment, so that nothing is filled up between them; functions that run at the start and end by the
/// priority in their name (`.init_array.100`), those without one last.
pub fn order(program: &Program, chunk: &mut Chunk) {
    match chunk.name {
        b".rodata" => {
            let align = |id: &SectionId| Reverse(program.section(*id).align);
            chunk.sections.sort_by_key(align);
        }
        b".init_array" | b".fini_array" => chunk.sections.sort_by_key(|&id| {
            let name = program.section(id).name;
            let priority = name.rsplit(|&byte| byte == b'.').next();
            let priority = priority.and_then(|text| str::from_utf8(text).ok());
            priority
                .and_then(|text| text.parse().ok())
                .unwrap_or(u64::MAX)
        }),
        _ => {}
    }
}
