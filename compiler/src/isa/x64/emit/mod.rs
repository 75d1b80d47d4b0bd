//! From allocated instructions to rows with physical operands ([`expand`]).

pub mod args;
mod atomic;
mod control;
mod float;
pub mod frame;

use self::args::{Out, amode, loc_arg, row_args};
use self::frame::leave;
use crate::isa::x64::abi::TAIL_TARGET;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{CallTarget, Inst, TailTarget};
use crate::isa::x64::operand::{Arg, Cc, Target};
use crate::isa::x64::regs::Reg;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;
use crate::mach::sink::{Dest, Places, jump_block};

/// Writes an instruction.
pub fn emit(sink: &mut Out, frame: &FrameLayout, inst: &Inst, locs: &[Loc]) {
    let mut places = Places::new(locs);
    match inst {
        Inst::Row { form, args, trap } => {
            let args = row_args(args, &mut places, frame);
            sink.row(*form, &args, *trap);
        }
        Inst::Copy { .. } | Inst::Params(_) => {}
        Inst::Zero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::XorRRm32, &[dst, dst], None);
        }
        Inst::FloatZero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::Xorps, &[dst, dst], None);
        }
        Inst::VecOnes { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            sink.row(Form::Pcmpeqd, &[dst, dst], None);
        }
        Inst::Call(call) => {
            for _ in &call.regs.args {
                places.take();
            }
            match &call.target {
                CallTarget::Symbol(symbol) => {
                    sink.row(Form::Call, &[Arg::Rel(Target::Symbol(*symbol))], None);
                }
                CallTarget::Ptr(_) => {
                    let target = loc_arg(places.take(), frame);
                    sink.row(Form::CallRm, &[target], None);
                }
                CallTarget::Mem(place) => {
                    let target = Arg::Mem(amode(place, &mut places, frame));
                    sink.row(Form::CallRm, &[target], None);
                }
            }
            sink.call_returns();
            if let Some(landings) = &call.regs.landings {
                sink.landings(&landings.handlers);
                jump_block(sink, landings.normal);
            }
        }
        Inst::Jump(to) => jump_block(sink, *to),
        Inst::Branch {
            cond,
            then,
            or_else,
        } => control::branch(sink, *cond, *then, *or_else),
        Inst::Switch { targets, .. } => {
            let index = Arg::Reg(places.reg::<Reg>());
            let (default, cases) = targets.split_last().expect("a default target");
            for (i, case) in cases.iter().enumerate() {
                sink.row(Form::CmpRmI32, &[index, Arg::Imm(i as i64)], None);
                sink.jump(Some(Cc::E), Dest::Block(*case));
            }
            jump_block(sink, *default);
        }
        Inst::JumpTable(table) => control::jump_table(sink, table, &mut places),
        Inst::Ret(_) => leave(sink, frame, Form::Ret, &[]),
        Inst::TailCall(call) => {
            let (form, target) = match call.target {
                TailTarget::Symbol(to) => (Form::Jmp, Arg::Rel(Target::Symbol(to))),
                TailTarget::Ptr(_) => (Form::JmpRm, Arg::Reg(TAIL_TARGET.into())),
            };
            leave(sink, frame, form, &[target]);
        }
        Inst::Trap(code) => sink.row(Form::Ud2, &[], Some(*code)),
        Inst::TrapIf { cond, code } => control::jump_if(sink, *cond, Dest::Pad(*code)),
        Inst::FloatSelect { cond, .. } => {
            let _or_else = places.reg::<Reg>();
            let then = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            // `dst` holds `or_else` already.
            control::jump_if_not(sink, *cond, 0, |sink| {
                sink.row(Form::Movaps, &[Arg::Reg(dst), Arg::Reg(then)], None);
            });
        }
        Inst::FloatMinMax { fp, max, .. } => {
            let _a = places.reg::<Reg>();
            let b = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            float::min_max(sink, *fp, *max, dst, b);
        }
        Inst::FloatToInt(op) => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let int_temp = places.reg::<Reg>();
            let float_temp = places.reg::<Reg>();
            float::float_to_int(sink, op, [src, dst, int_temp, float_temp]);
        }
        Inst::AtomicLoop(op) => {
            let place = Arg::Mem(amode(&op.place, &mut places, frame));
            let value = places.reg::<Reg>();
            let old = places.reg::<Reg>();
            let new = places.reg::<Reg>();
            atomic::modify(sink, op, place, [value, old, new].map(Arg::Reg));
        }
        Inst::U64ToFloat { to, .. } => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let temps = [places.reg::<Reg>(), places.reg::<Reg>()];
            float::u64_to_float(sink, *to, dst, src, temps);
        }
    }
}
