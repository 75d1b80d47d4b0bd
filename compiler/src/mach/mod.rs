//! The backend's ISA-independent half.

pub mod compiled;
pub mod edges;
pub mod emit;
pub mod emitter;
pub mod frame;
pub mod isa;
pub mod layout;
pub mod lower;
pub mod mir;
pub mod regalloc;
