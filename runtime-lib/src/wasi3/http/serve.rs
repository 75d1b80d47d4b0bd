//! A server's request and its answer, for a handler of WASI 0.3: what its entry calls.

use super::incoming::{Origin, REQUEST};
use super::message::{self, Body, Head, Message};
use super::outgoing::{self, To};
use crate::component::tasks::thread;
use crate::http::exchange;
use crate::net::Wait;
use crate::sys::POLLOUT;
use crate::wasi2::http::outgoing::{declared_length, fail};
use crate::wasi2::http::{self, list, lost};
use crate::wasi2::{Answer, wait};
use crate::wasi3::outcome;

/// The request that was received: what its handle stands for.
///
/// # Safety
/// Called by the entry of a server, which has received one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_serve_begin() -> u64 {
    wait::set_reset(crate::wasi3::reset);
    let request = http::incoming::request_of(0);
    let list = request.list;
    let message = Message {
        head: Head::Request(request),
        list,
        body: Body::Incoming(Origin {
            number: 0,
            kind: &REQUEST,
        }),
        options: [None; 3],
        has_options: false,
    };
    message::keep(message).into()
}

/// The body of the answer.
static RESPONSE: To = To {
    room: |_| match exchange::now() {
        Some(exchange) => {
            let room = exchange.room().map(|room| room as u64);
            room.map_err(http::failure)
        }
        None => lost(),
    },
    write: |_, bytes| match exchange::now() {
        Some(exchange) => exchange.write(bytes, None).map_err(http::failure),
        None => lost(),
    },
    wait: |_| Wait::For {
        fd: exchange::now().map_or(-1, |exchange| exchange.fd()),
        events: POLLOUT,
        until: None,
    },
    finish: |_, trailers, sent| {
        if let Some(exchange) = exchange::now() {
            exchange.finish(trailers);
        }
        // SAFETY: it was not told.
        unsafe { outcome::tell(sent, Ok(())) }
    },
    abandon: |_| {
        if let Some(exchange) = exchange::now() {
            exchange.abandon();
        }
    },
    // `HTTP-response-body-size`.
    wrong_length: 28,
};

/// `wative_rt_serve_answer`: sends what the handler has returned, and lets the guest go on until that is done and nothing can be done at once.
///
/// # Safety
/// Called by the entry of a server, by the assembly of `arch`.
pub unsafe extern "C" fn answer(result: u64, place: *const usize) -> u64 {
    const FAILED: u64 = 1 << 32;
    thread::leave_at(place);
    let send = || {
        if result & FAILED != 0 {
            fail();
            return Ok(0);
        }
        begin(message::taken(result as u32)?)?;
        while exchange::now().is_some_and(|exchange| exchange.is_open()) {
            if !thread::tick()? {
                // The rest of the body will never come.
                return Ok(0);
            }
        }
        if let Some(exchange) = exchange::now() {
            exchange.push();
        }
        while thread::tick_at_once()? {}
        Ok(0)
    };
    crate::wasi2::answer(send())
}

/// Begins to send a response.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn begin(message: Message) -> Answer<()> {
    let (Head::Response(status), Some(exchange)) = (message.head, exchange::now()) else {
        lost()
    };
    let fields = list(message.list);
    let own = message.body.into_sent()?;
    let size = fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4);
    let fits = size.sum::<usize>() < exchange::MAX_HEAD - 256 && status >= 200;
    match (declared_length(fields), fits) {
        (Ok(declared), true) => {
            exchange.answer(status, fields, declared);
            let has_contents = own.contents.is_some();
            outgoing::send(own, declared.filter(|_| has_contents), &RESPONSE, 0)
        }
        _ => {
            fail();
            // `HTTP-protocol-error`.
            outgoing::abandon(own, Err(35))
        }
    }
}
