//! Instruction sets: each is a module that implements `mach::lower::Isa`.

pub mod x64;
