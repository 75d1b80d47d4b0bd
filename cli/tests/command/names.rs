//! Names that drive a terminal or deceive a reader are written out wherever they are shown, and what follows from them.

use std::fs;

use crate::common::{Ran, Scratch, has};

/// Controls a terminal, begins a line, and turns text around.
const NAME: &str = "a\u{1b}[31m\nQ\u{202e}c\u{2066}\u{9b}";

/// The name in the text format.
const QUOTED: &str = r"a\1b[31m\0aQ\u{202e}c\u{2066}\u{9b}";

/// How it is shown.
const SHOWN: &str = r"a\u{1b}[31m\nQ\u{202e}c\u{2066}\u{9b}";

/// The text shows the name and holds nothing that was to be written out.
#[track_caller]
fn is_clean(text: &str) {
    assert!(text.contains(SHOWN), "{text:?}");
    let bad = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{2066}".contains(c);
    assert!(!text.contains(bad) && !text.contains("\nQ"), "{text:?}");
}

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    let module = r#"(module
      (func $NAME (export "_start") unreachable)
      (func (export "NAME") (param i32))
      (@custom "NAME" "") (tag $NAME (export "tag")) (func (export "throw") (throw $NAME)))"#;
    // Names of the name section follow from identifiers, in which not everything is allowed, but in quotes it is.
    let text = module
        .replace("$NAME", &format!("$\"{QUOTED}\""))
        .replace("NAME", QUOTED);
    scratch.write("app.wat", text);
    scratch.write(
        "needs.wat",
        format!(
            r#"(module (import "{QUOTED}" "{QUOTED}" (func)) (func (export "_start") (call 0)))"#
        ),
    );
    scratch.write(
        "twice.wat",
        format!(r#"(module (func (export "{QUOTED}")) (func (export "{QUOTED}")))"#),
    );
    scratch
}

#[test]
fn names_of_modules_are_shown_written_out() {
    let scratch = scratch();
    is_clean(&scratch.wative("inspect app.wat").succeeded().stdout);
    is_clean(&scratch.wative("inspect needs.wat").succeeded().stdout);
    for kind in ["asm", "ir"] {
        let line = format!("build app.wat --emit {kind} -o -");
        is_clean(&scratch.wative(&line).succeeded().stdout);
    }
    for line in [
        "build needs.wat",
        "build app.wat --invoke nowhere",
        "build twice.wat --invoke nowhere",
        "inspect twice.wat",
    ] {
        is_clean(&scratch.wative(line).failed(1, &[]).stderr);
    }
    let trap = scratch.wative("run app.wat");
    assert_eq!(trap.status, Some(134));
    is_clean(&trap.stderr);
    let thrown = scratch.wative("run app.wat --invoke throw");
    assert_eq!(thrown.status, Some(134));
    is_clean(&thrown.stderr);
    let unknown = scratch.wative("run needs.wat --allow-unknown-imports");
    assert_eq!(unknown.status, Some(134));
    let mut command = scratch.command(["run", "app.wat", "--invoke", NAME, "--", NAME]);
    let bad = Ran::from(command.output().unwrap()).status;
    assert_eq!(bad, Some(2));
    let text = Ran::from(command.output().unwrap()).stderr;
    assert_eq!(text.matches(SHOWN).count(), 2, "{text}");
    is_clean(&text);
}

#[test]
fn symbols_are_written_out() {
    if !has("nm") {
        return;
    }
    let scratch = scratch();
    let mut command = scratch.command(["build", &format!("{NAME}=app.wat"), "-o", "app"]);
    Ran::from(command.output().unwrap()).succeeded();
    let nm = std::process::Command::new("nm")
        .arg(scratch.path.join("app"))
        .output()
        .unwrap();
    let symbols = Ran::from(nm).succeeded().stdout;
    assert!(symbols.contains(&format!("{SHOWN}::{SHOWN}")), "{symbols}");
    is_clean(&symbols);
}

#[test]
fn names_of_files_are_shown_written_out() {
    let scratch = scratch();
    let file = format!("{NAME}.wat");
    for line in [
        &["build", &file][..],
        &["inspect", &file],
        &["build", "app.wat", "-o", &format!("{NAME}/x")],
        &["build", "app.wat", "--link", &file],
        &["build", "app.wat", "--manifest", &file],
        &["build", "app.wat", "--embed-dir", &format!("{NAME}::/x")],
        &[
            "build",
            "app.wat",
            &format!("{NAME}=needs.wat"),
            &format!("{NAME}=app.wat"),
        ],
        &["run", "app.wat", &file],
        &["build", "app.wat", "--linker", &format!("./{NAME}")],
    ] {
        let ran = Ran::from(scratch.command(line).output().unwrap());
        is_clean(&ran.failed(1, &[]).stderr);
    }
    // The text itself is at fault, and its place is told.
    scratch.write(&file, format!("(module\n  (func ${NAME}))"));
    let ran = Ran::from(scratch.command(["build", &file]).output().unwrap());
    assert!(
        ran.stderr.starts_with(&format!("error: {SHOWN}.wat: ")),
        "{ran:?}"
    );
    assert!(
        !ran.stderr.contains(|c: char| c.is_control() && c != '\n'),
        "{ran:?}"
    );
    scratch.write("wative.toml", "\"\\u001b[31m\" = 1\n");
    let ran = scratch.wative("build app.wat --manifest wative.toml");
    ran.failed(1, &["unknown key `\\u{1b}[31m`"]);
    // What the parser of the command line says, too.
    let ran = Ran::from(
        scratch
            .command(["build", "app.wat", "-O", "\u{202e}9"])
            .output()
            .unwrap(),
    );
    ran.failed(2, &["\\u{202e}9"]);
}

#[test]
fn what_an_executable_says_of_its_grants_is_written_out() {
    let scratch = scratch();
    let folder = scratch.path.join(NAME);
    fs::create_dir(&folder).unwrap();
    let line = [
        "build",
        "app.wat",
        "-o",
        "app",
        "--dir",
        &format!("{NAME}::/{NAME}"),
        "--env",
        &format!("{NAME}={NAME}"),
        "--file",
        &format!("{NAME}::/x/{NAME}"),
    ];
    Ran::from(scratch.command(line).output().unwrap()).succeeded();
    is_clean(&scratch.wative("inspect app").succeeded().stdout);
    fs::remove_dir(&folder).unwrap();
    let ran = scratch.program("app", &[]);
    assert_eq!(ran.status, Some(1));
    is_clean(&ran.stderr);
}

/// Something of every kind, with names.
const NAMED: &str = r#"(module
  (type $point (struct (field $x (mut i32)) (field $y (mut i64))))
  (type $bytes (array (mut i8)))
  (type $callback (func (param i32) (result i32)))
  (memory $heap 1)
  (table $calls 2 funcref)
  (global $counter (mut i32) (i32.const 0))
  (data $text "abc")
  (elem $all func $step)
  (func $step (param $a i32) (result i32) (local $sum i32)
    (loop $again
      (global.set $counter (i32.load (local.get $a)))
      (br_if $again (global.get $counter)))
    (memory.init $text (i32.const 0) (i32.const 0) (i32.const 1))
    (table.init $calls $all (i32.const 0) (i32.const 0) (i32.const 1))
    (drop (array.new_data $bytes $text (i32.const 0) (i32.const 2)))
    (global.set $point (struct.new $point (local.get $a) (i64.const 2)))
    (call_indirect $calls (type $callback) (local.get $a) (i32.const 0)))
  (global $point (mut (ref null $point)) (ref.null $point))
  (func (export "_start") (drop (call $step (i32.const 1)))))"#;

/// That a text has these parts.
#[track_caller]
fn shows(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

const LEGEND: [&str; 2] = [
    "; v0 $a, local 1 $sum, label @0x",
    "$point { $x +4, $y +8 }",
];

#[test]
fn listings_say_what_modules_call_things() {
    let scratch = Scratch::new();
    scratch.write("app.wat", NAMED);
    for kind in ["ir", "asm"] {
        let line = format!("build app.wat --emit {kind} --function step -o -");
        let text = scratch.wative(&line).succeeded().stdout;
        shows(&text, &LEGEND[..1]);
        shows(&text, &[" $again\n", "$counter", "$calls"]);
        if kind == "ir" {
            shows(&text, &LEGEND);
            let all = [
                "table0 $calls",
                "mem0 $heap",
                "global0 $counter",
                "global1 $point",
                "elem0 $all",
                "data0 $text",
                " $bytes",
                " $callback",
            ];
            shows(&text, &all);
        }
    }
}

/// A message about an operator says what that works on.
#[test]
fn messages_say_what_modules_call_things() {
    let bodies = [
        ("(local.set $sum (f32.const 1))", "at `local.set 1` ($sum)"),
        (
            "(global.set $counter (i64.const 1))",
            "at `global.set 0` ($counter)",
        ),
        (
            "(table.set $calls (i32.const 0) (i32.const 1))",
            "at `table.set 0` ($calls)",
        ),
        (
            "(drop (struct.new $point (i32.const 1) (i32.const 1)))",
            "at `struct.new 0` ($point)",
        ),
        (
            "(struct.set $point $y (global.get $point) (i32.const 1))",
            "at `struct.set 0 1` ($point $y)",
        ),
        ("(drop (call $step (i64.const 1)))", "at `call 0` ($step)"),
    ];
    let scratch = Scratch::new();
    for (body, words) in bodies {
        let text = NAMED.replace("(loop $again", &format!("{body} (loop $again"));
        scratch.write("app.wat", text);
        let failed = scratch
            .wative("build app.wat")
            .failed(1, &["function 0 (step)", words]);
        assert!(failed.stderr.contains("type mismatch"), "{}", failed.stderr);
    }
}

/// Whatever is cut off or changed among the names, the module is compiled, and what is still named is shown.
#[test]
fn damaged_names_do_no_harm() {
    let scratch = Scratch::new();
    let bytes = wat::parse_str(NAMED).expect("a module");
    let at = (bytes.windows(5).position(|w| w == b"\x04name")).expect("a section") + 5;
    for i in (at..bytes.len()).step_by(3) {
        for value in [0x7f, 0xff] {
            let mut damaged = bytes.clone();
            damaged[i] = value;
            scratch.write("app.wasm", damaged);
            let line = "build app.wasm --emit ir --function 0 -o -";
            shows(&scratch.wative(line).succeeded().stdout, &["func func0 "]);
        }
    }
}
