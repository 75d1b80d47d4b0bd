//! Control dependence: that accesses which rely on a check still stand behind one.
//!
//! An access through a native address that cannot fault by itself is sound because of what was tested before: an index against a length, a
//! reference against null, a function's type. No operand says so; the op's row does ([`super::op::Row::guarded`]), and here it is verified,
//! after expansion and after each pass that follows.
//!
//! The parts of an address that the guest decides are its *guest values*: those that are no pointers and that no arithmetic makes of others.
//! Each must have been looked at where that dominates the access: by a `trap_if` or branch whose condition depends on it, or by an access
//! that may fault at an address made of it. A pass that moves an access above its check leaves it without one. That a check is the right
//! one is not verified: expansion makes them side by side.

use super::cfg::Cfg;
use super::dom::DomTree;
use super::op::EffectClass;
use super::{Block, Func, Imm, InstData, Op, Program, RawRegion, Type, Value, ValueDef};
use std::collections::{HashMap, HashSet};

/// Checks an expanded function, which [`super::verify::verify`] accepts.
///
/// # Errors
/// The first access before which a guest value of its address was not checked.
pub fn verify(func: &Func, program: &Program) -> Result<(), String> {
    let cfg = Cfg::new(func);
    let guards = Guards {
        func,
        dom: DomTree::new(func, &cfg),
        exceptions: exceptions(func),
    };
    let reachable = func.layout.iter().filter(|&&b| cfg.is_reachable(b));
    let places: Vec<(Block, usize, &InstData)> = reachable
        .flat_map(|&block| {
            let insts = func.blocks[block].insts.iter().enumerate();
            insts.map(move |(at, &inst)| (block, at, &func.insts[inst]))
        })
        .collect();
    let mut checked: HashMap<Value, Vec<(Block, usize)>> = HashMap::new();
    for &(block, at, data) in &places {
        for value in data.tested().map_or(vec![], |v| guards.guest_values(v)) {
            checked.entry(value).or_default().push((block, at));
        }
    }
    for &(block, at, data) in &places {
        let Some(address) = data.unchecked_address(program) else {
            continue;
        };
        for value in guards.guest_values(address) {
            let before = checked.get(&value).into_iter().flatten();
            if !before
                .clone()
                .any(|&place| guards.precedes(place, (block, at)))
            {
                return Err(format!(
                    "{block}, instruction {at} ({}): nothing before it checks {value}",
                    data.op.name()
                ));
            }
        }
    }
    Ok(())
}

impl InstData {
    /// The address of an access that relies on what was tested before: guards catch only what 32-bit addresses reach.
    fn unchecked_address(&self, program: &Program) -> Option<Value> {
        // The index; the object is one by its type.
        if matches!(self.op, Op::GcLoadElem | Op::GcStoreElem) {
            return Some(self.args[1]);
        }
        let Imm::Raw { trap, region, .. } = self.imm else {
            return None;
        };
        let reaches_all = match region {
            RawRegion::Memory(mem) => program.memories[mem].is_wide(),
            _ => false,
        };
        let relies = self.op.row().guarded && (trap.is_none() || reaches_all);
        relies.then(|| self.args[0])
    }

    /// The value by which it leaves the straight path.
    fn tested(&self) -> Option<Value> {
        let tests = match self.imm {
            Imm::Raw { trap, .. } => trap.is_some(),
            Imm::Object { trap, .. } => trap,
            _ => matches!(self.op, Op::TrapIf | Op::Branch | Op::BrTable),
        };
        tests.then(|| self.args[0])
    }
}

struct Guards<'a> {
    func: &'a Func,
    dom: DomTree,
    exceptions: HashSet<Block>,
}

impl Guards<'_> {
    /// What the guest decides of a value, in no order. An exception that a handler got is one.
    fn guest_values(&self, value: Value) -> Vec<Value> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            if !seen.insert(value) {
                continue;
            }
            let data = self.func.values[value];
            match data.def {
                ValueDef::Result(inst, _) if is_arithmetic(&self.func.insts[inst]) => {
                    rest.extend(&self.func.insts[inst].args);
                }
                _ if data.ty == Type::Ptr => {}
                ValueDef::Param(block, _) if self.exceptions.contains(&block) => {}
                _ => found.push(value),
            }
        }
        found
    }

    fn precedes(&self, (a, at): (Block, usize), (b, before): (Block, usize)) -> bool {
        if a == b {
            at < before
        } else {
            self.dom.dominates(a, b)
        }
    }
}

fn is_arithmetic(data: &InstData) -> bool {
    data.op.row().effect == EffectClass::Pure
}

/// The blocks that handle exceptions.
fn exceptions(func: &Func) -> HashSet<Block> {
    let terminators = func.layout.iter().filter_map(|&b| func.terminator(b));
    terminators
        .filter_map(|data| match &data.imm {
            Imm::Try(it) => Some(&it.targets[it.first_handler()..]),
            _ => None,
        })
        .flatten()
        .map(|target| target.block)
        .collect()
}
