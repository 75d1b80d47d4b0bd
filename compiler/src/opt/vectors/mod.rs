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
//!
//! A loop that also ends where numbers in memory differ, or where one is found, is a search: what lies ahead is compared as vectors, and the rounds that nothing ends are left out
//! ([`emit::search`]).

mod access;
mod emit;
mod linear;
mod plan;

use super::{Cx, Incoming};
use crate::entity::SideMap;
use crate::ir::cfg;
use crate::ir::{Block, Builder, Func, Imm, Inst, IntCc, MemId, Op, Type, Value, ValueDef};
use linear::{Linear, Linears};
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};

/// Instructions of a loop that is looked at.
const MOST_INSTRUCTIONS: usize = 160;

/// Blocks of one.
const MOST_BLOCKS: usize = 4;

/// Rounds, on average, below which a loop is not worth it.
const LEAST_ROUNDS: f32 = 8.0;

/// Runs the pass.
pub fn run(func: &mut Func, cx: &Cx) {
    let rounds = rounds(func);
    if rounds.is_empty() {
        return;
    }
    let incoming = Incoming::new(func);
    let old = func.layout.clone();
    let mut b = Builder::new(func, true);
    let mut added: HashMap<Block, Vec<Block>> = HashMap::new();
    for blocks in rounds {
        let Some(it) = Loop::new(b.func, &incoming, blocks) else {
            continue;
        };
        let program = cx.program;
        let blocks = if !it.exits.is_empty() {
            plan::search(b.func, program, &it)
                .map(|search| emit::search::emit(&mut b, program, &it, &search))
        } else if it.blocks.len() == 1 {
            plan::best(b.func, program, &it).map(|plan| emit::emit(&mut b, program, &it, &plan))
        } else {
            None
        };
        if let Some(blocks) = blocks {
            added.insert(it.header(), blocks);
        }
    }
    func.layout.clear();
    for block in old {
        func.layout.extend(added.remove(&block).unwrap_or_default());
        func.layout.push(block);
    }
}

/// The loops whose rounds go one way, with nothing beside it: their blocks in the order of a round.
fn rounds(func: &Func) -> Vec<Vec<Block>> {
    let mut positions = SideMap::new(usize::MAX, func.blocks.len());
    // One of the edges into each block, how many there are, and how many of them go back.
    let mut edges = SideMap::new((None, 0, 0), func.blocks.len());
    let mut back = Vec::new();
    for (at, &block) in func.layout.iter().enumerate() {
        positions[block] = at;
        for next in cfg::successors(func, block) {
            let is_back = positions[next] <= at;
            let (_, all, going_back) = edges[next];
            edges[next] = (Some(block), all + 1, going_back + u32::from(is_back));
            if is_back {
                back.push((block, next));
            }
        }
    }
    let round = |&(latch, header): &(Block, Block)| {
        let mut blocks = vec![latch];
        let mut instructions = func.blocks[latch].insts.len();
        while *blocks.last()? != header {
            let last = *blocks.last()?;
            let (Some(before), 1, _) = edges[last] else {
                return None;
            };
            if !func.blocks[last].params.is_empty() || blocks.len() == MOST_BLOCKS {
                return None;
            }
            instructions += func.blocks[before].insts.len();
            blocks.push(before);
        }
        blocks.reverse();
        (instructions <= MOST_INSTRUCTIONS && may_pay(func, &blocks)).then_some(blocks)
    };
    let is_only = |&&(_, header): &&(Block, Block)| edges[header].2 == 1;
    back.iter().filter(is_only).filter_map(round).collect()
}

/// Whether a loop has rounds enough for one of vectors, as far as that is known.
fn may_pay(func: &Func, blocks: &[Block]) -> bool {
    if func.entries.is_none() {
        return true;
    }
    let mut stays = 1.0;
    for (i, &block) in blocks.iter().enumerate() {
        let next = blocks[(i + 1) % blocks.len()];
        match func.terminator(block).map(|it| &it.imm) {
            // The profile does not know of anybody who was there.
            Some(Imm::Branch { odds: None, .. }) => return false,
            Some(Imm::Branch {
                then,
                odds: Some(odds),
                ..
            }) => {
                let [then_share, other_share] = odds.probabilities();
                stays *= if then.block == next {
                    then_share
                } else {
                    other_share
                };
            }
            _ => {}
        }
    }
    (1.0 - stays) * LEAST_ROUNDS <= 1.0
}

/// A loop whose rounds go one way.
struct Loop {
    /// In the order of a round, from the header on; only that has parameters.
    blocks: Vec<Block>,
    /// The edges from outside.
    entries: Vec<(Inst, u32)>,
    insts: HashSet<Inst>,
    /// Of each parameter: what the next round gets.
    next: Vec<Value>,
    /// Of each parameter, if there is one edge from outside: what the first round gets, where that is known before the edge.
    first: Option<Vec<Value>>,
    /// A round is followed by another one while these hold, one at least,
    goes_on: SmallVec<[Condition; 1]>,
    /// and none of these ends it.
    exits: SmallVec<[Exit; 1]>,
}

/// A comparison of what changes with what does not.
struct Condition {
    cc: IntCc,
    value: Linear,
    bound: Linear,
}

/// A branch out of a loop.
struct Exit {
    condition: Value,
    /// Whether the loop goes on if the condition is not zero.
    holds: bool,
}

impl Loop {
    fn new(func: &Func, incoming: &Incoming, blocks: Vec<Block>) -> Option<Loop> {
        let header = blocks[0];
        let end = *func.blocks[*blocks.last()?].insts.last()?;
        let back = func.insts[end].targets().find(|t| t.block == header)?;
        let entries = incoming.edges(header).iter().copied();
        let entries: Vec<(Inst, u32)> = entries.filter(|(inst, _)| *inst != end).collect();
        let first = match entries[..] {
            [(inst, i)] if func.insts[inst].op != Op::Try => {
                Some(func.insts[inst].target(i as usize).args.to_vec())
            }
            _ => None,
        };
        let insts = blocks.iter().flat_map(|&block| &func.blocks[block].insts);
        let mut it = Loop {
            entries,
            insts: insts.copied().collect(),
            next: back.args.to_vec(),
            first,
            goes_on: SmallVec::new(),
            exits: SmallVec::new(),
            blocks,
        };
        for i in 0..it.blocks.len() {
            let next = it.blocks[(i + 1) % it.blocks.len()];
            let data = func.terminator(it.blocks[i])?;
            let holds = match &data.imm {
                _ if data.op == Op::Jump => continue,
                Imm::Branch { then, .. } => then.block == next,
                _ => return None,
            };
            let condition = data.args[0];
            match counted(func, &it, condition, holds) {
                Some(counted) => it.goes_on.push(counted),
                None => it.exits.push(Exit { condition, holds }),
            }
        }
        (!it.goes_on.is_empty()).then_some(it)
    }

    fn header(&self) -> Block {
        self.blocks[0]
    }

    /// The instructions of a round, in order.
    fn insts<'f>(&self, func: &'f Func) -> impl Iterator<Item = Inst> + use<'f, '_> {
        let insts = |&block: &Block| func.blocks[block].insts.iter().copied();
        self.blocks.iter().flat_map(insts)
    }

    /// Whether the value is made anew in each round.
    fn changes(&self, func: &Func, value: Value) -> bool {
        match func.values[value].def {
            ValueDef::Param(block, _) => block == self.header(),
            ValueDef::Result(inst, _) => self.insts.contains(&inst),
        }
    }

    /// The parameter's number, if the value is one.
    fn param(&self, func: &Func, value: Value) -> Option<usize> {
        match func.values[value].def {
            ValueDef::Param(block, index) if block == self.header() => Some(index as usize),
            _ => None,
        }
    }
}

/// What a branch's operand compares, if that is what grows with what does not; `holds`: whether the loop goes on if it is not zero.
fn counted(func: &Func, it: &Loop, operand: Value, holds: bool) -> Option<Condition> {
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
