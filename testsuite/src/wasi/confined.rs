//! Confinement by the kernel: a guest whose runtime was taken over is stopped.
//!
//! A test-only import, machine code in an object of its own, makes any system call for the guest. On an emulator, which has neither
//! seccomp nor landlock, the same executables run to their end: a system without them is no error.

use std::fs;
use std::process::Stdio;

use object::write::{Object, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};
use wative_compiler::abi::FIXED_BASE;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{
    Isa, NetHosts, NetRight, NetRule, OptLevel, Options, Preopen, Unknown,
};

use crate::compile;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, options};
use crate::report::Report;
use crate::target::Target;

/// The exit status of a process that the filter ends: 128 and SIGSYS.
const STOPPED: i32 = 128 + 31;

/// `wative_import_test__syscall(instance, number, a, b, c, d) -> result`, numbers as i64.
pub(super) fn object(isa: Isa) -> Vec<u8> {
    let (architecture, code): (_, &[u8]) = match isa {
        Isa::X64 => (
            Architecture::X86_64,
            &[
                0x48, 0x89, 0xf0, // mov rax, rsi
                0x48, 0x89, 0xd7, // mov rdi, rdx
                0x48, 0x89, 0xce, // mov rsi, rcx
                0x4c, 0x89, 0xc2, // mov rdx, r8
                0x4d, 0x89, 0xca, // mov r10, r9
                0x45, 0x31, 0xc0, // xor r8d, r8d
                0x45, 0x31, 0xc9, // xor r9d, r9d
                0x0f, 0x05, // syscall
                0xc3, // ret
            ],
        ),
        Isa::A64 => (
            Architecture::Aarch64,
            &[
                0xe8, 0x03, 0x01, 0xaa, // mov x8, x1
                0xe0, 0x03, 0x02, 0xaa, // mov x0, x2
                0xe1, 0x03, 0x03, 0xaa, // mov x1, x3
                0xe2, 0x03, 0x04, 0xaa, // mov x2, x4
                0xe3, 0x03, 0x05, 0xaa, // mov x3, x5
                0x01, 0x00, 0x00, 0xd4, // svc #0
                0xc0, 0x03, 0x5f, 0xd6, // ret
            ],
        ),
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let text = object.add_section(Vec::new(), b".text".to_vec(), SectionKind::Text);
    object.append_section_data(text, code, 16);
    object.add_symbol(Symbol {
        name: b"wative_import_test__syscall".to_vec(),
        value: 0,
        size: code.len() as u64,
        kind: SymbolKind::Text,
        scope: SymbolScope::Dynamic,
        weak: false,
        section: SymbolSection::Section(text),
        flags: SymbolFlags::None,
    });
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    object.write().expect("a small object can be written")
}

/// A system call: numbers on x86-64 and AArch64, arguments. Texts lie in memory at 0 and 64, their host addresses are constant.
struct Call(i64, i64, [i64; 4]);

/// Host address of an address in memory.
const fn host(at: i64) -> i64 {
    FIXED_BASE as i64 + at
}

/// A program that makes the call and ends with the negative result (an error number), or 0. It also imports `more`.
fn module(target: &Target, call: &Call, path: &str, more: &str) -> String {
    let number = match target.isa {
        Isa::X64 => call.0,
        Isa::A64 => call.1,
    };
    let [a, b, c, d] = call.2;
    format!(
        r#"(module
          (import "test" "syscall" (func $syscall (param i64 i64 i64 i64 i64) (result i64)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
          {more}
          (memory (export "memory") 1)
          (data (i32.const 0) "{path}\00")
          (func (export "_start")
            (local $result i64)
            (local.set $result (call $syscall (i64.const {number}) (i64.const {a}) (i64.const {b}) (i64.const {c}) (i64.const {d})))
            (if (i64.ge_s (local.get $result) (i64.const 0)) (then (local.set $result (i64.const 0))))
            (call $proc_exit (i32.wrap_i64 (i64.sub (i64.const 0) (local.get $result))))))"#
    )
}

const OPENS: &str = r#"(import "wasi_snapshot_preview1" "path_open"
    (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"#;

const AT_FDCWD: i64 = -100;
const O_CREAT_WRONLY: i64 = 0o101;
const EACCES: i32 = 13;

fn execve() -> Call {
    Call(59, 221, [host(0), 0, 0, 0])
}

fn openat(flags: i64) -> Call {
    Call(257, 56, [AT_FDCWD, host(0), flags, 0o600])
}

/// Maps, or protects, an executable page.
fn mmap(prot: i64) -> Call {
    Call(9, 222, [0, 4096, prot, 0x22])
}

fn mprotect(prot: i64) -> Call {
    Call(10, 226, [host(0), 4096, prot, 0])
}

fn socket() -> Call {
    Call(41, 198, [2, 1, 0, 0])
}

type Test = fn(&Target, &Scratch) -> Result<(), String>;

/// Runs the tests whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let tests: [(&str, Test); 10] = [
        ("execve is stopped", |target, scratch| {
            stopped(target, scratch, &execve(), "/bin/true", "")
        }),
        (
            "execve is stopped where files may be opened",
            |t, scratch| stopped(t, scratch, &execve(), "/bin/true", OPENS),
        ),
        (
            "opening is stopped where no file can be named",
            |t, scratch| stopped(t, scratch, &openat(0), "/etc/passwd", ""),
        ),
        ("sockets are stopped", |t, scratch| {
            stopped(t, scratch, &socket(), "", OPENS)
        }),
        (
            "sockets are stopped where only functions for them would need some",
            granted_sockets,
        ),
        ("signals to others are stopped", |t, scratch| {
            stopped(t, scratch, &Call(234, 131, [1, 1, 0, 0]), "", "")
        }),
        ("new executable pages are stopped", executable_pages),
        ("ungranted paths are refused by the kernel", ungranted),
        (
            "granted paths are open, read-only ones for reading",
            granted,
        ),
        ("without hardening the same calls pass", not_hardened),
    ];
    let mut report = Report::default();
    for (name, test) in tests.iter().filter(|(name, _)| name.contains(filter)) {
        let result = Scratch::new()
            .map_err(|e| e.to_string())
            .and_then(|scratch| test(target, &scratch));
        report.outcome(name, result);
    }
    report
}

/// Whether the target runs on this kernel itself.
pub(super) fn is_native(target: &Target) -> bool {
    target.runner.is_empty()
}

fn run(
    target: &Target,
    scratch: &Scratch,
    module: &str,
    change: impl FnOnce(&mut Options),
) -> Result<Finished, String> {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.unknown = Unknown::Symbol;
    change(&mut options);
    let input = compile::input("test", module.as_bytes())?;
    let objects = [("test.o".to_string(), object(target.isa))];
    let executable = compile::executable_with(&[input], target, &options, &objects)
        .map_err(|e| e.to_string())?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    process::run(command, program::LIMIT).map_err(|e| e.to_string())
}

/// The call ends the process.
fn stopped(
    target: &Target,
    scratch: &Scratch,
    call: &Call,
    path: &str,
    more: &str,
) -> Result<(), String> {
    let finished = run(target, scratch, &module(target, call, path, more), |_| {})?;
    match finished.code() == STOPPED || !is_native(target) {
        true => Ok(()),
        false => Err(finished.describe()),
    }
}

/// The module was granted the network, but imports nothing that uses it.
fn granted_sockets(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let rule = NetRule {
        right: NetRight::Connect,
        hosts: NetHosts::Prefix(std::net::Ipv4Addr::UNSPECIFIED.into(), 0),
        ports: 0..=u16::MAX,
    };
    let module = module(target, &socket(), "", OPENS);
    let grant = |options: &mut Options| options.config.network.push(rule);
    let finished = run(target, scratch, &module, grant)?;
    match finished.code() == STOPPED || !is_native(target) {
        true => Ok(()),
        false => Err(finished.describe()),
    }
}

fn executable_pages(target: &Target, scratch: &Scratch) -> Result<(), String> {
    for prot in [4, 5, 7] {
        stopped(target, scratch, &mmap(prot), "", "")?;
        stopped(target, scratch, &mprotect(prot), "", "")?;
    }
    expect(target, scratch, &mprotect(3), "", 0, |_| {})
}

/// The call returns this error.
fn expect(
    target: &Target,
    scratch: &Scratch,
    call: &Call,
    path: &str,
    want: i32,
    change: impl FnOnce(&mut Options),
) -> Result<(), String> {
    let finished = run(target, scratch, &module(target, call, path, OPENS), change)?;
    match finished.code() == want || !is_native(target) {
        true => Ok(()),
        false => Err(format!("{path}: want {want}: {}", finished.describe())),
    }
}

fn ungranted(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let inside = scratch.path().join("inside");
    fs::create_dir(&inside).map_err(|e| e.to_string())?;
    let grant = |options: &mut Options| {
        let grant = Preopen::directory(inside.display().to_string(), "/");
        options.config.preopens.push(grant);
    };
    expect(target, scratch, &openat(0), "/etc/passwd", EACCES, |_| {})?;
    expect(target, scratch, &openat(0), "/etc/passwd", EACCES, grant)?;
    let beside = scratch.path().join("beside").display().to_string();
    expect(
        target,
        scratch,
        &openat(O_CREAT_WRONLY),
        &beside,
        EACCES,
        grant,
    )?;
    if is_native(target) && scratch.path().join("beside").exists() {
        return Err("a file was made outside".to_string());
    }
    Ok(())
}

fn granted(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let inside = scratch.path().join("inside");
    fs::create_dir(&inside).map_err(|e| e.to_string())?;
    fs::write(inside.join("old"), "old").map_err(|e| e.to_string())?;
    let old = inside.join("old").display().to_string();
    let new = inside.join("new").display().to_string();
    let grant = |read_only| {
        let host = inside.display().to_string();
        move |options: &mut Options| {
            options.config.preopens.push(Preopen {
                read_only,
                ..Preopen::directory(host, "/")
            });
        }
    };
    expect(target, scratch, &openat(0), &old, 0, grant(true))?;
    expect(target, scratch, &openat(1), &old, EACCES, grant(true))?;
    expect(
        target,
        scratch,
        &openat(O_CREAT_WRONLY),
        &new,
        EACCES,
        grant(true),
    )?;
    expect(target, scratch, &openat(1), &old, 0, grant(false))?;
    expect(
        target,
        scratch,
        &openat(O_CREAT_WRONLY),
        &new,
        0,
        grant(false),
    )
}

fn not_hardened(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let free = |options: &mut Options| options.config.no_harden = true;
    expect(target, scratch, &socket(), "", 0, free)?;
    expect(target, scratch, &openat(0), "/etc/passwd", 0, free)
}
