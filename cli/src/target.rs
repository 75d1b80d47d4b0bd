//! Targets: which triples mean what, and which of them this build of wative can make.
//!
//! A target is a CPU architecture on Linux. The rest of a triple (vendor, libc) does not matter, because executables
//! use no libc.

use std::fmt;
use std::str::FromStr;

use target_lexicon::{Architecture, OperatingSystem, Triple};
use wative_compiler::options::Isa;
use wative_link::LinkTarget;

/// A platform that wative knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    X86_64Linux,
    Aarch64Linux,
}

impl Target {
    /// All targets, in the order of `wative targets`.
    pub const ALL: [Target; 2] = [Target::X86_64Linux, Target::Aarch64Linux];

    /// The platform that this process runs on, if it is a target.
    pub fn host() -> Option<Target> {
        Target::from_triple(&Triple::host()).ok()
    }

    /// The canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Target::X86_64Linux => "x86_64-unknown-linux-gnu",
            Target::Aarch64Linux => "aarch64-unknown-linux-gnu",
        }
    }

    /// The compiler's instruction set, where there is a back end for it.
    pub fn isa(self) -> Option<Isa> {
        match self {
            Target::X86_64Linux => Some(Isa::X64),
            Target::Aarch64Linux => None,
        }
    }

    /// The linker's name for it.
    pub fn link(self) -> LinkTarget {
        match self {
            Target::X86_64Linux => LinkTarget::X86_64,
            Target::Aarch64Linux => LinkTarget::Aarch64,
        }
    }

    fn from_triple(triple: &Triple) -> Result<Target, String> {
        match (triple.architecture, triple.operating_system) {
            (Architecture::X86_64, OperatingSystem::Linux) => Ok(Target::X86_64Linux),
            (Architecture::Aarch64(_), OperatingSystem::Linux) => Ok(Target::Aarch64Linux),
            _ => Err(format!("unsupported target; known are {}", known())),
        }
    }
}

/// The names of all targets, for messages.
pub fn known() -> String {
    Target::ALL.map(Target::name).join(" and ")
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let triple = Triple::from_str(text).map_err(|e| format!("{e}; known are {}", known()))?;
        Target::from_triple(&triple)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples() {
        for target in Target::ALL {
            assert_eq!(target.name().parse(), Ok(target));
        }
        assert_eq!("x86_64-unknown-linux-musl".parse(), Ok(Target::X86_64Linux));
        assert_eq!("x86_64-linux-gnu".parse(), Ok(Target::X86_64Linux));
        assert_eq!("aarch64-linux-gnu".parse(), Ok(Target::Aarch64Linux));
        for bad in [
            "",
            "x86_64",
            "riscv64gc-unknown-linux-gnu",
            "x86_64-pc-windows-msvc",
            "aarch64_be-unknown-linux-gnu-x-y",
        ] {
            let error = bad.parse::<Target>().unwrap_err();
            assert!(error.contains("x86_64-unknown-linux-gnu"), "{bad}: {error}");
        }
    }
}
