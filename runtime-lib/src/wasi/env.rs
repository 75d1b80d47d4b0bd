//! Functions of the import module `env` that toolchains expect of any host: AssemblyScript's `abort`, and Emscripten's notice that a
//! memory has grown, with which there is nothing to do here.
//!
//! Their symbols are in `arch`, and weak: who links an object may define them otherwise.

use crate::abi::{Instance, TrapCode};
use crate::state::stack;
use crate::text::Text;
use crate::wasi::{Guest, Result};
use crate::{arch, sys};
use core::ptr::null;
use core::sync::atomic::Ordering;

/// Units of UTF-16 that are shown of a text.
const MAX_UNITS: u32 = 4096;

/// Tells what went wrong and where in the program's source, and traps. `place` is where the call returns to, see [`arch::caller`].
///
/// # Safety
/// Called by the assembly of `arch`, which compiled code has called.
pub unsafe extern "C" fn abort(
    instance: *mut Instance,
    message: u32,
    file: u32,
    line: u32,
    column: u32,
    place: *const usize,
) -> ! {
    let guest = Guest::of(instance);
    let mut buf = [0; 512];
    let mut out = Text::to_fd(sys::STDERR, &mut buf);
    out.str("error: abort");
    if message != 0 {
        show(guest, message, out.str(": "));
    }
    if file != 0 {
        show(guest, file, out.str(" at "));
        out.str(":").dec(line.into()).str(":").dec(column.into());
    }
    out.str("\n").flush();
    if let Some(stack) = stack::find(place as usize) {
        let record = stack.record.load(Ordering::Relaxed);
        if !record.is_null() {
            let (code, (pc, sp)) = (TrapCode::Unreachable, arch::caller(place));
            stack.note(|trace| trace.capture_call(code, null(), pc, sp, stack, record));
            arch::wative_arch_raise((*record).sp, code as u32);
        }
    }
    sys::fatal("wative: abort was not called by compiled code\n")
}

/// Shows a string of AssemblyScript: UTF-16, with its length in bytes in the word before it. What the guest gives may be anything.
fn show(guest: Guest, at: u32, out: &mut Text) {
    let Ok(len) = guest.read_u32(at.wrapping_sub(4)) else {
        out.str("?");
        return;
    };
    let unit = |i: u32| -> Result<u16> {
        let mut bytes = [0; 2];
        guest.read(at.wrapping_add(2 * i), &mut bytes)?;
        Ok(u16::from_le_bytes(bytes))
    };
    let units = (0..(len / 2).min(MAX_UNITS)).map_while(|i| unit(i).ok());
    for c in char::decode_utf16(units) {
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.name(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    if len / 2 > MAX_UNITS {
        out.str("…");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_utf_16_with_their_length_before_them() {
        let text = "a\u{e9}\u{1f600}\n\u{202e}";
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = vec![9; 8];
        bytes.extend((units.len() as u32).to_le_bytes());
        bytes.extend(&units);
        // An unpaired surrogate, with a length that ends beyond the memory.
        bytes.extend(100u32.to_le_bytes());
        bytes.extend(0xd800u16.to_le_bytes());
        let guest = Guest::testing(&mut bytes);
        let shown = |at: u32| {
            let mut buf = [0; 64];
            let mut out = Text::to_buffer(&mut buf);
            show(guest, at, &mut out);
            let len = out.len();
            String::from_utf8(buf[..len].to_vec()).unwrap()
        };
        assert_eq!(shown(12), "aé😀\\n\\u{202e}");
        assert_eq!(shown(12 + units.len() as u32 + 4), "\u{fffd}");
        assert_eq!(shown(0), "?");
        assert_eq!(shown(u32::MAX), "?");
    }
}
