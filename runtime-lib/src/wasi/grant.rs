//! Opening what was granted, before the guest runs: sockets first, then directories and trees, in the order in which they were given.
//! Linked only into programs that are granted something.
//!
//! A standard stream that was closed when the process started stays closed for the guest, and its number is kept occupied: else a
//! granted directory would become the descriptor to which messages are written.

use crate::abi::{Config, MAX_RUNTIME_GRANTS, Preopen};
use crate::entry::harden;
use crate::sys::{self, Fd};
use crate::text;
use crate::text::Text;
use crate::wasi::fds::{self, Entry, rights};
use crate::wasi::{context, tree};
use core::cell::UnsafeCell;
use core::ffi::CStr;

/// The variable of the run-time grants of directories.
const GRANTED_DIRS: &[u8] = b"WATIVE_DIRS";

struct Runtime(UnsafeCell<[Preopen; MAX_RUNTIME_GRANTS]>);

// SAFETY: written while the process starts, read afterwards.
unsafe impl Sync for Runtime {}

static RUNTIME: Runtime = Runtime(UnsafeCell::new(
    [const {
        Preopen {
            host: core::ptr::null(),
            host_len: 0,
            guest: core::ptr::null(),
            guest_len: 0,
            flags: 0,
        }
    }; MAX_RUNTIME_GRANTS],
));

/// Opens what the configuration grants, or ends the process with a message.
///
/// # Safety
/// The configuration is valid and stays so; called before the guest runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_grant(config: *const Config) {
    let config = &*config;
    // Sockets that the guest makes must not get their numbers either.
    occupy_streams();
    let preopens = || (0..config.preopen_count as usize).map(|i| &*config.preopens.add(i));
    let is_socket = |preopen: &&Preopen| preopen.flags & Preopen::LISTEN != 0;
    preopens().filter(is_socket).for_each(|p| listen(p));
    for preopen in preopens().filter(|p| !is_socket(p)) {
        if preopen.flags & Preopen::TREE != 0 {
            tree::grant(preopen);
        } else {
            open_directory(preopen);
        }
    }
    let context = context::get();
    let items = context::runtime_grants(&context, GRANTED_DIRS);
    for (i, item) in items.enumerate() {
        if i >= MAX_RUNTIME_GRANTS {
            fail("WATIVE_DIRS", item, "too many directories");
        }
        let place = (RUNTIME.0.get() as *mut Preopen).add(i);
        place.write(parse(item));
        open_directory(&*place);
    }
}

/// `HOST[::GUEST][:ro]`, as on the command line of the compiler.
fn parse(item: &'static [u8]) -> Preopen {
    let (paths, flags) = match item.strip_suffix(b":ro") {
        Some(paths) => (paths, Preopen::READ_ONLY),
        None => (item, 0),
    };
    let cut = paths.windows(2).position(|pair| pair == b"::");
    let (host, guest) = match cut {
        Some(at) => (&paths[..at], &paths[at + 2..]),
        None => (paths, paths),
    };
    Preopen {
        host: host.as_ptr(),
        host_len: host.len() as u64,
        guest: guest.as_ptr(),
        guest_len: guest.len() as u64,
        flags,
    }
}

/// Makes sure that the numbers of the standard streams are in use. A descriptor that names a place without opening it can neither
/// be read nor written.
fn occupy_streams() {
    loop {
        match sys::openat(sys::AT_FDCWD, c"/", sys::O_PATH, 0) {
            Ok(fd @ 0..=2) => {
                let _ = fds::remove(fd as u32);
            }
            Ok(fd) => {
                let _ = sys::close(fd);
                return;
            }
            Err(_) => return,
        }
    }
}

/// Opens a path of the host, which is text from the configuration. `what` is for the message.
pub fn open_host(what: &str, path: &[u8], flags: u32) -> Fd {
    let mut buf = [0u8; 4096];
    let opened = match buf.get_mut(..path.len()).filter(|_| path.len() < 4096) {
        Some(place) => {
            place.copy_from_slice(path);
            let path = CStr::from_bytes_until_nul(&buf).unwrap_or_default();
            sys::openat(sys::AT_FDCWD, path, flags, 0)
        }
        None => Err(sys::Errno::NAMETOOLONG),
    };
    opened.unwrap_or_else(|errno| fail(what, path, reason(errno)))
}

/// What an error means for a grant.
pub fn reason(errno: sys::Errno) -> &'static str {
    match errno {
        sys::Errno::NOENT => "it does not exist",
        sys::Errno::NOTDIR => "not a directory",
        sys::Errno::ACCES => "permission denied",
        sys::Errno::MFILE => "too many open files (a limit such as `ulimit -n`?)",
        sys::Errno::ADDRINUSE => "the address is in use",
        _ => "it cannot be opened",
    }
}

/// Tells what could not be granted and ends the process.
pub fn fail(what: &str, name: &[u8], reason: &str) -> ! {
    let mut buf = [0; 512];
    let mut out = Text::to_fd(sys::STDERR, &mut buf);
    out.str("error: the program was granted the ").str(what);
    out.str(" `").name(name).str("`: ");
    out.str(reason).str("\n").flush();
    sys::exit(1)
}

/// Opens a granted directory.
///
/// # Safety
/// Its pointers are valid and stay so; called before the guest runs.
unsafe fn open_directory(preopen: &Preopen) {
    const WHAT: &str = "directory";
    let host = text::bytes(preopen.host, preopen.host_len);
    let fd = open_host(WHAT, host, sys::O_RDONLY | sys::O_DIRECTORY);
    let read_only = preopen.flags & Preopen::READ_ONLY != 0;
    let grant = Entry {
        read_only,
        ..Entry::new(fd, true, 0, rights::ALL)
    };
    let entry = Entry {
        preopen,
        ..grant.below(fd, true)
    };
    if fds::insert_grant(entry).is_err() || !harden::note(fd, read_only, false) {
        fail(WHAT, host, "too many directories");
    }
}

/// Listens at a granted address.
///
/// # Safety
/// Its pointers are valid; called before the guest runs.
unsafe fn listen(preopen: &Preopen) {
    const WHAT: &str = "address";
    let name = text::bytes(preopen.guest, preopen.guest_len);
    match sys::listen_at(text::bytes(preopen.host, preopen.host_len)) {
        Ok(fd) => {
            if fds::insert_grant(Entry::new(fd, false, rights::SOCKET, 0)).is_err() {
                fail(WHAT, name, "too many sockets");
            }
        }
        Err(errno) => fail(WHAT, name, reason(errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_of_variables_are_as_on_the_command_line() {
        let of = |text: &'static str| {
            let p = parse(text.as_bytes());
            let show = |at, len| unsafe { std::str::from_utf8(text::bytes(at, len)).unwrap() };
            (
                show(p.host, p.host_len),
                show(p.guest, p.guest_len),
                p.flags,
            )
        };
        assert_eq!(of("/a"), ("/a", "/a", 0));
        assert_eq!(of("/a::/b"), ("/a", "/b", 0));
        assert_eq!(of("/a::/b:ro"), ("/a", "/b", Preopen::READ_ONLY));
        assert_eq!(of(".:ro"), (".", ".", Preopen::READ_ONLY));
    }
}
