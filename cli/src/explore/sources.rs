//! Files of sources that go into the page.
//!
//! Which files these are is what a module's DWARF says, and that is not trusted: a page is made to be given to others, so it must not take along what its maker did not mean to show.
//! A file is read only if it is a regular one below a directory that the user has named (by default the current one), wherever links lead, and no name on the way from there begins with a dot.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use wative_compiler::show;

/// Bytes of a file that is shown.
const LARGEST: u64 = 32 << 20;

/// `--source [FROM=]DIR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRoot {
    /// What paths in the DWARF begin with instead of the directory.
    pub from: Option<PathBuf>,
    pub directory: PathBuf,
}

impl FromStr for SourceRoot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, directory) = match text.split_once('=') {
            Some((from, directory)) => (Some(from), directory),
            None => (None, text),
        };
        if directory.is_empty() || from == Some("") {
            return Err("expected DIR or FROM=DIR, such as /build/app=.".to_owned());
        }
        Ok(SourceRoot {
            from: from.map(PathBuf::from),
            directory: directory.into(),
        })
    }
}

/// Lines of a file, as they are shown.
pub type Lines = Arc<Vec<String>>;

/// The files that were asked for.
pub struct Sources {
    /// Directories as they are without links.
    roots: Vec<SourceRoot>,
    files: Mutex<HashMap<Vec<u8>, Option<Lines>>>,
}

impl Sources {
    /// Files below these directories, those that there are.
    pub fn new(roots: &[SourceRoot]) -> Sources {
        let root = |root: &SourceRoot| {
            Some(SourceRoot {
                from: root.from.clone(),
                directory: root.directory.canonicalize().ok()?,
            })
        };
        Sources {
            roots: roots.iter().filter_map(root).collect(),
            files: Mutex::default(),
        }
    }

    /// The lines of the file of this path.
    pub fn lines(&self, path: &[u8]) -> Option<Lines> {
        let mut files = self.files.lock().expect("nobody panics with it");
        if let Some(known) = files.get(path) {
            return known.clone();
        }
        let lines = str::from_utf8(path)
            .ok()
            .and_then(|path| self.read(Path::new(path)));
        files.insert(path.to_vec(), lines.clone());
        lines
    }

    fn read(&self, path: &Path) -> Option<Lines> {
        let file = self.roots.iter().find_map(|root| found(root, path))?;
        let bytes = std::fs::read(file).ok()?;
        if bytes.contains(&0) {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        Some(Arc::new(text.lines().map(shown).collect()))
    }
}

/// The file that a path of the DWARF means below a directory.
fn found(root: &SourceRoot, path: &Path) -> Option<PathBuf> {
    let path = match &root.from {
        Some(from) => path.strip_prefix(from).ok()?,
        None => path,
    };
    let file = root.directory.join(path).canonicalize().ok()?;
    let inside = file.strip_prefix(&root.directory).ok()?;
    let is_hidden = |part: Component| part.as_os_str().as_encoded_bytes().starts_with(b".");
    if inside.components().any(is_hidden) {
        return None;
    }
    let is_shown = file
        .metadata()
        .is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
    is_shown.then_some(file)
}

/// A line with blanks for tabs, and deceptive characters written out.
fn shown(line: &str) -> String {
    const TAB: usize = 4;
    let mut text = String::new();
    let mut column = 0;
    for c in line.chars() {
        let width = if c == '\t' { TAB - column % TAB } else { 1 };
        match c {
            '\t' => text.extend(std::iter::repeat_n(' ', width)),
            c => text.push(c),
        }
        column += width;
    }
    show::name(text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_what_was_meant_is_read() {
        let dir = std::env::temp_dir().join(format!("wative-sources-{}", std::process::id()));
        let (inside, outside) = (dir.join("in"), dir.join("out"));
        fs::create_dir_all(inside.join("sub/.hidden")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        for file in [
            "in/a.c",
            "in/sub/b.c",
            "in/.env",
            "in/sub/.hidden/c.c",
            "out/secret",
        ] {
            fs::write(dir.join(file), format!("{file}\n\tx\u{202e}y\n")).unwrap();
        }
        fs::write(inside.join("binary"), b"a\0b").unwrap();
        symlink(outside.join("secret"), inside.join("link.c")).unwrap();
        symlink(inside.join("a.c"), inside.join("good.c")).unwrap();
        let root = |from: Option<&str>| SourceRoot {
            from: from.map(PathBuf::from),
            directory: inside.clone(),
        };
        let sources = Sources::new(&[root(None), root(Some("/build"))]);
        let first = |path: &str| Some(sources.lines(path.as_bytes())?.first()?.clone());
        let absolute = |path: &str| first(inside.join(path).to_str().unwrap());
        assert_eq!(first("a.c"), Some("in/a.c".into()));
        assert_eq!(absolute("a.c"), first("a.c"));
        assert_eq!(first("good.c"), first("a.c"));
        assert_eq!(first("sub/../a.c"), first("a.c"));
        assert_eq!(first("/build/sub/b.c"), Some("in/sub/b.c".into()));
        for refused in [
            "/etc/passwd",
            "../out/secret",
            "link.c",
            ".env",
            "sub/.hidden/c.c",
            "binary",
            "sub",
            "",
            "/build/../out/secret",
            "none.c",
            "a\0.c",
        ] {
            assert_eq!(first(refused), None, "{refused:?}");
        }
        assert_eq!(absolute("../out/secret"), None);
        assert_eq!(sources.lines(b"\xff"), None);
        assert_eq!(sources.lines(b"a.c").unwrap()[1], "    x\\u{202e}y");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn roots_are_parsed() {
        let parse = |text: &str| text.parse::<SourceRoot>();
        assert_eq!(parse("src").unwrap().from, None);
        let both = parse("/build/app=.").unwrap();
        assert_eq!(
            (both.from, both.directory),
            (Some("/build/app".into()), ".".into())
        );
        assert!(parse("").is_err() && parse("=x").is_err() && parse("x=").is_err());
    }
}
