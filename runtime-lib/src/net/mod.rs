//! The network: what the program may do there, sockets, looking up names. Nothing here knows how a guest passes values, so that every version of WASI, and
//! clients that the runtime library has itself, can stand on it.
//!
//! | module | concern |
//! |---|---|
//! | [`policy`] | the rules that were baked in, and what they allow |
//! | [`error`] | what can go wrong |
//! | [`socket`] | making sockets, addresses |
//! | [`tcp`], [`udp`] | sockets with the states that WASI gives them |
//! | [`options`] | options of sockets |
//! | [`names`] | looking up a name: a machine that goes on in steps and never waits by itself |
//! | [`resolver`] | `/etc/hosts` and `/etc/resolv.conf` |
//! | [`dns`] | messages of DNS |
//!
//! All sockets are non-blocking. What would have to wait says so ([`Wait`]), and the caller waits as it sees fit.

pub mod dns;
pub mod error;
pub mod names;
pub mod options;
pub mod policy;
pub mod resolver;
pub mod socket;
pub mod tcp;
pub mod udp;

use crate::sys::{self, Fd, PollFd, TimeSpec};

/// What something waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// Nothing: it can be gone on with.
    Ready,
    /// One of these events of a descriptor, or the time (of the monotonic clock, in nanoseconds), if there is one.
    For {
        fd: Fd,
        events: i16,
        until: Option<u64>,
    },
}

impl Wait {
    /// Waits for these events of a descriptor, unless there is one already.
    pub fn on(fd: Fd, events: i16) -> Wait {
        match has_event(fd, events) {
            true => Wait::Ready,
            false => Wait::For {
                fd,
                events,
                until: None,
            },
        }
    }
}

/// Whether one of these events has happened, or something after which none will.
pub fn has_event(fd: Fd, events: i16) -> bool {
    let mut fds = [PollFd {
        fd,
        events,
        revents: 0,
    }];
    let now = TimeSpec::default();
    // What cannot be asked is tried.
    !matches!(sys::ppoll(&mut fds, Some(&now)), Ok(0))
}
