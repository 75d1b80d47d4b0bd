//! What is left of components in the IR.

use wative_compiler::ir::EntryKind;
use wative_compiler::ir::component::ComponentCall;
use wative_compiler::options::{Emit, OptLevel};
use wative_compiler::{Input, Options, compile};

/// The IR of a program that calls the exported function `f`, which takes nothing.
fn text(component: &str) -> String {
    let input = Input {
        name: "c".into(),
        path: "c.wat".into(),
        bytes: wat::parse_str(component).expect("text"),
        links: Vec::new(),
    };
    let options = Options {
        emit: Emit::Ir,
        entry: EntryKind::Calls(vec![ComponentCall {
            export: vec!["f".into()],
            args: Vec::new(),
        }]),
        opt: OptLevel::O0,
        verify: true,
        ..Options::default()
    };
    compile(&[input], &options).expect("a valid component").text
}

/// The listing of the function of this name.
fn function<'a>(text: &'a str, name: &str) -> &'a str {
    let mut funcs = text.split("\nfunc ");
    let quoted = format!("\"{name}\"");
    funcs
        .find(|func| func.contains(&quoted))
        .expect("a function")
}

/// A function behind a shim whose table another module fills. `start` is what the module between them does when it is instantiated.
fn shim(start: &str) -> String {
    text(&format!(
        r#"(component
          (core module $Shim
            (type $f (func (result i32)))
            (table (export "t") 1 1 funcref)
            (func $pass (export "f") (result i32) (call_indirect (type $f) (i32.const 0))))
          (core instance $shim (instantiate $Shim))
          (core module $Main
            (import "" "f" (func $f (result i32)))
            (memory 1)
            (func (export "f") (result i32) (i32.add (call $f) (i32.const 1)))
            (func $start {start})
            (start $start))
          (core instance $main (instantiate $Main (with "" (instance $shim))))
          (core module $Fill
            (import "" "t" (table 1 1 funcref))
            (func $target (result i32) (i32.const 41))
            (elem (i32.const 0) func $target))
          (core instance (instantiate $Fill (with "" (instance $shim))))
          (func (export "f") (result u32) (canon lift (core func $main "f"))))"#
    ))
}

#[test]
fn what_shims_pass_on_to_is_called_directly() {
    let text = shim("(drop (memory.grow (i32.const 1)))");
    assert!(!text.contains("call_indirect"), "{text}");
    assert!(!text.contains("table"), "{text}");
    assert!(!text.contains("\"pass\""), "{text}");
    assert!(function(&text, "f").contains("call func"), "{text}");
}

#[test]
fn shims_stay_where_they_may_be_called_before_their_table_is_full() {
    let text = shim("(drop (call $f))");
    assert!(function(&text, "pass").contains("call_indirect"), "{text}");
}

/// A function of the host, which is called by `f`, and from `realloc` with this body.
fn clock(realloc: &str) -> String {
    text(&format!(
        r#"(component
          (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
            (export "now" (func (result u64)))))
          (import "wasi:random/random@0.2.0" (instance $random
            (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
          (core module $Memory
            (memory (export "m") 1)
            (global (export "last") (mut i64) (i64.const 0)))
          (core instance $memory (instantiate $Memory))
          (core func $now (canon lower (func $clock "now")))
          (core module $Realloc
            (import "" "now" (func $now (result i64)))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) {realloc} (i32.const 64)))
          (core instance $realloc (instantiate $Realloc (with "" (instance (export "now" (func $now))))))
          (core func $bytes (canon lower (func $random "get-random-bytes")
            (memory (core memory $memory "m")) (realloc (core func $realloc "realloc"))))
          (core module $Main
            (import "" "now" (func $now (result i64)))
            (import "" "bytes" (func $bytes (param i64 i32)))
            (func (export "f") (result i64) (call $bytes (i64.const 3) (i32.const 8)) (call $now)))
          (core instance $main (instantiate $Main (with "" (instance
            (export "now" (func $now)) (export "bytes" (func $bytes))))))
          (func (export "f") (result u64) (canon lift (core func $main "f"))))"#
    ))
}

#[test]
fn leaving_is_checked_only_where_it_may_be_forbidden() {
    let text = clock("");
    let now = function(&text, "[canonical 0]");
    assert!(!now.contains("global"), "{now}");
    assert!(!now.contains("branch"), "{now}");
    // While `realloc` may run nothing else may be called, but only it would find out.
    let bytes = function(&text, "[canonical 1]");
    assert!(!bytes.contains("global.get"), "{bytes}");
    assert_eq!(bytes.matches("global.set").count(), 2, "{bytes}");

    let text = clock("(drop (call $now))");
    let now = function(&text, "[canonical 0]");
    assert!(now.contains("global.get"), "{now}");
    assert!(now.contains("wative_rt_component_trap"), "{now}");
}
