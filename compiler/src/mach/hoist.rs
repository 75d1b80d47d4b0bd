//! Constants in loops: those that take several instructions or a load are made once, before the loop, and kept in a register.
//!
//! Lowering computes constants anew at each use. In a loop that repeats the work, so for what an instruction set calls costly
//! ([`super::isa::Isa::is_costly`]) lowering asks here for a *home*: the immediate dominator of the header of the outermost loop around the use
//! that is small and without calls (which would take the registers away). Blocks are lowered after all that they dominate, so what a home
//! must make is known when it is reached, and is emitted before its terminator. Uses on cold blocks and on edges are left alone.

use super::mir::{RegClass, VReg};
use crate::entity::SideMap;
use crate::ir::dom::DomTree;
use crate::ir::loops::Loops;
use crate::ir::{Block, Func, Inst, Value};
use std::collections::HashMap;

/// Blocks of a loop up to which constants are taken out of it: in larger ones the registers are needed for other things on most paths.
const MAX_BLOCKS: u32 = 32;
/// Registers of each class that the constants of a home may take.
const MAX_INTS: u32 = 4;
const MAX_FLOATS: u32 = 12;

/// The home of each block's constants, by position in `blocks`.
pub fn homes(
    func: &Func,
    dom: &DomTree,
    loops: &Loops,
    blocks: &[Block],
    cold: &SideMap<Block, bool>,
) -> Vec<Option<Block>> {
    // Blocks of each loop; too many if there is a call.
    let mut sizes = vec![0u32; loops.loops.len()];
    for &block in blocks {
        let calls = |&inst: &Inst| func.insts[inst].effects().is_call;
        let size = match func.blocks[block].insts.iter().any(calls) {
            true => MAX_BLOCKS + 1,
            false => 1,
        };
        if let Some(id) = loops.innermost(block) {
            sizes[id] = sizes[id].saturating_add(size);
        }
    }
    // Inner loops come before those around them. By loop: the outermost one around it that is small enough.
    let mut outermost: Vec<Option<usize>> = vec![None; loops.loops.len()];
    for (id, data) in loops.loops.iter().enumerate() {
        if let Some(parent) = data.parent {
            sizes[parent] = sizes[parent].saturating_add(sizes[id]);
        }
    }
    for (id, data) in loops.loops.iter().enumerate().rev() {
        if sizes[id] <= MAX_BLOCKS {
            outermost[id] = data.parent.and_then(|p| outermost[p]).or(Some(id));
        }
    }
    let home = |&block: &Block| {
        let id = loops.innermost(block).filter(|_| !cold[block])?;
        dom.idom(loops.loops[outermost[id]?].header)
    };
    blocks.iter().map(home).collect()
}

/// What is made at a home.
pub enum Made<I> {
    /// The result of a rematerialised instruction.
    Inst(Inst),
    /// What an ISA needs for itself.
    Own(I),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    Value(Value),
    /// A vector of an ISA's own.
    Bits(u128),
}

/// Constants that have been asked for and whose homes have not been reached.
pub struct Hoist<I> {
    regs: HashMap<(Block, Key), VReg>,
    homes: HashMap<Block, Home<I>>,
}

struct Home<I> {
    made: Vec<(Made<I>, VReg)>,
    ints: u32,
    floats: u32,
}

impl<I> Default for Hoist<I> {
    fn default() -> Self {
        Hoist {
            regs: HashMap::new(),
            homes: HashMap::new(),
        }
    }
}

impl<I> Hoist<I> {
    /// The register that holds this at the home already.
    pub fn known(&self, home: Block, key: Key) -> Option<VReg> {
        self.regs.get(&(home, key)).copied()
    }
    /// Whether the home has room for one more.
    pub fn has_room(&self, home: Block, class: RegClass) -> bool {
        self.homes.get(&home).is_none_or(|home| match class {
            RegClass::Int => home.ints < MAX_INTS,
            RegClass::Float => home.floats < MAX_FLOATS,
        })
    }
    /// Has it made at the home.
    pub fn add(&mut self, home: Block, key: Key, made: Made<I>, reg: VReg) {
        self.regs.insert((home, key), reg);
        let home = self.homes.entry(home).or_insert_with(|| Home {
            made: Vec::new(),
            ints: 0,
            floats: 0,
        });
        match reg.class() {
            RegClass::Int => home.ints += 1,
            RegClass::Float => home.floats += 1,
        }
        home.made.push((made, reg));
    }
    /// What the block must make, in the order in which it was asked for.
    pub fn take(&mut self, block: Block) -> Vec<(Made<I>, VReg)> {
        self.homes
            .remove(&block)
            .map_or(Vec::new(), |home| home.made)
    }
}
