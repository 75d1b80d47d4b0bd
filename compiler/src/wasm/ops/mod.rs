//! Operators by family. Each `translate` handles the operators of its family and says whether the operator was one of them.

pub(crate) mod atomic;
pub(crate) mod call;
pub(crate) mod cont;
pub(crate) mod control;
pub(crate) mod exception;
pub(crate) mod gc;
pub(crate) mod memory;
pub(crate) mod numeric;
pub(crate) mod shared;
pub(crate) mod table;
pub(crate) mod vector;
