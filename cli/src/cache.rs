//! The cache of `wative run`: executables under the hash of everything that decides their contents.
//!
//! Invariants: a key determines the executable (modules, options, objects, compiler); a file in the cache is complete
//! (written by rename); the directory is private to the user, because its contents are executed. Executables that
//! were not used for [`MAX_AGE`] are removed when a new one is written.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use wative_compiler::Error;

use crate::output;

/// Age of the last use after which an executable is removed: 30 days.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Collects what an executable depends on. Parts are framed by their length, so that no two sequences collide.
pub struct Key(blake3::Hasher);

impl Key {
    /// A key that already holds the compiler's identity: its version, and size and time of its file for development.
    pub fn new() -> Key {
        let mut key = Key(blake3::Hasher::new());
        key.add("version", env!("CARGO_PKG_VERSION").as_bytes());
        if let Ok(meta) = std::env::current_exe().and_then(fs::metadata) {
            key.add(
                "compiler",
                format!("{} {:?}", meta.len(), meta.modified().ok()).as_bytes(),
            );
        }
        key
    }

    /// Adds a part under a label.
    pub fn add(&mut self, label: &str, bytes: &[u8]) {
        for part in [label.as_bytes(), bytes] {
            self.0.update(&(part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    /// The file name: 64 hexadecimal digits.
    pub fn finish(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

impl Default for Key {
    fn default() -> Self {
        Key::new()
    }
}

/// An open cache.
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Opens the user's cache: `$XDG_CACHE_HOME/wative`, else `$HOME/.cache/wative`. Creates it if need be.
    ///
    /// # Errors
    ///
    /// Neither variable is set, or the directory cannot be created.
    pub fn open() -> Result<Cache, Error> {
        let absolute = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let base =
            absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        let Some(base) = base else {
            return Err(
                Error::new("there is no place for the cache of `wative run`")
                    .help("set XDG_CACHE_HOME or HOME to an absolute path, or use `wative build`"),
            );
        };
        let directory = base.join("wative");
        let created = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory);
        created.map_err(|error| unusable(&directory, &error))?;
        Ok(Cache { directory })
    }

    /// The executable of this key, if it is there. Marks it as used.
    pub fn find(&self, key: &str) -> Option<PathBuf> {
        let path = self.directory.join(key);
        let file = fs::File::open(&path).ok()?;
        // Only the age of the entry depends on this; a read-only cache still works.
        let _ = file.set_modified(SystemTime::now());
        Some(path)
    }

    /// Stores an executable and returns its path.
    ///
    /// # Errors
    ///
    /// Any error of the file system.
    pub fn store(&self, key: &str, executable: &[u8]) -> Result<PathBuf, Error> {
        let path = self.directory.join(key);
        output::replace(&path, executable, true)
            .map_err(|error| unusable(&self.directory, &error))?;
        self.prune();
        Ok(path)
    }

    /// Removes what was not used for long. Errors do not matter: the next run tries again.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return;
        };
        for entry in entries.filter_map(Result::ok) {
            let used = entry.metadata().and_then(|meta| meta.modified());
            if used.is_ok_and(|used| used.elapsed().is_ok_and(|age| age > MAX_AGE)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn unusable(directory: &Path, error: &std::io::Error) -> Error {
    Error::new(format!("cannot use the cache directory: {error}"))
        .in_file(&directory.display().to_string())
        .help("set XDG_CACHE_HOME to a directory that can be written, or use `wative build`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_frame_their_parts() {
        let key = |parts: &[(&str, &str)]| {
            let mut key = Key::new();
            parts
                .iter()
                .for_each(|(label, bytes)| key.add(label, bytes.as_bytes()));
            key.finish()
        };
        assert_eq!(key(&[("a", "b")]), key(&[("a", "b")]));
        assert_ne!(key(&[("a", "bc")]), key(&[("ab", "c")]));
        assert_ne!(key(&[("a", "b"), ("c", "d")]), key(&[("a", "b")]));
    }
}
