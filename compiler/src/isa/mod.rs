//! Instruction sets: each is a module that implements `mach::isa::Isa`.

pub mod a64;
#[cfg(test)]
mod tests;
pub mod x64;
