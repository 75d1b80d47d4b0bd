//! AArch64, baseline ARMv8.0-A.

pub mod imm;
pub mod insts;
pub mod operand;
pub mod regs;
