//! What waits for the system: calls of the host that go on later, ends of streams that the runtime has. All of it is waited for at once, by `ppoll`, when no thread can go on.

use super::{Link, Linked, tasks};
use crate::canonical::Reason;
use crate::net::Wait;
use crate::state::region;
use crate::sys::{self, PollFd, TimeSpec};
use crate::wasi2::{monotonic, wait};

/// What goes on when it has happened, with what it was watched for. It is not watched any more then.
pub type Wake = unsafe fn(*mut u8) -> Result<(), Reason>;

/// Something that is waited for.
pub struct Waiter {
    number: u32,
    wait: Wait,
    wake: Wake,
    of: *mut u8,
    /// Place among the descriptors of the current poll, and one more; 0: none.
    place: usize,
    /// When it happened, if it has, and is in the list of those: what was waited for until a time, then; all else, when that was seen.
    due: Option<u64>,
    link: Link<Waiter>,
}

impl Linked for Waiter {
    fn link(&mut self) -> &mut Link<Waiter> {
        &mut self.link
    }
}

/// Descriptors that one poll waits for; the others are asked again after a while.
const MOST: usize = 32 << 10;

/// Nanoseconds until the others are asked again.
const AGAIN: u64 = 10_000_000;

/// Turns after which the system is asked though threads can go on.
pub const TURNS: u32 = 64;

/// Waits for the system if that is asked for, else only looks, and lets go on what can: whether anything is waited for at all.
pub type Poll = unsafe fn(waits: bool) -> Result<bool, Reason>;

/// Watches for something. Only what does so has the rest of this in its program.
///
/// # Safety
/// `of` is what `wake` takes, until then or until [`unwatch`].
pub unsafe fn watch(wait: Wait, wake: Wake, of: *mut u8) -> Result<*mut Waiter, Reason> {
    let all = tasks();
    (&raw mut (*all).poll).write_volatile(Some(poll_system));
    let waiter = Waiter {
        number: 0,
        wait,
        wake,
        of,
        place: 0,
        due: None,
        link: Link::new(),
    };
    let (number, waiter) = (*all).waiters.add(waiter).ok_or(Reason::TooManyTasks)?;
    (*waiter).number = number;
    (*all).watched.push(waiter);
    Ok(waiter)
}

/// Ends that; null: nothing is.
///
/// # Safety
/// It was watched and did not wake anything.
pub unsafe fn unwatch(waiter: *mut Waiter) {
    if waiter.is_null() {
        return;
    }
    let all = tasks();
    match (*waiter).due {
        Some(_) => (*all).due.remove(waiter),
        None => (*all).watched.remove(waiter),
    }
    (*all).waiters.remove((*waiter).number);
}

/// See [`Poll`].
///
/// # Safety
/// On a stack on which compiled code may be called.
pub unsafe fn poll(waits: bool) -> Result<bool, Reason> {
    // Volatile: a compiler that sees that there is one function only would call it by name.
    match (&raw const (*tasks()).poll).read_volatile() {
        Some(poll) => poll(waits),
        None => Ok(false),
    }
}

/// Room for [`MOST`] of them.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn descriptors() -> Result<*mut PollFd, Reason> {
    let place = &raw mut (*tasks()).descriptors;
    if (*place).is_null() {
        let pages = region::pages((MOST * size_of::<PollFd>()).next_multiple_of(sys::PAGE));
        *place = pages.map_err(|_| Reason::TooManyTasks)?.cast();
    }
    Ok(*place)
}

/// See [`Poll`].
///
/// # Safety
/// As above.
unsafe fn poll_system(waits: bool) -> Result<bool, Reason> {
    let all = tasks();
    if (*all).watched.is_empty() && (*all).due.is_empty() {
        return Ok(false);
    }
    if (*all).due.is_empty() {
        look(waits)?;
    }
    // Those that are due now: what they watch for anew is for the next time.
    loop {
        let waiter = (*all).due.find(|_| true);
        let Some(Waiter {
            number, wake, of, ..
        }) = waiter.as_ref()
        else {
            return Ok(true);
        };
        let (number, wake, of) = (*number, *wake, *of);
        (*all).due.remove(waiter);
        (*all).waiters.remove(number);
        wake(of)?;
    }
}

/// Asks the system, and puts on the list what has happened, in the order of time: a program that was not executed for a while finds the shorter of two times over first.
///
/// # Safety
/// As above.
unsafe fn look(waits: bool) -> Result<(), Reason> {
    let all = tasks();
    let fds = descriptors()?;
    let now = monotonic();
    let (mut used, mut deadline) = (0, if waits { None } else { Some(now) });
    let mut until =
        |time: u64| deadline = Some(deadline.map_or(time, |other: u64| other.min(time)));
    (*all).watched.find(|waiter| {
        (*waiter).place = 0;
        match (*waiter).wait {
            Wait::Ready => until(now),
            Wait::For {
                fd,
                events,
                until: time,
            } => {
                if let Some(time) = time {
                    until(time);
                }
                if fd >= 0 && used < MOST {
                    fds.add(used).write(PollFd {
                        fd,
                        events,
                        revents: 0,
                    });
                    used += 1;
                    (*waiter).place = used;
                } else if fd >= 0 {
                    until(now + AGAIN);
                }
            }
        }
        false
    });
    let timeout = deadline.map(|time| TimeSpec::from_nanoseconds(time.saturating_sub(now)));
    let fds_of_all = core::slice::from_raw_parts_mut(fds, used);
    let _ = wait::poll_for(fds_of_all, timeout.as_ref(), wait::Who::Tasks);
    let now = monotonic();
    let mut waiter = (*all).watched.find(|_| true);
    while !waiter.is_null() {
        let next = (*waiter).link.next;
        let due = match ((*waiter).wait, (*waiter).place) {
            (Wait::Ready, _) => Some(now),
            (
                Wait::For {
                    until: Some(time), ..
                },
                _,
            ) if time <= now => Some(time),
            (Wait::For { fd, .. }, 0) => (fd >= 0).then_some(now),
            (_, place) => ((*fds.add(place - 1)).revents != 0).then_some(now),
        };
        if due.is_some() {
            (*all).watched.remove(waiter);
            (*waiter).due = due;
            (*all).due.insert(waiter, |other| (*other).due <= due);
        }
        waiter = next;
    }
    Ok(())
}
