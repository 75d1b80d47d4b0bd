//! What handles of the host's resources stand for, descriptors excepted: streams, pollables, errors.

use super::Answer;
use crate::canonical::Reason;
use crate::sys;
use crate::wasi::fds::Entry;
use core::cell::UnsafeCell;

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
    Directory { entry: Entry, position: u64 },
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
}

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
    /// Nothing: it is ready.
    Ready,
    /// A time of the monotonic clock, in nanoseconds.
    Time(u64),
    /// Until the stream can be read or written.
    Stream(u32),
}

struct Table(UnsafeCell<[Object; MAX]>);

// SAFETY: components have one thread.
unsafe impl Sync for Table {}

static TABLE: Table = Table(UnsafeCell::new([Object::Free; MAX]));

fn table() -> &'static mut [Object; MAX] {
    // SAFETY: as above; nobody keeps the reference across a call of compiled code.
    unsafe { &mut *TABLE.0.get() }
}

/// Keeps an object: its number.
pub fn insert(object: Object) -> Answer<u32> {
    let table = table();
    let free = table.iter().position(|object| matches!(object, Object::Free));
    let at = free.ok_or(Reason::TooManyHandles)?;
    table[at] = object;
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
        }
        Object::Directory { entry, .. } => {
            let _ = entry.close();
        }
        Object::Pollable(Pollable::Stream(number)) => stream(number).children -= 1,
        Object::Pollable(_) | Object::Error(_) | Object::Free => {}
    }
    *get(number) = Object::Free;
    Ok(())
}

/// The entry with a descriptor of its own, so that it outlives the other.
pub fn duplicate(entry: &Entry) -> crate::wasi::Result<Entry> {
    let host = match entry.tree.is_null() {
        true => sys::duplicate(entry.host)?,
        false => entry.host,
    };
    Ok(Entry { host, ..*entry })
}
