//! The profile of a program that counts: its counters become a mapping of their file, so what they say is kept however the program ends, and what it does next time is added.
//!
//! The file is opened before the guest is confined, and nothing of it is left open.

use crate::abi::{ProfileDesc, ProfileHead};
use crate::sys::{self, Errno, Fd, IoVec};
use crate::text::Text;
use crate::wasi::context;
use core::ffi::CStr;

/// What a profile's file is that was there.
enum Found {
    Nothing,
    /// Counts of this program.
    Own,
    /// Counts of another one, or of this one as it was.
    Other,
    NoProfile,
}

/// Maps the counters, or ends the process with a message.
///
/// # Safety
/// The description is valid; called before the guest runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_profile(desc: *const ProfileDesc) {
    let desc = &*desc;
    let name = ProfileHead::VARIABLE.as_bytes();
    let chosen = context::lookup(&context::get(), name);
    let chosen = chosen.map(|text| text.as_ptr().add(name.len() + 1));
    let path = chosen.unwrap_or(desc.path);
    let path = CStr::from_ptr(path as *const core::ffi::c_char);
    if let Err(reason) = keep(desc, path) {
        let mut buf = [0; 512];
        let mut out = Text::to_fd(sys::STDERR, &mut buf);
        out.str("error: cannot keep the profile in `");
        out.name(path.to_bytes()).str("`: ");
        match reason {
            Some(errno) => out.str("error ").dec(errno.0.into()).str(" of the system"),
            None => out.str("there is a file that is no profile"),
        };
        out.str("\n").flush();
        sys::exit(1)
    }
}

/// Maps the counters to a file that is there or made; nothing as a reason: it is something else.
///
/// # Safety
/// As for [`wative_rt_profile`].
unsafe fn keep(desc: &ProfileDesc, path: &CStr) -> Result<(), Option<Errno>> {
    let fd = sys::openat(sys::AT_FDCWD, path, sys::O_RDWR | sys::O_CREAT, 0o666)?;
    let size = (*desc.head).size;
    let head = core::slice::from_raw_parts(desc.head as *const u8, size as usize);
    match look(fd, head, size + desc.counters_size)? {
        Found::Own => {}
        Found::NoProfile => return Err(None),
        Found::Nothing | Found::Other => {
            sys::ftruncate(fd, 0)?;
            sys::write_all(fd, head);
            sys::ftruncate(fd, size + desc.counters_size)?;
        }
    }
    let len = desc.counters_size as usize;
    sys::map_file_at(desc.counters as *mut u8, len, fd, size)?;
    let _ = sys::close(fd);
    Ok(())
}

/// What the file is, which should begin so and have this size.
fn look(fd: Fd, head: &[u8], size: u64) -> Result<Found, Errno> {
    let found = sys::fstat(fd)?.size as u64;
    if found == 0 {
        return Ok(Found::Nothing);
    }
    let (mut part, mut at, mut is_own) = ([0; 4096], 0, found == size);
    while at < head.len() {
        let iov = IoVec {
            base: part.as_mut_ptr(),
            len: part.len().min(head.len() - at),
        };
        let got = sys::preadv(fd, &[iov], at as u64)?;
        if at == 0 && (got < 8 || part[..8] != head[..8]) {
            return Ok(Found::NoProfile);
        }
        is_own &= got > 0 && part[..got] == head[at..at + got];
        if !is_own {
            return Ok(Found::Other);
        }
        at += got;
    }
    Ok(Found::Own)
}
