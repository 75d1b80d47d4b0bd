//! Linking with a program that is installed: `--linker cc|PATH`.
//!
//! Input: the compiled object, the runtime, more objects, as bytes. They become files in a private temporary directory,
//! which is removed afterwards. The result is what the embedded linker makes: a static position-independent executable
//! with RELRO and without an executable stack. Compilers and linkers are told apart by their file name.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use wative_compiler::{Error, show};
use wative_link::LinkTarget;

use crate::driver::BuildOptions;
use crate::target::Target;

/// Arguments that say what kind of executable is wanted, in a linker's words.
const LINKER_FLAGS: [&str; 9] = [
    "-static",
    "-pie",
    "--no-dynamic-linker",
    "--gc-sections",
    "-z",
    "relro",
    "-z",
    "now",
    "--build-id=none",
];

/// The same in the words of gcc and clang.
const COMPILER_FLAGS: [&str; 5] = [
    "-static-pie",
    "-nostdlib",
    "-nostartfiles",
    "-Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack",
    "-Wl,--build-id=none",
];

/// Links with `linker` and returns the executable's bytes.
///
/// # Errors
///
/// No compiler is found, the program cannot be started or fails (its messages are in the reason), or files cannot be written.
pub fn link(
    linker: &Path,
    object: &[u8],
    library: &[(&str, &[u8])],
    target: LinkTarget,
    options: &BuildOptions,
) -> Result<Vec<u8>, Error> {
    let directory = Scratch::new()?;
    let mut files = vec![directory.write("program.o", object)?];
    for (index, (_, bytes)) in options.objects.iter().enumerate() {
        let extension = if bytes.starts_with(b"!<arch>\n") {
            "a"
        } else {
            "o"
        };
        files.push(directory.write(&format!("link{index}.{extension}"), bytes)?);
    }
    for (index, (_, bytes)) in library.iter().enumerate() {
        files.push(directory.write(&format!("runtime{index}.o"), bytes)?);
    }
    let output = directory.path.join("executable");

    let mut command = if linker == Path::new("cc") {
        find_compiler(options.target)?
    } else {
        Command::new(linker)
    };
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if is_linker(&name) {
        command
            .args(["-m", emulation(target)])
            .args(LINKER_FLAGS)
            .args(["-z", "noexecstack"]);
    } else {
        if name.contains("clang") {
            command.arg(format!("--target={}", options.target));
        }
        command.args(COMPILER_FLAGS);
    }
    if options.strip {
        command.arg("-s");
    }
    command.arg("-o").arg(&output).args(&files);
    run(command)?;
    fs::read(&output)
        .map_err(|error| Error::new(format!("the linker {name} made no output: {error}")))
}

/// Asks the `cc` crate for a C compiler for the target; it knows CC and the names of cross compilers.
fn find_compiler(target: Target) -> Result<Command, Error> {
    let host = Target::host().map_or("x86_64-unknown-linux-gnu", Target::name);
    let mut build = cc::Build::new();
    build
        .target(target.name())
        .host(host)
        .opt_level(2)
        .debug(false)
        .cargo_metadata(false)
        .cargo_warnings(false);
    let compiler = build.try_get_compiler().map_err(|error| {
        Error::new(format!("no C compiler found for {target}: {error}"))
            .help("install gcc or clang, set CC, or leave --linker out to use the embedded linker")
    })?;
    let mut command = Command::new(compiler.path());
    command.envs(compiler.get_envs());
    Ok(command)
}

/// `ld`, `ld.lld`, `ld.bfd`, `x86_64-linux-gnu-ld`, `mold`, `wild`; everything else is taken for a compiler.
fn is_linker(name: &str) -> bool {
    let base = name
        .rsplit('-')
        .find(|part| !part.chars().all(|c| c.is_ascii_digit() || c == '.'))
        .unwrap_or(name);
    base == "ld" || base.starts_with("ld.") || base == "lld" || base == "mold" || base == "wild"
}

fn emulation(target: LinkTarget) -> &'static str {
    match target {
        LinkTarget::X86_64 => "elf_x86_64",
        LinkTarget::Aarch64 => "aarch64linux",
    }
}

fn run(mut command: Command) -> Result<(), Error> {
    let program: OsString = command.get_program().to_owned();
    let program = show::path(program.as_ref());
    let output = command.output().map_err(|error| {
        Error::new(format!("cannot run the linker {program}: {error}"))
            .help("give its path, or leave --linker out to use the embedded linker")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::new(format!(
        "the linker {program} failed ({}):\n{}",
        output.status,
        said.trim_end()
    ))
    .help("leave --linker out to use the embedded linker"))
}

/// A temporary directory of the user's own.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new() -> Result<Scratch, Error> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path =
                std::env::temp_dir().join(format!("wative-link-{}-{number}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritable(&path, &error)),
            }
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.path.join(name);
        fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about a directory that does not go away.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(format!("cannot write: {error}"))
        .in_file(&path.display().to_string())
        .help("set TMPDIR to a directory that can be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linkers_and_compilers_by_name() {
        for linker in [
            "ld",
            "ld.lld",
            "ld.bfd",
            "ld.lld-19",
            "x86_64-linux-gnu-ld",
            "x86_64-linux-gnu-ld.bfd",
            "mold",
            "lld",
        ] {
            assert!(is_linker(linker), "{linker}");
        }
        for compiler in [
            "cc",
            "gcc",
            "gcc-14",
            "clang",
            "clang-19",
            "x86_64-linux-gnu-gcc",
            "aarch64-linux-gnu-gcc-14",
        ] {
            assert!(!is_linker(compiler), "{compiler}");
        }
    }
}
