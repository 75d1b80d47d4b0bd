//! `wasi:sockets`: TCP, UDP, names, on [`crate::net`], with the rules that 0.2 has.
//!
//! | module | concern |
//! |---|---|
//! | `tcp`, `udp` | sockets |
//! | `names` | `ip-name-lookup` |

mod names;
mod tcp;
mod udp;

use super::outcome::{self, Form};
use crate::net::error::{Error, Result};
use crate::wasi;
use crate::wasi2::sockets::{ADDRESS, address_bytes};
use crate::wasi2::{Answer, Call, Out};
use core::net::SocketAddr;

/// Closes and forgets all sockets.
pub fn reset() {
    tcp::reset();
    udp::reset();
}

const CONNECTION_BROKEN: u32 = 10;
const OTHER: u32 = 14;

/// Case of `error-code`.
fn code(error: Error) -> u32 {
    match error {
        Error::AccessDenied => 0,
        Error::NotSupported => 1,
        Error::InvalidArgument => 2,
        Error::OutOfMemory => 3,
        Error::Timeout => 4,
        Error::InvalidState | Error::ConcurrencyConflict | Error::NotInProgress => 5,
        Error::AddressNotBindable => 6,
        Error::AddressInUse => 7,
        Error::RemoteUnreachable => 8,
        Error::ConnectionRefused => 9,
        Error::ConnectionReset => 11,
        Error::ConnectionAborted => 12,
        Error::DatagramTooLarge => 13,
        Error::Unknown
        | Error::WouldBlock
        | Error::NewSocketLimit
        | Error::NameUnresolvable
        | Error::TemporaryResolverFailure
        | Error::PermanentResolverFailure => OTHER,
    }
}

/// Likewise of how a stream failed.
fn stream_code(error: wasi::Error) -> u32 {
    match error {
        wasi::Error::PIPE => CONNECTION_BROKEN,
        error => Error::of_stream(error).map_or(OTHER, code),
    }
}

/// Writes an error; `other` has `none`.
fn put_error(out: Out, payload: u32, code: u32) {
    out.u8(payload, code as u8);
    out.u8(payload + 4, 0);
}

/// A `result<_, error-code>`.
static RESULT: Form = Form {
    size: 20,
    align: 4,
    payload: 4,
    put: put_error,
};

/// Writes a `result<T, error-code>` whose payload is at an offset: `ok` writes that of a success.
fn store<T>(out: Out, payload: u32, result: Result<T>, ok: impl FnOnce(T)) {
    match result {
        Ok(value) => {
            out.u8(0, 0);
            ok(value);
        }
        Err(error) => {
            out.u8(0, 1);
            put_error(out, payload, code(error));
        }
    }
}

/// Writes a `result<_, error-code>`.
fn done(call: &Call, at: u32, result: Result<()>) -> Answer<()> {
    outcome::put(call, at, &RESULT, result.map_err(code))
}

/// Writes a `result<u8, error-code>`, or one of a `bool`.
fn small(call: &Call, at: u32, result: Result<u8>) -> Answer<()> {
    let out = call.result(at, 20, 4)?;
    store(out, 4, result, |value| out.u8(4, value));
    Ok(())
}

/// Writes a `result<u32, error-code>`.
fn word(call: &Call, at: u32, result: Result<u32>) -> Answer<()> {
    let out = call.result(at, 20, 4)?;
    store(out, 4, result, |value| out.u32(4, value));
    Ok(())
}

/// Writes a `result<u64, error-code>`.
fn large(call: &Call, at: u32, result: Result<u64>) -> Answer<()> {
    let out = call.result(at, 24, 8)?;
    store(out, 8, result, |value| out.u64(8, value));
    Ok(())
}

/// Writes a `result<ip-socket-address, error-code>`.
fn whole_address(call: &Call, at: u32, result: Result<SocketAddr>) -> Answer<()> {
    let out = call.result(at, 4 + ADDRESS as u64, 4)?;
    store(out, 4, result, |address| {
        out.put(4, &address_bytes(&address))
    });
    Ok(())
}
