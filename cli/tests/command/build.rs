//! From modules to running programs through the `wative` executable.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{EXIT_42, MATH, Ran, Scratch, has, names};

/// Calls what another module exports.
const CALLER: &str = r#"(module
  (import "math" "add" (func $add (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (call $add (i32.const 40) (i32.const 3)))))"#;

fn guest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../testsuite/guests")
        .join(name)
}

#[test]
fn shorthand_and_build_make_the_same_executable() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.wative("app.wat").succeeded();
    scratch.wative("build app.wat -o other").succeeded();
    assert_eq!(scratch.names(), ["app", "app.wat", "other"]);
    assert_eq!(scratch.program("app", &[]).status, Some(42));
    assert!(
        fs::read(scratch.path.join("app")).unwrap()
            == fs::read(scratch.path.join("other")).unwrap()
    );
}

#[test]
fn nothing_installed_is_needed() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let mut command = scratch.command(["app.wat"]);
    Ran::from(command.env_clear().env("PATH", "").output().unwrap()).succeeded();
    assert_eq!(scratch.program("app", &[]).status, Some(42));
}

#[test]
fn modules_come_from_standard_input_too() {
    let scratch = Scratch::new();
    let input = fs::File::open(scratch.write("app.wat", EXIT_42)).unwrap();
    let mut command = scratch.command(["build", "-", "-o", "app"]);
    Ran::from(command.stdin(input).output().unwrap()).succeeded();
    assert_eq!(scratch.program("app", &[]).status, Some(42));
}

#[test]
fn executable_bits_follow_the_umask() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for (mask, mode) in [("077", 0o700), ("022", 0o755)] {
        let line = format!(
            "umask {mask}; exec {} app.wat",
            env!("CARGO_BIN_EXE_wative")
        );
        let mut shell = Command::new("sh");
        Ran::from(
            shell
                .args(["-c", &line])
                .current_dir(&scratch.path)
                .output()
                .unwrap(),
        )
        .succeeded();
        let permissions = fs::metadata(scratch.path.join("app"))
            .unwrap()
            .permissions();
        assert_eq!(permissions.mode() & 0o777, mode);
    }
}

#[test]
fn outputs_are_replaced_only_by_complete_results() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write(
        "bad.wat",
        "(module (import \"env\" \"f\" (func)) (func (export \"_start\") call 0))",
    );
    scratch.write("old", "old contents");
    std::os::unix::fs::symlink("old", scratch.path.join("link")).unwrap();
    let before = scratch.names();
    scratch
        .wative("bad.wat -o old")
        .failed(1, &["bad.wat", "env"]);
    assert_eq!(
        fs::read_to_string(scratch.path.join("old")).unwrap(),
        "old contents"
    );
    scratch.wative("app.wat -o link").succeeded();
    assert_eq!(scratch.names(), before);
    assert!(
        fs::symlink_metadata(scratch.path.join("link"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(scratch.program("old", &[]).status, Some(42));
}

#[test]
fn unknown_imports_are_listed_all_at_once() {
    let scratch = Scratch::new();
    scratch.write(
        "app.wat",
        r#"(module
          (import "env" "first" (func $first)) (import "env" "second" (func (param i64)))
          (import "other" "third" (func)) (import "wasi_snapshot_preview1" "no_such_call" (func))
          (memory (export "memory") 1)
          (func (export "_start") (call $first)))"#,
    );
    let missing = ["first", "second", "third", "no_such_call"];
    for command in ["build app.wat -o app", "run app.wat"] {
        let ran = scratch.wative(command).failed(1, &missing);
        assert!(ran.stderr.contains("--allow-unknown-imports"), "{ran:?}");
    }
    scratch
        .wative("build app.wat --allow-unknown-imports -o app")
        .succeeded();
    let ran = scratch.program("app", &[]);
    assert_eq!(ran.status, Some(134), "{ran:?}");
    assert!(ran.stderr.contains("unknown import"), "{ran:?}");
}

#[test]
fn several_modules_become_one_program() {
    let scratch = Scratch::new();
    scratch.write("library.wat", MATH);
    scratch.write("app.wat", CALLER);
    for inputs in ["app.wat math=library.wat", "math=library.wat app.wat"] {
        scratch
            .wative(&format!("build {inputs} -o app"))
            .succeeded();
        assert_eq!(scratch.program("app", &[]).status, Some(43), "{inputs}");
    }
    scratch
        .wative("build app.wat library.wat -o x")
        .failed(1, &["math"]);
}

#[test]
fn listings_go_to_standard_output_or_a_file() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write("math.wat", MATH);
    for (kind, extension) in [("asm", "s"), ("ir", "ir")] {
        let text = scratch
            .wative(&format!("build app.wat --emit {kind} -o -"))
            .succeeded()
            .stdout;
        assert!(text.contains("answer"), "{text}");
        scratch
            .wative(&format!("build app.wat --emit {kind}"))
            .succeeded();
        let file = scratch.path.join(format!("app.{extension}"));
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o111, 0);
        let one = scratch
            .wative(&format!(
                "build app.wat --emit {kind} --function answer -o -"
            ))
            .succeeded()
            .stdout;
        assert!(!one.is_empty() && one.len() < text.len(), "{one}");
        let library = scratch
            .wative(&format!("build math.wat --emit {kind} -o -"))
            .succeeded()
            .stdout;
        assert!(!library.is_empty());
        let line = format!("build app.wat --emit {kind} --function nowhere -o -");
        scratch.wative(&line).failed(1, &["nowhere"]);
    }
}

#[test]
fn run_caches_and_passes_arguments_and_status_on() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.write(
        "trap.wat",
        "(module (func (export \"_start\") unreachable))",
    );
    let entries = || names(&scratch.path.join("cache/wative"));
    assert_eq!(scratch.wative("run app.wat").status, Some(42));
    let first = entries();
    assert_eq!(first.len(), 1);
    let file = scratch.path.join("cache/wative").join(&first[0]);
    let written = fs::metadata(&file).unwrap().created().unwrap();
    assert_eq!(scratch.wative("run app.wat -j1").status, Some(42));
    assert_eq!(entries(), first, "a hit");
    assert_eq!(fs::metadata(&file).unwrap().created().unwrap(), written);
    assert_eq!(
        scratch.wative("run app.wat --memory checked").status,
        Some(42)
    );
    assert_eq!(entries().len(), 2, "other options, other executable");
    let trap = scratch.wative("run trap.wat");
    assert_eq!(trap.status, Some(134), "{trap:?}");
    assert!(trap.stderr.contains("unreachable"), "{trap:?}");
    let mode = fs::metadata(scratch.path.join("cache/wative"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700, "the cache is private");
    assert_eq!(scratch.names(), ["app.wat", "cache", "trap.wat"]);
}

#[test]
fn the_program_of_the_readme_works() {
    let scratch = Scratch::new();
    let folder = guest("");
    let run = |args: &[&str]| {
        let mut command = scratch.command(["run", "json.wasm", "--dir", "."]);
        Ran::from(
            command
                .current_dir(&folder)
                .arg("--")
                .args(args)
                .output()
                .unwrap(),
        )
    };
    let ran = run(&["-c", ".planets[2]", "planets.json"]).succeeded();
    assert_eq!(
        ran.stdout,
        "{\"name\":\"Mars\",\"day hours\":24.7,\"moons\":[\"Phobos\",\"Deimos\"]}\n"
    );
    let ran = run(&[".planets[].name", "planets.json"]).succeeded();
    assert_eq!(ran.stdout, "\"Mercury\"\n\"Earth\"\n\"Mars\"\n");
    assert_eq!(run(&[".nowhere", "planets.json"]).status, Some(1));
    let ran = run(&[".", "json.c"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (Some(3), "json: line 1, column 1: expected a value\n")
    );
    let ran = run(&[".", "/etc/passwd"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (Some(2), "json: cannot open /etc/passwd\n")
    );
}

#[test]
fn invoke_calls_an_export_with_typed_arguments() {
    let scratch = Scratch::new();
    scratch.write("math.wat", MATH);
    scratch
        .wative("build math.wat -o math")
        .failed(1, &["_start"]);
    scratch
        .wative("build math.wat --invoke nowhere -o math")
        .failed(1, &["nowhere", "add"]);
    scratch
        .wative("build math.wat --invoke add -o math")
        .succeeded();
    let ran = scratch.program("math", &["40", "-3"]).succeeded();
    assert_eq!(ran.stdout, "37\n");
    assert_ne!(scratch.program("math", &["40"]).status, Some(0));
    assert_ne!(scratch.program("math", &["40", "x"]).status, Some(0));
    let ran = scratch
        .wative("run math.wat --invoke half -- 3")
        .succeeded();
    assert_eq!(ran.stdout, "1.5\n");
}

#[test]
fn linked_objects_supply_imports() {
    if !has("gcc") {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("app.wat", CALLER.replace("\"math\"", "\"c.math\""));
    scratch.write(
        "math.c",
        "#include <stdint.h>\nuint32_t wative_import_c_x2Emath__add(void *instance, uint32_t a, uint32_t b) { return a * b + 1; }\n",
    );
    let compiled = Command::new("gcc")
        .args(["-c", "-O1", "math.c"])
        .current_dir(&scratch.path)
        .output()
        .unwrap();
    Ran::from(compiled).succeeded();
    scratch
        .wative("build app.wat --link math.o -o app")
        .succeeded();
    assert_eq!(scratch.program("app", &[]).status, Some(121));
    scratch.write("empty.c", "int wative_test_unrelated;");
    Ran::from(
        Command::new("gcc")
            .args(["-c", "empty.c"])
            .current_dir(&scratch.path)
            .output()
            .unwrap(),
    )
    .succeeded();
    let ran = scratch
        .wative("build app.wat --link empty.o -o x")
        .failed(1, &["c.math.add"]);
    assert!(
        ran.stderr.contains("wative_import_c_x2Emath__add"),
        "{ran:?}"
    );
    scratch
        .wative("build app.wat --link nowhere.o -o x")
        .failed(1, &["nowhere.o"]);
    scratch
        .wative("build app.wat --link math.c -o x")
        .failed(1, &["math.c"]);
}

#[test]
fn linked_objects_may_define_what_the_host_has() {
    if !has("gcc") {
        return;
    }
    let scratch = Scratch::new();
    scratch.write(
        "app.wat",
        r#"(module (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
          (import "env" "answer" (func $answer (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start")
            (call $abort (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 41))
            (call $exit (call $answer))))"#,
    );
    scratch.write(
        "abort.c",
        "#include <stdint.h>\nstatic uint32_t sum;\n\
         void wative_import_env__abort(void *instance, uint32_t m, uint32_t f, uint32_t l, uint32_t c) { sum = l + c; }\n\
         uint32_t wative_import_env__answer(void *instance) { return sum; }\n",
    );
    scratch.write(
        "other.c",
        "int wative_import_env__answer(void *instance) { return 1; }\n",
    );
    let shell = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-ec", line]).current_dir(&scratch.path);
        Ran::from(command.output().unwrap()).succeeded()
    };
    shell("gcc -O1 -c abort.c other.c; ar rcs libabort.a abort.o");
    for options in [
        "--link abort.o",
        "--link libabort.a",
        "--link libabort.a --linker cc",
    ] {
        let ran = scratch.wative(&format!("run app.wat {options}"));
        assert_eq!(ran.status, Some(42), "{options}: {ran:?}");
    }
    let ran = scratch.wative("run app.wat --link other.o");
    assert_eq!(ran.status, Some(134), "{ran:?}");
    assert!(ran.stderr.starts_with("error: abort\n"), "{ran:?}");
}

#[test]
fn other_linkers_and_linking_by_hand_make_the_same_program() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    for linker in ["cc", "gcc", "ld", "ld.bfd", "ld.lld", "clang"] {
        if !has(linker) {
            continue;
        }
        let output = format!("app-{linker}");
        scratch
            .wative(&format!("build app.wat --linker {linker} -o {output}"))
            .succeeded();
        let ran = scratch.program(&output, &[]);
        assert_eq!(ran.status, Some(42), "{linker}: {ran:?}");
        let bytes = fs::read(scratch.path.join(&output)).unwrap();
        assert_eq!(bytes[16], 3, "{linker}: position-independent");
    }
    scratch
        .wative("build app.wat --linker ./nowhere -o x")
        .failed(1, &["./nowhere"]);
    scratch
        .wative("build app.wat --linker false -o x")
        .failed(1, &["false", "failed"]);
    if !has("cc") {
        return;
    }
    scratch.wative("build app.wat --emit obj").succeeded();
    scratch.wative("runtime").succeeded();
    let link = |flags: &[&str]| {
        let mut cc = Command::new("cc");
        cc.args(["app.o", "libwative_runtime.a", "-o", "by-hand"])
            .args(flags)
            .current_dir(&scratch.path);
        Ran::from(cc.output().unwrap()).succeeded();
        let ran = scratch.program("by-hand", &[]);
        assert_eq!(ran.status, Some(42), "{flags:?}: {ran:?}");
    };
    link(&[]);
    link(&["-static-pie", "-nostdlib", "-nostartfiles"]);
}

#[test]
fn result_does_not_depend_on_threads() {
    let scratch = Scratch::new();
    let module = guest("json.wasm").display().to_string();
    for jobs in ["1", "4"] {
        scratch
            .wative(&format!("build {module} --jobs {jobs} -o jobs{jobs}"))
            .succeeded();
    }
    let read = |name: &str| fs::read(scratch.path.join(name)).unwrap();
    assert!(read("jobs1") == read("jobs4"));
}

#[test]
fn stripped_executables_are_smaller_and_work() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    scratch.wative("build app.wat -o kept").succeeded();
    scratch
        .wative("build app.wat --strip -o stripped")
        .succeeded();
    let size = |name: &str| fs::metadata(scratch.path.join(name)).unwrap().len();
    assert!(
        size("stripped") < size("kept") && size("kept") < 50_000,
        "{} {}",
        size("stripped"),
        size("kept")
    );
    assert_eq!(scratch.program("stripped", &[]).status, Some(42));
}

#[test]
fn verbose_prints_times_and_sizes() {
    let scratch = Scratch::new();
    scratch.write("app.wat", EXIT_42);
    let ran = scratch.wative("build app.wat -v -o app");
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), ""));
    for part in ["link ", " ms\n", "output ", " bytes\n"] {
        assert!(ran.stderr.contains(part), "{ran:?}");
    }
}

/// A program that reads the file `f` below its first directory and writes it to standard output; ends with the error's number.
const CAT: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "f")
  (func $need (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
  (func (export "_start")
    (call $need (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
    (i32.store (i32.const 16) (i32.const 100))
    (i32.store (i32.const 20) (i32.const 1000))
    (call $need (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 20)))
    (call $need (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 20)))))"#;

#[test]
fn grants_come_from_options_and_manifests_and_are_shown() {
    let scratch = Scratch::new();
    scratch.write("cat.wat", CAT);
    fs::create_dir(scratch.path.join("data")).unwrap();
    scratch.write("data/f", "the file\n");
    scratch.wative("build cat.wat -o none").succeeded();
    assert_eq!(scratch.program("none", &[]).status, Some(8));
    for (name, options) in [
        ("dir", "--dir data"),
        ("file", "--file data/f::/x/f:ro"),
        ("embedded", "--embed-dir data::/lib"),
        ("free", "--dir data --no-harden"),
    ] {
        scratch
            .wative(&format!("build cat.wat -o {name} {options}"))
            .succeeded();
        assert_eq!(scratch.program(name, &[]).stdout, "the file\n", "{name}");
    }
    scratch.write(
        "data/wative.toml",
        "dirs = [\"data::/d:ro\"]\nembed-dirs = [\".::/here\"]\nenv = [\"A=b\"]\n",
    );
    scratch
        .wative("build cat.wat -o all --manifest data/wative.toml --memory-limit 1M --strip")
        .succeeded();
    assert_eq!(scratch.program("all", &[]).stdout, "the file\n");
    let shown = scratch.wative("inspect all").succeeded().stdout;
    for row in [
        "directory      /d (host data, read-only)",
        "carries        /here (2 files",
        "environment    A=b",
        "memories       at most 1048576 bytes",
        "filtered by seccomp",
    ] {
        assert!(shown.contains(row), "no `{row}` in:\n{shown}");
    }
    let shown = scratch.wative("inspect free").succeeded().stdout;
    assert!(shown.contains("not confined (--no-harden)"), "{shown}");
    scratch.write("bad.toml", "dir = [\"data\"]");
    scratch
        .wative("build cat.wat --manifest bad.toml")
        .failed(1, &["bad.toml", "unknown key `dir`"]);
    scratch
        .wative("build cat.wat --embed-dir nowhere::/x")
        .failed(1, &["nowhere", "cannot embed"]);
    scratch
        .wative("build cat.wat --memory-limit 64K -o small")
        .succeeded();
    scratch.write("app.bin", b"\x7fELF and no more");
    scratch
        .wative("inspect app.bin")
        .failed(1, &["app.bin", "not an executable"]);
}
