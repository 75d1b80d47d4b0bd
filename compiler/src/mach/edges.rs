//! The control-flow graph as lowering needs it: numbers of machine blocks, distinct edges, which of them are critical.
//!
//! Edges of one block with the same target and arguments are one edge (a `br_table` with thousands of equal entries has few edges).
//! An edge is split (gets a block of its own for its moves) if its source has several edges and its target has several
//! predecessors, and always in the case of a `try`. The machine block of a split edge directly follows its source's; of several, the one that leads to the next
//! block comes last, so that it can fall through.

use super::layout::Order;
use super::mir::MBlock;
use crate::entity::EntityId;
use crate::ir::{Block, Func, Imm, Inst, Op, Target, Value};
use std::collections::HashMap;
use std::ops::Range;

/// An edge.
#[derive(Clone, Debug)]
pub struct IrEdge {
    pub to: Block,
    /// The terminator, and one of its targets that is this edge. (Neither for the stub's edge.)
    from: Option<(Inst, u32)>,
    /// Machine block of the edge.
    pub split: Option<MBlock>,
    /// The call that has returned on this edge and whose results on the stack the edge's block loads.
    pub loads: Option<Inst>,
}

/// Edges and block numbers of a function.
#[derive(Debug)]
pub struct Edges {
    pub edges: Vec<IrEdge>,
    /// Per position in the order: its edges.
    ranges: Vec<Range<usize>>,
    /// Per position: for each target of the terminator the index of its edge within the range.
    target_edges: Vec<Vec<u32>>,
    /// Machine block of each IR block, by index.
    blocks: Vec<Option<MBlock>>,
    /// Position in the order of each IR block, by index.
    positions: Vec<u32>,
    pub mblock_count: u32,
    /// Machine block 0 is not the entry block but one that leads to it, because the entry block has predecessors.
    pub has_stub: bool,
}

impl Edges {
    /// Numbers machine blocks. `loads`: whether the first edge of a `try` needs a block, for loads of results.
    pub fn new(func: &Func, order: &Order, loads: &dyn Fn(Inst) -> bool) -> Edges {
        let mut this = Edges {
            edges: Vec::with_capacity(2 * order.blocks.len()),
            ranges: Vec::with_capacity(order.blocks.len()),
            target_edges: Vec::with_capacity(order.blocks.len()),
            blocks: vec![None; func.blocks.len()],
            positions: vec![u32::MAX; func.blocks.len()],
            mblock_count: 0,
            has_stub: false,
        };
        let mut preds = vec![0u32; func.blocks.len()];
        for (position, &block) in order.blocks.iter().enumerate() {
            this.positions[block.index()] = position as u32;
            let terminator = *func.blocks[block]
                .insts
                .last()
                .expect("block without terminator");
            this.add(func, terminator);
            for edge in &this.edges[this.ranges[position].clone()] {
                preds[edge.to.index()] += 1;
            }
        }
        let entry = order.blocks[0];
        this.has_stub = preds[entry.index()] != 0;
        if this.has_stub {
            this.mblock_count = 1;
            preds[entry.index()] += 1;
            this.edges.push(IrEdge {
                to: entry,
                from: None,
                split: None,
                loads: None,
            });
        }
        for (position, &block) in order.blocks.iter().enumerate() {
            this.blocks[block.index()] = Some(MBlock::from_u32(this.mblock_count));
            this.mblock_count += 1;
            let range = this.ranges[position].clone();
            // A `try` has operands, so moves of an edge cannot go before it even if it has only one.
            let tries = func.terminator(block).is_some_and(|t| t.op == Op::Try);
            if range.len() < 2 && !tries {
                continue;
            }
            if let Some(&inst) = func.blocks[block].insts.last().filter(|_| tries)
                && loads(inst)
            {
                this.edges[range.start].loads = Some(inst);
            }
            let next = order.blocks.get(position + 1).copied();
            for last in [false, true] {
                for e in range.clone() {
                    let edge = &mut this.edges[e];
                    let needed = preds[edge.to.index()] > 1 || edge.loads.is_some();
                    if needed && (Some(edge.to) == next) == last {
                        edge.split = Some(MBlock::from_u32(this.mblock_count));
                        this.mblock_count += 1;
                    }
                }
            }
        }
        this
    }

    /// Adds the edges of a terminator.
    fn add(&mut self, func: &Func, terminator: Inst) {
        let start = self.edges.len();
        let mut map: Vec<u32> = Vec::new();
        // Few targets are compared, many are hashed.
        let mut seen: HashMap<&Target, u32> = HashMap::new();
        let data = &func.insts[terminator];
        let many = matches!(&data.imm, Imm::BrTable { targets, .. } if targets.len() > 8);
        for target in data.targets() {
            let known = if many {
                seen.get(target).copied()
            } else {
                (start..self.edges.len())
                    .find(|&e| target_of(func, &self.edges[e]) == Some(target))
                    .map(|e| (e - start) as u32)
            };
            let index = known.unwrap_or_else(|| {
                let index = (self.edges.len() - start) as u32;
                self.edges.push(IrEdge {
                    to: target.block,
                    from: Some((terminator, map.len() as u32)),
                    split: None,
                    loads: None,
                });
                if many {
                    seen.insert(target, index);
                }
                index
            });
            map.push(index);
        }
        self.ranges.push(start..self.edges.len());
        self.target_edges.push(map);
    }

    /// Indices of the edges that leave the block at a position.
    pub fn out(&self, position: usize) -> Range<usize> {
        self.ranges[position].clone()
    }
    /// Where the source of an edge goes to: the target's machine block, or the edge's own.
    pub fn successor(&self, edge: usize) -> MBlock {
        let edge = &self.edges[edge];
        edge.split.unwrap_or_else(|| self.block(edge.to))
    }
    /// For each target of the terminator at a position, where it goes to.
    pub fn targets(&self, position: usize) -> Vec<MBlock> {
        let first = self.ranges[position].start;
        self.target_edges[position]
            .iter()
            .map(|&i| self.successor(first + i as usize))
            .collect()
    }
    /// Arguments on an edge.
    pub fn args<'f>(&self, func: &'f Func, edge: usize) -> &'f [Value] {
        target_of(func, &self.edges[edge]).map_or(&[], |t| &t.args)
    }
    /// Machine block of an IR block.
    pub fn block(&self, block: Block) -> MBlock {
        self.blocks[block.index()].expect("edge to a block that is not in the order")
    }
    /// Position of a block in the order.
    pub fn position(&self, block: Block) -> usize {
        self.positions[block.index()] as usize
    }
    /// The edge from the stub to the entry block.
    pub fn stub_edge(&self) -> usize {
        assert!(self.has_stub);
        self.edges.len() - 1
    }
}

fn target_of<'f>(func: &'f Func, edge: &IrEdge) -> Option<&'f Target> {
    let (inst, index) = edge.from?;
    Some(func.insts[inst].target(index as usize))
}
