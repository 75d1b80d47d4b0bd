//! Terminators and conditional traps.

use super::cond::test;
use super::rows::Cx;
use crate::ir::{self, Imm, Op};
use crate::isa::a64::mir::{Inst, JumpTable};
use crate::mach::call;
use crate::mach::mir::MBlock;

/// Up to this many cases a chain of comparisons is shorter and better predicted than a table.
const MAX_COMPARES: usize = 4;

/// A terminator with several different targets, `return` or `trap`.
pub fn terminator(cx: &mut Cx, inst: ir::Inst, targets: &[MBlock]) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Branch, _) => {
            let test = test(cx, data.args[0]);
            cx.emit(Inst::Branch {
                test,
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
            cx.emit(Inst::JumpTable(Box::new(JumpTable {
                index,
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

/// `trap_if`.
pub fn trap_if(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let code = data.trap_code();
    let test = test(cx, data.args[0]);
    cx.emit(Inst::TrapIf { test, code });
}
