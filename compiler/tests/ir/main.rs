//! Tests of the IR: text form, verifier, graph analyses, interpreter, builder rules, passes.

mod eval;
mod fold;
mod generate;
mod graph;
mod guards;
mod listings;
mod passes;
mod support;
mod text;
mod vector;
mod verifier;
