//! From allocated instructions to rows with physical operands.
//!
//! What the frame or a constant makes too large for an immediate goes through x16 or x17, which are never allocated, so no instruction
//! here needs the flags or a register of the allocator's beyond its operands.

pub mod args;
mod atomic;
mod constant;
pub mod control;
mod float;
pub mod frame;
pub mod rows;

use self::args::{frame_disp, page, row_args};
use self::rows::{Out, row};
use crate::abi::TrapCode;
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{MReg, Pseudo};
use crate::isa::a64::operand::{Amode, Arg, Extend, Target};
use crate::isa::a64::regs::{SCRATCH, SP};
use crate::mach::frame::FrameLayout;
use crate::mach::sink::Places;

/// Writes a row.
pub fn row_in(
    sink: &mut Out,
    frame: &FrameLayout,
    (form, args, trap): (Form, &[Arg<MReg>], Option<TrapCode>),
    places: &mut Places,
) {
    let args = row_args(sink, frame, places, form, args);
    sink.row(form, &args, trap);
}

/// Writes a pseudo-instruction.
pub fn pseudo(sink: &mut Out, frame: &FrameLayout, op: &Pseudo, places: &mut Places) {
    match op {
        Pseudo::Const { bits, .. } => constant::int(sink, places.reg(), *bits),
        Pseudo::FloatConst { fp, bits, .. } => constant::float(sink, *fp, places.reg(), *bits),
        Pseudo::VecConst { bits, .. } => constant::vector(sink, places.reg(), *bits),
        Pseudo::Tbl2 { .. } => {
            let [first, _, indices, dst] = [(); 4].map(|()| Arg::Reg(places.reg()));
            row(sink, Form::Tbl2, &[dst, first, indices]);
        }
        Pseudo::FrameAddr { base, disp, .. } => {
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
        Pseudo::SymbolAddr { symbol, addend, .. } => {
            let (symbol, addend) = (*symbol, *addend);
            let dst = places.reg();
            page(sink, dst, symbol, addend);
            let low = Arg::Rel(Target::Symbol { symbol, addend });
            row(sink, Form::AddLow12, &[Arg::Reg(dst), Arg::Reg(dst), low]);
        }
        Pseudo::FloatToInt(op) => {
            let src = places.reg();
            let dst = places.reg();
            let temp = op.float_temp.map(|_| places.reg());
            float::to_int(sink, op, src, dst, temp);
        }
        Pseudo::AtomicLoop(op) => {
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
