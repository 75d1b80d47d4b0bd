//! Tail calls: any signature to any other in constant stack.
//!
//! `constant stack` runs programs on a stack of 64 KiB through many tail calls whose argument counts and kinds differ: direct ones, through
//! tables, through references, from and to other modules, left by exceptions. Every callee checks its arguments. `arguments` are random functions that tail-call each other with
//! their own parameters in another order, so that what is read and what is overwritten lie in the same places, against the interpreter.

use std::fmt::Write as _;

use wative_compiler::Input;
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{Config, OptLevel, Options};

use crate::differential::{self, Heap, Setup, ask};
use crate::process::Finished;
use crate::program::{self, CONFIGURATIONS, in_all_configurations, options};
use crate::random::Random;
use crate::report::{Output, Report};
use crate::spec::chain::{Answer, hex};
use crate::target::Target;
use crate::{compile, parallel};

/// Bytes of the Wasm stack: a few hundred frames.
const STACK: u64 = 64 << 10;

/// Tail calls of a long and of a short run.
const MANY: u64 = 100_000_000;
const SOME: u64 = 100_000;

/// Random modules.
const MODULES: u64 = 60;

/// Runs everything on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        if "constant stack".contains(filter) {
            let report = constant_stack(target);
            output.report(&format!("tails {} constant stack", target.name), report);
        }
    }
    if "arguments".contains(filter) {
        let seeds: Vec<u64> = (0..MODULES).collect();
        let mut reports: Vec<Report> = targets.iter().map(|_| Report::default()).collect();
        for (seed, result) in seeds
            .iter()
            .zip(parallel::map(&seeds, |&seed| arguments(targets, seed)))
        {
            let verdicts = result.unwrap_or_else(|why| vec![Err(why); targets.len()]);
            for (report, verdict) in reports.iter_mut().zip(verdicts) {
                match verdict {
                    Ok(answers) => report.pass(answers),
                    Err(why) => report.fail(format!("seed {seed}: {why}")),
                }
            }
        }
        for (target, report) in targets.iter().zip(reports) {
            output.report(&format!("tails {} arguments", target.name), report);
        }
    }
}

/// A program: modules in order of instantiation, and the module and export to call with the number of tail calls.
struct Case {
    name: &'static str,
    modules: Vec<(&'static str, String)>,
    export: &'static str,
}

fn constant_stack(target: &Target) -> Report {
    let cases = [
        four_signatures(),
        through_tables(),
        through_references(),
        across_modules(),
        with_frames(),
        through_exceptions(),
    ];
    let mut report = Report::default();
    in_all_configurations(
        &mut report,
        "",
        &cases,
        |case| case.name,
        |case, memory, opt| {
            // An emulator is some fifty times slower.
            let long = target.is_native() && memory == MemoryMode::Fixed && opt == OptLevel::O2;
            run(case, target, memory, opt, if long { MANY } else { SOME })
        },
    );
    report.outcome("to the host", to_the_host(target));
    report
}

fn small(options: Options) -> Options {
    Options {
        config: Config {
            stack_size: STACK,
            ..Config::default()
        },
        ..options
    }
}

fn run(
    case: &Case,
    target: &Target,
    memory: MemoryMode,
    opt: OptLevel,
    count: u64,
) -> Result<(), String> {
    let options = Options {
        entry: EntryKind::Script,
        ..small(options(target, memory, opt))
    };
    let inputs = case.modules.iter();
    let inputs: Result<Vec<Input>, String> = inputs
        .map(|(name, text)| compile::input(name, text.as_bytes()))
        .collect();
    let executable = compile::executable(&inputs?, target, &options).map_err(|e| e.to_string())?;
    let mut lines = String::new();
    let last = case.modules.len() - 1;
    for number in 0..=last {
        writeln!(lines, "instantiate {number}").expect("a string takes all");
    }
    let export = hex(case.export);
    // Deep recursion of ordinary calls must still be noticed, and not spoil what follows.
    let recurse = hex("recurse");
    writeln!(
        lines,
        "invoke {last} {recurse} 64\ninvoke {last} {recurse} ffffff\ninvoke {last} {export} {count:x}"
    )
    .expect("a string takes all");
    let answers = ask(&executable, target, &lines)?;
    let want = [
        Answer::Slots(vec![100]),
        Answer::Trap(TrapCode::StackOverflow),
        Answer::Slots(vec![count]),
    ];
    let got = answers.get(last + 1..).unwrap_or_default();
    if got != want {
        return Err(format!("{got:x?}, want {want:x?}"));
    }
    Ok(())
}

/// Makes tail calls by ordinary recursion, which needs the stack that they must not.
const RECURSE: &str = r#"(func $recurse (export "recurse") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 0))
      (else (i64.add (i64.const 1) (call $recurse (i64.sub (local.get 0) (i64.const 1)))))))"#;

/// Values of these types that follow from the count, as expressions, and a check of them in parameters from `first`.
fn derived(types: &[&str], count: &str, first: usize) -> (String, String) {
    let (mut values, mut checks) = (String::new(), String::new());
    for (i, ty) in types.iter().enumerate() {
        let value = match *ty {
            "i32" => format!("(i32.add (i32.wrap_i64 {count}) (i32.const {i}))"),
            "i64" => format!("(i64.xor {count} (i64.const {}))", i * 0x1111_1111),
            "f32" => format!(
                "(f32.convert_i32_s (i32.and (i32.wrap_i64 {count}) (i32.const {})))",
                15 + i
            ),
            _ => format!("(f64.sub (f64.convert_i64_s {count}) (f64.const {i}))"),
        };
        write!(values, "{value} ").expect("a string takes all");
        writeln!(
            checks,
            "(if ({ty}.ne (local.get {}) {value}) (then (unreachable)))",
            first + i
        )
        .expect("a string takes all");
    }
    (values, checks)
}

/// A function whose first parameter is how many tail calls remain, with the rest of its parameters derived from that; it passes control
/// on by `next`, in which `N` stands for the new count.
fn link(name: &str, types: &[&str], result: &str, body: &str, next: &str) -> String {
    let (_, checks) = derived(types, "(local.get 0)", 1);
    let less = "(i64.sub (local.get 0) (i64.const 1))";
    format!(
        "(func ${name} (param i64 {}) {result}\n{checks}{body}{})\n",
        types.join(" "),
        next.replace('N', less)
    )
}

const NARROW: [&str; 1] = ["f32"];
const WIDE: [&str; 24] = [
    "i32", "f64", "i64", "f32", "i32", "i32", "f64", "f64", "i64", "i64", "i32", "f32", "f64",
    "f64", "i64", "f64", "i32", "f64", "f32", "i64", "f64", "i32", "f64", "f32",
];
const INTEGERS: [&str; 11] = [
    "i64", "i32", "i64", "i32", "i64", "i32", "i64", "i32", "i64", "i32", "i64",
];
/// More than fit into the registers for results: in both instruction sets some lie below the stack arguments.
const RESULTS: &str = "(result i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)";

fn direct(callee: &str, types: &[&str]) -> String {
    let (values, _) = derived(types, "N", 0);
    format!("(return_call ${callee} N {values})")
}

/// Direct calls around four functions of different types, with results in registers and on the stack.
fn four_signatures() -> Case {
    let done = "(if (i64.le_s (local.get 0) (i64.const 0)) (then (return (global.get $total) (i64.const 2) (i64.const 3)
        (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (i64.const 10))))";
    let text = format!(
        r#"(module {RECURSE} (global $total (mut i64) (i64.const 0))
        {}{}{}{}
        (func (export "run") (param i64) (result i64) (local i64)
          (global.set $total (local.get 0))
          (call $empty (local.get 0))
          (i64.ne (i64.const 10)) (if (then (unreachable)))
          (i64.ne (i64.const 9)) (if (then (unreachable)))
          (i64.ne (i64.const 8)) (if (then (unreachable)))
          (drop) (drop) (drop) (drop) (drop) (drop)))"#,
        link("empty", &[], RESULTS, done, &direct("wide", &WIDE)),
        link("wide", &WIDE, RESULTS, "", &direct("narrow", &NARROW)),
        link(
            "narrow",
            &NARROW,
            RESULTS,
            "",
            &direct("integers", &INTEGERS)
        ),
        link("integers", &INTEGERS, RESULTS, "", &direct("empty", &[])),
    );
    Case {
        name: "four signatures",
        modules: vec![("main", text)],
        export: "run",
    }
}

fn indirect(index: &str, ty: &str, types: &[&str]) -> String {
    let (values, _) = derived(types, "N", 0);
    format!("(return_call_indirect (type ${ty}) N {values} {index})")
}

fn types() -> String {
    let ty = |name: &str, types: &[&str]| {
        format!(
            "(type ${name} (func (param i64 {}) (result i64)))\n",
            types.join(" ")
        )
    };
    ty("empty", &[]) + &ty("wide", &WIDE) + &ty("narrow", &NARROW) + &ty("integers", &INTEGERS)
}

const DONE: &str =
    "(if (i64.le_s (local.get 0) (i64.const 0)) (then (return (global.get $total))))";

/// Through a table at an index that is not constant.
fn through_tables() -> Case {
    let index = "(i32.wrap_i64 (i64.and N (i64.const 3)))";
    let text = format!(
        r#"(module {RECURSE} {} (global $total (mut i64) (i64.const 0))
        (table 4 funcref) (elem (i32.const 0) $empty $integers $narrow $wide)
        {}{}{}{}
        (func (export "run") (param i64) (result i64)
          (global.set $total (local.get 0))
          (return_call $empty (local.get 0))))"#,
        types(),
        link(
            "empty",
            &[],
            "(result i64)",
            DONE,
            &indirect(index, "wide", &WIDE)
        ),
        link(
            "wide",
            &WIDE,
            "(result i64)",
            "",
            &indirect(index, "narrow", &NARROW)
        ),
        link(
            "narrow",
            &NARROW,
            "(result i64)",
            "",
            &indirect(index, "integers", &INTEGERS)
        ),
        link(
            "integers",
            &INTEGERS,
            "(result i64)",
            "",
            &indirect(index, "empty", &[])
        ),
    );
    Case {
        name: "through tables",
        modules: vec![("main", text)],
        export: "run",
    }
}

/// Through references in globals, one of which allows null.
fn through_references() -> Case {
    let by = |reference: &str, ty: &str, types: &[&str]| {
        let (values, _) = derived(types, "N", 0);
        format!("(return_call_ref ${ty} N {values} {reference})")
    };
    let text = format!(
        r#"(module {RECURSE} {} (global $total (mut i64) (i64.const 0))
        (global $to_wide (mut (ref null $wide)) (ref.func $wide))
        (global $to_narrow (mut (ref $narrow)) (ref.func $narrow))
        (table $typed 3 (ref $integers) (ref.func $integers))
        (elem declare func $empty)
        {}{}{}{}
        (func (export "run") (param i64) (result i64)
          (global.set $total (local.get 0))
          (return_call_ref $empty (local.get 0) (ref.func $empty))))"#,
        types(),
        link(
            "empty",
            &[],
            "(result i64)",
            DONE,
            &by("(global.get $to_wide)", "wide", &WIDE)
        ),
        link(
            "wide",
            &WIDE,
            "(result i64)",
            "",
            &by("(global.get $to_narrow)", "narrow", &NARROW)
        ),
        link(
            "narrow",
            &NARROW,
            "(result i64)",
            "",
            &by(
                "(table.get $typed (i32.wrap_i64 (i64.and N (i64.const 1))))",
                "integers",
                &INTEGERS
            )
        ),
        link(
            "integers",
            &INTEGERS,
            "(result i64)",
            "",
            &by("(ref.func $empty)", "empty", &[])
        ),
    );
    Case {
        name: "through references",
        modules: vec![("main", text)],
        export: "run",
    }
}

/// `main` calls functions that it imports from `other`, which calls back through a table.
fn across_modules() -> Case {
    let other = format!(
        r#"(module {} (table (export "table") 4 funcref)
        {}
        {})"#,
        types(),
        link(
            "wide",
            &WIDE,
            "(result i64)",
            "",
            &indirect("(i32.const 0)", "narrow", &NARROW)
        )
        .replace("$wide ", "$wide (export \"wide\") "),
        link(
            "integers",
            &INTEGERS,
            "(result i64)",
            "",
            &indirect("(i32.const 1)", "empty", &[])
        )
        .replace("$integers ", "$integers (export \"integers\") "),
    );
    let main = format!(
        r#"(module {} (import "other" "wide" (func $wide (type $wide))) (import "other" "integers" (func $integers (type $integers)))
        (import "other" "table" (table 4 funcref)) {RECURSE} (global $total (mut i64) (i64.const 0))
        (elem (i32.const 0) $narrow $empty)
        {}{}
        (func (export "run") (param i64) (result i64)
          (global.set $total (local.get 0))
          (return_call $empty (local.get 0))))"#,
        types(),
        link("empty", &[], "(result i64)", DONE, &direct("wide", &WIDE)),
        link(
            "narrow",
            &NARROW,
            "(result i64)",
            "",
            &direct("integers", &INTEGERS)
        ),
    );
    Case {
        name: "across modules",
        modules: vec![("other", other), ("main", main)],
        export: "run",
    }
}

/// Functions that call others before they leave: with saved registers and frames, one of them a large one.
fn with_frames() -> Case {
    let keep = "(if (i64.ne (call $same (local.get 0)) (local.get 0)) (then (unreachable)))";
    let mut large = String::new();
    for i in 0..200 {
        writeln!(large, "(i64.load offset={} (i32.const 0))", i * 8).expect("a string takes all");
    }
    large.push_str("(i64.ne (call $same (local.get 0)) (local.get 0)) (if (then (unreachable)))\n");
    for _ in 1..200 {
        large.push_str("i64.add\n");
    }
    large.push_str("(i64.ne (i64.const 0)) (if (then (unreachable)))\n");
    let text = format!(
        r#"(module {RECURSE} (memory 1) (global $total (mut i64) (i64.const 0))
        (func $same (param i64) (result i64)
          (if (i64.eqz (i64.and (local.get 0) (i64.const 0xfffff))) (then (drop (call $recurse (i64.const 5)))))
          (local.get 0))
        {}{}{}{}
        (func (export "run") (param i64) (result i64)
          (global.set $total (local.get 0))
          (return_call $empty (local.get 0))))"#,
        link(
            "empty",
            &[],
            "(result i64)",
            &format!("{DONE}{keep}"),
            &direct("wide", &WIDE)
        ),
        link(
            "wide",
            &WIDE,
            "(result i64)",
            keep,
            &direct("narrow", &NARROW)
        ),
        link(
            "narrow",
            &NARROW,
            "(result i64)",
            &format!("(if (i64.eqz (i64.and (local.get 0) (i64.const 0xff0))) (then {large}))"),
            &direct("integers", &INTEGERS)
        ),
        link(
            "integers",
            &INTEGERS,
            "(result i64)",
            keep,
            &direct("empty", &[])
        ),
    );
    Case {
        name: "with frames",
        modules: vec![("main", text)],
        export: "run",
    }
}

/// Exceptions leave functions that were tail-called, and pass by handlers of those that tail-called them.
fn through_exceptions() -> Case {
    let throw = "(return_call $throw (local.get 0) (f64.convert_i64_s (local.get 0)) (i64.const 1) (i64.const 2) (i64.const 3)
        (i64.const 4) (i64.const 5) (i64.const 6) (local.get $kept) (i32.wrap_i64 (local.get 0)))";
    let text = format!(
        r#"(module {RECURSE} (memory 1)
        (tag $e (param i64 f64 i32))
        (func $same (param i64) (result i64) (i64.store (i32.const 8) (local.get 0)) (i64.load (i32.const 8)))
        (func $throw (param i64 f64 i64 i64 i64 i64 i64 i64 i64 i32)
          (if (i64.ne (local.get 8) (local.get 0)) (then (unreachable)))
          (throw $e (local.get 0) (local.get 1) (local.get 9)))
        (func $hop (param i64) (local $kept i64)
          (local.set $kept (call $same (local.get 0)))
          (if (i64.ne (call $same (i64.const 5)) (i64.const 5)) (then (unreachable)))
          (if (i64.eqz (i64.and (local.get 0) (i64.const 4096))) (then {throw}))
          (block $wrong (result i64 f64 i32)
            (try_table (catch $e $wrong) {throw}) (unreachable))
          (unreachable))
        (func (export "run") (param i64) (result i64) (local $n i64)
          (loop $again
            (block $caught (result i64 f64 i32)
              (try_table (catch $e $caught) (call $hop (local.get $n)))
              (unreachable))
            (i32.ne (i32.wrap_i64 (local.get $n))) (if (then (unreachable)))
            (f64.ne (f64.convert_i64_s (local.get $n))) (if (then (unreachable)))
            (i64.ne (local.get $n)) (if (then (unreachable)))
            (local.set $n (i64.add (local.get $n) (i64.const 4096)))
            (br_if $again (i64.lt_u (local.get $n) (local.get 0))))
          (local.get 0)))"#
    );
    Case {
        name: "through exceptions",
        modules: vec![("main", text)],
        export: "run",
    }
}

/// A tail call of a function of the host, from deep in a chain of tail calls.
fn to_the_host(target: &Target) -> Result<(), String> {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\03\00\00\00abc")
        (table funcref (elem $exit))
        (func $say (param i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i32)
          (return_call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))
        (func $down (param i32)
          (if (i32.eqz (local.get 0)) (then
            (return_call_indirect (param i32) (i32.add (i32.const 7) (call $say (i64.const 1) (i64.const 2) (i64.const 3)
              (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9))) (i32.const 0))))
          (return_call $down (i32.sub (local.get 0) (i32.const 1))))
        (func (export "_start") (return_call $down (i32.const 10000))))"#;
    for (memory, opt) in CONFIGURATIONS {
        let options = small(options(target, memory, opt));
        let executable = program::build(text.as_bytes(), target, &options)?;
        let finished: Finished = program::run(&executable, target, &[], b"")?;
        if finished.code() != 7 || finished.stdout != b"abc" {
            return Err(format!("{memory:?} {opt:?}: {}", finished.describe()));
        }
    }
    Ok(())
}

/// A module of functions that tail-call each other, compared with the interpreter.
fn arguments(targets: &[Target], seed: u64) -> Result<Vec<Result<usize, String>>, String> {
    let mut random = Random::new(seed);
    let text = shuffles(&mut random);
    let (memory, opt) = *random.pick(&CONFIGURATIONS);
    let setup = Setup {
        memory,
        opt,
        deterministic: true,
        newest: false,
        heap: Heap::Usual,
        profile: 0,
    };
    let module = wat::parse_str(&text).map_err(|e| format!("{e}\n{text}"))?;
    differential::compare(targets, &module, setup, &mut random)
}

const KINDS: [&str; 5] = ["i32", "i64", "f32", "f64", "v128"];

/// Functions with random parameters and the same results. The first parameter of each is a counter; at zero it returns, otherwise it
/// tail-calls one of the others, mostly with its own parameters in another order.
fn shuffles(random: &mut Random) -> String {
    let list = |random: &mut Random, most: usize, kinds: &[&'static str]| -> Vec<&'static str> {
        (0..random.below(most + 1))
            .map(|_| *random.pick(kinds))
            .collect()
    };
    let few = [
        &KINDS[..],
        &["i64"][..],
        &["f64", "i32"][..],
        &["v128", "i64", "f32"][..],
    ];
    let (of_results, kinds) = (*random.pick(&few), *random.pick(&few));
    let results = list(random, 12, of_results);
    let funcs: Vec<Vec<&str>> = (0..2 + random.below(4))
        .map(|_| list(random, 20, kinds))
        .collect();
    let mut text = "(module (memory 1)\n".to_string();
    let put = |text: &mut String, part: std::fmt::Arguments| {
        text.write_fmt(part).expect("a string takes all")
    };
    for (f, params) in funcs.iter().enumerate() {
        put(
            &mut text,
            format_args!(
                "(type $t{f} (func (param i32 {}) (result {})))\n",
                params.join(" "),
                results.join(" ")
            ),
        );
    }
    let names: Vec<String> = (0..funcs.len()).map(|f| format!("$f{f}")).collect();
    put(
        &mut text,
        format_args!("(table $any funcref (elem {}))\n", names.join(" ")),
    );
    for f in 0..funcs.len() {
        put(
            &mut text,
            format_args!(
                "(global $g{f} (mut (ref null $t{f})) (ref.func $f{f}))
                (table $r{f} 2 (ref $t{f}) (ref.func $f{f}))\n"
            ),
        );
    }
    text.push_str("(func $touch (param i32) (result i32) (i32.store (i32.const 8) (local.get 0)) (i32.load (i32.const 8)))\n");
    for (f, params) in funcs.iter().enumerate() {
        put(&mut text, format_args!("(func $f{f} (type $t{f})\n"));
        // The counter that a caller from outside gives is cut down to a few rounds.
        text.push_str("(local.set 0 (i32.and (local.get 0) (i32.const 63)))\n");
        if random.below(2) == 0 {
            text.push_str("(drop (call $touch (local.get 0)))\n");
        }
        let values = |random: &mut Random, wanted: &[&str]| -> String {
            wanted.iter().map(|ty| value(random, params, ty)).collect()
        };
        let ends = values(random, &results);
        put(
            &mut text,
            format_args!("(if (i32.eqz (local.get 0)) (then (return {ends})))\n"),
        );
        // Two ways out, so that what one overwrites the other must not have.
        let mut ways = Vec::new();
        for _ in 0..2 {
            let to = random.below(funcs.len());
            let args = values(random, &funcs[to]);
            let less = "(i32.sub (local.get 0) (i32.const 1))";
            let reference = match random.below(3) {
                0 => format!("(global.get $g{to})"),
                1 => format!("(table.get $r{to} (i32.and (local.get 0) (i32.const 1)))"),
                _ => format!("(ref.func $f{to})"),
            };
            ways.push(match random.below(3) {
                0 => format!("(return_call $f{to} {less} {args})"),
                1 => format!(
                    "(return_call_indirect $any (type $t{to}) {less} {args} (i32.const {to}))"
                ),
                _ => format!("(return_call_ref $t{to} {less} {args} {reference})"),
            });
        }
        put(
            &mut text,
            format_args!(
                "(if (i32.and (local.get 0) (i32.const 1)) (then {}))\n{})\n",
                ways[0], ways[1]
            ),
        );
    }
    for (f, params) in funcs.iter().enumerate() {
        text.push_str(&entry(f, params, &results));
    }
    text.push(')');
    text
}

/// An exported function that calls another; vectors are made of and made into `i64`.
fn entry(f: usize, params: &[&str], results: &[&str]) -> String {
    let outside = |types: &[&str]| types.join(" ").replace("v128", "i64");
    let args = params.iter().enumerate().map(|(i, ty)| {
        let arg = format!("(local.get {})", i + 1);
        match *ty {
            "v128" => {
                format!("(i64x2.replace_lane 1 (i64x2.splat {arg}) (i64.add {arg} (i64.const 3)))")
            }
            _ => arg,
        }
    });
    let args: String = args.collect();
    let first = params.len() + 1;
    let (mut sets, mut gets) = (String::new(), String::new());
    for (i, ty) in results.iter().enumerate() {
        let local = first + i;
        sets = format!("(local.set {local}) {sets}");
        let value = format!("(local.get {local})");
        gets.push_str(&match *ty {
            "v128" => format!(
                "(i64.add (i64x2.extract_lane 0 {value}) (i64.mul (i64x2.extract_lane 1 {value}) (i64.const 3)))"
            ),
            _ => value,
        });
    }
    format!(
        "(func (export \"f{f}\") (param i32 {}) (result {}) (local {})
          (call $f{f} (local.get 0) {args}) {sets} {gets})\n",
        outside(params),
        outside(results),
        results.join(" ")
    )
}

/// A parameter of this type, something computed from one, or a constant.
fn value(random: &mut Random, params: &[&str], ty: &str) -> String {
    let fitting: Vec<usize> = (0..params.len()).filter(|&p| params[p] == ty).collect();
    if fitting.is_empty() || random.below(8) == 0 {
        let number = random.below(1000);
        return match ty {
            "v128" => format!("(v128.const i64x2 {number} {})", random.below(1000)),
            _ => format!("({ty}.const {number})"),
        };
    }
    let one = format!("(local.get {})", 1 + random.pick(&fitting));
    if random.below(6) > 0 {
        return one;
    }
    let other = format!("(local.get {})", 1 + random.pick(&fitting));
    match ty {
        "v128" => format!("(v128.xor {one} (i8x16.swizzle {other} {one}))"),
        "i32" | "i64" => format!("({ty}.sub {one} {other})"),
        _ => format!("({ty}.copysign {one} ({ty}.neg {other}))"),
    }
}
