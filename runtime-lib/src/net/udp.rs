//! UDP sockets with the states of WASI.

use super::error::{Error, Result};
use super::policy;
use super::socket::{self, Family};
use crate::sys::{self, Errno, Fd, SockAddr};
use core::net::SocketAddr;

/// Bytes that a datagram cannot have more of: its length has 16 bits.
pub const MAX_DATAGRAM: usize = 65535;

/// Where a socket is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    New,
    BindStarted,
    Bound,
}

/// A UDP socket. It does not close its descriptor by itself.
#[derive(Clone, Copy)]
pub struct Udp {
    pub host: Fd,
    pub family: Family,
    state: State,
    peer: Option<SocketAddr>,
}

impl Udp {
    /// Makes a socket.
    pub fn new(family: Family) -> Result<Udp> {
        Ok(Udp {
            host: socket::create(family, sys::SOCK_DGRAM)?,
            family,
            state: State::New,
            peer: None,
        })
    }

    /// The descriptor, for options.
    pub fn descriptor(&self) -> Result<Fd> {
        match self.host {
            socket::NONE => Err(Error::AccessDenied),
            host => Ok(host),
        }
    }

    /// Starts to give it an address, which is done at once.
    pub fn start_bind(&mut self, address: &SocketAddr) -> Result<()> {
        if !policy::may_bind(address) {
            return Err(Error::AccessDenied);
        }
        if self.state != State::New {
            return Err(Error::InvalidState);
        }
        if !self.family.fits(address.ip()) {
            return Err(Error::InvalidArgument);
        }
        socket::bind(self.host, address)?;
        self.state = State::BindStarted;
        Ok(())
    }

    pub fn finish_bind(&mut self) -> Result<()> {
        match self.state {
            State::BindStarted => {
                self.state = State::Bound;
                Ok(())
            }
            _ => Err(Error::NotInProgress),
        }
    }

    /// The system has given it an address, because something was sent or a peer set.
    pub fn is_bound_by_system(&mut self) {
        self.state = State::Bound;
    }

    /// Whom it talks to alone.
    pub fn peer(&self) -> Option<&SocketAddr> {
        self.peer.as_ref()
    }

    pub fn is_bound(&self) -> bool {
        self.state == State::Bound
    }

    /// Connects it to an address, or to none. Where that fails it is connected to none.
    pub fn set_peer(&mut self, peer: Option<&SocketAddr>) -> Result<()> {
        if self.peer.take().is_some() {
            disconnect(self.host)?;
        }
        let Some(address) = peer else {
            return Ok(());
        };
        if !policy::may_send(address) {
            return Err(Error::AccessDenied);
        }
        if !self.family.fits(address.ip()) || !socket::is_remote(address) {
            return Err(Error::InvalidArgument);
        }
        match sys::connect(self.host, &SockAddr::new(address)) {
            Ok(_) => {
                self.peer = Some(*address);
                Ok(())
            }
            Err(Errno::AFNOSUPPORT) => Err(Error::InvalidArgument),
            Err(errno) => Err(errno.into()),
        }
    }

    pub fn local_address(&self) -> Result<SocketAddr> {
        match self.state {
            State::Bound => socket::local_address(self.host),
            State::New | State::BindStarted => Err(Error::InvalidState),
        }
    }

    pub fn remote_address(&self) -> Result<SocketAddr> {
        match self.peer {
            Some(_) => socket::remote_address(self.host),
            None => Err(Error::InvalidState),
        }
    }
}

/// Takes a socket's peer away. Linux takes a port with it that the system had chosen, so the socket gets its address back.
fn disconnect(fd: Fd) -> Result<()> {
    let before = sys::getsockname(fd)?;
    match sys::connect(fd, &SockAddr::UNSPEC) {
        Ok(_) | Err(Errno::AFNOSUPPORT) => {}
        Err(errno) => return Err(errno.into()),
    }
    let port = |address: &SockAddr| address.get().map_or(0, |address| address.port());
    if port(&sys::getsockname(fd)?) != port(&before) {
        sys::bind(fd, &before)?;
    }
    Ok(())
}

/// Sends a datagram through a socket of this family, which is connected to `peer` or to nobody, to `to` or to its peer.
///
/// # Errors
/// [`Error::WouldBlock`] where the system has no room.
pub fn send(
    fd: Fd,
    family: Family,
    peer: Option<&SocketAddr>,
    to: Option<&SocketAddr>,
    (data, len): (*const u8, usize),
) -> Result<()> {
    if len > MAX_DATAGRAM {
        return Err(Error::DatagramTooLarge);
    }
    let address = match (peer, to) {
        (None, Some(to)) => {
            if !policy::may_send(to) {
                return Err(Error::AccessDenied);
            }
            to
        }
        (Some(peer), None) => peer,
        (Some(peer), Some(to)) if peer == to => peer,
        _ => return Err(Error::InvalidArgument),
    };
    if !socket::is_remote(address) || !family.fits(address.ip()) {
        return Err(Error::InvalidArgument);
    }
    let to = match peer {
        Some(_) => None,
        None => Some(address),
    };
    sys::send(fd, data, len, to)?;
    Ok(())
}

/// Receives a datagram into a buffer of [`MAX_DATAGRAM`] bytes: its length and where it came from. `None` if it came from others than the peer.
///
/// # Errors
/// [`Error::WouldBlock`] where there is none.
pub fn receive(
    fd: Fd,
    peer: Option<&SocketAddr>,
    buffer: *mut u8,
) -> Result<Option<(usize, SocketAddr)>> {
    let (len, from) = sys::receive(fd, buffer, MAX_DATAGRAM)?;
    let from = from.ok_or(Error::Unknown)?;
    // The kernel sees to that, but for what had come before the socket was connected.
    let is_from_peer = peer.is_none_or(|peer| is_same(peer, &from));
    Ok(is_from_peer.then_some((len, from)))
}

/// Whether two addresses are the same but for what the kernel fills in.
fn is_same(a: &SocketAddr, b: &SocketAddr) -> bool {
    (a.ip(), a.port()) == (b.ip(), b.port())
}
