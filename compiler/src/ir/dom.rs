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
    tree: Tree,
    /// The closest strict dominator of each block.
    idom: SideMap<Block, Option<Block>>,
    /// Position of each block in `Cfg::rpo`, which numbers the tree's nodes.
    positions: SideMap<Block, u32>,
    /// Reachable blocks in preorder: every block behind its dominators, subtrees contiguous.
    pub preorder: Vec<Block>,
}

impl DomTree {
    /// Computes the tree.
    pub fn new(func: &Func, cfg: &Cfg) -> Self {
        let tree = Tree::new(cfg.rpo.len(), &|node, preds| {
            let block = cfg.rpo[node as usize];
            preds.extend(cfg.preds(block).iter().map(|&p| cfg.position(p) as u32));
        });
        let mut idom = SideMap::new(None, func.blocks.len());
        let mut positions = SideMap::new(0, func.blocks.len());
        for (i, &block) in cfg.rpo.iter().enumerate() {
            positions[block] = i as u32;
            if i != 0 {
                idom[block] = Some(cfg.rpo[tree.idom[i] as usize]);
            }
        }
        let preorder = tree.preorder.iter().map(|&i| cfg.rpo[i as usize]);
        DomTree {
            preorder: preorder.collect(),
            tree,
            idom,
            positions,
        }
    }

    /// The closest strict dominator; none for the entry and for unreachable blocks.
    pub fn idom(&self, block: Block) -> Option<Block> {
        self.idom[block]
    }

    /// Whether every way to `b` leads through `a`. Both must be reachable; a block dominates itself.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        self.tree.dominates(self.positions[a], self.positions[b])
    }
}

/// The dominator tree of any graph whose nodes are numbers.
pub struct Tree {
    /// Immediate dominators; the entry's is itself.
    pub idom: Vec<u32>,
    /// Interval of the node in a preorder walk of the tree: dominated nodes lie inside.
    interval: Vec<(u32, u32)>,
    /// The walk.
    pub preorder: Vec<u32>,
}

impl Tree {
    /// Computes the tree of nodes `0..count`, all reachable from 0 and numbered behind their dominators. `preds` appends a node's predecessors.
    pub fn new(count: usize, preds: &dyn Fn(u32, &mut Vec<u32>)) -> Tree {
        let idom = immediate_dominators(count, preds);
        // First child and next sibling; a child added later comes first, so go backwards.
        let none = u32::MAX;
        let mut child = vec![none; count];
        let mut sibling = vec![none; count];
        for i in (1..count).rev() {
            let parent = idom[i] as usize;
            sibling[i] = child[parent];
            child[parent] = i as u32;
        }
        let mut interval = vec![(0, 0); count];
        let mut preorder = Vec::with_capacity(count);
        let mut stack = Vec::new();
        if count != 0 {
            stack.push((0u32, false));
        }
        while let Some((i, leaving)) = stack.pop() {
            if leaving {
                interval[i as usize].1 = preorder.len() as u32;
                continue;
            }
            interval[i as usize].0 = preorder.len() as u32;
            preorder.push(i);
            stack.push((i, true));
            let first = stack.len();
            let mut c = child[i as usize];
            while c != none {
                stack.push((c, false));
                c = sibling[c as usize];
            }
            stack[first..].reverse();
        }
        Tree {
            idom,
            interval,
            preorder,
        }
    }

    /// Whether every way to `b` leads through `a`; a node dominates itself.
    pub fn dominates(&self, a: u32, b: u32) -> bool {
        let ((start, end), (at, _)) = (self.interval[a as usize], self.interval[b as usize]);
        start <= at && at < end
    }
}

fn immediate_dominators(count: usize, preds: &dyn Fn(u32, &mut Vec<u32>)) -> Vec<u32> {
    let undefined = u32::MAX;
    let mut idom = vec![undefined; count];
    if idom.is_empty() {
        return idom;
    }
    idom[0] = 0;
    let mut known = Vec::new();
    let mut changed = true;
    while changed {
        changed = false;
        for i in 1..count {
            known.clear();
            preds(i as u32, &mut known);
            known.retain(|&p| idom[p as usize] != undefined);
            known.sort_unstable_by_key(|&p| std::cmp::Reverse(p));
            let new = known
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
