//! Gives joins with very many predecessors blocks in between, each for a part of them.
//!
//! Bounds how many predecessors the register allocator compares where it decides what is in registers at a block's start. A way through one more jump is cheap
//! where thousands lead to one place.

use super::{Cx, Incoming};
use crate::ir::{
    Block, BlockData, Func, Imm, Inst, InstData, Op, Type, Value, ValueData, ValueDef,
};
use crate::ir::{Origin, Target};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Edges that may meet in a block with parameters. The widest join of CPython, QuickJS, Boolector and Go programs has 220.
const MAX_EDGES: usize = 1024;

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    split_joins(func);
}

fn split_joins(func: &mut Func) {
    let incoming = Incoming::new(func);
    let joins: Vec<Block> = func
        .layout
        .iter()
        .copied()
        .filter(|&block| !func.blocks[block].params.is_empty() && incoming.count(block) > MAX_EDGES)
        .collect();
    for &join in &joins {
        split(func, join, incoming.edges(join));
    }
}

/// Leads each [`MAX_EDGES`] edges of a join to a block of their own. What a `try` passes on is not only in its arguments: its edges stay.
fn split(func: &mut Func, join: Block, edges: &[(Inst, u32)]) {
    // Equal targets of one instruction are one edge.
    let mut from: Option<Inst> = None;
    let mut known: HashMap<Target, Block> = HashMap::new();
    let mut funnel: Option<(Block, usize)> = None;
    for &(inst, index) in edges {
        if func.insts[inst].op == Op::Try {
            continue;
        }
        if from != Some(inst) {
            from = Some(inst);
            known.clear();
        }
        let target = func.insts[inst].target(index as usize).clone();
        let to = *known.entry(target).or_insert_with(|| {
            let (block, count) = match funnel.take() {
                Some((block, count)) if count < MAX_EDGES => (block, count),
                _ => (jump_to(func, join), 0),
            };
            funnel = Some((block, count + 1));
            block
        });
        func.insts[inst].target_mut(index as usize).block = to;
    }
}

/// A new block that passes its parameters on to a block that has the same.
fn jump_to(func: &mut Func, block: Block) -> Block {
    let new = func.blocks.push(BlockData::default());
    let types: Vec<Type> = func.blocks[block]
        .params
        .iter()
        .map(|&param| func.values[param].ty)
        .collect();
    let mut args: SmallVec<[Value; 4]> = SmallVec::new();
    for (index, ty) in types.into_iter().enumerate() {
        args.push(func.values.push(ValueData {
            ty,
            def: ValueDef::Param(new, index as u32),
        }));
    }
    func.blocks[new].params = args.to_vec();
    let jump = func.insts.push(InstData {
        op: Op::Jump,
        ty: Type::I32,
        imm: Imm::Jump(Target { block, args }),
        args: SmallVec::new(),
        first_result: func.values.next_id(),
        result_count: 0,
        loc: Origin::NONE,
    });
    func.blocks[new].insts.push(jump);
    func.layout.push(new);
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::parse::parse;

    /// A function with a join that `count` blocks and `entries` entries of a table lead to.
    fn joined(count: usize, entries: usize) -> Func {
        let mut text = "func func0 \"f\" wasm (i32) -> (i32) {\nb0(v0: i32):\n".to_string();
        for i in 0..count {
            let (block, next) = (2 * i + 1, 2 * i + 2);
            text +=
                &format!("branch v0 ? b{block} : b{next}\nb{block}:\njump b99999(v0)\nb{next}:\n");
        }
        let equal = vec!["b99999(v0)"; entries].join(", ");
        text += &format!("br_table v0 [{equal}]\nb99999(v1: i32):\nreturn v1\n}}\n");
        parse(&text).expect("text").remove(0)
    }

    fn most_edges(func: &Func) -> usize {
        let incoming = Incoming::new(func);
        let counts = func.layout.iter().map(|&block| incoming.count(block));
        counts.max().unwrap_or(0)
    }

    #[test]
    fn joins_are_split() {
        let mut func = joined(3 * MAX_EDGES, 3);
        let before = func.layout.len();
        split_joins(&mut func);
        // Three full ones, and one for the table, whose equal targets stay together.
        assert_eq!(func.layout.len(), before + 4);
        assert_eq!(most_edges(&func), MAX_EDGES);
        crate::ir::dom::DomTree::new(&func, &crate::ir::cfg::Cfg::new(&func));
    }

    #[test]
    fn small_joins_stay() {
        let mut func = joined(MAX_EDGES - 3, 3);
        let before = func.to_string();
        split_joins(&mut func);
        assert_eq!(func.to_string(), before);
    }
}
