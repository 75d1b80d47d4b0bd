//! Trees of files that exist for the guest only: files that the executable carries, and files of the host that were granted one by
//! one. [`TreeNode`] has their form.
//!
//! No descriptor of the host stands behind a directory or a carried file of a tree, so nothing can be reached through it but the
//! tree. A file of the host is opened in the directory in which it lay when the process started, by its last name.
//!
//! What a tree's bytes say is the compiler's work and trusted; what the guest says is not.

use crate::abi::{MAX_GRANTS, Preopen, TreeNode};
use crate::entry::harden;
use crate::sys::{self, Fd, IoVec, Stat};
use crate::text;
use crate::wasi::fd::fdflags;
use crate::wasi::fds::{self, Entry, filetype, rights};
use crate::wasi::grant::{self, open_host};
use crate::wasi::resolve::{self, Path};
use crate::wasi::{Error, Result};
use core::cell::UnsafeCell;

/// Rights of a tree's directory.
const DIRECTORY: u64 = rights::PATH_OPEN
    | rights::FD_READDIR
    | rights::PATH_READLINK
    | rights::PATH_FILESTAT_GET
    | rights::FD_FILESTAT_GET
    | rights::POLL_FD_READWRITE;

/// Rights of a file that the executable carries.
const FILE: u64 = rights::FD_READ
    | rights::FD_SEEK
    | rights::FD_TELL
    | rights::FD_ADVISE
    | rights::FD_SYNC
    | rights::FD_DATASYNC
    | rights::FD_FDSTAT_SET_FLAGS
    | rights::FD_FILESTAT_GET
    | rights::POLL_FD_READWRITE;

/// Files of the host that can be granted; each takes two descriptors.
const MAX_HOST_FILES: usize = MAX_GRANTS / 2;

/// A file of the host: its node, and the directory in which it is.
#[derive(Clone, Copy)]
struct HostFile {
    tree: *const u8,
    node: u32,
    dir: Fd,
}

struct HostFiles(UnsafeCell<(usize, [HostFile; MAX_HOST_FILES])>);

// SAFETY: written while the process starts, read afterwards.
unsafe impl Sync for HostFiles {}

/// All zero, as what is not takes place in every executable.
const NO_FILE: HostFile = HostFile {
    tree: core::ptr::null(),
    node: 0,
    dir: 0,
};

static HOST_FILES: HostFiles = HostFiles(UnsafeCell::new((0, [NO_FILE; MAX_HOST_FILES])));

/// A place in a tree.
#[derive(Clone, Copy)]
pub struct Node {
    tree: *const u8,
    index: u32,
}

impl Node {
    /// The node that an entry of the descriptor table stands for, if it is one of a tree.
    pub fn of(entry: &Entry) -> Option<Node> {
        let Entry { tree, node, .. } = *entry;
        (!tree.is_null()).then_some(Node { tree, index: node })
    }

    fn get(self) -> TreeNode {
        // SAFETY: the tree is an array of nodes with good indices.
        unsafe { *(self.tree as *const TreeNode).add(self.index as usize) }
    }

    fn bytes(self, at: u64, len: u64) -> &'static [u8] {
        // SAFETY: places of the compiler's making.
        unsafe { text::bytes(self.tree.wrapping_add(at as usize), len) }
    }

    fn name(self) -> &'static [u8] {
        let node = self.get();
        self.bytes(node.name, node.name_len)
    }

    fn at(self, index: u32) -> Node {
        Node { index, ..self }
    }

    fn is_directory(self) -> bool {
        self.get().kind == TreeNode::DIRECTORY
    }

    /// The contents of a carried file.
    pub fn contents(self) -> &'static [u8] {
        let node = self.get();
        match node.kind {
            TreeNode::FILE => self.bytes(node.data, node.len),
            _ => &[],
        }
    }

    /// The child of this name: they are sorted.
    fn child(self, name: &[u8]) -> Option<Node> {
        let node = self.get();
        let (mut low, mut high) = (node.data as u32, (node.data + node.len) as u32);
        while low < high {
            let middle = self.at(low + (high - low) / 2);
            match middle.name().cmp(name) {
                core::cmp::Ordering::Equal => return Some(middle),
                core::cmp::Ordering::Less => low = middle.index + 1,
                core::cmp::Ordering::Greater => high = middle.index,
            }
        }
        None
    }

    /// The node that a path names, starting here.
    fn walk(self, path: &[u8]) -> Result<Node> {
        if path.is_empty() {
            return Err(Error::NOENT);
        }
        if path.first() == Some(&b'/') {
            return Err(Error::PERM);
        }
        let mut here = self;
        for name in path.split(|&b| b == b'/') {
            if !here.is_directory() {
                return Err(Error::NOTDIR);
            }
            here = match name {
                b"" | b"." => here,
                // The directory that was opened is the guest's root.
                b".." if here.index == self.index => return Err(Error::PERM),
                b".." => here.at(here.get().parent),
                _ => here.child(name).ok_or(Error::NOENT)?,
            };
        }
        Ok(here)
    }

    /// The directory in which a file of the host is, and its name there.
    fn host(self) -> Result<(Fd, Path)> {
        // SAFETY: see `HostFiles`.
        let (count, files) = unsafe { &*HOST_FILES.0.get() };
        let mut files = files.iter().take(*count);
        let file = files
            .find(|f| f.tree == self.tree && f.node == self.index)
            .ok_or(Error::IO)?;
        let node = self.get();
        let (_, name) = split(self.bytes(node.data, node.len));
        Ok((file.dir, Path::from_bytes(name)?))
    }

    fn stat(self) -> Result<Stat> {
        let node = self.get();
        let mode = match node.kind {
            TreeNode::DIRECTORY => sys::S_IFDIR,
            TreeNode::FILE => sys::S_IFREG,
            _ => {
                let (dir, name) = self.host()?;
                return Ok(sys::fstatat(dir, name.as_c(), 0)?);
            }
        };
        // SAFETY: the root has no name, the place of it is the tree's number.
        let serial = unsafe { (*(self.tree as *const TreeNode)).name };
        Ok(Stat {
            dev: serial,
            ino: u64::from(self.index) + 1,
            mode,
            nlink: 1,
            size: self.contents().len() as u64,
            ..Stat::default()
        })
    }
}

/// Directory and name of a host file's path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&b| b == b'/') {
        Some(0) => (b"/", &path[1..]),
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b".", path),
    }
}

/// Puts a tree into the descriptor table and opens the directories of its host files.
///
/// # Safety
/// Called while the process starts.
pub unsafe fn grant(preopen: &Preopen) {
    const WHAT: &str = "file";
    let root = Node {
        tree: preopen.host,
        index: 0,
    };
    // The root has no name: its fields hold the tree's number and how many nodes there are.
    let count = (*(root.tree as *const TreeNode)).name_len;
    for index in 0..count as u32 {
        let node = root.at(index);
        let TreeNode {
            kind, data, len, ..
        } = node.get();
        if kind != TreeNode::HOST_FILE && kind != TreeNode::HOST_FILE_READ_ONLY {
            continue;
        }
        let path = node.bytes(data, len);
        let dir = open_host(WHAT, split(path).0, sys::O_PATH | sys::O_DIRECTORY);
        let (known, files) = &mut *HOST_FILES.0.get();
        let Some(place) = files.get_mut(*known) else {
            grant::fail(WHAT, path, "too many files");
        };
        *place = HostFile {
            tree: root.tree,
            node: index,
            dir,
        };
        *known += 1;
        let file = open_host(WHAT, path, sys::O_PATH);
        match sys::fstat(file) {
            Ok(stat) if stat.mode & sys::S_IFMT == sys::S_IFREG => {}
            _ => grant::fail(WHAT, path, "not a regular file"),
        }
        if !harden::note(file, kind == TreeNode::HOST_FILE_READ_ONLY, true) {
            grant::fail(WHAT, path, "too many files");
        }
    }
    let entry = Entry {
        preopen,
        read_only: true,
        tree: root.tree,
        ..Entry::new(-1, true, DIRECTORY, rights::ALL)
    };
    if fds::insert_grant(entry).is_err() {
        grant::fail(
            "tree",
            text::bytes(preopen.guest, preopen.guest_len),
            "too many directories",
        );
    }
}

/// What the guest asks for when it opens a file.
pub struct Request {
    pub create: bool,
    pub exclusive: bool,
    pub truncate: bool,
    pub directory: bool,
    pub write: bool,
    /// WASI's flags of the descriptor.
    pub fdflags: u16,
    /// The host's flags for a file of the host.
    pub flags: u32,
    pub follow: bool,
}

/// Opens a file of a tree.
pub fn open(parent: &Entry, from: Node, path: &Path, request: &Request) -> Result<Entry> {
    let found = match from.walk(path.as_bytes()) {
        Ok(_) if request.create && request.exclusive => return Err(Error::EXIST),
        Err(Error::NOENT) if request.create => return Err(Error::PERM),
        found => found?,
    };
    let node = found.get();
    if request.directory && node.kind != TreeNode::DIRECTORY {
        return Err(Error::NOTDIR);
    }
    if (request.write || request.truncate) && node.kind != TreeNode::HOST_FILE {
        return Err(match node.kind {
            TreeNode::DIRECTORY => Error::ISDIR,
            _ => Error::PERM,
        });
    }
    let inheriting = parent.inheriting;
    let carried = |directory, rights| Entry {
        read_only: true,
        tree: found.tree,
        node: found.index,
        flags: request.fdflags & fdflags::SETTABLE,
        ..Entry::new(
            -1,
            directory,
            rights & inheriting,
            if directory { inheriting } else { 0 },
        )
    };
    match node.kind {
        TreeNode::DIRECTORY => Ok(carried(true, DIRECTORY)),
        TreeNode::FILE => Ok(carried(false, FILE)),
        kind => {
            let (dir, name) = found.host()?;
            // It was there when the process started: nothing is ever created.
            let flags = request.flags & !(sys::O_CREAT | sys::O_EXCL);
            let host = resolve::open(dir, &name, flags, 0, request.follow)?;
            let grant = Entry {
                read_only: kind != TreeNode::HOST_FILE,
                ..Entry::new(-1, true, 0, inheriting)
            };
            match sys::fstat(host) {
                Ok(stat) if filetype::from_mode(stat.mode) == filetype::REGULAR_FILE => {
                    Ok(grant.below(host, false))
                }
                _ => {
                    let _ = sys::close(host);
                    Err(Error::PERM)
                }
            }
        }
    }
}

/// Attributes of what a path names.
pub fn path_stat(from: Node, path: &Path) -> Result<Stat> {
    from.walk(path.as_bytes())?.stat()
}

/// There are no symbolic links.
pub fn read_link(from: Node, path: &Path) -> Result<()> {
    from.walk(path.as_bytes())?;
    Err(Error::INVAL)
}

/// Attributes of an open file or directory.
pub fn stat(node: Node) -> Result<Stat> {
    node.stat()
}

/// Copies from `start` of a file to the vectors; returns the number of bytes.
pub fn read_at(node: Node, vectors: &[IoVec], start: u64) -> usize {
    let mut rest = usize::try_from(start)
        .ok()
        .and_then(|start| node.contents().get(start..))
        .unwrap_or(&[]);
    let mut done = 0;
    for vector in vectors {
        let (now, later) = rest.split_at(rest.len().min(vector.len));
        // SAFETY: the vector was checked to lie in guest memory.
        unsafe { core::ptr::copy(now.as_ptr(), vector.base, now.len()) };
        done += now.len();
        rest = later;
    }
    done
}

/// Copies from the descriptor's position, which moves.
pub fn read(fd: u32, node: Node, vectors: &[IoVec]) -> Result<usize> {
    let wanted = vectors
        .iter()
        .fold(0u64, |sum, v| sum.saturating_add(v.len as u64));
    let size = node.contents().len() as u64;
    // The position is taken and moved at once, so that two readers get different bytes.
    let start = fds::change(fd, |entry| {
        let start = entry.position;
        entry.position = start.saturating_add(wanted).min(size).max(start);
        Ok(start)
    })?;
    Ok(read_at(node, vectors, start))
}

/// Moves the descriptor's position. `whence` is the host's.
pub fn seek(fd: u32, node: Node, offset: i64, whence: u32) -> Result<u64> {
    let size = node.contents().len() as u64;
    fds::change(fd, |entry| {
        let from = match whence {
            0 => 0,
            1 => entry.position,
            _ => size,
        };
        let to = from
            .checked_add_signed(offset)
            .filter(|&to| to <= i64::MAX as u64);
        entry.position = to.ok_or(Error::INVAL)?;
        Ok(entry.position)
    })
}

/// Calls `put` for each entry of a directory from the position `cookie` until it has no more room: next position, inode, type, name.
pub fn each_entry(
    node: Node,
    cookie: u64,
    mut put: impl FnMut(u64, u64, u8, &[u8]) -> Result<bool>,
) -> Result<()> {
    let TreeNode {
        data, len, parent, ..
    } = node.get();
    let mut next = cookie;
    while next < len + 2 {
        let (index, name) = match next {
            0 => (node.index, &b"."[..]),
            1 => (parent, &b".."[..]),
            _ => {
                let child = node.at((data + next - 2) as u32);
                (child.index, child.name())
            }
        };
        let kind = if node.at(index).is_directory() {
            filetype::DIRECTORY
        } else {
            filetype::REGULAR_FILE
        };
        next += 1;
        if !put(next, u64::from(index) + 1, kind, name)? {
            break;
        }
    }
    Ok(())
}

/// The file type of an open node.
pub fn kind(node: Node) -> u8 {
    if node.is_directory() {
        filetype::DIRECTORY
    } else {
        filetype::REGULAR_FILE
    }
}

/// Bytes that are left to read.
pub fn left(entry: &Entry, node: Node) -> u64 {
    (node.contents().len() as u64).saturating_sub(entry.position)
}
