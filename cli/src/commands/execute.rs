//! `wative run`: compile into the cache, then let the program, or an emulator that runs it, take this process's place. Where there is no
//! cache, or nothing can be executed from it, the program runs from memory.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use wative_compiler::{Error, Input, show};

use crate::Failure;
use crate::args::{Emit, RunArgs};
use crate::cache::{Cache, Key};
use crate::driver::{self, BuildOptions};
use crate::functions::Functions;
use crate::inputs::InputArg;
use crate::target::Target;
use crate::{cache, debug, inputs, launch, report};

use super::build::names;
use super::options::{build_options, usage};

/// Does not return when the program could be started.
///
/// # Errors
///
/// Everything before that.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let mut options = build_options(&args.compile, Emit::Exe)?;
    let runner = find_runner(args.runner.as_deref(), options.target)?;
    let mut modules = inputs::read_with_plugs(&args.modules)
        .map_err(|error| with_separator(error, &args.modules.inputs))?;
    if args.compile.debug {
        modules.iter_mut().try_for_each(debug::add_external)?;
    }
    let cache = Cache::open()?;
    if let (Err(reason), true) = (&cache, args.compile.verbose) {
        report::warning(&format!("there is no cache: {reason}"));
    }
    let cache = cache.ok();
    let key = key(&modules, &options);
    let found = cache.as_ref().and_then(|cache| cache.find(&key));
    let executable = match found {
        Some(file) => Executable::Cached(file),
        None => {
            let progress = report::Progress::start(format!("compiling {}", names(&modules)));
            let functions = Functions::open(&args.compile, &modules, &mut options.compile)?;
            let built = driver::build(&modules, &options)?;
            drop(progress);
            if let Some(functions) = functions {
                functions.close(&built.reused);
            }
            if args.compile.verbose {
                let sizes = [("output", built.bytes.len())];
                report::timings(&built.timings, &sizes, &built.reused);
            }
            let stored = cache.and_then(|cache| {
                cache.store(&key, &built.bytes).ok()?;
                cache.find(&key)
            });
            match stored {
                Some(file) => Executable::Cached(file),
                None => Executable::InMemory(launch::in_memory(&built.bytes).map_err(nowhere)?),
            }
        }
    };
    let name = args
        .modules
        .inputs
        .first()
        .map_or_else(Default::default, |first| first.path.clone());
    Err(start(&runner, &executable, name.as_os_str(), args).into())
}

/// Where the executable is.
enum Executable {
    /// In an entry of the cache, which has a trailer.
    Cached(File),
    InMemory(File),
}

/// Returns only with the reason why the program could not be started.
fn start(runner: &Runner, executable: &Executable, name: &OsStr, args: &RunArgs) -> Error {
    let (Executable::Cached(file) | Executable::InMemory(file)) = executable;
    let (program, options) = match runner {
        Runner::None => {
            let mut error = launch::execute(file, name, &args.args);
            // From some file systems nothing can be executed, which is no reason to compile each time.
            if let Executable::Cached(file) = executable
                && let Ok(copy) = cache::contents(file).and_then(|it| launch::in_memory(&it))
            {
                error = launch::execute(&copy, name, &args.args);
            }
            return Error::new(format!("cannot execute: {error}"))
                .in_file(&name.display().to_string())
                .help("does the system forbid to execute files in the cache and in memory? `wative build` makes one elsewhere");
        }
        Runner::Emulator(program) => (program, vec!["-0".as_ref(), name]),
        Runner::Given(program) => (program, Vec::new()),
    };
    let error = launch::execute_by(program, &options, file, &args.args);
    Error::new(format!("cannot execute: {error}"))
        .in_file(&program.display().to_string())
        .help("--runner takes a program that runs executables")
}

fn nowhere(error: std::io::Error) -> Error {
    Error::new(format!(
        "there is no place for the executable: the cache cannot be used, and in memory: {error}"
    ))
    .help("set XDG_CACHE_HOME to a directory that can be written, or use `wative build`")
}

/// An error about an argument that may be meant for the program says how such are given.
fn with_separator(error: Error, inputs: &[InputArg]) -> Error {
    let Some((first, more)) = inputs.split_first() else {
        return error;
    };
    let is_later = |input: &InputArg| inputs::display_path(&input.path) == error.file;
    // Two of one name have no file in the error.
    if more.is_empty() || !error.file.is_empty() && !more.iter().any(is_later) {
        return error;
    }
    let word = |input: &InputArg| match &input.name {
        Some(name) => format!(" {}={}", show::name(name), show::path(&input.path)),
        None => format!(" {}", show::path(&input.path)),
    };
    error.help(format!(
        "`--` is missing if these are arguments of the program: wative run{} --{}",
        word(first),
        more.iter().map(word).collect::<String>()
    ))
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
