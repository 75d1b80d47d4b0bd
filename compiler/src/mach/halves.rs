//! Products of which both halves are wanted: where a processor makes both at once, the first of the two instructions in a block makes them.

use super::mir::VReg;
use crate::ir::{Block, Func, Inst, Op, Type, Value};
use std::collections::HashMap;

/// The pairs of a function, and what lowering has come to of them, from the ends of blocks to their beginnings.
#[derive(Default)]
pub struct Halves {
    pairs: HashMap<Inst, Pair>,
    /// What the earlier instructions of pairs make besides their own results.
    wanted: HashMap<Inst, VReg>,
}

#[derive(Clone, Copy)]
struct Pair {
    other: Inst,
    is_first: bool,
}

/// How a half of a product is made.
pub enum Half {
    Alone,
    /// With the half of another instruction, into its register.
    With(Inst, VReg),
    /// By another half's instruction.
    By(Inst),
}

impl Halves {
    /// Finds the pairs in these blocks: an upper half, and the product of the same operands in the same block.
    pub fn new(func: &Func, blocks: &[Block]) -> Halves {
        let mut pairs = HashMap::new();
        let mut known: HashMap<(Value, Value), Inst> = HashMap::new();
        let is_high = |op: Op| matches!(op, Op::MulHighS | Op::MulHighU);
        for &block in blocks {
            known.clear();
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                if data.ty != Type::I64 || !(data.op == Op::Mul || is_high(data.op)) {
                    continue;
                }
                let operands = (
                    data.args[0].min(data.args[1]),
                    data.args[0].max(data.args[1]),
                );
                let Some(&first) = known.get(&operands) else {
                    known.insert(operands, inst);
                    continue;
                };
                if is_high(func.insts[first].op) == is_high(data.op) {
                    continue;
                }
                known.remove(&operands);
                for (inst, other, is_first) in [(first, inst, true), (inst, first, false)] {
                    pairs.insert(inst, Pair { other, is_first });
                }
            }
        }
        Halves {
            pairs,
            wanted: HashMap::new(),
        }
    }

    /// How an instruction that is being lowered makes its half.
    pub fn of(&self, inst: Inst) -> Half {
        match (self.pairs.get(&inst), self.wanted.get(&inst)) {
            (Some(pair), Some(&reg)) => Half::With(pair.other, reg),
            (Some(pair), None) if !pair.is_first => Half::By(pair.other),
            _ => Half::Alone,
        }
    }

    /// Has the first instruction of a pair make the other half in this register.
    pub fn want(&mut self, inst: Inst, reg: VReg) {
        self.wanted.insert(inst, reg);
    }
}
