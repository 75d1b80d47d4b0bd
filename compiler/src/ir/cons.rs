//! Hash-consing: finds an earlier instruction that computes the same pure value.
//!
//! A stack of scopes over one open-addressing table. Entries leave in the reverse order of their insertion, so removal simply empties
//! the slot that insertion filled, and no tombstones are needed: linear probing sees exactly the state before. The builder opens one
//! scope per block; value numbering opens one per node of the dominator tree.

use super::{Func, Imm, Inst, Op, Type, Value};
use crate::entity::EntityId;
use std::hash::{Hash, Hasher};

/// A multiply-rotate hasher for small keys made of integers.
#[derive(Default)]
pub struct FastHasher(u64);

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_isize(&mut self, n: isize) {
        self.write_u64(n as u64);
    }
    fn write_u64(&mut self, n: u64) {
        // The multiplier is 2^64 divided by the golden ratio, odd.
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// The key of a pure instruction.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    pub op: Op,
    pub ty: Type,
    pub imm: &'a Imm,
    pub args: &'a [Value],
}

impl Key<'_> {
    fn hash(&self) -> u32 {
        let mut hasher = FastHasher::default();
        hasher.write_u64((self.op as u64) << 8 | self.ty as u64);
        match self.imm {
            Imm::None => {}
            Imm::Bits(bits) => hasher.write_u64(*bits),
            imm => imm.hash(&mut hasher),
        }
        for arg in self.args {
            hasher.write_u32(arg.as_u32());
        }
        hasher.finish() as u32
    }
    fn matches(&self, func: &Func, inst: Inst) -> bool {
        let data = &func.insts[inst];
        data.op == self.op
            && data.ty == self.ty
            && data.args.as_slice() == self.args
            && data.imm == *self.imm
    }
}

/// The scoped table.
#[derive(Default)]
pub struct ConsTable {
    /// Index into `log` plus one, or 0; the length is a power of two.
    slots: Vec<u32>,
    /// Entries in order of insertion.
    log: Vec<(u32, Inst)>,
}

impl ConsTable {
    /// Where a scope begins; give it to [`ConsTable::leave`].
    pub fn enter(&self) -> usize {
        self.log.len()
    }
    /// Forgets everything inserted since `enter` returned the mark.
    pub fn leave(&mut self, mark: usize) {
        while self.log.len() > mark {
            let position = self.log.len() as u32;
            let (hash, _) = self.log[position as usize - 1];
            let mut i = hash as usize & (self.slots.len() - 1);
            while self.slots[i] != position {
                i = (i + 1) & (self.slots.len() - 1);
            }
            self.slots[i] = 0;
            self.log.pop();
        }
    }
    /// An instruction in scope with this key.
    pub fn find(&self, func: &Func, key: Key) -> Option<Inst> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = key.hash();
        let mut i = hash as usize & (self.slots.len() - 1);
        while self.slots[i] != 0 {
            let (other, inst) = self.log[self.slots[i] as usize - 1];
            if other == hash && key.matches(func, inst) {
                return Some(inst);
            }
            i = (i + 1) & (self.slots.len() - 1);
        }
        None
    }
    /// Adds an instruction whose key was not found.
    pub fn insert(&mut self, key: Key, inst: Inst) {
        self.log.push((key.hash(), inst));
        if self.log.len() * 2 > self.slots.len() {
            // Replaying the log in order keeps the reverse-removal property.
            self.slots = vec![0; (self.slots.len() * 2).max(64)];
            for position in 0..self.log.len() {
                self.place(position);
            }
        } else {
            self.place(self.log.len() - 1);
        }
    }
    fn place(&mut self, position: usize) {
        let mut i = self.log[position].0 as usize & (self.slots.len() - 1);
        while self.slots[i] != 0 {
            i = (i + 1) & (self.slots.len() - 1);
        }
        self.slots[i] = position as u32 + 1;
    }
}
