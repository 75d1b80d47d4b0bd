//! Threads: what several of them see of each other's accesses, how they wait, start and end.
//!
//! `corpus` runs the programs of the wasi-threads proposal's test suite (corpus), whose standard input stays open. `litmus` are small programs in
//! which threads race, in many rounds; each checks for itself that no outcome appears that sequential consistency forbids. `ends` are
//! the ways in which a program with threads ends. `objects` are threads
//! with objects.

mod litmus;
mod objects;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use crate::process::{self, Finished, Scratch, tail};
use crate::program::{self, CONFIGURATIONS, LIMIT, build, options};
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{corpus, parallel};

const NO_CORPUS: &str = "the corpus is not there";

/// Runs everything on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        type Part = fn(&Target) -> Report;
        let parts: [(&str, Part); 4] = [
            ("corpus", corpus_programs),
            ("litmus", litmus_programs),
            ("ends", ends),
            ("objects", objects::programs),
        ];
        for (name, run) in parts {
            if name.contains(filter) {
                output.report(&format!("threads {} {name}", target.name), run(target));
            }
        }
    }
}

/// Configurations for a target: all, or one in an emulator, where it is slow and nothing else is to be learnt.
fn configurations(target: &Target) -> &'static [(MemoryMode, OptLevel)] {
    if target.is_native() {
        &CONFIGURATIONS
    } else {
        &CONFIGURATIONS[..1]
    }
}

/// Builds a program and runs it with a standard input that nothing is written to and that does not end.
fn run(
    module: &[u8],
    target: &Target,
    (memory, opt): (MemoryMode, OptLevel),
) -> Result<Finished, String> {
    let executable = build(module, target, &options(target, memory, opt))?;
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(&executable)?;
        let mut command = target.command(&path);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        let _open = child.stdin.take();
        process::wait(child, LIMIT * target.slowness())
    };
    work().map_err(|e: std::io::Error| e.to_string())
}

/// That a program ended with this status.
fn expect(finished: Finished, code: i32) -> Result<Finished, String> {
    if finished.code() == code && !finished.timed_out {
        Ok(finished)
    } else {
        Err(format!("{}, not exit {code}", finished.describe()))
    }
}

/// The proposal's programs, with the status in `NAME.json` if there is one.
fn corpus_programs(target: &Target) -> Report {
    let mut report = Report::default();
    let Some(corpus) = corpus::find() else {
        report.skip(1, NO_CORPUS);
        return report;
    };
    let mut work = Vec::new();
    for path in corpus::files(&corpus.join("wasi-threads"), "wasm") {
        for &configuration in configurations(target) {
            work.push((path.clone(), configuration));
        }
    }
    let results = parallel::map(&work, |(path, configuration)| {
        let module = fs::read(path).map_err(|e| e.to_string())?;
        let expected = fs::read_to_string(path.with_extension("json")).unwrap_or_default();
        let digits: String = expected
            .split("\"exit_code\":")
            .nth(1)
            .unwrap_or("0")
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let code = digits
            .parse()
            .map_err(|_| format!("status in {expected}"))?;
        expect(run(&module, target, *configuration)?, code).map(|_| ())
    });
    for ((path, configuration), result) in work.iter().zip(results) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        report.outcome(&format!("{name} {configuration:?}"), result);
    }
    report
}

fn litmus_programs(target: &Target) -> Report {
    let rounds = if target.is_native() { 4000 } else { 400 };
    let programs = litmus::all(rounds);
    let mut work = Vec::new();
    for (name, text) in &programs {
        for &configuration in configurations(target) {
            work.push((name, text, configuration));
        }
    }
    let mut report = Report::default();
    // One after the other, so that the threads of each have the processors.
    for (name, text, configuration) in work {
        // With fences it is tried everywhere; what is emitted without them is in the listings.
        if name == "store buffering" && !target.is_native() {
            report.skip(
                1,
                "the emulator does not order a release before a later acquire",
            );
            continue;
        }
        let result =
            run(text.as_bytes(), target, configuration).and_then(|finished| expect(finished, 0));
        report.outcome(&format!("{name} {configuration:?}"), result.map(|_| ()));
    }
    report
}

/// A program whose threads do `work` with their number from 0, and whose first thread does `main`.
fn program(work: &str, main: &str) -> String {
    litmus::module(work, "", main)
}

fn ends(target: &Target) -> Report {
    let mut report = Report::default();
    type Case = (&'static str, fn(&Target) -> Result<(), String>);
    let cases: [Case; 6] = [
        ("many traps at once are told once", many_traps),
        ("a stack overflow in a thread", overflow),
        ("out of bounds in a thread", out_of_bounds),
        (
            "the first thread returns while others spin",
            returns_at_once,
        ),
        ("an interrupt", interrupted),
        ("threads without room fail", no_room),
    ];
    for (name, run) in cases {
        report.outcome(name, run(target));
    }
    report
}

const FIXED: (MemoryMode, OptLevel) = (MemoryMode::Fixed, OptLevel::O2);

/// That the program trapped, with one message and a backtrace that names the function.
fn trapped(finished: Finished, message: &str, function: &str) -> Result<(), String> {
    let finished = expect(finished, 134)?;
    let text = String::from_utf8_lossy(&finished.stderr).into_owned();
    let told = text.matches("error: wasm trap").count();
    if told == 1 && text.contains(message) && text.contains(function) {
        Ok(())
    } else {
        Err(format!("stderr: {}", tail(&finished.stderr, 600)))
    }
}

fn many_traps(target: &Target) -> Result<(), String> {
    // All wait for the last one to come.
    let work = "
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (loop $again (br_if $again (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 8))))
        (call $deep)";
    let text = litmus::module(
        work,
        "(func $deep (unreachable))",
        "(call $go (i32.const 8))",
    );
    for _ in 0..if target.is_native() { 20 } else { 2 } {
        trapped(run(text.as_bytes(), target, FIXED)?, "unreachable", "deep")?;
    }
    Ok(())
}

fn overflow(target: &Target) -> Result<(), String> {
    let text = litmus::module(
        "(drop (call $recursive (local.get $id)))",
        "(func $recursive (param i64) (result i64)
            (i64.add (call $recursive (i64.add (local.get 0) (i64.const 1))) (local.get 0)))",
        "(call $go (i32.const 2))",
    )
    .replace(
        "(call $recursive (local.get $id))",
        "(call $recursive (i64.const 1))",
    );
    trapped(
        run(text.as_bytes(), target, FIXED)?,
        "call stack exhausted",
        "recursive",
    )
}

fn out_of_bounds(target: &Target) -> Result<(), String> {
    let work = "(i32.atomic.store (i32.const -4) (i32.const 1))";
    let text = program(work, "(call $go (i32.const 2))");
    for &configuration in configurations(target) {
        let finished = run(text.as_bytes(), target, configuration)?;
        trapped(finished, "out of bounds memory access", "work")?;
    }
    Ok(())
}

/// A spinning thread does not delay the end.
fn returns_at_once(target: &Target) -> Result<(), String> {
    let text = program(
        "(i32.atomic.store (i32.const 0) (i32.const 1)) (loop $spin (br $spin))",
        "(drop (call $spawn (i32.const 0)))
         (loop $again (br_if $again (i32.eqz (i32.atomic.load (i32.const 0)))))",
    );
    let executable = build(text.as_bytes(), target, &options(target, FIXED.0, FIXED.1))?;
    let start = Instant::now();
    expect(program::run(&executable, target, &[], b"")?, 0)?;
    let limit = Duration::from_secs(2) * target.slowness();
    if start.elapsed() < limit {
        Ok(())
    } else {
        Err(format!("took {:?}", start.elapsed()))
    }
}

fn interrupted(target: &Target) -> Result<(), String> {
    let text = program(
        "(loop $spin (br $spin))",
        "(drop (call $spawn (i32.const 0)))
         (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))",
    );
    let executable = build(text.as_bytes(), target, &options(target, FIXED.0, FIXED.1))?;
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(&executable)?;
        let runner = target.command(&path);
        // Who runs the tests in the background ignores the signal, and that is inherited: `env` undoes it.
        let mut command = Command::new("env");
        command
            .arg("--default-signal=INT")
            .arg(runner.get_program())
            .args(runner.get_args())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = process::spawn(&mut command)?;
        std::thread::sleep(Duration::from_millis(300) * target.slowness());
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()?;
        process::wait(child, LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    expect(finished, 130).map(|_| ())
}

/// Where the system has no room for another thread, starting one fails and the program goes on. An emulator needs address space itself.
fn no_room(target: &Target) -> Result<(), String> {
    if !target.is_native() {
        return Ok(());
    }
    let text = program(
        "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))",
        "(local $count i32)
         (block $full
           (loop $again
             (br_if $full (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0)))
             (local.set $count (i32.add (local.get $count) (i32.const 1)))
             (br_if $again (i32.lt_u (local.get $count) (i32.const 10000)))))
         ;; Some could be started, but not all.
         (if (i32.or (i32.lt_u (local.get $count) (i32.const 2)) (i32.eq (local.get $count) (i32.const 10000)))
           (then (unreachable)))
         (call $exit (i32.const 7))",
    );
    let executable = build(text.as_bytes(), target, &options(target, FIXED.0, FIXED.1))?;
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(&executable)?;
        let mut command = Command::new("sh");
        // 8 GiB of the memory and some stacks of 64 MiB.
        command
            .args(["-c", "ulimit -v 9500000; exec \"$0\""])
            .arg(path)
            .stdin(Stdio::null());
        process::run(command, LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    expect(finished, 7).map(|_| ())
}
