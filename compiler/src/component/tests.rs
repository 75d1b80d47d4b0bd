//! Symbolic instantiation, on components in text.

use super::flat::{Core, CoreItem, Flat, FlatCanon, FlatExport, FlatFunc, FlatModule};
use super::{COMPONENTS, read, start};
use crate::Error;
use crate::canonical::HOST_RESOURCES;
use crate::entity::EntityId;
use crate::options::Input;
use wasmparser::{Parser, Payload, WasmFeatures};

fn flat(text: &str) -> Result<Flat, Error> {
    composed(&[text])
}

/// A component with plugs, which are called `1.wat` and so on.
fn composed(texts: &[&str]) -> Result<Flat, Error> {
    let inputs = texts.iter().enumerate().map(|(i, text)| Input {
        name: i.to_string(),
        path: format!("{i}.wat"),
        bytes: wat::parse_str(text).expect("component text"),
        links: Vec::new(),
    });
    let inputs: Vec<Input> = inputs.collect();
    read(&inputs, WasmFeatures::default() | COMPONENTS)
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
fn resource_types_differ_by_instance() {
    let flat = flat(
        r#"(component
            (component $outer
              (type $r (resource (rep i32)))
              (core func (canon resource.drop $r)))
            (instance (instantiate $outer))
            (instance (instantiate $outer)))"#,
    )
    .unwrap();
    let first = HOST_RESOURCES.len();
    let own = || flat.resources.values().skip(first);
    let owners: Vec<Option<usize>> = own().map(|r| r.owner.map(|o| o.index())).collect();
    assert_eq!(owners, [Some(1), Some(2)]);
    let dropped: Vec<(usize, usize)> = flat
        .canons
        .values()
        .map(|canon| match canon {
            FlatCanon::ResourceDrop { resource, instance } => {
                (resource.index() - first, instance.index())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(dropped, [(0, 1), (1, 2)]);
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
    assert_eq!(flat.resources.len(), HOST_RESOURCES.len());
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
        "drop res3",
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
    let parallelism = "(component (core func (canon thread.available_parallelism)))";
    let refused = ["thread and stream built-ins", "shared-everything-threads"];
    let reason_of = reason(parallelism);
    assert!(
        refused.iter().any(|it| reason_of.contains(it)),
        "{reason_of}"
    );
    let missing = "unknown import: m: core module";
    assert_eq!(reason("(component (import \"m\" (core module)))"), missing);
}

/// A component that imports an interface, calls its function, and exports another interface of the same type.
fn link(import: &str, export: &str) -> String {
    format!(
        r#"(component
            (import "{import}" (instance $in
              (export "r" (type $r (sub resource)))
              (type $pair (tuple u8 string))
              (export "pair" (type $p (eq $pair)))
              (export "f" (func (param "of" $p) (param "r" (borrow $r)) (result u32)))))
            (alias export $in "r" (type $r))
            (alias export $in "pair" (type $p))
            (core module $libc
              (memory (export "memory") 1)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
            (core instance $libc (instantiate $libc))
            (core func $f (canon lower (func $in "f") (memory (core memory $libc "memory"))))
            (core module $m
              (import "in" "f" (func (param i32 i32 i32 i32) (result i32)))
              (export "f" (func 0)))
            (core instance $i (instantiate $m (with "in" (instance (export "f" (func $f))))))
            (func $g (param "of" $p) (param "r" (borrow $r)) (result u32)
              (canon lift (core func $i "f") (memory (core memory $libc "memory"))
                (realloc (core func $libc "realloc"))))
            (instance $out (export "r" (type $r)) (export "pair" (type $p)) (export "f" (func $g)))
            (export "{export}" (instance $out)))"#
    )
}

/// One that exports such an interface, with this type of pairs.
fn end(export: &str, pair: &str) -> String {
    format!(
        r#"(component
            (type $r' (resource (rep i32)))
            (export $r "r" (type $r'))
            (type $pair {pair})
            (export $p "pair" (type $pair))
            (core module $m
              (memory (export "memory") 1)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
              (func (export "f") (param i32 i32 i32 i32) (result i32) (i32.const 1)))
            (core instance $i (instantiate $m))
            (func $f (param "of" $p) (param "r" (borrow $r)) (result u32)
              (canon lift (core func $i "f") (memory (core memory $i "memory"))
                (realloc (core func $i "realloc"))))
            (instance $out (export "r" (type $r)) (export "pair" (type $p)) (export "f" (func $f)))
            (export "{export}" (instance $out)))"#
    )
}

#[test]
fn plugs_give_what_is_imported() {
    const PAIR: &str = "(tuple u8 string)";
    let main = link("a:b/c@0.1.0", "out");
    // The newest of a compatible version is taken, and the version itself before others.
    let middle = link("a:b/d@0.1.0", "a:b/c@0.1.5");
    let flat = composed(&[&main, &middle, &end("a:b/d@0.1.0", PAIR)]).unwrap();
    assert_eq!(files_of(&flat), [2, 1, 1, 0, 0]);
    let callee = |canon: usize| match flat.canons.values().nth(canon) {
        Some(FlatCanon::Call {
            func: FlatFunc::Lifted(lifted),
            ..
        }) => lifted.callee.clone(),
        other => panic!("{other:?}"),
    };
    let export = |core: u32| CoreItem::Export {
        core: super::flat::CoreId::from_u32(core),
        name: "f".to_string(),
    };
    assert_eq!((callee(0), callee(1)), (export(0), export(2)));
    let roots = flat.instances.values().filter(|parent| parent.is_none());
    assert_eq!(roots.count(), 3);
    // What a plug exports it does not give to itself: that is the host's, which has no such thing.
    let virtualised = link("a:b/c@0.1.0", "a:b/c@0.1.0");
    let flat = composed(&[&main, &virtualised]).unwrap();
    let hosts = flat.canons.values().filter(|canon| {
        let FlatCanon::Call { func, .. } = canon else {
            return false;
        };
        matches!(func, FlatFunc::Host { .. })
    });
    assert_eq!(hosts.count(), 1);
}

/// The files that core modules come from, in the order of their instances.
fn files(texts: &[&str]) -> Vec<usize> {
    let mut files = files_of(&composed(texts).unwrap());
    files.dedup();
    files
}

fn files_of(flat: &Flat) -> Vec<usize> {
    let files = flat.cores.values().map(|core| match &core.module {
        FlatModule::Of(place) => place.file,
        made => panic!("{made:?}"),
    });
    files.collect()
}

#[test]
fn plugs_may_wrap_what_others_export() {
    const PAIR: &str = "(tuple u8 string)";
    let [main, wrapper] = [
        link("a:b/c@0.1.0", "out"),
        link("a:b/c@0.1.0", "a:b/c@0.1.0"),
    ];
    let end = end("a:b/c@0.1.0", PAIR);
    // What is imported from comes first.
    assert_eq!(files(&[&main, &wrapper, &wrapper, &end]), [3, 2, 1, 0]);
    let error = composed(&[&main, &end, &wrapper]).unwrap_err();
    assert!(
        error.reason.starts_with("both 1.wat and 2.wat"),
        "{error:?}"
    );
}

#[test]
fn what_a_plug_needs_of_the_host_does_not_come_from_what_it_is_made_for() {
    let main = link("wasi:random/random@0.2.0", "out");
    let virtualised = link("a:b/d@0.1.0", "wasi:random/random@0.2.0");
    let helper = link("wasi:random/random@0.2.0", "a:b/d@0.1.0");
    assert_eq!(files(&[&main, &virtualised, &helper]), [2, 1, 0]);
}

#[test]
fn all_that_is_missing_is_said_at_once_and_by_whom() {
    let main = r#"(component
        (import "m" (core module))
        (import "c" (component))
        (import "a:b/i" (instance $i (export "f" (func (param "x" u8)))))
        (import "wasi:random/random@0.2.0" (instance
          (export "get-random-u64" (func (result u64)))))
        (core func (canon lower (func $i "f"))))"#;
    let error = composed(&[main]).unwrap_err();
    assert_eq!(
        (error.file.as_str(), error.reason.as_str()),
        (
            "0.wat",
            "3 imports cannot be resolved:\n  unknown import: m: core module\n  unknown import: c: component\n  unknown import: a:b/i f: func(x: u8)"
        )
    );
    let main = r#"(component (import "a:b/c@0.1.0" (instance (export "pair" (func)))))"#;
    let plug = r#"(component (import "m" (core module)) (import "n" (func))
        (instance $i) (export "a:b/c@0.1.0" (instance $i)))"#;
    let error = composed(&[main, plug]).unwrap_err();
    assert_eq!(error.file, "1.wat", "{error:?}");
}

#[test]
fn plugs_that_do_not_fit_are_errors() {
    const PAIR: &str = "(tuple u8 string)";
    let main = link("a:b/c@0.1.0", "out");
    let error = |texts: &[&str]| {
        let error = composed(texts).unwrap_err();
        format!("{}: {}", error.file, error.reason)
    };
    let [a, newer] = [end("a:b/c@0.1.0", PAIR), end("a:b/c@0.1.1", PAIR)];
    assert_eq!(
        error(&[&main, &a, &a]),
        "0.wat: both 1.wat and 2.wat export `a:b/c@0.1.0`, which is imported"
    );
    assert_eq!(
        error(&[&main, &newer, &a]),
        "1.wat: nothing imports what this component exports"
    );
    let other = composed(&[&main, &end("a:b/c@0.2.0", PAIR)]).unwrap_err();
    assert_eq!(
        other.help.unwrap_or_default(),
        "`a:b/c@0.1.0` is imported, and `a:b/c@0.2.0` is no compatible version of it"
    );
    for (pair, difference) in [
        ("(tuple u8 u8)", "`pair`: the types differ"),
        ("(tuple u8 string string)", "`pair`: the types differ"),
        ("(list string)", "`pair`: the types differ"),
    ] {
        // The core function of the text has another type then, which is an error of the text itself.
        let text = end("a:b/c@0.1.0", pair).replace(
            "(param i32 i32 i32 i32) (result i32) (i32.const 1)",
            match pair {
                "(tuple u8 u8)" | "(list string)" => {
                    "(param i32 i32 i32) (result i32) (i32.const 1)"
                }
                _ => "(param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 1)",
            },
        );
        assert_eq!(
            error(&[&main, &text]),
            format!(
                "0.wat: `a:b/c@0.1.0` is imported with another type than 1.wat exports it with: {difference}"
            )
        );
    }
    let other = r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f"))) (export "a:b/c@0.1.0" (func $f)))"#;
    assert!(error(&[&main, other]).ends_with("it is something else"));
    let fewer = r#"(component (type $r (resource (rep i32))) (instance $i (export "r" (type $r)))
        (export "a:b/c@0.1.0" (instance $i)))"#;
    assert!(error(&[&main, fewer]).ends_with("it has no `pair`"));
    let unused = end("a:b/e@0.1.0", PAIR);
    assert_eq!(
        error(&[&main, &a, &unused]),
        "2.wat: nothing imports what this component exports"
    );
    let [circle, back] = [
        link("a:b/d@0.1.0", "a:b/c@0.1.0"),
        link("a:b/c@0.1.0", "a:b/d@0.1.0"),
    ];
    assert_eq!(
        error(&[&main, &circle, &back]),
        "1.wat: components need each other in a circle: 1.wat needs 2.wat needs 1.wat for `a:b/c@0.1.0`"
    );
}

/// A component whose start function returns a value, which it exports.
const GIVES: &str = r#"(component
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    (func $f (result u8) (canon lift (core func $i "f")))
    (start $f (result (value $v)))
    (export "a:b/v@0.1.0" (value $v)))"#;

/// A component whose start function takes a value.
fn takes(ty: &str, passes_on: bool) -> String {
    let export = match passes_on {
        true => r#"(export "a:b/w@0.1.0" (instance))"#,
        false => "",
    };
    format!(
        r#"(component
            (import "a:b/v@0.1.0" (value $v {ty}))
            (core module $m (func (export "f") (param i32)))
            (core instance $i (instantiate $m))
            (func $f (param "v" {ty}) (canon lift (core func $i "f")))
            (start $f (value $v))
            {export})"#
    )
}

#[test]
fn start_functions_are_called_between_core_instances() {
    let flat = composed(&[&takes("u8", false), GIVES]).unwrap();
    let kinds = flat.cores.values().map(|core| match core.module {
        FlatModule::Of(_) => "module",
        FlatModule::Values => "values",
        FlatModule::Start => "start",
    });
    let kinds: Vec<&str> = kinds.collect();
    assert_eq!(kinds, ["module", "values", "start", "module", "start"]);
    let calls = flat.canons.values().map(|canon| match canon {
        FlatCanon::Initialise { args, result, .. } => (args.len(), result.is_some()),
        other => panic!("{other:?}"),
    });
    assert_eq!(calls.collect::<Vec<_>>(), [(0, true), (1, false)]);
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let reason = |texts: &[&str]| composed(texts).unwrap_err().reason;
    let alone = reason(&[&takes("u8", false)]);
    assert_eq!(alone, "unknown import: a:b/v@0.1.0: value");
    let other = reason(&[&takes("u16", false), GIVES]);
    assert!(other.contains("the value has another type"), "{other}");
    let written = Input {
        name: String::new(),
        path: String::new(),
        bytes: b"\0asm\x0d\0\x01\0\x0c\x01\0".to_vec(),
        links: Vec::new(),
    };
    let error = read(&[written], WasmFeatures::default() | COMPONENTS).unwrap_err();
    assert_eq!(
        error.reason,
        "value definitions of components are not supported"
    );
    let host = r#"(component (import "f" (func $f)) (start $f))"#;
    assert_eq!(
        reason(&[host]),
        "start functions that the host provides of components are not supported"
    );
}

#[test]
fn the_modules_of_start_functions_are_what_their_text_says() {
    let call = wat::parse_str(r#"(module (import "" "" (func)) (start 0))"#).unwrap();
    assert_eq!(call, start::CALL);
    let lines = include_str!("start.rs").lines();
    let text = lines.skip_while(|line| *line != "/// ```wat").skip(1);
    let text = text.take_while(|line| *line != "/// ```");
    let text: String = text.map(|line| line.trim_start_matches('/')).collect();
    for bytes in [0_u32, 1, 0x1_0000, 0x1_0001, 1 << 28] {
        let pages = bytes.div_ceil(0x1_0000).max(1).to_string();
        let text = text.replace("PAGES", &pages);
        let text = text.replace("BYTES", &bytes.to_string());
        let made = start::memory(bytes);
        wasmparser::validate(&made).expect("a valid module");
        assert_eq!(contents(&made), contents(&wat::parse_str(text).unwrap()));
    }
}

/// What is in a module, whose numbers may be written in several ways.
fn contents(module: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::TypeSection(types) => found.push(format!("{:?}", types.range())),
            Payload::MemorySection(memories) => {
                found.extend(memories.into_iter().map(|memory| format!("{memory:?}")));
            }
            Payload::GlobalSection(globals) => found.extend(globals.into_iter().map(|global| {
                let global = global.unwrap();
                let init = global.init_expr.get_operators_reader().into_iter();
                let init: Vec<_> = init.map(Result::unwrap).collect();
                format!("{:?} {init:?}", global.ty)
            })),
            Payload::ExportSection(exports) => {
                found.extend(exports.into_iter().map(|export| format!("{export:?}")));
            }
            Payload::CodeSectionEntry(body) => found.push(format!("{:?}", body.as_bytes())),
            _ => {}
        }
    }
    found
}
