//! UDP sockets.

use super::{RESULT, done, large, small, store, whole_address};
use crate::canonical::Reason;
use crate::component::tasks::host::{self, Operation, Pending};
use crate::net::Wait;
use crate::net::error::{Error, Result};
use crate::net::options::{self, Buffer};
use crate::net::socket;
use crate::net::udp::{self, MAX_DATAGRAM, Udp};
use crate::state::pool::Pool;
use crate::state::region;
use crate::sys::{self, Fd};
use crate::wasi2::io::buffer;
use crate::wasi2::sockets::{ADDRESS, address, address_bytes, family, optional_address};
use crate::wasi2::{Answer, Call, Kind, host};
use core::cell::UnsafeCell;
use core::net::SocketAddr;
use core::ptr::null_mut;

/// A socket; of one that is closed the descriptor is [`socket::NONE`].
struct Socket {
    udp: Udp,
}

/// A datagram that the system had no room for.
struct Datagram {
    socket: u32,
    to: Option<SocketAddr>,
    /// Of [`ROOM`] bytes; null: it is still in the guest's memory, at this address.
    copy: *mut u8,
    data: *const u8,
    len: usize,
    result: u32,
    record: usize,
}

const ROOM: usize = (MAX_DATAGRAM + 1).next_multiple_of(sys::PAGE);

struct Cell(UnsafeCell<(Pool<Socket>, Pool<Datagram>)>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static SOCKETS: Cell = Cell(UnsafeCell::new((Pool::new(), Pool::new())));

/// Closes and forgets all sockets.
pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe {
        let all = SOCKETS.0.get();
        (*all)
            .0
            .each_used(|socket| socket::close((*socket).udp.host));
        all.write((Pool::new(), Pool::new()));
    }
}

/// The socket with this number.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn socket(number: u32) -> &'static mut Udp {
    &mut (*(*SOCKETS.0.get()).0.get(number)).udp
}

fn number(call: &Call, index: u32) -> Answer<u32> {
    call.rep(Kind::UdpSocket3, index)
}

/// The socket of a handle.
///
/// # Safety
/// As above.
unsafe fn udp(call: &Call, index: u32) -> Answer<&'static mut Udp> {
    Ok(socket(number(call, index)?))
}

/// The descriptor of a socket's handle, for options.
///
/// # Safety
/// As above.
unsafe fn descriptor(call: &Call, index: u32) -> Answer<Result<Fd>> {
    Ok(udp(call, index)?.descriptor())
}

fn connect(udp: &mut Udp, peer: &SocketAddr) -> Result<()> {
    udp.descriptor()?;
    udp.set_peer(Some(peer))?;
    udp.is_bound_by_system();
    Ok(())
}

/// The number of a [`Datagram`].
static SEND: Operation = Operation {
    step: |pending: &mut Pending| {
        // SAFETY: the handle of the socket is lent.
        unsafe { send(pending.state[0] as u32) }
    },
    cancel: |pending| {
        // SAFETY: the number is not used any more.
        unsafe { forget(pending.state[0] as u32) };
    },
};

/// # Safety
/// As above.
unsafe fn send(number: u32) -> Answer<Option<Wait>> {
    let datagram = &mut *(*SOCKETS.0.get()).1.get(number);
    let udp = socket(datagram.socket);
    let data = (datagram.data, datagram.len);
    let to = datagram.to.as_ref();
    let sent = udp
        .descriptor()
        .and_then(|fd| udp::send(fd, udp.family, udp.peer(), to, data));
    match sent {
        Err(Error::WouldBlock) => {
            if datagram.copy.is_null() {
                // The guest may use its memory for something else.
                let room = region::pages(ROOM).map_err(|_| Reason::TooManyHandles)?;
                core::ptr::copy_nonoverlapping(datagram.data, room, datagram.len);
                (datagram.copy, datagram.data) = (room, room);
            }
            return Ok(Some(Wait::For {
                fd: udp.host,
                events: sys::POLLOUT,
                until: None,
            }));
        }
        Ok(()) => udp.is_bound_by_system(),
        Err(_) => {}
    }
    let call = Call::at(null_mut(), datagram.record as *const _);
    let result = datagram.result;
    forget(number);
    done(&call, result, sent)?;
    Ok(None)
}

/// # Safety
/// As above.
unsafe fn forget(number: u32) {
    let pool = &mut (*SOCKETS.0.get()).1;
    let copy = (*pool.get(number)).copy;
    if !copy.is_null() {
        region::give_back(copy, ROOM);
    }
    pool.remove(number);
}

/// Number of the socket, where the result goes, and the caller's side.
static RECEIVE: Operation = Operation {
    step: |pending: &mut Pending| {
        let [number, result, record] = pending.state;
        // SAFETY: the handle of the socket is lent, and the record is the program's.
        unsafe {
            let call = Call::at(null_mut(), record as *const _);
            receive(number as u32, call, result as u32)
        }
    },
    cancel: |_| {},
};

/// # Safety
/// As above.
unsafe fn receive(number: u32, mut call: Call, result: u32) -> Answer<Option<Wait>> {
    let udp = socket(number);
    let got = loop {
        let ready = match udp.is_bound() {
            true => udp.descriptor(),
            false => Err(Error::InvalidState),
        };
        match ready.and_then(|fd| udp::receive(fd, udp.peer(), buffer().as_mut_ptr())) {
            // From somebody else.
            Ok(None) => {}
            Ok(Some(got)) => break Ok(got),
            Err(Error::WouldBlock) => {
                return Ok(Some(Wait::For {
                    fd: udp.host,
                    events: sys::POLLIN,
                    until: None,
                }));
            }
            Err(error) => break Err(error),
        }
    };
    let out = call.result(result, 4 + 8 + ADDRESS as u64, 4)?;
    let got = match got {
        Ok((len, from)) => Ok((call.copy(buffer().get(..len).unwrap_or(&[]))?, len, from)),
        Err(error) => Err(error),
    };
    store(out, 4, got, |(at, len, from)| {
        out.list(4, at, len);
        out.put(12, &address_bytes(&from));
    });
    Ok(None)
}

host! {
    /// Makes a socket.
    fn sockets3_types.udp_create_3(call, kind: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let made = match Udp::new(family(kind)?) {
            Ok(udp) => {
                let added = (*SOCKETS.0.get()).0.add(Socket { udp });
                let (number, _) = added.ok_or(Reason::TooManyHandles)?;
                Ok(call.own(Kind::UdpSocket3, number)?)
            }
            Err(error) => Err(error),
        };
        store(out, 4, made, |handle| out.u32(4, handle));
        Ok(())
    }

    /// Gives it an address.
    fn sockets3_types.udp_bind_3(
        call, it: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        call.result(result, 20, 4)?;
        let udp = udp(&call, it)?;
        let bound = udp.start_bind(&address).and_then(|()| udp.finish_bind());
        done(&call, result, bound)
    }

    /// Lets it talk to one peer alone.
    fn sockets3_types.udp_connect_3(
        call, it: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, result: u32,
    ) {
        let address = address(case, [a, b, c, d, e, f, g, h, i, j, k])?;
        call.result(result, 20, 4)?;
        let udp = udp(&call, it)?;
        done(&call, result, connect(udp, &address))
    }

    /// Lets it talk to anybody again.
    fn sockets3_types.udp_disconnect_3(call, it: u32, result: u32) {
        call.result(result, 20, 4)?;
        let udp = udp(&call, it)?;
        let done_so = match udp.peer() {
            Some(_) => udp.set_peer(None),
            None => Err(Error::InvalidState),
        };
        done(&call, result, done_so)
    }

    /// Sends a datagram.
    fn sockets3_types.udp_send_3(
        call, it: u32, data: u32, len: u32, some: u32, case: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32,
        k: u32, result: u32,
    ) -> wait {
        let to = optional_address(some, case, [a, b, c, d, e, f, g, h, i, j, k])?;
        call.result(result, RESULT.size.into(), RESULT.align)?;
        let socket = number(&call, it)?;
        let data = call.bytes(data, len)?;
        let datagram = Datagram {
            socket,
            to,
            copy: null_mut(),
            data: data.as_ptr(),
            len: data.len(),
            result,
            record: call.record() as usize,
        };
        let added = (*SOCKETS.0.get()).1.add(datagram);
        let (number, _) = added.ok_or(Reason::TooManyHandles)?;
        host::begin(call.more().instance, &SEND, [number as usize, 0, 0], &[call.lent(Kind::UdpSocket3, it)])
    }

    /// Receives a datagram.
    fn sockets3_types.udp_receive_3(call, it: u32, result: u32) -> wait {
        call.result(result, 4 + 8 + ADDRESS as u64, 4)?;
        let number = number(&call, it)?;
        let state = [number as usize, result as usize, call.record() as usize];
        host::begin(call.more().instance, &RECEIVE, state, &[call.lent(Kind::UdpSocket3, it)])
    }

    /// Its own address.
    fn sockets3_types.udp_local_address_3(call, it: u32, result: u32) { whole_address(&call, result, udp(&call, it)?.local_address()) }

    /// The address of its peer.
    fn sockets3_types.udp_remote_address_3(call, it: u32, result: u32) { whole_address(&call, result, udp(&call, it)?.remote_address()) }

    /// Its family.
    fn sockets3_types.udp_address_family_3(call, it: u32) -> u32 { Ok(udp(&call, it)?.family as u32) }

    /// Routers that packets may pass.
    fn sockets3_types.unicast_hop_limit_3(call, it: u32, result: u32) {
        let family = udp(&call, it)?.family;
        small(&call, result, descriptor(&call, it)?.and_then(|fd| options::hop_limit(fd, family)))
    }

    /// Sets that.
    fn sockets3_types.set_unicast_hop_limit_3(call, it: u32, value: u32, result: u32) {
        call.result(result, 20, 4)?;
        let family = udp(&call, it)?.family;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_hop_limit(fd, family, value as u8)))
    }

    /// Bytes of the buffer of what was received.
    fn sockets3_types.udp_receive_buffer_size_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Receive)))
    }

    /// Sets that.
    fn sockets3_types.set_udp_receive_buffer_size_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, Buffer::Receive, value)))
    }

    /// Bytes of the buffer of what is to be sent.
    fn sockets3_types.udp_send_buffer_size_3(call, it: u32, result: u32) {
        large(&call, result, descriptor(&call, it)?.and_then(|fd| options::buffer_size(fd, Buffer::Send)))
    }

    /// Sets that.
    fn sockets3_types.set_udp_send_buffer_size_3(call, it: u32, value: u64, result: u32) {
        call.result(result, 20, 4)?;
        done(&call, result, descriptor(&call, it)?.and_then(|fd| options::set_buffer_size(fd, Buffer::Send, value)))
    }

    /// Closes it.
    fn drop.drop_udp_socket_3(call, it: u32) {
        if let Some(number) = call.drop(Kind::UdpSocket3, it)? {
            let host = core::mem::replace(&mut socket(number).host, socket::NONE);
            (*SOCKETS.0.get()).0.remove(number);
            socket::close(host);
        }
        Ok(())
    }
}
