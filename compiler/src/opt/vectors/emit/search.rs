//! The blocks before a search. Unlike a counted loop it accesses nobody knows how much, so whether that lies in memory is asked again and again:
//!
//! ```text
//! entry:   do a few rounds come for certain, as far as numbers decide?      no: the loop as it was
//! before:  does what the rounds access that are done at a time lie in memory?  no: the loop as it was
//! first:   does anything else end the first round?                          yes: the loop as it was
//! body:    is there a round among them that something else ends?            yes: found
//! next:    are there more rounds, and does what they access lie in memory?  yes: body, no: tail
//! found:   which of them is the first?
//! tail:    where the parameters of the loop are by now
//! loop:    from that round on, or from the last one on that is certain to come
//! ```
//!
//! So more may be loaded than the loop does, but nothing that is not in memory.

use super::super::Loop;
use super::super::access::Group;
use super::super::plan::{Plan, Search};
use super::Emit;
use crate::ir::{Block, Builder, Imm, IntCc, Lanes, Op, Program, Type, Value};
use std::collections::HashMap;

/// Rounds below which the loop as it was is faster.
const FEWEST_ROUNDS: u64 = 4;

/// Makes the blocks, in order, and leads there what led to the loop.
pub fn emit(b: &mut Builder, program: &Program, it: &Loop, search: &Search) -> Vec<Block> {
    let plan = &search.plan;
    let entry = b.create_block();
    let (mut emit, first_values) = Emit::at(b, it, plan, entry);
    let mut blocks = vec![entry];
    let mut add = |emit: &mut Emit| {
        let block = emit.b.create_block();
        blocks.push(block);
        block
    };
    let scalar = (it.header(), &first_values[..]);
    let certain = emit.certain_rounds(it);
    let fewest = emit.b.constant(Type::I64, FEWEST_ROUNDS);
    let enough = emit.b.icmp(IntCc::GeS, Type::I64, certain, fewest);
    let before = add(&mut emit);
    emit.b.branch(enough, (before, &[]), scalar);
    if emit.never_leaves(it, entry) {
        return vec![entry];
    }

    emit.b.switch_to(before);
    let length = emit.memory_length(program);
    let mut bounds = Vec::new();
    for group in &plan.accesses.groups {
        let end = emit.b.constant(Type::I64, plan.end(group));
        bounds.push(emit.b.binary(Op::Sub, Type::I64, length, end));
        let place = emit.linear(&group.place);
        emit.places.push(place);
    }
    for (i, &bound) in bounds.iter().enumerate() {
        let is_inside = emit.is_inside(emit.places[i], bound);
        let inside = add(&mut emit);
        emit.b.branch(is_inside, (inside, &[]), scalar);
        emit.b.switch_to(inside);
    }
    let mut made = HashMap::new();
    for exit in &it.exits {
        let condition = emit.first_round(it, exit.condition, &mut made);
        let stays = add(&mut emit);
        let stay: (Block, &[Value]) = (stays, &[]);
        let [then, or_else] = if exit.holds {
            [stay, scalar]
        } else {
            [scalar, stay]
        };
        emit.b.branch(condition, then, or_else);
        emit.b.switch_to(stays);
    }
    for (id, node) in plan.nodes.iter().enumerate() {
        if node.is_before {
            let value = emit.node(node);
            emit.before.insert(id, value);
        }
    }
    let moving = |group: &&Group| group.step != 0;
    let groups = plan.accesses.groups.iter().zip(&emit.places);
    let starts = groups
        .filter(|(group, _)| moving(group))
        .map(|(_, &place)| place);
    let starts: Vec<Value> = starts.chain([certain]).collect();
    let [body, next] = [add(&mut emit), add(&mut emit)];
    emit.b.jump(body, &starts);

    emit.b.switch_to(body);
    for (place, group) in plan.accesses.groups.iter().enumerate() {
        if group.step != 0 {
            emit.places[place] = emit.b.append_param(body, Type::I32);
        }
    }
    let left = emit.b.append_param(body, Type::I64);
    let mask = emit.value(search.mask);
    let lanes = if plan.lanes == 16 {
        Lanes::I8x16
    } else {
        Lanes::I16x8
    };
    let bits = emit.b.vector(Op::Vbitmask, Imm::Lanes(lanes), &[mask]);
    let stays = if search.holds {
        (1 << plan.lanes) - 1
    } else {
        0
    };
    let stays = emit.b.constant(Type::I32, stays);
    let none = emit.b.constant(Type::I64, 0);
    let all_stay = emit.b.icmp(IntCc::Eq, Type::I32, bits, stays);
    let (found, tail) = (emit.b.create_block(), emit.b.create_block());
    emit.b.branch(all_stay, (next, &[]), (found, &[]));

    emit.b.switch_to(next);
    let by = emit.b.constant(Type::I64, plan.rounds.into());
    let are_left = emit.b.icmp(IntCc::GtS, Type::I64, left, by);
    let more = add(&mut emit);
    emit.b.branch(are_left, (more, &[]), (tail, &[none]));
    emit.b.switch_to(more);
    let now_left = emit.b.binary(Op::Sub, Type::I64, left, by);
    let mut moved = Vec::new();
    let moves = plan.accesses.groups.iter().filter(moving).count();
    for (i, group) in plan.accesses.groups.iter().enumerate() {
        if group.step == 0 {
            continue;
        }
        let by = u64::from(group.step) * u64::from(plan.rounds);
        let by = emit.b.constant(Type::I32, by);
        let place = emit.b.binary(Op::Add, Type::I32, emit.places[i], by);
        moved.push(place);
        let is_inside = emit.is_inside(place, bounds[i]);
        if moved.len() == moves {
            moved.push(now_left);
            emit.b
                .branch(is_inside, (body, &moved), (tail, &[now_left]));
        } else {
            let inside = add(&mut emit);
            emit.b.branch(is_inside, (inside, &[]), (tail, &[now_left]));
            emit.b.switch_to(inside);
        }
    }

    emit.b.switch_to(found);
    let leaves = emit.b.binary(Op::Xor, Type::I32, bits, stays);
    let before_it = emit.b.unary(Op::Ctz, Type::I32, leaves);
    let before_it = emit.b.convert(Op::ExtU, Type::I64, before_it);
    let rest = emit.b.binary(Op::Sub, Type::I64, left, before_it);
    let comes = emit.b.icmp(IntCc::GtS, Type::I64, left, before_it);
    let rest = emit.b.select(Type::I64, comes, rest, none);
    emit.b.jump(tail, &[rest]);

    emit.b.switch_to(tail);
    let rest = emit.b.append_param(tail, Type::I64);
    let done = emit.b.binary(Op::Sub, Type::I64, certain, rest);
    let done = emit.b.convert(Op::Wrap, Type::I32, done);
    let ends = emit.ends(tail, done, &first_values);
    emit.b.jump(it.header(), &ends);
    blocks.extend([found, tail]);
    blocks
}

impl Emit<'_, '_> {
    /// Whether the place is at most so far from the memory's beginning.
    fn is_inside(&mut self, place: Value, bound: Value) -> Value {
        let place = self.b.convert(Op::ExtU, Type::I64, place);
        self.b.icmp(IntCc::LeU, Type::I64, place, bound)
    }

    /// A value in the first round, made anew.
    fn first_round(&mut self, it: &Loop, value: Value, made: &mut HashMap<Value, Value>) -> Value {
        if let Some(&value) = self.first.get(&value).or_else(|| made.get(&value)) {
            return value;
        }
        let inst = match self.b.func.def(value) {
            Some(inst) if it.insts.contains(&inst) => inst,
            _ => return value,
        };
        let data = self.b.func.insts[inst].clone();
        let args = data.args.iter();
        let args: Vec<Value> = args.map(|&arg| self.first_round(it, arg, made)).collect();
        let result = self.b.ty(value);
        let again = self.b.emit(data.op, data.ty, data.imm, &args, &[result]);
        let again = self.b.result(again);
        made.insert(value, again);
        again
    }
}

impl Plan {
    /// The byte behind the last one that the rounds which are done at a time access of a group, from its place in the first of them on.
    pub fn end(&self, group: &Group) -> u64 {
        u64::from(group.end) + u64::from(group.step) * u64::from(self.rounds - 1)
    }
}
