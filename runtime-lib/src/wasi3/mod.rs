//! WASI 0.3 on Linux: what components' lowered imports of it call.
//!
//! Resolver, rights, sockets, HTTP are those of 0.2 ([`crate::wasi2`]), and so are functions that are the same. Here are streams, futures and what goes on later.
//!
//! | module | interfaces |
//! |---|---|
//! | `cli` | `wasi:cli`, `wasi:clocks`, `wasi:random` |
//! | `bytes` | streams of bytes of whatever has a descriptor |
//! | `files` | `wasi:filesystem` |
//! | `sockets` | `wasi:sockets` |
//! | `outcome` | the futures that say how such a stream ended |

mod bytes;
mod cli;
mod files;
pub mod http;
mod outcome;
mod sockets;

/// Forgets everything that belongs to a guest. Its memory and its descriptors must be given back as well.
pub fn reset() {
    crate::component::tasks::reset();
    bytes::reset();
    files::reset();
    http::reset();
    outcome::reset();
    sockets::reset();
}
