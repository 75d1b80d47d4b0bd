//! Executing a file by its descriptor, in this process's place.
//!
//! No path is looked up, so what runs is what was checked; and no shell is asked to interpret what the kernel refuses.

use std::convert::Infallible;
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::fexecve;

/// Says that a file in memory is to be executed, where the system forbids it otherwise (Linux 6.3).
const MFD_EXEC: MFdFlags = MFdFlags::from_bits_retain(0x10);

/// A file with these bytes that is in no directory.
///
/// # Errors
///
/// The system has no such files, or no memory.
pub fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let make = |flags| memfd_create(c"wative", MFdFlags::MFD_CLOEXEC | flags);
    let made = match make(MFD_EXEC) {
        Err(Errno::EINVAL) => make(MFdFlags::empty()),
        result => result,
    };
    let mut file = File::from(made?);
    file.write_all(bytes)?;
    Ok(file)
}

/// Executes a file, which sees `name` as its own. Returns only with the reason why it cannot be.
pub fn execute(file: &File, name: &OsStr, args: &[OsString]) -> io::Error {
    let text = |text: &OsStr| CString::new(text.as_bytes());
    let all = [name]
        .into_iter()
        .chain(args.iter().map(OsString::as_os_str));
    let arguments: Result<Vec<CString>, _> = all.map(text).collect();
    let variables: Result<Vec<CString>, _> = std::env::vars_os()
        .map(|(name, value)| CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()))
        .collect();
    let (Ok(arguments), Ok(variables)) = (arguments, variables) else {
        return io::ErrorKind::InvalidInput.into();
    };
    reason(fexecve(file, &arguments, &variables))
}

fn reason(result: nix::Result<Infallible>) -> io::Error {
    match result {
        Err(error) => error.into(),
        Ok(never) => match never {},
    }
}

/// Lets a program run a file: it gets `options`, a path of the file that holds in it and in what it starts, and the arguments. Returns only
/// with the reason why it cannot be.
pub fn execute_by(program: &Path, options: &[&OsStr], file: &File, args: &[OsString]) -> io::Error {
    if let Err(error) = fcntl(file, FcntlArg::F_SETFD(FdFlag::empty())) {
        return error.into();
    }
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    Command::new(program)
        .args(options)
        .arg(path)
        .args(args)
        .exec()
}
