//! Ending the process.

use crate::abi::{Instance, TrapCode};
use crate::check::import;
use crate::state::stack;
use crate::sys;
use crate::wasi::{Error, calls};
use core::sync::atomic::{AtomicBool, Ordering};

/// Whether `proc_exit` ends the process. Otherwise (C programs, test scripts) it ends the computation.
static ENDS_PROCESS: AtomicBool = AtomicBool::new(false);

/// Declares that the program is the process.
pub fn exit_ends_process() {
    ENDS_PROCESS.store(true, Ordering::Relaxed);
}

/// Ends the program: the process, or the computation that is running.
pub fn end(status: u32) -> ! {
    if !ENDS_PROCESS.load(Ordering::Relaxed) {
        // SAFETY: the frames of host functions need no clean-up.
        unsafe { stack::abandon(TrapCode::Exit, status) };
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
    end(status)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_import_wasi_unstable__proc_exit(
    _: *mut Instance,
    status: u32,
) -> ! {
    end(status)
}

const _: import::proc_exit::snapshot = wative_import_wasi_snapshot_preview1__proc_exit;
const _: import::proc_exit::unstable = wative_import_wasi_unstable__proc_exit;

/// Ends the process.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_exit(status: u32) -> ! {
    sys::exit(status)
}

/// Linux's number for a WASI signal: Linux has one more, the sixteenth.
fn host_signal(signal: u32) -> Option<i32> {
    match signal {
        1..=15 => Some(signal as i32),
        16..=30 => Some(signal as i32 + 1),
        _ => None,
    }
}

calls! {
    [snapshot unstable]
    /// Sends a signal to the process. A guest handles no signals, so each does what it does by default. A guest inside a C program
    /// cannot send any, because it must not end its host.
    fn proc_raise(_guest, signal: u32) {
        let signal = host_signal(signal).ok_or(Error::INVAL)?;
        if !ENDS_PROCESS.load(Ordering::Relaxed) {
            return Err(Error::NOTSUP);
        }
        // Two signals have no other action and refuse to be given one.
        let _ = sys::sigaction(signal, Some(&sys::SigAction::DEFAULT), None);
        sys::raise(signal)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_linuxs() {
        // none, hup, term, chld, sys, and beyond.
        let pairs = [
            (0, None),
            (1, Some(1)),
            (15, Some(15)),
            (16, Some(17)),
            (30, Some(31)),
            (31, None),
        ];
        for (wasi, linux) in pairs {
            assert_eq!(host_signal(wasi), linux);
        }
    }
}
