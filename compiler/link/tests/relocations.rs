//! Every type of relocation: the value in the executable is what the psABI says, and values that do not fit are errors.

mod support;

use object::SectionKind;
use object::elf::*;
use object::write::SymbolSection;
use support::{Image, Maker, TARGETS, all, run, status, words};
use wative_link::{LinkError, LinkTarget, link};

const X64: LinkTarget = LinkTarget::X86_64;
const A64: LinkTarget = LinkTarget::Aarch64;

/// What the executable has at a place: S, A, P, the address of the global offset table (GOT), of the thread-local variables, and the image.
struct Seen<'a> {
    image: &'a Image<'a>,
    s: u64,
    a: i64,
    p: u64,
    thread: u64,
}

impl Seen<'_> {
    fn int(&self) -> i64 {
        self.image.int(self.p).into()
    }

    fn long(&self) -> i64 {
        self.image.word(self.p) as i64
    }

    fn sum(&self) -> i64 {
        self.s as i64 + self.a
    }

    fn distance(&self) -> i64 {
        self.sum() - self.p as i64
    }

    /// Bits of the instruction at the place.
    fn bits(&self, lowest: u32, count: u32) -> i64 {
        let instruction = self.image.int(self.p) as u32;
        i64::from(instruction >> lowest & ((1 << count) - 1))
    }

    fn signed_bits(&self, lowest: u32, count: u32) -> i64 {
        self.bits(lowest, count) << (64 - count) >> (64 - count)
    }

    /// The immediate of `adr` and `adrp`.
    fn adr(&self) -> i64 {
        self.signed_bits(5, 19) << 2 | self.bits(29, 2)
    }

    fn page(&self) -> i64 {
        (self.sum() & !0xfff) - (self.p as i64 & !0xfff)
    }

    /// Whether a slot of the table is at this address and has the symbol's, and whether that is relocated.
    fn is_slot(&self, address: i64) -> bool {
        let address = address as u64;
        self.image.word(address) == self.s && self.image.relocated().contains(&address)
    }

    fn got(&self) -> i64 {
        self.image.section(".got").expect("there is a table").0 as i64
    }
}

/// Links an object that has a relocation at `place` in a section of this name, whose symbol is `target` in data, and looks at it. All that at
/// two places of a page.
fn check(
    target: LinkTarget,
    kind: (RelocationType, &str),
    section: (&str, SectionKind),
    addend: i64,
    to_thread: bool,
    is_right: fn(&Seen) -> bool,
) {
    for before in [16, 0x830] {
        check_behind(target, kind, section, addend, to_thread, before, is_right);
    }
}

fn check_behind(
    target: LinkTarget,
    (kind, name): (RelocationType, &str),
    section: (&str, SectionKind),
    addend: i64,
    to_thread: bool,
    before: usize,
    is_right: fn(&Seen) -> bool,
) {
    let mut start = Maker::start(target);
    for (name, kind) in [DATA, CODE] {
        start.section(&format!("{name}.before"), kind, &vec![0; before], 16);
    }
    let place = start.section(section.0, section.1, &[0; 32], 16);
    start.define("place", place, 8);
    let symbol = start.undefined("target");
    start.relocate(place, 8, symbol, kind, addend);
    let mut other = status(target, 0);
    let (name_of, kind_of) = match to_thread {
        true => (".tdata", SectionKind::Tls),
        false => (".data.target", SectionKind::Data),
    };
    let data = other.section(name_of, kind_of, &[0; 64], 16);
    other.define("target", data, 16);
    let inputs = vec![start.input("start.o"), other.input("other.o")];
    let bytes = link(inputs, &all(target)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let image = Image::new(&bytes);
    let seen = Seen {
        image: &image,
        s: image.address("target"),
        a: addend,
        p: image.address("place"),
        thread: image.section(".tdata").map_or(0, |s| s.0),
    };
    assert!(
        is_right(&seen),
        "{name} {}: {:#x} at {:#x}, symbol {:#x}",
        section.0,
        image.word(seen.p),
        seen.p,
        seen.s
    );
}

/// A type with its name.
macro_rules! named {
    ($kind:ident) => {
        ($kind, stringify!($kind))
    };
}

const DATA: (&str, SectionKind) = (".data.place", SectionKind::Data);
const CODE: (&str, SectionKind) = (".text.place", SectionKind::Text);

#[test]
fn x64_values() {
    let data = |kind, addend, is_right| check(X64, kind, DATA, addend, false, is_right);
    data(named!(R_X86_64_64), 5, |s| {
        s.long() == s.sum() && s.image.relocated().contains(&s.p)
    });
    for addend in [-7, -1 << 40] {
        data(named!(R_X86_64_PC64), addend, |s| s.long() == s.distance());
    }
    data(named!(R_X86_64_PC32), -4, |s| s.int() == s.distance());
    data(named!(R_X86_64_PLT32), 4, |s| s.int() == s.distance());
    data(named!(R_X86_64_PC16), 0, |s| {
        s.int() as i16 as i64 == s.distance()
    });
    data(named!(R_X86_64_PC8), 0, |s| {
        s.int() as i8 as i64 == s.distance()
    });
    data(named!(R_X86_64_SIZE32), 3, |s| s.int() == 4 + s.a);
    data(named!(R_X86_64_SIZE64), 3, |s| s.long() == 4 + s.a);
    for kind in [
        named!(R_X86_64_GOTPCREL),
        named!(R_X86_64_GOTPCRELX),
        named!(R_X86_64_REX_GOTPCRELX),
    ] {
        for section in [DATA, CODE] {
            check(X64, kind, section, -4, false, |s| {
                s.is_slot(s.p as i64 + 4 + s.int())
            });
        }
    }
    data(named!(R_X86_64_GOTPCREL64), 8, |s| {
        s.is_slot(s.p as i64 - 8 + s.long())
    });
    data(named!(R_X86_64_GOT32), 0, |s| s.is_slot(s.got() + s.int()));
    data(named!(R_X86_64_GOT64), 0, |s| s.is_slot(s.got() + s.long()));
    let thread =
        |kind, section, addend, is_right| check(X64, kind, section, addend, true, is_right);
    // 64 bytes of variables, then the thread pointer; the symbol is 16 bytes into them.
    thread(named!(R_X86_64_TPOFF32), DATA, 1, |s| {
        s.int() == 16 - 64 + 1
    });
    thread(named!(R_X86_64_TPOFF64), DATA, 0, |s| s.long() == 16 - 64);
    thread(named!(R_X86_64_DTPOFF32), DATA, 0, |s| s.int() == 16);
    thread(named!(R_X86_64_DTPOFF64), DATA, 0, |s| {
        s.long() == 16 && s.thread > 0
    });
    thread(named!(R_X86_64_GOTTPOFF), CODE, -4, |s| {
        let slot = (s.p as i64 + 4 + s.int()) as u64;
        s.image.word(slot) as i64 == 16 - 64 && !s.image.relocated().contains(&slot)
    });
}

#[test]
fn x64_distances_from_the_table() {
    let mut start = Maker::start(X64);
    let place = start.section(".data.place", SectionKind::Data, &[0; 64], 16);
    start.define("place", place, 0);
    let target = start.define("target", place, 48);
    let table = start.undefined("_GLOBAL_OFFSET_TABLE_");
    start.relocate(place, 0, table, R_X86_64_GOTPC32, 2);
    start.relocate(place, 8, table, R_X86_64_GOTPC64, 2);
    start.relocate(place, 16, target, R_X86_64_GOTOFF64, 3);
    start.relocate(place, 24, target, R_X86_64_GOT64, 0);
    start.relocate(place, 32, table, R_X86_64_64, 0);
    let inputs = vec![start.input("start.o"), status(X64, 0).input("status.o")];
    let bytes = link(inputs, &all(X64)).unwrap();
    let image = Image::new(&bytes);
    let (place, got) = (image.address("place"), image.section(".got").unwrap().0);
    assert_eq!(image.int(place) as i64, got as i64 + 2 - place as i64);
    assert_eq!(image.word(place + 8), (got + 2).wrapping_sub(place + 8));
    assert_eq!(image.word(place + 16), (place + 48 + 3).wrapping_sub(got));
    assert_eq!(image.word(got + image.word(place + 24)), place + 48);
    assert_eq!(image.word(place + 32), got);
}

#[test]
fn a64_values() {
    let data = |kind, addend, is_right| check(A64, kind, DATA, addend, false, is_right);
    data(named!(R_AARCH64_ABS64), 5, |s| {
        s.long() == s.sum() && s.image.relocated().contains(&s.p)
    });
    data(named!(R_AARCH64_PREL64), -7, |s| s.long() == s.distance());
    data(named!(R_AARCH64_PREL32), 9, |s| s.int() == s.distance());
    data(named!(R_AARCH64_PREL16), 1, |s| {
        s.int() as i16 as i64 == s.distance()
    });
    data(named!(R_AARCH64_PLT32), 0, |s| s.int() == s.distance());
    let code = |kind, addend, is_right| check(A64, kind, CODE, addend, false, is_right);
    code(named!(R_AARCH64_ADR_PREL_LO21), 3, |s| {
        s.adr() == s.distance()
    });
    code(named!(R_AARCH64_ADR_PREL_PG_HI21), 0x1234, |s| {
        s.adr() << 12 == s.page()
    });
    code(named!(R_AARCH64_ADR_PREL_PG_HI21_NC), 0, |s| {
        s.adr() << 12 == s.page()
    });
    code(named!(R_AARCH64_ADD_ABS_LO12_NC), 7, |s| {
        s.bits(10, 12) == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_LDST8_ABS_LO12_NC), 1, |s| {
        s.bits(10, 12) == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_LDST16_ABS_LO12_NC), 2, |s| {
        s.bits(10, 12) << 1 == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_LDST32_ABS_LO12_NC), 4, |s| {
        s.bits(10, 12) << 2 == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_LDST64_ABS_LO12_NC), 8, |s| {
        s.bits(10, 12) << 3 == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_LDST128_ABS_LO12_NC), 16, |s| {
        s.bits(10, 12) << 4 == s.sum() & 0xfff
    });
    code(named!(R_AARCH64_CALL26), 4, |s| {
        s.signed_bits(0, 26) << 2 == s.distance()
    });
    code(named!(R_AARCH64_JUMP26), -4, |s| {
        s.signed_bits(0, 26) << 2 == s.distance()
    });
    code(named!(R_AARCH64_CONDBR19), 0, |s| {
        s.signed_bits(5, 19) << 2 == s.distance()
    });
    code(named!(R_AARCH64_LD_PREL_LO19), 0, |s| {
        s.signed_bits(5, 19) << 2 == s.distance()
    });
    // Branches on a bit do not reach other segments; here is one within the section, below.
    let thread = |kind, addend, is_right| check(A64, kind, CODE, addend, true, is_right);
    // Two words, then the variables, of which the symbol is 16 bytes away.
    thread(named!(R_AARCH64_TLSLE_ADD_TPREL_HI12), 0x5000, |s| {
        s.bits(10, 12) == 5
    });
    thread(named!(R_AARCH64_TLSLE_ADD_TPREL_LO12), 0, |s| {
        s.bits(10, 12) == 32
    });
    thread(named!(R_AARCH64_TLSLE_ADD_TPREL_LO12_NC), 0x5000, |s| {
        s.bits(10, 12) == 32
    });
    thread(named!(R_AARCH64_TLSLE_LDST8_TPREL_LO12_NC), 1, |s| {
        s.bits(10, 12) == 33
    });
    thread(named!(R_AARCH64_TLSLE_LDST16_TPREL_LO12_NC), 2, |s| {
        s.bits(10, 12) == 17
    });
    thread(named!(R_AARCH64_TLSLE_LDST32_TPREL_LO12_NC), 4, |s| {
        s.bits(10, 12) == 9
    });
    thread(named!(R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC), 8, |s| {
        s.bits(10, 12) == 5
    });
    thread(named!(R_AARCH64_TLSLE_LDST128_TPREL_LO12_NC), 0, |s| {
        s.bits(10, 12) == 2
    });
    thread(named!(R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21), 0, |s| {
        s.adr() << 12 == (s.got() & !0xfff) - (s.p as i64 & !0xfff)
            && s.image.word(s.got() as u64) == 32
    });
    thread(named!(R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC), 0, |s| {
        s.bits(10, 12) << 3 == s.got() & 0xfff && s.image.relocated().is_empty()
    });
    check(A64, named!(R_AARCH64_TLS_DTPREL), DATA, 0, true, |s| {
        s.long() == 16 && s.thread > 0
    });
    // In data nothing is rewritten.
    data(named!(R_AARCH64_ADR_GOT_PAGE), 0, |s| {
        s.adr() << 12 == (s.got() & !0xfff) - (s.p as i64 & !0xfff) && s.is_slot(s.got())
    });
    data(named!(R_AARCH64_LD64_GOT_LO12_NC), 0, |s| {
        s.bits(10, 12) << 3 == s.got() & 0xfff
    });
    code(named!(R_AARCH64_LD64_GOTPAGE_LO15), 0, |s| {
        s.is_slot((s.got() & !0xfff) + (s.bits(10, 12) << 3))
    });
}

#[test]
fn a64_branches_on_a_bit() {
    let mut maker = Maker::start(A64);
    let code = maker.section(".text.place", SectionKind::Text, &[0; 64], 16);
    let target = maker.define("target", code, 60);
    maker.relocate(code, 8, target, R_AARCH64_TSTBR14, -4);
    let back = maker.define("back", code, 0);
    maker.relocate(code, 12, back, R_AARCH64_TSTBR14, 0);
    let inputs = vec![maker.input("start.o"), status(A64, 0).input("status.o")];
    let bytes = link(inputs, &all(A64)).unwrap();
    let image = Image::new(&bytes);
    let at = image.address("back");
    assert_eq!(image.int(at + 8), ((60 - 4 - 8) / 4) << 5);
    assert_eq!(image.int(at + 12) as u32, (-3i32 as u32 & 0x3fff) << 5);
}

/// Constants can be small numbers.
#[test]
fn absolute_symbols() {
    for (target, kinds) in [
        (
            X64,
            vec![
                (R_X86_64_64, 8),
                (R_X86_64_32, 4),
                (R_X86_64_32S, 4),
                (R_X86_64_16, 2),
                (R_X86_64_8, 1),
            ],
        ),
        (
            A64,
            vec![
                (R_AARCH64_ABS64, 8),
                (R_AARCH64_ABS32, 4),
                (R_AARCH64_ABS16, 2),
            ],
        ),
    ] {
        for (kind, len) in kinds {
            let make = |value: u64| {
                let mut maker = Maker::start(target);
                let data = maker.section(".rodata.place", SectionKind::ReadOnlyData, &[0; 16], 8);
                maker.define("place", data, 0);
                let symbol = maker.symbol("constant", SymbolSection::Absolute, value);
                let symbol = maker.object.add_symbol(symbol);
                maker.relocate(data, 0, symbol, kind, 1);
                link(
                    vec![maker.input("start.o"), status(target, 0).input("s.o")],
                    &all(target),
                )
            };
            let bytes = make(0x41).unwrap();
            let image = Image::new(&bytes);
            assert_eq!(image.word(image.address("place")), 0x42, "{kind:?}");
            if len < 8 {
                let error = make(1 << (8 * len)).unwrap_err().to_string();
                for part in ["constant", ".rodata.place", "start.o", "does not fit"] {
                    assert!(error.contains(part), "{error}");
                }
            }
        }
    }
}

/// Symbols that are farther away than each type reaches; the distance is that of memory that is zero.
#[test]
fn what_is_too_far_is_an_error() {
    let cases = [
        (X64, R_X86_64_PC32, 3 << 30),
        (X64, R_X86_64_PLT32, 3 << 30),
        (X64, R_X86_64_PC16, 1 << 15),
        (X64, R_X86_64_PC8, 1 << 7),
        (A64, R_AARCH64_CALL26, 1 << 27),
        (A64, R_AARCH64_JUMP26, 1 << 27),
        (A64, R_AARCH64_CONDBR19, 1 << 20),
        (A64, R_AARCH64_TSTBR14, 1 << 15),
        (A64, R_AARCH64_LD_PREL_LO19, 1 << 20),
        (A64, R_AARCH64_ADR_PREL_LO21, 1 << 20),
        (A64, R_AARCH64_ADR_PREL_PG_HI21, 1 << 32),
        (A64, R_AARCH64_ADR_GOT_PAGE, 1 << 32),
        (A64, R_AARCH64_PREL32, 1 << 32),
        (A64, R_AARCH64_PREL16, 1 << 16),
    ];
    for (target, kind, reach) in cases {
        let mut maker = Maker::start(target);
        let code = maker.section(".text.place", SectionKind::Text, &[0; 16], 16);
        let zero = maker.zero(".bss.far", SectionKind::UninitializedData, reach + 64, 16);
        let symbol = maker.define("far_away", zero, reach);
        maker.relocate(code, 8, symbol, kind, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        let error = link(inputs, &all(target)).expect_err(&format!("{kind:?}"));
        let text = error.to_string();
        for part in ["far_away", ".text.place", "start.o", "does not fit"] {
            assert!(text.contains(part), "{kind:?}: {text}");
        }
    }
}

/// A field whose lowest bits an instruction does not have.
#[test]
fn what_is_not_aligned_is_an_error() {
    for kind in [
        R_AARCH64_LDST16_ABS_LO12_NC,
        R_AARCH64_LDST32_ABS_LO12_NC,
        R_AARCH64_LDST64_ABS_LO12_NC,
        R_AARCH64_LDST128_ABS_LO12_NC,
        R_AARCH64_CALL26,
    ] {
        let mut maker = Maker::start(A64);
        let code = maker.section(".text.place", SectionKind::Text, &[0; 16], 16);
        let symbol = maker.undefined("status");
        maker.relocate(code, 8, symbol, kind, 1);
        let inputs = vec![maker.input("start.o"), status(A64, 0).input("status.o")];
        let error = link(inputs, &all(A64)).expect_err(&format!("{kind:?}"));
        assert!(error.to_string().contains("does not fit"), "{error}");
    }
}

/// What only an executable at a fixed address could have.
#[test]
fn what_is_not_position_independent_is_an_error() {
    let (r, w) = (SectionKind::ReadOnlyData, SectionKind::Data);
    for (target, kind, section) in [
        (X64, R_X86_64_64, r),
        (X64, R_X86_64_64, SectionKind::Text),
        (X64, R_X86_64_32, w),
        (X64, R_X86_64_32S, SectionKind::Text),
        (A64, R_AARCH64_ABS64, r),
        (A64, R_AARCH64_ABS64, SectionKind::Text),
        (A64, R_AARCH64_ABS32, w),
    ] {
        let mut maker = Maker::start(target);
        let place = maker.section(".place", section, &[0; 16], 16);
        let symbol = maker.undefined("status");
        maker.relocate(place, 8, symbol, kind, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        let error = link(inputs, &all(target)).expect_err(&format!("{kind:?}"));
        let text = error.to_string();
        assert!(
            text.contains("status") && text.contains("position-independent"),
            "{text}"
        );
    }
}

#[test]
fn types_that_are_not_supported_are_named() {
    let (thread, other) = ("-ftls-model", "not supported");
    for (target, kind, why) in [
        (X64, R_X86_64_TLSGD, thread),
        (X64, R_X86_64_GOTPC32_TLSDESC, thread),
        (X64, R_X86_64_COPY, other),
        (A64, R_AARCH64_TLSGD_ADR_PAGE21, thread),
        (A64, R_AARCH64_TLSDESC_CALL, thread),
        (A64, R_AARCH64_MOVW_UABS_G0, other),
    ] {
        let mut maker = Maker::start(target);
        let place = maker.section(".text.place", SectionKind::Text, &[0; 16], 16);
        let symbol = maker.undefined("status");
        maker.relocate(place, 8, symbol, kind, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        match link(inputs, &all(target)) {
            Err(LinkError::BadInput { name, reason }) => {
                assert_eq!(name, "start.o");
                let number = format!("type {} ", kind.0);
                for part in [&number, ".text.place", why] {
                    assert!(reason.contains(part), "{reason}");
                }
            }
            other => panic!("{:?}", other.map(|bytes| bytes.len())),
        }
    }
}

/// A relocation whose field ends outside of the section.
#[test]
fn fields_end_inside() {
    for (target, offset) in TARGETS.into_iter().zip([9, u64::MAX - 3]) {
        let mut maker = Maker::start(target);
        let place = maker.section(".data.place", SectionKind::Data, &[0; 16], 16);
        let symbol = maker.undefined("status");
        maker.word(place, offset, symbol, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        let error = link(inputs, &all(target)).unwrap_err().to_string();
        assert!(
            error.contains("start.o") && error.contains(".data.place"),
            "{error}"
        );
    }
}

/// Instructions that read the table do without it, and do the same.
#[test]
fn x64_instructions_without_the_table() {
    // mov rdx, [rip + status@GOTPCREL]; mov edi, [rdx]; jmp/call [rip + leave@GOTPCREL]
    let make = |kind: RelocationType, branch: u8| {
        let mut maker = Maker::new(X64);
        let code = [
            0x48, 0x8b, 0x15, 0, 0, 0, 0, 0x8b, 0x3a, 0xff, branch, 0, 0, 0, 0, 0x0f, 0x0b,
        ];
        let text = maker.section(".text._start", SectionKind::Text, &code, 16);
        maker.define("_start", text, 0);
        let leave = [0xb8, 60, 0, 0, 0, 0x0f, 0x05];
        let leave = maker.section(".text.leave", SectionKind::Text, &leave, 16);
        let leave = maker.define("leave", leave, 0);
        let status = maker.undefined("status");
        maker.relocate(text, 3, status, kind, -4);
        maker.relocate(text, 11, leave, kind, -4);
        let inputs = vec![
            maker.input("start.o"),
            support::status(X64, 23).input("s.o"),
        ];
        link(inputs, &all(X64)).unwrap()
    };
    for kind in [R_X86_64_GOTPCREL, R_X86_64_REX_GOTPCRELX] {
        for (branch, code) in [(0x15, &[0x67, 0xe8][..]), (0x25, &[0xe9])] {
            let bytes = make(kind, branch);
            let image = Image::new(&bytes);
            assert!(image.section(".got").is_none());
            let start = image.address("_start");
            assert_eq!(image.read(start), [0x48, 0x8d, 0x15]);
            assert_eq!(image.read::<2>(start + 9)[..code.len()], *code);
            // The byte that a jump has less.
            let last = image.read::<1>(start + 14)[0];
            assert_eq!(last == 0x90, branch == 0x25);
            assert_eq!(run(X64, &bytes).unwrap_or(23), 23);
        }
    }
}

/// Bytes before a slot's field that are another instruction, or none.
#[test]
fn x64_other_instructions_keep_the_table() {
    for before in [
        [0x48, 0x8b, 0x45], // mov rax, [rbp + 0], which is followed by other bytes
        [0x48, 0x3b, 0x05], // cmp rax, [rip + slot]
        [0x90, 0x8b, 0x05], // mov eax, [rip + slot]
        [0x0f, 0xff, 0x35], // push [rip + slot]
    ] {
        let mut maker = Maker::start(X64);
        let code = [&before[..], &[0; 13]].concat();
        let code = maker.section(".text.place", SectionKind::Text, &code, 16);
        maker.define("place", code, 0);
        let symbol = maker.undefined("status");
        maker.relocate(code, 3, symbol, R_X86_64_GOTPCREL, -4);
        let inputs = vec![maker.input("start.o"), status(X64, 0).input("status.o")];
        let bytes = link(inputs, &all(X64)).unwrap();
        let image = Image::new(&bytes);
        let place = image.address("place");
        assert_eq!(image.read(place), before);
        let slot = (place + 7).wrapping_add_signed(image.int(place + 3).into());
        assert_eq!(image.word(slot), image.address("status"));
    }
}

#[test]
fn a64_instructions_without_the_table() {
    let make = |load: u32| {
        let mut maker = Maker::new(A64);
        let code = words(&[
            0x9000_0001, // adrp x1, :got:status
            load,
            0xb940_0040, // ldr w0, [x2]
            0xd280_0ba8, // mov x8, 93 (exit)
            0xd400_0001, // svc 0
        ]);
        let text = maker.section(".text._start", SectionKind::Text, &code, 16);
        maker.define("_start", text, 0);
        let status = maker.undefined("status");
        maker.relocate(text, 0, status, R_AARCH64_ADR_GOT_PAGE, 0);
        maker.relocate(text, 4, status, R_AARCH64_LD64_GOT_LO12_NC, 0);
        let inputs = vec![
            maker.input("start.o"),
            support::status(A64, 24).input("s.o"),
        ];
        link(inputs, &all(A64))
    };
    // ldr x2, [x1]
    let bytes = make(0xf940_0022).unwrap();
    let image = Image::new(&bytes);
    assert!(image.section(".got").is_none());
    assert_eq!(
        image.int(image.address("_start") + 4) as u32 & 0xff80_03ff,
        0x9100_0022
    );
    assert_eq!(run(A64, &bytes).unwrap_or(24), 24);
    // What is not that load is not rewritten blindly.
    let error = make(0xb940_0022).unwrap_err().to_string();
    assert!(error.contains("status"), "{error}");
}

/// Words in sections that ask for no alignment, behind others of odd size.
#[test]
fn words_of_sections_without_alignment() {
    for target in TARGETS {
        let mut maker = Maker::start(target);
        maker.section("before", SectionKind::Data, &[1; 3], 1);
        let place = maker.section("behind", SectionKind::Data, &[0; 8], 1);
        maker.define("place", place, 0);
        let symbol = maker.undefined("status");
        maker.word(place, 0, symbol, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        let bytes = link(inputs, &all(target)).unwrap();
        let image = Image::new(&bytes);
        let place = image.address("place");
        assert_eq!(image.word(place), image.address("status"));
        assert_eq!(image.relocated(), [place]);
    }
}

/// Words at odd places are relocated too.
#[test]
fn words_that_are_not_aligned() {
    for target in TARGETS {
        let mut maker = Maker::start(target);
        let place = maker.section(".data.place", SectionKind::Data, &[0; 64], 16);
        maker.define("place", place, 0);
        let symbol = maker.undefined("status");
        maker.word(place, 8, symbol, 0);
        maker.word(place, 19, symbol, 2);
        maker.word(place, 32, symbol, 0);
        let inputs = vec![maker.input("start.o"), status(target, 0).input("status.o")];
        let bytes = link(inputs, &all(target)).unwrap();
        let image = Image::new(&bytes);
        let (place, status) = (image.address("place"), image.address("status"));
        assert_eq!(image.word(place + 8), status);
        assert_eq!(image.word(place + 19), status + 2);
        let mut relocated = image.relocated();
        relocated.sort();
        assert_eq!(relocated, [place + 8, place + 19, place + 32]);
    }
}
