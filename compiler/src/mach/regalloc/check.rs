//! Proof that an allocation is right, independent of how it was found.
//!
//! Algorithm: which values each place holds, before each instruction and on every way to it, by iteration over the blocks until nothing changes; where ways meet, what all
//! of them say. A use must find its value, and every constraint must hold.

use super::Allocation;
use crate::entity::EntityId;
use crate::mach::isa::RegEnv;
use crate::mach::mir::{
    Constraint, Loc, MBlock, MFunc, MachInst, Operand, PRegSet, Pos, RegClass, Role, VReg,
};
use std::collections::{BTreeMap, BTreeSet};

/// Which values a place holds.
type Places = BTreeMap<(bool, u32), BTreeSet<usize>>;

fn key(loc: Loc) -> (bool, u32) {
    match loc {
        Loc::Reg(reg) => (false, reg.index() as u32),
        Loc::Spill(slot) => (true, slot),
    }
}

/// Checks an allocation.
///
/// # Errors
///
/// What is wrong, and at which instruction.
pub fn check<I: MachInst>(
    func: &MFunc<I>,
    env: &RegEnv,
    allocation: &Allocation,
) -> Result<(), String> {
    for inst in 0..func.insts.len() {
        let told = constraints(func, env, allocation, inst);
        told.map_err(|e| format!("{e} at instruction {inst}"))?;
    }
    let count = func.blocks.len();
    let mut starts: Vec<Option<Places>> = vec![None; count];
    starts[0] = Some(Places::new());
    let mut dirty = BTreeSet::from([0]);
    while let Some(block) = dirty.pop_first() {
        let id = MBlock::from_u32(block as u32);
        let mut places = starts[block].clone().expect("a block that is reached");
        for inst in func.block_insts(id) {
            // Uses are looked at when nothing changes any more.
            pass(func, env, allocation, inst, &mut places);
        }
        for edge in func.succs(id) {
            let params: BTreeMap<usize, usize> = (func.params(edge.to).iter())
                .zip(func.args(edge))
                .map(|(p, a)| (p.index(), a.index()))
                .collect();
            let mut next = places.clone();
            for (place, values) in &mut next {
                let old = &places[place];
                values.retain(|v| !params.contains_key(v));
                let named = params.iter().filter(|(_, arg)| old.contains(arg));
                values.extend(named.map(|(param, _)| *param));
            }
            let to = edge.to.index();
            let merged = match &starts[to] {
                None => next,
                Some(known) => meet(known, &next),
            };
            if starts[to].as_ref() != Some(&merged) {
                starts[to] = Some(merged);
                dirty.insert(to);
            }
        }
    }
    for (block, places) in starts.into_iter().enumerate() {
        let Some(mut places) = places else { continue };
        for inst in func.block_insts(MBlock::from_u32(block as u32)) {
            moves(allocation, inst, &mut places);
            uses(func, allocation, inst, &places)?;
            write(func, env, allocation, inst, &mut places);
        }
    }
    Ok(())
}

fn meet(a: &Places, b: &Places) -> Places {
    let both = a.iter().filter_map(|(place, values)| {
        let common: BTreeSet<usize> = values.intersection(b.get(place)?).copied().collect();
        (!common.is_empty()).then_some((*place, common))
    });
    both.collect()
}

fn pass<I: MachInst>(
    func: &MFunc<I>,
    env: &RegEnv,
    allocation: &Allocation,
    inst: usize,
    places: &mut Places,
) {
    moves(allocation, inst, places);
    write(func, env, allocation, inst, places);
}

fn moves(allocation: &Allocation, inst: usize, places: &mut Places) {
    for it in allocation.moves(inst) {
        match places.get(&key(it.from)).cloned() {
            Some(values) => places.insert(key(it.to), values),
            None => places.remove(&key(it.to)),
        };
    }
}

fn uses<I>(
    func: &MFunc<I>,
    allocation: &Allocation,
    inst: usize,
    places: &Places,
) -> Result<(), String> {
    for (operand, &loc) in func.inst_operands(inst).iter().zip(allocation.locs(inst)) {
        let held = places.get(&key(loc));
        if operand.role == Role::Use && held.is_none_or(|v| !v.contains(&operand.vreg.index())) {
            return Err(format!(
                "{loc:?} does not hold {:?} at instruction {inst}",
                operand.vreg
            ));
        }
    }
    Ok(())
}

fn write<I>(
    func: &MFunc<I>,
    env: &RegEnv,
    allocation: &Allocation,
    inst: usize,
    places: &mut Places,
) {
    for reg in clobbers(func, env, inst).iter() {
        places.remove(&key(Loc::Reg(reg)));
    }
    for (operand, &loc) in func.inst_operands(inst).iter().zip(allocation.locs(inst)) {
        if operand.role == Role::Def {
            for values in places.values_mut() {
                values.remove(&operand.vreg.index());
            }
            places.insert(key(loc), BTreeSet::from([operand.vreg.index()]));
        }
    }
}

/// Registers whose contents an instruction may change, those of definitions aside.
pub fn clobbers<I>(func: &MFunc<I>, env: &RegEnv, inst: usize) -> PRegSet {
    match func.clobbers[inst] {
        PRegSet::EMPTY => PRegSet::EMPTY,
        set if func.wide_floats => set.union(env.half_saved),
        set => set,
    }
}

fn constraints<I>(
    func: &MFunc<I>,
    env: &RegEnv,
    allocation: &Allocation,
    inst: usize,
) -> Result<(), String> {
    let operands = func.inst_operands(inst);
    let locs = allocation.locs(inst);
    let clobbers = clobbers(func, env, inst);
    let is_in = |set: PRegSet, loc: Loc| matches!(loc, Loc::Reg(reg) if set.contains(reg));
    for (i, (operand, &loc)) in operands.iter().zip(locs).enumerate() {
        let holds = match (operand.constraint, loc) {
            (Constraint::Any, _) => true,
            (Constraint::Reg, Loc::Reg(_)) => true,
            (Constraint::Stack, Loc::Spill(_)) => true,
            (Constraint::Fixed(wanted), Loc::Reg(reg)) => wanted == reg,
            (Constraint::Reuse(of), _) => locs[of as usize] == loc,
            _ => false,
        };
        if !holds {
            return Err(format!("{loc:?} is no {:?}", operand.constraint));
        }
        if let Loc::Reg(reg) = loc {
            if reg.class() != operand.vreg.class() {
                return Err(format!("{loc:?} for {:?}", operand.vreg));
            }
            let all = env.preferred.union(env.non_preferred);
            let is_fixed = matches!(operand.constraint, Constraint::Fixed(_));
            if !all.contains(reg) && !is_fixed {
                return Err(format!("{loc:?} is not to be allocated"));
            }
        }
        let is_late = operand.pos == Pos::Late || operand.role == Role::Def;
        if is_late && is_in(clobbers, loc) {
            return Err(format!("{loc:?} is lost"));
        }
        for (j, (other, &place)) in operands.iter().zip(locs).enumerate().skip(i + 1) {
            if loc == place && overlap((operand, i), (other, j)) {
                return Err(format!("{loc:?} for two operands"));
            }
        }
    }
    aligned(func, allocation, inst)
}

/// Whether two operands are in use at the same time.
fn overlap((a, i): (&Operand, usize), (b, j): (&Operand, usize)) -> bool {
    match (a.role, b.role) {
        (Role::Use, Role::Use) => a.vreg != b.vreg,
        (Role::Def, Role::Def) => true,
        (Role::Use, Role::Def) => is_over(a, i, b),
        (Role::Def, Role::Use) => is_over(b, j, a),
    }
}

/// Whether the use is read while or after the definition is written.
fn is_over(read: &Operand, index: usize, def: &Operand) -> bool {
    let is_tied = def.constraint == Constraint::Reuse(index as u8);
    !is_tied && (read.pos == Pos::Late || def.pos == Pos::Early)
}

/// Slots of vectors are whole.
fn aligned<I>(func: &MFunc<I>, allocation: &Allocation, inst: usize) -> Result<(), String> {
    if !func.wide_floats {
        return Ok(());
    }
    let vreg_slots = func.inst_operands(inst).iter().zip(allocation.locs(inst));
    let wide = |vreg: VReg| vreg.class() == RegClass::Float;
    for (operand, &loc) in vreg_slots {
        if let Loc::Spill(slot) = loc
            && wide(operand.vreg)
            && (slot % 2 != 0 || slot + 2 > allocation.spills)
        {
            return Err(format!("slot {slot} of a vector"));
        }
    }
    Ok(())
}
