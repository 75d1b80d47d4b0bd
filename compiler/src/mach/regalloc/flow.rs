//! What the allocator knows of a function's control flow: dominators, loops, how often blocks run.

use crate::entity::EntityId;
use crate::ir::dom::Tree;
use crate::mach::mir::{MBlock, MFunc, PRegSet};
use std::cmp::Ordering;

/// No block, loop or register.
pub const NONE: u32 = u32::MAX;

/// Dominators that are looked at in search of a common one.
const MAX_STEPS: u32 = 256;

/// A natural loop.
#[derive(Clone, Debug)]
pub struct Loop {
    pub header: u32,
    /// The loop around it.
    pub parent: u32,
    pub depth: u32,
    /// Registers that instructions in it take away from values that live over them, those of blocks that are expected to run.
    pub blocked: PRegSet,
    /// The most values of each class that are live at one place in it.
    pub pressure: [u32; 2],
}

impl Loop {
    /// Adds what a part of it takes away and needs.
    pub fn needs(&mut self, blocked: PRegSet, pressure: [u32; 2]) {
        self.blocked = self.blocked.union(blocked);
        for (most, now) in self.pressure.iter_mut().zip(pressure) {
            *most = (*most).max(now);
        }
    }
}

/// Control flow of a function.
pub struct Flow {
    pub tree: Tree,
    pub loops: Vec<Loop>,
    /// By block: the innermost loop that it is in.
    pub innermost: Vec<u32>,
    /// By block: how often it runs, roughly; the entry once. Where no profile says so, by the loops around it alone: what is in registers where ways meet had better
    /// not depend on guesses (zstd executes 2.5 % more instructions with them).
    pub weights: Vec<f32>,
    /// By block: the same, with what is guessed of branches.
    pub guesses: Vec<f32>,
}

impl Flow {
    pub fn new<I>(func: &MFunc<I>) -> Flow {
        let count = func.blocks.len();
        let tree = Tree::new(count, &|node, preds| {
            let block = MBlock::from_u32(node);
            preds.extend(func.preds(block).iter().map(|p| p.index() as u32));
        });
        let mut flow = Flow {
            tree,
            loops: Vec::new(),
            innermost: vec![NONE; count],
            weights: vec![1.0; count],
            guesses: Vec::with_capacity(count),
        };
        flow.find_loops(func);
        for (block, weight) in flow.weights.iter_mut().enumerate() {
            let depth = match flow.innermost[block] {
                NONE => 0,
                it => flow.loops[it as usize].depth,
            };
            *weight = 8f32.powi(depth.min(10) as i32);
            if func.blocks[block].cold {
                *weight /= 1024.0;
            }
            // A profile of short runs says little of what is rare.
            let known = func.blocks[block].weight;
            let known = known.map(|it| it.max(1.0 / 1024.0));
            *weight = known.filter(|_| func.is_profiled).unwrap_or(*weight);
            flow.guesses.push(known.unwrap_or(*weight));
        }
        flow
    }

    /// Inner loops first: their headers come behind those of the loops around them.
    fn find_loops<I>(&mut self, func: &MFunc<I>) {
        // The outermost loop found so far around each loop.
        let mut tops: Vec<u32> = Vec::new();
        let mut work: Vec<u32> = Vec::new();
        for header in (0..func.blocks.len() as u32).rev() {
            let preds = func.preds(MBlock::from_u32(header)).iter();
            let latches = preds.map(|p| p.index() as u32);
            work.extend(latches.filter(|&p| p >= header && self.tree.dominates(header, p)));
            if work.is_empty() {
                continue;
            }
            let this = self.loops.len() as u32;
            self.loops.push(Loop {
                header,
                parent: NONE,
                depth: 0,
                blocked: PRegSet::EMPTY,
                pressure: [0; 2],
            });
            tops.push(this);
            self.innermost[header as usize] = this;
            while let Some(block) = work.pop() {
                let entered = match self.innermost[block as usize] {
                    NONE => {
                        self.innermost[block as usize] = this;
                        block
                    }
                    inner => {
                        let top = top(&mut tops, inner);
                        if top == this {
                            continue;
                        }
                        self.loops[top as usize].parent = this;
                        tops[top as usize] = this;
                        self.loops[top as usize].header
                    }
                };
                let preds = func.preds(MBlock::from_u32(entered)).iter();
                work.extend(preds.map(|p| p.index() as u32));
            }
        }
        for index in (0..self.loops.len()).rev() {
            self.loops[index].depth = match self.loops[index].parent {
                NONE => 1,
                parent => self.loops[parent as usize].depth + 1,
            };
        }
    }

    /// The loop that the block is the header of.
    pub fn headed(&self, block: u32) -> Option<&Loop> {
        let inner = self.innermost[block as usize];
        (inner != NONE)
            .then(|| &self.loops[inner as usize])
            .filter(|it| it.header == block)
    }

    pub fn depth(&self, block: u32) -> u32 {
        match self.innermost[block as usize] {
            NONE => 0,
            inner => self.loops[inner as usize].depth,
        }
    }

    /// Whether every loop around `a` is around `b` too.
    pub fn is_as_deep(&self, a: u32, b: u32) -> bool {
        let (outer, mut inner) = (self.innermost[a as usize], self.innermost[b as usize]);
        if outer == NONE {
            return true;
        }
        let depth = self.loops[outer as usize].depth;
        while inner != NONE && self.loops[inner as usize].depth > depth {
            inner = self.loops[inner as usize].parent;
        }
        inner == outer
    }

    /// The closest block that dominates both, or `root`, which dominates both, if that one is far.
    pub fn common(&self, mut a: u32, mut b: u32, root: u32) -> u32 {
        for _ in 0..MAX_STEPS {
            match a.cmp(&b) {
                Ordering::Greater => a = self.tree.idom[a as usize],
                Ordering::Less => b = self.tree.idom[b as usize],
                Ordering::Equal => return a,
            }
        }
        root
    }
}

fn top(tops: &mut [u32], of: u32) -> u32 {
    let mut at = of;
    while tops[at as usize] != at {
        let next = tops[at as usize];
        tops[at as usize] = tops[next as usize];
        at = next;
    }
    at
}
