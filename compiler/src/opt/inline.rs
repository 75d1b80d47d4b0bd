//! Inlining: a call of a small function that calls nothing itself, other than what ends in a trap, becomes its body. Where a profile says that much time is spent, larger ones do,
//! and such that call others; where it says that nothing is ever called, none do.
//!
//! The bodies are those that the callees have behind all optimisation ([`crate::ir::facts::FuncFacts::body`]), so a function whose own calls have been inlined
//! may be inlined in turn. The body is emitted anew through the builder, with the arguments for parameters: constants among them fold at once. What
//! follows the call moves to a block of its own, whose parameters are the results.

use super::Cx;
use crate::entity::SideMap;
use crate::ir::cfg::Cfg;
use crate::ir::copy::Copy;
use crate::ir::dom::DomTree;
use crate::ir::facts::Bodies;
use crate::ir::freq::frequencies;
use crate::ir::loops::Loops;
use crate::ir::{Block, Builder, Conv, Func, Imm, Inst, Op, ValueDef};

/// Instructions that may be added to a function.
const MAX_ADDED: usize = 4000;

/// Runs the pass.
pub fn run(func: &mut Func, cx: &Cx) {
    // Entries from C set the pinned registers before anything else.
    if func.conv != Conv::Wasm {
        return;
    }
    let heat = Heat::new(func, cx);
    let blocks = func.layout.clone();
    let mut b = Builder::new(func, true);
    let mut added = 0;
    for block in blocks {
        let has_call = |inst: &Inst| body(b.func, *inst, cx).is_some();
        if !b.func.blocks[block].insts.iter().any(has_call) {
            continue;
        }
        let insts = std::mem::take(&mut b.func.blocks[block].insts);
        b.switch_to(block);
        for inst in insts {
            match body(b.func, inst, cx) {
                Some((body, size)) if size <= heat.most(block) && added + size <= MAX_ADDED => {
                    added += size;
                    call(&mut b, inst, body, cx);
                }
                _ => {
                    let block = b.current();
                    b.func.blocks[block].insts.push(inst);
                }
            }
        }
    }
}

/// How much may take the place of calls.
struct Heat {
    /// How often blocks run for each time that the function is entered, how often that is, and what is hot, where a profile knows the function.
    known: Option<(SideMap<Block, f32>, f32, f32)>,
    /// Elsewhere.
    usual: usize,
}

impl Heat {
    fn new(func: &Func, cx: &Cx) -> Heat {
        let known = cx.bodies.hot.zip(func.entries).map(|(hot, entries)| {
            let cfg = Cfg::new(func);
            let loops = Loops::new(func, &cfg, &DomTree::new(func, &cfg));
            let frequencies = frequencies(func, &cfg, &loops);
            (frequencies, entries as f32, hot as f32)
        });
        let &Bodies { leaf, other, .. } = cx.bodies;
        Heat {
            known,
            usual: leaf.max(other),
        }
    }

    /// The most instructions of a body that may take the place of a call in this block.
    fn most(&self, block: Block) -> usize {
        let count = |(frequencies, entries, hot): &(SideMap<Block, f32>, f32, f32)| {
            (frequencies[block] * entries, *hot)
        };
        match self.known.as_ref().map(count) {
            Some((0.0, _)) => 0,
            Some((count, hot)) if count >= hot => usize::MAX,
            _ => self.usual,
        }
    }
}

/// The body that may take the place of an instruction, and its size.
fn body<'a>(func: &Func, inst: Inst, cx: &Cx<'a>) -> Option<(&'a Func, usize)> {
    let data = &func.insts[inst];
    match (data.op, &data.imm) {
        (Op::Call, &Imm::Func(callee)) => cx.facts.body(callee),
        _ => None,
    }
}

/// Emits the body of a call, and goes on where it returns.
fn call(b: &mut Builder, inst: Inst, body: &Func, cx: &Cx) {
    let data = b.func.insts[inst].clone();
    let behind = b.create_block();
    for (i, result) in b.func.results(inst).enumerate() {
        b.func.values[result].def = ValueDef::Param(behind, i as u32);
        b.func.blocks[behind].params.push(result);
    }
    let mut copy = Copy::inlined(b, body, cx.program, data.loc);
    // Definitions before uses.
    let order = Cfg::new(body).rpo;
    for (i, &block) in order.iter().enumerate() {
        let params = &body.blocks[block].params;
        if i == 0 {
            // Nothing leads back to the entry.
            for (&param, &arg) in params.iter().zip(&data.args) {
                copy.bind(param, arg);
            }
        } else {
            // Nothing leads to what is behind a trap that is certain now, nor are the values there that it would use.
            let Some(new) = copy.block_if_reached(block) else {
                continue;
            };
            for &param in params {
                let value = b.append_param(new, body.values[param].ty);
                copy.bind(param, value);
            }
            b.switch_to(new);
        }
        for &inst in &body.blocks[block].insts {
            if b.is_terminated() {
                break;
            }
            let data = &body.insts[inst];
            if data.op == Op::Return {
                let results = copy.args(b, data);
                b.jump(behind, &results);
            } else {
                copy.inst(b, inst);
            }
        }
    }
    copy.watches(b);
    b.set_loc(data.loc);
    b.switch_to(behind);
}
