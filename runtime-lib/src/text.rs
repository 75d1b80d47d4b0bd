//! Text without the formatting machinery of `core`, which would be most of a small program.

use crate::escape::escape;
use crate::sys;

/// Text that goes to a descriptor through a buffer, or only into the buffer (what does not fit is dropped).
pub struct Text<'a> {
    buf: &'a mut [u8],
    len: usize,
    fd: Option<sys::Fd>,
}

impl<'a> Text<'a> {
    pub fn to_fd(fd: sys::Fd, buf: &'a mut [u8]) -> Text<'a> {
        Text {
            buf,
            len: 0,
            fd: Some(fd),
        }
    }

    pub fn to_buffer(buf: &'a mut [u8]) -> Text<'a> {
        Text {
            buf,
            len: 0,
            fd: None,
        }
    }

    /// As `to_fd`, behind so many bytes that were left in the buffer.
    pub fn resumed(fd: sys::Fd, buf: &'a mut [u8], len: usize) -> Text<'a> {
        let len = len.min(buf.len());
        Text {
            buf,
            len,
            fd: Some(fd),
        }
    }

    /// Bytes in the buffer.
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline(never)]
    pub fn byte(&mut self, byte: u8) -> &mut Self {
        if self.len == self.buf.len() {
            self.flush();
        }
        if let Some(place) = self.buf.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
        self
    }

    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(place) = self.buf.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len();
            return self;
        }
        for &byte in bytes {
            self.byte(byte);
        }
        self
    }

    /// Appends a name so that it can be shown.
    #[inline(never)]
    pub fn name(&mut self, name: &[u8]) -> &mut Self {
        escape(name, |c| {
            _ = self.bytes(c.encode_utf8(&mut [0; 4]).as_bytes())
        });
        self
    }

    pub fn str(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub fn dec(&mut self, value: u64) -> &mut Self {
        self.number::<10>(value)
    }

    #[inline(never)]
    pub fn signed(&mut self, value: i64) -> &mut Self {
        if value < 0 {
            self.byte(b'-');
        }
        self.dec(value.unsigned_abs())
    }

    pub fn hex(&mut self, value: u64) -> &mut Self {
        self.number::<16>(value)
    }

    #[inline(never)]
    fn number<const BASE: u64>(&mut self, value: u64) -> &mut Self {
        let (mut digits, mut rest) = ([0; 20], value);
        let mut used = 0;
        for place in digits.iter_mut().rev() {
            let digit = (rest % BASE) as u8;
            *place = digit + if digit < 10 { b'0' } else { b'a' - 10 };
            rest /= BASE;
            used += 1;
            if rest == 0 {
                break;
            }
        }
        self.bytes(digits.get(digits.len() - used..).unwrap_or(&[]))
    }

    /// Sends the buffer to the descriptor, if there is one.
    pub fn flush(&mut self) {
        if let Some(fd) = self.fd {
            sys::write_all(fd, self.buf.get(..self.len).unwrap_or(&[]));
            self.len = 0;
        }
    }
}

/// Bytes that a descriptor of the compiler points at; the pointer is null where there are none.
///
/// # Safety
/// `len` bytes at `bytes` are readable and constant for as long as the slice is used.
pub unsafe fn bytes<'a>(bytes: *const u8, len: u64) -> &'a [u8] {
    if len == 0 {
        &[]
    } else {
        core::slice::from_raw_parts(bytes, len as usize)
    }
}

/// Only for floats, whose shortest decimal form `core` knows.
impl core::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.str(text);
        Ok(())
    }
}

/// An unsigned number, decimal or with `0x`; `None` where it is malformed or too large.
pub fn parse_unsigned(text: &[u8]) -> Option<u64> {
    let (digits, base) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        _ => (text, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0u64;
    for &c in digits {
        let digit = (c as char).to_digit(base)?;
        value = value.checked_mul(base.into())?.checked_add(digit.into())?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(f: impl FnOnce(&mut Text)) -> String {
        let mut buf = [0; 64];
        let mut out = Text::to_buffer(&mut buf);
        f(&mut out);
        let len = out.len();
        String::from_utf8(buf[..len].to_vec()).unwrap()
    }

    #[test]
    fn numbers_print() {
        assert_eq!(
            text(|t| _ = t.dec(0).str(" ").dec(u64::MAX)),
            "0 18446744073709551615"
        );
        assert_eq!(
            text(|t| _ = t.hex(0xdead_beef).str(" ").hex(0)),
            "deadbeef 0"
        );
        assert_eq!(
            text(|t| _ = t.signed(i64::MIN).str(" ").signed(7)),
            "-9223372036854775808 7"
        );
    }

    #[test]
    fn names_print() {
        assert_eq!(
            text(|t| _ = t.name(b"a\nb\xe2\x80\xae\xff")),
            "a\\nb\\u{202e}\\xff"
        );
    }

    #[test]
    fn a_full_buffer_drops_the_rest() {
        let mut buf = [0; 3];
        assert_eq!(Text::to_buffer(&mut buf).str("abcdef").len(), 3);
    }

    #[test]
    fn numbers_parse() {
        assert_eq!(parse_unsigned(b"0x1F"), Some(31));
        assert_eq!(parse_unsigned(b"18446744073709551615"), Some(u64::MAX));
        for bad in [
            &b""[..],
            b"0x",
            b"18446744073709551616",
            b"12a",
            b"-1",
            b" 1",
        ] {
            assert_eq!(parse_unsigned(bad), None);
        }
    }
}
