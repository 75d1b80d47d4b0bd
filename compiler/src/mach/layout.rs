//! Block order: in which order blocks are lowered, allocated and emitted.
//!
//! Every block comes after those that dominate it (lowering needs that), the blocks of a loop are contiguous (the allocator's ranges
//! are short, the code is compact), and cold blocks come last.
//!
//! Algorithm: the tree in which a block's parent is the header of the innermost loop around it (for a header: around its loop) is
//! listed in preorder, siblings in reverse postorder. A block is cold if it ends in a trap, or only leads to cold blocks, or is only
//! reached from cold blocks; cold blocks keep their relative order, and what a cold block dominates is cold, so dominance
//! survives the move.

use super::hoist::homes;
use crate::entity::SideMap;
use crate::ir::cfg::{Cfg, successors};
use crate::ir::dom::DomTree;
use crate::ir::freq::frequencies;
use crate::ir::loops::Loops;
use crate::ir::{Block, Func, Imm, Op};

/// Blocks in order with what is known of each.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Reachable blocks, entry first.
    pub blocks: Vec<Block>,
    /// By position: expected never to run.
    pub cold: Vec<bool>,
    /// By position: see `hoist`.
    pub homes: Vec<Option<Block>>,
    /// By block: number of loops around it.
    pub depths: Vec<u32>,
    /// By position: how often it runs for each time that the function is entered, as a profile says or is guessed.
    pub weights: Option<Vec<f32>>,
    pub is_profiled: bool,
}

/// What blocks that are expected never to run weigh.
const COLD: f32 = 1.0 / 1024.0;

/// Orders the reachable blocks of a function. `guess`: find how often they run without a profile, too.
pub fn order(func: &Func, guess: bool) -> Order {
    let cfg = Cfg::new(func);
    let dom = DomTree::new(func, &cfg);
    let loops = Loops::new(func, &cfg, &dom);
    let blocks = contiguous(func, &cfg, &loops);
    let cold = cold_blocks(func, &cfg);
    let mut order = Order::default();
    for wanted in [false, true] {
        for &block in blocks.iter().filter(|&&b| cold[b] == wanted) {
            order.blocks.push(block);
            order.cold.push(wanted);
        }
    }
    order.is_profiled = func.entries.is_some();
    if order.is_profiled || guess {
        let weights = frequencies(func, &cfg, &loops);
        let blocks = order.blocks.iter().zip(&order.cold);
        let weight = |(&block, &cold): (&Block, &bool)| match cold && func.entries.is_none() {
            true => weights[block] * COLD,
            false => weights[block],
        };
        order.weights = Some(blocks.map(weight).collect());
    }
    order.depths = func.blocks.ids().map(|b| loops.depth(b)).collect();
    order.homes = homes(func, &dom, &loops, &order.blocks, &cold);
    order
}

/// Blocks in preorder of the loop tree.
fn contiguous(func: &Func, cfg: &Cfg, loops: &Loops) -> Vec<Block> {
    let around = |block: Block| {
        let inner = loops.innermost(block)?;
        let inner = match loops.is_header(block) {
            true => loops.loops[inner].parent?,
            false => inner,
        };
        Some(loops.loops[inner].header)
    };
    let mut first: Option<Block> = None;
    let mut first_child: SideMap<Block, Option<Block>> = SideMap::new(None, func.blocks.len());
    let mut sibling = first_child.clone();
    for &block in cfg.rpo.iter().rev() {
        let head = match around(block) {
            Some(parent) => &mut first_child[parent],
            None => &mut first,
        };
        sibling[block] = head.replace(block);
    }
    let mut result = Vec::with_capacity(cfg.rpo.len());
    let mut stack: Vec<Block> = first.into_iter().collect();
    while let Some(block) = stack.pop() {
        result.push(block);
        stack.extend(sibling[block]);
        stack.extend(first_child[block]);
    }
    result
}

fn cold_blocks(func: &Func, cfg: &Cfg) -> SideMap<Block, bool> {
    let mut cold = SideMap::new(false, func.blocks.len());
    let expected = expected_blocks(func, cfg);
    let others = cfg.rpo.get(1..).unwrap_or_default();
    for &block in others.iter().rev() {
        let traps = func.terminator(block).is_some_and(|t| t.op == Op::Trap);
        let mut succs = successors(func, block).peekable();
        let leads = succs.peek().is_some() && succs.all(|s| cold[s]);
        cold[block] = traps || leads || !expected[block];
    }
    for &block in others {
        let forward = |p: &&Block| cfg.position(**p) < cfg.position(block);
        if cfg.preds(block).iter().filter(forward).all(|&p| cold[p]) {
            cold[block] = true;
        }
    }
    cold
}

/// Blocks that an edge leads to which is neither that of an exception nor one that is said never to be taken.
fn expected_blocks(func: &Func, cfg: &Cfg) -> SideMap<Block, bool> {
    let mut expected = SideMap::new(false, func.blocks.len());
    for &block in &cfg.rpo {
        let Some(terminator) = func.terminator(block) else {
            continue;
        };
        for (i, target) in terminator.targets().enumerate() {
            expected[target.block] |= match &terminator.imm {
                Imm::Try(it) => i < it.first_handler(),
                Imm::Branch {
                    odds: Some(odds), ..
                } => [odds.then, odds.or_else][i] != 0,
                Imm::BrTable { weights, .. } => weights.get(i) != Some(&0),
                _ => true,
            };
        }
    }
    expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let text = format!("func func0 \"f\" wasm (i32) -> () {{\n{body}\n}}\n");
        let func = crate::ir::parse::parse(&text).expect("text").remove(0);
        let order = order(&func, false);
        let names: Vec<String> = order
            .blocks
            .iter()
            .zip(&order.cold)
            .map(|(b, &cold)| format!("{b}{}", if cold { "!" } else { "" }))
            .collect();
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn loops_are_contiguous() {
        // b4 leaves the loop from its middle; b5 is still in it.
        check(
            "b0(v0: i32):
                 jump b1
             b1:
                 branch v0 ? b2 : b3
             b2:
                 branch v0 ? b4 : b5
             b3:
                 jump b5
             b4:
                 return
             b5:
                 jump b1",
            "b0 b1 b2 b3 b5 b4",
        );
    }

    #[test]
    fn what_only_leads_to_a_trap_is_last() {
        check(
            "b0(v0: i32):
                 branch v0 ? b1 : b2
             b1:
                 jump b3
             b2:
                 return
             b3:
                 trap Unreachable",
            "b0 b2 b1! b3!",
        );
    }

    #[test]
    fn what_is_unlikely_is_last() {
        check(
            "b0(v0: i32):
                 branch v0 ? b1 : b2 unlikely
             b1:
                 jump b3
             b2:
                 branch v0 ? b3 : b4 likely
             b3:
                 return
             b4:
                 jump b3",
            "b0 b2 b3 b4! b1!",
        );
    }

    #[test]
    fn the_entry_is_never_cold() {
        check(
            "b0(v0: i32):
                 branch v0 ? b1 : b2
             b1:
                 trap Unreachable
             b2:
                 trap Unreachable",
            "b0 b1! b2!",
        );
    }
}
