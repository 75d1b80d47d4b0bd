//! Links hand-made programs with the runtime library's object and runs them: what the compiler's own tests rely on, tested
//! without a compiler. Every test runs on each machine whose programs can be made and run here: this one, with `cc`; another one with a
//! cross compiler, qemu, and a rustc for its runtime (`scripts/setup-tools.sh`, `scripts/runtime-rustc.sh`).
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

fn tmp() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/native")
        .join(name)
}

fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    assert!(
        output.status.success(),
        "{command:?}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// What programs are made and run for.
struct Machine {
    arch: &'static str,
    cc: String,
    /// The emulator, nothing for this machine.
    runner: Option<String>,
    /// The runtime's object.
    runtime: PathBuf,
}

/// Declares functions as tests of each machine.
macro_rules! tests {
    ($($arch:ident: $($name:ident)*;)*) => {
        $(mod $arch {
            use super::{Machine, OnceLock};

            fn machine() -> Option<&'static Machine> {
                static MACHINE: OnceLock<Result<Machine, String>> = OnceLock::new();
                match MACHINE.get_or_init(|| Machine::find(stringify!($arch))) {
                    Ok(machine) => Some(machine),
                    Err(missing) => {
                        eprintln!("skipped: {missing}");
                        None
                    }
                }
            }

            $(#[test]
            fn $name() {
                if let Some(machine) = machine() {
                    super::$name(machine);
                }
            })*
        })*
    };
}

impl Machine {
    /// What is needed for this architecture, or what is missing.
    fn find(arch: &'static str) -> Result<Machine, String> {
        let is_native = arch == std::env::consts::ARCH;
        let cc = if is_native {
            "cc".to_owned()
        } else {
            format!("{arch}-linux-gnu-gcc")
        };
        let runner = (!is_native).then(|| format!("qemu-{arch}"));
        for tool in runner.iter().chain([&cc]) {
            let probe = Command::new(tool).arg("--version").output();
            probe.map_err(|error| format!("{tool}: {error}"))?;
        }
        Ok(Machine {
            arch,
            cc,
            runner,
            runtime: runtime(arch)?,
        })
    }

    /// A command that runs an executable of this machine.
    fn command(&self, exe: &Path) -> Command {
        match &self.runner {
            None => Command::new(exe),
            Some(runner) => {
                let mut command = Command::new(runner);
                command.arg(exe);
                command
            }
        }
    }

    /// Links the hand-made program with this main function and entry.
    fn program(&self, main: &str, entry: &str, more: &[&str]) -> PathBuf {
        // Tests run at the same time, and some link the same program.
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let exe = tmp().join(format!(
            "program-{}-{}-{count}",
            self.arch,
            std::process::id()
        ));
        run(Command::new(&self.cc)
            .args(["-nostdlib", "-static-pie", "-o"])
            .arg(&exe)
            .arg(format!("-DMAIN=wative_rt_main_{main}"))
            .arg(format!("-DENTRY={entry}"))
            .args(more)
            .arg("-Wl,--no-dynamic-linker,--gc-sections,-z,relro,-z,now,-z,noexecstack")
            .arg(source("program.S"))
            .arg(&self.runtime));
        exe
    }
}

/// The runtime's object, by the recipe in `src/lib.rs`. The rustc is the one that the command's build takes.
fn runtime(arch: &str) -> Result<PathBuf, String> {
    let object = tmp().join(format!("wative_runtime-{arch}-{}.o", std::process::id()));
    let variable = format!("WATIVE_RUNTIME_RUSTC_{}", arch.to_uppercase());
    let mut command = Command::new(std::env::var(variable).unwrap_or("rustc".to_owned()));
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .args(["--crate-name=wative_runtime", "--edition=2024"])
        .args(["--crate-type=staticlib", "--cfg=feature=\"standalone\""])
        .arg(format!("--target={arch}-unknown-linux-gnu"))
        .args(["-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1"])
        .args(["-Cpanic=abort", "-Crelocation-model=pic"])
        .arg("-Coverflow-checks=off");
    if arch == "aarch64" {
        command.arg("-Ctarget-feature=-outline-atomics");
    }
    command.arg(format!(
        "--emit=obj={},link={}",
        object.display(),
        tmp().join(format!("unused-{arch}.a")).display()
    ));
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(object);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("can't find crate for `core`"),
        "{command:?}:\n{errors}"
    );
    Err("rustc has no core library for it".to_owned())
}

tests! {
    x86_64:
        a_command_prints_and_exits_with_its_status
        traps_are_told_with_a_backtrace
        stack_overflow_is_a_trap_wherever_it_happens
        foreign_faults_keep_their_default_action
        signals_from_outside_keep_their_default_action
        a_lack_of_address_space_is_told
        objects_live_as_long_as_frames_refer_to_them
        exports_are_invoked_with_typed_arguments
        scripts_go_on_after_traps
        c_programs_use_instances_and_recover_from_traps;
    aarch64:
        a_command_prints_and_exits_with_its_status
        traps_are_told_with_a_backtrace
        stack_overflow_is_a_trap_wherever_it_happens
        foreign_faults_keep_their_default_action
        signals_from_outside_keep_their_default_action
        a_lack_of_address_space_is_told
        objects_live_as_long_as_frames_refer_to_them
        exports_are_invoked_with_typed_arguments
        scripts_go_on_after_traps
        c_programs_use_instances_and_recover_from_traps;
}

/// Runs a command program: standard output, standard error, exit status, signal.
fn command(machine: &Machine, entry: &str) -> (String, String, Option<i32>, Option<i32>) {
    let exe = machine.program("command", entry, &[]);
    let output = machine.command(&exe).output().unwrap();
    // The emulator tells of signals that end its program.
    let lines = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = text.split_inclusive('\n');
        lines.filter(|line| !line.starts_with("qemu: ")).collect()
    };
    (
        lines(&output.stdout),
        lines(&output.stderr),
        output.status.code(),
        output.status.signal(),
    )
}

fn a_command_prints_and_exits_with_its_status(machine: &Machine) {
    assert_eq!(
        command(machine, "entry_hello"),
        ("hello\n".into(), String::new(), Some(7), None)
    );
}

fn traps_are_told_with_a_backtrace(machine: &Machine) {
    let cases = [
        (
            "entry_trap",
            "out of bounds memory access\nmemory fault at wasm address 0xfffffff0 in linear memory of size 0x20000",
            "   0: 0x300 - inner\n   1: 0x200 - outer\n   2: 0x100 - start\n",
        ),
        (
            "entry_unreachable",
            "wasm `unreachable` instruction executed",
            "   0: 0x400 - never\n",
        ),
        (
            "entry_divide",
            "integer divide by zero",
            "   0: 0x500 - divide\n",
        ),
        (
            "entry_null",
            "uninitialized element",
            "   0: 0x600 - null\n",
        ),
    ];
    for (entry, message, frames) in cases {
        let want = format!("error: wasm trap: {message}\nwasm backtrace:\n{frames}");
        assert_eq!(
            command(machine, entry),
            (String::new(), want, Some(134), None),
            "{entry}"
        );
    }
}

fn stack_overflow_is_a_trap_wherever_it_happens(machine: &Machine) {
    for (entry, caller) in [
        ("entry_overflow", "0x700"),
        ("entry_overflow_runtime", "0x810"),
    ] {
        let (_, err, status, _) = command(machine, entry);
        assert_eq!(status, Some(134), "{entry}: {err}");
        assert!(
            err.starts_with("error: wasm trap: call stack exhausted\nwasm backtrace:\n   0: 0x"),
            "{err}"
        );
        assert!(
            err.contains(&format!("\n  99: {caller} - deeper\n  ...")),
            "{err}"
        );
    }
}

/// Compiled code whose frames hold the only references, until a list of them leaves no room; under stress, each allocation collects, and each element has a line of
/// the heap of its own, so that the list ends while its first thousand elements are made.
fn objects_live_as_long_as_frames_refer_to_them(machine: &Machine) {
    const STRESS_AND_STATS: &str = "-DGC_FLAGS=3";
    for (flags, caller) in [("-DGC_FLAGS=0", "0xd10"), (STRESS_AND_STATS, "0xd00")] {
        let exe = machine.program("command", "entry_gc", &[flags]);
        let output = machine.command(&exe).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(134), "{err}");
        let (trap, stats) = err.split_at(err.find("gc: ").unwrap_or(err.len()));
        assert_eq!(
            trap,
            format!(
                "error: wasm trap: GC heap out of memory\nwasm backtrace:\n   0: 0xe00 - cons\n   1: {caller} - list\n"
            )
        );
        let number = |name: &str| {
            let line = stats.lines().find_map(|line| line.strip_prefix(name));
            line.map(|rest| rest.trim_start_matches(": ").parse::<u64>().unwrap())
        };
        if flags == STRESS_AND_STATS {
            let elements = (128 << 10) / 256;
            assert_eq!(
                number("gc: bytes allocated"),
                Some(20_008 + 16 * elements),
                "{stats}"
            );
            assert_eq!(number("gc: bytes in use at most"), Some(128 << 10));
            let collections = number("gc: minor collections").unwrap_or(0)
                + number("gc: full collections").unwrap_or(0);
            assert!(collections > elements, "{stats}");
        } else {
            assert_eq!(stats, "");
        }
    }
}

fn foreign_faults_keep_their_default_action(machine: &Machine) {
    for entry in ["entry_foreign", "entry_elsewhere"] {
        let (_, err, status, signal) = command(machine, entry);
        assert_eq!(
            (err.as_str(), status, signal),
            ("", None, Some(11)),
            "{entry}"
        );
    }
}

fn signals_from_outside_keep_their_default_action(machine: &Machine) {
    for signal in [11, 4, 8, 15] {
        let mut child = machine
            .command(&machine.program("command", "entry_wait", &[]))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It runs compiled code when it has printed.
        let mut buf = [0; 6];
        child.stdout.take().unwrap().read_exact(&mut buf).unwrap();
        run(Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(child.id().to_string()));
        assert_eq!(child.wait().unwrap().signal(), Some(signal));
    }
}

fn a_lack_of_address_space_is_told(machine: &Machine) {
    let exe = machine.program("command", "entry_hello", &[]);
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 1000000; exec \"$@\"", "sh"])
        .args(machine.runner.iter())
        .arg(exe)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err.starts_with("error: cannot reserve address space") && err.contains("--memory checked"),
        "{err}"
    );
}

fn exports_are_invoked_with_typed_arguments(machine: &Machine) {
    let exe = machine.program("invoke", "0", &["-DINVOKE"]);
    let invoke = |args: &[&str]| {
        let output = machine.command(&exe).args(args).output().unwrap();
        (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
            output.status.code(),
        )
    };
    assert_eq!(
        invoke(&["21", "0.1"]),
        ("42\n0.2\n".into(), String::new(), Some(0))
    );
    assert_eq!(
        invoke(&["-1", "inf"]),
        ("-2\ninf\n".into(), String::new(), Some(0))
    );
    assert_eq!(
        invoke(&["0x7fffffff", "nan"]),
        ("-2\nNaN\n".into(), String::new(), Some(0))
    );
    let (out, err, status) = invoke(&["1"]);
    assert_eq!((out.as_str(), status), ("", Some(2)));
    assert!(
        err.contains("`double`: it takes 2 arguments, not 1") && err.contains("<i32> <f64>"),
        "{err}"
    );
    let (_, err, status) = invoke(&["1.5", "1"]);
    assert!(
        status == Some(2) && err.contains("argument 1 must be of type i32, but is `1.5`"),
        "{err}"
    );
}

fn scripts_go_on_after_traps(machine: &Machine) {
    let mut child = machine
        .command(&machine.program("script", "0", &[]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let commands = "instantiate 0\ninvoke 0 646f75626c65 15:3ff8000000000000\ninvoke 0 74726170\n\
        invoke 0 646f75626c65 16:0\nhash 0 0\nget 0 61\nref 0 74726170\ninvoke 0 646f75626c65 1\nbogus\ninstantiate 1\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(commands.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let answers = String::from_utf8(output.stdout).unwrap();
    // FNV-1a of two pages that hold "hello\n" at the start of the second one.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut memory = vec![0u8; 131_072];
    memory[65536..65542].copy_from_slice(b"hello\n");
    for byte in memory {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let want = format!(
        "ok\nok 2a 4008000000000000\ntrap 2\nok 2c 0\nok {hash:x}\nmissing\nok 0\n\
         error wrong number of argument slots\nerror no such module\nerror no such module\n"
    );
    assert_eq!(answers, want);
}

/// Modes of the C program, with what must come of them: standard output, start of standard error, status, signal.
fn c_programs_use_instances_and_recover_from_traps(machine: &Machine) {
    // An emulator takes long to make and unmake 8 GiB of address space.
    let rounds = if machine.runner.is_some() { 4 } else { 200 };
    let exe = tmp().join(format!("host-{}-{}", machine.arch, std::process::id()));
    run(Command::new(&machine.cc)
        .args([
            "-Wall", "-Wextra", "-Werror", "-O1", "-pthread", "-static", "-o",
        ])
        .arg(&exe)
        .arg(format!("-DROUNDS={rounds}"))
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .arg(source("host.c"))
        .arg(source("module.S"))
        .arg(&machine.runtime));
    let cases = [
        ("", "done\n", "", Some(0), None),
        (
            "trap",
            "done\n",
            "error: wasm trap: out of bounds memory access\n",
            Some(134),
            None,
        ),
        ("fault", "done\n", "", None, Some(11)),
        ("own", "done\nown handler\n", "", Some(5), None),
    ];
    for (mode, out, err, status, signal) in cases {
        let output = machine.command(&exe).arg(mode).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), out, "{mode}");
        assert!(
            String::from_utf8_lossy(&output.stderr).starts_with(err),
            "{mode}"
        );
        assert_eq!(
            (output.status.code(), output.status.signal()),
            (status, signal),
            "{mode}"
        );
    }
}
