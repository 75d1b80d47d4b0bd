//! The authorities that the system trusts: a bundle of certificates in PEM, whose file is the host's business and never the guest's.
//!
//! It is the file that `SSL_CERT_FILE` names in the process's environment, else the first of the usual places. It is opened while the process starts, before it is confined,
//! and read when the first session begins. Where the environment names a file, no other is taken: if it cannot be read, nobody is trusted.

use crate::sys::{self, Fd, IoVec};
use crate::wasi::context;
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, Ordering};

/// The variable, as OpenSSL has it.
const VARIABLE: &[u8] = b"SSL_CERT_FILE";

/// Where distributions have their bundles: Debian, Fedora, openSUSE, RHEL, Alpine and the BSDs.
const PLACES: [&CStr; 5] = [
    c"/etc/ssl/certs/ca-certificates.crt",
    c"/etc/pki/tls/certs/ca-bundle.crt",
    c"/etc/ssl/ca-bundle.pem",
    c"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    c"/etc/ssl/cert.pem",
];

/// Bytes that are read of a bundle; the usual ones have a quarter of a million.
const MAX_BUNDLE: usize = 8 << 20;

/// The open file, or one of these.
static BUNDLE: AtomicI32 = AtomicI32::new(BUILT_IN);
const BUILT_IN: Fd = -1;
const UNREADABLE: Fd = -2;

/// Opens the file.
pub fn open() {
    let open = |path| {
        sys::openat(
            sys::AT_FDCWD,
            path,
            sys::O_RDONLY | sys::O_CLOEXEC | sys::O_NONBLOCK,
            0,
        )
    };
    let context = context::get();
    let named = context::lookup(&context, VARIABLE)
        .and_then(|text| text.get(VARIABLE.len() + 1..))
        .filter(|path| !path.is_empty());
    let file = match named {
        // SAFETY: the text of a variable is ended by a zero, and this is its end.
        Some(path) => open(unsafe { CStr::from_ptr(path.as_ptr().cast()) }).unwrap_or(UNREADABLE),
        None => PLACES
            .iter()
            .find_map(|path| open(path).ok())
            .unwrap_or(BUILT_IN),
    };
    BUNDLE.store(file, Ordering::Relaxed);
}

/// Calls `f` with the bundle, and null where those authorities are trusted that are built in.
pub fn with(f: impl FnOnce(*const u8, usize)) {
    let file = BUNDLE.load(Ordering::Relaxed);
    if file == BUILT_IN {
        return f(core::ptr::null(), 0);
    }
    let Ok(room) = sys::mmap(MAX_BUNDLE, sys::PROT_READ | sys::PROT_WRITE) else {
        return f(c"".as_ptr().cast(), 0);
    };
    let mut len = 0;
    while file >= 0 && len < MAX_BUNDLE {
        let place = [IoVec {
            base: room.wrapping_add(len),
            len: MAX_BUNDLE - len,
        }];
        match sys::preadv(file, &place, len as u64) {
            Ok(0) | Err(_) => break,
            Ok(read) => len += read,
        }
    }
    f(room, len);
    // SAFETY: it was mapped here, and `f` has not kept it.
    let _ = unsafe { sys::munmap(room, MAX_BUNDLE) };
}
