//! Ends of streams and futures that the runtime has: what it reads and writes goes from a component's memory to the system, or from there, with one copy.
//!
//! An end does nothing by itself. It is asked to copy when the other one reads or writes, and again when what it waits for has happened ([`stream::retry`]). Where the runtime has both
//! ends, bytes go through a buffer.

use super::stream::{self, Shared};
use super::system::{self, Waiter};
use super::tasks;
use crate::abi::HostCall;
use crate::canonical::{ComponentInstance, Reason};
use crate::net::Wait;
use crate::state::region;
use crate::wasi2::Call;
use core::ptr::{null, null_mut};

/// An end of the runtime.
#[derive(Clone, Copy)]
pub struct HostEnd {
    pub operations: &'static Operations,
    /// What the operations know it by.
    pub number: u32,
}

/// What it does.
pub struct Operations {
    /// Reads from the buffer or writes into it.
    pub copy: unsafe fn(u32, &Buffer) -> Result<Moved, Reason>,
    /// The other end is gone. The number is not used again.
    pub dropped: unsafe fn(u32),
    /// Both ends are the runtime's: goes on.
    pub both: Option<unsafe fn(u32) -> Result<(), Reason>>,
}

/// What became of a copy.
pub enum Moved {
    /// So many elements were copied: none only where the buffer has no room.
    Elements(u32),
    /// None, and there will never be any. The number is not used again.
    Ended,
    /// None yet.
    Wait(Wait),
    /// None yet; [`stream::retry`] will be called.
    Later,
}

/// What the other end reads into or writes from.
pub struct Buffer {
    pub host: *const HostCall,
    pub instance: *mut ComponentInstance,
    pub address: u32,
    /// Elements.
    pub length: u32,
    /// Where the runtime has the other end too.
    pub native: *mut u8,
}

impl Buffer {
    /// The bytes, if those are the elements.
    ///
    /// # Safety
    /// It is the buffer of a copy that has just begun.
    pub unsafe fn bytes(&self) -> Result<(*mut u8, usize), Reason> {
        let length = self.length as usize;
        if !self.native.is_null() || length == 0 {
            return Ok((self.native, length));
        }
        let range = self.call()?.guest().range(self.address, length as u64);
        Ok((range.map_err(|_| Reason::PointerOutOfBounds)?, length))
    }

    /// The side that the buffer belongs to.
    ///
    /// # Safety
    /// Likewise.
    pub unsafe fn call(&self) -> Result<Call, Reason> {
        match self.host.is_null() {
            // Only programs whose host has no streams lack it.
            true => Err(Reason::WrongStream),
            false => Ok(Call::at(null_mut(), self.host)),
        }
    }
}

/// Makes the runtime the reader of what was taken from a component.
///
/// # Safety
/// `shared` was taken, and nobody else uses it. Its elements are bytes, or the runtime does not write them.
pub unsafe fn attach(shared: *mut Shared, end: HostEnd) -> Result<(), Reason> {
    if (*shared).is_dropped {
        stream::leave(shared);
        (end.operations.dropped)(end.number);
        return Ok(());
    }
    (*shared).host = Some(match (*shared).host {
        Some(source) => pump(shared, source, end)?,
        None => end,
    });
    stream::retry(shared)
}

/// Bytes on their way between two ends of the runtime.
pub struct Pump {
    number: u32,
    source: HostEnd,
    sink: HostEnd,
    shared: *mut Shared,
    waiter: *mut Waiter,
    buffer: *mut u8,
    start: usize,
    len: usize,
}

const ROOM: usize = 64 << 10;

/// How often bytes are moved before others get their turn.
const ROUNDS: u32 = 16;

const PUMP: Operations = Operations {
    copy: |_, _| Err(Reason::WrongStream),
    dropped: |number| {
        // SAFETY: an end has left, and nobody else uses the number.
        unsafe {
            let pump = (*tasks()).pumps.get(number);
            let source = (*pump).source;
            free(pump);
            (source.operations.dropped)(source.number);
        }
    },
    both: Some(go_on),
};

/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn pump(shared: *mut Shared, source: HostEnd, sink: HostEnd) -> Result<HostEnd, Reason> {
    let pump = Pump {
        number: 0,
        source,
        sink,
        shared,
        waiter: null_mut(),
        buffer: region::pages(ROOM).map_err(|_| Reason::TooManyHandles)?,
        start: 0,
        len: 0,
    };
    let added = (*tasks()).pumps.add(pump);
    let (number, pump) = added.ok_or(Reason::TooManyHandles)?;
    (*pump).number = number;
    Ok(HostEnd {
        operations: &PUMP,
        number,
    })
}

/// Forgets a pump.
///
/// # Safety
/// As above.
unsafe fn free(pump: *mut Pump) {
    system::unwatch(core::mem::replace(&mut (*pump).waiter, null_mut()));
    region::give_back((*pump).buffer, ROOM);
    (*tasks()).pumps.remove((*pump).number);
}

/// There is nothing left to move: both ends are gone.
///
/// # Safety
/// As above.
unsafe fn finish(pump: *mut Pump) {
    let shared = (*pump).shared;
    free(pump);
    (*shared).host = None;
    stream::leave(shared);
    stream::leave(shared);
}

/// # Safety
/// As above.
unsafe fn wake(pump: *mut u8) -> Result<(), Reason> {
    let pump = pump as *mut Pump;
    (*pump).waiter = null_mut();
    go_on((*pump).number)
}

/// # Safety
/// As above.
unsafe fn go_on(number: u32) -> Result<(), Reason> {
    let pump = (*tasks()).pumps.get(number);
    system::unwatch(core::mem::replace(&mut (*pump).waiter, null_mut()));
    let mut wait = Wait::Ready;
    for _ in 0..ROUNDS {
        let is_full = (*pump).len != 0;
        let (end, other, length) = match is_full {
            true => ((*pump).sink, (*pump).source, (*pump).len),
            false if stream::is_future((*pump).shared) => ((*pump).source, (*pump).sink, 1),
            false => ((*pump).source, (*pump).sink, ROOM),
        };
        let buffer = Buffer {
            host: null(),
            instance: null_mut(),
            address: 0,
            length: length as u32,
            native: (*pump).buffer.add((*pump).start),
        };
        match (end.operations.copy)(end.number, &buffer)? {
            Moved::Elements(_) if is_full && stream::is_future((*pump).shared) => {
                finish(pump);
                (end.operations.dropped)(end.number);
                (other.operations.dropped)(other.number);
                return Ok(());
            }
            Moved::Elements(count) if is_full => {
                (*pump).len -= count as usize;
                (*pump).start = match (*pump).len {
                    0 => 0,
                    _ => (*pump).start + count as usize,
                };
            }
            Moved::Elements(count) => (*pump).len = count as usize,
            Moved::Ended => {
                finish(pump);
                (other.operations.dropped)(other.number);
                return Ok(());
            }
            Moved::Later => return Ok(()),
            Moved::Wait(on) => {
                wait = on;
                break;
            }
        }
    }
    (*pump).waiter = system::watch(wait, wake, pump.cast())?;
    Ok(())
}
