//! TLS 1.3 and 1.2 for the requests that compiled programs send: the client's side, by `rustls` with the cryptography of the RustCrypto crates.
//!
//! Problem: programs that send requests need TLS, others must not carry it, and the runtime library has no dependencies and is one object. So this is an object of its own, built by
//! `cli/build.rs` for each target, without std and libc. It is linked only where a program imports what sends requests. Between the two objects
//! lies the C interface of [`abi`]: this one never calls the system, the other knows nothing of TLS.
//!
//! Whoever calls it moves bytes: what comes from the server goes in, what is to be sent comes out, and nothing here ever waits. A session keeps no pointer of its
//! caller.
//!
//! | module | concern |
//! |---|---|
//! | [`abi`] | the interface; its file is the runtime library's |
//! | `interface` | the functions of the interface, as a table |
//! | `session` | a connection: records in and out, contents in and out |
//! | `roots` | which authorities are trusted |
//! | `provider` | the cryptography that rustls asks for |
//! | `der` | the little of DER that is left to us |
//! | `system` | what is asked of the runtime library: memory, random numbers, the time |
//!
//! Nothing here remembers a session: there is no resumption, no early data, no client certificate, no log of keys.
#![cfg_attr(not(test), no_std)]
#![cfg_attr(not(test), warn(clippy::undocumented_unsafe_blocks))]

extern crate alloc;

#[path = "../../src/http/tls/abi.rs"]
pub mod abi;
mod der;
mod interface;
mod provider;
mod roots;
mod session;
mod system;

pub use interface::TABLE;

#[cfg(test)]
mod tests;
