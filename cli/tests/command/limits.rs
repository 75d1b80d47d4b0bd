//! What could never start is refused when it is built; what is not, starts.

use std::fs;
use std::process::Command;

use crate::common::{EXIT_42, MATH, Ran, Scratch};

#[test]
fn more_grants_than_can_be_made_are_refused() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write("file", "");
    let manifest = |dirs: usize, files: usize| {
        let dirs = (0..dirs).map(|i| format!("\".::/d{i}:ro\", "));
        let files = (0..files).map(|i| format!("\"file::/f{i}:ro\", "));
        let text = format!(
            "dirs = [{}]\nfiles = [{}]\n",
            dirs.collect::<String>(),
            files.collect::<String>()
        );
        scratch.write("wative.toml", text);
        scratch.wative("build app.wat --manifest wative.toml -o app")
    };
    // As many as are allowed can be opened with the usual limit of descriptors.
    for (dirs, files) in [(1000, 0), (0, 499), (400, 299)] {
        manifest(dirs, files).succeeded();
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -S -n 1024; exec ./app"])
            .current_dir(&scratch.path);
        let ran = Ran::from(command.output().unwrap());
        let all = (ran.status, &*ran.stderr);
        assert_eq!(all, (Some(42), ""), "{dirs} directories, {files} files");
    }
    fs::remove_file(scratch.path.join("app")).unwrap();
    for (dirs, files) in [(1001, 0), (1100, 0), (0, 501), (500, 251)] {
        manifest(dirs, files).failed(1, &["too many grants", "1000"]);
    }
    let mut command = scratch.command(["build", "app.wat", "-o", "app"]);
    command.args((0..1100).map(|i| format!("--dir=.::/d{i}")));
    Ran::from(command.output().unwrap()).failed(1, &["1100 descriptors"]);
    let long = "x/".repeat(2048);
    let mut command = scratch.command(["build", "app.wat", "--dir", &long]);
    Ran::from(command.output().unwrap()).failed(1, &["4096 bytes"]);
    scratch
        .wative("build app.wat --listen 127.0.0.1:4000 --listen 127.0.0.1:4000")
        .failed(1, &["--listen 127.0.0.1:4000", "twice"]);
    scratch
        .wative("build app.wat -o zero --listen 127.0.0.1:0 --listen 127.0.0.1:0")
        .succeeded();
    assert_eq!(scratch.program("zero", &[]).status, Some(42));
    assert!(!scratch.path.join("app").exists());
}

#[test]
fn too_few_descriptors_are_told_of() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let mut command = scratch.command(["build", "app.wat", "-o", "app"]);
    command.args((0..20).map(|i| format!("--dir=.::/d{i}")));
    Ran::from(command.output().unwrap()).succeeded();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 16; exec ./app"])
        .current_dir(&scratch.path);
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("ulimit -n"), "{ran:?}");
}

#[test]
fn functions_that_a_command_line_cannot_call_are_refused() {
    let scratch = Scratch::new();
    let function = |params: usize, results: usize| {
        let values: String = (0..results).map(|i| format!("(i32.const {i})")).collect();
        let (params, results) = ("i32 ".repeat(params), "i32 ".repeat(results));
        let text =
            format!("(module (func (export \"f\") (param {params}) (result {results}) {values}))");
        scratch.write("m.wat", text);
    };
    function(64, 64);
    let args: Vec<String> = (0..64).map(|i| i.to_string()).collect();
    let mut command = scratch.command(["run", "m.wat", "--invoke", "f", "--"]);
    let ran = Ran::from(command.args(&args).output().unwrap()).succeeded();
    assert_eq!(ran.stdout, args.join("\n") + "\n");
    for (params, results, part) in [
        (0, 65, "65 results"),
        (65, 0, "65 parameters"),
        (1, 1000, "1000 results"),
    ] {
        function(params, results);
        for line in [
            "build m.wat --invoke f",
            "build m.wat --invoke f --emit obj",
        ] {
            scratch
                .wative(line)
                .failed(1, &["m.wat: cannot call `f`", part, "64"]);
        }
    }
    scratch.write(
        "refs.wat",
        r#"(module (func (export "f") (param i32 externref)) (func (export "g") (result externref) (ref.null extern)))"#,
    );
    scratch
        .wative("build refs.wat --invoke f")
        .failed(1, &["parameter 2 is a reference"]);
    let ran = scratch.wative("run refs.wat --invoke g").succeeded();
    assert_eq!(ran.stdout, "null\n");
    assert_eq!(scratch.names(), ["cache", "m.wat", "refs.wat"]);
}

#[test]
fn memories_of_the_host_count_for_the_limit() {
    let scratch = Scratch::new();
    let text = EXIT_42
        .replace("(memory (export \"memory\") 1)", "")
        .replacen(
            "(import",
            r#"(import "env" "memory" (memory 32)) (import"#,
            1,
        );
    scratch.write("app.wat", text);
    scratch
        .wative("build app.wat --memory-limit 1M")
        .failed(1, &["2097152 bytes", "1048576"]);
    let ran = scratch.wative("run app.wat --memory-limit 2M");
    assert_eq!(ran.status, Some(42), "{ran:?}");
}

#[test]
fn what_runs_before_an_entry_must_take_and_return_nothing() {
    let scratch = Scratch::new();
    let text = |start: &str| {
        let text = format!(
            "(module (func (export \"_initialize\") (param i32)) (func (export \"{start}\")))"
        );
        scratch.write("m.wat", text);
    };
    text("_start");
    scratch
        .wative("build m.wat")
        .failed(1, &["`_initialize` has type (i32) -> ()"]);
    text("f");
    scratch
        .wative("build m.wat --invoke f")
        .failed(1, &["`_initialize` has type (i32) -> ()"]);
    scratch
        .wative("run m.wat --invoke _initialize -- 5")
        .succeeded();
    // Once, not twice.
    scratch.write(
        "once.wat",
        r#"(module (global $n (mut i32) (i32.const 0))
          (func (export "_initialize") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#,
    );
    let ran = scratch
        .wative("run once.wat --invoke _initialize")
        .succeeded();
    assert_eq!(ran.stdout, "1\n");
}

#[test]
fn text_may_begin_with_a_byte_order_mark() {
    let scratch = Scratch::new();
    scratch.write("m.wat", format!("\u{feff}{MATH}"));
    let ran = scratch.wative("run m.wat --invoke add -- 1 2").succeeded();
    assert_eq!(ran.stdout, "3\n");
    scratch.write("bad.wat", "\u{feff}(module\n  (func (i32.konst 1)))");
    scratch
        .wative("build bad.wat")
        .failed(1, &[":2:10", "konst"]);
    scratch.write("app.wat", EXIT_42);
    scratch.write("wative.toml", "\u{feff}env = [\"A=1\"]\n");
    scratch
        .wative("build app.wat --manifest wative.toml -o app")
        .succeeded();
    assert!(
        scratch
            .wative("inspect app")
            .succeeded()
            .stdout
            .contains("A=1")
    );
    scratch.write("utf16.wat", b"\xff\xfe(\0m\0");
    scratch.wative("build utf16.wat").failed(1, &["UTF-16"]);
}
