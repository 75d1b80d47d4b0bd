//! AArch64, baseline ARMv8.0-A.

pub mod encode;
pub mod imm;
pub mod insts;
pub mod operand;
pub mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;
