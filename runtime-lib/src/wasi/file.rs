//! Files: position, size, times, synchronisation, attributes, and the contents of directories.

use crate::sys::{self, Errno, Stat, TimeSpec};
use crate::wasi::clock::nanoseconds;
use crate::wasi::fds::{self, filetype, rights};
use crate::wasi::tree::{self, Node};
use crate::wasi::{Error, Guest, Result, calls};

/// `filestat` of `wasi_snapshot_preview1`.
pub fn store_stat(guest: Guest, at: u32, stat: &Stat) -> Result<()> {
    let words = [
        stat.dev,
        stat.ino,
        filetype::from_mode(stat.mode).into(),
        stat.nlink,
        stat.size,
        nanoseconds(stat.atime),
        nanoseconds(stat.mtime),
        nanoseconds(stat.ctime),
    ];
    store_words(guest, at, &words)
}

/// `filestat` of `wasi_unstable`, whose link count has 32 bits beside the type.
pub fn store_stat_unstable(guest: Guest, at: u32, stat: &Stat) -> Result<()> {
    let links = stat.nlink.min(u32::MAX.into());
    let words = [
        stat.dev,
        stat.ino,
        u64::from(filetype::from_mode(stat.mode)) | links << 32,
        stat.size,
        nanoseconds(stat.atime),
        nanoseconds(stat.mtime),
        nanoseconds(stat.ctime),
    ];
    store_words(guest, at, &words)
}

fn store_words(guest: Guest, at: u32, words: &[u64]) -> Result<()> {
    guest.range(at, words.len() as u64 * 8)?;
    for (i, &word) in words.iter().enumerate() {
        guest.write_u64(at + 8 * i as u32, word)?;
    }
    Ok(())
}

/// The times to set, access first, by WASI's flags.
pub fn times(access: u64, modification: u64, flags: u32) -> Result<[TimeSpec; 2]> {
    const ATIM: u32 = 1;
    const ATIM_NOW: u32 = 2;
    const MTIM: u32 = 4;
    const MTIM_NOW: u32 = 8;
    let pick = |time: u64, set: u32, now: u32| match (flags & set != 0, flags & now != 0) {
        (true, true) => Err(Error::INVAL),
        (true, false) => Ok(TimeSpec {
            sec: (time / 1_000_000_000) as i64,
            nsec: (time % 1_000_000_000) as i64,
        }),
        (false, true) => Ok(TimeSpec {
            sec: 0,
            nsec: sys::UTIME_NOW,
        }),
        (false, false) => Ok(TimeSpec {
            sec: 0,
            nsec: sys::UTIME_OMIT,
        }),
    };
    if flags & !(ATIM | ATIM_NOW | MTIM | MTIM_NOW) != 0 {
        return Err(Error::INVAL);
    }
    Ok([
        pick(access, ATIM, ATIM_NOW)?,
        pick(modification, MTIM, MTIM_NOW)?,
    ])
}

fn seek(guest: Guest, fd: u32, offset: i64, whence: Option<u32>, result: u32) -> Result<()> {
    let entry = fds::get_with(fd, rights::FD_SEEK)?;
    let whence = whence.ok_or(Error::INVAL)?;
    guest.range(result, 8)?;
    let position = match Node::of(&entry) {
        Some(node) => tree::seek(fd, node, offset, whence)?,
        None => sys::lseek(entry.host, offset, whence)? as u64,
    };
    guest.write_u64(result, position)
}

/// The attributes of an open file.
pub fn stat(fd: u32) -> Result<Stat> {
    let entry = fds::get_with(fd, rights::FD_FILESTAT_GET)?;
    if let Some(node) = Node::of(&entry) {
        return tree::stat(node);
    }
    let stat = sys::fstat(entry.host)?;
    // A pipe or terminal that the process was started with has no times that mean something to the guest.
    if entry.host <= sys::STDERR && stat.mode & sys::S_IFMT != sys::S_IFREG {
        return Ok(stat.without_times());
    }
    Ok(stat)
}

const SEEK_SET: u32 = 0;
const SEEK_CUR: u32 = 1;
const SEEK_END: u32 = 2;

/// What differs between the two modules, the newer form.
mod snapshot {
    use super::*;

    calls! {
        [snapshot]
        /// Moves a file's position. From: 0 start, 1 position, 2 end.
        fn fd_seek(guest, fd: u32, offset: i64, whence: u32, result: u32) {
            let whence = [SEEK_SET, SEEK_CUR, SEEK_END].get(whence as usize).copied();
            seek(guest, fd, offset, whence, result)
        }

        [snapshot]
        /// The attributes of an open file.
        fn fd_filestat_get(guest, fd: u32, result: u32) {
            store_stat(guest, result, &stat(fd)?)
        }
    }
}

/// What differs between the two modules, the older form.
mod unstable {
    use super::*;

    calls! {
        [unstable]
        /// Moves a file's position. From: 0 position, 1 end, 2 start.
        fn fd_seek(guest, fd: u32, offset: i64, whence: u32, result: u32) {
            let whence = [SEEK_CUR, SEEK_END, SEEK_SET].get(whence as usize).copied();
            seek(guest, fd, offset, whence, result)
        }

        [unstable]
        /// The attributes of an open file.
        fn fd_filestat_get(guest, fd: u32, result: u32) {
            store_stat_unstable(guest, result, &stat(fd)?)
        }
    }
}

/// Bytes of directory entries that are read from the kernel at once, into words, because the entries are aligned like them.
const CHUNK: usize = 16384;

/// No entry of the kernel is longer.
const LONGEST: usize = 288;

/// Bytes before the name of the kernel's entries (inode, next position, entry length, type) and of WASI's (next position,
/// inode, length of the name, type).
const HOST_HEAD: usize = 19;
const GUEST_HEAD: usize = 24;

/// WASI's file type for the kernel's `d_type`, whose numbers are those of the file mode.
fn entry_type(kind: u8) -> u8 {
    filetype::from_mode(u32::from(kind) << 12)
}

calls! {
    [snapshot unstable]
    /// A file's position.
    fn fd_tell(guest, fd: u32, result: u32) {
        let entry = fds::get_with(fd, rights::FD_TELL)?;
        guest.range(result, 8)?;
        let position = match Node::of(&entry) {
            Some(_) => entry.position,
            None => sys::lseek(entry.host, 0, SEEK_CUR)? as u64,
        };
        guest.write_u64(result, position)
    }

    [snapshot unstable]
    /// Says how a file will be used.
    fn fd_advise(_guest, fd: u32, offset: u64, len: u64, advice: u32) {
        let entry = fds::get_with(fd, rights::FD_ADVISE)?;
        // WASI: normal, sequential, random, willneed, dontneed, noreuse.
        let advice = [0, 2, 1, 3, 4, 5].get(advice as usize).copied().ok_or(Error::INVAL)?;
        if (offset | len) >> 63 != 0 {
            return Err(Error::INVAL);
        }
        if Node::of(&entry).is_none() {
            sys::fadvise(entry.host, offset, len, advice)?;
        }
        Ok(())
    }

    [snapshot unstable]
    /// Makes sure that a range of a file has storage.
    fn fd_allocate(_guest, fd: u32, offset: u64, len: u64) {
        let entry = fds::get_with(fd, rights::FD_ALLOCATE)?;
        sys::fallocate(entry.host, offset, len)?;
        Ok(())
    }

    [snapshot unstable]
    /// Writes a file's data and attributes to its storage.
    fn fd_sync(_guest, fd: u32) {
        let entry = fds::get_with(fd, rights::FD_SYNC)?;
        if Node::of(&entry).is_none() {
            sys::fsync(entry.host)?;
        }
        Ok(())
    }

    [snapshot unstable]
    /// Writes a file's data to its storage.
    fn fd_datasync(_guest, fd: u32) {
        let entry = fds::get_with(fd, rights::FD_DATASYNC)?;
        if Node::of(&entry).is_none() {
            sys::fdatasync(entry.host)?;
        }
        Ok(())
    }

    [snapshot unstable]
    /// Cuts or extends a file.
    fn fd_filestat_set_size(_guest, fd: u32, size: u64) {
        let entry = fds::get_with(fd, rights::FD_FILESTAT_SET_SIZE)?;
        sys::ftruncate(entry.host, size)?;
        Ok(())
    }

    [snapshot unstable]
    /// Sets a file's times.
    fn fd_filestat_set_times(_guest, fd: u32, access: u64, modification: u64, flags: u32) {
        let entry = fds::get_with(fd, rights::FD_FILESTAT_SET_TIMES)?;
        sys::utimensat(entry.host, None, &times(access, modification, flags)?, 0)?;
        Ok(())
    }

    [snapshot unstable]
    /// Stores directory entries from the position `cookie`; the last may be cut off, which tells that there are more.
    fn fd_readdir(guest, fd: u32, buf: u32, len: u32, cookie: u64, used: u32) {
        let entry = fds::directory(fd, rights::FD_READDIR)?;
        guest.range(buf, len.into())?;
        guest.range(used, 4)?;
        let mut out = Entries { guest, at: buf.into(), end: u64::from(buf) + u64::from(len) };
        match Node::of(&entry) {
            Some(node) => tree::each_entry(node, cookie, |next, inode, kind, name| {
                out.put(next, inode, kind, name)
            })?,
            None => read_directory(entry.host, cookie, &mut out)?,
        }
        guest.write_u32(used, (out.at - u64::from(buf)) as u32)
    }
}

/// Directory entries on their way into a guest's buffer.
struct Entries {
    guest: Guest,
    at: u64,
    end: u64,
}

impl Entries {
    /// Stores an entry as far as there is room. Whether there is more.
    fn put(&mut self, next: u64, inode: u64, kind: u8, name: &[u8]) -> Result<bool> {
        let mut head = [0; GUEST_HEAD];
        head[..8].copy_from_slice(&next.to_le_bytes());
        head[8..16].copy_from_slice(&inode.to_le_bytes());
        head[16..20].copy_from_slice(&(name.len() as u32).to_le_bytes());
        head[20] = kind;
        for part in [&head[..], name] {
            let room = (self.end - self.at) as usize;
            let part = part.get(..room).unwrap_or(part);
            self.guest.write(self.at as u32, part)?;
            self.at += part.len() as u64;
        }
        Ok(self.at < self.end)
    }
}

/// Some file systems of Linux (tmpfs) count positions in 32 bits. This one is the end there, and what is behind it wraps to the beginning.
const LAST_OF_32: i64 = i32::MAX as i64;

/// The position behind the first of the kernel's entries.
fn next_position(entries: &[u8]) -> i64 {
    let bytes = entries.get(8..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |&bytes| i64::from_le_bytes(bytes))
}

/// Whether a directory has no entries from this position on.
fn is_end(host: sys::Fd, position: i64) -> Result<bool> {
    sys::lseek(host, position, SEEK_SET)?;
    let mut entry = [0u64; LONGEST / 8];
    Ok(sys::getdents(host, entry.as_mut_ptr() as *mut u8, LONGEST)? == 0)
}

/// Stores the entries of a directory of the host from the position `cookie`.
fn read_directory(host: sys::Fd, cookie: u64, out: &mut Entries) -> Result<()> {
    // The guest's entries are about as long as the kernel's; what does not fit any more would be read again.
    let room = usize::try_from(out.end.saturating_sub(out.at)).unwrap_or(CHUNK);
    each_entry(host, cookie, room, |entry| {
        let kind = entry_type(entry.kind);
        out.put(entry.next, entry.inode, kind, entry.name)
    })
}

/// An entry of a directory of the host.
pub struct DirEntry<'a> {
    /// Where the next one is.
    pub next: u64,
    pub inode: u64,
    /// The kernel's `d_type`.
    pub kind: u8,
    pub name: &'a [u8],
}

/// Calls `f` with the entries of a directory of the host from the position `cookie` on, for as long as it wants more. `room`: about how many bytes of them
/// it will want. There are none behind the last one, whose position is as far as the kernel counts on some file systems.
pub fn each_entry(
    host: sys::Fd,
    cookie: u64,
    room: usize,
    mut f: impl FnMut(DirEntry) -> Result<bool>,
) -> Result<()> {
    let Ok(position) = i64::try_from(cookie) else {
        return Ok(());
    };
    match sys::lseek(host, position, SEEK_SET) {
        Err(Errno::INVAL) => return Ok(()),
        result => result?,
    };
    let mut may_wrap = position > LAST_OF_32;
    let mut chunk = [const { core::mem::MaybeUninit::<u64>::uninit() }; CHUNK / 8];
    loop {
        let n = sys::getdents(
            host,
            chunk.as_mut_ptr() as *mut u8,
            room.clamp(LONGEST, CHUNK),
        )?;
        // SAFETY: the kernel wrote so many bytes.
        let mut rest = unsafe { core::slice::from_raw_parts(chunk.as_ptr() as *const u8, n) };
        if rest.is_empty() {
            break;
        }
        if core::mem::take(&mut may_wrap) && next_position(rest) <= LAST_OF_32 {
            if is_end(host, LAST_OF_32)? {
                break;
            }
            sys::lseek(host, position, SEEK_SET)?;
            continue;
        }
        while let Some((head, _)) = rest.split_first_chunk::<HOST_HEAD>() {
            let [
                i0,
                i1,
                i2,
                i3,
                i4,
                i5,
                i6,
                i7,
                n0,
                n1,
                n2,
                n3,
                n4,
                n5,
                n6,
                n7,
                l0,
                l1,
                kind,
            ] = *head;
            let size = usize::from(u16::from_le_bytes([l0, l1]));
            let Some((record, next)) = rest.split_at_checked(size) else {
                break;
            };
            rest = next;
            let name = record.get(HOST_HEAD..).unwrap_or(&[]);
            let name = name.split(|&b| b == 0).next().unwrap_or(&[]);
            let next = u64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]);
            let inode = u64::from_le_bytes([i0, i1, i2, i3, i4, i5, i6, i7]);
            if !f(DirEntry { next, inode, kind, name })? {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_their_flags() {
        let [a, m] = times(1_500_000_001, 7, 1 | 8).unwrap();
        assert_eq!((a.sec, a.nsec, m.nsec), (1, 500_000_001, sys::UTIME_NOW));
        let [a, m] = times(1, 2, 0).unwrap();
        assert_eq!((a.nsec, m.nsec), (sys::UTIME_OMIT, sys::UTIME_OMIT));
        assert!(times(0, 0, 3).is_err());
        assert!(times(0, 0, 12).is_err());
        assert!(times(0, 0, 16).is_err());
    }
}
