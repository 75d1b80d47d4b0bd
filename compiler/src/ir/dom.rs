//! The dominator tree.
//!
//! Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm": iterate `idom(b) = intersection of the predecessors` in reverse
//! post-order. Control flow from WebAssembly is reducible, where one round suffices and a second confirms it. Predecessors are taken
//! from the last to the first in that order: where the blocks of a long chain all leave to one place, every intersection is
//! then a single step up the chain, and not a walk along all of it.

use super::cfg::Cfg;
use super::{Block, Func};
use crate::entity::SideMap;

/// Immediate dominators of the reachable blocks.
pub struct DomTree {
    idom: SideMap<Block, Option<Block>>,
    /// Interval of the block in a preorder walk of the tree: dominated blocks lie inside.
    interval: SideMap<Block, (u32, u32)>,
    /// Reachable blocks in preorder: every block behind its dominators, subtrees contiguous.
    pub preorder: Vec<Block>,
}

impl DomTree {
    /// Computes the tree.
    pub fn new(func: &Func, cfg: &Cfg) -> Self {
        let idoms = immediate_dominators(cfg);
        let count = func.blocks.len();
        let mut idom = SideMap::new(None, count);
        // First child and next sibling, by position; a child added later comes first, so go backwards.
        let none = u32::MAX;
        let mut child = vec![none; cfg.rpo.len()];
        let mut sibling = vec![none; cfg.rpo.len()];
        for (i, &block) in cfg.rpo.iter().enumerate().skip(1).rev() {
            let parent = idoms[i] as usize;
            idom[block] = Some(cfg.rpo[parent]);
            sibling[i] = child[parent];
            child[parent] = i as u32;
        }
        let mut interval = SideMap::new((0, 0), count);
        let mut preorder = Vec::with_capacity(cfg.rpo.len());
        let mut stack = Vec::new();
        if !cfg.rpo.is_empty() {
            stack.push((0u32, false));
        }
        while let Some((i, leaving)) = stack.pop() {
            let block = cfg.rpo[i as usize];
            if leaving {
                interval[block].1 = preorder.len() as u32;
                continue;
            }
            interval[block].0 = preorder.len() as u32;
            preorder.push(block);
            stack.push((i, true));
            let first = stack.len();
            let mut c = child[i as usize];
            while c != none {
                stack.push((c, false));
                c = sibling[c as usize];
            }
            stack[first..].reverse();
        }
        DomTree {
            idom,
            interval,
            preorder,
        }
    }

    /// The closest strict dominator; none for the entry and for unreachable blocks.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block]
    }

    /// Whether every way to `b` leads through `a`. Both must be reachable; a block dominates itself.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let ((start, end), (at, _)) = (self.interval[a], self.interval[b]);
        start <= at && at < end
    }
}

/// Immediate dominators as positions in the reverse post-order.
fn immediate_dominators(cfg: &Cfg) -> Vec<u32> {
    let undefined = u32::MAX;
    let mut idom = vec![undefined; cfg.rpo.len()];
    if idom.is_empty() {
        return idom;
    }
    idom[0] = 0;
    let mut preds = Vec::new();
    let mut changed = true;
    while changed {
        changed = false;
        for (i, &block) in cfg.rpo.iter().enumerate().skip(1) {
            preds.clear();
            preds.extend(cfg.preds(block).iter().map(|&p| cfg.position(p) as u32));
            preds.retain(|&p| idom[p as usize] != undefined);
            preds.sort_unstable_by_key(|&p| std::cmp::Reverse(p));
            let new = preds
                .iter()
                .copied()
                .reduce(|a, b| intersect(&idom, a, b))
                .unwrap_or(undefined);
            if idom[i] != new {
                idom[i] = new;
                changed = true;
            }
        }
    }
    idom
}

fn intersect(idom: &[u32], a: u32, b: u32) -> u32 {
    let (mut a, mut b) = (a, b);
    while a != b {
        while a > b {
            a = idom[a as usize];
        }
        while b > a {
            b = idom[b as usize];
        }
    }
    a
}
