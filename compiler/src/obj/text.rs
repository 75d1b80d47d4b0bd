//! The text section: functions in order, references between them resolved here and now.
//!
//! A call within the object is most of what a linker would have to look at; its distance is known as soon as the functions are
//! placed. What remains for the linker are references to data, the runtime and imports.

use super::layout::{Addr, Fixup, FixupKind, Sect, Section};
use crate::error::Error;
use crate::mach::compiled::{CompiledFunc, RelocKind};
use crate::options::Isa;

/// Largest text section: its size and every distance in it must fit a signed 32-bit displacement.
const MAX_TEXT: u64 = i32::MAX as u64;

/// Fills the space between functions: executing it must trap.
fn padding(isa: Isa) -> u8 {
    match isa {
        // int3
        Isa::X64 => 0xcc,
        // udf #0 is four of these
        Isa::A64 => 0,
    }
}

/// Offset of every function in the section, in the same order, then the section's length.
pub fn place(funcs: &[CompiledFunc]) -> Result<Vec<u32>, Error> {
    let mut offsets = Vec::with_capacity(funcs.len() + 1);
    let mut end = 0u64;
    for func in funcs {
        assert!(
            func.align.is_power_of_two() && func.align >= 16,
            "obj: alignment of {}",
            func.id
        );
        let start = end.next_multiple_of(u64::from(func.align));
        offsets.push(start);
        end = start + func.code.len() as u64;
    }
    offsets.push(end);
    if end > MAX_TEXT {
        return Err(Error::new(format!(
            "the machine code is {} MiB large, more than the 2 GiB that one executable can hold",
            end >> 20
        ))
        .help("compile fewer modules into one program"));
    }
    Ok(offsets.into_iter().map(|offset| offset as u32).collect())
}

/// Copies the code to its place and resolves what can be. `target` tells where a function's reference goes.
pub fn build(
    isa: Isa,
    funcs: &[CompiledFunc],
    offsets: &[u32],
    mut target: impl FnMut(crate::ir::Symbol) -> Addr,
) -> Result<Section, Error> {
    let mut section = Section::new(Sect::Text);
    section.bytes.reserve_exact(offsets[funcs.len()] as usize);
    for (func, &offset) in funcs.iter().zip(offsets) {
        section.bytes.resize(offset as usize, padding(isa));
        section.align = section.align.max(u64::from(func.align));
        section.bytes.extend_from_slice(&func.code);
        for reloc in &func.relocs {
            let fixup = Fixup {
                offset: u64::from(offset + reloc.offset),
                kind: FixupKind::Code(reloc.kind),
                target: target(reloc.symbol),
                addend: reloc.addend,
            };
            if !resolve(&mut section, &fixup)? {
                section.fixups.push(fixup);
            }
        }
    }
    Ok(section)
}

/// Fills in a pc-relative reference to this section; false if the linker must do it.
fn resolve(section: &mut Section, fixup: &Fixup) -> Result<bool, Error> {
    let Addr::At(at) = fixup.target else {
        return Ok(false);
    };
    if at.sect != Sect::Text {
        return Ok(false);
    }
    match fixup.kind {
        FixupKind::Code(RelocKind::X64Pc32 | RelocKind::X64Call32) => {
            let distance = at.offset as i64 + fixup.addend - fixup.offset as i64;
            let distance = i32::try_from(distance)
                .map_err(|_| Error::new("a call spans more than 2 GiB of machine code"))?;
            section.bytes[fixup.offset as usize..][..4].copy_from_slice(&distance.to_le_bytes());
            Ok(true)
        }
        FixupKind::Code(
            RelocKind::Abs64
            | RelocKind::A64Call26
            | RelocKind::A64AdrPage
            | RelocKind::A64AddLo12
            | RelocKind::A64LdstLo12(_),
        )
        | FixupKind::Abs64
        | FixupKind::Pc32 => Ok(false),
    }
}
