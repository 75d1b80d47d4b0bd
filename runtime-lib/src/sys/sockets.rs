//! System calls on sockets.

use super::{Errno, Fd, IoVec, O_CLOEXEC, O_NONBLOCK, Result, check, close};
use crate::arch::{nr, syscall};
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

pub const MSG_NOSIGNAL: u32 = 0x4000;
pub const MSG_TRUNC: i32 = 0x20;

/// Families and types of sockets.
pub const AF_INET: u16 = 2;
pub const AF_INET6: u16 = 10;
pub const SOCK_STREAM: u32 = 1;
pub const SOCK_DGRAM: u32 = 2;

/// Levels of options and options (`socket(7)`, `ip(7)`, `tcp(7)`, `ipv6(7)`).
pub const IPPROTO_IP: u32 = 0;
pub const SOL_SOCKET: u32 = 1;
pub const IPPROTO_TCP: u32 = 6;
pub const IPPROTO_IPV6: u32 = 41;
pub const SO_REUSEADDR: u32 = 2;
pub const SO_ERROR: u32 = 4;
pub const SO_SNDBUF: u32 = 7;
pub const SO_RCVBUF: u32 = 8;
pub const SO_KEEPALIVE: u32 = 9;
pub const IP_TTL: u32 = 2;
pub const TCP_KEEPIDLE: u32 = 4;
pub const TCP_KEEPINTVL: u32 = 5;
pub const TCP_KEEPCNT: u32 = 6;
pub const IPV6_UNICAST_HOPS: u32 = 16;
pub const IPV6_V6ONLY: u32 = 26;

/// How `shutdown` closes a connection.
pub const SHUT_RD: u32 = 0;
pub const SHUT_WR: u32 = 1;

/// `struct msghdr`.
#[repr(C)]
pub struct MsgHdr {
    pub name: *mut u8,
    pub name_len: u32,
    pub iov: *const IoVec,
    pub iov_len: usize,
    pub control: *mut u8,
    pub control_len: usize,
    pub flags: i32,
}

/// `struct sockaddr_in` or `struct sockaddr_in6`.
pub struct SockAddr {
    bytes: [u8; SockAddr::MAX],
    len: u32,
}

impl SockAddr {
    const MAX: usize = 28;

    /// The address of no family (`AF_UNSPEC`, 0), by which a datagram socket loses its peer.
    pub const UNSPEC: SockAddr = SockAddr {
        bytes: [0; SockAddr::MAX],
        len: 16,
    };

    pub fn new(address: &SocketAddr) -> SockAddr {
        let mut bytes = [0; SockAddr::MAX];
        let mut put = |at: usize, part: &[u8]| {
            if let Some(place) = bytes.get_mut(at..at + part.len()) {
                place.copy_from_slice(part);
            }
        };
        put(2, &address.port().to_be_bytes());
        let len = match address {
            SocketAddr::V4(v4) => {
                put(0, &AF_INET.to_ne_bytes());
                put(4, &v4.ip().octets());
                16
            }
            SocketAddr::V6(v6) => {
                put(0, &AF_INET6.to_ne_bytes());
                put(4, &v6.flowinfo().to_be_bytes());
                put(8, &v6.ip().octets());
                put(24, &v6.scope_id().to_ne_bytes());
                28
            }
        };
        SockAddr { bytes, len }
    }

    /// The address, if it is one of the internet.
    pub fn get(&self) -> Option<SocketAddr> {
        fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
            bytes.get(at..at + N)?.try_into().ok()
        }
        let bytes = self.bytes.get(..self.len as usize)?;
        let port = u16::from_be_bytes(part(bytes, 2)?);
        match u16::from_ne_bytes(part(bytes, 0)?) {
            AF_INET => {
                let ip = Ipv4Addr::from(part::<4>(bytes, 4)?);
                Some(SocketAddrV4::new(ip, port).into())
            }
            AF_INET6 => {
                let ip = Ipv6Addr::from(part::<16>(bytes, 8)?);
                let flow = u32::from_be_bytes(part(bytes, 4)?);
                let scope = u32::from_ne_bytes(part(bytes, 24)?);
                Some(SocketAddrV6::new(ip, port, flow, scope).into())
            }
            _ => None,
        }
    }

    /// Room for one that the kernel tells.
    fn empty() -> SockAddr {
        SockAddr {
            bytes: [0; SockAddr::MAX],
            len: SockAddr::MAX as u32,
        }
    }
}

/// A new socket, closed on `exec`, on which nothing waits.
pub fn socket(family: u16, kind: u32) -> Result<Fd> {
    call!(nr::SOCKET, family, kind | O_NONBLOCK | O_CLOEXEC, 0).map(|fd| fd as Fd)
}

pub fn bind(fd: Fd, address: &SockAddr) -> Result<usize> {
    call!(nr::BIND, fd, address.bytes.as_ptr(), address.len)
}

pub fn connect(fd: Fd, address: &SockAddr) -> Result<usize> {
    call!(nr::CONNECT, fd, address.bytes.as_ptr(), address.len)
}

pub fn listen(fd: Fd, backlog: u32) -> Result<usize> {
    call!(nr::LISTEN, fd, backlog)
}

/// The socket's own address.
pub fn getsockname(fd: Fd) -> Result<SockAddr> {
    let mut address = SockAddr::empty();
    call!(
        nr::GETSOCKNAME,
        fd,
        address.bytes.as_mut_ptr(),
        &raw mut address.len
    )?;
    Ok(address)
}

/// The address of whom the socket is connected to.
pub fn getpeername(fd: Fd) -> Result<SockAddr> {
    let mut address = SockAddr::empty();
    call!(
        nr::GETPEERNAME,
        fd,
        address.bytes.as_mut_ptr(),
        &raw mut address.len
    )?;
    Ok(address)
}

pub fn getsockopt(fd: Fd, level: u32, option: u32) -> Result<u32> {
    let (mut value, mut len) = (0u32, 4u32);
    call!(
        nr::GETSOCKOPT,
        fd,
        level,
        option,
        &raw mut value,
        &raw mut len
    )?;
    Ok(value)
}

pub fn setsockopt(fd: Fd, level: u32, option: u32, value: u32) -> Result<usize> {
    call!(nr::SETSOCKOPT, fd, level, option, &raw const value, 4)
}

/// A socket that listens on an address (`sockaddr_in`, `sockaddr_in6`), where another may have listened just before. Its calls wait.
pub fn listen_at(address: &[u8]) -> Result<Fd> {
    const BACKLOG: u32 = 1024;
    let family = address.first().copied().unwrap_or(0);
    let fd = call!(nr::SOCKET, family, SOCK_STREAM | O_CLOEXEC, 0)? as Fd;
    let prepare = || {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)?;
        call!(nr::BIND, fd, address.as_ptr(), address.len())?;
        listen(fd, BACKLOG)
    };
    match prepare() {
        Ok(_) => Ok(fd),
        Err(errno) => {
            let _ = close(fd);
            Err(errno)
        }
    }
}

pub fn accept(fd: Fd, flags: u32) -> Result<Fd> {
    call!(nr::ACCEPT4, fd, 0, 0, flags | O_CLOEXEC).map(|fd| fd as Fd)
}

pub fn recvmsg(fd: Fd, message: &mut MsgHdr, flags: u32) -> Result<usize> {
    call!(nr::RECVMSG, fd, message as *mut MsgHdr, flags)
}

pub fn sendmsg(fd: Fd, message: &MsgHdr, flags: u32) -> Result<usize> {
    call!(
        nr::SENDMSG,
        fd,
        message as *const MsgHdr,
        flags | MSG_NOSIGNAL
    )
}

/// Receives a datagram, or what a connection has: its bytes, and where it came from.
pub fn receive(fd: Fd, buf: *mut u8, len: usize) -> Result<(usize, Option<SocketAddr>)> {
    let vector = [IoVec { base: buf, len }];
    let mut from = SockAddr::empty();
    let mut message = MsgHdr {
        name: from.bytes.as_mut_ptr(),
        name_len: from.len,
        iov: vector.as_ptr(),
        iov_len: 1,
        control: core::ptr::null_mut(),
        control_len: 0,
        flags: 0,
    };
    let n = retry(|| recvmsg(fd, &mut message, 0))?;
    from.len = message.name_len;
    Ok((n, from.get()))
}

/// Sends a datagram, to the peer of a connected socket where no address is given.
pub fn send(fd: Fd, buf: *const u8, len: usize, to: Option<&SocketAddr>) -> Result<usize> {
    let vector = [IoVec {
        base: buf.cast_mut(),
        len,
    }];
    let mut to = to.map(SockAddr::new);
    let (name, name_len) = match &mut to {
        Some(to) => (to.bytes.as_mut_ptr(), to.len),
        None => (core::ptr::null_mut(), 0),
    };
    let message = MsgHdr {
        name,
        name_len,
        iov: vector.as_ptr(),
        iov_len: 1,
        control: core::ptr::null_mut(),
        control_len: 0,
        flags: 0,
    };
    retry(|| sendmsg(fd, &message, 0))
}

/// Makes a call again that a signal interrupted.
fn retry(mut call: impl FnMut() -> Result<usize>) -> Result<usize> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

pub fn shutdown(fd: Fd, how: u32) -> Result<usize> {
    call!(nr::SHUTDOWN, fd, how)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_from_the_kernels_form() {
        for text in ["127.0.0.1:258", "[2001:db8::1]:65535", "[::]:0"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(SockAddr::new(&address).get(), Some(address));
        }
        let scoped = SocketAddrV6::new(Ipv6Addr::LOCALHOST, 1, 0xf_1234, 7).into();
        assert_eq!(SockAddr::new(&scoped).get(), Some(scoped));
        assert_eq!(SockAddr::UNSPEC.get(), None);
    }
}
