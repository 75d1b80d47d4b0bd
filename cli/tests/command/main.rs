//! Tests of the `wative` executable: usage and bad input, and from modules to running programs.

mod build;
mod common;
mod darwin;
mod targets;
mod usage;
