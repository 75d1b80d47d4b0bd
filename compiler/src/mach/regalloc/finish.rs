//! What is left when every block has registers: the moves on edges, where values are stored into their slots, and the slots' numbers.

use super::flow::NONE;
use super::state::{Held, Place, PlacedMove, Stage, State};
use crate::entity::EntityId;
use crate::mach::mir::{Control, Edge, MBlock, MachInst, PReg, PRegSet, RegClass, Role, VReg};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks that are looked at for the best place of a store.
const MAX_STEPS: u32 = 64;

/// And for several places.
const MAX_BELOW: usize = 512;

impl<I: MachInst> State<'_, I> {
    /// The moves on all edges.
    pub fn edges(&mut self) {
        let func = self.func;
        for pred in 0..func.blocks.len() as u32 {
            let id = MBlock::from_u32(pred);
            let is_single = func.succs(id).len() == 1;
            for edge in func.succs(id) {
                let to = func.block_insts(edge.to);
                let (inst, stage) = match is_single && func.preds(edge.to).len() > 1 {
                    true => {
                        let last = func.block_insts(id).end - 1;
                        let control = func.insts[last].control();
                        assert!(
                            matches!(control, Control::Jump(_)),
                            "moves before something else than a jump"
                        );
                        (last, Stage::Leave)
                    }
                    false => (to.start, Stage::Enter),
                };
                if stage == Stage::Leave {
                    self.dropped(pred, edge.to.index() as u32);
                }
                let mut moves = self.edge_moves(pred, edge);
                let taken = self.exits.of(pred as usize).iter().map(|held| held.reg);
                let taken = taken.fold(PRegSet::EMPTY, PRegSet::with);
                self.sequence(inst, stage, &mut moves, taken);
            }
        }
    }

    /// Notes values that are in a register at the end of the one block, but not at the start of the other, where they live.
    fn dropped(&mut self, pred: u32, block: u32) {
        let (entries, exits) = (
            std::mem::take(&mut self.entries),
            std::mem::take(&mut self.exits),
        );
        for held in entries.of(block as usize) {
            self.value(held.vreg).lives_in = true;
        }
        for held in exits.of(pred as usize) {
            if held.lives_out && !self.values[held.vreg.index()].lives_in {
                self.spill(held.vreg, pred);
            }
        }
        for held in entries.of(block as usize) {
            self.value(held.vreg).lives_in = false;
        }
        (self.entries, self.exits) = (entries, exits);
    }

    /// What must be moved on an edge, all at once.
    fn edge_moves(&mut self, pred: u32, edge: &Edge) -> Vec<(Place, Place)> {
        let func = self.func;
        let exits = self.exits.of(pred as usize);
        let mut holds: [Option<VReg>; 64] = [None; 64];
        for held in exits {
            holds[held.reg.index()] = Some(held.vreg);
        }
        let find = |vreg: VReg, wanted: Option<PReg>| match wanted {
            Some(reg) if holds[reg.index()] == Some(vreg) => Place::Reg(reg),
            _ => match exits.iter().find(|held| held.vreg == vreg) {
                Some(held) => Place::Reg(held.reg),
                None => self.slot(vreg),
            },
        };
        let mut moves = Vec::new();
        let to = edge.to.index();
        let params = func.params(edge.to).iter().zip(func.args(edge));
        for (&param, &arg) in params {
            let value = &self.values[param.index()];
            let to = match value.def {
                Some(reg) => Place::Reg(reg),
                // It is there.
                None if self.values[arg.index()].in_slot && self.home(arg) == self.home(param) => {
                    continue;
                }
                None if value.in_slot => self.slot(param),
                None => continue,
            };
            moves.push((find(arg, value.def), to));
        }
        for held in self.entries.of(to) {
            let is_param = self.live.def_blocks[held.vreg.index()] as usize == to
                && self.values[held.vreg.index()].def_inst == NONE;
            if !is_param {
                let from = find(held.vreg, Some(held.reg));
                moves.push((from, Place::Reg(held.reg)));
            }
        }
        moves
    }

    /// Puts moves that happen at once into an order. `taken`: registers that hold something before them.
    fn sequence(
        &mut self,
        inst: usize,
        stage: Stage,
        moves: &mut Vec<(Place, Place)>,
        taken: PRegSet,
    ) {
        // What stays where it is must not be used for anything else.
        let stay = moves.iter().filter_map(|&(_, to)| match to {
            Place::Reg(reg) => Some(reg),
            _ => None,
        });
        let mut taken = stay.fold(taken, PRegSet::with);
        moves.retain(|(from, to)| from != to);
        while !moves.is_empty() {
            let is_read = |place: Place| moves.iter().any(|&(from, _)| from == place);
            match moves.iter().position(|&(_, to)| !is_read(to)) {
                Some(ready) => {
                    let (from, to) = moves.swap_remove(ready);
                    self.move_any(inst, stage, from, to, taken);
                }
                None => {
                    // Only cycles are left: one place goes elsewhere meanwhile.
                    let (_, to) = moves[0];
                    let class = class_of(to);
                    let free = self.allocatable(class).minus(taken).iter().next();
                    let elsewhere = free.map_or(Place::Spare(class, 0), Place::Reg);
                    taken = taken.union(regs_in(elsewhere));
                    self.move_any(inst, stage, to, elsewhere, taken);
                    for (from, _) in moves.iter_mut() {
                        if *from == to {
                            *from = elsewhere;
                        }
                    }
                }
            }
        }
    }

    fn move_any(&mut self, inst: usize, stage: Stage, from: Place, to: Place, taken: PRegSet) {
        if let (Place::Reg(_), _) | (_, Place::Reg(_)) = (from, to) {
            return self.push_move(inst, stage, from, to);
        }
        // From slot to slot.
        let class = class_of(to);
        let all = self.allocatable(class);
        match all.minus(taken).iter().next() {
            Some(reg) => {
                self.push_move(inst, stage, from, Place::Reg(reg));
                self.push_move(inst, stage, Place::Reg(reg), to);
            }
            None => {
                let reg = all.iter().next().expect("a register of each class");
                let saved = Place::Spare(class, 1);
                self.push_move(inst, stage, Place::Reg(reg), saved);
                self.push_move(inst, stage, from, Place::Reg(reg));
                self.push_move(inst, stage, Place::Reg(reg), to);
                self.push_move(inst, stage, saved, Place::Reg(reg));
            }
        }
    }

    /// Stores each value that needs its slot where that happens least often: at one place that dominates all that need it, and that no loop leads back to without
    /// the definition, or at several, each of which dominates some of them.
    pub fn stores(&mut self) {
        let mut needs = std::mem::take(&mut self.needs);
        needs.sort_unstable_by_key(|&(vreg, block)| (vreg.index(), block));
        needs.dedup();
        for needs in needs.chunk_by(|a, b| a.0 == b.0) {
            let vreg = needs[0].0;
            let value = self.values[vreg.index()];
            if value.in_slot {
                continue;
            }
            let index = vreg.index();
            let def = self.live.def_blocks[index];
            let mut at = value.needed;
            let mut best: Option<(u32, Held)> = None;
            let mut steps = 0;
            while at != def && steps < MAX_STEPS {
                if let Some(held) = self.held_at(at, vreg)
                    && self.flow.is_as_deep(at, def)
                    && best.is_none_or(|(b, _)| self.weight(at) < self.weight(b))
                {
                    best = Some((at, held));
                }
                at = self.flow.tree.idom[at as usize];
                steps += 1;
            }
            let best = best.filter(|&(block, _)| self.weight(block) <= self.weight(def));
            let cost = self.weight(best.map_or(def, |(block, _)| block));
            if needs.len() > 1 {
                let places = self.apart(vreg, needs, cost);
                if !places.is_empty() {
                    for (block, held) in places {
                        self.store_at_start(block, held);
                    }
                    continue;
                }
            }
            match best {
                Some((block, held)) => self.store_at_start(block, held),
                None => self.store_at_definition(index, def),
            }
        }
    }

    /// The register that a value is in at a block's start.
    fn held_at(&self, block: u32, vreg: VReg) -> Option<Held> {
        let mut entry = self.entries.of(block as usize).iter();
        entry.find(|held| held.vreg == vreg).copied()
    }

    /// Several blocks to store a value at the start of, where that happens less often than `cost`. What needs it: each is dominated by one of them.
    fn apart(&self, vreg: VReg, needs: &[(VReg, u32)], cost: f32) -> Vec<(u32, Held)> {
        let def = self.live.def_blocks[vreg.index()];
        // Blocks between the definition and what needs the value, dominators before what they dominate; for each what the stores at its start or below it cost.
        let mut below: BTreeMap<u32, f32> = BTreeMap::new();
        for &(_, block) in needs {
            // What is needed there, must be stored before.
            let mut known = below.insert(block, f32::INFINITY);
            let mut at = block;
            while known.is_none() && at != def {
                if below.len() > MAX_BELOW {
                    return Vec::new();
                }
                at = self.flow.tree.idom[at as usize];
                known = below.get(&at).copied();
                below.entry(at).or_insert(0.0);
            }
        }
        let blocks: Vec<u32> = below.keys().copied().collect();
        for &block in blocks.iter().rev().filter(|&&block| block != def) {
            let own = match self.flow.is_as_deep(block, def) && self.held_at(block, vreg).is_some()
            {
                true => self.weight(block),
                false => f32::INFINITY,
            };
            let least = own.min(below[&block]);
            if own <= below[&block] {
                // Marks it as one of those that store.
                below.insert(block, f32::NEG_INFINITY);
            }
            *below
                .entry(self.flow.tree.idom[block as usize])
                .or_default() += least;
        }
        if below.get(&def).is_none_or(|&least| least >= cost) {
            return Vec::new();
        }
        let mut places = Vec::new();
        let mut stored: BTreeSet<u32> = BTreeSet::new();
        for block in blocks.into_iter().filter(|&block| block != def) {
            if stored.contains(&self.flow.tree.idom[block as usize]) {
                stored.insert(block);
            } else if below[&block] == f32::NEG_INFINITY
                && let Some(held) = self.held_at(block, vreg)
            {
                stored.insert(block);
                places.push((block, held));
            }
        }
        places
    }

    fn weight(&self, block: u32) -> f32 {
        self.flow.guesses[block as usize]
    }

    fn store_at_start(&mut self, block: u32, held: Held) {
        let first = self.func.block_insts(MBlock::from_u32(block)).start;
        let (from, to) = (Place::Reg(held.reg), self.slot(held.vreg));
        self.push_move(first, Stage::Store, from, to);
    }

    fn store_at_definition(&mut self, index: usize, block: u32) {
        let func = self.func;
        let id = MBlock::from_u32(block);
        let value = self.values[index];
        let insts = func.block_insts(id);
        if value.def_inst == NONE {
            let mut held = self.entries.of(block as usize).iter().copied();
            let held = held.find(|held| held.vreg.index() == index);
            return self.store_at_start(block, held.expect("a parameter's register"));
        }
        let operands = func.inst_operands(value.def_inst as usize).iter();
        let vreg = operands.map(|o| o.vreg).find(|v| v.index() == index);
        let to = self.slot(vreg.expect("the definition's operand"));
        let from = Place::Reg(value.def.expect("a definition is in a register"));
        let next = value.def_inst as usize + 1;
        if next < insts.end {
            return self.push_move(next, Stage::Store, from, to);
        }
        // A call that ends the block: its results are stored where it returns to.
        for edge in func.succs(id) {
            let first = func.block_insts(edge.to).start;
            self.push_move(first, Stage::Results, from, to);
        }
    }
}

fn class_of(place: Place) -> RegClass {
    match place {
        Place::Reg(reg) => reg.class(),
        Place::Slot(vreg) => vreg.class(),
        Place::Spare(class, _) => class,
    }
}

fn regs_in(place: Place) -> PRegSet {
    match place {
        Place::Reg(reg) => PRegSet::of(&[reg]),
        Place::Slot(_) | Place::Spare(..) => PRegSet::EMPTY,
    }
}

/// The moves in the order in which they happen.
pub fn sorted(mut moves: Vec<PlacedMove>) -> Vec<PlacedMove> {
    moves.sort_by_key(|it| (it.inst, it.stage));
    moves
}

/// Moves on an edge back to the head of a loop happen before the branch to it where they change nothing that the branch, or what the loop leaves by it
/// to, needs. Then the edge's block is empty, and the branch goes to the head itself: no jump is left in the round.
pub fn before_branches<I: MachInst>(
    state: &State<'_, I>,
    mut moves: Vec<PlacedMove>,
) -> Vec<PlacedMove> {
    let func = state.func;
    let at = |moves: &[PlacedMove], inst: usize| {
        let start = moves.partition_point(|it| (it.inst as usize) < inst);
        let count = moves[start..].partition_point(|it| it.inst as usize == inst);
        start..start + count
    };
    let mut earlier = Vec::new();
    for block in 0..func.blocks.len() as u32 {
        let id = MBlock::from_u32(block);
        let [one, other] = func.succs(id) else {
            continue;
        };
        let branch = func.block_insts(id).end - 1;
        let is_simple = func.clobbers[branch] == PRegSet::EMPTY
            && (func.inst_operands(branch).iter()).all(|it| it.role == Role::Use);
        if !is_simple {
            continue;
        }
        for (back, out) in [(one, other), (other, one)] {
            let jump = func.block_insts(back.to);
            let is_back = jump.len() == 1
                && matches!(func.insts[jump.start].control(), Control::Jump(head) if head <= id);
            if !is_back {
                continue;
            }
            let range = at(&moves, jump.start);
            let mut written = PRegSet::EMPTY;
            let are_simple = moves[range.clone()].iter().all(|it| {
                written = written.union(regs_in(it.to));
                it.stage == Stage::Leave && matches!(it.to, Place::Reg(_))
            });
            let operands = func.operand_range(branch);
            let read = state.places[operands].iter();
            let first = func.block_insts(out.to).start;
            let read = read.chain(moves[at(&moves, first)].iter().map(|it| &it.from));
            let needed = read.fold(PRegSet::EMPTY, |all, &it| all.union(regs_in(it)));
            let held = state.entries.of(out.to.index()).iter().map(|it| it.reg);
            let needed = held.fold(needed, PRegSet::with);
            if are_simple && written.intersect(needed) == PRegSet::EMPTY {
                earlier.push((range, branch));
                // What is done for the one edge happens on the other, too.
                break;
            }
        }
    }
    for (range, branch) in &earlier {
        for it in &mut moves[range.clone()] {
            it.inst = *branch as u32;
        }
    }
    match earlier.is_empty() {
        true => moves,
        false => sorted(moves),
    }
}
