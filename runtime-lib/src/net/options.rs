//! Options of sockets, as WASI has them: times in nanoseconds, values beyond what the system takes are cut to that, 0 is none.

use super::error::{Error, Result};
use super::socket::Family;
use crate::sys::{self, Errno, Fd};

const SECOND: u64 = 1_000_000_000;

/// The system's limits: seconds, and number of probes (`tcp(7)`).
const MAX_SECONDS: u64 = i16::MAX as u64;
const MAX_PROBES: u32 = i8::MAX as u32;

/// A time of keep-alive.
#[derive(Clone, Copy)]
pub enum KeepAlive {
    /// Until the first probe.
    IdleTime,
    /// Between probes.
    Interval,
}

impl KeepAlive {
    fn number(self) -> u32 {
        match self {
            KeepAlive::IdleTime => sys::TCP_KEEPIDLE,
            KeepAlive::Interval => sys::TCP_KEEPINTVL,
        }
    }
}

pub fn keep_alive_enabled(fd: Fd) -> Result<bool> {
    Ok(sys::getsockopt(fd, sys::SOL_SOCKET, sys::SO_KEEPALIVE)? != 0)
}

pub fn set_keep_alive_enabled(fd: Fd, value: bool) -> Result<()> {
    sys::setsockopt(fd, sys::SOL_SOCKET, sys::SO_KEEPALIVE, value.into())?;
    Ok(())
}

/// A time of keep-alive in nanoseconds.
pub fn keep_alive_time(fd: Fd, which: KeepAlive) -> Result<u64> {
    let seconds = sys::getsockopt(fd, sys::IPPROTO_TCP, which.number())?;
    Ok(u64::from(seconds) * SECOND)
}

/// Sets a time of keep-alive; the system counts whole seconds.
pub fn set_keep_alive_time(fd: Fd, which: KeepAlive, nanoseconds: u64) -> Result<()> {
    if nanoseconds == 0 {
        return Err(Error::InvalidArgument);
    }
    let seconds = nanoseconds.div_ceil(SECOND).min(MAX_SECONDS);
    sys::setsockopt(fd, sys::IPPROTO_TCP, which.number(), seconds as u32)?;
    Ok(())
}

/// How many probes stay unanswered before the connection ends.
pub fn keep_alive_count(fd: Fd) -> Result<u32> {
    Ok(sys::getsockopt(fd, sys::IPPROTO_TCP, sys::TCP_KEEPCNT)?)
}

pub fn set_keep_alive_count(fd: Fd, value: u32) -> Result<()> {
    if value == 0 {
        return Err(Error::InvalidArgument);
    }
    let value = value.min(MAX_PROBES);
    sys::setsockopt(fd, sys::IPPROTO_TCP, sys::TCP_KEEPCNT, value)?;
    Ok(())
}

/// Level and number of the hop limit.
fn hop_limit_option(family: Family) -> (u32, u32) {
    match family {
        Family::Ipv4 => (sys::IPPROTO_IP, sys::IP_TTL),
        Family::Ipv6 => (sys::IPPROTO_IPV6, sys::IPV6_UNICAST_HOPS),
    }
}

/// Routers that packets may pass.
pub fn hop_limit(fd: Fd, family: Family) -> Result<u8> {
    let (level, number) = hop_limit_option(family);
    let value = sys::getsockopt(fd, level, number)?;
    value.try_into().map_err(|_| Error::NotSupported)
}

pub fn set_hop_limit(fd: Fd, family: Family, value: u8) -> Result<()> {
    if value == 0 {
        return Err(Error::InvalidArgument);
    }
    let (level, number) = hop_limit_option(family);
    sys::setsockopt(fd, level, number, value.into())?;
    Ok(())
}

/// A buffer of the system.
#[derive(Clone, Copy)]
pub enum Buffer {
    Receive,
    Send,
}

impl Buffer {
    fn number(self) -> u32 {
        match self {
            Buffer::Receive => sys::SO_RCVBUF,
            Buffer::Send => sys::SO_SNDBUF,
        }
    }
}

/// Bytes that a buffer may hold. Linux tells twice what it was asked for (`socket(7)`).
pub fn buffer_size(fd: Fd, which: Buffer) -> Result<u64> {
    let size = sys::getsockopt(fd, sys::SOL_SOCKET, which.number())?;
    Ok(u64::from(size) / 2)
}

pub fn set_buffer_size(fd: Fd, which: Buffer, value: u64) -> Result<()> {
    if value == 0 {
        return Err(Error::InvalidArgument);
    }
    let value = value.min(i32::MAX as u64) as u32;
    match sys::setsockopt(fd, sys::SOL_SOCKET, which.number(), value) {
        // A size is a wish.
        Ok(_) | Err(Errno::NOBUFS) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
