//! Trees of files for the program alone: what `--embed-dir` puts into the executable and `--file` names. Their form is
//! [`TreeNode`]'s.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;

use wative_compiler::abi::TreeNode;
use wative_compiler::show;

/// Deepest nesting of folders: deeper ones are taken for a loop of symbolic links.
const MAX_DEPTH: usize = 64;

/// A directory under construction. Names are sorted by their bytes.
#[derive(Default)]
pub struct Tree {
    children: BTreeMap<Vec<u8>, Child>,
}

enum Child {
    Directory(Tree),
    File(Vec<u8>),
    Host { path: String, read_only: bool },
}

/// The components of a path for the program; `None` if it goes up.
pub fn components(path: &str) -> Option<Vec<&str>> {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.map(|part| (part != "..").then_some(part)).collect()
}

impl Tree {
    /// The files below a folder with their contents. Symbolic links are followed now.
    ///
    /// # Errors
    ///
    /// Something cannot be read, or is neither file nor folder.
    pub fn of_directory(path: &Path) -> io::Result<Tree> {
        Tree::read(path, MAX_DEPTH)
    }

    fn read(path: &Path, depth: usize) -> io::Result<Tree> {
        let mut tree = Tree::default();
        let explain = |path: &Path, error: io::Error| {
            io::Error::new(error.kind(), format!("{}: {error}", show::path(path)))
        };
        if depth == 0 {
            let reason = format!("{}: nested too deep, or a loop", show::path(path));
            return Err(io::Error::other(reason));
        }
        for entry in std::fs::read_dir(path).map_err(|e| explain(path, e))? {
            let entry = entry?;
            let at = entry.path();
            let kind = std::fs::metadata(&at).map_err(|e| explain(&at, e))?;
            let child = if kind.is_dir() {
                Child::Directory(Tree::read(&at, depth - 1)?)
            } else if kind.is_file() {
                Child::File(std::fs::read(&at).map_err(|e| explain(&at, e))?)
            } else {
                let reason = format!("{}: neither a file nor a folder", show::path(&at));
                return Err(io::Error::other(reason));
            };
            let name = entry.file_name().into_encoded_bytes();
            tree.children.insert(name, child);
        }
        Ok(tree)
    }

    /// Names a file of the host; `None` where something else has the name.
    pub fn insert_host_file(&mut self, path: &[&str], host: &str, read_only: bool) -> Option<()> {
        let (name, rest) = path.split_first()?;
        let name = name.as_bytes().to_vec();
        if rest.is_empty() {
            let path = host.to_owned();
            let Entry::Vacant(place) = self.children.entry(name) else {
                return None;
            };
            place.insert(Child::Host { path, read_only });
            return Some(());
        }
        let child = self
            .children
            .entry(name)
            .or_insert_with(|| Child::Directory(Tree::default()));
        match child {
            Child::Directory(tree) => tree.insert_host_file(rest, host, read_only),
            Child::File(_) | Child::Host { .. } => None,
        }
    }

    /// Whether anything in it can be written.
    pub fn can_write(&self) -> bool {
        self.children.values().any(|child| match child {
            Child::Directory(tree) => tree.can_write(),
            Child::File(_) => false,
            Child::Host { read_only, .. } => !read_only,
        })
    }

    /// The tree in the form that is compiled into executables; `serial` tells it apart from others.
    pub fn bytes(&self, serial: u64) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.nodes.push(TreeNode {
            kind: TreeNode::DIRECTORY,
            parent: 0,
            name: serial,
            name_len: 0,
            data: 0,
            len: 0,
        });
        writer.directory(self, 0);
        writer.finish()
    }
}

#[derive(Default)]
struct Writer {
    nodes: Vec<TreeNode>,
    /// What comes behind the nodes; places in nodes count from its start until [`Writer::finish`].
    heap: Vec<u8>,
}

impl Writer {
    fn directory(&mut self, tree: &Tree, index: usize) {
        let first = self.nodes.len();
        self.nodes[index].data = first as u64;
        self.nodes[index].len = tree.children.len() as u64;
        for (name, child) in &tree.children {
            let (kind, contents) = match child {
                Child::Directory(_) => (TreeNode::DIRECTORY, &[][..]),
                Child::File(bytes) => (TreeNode::FILE, &bytes[..]),
                Child::Host {
                    path,
                    read_only: false,
                } => (TreeNode::HOST_FILE, path.as_bytes()),
                Child::Host { path, .. } => (TreeNode::HOST_FILE_READ_ONLY, path.as_bytes()),
            };
            let node = TreeNode {
                kind,
                parent: index as u32,
                name: self.append(name),
                name_len: name.len() as u64,
                data: self.append(contents),
                len: contents.len() as u64,
            };
            self.nodes.push(node);
        }
        for (offset, child) in tree.children.values().enumerate() {
            if let Child::Directory(tree) = child {
                self.directory(tree, first + offset);
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) -> u64 {
        let at = self.heap.len() as u64;
        self.heap.extend_from_slice(bytes);
        at
    }

    fn finish(mut self) -> Vec<u8> {
        let count = self.nodes.len();
        let base = (count * size_of::<TreeNode>()) as u64;
        let mut bytes = Vec::with_capacity(base as usize + self.heap.len());
        self.nodes[0].name_len = count as u64;
        for (index, node) in self.nodes.iter().enumerate() {
            let name = if index == 0 { 0 } else { base };
            let data = if node.kind == TreeNode::DIRECTORY {
                0
            } else {
                base
            };
            bytes.extend(node.kind.to_le_bytes());
            bytes.extend(node.parent.to_le_bytes());
            for word in [node.name + name, node.name_len, node.data + data, node.len] {
                bytes.extend(word.to_le_bytes());
            }
        }
        bytes.extend(self.heap);
        bytes
    }
}

/// What a tree holds, told by its bytes: the number and bytes of the files that the executable carries, and the host's files with the
/// names that the program knows, and whether they can only be read. `None` if it is damaged.
pub fn summary(bytes: &[u8]) -> Option<Summary> {
    let word = |at: usize| {
        let word = bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(word.try_into().ok()?))
    };
    let text = |at: u64, len: u64| {
        let part =
            bytes.get(usize::try_from(at).ok()?..usize::try_from(at.checked_add(len)?).ok()?)?;
        Some(String::from_utf8_lossy(part).into_owned())
    };
    let node = |index: u64| {
        let at = usize::try_from(index)
            .ok()?
            .checked_mul(size_of::<TreeNode>())?;
        let head = word(at)?;
        Some(TreeNode {
            kind: head as u32,
            parent: (head >> 32) as u32,
            name: word(at + 8)?,
            name_len: word(at + 16)?,
            data: word(at + 24)?,
            len: word(at + 32)?,
        })
    };
    let mut summary = Summary::default();
    for index in 1..node(0)?.name_len {
        let it = node(index)?;
        match it.kind {
            TreeNode::DIRECTORY => {}
            TreeNode::FILE => {
                summary.files += 1;
                summary.bytes += it.len;
            }
            kind => {
                let mut name = text(it.name, it.name_len)?;
                let mut up = it.parent;
                while up != 0 {
                    let parent = node(up.into())?;
                    name = format!("{}/{name}", text(parent.name, parent.name_len)?);
                    // Parents come first.
                    up = Some(parent.parent).filter(|&above| above < up)?;
                }
                let read_only = kind == TreeNode::HOST_FILE_READ_ONLY;
                let host = text(it.data, it.len)?;
                summary.host_files.push((name, host, read_only));
            }
        }
    }
    Some(summary)
}

/// See [`summary`].
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Summary {
    pub files: usize,
    pub bytes: u64,
    /// Name below the tree, path of the host, for reading only.
    pub host_files: Vec<(String, String, bool)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_written_as_the_runtime_reads_them() {
        let mut tree = Tree::default();
        tree.insert_host_file(&["b", "y"], "/host/y", true).unwrap();
        tree.insert_host_file(&["a"], "here", false).unwrap();
        assert!(tree.insert_host_file(&["a"], "again", false).is_none());
        assert!(tree.insert_host_file(&["a", "x"], "below", false).is_none());
        let file = Child::File(b"contents".to_vec());
        tree.children.insert(b"c".to_vec(), file);
        assert!(tree.can_write());
        let bytes = tree.bytes(7);
        assert_eq!(size_of::<TreeNode>(), 40);
        // Root: a directory whose three children begin at node 1; number 7, five nodes.
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        assert_eq!(
            (word(0), word(8), word(16), word(24), word(32)),
            (0, 7, 5, 1, 3)
        );
        // The directory `b` is node 2 and has one child, node 4.
        assert_eq!((word(80), word(80 + 24), word(80 + 32)), (0, 4, 1));
        let found = summary(&bytes).unwrap();
        assert_eq!((found.files, found.bytes), (1, 8));
        let hosts = [
            ("a".to_owned(), "here".to_owned(), false),
            ("b/y".to_owned(), "/host/y".to_owned(), true),
        ];
        assert_eq!(found.host_files, hosts);
        for cut in 0..bytes.len() {
            let _ = summary(&bytes[..cut]);
        }
    }
}
