//! The guest's descriptor table: which host descriptor a number stands for, and what the guest may do with it.
//!
//! A descriptor belongs to a fixed array, so that no call allocates. 0, 1 and 2 are the process's own; the granted
//! directories follow.
//!
//! What is granted limits what is possible: below a grant for reading nothing can be changed. Whether a file is opened for reading or
//! writing is known to the kernel, which refuses the other. Rights are what is possible with this kind of file below this grant, less what
//! the guest gave up itself; they only ever shrink, and a file opened in a directory gets at most what the directory passes on.
//!
//! The process's own stderr is never closed, only the guest's number for it: messages about traps go there.
//!
//! Where the guest has threads, one can close a descriptor that another one's call is using. The host's descriptor then stays open until
//! that call has ended ([`Held`]): otherwise its number could come to stand for another file, for which the call was not checked. A call that is
//! blocked goes on waiting.

use crate::abi::Preopen;
use crate::fault::ranges::Spin;
use crate::state::thread;
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
    pub const DIRECTORY: u64 = PATH_CREATE_DIRECTORY
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
    /// What changes nothing that others see.
    pub const READ_ONLY: u64 = FD_READ
        | FD_SEEK
        | FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_DATASYNC
        | FD_TELL
        | FD_ADVISE
        | PATH_OPEN
        | FD_READDIR
        | PATH_READLINK
        | PATH_FILESTAT_GET
        | FD_FILESTAT_GET
        | POLL_FD_READWRITE;
    /// What makes sense on a socket, listening or connected.
    pub const SOCKET: u64 = FD_READ
        | FD_WRITE
        | FD_FDSTAT_SET_FLAGS
        | FD_FILESTAT_GET
        | POLL_FD_READWRITE
        | SOCK_SHUTDOWN
        | SOCK_ACCEPT;
    /// What makes sense on both.
    const SHARED: u64 = FD_FILESTAT_GET | FD_FILESTAT_SET_TIMES | POLL_FD_READWRITE;
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
    pub open: bool,
    pub directory: bool,
    pub rights: u64,
    /// Rights that files opened through it can have, as far as the grant goes.
    pub inheriting: u64,
    /// The grant that it is, or null.
    pub preopen: *const Preopen,
    /// It comes from a grant for reading, so nothing can be changed by it or below it.
    pub read_only: bool,
    /// A file of a tree instead of the host's: the tree (else null), the node, the position in the file, and its flags.
    pub tree: *const u8,
    pub node: u32,
    pub position: u64,
    pub flags: u16,
}

impl Entry {
    pub fn new(host: Fd, directory: bool, rights: u64, inheriting: u64) -> Entry {
        Entry {
            host,
            open: true,
            directory,
            rights,
            inheriting,
            ..FREE
        }
    }

    /// What is opened in this directory, or this grant itself: it has the rights that its kind can have, as far as they are passed on and
    /// the grant goes.
    pub fn below(&self, host: Fd, directory: bool) -> Entry {
        let kind = if directory {
            rights::DIRECTORY
        } else {
            rights::FILE
        };
        let granted = if self.read_only {
            rights::READ_ONLY
        } else {
            rights::ALL
        };
        let inheriting = if directory { self.inheriting } else { 0 };
        Entry {
            read_only: self.read_only,
            ..Entry::new(
                host,
                directory,
                kind & self.inheriting & granted,
                inheriting,
            )
        }
    }

    /// Closes the host's descriptor, if there is one: at once, or when the calls that use it have ended. The entry is in the table no more.
    pub fn close(&self) -> Result<()> {
        if self.tree.is_null() && self.host != sys::STDERR && !is_left_to_calls(self.host) {
            sys::close(self.host)?;
        }
        Ok(())
    }

    /// Fails unless it is a directory with these rights.
    pub fn require_directory(&self, needed: u64) -> Result<()> {
        if !self.directory {
            return Err(Error::NOTDIR);
        }
        self.require(needed)
    }

    /// Fails unless all these rights are held.
    pub fn require(&self, needed: u64) -> Result<()> {
        if self.rights & needed == needed {
            return Ok(());
        }
        Err(self.refusal(needed & !self.rights))
    }

    /// Why these rights are not held: this kind of file never has them, the grant is for reading, or the guest gave them up.
    fn refusal(&self, missing: u64) -> Error {
        const WRITING: u64 = rights::FD_WRITE | rights::FD_ALLOCATE;
        if self.directory && missing & rights::DIRECTORY == 0 {
            Error::BADF
        } else if !self.directory && missing & rights::FILE == 0 {
            Error::NOTDIR
        } else if !self.read_only || missing & !rights::READ_ONLY == 0 {
            Error::NOTCAPABLE
        } else if missing & WRITING != 0 {
            // This one and the next are what the kernel says of a descriptor that is not open for writing.
            Error::BADF
        } else if missing & rights::FD_FILESTAT_SET_SIZE != 0 {
            Error::INVAL
        } else {
            Error::PERM
        }
    }

    /// Fails unless files can be opened in this directory so: for reading, for writing.
    pub fn require_access(&self, wanted: u64) -> Result<()> {
        if self.read_only && self.tree.is_null() && wanted & rights::FD_WRITE != 0 {
            Err(Error::PERM)
        } else if wanted & !self.inheriting != 0 {
            Err(Error::NOTCAPABLE)
        } else {
            Ok(())
        }
    }
}

/// The entry of a descriptor, for the time of a call.
pub struct Held {
    entry: Entry,
    pub hold: Hold,
}

impl core::ops::Deref for Held {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

/// Keeps a descriptor of the host from being closed; negative: none, because there are no threads or because it is a file of a tree.
pub struct Hold(Fd);

impl Hold {
    pub const NONE: Hold = Hold(-1);

    /// What a host descriptor is held by. Called under the lock.
    fn on(entry: &Entry, uses: &mut [Use; TRACKED]) -> Hold {
        if !thread::is_threaded() || !entry.tree.is_null() {
            return Hold::NONE;
        }
        match uses.get_mut(entry.host as usize) {
            Some(of) => {
                of.calls += 1;
                Hold(entry.host)
            }
            None => Hold::NONE,
        }
    }
}

impl Drop for Hold {
    #[inline]
    fn drop(&mut self) {
        if self.0 >= 0 {
            end_use(self.0);
        }
    }
}

#[inline(never)]
fn end_use(host: Fd) {
    let closes = with(|_, uses| {
        let Some(of) = uses.get_mut(host as usize) else {
            return false;
        };
        of.calls -= 1;
        of.calls == 0 && core::mem::take(&mut of.closing)
    });
    if closes {
        let _ = sys::close(host);
    }
}

/// Whether calls use a descriptor of the host, the last of which will close it.
fn is_left_to_calls(host: Fd) -> bool {
    with(|_, uses| {
        let used = uses.get_mut(host as usize).filter(|of| of.calls != 0);
        used.map(|of| of.closing = true).is_some()
    })
}

/// The host's descriptors have numbers below this: those of the guest, and what the process was started with.
const TRACKED: usize = 4 * MAX;

/// Use of a descriptor of the host.
#[derive(Clone, Copy)]
struct Use {
    /// Calls that are using it.
    calls: u32,
    /// The guest has closed it.
    closing: bool,
}

struct Table {
    lock: Spin,
    ready: AtomicBool,
    entries: UnsafeCell<[Entry; MAX]>,
    /// By number of the host.
    uses: UnsafeCell<[Use; TRACKED]>,
}

// SAFETY: entries and uses are only touched under the lock.
unsafe impl Sync for Table {}

const FREE: Entry = Entry {
    host: 0,
    open: false,
    directory: false,
    rights: 0,
    inheriting: 0,
    preopen: null(),
    read_only: false,
    tree: null(),
    node: 0,
    position: 0,
    flags: 0,
};

static TABLE: Table = Table {
    lock: Spin::new(),
    ready: AtomicBool::new(false),
    entries: UnsafeCell::new([FREE; MAX]),
    uses: UnsafeCell::new(
        [Use {
            calls: 0,
            closing: false,
        }; TRACKED],
    ),
};

/// Runs `f` on the table under its lock. The first use fills in the standard streams.
#[inline]
fn with<T>(f: impl FnOnce(&mut [Entry; MAX], &mut [Use; TRACKED]) -> T) -> T {
    TABLE.lock.with(|| {
        // SAFETY: under the lock.
        let (entries, uses) = unsafe { (&mut *TABLE.entries.get(), &mut *TABLE.uses.get()) };
        if !TABLE.ready.load(Ordering::Relaxed) {
            add_streams(entries);
        }
        f(entries, uses)
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

/// The entry of an open descriptor.
#[inline(never)]
pub fn get(fd: u32) -> Result<Held> {
    with(|entries, uses| {
        let entry = *entries.get(fd as usize).filter(|entry| entry.open)?;
        let hold = Hold::on(&entry, uses);
        Some(Held { entry, hold })
    })
    .ok_or(Error::BADF)
}

/// The entry of an open descriptor that has these rights.
pub fn get_with(fd: u32, needed: u64) -> Result<Held> {
    let entry = get(fd)?;
    entry.require(needed)?;
    Ok(entry)
}

/// The entry of a directory with these rights.
pub fn directory(fd: u32, needed: u64) -> Result<Held> {
    let entry = get(fd)?;
    entry.require_directory(needed)?;
    Ok(entry)
}

/// Gives an entry the lowest free number. Where none is free the host descriptor is closed.
pub fn insert(entry: Entry) -> Result<u32> {
    insert_from(0, entry)
}

/// As [`insert`], with a number that is none of the standard streams', closed as they may be.
pub fn insert_grant(entry: Entry) -> Result<u32> {
    insert_from(3, entry)
}

#[inline(never)]
fn insert_from(first: usize, entry: Entry) -> Result<u32> {
    let fd = with(|entries, _| {
        // What could not be held is not opened.
        if thread::is_threaded() && entry.tree.is_null() && entry.host as usize >= TRACKED {
            return None;
        }
        let fd = first + entries.iter().skip(first).position(|e| !e.open)?;
        entries[fd] = entry;
        Some(fd as u32)
    });
    fd.ok_or_else(|| {
        let _ = entry.close();
        Error::MFILE
    })
}

/// Numbers that are in use, from the lowest: what there is before a guest has run.
pub fn count() -> usize {
    with(|entries, _| {
        entries
            .iter()
            .rposition(|entry| entry.open)
            .map_or(0, |last| last + 1)
    })
}

/// Closes all descriptors but the first ones, of which there were so many before the guest ran.
pub fn close_from(first: usize) {
    let mut next = first;
    while let Some((fd, entry)) = with(|entries, _| {
        let fd = next + entries.iter().skip(next).position(|entry| entry.open)?;
        let entry = entries.get_mut(fd)?;
        Some((fd, core::mem::replace(entry, FREE)))
    }) {
        let _ = entry.close();
        next = fd + 1;
    }
}

/// Frees a number and returns what it stood for.
pub fn remove(fd: u32) -> Result<Entry> {
    with(|entries, _| {
        let entry = entries.get_mut(fd as usize).filter(|entry| entry.open)?;
        Some(core::mem::replace(entry, FREE))
    })
    .ok_or(Error::BADF)
}

/// Moves an open descriptor onto another open number; returns what that stood for.
pub fn renumber(from: u32, to: u32) -> Result<Option<Entry>> {
    with(|entries, _| {
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

/// Changes the entry of an open descriptor.
pub fn change<T>(fd: u32, f: impl FnOnce(&mut Entry) -> Result<T>) -> Result<T> {
    with(|entries, _| {
        let entry = entries.get_mut(fd as usize).filter(|entry| entry.open);
        entry.ok_or(Error::BADF).and_then(f)
    })
}

/// Takes rights away from a descriptor: of those that it has, as far as they are possible, the guest keeps these. Asking for more is an
/// error.
pub fn restrict(fd: u32, possible: u64, base: u64, inheriting: u64) -> Result<()> {
    change(fd, |entry| {
        if base & !(entry.rights & possible) != 0 || inheriting & !entry.inheriting != 0 {
            return Err(Error::NOTCAPABLE);
        }
        entry.rights = base;
        entry.inheriting = inheriting;
        Ok(())
    })
}

/// Held by tests that use the table, which is one for the process.
#[cfg(test)]
pub fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(|failed| failed.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a number must stand for: host, rights, inheriting.
    type Model = std::collections::BTreeMap<u32, (Fd, u64, u64)>;

    /// The lowest number from 3 that is free; the streams stay.
    fn lowest(model: &Model) -> u32 {
        (3..).find(|fd| !model.contains_key(fd)).unwrap()
    }

    /// Random operations do to the table what they do to a map. CVE-2025-53901 and RUSTSEC-2026-0182: renumbering panicked, and
    /// forgot what it replaced.
    #[test]
    fn cve_2025_53901_random_operations_match_a_model() {
        let _alone = alone();
        let mut model = Model::new();
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = |limit: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % limit
        };
        // No descriptor of the host has such numbers, and none is closed here.
        let mut host = 100_000;
        for _ in 0..100_000 {
            let pick = |random: &mut dyn FnMut(u64) -> u64| match random(20) {
                0 => u32::MAX - random(2) as u32,
                1 => MAX as u32 + random(3) as u32 - 1,
                _ => 3 + random(12) as u32,
            };
            let (a, b) = (pick(&mut random), pick(&mut random));
            match random(6) {
                0 | 1 if model.len() < 10 => {
                    host += 1;
                    let (rights, inheriting) = (random(1 << 30), random(1 << 30));
                    let fd = insert(Entry::new(host, false, rights, inheriting)).unwrap();
                    assert_eq!(fd, lowest(&model));
                    model.insert(fd, (host, rights, inheriting));
                }
                2 => assert_eq!(
                    remove(a).ok().map(|entry| entry.host),
                    model.remove(&a).map(|(host, ..)| host)
                ),
                3 => {
                    let replaced = renumber(a, b);
                    if !model.contains_key(&a) || !model.contains_key(&b) {
                        assert_eq!(replaced.err(), Some(Error::BADF));
                    } else if a == b {
                        assert!(replaced.unwrap().is_none());
                    } else {
                        let moved = model.remove(&a).unwrap();
                        let old = model.insert(b, moved).unwrap();
                        assert_eq!(replaced.unwrap().unwrap().host, old.0);
                    }
                }
                4 => {
                    let (rights, inheriting) = (random(1 << 30), random(1 << 30));
                    let want = match model.get_mut(&a) {
                        None => Err(Error::BADF),
                        Some(it) if rights & !it.1 != 0 || inheriting & !it.2 != 0 => {
                            Err(Error::NOTCAPABLE)
                        }
                        Some(it) => {
                            (it.1, it.2) = (rights, inheriting);
                            Ok(())
                        }
                    };
                    assert_eq!(restrict(a, u64::MAX, rights, inheriting), want);
                    if let Some(&(_, rights, inheriting)) = model.get(&a) {
                        // Fewer are always fine.
                        let (less, inherited) =
                            (rights & random(1 << 30), inheriting & random(1 << 30));
                        restrict(a, u64::MAX, less, inherited).unwrap();
                        model
                            .entry(a)
                            .and_modify(|it| (it.1, it.2) = (less, inherited));
                    }
                }
                _ => {
                    let found = get(a).ok().map(|e| (e.host, e.rights, e.inheriting));
                    assert_eq!(found, model.get(&a).copied());
                }
            }
        }
        for fd in model.into_keys() {
            remove(fd).unwrap();
        }
    }

    /// CVE-2026-27204: a guest used up what the host has. Its descriptors are limited, and the next one is an error.
    #[test]
    fn cve_2026_27204_descriptors_are_limited() {
        let _alone = alone();
        let mut count = 0;
        // A host descriptor that is none is closed when there is no room for it.
        while insert(Entry::new(-1, false, 0, 0)).is_ok() {
            count += 1;
        }
        assert_eq!(count, MAX - 3);
        assert_eq!(insert(Entry::new(-1, false, 0, 0)), Err(Error::MFILE));
        for fd in 3..MAX as u32 {
            remove(fd).unwrap();
        }
    }

    #[test]
    fn descriptors_are_numbered_lowest_first_and_lose_rights_only() {
        let _alone = alone();
        assert_eq!(get(1).unwrap().host, 1);
        assert!(get(3).is_err());
        assert!(get(u32::MAX).is_err());
        let a = insert(Entry::new(70, false, rights::FD_READ, 0)).unwrap();
        let b = insert(Entry::new(71, true, rights::DIRECTORY, rights::ALL)).unwrap();
        assert_eq!((a, b), (3, 4));
        assert_eq!(get_with(a, rights::FD_WRITE).err(), Some(Error::NOTCAPABLE));
        assert_eq!(directory(a, rights::PATH_OPEN).err(), Some(Error::NOTDIR));
        assert_eq!(get_with(b, rights::FD_READ).err(), Some(Error::BADF));
        let all = rights::ALL;
        assert_eq!(
            restrict(a, all, rights::FD_READ | rights::FD_WRITE, 0),
            Err(Error::NOTCAPABLE)
        );
        assert_eq!(restrict(a, 0, rights::FD_READ, 0), Err(Error::NOTCAPABLE));
        restrict(b, all, rights::PATH_OPEN, rights::FD_READ).unwrap();
        assert_eq!(
            restrict(b, all, rights::DIRECTORY, 0),
            Err(Error::NOTCAPABLE)
        );
        assert_eq!(renumber(a, b).unwrap().unwrap().host, 71);
        assert_eq!((get(b).unwrap().host, get(a).is_err()), (70, true));
        assert!(renumber(b, b).unwrap().is_none());
        assert!(renumber(b, 9).is_err());
        assert_eq!(insert(Entry::new(72, false, 0, 0)), Ok(3));
        assert_eq!(remove(3).unwrap().host, 72);
        assert_eq!(remove(4).unwrap().host, 70);
        assert!(remove(4).is_err());
    }

    /// What is opened below a grant for reading has no right that changes anything, whatever is asked for, and at most what its directory
    /// passes on; what is refused because of the grant is told as the kernel tells it.
    #[test]
    fn nothing_below_a_grant_for_reading_changes_anything() {
        let grant = Entry {
            read_only: true,
            ..Entry::new(70, true, 0, rights::ALL)
        };
        let directory = grant.below(71, true);
        let file = directory.below(72, true).below(73, false);
        for entry in [directory, file] {
            assert!(entry.read_only);
            assert_eq!(entry.rights & !rights::READ_ONLY, 0);
        }
        assert_eq!(file.inheriting, 0);
        assert_eq!(directory.require_access(rights::FD_WRITE), Err(Error::PERM));
        assert_eq!(directory.require_access(rights::FD_READ), Ok(()));
        let refused = [
            (file, rights::FD_WRITE, Error::BADF),
            (file, rights::FD_WRITE | rights::FD_SEEK, Error::BADF),
            (file, rights::FD_ALLOCATE, Error::BADF),
            (file, rights::FD_FILESTAT_SET_SIZE, Error::INVAL),
            (file, rights::FD_FILESTAT_SET_TIMES, Error::PERM),
            (file, rights::FD_READDIR, Error::NOTDIR),
            (directory, rights::FD_READ, Error::BADF),
            (directory, rights::FD_SYNC, Error::BADF),
            (
                directory,
                rights::PATH_CREATE_FILE | rights::PATH_OPEN,
                Error::PERM,
            ),
        ];
        for (entry, needed, error) in refused {
            assert_eq!(entry.require(needed), Err(error), "{needed:x}");
        }
        let less = Entry {
            inheriting: rights::FD_READ,
            read_only: false,
            ..directory
        };
        assert_eq!(less.below(74, false).rights, rights::FD_READ);
        assert_eq!(less.below(74, true).rights, 0);
        assert_eq!(
            less.require_access(rights::FD_WRITE),
            Err(Error::NOTCAPABLE)
        );
    }

    /// The guest's number is free, the process's stream is not: messages must not go into what is opened next.
    #[test]
    fn the_process_keeps_its_stderr() {
        let _alone = alone();
        remove(2).unwrap().close().unwrap();
        assert!(sys::get_flags(sys::STDERR).is_ok());
        assert_eq!(get(2).err(), Some(Error::BADF));
        assert_eq!(
            insert(Entry::new(sys::STDERR, false, rights::FILE, 0)),
            Ok(2)
        );
    }

    /// What a call uses stays open until its end, however often the number is given to something else meanwhile.
    #[test]
    fn a_descriptor_that_is_closed_under_a_call_stays_until_its_end() {
        let _alone = alone();
        thread::pretend(true);
        let open = || sys::openat(sys::AT_FDCWD, c"/dev/null", sys::O_RDONLY, 0).unwrap();
        let is_open = |host: Fd| sys::get_flags(host).is_ok();
        let host = open();
        let fd = insert(Entry::new(host, false, rights::FD_READ, 0)).unwrap();
        let first = get_with(fd, rights::FD_READ).unwrap();
        let second = get(fd).unwrap();
        assert!(get_with(fd, rights::FD_WRITE).is_err());
        remove(fd).unwrap().close().unwrap();
        assert!(is_open(host) && get(fd).is_err());
        // The guest's number may be in use again; the host's is not.
        let other = open();
        assert_ne!(other, host);
        assert_eq!(insert(Entry::new(other, false, rights::FD_READ, 0)), Ok(fd));
        drop(first);
        assert!(is_open(host));
        drop(second);
        assert!(!is_open(host));
        // Nobody uses this one.
        remove(fd).unwrap().close().unwrap();
        assert!(!is_open(other));
        thread::pretend(false);
    }
}
