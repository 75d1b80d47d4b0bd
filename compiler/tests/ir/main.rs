//! Tests of the IR: text form, verifier, graph analyses, interpreter, builder rules, passes.

mod eval;
mod fold;
mod generate;
#[path = "../common/golden.rs"]
mod golden;
mod graph;
mod guards;
mod listings;
mod passes;
#[path = "../common/random.rs"]
mod random;
mod support;
mod text;
mod vector;
mod verifier;
