//! Every call that takes a descriptor, on files and directories that were opened for nothing, for reading, for writing and for both. The
//! kernel is the oracle: the same is done in a twin of the directory by plain system calls, and error numbers and contents must agree.
//!
//! Rights that are asked for decide only how a file is opened, so those of the file's size, which once meant writing, mean nothing here.

use std::fs;
use std::os::fd::BorrowedFd;
use std::process::Stdio;

use rustix::fs::{
    self as sys, Advice, AtFlags, FallocateFlags, Mode, OFlags, RawDir, SeekFrom, Timespec,
    Timestamps,
};
use rustix::io::{self, Errno};
use wative_compiler::host;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Preopen};

use super::calls::populate;
use super::script::module;
use crate::process::{self, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

const READ: u64 = 1 << 1;
const WRITE: u64 = 1 << 6;
const ALLOCATE: u64 = 1 << 8;
const READDIR: u64 = 1 << 14;
const SET_SIZE: u64 = 1 << 22;

/// What is opened, the rights that are asked for, and how the kernel opens it.
const OPENED: [(&str, u64, OFlags); 9] = [
    ("file", 0, OFlags::RDONLY),
    ("file", READ, OFlags::RDONLY),
    ("file", ALLOCATE | SET_SIZE, OFlags::RDONLY),
    ("file", WRITE, OFlags::WRONLY),
    ("file", WRITE | READDIR, OFlags::WRONLY),
    ("file", READ | WRITE, OFlags::RDWR),
    ("sub", 0, OFlags::RDONLY),
    ("sub", READ, OFlags::RDONLY),
    ("sub", READDIR, OFlags::RDONLY),
];

/// How an error number is found.
enum Oracle {
    /// By the kernel.
    Kernel(fn(BorrowedFd) -> io::Result<()>),
    /// By the kernel on files; on directories it is `badf`, as in every runtime, where Linux allows more or has another number.
    OfFiles(fn(BorrowedFd) -> io::Result<()>),
    /// WASI's alone.
    Constant(u32),
}

use Oracle::{Constant, Kernel, OfFiles};

const BADF: u32 = 8;
const NOTSOCK: u32 = 57;

/// Calls on descriptor 4; memory has a vector of 4 bytes at 0, one of the text "xy" at 8, and a subscription at 600.
const CALLS: &[(&str, Oracle)] = &[
    (
        "fd_fdstat_get 4 300",
        Kernel(|fd| sys::fcntl_getfl(fd).map(drop)),
    ),
    (
        "fd_filestat_get 4 300",
        Kernel(|fd| sys::fstat(fd).map(drop)),
    ),
    ("fd_prestat_get 4 300", Constant(BADF)),
    ("fd_prestat_dir_name 4 300 9", Constant(BADF)),
    (
        "fd_read 4 0 1 200",
        OfFiles(|fd| io::read(fd, &mut [0; 4]).map(drop)),
    ),
    (
        "fd_pread 4 0 1 2 200",
        OfFiles(|fd| io::pread(fd, &mut [0; 4], 2).map(drop)),
    ),
    (
        "fd_write 4 8 1 200",
        OfFiles(|fd| io::write(fd, b"xy").map(drop)),
    ),
    (
        "fd_pwrite 4 8 1 2 200",
        OfFiles(|fd| io::pwrite(fd, b"xy", 2).map(drop)),
    ),
    (
        "fd_seek 4 1 0 200",
        OfFiles(|fd| sys::seek(fd, SeekFrom::Start(1)).map(drop)),
    ),
    ("fd_tell 4 200", OfFiles(|fd| sys::tell(fd).map(drop))),
    (
        "fd_advise 4 0 4 0",
        OfFiles(|fd| sys::fadvise(fd, 0, std::num::NonZero::new(4), Advice::Normal)),
    ),
    (
        "fd_allocate 4 0 20",
        OfFiles(|fd| sys::fallocate(fd, FallocateFlags::empty(), 0, 20)),
    ),
    (
        "fd_filestat_set_size 4 6",
        OfFiles(|fd| sys::ftruncate(fd, 6)),
    ),
    (
        "fd_filestat_set_times 4 1000000001 2000000002 5",
        Kernel(|fd| sys::futimens(fd, &TIMES)),
    ),
    ("fd_sync 4", OfFiles(|fd| sys::fsync(fd))),
    ("fd_datasync 4", OfFiles(|fd| sys::fdatasync(fd))),
    (
        "fd_fdstat_set_flags 4 4",
        OfFiles(|fd| sys::fcntl_setfl(fd, OFlags::NONBLOCK)),
    ),
    (
        "fd_readdir 4 1000 4096 0 200",
        Kernel(|fd| {
            let mut buffer = Vec::with_capacity(4096);
            let mut entries = RawDir::new(fd, buffer.spare_capacity_mut());
            entries.next().transpose().map(drop)
        }),
    ),
    ("poll_oneoff 600 700 1 800", Constant(0)),
    ("sock_accept 4 0 200", Constant(NOTSOCK)),
    ("sock_recv 4 0 1 0 200 204", Constant(NOTSOCK)),
    ("sock_send 4 8 1 0 200", Constant(NOTSOCK)),
    ("sock_shutdown 4 1", Constant(NOTSOCK)),
    (
        "path_open 4 0 \"none\" 0 2 0 0 200",
        Kernel(|fd| sys::openat(fd, "none", OFlags::RDONLY, Mode::empty()).map(drop)),
    ),
    (
        "path_open 4 0 \"made\" 1 64 0 0 200",
        Kernel(|fd| {
            let flags = OFlags::WRONLY | OFlags::CREATE;
            sys::openat(fd, "made", flags, Mode::from_raw_mode(0o666)).map(drop)
        }),
    ),
    (
        "path_create_directory 4 \"folder\"",
        Kernel(|fd| sys::mkdirat(fd, "folder", Mode::from_raw_mode(0o777))),
    ),
    (
        "path_filestat_get 4 0 \"made\" 300",
        Kernel(|fd| sys::statat(fd, "made", AtFlags::SYMLINK_NOFOLLOW).map(drop)),
    ),
    (
        "path_filestat_set_times 4 0 \"made\" 1000000001 2000000002 5",
        Kernel(|fd| sys::utimensat(fd, "made", &TIMES, AtFlags::SYMLINK_NOFOLLOW)),
    ),
    (
        "path_link 4 0 \"made\" 4 \"second\"",
        Kernel(|fd| sys::linkat(fd, "made", fd, "second", AtFlags::empty())),
    ),
    (
        "path_symlink \"made\" 4 \"points\"",
        Kernel(|fd| sys::symlinkat("made", fd, "points")),
    ),
    (
        "path_readlink 4 \"points\" 300 100 200",
        Kernel(|fd| sys::readlinkat(fd, "points", Vec::new()).map(drop)),
    ),
    (
        "path_rename 4 \"second\" 4 \"third\"",
        Kernel(|fd| sys::renameat(fd, "second", fd, "third")),
    ),
    (
        "path_unlink_file 4 \"third\"",
        Kernel(|fd| sys::unlinkat(fd, "third", AtFlags::empty())),
    ),
    (
        "path_remove_directory 4 \"folder\"",
        Kernel(|fd| sys::unlinkat(fd, "folder", AtFlags::REMOVEDIR)),
    ),
    ("fd_fdstat_set_rights 4 0 0", Constant(0)),
    ("fd_renumber 4 4", Constant(0)),
    ("fd_close 4", Constant(0)),
];

const TIMES: Timestamps = Timestamps {
    last_access: Timespec {
        tv_sec: 1,
        tv_nsec: 1,
    },
    last_modification: Timespec {
        tv_sec: 2,
        tv_nsec: 2,
    },
};

/// WASI's number for an error of the kernel's that may come.
fn number(errno: Errno) -> Result<u32, String> {
    let pairs = [
        (Errno::BADF, BADF),
        (Errno::EXIST, 20),
        (Errno::INVAL, 28),
        (Errno::ISDIR, 31),
        (Errno::NOENT, 44),
        (Errno::NOTDIR, 54),
    ];
    let pair = pairs.iter().find(|(known, _)| *known == errno);
    pair.map(|(_, wasi)| *wasi)
        .ok_or_else(|| format!("the kernel says {errno}"))
}

/// Runs a case for each way of opening, and checks that no call was forgotten.
pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for (name, rights, flags) in OPENED {
        let case = format!("every call on `{name}` opened with rights {rights:#x}");
        if case.contains(filter) {
            report.outcome(&case, run(target, name, rights, flags));
        }
    }
    if filter.is_empty() {
        report.outcome("every call that takes a descriptor", all_called());
    }
    report
}

fn all_called() -> Result<(), String> {
    let takes = |name: &str| {
        let kinds = ["fd_", "path_", "sock_", "poll_"];
        kinds.iter().any(|kind| name.starts_with(kind))
    };
    let called = |name: &str| {
        let mut calls = CALLS.iter().map(|(call, _)| call.split(' ').next());
        calls.any(|call| call == Some(name))
    };
    let names = host::functions(host::WASI_MODULES[0]).map(|import| import.name);
    let missing: Vec<&str> = names.filter(|name| takes(name) && !called(name)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!("no case calls {}", missing.join(", "))),
    }
}

fn run(target: &Target, name: &str, rights: u64, flags: OFlags) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let scratch = Scratch::new().map_err(explain)?;
    let (own, twin) = (scratch.path().join("own"), scratch.path().join("twin"));
    populate(&own).map_err(explain)?;
    populate(&twin).map_err(explain)?;
    let opened = sys::open(twin.join(name), flags, Mode::empty()).map_err(|e| e.to_string())?;
    let fd = std::os::fd::AsFd::as_fd(&opened);
    let mut text = format!(
        "iov 0 1000 4\niov 8 \"xy\"\nset32 608 1\nset32 616 4\npath_open 3 0 \"{name}\" 0 {rights} 0 0 100 = 0\nu32 100 = 4\n"
    );
    for (call, oracle) in CALLS {
        let answer = match oracle {
            Constant(number) => *number,
            OfFiles(_) if name == "sub" => BADF,
            Kernel(ask) | OfFiles(ask) => ask(fd).map_or_else(number, |()| Ok(0))?,
        };
        text.push_str(&format!("{call} = {answer}\n"));
    }
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let grant = Preopen::directory(own.display().to_string(), "/d");
    options.config.preopens.push(grant);
    let module = module("wasi_snapshot_preview1", &text);
    let executable = build(module.as_bytes(), target, &options)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    if finished.code() != 0 {
        let line = String::from_utf8_lossy(&finished.stderr).into_owned();
        let line = line.split(' ').next().and_then(|word| word.parse().ok());
        let line = line.and_then(|line: usize| text.lines().nth(line - 1));
        return Err(format!("{}: {}", finished.describe(), line.unwrap_or("")));
    }
    let read = |root: &std::path::Path| fs::read(root.join("file")).map_err(explain);
    match read(&own)? == read(&twin)? {
        true => Ok(()),
        false => Err("the contents differ from the twin's".to_string()),
    }
}
