//! Descriptors: attributes, streams, contents of directories.

use super::object::{self, Object, Place, Stream};
use super::paths::{self, error, value};
use super::{Answer, Call, Kind, Out, host};
use crate::abi::Preopen;
use crate::sys::{self, IoVec, Stat, TimeSpec};
use crate::wasi::fds::{self, Entry, rights};
use crate::wasi::tree::{self, Node};
use crate::wasi::{Error, Result, file};
use core::cell::UnsafeCell;

/// `descriptor-flags`.
pub mod flags {
    pub const READ: u32 = 1;
    pub const WRITE: u32 = 2;
    pub const FILE_INTEGRITY_SYNC: u32 = 4;
    pub const DATA_INTEGRITY_SYNC: u32 = 8;
    pub const REQUESTED_WRITE_SYNC: u32 = 16;
    pub const MUTATE_DIRECTORY: u32 = 32;
}

/// In the flags of a directory's entry: it was asked for to be changed. Only WASI 0.3 tells it.
pub const MUTATES: u16 = 1 << 15;

/// Notes that down.
pub fn set_mutates(fd: u32) {
    let _ = fds::change(fd, |entry| {
        if entry.directory && entry.tree.is_null() {
            entry.flags |= MUTATES;
        }
        Ok(())
    });
}

/// `descriptor-type` of a file mode.
pub fn kind(mode: u32) -> u8 {
    match mode & sys::S_IFMT {
        sys::S_IFBLK => 1,
        sys::S_IFCHR => 2,
        sys::S_IFDIR => 3,
        sys::S_IFIFO => 4,
        sys::S_IFLNK => 5,
        sys::S_IFREG => 6,
        sys::S_IFSOCK => 7,
        _ => 0,
    }
}

/// Bytes of a `descriptor-stat`.
const STAT: u64 = 96;

/// Writes a `result<descriptor-stat, error-code>`.
pub fn store_stat(call: &Call, result: u32, stat: Result<Stat>) -> Answer<()> {
    let out = call.result(result, 8 + STAT, 8)?;
    let stat = match stat {
        Ok(stat) => stat,
        Err(failure) => {
            error(out, 8, failure);
            return Ok(());
        }
    };
    out.u8(0, 0);
    out.u8(8, kind(stat.mode));
    out.u64(16, stat.nlink);
    out.u64(24, stat.size);
    for (at, time) in [(32, stat.atime), (56, stat.mtime), (80, stat.ctime)] {
        out.u8(at, 1);
        out.u64(at + 8, time.sec as u64);
        out.u32(at + 16, time.nsec as u32);
    }
    Ok(())
}

/// Numbers that are the same for the same contents, as far as the kernel knows: what changed has other times.
pub fn hash(stat: &Stat) -> (u64, u64) {
    let mix = |words: &[u64]| {
        words.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, word| {
            (hash ^ word)
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(29)
        })
    };
    let words = [
        stat.dev,
        stat.ino,
        stat.size,
        stat.mtime.sec as u64,
        stat.mtime.nsec as u64,
    ];
    (
        mix(&words),
        mix(&[1, words[1], words[0], words[4], words[3]]),
    )
}

/// Writes a `result<metadata-hash-value, error-code>`.
pub fn store_hash(call: &Call, result: u32, stat: Result<Stat>) -> Answer<()> {
    let out = call.result(result, 24, 8)?;
    match stat {
        Ok(stat) => {
            let (lower, upper) = hash(&stat);
            out.u8(0, 0);
            out.u64(8, lower);
            out.u64(16, upper);
        }
        Err(failure) => error(out, 8, failure),
    }
    Ok(())
}

/// A `new-timestamp`: what preview 1 asks for so.
#[derive(Clone, Copy)]
pub struct NewTime {
    pub case: u32,
    pub seconds: u64,
    pub nanoseconds: u32,
    /// The seconds may be before 1970.
    pub is_signed: bool,
}

impl NewTime {
    /// The time for the kernel.
    fn host(self) -> Result<TimeSpec> {
        let special = |nsec| Ok(TimeSpec { sec: 0, nsec });
        match self.case {
            0 => special(sys::UTIME_OMIT),
            1 => special(sys::UTIME_NOW),
            _ => Ok(TimeSpec {
                sec: match self.is_signed {
                    true => self.seconds as i64,
                    false => i64::try_from(self.seconds).map_err(|_| Error::OVERFLOW)?,
                },
                nsec: self.nanoseconds.into(),
            }),
        }
    }
}

/// Both times for the kernel, access first.
pub fn times(access: NewTime, modification: NewTime) -> Result<[TimeSpec; 2]> {
    for time in [access, modification] {
        if time.case == 2 && time.nanoseconds >= 1_000_000_000 {
            return Err(Error::INVAL);
        }
    }
    Ok([access.host()?, modification.host()?])
}

/// The number of a descriptor in the table of preview 1.
pub fn number(call: &Call, descriptor: u32) -> Answer<u32> {
    call.rep(Kind::Descriptor, descriptor)
}

/// Writes a `result<_, error-code>`.
pub fn done(call: &Call, result: u32, done: Result<()>) -> Answer<()> {
    let out = call.result(result, 2, 1)?;
    match done {
        Ok(()) => out.u8(0, 0),
        Err(failure) => error(out, 1, failure),
    }
    Ok(())
}

/// Makes a stream of a file: a `result<own<stream>, error-code>`.
fn stream(
    call: &Call,
    descriptor: u32,
    needed: u64,
    kind: Kind,
    place: Place,
    result: u32,
) -> Answer<()> {
    let out = call.result(result, 8, 4)?;
    let fd = number(call, descriptor)?;
    let entry = fds::get(fd).and_then(|entry| {
        if entry.directory {
            let is_input = kind == Kind::InputStream;
            return Err(if is_input { Error::ISDIR } else { Error::BADF });
        }
        let entry = fds::get_with(fd, needed)?;
        object::duplicate(&entry)
    });
    match entry {
        Ok(entry) => {
            let stream = Stream {
                entry,
                place,
                is_owner: true,
                is_closed: false,
                source: None,
            };
            let object = match kind {
                Kind::InputStream => Object::Input(stream),
                _ => Object::Output(stream),
            };
            value(out, 4, call.own(kind, object::insert(object)?)?);
        }
        Err(failure) => error(out, 4, failure),
    }
    Ok(())
}

/// `descriptor-flags` of what is open.
pub fn flags_of(entry: &Entry) -> Result<u8> {
    if entry.directory {
        let changes = if entry.read_only {
            0
        } else {
            flags::MUTATE_DIRECTORY
        };
        return Ok((flags::READ | changes) as u8);
    }
    if Node::of(entry).is_some() {
        return Ok(flags::READ as u8);
    }
    let host = sys::get_flags(entry.host)?;
    let access = match host & sys::O_ACCMODE {
        sys::O_RDONLY => flags::READ,
        sys::O_WRONLY => flags::WRITE,
        _ => flags::READ | flags::WRITE,
    };
    let sync = match host & sys::O_SYNC {
        sys::O_SYNC => flags::FILE_INTEGRITY_SYNC,
        sys::O_DSYNC => flags::DATA_INTEGRITY_SYNC,
        _ => 0,
    };
    Ok((access | sync) as u8)
}

/// The attributes of what is open.
fn stat_of(fd: u32) -> Result<Stat> {
    file::stat(fd)
}

/// Bytes that one call reads at most.
const CHUNK: usize = 65536;

struct Buffer(UnsafeCell<[u8; CHUNK]>);

// SAFETY: components have one thread.
unsafe impl Sync for Buffer {}

static BUFFER: Buffer = Buffer(UnsafeCell::new([0; CHUNK]));

fn read_at(fd: u32, len: u64, offset: u64) -> Result<&'static [u8]> {
    let entry = fds::get_with(fd, rights::FD_READ)?;
    if entry.directory {
        return Err(Error::BADF);
    }
    // SAFETY: nobody keeps it across a call of compiled code that reads.
    let buffer = unsafe { &mut *BUFFER.0.get() };
    let vector = [IoVec {
        base: buffer.as_mut_ptr(),
        len: usize::try_from(len).unwrap_or(CHUNK).min(CHUNK),
    }];
    let n = match Node::of(&entry) {
        Some(node) => tree::read_at(node, &vector, offset),
        None => sys::preadv(entry.host, &vector, offset)?,
    };
    Ok(&buffer[..n])
}

fn directory(call: &Call, descriptor: u32, out: Out) -> Answer<()> {
    let fd = number(call, descriptor)?;
    // A description of its own, so that positions are apart.
    let entry = fds::directory(fd, rights::FD_READDIR).and_then(|entry| paths::reopen(&entry));
    match entry {
        Ok(entry) => {
            let object = object::insert(Object::Directory { entry, position: 0 })?;
            value(out, 4, call.own(Kind::DirectoryEntryStream, object)?);
        }
        Err(failure) => error(out, 4, failure),
    }
    Ok(())
}

/// The longest name, and the next entry of a directory: its type and its name's length.
type Name = [u8; 256];

pub fn next_entry(
    entry: &Entry,
    position: &mut u64,
    name: &mut Name,
) -> Result<Option<(u8, usize)>> {
    loop {
        let mut found = None;
        let mut put = |next: u64, kind: u8, text: &[u8]| {
            let len = text.len().min(name.len());
            name[..len].copy_from_slice(&text[..len]);
            found = Some((next, kind, len));
        };
        match Node::of(entry) {
            Some(node) => tree::each_entry(node, *position, |next, _, kind, text| {
                put(next, from_preview1(kind), text);
                Ok(false)
            })?,
            None => file::each_entry(entry.host, *position, 0, |found| {
                put(found.next, kind(u32::from(found.kind) << 12), found.name);
                Ok(false)
            })?,
        }
        let Some((next, kind, len)) = found else {
            return Ok(None);
        };
        *position = next;
        if &name[..len] != b"." && &name[..len] != b".." {
            return Ok(Some((kind, len)));
        }
    }
}

/// `descriptor-type` of a file type of preview 1.
fn from_preview1(kind: u8) -> u8 {
    // Unknown, block device, character device, directory, regular file, sockets, symbolic link.
    [0, 1, 2, 3, 6, 7, 7, 5]
        .get(usize::from(kind))
        .copied()
        .unwrap_or(0)
}

host! {
    /// The granted directories, with the guest's names. Each is a descriptor of its own.
    fn filesystem_preopens.get_directories(call, result: u32) { preopens(&mut call, result, Kind::Descriptor) }

    /// A stream that reads from a position.
    fn filesystem_types.read_via_stream(call, it: u32, offset: u64, result: u32) {
        stream(&call, it, rights::FD_READ, Kind::InputStream, Place::At(offset), result)
    }

    /// A stream that writes from a position.
    fn filesystem_types.write_via_stream(call, it: u32, offset: u64, result: u32) {
        stream(&call, it, rights::FD_WRITE, Kind::OutputStream, Place::At(offset), result)
    }

    /// A stream that writes at the end.
    fn filesystem_types.append_via_stream(call, it: u32, result: u32) {
        stream(&call, it, rights::FD_WRITE, Kind::OutputStream, Place::End, result)
    }

    /// Says how a file will be used.
    fn filesystem_types.advise(call, it: u32, offset: u64, len: u64, advice: u32, result: u32) {
        let fd = number(&call, it)?;
        done(&call, result, file::fd_advise(call.guest(), fd, offset, len, advice))
    }

    /// Writes data to the storage.
    fn filesystem_types.sync_data(call, it: u32, result: u32) {
        let fd = number(&call, it)?;
        done(&call, result, paths::sync(fd, true))
    }

    /// Writes data and attributes to the storage.
    fn filesystem_types.sync(call, it: u32, result: u32) {
        let fd = number(&call, it)?;
        done(&call, result, paths::sync(fd, false))
    }

    /// How it was opened.
    fn filesystem_types.get_flags(call, it: u32, result: u32) {
        let out = call.result(result, 2, 1)?;
        let fd = number(&call, it)?;
        match fds::get(fd).and_then(|entry| flags_of(&entry)) {
            Ok(flags) => {
                out.u8(0, 0);
                out.u8(1, flags);
            }
            Err(failure) => error(out, 1, failure),
        }
        Ok(())
    }

    /// What it is.
    fn filesystem_types.get_type(call, it: u32, result: u32) {
        let out = call.result(result, 2, 1)?;
        match stat_of(number(&call, it)?) {
            Ok(stat) => {
                out.u8(0, 0);
                out.u8(1, kind(stat.mode));
            }
            Err(failure) => error(out, 1, failure),
        }
        Ok(())
    }

    /// Cuts or extends a file.
    fn filesystem_types.set_size(call, it: u32, size: u64, result: u32) {
        let fd = number(&call, it)?;
        done(&call, result, file::fd_filestat_set_size(call.guest(), fd, size))
    }

    /// Sets the times.
    fn filesystem_types.set_times(
        call, it: u32, access: u32, access_seconds: u64, access_nanoseconds: u32, modification: u32, seconds: u64, nanoseconds: u32, result: u32,
    ) {
        let fd = number(&call, it)?;
        let access = NewTime { case: access, seconds: access_seconds, nanoseconds: access_nanoseconds, is_signed: false };
        let modification = NewTime { case: modification, seconds, nanoseconds, is_signed: false };
        let set = || set_times(fd, &times(access, modification)?);
        done(&call, result, set())
    }

    /// Reads from a position: the bytes, and whether they end the file.
    fn filesystem_types.read_file(call, it: u32, len: u64, offset: u64, result: u32) {
        let out = call.result(result, 16, 4)?;
        match read_at(number(&call, it)?, len, offset) {
            Ok(bytes) => {
                let at = call.copy(bytes)?;
                out.u8(0, 0);
                out.list(4, at, bytes.len());
                out.u8(12, (bytes.is_empty() && len != 0).into());
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// Writes at a position: how much was written.
    fn filesystem_types.write_file(call, it: u32, at: u32, len: u32, offset: u64, result: u32) {
        let out = call.result(result, 16, 8)?;
        let fd = number(&call, it)?;
        let bytes = call.bytes(at, len)?;
        let vector = [IoVec { base: bytes.as_ptr().cast_mut(), len: bytes.len() }];
        let written = fds::get_with(fd, rights::FD_WRITE).and_then(|entry| Ok(sys::pwritev(entry.host, &vector, offset)?));
        match written {
            Ok(n) => {
                out.u8(0, 0);
                out.u64(8, n as u64);
            }
            Err(failure) => error(out, 8, failure),
        }
        Ok(())
    }

    /// The entries of a directory.
    fn filesystem_types.read_directory(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        directory(&call, it, out)
    }

    /// The next entry of a directory.
    fn filesystem_types.read_directory_entry(call, it: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let number = call.rep(Kind::DirectoryEntryStream, it)?;
        let Object::Directory { entry, position } = object::get(number) else {
            sys::fatal("wative: a handle stands for no directory\n")
        };
        let mut name: Name = [0; 256];
        match next_entry(entry, position, &mut name) {
            Ok(None) => {
                out.u8(0, 0);
                out.u8(4, 0);
            }
            // A name that is no text cannot be told.
            Ok(Some((_, len))) if core::str::from_utf8(&name[..len]).is_err() => error(out, 4, Error(25)),
            Ok(Some((kind, len))) => {
                let (at, len) = call.copy_text(&name[..len])?;
                out.u8(0, 0);
                out.u8(4, 1);
                out.u8(8, kind);
                out.list(12, at, len as usize);
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// The attributes.
    fn filesystem_types.stat(call, it: u32, result: u32) {
        let fd = number(&call, it)?;
        store_stat(&call, result, stat_of(fd))
    }

    /// Whether two descriptors are of the same file.
    fn filesystem_types.is_same_object(call, it: u32, other: u32) -> u32 {
        Ok(is_same(number(&call, it)?, number(&call, other)?).into())
    }

    /// A number that changes with the file.
    fn filesystem_types.metadata_hash(call, it: u32, result: u32) {
        let fd = number(&call, it)?;
        store_hash(&call, result, stat_of(fd))
    }

    /// The number of an error of a stream, if it is one of the file system.
    fn filesystem_types.filesystem_error_code(call, it: u32, result: u32) {
        let out = call.result(result, 2, 1)?;
        let Object::Error(number) = *object::get(call.rep(Kind::Error, it)?) else {
            sys::fatal("wative: a handle stands for no error\n")
        };
        out.u8(0, 1);
        out.u8(1, paths::error_code(Error(number)));
        Ok(())
    }

    /// Closes a descriptor.
    fn drop.drop_descriptor(call, it: u32) { drop_descriptor(&call, Kind::Descriptor, it) }
}

/// Sets the times of a descriptor.
pub fn set_times(fd: u32, times: &[TimeSpec; 2]) -> Result<()> {
    let entry = fds::get_with(fd, rights::FD_FILESTAT_SET_TIMES)?;
    sys::utimensat(entry.host, None, times, 0)?;
    Ok(())
}

/// Whether two descriptors are of the same file.
pub fn is_same(one: u32, other: u32) -> bool {
    let (a, b) = (stat_of(one), stat_of(other));
    a.is_ok_and(|a| b.is_ok_and(|b| (a.dev, a.ino) == (b.dev, b.ino)))
}

host! {
    /// No directory: where nothing of the file system was granted.
    fn without.no_directories(call, result: u32) {
        let out = call.result(result, 8, 4)?;
        let list = call.allocate_list(0, 12, 4)?;
        out.list(0, list, 0);
        Ok(())
    }

    /// Any function whose first parameter is a descriptor, or a stream of a directory's entries, where none can be: no handle stands for one.
    fn without.no_descriptor(call, it: u32) {
        call.rep(Kind::Descriptor, it)?;
        sys::fatal("wative: a descriptor where nothing of the file system was granted\n")
    }
}

/// Writes the granted directories with the guest's names, each as a descriptor of its own.
#[inline(always)] // In each version's function as if it was its own: a program has one of them.
pub fn preopens(call: &mut Call, result: u32, kind: Kind) -> Answer<()> {
    let out = call.result(result, 8, 4)?;
    let entries = || (3..).map_while(|fd| fds::get(fd).ok());
    let grants = || entries().filter(|entry| is_directory_grant(entry));
    let count = grants().count();
    let list = call.allocate_list(count, 12, 4)?;
    let mut at = list;
    for grant in grants() {
        // SAFETY: grants stay as they are for ever.
        let name = unsafe {
            let preopen = &*grant.preopen;
            crate::text::bytes(preopen.guest, preopen.guest_len)
        };
        let (copy, len) = call.copy_text(name)?;
        let entry = object::duplicate(&grant).and_then(|entry| {
            fds::insert(Entry {
                preopen: core::ptr::null(),
                ..entry
            })
        });
        let Ok(fd) = entry else {
            sys::fatal(
                "error: too many open files for the directories that the program was granted\n",
            )
        };
        if kind == Kind::Descriptor3 {
            set_mutates(fd);
        }
        for word in [call.own(kind, fd)?, copy, len] {
            call.write(at, &word.to_le_bytes())?;
            at += 4;
        }
    }
    out.list(0, list, count);
    Ok(())
}

/// Closes a descriptor.
#[inline(always)] // In each version's function as if it was its own: a program has one of them.
pub fn drop_descriptor(call: &Call, kind: Kind, it: u32) -> Answer<()> {
    if let Some(fd) = call.drop(kind, it)? {
        // What close says of data that was not written is lost, as the interface has it.
        let _ = fds::remove(fd).and_then(|entry| entry.close());
    }
    Ok(())
}

/// Whether it is a directory that was granted.
pub fn is_directory_grant(entry: &Entry) -> bool {
    // SAFETY: grants stay as they are for ever.
    let preopen: Option<&Preopen> = unsafe { entry.preopen.as_ref() };
    preopen.is_some_and(|preopen| preopen.flags & Preopen::LISTEN == 0)
}
