//! Waiting: every function that makes its guest wait does so here, so that a server can do something else meanwhile.

use super::clocks::monotonic;
use crate::net::Wait;
use crate::sys::{self, PollFd, TimeSpec};
use core::cell::UnsafeCell;

/// Who waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A function that its guest has called, which does not return meanwhile.
    Guest,
    /// All tasks.
    Tasks,
}

/// What waits instead of the kernel: descriptors and how long; as `ppoll` answers.
pub type Hook = fn(&mut [PollFd], Option<&TimeSpec>, Who) -> sys::Result<usize>;

struct Cell(UnsafeCell<Option<Hook>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static HOOK: Cell = Cell(UnsafeCell::new(None));

/// From now on this waits. Only servers set it, so nothing of them is in other programs.
pub fn set_hook(hook: Hook) {
    // SAFETY: as above.
    unsafe { HOOK.0.get().write_volatile(Some(hook)) }
}

/// Volatile: a compiler that sees that there is one hook only calls it by name, and then every program has the server in it (28 KB).
fn hook() -> Option<Hook> {
    // SAFETY: as above.
    unsafe { HOOK.0.get().read_volatile() }
}

struct Reset(UnsafeCell<Option<fn()>>);

// SAFETY: components have one thread.
unsafe impl Sync for Reset {}

static RESET: Reset = Reset(UnsafeCell::new(None));

/// From now on this forgets what a request of a server has left of WASI 0.3. Only handlers of it set it, so nothing of it is in other servers.
pub fn set_reset(reset: fn()) {
    // SAFETY: as above.
    unsafe { RESET.0.get().write_volatile(Some(reset)) }
}

/// Forgets it.
pub fn reset() {
    // SAFETY: as above; volatile for the same reason as the hook.
    if let Some(reset) = unsafe { RESET.0.get().read_volatile() } {
        reset();
    }
}

/// Whether somebody else may want to go on while the guest waits.
pub fn is_hooked() -> bool {
    hook().is_some()
}

/// Waits until something can be done with one of the descriptors, or the time is over.
pub fn poll(fds: &mut [PollFd], timeout: Option<&TimeSpec>) -> sys::Result<usize> {
    poll_for(fds, timeout, Who::Guest)
}

/// Likewise, for whoever it is.
pub fn poll_for(fds: &mut [PollFd], timeout: Option<&TimeSpec>, who: Who) -> sys::Result<usize> {
    match hook() {
        Some(hook) => hook(fds, timeout, who),
        None => sys::ppoll(fds, timeout),
    }
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
