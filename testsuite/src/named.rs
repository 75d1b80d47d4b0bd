//! Locals in gdb, of a module that has no DWARF but names: those that the name section gives are arguments and variables of its functions, with their values.

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Options};

use crate::debugger::{gdb, session};
use crate::process::tail;
use crate::program::{build, options};
use crate::report::Report;
use crate::target::{Target, find};

/// `see` is called through a table that the program writes, so that it stays a function.
const PROGRAM: &str = r#"(module $named
  (type $visit (func (param i32)))
  (type $box (struct (field i32)))
  (memory 1)
  (table $table 1 funcref)
  (elem declare func $see)
  (func $see (type $visit) (param $x i32)
    (i32.store (i32.const 8) (local.get $x)))
  (func $work (param $count i32) (param i32) (param $scale f64) (result i64)
    (local $sum i64) (local $half f32) (local i32) (local $at i32) (local $four v128) (local $none (ref null $box))
    (local.set $sum (i64.load (i32.const 16)))
    (local.set $half (f32.load (i32.const 24)))
    (local.set $four (v128.load (i32.const 32)))
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (i32.mul (local.get $at) (local.get $at)))))
      (if (i32.eq (local.get $at) (i32.const 3))
        (then (call_indirect $table (type $visit) (local.get $at) (i32.load (i32.const 0)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $at) (local.get $count))))
    (i64.add (i64.add (local.get $sum) (i64.trunc_f64_s (local.get $scale)))
      (i64.add (i64.extend_i32_s (i32x4.extract_lane 3 (local.get $four))) (i64.trunc_f32_s (local.get $half)))))
  (func $start (export "_start")
    (table.set $table (i32.const 0) (ref.func $see))
    (i64.store (i32.const 64) (call $work (i32.load (i32.const 4)) (i32.const 9) (f64.load (i32.const 48)))))
  (data (i32.const 4) "\06\00\00\00")
  (data (i32.const 16) "\fb\ff\ff\ff\ff\ff\ff\ff\00\00\c0\3f")
  (data (i32.const 32) "\07\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\04\40"))"#;

/// What gdb says in `work`, when it has called `see`.
const SHOWN: [&str; 8] = [
    "count = 6",
    "scale = 2.5",
    "sum = 9",
    "half = 1.5",
    "at = 3",
    "four = 7",
    "type = i64",
    "x = 3",
];

/// Runs the test for modes of memories, with and without optimisation.
pub fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for (memory, opt) in [
        (MemoryMode::Pinned, OptLevel::O0),
        (MemoryMode::Pinned, OptLevel::O2),
        (MemoryMode::Checked, OptLevel::O2),
    ] {
        let name = format!("names {memory:?} {opt:?}");
        if !name.contains(filter) {
            continue;
        }
        if find(gdb(target)).is_none() {
            report.skip(1, format!("{} is not installed", gdb(target)));
            continue;
        }
        report.outcome(&name, shows(target, memory, opt));
    }
    report
}

fn shows(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let options = Options {
        debug: true,
        ..options(target, memory, opt)
    };
    let executable = build(PROGRAM.as_bytes(), target, &options)?;
    let finished = session(target, &executable, |connect, start| {
        format!(
            "set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\nset startup-with-shell off\n\
             {connect}break see\n{start}\ninfo args\nup\ninfo args\ninfo locals\nwhatis sum\nkill\n"
        )
    })?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let missing = SHOWN
        .iter()
        .find(|&&line| !text.lines().any(|it| it == line));
    match missing {
        None => Ok(()),
        Some(line) => Err(format!(
            "not {line:?}: {text}\n{}",
            tail(&finished.stderr, 400)
        )),
    }
}
