//! Guest programs of our own with their expected results.
//!
//! Sources and compiled modules lie side by side in `guests/`, so that no compiler for WebAssembly is needed to test;
//! `scripts/guests.sh` compiles them again. `NAME.out` is what stdout must be.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use wative_compiler::options::{Config, Options, Preopen};

use crate::apps::difference;
use crate::corpus;
use crate::process::{self, Scratch};
use crate::program::{self, build, in_all_configurations, options};
use crate::report::{Output, Report};
use crate::target::Target;

/// A guest and what belongs to a run of it.
pub struct Guest {
    pub name: &'static str,
    /// Text or binary.
    pub module: Vec<u8>,
    arguments: &'static [&'static str],
    stdin: &'static str,
    /// Granted environment at build time.
    env: &'static [&'static str],
    /// Whether it gets the directory `/data` with a file and a link that leads outside.
    directory: bool,
    exit: i32,
}

/// Every guest.
pub fn all() -> Vec<Guest> {
    let guest = |name, extension: &str, exit| Guest {
        name,
        module: fs::read(folder().join(format!("{name}.{extension}"))).unwrap_or_default(),
        arguments: &[],
        stdin: "",
        env: &[],
        directory: false,
        exit,
    };
    vec![
        guest("hello", "wat", 0),
        guest("bigdata", "wat", 11),
        guest("vectors", "wat", 40),
        guest("compute", "wasm", 7),
        Guest {
            directory: true,
            ..guest("files", "wasm", 0)
        },
        Guest {
            arguments: &["one", "two words", ""],
            stdin: "a\nbb\nlast\n",
            env: &["COLOUR=green"],
            ..guest("system", "wasm", 3)
        },
        guest("threads", "wasm", 5),
        // Ends by a panic, which traps.
        Guest {
            stdin: include_str!("../guests/shapes.in"),
            ..guest("shapes", "wasm", 134)
        },
        // C++ with both forms of exceptions; the last one is not caught.
        guest("throws", "wasm", 134),
        guest("throws-legacy", "wasm", 134),
    ]
}

fn folder() -> PathBuf {
    corpus::root().join("testsuite/guests")
}

/// Runs every guest in every configuration.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("guests {}", target.name), run_all(target, filter));
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    in_all_configurations(
        &mut report,
        filter,
        &all(),
        |guest| &guest.name,
        |guest, memory, opt| run(guest, target, options(target, memory, opt)),
    );
    report
}

fn run(guest: &Guest, target: &Target, mut options: Options) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let scratch = Scratch::new().map_err(explain)?;
    options.config = Config {
        env: guest.env.iter().map(|v| v.to_string()).collect(),
        ..Config::default()
    };
    if guest.directory {
        let data = scratch.path().join("data");
        fs::create_dir(&data).map_err(explain)?;
        fs::write(data.join("given.txt"), "given text\n").map_err(explain)?;
        fs::write(scratch.path().join("secret.txt"), "secret\n").map_err(explain)?;
        std::os::unix::fs::symlink("../secret.txt", data.join("link")).map_err(explain)?;
        let grant = Preopen::directory(data.display().to_string(), "/data");
        options.config.preopens.push(grant);
    }
    let executable = build(&guest.module, target, &options)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&path);
    command.args(guest.arguments).env("HOME", "/nowhere");
    command.stdin(if guest.stdin.is_empty() {
        Stdio::null()
    } else {
        Stdio::from(scratch.input(guest.stdin.as_bytes()).map_err(explain)?)
    });
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    if finished.status.code() != Some(guest.exit) {
        return Err(format!("want exit {}: {}", guest.exit, finished.describe()));
    }
    let want = fs::read(folder().join(format!("{}.out", guest.name))).map_err(explain)?;
    difference("stdout", &finished.stdout, &want).map_or(Ok(()), Err)
}
