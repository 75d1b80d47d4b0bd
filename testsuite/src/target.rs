//! The machines that compiled programs are for, and how to run them here.
//!
//! A target is tested where this build of wative carries its runtime library and either this machine is of its kind or the PATH has an
//! emulator. `WATIVE_TARGETS=x64,a64` names those that must be tested: a missing one is a failure then. Otherwise missing ones
//! are left out with a line that says why.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use wative::target::Target as Platform;
use wative::{cpu, runtime};
use wative_compiler::options::{CpuFeatures, Isa};

/// Every target: the name in listings' file names and summary lines, the platform, its emulator, and the prefix of cross tools.
/// Adding a target is adding an entry.
const KNOWN: [(&str, Platform, &str, &str); 2] = [
    (
        "x64",
        Platform::X86_64Linux,
        "qemu-x86_64",
        "x86_64-linux-gnu-",
    ),
    (
        "a64",
        Platform::Aarch64Linux,
        "qemu-aarch64",
        "aarch64-linux-gnu-",
    ),
];

/// An instruction set with its runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As in listings' file names and summary lines.
    pub name: &'static str,
    pub isa: Isa,
    pub platform: Platform,
    /// Program and arguments in front of an executable; empty where it runs natively.
    pub runner: Vec<OsString>,
    /// What makes executables of C for it.
    pub cc: String,
}

/// The targets of this run.
#[derive(Debug, Default)]
pub struct Selection {
    pub targets: Vec<Target>,
    /// A line for each target that is not tested, with the reason.
    pub left_out: Vec<String>,
}

impl Selection {
    /// What `WATIVE_TARGETS` asks for, or all that can be tested here.
    ///
    /// # Errors
    /// A target that was asked for is not known or cannot be tested.
    pub fn new() -> Result<Selection, String> {
        let mut selection = Selection::default();
        let Ok(wanted) = std::env::var("WATIVE_TARGETS") else {
            for (name, ..) in KNOWN {
                match Target::new(name) {
                    Ok(target) => selection.targets.push(target),
                    Err(why) => selection
                        .left_out
                        .push(format!("target {name} is left out because {why}")),
                }
            }
            return Ok(selection);
        };
        for name in wanted.split(',').filter(|name| !name.is_empty()) {
            let target = Target::new(name).map_err(|why| {
                format!("WATIVE_TARGETS asks for {name}, which cannot be tested because {why}")
            })?;
            selection.targets.push(target);
        }
        Ok(selection)
    }
}

impl Target {
    /// The target of this name. `Err` tells why it cannot be tested here.
    fn new(name: &str) -> Result<Target, String> {
        let known = KNOWN.into_iter().find(|(other, ..)| *other == name);
        let (name, platform, emulator, tools) = known.ok_or("there is no such target")?;
        if runtime::object(platform).is_none() {
            let how = runtime::how_to_add(platform);
            return Err(format!(
                "wative was built without its runtime library: {how}"
            ));
        }
        let native = Platform::host() == Some(platform);
        let runner = if native {
            Vec::new()
        } else {
            let found = find(emulator).ok_or_else(|| {
                format!("{emulator} is not on the PATH (scripts/setup-tools.sh installs it)")
            })?;
            vec![found.into_os_string()]
        };
        let cc = if native {
            "cc".to_string()
        } else {
            format!("{tools}gcc")
        };
        Ok(Target {
            name,
            isa: platform.isa(),
            platform,
            runner,
            cc,
        })
    }

    /// Whether this machine is of the target's kind.
    pub fn is_native(&self) -> bool {
        self.runner.is_empty()
    }

    /// All that the target's processor has, of what the compiler uses; the emulators have everything.
    pub fn newest_cpu(&self) -> CpuFeatures {
        let level = match self.isa {
            Isa::X64 => CpuFeatures::X86_64_V3,
            Isa::A64 => CpuFeatures::ARMV8_1,
        };
        match cpu::features(self.platform, Some("native")) {
            Ok(host) if self.is_native() => host,
            _ => level,
        }
    }

    /// How many times as long as natively a program may take here.
    pub fn slowness(&self) -> u32 {
        if self.is_native() { 1 } else { 10 }
    }

    /// What the program itself wrote to stderr: an emulator adds a line when a signal ends the program.
    pub fn words_of_program(&self, stderr: &[u8]) -> String {
        let text = String::from_utf8_lossy(stderr);
        let own = |line: &&str| self.is_native() || !line.starts_with("qemu: ");
        text.lines().filter(own).collect::<Vec<_>>().join("\n")
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

/// The first program of this name on the PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
