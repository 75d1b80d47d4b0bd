//! What transfers control: branches, calls, returns.

use super::args::{amode, loc_arg};
use super::frame;
use super::rows::{Out, row};
use crate::isa::x64::X64;
use crate::isa::x64::abi::TAIL_TARGET;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::Pointer;
use crate::isa::x64::operand::{Amode, Arg, Base, Cc, Cond, Target};
use crate::isa::x64::regs::Reg;
use crate::mach::frame::FrameLayout;
use crate::mach::inst::{CallTarget, JumpTable, TailTarget};
use crate::mach::mir::MBlock;
use crate::mach::sink::{Dest, Places, jump_block};

/// Jumps if the condition holds.
pub fn jump_if(sink: &mut Out, cond: Cond, to: Dest) {
    match cond {
        Cond::Is(cc) => sink.jump(Some(cc), to),
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::Ne), to);
            sink.jump(Some(Cc::P), to);
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::P), Dest::Local(0));
            sink.jump(Some(Cc::E), to);
            sink.bind(0);
        }
    }
}

/// Runs `body` if the condition holds. Uses the local labels `local`.
pub fn jump_if_not(sink: &mut Out, cond: Cond, local: usize, body: impl FnOnce(&mut Out)) {
    match cond {
        Cond::Is(cc) => {
            sink.jump(Some(cc.inverse()), Dest::Local(local));
            body(sink);
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::Ne), Dest::Local(local));
            sink.jump(Some(Cc::P), Dest::Local(local));
            body(sink);
        }
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::P), Dest::Local(local + 1));
            sink.jump(Some(Cc::E), Dest::Local(local));
            sink.bind(local + 1);
            body(sink);
        }
    }
    sink.bind(local);
}

/// Jumps to one of two blocks.
pub fn branch(sink: &mut Out, cond: Cond, then: MBlock, or_else: MBlock) {
    match cond {
        Cond::Is(cc) => sink.jump(Some(cc), Dest::Block(then)),
        Cond::UnorderedNe => {
            sink.jump(Some(Cc::Ne), Dest::Block(then));
            sink.jump(Some(Cc::P), Dest::Block(then));
        }
        Cond::OrderedEq => {
            sink.jump(Some(Cc::Ne), Dest::Block(or_else));
            sink.jump(Some(Cc::Np), Dest::Block(then));
        }
    }
    jump_block(sink, or_else);
}

/// Jumps to the block if the index is `n`.
pub fn case(sink: &mut Out, index: Reg, n: usize, to: MBlock) {
    let args = [Arg::Reg(index), Arg::Imm(n as i64)];
    row(sink, Form::CmpRmI32, &args);
    sink.jump(Some(Cc::E), Dest::Block(to));
}

/// Calls.
pub fn call(sink: &mut Out, frame: &FrameLayout, target: &CallTarget<X64>, places: &mut Places) {
    let (form, target) = match target {
        CallTarget::Symbol(symbol) => (Form::Call, Arg::Rel(Target::Symbol(*symbol))),
        CallTarget::Pointer(Pointer::Reg(_)) => (Form::CallRm, loc_arg(places.take(), frame)),
        CallTarget::Pointer(Pointer::Mem(place)) => {
            (Form::CallRm, Arg::Mem(amode(place, places, frame)))
        }
    };
    row(sink, form, &[target]);
}

/// Leaves the function.
pub fn leave(sink: &mut Out, frame: &FrameLayout, tail: Option<TailTarget>) {
    match tail {
        None => frame::leave(sink, frame, Form::Ret, &[]),
        Some(TailTarget::Symbol(to)) => {
            let to = Arg::Rel(Target::Symbol(to));
            frame::leave(sink, frame, Form::Jmp, &[to]);
        }
        Some(TailTarget::Pointer(_)) => {
            let to = Arg::Reg(TAIL_TARGET.into());
            frame::leave(sink, frame, Form::JmpRm, &[to]);
        }
    }
}

/// Jumps to the block that the table has for the index.
pub fn jump_table(sink: &mut Out, table: &JumpTable, places: &mut Places) {
    let index = places.reg::<Reg>();
    let (base, offset) = (places.reg::<Reg>(), places.reg::<Reg>());
    let count = table.targets.len() as i64;
    row(sink, Form::CmpRmI32, &[Arg::Reg(index), Arg::Imm(count)]);
    sink.jump(Some(Cc::Ae), Dest::Block(table.default));
    sink.table(&table.targets);
    let table = Amode::based(Base::Rip(Target::Table), 0);
    row(sink, Form::Lea64, &[Arg::Reg(base), Arg::Mem(table)]);
    let entry = Amode {
        base: Base::Reg(base),
        index: Some((index, 2)),
        disp: 0,
    };
    row(
        sink,
        Form::MovsxdR64Rm32,
        &[Arg::Reg(offset), Arg::Mem(entry)],
    );
    row(sink, Form::AddRRm64, &[Arg::Reg(base), Arg::Reg(offset)]);
    row(sink, Form::JmpRm, &[Arg::Reg(base)]);
}
