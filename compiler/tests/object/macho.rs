//! Mach-O: what the file says to its readers, and where everything is after linking with LLVM's linker.

use crate::build::{Build, reloc, run, scratch};
use object::macho::{self, RelocationType};
use object::read::macho::MachHeader;
use object::{
    LittleEndian, Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
};
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;
use wative_compiler::abi;
use wative_compiler::entity::EntityId;
use wative_compiler::ir::*;
use wative_compiler::isa::a64::arch as a64;
use wative_compiler::isa::x64::arch as x64;
use wative_compiler::mach::compiled::*;
use wative_compiler::options::{Isa, Platform};

/// Bytes of the instance: more than an explicit addend reaches.
const INSTANCE: u32 = 20 << 20;
/// Distance of what is accessed from the start of the instance.
const FAR: i64 = (17 << 20) + 40;

/// What the test knows about an instruction set.
struct Arch {
    isa: Isa,
    name: &'static str,
    /// Code of the caller: calls of the callee, an import and the runtime, and the address of a place in the instance.
    code: Vec<u8>,
    relocs: fn([Symbol; 4]) -> Vec<Reloc>,
    /// `ret`
    ret: &'static [u8],
}

const X64: fn() -> Arch = || Arch {
    isa: Isa::X64,
    name: "x86_64",
    code: [
        // call callee; call import; call memory_grow; lea rax, [rip + instance + FAR]; ret
        &[0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xe8, 0, 0, 0, 0][..],
        &[0x48, 0x8d, 0x05, 0, 0, 0, 0, 0xc3],
    ]
    .concat(),
    relocs: |[callee, import, runtime, instance]| {
        vec![
            reloc(1, x64::CALL32, callee, -4),
            reloc(6, x64::CALL32, import, -4),
            reloc(11, x64::CALL32, runtime, -4),
            reloc(18, x64::PC32, instance, FAR - 4),
        ]
    },
    ret: &[0xc3],
};

const A64: fn() -> Arch = || Arch {
    isa: Isa::A64,
    name: "arm64",
    // bl import; bl memory_grow; adrp x0, instance + FAR; add x1, x0, :lo12:; ldr x2, [x0, :lo12:]; ret
    code: [
        0x9400_0000u32,
        0x9400_0000,
        0x9000_0000,
        0x9100_0001,
        0xf940_0002,
        0xd65f_03c0,
    ]
    .iter()
    .flat_map(|word| word.to_le_bytes())
    .collect(),
    relocs: |[_, import, runtime, instance]| {
        vec![
            reloc(0, a64::CALL26, import, 0),
            reloc(4, a64::CALL26, runtime, 0),
            reloc(8, a64::ADR_PAGE, instance, FAR),
            reloc(12, a64::ADD_LOW12, instance, FAR),
            reloc(16, a64::ldst_low12(3), instance, FAR),
        ]
    },
    ret: &[0xc0, 0x03, 0x5f, 0xd6],
};

/// An object with an export, an import, a function reference and a large instance.
fn object(arch: &Arch) -> Vec<u8> {
    let mut build = Build::new(World::Closed, "app");
    build.options.isa = arch.isa;
    build.options.platform = Platform::Darwin;
    build.module().instance_size = INSTANCE;
    let import = build.declare(
        "log",
        FuncKind::Import {
            symbol: "wative_import_env__log".to_string(),
            given: None,
        },
    );
    let callee = build.defined("callee", arch.ret, &[]);
    let relocs = (arch.relocs)([
        Symbol::Func(callee),
        Symbol::Func(import),
        Symbol::Runtime(RtFn::MemoryGrow),
        Symbol::Instance(ModuleId::from_u32(0)),
    ]);
    let symbol = "wative_app__f".to_string();
    build.func(
        "f",
        FuncKind::CExport { callee, symbol },
        &arch.code,
        &relocs,
    );
    build.reference(callee);
    build.emit()
}

/// Relocation of a section: offset, type, relative, log2 of the size, target, addend, and what is subtracted.
type Found = (u64, RelocationType, bool, u8, String, i64, Option<String>);

fn relocations(file: &object::File, section: &object::Section) -> Vec<Found> {
    let name = |index| {
        let symbol = file.symbol_by_index(index).expect("symbol");
        symbol.name().expect("name").to_string()
    };
    let mut all: Vec<Found> = section
        .relocations()
        .map(|(offset, relocation)| {
            let RelocationTarget::Symbol(symbol) = relocation.target() else {
                panic!("relocations have symbols")
            };
            let RelocationFlags::MachO {
                r_type,
                r_pcrel,
                r_length,
            } = relocation.flags()
            else {
                panic!("Mach-O")
            };
            let subtractor = relocation.subtractor().map(name);
            let addend = relocation.addend();
            (
                offset,
                r_type,
                r_pcrel,
                r_length,
                name(symbol),
                addend,
                subtractor,
            )
        })
        .collect();
    all.sort_by_key(|found| found.0);
    all
}

#[test]
fn header_sections_and_symbols() {
    for arch in [X64(), A64()] {
        let bytes = object(&arch);
        let header = macho::MachHeader64::<LittleEndian>::parse(&*bytes, 0).expect("a header");
        assert_eq!(header.filetype(LittleEndian), macho::MH_OBJECT);
        assert_eq!(
            header.flags(LittleEndian).0,
            0,
            "no subsections via symbols"
        );
        let mut commands = header
            .load_commands(LittleEndian, &*bytes, 0)
            .expect("commands");
        let mut version = None;
        while let Some(command) = commands.next().expect("a command") {
            version = version.or(command.build_version(LittleEndian).expect("a command"));
        }
        let (version, _) = version.expect("LC_BUILD_VERSION");
        assert_eq!(version.platform.get(LittleEndian), macho::PLATFORM_MACOS);
        assert_eq!(version.minos.get(LittleEndian).0, 11 << 16);

        let file = object::File::parse(&*bytes).expect("an object");
        let sections: Vec<_> = file
            .sections()
            .map(|s| {
                let segment = s.segment_name().expect("segment").expect("segment");
                format!("{segment},{}", s.name().expect("name"))
            })
            .collect();
        let expected = [
            "__TEXT,__text",
            "__TEXT,__eh_frame",
            "__TEXT,__const",
            "__DATA,__const",
            "__DATA,__data",
        ];
        assert_eq!(sections, expected);
        let symbol = |name: &str| {
            let found = file.symbols().find(|s| s.name() == Ok(name));
            found.unwrap_or_else(|| panic!("{name}"))
        };
        assert!(symbol("_wative_app__f").is_global());
        assert!(symbol("_wative_module_app").is_global());
        assert!(symbol("_wative_instance_app").is_global());
        assert!(symbol("_app::callee").is_local());
        assert!(symbol("_wative_import_env__log").is_undefined());
        assert!(symbol("_wative_rt_memory_grow").is_undefined());
        let hidden = |name| symbol(name).scope() == object::SymbolScope::Linkage;
        assert!(hidden("_wative_instance_app") && !hidden("_wative_app__f"));
    }
}

#[test]
fn relocation_types() {
    // The anchor at 16 MiB.
    let rest = FAR - (16 << 20);
    let named = |all: Vec<Found>| -> Vec<(u64, RelocationType, bool, u8, i64)> {
        all.iter().map(|f| (f.0, f.1, f.2, f.3, f.5)).collect()
    };
    for arch in [X64(), A64()] {
        let bytes = object(&arch);
        let file = object::File::parse(&*bytes).expect("an object");
        let text = file.section_by_name("__text").expect("text");
        let found = relocations(&file, &text);
        let expected = match arch.isa {
            // The field holds the addend: the number that is read is that of the relocation alone.
            Isa::X64 => vec![
                (22, macho::X86_64_RELOC_BRANCH, true, 2, -4),
                (27, macho::X86_64_RELOC_BRANCH, true, 2, -4),
                (34, macho::X86_64_RELOC_SIGNED, true, 2, -4),
            ],
            Isa::A64 => vec![
                (16, macho::ARM64_RELOC_BRANCH26, true, 2, 0),
                (20, macho::ARM64_RELOC_BRANCH26, true, 2, 0),
                (24, macho::ARM64_RELOC_PAGE21, true, 2, rest),
                (28, macho::ARM64_RELOC_PAGEOFF12, false, 2, rest),
                (32, macho::ARM64_RELOC_PAGEOFF12, false, 2, rest),
            ],
        };
        assert_eq!(found[0].4, "_wative_import_env__log");
        assert_eq!(found[1].4, "_wative_rt_memory_grow");
        assert!(found[2].4.starts_with("ltmp"));
        if arch.isa == Isa::X64 {
            let field = text.data().expect("data")[34..38]
                .try_into()
                .expect("4 bytes");
            assert_eq!(i64::from(i32::from_le_bytes(field)), rest);
        }
        assert_eq!(named(found), expected, "{}", arch.name);
        // What is not writable holds no addresses.
        let in_text = |s: &object::Section| s.segment_name() == Ok(Some("__TEXT"));
        for section in file.sections().filter(in_text) {
            for relocation in relocations(&file, &section) {
                let is_absolute = !relocation.2 && relocation.3 == 3;
                assert!(!is_absolute, "{relocation:?}");
            }
        }
        // Unwind tables: function - (start of the section + offset of the field).
        let frames = file.section_by_name("__eh_frame").expect("unwind tables");
        let unsigned = match arch.isa {
            Isa::X64 => macho::X86_64_RELOC_UNSIGNED,
            Isa::A64 => macho::ARM64_RELOC_UNSIGNED,
        };
        let found = relocations(&file, &frames);
        let targets: Vec<&str> = found.iter().map(|f| f.4.as_str()).collect();
        assert_eq!(targets, ["_app::callee", "_wative_app__f"]);
        for (offset, r_type, relative, log2, _, _, subtractor) in found {
            assert_eq!((r_type, relative, log2), (unsigned, false, 2));
            let field = frames.data_range(frames.address() + offset, 4);
            let field = field.expect("data").expect("inside");
            let addend = i32::from_le_bytes(field.try_into().expect("4 bytes"));
            let start = file
                .symbols()
                .find(|s| s.name().ok() == subtractor.as_deref());
            assert_eq!(start.expect("anchor").address(), frames.address());
            assert_eq!(i64::from(addend), -(offset as i64));
        }
    }
}

/// Links objects as a dynamic library; `None`: there is no linker for Mach-O here.
fn link(dir: &Path, arch: &Arch, objects: &[Vec<u8>]) -> Option<Vec<u8>> {
    let output = dir.join("x.dylib");
    let mut lld = Command::new("lld");
    lld.args(["-flavor", "darwin", "-arch", arch.name, "-dylib"])
        .args(["-platform_version", "macos", "11.0", "11.0"])
        .args(["-undefined", "dynamic_lookup", "-o"])
        .arg(&output);
    for (i, object) in objects.iter().enumerate() {
        let input = dir.join(format!("{i}.o"));
        std::fs::write(&input, object).expect("write");
        lld.arg(input);
    }
    run(&mut lld)?;
    Some(std::fs::read(&output).expect("the library"))
}

/// Address of a symbol.
fn address(file: &object::File, name: &str) -> u64 {
    let symbol = file.symbols().find(|s| s.name() == Ok(name));
    symbol.unwrap_or_else(|| panic!("{name}")).address()
}

/// Bytes at an address.
fn read<'a>(file: &object::File<'a>, at: u64, len: u64) -> &'a [u8] {
    let section = file
        .sections()
        .find(|s| (s.address()..s.address() + s.size()).contains(&at));
    let data = section.expect("mapped").data_range(at, len).expect("data");
    data.expect("inside")
}

#[test]
fn linked_addresses() {
    for arch in [X64(), A64()] {
        let Some(bytes) = link(&scratch(arch.name), &arch, &[object(&arch)]) else {
            return;
        };
        let file = object::File::parse(&*bytes).expect("a library");
        let address = |name: &str| address(&file, name);
        let word = |at: u64| u32::from_le_bytes(read(&file, at, 4).try_into().expect("4 bytes"));
        let start = address("_wative_app__f");
        let place = address("_wative_instance_app") + FAR as u64;
        match arch.isa {
            Isa::X64 => {
                let rel = |at: u64| (at + 4).wrapping_add_signed(i64::from(word(at) as i32));
                assert_eq!(rel(start + 1), address("_app::callee"));
                assert_eq!(rel(start + 18), place);
            }
            Isa::A64 => {
                let adrp = word(start + 8);
                let pages = (adrp >> 5 & 0x7_ffff) << 2 | adrp >> 29 & 3;
                let page = ((start + 8) & !0xfff) + (u64::from(pages) << 12);
                assert_eq!(page, place & !0xfff);
                let low = |at: u64| u64::from(word(at) >> 10 & 0xfff);
                assert_eq!(low(start + 12), place & 0xfff);
                assert_eq!(low(start + 16) * 8, place & 0xfff);
            }
        }
    }
}

/// Two objects that use the same function type see one identity for it, and different ones for different types.
#[test]
fn type_identities_are_shared() {
    for arch in [X64(), A64()] {
        let objects = ["a", "b"].map(|name| {
            let mut build = Build::new(World::Open, name);
            build.options.isa = arch.isa;
            build.options.platform = Platform::Darwin;
            let other = build.program.types.push(DefType::plain(FuncType {
                params: vec![ValType::I64],
                results: Vec::new(),
            }));
            for sig in [other, SigId::from_u32(0)] {
                let func = build.defined("f", arch.ret, &[]);
                build.program.funcs[func].sig = sig;
                build.func("far", FuncKind::FarEntry { callee: func }, arch.ret, &[]);
                build.reference(func);
            }
            build.emit()
        });
        let Some(bytes) = link(&scratch(&format!("sigs-{}", arch.name)), &arch, &objects) else {
            return;
        };
        let file = object::File::parse(&*bytes).expect("a library");
        let pointer = |at: usize| {
            let bytes = read(&file, at as u64, 8).try_into().expect("8 bytes");
            u64::from_le_bytes(bytes) as usize
        };
        let identities = ["a", "b"].map(|name| {
            let module = address(&file, &format!("_wative_module_{name}")) as usize;
            let inits = pointer(module + offset_of!(abi::ModuleDesc, funcref_inits));
            [0, 1].map(|i| {
                let init = inits + i * size_of::<abi::FuncRefInit>();
                pointer(init + offset_of!(abi::FuncRefInit, sig))
            })
        });
        let [a, b] = identities;
        assert!(a == b && a[0] != a[1] && a[0] != 0, "{identities:x?}");
    }
}
