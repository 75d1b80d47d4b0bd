//! Instruction sets: each is a module that implements `mach::lower::Isa`.

pub mod a64;
pub mod x64;
