//! Which references to objects of the collector live over which calls, and that they are where the collector finds them.
//!
//! The collector does not move objects. So a reference may be in a register as well, and nothing is loaded again behind the call; but its register may be one
//! that a callee saves who knows where. A late use of a spill slot at the call makes the allocator store the value by then, once for all calls that follow.
//! Functions of the runtime that preserve registers have put them all where the collector finds them, so over their calls references may be in registers alone.
//!
//! Algorithm: for each reference, from each of its uses backwards through the blocks up to its definition, which dominates them all. The work is the number of
//! blocks that references live in.

use super::inst::{Inst, Insts};
use super::mir::{MBlock, MFunc, Operand, Role, VReg};
use crate::entity::EntityId;
use crate::ir::FuncId;

/// Adds the operands: the last ones of each call. `collects` says whether garbage may be collected while a function runs.
pub fn attach<I: Insts>(func: &mut MFunc<Inst<I>>, collects: &dyn Fn(FuncId) -> bool) {
    if !func.references.contains(&true) {
        return;
    }
    let live = live(func, collects);
    let mut live = live.iter().peekable();
    let mut operands = Vec::with_capacity(func.operands.len());
    let mut ends = Vec::with_capacity(func.operand_ends.len());
    for inst in 0..func.insts.len() {
        operands.extend_from_slice(func.inst_operands(inst));
        while let Some(&(_, vreg)) = live.next_if(|&&(at, _)| at as usize == inst) {
            operands.push(match &func.insts[inst] {
                Inst::Call(call) if call.preserves_registers() => Operand::any_late(vreg),
                _ => Operand::stack(vreg),
            });
        }
        ends.push(operands.len() as u32);
    }
    (func.operands, func.operand_ends) = (operands, ends);
}

/// Where a reference is defined or used.
#[derive(Clone, Copy)]
struct Mention {
    block: MBlock,
    /// Index of the instruction; of a parameter, one less than that of the block's first; of an argument on an edge, one more than that of the last.
    at: i64,
}

/// The references that live over each call, in order of the calls.
fn live<I: Insts>(func: &MFunc<Inst<I>>, collects: &dyn Fn(FuncId) -> bool) -> Vec<(u32, VReg)> {
    let count = func.references.len();
    let mut defs: Vec<Option<(VReg, Mention)>> = vec![None; count];
    let mut uses: Vec<Vec<Mention>> = vec![Vec::new(); count];
    // By block: its calls.
    let mut calls: Vec<Vec<u32>> = vec![Vec::new(); func.blocks.len()];
    let is_reference = |vreg: VReg| func.references[vreg.index()];
    for (index, calls) in calls.iter_mut().enumerate() {
        let block = MBlock::from_u32(index as u32);
        let insts = func.block_insts(block);
        for &param in func.params(block).iter().filter(|&&v| is_reference(v)) {
            let at = insts.start as i64 - 1;
            defs[param.index()] = Some((param, Mention { block, at }));
        }
        for inst in insts.clone() {
            let at = inst as i64;
            for operand in func.inst_operands(inst) {
                let vreg = operand.vreg;
                if !is_reference(vreg) {
                    continue;
                }
                match operand.role {
                    Role::Def => defs[vreg.index()] = Some((vreg, Mention { block, at })),
                    Role::Use => uses[vreg.index()].push(Mention { block, at }),
                }
            }
            if let Inst::Call(call) = &func.insts[inst]
                && call.may_collect(collects)
            {
                calls.push(inst as u32);
            }
        }
        let at = insts.end as i64;
        for edge in func.succs(block) {
            for &arg in func.args(edge).iter().filter(|&&v| is_reference(v)) {
                uses[arg.index()].push(Mention { block, at });
            }
        }
    }
    let mut found: Vec<(u32, VReg)> = Vec::new();
    // The last reference that was found to live out of a block, and to be live at its start.
    let mut out: Vec<usize> = vec![usize::MAX; func.blocks.len()];
    for (number, (def, uses)) in defs.into_iter().zip(uses).enumerate() {
        let Some((vreg, def)) = def else { continue };
        // By block with a use that nothing behind it makes live: the last use.
        let mut last: Vec<Mention> = uses;
        last.sort_unstable_by_key(|it| (it.block.index(), it.at));
        let mut ends: Vec<(MBlock, i64)> = Vec::new();
        for it in last {
            match ends.last_mut() {
                Some((block, at)) if *block == it.block => *at = it.at,
                _ => ends.push((it.block, it.at)),
            }
        }
        // Blocks that it lives out of.
        let mut through: Vec<MBlock> = Vec::new();
        let mut work: Vec<MBlock> = Vec::new();
        for &(block, at) in &ends {
            if block != def.block || at <= def.at {
                work.extend_from_slice(func.preds(block));
            }
        }
        while let Some(block) = work.pop() {
            if out[block.index()] == number {
                continue;
            }
            out[block.index()] = number;
            through.push(block);
            if block != def.block {
                work.extend_from_slice(func.preds(block));
            }
        }
        let mut over = |block: MBlock, end: i64| {
            let start = if block == def.block { def.at } else { -1 };
            let calls = calls[block.index()].iter().map(|&call| i64::from(call));
            let over = calls.filter(|&call| start < call && call < end);
            found.extend(over.map(|call| (call as u32, vreg)));
        };
        for &block in &through {
            over(block, i64::MAX);
        }
        for (block, end) in ends {
            if out[block.index()] != number {
                over(block, end);
            }
        }
    }
    found.sort_unstable_by_key(|&(call, vreg)| (call, vreg.index()));
    found
}
