//! Objects with damage: an error or an executable, never a panic, and not much more memory than the object itself.

mod support;

use object::elf::*;
use object::{SectionKind, SymbolKind, SymbolScope};
use support::{Maker, TARGETS, all, status};
use wative_link::{Input, LinkOptions, LinkTarget, link};

/// A generator of numbers, the same on every machine (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

/// An object that has something of everything.
fn rich(target: LinkTarget) -> Vec<u8> {
    let mut maker = Maker::start(target);
    let status = maker.undefined("status");
    let code = maker.section(
        ".text.more",
        SectionKind::Text,
        &[0x48, 0x8b, 0x05, 0, 0, 0, 0, 0],
        16,
    );
    let (slot, page) = match target {
        LinkTarget::X86_64 => (R_X86_64_GOTPCREL, R_X86_64_PLT32),
        LinkTarget::Aarch64 => (R_AARCH64_LD64_GOTPAGE_LO15, R_AARCH64_CALL26),
    };
    maker.relocate(code, 3, status, slot, -4);
    maker.relocate(code, 4, status, page, 0);
    let data = maker.section(
        ".data.rel.ro.x",
        SectionKind::ReadOnlyDataWithRel,
        &[0; 64],
        8,
    );
    for offset in [0, 8, 40, 51] {
        maker.word(data, offset, status, 3);
    }
    let strings = maker.section(
        ".rodata.str1.1",
        SectionKind::ReadOnlyString,
        b"one\0two\0",
        1,
    );
    let strings = maker.object.section_symbol(strings);
    maker.word(data, 24, strings, 4);
    for name in ["__start_list", "_end", "_DYNAMIC"] {
        let symbol = maker.undefined_weak(name);
        maker.word(data, 32, symbol, 0);
    }
    maker.section("list", SectionKind::Data, &[1; 9], 1);
    maker.section(".init_array.3", SectionKind::Data, &[0; 8], 8);
    maker.section(".tdata", SectionKind::Tls, &[3; 12], 4);
    maker.zero(".tbss", SectionKind::UninitializedTls, 30, 8);
    maker.zero(".bss", SectionKind::UninitializedData, 300, 32);
    let note = maker.section(".note.test", SectionKind::Note, &[4, 0, 0, 0], 4);
    maker.flags(note, SHT_NOTE, SHF_ALLOC);
    let debug = maker.section(".debug_info", SectionKind::Debug, &[0; 24], 1);
    maker.word(debug, 8, status, 0);
    let mut cie = vec![
        20, 0, 0, 0, 0, 0, 0, 0, 1, b'z', b'R', 0, 1, 0x78, 16, 1, 0x1b, 12, 7, 8,
    ];
    cie.extend([
        0x90, 1, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0,
    ]);
    cie.extend([0; 8]);
    let frames = maker.section(".eh_frame", SectionKind::ReadOnlyData, &cie, 8);
    let function = maker.object.section_symbol(code);
    let relative = match target {
        LinkTarget::X86_64 => R_X86_64_PC32,
        LinkTarget::Aarch64 => R_AARCH64_PREL32,
    };
    maker.relocate(frames, 32, function, relative, 0);
    let group = maker.section(".data.group", SectionKind::Data, &[6; 4], 4);
    let symbol = maker.define_weak("in_group", group, 0);
    maker.object.add_comdat(object::write::Comdat {
        kind: object::ComdatKind::Any,
        symbol,
        sections: vec![group],
    });
    let mut common = maker.symbol("common", object::write::SymbolSection::Common, 8);
    (common.kind, common.scope) = (SymbolKind::Data, SymbolScope::Linkage);
    maker.object.add_symbol(common);
    maker.bytes()
}

#[test]
fn the_undamaged_object_links() {
    for target in TARGETS {
        let inputs = vec![
            Input::new("rich.o", rich(target)),
            status(target, 0).input("s.o"),
        ];
        // On AArch64 a field of the table's page is no instruction at offset 3, but a field.
        link(inputs, &all(target)).unwrap_or_else(|error| panic!("{target:?}: {error}"));
    }
}

/// Every byte of headers, tables and contents is changed at some time.
#[test]
fn damage_is_an_error_or_harmless() {
    const SEEDS: u64 = 6000;
    for target in TARGETS {
        let good = rich(target);
        let (mut errors, mut links) = (0, 0);
        for seed in 1..=SEEDS {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut bytes = good.clone();
            for _ in 0..1 + random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] = match random.below(4) {
                    0 => random.below(256) as u8,
                    1 => bytes[at] ^ 1 << random.below(8),
                    2 => [0, 0xff, 0x7f, 0x80][random.below(4)],
                    _ => bytes[random.below(bytes.len())],
                };
            }
            if random.below(10) == 0 {
                bytes.truncate(random.below(bytes.len()));
            }
            let inputs = vec![Input::new("bad.o", bytes), status(target, 0).input("s.o")];
            let options = LinkOptions {
                gc_sections: seed % 2 == 0,
                strip: seed % 3 == 0,
                ..LinkOptions::new(target)
            };
            match link(inputs, &options) {
                Ok(executable) => {
                    links += 1;
                    // Sections may be aligned to 64 KiB, of which there are two dozen.
                    assert!(
                        executable.len() < 4 << 20,
                        "seed {seed}: {} bytes",
                        executable.len()
                    );
                }
                Err(_) => errors += 1,
            }
        }
        // The damage is not so large that nothing but the first check is tested.
        assert!(
            errors > SEEDS / 10 && links > SEEDS / 10,
            "{errors} errors, {links} links"
        );
    }
}

/// What one header could make large.
#[test]
fn sizes_are_limited() {
    let target = LinkTarget::X86_64;
    let mut maker = Maker::start(target);
    maker.zero(".bss.huge", SectionKind::UninitializedData, 1 << 47, 8);
    let inputs = vec![maker.input("huge.o"), status(target, 0).input("s.o")];
    let error = link(inputs, &all(target)).unwrap_err().to_string();
    assert!(error.contains("too large"), "{error}");
    let mut maker = Maker::start(target);
    maker.section(".data.aligned", SectionKind::Data, &[0; 8], 1 << 30);
    let inputs = vec![maker.input("aligned.o"), status(target, 0).input("s.o")];
    let error = link(inputs, &all(target)).unwrap_err().to_string();
    assert!(
        error.contains("alignment") && error.contains("aligned.o"),
        "{error}"
    );
}
