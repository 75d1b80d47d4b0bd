//! AArch64, baseline ARMv8.0-A.
//!
//! Besides the files that every instruction set has: `imm` (which immediates instructions hold), `emit/constant`.

pub mod abi;
pub mod arch;
mod assemble;
mod emit;
pub mod encode;
pub mod imm;
pub mod insts;
mod isa;
mod lower;
pub mod mir;
pub mod operand;
pub mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;

use crate::ir::{Conv, MemBase, Program};
use crate::mach::call;
use crate::options::{CpuFeatures, Platform};

/// The instruction set, for one program.
#[derive(Clone, Copy, Debug)]
pub struct A64 {
    /// The instance is in a pinned register.
    open: bool,
    /// The base of memory 0 is in a pinned register, be it a constant or not.
    pinned_memory: bool,
    /// C code has Apple's convention.
    darwin: bool,
    tail_args: u32,
    cpu: CpuFeatures,
}

impl A64 {
    /// For code of this program.
    pub fn new(program: &Program, platform: Platform, cpu: CpuFeatures) -> A64 {
        let primary = program.primary_memory();
        A64 {
            open: program.pins_instance(),
            pinned_memory: primary.is_some_and(|memory| match program.memories[memory].base {
                MemBase::Fixed | MemBase::Pinned => true,
                MemBase::Value | MemBase::Checked => false,
            }),
            darwin: platform == Platform::Darwin,
            tail_args: call::tail_args(program, |sig| abi::call_abi(Conv::Wasm, sig, false)),
            cpu,
        }
    }
    /// Whether modifications of memory are single instructions.
    pub fn lse(&self) -> bool {
        self.cpu.lse
    }
}
