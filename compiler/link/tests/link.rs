//! Links hand-made objects and looks at the executables: what the loader is told, what runs, what fails how.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};
use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, Object as _, ObjectSection as _, ObjectSymbol as _,
    RelocationFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};
use wative_link::{Input, LinkError, LinkOptions, LinkTarget, link};

/// `exit(status)` where the status is read through a pointer in RELRO data, so that relocation and layout matter.
const X64_EXIT: &[u8] = &[
    0x8b, 0x3d, 0, 0, 0, 0, // mov edi, [rip + wative_test_status]
    0xb8, 60, 0, 0, 0, // mov eax, 60 (exit)
    0x0f, 0x05, // syscall
    0x0f, 0x0b, // ud2
];

const A64_EXIT: [u32; 5] = [
    0x9000_0000, // adrp x0, wative_test_status
    0xb940_0000, // ldr w0, [x0, :lo12:wative_test_status]
    0xd280_0ba8, // mov x8, 93 (exit)
    0xd400_0001, // svc 0
    0x0000_0000, // udf
];

/// An object with `_start` (and an unused function) that exits with the word at `wative_test_status`.
fn start_object(target: LinkTarget) -> Vec<u8> {
    let architecture = match target {
        LinkTarget::X86_64 => Architecture::X86_64,
        LinkTarget::Aarch64 => Architecture::Aarch64,
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let text = object.add_section(vec![], b".text._start".to_vec(), SectionKind::Text);
    let unused = object.add_section(vec![], b".text.unused".to_vec(), SectionKind::Text);
    object.append_section_data(unused, &[0xcc; 64], 16);
    let mut symbol = |name: &str, section| {
        object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind: if section == SymbolSection::Undefined {
                SymbolKind::Unknown
            } else {
                SymbolKind::Text
            },
            scope: SymbolScope::Linkage,
            weak: false,
            section,
            flags: SymbolFlags::None,
        })
    };
    symbol("_start", SymbolSection::Section(text));
    symbol("wative_test_unused", SymbolSection::Section(unused));
    let status = symbol("wative_test_status", SymbolSection::Undefined);
    let mut relocate = |offset, addend, r_type| {
        let flags = RelocationFlags::Elf { r_type };
        object
            .add_relocation(
                text,
                Relocation {
                    offset,
                    symbol: status,
                    addend,
                    flags,
                },
            )
            .unwrap();
    };
    match target {
        LinkTarget::X86_64 => relocate(2, -4, elf::R_X86_64_PC32),
        LinkTarget::Aarch64 => {
            relocate(0, 0, elf::R_AARCH64_ADR_PREL_PG_HI21);
            relocate(4, 0, elf::R_AARCH64_LDST32_ABS_LO12_NC);
        }
    }
    let code = match target {
        LinkTarget::X86_64 => X64_EXIT.to_vec(),
        LinkTarget::Aarch64 => A64_EXIT
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect(),
    };
    object.append_section_data(text, &code, 16);
    object.write().unwrap()
}

/// An object that defines `wative_test_status`, next to a pointer that only the linker can fill.
fn status_object(target: LinkTarget, status: u32) -> Vec<u8> {
    let (architecture, absolute) = match target {
        LinkTarget::X86_64 => (Architecture::X86_64, elf::R_X86_64_64),
        LinkTarget::Aarch64 => (Architecture::Aarch64, elf::R_AARCH64_ABS64),
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let data = object.add_section(
        vec![],
        b".data.rel.ro".to_vec(),
        SectionKind::ReadOnlyDataWithRel,
    );
    let symbol = object.add_symbol(Symbol {
        name: b"wative_test_status".to_vec(),
        value: 0,
        size: 4,
        kind: SymbolKind::Data,
        scope: SymbolScope::Linkage,
        weak: false,
        section: SymbolSection::Section(data),
        flags: SymbolFlags::None,
    });
    let mut bytes = u64::from(status).to_le_bytes().to_vec();
    bytes.extend([0; 8]);
    object.append_section_data(data, &bytes, 8);
    let flags = RelocationFlags::Elf { r_type: absolute };
    object
        .add_relocation(
            data,
            Relocation {
                offset: 8,
                symbol,
                addend: 0,
                flags,
            },
        )
        .unwrap();
    object.write().unwrap()
}

fn executable(target: LinkTarget, options: &LinkOptions) -> Vec<u8> {
    let inputs = vec![
        Input::new("start.o", start_object(target)),
        Input::new("status.o", status_object(target, 42)),
    ];
    link(inputs, options).unwrap()
}

fn assert_hardened(bytes: &[u8]) {
    let header = elf::FileHeader64::<Endianness>::parse(bytes).unwrap();
    let endian = Endianness::Little;
    assert_eq!(header.e_type(endian), elf::ET_DYN, "position-independent");
    let segments = header.program_headers(endian, bytes).unwrap();
    let of_type = |kind| segments.iter().filter(move |s| s.p_type(endian) == kind);
    assert_eq!(of_type(elf::PT_INTERP).count(), 0, "no interpreter");
    let stack = of_type(elf::PT_GNU_STACK).next().expect("PT_GNU_STACK");
    assert_eq!(
        (stack.p_flags(endian) & elf::PF_X).0,
        0,
        "the stack is not executable"
    );
    let relro = of_type(elf::PT_GNU_RELRO).next().expect("PT_GNU_RELRO");
    assert!(relro.p_memsz(endian) >= 16, "RELRO covers .data.rel.ro");
    let page = match header.e_machine(endian) {
        elf::EM_AARCH64 => 0x10000,
        _ => 0x1000,
    };
    let end = relro.p_vaddr(endian) + relro.p_memsz(endian);
    assert_eq!(end % page, 0, "the last page is protected as a whole");
    let mut free = 0;
    for segment in of_type(elf::PT_LOAD) {
        let flags = segment.p_flags(endian);
        assert_ne!(
            flags & (elf::PF_W | elf::PF_X),
            elf::PF_W | elf::PF_X,
            "no segment is writable and executable"
        );
        let (address, offset) = (segment.p_vaddr(endian), segment.p_offset(endian));
        assert_eq!(address % page, offset % page, "pages can be mapped");
        assert!(address / page * page >= free, "each segment has its pages");
        free = address + segment.p_memsz(endian);
        let is_relro = address == relro.p_vaddr(endian);
        assert!(!is_relro || free == end, "what is protected is mapped");
    }
}

#[test]
fn executables_are_hardened_static_pie() {
    for target in [LinkTarget::X86_64, LinkTarget::Aarch64] {
        assert_hardened(&executable(target, &LinkOptions::new(target)));
    }
}

#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn x86_64_executable_runs() {
    let bytes = executable(LinkTarget::X86_64, &LinkOptions::new(LinkTarget::X86_64));
    let path = std::env::temp_dir().join(format!("wative-link-test-{}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let status = support::run_command(&mut Command::new(&path));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(status.unwrap().code(), Some(42));
}

#[test]
fn symbols_stay_unless_stripped_and_unused_sections_go() {
    let target = LinkTarget::X86_64;
    let names = |options: &LinkOptions| {
        let bytes = executable(target, options);
        let file = object::File::parse(&*bytes).unwrap();
        file.symbols()
            .filter_map(|s| s.name().ok().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut options = LinkOptions::new(target);
    let kept = names(&options);
    assert!(kept.iter().any(|name| name == "_start"), "{kept:?}");
    assert!(
        !kept.iter().any(|name| name == "wative_test_unused"),
        "{kept:?}"
    );
    options.gc_sections = false;
    let all = names(&options);
    assert!(
        all.iter().any(|name| name == "wative_test_unused"),
        "{all:?}"
    );
    options.strip = true;
    assert_eq!(names(&options), Vec::<String>::new());
}

#[test]
fn undefined_symbol_is_named() {
    let inputs = vec![Input::new("start.o", start_object(LinkTarget::X86_64))];
    match link(inputs, &LinkOptions::new(LinkTarget::X86_64)) {
        Err(LinkError::UndefinedSymbol { symbol, detail }) => {
            assert_eq!(symbol, "wative_test_status");
            assert!(detail.contains("start.o"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn inputs_that_are_no_objects_are_refused_by_name() {
    let x64 = LinkOptions::new(LinkTarget::X86_64);
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("script.ld", b"INCLUDE /etc/passwd".to_vec(), "not a 64-bit"),
        ("empty.o", vec![], "not a 64-bit"),
        (
            "arm.o",
            start_object(LinkTarget::Aarch64),
            "another machine",
        ),
        (
            "app",
            executable(LinkTarget::X86_64, &x64),
            "not a relocatable object",
        ),
    ];
    for (name, bytes, expected) in cases {
        let error = link(vec![Input::new(name, bytes)], &x64).unwrap_err();
        assert!(matches!(error, LinkError::BadInput { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(name) && text.contains(expected), "{text}");
    }
}

#[test]
fn damaged_objects_are_errors() {
    let good = start_object(LinkTarget::X86_64);
    let options = LinkOptions::new(LinkTarget::X86_64);
    for length in (64..good.len()).step_by(37) {
        let inputs = vec![
            Input::new("cut.o", good[..length].to_vec()),
            Input::new("status.o", status_object(LinkTarget::X86_64, 0)),
        ];
        assert!(link(inputs, &options).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn duplicate_definitions_are_errors_naming_the_symbol() {
    let target = LinkTarget::X86_64;
    let inputs = vec![
        Input::new("start.o", start_object(target)),
        Input::new("one.o", status_object(target, 1)),
        Input::new("two.o", status_object(target, 2)),
    ];
    let text = link(inputs, &LinkOptions::new(target))
        .unwrap_err()
        .to_string();
    assert!(text.contains("wative_test_status"), "{text}");
    assert!(text.contains("one.o") && text.contains("two.o"), "{text}");
}

#[test]
fn same_bytes_for_all_callers() {
    let target = LinkTarget::X86_64;
    let expected = executable(target, &LinkOptions::new(target));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    assert!(executable(target, &LinkOptions::new(target)) == expected);
                }
            });
        }
    });
}

#[test]
fn eh_frame_survives() {
    let target = LinkTarget::X86_64;
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let section = object.add_section(vec![], b".eh_frame".to_vec(), SectionKind::ReadOnlyData);
    // One CIE of version 1, "zR", and its end marker is the linker's.
    let cie = [
        20, 0, 0, 0, 0, 0, 0, 0, 1, b'z', b'R', 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0,
    ];
    // An FDE for the 16 bytes of `_start`.
    let fde = [
        20, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    object.append_section_data(section, &cie, 8);
    object.append_section_data(section, &fde, 8);
    let text = object.add_section(vec![], b".text._start".to_vec(), SectionKind::Text);
    object.append_section_data(text, &[0x0f, 0x0b, 0x90, 0x90], 16);
    let start = object.add_symbol(Symbol {
        name: b"_start".to_vec(),
        value: 0,
        size: 4,
        kind: SymbolKind::Text,
        scope: SymbolScope::Linkage,
        weak: false,
        section: SymbolSection::Section(text),
        flags: SymbolFlags::None,
    });
    let flags = RelocationFlags::Elf {
        r_type: elf::R_X86_64_PC32,
    };
    object
        .add_relocation(
            section,
            Relocation {
                offset: 32,
                symbol: start,
                addend: 0,
                flags,
            },
        )
        .unwrap();
    let bytes = link(
        vec![Input::new("a.o", object.write().unwrap())],
        &LinkOptions::new(target),
    )
    .unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let size = file.section_by_name(".eh_frame").expect(".eh_frame").size();
    assert!(size >= 48, "{size}");
}

/// An object with a read-only section of this name, alignment and contents, which survives because it is not asked for.
fn data_object(target: LinkTarget, name: &str, align: u64) -> Vec<u8> {
    let architecture = match target {
        LinkTarget::X86_64 => Architecture::X86_64,
        LinkTarget::Aarch64 => Architecture::Aarch64,
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let kind = SectionKind::ReadOnlyData;
    let section = object.add_section(vec![], name.as_bytes().to_vec(), kind);
    object.append_section_data(section, &[7; 5000], align);
    object.write().unwrap()
}

#[test]
fn a_section_gets_a_segment_of_its_own() {
    let endian = Endianness::Little;
    for (target, page) in [(LinkTarget::X86_64, 4096), (LinkTarget::Aarch64, 65536)] {
        let with = |align, separate| {
            let inputs = vec![
                Input::new("start.o", start_object(target)),
                Input::new("status.o", status_object(target, 42)),
                Input::new("data.o", data_object(target, ".test.files", align)),
            ];
            let options = LinkOptions {
                separate,
                gc_sections: false,
                ..LinkOptions::new(target)
            };
            link(inputs, &options)
        };
        for align in [8, page] {
            let bytes = with(align, ".test.files").unwrap();
            assert_hardened(&bytes);
            let header = elf::FileHeader64::<Endianness>::parse(&*bytes).unwrap();
            let segments = header.program_headers(endian, &*bytes).unwrap();
            let loaded = segments.iter().filter(|s| s.p_type(endian) == elf::PT_LOAD);
            let loaded: Vec<_> = loaded.collect();
            // On pages of its own.
            let ends =
                |s: &&elf::ProgramHeader64<Endianness>| s.p_vaddr(endian) + s.p_memsz(endian);
            assert!(
                loaded.is_sorted_by(|a, b| ends(a).next_multiple_of(page) <= b.p_vaddr(endian))
            );
            let own = loaded.iter().find(|s| {
                let is_whole = s.data(endian, &*bytes).unwrap() == [7; 5000];
                is_whole && s.p_flags(endian) == elf::PF_R
            });
            let own = own.expect("a segment");
            assert_eq!(own.p_vaddr(endian) % align, 0);
            assert_eq!(own.p_vaddr(endian) % page, own.p_offset(endian) % page);
        }
        // What is filled up before whole pages has the tables, if they fit.
        for (align, is_filled) in [(8, false), (page, true)] {
            let bytes = with(align, ".test.files").unwrap();
            let file = object::File::parse(&*bytes).unwrap();
            let offset = |name| file.section_by_name(name).unwrap().file_range().unwrap().0;
            let is_before = offset(".symtab") < offset(".test.files");
            assert_eq!(is_before, is_filled);
        }
        // What does not exist changes nothing.
        let together = with(page, "").unwrap();
        assert_eq!(with(page, ".test.none").unwrap(), together);
    }
}

#[test]
fn relocations_are_packed() {
    let bytes = executable(LinkTarget::X86_64, &LinkOptions::new(LinkTarget::X86_64));
    let file = object::File::parse(&*bytes).unwrap();
    assert!(
        file.section_by_name(".rela.dyn")
            .is_none_or(|section| section.size() == 0)
    );
    assert!(
        file.section_by_name(".relr.dyn")
            .is_some_and(|section| section.size() > 0)
    );
}
