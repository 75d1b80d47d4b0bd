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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mach::mir::{Edge, MBlockData, Operand, RegClass};

    /// A block: its parameters, per instruction what it reads and writes, and its successors with arguments.
    type Block<'a> = (
        &'a [u32],
        &'a [(&'a [u32], &'a [u32])],
        &'a [(u32, &'a [u32])],
    );

    fn check(blocks: &[Block]) -> Result<(), String> {
        let reg = |n: &u32| VReg::new(*n, RegClass::Int);
        let mut func = MFunc::<()> {
            is_profiled: false,
            watches: Vec::new(),
            references: Vec::new(),
            insts: Vec::new(),
            locs: Vec::new(),
            blocks: Vec::new(),
            edges: Vec::new(),
            preds_pool: Vec::new(),
            vregs_pool: Vec::new(),
            operands: Vec::new(),
            operand_ends: Vec::new(),
            clobbers: Vec::new(),
            vreg_count: 10,
            slots: Vec::new(),
            outgoing: 0,
            has_calls: false,
            wide_floats: false,
        };
        for (number, (params, insts, succs)) in blocks.iter().enumerate() {
            let mut data = MBlockData::default();
            let start = func.vregs_pool.len() as u32;
            func.vregs_pool.extend(params.iter().map(reg));
            data.params = start..func.vregs_pool.len() as u32;
            let start = func.operand_ends.len() as u32;
            for (uses, defs) in *insts {
                func.operands
                    .extend(uses.iter().map(|n| Operand::reg(reg(n))));
                func.operands
                    .extend(defs.iter().map(|n| Operand::def(reg(n))));
                func.operand_ends.push(func.operands.len() as u32);
            }
            data.insts = start..func.operand_ends.len() as u32;
            let start = func.edges.len() as u32;
            for (to, args) in *succs {
                let first = func.vregs_pool.len() as u32;
                func.vregs_pool.extend(args.iter().map(reg));
                func.edges.push(Edge {
                    to: MBlock::from_u32(*to),
                    args: first..func.vregs_pool.len() as u32,
                });
            }
            data.succs = start..func.edges.len() as u32;
            let start = func.preds_pool.len() as u32;
            let leads_here = |block: &Block| block.2.iter().any(|(to, _)| *to == number as u32);
            let preds = (0..).zip(blocks).filter(|(_, block)| leads_here(block));
            func.preds_pool
                .extend(preds.map(|(n, _)| MBlock::from_u32(n)));
            data.preds = start..func.preds_pool.len() as u32;
            func.blocks.push(data);
        }
        definitions(&func)
    }

    #[test]
    fn uses_behind_their_definition() {
        // 0 → 1 → 1 or 2, with a parameter of the loop.
        let result = check(&[
            (&[], &[(&[], &[0]), (&[0], &[1])], &[(1, &[1])]),
            (&[2], &[(&[0, 2], &[3])], &[(1, &[3]), (2, &[])]),
            (&[], &[(&[3, 0], &[])], &[]),
        ]);
        assert_eq!(result, Ok(()));
    }

    #[test]
    fn uses_without_definition() {
        let undefined = |blocks: &[Block]| check(blocks).unwrap_err().contains("is used");
        // Nowhere, by the same instruction, by a later one, on an edge.
        assert!(undefined(&[(&[], &[(&[0], &[])], &[])]));
        assert!(undefined(&[(&[], &[(&[0], &[0])], &[])]));
        assert!(undefined(&[(&[], &[(&[0], &[]), (&[], &[0])], &[])]));
        assert!(undefined(&[
            (&[], &[], &[(1, &[4])]),
            (&[5], &[(&[], &[4])], &[])
        ]));
        // On one of two ways only.
        assert!(undefined(&[
            (&[], &[], &[(1, &[]), (2, &[])]),
            (&[], &[(&[], &[0])], &[(3, &[])]),
            (&[], &[], &[(3, &[])]),
            (&[], &[(&[0], &[])], &[]),
        ]));
    }

    #[test]
    fn two_definitions() {
        let result = check(&[(&[], &[(&[], &[0]), (&[], &[0])], &[])]);
        assert!(result.unwrap_err().contains("defined twice"));
    }
}
