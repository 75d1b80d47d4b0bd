//! How executables end by traps: message, backtrace and exit status; and how faults that are no traps end.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Unknown};

use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, in_all_configurations, options, run};
use crate::report::{Output, Report};
use crate::target::Target;

/// Exit status of an executable that traps: as if it had called `abort`.
const TRAPPED: i32 = 134;

/// A program that traps.
struct Case {
    name: String,
    /// Fields of a module that exports `_start`.
    text: String,
    code: TrapCode,
    /// Names of the innermost functions of the backtrace.
    functions: Vec<&'static str>,
}

/// Runs all cases in every configuration, and the signal tests in one.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("traps {}", target.name), run_all(target, filter));
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    in_all_configurations(
        &mut report,
        filter,
        &cases(),
        |case| &case.name,
        |case, memory, opt| trap(case, target, memory, opt),
    );
    type Test = fn(&Target) -> Result<(), String>;
    for (name, test) in [
        (
            "a SIGSEGV from outside ends the process",
            sent_signal as Test,
        ),
        ("a closed pipe is an error for the program", closed_pipe),
        ("unknown imports trap only when called", unknown_import),
        ("normal exit codes pass", exit_codes),
        ("optimisation does not change backtraces", same_backtraces),
        ("sources are in backtraces", sources),
        ("a faulting address is told", faulting_address),
        ("backtraces as long as wanted", verbosity),
        ("what a trap is about has names", subjects),
    ] {
        if name.contains(filter) {
            report.outcome(name, test(target));
        }
    }
    report
}

/// Builds the table. Each trapping instruction is in `$inner`, called by `$outer`, called by `_start`; values come from
/// parameters and memory so that nothing is known at compile time.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: &str, code: TrapCode, fields: &str, inner: &str| {
        cases.push(Case {
            name: name.to_string(),
            text: format!(
                r#"(module {fields}
                  (global $n (mut i32) (i32.const 1))
                  (func $inner (param $x i32) (result i32) {inner})
                  (func $outer (param $x i32) (result i32)
                    (i32.add (call $inner (i32.add (local.get $x) (i32.const 1))) (local.get $x)))
                  (func $start (export "_start")
                    (global.set $n (i32.add (call $outer (i32.const -1)) (global.get $n)))))"#
            ),
            code,
            functions: vec!["inner", "outer", "start"],
        });
    };
    let memory = "(memory 1 2) (data $d \"abc\")";
    let table = "(type $f (func (result i32))) (type $g (func (param i32) (result i32)))
        (table $t 4 8 funcref) (elem $e (table $t) (i32.const 1) func $seven $seven)
        (elem $p func $seven)
        (func $seven (result i32) (i32.const 7))
        (func (export \"mutate\") (table.set $t (i32.const 2) (ref.null func)))";

    add("unreachable", TrapCode::Unreachable, "", "unreachable");
    for (name, inner) in [
        ("load at the end", "(i32.load offset=65533 (local.get $x))"),
        (
            "load far away",
            "(i32.load offset=4294967295 (i32.sub (local.get $x) (i32.const 1)))",
        ),
        (
            "load at -1",
            "(i32.load8_u (i32.sub (local.get $x) (i32.const 1)))",
        ),
        (
            "load from an odd index",
            "(i32.wrap_i64 (i64.load (i32.add (local.get $x) (i32.const 65529))))",
        ),
        (
            "store",
            "(i64.store offset=65529 (local.get $x) (i64.const 1)) (i32.const 0)",
        ),
        (
            "store byte",
            "(i32.store8 offset=65536 (local.get $x) (i32.const 1)) (i32.const 0)",
        ),
        (
            "float load",
            "(i32.trunc_f64_s (f64.load offset=65530 (local.get $x)))",
        ),
        (
            "memory.fill",
            "(memory.fill (i32.const 65000) (i32.const 0) (i32.add (local.get $x) (i32.const 537))) (i32.const 0)",
        ),
        (
            "memory.copy",
            "(memory.copy (local.get $x) (i32.const 65535) (i32.const 2)) (i32.const 0)",
        ),
        (
            "memory.init",
            "(memory.init $d (local.get $x) (i32.const 1) (i32.const 3)) (i32.const 0)",
        ),
        (
            "load after growing",
            "(drop (memory.grow (i32.const 1))) (i32.load offset=131069 (local.get $x))",
        ),
    ] {
        add(name, TrapCode::MemoryOutOfBounds, memory, inner);
    }
    for (name, inner) in [
        (
            "call_indirect outside",
            "(call_indirect $t (type $f) (i32.add (local.get $x) (i32.const 4)))",
        ),
        (
            "call_indirect at -1",
            "(call_indirect $t (type $f) (i32.sub (local.get $x) (i32.const 1)))",
        ),
        (
            "table.get",
            "(ref.is_null (table.get $t (i32.add (local.get $x) (i32.const 4))))",
        ),
        (
            "table.set",
            "(table.set $t (i32.add (local.get $x) (i32.const 4)) (ref.null func)) (i32.const 0)",
        ),
        (
            "table.fill",
            "(table.fill $t (local.get $x) (ref.null func) (i32.const 5)) (i32.const 0)",
        ),
        (
            "table.copy",
            "(table.copy $t $t (i32.const 2) (local.get $x) (i32.const 3)) (i32.const 0)",
        ),
        (
            "table.init",
            "(table.init $t $p (local.get $x) (i32.const 0) (i32.const 2)) (i32.const 0)",
        ),
    ] {
        add(name, TrapCode::TableOutOfBounds, table, inner);
    }
    add(
        "call_indirect null",
        TrapCode::IndirectCallToNull,
        table,
        "(call_indirect $t (type $f) (local.get $x))",
    );
    add(
        "call_indirect of another type",
        TrapCode::BadSignature,
        table,
        "(call_indirect $t (type $g) (i32.const 5) (i32.add (local.get $x) (i32.const 1)))",
    );
    for (name, inner) in [
        ("i32.div_s overflow", "(i32.div_s (i32.sub (i32.const 0x80000000) (local.get $x)) (i32.sub (local.get $x) (i32.const 1)))"),
        ("i64.div_s overflow", "(i32.wrap_i64 (i64.div_s (i64.sub (i64.const 0x8000000000000000) (i64.extend_i32_s (local.get $x)))
            (i64.extend_i32_s (i32.sub (local.get $x) (i32.const 1)))))"),
        ("i32.trunc_f32_s", "(i32.trunc_f32_s (f32.mul (f32.const 2147483648) (f32.convert_i32_s (i32.add (local.get $x) (i32.const 1)))))"),
        ("i32.trunc_f64_u", "(i32.trunc_f64_u (f64.sub (f64.convert_i32_s (local.get $x)) (f64.const 1)))"),
        ("i64.trunc_f64_u", "(i32.wrap_i64 (i64.trunc_f64_u (f64.add (f64.convert_i32_s (local.get $x)) (f64.const 18446744073709551616))))"),
    ] {
        add(name, TrapCode::IntegerOverflow, "", inner);
    }
    for op in ["i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u"] {
        let inner = format!("({op} (i32.const 7) (local.get $x))");
        add(op, TrapCode::IntegerDivisionByZero, "", &inner);
    }
    for op in ["i64.div_s", "i64.div_u", "i64.rem_s", "i64.rem_u"] {
        let inner =
            format!("(i32.wrap_i64 ({op} (i64.const 7) (i64.extend_i32_s (local.get $x))))");
        add(op, TrapCode::IntegerDivisionByZero, "", &inner);
    }
    for (op, float) in [("i32.trunc_f32_s", "f32"), ("i32.trunc_f64_u", "f64")] {
        let inner = format!(
            "({op} ({float}.div ({float}.convert_i32_s (local.get $x)) ({float}.convert_i32_s (local.get $x))))"
        );
        add(
            &format!("{op} of a NaN"),
            TrapCode::BadConversionToInteger,
            "",
            &inner,
        );
    }
    add(
        "trap behind a host call",
        TrapCode::MemoryOutOfBounds,
        "(import \"wasi_snapshot_preview1\" \"sched_yield\" (func $yield (result i32))) (memory 1)",
        "(i32.load offset=65536 (i32.mul (call $yield) (local.get $x)))",
    );
    for (name, code, inner) in [
        (
            "return_call_indirect outside",
            TrapCode::TableOutOfBounds,
            "(return_call_indirect $t (type $f) (i32.add (local.get $x) (i32.const 4)))",
        ),
        (
            "return_call_indirect null",
            TrapCode::IndirectCallToNull,
            "(return_call_indirect $t (type $f) (local.get $x))",
        ),
        (
            "return_call_indirect of another type",
            TrapCode::BadSignature,
            "(return_call_indirect $t (type $g) (i32.const 5) (i32.add (local.get $x) (i32.const 1)))",
        ),
    ] {
        add(name, code, table, inner);
    }
    cases.extend(recursions());
    cases.push(Case {
        name: "trap in a deep chain of small functions".to_string(),
        text: r#"(module (memory 1)
            (global $n (mut i32) (i32.const 65536))
            (func $load (param i32) (result i32) (i32.load (local.get 0)))
            (func $twice (param i32) (result i32)
              (i32.add (call $load (i32.sub (local.get 0) (i32.const 4))) (call $load (local.get 0))))
            (func $other (param i32) (result i32) (i32.mul (call $load (i32.const 0)) (call $twice (local.get 0))))
            (func $start (export "_start") (drop (call $twice (i32.const 4))) (global.set $n (call $other (global.get $n)))))"#
            .to_string(),
        code: TrapCode::MemoryOutOfBounds,
        functions: vec!["load", "twice", "other", "start"],
    });
    cases.push(Case {
        name: "trap behind a tail call".to_string(),
        text: r#"(module
            (func $end (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (unreachable))
            (func $hop (param i64) (return_call $end (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)
              (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)))
            (func $outer (call $hop (i64.const 0)))
            (func $start (export "_start") (call $outer)))"#
            .to_string(),
        code: TrapCode::Unreachable,
        functions: vec!["end", "outer", "start"],
    });
    cases
}

/// Programs that exhaust the stack.
fn recursions() -> Vec<Case> {
    let case = |name: &str, text: String, functions: Vec<&'static str>| Case {
        name: name.to_string(),
        text,
        code: TrapCode::StackOverflow,
        functions,
    };
    let plain = r#"(module
        (func $down (param $x i64) (result i64) (i64.add (call $down (i64.add (local.get $x) (i64.const 1))) (local.get $x)))
        (func $start (export "_start") (drop (call $down (i64.const 0)))))"#;
    let mutual = r#"(module
        (func $even (param $x i32) (result i32)
          (if (result i32) (i32.eqz (local.get $x)) (then (i32.const 1))
            (else (i32.add (call $odd (i32.sub (local.get $x) (i32.const 2))) (i32.const 1)))))
        (func $odd (param $x i32) (result i32)
          (if (result i32) (i32.eqz (local.get $x)) (then (i32.const 0))
            (else (i32.mul (call $even (i32.sub (local.get $x) (i32.const 2))) (i32.const 3)))))
        (func $start (export "_start") (drop (call $even (i32.const 1)))))"#;
    // The host call is made at every depth, so the guard is met in the runtime's own frames for some stack sizes.
    let host = r#"(module
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (memory (export "memory") 1)
        (func $down (param $x i32) (result i32)
          (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 8)))
          (i32.add (call $down (i32.add (local.get $x) (i32.const 1))) (local.get $x)))
        (func $start (export "_start") (drop (call $down (i32.const 0)))))"#;
    vec![
        case("recursion", plain.to_string(), vec!["down", "down", "down"]),
        case("mutual recursion", mutual.to_string(), vec![]),
        case("recursion with host calls", host.to_string(), vec!["down"]),
        case("deep frames", deep_frames(1000), vec!["deep"]),
    ]
}

/// Recursion of a function that keeps `count` values alive across its call: frames of 8 bytes each.
fn deep_frames(count: usize) -> String {
    let mut body = String::new();
    for i in 0..count {
        body.push_str(&format!("(i64.load offset={} (local.get $x))\n", i * 3));
    }
    body.push_str("(call $deep (i32.and (i32.add (local.get $x) (i32.const 1)) (i32.const 15)))\n");
    for _ in 0..count {
        body.push_str("i64.add\n");
    }
    format!(
        r#"(module (memory 2)
          (func $deep (param $x i32) (result i64) {body})
          (func $start (export "_start") (drop (call $deep (i32.const 0)))))"#
    )
}

fn trap(case: &Case, target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let executable = build(case.text.as_bytes(), target, &options(target, memory, opt))?;
    let finished = run(&executable, target, &[], b"")?;
    check_trap(&finished, case.code, &case.functions)
}

/// Inlined functions stand in backtraces with the same places as those that are really called.
fn same_backtraces(target: &Target) -> Result<(), String> {
    for case in cases() {
        if case.code == TrapCode::StackOverflow {
            continue;
        }
        let lines = |opt| -> Result<Vec<String>, String> {
            let options = options(target, MemoryMode::Fixed, opt);
            let executable = build(case.text.as_bytes(), target, &options)?;
            let finished = run(&executable, target, &[], b"")?;
            check_trap(&finished, case.code, &case.functions)?;
            let text = String::from_utf8_lossy(&finished.stderr);
            Ok(text.lines().map(str::to_string).collect())
        };
        let (simple, full) = (lines(OptLevel::O0)?, lines(OptLevel::O2)?);
        if simple != full {
            return Err(format!("{}: {simple:#?} became {full:#?}", case.name));
        }
    }
    Ok(())
}

/// Where the module has DWARF, backtraces have its files, lines and inlined functions, whatever we inline.
fn sources(target: &Target) -> Result<(), String> {
    for form in ["O0", "O2"] {
        let path = format!(
            "{}/guests/debug/traps-{form}.wasm",
            env!("CARGO_MANIFEST_DIR")
        );
        let module = std::fs::read(&path).map_err(|e| format!("{path}: {e}"))?;
        for (memory, opt) in program::CONFIGURATIONS {
            let executable = build(&module, target, &options(target, memory, opt))?;
            let finished = run(&executable, target, &[], b"")?;
            let text = String::from_utf8_lossy(&finished.stderr).into_owned();
            // Names and lines in order, wherever calls are real.
            let words = text.split_whitespace().filter(|word| {
                let is_place = word.starts_with("traps.c:");
                is_place || ["read_at", "sum_of", "work", "_start"].contains(word)
            });
            let shown = words.collect::<Vec<_>>().join(" ");
            let expected = "read_at traps.c:3 sum_of traps.c:9 work traps.c:15 _start traps.c:22";
            if shown != expected || finished.status.code() != Some(TRAPPED) {
                return Err(format!("{form} {memory:?} {opt:?}: {shown:?} in {text}"));
            }
        }
    }
    Ok(())
}

/// The message of a fault in a guard page has the address and the memory's size.
fn faulting_address(target: &Target) -> Result<(), String> {
    let module = r#"(module (memory 1 3)
        (func (export "_start") (drop (memory.grow (i32.const 1)))
          (drop (i32.load offset=16 (i32.load (i32.const 4)))) )
        (data (i32.const 4) "\f4\ff\01\00"))"#;
    for (memory, is_known) in [
        (MemoryMode::Fixed, true),
        (MemoryMode::Pinned, true),
        (MemoryMode::Checked, false),
    ] {
        let options = options(target, memory, OptLevel::O2);
        let executable = build(module.as_bytes(), target, &options)?;
        let finished = run(&executable, target, &[], b"")?;
        let text = String::from_utf8_lossy(&finished.stderr).into_owned();
        let line = "memory fault at wasm address 0x20004 in linear memory of size 0x20000\n";
        if text.contains(line) != is_known || !text.contains("out of bounds memory access") {
            return Err(format!("{memory:?}: {text}"));
        }
    }
    Ok(())
}

/// `WATIVE_BACKTRACE` leaves the backtrace out, or adds what the compiler has made and where it is.
fn verbosity(target: &Target) -> Result<(), String> {
    let module = b"(module (func $f unreachable) (func $start (export \"_start\") (call $f)))";
    let options = options(target, MemoryMode::Fixed, OptLevel::O0);
    let executable = build(module, target, &options)?;
    let lines = |value: Option<&str>| -> Result<Vec<String>, String> {
        let variables: Vec<_> = value
            .map(|value| ("WATIVE_BACKTRACE", value))
            .into_iter()
            .collect();
        let finished = program::run_with(&executable, target, &[], b"", &variables)?;
        let text = target.words_of_program(&finished.stderr);
        Ok(text.lines().map(str::to_string).collect())
    };
    let message = format!("error: wasm trap: {}", TrapCode::Unreachable.message());
    let normal = lines(None)?;
    let as_expected = normal.len() == 4
        && normal[0] == message
        && normal[2].ends_with(" - f")
        && normal[3].ends_with(" - start");
    let full = lines(Some("full"))?;
    let has_more = full.len() == 5
        && full[2].contains(" (code 0x")
        && full[4].contains("<made by the compiler>");
    let short = lines(Some("0"))?;
    match as_expected && has_more && short == [message] && lines(Some("1"))? == normal {
        true => Ok(()),
        false => Err(format!("{normal:#?} {full:#?} {short:#?}")),
    }
}

/// Whether an executable, which has symbols, has what tells what traps are about.
fn has_subjects(executable: &[u8]) -> bool {
    let symbol = b"wative_rt_subjects";
    executable.windows(symbol.len()).any(|part| part == symbol)
}

/// The instruction that traps is shown with the names of the module, and only where there are some.
fn subjects(target: &Target) -> Result<(), String> {
    const TYPES: &str = "(type $shape (sub (struct (field $x (mut i32)))))
        (type $circle (sub $shape (struct (field $x (mut i32)) (field $next (mut (ref null $shape))))))
        (type $list (array (mut i32)))
        (type $job (func (result i32)))
        (global $shared (mut (ref null $shape)) (ref.null none))
        (table $jobs 4 (ref null $job))";
    // Fields of functions, the trap's code, and what is told.
    let cases = [
        (
            "(func $f (param $p (ref null $shape)) (result i32) (struct.get $shape $x (local.get $p)))
             (func $g (result i32) (call $f (ref.null none)))",
            TrapCode::NullReference,
            "struct.get $shape $x of local $p in f",
        ),
        (
            "(func $g (result i32) (struct.set $shape $x (global.get $shared) (i32.const 1)) (i32.const 1))",
            TrapCode::NullReference,
            "struct.set $shape $x in g",
        ),
        (
            "(func $g (result i32) (ref.cast (ref null $circle) (global.get $shared)) (struct.get $circle $next) (struct.get $shape $x))",
            TrapCode::NullReference,
            "struct.get $circle $next in g",
        ),
        (
            "(func $f (param $p (ref null $shape)) (result i32) (struct.get $circle $x (ref.cast (ref $circle) (local.get $p))))
             (func $g (result i32) (call $f (struct.new $shape (i32.const 1))))",
            TrapCode::CastFailure,
            "ref.cast (ref $circle) from (ref null $shape) of local $p in f",
        ),
        (
            "(func $f (param $p anyref) (result i32) (drop (ref.cast (ref $circle) (local.get $p))) (i32.const 1))
             (func $g (result i32) (call $f (ref.i31 (i32.const 1))))",
            TrapCode::CastFailure,
            "ref.cast (ref $circle) from (ref null any) of local $p in f",
        ),
        (
            "(func $f (param $p (ref null $list)) (param $i i32) (result i32) (array.get $list (local.get $p) (local.get $i)))
             (func $g (result i32) (call $f (array.new $list (i32.const 1) (i32.const 3)) (i32.const 3)))",
            TrapCode::ArrayOutOfBounds,
            "array.get $list in f",
        ),
        (
            "(func $g (result i32) (struct.get $shape $x (global.get $shared)))",
            TrapCode::NullReference,
            "struct.get $shape $x of global $shared in g",
        ),
        (
            "(func $g (result i32) (call_indirect $jobs (type $job) (i32.const 2)))",
            TrapCode::IndirectCallToNull,
            "call_indirect $jobs (type $job) in g",
        ),
    ];
    for (number, (fields, code, told)) in cases.into_iter().enumerate() {
        let main = "(global $n (export \"n\") (mut i32) (i32.const 0)) (func $start (export \"_start\") (global.set $n (call $g)))";
        let text = format!(
            "(module {TYPES} {fields} {main} (func (export \"mutate\") (param (ref null $shape)) (global.set $shared (local.get 0))))"
        );
        for opt in [OptLevel::O0, OptLevel::O2] {
            let options = options(target, MemoryMode::Pinned, opt);
            let executable = build(text.as_bytes(), target, &options)?;
            if !has_subjects(&executable) {
                return Err(format!("{number} {opt:?}: nothing is told"));
            }
            let finished = run(&executable, target, &[], b"")?;
            check_trap(&finished, code, &[])?;
            let shown = String::from_utf8_lossy(&finished.stderr).into_owned();
            if !shown.contains(&format!(" - {told}\n")) {
                return Err(format!("{number} {opt:?}: want {told:?}: {shown}"));
            }
        }
    }
    let names = "(module (type (struct (field i32))) (func $g (param (ref null 0)) (result i32) (struct.get 0 0 (local.get 0)))
        (global (mut i32) (i32.const 0)) (func $start (export \"_start\") (global.set 0 (call $g (ref.null 0)))))";
    let options = options(target, MemoryMode::Pinned, OptLevel::O0);
    let executable = build(names.as_bytes(), target, &options)?;
    if has_subjects(&executable) {
        return Err("there is something to tell where nothing has a name".to_string());
    }
    check_trap(
        &run(&executable, target, &[], b"")?,
        TrapCode::NullReference,
        &["g", "start"],
    )
}

/// Exit status, message, and the innermost names of the backtrace with an offset each.
fn check_trap(finished: &Finished, code: TrapCode, functions: &[&str]) -> Result<(), String> {
    let text = String::from_utf8_lossy(&finished.stderr);
    let message = format!("wasm trap: {}", code.message());
    if finished.status.code() != Some(TRAPPED) || !text.contains(&message) {
        return Err(format!(
            "want status {TRAPPED} and {message:?}: {}",
            finished.describe()
        ));
    }
    let frames: Vec<&str> = text.lines().filter(|line| line.contains(": 0x")).collect();
    for (i, name) in functions.iter().enumerate() {
        let frame = frames.get(i).copied().unwrap_or("nothing");
        let place = frame
            .split_once(": 0x")
            .and_then(|(_, rest)| rest.split_once(" - "));
        let offset = place.and_then(|(offset, _)| u64::from_str_radix(offset, 16).ok());
        // What the trap is about may stand before the function.
        let found = place.map(|(_, text)| text.rsplit(" in ").next().unwrap_or(text));
        if found != Some(name) || offset.is_none_or(|o| o == 0) {
            return Err(format!(
                "frame {i} must be {name} at an offset, is {frame:?}"
            ));
        }
    }
    Ok(())
}

/// Waits for input that never comes.
const WAITING: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\10\00\00\00\01\00\00\00")
    (data (i32.const 16) "x")
    (func (export "_start")
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

fn sent_signal(target: &Target) -> Result<(), String> {
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let executable = build(WAITING.as_bytes(), target, &options)?;
    for signal in [Signal::SEGV, Signal::ILL, Signal::FPE, Signal::TERM] {
        let finished = interrupt(&executable, target, signal).map_err(|e| e.to_string())?;
        let words = target.words_of_program(&finished.stderr);
        if finished.code() != 128 + signal.as_raw() || !words.is_empty() {
            return Err(format!("{signal:?}: {}", finished.describe()));
        }
    }
    Ok(())
}

/// Sends the signal when the program has written its byte and waits.
fn interrupt(executable: &[u8], target: &Target, signal: Signal) -> std::io::Result<Finished> {
    let scratch = Scratch::new()?;
    let path = scratch.executable(executable)?;
    let mut command = target.command(&path);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = process::spawn(&mut command)?;
    let _stdin = child.stdin.take();
    let mut byte = [0];
    let mut stdout = child
        .stdout
        .take()
        .ok_or_else(|| std::io::Error::other("no pipe"))?;
    std::io::Read::read_exact(&mut stdout, &mut byte)?;
    thread::sleep(Duration::from_millis(20));
    kill_process(Pid::from_child(&child), signal)?;
    process::wait(child, program::LIMIT)
}

/// Writes until an error, then exits with its number.
const WRITING: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "\10\00\00\00\00\00\01\00")
    (func (export "_start") (local $e i32)
      (loop $again
        (local.set $e (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $again (i32.eqz (local.get $e))))
      (call $exit (local.get $e))))"#;

/// A reader that goes away ends the program: by SIGPIPE's default action, or by the error that the program sees.
fn closed_pipe(target: &Target) -> Result<(), String> {
    /// Number of `EPIPE` in WASI preview 1.
    const EPIPE: i32 = 64;
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let executable = build(WRITING.as_bytes(), target, &options)?;
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(&executable)?;
        let mut command = target.command(&path);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        drop(child.stdout.take());
        process::wait(child, program::LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    let code = finished.code();
    if code == EPIPE && target.words_of_program(&finished.stderr).is_empty() {
        Ok(())
    } else {
        Err(finished.describe())
    }
}

fn unknown_import(target: &Target) -> Result<(), String> {
    let text = r#"(module
        (import "env" "missing" (func $missing (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func $ask (result i32) (call $missing (i32.const 3)))
        (func $start (export "_start")
          (drop (call $args (i32.const 0) (i32.const 4)))
          (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 1)) (then (drop (call $ask))))))"#;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let refused = build(text.as_bytes(), target, &options);
    if !refused
        .as_ref()
        .is_err_and(|e| e.contains("env") && e.contains("missing"))
    {
        return Err(format!("must be refused by name: {refused:?}"));
    }
    options.unknown = Unknown::Trap;
    let executable = build(text.as_bytes(), target, &options)?;
    let finished = run(&executable, target, &[], b"")?;
    if finished.code() != 0 {
        return Err(finished.describe());
    }
    let finished = run(&executable, target, &["x"], b"")?;
    check_trap(&finished, TrapCode::UnknownImport, &[])
}

fn exit_codes(target: &Target) -> Result<(), String> {
    for code in [0, 1, 42, 125, 255] {
        let text = format!(
            r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func (export "_start") (call $exit (i32.const {code})) unreachable))"#
        );
        let options = options(target, MemoryMode::Fixed, OptLevel::O2);
        let finished = run(&build(text.as_bytes(), target, &options)?, target, &[], b"")?;
        if finished.status.code() != Some(code) {
            return Err(format!("want {code}: {}", finished.describe()));
        }
    }
    Ok(())
}
