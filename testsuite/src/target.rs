//! The machine that compiled programs are for, and how to run them here.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use wative::target::Target as Platform;
use wative_compiler::options::Isa;

/// An instruction set with its runner. Adding one is adding an entry to [`Target::all`].
#[derive(Clone, Debug)]
pub struct Target {
    /// As in listings' file names and summary lines.
    pub name: &'static str,
    pub isa: Isa,
    pub platform: Platform,
    /// Program and arguments in front of an executable; empty where it runs natively.
    pub runner: Vec<OsString>,
}

impl Target {
    /// Every target that can be tested on this machine.
    pub fn all() -> Vec<Target> {
        let native = Platform::host().map(|platform| Target {
            name: "x64",
            isa: Isa::X64,
            platform,
            runner: Vec::new(),
        });
        native.into_iter().collect()
    }

    /// A command that runs an executable of this target.
    pub fn command(&self, executable: &Path) -> Command {
        match self.runner.split_first() {
            None => Command::new(executable),
            Some((program, arguments)) => {
                let mut command = Command::new(program);
                command.args(arguments).arg(executable);
                command
            }
        }
    }
}
