//! Small programs of tests: text to executable to finished process.

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

/// Judges every case in every configuration, in parallel.
pub fn in_all_configurations<'a, C: Sync + 'a>(
    report: &mut Report,
    cases: impl Iterator<Item = &'a C>,
    name: impl Fn(&C) -> &str,
    check: impl Fn(&C, MemoryMode, OptLevel) -> Result<(), String> + Sync,
) {
    let in_each = |case: &'a C| CONFIGURATIONS.map(|(memory, opt)| (case, memory, opt));
    let work: Vec<(&C, MemoryMode, OptLevel)> = cases.flat_map(in_each).collect();
    let results = parallel::map(&work, |(case, memory, opt)| check(case, *memory, *opt));
    for ((case, memory, opt), result) in work.iter().zip(results) {
        report.outcome(&format!("{} {memory:?} {opt:?}", name(case)), result);
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
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(executable)?;
        let mut command = target.command(&path);
        command.args(arguments);
        if stdin.is_empty() {
            command.stdin(Stdio::null());
        } else {
            command.stdin(scratch.input(stdin)?);
        }
        process::run(command, LIMIT)
    };
    work().map_err(|e: std::io::Error| e.to_string())
}
