//! Targets: which triples mean what, and which of them this build of wative can make.
//!
//! A target is a CPU architecture on an operating system. The rest of a triple (vendor, libc) does not matter, because executables
//! use no libc; so `aarch64-unknown-linux-musl`, `aarch64-linux` and `arm64` mean the same. For macOS there is no runtime library yet, so
//! only objects can be made.

use std::fmt;
use std::str::FromStr;

use target_lexicon::{Aarch64Architecture, Architecture, Environment, OperatingSystem, Triple};
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
        Target::from_triple(&Triple::host())
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

    /// The compiler's instruction set.
    pub fn isa(self) -> Isa {
        match self {
            Target::X86_64Linux | Target::X86_64Darwin => Isa::X64,
            Target::Aarch64Linux | Target::Aarch64Darwin => Isa::A64,
        }
    }

    /// The architecture, as in the names of emulators and of the build's variables.
    pub fn arch(self) -> &'static str {
        match self.isa() {
            Isa::X64 => "x86_64",
            Isa::A64 => "aarch64",
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

    /// The target of a triple, unless it means another byte order or 32-bit pointers.
    fn from_triple(triple: &Triple) -> Option<Target> {
        const AARCH64: Architecture = Architecture::Aarch64(Aarch64Architecture::Aarch64);
        let is_narrow = matches!(
            triple.environment,
            Environment::Gnux32 | Environment::GnuIlp32
        );
        let platform = match triple.operating_system {
            OperatingSystem::Linux if !is_narrow => Platform::Linux,
            OperatingSystem::Darwin(_) | OperatingSystem::MacOSX(_) => Platform::Darwin,
            _ => return None,
        };
        match (triple.architecture, platform) {
            (Architecture::X86_64, Platform::Linux) => Some(Target::X86_64Linux),
            (Architecture::X86_64, Platform::Darwin) => Some(Target::X86_64Darwin),
            (AARCH64, Platform::Linux) => Some(Target::Aarch64Linux),
            (AARCH64, Platform::Darwin) => Some(Target::Aarch64Darwin),
            _ => None,
        }
    }
}

/// The names of all targets, for messages.
pub fn known() -> String {
    let names = Target::ALL.map(Target::name);
    let (last, others) = names.split_last().expect("there are targets");
    format!("{} and {last}", others.join(", "))
}

impl FromStr for Target {
    type Err = String;

    /// Reads a triple, or an architecture alone for Linux on it.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_arch = !text.contains('-') && !text.is_empty();
        let full = if is_arch {
            format!("{}-linux", if text == "amd64" { "x86_64" } else { text })
        } else {
            text.to_owned()
        };
        let triple = Triple::from_str(&full).ok();
        let target = triple.as_ref().and_then(Target::from_triple);
        target.ok_or_else(|| format!("not supported; supported are {}", known()))
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
        for (names, target) in [
            (
                "x86_64 amd64 x86_64-linux x86_64-linux-gnu x86_64-unknown-linux-musl x86_64-pc-linux-gnu",
                Target::X86_64Linux,
            ),
            (
                "aarch64 arm64 aarch64-linux arm64-linux aarch64-linux-gnu aarch64-unknown-linux-musl aarch64-linux-android",
                Target::Aarch64Linux,
            ),
        ] {
            for name in names.split(' ') {
                assert_eq!(name.parse(), Ok(target), "{name}");
            }
        }
        assert_eq!("arm64-apple-darwin".parse(), Ok(Target::Aarch64Darwin));
        assert_eq!("arm64-apple-macosx11.0".parse(), Ok(Target::Aarch64Darwin));
        assert_eq!("x86_64-apple-darwin20".parse(), Ok(Target::X86_64Darwin));
        for bad in [
            "",
            "linux",
            "x86",
            "i686-unknown-linux-gnu",
            "riscv64gc-unknown-linux-gnu",
            "x86_64-pc-windows-msvc",
            "x86_64-unknown-linux-gnux32",
            "aarch64_be-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu_ilp32",
            "aarch64-unknown-linux-gnu-x-y",
            "aarch64-apple-ios",
        ] {
            let error = bad.parse::<Target>().unwrap_err();
            assert!(
                error.contains("not supported") && error.contains("x86_64-unknown-linux-gnu"),
                "{bad}: {error}"
            );
        }
    }
}
