//! Instruction sets: each is a module that implements `mach::isa::Isa`, and none sees another.
//!
//! All have the same files. Each uses those of its own line and above, and no two use each other:
//!
//! - `regs`, `abi` (calling conventions), `arch` (what object files must know), `operand`, `insts` (the table of rows), `mir` (pseudo-instructions)
//! - `encode` and `print`: a row as bytes and as text; `assemble`: rows and branches into the code buffer
//! - `emit`: from allocated instructions to rows, with `frame` (prologue, epilogue, moves), `control`, `atomic`, `float`
//! - `lower`: from IR to instructions, one file for each kind of op: `int`, `logic`, `float`, `mem`, `atomic`, `call`, and `vector` with the same
//!   for vectors. `rows`, `fold` (what an instruction takes in as an operand), `addr`, `cond`, `select` and `remat` are what they share. `mod.rs`
//!   dispatches ops and is used by none of them.
//! - `isa`: what `mach` asks, by the files above
//! - `mod.rs`: the type

pub mod a64;
#[cfg(test)]
mod tests;
pub mod x64;
