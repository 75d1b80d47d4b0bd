//! The cache of `wative run`: executables under the hash of everything that decides their contents. The same for packs of compiled functions (`functions`), with one
//! difference: they have hashes of their own.
//!
//! What is found here is executed, so nothing is believed because of its name:
//!
//! - The directory belongs to the user, nobody else can write it, and it is no link. It is opened once; entries are reached only through
//!   that descriptor, so that it does not matter who can rename what above it.
//! - An entry is opened without following links and without waiting. It must be a regular file of the user that nobody else can write, and
//!   end in a trailer: a hash of key and contents, and their length. What is cut off, altered or put under another key counts as missing:
//!   it is built again and replaced.
//! - What was checked is what runs: callers get a descriptor to execute, not a path.
//! - A new entry is written under another name, synced and then renamed, with modes that do not depend on the umask. Processes that store
//!   the same key at the same time replace each other's entry by an equal one.
//!
//! Executables that were not used for [`MAX_AGE`] are removed when a new one is written. Of packs those go whose last use is longest ago, as far as all take too much
//! room.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{UnlinkatFlags, unlinkat};
use wative_compiler::{Error, show};

/// Age of the last use after which an executable is removed: 30 days.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Mode of the directory and of every entry with an executable.
const PRIVATE: u32 = 0o700;

/// Mode of every entry with a pack.
const PRIVATE_DATA: u32 = 0o600;

/// Permissions by which somebody else could change a directory.
const OTHERS_WRITE: u32 = 0o022;

/// Names of entries that are being written.
const UNFINISHED: (&str, &str) = (".wative-", ".tmp");

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
#[derive(Debug)]
pub struct Cache {
    directory: File,
    /// The user, who owns everything in it.
    owner: u32,
    path: PathBuf,
}

impl Cache {
    /// Opens the user's cache: `$XDG_CACHE_HOME/wative`, else `$HOME/.cache/wative`. Creates it if need be. The inner result is the reason
    /// why there is none: no variable is set, or the directory can neither be opened nor created.
    ///
    /// # Errors
    ///
    /// Somebody else could have put something there.
    pub fn open() -> Result<Result<Cache, String>, Error> {
        let absolute = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let base =
            absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        match base {
            Some(base) => Cache::open_at(&base.join("wative")),
            None => Ok(Err(
                "neither XDG_CACHE_HOME nor HOME is an absolute path".to_owned()
            )),
        }
    }

    /// As [`Cache::open`], for a directory of its own.
    ///
    /// # Errors
    ///
    /// As [`Cache::open`].
    pub fn open_at(path: &Path) -> Result<Result<Cache, String>, Error> {
        Cache::open_in(path, user())
    }

    /// As [`Cache::open`], for a path and a user.
    fn open_in(path: &Path, owner: u32) -> Result<Result<Cache, String>, Error> {
        // A mask of the user's would make the directory unusable, or open it to others.
        let mask = umask(Mode::from_bits_truncate(!PRIVATE & 0o777));
        let created = DirBuilder::new().recursive(true).mode(PRIVATE).create(path);
        umask(mask);
        let shown = path.display().to_string();
        // A directory that cannot be opened is looked at as well: it may be a stranger's.
        if let Ok(meta) = fs::symlink_metadata(path) {
            check(&shown, &meta, owner)?;
        }
        let opened = created.and_then(|()| {
            OpenOptions::new()
                .read(true)
                .custom_flags((OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW).bits())
                .open(path)
        });
        let directory = match opened {
            Ok(directory) => directory,
            Err(error) => return Ok(Err(format!("{}: {error}", show::path(path)))),
        };
        let meta = directory
            .metadata()
            .map_err(|error| Error::new(error.to_string()).in_file(&shown))?;
        check(&shown, &meta, owner)?;
        Ok(Ok(Cache {
            directory,
            owner,
            path: path.to_owned(),
        }))
    }

    /// The executable of this key, if it is there and whole. Marks it as used.
    pub fn find(&self, key: &str) -> Option<File> {
        let (file, len) = self.open_entry(key, PRIVATE)?;
        if !is_whole(&file, len, key).ok()? {
            return None;
        }
        mark_as_used(&file);
        Some(file)
    }

    /// The pack of this name, if it is there. Marks it as used.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let (mut file, len) = self.open_entry(name, PRIVATE_DATA)?;
        let mut bytes = Vec::with_capacity(len as usize);
        file.read_to_end(&mut bytes).ok()?;
        mark_as_used(&file);
        Some(bytes)
    }

    /// Opens an entry, if nobody else could have put it there. Also answers its length.
    fn open_entry(&self, key: &str, mode: u32) -> Option<(File, u64)> {
        let flags = OFlag::O_RDONLY
            | OFlag::O_NOFOLLOW
            | OFlag::O_NONBLOCK
            | OFlag::O_NOCTTY
            | OFlag::O_CLOEXEC;
        let file = File::from(openat(&self.directory, key, flags, Mode::empty()).ok()?);
        let meta = file.metadata().ok()?;
        let private = meta.uid() == self.owner && meta.mode() & 0o7777 == mode;
        (meta.is_file() && private).then_some((file, meta.len()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores an executable.
    ///
    /// # Errors
    ///
    /// Any error of the file system; nothing is left behind then.
    pub fn store(&self, key: &str, executable: &[u8]) -> io::Result<()> {
        let result = self.replace(key, PRIVATE, |file| {
            file.write_all(executable)?;
            file.write_all(&trailer(key, executable))?;
            file.sync_all()
        });
        if result.is_ok() {
            // After a crash the entry would be missing; that is no harm.
            let _ = self.directory.sync_all();
        }
        self.prune();
        result
    }

    /// Stores a pack, and removes others if all take more bytes than that. What a crash leaves of it counts as damaged.
    ///
    /// # Errors
    ///
    /// As [`Cache::store`].
    pub fn write(&self, name: &str, pack: &[u8], most: u64) -> io::Result<()> {
        let result = self.replace(name, PRIVATE_DATA, |file| file.write_all(pack));
        self.shrink(name, most);
        result
    }

    /// Puts a new file in the place of an entry.
    fn replace(
        &self,
        key: &str,
        mode: u32,
        contents: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let (mut file, temporary) = self.create_temporary()?;
        let write = || {
            contents(&mut file)?;
            file.set_permissions(Permissions::from_mode(mode))
        };
        let written = write();
        // Closed before the rename, so that another process can execute it at once.
        drop(file);
        let result = written.and_then(|()| {
            Ok(renameat(
                &self.directory,
                &*temporary,
                &self.directory,
                key,
            )?)
        });
        if result.is_err() {
            // The first error is the one to report.
            let _ = unlinkat(&self.directory, &*temporary, UnlinkatFlags::NoRemoveDir);
        }
        result
    }

    /// A new file with a name that no other file, process or thread uses.
    fn create_temporary(&self) -> io::Result<(File, String)> {
        let flags =
            OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        for number in 0.. {
            let (start, end) = UNFINISHED;
            let name = format!("{start}{}-{number}{end}", std::process::id());
            let opened = openat(&self.directory, &*name, flags, Mode::S_IRUSR);
            match opened.map_err(io::Error::from) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                result => return Ok((File::from(result?), name)),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Removes what was not used for long. Errors do not matter: the next run tries again.
    fn prune(&self) {
        for (used, _, name) in self.entries() {
            if used.elapsed().is_ok_and(|age| age > MAX_AGE) {
                self.remove(&name);
            }
        }
    }

    /// Removes what was not used for longest, until the rest takes no more than so many bytes. One entry stays.
    fn shrink(&self, kept: &str, most: u64) {
        let mut entries = self.entries();
        entries.sort_unstable();
        let mut bytes: u64 = entries.iter().map(|entry| entry.1).sum();
        for (_, len, name) in entries {
            if bytes <= most {
                break;
            }
            if name != kept {
                self.remove(&name);
                bytes -= len;
            }
        }
    }

    /// What this module has put there: time of the last use, bytes, name. The path is only used to list names.
    fn entries(&self) -> Vec<(SystemTime, u64, String)> {
        let entries = fs::read_dir(&self.path).into_iter().flatten();
        let ours = entries.filter_map(Result::ok).filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let meta = entry.metadata().ok()?;
            is_ours(&name).then_some((meta.modified().ok()?, meta.len(), name))
        });
        ours.collect()
    }

    fn remove(&self, name: &str) {
        let _ = unlinkat(&self.directory, name, UnlinkatFlags::NoRemoveDir);
    }
}

/// Only the age of the entry depends on this; a read-only cache still works.
fn mark_as_used(file: &File) {
    let _ = file.set_modified(SystemTime::now());
}

/// The user whose files this process makes.
fn user() -> u32 {
    // SAFETY: it has no preconditions and cannot fail.
    unsafe { nix::libc::geteuid() }
}

/// Refuses what somebody else could have put something into.
fn check(shown: &str, meta: &fs::Metadata, owner: u32) -> Result<(), Error> {
    let reason = if meta.is_symlink() {
        "the cache directory is a symbolic link".to_owned()
    } else if !meta.is_dir() {
        return Ok(());
    } else if meta.uid() != owner {
        format!(
            "the cache directory belongs to another user ({})",
            meta.uid()
        )
    } else if meta.mode() & OTHERS_WRITE != 0 {
        let mode = meta.mode() & 0o7777;
        format!("other users can write to the cache directory (its mode is {mode:o})")
    } else {
        return Ok(());
    };
    Err(Error::new(reason).in_file(shown).help(
        "what is in it is executed, so it must be a directory that only you can write: remove it (or `chmod 700` your own), \
         or set XDG_CACHE_HOME to another place",
    ))
}

/// Whether a name is one that this module gives.
fn is_ours(name: &str) -> bool {
    let is_key = name.len() == 2 * blake3::OUT_LEN && name.bytes().all(|b| b.is_ascii_hexdigit());
    is_key || name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1)
}

/// What the last bytes of an entry are.
const MAGIC: [u8; 8] = *b"wative-1";

/// Bytes of a trailer: hash, length, [`MAGIC`].
const TRAILER: usize = blake3::OUT_LEN + 8 + MAGIC.len();

/// What follows an executable in its entry.
fn trailer(key: &str, executable: &[u8]) -> [u8; TRAILER] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.as_bytes()).update(executable);
    seal(&hasher, executable.len() as u64)
}

fn seal(hasher: &blake3::Hasher, len: u64) -> [u8; TRAILER] {
    let mut bytes = [0; TRAILER];
    let (hash, rest) = bytes.split_at_mut(blake3::OUT_LEN);
    hash.copy_from_slice(hasher.finalize().as_bytes());
    rest[..8].copy_from_slice(&len.to_le_bytes());
    rest[8..].copy_from_slice(&MAGIC);
    bytes
}

/// Whether an entry of so many bytes is what was stored under this key.
fn is_whole(file: &File, size: u64, key: &str) -> io::Result<bool> {
    let Some(len) = size.checked_sub(TRAILER as u64) else {
        return Ok(false);
    };
    let mut found = [0; TRAILER];
    file.read_exact_at(&mut found, len)?;
    // What is something else is not read to its end, however large it is.
    if found[blake3::OUT_LEN..blake3::OUT_LEN + 8] != len.to_le_bytes() || !found.ends_with(&MAGIC)
    {
        return Ok(false);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update_reader(file.take(len))?;
    Ok(found == seal(&hasher, len))
}

/// The executable in an entry.
///
/// # Errors
///
/// The file cannot be read.
pub fn contents(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    bytes.truncate(bytes.len().saturating_sub(TRAILER));
    Ok(bytes)
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
