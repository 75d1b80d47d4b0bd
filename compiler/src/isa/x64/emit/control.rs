//! Jumps on conditions, and through tables.

use super::rows::{Out, row};
use crate::isa::x64::insts::Form;
use crate::isa::x64::operand::{Amode, Arg, Base, Cc, Cond, Target};
use crate::isa::x64::regs::Reg;
use crate::mach::inst::JumpTable;
use crate::mach::sink::{Dest, Places};

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
        guest: false,
    };
    row(
        sink,
        Form::MovsxdR64Rm32,
        &[Arg::Reg(offset), Arg::Mem(entry)],
    );
    row(sink, Form::AddRRm64, &[Arg::Reg(base), Arg::Reg(offset)]);
    row(sink, Form::JmpRm, &[Arg::Reg(base)]);
}
