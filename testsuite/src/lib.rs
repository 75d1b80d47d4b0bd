//! Everything that judges wative. `docs/testing.md` in the repository explains the groups and how to run them.

pub mod apps;
pub mod compile;
pub mod corpus;
pub mod cpu;
pub mod debugger;
pub mod differential;
pub mod edges;
mod edges_vec;
pub mod elf;
pub mod embedding;
pub mod exceptions;
pub mod far;
pub mod fuzz;
pub mod groups;
pub mod guests;
pub mod known;
mod known_vectors;
pub mod linking;
pub mod listings;
pub mod parallel;
pub mod process;
pub mod program;
#[path = "../../compiler/tests/common/random.rs"]
mod random;
pub mod report;
mod rewrite;
mod second;
pub mod segments;
mod smith;
pub mod spec;
pub mod tails;
pub mod target;
pub mod threads;
pub mod traps;
pub mod trees;
mod variants;
pub mod wasi;
