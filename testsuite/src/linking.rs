//! Programs of several modules: imports in circles, memories that nothing provides, what toolchains expect of a host, and the order in which
//! things happen.
//!
//! A program writes one digit after the other into a number, `log`, by which the order of events is seen, and ends with a status that depends on
//! everything that it checks. Each runs with its modules in every order that is listed, in all configurations.

use wative_compiler::Input;
use wative_compiler::options::Options;

use crate::compile;
use crate::program::{in_all_configurations, options, run};
use crate::report::{Output, Report};
use crate::target::Target;

/// A program: modules by name, and for each order of them how it ends.
struct Case {
    name: &'static str,
    modules: Vec<(&'static str, String)>,
    /// Names in order, separated by spaces, and what it prints and exits with.
    orders: Vec<(&'static str, End)>,
}

/// How a program ends.
#[derive(Clone)]
enum End {
    Exit(i32),
    /// A trap; the parts are on standard error, in this order.
    Trap(Vec<&'static str>),
}

/// Runs all cases.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("linking {}", target.name), run_all(target, filter));
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut cases = circles();
    cases.extend(hosts());
    let mut orders = Vec::new();
    for case in &cases {
        orders.extend(case.orders.iter().map(|(order, end)| (case, order, end)));
    }
    let mut report = Report::default();
    in_all_configurations(
        &mut report,
        filter,
        &orders,
        |(case, order, _)| format!("{}: {order}", case.name),
        |(case, order, end), memory, opt| {
            check(case, order, end, target, &options(target, memory, opt))
        },
    );
    report
}

fn check(
    case: &Case,
    order: &str,
    end: &End,
    target: &Target,
    options: &Options,
) -> Result<(), String> {
    let inputs: Result<Vec<Input>, String> = order
        .split(' ')
        .map(|name| {
            let module = case.modules.iter().find(|(n, _)| *n == name);
            let (_, text) = module.ok_or_else(|| format!("no module {name}"))?;
            compile::input(name, text.as_bytes())
        })
        .collect();
    let executable = compile::executable(&inputs?, target, options).map_err(|e| e.to_string())?;
    let finished = run(&executable, target, &[], &[])?;
    let said = String::from_utf8_lossy(&finished.stderr);
    let (status, parts) = match end {
        End::Exit(status) => (*status, &[][..]),
        End::Trap(parts) => (134, &parts[..]),
    };
    let mut rest = &*said;
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return Err(format!("no `{part}` in: {said}")),
        }
    }
    if finished.code() != status || parts.is_empty() && !said.is_empty() {
        return Err(format!("status {}, want {status}: {said}", finished.code()));
    }
    Ok(())
}

/// Imports and definitions that every main module has: `$exit`.
const EXIT: &str = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;

/// A module that keeps the order of events: digits of a number.
const LOG: &str = r#"(module
  (global $log (mut i32) (i32.const 0))
  (func (export "note") (param i32)
    (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 10)) (local.get 0))))
  (func (export "get") (result i32) (global.get $log)))"#;

/// Imports of [`LOG`].
const NOTE: &str = r#"(import "log" "note" (func $note (param i32)))"#;

fn exits(orders: &[(&'static str, i32)]) -> Vec<(&'static str, End)> {
    let orders = orders.iter();
    orders.map(|&(o, status)| (o, End::Exit(status))).collect()
}

fn circles() -> Vec<Case> {
    vec![
        Case {
            name: "functions",
            modules: vec![
                (
                    "even",
                    format!(
                        r#"(module {EXIT} (import "odd" "is" (func $odd (param i32) (result i32)))
                          (func $even (export "is") (param i32) (result i32)
                            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
                              (else (call $odd (i32.sub (local.get 0) (i32.const 1))))))
                          (func (export "_start") (call $exit (i32.add (i32.mul (call $even (i32.const 1000)) (i32.const 2))
                            (call $even (i32.const 777))))))"#
                    ),
                ),
                (
                    "odd",
                    r#"(module (import "even" "is" (func $even (param i32) (result i32)))
                      (func (export "is") (param i32) (result i32)
                        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
                          (else (return_call $even (i32.sub (local.get 0) (i32.const 1)))))))"#
                        .to_string(),
                ),
            ],
            orders: exits(&[("even odd", 2), ("odd even", 2)]),
        },
        // Data of both goes to the second one's memory, in the order of the modules; `wide` is large enough to be mapped instead of copied.
        memories("memories", 10),
        memories("mapped memories", 70_000),
        Case {
            name: "tables",
            modules: vec![
                (
                    "user",
                    format!(
                        r#"(module {EXIT} (import "owner" "table" (table 6 funcref)) (import "owner" "two" (func $two (result i32)))
                          (import "owner" "ref" (global $ref funcref))
                          (type $f (func (result i32)))
                          (func $one (export "one") (result i32) (i32.const 1))
                          (func $four (result i32) (i32.const 4))
                          (elem (i32.const 0) func $one $two)
                          (elem (i32.const 5) funcref (global.get $ref))
                          (func $at (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
                          (func (export "_start") (local $i i32) (local $sum i32)
                            (loop $next
                              (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (call $at (local.get $i))))
                              (local.set $i (i32.add (local.get $i) (i32.const 1)))
                              (br_if $next (i32.lt_u (local.get $i) (i32.const 6))))
                            (call $exit (i32.and (local.get $sum) (i32.const 127)))))"#
                    ),
                ),
                (
                    "owner",
                    // All elements begin as `three`; the user's are not to be overwritten by that.
                    r#"(module (import "user" "one" (func $one (result i32)))
                      (import "owner" "ref" (global $own funcref))
                      (table (export "table") 6 funcref (global.get $own))
                      (func $two (export "two") (result i32) (i32.const 2))
                      (func $three (result i32) (i32.const 3))
                      (global (export "ref") funcref (ref.func $three))
                      (elem (i32.const 1) func $one))"#
                        .to_string(),
                ),
            ],
            // user first: one, then one (overwrites two), three, three, three, three; owner first: one two three three three three.
            orders: exits(&[("user owner", tables_sum(1)), ("owner user", tables_sum(2))]),
        },
        Case {
            name: "globals",
            modules: vec![
                (
                    "a",
                    format!(
                        r#"(module {EXIT} (import "b" "two" (global $two i32)) (import "b" "four" (global $four i64))
                          (import "b" "func" (global $func funcref)) (import "b" "set" (func $set (param i32)))
                          (import "b" "count" (global $count (mut i32)))
                          (global (export "one") i32 (i32.const 5))
                          (global $three (export "three") i64 (i64.const 30))
                          (global $sum i64 (i64.add (global.get $four) (i64.const 1)))
                          (global $mine (export "mine") funcref (global.get $func))
                          (global $copy (mut i32) (global.get $two))
                          (type $f (func (result i32)))
                          (table 1 funcref)
                          (func (export "_start")
                            (call $set (i32.const 9))
                            (table.set (i32.const 0) (global.get $mine))
                            (call $exit (i32.add (i32.add (global.get $copy) (i32.wrap_i64 (global.get $sum)))
                              (i32.add (call_indirect (type $f) (i32.const 0)) (global.get $count))))))"#
                    ),
                ),
                (
                    "b",
                    r#"(module (import "a" "one" (global $one i32)) (import "a" "three" (global $three i64))
                      (import "a" "mine" (global $mine funcref))
                      (global (export "two") i32 (i32.mul (global.get $one) (i32.const 2)))
                      (global (export "four") i64 (i64.add (global.get $three) (i64.const 1)))
                      (func $f (result i32) (i32.const 20))
                      (global (export "func") funcref (ref.func $f))
                      (global $count (export "count") (mut i32) (i32.const 0))
                      (table 1 funcref (global.get $mine))
                      (type $t (func (result i32)))
                      (func (export "set") (param i32)
                        (global.set $count (i32.add (local.get 0) (call_indirect (type $t) (i32.const 0))))))"#
                        .to_string(),
                ),
            ],
            // 10 + 32 + 20 + (9 + 20)
            orders: exits(&[("a b", 91), ("b a", 91)]),
        },
        Case {
            name: "tags",
            modules: vec![
                (
                    "a",
                    format!(
                        r#"(module {EXIT} (import "b" "tag" (tag $tag (param i32))) (import "b" "try" (func $try (param i32) (result i32)))
                          (func (export "throw") (param i32) (throw $tag (local.get 0)))
                          (func (export "_start") (call $exit (call $try (i32.const 33)))))"#
                    ),
                ),
                (
                    "b",
                    r#"(module (import "a" "throw" (func $throw (param i32)))
                      (tag $tag (export "tag") (param i32))
                      (func (export "try") (param i32) (result i32)
                        (block $caught (result i32)
                          (try_table (catch $tag $caught) (call $throw (local.get 0)))
                          (i32.const 1))))"#
                        .to_string(),
                ),
            ],
            orders: exits(&[("a b", 33), ("b a", 33)]),
        },
        Case {
            name: "start functions",
            modules: vec![
                ("log", LOG.to_string()),
                (
                    "a",
                    format!(
                        r#"(module {NOTE} (import "b" "memory" (memory 1)) (import "b" "state" (global $state (mut i32)))
                          (func $start
                            (call $note (i32.const 1))
                            (call $note (i32.load8_u (i32.const 7)))
                            (global.set $state (i32.const 5)))
                          (func (export "f"))
                          (start $start))"#
                    ),
                ),
                (
                    "b",
                    format!(
                        r#"(module {NOTE} (import "a" "f" (func))
                          (memory (export "memory") 1)
                          (data (i32.const 7) "\08")
                          (global $state (export "state") (mut i32) (i32.const 3))
                          (func $start (call $note (i32.const 2)) (call $note (global.get $state)))
                          (start $start))"#
                    ),
                ),
                // Not in the circle: after it, wherever it stands.
                (
                    "main",
                    format!(
                        r#"(module {EXIT} {NOTE} (import "log" "get" (func $get (result i32))) (import "a" "f" (func $f))
                          (func $start (call $note (i32.const 4)))
                          (func (export "_start") (call $f) (call $exit (i32.rem_u (call $get) (i32.const 251))))
                          (start $start))"#
                    ),
                ),
            ],
            orders: exits(&[
                ("log a b main", 18_254 % 251),
                ("main a b log", 18_254 % 251),
                ("b a log main", 23_184 % 251),
                ("b main log a", 23_184 % 251),
            ]),
        },
        Case {
            name: "itself",
            modules: vec![(
                "me",
                format!(
                    r#"(module {EXIT} (import "me" "f" (func $f (param i32) (result i32)))
                      (import "me" "g" (global $g i32)) (import "me" "ref" (global $ref funcref))
                      (import "me" "table" (table 2 funcref)) (import "me" "tag" (tag $tag (param i32)))
                      (type $t (func (param i32) (result i32)))
                      (func $double (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
                      (memory (export "memory") 1)
                      (table $own (export "table") 2 funcref)
                      (elem (table 0) (i32.const 1) funcref (global.get $ref))
                      (global (export "g") i32 (i32.const 10))
                      (global $sum i32 (i32.add (global.get $g) (i32.const 1)))
                      (global (export "ref") funcref (ref.func $double))
                      (tag $own (export "tag") (param i32))
                      (func (export "_start")
                        (i32.store (i32.const 0) (global.get $sum))
                        (block $caught (result i32)
                          (try_table (catch $own $caught)
                            (throw $tag (call $f (call_indirect 0 (type $t) (i32.load (i32.const 0)) (i32.const 1)))))
                          (i32.const 1))
                        (call $exit)))"#
                ),
            )],
            orders: exits(&[("me", 44)]),
        },
        // Each thread has instances of both; what has been changed in the first thread's is not seen.
        Case {
            name: "threads",
            modules: vec![
                (
                    "main",
                    format!(
                        r#"(module {EXIT} (import "env" "memory" (memory 1 1 shared))
                          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
                          (import "lib" "work" (func $work (param i32) (result i32)))
                          (global $g (export "g") (mut i32) (i32.const 5))
                          (func (export "add") (param i32) (global.set $g (i32.add (global.get $g) (local.get 0))))
                          (func (export "_initialize") (call $add (i32.const 50)))
                          (func $add (param i32) (global.set $g (local.get 0)))
                          (func (export "wasi_thread_start") (param i32 i32)
                            (i32.atomic.store (i32.const 8) (call $work (local.get 1)))
                            (i32.atomic.store (i32.const 4) (i32.const 1))
                            (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
                          (func (export "_start") (local $first i32)
                            (local.set $first (call $work (i32.const 1)))
                            (drop (call $spawn (i32.const 3)))
                            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
                            (call $exit (i32.add (local.get $first) (i32.atomic.load (i32.const 8))))))"#
                    ),
                ),
                (
                    "lib",
                    r#"(module (import "main" "add" (func $add (param i32))) (import "main" "g" (global $g (mut i32)))
                      (global $n (mut i32) (i32.const 0))
                      (table 1 funcref (ref.func $count))
                      (func $count (global.set $n (i32.add (global.get $n) (i32.const 10))))
                      (func (export "work") (param i32) (result i32)
                        (call_indirect (i32.const 0))
                        (call $add (local.get 0))
                        (i32.add (global.get $n) (global.get $g))))"#
                        .to_string(),
                ),
            ],
            // 10 + (50 + 1), then 10 + (5 + 3).
            orders: exits(&[("main lib", 79), ("lib main", 79)]),
        },
        Case {
            name: "passed on",
            modules: vec![
                (
                    "a",
                    format!(
                        r#"(module {EXIT} (import "b" "f" (func $f (result i32))) (import "b" "m" (memory 1)) (import "c" "g" (global $g i32))
                          (export "f" (func $f)) (export "m" (memory 0)) (export "g" (global $g))
                          (func (export "_start") (call $exit (i32.add (call $f) (i32.add (global.get $g) (i32.load (i32.const 4)))))))"#
                    ),
                ),
                (
                    "b",
                    r#"(module (import "a" "f" (func $own (result i32))) (import "a" "g" (global $g i32))
                      (import "c" "m" (memory 1)) (export "m" (memory 0)) (export "g" (global $g))
                      (func (export "f") (result i32) (i32.store (i32.const 4) (global.get $g)) (i32.const 7))
                      (func (export "twice") (result i32) (i32.add (call $own) (call $own))))"#
                        .to_string(),
                ),
                (
                    "c",
                    r#"(module (import "b" "twice" (func $twice (result i32)))
                      (memory (export "m") 1) (global (export "g") i32 (i32.const 11)))"#
                        .to_string(),
                ),
            ],
            orders: exits(&[("a b c", 29), ("c b a", 29), ("b a c", 29)]),
        },
    ]
}

/// What the case of tables sums up, where the second element is this.
fn tables_sum(second: i32) -> i32 {
    let all = [1, second, 3, 3, 3, 3];
    all.iter().fold(0, |sum, element| sum * 3 + element) & 127
}

/// `len`: bytes of the data segment of the module that owns the memory.
fn memories(name: &'static str, len: usize) -> Case {
    let user = format!(
        r#"(module {EXIT} (import "owner" "memory" (memory 2)) (import "owner" "sum" (func $sum (result i32)))
          (data (i32.const 1) "\01\01")
          (func (export "size") (result i32) (memory.size))
          (func (export "_start") (call $exit (i32.and (call $sum) (i32.const 127)))))"#
    );
    let bytes = r"\02".repeat(len);
    let owner = format!(
        r#"(module (import "user" "size" (func $size (result i32)))
          (memory (export "memory") 2 9)
          (data (i32.const 0) "{bytes}")
          (func (export "sum") (result i32) (local $i i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $i))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $next (i32.lt_u (local.get $i) (i32.const {len}))))
            (i32.add (local.get $sum) (call $size))))"#
    );
    let all = 2 * len as i32 + 2;
    Case {
        name,
        modules: vec![("user", user), ("owner", owner)],
        orders: exits(&[("user owner", all & 127), ("owner user", (all - 2) & 127)]),
    }
}

fn hosts() -> Vec<Case> {
    let reactor = |start: &str| {
        format!(
            r#"(module {EXIT} (global $log (mut i32) (i32.const 0))
              (func $note (param i32) (global.set $log (i32.add (i32.mul (global.get $log) (i32.const 5)) (local.get 0))))
              (func $first (call $note (i32.const 1)))
              (func (export "_initialize") (call $note (i32.const 2)))
              (func (export "{start}") (call $note (i32.const 3)) (call $exit (global.get $log)))
              (start $first))"#
        )
    };
    let abort = |message: u32, file: u32, memory: &str| {
        // As AssemblyScript lays strings out: the length in bytes before them.
        format!(
            r#"(module (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
              {memory}
              (data (i32.const 16) "\0e\00\00\00b\00a\00d\00 \00\e9\00\0a\00\2e\20")
              (data (i32.const 64) "\0c\00\00\00m\00a\00i\00n\00.\00t\00")
              (func $check (call $abort (i32.const {message}) (i32.const {file}) (i32.const 12) (i32.const 34)))
              (func $main (export "_start") (call $check)))"#
        )
    };
    let trap = vec![
        "error: wasm trap: wasm `unreachable`",
        "- check\n",
        "- main\n",
    ];
    let aborts = |first: &'static str| {
        let mut parts = vec![first];
        parts.extend(&trap);
        vec![("app", End::Trap(parts))]
    };
    let memory = "(memory (export \"memory\") 1)";
    vec![
        Case {
            name: "a memory of the host",
            modules: vec![
                (
                    "app",
                    format!(
                        r#"(module {EXIT} (import "env" "memory" (memory 2 9)) (import "other" "poke" (func $poke))
                          (data (i32.const 100) "\05")
                          (func (export "_start")
                            (call $poke)
                            (drop (memory.grow (i32.const 9)))
                            (call $exit (i32.add (i32.mul (memory.size) (i32.const 10))
                              (i32.add (i32.load8_u (i32.const 100)) (i32.load8_u (i32.const 101)))))))"#
                    ),
                ),
                (
                    "other",
                    r#"(module (import "env" "memory" (memory 3)) (data (i32.const 101) "\01")
                      (func (export "poke") (i32.store8 (i32.const 100) (i32.add (i32.load8_u (i32.const 100)) (memory.grow (i32.const 1))))))"#
                        .to_string(),
                ),
            ],
            // 4 pages after poke, which adds the 3 there were before; 9 more are too many.
            orders: exits(&[("app other", 49), ("other app", 49)]),
        },
        Case {
            name: "a memory that is exported again",
            modules: vec![(
                "env",
                format!(
                    r#"(module {EXIT} (import "env" "memory" (memory 1)) (export "memory" (memory 0))
                      (import "env" "emscripten_notify_memory_growth" (func $notify (param i32)))
                      (func (export "_start") (call $notify (i32.const 0)) (call $exit (memory.size))))"#
                ),
            )],
            orders: exits(&[("env", 1)]),
        },
        Case {
            name: "_initialize and _start",
            modules: vec![("app", reactor("_start"))],
            orders: exits(&[("app", 5 * (5 + 2) + 3)]),
        },
        Case {
            name: "growth is told to nobody",
            modules: vec![(
                "app",
                format!(
                    r#"(module {EXIT} (import "env" "emscripten_notify_memory_growth" (func $notify (param i32)))
                      (table funcref (elem $notify)) (memory 1)
                      (func (export "_start")
                        (call $notify (memory.grow (i32.const 1)))
                        (call_indirect (param i32) (i32.const 5) (i32.const 0))
                        (call $exit (memory.size))))"#
                ),
            )],
            orders: exits(&[("app", 2)]),
        },
        Case {
            name: "a module may define what the host has",
            modules: vec![
                (
                    "app",
                    format!(
                        r#"(module {EXIT} (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
                          (import "env" "code" (func $code (result i32)))
                          (func (export "_start")
                            (call $abort (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))
                            (call $exit (call $code))))"#
                    ),
                ),
                (
                    "env",
                    r#"(module (global $sum (mut i32) (i32.const 0))
                      (func (export "abort") (param i32 i32 i32 i32) (global.set $sum (i32.add (local.get 2) (local.get 3))))
                      (func (export "code") (result i32) (global.get $sum)))"#
                        .to_string(),
                ),
            ],
            orders: exits(&[("env app", 7)]),
        },
        Case {
            name: "a module may wrap the host of its name",
            modules: vec![
                (
                    "wasi_snapshot_preview1",
                    format!(
                        r#"(module {EXIT} (func (export "proc_exit") (param i32) (call $exit (i32.add (local.get 0) (i32.const 1)))))"#
                    ),
                ),
                (
                    "app",
                    format!(r#"(module {EXIT} (func (export "_start") (call $exit (i32.const 8))))"#),
                ),
            ],
            orders: exits(&[("wasi_snapshot_preview1 app", 9), ("app wasi_snapshot_preview1", 9)]),
        },
        Case {
            name: "the others of its functions are the host's",
            modules: vec![
                (
                    "app",
                    r#"(module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) (import "env" "other" (func $other))
                      (func $main (export "_start") (call $other) (call $abort (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 4))))"#
                        .to_string(),
                ),
                ("env", r#"(module (func (export "other")))"#.to_string()),
            ],
            orders: vec![(
                "env app",
                End::Trap(vec!["error: abort\n", "unreachable", "- app!main\n"]),
            )],
        },
        Case {
            name: "abort",
            modules: vec![("app", abort(20, 68, memory))],
            orders: aborts("error: abort: bad é\\n\\u{202e} at main.t:12:34\n"),
        },
        Case {
            name: "abort without a message",
            modules: vec![("app", abort(0, 68, memory))],
            orders: aborts("error: abort at main.t:12:34\n"),
        },
        Case {
            name: "abort with nonsense",
            modules: vec![("app", abort(0xffff_fffe, 3, memory))],
            orders: aborts("error: abort: ? at ?:12:34\n"),
        },
        Case {
            name: "abort without a memory",
            modules: vec![(
                "app",
                r#"(module (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
                  (func $check (call $abort (i32.const 20) (i32.const 68) (i32.const 12) (i32.const 34)))
                  (func $main (export "_start") (call $check)))"#
                    .to_string(),
            )],
            orders: aborts("error: abort: ? at ?:12:34\n"),
        },
    ]
}
