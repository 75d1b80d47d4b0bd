//! Modifications of memory cells that take a loop.

use super::rows::{Out, row};
use crate::ir::Op;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{AtomicLoop, Test};
use crate::isa::a64::operand::{Arg, Cc, PArg};
use crate::isa::a64::regs::Reg;
use crate::mach::sink::Dest;

/// Loads exclusively, computes, and stores exclusively until that succeeds.
pub fn modify(
    sink: &mut Out,
    op: &AtomicLoop,
    address: PArg,
    [value, dst]: [PArg; 2],
    expected: Option<Reg>,
    new: Option<Reg>,
    status: Reg,
) {
    const LOAD: [Form; 4] = [Form::Ldaxr8, Form::Ldaxr16, Form::Ldaxr32, Form::Ldaxr64];
    const STORE: [Form; 4] = [Form::Stlxr8, Form::Stlxr16, Form::Stlxr32, Form::Stlxr64];
    let pick = |narrow, wide| if op.log2 == 3 { wide } else { narrow };
    sink.bind(0);
    sink.row(LOAD[op.log2], &[dst, address], op.trap);
    if let Some(expected) = expected {
        let form = pick(Form::Cmp32, Form::Cmp64);
        row(sink, form, &[dst, Arg::Reg(expected)]);
        sink.jump(Some(Test::Cc(Cc::Ne)), Dest::Local(1));
    }
    let form = match op.op {
        Op::AtomicAdd => pick(Form::Add32, Form::Add64),
        Op::AtomicSub => pick(Form::Sub32, Form::Sub64),
        Op::AtomicAnd => pick(Form::And32, Form::And64),
        Op::AtomicOr => pick(Form::Orr32, Form::Orr64),
        Op::AtomicXor => pick(Form::Eor32, Form::Eor64),
        // Nothing is computed.
        _ => Form::Nop,
    };
    let stored = match new {
        Some(new) => {
            row(sink, form, &[Arg::Reg(new), dst, value]);
            Arg::Reg(new)
        }
        None => value,
    };
    let status_arg = Arg::Reg(status);
    sink.row(STORE[op.log2], &[status_arg, stored, address], op.trap);
    let again = Test::Zero {
        reg: status,
        wide: false,
        nonzero: true,
    };
    sink.jump(Some(again), Dest::Local(0));
    if expected.is_some() {
        sink.bind(1);
    }
}
