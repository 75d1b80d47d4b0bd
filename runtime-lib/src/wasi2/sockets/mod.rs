//! `wasi:sockets`: how the guest passes values to [`crate::net`] and gets them back.
//!
//! | module | interfaces |
//! |---|---|
//! | `tcp` | `tcp`, `tcp-create-socket` |
//! | `udp` | `udp`, `udp-create-socket` |
//! | `names` | `network`, `instance-network`, `ip-name-lookup` |

mod names;
mod tcp;
mod udp;

use super::{Answer, Call, Kind, Out};
use crate::canonical::Reason;
use crate::net::error::{Error, Result};
use crate::net::socket::Family;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Flat values of an `ip-socket-address` behind its discriminant: those of its larger case.
pub type Flat = [u32; 11];

/// Bytes of an `ip-socket-address`.
pub const ADDRESS: usize = 32;

/// An `ip-socket-address` of flat values.
pub fn address(case: u32, flat: Flat) -> Answer<SocketAddr> {
    let [port, a, b, c, d, ..] = flat;
    match case {
        0 => {
            let ip = Ipv4Addr::new(a as u8, b as u8, c as u8, d as u8);
            Ok(SocketAddrV4::new(ip, port as u16).into())
        }
        1 => {
            let [_, flow, s0, s1, s2, s3, s4, s5, s6, s7, scope] = flat;
            let ip = Ipv6Addr::from([s0, s1, s2, s3, s4, s5, s6, s7].map(|s| s as u16));
            Ok(SocketAddrV6::new(ip, port as u16, flow, scope).into())
        }
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// An `option<ip-socket-address>` of flat values.
pub fn optional_address(is_some: u32, case: u32, flat: Flat) -> Answer<Option<SocketAddr>> {
    match is_some {
        0 => Ok(None),
        1 => address(case, flat).map(Some),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// An `ip-socket-address` in memory.
fn read_address(bytes: &[u8; ADDRESS]) -> Answer<SocketAddr> {
    let half = |at: usize| u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let word = |at: usize| half(at) | half(at + 2) << 16;
    match bytes[0] {
        0 => {
            let [a, b, c, d] = [6, 7, 8, 9].map(|at: usize| u32::from(bytes[at]));
            address(0, [half(4), a, b, c, d, 0, 0, 0, 0, 0, 0])
        }
        case => {
            let [s0, s1, s2, s3, s4, s5, s6, s7] = [12, 14, 16, 18, 20, 22, 24, 26].map(half);
            let (port, flow, scope) = (half(4), word(8), word(28));
            address(
                case.into(),
                [port, flow, s0, s1, s2, s3, s4, s5, s6, s7, scope],
            )
        }
    }
}

/// An `ip-socket-address` as it is in memory.
pub fn address_bytes(address: &SocketAddr) -> [u8; ADDRESS] {
    let mut bytes = [0; ADDRESS];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(4, &address.port().to_le_bytes());
    match address {
        SocketAddr::V4(v4) => put(6, &v4.ip().octets()),
        SocketAddr::V6(v6) => {
            put(0, &[1]);
            put(8, &v6.flowinfo().to_le_bytes());
            for (i, segment) in v6.ip().segments().iter().enumerate() {
                put(12 + 2 * i, &segment.to_le_bytes());
            }
            put(28, &v6.scope_id().to_le_bytes());
        }
    }
    bytes
}

/// An `ip-address-family`.
pub fn family(number: u32) -> Answer<Family> {
    match number {
        0 => Ok(Family::Ipv4),
        1 => Ok(Family::Ipv6),
        _ => Err(Reason::InvalidDiscriminant),
    }
}

/// Looks at the handle of the network.
fn network(call: &Call, index: u32) -> Answer<()> {
    call.rep(Kind::Network, index).map(|_| ())
}

/// Writes a `result<T, error-code>` whose payload is at an offset: `ok` writes that of a success.
fn store<T>(out: Out, payload: u32, result: Result<T>, ok: impl FnOnce(T)) {
    match result {
        Ok(value) => {
            out.u8(0, 0);
            ok(value);
        }
        Err(error) => fail(out, payload, error),
    }
}

fn fail(out: Out, payload: u32, error: Error) {
    out.u8(0, 1);
    out.u8(payload, error as u8);
}

/// Writes a `result<_, error-code>`.
fn done(call: &Call, at: u32, result: Result<()>) -> Answer<()> {
    store(call.result(at, 2, 1)?, 1, result, |()| {});
    Ok(())
}

/// Writes a `result<u8, error-code>`, or one of a `bool`.
fn small(call: &Call, at: u32, result: Result<u8>) -> Answer<()> {
    let out = call.result(at, 2, 1)?;
    store(out, 1, result, |value| out.u8(1, value));
    Ok(())
}

/// Writes a `result<u64, error-code>`.
fn large(call: &Call, at: u32, result: Result<u64>) -> Answer<()> {
    let out = call.result(at, 16, 8)?;
    store(out, 8, result, |value| out.u64(8, value));
    Ok(())
}

/// Writes a `result<ip-socket-address, error-code>`.
fn whole_address(call: &Call, at: u32, result: Result<SocketAddr>) -> Answer<()> {
    let out = call.result(at, 4 + ADDRESS as u64, 4)?;
    store(out, 4, result, |address| {
        out.put(4, &address_bytes(&address))
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_to_memory_and_back() {
        for text in ["1.2.3.4:258", "[2001:db8:1:2:3:4:5:6]:65535", "0.0.0.0:0"] {
            let address: SocketAddr = text.parse().unwrap();
            let bytes = address_bytes(&address);
            assert_eq!(read_address(&bytes).ok(), Some(address));
        }
        let ip = Ipv6Addr::from([1, 2, 3, 4, 5, 6, 7, 0xfffe]);
        let scoped = SocketAddrV6::new(ip, 80, 0x1_2345, 9).into();
        assert_eq!(read_address(&address_bytes(&scoped)).ok(), Some(scoped));
        let flat = [80, 0x1_2345, 1, 2, 3, 4, 5, 6, 7, 0xffff_fffe, 9];
        // The upper bits of what is narrower are nobody's business.
        assert_eq!(address(1, flat).ok(), Some(scoped));
        assert_eq!(address(2, flat).err(), Some(Reason::InvalidDiscriminant));
        let mut bytes = address_bytes(&scoped);
        bytes[0] = 2;
        assert_eq!(
            read_address(&bytes).err(),
            Some(Reason::InvalidDiscriminant)
        );
        assert_eq!(
            optional_address(2, 0, flat).err(),
            Some(Reason::InvalidDiscriminant)
        );
        assert_eq!(optional_address(0, 7, flat).ok(), Some(None));
        assert_eq!(family(2).err(), Some(Reason::InvalidDiscriminant));
    }
}
