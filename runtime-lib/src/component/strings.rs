//! Transcoding (`CanonicalABI.md`: Storing), from one memory to another or within one.
//!
//! Ranges may overlap and another thread may write where is read: then the result is any text, but nothing outside of the ranges is touched. For that every unit
//! is read once, and every byte written is compared with the end.

use super::answer;
use crate::abi::Memory;
use crate::arch;
use crate::canonical::{Reason, Transcoding};
use crate::state::memory::{size, within};

/// Why a text cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    Invalid(Reason),
    /// The encoding does not have a character.
    TooWide,
}

/// Bytes that are read.
#[derive(Clone, Copy)]
struct Source {
    at: *const u8,
    end: *const u8,
}

impl Source {
    fn left(self) -> usize {
        self.end as usize - self.at as usize
    }
    /// Reads a value.
    ///
    /// # Safety
    /// Enough bytes are left, and all of them are readable.
    unsafe fn take<T>(&mut self) -> T {
        let value = (self.at as *const T).read_unaligned();
        self.at = self.at.add(size_of::<T>());
        value
    }
}

/// Bytes that are written.
struct Sink {
    at: *mut u8,
    end: *mut u8,
}

impl Sink {
    fn left(&self) -> usize {
        self.end as usize - self.at as usize
    }
    /// Writes a value; false where it does not fit.
    ///
    /// # Safety
    /// What is left is writable.
    unsafe fn put<T>(&mut self, value: T) -> bool {
        let fits = self.left() >= size_of::<T>();
        if fits {
            (self.at as *mut T).write_unaligned(value);
            self.at = self.at.add(size_of::<T>());
        }
        fits
    }
}

/// An encoding that is read.
trait Decode {
    /// Whether ASCII is one byte for each character.
    const BYTES: bool;
    const UTF8: bool = false;
    /// The next character.
    ///
    /// # Safety
    /// What is left is readable, and at least one code unit.
    unsafe fn next(from: &mut Source) -> Result<u32, Reason>;
}

/// An encoding that is written.
trait Encode {
    const BYTES: bool;
    const UTF8: bool = false;
    /// Appends a character; false where the encoding does not have it, or it does not fit.
    ///
    /// # Safety
    /// What is left is writable.
    unsafe fn put(to: &mut Sink, c: u32) -> bool;
}

struct Utf8;
struct Utf16;
struct Latin1;
struct Ascii;

impl Decode for Utf8 {
    const BYTES: bool = true;
    const UTF8: bool = true;
    unsafe fn next(from: &mut Source) -> Result<u32, Reason> {
        let first = u32::from(from.take::<u8>());
        let (more, mut c, least) = match first {
            0..=0x7f => return Ok(first),
            0xc2..=0xdf => (1, first & 0x1f, 0x80),
            0xe0..=0xef => (2, first & 0x0f, 0x800),
            0xf0..=0xf4 => (3, first & 0x07, 0x1_0000),
            _ => return Err(Reason::InvalidUtf8),
        };
        if from.left() < more {
            return Err(Reason::InvalidUtf8);
        }
        for _ in 0..more {
            let byte = u32::from(from.take::<u8>());
            if byte & 0xc0 != 0x80 {
                return Err(Reason::InvalidUtf8);
            }
            c = c << 6 | byte & 0x3f;
        }
        if c < least || char::from_u32(c).is_none() {
            return Err(Reason::InvalidUtf8);
        }
        Ok(c)
    }
}

impl Decode for Utf16 {
    const BYTES: bool = false;
    unsafe fn next(from: &mut Source) -> Result<u32, Reason> {
        let first = u32::from(from.take::<u16>());
        match first {
            0xd800..=0xdbff if from.left() >= 2 => {
                let second = u32::from(from.take::<u16>());
                match second {
                    0xdc00..=0xdfff => Ok(0x1_0000 + ((first - 0xd800) << 10) + second - 0xdc00),
                    _ => Err(Reason::InvalidUtf16),
                }
            }
            0xd800..=0xdfff => Err(Reason::InvalidUtf16),
            c => Ok(c),
        }
    }
}

impl Decode for Latin1 {
    const BYTES: bool = true;
    unsafe fn next(from: &mut Source) -> Result<u32, Reason> {
        Ok(from.take::<u8>().into())
    }
}

impl Encode for Utf8 {
    const BYTES: bool = true;
    const UTF8: bool = true;
    unsafe fn put(to: &mut Sink, c: u32) -> bool {
        let tail = |shift: u32| (c >> shift & 0x3f | 0x80) as u8;
        match c {
            ..0x80 => to.put(c as u8),
            0x80..0x800 => to.put([(c >> 6 | 0xc0) as u8, tail(0)]),
            0x800..0x1_0000 => to.put([(c >> 12 | 0xe0) as u8, tail(6), tail(0)]),
            _ => to.put([(c >> 18 | 0xf0) as u8, tail(12), tail(6), tail(0)]),
        }
    }
}

impl Encode for Utf16 {
    const BYTES: bool = false;
    unsafe fn put(to: &mut Sink, c: u32) -> bool {
        match c.checked_sub(0x1_0000) {
            None => to.put(c as u16),
            Some(c) => to.put([(c >> 10 | 0xd800) as u16, (c & 0x3ff | 0xdc00) as u16]),
        }
    }
}

impl Encode for Latin1 {
    const BYTES: bool = true;
    unsafe fn put(to: &mut Sink, c: u32) -> bool {
        c < 0x100 && to.put(c as u8)
    }
}

impl Encode for Ascii {
    const BYTES: bool = true;
    unsafe fn put(to: &mut Sink, c: u32) -> bool {
        c < 0x80 && to.put(c as u8)
    }
}

/// What no byte of ASCII has.
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Bytes that are copied before it is looked at whether they are ASCII: `memmove` is twice as fast as copying by the registers that every processor has, and what it has
/// written is near. (A string of 1 MiB: see `docs/components.md`.)
const PIECE: usize = 4096;

/// Copies ASCII a piece at a time, as far as there are as many bytes of it on both sides: where the first piece ends that has something else in it, or nothing where there is
/// none. It is written, but still to be copied.
///
/// # Safety
/// What is left of the one is readable, of the other writable.
unsafe fn pieces(from: &mut Source, to: &mut Sink) -> Option<*const u8> {
    while from.left() >= PIECE && to.left() >= PIECE {
        core::ptr::copy_nonoverlapping(from.at, to.at, PIECE);
        let words = to.at as *const u64;
        let all = (0..PIECE / 8).fold(0, |all, i| all | words.add(i).read_unaligned());
        if all & HIGH_BITS != 0 {
            return Some(from.at.add(PIECE));
        }
        (from.at, to.at) = (from.at.add(PIECE), to.at.add(PIECE));
    }
    None
}

/// Copies ASCII, 64 bytes at a time, as far as there are as many of it on both sides.
///
/// # Safety
/// What is left of the one is readable, of the other writable.
unsafe fn ascii(from: &mut Source, to: &mut Sink) {
    for _ in 0..from.left().min(to.left()) / 64 {
        if !arch::copy_ascii(from.at, to.at) {
            break;
        }
        (from.at, to.at) = (from.at.add(64), to.at.add(64));
    }
}

/// Copies eight bytes if all of them are ASCII and there are as many on both sides.
///
/// # Safety
/// Likewise.
unsafe fn ascii_word(from: &mut Source, to: &mut Sink) -> bool {
    if from.left() < 8 {
        return false;
    }
    let ahead = *from;
    let word = from.take::<u64>();
    let is_copied = word & HIGH_BITS == 0 && to.put(word);
    if !is_copied {
        *from = ahead;
    }
    is_copied
}

/// Copies valid UTF-8, a character at a time, until there are four characters of ASCII, one that is not valid, or less than four bytes on either side.
///
/// A character is read as the first bytes of a word, and the whole word is written: what follows the character is written again later.
///
/// # Safety
/// Likewise.
unsafe fn characters_of_utf8(from: &mut Source, to: &mut Sink) {
    while from.left() >= 4 && to.left() >= 4 {
        let word = u32::from_le_bytes((from.at as *const [u8; 4]).read());
        // From the right: the first byte, the second, ...
        let len = if word & 0x80 == 0 {
            if word & 0x8080_8080 == 0 {
                return;
            }
            1
        } else if word & 0xc0e0 == 0x80c0 {
            // C0 and C1 would be ASCII.
            if word & 0x1e == 0 {
                return;
            }
            2
        } else if word & 0xc0_c0f0 == 0x80_80e0 {
            // E0 80..9F would be shorter, ED A0..BF are surrogates.
            if matches!(word & 0x200f, 0 | 0x200d) {
                return;
            }
            3
        } else if word & 0xc0c0_c0f8 == 0x8080_80f0 {
            // Planes are 1 to 16.
            if !matches!((word & 7) << 2 | word >> 12 & 3, 1..=16) {
                return;
            }
            4
        } else {
            return;
        };
        (to.at as *mut [u8; 4]).write(word.to_le_bytes());
        (from.at, to.at) = (from.at.add(len), to.at.add(len));
    }
}

/// Writes the text of `from` to `to`.
///
/// # Safety
/// What is left of the one is readable, of the other writable.
unsafe fn run<D: Decode, E: Encode>(mut from: Source, to: &mut Sink) -> Result<(), Failure> {
    // No piece is tried again before this.
    let mut tried = from.at;
    while from.left() != 0 {
        if D::BYTES && E::BYTES {
            if from.at >= tried {
                tried = pieces(&mut from, to).unwrap_or(from.end);
            }
            ascii(&mut from, to);
            // Before larger pieces are tried again, which may fail for one character of many.
            for _ in 0..8 {
                if !ascii_word(&mut from, to) {
                    break;
                }
            }
            if D::UTF8 && E::UTF8 {
                characters_of_utf8(&mut from, to);
            }
            if from.left() == 0 {
                break;
            }
        }
        let c = D::next(&mut from).map_err(Failure::Invalid)?;
        if !E::put(to, c) {
            return Err(Failure::TooWide);
        }
    }
    Ok(())
}

/// Writes `units` code units at `src` anew at `dst`: code units written.
///
/// # Safety
/// `units * how.source_unit()` bytes at `src` can be read, `units * how.room()` bytes at `dst` can be written.
pub unsafe fn transcode(
    dst: *mut u8,
    src: *const u8,
    units: usize,
    how: Transcoding,
) -> Result<usize, Failure> {
    let from = Source {
        at: src,
        end: src.add(units * how.source_unit() as usize),
    };
    let mut to = Sink {
        at: dst,
        end: dst.add(units * how.room() as usize),
    };
    let run = match how {
        Transcoding::Utf8ToUtf8 => run::<Utf8, Utf8>,
        Transcoding::Utf8ToUtf16 => run::<Utf8, Utf16>,
        Transcoding::Utf8ToLatin1 => run::<Utf8, Latin1>,
        Transcoding::Utf16ToUtf8 => run::<Utf16, Utf8>,
        Transcoding::Utf16ToUtf16 => run::<Utf16, Utf16>,
        Transcoding::Utf16ToLatin1 => run::<Utf16, Latin1>,
        Transcoding::Utf16ToAscii => run::<Utf16, Ascii>,
        Transcoding::Latin1ToUtf8 => run::<Latin1, Utf8>,
        Transcoding::Latin1ToUtf16 => run::<Latin1, Utf16>,
        Transcoding::Latin1ToLatin1 => run::<Latin1, Latin1>,
        Transcoding::Latin1ToAscii => run::<Latin1, Ascii>,
    };
    run(from, &mut to)?;
    let bytes = to.at as usize - dst as usize;
    Ok(match how {
        Transcoding::Utf8ToUtf16 | Transcoding::Utf16ToUtf16 | Transcoding::Latin1ToUtf16 => {
            bytes / 2
        }
        _ => bytes,
    })
}

/// Calls `put` with the characters of a string.
///
/// # Safety
/// `units` code units at `src` can be read.
pub unsafe fn characters(
    src: *const u8,
    units: usize,
    how: Transcoding,
    mut put: impl FnMut(char),
) -> Result<(), Reason> {
    let mut from = Source {
        at: src,
        end: src.add(units * how.source_unit() as usize),
    };
    let next = match how {
        Transcoding::Utf8ToUtf8 => Utf8::next,
        Transcoding::Utf16ToUtf8 => Utf16::next,
        _ => Latin1::next,
    };
    while from.left() != 0 {
        put(char::from_u32(next(&mut from)?).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(())
}

/// The transcoding with this number; compiled code passes constants.
pub fn known(how: u32) -> Transcoding {
    let found = Transcoding::ALL.get(how as usize);
    found.copied().unwrap_or(Transcoding::Utf8ToUtf8)
}

/// Writes a string anew: code units written; in the upper half a reason, or `Transcoding::TOO_WIDE`.
///
/// # Safety
/// The memories were made by `state::memory`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_transcode(
    dst_mem: *mut Memory,
    src_mem: *const Memory,
    dst: u32,
    src: u32,
    units: u32,
    how: u32,
) -> u64 {
    let how = known(how);
    let units_wide = u64::from(units);
    // The caller has checked the ranges, for its messages.
    if !within(dst.into(), units_wide * how.room(), size(dst_mem))
        || !within(src.into(), units_wide * how.source_unit(), size(src_mem))
    {
        return answer(Err(Reason::StringOutOfBounds));
    }
    if units == 0 {
        return 0;
    }
    let to = (*dst_mem).base.add(dst as usize);
    let from = (*src_mem).base.add(src as usize);
    match transcode(to, from, units as usize, how) {
        Ok(written) => written as u64,
        Err(Failure::Invalid(reason)) => answer(Err(reason)),
        Err(Failure::TooWide) => u64::from(Transcoding::TOO_WIDE) << 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that a transcoding writes, none beyond its room.
    fn write(how: Transcoding, source: &[u8]) -> Result<Vec<u8>, Failure> {
        let units = source.len() / how.source_unit() as usize;
        let room = units * how.room() as usize;
        let mut out = vec![0xa5; room + 16];
        let source = [source, &[0xa5; 16]].concat();
        let written = unsafe { transcode(out.as_mut_ptr(), source.as_ptr(), units, how)? };
        assert!(out[room..].iter().all(|&byte| byte == 0xa5));
        let unit = match how {
            Transcoding::Utf8ToUtf16 | Transcoding::Utf16ToUtf16 | Transcoding::Latin1ToUtf16 => 2,
            _ => 1,
        };
        assert!(written * unit <= room);
        out.truncate(written * unit);
        Ok(out)
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn latin1(text: &str) -> Option<Vec<u8>> {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).ok())
            .collect()
    }

    #[test]
    fn every_transcoding_is_that_of_the_standard_library() {
        let texts = [
            "",
            "a",
            "plain ascii that is longer than a word",
            "12345678é90123456789",
            "hö☃🍰",
            "\u{7f}\u{80}\u{ff}\u{100}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}",
            "🍰🍰🍰🍰🍰🍰🍰🍰",
            "☃☃☃☃☃☃☃☃☃",
            "ÿÿÿÿÿÿÿÿÿÿÿ",
            "Всё смешалось в доме Облонских. abcdefghijklmnopqrstuvwxyz 十二三四 🍰a🍰bc🍰def.",
        ];
        // Of any length, so that every place is that of a large piece.
        let long = format!("{}é{}☃", "a".repeat(200), "b".repeat(63));
        let long = (0..200).map(|from| &long[from..]);
        // Whole pieces, with something else in the last byte of one, the first of the next, the last of all.
        let plain = |len| "c".repeat(len);
        let mixed = |a, b| format!("{}é{}é{}", plain(a), plain(b), plain(PIECE));
        let pieces = [
            plain(PIECE),
            plain(3 * PIECE + 1),
            mixed(PIECE - 2, PIECE),
            mixed(PIECE - 1, 5),
            mixed(PIECE, 2 * PIECE - 2),
            mixed(10, 3 * PIECE),
        ];
        let pieces = pieces.iter().map(String::as_str);
        for text in texts.into_iter().chain(long).chain(pieces) {
            for how in Transcoding::ALL {
                let narrow = latin1(text);
                let source = match how.source_unit() {
                    2 => utf16(text),
                    _ if matches!(
                        how,
                        Transcoding::Utf8ToUtf8
                            | Transcoding::Utf8ToUtf16
                            | Transcoding::Utf8ToLatin1
                    ) =>
                    {
                        text.as_bytes().to_vec()
                    }
                    _ => match &narrow {
                        Some(bytes) => bytes.clone(),
                        None => continue,
                    },
                };
                let expected = match how {
                    Transcoding::Utf8ToUtf8
                    | Transcoding::Utf16ToUtf8
                    | Transcoding::Latin1ToUtf8 => Some(text.as_bytes().to_vec()),
                    Transcoding::Utf8ToUtf16
                    | Transcoding::Utf16ToUtf16
                    | Transcoding::Latin1ToUtf16 => Some(utf16(text)),
                    Transcoding::Utf8ToLatin1
                    | Transcoding::Utf16ToLatin1
                    | Transcoding::Latin1ToLatin1 => narrow,
                    Transcoding::Utf16ToAscii | Transcoding::Latin1ToAscii => {
                        text.is_ascii().then(|| text.as_bytes().to_vec())
                    }
                };
                let expected = expected.ok_or(Failure::TooWide);
                assert_eq!(write(how, &source), expected, "{how:?} of {text:?}");
            }
        }
    }

    #[test]
    fn whatever_the_standard_library_refuses_is_refused() {
        // All sequences of up to four bytes of these, alone, behind a word, and before something.
        let bytes = [
            0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
            0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
        ];
        let mut texts: Vec<Vec<u8>> = vec![vec![]];
        for len in 0..4 {
            for text in texts.clone().iter().filter(|text| text.len() == len) {
                texts.extend(bytes.iter().map(|&byte| [&text[..], &[byte]].concat()));
            }
        }
        for text in &texts {
            let (behind, before) = (
                [b"12345678", &text[..]].concat(),
                [text, &b"123"[..]].concat(),
            );
            for text in [text.clone(), behind, before] {
                let expected = match std::str::from_utf8(&text) {
                    Ok(_) => Ok(text.clone()),
                    Err(_) => Err(Failure::Invalid(Reason::InvalidUtf8)),
                };
                assert_eq!(write(Transcoding::Utf8ToUtf8, &text), expected, "{text:x?}");
            }
        }
        let units = [0x41, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000u16];
        for a in units {
            for b in units {
                for c in units {
                    let bytes: Vec<u8> = [a, b, c].into_iter().flat_map(u16::to_le_bytes).collect();
                    let expected = match String::from_utf16(&[a, b, c]) {
                        Ok(_) => Ok(bytes.clone()),
                        Err(_) => Err(Failure::Invalid(Reason::InvalidUtf16)),
                    };
                    assert_eq!(write(Transcoding::Utf16ToUtf16, &bytes), expected);
                }
            }
        }
    }
}
