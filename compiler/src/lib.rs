//! Ahead-of-time compiler from WebAssembly to native object files.

pub mod entity;
pub mod error;
pub mod ir;
pub mod mach;
pub mod mangle;
pub mod obj;
pub mod options;

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;

pub use error::Error;
pub use options::{Compiled, Input, Options};
