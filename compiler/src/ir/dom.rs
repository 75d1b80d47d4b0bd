//! The dominator tree.
//!
//! Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph" (1979), the simple variant: O(edges · log blocks) for every
//! graph. (What iterates over intersections of predecessors walks up the tree at each of them, which is quadratic where many edges span
//! many blocks: deep `if`s, tables of branches that leave many constructs.)

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
    if count == 0 {
        return Vec::new();
    }
    let (from, edges) = edges(count, preds);
    // From here on nodes are numbers in the order in which a depth-first search meets them. By number: the node, and whom it was met from.
    let mut met: Vec<u32> = Vec::with_capacity(count);
    let mut parent: Vec<u32> = Vec::with_capacity(count);
    let mut number = vec![NONE; count];
    let mut stack = vec![(0, 0)];
    while let Some((node, up)) = stack.pop() {
        if number[node as usize] != NONE {
            continue;
        }
        let at = met.len() as u32;
        number[node as usize] = at;
        met.push(node);
        parent.push(up);
        let succs = from[node as usize] as usize..from[node as usize + 1] as usize;
        stack.extend(edges[succs].iter().map(|&succ| (succ, at)));
    }
    let mut forest = Forest {
        ancestor: vec![NONE; count],
        semi: (0..count as u32).collect(),
        least: (0..count as u32).collect(),
        path: Vec::new(),
    };
    let mut idom = vec![0; count];
    // Lists of the nodes with a semidominator: the first, and the next of each.
    let mut first = vec![NONE; count];
    let mut next = vec![NONE; count];
    let mut known = Vec::new();
    for w in (1..met.len() as u32).rev() {
        known.clear();
        preds(met[w as usize], &mut known);
        for &pred in &known {
            let u = forest.eval(number[pred as usize]);
            let semi = forest.semi[u as usize];
            let own = &mut forest.semi[w as usize];
            *own = semi.min(*own);
        }
        let semi = forest.semi[w as usize] as usize;
        next[w as usize] = std::mem::replace(&mut first[semi], w);
        let up = parent[w as usize];
        forest.ancestor[w as usize] = up;
        let mut v = std::mem::replace(&mut first[up as usize], NONE);
        while v != NONE {
            let u = forest.eval(v);
            let is_lower = forest.semi[u as usize] < forest.semi[v as usize];
            idom[v as usize] = if is_lower { u } else { up };
            v = next[v as usize];
        }
    }
    for w in 1..met.len() {
        if idom[w] != forest.semi[w] {
            idom[w] = idom[idom[w] as usize];
        }
    }
    let mut out = vec![0; count];
    for (w, &node) in met.iter().enumerate() {
        out[node as usize] = met[idom[w] as usize];
    }
    out
}

/// Successors of each node: where they begin, the end, and all of them.
fn edges(count: usize, preds: &dyn Fn(u32, &mut Vec<u32>)) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut known = Vec::new();
    for node in 0..count as u32 {
        preds(node, &mut known);
        pairs.extend(known.drain(..).map(|pred| (pred, node)));
    }
    let mut from = vec![0; count + 1];
    for &(pred, _) in &pairs {
        from[pred as usize + 1] += 1;
    }
    for i in 0..count {
        from[i + 1] += from[i];
    }
    let mut at = from.clone();
    let mut edges = vec![0; pairs.len()];
    for (pred, node) in pairs {
        edges[at[pred as usize] as usize] = node;
        at[pred as usize] += 1;
    }
    (from, edges)
}

const NONE: u32 = u32::MAX;

/// Trees of the nodes that were handled, which are edges of the search's tree with paths compressed.
struct Forest {
    /// Not of roots.
    ancestor: Vec<u32>,
    /// Semidominator as far as it is known.
    semi: Vec<u32>,
    /// Of the nodes from here up to below the ancestor, the one with the least semidominator.
    least: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The node with the least semidominator on the way from a node up to its root, which does not count unless it is the node.
    fn eval(&mut self, node: u32) -> u32 {
        let mut at = node;
        loop {
            let up = self.ancestor[at as usize];
            if up == NONE || self.ancestor[up as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = up;
        }
        while let Some(below) = self.path.pop() {
            let (best, own) = (self.least[at as usize], self.least[below as usize]);
            if self.semi[best as usize] < self.semi[own as usize] {
                self.least[below as usize] = best;
            }
            self.ancestor[below as usize] = self.ancestor[at as usize];
            at = below;
        }
        self.least[node as usize]
    }
}
