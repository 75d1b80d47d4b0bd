//! Systems that refuse system calls: the filter of a container answers with whatever error its author liked. What can be done in another way
//! goes on, the rest fails with that error and nothing else.
//!
//! An executable of its own installs such a filter, by the machine code that makes any system call ([`super::confined`]), and executes the
//! program. Emulators have no filters; they are such systems themselves, without `openat2` and landlock.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;

use wative_compiler::abi::FIXED_BASE;
use wative_compiler::ir::MemoryMode;
use wative_compiler::nr::both as nr;
use wative_compiler::options::{Isa, OptLevel, Preopen, Unknown};

use super::calls::populate;
use super::confined::{is_native, object};
use super::script::module;
use crate::compile;
use crate::process::{self, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// A system call: numbers on x86-64 and AArch64.
type Call = (u32, u32);

/// Errors of filters, and WASI's numbers for them: EPERM, ENOSYS, EINVAL, EACCES, EOPNOTSUPP.
const ERRORS: [(u32, u32); 5] = [(1, 63), (38, 52), (22, 28), (13, 2), (95, 58)];

/// What is younger than many a filter: io_uring_setup, pidfd_open, clone3, close_range, openat2, faccessat2, landlock, futex_waitv, statx,
/// renameat2, memfd_create, copy_file_range, preadv2, pwritev2, rseq.
const YOUNG: &[Call] = &[
    (425, 425),
    (434, 434),
    (435, 435),
    (436, 436),
    nr::OPENAT2,
    (439, 439),
    nr::LANDLOCK_CREATE_RULESET,
    nr::LANDLOCK_ADD_RULE,
    nr::LANDLOCK_RESTRICT_SELF,
    (449, 449),
    (332, 291),
    (316, 276),
    (319, 279),
    (326, 285),
    (327, 286),
    (328, 287),
    (334, 293),
];

/// Uses files in every way, and whatever else has another way.
const FILES: &str = r#"
    path_open 3 0 "new" 1 66 0 0 100 = 0
    iov 0 "hello"
    fd_write 4 0 1 200 = 0
    fd_filestat_set_size 4 3 = 0
    fd_filestat_set_times 4 0 0 10 = 0
    fd_filestat_get 4 300 = 0
    u64 332 = 3
    fd_fdstat_get 4 300 = 0
    fd_fdstat_get 0 300 = 0
    path_open 3 1 "link" 0 2 0 0 100 = 0
    iov 0 1000 8
    fd_read 5 0 1 200 = 0
    text 1000 = "contents"
    path_open 3 0 "../x" 0 2 0 0 100 = 63
    path_open 3 0 "sub/../../x" 0 2 0 0 100 = 63
    path_create_directory 3 "sub/a" = 0
    path_rename 3 "new" 3 "sub/moved" = 0
    path_link 3 0 "file" 3 "sub/second" = 0
    path_symlink "moved" 3 "sub/l" = 0
    path_filestat_get 3 1 "sub/l" 300 = 0
    u64 332 = 3
    path_readlink 3 "sub/l" 300 100 200 = 0
    path_filestat_set_times 3 0 "file" 0 0 10 = 0
    path_unlink_file 3 "sub/moved" = 0
    path_remove_directory 3 "sub/a" = 0
    path_open 3 0 "sub" 2 0 0 0 100 = 0
    fd_readdir 6 2000 4096 0 200 = 0
    u32 200 >= 50
    set32 608 1
    set32 616 5
    poll_oneoff 600 700 1 800 = 0
    clock_time_get 0 0 200 = 0
    clock_time_get 1 0 200 = 0
    sched_yield = 0
"#;

/// Waits for a millisecond on memory that nobody notifies; ends with what the wait returned, which must be 2 (timed out).
const WAITS: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1 1 shared)
    (func (export "_start")
      (call $exit (i32.sub
        (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 1000000)) (i32.const 2)))))"#;

/// Runs the tests whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let files = || module("wasi_snapshot_preview1", FILES);
    let random = |wasi| {
        let text = format!("random_get 0 8 = {wasi}");
        module("wasi_snapshot_preview1", &text)
    };
    // What is refused, and the program by WASI's number of the error.
    type Program<'a> = &'a dyn Fn(u32) -> String;
    let tests: [(&str, &[Call], Program); 9] = [
        ("everything young", YOUNG, &|_| files()),
        ("openat2", &[nr::OPENAT2], &|_| files()),
        ("landlock", &[nr::LANDLOCK_CREATE_RULESET], &|_| files()),
        ("rules of landlock", &[nr::LANDLOCK_ADD_RULE], &|_| files()),
        ("applying landlock", &[nr::LANDLOCK_RESTRICT_SELF], &|_| {
            files()
        }),
        ("confinement", &[nr::PRCTL], &|_| files()),
        (
            "clocks, devices, yielding",
            &[nr::CLOCK_GETTIME, nr::IOCTL, nr::SCHED_YIELD],
            &|_| files(),
        ),
        ("sleeping on memory", &[nr::FUTEX], &|_| WAITS.to_string()),
        ("random numbers", &[nr::GETRANDOM], &random),
    ];
    let mut report = Report::default();
    for (what, calls, program) in tests {
        let name = format!("refused: {what}");
        if !name.contains(filter) {
            continue;
        }
        if !is_native(target) {
            report.skip(1, "an emulator has no filters");
            continue;
        }
        let tried = ERRORS.iter().try_for_each(|&(errno, wasi)| {
            run(target, calls, errno, &program(wasi)).map_err(|e| format!("error {errno}: {e}"))
        });
        report.outcome(&name, tried);
    }
    report
}

/// Runs a program, with a directory as descriptor 3, on a system that answers these calls with an error. It must end with 0.
fn run(target: &Target, calls: &[Call], errno: u32, text: &str) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let scratch = Scratch::new().map_err(explain)?;
    let directory = scratch.path().join("d");
    populate(&directory).map_err(explain)?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let grant = Preopen::directory(directory.display().to_string(), "/d");
    options.config.preopens.push(grant);
    let executable = build(text.as_bytes(), target, &options)?;
    let program = scratch.executable(&executable).map_err(explain)?;
    let refusing = refusing(target, calls, errno, &program)?;
    let path = scratch.executable(&refusing).map_err(explain)?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    match finished.code() {
        0 => Ok(()),
        _ => Err(finished.describe()),
    }
}

/// An executable that installs the filter and executes a program.
fn refusing(
    target: &Target,
    calls: &[Call],
    errno: u32,
    program: &Path,
) -> Result<Vec<u8>, String> {
    let pick = |call: Call| match target.isa {
        Isa::X64 => call.0,
        Isa::A64 => call.1,
    };
    // `struct sock_filter`: load the number, compare it with each, allow the rest.
    let instruction = |code: u16, if_true: u8, operand: u32| {
        u64::from(code) | u64::from(if_true) << 16 | u64::from(operand) << 32
    };
    let mut filter = vec![instruction(0x20, 0, 0)];
    for (index, &call) in calls.iter().enumerate() {
        let distance = u8::try_from(calls.len() - index).expect("a short filter");
        filter.push(instruction(0x15, distance, pick(call)));
    }
    filter.push(instruction(0x06, 0, 0x7fff_0000));
    filter.push(instruction(0x06, 0, 0x0005_0000 | errno));
    let host = |at: u64| FIXED_BASE + at;
    const PROGRAM: u64 = 1024;
    const FILTER: u64 = 1040;
    const ARGUMENTS: u64 = 2048;
    let mut data = String::new();
    let mut put = |at: u64, words: &[u64]| {
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        let text: String = bytes.map(|byte| format!("\\{byte:02x}")).collect();
        writeln!(data, "(data (i32.const {at}) \"{text}\")").expect("a string takes all");
    };
    put(PROGRAM, &[filter.len() as u64, host(FILTER)]);
    put(FILTER, &filter);
    put(ARGUMENTS, &[host(0), 0, 0]);
    let no_new_privileges = (nr::PRCTL, [38, 1, 0, 0]);
    let set_filter = (nr::PRCTL, [22, 2, host(PROGRAM), 0]);
    let execute = (
        nr::EXECVE,
        [host(0), host(ARGUMENTS), host(ARGUMENTS + 8), 0],
    );
    let steps = [no_new_privileges, set_filter, execute];
    let body: String = steps
        .iter()
        .map(|(call, arguments)| {
            let number = pick(*call);
            let arguments = arguments.map(|a| format!("(i64.const {a})")).join(" ");
            format!("(if (i64.ne (call $syscall (i64.const {number}) {arguments}) (i64.const 0)) (then (call $exit (i32.const 99))))")
        })
        .collect();
    let text = format!(
        r#"(module
          (import "test" "syscall" (func $syscall (param i64 i64 i64 i64 i64) (result i64)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "{}\00")
          {data}
          (func (export "_start") {body}))"#,
        program.display()
    );
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.unknown = Unknown::Symbol;
    options.config.no_harden = true;
    let input = compile::input("refusing", text.as_bytes())?;
    let objects = [("test.o".to_string(), object(target.isa))];
    compile::executable_with(&[input], target, &options, &objects).map_err(|e| e.to_string())
}
