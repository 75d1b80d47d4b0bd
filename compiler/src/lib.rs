//! Ahead-of-time compiler from WebAssembly to native object files.

pub mod entity;
pub mod error;
pub mod ir;
pub mod isa;
pub mod mach;
pub mod mangle;
pub mod obj;
pub mod options;
pub mod par;
pub mod wasm;

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;

pub use error::Error;
pub use options::{Compiled, Input, Options};

/// Compiles modules into one object file or listing.
///
/// # Errors
///
/// The pipeline is not connected yet.
pub fn compile(_inputs: &[Input], _options: &Options) -> Result<Compiled, Error> {
    Err(Error::new("the compiler's pipeline is not connected yet"))
}
