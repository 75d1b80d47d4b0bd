//! `wasi:http`.
//!
//! | module | concern |
//! |---|---|
//! | `client` | requests that are sent, and their responses |
//! | `fields` | headers and trailers |
//! | `incoming` | a request that was received, and its body |
//! | `outgoing` | responses, requests to be sent, their bodies, options |
//!
//! What handles stand for is in a table of its own, whose memory is the request's ([`crate::state::region`]): it is forgotten as a whole when the next one begins.

pub mod client;
pub mod fields;
pub mod incoming;
pub mod outgoing;

use super::object::{self, Failure, HTTP_ERROR, Object};
use super::{Answer, Call, Kind, Out, host, wait};
use crate::canonical::Reason;
use crate::http::client::Problem;
use crate::http::exchange::{self, Pairs};
use crate::http::parse::Fields;
use crate::state::region;
use crate::sys;
use crate::wasi::Error;
use crate::wasi3::http::Message;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

pub use incoming::receive;

/// Cases of `error-code` that we give.
#[derive(Clone, Copy)]
#[repr(u16)]
pub enum Code {
    ConnectionTerminated = 7,
    TlsAlertReceived = 14,
    ResponseBodySize = 28,
    ProtocolError = 35,
    InternalError = 38,
}

/// Cases of `error-code`.
pub const CODES: u32 = 39;

/// What a handle stands for.
pub struct Thing {
    pub what: What,
    /// What it belongs to, which cannot be dropped before it.
    parent: Option<u32>,
    children: u32,
}

pub enum What {
    Free,
    /// A list of fields by its number.
    Fields {
        list: usize,
        is_immutable: bool,
    },
    Request {
        list: usize,
        is_consumed: bool,
    },
    OutgoingRequest(outgoing::Request),
    /// Time-outs in nanoseconds: connect, first byte, between bytes.
    Options([Option<u64>; 3]),
    Outparam,
    Body {
        has_stream: bool,
        origin: &'static incoming::Origin,
        /// Of a response: the number of its request.
        of: usize,
    },
    Trailers {
        is_taken: bool,
        origin: &'static incoming::Origin,
        of: usize,
    },
    Future {
        client: usize,
        is_taken: bool,
    },
    IncomingResponse {
        client: usize,
        list: usize,
        is_consumed: bool,
    },
    Response(outgoing::Response),
    OutgoingBody {
        sink: usize,
        has_stream: bool,
    },
    /// Of WASI 0.3, whose module makes and ends it.
    Message(*mut Message),
    Options3 {
        times: [Option<u64>; 3],
        is_immutable: bool,
    },
}

/// A list of fields.
enum List {
    Pairs(Pairs),
    /// Lines that were received, of which nobody has asked for anything.
    Lines(Vec<u8>),
}

/// Everything that a request has made.
struct State {
    things: Vec<Thing>,
    /// Those that are there.
    live: usize,
    lists: Vec<List>,
    sinks: Vec<outgoing::Sink>,
    request: incoming::Received,
    clients: Vec<client::Held>,
}

struct Cell(UnsafeCell<State>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static STATE: Cell = Cell(UnsafeCell::new(State::new()));

impl State {
    const fn new() -> State {
        State {
            things: Vec::new(),
            live: 0,
            lists: Vec::new(),
            sinks: Vec::new(),
            request: incoming::Received::new(),
            clients: Vec::new(),
        }
    }
}

fn state() -> &'static mut State {
    // SAFETY: as above; nobody keeps it across a call of compiled code.
    unsafe { &mut *STATE.0.get() }
}

/// Forgets everything. Its memory must be given back as well.
pub fn reset() {
    for held in &mut state().clients {
        (held.end)(&mut held.client);
    }
    // SAFETY: as above. Nothing is dropped: the memory goes as a whole.
    unsafe { STATE.0.get().write(State::new()) };
}

/// Where nothing of HTTP is there any more, its memory goes back. A server's goes with the request.
pub fn tidy() {
    if state().live == 0 && !wait::is_hooked() {
        reset();
        // SAFETY: what was allocated there is forgotten.
        unsafe { region::reset_pieces() };
    }
}

/// Something is there that has no handle.
pub fn hold() {
    state().live += 1;
}

/// It is gone.
pub fn release_hold() {
    state().live = state().live.saturating_sub(1);
    tidy();
}

/// Keeps a thing: its number.
pub fn insert(what: What, parent: Option<u32>) -> u32 {
    state().live += 1;
    let things = &mut state().things;
    if let Some(parent) = parent
        && let Some(parent) = things.get_mut(parent as usize)
    {
        parent.children += 1;
    }
    let thing = Thing {
        what,
        parent,
        children: 0,
    };
    let free = things
        .iter()
        .position(|thing| matches!(thing.what, What::Free));
    match free.and_then(|at| Some((at, things.get_mut(at)?))) {
        Some((at, place)) => {
            *place = thing;
            at as u32
        }
        None => {
            things.push(thing);
            things.len() as u32 - 1
        }
    }
}

pub fn lost() -> ! {
    sys::fatal("wative: a handle stands for nothing of HTTP\n")
}

/// The thing with this number. Handles are checked, so it is there.
pub fn thing(number: u32) -> &'static mut Thing {
    match state().things.get_mut(number as usize) {
        Some(thing) => thing,
        None => lost(),
    }
}

/// Takes a thing away.
pub fn remove(number: u32) -> Answer<What> {
    let it = thing(number);
    if it.children != 0 {
        return Err(Reason::HasChildren);
    }
    if let Some(parent) = it.parent.take() {
        release(parent);
    }
    state().live = state().live.saturating_sub(1);
    Ok(core::mem::replace(&mut thing(number).what, What::Free))
}

/// A child of this thing is gone.
fn release(parent: u32) {
    let parent = thing(parent);
    parent.children = parent.children.saturating_sub(1);
}

/// Keeps a list of fields.
pub fn keep_list(list: Pairs) -> usize {
    keep(List::Pairs(list))
}

/// Keeps the fields that were received.
pub fn keep_lines(fields: Fields<'_>) -> usize {
    keep(List::Lines(fields.lines().to_vec()))
}

fn keep(list: List) -> usize {
    let lists = &mut state().lists;
    lists.push(list);
    lists.len() - 1
}

pub fn list(number: usize) -> &'static mut Pairs {
    let Some(list) = state().lists.get_mut(number) else {
        lost()
    };
    if let List::Lines(lines) = list {
        let fields = Fields::check(lines);
        *list = List::Pairs(fields.map(incoming::pairs).unwrap_or_default());
    }
    match list {
        List::Pairs(pairs) => pairs,
        List::Lines(_) => lost(),
    }
}

/// A handle to fields.
fn own_fields(call: &Call, list: usize, is_immutable: bool, parent: Option<u32>) -> Answer<u32> {
    let what = What::Fields { list, is_immutable };
    call.own(Kind::Fields, insert(what, parent))
}

/// A handle that its caller gives away: what it stood for.
fn take(call: &Call, kind: Kind, index: u32) -> Answer<What> {
    let number = call.rep(kind, index)?;
    if thing(number).children != 0 {
        return Err(Reason::HasChildren);
    }
    remove(call.take(kind, index)?)
}

/// The list of fields that its caller gives away.
fn take_fields(call: &Call, index: u32) -> Answer<usize> {
    match take(call, Kind::Fields, index)? {
        What::Fields { list, .. } => Ok(list),
        _ => lost(),
    }
}

/// How reading or writing a body failed, as streams tell it.
pub fn failure(failure: exchange::Failure) -> Failure {
    let failed = |code: Code| Failure::Failed(Error(HTTP_ERROR + code as u16));
    match failure {
        exchange::Failure::Closed => Failure::Closed,
        exchange::Failure::Broken => failed(Code::ProtocolError),
        exchange::Failure::TooLong => failed(Code::ResponseBodySize),
    }
}

/// Writes an `option<string>`.
pub fn put_text(call: &mut Call, result: u32, text: Option<&[u8]>) -> Answer<()> {
    let out = call.result(result, 12, 4)?;
    match text {
        Some(text) => {
            let (at, len) = call.copy_text(text)?;
            out.u8(0, 1);
            out.list(4, at, len as usize);
        }
        None => out.u8(0, 0),
    }
    Ok(())
}

/// Writes a `result<own<…>>`, if there is something.
fn put_own(call: &Call, result: u32, kind: Kind, what: Option<(What, Option<u32>)>) -> Answer<()> {
    let out = call.result(result, 8, 4)?;
    match what {
        Some((what, parent)) => {
            out.u8(0, 0);
            out.u32(4, call.own(kind, insert(what, parent))?);
        }
        None => out.u8(0, 1),
    }
    Ok(())
}

/// Writes an `error-code` without what it may say more, at a place of 32 bytes.
pub fn put_code(out: Out, offset: u32, code: u16) {
    // `none`, in all that we give but the number of an alert; of `DNS-error` and `TLS-alert-received` twice.
    for field in [8, 12, 20] {
        out.u8(offset + field, 0);
    }
    match code.checked_sub(Problem::ALERTS) {
        Some(alert) => {
            out.u8(offset, Code::TlsAlertReceived as u8);
            out.u8(offset + 8, 1);
            out.u8(offset + 9, alert as u8);
        }
        None => out.u8(offset, code as u8),
    }
}

/// The `method` of a name.
fn method_case(name: &[u8]) -> u8 {
    METHODS
        .iter()
        .position(|known| known.as_bytes() == name)
        .unwrap_or(OTHER_METHOD as usize) as u8
}

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];
const OTHER_METHOD: u32 = 9;

/// Writes a `method`.
pub fn put_method(call: &mut Call, result: u32, name: &[u8]) -> Answer<()> {
    let out = call.result(result, 12, 4)?;
    let case = method_case(name);
    if u32::from(case) == OTHER_METHOD {
        let (at, len) = call.copy_text(name)?;
        out.list(4, at, len as usize);
    }
    out.u8(0, case);
    Ok(())
}

/// Writes an `option<scheme>`; others than HTTP and HTTPS by their names.
pub fn put_scheme(call: &mut Call, result: u32, name: Option<&[u8]>) -> Answer<()> {
    let out = call.result(result, 16, 4)?;
    let Some(name) = name else {
        out.u8(0, 0);
        return Ok(());
    };
    let case = match name {
        b"http" => 0,
        b"https" => 1,
        _ => {
            let (at, len) = call.copy_text(name)?;
            out.list(8, at, len as usize);
            2
        }
    };
    out.u8(0, 1);
    out.u8(4, case);
    Ok(())
}

host! {
    /// What an error of a stream means for HTTP, if anything.
    fn http_types.http_error_code(call, error: u32, result: u32) {
        let out = call.result(result, 40, 8)?;
        match *object::get(call.rep(Kind::Error, error)?) {
            Object::Error(number) if number >= HTTP_ERROR => {
                out.u8(0, 1);
                put_code(out, 8, number - HTTP_ERROR);
            }
            _ => out.u8(0, 0),
        }
        Ok(())
    }

    /// Drops fields.
    fn drop.drop_fields(call, it: u32) { forget(&call, Kind::Fields, it) }

    /// Drops a request.
    fn drop.drop_incoming_request(call, it: u32) { forget(&call, Kind::IncomingRequest, it) }

    /// Drops a request.
    fn drop.drop_outgoing_request(call, it: u32) { forget(&call, Kind::OutgoingRequest, it) }

    /// Drops options.
    fn drop.drop_request_options(call, it: u32) { forget(&call, Kind::RequestOptions, it) }

    /// Drops the right to answer.
    fn drop.drop_response_outparam(call, it: u32) { forget(&call, Kind::ResponseOutparam, it) }

    /// Drops a body.
    fn drop.drop_incoming_body(call, it: u32) {
        if let Some(What::Body { origin, of, .. }) = forgotten(&call, Kind::IncomingBody, it)? {
            (origin.release)(of);
        }
        tidy();
        Ok(())
    }

    /// Drops trailers that may come.
    fn drop.drop_future_trailers(call, it: u32) {
        if let Some(What::Trailers { origin, of, .. }) = forgotten(&call, Kind::FutureTrailers, it)? {
            (origin.release)(of);
        }
        tidy();
        Ok(())
    }

    /// Drops a response.
    fn drop.drop_outgoing_response(call, it: u32) { forget(&call, Kind::OutgoingResponse, it) }

    /// Drops a body: it is not complete.
    fn drop.drop_outgoing_body(call, it: u32) {
        if let Some(What::OutgoingBody { sink, .. }) = forgotten(&call, Kind::OutgoingBody, it)? {
            outgoing::abandon(sink);
        }
        tidy();
        Ok(())
    }
}

pub fn forget(call: &Call, kind: Kind, index: u32) -> Answer<()> {
    // What is gone with it is not needed any more.
    forgotten(call, kind, index)?;
    tidy();
    Ok(())
}

/// Drops a handle: what is gone with it.
pub fn forgotten(call: &Call, kind: Kind, index: u32) -> Answer<Option<What>> {
    if thing(call.rep(kind, index)?).children != 0 {
        return Err(Reason::HasChildren);
    }
    call.drop(kind, index)?.map(remove).transpose()
}
