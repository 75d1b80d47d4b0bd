//! What was granted when the executable was built, and nothing else: directories, single files, files inside the executable,
//! environment, sockets, memory; and `wative inspect`, which tells all of it.

use std::fs::{self, FileTimes};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use wative::args::GrantArgs;
use wative::{executable, grants};
use wative_compiler::ir::MemoryMode;
use wative_compiler::obj::FILES_SECTION;
use wative_compiler::options::OptLevel;

use super::calls::populate;
use super::script::module;
use crate::elf;
use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

const SNAPSHOT: &str = "wasi_snapshot_preview1";

type Test = fn(&Target, &Scratch) -> Result<(), String>;

/// Runs the tests whose names contain the filter.
pub fn report(target: &Target, filter: &str) -> Report {
    let tests: [(&str, Test); 13] = [
        ("nothing is granted by default (wasmer#4267)", nothing),
        ("a directory for reading", read_only),
        (
            "rights do not grow by links and renames",
            rights_do_not_grow,
        ),
        ("single files", single_files),
        ("times beyond what WASI can tell", times),
        ("files inside the executable", embedded),
        ("environment", environment),
        ("a granted directory must exist", missing),
        ("grants of whoever runs it, where allowed", runtime_grants),
        ("no grants of whoever runs it otherwise", no_runtime_grants),
        ("a listening socket", listening),
        ("a limit of memory", memory_limit),
        ("inspect tells all of it", inspect),
    ];
    let mut report = Report::default();
    for (name, test) in tests.iter().filter(|(name, _)| name.contains(filter)) {
        let result = Scratch::new()
            .map_err(|e| e.to_string())
            .and_then(|scratch| {
                populate(&scratch.path().join("d")).map_err(|e| e.to_string())?;
                test(target, &scratch)
            });
        report.outcome(name, result);
    }
    report
}

/// Options of the command line: name and value.
fn parse(pairs: &[(&str, String)]) -> Result<GrantArgs, String> {
    let mut args = GrantArgs::default();
    for (name, value) in pairs {
        match *name {
            "dir" => args.dirs.push(value.parse()?),
            "file" => args.files.push(value.parse()?),
            "embed" => args.embed_dirs.push(value.parse()?),
            "env" => args.env.push(value.parse()?),
            "listen" => args.listen.push(value.parse().map_err(|_| "an address")?),
            "connect" => args.allow_connect.push(value.parse()?),
            "bind" => args.allow_bind.push(value.parse()?),
            "udp" => args.allow_udp.push(value.parse()?),
            "dns" => args.allow_dns.push(value.parse()?),
            "limit" => args.memory_limit = Some(value.parse()?),
            "inherit" => args.inherit_env = true,
            "runtime" => args.allow_runtime_grants = true,
            other => return Err(format!("no option {other}")),
        }
    }
    Ok(args)
}

fn compile(target: &Target, text: &str, pairs: &[(&str, String)]) -> Result<Vec<u8>, String> {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config = grants::config(&parse(pairs)?).map_err(|e| e.to_string())?;
    build(text.as_bytes(), target, &options)
}

/// Runs a script with these grants; what differs from success is an error.
fn script(
    target: &Target,
    scratch: &Scratch,
    text: &str,
    pairs: &[(&str, String)],
) -> Result<(), String> {
    succeed(start(target, scratch, text, pairs, |_| {})?)
}

fn succeed(finished: Finished) -> Result<(), String> {
    match finished.code() {
        0 => Ok(()),
        _ => Err(finished.describe()),
    }
}

fn start(
    target: &Target,
    scratch: &Scratch,
    text: &str,
    pairs: &[(&str, String)],
    change: impl FnOnce(&mut Command),
) -> Result<Finished, String> {
    let executable = compile(target, &module(SNAPSHOT, text), pairs)?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null()).current_dir(scratch.path());
    change(&mut command);
    process::run(command, program::LIMIT).map_err(|e| e.to_string())
}

fn dir(grant: &str) -> (&'static str, String) {
    ("dir", grant.to_string())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn same(what: &str, got: &str, want: &str) -> Result<(), String> {
    if got == want {
        Ok(())
    } else {
        Err(format!("{what}: {got:?}, want {want:?}"))
    }
}

/// The working directory is not mounted, no variable is passed.
fn nothing(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        fd_prestat_get 3 200 = 8
        path_open 3 0 "d/file" 0 2 0 0 100 = 8
        environ_sizes_get 0 4 = 0
        u32 0 = 0
        iov 0 1000 4
        fd_read 3 0 1 200 = 8
    "#;
    script(target, scratch, text, &[])
}

/// Nothing can be changed, whatever is asked for. Includes opening with truncation, which changes a file that is opened for reading. A
/// descriptor that is not open for writing is refused as by the kernel.
fn read_only(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        path_open 3 0 "file" 0 2 0 0 100 = 0
        iov 0 1000 8
        fd_read 4 0 1 200 = 0
        text 1000 = "contents"
        # What a library asks for when it only reads: all rights but those of writing.
        path_open 3 0 "file" 0 $REST $ALL 0 100 = 0
        fd_fdstat_get 5 200 = 0
        # Reading, the position, flags, synchronisation, advice, attributes, waiting.
        u64 208 = 136315071
        u64 216 = 0
        fd_filestat_set_size 5 0 = 28
        fd_filestat_set_times 5 0 0 10 = 63
        fd_allocate 5 0 100 = 8
        fd_write 5 0 1 200 = 8
        fd_pwrite 5 0 1 0 200 = 8
        fd_fdstat_set_rights 5 66 0 = 76
        fd_write 5 0 1 200 = 8
        # And with no rights at all.
        path_open 3 0 "file" 0 0 0 0 100 = 0
        fd_read 6 0 1 200 = 0
        u32 200 = 8
        fd_filestat_set_size 6 0 = 28
        fd_filestat_set_times 6 0 0 10 = 63
        fd_allocate 6 0 100 = 8
        fd_write 6 0 1 200 = 8
        path_open 3 0 "file" 0 64 0 0 100 = 63
        path_open 3 0 "file" 0 66 0 0 100 = 63
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 63
        path_open 3 0 "file" 0 64 0 1 100 = 63
        path_open 3 1 "link" 0 64 0 0 100 = 63
        path_open 3 0 "file" 8 2 0 0 100 = 63
        path_open 3 0 "file" 8 0 0 0 100 = 63
        path_open 3 0 "file" 9 0 0 0 100 = 63
        path_open 3 0 "new" 1 2 0 0 100 = 63
        path_open 3 0 "new" 1 0 0 0 100 = 63
        path_open 3 0 "new" 5 0 0 0 100 = 63
        path_create_directory 3 "new" = 63
        path_remove_directory 3 "sub" = 63
        path_unlink_file 3 "file" = 63
        path_symlink "file" 3 "new" = 63
        path_rename 3 "file" 3 "new" = 63
        path_link 3 0 "file" 3 "new" = 63
        path_filestat_set_times 3 0 "file" 0 0 10 = 63
        path_filestat_set_times 3 1 "link" 0 0 10 = 63
        fd_filestat_set_times 3 0 0 10 = 63
        path_filestat_get 3 0 "file" 200 = 0
        path_readlink 3 "link" 200 100 300 = 0
        # The same below: a folder opened in it is no better, with whatever rights.
        path_open 3 0 "sub" 2 $REST $ALL 0 100 = 0
        path_open 3 0 "sub" 2 0 0 0 100 = 0
        u32 100 = 8
        path_open 3 0 "sub" 2 66 $ALL 0 100 = 63
        path_open 7 0 "new" 1 64 0 0 100 = 63
        path_open 8 0 "new" 1 0 0 0 100 = 63
        path_create_directory 7 "new" = 63
        path_create_directory 8 "new" = 63
        path_symlink "file" 8 "new" = 63
        path_link 3 0 "file" 8 "new" = 63
        path_rename 3 "file" 8 "new" = 63
        path_unlink_file 8 "none" = 63
        path_remove_directory 8 "none" = 63
        fd_filestat_set_times 7 0 0 10 = 63
        fd_filestat_set_times 8 0 0 10 = 63
        path_filestat_set_times 8 0 "none" 0 0 10 = 63
        # Nor does another number or a smaller set of rights help.
        fd_renumber 8 5 = 0
        path_create_directory 5 "new" = 63
        fd_fdstat_set_rights 5 8192 66 = 0
        path_create_directory 5 "new" = 63
        path_open 5 0 "." 2 0 0 0 100 = 0
        u32 100 = 8
        path_open 5 0 "new" 1 64 0 0 100 = 63
        path_open 3 0 "sub/.." 2 0 0 0 100 = 0
        path_unlink_file 9 "file" = 63
        path_open 9 0 "file" 0 64 0 0 100 = 63
    "#;
    let times = || {
        let meta = fs::symlink_metadata(scratch.path().join("d/file"));
        meta.and_then(|meta| meta.modified())
            .map_err(|e| e.to_string())
    };
    let before = times()?;
    script(target, scratch, text, &[dir("d::/:ro")])?;
    same("file", &read(&scratch.path().join("d/file"))?, "contents\n")?;
    if times()? != before {
        return Err("the time changed".to_string());
    }
    same(
        "new",
        &scratch.path().join("d/new").exists().to_string(),
        "false",
    )
}

fn rights_do_not_grow(target: &Target, scratch: &Scratch) -> Result<(), String> {
    fs::create_dir(scratch.path().join("w")).map_err(|e| e.to_string())?;
    let text = r#"
        # 3 is for reading, 4 for writing; a name in 4 would make the file writable.
        path_link 3 0 "file" 4 "stolen" = 63
        path_rename 3 "file" 4 "stolen" = 63
        path_open 4 0 "own" 1 64 0 0 100 = 0
        path_rename 4 "own" 3 "gift" = 63
        path_link 4 0 "own" 3 "gift" = 63
        # The same if the guest itself gave rights away: 8 passes on reading only.
        path_create_directory 4 "less" = 0
        path_open 4 0 "less" 2 0 0 0 100 = 0
        path_open 6 0 "kept" 1 64 0 0 100 = 0
        path_open 4 0 "less" 2 0 0 0 100 = 0
        fd_fdstat_get 8 200 = 0
        fd_fdstat_set_rights 8 262144 2 = 0
        fd_fdstat_set_rights 8 262145 2 = 76
        fd_fdstat_set_rights 8 262144 66 = 76
        path_link 8 0 "kept" 4 "stolen" = 76
        path_rename 8 "kept" 4 "stolen" = 76
        path_open 8 0 "kept" 0 2 0 0 100 = 76
        path_filestat_get 8 0 "kept" 200 = 0
        path_open 4 0 "less" 2 0 0 0 100 = 0
        fd_fdstat_set_rights 9 10240 2 = 0
        path_open 9 0 "kept" 0 64 0 0 100 = 76
        path_open 9 0 "kept" 0 66 0 0 100 = 76
        path_open 9 0 "kept" 0 0 0 0 100 = 0
        fd_filestat_set_times 10 0 0 10 = 76
        fd_filestat_get 10 300 = 76
        path_link 9 0 "kept" 4 "stolen" = 76
        path_link 6 0 "kept" 4 "fine" = 0
        path_rename 6 "kept" 4 "fine too" = 0
    "#;
    script(target, scratch, text, &[dir("d::/r:ro"), dir("w::/w")])
}

/// Times before 1970 are 0 and late ones the last that there is, as far as the file system keeps them.
fn times(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let path = scratch.path().join("d/file");
    let set = |seconds: i64| {
        let file = fs::File::options().write(true).open(&path)?;
        let distance = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            SystemTime::UNIX_EPOCH - distance
        } else {
            SystemTime::UNIX_EPOCH + distance
        };
        file.set_times(FileTimes::new().set_accessed(time).set_modified(time))?;
        fs::metadata(&path)
    };
    let told = |sec: i64, nsec: i64| match u64::try_from(sec) {
        Ok(sec) => sec
            .saturating_mul(1_000_000_000)
            .saturating_add(nsec as u64),
        Err(_) => 0,
    };
    for seconds in [
        -304_646_400,
        -1,
        1,
        4_000_000_000,
        18_446_744_073,
        18_446_744_074,
        1 << 40,
    ] {
        let meta = set(seconds).map_err(explain)?;
        let access = told(meta.atime(), meta.atime_nsec());
        let modification = told(meta.mtime(), meta.mtime_nsec());
        let text = format!(
            "path_filestat_get 3 0 \"file\" 200 = 0\nu64 240 = {access}\nu64 248 = {modification}\n\
             path_open 3 0 \"file\" 0 0 0 0 100 = 0\nfd_filestat_get 4 200 = 0\nu64 248 = {modification}"
        );
        script(target, scratch, &text, &[dir("d::/:ro")]).map_err(|e| format!("{seconds}: {e}"))?;
    }
    // The other way: the latest time that WASI has, or what the file system makes of it.
    let text = r#"
        path_filestat_set_times 3 0 "file" 18446744073709551615 18446744073709551615 5 = 0
        path_open 3 0 "file" 0 0 0 0 100 = 0
        fd_filestat_set_times 4 0 18446744073709551615 4 = 0
    "#;
    script(target, scratch, text, &[dir("d::/")])?;
    let set = fs::metadata(&path).map_err(explain)?;
    let latest = (18_446_744_073, 709_551_615);
    // ext4 ends in 2446.
    if (set.mtime(), set.mtime_nsec()) != latest && set.mtime() < 15_000_000_000 {
        return Err(format!("set to {}", set.mtime()));
    }
    Ok(())
}

fn single_files(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        fd_prestat_get 3 200 = 0
        u32 204 = 4
        fd_prestat_dir_name 3 300 4 = 0
        text 300 = "/etc"
        path_open 3 0 "one" 0 2 0 0 100 = 0
        iov 0 1000 8
        fd_read 4 0 1 200 = 0
        text 1000 = "contents"
        fd_filestat_set_times 4 0 0 10 = 63
        fd_filestat_set_size 4 0 = 28
        fd_allocate 4 0 1 = 8
        fd_write 4 0 1 200 = 8
        path_open 3 0 "one" 0 64 0 0 100 = 63
        path_open 3 0 "one" 0 $ALL $ALL 0 100 = 63
        path_open 3 0 "one" 8 2 0 0 100 = 63
        path_open 3 0 "one" 9 0 0 0 100 = 63
        path_filestat_set_times 3 0 "one" 0 0 10 = 63
        path_filestat_set_times 3 0 "two" 0 0 10 = 63
        path_open 3 0 "two" 9 64 0 0 100 = 0
        iov 0 "written"
        fd_write 5 0 1 200 = 0
        path_filestat_get 3 0 "two" 400 = 0
        u64 432 = 7
        path_open 3 0 "two" 5 64 0 0 100 = 20
        path_open 3 0 "file" 0 2 0 0 100 = 44
        path_open 3 0 "three" 1 64 0 0 100 = 63
        path_open 3 0 "../d/file" 0 2 0 0 100 = 63
        path_open 3 0 "one/" 0 2 0 0 100 = 54
        path_open 3 0 "one" 2 2 0 0 100 = 54
        path_unlink_file 3 "two" = 63
        path_rename 3 "two" 3 "x" = 63
        path_link 3 0 "two" 3 "x" = 63
        path_create_directory 3 "x" = 63
        fd_readdir 3 2000 4096 0 200 = 0
        u32 200 = 105
        path_open 3 0 "." 2 $REST $ALL 0 100 = 0
        u32 100 = 6
        path_open 6 0 ".." 2 0 0 0 100 = 63
    "#;
    fs::write(scratch.path().join("second"), "previous text").map_err(|e| e.to_string())?;
    let files = [
        ("file", "d/file::/etc/one:ro".to_string()),
        ("file", "second::/etc/two".to_string()),
    ];
    script(target, scratch, text, &files)?;
    same("file", &read(&scratch.path().join("second"))?, "written")?;
    // A link in place of the file is not followed out of its directory.
    let escape = || -> std::io::Result<()> {
        fs::write(scratch.path().join("d/secret"), "secret")?;
        fs::remove_file(scratch.path().join("second"))?;
        let secret = scratch.path().join("d/secret");
        std::os::unix::fs::symlink(secret, scratch.path().join("second"))
    };
    escape().map_err(|e| e.to_string())?;
    let text = r#"path_open 3 1 "two" 0 2 0 0 100 = 63"#;
    script(target, scratch, text, &files)
}

/// The folder is gone when the program runs.
fn embedded(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        fd_prestat_dir_name 3 300 4 = 0
        text 300 = "/lib"
        path_open 3 0 "sub/../sub/./deep" 0 $ALL 0 0 100 = 63
        path_open 3 0 "sub/../sub/./deep" 0 $REST 0 0 100 = 0
        iov 0 1000 4
        iov 8 1010 100
        fd_read 4 0 2 200 = 0
        u32 200 = 10
        text 1000 = "0123"
        text 1010 = "456789"
        fd_read 4 0 2 200 = 0
        u32 200 = 0
        fd_seek 4 -3 2 200 = 0
        u64 200 = 7
        fd_seek 4 -8 1 200 = 28
        fd_seek 4 0 1 200 = 0
        u64 200 = 7
        fd_tell 4 200 = 0
        u64 200 = 7
        fd_seek 4 100 0 200 = 0
        fd_read 4 0 1 200 = 0
        u32 200 = 0
        fd_pread 4 0 1 8 200 = 0
        u32 200 = 2
        text 1000 = "89"
        fd_pread 4 0 1 18446744073709551615 200 = 0
        u32 200 = 0
        fd_filestat_get 4 400 = 0
        u8 416 = 4
        u64 432 = 10
        fd_fdstat_get 4 200 = 0
        u8 200 = 4
        fd_advise 4 0 0 0 = 0
        fd_write 4 0 1 200 = 8
        fd_pwrite 4 0 1 0 200 = 8
        fd_filestat_set_size 4 0 = 28
        fd_filestat_set_times 4 0 0 10 = 63
        fd_allocate 4 0 1 = 8
        fd_sync 4 = 0
        fd_datasync 4 = 0
        fd_fdstat_set_flags 4 2 = 28
        fd_fdstat_set_flags 4 4 = 0
        fd_fdstat_get 4 200 = 0
        u16 202 = 4
        sock_recv 4 0 1 0 200 204 = 57
        sock_send 4 0 1 0 200 = 57
        sock_shutdown 4 1 = 57
        # Always ready to be read.
        fd_seek 4 8 0 200 = 0
        set32 608 1
        set32 616 4
        poll_oneoff 600 700 1 800 = 0
        u32 800 = 1
        u16 708 = 0
        u64 716 = 2
        path_filestat_get 3 1 "link" 400 = 0
        u64 432 = 9
        path_readlink 3 "link" 400 10 420 = 28
        path_readlink 3 "none" 400 10 420 = 44
        path_filestat_get 3 0 "sub" 400 = 0
        u8 416 = 3
        path_open 3 0 "sub" 2 $REST $ALL 0 100 = 0
        u32 100 = 5
        # Entries of 25, 26 and 28 bytes: itself, the one above, the file.
        fd_readdir 5 2000 4096 0 200 = 0
        u32 200 = 79
        text 2075 = "deep"
        u64 2051 = 3
        fd_readdir 5 2000 4096 2 200 = 0
        u32 200 = 28
        fd_readdir 5 2000 4096 3 200 = 0
        u32 200 = 0
        fd_readdir 5 2000 10 0 200 = 0
        u32 200 = 10
        fd_readdir 5 2000 4096 18446744073709551615 200 = 0
        u32 200 = 0
        path_open 5 0 ".." 2 0 0 0 100 = 63
        path_open 5 0 "../file" 0 2 0 0 100 = 63
        path_open 3 0 ".." 2 0 0 0 100 = 63
        path_open 3 0 "/lib/file" 0 2 0 0 100 = 63
        path_open 3 0 "" 0 2 0 0 100 = 44
        path_open 3 0 "file/x" 0 2 0 0 100 = 54
        path_open 3 0 "file/" 0 2 0 0 100 = 54
        path_open 3 0 "file" 2 2 0 0 100 = 54
        path_open 3 0 "fil" 0 2 0 0 100 = 44
        path_open 3 0 "filf" 0 2 0 0 100 = 44
        path_open 3 0 "sub" 0 64 0 0 100 = 31
        path_open 3 0 "file" 8 2 0 0 100 = 63
        path_open 3 0 "new" 1 2 0 0 100 = 63
        path_unlink_file 3 "file" = 63
        path_create_directory 3 "new" = 63
        path_symlink "file" 3 "new" = 63
        path_filestat_set_times 3 0 "file" 0 0 10 = 63
        fd_filestat_set_times 3 0 0 10 = 63
        fd_read 3 0 1 200 = 8
        fd_sync 3 = 8
        fd_fdstat_set_flags 3 4 = 8
        # With no rights they can be read all the same.
        path_open 3 0 "sub" 2 0 0 0 100 = 0
        path_open 6 0 "deep" 0 0 0 4 100 = 0
        fd_fdstat_get 7 200 = 0
        u16 202 = 4
        fd_read 7 0 1 200 = 0
        u32 200 = 4
        fd_readdir 6 2000 4096 0 200 = 0
        u32 200 = 79
        fd_renumber 4 5 = 0
        fd_read 5 0 1 200 = 0
        u32 200 = 2
        fd_close 5 = 0
        fd_close 5 = 8
        fd_readdir 3 2000 4096 0 200 = 0
    "#;
    let folder = scratch.path().join("d");
    fs::write(folder.join("sub/deep"), "0123456789").map_err(|e| e.to_string())?;
    let embed = ("embed", format!("{}::/lib", folder.display()));
    let executable = compile(target, &module(SNAPSHOT, text), &[embed])?;
    elf::has_segment(&executable, FILES_SECTION)?;
    fs::remove_dir_all(&folder).map_err(|e| e.to_string())?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)
}

fn environment(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let pass = |command: &mut Command| {
        command.env_clear().env("PASSED", "1").env("OTHER", "2");
    };
    let some = r#"
        environ_sizes_get 0 4 = 0
        u32 0 = 2
        environ_get 100 200 = 0
        text 200 = "A=x=y"
        text 206 = "PASSED=1"
    "#;
    let env = |text: &str| ("env", text.to_string());
    let grants = [env("A=x=y"), env("PASSED"), env("MISSING")];
    succeed(start(target, scratch, some, &grants, pass)?)?;
    let all = r#"
        environ_sizes_get 0 4 = 0
        u32 0 = 2
        environ_get 100 200 = 0
        text 200 = "OTHER=mine"
        text 211 = "PASSED=1"
    "#;
    let grants = [env("OTHER=mine"), ("inherit", String::new())];
    // An emulator sees variables of its own.
    succeed(start(target, scratch, all, &grants, pass)?)
}

fn missing(target: &Target, scratch: &Scratch) -> Result<(), String> {
    for (option, grant) in [
        ("dir", "none"),
        ("dir", "d/file"),
        ("file", "none::/x"),
        ("file", "d::/x"),
    ] {
        let finished = start(
            target,
            scratch,
            "exit 0",
            &[(option, grant.to_string())],
            |_| {},
        )?;
        let told = String::from_utf8_lossy(&finished.stderr).into_owned();
        if finished.code() != 1 || !told.starts_with("error: the program was granted the ") {
            return Err(format!("{option} {grant}: {}", finished.describe()));
        }
    }
    Ok(())
}

/// Sees a directory, a variable of its own and one that replaces what was built in.
const ADDED: &str = r#"
    fd_prestat_dir_name 3 300 2 = 0
    text 300 = "/d"
    path_open 3 0 "file" 0 2 0 0 100 = 0
    path_create_directory 3 "x" = 63
    fd_prestat_dir_name 4 300 1 = 0
    text 300 = "."
    environ_sizes_get 0 4 = 0
    u32 0 = 3
    environ_get 100 200 = 0
    text 200 = "A=new"
    text 206 = "HOME=/h"
    text 214 = "KEPT=1"
"#;

fn give(command: &mut Command) {
    command.env_clear().env("HOME", "/h");
    command
        .env("WATIVE_DIRS", "d::/d:ro;.")
        .env("WATIVE_ENV", "A=new;HOME");
}

fn runtime_grants(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let grants = [
        ("runtime", String::new()),
        ("env", "A=old".to_string()),
        ("env", "KEPT=1".to_string()),
    ];
    succeed(start(target, scratch, ADDED, &grants, give)?)?;
    let bad = |command: &mut Command| {
        command.env("WATIVE_DIRS", "/nonexistent");
    };
    let finished = start(target, scratch, "exit 0", &grants, bad)?;
    match finished.code() {
        1 => Ok(()),
        _ => Err(finished.describe()),
    }
}

fn no_runtime_grants(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        fd_prestat_get 3 200 = 8
        environ_sizes_get 0 4 = 0
        u32 0 = 1
        environ_get 100 200 = 0
        text 200 = "A=old"
    "#;
    succeed(start(
        target,
        scratch,
        text,
        &[("env", "A=old".to_string())],
        give,
    )?)
}

/// Accepts, receives with and without taking the bytes, answers, shuts down.
fn listening(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"
        fd_fdstat_get 3 200 = 0
        u8 200 = 6
        environ_get 100 200 = 0
        text 200 = "LISTEN_FDS=1"
        fd_prestat_dir_name 4 300 2 = 0
        sock_accept 3 2 400 = 28
        sock_accept 3 0 400 = 0
        u32 400 = 5
        iov 0 1000 4
        sock_recv 5 0 1 3 200 204 = 0
        u32 200 = 4
        text 1000 = "ping"
        iov 0 1000 2
        iov 8 1010 2
        sock_recv 5 0 2 0 200 204 = 0
        u32 200 = 4
        text 1010 = "ng"
        u16 204 = 0
        iov 0 "po"
        iov 8 "ng"
        sock_send 5 0 2 0 200 = 0
        u32 200 = 4
        sock_shutdown 5 2 = 0
        sock_send 5 0 2 0 200 = 64
        iov 0 1000 4
        fd_read 5 0 1 200 = 0
        u32 200 = 0
        fd_close 5 = 0
        fd_fdstat_set_flags 3 4 = 0
        sock_accept 3 0 400 = 6
    "#;
    let address = free_address()?;
    let client = thread::spawn(move || talk(address));
    let grants = [("listen", address.to_string()), dir("d::/d")];
    succeed(start(target, scratch, text, &grants, |_| {})?)?;
    let answer = client.join().map_err(|_| "the client panicked")??;
    same("answer", &answer, "pong")
}

/// An address that nobody listens on now.
fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.local_addr().map_err(|e| e.to_string())
}

fn talk(address: SocketAddr) -> Result<String, String> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(e) if Instant::now() > deadline => return Err(e.to_string()),
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    };
    let mut work = || {
        stream.write_all(b"ping")?;
        stream.shutdown(Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    work().map_err(|e: std::io::Error| e.to_string())
}

fn memory_limit(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory 2)
        (func (export "_start")
          (if (i32.ne (memory.grow (i32.const 2)) (i32.const 2)) (then (call $exit (i32.const 1))))
          (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) (then (call $exit (i32.const 2))))
          (if (i32.ne (memory.size) (i32.const 4)) (then (call $exit (i32.const 3))))))"#;
    let limit = |text: &str| [("limit", text.to_string())];
    let executable = compile(target, text, &limit("256K"))?;
    let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
    let mut command = target.command(&path);
    command.stdin(Stdio::null());
    succeed(process::run(command, program::LIMIT).map_err(|e| e.to_string())?)?;
    match compile(target, text, &limit("64K")) {
        Err(told) if told.contains("more than the limit") => Ok(()),
        other => Err(format!("{:?}", other.map(|bytes| bytes.len()))),
    }
}

fn inspect(target: &Target, scratch: &Scratch) -> Result<(), String> {
    let grants = [
        dir("data::/data:ro"),
        dir("/srv"),
        ("file", "x::/etc/one:ro".to_string()),
        (
            "embed",
            format!("{}::/lib", scratch.path().join("d").display()),
        ),
        ("listen", "127.0.0.1:8080".to_string()),
        ("env", "A=b".to_string()),
        ("env", "HOME".to_string()),
        ("limit", "1M".to_string()),
        ("runtime", String::new()),
        ("connect", "A.example:443".to_string()),
        ("connect", "10.0.0.0/8".to_string()),
        ("bind", "[::]:0-9".to_string()),
        ("udp", "any:53".to_string()),
        ("dns", "any".to_string()),
        ("dns", "b.example".to_string()),
    ];
    let bytes = compile(
        target,
        &module(SNAPSHOT, "path_unlink_file 3 \"x\" = 8"),
        &grants,
    )?;
    let text = executable::describe("app", &bytes).ok_or("no executable")?;
    let text = text.map_err(|e| e.to_string())?;
    let wanted = [
        "directory      /data (host data, read-only)\n",
        "directory      /srv (host /srv)\n",
        "file           /etc/one (host x, read-only)\n",
        "carries        /lib (2 files, 18 bytes)\n",
        "listens on     127.0.0.1:8080\n",
        "environment    A=b\n",
        "environment    HOME (value of the process)\n",
        "environment    LISTEN_FDS=1\n",
        "at run time    more by WATIVE_DIRS and WATIVE_ENV\n",
        "memories       at most 1048576 bytes\n",
        "system calls   filtered by seccomp",
        "files          what is granted, by landlock\n",
        "connects to    a.example:443\n",
        "connects to    10.0.0.0/8:*\n",
        "binds          [::]:0-9\n",
        "sends UDP to   0.0.0.0/0:53\n",
        "sends UDP to   [::]/0:53\n",
        "looks up       any name\n",
        "looks up       b.example\n",
        "network        what is granted, TCP ports also by landlock\n",
    ];
    for row in wanted {
        if !text.contains(row) {
            return Err(format!("no `{row}` in:\n{text}"));
        }
    }
    let bytes = compile(target, "(module (func (export \"_start\")))", &[])?;
    let text = executable::describe("app", &bytes).ok_or("no executable")?;
    let text = text.map_err(|e| e.to_string())?;
    let rows = [
        "nothing        but its arguments",
        "none can be named",
        "network        nothing\n",
    ];
    match rows.iter().all(|row| text.contains(row)) {
        true => Ok(()),
        false => Err(text),
    }
}
