//! From allocated instructions to rows with physical operands ([`emit`]).
//!
//! What the frame or a constant makes too large for an immediate goes through x16 or x17, which are never allocated, so no instruction
//! here needs the flags or a register of the allocator's beyond its operands.

pub mod args;
mod atomic;
mod constant;
mod control;
mod float;
pub mod frame;
mod rows;

use self::args::{frame_disp, page, row_args};
use self::frame::leave;
use self::rows::{Out, row};
use crate::isa::a64::abi::TAIL_TARGET;
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{CallTarget, Inst, TailTarget};
use crate::isa::a64::operand::{Amode, Arg, Extend, Target};
use crate::isa::a64::regs::{SCRATCH, SP};
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;
use crate::mach::sink::{Dest, Places, jump_block};

/// Writes an instruction.
pub fn emit(sink: &mut Out, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
    let mut places = Places::new(locs);
    match inst {
        Inst::Row { form, args, trap } => {
            let args = row_args(sink, frame, &mut places, *form, args);
            sink.row(*form, &args, *trap);
        }
        Inst::Const { bits, .. } => constant::int(sink, places.reg(), *bits),
        Inst::FloatConst { fp, bits, .. } => constant::float(sink, *fp, places.reg(), *bits),
        Inst::VecConst { bits, .. } => constant::vector(sink, places.reg(), *bits),
        Inst::Tbl2 { .. } => {
            let [first, _, indices, dst] = [(); 4].map(|()| Arg::Reg(places.reg()));
            row(sink, Form::Tbl2, &[dst, first, indices]);
        }
        Inst::FrameAddr { base, disp, .. } => {
            let at = disp + frame_disp(*base, frame).expect("a place in the frame");
            let dst = Arg::Reg(places.reg());
            if imm::arith(at as u64).is_some() {
                let at = Arg::Imm(i64::from(at));
                return row(sink, Form::AddI64, &[dst, Arg::Reg(SP), at]);
            }
            constant::int(sink, SCRATCH, at as u64);
            let distance = Arg::Extended {
                reg: SCRATCH,
                extend: Extend::Uxtx,
                amount: 0,
            };
            row(sink, Form::AddExt64, &[dst, Arg::Reg(SP), distance]);
        }
        Inst::SymbolAddr { symbol, addend, .. } => {
            let (symbol, addend) = (*symbol, *addend);
            let dst = places.reg();
            page(sink, dst, symbol, addend);
            let low = Arg::Rel(Target::Symbol { symbol, addend });
            row(sink, Form::AddLow12, &[Arg::Reg(dst), Arg::Reg(dst), low]);
        }
        Inst::Params(_) => {}
        Inst::Call(call) => {
            for _ in &call.regs.args {
                places.take();
            }
            match call.target {
                CallTarget::Symbol(symbol) => {
                    let target = Target::Symbol { symbol, addend: 0 };
                    row(sink, Form::Bl, &[Arg::Rel(target)]);
                }
                CallTarget::Ptr(_) => row(sink, Form::Blr, &[Arg::Reg(places.reg())]),
            }
            sink.call_returns();
            if let Some(landings) = &call.regs.landings {
                sink.landings(&landings.handlers);
                jump_block(sink, landings.normal);
            }
        }
        Inst::Jump(to) => jump_block(sink, *to),
        Inst::Branch {
            test,
            then,
            or_else,
        } => {
            let test = control::physical(*test, &mut places);
            // Prefer to fall through: jump on the opposite condition where `then` follows.
            let (test, then, or_else) = if sink.is_next(*then) {
                (test.inverse(), *or_else, *then)
            } else {
                (test, *then, *or_else)
            };
            sink.jump(Some(test), Dest::Block(then));
            jump_block(sink, or_else);
        }
        Inst::Switch { targets, .. } => control::switch(sink, places.reg(), targets),
        Inst::JumpTable(table) => control::jump_table(sink, table, places.reg()),
        Inst::Ret(_) => leave(sink, frame, Form::Ret, &[]),
        Inst::TailCall(call) => {
            let (form, target) = match call.target {
                TailTarget::Symbol(symbol) => {
                    (Form::B, Arg::Rel(Target::Symbol { symbol, addend: 0 }))
                }
                TailTarget::Ptr(_) => (Form::Br, Arg::Reg(TAIL_TARGET.into())),
            };
            leave(sink, frame, form, &[target]);
        }
        Inst::Trap(code) => sink.row(Form::Udf, &[Arg::Imm(0)], Some(*code)),
        Inst::TrapIf { test, code } => {
            let test = control::physical(*test, &mut places);
            sink.jump(Some(test), Dest::Pad(*code));
        }
        Inst::FloatToInt(op) => {
            let src = places.reg();
            let dst = places.reg();
            let temp = op.float_temp.map(|_| places.reg());
            float::to_int(sink, op, src, dst, temp);
        }
        Inst::AtomicLoop(op) => {
            let address = Arg::Mem(Amode::reg(places.reg(), 0));
            let value = places.reg();
            let expected = op.expected.map(|_| places.reg());
            let dst = places.reg();
            let new = op.new.map(|_| places.reg());
            let status = places.reg();
            let (value, dst) = (Arg::Reg(value), Arg::Reg(dst));
            atomic::modify(sink, op, address, [value, dst], expected, new, status);
        }
    }
}
