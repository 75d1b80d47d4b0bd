//! A server's requests and their answers, for a handler of WASI 0.3: one instance answers many requests, each by a task, as far as it may take more.
//!
//! A task that has returned its response may go on; its request is answered when the response's body is complete. The instance ends when it has answered all that it is to answer, and
//! what could go on at once has gone on.
//!
//! A guest knows a request by the number of its exchange. When that is over (its time, or the connection), what the guest keeps of it is closed, and the task that answers it is asked to end:
//! the server has called it, so it is the one that may cancel it.

use super::incoming::{Origin, REQUEST};
use super::message::{self, Body, Head, Message};
use super::outgoing::{self, To};
use crate::canonical::{CallFrame, Reason};
use crate::component::tasks::task::Task;
use crate::component::tasks::{system, task, thread};
use crate::entry::serve::tasks as worker;
use crate::http::exchange;
use crate::http::parse;
use crate::net::Wait;
use crate::sys::POLLOUT;
use crate::wasi2::http::outgoing::declared_length;
use crate::wasi2::http::{self, Code, list, lost};
use crate::wasi2::object::Failure;
use crate::wasi2::{Answer, wait};
use crate::wasi3::outcome;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// The handlers of an instance.
struct Handlers {
    /// Those that have not returned: the number of the exchange, and the task.
    running: Vec<(u32, *mut Task)>,
    /// What others have returned: the number of the exchange, and the result.
    returned: Vec<(u32, u64)>,
    /// Tasks are to be cancelled that would not have heard of it.
    is_left: bool,
}

struct Cell(UnsafeCell<Handlers>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static HANDLERS: Cell = Cell(UnsafeCell::new(Handlers::NONE));

impl Handlers {
    const NONE: Handlers = Handlers {
        running: Vec::new(),
        returned: Vec::new(),
        is_left: false,
    };
}

/// `wative_rt_serve_run`: answers requests until the instance is to end. The frame is that of a call whose parameter is missing.
///
/// # Safety
/// Called by the entry of a server, by the assembly of `arch`.
pub unsafe extern "C" fn run(frame: *mut CallFrame, place: *const usize) -> u64 {
    thread::leave_at(place);
    wait::set_reset(reset);
    worker::begin();
    let serve = || {
        while turn(frame)? {}
        Ok(0)
    };
    crate::wasi2::answer(serve())
}

/// Forgets everything that belongs to a guest.
fn reset() {
    crate::wasi3::reset();
    // SAFETY: as above. Nothing is dropped: the memory goes as a whole.
    unsafe { HANDLERS.0.get().write(Handlers::NONE) }
}

/// Does what there is to do, or waits for something: whether the instance goes on.
///
/// # Safety
/// As above.
unsafe fn turn(frame: *mut CallFrame) -> Answer<bool> {
    while let Some(taken) = worker::take(receive) {
        let Some((number, request)) = taken else {
            continue;
        };
        (*frame).params[0] = request.into();
        let began = |task| (*HANDLERS.0.get()).running.push((number, task));
        task::serve(frame, number, returned, began)?;
    }
    let goes_on = thread::tick_at_once()?;
    // What is told of an answer lets its guest go on.
    let goes_on = answer()? || goes_on;
    let goes_on = settle()? || goes_on;
    if goes_on {
        return Ok(!worker::is_overdue());
    }
    if worker::is_over() {
        return Ok(false);
    }
    worker::push();
    if exchange::has_ended() || !worker::pause() {
        return Ok(true);
    }
    if !system::poll(true)? && !worker::wait() {
        return Err(Reason::Deadlock);
    }
    worker::go_on();
    Ok(true)
}

/// Makes a message of what was received: what its handle stands for.
fn receive(head: &parse::Head<'_>, number: u32) -> u32 {
    let request = http::incoming::request_of(head);
    let list = request.list;
    message::keep(Message {
        head: Head::Request(request),
        list,
        body: Body::Incoming(Origin {
            number: number as usize,
            kind: &REQUEST,
        }),
        options: [None; 3],
        has_options: false,
    })
}

/// Takes note that a handler has returned or was cancelled, where compiled code runs.
///
/// # Safety
/// See [`task::Tell`].
unsafe fn returned(number: u32, result: Option<u64>) {
    let handlers = &mut *HANDLERS.0.get();
    handlers.running.retain(|&(other, _)| other != number);
    if let Some(result) = result {
        handlers.returned.push((number, result));
    }
}

/// Ends what is over of exchanges: the answers that are complete, and the tasks whose requests nobody waits for any more. Whether there were such.
///
/// # Safety
/// No compiled code runs.
unsafe fn settle() -> Answer<bool> {
    let handlers = || &mut *HANDLERS.0.get();
    if exchange::take_ended() {
        worker::respond();
    } else if !handlers().is_left {
        return Ok(false);
    }
    let is_gone = |&(number, _): &(u32, *mut Task)| exchange::get(number).is_none();
    let hears = |&(_, task): &(u32, *mut Task)| !task::would_miss_cancellation(task);
    let mut is_some = false;
    while let Some(at) = handlers()
        .running
        .iter()
        .position(|it| is_gone(it) && hears(it))
    {
        let (_, task) = handlers().running.swap_remove(at);
        task::request_cancellation(task, null_mut())?;
        is_some = true;
    }
    handlers().is_left = handlers().running.iter().any(is_gone);
    Ok(is_some)
}

/// Begins to send what handlers have returned: whether there was something.
///
/// # Safety
/// No compiled code runs.
unsafe fn answer() -> Answer<bool> {
    const FAILED: u64 = 1 << 32;
    let returned = core::mem::take(&mut (*HANDLERS.0.get()).returned);
    let is_some = !returned.is_empty();
    for (number, result) in returned {
        match result & FAILED {
            0 => begin(number, message::taken(result as u32)?)?,
            _ => fail(number),
        }
    }
    Ok(is_some)
}

/// A request that has no answer.
fn fail(number: u32) {
    if let Some(exchange) = exchange::get(number) {
        exchange.answer(500, &exchange::Pairs::new(), None);
        exchange.finish(&[]);
    }
}

/// The body of an answer, by the number of its exchange.
static RESPONSE: To = To {
    room: |number| match exchange::get(number as u32) {
        Some(exchange) => {
            let room = exchange.room().map(|room| room as u64);
            room.map_err(http::failure)
        }
        None => Err(Failure::Closed),
    },
    write: |number, bytes| match exchange::get(number as u32) {
        Some(exchange) => exchange.write(bytes, None).map_err(http::failure),
        None => Err(Failure::Closed),
    },
    wait: |number| match exchange::get(number as u32) {
        Some(exchange) => Wait::For {
            fd: exchange.fd(),
            events: POLLOUT,
            until: None,
        },
        None => Wait::Ready,
    },
    finish: |number, trailers, sent| {
        if let Some(exchange) = exchange::get(number as u32) {
            exchange.finish(&trailers);
        }
        // SAFETY: it was not told.
        unsafe { outcome::tell(sent, Ok(())) }
    },
    abandon: |number| {
        if let Some(exchange) = exchange::get(number as u32) {
            exchange.abandon();
        }
    },
    // `HTTP-response-body-size`.
    wrong_length: 28,
};

/// Begins to send a response.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn begin(number: u32, message: Message) -> Answer<()> {
    let Head::Response(status) = message.head else {
        lost()
    };
    let fields = list(message.list);
    let own = message.body.into_sent()?;
    let Some(exchange) = exchange::get(number) else {
        return outgoing::abandon(own, Err(Code::ConnectionTerminated as u32));
    };
    let size = fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4);
    let fits = size.sum::<usize>() < exchange::MAX_HEAD - 256 && status >= 200;
    match (declared_length(fields), fits) {
        (Ok(declared), true) => {
            exchange.answer(status, fields, declared);
            let has_contents = own.contents.is_some();
            let declared = declared.filter(|_| has_contents);
            outgoing::send(own, declared, &RESPONSE, number as usize)
        }
        _ => {
            fail(number);
            outgoing::abandon(own, Err(Code::ProtocolError as u32))
        }
    }
}
