//! What tests of object emission share: random numbers and hand-made functions.

use crate::entity::EntityId;
use crate::ir::FuncId;
use crate::mach::compiled::{CompiledFunc, Frame};
use crate::mach::mir::PRegSet;

/// A small deterministic generator (xorshift64*).
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }
}

/// A function with these instructions.
pub fn code(id: u32, code: &[u8]) -> CompiledFunc {
    CompiledFunc {
        id: FuncId::from_u32(id),
        code: code.to_vec(),
        insts_len: code.len() as u32,
        align: 16,
        relocs: Vec::new(),
        sites: Vec::new(),
        landings: Vec::new(),
        frame: Frame::default(),
        changed: PRegSet::EMPTY,
        inlined: Vec::new(),
    }
}
