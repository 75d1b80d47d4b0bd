//! TCP sockets. A connection's streams are children of its socket.

use super::super::io::subscribe_object;
use super::super::object::{self, NONE, Object, Place, Pollable, Stream};
use super::{address, done, fail, family, large, network, small, store, whole_address};
use crate::canonical::Reason;
use crate::net::error::{Error, Result};
use crate::net::options::{self, Buffer, KeepAlive};
use crate::net::tcp::{State, Tcp};
use crate::net::{Wait, socket};
use crate::sys::{self, Fd};
use crate::wasi::fds::{Entry, rights};
use crate::wasi2::{Answer, Call, Kind, host};

/// The socket of a handle, and its number.
fn tcp(call: &Call, index: u32) -> Answer<(u32, &'static mut Tcp)> {
    let number = call.rep(Kind::TcpSocket, index)?;
    Ok((number, socket_of(number)))
}

fn socket_of(number: u32) -> &'static mut Tcp {
    match object::get(number) {
        Object::Tcp { socket, .. } => socket,
        _ => sys::fatal("wative: a handle stands for no socket\n"),
    }
}

/// The descriptor of a socket's handle, for options.
fn descriptor(call: &Call, index: u32) -> Answer<Result<Fd>> {
    Ok(tcp(call, index)?.1.descriptor())
}

/// Bytes that can be written at once when a connection is writable: at least a third of its buffer is free then, of which the kernel needs up to half for itself.
fn room(host: Fd) -> u32 {
    let size = sys::getsockopt(host, sys::SOL_SOCKET, sys::SO_SNDBUF).unwrap_or(0);
    (size / 8).clamp(4096, 65536)
}

/// Makes the streams of a connection: handles of the input and the output.
fn streams(call: &Call, number: u32) -> Answer<[u32; 2]> {
    let host = socket_of(number).host;
    let stream = Stream {
        entry: Entry::new(host, false, rights::FILE, 0),
        place: Place::Socket(room(host)),
        is_owner: false,
        is_closed: false,
        source: None,
    };
    let numbers = [
        object::insert_child(Object::Input(stream), number)?,
        object::insert_child(Object::Output(stream), number)?,
    ];
    if let Object::Tcp { input, output, .. } = object::get(number) {
        [*input, *output] = numbers;
    }
    Ok([
        call.own(Kind::InputStream, numbers[0])?,
        call.own(Kind::OutputStream, numbers[1])?,
    ])
}

/// The input (0) or output (1) of a connection, if it is there still. Its number may belong to something else by now.
fn stream_of(number: u32, which: usize) -> Option<&'static mut Stream> {
    let Object::Tcp { input, output, .. } = object::get(number) else {
        return None;
    };
    let stream = [*input, *output][which];
    if stream == NONE || object::parent(stream) != number {
        return None;
    }
    match (object::get(stream), which) {
        (Object::Input(stream), 0) | (Object::Output(stream), 1) => Some(stream),
        _ => None,
    }
}

/// Closes directions of a connection.
fn shutdown(number: u32, receives: bool, sends: bool) -> Result<()> {
    let tcp = socket_of(number);
    if tcp.state != State::Connected {
        return Err(Error::InvalidState);
    }
    let directions = [(receives, sys::SHUT_RD), (sends, sys::SHUT_WR)];
    for (which, (_, how)) in directions.iter().enumerate().filter(|(_, (is, _))| *is) {
        // Where the other side has ended the connection there is nothing to close.
        let _ = sys::shutdown(tcp.host, *how);
        if let Some(stream) = stream_of(number, which) {
            stream.is_closed = true;
        }
    }
    Ok(())
}

fn wait(number: u32) -> Wait {
    socket_of(number).wait()
}

host! {
    /// Makes a socket.
    fn sockets_tcp_create_socket.create_tcp_socket(call, kind: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        match Tcp::new(family(kind)?) {
            Ok(socket) => {
                let object = object::insert(Object::Tcp { socket, input: NONE, output: NONE })?;
                out.u8(0, 0);
                out.u32(4, call.own(Kind::TcpSocket, object)?);
            }
            Err(error) => fail(out, 4, error),
        }
        Ok(())
    }

    /// Starts to give it an address.
    fn sockets_tcp.tcp_start_bind(
        call, it: u32, net: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        let (_, tcp) = tcp(&call, it)?;
        network(&call, net)?;
        call.result(result, 2, 1)?;
        done(&call, result, tcp.start_bind(&address))
    }

    /// Its address is given.
    fn sockets_tcp.tcp_finish_bind(call, it: u32, result: u32) {
        call.result(result, 2, 1)?;
        let finished = tcp(&call, it)?.1.finish_bind();
        done(&call, result, finished)
    }

    /// Starts to connect it.
    fn sockets_tcp.tcp_start_connect(
        call, it: u32, net: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        let (_, tcp) = tcp(&call, it)?;
        network(&call, net)?;
        call.result(result, 2, 1)?;
        done(&call, result, tcp.start_connect(&address))
    }

    /// It is connected: its streams.
    fn sockets_tcp.tcp_finish_connect(call, it: u32, result: u32) {
        let out = call.result(result, 12, 4)?;
        let (number, tcp) = tcp(&call, it)?;
        match tcp.finish_connect() {
            Ok(()) => {
                let [input, output] = streams(&call, number)?;
                out.u8(0, 0);
                out.u32(4, input);
                out.u32(8, output);
            }
            Err(error) => fail(out, 4, error),
        }
        Ok(())
    }

    /// Starts to listen.
    fn sockets_tcp.tcp_start_listen(call, it: u32, result: u32) {
        call.result(result, 2, 1)?;
        let started = tcp(&call, it)?.1.start_listen();
        done(&call, result, started)
    }

    /// It listens.
    fn sockets_tcp.tcp_finish_listen(call, it: u32, result: u32) {
        call.result(result, 2, 1)?;
        let finished = tcp(&call, it)?.1.finish_listen();
        done(&call, result, finished)
    }

    /// Takes a connection: its socket and its streams.
    fn sockets_tcp.tcp_accept(call, it: u32, result: u32) {
        let out = call.result(result, 16, 4)?;
        match tcp(&call, it)?.1.accept() {
            Ok(socket) => {
                let number = object::insert(Object::Tcp { socket, input: NONE, output: NONE })?;
                let handle = call.own(Kind::TcpSocket, number)?;
                let [input, output] = streams(&call, number)?;
                out.u8(0, 0);
                out.u32(4, handle);
                out.u32(8, input);
                out.u32(12, output);
            }
            Err(error) => fail(out, 4, error),
        }
        Ok(())
    }

    /// Its own address.
    fn sockets_tcp.tcp_local_address(call, it: u32, result: u32) {
        let (_, tcp) = tcp(&call, it)?;
        whole_address(&call, result, tcp.local_address())
    }

    /// The address that it is connected to.
    fn sockets_tcp.tcp_remote_address(call, it: u32, result: u32) {
        let (_, tcp) = tcp(&call, it)?;
        whole_address(&call, result, tcp.remote_address())
    }

    /// Whether it listens.
    fn sockets_tcp.tcp_is_listening(call, it: u32) -> u32 {
        let (_, tcp) = tcp(&call, it)?;
        Ok((tcp.state == State::Listening).into())
    }

    /// Its family.
    fn sockets_tcp.tcp_address_family(call, it: u32) -> u32 {
        let (_, tcp) = tcp(&call, it)?;
        Ok(tcp.family as u32)
    }

    /// Sets how many connections may wait to be accepted.
    fn sockets_tcp.set_listen_backlog_size(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = tcp(&call, it)?.1.set_backlog(value);
        done(&call, result, set)
    }

    /// Whether the connection is probed when nothing comes.
    fn sockets_tcp.keep_alive_enabled(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(options::keep_alive_enabled);
        small(&call, result, value.map(u8::from))
    }

    /// Sets that.
    fn sockets_tcp.set_keep_alive_enabled(call, it: u32, value: u32, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_enabled(fd, value != 0));
        done(&call, result, set)
    }

    /// How long nothing may come, in nanoseconds.
    fn sockets_tcp.keep_alive_idle_time(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::keep_alive_time(fd, KeepAlive::IdleTime));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_tcp.set_keep_alive_idle_time(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_time(fd, KeepAlive::IdleTime, value));
        done(&call, result, set)
    }

    /// The time between probes, in nanoseconds.
    fn sockets_tcp.keep_alive_interval(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::keep_alive_time(fd, KeepAlive::Interval));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_tcp.set_keep_alive_interval(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_time(fd, KeepAlive::Interval, value));
        done(&call, result, set)
    }

    /// How many probes may stay unanswered.
    fn sockets_tcp.keep_alive_count(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let value = descriptor(&call, it)?.and_then(options::keep_alive_count);
        store(out, 4, value, |value| out.u32(4, value));
        Ok(())
    }

    /// Sets that.
    fn sockets_tcp.set_keep_alive_count(call, it: u32, value: u32, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_keep_alive_count(fd, value));
        done(&call, result, set)
    }

    /// Routers that packets may pass.
    fn sockets_tcp.tcp_hop_limit(call, it: u32, result: u32) {
        let family = tcp(&call, it)?.1.family;
        let value = descriptor(&call, it)?.and_then(|fd| options::hop_limit(fd, family));
        small(&call, result, value)
    }

    /// Sets that.
    fn sockets_tcp.tcp_set_hop_limit(call, it: u32, value: u32, result: u32) {
        call.result(result, 2, 1)?;
        let family = tcp(&call, it)?.1.family;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_hop_limit(fd, family, value as u8));
        done(&call, result, set)
    }

    /// Bytes of the buffer of what was received.
    fn sockets_tcp.tcp_receive_buffer_size(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Receive));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_tcp.tcp_set_receive_buffer_size(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, Buffer::Receive, value));
        done(&call, result, set)
    }

    /// Bytes of the buffer of what is to be sent.
    fn sockets_tcp.tcp_send_buffer_size(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Send));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_tcp.tcp_set_send_buffer_size(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let (number, tcp) = tcp(&call, it)?;
        let set = tcp.descriptor().and_then(|fd| options::set_buffer_size(fd, Buffer::Send, value));
        if let Some(stream) = stream_of(number, 1) {
            stream.place = Place::Socket(room(tcp.host));
        }
        done(&call, result, set)
    }

    /// Waits until it is connected, or until a connection comes.
    fn sockets_tcp.tcp_subscribe(call, it: u32) -> u32 {
        let (number, _) = tcp(&call, it)?;
        subscribe_object(&call, Pollable::Object(number, wait), number)
    }

    /// Closes the connection in one or both directions.
    fn sockets_tcp.tcp_shutdown(call, it: u32, how: u32, result: u32) {
        let (receives, sends) = match how {
            0 => (true, false),
            1 => (false, true),
            2 => (true, true),
            _ => return Err(Reason::InvalidDiscriminant),
        };
        call.result(result, 2, 1)?;
        let (number, _) = tcp(&call, it)?;
        done(&call, result, shutdown(number, receives, sends))
    }

    /// Closes it.
    fn drop.drop_tcp_socket(call, it: u32) {
        if let Some(number) = call.drop(Kind::TcpSocket, it)?
            && let Object::Tcp { socket, .. } = object::remove(number)?
        {
            socket::close(socket.host);
        }
        Ok(())
    }
}
