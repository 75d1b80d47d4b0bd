//! Terminals, pipes and signals: what a program does not ask for is left as its user set it.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Preopen};

use super::script::module;
use crate::corpus;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

const SNAPSHOT: &str = "wasi_snapshot_preview1";

/// A test and its name.
pub type Test = (&'static str, fn(&Target) -> Result<(), String>);

/// A test that needs `script`, and gives nothing where that is not installed.
pub type TerminalTest = (&'static str, fn(&Target) -> Option<Result<(), String>>);

/// Runs the tests whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let tests: [Test; 8] = [
        ("standard streams may be closed", closed),
        ("standard input may be broken", broken),
        ("messages go to the process's own stderr", messages),
        ("a device that is no terminal", null_device),
        ("an interrupt ends the process", interrupted),
        ("a pipe that does not wait", nonblocking),
        ("waiting for a pipe", polled),
        ("a stream into a slow pipe", slow_pipe),
    ];
    let terminal = ("a raw terminal stays raw", terminal as fn(&Target) -> _);
    run_tests(target, filter, &tests, terminal)
}

/// Runs those of the tests whose names contain the filter.
pub fn run_tests(
    target: &Target,
    filter: &str,
    tests: &[Test],
    (name, terminal): TerminalTest,
) -> Report {
    let mut report = Report::default();
    for (name, test) in tests {
        if name.contains(filter) {
            report.outcome(name, test(target));
        }
    }
    if name.contains(filter) {
        match terminal(target) {
            Some(result) => report.outcome(name, result),
            None => report.skip(1, "`script` is not installed"),
        }
    }
    report
}

/// The script's executable, with the scratch directory granted.
fn prepare(target: &Target, scratch: &Scratch, text: &str) -> Result<std::path::PathBuf, String> {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let grant = Preopen::directory(scratch.path().display().to_string(), "/");
    options.config.preopens.push(grant);
    let executable = build(module(SNAPSHOT, text).as_bytes(), target, &options)?;
    scratch.executable(&executable).map_err(|e| e.to_string())
}

fn succeed(finished: Finished) -> Result<(), String> {
    match finished.code() {
        0 => Ok(()),
        _ => Err(finished.describe()),
    }
}

/// The words of a command, for a shell.
pub fn shell_words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|word| format!("'{}'", word.to_string_lossy()));
    quoted.collect::<Vec<_>>().join(" ")
}

/// A directory that is granted must not become the descriptor of a stream that was closed.
fn closed(target: &Target) -> Result<(), String> {
    let text = r#"
        iov 0 "x"
        fd_write 1 0 1 200 = 8
        fd_write 2 0 1 200 = 8
        fd_read 0 0 1 200 = 8
        fd_fdstat_get 1 200 = 8
        fd_prestat_get 1 200 = 8
        fd_prestat_get 3 200 = 0
        # Numbers are the guest's own: the lowest free one.
        path_open 3 0 "made" 1 64 0 0 100 = 0
        u32 100 = 0
        fd_write 0 0 1 200 = 0
        fd_write 1 0 1 200 = 8
    "#;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch, text)?;
    let words = shell_words(&target.command(&path));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {words} <&- >&- 2>&-")]);
    command.stdin(Stdio::null());
    succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)?;
    // Without grants nothing is opened, and the kernel itself says that there is nothing.
    let text = "iov 0 \"x\"\nfd_write 1 0 1 200 = 8\nfd_read 0 0 1 200 = 8";
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let executable = build(module(SNAPSHOT, text).as_bytes(), target, &options)?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let words = shell_words(&target.command(&path));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {words} <&- >&- 2>&-")]);
    command.stdin(Stdio::null());
    succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)
}

/// A directory cannot be read as a stream, nor a descriptor that is for writing; both are errors for the program.
fn broken(target: &Target) -> Result<(), String> {
    let text = |errno: u32| format!("iov 0 1000 4\nfd_read 0 0 1 200 = {errno}");
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let write_only = std::fs::File::create(scratch.fresh("out")).map_err(|e| e.to_string())?;
    let directory = std::fs::File::open(scratch.path()).map_err(|e| e.to_string())?;
    for (stdin, errno) in [(directory, 31), (write_only, 8)] {
        let path = prepare(target, &scratch, &text(errno))?;
        let mut command = target.command(&path);
        command.stdin(stdin);
        succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)?;
    }
    Ok(())
}

/// The guest closes its number for stderr and opens a file, or moves one there: what the runtime tells must not go into it.
fn messages(target: &Target) -> Result<(), String> {
    let opened = r#"
        fd_close 2 = 0
        fd_close 2 = 8
        path_open 3 0 "made" 1 64 0 0 100 = 0
        u32 100 = 2
        trap
    "#;
    let moved = r#"
        path_open 3 0 "made" 1 64 0 0 100 = 0
        fd_renumber 4 2 = 0
        fd_write 2 0 0 200 = 0
        trap
    "#;
    let closed_all = r#"
        fd_close 0 = 0
        fd_close 1 = 0
        fd_close 2 = 0
        path_open 3 0 "first" 1 64 0 0 100 = 0
        path_open 3 0 "second" 1 64 0 0 100 = 0
        path_open 3 0 "made" 1 64 0 0 100 = 0
        u32 100 = 2
        trap
    "#;
    for text in [opened, moved, closed_all] {
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let path = prepare(target, &scratch, text)?;
        let mut command = target.command(&path);
        command.stdin(Stdio::null());
        let finished = process::run(command, program::LIMIT).map_err(|e| e.to_string())?;
        let told = String::from_utf8_lossy(&finished.stderr).into_owned();
        if finished.code() != 134 || !told.starts_with("error: wasm trap: ") {
            return Err(finished.describe());
        }
        let made = std::fs::read(scratch.path().join("made")).map_err(|e| e.to_string())?;
        if !made.is_empty() {
            return Err(format!("in the file: {}", String::from_utf8_lossy(&made)));
        }
    }
    Ok(())
}

/// The null device is a character device. Libraries take those for terminals that cannot seek, so it can.
fn null_device(target: &Target) -> Result<(), String> {
    let text = r#"
        fd_fdstat_get 0 200 = 0
        u8 200 = 2
        # All that makes sense on a file, without writing and sockets.
        u64 208 = 144703679
        fd_filestat_get 0 300 = 0
        u8 316 = 2
        u64 332 = 0
        u64 340 = 0
        u64 348 = 0
        u64 356 = 0
        # A pipe: it is open for writing, and nothing can be sought in it.
        fd_fdstat_get 1 200 = 0
        u8 200 = 0
        u64 208 = 148898265
        fd_filestat_get 1 300 = 0
        u64 340 = 0
        u64 348 = 0
        u64 356 = 0
    "#;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch, text)?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)
}

/// As a shell reports it: status 130. Who runs the tests in the background ignores the signal, and that is inherited: `env` undoes it.
fn interrupted(target: &Target) -> Result<(), String> {
    let text = r#"
        iov 0 "ready"
        fd_write 1 0 1 200 = 0
        iov 0 1000 10
        fd_read 0 0 1 200 = 0
    "#;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch, text)?;
    let work = || {
        let tested = target.command(&path);
        let mut command = Command::new("env");
        command.arg("--default-signal=INT");
        command.arg(tested.get_program()).args(tested.get_args());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        let stdin = child.stdin.take();
        let mut ready = [0; 5];
        if let Some(stdout) = &mut child.stdout {
            std::io::Read::read_exact(stdout, &mut ready)?;
        }
        kill_process(Pid::from_child(&child), Signal::INT)?;
        let finished = process::wait(child, program::LIMIT);
        drop(stdin);
        finished
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    match finished.code() {
        130 => Ok(()),
        _ => Err(finished.describe()),
    }
}

fn nonblocking(target: &Target) -> Result<(), String> {
    let text = r#"
        fd_fdstat_set_flags 0 4 = 0
        fd_fdstat_get 0 200 = 0
        u16 202 = 4
        iov 0 1000 10
        fd_read 0 0 1 200 = 6
        fd_fdstat_set_flags 0 0 = 0
        fd_fdstat_get 0 200 = 0
        u16 202 = 0
    "#;
    with_silent_pipe(target, text, |_| Ok(()))
}

/// Everything that a component writes as a stream (of WASI 0.3) comes through a pipe that is full most of the time, in order; and where nobody reads on, it hears of it.
fn slow_pipe(target: &Target) -> Result<(), String> {
    const SIZE: usize = 300_000;
    let path = corpus::root().join("testsuite/guests/wasi3/output.wat");
    let component = std::fs::read(path).map_err(|e| e.to_string())?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.entry = EntryKind::Invoke(format!("go(3, {SIZE})"));
    let executable = build(&component, target, &options)?;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let start = || {
        let mut command = target.command(&path);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        process::spawn(&mut command).map_err(|e| e.to_string())
    };
    let mut child = start()?;
    let mut pipe = child.stdout.take().ok_or("no pipe")?;
    let (mut came, mut part) = (Vec::new(), [0; 7777]);
    loop {
        let len = pipe.read(&mut part).map_err(|e| e.to_string())?;
        if len == 0 {
            break;
        }
        came.extend_from_slice(&part[..len]);
        std::thread::sleep(Duration::from_micros(200));
    }
    let is_good = child.wait().map_err(|e| e.to_string())?.success();
    let one: Vec<u8> = (0..SIZE).map(|i| (i % 251) as u8).collect();
    // Behind them is the result: how many writes it took.
    if !is_good || !came.starts_with(&one.repeat(3)) || came.len() > 3 * SIZE + 8 {
        return Err(format!(
            "{} bytes, not those that were written, or a failure",
            came.len()
        ));
    }
    // It traps where a write moves nothing any more.
    let mut child = start()?;
    drop(child.stdout.take());
    match child.wait().map_err(|e| e.to_string())?.success() {
        false => Ok(()),
        true => Err("nobody has read it, and all went well".to_string()),
    }
}

/// First a timeout, then bytes, then the other end's closing.
fn polled(target: &Target) -> Result<(), String> {
    let text = r#"
        set64 0 1
        set32 8 1
        set32 16 0
        set64 48 2
        set32 56 0
        set32 64 1
        set64 72 2000000
        poll_oneoff 0 500 2 700 = 0
        u32 700 = 1
        u64 500 = 2
        # Now the pipe's writer is told to begin, and the timeout is long.
        set64 72 20000000000
        iov 400 "go"
        fd_write 1 400 1 408 = 0
        poll_oneoff 0 500 2 700 = 0
        u32 700 = 1
        u64 500 = 1
        u64 516 >= 1
        iov 400 1000 100
        fd_read 0 400 1 408 = 0
        u32 408 = 5
        poll_oneoff 0 500 2 700 = 0
        u64 500 = 1
        u16 524 = 1
        fd_read 0 400 1 408 = 0
        u32 408 = 0
    "#;
    with_silent_pipe(target, text, |child| {
        let mut go = [0; 2];
        if let Some(stdout) = &mut child.stdout {
            std::io::Read::read_exact(stdout, &mut go)?;
        }
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(b"bytes")?;
        }
        Ok(())
    })
}

/// Runs a script whose standard input is a pipe that stays open.
fn with_silent_pipe(
    target: &Target,
    text: &str,
    talk: impl FnOnce(&mut std::process::Child) -> std::io::Result<()>,
) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = prepare(target, &scratch, text)?;
    let work = || {
        let mut command = target.command(&path);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        talk(&mut child)?;
        let stdin = child.stdin.take();
        let finished = process::wait(child, Duration::from_secs(20));
        drop(stdin);
        finished
    };
    succeed(work().map_err(|e: std::io::Error| e.to_string())?)
}

/// `None` where no terminal can be made.
fn terminal(target: &Target) -> Option<Result<(), String>> {
    let script = |words: &str| {
        let mut command = Command::new("script");
        command.args(["-qec", words, "/dev/null"]);
        command.stdin(Stdio::null());
        process::run(command, program::LIMIT)
    };
    if !script("stty -a").is_ok_and(|finished| finished.code() == 0) {
        return None;
    }
    // A character device in which nothing can be sought.
    let text = r#"
        fd_fdstat_get 1 200 = 0
        u8 200 = 2
        # It is open for reading and writing.
        u64 208 = 148898267
        fd_seek 1 0 1 208 = 70
        iov 0 "out"
        fd_write 1 0 1 200 = 0
    "#;
    let work = || {
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let path = prepare(target, &scratch, text)?;
        let words = shell_words(&target.command(&path));
        let told = script(&format!("stty raw -echo && {words} && stty -a"));
        let finished = told.map_err(|e| e.to_string())?;
        let shown = String::from_utf8_lossy(&finished.stdout).into_owned();
        let raw = ["out", "-icanon", "-echo", "-isig", "-opost"];
        match raw.iter().all(|part| shown.contains(part)) && finished.code() == 0 {
            true => Ok(()),
            false => Err(format!("{}: {shown}", finished.describe())),
        }
    };
    Some(work())
}
