//! Which functions an object has code of, and which it only names.

use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use std::collections::BTreeMap;
use wative_compiler::ir::{EntryKind, World};
use wative_compiler::options::{Isa, OptLevel};
use wative_compiler::{Input, Options, compile};

/// `half` may trap and is inlined, `zero` is folded; `$far` can only be called by its reference, `$other` by nobody who is in the program.
const MODULE: &str = r#"(module $m (memory (export "memory") 1)
    (type $t (func (param i32) (result i32)))
    (table 1 funcref) (elem (i32.const 0) $far)
    (func $half (param i32) (result i32) (i32.div_u (i32.const 64) (local.get 0)))
    (func $zero (result i32) (i32.const 0))
    (func $far (type $t) (i32.add (local.get 0) (i32.load (local.get 0))))
    (func $other (export "other") (param i32) (result i32) (i32.load offset=4 (local.get 0)))
    (func (export "_start")
        (i32.store (call $zero) (call $half (i32.load (i32.const 8))))
        (i32.store (i32.const 4) (call_indirect (type $t) (i32.const 7) (call $zero)))))"#;

/// Names and sizes of the object's functions, and its read-only data.
fn functions(change: impl FnOnce(&mut Options)) -> (BTreeMap<String, u64>, Vec<u8>) {
    let input = Input {
        name: "m".into(),
        path: "m.wat".into(),
        bytes: wat::parse_str(MODULE).expect("text"),
        links: Vec::new(),
    };
    let mut options = Options {
        world: World::Closed,
        entry: EntryKind::Command,
        opt: OptLevel::O2,
        verify: true,
        ..Options::default()
    };
    change(&mut options);
    let object = compile(&[input], &options).expect("compiles").object;
    let file = object::File::parse(&object[..]).expect("is an object");
    let symbols = file.symbols().filter(|it| it.kind() == SymbolKind::Text);
    let symbols = symbols.filter(|it| it.is_definition());
    let named = symbols.map(|it| (it.name().expect("UTF-8").to_string(), it.size()));
    let rodata = file.section_by_name(".rodata").expect("has constants");
    (named.collect(), rodata.data().expect("has bytes").to_vec())
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn what_nothing_refers_to_has_no_code() {
    for isa in [Isa::X64, Isa::A64] {
        let (functions, tables) = functions(|options| options.isa = isa);
        let names: Vec<&str> = functions.keys().map(String::as_str).collect();
        assert!(functions.values().all(|&size| size > 0), "{functions:?}");
        for gone in ["half", "zero", "other", "other [entry]"] {
            assert!(!names.contains(&&*format!("m::{gone}")), "{names:?}");
        }
        for kept in ["far", "_start", "_start [entry]"] {
            assert!(names.contains(&&*format!("m::{kept}")), "{names:?}");
        }
        assert!(has(&tables, "half"), "backtraces name what was inlined");
        assert!(!has(&tables, "other"), "nothing names it");
    }
}

#[test]
fn what_is_called_from_outside_has_code() {
    let kinds = [
        (World::Closed, EntryKind::Script),
        (World::Closed, EntryKind::Invoke("other".into())),
        (World::Open, EntryKind::None),
    ];
    for (world, entry) in kinds {
        let what = format!("{world:?} {entry:?}");
        let (functions, _) = functions(|options| (options.world, options.entry) = (world, entry));
        assert!(functions.contains_key("m::other"), "{what}: {functions:?}");
        assert!(
            functions.contains_key("m::other [entry]"),
            "{what}: {functions:?}"
        );
    }
}
