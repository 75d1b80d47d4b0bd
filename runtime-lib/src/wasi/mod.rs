//! WASI preview 1 on Linux, under both of its module names (`wasi_snapshot_preview1` and the older `wasi_unstable`).
//!
//! Each call is a C symbol that the linker keeps only if the program imports it; there is deliberately no table of them.
//! What the two versions share is written once by [`calls!`]; where the layout of data differs there are two calls.
//!
//! Security rules that every call follows:
//! - Guest pointers and lengths are checked against the memory with wide arithmetic ([`Guest`]).
//! - Guest memory is never borrowed: other threads may write it. Vectors, paths and subscriptions are copied out once
//!   and then checked; bulk data goes between guest memory and the kernel without passing through here.
//! - Files are reached only beneath directories that were granted when the program was built ([`resolve`]), through
//!   descriptors of the guest's own table, with the rights recorded there ([`fds`]).
//!
//! | module | calls |
//! |---|---|
//! | `args` | `args_*`, `environ_*` |
//! | `clock` | `clock_*`, `random_get`, `sched_yield` |
//! | `fd` | `fd_*`: streams, status, renumbering |
//! | `file` | `fd_*` on files: position, size, times, contents of directories |
//! | `path` | `path_*` |
//! | `poll` | `poll_oneoff` |
//! | `proc` | `proc_exit`, `proc_raise` |
//! | `sock` | `sock_*` |
//!
//! `context` is what the guest sees of the process, `fds` its descriptor table, `grant` opens what was granted, `resolve` finds files
//! beneath a directory, `tree` holds the files that the executable carries. `env` is another import module, of what toolchains expect besides.

pub mod args;
pub mod clock;
pub mod context;
pub mod env;
mod errno;
pub mod fd;
pub mod fds;
pub mod file;
pub mod grant;
pub mod path;
mod poll;
pub mod proc;
pub mod resolve;
mod sock;
pub mod tree;

pub use errno::{Error, Result};

use crate::abi::{Instance, Memory};
use crate::sys::IoVec;
use core::mem::MaybeUninit;

/// Defines calls as C symbols of the wanted modules (`snapshot` for `wasi_snapshot_preview1`, `unstable` for
/// `wasi_unstable`). A call is a function from its guest memory and parameters to nothing or an error:
///
/// ```text
/// calls! {
///     [snapshot unstable]
///     /// What it does.
///     fn name(guest, a: u32, b: u64) { …; Ok(()) }
/// }
/// ```
///
/// expands, for each module in brackets, to
/// `#[export_name = "wative_import_MODULE__name"] extern "C" fn(*mut Instance, u32, u64) -> u32`, whose type must be that of its row in
/// [`crate::calls`].
macro_rules! calls {
    ($( [$($module:ident)*] $(#[$doc:meta])* fn $name:ident($guest:ident $(, $arg:ident: $ty:ty)* $(,)?) $body:block )*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The memory is the calling instance's.
        #[inline]
        #[allow(clippy::too_many_arguments)] // As the standard has them.
        pub unsafe fn $name($guest: $crate::wasi::Guest $(, $arg: $ty)*) -> $crate::wasi::Result<()> $body
        calls!(@symbols [$($module)*] $name ($($arg: $ty),*));
    )*};
    (@symbols [$($module:ident)*] $name:ident $params:tt) => {
        $( calls!(@symbol $module $name $params); )*
    };
    (@symbol $module:ident $name:ident ($($arg:ident: $ty:ty),*)) => {
        const _: $crate::check::import::$name::$module = {
            /// # Safety
            /// Called by compiled code.
            #[unsafe(export_name = concat!("wative_import_", $crate::calls::module_name!($module), "__", stringify!($name)))]
            unsafe extern "C" fn call(instance: *mut $crate::abi::Instance $(, $arg: $ty)*) -> u32 {
                match $name($crate::wasi::Guest::of(instance) $(, $arg)*) {
                    Ok(()) => 0,
                    Err(error) => error.0.into(),
                }
            }
            call
        };
    };
}
pub(crate) use calls;

/// The memory of the calling instance, for one call.
#[derive(Clone, Copy)]
pub struct Guest {
    base: *mut u8,
    len: u64,
}

/// Vectors that one call passes to the kernel; a guest that gives more gets a short transfer.
const MAX_VECTORS: usize = 64;

/// Vectors copied out of guest memory, with checked addresses. They are filled in place and not cleared before: a small
/// write should not pay for a kilobyte.
pub struct Vectors {
    items: [MaybeUninit<IoVec>; MAX_VECTORS],
    count: usize,
}

impl Vectors {
    pub const fn new() -> Vectors {
        Vectors {
            items: [MaybeUninit::uninit(); MAX_VECTORS],
            count: 0,
        }
    }

    /// Copies `count` vectors (address and length, 4 bytes each) and checks the memory that they describe.
    pub fn read(&mut self, guest: Guest, ptr: u32, count: u32) -> Result<&[IoVec]> {
        guest.range(ptr, u64::from(count) * 8)?;
        let wanted = (count as usize).min(MAX_VECTORS);
        for (i, item) in self.items.iter_mut().take(wanted).enumerate() {
            let at = ptr + 8 * i as u32;
            let (address, len) = (guest.read_u32(at)?, guest.read_u32(at + 4)?);
            item.write(IoVec {
                base: guest.range(address, len.into())?,
                len: len as usize,
            });
        }
        self.count = wanted;
        Ok(self.as_slice())
    }

    pub fn as_slice(&self) -> &[IoVec] {
        // SAFETY: the first `count` vectors were written.
        unsafe { core::slice::from_raw_parts(self.items.as_ptr() as *const IoVec, self.count) }
    }
}

impl Guest {
    /// # Safety
    /// `instance` is alive.
    pub unsafe fn of(instance: *mut Instance) -> Guest {
        Guest::of_memory((*instance).memory0)
    }

    /// # Safety
    /// The memory is null, or that of an instance that is alive.
    pub unsafe fn of_memory(memory: *mut Memory) -> Guest {
        if memory.is_null() {
            return Guest {
                base: core::ptr::null_mut(),
                len: 0,
            };
        }
        Guest {
            base: (*memory).base,
            len: crate::state::memory::size(memory),
        }
    }

    /// Bytes that are no instance's memory but lie where one would.
    pub fn of_bytes(base: *mut u8, len: u64) -> Guest {
        Guest { base, len }
    }

    /// These bytes as a memory, for tests.
    #[cfg(test)]
    pub fn testing(bytes: &mut [u8]) -> Guest {
        Guest::of_bytes(bytes.as_mut_ptr(), bytes.len() as u64)
    }

    /// The host address of `len` bytes at `ptr`.
    pub fn range(self, ptr: u32, len: u64) -> Result<*mut u8> {
        if crate::state::memory::within(ptr.into(), len, self.len) {
            Ok(self.base.wrapping_add(ptr as usize))
        } else {
            Err(Error::FAULT)
        }
    }

    /// Copies bytes out of guest memory.
    pub fn read(self, ptr: u32, to: &mut [u8]) -> Result<()> {
        let from = self.range(ptr, to.len() as u64)?;
        // SAFETY: the range was checked.
        unsafe { core::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), to.len()) };
        Ok(())
    }

    /// Copies bytes into guest memory.
    pub fn write(self, ptr: u32, from: &[u8]) -> Result<()> {
        let to = self.range(ptr, from.len() as u64)?;
        // SAFETY: the range was checked.
        unsafe { core::ptr::copy_nonoverlapping(from.as_ptr(), to, from.len()) };
        Ok(())
    }

    pub fn read_u32(self, ptr: u32) -> Result<u32> {
        let mut bytes = [0; 4];
        self.read(ptr, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    pub fn write_u32(self, ptr: u32, value: u32) -> Result<()> {
        self.write(ptr, &value.to_le_bytes())
    }

    pub fn write_u64(self, ptr: u32, value: u64) -> Result<()> {
        self.write(ptr, &value.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guest_ranges_do_not_wrap() {
        let mut bytes = [0u8; 64];
        let guest = Guest {
            base: bytes.as_mut_ptr(),
            len: 64,
        };
        assert!(guest.range(64, 0).is_ok());
        assert_eq!(guest.range(64, 1), Err(Error::FAULT));
        assert_eq!(guest.range(u32::MAX, u64::MAX), Err(Error::FAULT));
        assert!(guest.write_u64(57, 1).is_err());
        guest.write_u64(56, 0x0807_0605_0403_0201).unwrap();
        assert_eq!(guest.read_u32(60), Ok(0x0807_0605));
        assert_eq!(guest.read_u32(u32::MAX), Err(Error::FAULT));
    }

    #[test]
    fn vectors_are_checked() {
        let mut bytes = [0u8; 64];
        let guest = Guest {
            base: bytes.as_mut_ptr(),
            len: 64,
        };
        // Number of vectors and length of the first.
        let read = |ptr, count| {
            let mut vectors = Vectors::new();
            let read = vectors.read(guest, ptr, count)?;
            Ok::<_, Error>((read.len(), read.first().map_or(0, |v| v.len)))
        };
        guest.write_u32(0, 60).unwrap();
        guest.write_u32(4, 4).unwrap();
        assert_eq!(read(0, 1), Ok((1, 4)));
        guest.write_u32(4, 5).unwrap();
        assert!(read(0, 1).is_err());
        assert!(read(0, u32::MAX).is_err());
        assert!(read(60, 1).is_err());
        assert!(read(64, 0).is_ok());
    }
}
