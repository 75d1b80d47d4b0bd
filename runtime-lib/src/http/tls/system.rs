//! What the object with TLS asks of the system; see [`super::abi`]. Linked only together with it.

use crate::sys;
use crate::wasi::context;

#[unsafe(no_mangle)]
extern "C" fn wative_rt_tls_pages(len: usize) -> *mut u8 {
    sys::mmap(len, sys::PROT_READ | sys::PROT_WRITE).unwrap_or(core::ptr::null_mut())
}

/// # Safety
/// Nobody uses the pages.
#[unsafe(no_mangle)]
unsafe extern "C" fn wative_rt_tls_free_pages(at: *mut u8, len: usize) -> bool {
    sys::munmap(at, len).is_ok()
}

#[unsafe(no_mangle)]
extern "C" fn wative_rt_tls_random(bytes: *mut u8, len: usize) -> bool {
    let mut filled = 0;
    while filled < len {
        match sys::getrandom(bytes.wrapping_add(filled), len - filled) {
            Ok(more) => filled += more,
            Err(sys::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

#[unsafe(no_mangle)]
extern "C" fn wative_rt_tls_now() -> u64 {
    let mut now = sys::TimeSpec { sec: 0, nsec: 0 };
    let _ = sys::vdso::clock_gettime(sys::CLOCK_REALTIME, &mut now);
    now.sec as u64
}

/// # Safety
/// The initial stack is the kernel's.
#[unsafe(no_mangle)]
unsafe extern "C" fn wative_rt_tls_auxiliary(kind: u64) -> u64 {
    match context::get().initial {
        initial if initial.is_null() => 0,
        initial => sys::auxv(initial, kind as usize) as u64,
    }
}

#[unsafe(no_mangle)]
extern "C" fn wative_rt_tls_panic() -> ! {
    sys::write_all(
        sys::STDERR,
        b"wative: internal error in TLS, or no memory for it\n",
    );
    sys::abort()
}
