//! Bodies of the guest that go to the network: of the response to the request that is answered, and of requests.

use super::incoming::Native;
use super::message::Own;
use super::{code, fields};
use crate::canonical::Reason;
use crate::component::tasks::end::{self, Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::stream::{self, Shared};
use crate::http::exchange;
use crate::net::Wait;
use crate::state::pool::Pool;
use crate::wasi2::http::outgoing::lines;
use crate::wasi2::http::{self, CODES, list};
use crate::wasi2::object::{self, Done};
use crate::wasi2::{Answer, Kind};
use crate::wasi3::bytes::{self, Bytes};
use crate::wasi3::outcome;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// Where a body goes, by a number.
pub struct To {
    pub room: fn(usize) -> Done<u64>,
    /// Writes bytes for which there is room.
    pub write: fn(usize, &[u8]) -> Done<()>,
    pub wait: fn(usize) -> Wait,
    /// The body is complete, with lines of trailers: tells the outcome with this number, at once or later.
    pub finish: fn(usize, Vec<u8>, u32) -> Answer<()>,
    /// It will never be.
    pub abandon: fn(usize),
    /// The case of `error-code` for a body of another length than was said.
    pub wrong_length: u32,
}

/// A body under way.
struct Outgoing {
    to: &'static To,
    of: usize,
    trailers: *mut Shared,
    sent: u32,
    is_told: bool,
    /// The length that the fields have said.
    declared: Option<u64>,
    written: u64,
}

struct Cell(UnsafeCell<Pool<Outgoing>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static ALL: Cell = Cell(UnsafeCell::new(Pool::new()));

pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe { ALL.0.get().write(Pool::new()) }
}

/// The body with this number.
fn get(number: u32) -> &'static mut Outgoing {
    // SAFETY: numbers are in use while streams have them.
    unsafe { &mut *(*ALL.0.get()).get(number) }
}

static BODY: object::Operations = object::Operations {
    read: |_, _, _| Err(object::Failure::Closed),
    room: |number| {
        let body = get(number);
        (body.to.room)(body.of)
    },
    write: |number, bytes| {
        let body = get(number);
        let left = body.declared.map(|all| all.saturating_sub(body.written));
        if left.is_some_and(|left| bytes.len() as u64 > left) {
            return Err(http::failure(exchange::Failure::TooLong));
        }
        body.written += bytes.len() as u64;
        (body.to.write)(body.of, bytes)
    },
    wait: |number, _| {
        let body = get(number);
        match (body.to.room)(body.of) {
            Ok(0) => (body.to.wait)(body.of),
            _ => Wait::Ready,
        }
    },
    drop: |_| {},
};

/// Sends a body: `declared` is the length that the fields say.
///
/// # Safety
/// Nobody else uses its streams.
pub unsafe fn send(own: Own, declared: Option<u64>, to: &'static To, of: usize) -> Answer<()> {
    let body = Outgoing {
        to,
        of,
        trailers: own.trailers,
        sent: own.sent,
        is_told: false,
        declared,
        written: 0,
    };
    let (number, _) = (*ALL.0.get()).add(body).ok_or(Reason::TooManyHandles)?;
    http::hold();
    match own.contents {
        Some(contents) => {
            let stream = http::incoming::stream(number, &BODY);
            bytes::take(Bytes::new(stream, code).telling(over, number), contents)
        }
        None => over(number, Ok(())),
    }
}

/// Nothing comes any more.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn over(number: u32, how: outcome::Value) -> Answer<()> {
    let body = get(number);
    let is_short = body.declared.is_some_and(|all| all != body.written);
    let how = match (how, is_short) {
        (Ok(()), true) => Err(body.to.wrong_length),
        (how, _) => how,
    };
    if how.is_err() {
        (body.to.abandon)(body.of);
        body.is_told = true;
        outcome::tell(body.sent, how)?;
    }
    let end = HostEnd {
        operations: &TRAILERS,
        number,
    };
    end::attach(body.trailers, end)
}

const TRAILERS: Operations = Operations {
    copy: |number, buffer| {
        // SAFETY: it is the buffer of a future of trailers.
        let trailers = unsafe { read_trailers(buffer)? };
        // SAFETY: the number is in use until the other end is gone.
        unsafe { end_with(number, trailers)? };
        Ok(Moved::Elements(1))
    },
    dropped: |number| {
        // SAFETY: likewise; the number is not used again.
        unsafe {
            let _ = end_with(number, Ok(None));
            (*ALL.0.get()).remove(number);
        }
        http::release_hold();
    },
    both: None,
};

/// A list of fields, or a case of `error-code`.
///
/// # Safety
/// As above.
unsafe fn read_trailers(buffer: &Buffer) -> Answer<Result<Option<usize>, u32>> {
    if !buffer.native.is_null() {
        let Native {
            code,
            is_error,
            has_list,
            list,
        } = (buffer.native as *const Native).read();
        return Ok(match is_error {
            true => Err(code),
            false => Ok(has_list.then_some(list)),
        });
    }
    let call = buffer.call()?;
    let mut bytes = [0; 16];
    let read = call.guest().read(buffer.address, &mut bytes);
    read.map_err(|_| Reason::PointerOutOfBounds)?;
    let handle = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    match (bytes[0], bytes[8]) {
        (0, 0) => Ok(Ok(None)),
        (0, 1) => Ok(Ok(Some(fields::taken(call.take(Kind::Fields3, handle)?)?))),
        (1, code) if u32::from(code) < CODES => Ok(Err(code.into())),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// # Safety
/// As above.
unsafe fn end_with(number: u32, trailers: Result<Option<usize>, u32>) -> Answer<()> {
    let body = get(number);
    body.trailers = null_mut();
    if core::mem::replace(&mut body.is_told, true) {
        return Ok(());
    }
    let how = match trailers {
        Ok(trailers) => {
            let lines = trailers.map_or(Vec::new(), |number| lines(list(number)));
            match lines.len() < exchange::MAX_HEAD {
                true => return (body.to.finish)(body.of, lines, body.sent),
                false => body.to.wrong_length,
            }
        }
        Err(code) => code,
    };
    (body.to.abandon)(body.of);
    outcome::tell(body.sent, Err(how))
}

/// A body is not sent, because of an error if there is one.
///
/// # Safety
/// As for [`send`].
pub unsafe fn abandon(own: Own, how: outcome::Value) -> Answer<()> {
    if let Some(contents) = own.contents {
        stream::discard(contents);
    }
    stream::discard(own.trailers);
    outcome::tell(own.sent, how)
}
