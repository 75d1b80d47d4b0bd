//! Files by name, beneath a directory of the guest: the calls of preview 1 with other names for flags and errors.

use super::files::{self, NewTime, done, flags, number, times};
use super::{Kind, Out, host};
use crate::sys;
use crate::wasi::fds::{self, Entry, rights};
use crate::wasi::resolve::{self, Path};
use crate::wasi::tree::Node;
use crate::wasi::{Error, Guest, Result, fd::fdflags, path};

/// Names of `error-code`, in order.
const NAMES: [&str; 37] = [
    "access",
    "would-block",
    "already",
    "bad-descriptor",
    "busy",
    "deadlock",
    "quota",
    "exist",
    "file-too-large",
    "illegal-byte-sequence",
    "in-progress",
    "interrupted",
    "invalid",
    "io",
    "is-directory",
    "loop",
    "too-many-links",
    "message-size",
    "name-too-long",
    "no-device",
    "no-entry",
    "no-lock",
    "insufficient-memory",
    "insufficient-space",
    "not-directory",
    "not-empty",
    "not-recoverable",
    "unsupported",
    "no-tty",
    "no-such-device",
    "overflow",
    "not-permitted",
    "pipe",
    "read-only",
    "invalid-seek",
    "text-file-busy",
    "cross-device",
];

/// Numbers of preview 1 in the order of `error-code`.
const NUMBERS: [u8; 37] = [
    2, 6, 7, 8, 10, 16, 19, 20, 22, 25, 26, 27, 28, 29, 31, 32, 34, 35, 37, 43, 44, 46, 48, 51, 54,
    55, 56, 58, 59, 60, 61, 63, 64, 69, 70, 74, 75,
];

/// `io`, for what has no name.
const IO: u8 = 13;

/// `not-permitted`.
const NOT_PERMITTED: u8 = 31;

/// `error-code` of a number of preview 1.
pub fn error_code(error: Error) -> u8 {
    if error == Error::NOTCAPABLE {
        return NOT_PERMITTED;
    }
    let place = NUMBERS
        .iter()
        .position(|&number| u16::from(number) == error.0);
    place.map_or(IO, |place| place as u8)
}

/// The name of an `error-code`.
pub fn name(code: u8) -> &'static str {
    NAMES.get(usize::from(code)).copied().unwrap_or("io")
}

/// Writes the error of a `result` whose payload is at an offset.
pub fn error(out: Out, payload: u32, error: Error) {
    out.u8(0, 1);
    out.u8(payload, error_code(error));
}

/// Writes the 32-bit value of a `result` whose payload is at an offset.
pub fn value(out: Out, payload: u32, value: u32) {
    out.u8(0, 0);
    out.u32(payload, value);
}

/// Opens a directory anew, so that it has a position of its own.
pub fn reopen(entry: &Entry) -> Result<Entry> {
    if Node::of(entry).is_some() {
        return Ok(*entry);
    }
    let here = Path::from_bytes(b".")?;
    let host = resolve::open(
        entry.host,
        &here,
        sys::O_RDONLY | sys::O_DIRECTORY,
        0,
        false,
    )?;
    Ok(Entry { host, ..*entry })
}

/// Writes what is open to its storage: a directory too.
pub fn sync(fd: u32, data_only: bool) -> Result<()> {
    let entry = fds::get(fd)?;
    if Node::of(&entry).is_none() {
        match data_only {
            true => sys::fdatasync(entry.host)?,
            false => sys::fsync(entry.host)?,
        };
    }
    Ok(())
}

/// What `open-at` is asked for.
pub struct Request {
    pub lookup: u32,
    /// Its place and its bytes.
    pub path: (u32, u32),
    pub open: u32,
    pub flags: u32,
}

/// Opens a file: its number in the table.
pub fn open(guest: Guest, fd: u32, request: &Request) -> Result<u32> {
    const KNOWN: u32 = flags::READ
        | flags::WRITE
        | flags::FILE_INTEGRITY_SYNC
        | flags::DATA_INTEGRITY_SYNC
        | flags::REQUESTED_WRITE_SYNC
        | flags::MUTATE_DIRECTORY;
    let asked = request.flags & KNOWN;
    let pairs = [
        (flags::READ, rights::FD_READ),
        (flags::WRITE, rights::FD_WRITE),
    ];
    let base = pairs
        .iter()
        .fold(0, |all, &(flag, right)| match asked & flag {
            0 => all,
            _ => all | right,
        });
    let pairs = [
        (flags::FILE_INTEGRITY_SYNC, fdflags::SYNC),
        (flags::DATA_INTEGRITY_SYNC, fdflags::DSYNC),
        (flags::REQUESTED_WRITE_SYNC, fdflags::RSYNC),
    ];
    let fdflags = pairs
        .iter()
        .fold(0, |all, &(flag, bit)| match asked & flag {
            0 => all,
            _ => all | bit,
        });
    // Who cannot change the directory cannot ask for one that can be changed.
    let parent = fds::get(fd)?;
    if asked & flags::MUTATE_DIRECTORY != 0 && parent.read_only {
        return Err(Error::PERM);
    }
    drop(parent);
    let (at, len) = request.path;
    path::open(
        guest,
        fd,
        &path::Request {
            lookup: request.lookup & 1,
            path: at,
            len,
            oflags: request.open & 15,
            base,
            fdflags: fdflags.into(),
        },
    )
}

/// The target of a symbolic link at a path in the guest.
pub fn read_link(guest: Guest, fd: u32, (at, len): (u32, u32), target: &mut [u8]) -> Result<&[u8]> {
    // SAFETY: there is so much room.
    let n = unsafe { path::read_link(guest, fd, at, len, target.as_mut_ptr(), target.len()) }?;
    let target = target.get(..n).unwrap_or(&[]);
    match core::str::from_utf8(target) {
        // Where things are in the system is not told, as the interface has it.
        _ if target.starts_with(b"/") => Err(Error::PERM),
        Ok(_) => Ok(target),
        Err(_) => Err(Error::ILSEQ),
    }
}

host! {
    /// Makes a directory.
    fn filesystem_types.create_directory_at(call, it: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_create_directory(guest, fd, at, len))
    }

    /// The attributes of a file.
    fn filesystem_types.stat_at(call, it: u32, lookup: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        files::store_stat(&call, result, path::path_stat(guest, fd, lookup & 1, at, len))
    }

    /// Sets the times of a file.
    fn filesystem_types.set_times_at(
        call, it: u32, lookup: u32, at: u32, len: u32, access: u32, access_seconds: u64, access_nanoseconds: u32, modification: u32,
        seconds: u64, nanoseconds: u32, result: u32,
    ) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let access = NewTime { case: access, seconds: access_seconds, nanoseconds: access_nanoseconds, is_signed: false };
        let modification = NewTime { case: modification, seconds, nanoseconds, is_signed: false };
        let set = times(access, modification).and_then(|times| path::set_times(guest, fd, lookup & 1, at, len, &times));
        done(&call, result, set)
    }

    /// Gives a file a further name.
    fn filesystem_types.link_at(call, it: u32, lookup: u32, at: u32, len: u32, to: u32, new: u32, new_len: u32, result: u32) {
        let (fd, to) = (number(&call, it)?, number(&call, to)?);
        let (_, at, len) = call.text(at, len)?;
        let (guest, new, new_len) = call.text(new, new_len)?;
        done(&call, result, path::path_link(guest, fd, lookup & 1, at, len, to, new, new_len))
    }

    /// Opens a file.
    fn filesystem_types.open_at(call, it: u32, lookup: u32, at: u32, len: u32, open: u32, flags: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        match self::open(guest, fd, &Request { lookup, path: (at, len), open, flags }) {
            Ok(fd) => value(out, 4, call.own(Kind::Descriptor, fd)?),
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// The target of a symbolic link.
    fn filesystem_types.readlink_at(call, it: u32, at: u32, len: u32, result: u32) {
        let out = call.result(result, 12, 4)?;
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let mut target = [0u8; 4096];
        match read_link(guest, fd, (at, len), &mut target) {
            Ok(target) => {
                let (copy, len) = call.copy_text(target)?;
                out.u8(0, 0);
                out.list(4, copy, len as usize);
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// Removes an empty directory.
    fn filesystem_types.remove_directory_at(call, it: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_remove_directory(guest, fd, at, len))
    }

    /// Renames a file.
    fn filesystem_types.rename_at(call, it: u32, at: u32, len: u32, to: u32, new: u32, new_len: u32, result: u32) {
        let (fd, to) = (number(&call, it)?, number(&call, to)?);
        let (_, at, len) = call.text(at, len)?;
        let (guest, new, new_len) = call.text(new, new_len)?;
        done(&call, result, path::path_rename(guest, fd, at, len, to, new, new_len))
    }

    /// Makes a symbolic link.
    fn filesystem_types.symlink_at(call, it: u32, target: u32, target_len: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (_, target, target_len) = call.text(target, target_len)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_symlink(guest, target, target_len, fd, at, len))
    }

    /// Removes a file.
    fn filesystem_types.unlink_file_at(call, it: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_unlink_file(guest, fd, at, len))
    }

    /// A number that changes with the file.
    fn filesystem_types.metadata_hash_at(call, it: u32, lookup: u32, at: u32, len: u32, result: u32) {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        files::store_hash(&call, result, path::path_stat(guest, fd, lookup & 1, at, len))
    }
}
