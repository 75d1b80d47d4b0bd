//! `wasi:http/outgoing-handler`, and the responses that come.

use super::incoming::{Origin, pairs};
use super::outgoing::{self, Request, Target, optional, sink};
use super::{
    Kind, What, host, insert, keep_list, list, own_fields, put_code, put_own, release, state, take,
    thing,
};
use crate::http::client::{Client, Framing, Problem, Timeouts};
use crate::http::exchange;
use crate::http::parse::Fields;
use crate::net::Wait;
use crate::wasi::Error;
use crate::wasi2::object::{self, Done, Failure, HTTP_ERROR, Object, Operations, Pollable, Source};
use crate::wasi2::wait;
use alloc::vec::Vec;

/// Nanoseconds that anything may take, unless options say less; wasmtime's.
const PATIENCE: u64 = 600_000_000_000;

/// A request under way, and how many handles need it.
pub struct Held {
    pub client: Client,
    users: u32,
    /// Of WASI 0.3: the outcome that says how it was sent, from when the body is complete until that is known.
    pub sent: Option<u32>,
    /// Ends it; only programs that send requests have that.
    pub end: fn(&mut Client),
}

pub fn held(number: usize) -> &'static mut Held {
    match state().clients.get_mut(number) {
        Some(held) => held,
        None => super::lost(),
    }
}

pub fn client(number: usize) -> &'static mut Client {
    &mut held(number).client
}

/// Something more needs a request.
pub fn join(number: usize) {
    held(number).users += 1;
}

/// Something less needs a request.
pub fn leave(number: usize) {
    let held = held(number);
    held.users = held.users.saturating_sub(1);
    if held.users == 0 {
        held.client.leave();
    }
}

/// The request that a body or future trailers belong to.
fn of(number: u32) -> &'static mut Client {
    match thing(number).what {
        What::Body { of, .. } | What::Trailers { of, .. } => client(of),
        What::Future { client: of, .. } => client(of),
        _ => super::lost(),
    }
}

pub fn failure(failure: exchange::Failure, client: &Client) -> Failure {
    match (failure, client.damage()) {
        (exchange::Failure::Closed, _) => Failure::Closed,
        (_, problem) => {
            let problem = problem.unwrap_or(Problem::Terminated);
            Failure::Failed(Error(HTTP_ERROR + problem.code()))
        }
    }
}

const BODY: Operations = Operations {
    read: |body, into, waits| {
        let client = of(body);
        loop {
            match client.read(into) {
                Ok(0) if waits && !into.is_empty() => wait::on(client.wait_to_read()),
                Ok(len) => return Ok(len),
                Err(error) => return Err(failure(error, client)),
            }
        }
    },
    room: |_| Err(Failure::Closed),
    write: |_, _| Err(Failure::Closed),
    wait: |body, _| of(body).wait_to_read(),
    drop: release,
};

/// The body of a response.
static RESPONSE: Origin = Origin {
    body: BODY,
    trailers: Operations {
        wait: |trailers, _| {
            let client = of(trailers);
            match client.skip() {
                true => Wait::Ready,
                false => client.wait_to_read(),
            }
        },
        ..BODY
    },
    is_over: |of| client(of).skip(),
    lines: |of| match client(of).damage() {
        Some(problem) => Err(problem.code()),
        None => Ok(client(of).trailers.take()),
    },
    release: leave,
};

/// The response itself.
static FUTURE: Operations = Operations {
    wait: |future, _| match of(future).response() {
        Some(_) => Wait::Ready,
        None => of(future).advance(),
    },
    ..BODY
};

/// The body of a request.
static TARGET: Target = Target {
    room: |of| {
        let client = client(of);
        client
            .room()
            .map(|room| room as u64)
            .map_err(|error| failure(error, client))
    },
    write: |of, mut bytes| {
        let client = client(of);
        loop {
            let len = client
                .write(bytes)
                .map_err(|error| failure(error, client))?;
            bytes = bytes.get(len..).unwrap_or(&[]);
            if bytes.is_empty() {
                return Done::Ok(());
            }
            wait::on(client.wait_to_write());
        }
    },
    wait: |of| client(of).wait_to_write(),
    finish: |of, trailers| {
        client(of).finish(&trailers);
        leave(of);
    },
    abandon: |of| {
        client(of).abort();
        leave(of);
    },
};

/// Host and port of an authority; whoever it is for is not sent.
fn host_and_port(authority: &str, default: u16) -> Option<(&str, u16)> {
    let host = authority.rsplit('@').next()?;
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => match port {
            "" => Some((name, default)),
            port => Some((name, port.parse().ok()?)),
        },
        _ => Some((host, default)),
    }
}

/// How the body of a request is sent: with a length if that is known, which the fields have said or which they are to say.
fn framing_of(request: &Request) -> (Framing, Option<u64>) {
    match request.sink.map(sink) {
        None => (Framing::None, None),
        Some(sink) if sink.declared.is_some() => (Framing::Length, None),
        Some(sink) if sink.end.as_ref().is_some_and(Vec::is_empty) => {
            (Framing::Length, Some(sink.pending.len() as u64))
        }
        Some(_) => (Framing::Chunked, None),
    }
}

/// The head of a request.
fn head(request: &Request, authority: &[u8], (framing, len): (Framing, Option<u64>)) -> Vec<u8> {
    let mut head = Vec::new();
    let mut add = |part: &[u8]| head.extend_from_slice(part);
    add(&request.method);
    add(b" ");
    match request.path.as_deref() {
        Some([]) | None => add(b"/"),
        Some(path @ [b'/', ..]) => add(path),
        Some(path) if request.method == b"OPTIONS" && path == b"*" => add(path),
        Some(path) => {
            add(b"/");
            add(path);
        }
    }
    add(b" HTTP/1.1\r\nhost: ");
    add(authority);
    add(b"\r\n");
    add(&outgoing::lines(list(request.list)));
    match (framing, len) {
        (Framing::None, _) => {
            let wants_length = [&b"POST"[..], b"PUT", b"PATCH"].contains(&&request.method[..]);
            let has_length = list(request.list)
                .iter()
                .any(|(name, _)| name == b"content-length");
            if wants_length && !has_length {
                add(b"content-length: 0\r\n");
            }
        }
        (Framing::Length, Some(len)) => {
            let mut line = [0; 48];
            let mut text = crate::text::Text::to_buffer(&mut line);
            text.str("content-length: ").dec(len).str("\r\n");
            let len = text.len();
            add(line.get(..len).unwrap_or(&[]));
        }
        (Framing::Length, None) => {}
        (Framing::Chunked, _) => add(b"transfer-encoding: chunked\r\n"),
    }
    add(b"connection: close\r\n\r\n");
    head
}

/// Begins a request whose body is sent so: the number of what it becomes.
pub fn begin(
    request: &Request,
    options: [Option<u64>; 3],
    framing: (Framing, Option<u64>),
) -> Result<usize, Problem> {
    let (is_secure, default) = match request.scheme.as_deref() {
        Some(b"http") => (false, 80),
        // Requests without a scheme want that, too.
        None | Some(b"https") => (true, 443),
        Some(_) => return Err(Problem::Protocol),
    };
    let authority = request.authority.as_deref().ok_or(Problem::BadUri)?;
    let text = core::str::from_utf8(authority).map_err(|_| Problem::BadUri)?;
    let (name, port) = host_and_port(text, default).ok_or(Problem::BadUri)?;
    let shown = text.rsplit('@').next().unwrap_or(text);
    let head = head(request, shown.as_bytes(), framing);
    let [connect, first_byte, between_bytes] = options.map(|time| time.unwrap_or(PATIENCE));
    let timeouts = Timeouts {
        connect,
        first_byte,
        between_bytes,
    };
    let is_head = request.method == b"HEAD";
    let client = Client::start(name, port, is_secure, head, framing.0, is_head, timeouts)?;
    let clients = &mut state().clients;
    clients.push(Held {
        client,
        users: 1,
        sent: None,
        end: Client::end,
    });
    Ok(clients.len() - 1)
}

/// Sends a request: the number of what it becomes.
fn send(request: &Request, options: [Option<u64>; 3]) -> Result<usize, Problem> {
    let number = begin(request, options, framing_of(request))?;
    if let Some(sink) = request.sink.map(sink) {
        let held = held(number);
        let pending = core::mem::take(&mut sink.pending);
        if !pending.is_empty() {
            held.client.add(&pending);
        }
        sink.written = pending.len() as u64;
        match sink.end.take() {
            Some(trailers) => held.client.finish(&trailers),
            None => {
                held.users += 1;
                sink.target = Some((&TARGET, number));
            }
        }
    }
    self::client(number).advance();
    Ok(number)
}

host! {
    /// Sends a request.
    fn http_outgoing_handler.handle(call, it: u32, some: u32, options: u32, result: u32) {
        let out = call.result(result, 40, 8)?;
        let What::OutgoingRequest(request) = take(&call, Kind::OutgoingRequest, it)? else { super::lost() };
        let options = match optional(some, options)? {
            Some(options) => match take(&call, Kind::RequestOptions, options)? {
                What::Options(options) => options,
                _ => super::lost(),
            },
            None => [None; 3],
        };
        match send(&request, options) {
            Ok(client) => {
                out.u8(0, 0);
                let future = What::Future { client, is_taken: false };
                out.u32(8, call.own(Kind::FutureIncomingResponse, insert(future, None))?);
            }
            Err(problem) => {
                out.u8(0, 1);
                put_code(out, 8, problem.code());
            }
        }
        Ok(())
    }

    /// Waits for the response.
    fn http_types.future_incoming_response_subscribe(call, it: u32) -> u32 {
        let number = call.rep(Kind::FutureIncomingResponse, it)?;
        thing(number).children += 1;
        let source = Source { number, operations: &FUTURE };
        let pollable = object::insert(Object::Pollable(Pollable::Source(source)))?;
        call.own(Kind::Pollable, pollable)
    }

    /// The response, once.
    fn http_types.future_incoming_response_get(call, it: u32, result: u32) {
        let out = call.result(result, 56, 8)?;
        let number = call.rep(Kind::FutureIncomingResponse, it)?;
        let What::Future { client, is_taken } = &mut thing(number).what else { super::lost() };
        let client = *client;
        let Some(response) = self::client(client).response() else {
            out.u8(0, 0);
            return Ok(());
        };
        out.u8(0, 1);
        if core::mem::replace(is_taken, true) {
            out.u8(8, 1);
            return Ok(());
        }
        out.u8(8, 0);
        out.u8(16, response.is_err().into());
        match response {
            Ok(()) => {
                held(client).users += 1;
                let lines = Fields::check(&self::client(client).lines);
                let list = keep_list(lines.map(pairs).unwrap_or_default());
                let response = What::IncomingResponse { client, list, is_consumed: false };
                out.u32(24, call.own(Kind::IncomingResponse, insert(response, None))?);
            }
            Err(problem) => put_code(out, 24, problem.code()),
        }
        Ok(())
    }

    /// The status.
    fn http_types.incoming_response_status(call, it: u32) -> u32 {
        match thing(call.rep(Kind::IncomingResponse, it)?).what {
            What::IncomingResponse { client, .. } => Ok(self::client(client).status.into()),
            _ => super::lost(),
        }
    }

    /// The fields, which cannot be changed.
    fn http_types.incoming_response_headers(call, it: u32) -> u32 {
        let number = call.rep(Kind::IncomingResponse, it)?;
        match thing(number).what {
            What::IncomingResponse { list, .. } => own_fields(&call, list, true, Some(number)),
            _ => super::lost(),
        }
    }

    /// The body, once.
    fn http_types.incoming_response_consume(call, it: u32, result: u32) {
        let number = call.rep(Kind::IncomingResponse, it)?;
        let What::IncomingResponse { client, is_consumed, .. } = &mut thing(number).what else { super::lost() };
        let client = *client;
        let body = (!core::mem::replace(is_consumed, true)).then(|| {
            held(client).users += 1;
            (What::Body { has_stream: false, origin: &RESPONSE, of: client }, None)
        });
        put_own(&call, result, Kind::IncomingBody, body)
    }

    /// Drops a response.
    fn drop.drop_incoming_response(call, it: u32) {
        if let Some(What::IncomingResponse { client, .. }) = super::forgotten(&call, Kind::IncomingResponse, it)? {
            leave(client);
        }
        super::tidy();
        Ok(())
    }

    /// Drops what may become a response.
    fn drop.drop_future_incoming_response(call, it: u32) {
        if let Some(What::Future { client, .. }) = super::forgotten(&call, Kind::FutureIncomingResponse, it)? {
            leave(client);
        }
        super::tidy();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn an_authority_has_a_host_and_a_port() {
        assert_eq!(host_and_port("a.b", 80), Some(("a.b", 80)));
        assert_eq!(host_and_port("a.b:81", 80), Some(("a.b", 81)));
        assert_eq!(host_and_port("a.b:", 80), Some(("a.b", 80)));
        assert_eq!(host_and_port("u:p@a.b:81", 80), Some(("a.b", 81)));
        assert_eq!(host_and_port("[::1]", 80), Some(("[::1]", 80)));
        assert_eq!(host_and_port("[::1]:8080", 80), Some(("[::1]", 8080)));
        assert_eq!(host_and_port("a.b", 443), Some(("a.b", 443)));
        assert_eq!(host_and_port("a:65536", 80), None);
    }
}
