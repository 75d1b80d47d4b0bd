//! The translation of DWARF: whatever is in it, a program is compiled, to the same code; what is written can be read again.

#[path = "common/random.rs"]
mod random;

use gimli::{EndianSlice, LittleEndian};
use object::{Object, ObjectSection};
use random::Random;
use std::path::Path;
use wative_compiler::options::{Isa, OptLevel};
use wative_compiler::{Input, Options, compile};

const GUESTS: [&str; 6] = [
    "lines-O0",
    "lines-O2",
    "traps-O0",
    "traps-O2",
    "shapes-O0",
    "shapes-O2",
];

fn guest(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testsuite/guests/debug");
    std::fs::read(folder.join(format!("{name}.wasm"))).expect("the guest is there")
}

fn object(bytes: &[u8], options: &Options) -> Vec<u8> {
    let input = Input {
        name: "guest".to_owned(),
        path: "guest.wasm".to_owned(),
        bytes: bytes.to_vec(),
        links: Vec::new(),
    };
    compile(&[input], options).expect("it compiles").object
}

/// Options of a compilation for debuggers.
fn options(isa: Isa, opt: OptLevel) -> Options {
    Options {
        isa,
        opt,
        debug: true,
        jobs: 1,
        ..Options::default()
    }
}

/// A section as if all sections were linked to address 0.
fn linked(file: &object::File, name: &str) -> Vec<u8> {
    let Some(section) = file.section_by_name(name) else {
        return Vec::new();
    };
    let mut bytes = section.data().expect("bytes").to_vec();
    for (offset, relocation) in section.relocations() {
        let value = relocation.addend().to_le_bytes();
        let size = usize::from(relocation.size()) / 8;
        bytes[offset as usize..][..size].copy_from_slice(&value[..size]);
    }
    bytes
}

/// Functions, calls that were inlined, and rows of the line programs in an object, read by gimli.
fn read(object: &[u8]) -> gimli::Result<[usize; 3]> {
    let file = object::File::parse(object).expect("an object");
    let sections = gimli::DwarfSections::load(|id| gimli::Result::Ok(linked(&file, id.name())))?;
    let dwarf = sections.borrow(|bytes| EndianSlice::new(bytes, LittleEndian));
    let mut counts = [0; 3];
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let mut entries = unit.entries();
        while let Some(die) = entries.next_dfs()? {
            let has_code = die.attr_value(gimli::DW_AT_abstract_origin).is_some();
            match die.tag() {
                gimli::DW_TAG_subprogram if has_code => counts[0] += 1,
                gimli::DW_TAG_inlined_subroutine => counts[1] += 1,
                _ => {}
            }
        }
        if let Some(program) = unit.line_program.clone() {
            let mut rows = program.rows();
            while rows.next_row()?.is_some() {
                counts[2] += 1;
            }
        }
    }
    Ok(counts)
}

#[test]
fn functions_calls_and_lines_are_there() {
    for name in GUESTS {
        for isa in [Isa::X64, Isa::A64] {
            for opt in [OptLevel::O0, OptLevel::O2] {
                let object = object(&guest(name), &options(isa, opt));
                let [functions, inlined, rows] = read(&object).expect("what we write can be read");
                assert!(functions > 0 && rows > 5, "{name}: {functions} {rows}");
                // Optimised guests have calls that their compilers have inlined, the others those that we have.
                let expects = opt == OptLevel::O2 || name.ends_with("O2");
                assert!(inlined > 0 || !expects, "{name} {isa:?} {opt:?}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_makes_the_same() {
    let bytes = guest("shapes-O0");
    let one = object(&bytes, &options(Isa::X64, OptLevel::O2));
    let jobs = 4;
    let four = object(
        &bytes,
        &Options {
            jobs,
            ..options(Isa::X64, OptLevel::O2)
        },
    );
    assert!(one == four);
}

/// Where the sections for debuggers are in a module.
fn debug_ranges(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let payloads = wasmparser::Parser::new(0).parse_all(bytes);
    payloads
        .filter_map(|payload| match payload.expect("a module") {
            wasmparser::Payload::CustomSection(section)
                if section.name().starts_with(".debug_") =>
            {
                let start = section.data_offset() as usize;
                Some(start..start + section.data().len())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn damaged_information_does_no_harm() {
    const SEEDS: u64 = 1500;
    let guests = GUESTS.map(guest);
    let (mut read_again, mut code) = (0, Vec::new());
    for bytes in &guests {
        code.push(text(&object(bytes, &options(Isa::X64, OptLevel::O0))));
    }
    for seed in 1..=SEEDS {
        let mut random = Random::new(seed);
        let number = random.below(guests.len());
        let mut bytes = guests[number].clone();
        let ranges = debug_ranges(&bytes);
        for _ in 0..1 + random.below(8) {
            let range = &ranges[random.below(ranges.len())];
            if range.is_empty() {
                continue;
            }
            let at = range.start + random.below(range.len());
            bytes[at] = match random.below(4) {
                0 => random.below(256) as u8,
                1 => bytes[at] ^ 1 << random.below(8),
                2 => bytes[at].wrapping_add(1),
                _ => [0, 0xff, 0x7f, 0x80][random.below(4)],
            };
        }
        let made = object(&bytes, &options(Isa::X64, OptLevel::O0));
        // What keeps a frame's address may differ, and nothing else.
        assert!(
            text(&made).len().abs_diff(code[number].len()) < 256,
            "seed {seed}"
        );
        read(&made).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        read_again += 1;
    }
    assert_eq!(read_again, SEEDS);
}

/// The machine code of an object.
fn text(object: &[u8]) -> Vec<u8> {
    let file = object::File::parse(object).expect("an object");
    let section = file.section_by_name(".text").expect("code");
    section.data().expect("bytes").to_vec()
}

/// A function that the linker of a module with 64-bit addresses has left out begins at the last address: no size can be added to that.
#[test]
fn what_was_left_out_of_wide_modules_is_left_out() {
    let text = r#"(module (memory i64 1) (func (export "_start"))
      (@custom ".debug_abbrev" "\01\11\01\11\01\00\00\02\2e\00\11\01\12\06\00\00\00")
      (@custom ".debug_info" "\1e\00\00\00\04\00\00\00\00\00\08\01\00\00\00\00\00\00\00\00\02\ff\ff\ff\ff\ff\ff\ff\ff\10\00\00\00\00"))"#;
    let bytes = wat::parse_str(text).expect("a module");
    let made = object(&bytes, &options(Isa::X64, OptLevel::O0));
    read(&made).expect("what is written can be read");
}
