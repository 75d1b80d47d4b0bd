//! What the system says about looking up names: `/etc/hosts` (`hosts(5)`) and `/etc/resolv.conf` (`resolv.conf(5)`).
//!
//! Both are opened while the process starts, before it is confined, whatever files the guest may use: the guest never sees them, only what they say of names that it may look
//! up. The second is read at once, the first with each lookup. `nsswitch.conf` is not asked: files come first, then DNS.

use super::policy::is_same_name;
use crate::abi::Config;
use crate::sys::{self, Fd, IoVec};
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use core::str::FromStr;

const HOSTS: &CStr = c"/etc/hosts";
const CONFIGURATION: &CStr = c"/etc/resolv.conf";

/// Servers that are asked, and domains in which a name is looked for (`MAXNS`, and glibc's old limit of `MAXDNSRCH`).
pub const MAX_SERVERS: usize = 3;
pub const MAX_DOMAINS: usize = 6;

/// Bytes of the configuration that are read.
const MAX_CONFIGURATION: usize = 8192;

/// The port of DNS.
const PORT: u16 = 53;

/// What `resolv.conf` says.
pub struct Resolver {
    servers: [SocketAddr; MAX_SERVERS],
    server_count: usize,
    /// The domains, separated by spaces.
    domains: [u8; 256],
    domains_len: usize,
    /// So many dots make a name be looked for as it is first.
    pub dots: u32,
    /// Seconds to wait for an answer, and how often all servers are asked.
    pub timeout: u32,
    pub attempts: u32,
    /// `/etc/hosts`, or -1.
    pub hosts: Fd,
}

impl Resolver {
    /// As it is without any configuration: nobody is asked.
    const NONE: Resolver = Resolver {
        servers: [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT); MAX_SERVERS],
        server_count: 0,
        domains: [0; 256],
        domains_len: 0,
        dots: 1,
        timeout: 5,
        attempts: 2,
        hosts: -1,
    };

    pub fn servers(&self) -> &[SocketAddr] {
        self.servers.get(..self.server_count).unwrap_or(&[])
    }

    /// The domains in which names are looked for.
    pub fn domains(&self) -> impl Iterator<Item = &[u8]> {
        let text = self.domains.get(..self.domains_len).unwrap_or(&[]);
        words(text).take(MAX_DOMAINS)
    }

    /// Takes a line of the configuration over. What is unknown or wrong is left out.
    fn read_line(&mut self, line: &[u8]) {
        let mut words = words(line);
        match words.next() {
            Some(b"nameserver") => {
                let server = words.next().and_then(parse_server);
                if let (Some(server), Some(place)) =
                    (server, self.servers.get_mut(self.server_count))
                {
                    *place = server;
                    self.server_count += 1;
                }
            }
            Some(b"domain" | b"search") => {
                self.domains_len = 0;
                words.for_each(|domain| self.add_domain(domain));
            }
            Some(b"options") => words.for_each(|option| self.read_option(option)),
            _ => {}
        }
    }

    fn add_domain(&mut self, domain: &[u8]) {
        let domain = domain.strip_suffix(b".").unwrap_or(domain);
        let end = self.domains_len + domain.len();
        if let Some(place) = self.domains.get_mut(self.domains_len..end + 1) {
            let (text, space) = place.split_at_mut(domain.len());
            text.copy_from_slice(domain);
            space.fill(b' ');
            self.domains_len = end + 1;
        }
    }

    fn read_option(&mut self, option: &[u8]) {
        let limits: [(&[u8], &mut u32, u32, u32); 3] = [
            (b"ndots:", &mut self.dots, 0, 15),
            (b"timeout:", &mut self.timeout, 1, 30),
            (b"attempts:", &mut self.attempts, 1, 5),
        ];
        for (name, place, least, most) in limits {
            if let Some(number) = option.strip_prefix(name).and_then(parse::<u32>) {
                *place = number.clamp(least, most);
            }
        }
    }

    fn read_configuration(&mut self, text: &[u8]) {
        for line in text.split(|&b| b == b'\n') {
            self.read_line(line);
        }
        // As `resolv.conf(5)` has it.
        if self.server_count == 0 {
            self.server_count = 1;
        }
    }
}

/// A text that stands for a value of this type.
fn parse<T: FromStr>(text: &[u8]) -> Option<T> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// The address of a server, `[ADDRESS]:PORT` where it is not the usual port.
fn parse_server(text: &[u8]) -> Option<SocketAddr> {
    if let Some(rest) = text.strip_prefix(b"[") {
        let (address, port) = split(rest, b']')?;
        let port = match port {
            b"" => PORT,
            port => parse(port.strip_prefix(b":")?).filter(|&port| port != 0)?,
        };
        return Some(SocketAddr::new(parse(address)?, port));
    }
    let Some((address, scope)) = split(text, b'%') else {
        return Some(SocketAddr::new(parse(text)?, PORT));
    };
    // Interfaces have to be given by number: their names are the business of another socket.
    Some(SocketAddrV6::new(parse(address)?, PORT, 0, parse(scope)?).into())
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|&b| b == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

/// The words of a line, up to a comment.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut parts = line.split(|&b| b == b'#' || b == b';');
    let words = parts.next().unwrap_or(&[]);
    let words = words.split(|b| b.is_ascii_whitespace());
    words.filter(|word| !word.is_empty())
}

/// Calls `f` with the addresses that a line of `/etc/hosts` gives to the name.
fn read_host(line: &[u8], name: &[u8], f: &mut dyn FnMut(IpAddr)) {
    let mut words = words(line);
    let address = words.next().and_then(parse::<IpAddr>);
    let is_named = |word: &[u8]| {
        let word = word.strip_suffix(b".").unwrap_or(word);
        is_same_name(word, name)
    };
    if let Some(address) = address
        && words.any(is_named)
    {
        f(address);
    }
}

/// Calls `f` with the addresses that a file such as `/etc/hosts` gives to a name. Lines that do not fit into the buffer are left out.
pub fn each_host(hosts: Fd, buffer: &mut [u8], name: &[u8], f: &mut dyn FnMut(IpAddr)) {
    let (mut offset, mut kept) = (0, 0);
    // Whether the beginning of the line was thrown away.
    let mut is_part = false;
    loop {
        let room = buffer.get_mut(kept..).unwrap_or(&mut []);
        let n = read_at(hosts, room, offset);
        offset += n as u64;
        let filled = buffer.get(..kept + n).unwrap_or(&[]);
        let end = match n {
            0 => filled.len(),
            _ => match filled.iter().rposition(|&b| b == b'\n') {
                Some(place) => place + 1,
                None => 0,
            },
        };
        let (lines, rest) = filled.split_at(end);
        for line in lines.split(|&b| b == b'\n') {
            if !core::mem::take(&mut is_part) {
                read_host(line, name, f);
            }
        }
        if n == 0 {
            return;
        }
        kept = rest.len();
        buffer.copy_within(end..end + kept, 0);
        if kept == buffer.len() {
            (kept, is_part) = (0, true);
        }
    }
}

/// Reads from a place of a file: how much; nothing where that fails.
fn read_at(fd: Fd, to: &mut [u8], offset: u64) -> usize {
    let vector = [IoVec {
        base: to.as_mut_ptr(),
        len: to.len(),
    }];
    sys::preadv(fd, &vector, offset).unwrap_or(0).min(to.len())
}

struct Cell(UnsafeCell<Resolver>);

// SAFETY: written while the process starts.
unsafe impl Sync for Cell {}

static RESOLVER: Cell = Cell(UnsafeCell::new(Resolver::NONE));

/// The configuration of this process; without [`wative_rt_names`] none.
pub fn get() -> &'static Resolver {
    // SAFETY: see `Cell`.
    unsafe { &*RESOLVER.0.get() }
}

/// Opens and reads the files.
///
/// # Safety
/// Called while the process starts, before it is confined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_names(_config: *const Config) {
    let resolver = &mut *RESOLVER.0.get();
    let open = |path| sys::openat(sys::AT_FDCWD, path, sys::O_RDONLY | sys::O_NONBLOCK, 0);
    resolver.hosts = open(HOSTS).unwrap_or(-1);
    let mut text = [0; MAX_CONFIGURATION];
    let mut len = 0;
    if let Ok(fd) = open(CONFIGURATION) {
        loop {
            let n = read_at(fd, text.get_mut(len..).unwrap_or(&mut []), len as u64);
            len += n;
            if n == 0 {
                break;
            }
        }
        let _ = sys::close(fd);
    }
    resolver.read_configuration(text.get(..len).unwrap_or(&[]));
}

/// Addresses that a name has without asking anybody: one that is an address itself (in brackets or not), and `localhost` (RFC 6761, 6.3). Calls `f` with each.
pub fn each_own(name: &str, f: &mut dyn FnMut(IpAddr)) {
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let address: Option<IpAddr> = match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse().ok(),
    };
    if let Some(address) = address {
        f(address);
    } else if is_localhost(name.as_bytes()) {
        f(IpAddr::V6(Ipv6Addr::LOCALHOST));
        f(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
}

/// Whether the name stands for this machine, whatever anybody says.
fn is_localhost(name: &[u8]) -> bool {
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or(name);
    is_same_name(last, b"localhost")
}

#[cfg(test)]
mod tests;
