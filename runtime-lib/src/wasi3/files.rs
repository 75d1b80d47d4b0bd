//! `wasi:filesystem`: the calls of 0.2 with other numbers for errors, streams, and contents of directories.
//!
//! Nothing of a file waits, so all functions are done at once.

use super::bytes::{self, Bytes};
use super::outcome::{self, Form};
use crate::canonical::Reason;
use crate::component::tasks::end::{Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::{host, stream};
use crate::state::pool::Pool;
use crate::sys::{Stat, TimeSpec};
use crate::wasi::fds::{self, Entry, rights};
use crate::wasi::{Error, Guest, Result, file, path};
use crate::wasi2::files::{self, NewTime, hash, kind, next_entry, times};
use crate::wasi2::object::{self, Place, Stream};
use crate::wasi2::paths::{self, Request};
use crate::wasi2::{Answer, Call, Kind, Out, host};
use core::cell::UnsafeCell;

/// Cases of `error-code` by those of 0.2, whose second, `would-block`, is gone.
fn code(error: Error) -> u32 {
    const AGAIN: u8 = 1;
    const IO: u32 = 12;
    match paths::error_code(error) {
        0 => 0,
        AGAIN => IO,
        code => u32::from(code) - 1,
    }
}

/// Writes an error, at the payload of a `result`: no case that we give has more to say.
fn put_error(out: Out, payload: u32, code: u32) {
    out.u8(payload, code as u8);
}

/// A `result<_, error-code>`.
static RESULT: Form = Form {
    size: 20,
    align: 4,
    payload: 4,
    put: put_error,
};

fn error(out: Out, payload: u32, error: Error) {
    out.u8(0, 1);
    put_error(out, payload, code(error));
}

/// Writes a `result<_, error-code>`.
fn done(call: &Call, result: u32, done: Result<()>) -> Answer<()> {
    outcome::put(call, result, &RESULT, done.map_err(code))
}

fn number(call: &Call, descriptor: u32) -> Answer<u32> {
    call.rep(Kind::Descriptor3, descriptor)
}

/// `descriptor-type`: other kinds than those that have names are `other(none)`.
fn descriptor_type(mode: u32) -> u8 {
    from_0_2(kind(mode))
}

fn from_0_2(kind: u8) -> u8 {
    const OTHER: u8 = 7;
    kind.checked_sub(1).unwrap_or(OTHER)
}

/// Writes a `descriptor-type`, of 16 bytes.
fn put_type(out: Out, at: u32, kind: u8) {
    out.u8(at, kind);
    out.u8(at + 4, 0);
}

/// Writes a `result<descriptor-stat, error-code>`.
fn store_stat(call: &Call, result: u32, stat: Result<Stat>) -> Answer<()> {
    let out = call.result(result, 8 + 104, 8)?;
    let stat = match stat {
        Ok(stat) => stat,
        Err(failure) => {
            error(out, 8, failure);
            return Ok(());
        }
    };
    out.u8(0, 0);
    put_type(out, 8, descriptor_type(stat.mode));
    out.u64(24, stat.nlink);
    out.u64(32, stat.size);
    for (at, time) in [(40, stat.atime), (64, stat.mtime), (88, stat.ctime)] {
        out.u8(at, 1);
        out.u64(at + 8, time.sec as u64);
        out.u32(at + 16, time.nsec as u32);
    }
    Ok(())
}

/// Writes a `result<metadata-hash-value, error-code>`.
fn store_hash(call: &Call, result: u32, stat: Result<Stat>) -> Answer<()> {
    let out = call.result(result, 8 + 16, 8)?;
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

/// `descriptor-flags` of what is open.
fn flags_of(entry: &Entry) -> Result<u8> {
    let flags = files::flags_of(entry)?;
    let hides = entry.directory && entry.flags & files::MUTATES == 0;
    Ok(match hides {
        true => flags & !(files::flags::MUTATE_DIRECTORY as u8),
        false => flags,
    })
}

/// What is asked for by `descriptor-flags`: something is read where nothing is said, and who makes a file may write it.
fn asked(open: u32, flags: u32) -> u32 {
    const CREATE: u32 = 1;
    const DIRECTORY: u32 = 2;
    use files::flags::{MUTATE_DIRECTORY, READ, WRITE};
    let reads = match flags & (READ | WRITE | MUTATE_DIRECTORY) {
        0 => READ,
        _ => 0,
    };
    let writes = match open & (CREATE | DIRECTORY) {
        CREATE => WRITE,
        _ => 0,
    };
    flags | reads | writes
}

/// The times of flat values, for the kernel.
fn new_times(
    access: (u32, u64, u32),
    modification: (u32, u64, u32),
) -> Answer<Result<[TimeSpec; 2]>> {
    let time = |(case, seconds, nanoseconds): (u32, u64, u32)| match case {
        0..=2 => Ok(NewTime {
            case,
            seconds,
            nanoseconds,
            is_signed: true,
        }),
        _ => Err(Reason::InvalidDiscriminant),
    };
    Ok(times(time(access)?, time(modification)?))
}

fn ends_with_slash(guest: Guest, at: u32, len: u32) -> bool {
    let mut last = [0];
    let is_read = len != 0 && guest.read(at + (len - 1), &mut last).is_ok();
    is_read && last == [b'/']
}

/// A stream of a file that may be used so.
fn open_stream(fd: u32, needed: u64, place: Place) -> Result<Bytes> {
    let entry = fds::get(fd)?;
    if entry.directory {
        let is_input = needed == rights::FD_READ;
        return Err(if is_input { Error::ISDIR } else { Error::BADF });
    }
    let entry = fds::get_with(fd, needed).map_err(|error| match error {
        // It was opened without that.
        Error::NOTCAPABLE => Error::PERM,
        error => error,
    })?;
    let stream = Stream {
        entry: object::duplicate(&entry)?,
        place,
        is_owner: true,
        is_closed: false,
        source: None,
    };
    Ok(Bytes::new(stream, code))
}

/// Writes what a stream of the guest brings.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn write(call: &Call, it: u32, from: u32, place: Place) -> Answer<u32> {
    let fd = number(call, it)?;
    let more = call.more();
    let [stream, future, ..] = more.ends;
    let from = stream::take(more.instance, stream, from)?;
    match open_stream(fd, rights::FD_WRITE, place) {
        Ok(bytes) => bytes::sink(call, bytes, from, future, &RESULT),
        Err(failure) => {
            stream::discard(from);
            outcome::told(call, future, &RESULT, Err(code(failure)))
        }
    }
}

// Contents of directories.

/// The entries of a directory that are still to come.
struct Entries {
    entry: Entry,
    position: u64,
    outcome: u32,
    is_open: bool,
}

impl Entries {
    fn close(&mut self) {
        if core::mem::take(&mut self.is_open) {
            let _ = self.entry.close();
        }
    }
}

struct Cell(UnsafeCell<Pool<Entries>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static ENTRIES: Cell = Cell(UnsafeCell::new(Pool::new()));

pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe {
        let all = ENTRIES.0.get();
        (*all).each_used(|entries| (*entries).close());
        all.write(Pool::new());
    }
}

/// Bytes of a `directory-entry`.
const ENTRY: u32 = 24;

const READER: Operations = Operations {
    copy: read_entries,
    dropped: |number| {
        // SAFETY: the number is not used any more.
        let _ = unsafe { end_entries(number, Ok(())) };
    },
    both: None,
};

/// # Safety
/// As above.
unsafe fn end_entries(number: u32, outcome: outcome::Value) -> Answer<()> {
    let pool = ENTRIES.0.get();
    let entries = (*pool).get(number);
    (*entries).close();
    let told = (*entries).outcome;
    (*pool).remove(number);
    outcome::tell(told, outcome)
}

/// # Safety
/// As above.
unsafe fn read_entries(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let Entries {
        entry, position, ..
    } = &mut *(*ENTRIES.0.get()).get(number);
    let mut count = 0;
    let outcome = loop {
        if count == buffer.length {
            return Ok(Moved::Elements(count));
        }
        let (before, mut name) = (*position, [0; 256]);
        let failure = match next_entry(entry, position, &mut name) {
            Ok(None) => Ok(()),
            Ok(Some((kind, len))) if core::str::from_utf8(&name[..len]).is_ok() => {
                let at = buffer.address + count * ENTRY;
                let copy = || put_entry(&mut buffer.call()?, at, kind, &name[..len]);
                host::inside(buffer.instance, copy)?;
                count += 1;
                continue;
            }
            // A name that is no text cannot be told.
            Ok(Some(_)) => Err(Error::ILSEQ),
            Err(failure) => Err(failure),
        };
        if count != 0 {
            // It is told with the next read.
            *position = before;
            return Ok(Moved::Elements(count));
        }
        break failure.map_err(code);
    };
    end_entries(number, outcome)?;
    Ok(Moved::Ended)
}

/// Writes a `directory-entry`.
fn put_entry(call: &mut Call, at: u32, kind: u8, name: &[u8]) -> Answer<()> {
    let out = call.result(at, ENTRY.into(), 4)?;
    let (name, len) = call.copy_text(name)?;
    put_type(out, 0, from_0_2(kind));
    out.list(16, name, len as usize);
    Ok(())
}

host! {
    /// The granted directories, with the guest's names. Each is a descriptor of its own.
    fn filesystem3_preopens.get_directories_3(call, result: u32) { files::preopens(&mut call, result, Kind::Descriptor3) }

    /// A stream that reads from a position, and how it ended.
    fn filesystem3_types.read_stream(call, it: u32, offset: u64, result: u32) {
        let out = call.result(result, 8, 4)?;
        let fd = number(&call, it)?;
        let [stream, future, ..] = call.more().ends;
        let [stream, future] = match open_stream(fd, rights::FD_READ, Place::At(offset)) {
            Ok(bytes) => bytes::source(&call, bytes, [stream, future], &RESULT)?,
            Err(failure) => outcome::failed(&call, [stream, future], &RESULT, code(failure))?,
        };
        out.u32(0, stream);
        out.u32(4, future);
        Ok(())
    }

    /// Writes a stream from a position on.
    fn filesystem3_types.write_stream(call, it: u32, from: u32, offset: u64) -> u32 { write(&call, it, from, Place::At(offset)) }

    /// Writes a stream at the end.
    fn filesystem3_types.append_stream(call, it: u32, from: u32) -> u32 { write(&call, it, from, Place::End) }

    /// Says how a file will be used.
    fn filesystem3_types.advise_3(call, it: u32, offset: u64, len: u64, advice: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        done(&call, result, file::fd_advise(call.guest(), fd, offset, len, advice))
    }

    /// Writes data to the storage.
    fn filesystem3_types.sync_data_3(call, it: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        done(&call, result, paths::sync(fd, true))
    }

    /// Writes data and attributes to the storage.
    fn filesystem3_types.sync_3(call, it: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        done(&call, result, paths::sync(fd, false))
    }

    /// How it was opened.
    fn filesystem3_types.get_flags_3(call, it: u32, result: u32) -> done {
        let out = call.result(result, 20, 4)?;
        let fd = number(&call, it)?;
        match fds::get(fd).and_then(|entry| flags_of(&entry)) {
            Ok(flags) => {
                out.u8(0, 0);
                out.u8(4, flags);
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// What it is.
    fn filesystem3_types.get_type_3(call, it: u32, result: u32) -> done {
        let out = call.result(result, 20, 4)?;
        match file::stat(number(&call, it)?) {
            Ok(stat) => {
                out.u8(0, 0);
                put_type(out, 4, descriptor_type(stat.mode));
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// Cuts or extends a file.
    fn filesystem3_types.set_size_3(call, it: u32, size: u64, result: u32) -> done {
        let fd = number(&call, it)?;
        done(&call, result, file::fd_filestat_set_size(call.guest(), fd, size))
    }

    /// Sets the times.
    fn filesystem3_types.set_times_3(
        call, it: u32, access: u32, access_seconds: u64, access_nanoseconds: u32, modification: u32, seconds: u64, nanoseconds: u32, result: u32,
    ) -> done {
        let fd = number(&call, it)?;
        let times = new_times((access, access_seconds, access_nanoseconds), (modification, seconds, nanoseconds))?;
        done(&call, result, times.and_then(|times| files::set_times(fd, &times)))
    }

    /// The entries of a directory, and how they ended.
    fn filesystem3_types.read_directory_3(call, it: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let fd = number(&call, it)?;
        let [stream, future, ..] = call.more().ends;
        // A description of its own, so that positions are apart.
        let entry = fds::directory(fd, rights::FD_READDIR).and_then(|entry| paths::reopen(&entry));
        let [stream, future] = match entry {
            Ok(entry) => {
                let (future, outcome) = outcome::make(&call, future, &RESULT)?;
                let added = (*ENTRIES.0.get()).add(Entries { entry, position: 0, outcome, is_open: true });
                let (number, _) = added.ok_or(Reason::TooManyHandles)?;
                let end = HostEnd { operations: &READER, number };
                [stream::make(call.more().instance, stream, end)?.0, future]
            }
            Err(failure) => outcome::failed(&call, [stream, future], &RESULT, code(failure))?,
        };
        out.u32(0, stream);
        out.u32(4, future);
        Ok(())
    }

    /// The attributes.
    fn filesystem3_types.stat_3(call, it: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        store_stat(&call, result, file::stat(fd))
    }

    /// Whether two descriptors are of the same file.
    fn filesystem3_types.is_same_object_3(call, it: u32, other: u32) -> answer {
        Ok(files::is_same(number(&call, it)?, number(&call, other)?).into())
    }

    /// A number that changes with the file.
    fn filesystem3_types.metadata_hash_3(call, it: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        store_hash(&call, result, file::stat(fd))
    }

    /// Makes a directory.
    fn filesystem3_types.create_directory_at_3(call, it: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_create_directory(guest, fd, at, len))
    }

    /// The attributes of a file.
    fn filesystem3_types.stat_at_3(call, it: u32, lookup: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        store_stat(&call, result, path::path_stat(guest, fd, lookup & 1, at, len))
    }

    /// Sets the times of a file.
    fn filesystem3_types.set_times_at_3(
        call, it: u32, lookup: u32, at: u32, len: u32, access: u32, access_seconds: u64, access_nanoseconds: u32, modification: u32,
        seconds: u64, nanoseconds: u32, result: u32,
    ) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let times = new_times((access, access_seconds, access_nanoseconds), (modification, seconds, nanoseconds))?;
        done(&call, result, times.and_then(|times| path::set_times(guest, fd, lookup & 1, at, len, &times)))
    }

    /// Gives a file a further name.
    fn filesystem3_types.link_at_3(call, it: u32, lookup: u32, at: u32, len: u32, to: u32, new: u32, new_len: u32, result: u32) -> done {
        let (fd, to) = (number(&call, it)?, number(&call, to)?);
        let (_, at, len) = call.text(at, len)?;
        let (guest, new, new_len) = call.text(new, new_len)?;
        done(&call, result, path::path_link(guest, fd, lookup & 1, at, len, to, new, new_len))
    }

    /// Opens a file.
    fn filesystem3_types.open_at_3(call, it: u32, lookup: u32, at: u32, len: u32, open: u32, flags: u32, result: u32) -> done {
        let out = call.result(result, 20, 4)?;
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let asked = asked(open, flags);
        match paths::open(guest, fd, &Request { lookup, path: (at, len), open, flags: asked }) {
            Ok(fd) => {
                if flags & files::flags::MUTATE_DIRECTORY != 0 {
                    files::set_mutates(fd);
                }
                out.u8(0, 0);
                out.u32(4, call.own(Kind::Descriptor3, fd)?);
            }
            Err(failure) => error(out, 4, failure),
        }
        Ok(())
    }

    /// The target of a symbolic link.
    fn filesystem3_types.readlink_at_3(call, it: u32, at: u32, len: u32, result: u32) -> done {
        let out = call.result(result, 20, 4)?;
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let mut target = [0u8; 4096];
        match paths::read_link(guest, fd, (at, len), &mut target) {
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
    fn filesystem3_types.remove_directory_at_3(call, it: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        let removed = path::path_remove_directory(guest, fd, at, len);
        let removed = removed.map_err(|error| match error {
            // A slash follows a link, which may lead out of the directory.
            Error::NOTDIR if ends_with_slash(guest, at, len) => path::path_stat(guest, fd, 1, at, len).err().unwrap_or(error),
            error => error,
        });
        done(&call, result, removed)
    }

    /// Renames a file.
    fn filesystem3_types.rename_at_3(call, it: u32, at: u32, len: u32, to: u32, new: u32, new_len: u32, result: u32) -> done {
        let (fd, to) = (number(&call, it)?, number(&call, to)?);
        let (_, at, len) = call.text(at, len)?;
        let (guest, new, new_len) = call.text(new, new_len)?;
        done(&call, result, path::path_rename(guest, fd, at, len, to, new, new_len))
    }

    /// Makes a symbolic link.
    fn filesystem3_types.symlink_at_3(call, it: u32, target: u32, target_len: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (_, target, target_len) = call.text(target, target_len)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_symlink(guest, target, target_len, fd, at, len))
    }

    /// Removes a file.
    fn filesystem3_types.unlink_file_at_3(call, it: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        done(&call, result, path::path_unlink_file(guest, fd, at, len))
    }

    /// A number that changes with the file.
    fn filesystem3_types.metadata_hash_at_3(call, it: u32, lookup: u32, at: u32, len: u32, result: u32) -> done {
        let fd = number(&call, it)?;
        let (guest, at, len) = call.text(at, len)?;
        store_hash(&call, result, path::path_stat(guest, fd, lookup & 1, at, len))
    }

    /// Closes a descriptor.
    fn drop.drop_descriptor_3(call, it: u32) { files::drop_descriptor(&call, Kind::Descriptor3, it) }
}
