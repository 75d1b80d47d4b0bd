//! `.eh_frame` of the executable: what is there, once, for the functions that are there.

mod support;

use object::SectionKind;
use object::elf::*;
use support::{Image, Maker, TARGETS, status};
use wative_link::{Input, LinkOptions, LinkTarget, link};

/// A CIE of version 1 with code addresses relative to their field; with `personality` there is a word for one, and entries have one for their table.
fn cie(personality: bool) -> Vec<u8> {
    let mut body: Vec<u8> = vec![0, 0, 0, 0, 1];
    body.extend(if personality { &b"zPLR\0"[..] } else { b"zR\0" });
    body.extend([1, 0x78, 16]);
    match personality {
        true => body.extend([7, 0x1b, 0, 0, 0, 0, 0x1b, 0x1b]),
        false => body.extend([1, 0x1b]),
    }
    record(body)
}

/// A record with this body: length, contents, filled up with `DW_CFA_nop`.
fn record(mut body: Vec<u8>) -> Vec<u8> {
    body.resize(body.len().next_multiple_of(4), 0);
    let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
    bytes.extend(body);
    bytes
}

/// Adds functions, in sections of their own, with unwind tables. The personality is `personality`, tables are in sections `.gcc_except_table.NAME`.
fn functions(maker: &mut Maker, names: &[&str], with_tables: bool) {
    let relative = match maker.target {
        LinkTarget::X86_64 => R_X86_64_PC32,
        LinkTarget::Aarch64 => R_AARCH64_PREL32,
    };
    let mut bytes = cie(with_tables);
    let mut relocations = Vec::new();
    if with_tables {
        // Length, id, version, name, two factors, register, length of the rest, encoding.
        let personality = maker.undefined("personality");
        relocations.push((4 + 4 + 1 + 5 + 3 + 2, personality));
    }
    for name in names {
        let text = maker.section(&format!(".text.{name}"), SectionKind::Text, &[0; 16], 16);
        let function = maker.define(name, text, 0);
        let start = bytes.len();
        let mut body = (start as u32 + 4).to_le_bytes().to_vec();
        body.extend([0, 0, 0, 0, 16, 0, 0, 0]);
        relocations.push((start + 8, function));
        if with_tables {
            body.extend([4, 0, 0, 0, 0]);
            let table = format!(".gcc_except_table.{name}");
            let table = maker.section(&table, SectionKind::ReadOnlyData, &[9; 8], 4);
            let table = maker.define(&format!("table_{name}"), table, 0);
            relocations.push((start + 17, table));
        } else {
            body.push(0);
        }
        bytes.extend(record(body));
    }
    let frames = maker.section(".eh_frame", SectionKind::ReadOnlyData, &bytes, 8);
    for (offset, symbol) in relocations {
        maker.relocate(frames, offset as u64, symbol, relative, 0);
    }
}

/// Records of an executable: address of each CIE, and of each entry's CIE and function.
fn records(image: &Image) -> (Vec<u64>, Vec<(u64, u64)>) {
    let (start, size) = image.section(".eh_frame").expect(".eh_frame");
    let (mut cies, mut entries) = (Vec::new(), Vec::new());
    let mut at = start;
    loop {
        let length = image.int(at) as u32;
        if length == 0 {
            assert_eq!(at + 4, start + size, "the end mark is at the end");
            return (cies, entries);
        }
        match image.int(at + 4) as u32 {
            0 => cies.push(at),
            id => {
                let function = (at + 8).wrapping_add_signed(image.int(at + 8).into());
                entries.push((at + 4 - u64::from(id), function));
            }
        }
        at += 4 + u64::from(length);
    }
}

/// A start that refers to these functions.
fn start(target: LinkTarget, used: &[&str]) -> Maker {
    let mut maker = Maker::start(target);
    let data = maker.section(".data.used", SectionKind::Data, &[0; 64], 8);
    maker.flags(data, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN);
    for (index, name) in used.iter().enumerate() {
        let symbol = maker.undefined(name);
        maker.word(data, 8 * index as u64, symbol, 0);
    }
    maker
}

fn inputs(start: Maker, others: Vec<Maker>) -> Vec<Input> {
    let target = start.target;
    let mut inputs = vec![start.input("start.o"), status(target, 0).input("status.o")];
    for (index, other) in others.into_iter().enumerate() {
        inputs.push(other.input(&format!("{index}.o")));
    }
    inputs
}

#[test]
fn entries_stay_with_their_functions() {
    for target in TARGETS {
        let others = [["a", "b", "c"], ["d", "e", "f"]].map(|names| {
            let mut maker = Maker::new(target);
            functions(&mut maker, &names, false);
            maker
        });
        let inputs = inputs(start(target, &["b", "d", "f"]), others.into());
        let mut options = LinkOptions::new(target);
        let bytes = link(inputs.clone(), &options).unwrap();
        let image = Image::new(&bytes);
        let (cies, entries) = records(&image);
        // Both objects share theirs.
        assert_eq!(cies.len(), 1);
        let expected = ["b", "d", "f"].map(|name| (cies[0], image.address(name)));
        assert_eq!(entries, expected);
        assert!(!image.has("a"));
        options.gc_sections = false;
        let bytes = link(inputs.clone(), &options).unwrap();
        assert_eq!(records(&Image::new(&bytes)).1.len(), 6);
        options.strip = true;
        let stripped = link(inputs, &options).unwrap();
        assert!(!stripped.windows(4).any(|window| window == b"\x01zR\0"));
    }
}

#[test]
fn what_entries_refer_to_stays_with_them() {
    for target in TARGETS {
        let mut other = Maker::new(target);
        functions(&mut other, &["a", "b"], true);
        let code = other.section(".text.personality", SectionKind::Text, &[0; 16], 16);
        other.define("personality", code, 0);
        let inputs = inputs(start(target, &["b"]), vec![other]);
        let bytes = link(inputs, &LinkOptions::new(target)).unwrap();
        let image = Image::new(&bytes);
        assert!(image.has("personality") && image.has("table_b") && !image.has("table_a"));
        let (cies, entries) = records(&image);
        assert_eq!(entries, [(cies[0], image.address("b"))]);
        let field = cies[0] + 19;
        let personality = field.wrapping_add_signed(image.int(field).into());
        assert_eq!(personality, image.address("personality"));
    }
}

#[test]
fn damaged_tables_are_errors() {
    let target = LinkTarget::X86_64;
    let good = cie(false);
    let cases: [(&[u8], &str); 4] = [
        (&[20, 0], "ends within a record"),
        (&[200, 0, 0, 0, 0, 0, 0, 0], "longer than itself"),
        (&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], "longer than itself"),
        (&[8, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0], "without the record"),
    ];
    for (damage, expected) in cases {
        let mut maker = Maker::start(target);
        let bytes = [&good[..], damage].concat();
        maker.section(".eh_frame", SectionKind::ReadOnlyData, &bytes, 8);
        let error = link(inputs(maker, vec![]), &LinkOptions::new(target));
        let text = error.unwrap_err().to_string();
        assert!(
            text.contains("start.o") && text.contains(expected),
            "{text}"
        );
    }
}
