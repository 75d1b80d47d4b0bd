//! Optimisation passes: one file, one pass, `run(&mut Func, &Cx)`.
//!
//! `pipeline` orders them. Every pass keeps what a program can observe: results, traps (none added, none removed, dead loads
//! included), calls and the state at each of them. Passes are near-linear in the size of the function.

mod anchors;
pub mod bytes;
pub mod dce;
pub mod dispatch;
mod facts;
pub mod gvn;
pub mod inline;
pub mod jumps;
pub mod nans;
pub mod objects;
pub mod params;
mod refs;
pub mod vectors;

use crate::entity::{EntityId, SideMap};
use crate::ir::facts::{Bodies, Facts};
use crate::ir::{Block, Func, Inst, InstData, Program, Target, Value};

/// What passes may know beyond the function.
pub struct Cx<'a> {
    pub program: &'a Program,
    /// Of functions that are compiled already.
    pub facts: &'a Facts,
    /// Whether what is emitted is folded and shared.
    pub fold: bool,
    /// Whether addresses are worth sharing (`mach::isa::Isa::SHARES_ADDRESSES`).
    pub share_addresses: bool,
    /// What may take the place of calls.
    pub bodies: &'a Bodies,
}

impl<'a> Cx<'a> {
    /// For passes over a program that is not expanded.
    pub fn new(program: &'a Program, facts: &'a Facts) -> Self {
        Cx {
            program,
            facts,
            fold: true,
            share_addresses: false,
            bodies: &Bodies {
                leaf: 32,
                other: 0,
                hot: None,
            },
        }
    }
}

/// Values that others take the place of; chains are followed.
struct Renames {
    map: SideMap<Value, Option<Value>>,
    any: bool,
}

impl Renames {
    fn new(func: &Func) -> Self {
        Renames {
            map: SideMap::new(None, func.values.len()),
            any: false,
        }
    }

    fn insert(&mut self, old: Value, new: Value) {
        debug_assert_ne!(old, new);
        self.map[old] = Some(new);
        self.any = true;
    }

    /// What stands for the value.
    fn resolve(&mut self, value: Value) -> Value {
        let mut end = value;
        while let Some(next) = self.map[end] {
            end = next;
        }
        // Shorten the chain, so that long ones are walked once.
        let mut at = value;
        while let Some(next) = self.map[at] {
            self.map[at] = Some(end);
            at = next;
        }
        end
    }

    /// Applies the renames to every use.
    fn apply(&mut self, func: &mut Func) {
        if !self.any {
            return;
        }
        for &block in &func.layout {
            for &inst in &func.blocks[block].insts {
                func.insts[inst].for_each_use_mut(|value| *value = self.resolve(*value));
            }
        }
        for value in func.watches.iter_mut().filter_map(|it| it.value.as_mut()) {
            *value = self.resolve(*value);
        }
    }
}

/// The edges into each block, as terminators and indices of their targets. (A block's predecessors say less: finding the arguments
/// there would mean searching through all targets of a `br_table`.)
struct Incoming {
    starts: Vec<u32>,
    edges: Vec<(Inst, u32)>,
}

impl Incoming {
    /// Edges from the blocks of the layout.
    fn new(func: &Func) -> Self {
        let mut starts = vec![0u32; func.blocks.len() + 1];
        let last = |block: Block| func.blocks[block].insts.last().copied();
        let terminators = || func.layout.iter().filter_map(|&block| last(block));
        let targets = |inst: Inst| InstData::targets(&func.insts[inst]);
        for inst in terminators() {
            for target in targets(inst) {
                starts[target.block.index() + 1] += 1;
            }
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut edges = vec![(Inst::from_u32(0), 0); starts[func.blocks.len()] as usize];
        for inst in terminators() {
            for (i, target) in targets(inst).enumerate() {
                let at = &mut next[target.block.index()];
                edges[*at as usize] = (inst, i as u32);
                *at += 1;
            }
        }
        Incoming { starts, edges }
    }

    /// Number of edges into a block.
    fn count(&self, block: Block) -> usize {
        (self.starts[block.index() + 1] - self.starts[block.index()]) as usize
    }

    /// The edges into a block.
    fn edges(&self, block: Block) -> &[(Inst, u32)] {
        let i = block.index();
        &self.edges[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// The targets that lead to a block.
    fn targets<'f>(&self, func: &'f Func, block: Block) -> impl Iterator<Item = &'f Target> {
        self.edges(block)
            .iter()
            .map(|&(inst, i)| func.insts[inst].target(i as usize))
    }
}
