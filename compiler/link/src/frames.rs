//! `.eh_frame` by its records: each function's entry (FDE) is kept with the function, and what entries share (CIE) with them.
//!
//! Source: Linux Standard Base Core, "Exception Frames"; System V ABI for x86-64, "DWARF Definition".

use object::LittleEndian as LE;

use crate::LinkError;
use crate::program::{Program, Reloc, SectionId, Target};

/// The records of a section.
pub struct Frames {
    pub section: SectionId,
    pub cies: Vec<Record>,
    pub fdes: Vec<Fde>,
}

/// A record: bytes and relocations of its section.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub start: u32,
    pub end: u32,
    pub first_reloc: u32,
    pub end_reloc: u32,
}

/// The entry of a function.
#[derive(Clone, Copy, Debug)]
pub struct Fde {
    pub record: Record,
    /// Index of its CIE.
    pub cie: u32,
}

/// Bytes before the address of the function in an FDE, and before what a CIE says: length and id.
const HEAD: u32 = 8;

/// Reads the records of an `.eh_frame` section. Entries without a function are left out.
///
/// # Errors
///
/// It is damaged, or of DWARF's 64-bit format.
pub fn read(program: &Program, section: SectionId) -> Result<Frames, LinkError> {
    let input = program.section(section);
    let bad = |reason| program.bad(section, reason);
    if !input
        .relocs
        .is_sorted_by_key(|reloc| reloc.r_offset.get(LE))
    {
        return Err(bad("its relocations are not in order"));
    }
    let mut frames = Frames {
        section,
        cies: Vec::new(),
        fdes: Vec::new(),
    };
    let word = |at: u32| {
        let bytes = input.data.get(at as usize..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    };
    if input.data.len() > u32::MAX as usize / 2 {
        return Err(bad("is too large"));
    }
    let (mut start, mut reloc) = (0, 0);
    while (start as usize) < input.data.len() {
        let length = word(start).ok_or_else(|| bad("ends within a record"))?;
        if length == 0 {
            break;
        }
        let end = start.checked_add(4).and_then(|s| s.checked_add(length));
        let end = end.filter(|&end| end as usize <= input.data.len() && length >= 4);
        let end = end.ok_or_else(|| bad("has a record that is longer than itself"))?;
        let before = |at: u32| {
            let rest = &input.relocs[reloc as usize..];
            reloc + rest.partition_point(|r| r.r_offset.get(LE) < u64::from(at)) as u32
        };
        let record = Record {
            start,
            end,
            first_reloc: before(start),
            end_reloc: before(end),
        };
        let id = word(start + 4).expect("a record has four bytes");
        if id == 0 {
            frames.cies.push(record);
        } else {
            let cie = (start + 4).wrapping_sub(id);
            let cie = frames.cies.binary_search_by_key(&cie, |cie| cie.start);
            let cie = cie.map_err(|_| bad("has an entry without the record that it refers to"))?;
            let first = input.relocs.get(record.first_reloc as usize);
            if first.is_some_and(|r| r.r_offset.get(LE) == u64::from(start + HEAD)) {
                let cie = cie as u32;
                frames.fdes.push(Fde { record, cie });
            }
        }
        (start, reloc) = (end, record.end_reloc);
    }
    Ok(frames)
}

impl Frames {
    /// The section of the function of an entry, if it is in one.
    pub fn function(&self, program: &Program, fde: &Fde) -> Option<SectionId> {
        let reloc = fde.record.relocs(program, self.section).next()?;
        match program.target(reloc).0 {
            Target::Section(section, _) => Some(section),
            _ => None,
        }
    }
}

impl Record {
    /// The relocations of a record of `section`.
    pub fn relocs<'p>(
        &self,
        program: &'p Program,
        section: SectionId,
    ) -> impl Iterator<Item = Reloc> + use<'p> {
        let section = program.section(section);
        let range = self.first_reloc as usize..self.end_reloc as usize;
        let object = section.object;
        let relocs = section.relocs[range].iter();
        relocs.map(move |raw| program.reloc(object, raw))
    }
}
