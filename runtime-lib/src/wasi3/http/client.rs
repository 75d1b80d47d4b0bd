//! `client`: sending a request, and its response.

use super::incoming::{From, Origin};
use super::message::{self, Body, Head, Message};
use super::outgoing::{self, To};
use crate::component::tasks::host::{self, Operation, Pending};
use crate::http::client::{Framing, Problem};
use crate::http::parse::Fields;
use crate::wasi2::http::client::{self, client, failure};
use crate::wasi2::http::incoming::pairs;
use crate::wasi2::http::outgoing::declared_length;
use crate::wasi2::http::{self, keep_list, list, lost, put_code};
use crate::wasi2::object::{Failure, Operations};
use crate::wasi2::{Answer, Call, Kind, host, wait};
use crate::wasi3::outcome;
use core::ptr::null_mut;

/// The body of a response.
static RESPONSE: From = From {
    body: Operations {
        read: |of, into, waits| {
            let client = client(of as usize);
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
        wait: |of, _| client(of as usize).wait_to_read(),
        drop: |_| {},
    },
    is_over: |of| client(of).skip(),
    lines: |of| match client(of).damage() {
        Some(problem) => Err(problem.code()),
        None => Ok(client(of).trailers.take()),
    },
    release: client::leave,
};

/// The body of a request.
static REQUEST: To = To {
    room: |of| {
        let client = client(of);
        let room = client.room();
        room.map(|room| room as u64)
            .map_err(|error| failure(error, client))
    },
    write: |of, bytes| {
        let client = client(of);
        let written = client.write(bytes);
        written.map(|_| ()).map_err(|error| failure(error, client))
    },
    wait: |of| client(of).wait_to_write(),
    finish: |of, trailers, sent| {
        client(of).finish(&trailers);
        client::held(of).sent = Some(sent);
        let told = match client(of).response() {
            Some(response) => tell(of, response),
            // The call that waits for the response tells it.
            None => Ok(()),
        };
        client::leave(of);
        told
    },
    abandon: |of| {
        client(of).abort();
        client::leave(of);
    },
    // `HTTP-request-body-size`.
    wrong_length: 17,
};

/// The number of the client, where the result goes, and the caller's side.
static SEND: Operation = Operation {
    step: |pending: &mut Pending| {
        let [number, result, record] = pending.state;
        let client = client(number);
        match client.response() {
            None => Ok(Some(client.advance())),
            Some(response) => {
                tell(number, response)?;
                // SAFETY: the record is the program's.
                let call = unsafe { Call::at(null_mut(), record as *const _) };
                give(&call, result as u32, response, number)?;
                http::release_hold();
                Ok(None)
            }
        }
    },
    cancel: |pending| {
        let number = pending.state[0];
        // Nobody can be told why.
        let _ = tell(number, Err(Problem::Terminated));
        client::leave(number);
        http::release_hold();
    },
};

/// Says how a request was sent whose body was complete.
fn tell(number: usize, response: Result<(), Problem>) -> Answer<()> {
    let how = response.map_err(|problem| problem.code().into());
    match client::held(number).sent.take() {
        // SAFETY: it was not told.
        Some(sent) => unsafe { outcome::tell(sent, how) },
        None => Ok(()),
    }
}

/// Writes a `result<response, error-code>`.
fn give(call: &Call, result: u32, response: Result<(), Problem>, number: usize) -> Answer<()> {
    let out = call.result(result, 40, 8)?;
    out.u8(0, response.is_err().into());
    if let Err(problem) = response {
        put_code(out, 8, problem.code());
        client::leave(number);
        return Ok(());
    }
    let client = client(number);
    let lines = Fields::check(&client.lines);
    let message = message::keep(Message {
        head: Head::Response(client.status),
        list: keep_list(lines.map(pairs).unwrap_or_default()),
        body: Body::Incoming(Origin {
            number,
            kind: &RESPONSE,
        }),
        options: [None; 3],
        has_options: false,
    });
    out.u32(8, call.own(Kind::Response3, message)?);
    Ok(())
}

host! {
    /// Sends a request: its response.
    fn http3_client.send_3(call, it: u32, result: u32) -> wait {
        let out = call.result(result, 40, 8)?;
        let message = message::taken(call.take(Kind::Request3, it)?)?;
        let Head::Request(request) = message.head else { lost() };
        let declared = declared_length(list(message.list));
        let own = message.body.into_sent()?;
        let framing = match (own.contents, declared) {
            (None, _) => Framing::None,
            (Some(_), Ok(Some(_))) => Framing::Length,
            (Some(_), _) => Framing::Chunked,
        };
        let begun = match declared {
            Ok(_) => client::begin(&request, message.options, (framing, None)),
            Err(()) => Err(Problem::Protocol),
        };
        match begun {
            Ok(number) => {
                http::hold();
                client::join(number);
                outgoing::send(own, declared.ok().flatten(), &REQUEST, number)?;
                client(number).advance();
                let state = [number, result as usize, call.record() as usize];
                host::begin(call.more().instance, &SEND, state, &[])
            }
            Err(problem) => {
                out.u8(0, 1);
                put_code(out, 8, problem.code());
                outgoing::abandon(own, Err(problem.code().into()))?;
                Ok(0)
            }
        }
    }
}
