//! Files by name, beneath a directory of the guest.

use crate::sys::{self, Errno, Stat, TimeSpec};
use crate::wasi::fd::fdflags;
use crate::wasi::fds::{self, Entry, Held, filetype, rights};
use crate::wasi::resolve::{self, Path, Place};
use crate::wasi::tree::{self, Node};
use crate::wasi::{Error, Guest, Result, calls, file};

/// `lookupflags`: a symbolic link as last component is followed.
const FOLLOW: u32 = 1;

/// `oflags` of `path_open`.
mod oflags {
    pub const CREAT: u32 = 1;
    pub const DIRECTORY: u32 = 2;
    pub const EXCL: u32 = 4;
    pub const TRUNC: u32 = 8;
}

fn lookup_follow(flags: u32) -> Result<bool> {
    if flags & !FOLLOW != 0 {
        Err(Error::INVAL)
    } else {
        Ok(flags & FOLLOW != 0)
    }
}

/// The place that a path names in a directory with these rights.
fn place(guest: Guest, fd: u32, needed: u64, path: u32, len: u32) -> Result<Named> {
    let directory = fds::directory(fd, needed)?;
    let place = resolve::locate(directory.host, &Path::from_guest(guest, path, len)?)?;
    Ok(Named { place, directory })
}

/// A place and the directory through which it was named, which stays open for so long.
struct Named {
    place: Place,
    directory: Held,
}

impl core::ops::Deref for Named {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

/// A file must not gain rights by getting a name in a directory that passes more of them on.
fn same_rights(from: &Named, to: &Named) -> Result<()> {
    if from.directory.read_only != to.directory.read_only {
        Err(Error::PERM)
    } else if to.directory.inheriting & !from.directory.inheriting != 0 {
        Err(Error::NOTCAPABLE)
    } else {
        Ok(())
    }
}

/// Whether there is a directory at the place; an error where there is nothing.
fn is_directory(place: &Place) -> Result<bool> {
    let stat = sys::fstatat(place.dir(), place.name(), sys::AT_SYMLINK_NOFOLLOW)?;
    Ok(filetype::from_mode(stat.mode) == filetype::DIRECTORY)
}

/// Under a path that ends with a slash only a directory can be made. What is there already is told first.
fn refuse_after_slash(place: &Place) -> Result<()> {
    if !place.slash {
        return Ok(());
    }
    sys::fstatat(place.dir(), place.name(), sys::AT_SYMLINK_NOFOLLOW)?;
    Err(Errno::EXIST.into())
}

/// A path that ends with a slash must name a directory.
fn require_directory_after_slash(place: &Place) -> Result<()> {
    if place.slash && !is_directory(place)? {
        Err(Error::NOTDIR)
    } else {
        Ok(())
    }
}

/// The place whose last component is no symbolic link or not to be followed, and its attributes.
fn locate_and_stat(entry: &Entry, path: &Path, follow: bool) -> Result<(Place, Stat)> {
    let mut place = resolve::locate(entry.host, path)?;
    let stat = |place: &Place| sys::fstatat(place.dir(), place.name(), sys::AT_SYMLINK_NOFOLLOW);
    let mut found = stat(&place)?;
    // A slash behind a symbolic link follows it, too.
    if found.mode & sys::S_IFMT == sys::S_IFLNK && (follow || place.slash) {
        place = resolve::walk(entry.host, path, true)?;
        found = stat(&place)?;
    }
    if place.slash && found.mode & sys::S_IFMT != sys::S_IFDIR {
        return Err(Error::NOTDIR);
    }
    Ok((place, found))
}

/// The attributes of a file.
pub fn path_stat(guest: Guest, fd: u32, flags: u32, path: u32, len: u32) -> Result<Stat> {
    let entry = fds::directory(fd, rights::PATH_FILESTAT_GET)?;
    let path = Path::from_guest(guest, path, len)?;
    let follow = lookup_follow(flags)?;
    match Node::of(&entry) {
        Some(node) => tree::path_stat(node, &path),
        None => Ok(locate_and_stat(&entry, &path, follow)?.1),
    }
}

/// What differs between the two modules, the newer form.
mod snapshot {
    use super::*;

    calls! {
        [snapshot]
        /// The attributes of a file.
        fn path_filestat_get(guest, fd: u32, flags: u32, path: u32, len: u32, result: u32) {
            file::store_stat(guest, result, &path_stat(guest, fd, flags, path, len)?)
        }
    }
}

/// What differs between the two modules, the older form.
mod unstable {
    use super::*;

    calls! {
        [unstable]
        /// The attributes of a file.
        fn path_filestat_get(guest, fd: u32, flags: u32, path: u32, len: u32, result: u32) {
            file::store_stat_unstable(guest, result, &path_stat(guest, fd, flags, path, len)?)
        }
    }
}

/// What the rights that a guest asks for mean: whether a file is opened for reading or for writing.
const ACCESS: u64 = rights::FD_READ | rights::FD_WRITE;

/// Host flags for opening.
fn open_flags(oflags: u32, base: u64, fdflags: u16) -> Result<u32> {
    const KNOWN: u32 = oflags::CREAT | oflags::DIRECTORY | oflags::EXCL | oflags::TRUNC;
    if oflags & !KNOWN != 0 || fdflags & !31 != 0 {
        return Err(Error::INVAL);
    }
    let directory = oflags & oflags::DIRECTORY != 0;
    if directory && oflags & (oflags::CREAT | oflags::TRUNC) != 0 {
        return Err(Error::INVAL);
    }
    let access = match base & ACCESS {
        ACCESS => sys::O_RDWR,
        rights::FD_WRITE => sys::O_WRONLY,
        _ => sys::O_RDONLY,
    };
    let pairs = [
        (oflags::CREAT, sys::O_CREAT),
        (oflags::DIRECTORY, sys::O_DIRECTORY),
        (oflags::EXCL, sys::O_EXCL),
        (oflags::TRUNC, sys::O_TRUNC),
    ];
    let chosen = pairs.iter().fold(
        0,
        |all, &(wasi, host)| if oflags & wasi != 0 { all | host } else { all },
    );
    Ok(access | chosen | fdflags::to_host(fdflags))
}

/// What a guest asks for when it opens a file, in the words of `path_open`.
pub struct Request {
    pub lookup: u32,
    pub path: u32,
    pub len: u32,
    pub oflags: u32,
    pub base: u64,
    pub fdflags: u32,
}

/// Opens a file: the guest's number for it.
pub fn open(guest: Guest, fd: u32, request: &Request) -> Result<u32> {
    let Request {
        oflags,
        base,
        fdflags,
        ..
    } = *request;
    let parent = fds::get(fd)?;
    let tree = Node::of(&parent);
    let mut needed = rights::PATH_OPEN;
    if tree.is_none() && oflags & oflags::CREAT != 0 {
        needed |= rights::PATH_CREATE_FILE;
    }
    if tree.is_none() && oflags & oflags::TRUNC != 0 {
        needed |= rights::PATH_FILESTAT_SET_SIZE;
    }
    parent.require_directory(needed)?;
    parent.require_access(base & ACCESS)?;
    let path = Path::from_guest(guest, request.path, request.len)?;
    // Terminals must not become the process's own, and opening a pipe must not wait for ever for its other end
    // without the guest's wish: that is as on any POSIX system.
    let flags = open_flags(oflags, base, fdflags as u16)? | sys::O_NOCTTY;
    let follow = lookup_follow(request.lookup)?;
    if let Some(node) = tree {
        let request = tree::Request {
            create: oflags & oflags::CREAT != 0,
            exclusive: oflags & oflags::EXCL != 0,
            truncate: oflags & oflags::TRUNC != 0,
            directory: oflags & oflags::DIRECTORY != 0,
            write: base & rights::FD_WRITE != 0,
            fdflags: fdflags as u16,
            flags,
            follow,
        };
        return fds::insert(tree::open(&parent, node, &path, &request)?);
    }
    let host = resolve::open(parent.host, &path, flags, 0o666, follow)?;
    let stat = match sys::fstat(host) {
        Ok(stat) => stat,
        Err(errno) => {
            let _ = sys::close(host);
            return Err(errno.into());
        }
    };
    let directory = filetype::from_mode(stat.mode) == filetype::DIRECTORY;
    fds::insert(parent.below(host, directory))
}

/// The target of a symbolic link, cut off where the buffer is too small.
///
/// # Safety
/// `to` is writable for `room` bytes.
pub unsafe fn read_link(
    guest: Guest,
    fd: u32,
    path: u32,
    len: u32,
    to: *mut u8,
    room: usize,
) -> Result<usize> {
    let entry = fds::directory(fd, rights::PATH_READLINK)?;
    let path = Path::from_guest(guest, path, len)?;
    if let Some(node) = Node::of(&entry) {
        return tree::read_link(node, &path).map(|()| 0);
    }
    let place = resolve::locate(entry.host, &path)?;
    if place.slash {
        // A slash behind a symbolic link follows it, so what is there is a directory.
        locate_and_stat(&entry, &path, true)?;
        return Err(Error::INVAL);
    }
    // The kernel refuses an empty buffer.
    let mut nothing = 0u8;
    Ok(match room {
        0 => sys::readlinkat(place.dir(), place.name(), &raw mut nothing, 1).map(|_| 0)?,
        _ => sys::readlinkat(place.dir(), place.name(), to, room)?,
    })
}

/// Sets the times of a file.
pub fn set_times(
    guest: Guest,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    times: &[TimeSpec; 2],
) -> Result<()> {
    let entry = fds::directory(fd, rights::PATH_FILESTAT_SET_TIMES)?;
    let path = Path::from_guest(guest, path, len)?;
    let (place, _) = locate_and_stat(&entry, &path, lookup_follow(lookup)?)?;
    let flags = sys::AT_SYMLINK_NOFOLLOW;
    sys::utimensat(place.dir(), Some(place.name()), times, flags)?;
    Ok(())
}

calls! {
    [snapshot unstable]
    /// Opens a file. Rights that are asked for beyond reading and writing mean nothing: what is possible with the file is what the grant allows.
    fn path_open(
        guest,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        oflags: u32,
        base: u64,
        _inheriting: u64,
        fdflags: u32,
        result: u32,
    ) {
        guest.range(result, 4)?;
        let request = Request { lookup, path, len, oflags, base, fdflags };
        guest.write_u32(result, open(guest, fd, &request)?)
    }

    [snapshot unstable]
    /// Makes a directory.
    fn path_create_directory(guest, fd: u32, path: u32, len: u32) {
        let place = place(guest, fd, rights::PATH_CREATE_DIRECTORY, path, len)?;
        sys::mkdirat(place.dir(), place.name(), 0o777)?;
        Ok(())
    }

    [snapshot unstable]
    /// Removes an empty directory.
    fn path_remove_directory(guest, fd: u32, path: u32, len: u32) {
        let directory = fds::directory(fd, rights::PATH_REMOVE_DIRECTORY)?;
        let path = Path::from_guest(guest, path, len)?;
        let place = resolve::locate(directory.host, &path)?;
        match sys::unlinkat(place.dir(), place.name(), sys::AT_REMOVEDIR) {
            // A place has no `..`; what is above a directory is not empty.
            Err(Errno::INVAL) if path.ends_upwards() => Err(Error::NOTEMPTY),
            result => Ok(result.map(|_| ())?),
        }
    }

    [snapshot unstable]
    /// Removes a file that is no directory.
    fn path_unlink_file(guest, fd: u32, path: u32, len: u32) {
        let place = place(guest, fd, rights::PATH_UNLINK_FILE, path, len)?;
        if place.slash {
            return Err(if is_directory(&place)? { Error::ISDIR } else { Error::NOTDIR });
        }
        match sys::unlinkat(place.dir(), place.name(), 0) {
            // The standard's number for directories; Linux says the former, others the latter.
            Err(Errno::PERM) if is_directory(&place).unwrap_or(false) => Err(Error::ISDIR),
            result => Ok(result.map(|_| ())?),
        }
    }

    [snapshot unstable]
    /// Renames a file.
    fn path_rename(guest, fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32) {
        let from = place(guest, fd, rights::PATH_RENAME_SOURCE, old, old_len)?;
        let to = place(guest, new_fd, rights::PATH_RENAME_TARGET, new, new_len)?;
        same_rights(&from, &to)?;
        require_directory_after_slash(&from)?;
        // A directory's own name is refused first.
        if to.slash && to.name() != c"." && !is_directory(&from)? {
            return Err(Error::NOTDIR);
        }
        sys::renameat(from.dir(), from.name(), to.dir(), to.name())?;
        Ok(())
    }

    [snapshot unstable]
    /// Makes a symbolic link. Absolute targets would lead out of the sandbox for everybody else.
    fn path_symlink(guest, target: u32, target_len: u32, fd: u32, path: u32, len: u32) {
        let place = place(guest, fd, rights::PATH_SYMLINK, path, len)?;
        let target = Path::from_guest(guest, target, target_len)?;
        if target.as_bytes().first() == Some(&b'/') {
            return Err(Error::PERM);
        }
        refuse_after_slash(&place)?;
        sys::symlinkat(target.as_c(), place.dir(), place.name())?;
        Ok(())
    }

    [snapshot unstable]
    /// Gives a file a further name. Symbolic links are not followed.
    fn path_link(guest, fd: u32, flags: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32) {
        if flags != 0 {
            return Err(Error::INVAL);
        }
        let directory = fds::directory(fd, rights::PATH_LINK_SOURCE)?;
        let path = Path::from_guest(guest, old, old_len)?;
        let place_of_old = resolve::locate(directory.host, &path)?;
        let mut from = Named { place: place_of_old, directory };
        let to = place(guest, new_fd, rights::PATH_LINK_TARGET, new, new_len)?;
        same_rights(&from, &to)?;
        if from.slash || to.slash {
            // The kernel looks at the old name first, and a slash behind a symbolic link follows it.
            from.place = locate_and_stat(&from.directory, &path, false)?.0;
        }
        refuse_after_slash(&to)?;
        match sys::linkat(from.dir(), from.name(), to.dir(), to.name(), 0) {
            // Of a directory that confinement does not let go elsewhere it says so first.
            Err(Errno::XDEV) if is_directory(&from.place).unwrap_or(false) => Err(Error::PERM),
            result => Ok(result.map(|_| ())?),
        }
    }

    [snapshot unstable]
    /// The target of a symbolic link, cut off where the buffer is too small.
    fn path_readlink(guest, fd: u32, path: u32, len: u32, buf: u32, buf_len: u32, used: u32) {
        let to = guest.range(buf, buf_len.into())?;
        guest.range(used, 4)?;
        let n = read_link(guest, fd, path, len, to, buf_len as usize)?;
        guest.write_u32(used, n as u32)
    }

    [snapshot unstable]
    /// Sets the times of a file.
    fn path_filestat_set_times(
        guest,
        fd: u32,
        lookup: u32,
        path: u32,
        len: u32,
        access: u64,
        modification: u64,
        flags: u32,
    ) {
        fds::directory(fd, rights::PATH_FILESTAT_SET_TIMES)?;
        let times = file::times(access, modification, flags)?;
        set_times(guest, fd, lookup, path, len, &times)
    }
}

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod matrix;
