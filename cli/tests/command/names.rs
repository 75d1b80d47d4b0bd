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
