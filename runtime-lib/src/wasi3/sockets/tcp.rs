//! TCP sockets. A descriptor is closed when neither the socket's handle nor a stream of it is left.

use super::{RESULT, code, done, large, small, store, stream_code, whole_address, word};
use crate::canonical::Reason;
use crate::component::tasks::end::{Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::host::{self, Operation, Pending};
use crate::component::tasks::stream;
use crate::net::error::{Error, Result};
use crate::net::options::{self, Buffer as SystemBuffer, KeepAlive};
use crate::net::socket::{self, Family};
use crate::net::tcp::{State, Tcp};
use crate::net::{Wait, has_event};
use crate::state::pool::Pool;
use crate::sys::{self, Fd};
use crate::wasi::fds::{Entry, rights};
use crate::wasi2::object::{Place, Stream};
use crate::wasi2::sockets::{address, family};
use crate::wasi2::{Answer, Call, Kind, host, monotonic};
use crate::wasi3::bytes::{self, Bytes};
use crate::wasi3::outcome;
use core::cell::UnsafeCell;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// A socket.
struct Socket {
    tcp: Tcp,
    /// Its handle and its streams.
    users: u32,
    has_sent: bool,
    has_received: bool,
}

struct Cell(UnsafeCell<Pool<Socket>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static SOCKETS: Cell = Cell(UnsafeCell::new(Pool::new()));

/// Closes and forgets all sockets.
pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe {
        let all = SOCKETS.0.get();
        (*all).each_used(|socket| {
            if (*socket).users != 0 {
                socket::close((*socket).tcp.host);
            }
        });
        all.write(Pool::new());
    }
}

/// The socket with this number.
///
/// # Safety
/// It has users.
unsafe fn socket(number: u32) -> &'static mut Socket {
    &mut *(*SOCKETS.0.get()).get(number)
}

/// The number of a new socket.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn add(tcp: Tcp) -> Answer<u32> {
    let socket = Socket {
        tcp,
        users: 1,
        has_sent: false,
        has_received: false,
    };
    match (*SOCKETS.0.get()).add(socket) {
        Some((number, _)) => Ok(number),
        None => {
            socket::close(tcp.host);
            Err(Reason::TooManyHandles)
        }
    }
}

/// A user less.
///
/// # Safety
/// As above.
unsafe fn release(number: u32) {
    let socket = socket(number);
    socket.users -= 1;
    if socket.users == 0 {
        socket::close(socket.tcp.host);
        (*SOCKETS.0.get()).remove(number);
    }
}

/// The number of the socket of a handle.
fn number(call: &Call, index: u32) -> Answer<u32> {
    call.rep(Kind::TcpSocket3, index)
}

/// The socket of a handle.
///
/// # Safety
/// As above.
unsafe fn tcp(call: &Call, index: u32) -> Answer<&'static mut Tcp> {
    Ok(&mut socket(number(call, index)?).tcp)
}

/// The descriptor of a socket's handle, for options.
///
/// # Safety
/// As above.
unsafe fn descriptor(call: &Call, index: u32) -> Answer<Result<Fd>> {
    Ok(tcp(call, index)?.descriptor())
}

/// A stream of a connection, which has a user more.
///
/// # Safety
/// As above.
unsafe fn connection(number: u32, over: fn(u32)) -> Bytes {
    let socket = socket(number);
    socket.users += 1;
    let stream = Stream {
        entry: Entry::new(socket.tcp.host, false, rights::FILE, 0),
        place: Place::Socket(0),
        is_owner: false,
        is_closed: false,
        source: None,
    };
    Bytes::new(stream, stream_code).with(over, number)
}

/// Nothing is sent any more.
fn sent(number: u32) {
    // SAFETY: the stream was a user.
    unsafe {
        let _ = sys::shutdown(socket(number).tcp.host, sys::SHUT_WR);
        release(number);
    }
}

/// Nothing is received any more.
fn received(number: u32) {
    // SAFETY: likewise.
    unsafe {
        let _ = sys::shutdown(socket(number).tcp.host, sys::SHUT_RD);
        release(number);
    }
}

/// Why a direction of a connection cannot be used.
fn refusal(tcp: &Tcp, is_used: bool) -> Option<Error> {
    (is_used || tcp.state != State::Connected).then_some(Error::InvalidState)
}

/// Number of the socket, where the result goes, and the caller's side.
static CONNECT: Operation = Operation {
    step: |pending: &mut Pending| {
        let [number, result, record] = pending.state;
        // SAFETY: the handle is lent, and the record is the program's.
        unsafe {
            let tcp = &mut socket(number as u32).tcp;
            match tcp.finish_connect() {
                Err(Error::WouldBlock) => Ok(Some(Wait::For {
                    fd: tcp.host,
                    events: sys::POLLOUT,
                    until: None,
                })),
                connected => {
                    let call = Call::at(core::ptr::null_mut(), record as *const _);
                    done(&call, result as u32, connected)?;
                    Ok(None)
                }
            }
        }
    },
    cancel: |pending| {
        // SAFETY: likewise.
        unsafe { socket(pending.state[0] as u32).tcp.state = State::Closed };
    },
};

/// Lets a socket listen, with an address that the system chooses if it has none.
fn listen(tcp: &mut Tcp) -> Result<()> {
    if tcp.state == State::New {
        let any: SocketAddr = match tcp.family {
            Family::Ipv4 => (Ipv4Addr::UNSPECIFIED, 0).into(),
            Family::Ipv6 => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        tcp.start_bind(&any)?;
        tcp.finish_bind()?;
    }
    tcp.start_listen()?;
    tcp.finish_listen()
}

const CONNECTIONS: Operations = Operations {
    copy: accept,
    dropped: |number| {
        // SAFETY: the stream was a user.
        unsafe { release(number) };
    },
    both: None,
};

/// Nanoseconds after which a connection is tried to be taken again, where the system had no room.
const AGAIN: u64 = 10_000_000;

/// # Safety
/// As above.
unsafe fn accept(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let listening = &mut socket(number).tcp;
    let wait = Wait::For {
        fd: listening.host,
        events: sys::POLLIN,
        until: None,
    };
    if buffer.length == 0 {
        return Ok(match has_event(listening.host, sys::POLLIN) {
            true => Moved::Elements(0),
            false => Moved::Wait(wait),
        });
    }
    let call = buffer.call()?;
    let mut count = 0;
    let wait = loop {
        if count == buffer.length {
            return Ok(Moved::Elements(count));
        }
        match listening.accept() {
            Ok(tcp) => {
                let handle = call.own(Kind::TcpSocket3, add(tcp)?)?;
                let place = buffer.address + 4 * count;
                call.write(place, &handle.to_le_bytes())?;
                count += 1;
            }
            // It was lost before it was taken.
            Err(Error::ConnectionAborted) => {}
            Err(Error::WouldBlock) => break wait,
            Err(_) => {
                break Wait::For {
                    fd: -1,
                    events: 0,
                    until: Some(monotonic() + AGAIN),
                };
            }
        }
    };
    Ok(match count {
        0 => Moved::Wait(wait),
        count => Moved::Elements(count),
    })
}

host! {
    /// Makes a socket.
    fn sockets3_types.tcp_create_3(call, kind: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let made = match Tcp::new(family(kind)?) {
            Ok(tcp) => Ok(call.own(Kind::TcpSocket3, add(tcp)?)?),
            Err(error) => Err(error),
        };
        store(out, 4, made, |handle| out.u32(4, handle));
        Ok(())
    }

    /// Gives it an address.
    fn sockets3_types.tcp_bind_3(
        call, it: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        call.result(result, 20, 4)?;
        let tcp = tcp(&call, it)?;
        let bound = tcp.start_bind(&address).and_then(|()| tcp.finish_bind());
        done(&call, result, bound)
    }

    /// Connects it.
    fn sockets3_types.tcp_connect_3(
        call, it: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) -> wait {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        call.result(result, 20, 4)?;
        let number = number(&call, it)?;
        if let Err(error) = socket(number).tcp.start_connect(&address) {
            done(&call, result, Err(error))?;
            return Ok(0);
        }
        let state = [number as usize, result as usize, call.record() as usize];
        host::begin(call.more().instance, &CONNECT, state, &[call.lent(Kind::TcpSocket3, it)])
    }

    /// Listens: the stream of connections.
    fn sockets3_types.tcp_listen_3(call, it: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let number = number(&call, it)?;
        let socket = socket(number);
        let stream = match listen(&mut socket.tcp) {
            Ok(()) => {
                socket.users += 1;
                let end = HostEnd { operations: &CONNECTIONS, number };
                Ok(stream::make(call.more().instance, call.more().ends[0], end)?.0)
            }
            Err(error) => Err(error),
        };
        store(out, 4, stream, |stream| out.u32(4, stream));
        Ok(())
    }

    /// Sends a stream of the guest: how that ended.
    fn sockets3_types.tcp_send_3(call, it: u32, from: u32) -> u32 {
        let number = number(&call, it)?;
        let more = call.more();
        let [stream, future, ..] = more.ends;
        let from = stream::take(more.instance, stream, from)?;
        let socket = socket(number);
        match refusal(&socket.tcp, socket.has_sent) {
            Some(error) => {
                stream::discard(from);
                outcome::told(&call, future, &RESULT, Err(code(error)))
            }
            None => {
                socket.has_sent = true;
                bytes::sink(&call, connection(number, sent), from, future, &RESULT)
            }
        }
    }

    /// Receives: a stream, and how it ended.
    fn sockets3_types.tcp_receive_3(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let number = number(&call, it)?;
        let [stream, future, ..] = call.more().ends;
        let socket = socket(number);
        let [stream, future] = match refusal(&socket.tcp, socket.has_received) {
            Some(error) => outcome::failed(&call, [stream, future], &RESULT, code(error))?,
            None => {
                socket.has_received = true;
                bytes::source(&call, connection(number, received), [stream, future], &RESULT)?
            }
        };
        out.u32(0, stream);
        out.u32(4, future);
        Ok(())
    }

    /// Its own address.
    fn sockets3_types.tcp_local_address_3(call, it: u32, result: u32) { whole_address(&call, result, tcp(&call, it)?.local_address()) }

    /// The address that it is connected to.
    fn sockets3_types.tcp_remote_address_3(call, it: u32, result: u32) { whole_address(&call, result, tcp(&call, it)?.remote_address()) }

    /// Whether it listens.
    fn sockets3_types.tcp_is_listening_3(call, it: u32) -> u32 { Ok((tcp(&call, it)?.state == State::Listening).into()) }

    /// Its family.
    fn sockets3_types.tcp_address_family_3(call, it: u32) -> u32 { Ok(tcp(&call, it)?.family as u32) }

    /// Sets how many connections may wait to be accepted.
    fn sockets3_types.set_listen_backlog_size_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, tcp(&call, it)?.set_backlog(value))
    }

    /// Whether the connection is probed when nothing comes.
    fn sockets3_types.keep_alive_enabled_3(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(options::keep_alive_enabled);
        small(&call, result, value.map(u8::from))
    }

    /// Sets that.
    fn sockets3_types.set_keep_alive_enabled_3(call, it: u32, value: u32, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_enabled(fd, value != 0)))
    }

    /// How long nothing may come, in nanoseconds.
    fn sockets3_types.keep_alive_idle_time_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::keep_alive_time(fd, KeepAlive::IdleTime)))
    }

    /// Sets that.
    fn sockets3_types.set_keep_alive_idle_time_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_time(fd, KeepAlive::IdleTime, value)))
    }

    /// The time between probes, in nanoseconds.
    fn sockets3_types.keep_alive_interval_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::keep_alive_time(fd, KeepAlive::Interval)))
    }

    /// Sets that.
    fn sockets3_types.set_keep_alive_interval_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_time(fd, KeepAlive::Interval, value)))
    }

    /// How many probes may stay unanswered.
    fn sockets3_types.keep_alive_count_3(call, it: u32, result: u32) {
        word(&call, result, descriptor(&call, it)?.and_then(options::keep_alive_count))
    }

    /// Sets that.
    fn sockets3_types.set_keep_alive_count_3(call, it: u32, value: u32, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_count(fd, value)))
    }

    /// Routers that packets may pass.
    fn sockets3_types.tcp_hop_limit_3(call, it: u32, result: u32) {
        let family = tcp(&call, it)?.family;
        small(&call, result, descriptor(&call, it)?.and_then(|fd| options::hop_limit(fd, family)))
    }

    /// Sets that.
    fn sockets3_types.set_tcp_hop_limit_3(call, it: u32, value: u32, result: u32) {
        call.result(result, 20, 4)?;
        let family = tcp(&call, it)?.family;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_hop_limit(fd, family, value as u8)))
    }

    /// Bytes of the buffer of what was received.
    fn sockets3_types.tcp_receive_buffer_size_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, SystemBuffer::Receive)))
    }

    /// Sets that.
    fn sockets3_types.set_tcp_receive_buffer_size_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, SystemBuffer::Receive, value)))
    }

    /// Bytes of the buffer of what is to be sent.
    fn sockets3_types.tcp_send_buffer_size_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, SystemBuffer::Send)))
    }

    /// Sets that.
    fn sockets3_types.set_tcp_send_buffer_size_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, SystemBuffer::Send, value)))
    }

    /// Closes it, unless streams of it are left.
    fn drop.drop_tcp_socket_3(call, it: u32) {
        if let Some(number) = call.drop(Kind::TcpSocket3, it)? {
            release(number);
        }
        Ok(())
    }
}
