//! Targets: which triples mean what, and which of them this build of wative can make.
//!
//! A target is a CPU architecture on an operating system. The rest of a triple (vendor, libc) does not matter, because executables
//! use no libc. For macOS there is no runtime library yet, so only objects can be made.

use std::fmt;
use std::str::FromStr;

use target_lexicon::{Aarch64Architecture, Architecture, OperatingSystem, Triple};
use wative_compiler::options::{Isa, Platform};
use wative_link::LinkTarget;

/// A platform that wative knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    X86_64Linux,
    Aarch64Linux,
    X86_64Darwin,
    Aarch64Darwin,
}

impl Target {
    /// All targets, in the order of `wative targets`.
    pub const ALL: [Target; 4] = [
        Target::X86_64Linux,
        Target::Aarch64Linux,
        Target::X86_64Darwin,
        Target::Aarch64Darwin,
    ];

    /// The platform that this process runs on, if it is a target.
    pub fn host() -> Option<Target> {
        Target::from_triple(&Triple::host()).ok()
    }

    /// The canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Target::X86_64Linux => "x86_64-unknown-linux-gnu",
            Target::Aarch64Linux => "aarch64-unknown-linux-gnu",
            Target::X86_64Darwin => "x86_64-apple-darwin",
            Target::Aarch64Darwin => "aarch64-apple-darwin",
        }
    }

    /// The compiler's instruction set, where there is a back end for it.
    pub fn isa(self) -> Option<Isa> {
        match self {
            Target::X86_64Linux | Target::X86_64Darwin => Some(Isa::X64),
            Target::Aarch64Linux | Target::Aarch64Darwin => Some(Isa::A64),
        }
    }

    /// The compiler's name for the operating system.
    pub fn platform(self) -> Platform {
        match self {
            Target::X86_64Linux | Target::Aarch64Linux => Platform::Linux,
            Target::X86_64Darwin | Target::Aarch64Darwin => Platform::Darwin,
        }
    }

    /// The linker's name for it; nothing where only objects can be made.
    pub fn link(self) -> Option<LinkTarget> {
        match self {
            Target::X86_64Linux => Some(LinkTarget::X86_64),
            Target::Aarch64Linux => Some(LinkTarget::Aarch64),
            Target::X86_64Darwin | Target::Aarch64Darwin => None,
        }
    }

    fn from_triple(triple: &Triple) -> Result<Target, String> {
        let platform = match triple.operating_system {
            OperatingSystem::Linux => Platform::Linux,
            OperatingSystem::Darwin(_) | OperatingSystem::MacOSX(_) => Platform::Darwin,
            _ => return Err(not_supported()),
        };
        match (triple.architecture, platform) {
            (Architecture::X86_64, Platform::Linux) => Ok(Target::X86_64Linux),
            (Architecture::X86_64, Platform::Darwin) => Ok(Target::X86_64Darwin),
            (Architecture::Aarch64(Aarch64Architecture::Aarch64), Platform::Linux) => {
                Ok(Target::Aarch64Linux)
            }
            (Architecture::Aarch64(Aarch64Architecture::Aarch64), Platform::Darwin) => {
                Ok(Target::Aarch64Darwin)
            }
            _ => Err(not_supported()),
        }
    }
}

fn not_supported() -> String {
    format!("not supported; supported are {}", known())
}

/// The names of all targets, for messages.
pub fn known() -> String {
    let names = Target::ALL.map(Target::name);
    let (last, others) = names.split_last().expect("there are targets");
    format!("{} and {last}", others.join(", "))
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let triple =
            Triple::from_str(text).map_err(|e| format!("{e}; supported are {}", known()))?;
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
        assert_eq!("arm64-apple-darwin".parse(), Ok(Target::Aarch64Darwin));
        assert_eq!("arm64-apple-macosx11.0".parse(), Ok(Target::Aarch64Darwin));
        assert_eq!("x86_64-apple-darwin20".parse(), Ok(Target::X86_64Darwin));
        for bad in [
            "",
            "x86_64",
            "riscv64gc-unknown-linux-gnu",
            "x86_64-pc-windows-msvc",
            "aarch64_be-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu-x-y",
            "aarch64-apple-ios",
        ] {
            let error = bad.parse::<Target>().unwrap_err();
            assert!(error.contains("x86_64-unknown-linux-gnu"), "{bad}: {error}");
        }
    }
}
