//! From allocated instructions to rows with physical operands.

mod args;
mod atomic;
mod control;
mod float;
pub mod frame;
pub mod rows;

use self::args::{amode, loc_arg, row_args};
use self::rows::{Out, row};
use crate::abi::{Safepoint, TrapCode};
use crate::isa::x64::X64;
use crate::isa::x64::abi::TAIL_TARGET;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{self, MReg, Pointer, Pseudo};
use crate::isa::x64::operand::{Arg, Cc, Cond, Target};
use crate::isa::x64::regs::Reg;
use crate::mach::frame::FrameLayout;
use crate::mach::inst::{CallTarget, Insts, JumpTable, TailTarget};
use crate::mach::mir::{MBlock, Operand, PReg};
use crate::mach::sink::{Dest, Places, jump_block};

impl Insts for X64 {
    type Operand = Arg<MReg>;
    type Args = [Arg<MReg>; 3];
    type Condition = Cond;
    type Pointer = Pointer;
    type Pseudo = Pseudo;
    const TAIL_TARGET: PReg = TAIL_TARGET;
    const PRESERVED: u32 = Safepoint::X86_64;
    const TABLE_TEMPS: usize = 2;

    fn arity(form: Form) -> usize {
        form.row().operands.len()
    }
    fn row_operands(form: Form, args: &[Arg<MReg>], visit: &mut dyn FnMut(Operand)) {
        mir::row_operands(form, args, visit);
    }
    fn row(
        out: &mut Out,
        frame: &FrameLayout,
        row: (Form, &[Arg<MReg>], Option<TrapCode>),
        places: &mut Places,
    ) {
        let (form, args, trap) = row;
        let args = row_args(args, places, frame);
        out.row(form, &args, trap);
    }
    fn pseudo(out: &mut Out, frame: &FrameLayout, op: &Pseudo, places: &mut Places) {
        match op {
            Pseudo::Zero { .. } => {
                let dst = Arg::Reg(places.reg::<Reg>());
                row(out, Form::XorRRm32, &[dst, dst]);
            }
            Pseudo::FloatZero { .. } => {
                let dst = Arg::Reg(places.reg::<Reg>());
                row(out, Form::Xorps, &[dst, dst]);
            }
            Pseudo::VecOnes { .. } => {
                let dst = Arg::Reg(places.reg::<Reg>());
                row(out, Form::Pcmpeqd, &[dst, dst]);
            }
            Pseudo::FloatSelect { cond, .. } => {
                let _or_else = places.reg::<Reg>();
                let then = places.reg::<Reg>();
                let dst = places.reg::<Reg>();
                // `dst` holds `or_else` already.
                control::jump_if_not(out, *cond, 0, |out| {
                    row(out, Form::Movaps, &[Arg::Reg(dst), Arg::Reg(then)]);
                });
            }
            Pseudo::FloatMinMax { fp, max, .. } => {
                let _a = places.reg::<Reg>();
                let b = places.reg::<Reg>();
                let dst = places.reg::<Reg>();
                float::min_max(out, *fp, *max, dst, b);
            }
            Pseudo::FloatToInt(op) => {
                let src = places.reg::<Reg>();
                let dst = places.reg::<Reg>();
                let int_temp = places.reg::<Reg>();
                let float_temp = places.reg::<Reg>();
                float::float_to_int(out, op, [src, dst, int_temp, float_temp]);
            }
            Pseudo::AtomicLoop(op) => {
                let place = Arg::Mem(amode(&op.place, places, frame));
                let value = places.reg::<Reg>();
                let old = places.reg::<Reg>();
                let new = places.reg::<Reg>();
                atomic::modify(out, op, place, [value, old, new].map(Arg::Reg));
            }
            Pseudo::U64ToFloat { to, .. } => {
                let src = places.reg::<Reg>();
                let dst = places.reg::<Reg>();
                let temps = [places.reg::<Reg>(), places.reg::<Reg>()];
                float::u64_to_float(out, *to, dst, src, temps);
            }
        }
    }
    fn call(out: &mut Out, frame: &FrameLayout, target: &CallTarget<Self>, places: &mut Places) {
        let (form, target) = match target {
            CallTarget::Symbol(symbol) => (Form::Call, Arg::Rel(Target::Symbol(*symbol))),
            CallTarget::Pointer(Pointer::Reg(_)) => (Form::CallRm, loc_arg(places.take(), frame)),
            CallTarget::Pointer(Pointer::Mem(place)) => {
                (Form::CallRm, Arg::Mem(amode(place, places, frame)))
            }
        };
        row(out, form, &[target]);
    }
    fn branch(out: &mut Out, cond: Cond, _: &mut Places, then: MBlock, or_else: MBlock) {
        match cond {
            Cond::Is(cc) => out.jump(Some(cc), Dest::Block(then)),
            Cond::UnorderedNe => {
                out.jump(Some(Cc::Ne), Dest::Block(then));
                out.jump(Some(Cc::P), Dest::Block(then));
            }
            Cond::OrderedEq => {
                out.jump(Some(Cc::Ne), Dest::Block(or_else));
                out.jump(Some(Cc::Np), Dest::Block(then));
            }
        }
        jump_block(out, or_else);
    }
    fn case(out: &mut Out, index: PReg, n: usize, to: MBlock) {
        let args = [Arg::Reg(index.into()), Arg::Imm(n as i64)];
        row(out, Form::CmpRmI32, &args);
        out.jump(Some(Cc::E), Dest::Block(to));
    }
    fn jump_table(out: &mut Out, table: &JumpTable, places: &mut Places) {
        control::jump_table(out, table, places);
    }
    fn leave(out: &mut Out, frame: &FrameLayout, tail: Option<TailTarget>) {
        let (form, to) = match tail {
            None => return frame::leave(out, frame, Form::Ret, &[]),
            Some(TailTarget::Symbol(to)) => (Form::Jmp, Arg::Rel(Target::Symbol(to))),
            Some(TailTarget::Pointer(_)) => (Form::JmpRm, Arg::Reg(Self::TAIL_TARGET.into())),
        };
        frame::leave(out, frame, form, &[to]);
    }
    fn trap(out: &mut Out, code: TrapCode) {
        out.row(Form::Ud2, &[], Some(code));
    }
    fn trap_if(out: &mut Out, cond: Cond, _: &mut Places, code: TrapCode) {
        control::jump_if(out, cond, Dest::Pad(code));
    }
}
