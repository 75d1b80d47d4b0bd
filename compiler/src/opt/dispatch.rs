//! Branches instead of selects where an interpreter decides what comes next.
//!
//! In a loop that loads from an address (of bytecode) what a `br_table` decides on, the next address is often the result of a `select`, for a
//! conditional jump. As a conditional move it makes everything that follows wait for the condition, which the processor could have predicted as it
//! predicts the table's jump: where the condition is wrong, so is that. So such a select becomes a branch.
//!
//! Runs last: simpler control flow is what all other passes see.

use super::{Cx, Incoming};
use crate::entity::SideMap;
use crate::ir::cfg::Cfg;
use crate::ir::dom::DomTree;
use crate::ir::loops::Loops;
use crate::ir::op::EffectClass;
use crate::ir::{Block, BlockData, Func, Imm, Inst, InstData, Op, Target, Type, Value, ValueDef};
use smallvec::{SmallVec, smallvec};
use std::collections::HashSet;

/// Definitions that are looked at for one `br_table`, and for one address.
const MAX_STEPS: usize = 64;

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    let is_table = |&block: &Block| func.terminator(block).is_some_and(|t| t.op == Op::BrTable);
    let tables: Vec<Block> = func.layout.iter().copied().filter(is_table).collect();
    if tables.is_empty() {
        return;
    }
    let mut next = Vec::new();
    for choice in Search::new(func).choices(&tables) {
        branch_instead(func, choice, &mut next);
    }
}

struct Search<'a> {
    func: &'a Func,
    loops: Loops,
    incoming: Incoming,
    /// The block that holds an instruction.
    homes: SideMap<Inst, Option<Block>>,
}

impl<'a> Search<'a> {
    fn new(func: &'a Func) -> Search<'a> {
        let cfg = Cfg::new(func);
        let dom = DomTree::new(func, &cfg);
        let mut homes = SideMap::new(None, func.insts.len());
        for &block in &cfg.rpo {
            for &inst in &func.blocks[block].insts {
                homes[inst] = Some(block);
            }
        }
        Search {
            func,
            loops: Loops::new(func, &cfg, &dom),
            incoming: Incoming::new(func),
            homes,
        }
    }

    /// The selects that choose an address from which what one of the tables decides on is loaded the next time.
    fn choices(&self, tables: &[Block]) -> Vec<Choice> {
        let (mut found, mut done) = (Vec::new(), HashSet::new());
        for &table in tables {
            let Some(id) = self.loops.innermost(table) else {
                continue;
            };
            let header = self.loops.loops[id].header;
            let index = self.func.terminator(table).map(|t| t.args[0]);
            for param in self.addresses(id, index) {
                if !done.insert((id, param)) {
                    continue;
                }
                for target in self.incoming.targets(self.func, header) {
                    self.choose(id, target.args[param], &mut found);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The parameters of the loop's header that an address depends on from which a part of the value is loaded.
    fn addresses(&self, id: usize, value: Option<Value>) -> Vec<usize> {
        let header = self.loops.loops[id].header;
        let (mut found, mut seen) = (Vec::new(), Vec::new());
        let mut work: Vec<(Value, bool)> = value.map(|value| (value, false)).into_iter().collect();
        while let Some((value, is_address)) = work.pop() {
            if seen.contains(&(value, is_address)) || seen.len() == MAX_STEPS {
                continue;
            }
            seen.push((value, is_address));
            match self.func.values[value].def {
                ValueDef::Param(block, index) if block == header => {
                    found.extend(is_address.then_some(index as usize));
                }
                ValueDef::Param(block, index) if self.loops.contains(id, block) => {
                    let targets = self.incoming.targets(self.func, block);
                    work.extend(
                        targets.filter_map(|t| Some((*t.args.get(index as usize)?, is_address))),
                    );
                }
                ValueDef::Result(inst, _) if self.is_within(id, inst) => {
                    let data = &self.func.insts[inst];
                    match data.op.row().effect {
                        EffectClass::Pure => {
                            work.extend(data.args.iter().map(|&arg| (arg, is_address)))
                        }
                        EffectClass::MemoryRead | EffectClass::RawRead => {
                            work.extend(data.args.iter().map(|&arg| (arg, true)));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The selects in the loop by which a value comes about.
    fn choose(&self, id: usize, value: Value, found: &mut Vec<Choice>) {
        let header = self.loops.loops[id].header;
        let (mut seen, mut work) = (Vec::new(), vec![value]);
        while let Some(value) = work.pop() {
            if seen.contains(&value) || seen.len() == MAX_STEPS {
                continue;
            }
            seen.push(value);
            match self.func.values[value].def {
                ValueDef::Param(block, index)
                    if block != header && self.loops.contains(id, block) =>
                {
                    let targets = self.incoming.targets(self.func, block);
                    work.extend(targets.filter_map(|t| t.args.get(index as usize)));
                }
                ValueDef::Result(inst, _) => {
                    let data = &self.func.insts[inst];
                    match (data.op, self.homes[inst]) {
                        (Op::Select, Some(home))
                            if self.loops.contains(id, home) && data.ty.is_int() =>
                        {
                            found.push(Choice {
                                select: inst,
                                block: home,
                                header,
                            });
                            work.extend(&data.args[1..]);
                        }
                        (Op::Add, _) => work.extend(&data.args),
                        _ => {}
                    }
                }
                ValueDef::Param(..) => {}
            }
        }
    }

    fn is_within(&self, id: usize, inst: Inst) -> bool {
        self.homes[inst].is_some_and(|home| self.loops.contains(id, home))
    }
}

/// A select, with its block and the header of the loop around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Choice {
    select: Inst,
    block: Block,
    header: Block,
}

/// Ends the block at the select with a branch to what was behind it, which gets the result as its parameter. `next` tells which blocks were cut off from others.
fn branch_instead(func: &mut Func, choice: Choice, next: &mut Vec<(Block, Block)>) {
    let data = func.insts[choice.select].clone();
    let (result, ways) = (data.first_result, [data.args[1], data.args[2]]);
    // An earlier choice may have moved it to a new block.
    let mut block = choice.block;
    let (block, at) = loop {
        let mut insts = func.blocks[block].insts.iter();
        match insts.position(|&inst| inst == choice.select) {
            Some(at) => break (block, at),
            None => match next.iter().find(|(from, _)| *from == block) {
                Some(&(_, to)) => block = to,
                None => return,
            },
        }
    };
    let rest = func.blocks[block].insts.split_off(at + 1);
    func.blocks[block].insts.pop();
    let targets = match rest[..] {
        // Behind the jump back nobody sees the result.
        [jump]
            if func.insts[jump].op == Op::Jump
                && func.insts[jump].target(0).block == choice.header =>
        {
            ways.map(|way| {
                let mut data = func.insts[jump].clone();
                data.for_each_use_mut(|value| {
                    if *value == result {
                        *value = way;
                    }
                });
                let jump = func.insts.push(data);
                let block = add_block(
                    func,
                    block,
                    BlockData {
                        params: Vec::new(),
                        insts: vec![jump],
                    },
                );
                Target {
                    block,
                    args: SmallVec::new(),
                }
            })
        }
        _ => {
            let behind = add_block(
                func,
                block,
                BlockData {
                    params: vec![result],
                    insts: rest,
                },
            );
            func.values[result].def = ValueDef::Param(behind, 0);
            next.push((block, behind));
            ways.map(|way| Target {
                block: behind,
                args: smallvec![way],
            })
        }
    };
    let [then, or_else] = targets;
    let branch = func.insts.push(InstData {
        op: Op::Branch,
        ty: Type::I32,
        imm: Imm::Branch {
            then,
            or_else,
            odds: None,
        },
        args: smallvec![data.args[0]],
        result_count: 0,
        ..data
    });
    func.blocks[block].insts.push(branch);
}

/// Adds a block behind another.
fn add_block(func: &mut Func, before: Block, data: BlockData) -> Block {
    let block = func.blocks.push(data);
    let at = func.layout.iter().position(|&b| b == before);
    func.layout
        .insert(at.map_or(func.layout.len(), |at| at + 1), block);
    block
}
