//! What the program may do on the network: the rules of [`Config::rules`].
//!
//! Whoever connects, binds, sends or looks up asks here first, immediately before the system call and with the very address that the call gets. An address counts as
//! what it reaches: an IPv6 address that stands for an IPv4 one is judged by rules of IPv4 alone.
//!
//! A rule that has a name in place of an address allows the addresses that looking up this very name has given to this process ([`remember`]), and nothing else.

use crate::abi::{Config, NetRule};
use crate::wasi::context;
use core::cell::UnsafeCell;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The rules of this program.
pub fn rules() -> &'static [NetRule] {
    // SAFETY: the configuration is constant while the guest runs.
    unsafe {
        let config: &Config = &*context::get().config;
        match config.rule_count {
            0 => &[],
            count => core::slice::from_raw_parts(config.rules, count as usize),
        }
    }
}

/// Whether anything of the network was granted. Where nothing was, the kernel's filter has none of its system calls.
pub fn has_rules() -> bool {
    !rules().is_empty()
}

/// Whether a TCP connection to the address may be opened.
pub fn may_connect(address: &SocketAddr) -> bool {
    allows(rules(), known(), NetRule::CONNECT, address)
}

/// Whether a socket may have this address of its own. The port 0 stands for one that the system chooses.
pub fn may_bind(address: &SocketAddr) -> bool {
    allows(rules(), known(), NetRule::BIND, address)
}

/// Whether UDP datagrams may be sent to the address.
pub fn may_send(address: &SocketAddr) -> bool {
    allows(rules(), known(), NetRule::SEND, address)
}

/// Whether the addresses of a name may be asked for.
pub fn may_look_up(name: &str) -> bool {
    allows_name(rules(), name.as_bytes())
}

/// Takes note that a lookup has given an address of a name, for the rules by that name.
pub fn remember(name: &str, address: IpAddr) {
    known().add(rules(), name.as_bytes(), address);
}

/// An address that looking up a rule's name gave.
#[derive(Clone, Copy)]
struct Given {
    /// Number of the rule.
    rule: u32,
    address: IpAddr,
}

/// Addresses that are remembered; later ones take the place of the first.
const MAX_GIVEN: usize = 256;

/// What lookups gave.
struct Known {
    given: [Given; MAX_GIVEN],
    /// Of all that were ever added.
    count: usize,
}

impl Known {
    const NONE: Known = Known {
        given: [const {
            Given {
                rule: 0,
                address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            }
        }; MAX_GIVEN],
        count: 0,
    };

    fn has(&self, rule: usize, address: IpAddr) -> bool {
        let mut given = self.given.iter().take(self.count);
        given.any(|it| it.rule as usize == rule && it.address == address)
    }

    fn add(&mut self, rules: &[NetRule], name: &[u8], address: IpAddr) {
        let address = address.to_canonical();
        for (number, rule) in rules.iter().enumerate() {
            let opens = rule.kind == NetRule::CONNECT || rule.kind == NetRule::SEND;
            if opens && is_named(rule, name) && !self.has(number, address) {
                if let Some(place) = self.given.get_mut(self.count % MAX_GIVEN) {
                    *place = Given {
                        rule: number as u32,
                        address,
                    };
                }
                self.count += 1;
            }
        }
    }
}

struct Cell(UnsafeCell<Known>);

// SAFETY: programs that use the network have one thread.
unsafe impl Sync for Cell {}

static KNOWN: Cell = Cell(UnsafeCell::new(Known::NONE));

fn known() -> &'static mut Known {
    // SAFETY: as above; nobody keeps the reference.
    unsafe { &mut *KNOWN.0.get() }
}

/// The rule's name; empty: none, or any.
fn name_of(rule: &NetRule) -> &[u8] {
    // SAFETY: constant data of the program.
    unsafe { crate::text::bytes(rule.name, rule.name_len) }
}

/// Whether two names differ in the case of ASCII letters at most. (As `eq_ignore_ascii_case`, whose vectors' constants would be in every program.)
#[inline(never)]
pub fn is_same_name(a: &[u8], b: &[u8]) -> bool {
    let is_same = |(a, b): (&u8, &u8)| a.eq_ignore_ascii_case(b);
    a.len() == b.len() && a.iter().zip(b).all(is_same)
}

fn is_named(rule: &NetRule, name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    rule.family == NetRule::NAME && !name.is_empty() && is_same_name(name_of(rule), name)
}

fn allows_name(rules: &[NetRule], name: &[u8]) -> bool {
    rules.iter().any(|rule| match rule.kind {
        NetRule::LOOKUP => name_of(rule).is_empty() || is_named(rule, name),
        NetRule::CONNECT | NetRule::SEND => is_named(rule, name),
        _ => false,
    })
}

/// The address's bits, from the first on.
fn bits(address: IpAddr) -> (u32, u128) {
    match address {
        IpAddr::V4(v4) => (NetRule::IPV4, u128::from(u32::from(v4)) << 96),
        IpAddr::V6(v6) => (NetRule::IPV6, v6.into()),
    }
}

fn allows(rules: &[NetRule], known: &Known, kind: u32, address: &SocketAddr) -> bool {
    let ip = address.ip().to_canonical();
    let (family, bits) = bits(ip);
    let port = u32::from(address.port());
    rules.iter().enumerate().any(|(number, rule)| {
        let has_port = rule.first_port <= port && port <= rule.last_port;
        let has_address = match rule.family {
            NetRule::NAME => known.has(number, ip),
            _ => {
                rule.family == family && {
                    let wanted = u128::from(rule.high) << 64 | u128::from(rule.low);
                    let differing = bits ^ wanted;
                    // How many leading bits are the same.
                    differing.leading_zeros() >= rule.prefix
                }
            }
        };
        rule.kind == kind && has_port && has_address
    })
}

#[cfg(test)]
mod tests;
