//! Linux: system calls, the structures they take, and the few things every program says before it dies.
//!
//! Each wrapper is one system call. Pointers are passed as they are: most point into guest memory, which other threads
//! may write, so nothing here makes a reference of them; the kernel answers a bad one with `EFAULT`.

use crate::arch::{nr, syscall};
use core::ffi::CStr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// A Linux error number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub u16);

impl Errno {
    pub const PERM: Errno = Errno(1);
    pub const NOENT: Errno = Errno(2);
    pub const INTR: Errno = Errno(4);
    pub const BADF: Errno = Errno(9);
    pub const AGAIN: Errno = Errno(11);
    pub const NOMEM: Errno = Errno(12);
    pub const ACCES: Errno = Errno(13);
    pub const EXIST: Errno = Errno(17);
    pub const NOTDIR: Errno = Errno(20);
    pub const INVAL: Errno = Errno(22);
    pub const MFILE: Errno = Errno(24);
    pub const PIPE: Errno = Errno(32);
    pub const ADDRINUSE: Errno = Errno(98);
    pub const AFNOSUPPORT: Errno = Errno(97);
    pub const NOBUFS: Errno = Errno(105);
    pub const INPROGRESS: Errno = Errno(115);
    pub const NAMETOOLONG: Errno = Errno(36);
    #[cfg(test)]
    pub const NOSYS: Errno = Errno(38);
    pub const LOOP: Errno = Errno(40);
    pub const TIMEDOUT: Errno = Errno(110);
    pub const XDEV: Errno = Errno(18);
}

pub type Result<T> = core::result::Result<T, Errno>;

/// A file descriptor of the host.
pub type Fd = i32;

pub const STDIN: Fd = 0;
pub const STDOUT: Fd = 1;
/// Where messages go.
pub const STDERR: Fd = 2;

fn check(result: isize) -> Result<usize> {
    if (-4095..0).contains(&result) {
        Err(Errno(-result as u16))
    } else {
        Ok(result as usize)
    }
}

/// Makes a system call; missing arguments are zero.
macro_rules! call {
    ($n:expr $(, $a:expr)*) => {{
        let given = [$($a as usize),*];
        let mut all = [0usize; 6];
        let mut i = 0;
        while i < given.len() {
            all[i] = given[i];
            i += 1;
        }
        // SAFETY: the kernel checks user pointers; calls that change mappings are `unsafe fn` here.
        check(unsafe { syscall($n, all) })
    }};
}

mod confine;
mod processes;
mod sockets;
mod threads;
pub mod vdso;

pub use confine::*;
pub use processes::*;
pub use sockets::*;
pub use threads::*;

// ---- start-up -------------------------------------------------------------------------------------------------------

pub const AT_PHDR: usize = 3;
pub const AT_PHNUM: usize = 5;
pub const AT_PAGESZ: usize = 6;
pub const AT_SYSINFO_EHDR: usize = 33;

/// What mappings are sized and divided by, whatever pages the kernel uses.
pub use crate::arch::LARGEST_PAGE as PAGE;

/// The environment strings that follow argv, ended by a null pointer.
///
/// # Safety
/// `initial` is the initial stack (argc, argv, null, envp, null, auxv).
pub unsafe fn envp(initial: *const usize) -> *const *const u8 {
    initial.add(1 + *initial + 1) as *const *const u8
}

/// The entry of this kind in the auxiliary vector, or 0.
///
/// # Safety
/// As for [`envp`].
pub unsafe fn auxv(initial: *const usize, kind: usize) -> usize {
    let mut p = envp(initial) as *const usize;
    while *p != 0 {
        p = p.add(1);
    }
    p = p.add(1);
    while *p != 0 {
        if *p == kind {
            return *p.add(1);
        }
        p = p.add(2);
    }
    0
}

// ---- process --------------------------------------------------------------------------------------------------------

/// What is called before the process ends: a `fn()`, or null.
static AT_EXIT: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Calls `f` once before the process ends by [`exit`].
pub fn at_exit(f: fn()) {
    AT_EXIT.store(f as *mut (), Ordering::Relaxed);
}

pub fn exit(status: u32) -> ! {
    let f = AT_EXIT.swap(core::ptr::null_mut(), Ordering::Relaxed);
    if !f.is_null() {
        // SAFETY: only `at_exit` has stored it.
        unsafe { core::mem::transmute::<*mut (), fn()>(f)() }
    }
    loop {
        let _ = call!(nr::EXIT_GROUP, status);
    }
}

/// Writes a message to stderr and exits with status 1.
#[inline(never)]
pub fn fatal(message: &str) -> ! {
    write_all(STDERR, message.as_bytes());
    exit(1)
}

/// Ends the process with the default action of `SIGABRT`.
#[cfg_attr(any(test, not(feature = "standalone")), allow(unused))]
pub fn abort() -> ! {
    let _ = sigaction(SIGABRT, Some(&SigAction::DEFAULT), None);
    let _ = raise(SIGABRT);
    exit(134)
}

/// Sends a signal to the calling thread.
pub fn raise(signal: i32) -> Result<usize> {
    call!(nr::TGKILL, getpid(), gettid(), signal)
}

/// The kernel's number of the process.
pub fn getpid() -> u32 {
    call!(nr::GETPID).unwrap_or(0) as u32
}

/// The kernel's number of the calling thread.
pub fn gettid() -> u32 {
    call!(nr::GETTID).unwrap_or(0) as u32
}

pub fn sched_yield() -> Result<usize> {
    call!(nr::SCHED_YIELD)
}

pub fn getrandom(buf: *mut u8, len: usize) -> Result<usize> {
    call!(nr::GETRANDOM, buf, len, 0)
}

// ---- memory ---------------------------------------------------------------------------------------------------------

pub const PROT_NONE: usize = 0;
pub const PROT_READ: usize = 1;
pub const PROT_WRITE: usize = 2;

const MAP_SHARED: usize = 0x01;
const MAP_PRIVATE: usize = 0x02;
const MAP_FIXED: usize = 0x10;
const MAP_ANONYMOUS: usize = 0x20;
const MAP_NORESERVE: usize = 0x4000;
const MAP_FIXED_NOREPLACE: usize = 0x10_0000;
const MREMAP_MAYMOVE: usize = 1;
const MREMAP_FIXED: usize = 2;

/// Maps fresh zeroed memory that costs nothing until it is touched.
#[inline(never)]
pub fn mmap(len: usize, prot: usize) -> Result<*mut u8> {
    call!(
        nr::MMAP,
        0,
        len,
        prot,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1isize,
        0
    )
    .map(|p| p as *mut u8)
}

/// Maps inaccessible address space exactly at `addr`, replacing nothing.
pub fn mmap_at(addr: usize, len: usize) -> Result<*mut u8> {
    map_at(addr, len, PROT_NONE)
}

/// [`mmap`] exactly at `addr`, replacing nothing.
#[inline(never)]
pub fn map_at(addr: usize, len: usize, prot: usize) -> Result<*mut u8> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    let got = call!(nr::MMAP, addr, len, prot, flags, -1isize, 0)?;
    if got != addr {
        // An old kernel or an emulator that takes the address for a hint.
        // SAFETY: the mapping was made just now and nobody knows of it.
        let _ = unsafe { munmap(got as *mut u8, len) };
        return Err(Errno::NOMEM);
    }
    Ok(got as *mut u8)
}

/// Puts a part of a file where memory is: what is written there is the file's.
///
/// # Safety
/// Whole pages that belong to the caller; what they hold is gone.
pub unsafe fn map_file_at(addr: *mut u8, len: usize, fd: Fd, offset: u64) -> Result<usize> {
    let prot = PROT_READ | PROT_WRITE;
    call!(
        nr::MMAP,
        addr,
        len,
        prot,
        MAP_SHARED | MAP_FIXED,
        fd,
        offset
    )
}

/// An empty range is none of the kernel's business, and qemu refuses it.
///
/// # Safety
/// Nothing may rely on the old protection of the range.
#[inline(never)]
pub unsafe fn mprotect(addr: *mut u8, len: usize, prot: usize) -> Result<usize> {
    if len == 0 {
        return Ok(0);
    }
    call!(nr::MPROTECT, addr, len, prot)
}

/// # Safety
/// Nothing may use the range afterwards.
#[inline(never)]
pub unsafe fn munmap(addr: *mut u8, len: usize) -> Result<usize> {
    call!(nr::MUNMAP, addr, len)
}

/// Resizes a mapping, moving it if necessary.
///
/// # Safety
/// Nothing may use the old address afterwards.
pub unsafe fn mremap(addr: *mut u8, old: usize, new: usize) -> Result<*mut u8> {
    call!(nr::MREMAP, addr, old, new, MREMAP_MAYMOVE).map(|p| p as *mut u8)
}

/// Moves a mapping onto `dst`, which it replaces.
///
/// # Safety
/// Nothing may use the old address afterwards; the destination belongs to the caller.
pub unsafe fn mremap_onto(addr: *mut u8, len: usize, dst: *mut u8) -> Result<usize> {
    call!(
        nr::MREMAP,
        addr,
        len,
        len,
        MREMAP_MAYMOVE | MREMAP_FIXED,
        dst
    )
}

// ---- signals --------------------------------------------------------------------------------------------------------

pub const SIGILL: i32 = 4;
pub const SIGABRT: i32 = 6;
pub const SIGFPE: i32 = 8;
pub const SIGPIPE: i32 = 13;
pub const SIGSEGV: i32 = 11;
pub const SIGXFSZ: i32 = 25;

pub const SA_SIGINFO: u64 = 4;
pub const SA_ONSTACK: u64 = 0x0800_0000;
pub const SA_RESTORER: u64 = 0x0400_0000;

pub const SIG_DFL: usize = 0;
pub const SIG_IGN: usize = 1;

/// The kernel's `struct sigaction` (x86-64 and AArch64).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SigAction {
    pub handler: usize,
    pub flags: u64,
    pub restorer: usize,
    pub mask: u64,
}

impl SigAction {
    pub const DEFAULT: SigAction = SigAction {
        handler: SIG_DFL,
        flags: 0,
        restorer: 0,
        mask: 0,
    };
    pub const IGNORE: SigAction = SigAction {
        handler: SIG_IGN,
        ..SigAction::DEFAULT
    };
}

/// The part of `siginfo_t` that a fault handler reads.
#[repr(C)]
pub struct SigInfo {
    pub signo: i32,
    pub errno: i32,
    /// Positive where the kernel raised the signal because of what the code did.
    pub code: i32,
    pad: i32,
    /// Address of the fault.
    pub addr: usize,
}

/// `stack_t`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SigStack {
    pub sp: *mut u8,
    pub flags: i32,
    pub size: usize,
}

pub fn sigaction(
    signal: i32,
    new: Option<&SigAction>,
    old: Option<&mut SigAction>,
) -> Result<usize> {
    let new = new.map_or(core::ptr::null(), |a| a as *const SigAction);
    let old = old.map_or(core::ptr::null_mut(), |a| a as *mut SigAction);
    call!(nr::RT_SIGACTION, signal, new, old, 8)
}

pub fn sigaltstack(new: &SigStack, old: Option<&mut SigStack>) -> Result<usize> {
    let old = old.map_or(core::ptr::null_mut(), |a| a as *mut SigStack);
    call!(nr::SIGALTSTACK, new as *const SigStack, old)
}

// ---- files ----------------------------------------------------------------------------------------------------------

pub const O_RDONLY: u32 = 0;
pub const O_WRONLY: u32 = 1;
pub const O_RDWR: u32 = 2;
pub const O_ACCMODE: u32 = 3;
pub const O_CREAT: u32 = 0o100;
pub const O_EXCL: u32 = 0o200;
pub const O_NOCTTY: u32 = 0o400;
pub const O_TRUNC: u32 = 0o1000;
pub const O_APPEND: u32 = 0o2000;
pub const O_NONBLOCK: u32 = 0o4000;
pub const O_DSYNC: u32 = 0o10000;
pub const O_SYNC: u32 = 0o4010000;
pub const O_CLOEXEC: u32 = 0o2000000;
pub const O_PATH: u32 = 0o10000000;
#[cfg(target_arch = "x86_64")]
pub const O_DIRECTORY: u32 = 0o200000;
#[cfg(target_arch = "x86_64")]
pub const O_NOFOLLOW: u32 = 0o400000;
#[cfg(target_arch = "aarch64")]
pub const O_DIRECTORY: u32 = 0o40000;
#[cfg(target_arch = "aarch64")]
pub const O_NOFOLLOW: u32 = 0o100000;

pub const AT_FDCWD: Fd = -100;
pub const AT_SYMLINK_NOFOLLOW: u32 = 0x100;
pub const AT_REMOVEDIR: u32 = 0x200;
pub const AT_EMPTY_PATH: u32 = 0x1000;

pub const RESOLVE_NO_MAGICLINKS: u64 = 2;
pub const RESOLVE_BENEATH: u64 = 8;

pub const S_IFMT: u32 = 0o170000;
pub const S_IFIFO: u32 = 0o010_000;
pub const S_IFSOCK: u32 = 0o140000;
pub const S_IFLNK: u32 = 0o120000;
pub const S_IFREG: u32 = 0o100000;
pub const S_IFBLK: u32 = 0o060000;
pub const S_IFDIR: u32 = 0o040000;
pub const S_IFCHR: u32 = 0o020000;

/// `struct iovec`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IoVec {
    pub base: *mut u8,
    pub len: usize,
}

/// `struct timespec`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct TimeSpec {
    pub sec: i64,
    pub nsec: i64,
}

impl TimeSpec {
    pub fn from_nanoseconds(nanoseconds: u64) -> TimeSpec {
        TimeSpec {
            sec: (nanoseconds / 1_000_000_000) as i64,
            nsec: (nanoseconds % 1_000_000_000) as i64,
        }
    }
}

/// `tv_nsec` for `utimensat`: the current time, and no change.
pub const UTIME_NOW: i64 = 0x3fff_ffff;
pub const UTIME_OMIT: i64 = 0x3fff_fffe;

/// `struct stat`, reduced to what WASI tells.
#[derive(Clone, Copy, Default, Debug)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub nlink: u64,
    pub size: u64,
    pub atime: TimeSpec,
    pub mtime: TimeSpec,
    pub ctime: TimeSpec,
}

impl Stat {
    pub fn without_times(self) -> Stat {
        let none = TimeSpec::default();
        Stat {
            atime: none,
            mtime: none,
            ctime: none,
            ..self
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[repr(C)]
struct KernelStat {
    dev: u64,
    ino: u64,
    nlink: u64,
    mode: u32,
    uid: u32,
    gid: u32,
    pad: u32,
    rdev: u64,
    size: i64,
    blksize: i64,
    blocks: i64,
    atime: TimeSpec,
    mtime: TimeSpec,
    ctime: TimeSpec,
    unused: [i64; 3],
}

#[cfg(target_arch = "x86_64")]
impl KernelStat {
    fn links(&self) -> u64 {
        self.nlink
    }
}

#[cfg(target_arch = "aarch64")]
#[repr(C)]
struct KernelStat {
    dev: u64,
    ino: u64,
    mode: u32,
    nlink: u32,
    uid: u32,
    gid: u32,
    rdev: u64,
    pad: u64,
    size: i64,
    blksize: i32,
    pad2: i32,
    blocks: i64,
    atime: TimeSpec,
    mtime: TimeSpec,
    ctime: TimeSpec,
    unused: [u32; 2],
}

#[cfg(target_arch = "aarch64")]
impl KernelStat {
    fn links(&self) -> u64 {
        self.nlink.into()
    }
}

#[repr(C)]
struct OpenHow {
    flags: u64,
    mode: u64,
    resolve: u64,
}

/// `struct pollfd`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PollFd {
    pub fd: Fd,
    pub events: i16,
    pub revents: i16,
}

pub const POLLIN: i16 = 1;
pub const POLLOUT: i16 = 4;
pub const POLLERR: i16 = 8;
pub const POLLHUP: i16 = 16;
pub const POLLNVAL: i16 = 32;

/// Writes everything, giving up silently on an error: for messages.
pub fn write_all(fd: Fd, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match call!(nr::WRITE, fd, bytes.as_ptr(), bytes.len()) {
            Ok(n) => bytes = bytes.get(n..).unwrap_or(&[]),
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

pub fn read(fd: Fd, buf: *mut u8, len: usize) -> Result<usize> {
    call!(nr::READ, fd, buf, len)
}

pub fn write(fd: Fd, bytes: &[u8]) -> Result<usize> {
    call!(nr::WRITE, fd, bytes.as_ptr(), bytes.len())
}

pub fn readv(fd: Fd, iov: &[IoVec]) -> Result<usize> {
    call!(nr::READV, fd, iov.as_ptr(), iov.len())
}

pub fn writev(fd: Fd, iov: &[IoVec]) -> Result<usize> {
    call!(nr::WRITEV, fd, iov.as_ptr(), iov.len())
}

pub fn preadv(fd: Fd, iov: &[IoVec], offset: u64) -> Result<usize> {
    call!(nr::PREADV, fd, iov.as_ptr(), iov.len(), offset, 0)
}

pub fn pwritev(fd: Fd, iov: &[IoVec], offset: u64) -> Result<usize> {
    call!(nr::PWRITEV, fd, iov.as_ptr(), iov.len(), offset, 0)
}

/// Writes wherever the descriptor is, as much as goes without waiting (`pwritev2(2)`): unlike `O_NONBLOCK` this does not change what others have of the same file.
///
/// # Errors
/// Those of `write(2)`, and some where the system cannot say so of this file.
pub fn writev_at_once(fd: Fd, iov: &[IoVec]) -> Result<usize> {
    const RWF_NOWAIT: usize = 8;
    call!(
        nr::PWRITEV2,
        fd,
        iov.as_ptr(),
        iov.len(),
        usize::MAX,
        0,
        RWF_NOWAIT
    )
}

pub fn close(fd: Fd) -> Result<usize> {
    call!(nr::CLOSE, fd)
}

pub fn lseek(fd: Fd, offset: i64, whence: u32) -> Result<usize> {
    call!(nr::LSEEK, fd, offset, whence)
}

pub fn openat(dir: Fd, path: &CStr, flags: u32, mode: u32) -> Result<Fd> {
    call!(nr::OPENAT, dir, path.as_ptr(), flags | O_CLOEXEC, mode).map(|fd| fd as Fd)
}

pub fn openat2(dir: Fd, path: &CStr, flags: u32, mode: u32, resolve: u64) -> Result<Fd> {
    let how = OpenHow {
        flags: u64::from(flags | O_CLOEXEC),
        mode: u64::from(mode),
        resolve,
    };
    call!(
        nr::OPENAT2,
        dir,
        path.as_ptr(),
        &raw const how,
        size_of::<OpenHow>()
    )
    .map(|fd| fd as Fd)
}

/// `fstatat`; with an empty path and [`AT_EMPTY_PATH`] the descriptor itself.
pub fn fstatat(dir: Fd, path: &CStr, flags: u32) -> Result<Stat> {
    let mut st = core::mem::MaybeUninit::<KernelStat>::zeroed();
    call!(nr::NEWFSTATAT, dir, path.as_ptr(), st.as_mut_ptr(), flags)?;
    // SAFETY: all bit patterns are valid, and the kernel filled it.
    let st = unsafe { st.assume_init() };
    Ok(Stat {
        dev: st.dev,
        ino: st.ino,
        mode: st.mode,
        nlink: st.links(),
        size: st.size as u64,
        atime: st.atime,
        mtime: st.mtime,
        ctime: st.ctime,
    })
}

pub fn fstat(fd: Fd) -> Result<Stat> {
    fstatat(fd, c"", AT_EMPTY_PATH)
}

pub fn mkdirat(dir: Fd, path: &CStr, mode: u32) -> Result<usize> {
    call!(nr::MKDIRAT, dir, path.as_ptr(), mode)
}

pub fn unlinkat(dir: Fd, path: &CStr, flags: u32) -> Result<usize> {
    call!(nr::UNLINKAT, dir, path.as_ptr(), flags)
}

pub fn renameat(from: Fd, old: &CStr, to: Fd, new: &CStr) -> Result<usize> {
    call!(nr::RENAMEAT, from, old.as_ptr(), to, new.as_ptr())
}

pub fn linkat(from: Fd, old: &CStr, to: Fd, new: &CStr, flags: u32) -> Result<usize> {
    call!(nr::LINKAT, from, old.as_ptr(), to, new.as_ptr(), flags)
}

pub fn symlinkat(target: &CStr, dir: Fd, path: &CStr) -> Result<usize> {
    call!(nr::SYMLINKAT, target.as_ptr(), dir, path.as_ptr())
}

pub fn readlinkat(dir: Fd, path: &CStr, buf: *mut u8, len: usize) -> Result<usize> {
    call!(nr::READLINKAT, dir, path.as_ptr(), buf, len)
}

/// `utimensat`; a null path means the descriptor itself.
pub fn utimensat(dir: Fd, path: Option<&CStr>, times: &[TimeSpec; 2], flags: u32) -> Result<usize> {
    let path = path.map_or(core::ptr::null(), CStr::as_ptr);
    call!(nr::UTIMENSAT, dir, path, times.as_ptr(), flags)
}

pub fn ftruncate(fd: Fd, len: u64) -> Result<usize> {
    call!(nr::FTRUNCATE, fd, len)
}

pub fn fallocate(fd: Fd, offset: u64, len: u64) -> Result<usize> {
    call!(nr::FALLOCATE, fd, 0, offset, len)
}

pub fn fadvise(fd: Fd, offset: u64, len: u64, advice: u32) -> Result<usize> {
    call!(nr::FADVISE64, fd, offset, len, advice)
}

pub fn fsync(fd: Fd) -> Result<usize> {
    call!(nr::FSYNC, fd)
}

pub fn fdatasync(fd: Fd) -> Result<usize> {
    call!(nr::FDATASYNC, fd)
}

/// Another descriptor for the same open file.
pub fn duplicate(fd: Fd) -> Result<Fd> {
    call!(nr::DUP, fd).map(|fd| fd as Fd)
}

/// The status flags of a descriptor (`O_APPEND` and its like).
pub fn get_flags(fd: Fd) -> Result<u32> {
    call!(nr::FCNTL, fd, 3, 0).map(|flags| flags as u32)
}

pub fn set_flags(fd: Fd, flags: u32) -> Result<usize> {
    call!(nr::FCNTL, fd, 4, flags)
}

pub fn getdents(fd: Fd, buf: *mut u8, len: usize) -> Result<usize> {
    call!(nr::GETDENTS64, fd, buf, len)
}

pub fn ppoll(fds: &mut [PollFd], timeout: Option<&TimeSpec>) -> Result<usize> {
    // The kernel writes the remaining time back, so it gets a copy.
    let mut left = timeout.copied().unwrap_or_default();
    let timeout = if timeout.is_some() {
        &raw mut left
    } else {
        core::ptr::null_mut()
    };
    call!(nr::PPOLL, fds.as_mut_ptr(), fds.len(), timeout, 0, 8)
}

/// Whether a character device is a terminal: only those have the attributes of one.
pub fn is_terminal(fd: Fd) -> bool {
    const TCGETS: usize = 0x5401;
    // `struct termios` has 36 bytes.
    let mut attributes = [0u32; 16];
    call!(nr::IOCTL, fd, TCGETS, attributes.as_mut_ptr()).is_ok()
}

/// Bytes that can be read at once, where the kernel knows.
pub fn readable_bytes(fd: Fd) -> Result<u32> {
    const FIONREAD: usize = 0x541b;
    let mut count = 0u32;
    call!(nr::IOCTL, fd, FIONREAD, &raw mut count)?;
    Ok(count)
}

/// Bytes that a pipe holds; an error where it is none.
pub fn pipe_size(fd: Fd) -> Result<usize> {
    const F_GETPIPE_SZ: usize = 1032;
    call!(nr::FCNTL, fd, F_GETPIPE_SZ)
}

// ---- clocks ---------------------------------------------------------------------------------------------------------

pub const CLOCK_REALTIME: u32 = 0;
pub const CLOCK_MONOTONIC: u32 = 1;
pub const CLOCK_PROCESS_CPUTIME: u32 = 2;
pub const CLOCK_THREAD_CPUTIME: u32 = 3;

pub fn clock_gettime(clock: u32, time: &mut TimeSpec) -> Result<usize> {
    call!(nr::CLOCK_GETTIME, clock, time as *mut TimeSpec)
}

pub fn clock_getres(clock: u32, time: &mut TimeSpec) -> Result<usize> {
    call!(nr::CLOCK_GETRES, clock, time as *mut TimeSpec)
}
