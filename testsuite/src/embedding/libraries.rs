//! Programs in C, C++ and Python with libraries that were made of modules, static and shared ones: built with the header that is made for them, and run.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wative::driver::BuildOptions;
use wative::library::{self, Form};
use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{OptLevel, Options, Unknown};

use super::{execute, folder};
use crate::apps::difference;
use crate::compile;
use crate::process::{self, Scratch};
use crate::program::{self, options};
use crate::target::{self, Target};

/// How a program has its libraries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// C, two archives.
    Static,
    /// C, two shared libraries, found by the loader.
    Shared,
    /// C++, an archive.
    Cpp,
    /// Python, a shared library.
    Python,
}

impl Way {
    pub const ALL: [Way; 4] = [Way::Static, Way::Shared, Way::Cpp, Way::Python];

    pub fn name(self) -> &'static str {
        match self {
            Way::Static => "static",
            Way::Shared => "shared",
            Way::Cpp => "in C++",
            Way::Python => "in Python",
        }
    }

    fn form(self) -> Form<'static> {
        match self {
            Way::Static | Way::Cpp => Form::Static,
            Way::Shared | Way::Python => Form::Shared { name: "" },
        }
    }

    /// Why it cannot be tested here.
    pub fn missing(self, target: &Target) -> Option<String> {
        let tool = match self {
            Way::Static => return None,
            Way::Shared if sysroot(target).is_none() => {
                return Some("the emulator has no loader and C library of the target".to_owned());
            }
            Way::Shared => return None,
            Way::Python if !target.is_native() => {
                return Some("Python is there for this machine only".to_owned());
            }
            Way::Python => "python3".to_owned(),
            Way::Cpp => cpp(target),
        };
        let is_missing = target::find(&tool).is_none();
        is_missing.then(|| format!("{tool} is not on the PATH"))
    }
}

/// The C++ compiler beside the C compiler.
fn cpp(target: &Target) -> String {
    match target.is_native() {
        true => "c++".to_owned(),
        false => target.cc.replace("gcc", "g++"),
    }
}

/// Where the target's loader and C library are: nowhere in particular on this machine, in Debian's packages for cross compilers otherwise.
fn sysroot(target: &Target) -> Option<PathBuf> {
    if target.is_native() {
        return Some(PathBuf::from("/"));
    }
    let prefix = target.cc.strip_suffix("-gcc")?;
    let root = PathBuf::from("/usr").join(prefix);
    root.join("lib/libc.so.6").is_file().then_some(root)
}

/// Makes a library and its header: the library's path.
fn make(
    target: &Target,
    scratch: &Scratch,
    name: &str,
    form: Form,
    options: Options,
) -> Result<PathBuf, String> {
    let text = fs::read(folder().join(format!("{name}.wat"))).map_err(|e| e.to_string())?;
    let compile = Options {
        world: World::Open,
        entry: EntryKind::Library,
        unknown: Unknown::Symbol,
        ..options
    };
    let inputs = [compile::input(name, &text)?];
    let header = wative::header::of_library(&inputs, &compile).map_err(|e| e.to_string())?;
    let write = |name: String, bytes: &[u8]| {
        let path = scratch.path().join(name);
        fs::write(&path, bytes).map_err(|e| e.to_string())?;
        Ok::<_, String>(path)
    };
    write(format!("{name}.h"), header.as_bytes())?;
    let options = BuildOptions {
        compile,
        ..BuildOptions::new(target.platform)
    };
    let file = match form {
        Form::Static => format!("lib{name}.a"),
        Form::Shared { .. } => format!("lib{name}.so"),
    };
    let form = match form {
        Form::Static => Form::Static,
        Form::Shared { .. } => Form::Shared { name: &file },
    };
    let built = library::build(&inputs, &options, form).map_err(|e| e.to_string())?;
    let path = write(file.clone(), &built.bytes)?;
    if let Form::Shared { .. } = form {
        inspect(&path)?;
    }
    Ok(path)
}

/// Has an independent reader look at all of a shared library.
fn inspect(library: &PathBuf) -> Result<(), String> {
    let mut command = Command::new("readelf");
    command.args(["-W", "-a", "--lint"]).arg(library);
    let finished = execute(command)?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let complaint = String::from_utf8_lossy(&finished.stderr);
    if finished.code() != 0 || !complaint.is_empty() {
        return Err(format!("readelf: {complaint}"));
    }
    // It needs nothing, and shows nothing of the runtime library.
    let table = text.split("Symbol table '.dynsym'").nth(1);
    let table = table.and_then(|text| text.split("\n\n").next());
    let symbols = table.ok_or("readelf shows no dynamic symbols")?;
    for (what, is_wrong) in [
        ("needs a library", text.contains("(NEEDED)")),
        ("has text relocations", text.contains("TEXTREL")),
        ("exports the runtime library", symbols.contains(" wative_")),
        ("exports nothing", !symbols.contains(" DEFAULT ")),
    ] {
        if is_wrong {
            return Err(format!("the shared library {what}:\n{symbols}"));
        }
    }
    Ok(())
}

/// Builds a program in a way, and runs it.
pub fn run(target: &Target, way: Way, configuration: (MemoryMode, OptLevel)) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let (memory, opt) = configuration;
    let make = |name| {
        let options = options(target, memory, opt);
        make(target, &scratch, name, way.form(), options)
    };
    let library = make("library")?;
    match way {
        Way::Static | Way::Shared => {
            let second = make("second")?;
            c_program(target, &scratch, way, [library, second])
        }
        Way::Cpp => {
            let flags = [
                "-std=c++11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-O1",
                "-static",
            ];
            let program = compiled(&cpp(target), &scratch, "library.cpp", &flags, &[library])?;
            prints(target.command(&program), "library.cpp.out")
        }
        Way::Python => {
            let mut command = Command::new("python3");
            command.arg(folder().join("library.py")).arg(&library);
            prints(command, "library.py.out")
        }
    }
}

/// Runs `library.c`, with and without a handler of its own.
fn c_program(
    target: &Target,
    scratch: &Scratch,
    way: Way,
    libraries: [PathBuf; 2],
) -> Result<(), String> {
    let mut flags = vec!["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1"];
    match way {
        Way::Shared => flags.push("-DSHARED"),
        _ => flags.push("-static"),
    }
    if !target.is_native() {
        flags.push("-DROUNDS=4");
    }
    let program = compiled(&target.cc, scratch, "library.c", &flags, &libraries)?;
    for (argument, own) in [("", ""), ("own", "the program's own handler\n")] {
        let mut command = target.command(&program);
        if way == Way::Shared {
            command = loaded(target, scratch, &program);
        }
        command.arg(argument);
        let finished = execute(command)?;
        let want = format!("{own}done\n");
        let place = difference("stdout", &finished.stdout, want.as_bytes());
        if place.is_some() || finished.code() != 0 {
            let place = place.unwrap_or_default();
            return Err(format!("{argument}: {place}; {}", finished.describe()));
        }
    }
    Ok(())
}

/// Runs `references.c`, which holds references to objects.
pub fn references(
    target: &Target,
    way: Way,
    (memory, opt): (MemoryMode, OptLevel),
    is_stressed: bool,
) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let mut options = options(target, memory, opt);
    options.config.heap_limit = 1 << 20;
    options.config.gc_stress = is_stressed;
    let library = make(target, &scratch, "references", way.form(), options)?;
    let mut flags = vec!["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1"];
    if way == Way::Static {
        flags.push("-static");
    }
    let program = compiled(&target.cc, &scratch, "references.c", &flags, &[library])?;
    let mut command = match way {
        Way::Shared => loaded(target, &scratch, &program),
        _ => target.command(&program),
    };
    command.args(is_stressed.then_some("stressed"));
    let finished = execute(command)?;
    match finished.stdout == b"done\n" && finished.code() == 0 {
        true => Ok(()),
        false => Err(finished.describe()),
    }
}

/// A command that runs a program whose loader finds shared libraries in the scratch folder.
fn loaded(target: &Target, scratch: &Scratch, program: &PathBuf) -> Command {
    let Some((emulator, arguments)) = target.runner.split_first() else {
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", scratch.path());
        return command;
    };
    let mut variable = std::ffi::OsString::from("LD_LIBRARY_PATH=");
    variable.push(scratch.path());
    let mut command = Command::new(emulator);
    command.args(arguments).arg("-L");
    command.arg(sysroot(target).unwrap_or_default());
    command.arg("-E").arg(variable).arg(program);
    command
}

/// Compiles a program of the folder with libraries.
fn compiled(
    compiler: &str,
    scratch: &Scratch,
    source: &str,
    flags: &[&str],
    libraries: &[PathBuf],
) -> Result<PathBuf, String> {
    let program = scratch.fresh("program");
    let mut command = Command::new(compiler);
    command.args(flags).arg("-I").arg(scratch.path());
    command.arg(folder().join(source)).args(libraries);
    command.args(["-lpthread", "-ldl"]).arg("-o").arg(&program);
    command.stdin(Stdio::null());
    let finished = process::run(command, program::LIMIT).map_err(|e| e.to_string())?;
    match finished.code() {
        0 => Ok(program),
        _ => Err(format!("{compiler}: {}", finished.describe())),
    }
}

/// Runs a command that is to print what a file has.
fn prints(command: Command, want: &str) -> Result<(), String> {
    let finished = execute(command)?;
    let want = fs::read(folder().join(want)).map_err(|e| e.to_string())?;
    match difference("stdout", &finished.stdout, &want) {
        None if finished.code() == 0 => Ok(()),
        place => {
            let place = place.unwrap_or_default();
            Err(format!("{place}; {}", finished.describe()))
        }
    }
}
