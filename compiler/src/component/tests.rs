//! Symbolic instantiation, on components in text.

use super::flat::{Core, CoreItem, Flat, FlatCanon, FlatExport, FlatFunc};
use super::{COMPONENTS, read};
use crate::Error;
use crate::entity::EntityId;
use crate::options::Input;
use wasmparser::WasmFeatures;

fn flat(text: &str) -> Result<Flat, Error> {
    let input = Input {
        name: "test".to_string(),
        path: "test.wat".to_string(),
        bytes: wat::parse_str(text).expect("component text"),
        links: Vec::new(),
    };
    read(&input, WasmFeatures::default() | COMPONENTS)
}

/// What a core instance gets for an import: the instance and export, or the canonical function.
fn import(flat: &Flat, core: usize, module: &str, name: &str) -> String {
    let core = flat.cores.values().nth(core).expect("a core instance");
    let item = match &core.args[module] {
        Core::Module(core) => return format!("{core}.{name}"),
        Core::Items(items) => &items[name],
    };
    match item {
        CoreItem::Export { core, name } => format!("{core}.{name}"),
        CoreItem::Canon(canon) => canon.to_string(),
    }
}

#[test]
fn nested_components_are_instantiated_as_often_as_asked() {
    let flat = flat(
        r#"(component
            (component $inner
              (import "f" (func $f (result u32)))
              (core func $lowered (canon lower (func $f)))
              (core module $m
                (import "host" "f" (func $f (result i32)))
                (func (export "g") (result i32) (i32.add (call $f) (i32.const 1))))
              (core instance $i (instantiate $m (with "host" (instance (export "f" (func $lowered))))))
              (func $g (result u32) (canon lift (core func $i "g")))
              (export "g" (func $g)))
            (core module $m (func (export "one") (result i32) (i32.const 1)))
            (core instance $i (instantiate $m))
            (func $one (result u32) (canon lift (core func $i "one")))
            (instance $a (instantiate $inner (with "f" (func $one))))
            (instance $b (instantiate $inner (with "f" (func $a "g"))))
            (export "g" (func $b "g"))
            (export "both" (instance $a)))"#,
    )
    .unwrap();
    let parents: Vec<Option<usize>> = flat
        .instances
        .values()
        .map(|p| p.map(|p| p.index()))
        .collect();
    assert_eq!(parents, [None, Some(0), Some(0)]);
    assert_eq!(flat.cores.len(), 3);
    assert_eq!(import(&flat, 1, "host", "f"), "canon0");
    assert_eq!(import(&flat, 2, "host", "f"), "canon1");
    let callee = |canon: usize| match flat.canons.values().nth(canon) {
        Some(FlatCanon::Call {
            func: FlatFunc::Lifted(lifted),
            ..
        }) => lifted.callee.clone(),
        other => panic!("{other:?}"),
    };
    let export = |core: usize, name: &str| CoreItem::Export {
        core: super::flat::CoreId::from_u32(core as u32),
        name: name.to_string(),
    };
    assert_eq!((callee(0), callee(1)), (export(0, "one"), export(1, "g")));
    let Some(FlatExport::Func(FlatFunc::Lifted(lifted))) = flat.exports.get("g") else {
        panic!("{:?}", flat.exports)
    };
    assert_eq!(lifted.callee, export(2, "g"));
    assert!(matches!(
        flat.exports.get("both"),
        Some(FlatExport::Instance(_))
    ));
}

#[test]
fn resource_types_differ_by_instance_and_outer_aliases_see_their_own() {
    let flat = flat(
        r#"(component
            (component $outer
              (type $r (resource (rep i32)))
              (component $inner
                (alias outer 1 $r (type $r))
                (core func (canon resource.drop $r)))
              (instance (instantiate $inner)))
            (instance (instantiate $outer))
            (instance (instantiate $outer)))"#,
    )
    .unwrap();
    let owners: Vec<Option<usize>> = flat
        .resources
        .values()
        .map(|r| r.owner.map(|o| o.index()))
        .collect();
    assert_eq!(owners, [Some(1), Some(3)]);
    let dropped: Vec<(usize, usize)> = flat
        .canons
        .values()
        .map(|canon| match canon {
            FlatCanon::ResourceDrop { resource, instance } => (resource.index(), instance.index()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(dropped, [(0, 2), (1, 4)]);
}

#[test]
fn what_the_host_is_asked_for_is_known_by_its_names() {
    let flat = flat(
        r#"(component
            (import "wasi:io/streams@0.2.6" (instance $streams
              (export "output-stream" (type $s (sub resource)))
              (export "[method]output-stream.flush" (func (param "self" (borrow $s))))))
            (alias export $streams "output-stream" (type $s))
            (import "wasi:cli/stdout@0.2.6" (instance $stdout
              (alias outer 1 $s (type $outer))
              (export "output-stream" (type $s (eq $outer)))
              (export "get-stdout" (func (result (own $s))))))
            (core func (canon lower (func $stdout "get-stdout")))
            (core func (canon lower (func $streams "[method]output-stream.flush")))
            (core func (canon resource.drop $s)))"#,
    )
    .unwrap();
    assert_eq!(flat.resources.len(), 1);
    let names: Vec<String> = flat
        .canons
        .values()
        .map(|canon| match canon {
            FlatCanon::Call {
                func: FlatFunc::Host {
                    interface, name, ..
                },
                ..
            } => format!("{interface} {name}"),
            FlatCanon::ResourceDrop { resource, .. } => format!("drop {resource}"),
            other => panic!("{other:?}"),
        })
        .collect();
    let want = [
        "wasi:cli/stdout@0.2.6 get-stdout",
        "wasi:io/streams@0.2.6 [method]output-stream.flush",
        "drop res0",
    ];
    assert_eq!(names, want);
}

#[test]
fn bombs_and_what_is_not_supported_are_errors() {
    let reason = |text: &str| flat(text).unwrap_err().reason;
    // Each makes two of the one before.
    let mut bomb = "(component (component $c0)".to_string();
    for i in 1..20 {
        let inner = format!(
            "(alias outer 1 $c{} (component $c)) (instance (instantiate $c)) (instance (instantiate $c))",
            i - 1
        );
        bomb.push_str(&format!("(component $c{i} {inner})"));
    }
    bomb.push_str("(instance (instantiate $c19)))");
    assert!(reason(&bomb).contains("more than 10000 instances"));
    let mut deep = "(component (component $c0)".to_string();
    for i in 1..300 {
        deep.push_str(&format!(
            "(component $c{i} (alias outer 1 $c{} (component $c)) (instance (instantiate $c)))",
            i - 1
        ));
    }
    deep.push_str("(instance (instantiate $c299)))");
    assert!(reason(&deep).contains("more than 200 components"));
    let asynchronous = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") async (canon lift (core func $i "f"))))"#;
    assert!(reason(asynchronous).contains("async functions"));
    assert!(reason("(component (import \"m\" (core module)))").contains("nothing provides"));
}
