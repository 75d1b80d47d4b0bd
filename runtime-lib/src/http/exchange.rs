//! One request of a server and its answer, over a connection: what is being answered now. There is one at a time in a process.
//!
//! The answer's body is collected in [`BODY`]; it is put on the [`WIRE`], with its head before the first of it, when it is full, when the guest waits, and at its end. So an
//! answer that is small is one write and has a length, however it was written.

use super::body::{Body, Step};
use super::conn::{Came, Conn};
use super::parse::Head;
use crate::sys::{self, Errno, POLLIN, POLLOUT, PollFd};
use crate::text::Text;
use crate::wasi2::wait;
use alloc::vec::Vec;
use core::cell::UnsafeCell;

/// Bytes of a body that are collected before they are sent.
pub const COLLECTED: usize = 64 << 10;

/// Bytes of the head of an answer, and of its trailers.
pub const MAX_HEAD: usize = 32 << 10;

/// What comes around the contents of a chunk, with the end of a body.
const AROUND: usize = 64;

const WIRE_ROOM: usize = MAX_HEAD + COLLECTED + MAX_HEAD + AROUND;

struct Room<const N: usize>(UnsafeCell<[u8; N]>);

// SAFETY: servers have one thread.
unsafe impl<const N: usize> Sync for Room<N> {}

static BODY: Room<COLLECTED> = Room(UnsafeCell::new([0; COLLECTED]));
static WIRE: Room<WIRE_ROOM> = Room(UnsafeCell::new([0; WIRE_ROOM]));

fn collected() -> &'static mut [u8; COLLECTED] {
    // SAFETY: as above; nobody keeps it across another call of this function.
    unsafe { &mut *BODY.0.get() }
}

fn wire() -> &'static mut [u8; WIRE_ROOM] {
    // SAFETY: likewise.
    unsafe { &mut *WIRE.0.get() }
}

/// Names and values.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// How the body of an answer ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// A length, said in the head.
    Length,
    Chunked,
    /// With the connection.
    Close,
    /// There is none.
    None,
}

/// How reading or writing a body failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// It is over.
    Closed,
    /// The other side broke a rule, or went away.
    Broken,
    /// It is longer than was said before.
    TooLong,
}

/// The request and its answer.
pub struct Exchange {
    conn: *mut Conn,
    is_1_1: bool,
    is_head: bool,
    /// The other side waits for `100 Continue`.
    expects: bool,
    /// The connection can be used again.
    pub keeps_alive: bool,
    incoming: Body,
    /// The body cannot be read to its end.
    pub is_damaged: bool,
    /// What came behind the request's body.
    pub trailers: Option<Vec<u8>>,
    /// The answer's status and lines, once it is known.
    head: Option<(u16, Vec<u8>)>,
    /// The length that the guest has said.
    declared: Option<u64>,
    framing: Option<Framing>,
    /// Bytes of the body that were written, and of these those that are still collected.
    pub written: u64,
    len: usize,
    /// What is on the wire and was not sent.
    wire: (usize, usize),
    /// The answer is complete, and its trailers.
    end: Option<Vec<u8>>,
    /// All of it is on the wire.
    is_encoded: bool,
    /// Nobody is there to read it.
    is_broken: bool,
}

struct Now(UnsafeCell<Option<Exchange>>);

// SAFETY: servers have one thread.
unsafe impl Sync for Now {}

static NOW: Now = Now(UnsafeCell::new(None));

/// What is being answered, if there is something.
pub fn now() -> Option<&'static mut Exchange> {
    // SAFETY: as above; nobody keeps it across a call of compiled code.
    unsafe { (*NOW.0.get()).as_mut() }
}

/// Begins to answer a request whose head was read from a connection and is still in its buffer.
pub fn begin(conn: *mut Conn, head: &Head<'_>) {
    let exchange = Exchange {
        conn,
        is_1_1: head.is_1_1,
        is_head: head.method == b"HEAD",
        expects: head.expects,
        keeps_alive: head.keeps_alive,
        incoming: Body::new(head.length),
        is_damaged: false,
        trailers: None,
        head: None,
        declared: None,
        framing: None,
        written: 0,
        len: 0,
        wire: (0, 0),
        end: None,
        is_encoded: false,
        is_broken: false,
    };
    // SAFETY: as in `now`.
    unsafe { *NOW.0.get() = Some(exchange) };
}

/// Nothing is being answered any more. What the exchange has allocated goes with the request's memory.
pub fn end() {
    // SAFETY: as in `now`.
    unsafe { core::mem::forget((*NOW.0.get()).take()) };
}

impl Exchange {
    fn conn(&self) -> &'static mut Conn {
        // SAFETY: the connection's place lives as long as the process, and the server leaves it alone while the request is answered.
        unsafe { &mut *self.conn }
    }

    pub fn fd(&self) -> sys::Fd {
        self.conn().fd
    }

    // The request's body.

    /// Contents that have come, without waiting: none where more must come first.
    fn peek(&mut self, max: usize) -> Result<&'static [u8], Failure> {
        let conn = self.conn();
        loop {
            match conn.step(&mut self.incoming) {
                Step::Data(len) => return Ok(conn.bytes().get(..len.min(max)).unwrap_or(&[])),
                Step::Trailers(len) => {
                    let lines = conn.bytes().get(..len.saturating_sub(2)).unwrap_or(&[]);
                    if !lines.is_empty() {
                        self.trailers = Some(lines.to_vec());
                    }
                    self.incoming = Body::Done;
                    conn.consume(len);
                }
                Step::End => return Err(Failure::Closed),
                Step::Bad => return self.damaged(),
                Step::More | Step::Skip(_) => {
                    if core::mem::take(&mut self.expects) && self.framing.is_none() {
                        let _ = sys::write(conn.fd, b"HTTP/1.1 100 Continue\r\n\r\n");
                    }
                    match conn.fill() {
                        Came::Bytes => {}
                        Came::Nothing => return Ok(&[]),
                        Came::End => return self.damaged(),
                    }
                }
            }
        }
    }

    fn damaged<T>(&mut self) -> Result<T, Failure> {
        self.is_damaged = true;
        self.keeps_alive = false;
        Err(Failure::Broken)
    }

    /// Reads contents: as many bytes as have come and fit, none only where nothing has come and it does not wait.
    ///
    /// # Errors
    /// The body is over or broken.
    pub fn read(&mut self, into: &mut [u8], waits: bool) -> Result<usize, Failure> {
        loop {
            if self.is_damaged {
                return Err(Failure::Closed);
            }
            let bytes = self.peek(into.len())?;
            if let Some(place) = into.get_mut(..bytes.len())
                && !bytes.is_empty()
            {
                place.copy_from_slice(bytes);
                let len = bytes.len();
                self.incoming.passed(bytes, len);
                self.conn().consume(len);
                return Ok(len);
            }
            if !waits || into.is_empty() {
                return Ok(0);
            }
            wait::until(self.fd(), POLLIN);
        }
    }

    /// Whether reading would not wait.
    pub fn is_readable(&mut self) -> bool {
        self.is_damaged || !matches!(self.peek(1), Ok([]))
    }

    /// Reads on until the body is over, without waiting: whether it is.
    pub fn skip(&mut self) -> bool {
        loop {
            match self.peek(usize::MAX) {
                Ok([]) => return false,
                Ok(bytes) => {
                    self.incoming.passed(bytes, bytes.len());
                    self.conn().consume(bytes.len());
                }
                Err(_) => return true,
            }
        }
    }

    // The answer.

    /// Sets status and fields. `declared`: the length that the fields say.
    pub fn answer(&mut self, status: u16, fields: &Pairs, declared: Option<u64>) {
        let mut lines = Vec::new();
        for (name, value) in fields {
            lines.extend_from_slice(name);
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value);
            lines.extend_from_slice(b"\r\n");
        }
        self.declared = declared;
        self.head = Some((status, lines));
    }

    /// Sends an answer before the last one, of status 1xx and with these lines, and waits where it must. A client of HTTP/1.0 would take it for the last one, and gets none
    /// (RFC 9110, 15.2).
    pub fn inform(&mut self, status: u16, lines: &[u8]) {
        const CONTINUE: u16 = 100;
        if !self.is_1_1 {
            return;
        }
        self.expects &= status != CONTINUE;
        while !self.send() {
            wait::until(self.fd(), POLLOUT);
        }
        let mut out = Text::to_buffer(wire());
        out.str("HTTP/1.1 ").dec(status.into()).str(" ");
        out.str(reason(status)).str("\r\n").slice(lines).str("\r\n");
        self.wire = (0, out.len());
        self.send();
    }

    /// Whether status and fields were set.
    pub fn is_answered(&self) -> bool {
        self.head.is_some()
    }

    /// Whether anything was sent, so that no other answer is possible.
    pub fn is_begun(&self) -> bool {
        self.framing.is_some()
    }

    /// Whether all of the answer was written by the guest.
    pub fn is_complete(&self) -> bool {
        self.end.is_some()
    }

    /// The status, 0 if there is none.
    pub fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |(status, _)| *status)
    }

    /// How much can be written without waiting.
    ///
    /// # Errors
    /// The answer is over.
    pub fn room(&mut self) -> Result<usize, Failure> {
        if self.is_broken || self.end.is_some() {
            return Err(Failure::Closed);
        }
        if self.len == COLLECTED {
            self.push();
        }
        match self.is_broken {
            true => Err(Failure::Closed),
            false => Ok(COLLECTED - self.len),
        }
    }

    /// Writes contents, and waits where it must.
    ///
    /// # Errors
    /// The answer is over, or longer than was said.
    pub fn write(&mut self, mut bytes: &[u8], declared: Option<u64>) -> Result<(), Failure> {
        if declared.is_some_and(|all| all.saturating_sub(self.written) < bytes.len() as u64) {
            return Err(Failure::TooLong);
        }
        while !bytes.is_empty() {
            let room = self.room()?;
            if room == 0 {
                // Nobody would ever make room.
                if self.head.is_none() {
                    return Err(Failure::Closed);
                }
                wait::until(self.fd(), POLLOUT);
                continue;
            }
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            if let Some(place) = collected().get_mut(self.len..self.len + now.len()) {
                place.copy_from_slice(now);
            }
            self.len += now.len();
            self.written += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    /// The answer is complete.
    pub fn finish(&mut self, trailers: Vec<u8>) {
        self.end = Some(trailers);
    }

    /// The answer will not be complete.
    pub fn abandon(&mut self) {
        self.is_broken = true;
    }

    /// Whether more of the answer can come.
    pub fn is_open(&self) -> bool {
        !self.is_broken && self.end.is_none()
    }

    /// Puts what there is on the wire and sends what goes without waiting: whether all of it is sent.
    pub fn push(&mut self) -> bool {
        loop {
            if !self.send() {
                return false;
            }
            let has_more = self.len != 0 || self.framing.is_none() || self.end.is_some();
            if self.head.is_none() || self.is_encoded || !has_more {
                return true;
            }
            self.encode();
        }
    }

    /// Sends what is on the wire: whether that is all of it.
    fn send(&mut self) -> bool {
        while self.wire.0 < self.wire.1 && !self.is_broken {
            let bytes = wire().get(self.wire.0..self.wire.1).unwrap_or(&[]);
            match sys::write(self.fd(), bytes) {
                Ok(len) => self.wire.0 += len,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return false,
                Err(_) => self.is_broken = true,
            }
        }
        self.wire = (0, 0);
        true
    }

    /// Puts what is collected on the wire, which is empty.
    fn encode(&mut self) {
        let mut out = Text::to_buffer(wire());
        if self.framing.is_none() {
            self.encode_head(&mut out);
        }
        let has_body = self.framing != Some(Framing::None);
        let contents = collected().get(..self.len).unwrap_or(&[]);
        if has_body && !contents.is_empty() {
            let chunked = self.framing == Some(Framing::Chunked);
            if chunked {
                out.hex(contents.len() as u64).str("\r\n");
            }
            out.slice(contents);
            if chunked {
                out.str("\r\n");
            }
        }
        self.len = 0;
        if let Some(trailers) = &self.end {
            if self.framing == Some(Framing::Chunked) {
                out.str("0\r\n").slice(trailers).str("\r\n");
            }
            self.is_encoded = true;
        }
        self.wire = (0, out.len());
    }

    fn encode_head(&mut self, out: &mut Text) {
        let (status, lines) = match &self.head {
            Some((status, lines)) => (*status, &lines[..]),
            None => (500, &[][..]),
        };
        let has_trailers = self
            .end
            .as_ref()
            .is_some_and(|trailers| !trailers.is_empty());
        out.str("HTTP/1.1 ").dec(status.into()).str(" ");
        out.str(reason(status)).str("\r\n").slice(lines);
        let framing = if self.is_head || status == 204 || status == 304 || status < 200 {
            Framing::None
        } else if self.declared.is_some() {
            Framing::Length
        } else if self.end.is_some() && !has_trailers {
            out.str("content-length: ").dec(self.written).str("\r\n");
            Framing::Length
        } else if self.is_1_1 {
            out.str("transfer-encoding: chunked\r\n");
            Framing::Chunked
        } else {
            self.keeps_alive = false;
            Framing::Close
        };
        // A request's body that nobody waits for is not read to its end first.
        if self.expects {
            self.keeps_alive = false;
        }
        if !self.keeps_alive {
            out.str("connection: close\r\n");
        } else if !self.is_1_1 {
            out.str("connection: keep-alive\r\n");
        }
        super::date::line(out);
        out.str("\r\n");
        self.framing = Some(framing);
    }

    /// Sends the rest, and waits until the deadline (of the monotonic clock) where it must: whether the connection can go on.
    pub fn complete(&mut self, deadline: u64) -> bool {
        while !self.push() {
            let now = crate::wasi2::monotonic();
            if now >= deadline {
                return false;
            }
            let mut fds = [PollFd {
                fd: self.fd(),
                events: POLLOUT,
                revents: 0,
            }];
            let left = sys::TimeSpec::from_nanoseconds(deadline - now);
            if wait::poll(&mut fds, Some(&left)) == Err(Errno::BADF) {
                return false;
            }
        }
        // What was said to come must have come.
        let is_short = self.declared.is_some_and(|all| all != self.written) && !self.is_head;
        !self.is_broken && !is_short && self.keeps_alive
    }

    /// Whether the request was read to its end, as far as it has come.
    pub fn is_read(&mut self) -> bool {
        self.skip() && !self.is_damaged
    }
}

/// The words for a status (RFC 9110, 15), which mean nothing.
fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        418 => "I'm a teapot",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

/// Answers without a guest, and nothing follows: whatever can be sent at once.
pub fn refuse(fd: sys::Fd, status: u16) {
    let mut buffer = [0; 256];
    let mut out = Text::to_buffer(&mut buffer);
    out.str("HTTP/1.1 ").dec(status.into()).str(" ");
    out.str(reason(status));
    out.str("\r\ncontent-length: 0\r\nconnection: close\r\n");
    super::date::line(&mut out);
    out.str("\r\n");
    let len = out.len();
    let _ = sys::write(fd, buffer.get(..len).unwrap_or(&[]));
}
