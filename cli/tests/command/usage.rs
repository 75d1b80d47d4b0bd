//! The command line itself: help, usage errors, bad input, outputs. Nothing here needs a module to be compiled.

use std::fs;
use std::process::Command;

use crate::common::{EXIT_42, MATH, Ran, Scratch};
use clap::CommandFactory;
use wative::args::Cli;
use wative::output::{Destination, destination};

#[test]
fn help_lists_and_explains_every_option() {
    let scratch = Scratch::new();
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let help = scratch.wative(&format!("{name} --help")).succeeded().stdout;
        assert!(
            help.contains("\n  wative "),
            "an example for {name}: {help}"
        );
        for arg in command.get_arguments() {
            let id = arg.get_id();
            assert!(arg.get_help().is_some(), "{name}: {id} has no help");
            if let Some(long) = arg.get_long() {
                assert!(help.contains(&format!("--{long}")), "{name}: --{long}");
            }
        }
        let top = scratch.wative("--help").succeeded().stdout;
        assert!(top.contains(&format!("\n  {name}")), "{name} in: {top}");
    }
}

#[test]
fn version_and_help_succeed() {
    let scratch = Scratch::new();
    let version = scratch.wative("--version").succeeded().stdout;
    assert!(version.starts_with(&format!("wative {}\n", env!("CARGO_PKG_VERSION"))));
    assert!(
        scratch
            .wative("-h")
            .succeeded()
            .stdout
            .contains("Usage: wative")
    );
    assert!(
        scratch
            .wative("help run")
            .succeeded()
            .stdout
            .contains("Usage: wative run")
    );
}

#[test]
fn bad_usage_is_status_2_and_names_the_option() {
    let scratch = Scratch::new();
    scratch.write("a.wat", EXIT_42);
    let cases = [
        ("build", "[NAME=]FILE"),
        ("build a.wat --no-such-option", "--no-such-option"),
        ("build a.wat -O4", "4"),
        ("build a.wat --emit exe2", "exe2"),
        ("build a.wat --jobs 0", "--jobs"),
        ("build a.wat --stack-size 12", "--stack-size"),
        ("build a.wat --stack-size 8X", "--stack-size"),
        ("build a.wat --dir ::/x", "--dir"),
        ("build a.wat --env =x", "--env"),
        ("build a.wat --memory best", "best"),
        (
            "build a.wat --target riscv64gc-unknown-linux-gnu",
            "x86_64-unknown-linux-gnu",
        ),
        (
            "build a.wat --target x86_64-apple-darwin --memory fixed",
            "--memory fixed",
        ),
        ("build a.wat --target nonsense", "x86_64-unknown-linux-gnu"),
        (
            "build a.wat --target x86_64 --cpu i386",
            "x86-64-v2, x86-64-v3",
        ),
        (
            "build a.wat --target arm64 --cpu x86-64-v3",
            "generic, armv8.1-a",
        ),
        ("build a.wat --prefix p", "--prefix"),
        ("build a.wat b.wat --emit obj --prefix p", "--prefix"),
        ("build a.wat --function f", "--function"),
        (
            "build a.wat --emit obj --prefix p --memory fixed",
            "--memory fixed",
        ),
        ("build a.wat --emit obj --prefix p --invoke f", "--prefix"),
        ("build a.wat --emit obj --link x.o", "--link"),
        ("build a.wat --emit asm --linker cc", "--linker"),
        ("build a.wat --emit ir --strip", "--strip"),
        (
            "build a.wat --link x.o --allow-unknown-imports",
            "--allow-unknown-imports",
        ),
        ("build =a.wat", "NAME"),
        ("run a.wat extra --bad", "--bad"),
        ("inspect", "<FILE>"),
        ("inspect a.wat b.wat", "b.wat"),
        ("targets x", "x"),
    ];
    for (args, part) in cases {
        scratch.wative(args).failed(2, &[part]);
    }
    assert_eq!(scratch.wative("").status, Some(2));
    assert_eq!(scratch.names(), ["a.wat"]);
}

#[test]
fn bad_input_is_status_1_and_names_the_file() {
    let scratch = Scratch::new();
    scratch.write("empty.wasm", "");
    scratch.write("noise.wasm", "This is not a module.");
    scratch.write("magic.wasm", "\0as");
    scratch.write("syntax.wat", "(module\n  (func (i32.konst 1)))");
    scratch.write("two.wat", "(module) (module)");
    fs::create_dir(scratch.path.join("folder.wasm")).unwrap();
    let before = scratch.names();
    let cases: [(&str, &[&str]); 7] = [
        (
            "missing.wasm",
            &["missing.wasm: cannot read", "No such file"],
        ),
        ("buidl", &["wative --help"]),
        ("empty.wasm", &["empty.wasm: ", "empty"]),
        ("noise.wasm", &["noise.wasm: ", "not a WebAssembly module"]),
        ("magic.wasm", &["magic.wasm: ", "magic number"]),
        ("folder.wasm", &["folder.wasm: cannot read"]),
        ("syntax.wat", &["syntax.wat", ":2:", "konst"]),
    ];
    for (file, parts) in cases {
        for command in ["build", "run", "inspect"] {
            scratch
                .wative(&format!("{command} {file} "))
                .failed(1, parts);
        }
    }
    scratch.wative("two.wat").failed(1, &["two.wat"]);
    assert_eq!(scratch.names(), before);
}

#[test]
fn inputs_must_be_told_apart() {
    let scratch = Scratch::new();
    scratch.write("a.wat", MATH);
    fs::create_dir(scratch.path.join("sub")).unwrap();
    scratch.write("sub/a.wat", MATH);
    scratch
        .wative("build a.wat sub/a.wat -o x")
        .failed(1, &["`a`", "a.wat", "sub/a.wat", "NAME="]);
    scratch
        .wative("build x=- y=- -o x")
        .failed(1, &["standard input"]);
}

#[test]
fn outputs_are_checked_before_anything_is_done() {
    let scratch = Scratch::new();
    let module = scratch.write("a.wat", EXIT_42);
    fs::create_dir(scratch.path.join("folder")).unwrap();
    std::os::unix::fs::symlink("a.wat", scratch.path.join("link")).unwrap();
    fs::hard_link(&module, scratch.path.join("hard")).unwrap();
    scratch.write("object.o", "");
    let before = scratch.names();
    scratch
        .wative("a.wat -o missing/app")
        .failed(1, &["missing/app", "directory missing"]);
    scratch
        .wative("a.wat -o folder")
        .failed(1, &["folder", "directory"]);
    scratch.wative("a.wat -o a.wat/app").failed(1, &["a.wat"]);
    scratch.wative("a.wat -o a.wat").failed(1, &["overwrite"]);
    scratch.wative("a.wat -o ./link").failed(1, &["overwrite"]);
    scratch.wative("a.wat -o hard").failed(1, &["overwrite"]);
    scratch
        .wative("a.wat --link object.o -o object.o")
        .failed(1, &["overwrite", "object.o"]);
    scratch
        .wative("runtime -o missing/lib.a")
        .failed(1, &["missing/lib.a"]);
    let mut command = scratch.command(["a.wat", "-o", ""]);
    Ran::from(command.output().unwrap()).failed(2, &["--output"]);
    assert_eq!(scratch.names(), before);
    assert_eq!(fs::read_to_string(&module).unwrap(), EXIT_42);
}

#[test]
fn devices_are_not_replaced() {
    let null = std::path::Path::new("/dev/null");
    assert_eq!(
        destination(null, &[], false).unwrap(),
        Destination::Special(null.to_owned())
    );
}

#[test]
fn runtime_writes_an_archive_that_binutils_read_and_a_header() {
    let scratch = Scratch::new();
    scratch.wative("runtime").succeeded();
    scratch.wative("runtime --header").succeeded();
    assert_eq!(scratch.names(), ["libwative_runtime.a", "wative.h"]);
    let header = fs::read_to_string(scratch.path.join("wative.h")).unwrap();
    assert_eq!(
        scratch.wative("runtime --header -o -").succeeded().stdout,
        header
    );
    assert!(header.contains("wative_instantiate"), "{header}");
    let nm = Command::new("nm")
        .args(["-s", "libwative_runtime.a"])
        .current_dir(&scratch.path)
        .output();
    let Ok(nm) = nm else {
        return eprintln!("skipped: nm is not installed");
    };
    let nm = Ran::from(nm);
    assert!(nm.stdout.contains("_start in wative_rt.o"), "{nm:?}");
}

#[test]
fn colours_only_on_a_terminal_and_not_with_no_color() {
    let scratch = Scratch::new();
    assert!(!scratch.wative("missing").stderr.contains('\x1b'));
    // `script` gives its command a terminal.
    let on_terminal = |variable: &str| {
        let line = format!("{variable} {} missing", env!("CARGO_BIN_EXE_wative"));
        let mut command = Command::new("script");
        command
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env_remove("NO_COLOR");
        command
            .stdin(std::process::Stdio::null())
            .output()
            .map(Ran::from)
    };
    let Ok(colourful) = on_terminal("") else {
        return eprintln!("skipped: script is not installed");
    };
    assert!(
        colourful.stdout.contains("\x1b[1;31merror:\x1b[0m missing"),
        "{colourful:?}"
    );
    let plain = on_terminal("NO_COLOR=1").unwrap();
    assert!(
        plain.stdout.contains("error: missing") && !plain.stdout.contains('\x1b'),
        "{plain:?}"
    );
}

#[test]
fn inspect_shows_what_a_module_is_and_needs() {
    let scratch = Scratch::new();
    scratch.write(
        "app.wat",
        r#"(module
          (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func (param i32 i32) (result i32)))
          (import "env" "log\1b[31m" (func (param f64)))
          (memory (export "memory") 2 16)
          (table 3 funcref)
          (global (mut i64) (i64.const 0))
          (data "abc")
          (func (export "_start") (drop (i32.extend8_s (i32.const 1))))
          (func (export "v") (param v128)))"#,
    );
    let text = scratch.wative("inspect app.wat").succeeded().stdout;
    let expected = "\
app.wat: WebAssembly module, 193 bytes
  functions              5 (3 imported)
  memory                 2 pages (131072 bytes), at most 16
  table                  3 × funcref, no maximum
  globals                1
  data                   1 segment, 3 bytes

imports (3)
  wasi_snapshot_preview1.fd_write  (func (param i32 i32 i32 i32) (result i32))
  wasi_snapshot_preview1.args_get  (func (param i32 i32) (result i32))
  env.log\\u{1b}[31m                (func (param f64))

exports (3)
  memory  memory 2 pages (131072 bytes), at most 16
  _start  (func)
  v       (func (param v128))

features used (3)
  sign-extension
  bulk-memory
  simd

needs
  entry                  _start: it is a program
  arguments              args_get
  open files, stdio      fd_write
  from elsewhere         env.log\\u{1b}[31m
                         give the modules that export them, or objects with --link; else --allow-unknown-imports
  address space          8 GiB reserved for each memory, not with --memory checked
  NaNs                   bits of those that arithmetic makes are the processor's own, canonical with --deterministic
  processor              x86-64-v2 (SSE4.2, POPCNT) on x86-64
";
    assert_eq!(text, expected, "got:\n{text}");
}

#[test]
fn inspect_refuses_invalid_modules_with_the_offset() {
    let scratch = Scratch::new();
    scratch.write("bad.wat", "(module (func (result i32)))");
    scratch
        .wative("inspect bad.wat")
        .failed(1, &["bad.wat: at offset 0x", "type mismatch"]);
}
