//! What compiled code of components calls: the canonical ABI as far as it is no code of its own.
//!
//! | module | concern |
//! |---|---|
//! | [`handles`] | the handle table of an instance |
//! | [`strings`] | transcoding |
//! | [`tasks`] | `async` functions, streams and futures |
//! | [`print`] | values of a script on the standard output |
//!
//! What can fail answers 64 bits: the result in the lower half, a [`Reason`] in the upper.

pub mod handles;
pub mod print;
pub mod strings;
pub mod tasks;

use crate::canonical::Reason;

/// A result with its reason to fail.
fn answer(result: Result<u32, Reason>) -> u64 {
    match result {
        Ok(value) => value.into(),
        Err(reason) => u64::from(reason as u32) << 32,
    }
}
