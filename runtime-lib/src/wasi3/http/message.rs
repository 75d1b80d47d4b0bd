//! Requests, responses, options.

use super::incoming::{self, Origin};
use super::{RESULT, fields, outgoing};
use crate::canonical::Reason;
use crate::component::tasks::end::{self, Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::stream::{self, Shared};
use crate::state::pool::Pool;
use crate::wasi2::http::outgoing::{
    Request, is_authority, is_path, is_scheme, optional, set_method,
};
use crate::wasi2::http::{
    Thing, What, forgotten, insert, lost, put_method, put_scheme, put_text, thing, tidy,
};
use crate::wasi2::{Answer, Call, Kind, Out, host};
use crate::wasi3::outcome;
use alloc::boxed::Box;
use core::cell::UnsafeCell;

/// A request or a response.
pub struct Message {
    pub head: Head,
    pub list: usize,
    pub body: Body,
    pub options: Times,
    pub has_options: bool,
}

pub enum Head {
    Request(Request),
    /// Its status.
    Response(u16),
}

/// Connecting, the first byte, between bytes: nanoseconds.
pub type Times = [Option<u64>; 3];

/// What the body is.
pub enum Body {
    /// The guest's.
    Own(Own),
    /// One that comes over the network.
    Incoming(Origin),
}

/// A body of the guest.
pub struct Own {
    pub contents: Option<*mut Shared>,
    pub trailers: *mut Shared,
    /// The outcome that says how it was sent.
    pub sent: u32,
}

/// The message of a handle.
fn message(call: &Call, kind: Kind, index: u32) -> Answer<&'static mut Message> {
    of(call.rep(kind, index)?)
}

fn of(number: u32) -> Answer<&'static mut Message> {
    match thing(number).what {
        // SAFETY: it was made by `keep`, and its handle is there.
        What::Message(message) => Ok(unsafe { &mut *message }),
        _ => lost(),
    }
}

/// Keeps a message: the number that its handle stands for.
pub fn keep(message: Message) -> u32 {
    insert(What::Message(Box::into_raw(Box::new(message))), None)
}

/// Takes a message that a component has given away by a handle for this number.
pub fn taken(number: u32) -> Answer<Message> {
    match crate::wasi2::http::remove(number)? {
        // SAFETY: it was made by `keep`, and nothing else refers to it.
        What::Message(message) => Ok(unsafe { *Box::from_raw(message) }),
        _ => lost(),
    }
}

fn request(call: &Call, index: u32) -> Answer<&'static mut Request> {
    match &mut message(call, Kind::Request3, index)?.head {
        Head::Request(request) => Ok(request),
        Head::Response(_) => lost(),
    }
}

fn status(call: &Call, index: u32) -> Answer<&'static mut u16> {
    match &mut message(call, Kind::Response3, index)?.head {
        Head::Response(status) => Ok(status),
        Head::Request(_) => lost(),
    }
}

/// Makes a message of the guest's, and writes a `tuple<own<…>, future<…>>`.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn new(
    call: &Call,
    kind: Kind,
    (fields, some, contents, trailers): (u32, u32, u32, u32),
    make: impl FnOnce(usize) -> Answer<(Head, Option<Times>)>,
    out: Out,
) -> Answer<()> {
    let more = call.more();
    let [stream, future, result, _] = more.ends;
    let contents = optional(some, contents)?;
    let list = fields::take(call, fields)?;
    let contents = match contents {
        Some(contents) => Some(stream::take(more.instance, stream, contents)?),
        None => None,
    };
    let trailers = stream::take(more.instance, future, trailers)?;
    let (head, options) = make(list)?;
    let (sent, outcome) = outcome::make(call, result, &RESULT)?;
    let message = keep(Message {
        head,
        list,
        body: Body::Own(Own {
            contents,
            trailers,
            sent: outcome,
        }),
        options: options.unwrap_or([None; 3]),
        has_options: options.is_some(),
    });
    out.u32(0, call.own(kind, message)?);
    out.u32(4, sent);
    Ok(())
}

/// What says how somebody has used a body that it was given.
struct Used {
    sent: u32,
    is_told: bool,
}

struct Cell(UnsafeCell<Pool<Used>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static USED: Cell = Cell(UnsafeCell::new(Pool::new()));

pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe { USED.0.get().write(Pool::new()) }
}

const USE: Operations = Operations {
    copy: |number, buffer| {
        // SAFETY: the number is in use until the other end is gone.
        unsafe {
            let used = (*USED.0.get()).get(number);
            let value = read_result(buffer)?;
            if !core::mem::replace(&mut (*used).is_told, true) {
                outcome::tell((*used).sent, value)?;
            }
        }
        Ok(Moved::Elements(1))
    },
    dropped: |number| {
        // SAFETY: likewise.
        unsafe {
            let Used { sent, is_told } = (*USED.0.get()).get(number).read();
            (*USED.0.get()).remove(number);
            if !is_told {
                let _ = outcome::tell(sent, Ok(()));
            }
        }
    },
    both: None,
};

/// Nobody wants to know.
const IGNORE: Operations = Operations {
    copy: |_, _| Ok(Moved::Elements(1)),
    dropped: |_| {},
    both: None,
};

/// A `result<_, error-code>`, as the guest or another end of the runtime has it: only the case of an error is looked at.
///
/// # Safety
/// As above.
unsafe fn read_result(buffer: &Buffer) -> Answer<outcome::Value> {
    if !buffer.native.is_null() {
        return Ok((*(buffer.native as *const outcome::Native)).value());
    }
    let guest = buffer.call()?.guest();
    let mut bytes = [0; 9];
    let read = guest.read(buffer.address, &mut bytes);
    read.map_err(|_| Reason::PointerOutOfBounds)?;
    match bytes[0] {
        0 => Ok(Ok(())),
        1 if u32::from(bytes[8]) < crate::wasi2::http::CODES => Ok(Err(bytes[8].into())),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// Gives a body away, and writes a `tuple<stream<u8>, future<…>>`.
///
/// # Safety
/// As above.
unsafe fn consume(call: &Call, kind: Kind, it: u32, res: u32, out: Out) -> Answer<()> {
    let more = call.more();
    let [result, bytes, trailers, _] = more.ends;
    let message = taken(call.take(kind, it)?)?;
    let res = stream::take(more.instance, result, res)?;
    let (stream, future) = match message.body {
        Body::Own(Own {
            contents,
            trailers,
            sent,
        }) => {
            let used = Used {
                sent,
                is_told: false,
            };
            let added = (*USED.0.get()).add(used);
            let (number, _) = added.ok_or(Reason::TooManyHandles)?;
            let operations = &USE;
            end::attach(res, HostEnd { operations, number })?;
            let stream = match contents {
                Some(contents) => stream::give(contents, more.instance)?,
                None => outcome::empty(call, bytes)?,
            };
            (stream, stream::give(trailers, more.instance)?)
        }
        Body::Incoming(origin) => {
            let operations = &IGNORE;
            let number = 0;
            end::attach(res, HostEnd { operations, number })?;
            let [stream, future] = incoming::give(call, origin, [bytes, trailers])?;
            (stream, future)
        }
    };
    out.u32(0, stream);
    out.u32(4, future);
    tidy();
    Ok(())
}

/// Drops a message.
///
/// # Safety
/// As above.
unsafe fn forget(call: &Call, kind: Kind, it: u32) -> Answer<()> {
    if let Some(What::Message(message)) = forgotten(call, kind, it)? {
        let message = *Box::from_raw(message);
        match message.body {
            Body::Own(own) => outgoing::abandon(own, Ok(()))?,
            Body::Incoming(origin) => incoming::abandon(origin),
        }
    }
    tidy();
    Ok(())
}

// Options.

fn options(call: &Call, it: u32) -> Answer<(&'static mut Times, bool)> {
    match thing(call.rep(Kind::RequestOptions3, it)?) {
        Thing {
            what:
                What::Options3 {
                    times,
                    is_immutable,
                },
            ..
        } => Ok((times, *is_immutable)),
        _ => lost(),
    }
}

fn own_options(call: &Call, times: Times, is_immutable: bool) -> Answer<u32> {
    let what = What::Options3 {
        times,
        is_immutable,
    };
    call.own(Kind::RequestOptions3, insert(what, None))
}

fn get_time(call: &Call, it: u32, which: usize, result: u32) -> Answer<()> {
    let out = call.result(result, 16, 8)?;
    let time = options(call, it)?.0[which];
    out.u8(0, time.is_some().into());
    out.u64(8, time.unwrap_or(0));
    Ok(())
}

/// Writes a `result<_, request-options-error>`.
fn set_time(
    call: &Call,
    it: u32,
    which: usize,
    (some, time): (u32, u64),
    result: u32,
) -> Answer<()> {
    const IMMUTABLE: u8 = 1;
    let out = call.result(result, 20, 4)?;
    let time = optional(some, time)?;
    let (times, is_immutable) = options(call, it)?;
    out.u8(0, is_immutable.into());
    match is_immutable {
        true => out.u8(4, IMMUTABLE),
        false => times[which] = time,
    }
    Ok(())
}

/// Whether a text can be the path and query of a target, where letters other than ASCII's may stand as they are.
fn is_raw_path(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii()).all(is_path)
}

/// A `result` without payload: whether it is an error.
fn failed(fits: bool) -> Answer<u32> {
    Ok((!fits).into())
}

/// A text that was given, if it fits: whether it does.
fn set_text(
    call: &Call,
    (some, at, len): (u32, u32, u32),
    fits: fn(&str) -> bool,
    place: &mut Option<alloc::vec::Vec<u8>>,
) -> Answer<u32> {
    let text = optional(some, ())?;
    let text = text.map(|()| call.string(at, len)).transpose()?;
    let fits = text.is_none_or(fits);
    if fits {
        *place = text.map(|text| text.as_bytes().to_vec());
    }
    failed(fits)
}

host! {
    /// A request with these fields, a body and trailers that will come: it, and how it was sent.
    fn http3_types.request_new(call, fields: u32, some: u32, contents: u32, trailers: u32, has_options: u32, options: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let options = optional(has_options, options)?;
        let make = |list| {
            let request = Request { method: b"GET".to_vec(), path: None, scheme: None, authority: None, list, sink: None };
            let options = match options {
                Some(index) => match crate::wasi2::http::remove(call.take(Kind::RequestOptions3, index)?)? {
                    What::Options3 { times, .. } => Some(times),
                    _ => lost(),
                },
                None => None,
            };
            Ok((Head::Request(request), options))
        };
        new(&call, Kind::Request3, (fields, some, contents, trailers), make, out)
    }

    /// Its method.
    fn http3_types.request_get_method(call, it: u32, result: u32) {
        let request = request(&call, it)?;
        put_method(&mut call, result, &request.method)
    }

    /// Sets its method.
    fn http3_types.request_set_method(call, it: u32, case: u32, at: u32, len: u32) -> u32 { failed(set_method(&call, request(&call, it)?, (case, at, len))?) }

    /// Its path and query.
    fn http3_types.request_get_path(call, it: u32, result: u32) {
        let request = request(&call, it)?;
        put_text(&mut call, result, request.path.as_deref())
    }

    /// Sets its path and query; an empty one is the root.
    fn http3_types.request_set_path(call, it: u32, some: u32, at: u32, len: u32) -> u32 {
        let path = &mut request(&call, it)?.path;
        let failed = set_text(&call, (some, at, len), is_raw_path, path)?;
        if path.as_deref() == Some(b"") {
            *path = Some(b"/".to_vec());
        }
        Ok(failed)
    }

    /// Its scheme.
    fn http3_types.request_get_scheme(call, it: u32, result: u32) {
        let request = request(&call, it)?;
        put_scheme(&mut call, result, request.scheme.as_deref())
    }

    /// Sets its scheme.
    fn http3_types.request_set_scheme(call, it: u32, some: u32, case: u32, at: u32, len: u32) -> u32 {
        let request = request(&call, it)?;
        let known = match (optional(some, case)?, case) {
            (None, _) => None,
            (Some(_), 0) => Some("http"),
            (Some(_), 1) => Some("https"),
            (Some(_), 2) => return set_text(&call, (1, at, len), is_scheme, &mut request.scheme),
            _ => return Err(Reason::InvalidDiscriminant),
        };
        request.scheme = known.map(|scheme| scheme.as_bytes().to_vec());
        Ok(0)
    }

    /// Its authority.
    fn http3_types.request_get_authority(call, it: u32, result: u32) {
        let request = request(&call, it)?;
        put_text(&mut call, result, request.authority.as_deref())
    }

    /// Sets its authority.
    fn http3_types.request_set_authority(call, it: u32, some: u32, at: u32, len: u32) -> u32 {
        set_text(&call, (some, at, len), is_authority, &mut request(&call, it)?.authority)
    }

    /// Its options, which cannot be changed.
    fn http3_types.request_get_options(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let request = message(&call, Kind::Request3, it)?;
        out.u8(0, request.has_options.into());
        if request.has_options {
            out.u32(4, own_options(&call, request.options, true)?);
        }
        Ok(())
    }

    /// Its fields, which cannot be changed.
    fn http3_types.request_get_headers(call, it: u32) -> u32 { fields::own(&call, message(&call, Kind::Request3, it)?.list, true) }

    /// Ends with a request: its body, and what comes behind it.
    fn http3_types.request_consume_body(call, it: u32, res: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        consume(&call, Kind::Request3, it, res, out)
    }

    /// Drops a request.
    fn drop.drop_request_3(call, it: u32) { forget(&call, Kind::Request3, it) }

    /// Options without any.
    fn http3_types.request_options_new_3(call) -> u32 { own_options(&call, [None; 3], false) }

    /// How long connecting may take.
    fn http3_types.request_options_get_connect_timeout(call, it: u32, result: u32) { get_time(&call, it, 0, result) }

    /// Sets that.
    fn http3_types.request_options_set_connect_timeout_3(call, it: u32, some: u32, time: u64, result: u32) { set_time(&call, it, 0, (some, time), result) }

    /// How long the first byte of the answer may take.
    fn http3_types.request_options_get_first_byte_timeout(call, it: u32, result: u32) { get_time(&call, it, 1, result) }

    /// Sets that.
    fn http3_types.request_options_set_first_byte_timeout_3(call, it: u32, some: u32, time: u64, result: u32) { set_time(&call, it, 1, (some, time), result) }

    /// How long may pass between bytes of the answer.
    fn http3_types.request_options_get_between_bytes_timeout(call, it: u32, result: u32) { get_time(&call, it, 2, result) }

    /// Sets that.
    fn http3_types.request_options_set_between_bytes_timeout_3(call, it: u32, some: u32, time: u64, result: u32) { set_time(&call, it, 2, (some, time), result) }

    /// Options of their own with the same times, which can be changed.
    fn http3_types.request_options_clone(call, it: u32) -> u32 { own_options(&call, *options(&call, it)?.0, false) }

    /// Drops options.
    fn drop.drop_request_options_3(call, it: u32) { crate::wasi2::http::forget(&call, Kind::RequestOptions3, it) }

    /// A response with these fields, the status 200, a body and trailers that will come: it, and how it was sent.
    fn http3_types.response_new(call, fields: u32, some: u32, contents: u32, trailers: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        new(&call, Kind::Response3, (fields, some, contents, trailers), |_| Ok((Head::Response(200), None)), out)
    }

    /// Its status.
    fn http3_types.response_get_status_code(call, it: u32) -> u32 { Ok((*status(&call, it)?).into()) }

    /// Sets its status.
    fn http3_types.response_set_status_code(call, it: u32, code: u32) -> u32 {
        let place = status(&call, it)?;
        let fits = (100..600).contains(&(code & 0xffff));
        if fits {
            *place = code as u16;
        }
        failed(fits)
    }

    /// Its fields, which cannot be changed.
    fn http3_types.response_get_headers(call, it: u32) -> u32 { fields::own(&call, message(&call, Kind::Response3, it)?.list, true) }

    /// Ends with a response: its body, and what comes behind it.
    fn http3_types.response_consume_body(call, it: u32, res: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        consume(&call, Kind::Response3, it, res, out)
    }

    /// Drops a response.
    fn drop.drop_response_3(call, it: u32) { forget(&call, Kind::Response3, it) }
}

impl Body {
    /// The body as one that is sent.
    ///
    /// # Safety
    /// Nobody else uses it.
    pub unsafe fn into_sent(self) -> Answer<Own> {
        match self {
            Body::Own(own) => Ok(own),
            Body::Incoming(origin) => incoming::forward(origin),
        }
    }
}
