//! The control-flow graph: predecessors and reverse post-order.

use super::{Block, Func, Imm};
use crate::entity::{EntityId, SideMap};

/// Edges and order of a function's blocks, as of when it was computed.
pub struct Cfg {
    /// Reachable blocks, every block before its successors except along back edges; the entry first.
    pub rpo: Vec<Block>,
    /// Position in `rpo`, or `UNREACHABLE`.
    order: SideMap<Block, u32>,
    /// `edges[starts[b] .. starts[b + 1]]` are the predecessors of `b`.
    starts: Vec<u32>,
    edges: Vec<Block>,
}

const UNREACHABLE: u32 = u32::MAX;

impl Cfg {
    /// Computes the graph. Every listed block must have its terminator.
    pub fn new(func: &Func) -> Self {
        let rpo = reverse_post_order(func);
        let mut order = SideMap::new(UNREACHABLE, func.blocks.len());
        for (i, &block) in rpo.iter().enumerate() {
            order[block] = i as u32;
        }
        let mut starts = vec![0; func.blocks.len() + 1];
        for &block in &rpo {
            for succ in successors(func, block) {
                starts[succ.index() + 1] += 1;
            }
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut edges = vec![Block::from_u32(0); *starts.last().unwrap_or(&0) as usize];
        for &block in &rpo {
            for succ in successors(func, block) {
                edges[next[succ.index()] as usize] = block;
                next[succ.index()] += 1;
            }
        }
        Cfg {
            rpo,
            order,
            starts,
            edges,
        }
    }

    /// Reachable predecessors, one entry for each edge.
    pub fn preds(&self, block: Block) -> &[Block] {
        let i = block.index();
        &self.edges[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Whether control can get there.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.order[block] != UNREACHABLE
    }

    /// Position in `rpo` of a reachable block.
    pub fn position(&self, block: Block) -> usize {
        self.order[block] as usize
    }
}

/// Where control can go at the end of a block, one item for each edge.
pub fn successors(func: &Func, block: Block) -> impl DoubleEndedIterator<Item = Block> {
    func.terminator(block)
        .into_iter()
        .flat_map(|inst| inst.targets().map(|target| target.block))
}

/// Whether a block ends in a branch that is known to go the second way rather than the first.
fn is_rather_second(func: &Func, block: Block) -> bool {
    let terminator = func.terminator(block).map(|it| &it.imm);
    matches!(terminator, Some(Imm::Branch { odds: Some(odds), .. }) if odds.then < odds.or_else)
}

fn reverse_post_order(func: &Func) -> Vec<Block> {
    let Some(&entry) = func.layout.first() else {
        return Vec::new();
    };
    let mut seen = vec![false; func.blocks.len()];
    let mut order = Vec::with_capacity(func.layout.len());
    // Enter and leave events. Successors are pushed first to last, so the last is visited first and the first ends up
    // directly behind the block; the other way round where the second is known to be the likely one.
    let mut stack = vec![(entry, false)];
    while let Some((block, leaving)) = stack.pop() {
        if leaving {
            order.push(block);
        } else if !seen[block.index()] {
            seen[block.index()] = true;
            stack.push((block, true));
            let unseen = successors(func, block).filter(|succ| !seen[succ.index()]);
            let first = stack.len();
            stack.extend(unseen.map(|succ| (succ, false)));
            if is_rather_second(func, block) {
                stack[first..].reverse();
            }
        }
    }
    order.reverse();
    order
}
