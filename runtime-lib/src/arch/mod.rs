//! What depends on the CPU, one file for each.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub use aarch64::*;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

/// What is known about the frame of a compiled function.
pub struct Frame {
    /// Bytes between the function's stack pointer and its caller's after the return.
    pub bytes: usize,
    /// Whether the return address is still in the link register; else it is in the word below the caller's stack pointer.
    pub is_linked: bool,
}

/// What a stack pointer is a multiple of at calls.
pub const STACK_ALIGN: usize = 16;
