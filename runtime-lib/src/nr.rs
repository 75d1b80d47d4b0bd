//! Linux system call numbers of both architectures, once: the runtime library uses those of the machine that it is compiled
//! for, and the compiler, which includes this file, bakes filters for the target's.

/// `arch_prctl`, which AArch64 has not.
pub const ARCH_PRCTL: usize = 158;

/// Each row is a name, its number on x86-64 and on AArch64. It expands to a module per architecture, and to the pairs.
macro_rules! numbers {
    ($($name:ident $x86_64:literal $aarch64:literal;)*) => {
        /// Numbers on x86-64.
        pub mod x86_64 {
            $(pub const $name: usize = $x86_64;)*
        }

        /// Numbers on AArch64.
        pub mod aarch64 {
            $(pub const $name: usize = $aarch64;)*
        }

        /// Numbers on both: x86-64, AArch64.
        pub mod both {
            $(pub const $name: (u32, u32) = ($x86_64, $aarch64);)*
        }

        /// Every row.
        pub const ALL: &[(&str, (u32, u32))] = &[$((stringify!($name), both::$name)),*];
    };
}

numbers! {
    READ 0 63;
    WRITE 1 64;
    CLOSE 3 57;
    LSEEK 8 62;
    MMAP 9 222;
    MPROTECT 10 226;
    MUNMAP 11 215;
    RT_SIGACTION 13 134;
    RT_SIGPROCMASK 14 135;
    RT_SIGRETURN 15 139;
    IOCTL 16 29;
    READV 19 65;
    WRITEV 20 66;
    SCHED_YIELD 24 124;
    MREMAP 25 216;
    MADVISE 28 233;
    DUP 32 23;
    SETITIMER 38 103;
    GETPID 39 172;
    SOCKET 41 198;
    CONNECT 42 203;
    SENDMSG 46 211;
    RECVMSG 47 212;
    SHUTDOWN 48 210;
    BIND 49 200;
    LISTEN 50 201;
    GETSOCKNAME 51 204;
    GETPEERNAME 52 205;
    SETSOCKOPT 54 208;
    GETSOCKOPT 55 209;
    CLONE 56 220;
    EXECVE 59 221;
    EXIT 60 93;
    WAIT4 61 260;
    KILL 62 129;
    FCNTL 72 25;
    FSYNC 74 82;
    FDATASYNC 75 83;
    FTRUNCATE 77 46;
    GETTIMEOFDAY 96 169;
    RT_SIGTIMEDWAIT 128 137;
    SIGALTSTACK 131 132;
    PRCTL 157 167;
    GETTID 186 178;
    FUTEX 202 98;
    SCHED_GETAFFINITY 204 123;
    GETDENTS64 217 61;
    RESTART_SYSCALL 219 128;
    FADVISE64 221 223;
    CLOCK_GETTIME 228 113;
    CLOCK_GETRES 229 114;
    EXIT_GROUP 231 94;
    TGKILL 234 131;
    OPENAT 257 56;
    MKDIRAT 258 34;
    NEWFSTATAT 262 79;
    UNLINKAT 263 35;
    RENAMEAT 264 38;
    LINKAT 265 37;
    SYMLINKAT 266 36;
    READLINKAT 267 78;
    PPOLL 271 73;
    UTIMENSAT 280 88;
    FALLOCATE 285 47;
    ACCEPT4 288 242;
    PIPE2 293 59;
    PREADV 295 69;
    PWRITEV 296 70;
    PWRITEV2 328 287;
    GETRANDOM 318 278;
    OPENAT2 437 437;
    LANDLOCK_CREATE_RULESET 444 444;
    LANDLOCK_ADD_RULE 445 445;
    LANDLOCK_RESTRICT_SELF 446 446;
}
