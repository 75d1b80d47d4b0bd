//! What is left of components in the IR.

use wative_compiler::ir::EntryKind;
use wative_compiler::ir::component::ComponentCall;
use wative_compiler::options::{Emit, OptLevel};
use wative_compiler::{Input, Options, compile};

/// The IR of a program that calls the exported function `f`, which takes nothing.
fn text(component: &str) -> String {
    text_at(component, OptLevel::O0)
}

fn text_at(component: &str, opt: OptLevel) -> String {
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
        opt,
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

/// `f` of the instance `main` calls `add` of a child. `back`: what the child imports from its parent, and calls.
fn parent(main: &str, back: &str) -> String {
    format!(
        r#"(component
          (component $Child
            {back}
            (core module $m
              (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
            (core instance $i (instantiate $m))
            (func (export "add") (param "a" u32) (param "b" u32) (result u32)
              (canon lift (core func $i "add"))))
          {main}
          (func (export "f") (result u32) (canon lift (core func $main "f"))))"#
    )
}

#[test]
fn a_call_of_a_small_function_of_another_component_vanishes() {
    let component = parent(
        r#"(instance $child (instantiate $Child))
          (core func $add (canon lower (func $child "add")))
          (core module $Main
            (import "" "add" (func $add (param i32 i32) (result i32)))
            (func (export "f") (result i32) (call $add (i32.const 40) (i32.const 2))))
          (core instance $main (instantiate $Main (with "" (instance (export "add" (func $add))))))"#,
        "",
    );
    // Nothing leads back, so there are no flags.
    let plain = text(&component);
    let canonical = function(&plain, "[canonical 0]");
    assert!(canonical.contains("call func"), "{canonical}");
    assert!(!canonical.contains("global"), "{canonical}");
    assert!(!canonical.contains("branch"), "{canonical}");
    let optimised = text_at(&component, OptLevel::O2);
    let f = function(&optimised, "f");
    assert!(!f.contains("call") && f.contains("42"), "{f}");
}

#[test]
fn that_an_instance_is_entered_is_noted_where_calls_may_lead_back() {
    let component = parent(
        r#"(core module $Back (func (export "back")))
          (core instance $back (instantiate $Back))
          (func $back (canon lift (core func $back "back")))
          (instance $child (instantiate $Child (with "back" (func $back))))
          (core func $add (canon lower (func $child "add")))
          (core module $Main
            (import "" "add" (func $add (param i32 i32) (result i32)))
            (func (export "f") (result i32) (call $add (i32.const 40) (i32.const 2))))
          (core instance $main (instantiate $Main (with "" (instance (export "add" (func $add))))))"#,
        r#"(import "back" (func $back))
            (core func $lowered (canon lower (func $back)))
            (core module $Start (import "" "back" (func $f)) (start $f))
            (core instance (instantiate $Start (with "" (instance (export "back" (func $lowered))))))"#,
    );
    let plain = text(&component);
    let canonical = function(&plain, "[canonical 1]");
    assert_eq!(canonical.matches("global.get").count(), 1, "{canonical}");
    assert_eq!(canonical.matches("global.set").count(), 2, "{canonical}");
}
