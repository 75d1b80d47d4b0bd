//! What a loop accesses of memory.

use super::Loop;
use super::linear::{Linear, Linears};
use crate::ir::op::EffectClass;
use crate::ir::{Func, Imm, Inst, MemId, Op, Program, Shape, Type, Value};
use std::collections::HashMap;

/// Accesses of a loop, and places: each pair that one of both stores to is compared at run time.
const MOST_ACCESSES: usize = 64;
const MOST_GROUPS: usize = 8;
const MOST_PAIRS: usize = 6;

/// From the first to the last byte that one round accesses at one place.
const MOST_BYTES: u32 = 1 << 16;
/// Bytes between one round's place and the next one's.
const MOST_STEP: u32 = 4096;

/// An access.
#[derive(Clone, Copy)]
pub struct Access {
    pub inst: Inst,
    pub is_store: bool,
    /// Index in [`Accesses::groups`].
    pub group: usize,
    /// From the group's place in the same round, the instruction's offset included.
    pub at: u32,
    pub bytes: u32,
    pub ty: Type,
    pub kind: crate::ir::Access,
}

/// Accesses at constant distances from each other, in each round.
pub struct Group {
    /// The lowest address of the first round, before any instruction's offset. Modulo 2^32; what is executed lies where the memory is, so its addresses do not wrap
    /// where all bytes from `start` to `end` are in the memory.
    pub place: Linear,
    /// How far it moves with each round.
    pub step: u32,
    /// The first byte that is accessed, from the place, and that behind the last one.
    pub start: u32,
    pub end: u32,
    pub is_stored: bool,
}

/// All accesses of a loop, in order.
pub struct Accesses {
    pub mem: MemId,
    pub list: Vec<Access>,
    pub groups: Vec<Group>,
    by_inst: HashMap<Inst, usize>,
}

impl Accesses {
    /// The accesses of a loop that does nothing else but compute: one memory, with addresses that grow or stay.
    pub fn find(
        func: &Func,
        program: &Program,
        it: &Loop,
        linears: &mut Linears,
    ) -> Option<Accesses> {
        let mut found: Vec<(Access, Linear)> = Vec::new();
        let mut memory = None;
        for inst in it.insts(func) {
            let data = &func.insts[inst];
            match (data.op, &data.imm) {
                (
                    Op::Load | Op::Store,
                    &Imm::Mem {
                        mem,
                        access,
                        offset,
                    },
                ) => {
                    let mem = super::memory(program, mem)?;
                    if *memory.get_or_insert(mem) != mem || found.len() == MOST_ACCESSES {
                        return None;
                    }
                    let is_store = data.op == Op::Store;
                    let at = u32::try_from(offset).ok().filter(|&at| at < MOST_BYTES)?;
                    let access = Access {
                        inst,
                        is_store,
                        group: 0,
                        at,
                        bytes: access.bytes(data.ty),
                        ty: data.ty,
                        kind: access,
                    };
                    found.push((access, linears.of(data.args[0])?));
                }
                _ if data.op.row().effect == EffectClass::Pure => {}
                _ if data.op.shape() == Shape::Terminator => {}
                _ => return None,
            }
        }
        let mut accesses = Accesses {
            mem: memory?,
            list: Vec::new(),
            groups: Vec::new(),
            by_inst: HashMap::new(),
        };
        accesses.group(found)?;
        Some(accesses)
    }

    fn group(&mut self, found: Vec<(Access, Linear)>) -> Option<()> {
        for (mut access, address) in found {
            let is_same = |group: &Group| {
                let distance = address.constant.wrapping_sub(group.place.constant) as i32;
                group.place.terms == address.terms
                    && group.step == address.step
                    && distance.unsigned_abs() < MOST_BYTES
            };
            let group = match self.groups.iter().position(is_same) {
                Some(group) => group,
                None => {
                    let is_slow =
                        address.step <= MOST_STEP && (address.step != 0 || !access.is_store);
                    if !is_slow || self.groups.len() == MOST_GROUPS {
                        return None;
                    }
                    self.groups.push(Group {
                        place: Linear {
                            step: 0,
                            ..address.clone()
                        },
                        step: address.step,
                        start: u32::MAX,
                        end: 0,
                        is_stored: false,
                    });
                    self.groups.len() - 1
                }
            };
            access.group = group;
            let place = &mut self.groups[group].place;
            let distance = address.constant.wrapping_sub(place.constant);
            if (distance as i32) < 0 {
                // The place is where the lowest address is.
                place.constant = address.constant;
                let more = distance.wrapping_neg();
                for other in self.list.iter_mut().filter(|a| a.group == group) {
                    other.at = other.at.checked_add(more)?;
                }
            } else {
                access.at = access.at.checked_add(distance)?;
            }
            self.by_inst.insert(access.inst, self.list.len());
            self.list.push(access);
        }
        for access in &self.list {
            let group = &mut self.groups[access.group];
            let end = access.at.checked_add(access.bytes)?;
            if end > MOST_BYTES {
                return None;
            }
            group.start = group.start.min(access.at);
            group.end = group.end.max(end);
            group.is_stored |= access.is_store;
        }
        let moves = self.groups.iter().any(|group| group.step != 0);
        (moves && self.pairs().len() <= MOST_PAIRS).then_some(())
    }

    /// The access that an instruction makes.
    pub fn of(&self, inst: Inst) -> Option<&Access> {
        Some(&self.list[*self.by_inst.get(&inst)?])
    }

    /// The load that makes a value.
    pub fn loaded(&self, func: &Func, value: Value) -> Option<&Access> {
        self.of(func.def(value)?).filter(|access| !access.is_store)
    }

    /// Groups that must lie apart, in all rounds.
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let groups = 0..self.groups.len();
        let pairs = groups
            .clone()
            .flat_map(|a| (a + 1..groups.end).map(move |b| (a, b)));
        let is_stored = |group: usize| self.groups[group].is_stored;
        pairs
            .filter(|&(a, b)| is_stored(a) || is_stored(b))
            .collect()
    }

    /// Whether so many rounds may load all that they load before they store anything, and store each thing as a whole: no load finds what one of them has stored before it, and
    /// nothing is stored twice. (Between groups that is known at run time.)
    pub fn may_load_first(&self, rounds: u32) -> bool {
        let overlap = |a: &Access, b: &Access, later: u32| {
            let b_at = b.at + self.groups[b.group].step * later;
            a.at < b_at + b.bytes && b_at < a.at + a.bytes
        };
        self.list.iter().enumerate().all(|(i, store)| {
            let same = |(_, other): &(usize, &Access)| other.group == store.group;
            !store.is_store
                || self.list.iter().enumerate().filter(same).all(|(j, other)| {
                    let from = u32::from(j <= i);
                    !(from..rounds).any(|later| overlap(store, other, later))
                })
        })
    }
}
