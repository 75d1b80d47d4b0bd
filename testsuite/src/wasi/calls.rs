//! Every function of WASI preview 1 and of `wasi_unstable`, with results and error numbers, by scripts ([`super::script`]).
//!
//! Each script runs confined by the kernel, as executables do by default: a system call that the filter forgot ends it.
//! A case gets a fresh directory as descriptor 3, with a file `file` ("contents\n"), a folder `sub` and a link `link` to `file`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use wative_compiler::host;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Preopen};

use super::script::module;
use crate::parallel;
use crate::process::{self, Scratch};
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

const SNAPSHOT: &str = "wasi_snapshot_preview1";
const UNSTABLE: &str = "wasi_unstable";
const BOTH: &[&str] = &[SNAPSHOT, UNSTABLE];

struct Case {
    name: &'static str,
    modules: &'static [&'static str],
    script: &'static str,
    stdout: &'static str,
    /// As a shell reports it.
    exit: i32,
}

const fn case(name: &'static str, modules: &'static [&'static str], script: &'static str) -> Case {
    Case {
        name,
        modules,
        script,
        stdout: "",
        exit: 0,
    }
}

const CASES: &[Case] = &[
    case(
        "arguments and environment",
        BOTH,
        r#"
        args_sizes_get 0 4 = 0
        u32 0 = 3
        args_get 100 200 = 0
        args_sizes_get 65533 4 = 21
        args_get 65533 200 = 21
        args_get 100 65535 = 21
        environ_sizes_get 0 4 = 0
        u32 0 = 1
        u32 4 = 4
        environ_get 100 200 = 0
        u32 100 = 200
        text 200 = "A=b"
        u8 203 = 0
        environ_get 65534 200 = 21
        "#,
    ),
    case(
        "clocks",
        BOTH,
        r#"
        clock_res_get 0 0 = 0
        u64 0 >= 1
        clock_res_get 1 0 = 0
        clock_res_get 2 0 = 0
        clock_res_get 3 0 = 0
        clock_res_get 4 0 = 28
        clock_time_get 0 0 8 = 0
        u64 8 >= 1700000000000000000
        clock_time_get 1 0 8 = 0
        u64 8 >= 1
        clock_time_get 2 0 8 = 0
        clock_time_get 3 0 8 = 0
        clock_time_get 4 0 8 = 28
        clock_time_get 1 0 65529 = 21
        clock_res_get 1 4294967295 = 21
        "#,
    ),
    case(
        "random numbers of any length",
        BOTH,
        r#"
        random_get 0 0 = 0
        random_get 65536 0 = 0
        random_get 0 32768 = 0
        random_get 0 65537 = 21
        random_get 65535 2 = 21
        random_get 65537 0 = 21
        random_get 4294967295 4294967295 = 21
        sched_yield = 0
        "#,
    ),
    case(
        "reading and writing files",
        BOTH,
        r#"
        path_open 3 0 "new" 1 $ALL $ALL 0 100 = 0
        u32 100 = 4
        iov 0 "hello "
        iov 8 "world"
        fd_write 4 0 2 200 = 0
        u32 200 = 11
        fd_tell 4 200 = 0
        u64 200 = 11
        iov 0 1000 4
        fd_pread 4 0 1 6 200 = 0
        u32 200 = 4
        text 1000 = "worl"
        iov 0 "W"
        fd_pwrite 4 0 1 6 200 = 0
        u32 200 = 1
        fd_tell 4 200 = 0
        u64 200 = 11
        iov 0 1000 3
        iov 8 1010 8
        fd_pread 4 0 2 4 200 = 0
        u32 200 = 7
        text 1000 = "o W"
        text 1010 = "orld"
        fd_read 4 0 2 200 = 0
        u32 200 = 0
        fd_pread 4 0 1 1000 200 = 0
        u32 200 = 0
        fd_pread 4 0 1 18446744073709551615 200 = 28
        fd_sync 4 = 0
        fd_datasync 4 = 0
        fd_advise 4 0 0 3 = 0
        fd_advise 4 0 0 6 = 28
        fd_advise 4 9223372036854775808 0 0 = 28
        fd_advise 3 0 0 0 = 8
        fd_filestat_set_size 4 3 = 0
        fd_filestat_set_size 4 9223372036854775808 = 28
        fd_allocate 4 0 64 = 0
        fd_allocate 4 0 0 = 28
        fd_filestat_set_times 4 1000000001 2000000002 5 = 0
        fd_filestat_set_times 4 0 0 3 = 28
        fd_filestat_set_times 4 0 0 16 = 28
        fd_close 4 = 0
        fd_close 4 = 8
        fd_write 4 0 1 200 = 8
        "#,
    ),
    case(
        "file attributes",
        &[SNAPSHOT],
        r#"
        path_filestat_set_times 3 0 "file" 1000000001 2000000002 5 = 0
        path_filestat_get 3 0 "file" 200 = 0
        u8 216 = 4
        u64 224 = 1
        u64 232 = 9
        u64 240 = 1000000001
        u64 248 = 2000000002
        u64 256 >= 1
        path_filestat_get 3 0 "link" 200 = 0
        u8 216 = 7
        path_filestat_get 3 1 "link" 200 = 0
        u8 216 = 4
        path_filestat_get 3 2 "link" 200 = 28
        path_filestat_get 3 0 "sub" 200 = 0
        u8 216 = 3
        path_filestat_get 3 0 "file" 65473 = 21
        path_filestat_get 3 0 "none" 200 = 44
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        fd_filestat_get 4 300 = 0
        u64 332 = 9
        u8 316 = 4
        fd_filestat_get 4 65473 = 21
        fd_filestat_get 9 300 = 8
        "#,
    ),
    case(
        "file attributes, older layout",
        &[UNSTABLE],
        r#"
        path_filestat_set_times 3 0 "file" 1000000001 2000000002 5 = 0
        set64 256 77
        path_filestat_get 3 0 "file" 200 = 0
        u8 216 = 4
        u32 220 = 1
        u64 224 = 9
        u64 232 = 1000000001
        u64 240 = 2000000002
        u64 248 >= 1
        u64 256 = 77
        path_filestat_get 3 0 "file" 65480 = 0
        path_filestat_get 3 0 "file" 65481 = 21
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        fd_filestat_get 4 300 = 0
        u64 324 = 9
        u8 316 = 4
        "#,
    ),
    case(
        "positions",
        &[SNAPSHOT],
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        fd_seek 4 2 0 200 = 0
        u64 200 = 2
        fd_seek 4 3 1 200 = 0
        u64 200 = 5
        fd_seek 4 -1 2 200 = 0
        u64 200 = 8
        fd_seek 4 0 3 200 = 28
        fd_seek 4 -1 0 200 = 28
        fd_seek 4 0 0 65529 = 21
        fd_seek 0 0 0 200 = 70
        fd_tell 0 200 = 70
        fd_seek 9 0 0 200 = 8
        "#,
    ),
    case(
        "positions, older numbers",
        &[UNSTABLE],
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        fd_seek 4 2 2 200 = 0
        u64 200 = 2
        fd_seek 4 3 0 200 = 0
        u64 200 = 5
        fd_seek 4 -1 1 200 = 0
        u64 200 = 8
        fd_seek 4 0 3 200 = 28
        "#,
    ),
    case(
        "status and rights of descriptors",
        BOTH,
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 1 100 = 0
        fd_fdstat_get 4 200 = 0
        u8 200 = 4
        u16 202 = 1
        fd_fdstat_set_flags 4 4 = 0
        fd_fdstat_get 4 200 = 0
        u16 202 = 4
        fd_fdstat_set_flags 4 2 = 28
        fd_fdstat_set_flags 4 32 = 28
        # More than there ever was: of a directory, of a socket.
        fd_fdstat_set_rights 4 8194 0 = 76
        fd_fdstat_set_rights 4 268435458 0 = 76
        fd_fdstat_set_rights 4 2 2 = 76
        fd_fdstat_set_rights 9 2 0 = 8
        fd_fdstat_set_rights 4 2 0 = 0
        fd_fdstat_set_rights 4 6 0 = 76
        fd_fdstat_get 4 200 = 0
        u64 208 = 2
        iov 0 "x"
        fd_write 4 0 1 200 = 76
        fd_seek 4 0 0 200 = 76
        iov 0 1000 4
        fd_read 4 0 1 200 = 0
        fd_fdstat_get 3 200 = 0
        u8 200 = 3
        fd_fdstat_set_rights 3 8192 2 = 0
        path_open 3 0 "file" 0 64 0 0 100 = 76
        path_open 3 0 "file" 0 2 0 0 100 = 0
        path_create_directory 3 "x" = 76
        fd_fdstat_get 9 200 = 8
        fd_fdstat_get 3 65513 = 21
        "#,
    ),
    case(
        "granted directories have names",
        BOTH,
        r#"
        fd_prestat_get 3 200 = 0
        u8 200 = 0
        u32 204 = 2
        fd_prestat_dir_name 3 300 2 = 0
        text 300 = "/d"
        fd_prestat_dir_name 3 300 1 = 37
        fd_prestat_dir_name 3 65535 2 = 21
        fd_prestat_get 0 200 = 8
        fd_prestat_get 4 200 = 8
        fd_prestat_dir_name 4 300 9 = 8
        "#,
    ),
    case(
        "renumbering",
        BOTH,
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        path_open 3 0 "sub" 2 $REST $ALL 0 100 = 0
        u32 100 = 5
        fd_renumber 4 5 = 0
        fd_close 4 = 8
        iov 0 1000 3
        fd_read 5 0 1 200 = 0
        u32 200 = 3
        fd_renumber 5 5 = 0
        fd_renumber 5 9 = 8
        fd_renumber 9 5 = 8
        fd_renumber 4294967295 5 = 8
        fd_renumber 5 4294967295 = 8
        fd_renumber 5 3 = 0
        fd_prestat_get 3 200 = 8
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 54
        "#,
    ),
    case(
        "directories and names",
        BOTH,
        r#"
        path_create_directory 3 "made" = 0
        path_create_directory 3 "made" = 20
        path_create_directory 3 "none/x" = 44
        path_create_directory 3 "" = 44
        path_rename 3 "made" 3 "sub/moved" = 0
        path_remove_directory 3 "sub" = 55
        path_remove_directory 3 "file" = 54
        path_remove_directory 3 "sub/moved" = 0
        path_link 3 0 "file" 3 "second" = 0
        path_link 3 0 "file" 3 "second" = 20
        path_link 3 1 "file" 3 "third" = 28
        path_unlink_file 3 "second" = 0
        path_unlink_file 3 "second" = 44
        path_unlink_file 3 "sub" = 31
        path_unlink_file 3 "file/" = 54
        path_symlink "file" 3 "made" = 0
        path_symlink "/etc" 3 "bad" = 63
        path_symlink "file" 3 "made" = 20
        path_readlink 3 "made" 200 100 300 = 0
        u32 300 = 4
        text 200 = "file"
        path_readlink 3 "made" 200 2 300 = 0
        u32 300 = 2
        path_readlink 3 "made" 200 0 300 = 0
        u32 300 = 0
        path_readlink 3 "file" 200 100 300 = 28
        path_readlink 3 "made" 65530 100 300 = 21
        path_rename 3 "none" 3 "x" = 44
        path_rename 3 "file" 3 "sub" = 31
        path_rename 3 "sub" 3 "file" = 54
        path_open 9 0 "file" 0 0 0 0 100 = 8
        path_open 0 0 "file" 0 0 0 0 100 = 54
        path_open 3 0 "file" 0 0 0 0 65533 = 21
        path_open 3 0 65530 10 0 0 0 0 100 = 21
        path_open 3 0 "file" 16 0 0 0 100 = 28
        path_open 3 0 "file" 0 0 0 32 100 = 28
        path_open 3 2 "file" 0 0 0 0 100 = 28
        path_open 3 0 "file" 5 $ALL 0 0 100 = 20
        path_open 3 0 "file" 2 $ALL 0 0 100 = 54
        path_open 3 0 "sub" 0 64 0 0 100 = 31
        path_open 3 0 "link" 0 2 0 0 100 = 32
        path_open 3 1 "link" 0 2 0 0 100 = 0
        path_open 3 0 "../x" 0 2 0 0 100 = 63
        path_open 3 0 "/etc/passwd" 0 2 0 0 100 = 63
        path_open 3 0 "new" 9 64 0 0 100 = 0
        path_open 3 0 "file" 8 64 0 0 100 = 0
        path_filestat_set_times 3 0 "none" 0 0 10 = 44
        path_filestat_set_times 3 0 "file" 0 0 10 = 0
        "#,
    ),
    case(
        "names with a slash behind them",
        BOTH,
        r#"
        # What is there is told before what cannot be made.
        path_link 3 0 "file" 3 "sub/" = 20
        path_link 3 0 "file" 3 "file/" = 20
        path_link 3 0 "file" 3 "link/" = 20
        path_link 3 0 "file" 3 "none/" = 44
        path_link 3 0 "none" 3 "sub/" = 44
        path_link 3 0 "link/" 3 "new" = 54
        path_link 3 0 "sub/" 3 "new" = 63
        path_link 3 0 "sub/" 3 "file/" = 20
        path_symlink "t" 3 "file/" = 20
        path_symlink "t" 3 "sub/" = 20
        path_symlink "t" 3 "link/" = 20
        path_symlink "t" 3 "none/" = 44
        path_readlink 3 "link/" 200 100 300 = 54
        path_readlink 3 "sub/" 200 100 300 = 28
        path_readlink 3 "none/" 200 100 300 = 44
        path_rename 3 "file/" 3 "new" = 54
        path_rename 3 "file" 3 "new/" = 54
        path_rename 3 "none" 3 "new/" = 44
        path_create_directory 3 "file/" = 20
        path_create_directory 3 "link/" = 20
        path_remove_directory 3 "file/" = 54
        path_remove_directory 3 "link/" = 54
        path_unlink_file 3 "link/" = 54
        path_unlink_file 3 "sub/" = 31
        path_unlink_file 3 "none/" = 44
        path_open 3 0 "new/" 1 64 0 0 100 = 31
        path_open 3 0 "file/" 0 2 0 0 100 = 54
        path_open 3 0 "link/" 0 2 0 0 100 = 54
        path_filestat_get 3 0 "file/" 200 = 54
        path_filestat_get 3 0 "link/" 200 = 54
        path_filestat_get 3 0 "sub/" 200 = 0
        # Directories may have one.
        path_create_directory 3 "made/" = 0
        path_rename 3 "made/" 3 "moved/" = 0
        path_remove_directory 3 "moved/" = 0
        # Links that lead outside are not followed by it.
        path_symlink ".." 3 "out" = 0
        path_readlink 3 "out/" 200 100 300 = 63
        path_link 3 0 "out/" 3 "new" = 63
        path_open 3 0 "out/" 0 2 0 0 100 = 63
        path_filestat_get 3 0 "out/" 200 = 63
        path_filestat_set_times 3 0 "out/" 0 0 10 = 63
        path_remove_directory 3 "sub/.." = 55
        path_remove_directory 3 "." = 28
        "#,
    ),
    case(
        "a directory is no file, nor a file a directory",
        BOTH,
        r#"
        iov 0 1000 4
        path_open 3 0 "sub" 2 0 0 0 100 = 0
        fd_read 4 0 1 200 = 8
        fd_pread 4 0 1 0 200 = 8
        fd_write 4 0 1 200 = 8
        fd_pwrite 4 0 1 0 200 = 8
        fd_seek 4 0 0 200 = 8
        fd_tell 4 200 = 8
        fd_advise 4 0 0 0 = 8
        fd_allocate 4 0 1 = 8
        fd_sync 4 = 8
        fd_datasync 4 = 8
        fd_filestat_set_size 4 0 = 8
        fd_fdstat_set_flags 4 4 = 8
        fd_filestat_set_times 4 0 0 10 = 0
        fd_fdstat_get 4 200 = 0
        u8 200 = 3
        path_open 3 0 "file" 0 0 0 0 100 = 0
        fd_readdir 5 1000 4096 0 200 = 54
        path_open 5 0 "x" 0 0 0 0 100 = 54
        path_create_directory 5 "x" = 54
        path_open 3 0 "sub" 2 66 0 0 100 = 31
        path_open 3 0 "sub" 0 64 0 0 100 = 31
        path_open 3 0 "file" 2 64 0 0 100 = 54
        "#,
    ),
    case(
        "what is opened with no rights can be used",
        BOTH,
        r#"
        path_open 3 0 "." 2 0 0 0 100 = 0
        path_create_directory 4 "made" = 0
        path_remove_directory 4 "made" = 0
        path_open 4 0 "f" 1 64 0 0 100 = 0
        fd_filestat_get 5 300 = 0
        iov 0 "abc"
        fd_write 5 0 1 200 = 0
        fd_filestat_set_times 5 0 0 10 = 0
        fd_filestat_set_size 5 2 = 0
        fd_readdir 4 1000 4096 0 200 = 0
        u32 200 >= 100
        path_rename 4 "f" 4 "g" = 0
        path_symlink "g" 4 "l" = 0
        path_readlink 4 "l" 300 100 200 = 0
        path_link 4 0 "g" 3 "h" = 0
        path_unlink_file 4 "h" = 0
        path_filestat_set_times 4 0 "g" 0 0 10 = 0
        path_open 4 0 "g" 0 0 0 0 100 = 0
        iov 0 1000 8
        fd_read 6 0 1 200 = 0
        u32 200 = 2
        fd_write 6 0 1 200 = 8
        path_open 4 0 "made" 1 0 0 0 100 = 0
        fd_write 7 0 1 200 = 8
        path_open 4 0 "g" 8 0 0 0 100 = 0
        fd_filestat_get 8 300 = 0
        "#,
    ),
    case(
        "listing a directory",
        BOTH,
        r#"
        path_create_directory 3 "sub/a" = 0
        path_open 3 0 "sub/b" 1 64 0 0 100 = 0
        path_open 3 0 "sub" 2 $REST $ALL 0 100 = 0
        fd_readdir 5 1000 4096 0 200 = 0
        u32 200 = 101
        fd_readdir 5 1000 24 0 200 = 0
        u32 200 = 24
        fd_readdir 5 1000 25 0 200 = 0
        u32 200 = 25
        fd_readdir 5 1000 0 0 200 = 0
        u32 200 = 0
        fd_readdir 5 65000 4096 0 200 = 21
        # Behind the end there is nothing.
        fd_readdir 5 1000 4096 9223372036854775807 200 = 0
        u32 200 = 0
        fd_readdir 5 1000 4096 9223372036854775808 200 = 0
        u32 200 = 0
        fd_readdir 5 1000 4096 18446744073709551615 200 = 0
        u32 200 = 0
        fd_readdir 4 1000 4096 0 200 = 54
        fd_readdir 9 1000 4096 0 200 = 8
        "#,
    ),
    case(
        "waiting",
        &[SNAPSHOT],
        r#"
        # A relative timeout of a millisecond.
        set64 0 77
        set32 8 0
        set32 16 1
        set64 24 1000000
        clock_time_get 1 0 600 = 0
        poll_oneoff 0 500 1 700 = 0
        u32 700 = 1
        u64 500 = 77
        u16 508 = 0
        u8 510 = 0
        # An absolute one that has passed, the other clock, and a clock that cannot be waited for.
        set32 16 0
        set64 24 1
        set32 40 1
        set64 48 78
        set32 56 0
        set32 64 2
        poll_oneoff 0 500 2 700 = 0
        u32 700 = 2
        u64 532 >= 0
        u16 540 = 58
        # A file is ready to read and to write; a descriptor without the right; one that is none fails the call.
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        fd_fdstat_set_rights 5 2 0 = 0
        set64 0 1
        set32 8 1
        set32 16 4
        set64 48 2
        set32 56 2
        set32 64 4
        set64 96 3
        set32 104 1
        set32 112 5
        poll_oneoff 0 500 3 700 = 0
        u32 700 = 3
        u64 500 = 1
        u16 508 = 0
        u8 510 = 1
        u64 516 = 9
        u64 532 = 2
        u8 542 = 2
        u64 564 = 3
        u16 572 = 76
        set32 112 99
        poll_oneoff 0 500 3 700 = 8
        set32 112 4294967295
        poll_oneoff 0 500 3 700 = 8
        poll_oneoff 0 500 0 700 = 28
        set32 8 3
        poll_oneoff 0 500 1 700 = 28
        poll_oneoff 65520 500 1 700 = 21
        poll_oneoff 0 65520 1 700 = 21
        poll_oneoff 0 500 1 65534 = 21
        poll_oneoff 0 500 89478486 700 = 28
        "#,
    ),
    case(
        "poll many",
        &[SNAPSHOT],
        r#"
        # Zeroes are clocks that are over at once.
        poll_oneoff 0 16384 1024 50000 = 0
        u32 50000 = 1024
        poll_oneoff 0 16384 1025 50000 = 28
        "#,
    ),
    case(
        "waiting, older layout",
        &[UNSTABLE],
        r#"
        set64 0 77
        set32 8 0
        set64 16 12345
        set32 24 1
        set64 32 1000000
        poll_oneoff 0 500 1 700 = 0
        u32 700 = 1
        u64 500 = 77
        u16 508 = 0
        # Absolute and passed, of the other clock; a second one, 56 bytes on, never ends.
        set32 24 0
        set64 32 1
        set32 48 1
        set64 56 78
        set32 80 1
        set64 88 9000000000000000000
        poll_oneoff 0 500 2 700 = 0
        u32 700 = 1
        u64 500 = 77
        poll_oneoff 65488 500 1 700 = 21
        "#,
    ),
    case(
        "sockets that are none",
        BOTH,
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        iov 0 1000 4
        sock_recv 4 0 1 0 200 204 = 57
        sock_recv 9 0 1 0 200 204 = 8
        sock_recv 4 0 1 4 200 204 = 28
        sock_send 4 0 1 0 200 = 57
        sock_send 4 0 1 1 200 = 28
        sock_send 9 0 1 0 200 = 8
        sock_shutdown 4 1 = 57
        sock_shutdown 4 0 = 28
        sock_shutdown 4 4 = 28
        sock_shutdown 9 1 = 8
        sock_shutdown 3 1 = 57
        sock_recv 3 0 1 0 200 204 = 57
        sock_send 3 0 1 0 200 = 57
        "#,
    ),
    case(
        "accepting on a file",
        &[SNAPSHOT],
        r#"
        path_open 3 0 "file" 0 $ALL $ALL 0 100 = 0
        sock_accept 4 0 200 = 57
        sock_accept 4 1 200 = 28
        sock_accept 9 0 200 = 8
        sock_accept 3 0 200 = 57
        sock_accept 4 0 65533 = 21
        "#,
    ),
    Case {
        stdout: "at the very end",
        ..case(
            "vectors at the end of memory",
            BOTH,
            r#"
            iov 0 "at the very end"
            iov 65528 "at the very end"
            fd_write 1 65528 1 200 = 0
            fd_write 1 65529 1 200 = 21
            fd_write 1 65528 2 200 = 21
            fd_write 1 0 4294967295 200 = 21
            fd_write 1 0 536870912 200 = 21
            fd_write 1 0 1 65533 = 21
            iov 0 65535 2
            fd_write 1 0 1 200 = 21
            iov 0 4294967295 1
            fd_write 1 0 1 200 = 21
            iov 0 65536 0
            fd_write 1 0 1 200 = 0
            u32 200 = 0
            iov 0 65535 4294967295
            fd_write 1 0 1 200 = 21
            fd_read 3 0 0 200 = 8
            "#,
        )
    },
    Case {
        exit: 7,
        ..case("ending", BOTH, "exit 7")
    },
    Case {
        exit: 128 + 15,
        ..case("raising a signal", BOTH, "proc_raise 15 = 0")
    },
    Case {
        exit: 128 + 6,
        ..case("raising abort", BOTH, "proc_raise 6 = 0")
    },
    Case {
        exit: 128 + 11,
        ..case("raising a signal of faults", BOTH, "proc_raise 11 = 0")
    },
    Case {
        exit: 128 + 31,
        ..case("raising the last signal", BOTH, "proc_raise 30 = 0")
    },
    case(
        "raising what is none or ignored",
        BOTH,
        "proc_raise 0 = 28\nproc_raise 31 = 28\nproc_raise 16 = 0",
    ),
];

/// Runs the cases, and checks that they call every function of both modules.
pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    let work: Vec<(&Case, &str)> = CASES
        .iter()
        .flat_map(|case| case.modules.iter().map(move |module| (case, *module)))
        .filter(|(case, _)| case.name.contains(filter))
        .collect();
    let results = parallel::map(&work, |(case, module)| run(case, module, target));
    for ((case, module), result) in work.iter().zip(results) {
        report.outcome(&format!("{} ({module})", case.name), result);
    }
    if filter.is_empty() {
        for module in BOTH {
            report.outcome("every function is called", all_called(module));
        }
    }
    report
}

fn all_called(module: &str) -> Result<(), String> {
    let scripts = CASES.iter().filter(|case| case.modules.contains(&module));
    let text: String = scripts.map(|case| case.script).collect();
    let called = |name: &str| text.split_whitespace().any(|word| word == name);
    // Exit is proc_exit.
    let missing: Vec<&str> = host::functions(module)
        .map(|import| import.name)
        .filter(|name| !called(name) && *name != "proc_exit")
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("{module}: no case calls {}", missing.join(", ")))
    }
}

fn run(case: &Case, import: &str, target: &Target) -> Result<(), String> {
    let explain = |e: std::io::Error| e.to_string();
    let scratch = Scratch::new().map_err(explain)?;
    let directory = scratch.path().join("d");
    populate(&directory).map_err(explain)?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let grant = Preopen::directory(directory.display().to_string(), "/d");
    options.config.preopens.push(grant);
    options.config.env.push("A=b".to_string());
    let executable = build(module(import, case.script).as_bytes(), target, &options)?;
    let path = scratch.executable(&executable).map_err(explain)?;
    let mut command = target.command(&path);
    // A pipe, so that nothing can be sought in it.
    command.args(["one", "two"]).stdin(Stdio::piped());
    let finished = process::run(command, program::LIMIT).map_err(explain)?;
    if finished.code() != case.exit {
        return Err(format!("want exit {}: {}", case.exit, finished.describe()));
    }
    if finished.stdout != case.stdout.as_bytes() {
        return Err(format!(
            "stdout: {:?}",
            String::from_utf8_lossy(&finished.stdout)
        ));
    }
    Ok(())
}

/// Makes the directory that scripts see.
pub fn populate(directory: &Path) -> std::io::Result<()> {
    fs::create_dir(directory)?;
    fs::write(directory.join("file"), "contents\n")?;
    fs::create_dir(directory.join("sub"))?;
    symlink("file", directory.join("link"))
}
