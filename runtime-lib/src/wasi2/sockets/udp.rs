//! UDP sockets and their streams of datagrams, which are their children.

use super::super::io::{buffer, subscribe_object};
use super::super::object::{self, Datagrams, NONE, Object, Permit, Pollable};
use super::{
    ADDRESS, address_bytes, done, fail, family, large, network, optional_address, read_address,
    small, store, whole_address,
};
use crate::canonical::{MAX_BYTES, Reason};
use crate::net::error::{Error, Result};
use crate::net::options::{self, Buffer};
use crate::net::udp::{self, Udp};
use crate::net::{Wait, has_event, socket};
use crate::sys::{self, Fd};
use crate::wasi2::{Answer, Call, Kind, host};
use core::net::SocketAddr;

/// Datagrams that one call receives, and that `check-send` permits.
const MAX_RECEIVED: usize = 16;
const PERMITTED: u32 = 16;

/// Bytes of an `incoming-datagram` and of an `outgoing-datagram`.
const INCOMING: usize = 8 + ADDRESS;
const OUTGOING: usize = 8 + 4 + ADDRESS;

/// The socket of a handle, and its number.
fn socket_of(call: &Call, index: u32) -> Answer<(u32, &'static mut Udp)> {
    let number = call.rep(Kind::UdpSocket, index)?;
    match object::get(number) {
        Object::Udp { socket, .. } => Ok((number, socket)),
        _ => sys::fatal("wative: a handle stands for no socket\n"),
    }
}

/// The descriptor of a socket's handle, for options.
fn descriptor(call: &Call, index: u32) -> Answer<Result<Fd>> {
    Ok(socket_of(call, index)?.1.descriptor())
}

/// The stream of datagrams of this number.
fn datagrams(number: u32) -> &'static mut Datagrams {
    match object::get(number) {
        Object::Datagrams(stream) => stream,
        _ => sys::fatal("wative: a handle stands for no stream of datagrams\n"),
    }
}

/// Whether streams of a socket are left.
fn has_streams(number: u32) -> bool {
    let Object::Udp { input, output, .. } = object::get(number) else {
        return false;
    };
    // Numbers may belong to something else by now.
    [*input, *output].iter().any(|&stream| {
        stream != NONE
            && object::parent(stream) == number
            && matches!(object::get(stream), Object::Datagrams(_))
    })
}

/// A received datagram in the guest's memory, as it is in the list.
type Received = [u8; INCOMING];

/// Receives datagrams: how many are in the list now.
fn receive(
    call: &mut Call,
    number: u32,
    max: u64,
    list: &mut [Received; MAX_RECEIVED],
) -> Answer<Result<usize>> {
    let Datagrams { host, peer, .. } = *datagrams(number);
    let most = usize::try_from(max).unwrap_or(usize::MAX);
    let mut count = 0;
    for place in list.iter_mut().take(most) {
        let (len, from) = loop {
            match udp::receive(host, peer.as_ref(), buffer().as_mut_ptr()) {
                Ok(Some(received)) => break received,
                Ok(None) => {}
                Err(Error::WouldBlock) => return Ok(Ok(count)),
                Err(_) if count != 0 => return Ok(Ok(count)),
                Err(error) => return Ok(Err(error)),
            }
        };
        let at = call.copy(buffer().get(..len).unwrap_or(&[]))?;
        place[..4].copy_from_slice(&at.to_le_bytes());
        place[4..8].copy_from_slice(&(len as u32).to_le_bytes());
        place[8..].copy_from_slice(&address_bytes(&from));
        count += 1;
    }
    Ok(Ok(count))
}

/// A datagram to send: its data, and to whom.
#[derive(Clone, Copy)]
struct Outgoing {
    data: (*const u8, usize),
    to: Option<SocketAddr>,
}

/// Reads an `outgoing-datagram`.
fn read_outgoing(call: &Call, at: u32) -> Answer<Outgoing> {
    let mut bytes = [0; OUTGOING];
    let read = call.guest().read(at, &mut bytes);
    read.map_err(|_| Reason::HostListOutOfBounds)?;
    let word = |at: usize| {
        let [a, b, c, d] = [at, at + 1, at + 2, at + 3].map(|at| bytes[at]);
        u32::from_le_bytes([a, b, c, d])
    };
    let data = call.bytes(word(0), word(4))?;
    let mut address = [0; ADDRESS];
    address.copy_from_slice(&bytes[12..]);
    let to = match bytes[8] {
        0 => None,
        1 => Some(read_address(&address)?),
        _ => return Err(Reason::InvalidDiscriminant),
    };
    Ok(Outgoing {
        data: (data.as_ptr(), data.len()),
        to,
    })
}

/// Sends a list of datagrams: how many were.
fn send(call: &Call, number: u32, list: u32, len: u32) -> Answer<Result<u64>> {
    if !list.is_multiple_of(4) {
        return Err(Reason::HostListUnaligned);
    }
    let size = u64::from(len) * OUTGOING as u64;
    let range = call.guest().range(list, size);
    if size > MAX_BYTES || range.is_err() {
        return Err(Reason::HostListOutOfBounds);
    }
    let stream = datagrams(number);
    match stream.permit {
        Permit::Of(count) if count >= len => stream.permit = Permit::None,
        _ => return Err(Reason::Unpermitted),
    }
    // All are looked at before the first is sent.
    let each = (0..len).map(|i| read_outgoing(call, list + i * OUTGOING as u32));
    for datagram in each.clone() {
        datagram?;
    }
    let mut count = 0;
    for datagram in each {
        let Outgoing { data, to } = datagram?;
        match udp::send(
            stream.host,
            stream.family,
            stream.peer.as_ref(),
            to.as_ref(),
            data,
        ) {
            Ok(()) => count += 1,
            Err(_) if count > 0 => break,
            Err(Error::WouldBlock) => {
                stream.permit = Permit::Waiting;
                break;
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(count))
}

fn wait_incoming(number: u32) -> Wait {
    Wait::on(datagrams(number).host, sys::POLLIN)
}

fn wait_outgoing(number: u32) -> Wait {
    let stream = datagrams(number);
    match stream.permit {
        Permit::Waiting => Wait::on(stream.host, sys::POLLOUT),
        Permit::None | Permit::Of(_) => Wait::Ready,
    }
}

fn wait_socket(_number: u32) -> Wait {
    Wait::Ready
}

fn forget(call: &Call, kind: Kind, index: u32) -> Answer<()> {
    if let Some(number) = call.drop(kind, index)?
        && let Object::Udp { socket, .. } = object::remove(number)?
    {
        socket::close(socket.host);
    }
    Ok(())
}

host! {
    /// Makes a socket.
    fn sockets_udp_create_socket.create_udp_socket(call, kind: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        match Udp::new(family(kind)?) {
            Ok(socket) => {
                let object = object::insert(Object::Udp { socket, input: NONE, output: NONE })?;
                out.u8(0, 0);
                out.u32(4, call.own(Kind::UdpSocket, object)?);
            }
            Err(error) => fail(out, 4, error),
        }
        Ok(())
    }

    /// Starts to give it an address.
    fn sockets_udp.udp_start_bind(
        call, it: u32, net: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = super::address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        let (_, udp) = socket_of(&call, it)?;
        network(&call, net)?;
        call.result(result, 2, 1)?;
        done(&call, result, udp.start_bind(&address))
    }

    /// Its address is given.
    fn sockets_udp.udp_finish_bind(call, it: u32, result: u32) {
        call.result(result, 2, 1)?;
        let finished = socket_of(&call, it)?.1.finish_bind();
        done(&call, result, finished)
    }

    /// Its streams, for one peer or for any.
    fn sockets_udp.stream(
        call, it: u32, is_some: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let peer = optional_address(is_some, case, [a, b, c, d, e, f, g, h, i, j, k])?;
        let out = call.result(result, 12, 4)?;
        let (number, udp) = socket_of(&call, it)?;
        if has_streams(number) {
            return Err(Reason::HasChildren);
        }
        let connected = match udp.is_bound() {
            true => udp.set_peer(peer.as_ref()),
            false => Err(Error::InvalidState),
        };
        if let Err(error) = connected {
            fail(out, 4, error);
            return Ok(());
        }
        let stream = Object::Datagrams(Datagrams { host: udp.host, family: udp.family, peer, permit: Permit::None });
        let numbers = [object::insert_child(stream, number)?, object::insert_child(stream, number)?];
        if let Object::Udp { input, output, .. } = object::get(number) {
            [*input, *output] = numbers;
        }
        out.u8(0, 0);
        out.u32(4, call.own(Kind::IncomingDatagramStream, numbers[0])?);
        out.u32(8, call.own(Kind::OutgoingDatagramStream, numbers[1])?);
        Ok(())
    }

    /// Its own address.
    fn sockets_udp.udp_local_address(call, it: u32, result: u32) {
        let (_, udp) = socket_of(&call, it)?;
        whole_address(&call, result, udp.local_address())
    }

    /// The address of its peer.
    fn sockets_udp.udp_remote_address(call, it: u32, result: u32) {
        let (_, udp) = socket_of(&call, it)?;
        whole_address(&call, result, udp.remote_address())
    }

    /// Its family.
    fn sockets_udp.udp_address_family(call, it: u32) -> u32 {
        let (_, udp) = socket_of(&call, it)?;
        Ok(udp.family as u32)
    }

    /// Routers that packets may pass.
    fn sockets_udp.unicast_hop_limit(call, it: u32, result: u32) {
        let family = socket_of(&call, it)?.1.family;
        let value = descriptor(&call, it)?.and_then(|fd| options::hop_limit(fd, family));
        small(&call, result, value)
    }

    /// Sets that.
    fn sockets_udp.set_unicast_hop_limit(call, it: u32, value: u32, result: u32) {
        call.result(result, 2, 1)?;
        let family = socket_of(&call, it)?.1.family;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_hop_limit(fd, family, value as u8));
        done(&call, result, set)
    }

    /// Bytes of the buffer of what was received.
    fn sockets_udp.udp_receive_buffer_size(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Receive));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_udp.udp_set_receive_buffer_size(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, Buffer::Receive, value));
        done(&call, result, set)
    }

    /// Bytes of the buffer of what is to be sent.
    fn sockets_udp.udp_send_buffer_size(call, it: u32, result: u32) {
        let value = descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Send));
        large(&call, result, value)
    }

    /// Sets that.
    fn sockets_udp.udp_set_send_buffer_size(call, it: u32, value: u64, result: u32) {
        call.result(result, 2, 1)?;
        let set = descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, Buffer::Send, value));
        done(&call, result, set)
    }

    /// Waits for nothing: no operation of the socket itself does.
    fn sockets_udp.udp_subscribe(call, it: u32) -> u32 {
        let (number, _) = socket_of(&call, it)?;
        subscribe_object(&call, Pollable::Object(number, wait_socket), number)
    }

    /// Receives what is there.
    fn sockets_udp.receive(call, it: u32, max: u64, result: u32) {
        let out = call.result(result, 12, 4)?;
        let number = call.rep(Kind::IncomingDatagramStream, it)?;
        let mut list = [[0; INCOMING]; MAX_RECEIVED];
        match self::receive(&mut call, number, max, &mut list)? {
            Ok(count) => {
                let at = call.allocate_list(count, INCOMING as u32, 4)?;
                for (i, datagram) in list.iter().take(count).enumerate() {
                    call.write(at + (i * INCOMING) as u32, datagram)?;
                }
                out.u8(0, 0);
                out.list(4, at, count);
            }
            Err(error) => fail(out, 4, error),
        }
        Ok(())
    }

    /// Waits until something has come.
    fn sockets_udp.subscribe_incoming(call, it: u32) -> u32 {
        let number = call.rep(Kind::IncomingDatagramStream, it)?;
        subscribe_object(&call, Pollable::Object(number, wait_incoming), number)
    }

    /// How many datagrams may be sent.
    fn sockets_udp.check_send(call, it: u32, result: u32) {
        let out = call.result(result, 16, 8)?;
        let stream = datagrams(call.rep(Kind::OutgoingDatagramStream, it)?);
        if stream.permit == Permit::Waiting && has_event(stream.host, sys::POLLOUT) {
            stream.permit = Permit::None;
        }
        if stream.permit == Permit::None {
            stream.permit = Permit::Of(PERMITTED);
        }
        let count = match stream.permit {
            Permit::Of(count) => count.into(),
            Permit::None | Permit::Waiting => 0,
        };
        store(out, 8, Ok(count), |count| out.u64(8, count));
        Ok(())
    }

    /// Sends datagrams.
    fn sockets_udp.send(call, it: u32, list: u32, len: u32, result: u32) {
        call.result(result, 16, 8)?;
        let number = call.rep(Kind::OutgoingDatagramStream, it)?;
        let sent = self::send(&call, number, list, len)?;
        large(&call, result, sent)
    }

    /// Waits until something can be sent.
    fn sockets_udp.subscribe_outgoing(call, it: u32) -> u32 {
        let number = call.rep(Kind::OutgoingDatagramStream, it)?;
        subscribe_object(&call, Pollable::Object(number, wait_outgoing), number)
    }

    /// Closes it.
    fn drop.drop_udp_socket(call, it: u32) { forget(&call, Kind::UdpSocket, it) }

    /// Drops a stream.
    fn drop.drop_incoming_datagram_stream(call, it: u32) { forget(&call, Kind::IncomingDatagramStream, it) }

    /// Drops a stream.
    fn drop.drop_outgoing_datagram_stream(call, it: u32) { forget(&call, Kind::OutgoingDatagramStream, it) }
}
