//! Vectors in counted loops.
//!
//! A loop of one block that steps through memory computes several rounds at a time: what its rounds store, and what they add to sums, are lanes of vectors. The loop stays as it
//! is. Before it, a test decides at run time how many rounds, all but a few of the last, can be done in a loop of vectors:
//!
//! ```text
//! entry:   how many rounds are certain to come?        few: the loop as it was
//! checks:  do all accesses of these rounds lie in memory, and apart from what is stored?     no: the loop as it was
//! before:  what is the same in all rounds, as vectors
//! vectors: `rounds` rounds at a time
//! after:   sums of lanes, where the parameters of the loop are by now
//! loop:    the rest, at least one round
//! ```
//!
//! So nothing traps in the loop of vectors, and no store is seen by a load that it was not seen by. Every lane computes what the round computed, bit for bit: floating-point
//! numbers are not added in another order. Bodies that are unrolled by the producer are found to be so: what lies side by side in one round and in the next is one row of lanes.
//!
//! - [`linear`]: numbers that grow by the same amount in each round,
//! - [`access`]: what of memory is accessed, and which accesses may touch the same bytes,
//! - [`plan`]: which values become vectors, and whether it pays,
//! - [`emit`]: the blocks above.

mod access;
mod emit;
mod linear;
mod plan;

use super::{Cx, Incoming};
use crate::ir::cfg::Cfg;
use crate::ir::dom::DomTree;
use crate::ir::{Block, Builder, Func, Imm, Inst, IntCc, MemId, Op, Type, Value, ValueDef};
use linear::{Linear, Linears};
use std::collections::HashMap;

/// Instructions of a loop that is looked at.
const MOST_INSTRUCTIONS: usize = 160;

/// Rounds, on average, below which a loop is not worth it.
const LEAST_ROUNDS: f32 = 8.0;

/// Runs the pass.
pub fn run(func: &mut Func, cx: &Cx) {
    let jumps_to_itself = |&block: &Block| {
        let targets = func.terminator(block).into_iter().flat_map(|t| t.targets());
        targets.filter(|t| t.block == block).count() == 1
            && func.blocks[block].insts.len() <= MOST_INSTRUCTIONS
            && may_pay(func, block)
    };
    let blocks: Vec<Block> = func
        .layout
        .iter()
        .copied()
        .filter(jumps_to_itself)
        .collect();
    if blocks.is_empty() {
        return;
    }
    let cfg = Cfg::new(func);
    let dom = DomTree::new(func, &cfg);
    let incoming = Incoming::new(func);
    let old = func.layout.clone();
    let mut b = Builder::new(func, true);
    let mut added: HashMap<Block, Vec<Block>> = HashMap::new();
    for block in blocks {
        let preds = cfg.preds(block).iter();
        let latches = preds.filter(|&&pred| dom.dominates(block, pred)).count();
        if latches != 1 {
            continue;
        }
        let planned = Loop::new(b.func, &incoming, block)
            .and_then(|it| plan::best(b.func, cx.program, &it).map(|plan| (it, plan)));
        if let Some((it, plan)) = planned {
            added.insert(block, emit::emit(&mut b, cx.program, &it, &plan));
        }
    }
    func.layout.clear();
    for block in old {
        func.layout.extend(added.remove(&block).unwrap_or_default());
        func.layout.push(block);
    }
}

/// Whether a loop has rounds enough for one of vectors, as far as that is known.
fn may_pay(func: &Func, block: Block) -> bool {
    if func.entries.is_none() {
        return true;
    }
    match func.terminator(block).map(|it| &it.imm) {
        // The profile does not know of anybody who was there.
        Some(Imm::Branch { odds: None, .. }) => false,
        Some(Imm::Branch {
            then,
            odds: Some(odds),
            ..
        }) => {
            let [then_share, other_share] = odds.probabilities();
            let leaves = if then.block == block {
                other_share
            } else {
                then_share
            };
            leaves * LEAST_ROUNDS <= 1.0
        }
        _ => true,
    }
}

/// A loop of one block.
struct Loop {
    block: Block,
    /// The edges from outside.
    entries: Vec<(Inst, u32)>,
    /// The place in the block of its instructions.
    positions: HashMap<Inst, usize>,
    /// Of each parameter: what the next round gets.
    next: Vec<Value>,
    /// Of each parameter, if there is one edge from outside: what the first round gets, where that is known before the edge.
    first: Option<Vec<Value>>,
    /// A round is followed by another one while this holds.
    goes_on: Condition,
}

/// A comparison of what changes with what does not.
struct Condition {
    cc: IntCc,
    value: Linear,
    bound: Linear,
}

impl Loop {
    fn new(func: &Func, incoming: &Incoming, block: Block) -> Option<Loop> {
        let insts = &func.blocks[block].insts;
        let (&end, _) = insts.split_last()?;
        let data = &func.insts[end];
        let Imm::Branch { then, or_else, .. } = &data.imm else {
            return None;
        };
        let stays = then.block == block;
        let back = if stays { then } else { or_else };
        let entries: Vec<(Inst, u32)> = incoming.edges(block).to_vec();
        let entries: Vec<(Inst, u32)> = entries
            .into_iter()
            .filter(|(inst, _)| *inst != end)
            .collect();
        let first = match entries[..] {
            [(inst, i)] if func.insts[inst].op != Op::Try => {
                Some(func.insts[inst].target(i as usize).args.to_vec())
            }
            _ => None,
        };
        let positions = insts
            .iter()
            .enumerate()
            .map(|(i, &inst)| (inst, i))
            .collect();
        let mut it = Loop {
            block,
            entries,
            positions,
            next: back.args.to_vec(),
            first,
            goes_on: Condition {
                cc: IntCc::Ne,
                value: Linear::constant(0),
                bound: Linear::constant(0),
            },
        };
        it.goes_on = condition(func, &it, data.args[0], stays)?;
        Some(it)
    }

    /// Whether the value is made anew in each round.
    fn changes(&self, func: &Func, value: Value) -> bool {
        match func.values[value].def {
            ValueDef::Param(block, _) => block == self.block,
            ValueDef::Result(inst, _) => self.positions.contains_key(&inst),
        }
    }

    /// The parameter's number, if the value is one.
    fn param(&self, func: &Func, value: Value) -> Option<usize> {
        match func.values[value].def {
            ValueDef::Param(block, index) if block == self.block => Some(index as usize),
            _ => None,
        }
    }
}

/// What a branch's operand compares; `holds`: whether the loop goes on if it is not zero.
fn condition(func: &Func, it: &Loop, operand: Value, holds: bool) -> Option<Condition> {
    let mut linears = Linears::new(func, it);
    let compared = func.def(operand).map(|inst| &func.insts[inst]);
    let (cc, a, b) = match compared {
        Some(data) if data.op == Op::Icmp && data.ty == Type::I32 => {
            let Imm::IntCc(cc) = data.imm else {
                return None;
            };
            (cc, linears.of(data.args[0])?, linears.of(data.args[1])?)
        }
        _ => (IntCc::Ne, linears.of(operand)?, Linear::constant(0)),
    };
    let cc = if holds { cc } else { cc.inverse() };
    let (cc, value, bound) = match (a.step, b.step) {
        (0, 0) => return None,
        (_, 0) => (cc, a, b),
        (0, _) => (cc.swapped(), b, a),
        // The two come nearer, or farther from each other; only whether they meet can be said so.
        _ if cc == IntCc::Ne => (cc, a.minus(&b)?, Linear::constant(0)),
        _ => return None,
    };
    let up = (value.step as i32) > 0;
    let is_counted = match cc {
        IntCc::Ne => value.step != 0,
        IntCc::LtS | IntCc::LtU | IntCc::LeS | IntCc::LeU => up,
        IntCc::GtS | IntCc::GtU | IntCc::GeS | IntCc::GeU => !up,
        IntCc::Eq => false,
    };
    is_counted.then_some(Condition { cc, value, bound })
}

/// The memory that an access names, if its addresses have 32 bits.
fn memory(program: &crate::ir::Program, mem: MemId) -> Option<MemId> {
    (!program.memories[mem].is_wide()).then_some(mem)
}
