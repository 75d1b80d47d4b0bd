//! Standard streams of WASI 0.2 that are pipes and terminals: readers that are gone, writers that are slow, waiting without blocking.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use super::preview2::{Door, component};
use super::streams::{Test, run_tests, shell_words};
use crate::process::{self, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// Runs the tests whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let tests: [Test; 3] = [
        ("a reader that is gone", gone),
        ("a pipe that has nothing yet", slow),
        ("a pipe that is full", full),
    ];
    run_tests(target, filter, &tests, ("terminals", terminals))
}

/// The guest's executable, without grants.
fn prepare(target: &Target, scratch: &Scratch) -> Result<std::path::PathBuf, String> {
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let executable = build(&component(Door::Two)?, target, &options)?;
    scratch.executable(&executable).map_err(|e| e.to_string())
}

/// The results must be these.
fn told(target: &Target, stderr: &[u8], wanted: &[&str]) -> Result<(), String> {
    let told = target.words_of_program(stderr);
    match told.lines().eq(wanted.iter().copied()) {
        true => Ok(()),
        false => Err(format!(
            "{}, want {}",
            told.replace('\n', " | "),
            wanted.join(" | ")
        )),
    }
}

/// What is written fails, once; then the stream is closed.
fn gone(target: &Target) -> Result<(), String> {
    let script = "stdout o1\nwait-put o1 \"x\"\ndebug e0\npermit o1\nwait-put o1 \"x\"\nput o1 \"x\"\nflush o1\nwait-flush o1\nzeroes o1 1\n\
                  output-pollable p1 o1\nready p1\nblock p1\nstdin i1\nwait-splice o1 i1 4\nstderr o2\nwait-splice o2 i1 4\nstdout o3\nwait-zeroes o3 1";
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch)?;
    let mut command = target.command(&path);
    command.arg(script).stdin(Stdio::null());
    let mut work = || {
        command
            .stdout(process::broken_pipe()?)
            .stderr(Stdio::piped());
        process::wait(process::spawn(&mut command)?, program::LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    let wanted = [
        "ok",
        "failed pipe",
        "some text",
        "closed",
        "closed",
        "closed",
        "closed",
        "closed",
        "closed",
        "ok",
        "true",
        "ok",
        "ok",
        "closed",
        "ok",
        "closed",
        "ok",
        "failed pipe",
    ];
    told(target, &finished.stderr, &wanted)
}

/// What must not wait does not, and what waits gets it.
fn slow(target: &Target) -> Result<(), String> {
    let script = "stdin i1\nget i1 10\nskip i1 10\ninput-pollable p1 i1\nready p1\nstderr o2\nsplice o2 i1 10\nduration p2 1000000\npoll p1 p2\nstdout o1\n\
                  wait-put o1 \"!\"\nblock p1\nready p1\nget i1 2\nwait-get i1 10\nduration p3 60000000000\npoll p3 p1\nwait-get i1 10\npoll p3 p1\nwait-get i1 1";
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch)?;
    let mut command = target.command(&path);
    command.arg(script).stdin(Stdio::piped());
    let mut work = || {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        if let Some(stdout) = &mut child.stdout {
            std::io::Read::read_exact(stdout, &mut [0])?;
        }
        if let Some(mut stdin) = child.stdin.take() {
            thread::sleep(Duration::from_millis(50));
            stdin.write_all(b"four")?;
            thread::sleep(Duration::from_millis(300 * u64::from(target.slowness())));
            stdin.write_all(b"more")?;
            thread::sleep(Duration::from_millis(50));
        }
        process::wait(child, program::LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    let wanted = [
        "ok", "\"\"", "0", "ok", "false", "ok", "0", "ok", "1", "ok", "ok", "ok", "true", "\"fo\"",
        "\"ur\"", "ok", "1", "\"more\"", "1", "closed",
    ];
    told(target, &finished.stderr, &wanted)
}

/// Nothing is permitted then, and nobody waits for it.
fn full(target: &Target) -> Result<(), String> {
    let end = ["none", "false", "ok", "1"];
    let ending = "permit o1\nready p1\nduration p2 1000000\npoll p1 p2";
    // An empty pipe takes 64 KiB at once.
    let whole = format!("put-permitted o1 0\n{ending}");
    fill(target, &whole, &[&["ok"], &end[..]].concat())?;
    // One with something in it takes 4,096 bytes at a time, while it is writable.
    let pages = "put-permitted o1 0\n".repeat(14);
    let script =
        format!("put-many o1 1\n{pages}permit o1\nput-many o1 4095\nput-many o1 1\n{ending}");
    let wanted = [&["ok"; 15][..], &["some", "ok", "ok"], &end];
    fill(target, &script, &wanted.concat())
}

/// What a guest is told whose standard output is `o1`, a pipe that nobody reads, with the pollable `p1`.
fn fill(target: &Target, script: &str, wanted: &[&str]) -> Result<(), String> {
    let script = format!("stdout o1\noutput-pollable p1 o1\n{script}");
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch)?;
    let mut command = target.command(&path);
    command.arg(script).stdin(Stdio::null());
    let mut work = || {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        // Nobody reads it before the program has ended.
        let stdout = child.stdout.take();
        let finished = process::wait(child, program::LIMIT);
        drop(stdout);
        finished
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    told(target, &finished.stderr, &[&["ok", "ok"], wanted].concat())
}

/// `None` where no terminal can be made.
fn terminals(target: &Target) -> Option<Result<(), String>> {
    let script = |words: &str| {
        let mut command = Command::new("script");
        command.args(["-qec", words, "/dev/null"]);
        command.stdin(Stdio::null());
        process::run(command, program::LIMIT)
    };
    if !script("stty -a").is_ok_and(|finished| finished.code() == 0) {
        return None;
    }
    let work = || {
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let path = prepare(target, &scratch)?;
        let mut command = target.command(&path);
        command.arg("terminals");
        let words = shell_words(&command);
        for (streams, wanted) in [
            ("", "true true true"),
            ("</dev/null", "false true true"),
            (">/dev/null", "true false true"),
            ("2>&1 | cat", "true false false"),
        ] {
            let finished = script(&format!("{words} {streams}")).map_err(|e| e.to_string())?;
            let shown = String::from_utf8_lossy(&finished.stdout).into_owned();
            if shown.trim() != wanted {
                return Err(format!("{streams}: {shown:?}, want {wanted}"));
            }
        }
        Ok(())
    };
    Some(work())
}
