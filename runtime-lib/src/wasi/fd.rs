//! Streams: reading, writing, status, closing, renumbering, and the descriptions of granted directories.

use crate::sys;
use crate::wasi::fds::{self, Entry, filetype, rights};
use crate::wasi::tree::{self, Node};
use crate::wasi::{Error, Result, Vectors, calls};

/// Flags of `fdstat`.
pub mod fdflags {
    pub const APPEND: u16 = 1;
    pub const DSYNC: u16 = 2;
    pub const NONBLOCK: u16 = 4;
    pub const RSYNC: u16 = 8;
    pub const SYNC: u16 = 16;
    /// Those that Linux can change on an open file.
    pub const SETTABLE: u16 = APPEND | NONBLOCK;

    use crate::sys;

    /// Linux's open flags for these.
    pub fn to_host(flags: u16) -> u32 {
        let pairs = [
            (APPEND, sys::O_APPEND),
            (DSYNC, sys::O_DSYNC),
            (NONBLOCK, sys::O_NONBLOCK),
            (RSYNC, sys::O_SYNC),
            (SYNC, sys::O_SYNC),
        ];
        pairs
            .iter()
            .map(|&(wasi, host)| if flags & wasi != 0 { host } else { 0 })
            .fold(0, |a, b| a | b)
    }

    pub fn from_host(flags: u32) -> u16 {
        let sync = match flags & sys::O_SYNC {
            sys::O_SYNC => SYNC,
            sys::O_DSYNC => DSYNC,
            _ => 0,
        };
        let append = if flags & sys::O_APPEND != 0 {
            APPEND
        } else {
            0
        };
        let nonblock = if flags & sys::O_NONBLOCK != 0 {
            NONBLOCK
        } else {
            0
        };
        append | nonblock | sync
    }
}

/// What a descriptor is, its flags, and which rights are possible.
struct Status {
    kind: u8,
    flags: u16,
    possible: u64,
}

impl Status {
    fn of(entry: &Entry) -> Result<Status> {
        if let Some(node) = Node::of(entry) {
            return Ok(Status {
                kind: tree::kind(node),
                flags: entry.flags,
                possible: rights::ALL,
            });
        }
        let kind = filetype::from_mode(sys::fstat(entry.host)?.mode);
        let flags = sys::get_flags(entry.host)?;
        let mut impossible = match flags & sys::O_ACCMODE {
            sys::O_RDONLY => rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE,
            sys::O_WRONLY => rights::FD_READ,
            _ => 0,
        };
        if kind != filetype::SOCKET_STREAM {
            impossible |= rights::SOCK_SHUTDOWN | rights::SOCK_ACCEPT;
        }
        // Libraries take a character device that cannot seek for a terminal.
        let seeks = match kind {
            filetype::CHARACTER_DEVICE => !sys::is_terminal(entry.host),
            filetype::REGULAR_FILE | filetype::BLOCK_DEVICE => true,
            _ => false,
        };
        if !seeks {
            impossible |= rights::FD_SEEK | rights::FD_TELL;
        }
        Ok(Status {
            kind,
            flags: fdflags::from_host(flags),
            possible: rights::ALL & !impossible,
        })
    }
}

calls! {
    [snapshot unstable]
    /// Writes from vectors.
    fn fd_write(guest, fd: u32, vectors: u32, count: u32, written: u32) {
        let entry = fds::get_with(fd, rights::FD_WRITE)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(written, 4)?;
        let n = sys::writev(entry.host, vectors)?;
        guest.write_u32(written, n as u32)
    }

    [snapshot unstable]
    /// Reads into vectors.
    fn fd_read(guest, fd: u32, vectors: u32, count: u32, read: u32) {
        let entry = fds::get_with(fd, rights::FD_READ)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(read, 4)?;
        let n = match Node::of(&entry) {
            Some(node) => tree::read(fd, node, vectors)?,
            None => sys::readv(entry.host, vectors)?,
        };
        guest.write_u32(read, n as u32)
    }

    [snapshot unstable]
    /// Writes from vectors at a position, which does not move the file's own.
    fn fd_pwrite(guest, fd: u32, vectors: u32, count: u32, offset: u64, written: u32) {
        let entry = fds::get_with(fd, rights::FD_WRITE | rights::FD_SEEK)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(written, 4)?;
        let n = sys::pwritev(entry.host, vectors, offset)?;
        guest.write_u32(written, n as u32)
    }

    [snapshot unstable]
    /// Reads into vectors from a position, which does not move the file's own.
    fn fd_pread(guest, fd: u32, vectors: u32, count: u32, offset: u64, read: u32) {
        let entry = fds::get_with(fd, rights::FD_READ | rights::FD_SEEK)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(read, 4)?;
        let n = match Node::of(&entry) {
            Some(node) => tree::read_at(node, vectors, offset),
            None => sys::preadv(entry.host, vectors, offset)?,
        };
        guest.write_u32(read, n as u32)
    }

    [snapshot unstable]
    /// Closes a descriptor.
    fn fd_close(_guest, fd: u32) {
        fds::remove(fd)?.close()
    }

    [snapshot unstable]
    /// Closes `to` and gives its number to `from`.
    fn fd_renumber(_guest, from: u32, to: u32) {
        if let Some(replaced) = fds::renumber(from, to)? {
            let _ = replaced.close();
        }
        Ok(())
    }

    [snapshot unstable]
    /// Type, flags and rights of a descriptor.
    fn fd_fdstat_get(guest, fd: u32, result: u32) {
        let entry = fds::get(fd)?;
        let status = Status::of(&entry)?;
        let mut stat = [0; 24];
        stat[0] = status.kind;
        stat[2..4].copy_from_slice(&status.flags.to_le_bytes());
        stat[8..16].copy_from_slice(&(entry.rights & status.possible).to_le_bytes());
        stat[16..24].copy_from_slice(&entry.inheriting.to_le_bytes());
        guest.write(result, &stat)
    }

    [snapshot unstable]
    /// Changes the flags of a descriptor. Synchronous writing is decided when a file is opened.
    fn fd_fdstat_set_flags(_guest, fd: u32, flags: u32) {
        let entry = fds::get_with(fd, rights::FD_FDSTAT_SET_FLAGS)?;
        let flags = flags as u16;
        let is_carried = Node::of(&entry).is_some();
        let old = if is_carried { 0 } else { sys::get_flags(entry.host)? };
        let fixed = fdflags::from_host(old) & !fdflags::SETTABLE;
        if flags & !fdflags::SETTABLE & !fixed != 0 {
            return Err(Error::INVAL);
        }
        if is_carried {
            return fds::change(fd, |entry| {
                entry.flags = flags;
                Ok(())
            });
        }
        let mask = fdflags::to_host(fdflags::SETTABLE);
        let new = fdflags::to_host(flags & fdflags::SETTABLE);
        sys::set_flags(entry.host, old & !mask | new)?;
        Ok(())
    }

    [snapshot unstable]
    /// Takes rights away from a descriptor.
    fn fd_fdstat_set_rights(_guest, fd: u32, base: u64, inheriting: u64) {
        let possible = Status::of(&*fds::get(fd)?)?.possible;
        fds::restrict(fd, possible, base, inheriting)
    }

    [snapshot unstable]
    /// Kind (0: directory) and length of the guest's name of a granted directory.
    fn fd_prestat_get(guest, fd: u32, result: u32) {
        let entry = fds::get(fd)?;
        let preopen = entry.preopen.as_ref().ok_or(Error::BADF)?;
        guest.write_u64(result, preopen.guest_len << 32)
    }

    [snapshot unstable]
    /// The guest's name of a granted directory.
    fn fd_prestat_dir_name(guest, fd: u32, buf: u32, len: u32) {
        let entry = fds::get(fd)?;
        let preopen = entry.preopen.as_ref().ok_or(Error::BADF)?;
        if u64::from(len) < preopen.guest_len {
            return Err(Error::NAMETOOLONG);
        }
        guest.write(buf, crate::text::bytes(preopen.guest, preopen.guest_len))
    }
}
