//! Links hand-made programs with the runtime library's object and runs them: what the compiler's own tests rely on, tested
//! without a compiler. Needs `cc`, and runs on x86-64 only, because the programs are assembly.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

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

/// The runtime's object, by the recipe in `src/lib.rs`.
fn runtime() -> &'static Path {
    static OBJECT: OnceLock<PathBuf> = OnceLock::new();
    OBJECT.get_or_init(|| {
        let object = tmp().join(format!("wative_runtime-{}.o", std::process::id()));
        run(Command::new("rustc")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
            .args([
                "--crate-name",
                "wative_runtime",
                "--edition",
                "2024",
                "--crate-type",
                "staticlib",
            ])
            .args([
                "--cfg",
                "feature=\"standalone\"",
                "-Copt-level=3",
                "-Clto=fat",
                "-Ccodegen-units=1",
            ])
            .args([
                "-Cpanic=abort",
                "-Crelocation-model=pic",
                "-Coverflow-checks=off",
            ])
            .arg(format!(
                "--emit=obj={},link={}",
                object.display(),
                tmp().join("unused.a").display()
            )));
        object
    })
}

/// Links the hand-made program with this main function and entry.
fn program(main: &str, entry: &str, more: &[&str]) -> PathBuf {
    // Tests run at the same time, and some link the same program.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let exe = tmp().join(format!("program-{}-{count}", std::process::id()));
    run(Command::new("cc")
        .args(["-nostdlib", "-static-pie", "-o"])
        .arg(&exe)
        .arg(format!("-DMAIN=wative_rt_main_{main}"))
        .arg(format!("-DENTRY={entry}"))
        .args(more)
        .arg("-Wl,--no-dynamic-linker,--gc-sections,-z,relro,-z,now,-z,noexecstack")
        .arg(source("program.S"))
        .arg(runtime()));
    exe
}

/// Runs a command program: standard output, standard error, exit status, signal.
fn command(entry: &str) -> (String, String, Option<i32>, Option<i32>) {
    let output = Command::new(program("command", entry, &[]))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code(),
        output.status.signal(),
    )
}

#[test]
fn a_command_prints_and_exits_with_its_status() {
    assert_eq!(
        command("entry_hello"),
        ("hello\n".into(), String::new(), Some(7), None)
    );
}

#[test]
fn traps_are_told_with_a_backtrace() {
    let cases = [
        (
            "entry_trap",
            "out of bounds memory access",
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
            command(entry),
            (String::new(), want, Some(134), None),
            "{entry}"
        );
    }
}

#[test]
fn stack_overflow_is_a_trap_wherever_it_happens() {
    for (entry, caller) in [
        ("entry_overflow", "0x700"),
        ("entry_overflow_runtime", "0x810"),
    ] {
        let (_, err, status, _) = command(entry);
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

#[test]
fn foreign_faults_keep_their_default_action() {
    for entry in ["entry_foreign", "entry_elsewhere"] {
        let (_, err, status, signal) = command(entry);
        assert_eq!(
            (err.as_str(), status, signal),
            ("", None, Some(11)),
            "{entry}"
        );
    }
}

#[test]
fn signals_from_outside_keep_their_default_action() {
    for signal in [11, 4, 8, 15] {
        let mut child = Command::new(program("command", "entry_wait", &[]))
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

#[test]
fn a_lack_of_address_space_is_told() {
    let exe = program("command", "entry_hello", &[]);
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 1000000; exec \"$0\""])
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

#[test]
fn exports_are_invoked_with_typed_arguments() {
    let exe = program("invoke", "0", &["-DINVOKE"]);
    let invoke = |args: &[&str]| {
        let output = Command::new(&exe).args(args).output().unwrap();
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

#[test]
fn scripts_go_on_after_traps() {
    let mut child = Command::new(program("script", "0", &[]))
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
#[test]
fn c_programs_use_instances_and_recover_from_traps() {
    let exe = tmp().join(format!("host-{}", std::process::id()));
    run(Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-O1", "-pthread", "-o"])
        .arg(&exe)
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .arg(source("host.c"))
        .arg(source("module.S"))
        .arg(runtime()));
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
        let output = Command::new(&exe).arg(mode).output().unwrap();
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
