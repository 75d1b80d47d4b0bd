//! The register allocator.
//!
//! Problem: every operand gets a register or a spill slot, with few moves where the program spends its time, in time that grows with the function's size.
//!
//! Algorithm: one walk through the blocks in their order, in which every block comes behind those that dominate it. Before it, [`live`] finds which values live
//! into each block and how far away their next uses are (Braun and Hack, "Register Spilling and Live-Range Splitting for SSA-Form Programs", 2009).
//! The walk keeps what is in which register ([`state`]). An instruction's operands get registers ([`step`]); where none is left, the value whose next use is
//! farthest is thrown out and found in its slot again (Belady, "A Study of Replacement Algorithms", 1966). What is in registers at a block's start is decided when the walk gets there ([`entry`]), and
//! edges move what is elsewhere at a predecessor's end ([`finish`]). A value is stored into its slot once, at a place that dominates all that need it.
//!
//! Which register: one that no instruction takes away while the value lives, if there is one; among these the one that its set of block parameters and arguments, or
//! a use, asks for.
//!
//! Functions in which too many values live across blocks, and those that are not optimised, get the same without liveness: there, what is used in another block than
//! its own goes through its slot.

pub(crate) mod check;
mod entry;
mod finish;
mod flow;
mod live;
mod slots;
mod state;
mod step;
#[cfg(test)]
mod tests;

use super::isa::RegEnv;
use super::mir::{Loc, MBlock, MFunc, MachInst, PRegSet, Role, VReg};
use super::ssa;
use crate::entity::EntityId;
use flow::{Flow, Loop, NONE};
use live::{Live, Marks};
use slots::Slots;
use state::{Place, PlacedMove, State};
use std::ops::Range;

/// Where everything is. The machine IR is not changed.
///
/// Spills store and reload whole 64-bit registers (128-bit float registers where the function has vectors), so the upper half of a clean i32 is zero after a reload
/// as well.
#[derive(Clone, Debug, Default)]
pub struct Allocation {
    /// Place of each operand, in instruction order.
    locs: Vec<Loc>,
    /// End of each instruction's operands in `locs`.
    ends: Vec<u32>,
    /// Moves between places, in the order of the instructions before which they happen.
    moves: Vec<Move>,
    /// End of the moves before each instruction in `moves`.
    move_ends: Vec<u32>,
    /// Spill slots of 8 bytes.
    pub spills: u32,
    /// Registers written by operands or moves, or clobbered.
    pub changed: PRegSet,
}

impl Allocation {
    /// Places of an instruction's operands.
    pub fn locs(&self, inst: usize) -> &[Loc] {
        &self.locs[range(&self.ends, inst)]
    }
    /// Moves before an instruction, which happen in order.
    pub fn moves(&self, inst: usize) -> &[Move] {
        &self.moves[range(&self.move_ends, inst)]
    }
}

fn range(ends: &[u32], index: usize) -> Range<usize> {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    start as usize..ends[index] as usize
}

/// A move that the allocator inserts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    pub from: Loc,
    pub to: Loc,
}

/// How much to try, and whether to check.
#[derive(Clone, Copy, Debug)]
pub struct AllocOptions {
    /// Nothing is in a register across blocks.
    pub local: bool,
    /// Check the result.
    pub verify: bool,
}

/// Values that live into blocks, summed over all blocks, beyond which none is kept in a register across blocks.
const MAX_LIVE: usize = 6_000_000;

/// Assigns registers and spill slots. With [`AllocOptions::verify`] it is proved that every use reads the value that it should.
///
/// # Errors
///
/// A use that no definition reaches, or what is wrong with the result: bugs in lowering or here.
pub fn allocate<I: MachInst>(
    func: &MFunc<I>,
    env: &RegEnv,
    options: AllocOptions,
) -> Result<Allocation, String> {
    ssa::definitions(func)?;
    let allocation = walk(func, env, options.local);
    if options.verify {
        check::check(func, env, &allocation)
            .map_err(|e| format!("register allocation is wrong: {e}"))?;
    }
    Ok(allocation)
}

fn walk<I: MachInst>(func: &MFunc<I>, env: &RegEnv, local: bool) -> Allocation {
    let flow = Flow::new(func);
    let live = Live::new(func, &flow, local, MAX_LIVE);
    let (live, local) = match live {
        Some(live) => (live, local),
        None => {
            let live = Live::new(func, &flow, true, MAX_LIVE);
            (live.expect("nothing lives into blocks"), true)
        }
    };
    let mut state = State::new(func, env, flow, live, local);
    state.learn();
    step::hints(&mut state);
    let mut marks = Marks::new(func.vreg_count as usize);
    let mut out = Vec::new();
    for block in 0..func.blocks.len() as u32 {
        state.prepare(block, &mut marks, &mut out);
        state.enter();
        for (at, inst) in func.block_insts(MBlock::from_u32(block)).enumerate() {
            state.step(inst, at as u32 + 1);
        }
        state.leave(&out);
    }
    state.edges();
    state.stores();
    let moves = finish::sorted(std::mem::take(&mut state.moves));
    let moves = finish::before_branches(&state, moves);
    let slots = Slots::new(&state, &moves);
    result(&state, &moves, &slots)
}

impl<I> State<'_, I> {
    /// Facts about the whole function.
    fn learn(&mut self) {
        let func = self.func;
        let mut becomes = vec![0.0; self.values.len()];
        for block in 0..func.blocks.len() as u32 {
            let id = MBlock::from_u32(block);
            let weight = self.flow.guesses[block as usize];
            let mut taken = PRegSet::EMPTY;
            for inst in func.block_insts(id) {
                taken = taken.union(live::blocked(func, inst));
                for operand in func.inst_operands(inst) {
                    if operand.role == Role::Use {
                        self.use_in(operand.vreg, block, weight);
                    }
                }
            }
            for edge in func.succs(id) {
                for (&arg, &param) in func.args(edge).iter().zip(func.params(edge.to)) {
                    self.use_in(arg, block, weight);
                    self.join(param, arg);
                    let most = &mut becomes[arg.index()];
                    if weight > *most {
                        *most = weight;
                        self.value(arg).becomes = Some(param);
                    }
                }
            }
            let inner = self.flow.innermost[block as usize];
            if inner != NONE && !func.blocks[block as usize].cold {
                let pressure = self.live.pressure[block as usize];
                self.flow.loops[inner as usize].needs(taken, pressure);
            }
        }
        // Inner loops come first.
        for inner in 0..self.flow.loops.len() {
            let Loop {
                blocked,
                pressure,
                parent,
                ..
            } = self.flow.loops[inner];
            if parent != NONE {
                self.flow.loops[parent as usize].needs(blocked, pressure);
            }
        }
    }

    fn use_in(&mut self, vreg: VReg, block: u32, weight: f32) {
        self.uses[vreg.index()] += weight;
        if self.local && self.live.def_blocks[vreg.index()] != block {
            let def = self.live.def_blocks[vreg.index()];
            if !std::mem::replace(&mut self.escaping[vreg.index()], true) {
                self.value(vreg).needed = def;
                self.needs.push((vreg, def));
            }
        }
    }

    /// Whether a value is used in another block than its own. (Known where nothing is kept in registers across blocks.)
    fn escapes(&self, vreg: VReg) -> bool {
        self.escaping[vreg.index()]
    }
}

fn result<I>(state: &State<'_, I>, moves: &[PlacedMove], slots: &Slots) -> Allocation {
    let loc = |place: Place| match place {
        Place::Reg(reg) => Loc::Reg(reg),
        Place::Slot(vreg) => Loc::Spill(slots.of(vreg)),
        Place::Spare(class, index) => Loc::Spill(slots.spare(class, index)),
    };
    let mut move_ends = vec![0; state.func.insts.len()];
    for it in moves {
        move_ends[it.inst as usize] += 1;
    }
    let mut end = 0;
    for count in &mut move_ends {
        end += *count;
        *count = end;
    }
    Allocation {
        locs: state.places.iter().map(|&place| loc(place)).collect(),
        ends: state.func.operand_ends.clone(),
        moves: moves
            .iter()
            .map(|it| Move {
                from: loc(it.from),
                to: loc(it.to),
            })
            .collect(),
        move_ends,
        spills: slots.count,
        changed: state.changed,
    }
}
