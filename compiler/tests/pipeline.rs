//! What the pipeline offers to whoever looks for a miscompile.

use wative_compiler::options::{Emit, OptLevel, StopAfter};
use wative_compiler::{Error, Input, Options, compile};

/// A function on which value numbering and dead code have something to do.
const MODULE: &str = r#"(module (memory 1)
    (func (export "f") (param i32) (result i32)
        (local i32)
        (local.set 1 (i32.add (local.get 0) (i32.const 1)))
        (if (i32.eqz (local.get 0)) (then (local.set 1 (i32.load (i32.const 8)))))
        (i32.add (local.get 1) (i32.load (local.get 0))) (drop)
        (i32.add (i32.load (local.get 0)) (i32.load (local.get 0)))))"#;

fn text(change: impl FnOnce(&mut Options)) -> Result<String, Error> {
    text_of(MODULE, change)
}

fn text_of(module: &str, change: impl FnOnce(&mut Options)) -> Result<String, Error> {
    let input = Input {
        name: "m".into(),
        path: "m.wat".into(),
        bytes: wat::parse_str(module).expect("text"),
        links: Vec::new(),
    };
    let mut options = Options {
        emit: Emit::Ir,
        entry: wative_compiler::ir::EntryKind::Invoke("f".into()),
        verify: true,
        function: Some("0".into()),
        ..Options::default()
    };
    change(&mut options);
    Ok(compile(&[input], &options)?.text)
}

#[test]
fn functions_can_be_seen_behind_every_step() {
    let after = |step: &str| text(|o| o.print_after = Some(step.into())).expect(step);
    let [params, numbered, dead, expanded] = ["params", "gvn", "dce", "expand"].map(after);
    assert_eq!(dead, text(|_| ()).unwrap(), "the last before expansion");
    assert_ne!(numbered, dead);
    assert_eq!(
        params, numbered,
        "the last step of the name is behind value numbering"
    );
    let loads = |text: &str| text.matches("load").count();
    assert_eq!((loads(&dead), loads(&expanded)), (2, 2));
}

#[test]
fn steps_that_do_not_run_are_refused() {
    let error = text(|o| o.print_after = Some("late gvn".into())).unwrap_err();
    assert!(
        error.to_string().contains("params, jumps, objects, gvn"),
        "{error}"
    );
    let at = |level| {
        text(|o| {
            o.opt = level;
            o.print_after = Some("gvn".into());
        })
    };
    assert!(at(OptLevel::O1).is_err() && at(OptLevel::O2).is_ok());
}

#[test]
fn optional_steps_can_be_left_out() {
    let first = |count| text(|o| o.stop_after = StopAfter::Each(count)).unwrap();
    let none = first(0);
    assert_eq!(first(usize::MAX), text(|_| ()).unwrap());
    assert_ne!(none, first(usize::MAX));
    // Expansion is not optional.
    let expanded = text(|o| {
        o.stop_after = StopAfter::Each(0);
        o.print_after = Some("expand".into());
    });
    assert!(expanded.is_ok());
    let step = text(|o| {
        o.stop_after = StopAfter::Each(2);
        o.print_after = Some("gvn".into());
    });
    assert!(step.is_err(), "the third is left out");
    let in_function = |func, steps| text(|o| o.stop_after = StopAfter::In { func, steps }).unwrap();
    assert_eq!(in_function(0, 3), first(3), "it is the only one");
    assert_eq!(in_function(1, 0), first(usize::MAX));
    assert_eq!("7:2".parse(), Ok(StopAfter::In { func: 7, steps: 2 }));
    assert!("7:".parse::<StopAfter>().is_err() && "x".parse::<StopAfter>().is_err());
}

#[test]
fn what_is_behind_a_certain_trap_is_not_inlined() {
    // Null is known only where the body takes the place of the call: nothing stands for the integer that a later block multiplies.
    let module = r#"(module
        (func $square (param $r i31ref) (param $c i32) (result i32)
            (local $q i32)
            (local.set $q (i31.get_s (local.get $r)))
            (if (result i32) (local.get $c)
                (then (i32.mul (local.get $q) (local.get $q)))
                (else (i32.const 3))))
        (func (export "f") (param $c i32) (result i32)
            (call $square (ref.null i31) (local.get $c))))"#;
    let function = Some("1".into());
    let text = text_of(module, |o| o.function = function).expect("it compiles");
    assert!(text.contains("trap NullReference"), "{text}");
    assert!(!text.contains("mul"), "{text}");
}
