//! Confinement by the kernel, installed before the guest runs: what the guest was not granted stays out of reach even if it takes
//! over this process.
//!
//! Two parts, both of Linux: a seccomp filter, which the compiler made for the WASI functions that the program imports, and landlock rules
//! for exactly the granted directories and TCP ports. A kernel that lacks one is no error: the sandbox does not rest on them.
//!
//! Landlock below version 2 forbids to rename and link between directories whatever is granted, so it is left out there if the guest may
//! write. It knows the network from version 4 on, and of it the ports of TCP alone: not addresses, not UDP. Where so many ports are granted that rules for each would be slow, it is
//! left to the policy of the runtime (`net/policy.rs`), which judges every address in any case. Descriptors that are open already (standard streams, sockets, grants themselves) are not affected by it.

use crate::abi::{Config, MAX_GRANTS, MAX_RUNTIME_GRANTS, NetRule};
use crate::net::{policy, resolver};
use crate::sys::{self, Fd};
use core::cell::UnsafeCell;

/// What the kernel shall allow beneath a directory, or of a file.
#[derive(Clone, Copy)]
struct Rule {
    fd: Fd,
    read_only: bool,
    /// It is a file; the descriptor is closed when the rule is made.
    file: bool,
}

/// Rules to be made.
const MAX: usize = MAX_GRANTS + MAX_RUNTIME_GRANTS;

struct Rules(UnsafeCell<(usize, [Rule; MAX])>);

// SAFETY: only used while the process starts, when it has one thread.
unsafe impl Sync for Rules {}

const NO_RULE: Rule = Rule {
    fd: 0,
    read_only: false,
    file: false,
};

static RULES: Rules = Rules(UnsafeCell::new((0, [NO_RULE; MAX])));

/// Takes note of a granted directory. False where there are too many.
///
/// # Safety
/// Called while the process starts.
pub unsafe fn note(fd: Fd, read_only: bool, file: bool) -> bool {
    let (count, rules) = &mut *RULES.0.get();
    let Some(rule) = rules.get_mut(*count) else {
        return false;
    };
    *rule = Rule {
        fd,
        read_only,
        file,
    };
    *count += 1;
    true
}

/// Confines the process.
///
/// # Safety
/// Called while the process starts, after everything is opened that the guest may use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_harden(config: *const Config) {
    let config = &*config;
    if sys::no_new_privileges().is_err() {
        return;
    }
    if config.flags & Config::NAMES_FILES != 0 {
        restrict(|handled| handled, |_, _| true);
    }
    install_filter(config);
}

/// Confines the process, for programs that were granted something of the network.
///
/// # Safety
/// As [`wative_rt_harden`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_harden_network(config: *const Config) {
    let config = &*config;
    if sys::no_new_privileges().is_err() {
        return;
    }
    let rules = policy::rules();
    restrict(
        |[files, network, scopes]| [files, network & by_port(rules), scopes],
        |ruleset, network| allow_ports(ruleset, network, rules),
    );
    install_filter(config);
}

/// Installs the filter with this process's number filled in.
///
/// # Safety
/// The filter lets through what the process still needs.
unsafe fn install_filter(config: &Config) {
    let mut program = [0u64; Config::FILTER_MAX];
    let len = (config.filter_len as usize).min(program.len());
    let own = sys::getpid() as u64;
    for (i, instruction) in program.iter_mut().take(len).enumerate() {
        *instruction = *config.filter.add(i);
        if *instruction >> 32 == u64::from(Config::FILTER_PID) {
            *instruction = *instruction & u64::from(u32::MAX) | own << 32;
        }
    }
    let _ = sys::set_filter(program.as_ptr(), len as u16);
}

/// Rights of landlock, by the version that brought them.
mod right {
    pub const WRITE_FILE: u64 = 1 << 1;
    pub const READ_FILE: u64 = 1 << 2;
    pub const READ_DIR: u64 = 1 << 3;
    pub const REMOVE_DIR: u64 = 1 << 4;
    pub const REMOVE_FILE: u64 = 1 << 5;
    pub const MAKE_DIR: u64 = 1 << 7;
    pub const MAKE_REG: u64 = 1 << 8;
    pub const MAKE_SYM: u64 = 1 << 12;
    pub const REFER: u64 = 1 << 13;
    pub const TRUNCATE: u64 = 1 << 14;

    /// Of the network.
    pub const BIND_TCP: u64 = 1 << 0;
    pub const CONNECT_TCP: u64 = 1 << 1;

    pub const VERSION_1: u64 = (1 << 13) - 1;
    pub const IOCTL_DEV: u64 = 1 << 15;
    /// On files rather than directories.
    pub const OF_FILES: u64 = WRITE_FILE | READ_FILE | TRUNCATE;
    pub const READING: u64 = READ_FILE | READ_DIR;
    /// Everything that a WASI function can do. No device, socket or pipe is ever made, and nothing executed.
    pub const ALL: u64 = READING
        | WRITE_FILE
        | REMOVE_DIR
        | REMOVE_FILE
        | MAKE_DIR
        | MAKE_REG
        | MAKE_SYM
        | REFER
        | TRUNCATE;
}

/// What a version of landlock knows: rights of files and of the network, other scopes, and the bytes of the structure.
fn handled(version: usize) -> ([u64; 3], usize) {
    let mut files = right::VERSION_1;
    let (mut network, mut scopes, mut size) = (0, 0, 8);
    if version >= 2 {
        files |= right::REFER;
    }
    if version >= 3 {
        files |= right::TRUNCATE;
    }
    if version >= 4 {
        (network, size) = (right::BIND_TCP | right::CONNECT_TCP, 16);
    }
    if version >= 5 {
        files |= right::IOCTL_DEV;
    }
    if version >= 6 {
        // Abstract sockets, and signals to other processes.
        (scopes, size) = (3, 24);
    }
    ([files, network, scopes], size)
}

/// Whether rules can be made that forbid nothing that was granted.
fn is_fit(version: usize, rules: &[Rule]) -> bool {
    version >= 2 || rules.iter().all(|rule| rule.read_only)
}

/// Forbids what was not granted. `narrow` takes rights out of those that shall be forbidden, `allow` adds the rules about the network and gets the rights of it that are
/// left; false where it cannot.
///
/// # Safety
/// No other thread runs, and all rules about files were added.
unsafe fn restrict(narrow: impl FnOnce([u64; 3]) -> [u64; 3], allow: impl FnOnce(Fd, u64) -> bool) {
    let Ok(version) = sys::landlock_version() else {
        return;
    };
    let (count, rules) = &*RULES.0.get();
    let rules = rules.get(..*count).unwrap_or(&[]);
    if !is_fit(version, rules) {
        return;
    }
    let (handled, size) = handled(version);
    let handled = narrow(handled);
    let Ok(ruleset) = sys::landlock_ruleset(&handled, size) else {
        return;
    };
    let mut complete = allow(ruleset, handled[1]);
    for rule in rules {
        let all = if rule.read_only {
            right::READING
        } else {
            right::ALL
        };
        let kind = if rule.file { right::OF_FILES } else { u64::MAX };
        complete &= sys::landlock_allow(ruleset, rule.fd, all & kind & handled[0]).is_ok();
        if rule.file {
            let _ = sys::close(rule.fd);
        }
    }
    // Where the system refuses to make rules, applying those that were made would forbid what was granted.
    if complete {
        let _ = sys::landlock_restrict(ruleset);
    }
    let _ = sys::close(ruleset);
}

/// Rules for so many ports are made, each by a system call.
const MAX_PORTS: u32 = 64;

/// The right of landlock that a rule is about, or 0.
fn right_of(rule: &NetRule) -> u64 {
    match rule.kind {
        NetRule::BIND => right::BIND_TCP,
        NetRule::CONNECT => right::CONNECT_TCP,
        _ => 0,
    }
}

/// The rights of the network that are granted for few ports, or for none.
fn by_port(rules: &[NetRule]) -> u64 {
    let is_few = |right: &u64| {
        let of = rules.iter().filter(|rule| right_of(rule) == *right);
        let ports = of.map(|rule| rule.last_port.saturating_sub(rule.first_port) + 1);
        ports.fold(0, u32::saturating_add) <= MAX_PORTS
    };
    let rights = [right::BIND_TCP, right::CONNECT_TCP];
    rights.iter().filter(|right| is_few(right)).sum()
}

/// Allows the ports of the rules, and those of the servers that names are looked up with.
fn allow_ports(ruleset: Fd, handled: u64, rules: &[NetRule]) -> bool {
    let mut complete = true;
    let mut allow = |right: u64, port: u32| {
        if right & handled != 0 {
            complete &= sys::landlock_allow_port(ruleset, right, port as u16).is_ok();
        }
    };
    for rule in rules.iter().filter(|rule| right_of(rule) & handled != 0) {
        for port in rule.first_port..=rule.last_port {
            allow(right_of(rule), port);
        }
    }
    for server in resolver::get().servers() {
        allow(right::CONNECT_TCP, server.port().into());
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_for_reading_only() {
        let writable = NO_RULE;
        let read_only = Rule {
            read_only: true,
            ..NO_RULE
        };
        for (rules, first) in [
            (&[][..], true),
            (&[read_only, read_only], true),
            (&[read_only, writable], false),
        ] {
            assert_eq!(is_fit(1, rules), first);
            assert!(is_fit(2, rules));
        }
    }

    #[test]
    fn no_version_is_asked_for_what_it_does_not_know() {
        assert_eq!(handled(1), ([0x1fff, 0, 0], 8));
        assert_eq!(handled(2), ([0x3fff, 0, 0], 8));
        assert_eq!(handled(3), ([0x7fff, 0, 0], 8));
        assert_eq!(handled(4), ([0x7fff, 3, 0], 16));
        assert_eq!(handled(5), ([0xffff, 3, 0], 16));
        assert_eq!(handled(7), ([0xffff, 3, 3], 24));
        // Nothing is granted that is not handled.
        assert_eq!(right::ALL & !handled(3).0[0], 0);
        assert_eq!(right::READING & right::ALL, right::READING);
    }

    #[test]
    fn many_ports_are_left_to_the_policy() {
        let rule = |kind, first_port, last_port| NetRule {
            kind,
            family: NetRule::IPV4,
            first_port,
            last_port,
            prefix: 0,
            reserved: 0,
            high: 0,
            low: 0,
            name: core::ptr::null(),
            name_len: 0,
        };
        let (bind, connect) = (right::BIND_TCP, right::CONNECT_TCP);
        assert_eq!(by_port(&[]), bind | connect);
        let one = rule(NetRule::CONNECT, 80, 80);
        let many = rule(NetRule::CONNECT, 1, MAX_PORTS);
        let all = rule(NetRule::BIND, 0, 65535);
        let datagrams = rule(NetRule::SEND, 0, 65535);
        assert_eq!(by_port(&[one, datagrams]), bind | connect);
        assert_eq!(by_port(&[many, one]), bind);
        assert_eq!(by_port(&[many, all]), connect);
        assert_eq!(by_port(&[many, one, all, all]), 0);
    }
}
