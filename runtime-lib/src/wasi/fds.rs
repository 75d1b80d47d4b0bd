//! The guest's descriptor table: which host descriptor a number stands for, and what the guest may do with it.
//!
//! A descriptor belongs to a fixed array, so that no call allocates. 0, 1 and 2 are the process's own; the granted
//! directories follow. Rights only ever shrink: a file opened in a directory gets at most what the directory passes on.

use crate::abi::{Config, Preopen};
use crate::ranges::Spin;
use crate::sys::{self, Fd};
use crate::wasi::{Error, Result};
use core::cell::UnsafeCell;
use core::ptr::null;
use core::sync::atomic::{AtomicBool, Ordering};

/// Descriptors that a guest may have open.
const MAX: usize = 1024;

/// Rights of preview 1 (the bit numbers are the standard's).
pub mod rights {
    pub const FD_DATASYNC: u64 = 1 << 0;
    pub const FD_READ: u64 = 1 << 1;
    pub const FD_SEEK: u64 = 1 << 2;
    pub const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub const FD_SYNC: u64 = 1 << 4;
    pub const FD_TELL: u64 = 1 << 5;
    pub const FD_WRITE: u64 = 1 << 6;
    pub const FD_ADVISE: u64 = 1 << 7;
    pub const FD_ALLOCATE: u64 = 1 << 8;
    pub const PATH_CREATE_DIRECTORY: u64 = 1 << 9;
    pub const PATH_CREATE_FILE: u64 = 1 << 10;
    pub const PATH_LINK_SOURCE: u64 = 1 << 11;
    pub const PATH_LINK_TARGET: u64 = 1 << 12;
    pub const PATH_OPEN: u64 = 1 << 13;
    pub const FD_READDIR: u64 = 1 << 14;
    pub const PATH_READLINK: u64 = 1 << 15;
    pub const PATH_RENAME_SOURCE: u64 = 1 << 16;
    pub const PATH_RENAME_TARGET: u64 = 1 << 17;
    pub const PATH_FILESTAT_GET: u64 = 1 << 18;
    pub const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;
    pub const PATH_FILESTAT_SET_TIMES: u64 = 1 << 20;
    pub const FD_FILESTAT_GET: u64 = 1 << 21;
    pub const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub const FD_FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub const PATH_SYMLINK: u64 = 1 << 24;
    pub const PATH_REMOVE_DIRECTORY: u64 = 1 << 25;
    pub const PATH_UNLINK_FILE: u64 = 1 << 26;
    pub const POLL_FD_READWRITE: u64 = 1 << 27;
    pub const SOCK_SHUTDOWN: u64 = 1 << 28;
    pub const SOCK_ACCEPT: u64 = 1 << 29;
    pub const ALL: u64 = (1 << 30) - 1;

    /// What makes sense on a directory itself.
    pub const DIRECTORY: u64 = FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_DATASYNC
        | FD_ADVISE
        | PATH_CREATE_DIRECTORY
        | PATH_CREATE_FILE
        | PATH_LINK_SOURCE
        | PATH_LINK_TARGET
        | PATH_OPEN
        | FD_READDIR
        | PATH_READLINK
        | PATH_RENAME_SOURCE
        | PATH_RENAME_TARGET
        | PATH_FILESTAT_GET
        | PATH_FILESTAT_SET_SIZE
        | PATH_FILESTAT_SET_TIMES
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_TIMES
        | PATH_SYMLINK
        | PATH_REMOVE_DIRECTORY
        | PATH_UNLINK_FILE
        | POLL_FD_READWRITE;
    /// What makes sense on anything else.
    pub const FILE: u64 = ALL & !(DIRECTORY & !SHARED);
    /// What makes sense on both.
    const SHARED: u64 = FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_DATASYNC
        | FD_ADVISE
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_TIMES
        | POLL_FD_READWRITE;
}

/// File types of preview 1.
pub mod filetype {
    use crate::sys;

    pub const UNKNOWN: u8 = 0;
    pub const BLOCK_DEVICE: u8 = 1;
    pub const CHARACTER_DEVICE: u8 = 2;
    pub const DIRECTORY: u8 = 3;
    pub const REGULAR_FILE: u8 = 4;
    pub const SOCKET_STREAM: u8 = 6;
    pub const SYMBOLIC_LINK: u8 = 7;

    pub fn from_mode(mode: u32) -> u8 {
        match mode & sys::S_IFMT {
            sys::S_IFREG => REGULAR_FILE,
            sys::S_IFDIR => DIRECTORY,
            sys::S_IFCHR => CHARACTER_DEVICE,
            sys::S_IFLNK => SYMBOLIC_LINK,
            sys::S_IFBLK => BLOCK_DEVICE,
            sys::S_IFSOCK => SOCKET_STREAM,
            _ => UNKNOWN,
        }
    }
}

/// What a guest's descriptor stands for.
#[derive(Clone, Copy)]
pub struct Entry {
    pub host: Fd,
    /// Whether the number is in use; all zero bytes are a free entry.
    open: bool,
    pub directory: bool,
    pub rights: u64,
    /// Rights that files opened through it can have.
    pub inheriting: u64,
    /// The grant that it comes from, or null.
    pub preopen: *const Preopen,
}

impl Entry {
    pub fn new(host: Fd, directory: bool, rights: u64, inheriting: u64) -> Entry {
        Entry {
            host,
            open: true,
            directory,
            rights,
            inheriting,
            preopen: null(),
        }
    }

    /// Fails unless all these rights are held.
    pub fn require(&self, needed: u64) -> Result<()> {
        if self.rights & needed == needed {
            return Ok(());
        }
        // A right that this kind of file can never have is a mistaken descriptor.
        Err(match self.directory {
            false if needed & rights::FILE == 0 => Error::NOTDIR,
            true if needed & rights::DIRECTORY == 0 => Error::BADF,
            _ => Error::NOTCAPABLE,
        })
    }
}

struct Table {
    lock: Spin,
    ready: AtomicBool,
    entries: UnsafeCell<[Entry; MAX]>,
}

// SAFETY: the entries are only touched under the lock.
unsafe impl Sync for Table {}

const FREE: Entry = Entry {
    host: 0,
    open: false,
    directory: false,
    rights: 0,
    inheriting: 0,
    preopen: null(),
};

static TABLE: Table = Table {
    lock: Spin::new(),
    ready: AtomicBool::new(false),
    entries: UnsafeCell::new([FREE; MAX]),
};

/// Runs `f` on the table under its lock. The first use fills in the standard streams.
#[inline]
fn with<T>(f: impl FnOnce(&mut [Entry; MAX]) -> T) -> T {
    TABLE.lock.with(|| {
        // SAFETY: under the lock.
        let entries = unsafe { &mut *TABLE.entries.get() };
        if !TABLE.ready.load(Ordering::Relaxed) {
            add_streams(entries);
        }
        f(entries)
    })
}

/// Fills in the standard streams.
#[cold]
#[inline(never)]
fn add_streams(entries: &mut [Entry; MAX]) {
    TABLE.ready.store(true, Ordering::Relaxed);
    for (host, entry) in entries.iter_mut().take(3).enumerate() {
        *entry = Entry::new(host as Fd, false, rights::FILE, 0);
    }
}

/// Opens the granted directories, which get the numbers from 3.
///
/// # Safety
/// The configuration is valid and stays so.
#[inline(never)]
pub unsafe fn init(config: &Config) {
    for i in 0..config.preopen_count as usize {
        let preopen = &*config.preopens.add(i);
        let host = crate::text::bytes(preopen.host, preopen.host_len);
        let mut path = [0u8; 4096];
        let opened = match path.get_mut(..host.len()).filter(|_| host.len() < 4096) {
            Some(place) => {
                place.copy_from_slice(host);
                let path = core::ffi::CStr::from_bytes_until_nul(&path).unwrap_or_default();
                sys::openat(sys::AT_FDCWD, path, sys::O_RDONLY | sys::O_DIRECTORY, 0)
            }
            None => Err(sys::Errno::NAMETOOLONG),
        };
        let reason = match opened {
            Ok(fd) => {
                let entry = Entry {
                    preopen,
                    ..Entry::new(fd, true, rights::DIRECTORY, rights::ALL)
                };
                match insert(entry) {
                    Ok(_) => continue,
                    Err(_) => "too many directories",
                }
            }
            Err(sys::Errno::NOENT) => "no such directory",
            Err(sys::Errno::NOTDIR) => "not a directory",
            Err(sys::Errno(13)) => "permission denied",
            Err(_) => "it cannot be opened",
        };
        let mut buf = [0; 512];
        let mut out = crate::text::Text::to_fd(2, &mut buf);
        out.str("error: the program was built with access to the directory `")
            .bytes(host);
        out.str("`: ").str(reason).str("\n").flush();
        sys::exit(1);
    }
}

/// The entry of an open descriptor.
#[inline(never)]
pub fn get(fd: u32) -> Result<Entry> {
    with(|entries| entries.get(fd as usize).copied())
        .filter(|entry| entry.open)
        .ok_or(Error::BADF)
}

/// The entry of an open descriptor that has these rights.
pub fn get_with(fd: u32, needed: u64) -> Result<Entry> {
    let entry = get(fd)?;
    entry.require(needed)?;
    Ok(entry)
}

/// The entry of a directory with these rights.
pub fn directory(fd: u32, needed: u64) -> Result<Entry> {
    let entry = get(fd)?;
    if !entry.directory {
        return Err(Error::NOTDIR);
    }
    entry.require(needed)?;
    Ok(entry)
}

/// Gives an entry the lowest free number. Where none is free the host descriptor is closed.
#[inline(never)]
pub fn insert(entry: Entry) -> Result<u32> {
    let fd = with(|entries| {
        let fd = entries.iter().position(|e| !e.open)?;
        entries[fd] = entry;
        Some(fd as u32)
    });
    fd.ok_or_else(|| {
        let _ = sys::close(entry.host);
        Error::MFILE
    })
}

/// Frees a number and returns what it stood for.
pub fn remove(fd: u32) -> Result<Entry> {
    with(|entries| {
        let entry = entries.get_mut(fd as usize).filter(|entry| entry.open)?;
        Some(core::mem::replace(entry, FREE))
    })
    .ok_or(Error::BADF)
}

/// Moves an open descriptor onto another open number; returns what that stood for.
pub fn renumber(from: u32, to: u32) -> Result<Option<Entry>> {
    with(|entries| {
        let source = entries
            .get(from as usize)
            .copied()
            .filter(|entry| entry.open)?;
        let target = entries
            .get(to as usize)
            .copied()
            .filter(|entry| entry.open)?;
        if from == to {
            return Some(None);
        }
        entries[to as usize] = source;
        entries[from as usize] = FREE;
        Some(Some(target))
    })
    .ok_or(Error::BADF)
}

/// Takes rights away from a descriptor. Asking for more than it has is an error.
pub fn restrict(fd: u32, base: u64, inheriting: u64) -> Result<()> {
    with(|entries| {
        let Some(entry) = entries.get_mut(fd as usize).filter(|entry| entry.open) else {
            return Err(Error::BADF);
        };
        if base & !entry.rights != 0 || inheriting & !entry.inheriting != 0 {
            return Err(Error::NOTCAPABLE);
        }
        entry.rights = base;
        entry.inheriting = inheriting;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, because the table is one for the process.
    #[test]
    fn descriptors_are_numbered_lowest_first_and_lose_rights_only() {
        assert_eq!(get(1).unwrap().host, 1);
        assert!(get(3).is_err());
        assert!(get(u32::MAX).is_err());
        let a = insert(Entry::new(70, false, rights::FD_READ, 0)).unwrap();
        let b = insert(Entry::new(71, true, rights::DIRECTORY, rights::ALL)).unwrap();
        assert_eq!((a, b), (3, 4));
        assert_eq!(get_with(a, rights::FD_WRITE).err(), Some(Error::NOTCAPABLE));
        assert_eq!(directory(a, rights::PATH_OPEN).err(), Some(Error::NOTDIR));
        assert_eq!(get_with(b, rights::FD_READ).err(), Some(Error::BADF));
        assert_eq!(
            restrict(a, rights::FD_READ | rights::FD_WRITE, 0),
            Err(Error::NOTCAPABLE)
        );
        restrict(b, rights::PATH_OPEN, rights::FD_READ).unwrap();
        assert_eq!(restrict(b, rights::DIRECTORY, 0), Err(Error::NOTCAPABLE));
        assert_eq!(renumber(a, b).unwrap().unwrap().host, 71);
        assert_eq!((get(b).unwrap().host, get(a).is_err()), (70, true));
        assert!(renumber(b, b).unwrap().is_none());
        assert!(renumber(b, 9).is_err());
        assert_eq!(insert(Entry::new(72, false, 0, 0)), Ok(3));
        assert_eq!(remove(3).unwrap().host, 72);
        assert_eq!(remove(4).unwrap().host, 70);
        assert!(remove(4).is_err());
    }
}
