//! Looking up the addresses of a name, without waiting.
//!
//! A name is an address itself, or in `/etc/hosts`, or the servers of `/etc/resolv.conf` are asked by UDP for both families at once; where an answer does not fit into a
//! datagram, by TCP. A [`Lookup`] goes on whenever it is stepped and says what it waits for:
//!
//! ```text
//! let lookup = names::start("a.example")?;              // asks the policy first
//! while let wait @ Wait::For { .. } = lookup.step() { …wait for it… }
//! while let Some(address) = lookup.next()? { … }         // errors of the lookup come here
//! names::end(lookup);
//! ```
//!
//! The addresses are those that [`policy::may_connect`] and its like accept from then on for rules by this name.
//!
//! Each question has a random number and a socket of its own, whose port the system chooses at random, and which is connected to the server, so that nobody else's
//! packets come in.

use super::dns::{self, Answer, Kind, Name};
use super::error::{Error, Result};
use super::socket::{self, Family};
use super::{Wait, policy, resolver};
use crate::sys::{self, Errno, Fd, SockAddr};
use crate::wasi::clock;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Addresses that a lookup gives at most.
const MAX_FOUND: usize = 32;

/// Characters of a name (RFC 1035, without the dot at its end).
const MAX_TEXT: usize = 253;

/// Bytes of an answer: a length and what it can tell of.
const BUFFER: usize = 2 + 65535;

const SECOND: u64 = 1_000_000_000;

/// How a lookup stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Done,
    Failed(Error),
}

/// A question, and what became of it.
#[derive(Clone, Copy)]
struct Asked {
    kind: Kind,
    id: u16,
    reply: Reply,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    None,
    /// To be asked again by TCP.
    Truncated,
    Failed,
    Complete,
}

/// A lookup under way.
pub struct Lookup {
    state: State,
    text: [u8; MAX_TEXT],
    text_len: usize,
    /// There was a dot at its end: no domain is appended.
    is_absolute: bool,
    /// The number of the name that is asked for: as it is, or in one of the domains.
    candidate: usize,
    name: Name,
    /// Number of the server that is asked, and how often all were.
    server: usize,
    attempt: u32,
    /// A server said that it will not answer.
    is_refused: bool,
    deadline: u64,
    fd: Fd,
    is_tcp: bool,
    /// TCP: the question is on its way; bytes of the answer.
    is_sent: bool,
    got: usize,
    asked: [Asked; 2],
    found: [IpAddr; MAX_FOUND],
    count: usize,
    next: usize,
}

/// The structure lies at the beginning of a mapping, a buffer behind it.
const MAPPING: usize = size_of::<Lookup>() + BUFFER;

fn monotonic() -> u64 {
    clock::now(sys::CLOCK_MONOTONIC).unwrap_or(0)
}

/// Starts to look up a name.
///
/// # Errors
/// [`Error::AccessDenied`] where no rule allows it, [`Error::InvalidArgument`] for what is no name (among them names with other letters than those of ASCII),
/// [`Error::OutOfMemory`].
pub fn start(name: &str) -> Result<&'static mut Lookup> {
    if !policy::has_rules() {
        return Err(Error::AccessDenied);
    }
    let text = name.strip_suffix('.').unwrap_or(name);
    let mut is_literal = false;
    resolver::each_own(name, &mut |_| {
        is_literal = name.contains([':']) || is_ipv4(name)
    });
    if !is_literal {
        if !is_name(text) {
            return Err(Error::InvalidArgument);
        }
        if !policy::may_look_up(text) {
            return Err(Error::AccessDenied);
        }
    }
    let mapping = sys::mmap(MAPPING, sys::PROT_READ | sys::PROT_WRITE);
    let place = mapping.map_err(|_| Error::OutOfMemory)? as *mut Lookup;
    // SAFETY: the mapping is new, large enough, and begins with a page.
    let lookup = unsafe {
        place.write(Lookup::new(text, name.ends_with('.')));
        &mut *place
    };
    lookup.look_at_files();
    Ok(lookup)
}

/// Gives a lookup back.
pub fn end(lookup: &'static mut Lookup) {
    lookup.close();
    let place: *mut Lookup = lookup;
    // SAFETY: it was made by `start`, and its only reference is gone.
    let _ = unsafe { sys::munmap(place as *mut u8, MAPPING) };
}

fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Whether a text has so many dots, or more.
fn has_dots(text: &[u8], count: u32) -> bool {
    let mut left = count;
    let mut dots = text.iter().filter(|&&b| b == b'.');
    while left != 0 {
        if dots.next().is_none() {
            return false;
        }
        left -= 1;
    }
    true
}

/// Whether this can be a name, without the dot at its end.
fn is_name(text: &str) -> bool {
    let is_fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !text.is_empty()
        && text.len() <= MAX_TEXT
        && text.bytes().all(is_fine)
        && Name::new(text.as_bytes(), b"").is_some()
}

impl Lookup {
    fn new(name: &str, is_absolute: bool) -> Lookup {
        let mut text = [0; MAX_TEXT];
        let text_len = name.len().min(MAX_TEXT);
        for (place, byte) in text.iter_mut().zip(name.bytes()) {
            *place = byte;
        }
        let asked = |kind| Asked {
            kind,
            id: 0,
            reply: Reply::None,
        };
        Lookup {
            state: State::Running,
            text,
            text_len,
            is_absolute,
            candidate: 0,
            name: Name::ROOT,
            server: 0,
            attempt: 0,
            is_refused: false,
            deadline: 0,
            fd: socket::NONE,
            is_tcp: false,
            is_sent: false,
            got: 0,
            asked: [asked(Kind::A), asked(Kind::Aaaa)],
            found: [IpAddr::V4(Ipv4Addr::UNSPECIFIED); MAX_FOUND],
            count: 0,
            next: 0,
        }
    }

    /// The next address; `None` behind the last.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] while it is under way, then the error with which it ended.
    pub fn next(&mut self) -> Result<Option<IpAddr>> {
        self.step();
        match self.state {
            State::Running => Err(Error::WouldBlock),
            State::Failed(error) => Err(error),
            State::Done => {
                let address = self.found.get(..self.count).and_then(|f| f.get(self.next));
                self.next += usize::from(address.is_some());
                Ok(address.copied())
            }
        }
    }

    /// Goes on as far as it can without waiting.
    pub fn step(&mut self) -> Wait {
        while self.state == State::Running {
            let wait = match (self.fd, self.is_tcp) {
                (socket::NONE, _) => {
                    self.ask();
                    None
                }
                (_, false) => self.hear(),
                (_, true) => self.talk(),
            };
            if let Some(wait) = wait {
                return wait;
            }
        }
        Wait::Ready
    }

    fn text(&self) -> &str {
        let text = self.text.get(..self.text_len).unwrap_or(&[]);
        core::str::from_utf8(text).unwrap_or("")
    }

    /// The buffer for answers.
    fn buffer(&mut self) -> &'static mut [u8] {
        let behind = (&raw mut *self).wrapping_add(1) as *mut u8;
        // SAFETY: it lies behind the structure in its mapping, and is used by one function at a time.
        unsafe { core::slice::from_raw_parts_mut(behind, BUFFER) }
    }

    fn add(&mut self, address: IpAddr) {
        let address = address.to_canonical();
        let is_known = self.found.iter().take(self.count).any(|it| *it == address);
        if let Some(place) = self.found.get_mut(self.count).filter(|_| !is_known) {
            *place = address;
            self.count += 1;
        }
    }

    /// Looks for what needs no server.
    fn look_at_files(&mut self) {
        let buffer = self.buffer();
        let (text, text_len) = (self.text, self.text_len);
        let text = text.get(..text_len).unwrap_or(&[]);
        let name = core::str::from_utf8(text).unwrap_or("");
        resolver::each_own(name, &mut |address| self.add(address));
        let hosts = resolver::get().hosts;
        if self.count == 0 && hosts >= 0 {
            resolver::each_host(hosts, buffer, text, &mut |address| self.add(address));
        }
        if self.count != 0 {
            self.finish();
        }
    }

    /// All is found that there will be.
    fn finish(&mut self) {
        self.close();
        self.sort();
        for address in self.found.iter().take(self.count) {
            policy::remember(self.text(), *address);
        }
        self.state = State::Done;
    }

    /// Puts the family in front that is better reached (RFC 6724 in short): IPv6, if this machine has a way to the first such address.
    fn sort(&mut self) {
        let found = self.found.get_mut(..self.count).unwrap_or(&mut []);
        let first = found.iter().find(|address| address.is_ipv6());
        let prefers_6 = first.is_some_and(|address| is_reachable(*address));
        let (mut sorted, mut len) = ([IpAddr::V4(Ipv4Addr::UNSPECIFIED); MAX_FOUND], 0);
        for family_6 in [prefers_6, !prefers_6] {
            for address in found.iter().filter(|address| address.is_ipv6() == family_6) {
                if let Some(place) = sorted.get_mut(len) {
                    *place = *address;
                    len += 1;
                }
            }
        }
        self.found = sorted;
    }

    fn close(&mut self) {
        socket::close(self.fd);
        (self.fd, self.is_tcp, self.is_sent) = (socket::NONE, false, false);
    }

    /// The name with this number that is asked for; `None` behind the last, and in it `None` where a domain makes it too long.
    fn candidate(&self, number: usize) -> Option<Option<Name>> {
        let text = self.text.get(..self.text_len).unwrap_or(&[]);
        let resolver = resolver::get();
        let count = match self.is_absolute {
            true => 0,
            false => resolver.domains().count(),
        };
        // As it is: first, or behind the domains.
        let bare = match has_dots(text, resolver.dots) {
            true => 0,
            false => count,
        };
        if number > count {
            return None;
        }
        if number == bare {
            return Some(Name::new(text, b""));
        }
        let number = number - usize::from(number > bare);
        let domain = resolver.domains().nth(number)?;
        Some(Name::new(text, domain))
    }

    /// Asks a server for both families.
    fn ask(&mut self) {
        self.name = match self.candidate(self.candidate) {
            Some(Some(name)) => name,
            Some(None) => {
                self.candidate += 1;
                return;
            }
            None => {
                self.state = State::Failed(Error::NameUnresolvable);
                return;
            }
        };
        let mut random = [0; 4];
        if sys::getrandom(random.as_mut_ptr(), 4) != Ok(4) {
            self.state = State::Failed(Error::TemporaryResolverFailure);
            return;
        }
        let [a, b, c, d] = random;
        for (asked, id) in self.asked.iter_mut().zip([[a, b], [c, d]]) {
            asked.id = u16::from_ne_bytes(id);
            asked.reply = Reply::None;
        }
        let is_asked = self.connect(sys::SOCK_DGRAM).is_ok()
            && self.asked.iter().all(|asked| {
                let mut question = [0; dns::MAX_QUESTION];
                let len = dns::write_question(&mut question, asked.id, &self.name, asked.kind);
                sys::send(self.fd, question.as_ptr(), len, None) == Ok(len)
            });
        if !is_asked {
            self.ask_next();
        }
    }

    /// Makes a socket and connects it to the server.
    fn connect(&mut self, kind: u32) -> Result<()> {
        let resolver = resolver::get();
        let server = resolver.servers().get(self.server);
        let server = server.ok_or(Error::TemporaryResolverFailure)?;
        self.close();
        self.fd = socket::open(family(server.ip()), kind)?;
        self.is_tcp = kind == sys::SOCK_STREAM;
        self.deadline = monotonic() + u64::from(resolver.timeout) * SECOND;
        match sys::connect(self.fd, &SockAddr::new(server)) {
            Ok(_) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// This server gave nothing: the next one is asked, or the first one again.
    fn ask_next(&mut self) {
        self.close();
        let resolver = resolver::get();
        self.server += 1;
        if self.server >= resolver.servers().len() {
            self.server = 0;
            self.attempt += 1;
        }
        if self.attempt >= resolver.attempts {
            self.state = State::Failed(match self.is_refused {
                true => Error::PermanentResolverFailure,
                false => Error::TemporaryResolverFailure,
            });
        }
    }

    /// Whether the time for an answer is over.
    fn is_late(&self) -> bool {
        monotonic() >= self.deadline
    }

    /// Takes answers by UDP.
    fn hear(&mut self) -> Option<Wait> {
        let buffer = self.buffer();
        loop {
            if self.asked.iter().all(|asked| asked.reply != Reply::None) {
                self.settle();
                return None;
            }
            if self.is_late() {
                match self.count {
                    0 => self.ask_next(),
                    _ => self.finish(),
                }
                return None;
            }
            match sys::receive(self.fd, buffer.as_mut_ptr(), buffer.len()) {
                Ok((n, _)) => {
                    let message = buffer.get(..n).unwrap_or(&[]);
                    for place in 0..self.asked.len() {
                        self.read(place, message);
                    }
                }
                Err(Errno::AGAIN) => return Some(self.wait(sys::POLLIN)),
                // Nobody is there, or the network is not.
                Err(_) => {
                    self.ask_next();
                    return None;
                }
            }
        }
    }

    fn wait(&self, events: i16) -> Wait {
        Wait::For {
            fd: self.fd,
            events,
            until: Some(self.deadline),
        }
    }

    /// Reads a message as an answer to a question.
    fn read(&mut self, place: usize, message: &[u8]) {
        let Some(asked) = self.asked.get(place).copied() else {
            return;
        };
        if asked.reply == Reply::Complete {
            return;
        }
        let name = self.name;
        let mut add = |address| self.add(address);
        let answer = dns::read_answer(message, asked.id, &name, asked.kind, &mut add);
        let reply = match answer {
            Answer::NotThis => return,
            Answer::Truncated => Reply::Truncated,
            Answer::Failed(code) => {
                // It does not understand, does not know how, or refuses.
                self.is_refused |= matches!(code, 1 | 4 | 5);
                Reply::Failed
            }
            Answer::Addresses => Reply::Complete,
        };
        if let Some(asked) = self.asked.get_mut(place) {
            asked.reply = reply;
        }
    }

    /// All questions were answered somehow.
    fn settle(&mut self) {
        let has = |reply| self.asked.iter().any(|asked| asked.reply == reply);
        if has(Reply::Truncated) {
            if self.connect(sys::SOCK_STREAM).is_err() {
                self.give_up();
            }
        } else if self.count != 0 {
            self.finish();
        } else if has(Reply::Failed) {
            self.ask_next();
        } else {
            // There is no such name here.
            self.close();
            self.candidate += 1;
            (self.server, self.attempt) = (0, 0);
        }
    }

    /// What was to be asked by TCP is not answered.
    fn give_up(&mut self) {
        self.close();
        for asked in &mut self.asked {
            if asked.reply == Reply::Truncated {
                asked.reply = Reply::Failed;
            }
        }
        self.settle();
    }

    /// Asks and takes answers by TCP (RFC 1035, 4.2.2: each behind its length), one after the other.
    fn talk(&mut self) -> Option<Wait> {
        let is_open = |asked: &Asked| asked.reply == Reply::Truncated;
        let Some(place) = self.asked.iter().position(is_open) else {
            self.settle();
            return None;
        };
        if self.is_late() {
            self.give_up();
            return None;
        }
        let done = match self.is_sent {
            false => self.send(place),
            true => self.receive(place),
        };
        match done {
            Ok(()) => None,
            Err(Errno::AGAIN) if self.is_sent => Some(self.wait(sys::POLLIN)),
            Err(Errno::AGAIN) => Some(self.wait(sys::POLLOUT)),
            Err(_) => {
                self.give_up();
                None
            }
        }
    }

    /// Sends a question by TCP, once there is a connection.
    fn send(&mut self, place: usize) -> sys::Result<()> {
        if !super::has_event(self.fd, sys::POLLOUT) {
            return Err(Errno::AGAIN);
        }
        let asked = self.asked.get(place).ok_or(Errno::INVAL)?;
        let mut question = [0; dns::MAX_QUESTION];
        let len = dns::write_question(&mut question, asked.id, &self.name, asked.kind);
        let mut message = [0; 2 + dns::MAX_QUESTION];
        for (to, from) in message.iter_mut().zip(
            (len as u16)
                .to_be_bytes()
                .iter()
                .chain(question.iter().take(len)),
        ) {
            *to = *from;
        }
        match sys::send(self.fd, message.as_ptr(), 2 + len, None)? {
            n if n == 2 + len => {
                (self.is_sent, self.got) = (true, 0);
                Ok(())
            }
            // So little fits into any buffer.
            _ => Err(Errno::INVAL),
        }
    }

    /// Takes a part of an answer by TCP.
    fn receive(&mut self, place: usize) -> sys::Result<()> {
        let buffer = self.buffer();
        let want = match (self.got, &*buffer) {
            (2.., [a, b, ..]) => 2 + usize::from(u16::from_be_bytes([*a, *b])),
            _ => 2,
        };
        if self.got < want {
            let part = buffer.get_mut(self.got..want).unwrap_or(&mut []);
            match sys::receive(self.fd, part.as_mut_ptr(), part.len())? {
                (0, _) => return Err(Errno::INVAL),
                (n, _) => self.got += n,
            }
            return Ok(());
        }
        self.is_sent = false;
        self.read(place, buffer.get(2..want).unwrap_or(&[]));
        let asked = self.asked.get_mut(place).ok_or(Errno::INVAL)?;
        if asked.reply == Reply::Truncated {
            // Another answer, or one that says that there is more than can be.
            asked.reply = Reply::Failed;
        }
        Ok(())
    }
}

fn family(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::Ipv4,
        IpAddr::V6(_) => Family::Ipv6,
    }
}

/// Whether this machine knows a way to the address. Nothing is sent.
fn is_reachable(address: IpAddr) -> bool {
    const ANY_PORT: u16 = 53;
    let Ok(fd) = socket::open(family(address), sys::SOCK_DGRAM) else {
        return false;
    };
    let connected = sys::connect(fd, &SockAddr::new(&SocketAddr::new(address, ANY_PORT)));
    socket::close(fd);
    connected.is_ok()
}
