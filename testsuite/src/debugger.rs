//! Backtraces in gdb are right at every instruction, and the registers that it restores for callers are too.
//!
//! gdb steps through a whole program that has calls with stack arguments, saved registers, early returns and loops. At each
//! instruction the chain of functions must be a path of the call graph down to the root. While a call lasts, the preserved
//! registers of its caller as gdb restores them must not change, and after it the processor must hold the same values.
//!
//! A program for another kind of machine runs under the emulator, whose debugging stub gdb talks to through a socket.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use crate::process::{self, Finished, Scratch, tail};
use crate::program::{build, options};
use crate::report::{Output, Report};
use crate::target::{Target, find};
use crate::{named, sources};

/// What is stepped through. `start` calls `top`, that calls `middle`, that calls `leaf`, also through `hop`, which tail-calls it.
const PROGRAM: &str = r#"(module
  (memory 1)
  (func $leaf (param i32 i64 f64 i32 i64 i32 i64 i32 i64 i64) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (i64.const 1))))
    (i64.add (i64.add (local.get 1) (i64.extend_i32_u (i32.add (local.get 3) (i32.add (local.get 5) (local.get 7)))))
      (i64.add (i64.mul (local.get 4) (local.get 6)) (i64.xor (local.get 8) (i64.add (local.get 9) (i64.trunc_sat_f64_s (local.get 2)))))))
  (func $hop (param i32 i64 i64 i64) (result i64)
    (local $k i64)
    (local.set $k (call $leaf (i32.const 0) (local.get 1) (f64.const 2) (i32.const 3) (local.get 2) (i32.const 5)
      (local.get 3) (i32.const 7) (local.get 1) (local.get 2)))
    (return_call $leaf (local.get 0) (i64.add (local.get 1) (local.get $k)) (f64.const 1.5) (i32.const 3) (local.get 2) (i32.const 5)
      (local.get 3) (i32.const 7) (local.get 1) (local.get 3)))
  (func $middle (param i64 i32) (result i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $e i64) (local $f i64) (local $g i64)
    (local.set $a (i64.load offset=8 (local.get 1)))
    (local.set $b (i64.load offset=16 (local.get 1)))
    (local.set $c (i64.load offset=24 (local.get 1)))
    (local.set $d (i64.load offset=32 (local.get 1)))
    (local.set $e (i64.load offset=40 (local.get 1)))
    (local.set $f (i64.load offset=48 (local.get 1)))
    (local.set $g (call $hop (local.get 1) (local.get $a) (local.get $b) (local.get $c)))
    (if (i64.eqz (local.get 0)) (then (return (i64.add (local.get $g) (local.get $a)))))
    (i64.add
      (call $leaf (i32.const 0) (local.get $f) (f64.const 2) (i32.const 3) (local.get $e) (i32.const 5)
        (local.get $d) (i32.const 7) (local.get $c) (local.get $g))
      (i64.add (i64.add (local.get $a) (local.get $b)) (i64.add (i64.add (local.get $c) (local.get $d))
        (i64.add (i64.add (local.get $e) (local.get $f)) (local.get $g))))))
  (func $top (param i32) (result i64)
    (local $sum i64) (local $scale f64)
    (local.set $scale (f64.load (i32.const 64)))
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (call $middle (i64.extend_i32_u (local.get 0)) (local.get 0))))
      (local.set $scale (f64.add (local.get $scale) (f64.const 1)))
      (br_if $again (i32.ge_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))
    (i64.add (local.get $sum) (i64.trunc_sat_f64_s (local.get $scale))))
  (func $start (export "_start")
    (i64.store (i32.const 128) (call $top (i32.const 2)))))"#;

/// Who may be called by whom: callee, caller.
const CALLS: [(&str, &str); 5] = [
    ("leaf", "middle"),
    ("leaf", "hop"),
    ("hop", "middle"),
    ("middle", "top"),
    ("top", "start"),
];

/// Instructions to step; more than the program has.
const STEPS: usize = 1500;

/// Registers that callees preserve, by gdb's names.
fn preserved(target: &Target) -> &'static [&'static str] {
    match target.isa {
        wative_compiler::options::Isa::X64 => &["rbx", "rbp", "r12", "r13", "r14", "r15", "rsp"],
        wative_compiler::options::Isa::A64 => &[
            "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "sp",
        ],
    }
}

/// The gdb that knows the target: the one for all of them where it is not the machine's own.
pub fn gdb(target: &Target) -> &'static str {
    if target.is_native() {
        "gdb"
    } else {
        "gdb-multiarch"
    }
}

/// Runs the test in every memory mode.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("gdb {}", target.name), run_all(target, filter));
        output.report(
            &format!("gdb sources {}", target.name),
            sources::run_all(target, filter),
        );
        output.report(
            &format!("gdb names {}", target.name),
            named::run_all(target, filter),
        );
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for (memory, opt) in [
        (MemoryMode::Fixed, OptLevel::O2),
        (MemoryMode::Fixed, OptLevel::O0),
        (MemoryMode::Pinned, OptLevel::O2),
    ] {
        let name = format!("{memory:?} {opt:?}");
        if !name.contains(filter) {
            continue;
        }
        if find(gdb(target)).is_none() {
            report.skip(1, format!("{} is not installed", gdb(target)));
            continue;
        }
        report.outcome(&name, step_through(target, memory, opt));
    }
    report
}

/// What gdb said about one instruction.
struct Stop {
    /// Functions of the program, innermost first.
    chain: Vec<String>,
    /// Preserved registers here and, as restored, in the caller.
    here: String,
    caller: String,
}

fn step_through(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let executable = build(PROGRAM.as_bytes(), target, &options(target, memory, opt))?;
    let finished = session(target, &executable, |connect, start| {
        script(connect, start, preserved(target))
    })?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let stops = parse(&text);
    if stops.len() < 100 {
        return Err(format!(
            "only {} steps; {} {}",
            stops.len(),
            tail(&finished.stdout, 400),
            finished.describe()
        ));
    }
    let visited = check(&stops)?;
    for (callee, _) in CALLS {
        if !visited.contains(callee) {
            return Err(format!("{callee} was never the innermost function"));
        }
    }
    Ok(())
}

/// Lets gdb carry out a script: it is made of the command that connects to the program, empty where gdb starts it, and the one that starts it.
pub fn session(
    target: &Target,
    executable: &[u8],
    script: impl Fn(&str, &str) -> String,
) -> Result<Finished, String> {
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(executable)?;
        let socket = scratch.fresh("stub");
        let emulated = match target.runner.split_first() {
            None => None,
            Some((emulator, arguments)) => {
                let mut command = Command::new(emulator);
                command.args(arguments).arg("-g").arg(&socket).arg(&path);
                Some(Emulated::start(command, &socket)?)
            }
        };
        let (connect, start) = match &emulated {
            None => (String::new(), "run"),
            Some(_) => (format!("target remote {}\n", socket.display()), "continue"),
        };
        let commands = scratch.fresh("commands");
        std::fs::write(&commands, script(&connect, start))?;
        let mut command = Command::new(gdb(target));
        command
            .args(["-nx", "-q", "-batch", "-x"])
            .arg(&commands)
            .arg(&path);
        command.stdin(Stdio::null());
        process::run(command, Duration::from_secs(120))
    };
    work().map_err(|e: std::io::Error| e.to_string())
}

/// An emulator that waits for a debugger; killed with this value.
struct Emulated(Child);

impl Emulated {
    /// Starts it and waits for its socket.
    fn start(mut command: Command, socket: &Path) -> io::Result<Emulated> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let emulated = Emulated(process::spawn(&mut command)?);
        let end = Instant::now() + Duration::from_secs(10);
        while !socket.exists() {
            if Instant::now() > end {
                return Err(io::Error::other(
                    "the emulator's debugging stub does not answer",
                ));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(emulated)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// What gdb is to do: `connect` to the program, `start` it, and step.
fn script(connect: &str, start: &str, registers: &[&str]) -> String {
    let format = vec!["%lx"; registers.len()].join(" ");
    let list: Vec<String> = registers.iter().map(|r| format!("${r}")).collect();
    let list = list.join(", ");
    format!(
        "set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\nset startup-with-shell off\n\
         {connect}break *&'test::start'\n{start}\n\
         set $n = 0\n\
         while $n < {STEPS}\n\
         echo STOP\\n\n\
         backtrace 8\n\
         printf \"HERE {format}\\n\", {list}\n\
         select-frame 1\n\
         printf \"CALLER {format}\\n\", {list}\n\
         select-frame 0\n\
         stepi\n\
         set $n = $n + 1\n\
         end\nkill\n"
    )
}

/// Splits gdb's output into stops; ends where the program has left `start`.
fn parse(text: &str) -> Vec<Stop> {
    let mut stops = Vec::new();
    for part in text.split("STOP\n").skip(1) {
        let mut stop = Stop {
            chain: Vec::new(),
            here: String::new(),
            caller: String::new(),
        };
        let mut inside = true;
        for line in part.lines() {
            if line.starts_with('#') {
                // `#1  0x00005555 in test::top ()`; below the root comes its entry, `test::start [entry]`.
                let symbol = line.split_once("test::").map(|(_, rest)| rest);
                let name = symbol.and_then(|s| s.strip_suffix(" ()"));
                let name = name.filter(|n| !n.contains(' '));
                inside &= name.is_some();
                stop.chain
                    .extend(name.filter(|_| inside).map(str::to_string));
            } else if let Some(registers) = line.strip_prefix("HERE ") {
                stop.here = registers.to_string();
            } else if let Some(registers) = line.strip_prefix("CALLER ") {
                stop.caller = registers.to_string();
            }
        }
        let innermost = part.lines().find(|line| line.starts_with("#0"));
        if innermost.is_some_and(|line| line.contains(" [entry]")) {
            break;
        }
        stops.push(stop);
    }
    stops
}

/// Checks every chain and the registers; returns the functions that were innermost somewhere.
fn check(stops: &[Stop]) -> Result<HashSet<String>, String> {
    let mut visited = HashSet::new();
    // Registers of the suspended callers, outermost first.
    let mut suspended: Vec<String> = Vec::new();
    for (n, stop) in stops.iter().enumerate() {
        let chain = &stop.chain;
        let linked = chain
            .windows(2)
            .all(|pair| CALLS.contains(&(pair[0].as_str(), pair[1].as_str())));
        if !linked || chain.last().is_none_or(|root| root != "start") {
            return Err(format!("at step {n} the backtrace is {chain:?}"));
        }
        visited.insert(chain[0].clone());
        if suspended.len() > chain.len() {
            let expected = &suspended[chain.len()];
            if *expected != stop.here {
                return Err(format!(
                    "step {n}: after a call {} holds {}, before {expected}",
                    chain[0], stop.here
                ));
            }
            suspended.truncate(chain.len());
        }
        if suspended.len() < chain.len() {
            suspended.push(stop.caller.clone());
        }
        let expected = &suspended[chain.len() - 1];
        if *expected != stop.caller {
            return Err(format!(
                "step {n} in {}: the caller's registers are {}, before {expected}",
                chain[0], stop.caller
            ));
        }
    }
    Ok(visited)
}
