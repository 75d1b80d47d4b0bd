//! HTTP/1.1 (RFC 9112) over what the system calls give, without anything of WASI: heads, bodies, connections of a server, requests to others.
//!
//! | module | concern |
//! |---|---|
//! | [`parse`] | heads, strictly: what two implementations could understand differently is refused |
//! | [`body`] | where a message's body ends: lengths, chunks, trailers |
//! | [`conn`] | connections of a server: their buffers |
//! | [`exchange`] | the request that is being answered, and its answer |
//! | [`client`] | a request to another server, and its response |
//! | [`tls`] | TLS under a request |
//! | [`date`] | the field `date` |
//!
//! The parser is our own because it is small, and because every leniency of a general one (bare line feeds, folded lines, lists of lengths) would have to be
//! forbidden again.

pub mod body;
pub mod client;
pub mod conn;
pub mod date;
pub mod exchange;
pub mod parse;
pub mod tls;
