//! What is in registers at a block's start.
//!
//! A block with one predecessor takes over what lives on. Where several meet, a value is in a register if it is in one at the end of most that have been allocated. At a
//! loop's header those that the loop uses come first, in registers that its calls leave alone; if the loop needs more registers than there are, those that are used
//! least stay in their slots, so that they are not loaded in each round only to be thrown out again.

use super::flow::NONE;
use super::live::{DEAD, EXIT, LiveIn, Marks, blocked, live_out, read_from};
use super::state::{Event, State};
use crate::entity::EntityId;
use crate::mach::mir::{MBlock, MachInst, PReg, PRegSet, RegClass, Role, VReg};

/// Parameters of a block for which it is asked whether they share a slot.
const MAX_SHARED: usize = 64;

/// Blocks through which a parameter is followed for that.
const MAX_JOINS: u32 = 4;

/// A value that might be in a register at a block's start.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    vreg: VReg,
    next: u32,
    /// How often the predecessors run in which it is in a register; twice that for two registers.
    held: f32,
    /// Its register in the one of these that runs most often, and how often that is.
    reg: Option<PReg>,
    most: f32,
    is_param: bool,
}

impl Candidate {
    /// A predecessor has it in a register.
    fn add(&mut self, reg: PReg, weight: f32) {
        self.held += weight;
        if weight > self.most {
            (self.reg, self.most) = (Some(reg), weight);
        }
    }
}

impl<I: MachInst> State<'_, I> {
    /// Looks at a block before it is allocated. `out` receives what lives out of it.
    pub fn prepare(&mut self, block: u32, marks: &mut Marks, out: &mut Vec<LiveIn>) {
        let (func, id) = (self.func, MBlock::from_u32(block));
        self.block = block;
        live_out(func, &self.flow, &self.live.ins, block, marks, out);
        for it in &*out {
            let value = self.value(it.vreg);
            (value.lives_out, value.crossed) = (true, it.crossed);
        }
        self.desired = PRegSet::EMPTY;
        let inner = self.flow.innermost[block as usize];
        if inner != NONE {
            let header = MBlock::from_u32(self.flow.loops[inner as usize].header);
            let regs = func.params(header).iter();
            let regs = regs.filter_map(|param| self.values[param.index()].def);
            self.desired = regs.fold(PRegSet::EMPTY, PRegSet::with);
        }
        self.events.clear();
        self.next_event = 0;
        let insts = func.block_insts(id);
        for inst in insts.clone() {
            let at = (inst - insts.start) as u32 + 1;
            for operand in func.inst_operands(inst) {
                if operand.role == Role::Use {
                    self.value(operand.vreg).last = at;
                } else {
                    self.value(operand.vreg).last = 0;
                }
            }
            let over = blocked(func, inst);
            if over != PRegSet::EMPTY {
                let read = read_from(func, inst);
                self.events.push(Event { at, over, read });
            }
        }
        for edge in func.succs(id) {
            for &arg in func.args(edge) {
                self.value(arg).last = insts.len() as u32 + 1;
            }
        }
        self.suffixes.clear();
        self.suffixes.resize(self.events.len(), PRegSet::EMPTY);
        let mut all = PRegSet::EMPTY;
        for (suffix, event) in self.suffixes.iter_mut().zip(&self.events).rev() {
            all = all.union(event.over);
            *suffix = all;
        }
        for i in 0..self.live.ins[block as usize].len() {
            let it = self.live.ins[block as usize][i];
            self.value(it.vreg).next = it.dist;
        }
        for &param in func.params(id) {
            self.value(param).next = self.live.first[param.index()];
        }
    }

    /// Decides what is in registers at the start of the block that [`State::prepare`] has looked at.
    pub fn enter(&mut self) {
        let (func, block) = (self.func, self.block);
        let id = MBlock::from_u32(block);
        match *func.preds(id) {
            [] => {}
            [pred] if self.is_done[pred.index()] => self.take_over(pred),
            _ => {
                if self.flow.headed(block).is_none() {
                    self.share_slots(id);
                }
                for class in [RegClass::Int, RegClass::Float] {
                    let mut found = self.candidates(class);
                    match self.flow.headed(block).is_some() {
                        true => self.enter_loop(class, &found),
                        false => self.enter_join(class, &mut found),
                    }
                }
            }
        }
        for &param in func.params(id) {
            let escapes = self.escapes(param);
            let value = self.value(param);
            value.def = value.regs.iter().next();
            value.in_slot = value.def.is_none() && (value.next != DEAD || escapes);
        }
        self.note_entry();
    }

    /// Leaves parameters in slots that only become those that a loop's header has in slots: in the same ones. So who comes there with what the header had moves nothing.
    fn share_slots(&mut self, block: MBlock) {
        for (number, &param) in self.func.params(block).iter().enumerate().take(MAX_SHARED) {
            if let Some(home) = self.becomes_slot(block, number, MAX_JOINS) {
                self.share(param, home);
            }
        }
    }

    /// The value that names the slot which a parameter becomes without being used before, if that slot is not needed meanwhile. `joins`: through how many blocks.
    fn becomes_slot(&self, block: MBlock, number: usize, joins: u32) -> Option<VReg> {
        let func = self.func;
        let [edge] = func.succs(block) else {
            return None;
        };
        let param = func.params(block)[number];
        let mut uses = (0..).zip(func.args(edge)).filter(|(_, arg)| **arg == param);
        let (at, _) = uses.next()?;
        let end = func.block_insts(block).len() as u32;
        if uses.next().is_some() || self.live.first[param.index()] != end {
            return None;
        }
        let to: &VReg = &func.params(edge.to)[at];
        let home = match self.is_done[edge.to.index()] {
            true if self.values[to.index()].in_slot => self.home(*to),
            false if joins > 0 && self.flow.headed(edge.to.index() as u32).is_none() => {
                self.becomes_slot(edge.to, at, joins - 1)?
            }
            _ => return None,
        };
        let lives = |it: &LiveIn| self.home(it.vreg) == home;
        let ins = &self.live.ins[block.index()];
        (!ins.iter().any(lives)).then_some(home)
    }

    /// Ends a block.
    pub fn leave(&mut self, out: &[LiveIn]) {
        self.note_exit();
        self.is_done[self.block as usize] = true;
        for reg in self.taken.iter() {
            self.clear(reg);
        }
        for it in out {
            self.value(it.vreg).lives_out = false;
        }
    }

    /// A block with one predecessor.
    fn take_over(&mut self, pred: MBlock) {
        let (func, block) = (self.func, self.block);
        let id = MBlock::from_u32(block);
        let all = std::mem::take(&mut self.exits);
        let exits = all.of(pred.index());
        let ins = std::mem::take(&mut self.live.ins[block as usize]);
        for it in &ins {
            self.value(it.vreg).lives_in = true;
        }
        for held in exits {
            if self.value(held.vreg).lives_in {
                self.put(held.reg, held.vreg);
            }
        }
        for it in &ins {
            self.value(it.vreg).lives_in = false;
        }
        self.live.ins[block as usize] = ins;
        let args = func.args(&func.edges[self.incoming[block as usize] as usize]);
        for (&param, &arg) in func.params(id).iter().zip(args) {
            if self.values[param.index()].next == DEAD {
                continue;
            }
            let from = exits.iter().filter(|held| held.vreg == arg);
            let mut from = from.filter(|held| self.regs[held.reg.index()].is_none());
            let reg = match from.next() {
                Some(held) => Some(held.reg),
                None => {
                    let free = self.free(param.class());
                    self.best(param, 0, free)
                }
            };
            if let Some(reg) = reg {
                self.changed = self.changed.with(reg);
                self.put(reg, param);
            }
        }
        self.exits = all;
    }

    /// Values of a class that are live at the block's start.
    fn candidates(&mut self, class: RegClass) -> Vec<Candidate> {
        let (func, block) = (self.func, self.block);
        let id = MBlock::from_u32(block);
        let candidate = |vreg, next, is_param| Candidate {
            vreg,
            next,
            held: 0.0,
            reg: None,
            most: 0.0,
            is_param,
        };
        let ins = self.live.ins[block as usize].iter();
        let ins = ins.filter(|it| it.vreg.class() == class);
        let mut found: Vec<Candidate> = ins.map(|it| candidate(it.vreg, it.dist, false)).collect();
        for (number, it) in (0..).zip(&found) {
            self.values[it.vreg.index()].candidate = Some(number);
        }
        let lives_in = found.len();
        // With the numbers of their arguments.
        let mut params: Vec<usize> = Vec::new();
        for (number, &param) in func.params(id).iter().enumerate() {
            let next = self.values[param.index()].next;
            if param.class() == class && next != DEAD && !self.values[param.index()].in_slot {
                found.push(candidate(param, next, true));
                params.push(number);
            }
        }
        let preds = func.preds(id).iter().map(|pred| pred.index());
        for pred in preds.filter(|&pred| self.is_done[pred]) {
            let weight = self.flow.weights[pred];
            let exits = self.exits.of(pred);
            for held in exits {
                if let Some(number) = self.values[held.vreg.index()].candidate {
                    found[number as usize].add(held.reg, weight);
                }
            }
            let [edge] = func.succs(MBlock::from_u32(pred as u32)) else {
                continue;
            };
            let args = func.args(edge);
            for (it, &number) in found[lives_in..].iter_mut().zip(&params) {
                match exits.iter().find(|held| held.vreg == args[number]) {
                    // An argument that lives on keeps its register.
                    Some(held) if held.lives_out => it.held += weight,
                    Some(held) => it.add(held.reg, weight),
                    None => {}
                }
            }
        }
        for it in &found[..lives_in] {
            self.values[it.vreg.index()].candidate = None;
        }
        found
    }

    fn enter_join(&mut self, class: RegClass, found: &mut Vec<Candidate>) {
        let preds = self.func.preds(MBlock::from_u32(self.block)).iter();
        let done = preds.filter(|p| self.is_done[p.index()]);
        let total: f32 = done.map(|p| self.flow.weights[p.index()]).sum();
        found.retain(|it| 2.0 * it.held >= total || it.is_param && it.next < EXIT);
        found.sort_by_key(|it| (it.next, it.vreg.index()));
        found.truncate(self.allocatable(class).iter().count());
        // Who has a register keeps it, the next used first.
        for it in &*found {
            if let Some(reg) = it.reg {
                self.put_if_free(reg, it.vreg);
            }
        }
        for it in &*found {
            if self.regs_of(it.vreg) == PRegSet::EMPTY {
                let free = self.free(class);
                if let Some(reg) = self.best(it.vreg, 0, free) {
                    self.put(reg, it.vreg);
                }
            }
        }
    }

    fn enter_loop(&mut self, class: RegClass, found: &[Candidate]) {
        let here = self.flow.headed(self.block).expect("a loop's header");
        let (pressure, blocked) = (here.pressure[class as usize] as usize, here.blocked);
        let room = self.allocatable(class).iter().count();
        let (mut used, mut through): (Vec<Candidate>, Vec<Candidate>) =
            found.iter().partition(|it| it.next < EXIT);
        let needed = pressure.saturating_sub(through.len());
        let weight = |it: &Candidate| self.uses[it.vreg.index()];
        used.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        if needed > room {
            let kept = used.len().saturating_sub(needed - room).max(room / 2);
            used.truncate(kept);
        }
        through.retain(|it| it.held > 0.0);
        through.sort_by_key(|it| it.next);
        through.truncate(room.saturating_sub(needed));
        let first_event = self.events.first().map_or(u32::MAX, |event| event.at);
        // Who has a register that the loop leaves alone keeps it, be it used in the loop or not.
        let unblocked = self.allocatable(class).minus(blocked);
        for it in &used {
            if let Some(reg) = it.reg.filter(|reg| unblocked.contains(*reg)) {
                self.put_if_free(reg, it.vreg);
            }
        }
        let theirs = through.iter().filter_map(|it| it.reg);
        let theirs = theirs.fold(PRegSet::EMPTY, PRegSet::with);
        for it in &used {
            if self.regs_of(it.vreg) != PRegSet::EMPTY {
                continue;
            }
            let free = self.free(class);
            let kept = free.minus(blocked);
            let sets = [kept.minus(theirs), kept, free];
            let count = match it.is_param || it.next < first_event {
                true => 3,
                false => 2,
            };
            let mut sets = sets.into_iter().take(count);
            let reg = sets.find_map(|set| match it.reg {
                Some(reg) if set.contains(reg) => Some(reg),
                _ => self.best(it.vreg, 0, set),
            });
            if let Some(reg) = reg {
                self.put(reg, it.vreg);
            }
        }
        for it in &through {
            if let Some(reg) = it.reg.filter(|reg| unblocked.contains(*reg)) {
                self.put_if_free(reg, it.vreg);
            }
        }
        for it in &through {
            let free = self.free(class).minus(blocked).intersect(self.changed);
            if self.regs_of(it.vreg) == PRegSet::EMPTY
                && let Some(reg) = free.iter().next()
            {
                self.put(reg, it.vreg);
            }
        }
    }

    fn put_if_free(&mut self, reg: PReg, vreg: VReg) {
        if self.regs[reg.index()].is_none() {
            self.put(reg, vreg);
        }
    }
}
