//! System calls by which a process gives up rights: seccomp and landlock.

use super::{Fd, Result, check};
use crate::arch::{nr, syscall};

/// From now on no program that this process executes can have more rights than it; filters need that.
pub fn no_new_privileges() -> Result<usize> {
    const PR_SET_NO_NEW_PRIVS: usize = 38;
    call!(nr::PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

/// Installs a seccomp program, which the kernel copies and checks.
pub fn set_filter(program: *const u64, len: u16) -> Result<usize> {
    const PR_SET_SECCOMP: usize = 22;
    const SECCOMP_MODE_FILTER: usize = 2;
    #[repr(C)]
    struct Program {
        len: u16,
        filter: *const u64,
    }
    let program = Program {
        len,
        filter: program,
    };
    call!(
        nr::PRCTL,
        PR_SET_SECCOMP,
        SECCOMP_MODE_FILTER,
        &raw const program
    )
}

/// The version of landlock.
pub fn landlock_version() -> Result<usize> {
    call!(nr::LANDLOCK_CREATE_RULESET, 0, 0, 1)
}

/// A set of rules for these rights of files, rights of the network and scopes; the kernel looks at `size` bytes.
pub fn landlock_ruleset(handled: &[u64; 3], size: usize) -> Result<Fd> {
    call!(nr::LANDLOCK_CREATE_RULESET, handled.as_ptr(), size, 0).map(|fd| fd as Fd)
}

/// Allows rights beneath a directory.
pub fn landlock_allow(ruleset: Fd, beneath: Fd, rights: u64) -> Result<usize> {
    const LANDLOCK_RULE_PATH_BENEATH: usize = 1;
    #[repr(C, packed)]
    struct Rule {
        rights: u64,
        fd: Fd,
    }
    let rule = Rule {
        rights,
        fd: beneath,
    };
    call!(
        nr::LANDLOCK_ADD_RULE,
        ruleset,
        LANDLOCK_RULE_PATH_BENEATH,
        &raw const rule,
        0
    )
}

/// Allows rights of the network with a TCP port.
pub fn landlock_allow_port(ruleset: Fd, rights: u64, port: u16) -> Result<usize> {
    const LANDLOCK_RULE_NET_PORT: usize = 2;
    let rule = [rights, port.into()];
    call!(
        nr::LANDLOCK_ADD_RULE,
        ruleset,
        LANDLOCK_RULE_NET_PORT,
        rule.as_ptr(),
        0
    )
}

/// Applies the rules to this process for ever.
pub fn landlock_restrict(ruleset: Fd) -> Result<usize> {
    call!(nr::LANDLOCK_RESTRICT_SELF, ruleset, 0)
}
