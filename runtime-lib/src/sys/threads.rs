//! System calls of threads: starting and ending them, sleeping and waking, giving the memory of stacks back.

use super::{CLOCK_MONOTONIC, Errno, Result, TimeSpec, check, clock_gettime, sched_yield};
use crate::arch::{nr, syscall};
use core::sync::atomic::AtomicU32;

/// Starts a thread that calls `body(argument)` on the stack that ends at `top`. At its end the kernel clears the word `done`.
///
/// # Safety
/// The stack is nobody's until the word is cleared, and `body` ends the thread by [`exit_thread`].
pub unsafe fn clone_thread(
    top: usize,
    done: *const AtomicU32,
    body: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> Result<usize> {
    let flags = crate::abi::Config::CLONE_FLAGS as usize;
    check(crate::arch::wative_arch_clone(
        flags, top, done, body, argument,
    ))
}

const FUTEX_WAKE: u32 = 1;
const FUTEX_WAIT_BITSET: u32 = 9;
const FUTEX_PRIVATE: u32 = 128;

/// Sleeps while the word has this value, until it is woken or the monotonic clock has reached the deadline. May return early, and does
/// so at once where a filter of the system refuses to let anybody sleep.
pub fn futex_wait(word: &AtomicU32, value: u32, deadline: Option<&TimeSpec>) -> Result<usize> {
    let result = call!(
        nr::FUTEX,
        word.as_ptr(),
        FUTEX_WAIT_BITSET | FUTEX_PRIVATE,
        value,
        deadline.map_or(core::ptr::null(), |time| time as *const TimeSpec),
        0,
        u32::MAX
    );
    match result {
        Ok(_) | Err(Errno::AGAIN | Errno::INTR | Errno::TIMEDOUT) => result,
        Err(_) => {
            let _ = sched_yield();
            let mut now = TimeSpec::default();
            clock_gettime(CLOCK_MONOTONIC, &mut now)?;
            let is_over = |end: &TimeSpec| (now.sec, now.nsec) >= (end.sec, end.nsec);
            if deadline.is_some_and(is_over) {
                Err(Errno::TIMEDOUT)
            } else {
                Ok(0)
            }
        }
    }
}

/// Wakes one who sleeps on the word, which need not exist any more.
pub fn futex_wake(word: *const AtomicU32) -> Result<usize> {
    call!(nr::FUTEX, word, FUTEX_WAKE | FUTEX_PRIVATE, 1)
}

/// Ends the calling thread only.
pub fn exit_thread() -> ! {
    loop {
        let _ = call!(nr::EXIT, 0);
    }
}

/// Makes the pages of a private mapping fresh ones.
///
/// # Safety
/// Nobody needs what they hold.
pub unsafe fn forget(addr: *mut u8, len: usize) -> Result<usize> {
    const MADV_DONTNEED: usize = 4;
    call!(nr::MADVISE, addr, len, MADV_DONTNEED)
}
