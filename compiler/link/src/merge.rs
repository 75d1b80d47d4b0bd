//! Sections of constants and strings that may be merged (gABI, `SHF_MERGE`): each constant and each string becomes a section of its own, once for all
//! inputs, so that only those that are used are in the executable.

use std::collections::HashMap;

use object::elf::{SHF_MERGE, SHF_STRINGS, SHF_WRITE, SectionFlags};

use crate::program::{Program, Section, SectionId};

/// The parts that there are, by what decides whether they are the same.
#[derive(Default)]
pub struct Merge<'a> {
    parts: HashMap<(SectionFlags, u64, &'a [u8]), SectionId>,
}

impl<'a> Merge<'a> {
    /// Splits a section, if it may be and its entries need no more alignment than their size gives them.
    pub fn split(&mut self, program: &mut Program<'a>, id: SectionId) {
        let section = program.section(id);
        let (data, size, align) = (section.data, section.entry_size, section.align);
        // The order of sections with other names may mean something to the program (`__start_NAME`).
        let is_named = !section.name.starts_with(b".");
        let may_be = section.has(SHF_MERGE) && !section.has(SHF_WRITE) && !is_named;
        let is_plain = section.relocs.is_empty() && section.link.is_none();
        let is_even =
            size > 0 && size.is_multiple_of(align) && (data.len() as u64).is_multiple_of(size);
        if !(may_be && is_plain && is_even) || section.is_zero || section.group.is_some() {
            return;
        }
        let entry = size as usize;
        let is_strings = section.has(SHF_STRINGS);
        let mut parts = Vec::new();
        let mut start = 0;
        while start < data.len() {
            let mut entries = data[start..].chunks(entry);
            let count = match is_strings {
                // What no zero ends is not a string, but stays as it is.
                true => entries
                    .position(|entry| entry.iter().all(|&byte| byte == 0))
                    .map_or(usize::MAX, |last| last + 1),
                false => 1,
            };
            let end = start + count.saturating_mul(entry).min(data.len() - start);
            parts.push((start as u64, self.part(program, id, &data[start..end])));
            start = end;
        }
        program.sections[id.0 as usize].parts = parts;
    }

    /// The section with these bytes, which are a part of section `id`.
    fn part(&mut self, program: &mut Program<'a>, id: SectionId, data: &'a [u8]) -> SectionId {
        let section = program.section(id);
        let new = SectionId(program.sections.len() as u32);
        let key = (section.flags, section.align, data);
        let part = *self.parts.entry(key).or_insert(new);
        if part == new {
            program.sections.push(Section {
                size: data.len() as u64,
                data,
                parts: Vec::new(),
                ..*section
            });
        }
        part
    }
}
