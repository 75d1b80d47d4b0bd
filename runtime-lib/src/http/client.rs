//! A request to a server and its response, over a connection of its own (RFC 9112). It goes on in steps and never waits by itself.
//!
//! Where the request may go is asked of [`policy`] for every address, immediately before it is connected to.

use super::body::{Body, Step};
use super::conn::{Came, Conn, ROOM};
use super::exchange::{COLLECTED, Failure};
use super::parse::{self, Length};
use super::tls::{self, State, Tls};
use crate::net::error::Error;
use crate::net::names::{self, Lookup};
use crate::net::socket::Family;
use crate::net::tcp::Tcp;
use crate::net::{Wait, policy};
use crate::sys::{self, Errno, POLLIN, POLLOUT};
use crate::text::Text;
use crate::wasi2::monotonic;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// Addresses of a name that are tried.
const MAX_ADDRESSES: usize = 8;

/// Why there is no response. The numbers are those of `error-code` in `wasi:http/types` 0.2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Problem {
    DnsTimeout = 0,
    DnsError = 1,
    NotFound = 2,
    Unroutable = 5,
    Refused = 6,
    Terminated = 7,
    ConnectionTimeout = 8,
    ReadTimeout = 9,
    Tls = 12,
    Certificate = 13,
    /// The server's alert (RFC 8446, 6).
    Alert(u8) = 14,
    Denied = 15,
    BadUri = 19,
    Incomplete = 25,
    HeadTooLarge = 26,
    BadCoding = 31,
    Protocol = 35,
    Internal = 38,
}

impl Problem {
    /// [`Problem::Alert`] as a code, with the number of the alert added.
    pub const ALERTS: u16 = 0x100;

    /// A number for each: that of the case, or [`Problem::ALERTS`] and that of the alert.
    pub fn code(self) -> u16 {
        match self {
            Problem::Alert(alert) => Problem::ALERTS + u16::from(alert),
            // SAFETY: with `repr(u8)` the case's number is the first byte.
            _ => u16::from(unsafe { *(&raw const self).cast::<u8>() }),
        }
    }
}

impl From<tls::Failure> for Problem {
    fn from(failure: tls::Failure) -> Problem {
        match failure.kind {
            tls::Failure::CERTIFICATE => Problem::Certificate,
            tls::Failure::ALERT => Problem::Alert(failure.alert),
            _ => Problem::Tls,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::AccessDenied => Problem::Denied,
            Error::InvalidArgument => Problem::BadUri,
            Error::Timeout => Problem::ConnectionTimeout,
            Error::RemoteUnreachable => Problem::Unroutable,
            Error::ConnectionRefused => Problem::Refused,
            Error::ConnectionReset | Error::ConnectionAborted => Problem::Terminated,
            Error::NameUnresolvable => Problem::NotFound,
            Error::TemporaryResolverFailure => Problem::DnsTimeout,
            Error::PermanentResolverFailure => Problem::DnsError,
            _ => Problem::Internal,
        }
    }
}

/// How long steps may take, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: u64,
    pub first_byte: u64,
    pub between_bytes: u64,
}

/// How far a request is.
enum Stage {
    Lookup(*mut Lookup),
    /// The next address is to be tried.
    Next,
    Connecting(Tcp),
    /// The handshake of TLS goes on.
    Shaking,
    /// The head of the response is awaited.
    Head,
    /// The head is there.
    Response,
    Failed(Problem),
}

/// How the body of the request is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    None,
    /// The head has said how long it is.
    Length,
    Chunked,
}

/// A request under way.
pub struct Client {
    stage: Stage,
    addresses: [Option<IpAddr>; MAX_ADDRESSES],
    next: usize,
    port: u16,
    /// Why the last address did not do.
    last: Problem,
    conn: Conn,
    /// The name that the certificate must have, until there is a session; and the session.
    secure: Option<String>,
    tls: Option<Tls>,
    timeouts: Timeouts,
    deadline: u64,
    /// What is to be sent, and of it what was.
    out: Vec<u8>,
    sent: usize,
    framing: Framing,
    /// All of the request is in `out`, or was.
    is_complete: bool,
    /// The request is a HEAD: its response has no body.
    is_head: bool,
    pub status: u16,
    /// Lines of the response's fields.
    pub lines: Vec<u8>,
    body: Body,
    /// The body ends with the connection.
    ends_with_connection: bool,
    /// The body cannot be read to its end, and why.
    damage: Option<Problem>,
    /// What came behind the body.
    pub trailers: Option<Vec<u8>>,
}

impl Client {
    /// A request to a host, a name or an address (an IPv6 one in brackets), with TLS if `is_secure`. `head`: its head; the body follows in [`Client::write`].
    ///
    /// # Errors
    /// It may not be sent, or cannot.
    pub fn start(
        host: &str,
        port: u16,
        is_secure: bool,
        head: Vec<u8>,
        framing: Framing,
        is_head: bool,
        timeouts: Timeouts,
    ) -> Result<Client, Problem> {
        let literal = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let address = literal.unwrap_or(host).parse::<IpAddr>().ok();
        let mut addresses = [None; MAX_ADDRESSES];
        let stage = match (address, literal) {
            (Some(address), _) => {
                if !policy::may_connect(&SocketAddr::new(address, port)) {
                    return Err(Problem::Denied);
                }
                addresses[0] = Some(address);
                Stage::Next
            }
            (None, Some(_)) => return Err(Problem::BadUri),
            (None, None) => Stage::Lookup(names::start(host)?),
        };
        let buffer = match is_secure && !tls::is_available() {
            true => Err(Problem::Tls),
            false => sys::mmap(ROOM, sys::PROT_READ | sys::PROT_WRITE).or(Err(Problem::Internal)),
        };
        let buffer = buffer.inspect_err(|_| {
            if let Stage::Lookup(lookup) = stage {
                // SAFETY: it was started here.
                unsafe { names::end(&mut *lookup) };
            }
        })?;
        Ok(Client {
            stage,
            addresses,
            next: 0,
            port,
            last: Problem::Denied,
            conn: Conn::new(buffer),
            secure: is_secure.then(|| literal.unwrap_or(host).into()),
            tls: None,
            timeouts,
            deadline: monotonic().saturating_add(timeouts.connect),
            out: head,
            sent: 0,
            framing,
            is_complete: framing == Framing::None,
            is_head,
            status: 0,
            lines: Vec::new(),
            body: Body::Done,
            ends_with_connection: false,
            damage: None,
            trailers: None,
        })
    }

    /// Ends it, and tells a server with TLS that the request was complete if it was.
    pub fn leave(&mut self) {
        if let Some(tls) = self.tls.as_mut().filter(|_| self.is_complete) {
            tls.close(self.conn.fd);
        }
        self.end();
    }

    /// Gives up what belongs to it. Nothing is sent: another process may go on with the connection.
    pub fn end(&mut self) {
        match core::mem::replace(&mut self.stage, Stage::Failed(Problem::Terminated)) {
            // SAFETY: `names::start` made it, and nothing else refers to it.
            Stage::Lookup(lookup) => unsafe { names::end(&mut *lookup) },
            Stage::Connecting(tcp) => crate::net::socket::close(tcp.host),
            _ => {}
        }
        if let Some(tls) = self.tls.take() {
            tls.end();
        }
        self.conn.release();
    }

    fn fail(&mut self, problem: Problem) {
        self.end();
        self.stage = Stage::Failed(problem);
    }

    /// Whether the response is there: that it is, or why there will be none.
    pub fn response(&mut self) -> Option<Result<(), Problem>> {
        self.advance();
        match self.stage {
            Stage::Response => Some(Ok(())),
            Stage::Failed(problem) => Some(Err(problem)),
            _ => None,
        }
    }

    /// Goes on as far as it can without waiting, until the response's head is there.
    pub fn advance(&mut self) -> Wait {
        loop {
            let wait = match self.stage {
                // SAFETY: it is this request's own.
                Stage::Lookup(lookup) => self.look_up(unsafe { &mut *lookup }),
                Stage::Next => {
                    self.try_next();
                    None
                }
                Stage::Connecting(tcp) => self.connect(tcp),
                Stage::Shaking => self.shake(),
                Stage::Head => self.read_head(),
                Stage::Response | Stage::Failed(_) => {
                    self.push();
                    Some(Wait::Ready)
                }
            };
            if let Some(wait) = wait {
                return wait;
            }
        }
    }

    /// An event to wait for, until the deadline.
    fn unless_late(&mut self, wait: Wait, problem: Problem) -> Option<Wait> {
        if monotonic() >= self.deadline {
            self.fail(problem);
            return None;
        }
        let Wait::For { fd, events, until } = wait else {
            return None;
        };
        let until = Some(until.map_or(self.deadline, |until| until.min(self.deadline)));
        Some(Wait::For { fd, events, until })
    }

    fn look_up(&mut self, lookup: &'static mut Lookup) -> Option<Wait> {
        let wait = lookup.step();
        if wait != Wait::Ready {
            return self.unless_late(wait, Problem::ConnectionTimeout);
        }
        let mut count = 0;
        let failure = loop {
            match lookup.next() {
                Ok(Some(address)) => {
                    if let Some(place) = self.addresses.get_mut(count) {
                        *place = Some(address);
                        count += 1;
                    }
                }
                Ok(None) => break None,
                Err(error) => break Some(error.into()),
            }
        };
        names::end(lookup);
        self.stage = Stage::Next;
        if let Some(problem) = failure {
            self.fail(problem);
        } else if count == 0 {
            self.fail(Problem::NotFound);
        }
        None
    }

    /// Begins to connect to the next address that is allowed.
    fn try_next(&mut self) {
        let Some(address) = self.addresses.get(self.next).copied().flatten() else {
            return self.fail(self.last);
        };
        self.next += 1;
        let address = SocketAddr::new(address, self.port);
        let family = match address {
            SocketAddr::V4(_) => Family::Ipv4,
            SocketAddr::V6(_) => Family::Ipv6,
        };
        let started = Tcp::new(family).and_then(|mut tcp| match tcp.start_connect(&address) {
            Ok(()) => Ok(tcp),
            Err(error) => {
                crate::net::socket::close(tcp.host);
                Err(error)
            }
        });
        match started {
            Ok(tcp) => self.stage = Stage::Connecting(tcp),
            Err(error) => self.last = error.into(),
        }
    }

    fn connect(&mut self, mut tcp: Tcp) -> Option<Wait> {
        match tcp.finish_connect() {
            Ok(()) => {
                self.conn.open(tcp.host);
                match self.secure.take() {
                    None => self.send_head(),
                    Some(host) => match Tls::new(&host) {
                        None => self.fail(Problem::Certificate),
                        tls => {
                            self.tls = tls;
                            self.stage = Stage::Shaking;
                        }
                    },
                }
                None
            }
            Err(Error::WouldBlock) => {
                let wait = Wait::For {
                    fd: tcp.host,
                    events: POLLOUT,
                    until: None,
                };
                self.unless_late(wait, Problem::ConnectionTimeout)
            }
            Err(error) => {
                crate::net::socket::close(tcp.host);
                self.last = error.into();
                self.stage = Stage::Next;
                None
            }
        }
    }

    /// Goes on with the handshake, which may take as long as connecting.
    fn shake(&mut self) -> Option<Wait> {
        let fd = self.conn.fd;
        match self.tls.as_mut().map(|tls| (tls.shake(fd), tls.wait(fd))) {
            Some((State::Done, _)) => self.send_head(),
            Some((State::Waits, wait)) => {
                return self.unless_late(wait, Problem::ConnectionTimeout);
            }
            Some((State::Failed, _)) | None => self.fail(self.ended(Problem::Terminated)),
        }
        None
    }

    /// The request can be sent, and its response comes.
    fn send_head(&mut self) {
        self.deadline = monotonic().saturating_add(self.timeouts.first_byte);
        self.stage = Stage::Head;
    }

    /// Why the connection ended: `otherwise` if it is not TLS that says why.
    fn ended(&self, otherwise: Problem) -> Problem {
        let failure = self.tls.as_ref().and_then(Tls::failure);
        failure.map_or(otherwise, Problem::from)
    }

    /// Reads what is there, without waiting.
    fn fill(&mut self) -> Came {
        match &mut self.tls {
            None => self.conn.fill(),
            Some(tls) => {
                // SAFETY: the connection gives a place in its buffer.
                self.conn
                    .fill_by(|fd, at, len| unsafe { tls.read(fd, at, len) })
            }
        }
    }

    /// What the connection waits for: bytes, and room where something is to be sent.
    fn on_connection(&self) -> Wait {
        let sends = if self.sent < self.out.len() || self.tls.as_ref().is_some_and(Tls::sends) {
            POLLOUT
        } else {
            0
        };
        Wait::For {
            fd: self.conn.fd,
            events: POLLIN | sends,
            until: None,
        }
    }

    fn read_head(&mut self) -> Option<Wait> {
        self.push();
        loop {
            let bytes = self.conn.bytes();
            if let Some(end) = parse::head_end(bytes, 0) {
                let head = bytes.get(..end).unwrap_or(&[]);
                match parse::response(head) {
                    // Something comes before the response, of no meaning here.
                    Ok(head) if head.status < 200 && head.status != 101 => self.conn.consume(end),
                    Ok(head) => {
                        self.begin_body(&head);
                        self.conn.consume(end);
                        self.stage = Stage::Response;
                        return None;
                    }
                    Err(parse::NOT_IMPLEMENTED) => {
                        self.fail(Problem::BadCoding);
                        return None;
                    }
                    Err(_) => {
                        self.fail(Problem::Protocol);
                        return None;
                    }
                }
                continue;
            }
            if self.conn.is_full() {
                self.fail(Problem::HeadTooLarge);
                return None;
            }
            match self.fill() {
                Came::Bytes => {}
                Came::Nothing => {
                    let wait = self.on_connection();
                    return self.unless_late(wait, Problem::ReadTimeout);
                }
                Came::End => {
                    self.fail(self.ended(Problem::Terminated));
                    return None;
                }
            }
        }
    }

    fn begin_body(&mut self, head: &parse::Response<'_>) {
        self.status = head.status;
        self.lines = head.lines.to_vec();
        let has_none = self.is_head || matches!(head.status, 101 | 204 | 304);
        self.body = match head.length {
            _ if has_none => Body::Done,
            Some(length) => Body::new(length),
            None => {
                self.ends_with_connection = true;
                Body::new(Length::Bytes(u64::MAX))
            }
        };
        self.rest();
    }

    /// The next byte of the body may take a while from now on.
    fn rest(&mut self) {
        self.deadline = monotonic().saturating_add(self.timeouts.between_bytes);
    }

    // The request's body.

    /// How much can be written without waiting.
    ///
    /// # Errors
    /// The request is over.
    pub fn room(&mut self) -> Result<usize, Failure> {
        self.advance();
        if self.is_complete || matches!(self.stage, Stage::Failed(_)) || self.damage.is_some() {
            return Err(Failure::Closed);
        }
        let room = COLLECTED.saturating_sub(self.out.len() - self.sent);
        if room == 0 && matches!(self.stage, Stage::Response) && monotonic() >= self.deadline {
            // The response is there, and nobody takes more of the request.
            self.is_complete = true;
            return Err(Failure::Closed);
        }
        Ok(room)
    }

    /// Writes contents, as many as there is room for: how many those were.
    ///
    /// # Errors
    /// The request is over.
    pub fn write(&mut self, bytes: &[u8]) -> Result<usize, Failure> {
        let len = self.room()?.min(bytes.len());
        let bytes = bytes.get(..len).unwrap_or(&[]);
        if !bytes.is_empty() {
            self.add(bytes);
        }
        self.push();
        Ok(len)
    }

    /// Appends contents to what is to be sent.
    pub fn add(&mut self, bytes: &[u8]) {
        if self.framing == Framing::Chunked {
            let mut line = [0; 20];
            let mut text = Text::to_buffer(&mut line);
            text.hex(bytes.len() as u64).str("\r\n");
            let len = text.len();
            self.out.extend_from_slice(line.get(..len).unwrap_or(&[]));
        }
        self.out.extend_from_slice(bytes);
        if self.framing == Framing::Chunked {
            self.out.extend_from_slice(b"\r\n");
        }
    }

    /// The body is complete, with these lines of trailers.
    pub fn finish(&mut self, trailers: &[u8]) {
        if self.framing == Framing::Chunked && !self.is_complete {
            self.out.extend_from_slice(b"0\r\n");
            self.out.extend_from_slice(trailers);
            self.out.extend_from_slice(b"\r\n");
        }
        self.is_complete = true;
        self.advance();
    }

    /// The body will not be complete: the server must see that.
    pub fn abort(&mut self) {
        if !self.is_complete {
            self.fail(Problem::Terminated);
        }
    }

    /// Sends what goes without waiting.
    fn push(&mut self) {
        if !matches!(self.stage, Stage::Head | Stage::Response) {
            return;
        }
        if let Some(tls) = &self.tls {
            let _ = tls.flush(self.conn.fd);
        }
        while let Some(bytes) = self.out.get(self.sent..).filter(|bytes| !bytes.is_empty()) {
            let written = match &mut self.tls {
                None => sys::write(self.conn.fd, bytes),
                Some(tls) => tls.write(self.conn.fd, bytes),
            };
            match written {
                Ok(len) => {
                    self.sent += len;
                    if matches!(self.stage, Stage::Response) {
                        self.rest();
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                // A response may have come before nobody listened any more.
                Err(_) => {
                    self.is_complete = true;
                    break;
                }
            }
        }
        self.out.clear();
        self.sent = 0;
    }

    /// What writing waits for.
    pub fn wait_to_write(&mut self) -> Wait {
        match self.room() {
            Ok(0) => match self.advance() {
                Wait::Ready => Wait::For {
                    fd: self.conn.fd,
                    events: POLLOUT,
                    until: Some(self.deadline),
                },
                wait => wait,
            },
            _ => Wait::Ready,
        }
    }

    // The response's body.

    /// Whether the connection may have been cut by somebody else than the server.
    fn is_cut(&self) -> bool {
        let failed = |tls: &Tls| tls.is_cut() || tls.failure().is_some();
        self.tls.as_ref().is_some_and(failed)
    }

    fn damaged<T>(&mut self, problem: Problem) -> Result<T, Failure> {
        self.damage = Some(problem);
        Err(Failure::Broken)
    }

    /// Why the body cannot be read to its end.
    pub fn damage(&self) -> Option<Problem> {
        self.damage
    }

    /// Contents that have come, without waiting: none where more must come first.
    fn peek(&mut self, max: usize) -> Result<&'static [u8], Failure> {
        self.push();
        loop {
            if self.damage.is_some() {
                return Err(Failure::Broken);
            }
            match self.conn.step(&mut self.body) {
                Step::Data(len) => return Ok(self.conn.bytes().get(..len.min(max)).unwrap_or(&[])),
                Step::Trailers(len) => {
                    let lines = self
                        .conn
                        .bytes()
                        .get(..len.saturating_sub(2))
                        .unwrap_or(&[]);
                    if !lines.is_empty() {
                        self.trailers = Some(lines.to_vec());
                    }
                    self.body = Body::Done;
                    self.conn.consume(len);
                }
                Step::End => return Err(Failure::Closed),
                Step::Bad => return self.damaged(Problem::Protocol),
                Step::More | Step::Skip(_) => match self.fill() {
                    Came::Bytes => self.rest(),
                    Came::Nothing if monotonic() >= self.deadline => {
                        return self.damaged(Problem::ReadTimeout);
                    }
                    Came::Nothing => return Ok(&[]),
                    Came::End if self.ends_with_connection && !self.is_cut() => {
                        self.body = Body::Done;
                    }
                    Came::End => return self.damaged(self.ended(Problem::Incomplete)),
                },
            }
        }
    }

    /// Reads contents, without waiting: none where nothing has come.
    ///
    /// # Errors
    /// The body is over or broken.
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        let bytes = self.peek(into.len())?;
        if let Some(place) = into.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
        }
        let len = bytes.len();
        if len != 0 {
            self.body.passed(bytes, len);
            self.conn.consume(len);
        }
        Ok(len)
    }

    /// Reads on until the body is over, without waiting: whether it is.
    pub fn skip(&mut self) -> bool {
        loop {
            match self.peek(usize::MAX) {
                Ok([]) => return false,
                Ok(bytes) => {
                    self.body.passed(bytes, bytes.len());
                    self.conn.consume(bytes.len());
                }
                Err(_) => return true,
            }
        }
    }

    /// What reading waits for.
    pub fn wait_to_read(&mut self) -> Wait {
        match self.peek(1) {
            Ok([]) => match self.on_connection() {
                Wait::For { fd, events, .. } => Wait::For {
                    fd,
                    events,
                    until: Some(self.deadline),
                },
                wait => wait,
            },
            _ => Wait::Ready,
        }
    }
}
