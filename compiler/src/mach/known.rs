//! What the backend may know beyond the function that it compiles.

use super::mir::PRegSet;
use crate::entity::SideMap;
use crate::ir::facts::{Facts, FuncFacts};
use crate::ir::{FuncId, Program};
use crate::options::Options;

/// What the backend may know beyond the function.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'a> {
    pub program: &'a Program,
    pub options: &'a Options,
    pub changed: &'a Changed,
    pub facts: &'a Facts,
    /// Facts of the function itself.
    pub own: &'a FuncFacts,
}

/// Registers that functions which are compiled already may change.
#[derive(Clone, Debug)]
pub struct Changed(SideMap<FuncId, Option<PRegSet>>);

impl Default for Changed {
    fn default() -> Self {
        Changed(SideMap::new(None, 0))
    }
}

impl Changed {
    /// Adds what was found out about a function.
    pub fn set(&mut self, func: FuncId, regs: PRegSet) {
        self.0[func] = Some(regs);
    }

    /// Which registers a function may change, if that is known.
    pub fn of(&self, func: FuncId) -> Option<PRegSet> {
        self.0[func]
    }
}
