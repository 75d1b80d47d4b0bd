//! What handles of the host's resources stand for, descriptors excepted: streams, pollables, errors, sockets.
//!
//! Objects lie in address space that is reserved with the first of them, so they never move, and memory is used for as many as there are. An object may be the child of another
//! one, which cannot be dropped before it.

use super::Answer;
use crate::canonical::Reason;
use crate::net::names::Lookup;
use crate::net::tcp::Tcp;
use crate::net::udp::Udp;
use crate::net::{Wait, socket};
use crate::sys;
use crate::wasi::Error;
use crate::wasi::fds::Entry;
use core::cell::UnsafeCell;
use core::net::SocketAddr;

/// Objects that a program may have, and where address space is short.
const MAX: usize = 1 << 20;
const MIN: usize = 1 << 12;

/// No object.
pub const NONE: u32 = u32::MAX;

/// An object.
#[derive(Clone, Copy)]
pub enum Object {
    /// The next free one, or [`NONE`].
    Free(u32),
    /// Reads from a file, a standard stream, a socket.
    Input(Stream),
    /// Writes to one.
    Output(Stream),
    /// The entries of a directory: where the next one is.
    Directory {
        entry: Entry,
        position: u64,
    },
    Pollable(Pollable),
    /// A number of WASI preview 1.
    Error(u16),
    Tcp {
        socket: Tcp,
        /// Its streams, as long as they are its children.
        input: u32,
        output: u32,
    },
    Udp {
        socket: Udp,
        input: u32,
        output: u32,
    },
    /// A stream of datagrams, of either direction.
    Datagrams(Datagrams),
    /// Made by `names::start`.
    Lookup(*mut Lookup),
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
    /// What it waits for until something can be done; `POLLIN` or `POLLOUT`.
    pub wait: fn(u32, i16) -> Wait,
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
    /// A connection, which takes so many bytes at a time.
    Socket(u32),
}

/// What a pollable waits for.
#[derive(Clone, Copy)]
pub enum Pollable {
    /// A time of the monotonic clock, in nanoseconds.
    Time(u64),
    /// Until the stream can be read or written.
    Stream(u32),
    /// For what the function says of the object.
    Object(u32, fn(u32) -> Wait),
    /// Until what a source's operations say, which know it by its number.
    Source(Source),
}

/// A stream of datagrams of a socket.
#[derive(Clone, Copy)]
pub struct Datagrams {
    pub host: sys::Fd,
    pub family: socket::Family,
    /// Whom it talks to alone.
    pub peer: Option<SocketAddr>,
    pub permit: Permit,
}

/// What may be sent, of which the program is told first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Nothing: it was not asked for.
    None,
    /// So many datagrams.
    Of(u32),
    /// Nothing until the system has room again.
    Waiting,
}

/// A place of the table.
struct Slot {
    object: Object,
    /// The object that this one is a child of, or [`NONE`].
    parent: u32,
    /// How many are children of this one.
    children: u32,
}

/// The table; it begins with a mapping of its own.
struct Table {
    slots: *mut Slot,
    capacity: u32,
    /// Places that were ever used.
    len: u32,
    /// The place that was freed last, or [`NONE`].
    free: u32,
}

struct Cell(UnsafeCell<Table>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static TABLE: Cell = Cell(UnsafeCell::new(Table {
    slots: core::ptr::null_mut(),
    capacity: 0,
    len: 0,
    free: NONE,
}));

fn table() -> &'static mut Table {
    // SAFETY: as above; nobody keeps the reference across a call of compiled code.
    unsafe { &mut *TABLE.0.get() }
}

impl Table {
    /// Reserves the address space.
    #[cold]
    fn reserve(&mut self) {
        let map = |capacity| {
            let bytes = capacity * size_of::<Slot>();
            let slots = sys::mmap(bytes, sys::PROT_READ | sys::PROT_WRITE)?;
            Ok::<_, sys::Errno>((slots as *mut Slot, capacity as u32))
        };
        // Without either there is no room for any object, which traps.
        if let Ok(mapped) = map(MAX).or_else(|_| map(MIN)) {
            (self.slots, self.capacity) = mapped;
        }
    }

    /// A place that is free.
    fn take(&mut self) -> Option<u32> {
        if self.free != NONE {
            let at = self.free;
            if let Object::Free(next) = self.slot(at).object {
                self.free = next;
            }
            return Some(at);
        }
        if self.capacity == 0 {
            self.reserve();
        }
        (self.len < self.capacity).then(|| {
            self.len += 1;
            self.len - 1
        })
    }

    /// A place that was used. Handles are checked, so their numbers are those of one.
    fn slot(&mut self, number: u32) -> &'static mut Slot {
        if number >= self.len {
            sys::fatal("wative: a handle stands for no object\n");
        }
        // SAFETY: it lies in the mapping, which is never given back, and was written.
        unsafe { &mut *self.slots.add(number as usize) }
    }
}

/// Keeps an object: its number.
pub fn insert(object: Object) -> Answer<u32> {
    insert_child(object, NONE)
}

/// Keeps an object that is the child of another one.
#[inline(never)]
pub fn insert_child(object: Object, parent: u32) -> Answer<u32> {
    let table = table();
    let at = table.take().ok_or(Reason::TooManyHandles)?;
    // SAFETY: it lies in the mapping.
    unsafe {
        table.slots.add(at as usize).write(Slot {
            object,
            parent,
            children: 0,
        });
    }
    if parent != NONE {
        table.slot(parent).children += 1;
    }
    Ok(at)
}

/// The object of this number.
pub fn get(number: u32) -> &'static mut Object {
    &mut table().slot(number).object
}

/// The object that this one is a child of, or [`NONE`].
pub fn parent(number: u32) -> u32 {
    table().slot(number).parent
}

/// The stream of this number.
pub fn stream(number: u32) -> &'static mut Stream {
    match get(number) {
        Object::Input(stream) | Object::Output(stream) => stream,
        _ => sys::fatal("wative: a handle stands for no stream\n"),
    }
}

/// Forgets an object; what belongs to it is the caller's.
pub fn remove(number: u32) -> Answer<Object> {
    let table = table();
    let slot = table.slot(number);
    if slot.children != 0 {
        return Err(Reason::HasChildren);
    }
    if slot.parent != NONE {
        table.slot(slot.parent).children -= 1;
    }
    let object = core::mem::replace(&mut slot.object, Object::Free(table.free));
    table.free = number;
    Ok(object)
}

/// Forgets all objects, and closes what they own.
pub fn reset() {
    let table = table();
    for number in 0..table.len {
        match table.slot(number).object {
            Object::Input(stream) | Object::Output(stream) if stream.is_owner => {
                let _ = stream.entry.close();
            }
            Object::Directory { entry, .. } => {
                let _ = entry.close();
            }
            Object::Tcp {
                socket: Tcp { host, .. },
                ..
            }
            | Object::Udp {
                socket: Udp { host, .. },
                ..
            } => socket::close(host),
            // SAFETY: it was made by `names::start`, and nothing refers to it any more.
            Object::Lookup(lookup) => unsafe { crate::net::names::end(&mut *lookup) },
            _ => {}
        }
    }
    (table.len, table.free) = (0, NONE);
}

/// The entry with a descriptor of its own, so that it outlives the other.
pub fn duplicate(entry: &Entry) -> crate::wasi::Result<Entry> {
    let host = match entry.tree.is_null() {
        true => sys::duplicate(entry.host)?,
        false => entry.host,
    };
    Ok(Entry { host, ..*entry })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is one for all tests, so everything is in one.
    #[test]
    fn numbers_are_used_again_and_parents_stay() {
        let objects: Vec<u32> = (0..10_000)
            .map(|n| insert(Object::Error(n)).unwrap())
            .collect();
        for (n, &number) in objects.iter().enumerate() {
            assert!(matches!(*get(number), Object::Error(at) if usize::from(at) == n));
        }
        let [a, b] = [objects[5], objects[9_000]];
        remove(a).unwrap();
        remove(b).unwrap();
        // The last that was freed is the first to be used.
        assert_eq!(insert(Object::Error(1)).unwrap(), b);
        let child = insert_child(Object::Error(2), b).unwrap();
        assert_eq!((child, parent(child), parent(b)), (a, b, NONE));
        assert!(matches!(remove(b), Err(Reason::HasChildren)));
        remove(child).unwrap();
        remove(b).unwrap();
        let too_many = (0..=MAX).any(|_| insert(Object::Error(0)).is_err());
        assert!(too_many && insert(Object::Error(0)).is_err());
        remove(objects[7]).unwrap();
        assert_eq!(insert(Object::Error(3)).unwrap(), objects[7]);
    }
}
