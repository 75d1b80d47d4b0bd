//! What sockets of both protocols share: their family, making them, binding, which addresses make sense.

use super::error::{Error, Result};
use super::policy;
use crate::sys::{self, Errno, Fd, SockAddr};
use core::net::{IpAddr, SocketAddr};

/// No descriptor: of sockets of programs that were granted nothing, which no system call is made for.
pub const NONE: Fd = -1;

/// A family of addresses, with WASI's number (`ip-address-family`).
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    /// Whether a socket of the family can have such an address, or talk to one. IPv6 addresses that stand for IPv4 ones, mapped or (as was given up long
    /// ago) compatible, are for none.
    pub fn fits(self, ip: IpAddr) -> bool {
        match (self, ip) {
            (Family::Ipv4, IpAddr::V4(_)) => true,
            (Family::Ipv6, IpAddr::V6(v6)) => {
                let is_compatible =
                    v6.segments()[..6] == [0; 6] && !v6.is_unspecified() && !v6.is_loopback();
                !is_compatible && v6.to_ipv4_mapped().is_none()
            }
            _ => false,
        }
    }
}

/// Whether packets can be sent to the address: it has a host and a port.
pub fn is_remote(address: &SocketAddr) -> bool {
    !address.ip().is_unspecified() && address.port() != 0
}

/// Whether the address is of one host.
pub fn is_unicast(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_multicast(),
    }
}

/// Makes a socket of a type (`sys::SOCK_STREAM` or `sys::SOCK_DGRAM`); one for IPv6 is for that alone. Where nothing was granted there is no descriptor behind it
/// ([`NONE`]): it can be bound and connected to nothing.
pub fn create(family: Family, kind: u32) -> Result<Fd> {
    if !policy::has_rules() {
        return Ok(NONE);
    }
    open(family, kind)
}

/// Makes a socket, for purposes of the runtime library.
pub fn open(family: Family, kind: u32) -> Result<Fd> {
    let number = match family {
        Family::Ipv4 => sys::AF_INET,
        Family::Ipv6 => sys::AF_INET6,
    };
    let fd = sys::socket(number, kind)?;
    if family == Family::Ipv6
        && let Err(errno) = sys::setsockopt(fd, sys::IPPROTO_IPV6, sys::IPV6_V6ONLY, 1)
    {
        let _ = sys::close(fd);
        return Err(errno.into());
    }
    Ok(fd)
}

/// Closes a socket's descriptor, if it has one.
pub fn close(fd: Fd) {
    if fd != NONE {
        let _ = sys::close(fd);
    }
}

/// Gives a socket an address of its own.
pub fn bind(fd: Fd, address: &SocketAddr) -> Result<()> {
    match sys::bind(fd, &SockAddr::new(address)) {
        Ok(_) => Ok(()),
        Err(Errno::AFNOSUPPORT) => Err(Error::InvalidArgument),
        Err(errno) => Err(errno.into()),
    }
}

/// The socket's own address.
pub fn local_address(fd: Fd) -> Result<SocketAddr> {
    sys::getsockname(fd)?.get().ok_or(Error::Unknown)
}

/// The address of whom it is connected to.
pub fn remote_address(fd: Fd) -> Result<SocketAddr> {
    sys::getpeername(fd)?.get().ok_or(Error::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fit_their_own_family() {
        let fits = |family: Family, ip: &str| family.fits(ip.parse().unwrap());
        assert!(fits(Family::Ipv4, "127.0.0.1") && fits(Family::Ipv4, "0.0.0.0"));
        assert!(fits(Family::Ipv6, "::") && fits(Family::Ipv6, "::1"));
        assert!(fits(Family::Ipv6, "2001:db8::1"));
        assert!(!fits(Family::Ipv4, "::1") && !fits(Family::Ipv6, "127.0.0.1"));
        for bad in ["::ffff:127.0.0.1", "::127.0.0.1", "::2"] {
            assert!(!fits(Family::Ipv6, bad), "{bad}");
        }
    }

    #[test]
    fn some_addresses_are_nobodys() {
        let unicast = |ip: &str| is_unicast(ip.parse().unwrap());
        assert!(unicast("127.0.0.1") && unicast("::1") && unicast("0.0.0.0"));
        for bad in [
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
            "::ffff:224.0.0.1",
        ] {
            assert!(!unicast(bad), "{bad}");
        }
        let remote = |address: &str| is_remote(&address.parse().unwrap());
        assert!(remote("127.0.0.1:1") && remote("[::1]:1"));
        assert!(!remote("0.0.0.0:1") && !remote("127.0.0.1:0") && !remote("[::]:1"));
    }
}
