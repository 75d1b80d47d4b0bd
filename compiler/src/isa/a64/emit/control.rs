//! What transfers control: branches, calls, returns.

use super::rows::{Out, row};
use super::{constant, frame};
use crate::isa::a64::abi::TAIL_TARGET;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::Test;
use crate::isa::a64::operand::{Amode, Arg, Cc, Extend, Target};
use crate::isa::a64::regs::{Reg, SCRATCH, SCRATCH2};
use crate::isa::a64::{A64, imm};
use crate::mach::frame::FrameLayout;
use crate::mach::inst::{CallTarget, JumpTable, TailTarget};
use crate::mach::mir::{MBlock, VReg};
use crate::mach::sink::{Dest, Places, jump_block};

/// A test with its register.
pub fn physical(test: Test<VReg>, places: &mut Places) -> Test<Reg> {
    match test {
        Test::Cc(cc) => Test::Cc(cc),
        Test::Zero { wide, nonzero, .. } => Test::Zero {
            reg: places.reg(),
            wide,
            nonzero,
        },
        Test::Bit { bit, set, .. } => Test::Bit {
            reg: places.reg(),
            bit,
            set,
        },
    }
}

/// Jumps to one of two blocks.
pub fn branch(sink: &mut Out, test: Test<Reg>, then: MBlock, or_else: MBlock) {
    sink.jump(Some(test), Dest::Block(then));
    jump_block(sink, or_else);
}

/// Jumps to the block if the index is `n`.
pub fn case(sink: &mut Out, index: Reg, n: usize, to: MBlock) {
    let test = if n == 0 {
        Test::Zero {
            reg: index,
            wide: false,
            nonzero: false,
        }
    } else {
        row(sink, Form::CmpI32, &[Arg::Reg(index), Arg::Imm(n as i64)]);
        Test::Cc(Cc::Eq)
    };
    sink.jump(Some(test), Dest::Block(to));
}

/// Calls.
pub fn call(sink: &mut Out, target: &CallTarget<A64>, places: &mut Places) {
    match *target {
        CallTarget::Symbol(symbol) => {
            let target = Target::Symbol { symbol, addend: 0 };
            row(sink, Form::Bl, &[Arg::Rel(target)]);
        }
        CallTarget::Pointer(_) => row(sink, Form::Blr, &[Arg::Reg(places.reg())]),
    }
}

/// Leaves the function.
pub fn leave(sink: &mut Out, frame: &FrameLayout, tail: Option<TailTarget>) {
    match tail {
        None => frame::leave(sink, frame, Form::Ret, &[]),
        Some(TailTarget::Symbol(symbol)) => {
            let to = Arg::Rel(Target::Symbol { symbol, addend: 0 });
            frame::leave(sink, frame, Form::B, &[to]);
        }
        Some(TailTarget::Pointer(_)) => {
            let to = Arg::Reg(TAIL_TARGET.into());
            frame::leave(sink, frame, Form::Br, &[to]);
        }
    }
}

/// Jumps to the block that the table has for the index.
pub fn jump_table(sink: &mut Out, table: &JumpTable, index: Reg) {
    let count = table.targets.len() as u64;
    if imm::arith(count).is_some() {
        let args = [Arg::Reg(index), Arg::Imm(count as i64)];
        row(sink, Form::CmpI32, &args);
    } else {
        constant::int(sink, SCRATCH, count);
        row(sink, Form::Cmp32, &[Arg::Reg(index), Arg::Reg(SCRATCH)]);
    }
    sink.jump(Some(Test::Cc(Cc::Hs)), Dest::Block(table.default));
    sink.table(&table.targets);
    let (base, offset) = (Arg::Reg(SCRATCH), Arg::Reg(SCRATCH2));
    if sink.is_far() {
        row(sink, Form::Adr, &[base, Arg::Rel(Target::Here)]);
        for (form, shift, back) in [(Form::Movz64, 0, 4), (Form::Movk64, 16, 8)] {
            let half = Arg::Rel(Target::TableDistance { shift, back });
            row(sink, form, &[offset, half, Arg::Imm(i64::from(shift))]);
        }
        row(sink, Form::Add64, &[base, base, offset]);
    } else {
        row(sink, Form::Adr, &[base, Arg::Rel(Target::Table)]);
    }
    let entry = Amode::Index {
        base: SCRATCH,
        index,
        extend: Extend::Uxtw,
        shift: 2,
    };
    row(sink, Form::Ldrsw, &[offset, Arg::Mem(entry)]);
    row(sink, Form::Add64, &[base, base, offset]);
    row(sink, Form::Br, &[base]);
}
