//! `wative size`: what takes the bytes of an executable or of a module, as a tree.
//!
//! Invariant: every byte of the file is counted once, in one leaf. What no part of the file claims has a leaf of its own.

mod elf;
mod names;
mod svg;
mod wasm;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wative_compiler::{Error, show};

use crate::json;

pub use svg::treemap;

/// A part of a file, or a group of parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub bytes: u64,
    pub children: Vec<Node>,
}

impl Node {
    /// A group without parts.
    pub fn group(name: impl Into<String>) -> Node {
        Node {
            name: name.into(),
            ..Node::default()
        }
    }

    /// Adds bytes under groups of these names, the last of which is a part.
    pub fn add(&mut self, path: &[&str], bytes: u64) {
        self.bytes += bytes;
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let known = self.children.iter().position(|child| child.name == *first);
        let index = known.unwrap_or_else(|| {
            self.children.push(Node::group(*first));
            self.children.len() - 1
        });
        self.children[index].add(rest, bytes);
    }

    /// Puts large parts first; of the same size by name.
    fn sort(&mut self) {
        self.children
            .sort_by(|a, b| (b.bytes, &a.name).cmp(&(a.bytes, &b.name)));
        self.children.iter_mut().for_each(Node::sort);
    }
}

/// The parts of a file, given its contents.
///
/// # Errors
///
/// It is neither an ELF file nor a WebAssembly module.
pub fn of_file(file: &str, bytes: &[u8]) -> Result<Node, Error> {
    let parts = match bytes {
        [0x7f, b'E', b'L', b'F', ..] => elf::parts(bytes),
        [0, b'a', b's', b'm', ..] => wasm::parts(bytes),
        _ => None,
    };
    let mut root = parts.ok_or_else(|| {
        Error::new("neither an executable or object of ELF format nor a WebAssembly module, or it is damaged")
            .in_file(file)
            .help("give a .wasm file, or what `wative build` made of it")
    })?;
    root.name = show::name(file);
    root.sort();
    Ok(root)
}

/// The tree as text: of each group the largest parts, `limit` at most.
pub fn text(root: &Node, limit: usize) -> String {
    let mut out = String::new();
    write_text(root, root.bytes.max(1), 0, limit, &mut out);
    out
}

fn write_text(node: &Node, total: u64, depth: usize, limit: usize, out: &mut String) {
    row(node.bytes, total, depth, &node.name, out);
    let (shown, hidden) = node.children.split_at(node.children.len().min(limit));
    for child in shown {
        write_text(child, total, depth + 1, limit, out);
    }
    if !hidden.is_empty() {
        let bytes = hidden.iter().map(|child| child.bytes).sum();
        let name = format!("({} others)", hidden.len());
        row(bytes, total, depth + 1, &name, out);
    }
}

fn row(bytes: u64, total: u64, depth: usize, name: &str, out: &mut String) {
    let percent = bytes as f64 * 100.0 / total as f64;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{bytes:>10} {percent:>5.1}%  {}{name}",
        "  ".repeat(depth)
    );
}

/// The tree as JSON: `{"name": …, "bytes": …, "children": […]}`, without `children` where there are none.
pub fn json(node: &Node) -> String {
    let mut out = String::new();
    write_json(node, &mut out);
    out.push('\n');
    out
}

fn write_json(node: &Node, out: &mut String) {
    let _ = write!(
        out,
        "{{\"name\":{},\"bytes\":{}",
        json::string(&node.name),
        node.bytes
    );
    if !node.children.is_empty() {
        out.push_str(",\"children\":[");
        for (number, child) in node.children.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            write_json(child, out);
        }
        out.push(']');
    }
    out.push('}');
}

/// A part that is not as large in one tree as in another: its path, and the bytes in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: String,
    pub before: u64,
    pub after: u64,
}

impl Change {
    fn growth(&self) -> i64 {
        self.after as i64 - self.before as i64
    }
}

/// The parts in which two trees differ, those that differ most first.
pub fn changes(before: &Node, after: &Node) -> Vec<Change> {
    let mut leaves: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for (side, root) in [before, after].into_iter().enumerate() {
        for child in &root.children {
            collect_leaves(child, "", side, &mut leaves);
        }
    }
    let changes = leaves.into_iter().map(|(path, [before, after])| Change {
        path,
        before,
        after,
    });
    let mut changes: Vec<Change> = changes.filter(|it| it.before != it.after).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.growth().unsigned_abs()));
    changes
}

fn collect_leaves(node: &Node, within: &str, side: usize, leaves: &mut BTreeMap<String, [u64; 2]>) {
    let path = match within {
        "" => node.name.clone(),
        _ => format!("{within} / {}", node.name),
    };
    if node.children.is_empty() {
        leaves.entry(path).or_default()[side] += node.bytes;
        return;
    }
    for child in &node.children {
        collect_leaves(child, &path, side, leaves);
    }
}

/// Changes as text, `limit` at most.
pub fn changes_text(before: &Node, after: &Node, limit: usize) -> String {
    let changes = changes(before, after);
    let mut out = format!(
        "{:>+10}  {} ({} bytes) -> {} ({} bytes)\n",
        after.bytes as i64 - before.bytes as i64,
        before.name,
        before.bytes,
        after.name,
        after.bytes
    );
    for change in changes.iter().take(limit) {
        let _ = writeln!(out, "{:>+10}  {}", change.growth(), change.path);
    }
    if let Some(hidden) = changes.get(limit..).filter(|hidden| !hidden.is_empty()) {
        let growth: i64 = hidden.iter().map(Change::growth).sum();
        let _ = writeln!(out, "{growth:>+10}  ({} others)", hidden.len());
    }
    out
}

/// Changes as JSON: `[{"path": …, "before": …, "after": …}]`.
pub fn changes_json(before: &Node, after: &Node) -> String {
    let changes = changes(before, after);
    let rows = changes.iter().map(|change| {
        format!(
            "{{\"path\":{},\"before\":{},\"after\":{}}}",
            json::string(&change.path),
            change.before,
            change.after
        )
    });
    format!("[{}]\n", rows.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(parts: &[(&[&str], u64)]) -> Node {
        let mut root = Node::group("root");
        for (path, bytes) in parts {
            root.add(path, *bytes);
        }
        root.sort();
        root
    }

    #[test]
    fn groups_sum_up_and_large_parts_come_first() {
        let root = tree(&[
            (&["code", "a"], 10),
            (&["code", "b"], 30),
            (&["data"], 60),
            (&["code", "a"], 5),
        ]);
        let shown = "       105 100.0%  root\n        60  57.1%    data\n        45  42.9%    code\n        30  28.6%      b\n        15  14.3%      a\n";
        assert_eq!(text(&root, 10), shown);
        assert!(text(&root, 1).contains("45  42.9%    (1 others)"));
        assert_eq!(
            json(&root),
            "{\"name\":\"root\",\"bytes\":105,\"children\":[{\"name\":\"data\",\"bytes\":60},{\"name\":\"code\",\"bytes\":45,\
             \"children\":[{\"name\":\"b\",\"bytes\":30},{\"name\":\"a\",\"bytes\":15}]}]}\n"
        );
    }

    #[test]
    fn changes_are_of_leaves() {
        let before = tree(&[(&["code", "a"], 10), (&["code", "b"], 30), (&["data"], 60)]);
        let after = tree(&[(&["code", "a"], 12), (&["code", "c"], 5), (&["data"], 60)]);
        let shown = "       -23  root (100 bytes) -> root (77 bytes)\n       -30  code / b\n        +5  code / c\n        +2  code / a\n";
        assert_eq!(changes_text(&before, &after, 10), shown);
        assert!(changes_text(&before, &after, 1).ends_with("        +7  (2 others)\n"));
        assert!(
            changes_json(&before, &after)
                .starts_with("[{\"path\":\"code / b\",\"before\":30,\"after\":0}")
        );
    }
}
