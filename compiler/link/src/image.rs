//! Writes the executable: contents of all sections with their relocations, then tables and headers.

use object::LittleEndian as LE;
use object::elf::{self, Dyn64, DynamicTag, RelocationType};
use object::pod::bytes_of_slice;
use object::{I64, U64};

use crate::apply::Applier;
use crate::chunk::{Chunk, Content, Rank};
use crate::headers::Headers;
use crate::layout::{Layout, RELA};
use crate::program::Program;
use crate::scan::Slot;
use crate::{LinkError, LinkTarget};

/// Writes everything. `entry` is the address of the first instruction.
///
/// # Errors
///
/// A relocation does not fit.
pub fn write(
    program: &Program,
    layout: &Layout,
    entry: u64,
    target: LinkTarget,
    strip: bool,
) -> Result<Vec<u8>, LinkError> {
    let headers = Headers::plan(program, layout, strip)?;
    let image = Image {
        applier: Applier {
            program,
            layout,
            target,
        },
    };
    let size = usize::try_from(headers.file_size)
        .map_err(|_| LinkError::Failed("the executable is too large".to_owned()))?;
    let mut output = vec![0; size];
    for chunk in &layout.chunks {
        if chunk.rank.is_zero() || chunk.size == 0 {
            continue;
        }
        let range = chunk.offset as usize..(chunk.offset + chunk.size) as usize;
        image.contents(chunk, &mut output[range])?;
    }
    // Addends are in the words already.
    image.unaligned(&mut output);
    headers.write(layout, entry, target, &mut output);
    Ok(output)
}

struct Image<'p, 'a> {
    applier: Applier<'p, 'a>,
}

impl Image<'_, '_> {
    fn contents(&self, chunk: &Chunk, output: &mut [u8]) -> Result<(), LinkError> {
        let layout = self.applier.layout;
        match chunk.content {
            Content::Sections => return self.sections(chunk, output),
            Content::Unwind => return self.unwind(chunk, output),
            Content::Relr => write_words(output, layout.relr.iter().copied()),
            Content::Got => {
                let slots = layout.needs.slots.iter().map(|slot| self.slot(*slot));
                write_words(output, slots);
            }
            Content::Dynamic => output.copy_from_slice(bytes_of_slice(&self.dynamic())),
            Content::Rela => {}
            Content::Symbols | Content::Names | Content::Hash => {
                let exports = layout.exports.as_ref().expect("they have tables");
                exports.write(chunk.content, self.applier.program, layout, output);
            }
        }
        Ok(())
    }

    fn sections(&self, chunk: &Chunk, output: &mut [u8]) -> Result<(), LinkError> {
        let mut end = 0;
        for &id in &chunk.sections {
            let section = self.applier.program.section(id);
            let (_, start) = self.applier.layout.place_number(id).expect("it is placed");
            let (start, size) = (start as usize, section.size as usize);
            if chunk.rank == Rank::Code && self.applier.target == LinkTarget::X86_64 {
                // Nothing that is not a function runs on: `int3`. On AArch64 zero is `udf`.
                output[end..start].fill(0xcc);
            }
            end = start + size;
            let output = &mut output[start..end];
            if !section.is_zero {
                output.copy_from_slice(section.data);
            }
            let address = chunk.address + start as u64;
            for reloc in self.applier.program.relocs(id) {
                self.applier.apply(id, reloc, 0, address, output)?;
            }
        }
        Ok(())
    }

    fn unwind(&self, chunk: &Chunk, output: &mut [u8]) -> Result<(), LinkError> {
        let program = self.applier.program;
        for piece in &self.applier.layout.unwind.pieces {
            let record = piece.record;
            let data = &program.section(piece.section).data;
            let data = &data[record.start as usize..record.end as usize];
            let output = &mut output[piece.offset as usize..][..data.len()];
            output.copy_from_slice(data);
            if let Some(cie) = piece.cie {
                // The distance from this field.
                let distance = piece.offset + 4 - cie;
                output[4..8].copy_from_slice(&distance.to_le_bytes());
            }
            let address = chunk.address + u64::from(piece.offset);
            for reloc in record.relocs(program, piece.section) {
                let start = record.start.into();
                self.applier
                    .apply(piece.section, reloc, start, address, output)?;
            }
        }
        Ok(())
    }

    fn slot(&self, slot: Slot) -> u64 {
        let layout = self.applier.layout;
        let (Slot::Address(symbol) | Slot::Thread(symbol)) = slot;
        let target = self.applier.program.symbol_target(symbol);
        let address = layout.address(target).unwrap_or(0);
        match slot {
            Slot::Address(_) => address,
            Slot::Thread(_) => address.wrapping_sub(layout.thread_pointer()),
        }
    }

    /// The dynamic section: what the start code, or the loader of a shared object, relocates, and where this finds symbols.
    fn dynamic(&self) -> Vec<Dyn64<LE>> {
        let layout = self.applier.layout;
        let mut entries = Vec::new();
        let mut add = |tag: DynamicTag, value: u64| {
            entries.push(Dyn64 {
                d_tag: I64::new(LE, tag),
                d_val: U64::new(LE, value),
            });
        };
        for (content, tags) in [
            (
                Content::Relr,
                [elf::DT_RELR, elf::DT_RELRSZ, elf::DT_RELRENT],
            ),
            (
                Content::Rela,
                [elf::DT_RELA, elf::DT_RELASZ, elf::DT_RELAENT],
            ),
        ] {
            let chunk = layout.made(content).filter(|chunk| chunk.size > 0);
            if let Some(chunk) = chunk {
                let size = if content == Content::Relr { 8 } else { RELA };
                for (tag, value) in tags.into_iter().zip([chunk.address, chunk.size, size]) {
                    add(tag, value);
                }
            }
        }
        match &layout.exports {
            None => add(elf::DT_FLAGS_1, elf::DF_1_NOW.0 | elf::DF_1_PIE.0),
            Some(exports) => {
                for (tag, value) in exports.entries(layout) {
                    add(tag, value);
                }
                // What it has given the process, such as handlers of signals, refers to it for ever.
                add(elf::DT_FLAGS_1, elf::DF_1_NOW.0 | elf::DF_1_NODELETE.0);
            }
        }
        add(elf::DT_NULL, 0);
        entries
    }

    /// The relocations of words that are not aligned.
    fn unaligned(&self, output: &mut [u8]) {
        let layout = self.applier.layout;
        let Some(table) = layout.made(Content::Rela) else {
            return;
        };
        let kind = match self.applier.target {
            LinkTarget::X86_64 => elf::R_X86_64_RELATIVE,
            LinkTarget::Aarch64 => elf::R_AARCH64_RELATIVE,
        };
        let RelocationType(kind) = kind;
        let mut at = table.offset as usize;
        for (chunk, offset) in layout.unaligned_words() {
            let word = (chunk.offset + offset) as usize;
            let addend: [u8; 8] = output[word..word + 8].try_into().expect("a word");
            let entry = [
                chunk.address + offset,
                kind.into(),
                u64::from_le_bytes(addend),
            ];
            write_words(&mut output[at..at + RELA as usize], entry);
            at += RELA as usize;
        }
    }
}

fn write_words(output: &mut [u8], words: impl IntoIterator<Item = u64>) {
    for (place, word) in output.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
}
