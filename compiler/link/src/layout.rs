//! Where everything goes: sections of inputs into output sections, those into segments, segments into the file and into memory.
//!
//! Segments, in this order, each on pages of its own in memory: headers and read-only data; the section that is to be alone; code; data that is
//! read-only after the start (RELRO); data. In the file each begins where the one before ends: a page that has the end of one and the beginning of
//! another is mapped twice. So nothing is filled up but for alignment.
//!
//! Distances within a segment do not depend on where it begins, because it begins with the largest alignment in it. So relocations of words are encoded
//! (and have a size) before the segment of the headers, which has them, is placed.

mod lookup;

use std::cmp::Reverse;
use std::collections::HashMap;

use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHF_WRITE, SectionFlags};

use crate::chunk::{Chunk, Content, Rank, Segment, SegmentKind, order, rank};
use crate::exports::{EXPORT_ENTRIES, Exports};
use crate::load::output_name;
use crate::program::{Program, Use};
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

/// The whole plan.
pub struct Layout<'a> {
    pub chunks: Vec<Chunk<'a>>,
    pub segments: Vec<Segment>,
    /// Number of program headers.
    pub headers: u64,
    /// For each section its chunk and its offset there.
    places: Vec<Option<(u32, u64)>>,
    /// Words that are relocated when the program starts, as chunk and offset: those in `DT_RELR`, and those that are not aligned. In a shared object all are
    /// where these are: loaders that do not know `DT_RELR` (glibc before 2.36, musl before 1.2.4) leave it out without a word.
    words: Vec<(u32, u64)>,
    odd_words: Vec<(u32, u64)>,
    /// Contents of `DT_RELR`.
    pub relr: Vec<u64>,
    pub needs: Needs,
    pub unwind: Unwind,
    /// Of a shared object.
    pub exports: Option<Exports>,
    /// Start and end of the widest hole in the file, before a section that is on whole pages.
    pub hole: (u64, u64),
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
    exports: Option<Exports>,
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
        exports,
        hole: (0, 0),
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
        if let Some(exports) = &self.exports {
            for (name, content, align, size) in exports.tables() {
                self.add_chunk(name, SHF_ALLOC, Rank::Relocations, content, align)
                    .size = size;
            }
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
        let is_shared = self.exports.is_some();
        let (even, odd) = all.partition(|&(_, offset)| offset % 8 == 0 && !is_shared);
        (self.words, self.odd_words) = (even, odd);
        for &(number, _) in &self.words {
            let chunk = &mut self.chunks[number as usize];
            chunk.align = chunk.align.max(8);
        }
        let entries = 2
            + 3 * u64::from(!self.words.is_empty())
            + 3 * u64::from(!self.odd_words.is_empty())
            + EXPORT_ENTRIES * u64::from(is_shared);
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
            if segment.offset - offset > self.hole.1 - self.hole.0 {
                self.hole = (offset, segment.offset);
            }
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
}

/// The largest pages that a processor may have: segments are on different ones.
pub fn page(target: LinkTarget) -> u64 {
    match target {
        LinkTarget::X86_64 => 1 << 12,
        LinkTarget::Aarch64 => 1 << 16,
    }
}
