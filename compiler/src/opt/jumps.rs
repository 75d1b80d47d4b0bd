//! Simplifies control flow: shortens ways through empty blocks and through branches on a value that is constant on that way, turns branches
//! with one destination into jumps, and joins blocks that can only follow each other.
//!
//! A block is passed by only if its parameters are used in its own terminator alone, since the way past it no longer defines them. Its
//! other operands dominate it and therefore all its predecessors. Ways through a branch at a loop header stay: a second entry
//! would make the loop irreducible.

use super::{Cx, Incoming, Renames};
use crate::entity::SideMap;
use crate::ir::Target;
use crate::ir::cfg::Cfg;
use crate::ir::{Block, Func, Imm, Inst, InstData, Op, Value, ValueDef};

/// Blocks that one edge may pass by; bounds the walk around empty loops.
const MAX_HOPS: u32 = 8;

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    shorten(func);
    join(func);
}

/// How a block may be passed by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Stops,
    /// Nothing but a jump.
    Jumps,
    /// Nothing but a branch on its own parameter with this index.
    Branches(usize),
}

fn shorten(func: &mut Func) {
    let ways = ways(func);
    for i in 0..func.layout.len() {
        let block = func.layout[i];
        let Some(&last) = func.blocks[block].insts.last() else {
            continue;
        };
        let count = func.insts[last].targets().count();
        if count == 0 {
            continue;
        }
        for index in 0..count {
            if let Some(target) = shorter(func, &ways, last, index) {
                *func.insts[last].target_mut(index) = target;
            }
        }
        make_jump(func, last);
    }
}

fn ways(func: &Func) -> SideMap<Block, Way> {
    let cfg = Cfg::new(func);
    let mut ways = SideMap::new(Way::Stops, func.blocks.len());
    for &block in &func.layout[1..] {
        let data = &func.blocks[block];
        let &[only] = &data.insts[..] else {
            continue;
        };
        let inst = &func.insts[only];
        ways[block] = match inst.op {
            Op::Jump => Way::Jumps,
            Op::Branch => {
                let at = cfg.is_reachable(block).then(|| cfg.position(block));
                let is_header =
                    at.is_none_or(|at| cfg.preds(block).iter().any(|&p| cfg.position(p) >= at));
                match data.params.iter().position(|&p| p == inst.args[0]) {
                    Some(param) if !is_header => Way::Branches(param),
                    _ => Way::Stops,
                }
            }
            _ => Way::Stops,
        };
    }
    // Parameters that others use keep their block on the way.
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            for value in func.insts[inst].uses() {
                if let ValueDef::Param(home, _) = func.values[value].def
                    && home != block
                {
                    ways[home] = Way::Stops;
                }
            }
        }
    }
    ways
}

/// Where the edge leads in the end, if that is another place.
fn shorter(func: &Func, ways: &SideMap<Block, Way>, last: Inst, index: usize) -> Option<Target> {
    let data = &func.insts[last];
    let mut at = data.target(index).clone();
    let mut found = None;
    for _ in 0..MAX_HOPS {
        let through = &func.blocks[at.block];
        let next = match ways[at.block] {
            Way::Stops => break,
            Way::Jumps => 0,
            Way::Branches(param) => match func.const_bits(at.args[param]) {
                Some(bits) => usize::from(bits == 0),
                None => break,
            },
        };
        let mut target = func.insts[through.insts[0]].target(next).clone();
        for arg in &mut target.args {
            if let Some(i) = through.params.iter().position(|param| param == arg) {
                *arg = at.args[i];
            }
        }
        at = target;
        // Arguments on an edge of a branch need a block of their own for the moves, which is what the empty block is.
        if data.op == Op::Jump || at.args.is_empty() {
            found = Some(at.clone());
        }
    }
    found.filter(|target| target != data.target(index))
}

/// Turns a branch whose way is certain into a jump.
fn make_jump(func: &mut Func, last: Inst) {
    let data = &func.insts[last];
    if data.op != Op::Branch && data.op != Op::BrTable {
        return;
    }
    let first = data.target(0);
    let target = if data.targets().all(|target| target == first) {
        first.clone()
    } else {
        let Some(bits) = func.const_bits(data.args[0]) else {
            return;
        };
        match &data.imm {
            Imm::Branch { then, or_else, .. } => if bits != 0 { then } else { or_else }.clone(),
            Imm::BrTable { targets, .. } => targets[(bits as usize).min(targets.len() - 1)].clone(),
            _ => return,
        }
    };
    let data = &mut func.insts[last];
    data.op = Op::Jump;
    data.args.clear();
    data.imm = Imm::Jump(target);
}

/// Drops unreachable blocks and joins each block that ends in a jump with the destination if no other edge leads there.
fn join(func: &mut Func) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    let incoming = Incoming::new(func);
    let mut renames = Renames::new(func);
    let mut gone = SideMap::new(false, func.blocks.len());
    let entry = func.layout[0];
    for i in 0..func.layout.len() {
        let block = func.layout[i];
        if gone[block] {
            continue;
        }
        while let Some(next) = only_next(func, block)
            && next != entry
            && next != block
            && incoming.count(next) == 1
        {
            gone[next] = true;
            append(func, block, next, &mut renames);
        }
    }
    func.layout.retain(|&block| !gone[block]);
    renames.apply(func);
}

fn only_next(func: &Func, block: Block) -> Option<Block> {
    let last = func.terminator(block)?;
    match &last.imm {
        Imm::Jump(target) => Some(target.block),
        _ => None,
    }
}

/// Moves the instructions of `next` behind those of `block`, instead of the jump.
fn append(func: &mut Func, block: Block, next: Block, renames: &mut Renames) {
    let Some(jump) = func.blocks[block].insts.pop() else {
        return;
    };
    let args: Vec<Value> = InstData::uses(&func.insts[jump]).collect();
    let params = std::mem::take(&mut func.blocks[next].params);
    for (param, arg) in params.into_iter().zip(args) {
        let arg = renames.resolve(arg);
        renames.insert(param, arg);
    }
    let insts = std::mem::take(&mut func.blocks[next].insts);
    func.blocks[block].insts.extend(insts);
}
