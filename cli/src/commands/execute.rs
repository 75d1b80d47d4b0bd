//! `wative run`: compile into the cache, then let the program take this process's place.

use std::os::unix::process::CommandExt;
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
    if Some(options.target) != Target::host() {
        return Err(usage(
            "`wative run` can only run programs for this machine",
            "use `wative build` for other targets",
        ));
    }
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
    let error = Command::new(&executable).arg0(name).args(&args.args).exec();
    Err(Error::new(format!("cannot execute: {error}"))
        .in_file(&executable.display().to_string())
        .help("is the cache on a file system that forbids execution? Set XDG_CACHE_HOME to another place")
        .into())
}

/// The key of everything that decides the executable. Options that cannot change it (`--jobs`, `-v`) are left out.
fn key(modules: &[Input], options: &BuildOptions) -> String {
    let mut key = Key::new();
    let mut compile = options.compile.clone();
    compile.jobs = 0;
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
