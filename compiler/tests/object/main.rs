//! Object emission with hand-made functions.

mod build;
mod elf;
mod macho;
