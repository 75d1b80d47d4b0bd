//! Components: calls, composition, what `inspect` shows, and what is refused.

use crate::common::Scratch;

/// Exports `greet`, which puts "hello, " before a name.
const GREETER: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 100) "hello, ")
    (global $next (mut i32) (i32.const 200))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3))))
    (func (export "greet") (param $name i32) (param $len i32) (result i32)
      (local $to i32)
      (local.set $to (global.get $next))
      (memory.copy (local.get $to) (i32.const 100) (i32.const 7))
      (memory.copy (i32.add (local.get $to) (i32.const 7)) (local.get $name) (local.get $len))
      (i32.store (i32.const 8) (local.get $to))
      (i32.store (i32.const 12) (i32.add (local.get $len) (i32.const 7)))
      (i32.const 8)))
  (core instance $i (instantiate $m))
  (func $greet (param "name" string) (result string)
    (canon lift (core func $i "greet") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (instance $api (export "greet" (func $greet)))
  (export "test:greeting/greet@0.1.2" (instance $api)))"#;

/// Imports that in another version, and exports `twice`, which greets twice.
const APP: &str = r#"(component
  (import "test:greeting/greet@0.1.0" (instance $in
    (export "greet" (func (param "name" string) (result string)))))
  (core module $libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 200))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $libc (instantiate $libc))
  (core func $greet (canon lower (func $in "greet") (memory (core memory $libc "memory"))
    (realloc (core func $libc "realloc"))))
  (core module $m
    (import "in" "greet" (func $greet (param i32 i32 i32)))
    (import "libc" "memory" (memory 1))
    (func (export "twice") (param i32 i32) (result i32)
      (call $greet (local.get 0) (local.get 1) (i32.const 8))
      (call $greet (i32.load (i32.const 8)) (i32.load (i32.const 12)) (i32.const 8))
      (i32.const 8)))
  (core instance $i (instantiate $m
    (with "in" (instance (export "greet" (func $greet)))) (with "libc" (instance $libc))))
  (func (export "twice") (param "name" string) (result string)
    (canon lift (core func $i "twice") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")))))"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("app.wat", APP);
    scratch.write("greeter.wat", GREETER);
    scratch
}

#[test]
fn what_a_component_imports_another_exports() {
    let scratch = scratch();
    let line = "build app.wat --plug greeter.wat -o app --invoke";
    let args = line.split(' ').chain(["twice(\"world\")"]);
    let built = scratch.command(args).output().unwrap();
    assert!(
        built.status.success() && built.stderr.is_empty(),
        "{built:?}"
    );
    let ran = scratch.program("app", &[]).succeeded();
    assert_eq!(ran.stdout, "\"hello, hello, world\"\n");
    let line = "run greeter.wat --invoke";
    let args = line
        .split(' ')
        .chain(["test:greeting/greet@0.1.2#greet(\"a\\nb\")"]);
    let ran = scratch.command(args).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "\"hello, a\\nb\"\n");
}

#[test]
fn a_component_is_described_in_wit() {
    let scratch = scratch();
    let text = scratch.wative("inspect app.wat").succeeded().stdout;
    for part in [
        "WebAssembly component",
        "import test:greeting/greet@0.1.0;",
        "export twice: func(name: string) -> string;",
        "    greet: func(name: string) -> string;",
        "from elsewhere         test:greeting/greet@0.1.0 greet\n",
        "--plug",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    scratch.write(
        "wasi.wat",
        r#"(component
          (import "wasi:clocks/monotonic-clock@0.2.99" (instance
            (export "now" (func (result u64)))))
          (import "wasi:random/random@0.2.1" (instance
            (export "get-more-random-u64" (func (result u64))))))"#,
    );
    let text = scratch.wative("inspect wasi.wat").succeeded().stdout;
    for part in [
        "clocks                 wasi:clocks/monotonic-clock@0.2.99\n",
        "from elsewhere         wasi:random/random@0.2.1 get-more-random-u64\n",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

/// Exports `f`, which divides by zero when it goes on behind another task.
const ASYNC: &str = r#"(component
  (core func $yield (canon thread.yield))
  (core func $return (canon task.return (result u32)))
  (core module $m
    (import "" "yield" (func $yield (result i32)))
    (import "" "return" (func $return (param i32)))
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 7) (local.get 0)))
    (func $f (export "f") (param i32)
      (drop (call $yield))
      (call $return (call $divide (local.get 0)))))
  (core instance $i (instantiate $m
    (with "" (instance (export "yield" (func $yield)) (export "return" (func $return))))))
  (func (export "f") async (param "n" u32) (result u32) (canon lift (core func $i "f") async)))"#;

#[test]
fn async_functions_are_called_and_trap_with_the_frames_of_their_stack() {
    let scratch = scratch();
    scratch.write("async.wat", ASYNC);
    let ran = scratch.wative("run async.wat --invoke f(7)").succeeded();
    assert_eq!(ran.stdout, "1\n");
    let trapped = scratch.wative("run async.wat --invoke f(0)");
    let places = "error: wasm trap: integer divide by zero
wasm backtrace:
   0: 0x43 - async.0!divide
   1: 0x4c - async.0!f
";
    assert_eq!(
        (trapped.status, trapped.stderr.as_str()),
        (Some(134), places)
    );
    let text = scratch.wative("inspect async.wat").succeeded().stdout;
    assert!(
        text.contains("export f: async func(n: u32) -> u32;"),
        "{text}"
    );
    let parts = [
        "async.wat: `async` functions",
        "in objects",
        "not supported",
    ];
    scratch
        .wative("build async.wat --emit obj")
        .failed(1, &parts);
}

#[test]
fn a_component_becomes_an_object_with_a_header() {
    let scratch = scratch();
    scratch
        .wative("build greeter.wat --emit header")
        .succeeded();
    scratch
        .wative("build greeter.wat --emit obj --prefix hi")
        .succeeded();
    let header = std::fs::read_to_string(scratch.path.join("greeter.h")).unwrap();
    let declared = "static inline uint32_t greeter_test_greeting_greet_greet(wative_string name, wative_string *result_)";
    assert!(header.contains(declared), "{header}");
    assert!(scratch.names().contains(&"greeter.o".to_owned()));
    // A C program may give what nothing else does.
    scratch
        .wative("build app.wat --emit header -o app.h")
        .succeeded();
    let header = std::fs::read_to_string(scratch.path.join("app.h")).unwrap();
    assert!(
        header.contains("void app_import_test_greeting_greet_greet(const struct"),
        "{header}"
    );
}

#[test]
fn settings_of_servers_are_baked_in_and_for_servers_alone() {
    let scratch = scratch();
    let guests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../testsuite/guests");
    let server = std::fs::read(guests.join("http/server.wasm")).unwrap();
    scratch.write("server.wasm", server);
    scratch
        .wative(
            "build server.wasm --workers 3 --request-timeout 500 --access-log --listen 127.0.0.1:1",
        )
        .succeeded();
    let text = scratch.wative("inspect server").succeeded().stdout;
    for part in [
        "  workers        3\n",
        "  processes      128 more than workers (default)\n",
        "  a request      at most 500 ms\n",
        "  requests       without end (default)\n",
        "  access log     yes\n",
        "  an instance    one request\n",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    // A handler of WASI 0.2 has one instance for each request.
    for option in [
        "--instance-requests 1",
        "--instance-concurrency 2",
        "--instance-idle-timeout 5",
    ] {
        scratch
            .wative(&format!("build server.wasm {option}"))
            .failed(1, &["WASI 0.2", "--instance-requests"]);
    }
    for line in [
        "build app.wat --plug greeter.wat --workers 3 --invoke twice(\"x\")",
        "build greeter.wat --access-log --invoke test:greeting/greet@0.1.2#greet(\"x\")",
    ] {
        scratch
            .wative(line)
            .failed(1, &["settings of servers", "--workers"]);
    }
}

#[test]
fn components_that_cannot_be_programs_are_refused() {
    let scratch = scratch();
    scratch.write("module.wat", "(module)");
    // Valid, but a function by the name of an interface is nothing that WIT has.
    scratch.write("nameless.wat", r#"(component (import "a:b/c" (func)))"#);
    scratch.write("damaged.wasm", b"\0asm\x0d\0\x01\0\x01");
    scratch.write("old.wasm", b"\0asm\x0c\0\x01\0");
    scratch.write("text.wat", "(component");
    scratch.write(
        "unnamed.wat",
        r#"(component (import "a:b/c@0.2" (instance)))"#,
    );
    scratch.write(
        "twice.wat",
        r#"(component
          (import "wasi:random/random@0.2.1" (instance $r (export "get-random-u64" (func (result u64)))))
          (core module $m (func (export "f") (param i32)))
          (core instance $i (instantiate $m))
          (func $f (param "n" u32) (canon lift (core func $i "f")))
          (instance $api (export "greet" (func $f)))
          (export "a:b/c" (instance $api))
          (export "a:b/d" (instance $api))
          (alias export $r "get-random-u64" (func $g))
          (export "passed-on" (func $g)))"#,
    );
    let command = |import: &str, version: &str, result: &str| {
        format!(
            r#"(component
              (import "wasi:random/random@0.2.1" (instance $r
                (export "get-random-u64" (func (result {import})))))
              (core func $f (canon lower (func $r "get-random-u64")))
              (core module $m
                (import "" "f" (func $f (result i64)))
                (func (export "run") (result i32) (drop (call $f)) (i32.const 7)))
              (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
              (func $run (result {result}) (canon lift (core func $i "run")))
              (instance $run (export "run" (func $run)))
              (export "wasi:cli/run@{version}" (instance $run)))"#
        )
    };
    scratch.write("wrong.wat", command("s64", "0.2.0", "(result)"));
    scratch.write("entry.wat", command("u64", "0.2.0", "u32"));
    scratch.write("later.wat", command("u64", "0.9.0", "(result)"));
    // A long version with a build, whose result is checked as any is.
    scratch.write(
        "seven.wat",
        command("u64", "0.2.99999999999+b.7", "(result)"),
    );
    let ran = scratch.wative("run seven.wat");
    assert_eq!(ran.status, Some(134), "{ran:?}");
    assert!(ran.stderr.contains("discriminant"), "{ran:?}");
    let before = scratch.names();
    for (line, parts) in [
        (
            "build app.wat --invoke twice(\"x\")",
            &[
                "app.wat: ",
                "test:greeting/greet@0.1.0 greet: func(name: string) -> string",
                "--plug",
            ][..],
        ),
        (
            "build greeter.wat",
            &["greeter.wat: ", "no command", "--invoke"],
        ),
        (
            "build app.wat greeter.wat",
            &["app.wat: ", "by itself", "--plug"],
        ),
        (
            "build app.wat --plug app.wat",
            &["app.wat: nothing imports", "twice"],
        ),
        (
            "build app.wat --plug module.wat",
            &["module.wat: ", "app.wat"],
        ),
        (
            "build module.wat --plug greeter.wat",
            &["module.wat: --plug is for components"],
        ),
        (
            "build app.wat --plug missing.wat",
            &["missing.wat: cannot read"],
        ),
        (
            "build nameless.wat --emit header",
            &["nameless.wat: ", "cannot be written in WIT"],
        ),
        (
            "inspect nameless.wat",
            &["nameless.wat: ", "cannot be written in WIT"],
        ),
        (
            "build damaged.wasm --emit header",
            &["damaged.wasm: at offset 0x9", "damaged"],
        ),
        (
            "build greeter.wat --invoke leave()",
            &[
                "greeter.wat: no function `leave`",
                "test:greeting/greet@0.1.2#greet",
            ],
        ),
        (
            "build greeter.wat --invoke test:greeting/greet.greet@0.2.0(\"x\")",
            &["greeter.wat: no function `test:greeting/greet.greet@0.2.0`"],
        ),
        (
            "build twice.wat --invoke greet(\"x\")",
            &[
                "twice.wat: several interfaces export a function `greet`",
                "a:b/c#greet, a:b/d#greet",
            ],
        ),
        (
            "build twice.wat --invoke passed-on()",
            &["twice.wat: `passed-on` is a function that the component imports itself"],
        ),
        (
            "build wrong.wat",
            &[
                "wrong.wat: incompatible import type: wasi:random/random@0.2.1 get-random-u64: func() -> s64, and the host's is func() -> u64",
            ],
        ),
        (
            "build entry.wat",
            &[
                "entry.wat: incompatible export: `run` of `wasi:cli/run` is func() -> u32, not func() -> result",
            ],
        ),
        (
            "build later.wat",
            &[
                "later.wat: incompatible export: `wasi:cli/run@0.9.0` is of a version that is not there",
            ],
        ),
        (
            "build old.wasm",
            &["old.wasm: a component in encoding 0xc", "current tools"],
        ),
        (
            "build text.wat",
            &["text.wat: cannot parse", "(module …) or (component …)"],
        ),
        (
            "build unnamed.wat",
            &[
                "unnamed.wat: at offset",
                "`a:b/c@0.2` is not valid: invalid interface version",
            ],
        ),
        (
            "build greeter.wat --invoke test:greeting/greet@0.1.2#greet(1)",
            &[
                "greeter.wat: ",
                "expected string",
                "func(name: string) -> string",
            ],
        ),
    ] {
        scratch.wative(line).failed(1, parts);
    }
    assert_eq!(scratch.names(), before);
}
