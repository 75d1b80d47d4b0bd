//! What compiled code works on, with the operations on it that compiled code calls.
//!
//! | module | concern |
//! |---|---|
//! | [`instance`] | making an instance |
//! | [`memory`], [`table`] | linear memories and tables |
//! | [`exception`] | the memory of exceptions |
//! | [`fiber`] | stacks of what is left in the middle and goes on later |
//! | [`pool`] | numbered objects that never move |
//! | [`snapshot`], [`region`] | fresh instances for the next request; memory that lasts as long as one |
//! | [`stack`] | Wasm stacks, entering compiled code and leaving it by a trap |
//! | [`thread`] | starting threads |
//! | [`wait`] | threads that wait for each other at an address |

pub mod cont;
pub mod exception;
pub mod fiber;
pub mod instance;
pub mod memory;
pub mod pool;
pub mod region;
pub mod snapshot;
pub mod stack;
pub mod table;
pub mod thread;
pub mod wait;
