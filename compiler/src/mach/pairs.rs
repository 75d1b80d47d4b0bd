//! Instructions of which a processor makes two at once: both halves of a product, and a sum or difference with the upper half of 128 bits that takes its
//! carry, which is in the flags only until something else sets them.
//!
//! One of the two, the *maker*, is lowered to both results. It is the first one in the block, if what the second one needs is there by then. Sums are also made by the
//! second one, if nothing between them uses the result of the first. What users see is the same in either case, since both are pure.

use super::mir::VReg;
use crate::ir::{Block, Func, Inst, InstData, Op, Type, Value};
use std::collections::{HashMap, HashSet};

/// Sums and carries that are further apart are left alone, so that finding pairs takes linear time.
const MAX_DISTANCE: usize = 64;

/// What an instruction set makes at once.
#[derive(Clone, Copy)]
pub struct Makes {
    pub products: bool,
    pub carries: bool,
}

/// The pairs of a function, and what lowering has come to of them, from the ends of blocks to their beginnings.
#[derive(Default)]
pub struct Pairs {
    pairs: HashMap<Inst, Pair>,
    /// What makers that come first make besides their own results.
    wanted: HashMap<Inst, VReg>,
    /// First instructions whose results their second ones have made.
    made: HashSet<Inst>,
}

#[derive(Clone, Copy)]
struct Pair {
    other: Inst,
    is_first: bool,
    /// Whether the first one is the maker.
    by_first: bool,
}

/// How the result of an instruction is made.
pub enum Making {
    Alone,
    /// With that of another instruction, into its register.
    With(Inst, VReg),
    /// By another instruction.
    By(Inst),
}

/// What [`Pairs`] says of an instruction.
pub enum Paired {
    Not,
    /// It makes the other one's result into this register.
    Makes(Inst, VReg),
    /// It makes the result of the first one, whether that has users so far or not.
    MakesFirst(Inst),
    /// The first one, which has not been lowered, is to make its result.
    ByFirst(Inst),
    /// The second one has made its result.
    Made(Inst),
}

impl Pairs {
    /// Finds the pairs in these blocks.
    pub fn new(func: &Func, blocks: &[Block], makes: Makes) -> Pairs {
        let mut pairs = Pairs::default();
        for &block in blocks {
            let insts = &func.blocks[block].insts;
            if makes.products {
                pairs.find_products(func, insts);
            }
            if makes.carries {
                pairs.find_carries(func, insts);
            }
        }
        pairs
    }

    /// Upper halves, and products of the same operands.
    fn find_products(&mut self, func: &Func, insts: &[Inst]) {
        let mut known: HashMap<(Value, Value), Inst> = HashMap::new();
        let is_high = |op: Op| matches!(op, Op::MulHighS | Op::MulHighU);
        for &inst in insts {
            let data = &func.insts[inst];
            if data.ty != Type::I64 || !(data.op == Op::Mul || is_high(data.op)) {
                continue;
            }
            let operands = (
                data.args[0].min(data.args[1]),
                data.args[0].max(data.args[1]),
            );
            let Some(&first) = known.get(&operands) else {
                known.insert(operands, inst);
                continue;
            };
            if is_high(func.insts[first].op) == is_high(data.op) {
                continue;
            }
            known.remove(&operands);
            self.add(first, inst, true);
        }
    }

    /// `add_carry` with the sum that it compares with a summand, `sub_borrow` with the difference of what it compares.
    fn find_carries(&mut self, func: &Func, insts: &[Inst]) {
        let is_carry = |&&inst: &&Inst| {
            let op = func.insts[inst].op;
            matches!(op, Op::AddCarry | Op::SubBorrow)
        };
        let carries: Vec<Inst> = insts.iter().filter(is_carry).copied().collect();
        if carries.is_empty() {
            return;
        }
        let positions: HashMap<Inst, usize> = insts.iter().copied().zip(0..).collect();
        let differences: HashMap<(Value, Value), Inst> = (insts.iter().copied())
            .filter(|&inst| func.insts[inst].op == Op::Sub && func.insts[inst].ty == Type::I64)
            .map(|inst| ((func.insts[inst].args[0], func.insts[inst].args[1]), inst))
            .collect();
        for carry in carries {
            let data = &func.insts[carry];
            let (low, limit) = (data.args[2], data.args[3]);
            let sum = match data.op {
                Op::AddCarry => func.def(low).filter(|&sum| {
                    let sum = &func.insts[sum];
                    sum.op == Op::Add && sum.args.contains(&limit)
                }),
                _ => differences.get(&(low, limit)).copied(),
            };
            let Some((sum, at)) = sum.and_then(|sum| Some((sum, *positions.get(&sum)?))) else {
                continue;
            };
            let (first, second) = match at < positions[&carry] {
                true => (sum, carry),
                false => (carry, sum),
            };
            let (from, to) = (positions[&first], positions[&second]);
            if self.pairs.contains_key(&sum) || to - from > MAX_DISTANCE {
                continue;
            }
            let result = func.insts[first].first_result;
            let is_there = |&value: &Value| {
                let def = func.def(value).and_then(|def| positions.get(&def));
                value == result || def.is_none_or(|&def| def < from)
            };
            let uses = |inst: &Inst| func.insts[*inst].uses().any(|value| value == result);
            if func.insts[second].args.iter().all(is_there) {
                self.add(first, second, true);
            } else if !insts[from + 1..to].iter().any(uses) {
                self.add(first, second, false);
            }
        }
    }

    fn add(&mut self, first: Inst, second: Inst, by_first: bool) {
        for (inst, other, is_first) in [(first, second, true), (second, first, false)] {
            let pair = Pair {
                other,
                is_first,
                by_first,
            };
            self.pairs.insert(inst, pair);
        }
    }

    /// Whether the instruction is one of a pair.
    pub fn contains(&self, inst: Inst) -> bool {
        self.pairs.contains_key(&inst)
    }

    /// What an instruction that is being lowered makes.
    pub fn of(&self, inst: Inst) -> Paired {
        let Some(pair) = self.pairs.get(&inst) else {
            return Paired::Not;
        };
        match (pair.by_first, pair.is_first) {
            (true, true) => match self.wanted.get(&inst) {
                Some(&reg) => Paired::Makes(pair.other, reg),
                None => Paired::Not,
            },
            (true, false) => Paired::ByFirst(pair.other),
            (false, false) => Paired::MakesFirst(pair.other),
            (false, true) if self.made.contains(&inst) => Paired::Made(pair.other),
            (false, true) => Paired::Not,
        }
    }

    /// Has the first instruction of a pair make the result of the second one in this register.
    pub fn want(&mut self, first: Inst, reg: VReg) {
        self.wanted.insert(first, reg);
    }

    /// The second one makes the result of the first one.
    pub fn made(&mut self, first: Inst) {
        self.made.insert(first);
    }
}

/// The sum or difference, and what takes its carry, of a pair of which one is being lowered.
pub fn sum_and_carry<'a>(
    func: &'a Func,
    inst: Inst,
    other: Inst,
    regs: (VReg, VReg),
) -> Carrying<'a> {
    let (a, b) = (&func.insts[inst], &func.insts[other]);
    let is_sum = matches!(a.op, Op::Add | Op::Sub);
    match is_sum {
        true => Carrying {
            sum: a,
            carry: b,
            low: regs.0,
            high: regs.1,
        },
        false => Carrying {
            sum: b,
            carry: a,
            low: regs.1,
            high: regs.0,
        },
    }
}

/// A pair of a sum or difference with its carry.
pub struct Carrying<'a> {
    pub sum: &'a InstData,
    pub carry: &'a InstData,
    /// Results of both.
    pub low: VReg,
    pub high: VReg,
}
