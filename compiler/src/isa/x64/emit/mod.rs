//! From allocated instructions to rows with physical operands ([`expand`]).

pub mod args;
mod atomic;
pub mod control;
mod float;
pub mod frame;
pub mod rows;

use self::args::{amode, row_args};
use self::rows::{Out, row};
use crate::abi::TrapCode;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{MReg, Pseudo};
use crate::isa::x64::operand::Arg;
use crate::isa::x64::regs::Reg;
use crate::mach::frame::FrameLayout;
use crate::mach::sink::Places;

/// Writes a row.
pub fn row_in(
    sink: &mut Out,
    frame: &FrameLayout,
    (form, args, trap): (Form, &[Arg<MReg>], Option<TrapCode>),
    places: &mut Places,
) {
    let args = row_args(args, places, frame);
    sink.row(form, &args, trap);
}

/// Writes a pseudo-instruction.
pub fn pseudo(sink: &mut Out, frame: &FrameLayout, op: &Pseudo, places: &mut Places) {
    match op {
        Pseudo::Zero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            row(sink, Form::XorRRm32, &[dst, dst]);
        }
        Pseudo::FloatZero { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            row(sink, Form::Xorps, &[dst, dst]);
        }
        Pseudo::VecOnes { .. } => {
            let dst = Arg::Reg(places.reg::<Reg>());
            row(sink, Form::Pcmpeqd, &[dst, dst]);
        }
        Pseudo::FloatSelect { cond, .. } => {
            let _or_else = places.reg::<Reg>();
            let then = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            // `dst` holds `or_else` already.
            control::jump_if_not(sink, *cond, 0, |sink| {
                row(sink, Form::Movaps, &[Arg::Reg(dst), Arg::Reg(then)]);
            });
        }
        Pseudo::FloatMinMax { fp, max, .. } => {
            let _a = places.reg::<Reg>();
            let b = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            float::min_max(sink, *fp, *max, dst, b);
        }
        Pseudo::FloatToInt(op) => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let int_temp = places.reg::<Reg>();
            let float_temp = places.reg::<Reg>();
            float::float_to_int(sink, op, [src, dst, int_temp, float_temp]);
        }
        Pseudo::AtomicLoop(op) => {
            let place = Arg::Mem(amode(&op.place, places, frame));
            let value = places.reg::<Reg>();
            let old = places.reg::<Reg>();
            let new = places.reg::<Reg>();
            atomic::modify(sink, op, place, [value, old, new].map(Arg::Reg));
        }
        Pseudo::U64ToFloat { to, .. } => {
            let src = places.reg::<Reg>();
            let dst = places.reg::<Reg>();
            let temps = [places.reg::<Reg>(), places.reg::<Reg>()];
            float::u64_to_float(sink, *to, dst, src, temps);
        }
    }
}
