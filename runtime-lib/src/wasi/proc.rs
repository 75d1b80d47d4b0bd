//! Ending the process.

use crate::abi::{Instance, TrapCode};
use crate::wasi::{Error, calls};
use crate::{stack, sys};
use core::sync::atomic::{AtomicBool, Ordering};

/// Whether `proc_exit` ends the process. Otherwise (C programs, test scripts) it ends the computation.
static ENDS_PROCESS: AtomicBool = AtomicBool::new(false);

/// Declares that the program is the process.
pub fn exit_ends_process() {
    ENDS_PROCESS.store(true, Ordering::Relaxed);
}

unsafe fn proc_exit(status: u32) -> ! {
    if !ENDS_PROCESS.load(Ordering::Relaxed) {
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
