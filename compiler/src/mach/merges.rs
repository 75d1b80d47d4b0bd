//! Keeps the sets of virtual registers small that the allocator tries to put into one register.
//!
//! Problem: `regalloc2` merges a block parameter with its arguments, and what an instruction overwrites with what it reads, to one bundle. Each
//! merge, and each attempt to place a bundle, looks at everything in it. So a variable that flows through ten thousand joins costs
//! the square of that.
//!
//! Algorithm: the sets are what the allocator would merge if no lifetimes were in the way. An argument that would make its parameter's set
//! larger than [`MAX_MENTIONS`] is copied into a new register before the jump, and only the copy belongs to the set. So the work is linear in
//! the size of the function, times a constant. Joins have few enough predecessors for that (`opt::funnels`).

use super::inst::Inst;
use super::isa::Isa;
use super::mir::{Constraint, MBlock, MFunc, VReg};
use crate::entity::EntityId;
use crate::ir::Origin;

/// Operands and arguments in a set beyond which it does not grow. The largest set of CPython, QuickJS, Boolector and Go programs has 11,000. A set of
/// twice that many takes a second.
const MAX_MENTIONS: u32 = 16_384;

/// Before the last instruction of a block.
struct Copy {
    block: usize,
    dst: VReg,
    src: VReg,
}

/// Inserts the copies.
pub fn limit<I: Isa>(isa: &I, func: &mut MFunc<Inst<I>>) {
    let copies = find(func);
    if !copies.is_empty() {
        insert(isa, func, &copies);
    }
}

/// Decides what is copied, and passes the copies on.
fn find<I>(func: &mut MFunc<I>) -> Vec<Copy> {
    let mut sets = Sets {
        parents: (0..func.vreg_count).collect(),
        mentions: vec![0; func.vreg_count as usize],
    };
    for operand in &func.operands {
        sets.mentions[operand.vreg.index()] += 1;
    }
    for inst in 0..func.insts.len() {
        let operands = func.inst_operands(inst);
        for operand in operands {
            if let Constraint::Reuse(read) = operand.constraint {
                sets.join(operand.vreg, operands[read as usize].vreg, u32::MAX);
            }
        }
    }
    let mut copies = Vec::new();
    for block in 0..func.blocks.len() {
        for edge in func.blocks[block].succs.clone() {
            let edge = func.edges[edge as usize].clone();
            let params = func.blocks[edge.to.index()].params.clone();
            for (arg, param) in edge.args.zip(params) {
                let (arg, param) = (arg as usize, func.vregs_pool[param as usize]);
                let src = func.vregs_pool[arg];
                if sets.join(src, param, MAX_MENTIONS) {
                    continue;
                }
                let dst = VReg::new(func.vreg_count, src.class());
                func.vreg_count += 1;
                if !func.references.is_empty() {
                    func.references.push(func.references[src.index()]);
                }
                sets.add(dst);
                sets.join(dst, param, u32::MAX);
                func.vregs_pool[arg] = dst;
                copies.push(Copy { block, dst, src });
            }
        }
    }
    copies
}

/// Disjoint sets of registers.
struct Sets {
    parents: Vec<u32>,
    /// Of roots: operands and arguments in the set.
    mentions: Vec<u32>,
}

impl Sets {
    /// A new register, with its definition.
    fn add(&mut self, reg: VReg) {
        self.parents.push(reg.index() as u32);
        self.mentions.push(1);
    }
    fn root(&mut self, reg: VReg) -> usize {
        let mut at = reg.index();
        while self.parents[at] as usize != at {
            self.parents[at] = self.parents[self.parents[at] as usize];
            at = self.parents[at] as usize;
        }
        at
    }
    /// Makes the sets of two registers one, unless it would be larger than that.
    fn join(&mut self, a: VReg, b: VReg, max: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        let sum = match a == b {
            true => self.mentions[a].saturating_add(1),
            false => self.mentions[a].saturating_add(self.mentions[b]),
        };
        if a != b && sum > max {
            return false;
        }
        let (large, small) = match self.mentions[a] < self.mentions[b] {
            true => (b, a),
            false => (a, b),
        };
        self.parents[small] = large as u32;
        self.mentions[large] = sum;
        true
    }
}

/// Writes the function's instructions anew, with the copies, which are in order of their blocks.
fn insert<I: Isa>(isa: &I, func: &mut MFunc<Inst<I>>, copies: &[Copy]) {
    let room = func.insts.len() + copies.len();
    let operands = func.operands.len() + 2 * copies.len();
    let mut out = MFunc {
        insts: Vec::with_capacity(room),
        locs: Vec::with_capacity(room),
        operands: Vec::with_capacity(operands),
        operand_ends: Vec::with_capacity(room),
        clobbers: Vec::with_capacity(room),
        blocks: std::mem::take(&mut func.blocks),
        edges: std::mem::take(&mut func.edges),
        preds_pool: std::mem::take(&mut func.preds_pool),
        vregs_pool: std::mem::take(&mut func.vregs_pool),
        slots: std::mem::take(&mut func.slots),
        references: std::mem::take(&mut func.references),
        ..*func
    };
    let mut copies = copies.iter().peekable();
    for block in 0..out.blocks.len() {
        let insts = out.block_insts(MBlock::from_u32(block as u32));
        let start = out.insts.len() as u32;
        for inst in insts.clone() {
            if inst + 1 == insts.end {
                while let Some(copy) = copies.next_if(|copy| copy.block == block) {
                    out.push(isa.copy(copy.dst, copy.src), Origin::NONE);
                }
            }
            let operands = func.inst_operands(inst);
            out.operands.extend_from_slice(operands);
            out.operand_ends.push(out.operands.len() as u32);
            out.clobbers.push(func.clobbers[inst]);
            out.insts.push(func.insts[inst].clone());
            out.locs.push(func.locs[inst]);
        }
        out.blocks[block].insts = start..out.insts.len() as u32;
    }
    *func = out;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mach::mir::RegClass;

    #[test]
    fn sets_stop_growing_but_for_themselves() {
        let reg = |index| VReg::new(index, RegClass::Int);
        let mut sets = Sets {
            parents: Vec::new(),
            mentions: Vec::new(),
        };
        for index in 0..6 {
            sets.add(reg(index));
        }
        assert!(sets.join(reg(0), reg(1), 3));
        assert!(sets.join(reg(2), reg(1), 3));
        // A fourth does not fit, nor does another set, but one more mention of what is in it does.
        assert!(!sets.join(reg(3), reg(0), 3));
        assert!(sets.join(reg(3), reg(4), 3));
        assert!(!sets.join(reg(2), reg(4), 3));
        assert!(sets.join(reg(0), reg(2), 3));
        assert_eq!(sets.root(reg(0)), sets.root(reg(2)));
        assert_ne!(sets.root(reg(3)), sets.root(reg(0)));
        assert!(!sets.join(reg(5), reg(0), 4));
        assert!(sets.join(reg(5), reg(0), u32::MAX));
    }
}
