//! How often each block runs for each time that the function is entered.
//!
//! Algorithm: Wu and Larus, "Static Branch Frequency and Program Profile Analysis" (1994). What flows into a block flows on by the probabilities of its
//! edges, in reverse postorder; a loop's header gets as much again as its rounds say, which were found before from what flows back there, inner loops first.
//! Probabilities are what [`super::Odds`] and weights of tables say; where they say nothing: seven of eight rounds of a loop are not its last, traps
//! and handlers of exceptions are rare, and everything else is as likely as not.

use super::cfg::Cfg;
use super::loops::Loops;
use super::{Block, Func, Imm, Op, Target};
use crate::entity::SideMap;

/// That a branch which can leave a loop stays in it.
const STAYS: f32 = 7.0 / 8.0;

/// That control goes where a trap or a handler is.
const RARE: f32 = 1.0 / 1024.0;

/// Rounds of loops of which nothing is known, and at most.
const ROUNDS: f32 = 8.0;
const MAX_ROUNDS: f32 = 1e6;

/// Loops that are nested deeper have [`ROUNDS`], so that blocks are not visited for each of a thousand loops around them.
const MAX_DEPTH: u32 = 16;

/// Frequencies of the reachable blocks, the entry's being 1 if nothing leads back to it.
pub fn frequencies(func: &Func, cfg: &Cfg, loops: &Loops) -> SideMap<Block, f32> {
    let mut flow = Flow {
        func,
        cfg,
        loops,
        rounds: vec![ROUNDS; loops.loops.len()],
        frequency: SideMap::new(0.0, func.blocks.len()),
    };
    let members = members(cfg, loops);
    // Inner loops come first.
    for (id, members) in members.iter().enumerate() {
        if loops.loops[id].depth <= MAX_DEPTH {
            let back = flow.pass(members, Some(id));
            flow.rounds[id] = (1.0 / (1.0 - back).max(0.0)).min(MAX_ROUNDS);
        }
    }
    flow.pass(&cfg.rpo, None);
    flow.frequency
}

/// Blocks of each loop down to [`MAX_DEPTH`], in reverse postorder.
fn members(cfg: &Cfg, loops: &Loops) -> Vec<Vec<Block>> {
    // The innermost one that is not too deep.
    let mut around: Vec<Option<usize>> = vec![None; loops.loops.len()];
    for id in (0..around.len()).rev() {
        around[id] = match &loops.loops[id] {
            it if it.depth <= MAX_DEPTH => Some(id),
            it => it.parent.and_then(|parent| around[parent]),
        };
    }
    let mut members = vec![Vec::new(); loops.loops.len()];
    for &block in &cfg.rpo {
        let mut at = loops.innermost(block).and_then(|id| around[id]);
        while let Some(id) = at {
            members[id].push(block);
            at = loops.loops[id].parent;
        }
    }
    members
}

struct Flow<'a> {
    func: &'a Func,
    cfg: &'a Cfg,
    loops: &'a Loops,
    /// By loop, for each time that it is entered.
    rounds: Vec<f32>,
    frequency: SideMap<Block, f32>,
}

impl Flow<'_> {
    /// Lets one unit flow from the first of these blocks through all of them, which are those of a loop or the function's; how much of it comes back to the loop's header.
    fn pass(&mut self, blocks: &[Block], of: Option<usize>) -> f32 {
        for &block in blocks {
            self.frequency[block] = 0.0;
        }
        self.frequency[blocks[0]] = 1.0;
        let mut back = 0.0;
        for &block in blocks {
            if let Some(id) = self.loops.innermost(block)
                && self.loops.loops[id].header == block
                && of != Some(id)
            {
                self.frequency[block] *= self.rounds[id];
            }
            let frequency = self.frequency[block];
            self.for_each_edge(block, |flow, target, probability| {
                let share = frequency * probability;
                if flow.cfg.position(target) > flow.cfg.position(block) {
                    flow.frequency[target] += share;
                } else if of.is_some() && target == blocks[0] {
                    back += share;
                }
            });
        }
        back
    }

    fn for_each_edge(&mut self, block: Block, mut visit: impl FnMut(&mut Self, Block, f32)) {
        let func = self.func;
        let Some(terminator) = func.terminator(block) else {
            return;
        };
        match &terminator.imm {
            Imm::Branch {
                then,
                or_else,
                odds,
            } => {
                let [p, q] = match odds {
                    Some(odds) => odds.probabilities(),
                    None => self.guess(block, then, or_else),
                };
                visit(self, then.block, p);
                visit(self, or_else.block, q);
            }
            Imm::BrTable { targets, weights } => {
                let sum: f32 = weights
                    .iter()
                    .map(|&weight| weight as f32)
                    .sum::<f32>()
                    .max(1.0);
                let all = targets.len() as f32;
                for (i, target) in targets.iter().enumerate() {
                    let known = weights.get(i).map(|&weight| weight as f32 / sum);
                    visit(self, target.block, known.unwrap_or(1.0 / all));
                }
            }
            Imm::Try(it) => {
                for (i, target) in it.targets.iter().enumerate() {
                    let is_handler = i >= it.first_handler();
                    visit(self, target.block, if is_handler { RARE } else { 1.0 });
                }
            }
            Imm::Jump(target) => visit(self, target.block, 1.0),
            _ => {}
        }
    }

    /// Probabilities of the ways of a branch of which nobody has said anything.
    fn guess(&self, block: Block, then: &Target, or_else: &Target) -> [f32; 2] {
        let traps = |target: &Target| {
            let terminator = self.func.terminator(target.block);
            terminator.is_some_and(|it| it.op == Op::Trap)
        };
        match (traps(then), traps(or_else)) {
            (true, false) => return [RARE, 1.0 - RARE],
            (false, true) => return [1.0 - RARE, RARE],
            _ => {}
        }
        let Some(id) = self.loops.innermost(block) else {
            return [0.5; 2];
        };
        let stays = |target: &Target| self.loops.contains(id, target.block);
        match (stays(then), stays(or_else)) {
            (true, false) => [STAYS, 1.0 - STAYS],
            (false, true) => [1.0 - STAYS, STAYS],
            _ => [0.5; 2],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::dom::DomTree;

    #[track_caller]
    fn check(body: &str, expected: &[f32]) {
        let text = format!("func func0 \"f\" wasm (i32) -> () {{\n{body}\n}}\n");
        let func = crate::ir::parse::parse(&text).expect("text").remove(0);
        let cfg = Cfg::new(&func);
        let loops = Loops::new(&func, &cfg, &DomTree::new(&func, &cfg));
        let found = frequencies(&func, &cfg, &loops);
        let found: Vec<f32> = func.layout.iter().map(|&block| found[block]).collect();
        let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-3 * b.abs();
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(close),
            "{found:?} instead of {expected:?}"
        );
    }

    #[test]
    fn ways_share_what_comes() {
        check(
            "b0(v0: i32):
                 branch v0 ? b1 : b2 odds 3 1
             b1:
                 jump b3
             b2:
                 jump b3
             b3:
                 return",
            &[1.0, 0.75, 0.25, 1.0],
        );
    }

    #[test]
    fn rounds_multiply() {
        check(
            "b0(v0: i32):
                 jump b1
             b1:
                 jump b2
             b2:
                 branch v0 ? b2 : b3 odds 99 1
             b3:
                 branch v0 ? b1 : b4
             b4:
                 return",
            &[1.0, 8.0, 800.0, 8.0, 1.0],
        );
    }

    #[test]
    fn a_loop_that_is_never_left_has_an_end() {
        check(
            "b0(v0: i32):
                 branch v0 ? b1 : b2
             b1:
                 jump b1
             b2:
                 trap Unreachable",
            &[1.0, 1e6, RARE],
        );
    }

    #[test]
    fn tables_and_entries_that_are_headers() {
        check(
            "b0(v0: i32):
                 br_table v0 [b0(v0), b1, b2] odds 2 1 1
             b1:
                 return
             b2:
                 return",
            &[2.0, 0.5, 0.5],
        );
    }
}
