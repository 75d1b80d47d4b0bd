//! `wative run`: compile into the cache, then let the program, or an emulator that runs it, take this process's place.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use wative_compiler::{Error, Input};

use crate::Failure;
use crate::args::{Emit, RunArgs};
use crate::cache::{Cache, Key};
use crate::driver::{self, BuildOptions};
use crate::target::Target;
use crate::{inputs, report};

use super::build::names;
use super::options::{build_options, usage};

/// Does not return when the program could be started.
///
/// # Errors
///
/// Everything before that.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let options = build_options(&args.compile, Emit::Exe)?;
    let runner = find_runner(args.runner.as_deref(), options.target)?;
    let modules = inputs::read_all(&args.modules.inputs)?;
    let cache = Cache::open()?;
    let key = key(&modules, &options);
    let executable = match cache.find(&key) {
        Some(path) => path,
        None => {
            let progress = report::Progress::start(format!("compiling {}", names(&modules)));
            let built = driver::build(&modules, &options)?;
            drop(progress);
            built
                .warnings
                .iter()
                .for_each(|warning| report::warning(warning));
            if args.compile.verbose {
                report::timings(&built.timings, &[("output", built.bytes.len())]);
            }
            cache.store(&key, &built.bytes)?
        }
    };
    let name = args
        .modules
        .inputs
        .first()
        .map_or_else(Default::default, |first| first.path.clone());
    let error = command(&runner, &executable, name.as_os_str())
        .args(&args.args)
        .exec();
    let error = Error::new(format!("cannot execute: {error}"));
    Err(match &runner {
        Runner::None => error
            .in_file(&executable.display().to_string())
            .help("is the cache on a file system that forbids execution? Set XDG_CACHE_HOME to another place"),
        Runner::Emulator(program) | Runner::Given(program) => error
            .in_file(&program.display().to_string())
            .help("--runner takes a program that runs executables"),
    }
    .into())
}

/// What executes the program.
enum Runner {
    /// This machine.
    None,
    /// qemu's emulator of another machine.
    Emulator(PathBuf),
    /// What the user named.
    Given(PathBuf),
}

fn find_runner(given: Option<&Path>, target: Target) -> Result<Runner, Failure> {
    if let Some(program) = given {
        return Ok(Runner::Given(program.to_owned()));
    }
    if Some(target) == Target::host() {
        return Ok(Runner::None);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let emulator = format!("qemu-{}", target.arch());
    let found = std::env::split_paths(&path)
        .flat_map(|folder| ["", "-static"].map(|form| folder.join(format!("{emulator}{form}"))))
        .find(|program| program.is_file());
    found.map(Runner::Emulator).ok_or_else(|| {
        usage(
            &format!("this machine cannot run programs for {target}, and {emulator} is not on the PATH"),
            "install qemu's user emulation, name another program with --runner, or use `wative build`",
        )
    })
}

/// The command that runs `executable`, which sees `name` as its own.
fn command(runner: &Runner, executable: &Path, name: &OsStr) -> Command {
    match runner {
        Runner::None => {
            let mut command = Command::new(executable);
            command.arg0(name);
            command
        }
        Runner::Emulator(emulator) => {
            let mut command = Command::new(emulator);
            command.arg("-0").arg(name).arg(executable);
            command
        }
        Runner::Given(program) => {
            let mut command = Command::new(program);
            command.arg(executable);
            command
        }
    }
}

/// The key of everything that decides the executable. Options that cannot change it (`--jobs`, `-v`) are left out.
fn key(modules: &[Input], options: &BuildOptions) -> String {
    let mut key = Key::new();
    let mut compile = options.compile.clone();
    compile.jobs = 0;
    for preopen in &mut compile.config.preopens {
        key.add("grant", &std::mem::take(&mut preopen.host));
    }
    key.add("options", format!("{compile:?}").as_bytes());
    key.add("target", options.target.name().as_bytes());
    key.add(
        "link",
        format!("{:?} {}", options.linker, options.strip).as_bytes(),
    );
    for module in modules {
        key.add("name", module.name.as_bytes());
        key.add("module", &module.bytes);
    }
    for (_, bytes) in &options.objects {
        key.add("object", bytes);
    }
    key.finish()
}
