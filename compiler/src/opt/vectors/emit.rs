//! The blocks before a loop in which most of its rounds are done by vectors; see the picture in the module above.

pub mod search;

use super::linear::Linear;
use super::plan::{Count, Elements, Make, Node, Param, Plan, Store};
use super::{Condition, Loop};
use crate::ir::{Access, Block, Builder, Imm, IntCc, Lanes, Op, Origin, Program, Type, Value};
use std::collections::HashMap;

/// Makes the blocks, in order, and leads there what led to the loop.
pub fn emit(b: &mut Builder, program: &Program, it: &Loop, plan: &Plan) -> Vec<Block> {
    let blocks = [(); 5].map(|()| b.create_block());
    let [entry, checks, before, vectors, after] = blocks;
    let (mut emit, first_values) = Emit::at(b, it, plan, entry);
    let params = emit.b.func.blocks[it.header()].params.clone();
    let scalar = (it.header(), &first_values[..]);

    let certain = emit.certain_rounds(it);
    let fewest = emit.b.constant(Type::I64, plan.fewest_rounds().into());
    let enough = emit.b.icmp(IntCc::GeS, Type::I64, certain, fewest);
    emit.b.branch(enough, (checks, &[]), scalar);
    if emit.never_leaves(it, entry) {
        return vec![entry];
    }

    emit.b.switch_to(checks);
    let mask = emit.b.constant(Type::I64, !u64::from(plan.rounds - 1));
    let rounds = emit.b.binary(Op::And, Type::I64, certain, mask);
    let is_safe = emit.is_safe(program, rounds);
    emit.b.branch(is_safe, (before, &[]), scalar);

    emit.b.switch_to(before);
    emit.vectors(vectors, after, rounds, &params);

    emit.b.switch_to(after);
    let rounds = emit.b.convert(Op::Wrap, Type::I32, rounds);
    let ends = emit.ends(after, rounds, &first_values);
    emit.b.jump(it.header(), &ends);
    blocks.to_vec()
}

struct Emit<'a, 'f> {
    b: &'a mut Builder<'f>,
    plan: &'a Plan,
    /// What the first round gets for the loop's parameters.
    first: HashMap<Value, Value>,
    /// Vectors that are the same in all rounds, and those of the rounds that are being done, by node.
    before: HashMap<usize, Value>,
    in_loop: HashMap<usize, Value>,
    /// Of each group: where it is in the rounds that are being done.
    places: Vec<Value>,
}

impl<'a, 'f> Emit<'a, 'f> {
    /// Leads to a block what led to the loop, and goes on there; the second: what it gets for the loop's parameters.
    fn at(
        b: &'a mut Builder<'f>,
        it: &Loop,
        plan: &'a Plan,
        entry: Block,
    ) -> (Emit<'a, 'f>, Vec<Value>) {
        let end = b.func.terminator(it.header());
        let loc = end.map_or(Origin::NONE, |end| end.loc);
        b.set_loc(loc);
        for &(inst, index) in &it.entries {
            b.func.insts[inst].target_mut(index as usize).block = entry;
        }
        let params = b.func.blocks[it.header()].params.clone();
        let mut first_value = |&param: &Value| {
            let ty = b.ty(param);
            b.append_param(entry, ty)
        };
        let first_values: Vec<Value> = params.iter().map(&mut first_value).collect();
        b.switch_to(entry);
        let emit = Emit {
            b,
            plan,
            first: params
                .into_iter()
                .zip(first_values.iter().copied())
                .collect(),
            before: HashMap::new(),
            in_loop: HashMap::new(),
            places: Vec::new(),
        };
        (emit, first_values)
    }

    /// Whether it is known that all rounds are left to the loop as it was, as there are too few.
    fn never_leaves(&self, it: &Loop, entry: Block) -> bool {
        let end = self.b.func.terminator(entry);
        end.is_some_and(|end| end.op == Op::Jump && end.target(0).block == it.header())
    }

    // How many rounds.

    /// The number in the first round.
    fn linear(&mut self, linear: &Linear) -> Value {
        let mut sum = None;
        for &(value, by) in &linear.terms {
            let value = self.first.get(&value).copied().unwrap_or(value);
            let by = self.b.constant(Type::I32, by.into());
            let term = self.b.binary(Op::Mul, Type::I32, value, by);
            sum = Some(match sum {
                None => term,
                Some(sum) => self.b.binary(Op::Add, Type::I32, sum, term),
            });
        }
        let constant = self.b.constant(Type::I32, linear.constant.into());
        match sum {
            None => constant,
            Some(sum) => self.b.binary(Op::Add, Type::I32, sum, constant),
        }
    }

    /// How often, at least, a round is followed by another, as far as numbers decide. Less than one for none.
    fn certain_rounds(&mut self, it: &Loop) -> Value {
        let mut fewest = None;
        for condition in &it.goes_on {
            let rounds = self.rounds_of(condition);
            fewest = Some(match fewest {
                None => rounds,
                Some(others) => {
                    let is_less = self.b.icmp(IntCc::LtS, Type::I64, rounds, others);
                    self.b.select(Type::I64, is_less, rounds, others)
                }
            });
        }
        fewest.expect("each loop is ended by a number")
    }

    /// So many times the condition holds before the number can wrap.
    fn rounds_of(&mut self, goes_on: &Condition) -> Value {
        let (value, bound) = (self.linear(&goes_on.value), self.linear(&goes_on.bound));
        let is_up = (goes_on.value.step as i32) > 0;
        let (low, high) = if is_up {
            (value, bound)
        } else {
            (bound, value)
        };
        let (is_signed, with_equal) = match goes_on.cc {
            IntCc::Ne => {
                let distance = self.b.binary(Op::Sub, Type::I32, high, low);
                let distance = self.b.convert(Op::ExtU, Type::I64, distance);
                return self.divided(distance, goes_on.value.step);
            }
            IntCc::LtS | IntCc::GtS => (true, false),
            IntCc::LeS | IntCc::GeS => (true, true),
            IntCc::LeU | IntCc::GeU => (false, true),
            IntCc::LtU | IntCc::GtU | IntCc::Eq => (false, false),
        };
        let extend = if is_signed { Op::ExtS } else { Op::ExtU };
        let [low, high] = [low, high].map(|value| self.b.convert(extend, Type::I64, value));
        let distance = self.b.binary(Op::Sub, Type::I64, high, low);
        // Rounds whose number is below the bound; one more that meets it.
        let step = u64::from((goes_on.value.step as i32).unsigned_abs());
        let more = if with_equal { step } else { step - 1 };
        let more = self.b.constant(Type::I64, more);
        let distance = self.b.binary(Op::Add, Type::I64, distance, more);
        self.divided(distance, goes_on.value.step)
    }

    /// By the size of the step; of a negative number something below one.
    fn divided(&mut self, distance: Value, step: u32) -> Value {
        let step = (step as i32).unsigned_abs();
        let by = self.b.constant(Type::I64, step.into());
        if step.is_power_of_two() {
            let by = self.b.constant(Type::I64, step.trailing_zeros().into());
            self.b.binary(Op::ShrS, Type::I64, distance, by)
        } else {
            self.b.binary(Op::DivS, Type::I64, distance, by)
        }
    }

    // Whether it may be.

    /// Whether all that so many rounds access lies in memory, and what is stored apart from the rest.
    fn is_safe(&mut self, program: &Program, rounds: Value) -> Value {
        let accesses = &self.plan.accesses;
        let length = self.memory_length(program);
        let one = self.b.constant(Type::I64, 1);
        let last_round = self.b.binary(Op::Sub, Type::I64, rounds, one);
        let mut ranges = Vec::new();
        let mut all = None;
        for group in &accesses.groups {
            let place = self.linear(&group.place);
            self.places.push(place);
            let place = self.b.convert(Op::ExtU, Type::I64, place);
            let step = self.b.constant(Type::I64, group.step.into());
            let moved = self.b.binary(Op::Mul, Type::I64, last_round, step);
            let last = self.b.binary(Op::Add, Type::I64, place, moved);
            let [start, end] = [(place, group.start), (last, group.end)].map(|(from, by)| {
                let by = self.b.constant(Type::I64, by.into());
                self.b.binary(Op::Add, Type::I64, from, by)
            });
            let is_inside = self.b.icmp(IntCc::LeU, Type::I64, end, length);
            self.and(&mut all, is_inside);
            ranges.push((start, end));
        }
        for (a, b) in accesses.pairs() {
            let is_below = self.b.icmp(IntCc::LeU, Type::I64, ranges[a].1, ranges[b].0);
            let is_above = self.b.icmp(IntCc::LeU, Type::I64, ranges[b].1, ranges[a].0);
            let is_apart = self.b.binary(Op::Or, Type::I32, is_below, is_above);
            self.and(&mut all, is_apart);
        }
        all.expect("loops without accesses have no plan")
    }

    /// Bytes of the memory.
    fn memory_length(&mut self, program: &Program) -> Value {
        let mem = self.plan.accesses.mem;
        let imm = Imm::Memory(mem);
        let pages = self
            .b
            .emit(Op::MemorySize, Type::I32, imm, &[], &[Type::I32]);
        let pages = self.b.result(pages);
        let pages = self.b.convert(Op::ExtU, Type::I64, pages);
        let page_log2 = program.memories[mem].page_log2;
        let shift = self.b.constant(Type::I64, page_log2.into());
        self.b.binary(Op::Shl, Type::I64, pages, shift)
    }

    fn and(&mut self, all: &mut Option<Value>, condition: Value) {
        *all = Some(match *all {
            None => condition,
            Some(before) => self.b.binary(Op::And, Type::I32, before, condition),
        });
    }

    // The loop.

    fn vectors(&mut self, block: Block, after: Block, rounds: Value, params: &[Value]) {
        let plan = self.plan;
        // Parameters of the loop of vectors with their first values: places, numbers that grow, sums.
        let mut starts = Vec::new();
        let mut groups = plan.accesses.groups.iter();
        let counter = groups.position(|group| group.step != 0);
        let counter = counter.expect("something moves in what has a plan");
        let rounds_32 = self.b.convert(Op::Wrap, Type::I32, rounds);
        let step = plan.accesses.groups[counter].step;
        let step = self.b.constant(Type::I32, step.into());
        let moved = self.b.binary(Op::Mul, Type::I32, rounds_32, step);
        let first = self.places[counter];
        let end = self.b.binary(Op::Add, Type::I32, first, moved);
        for (id, node) in plan.nodes.iter().enumerate() {
            if node.is_before {
                let value = self.node(node);
                self.before.insert(id, value);
            }
        }
        let mut moving = Vec::new();
        for (group, place) in plan.accesses.groups.iter().zip(self.places.clone()) {
            moving.push(if group.step == 0 {
                place
            } else {
                starts.push(place);
                self.b.append_param(block, Type::I32)
            });
        }
        let mut growing = Vec::new();
        for (id, node) in plan.nodes.iter().enumerate() {
            if let Make::Series(lanes, first, added) = &node.make
                && !node.is_before
            {
                starts.push(self.series(*lanes, first, added));
                let param = self.b.append_param(block, Type::V128);
                self.in_loop.insert(id, param);
                let by = first.step.wrapping_mul(plan.rounds);
                growing.push((param, *lanes, self.splat_constant(*lanes, by)));
            }
        }
        let mut sums = Vec::new();
        for (param, &of) in plan.params.iter().zip(params) {
            if let Param::Sum { op, ty, rows } = param {
                // What leaves the other operand as it is; sums start with it, the parameter's first value is added at the end.
                let neutral = if *op == Op::And { u128::MAX } else { 0 };
                let neutral = self.b.constant_vec(neutral);
                debug_assert_eq!(self.b.ty(of), *ty);
                for &row in rows {
                    starts.push(neutral);
                    sums.push((self.b.append_param(block, Type::V128), *op, *ty, row));
                }
            }
        }
        self.b.jump(block, &starts);

        self.b.switch_to(block);
        self.places = moving;
        // What may be stored to is loaded first.
        for (id, node) in plan.nodes.iter().enumerate() {
            let group = match node.make {
                Make::Load(e) | Make::Spread(e) | Make::Pair([e, _]) => e.group,
                _ => continue,
            };
            if plan.accesses.groups[group].is_stored {
                self.value(id);
            }
        }
        for store in &plan.stores {
            let value = self.value(store.node);
            self.store(store, value);
        }
        let mut next = Vec::new();
        for (group, &place) in plan.accesses.groups.iter().zip(&self.places.clone()) {
            if group.step != 0 {
                let by = self
                    .b
                    .constant(Type::I32, u64::from(group.step) * u64::from(plan.rounds));
                next.push(self.b.binary(Op::Add, Type::I32, place, by));
            }
        }
        for (value, lanes, by) in growing {
            next.push(self.b.vector(Op::Vadd, Imm::Lanes(lanes), &[value, by]));
        }
        for (sum, op, ty, row) in sums {
            let value = self.value(row);
            next.push(self.combined(op, ty, sum, value));
        }
        // The counter's place is the first parameter of those that move.
        let at = plan.accesses.groups[..counter]
            .iter()
            .filter(|group| group.step != 0)
            .count();
        let goes_on = self.b.icmp(IntCc::Ne, Type::I32, next[at], end);
        let to_after: Vec<Value> = next[next.len() - sum_count(plan)..].to_vec();
        for &sum in &to_after {
            let ty = self.b.ty(sum);
            self.b.append_param(after, ty);
        }
        self.b.branch(goes_on, (block, &next), (after, &to_after));
    }

    fn combined(&mut self, op: Op, ty: Type, a: Value, b: Value) -> Value {
        let lanes = if ty == Type::I64 {
            Lanes::I64x2
        } else {
            Lanes::I32x4
        };
        let (op, imm) = match op {
            Op::And => (Op::Vand, Imm::None),
            Op::Or => (Op::Vor, Imm::None),
            Op::Xor => (Op::Vxor, Imm::None),
            _ => (Op::Vadd, Imm::Lanes(lanes)),
        };
        self.b.vector(op, imm, &[a, b])
    }

    /// What the loop's parameters are behind so many rounds.
    fn ends(&mut self, after: Block, rounds: Value, first: &[Value]) -> Vec<Value> {
        let mut sums = self.b.func.blocks[after].params.clone().into_iter();
        let mut ends = Vec::new();
        for (param, &first) in self.plan.params.iter().zip(first) {
            ends.push(match param {
                Param::Step(0) => first,
                Param::Step(step) => {
                    let step = self.b.constant(Type::I32, (*step).into());
                    let moved = self.b.binary(Op::Mul, Type::I32, rounds, step);
                    self.b.binary(Op::Add, Type::I32, first, moved)
                }
                Param::Sum { op, ty, rows } => {
                    let all = sums
                        .by_ref()
                        .take(rows.len())
                        .reduce(|a, b| self.combined(*op, *ty, a, b));
                    let all = all.expect("a sum has a row");
                    self.of_lanes(*op, *ty, first, all)
                }
            });
        }
        ends
    }

    /// The parameter's first value with all lanes.
    fn of_lanes(&mut self, op: Op, ty: Type, first: Value, all: Value) -> Value {
        let lanes = if ty == Type::I64 {
            Lanes::I64x2
        } else {
            Lanes::I32x4
        };
        (0..self.plan.lanes).fold(first, |sum, lane| {
            let imm = Imm::Lane {
                lanes,
                lane: lane as u8,
            };
            let value = self.b.vector(Op::Vextract, imm, &[all]);
            self.b.binary(op, ty, sum, value)
        })
    }

    // Vectors.

    fn value(&mut self, id: usize) -> Value {
        if let Some(&value) = self.before.get(&id).or_else(|| self.in_loop.get(&id)) {
            return value;
        }
        let plan = self.plan;
        let value = self.node(&plan.nodes[id]);
        self.in_loop.insert(id, value);
        value
    }

    fn node(&mut self, node: &Node) -> Value {
        if let Some(inst) = node.inst {
            let loc = self.b.func.insts[inst].loc;
            self.b.set_loc(loc);
        }
        match &node.make {
            Make::Constant(bits) => self.b.constant_vec(*bits),
            Make::Same(lanes, values) => self.same(*lanes, values),
            Make::Series(lanes, first, added) => self.series(*lanes, first, added),
            Make::Load(elements) => {
                let value = self.load(*elements);
                self.widened(*elements, value)
            }
            Make::Spread(elements) => {
                let value = self.load_one(*elements);
                self.b
                    .vector(Op::Vsplat, Imm::Lanes(elements.lanes), &[value])
            }
            Make::Pair([a, b]) => {
                let [low, high] = [*a, *b].map(|elements| self.load_one(elements));
                let lanes = a.lanes;
                let value = self.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[low]);
                let imm = Imm::Lane { lanes, lane: 1 };
                self.b.vector(Op::Vreplace, imm, &[value, high])
            }
            Make::Op(op, imm, args) => {
                let args: Vec<Value> = args.iter().map(|&arg| self.value(arg)).collect();
                self.b.vector(*op, imm.clone(), &args)
            }
            Make::Shift(op, lanes, value, count) => {
                let value = self.value(*value);
                let count = match *count {
                    Count::Bits(bits) => self.b.constant(Type::I32, bits.into()),
                    Count::Value(value) => value,
                };
                self.b.vector(*op, Imm::Lanes(*lanes), &[value, count])
            }
        }
    }

    fn same(&mut self, lanes: Lanes, values: &[Value]) -> Value {
        let mut all = self.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[values[0]]);
        for (lane, &value) in values.iter().enumerate().skip(1) {
            if value != values[0] {
                let lane = lane as u8;
                all = self
                    .b
                    .vector(Op::Vreplace, Imm::Lane { lanes, lane }, &[all, value]);
            }
        }
        all
    }

    fn series(&mut self, lanes: Lanes, first: &Linear, added: &[u32]) -> Value {
        let first = self.linear(first);
        let first = self.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[first]);
        let bits = lanes.bits();
        let lane = |(i, &number): (usize, &u32)| {
            (u128::from(number) & (u128::MAX >> (128 - bits))) << (i as u32 * bits)
        };
        let added = added
            .iter()
            .enumerate()
            .map(lane)
            .fold(0, |all, lane| all | lane);
        let added = self.b.constant_vec(added);
        self.b.vector(Op::Vadd, Imm::Lanes(lanes), &[first, added])
    }

    fn splat_constant(&mut self, lanes: Lanes, number: u32) -> Value {
        let number = self.b.constant(Type::I32, number.into());
        self.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[number])
    }

    /// Elements for all lanes, in the lowest bits.
    fn load(&mut self, elements: Elements) -> Value {
        let (ty, access, lanes) = match elements.bytes * self.plan.lanes {
            16 => return self.access(elements, Type::V128, Access::Full),
            8 => (Type::I64, Access::Full, Lanes::I64x2),
            4 => (Type::I32, Access::Full, Lanes::I32x4),
            _ => (Type::I32, Access::U16, Lanes::I16x8),
        };
        let value = self.access(elements, ty, access);
        self.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[value])
    }

    fn access(&mut self, elements: Elements, ty: Type, access: Access) -> Value {
        let place = self.places[elements.group];
        self.b.load(
            ty,
            access,
            self.plan.accesses.mem,
            place,
            elements.at.into(),
        )
    }

    /// An element, as the type of its lanes.
    fn load_one(&mut self, elements: Elements) -> Value {
        let ty = elements.lanes.scalar();
        let access = match (elements.bytes, elements.is_signed) {
            (bytes, _) if bytes == ty.bytes() => Access::Full,
            (1, true) => Access::S8,
            (1, false) => Access::U8,
            (2, true) => Access::S16,
            (2, false) => Access::U16,
            (_, true) => Access::S32,
            (_, false) => Access::U32,
        };
        self.access(elements, ty, access)
    }

    /// Lanes as wide as they are to be.
    fn widened(&mut self, elements: Elements, value: Value) -> Value {
        let mut value = value;
        let mut bits = elements.bytes * 8;
        while bits < elements.lanes.bits() {
            bits *= 2;
            let lanes = match bits {
                16 => Lanes::I16x8,
                32 => Lanes::I32x4,
                _ => Lanes::I64x2,
            };
            let op = if elements.is_signed {
                Op::VextendLowS
            } else {
                Op::VextendLowU
            };
            value = self.b.vector(op, Imm::Lanes(lanes), &[value]);
        }
        value
    }

    /// Stores the lowest bytes of all lanes.
    fn store(&mut self, store: &Store, value: Value) {
        let loc = self.b.func.insts[store.inst].loc;
        self.b.set_loc(loc);
        let elements = store.elements;
        let mut value = value;
        let width = elements.lanes.bits() / 8;
        if elements.bytes < width {
            let byte = |i: u32| i / elements.bytes * width + i % elements.bytes;
            let used = elements.bytes * self.plan.lanes;
            let mask = (0..16).fold(0u128, |mask, i| {
                let from = if i < used { byte(i) } else { 0 };
                mask | u128::from(from) << (8 * i)
            });
            value = self.b.vector(Op::Vshuffle, Imm::Vec(mask), &[value, value]);
        }
        let lane = |lanes: Lanes| Imm::Lane { lanes, lane: 0 };
        let (ty, access, value) = match elements.bytes * self.plan.lanes {
            16 => (Type::V128, Access::Full, value),
            8 => {
                let value = self.b.vector(Op::Vextract, lane(Lanes::I64x2), &[value]);
                (Type::I64, Access::Full, value)
            }
            4 => {
                let value = self.b.vector(Op::Vextract, lane(Lanes::I32x4), &[value]);
                (Type::I32, Access::Full, value)
            }
            _ => {
                let value = self.b.vector(Op::VextractU, lane(Lanes::I16x8), &[value]);
                (Type::I32, Access::U16, value)
            }
        };
        let place = self.places[elements.group];
        self.b.store(
            ty,
            access,
            self.plan.accesses.mem,
            place,
            value,
            elements.at.into(),
        );
    }
}

/// Vectors that sums are in.
fn sum_count(plan: &Plan) -> usize {
    let rows = plan.params.iter().map(|param| match param {
        Param::Sum { rows, .. } => rows.len(),
        Param::Step(_) => 0,
    });
    rows.sum()
}
