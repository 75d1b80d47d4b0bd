//! Errors, pollables and streams.
//!
//! Nothing is done in the background. A stream of a file is always ready; others are asked by `poll` first where a function must not wait.

use super::clocks::monotonic;
use super::object::{self, Done, Failure, HTTP_ERROR, Object, Place, Pollable, Source, Stream};
use super::paths::error_code;
use super::{Answer, Call, Kind, Out, host, wait};
use crate::canonical::Reason;
use crate::net::{self, Wait};
use crate::sys::{self, Errno, Fd, IoVec, PollFd, TimeSpec};
use crate::wasi::Error;
use crate::wasi::tree::{self, Node};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

/// Bytes that one call reads at most.
const CHUNK: usize = 65536;

/// Bytes that can be written without waiting: to a file, and to whatever else is writable (POSIX's `PIPE_BUF`).
const FILE_ROOM: u64 = 1 << 20;
const PIPE_ROOM: u64 = 4096;

/// Bytes that can be written to a descriptor without waiting, as long as nobody else writes to it, if that is known: a file takes all, and an empty pipe what it holds. Of
/// what is left in another one nobody knows how many pages it fills.
fn known_room(host: Fd) -> Option<u64> {
    match sys::pipe_size(host) {
        Ok(size) => (sys::readable_bytes(host) == Ok(0)).then(|| (size as u64).min(FILE_ROOM)),
        Err(_) => {
            let stat = sys::fstat(host).ok()?;
            (stat.mode & sys::S_IFMT == sys::S_IFREG).then_some(FILE_ROOM)
        }
    }
}

/// Bytes that a function which flushes too may be given (`wasi:io/streams`).
const FLUSHED: u64 = 4096;

/// The system cannot say of a file how much it takes without waiting: all are asked whether they take anything then, and get [`PIPE_ROOM`].
static CANNOT_SAY: AtomicBool = AtomicBool::new(false);

struct Buffer(UnsafeCell<[u8; CHUNK]>);

// SAFETY: components have one thread.
unsafe impl Sync for Buffer {}

/// What was read, on its way to the guest: how much it must allocate is known afterwards.
static BUFFER: Buffer = Buffer(UnsafeCell::new([0; CHUNK]));

/// The buffer for bytes on their way to the guest.
pub fn buffer() -> &'static mut [u8; CHUNK] {
    // SAFETY: as above; nobody keeps it across a call of compiled code that reads.
    unsafe { &mut *BUFFER.0.get() }
}

/// Writes a `result<_, stream-error>` whose payload is at an offset of 4 or 8.
fn fail(call: &Call, out: Out, payload: u32, failure: Failure) -> Answer<()> {
    out.u8(0, 1);
    match failure {
        Failure::Closed => out.u8(payload, 1),
        Failure::Failed(error) => {
            let error = call.own(Kind::Error, object::insert(Object::Error(error.0))?)?;
            out.u8(payload, 0);
            out.u32(payload + 4, error);
        }
    }
    Ok(())
}

impl Stream {
    /// Whether something can be done without waiting.
    fn is_ready(&self, events: i16) -> bool {
        if let Some(source) = self.source {
            return (source.operations.wait)(source.number, events) == Wait::Ready;
        }
        matches!(self.place, Place::At(_) | Place::End)
            || self.is_closed
            || net::has_event(self.entry.host, events)
    }

    /// Waits until something can be done.
    fn wait(&self, events: i16) {
        while !self.is_ready(events) {
            wait::until(self.entry.host, events);
        }
    }

    /// What it waits for until something can be done.
    pub fn waits_for(&self, events: i16) -> Wait {
        match self.source {
            Some(source) => (source.operations.wait)(source.number, events),
            None if self.is_ready(events) => Wait::Ready,
            None => Wait::For {
                fd: self.entry.host,
                events,
                until: None,
            },
        }
    }

    /// Remembers how an operation ended.
    fn ended<T>(&mut self, result: Result<T, Error>) -> Done<T> {
        result.map_err(|error| {
            self.is_closed = true;
            Failure::Failed(error)
        })
    }

    /// Reads bytes, as many as there are: none where it would have to wait.
    fn read(&mut self, len: u64, waits: bool) -> Done<&'static [u8]> {
        let buffer = buffer();
        let len = usize::try_from(len).unwrap_or(CHUNK).min(CHUNK);
        let n = self.read_to(buffer.as_mut_ptr(), len, waits)?;
        Ok(&buffer[..n])
    }

    /// Reads bytes to where there is room for so many: how many, none where it would have to wait.
    pub fn read_to(&mut self, base: *mut u8, len: usize, waits: bool) -> Done<usize> {
        if self.is_closed {
            return Err(Failure::Closed);
        }
        if let Some(source) = self.source {
            if len == 0 {
                return Ok(0);
            }
            // SAFETY: the caller's room, which nobody else uses meanwhile.
            let into = unsafe { core::slice::from_raw_parts_mut(base, len) };
            let result = (source.operations.read)(source.number, into, waits);
            self.is_closed = result.is_err();
            return Ok(result?.min(len));
        }
        if waits && len != 0 && wait::is_hooked() {
            self.wait(sys::POLLIN);
        }
        // A connection says itself that there is nothing yet.
        let asks = !waits && !matches!(self.place, Place::Socket(_));
        if len == 0 || (asks && !self.is_ready(sys::POLLIN)) {
            return Ok(0);
        }
        let vector = [IoVec { base, len }];
        let n = loop {
            let n = match (self.place, Node::of(&self.entry)) {
                (Place::At(at), Some(node)) => Ok(tree::read_at(node, &vector, at)),
                (Place::At(at), None) => sys::preadv(self.entry.host, &vector, at),
                (Place::Current | Place::End | Place::Socket(_), _) => {
                    sys::readv(self.entry.host, &vector)
                }
            };
            match n {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if waits => self.wait(sys::POLLIN),
                Err(Errno::AGAIN) => return Ok(0),
                n => break self.ended(n.map_err(Error::from))?,
            }
        };
        if n == 0 {
            self.is_closed = true;
            return Err(Failure::Closed);
        }
        if let Place::At(at) = &mut self.place {
            *at += n as u64;
        }
        Ok(n)
    }

    /// How much can be written without waiting.
    fn room(&mut self) -> Done<u64> {
        if self.is_closed {
            return Err(Failure::Closed);
        }
        if let Some(source) = self.source {
            let result = (source.operations.room)(source.number);
            self.is_closed = result.is_err();
            return result;
        }
        Ok(match self.place {
            Place::At(_) | Place::End => FILE_ROOM,
            Place::Current => match known_room(self.entry.host) {
                Some(room) => room,
                None if self.is_ready(sys::POLLOUT) => PIPE_ROOM,
                None => 0,
            },
            Place::Socket(_) if !self.is_ready(sys::POLLOUT) => 0,
            Place::Socket(room) => room.into(),
        })
    }

    /// Writes all bytes, and waits where it must.
    fn write(&mut self, mut base: *const u8, mut len: usize) -> Done<()> {
        if self.is_closed {
            return Err(Failure::Closed);
        }
        if let Some(source) = self.source {
            // SAFETY: the caller's bytes, which nobody changes while they are written.
            let bytes = unsafe { core::slice::from_raw_parts(base, len) };
            let result = (source.operations.write)(source.number, bytes);
            self.is_closed = result.is_err();
            return result;
        }
        while len != 0 {
            match self.write_once(base, len) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait(sys::POLLOUT),
                // Nobody will read it.
                Err(Errno::PIPE) if matches!(self.place, Place::Socket(_)) => {
                    self.is_closed = true;
                    return Err(Failure::Closed);
                }
                n => {
                    let n = self.ended(n.map_err(Error::from))?;
                    (base, len) = (base.wrapping_add(n), len - n);
                }
            }
        }
        Ok(())
    }

    /// Asks the system to write once: how many bytes it has taken.
    #[inline(always)] // In both that write as if it was their own.
    fn write_once(&mut self, base: *const u8, len: usize) -> sys::Result<usize> {
        let vector = [IoVec {
            base: base.cast_mut(),
            len,
        }];
        let host = self.entry.host;
        let n = match self.place {
            Place::Current | Place::Socket(_) => sys::writev(host, &vector),
            Place::At(at) => sys::pwritev(host, &vector, at),
            Place::End => sys::fstat(host).and_then(|stat| sys::pwritev(host, &vector, stat.size)),
        }?;
        if let Place::At(at) = &mut self.place {
            *at += n as u64;
        }
        Ok(n)
    }

    /// Writes bytes, as many as can be without waiting: none where nothing can.
    pub fn write_some(&mut self, base: *const u8, len: usize) -> Done<usize> {
        if self.is_closed {
            return Err(Failure::Closed);
        }
        let says = !CANNOT_SAY.load(Ordering::Relaxed);
        if self.source.is_none() && self.place == Place::Current && says && len != 0 {
            let vector = [IoVec {
                base: base.cast_mut(),
                len,
            }];
            match sys::writev_at_once(self.entry.host, &vector) {
                Ok(n @ 1..) => return Ok(n),
                // Regular files may say so too, which take everything: it is asked like others below.
                Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
                // Or writing fails, and it is found why.
                Err(_) => CANNOT_SAY.store(true, Ordering::Relaxed),
            }
        }
        let most = match self.place {
            // Of a connection the system says itself how much it takes.
            Place::Socket(_) => len,
            _ => usize::try_from(self.room()?).unwrap_or(len).min(len),
        };
        if most == 0 {
            return Ok(0);
        }
        if self.source.is_some() {
            self.write(base, most)?;
            return Ok(most);
        }
        loop {
            match self.write_once(base, most) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(0),
                n => return self.ended(n.map_err(Error::from)),
            }
        }
    }
}

/// Reads for the guest: a `result<list<u8>, stream-error>`.
fn read(call: &mut Call, stream: u32, len: u64, result: u32, waits: bool) -> Answer<()> {
    let out = call.result(result, 12, 4)?;
    let number = call.rep(Kind::InputStream, stream)?;
    match object::stream(number).read(len, waits) {
        Ok(bytes) => {
            let at = call.copy(bytes)?;
            out.u8(0, 0);
            out.list(4, at, bytes.len());
            Ok(())
        }
        Err(failure) => fail(call, out, 4, failure),
    }
}

/// A `result<u64, stream-error>`.
#[inline(never)]
fn count(call: &Call, result: u32, count: Done<u64>) -> Answer<()> {
    let out = call.result(result, 16, 8)?;
    match count {
        Ok(count) => {
            out.u8(0, 0);
            out.u64(8, count);
            Ok(())
        }
        Err(failure) => fail(call, out, 8, failure),
    }
}

/// A `result<_, stream-error>`.
#[inline(never)]
fn nothing(call: &Call, result: u32, done: Done<()>) -> Answer<()> {
    let out = call.result(result, 12, 4)?;
    match done {
        Ok(()) => {
            out.u8(0, 0);
            Ok(())
        }
        Err(failure) => fail(call, out, 4, failure),
    }
}

fn skip(call: &Call, stream: u32, len: u64, result: u32, waits: bool) -> Answer<()> {
    let number = call.rep(Kind::InputStream, stream)?;
    let skipped = object::stream(number).read(len, waits);
    count(call, result, skipped.map(|bytes| bytes.len() as u64))
}

/// Whether so much may be written at once. Who did not ask `check-write` is not refused, as long as it could have permitted that to some stream.
fn permit(len: u64, flushes: bool) -> Answer<()> {
    let most = if flushes { FLUSHED } else { FILE_ROOM };
    match len <= most {
        true => Ok(()),
        false => Err(Reason::Unpermitted),
    }
}

fn write(call: &Call, stream: u32, at: u32, len: u32, result: u32, flushes: bool) -> Answer<()> {
    let number = call.rep(Kind::OutputStream, stream)?;
    let bytes = call.bytes(at, len)?;
    permit(len.into(), flushes)?;
    let done = object::stream(number).write(bytes.as_ptr(), bytes.len());
    nothing(call, result, done)
}

fn flush(call: &Call, stream: u32, result: u32) -> Answer<()> {
    let number = call.rep(Kind::OutputStream, stream)?;
    let done = match object::stream(number).is_closed {
        true => Err(Failure::Closed),
        false => Ok(()),
    };
    nothing(call, result, done)
}

fn write_zeroes(call: &Call, stream: u32, mut len: u64, result: u32, flushes: bool) -> Answer<()> {
    let number = call.rep(Kind::OutputStream, stream)?;
    permit(len, flushes)?;
    let buffer = buffer();
    buffer.fill(0);
    let mut done = Ok(());
    while len != 0 && done.is_ok() {
        let part = len.min(CHUNK as u64);
        done = object::stream(number).write(buffer.as_ptr(), part as usize);
        len -= part;
    }
    nothing(call, result, done)
}

fn splice(call: &Call, to: u32, from: u32, len: u64, result: u32, waits: bool) -> Answer<()> {
    let to = call.rep(Kind::OutputStream, to)?;
    let from = call.rep(Kind::InputStream, from)?;
    let done = (|| {
        let room = match waits {
            true => CHUNK as u64,
            false => object::stream(to).room()?,
        };
        let bytes = object::stream(from).read(len.min(room), waits)?;
        object::stream(to).write(bytes.as_ptr(), bytes.len())?;
        Ok(bytes.len() as u64)
    })();
    count(call, result, done)
}

fn subscribe(call: &Call, kind: Kind, stream: u32) -> Answer<u32> {
    let number = call.rep(kind, stream)?;
    subscribe_object(call, Pollable::Stream(number), number)
}

/// A pollable that is a child of the object that it waits for.
pub fn subscribe_object(call: &Call, pollable: Pollable, object: u32) -> Answer<u32> {
    let number = object::insert_child(Object::Pollable(pollable), object)?;
    call.own(Kind::Pollable, number)
}

// Pollables.

fn pollable(call: &Call, index: u32) -> Answer<Pollable> {
    match *object::get(call.rep(Kind::Pollable, index)?) {
        Object::Pollable(pollable) => Ok(pollable),
        _ => sys::fatal("wative: a handle stands for no pollable\n"),
    }
}

impl Pollable {
    fn is_ready(self) -> bool {
        self.wait() == Wait::Ready
    }

    /// What the kernel can wait for.
    fn wait(self) -> Wait {
        match self {
            Pollable::Time(when) if monotonic() >= when => Wait::Ready,
            Pollable::Time(when) => Wait::For {
                // The kernel ignores it.
                fd: -1,
                events: 0,
                until: Some(when),
            },
            Pollable::Source(Source { number, operations }) => {
                (operations.wait)(number, sys::POLLIN)
            }
            Pollable::Stream(number) => match object::get(number) {
                Object::Input(stream) => stream.waits_for(sys::POLLIN),
                Object::Output(stream) => stream.waits_for(sys::POLLOUT),
                _ => Wait::Ready,
            },
            Pollable::Object(number, wait) => wait(number),
        }
    }
}

/// Descriptors that one call waits for; the others are asked again after a while.
const MAX_WAITED: usize = 64;

/// Nanoseconds until the others are asked again.
const AGAIN: u64 = 10_000_000;

/// Waits until one of the pollables is ready.
fn wait_for(count: u32, get: impl Fn(u32) -> Answer<Pollable>) -> Answer<()> {
    loop {
        let mut fds = [const {
            PollFd {
                fd: -1,
                events: 0,
                revents: 0,
            }
        }; MAX_WAITED];
        let (mut used, mut deadline) = (0, None);
        for i in 0..count {
            let Wait::For { fd, events, until } = get(i)?.wait() else {
                return Ok(());
            };
            let when = match fds.get_mut(used) {
                _ if fd < 0 => until,
                Some(place) => {
                    (place.fd, place.events) = (fd, events);
                    used += 1;
                    until
                }
                None => Some(monotonic() + AGAIN),
            };
            deadline = match (deadline, when) {
                (Some(a), Some(b)) => Some(u64::min(a, b)),
                (one, other) => one.or(other),
            };
        }
        let timeout = deadline.map(|when| {
            let left = when.saturating_sub(monotonic());
            TimeSpec::from_nanoseconds(left)
        });
        let _ = wait::poll(&mut fds[..used], timeout.as_ref());
    }
}

host! {
    /// What an error was, in words: the name of its number.
    fn io_error.to_debug_string(call, error: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let Object::Error(number) = *object::get(call.rep(Kind::Error, error)?) else {
            sys::fatal("wative: a handle stands for no error\n")
        };
        let text = match number {
            HTTP_ERROR.. => "the body of an HTTP message is damaged or has another length than was said",
            _ => super::paths::name(error_code(Error(number))),
        };
        let (at, len) = call.copy_text(text.as_bytes())?;
        out.list(0, at, len as usize);
        Ok(())
    }

    /// Whether a pollable is ready.
    fn io_poll.ready(call, it: u32) -> u32 { Ok(pollable(&call, it)?.is_ready().into()) }

    /// Waits until a pollable is ready.
    fn io_poll.block(call, it: u32) {
        let it = pollable(&call, it)?;
        wait_for(1, |_| Ok(it))
    }

    /// Waits until some pollables are ready: their indices.
    fn io_poll.poll(call, list: u32, len: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        if len == 0 {
            return Err(Reason::EmptyPoll);
        }
        if !list.is_multiple_of(4) {
            return Err(Reason::HostListUnaligned);
        }
        let handles = |call: &Call| call.guest().range(list, u64::from(len) * 4).map_err(|_| Reason::HostListOutOfBounds);
        handles(&call)?;
        let get = |call: &Call, i: u32| {
            let index = call.guest().read_u32(list + 4 * i).map_err(|_| Reason::HostListOutOfBounds)?;
            pollable(call, index)
        };
        let is_ready = |call: &Call, i| get(call, i).map(Pollable::is_ready);
        wait_for(len, |i| get(&call, i))?;
        let mut room = 0;
        for i in 0..len {
            room += usize::from(is_ready(&call, i)?);
        }
        let room = room.max(1);
        let at = call.allocate_list(room, 4, 4)?;
        // Others may have taken what was there, or more are ready by now: as many are told as there is room for, and one at least.
        let mut ready = 0;
        while ready == 0 {
            wait_for(len, |i| get(&call, i))?;
            for i in 0..len {
                if ready < room && is_ready(&call, i)? {
                    call.write(at + 4 * ready as u32, &i.to_le_bytes())?;
                    ready += 1;
                }
            }
        }
        out.list(0, at, ready);
        Ok(())
    }

    /// Reads what is there.
    fn io_streams.read(call, stream: u32, len: u64, result: u32) { read(&mut call, stream, len, result, false) }

    /// Waits until there is something, and reads that.
    fn io_streams.blocking_read(call, stream: u32, len: u64, result: u32) { read(&mut call, stream, len, result, true) }

    /// Reads what is there and forgets it.
    fn io_streams.skip(call, stream: u32, len: u64, result: u32) { skip(&call, stream, len, result, false) }

    /// Likewise, and waits until there is something.
    fn io_streams.blocking_skip(call, stream: u32, len: u64, result: u32) { skip(&call, stream, len, result, true) }

    /// Waits until something can be read.
    fn io_streams.subscribe_input(call, stream: u32) -> u32 { subscribe(&call, Kind::InputStream, stream) }

    /// How much may be written.
    fn io_streams.check_write(call, stream: u32, result: u32) {
        let number = call.rep(Kind::OutputStream, stream)?;
        count(&call, result, object::stream(number).room())
    }

    /// Writes.
    fn io_streams.write(call, stream: u32, at: u32, len: u32, result: u32) { write(&call, stream, at, len, result, false) }

    /// Writes; nothing is kept back, so nothing is left to flush.
    fn io_streams.blocking_write_and_flush(call, stream: u32, at: u32, len: u32, result: u32) { write(&call, stream, at, len, result, true) }

    /// Nothing was kept back.
    fn io_streams.flush(call, stream: u32, result: u32) { flush(&call, stream, result) }

    /// Nothing was kept back.
    fn io_streams.blocking_flush(call, stream: u32, result: u32) { flush(&call, stream, result) }

    /// Waits until something can be written.
    fn io_streams.subscribe_output(call, stream: u32) -> u32 { subscribe(&call, Kind::OutputStream, stream) }

    /// Writes zeros.
    fn io_streams.write_zeroes(call, stream: u32, len: u64, result: u32) { write_zeroes(&call, stream, len, result, false) }

    /// Writes zeros.
    fn io_streams.blocking_write_zeroes_and_flush(call, stream: u32, len: u64, result: u32) { write_zeroes(&call, stream, len, result, true) }

    /// Writes what another stream has.
    fn io_streams.splice(call, stream: u32, from: u32, len: u64, result: u32) { splice(&call, stream, from, len, result, false) }

    /// Likewise, and waits until it has something.
    fn io_streams.blocking_splice(call, stream: u32, from: u32, len: u64, result: u32) { splice(&call, stream, from, len, result, true) }

    /// Drops a stream.
    fn drop.drop_input_stream(call, stream: u32) { forget(&call, Kind::InputStream, stream) }

    /// Drops a stream.
    fn drop.drop_output_stream(call, stream: u32) { forget(&call, Kind::OutputStream, stream) }

    /// Drops a pollable.
    fn drop.drop_pollable(call, pollable: u32) { forget(&call, Kind::Pollable, pollable) }

    /// Drops an error.
    fn drop.drop_error(call, error: u32) { forget(&call, Kind::Error, error) }

    /// Drops the entries of a directory.
    fn drop.drop_directory_entry_stream(call, stream: u32) { forget(&call, Kind::DirectoryEntryStream, stream) }
}

fn forget(call: &Call, kind: Kind, index: u32) -> Answer<()> {
    let Some(number) = call.drop(kind, index)? else {
        return Ok(());
    };
    match object::remove(number)? {
        Object::Input(Stream {
            source: Some(source),
            ..
        })
        | Object::Output(Stream {
            source: Some(source),
            ..
        })
        | Object::Pollable(Pollable::Source(source)) => (source.operations.drop)(source.number),
        Object::Input(Stream {
            entry, is_owner, ..
        })
        | Object::Output(Stream {
            entry, is_owner, ..
        }) if is_owner => {
            let _ = entry.close();
        }
        Object::Directory { entry, .. } => {
            let _ = entry.close();
        }
        _ => {}
    }
    Ok(())
}
