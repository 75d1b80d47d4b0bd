//! Writing rows.

use crate::isa::x64::X64;
use crate::isa::x64::insts::Form;
use crate::isa::x64::operand::PArg;
use crate::mach::inst;

/// Receives the rows.
pub type Out<'a> = inst::Out<'a, X64>;

/// Writes a row that cannot fault.
pub fn row(sink: &mut Out, form: Form, args: &[PArg]) {
    sink.row(form, args, None);
}
