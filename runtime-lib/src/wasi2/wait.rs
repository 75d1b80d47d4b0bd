//! Waiting: every function that makes its guest wait does so here, so that a server can do something else meanwhile.

use super::clocks::monotonic;
use crate::net::Wait;
use crate::sys::{self, PollFd, TimeSpec};
use core::sync::atomic::{AtomicPtr, Ordering};

/// What waits instead of the kernel: descriptors and how long; as `ppoll` answers.
pub type Hook = fn(&mut [PollFd], Option<&TimeSpec>) -> sys::Result<usize>;

static HOOK: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// From now on this waits. Only servers set it, so nothing of them is in other programs.
pub fn set_hook(hook: Hook) {
    HOOK.store(hook as *mut (), Ordering::Relaxed);
}

/// Whether somebody else may want to go on while the guest waits.
pub fn is_hooked() -> bool {
    !HOOK.load(Ordering::Relaxed).is_null()
}

/// Waits until something can be done with one of the descriptors, or the time is over.
pub fn poll(fds: &mut [PollFd], timeout: Option<&TimeSpec>) -> sys::Result<usize> {
    let hook = HOOK.load(Ordering::Relaxed);
    if hook.is_null() {
        return sys::ppoll(fds, timeout);
    }
    // SAFETY: only `set_hook` writes it.
    let hook: Hook = unsafe { core::mem::transmute(hook) };
    hook(fds, timeout)
}

/// Waits for one descriptor.
pub fn until(fd: sys::Fd, events: i16) {
    let mut fds = [PollFd {
        fd,
        events,
        revents: 0,
    }];
    let _ = poll(&mut fds, None);
}

/// Waits for what something waits for.
pub fn on(wait: Wait) {
    let Wait::For { fd, events, until } = wait else {
        return;
    };
    let mut fds = [PollFd {
        fd,
        events,
        revents: 0,
    }];
    let left = until.map(|until| TimeSpec::from_nanoseconds(until.saturating_sub(monotonic())));
    let _ = poll(&mut fds, left.as_ref());
}
