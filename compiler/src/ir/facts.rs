//! What is known of functions that are compiled already: a function's own code, and through the facts of those that it calls, all that happens
//! while it runs.
//!
//! Facts come up stratum by stratum ([`super::graph`]). A function of which nothing is known (an import, one that is called through a
//! pointer, one of the same circle) may do everything.

use super::effects::{Effects, Regions};
use super::{Func, FuncId, Imm, InstData, Op};
use crate::entity::SideMap;

/// Facts of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FuncFacts {
    /// State that is written while it runs. Its stack slots are none.
    pub writes: Regions,
    /// An exception may come out of it.
    pub throws: bool,
}

/// Facts of all functions that are compiled already.
#[derive(Clone, Debug)]
pub struct Facts {
    funcs: SideMap<FuncId, Option<FuncFacts>>,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            funcs: SideMap::new(None, 0),
        }
    }
}

impl Facts {
    /// Adds what was found out about a function.
    pub fn set(&mut self, func: FuncId, facts: FuncFacts) {
        self.funcs[func] = Some(facts);
    }

    /// Facts of the function that an instruction calls directly, by a `try` too.
    fn callee(&self, data: &InstData) -> Option<FuncFacts> {
        match (data.op, &data.imm) {
            (Op::Call | Op::ReturnCall, &Imm::Func(func)) => self.funcs[func],
            (Op::Try, Imm::Try(it)) => match (it.op, &it.imm) {
                (Op::Call, &Imm::Func(func)) => self.funcs[func],
                _ => None,
            },
            _ => None,
        }
    }

    /// Effects of an instruction, of a call as far as its callee is known.
    pub fn effects(&self, data: &InstData) -> Effects {
        let effects = data.effects();
        match self.callee(data) {
            Some(FuncFacts { writes, .. }) => Effects { writes, ..effects },
            None => effects,
        }
    }

    /// Whether an exception may come out of what an instruction does, before handlers of its own.
    pub fn throws(&self, data: &InstData) -> bool {
        data.effects().is_call && self.callee(data).is_none_or(|callee| callee.throws)
    }

    /// What a function's code says about it, before expansion.
    pub fn of(&self, func: &Func) -> FuncFacts {
        let mut facts = FuncFacts {
            writes: Regions::NONE,
            throws: false,
        };
        for &block in &func.layout {
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                facts.writes = facts.writes.union(self.effects(data).writes);
                facts.throws |= self.throws(data);
            }
        }
        facts.writes = facts.writes.minus(Regions::SLOT);
        facts
    }
}
