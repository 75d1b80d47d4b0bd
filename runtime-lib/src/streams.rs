//! Trap streams: which instructions of a function may trap and why, and where its calls return to. The compiler uses this file as well: it writes streams by
//! [`write`] (`obj/traps.rs`), and its tests read them as the runtime does.
//!
//! A function's stream is a sequence of entries in ascending pc order. It begins at a byte and ends where the next function's begins (a sentinel `FuncEntry` with
//! `code == text_len` closes the table). Most of an entry are small numbers, so it is made of bits, the lowest of a byte first:
//!
//! - The distance of its pc from the previous entry's, the first from the function's start, in units of what instructions lie at multiples of: a number *from* [`DISTANCE`]
//!   less the unit's bits. pcs of faulting instructions are their first byte.
//! - What it is, and the distance of its place, an offset from the start of the .wasm file, from the previous entry's:
//!   - `0`: an access of a memory; [`NEAR_BITS`] bits and [`NEAR`].
//!   - `10`: an access of a memory; [`FAR`] and a number from [`STEP_FROM`].
//!   - `110`: the return address of a call, which never traps itself; a number from [`STEP_FROM`].
//!   - `111`: [`CODE_BITS`] bits of `TrapCode::in_stream` (0 for a return address), then `0` if the place is the previous one, `1` and the distance in zigzag as a number
//!     from [`OTHER_FROM`] if it is not.
//!
//! A number *from* k is `n` ones, a zero unless `n + k` is 32, and `n + k` bits, to which `(2ⁿ - 1) 2ᵏ` is added. What is left of the last byte are ones, which are no entry.
//!
//! [`InlinedPlace::CODE`] instead of a `TrapCode` begins an entry of two parts: the first has the pc's distance 0 and the number of a place in `CodeDesc::inlined`, as its distance from
//! the number of the previous such entry (the first from 0); the second has the rest, and the previous place once more.

use crate::abi::{InlinedPlace, TrapCode};

/// What distances of pcs are numbers from, in bytes.
pub const DISTANCE: u32 = 4;
/// The least distance of places that is near: opcode and operand of an access take two bytes or more.
pub const NEAR: u32 = 2;
pub const NEAR_BITS: u32 = 4;
/// The least distance that is far.
pub const FAR: u32 = NEAR + (1 << NEAR_BITS);
/// What such distances are numbers from, and those of calls.
pub const STEP_FROM: u32 = 4;
pub const CODE_BITS: u32 = 4;
/// What other distances are, in zigzag.
pub const OTHER_FROM: u32 = 7;

const MEMORY: u8 = TrapCode::MemoryOutOfBounds.in_stream();

/// Writes an entry, or a part of one: what it is and its distances, as bits for `put`, which gets them with their number, the lowest first.
pub fn write(distance: u32, code: u8, step: i32, shift: u32, mut put: impl FnMut(u32, u32)) {
    write_number(distance >> shift, DISTANCE - shift, &mut put);
    match (code, u32::try_from(step)) {
        (MEMORY, Ok(step)) if (NEAR..FAR).contains(&step) => put((step - NEAR) << 1, 1 + NEAR_BITS),
        (MEMORY, Ok(step)) if step >= FAR => {
            put(0b01, 2);
            write_number(step - FAR, STEP_FROM, &mut put);
        }
        (0, Ok(step)) => {
            put(0b011, 3);
            write_number(step, STEP_FROM, &mut put);
        }
        _ => {
            put(0b111, 3);
            put(code.into(), CODE_BITS);
            put(u32::from(step != 0), 1);
            if step != 0 {
                write_number((step << 1 ^ step >> 31) as u32, OTHER_FROM, &mut put);
            }
        }
    }
}

/// A number from `least`.
fn write_number(value: u32, least: u32, put: &mut impl FnMut(u32, u32)) {
    let value = u64::from(value) + (1 << least);
    // The highest bit of this sum says how many follow.
    let bits = value.ilog2();
    put(
        (1 << (bits - least)) - 1,
        bits - least + u32::from(bits < 32),
    );
    put((value - (1 << bits)) as u32, bits);
}

/// An entry of a trap stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Offset of the instruction (or return address) from the function's start.
    pub pc: u32,
    /// `TrapCode::in_stream`, 0 for a return address.
    pub code: u8,
    /// Offset in the .wasm file, or with [`InlinedPlace::FLAG`] the number of an inlined place.
    pub place: u32,
}

/// Reads a trap stream: whatever its bytes are, none outside of it.
pub struct Stream {
    bytes: *const u8,
    /// The next bit, and how many there are.
    at: usize,
    len: usize,
    /// Instructions lie at multiples of `1 << shift`.
    shift: u32,
    pc: u32,
    wasm_offset: u32,
    inlined: u32,
}

impl Stream {
    /// Of code whose instructions lie at multiples of `1 << shift`.
    ///
    /// # Safety
    /// So many bytes are readable for as long as the stream is used.
    pub unsafe fn new(bytes: *const u8, len: usize, shift: u32) -> Stream {
        Stream {
            bytes,
            at: 0,
            len: 8 * len,
            shift,
            pc: 0,
            wasm_offset: 0,
            inlined: 0,
        }
    }

    /// The next bits, at most 32; behind the end zeroes.
    #[inline(never)]
    fn bits(&mut self, count: u32) -> u32 {
        let mut bits = 0;
        for i in 0..count {
            if self.at < self.len {
                // SAFETY: inside the stream.
                let byte = unsafe { *self.bytes.add(self.at / 8) };
                bits |= u32::from(byte >> (self.at % 8) & 1) << i;
            }
            self.at += 1;
        }
        bits
    }

    /// How many ones come before a zero, which is read too, or this many.
    #[inline(never)]
    fn ones(&mut self, most: u32) -> u32 {
        let mut ones = 0;
        while ones < most && self.bits(1) != 0 {
            ones += 1;
        }
        ones
    }

    /// A number from `least`.
    #[inline(never)]
    fn number(&mut self, least: u32) -> u32 {
        let bits = least + self.ones(32 - least);
        let base = (1u64 << bits) - (1 << least);
        (base as u32).wrapping_add(self.bits(bits))
    }

    /// Code and distance of places.
    #[inline(never)]
    fn what(&mut self) -> (u8, u32) {
        match self.ones(3) {
            0 => return (MEMORY, NEAR + self.bits(NEAR_BITS)),
            1 => return (MEMORY, FAR.wrapping_add(self.number(STEP_FROM))),
            2 => return (0, self.number(STEP_FROM)),
            _ => {}
        }
        let code = self.bits(CODE_BITS) as u8;
        let zigzag = match self.ones(1) {
            0 => 0,
            _ => self.number(OTHER_FROM),
        };
        (code, zigzag >> 1 ^ (zigzag & 1).wrapping_neg())
    }
}

impl Iterator for Stream {
    type Item = Entry;

    #[inline(never)]
    fn next(&mut self) -> Option<Entry> {
        let mut inlined = None;
        loop {
            let distance = self.number(DISTANCE - self.shift) << self.shift;
            let (code, step) = self.what();
            if self.at > self.len {
                return None;
            }
            if code == InlinedPlace::CODE {
                self.inlined = self.inlined.wrapping_add(step);
                inlined = Some(InlinedPlace::FLAG | self.inlined);
                continue;
            }
            self.pc = self.pc.wrapping_add(distance);
            self.wasm_offset = self.wasm_offset.wrapping_add(step);
            return Some(Entry {
                pc: self.pc,
                code,
                place: inlined.unwrap_or(self.wasm_offset),
            });
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Bytes of bits, filled up with ones.
    pub fn pack(bits: impl IntoIterator<Item = bool>) -> Vec<u8> {
        let bits: Vec<bool> = bits.into_iter().collect();
        let byte = |bits: &[bool]| {
            (0..8)
                .map(|i| u8::from(*bits.get(i).unwrap_or(&true)) << i)
                .sum()
        };
        bits.chunks(8).map(byte).collect()
    }

    /// The stream of entries: distance, code, step.
    pub fn stream(entries: &[(u32, u8, i32)], shift: u32) -> Vec<u8> {
        let mut bits = Vec::new();
        for &(distance, code, step) in entries {
            write(distance, code, step, shift, |value, count| {
                bits.extend((0..count).map(|i| value >> i & 1 != 0));
            });
        }
        pack(bits)
    }

    fn read(bytes: &[u8], shift: u32) -> Vec<(u32, u8, u32)> {
        // SAFETY: the bytes of the slice.
        unsafe { Stream::new(bytes.as_ptr(), bytes.len(), shift) }
            .map(|e| (e.pc, e.code, e.place))
            .collect()
    }

    /// Bits in the order in which they are read; spaces are for the reader.
    fn bits(text: &str) -> Vec<u8> {
        pack(text.chars().filter(|&c| c != ' ').map(|c| c == '1'))
    }

    #[test]
    fn entries_are_as_described() {
        // Distance 9 = 0b1001; an access 2 + 3 further on.
        assert_eq!(read(&bits("0 1001 0 1100"), 0), [(9, 2, 5)]);
        // Distance 4 * 6, 6 = 0b0110 = 4 + 2: a one, and 3 bits; an access 18 + 16 + 1 further on.
        assert_eq!(read(&bits("10 010 10 10 10000"), 2), [(24, 2, 35)]);
        // A call 7 further on, then an access 3 before it: zigzag 5.
        let calls = "0 1000 110 0 1110  0 0100 111 0100 1 0 1010000";
        assert_eq!(read(&bits(calls), 0), [(1, 0, 7), (3, 2, 4)]);
        // A division at the place of the entry before it.
        let same = "0 1000 0 0000  0 1000 111 1110 0";
        assert_eq!(read(&bits(same), 0), [(1, 2, 2), (2, 7, 2)]);
        // An inlined place: number 1, then 3 fewer than nothing.
        let inlined = "0 0000 111 0011 1 0 0100000  0 0100 0 0000";
        assert_eq!(read(&bits(inlined), 0), [(2, 2, InlinedPlace::FLAG | 1)]);
    }

    #[test]
    fn streams_end_where_no_whole_entry_is_left() {
        assert_eq!(read(&[], 0), []);
        assert_eq!(read(&[0xff], 0), []);
        let whole = stream(&[(5, 2, 100), (40, 0, 3), (0x0fff_ffff, 7, -90)], 0);
        let entries = read(&whole, 0);
        assert_eq!(entries.len(), 3);
        for end in 0..whole.len() {
            assert!(entries.starts_with(&read(&whole[..end], 0)));
        }
    }

    #[test]
    fn extremes_are_kept() {
        for shift in [0, 2] {
            for distance in [0, 4, 60, 64, 1 << 27, !3] {
                for step in [0, 1, 2, 17, 18, 19, -1, i32::MAX, i32::MIN] {
                    for code in (0..16).filter(|&code| code != InlinedPlace::CODE) {
                        let bytes = stream(&[(distance, code, step)], shift);
                        assert_eq!(read(&bytes, shift), [(distance, code, step as u32)]);
                    }
                }
            }
        }
    }
}
