//! Shared objects: what loaders are told of them, and what cannot be one.

mod support;

use object::elf;
use object::read::elf::{Dyn, FileHeader};
use object::{LittleEndian as LE, Object as _, ObjectSymbol as _, SectionKind};
use support::{Maker, TARGETS};
use wative_link::{Input, LinkError, LinkOptions, LinkTarget, Shared, link};

/// Options for a shared object with these exports.
fn options(target: LinkTarget, exports: &[&str]) -> LinkOptions {
    LinkOptions {
        shared: Some(Shared {
            name: "libtest.so.1".to_owned(),
            exports: exports.iter().map(|name| (*name).to_owned()).collect(),
        }),
        ..LinkOptions::new(target)
    }
}

/// An object with two variables, the first of which has the address of the second, and one that nobody refers to.
fn object(target: LinkTarget) -> Vec<u8> {
    let mut maker = Maker::new(target);
    let first = maker.section(".data.first", SectionKind::Data, &[0; 8], 8);
    let second = maker.section(".data.second", SectionKind::Data, &[7; 8], 8);
    let unused = maker.section(".data.unused", SectionKind::Data, &[9; 64], 8);
    maker.define("first", first, 0);
    let symbol = maker.define("second", second, 4);
    maker.define("unused", unused, 0);
    maker.word(first, 0, symbol, 0);
    maker.object.write().unwrap()
}

fn made(target: LinkTarget, options: &LinkOptions) -> Result<Vec<u8>, LinkError> {
    link(vec![Input::new("test.o", object(target))], options)
}

#[test]
fn loaders_find_the_exports_alone() {
    for target in TARGETS {
        for strip in [false, true] {
            let options = LinkOptions {
                strip,
                ..options(target, &["first"])
            };
            let bytes = made(target, &options).unwrap();
            let header = elf::FileHeader64::<LE>::parse(&*bytes).unwrap();
            assert_eq!(header.e_type.get(LE), elf::ET_DYN);
            assert_eq!(header.e_entry.get(LE), 0);
            let segments = header.program_headers(LE, &*bytes).unwrap();
            let dynamic = segments.iter().find_map(|segment| {
                object::read::elf::ProgramHeader::dynamic(segment, LE, &*bytes).unwrap()
            });
            let dynamic = dynamic.unwrap();
            let value = |tag| {
                let entry = dynamic.iter().find(|entry| entry.tag(LE) == tag);
                entry.map(|entry| entry.val(LE))
            };
            assert_eq!(value(elf::DT_NEEDED), None);
            assert_eq!(value(elf::DT_RELR), None, "old loaders do not know it");
            assert_eq!(value(elf::DT_RELASZ), Some(24));
            let flags = value(elf::DT_FLAGS_1).unwrap();
            assert_ne!(flags & elf::DF_1_NODELETE.0, 0);
            assert_eq!(flags & elf::DF_1_PIE.0, 0);
            // Addresses of what is in the first segment are places in the file.
            let names = value(elf::DT_STRTAB).unwrap() + value(elf::DT_SONAME).unwrap();
            assert!(bytes[names as usize..].starts_with(b"libtest.so.1\0"));
            if !strip {
                let file = object::File::parse(&*bytes).unwrap();
                let symbols: Vec<_> = file.dynamic_symbols().collect();
                assert_eq!(symbols.len(), 1);
                assert_eq!(symbols[0].name(), Ok("first"));
                assert!(!bytes.windows(8).any(|bytes| bytes == [9; 8]));
                // Its contents are relocated by the only entry of the table.
                let at = value(elf::DT_RELA).unwrap() as usize;
                let place = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
                assert_eq!(place, symbols[0].address());
            }
        }
    }
}

#[test]
fn what_cannot_be_one() {
    for target in TARGETS {
        let missing = made(target, &options(target, &["first", "third"]));
        let Err(LinkError::UndefinedSymbol { symbol, .. }) = missing else {
            panic!("{missing:?}");
        };
        assert_eq!(symbol, "third");
        let mut maker = Maker::new(target);
        let thread = maker.section(".tdata", SectionKind::Tls, &[1; 8], 8);
        maker.define("thread", thread, 0);
        let inputs = vec![Input::new("test.o", maker.object.write().unwrap())];
        let error = link(inputs, &options(target, &["thread"])).unwrap_err();
        assert!(error.to_string().contains("thread-local"), "{error}");
    }
}
