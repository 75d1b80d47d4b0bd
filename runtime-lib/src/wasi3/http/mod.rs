//! `wasi:http`: the parts of 0.2 ([`crate::wasi2::http`]) with bodies that are streams and trailers that are futures.
//!
//! | module | concern |
//! |---|---|
//! | `fields` | headers and trailers |
//! | `message` | requests, responses, options |
//! | `incoming` | bodies that come over the network, and what comes behind them |
//! | `outgoing` | bodies of the guest that go there |
//! | `client` | sending a request |
//! | `serve` | answering the request of a server |

mod client;
mod fields;
mod incoming;
mod message;
mod outgoing;
pub mod serve;

use super::outcome::Form;
use crate::wasi::Error;
use crate::wasi2::http::put_code;
use crate::wasi2::object::HTTP_ERROR;
pub use message::Message;

/// A `result<_, error-code>`.
static RESULT: Form = Form {
    size: 40,
    align: 8,
    payload: 8,
    put: |out, payload, code| put_code(out, payload, code as u16),
};

/// `error-code` of how the stream of a body failed.
fn code(error: Error) -> u32 {
    const INTERNAL: u32 = 38;
    match error.0.checked_sub(HTTP_ERROR) {
        Some(code) => code.into(),
        None => INTERNAL,
    }
}

/// Forgets everything. Its memory must be given back as well.
pub fn reset() {
    incoming::reset();
    outgoing::reset();
    message::reset();
}
