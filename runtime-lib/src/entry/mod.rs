//! How a program comes to life and is called: from the kernel's `_start`, or from C that links a compiled object.
//!
//! | module | concern |
//! |---|---|
//! | [`start`] | from `_start` to the program's main function: self-relocation, RELRO, CPU check |
//! | [`command`], [`invoke`], [`script`], [`serve`] | the main functions of executables |
//! | [`embed`] | the C interface, `include/wative.h` |
//! | [`library`] | what libraries need besides it |
//! | [`hosted`] | the same for a component |
//! | [`profile`] | the counters of programs that count, in their file |
//! | [`harden`] | confinement by the kernel: seccomp, landlock |

pub mod command;
pub mod embed;
pub mod harden;
pub mod hosted;
mod invoke;
pub mod library;
mod profile;
mod script;
pub mod serve;
pub mod start;
