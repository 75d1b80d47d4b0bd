//! What is in which register while the allocator walks through a block, and the moves that it decides on.
//!
//! Every value has at most one spill slot, which holds it from one place on ([`super::finish`]); whoever takes a value out of its last register only notes that
//! it is needed there ([`State::spill`]). So throwing a value out costs nothing where that happens.

use super::flow::{Flow, NONE};
use super::live::{DEAD, Live, of_class};
use crate::entity::EntityId;
use crate::mach::isa::RegEnv;
use crate::mach::mir::{MFunc, PReg, PRegSet, RegClass, VReg};
use std::ops::Range;

/// A place while slots are not numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Reg(PReg),
    /// The slot of a virtual register.
    Slot(VReg),
    /// A slot for what has no other place in the middle of moves, one of two.
    Spare(RegClass, u8),
}

/// Where a move stands among those before its instruction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Stores of what the instruction defined that ended the block before.
    Results,
    /// Of the edge into the block.
    Enter,
    /// Stores of values into their slots.
    Store,
    /// For the instruction.
    Inst,
    /// Of the edge out of the block.
    Leave,
}

/// A move before an instruction.
#[derive(Clone, Copy, Debug)]
pub struct PlacedMove {
    pub inst: u32,
    pub stage: Stage,
    pub from: Place,
    pub to: Place,
}

/// What is known of a virtual register.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Registers that it is in.
    pub regs: PRegSet,
    /// Position of the next use, as in `Live::next`.
    pub next: u32,
    /// Position of the last use in the block.
    pub last: u32,
    /// Registers that had better not hold it, where it lives out of the block.
    pub crossed: PRegSet,
    pub lives_out: bool,
    /// Set while a block's values are told from others.
    pub lives_in: bool,
    /// Its number among those that may be in registers at the start of the block that is entered.
    pub candidate: Option<u32>,
    /// Where its definition put it.
    pub def: Option<PReg>,
    /// The instruction that defines it; `NONE` for a parameter.
    pub def_inst: u32,
    /// A block that dominates all places that need its slot, as far as they are known. `NONE` if nothing needs one.
    pub needed: u32,
    /// How often a place was added.
    pub needs: u32,
    /// A block parameter that the edges leave in its slot.
    pub in_slot: bool,
    /// A register that a use asks for.
    pub hint: Option<PReg>,
    /// The block parameter that it becomes, on the edge that is taken most often.
    pub becomes: Option<VReg>,
}

impl Default for Value {
    fn default() -> Value {
        Value {
            regs: PRegSet::EMPTY,
            next: DEAD,
            last: 0,
            crossed: PRegSet::EMPTY,
            lives_out: false,
            lives_in: false,
            candidate: None,
            def: None,
            def_inst: NONE,
            needed: NONE,
            needs: 0,
            in_slot: false,
            hint: None,
            becomes: None,
        }
    }
}

/// How often the place that dominates all that need a slot is computed anew; then it is the definition.
const MAX_NEEDS: u32 = 16;

/// A value in a register at a block's start or end.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub reg: PReg,
    pub vreg: VReg,
    /// Whether it lives out of the block (and is not only an argument).
    pub lives_out: bool,
}

/// Values in registers at one place of each block, its start or its end.
#[derive(Default)]
pub struct HeldAt {
    all: Vec<Held>,
    ranges: Vec<Range<u32>>,
}

impl HeldAt {
    pub fn new(blocks: usize) -> HeldAt {
        HeldAt {
            all: Vec::new(),
            ranges: vec![0..0; blocks],
        }
    }
    pub fn of(&self, block: usize) -> &[Held] {
        let range = &self.ranges[block];
        &self.all[range.start as usize..range.end as usize]
    }
    pub fn set(&mut self, block: usize, held: impl Iterator<Item = Held>) {
        let start = self.all.len() as u32;
        self.all.extend(held);
        self.ranges[block] = start..self.all.len() as u32;
    }
}

/// An instruction that takes registers away.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Its position in the block, from one on.
    pub at: u32,
    /// From values that live over it.
    pub over: PRegSet,
    /// From those that it reads in registers of its choice.
    pub read: PRegSet,
}

/// The allocator's state.
pub struct State<'a, I> {
    pub func: &'a MFunc<I>,
    pub flow: Flow,
    pub live: Live,
    pub env: &'a RegEnv,
    /// No value is in a register across blocks.
    pub local: bool,
    pub regs: [Option<VReg>; 64],
    /// Those of them that hold something.
    pub taken: PRegSet,
    pub values: Vec<Value>,
    pub moves: Vec<PlacedMove>,
    /// By operand.
    pub places: Vec<Place>,
    /// By block: what is in registers at its start and at its end.
    pub entries: HeldAt,
    pub exits: HeldAt,
    /// By block: an edge that leads to it, the only one where it has one predecessor.
    pub incoming: Vec<u32>,
    /// By block.
    pub is_done: Vec<bool>,
    /// Of the current block: its number, the instructions that take registers away; the first of these that is still to come.
    pub block: u32,
    pub events: Vec<Event>,
    pub next_event: usize,
    /// For each event what it and those behind it take.
    pub suffixes: Vec<PRegSet>,
    /// Registers of the parameters of the innermost loop around the block: what they become had better be there.
    pub desired: PRegSet,
    /// Registers that are written.
    pub changed: PRegSet,
    /// By virtual register: how often it is used.
    pub uses: Vec<f32>,
    /// By virtual register: whether it is used in another block than its own, where `local`.
    pub escaping: Vec<bool>,
    /// Sets of block parameters and their arguments, and the register that one of each was in last.
    webs: Vec<u32>,
    web_regs: Vec<Option<PReg>>,
    /// Blocks that need values in their slots.
    pub needs: Vec<(VReg, u32)>,
    /// By virtual register: the block parameter whose slot is its own, too.
    homes: Vec<Option<VReg>>,
}

/// How many events a search looks at.
const MAX_EVENTS: usize = 48;

impl<'a, I> State<'a, I> {
    pub fn new(func: &'a MFunc<I>, env: &'a RegEnv, flow: Flow, live: Live, local: bool) -> Self {
        let (blocks, vregs) = (func.blocks.len(), func.vreg_count as usize);
        let any = Place::Reg(PReg::int(0));
        State {
            func,
            flow,
            live,
            env,
            local,
            regs: [None; 64],
            taken: PRegSet::EMPTY,
            values: vec![Value::default(); vregs],
            moves: Vec::new(),
            places: vec![any; func.operands.len()],
            entries: HeldAt::new(blocks),
            exits: HeldAt::new(blocks),
            incoming: incoming(func),
            is_done: vec![false; blocks],
            block: 0,
            events: Vec::new(),
            next_event: 0,
            suffixes: Vec::new(),
            desired: PRegSet::EMPTY,
            changed: PRegSet::EMPTY,
            uses: vec![0.0; vregs],
            escaping: vec![false; vregs],
            webs: (0..vregs as u32).collect(),
            web_regs: vec![None; vregs],
            needs: Vec::new(),
            homes: vec![None; vregs],
        }
    }

    pub fn allocatable(&self, class: RegClass) -> PRegSet {
        let all = self.env.preferred.union(self.env.non_preferred);
        all.intersect(of_class(class))
    }

    pub fn value(&mut self, vreg: VReg) -> &mut Value {
        &mut self.values[vreg.index()]
    }
    pub fn regs_of(&self, vreg: VReg) -> PRegSet {
        self.values[vreg.index()].regs
    }

    /// Registers of a class that hold nothing.
    pub fn free(&self, class: RegClass) -> PRegSet {
        self.allocatable(class).minus(self.taken)
    }

    /// The register holds the value from now on, too.
    pub fn put(&mut self, reg: PReg, vreg: VReg) {
        debug_assert!(self.regs[reg.index()].is_none(), "{reg:?} is taken");
        self.regs[reg.index()] = Some(vreg);
        self.taken = self.taken.with(reg);
        let value = self.value(vreg);
        value.regs = value.regs.with(reg);
        let web = self.web(vreg);
        self.web_regs[web] = Some(reg);
    }

    /// Notes what is in registers now, at the block's start.
    pub fn note_entry(&mut self) {
        let held = held(&self.regs, &self.values, self.taken);
        self.entries.set(self.block as usize, held);
    }

    /// Likewise, at its end.
    pub fn note_exit(&mut self) {
        let held = held(&self.regs, &self.values, self.taken);
        self.exits.set(self.block as usize, held);
    }

    /// The register holds nothing from now on.
    pub fn clear(&mut self, reg: PReg) {
        if let Some(vreg) = self.regs[reg.index()].take() {
            self.taken = self.taken.minus(PRegSet::of(&[reg]));
            let value = self.value(vreg);
            value.regs = value.regs.minus(PRegSet::of(&[reg]));
        }
    }

    pub fn clear_value(&mut self, vreg: VReg) {
        let regs = std::mem::take(&mut self.value(vreg).regs);
        self.taken = self.taken.minus(regs);
        for reg in regs.iter() {
            self.regs[reg.index()] = None;
        }
    }

    /// The value must be in its slot in this block.
    pub fn spill(&mut self, vreg: VReg, block: u32) {
        let value = self.values[vreg.index()];
        if value.in_slot {
            return;
        }
        if self.needs.last() != Some(&(vreg, block)) {
            self.needs.push((vreg, block));
        }
        let def = self.live.def_blocks[vreg.index()];
        let needed = match value.needed {
            NONE => block,
            it if it == block || it == def => it,
            _ if value.needs >= MAX_NEEDS => def,
            it => self.flow.common(it, block, def),
        };
        let value = self.value(vreg);
        value.needed = needed;
        value.needs += 1;
    }

    /// Takes the value out of all its registers. Whoever needs it finds it in its slot.
    pub fn evict(&mut self, vreg: VReg) {
        self.clear_value(vreg);
        self.spill(vreg, self.block);
    }

    pub fn push_move(&mut self, inst: usize, stage: Stage, from: Place, to: Place) {
        if let Place::Reg(reg) = to {
            self.changed = self.changed.with(reg);
        }
        self.moves.push(PlacedMove {
            inst: inst as u32,
            stage,
            from,
            to,
        });
    }

    /// Copies a value from where it is into a register that holds nothing.
    pub fn bring(&mut self, inst: usize, vreg: VReg, to: PReg) {
        let from = self.place(vreg);
        self.push_move(inst, Stage::Inst, from, Place::Reg(to));
        self.put(to, vreg);
    }

    /// A register that the value is in, else its slot.
    pub fn place(&self, vreg: VReg) -> Place {
        match self.regs_of(vreg).iter().next() {
            Some(reg) => Place::Reg(reg),
            None => self.slot(vreg),
        }
    }

    /// The slot of a value.
    pub fn slot(&self, vreg: VReg) -> Place {
        Place::Slot(self.home(vreg))
    }

    /// The value that names its slot: itself, or what it shares the slot with.
    pub fn home(&self, vreg: VReg) -> VReg {
        self.homes[vreg.index()].unwrap_or(vreg)
    }

    /// Leaves a block parameter in the slot of another one.
    pub fn share(&mut self, param: VReg, home: VReg) {
        self.homes[param.index()] = Some(home);
        self.value(param).in_slot = true;
    }

    /// Registers that are taken away behind position `at` while the value lives.
    pub fn crossed(&self, vreg: VReg, at: u32) -> PRegSet {
        let value = &self.values[vreg.index()];
        let start = self.events[self.next_event..]
            .iter()
            .take(2)
            .filter(|event| event.at <= at)
            .count();
        let start = self.next_event + start;
        if value.lives_out {
            let rest = self.suffixes.get(start).copied().unwrap_or_default();
            return rest.union(value.crossed);
        }
        let events = self.events[start..].iter().take(MAX_EVENTS);
        let events = events.take_while(|event| event.at <= value.last);
        let own = value.hint.map_or(PRegSet::EMPTY, |reg| PRegSet::of(&[reg]));
        events.fold(PRegSet::EMPTY, |set, event| {
            set.union(match event.at == value.last {
                true => event.read.minus(own),
                false => event.over,
            })
        })
    }

    /// The best of these registers for a value that is put there before or at position `at`.
    pub fn best(&mut self, vreg: VReg, at: u32, among: PRegSet) -> Option<PReg> {
        if among == PRegSet::EMPTY {
            return None;
        }
        let crossed = self.crossed(vreg, at);
        let good = among.minus(crossed);
        let web = self.web(vreg);
        let value = &self.values[vreg.index()];
        let becomes = value.becomes.and_then(|to| self.values[to.index()].def);
        let wanted = [becomes, value.hint, self.web_regs[web]];
        for reg in wanted.into_iter().flatten() {
            if good.contains(reg) {
                return Some(reg);
            }
        }
        // A register that costs nothing, then one that is saved already, then one that must be saved for this.
        let others = good.minus(self.desired);
        let cheap = self.env.preferred;
        for set in [
            others.intersect(cheap),
            others.intersect(self.changed),
            good.intersect(cheap),
            good.intersect(self.changed),
            good,
        ] {
            if let Some(reg) = set.iter().next() {
                return Some(reg);
            }
        }
        // All are taken away: the one that is so last.
        let mut rest = among.intersect(self.env.preferred);
        if rest == PRegSet::EMPTY {
            rest = among;
        }
        for event in self.events[self.next_event..].iter().take(MAX_EVENTS) {
            let after = rest.minus(event.over);
            if event.at > at && after == PRegSet::EMPTY {
                break;
            }
            if event.at > at {
                rest = after;
            }
        }
        for reg in wanted.into_iter().flatten() {
            if rest.contains(reg) {
                return Some(reg);
            }
        }
        rest.iter().next()
    }

    /// A register for a value at position `at`, none of `not`; the value that is used last makes room.
    ///
    /// # Panics
    ///
    /// No register is left, which is a bug in lowering.
    pub fn take(&mut self, vreg: VReg, at: u32, not: PRegSet) -> PReg {
        let free = self.free(vreg.class()).minus(not);
        if let Some(reg) = self.best(vreg, at, free) {
            return reg;
        }
        let reg = self
            .victim(vreg.class(), not)
            .unwrap_or_else(|| panic!("too many operands in registers for {vreg:?}"));
        self.release(reg);
        reg
    }

    /// The register, none of `not`, whose value is needed last.
    pub fn victim(&self, class: RegClass, not: PRegSet) -> Option<PReg> {
        let regs = self.allocatable(class).minus(not).iter();
        regs.max_by_key(|reg| {
            let vreg = self.regs[reg.index()].expect("a free register is taken first");
            let value = &self.values[vreg.index()];
            let is_copy = value.regs != PRegSet::of(&[*reg]);
            let is_stored = value.in_slot || value.needed != NONE;
            (is_copy, value.next.saturating_add(u32::from(is_stored)))
        })
    }

    /// Takes what is in the register out of it.
    pub fn release(&mut self, reg: PReg) {
        if let Some(vreg) = self.regs[reg.index()] {
            match self.regs_of(vreg) == PRegSet::of(&[reg]) {
                true => self.evict(vreg),
                false => self.clear(reg),
            }
        }
    }

    /// Makes two values prefer one register.
    pub fn join(&mut self, a: VReg, b: VReg) {
        let (a, b) = (self.web(a), self.web(b));
        self.webs[a] = b as u32;
    }

    pub fn web(&mut self, vreg: VReg) -> usize {
        let mut at = vreg.index();
        while self.webs[at] as usize != at {
            self.webs[at] = self.webs[self.webs[at] as usize];
            at = self.webs[at] as usize;
        }
        at
    }
}

fn held<'s>(
    regs: &'s [Option<VReg>; 64],
    values: &'s [Value],
    taken: PRegSet,
) -> impl Iterator<Item = Held> + 's {
    taken.iter().filter_map(|reg| {
        regs[reg.index()].map(|vreg| Held {
            reg,
            vreg,
            lives_out: values[vreg.index()].lives_out,
        })
    })
}

fn incoming<I>(func: &MFunc<I>) -> Vec<u32> {
    let mut edges = vec![NONE; func.blocks.len()];
    for (index, edge) in func.edges.iter().enumerate() {
        edges[edge.to.index()] = index as u32;
    }
    edges
}
