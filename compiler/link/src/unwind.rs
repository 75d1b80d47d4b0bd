//! The `.eh_frame` of the executable: entries of the functions that are in it, and one copy of what they share.

use std::collections::HashMap;

use crate::LinkError;
use crate::frames::{Frames, Record};
use crate::program::{Program, SectionId};

/// Bytes of the end mark.
const END: u32 = 4;

/// The records in order, and where they go.
#[derive(Default)]
pub struct Unwind {
    pub pieces: Vec<Piece>,
    /// Bytes, 0 without records.
    pub size: u32,
}

/// A record in the output.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub section: SectionId,
    pub record: Record,
    /// In the output.
    pub offset: u32,
    /// Of an entry: where its CIE is in the output.
    pub cie: Option<u32>,
}

/// Chooses the records.
///
/// # Errors
///
/// They have more than 2 GiB.
pub fn plan(program: &Program, is_live: &[bool]) -> Result<Unwind, LinkError> {
    let mut unwind = Unwind::default();
    // CIEs without relocations, by their bytes.
    let mut shared = HashMap::new();
    for frames in &program.frames {
        let data = program.section(frames.section).data;
        let mut cies = vec![None; frames.cies.len()];
        for fde in &frames.fdes {
            let function = frames.function(program, fde);
            if function.is_none_or(|section| !is_live[section.0 as usize]) {
                continue;
            }
            let cie = &mut cies[fde.cie as usize];
            let at = match *cie {
                Some(at) => at,
                None => {
                    let record = frames.cies[fde.cie as usize];
                    let bytes = &data[record.start as usize..record.end as usize];
                    let known = shared.get(bytes).copied();
                    let known = known.filter(|_| record.first_reloc == record.end_reloc);
                    let at = match known {
                        Some(at) => at,
                        None => unwind.add(frames, record, None)?,
                    };
                    if record.first_reloc == record.end_reloc {
                        shared.insert(bytes, at);
                    }
                    *cie.insert(at)
                }
            };
            unwind.add(frames, fde.record, Some(at))?;
        }
    }
    if unwind.size > 0 {
        unwind.size += END;
    }
    Ok(unwind)
}

impl Unwind {
    /// Adds a record and returns where it goes.
    fn add(&mut self, frames: &Frames, record: Record, cie: Option<u32>) -> Result<u32, LinkError> {
        const MAX: u32 = 1 << 31;
        let offset = self.size;
        self.size += record.end - record.start;
        if self.size >= MAX {
            return Err(LinkError::Failed(
                "the unwind tables are too large".to_owned(),
            ));
        }
        self.pieces.push(Piece {
            section: frames.section,
            record,
            offset,
            cie,
        });
        Ok(offset)
    }
}
