//! Removes instructions and block parameters whose values nothing needs.
//!
//! Optimistic: everything is dead until a live instruction uses it, so parameters that only feed each other around a loop go too. What
//! writes state, calls or may trap is alive from the start.

use super::{Cx, Incoming};
use crate::entity::{EntityId, SideMap};
use crate::ir::{Block, Func, Inst, InstData, Op, Value, ValueDef};

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    let live = live_values(func);
    sweep(func, &live);
}

struct Live {
    values: SideMap<Value, bool>,
    insts: SideMap<Inst, bool>,
}

fn live_values(func: &Func) -> Live {
    let incoming = Incoming::new(func);
    let mut live = Live {
        values: SideMap::new(false, func.values.len()),
        insts: SideMap::new(false, func.insts.len()),
    };
    let mut work: Vec<Value> = Vec::new();
    let mark = |live: &mut Live, work: &mut Vec<Value>, value: Value| {
        if !live.values[value] {
            live.values[value] = true;
            work.push(value);
        }
    };
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            if data.is_terminator() || !is_removable(func, data) {
                live.insts[inst] = true;
                for &arg in &data.args {
                    mark(&mut live, &mut work, arg);
                }
            }
        }
    }
    while let Some(value) = work.pop() {
        match func.values[value].def {
            ValueDef::Result(inst, _) => {
                if !live.insts[inst] {
                    live.insts[inst] = true;
                    for &arg in &func.insts[inst].args {
                        mark(&mut live, &mut work, arg);
                    }
                }
            }
            ValueDef::Param(block, index) => {
                for target in incoming.targets(func, block) {
                    mark(&mut live, &mut work, target.args[index as usize]);
                }
            }
        }
    }
    live
}

/// Whether the instruction may go if its results are unused.
fn is_removable(func: &Func, data: &InstData) -> bool {
    data.effects().is_removable() || cannot_trap(func, data)
}

/// Division by a constant that is neither 0 nor, for `div_s`, -1.
fn cannot_trap(func: &Func, data: &InstData) -> bool {
    if !matches!(data.op, Op::DivS | Op::DivU | Op::RemS | Op::RemU) {
        return false;
    }
    let minus_one = crate::ir::eval::mask(data.ty);
    func.const_bits(data.args[1])
        .is_some_and(|bits| bits != 0 && !(data.op == Op::DivS && bits == minus_one))
}

fn sweep(func: &mut Func, live: &Live) {
    for i in 0..func.layout.len() {
        let block = func.layout[i];
        let mut insts = std::mem::take(&mut func.blocks[block].insts);
        insts.retain(|&inst| live.insts[inst]);
        if let Some(&last) = insts.last() {
            // Those of dead parameters, before the parameters themselves go.
            let blocks = &func.blocks;
            func.insts[last].retain_arguments(|to, i| live.values[blocks[to].params[i]]);
        }
        func.blocks[block].insts = insts;
    }
    for i in 1..func.layout.len() {
        let block = func.layout[i];
        drop_params(func, block, live);
    }
}

fn drop_params(func: &mut Func, block: Block, live: &Live) {
    let params = &mut func.blocks[block].params;
    let before = params.len();
    params.retain(|&param| live.values[param]);
    if params.len() != before {
        renumber_params(func, block);
    }
}

/// Restores the parameter definitions after parameters were removed.
pub(super) fn renumber_params(func: &mut Func, block: Block) {
    for i in 0..func.blocks[block].params.len() {
        let param = func.blocks[block].params[i];
        debug_assert!(param.index() < func.values.len());
        func.values[param].def = ValueDef::Param(block, i as u32);
    }
}
