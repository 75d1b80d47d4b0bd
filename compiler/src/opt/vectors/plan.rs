//! Which values of a loop become vectors.
//!
//! What is stored, and what is added to sums, is divided into rows: values of one round or of several that lie side by side. A row's values are alike: results of one op, of
//! operands that are rows again, down to loads of what lies side by side, to what is the same in all rounds, and to numbers that grow by a constant.

mod rows;
mod search;

pub use search::{Search, search};

use super::Loop;
use super::access::{Access, Accesses};
use super::linear::{Linear, Linears};
use crate::ir::{Func, Imm, Inst, InstData, Lanes, Op, Program, Shape, Type, Value};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Instructions that a round must become shorter by, on average.
const LEAST_SAVED: usize = 2;

/// Instructions of the blocks around a loop of vectors, about.
const BEFORE: usize = 40;

/// A value in one of the rounds that are done at a time.
type Lane = (Value, u32);
/// Index in [`Plan::nodes`], behind those of its operands.
pub type NodeId = usize;

/// How a loop becomes one of vectors.
pub struct Plan {
    /// Lanes of all vectors; narrow ones leave the upper part of theirs unused.
    pub lanes: u32,
    /// Rounds that are done at a time, a power of two.
    pub rounds: u32,
    pub accesses: Accesses,
    pub nodes: Vec<Node>,
    pub stores: Vec<Store>,
    /// How each parameter of the loop goes on.
    pub params: Vec<Param>,
    cost: usize,
    scalar_cost: usize,
}

/// A vector.
pub struct Node {
    pub make: Make,
    /// Whether it is the same in all rounds.
    pub is_before: bool,
    /// Of its instructions.
    pub inst: Option<Inst>,
}

/// How a vector is made.
pub enum Make {
    Constant(u128),
    /// Values from before the loop.
    Same(Lanes, Vec<Value>),
    /// A number that grows by the linear number's step: its first value, and what each lane adds.
    Series(Lanes, Linear, Vec<u32>),
    /// Elements side by side.
    Load(Elements),
    /// One element for all lanes.
    Spread(Elements),
    /// Two elements.
    Pair([Elements; 2]),
    Op(Op, Imm, SmallVec<[NodeId; 3]>),
    /// By a value from before the loop, or by a number.
    Shift(Op, Lanes, NodeId, Count),
}

/// By how many bits is shifted.
#[derive(Clone, Copy)]
pub enum Count {
    Bits(u32),
    Value(Value),
}

/// Elements in memory, from the first one on.
#[derive(Clone, Copy)]
pub struct Elements {
    pub group: usize,
    /// From the group's place.
    pub at: u32,
    /// Of one element.
    pub bytes: u32,
    pub is_signed: bool,
    /// As what they become lanes.
    pub lanes: Lanes,
}

/// Elements that are stored.
pub struct Store {
    pub node: NodeId,
    pub elements: Elements,
    pub inst: Inst,
}

/// A parameter of the loop.
pub enum Param {
    /// Grows by a constant.
    Step(u32),
    /// Combines vectors, whose lanes are combined behind the loop.
    Sum { op: Op, ty: Type, rows: Vec<NodeId> },
}

/// The best plan, if there is one that pays.
pub fn best(func: &Func, program: &Program, it: &Loop) -> Option<Plan> {
    let mut best: Option<Plan> = None;
    for width in [8, 16, 32] {
        let Some(mut planner) = Planner::new(func, program, it, width) else {
            return best;
        };
        let is_narrow = planner.accesses.list.iter().any(|a| a.bytes * 8 <= width);
        if width < 32 && !is_narrow {
            continue;
        }
        let plan = planner.plan().map(|()| planner.finish()).filter(Plan::pays);
        if let Some(plan) = plan
            && best.as_ref().is_none_or(|best| plan.is_better(best))
        {
            best = Some(plan);
        }
    }
    best
}

impl Plan {
    /// Whether it takes clearly less time than the loop, by the number of instructions.
    fn pays(&self) -> bool {
        let rounds = self.rounds as usize;
        self.cost * 5 <= self.scalar_cost * rounds * 4
            && self.saved() >= rounds * LEAST_SAVED
            && !self.only_copies_words()
    }

    /// Whether it copies what is already copied in large parts: such loops copy a little at a time, often.
    fn only_copies_words(&self) -> bool {
        self.nodes
            .iter()
            .all(|node| matches!(node.make, Make::Load(elements) if elements.bytes == 8))
    }

    /// Instructions that are saved whenever as many rounds are done as are done at a time.
    fn saved(&self) -> usize {
        (self.scalar_cost * self.rounds as usize).saturating_sub(self.cost)
    }

    /// Below that, the loop as it was is faster: tests and what is made before the loop of vectors cost something, too.
    pub fn fewest_rounds(&self) -> u32 {
        let times = (BEFORE + self.nodes.iter().filter(|node| node.is_before).count())
            .div_ceil(self.saved().max(1));
        self.rounds * times.max(2) as u32
    }

    fn is_better(&self, other: &Plan) -> bool {
        self.cost * (other.rounds as usize) < other.cost * self.rounds as usize
    }
}

struct Planner<'a> {
    func: &'a Func,
    it: &'a Loop,
    linears: Linears<'a>,
    accesses: Accesses,
    /// Bits in which an i32 is kept: its lowest.
    width: u32,
    lanes: u32,
    rounds: u32,
    nodes: Vec<Node>,
    found: HashMap<Vec<Lane>, Option<NodeId>>,
    stores: Vec<Store>,
    params: Vec<Param>,
    /// Instructions of a round, in the loop of vectors and in the other.
    cost: usize,
}

/// Stores side by side: so many elements in each round, in order.
struct Row {
    stores: Vec<Access>,
}

/// A parameter that combines its value with others.
struct Sum {
    op: Op,
    ty: Type,
    /// What it is combined with in each round.
    values: Vec<Value>,
}

impl<'a> Planner<'a> {
    fn new(func: &'a Func, program: &Program, it: &'a Loop, width: u32) -> Option<Planner<'a>> {
        let mut linears = Linears::new(func, it);
        let accesses = Accesses::find(func, program, it, &mut linears)?;
        Some(Planner {
            func,
            it,
            linears,
            accesses,
            width,
            lanes: 0,
            rounds: 0,
            nodes: Vec::new(),
            found: HashMap::new(),
            stores: Vec::new(),
            params: Vec::new(),
            cost: 2,
        })
    }

    fn plan(&mut self) -> Option<()> {
        let rows = self.rows()?;
        let sums = self.sums()?;
        let stored = rows.iter().flat_map(|row| row.stores.iter());
        let stored = stored.map(|store| self.func.insts[store.inst].args[1]);
        let summed = sums
            .iter()
            .flatten()
            .flat_map(|sum| sum.values.iter().copied());
        let roots: Vec<Value> = stored.chain(summed).collect();
        self.lanes = 16 / self.widest(&roots)?;
        let per_round = rows.iter().map(|row| row.stores.len());
        let per_round = per_round.chain(sums.iter().flatten().map(|sum| sum.values.len()));
        let rounds =
            |count: usize| self.lanes >> count.trailing_zeros().min(self.lanes.trailing_zeros());
        self.rounds = per_round.map(rounds).max()?;
        if !self.accesses.may_load_first(self.rounds) {
            return None;
        }
        for row in &rows {
            self.store(row)?;
        }
        for (index, sum) in sums.into_iter().enumerate() {
            let param = match sum {
                None => Param::Step(self.step(index)?),
                Some(sum) => {
                    let rows = self.in_rows(&sum.values);
                    let rows: Option<Vec<NodeId>> =
                        rows.iter().map(|row| self.build(row)).collect();
                    let rows = rows?;
                    self.cost += rows.len();
                    Param::Sum {
                        op: sum.op,
                        ty: sum.ty,
                        rows,
                    }
                }
            };
            self.params.push(param);
        }
        Some(())
    }

    fn finish(self) -> Plan {
        let mut linears = self.linears;
        let counts = |inst: &Inst| {
            let data = &self.func.insts[*inst];
            data.op != Op::Const
                && (data.result_count != 1 || linears.of(data.first_result).is_none())
        };
        let scalar_cost = 1 + self.it.insts(self.func).filter(counts).count();
        Plan {
            lanes: self.lanes,
            rounds: self.rounds,
            accesses: self.accesses,
            nodes: self.nodes,
            stores: self.stores,
            params: self.params,
            cost: self.cost,
            scalar_cost,
        }
    }

    /// What a parameter that is no sum grows by.
    fn step(&mut self, index: usize) -> Option<u32> {
        let param = self.func.blocks[self.it.header()].params[index];
        Some(self.linears.of(param)?.step)
    }

    // What there is to do.

    /// All stores.
    fn rows(&self) -> Option<Vec<Row>> {
        let mut rows: Vec<Row> = Vec::new();
        for store in self.accesses.list.iter().filter(|access| access.is_store) {
            let is_same = |row: &&mut Row| {
                let first = row.stores[0];
                (first.group, first.bytes, first.ty) == (store.group, store.bytes, store.ty)
            };
            match rows.iter_mut().find(is_same) {
                Some(row) => row.stores.push(*store),
                None => rows.push(Row {
                    stores: vec![*store],
                }),
            }
        }
        for row in &mut rows {
            row.stores.sort_unstable_by_key(|store| store.at);
            let first = row.stores[0];
            let is_next =
                |(i, store): (usize, &Access)| store.at == first.at + first.bytes * i as u32;
            let is_dense = row.stores.iter().enumerate().all(is_next);
            let bytes = first.bytes * row.stores.len() as u32;
            if !is_dense || bytes != self.accesses.groups[first.group].step {
                return None;
            }
        }
        Some(rows)
    }

    /// Of each parameter: `None` if it grows by a constant.
    fn sums(&mut self) -> Option<Vec<Option<Sum>>> {
        let params = self.func.blocks[self.it.header()].params.clone();
        let mut uses: HashMap<Value, usize> = HashMap::new();
        let is_inside = |inst: &Inst| self.func.insts[*inst].op.shape() != Shape::Terminator;
        for inst in self.it.insts(self.func).filter(is_inside) {
            self.func.insts[inst]
                .uses()
                .for_each(|value| *uses.entry(value).or_default() += 1);
        }
        // What leaves the round otherwise counts double.
        for &value in &self.it.next {
            *uses.entry(value).or_default() += 2;
        }
        let sum = |(index, &param): (usize, &Value)| {
            if self.linears.of(param).is_some() {
                return Some(None);
            }
            let next = self.it.next[index];
            let inst = self
                .func
                .def(next)
                .filter(|inst| self.it.insts.contains(inst))?;
            let InstData { op, ty, .. } = self.func.insts[inst];
            let is_sum = matches!(op, Op::Add | Op::And | Op::Or | Op::Xor)
                && (ty == Type::I64 || ty == Type::I32 && self.width == 32);
            let mut values = Vec::new();
            let mut work: Vec<Value> = self.func.insts[inst].args.iter().rev().copied().collect();
            let mut is_met = false;
            while let Some(value) = work.pop() {
                let is_only = uses.get(&value) == Some(&1);
                let inner = self
                    .func
                    .def(value)
                    .filter(|inst| self.it.insts.contains(inst));
                match inner.map(|inst| &self.func.insts[inst]) {
                    _ if value == param => {
                        if is_met || !is_only {
                            return None;
                        }
                        is_met = true;
                    }
                    Some(data) if data.op == op && is_only => {
                        work.extend(data.args.iter().rev());
                    }
                    _ => values.push(value),
                }
            }
            let is_sum = is_sum && is_met && uses.get(&next) == Some(&2) && !values.is_empty();
            is_sum.then_some(Some(Sum { op, ty, values }))
        };
        params.iter().enumerate().map(sum).collect()
    }

    /// Bytes of the widest lane that the values are computed in.
    fn widest(&mut self, roots: &[Value]) -> Option<u32> {
        let mut widest = 0;
        let (mut seen, mut work) = (Vec::new(), roots.to_vec());
        while let Some(value) = work.pop() {
            if seen.contains(&value) {
                continue;
            }
            seen.push(value);
            let ty = self.func.values[value].ty;
            widest = widest.max(self.lanes_of(ty)?.bits() / 8);
            if !self.it.changes(self.func, value) || self.linears.of(value).is_some() {
                continue;
            }
            let data = &self.func.insts[self.func.def(value)?];
            match data.op {
                Op::Load => {}
                Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => work.push(data.args[0]),
                _ => work.extend(&data.args),
            }
        }
        (widest != 0).then_some(widest)
    }

    /// Lanes in which values of a type are kept.
    fn lanes_of(&self, ty: Type) -> Option<Lanes> {
        match ty {
            Type::I32 if self.width == 8 => Some(Lanes::I8x16),
            Type::I32 if self.width == 16 => Some(Lanes::I16x8),
            Type::I32 => Some(Lanes::I32x4),
            Type::I64 => Some(Lanes::I64x2),
            Type::F32 => Some(Lanes::F32x4),
            Type::F64 => Some(Lanes::F64x2),
            Type::V128 | Type::Ref | Type::Gc | Type::Ptr => None,
        }
    }

    /// Values of a round, repeated in all rounds, as rows of lanes.
    fn in_rows(&self, values: &[Value]) -> Vec<Vec<Lane>> {
        let rounds = (0..self.rounds).flat_map(|n| values.iter().map(move |&value| (value, n)));
        let all: Vec<Lane> = rounds.collect();
        all.chunks(self.lanes as usize)
            .map(<[Lane]>::to_vec)
            .collect()
    }

    fn store(&mut self, row: &Row) -> Option<()> {
        let first = row.stores[0];
        let lanes = self.lanes_of(first.ty)?;
        if first.bytes * 8 > lanes.bits() {
            return None;
        }
        let values: Vec<Value> = row
            .stores
            .iter()
            .map(|store| self.func.insts[store.inst].args[1])
            .collect();
        for (i, lanes_of_row) in self.in_rows(&values).iter().enumerate() {
            let node = self.build(lanes_of_row)?;
            self.cost += 1 + usize::from(first.bytes * 8 < lanes.bits());
            self.cost += usize::from(first.bytes * self.lanes < 16);
            self.stores.push(Store {
                node,
                elements: Elements {
                    group: first.group,
                    at: first.at + first.bytes * self.lanes * i as u32,
                    bytes: first.bytes,
                    is_signed: false,
                    lanes,
                },
                inst: first.inst,
            });
        }
        Some(())
    }
}
