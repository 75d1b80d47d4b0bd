//! Waiting for clocks and descriptors.
//!
//! All subscriptions are copied before anything is waited for; a descriptor that is none fails the call. Each clock gives an absolute deadline of its own clock;
//! the wait is as long as the nearest one, and repeated until at least one event can be reported.

use core::mem::MaybeUninit;

use crate::sys::{self, PollFd, TimeSpec};
use crate::wasi::clock::{host_clock, now};
use crate::wasi::fds::{self, rights};
use crate::wasi::tree::{self, Node};
use crate::wasi::{Error, Guest, Result, calls};

/// Subscriptions of one call: as many as Linux waits for unless it is told otherwise (`RLIMIT_NOFILE`). They are kept on the stack, so
/// that waiting allocates nothing, and only those that there are get initialised.
const MAX: usize = 1024;

const SUBSCRIPTION_CLOCK: u8 = 0;
const SUBSCRIPTION_READ: u8 = 1;
const SUBSCRIPTION_WRITE: u8 = 2;

/// Clock flag: the timeout is a time, not a duration.
const ABSTIME: u16 = 1;

const EVENT_SIZE: usize = 32;
const EVENT_HANGUP: u16 = 1;

struct Subscription {
    userdata: u64,
    kind: u8,
    /// An error that was found when it was copied; 0: none.
    error: u16,
    /// Clock: Linux's number. Descriptor: the host's.
    source: u32,
    /// Clock: when it is over, in nanoseconds.
    deadline: u64,
    /// A file of a tree, which is always ready: bytes left to read.
    ready: Option<u64>,
    hold: fds::Hold,
}

/// Where the two modules keep the parts of a clock subscription.
struct Layout {
    size: u32,
    clock: usize,
    timeout: usize,
    flags: usize,
}

const SNAPSHOT: Layout = Layout {
    size: 48,
    clock: 16,
    timeout: 24,
    flags: 40,
};
/// The older one has a user-defined clock identifier first.
const UNSTABLE: Layout = Layout {
    size: 56,
    clock: 24,
    timeout: 32,
    flags: 48,
};

fn word(bytes: &[u8; 56], at: usize) -> u64 {
    let mut word = [0; 8];
    if let Some(part) = bytes.get(at..at + 8) {
        word.copy_from_slice(part);
    }
    u64::from_le_bytes(word)
}

fn parse(bytes: &[u8; 56], layout: &Layout) -> Result<Subscription> {
    let mut it = Subscription {
        userdata: word(bytes, 0),
        kind: bytes[8],
        error: 0,
        source: 0,
        deadline: u64::MAX,
        ready: None,
        hold: fds::Hold::NONE,
    };
    match it.kind {
        SUBSCRIPTION_CLOCK => {
            let timeout = word(bytes, layout.timeout);
            let flags = word(bytes, layout.flags & !7) as u16;
            match host_clock(word(bytes, layout.clock) as u32) {
                // A process or thread that sleeps uses no processor time: waiting for it would never end.
                Ok(clock) if clock <= sys::CLOCK_MONOTONIC => {
                    it.source = clock;
                    it.deadline = if flags & ABSTIME != 0 {
                        timeout
                    } else {
                        now(clock)?.saturating_add(timeout)
                    };
                }
                Ok(_) => it.error = Error::NOTSUP.0,
                Err(error) => it.error = error.0,
            }
        }
        SUBSCRIPTION_READ | SUBSCRIPTION_WRITE => {
            let entry = fds::get(word(bytes, 16) as u32)?;
            match entry.require(rights::POLL_FD_READWRITE) {
                Ok(()) => {
                    it.source = entry.host as u32;
                    it.ready = Node::of(&entry).map(|node| tree::left(&entry, node));
                    it.hold = entry.hold;
                }
                Err(error) => it.error = error.0,
            }
        }
        _ => return Err(Error::INVAL),
    }
    Ok(it)
}

/// Time left until the deadline, in nanoseconds.
fn left(subscription: &Subscription) -> Result<u64> {
    Ok(subscription
        .deadline
        .saturating_sub(now(subscription.source)?))
}

/// The subscriptions of a call; only those that there are were initialised.
struct Subscriptions {
    items: [MaybeUninit<Subscription>; MAX],
    count: usize,
}

impl Subscriptions {
    /// There is room.
    fn push(&mut self, subscription: Subscription) -> &Subscription {
        let item = &mut self.items[self.count];
        self.count += 1;
        item.write(subscription)
    }

    fn as_slice(&self) -> &[Subscription] {
        // SAFETY: the first `count` were written.
        unsafe {
            core::slice::from_raw_parts(self.items.as_ptr() as *const Subscription, self.count)
        }
    }
}

impl Drop for Subscriptions {
    fn drop(&mut self) {
        for item in self.items.iter_mut().take(self.count) {
            // SAFETY: it was written.
            unsafe { item.assume_init_drop() };
        }
    }
}

fn poll(guest: Guest, from: u32, to: u32, count: u32, result: u32, layout: &Layout) -> Result<()> {
    if count == 0 || count as usize > MAX {
        return Err(Error::INVAL);
    }
    guest.range(from, u64::from(count) * u64::from(layout.size))?;
    guest.range(to, u64::from(count) * EVENT_SIZE as u64)?;
    guest.range(result, 4)?;
    let mut all = Subscriptions {
        items: [const { MaybeUninit::uninit() }; MAX],
        count: 0,
    };
    let mut polled = [const { MaybeUninit::<PollFd>::uninit() }; MAX];
    let count = count as usize;
    for (i, poll) in polled.iter_mut().take(count).enumerate() {
        let mut bytes = [0; 56];
        guest.read(
            from + i as u32 * layout.size,
            &mut bytes[..layout.size as usize],
        )?;
        let subscription = all.push(parse(&bytes, layout)?);
        let is_waiting = subscription.kind != SUBSCRIPTION_CLOCK && subscription.error == 0;
        poll.write(PollFd {
            // A negative descriptor is ignored by the kernel.
            fd: if is_waiting {
                subscription.source as i32
            } else {
                -1
            },
            events: if subscription.kind == SUBSCRIPTION_READ {
                sys::POLLIN
            } else {
                sys::POLLOUT
            },
            revents: 0,
        });
    }
    let all = all.as_slice();
    // SAFETY: the first `count` were written.
    let polled =
        unsafe { core::slice::from_raw_parts_mut(polled.as_mut_ptr() as *mut PollFd, count) };
    let mut stored = 0;
    while stored == 0 {
        wait(all, polled)?;
        for (subscription, poll) in all.iter().zip(&*polled) {
            if let Some(event) = event(subscription, poll)? {
                guest.write(to + stored * EVENT_SIZE as u32, &event)?;
                stored += 1;
            }
        }
    }
    guest.write_u32(result, stored)
}

/// Waits until a descriptor is ready or the nearest deadline has come.
fn wait(all: &[Subscription], polled: &mut [PollFd]) -> Result<()> {
    let mut nearest: Option<u64> = None;
    for subscription in all {
        let left = match subscription {
            Subscription { error: 1.., .. } | Subscription { ready: Some(_), .. } => 0,
            Subscription {
                kind: SUBSCRIPTION_CLOCK,
                ..
            } => left(subscription)?,
            _ => continue,
        };
        nearest = Some(nearest.map_or(left, |n| n.min(left)));
    }
    let timeout = nearest.map(|n| TimeSpec {
        sec: (n / 1_000_000_000) as i64,
        nsec: (n % 1_000_000_000) as i64,
    });
    match sys::ppoll(polled, timeout.as_ref()) {
        Ok(_) => Ok(()),
        // The caller looks again.
        Err(sys::Errno::INTR) => {
            polled.iter_mut().for_each(|p| p.revents = 0);
            Ok(())
        }
        Err(errno) => Err(errno.into()),
    }
}

/// What there is to report about a subscription.
fn event(subscription: &Subscription, poll: &PollFd) -> Result<Option<[u8; EVENT_SIZE]>> {
    let (mut error, mut bytes, mut flags) = (subscription.error, 0u64, 0);
    if error == 0 && subscription.kind == SUBSCRIPTION_CLOCK {
        if left(subscription)? != 0 {
            return Ok(None);
        }
    } else if let Some(left) = subscription.ready {
        bytes = left;
    } else if error == 0 {
        if poll.revents == 0 {
            return Ok(None);
        }
        if poll.revents & sys::POLLNVAL != 0 {
            error = Error::BADF.0;
        } else if poll.revents & sys::POLLERR != 0 && subscription.kind == SUBSCRIPTION_READ {
            error = Error::IO.0;
        }
        if poll.revents & sys::POLLHUP != 0 {
            flags = EVENT_HANGUP;
        }
        if subscription.kind == SUBSCRIPTION_READ {
            bytes = sys::readable_bytes(poll.fd).unwrap_or(1).into();
        }
    }
    let mut event = [0; EVENT_SIZE];
    event[..8].copy_from_slice(&subscription.userdata.to_le_bytes());
    event[8..10].copy_from_slice(&error.to_le_bytes());
    event[10] = subscription.kind;
    event[16..24].copy_from_slice(&bytes.to_le_bytes());
    event[24..26].copy_from_slice(&u16::to_le_bytes(flags));
    Ok(Some(event))
}

mod snapshot {
    use super::*;

    calls! {
        [snapshot]
        /// Waits until one of the subscriptions has something to report.
        fn poll_oneoff(guest, from: u32, to: u32, count: u32, result: u32) {
            poll(guest, from, to, count, result, &SNAPSHOT)
        }
    }
}

mod unstable {
    use super::*;

    calls! {
        [unstable]
        /// Waits until one of the subscriptions has something to report.
        fn poll_oneoff(guest, from: u32, to: u32, count: u32, result: u32) {
            poll(guest, from, to, count, result, &UNSTABLE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_timeout_ends_after_its_time_in_both_layouts() {
        for layout in [&SNAPSHOT, &UNSTABLE] {
            let mut bytes = [0u8; 256];
            let guest = Guest {
                base: bytes.as_mut_ptr(),
                len: 256,
            };
            guest.write_u64(0, 77).unwrap();
            guest.write_u32(layout.clock as u32, 1).unwrap();
            guest.write_u64(layout.timeout as u32, 2_000_000).unwrap();
            let start = now(sys::CLOCK_MONOTONIC).unwrap();
            poll(guest, 0, 128, 1, 200, layout).unwrap();
            assert!(now(sys::CLOCK_MONOTONIC).unwrap() - start >= 2_000_000);
            assert_eq!(
                (
                    guest.read_u32(200),
                    guest.read_u32(128),
                    guest.read_u32(136)
                ),
                (Ok(1), Ok(77), Ok(0))
            );
        }
    }

    #[test]
    fn a_closed_descriptor_and_nonsense_are_refused() {
        let mut bytes = [0u8; 256];
        let guest = Guest {
            base: bytes.as_mut_ptr(),
            len: 256,
        };
        guest.write_u32(8, SUBSCRIPTION_READ.into()).unwrap();
        guest.write_u32(16, 999).unwrap();
        assert_eq!(poll(guest, 0, 128, 1, 200, &SNAPSHOT), Err(Error::BADF));
        guest.write_u32(8, 9).unwrap();
        assert_eq!(poll(guest, 0, 128, 1, 200, &SNAPSHOT), Err(Error::INVAL));
        assert_eq!(poll(guest, 0, 128, 0, 200, &SNAPSHOT), Err(Error::INVAL));
        assert_eq!(poll(guest, 200, 128, 2, 200, &SNAPSHOT), Err(Error::FAULT));
    }
}
