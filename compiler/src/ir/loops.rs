//! The loop nest.
//!
//! A loop is the set of blocks that reach a back edge of its header (an edge from a block that the header dominates) without passing
//! the header. Control flow from WebAssembly is reducible, so every cycle is one of these. Each block is visited once for each loop around
//! it that is found through it, in the manner of a disjoint-set walk, so the cost is near-linear.

use super::cfg::Cfg;
use super::dom::DomTree;
use super::{Block, Func};
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
