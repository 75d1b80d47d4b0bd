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
