//! For debuggers: where the values are that locals of WebAssembly hold ([`crate::ir::Watch`]), at every place of the machine code.
//!
//! Algorithm: which of these values each register and spill slot holds, before each instruction and on every way to it, by iteration over the blocks until nothing
//! changes; where ways meet, what all of them say ([`Flow`]). It follows the allocation as it is and asks nothing of the allocator. A value stays known behind its last use, as long as nothing
//! is written over it. While code is emitted these states become stretches of code ([`Recorder`]).
//!
//! Invariants: a place is told for a stretch only if it holds, wherever in it the program stops, what the definition of the value computed when it ran last. What an instruction
//! changes is unknown behind its first byte: a debugger that stands in front of it sees what was, one that looks at a call from its callee does not.

use super::buffer::CodeBuffer;
use super::compiled::{Stretch, WatchedPlace};
use super::isa::RegEnv;
use super::mir::{
    Control, Loc, MBlock, MFunc, MachInst, PReg, PRegSet, RegClass, Role, VReg, Watched,
};
use super::regalloc::Allocation;
use super::regalloc::check::clobbers;
use crate::entity::EntityId;
use std::collections::BTreeSet;

/// What places hold: places with virtual registers, in order.
type State = Vec<(Loc, u32)>;

/// States of a function.
pub struct Flow<'a, I> {
    func: &'a MFunc<I>,
    env: &'a RegEnv,
    alloc: &'a Allocation,
    /// By virtual register: whether it is followed.
    followed: Vec<bool>,
    /// By block: at its start.
    starts: Vec<Option<State>>,
}

impl<'a, I: MachInst> Flow<'a, I> {
    /// Nothing where there is nothing to follow.
    pub fn new(func: &'a MFunc<I>, env: &'a RegEnv, alloc: &'a Allocation) -> Option<Self> {
        let followed = followed(func)?;
        let mut flow = Flow {
            func,
            env,
            alloc,
            followed,
            starts: vec![None; func.blocks.len()],
        };
        flow.starts[0] = Some(State::new());
        let mut dirty = BTreeSet::from([0]);
        while let Some(block) = dirty.pop_first() {
            let id = MBlock::from_u32(block as u32);
            let mut state = flow.start(id);
            for inst in func.block_insts(id) {
                flow.moves(inst, &mut state);
                flow.write(inst, &mut state);
            }
            for edge in func.succs(id) {
                let next = flow.passed(&state, func.params(edge.to), func.args(edge));
                let to = edge.to.index();
                let merged = match &flow.starts[to] {
                    None => next,
                    Some(known) => known
                        .iter()
                        .copied()
                        .filter(|held| next.contains(held))
                        .collect(),
                };
                if flow.starts[to].as_ref() != Some(&merged) {
                    flow.starts[to] = Some(merged);
                    dirty.insert(to);
                }
            }
        }
        Some(flow)
    }

    /// At the start of a block.
    fn start(&self, block: MBlock) -> State {
        self.starts[block.index()].clone().unwrap_or_default()
    }

    /// Behind an edge.
    fn passed(&self, state: &State, params: &[VReg], args: &[VReg]) -> State {
        if params.is_empty() {
            return state.clone();
        }
        let is_param = |vreg: u32| params.iter().any(|param| param.index() as u32 == vreg);
        let mut next: State = Vec::new();
        for &(place, vreg) in state {
            if !is_param(vreg) {
                next.push((place, vreg));
            }
            for (param, arg) in params.iter().zip(args) {
                if arg.index() as u32 == vreg && self.followed[param.index()] {
                    next.push((place, param.index() as u32));
                }
            }
        }
        sorted(next)
    }

    /// Behind the moves before an instruction.
    fn moves(&self, inst: usize, state: &mut State) {
        for it in self.alloc.moves(inst) {
            let held: Vec<u32> = held_in(state, it.from).collect();
            state.retain(|&(place, _)| place != it.to);
            state.extend(held.into_iter().map(|vreg| (it.to, vreg)));
        }
        state.sort_unstable_by_key(key);
    }

    /// Behind an instruction.
    fn write(&self, inst: usize, state: &mut State) {
        let lost = clobbers(self.func, self.env, inst);
        state.retain(|&(place, _)| !is_in(lost, place));
        for (vreg, place) in self.definitions(inst) {
            state.retain(|&(at, it)| at != place && it != vreg);
            if self.followed[vreg as usize] {
                state.push((place, vreg));
            }
        }
        state.sort_unstable_by_key(key);
    }

    fn definitions(&self, inst: usize) -> impl Iterator<Item = (u32, Loc)> + '_ {
        let places = self.alloc.locs(inst).iter();
        let operands = self.func.inst_operands(inst).iter().zip(places);
        operands
            .filter(|(operand, _)| operand.role == Role::Def)
            .map(|(operand, &place)| (operand.vreg.index() as u32, place))
    }
}

fn key(held: &(Loc, u32)) -> (bool, u32, u32) {
    match held.0 {
        Loc::Reg(reg) => (false, reg.index() as u32, held.1),
        Loc::Spill(slot) => (true, slot, held.1),
    }
}

fn sorted(mut state: State) -> State {
    state.sort_unstable_by_key(key);
    state.dedup();
    state
}

fn held_in(state: &State, place: Loc) -> impl Iterator<Item = u32> + '_ {
    let held = state.iter().filter(move |held| held.0 == place);
    held.map(|held| held.1)
}

fn is_in(set: PRegSet, place: Loc) -> bool {
    matches!(place, Loc::Reg(reg) if set.contains(reg))
}

/// The virtual registers of the values that are watched, and of those that become one on an edge.
fn followed<I: MachInst>(func: &MFunc<I>) -> Option<Vec<bool>> {
    let mut followed = vec![false; func.vreg_count as usize];
    let mut any = false;
    for watch in &func.watches {
        if let Some(Watched::VReg(vreg)) = watch.value {
            followed[vreg as usize] = true;
            any = true;
        }
    }
    if !any {
        return None;
    }
    loop {
        let mut grown = false;
        for edge in func.edges.iter().rev() {
            for (param, arg) in func.params(edge.to).iter().zip(func.args(edge)) {
                if followed[param.index()] && !followed[arg.index()] {
                    followed[arg.index()] = true;
                    grown = true;
                }
            }
        }
        if !grown {
            return Some(followed);
        }
    }
}

/// Makes stretches of the states while a function is emitted.
pub struct Recorder<'a, I> {
    flow: Flow<'a, I>,
    state: State,
    /// What holds now, with the mark from which on.
    open: Vec<(Loc, u32, u32)>,
    closed: Vec<Closed>,
}

/// A stretch of code, between marks.
struct Closed {
    place: Loc,
    vreg: u32,
    start: u32,
    end: u32,
    /// Whether the byte behind the end belongs to it.
    and_next: bool,
}

impl<'a, I: MachInst> Recorder<'a, I> {
    pub fn new(flow: Flow<'a, I>) -> Self {
        Recorder {
            flow,
            state: State::new(),
            open: Vec::new(),
            closed: Vec::new(),
        }
    }

    /// A block is emitted from here on.
    pub fn enter(&mut self, block: MBlock, buf: &mut CodeBuffer) {
        self.leave(buf);
        self.state = self.flow.start(block);
        self.open_new(buf);
    }

    /// Nothing is known from here on.
    pub fn leave(&mut self, buf: &mut CodeBuffer) {
        self.state.clear();
        self.close(buf, false, |_, _| true);
    }

    /// The moves before an instruction follow.
    pub fn before_moves(&mut self, inst: usize, buf: &mut CodeBuffer) {
        let moves = self.flow.alloc.moves(inst);
        self.close(buf, true, |place, _| moves.iter().any(|it| it.to == place));
        self.flow.moves(inst, &mut self.state);
    }

    /// They were emitted, the instruction follows.
    pub fn before(&mut self, inst: usize, buf: &mut CodeBuffer) {
        self.open_new(buf);
        let lost = clobbers(self.flow.func, self.flow.env, inst);
        let defs: Vec<(u32, Loc)> = self.flow.definitions(inst).collect();
        // It restores the caller's registers on its way.
        let leaves = self.flow.func.insts[inst].control() == Control::Exit;
        let changes = |place, vreg| {
            leaves || is_in(lost, place) || defs.iter().any(|&(it, at)| at == place || it == vreg)
        };
        self.close(buf, true, changes);
        self.flow.write(inst, &mut self.state);
    }

    /// It was emitted.
    pub fn behind(&mut self, buf: &mut CodeBuffer) {
        self.open_new(buf);
    }

    fn open_new(&mut self, buf: &mut CodeBuffer) {
        let start = buf.mark();
        for &(place, vreg) in &self.state {
            let is_open = |it: &&(Loc, u32, u32)| it.0 == place && it.1 == vreg;
            if !self.open.iter().any(|it| is_open(&it)) {
                self.open.push((place, vreg, start));
            }
        }
    }

    fn close(
        &mut self,
        buf: &mut CodeBuffer,
        and_next: bool,
        mut which: impl FnMut(Loc, u32) -> bool,
    ) {
        if self.open.is_empty() {
            return;
        }
        let end = buf.mark();
        self.open.retain(|&(place, vreg, start)| {
            let closes = which(place, vreg);
            if closes {
                self.closed.push(Closed {
                    place,
                    vreg,
                    start,
                    end,
                    and_next,
                });
            }
            !closes
        });
    }

    /// All stretches, by offsets. `number`: DWARF's of a register; `spill`: the distance of a slot from the canonical frame address.
    pub fn stretches(
        self,
        marks: &[u32],
        number: fn(PReg) -> u16,
        spill: impl Fn(u32) -> i32,
    ) -> Vec<Stretch> {
        let stretch = |it: &Closed| Stretch {
            value: it.vreg,
            start: marks[it.start as usize],
            end: marks[it.end as usize] + u32::from(it.and_next),
            place: match it.place {
                Loc::Reg(reg) if reg.class() == RegClass::Float => WatchedPlace::Float(number(reg)),
                Loc::Reg(reg) => WatchedPlace::Register(number(reg)),
                Loc::Spill(slot) => WatchedPlace::Frame(spill(slot)),
            },
        };
        let mut all: Vec<Stretch> = self.closed.iter().map(stretch).collect();
        all.retain(|it| it.start < it.end);
        all.sort_unstable();
        all
    }
}
