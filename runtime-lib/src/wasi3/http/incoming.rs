//! Bodies that come over the network: of the request that is answered, and of responses.

use super::message::Own;
use super::{RESULT, code, fields};
use crate::canonical::{EndKind, Reason};
use crate::component::tasks::end::{Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::host;
use crate::component::tasks::stream::{self, Shared};
use crate::http::exchange;
use crate::http::parse::Fields;
use crate::net::Wait;
use crate::state::pool::Pool;
use crate::sys::POLLIN;
use crate::wasi2::http::{self, incoming::pairs, keep_list, put_code};
use crate::wasi2::object::{self, Failure};
use crate::wasi2::{Answer, Call};
use crate::wasi3::bytes::{self, Bytes};
use crate::wasi3::outcome;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// Where a body comes from.
#[derive(Clone, Copy)]
pub struct Origin {
    pub number: usize,
    pub kind: &'static From,
}

/// What can be done with a body, by its number.
pub struct From {
    pub body: object::Operations,
    /// Whether it is over, without waiting.
    pub is_over: fn(usize) -> bool,
    /// Lines of trailers, or why the body is damaged.
    pub lines: fn(usize) -> Result<Option<Vec<u8>>, u16>,
    /// Nothing more of it is wanted.
    pub release: fn(usize),
}

/// The body of a request that is answered, by the number of its exchange. When that is over, so is the body.
pub static REQUEST: From = From {
    body: object::Operations {
        read: |number, into, waits| match exchange::get(number) {
            Some(exchange) => exchange.read(into, waits).map_err(http::failure),
            None => Err(Failure::Closed),
        },
        room: |_| Err(Failure::Closed),
        write: |_, _| Err(Failure::Closed),
        wait: |number, _| {
            let Some(exchange) = exchange::get(number) else {
                return Wait::Ready;
            };
            match exchange.is_readable() {
                true => Wait::Ready,
                false => Wait::For {
                    fd: exchange.fd(),
                    events: POLLIN,
                    until: None,
                },
            }
        },
        drop: |_| {},
    },
    is_over: |number| exchange::get(number as u32).is_none_or(|exchange| exchange.skip()),
    lines: |number| match exchange::get(number as u32) {
        Some(exchange) if exchange.is_damaged => Err(http::Code::ConnectionTerminated as u16),
        Some(exchange) => Ok(exchange.trailers.take()),
        None => Ok(None),
    },
    release: |_| {},
};

/// What comes behind a body.
struct Trailers {
    shared: *mut Shared,
    origin: Origin,
    /// A list of fields, if there are any, or a case of `error-code`.
    value: Option<Result<Option<usize>, u32>>,
    /// The body is not over.
    is_awaited: bool,
}

struct Cell(UnsafeCell<Pool<Trailers>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static TRAILERS: Cell = Cell(UnsafeCell::new(Pool::new()));

pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe { TRAILERS.0.get().write(Pool::new()) }
}

const ENDS: Operations = Operations {
    copy,
    dropped: |number| {
        // SAFETY: the number is in use until then.
        unsafe {
            let trailers = (*TRAILERS.0.get()).get(number);
            (*trailers).shared = null_mut();
            if !(*trailers).is_awaited {
                (*TRAILERS.0.get()).remove(number);
                http::release_hold();
            }
        }
    },
    both: None,
};

/// Trailers on their way between two ends of the runtime.
#[repr(C)]
pub struct Native {
    /// The case of an error, and whether it is one.
    pub code: u32,
    pub is_error: bool,
    /// A list of fields, if there is one.
    pub has_list: bool,
    pub list: usize,
}

/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn copy(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let trailers = &mut *(*TRAILERS.0.get()).get(number);
    let Some(value) = trailers.value else {
        return Ok(Moved::Later);
    };
    if !buffer.native.is_null() {
        (buffer.native as *mut Native).write(Native {
            code: value.err().unwrap_or(0),
            is_error: value.is_err(),
            has_list: matches!(value, Ok(Some(_))),
            list: value.ok().flatten().unwrap_or(0),
        });
        return Ok(Moved::Elements(1));
    }
    host::inside(buffer.instance, || {
        let call = buffer.call()?;
        let out = call.result(buffer.address, 40, 8)?;
        out.u8(0, value.is_err().into());
        match value {
            Ok(list) => {
                out.u8(8, list.is_some().into());
                if let Some(list) = list {
                    out.u32(12, fields::own(&call, list, true)?);
                }
            }
            Err(code) => put_code(out, 8, code as u16),
        }
        Ok(Moved::Elements(1))
    })
}

/// Gives a body to a component: a stream, and a future of trailers.
///
/// # Safety
/// The call is one of a function of WASI 0.3, with kinds of such a stream and future.
pub unsafe fn give(call: &Call, origin: Origin, kinds: [u64; 2]) -> Answer<[u32; 2]> {
    let [bytes, trailers] = open(origin, kinds)?;
    let instance = call.more().instance;
    Ok([
        stream::give(bytes, instance)?,
        stream::give(trailers, instance)?,
    ])
}

/// Likewise, where no component has them yet.
///
/// # Safety
/// The kinds are of a stream and of a future.
pub unsafe fn open(origin: Origin, [bytes, future]: [u64; 2]) -> Answer<[*mut Shared; 2]> {
    let trailers = Trailers {
        shared: null_mut(),
        origin,
        value: None,
        is_awaited: true,
    };
    let added = (*TRAILERS.0.get()).add(trailers);
    let (number, trailers) = added.ok_or(Reason::TooManyHandles)?;
    http::hold();
    let end = HostEnd {
        operations: &ENDS,
        number,
    };
    let shared = stream::open(future, end)?;
    (*trailers).shared = shared;
    let stream = http::incoming::stream(origin.number as u32, &origin.kind.body);
    let stream = bytes::open(Bytes::new(stream, code).telling(over, number), bytes)?;
    Ok([stream, shared])
}

/// What was received, as a body that is sent on.
///
/// # Safety
/// Nobody else uses it.
pub unsafe fn forward(origin: Origin) -> Answer<Own> {
    let [contents, trailers] = open(origin, [0, EndKind::FUTURE])?;
    Ok(Own {
        contents: Some(contents),
        trailers,
        sent: outcome::unread(&RESULT)?,
    })
}

/// The body is over, or nobody reads on.
///
/// # Safety
/// As above.
unsafe fn over(number: u32, how: outcome::Value) -> Answer<()> {
    let trailers = &mut *(*TRAILERS.0.get()).get(number);
    let Origin { number: of, kind } = trailers.origin;
    let lines = match how {
        Err(code) => Err(code),
        Ok(()) if !(kind.is_over)(of) => Ok(None),
        Ok(()) => (kind.lines)(of).map_err(u32::from),
    };
    let list = |lines: Vec<u8>| {
        let fields = Fields::check(&lines).ok()?;
        Some(keep_list(pairs(fields)))
    };
    trailers.value = Some(lines.map(|lines| lines.and_then(list)));
    trailers.is_awaited = false;
    (kind.release)(of);
    match trailers.shared.is_null() {
        true => {
            (*TRAILERS.0.get()).remove(number);
            http::release_hold();
            Ok(())
        }
        false => stream::retry(trailers.shared),
    }
}

/// Nobody wants a body.
pub fn abandon(origin: Origin) {
    (origin.kind.release)(origin.number);
}
