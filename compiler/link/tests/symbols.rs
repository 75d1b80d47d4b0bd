//! Which definition a name gets, what comes out of archives, and what stays in the executable.

mod support;

use object::elf::*;
use object::write::SymbolSection;
use object::{Object as _, ObjectSection as _, SectionKind, SymbolKind};
use support::{Image, Maker, TARGETS, all, run, status};
use wative_link::{Input, LinkError, LinkOptions, LinkTarget, link};

/// Links and runs, and compares the exit status.
fn exits(target: LinkTarget, inputs: Vec<Input>, expected: i32) {
    let bytes = link(inputs, &LinkOptions::new(target)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(run(target, &bytes).unwrap_or(expected), expected);
}

fn start(target: LinkTarget) -> Input {
    Maker::start(target).input("start.o")
}

/// A weak definition of `status`.
fn weak(target: LinkTarget, value: u32) -> Maker {
    let mut maker = Maker::new(target);
    let data = maker.section(".data.weak", SectionKind::Data, &value.to_le_bytes(), 4);
    maker.define_weak("status", data, 0);
    maker
}

/// A common variable `status`, which begins as 0.
fn common(target: LinkTarget, size: u64, align: u64) -> Maker {
    let mut maker = Maker::new(target);
    let mut symbol = maker.symbol("status", SymbolSection::Common, align);
    symbol.size = size;
    maker.object.add_symbol(symbol);
    maker
}

#[test]
fn strong_definitions_win_wherever_they_are() {
    for target in TARGETS {
        let strong = || status(target, 5).input("strong.o");
        let weak = |value| weak(target, value).input("weak.o");
        exits(target, vec![start(target), weak(6), strong()], 5);
        exits(target, vec![strong(), weak(6), start(target)], 5);
        // Of several weak ones the first.
        exits(target, vec![start(target), weak(7), weak(8)], 7);
        let common = || common(target, 4, 4).input("common.o");
        exits(target, vec![start(target), common(), strong()], 5);
        exits(target, vec![start(target), strong(), common()], 5);
        exits(target, vec![start(target), weak(6), common()], 0);
        exits(target, vec![start(target), common(), weak(6)], 0);
    }
}

#[test]
fn the_largest_common_variable_counts() {
    for target in TARGETS {
        let inputs = vec![
            start(target),
            common(target, 4, 64).input("a.o"),
            common(target, 400, 4).input("b.o"),
            common(target, 8, 8).input("c.o"),
        ];
        let bytes = link(inputs, &LinkOptions::new(target)).unwrap();
        let image = Image::new(&bytes);
        assert_eq!(image.address("status") % 64, 0);
        assert!(image.section(".bss").unwrap().1 >= 400);
    }
}

#[test]
fn weak_references_may_be_null() {
    for target in TARGETS {
        let mut maker = Maker::start(target);
        let data = maker.section(".data.place", SectionKind::Data, &[0; 16], 8);
        maker.define("place", data, 0);
        let absent = maker.undefined_weak("absent");
        maker.word(data, 8, absent, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
        let bytes = link(inputs, &all(target)).unwrap();
        let image = Image::new(&bytes);
        let place = image.address("place");
        assert_eq!(image.word(place + 8), 0);
        assert!(!image.relocated().contains(&(place + 8)));
    }
}

#[test]
fn undefined_symbols_of_what_is_left_out_do_not_matter() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    let data = maker.section(".data.unused", SectionKind::Data, &[0; 16], 8);
    let absent = maker.undefined("absent");
    maker.word(data, 8, absent, 0);
    let inputs = vec![maker.input("start.o"), status(target, 3).input("s.o")];
    assert!(link(inputs.clone(), &LinkOptions::new(target)).is_ok());
    match link(inputs, &all(target)) {
        Err(LinkError::UndefinedSymbol { symbol, detail }) => {
            assert_eq!(symbol, "absent");
            assert!(
                detail.contains(".data.unused") && detail.contains("start.o"),
                "{detail}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_entry_must_be_defined() {
    let target = LinkTarget::X86_64;
    let error = link(
        vec![status(target, 0).input("s.o")],
        &LinkOptions::new(target),
    );
    let text = error.unwrap_err().to_string();
    assert!(text.contains("_start"), "{text}");
}

/// An archive in the common format. Names have at most 15 characters.
fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        let name = format!("{name}/");
        let header = format!(
            "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0,
            0,
            0,
            644,
            data.len()
        );
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        if !bytes.len().is_multiple_of(2) {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[test]
fn archives_give_what_is_needed() {
    for target in TARGETS {
        // `status` comes from a member that needs another one.
        let mut needs = Maker::new(target);
        let data = needs.section(".data.status", SectionKind::Data, &11u64.to_le_bytes(), 8);
        needs.define("status", data, 0);
        let more = needs.section(".data.more", SectionKind::Data, &[0; 8], 8);
        let other = needs.undefined("other");
        needs.word(more, 0, other, 0);
        let mut gives = Maker::new(target);
        let data = gives.section(".data.other", SectionKind::Data, &[1; 8], 8);
        gives.define("other", data, 0);
        let unused = status(target, 99);
        let library = archive(&[
            ("odd", b"no object".to_vec()),
            ("gives.o", gives.bytes()),
            ("needs.o", needs.bytes()),
            // A second definition of what is there already, which nobody asks for.
            ("again.o", unused.bytes()),
        ]);
        for order in [[0, 1], [1, 0]] {
            let inputs = [start(target), Input::new("lib.a", library.clone())];
            let inputs = order.map(|index| inputs[index].clone()).to_vec();
            let bytes = link(inputs, &all(target)).unwrap();
            let image = Image::new(&bytes);
            assert!(image.has("other"));
            assert_eq!(run(target, &bytes).unwrap_or(11), 11);
        }
        // What an object defines is not taken out of an archive.
        let inputs = vec![
            Input::new("lib.a", library.clone()),
            start(target),
            weak(target, 12).input("weak.o"),
        ];
        let bytes = link(inputs, &all(target)).unwrap();
        assert!(!Image::new(&bytes).has("other"));
        // Weak references take nothing.
        let mut maker = Maker::start(target);
        maker.undefined_weak("other");
        let inputs = vec![
            maker.input("start.o"),
            status(target, 1).input("s.o"),
            Input::new("lib.a", library),
        ];
        let bytes = link(inputs, &all(target)).unwrap();
        assert!(!Image::new(&bytes).has("other"));
    }
}

/// A member that needs what only a weak reference asked for before.
#[test]
fn archives_are_searched_again() {
    for target in TARGETS {
        let mut first = Maker::new(target);
        first.undefined_weak("late");
        let mut needs = status(target, 9);
        let data = needs.section(".data.needs", SectionKind::Data, &[0; 8], 8);
        let late = needs.undefined("late");
        needs.word(data, 0, late, 0);
        let mut gives = Maker::new(target);
        let data = gives.section(".data.late", SectionKind::Data, &[0; 8], 8);
        gives.define("late", data, 0);
        let members = [("needs.o", needs.bytes()), ("gives.o", gives.bytes())];
        let inputs = vec![
            first.input("first.o"),
            start(target),
            Input::new("lib.a", archive(&members)),
        ];
        let bytes = link(inputs, &all(target)).unwrap();
        assert!(Image::new(&bytes).has("late"));
    }
}

#[test]
fn damaged_archives_are_errors() {
    let target = LinkTarget::X86_64;
    let good = archive(&[("status.o", status(target, 1).bytes())]);
    for bytes in [good[..100].to_vec(), b"!<arch>\nnonsense".to_vec(), {
        let mut thin = good.clone();
        thin[..8].copy_from_slice(b"!<thin>\n");
        thin
    }] {
        let inputs = vec![start(target), Input::new("lib.a", bytes)];
        let error = link(inputs, &LinkOptions::new(target)).unwrap_err();
        assert!(matches!(error, LinkError::BadInput { .. }), "{error:?}");
        assert!(error.to_string().contains("lib.a"), "{error}");
    }
}

/// An object with a group named `signature`, whose section has `status`.
fn grouped(target: LinkTarget, value: u32) -> Maker {
    let mut maker = Maker::new(target);
    let data = maker.section(".data.status", SectionKind::Data, &value.to_le_bytes(), 4);
    let symbol = maker.define("status", data, 0);
    maker.object.add_comdat(object::write::Comdat {
        kind: object::ComdatKind::Any,
        symbol,
        sections: vec![data],
    });
    maker
}

#[test]
fn of_groups_with_the_same_name_there_is_one() {
    for target in TARGETS {
        let inputs = vec![
            start(target),
            grouped(target, 31).input("one.o"),
            grouped(target, 32).input("two.o"),
        ];
        let bytes = link(inputs, &all(target)).unwrap();
        assert_eq!(Image::new(&bytes).section(".data").unwrap().1, 4);
        assert_eq!(run(target, &bytes).unwrap_or(31), 31);
    }
}

#[test]
fn sections_stay_if_they_are_asked_for() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    let word = 1u64.to_le_bytes();
    let mut add = |name: &str, flags| {
        let section = maker.section(name, SectionKind::Data, &word, 8);
        maker.flags(section, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | flags);
        maker.define(&format!("in{name}"), section, 0);
        section
    };
    let none = SectionFlags(0);
    add(".data.retained", SHF_GNU_RETAIN);
    add(".data.left", none);
    add("list", none);
    add("other_list", none);
    add(".init_array.5", none);
    let table = add(".data.table", SHF_GNU_RETAIN);
    for (offset, name) in [
        (0, "__start_list"),
        (0, "__stop_list"),
        (0, "__stop_no_list"),
    ] {
        let symbol = match name {
            "__stop_no_list" => maker.undefined_weak(name),
            _ => maker.undefined(name),
        };
        maker.object.append_section_data(table, &[0; 8], 8);
        let last = maker.object.section(table).data().len() as u64 - 8;
        maker.word(table, last + offset, symbol, 0);
    }
    let mut second = Maker::new(target);
    second.section("list", SectionKind::Data, &[2; 16], 8);
    let inputs = vec![
        maker.input("start.o"),
        second.input("second.o"),
        status(target, 0).input("s.o"),
    ];
    let bytes = link(inputs, &LinkOptions::new(target)).unwrap();
    let image = Image::new(&bytes);
    for (name, is_there) in [
        ("in.data.retained", true),
        ("in.data.left", false),
        ("inlist", true),
        ("inother_list", false),
        ("in.init_array.5", true),
    ] {
        assert_eq!(image.has(name), is_there, "{name}");
    }
    let table = image.address("in.data.table");
    let (start, size) = image.section("list").unwrap();
    assert_eq!((image.word(table + 8), size), (start, 24));
    assert_eq!(image.word(table + 16), start + size);
    assert_eq!(image.word(table + 24), 0);
}

/// What belongs to a section, is in its group, or is a piece of the start code.
#[test]
fn sections_stay_with_others() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    let linked = maker.section(".data.linked", SectionKind::Data, &[1; 8], 8);
    let flags = SHF_ALLOC | SHF_WRITE | SHF_LINK_ORDER;
    maker.flags(linked, SHT_PROGBITS, flags);
    maker.define("linked", linked, 0);
    for name in [".init", ".fini"] {
        let section = maker.section(name, SectionKind::Text, &[0x90; 4], 4);
        maker.define(&format!("in{name}"), section, 0);
    }
    let used = maker.section(".data.used", SectionKind::Data, &[0; 8], 8);
    maker.flags(used, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN);
    let signature = maker.define("signature", used, 0);
    let other = maker.section(".data.other", SectionKind::Data, &[3; 8], 8);
    maker.define("other", other, 0);
    maker.object.add_comdat(object::write::Comdat {
        kind: object::ComdatKind::Any,
        symbol: signature,
        sections: vec![used, other],
    });
    let alone = maker.section(".data.alone", SectionKind::Data, &[3; 8], 8);
    maker.define("alone", alone, 0);
    let mut input = maker.input("start.o");
    // `sh_link`: the writer has no way to say it.
    let text = section_index(&input, b".text._start") as u32;
    set_field(&mut input, b".data.linked", 40, &text.to_le_bytes());
    let inputs = vec![input, status(target, 0).input("s.o")];
    let bytes = link(inputs, &LinkOptions::new(target)).unwrap();
    let image = Image::new(&bytes);
    for (name, is_there) in [
        ("linked", true),
        ("in.init", true),
        ("in.fini", true),
        ("other", true),
        ("alone", false),
    ] {
        assert_eq!(image.has(name), is_there, "{name}");
    }
}

#[test]
fn the_linker_knows_some_addresses() {
    for target in TARGETS {
        let names = [
            "__ehdr_start",
            "_end",
            "_etext",
            "_edata",
            "_DYNAMIC",
            "__init_array_start",
            "__init_array_end",
            "__fini_array_start",
            "__fini_array_end",
        ];
        let mut maker = Maker::start(target);
        let table = maker.section(".data.table", SectionKind::Data, &[0; 8 * 9], 8);
        maker.define("table", table, 0);
        for (index, name) in names.into_iter().enumerate() {
            let symbol = maker.undefined(name);
            maker.word(table, 8 * index as u64, symbol, 0);
        }
        for (name, value) in [
            (".init_array", 3u64),
            (".init_array.9", 1),
            (".init_array.10", 2),
        ] {
            maker.section(name, SectionKind::Data, &value.to_le_bytes(), 8);
        }
        let zero = maker.zero(".bss.x", SectionKind::UninitializedData, 1000, 8);
        maker.define("zero", zero, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
        let bytes = link(inputs, &all(target)).unwrap();
        let image = Image::new(&bytes);
        let table = image.address("table");
        let values: Vec<u64> = (0..9).map(|index| image.word(table + 8 * index)).collect();
        let end = |name: &str| {
            let (start, size) = image.section(name).unwrap();
            start + size
        };
        assert_eq!(values[0], 0);
        assert_eq!(values[1], image.address("zero") + 1000);
        assert_eq!(values[2], end(".text"));
        assert_eq!(values[3], end(".data"));
        assert_eq!(values[4], image.section(".dynamic").unwrap().0);
        assert_eq!(values[6] - values[5], 24);
        assert_eq!(values[7], values[8]);
        // In the order of their priorities.
        let order: Vec<u64> = (0..3).map(|n| image.word(values[5] + 8 * n)).collect();
        assert_eq!(order, [1, 2, 3]);
    }
}

#[test]
fn strings_and_constants_are_there_once_if_they_are_used() {
    for target in TARGETS {
        let make = |maker: &mut Maker, text: &[u8], used: &[u64]| {
            let strings = maker.section(".rodata.str1.1", SectionKind::ReadOnlyString, text, 1);
            let flags = SHF_ALLOC | SHF_MERGE | SHF_STRINGS;
            maker.flags(strings, SHT_PROGBITS, flags);
            let table = maker.section(".data.rel.ro.table", SectionKind::Data, &[0; 16], 8);
            let symbol = maker.object.section_symbol(strings);
            for (index, &offset) in used.iter().enumerate() {
                // By the section's symbol and an addend, and by a symbol and an addend.
                if index == 0 {
                    maker.word(table, 0, symbol, offset as i64);
                } else {
                    let local = maker.define_local("local", strings, offset - 1);
                    maker.word(table, 8, local, 1);
                }
            }
            table
        };
        let mut one = Maker::start(target);
        let table = make(&mut one, b"unused\0common\0first\0", &[7, 15]);
        one.define("one", table, 0);
        let mut two = status(target, 0);
        let table = make(&mut two, b"common\0unused too\0second", &[0, 20]);
        two.define("two", table, 0);
        // `sh_entsize`: the writer knows none for these flags.
        let mut inputs = vec![one.input("one.o"), two.input("two.o")];
        for input in &mut inputs {
            set_field(input, b".rodata.str1.1", 56, &1u64.to_le_bytes());
        }
        let bytes = link(inputs.clone(), &all(target)).unwrap();
        let image = Image::new(&bytes);
        let (one, two) = (image.address("one"), image.address("two"));
        assert_eq!(image.word(one), image.word(two));
        assert_eq!(image.read(image.word(one)), *b"common\0");
        assert_eq!(image.read(image.word(one + 8)), *b"irst\0");
        assert_eq!(image.read(image.word(two + 8)), *b"cond");
        // Without those that nothing refers to.
        let mut roots = LinkOptions::new(target);
        roots.entry = "one".to_owned();
        let bytes = link(inputs, &roots).unwrap();
        assert_eq!(Image::new(&bytes).section(".rodata").unwrap().1, 13);
    }
}

fn section_index(input: &Input, name: &[u8]) -> usize {
    let file = object::File::parse(&input.bytes[..]).unwrap();
    file.section_by_name_bytes(name).unwrap().index().0
}

/// Writes a field of a section header, at this offset in it.
fn set_field(input: &mut Input, name: &[u8], offset: usize, value: &[u8]) {
    let index = section_index(input, name);
    let bytes = input.bytes.to_mut();
    let headers = u64::from_le_bytes(bytes[0x28..0x30].try_into().unwrap()) as usize;
    let field = headers + 64 * index + offset;
    bytes[field..field + value.len()].copy_from_slice(value);
}

#[test]
fn thread_local_variables() {
    for target in TARGETS {
        let mut maker = Maker::start(target);
        let data = maker.section(".tdata.x", SectionKind::Tls, &[5; 24], 8);
        let mut symbol = maker.symbol("variable", SymbolSection::Section(data), 8);
        symbol.kind = SymbolKind::Tls;
        maker.object.add_symbol(symbol);
        let zero = maker.zero(".tbss.x", SectionKind::UninitializedTls, 100, 32);
        let mut symbol = maker.symbol("zero", SymbolSection::Section(zero), 4);
        symbol.kind = SymbolKind::Tls;
        maker.object.add_symbol(symbol);
        let place = maker.section(".data.place", SectionKind::Data, &[0; 8], 8);
        maker.define("place", place, 0);
        let variable = maker.undefined("zero");
        // On x86-64 132 bytes, rounded up, lie before the thread pointer; on AArch64 two words, rounded up, before the variables.
        let (kind, distance) = match target {
            LinkTarget::X86_64 => (R_X86_64_TPOFF64, 36 - 160),
            LinkTarget::Aarch64 => (R_AARCH64_TLSLE_ADD_TPREL_LO12, 36 + 32),
        };
        maker.relocate(place, 0, variable, kind, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
        let bytes = link(inputs, &all(target)).unwrap();
        let image = Image::new(&bytes);
        let value = match target {
            LinkTarget::X86_64 => image.word(image.address("place")) as i64,
            LinkTarget::Aarch64 => i64::from(image.int(image.address("place")) >> 10),
        };
        assert_eq!(value, distance);
        let header = support::program_header(&bytes, PT_TLS).expect("PT_TLS");
        assert_eq!((header.file_size, header.size, header.align), (24, 132, 32));
        assert_eq!(header.address % 32, 0);
        // Symbols count from the start of the variables.
        assert_eq!((image.address("variable"), image.address("zero")), (8, 36));
        assert_eq!(run(target, &bytes).unwrap_or(0), 0);
    }
}

#[test]
fn what_is_writable_and_executable_is_refused() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    let section = maker.section(".both", SectionKind::Data, &[0; 8], 8);
    maker.flags(section, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR);
    let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
    let error = link(inputs, &all(target)).unwrap_err().to_string();
    assert!(
        error.contains(".both") && error.contains("writable and executable"),
        "{error}"
    );
}

#[test]
fn a_function_chosen_at_run_time_is_refused() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    let section = maker.section(".text.choose", SectionKind::Text, &[0xc3], 8);
    let mut symbol = maker.symbol("chosen", SymbolSection::Section(section), 0);
    symbol.flags = object::SymbolFlags::Elf {
        st_info: SymbolInfo::new(STB_GLOBAL, STT_GNU_IFUNC),
        st_other: SymbolOther(0),
    };
    maker.object.add_symbol(symbol);
    let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
    let error = link(inputs, &all(target)).unwrap_err().to_string();
    assert!(
        error.contains("chosen") && error.contains("ifunc"),
        "{error}"
    );
}

#[test]
fn debugging_information_stays_and_what_it_refers_to_need_not() {
    for target in TARGETS {
        let mut maker = Maker::start(target);
        let gone = maker.section(".text.gone", SectionKind::Text, &[0; 16], 16);
        let gone = maker.define("gone", gone, 0);
        let start = maker.undefined("status");
        for name in [".debug_info", ".debug_ranges"] {
            let section = maker.section(name, SectionKind::Debug, &[9; 16], 1);
            maker.word(section, 0, gone, 5);
            maker.word(section, 8, start, 0);
        }
        let inputs = vec![maker.input("start.o"), status(target, 0).input("s.o")];
        let mut options = LinkOptions::new(target);
        let bytes = link(inputs.clone(), &options).unwrap();
        let image = Image::new(&bytes);
        for (name, first) in [(".debug_info", 0), (".debug_ranges", 1)] {
            let section = image.file.section_by_name(name).unwrap();
            let (words, _) = section.data().unwrap().as_chunks::<8>();
            let words: Vec<u64> = words.iter().map(|w| u64::from_le_bytes(*w)).collect();
            assert_eq!(words, [first, image.address("status")]);
        }
        options.strip = true;
        let stripped = link(inputs, &options).unwrap();
        assert!(stripped.len() < bytes.len() - 32);
        assert_eq!(Image::new(&stripped).file.sections().count(), 0);
    }
}
