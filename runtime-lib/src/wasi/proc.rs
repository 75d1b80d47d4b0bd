//! Ending the process.

use crate::abi::{Instance, TrapCode};
use crate::wasi::{Error, calls};
use crate::{stack, sys, trap};

/// Ends the process, or the computation where this object is part of a C program.
unsafe fn proc_exit(status: u32) -> ! {
    if !trap::is_own_process() {
        stack::abandon(TrapCode::Exit, status);
    }
    sys::exit(status)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_import_wasi_snapshot_preview1__proc_exit(
    _: *mut Instance,
    status: u32,
) -> ! {
    proc_exit(status)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_import_wasi_unstable__proc_exit(
    _: *mut Instance,
    status: u32,
) -> ! {
    proc_exit(status)
}

calls! {
    [snapshot unstable]
    /// Sending signals is not granted to any program.
    fn proc_raise(_guest, _signal: u32) {
        Err(Error::NOTSUP)
    }
}
