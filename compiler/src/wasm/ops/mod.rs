//! Operators by family. Each `translate` handles the operators of its family and says whether the operator was one of them.

pub mod atomic;
pub mod call;
pub mod control;
pub mod exception;
pub mod memory;
pub mod numeric;
pub mod table;
pub mod vector;
