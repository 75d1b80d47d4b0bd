//! Guest paths: finding files beneath a granted directory and nowhere else.
//!
//! Two ways lead to a file. Where the kernel has `openat2`, it resolves the path itself and refuses to leave the
//! directory. Elsewhere (old kernels, emulators, containers whose filters refuse the call in whatever way) [`walk`] goes component by component, follows
//! symbolic links itself and never lets the kernel follow one.
//!
//! Calls that name a file (unlink, rename, stat …) act on a [`Place`]: a directory that was reached safely and a single
//! last component that is not `..`, has no slash, and is never followed when it is a symbolic link. So whatever is
//! renamed or replaced meanwhile, the kernel cannot be led outside.

use crate::sys::{self, Errno, Fd};
use crate::wasi::{Error, Guest, Result};
use core::ffi::CStr;
use core::sync::atomic::{AtomicU8, Ordering};

/// Longest path, with its terminator.
const PATH_MAX: usize = 4096;

/// Symbolic links followed before a loop is assumed.
const MAX_LINKS: u32 = 40;

/// Tries of a resolution that a concurrent rename disturbed.
const MAX_TRIES: u32 = 16;

/// Whether `openat2` can be used, once that is known.
static OPENAT2: AtomicU8 = AtomicU8::new(UNKNOWN);

const UNKNOWN: u8 = 0;
const USABLE: u8 = 1;
const UNUSABLE: u8 = 2;

/// Makes everything from now on walk, or not: for tests of both ways.
#[cfg(test)]
pub fn set_walking(walking: bool) {
    OPENAT2.store(if walking { UNUSABLE } else { UNKNOWN }, Ordering::Relaxed);
}

/// How `openat2` resolves here.
const BENEATH: u64 = sys::RESOLVE_BENEATH | sys::RESOLVE_NO_MAGICLINKS;

/// Whether the kernel has `openat2` and lets this process use it. A filter answers with any error that its author liked, so the errors of
/// real calls tell nothing; a call with a directory that is none has one answer only.
fn has_openat2() -> bool {
    let mut state = OPENAT2.load(Ordering::Relaxed);
    if state == UNKNOWN {
        state = match sys::openat2(-1, c".", sys::O_PATH, 0, BENEATH) {
            Err(Errno::BADF) => USABLE,
            _ => UNUSABLE,
        };
        OPENAT2.store(state, Ordering::Relaxed);
    }
    state == USABLE
}

/// A path with a terminator and without null bytes.
#[derive(Clone)]
pub struct Path {
    bytes: [u8; PATH_MAX],
    len: usize,
}

impl Path {
    pub const fn new() -> Path {
        Path {
            bytes: [0; PATH_MAX],
            len: 0,
        }
    }

    /// Copies a path out of guest memory.
    pub fn from_guest(guest: Guest, ptr: u32, len: u32) -> Result<Path> {
        guest.range(ptr, len.into())?;
        let mut path = Path::new();
        let place = path
            .bytes
            .get_mut(..len as usize)
            .filter(|p| p.len() < PATH_MAX)
            .ok_or(Error::NAMETOOLONG)?;
        guest.read(ptr, place)?;
        if place.contains(&0) {
            return Err(Error::INVAL);
        }
        path.len = len as usize;
        Ok(path)
    }

    /// A path of our own, without null bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Path> {
        let mut path = Path::new();
        path.push(bytes)?;
        Ok(path)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }

    pub fn as_c(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }

    /// Whether the last component is `..`.
    pub fn ends_upwards(&self) -> bool {
        split_last(self.as_bytes()).1 == b".."
    }

    /// Appends bytes that hold no null.
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.len + bytes.len();
        if end >= PATH_MAX {
            return Err(Error::NAMETOOLONG);
        }
        self.bytes[self.len..end].copy_from_slice(bytes);
        self.bytes[end] = 0;
        self.len = end;
        Ok(())
    }

    fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
            self.bytes[len] = 0;
        }
    }

    /// Appends a component, after a slash where needed.
    fn push_component(&mut self, name: &[u8]) -> Result<()> {
        if self.len != 0 {
            self.push(b"/")?;
        }
        self.push(name)
    }
}

/// A directory descriptor that is closed with its owner, unless it is the guest's own.
struct Dir {
    fd: Fd,
    owned: bool,
}

impl Drop for Dir {
    fn drop(&mut self) {
        if self.owned {
            let _ = sys::close(self.fd);
        }
    }
}

/// Where a path leads: an entry (existing or not) of a directory.
pub struct Place {
    dir: Dir,
    name: Path,
    /// The path ended with a slash: only a directory will do.
    pub slash: bool,
}

impl Place {
    pub fn dir(&self) -> Fd {
        self.dir.fd
    }

    pub fn name(&self) -> &CStr {
        self.name.as_c()
    }
}

/// An error of a path that leaves its directory is `perm`.
fn host_error(errno: Errno) -> Error {
    if errno == Errno::XDEV {
        Error::PERM
    } else {
        errno.into()
    }
}

/// `openat2` beneath the directory. `None` where it cannot be used.
fn open_beneath(dir: Fd, path: &CStr, flags: u32, mode: u32) -> Option<Result<Fd>> {
    if !has_openat2() {
        return None;
    }
    // Unlike `openat` it refuses a mode that it does not need.
    let mode = if flags & sys::O_CREAT != 0 { mode } else { 0 };
    for _ in 0..MAX_TRIES {
        match sys::openat2(dir, path, flags, mode, BENEATH) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            result => return Some(result.map_err(host_error)),
        }
    }
    Some(Err(Error::AGAIN))
}

/// Opens a file. `follow` says whether a symbolic link as last component is followed.
pub fn open(dir: Fd, path: &Path, flags: u32, mode: u32, follow: bool) -> Result<Fd> {
    let last = if follow { 0 } else { sys::O_NOFOLLOW };
    match open_beneath(dir, path.as_c(), flags | last, mode) {
        Some(result) => result,
        None => open_walking(dir, path, flags, mode, follow),
    }
}

/// [`open`] without `openat2`.
fn open_walking(dir: Fd, path: &Path, flags: u32, mode: u32, follow: bool) -> Result<Fd> {
    let creates = flags & sys::O_CREAT != 0;
    let slash = path.as_bytes().last() == Some(&b'/');
    // A slash behind a symbolic link follows it, but nothing with a slash can be created. Creating exclusively never follows.
    let follow = if slash {
        !creates
    } else {
        follow && !(creates && flags & sys::O_EXCL != 0)
    };
    for _ in 0..MAX_TRIES {
        let place = walk(dir, path, follow)?;
        if place.slash && creates && place.name() != c"." {
            return Err(Error::ISDIR);
        }
        let only_directory = if place.slash && !creates {
            sys::O_DIRECTORY
        } else {
            0
        };
        match sys::openat(
            place.dir(),
            place.name(),
            flags | only_directory | sys::O_NOFOLLOW,
            mode,
        ) {
            // It became a symbolic link since.
            Err(Errno::LOOP) if follow => {}
            result => return result.map_err(host_error),
        }
    }
    Err(Error::LOOP)
}

/// Splits off the last component: what is before it, the component, and whether slashes follow it.
fn split_last(path: &[u8]) -> (&[u8], &[u8], bool) {
    let end = path.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
    let (trimmed, slashes) = path.split_at(end);
    let start = trimmed
        .iter()
        .rposition(|&b| b == b'/')
        .map_or(0, |i| i + 1);
    let (parent, name) = trimmed.split_at(start);
    (parent, name, !slashes.is_empty())
}

/// The place that a path names, without following a last symbolic link.
pub fn locate(dir: Fd, path: &Path) -> Result<Place> {
    if path.len == 0 {
        return Err(Error::NOENT);
    }
    let (parent, name, slash) = split_last(path.as_bytes());
    if name.is_empty() {
        // Nothing but slashes: an absolute path.
        return Err(Error::PERM);
    }
    let mut place = Place {
        dir: Dir {
            fd: dir,
            owned: false,
        },
        name: Path::new(),
        slash,
    };
    let dots = name == b"." || name == b"..";
    place.name.push(if dots { b"." } else { name })?;
    if parent.is_empty() && name != b".." {
        return Ok(place);
    }
    let mut to = Path::new();
    to.push(if dots { path.as_bytes() } else { parent })?;
    place.dir = match open_beneath(dir, to.as_c(), sys::O_PATH | sys::O_DIRECTORY, 0) {
        Some(opened) => Dir {
            fd: opened?,
            owned: true,
        },
        None => return walk(dir, path, false),
    };
    Ok(place)
}

/// Goes to the place that a path names, component by component. With `follow` a last symbolic link is followed, and the
/// answer's name was not one when it was looked at.
pub fn walk(root: Fd, path: &Path, follow: bool) -> Result<Place> {
    if path.len == 0 {
        return Err(Error::NOENT);
    }
    let mut rest = path.clone();
    // The way from the root to the current directory, free of links: going up drops its last component.
    let mut done = Path::new();
    let mut dir = Dir {
        fd: root,
        owned: false,
    };
    let mut links = 0;
    if rest.as_bytes().first() == Some(&b'/') {
        return Err(Error::PERM);
    }
    loop {
        let bytes = rest.as_bytes();
        let start = bytes.iter().position(|&b| b != b'/').unwrap_or(bytes.len());
        let bytes = bytes.get(start..).unwrap_or(&[]);
        let len = bytes.iter().position(|&b| b == b'/').unwrap_or(bytes.len());
        let (component, after) = bytes.split_at(len);
        let last = after.iter().all(|&b| b == b'/');
        let slash = !after.is_empty();
        let mut name = Path::new();
        name.push(component)?;
        match component {
            b"" | b"." if last => {
                name.truncate(0);
                name.push(b".")?;
                return Ok(Place { dir, name, slash });
            }
            b"." => {}
            b".." => {
                if done.len == 0 {
                    return Err(Error::PERM);
                }
                let up = done
                    .as_bytes()
                    .iter()
                    .rposition(|&b| b == b'/')
                    .unwrap_or(0);
                done.truncate(up);
                dir = descend(root, &done)?;
            }
            _ if last && !follow => return Ok(Place { dir, name, slash }),
            _ => {
                let fd = match sys::openat(dir.fd, name.as_c(), sys::O_PATH | sys::O_NOFOLLOW, 0) {
                    Ok(fd) => fd,
                    Err(Errno::NOENT) if last => return Ok(Place { dir, name, slash }),
                    Err(errno) => return Err(errno.into()),
                };
                let next = Dir { fd, owned: true };
                match sys::fstat(fd)?.mode & sys::S_IFMT {
                    sys::S_IFLNK => {
                        links += 1;
                        if links > MAX_LINKS {
                            return Err(Error::LOOP);
                        }
                        let mut target = read_link(fd)?;
                        target.push(after)?;
                        rest = target;
                        continue;
                    }
                    _ if last => return Ok(Place { dir, name, slash }),
                    sys::S_IFDIR => {
                        done.push_component(component)?;
                        dir = next;
                    }
                    _ => return Err(Error::NOTDIR),
                }
            }
        }
        let mut shorter = Path::new();
        shorter.push(after)?;
        rest = shorter;
    }
}

/// Opens a directory below the root along components that are no links.
fn descend(root: Fd, path: &Path) -> Result<Dir> {
    let mut dir = Dir {
        fd: root,
        owned: false,
    };
    for component in path
        .as_bytes()
        .split(|&b| b == b'/')
        .filter(|c| !c.is_empty())
    {
        let mut name = Path::new();
        name.push(component)?;
        let fd = sys::openat(
            dir.fd,
            name.as_c(),
            sys::O_PATH | sys::O_NOFOLLOW | sys::O_DIRECTORY,
            0,
        )?;
        dir = Dir { fd, owned: true };
    }
    Ok(dir)
}

/// The target of an opened symbolic link, which may not be absolute.
fn read_link(fd: Fd) -> Result<Path> {
    let mut target = Path::new();
    let n = sys::readlinkat(fd, c"", target.bytes.as_mut_ptr(), PATH_MAX)?;
    if n >= PATH_MAX {
        return Err(Error::NAMETOOLONG);
    }
    target.len = n;
    target.bytes[n] = 0;
    match target.as_bytes().first() {
        None => Err(Error::NOENT),
        Some(b'/') => Err(Error::PERM),
        Some(_) => Ok(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    fn path(text: &str) -> Path {
        let mut path = Path::new();
        path.push(text.as_bytes()).unwrap();
        path
    }

    /// A directory with an outside: `root/…` is granted, `secret` beside it is not.
    struct Tree {
        base: std::path::PathBuf,
        root: std::fs::File,
    }

    impl Tree {
        fn new(name: &str) -> Tree {
            use std::os::unix::fs::symlink;
            let base =
                std::env::temp_dir().join(format!("wative-resolve-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&base);
            let root = base.join("root");
            std::fs::create_dir_all(root.join("a/b")).unwrap();
            std::fs::write(base.join("secret"), "secret").unwrap();
            std::fs::write(root.join("f"), "f").unwrap();
            std::fs::write(root.join("a/b/g"), "g").unwrap();
            symlink("../secret", root.join("out")).unwrap();
            symlink(base.join("secret"), root.join("absolute")).unwrap();
            symlink("..", root.join("up")).unwrap();
            symlink("loop2", root.join("loop1")).unwrap();
            symlink("loop1", root.join("loop2")).unwrap();
            symlink("a/b", root.join("ab")).unwrap();
            symlink("../../f", root.join("a/b/back")).unwrap();
            symlink("../../../secret", root.join("a/b/far")).unwrap();
            symlink("nowhere", root.join("dangling")).unwrap();
            let root = std::fs::File::open(root).unwrap();
            Tree { base, root }
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.base);
        }
    }

    /// What opening gives: the contents, or the error's number.
    fn read(opened: Result<Fd>) -> std::result::Result<String, u16> {
        let fd = opened.map_err(|e| e.0)?;
        let mut buf = [0u8; 64];
        let n = sys::read(fd, buf.as_mut_ptr(), buf.len()).map_err(|e| Error::from(e).0);
        sys::close(fd).unwrap();
        Ok(String::from_utf8(buf[..n?].to_vec()).unwrap())
    }

    #[test]
    fn both_ways_of_opening_stay_inside_and_agree() {
        let _alone = crate::wasi::fds::alone();
        let tree = Tree::new("open");
        let dir = tree.root.as_raw_fd();
        let perm = Err(Error::PERM.0);
        let cases = [
            ("f", Ok("f")),
            ("./f", Ok("f")),
            ("a/../f", Ok("f")),
            ("a//b///g", Ok("g")),
            ("ab/g", Ok("g")),
            ("ab/back", Ok("f")),
            ("ab/../b/g", Ok("g")),
            ("ab/../../f", Ok("f")),
            ("out", perm),
            ("absolute", perm),
            ("..", perm),
            ("../secret", perm),
            ("a/../../secret", perm),
            ("ab/far", perm),
            ("up/secret", perm),
            ("up/root/f", perm),
            ("/etc/passwd", perm),
            ("/", perm),
            ("loop1", Err(Error::LOOP.0)),
            ("loop1/x", Err(Error::LOOP.0)),
            ("dangling", Err(Error::NOENT.0)),
            ("missing", Err(Error::NOENT.0)),
            ("missing/x", Err(Error::NOENT.0)),
            ("f/x", Err(Error::NOTDIR.0)),
            ("f/", Err(Error::NOTDIR.0)),
            ("", Err(Error::NOENT.0)),
            ("a/b/", Err(Error::ISDIR.0)),
            ("a/b/.", Err(Error::ISDIR.0)),
            ("a/..", Err(Error::ISDIR.0)),
            (".", Err(Error::ISDIR.0)),
        ];
        for (text, want) in cases {
            let want = want.map(str::to_string);
            assert_eq!(
                read(open(dir, &path(text), sys::O_RDONLY, 0o666, true)),
                want,
                "openat2 {text}"
            );
            assert_eq!(
                read(open_walking(dir, &path(text), sys::O_RDONLY, 0, true)),
                want,
                "walk {text}"
            );
        }
        for text in ["out", "ab", "loop1", "dangling"] {
            let want = Err(Error::LOOP.0);
            assert_eq!(
                read(open(dir, &path(text), sys::O_RDONLY, 0, false)),
                want,
                "openat2 {text}"
            );
            assert_eq!(
                read(open_walking(dir, &path(text), sys::O_RDONLY, 0, false)),
                want,
                "walk {text}"
            );
        }
    }

    #[test]
    fn creating_through_a_link_stays_inside() {
        let _alone = crate::wasi::fds::alone();
        let tree = Tree::new("create");
        std::os::unix::fs::symlink("../made", tree.base.join("root/escape")).unwrap();
        let dir = tree.root.as_raw_fd();
        let flags = sys::O_WRONLY | sys::O_CREAT;
        assert_eq!(
            open(dir, &path("escape"), flags, 0o600, true).err(),
            Some(Error::PERM)
        );
        assert_eq!(
            open_walking(dir, &path("escape"), flags, 0o600, true).err(),
            Some(Error::PERM)
        );
        assert!(!tree.base.join("made").exists());
        for (how, name) in [
            (open as fn(Fd, &Path, u32, u32, bool) -> Result<Fd>, "n1"),
            (open_walking, "n2"),
        ] {
            std::os::unix::fs::symlink(name, tree.base.join("root").join(format!("to-{name}")))
                .unwrap();
            let fd = how(dir, &path(&format!("to-{name}")), flags, 0o600, true).unwrap();
            sys::close(fd).unwrap();
            assert!(tree.base.join("root").join(name).is_file());
            let exclusive = flags | sys::O_EXCL;
            let again = how(dir, &path(&format!("to-{name}")), exclusive, 0o600, true);
            assert_eq!(again.err(), Some(Errno(17).into()));
        }
    }

    #[test]
    fn places_never_name_anything_outside() {
        let _alone = crate::wasi::fds::alone();
        let tree = Tree::new("place");
        let dir = tree.root.as_raw_fd();
        for how in [locate as fn(Fd, &Path) -> Result<Place>, |d, p| {
            walk(d, p, false)
        }] {
            let place = |text: &str| {
                how(dir, &path(text)).map(|p| {
                    let st = sys::fstatat(p.dir(), p.name(), sys::AT_SYMLINK_NOFOLLOW);
                    (
                        p.name().to_str().unwrap().to_string(),
                        p.slash,
                        st.map(|s| s.mode & sys::S_IFMT),
                    )
                })
            };
            let link = Ok(sys::S_IFLNK);
            let directory = Ok(sys::S_IFDIR);
            assert_eq!(place("out"), Ok(("out".into(), false, link)));
            assert_eq!(place("up/"), Ok(("up".into(), true, link)));
            assert_eq!(
                place("ab/new"),
                Ok(("new".into(), false, Err(Errno::NOENT)))
            );
            assert_eq!(place("a/b/"), Ok(("b".into(), true, directory)));
            assert_eq!(place("a/.."), Ok((".".into(), false, directory)));
            assert_eq!(place("."), Ok((".".into(), false, directory)));
            for bad in [
                "..",
                "a/../..",
                "up/x",
                "/",
                "/x",
                "ab/../../..",
                "ab/../../../root/f",
                "../root/f",
            ] {
                assert_eq!(place(bad), Err(Error::PERM), "{bad}");
            }
            assert_eq!(place("f/x/y"), Err(Error::NOTDIR));
            assert_eq!(place(""), Err(Error::NOENT));
        }
        let followed = walk(dir, &path("ab/back"), true).unwrap();
        assert_eq!(followed.name(), c"f");
        assert_eq!(walk(dir, &path("ab/far"), true).err(), Some(Error::PERM));
        assert_eq!(walk(dir, &path("loop1"), true).err(), Some(Error::LOOP));
    }

    #[test]
    fn paths_from_guests_are_checked() {
        let mut bytes = *b"dir/file\0xyz";
        let guest = Guest {
            base: bytes.as_mut_ptr(),
            len: 12,
        };
        assert_eq!(
            Path::from_guest(guest, 0, 8).unwrap().as_bytes(),
            b"dir/file"
        );
        assert_eq!(Path::from_guest(guest, 0, 9).err(), Some(Error::INVAL));
        assert_eq!(Path::from_guest(guest, 8, 5).err(), Some(Error::FAULT));
        assert_eq!(
            Path::from_guest(guest, 0, u32::MAX).err(),
            Some(Error::FAULT)
        );
        let mut long = vec![b'x'; PATH_MAX];
        let guest = Guest {
            base: long.as_mut_ptr(),
            len: PATH_MAX as u64,
        };
        assert_eq!(
            Path::from_guest(guest, 0, PATH_MAX as u32).err(),
            Some(Error::NAMETOOLONG)
        );
        assert!(Path::from_guest(guest, 0, PATH_MAX as u32 - 1).is_ok());
    }

    #[test]
    fn last_components_split() {
        assert_eq!(split_last(b"a/b"), (&b"a/"[..], &b"b"[..], false));
        assert_eq!(split_last(b"a//b//"), (&b"a//"[..], &b"b"[..], true));
        assert_eq!(split_last(b"/"), (&b""[..], &b""[..], true));
        assert_eq!(split_last(b"x"), (&b""[..], &b"x"[..], false));
    }
}
