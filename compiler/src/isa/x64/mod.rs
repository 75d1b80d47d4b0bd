//! x86-64, baseline x86-64-v2; `CpuFeatures` allow more.
//!
//! Besides the files that every instruction set has: `vex` (vector rows with AVX), `lower/bmi`.

pub mod abi;
pub mod arch;
mod assemble;
mod emit;
mod encode;
mod insts;
mod isa;
mod lower;
pub mod mir;
pub mod operand;
mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;
mod vex;

use crate::ir::{MemBase, Program};
use crate::mach::call;
use crate::options::CpuFeatures;

/// The instruction set, for one program.
#[derive(Clone, Copy, Debug)]
pub struct X64 {
    /// The instance is in a pinned register.
    open: bool,
    /// The base of memory 0 is in a pinned register.
    pinned_memory: bool,
    /// Instructions beyond the baseline.
    cpu: CpuFeatures,
    tail_args: u32,
}

impl X64 {
    /// For code of this program.
    pub fn new(program: &Program, cpu: CpuFeatures) -> X64 {
        let primary = program.primary_memory();
        X64 {
            open: program.pins_instance(),
            cpu,
            pinned_memory: primary
                .is_some_and(|memory| program.memories[memory].base == MemBase::Pinned),
            tail_args: call::tail_args(program, abi::call_abi),
        }
    }
}
