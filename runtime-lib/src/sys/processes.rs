//! System calls of processes that make others: servers and their workers.

use super::{Errno, Fd, PROT_READ, PROT_WRITE, Result, TimeSpec, check};
use crate::arch::{nr, syscall};

pub const SIGINT: i32 = 2;
pub const SIGKILL: i32 = 9;
pub const SIGALRM: i32 = 14;
pub const SIGTERM: i32 = 15;
pub const SIGCHLD: i32 = 17;

/// Makes a copy of this process whose parent is this one's: 0 in the copy, else its number. Where the system knows no such copies its parent is this one.
///
/// # Safety
/// The process has one thread.
pub unsafe fn fork_sibling() -> Result<u32> {
    match check(syscall(
        nr::CLONE,
        [crate::abi::Config::SIBLING_FLAGS as usize, 0, 0, 0, 0, 0],
    )) {
        Err(Errno::INVAL) => fork(),
        answer => answer.map(|pid| pid as u32),
    }
}

/// Makes a copy of this process: 0 in the copy, else its number.
///
/// # Safety
/// The process has one thread.
pub unsafe fn fork() -> Result<u32> {
    check(syscall(
        nr::CLONE,
        [crate::abi::Config::FORK_FLAGS as usize, 0, 0, 0, 0, 0],
    ))
    .map(|pid| pid as u32)
}

/// The number of a process that has ended, and its status. 0: none has.
pub fn reap() -> Result<(u32, i32)> {
    const WNOHANG: usize = 1;
    let mut status = 0i32;
    let pid = call!(nr::WAIT4, -1isize, &raw mut status, WNOHANG, 0)?;
    Ok((pid as u32, status))
}

/// Sends a signal to a process.
pub fn kill(pid: u32, signal: i32) -> Result<usize> {
    call!(nr::KILL, pid, signal)
}

/// Orphans of this process's children become its own.
pub fn adopt_orphans() -> Result<usize> {
    const PR_SET_CHILD_SUBREAPER: usize = 36;
    call!(nr::PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

fn set(signals: &[i32]) -> u64 {
    signals
        .iter()
        .fold(0, |set, signal| set | 1 << (signal - 1))
}

/// Keeps these signals from this process and from its copies, until [`next_signal`].
pub fn block_signals(signals: &[i32]) -> Result<usize> {
    const SIG_BLOCK: usize = 0;
    let set = set(signals);
    call!(nr::RT_SIGPROCMASK, SIG_BLOCK, &raw const set, 0, 8)
}

/// Waits for one of these signals, which are blocked.
pub fn next_signal(signals: &[i32], timeout: Option<&TimeSpec>) -> Result<i32> {
    let set = set(signals);
    let timeout = timeout.map_or(core::ptr::null(), |time| time as *const TimeSpec);
    call!(nr::RT_SIGTIMEDWAIT, &raw const set, 0, timeout, 8).map(|signal| signal as i32)
}

/// A `SIGALRM` after so many microseconds; 0: none.
pub fn set_alarm(microseconds: u64) -> Result<usize> {
    const ITIMER_REAL: usize = 0;
    let timer = [0, 0, microseconds / 1_000_000, microseconds % 1_000_000];
    call!(nr::SETITIMER, ITIMER_REAL, timer.as_ptr(), 0)
}

/// Both ends of a pipe: for reading, for writing.
pub fn pipe() -> Result<[Fd; 2]> {
    let mut ends = [-1; 2];
    call!(nr::PIPE2, ends.as_mut_ptr(), super::O_CLOEXEC)?;
    Ok(ends)
}

/// Processors that this process may run on.
pub fn processors() -> u32 {
    let mut mask = [0u64; 128];
    let len = call!(
        nr::SCHED_GETAFFINITY,
        0,
        size_of_val(&mask),
        mask.as_mut_ptr()
    )
    .unwrap_or(0);
    let words = mask.iter().take(len.div_ceil(8));
    words.map(|word| word.count_ones()).sum::<u32>().max(1)
}

/// Fresh memory that copies of this process share.
pub fn mmap_shared(len: usize) -> Result<*mut u8> {
    const MAP_SHARED_ANONYMOUS: usize = 0x21;
    call!(
        nr::MMAP,
        0,
        len,
        PROT_READ | PROT_WRITE,
        MAP_SHARED_ANONYMOUS,
        -1isize,
        0
    )
    .map(|at| at as *mut u8)
}

/// Makes connections that are accepted from a socket send at once, and accepting not wait.
pub fn serve_from(socket: Fd) -> Result<usize> {
    const IPPROTO_TCP: usize = 6;
    const TCP_NODELAY: usize = 1;
    let yes = 1u32;
    call!(
        nr::SETSOCKOPT,
        socket,
        IPPROTO_TCP,
        TCP_NODELAY,
        &raw const yes,
        4
    )?;
    super::set_flags(socket, super::get_flags(socket)? | super::O_NONBLOCK)
}
