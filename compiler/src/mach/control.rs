//! Terminators and conditional traps.

use super::call;
use super::inst::{Inst, JumpTable};
use super::isa::Isa;
use super::lower::Lower;
use super::mir::{MBlock, RegClass};
use crate::ir::{self, Imm, Op};

/// Up to this many cases a chain of comparisons is shorter and better predicted than a table.
const MAX_COMPARES: usize = 4;

/// Lowers a terminator; `targets` are its targets in order. Targets of a `Branch` or `BrTable` are not all equal, and it is no `Jump`.
pub fn terminator<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst, targets: &[MBlock]) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Branch, _) => {
            let cond = cx.isa.condition(cx, data.args[0]);
            cx.emit(Inst::Branch {
                cond,
                then: targets[0],
                or_else: targets[1],
            });
        }
        (Op::BrTable, _) => {
            let index = cx.reg(data.args[0]);
            if targets.len() <= MAX_COMPARES + 1 {
                return cx.emit(Inst::Switch {
                    index,
                    targets: targets.to_vec(),
                });
            }
            let (&default, cases) = targets.split_last().expect("a default target");
            let temps = (0..I::TABLE_TEMPS)
                .map(|_| cx.temp(RegClass::Int))
                .collect();
            cx.emit(Inst::JumpTable(Box::new(JumpTable {
                index,
                temps,
                targets: cases.to_vec(),
                default,
            })));
        }
        (Op::Try, _) => call::attempt(cx, inst, targets),
        (Op::Return, _) => call::ret(cx, inst),
        (Op::ReturnCall | Op::ReturnCallPtr, _) => call::tail_call(cx, inst),
        (Op::Trap, &Imm::Trap(code)) => cx.emit(Inst::Trap(code)),
        _ => data.wrong_imm(),
    }
}

/// Lowers `trap_if`.
pub fn trap_if<I: Isa>(cx: &mut Lower<I>, inst: ir::Inst) {
    let data = cx.inst(inst);
    let code = data.trap_code();
    let cond = cx.isa.condition(cx, data.args[0]);
    cx.emit(Inst::TrapIf { cond, code });
}
