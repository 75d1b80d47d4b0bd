//! The backend's ISA-independent half.

pub mod compiled;
