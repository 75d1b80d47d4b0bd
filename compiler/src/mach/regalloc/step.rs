//! Registers for one instruction's operands.
//!
//! In order: what fixed registers hold moves away, the fixed uses come in, the other uses get registers, then definitions do, from registers that nothing holds
//! behind the instruction. All moves are before the instruction.

use super::live::DEAD;
use super::state::{Place, Stage, State};
use crate::mach::mir::{Constraint, MFunc, MachInst, Operand, PReg, PRegSet, Pos, Role, VReg};

/// Registers of the instruction at hand.
#[derive(Default)]
struct Regs {
    /// That operands read, or that early definitions write.
    early: PRegSet,
    /// That definitions write, or late uses read.
    late: PRegSet,
    /// That fixed uses read.
    fixed_uses: PRegSet,
    /// Whose contents are lost, and that fixed definitions write.
    lost: PRegSet,
}

impl<I: MachInst> State<'_, I> {
    /// Allocates an instruction, the `at`th of its block, from one on.
    pub fn step(&mut self, inst: usize, at: u32) {
        while let Some(event) = self.events.get(self.next_event)
            && event.at < at
        {
            self.next_event += 1;
        }
        let func: &MFunc<I> = self.func;
        let operands = func.inst_operands(inst);
        let base = func.operand_ends[inst] as usize - operands.len();
        let mut clobbers = func.clobbers[inst];
        if clobbers != PRegSet::EMPTY && func.wide_floats {
            clobbers = clobbers.union(self.env.half_saved);
        }
        let mut regs = Regs {
            lost: clobbers,
            ..Regs::default()
        };
        for operand in operands {
            if let Constraint::Fixed(reg) = operand.constraint {
                match (operand.role, operand.pos) {
                    (Role::Use, _) => regs.fixed_uses = regs.fixed_uses.with(reg),
                    (Role::Def, Pos::Early) => {
                        regs.early = regs.early.with(reg);
                        regs.late = regs.late.with(reg);
                    }
                    (Role::Def, Pos::Late) => regs.lost = regs.lost.with(reg),
                }
            }
        }
        for reg in regs.early.iter() {
            self.vacate(inst, at, reg, operands, &regs);
        }
        self.fixed_uses(inst, at, operands, base, &mut regs);
        self.uses_in_registers(inst, at, operands, base, &mut regs);
        self.tied(inst, at, operands, base, &mut regs);
        self.uses_anywhere(operands, base, &mut regs);
        for (i, operand) in operands.iter().enumerate() {
            if operand.role == Role::Def
                && operand.pos == Pos::Early
                && operand.constraint == Constraint::Reg
            {
                let not = regs.early.union(regs.late).union(regs.lost);
                self.expect(operand.vreg, base + i);
                let reg = self.take(operand.vreg, at, not);
                self.assign(base + i, reg, &mut regs);
                regs.early = regs.early.with(reg);
            }
        }
        for (i, operand) in operands.iter().enumerate() {
            if operand.role == Role::Use {
                self.value(operand.vreg).next = self.live.next[base + i];
            }
        }
        self.keep(inst, at, &regs);
        for operand in operands {
            if operand.role == Role::Use && self.values[operand.vreg.index()].next == DEAD {
                self.clear_value(operand.vreg);
            }
        }
        // What calls change of registers whose low halves they preserve needs no saving.
        self.changed = self.changed.union(func.clobbers[inst]);
        self.define(inst, at, operands, base, &mut regs);
    }

    /// The registers of definitions, and what is in registers behind the instruction.
    fn define(&mut self, inst: usize, at: u32, operands: &[Operand], base: usize, regs: &mut Regs) {
        let defs = || (operands.iter().enumerate()).filter(|(_, o)| o.role == Role::Def);
        for (i, operand) in defs() {
            let reg = match operand.constraint {
                Constraint::Fixed(reg) => reg,
                Constraint::Reuse(_) => match self.places[base + i] {
                    Place::Reg(reg) => reg,
                    Place::Slot(_) | Place::Spare(..) => {
                        unreachable!("a tied definition has a register")
                    }
                },
                Constraint::Reg | Constraint::Any | Constraint::Stack => continue,
            };
            self.clear(reg);
            self.assign(base + i, reg, regs);
        }
        for (i, operand) in defs() {
            if operand.constraint == Constraint::Reg && operand.pos == Pos::Late {
                self.expect(operand.vreg, base + i);
                let reg = self.take(operand.vreg, at, regs.late.union(regs.lost));
                self.assign(base + i, reg, regs);
            }
        }
        for (i, operand) in defs() {
            let Place::Reg(reg) = self.places[base + i] else {
                unreachable!("definitions are in registers");
            };
            self.expect(operand.vreg, base + i);
            if self.regs[reg.index()] != Some(operand.vreg) {
                self.clear(reg);
                self.put(reg, operand.vreg);
            }
            let value = self.value(operand.vreg);
            value.def = Some(reg);
            value.def_inst = inst as u32;
        }
        for (i, operand) in defs() {
            if self.live.next[base + i] == DEAD {
                self.clear_value(operand.vreg);
            }
        }
    }

    /// What is known of a value that is about to be defined.
    fn expect(&mut self, vreg: VReg, operand: usize) {
        self.value(vreg).next = self.live.next[operand];
    }

    fn assign(&mut self, operand: usize, reg: PReg, regs: &mut Regs) {
        self.places[operand] = Place::Reg(reg);
        regs.late = regs.late.with(reg);
        self.changed = self.changed.with(reg);
    }

    /// Makes a register free that the instruction needs early.
    fn vacate(&mut self, inst: usize, at: u32, reg: PReg, operands: &[Operand], regs: &Regs) {
        let Some(vreg) = self.regs[reg.index()] else {
            return;
        };
        if self.regs_of(vreg) != PRegSet::of(&[reg]) {
            return self.clear(reg);
        }
        let target = operands.iter().find_map(|o| match o.constraint {
            Constraint::Fixed(to) if o.role == Role::Use && o.vreg == vreg => Some(to),
            _ => None,
        });
        let free = self.free(vreg.class());
        let to = match target {
            Some(to) if free.contains(to) => Some(to),
            _ => {
                let free = free.minus(regs.early).minus(regs.fixed_uses);
                let kept = free.minus(regs.lost);
                // Where it is not needed any more behind the instruction, what that takes is as good.
                let to = self.best(vreg, at - 1, kept);
                to.or_else(|| self.best(vreg, at - 1, free))
            }
        };
        match to {
            Some(to) => {
                self.bring(inst, vreg, to);
                self.clear(reg);
            }
            None => self.evict(vreg),
        }
    }

    fn fixed_uses(
        &mut self,
        inst: usize,
        at: u32,
        operands: &[Operand],
        base: usize,
        regs: &mut Regs,
    ) {
        if regs.fixed_uses == PRegSet::EMPTY {
            return;
        }
        for (i, operand) in operands.iter().enumerate() {
            let (Role::Use, Constraint::Fixed(reg)) = (operand.role, operand.constraint) else {
                continue;
            };
            if self.regs[reg.index()] != Some(operand.vreg) {
                self.vacate(inst, at, reg, operands, regs);
                self.bring(inst, operand.vreg, reg);
            }
            self.read(base + i, operand, reg, regs);
        }
    }

    fn read(&mut self, index: usize, operand: &Operand, reg: PReg, regs: &mut Regs) {
        self.places[index] = Place::Reg(reg);
        regs.early = regs.early.with(reg);
        if operand.pos == Pos::Late {
            regs.late = regs.late.with(reg);
        }
    }

    fn uses_in_registers(
        &mut self,
        inst: usize,
        at: u32,
        operands: &[Operand],
        base: usize,
        regs: &mut Regs,
    ) {
        for (i, operand) in operands.iter().enumerate() {
            if operand.role != Role::Use
                || operand.constraint != Constraint::Reg
                || tie(operands, i).is_some()
            {
                continue;
            }
            let not = match operand.pos {
                Pos::Early => PRegSet::EMPTY,
                Pos::Late => regs.lost,
            };
            let held = self.regs_of(operand.vreg).minus(not).iter().next();
            let reg = held.unwrap_or_else(|| {
                // It is used here: what crosses the instruction counts from behind it.
                let not = not.union(regs.early).union(regs.fixed_uses);
                let reg = self.take(operand.vreg, at - 1, not);
                self.bring(inst, operand.vreg, reg);
                reg
            });
            self.read(base + i, operand, reg, regs);
        }
    }

    /// Uses whose register a definition overwrites.
    fn tied(&mut self, inst: usize, at: u32, operands: &[Operand], base: usize, regs: &mut Regs) {
        for (i, operand) in operands.iter().enumerate() {
            let Some(def) = tie(operands, i) else {
                continue;
            };
            let (from, to) = (operand.vreg, operands[def].vreg);
            self.expect(to, base + def);
            let held = self.regs_of(from);
            let not = regs.early.union(regs.late).union(regs.lost);
            let is_last = self.live.next[base + i] == DEAD;
            let own = held.minus(regs.late).minus(regs.lost);
            let reg = if is_last && own != PRegSet::EMPTY {
                let best = self.best(to, at, own);
                best.expect("one of them")
            } else if held.iter().count() > 1 && own.minus(regs.early) != PRegSet::EMPTY {
                let best = self.best(to, at, own.minus(regs.early));
                let reg = best.expect("one of them");
                self.clear(reg);
                reg
            } else {
                let free = self.free(to.class()).minus(not);
                match self.best(to, at, free) {
                    Some(reg) => {
                        let from = self.place(from);
                        self.push_move(inst, Stage::Inst, from, Place::Reg(reg));
                        reg
                    }
                    None => self.make_room(inst, at, (from, base + i), own, not),
                }
            };
            regs.early = regs.early.with(reg);
            self.places[base + i] = Place::Reg(reg);
            self.assign(base + def, reg, regs);
        }
    }

    /// A register for a definition that overwrites a use, where none is free: that of the use itself, if it is needed last.
    fn make_room(
        &mut self,
        inst: usize,
        at: u32,
        (from, operand): (VReg, usize),
        own: PRegSet,
        not: PRegSet,
    ) -> PReg {
        let next = self.live.next[operand];
        let victim = self.victim(from.class(), not.union(self.regs_of(from)));
        let victim_next = victim
            .and_then(|reg| self.regs[reg.index()])
            .map_or(0, |vreg| self.values[vreg.index()].next);
        match (own.iter().next(), victim) {
            (Some(reg), _) if next >= victim_next || victim.is_none() => {
                self.evict(from);
                reg
            }
            (_, Some(reg)) => {
                self.release(reg);
                let from = self.place(from);
                self.push_move(inst, Stage::Inst, from, Place::Reg(reg));
                reg
            }
            (_, None) => panic!("too many operands in registers at {inst}, {at}"),
        }
    }

    /// Uses that may be in a slot.
    fn uses_anywhere(&mut self, operands: &[Operand], base: usize, regs: &mut Regs) {
        for (i, operand) in operands.iter().enumerate() {
            if operand.role != Role::Use {
                continue;
            }
            let held = match (operand.constraint, operand.pos) {
                (Constraint::Any, Pos::Early) => self.regs_of(operand.vreg),
                (Constraint::Any, Pos::Late) => {
                    let held = self.regs_of(operand.vreg);
                    held.minus(regs.lost).minus(regs.late)
                }
                (Constraint::Stack, _) => PRegSet::EMPTY,
                _ => continue,
            };
            match held.iter().next() {
                Some(reg) => self.read(base + i, operand, reg, regs),
                None => {
                    self.spill(operand.vreg, self.block);
                    self.places[base + i] = self.slot(operand.vreg);
                }
            }
        }
    }

    /// Moves what lives on out of registers that are lost or overwritten.
    fn keep(&mut self, inst: usize, at: u32, regs: &Regs) {
        for reg in regs.lost.iter() {
            let Some(vreg) = self.regs[reg.index()] else {
                continue;
            };
            let value = self.values[vreg.index()];
            if value.next == DEAD {
                continue;
            }
            if value.regs != PRegSet::of(&[reg]) {
                self.clear(reg);
                continue;
            }
            let not = regs.early.union(regs.late).union(regs.lost);
            let free = self.free(vreg.class()).minus(not);
            match self.best(vreg, at, free) {
                Some(to) => {
                    self.bring(inst, vreg, to);
                    self.clear(reg);
                }
                None => self.evict(vreg),
            }
        }
    }
}

/// The definition that overwrites the use with this index.
fn tie(operands: &[Operand], of: usize) -> Option<usize> {
    let is_tied = |o: &Operand| o.constraint == Constraint::Reuse(of as u8);
    operands.iter().position(is_tied)
}

/// Asks for the registers that uses are fixed to, nearest use first.
pub fn hints<I>(state: &mut State<'_, I>) {
    let func = state.func;
    for block in (0..func.blocks.len()).rev() {
        for inst in (func.blocks[block].insts.clone()).rev() {
            let operands = func.inst_operands(inst as usize);
            for operand in operands {
                match (operand.role, operand.constraint) {
                    (Role::Use, Constraint::Fixed(reg)) => {
                        state.values[operand.vreg.index()].hint = Some(reg);
                    }
                    (Role::Def, Constraint::Reuse(of)) => {
                        let to = state.values[operand.vreg.index()];
                        let from = &mut state.values[operands[of as usize].vreg.index()];
                        from.hint = from.hint.or(to.hint);
                        from.becomes = from.becomes.or(to.becomes);
                    }
                    _ => {}
                }
            }
        }
    }
}
