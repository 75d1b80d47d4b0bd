//! Addresses of a layout.

use super::{Layout, LinkTarget};
use crate::chunk::{Chunk, Content, Rank, SegmentKind};
use crate::program::{Edge, SectionId, Target};

impl<'a> Layout<'a> {
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

    /// The index that each chunk has in the section headers, of which a stripped file has none: from 1, those that are empty left out.
    pub fn numbers(&self) -> Vec<Option<u16>> {
        let mut next = 0u16;
        let number = |chunk: &Chunk| {
            let is_used = chunk.size > 0;
            next = next.saturating_add(is_used.into());
            is_used.then_some(next)
        };
        self.chunks.iter().map(number).collect()
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
