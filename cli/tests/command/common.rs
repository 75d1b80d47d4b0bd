//! Runs the `wative` executable in a directory of its own.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory for one test, removed afterwards.
pub struct Scratch {
    pub path: PathBuf,
}

impl Scratch {
    pub fn new() -> Scratch {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("wative-cli-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Scratch { path }
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Names in the directory, sorted.
    pub fn names(&self) -> Vec<String> {
        names(&self.path)
    }

    /// `wative` with these arguments, working in the directory.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wative"));
        command.current_dir(&self.path).args(args);
        command.env("XDG_CACHE_HOME", self.path.join("cache"));
        command
    }

    /// Runs `wative` with arguments separated by spaces.
    pub fn wative(&self, args: &str) -> Ran {
        Ran::from(self.command(args.split_whitespace()).output().unwrap())
    }

    /// Runs a program of the directory.
    pub fn program(&self, name: &str, args: &[&str]) -> Ran {
        let mut command = Command::new(self.path.join(name));
        Ran::from(command.current_dir(&self.path).args(args).output().unwrap())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Whether a program is installed; tells of a skip if not.
pub fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// Names in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What a process did.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// Success without a word on standard error.
    #[track_caller]
    pub fn succeeded(self) -> Ran {
        assert_eq!(
            (self.status, self.stderr.as_str()),
            (Some(0), ""),
            "{self:?}"
        );
        self
    }

    /// Failure with this status, an error that contains all of `parts`, advice, and nothing on standard output.
    #[track_caller]
    pub fn failed(self, status: i32, parts: &[&str]) -> Ran {
        assert_eq!(
            (self.status, self.stdout.as_str()),
            (Some(status), ""),
            "{self:?}"
        );
        assert!(self.stderr.starts_with("error: "), "{self:?}");
        assert!(
            self.stderr.contains("help: ") || self.stderr.contains("--help"),
            "{self:?}"
        );
        assert!(!self.stderr.contains("internal"), "{self:?}");
        for part in parts {
            assert!(
                self.stderr.contains(part),
                "no `{part}` in: {}",
                self.stderr
            );
        }
        self
    }
}

/// A program that ends with status 42.
pub const EXIT_42: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $answer (result i32) i32.const 42)
  (func (export "_start") (call $exit (call $answer))))"#;

/// A library.
pub const MATH: &str = r#"(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2))))"#;
