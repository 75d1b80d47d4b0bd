//! Values of a script on the standard output, in WAVE: compiled code calls a function for each token. What is printed appears line by line, so nothing of a
//! value that turns out to be invalid.

use super::answer;
use super::strings::{characters, known};
use crate::abi::Memory;
use crate::canonical::Reason;
use crate::state::memory::{size, within};
use crate::sys;
use crate::text::Text;
use core::cell::UnsafeCell;
use core::fmt::Write;

/// Bytes that wait for the end of the line.
const BUFFER: usize = 4096;

struct Line(UnsafeCell<([u8; BUFFER], usize)>);

// SAFETY: scripts run on the first thread.
unsafe impl Sync for Line {}

static LINE: Line = Line(UnsafeCell::new(([0; BUFFER], 0)));

/// Appends to the line. What is longer than the buffer goes out before the line ends.
fn print(print: impl FnOnce(&mut Text)) {
    // SAFETY: see `Line`; `print` does not come back here.
    let (buf, used) = unsafe { &mut *LINE.0.get() };
    let mut out = Text::resumed(sys::STDOUT, buf, *used);
    print(&mut out);
    *used = out.len();
}

/// Up to eight bytes of ASCII, the first lowest, up to the first that is zero.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_text(text: u64) {
    let bytes = text.to_le_bytes();
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or(&[]);
    print(|out| _ = out.bytes(text));
}

/// An integer with sign.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_signed(value: i64) {
    print(|out| _ = out.signed(value));
}

/// An integer without sign.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_unsigned(value: u64) {
    print(|out| _ = out.dec(value));
}

/// An f32 with these bits.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_f32(bits: u32) {
    let value = f32::from_bits(bits);
    print(|out| match value.is_nan() {
        true => _ = out.str("nan"),
        false => _ = write!(out, "{value}"),
    });
}

/// An f64 with these bits.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_f64(bits: u64) {
    let value = f64::from_bits(bits);
    print(|out| match value.is_nan() {
        true => _ = out.str("nan"),
        false => _ = write!(out, "{value}"),
    });
}

/// A character between quotes, of either kind: escaped as Rust does where it could not be seen, or would join what is before it.
fn quoted(out: &mut Text, c: char) {
    if c.is_control() && !matches!(c, '\t' | '\n' | '\r') {
        out.str("\\u{").hex(c.into()).str("}");
    } else {
        _ = write!(out, "{}", c.escape_debug());
    }
}

/// A character.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_char(c: u32) {
    let c = char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
    print(|out| {
        out.byte(b'\'');
        quoted(out, c);
        out.byte(b'\'');
    });
}

/// A string; fails as transcoding does. `how` is the transcoding to UTF-8.
///
/// # Safety
/// The memory was made by `state::memory`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_print_string(
    mem: *const Memory,
    src: u32,
    units: u32,
    how: u32,
) -> u64 {
    let how = known(how);
    if !within(src.into(), u64::from(units) * how.source_unit(), size(mem)) {
        return answer(Err(Reason::StringOutOfBounds));
    }
    let mut result = Ok(());
    print(|out| {
        out.byte(b'"');
        if units != 0 {
            let src = (*mem).base.add(src as usize);
            result = characters(src, units as usize, how, |c| quoted(out, c));
        }
        out.byte(b'"');
    });
    answer(result.map(|()| 0))
}

/// Ends the line.
#[unsafe(no_mangle)]
pub extern "C" fn wative_rt_print_line() {
    print(|out| out.byte(b'\n').flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_what_cannot_be_seen_are_escaped() {
        let mut buf = [0; 128];
        let mut out = Text::to_buffer(&mut buf);
        for c in
            "a'\"\\\n\t\r\0\u{1}\u{80}\u{a0}\u{301}\u{202e}\u{378}\u{e000}é🍰\u{10ffff}".chars()
        {
            quoted(&mut out, c);
        }
        let len = out.len();
        let expected =
            r#"a\'\"\\\n\t\r\u{0}\u{1}\u{80}\u{a0}\u{301}\u{202e}\u{378}\u{e000}é🍰\u{10ffff}"#;
        assert_eq!(&buf[..len], expected.as_bytes());
    }
}
