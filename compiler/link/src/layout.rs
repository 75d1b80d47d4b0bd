//! Where everything goes: sections of inputs into output sections, those into segments, segments into the file and into memory.
//!
//! Segments, in this order, each on pages of its own in memory: headers and read-only data; the section that is to be alone; code; data that is
//! read-only after the start (RELRO); data. In the file each begins where the one before ends: a page that has the end of one and the beginning of
//! another is mapped twice. So nothing is filled up but for alignment.
//!
//! Distances within a segment do not depend on where it begins, because it begins with the largest alignment in it. So relocations of words are encoded
//! (and have a size) before the segment of the headers, which has them, is placed.

use std::cmp::Reverse;
use std::collections::HashMap;

use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHF_WRITE, SectionFlags};

use crate::load::output_name;
use crate::program::{Edge, Program, Section, SectionId, Target, Use};
use crate::scan::{Needs, Slot, is_movable};
use crate::unwind::Unwind;
use crate::{LinkError, LinkOptions, LinkTarget, relr};

/// Bytes of an ELF64 file header, a program header, an entry of `.dynamic` and a relocation with addend.
pub const FILE_HEADER: u64 = 64;
pub const PROGRAM_HEADER: u64 = 56;
pub const DYNAMIC_ENTRY: u64 = 16;
pub const RELA: u64 = 24;

/// More than this the addresses of a process do not have room for (x86-64 and AArch64: 47 bits and more).
const MAX_IMAGE: u64 = 1 << 46;

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
    fn segment(self) -> Option<SegmentKind> {
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

/// The whole plan.
pub struct Layout<'a> {
    pub chunks: Vec<Chunk<'a>>,
    pub segments: Vec<Segment>,
    /// Number of program headers.
    pub headers: u64,
    /// For each section its chunk and its offset there.
    places: Vec<Option<(u32, u64)>>,
    /// Words that are relocated when the program starts, as chunk and offset: those in `DT_RELR`, and those that are not aligned.
    words: Vec<(u32, u64)>,
    odd_words: Vec<(u32, u64)>,
    /// Contents of `DT_RELR`.
    pub relr: Vec<u64>,
    pub needs: Needs,
    pub unwind: Unwind,
    /// Bytes of the file up to the end of what is loaded or debugging information.
    pub file_size: u64,
    target: LinkTarget,
}

/// Plans the executable.
///
/// # Errors
///
/// It does not fit into an address space.
pub fn plan<'a>(
    program: &Program<'a>,
    is_live: &[bool],
    needs: Needs,
    unwind: Unwind,
    options: &LinkOptions,
) -> Result<Layout<'a>, LinkError> {
    let mut layout = Layout {
        chunks: Vec::new(),
        segments: Vec::new(),
        headers: 0,
        places: vec![None; program.sections.len()],
        words: Vec::new(),
        odd_words: Vec::new(),
        relr: Vec::new(),
        needs,
        unwind,
        file_size: 0,
        target: options.target,
    };
    layout.collect(program, is_live, options)?;
    layout.add_made();
    layout.fill(program)?;
    layout.sort_words(program);
    layout.place()?;
    Ok(layout)
}

impl<'a> Layout<'a> {
    /// Puts sections into chunks.
    fn collect(
        &mut self,
        program: &Program<'a>,
        is_live: &[bool],
        options: &LinkOptions,
    ) -> Result<(), LinkError> {
        let mut numbers = HashMap::new();
        let mut ranks = HashMap::new();
        for id in program.section_ids() {
            let section = program.section(id);
            let is_debug = section.usage == Use::Debug && !options.strip;
            if !is_live[id.0 as usize] && !is_debug {
                continue;
            }
            if section.has(SHF_WRITE) && section.has(SHF_EXECINSTR) {
                return Err(program.bad(id, "is writable and executable"));
            }
            let rank = rank(section, options);
            let name = match rank {
                Rank::Thread => &b".tdata"[..],
                Rank::ThreadZero => b".tbss",
                _ => output_name(section.name),
            };
            // Only one output section has ends that a name can refer to.
            if !name.starts_with(b".") && *ranks.entry(name).or_insert(rank) != rank {
                return Err(program.bad(id, "sections of this name have different access"));
            }
            let number = *numbers.entry((name, rank)).or_insert(self.chunks.len());
            if number == self.chunks.len() {
                self.add_chunk(name, section.access(), rank, Content::Sections, 1);
            }
            let chunk = &mut self.chunks[number];
            chunk.align = chunk.align.max(section.align);
            chunk.sections.push(id);
        }
        Ok(())
    }

    fn add_chunk(
        &mut self,
        name: &'a [u8],
        flags: SectionFlags,
        rank: Rank,
        content: Content,
        align: u64,
    ) -> &mut Chunk<'a> {
        self.chunks.push(Chunk {
            name,
            flags,
            rank,
            content,
            align,
            address: 0,
            offset: 0,
            size: 0,
            sections: Vec::new(),
        });
        self.chunks.last_mut().expect("there is one")
    }

    /// Adds what the linker makes. Sizes of relocations are not known yet.
    fn add_made(&mut self) {
        let readable = SHF_ALLOC;
        self.add_chunk(b".relr.dyn", readable, Rank::Relocations, Content::Relr, 8);
        self.add_chunk(b".rela.dyn", readable, Rank::Relocations, Content::Rela, 8);
        let size = u64::from(self.unwind.size);
        if size > 0 {
            let content = Content::Unwind;
            self.add_chunk(b".eh_frame", SHF_ALLOC, Rank::ReadOnly, content, 8)
                .size = size;
        }
        let writable = SHF_ALLOC | SHF_WRITE;
        self.add_chunk(b".dynamic", writable, Rank::Relro, Content::Dynamic, 8);
        let slots = self.needs.slots.len() as u64;
        if slots > 0 {
            self.add_chunk(b".got", writable, Rank::Relro, Content::Got, 8)
                .size = 8 * slots;
        }
    }

    /// Places sections in their chunks.
    fn fill(&mut self, program: &Program) -> Result<(), LinkError> {
        // Of what is equal the largest alignment comes first, so that a segment is filled up at its start alone.
        self.chunks
            .sort_by_key(|chunk| (chunk.rank, Reverse(chunk.align)));
        let mut total = 0u64;
        for (number, chunk) in self.chunks.iter_mut().enumerate() {
            order(program, chunk);
            for &id in &chunk.sections {
                let section = program.section(id);
                let start = chunk.size.next_multiple_of(section.align);
                self.places[id.0 as usize] = Some((number as u32, start));
                chunk.size = start.saturating_add(section.size);
                if chunk.size.saturating_add(total) > MAX_IMAGE {
                    return Err(program.bad(id, "is too large"));
                }
            }
            total += chunk.size;
        }
        // Both parts of the thread-local variables have the alignment of the whole.
        let is_thread = |chunk: &Chunk| chunk.flags.contains(SHF_TLS) && chunk.rank != Rank::Debug;
        let chunks = self.chunks.iter();
        let align = chunks.filter(|c| is_thread(c)).map(|c| c.align).max();
        for chunk in self.chunks.iter_mut().filter(|chunk| is_thread(chunk)) {
            chunk.align = align.unwrap_or(1);
        }
        Ok(())
    }

    /// Finds out where the words are that are relocated.
    fn sort_words(&mut self, program: &Program) {
        let got = self.chunks.iter().position(|c| c.content == Content::Got);
        let slots = self.needs.slots.iter().enumerate();
        let slots = slots.filter(|(_, slot)| match **slot {
            Slot::Address(symbol) => is_movable(program.symbol_target(symbol)),
            Slot::Thread(_) => false,
        });
        let slots = slots.map(|(number, _)| (got.unwrap_or(0) as u32, 8 * number as u64));
        let sections = self.needs.words.iter().filter_map(|&(id, offset)| {
            let (number, start) = self.places[id.0 as usize]?;
            Some((number, start + offset))
        });
        let all = sections.chain(slots);
        let (even, odd) = all.partition(|&(_, offset)| offset % 8 == 0);
        (self.words, self.odd_words) = (even, odd);
        for &(number, _) in &self.words {
            let chunk = &mut self.chunks[number as usize];
            chunk.align = chunk.align.max(8);
        }
        let entries =
            2 + 3 * u64::from(!self.words.is_empty()) + 3 * u64::from(!self.odd_words.is_empty());
        let rela = RELA * self.odd_words.len() as u64;
        if let Some(chunk) = self.chunk_of(Content::Dynamic) {
            chunk.size = DYNAMIC_ENTRY * entries;
        }
        if let Some(chunk) = self.chunk_of(Content::Rela) {
            chunk.size = rela;
        }
    }

    /// Places chunks in segments, and those in file and memory.
    fn place(&mut self) -> Result<(), LinkError> {
        use SegmentKind::{Code, Data, ReadOnly, Relro, Separate};
        for kind in [Relro, Data] {
            self.arrange(kind, 0);
        }
        let words = self.encode_words().len();
        if let Some(chunk) = self.chunk_of(Content::Relr) {
            chunk.size = 8 * words as u64;
        }
        let is_used = |kind: SegmentKind| {
            let chunks = self.chunks.iter();
            kind == ReadOnly || chunks.clone().any(|c| c.rank.segment() == Some(kind))
        };
        let kinds = [ReadOnly, Separate, Code, Relro, Data];
        let kinds: Vec<_> = kinds.into_iter().filter(|&kind| is_used(kind)).collect();
        let has = |rank| self.chunks.iter().any(|chunk| chunk.rank == rank);
        let has_thread = has(Rank::Thread) || has(Rank::ThreadZero);
        // The dynamic section, RELRO and the stack always have headers.
        let headers = kinds.len() + 3 + usize::from(has_thread) + usize::from(has(Rank::Note));
        self.headers = headers as u64;
        let page = page(self.target);
        let (mut offset, mut address) = (0u64, 0u64);
        for kind in kinds {
            let before = match kind {
                ReadOnly => FILE_HEADER + PROGRAM_HEADER * self.headers,
                _ => 0,
            };
            let mut segment = self.arrange(kind, before);
            segment.offset = offset.next_multiple_of(segment.align.min(page));
            segment.address = address.next_multiple_of(segment.align.max(page));
            segment.address += segment.offset % page;
            let end = segment.address + segment.size;
            if kind == Relro {
                // The last page is protected as a whole, and nothing else is in it.
                segment.size = end.next_multiple_of(page) - segment.address;
            }
            for chunk in &mut self.chunks {
                if chunk.rank.segment() == Some(kind) {
                    chunk.offset = segment.offset + chunk.address.min(segment.file_size);
                    chunk.address += segment.address;
                }
            }
            offset = segment.offset + segment.file_size;
            address = segment.address + segment.size;
            segment.align = segment.align.max(page);
            self.segments.push(segment);
        }
        for chunk in &mut self.chunks {
            if chunk.rank == Rank::Debug {
                chunk.offset = offset.next_multiple_of(chunk.align);
                offset = chunk.offset + chunk.size;
            }
        }
        self.file_size = offset;
        self.relr = self.encode_words();
        assert_eq!(self.relr.len(), words, "distances in a segment are fixed");
        Ok(())
    }

    /// Places the chunks of a segment, from an offset in it on. Addresses are relative to the segment.
    fn arrange(&mut self, kind: SegmentKind, before: u64) -> Segment {
        let mut segment = Segment {
            kind,
            address: 0,
            offset: 0,
            file_size: before,
            size: before,
            // For the words that are relocated.
            align: 8,
        };
        for chunk in &mut self.chunks {
            if chunk.rank.segment() != Some(kind) {
                continue;
            }
            segment.align = segment.align.max(chunk.align);
            chunk.address = segment.size.next_multiple_of(chunk.align);
            // Thread-local variables that begin as zero have no place but in each thread.
            if chunk.rank != Rank::ThreadZero {
                segment.size = chunk.address + chunk.size;
            }
            if !chunk.rank.is_zero() {
                segment.file_size = segment.size;
            }
        }
        segment
    }

    /// Addresses of the words in `DT_RELR`, encoded: final ones or relative to the segments, which has no influence on how many they are.
    fn encode_words(&self) -> Vec<u64> {
        let mut encoded = Vec::new();
        for kind in [SegmentKind::Relro, SegmentKind::Data] {
            let words = self.words.iter().map(|&(number, offset)| {
                let chunk = &self.chunks[number as usize];
                (chunk.rank.segment(), chunk.address + offset)
            });
            let own = words.filter(|word| word.0 == Some(kind));
            let mut addresses: Vec<u64> = own.map(|word| word.1).collect();
            addresses.sort_unstable();
            addresses.dedup();
            encoded.extend(relr::encode(addresses));
        }
        encoded
    }

    fn chunk_of(&mut self, content: Content) -> Option<&mut Chunk<'a>> {
        self.chunks
            .iter_mut()
            .find(|chunk| chunk.content == content)
    }

    /// Where a chunk of this content begins.
    pub fn made(&self, content: Content) -> Option<&Chunk<'a>> {
        self.chunks.iter().find(|chunk| chunk.content == content)
    }

    /// The chunk of a section, and the offset there; `None` if it is not in the executable.
    fn place_of(&self, id: SectionId) -> Option<(&Chunk<'a>, u64)> {
        let (number, offset) = self.place_number(id)?;
        Some((&self.chunks[number], offset))
    }

    /// The same with the index of the chunk.
    pub fn place_number(&self, id: SectionId) -> Option<(usize, u64)> {
        let (number, offset) = self.places[id.0 as usize]?;
        Some((number as usize, offset))
    }

    /// The address of what a relocation refers to, without its addend. `None`: it is not in the executable.
    pub fn address(&self, target: Target) -> Option<u64> {
        Some(match target {
            Target::Null => 0,
            Target::Absolute(value) => value,
            Target::Section(id, offset) => {
                let (chunk, start) = self.place_of(id)?;
                chunk.address + start + offset
            }
            Target::Edge(edge) => self.edge(edge)?,
            Target::Missing => return None,
        })
    }

    fn edge(&self, edge: Edge) -> Option<u64> {
        let end = |kind| {
            let segment = self.segments.iter().rfind(|s| s.kind <= kind);
            segment.map_or(0, |s| {
                s.address + if kind == s.kind { s.file_size } else { s.size }
            })
        };
        Some(match edge {
            Edge::ImageStart | Edge::Nothing => 0,
            Edge::ImageEnd => self.segments.last().map_or(0, |s| s.address + s.size),
            Edge::TextEnd => end(SegmentKind::Code),
            Edge::DataEnd => end(SegmentKind::Data),
            Edge::Dynamic => self.made(Content::Dynamic)?.address,
            Edge::Got => self.got(),
            Edge::SectionStart(id) => self.place_of(id)?.0.address,
            Edge::SectionEnd(id) => {
                let chunk = self.place_of(id)?.0;
                chunk.address + chunk.size
            }
        })
    }

    /// Chunk and offset of the words that `DT_RELR` cannot have.
    pub fn unaligned_words(&self) -> impl Iterator<Item = (&Chunk<'a>, u64)> {
        let words = self.odd_words.iter();
        words.map(|&(number, offset)| (&self.chunks[number as usize], offset))
    }

    /// The address of the global offset table; where there is none, any serves.
    pub fn got(&self) -> u64 {
        let made = self.made(Content::Got);
        let made = made.or_else(|| self.made(Content::Dynamic));
        made.map_or(0, |chunk| chunk.address)
    }

    /// Start, bytes and alignment of the thread-local variables' first values.
    pub fn thread(&self) -> Option<(u64, u64, u64)> {
        let is_thread = |chunk: &&Chunk| matches!(chunk.rank, Rank::Thread | Rank::ThreadZero);
        let first = self.chunks.iter().find(is_thread)?;
        let last = self.chunks.iter().rfind(is_thread)?;
        let size = last.address + last.size - first.address;
        Some((first.address, size, first.align))
    }

    /// What the thread pointer would be if the first values were a thread's own (variants I and II of "ELF Handling For Thread-Local Storage"):
    /// AArch64 has two words before the variables, x86-64 has them right before the pointer.
    pub fn thread_pointer(&self) -> u64 {
        let (start, size, align) = self.thread().unwrap_or((0, 0, 1));
        match self.target {
            LinkTarget::X86_64 => start + size.next_multiple_of(align),
            LinkTarget::Aarch64 => start.wrapping_sub(16u64.next_multiple_of(align)),
        }
    }
}

/// The largest pages that a processor may have: segments are on different ones.
pub fn page(target: LinkTarget) -> u64 {
    match target {
        LinkTarget::X86_64 => 1 << 12,
        LinkTarget::Aarch64 => 1 << 16,
    }
}

fn rank(section: &Section, options: &LinkOptions) -> Rank {
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
fn order(program: &Program, chunk: &mut Chunk) {
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
