//! The front end from outside: modules in, IR listings, errors and results of interpretation out.

#[path = "common/golden.rs"]
mod golden;
#[path = "common/random.rs"]
mod random;

use golden::{files, golden};
use random::Random;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wative_compiler::Error;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::verify::verify;
use wative_compiler::ir::{EntryKind, Func, FuncId, MemoryMode, World};
use wative_compiler::options::{Input, Options, Unknown};
use wative_compiler::wasm::{self, features};

fn input(name: &str, bytes: Vec<u8>) -> Input {
    Input {
        name: name.to_string(),
        path: format!("{name}.wasm"),
        bytes,
        links: Vec::new(),
    }
}

fn script() -> Options {
    Options {
        entry: EntryKind::Script,
        jobs: 1,
        ..Options::default()
    }
}

/// The IR of all functions, verified.
fn build(inputs: &[Input], options: &Options) -> Result<(wasm::Front<'static>, Vec<Func>), Error> {
    let inputs: &'static [Input] = inputs.to_vec().leak();
    let front = wasm::front(inputs, None, options)?;
    let mut funcs = Vec::new();
    for &id in &front.program.compiled {
        let func = front.build_func(id, true);
        if let Err(fault) = verify(&func, &front.program) {
            panic!("{}: {fault}\n{func}", func.name);
        }
        funcs.push(func);
    }
    Ok((front, funcs))
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|s| s.to_str()).expect("a name")
}

/// The corpus of real modules, if this machine has it.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus = std::env::var_os("WATIVE_CORPUS").map_or(beside, PathBuf::from);
    corpus.is_dir().then_some(corpus)
}

/// Every `.wat` beside its listing.
#[test]
fn listings() {
    let mut faults = Vec::new();
    for path in files("wasm", "wat") {
        let bytes = wat::parse_file(&path).expect("valid text");
        let mut options = script();
        options.unknown = Unknown::Symbol;
        if stem(&path).ends_with("_open") {
            options.world = World::Open;
            options.memory = MemoryMode::Pinned;
            options.entry = EntryKind::None;
        }
        let (_, funcs) = build(&[input(stem(&path), bytes)], &options).expect("a valid module");
        let text: String = funcs.iter().map(|f| format!("{f}\n")).collect();
        faults.extend(golden(&path.with_extension("ir"), &text));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every `.wat` that must be refused beside the message. A file may hold several modules: `;; module NAME` begins each; they are linked.
#[test]
fn errors() {
    let mut faults = Vec::new();
    for path in files("errors", "wat") {
        let text = std::fs::read_to_string(&path).expect("a readable test");
        let mut inputs = Vec::new();
        let mut options = script();
        for line in text.lines().filter_map(|l| l.strip_prefix(";; option ")) {
            match line {
                "command" => options.entry = EntryKind::Command,
                "symbols" => options.unknown = Unknown::Symbol,
                line if line.starts_with("features ") => {
                    let list = &line["features ".len()..];
                    options.features = features::parse(list).expect("a list of features");
                }
                name => options.entry = EntryKind::Invoke(name.to_string()),
            }
        }
        for (i, part) in text.split(";; module ").enumerate() {
            let (name, part) = match (i, part.split_once('\n')) {
                (0, _) => (stem(&path), part),
                (_, Some((name, part))) => (name, part),
                (_, None) => unreachable!("a module's name ends its line"),
            };
            if part.contains('(') {
                let bytes = wat::parse_str(part).expect("valid text");
                inputs.push(input(name, bytes));
            }
        }
        let message = match build(&inputs, &options) {
            Ok(_) => "accepted".to_string(),
            Err(error) => error.to_string(),
        };
        faults.extend(golden(&path.with_extension("txt"), &format!("{message}\n")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Comments of the form `;; f 1 2 = 3` in the listing tests and others: call the export, in decimal or hexadecimal bits, and compare; or `= trap`.
#[test]
fn interpreted() {
    let mut calls = 0;
    for path in files("wasm", "wat") {
        let text = std::fs::read_to_string(&path).expect("a readable test");
        let cases: Vec<&str> = text
            .lines()
            .filter_map(|l| l.trim().strip_prefix(";; call "))
            .collect();
        if cases.is_empty() {
            continue;
        }
        let bytes = wat::parse_str(&text).expect("valid text");
        let (front, funcs) = build(&[input(stem(&path), bytes)], &script()).expect("valid");
        let bodies: HashMap<FuncId, Func> = funcs.into_iter().map(|f| (f.id, f)).collect();
        let host = Box::new(|_: &mut _, _, _: &[u64]| Ok(Vec::new()));
        let mut interp = Interp::new(&front.program, &bodies, 10_000_000, Nans::Canonical, host);
        interp.init().expect("instantiation");
        for case in cases {
            let (call, expected) = case.split_once('=').expect("an expected result");
            let mut words = call.split_whitespace();
            let export = words.next().expect("an export");
            let args: Vec<u64> = words.map(number).collect();
            let actual = match interp.invoke(export, &args) {
                Ok(values) => values,
                Err(Stop::Trap(code)) => {
                    assert_eq!(
                        expected.trim(),
                        format!("{code:?}"),
                        "{}: {case}",
                        path.display()
                    );
                    calls += 1;
                    continue;
                }
                Err(stop) => panic!("{}: {case}: {stop:?}", path.display()),
            };
            let expected: Vec<u64> = expected.split_whitespace().map(number).collect();
            assert_eq!(actual, expected, "{}: {case}", path.display());
            calls += 1;
        }
    }
    assert!(calls > 20, "only {calls} calls");
}

fn number(word: &str) -> u64 {
    match word.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).expect("a hexadecimal number"),
        None => word.parse().expect("a number"),
    }
}

/// Every module of the corpus is translated, or refused because of a proposal, which is named.
#[test]
fn corpus_modules() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: no corpus beside the checkout and no WATIVE_CORPUS");
        return;
    };
    let mut options = script();
    options.unknown = Unknown::Trap;
    options.jobs = 0;
    let mut translated = 0;
    for entry in std::fs::read_dir(corpus.join("apps/modules")).expect("modules") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a readable module");
        let size = bytes.len();
        // Translating and verifying the biggest takes half a minute in a debug build.
        if size > 5 << 20 && std::env::var_os("WATIVE_TEST_ALL").is_none() {
            continue;
        }
        let start = Instant::now();
        match build(&[input(stem(&path), bytes)], &options) {
            Ok((_, funcs)) => {
                translated += 1;
                let insts: usize = funcs.iter().map(|f| f.insts.len()).sum();
                eprintln!(
                    "{}: {size} bytes, {insts} instructions, {:?}",
                    stem(&path),
                    start.elapsed()
                );
            }
            Err(error) => {
                let text = error.to_string();
                assert!(
                    text.contains("proposal is not supported"),
                    "{}: {text}",
                    stem(&path)
                );
                eprintln!("{text}");
            }
        }
    }
    assert!(translated > 40, "only {translated} modules translated");
}

/// Truncated and corrupted modules are refused or accepted, but nothing panics.
#[test]
fn mutations() {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut modules: Vec<Vec<u8>> = files("wasm", "wat")
        .iter()
        .map(|path| wat::parse_file(path).expect("valid text"))
        .collect();
    if let Some(corpus) = corpus() {
        for name in ["sg-noop", "na-auth", "mandel", "test"] {
            let path = corpus.join(format!("apps/modules/{name}.wasm"));
            modules.extend(std::fs::read(path));
        }
    }
    let mut options = script();
    options.unknown = Unknown::Trap;
    let mut random = Random::new(1);
    let (mut runs, mut accepted) = (0, 0);
    while Instant::now() < deadline && runs < 3000 {
        let mut bytes = modules[random.below(modules.len())].clone();
        if random.below(4) == 0 {
            bytes.truncate(random.below(bytes.len()));
        } else {
            for _ in 0..1 + random.below(3) {
                let at = random.below(bytes.len());
                bytes[at] = random.below(256) as u8;
            }
        }
        accepted += usize::from(build(&[input("mutant", bytes)], &options).is_ok());
        runs += 1;
    }
    eprintln!("{runs} mutants, {accepted} valid");
}

/// Sizes at the limits of what engines accept take time in proportion: each of these would take minutes if something were quadratic.
#[test]
fn large_functions() {
    let start = Instant::now();
    for (name, text) in [
        ("many locals", many_locals()),
        ("many labels", many_labels(10_000)),
        ("one label", one_label(10_000)),
        ("straight", straight(100_000)),
        ("branches", branches(20_000)),
        ("late reads", late_reads(40_000)),
        ("loops", loops(2_000)),
    ] {
        let bytes = wat::parse_str(&text).expect("valid text");
        let begin = Instant::now();
        let (_, funcs) = build(&[input(name, bytes)], &script()).expect("a valid module");
        let insts: usize = funcs.iter().map(|f| f.insts.len()).sum();
        eprintln!("{name}: {insts} instructions, {:?}", begin.elapsed());
    }
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

/// 50,000 locals (the limit), all written in a loop and read behind it.
fn many_locals() -> String {
    let mut text = "(module (func (export \"f\") (param i32) (result i32) (local".to_string();
    text.push_str(&" i32".repeat(49_999));
    text.push_str(") (loop $l (if (local.get 0) (then");
    for i in 1..50_000 {
        text.push_str(&format!(
            " (local.set {i} (i32.add (local.get {i}) (local.get 0)))"
        ));
    }
    text.push_str(
        ")) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)",
    );
    for i in 1..50_000 {
        text.push_str(&format!(" local.get {i} i32.add"));
    }
    text + "))"
}

/// A table of as many labels, each of which writes a local.
fn many_labels(count: usize) -> String {
    let mut text =
        "(module (func (export \"f\") (param i32) (result i32) (local i32) loop $l ".to_string();
    text.push_str(&"block ".repeat(count));
    text.push_str("local.get 0 br_table");
    for i in 0..count {
        text.push_str(&format!(" {i}"));
    }
    for i in 0..count {
        text.push_str(&format!(
            " end local.get 1 i32.const {i} i32.add local.set 1 "
        ));
        text.push_str("local.get 1 local.get 0 i32.lt_u br_if $l");
    }
    text + " end local.get 1))"
}

/// A table all of whose entries but one name the same label, where 100 locals meet.
fn one_label(count: usize) -> String {
    let locals = 100;
    let mut text = "(module (func (export \"f\") (param i32) (result i32) (local".to_string();
    text.push_str(&" i32".repeat(locals));
    text.push_str(") block $out block $same ");
    for i in 1..=locals {
        text.push_str(&format!("i32.const {i} local.set {i} "));
    }
    text.push_str("local.get 0 br_if $same ");
    for i in 1..=locals {
        text.push_str(&format!("i32.const 7 local.set {i} "));
    }
    text.push_str("local.get 0 br_table");
    text.push_str(&" $same".repeat(count));
    text.push_str(" $out end end i32.const 0");
    for i in 1..=locals {
        text.push_str(&format!(" local.get {i} i32.add"));
    }
    text + "))"
}

/// One block of arithmetic and memory accesses.
fn straight(count: usize) -> String {
    let mut text =
        "(module (memory 1) (func (export \"f\") (param i32) (result i32) local.get 0".to_string();
    for i in 0..count {
        text.push_str(&format!(
            " i32.const {} i32.mul local.get 0 i32.load offset={} i32.xor",
            i | 1,
            i % 999
        ));
    }
    text + "))"
}

/// Many conditional exits from one block, each between writes.
fn branches(count: usize) -> String {
    let mut text =
        "(module (func (export \"f\") (param i32) (result i32) (local i32 i32) block $out "
            .to_string();
    for i in 0..count {
        text.push_str(&format!(
            "local.get 1 i32.const {i} i32.add local.tee 1 local.get 0 i32.gt_u br_if $out "
        ));
    }
    text + "local.get 2 local.set 1 end local.get 1))"
}

/// Locals written at the beginning and read one by one, farther and farther away.
fn late_reads(count: usize) -> String {
    let mut text = "(module (func (export \"f\") (param i32) (result i32) (local".to_string();
    text.push_str(&" i32".repeat(count));
    text.push(')');
    for i in 1..=count {
        text.push_str(&format!(" i32.const {i} local.get 0 i32.xor local.set {i}"));
    }
    text.push_str(" block $out");
    for i in 1..=count {
        text.push_str(&format!(" local.get {i} local.get 0 i32.lt_u br_if $out"));
    }
    text + " end i32.const 0))"
}

/// Nested loops, in the innermost of which a local is written.
fn loops(depth: usize) -> String {
    let mut text = "(module (func (export \"f\") (param i32) (result i32) (local i32) ".to_string();
    text.push_str(&"loop ".repeat(depth));
    text.push_str("local.get 1 i32.const 1 i32.add local.set 1 ");
    for _ in 0..depth {
        text.push_str("local.get 1 local.get 0 i32.lt_u br_if 0 end ");
    }
    text + "local.get 1))"
}
