//! Streams of bytes between a component and whatever 0.2 has streams of: files, standard streams, connections.

use super::outcome::{self, Value};
use crate::canonical::Reason;
use crate::component::tasks::end::{self, Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::stream::{self, Shared};
use crate::net::Wait;
use crate::state::pool::Pool;
use crate::sys::{POLLIN, POLLOUT};
use crate::wasi::Error;
use crate::wasi2::object::{Failure, Stream};
use crate::wasi2::{Answer, Call};
use core::cell::UnsafeCell;

/// A stream of a descriptor, and what goes with it.
pub struct Bytes {
    pub stream: Stream,
    /// Whom it tells how it ended, by which number.
    tell: unsafe fn(u32, Value) -> Answer<()>,
    outcome: u32,
    /// The error of a number of preview 1, as the outcome has it.
    error: fn(Error) -> u32,
    /// Told when it is over.
    over: Option<(fn(u32), u32)>,
}

impl Bytes {
    /// One whose errors are told so.
    pub fn new(stream: Stream, error: fn(Error) -> u32) -> Bytes {
        Bytes {
            stream,
            tell: tell_outcome,
            outcome: 0,
            error,
            over: None,
        }
    }

    /// Calls `tell(of, …)` when it is over, instead of an outcome.
    pub fn telling(self, tell: unsafe fn(u32, Value) -> Answer<()>, of: u32) -> Bytes {
        Bytes {
            tell,
            outcome: of,
            ..self
        }
    }

    /// Calls `over(of)` when nothing is read or written any more.
    pub fn with(self, over: fn(u32), of: u32) -> Bytes {
        Bytes {
            over: Some((over, of)),
            ..self
        }
    }
}

/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn tell_outcome(number: u32, how: Value) -> Answer<()> {
    outcome::tell(number, how)
}

struct Cell(UnsafeCell<Pool<Bytes>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static ALL: Cell = Cell(UnsafeCell::new(Pool::new()));

fn all() -> *mut Pool<Bytes> {
    ALL.0.get()
}

const SOURCE: Operations = Operations {
    copy: read,
    dropped,
    both: None,
};

const SINK: Operations = Operations {
    copy: write,
    dropped,
    both: None,
};

/// Gives a component a stream to read, and a future that says how it ended: their indices.
///
/// # Safety
/// The call is one of a function of WASI 0.3; kinds are the program's, of a stream of bytes and a future of the form.
pub unsafe fn source(
    call: &Call,
    bytes: Bytes,
    [stream, future]: [u64; 2],
    form: &'static outcome::Form,
) -> Answer<[u32; 2]> {
    let (future, outcome) = outcome::make(call, future, form)?;
    let shared = open(Bytes { outcome, ..bytes }, stream)?;
    Ok([stream::give(shared, call.more().instance)?, future])
}

/// A stream to read, of this kind, which no component has yet.
///
/// # Safety
/// Likewise.
pub unsafe fn open(bytes: Bytes, kind: u64) -> Answer<*mut Shared> {
    let (number, _) = (*all()).add(bytes).ok_or(Reason::TooManyHandles)?;
    let end = HostEnd {
        operations: &SOURCE,
        number,
    };
    stream::open(kind, end)
}

/// Writes what a stream brings that was taken from a component: the index of a future that says how that ended.
///
/// # Safety
/// Likewise; nobody else uses the stream, which is one of bytes.
pub unsafe fn sink(
    call: &Call,
    bytes: Bytes,
    from: *mut Shared,
    future: u64,
    form: &'static outcome::Form,
) -> Answer<u32> {
    let (future, outcome) = outcome::make(call, future, form)?;
    take(Bytes { outcome, ..bytes }, from)?;
    Ok(future)
}

/// Writes what a stream brings.
///
/// # Safety
/// Likewise.
pub unsafe fn take(bytes: Bytes, from: *mut Shared) -> Answer<()> {
    let (number, _) = (*all()).add(bytes).ok_or(Reason::TooManyHandles)?;
    let end = HostEnd {
        operations: &SINK,
        number,
    };
    end::attach(from, end)
}

/// # Safety
/// As above.
unsafe fn read(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let stream = &mut (*(*all()).get(number)).stream;
    let (base, len) = buffer.bytes()?;
    let done = stream.read_to(base, len, false);
    moved(number, done, POLLIN, len)
}

/// # Safety
/// As above.
unsafe fn write(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let stream = &mut (*(*all()).get(number)).stream;
    let (base, len) = buffer.bytes()?;
    let done = stream.write_some(base, len);
    moved(number, done, POLLOUT, len)
}

/// # Safety
/// As above.
unsafe fn moved(
    number: u32,
    done: Result<usize, Failure>,
    events: i16,
    len: usize,
) -> Answer<Moved> {
    let bytes = (*all()).get(number);
    let outcome = match done {
        Ok(0) => {
            // It may have become ready since: then it is asked again.
            return Ok(match (*bytes).stream.waits_for(events) {
                Wait::Ready if len == 0 => Moved::Elements(0),
                wait => Moved::Wait(wait),
            });
        }
        Ok(count) => return Ok(Moved::Elements(count as u32)),
        Err(Failure::Closed) => Ok(()),
        Err(Failure::Failed(error)) => Err(((*bytes).error)(error)),
    };
    end_with(number, outcome)?;
    Ok(Moved::Ended)
}

/// # Safety
/// As above.
unsafe fn dropped(number: u32) {
    // What it was for may not be told any more.
    let _ = end_with(number, Ok(()));
}

/// It is over.
///
/// # Safety
/// As above.
unsafe fn end_with(number: u32, outcome: Value) -> Answer<()> {
    let bytes = &mut *(*all()).get(number);
    close(bytes);
    let &mut Bytes {
        outcome: told,
        tell,
        over,
        ..
    } = bytes;
    (*all()).remove(number);
    if let Some((over, of)) = over {
        over(of);
    }
    tell(told, outcome)
}

/// Closes a descriptor of its own, once.
fn close(bytes: &mut Bytes) {
    if core::mem::take(&mut bytes.stream.is_owner) {
        let _ = bytes.stream.entry.close();
    }
}

/// Closes and forgets all of them.
pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe {
        (*all()).each_used(|bytes| close(&mut *bytes));
        all().write(Pool::new());
    }
}
