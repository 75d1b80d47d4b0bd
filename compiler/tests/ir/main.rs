//! Tests of the IR: builder rules, interpreter, passes.

mod fold;
mod generate;
mod passes;
mod support;
