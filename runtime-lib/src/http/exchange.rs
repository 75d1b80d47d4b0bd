//! Requests of a server and their answers, each over its connection, as many at a time as there are connections.
//!
//! An exchange lies at the place of its connection, and has a number that no other one gets as long as an instance lasts: what a guest keeps of one never reaches the request that
//! comes behind it.
//!
//! The answer's body is collected; it is put on the *wire*, with its head before the first of it, when there is much of it, when the guest waits, and at its end. So an
//! answer that is small is one write and has a length, however it was written. All of an answer lies in buffers of its exchange, so that it outlives the instance that has given it.

use super::body::{Body, Step};
use super::conn::{Came, Conn};
use super::parse::Head;
use crate::sys::{self, Errno, POLLIN, POLLOUT};
use crate::text::Text;
use crate::wasi2::wait;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// Exchanges under way at most: places of connections.
pub const MOST: usize = 256;

/// Bytes of a body that are collected before they are sent.
pub const COLLECTED: usize = 64 << 10;

/// Bytes of the head of an answer, and of its trailers.
pub const MAX_HEAD: usize = 32 << 10;

/// What comes around the contents of a chunk, with the end of a body.
const AROUND: usize = 64;

const WIRE_ROOM: usize = MAX_HEAD + COLLECTED + MAX_HEAD + AROUND;

/// A place. What was never used of the buffers costs nothing.
#[repr(C)]
struct Place {
    /// Of the exchange that is there; 0: none.
    number: u32,
    exchange: MaybeUninit<Exchange>,
    /// Lines of the head, and of the trailers behind them.
    lines: [u8; 2 * MAX_HEAD],
    collected: [u8; COLLECTED],
    wire: [u8; WIRE_ROOM],
}

struct All {
    places: *mut Place,
    /// Exchanges that there were.
    count: u32,
    /// The one that the guest of WASI 0.2 answers, which knows of no other; 0: none.
    now: u32,
    /// Something has ended since this was asked.
    has_ended: bool,
}

struct Cell(UnsafeCell<All>);

// SAFETY: servers have one thread.
unsafe impl Sync for Cell {}

static ALL: Cell = Cell(UnsafeCell::new(All {
    places: null_mut(),
    count: 0,
    now: 0,
    has_ended: false,
}));

fn all() -> &'static mut All {
    // SAFETY: as above; nobody keeps it across a call of compiled code.
    unsafe { &mut *ALL.0.get() }
}

/// Places whose buffers keep their pages when nothing is there.
const WARM: usize = 32;

/// A number is a place and, above it, how many exchanges there were before.
const PLACE_BITS: u32 = MOST.ilog2();

/// Reserves the places.
pub fn prepare() -> sys::Result<()> {
    let bytes = (MOST * size_of::<Place>()).next_multiple_of(sys::PAGE);
    all().places = sys::mmap(bytes, sys::PROT_READ | sys::PROT_WRITE)?.cast();
    Ok(())
}

/// A place; none before there are any.
fn place(place: usize) -> Option<*mut Place> {
    let places = all().places;
    (!places.is_null() && place < MOST).then(|| places.wrapping_add(place))
}

/// What is at a place, if there is something.
pub fn at(number_of_place: usize) -> Option<&'static mut Exchange> {
    let place = place(number_of_place)?;
    // SAFETY: as above; it was written before the number.
    unsafe { ((*place).number != 0).then(|| (*place).exchange.assume_init_mut()) }
}

/// The exchange with this number, if it is under way.
pub fn get(number: u32) -> Option<&'static mut Exchange> {
    at(number as usize % MOST).filter(|exchange| exchange.number == number)
}

/// What the guest of WASI 0.2 answers, if there is something.
pub fn now() -> Option<&'static mut Exchange> {
    get(all().now)
}

/// It will not go on with it.
pub fn leave() {
    all().now = 0;
}

/// Whether an answer was completed, or cannot be any more, since [`take_ended`].
pub fn has_ended() -> bool {
    all().has_ended
}

/// Likewise, since this was asked last.
pub fn take_ended() -> bool {
    core::mem::take(&mut all().has_ended)
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
    number: u32,
    place: *mut Place,
    conn: *mut Conn,
    /// When its head was read, in nanoseconds.
    pub begun: u64,
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
    /// Method and path, where they will be asked for.
    pub label: Option<(Vec<u8>, Vec<u8>)>,
    /// The answer's status, once it is known, and the length of its lines.
    head: Option<(u16, usize)>,
    /// The length that the guest has said.
    declared: Option<u64>,
    framing: Option<Framing>,
    /// Bytes of the body that were written, and of these those that are still collected.
    pub written: u64,
    len: usize,
    /// What is on the wire and was not sent.
    wire: (usize, usize),
    /// The answer is complete, and the length of its trailers.
    end: Option<usize>,
    /// All of it is on the wire.
    is_encoded: bool,
    /// Nobody is there to read it.
    is_broken: bool,
}

/// Begins to answer a request whose head was read from a connection and is still in its buffer. There must be nothing at the place.
pub fn begin(
    number_of_place: usize,
    conn: *mut Conn,
    head: &Head<'_>,
    begun: u64,
) -> &'static mut Exchange {
    let Some(place) = place(number_of_place) else {
        sys::fatal("wative: a connection without a place\n")
    };
    let all = all();
    all.count = all.count % (u32::MAX >> PLACE_BITS) + 1;
    let number = all.count << PLACE_BITS | number_of_place as u32;
    let exchange = Exchange {
        number,
        place,
        conn,
        begun,
        is_1_1: head.shape.is_1_1,
        is_head: head.method == b"HEAD",
        expects: head.shape.expects,
        keeps_alive: head.shape.keeps_alive,
        incoming: Body::new(head.shape.length),
        is_damaged: false,
        trailers: None,
        label: None,
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
    all.now = number;
    // SAFETY: the place is mapped, and nobody refers to what was there.
    unsafe {
        (*place).number = number;
        (*place).exchange.write(exchange)
    }
}

/// Ends what is at a place. What it has allocated goes with the memory of its instance.
pub fn end(number_of_place: usize) {
    let Some(place) = place(number_of_place) else {
        return;
    };
    // SAFETY: the place is mapped, and its buffers belong to nobody from here on.
    unsafe {
        if core::mem::take(&mut (*place).number) != 0 && number_of_place >= WARM {
            let start = (place as usize).next_multiple_of(sys::PAGE);
            let end = (place as usize + size_of::<Place>()) & !(sys::PAGE - 1);
            let _ = sys::forget(start as *mut u8, end - start);
        }
    }
}

impl Exchange {
    fn conn(&self) -> &'static mut Conn {
        // SAFETY: the connection's place lives as long as the process, and the server leaves it alone while the request is answered.
        unsafe { &mut *self.conn }
    }

    pub fn fd(&self) -> sys::Fd {
        self.conn().fd
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    fn collected(&self) -> &'static mut [u8; COLLECTED] {
        // SAFETY: the exchange's own; nobody keeps it across another call of this function.
        unsafe { &mut (*self.place).collected }
    }

    fn wire(&self) -> &'static mut [u8; WIRE_ROOM] {
        // SAFETY: likewise.
        unsafe { &mut (*self.place).wire }
    }

    fn lines(&self) -> &'static mut [u8; 2 * MAX_HEAD] {
        // SAFETY: likewise.
        unsafe { &mut (*self.place).lines }
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
                    // Once the answer is complete nobody asks for them, and the instance may be gone whose memory they would be in.
                    if !lines.is_empty() && self.end.is_none() {
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
        let mut out = Text::to_buffer(self.lines());
        for (name, value) in fields {
            out.bytes(name).str(": ").bytes(value).str("\r\n");
        }
        self.declared = declared;
        self.head = Some((status, out.len()));
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
        let mut out = Text::to_buffer(self.wire());
        out.str("HTTP/1.1 ").dec(status.into()).str(" ");
        out.str(reason(status)).str("\r\n").bytes(lines).str("\r\n");
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
        self.head.map_or(0, |(status, _)| status)
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
            if let Some(place) = self.collected().get_mut(self.len..self.len + now.len()) {
                place.copy_from_slice(now);
            }
            self.len += now.len();
            self.written += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    /// The answer is complete.
    pub fn finish(&mut self, trailers: &[u8]) {
        let at = self.head.map_or(0, |(_, len)| len);
        if let Some(place) = self.lines().get_mut(at..at + trailers.len()) {
            place.copy_from_slice(trailers);
        }
        self.end = Some(trailers.len());
        all().has_ended = true;
    }

    /// The answer will not be complete.
    pub fn abandon(&mut self) {
        self.is_broken = true;
        all().has_ended = true;
    }

    /// Whether nobody reads the answer any more, or it will never be complete.
    pub fn is_broken(&self) -> bool {
        self.is_broken
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
            let wire = self.wire();
            let bytes = wire.get(self.wire.0..self.wire.1).unwrap_or(&[]);
            match sys::write(self.fd(), bytes) {
                Ok(len) => self.wire.0 += len,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return false,
                Err(_) => self.abandon(),
            }
        }
        self.wire = (0, 0);
        true
    }

    /// Puts what is collected on the wire, which is empty.
    fn encode(&mut self) {
        let mut out = Text::to_buffer(self.wire());
        if self.framing.is_none() {
            self.encode_head(&mut out);
        }
        let has_body = self.framing != Some(Framing::None);
        let collected = self.collected();
        let contents = collected.get(..self.len).unwrap_or(&[]);
        if has_body && !contents.is_empty() {
            let chunked = self.framing == Some(Framing::Chunked);
            if chunked {
                out.hex(contents.len() as u64).str("\r\n");
            }
            out.bytes(contents);
            if chunked {
                out.str("\r\n");
            }
        }
        self.len = 0;
        if let Some(len) = self.end {
            let at = self.head.map_or(0, |(_, len)| len);
            let trailers = self.lines();
            let trailers = trailers.get(at..at + len).unwrap_or(&[]);
            if self.framing == Some(Framing::Chunked) {
                out.str("0\r\n").bytes(trailers).str("\r\n");
            }
            self.is_encoded = true;
        }
        self.wire = (0, out.len());
    }

    fn encode_head(&mut self, out: &mut Text) {
        let (status, len) = self.head.unwrap_or((500, 0));
        let lines = self.lines();
        let lines = lines.get(..len).unwrap_or(&[]);
        let has_trailers = self.end.is_some_and(|len| len != 0);
        out.str("HTTP/1.1 ").dec(status.into()).str(" ");
        out.str(reason(status)).str("\r\n").bytes(lines);
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

    /// All of the answer is sent: whether the connection can go on. What was said to come must have come, and the request was read to its end, as far as it has come.
    pub fn goes_on(&mut self) -> bool {
        let is_short = self.declared.is_some_and(|all| all != self.written) && !self.is_head;
        let is_whole = !self.is_broken && !is_short && self.keeps_alive;
        is_whole && self.skip() && !self.is_damaged
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
