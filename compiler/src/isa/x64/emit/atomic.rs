//! Modifications of memory cells that take a loop.

use super::rows::{Out, row};
use crate::ir::Op;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{AtomicLoop, CMPXCHG};
use crate::isa::x64::operand::{Cc, PArg};
use crate::mach::sink::Dest;

/// `old` = the cell; until the exchange succeeds: `new` = `old` op value, the cell = `new` if it is still `old`, which else becomes what it is.
pub fn modify(sink: &mut Out, op: &AtomicLoop, place: PArg, [value, old, new]: [PArg; 3]) {
    let load = [
        Form::MovzxR32Rm8,
        Form::MovzxR32Rm16,
        Form::MovRRm32,
        Form::MovRRm64,
    ][op.log2];
    let (narrow, wide) = match op.op {
        Op::AtomicAnd => (Form::AndRRm32, Form::AndRRm64),
        Op::AtomicOr => (Form::OrRRm32, Form::OrRRm64),
        Op::AtomicXor => (Form::XorRRm32, Form::XorRRm64),
        other => panic!("{other:?} in a loop"),
    };
    let (copy, combine) = if op.log2 == 3 {
        (Form::MovRRm64, wide)
    } else {
        (Form::MovRRm32, narrow)
    };
    sink.row(load, &[old, place], op.trap);
    sink.bind(0);
    row(sink, copy, &[new, old]);
    row(sink, combine, &[new, value]);
    sink.row(CMPXCHG[op.log2], &[place, new, old], op.trap);
    sink.jump(Some(Cc::Ne), Dest::Local(0));
}
