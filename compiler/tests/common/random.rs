//! Random numbers for tests, of this crate and of the testsuite: the same for a seed every time and on every machine.
#![allow(
    dead_code,
    reason = "each of those who include this file uses a part of it"
)]

/// A generator (xorshift64*).
pub struct Random(u64);

impl Random {
    /// Seeds that follow each other give unrelated sequences.
    pub fn new(seed: u64) -> Random {
        Random((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1)
    }
    /// A number of 56 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }
    /// A number of 64 bits.
    pub fn word(&mut self) -> u64 {
        self.bits() << 40 ^ self.bits()
    }
    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }
    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
    /// Bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.bits() as u8).collect()
    }
}
