//! Writing results: all or nothing.
//!
//! Invariant: at every moment the output path holds either what was there before or the complete result. The bytes go to a new
//! file in the same directory, which then is renamed. Devices and pipes (`/dev/null`) are written to directly.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use wative_compiler::{Error, show};

/// Where a result goes, checked before the work begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    Stdout,
    /// A regular file, existing or not; symbolic links are resolved.
    File(PathBuf),
    /// Something else that exists and can be written.
    Special(PathBuf),
}

/// Finds out where `path` leads.
///
/// # Errors
///
/// The directory does not exist, the path is a directory or one of `inputs`, or binary data would go to a terminal.
pub fn destination(path: &Path, inputs: &[&Path], text: bool) -> Result<Destination, Error> {
    if path == Path::new("-") {
        if !text && std::io::stdout().is_terminal() {
            let error = Error::new("standard output is a terminal, which cannot show binary data");
            return Err(error.help("redirect it, or give a file name with -o"));
        }
        return Ok(Destination::Stdout);
    }
    let shown = path.display().to_string();
    let fail = |reason: String, help: &str| Err(Error::new(reason).in_file(&shown).help(help));
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => fail(
            "cannot write: it is a directory".to_owned(),
            "give a file name with -o",
        ),
        Ok(meta) if !meta.is_file() => Ok(Destination::Special(path.to_owned())),
        Ok(meta) => {
            for input in inputs {
                if std::fs::metadata(input)
                    .is_ok_and(|m| (m.dev(), m.ino()) == (meta.dev(), meta.ino()))
                {
                    return fail(
                        "the output would overwrite an input".to_owned(),
                        "give another file name with -o",
                    );
                }
            }
            // The link stays, the file that it leads to is replaced.
            Ok(Destination::File(
                std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let directory = directory(path);
            match std::fs::metadata(directory) {
                Ok(meta) if meta.is_dir() => Ok(Destination::File(path.to_owned())),
                Ok(_) => fail(
                    format!("{} is not a directory", show::path(directory)),
                    "give another file name with -o",
                ),
                Err(error) => {
                    let reason =
                        format!("cannot write: directory {}: {error}", show::path(directory));
                    fail(
                        reason,
                        "create the directory, or give another file name with -o",
                    )
                }
            }
        }
        Err(error) => fail(
            format!("cannot write: {error}"),
            "give another file name with -o",
        ),
    }
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes the result; `executable` files get the execute bits that the umask allows.
///
/// # Errors
///
/// Any error of the file system; nothing is left behind then.
pub fn write(destination: &Destination, bytes: &[u8], executable: bool) -> Result<(), Error> {
    let (shown, result) = match destination {
        Destination::Stdout => ("standard output".to_owned(), write_stdout(bytes)),
        Destination::Special(path) => {
            let file = OpenOptions::new().write(true).open(path);
            (
                path.display().to_string(),
                file.and_then(|mut file| file.write_all(bytes)),
            )
        }
        Destination::File(path) => (path.display().to_string(), replace(path, bytes, executable)),
    };
    result.map_err(|error| {
        let help = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "free some space, or give another file name with -o"
            }
            _ => "check the permissions of the directory, or give another file name with -o",
        };
        Error::new(format!("cannot write: {error}"))
            .in_file(&shown)
            .help(help)
    })
}

/// A reader that stops reading (`wative … | head`) is no error.
fn write_stdout(bytes: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints text to standard output, like [`write`].
///
/// # Errors
///
/// Standard output cannot be written.
pub fn print(text: &str) -> Result<(), Error> {
    write(&Destination::Stdout, text.as_bytes(), false)
}

/// Puts a new file with these bytes at `path` in one step.
///
/// # Errors
///
/// Any error of the file system; the temporary file is removed then.
pub fn replace(path: &Path, bytes: &[u8], executable: bool) -> std::io::Result<()> {
    let (mut file, temporary) = create_temporary(path, if executable { 0o777 } else { 0o666 })?;
    let written = file.write_all(bytes);
    // Closed before the rename, so that the file can be executed at once.
    drop(file);
    let result = written.and_then(|()| std::fs::rename(&temporary, path));
    if result.is_err() {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

/// A new file beside `path`, with a name that no other file, process or thread uses.
fn create_temporary(path: &Path, mode: u32) -> std::io::Result<(File, PathBuf)> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!(".wative-{}-{number}.tmp", std::process::id());
        let temporary = directory(path).join(name);
        match options.open(&temporary) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return result.map(|file| (file, temporary)),
        }
    }
}
