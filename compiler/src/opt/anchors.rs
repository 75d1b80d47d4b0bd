//! Addresses that accesses have proved not to wrap.
//!
//! The effective address of an access is `address + offset` without wrap, but the address is often made by additions that wrap at 2^32. An access of
//! n bytes at `v + k` that was executed and did not trap says that `v + k + n` is at most M, the bytes that its memory can ever have. So `v + d` does
//! not wrap for any d up to `k + n - 1 + (2^32 - M)`; M is 2^32 only for memories that are declared so large ([`MemoryDecl::page_limit`]). An address
//! that is congruent to such a `v + d` is equal to it: an access there may name `v` and have d in its offset, and traps as it did before.
//!
//! So what a function does with parts of one object is seen to be at one base, whatever order and sums reached them: loads find what was stored
//! ([`super::facts`]), and sums for addresses alone die.

use std::collections::HashMap;

use crate::ir::{Builder, MemoryDecl, Op, Type, Value};

/// Anchors of a root that are looked at, the newest ones.
const DEPTH: usize = 8;

/// An address `base`, which is `root + residue` modulo 2^32, from which up to `reach` bytes may be added without wrap.
struct Anchor {
    root: Value,
    residue: u32,
    base: Value,
    reach: u64,
    /// The anchor of the same root before it.
    previous: Option<usize>,
}

/// What dominating accesses have proved, of values of the function that is being built.
#[derive(Default)]
pub struct Anchors {
    list: Vec<Anchor>,
    newest: HashMap<Value, usize>,
}

impl Anchors {
    /// For [`Anchors::forget`].
    pub fn mark(&self) -> usize {
        self.list.len()
    }

    /// Forgets what was proved since the mark.
    pub fn forget(&mut self, mark: usize) {
        while self.list.len() > mark
            && let Some(anchor) = self.list.pop()
        {
            match anchor.previous {
                Some(previous) => self.newest.insert(anchor.root, previous),
                None => self.newest.remove(&anchor.root),
            };
        }
    }

    /// An access is executed.
    pub fn executed(
        &mut self,
        b: &Builder,
        memory: &MemoryDecl,
        address: Value,
        offset: u64,
        bytes: u32,
    ) {
        if b.ty(address) != Type::I32 || b.as_const(address).is_some() {
            return;
        }
        let end = offset + u64::from(bytes);
        let (root, residue) = root(b, address);
        let is_near = |anchor: &Anchor| distance(anchor, residue) + end <= anchor.reach;
        if self.of(root).any(is_near) {
            return;
        }
        let reach = end - 1 + ((1 << 32) - memory.byte_limit());
        let previous = self.newest.insert(root, self.list.len());
        self.list.push(Anchor {
            root,
            residue,
            base: address,
            reach,
            previous,
        });
    }

    /// The access's address and offset by the oldest anchor that reaches it.
    pub fn from(&self, b: &Builder, address: Value, offset: u64) -> (Value, u64) {
        if b.ty(address) != Type::I32 {
            return (address, offset);
        }
        let (root, residue) = root(b, address);
        let reached = self.of(root).filter(|anchor| {
            let distance = distance(anchor, residue);
            distance <= anchor.reach && distance + offset <= u64::from(u32::MAX)
        });
        reached.last().map_or((address, offset), |anchor| {
            (anchor.base, distance(anchor, residue) + offset)
        })
    }

    fn of(&self, root: Value) -> impl Iterator<Item = &Anchor> {
        let anchor = |at: Option<usize>| at.map(|at| &self.list[at]);
        let first = anchor(self.newest.get(&root).copied());
        std::iter::successors(first, move |it| anchor(it.previous)).take(DEPTH)
    }
}

/// From the anchor to what has another residue of its root, modulo 2^32.
fn distance(anchor: &Anchor, residue: u32) -> u64 {
    residue.wrapping_sub(anchor.residue).into()
}

/// `x + c` as x and c.
fn root(b: &Builder, address: Value) -> (Value, u32) {
    let sum = b.as_binary(address, Op::Add);
    let sum = sum.and_then(|(x, c)| Some((x, b.as_const(c)? as u32)));
    sum.unwrap_or((address, 0))
}
