//! Definition before use on machine IR.
//!
//! Whatever the allocator does with a register that nothing has written is wrong: the local algorithm reads a spill slot with whatever is on
//! the stack. So [`definitions`] runs for every function in every build, in time linear in the instructions: each virtual register has one
//! definition, and every way to a use leads through it.

use super::mir::{MBlock, MFunc, Role, VReg};
use crate::entity::EntityId;
use crate::ir::dom::Tree;

/// Where a virtual register is defined.
#[derive(Clone, Copy)]
struct Place {
    block: u32,
    /// By the instruction before this one; a parameter by that before the block's first.
    before: u32,
}

/// Checks a function. An error, which names the register and the instruction, is a bug in lowering.
pub fn definitions<I>(func: &MFunc<I>) -> Result<(), String> {
    let mut places: Vec<Option<Place>> = vec![None; func.vreg_count as usize];
    let mut define = |vreg: VReg, block: MBlock, before: usize| {
        let place = Place {
            block: block.index() as u32,
            before: before as u32,
        };
        match places[vreg.index()].replace(place) {
            None => Ok(()),
            Some(_) => Err(format!("{vreg:?} is defined twice, before {before}")),
        }
    };
    for block in blocks(func) {
        let insts = func.block_insts(block);
        for &param in func.params(block) {
            define(param, block, insts.start)?;
        }
        for inst in insts {
            let defs = func.inst_operands(inst).iter();
            for operand in defs.filter(|o| o.role == Role::Def) {
                define(operand.vreg, block, inst + 1)?;
            }
        }
    }
    let tree = Tree::new(func.blocks.len(), &|node, preds| {
        let block = MBlock::from_u32(node);
        preds.extend(func.preds(block).iter().map(|p| p.index() as u32));
    });
    let check = |vreg: VReg, block: MBlock, at: usize| match places[vreg.index()] {
        Some(place) if place.block as usize == block.index() && place.before as usize <= at => {
            Ok(())
        }
        Some(place)
            if place.block as usize != block.index()
                && tree.dominates(place.block, block.index() as u32) =>
        {
            Ok(())
        }
        _ => Err(format!("{vreg:?} is used but not defined at {at}")),
    };
    for block in blocks(func) {
        let insts = func.block_insts(block);
        let end = insts.end;
        for inst in insts {
            let uses = func.inst_operands(inst).iter();
            for operand in uses.filter(|o| o.role == Role::Use) {
                check(operand.vreg, block, inst)?;
            }
        }
        for edge in func.succs(block) {
            for &arg in func.args(edge) {
                check(arg, block, end)?;
            }
        }
    }
    Ok(())
}

fn blocks<I>(func: &MFunc<I>) -> impl Iterator<Item = MBlock> + use<I> {
    (0..func.blocks.len()).map(|i| MBlock::from_u32(i as u32))
}
