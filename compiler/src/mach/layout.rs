//! Block order: in which order blocks are lowered, allocated and emitted.
//!
//! Every block comes after those that dominate it (lowering needs that), the blocks of a loop are contiguous (the allocator's ranges
//! are short, the code is compact), and cold blocks come last.
//!
//! Algorithm: reverse postorder; loops from its back edges, inner ones first, each collapsed into its header with a
//! union-find; then the tree in which a block's parent is the header of the innermost loop around it is listed in preorder, siblings in
//! reverse postorder. A block is cold if it ends in a trap, or only leads to cold blocks, or is only reached from cold blocks; cold
//! blocks keep their relative order, and what a cold block dominates is cold, so dominance survives the move.
//! An irreducible graph (none comes from Wasm) keeps the plain reverse postorder.

use super::edges::for_each_target;
use crate::entity::EntityId;
use crate::ir::{Block, Func, Op};

/// Blocks in order with what is known of each.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Reachable blocks, entry first.
    pub blocks: Vec<Block>,
    /// By position: expected never to run.
    pub cold: Vec<bool>,
}

/// Orders the reachable blocks of a function.
pub fn order(func: &Func) -> Order {
    let graph = Graph::new(func);
    let blocks = match graph.loop_headers() {
        Some(headers) => graph.contiguous(&headers),
        None => (0..graph.len()).collect(),
    };
    let cold = graph.cold(func);
    let mut order = Order::default();
    for wanted in [false, true] {
        for &n in &blocks {
            if cold[n] == wanted {
                order.blocks.push(graph.rpo[n]);
                order.cold.push(wanted);
            }
        }
    }
    order
}

/// The graph over reverse postorder numbers.
struct Graph {
    /// Block of each number.
    rpo: Vec<Block>,
    /// Predecessors of number `n`: `preds[pred_starts[n]..pred_starts[n + 1]]`.
    preds: Vec<usize>,
    pred_starts: Vec<usize>,
    /// Successors, in the same form.
    succs: Vec<usize>,
    succ_starts: Vec<usize>,
}

impl Graph {
    fn new(func: &Func) -> Graph {
        let mut rpo = postorder(func);
        rpo.reverse();
        let mut numbers = vec![usize::MAX; func.blocks.len()];
        for (n, block) in rpo.iter().enumerate() {
            numbers[block.index()] = n;
        }
        let mut succs = Vec::new();
        let mut succ_starts = vec![0];
        for &block in &rpo {
            each_successor(func, block, |s| succs.push(numbers[s.index()]));
            succ_starts.push(succs.len());
        }
        let mut pred_starts = vec![0; rpo.len() + 1];
        for &s in &succs {
            pred_starts[s + 1] += 1;
        }
        for n in 0..rpo.len() {
            pred_starts[n + 1] += pred_starts[n];
        }
        let mut fill = pred_starts.clone();
        let mut preds = vec![0; succs.len()];
        for n in 0..rpo.len() {
            for &s in &succs[succ_starts[n]..succ_starts[n + 1]] {
                preds[fill[s]] = n;
                fill[s] += 1;
            }
        }
        Graph {
            rpo,
            preds,
            pred_starts,
            succs,
            succ_starts,
        }
    }
    fn len(&self) -> usize {
        self.rpo.len()
    }
    fn preds(&self, n: usize) -> &[usize] {
        &self.preds[self.pred_starts[n]..self.pred_starts[n + 1]]
    }
    fn succs(&self, n: usize) -> &[usize] {
        &self.succs[self.succ_starts[n]..self.succ_starts[n + 1]]
    }

    /// Header of the innermost loop around each block (for a header: around its loop), or `usize::MAX`.
    fn loop_headers(&self) -> Option<Vec<usize>> {
        let mut headers = vec![usize::MAX; self.len()];
        let mut leaders: Vec<usize> = (0..self.len()).collect();
        let mut work = Vec::new();
        for header in (0..self.len()).rev() {
            work.extend(self.preds(header).iter().filter(|&&p| p >= header));
            while let Some(n) = work.pop() {
                let n = find(&mut leaders, n);
                if n == header {
                    continue;
                }
                if n < header {
                    return None;
                }
                headers[n] = header;
                leaders[n] = header;
                work.extend(self.preds(n));
            }
        }
        Some(headers)
    }

    /// Numbers in preorder of the loop tree.
    fn contiguous(&self, headers: &[usize]) -> Vec<usize> {
        let root = self.len();
        let mut first_child = vec![usize::MAX; self.len() + 1];
        let mut sibling = vec![usize::MAX; self.len()];
        for n in (0..self.len()).rev() {
            let parent = headers[n].min(root);
            sibling[n] = std::mem::replace(&mut first_child[parent], n);
        }
        let mut result = Vec::with_capacity(self.len());
        let mut stack = vec![first_child[root]];
        while let Some(n) = stack.pop() {
            if n == usize::MAX {
                continue;
            }
            result.push(n);
            stack.push(sibling[n]);
            stack.push(first_child[n]);
        }
        result
    }

    fn cold(&self, func: &Func) -> Vec<bool> {
        let mut cold = vec![false; self.len()];
        for n in (1..self.len()).rev() {
            let terminator = func.blocks[self.rpo[n]]
                .insts
                .last()
                .map(|&i| func.insts[i].op);
            let succs = self.succs(n);
            cold[n] =
                terminator == Some(Op::Trap) || !succs.is_empty() && succs.iter().all(|&s| cold[s]);
        }
        for n in 1..self.len() {
            cold[n] = cold[n] || self.preds(n).iter().all(|&p| p >= n || cold[p]);
        }
        cold
    }
}

/// Representative of a collapsed loop, with path halving.
fn find(leaders: &mut [usize], mut n: usize) -> usize {
    while leaders[n] != n {
        leaders[n] = leaders[leaders[n]];
        n = leaders[n];
    }
    n
}

fn each_successor(func: &Func, block: Block, mut visit: impl FnMut(Block)) {
    let terminator = *func.blocks[block]
        .insts
        .last()
        .expect("block without terminator");
    for_each_target(&func.insts[terminator].imm, |t| visit(t.block));
}

/// Depth-first postorder. The last target is visited first, so that the first one follows its block in reverse postorder.
fn postorder(func: &Func) -> Vec<Block> {
    let mut seen = vec![false; func.blocks.len()];
    let mut result = Vec::with_capacity(func.layout.len());
    // A block on the stack waits for its visit, or, where the flag is set, for the end of its successors'.
    let mut stack = vec![(func.layout[0], false)];
    while let Some((block, done)) = stack.pop() {
        if done {
            result.push(block);
        } else if !std::mem::replace(&mut seen[block.index()], true) {
            stack.push((block, true));
            each_successor(func, block, |s| {
                if !seen[s.index()] {
                    stack.push((s, false));
                }
            });
        }
    }
    result
}
