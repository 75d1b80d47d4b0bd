//! A request that was received, and its body.

use super::fields::is_forbidden;
use super::{
    Code, Kind, What, failure, host, insert, keep_lines, keep_list, own_fields, put_code,
    put_method, put_own, put_scheme, put_text, state, take, thing,
};
use crate::http::exchange::{self, Exchange, Pairs};
use crate::http::parse::{Fields, Head};
use crate::net::Wait;
use crate::sys;
use crate::wasi::fds::Entry;
use crate::wasi2::object::{self, Failure, Object, Operations, Place, Pollable, Source, Stream};
use alloc::vec::Vec;

/// What the head of the request said.
pub struct Received {
    method: Vec<u8>,
    path: Option<Vec<u8>>,
    authority: Option<Vec<u8>>,
}

impl Received {
    pub const fn new() -> Received {
        Received {
            method: Vec::new(),
            path: None,
            authority: None,
        }
    }
}

/// Names and values as guests see them.
pub fn pairs(fields: Fields<'_>) -> Pairs {
    let seen = fields.iter().filter(|(name, _)| !is_forbidden(name));
    seen.map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec()))
        .collect()
}

/// Path and authority of a target (RFC 9112, 3.2).
fn split<'a>(head: &Head<'a>) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    let target = head.target;
    if head.method == b"CONNECT" {
        return (None, Some(target));
    }
    let scheme = target.windows(3).position(|three| three == b"://");
    match scheme {
        Some(at) if !target.starts_with(b"/") => {
            let rest = target.get(at + 3..).unwrap_or(&[]);
            let end = rest
                .iter()
                .position(|byte| b"/?".contains(byte))
                .unwrap_or(rest.len());
            let path = rest.get(end..).filter(|path| !path.is_empty());
            (Some(path.unwrap_or(b"/")), rest.get(..end))
        }
        _ => (Some(target), head.host),
    }
}

/// Makes the request and the right to answer it: what their handles stand for.
pub fn receive(head: &Head<'_>) -> [u32; 2] {
    let (path, authority) = split(head);
    state().request = Received {
        method: head.method.to_vec(),
        path: path.map(<[u8]>::to_vec),
        authority: authority.map(<[u8]>::to_vec),
    };
    let list = keep_lines(head.fields);
    let request = What::Request {
        list,
        is_consumed: false,
    };
    [insert(request, None), insert(What::Outparam, None)]
}

/// A request that was received, as one that can be sent.
pub fn request_of(head: &Head<'_>) -> super::outgoing::Request {
    let (path, authority) = split(head);
    super::outgoing::Request {
        method: head.method.to_vec(),
        path: path.map(<[u8]>::to_vec),
        scheme: Some(b"http".to_vec()),
        authority: authority.map(<[u8]>::to_vec),
        list: keep_lines(head.fields),
        sink: None,
    }
}

/// Method and path of a request, for messages.
pub fn label(head: &Head<'_>) -> (Vec<u8>, Vec<u8>) {
    let (path, _) = split(head);
    (head.method.to_vec(), path.unwrap_or(b"*").to_vec())
}

/// The exchange that bodies belong to. They do not outlive it.
fn exchange() -> &'static mut Exchange {
    match exchange::now() {
        Some(exchange) => exchange,
        None => super::lost(),
    }
}

// Streams of bodies.

const BODY: Operations = Operations {
    read: |_, into, waits| exchange().read(into, waits).map_err(failure),
    room: |_| Err(Failure::Closed),
    write: |_, _| Err(Failure::Closed),
    wait: |_, _| unless(exchange().is_readable()),
    drop: super::release,
};

/// Trailers come when the body is over.
const TRAILERS: Operations = Operations {
    wait: |_, _| unless(exchange().skip()),
    ..BODY
};

/// Whose body it is: a request's that is answered, or a response's.
pub struct Origin {
    pub body: Operations,
    pub trailers: Operations,
    /// Whether the body with this number of what it came with is over.
    pub is_over: fn(usize) -> bool,
    /// Lines of trailers, or why the body is damaged.
    pub lines: fn(usize) -> Result<Option<Vec<u8>>, u16>,
    /// Nothing more of it is wanted.
    pub release: fn(usize),
}

/// The body of the request that is answered.
static REQUEST: Origin = Origin {
    body: BODY,
    trailers: TRAILERS,
    is_over: |_| exchange().skip(),
    lines: |_| match exchange().is_damaged {
        true => Err(Code::ConnectionTerminated as u16),
        false => Ok(exchange().trailers.take()),
    },
    release: |_| {},
};

/// Waits for bytes, unless it is ready.
fn unless(is_ready: bool) -> Wait {
    match is_ready {
        true => Wait::Ready,
        false => Wait::For {
            fd: exchange().fd(),
            events: sys::POLLIN,
            until: None,
        },
    }
}

/// A stream that others implement.
pub fn stream(number: u32, operations: &'static Operations) -> Stream {
    Stream {
        entry: Entry::new(-1, false, 0, 0),
        place: Place::Current,
        is_owner: false,
        is_closed: false,
        source: Some(Source { number, operations }),
    }
}

fn request() -> &'static Received {
    &state().request
}

host! {
    /// The method.
    fn http_types.incoming_request_method(call, it: u32, result: u32) {
        call.rep(Kind::IncomingRequest, it)?;
        put_method(&mut call, result, &request().method)
    }

    /// Path and query.
    fn http_types.incoming_request_path(call, it: u32, result: u32) {
        call.rep(Kind::IncomingRequest, it)?;
        put_text(&mut call, result, request().path.as_deref())
    }

    /// The scheme: there is no other yet.
    fn http_types.incoming_request_scheme(call, it: u32, result: u32) {
        call.rep(Kind::IncomingRequest, it)?;
        put_scheme(&mut call, result, Some(b"http"))
    }

    /// The authority: what the field `host` or the target said.
    fn http_types.incoming_request_authority(call, it: u32, result: u32) {
        call.rep(Kind::IncomingRequest, it)?;
        put_text(&mut call, result, request().authority.as_deref())
    }

    /// The fields, which cannot be changed.
    fn http_types.incoming_request_headers(call, it: u32) -> u32 {
        let number = call.rep(Kind::IncomingRequest, it)?;
        match thing(number).what {
            What::Request { list, .. } => own_fields(&call, list, true, Some(number)),
            _ => super::lost(),
        }
    }

    /// The body, once.
    fn http_types.incoming_request_consume(call, it: u32, result: u32) {
        let number = call.rep(Kind::IncomingRequest, it)?;
        let What::Request { is_consumed, .. } = &mut thing(number).what else { super::lost() };
        let body = (!core::mem::replace(is_consumed, true)).then_some((What::Body { has_stream: false, origin: &REQUEST, of: 0 }, None));
        put_own(&call, result, Kind::IncomingBody, body)
    }

    /// The contents of a body, once.
    fn http_types.incoming_body_stream(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let number = call.rep(Kind::IncomingBody, it)?;
        let What::Body { has_stream, origin, .. } = &mut thing(number).what else { super::lost() };
        let origin = *origin;
        if core::mem::replace(has_stream, true) {
            out.u8(0, 1);
            return Ok(());
        }
        thing(number).children += 1;
        let object = object::insert(Object::Input(stream(number, &origin.body)))?;
        out.u8(0, 0);
        out.u32(4, call.own(Kind::InputStream, object)?);
        Ok(())
    }

    /// Ends with a body: what may come behind it.
    fn http_types.incoming_body_finish(call, it: u32) -> u32 {
        match take(&call, Kind::IncomingBody, it)? {
            What::Body { origin, of, .. } => call.own(Kind::FutureTrailers, insert(What::Trailers { is_taken: false, origin, of }, None)),
            _ => super::lost(),
        }
    }

    /// Waits until it is known whether trailers come.
    fn http_types.future_trailers_subscribe(call, it: u32) -> u32 {
        let number = call.rep(Kind::FutureTrailers, it)?;
        let What::Trailers { origin, .. } = thing(number).what else { super::lost() };
        thing(number).children += 1;
        let source = Source { number, operations: &origin.trailers };
        let pollable = object::insert(Object::Pollable(Pollable::Source(source)))?;
        call.own(Kind::Pollable, pollable)
    }

    /// The trailers, once.
    fn http_types.future_trailers_get(call, it: u32, result: u32) {
        let out = call.result(result, 56, 8)?;
        let number = call.rep(Kind::FutureTrailers, it)?;
        let What::Trailers { is_taken, origin, of } = &mut thing(number).what else { super::lost() };
        if !(origin.is_over)(*of) {
            out.u8(0, 0);
            return Ok(());
        }
        out.u8(0, 1);
        if core::mem::replace(is_taken, true) {
            out.u8(8, 1);
            return Ok(());
        }
        out.u8(8, 0);
        let lines = match (origin.lines)(*of) {
            Ok(lines) => lines,
            Err(code) => {
                out.u8(16, 1);
                put_code(out, 24, code);
                return Ok(());
            }
        };
        out.u8(16, 0);
        let lines = lines.as_deref().and_then(|lines| Fields::check(lines).ok());
        out.u8(24, lines.is_some().into());
        if let Some(lines) = lines {
            out.u32(28, own_fields(&call, keep_list(pairs(lines)), true, None)?);
        }
        Ok(())
    }
}
