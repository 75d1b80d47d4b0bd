//! The loop nest and static execution frequencies.
//!
//! A loop is the set of blocks that reach a back edge of its header (an edge from a block that the header dominates) without passing
//! the header. Control flow from WebAssembly is reducible, so every cycle is one of these. Each block is visited once for each loop around
//! it that is found through it, in the manner of a disjoint-set walk, so the cost is near-linear.

use super::cfg::{Cfg, successors};
use super::dom::DomTree;
use super::{Block, Func, Op};
use crate::entity::SideMap;

/// A loop.
#[derive(Clone, Debug)]
pub struct LoopData {
    pub header: Block,
    /// The next loop around it.
    pub parent: Option<usize>,
    /// 1 for an outermost loop.
    pub depth: u32,
}

/// All loops of a function.
pub struct Loops {
    /// Inner loops before outer ones.
    pub loops: Vec<LoopData>,
    innermost: SideMap<Block, Option<usize>>,
}

/// Iterations that a loop is assumed to make.
const TRIPS: f32 = 8.0;
/// Share of executions that take an edge which soon traps.
const COLD: f32 = 1.0 / 1024.0;

impl Loops {
    /// Finds the loops.
    pub fn new(func: &Func, cfg: &Cfg, dom: &DomTree) -> Self {
        let mut loops: Vec<LoopData> = Vec::new();
        // Disjoint sets of nested loops, by the outermost.
        let mut around: Vec<usize> = Vec::new();
        let mut innermost: SideMap<Block, Option<usize>> = SideMap::new(None, func.blocks.len());
        let mut work = Vec::new();
        // Headers from the inside out: a header comes before the headers that dominate it.
        for &header in cfg.rpo.iter().rev() {
            let latches = cfg.preds(header).iter().copied();
            work.extend(latches.filter(|&latch| dom.dominates(header, latch)));
            if work.is_empty() {
                continue;
            }
            let id = loops.len();
            around.push(id);
            loops.push(LoopData {
                header,
                parent: None,
                depth: 0,
            });
            while let Some(block) = work.pop() {
                // Climb to the outermost loop found so far around the block, and make it a part of this one.
                let entered = match innermost[block] {
                    None => {
                        innermost[block] = Some(id);
                        block
                    }
                    Some(inner) => {
                        let outer = outermost(&mut around, inner);
                        if outer == id {
                            continue;
                        }
                        around[outer] = id;
                        loops[outer].parent = Some(id);
                        loops[outer].header
                    }
                };
                if entered != header {
                    work.extend_from_slice(cfg.preds(entered));
                }
            }
        }
        for id in (0..loops.len()).rev() {
            // Parents are found later than their children.
            loops[id].depth = 1 + loops[id].parent.map_or(0, |parent| loops[parent].depth);
        }
        Loops { loops, innermost }
    }

    /// The innermost loop around a block, an index into `loops`.
    pub fn innermost(&self, block: Block) -> Option<usize> {
        self.innermost[block]
    }

    /// Number of loops around a block.
    pub fn depth(&self, block: Block) -> u32 {
        self.innermost[block].map_or(0, |id| self.loops[id].depth)
    }

    /// Whether the block is the header of a loop.
    pub fn is_header(&self, block: Block) -> bool {
        self.innermost[block].is_some_and(|id| self.loops[id].header == block)
    }

    /// Whether the loop contains the block.
    pub fn contains(&self, id: usize, block: Block) -> bool {
        let mut at = self.innermost[block];
        while let Some(inner) = at {
            if inner == id {
                return true;
            }
            at = self.loops[inner].parent;
        }
        false
    }

    /// How often each reachable block runs for one run of the function, by guess: loops make a fixed number of trips, leaving a loop
    /// is as rare as that makes it, and what leads to a trap is cold.
    pub fn frequencies(&self, func: &Func, cfg: &Cfg) -> SideMap<Block, f32> {
        let cold = cold_blocks(func, cfg);
        let mut frequency: SideMap<Block, f32> = SideMap::new(0.0, func.blocks.len());
        for (i, &block) in cfg.rpo.iter().enumerate() {
            if i == 0 {
                frequency[block] += 1.0;
            }
            if self.is_header(block) {
                frequency[block] *= TRIPS;
            }
            let weight = |succ: Block| {
                let leaves = self.innermost[block].is_some_and(|id| !self.contains(id, succ));
                match (cold[succ] && !cold[block], leaves) {
                    (true, _) => COLD,
                    (false, true) => 1.0 / (TRIPS - 1.0),
                    (false, false) => 1.0,
                }
            };
            let total: f32 = successors(func, block).map(weight).sum();
            let here = frequency[block];
            for succ in successors(func, block) {
                // Back edges are part of the header's factor.
                if cfg.position(succ) > i {
                    frequency[succ] += here * weight(succ) / total;
                }
            }
        }
        frequency
    }
}

/// The outermost loop found so far around a loop. Halves the way for those who come later.
fn outermost(around: &mut [usize], id: usize) -> usize {
    let mut id = id;
    while around[id] != id {
        around[id] = around[around[id]];
        id = around[id];
    }
    id
}

/// Blocks from which every way that is not a back edge leads to a trap.
fn cold_blocks(func: &Func, cfg: &Cfg) -> SideMap<Block, bool> {
    let mut cold = SideMap::new(false, func.blocks.len());
    for &block in cfg.rpo.iter().rev() {
        let traps = func
            .terminator(block)
            .is_some_and(|inst| inst.op == Op::Trap);
        let mut succs = successors(func, block).peekable();
        let leads = succs.peek().is_some() && succs.all(|succ| cold[succ]);
        cold[block] = traps || leads;
    }
    cold
}
