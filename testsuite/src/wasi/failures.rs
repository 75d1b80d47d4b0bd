//! Errors that only a system in a certain state gives, each through all doors to files: preview 1, WASI 0.2 and WASI 0.3.
//!
//! A case brings the system into that state and asks it first: where the system itself does not give the error, the case is skipped. What takes a
//! privilege (quotas, a lock of another machine, a device that fails) is not here; the table of error numbers is tested in the runtime library.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use wative::grants;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use super::preview2::{self, Door};
use super::script::module;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// A state of the system, and what each door must say in it.
struct Case {
    name: &'static str,
    make: fn(&Path) -> Result<State, String>,
    /// A script of `script.rs` for preview 1.
    preview1: &'static str,
    /// Operations of the guest `operations.c` with their results. Those of the second are for WASI 0.2 alone.
    preview2: &'static str,
    streams: &'static str,
}

/// What the case made of the system.
#[derive(Default)]
struct State {
    /// `HOST::GUEST`.
    dirs: Vec<String>,
    /// Where a disk is mounted before the guest starts, in a namespace of its own.
    disk: Option<PathBuf>,
    /// Bytes that a file may have.
    limit: Option<u64>,
    /// What must live as long as the guest runs.
    held: Held,
    /// Why the system does not give the error.
    skip: Option<String>,
    stdout: Option<File>,
}

/// A process, a directory and files that end with the case.
#[derive(Default)]
struct Held {
    process: Option<Child>,
    directory: Option<PathBuf>,
    files: Vec<File>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended by itself.
            process.kill().ok();
            process.wait().ok();
        }
        if let Some(directory) = &self.directory {
            fs::remove_dir_all(directory).ok();
        }
    }
}

const CASES: &[Case] = &[
    Case {
        name: "a file that is executed (text-file-busy)",
        make: executed,
        preview1: r#"
            path_open 3 0 "program" 0 64 0 0 100 = 74
            path_open 3 0 "program" 0 66 0 0 100 = 74
            path_open 3 0 "program" 8 64 0 0 100 = 74
            path_open 3 0 "program" 0 2 0 0 100 = 0
        "#,
        preview2: r#"
            open d1 d0 - "program" - w = text-file-busy
            open d1 d0 - "program" - rw = text-file-busy
            open d1 d0 - "program" t w = text-file-busy
            open d1 d0 - "program" - r = ok
        "#,
        streams: "",
    },
    Case {
        name: "two file systems (cross-device)",
        make: two_systems,
        preview1: r#"
            path_rename 3 "file" 4 "file" = 75
            path_link 3 0 "file" 4 "file" = 75
            path_rename 3 "sub" 4 "sub" = 75
            path_filestat_get 3 0 "file" 200 = 0
            path_filestat_get 4 0 "file" 200 = 44
        "#,
        preview2: r#"
            rename d0 "file" d1 "file" = cross-device
            link d0 - "file" d1 "file" = cross-device
            rename d0 "sub" d1 "sub" = cross-device
            stat-at d0 - "file" = regular-file links 1 size 9
            stat-at d1 - "file" = no-entry
        "#,
        streams: "",
    },
    Case {
        name: "a limit of the process (file-too-large)",
        make: limited,
        preview1: r#"
            path_open 3 0 "file" 0 66 0 0 100 = 0
            iov 0 "x"
            fd_pwrite 4 0 1 4095 200 = 0
            fd_pwrite 4 0 1 4096 200 = 22
            fd_filestat_set_size 4 4097 = 22
            fd_allocate 4 0 4097 = 22
            fd_seek 4 4096 0 200 = 0
            fd_write 4 0 1 200 = 22
            fd_filestat_set_size 4 4096 = 0
        "#,
        preview2: r#"
            open d1 d0 - "file" - rw = ok
            write d1 "x" 4095 = 1
            write d1 "x" 4096 = file-too-large
            set-size d1 4097 = file-too-large
            set-size d1 4096 = ok
        "#,
        streams: r#"
            out o1 d1 4096 = ok
            wait-put o1 "x" = failed file-too-large
            out o2 d1 4096 = ok
            wait-zeroes o2 1 = failed file-too-large
            append o3 d1 = ok
            wait-put o3 "x" = failed file-too-large
            permit o3 = closed
        "#,
    },
    Case {
        name: "a full device (insufficient-space)",
        make: full_device,
        preview1: r#"
            path_open 3 0 "full" 0 64 0 0 100 = 0
            iov 0 "x"
            fd_write 4 0 1 200 = 51
            fd_write 1 0 1 200 = 51
        "#,
        preview2: r#"
            open d1 d0 - "full" - w = ok
            write d1 "x" 0 = insufficient-space
        "#,
        streams: r#"
            out o1 d1 0 = ok
            wait-put o1 "x" = failed insufficient-space
            stdout o2 = ok
            wait-put o2 "x" = failed insufficient-space
        "#,
    },
    Case {
        name: "more than a disk has (insufficient-space)",
        make: shared_memory,
        preview1: r#"
            path_open 3 0 "file" 0 66 0 0 100 = 0
            fd_allocate 4 0 1125899906842624 = 51
            fd_filestat_get 4 200 = 0
            u64 232 = 9
        "#,
        preview2: "",
        streams: "",
    },
    Case {
        name: "a directory in use (busy)",
        make: plain,
        preview1: r#"
            path_rename 3 "." 3 "x" = 10
            path_rename 3 "sub/." 3 "x" = 10
            path_rename 3 "sub" 3 "." = 10
        "#,
        preview2: r#"
            rename d0 "." d0 "x" = busy
            rename d0 "sub/." d0 "x" = busy
            rename d0 "sub" d0 "." = busy
        "#,
        streams: "",
    },
    Case {
        name: "a disk with one file left, on a directory (busy, insufficient-space)",
        make: mounted,
        preview1: r#"
            path_remove_directory 3 "sub" = 10
            path_rename 3 "sub" 3 "x" = 10
            path_rename 3 "file" 3 "sub/file" = 75
            path_create_directory 3 "sub/a" = 0
            path_create_directory 3 "sub/b" = 51
            path_open 3 0 "sub/c" 1 66 0 0 100 = 51
            path_symlink "a" 3 "sub/d" = 51
            path_remove_directory 3 "sub/a" = 0
            path_open 3 0 "sub/c" 1 66 0 0 100 = 0
        "#,
        preview2: r#"
            rmdir d0 "sub" = busy
            rename d0 "sub" d0 "x" = busy
            rename d0 "file" d0 "sub/file" = cross-device
            mkdir d0 "sub/a" = ok
            mkdir d0 "sub/b" = insufficient-space
            open d1 d0 - "sub/c" c rw = insufficient-space
            symlink "a" d0 "sub/d" = insufficient-space
            rmdir d0 "sub/a" = ok
            open d1 d0 - "sub/c" c rw = ok
        "#,
        streams: "",
    },
    Case {
        name: "a pipe that does not wait (would-block, no-such-device)",
        make: pipe,
        preview1: r#"
            path_open 3 0 "pipe" 0 2 0 4 100 = 0
            iov 0 1000 8
            fd_read 4 0 1 200 = 6
            path_open 3 0 "full" 0 64 0 4 100 = 0
            iov 0 "x"
            fd_write 5 0 1 200 = 6
            path_open 3 0 "deserted" 0 64 0 4 100 = 60
        "#,
        preview2: "",
        streams: "",
    },
    Case {
        name: "a pipe has no positions (invalid-seek)",
        make: pipe,
        preview1: r#"
            path_open 3 0 "pipe" 0 66 0 4 100 = 0
            iov 0 1000 8
            fd_pread 4 0 1 0 200 = 70
            fd_pwrite 4 0 1 0 200 = 70
            fd_seek 4 0 0 200 = 70
            fd_tell 4 200 = 70
        "#,
        preview2: r#"
            open d1 d0 - "pipe" - rw = ok
            type d1 = fifo
        "#,
        streams: r#"
            read d1 8 0 = invalid-seek
            write d1 "x" 0 = invalid-seek
        "#,
    },
];

/// Runs the cases whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for case in CASES.iter().filter(|case| case.name.contains(filter)) {
        match judge(target, case) {
            Ok(None) => report.pass(1),
            Ok(Some(why)) => report.skip(1, why),
            Err(why) => report.outcome(case.name, Err(why)),
        }
    }
    report
}

/// `Some`: why the system does not give the error.
fn judge(target: &Target, case: &Case) -> Result<Option<String>, String> {
    let both = format!("{}{}", case.preview2, case.streams);
    let doors = [
        ("preview 1", None, case.preview1),
        ("WASI 0.2", Some(Door::Two), both.as_str()),
        ("WASI 0.3", Some(Door::Three), case.preview2),
    ];
    for (name, door, script) in doors.iter().filter(|door| !door.2.trim().is_empty()) {
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let directory = scratch.path().join("d");
        super::calls::populate(&directory).map_err(|e| e.to_string())?;
        let state = (case.make)(&directory)?;
        if let Some(why) = state.skip {
            return Ok(Some(why));
        }
        let tried = match door {
            None => preview1(target, &scratch, state, script),
            Some(door) => operations(target, &scratch, state, *door, script),
        };
        tried.map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(None)
}

fn preview1(target: &Target, scratch: &Scratch, state: State, script: &str) -> Result<(), String> {
    let text = module("wasi_snapshot_preview1", script);
    let finished = start(target, scratch, state, text.as_bytes(), "")?;
    match finished.code() {
        0 => Ok(()),
        _ => Err(finished.describe()),
    }
}

fn operations(
    target: &Target,
    scratch: &Scratch,
    state: State,
    door: Door,
    script: &str,
) -> Result<(), String> {
    let preopens = format!("preopens = {}", state.dirs.len());
    let lines = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let pairs: Vec<(&str, &str)> = std::iter::once(preopens.as_str())
        .chain(lines)
        .map(|line| line.rsplit_once(" = ").expect("a result"))
        .collect();
    let text: Vec<&str> = pairs.iter().map(|pair| pair.0).collect();
    let component = preview2::component(door)?;
    let finished = start(target, scratch, state, &component, &text.join("\n"))?;
    let told = target.words_of_program(&finished.stderr);
    let mut lines = told.lines();
    for (operation, wanted) in &pairs {
        let got = lines.next().unwrap_or("nothing");
        // The preopens' names follow their number.
        if !(got == *wanted || *operation == "preopens" && got.starts_with(wanted)) {
            return Err(format!("{operation}: {got}, want {wanted}"));
        }
    }
    Ok(())
}

fn start(
    target: &Target,
    scratch: &Scratch,
    state: State,
    program: &[u8],
    argument: &str,
) -> Result<Finished, String> {
    let explain = |e: Error| e.to_string();
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.verify = false;
    let mut args = wative::args::GrantArgs::default();
    for dir in &state.dirs {
        args.dirs.push(dir.parse()?);
    }
    options.config = grants::config(&args).map_err(|e| e.to_string())?;
    let executable = build(program, target, &options)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&path);
    command.arg(argument);
    if let Some(limit) = state.limit {
        command = under(limit, &command);
    }
    if let Some(place) = &state.disk {
        command = mounting(place, &command);
    }
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    match &state.stdout {
        None => command.stdout(Stdio::piped()),
        Some(file) => command.stdout(file.try_clone().map_err(explain)?),
    };
    let child = process::spawn(&mut command).map_err(explain)?;
    process::wait(child, program::LIMIT).map_err(explain)
}

/// The command with a limit for the size of files, in bytes: a multiple of a shell's blocks.
fn under(limit: u64, command: &Command) -> Command {
    let mut limited = Command::new("sh");
    // A block has 512 bytes by the standard.
    limited.args([
        "-c",
        &format!("ulimit -f {} && exec \"$0\" \"$@\"", limit / 512),
    ]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

/// The command where a disk that has room for one file is mounted.
fn mounting(place: &Path, command: &Command) -> Command {
    const INSIDE: &str = "mount -t tmpfs -o nr_inodes=2 none \"$0\" && exec \"$@\"";
    let mut inside = Command::new("unshare");
    inside.args(["-rm", "sh", "-c", INSIDE]).arg(place);
    inside.arg(command.get_program()).args(command.get_args());
    inside
}

// States.

fn mounted(directory: &Path) -> Result<State, String> {
    let place = directory.join("sub");
    let tried = mounting(&place, &Command::new("true"))
        .stderr(Stdio::null())
        .status();
    let can = tried.is_ok_and(|status| status.success());
    Ok(State {
        skip: (!can).then(|| "no namespaces can be made (unshare)".to_string()),
        disk: Some(place),
        ..plain(directory)?
    })
}

fn grant(directory: &Path, guest: &str) -> String {
    format!("{}::{guest}", directory.display())
}

fn plain(directory: &Path) -> Result<State, String> {
    Ok(State {
        dirs: vec![grant(directory, "/")],
        ..State::default()
    })
}

/// A state in which the system must give this error.
fn giving<T>(state: State, kind: ErrorKind, tried: std::io::Result<T>) -> State {
    let skip = match tried {
        Err(error) if error.kind() == kind => None,
        _ => Some(format!("the system does not say {kind:?} here")),
    };
    State { skip, ..state }
}

fn executed(directory: &Path) -> Result<State, String> {
    let program = directory.join("program");
    let explain = |e: Error| e.to_string();
    let sleep = crate::target::find("sleep").ok_or("there is no sleep")?;
    fs::copy(sleep, &program).map_err(explain)?;
    let mut command = Command::new(&program);
    command.arg("60").stdin(Stdio::null());
    let process = process::spawn(&mut command).map_err(explain)?;
    let mut state = plain(directory)?;
    state.held.process = Some(process);
    let tried = OpenOptions::new().write(true).open(&program);
    Ok(giving(state, ErrorKind::ExecutableFileBusy, tried))
}

fn two_systems(directory: &Path) -> Result<State, String> {
    let name = directory.parent().and_then(Path::file_name);
    let other = std::env::temp_dir().join(name.unwrap_or_default());
    let mut state = plain(directory)?;
    if fs::create_dir(&other).is_err() {
        state.skip = Some("there is no second file system".to_string());
        return Ok(state);
    }
    state.dirs.push(grant(&other, "/other"));
    state.held.directory = Some(other.clone());
    let tried = fs::rename(directory.join("file"), other.join("file"));
    Ok(giving(state, ErrorKind::CrossesDevices, tried))
}

fn limited(directory: &Path) -> Result<State, String> {
    Ok(State {
        limit: Some(4096),
        ..plain(directory)?
    })
}

fn full_device(_: &Path) -> Result<State, String> {
    let device = Path::new("/dev");
    let full = OpenOptions::new().write(true).open(device.join("full"));
    let tried = match &full {
        Ok(file) => (&*file).write(b"x").map(|_| ()),
        Err(error) => Err(Error::from(error.kind())),
    };
    let mut state = plain(device)?;
    state.stdout = full.ok();
    Ok(giving(state, ErrorKind::StorageFull, tried))
}

/// Memory as a disk knows at once that there is not so much of it.
fn shared_memory(directory: &Path) -> Result<State, String> {
    let mut state = plain(directory)?;
    if !directory.starts_with("/dev/shm") {
        state.skip = Some("tests are not on a disk of memory here".to_string());
    }
    Ok(state)
}

/// A pipe that has nothing, one that has no room, and one that nobody reads.
fn pipe(directory: &Path) -> Result<State, String> {
    let explain = |e: Error| e.to_string();
    let mut state = plain(directory)?;
    for name in ["pipe", "full", "deserted"] {
        let made = Command::new("mkfifo").arg(directory.join(name)).status();
        if !made.map_err(explain)?.success() {
            return Err("mkfifo failed".to_string());
        }
    }
    for name in ["pipe", "full"] {
        const NONBLOCK: i32 = 0o4000;
        let mut both = OpenOptions::new();
        both.read(true).write(true).custom_flags(NONBLOCK);
        state
            .held
            .files
            .push(both.open(directory.join(name)).map_err(explain)?);
    }
    // A page at a time: one byte would leave no page free, but room in the last.
    while state.held.files[1].write(&[0; 4096]).is_ok() {}
    Ok(state)
}
