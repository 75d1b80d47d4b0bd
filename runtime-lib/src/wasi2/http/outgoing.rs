//! Responses, requests to be sent, their bodies, and options.
//!
//! A body writes to a *sink*. That of the response which the guest has chosen is the exchange; before that, and for all others, bytes are collected in it.

use super::incoming::stream;
use super::{
    Answer, CODES, Call, Code, Kind, What, failure, host, insert, list, own_fields, put_code,
    put_method, put_own, put_scheme, put_text, state, take, take_fields, thing,
};
use crate::canonical::Reason;
use crate::http::exchange::{self, COLLECTED, Pairs};
use crate::http::parse::is_token;
use crate::net::Wait;
use crate::sys;
use crate::wasi2::Out;
use crate::wasi2::object::{self, Done, Failure, Object, Operations};
use alloc::vec::Vec;

/// A response.
pub struct Response {
    status: u16,
    list: usize,
    sink: Option<usize>,
}

/// A request to be sent. Nothing is without a default: GET, and no more.
pub struct Request {
    pub method: Vec<u8>,
    pub path: Option<Vec<u8>>,
    pub scheme: Option<Vec<u8>>,
    pub authority: Option<Vec<u8>>,
    pub list: usize,
    pub sink: Option<usize>,
}

/// Where a body goes.
pub struct Sink {
    /// It is the exchange.
    is_chosen: bool,
    /// It is a request's, with this number.
    pub target: Option<(&'static Target, usize)>,
    /// The length that the fields have said.
    pub declared: Option<u64>,
    /// What was written before it was chosen.
    pub pending: Vec<u8>,
    /// Bytes that were written to the target.
    pub written: u64,
    /// It is complete, and its trailers.
    pub end: Option<Vec<u8>>,
}

/// Where the bodies of requests go, each by its number.
pub struct Target {
    pub room: fn(usize) -> Done<u64>,
    /// Writes all bytes, and waits where it must.
    pub write: fn(usize, &[u8]) -> Done<()>,
    pub wait: fn(usize) -> Wait,
    /// The body is complete, with lines of trailers.
    pub finish: fn(usize, Vec<u8>),
    /// It will never be.
    pub abandon: fn(usize),
}

/// A body is dropped that is not complete.
pub fn abandon(number: usize) {
    if let Some((target, of)) = sink(number).target {
        (target.abandon)(of);
    }
}

pub fn sink(number: usize) -> &'static mut Sink {
    match state().sinks.get_mut(number) {
        Some(sink) => sink,
        None => super::lost(),
    }
}

fn new_sink(declared: Option<u64>) -> usize {
    let sinks = &mut state().sinks;
    sinks.push(Sink {
        is_chosen: false,
        target: None,
        declared,
        pending: Vec::new(),
        written: 0,
        end: None,
    });
    sinks.len() - 1
}

/// The sink of a body by its number.
fn sink_of(body: u32) -> &'static mut Sink {
    match thing(body).what {
        What::OutgoingBody { sink: number, .. } => sink(number),
        _ => super::lost(),
    }
}

static OPERATIONS: Operations = Operations {
    read: |_, _, _| Err(Failure::Closed),
    room,
    write,
    wait,
    drop: super::release,
};

fn wait(body: u32, _: i16) -> Wait {
    match (sink_of(body).target, room(body)) {
        (Some((target, of)), _) => (target.wait)(of),
        (None, Ok(0)) => Wait::For {
            fd: exchange::now().map_or(-1, |exchange| exchange.fd()),
            events: sys::POLLOUT,
            until: None,
        },
        _ => Wait::Ready,
    }
}

fn room(body: u32) -> Done<u64> {
    let sink = sink_of(body);
    if let Some((target, of)) = sink.target {
        return (target.room)(of);
    }
    match exchange::now() {
        Some(exchange) if sink.is_chosen => {
            exchange.room().map(|room| room as u64).map_err(failure)
        }
        _ => Ok(COLLECTED.saturating_sub(sink.pending.len()) as u64),
    }
}

fn write(body: u32, bytes: &[u8]) -> Done<()> {
    let sink = sink_of(body);
    if let Some((target, of)) = sink.target {
        let left = sink.declared.map(|all| all.saturating_sub(sink.written));
        if left.is_some_and(|left| (bytes.len() as u64) > left) {
            return Err(failure(exchange::Failure::TooLong));
        }
        sink.written += bytes.len() as u64;
        return (target.write)(of, bytes);
    }
    match exchange::now() {
        Some(exchange) if sink.is_chosen => exchange.write(bytes, sink.declared).map_err(failure),
        _ => {
            let all = sink.pending.len() + bytes.len();
            if sink.declared.is_some_and(|declared| all as u64 > declared) {
                return Err(failure(exchange::Failure::TooLong));
            }
            // Nobody would ever make room.
            if all > COLLECTED {
                return Err(Failure::Closed);
            }
            sink.pending.extend_from_slice(bytes);
            Ok(())
        }
    }
}

/// The length that fields say; an error where it is none, or there are several.
pub fn declared_length(list: &Pairs) -> Result<Option<u64>, ()> {
    let mut found = None;
    for (_, value) in list.iter().filter(|(name, _)| name == b"content-length") {
        let text = core::str::from_utf8(value).map_err(|_| ())?;
        let length = text
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok());
        let length: u64 = length.flatten().ok_or(())?;
        if found.is_some_and(|other| other != length) {
            return Err(());
        }
        found = Some(length);
    }
    Ok(found)
}

/// Lines of trailers.
pub fn lines(pairs: &Pairs) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in pairs {
        for part in [&name[..], b": ", value, b"\r\n"] {
            lines.extend_from_slice(part);
        }
    }
    lines
}

/// A response is chosen: it goes to whoever sent the request.
fn choose(response: &Response) {
    let Some(exchange) = exchange::now() else {
        super::lost()
    };
    let fields = list(response.list);
    let size: usize = fields
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    let declared = declared_length(fields);
    let (Ok(declared), true, true) = (
        declared,
        size < exchange::MAX_HEAD - 256,
        response.status >= 200,
    ) else {
        return fail();
    };
    let Some(number) = response.sink else {
        exchange.answer(response.status, fields, declared);
        return exchange.finish(&[]);
    };
    let sink = sink(number);
    sink.is_chosen = true;
    exchange.answer(response.status, fields, declared);
    let pending = core::mem::take(&mut sink.pending);
    // It fits: there is no more than an exchange collects.
    let _ = exchange.write(&pending, None);
    if let Some(trailers) = sink.end.take() {
        exchange.finish(&trailers);
    }
}

/// The guest has no answer, or one that cannot be sent.
pub fn fail() {
    if let Some(exchange) = exchange::now() {
        exchange.answer(500, &Pairs::new(), None);
        exchange.finish(&[]);
    }
}

fn response(call: &Call, index: u32) -> Answer<(u32, &'static mut Response)> {
    let number = call.rep(Kind::OutgoingResponse, index)?;
    match &mut thing(number).what {
        What::Response(response) => Ok((number, response)),
        _ => super::lost(),
    }
}

fn request(call: &Call, index: u32) -> Answer<(u32, &'static mut Request)> {
    let number = call.rep(Kind::OutgoingRequest, index)?;
    match &mut thing(number).what {
        What::OutgoingRequest(request) => Ok((number, request)),
        _ => super::lost(),
    }
}

fn options(call: &Call, index: u32) -> Answer<&'static mut [Option<u64>; 3]> {
    match &mut thing(call.rep(Kind::RequestOptions, index)?).what {
        What::Options(options) => Ok(options),
        _ => super::lost(),
    }
}

/// Writes an `option<duration>`.
fn put_duration(call: &Call, result: u32, it: u32, which: usize) -> Answer<()> {
    let out = call.result(result, 16, 8)?;
    let value = options(call, it)?.get(which).copied().flatten();
    out.u8(0, value.is_some().into());
    out.u64(8, value.unwrap_or(0));
    Ok(())
}

fn set_duration(call: &Call, it: u32, which: usize, some: u32, value: u64) -> Answer<u32> {
    let value = optional(some, value)?;
    if let Some(place) = options(call, it)?.get_mut(which) {
        *place = value;
    }
    Ok(0)
}

/// An option from its flat parts.
pub fn optional<T>(some: u32, value: T) -> Answer<Option<T>> {
    match some {
        0 => Ok(None),
        1 => Ok(Some(value)),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// A `result` without payload: whether it is an error.
fn failed(fits: bool) -> Answer<u32> {
    Ok((!fits).into())
}

/// Sets a method of flat values: whether it can be one.
pub fn set_method(
    call: &Call,
    request: &mut Request,
    (case, at, len): (u32, u32, u32),
) -> Answer<bool> {
    let name = match super::METHODS.get(case as usize) {
        Some(name) => name.as_bytes(),
        None if case == super::OTHER_METHOD => call.string(at, len)?.as_bytes(),
        None => return Err(Reason::InvalidDiscriminant),
    };
    if is_token(name) {
        request.method = name.to_vec();
    }
    Ok(is_token(name))
}

/// Whether a text can be the path and query of a target.
pub fn is_path(text: &str) -> bool {
    text.bytes()
        .all(|byte| (0x21..0x7f).contains(&byte) && !b"#\"<>\\^`{|}".contains(&byte))
}

/// Whether a text can be an authority: host and port, perhaps with a user.
pub fn is_authority(text: &str) -> bool {
    let host = text.rsplit('@').next().unwrap_or(text);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]@".contains(&byte);
    let is_host = match name.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').is_some_and(|it| it.contains(':')),
        None => !name.is_empty() && !name.contains([':', '[', ']']),
    };
    is_host && text.bytes().all(fits) && (port.is_empty() || port.parse::<u16>().is_ok())
}

/// Whether a text can be a scheme.
pub fn is_scheme(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(fits)
}

/// Checks the flat parts of an `error-code`: its case.
fn code(case: u32) -> Answer<u32> {
    match case < CODES {
        true => Ok(case),
        false => Err(Reason::InvalidDiscriminant),
    }
}

/// Writes a `result<_, error-code>`.
fn put_done(out: Out, done: Result<(), Code>) {
    out.u8(0, done.is_err().into());
    if let Err(code) = done {
        put_code(out, 8, code as u16);
    }
}

host! {
    /// A response with these fields, and the status 200.
    fn http_types.outgoing_response_new(call, fields: u32) -> u32 {
        let list = take_fields(&call, fields)?;
        let response = Response { status: 200, list, sink: None };
        call.own(Kind::OutgoingResponse, insert(What::Response(response), None))
    }

    /// Its status.
    fn http_types.outgoing_response_status_code(call, it: u32) -> u32 { Ok(response(&call, it)?.1.status.into()) }

    /// Sets its status.
    fn http_types.outgoing_response_set_status_code(call, it: u32, status: u32) -> u32 {
        let (_, response) = response(&call, it)?;
        let fits = (100..1000).contains(&(status & 0xffff));
        if fits {
            response.status = status as u16;
        }
        failed(fits)
    }

    /// Its fields, which cannot be changed.
    fn http_types.outgoing_response_headers(call, it: u32) -> u32 {
        let (number, response) = response(&call, it)?;
        own_fields(&call, response.list, true, Some(number))
    }

    /// Its body, once.
    fn http_types.outgoing_response_body(call, it: u32, result: u32) {
        let (_, response) = response(&call, it)?;
        let declared = declared_length(list(response.list));
        let body = match (response.sink, declared) {
            (None, Ok(declared)) => {
                let sink = new_sink(declared);
                response.sink = Some(sink);
                Some((What::OutgoingBody { sink, has_stream: false }, None))
            }
            _ => None,
        };
        put_own(&call, result, Kind::OutgoingBody, body)
    }

    /// Sends an answer before the last one. One that would change the protocol is none that can be sent.
    fn http_types.response_outparam_inform(call, it: u32, status: u32, fields: u32, result: u32) {
        const SWITCHING_PROTOCOLS: u16 = 101;
        let out = call.result(result, 40, 8)?;
        call.rep(Kind::ResponseOutparam, it)?;
        let fields = list(take_fields(&call, fields)?);
        let (status, lines) = (status as u16, lines(fields));
        // It has no body, so it has no length either (RFC 9110, 8.6).
        let fits = (100..200).contains(&status) && !matches!(declared_length(fields), Err(()) | Ok(Some(_)));
        let done = match exchange::now() {
            _ if !fits => Err(Code::ProtocolError),
            Some(exchange) if status != SWITCHING_PROTOCOLS && lines.len() < exchange::MAX_HEAD => {
                exchange.inform(status, &lines);
                Ok(())
            }
            _ => Err(Code::InternalError),
        };
        put_done(out, done);
        Ok(())
    }

    /// Answers the request.
    fn http_types.response_outparam_set(call, it: u32, is_error: u32, value: u32, a: u32, b: u64, c: u32, d: u32, e: u32, f: u32) {
        take(&call, Kind::ResponseOutparam, it)?;
        match is_error {
            0 => match take(&call, Kind::OutgoingResponse, value)? {
                What::Response(response) => choose(&response),
                _ => super::lost(),
            },
            1 => {
                code(value)?;
                fail();
            }
            _ => return Err(Reason::InvalidDiscriminant),
        }
        Ok(())
    }

    /// The stream of a body, once.
    fn http_types.outgoing_body_write(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let number = call.rep(Kind::OutgoingBody, it)?;
        let What::OutgoingBody { has_stream, .. } = &mut thing(number).what else { super::lost() };
        if core::mem::replace(has_stream, true) {
            out.u8(0, 1);
            return Ok(());
        }
        thing(number).children += 1;
        let object = object::insert(Object::Output(stream(number, &OPERATIONS)))?;
        out.u8(0, 0);
        out.u32(4, call.own(Kind::OutputStream, object)?);
        Ok(())
    }

    /// A body is complete, with these trailers.
    fn http_types.outgoing_body_finish(call, it: u32, some: u32, trailers: u32, result: u32) {
        let out = call.result(result, 40, 8)?;
        let trailers = match optional(some, trailers)? {
            Some(trailers) => lines(list(take_fields(&call, trailers)?)),
            None => Vec::new(),
        };
        let What::OutgoingBody { sink: number, .. } = take(&call, Kind::OutgoingBody, it)? else { super::lost() };
        let sink = sink(number);
        let written = match exchange::now() {
            _ if sink.target.is_some() => sink.written,
            Some(exchange) if sink.is_chosen => exchange.written,
            _ => sink.pending.len() as u64,
        };
        if sink.declared.is_some_and(|declared| declared != written) || trailers.len() >= exchange::MAX_HEAD {
            abandon(number);
            put_done(out, Err(Code::ResponseBodySize));
            return Ok(());
        }
        match (exchange::now(), sink.target) {
            (_, Some((target, of))) => (target.finish)(of, trailers),
            (Some(exchange), None) if sink.is_chosen => exchange.finish(&trailers),
            _ => sink.end = Some(trailers),
        }
        put_done(out, Ok(()));
        Ok(())
    }

    /// A request with these fields.
    fn http_types.outgoing_request_new(call, fields: u32) -> u32 {
        let request = Request {
            method: b"GET".to_vec(),
            path: None,
            scheme: None,
            authority: None,
            list: take_fields(&call, fields)?,
            sink: None,
        };
        call.own(Kind::OutgoingRequest, insert(What::OutgoingRequest(request), None))
    }

    /// Its body, once.
    fn http_types.outgoing_request_body(call, it: u32, result: u32) {
        let (_, request) = request(&call, it)?;
        let declared = declared_length(list(request.list));
        let body = match (request.sink, declared) {
            (None, Ok(declared)) => {
                let sink = new_sink(declared);
                request.sink = Some(sink);
                Some((What::OutgoingBody { sink, has_stream: false }, None))
            }
            _ => None,
        };
        put_own(&call, result, Kind::OutgoingBody, body)
    }

    /// Its method.
    fn http_types.outgoing_request_method(call, it: u32, result: u32) {
        let (_, request) = request(&call, it)?;
        put_method(&mut call, result, &request.method)
    }

    /// Sets its method.
    fn http_types.outgoing_request_set_method(call, it: u32, case: u32, at: u32, len: u32) -> u32 {
        let (_, request) = request(&call, it)?;
        failed(set_method(&call, request, (case, at, len))?)
    }

    /// Its path and query.
    fn http_types.outgoing_request_path(call, it: u32, result: u32) {
        let (_, request) = request(&call, it)?;
        put_text(&mut call, result, request.path.as_deref())
    }

    /// Sets its path and query.
    fn http_types.outgoing_request_set_path(call, it: u32, some: u32, at: u32, len: u32) -> u32 {
        let (_, request) = request(&call, it)?;
        let text = optional(some, ())?.map(|()| call.string(at, len)).transpose()?;
        let fits = text.is_none_or(is_path);
        if fits {
            request.path = text.map(|text| text.as_bytes().to_vec());
        }
        failed(fits)
    }

    /// Its scheme.
    fn http_types.outgoing_request_scheme(call, it: u32, result: u32) {
        let (_, request) = request(&call, it)?;
        put_scheme(&mut call, result, request.scheme.as_deref())
    }

    /// Sets its scheme.
    fn http_types.outgoing_request_set_scheme(call, it: u32, some: u32, case: u32, at: u32, len: u32) -> u32 {
        let (_, request) = request(&call, it)?;
        let text = match (optional(some, case)?, case) {
            (None, _) => None,
            (Some(_), 0) => Some("http"),
            (Some(_), 1) => Some("https"),
            (Some(_), 2) => Some(call.string(at, len)?),
            _ => return Err(Reason::InvalidDiscriminant),
        };
        let fits = text.is_none_or(is_scheme);
        if fits {
            request.scheme = text.map(|text| text.as_bytes().to_vec());
        }
        failed(fits)
    }

    /// Its authority.
    fn http_types.outgoing_request_authority(call, it: u32, result: u32) {
        let (_, request) = request(&call, it)?;
        put_text(&mut call, result, request.authority.as_deref())
    }

    /// Sets its authority.
    fn http_types.outgoing_request_set_authority(call, it: u32, some: u32, at: u32, len: u32) -> u32 {
        let (_, request) = request(&call, it)?;
        let text = optional(some, ())?.map(|()| call.string(at, len)).transpose()?;
        let fits = text.is_none_or(is_authority);
        if fits {
            request.authority = text.map(|text| text.as_bytes().to_vec());
        }
        failed(fits)
    }

    /// Its fields, which cannot be changed.
    fn http_types.outgoing_request_headers(call, it: u32) -> u32 {
        let (number, request) = request(&call, it)?;
        own_fields(&call, request.list, true, Some(number))
    }

    /// Options without any.
    fn http_types.request_options_new(call) -> u32 {
        call.own(Kind::RequestOptions, insert(What::Options([None; 3]), None))
    }

    /// How long connecting may take.
    fn http_types.request_options_connect_timeout(call, it: u32, result: u32) { put_duration(&call, result, it, 0) }

    /// Sets how long connecting may take.
    fn http_types.request_options_set_connect_timeout(call, it: u32, some: u32, value: u64) -> u32 { set_duration(&call, it, 0, some, value) }

    /// How long the first byte of the answer may take.
    fn http_types.request_options_first_byte_timeout(call, it: u32, result: u32) { put_duration(&call, result, it, 1) }

    /// Sets how long the first byte of the answer may take.
    fn http_types.request_options_set_first_byte_timeout(call, it: u32, some: u32, value: u64) -> u32 { set_duration(&call, it, 1, some, value) }

    /// How long may pass between bytes of the answer.
    fn http_types.request_options_between_bytes_timeout(call, it: u32, result: u32) { put_duration(&call, result, it, 2) }

    /// Sets how long may pass between bytes of the answer.
    fn http_types.request_options_set_between_bytes_timeout(call, it: u32, some: u32, value: u64) -> u32 { set_duration(&call, it, 2, some, value) }
}
