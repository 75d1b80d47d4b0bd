//! What the trap handler and backtraces read about code: one [`abi::FuncEntry`] per function, names, trap streams.

use super::section::{Addr, At, Sect, Section, record};
use super::{landings, traps};
use crate::abi::FuncEntry;
use crate::debug::backtraces;
use crate::demangle::demangle;
use crate::entity::EntityId;
use crate::error::Error;
use crate::ir::{FuncDecl, FuncId, ModuleId, Program};
use crate::mach::arch::Arch;
use crate::mach::compiled::CompiledFunc;
use crate::show;
use std::collections::HashMap;

/// Index and name of functions that the compiler made.
const NONE: u32 = u32::MAX;

/// Writes the tables and returns the place of the `CodeDesc`. `offsets` are those of the functions, then the section's end.
pub fn write(
    program: &Program,
    arch: &Arch,
    funcs: &[CompiledFunc],
    offsets: &[u32],
    tags: (Addr, u64),
    backtraces: Option<(&backtraces::Table, Addr)>,
    [rodata, relro]: [&mut Section; 2],
) -> Result<At, Error> {
    let mut names = Names::default();
    let mut streams = Vec::new();
    let mut records = Vec::with_capacity(offsets.len());
    let mut places = traps::Places::default();
    let numbers = funcs.iter().zip(0u32..).map(|(func, n)| (func.id, n));
    let numbers: HashMap<FuncId, u32> = numbers.collect();
    for (func, &code) in funcs.iter().zip(offsets) {
        let decl = &program.funcs[func.id];
        records.push(Entry {
            code,
            frame: func.frame.size,
            saved: func.frame.saved,
            name: names.push(program, decl)?,
            traps: table_offset(streams.len())?,
            index: decl.index,
        });
        let shift = arch.code_shift;
        traps::encode(&func.sites, &func.inlined, shift, &mut places, &mut streams);
    }
    // The sentinel.
    records.push(Entry {
        code: offsets[funcs.len()],
        frame: 0,
        saved: 0,
        name: NONE,
        traps: table_offset(streams.len())?,
        index: NONE,
    });
    let entries = rodata.align_to(align_of::<crate::abi::FuncEntry>() as u64);
    for entry in &records {
        let at = rodata.alloc_for::<crate::abi::FuncEntry>();
        record!(
            rodata,
            at,
            FuncEntry {
                code: entry.code,
                frame: entry.frame,
                saved: entry.saved,
                name: entry.name,
                traps: entry.traps,
                index: entry.index,
            }
        );
    }
    let inlined = rodata.align_to(align_of::<crate::abi::InlinedPlace>() as u64);
    for place in &places.list {
        let at = rodata.alloc_for::<crate::abi::InlinedPlace>();
        record!(
            rodata,
            at,
            InlinedPlace {
                func: numbers[&place.func],
                wasm_offset: place.offset,
                caller: place.caller.0,
            }
        );
    }
    let traps = rodata.append(&streams, 1);
    let names = rodata.append(&names.bytes, 1);
    let landings = landings::write(program, funcs, offsets, rodata)?;
    let (safepoints, safepoint_count, maps) = safepoints(funcs, offsets, rodata);
    let sources = backtraces.map_or(Addr::Null, |(table, describe)| {
        Addr::At(sources(table, describe, rodata, relro))
    });
    let at = relro.alloc_for::<crate::abi::CodeDesc>();
    let text = At {
        sect: Sect::Text,
        offset: 0,
    };
    Ok(record!(
        relro,
        at,
        CodeDesc {
            text: Addr::At(text),
            text_len: u64::from(offsets[funcs.len()]),
            funcs: Addr::At(entries),
            func_count: funcs.len() as u64,
            traps: Addr::At(traps),
            inlined: Addr::At(inlined),
            names: Addr::At(names),
            catches: landings.catches,
            catch_count: landings.catch_count,
            handlers: landings.handlers,
            tags: tags.0,
            tag_count: tags.1,
            safepoints: safepoints,
            safepoint_count: safepoint_count,
            maps: maps,
            sources: sources,
        }
    ))
}

/// Writes what backtraces show of the sources. `describe`: the function of the runtime that reads it.
fn sources(
    table: &backtraces::Table,
    describe: Addr,
    rodata: &mut Section,
    relro: &mut Section,
) -> At {
    let bytes: Vec<u8> = table
        .functions
        .iter()
        .flat_map(|at| at.to_le_bytes())
        .collect();
    let functions = match bytes.is_empty() {
        true => Addr::Null,
        false => Addr::At(rodata.append(&bytes, 4)),
    };
    let subjects = rodata.align_to(align_of::<crate::abi::Subject>() as u64);
    for &(func, offset, text) in &table.subjects {
        let at = rodata.alloc_for::<crate::abi::Subject>();
        record!(
            rodata,
            at,
            Subject {
                func: func,
                wasm_offset: offset,
                text: text as u32,
            }
        );
    }
    let rows = rodata.append(&table.rows, 1);
    let strings = rodata.append(&table.strings, 1);
    let at = relro.alloc_for::<crate::abi::Sources>();
    record!(
        relro,
        at,
        Sources {
            describe: describe,
            functions: functions,
            rows: Addr::At(rows),
            strings: Addr::At(strings),
            subjects: Addr::At(subjects),
            subject_count: table.subjects.len() as u64,
        }
    )
}

/// Appends a list of ascending numbers of words, as `abi::Safepoint` has it.
pub fn map(words: &[u32], out: &mut Vec<u8>) {
    traps::leb128(words.len() as u64, out);
    let mut last = 0;
    for word in words {
        traps::leb128(u64::from(word - last), out);
        last = *word;
    }
}

/// Writes the calls over which references live, and their maps, each once.
fn safepoints(funcs: &[CompiledFunc], offsets: &[u32], rodata: &mut Section) -> (Addr, u64, Addr) {
    let mut maps: Vec<u8> = Vec::new();
    let mut known: HashMap<&[i32], u32> = HashMap::new();
    let mut list: Vec<(u32, u32)> = Vec::new();
    for (func, &offset) in funcs.iter().zip(offsets) {
        for safepoint in &func.safepoints {
            let slots = &safepoint.slots[..];
            let place = *known.entry(slots).or_insert_with(|| {
                let start = maps.len() as u32;
                let word = |&slot: &i32| {
                    slot.wrapping_add_unsigned(crate::abi::Safepoint::BELOW) as u32 / 4
                };
                let words: Vec<u32> = slots.iter().map(word).collect();
                map(&words, &mut maps);
                start
            });
            list.push((offset + safepoint.offset, place));
        }
    }
    if list.is_empty() {
        return (Addr::Null, 0, Addr::Null);
    }
    let start = rodata.align_to(align_of::<crate::abi::Safepoint>() as u64);
    for &(pc, place) in &list {
        let at = rodata.alloc_for::<crate::abi::Safepoint>();
        record!(rodata, at, Safepoint { pc: pc, map: place });
    }
    let maps = rodata.append(&maps, 1);
    (Addr::At(start), list.len() as u64, Addr::At(maps))
}

/// The fields of a `FuncEntry`.
struct Entry {
    code: u32,
    frame: u32,
    saved: u32,
    name: u32,
    traps: u32,
    index: u32,
}

/// An offset in one of the tables.
fn table_offset(len: usize) -> Result<u32, Error> {
    u32::try_from(len)
        .ok()
        .filter(|&offset| offset != NONE)
        .ok_or_else(|| Error::new("the tables of function names or traps are larger than 4 GiB"))
}

/// Names of functions as backtraces show them.
#[derive(Default)]
struct Names {
    bytes: Vec<u8>,
    /// The text of functions without names, by module: its offset.
    nameless: HashMap<ModuleId, u32>,
}

impl Names {
    /// Appends a function's name, `module!name` where there are several modules; returns its offset.
    fn push(&mut self, program: &Program, decl: &FuncDecl) -> Result<u32, Error> {
        if decl.index == NONE || decl.name.is_empty() {
            return Ok(NONE);
        }
        let module = match program.modules.len() {
            1 => String::new(),
            _ => format!("{}!", program.modules[decl.module].name),
        };
        if decl.name != show::nameless(decl.index) {
            return self.append(&format!("{module}{}", demangle(&decl.name)), 0);
        }
        if let Some(&offset) = self.nameless.get(&decl.module) {
            return Ok(offset);
        }
        let offset = self.append(&format!("{module}{}", show::NAMELESS), FuncEntry::INDEXED)?;
        self.nameless.insert(decl.module, offset);
        Ok(offset)
    }

    /// Appends a text, cut where it is too long, with these bits in its length.
    fn append(&mut self, name: &str, bits: u16) -> Result<u32, Error> {
        let name = show::name(name);
        let mut len = name.len().min(usize::from(FuncEntry::INDEXED - 1));
        while !name.is_char_boundary(len) {
            len -= 1;
        }
        let offset = table_offset(self.bytes.len())?;
        self.bytes
            .extend_from_slice(&(len as u16 | bits).to_le_bytes());
        self.bytes.extend_from_slice(&name.as_bytes()[..len]);
        Ok(offset)
    }
}

/// A function's symbol for debuggers.
pub fn local_symbol(program: &Program, decl: &FuncDecl, id: impl EntityId) -> String {
    let module = &program.modules[decl.module].name;
    if decl.name.is_empty() {
        return show::name(&format!("{module}::{id:?}"));
    }
    show::name(&format!("{module}::{}", decl.name))
}
