//! What `--allow-connect`, `--allow-bind`, `--allow-udp` and `--allow-dns` take: hosts and ports.
//!
//! ```text
//! RULE  = HOST[:PORTS]
//! HOST  = IPV4[/BITS] | [IPV6[/BITS]] | [IPV6]/BITS | NAME | any
//! PORTS = PORT | FIRST-LAST | *
//! ```
//!
//! `any` stands for every address; without ports, or with `*`, for every port. Bits of an address behind its prefix must be zero, so that nobody grants more than is to be
//! read.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use wative_compiler::options::{NetHosts, NetRight, NetRule};

/// Every port.
const EVERY: RangeInclusive<u16> = 0..=u16::MAX;

/// Characters of a name.
const MAX_NAME: usize = 253;

/// Hosts and ports of an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    pub hosts: Hosts,
    pub ports: RangeInclusive<u16>,
}

/// Hosts of an option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosts {
    /// Every address.
    Any,
    /// Those with the leading bits of an address.
    Prefix(IpAddr, u8),
    /// Those that a name has; in lower case, without a dot at its end.
    Name(String),
}

impl Endpoint {
    /// The rules that say this.
    fn rules(&self, right: NetRight) -> impl Iterator<Item = NetRule> {
        let hosts = match &self.hosts {
            Hosts::Any => vec![
                NetHosts::Prefix(Ipv4Addr::UNSPECIFIED.into(), 0),
                NetHosts::Prefix(Ipv6Addr::UNSPECIFIED.into(), 0),
            ],
            Hosts::Prefix(ip, bits) => vec![NetHosts::Prefix(*ip, *bits)],
            Hosts::Name(name) => vec![NetHosts::Name(name.clone())],
        };
        let ports = self.ports.clone();
        hosts.into_iter().map(move |hosts| NetRule {
            right,
            hosts,
            ports: ports.clone(),
        })
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Brackets hide the colons of an IPv6 address.
        let colon = match text.rfind(']') {
            Some(end) => text[end..].find(':').map(|at| end + at),
            None => text.find(':'),
        };
        let (hosts, ports) = match colon {
            Some(at) => (&text[..at], parse_ports(&text[at + 1..])),
            None => (text, Some(EVERY)),
        };
        if text.parse::<Ipv6Addr>().is_ok() || text.matches(':').count() > 1 && !text.contains('[')
        {
            return Err("an IPv6 address must be in brackets, such as [::1]:80".to_owned());
        }
        let ports = ports.ok_or("ports are PORT, FIRST-LAST or *, from 0 to 65535")?;
        Ok(Endpoint {
            hosts: parse_hosts(hosts)?,
            ports,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.hosts {
            Hosts::Any => f.write_str("any")?,
            Hosts::Prefix(IpAddr::V4(ip), 32) => write!(f, "{ip}")?,
            Hosts::Prefix(IpAddr::V4(ip), bits) => write!(f, "{ip}/{bits}")?,
            Hosts::Prefix(IpAddr::V6(ip), 128) => write!(f, "[{ip}]")?,
            Hosts::Prefix(IpAddr::V6(ip), bits) => write!(f, "[{ip}]/{bits}")?,
            Hosts::Name(name) => f.write_str(name)?,
        }
        match (*self.ports.start(), *self.ports.end()) {
            (0, u16::MAX) => f.write_str(":*"),
            (first, last) if first == last => write!(f, ":{first}"),
            (first, last) => write!(f, ":{first}-{last}"),
        }
    }
}

fn parse_ports(text: &str) -> Option<RangeInclusive<u16>> {
    let port = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| is_number)
    };
    if text == "*" {
        return Some(EVERY);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (port(first)?, port(last)?);
    (first <= last).then_some(first..=last)
}

fn parse_hosts(text: &str) -> Result<Hosts, String> {
    if text == "any" {
        return Ok(Hosts::Any);
    }
    if let Some(rest) = text.strip_prefix('[') {
        let inside = rest.strip_suffix(']').map(str::to_owned);
        let inside = inside.or_else(|| {
            let (address, bits) = rest.split_once("]/")?;
            Some(format!("{address}/{bits}"))
        });
        let (ip, bits) = inside
            .as_deref()
            .and_then(|inside| parse_prefix::<Ipv6Addr>(inside, 128))
            .ok_or("no IPv6 address is in the brackets")?;
        if ip.to_ipv4_mapped().is_some() {
            return Err("IPv4 addresses are written as such".to_owned());
        }
        return prefix(ip.into(), bits);
    }
    if let Some((ip, bits)) = parse_prefix::<Ipv4Addr>(text, 32) {
        return prefix(ip.into(), bits);
    }
    if text.contains('/') {
        return Err("expected a prefix such as 10.0.0.0/8 or [2001:db8::]/32".to_owned());
    }
    parse_name(text).map(Hosts::Name)
}

/// `ADDRESS` or `ADDRESS/BITS`.
fn parse_prefix<T: FromStr>(text: &str, most: u8) -> Option<(T, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, bits.parse().ok()?),
        None => (text, most),
    };
    Some((address.parse().ok()?, bits)).filter(|_| bits <= most)
}

fn prefix(ip: IpAddr, bits: u8) -> Result<Hosts, String> {
    let rest = match ip {
        IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
        IpAddr::V6(v6) => u128::from(v6),
    };
    if rest.checked_shl(bits.into()).unwrap_or(0) != 0 {
        return Err(format!("the address has more than {bits} bits"));
    }
    Ok(Hosts::Prefix(ip, bits))
}

/// The name of a host, in lower case and without a dot at its end.
fn parse_name(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        let is_fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(is_fine)
    };
    // What ends in a number is an address, or was to be one.
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    let last = name.rsplit('.').next().unwrap_or(name);
    if name.len() > MAX_NAME || !name.split('.').all(is_label) || is_number(last) {
        return Err(
            "expected an address, a prefix, any, or a name of letters, digits and hyphens"
                .to_owned(),
        );
    }
    Ok(name.to_ascii_lowercase())
}

/// `--allow-bind`: an own address, which has no name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnEndpoint(pub Endpoint);

impl FromStr for OwnEndpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Endpoint {
                hosts: Hosts::Name(_),
                ..
            } => Err("an own address is no name, but such as 127.0.0.1 or any".to_owned()),
            endpoint => Ok(OwnEndpoint(endpoint)),
        }
    }
}

/// `--allow-dns`: a name, or all of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    Any,
    Name(String),
}

impl FromStr for Lookup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Lookup::Any),
            name => parse_name(name).map(Lookup::Name),
        }
    }
}

/// The rules for what is allowed: connections, own addresses, receivers of datagrams, lookups.
pub fn rules(
    connect: &[Endpoint],
    bind: &[OwnEndpoint],
    udp: &[Endpoint],
    dns: &[Lookup],
) -> Vec<NetRule> {
    let bind = bind.iter().map(|own| &own.0);
    let connect = connect.iter().flat_map(|e| e.rules(NetRight::Connect));
    let bind = bind.flat_map(|e| e.rules(NetRight::Bind));
    let udp = udp.iter().flat_map(|e| e.rules(NetRight::Send));
    let dns = dns.iter().map(|lookup| NetRule {
        right: NetRight::LookUp,
        hosts: match lookup {
            Lookup::Any => NetHosts::AnyName,
            Lookup::Name(name) => NetHosts::Name(name.clone()),
        },
        ports: EVERY,
    });
    connect.chain(bind).chain(udp).chain(dns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        text.parse::<Endpoint>().map(|it| it.to_string())
    }

    #[test]
    fn rules_are_read_as_they_are_shown() {
        for (text, want) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("127.0.0.1", "127.0.0.1:*"),
            ("10.0.0.0/8:1-2", "10.0.0.0/8:1-2"),
            ("0.0.0.0/0:*", "0.0.0.0/0:*"),
            ("[::1]:0", "[::1]:0"),
            ("[::]", "[::]:*"),
            ("[2001:db8::]/32:443", "[2001:db8::]/32:443"),
            ("[2001:db8::/32]:443", "[2001:db8::]/32:443"),
            ("any:443", "any:443"),
            ("any", "any:*"),
            ("Example.COM.:0-65535", "example.com:*"),
            ("localhost:8080", "localhost:8080"),
            ("a_b.x-1:1", "a_b.x-1:1"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(want), "{text}");
            assert_eq!(shown(want).as_deref(), Ok(want));
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            ":80",
            "*:80",
            "1.2.3.4:",
            "1.2.3.4:65536",
            "1.2.3.4:+1",
            "1.2.3.4:2-1",
            "1.2.3.4:-",
            "1.2.3.4:1-",
            "1.2.3.4:80:81",
            "1.2.3",
            "256.1.1.1:80",
            "1.2.3.4/33",
            "1.2.3.4/8",
            "10.0.0.0/-1",
            "10.0.0.0/",
            "::1",
            "::1:80",
            "2001:db8::/32",
            "[::1",
            "[::1]80",
            "[1.2.3.4]:80",
            "[2001:db8::1]/32",
            "[::]/129",
            "[::ffff:1.2.3.4]:80",
            "a..b:80",
            "a b:80",
            "bücher.example:80",
            "http://x:80",
            "x/y",
        ] {
            assert!(shown(text).is_err(), "{text}: {:?}", shown(text));
        }
        let long = format!("{}:1", "a".repeat(64));
        assert!(shown(&long).is_err());
        assert!("localhost:1".parse::<OwnEndpoint>().is_err());
        assert!("any:0".parse::<OwnEndpoint>().is_ok());
        for bad in ["1.2.3.4", "", "x:1", "*"] {
            assert!(bad.parse::<Lookup>().is_err(), "{bad}");
        }
    }

    #[test]
    fn any_address_is_one_of_either_family() {
        let rules = rules(
            &["any:1".parse().unwrap()],
            &["127.0.0.1".parse().unwrap()],
            &["x.example:2".parse().unwrap()],
            &["any".parse().unwrap(), "Y".parse().unwrap()],
        );
        let rights: Vec<_> = rules.iter().map(|rule| rule.right).collect();
        use NetRight::{Bind, Connect, LookUp, Send};
        assert_eq!(rights, [Connect, Connect, Bind, Send, LookUp, LookUp]);
        assert_eq!(rules[3].hosts, NetHosts::Name("x.example".to_owned()));
        assert_eq!(rules[4].hosts, NetHosts::AnyName);
        assert_eq!(rules[5].hosts, NetHosts::Name("y".to_owned()));
    }
}
