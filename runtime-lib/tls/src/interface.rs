//! The functions of [`Table`] that this object provides.
#![expect(
    clippy::missing_safety_doc,
    reason = "what callers must keep to is said where the table is declared, for all of its functions at once"
)]

use crate::abi::{Opaque, Progress, Table};
use crate::roots;
use crate::session::{Session, config};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use rustls::ClientConfig;

/// All of them.
pub static TABLE: Table = Table {
    prepare,
    is_prepared,
    new,
    free,
    progress,
    room,
    receive,
    write,
    close,
    outgoing,
    sent,
    read,
};

/// Gives the runtime library the table.
///
/// # Safety
/// Called while the process starts. The configuration is not looked at.
#[cfg(feature = "standalone")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_tls(_config: *const core::ffi::c_void) {
    // SAFETY: the table is constant.
    unsafe { crate::abi::wative_rt_tls(&TABLE) };
}

struct Cell(UnsafeCell<Option<Arc<ClientConfig>>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

/// What sessions have in common, once it is known.
static CONFIG: Cell = Cell(UnsafeCell::new(None));

unsafe extern "C" fn prepare(bundle: *const u8, len: usize) {
    let roots = match bundle.is_null() {
        true => roots::built_in(),
        // SAFETY: the caller's bytes, which are not kept.
        false => roots::from_bundle(unsafe { core::slice::from_raw_parts(bundle, len) }),
    };
    // SAFETY: one thread, and nothing refers to what was there.
    unsafe { *CONFIG.0.get() = config(roots).ok() };
}

fn prepared() -> Option<&'static Arc<ClientConfig>> {
    // SAFETY: one thread; it is not changed while this is used.
    unsafe { (*CONFIG.0.get()).as_ref() }
}

extern "C" fn is_prepared() -> bool {
    prepared().is_some()
}

unsafe extern "C" fn new(host: *const u8, len: usize) -> *mut Opaque {
    // SAFETY: the caller's bytes.
    let host = core::str::from_utf8(unsafe { slice(host, len) });
    let session = host.ok().zip(prepared());
    match session.and_then(|(host, config)| Session::new(config.clone(), host).ok()) {
        Some(session) => Box::into_raw(Box::new(session)).cast(),
        None => null_mut(),
    }
}

unsafe extern "C" fn free(session: *mut Opaque) {
    // SAFETY: `new` made it, and nobody uses it any more.
    drop(unsafe { Box::from_raw(session.cast::<Session>()) });
}

unsafe extern "C" fn progress(session: *const Opaque, progress: *mut Progress) {
    // SAFETY: a session, and a place of the caller.
    unsafe { progress.write((*session.cast::<Session>()).progress()) };
}

unsafe extern "C" fn room(session: *mut Opaque) -> *mut u8 {
    // SAFETY: the caller's session.
    unsafe { this(session).room().as_mut_ptr() }
}

unsafe extern "C" fn receive(session: *mut Opaque, len: usize) {
    // SAFETY: the caller's session.
    unsafe { this(session).receive(len) };
}

unsafe extern "C" fn write(session: *mut Opaque, bytes: *const u8, len: usize) {
    // SAFETY: the caller's session and bytes.
    unsafe { this(session).write(slice(bytes, len)) };
}

unsafe extern "C" fn close(session: *mut Opaque) {
    // SAFETY: the caller's session.
    unsafe { this(session).close() };
}

unsafe extern "C" fn outgoing(session: *const Opaque) -> *const u8 {
    // SAFETY: the caller's session.
    unsafe { (*session.cast::<Session>()).outgoing().as_ptr() }
}

unsafe extern "C" fn sent(session: *mut Opaque, len: usize) {
    // SAFETY: the caller's session.
    unsafe { this(session).sent(len) };
}

unsafe extern "C" fn read(session: *mut Opaque, into: *mut u8, len: usize) -> usize {
    // SAFETY: the caller's session and place.
    unsafe { this(session).read(core::slice::from_raw_parts_mut(into, len)) }
}

/// # Safety
/// The session is there and is used by nobody else now.
unsafe fn this<'a>(session: *mut Opaque) -> &'a mut Session {
    // SAFETY: as above.
    unsafe { &mut *session.cast() }
}

/// # Safety
/// The bytes are there; the length may be 0 for any pointer.
unsafe fn slice<'a>(bytes: *const u8, len: usize) -> &'a [u8] {
    match len {
        0 => &[],
        // SAFETY: as above.
        _ => unsafe { core::slice::from_raw_parts(bytes, len) },
    }
}
