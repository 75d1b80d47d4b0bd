//! Compiled modules and components in a C program, and the two ways to link an executable.
//!
//! `c/host.c` makes two instances of one module and one of another and prints what it sees; `cc` links it with the objects and
//! the runtime library as a user would; `c/words.rs` is a host in Rust. [`libraries`] has programs with libraries. The other test links a program's object with the same library by `cc` and
//! compares it with what the embedded linker makes.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{Emit, OptLevel, Options, Unknown};

use crate::apps::difference;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{compile, corpus, guests};

mod libraries;

use libraries::Way;

/// C programs that print what must be in the file beside them, with their modules: exceptions between instances, with C in between, and
/// such that outlive the call that threw them; tail calls inside an instance and between instances, and typed references of another module.
const PROGRAMS: [(&str, [&str; 2]); 2] = [
    ("exceptions", ["thrower", "catcher"]),
    ("tails", ["tails", "refs"]),
];

/// C programs with references to objects, and their modules.
const OBJECTS: [(&str, &[&str]); 3] = [
    ("objects", &["objects", "plain"]),
    ("shared", &["shared", "reader"]),
    ("crossing", &["crossing", "thrower", "catcher"]),
];

/// C programs with a component, and how they may end: the argument, and the last lines that are printed then, of which the first ends a call by a trap.
const COMPONENTS: [(&str, &[(&str, &str)]); 2] = [("kit", &ENDS_OF_KIT), ("heap", &ENDS_OF_HEAP)];

const ENDS_OF_HEAP: [(&str, &str); 2] = [
    (
        "unhandled",
        "unhandled: 21\nerror: wasm trap: unhandled tag\ndead: 21\n",
    ),
    (
        "uncaught",
        "uncaught: 16\nerror: wasm trap: uncaught exception propagated out of component\ndead: 16\n",
    ),
];

const ENDS_OF_KIT: [(&str, &str); 4] = [
    (
        "fail",
        "fail: 1\nerror: wasm trap: wasm `unreachable` instruction executed\ndead: 1\n",
    ),
    (
        "utf8",
        "bad text: 16\nerror: wasm trap: invalid utf8 encoding\ndead: 16\n",
    ),
    (
        "case",
        "bad case: 16\nerror: wasm trap: invalid variant discriminant\ndead: 16\n",
    ),
    (
        "handle",
        "bad handle: 16\nerror: wasm trap: unknown handle index 77\ndead: 16\n",
    ),
];

/// Runs all tests.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(
            &format!("embedding {}", target.name),
            run_all(target, filter),
        );
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    if crate::target::find(&target.cc).is_none() {
        let why = format!("{} is not on the PATH", target.cc);
        report.skip(1, why);
        return report;
    }
    for memory in [MemoryMode::Pinned, MemoryMode::Checked] {
        for opt in [OptLevel::O0, OptLevel::O2] {
            let name = format!("C host {memory:?} {opt:?}");
            if name.contains(filter) {
                report.outcome(&name, host(target, memory, opt));
            }
            for (program, ends) in COMPONENTS {
                let name = format!("component {program} {memory:?} {opt:?}");
                if name.contains(filter) {
                    report.outcome(&name, component(target, (program, ends), memory, opt));
                }
            }
            let name = format!("Rust host {memory:?} {opt:?}");
            if name.contains(filter) {
                match target.is_native() {
                    true => report.outcome(&name, rust_host(target, memory, opt)),
                    // A standard library of Rust for another target is not asked for.
                    false => report.skip(1, "hosts in Rust are built for this machine only"),
                }
            }
            for way in Way::ALL {
                let name = format!("library {} {memory:?} {opt:?}", way.name());
                if !name.contains(filter) {
                    continue;
                }
                match way.missing(target) {
                    Some(why) => report.skip(1, why),
                    None => report.outcome(&name, libraries::run(target, way, (memory, opt))),
                }
            }
            for (way, is_stressed) in [
                (Way::Static, false),
                (Way::Static, true),
                (Way::Shared, false),
            ] {
                let kind = way.name();
                let name =
                    format!("library references {kind} {memory:?} {opt:?} stressed {is_stressed}");
                if !name.contains(filter) {
                    continue;
                }
                match way.missing(target) {
                    Some(why) => report.skip(1, why),
                    None => report.outcome(
                        &name,
                        libraries::references(target, way, (memory, opt), is_stressed),
                    ),
                }
            }
            for is_stressed in [false, true] {
                for program in OBJECTS {
                    let name = format!("{} {memory:?} {opt:?} stressed {is_stressed}", program.0);
                    if name.contains(filter) {
                        let outcome = objects(target, program, (memory, opt), is_stressed);
                        report.outcome(&name, outcome);
                    }
                }
            }
            for (program, modules) in PROGRAMS {
                let name = format!("{program} {memory:?} {opt:?}");
                if name.contains(filter) {
                    report.outcome(
                        &name,
                        prints(target, program, &modules, &open(target, memory, opt), &[]),
                    );
                }
            }
        }
    }
    for name in ["hello", "bigdata", "compute", "shapes"] {
        if name.contains(filter) {
            report.outcome(
                &format!("{name} linked by cc"),
                linked_by_hand(target, name),
            );
        }
    }
    report
}

fn folder() -> PathBuf {
    corpus::root().join("testsuite/c")
}

/// How a module for C is compiled.
fn open(target: &Target, memory: MemoryMode, opt: OptLevel) -> Options {
    Options {
        world: World::Open,
        entry: EntryKind::None,
        unknown: Unknown::Symbol,
        ..options(target, memory, opt)
    }
}

/// The object of a module for C, with the module's name as prefix.
fn object(name: &str, options: &Options) -> Result<Vec<u8>, String> {
    let text = fs::read(folder().join(format!("{name}.wat"))).map_err(|e| e.to_string())?;
    let input = compile::input(name, &text)?;
    let compiled = compile::compile(&[input], options).map_err(|e| e.to_string())?;
    Ok(compiled.object)
}

/// The archive that `wative runtime` writes.
fn runtime_library(target: &Target) -> Result<Vec<u8>, String> {
    let object = wative::runtime::object(target.platform).ok_or("no runtime for this target")?;
    wative::archive::of_runtime(object).map_err(|e| e.to_string())
}

/// Links with the target's C compiler: sources and objects, then the runtime library.
fn cc(
    target: &Target,
    scratch: &Scratch,
    arguments: &[PathBuf],
    flags: &[&str],
) -> Result<PathBuf, String> {
    let library = scratch.path().join("libwative_runtime.a");
    fs::write(&library, runtime_library(target)?).map_err(|e| e.to_string())?;
    let executable = scratch.fresh("linked");
    let mut command = Command::new(&target.cc);
    command
        .args(arguments)
        .arg(&library)
        .args(flags)
        .arg("-o")
        .arg(&executable);
    command.stdin(Stdio::null());
    let finished = process::run(command, program::LIMIT).map_err(|e| e.to_string())?;
    if finished.code() != 0 {
        return Err(format!("{}: {}", target.cc, finished.describe()));
    }
    Ok(executable)
}

fn execute(command: Command) -> Result<Finished, String> {
    let mut command = command;
    command.stdin(Stdio::null());
    process::run(command, program::LIMIT).map_err(|e| e.to_string())
}

/// A C program with modules.
fn with_modules(
    target: &Target,
    scratch: &Scratch,
    source: &str,
    modules: &[&str],
    options: &Options,
) -> Result<PathBuf, String> {
    let mut arguments = vec![folder().join(source)];
    for name in modules {
        let path = scratch.path().join(format!("{name}.o"));
        fs::write(&path, object(name, options)?).map_err(|e| e.to_string())?;
        arguments.push(path);
    }
    let include = format!("-I{}", corpus::root().join("runtime-lib/include").display());
    let mut flags = vec!["-std=c11", "-Wall", "-Werror", "-O1", "-pthread", &include];
    if !target.is_native() {
        // The emulator would not find the target's C library.
        flags.push("-static");
    }
    cc(target, scratch, &arguments, &flags)
}

/// Runs a C program with a component.
fn component(
    target: &Target,
    (name, ends): (&str, &[(&str, &str)]),
    memory: MemoryMode,
    opt: OptLevel,
) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let text = fs::read(folder().join(format!("{name}.wat"))).map_err(|e| e.to_string())?;
    let input = compile::input(name, &text)?;
    let write = |file: String, bytes: &[u8]| {
        let path = scratch.path().join(file);
        fs::write(&path, bytes).map_err(|e| e.to_string())?;
        Ok::<_, String>(path)
    };
    let header = wative::header::of_component(&input).map_err(|e| e.to_string())?;
    write(format!("{name}.h"), header.as_bytes())?;
    let options = Options {
        entry: EntryKind::Hosted,
        unknown: Unknown::Symbol,
        ..options(target, memory, opt)
    };
    let compiled = compile::compile(&[input], &options).map_err(|e| e.to_string())?;
    let object = write(format!("{name}.o"), &compiled.object)?;
    let arguments = [folder().join(format!("{name}.c")), object];
    let include = format!("-I{}", scratch.path().display());
    let mut flags = vec![
        "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-pthread", &include,
    ];
    if !target.is_native() {
        flags.push("-static");
    }
    let executable = cc(target, &scratch, &arguments, &flags)?;
    let all = fs::read(folder().join(format!("{name}.out"))).map_err(|e| e.to_string())?;
    for &(argument, end) in ends {
        let mut command = target.command(&executable);
        command.arg(argument);
        let finished = execute(command)?;
        let want = [&all[..], end.as_bytes()].concat();
        let place = difference("stdout", &finished.stdout, &want);
        if place.is_some() || finished.code() != 0 {
            let place = place.unwrap_or_default();
            return Err(format!("{argument}: {place}; {}", finished.describe()));
        }
    }
    Ok(())
}

/// Runs the Rust program with a component.
fn rust_host(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    const NAME: &str = "words";
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let text = fs::read(folder().join(format!("{NAME}.wat"))).map_err(|e| e.to_string())?;
    let options = Options {
        entry: EntryKind::Hosted,
        unknown: Unknown::Symbol,
        ..options(target, memory, opt)
    };
    let compiled = compile::compile(&[compile::input(NAME, &text)?], &options);
    let object = compiled.map_err(|e| e.to_string())?.object;
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    command.args(["--edition", "2024", "-D", "warnings", "-O"]);
    command.arg(folder().join(format!("{NAME}.rs")));
    for (name, bytes) in [
        ("words.o", object),
        ("libwative_runtime.a", runtime_library(target)?),
    ] {
        let path = scratch.path().join(name);
        fs::write(&path, bytes).map_err(|e| e.to_string())?;
        command.arg(format!("-Clink-arg={}", path.display()));
    }
    let executable = scratch.fresh("host");
    command.arg("-o").arg(&executable);
    let built = execute(command)?;
    if built.code() != 0 {
        return Err(format!("rustc: {}", built.describe()));
    }
    let finished = execute(target.command(&executable))?;
    let want = fs::read(folder().join(format!("{NAME}.out"))).map_err(|e| e.to_string())?;
    match difference("stdout", &finished.stdout, &want) {
        None if finished.code() == 0 => Ok(()),
        place => Err(format!(
            "{}; {}",
            place.unwrap_or_default(),
            finished.describe()
        )),
    }
}

/// Runs a C program that holds references to objects.
fn objects(
    target: &Target,
    (program, modules): (&str, &[&str]),
    (memory, opt): (MemoryMode, OptLevel),
    is_stressed: bool,
) -> Result<(), String> {
    let mut options = open(target, memory, opt);
    options.config.heap_limit = 32 << 20;
    options.config.gc_stress = is_stressed;
    let arguments: &[&str] = if is_stressed { &["stressed"] } else { &[] };
    prints(target, program, modules, &options, arguments)
}

/// Runs a C program with modules that prints what it sees.
fn prints(
    target: &Target,
    program: &str,
    modules: &[&str],
    options: &Options,
    arguments: &[&str],
) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let source = format!("{program}.c");
    let executable = with_modules(target, &scratch, &source, modules, options)?;
    let mut command = target.command(&executable);
    command.args(arguments);
    let finished = execute(command)?;
    let want = fs::read(folder().join(format!("{program}.out"))).map_err(|e| e.to_string())?;
    match difference("stdout", &finished.stdout, &want) {
        None if finished.code() == 0 => Ok(()),
        place => Err(format!(
            "{}; {}",
            place.unwrap_or_default(),
            finished.describe()
        )),
    }
}

fn host(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let modules = ["counter", "vector"];
    let executable = with_modules(
        target,
        &scratch,
        "host.c",
        &modules,
        &open(target, memory, opt),
    )?;
    let mode = if memory == MemoryMode::Checked {
        "checked"
    } else {
        "pinned"
    };

    let mut command = target.command(&executable);
    command.arg(mode);
    let finished = execute(command)?;
    let want = fs::read(folder().join("host.out")).map_err(|e| e.to_string())?;
    if let Some(place) = difference("stdout", &finished.stdout, &want) {
        return Err(format!("{place}; {}", finished.describe()));
    }
    if finished.code() != 0 {
        return Err(finished.describe());
    }
    // Without the runtime's handlers in the way, the host's own fault ends it as it would any C program.
    let mut command = target.command(&executable);
    command.args([mode, "crash"]);
    let crashed = execute(command)?;
    if crashed.code() != 128 + rustix::process::Signal::SEGV.as_raw() {
        return Err(format!("the host's fault: {}", crashed.describe()));
    }
    Ok(())
}

/// The same object, linked by the embedded linker and by `cc`, behaves the same.
fn linked_by_hand(target: &Target, name: &str) -> Result<(), String> {
    let guests = guests::all();
    let guest = guests
        .iter()
        .find(|g| g.name == name)
        .ok_or("no such guest")?;
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let embedded = build(&guest.module, target, &options)?;

    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let input = compile::input("test", &guest.module)?;
    let emit = Options {
        emit: Emit::Object,
        ..options
    };
    let compiled = compile::compile(&[input], &emit).map_err(|e| e.to_string())?;
    let path = scratch.path().join("program.o");
    fs::write(&path, compiled.object).map_err(|e| e.to_string())?;
    let flags = ["-nostdlib", "-static-pie"];
    let by_cc = cc(target, &scratch, &[path], &flags)?;

    let one = program::run(&embedded, target, &["a", "b"], b"two words\n")?;
    let mut command = target.command(&by_cc);
    command.args(["a", "b"]);
    command.stdin(scratch.input(b"two words\n").map_err(|e| e.to_string())?);
    let other = process::run(command, program::LIMIT).map_err(|e| e.to_string())?;
    if one.code() != other.code() || one.stdout != other.stdout || one.stderr != other.stderr {
        return Err(format!("{} / {}", one.describe(), other.describe()));
    }
    Ok(())
}
