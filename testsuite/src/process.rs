//! Runs processes with a time limit and collects what they print.

use std::fs::{self, File};
use std::io::{self, PipeWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What became of a process.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// It was killed because its time was up.
    pub timed_out: bool,
}

impl Finished {
    /// Exit status as a shell reports it: 128 + the signal's number for a process that a signal ended.
    pub fn code(&self) -> i32 {
        self.status
            .code()
            .unwrap_or_else(|| 128 + self.status.signal().unwrap_or(0))
    }
    /// Status and the end of stderr, for failure lines.
    pub fn describe(&self) -> String {
        let how = match (self.timed_out, self.status.code(), self.status.signal()) {
            (true, ..) => "time limit".to_string(),
            (_, Some(code), _) => format!("exit {code}"),
            (_, None, Some(signal)) => format!("signal {signal}"),
            (_, None, None) => "unknown end".to_string(),
        };
        format!("{how}; stderr: {}", tail(&self.stderr, 300))
    }
}

/// The last `limit` bytes as one line.
pub fn tail(bytes: &[u8], limit: usize) -> String {
    let start = bytes.len().saturating_sub(limit);
    String::from_utf8_lossy(&bytes[start..])
        .trim()
        .replace('\n', " | ")
}

/// Runs the command to its end, or kills it after `limit`. stdin must have been set by the caller.
pub fn run(mut command: Command, limit: Duration) -> io::Result<Finished> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    wait(spawn(&mut command)?, limit)
}

/// Starts the command. Another thread that forks at the wrong moment holds a just-written executable open for
/// writing until its own exec, so "text file busy" is tried again.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let start = Instant::now();
    loop {
        match command.spawn() {
            Err(e)
                if e.kind() == io::ErrorKind::ExecutableFileBusy
                    && start.elapsed() < Duration::from_secs(5) =>
            {
                thread::sleep(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}

/// The writing end of a pipe that nobody reads any more: what is written to it fails. A process that another thread forks may hold
/// the reading end until its own exec, so a write has failed before this returns.
pub fn broken_pipe() -> io::Result<PipeWriter> {
    let (reader, mut writer) = io::pipe()?;
    drop(reader);
    loop {
        match writer.write(&[0]) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(writer),
            Err(e) => return Err(e),
            Ok(_) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Collects the output of a started process until its end, or kills it after `limit`.
pub fn wait(mut child: Child, limit: Duration) -> io::Result<Finished> {
    let (done, finished) = channel();
    let stdout = child.stdout.take().map(|pipe| collect(pipe, done.clone()));
    let stderr = child.stderr.take().map(|pipe| collect(pipe, done));
    let deadline = Instant::now() + limit;
    let mut timed_out = false;
    loop {
        match finished.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(()) => {}
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                timed_out = true;
                child.kill()?;
                break;
            }
        }
    }
    let status = child.wait()?;
    let join = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        reader.map_or_else(Vec::new, |r| r.join().expect("the reader does not panic"))
    };
    Ok(Finished {
        status,
        stdout: join(stdout),
        stderr: join(stderr),
        timed_out,
    })
}

fn collect(
    mut pipe: impl Read + Send + 'static,
    done: std::sync::mpsc::Sender<()>,
) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // An error ends the collection; the process's status tells the rest.
        pipe.read_to_end(&mut bytes).ok();
        done.send(()).ok();
        bytes
    })
}

/// A directory that disappears with this value; in memory where the system has a file system for that.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    next: AtomicUsize,
}

impl Scratch {
    /// Makes an empty directory.
    pub fn new() -> io::Result<Scratch> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let shared = Path::new("/dev/shm");
        let parent = if shared.is_dir() {
            shared.to_path_buf()
        } else {
            std::env::temp_dir()
        };
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("wative-test-{}-{count}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => {
                    return Ok(Scratch {
                        path,
                        next: AtomicUsize::new(0),
                    });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
    }
    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Writes an executable under a fresh name.
    pub fn executable(&self, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.fresh("exe");
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(&path)?;
        file.write_all(bytes)?;
        Ok(path)
    }
    /// Writes a file under a fresh name and opens it for reading.
    pub fn input(&self, bytes: &[u8]) -> io::Result<File> {
        let path = self.fresh("in");
        fs::write(&path, bytes)?;
        File::open(path)
    }
    /// A path in the directory that nothing uses yet.
    pub fn fresh(&self, stem: &str) -> PathBuf {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        self.path.join(format!("{stem}{count}"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's cleaning.
        fs::remove_dir_all(&self.path).ok();
    }
}
