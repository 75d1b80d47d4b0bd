//! The interface between the runtime library and the object with TLS, which includes this file as well.
//!
//! Both are always of the same wative. No function keeps a pointer that it was given, but that of a session, which belongs to whoever made it.

/// Why a session cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Failure {
    /// One of the constants.
    pub kind: u8,
    /// With [`Failure::ALERT`]: which (RFC 8446, 6).
    pub alert: u8,
}

impl Failure {
    pub const NONE: u8 = 0;
    /// The server does not keep to the protocol, or has nothing in common with us.
    pub const PROTOCOL: u8 = 1;
    /// The certificate is not good for this server now.
    pub const CERTIFICATE: u8 = 2;
    /// The server has sent an alert.
    pub const ALERT: u8 = 3;
}

/// How far a session is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Progress {
    pub failure: Failure,
    /// The handshake is over: contents can be sent.
    pub is_open: bool,
    /// The server has said that nothing comes any more (`close_notify`).
    pub is_closed: bool,
    /// Bytes to be sent.
    pub outgoing: usize,
    /// Bytes of contents that have come and can be taken.
    pub contents: usize,
}

/// Bytes that are taken at a time, of those that come from the server and of contents to be sent.
pub const MAX_GIVEN: usize = 16 << 10;

/// A session; only the object with TLS knows what it is.
#[repr(C)]
pub struct Opaque {
    _private: [u8; 0],
}

/// What the object with TLS provides. It gives the table to [`wative_rt_tls`] when it is called by its only global name, `wative_tls`
/// (an `abi::ConfigFn`), to which the description of a program refers.
#[repr(C)]
pub struct Table {
    /// Says which authorities are trusted: those of a bundle in PEM, or those built in where it is null. Once for a process, before the first session.
    pub prepare: unsafe extern "C" fn(bundle: *const u8, len: usize),

    /// Whether that was done.
    pub is_prepared: unsafe extern "C" fn() -> bool,

    /// A session with the server of this name (UTF-8) or address, null where there can be none.
    pub new: unsafe extern "C" fn(host: *const u8, len: usize) -> *mut Opaque,

    /// Ends a session.
    pub free: unsafe extern "C" fn(session: *mut Opaque),

    pub progress: unsafe extern "C" fn(session: *const Opaque, progress: *mut Progress),

    /// Where bytes that come from the server may be written, [`MAX_GIVEN`] of them; until the next call for this session.
    pub room: unsafe extern "C" fn(session: *mut Opaque) -> *mut u8,

    /// So many were written there.
    pub receive: unsafe extern "C" fn(session: *mut Opaque, len: usize),

    /// Gives it contents to be sent, at most [`MAX_GIVEN`] at a time and only where the session is open.
    pub write: unsafe extern "C" fn(session: *mut Opaque, bytes: *const u8, len: usize),

    /// Says that no contents will be sent any more.
    pub close: unsafe extern "C" fn(session: *mut Opaque),

    /// Where the bytes lie that are to be sent; until the next call for this session.
    pub outgoing: unsafe extern "C" fn(session: *const Opaque) -> *const u8,

    /// The first of them were sent.
    pub sent: unsafe extern "C" fn(session: *mut Opaque, len: usize),

    /// Takes contents that have come: how many bytes.
    pub read: unsafe extern "C" fn(session: *mut Opaque, into: *mut u8, len: usize) -> usize,
}

// What the runtime library provides to it.
unsafe extern "C" {
    /// Takes the table, which is constant. Called while the process starts, before it is confined.
    pub fn wative_rt_tls(table: *const Table);

    /// Maps pages that can be written, all zero; null where there is no memory.
    pub fn wative_rt_tls_pages(len: usize) -> *mut u8;

    /// Gives pages back: whether they are gone.
    pub fn wative_rt_tls_free_pages(at: *mut u8, len: usize) -> bool;

    /// Fills bytes with random numbers: whether it could.
    pub fn wative_rt_tls_random(bytes: *mut u8, len: usize) -> bool;

    /// Seconds since 1970.
    pub fn wative_rt_tls_now() -> u64;

    /// An entry of the auxiliary vector (`getauxval(3)`), 0 where it is not there.
    pub fn wative_rt_tls_auxiliary(kind: u64) -> u64;

    /// Ends the process because of a bug or for want of memory.
    pub fn wative_rt_tls_panic() -> !;
}
