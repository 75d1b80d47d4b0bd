//! Removes block parameters that always receive the same value.
//!
//! The front end gives every block that several branches reach a parameter for each local variable that may differ there; most do not.
//! Optimistic sparse propagation: a parameter is unknown, then one value from elsewhere, at last itself. It finds groups of parameters that
//! only exchange one value among each other around loops. The number of moves of a parameter is bounded, so the cost is linear in
//! the number of branch arguments. Every fixed point is right: a parameter is itself or agrees with all its sources.
//!
//! Why the one value dominates: if it did not, some path from the entry would reach the parameter's block without passing its
//! definition, and the first edge on it that enters the group of equal parameters would carry another value.
//!
//! Constants are compared by their bits; a parameter that is always the same constant becomes a new constant in its block.

use super::{Cx, Incoming, Renames};
use crate::entity::{EntityId, SideMap};
use crate::ir::cfg::Cfg;
use crate::ir::{Func, Imm, Inst, InstData, Op, Type, Value, ValueData, ValueDef};
use std::collections::HashMap;

/// How often a parameter may change before it counts as itself.
const MAX_MOVES: u8 = 8;

/// Runs the pass. Unreachable blocks leave the layout first.
pub fn run(func: &mut Func, _cx: &Cx) {
    let cfg = Cfg::new(func);
    func.layout.retain(|&block| cfg.is_reachable(block));
    if has_params(func) {
        let known = propagate(func, &cfg);
        replace(func, &known);
    }
}

fn has_params(func: &Func) -> bool {
    let mut blocks = func.layout.iter().skip(1);
    blocks.any(|&block| !func.blocks[block].params.is_empty())
}

/// What each value is known to be: itself unless it is a parameter with one source, or a constant with an earlier twin.
fn propagate(func: &Func, cfg: &Cfg) -> SideMap<Value, Option<Value>> {
    let mut known: SideMap<Value, Option<Value>> = SideMap::new(None, func.values.len());
    let entry = func.layout[0];
    let mut twins: HashMap<(Type, u64), Value> = HashMap::new();
    for &block in &func.layout {
        if block == entry {
            for &param in &func.blocks[block].params {
                known[param] = Some(param);
            }
        }
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            for value in func.results(inst) {
                known[value] = Some(match data.imm {
                    Imm::Bits(bits) => *twins.entry((data.ty, bits)).or_insert(value),
                    _ => value,
                });
            }
        }
    }
    let readers = Readers::new(func);
    let incoming = Incoming::new(func);
    let mut moves: SideMap<Value, u8> = SideMap::new(0, func.values.len());
    // Reverse post-order first, then whatever the changes reach.
    let mut work: Vec<Value> = Vec::new();
    for &block in cfg.rpo.iter().rev() {
        if block != entry {
            work.extend(func.blocks[block].params.iter().rev());
        }
    }
    while let Some(param) = work.pop() {
        let ValueDef::Param(block, index) = func.values[param].def else {
            continue;
        };
        if known[param] == Some(param) {
            continue;
        }
        let mut meet = None;
        for target in incoming.targets(func, block) {
            let arg = known[target.args[index as usize]];
            match (meet, arg) {
                (_, None) => {}
                (None, Some(arg)) => meet = Some(arg),
                (Some(one), Some(arg)) if one == arg => {}
                (Some(_), Some(_)) => {
                    meet = Some(param);
                    break;
                }
            }
        }
        // Results of terminators exist on edges only.
        if meet.is_some_and(|value| is_on_edge(func, value)) {
            meet = Some(param);
        }
        if meet != known[param] {
            // A source that turns out to differ from its own source takes its place here, which happens once for each loop around.
            moves[param] += 1;
            let meet = if moves[param] > MAX_MOVES {
                Some(param)
            } else {
                meet
            };
            known[param] = meet;
            work.extend_from_slice(readers.of(param));
        }
    }
    known
}

/// Whether the value is the result of a terminator.
fn is_on_edge(func: &Func, value: Value) -> bool {
    match func.values[value].def {
        ValueDef::Result(inst, _) => func.insts[inst].is_terminator(),
        ValueDef::Param(..) => false,
    }
}

/// For each value, the parameters that it is passed to.
struct Readers {
    starts: Vec<u32>,
    params: Vec<Value>,
}

impl Readers {
    fn new(func: &Func) -> Self {
        let mut starts = vec![0u32; func.values.len() + 1];
        let each = |visit: &mut dyn FnMut(Value, Value)| {
            for &block in &func.layout {
                for target in func
                    .terminator(block)
                    .into_iter()
                    .flat_map(InstData::targets)
                {
                    let params = &func.blocks[target.block].params;
                    for (&arg, &param) in target.args.iter().zip(params) {
                        // Only parameters change what is known of them.
                        if matches!(func.values[arg].def, ValueDef::Param(..)) {
                            visit(arg, param);
                        }
                    }
                }
            }
        };
        each(&mut |arg, _| starts[arg.index() + 1] += 1);
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut params = vec![Value::from_u32(0); starts[func.values.len()] as usize];
        each(&mut |arg, param| {
            let at = &mut next[arg.index()];
            params[*at as usize] = param;
            *at += 1;
        });
        Readers { starts, params }
    }

    fn of(&self, value: Value) -> &[Value] {
        let i = value.index();
        &self.params[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

/// Takes the parameters with a known value out.
fn replace(func: &mut Func, known: &SideMap<Value, Option<Value>>) {
    let mut renames = Renames::new(func);
    let stays = |param: Value| known[param] == Some(param);
    let layout = func.layout.clone();
    for &block in &layout {
        let blocks = &func.blocks;
        let Some(&last) = blocks[block].insts.last() else {
            continue;
        };
        func.insts[last].retain_arguments(|to, i| stays(blocks[to].params[i]));
    }
    for &block in &layout[1..] {
        let params = std::mem::take(&mut func.blocks[block].params);
        let mut constants = Vec::new();
        for &param in &params {
            let Some(value) = known[param].filter(|&value| value != param) else {
                continue;
            };
            let constant = match func.values[value].def {
                ValueDef::Result(inst, _) if func.insts[inst].op == Op::Const => {
                    let (inst, value) = copy_constant(func, inst);
                    constants.push(inst);
                    value
                }
                ValueDef::Result(..) | ValueDef::Param(..) => value,
            };
            renames.insert(param, constant);
        }
        func.blocks[block].insts.splice(0..0, constants);
        func.blocks[block].params = params.into_iter().filter(|&p| stays(p)).collect();
        super::dce::renumber_params(func, block);
    }
    renames.apply(func);
}

/// A new constant like the given one.
fn copy_constant(func: &mut Func, inst: Inst) -> (Inst, Value) {
    let mut data: InstData = func.insts[inst].clone();
    let new = func.insts.next_id();
    data.first_result = func.values.push(ValueData {
        ty: data.ty,
        def: ValueDef::Result(new, 0),
    });
    let value = data.first_result;
    func.insts.push(data);
    (new, value)
}
