//! The sandbox by a matrix: every operation on names, with every shape of path, with all rights, in a grant for reading and with no rights,
//! by `openat2` and by the walk. After each the world outside must be as before.
//!
//! The kernel is the oracle. Where a name is followed to its end, `openat2` itself says what is beneath the directory; where the
//! last component is named, it judges what is before that, and the plain system call in a twin of the tree says whether the operation
//! succeeds, or with which error it fails.

use super::*;
use crate::sys::{Fd, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_PATH, O_TRUNC, O_WRONLY};
use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path as HostPath, PathBuf};

/// What is granted (`root`) and what lies around it.
pub struct World {
    pub base: PathBuf,
    pub root: fs::File,
}

impl World {
    pub fn new(name: &str) -> World {
        let parent = HostPath::new("/dev/shm");
        let parent = if parent.is_dir() {
            parent.to_path_buf()
        } else {
            std::env::temp_dir()
        };
        let base = parent.join(format!("wative-matrix-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&base);
        let root = base.join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir(root.join("empty")).unwrap();
        fs::create_dir(base.join("outdir")).unwrap();
        fs::create_dir(base.join("outempty")).unwrap();
        fs::write(base.join("secret"), "secret").unwrap();
        fs::write(base.join("outdir/x"), "outside").unwrap();
        fs::write(root.join("f"), "f").unwrap();
        fs::hard_link(root.join("f"), root.join("hard")).unwrap();
        fs::write(root.join("a/b/g"), "g").unwrap();
        let absolute = base.join("secret").display().to_string();
        for (target, link) in [
            ("../secret", "out"),
            (&absolute, "absolute"),
            ("../outdir", "outdir"),
            ("../outempty", "outempty"),
            ("..", "up"),
            (".", "self"),
            ("loop2", "loop1"),
            ("loop1", "loop2"),
            ("nowhere", "dangling"),
            ("../made", "dangling_out"),
            ("a/b", "ab"),
            ("ab/g", "two"),
            ("../../f", "a/b/back"),
            ("../../../secret", "a/b/far"),
            ("/proc/self/root/", "magic"),
            ("empty/", "slash"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let root = fs::File::open(root).unwrap();
        World { base, root }
    }

    pub fn dir(&self) -> Fd {
        self.root.as_raw_fd()
    }

    /// Everything below a folder: type, inode, size, links, time of change, contents or target.
    pub fn snapshot(&self, inside: bool) -> BTreeMap<PathBuf, String> {
        let mut all = BTreeMap::new();
        let root = self.base.join("root");
        let mut pending = vec![if inside {
            root.clone()
        } else {
            self.base.clone()
        }];
        while let Some(at) = pending.pop() {
            let meta = fs::symlink_metadata(&at).unwrap();
            let mut facts = format!("{:o} {} {}", meta.mode(), meta.ino(), meta.nlink());
            if !inside && at == root {
                // Folders in it are links to it.
                facts.clear();
            }
            if meta.is_file() {
                facts += &format!(
                    " {} {}",
                    meta.mtime_nsec(),
                    fs::read_to_string(&at).unwrap()
                );
            } else if meta.is_dir() && (inside || at != root) {
                pending.extend(fs::read_dir(&at).unwrap().map(|e| e.unwrap().path()));
            }
            all.insert(at, facts);
        }
        all
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.base);
    }
}

const SHAPES: &[&str] = &[
    "f",
    "./f",
    "f/",
    "f/.",
    "f/..",
    "a",
    "a/",
    "a/.",
    "a/./",
    "a/..",
    "a/../",
    "a/../f",
    "a/b/g",
    "a//b///g",
    "empty",
    "empty/",
    "empty/.",
    "..",
    "../",
    "../.",
    "../secret",
    "../root",
    "../root/f",
    "../outdir/x",
    "a/../..",
    "a/../../secret",
    "a/b/../../..",
    "/",
    "//",
    "/etc/passwd",
    "/dev/null",
    ".",
    "./",
    "././.",
    "",
    "hard",
    "out",
    "out/",
    "out/.",
    "out/..",
    "absolute",
    "absolute/",
    "outdir",
    "outdir/",
    "outdir/.",
    "outdir/..",
    "outdir/x",
    "outdir/new",
    "outdir/../root/f",
    "outempty",
    "outempty/",
    "up",
    "up/",
    "up/.",
    "up/..",
    "up/secret",
    "up/root",
    "up/root/f",
    "up/new",
    "self",
    "self/",
    "self/f",
    "self/self/f",
    "self/new",
    "self/..",
    "loop1",
    "loop1/",
    "loop1/x",
    "dangling",
    "dangling/",
    "dangling/x",
    "dangling_out",
    "dangling_out/",
    "ab",
    "ab/",
    "ab/.",
    "ab/..",
    "ab/g",
    "ab/new",
    "ab/../b/g",
    "ab/../../f",
    "ab/../../../secret",
    "two",
    "two/",
    "a/b/back",
    "a/b/back/",
    "a/b/far",
    "a/b/far/",
    "ab/back",
    "ab/far",
    "magic",
    "magic/",
    "magic/etc/passwd",
    "slash",
    "slash/",
    "slash/new",
    "new",
    "new/",
    "new/.",
    "a/new",
    "a/new/",
    "missing/x",
    "missing/../f",
    "f/x",
    "f/../f",
    "con",
    "NUL",
    "aux.txt",
    "COM1",
    "a\\b",
    "C:",
    "f:stream",
    "f.",
    "f ",
    "...",
    "a/.../x",
];

/// Guest memory with the two paths of an operation.
pub struct Memory(Vec<u8>);

impl Memory {
    pub fn new(path: &str) -> Memory {
        let mut bytes = vec![0; 4096];
        bytes[..path.len()].copy_from_slice(path.as_bytes());
        bytes[1024..1029].copy_from_slice(b"spare");
        Memory(bytes)
    }

    pub fn guest(&mut self) -> Guest {
        Guest {
            base: self.0.as_mut_ptr(),
            len: self.0.len() as u64,
        }
    }
}

/// The second name of an operation: address and length.
pub const SPARE: (u32, u32) = (1024, 5);
/// Where results go.
pub const RESULT: u32 = 2048;

/// How the oracle answers.
enum Oracle {
    /// As `openat2` with these flags and this mode.
    Open(u32, u32),
    /// What is before the last component as `openat2`, then the plain call in the twin.
    Plain(fn(Fd, &std::ffi::CStr) -> sys::Result<usize>),
    /// The same; a slash behind the last component makes the call follow it.
    PlainOfOld(fn(Fd, &std::ffi::CStr) -> sys::Result<usize>),
}

pub struct Operation {
    pub name: &'static str,
    /// Guest, descriptor, length of the path (which is at 0).
    pub run: unsafe fn(Guest, u32, u32) -> Result<()>,
    oracle: Oracle,
    /// What is for reading only.
    reads: bool,
}

pub const R: u64 = rights::FD_READ;
pub const W: u64 = rights::FD_WRITE;

/// Opens the path at 0.
///
/// # Safety
/// That of the call.
pub unsafe fn open_as(
    guest: Guest,
    fd: u32,
    len: u32,
    lookup: u32,
    oflags: u32,
    base: u64,
) -> Result<()> {
    path_open(guest, fd, lookup, 0, len, oflags, base, 0, 0, RESULT)
}

/// The attributes of a file, as the call stores them.
///
/// # Safety
/// That of the call.
unsafe fn stat_call(
    guest: Guest,
    fd: u32,
    flags: u32,
    path: u32,
    len: u32,
    result: u32,
) -> Result<()> {
    file::store_stat(guest, result, &path_stat(guest, fd, flags, path, len)?)
}

pub fn operations() -> Vec<Operation> {
    let op = |name, reads, oracle, run| Operation {
        name,
        run,
        oracle,
        reads,
    };
    use Oracle::{Open, Plain, PlainOfOld};
    const NOW: u32 = 2 | 8;
    vec![
        op(
            "stat",
            true,
            Open(O_PATH | O_NOFOLLOW, 0),
            |g, fd, len| unsafe { stat_call(g, fd, 0, 0, len, RESULT) },
        ),
        op(
            "stat following",
            true,
            Open(O_PATH, 0),
            |g, fd, len| unsafe { stat_call(g, fd, 1, 0, len, RESULT) },
        ),
        op("open", true, Open(O_NOFOLLOW, 0), |g, fd, len| unsafe {
            open_as(g, fd, len, 0, 0, R)
        }),
        op("open following", true, Open(0, 0), |g, fd, len| unsafe {
            open_as(g, fd, len, 1, 0, R)
        }),
        op(
            "open a directory",
            true,
            Open(O_DIRECTORY, 0),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, oflags::DIRECTORY, R) },
        ),
        op(
            "open to write",
            false,
            Open(O_WRONLY, 0),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, 0, W) },
        ),
        op(
            "truncate",
            false,
            Open(O_WRONLY | O_TRUNC, 0),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, oflags::TRUNC, W) },
        ),
        op(
            "truncate for reading",
            false,
            Open(O_TRUNC, 0),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, oflags::TRUNC, R) },
        ),
        op(
            "create",
            false,
            Open(O_WRONLY | O_CREAT, 0o600),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, oflags::CREAT, W) },
        ),
        op(
            "create here",
            false,
            Open(O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600),
            |g, fd, len| unsafe { open_as(g, fd, len, 0, oflags::CREAT, W) },
        ),
        op(
            "create exclusively",
            false,
            Open(O_WRONLY | O_CREAT | O_EXCL, 0o600),
            |g, fd, len| unsafe { open_as(g, fd, len, 1, oflags::CREAT | oflags::EXCL, W) },
        ),
        op(
            "set times",
            false,
            Open(O_PATH | O_NOFOLLOW, 0),
            |g, fd, len| unsafe { path_filestat_set_times(g, fd, 0, 0, len, 0, 0, NOW) },
        ),
        op(
            "set times following",
            false,
            Open(O_PATH, 0),
            |g, fd, len| unsafe { path_filestat_set_times(g, fd, 1, 0, len, 0, 0, NOW) },
        ),
        op(
            "make a directory",
            false,
            Plain(|d, p| sys::mkdirat(d, p, 0o700)),
            |g, fd, len| unsafe { path_create_directory(g, fd, 0, len) },
        ),
        op(
            "remove a directory",
            false,
            Plain(|d, p| sys::unlinkat(d, p, sys::AT_REMOVEDIR)),
            |g, fd, len| unsafe { path_remove_directory(g, fd, 0, len) },
        ),
        op(
            "unlink",
            false,
            Plain(|d, p| sys::unlinkat(d, p, 0)),
            |g, fd, len| unsafe { path_unlink_file(g, fd, 0, len) },
        ),
        op(
            "rename from",
            false,
            Plain(|d, p| sys::renameat(d, p, d, c"spare")),
            |g, fd, len| unsafe { path_rename(g, fd, 0, len, fd, SPARE.0, SPARE.1) },
        ),
        op(
            "link from",
            false,
            PlainOfOld(|d, p| sys::linkat(d, p, d, c"spare", 0)),
            |g, fd, len| unsafe { path_link(g, fd, 0, 0, len, fd, SPARE.0, SPARE.1) },
        ),
        op(
            "rename to",
            false,
            Plain(|d, p| sys::renameat(d, c"hard", d, p)),
            |g, fd, len| unsafe {
                g.write(SPARE.0, b"hard")?;
                path_rename(g, fd, SPARE.0, 4, fd, 0, len)
            },
        ),
        op(
            "link to",
            false,
            Plain(|d, p| sys::linkat(d, c"hard", d, p, 0)),
            |g, fd, len| unsafe {
                g.write(SPARE.0, b"hard")?;
                path_link(g, fd, 0, SPARE.0, 4, fd, 0, len)
            },
        ),
        op(
            "make a symbolic link",
            false,
            Plain(|d, p| sys::symlinkat(c"spare", d, p)),
            |g, fd, len| unsafe { path_symlink(g, SPARE.0, SPARE.1, fd, 0, len) },
        ),
        op(
            "read a link",
            true,
            PlainOfOld(|d, p| {
                let mut buf = [0u8; 256];
                sys::readlinkat(d, p, buf.as_mut_ptr(), 256)
            }),
            |g, fd, len| unsafe { path_readlink(g, fd, 0, len, RESULT, 256, RESULT + 256) },
        ),
    ]
}

/// The kernel's answer. Nothing where it has no `openat2` (emulators): there only what happens is judged.
fn ask(operation: &Operation, twin: &World, path: &str) -> Option<Result<()>> {
    const BENEATH: u64 = sys::RESOLVE_BENEATH | sys::RESOLVE_NO_MAGICLINKS;
    let error = |errno: Errno| match errno {
        Errno::XDEV => Error::PERM,
        other => other.into(),
    };
    let text = std::ffi::CString::new(path).unwrap();
    match operation.oracle {
        Oracle::Open(flags, mode) => match sys::openat2(twin.dir(), &text, flags, mode, BENEATH) {
            Ok(fd) => {
                sys::close(fd).unwrap();
                Some(Ok(()))
            }
            Err(Errno::NOSYS) => None,
            Err(errno) => Some(Err(error(errno))),
        },
        Oracle::Plain(call) | Oracle::PlainOfOld(call) => {
            if path.is_empty() {
                return Some(Err(Error::NOENT));
            }
            let trimmed = path.trim_end_matches('/');
            let (parent, last) = match trimmed.rfind('/') {
                Some(at) => (&trimmed[..=at], &trimmed[at + 1..]),
                None => ("./", trimmed),
            };
            // What ends with dots is no name in a directory, but a directory.
            let whole = if matches!(last, "" | "." | "..") {
                path
            } else {
                parent
            };
            let follows = matches!(operation.oracle, Oracle::PlainOfOld(_)) && path.ends_with('/');
            let whole = std::ffi::CString::new(if follows { path } else { whole }).unwrap();
            match sys::openat2(twin.dir(), &whole, O_PATH | O_DIRECTORY, 0, BENEATH) {
                Ok(fd) => sys::close(fd).unwrap(),
                Err(Errno::NOSYS) => return None,
                Err(errno) => return Some(Err(error(errno))),
            };
            Some(call(twin.dir(), &text).map(|_| ()).map_err(error))
        }
    }
}

/// The descriptor that an operation opened and what it is, if it opened one.
pub fn opened(memory: &mut Memory, operation: &Operation) -> Option<PathBuf> {
    if !operation.name.contains("open")
        && !operation.name.contains("create")
        && !operation.name.contains("truncate")
    {
        return None;
    }
    let fd = memory.guest().read_u32(RESULT).unwrap();
    let entry = fds::remove(fd).unwrap();
    let place = fs::read_link(format!("/proc/self/fd/{}", entry.host)).unwrap();
    entry.close().unwrap();
    Some(place)
}

#[test]
fn no_operation_on_any_path_leaves_the_directory() {
    let _alone = fds::alone();
    let (mut cases, mut complaints) = (0, Vec::new());
    for walking in [false, true] {
        resolve::set_walking(walking);
        for operation in operations() {
            let (mut world, mut twin) = (World::new("world"), World::new("twin"));
            let mut outside = world.snapshot(false);
            for path in SHAPES {
                for (granted, inheriting, read_only) in [
                    (rights::DIRECTORY & rights::READ_ONLY, rights::ALL, true),
                    (0, 0, false),
                    (rights::DIRECTORY, rights::ALL, false),
                ] {
                    cases += 1;
                    let all = granted == rights::DIRECTORY;
                    let entry = Entry {
                        read_only,
                        ..Entry::new(world.dir(), true, granted, inheriting)
                    };
                    let fd = fds::insert(entry).unwrap();
                    let inside = (!all).then(|| world.snapshot(true));
                    let mut memory = Memory::new(path);
                    let got = unsafe { (operation.run)(memory.guest(), fd, path.len() as u32) };
                    fds::remove(fd).unwrap();
                    let case = format!(
                        "{} {path:?} walking {walking} rights {granted:x}",
                        operation.name
                    );
                    if got.is_ok()
                        && let Some(place) = opened(&mut memory, &operation)
                    {
                        let root = world.base.join("root");
                        assert!(place.starts_with(&root), "{case}: {}", place.display());
                    }
                    if let Some(inside) = inside {
                        assert!(world.snapshot(true) == inside, "{case}: something changed");
                        if granted == 0 {
                            assert_eq!(got, Err(Error::NOTCAPABLE), "{case}");
                        } else if !operation.reads {
                            assert_eq!(got, Err(Error::PERM), "{case}");
                        }
                    }
                    if all {
                        match (got, ask(&operation, &twin, path)) {
                            (_, None) => {}
                            (got, Some(want)) if got == want => {}
                            (got, Some(want)) => {
                                complaints.push(format!("{case}: {got:?}, the kernel {want:?}"))
                            }
                        }
                        if got.is_ok() && operation.name.starts_with("stat") {
                            let inode = memory.guest().read_u32(RESULT + 8).unwrap();
                            let escaped = outside
                                .values()
                                .any(|facts| facts.split(' ').nth(1) == Some(&inode.to_string()));
                            let root = world.root.metadata().unwrap().ino() as u32;
                            assert!(!escaped || inode == root, "{case}: of a file outside");
                        }
                    }
                    assert!(
                        world.snapshot(false) == outside,
                        "{case}: the world outside changed"
                    );
                    if all && got.is_ok() && !operation.reads {
                        drop((world, twin));
                        (world, twin) = (World::new("world"), World::new("twin"));
                        outside = world.snapshot(false);
                    }
                }
            }
        }
    }
    resolve::set_walking(false);
    assert!(
        complaints.is_empty(),
        "{} of {cases}:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
    assert!(cases > 10_000, "{cases}");
}
