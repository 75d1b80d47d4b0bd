//! What tests of object emission share: hand-made functions.

use crate::entity::EntityId;
use crate::ir::FuncId;
use crate::mach::compiled::{CompiledFunc, Frame};
use crate::mach::mir::PRegSet;

/// A function with these instructions.
pub fn code(id: u32, code: &[u8]) -> CompiledFunc {
    CompiledFunc {
        id: FuncId::from_u32(id),
        code: code.to_vec(),
        insts_len: code.len() as u32,
        align: 16,
        relocs: Vec::new(),
        sites: Vec::new(),
        lines: Vec::new(),
        landings: Vec::new(),
        safepoints: Vec::new(),
        frame: Frame::default(),
        changed: PRegSet::EMPTY,
        memory_frame: None,
        watched: None,
        inlined: Vec::new(),
    }
}
