//! The network (`wasi:sockets`): guests that check every function with themselves, and what is granted, denied and looked up.
//!
//! Nothing leaves the loopback interface. Names are looked up with a server of our own ([`dns`]), of which the program learns in a namespace where
//! `/etc/resolv.conf` and `/etc/hosts` are ours.

mod attempts;
mod dns;
mod lookups;

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use wative::args::GrantArgs;
use wative::grants;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Options};

use crate::corpus;
use crate::parallel;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, CONFIGURATIONS, build, options};
use crate::report::{Output, Report};
use crate::target::Target;

/// Runs the tests whose names contain the filter.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        let mut report = Report::default();
        if TcpListener::bind("[::1]:0").is_err() {
            report.skip(1, "this machine has no IPv6");
        } else {
            guests(target, filter, &mut report);
            attempts::run(target, filter, &mut report);
            lookups::run_all(target, filter, &mut report);
        }
        output.report(&format!("network {}", target.name), report);
    }
}

/// A component of `guests`, by folder and name.
fn component(name: &str) -> Result<Vec<u8>, String> {
    let path = corpus::root().join(format!("testsuite/guests/{name}.component.wasm"));
    fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Rules of the command line: the option's name without `allow-`, and its value.
type Rules<'a> = &'a [(&'a str, &'a str)];

/// Makes an executable that may do what the rules say.
fn executable(
    name: &str,
    target: &Target,
    mut options: Options,
    rules: Rules,
) -> Result<Vec<u8>, String> {
    let mut args = GrantArgs::default();
    for (option, value) in rules {
        match *option {
            "connect" => args.allow_connect.push(value.parse()?),
            "bind" => args.allow_bind.push(value.parse()?),
            "udp" => args.allow_udp.push(value.parse()?),
            "dns" => args.allow_dns.push(value.parse()?),
            other => return Err(format!("no option {other}")),
        }
    }
    options.config = grants::config(&args).map_err(|e| e.to_string())?;
    build(&component(name)?, target, &options)
}

fn fastest(target: &Target) -> Options {
    options(target, MemoryMode::Fixed, OptLevel::O2)
}

fn run(mut command: Command) -> Result<Finished, String> {
    command.stdin(Stdio::null());
    process::run(command, program::LIMIT).map_err(|e| e.to_string())
}

/// Runs an executable with arguments.
fn run_with(target: &Target, executable: &[u8], arguments: &[&str]) -> Result<Finished, String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = scratch.executable(executable).map_err(|e| e.to_string())?;
    let mut command = target.command(&path);
    command.args(arguments);
    run(command)
}

const EVERYTHING: Rules<'static> = &[("connect", "any"), ("bind", "any"), ("udp", "any")];

/// What guests that check themselves are started with, and how they end: status, and a part of what they say.
const GUESTS: [(&str, &[&str], i32, &str); 9] = [
    ("net3/attempt", &["errors"], 0, " 0 failed"),
    ("net/tcp", &[], 0, " 0 failed"),
    ("net/udp", &[], 0, " 0 failed"),
    (
        "net/tcp",
        &["socket-before-streams"],
        134,
        "resource has children",
    ),
    (
        "net/tcp",
        &["socket-before-pollable"],
        134,
        "resource has children",
    ),
    (
        "net/udp",
        &["socket-before-streams"],
        134,
        "resource has children",
    ),
    ("net/udp", &["streams-twice"], 134, "resource has children"),
    ("net/udp", &["send-unasked"], 134, "unpermitted"),
    ("net/udp", &["send-too-many"], 134, "unpermitted"),
];

fn guests(target: &Target, filter: &str, report: &mut Report) {
    let mut work = Vec::new();
    for (memory, opt) in CONFIGURATIONS {
        work.extend(GUESTS.iter().map(|guest| (guest, memory, opt)));
    }
    let name = |(guest, memory, opt): &(&(&str, &[&str], i32, &str), MemoryMode, OptLevel)| {
        format!("guest {} {:?} {memory:?} {opt:?}", guest.0, guest.1)
    };
    // Endings are the same in every configuration.
    work.retain(|it| it.0.1.is_empty() || it.1 == MemoryMode::Fixed && it.2 == OptLevel::O2);
    work.retain(|it| name(it).contains(filter));
    let results = parallel::map(&work, |(guest, memory, opt)| {
        let (guest, arguments, status, text) = **guest;
        let options = options(target, *memory, *opt);
        let executable = executable(guest, target, options, EVERYTHING)?;
        ends(run_with(target, &executable, arguments)?, status, text)
    });
    for (it, result) in work.iter().zip(results) {
        report.outcome(&name(it), result);
    }
    if "guest few descriptors".contains(filter) {
        report.outcome("guest few descriptors", few_descriptors(target));
    }
}

fn ends(finished: Finished, status: i32, text: &str) -> Result<(), String> {
    let said = String::from_utf8_lossy(&finished.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&finished.stderr);
    if finished.code() == status && said.contains(text) {
        return Ok(());
    }
    Err(format!("{}; said {said:?}", finished.describe()))
}

/// Where the system gives no more descriptors, there are no more sockets.
fn few_descriptors(target: &Target) -> Result<(), String> {
    let executable = executable("net/tcp", target, fastest(target), EVERYTHING)?;
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 64 && exec \"$@\"", "sh"]);
    command.args(&target.runner).arg(path).arg("limit");
    ends(run(command)?, 0, "1 checks, 0 failed")
}
