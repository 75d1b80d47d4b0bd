//! `scripts/bisect.py`, which finds the pass at fault by `--stop-after`.

use std::process::Command;

use crate::common::Scratch;

/// Value numbering makes 0x1eadbeef in `guilty`, and nothing else does.
const MODULE: &str = r#"(module
  (memory 1)
  (func $fine (param i32) (result i32) (local i32)
    (loop $l
      (local.set 1 (i32.mul (local.get 1) (local.get 0)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func $guilty (param i32) (local i32)
    (loop $l
      (local.set 1 (i32.add (local.get 1) (i32.or
        (if (result i32) (local.get 0) (then (i32.const 0x1ead0000)) (else (i32.const 0x1ead0000)))
        (i32.const 0xbeef))))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.store (i32.const 0) (local.get 1)))
  (func (export "_start")
    (i32.store (i32.const 8) (call $fine (i32.const 3)))
    (call $guilty (i32.add (i32.load (i32.const 4)) (i32.const 1)))))
"#;

/// An executable that has that number is wrong.
const CHECK: &str = r"import sys; sys.exit(b'\xef\xbe\xad\x1e' in open(sys.argv[1], 'rb').read())";

fn bisect(scratch: &Scratch, check: &[&str]) -> (Option<i32>, String) {
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/bisect.py"))
        .args(["--wative", env!("CARGO_BIN_EXE_wative"), "app.wat"])
        .args(check)
        .current_dir(&scratch.path)
        .output()
        .expect("python3 is needed for this test");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn the_guilty_function_and_pass_are_found() {
    let scratch = Scratch::new();
    scratch.write("app.wat", MODULE);
    let (status, text) = bisect(&scratch, &["--", "python3", "-c", CHECK]);
    assert_eq!(status, Some(0), "{text}");
    for part in ["\"guilty\"", "pass 5: gvn\n", "const.i32 0x1eadbeef"] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains("fine"), "{text}");
}

#[test]
fn what_passes_cannot_be_blamed_for_is_said() {
    let scratch = Scratch::new();
    scratch.write("app.wat", MODULE);
    let (status, text) = bisect(&scratch, &[]);
    assert_eq!(status, Some(1));
    assert!(text.contains("the executable is right"), "{text}");
    let (status, text) = bisect(&scratch, &["--", "false"]);
    assert_eq!(status, Some(1));
    assert!(text.contains("wrong without any pass"), "{text}");
}
