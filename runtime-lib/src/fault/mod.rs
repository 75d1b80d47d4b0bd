//! How compiled code is left other than by returning: what is known about a program counter, and what traps and throws do with it.
//!
//! | module | concern |
//! |---|---|
//! | [`ranges`] | address ranges that signal handlers search |
//! | [`code`], [`unwind`] | from a program counter to function, trap, place in the .wasm file, backtrace |
//! | `sources` | what backtraces show of the sources, in programs that know them |
//! | [`trap`] | signals: which faults are Wasm traps, and their report |
//! | [`throw`] | from a throw to its handler |

pub mod code;
pub mod ranges;
mod sources;
pub mod throw;
pub mod trap;
pub mod unwind;
