//! TLS under a request: a session of the object with TLS (`runtime-lib/tls`), over a connection that is read and written here.
//!
//! That object is linked where the program's description refers to it, and nothing here does: it gives a table of what it provides when the process
//! starts. Elsewhere there is no table, and no TLS.

#[expect(dead_code, reason = "the half of it that is for the object with TLS")]
mod abi;
mod roots;
#[cfg(feature = "standalone")]
mod system;

use crate::net::Wait;
use crate::sys::{self, Errno, Fd, POLLIN, POLLOUT};
pub use abi::Failure;
use abi::{MAX_GIVEN, Opaque, Progress, Table};
use core::sync::atomic::{AtomicPtr, Ordering};

static TABLE: AtomicPtr<Table> = AtomicPtr::new(core::ptr::null_mut());

/// Makes TLS available to the program, and opens the file with the authorities that are trusted.
///
/// # Safety
/// See [`abi::wative_rt_tls`].
#[unsafe(no_mangle)]
unsafe extern "C" fn wative_rt_tls(table: *const Table) {
    TABLE.store(table.cast_mut(), Ordering::Relaxed);
    roots::open();
}

fn table() -> Option<&'static Table> {
    // SAFETY: null, or the table, which is constant.
    unsafe { TABLE.load(Ordering::Relaxed).as_ref() }
}

/// Whether this program has TLS.
pub fn is_available() -> bool {
    table().is_some()
}

/// A session with a server.
pub struct Tls {
    table: &'static Table,
    session: *mut Opaque,
    /// The connection is over though the server has not said so.
    is_cut: bool,
}

/// How far sending or the handshake is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Done,
    /// It goes on when the connection is ready.
    Waits,
    /// It does not go on.
    Failed,
}

impl Tls {
    /// A session with the server of this name or address, none where it can have no certificate or there is no TLS.
    pub fn new(host: &str) -> Option<Tls> {
        let table = table()?;
        // SAFETY: the interface's conditions: bytes that are there, and prepared once.
        let session = unsafe {
            if !(table.is_prepared)() {
                roots::with(|bundle, len| (table.prepare)(bundle, len));
            }
            (table.new)(host.as_ptr(), host.len())
        };
        (!session.is_null()).then_some(Tls {
            table,
            session,
            is_cut: false,
        })
    }

    /// Tells the server that everything was said.
    pub fn close(&mut self, fd: Fd) {
        // SAFETY: the session is ours.
        unsafe { (self.table.close)(self.session) };
        self.flush(fd);
    }

    /// Ends it, and sends nothing.
    pub fn end(self) {
        // SAFETY: the session is ours, and is not used afterwards.
        unsafe { (self.table.free)(self.session) };
    }

    fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        // SAFETY: the session is ours.
        unsafe { (self.table.progress)(self.session, &mut progress) };
        progress
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<Failure> {
        Some(self.progress().failure).filter(|failure| failure.kind != Failure::NONE)
    }

    /// Whether the connection ended without the server saying so: something may have been cut off.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Goes on with the handshake.
    pub fn shake(&mut self, fd: Fd) -> State {
        loop {
            // Where nobody listens any more, an alert may still say why.
            let _ = self.flush(fd);
            let progress = self.progress();
            if progress.failure.kind != Failure::NONE {
                return State::Failed;
            }
            if progress.is_open {
                return State::Done;
            }
            match self.fill(fd) {
                Ok(0) | Err(Errno::PIPE) => return State::Failed,
                Ok(_) => {}
                Err(_) => return State::Waits,
            }
        }
    }

    /// Reads from the connection once: how many bytes, none at its end; [`Errno::AGAIN`] where nothing has come.
    fn fill(&mut self, fd: Fd) -> sys::Result<usize> {
        // SAFETY: the session is ours, and gives so much room.
        unsafe {
            let room = (self.table.room)(self.session);
            loop {
                match sys::read(fd, room, MAX_GIVEN) {
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return Err(Errno::AGAIN),
                    Ok(0) | Err(_) => {
                        self.is_cut = true;
                        return Err(Errno::PIPE);
                    }
                    Ok(len) => {
                        (self.table.receive)(self.session, len);
                        return Ok(len);
                    }
                }
            }
        }
    }

    /// Reads contents as `read(2)` does. [`Errno::PIPE`] where the session has failed or was cut.
    ///
    /// # Safety
    /// The place may be written.
    pub unsafe fn read(&mut self, fd: Fd, into: *mut u8, len: usize) -> sys::Result<usize> {
        loop {
            let progress = self.progress();
            if progress.contents != 0 {
                return Ok((self.table.read)(self.session, into, len));
            }
            if progress.failure.kind != Failure::NONE {
                self.flush(fd);
                return Err(Errno::PIPE);
            }
            if progress.is_closed {
                return Ok(0);
            }
            self.fill(fd)?;
        }
    }

    /// Sends contents as `write(2)` does: how many bytes were taken.
    pub fn write(&mut self, fd: Fd, bytes: &[u8]) -> sys::Result<usize> {
        match self.flush(fd) {
            State::Done => {}
            State::Waits => return Err(Errno::AGAIN),
            State::Failed => return Err(Errno::PIPE),
        }
        if self.failure().is_some() {
            return Err(Errno::PIPE);
        }
        let len = bytes.len().min(MAX_GIVEN);
        // SAFETY: the session is ours, and the bytes are there.
        unsafe { (self.table.write)(self.session, bytes.as_ptr(), len) };
        self.flush(fd);
        Ok(len)
    }

    /// Whether something is left to be sent.
    pub fn sends(&self) -> bool {
        self.progress().outgoing != 0
    }

    /// Sends what is left of records.
    pub fn flush(&self, fd: Fd) -> State {
        loop {
            let len = self.progress().outgoing;
            if len == 0 {
                return State::Done;
            }
            // SAFETY: so many bytes are there until the next call, which `sent` is.
            let bytes =
                unsafe { core::slice::from_raw_parts((self.table.outgoing)(self.session), len) };
            match sys::write(fd, bytes) {
                // SAFETY: the session is ours.
                Ok(len) => unsafe { (self.table.sent)(self.session, len) },
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return State::Waits,
                Err(_) => return State::Failed,
            }
        }
    }

    /// What the handshake waits for.
    pub fn wait(&self, fd: Fd) -> Wait {
        let sends = if self.sends() { POLLOUT } else { 0 };
        Wait::For {
            fd,
            events: POLLIN | sends,
            until: None,
        }
    }
}
