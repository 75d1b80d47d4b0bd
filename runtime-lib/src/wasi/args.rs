//! Arguments and environment.

use crate::wasi::{Error, Guest, Result, calls, context};

/// Number of strings and their bytes with terminators.
fn sizes(each: impl FnOnce(&mut dyn FnMut(&[u8]))) -> (u64, u64) {
    let (mut count, mut bytes) = (0, 0);
    each(&mut |text| {
        count += 1;
        bytes += text.len() as u64 + 1;
    });
    (count, bytes)
}

/// Writes the strings to `buf` and their addresses to `pointers`.
fn store(
    guest: Guest,
    pointers: u32,
    buf: u32,
    each: impl FnOnce(&mut dyn FnMut(&[u8])),
) -> Result<()> {
    let (mut pointer, mut at) = (u64::from(pointers), u64::from(buf));
    let mut result = Ok(());
    each(&mut |text| {
        if result.is_ok() {
            result = (|| {
                let place = u32::try_from(at).map_err(|_| Error::FAULT)?;
                guest.write_u32(u32::try_from(pointer).map_err(|_| Error::FAULT)?, place)?;
                guest.write(place, text)?;
                let end = u32::try_from(at + text.len() as u64).map_err(|_| Error::FAULT)?;
                guest.write(end, &[0])
            })();
            pointer += 4;
            at += text.len() as u64 + 1;
        }
    });
    result
}

fn store_sizes(guest: Guest, count: u32, size: u32, (n, bytes): (u64, u64)) -> Result<()> {
    guest.write_u32(count, u32::try_from(n).map_err(|_| Error::OVERFLOW)?)?;
    guest.write_u32(size, u32::try_from(bytes).map_err(|_| Error::OVERFLOW)?)
}

/// Calls `f` with each argument of the process.
pub fn each_argument(f: &mut dyn FnMut(&[u8])) {
    let context = context::get();
    for i in 0..context.argc {
        // SAFETY: argv has argc entries that live as long as the process.
        unsafe {
            f(
                core::ffi::CStr::from_ptr(*context.argv.add(i) as *const core::ffi::c_char)
                    .to_bytes(),
            )
        };
    }
}

calls! {
    [snapshot unstable]
    /// Number of arguments and the bytes that they take.
    fn args_sizes_get(guest, count: u32, size: u32) {
        store_sizes(guest, count, size, sizes(|f| each_argument(f)))
    }

    [snapshot unstable]
    /// The arguments.
    fn args_get(guest, pointers: u32, buf: u32) {
        store(guest, pointers, buf, |f| each_argument(f))
    }

    [snapshot unstable]
    /// Number of environment variables and the bytes that they take.
    fn environ_sizes_get(guest, count: u32, size: u32) {
        store_sizes(guest, count, size, sizes(|f| context::each_variable(f)))
    }

    [snapshot unstable]
    /// The environment variables, as `NAME=value`.
    fn environ_get(guest, pointers: u32, buf: u32) {
        store(guest, pointers, buf, |f| context::each_variable(f))
    }
}
