//! Jumps on conditions, and through tables.

use super::constant;
use super::rows::{Out, row};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::Test;
use crate::isa::a64::operand::{Amode, Arg, Cc, Extend, Target};
use crate::isa::a64::regs::{Reg, SCRATCH, SCRATCH2};
use crate::mach::inst::JumpTable;
use crate::mach::mir::VReg;
use crate::mach::sink::{Dest, Places};

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
