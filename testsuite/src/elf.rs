//! What every executable and object promises about its file: hardening, exact unwind tables, determinism, size.

use std::collections::BTreeMap;

use gimli::{BaseAddresses, CieOrFde, EhFrame, LittleEndian, UnwindSection};
use object::elf;
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{OptLevel, Options, Unknown};

use crate::compile;
use crate::corpus;
use crate::guests;
use crate::program::{build, in_all_configurations, options};
use crate::report::{Output, Report};
use crate::target::Target;
use crate::wasi;

/// Largest hello-world executable, in bytes (stripped of nothing).
const HELLO_LIMIT: usize = 50 << 10;

/// Entries of `.dynamic` (System V ABI, chapter 5).
const DT_NEEDED: u64 = 1;
const DT_TEXTREL: u64 = 22;
const DT_FLAGS: u64 = 30;
const DF_TEXTREL: u64 = 4;

/// Checks the executables of all guests, and the objects.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("files {}", target.name), run_all(target, filter));
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    in_all_configurations(
        &mut report,
        filter,
        &guests::all(),
        |guest| &guest.name,
        |guest, memory, opt| {
            let options = options(target, memory, opt);
            hardened(&build(&guest.module, target, &options)?)?;
            deterministic(&guest.module, &options)
        },
    );
    for (name, test) in [
        (
            "hello is small",
            small_hello as fn(&Target) -> Result<(), String>,
        ),
        ("commands have no server in them", without_server),
        ("unwind tables of objects", object_unwinding),
        ("large modules are deterministic", deterministic_corpus),
    ] {
        if name.contains(filter) {
            report.outcome(name, test(target));
        }
    }
    report
}

/// Program headers and dynamic section of an executable.
fn hardened(executable: &[u8]) -> Result<(), String> {
    let file = ElfFile64::<object::Endianness>::parse(executable).map_err(|e| e.to_string())?;
    let endian = file.endian();
    let header = file.elf_header();
    if header.e_type(endian) != elf::ET_DYN {
        return Err("is not position-independent".to_string());
    }
    let mut seen = BTreeMap::new();
    for segment in file.elf_program_headers() {
        let (kind, flags) = (segment.p_type(endian), segment.p_flags(endian));
        *seen.entry(kind).or_insert(0) += 1;
        let (writable, executable) = (flags.contains(elf::PF_W), flags.contains(elf::PF_X));
        if kind == elf::PT_LOAD && writable && executable {
            return Err("a segment is writable and executable".to_string());
        }
        if kind == elf::PT_GNU_STACK && executable {
            return Err("the stack is executable".to_string());
        }
    }
    for (kind, name, wanted) in [
        (elf::PT_GNU_STACK, "PT_GNU_STACK", true),
        (elf::PT_GNU_RELRO, "PT_GNU_RELRO", true),
        (elf::PT_INTERP, "PT_INTERP", false),
    ] {
        if seen.contains_key(&kind) != wanted {
            return Err(format!("{name}: present must be {wanted}"));
        }
    }
    for section in file.sections() {
        if section.name() == Ok(".dynamic") {
            let data = section.data().map_err(|e| e.to_string())?;
            let (entries, _) = data.as_chunks::<16>();
            for entry in entries {
                let tag = u64::from_le_bytes(entry[..8].try_into().expect("8 of 16 bytes"));
                let value = u64::from_le_bytes(entry[8..].try_into().expect("8 of 16 bytes"));
                let text_relocations =
                    tag == DT_TEXTREL || tag == DT_FLAGS && value & DF_TEXTREL != 0;
                if text_relocations || tag == DT_NEEDED {
                    return Err("has text relocations or needs a library".to_string());
                }
            }
        }
    }
    let undefined = file
        .dynamic_symbols()
        .find(|s| s.is_undefined() && s.name() != Ok(""));
    if let Some(symbol) = undefined {
        return Err(format!("undefined symbol {:?}", symbol.name()));
    }
    Ok(())
}

/// The section is a read-only segment by itself, and the loaded segments' addresses ascend.
pub fn has_segment(executable: &[u8], section: &str) -> Result<(), String> {
    let file = ElfFile64::<object::Endianness>::parse(executable).map_err(|e| e.to_string())?;
    let section = file.section_by_name(section).ok_or("no such section")?;
    let (offset, _) = section.file_range().ok_or("the section has no contents")?;
    let endian = file.endian();
    let headers = file.elf_program_headers();
    let loaded = headers.iter().filter(|s| s.p_type(endian) == elf::PT_LOAD);
    let loaded: Vec<_> = loaded
        .map(|s| {
            (
                s.p_vaddr(endian),
                s.p_memsz(endian),
                s.p_offset(endian),
                s.p_flags(endian),
            )
        })
        .collect();
    if !loaded.is_sorted_by(|a, b| a.0 + a.1 <= b.0) {
        return Err(format!("segments overlap or are not in order: {loaded:x?}"));
    }
    let wanted = (section.address(), section.size(), offset, elf::PF_R);
    match loaded.contains(&wanted) {
        true => Ok(()),
        false => Err(format!("no segment {wanted:x?} among {loaded:x?}")),
    }
}

/// The object is the same for any number of threads.
fn deterministic(module: &[u8], options: &Options) -> Result<(), String> {
    let input = compile::input("test", module)?;
    let make = |jobs| {
        let options = Options {
            jobs,
            verify: false,
            ..options.clone()
        };
        compile::compile(std::slice::from_ref(&input), &options).map_err(|e| e.to_string())
    };
    let one = make(1)?.object;
    for jobs in [2, 7] {
        if make(jobs)?.object != one {
            return Err(format!("{jobs} threads make another object than one"));
        }
    }
    Ok(())
}

fn small_hello(target: &Target) -> Result<(), String> {
    let guests = guests::all();
    let hello = guests
        .iter()
        .find(|g| g.name == "hello")
        .ok_or("no guest named hello")?;
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let size = build(&hello.module, target, &options)?.len();
    if size > HELLO_LIMIT {
        return Err(format!("{size} bytes"));
    }
    Ok(())
}

/// A component that is a command has nothing of servers in it, although they wait in the same places, and no table that is zero at its start takes
/// place in the file.
fn without_server(target: &Target) -> Result<(), String> {
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let executable = build(
        &wasi::preview2::component(wasi::preview2::Door::Two)?,
        target,
        &options,
    )?;
    let file = object::File::parse(&executable[..]).map_err(|e| e.to_string())?;
    let data = file.section_by_name(".data").ok_or("no .data")?.index();
    for symbol in file.symbols() {
        let name = symbol.name().map_err(|e| e.to_string())?;
        let is_server = ["5serve", "8exchange", "client"];
        if symbol.kind() == SymbolKind::Text && is_server.iter().any(|part| name.contains(part)) {
            return Err(format!("{name} is in it"));
        }
        if symbol.section_index() == Some(data) && symbol.size() > 4096 {
            return Err(format!("{name} has {} bytes", symbol.size()));
        }
    }
    Ok(())
}

/// Modules of the corpus with thousands of functions, so that threads really interleave.
fn deterministic_corpus(target: &Target) -> Result<(), String> {
    let Some(corpus) = corpus::find() else {
        return Ok(());
    };
    for name in ["brotli.wasm", "sg-richards.wasm"] {
        let Ok(module) = std::fs::read(corpus.join("apps/modules").join(name)) else {
            continue;
        };
        let options = options(target, MemoryMode::Fixed, OptLevel::O2);
        deterministic(&module, &options).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}

/// In closed and open objects: every function symbol has exactly one entry of `.eh_frame`, from its first byte on. (It may end
/// earlier than the symbol: constants follow the instructions.)
fn object_unwinding(target: &Target) -> Result<(), String> {
    for guest in guests::all() {
        for (world, memory) in [
            (World::Closed, MemoryMode::Fixed),
            (World::Open, MemoryMode::Pinned),
            (World::Open, MemoryMode::Checked),
        ] {
            let mut options = options(target, memory, OptLevel::O2);
            options.world = world;
            if world == World::Open {
                (options.entry, options.unknown) = (EntryKind::None, Unknown::Symbol);
            }
            let input = compile::input("guest", &guest.module)?;
            let object = compile::compile(&[input], &options)
                .map_err(|e| e.to_string())?
                .object;
            unwinding(&object).map_err(|e| format!("{} {world:?}: {e}", guest.name))?;
        }
    }
    Ok(())
}

fn unwinding(bytes: &[u8]) -> Result<(), String> {
    let file = object::File::parse(bytes).map_err(|e| e.to_string())?;
    let text = file.section_by_name(".text").ok_or("no .text")?;
    let section = file.section_by_name(".eh_frame").ok_or("no .eh_frame")?;
    let mut data = section.data().map_err(|e| e.to_string())?.to_vec();
    // Places of functions are still relocations against .text: apply them as if sections were at 0.
    for (offset, relocation) in section.relocations() {
        let object::RelocationTarget::Symbol(symbol) = relocation.target() else {
            return Err("a relocation without a symbol".to_string());
        };
        let symbol = file.symbol_by_index(symbol).map_err(|e| e.to_string())?;
        let value = (symbol.address() as i64 + relocation.addend()) as i32;
        let at = offset as usize;
        let field = data.get_mut(at..at + 4).ok_or("a relocation outside")?;
        field.copy_from_slice(&(value - at as i32).to_le_bytes());
    }
    let frame = EhFrame::new(&data, LittleEndian);
    let bases = BaseAddresses::default().set_eh_frame(0).set_text(0);
    let mut ranges = BTreeMap::new();
    let mut entries = frame.entries(&bases);
    while let Some(entry) = entries.next().map_err(|e| e.to_string())? {
        let CieOrFde::Fde(partial) = entry else {
            continue;
        };
        let fde = partial
            .parse(EhFrame::cie_from_offset)
            .map_err(|e| e.to_string())?;
        if ranges.insert(fde.initial_address(), fde.len()).is_some() {
            return Err(format!("two entries for {:#x}", fde.initial_address()));
        }
    }
    let mut functions = 0;
    for symbol in file.symbols() {
        if symbol.kind() != SymbolKind::Text || symbol.section_index() != Some(text.index()) {
            continue;
        }
        functions += 1;
        let covered = ranges.get(&symbol.address()).copied();
        if covered.is_none_or(|len| len == 0 || len > symbol.size()) {
            return Err(format!(
                "{:?} has {covered:?} bytes covered of {}",
                symbol.name(),
                symbol.size()
            ));
        }
    }
    if functions == 0 {
        return Err("no function symbols".to_string());
    }
    Ok(())
}
