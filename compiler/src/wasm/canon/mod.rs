//! IR of the functions that the canonical ABI asks for (Component Model, `CanonicalABI.md`).

pub mod layout;

use crate::ir::component::Canon;
use crate::ir::{Func, FuncId, Program};

/// Builds the function of a canonical definition.
pub fn build(_program: &Program, _id: FuncId, _canon: &Canon) -> Func {
    unimplemented!()
}
