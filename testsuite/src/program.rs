//! Small programs of tests: text to executable to finished process.

use std::fmt::Display;
use std::process::Stdio;
use std::time::Duration;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Options};

use crate::compile;
use crate::parallel;
use crate::process::{self, Finished, Scratch};
use crate::report::Report;
use crate::target::Target;

/// Time that a small program may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Every configuration in which small programs are worth running.
pub const CONFIGURATIONS: [(MemoryMode, OptLevel); 4] = [
    (MemoryMode::Fixed, OptLevel::O2),
    (MemoryMode::Fixed, OptLevel::O0),
    (MemoryMode::Pinned, OptLevel::O2),
    (MemoryMode::Checked, OptLevel::O2),
];

/// Judges every case in every configuration, in parallel. What is judged is called `NAME MEMORY OPT`; `filter` is a part of that.
pub fn in_all_configurations<'a, C: Sync, N: Display>(
    report: &mut Report,
    filter: &str,
    cases: &'a [C],
    name: impl Fn(&'a C) -> N,
    check: impl Fn(&C, MemoryMode, OptLevel) -> Result<(), String> + Sync,
) {
    let mut work = Vec::new();
    for case in cases {
        for (memory, opt) in CONFIGURATIONS {
            work.push((
                format!("{} {memory:?} {opt:?}", name(case)),
                case,
                memory,
                opt,
            ));
        }
    }
    work.retain(|(name, ..)| name.contains(filter));
    let results = parallel::map(&work, |(_, case, memory, opt)| check(case, *memory, *opt));
    for ((name, ..), result) in work.iter().zip(results) {
        report.outcome(name, result);
    }
}

/// Options of a program that is judged: everything verified.
pub fn options(target: &Target, memory: MemoryMode, opt: OptLevel) -> Options {
    Options {
        isa: target.isa,
        memory,
        opt,
        jobs: 1,
        verify: true,
        ..Options::default()
    }
}

/// Compiles and links one module, text or binary.
pub fn build(module: &[u8], target: &Target, options: &Options) -> Result<Vec<u8>, String> {
    let input = compile::input("test", module)?;
    compile::executable(&[input], target, options).map_err(|e| e.to_string())
}

/// Runs an executable to its end.
pub fn run(
    executable: &[u8],
    target: &Target,
    arguments: &[&str],
    stdin: &[u8],
) -> Result<Finished, String> {
    run_with(executable, target, arguments, stdin, &[])
}

/// As [`run`], with these variables in the process's environment.
pub fn run_with(
    executable: &[u8],
    target: &Target,
    arguments: &[&str],
    stdin: &[u8],
    variables: &[(&str, &str)],
) -> Result<Finished, String> {
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(executable)?;
        let mut command = target.command(&path);
        command.args(arguments).envs(variables.iter().copied());
        if stdin.is_empty() {
            command.stdin(Stdio::null());
        } else {
            command.stdin(scratch.input(stdin)?);
        }
        process::run(command, LIMIT)
    };
    work().map_err(|e: std::io::Error| e.to_string())
}
