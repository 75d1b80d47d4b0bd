//! What compiled code works on, with the operations on it that compiled code calls.
//!
//! | module | concern |
//! |---|---|
//! | [`instance`] | making an instance |
//! | [`memory`], [`table`] | linear memories and tables |
//! | [`exception`] | the memory of exceptions |
//! | [`snapshot`], [`region`] | fresh instances for the next request; memory that lasts as long as one |
//! | [`stack`] | Wasm stacks, entering compiled code and leaving it by a trap |
//! | [`thread`] | starting threads |
//! | [`wait`] | threads that wait for each other at an address |

pub mod exception;
pub mod instance;
pub mod memory;
pub mod region;
pub mod snapshot;
pub mod stack;
pub mod table;
pub mod thread;
pub mod wait;
