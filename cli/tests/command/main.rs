//! Tests of the `wative` executable: usage and bad input, and from modules to running programs.

mod bisect;
mod build;
mod cache;
mod common;
mod components;
mod darwin;
mod explore;
mod functions;
mod library;
mod limits;
mod names;
mod release;
mod size;
mod targets;
mod usage;
