//! x86-64, baseline x86-64-v2.

pub mod encode;
pub mod insts;
pub mod operand;
pub mod print;
pub mod regs;
#[cfg(test)]
mod tests_encode;
