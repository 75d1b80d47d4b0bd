//! What handles of the host's resources stand for, descriptors excepted: streams, pollables, errors.

use super::Answer;
use crate::canonical::Reason;
use crate::sys::{self, PollFd};
use crate::wasi::Error;
use crate::wasi::fds::Entry;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Objects that a program may have.
const MAX: usize = 4096;

/// An object.
#[derive(Clone, Copy)]
pub enum Object {
    Free,
    /// Reads from a file or the standard input.
    Input(Stream),
    /// Writes to a file or a standard stream.
    Output(Stream),
    /// The entries of a directory: where the next one is.
    Directory {
        entry: Entry,
        position: u64,
    },
    Pollable(Pollable),
    /// A number of WASI preview 1.
    Error(u16),
}

/// A stream.
#[derive(Clone, Copy)]
pub struct Stream {
    pub entry: Entry,
    /// Of a file: where it goes on.
    pub place: Place,
    /// The file's descriptor is the stream's own.
    pub is_owner: bool,
    /// It has ended.
    pub is_closed: bool,
    /// Pollables that wait for it.
    pub children: u32,
    /// What it is if it is no descriptor's.
    pub source: Option<Source>,
}

/// A stream that others implement: the body of a message. Each operation gets its number.
#[derive(Clone, Copy)]
pub struct Source {
    pub number: u32,
    pub operations: &'static Operations,
}

/// What can be done with such a stream.
pub struct Operations {
    /// Reads bytes, none only where there are none yet and it must not wait.
    pub read: fn(u32, &mut [u8], bool) -> Done<usize>,
    /// How much can be written without waiting.
    pub room: fn(u32) -> Done<u64>,
    /// Writes all bytes, and waits where it must.
    pub write: fn(u32, &[u8]) -> Done<()>,
    /// Whether something can be done without waiting; `POLLIN` or `POLLOUT`.
    pub is_ready: fn(u32, i16) -> bool,
    /// The descriptor to wait for, and what it must be ready for.
    pub waits_for: fn(u32, i16) -> PollFd,
    pub drop: fn(u32),
}

/// How a stream failed.
pub enum Failure {
    Closed,
    /// The last operation did.
    Failed(Error),
}

pub type Done<T> = core::result::Result<T, Failure>;

/// In a program of a server, numbers of errors from here on are an `error-code` of `wasi:http`.
pub const HTTP_ERROR: u16 = 0x100;

/// Where a stream reads or writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Wherever the descriptor is.
    Current,
    At(u64),
    /// Behind all that is there.
    End,
}

/// What a pollable waits for.
#[derive(Clone, Copy)]
pub enum Pollable {
    /// A time of the monotonic clock, in nanoseconds.
    Time(u64),
    /// Until the stream can be read or written.
    Stream(u32),
    /// Until what a source's operations say, which know it by its number.
    Source(Source),
}

struct Table(UnsafeCell<[Object; MAX]>);

// SAFETY: components have one thread.
unsafe impl Sync for Table {}

static TABLE: Table = Table(UnsafeCell::new([Object::Free; MAX]));

/// Objects from here on were never used since the last [`reset`].
static USED: AtomicUsize = AtomicUsize::new(0);

fn table() -> &'static mut [Object; MAX] {
    // SAFETY: as above; nobody keeps the reference across a call of compiled code.
    unsafe { &mut *TABLE.0.get() }
}

/// Keeps an object: its number.
pub fn insert(object: Object) -> Answer<u32> {
    let table = table();
    let free = table
        .iter()
        .position(|object| matches!(object, Object::Free));
    let at = free.ok_or(Reason::TooManyHandles)?;
    table[at] = object;
    USED.fetch_max(at + 1, Ordering::Relaxed);
    Ok(at as u32)
}

/// The object of this number. Handles are checked, so it is there.
pub fn get(number: u32) -> &'static mut Object {
    match table().get_mut(number as usize) {
        Some(object) => object,
        None => sys::fatal("wative: a handle stands for no object\n"),
    }
}

/// The stream of this number.
pub fn stream(number: u32) -> &'static mut Stream {
    match get(number) {
        Object::Input(stream) | Object::Output(stream) => stream,
        _ => sys::fatal("wative: a handle stands for no stream\n"),
    }
}

/// Forgets an object, with what belongs to it.
pub fn remove(number: u32) -> Answer<()> {
    match *get(number) {
        Object::Input(stream) | Object::Output(stream) => {
            if stream.children != 0 {
                return Err(Reason::HasChildren);
            }
            if stream.is_owner {
                let _ = stream.entry.close();
            }
            if let Some(source) = stream.source {
                (source.operations.drop)(source.number);
            }
        }
        Object::Directory { entry, .. } => {
            let _ = entry.close();
        }
        Object::Pollable(Pollable::Stream(number)) => stream(number).children -= 1,
        Object::Pollable(Pollable::Source(source)) => (source.operations.drop)(source.number),
        Object::Pollable(_) | Object::Error(_) | Object::Free => {}
    }
    *get(number) = Object::Free;
    Ok(())
}

/// Forgets all objects, and closes what they own.
pub fn reset() {
    for object in table().iter_mut().take(USED.swap(0, Ordering::Relaxed)) {
        match core::mem::replace(object, Object::Free) {
            Object::Input(stream) | Object::Output(stream) if stream.is_owner => {
                let _ = stream.entry.close();
            }
            Object::Directory { entry, .. } => {
                let _ = entry.close();
            }
            _ => {}
        }
    }
}

/// The entry with a descriptor of its own, so that it outlives the other.
pub fn duplicate(entry: &Entry) -> crate::wasi::Result<Entry> {
    let host = match entry.tree.is_null() {
        true => sys::duplicate(entry.host)?,
        false => entry.host,
    };
    Ok(Entry { host, ..*entry })
}
