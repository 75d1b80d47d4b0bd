//! Writing rows.

use crate::isa::a64::A64;
use crate::isa::a64::insts::Form;
use crate::isa::a64::operand::PArg;
use crate::mach::inst;

/// Receives the rows.
pub type Out<'a> = inst::Out<'a, A64>;

/// Writes a row that cannot fault.
pub fn row(sink: &mut Out, form: Form, args: &[PArg]) {
    sink.row(form, args, None);
}
