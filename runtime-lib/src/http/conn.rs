//! A connection of a server: its descriptor, and a buffer of what has come and was not read yet.

use super::body::{Body, Step};
use super::parse::Shape;
use crate::sys::{self, Errno, Fd};

/// Bytes of a connection's buffer, and so of a head.
pub const ROOM: usize = 32 << 10;

/// What a connection is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nobody is connected.
    Free,
    /// A head is awaited; nothing of it has come.
    Idle,
    /// A head, or the body behind it, is on its way.
    Reading,
    /// A request can be answered.
    Ready,
    /// A guest answers the request.
    Busy,
    /// The answer is complete, and was not sent to its end.
    Sending,
    /// Everything is answered; what still comes is thrown away until the other side closes.
    Lingering,
}

/// A connection.
pub struct Conn {
    pub fd: Fd,
    pub state: State,
    /// When it is closed if nothing happens, by the monotonic clock in nanoseconds.
    pub deadline: u64,
    /// What has come lies in the buffer from `start` to `end`.
    buffer: *mut u8,
    start: usize,
    end: usize,
    /// Bytes from `start` on in which no head ends.
    pub searched: usize,
    /// Of the head at the start, where a request can be answered.
    pub shape: Shape,
}

/// What reading brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    Bytes,
    /// Nothing yet.
    Nothing,
    /// The other side has closed, or the connection has failed.
    End,
}

impl Conn {
    /// Before there is a buffer. All zero, so that a table of it takes no place in the executable.
    pub const NONE: Conn = Conn {
        fd: 0,
        ..Conn::new(core::ptr::null_mut())
    };

    /// A free place with this buffer of [`ROOM`] bytes.
    pub const fn new(buffer: *mut u8) -> Conn {
        Conn {
            fd: -1,
            state: State::Free,
            deadline: 0,
            buffer,
            start: 0,
            end: 0,
            searched: 0,
            shape: Shape::NONE,
        }
    }

    /// Begins with a new descriptor.
    pub fn open(&mut self, fd: Fd) {
        *self = Conn {
            fd,
            state: State::Idle,
            ..Conn::new(self.buffer)
        };
    }

    /// Closes it; the buffer's pages are given back if they are many.
    pub fn close(&mut self) {
        let _ = sys::close(self.fd);
        self.forget();
        *self = Conn::new(self.buffer);
    }

    /// Closes it and gives its buffer back, which was a mapping of its own.
    pub fn release(&mut self) {
        if self.fd >= 0 {
            let _ = sys::close(self.fd);
        }
        if !self.buffer.is_null() {
            // SAFETY: nobody else uses it.
            let _ = unsafe { sys::munmap(self.buffer, ROOM) };
        }
        *self = Conn::new(core::ptr::null_mut());
    }

    fn forget(&mut self) {
        if self.end > sys::PAGE {
            // SAFETY: the buffer is the connection's own, and its contents are not needed.
            let _ = unsafe { sys::forget(self.buffer, ROOM) };
        }
    }

    /// What has come and was not read.
    pub fn bytes(&self) -> &'static [u8] {
        // SAFETY: the buffer lives as long as the process, and the range was filled; nobody reads more into it while the slice is used.
        unsafe { core::slice::from_raw_parts(self.buffer.add(self.start), self.end - self.start) }
    }

    /// Forgets the first bytes of what has come.
    pub fn consume(&mut self, len: usize) {
        self.start = (self.start + len).min(self.end);
        self.searched = 0;
        if self.start == self.end {
            self.forget();
            (self.start, self.end) = (0, 0);
        }
    }

    /// Whether nothing more fits.
    pub fn is_full(&self) -> bool {
        self.end - self.start == ROOM
    }

    /// Reads what is there, without waiting.
    pub fn fill(&mut self) -> Came {
        self.fill_by(sys::read)
    }

    /// As [`Conn::fill`], by a function that reads as `read(2)` does.
    pub fn fill_by(
        &mut self,
        mut read: impl FnMut(Fd, *mut u8, usize) -> sys::Result<usize>,
    ) -> Came {
        if self.is_full() {
            return Came::Bytes;
        }
        if self.end == ROOM {
            // SAFETY: within the buffer.
            unsafe {
                core::ptr::copy(
                    self.buffer.add(self.start),
                    self.buffer,
                    self.end - self.start,
                )
            };
            (self.start, self.end) = (0, self.end - self.start);
        }
        loop {
            match read(self.fd, self.buffer.wrapping_add(self.end), ROOM - self.end) {
                Ok(0) => return Came::End,
                Ok(len) => {
                    self.end += len;
                    return Came::Bytes;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Came::Nothing,
                Err(_) => return Came::End,
            }
        }
    }

    /// The next step of a body from what has come, behind everything that is to be skipped.
    pub fn step(&mut self, body: &mut Body) -> Step {
        loop {
            let bytes = self.bytes();
            match body.step(bytes) {
                Step::Skip(len) => {
                    body.passed(bytes, len);
                    self.consume(len);
                }
                // Nothing can come any more that would complete it.
                Step::More if self.is_full() => return Step::Bad,
                step => return step,
            }
        }
    }
}
