//! The sandbox by a matrix: every operation on names, with every shape of path, with all rights, with those for reading and with none,
//! by `openat2` and by the walk. After each the world outside must be as before.
//!
//! The kernel is the oracle. Where a name is followed to its end, `openat2` itself says what is beneath the directory; where the
//! last component is named, it judges what is before that, and the plain system call in a twin of the tree says whether the operation
//! succeeds.

use super::*;
use crate::sys::{Fd, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_PATH, O_TRUNC, O_WRONLY};
use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path as HostPath, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What is granted (`root`) and what lies around it.
struct World {
    base: PathBuf,
    root: fs::File,
}

impl World {
    fn new(name: &str) -> World {
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

    fn dir(&self) -> Fd {
        self.root.as_raw_fd()
    }

    /// Everything below a folder: type, inode, size, links, time of change, contents or target.
    fn snapshot(&self, inside: bool) -> BTreeMap<PathBuf, String> {
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
struct Memory(Vec<u8>);

impl Memory {
    fn new(path: &str) -> Memory {
        let mut bytes = vec![0; 4096];
        bytes[..path.len()].copy_from_slice(path.as_bytes());
        bytes[1024..1029].copy_from_slice(b"spare");
        Memory(bytes)
    }

    fn guest(&mut self) -> Guest {
        Guest {
            base: self.0.as_mut_ptr(),
            len: self.0.len() as u64,
        }
    }
}

/// The second name of an operation: address and length.
const SPARE: (u32, u32) = (1024, 5);
/// Where results go.
const RESULT: u32 = 2048;

/// How the oracle answers.
enum Oracle {
    /// As `openat2` with these flags and this mode.
    Open(u32, u32),
    /// What is before the last component as `openat2`, then the plain call in the twin.
    Plain(fn(Fd, &std::ffi::CStr) -> sys::Result<usize>),
}

struct Operation {
    name: &'static str,
    /// Guest, descriptor, length of the path (which is at 0).
    run: unsafe fn(Guest, u32, u32) -> Result<()>,
    oracle: Oracle,
    /// What is for reading only.
    reads: bool,
}

const R: u64 = rights::FD_READ;
const W: u64 = rights::FD_WRITE;

unsafe fn open_as(
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

fn operations() -> Vec<Operation> {
    let op = |name, reads, oracle, run| Operation {
        name,
        run,
        oracle,
        reads,
    };
    use Oracle::{Open, Plain};
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
            Plain(|d, p| sys::linkat(d, p, d, c"spare", 0)),
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
            Plain(|d, p| {
                let mut buf = [0u8; 256];
                sys::readlinkat(d, p, buf.as_mut_ptr(), 256)
            }),
            |g, fd, len| unsafe { path_readlink(g, fd, 0, len, RESULT, 256, RESULT + 256) },
        ),
    ]
}

/// The kernel's answer: success, or the error if it is one that must be the same.
fn ask(operation: &Operation, twin: &World, path: &str) -> std::result::Result<(), Option<Error>> {
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
                Ok(())
            }
            Err(errno) => Err(Some(error(errno))),
        },
        Oracle::Plain(call) => {
            if path.is_empty() {
                return Err(Some(Error::NOENT));
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
            let whole = std::ffi::CString::new(whole).unwrap();
            match sys::openat2(twin.dir(), &whole, O_PATH | O_DIRECTORY, 0, BENEATH) {
                Ok(fd) => sys::close(fd).unwrap(),
                Err(errno) => return Err(Some(error(errno))),
            };
            call(twin.dir(), &text).map(|_| ()).map_err(|_| None)
        }
    }
}

/// The descriptor that an operation opened and what it is, if it opened one.
fn opened(memory: &mut Memory, operation: &Operation) -> Option<PathBuf> {
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
                    (
                        rights::DIRECTORY & rights::READ_ONLY,
                        rights::READ_ONLY,
                        true,
                    ),
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
                        if granted == 0 || !operation.reads {
                            assert_eq!(got, Err(Error::NOTCAPABLE), "{case}");
                        }
                    }
                    if all {
                        let want = ask(&operation, &twin, path);
                        match (got, want) {
                            (Ok(()), Ok(())) | (Err(_), Err(None)) => {}
                            (Err(got), Err(Some(want))) if got == want => {}
                            (got, want) => {
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

/// The links of /proc lead anywhere; a granted part of it must not.
#[test]
fn magic_links_are_not_followed() {
    let _alone = fds::alone();
    let proc = fs::File::open("/proc/self").unwrap();
    for walking in [false, true] {
        resolve::set_walking(walking);
        let fd = fds::insert(Entry::new(
            proc.as_raw_fd(),
            true,
            rights::DIRECTORY,
            rights::ALL,
        ))
        .unwrap();
        for path in [
            "root",
            "root/",
            "root/etc/passwd",
            "cwd",
            "cwd/",
            "exe",
            "fd/0",
            "task/../root/etc",
        ] {
            let mut memory = Memory::new(path);
            let len = path.len() as u32;
            for oflags in [0, oflags::DIRECTORY] {
                let got = unsafe { open_as(memory.guest(), fd, len, 1, oflags, R) };
                assert!(
                    matches!(got, Err(Error::LOOP | Error::PERM)),
                    "{path} walking {walking}: {got:?}"
                );
            }
        }
        fds::remove(fd).unwrap();
    }
    resolve::set_walking(false);
}

/// RUSTSEC-2026-0269: a symbolic link with a slash behind it was followed out of the directory.
#[test]
fn rustsec_2026_0269_trailing_slashes_do_not_follow_links_outside() {
    let _alone = fds::alone();
    let world = World::new("slash");
    for walking in [false, true] {
        resolve::set_walking(walking);
        let fd = fds::insert(Entry::new(
            world.dir(),
            true,
            rights::DIRECTORY,
            rights::ALL,
        ))
        .unwrap();
        let before = world.snapshot(false);
        for path in [
            "outdir/",
            "outdir//",
            "outempty/",
            "up/",
            "outdir/.",
            "absolute/",
            "a/b/far/",
        ] {
            for operation in operations() {
                let mut memory = Memory::new(path);
                let got = unsafe { (operation.run)(memory.guest(), fd, path.len() as u32) };
                assert!(got.is_err(), "{} {path}", operation.name);
            }
        }
        assert!(world.snapshot(false) == before);
        fds::remove(fd).unwrap();
    }
    resolve::set_walking(false);
}

/// CVE-2026-47261: a file that could only be read was truncated by opening it.
#[test]
fn cve_2026_47261_truncation_needs_its_right() {
    let _alone = fds::alone();
    let world = World::new("truncation");
    let file = world.base.join("root/f");
    let no_size = rights::DIRECTORY & !rights::PATH_FILESTAT_SET_SIZE;
    let fd = fds::insert(Entry::new(world.dir(), true, no_size, rights::ALL)).unwrap();
    for base in [0, R, W, R | W] {
        let mut memory = Memory::new("f");
        let got = unsafe { open_as(memory.guest(), fd, 1, 0, oflags::TRUNC, base) };
        assert_eq!(got, Err(Error::NOTCAPABLE));
        let create = oflags::TRUNC | oflags::CREAT;
        let got = unsafe { open_as(memory.guest(), fd, 1, 0, create, base) };
        assert_eq!(got, Err(Error::NOTCAPABLE));
    }
    fds::remove(fd).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "f");
}

/// CVE-2026-58494: a link or a new name in another directory gave a file that directory's rights.
#[test]
fn cve_2026_58494_names_in_other_directories_give_no_rights() {
    let _alone = fds::alone();
    let world = World::new("names");
    let less = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::READ_ONLY,
    ))
    .unwrap();
    let more = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    let mut memory = Memory::new("f");
    unsafe {
        let g = memory.guest();
        assert_eq!(
            path_link(g, less, 0, 0, 1, more, SPARE.0, SPARE.1),
            Err(Error::NOTCAPABLE)
        );
        assert_eq!(
            path_rename(g, less, 0, 1, more, SPARE.0, SPARE.1),
            Err(Error::NOTCAPABLE)
        );
        path_link(g, more, 0, 0, 1, less, SPARE.0, SPARE.1).unwrap();
        path_rename(g, more, 0, 1, less, SPARE.0, SPARE.1).unwrap();
    }
    fds::remove(less).unwrap();
    fds::remove(more).unwrap();
}

/// CVE-2024-51745, CVE-2024-51756: names that are devices elsewhere are plain names here.
#[test]
fn cve_2024_51745_device_names_are_plain_names() {
    let _alone = fds::alone();
    let world = World::new("devices");
    let fd = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    for name in [
        "CON",
        "nul",
        "AUX.txt",
        "COM1",
        "COM¹",
        "LPT³",
        "CONIN$",
        "PRN ",
        "a:b",
        "\\\\.\\pipe",
    ] {
        let mut memory = Memory::new(name);
        let create = oflags::CREAT | oflags::EXCL;
        unsafe { open_as(memory.guest(), fd, name.len() as u32, 0, create, W) }.unwrap();
        fds::remove(memory.guest().read_u32(RESULT).unwrap())
            .unwrap()
            .close()
            .unwrap();
        assert!(
            fs::symlink_metadata(world.base.join("root").join(name))
                .unwrap()
                .is_file()
        );
    }
    fds::remove(fd).unwrap();
}

/// The folder in which the other process of the next test works.
const SWAP: &str = "WATIVE_TEST_SWAP";

/// Swaps a folder and a symbolic link that leads outside, until it is killed. Part of the next test.
#[test]
#[ignore = "the other process of the race test"]
fn swapper() {
    let Some(root) = std::env::var_os(SWAP).map(PathBuf::from) else {
        return;
    };
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) && root.exists() {
        for target in ["../outdir", "..", "../outdir/../outdir"] {
            let _ = fs::rename(root.join("swap"), root.join("hold"));
            let _ = symlink(target, root.join("swap"));
            let _ = fs::remove_file(root.join("swap"));
            let _ = symlink(target, root.join("next"));
            let _ = fs::rename(root.join("next"), root.join("swap"));
            let _ = fs::remove_file(root.join("swap"));
            let _ = fs::rename(root.join("hold"), root.join("swap"));
        }
    }
}

#[test]
fn no_race_with_another_process_leads_outside() {
    let _alone = fds::alone();
    let world = World::new("race");
    let root = world.base.join("root");
    fs::create_dir(root.join("swap")).unwrap();
    fs::write(root.join("swap/x"), "inside").unwrap();
    let before = world.snapshot(false);
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "wasi::path::matrix::swapper", "--ignored"])
        .env(SWAP, &root)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let fd = fds::insert(Entry::new(
        world.dir(),
        true,
        rights::DIRECTORY,
        rights::ALL,
    ))
    .unwrap();
    let (mut tries, mut hits) = (0, 0);
    for walking in [false, true] {
        resolve::set_walking(walking);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(700) {
            for path in [
                "swap/x",
                "swap/",
                "swap/../swap/x",
                "swap/new",
                "swap/../secret",
                "swap",
            ] {
                let len = path.len() as u32;
                for operation in operations() {
                    if operation.name == "rename from" && path.trim_end_matches('/') == "swap" {
                        continue;
                    }
                    let mut memory = Memory::new(path);
                    tries += 1;
                    if unsafe { (operation.run)(memory.guest(), fd, len) }.is_ok() {
                        hits += 1;
                        if let Some(place) = opened(&mut memory, &operation) {
                            assert!(
                                place.starts_with(&root),
                                "{}: {}",
                                operation.name,
                                place.display()
                            );
                        }
                    }
                }
            }
        }
    }
    resolve::set_walking(false);
    fds::remove(fd).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(tries > 1000 && hits > 10, "{tries} tries, {hits} hits");
    // Contents, links and times; the folder that holds everything is the other process's, too.
    let strip = |mut all: BTreeMap<PathBuf, String>| {
        all.remove(&world.base);
        all
    };
    assert_eq!(strip(world.snapshot(false)), strip(before));
}
