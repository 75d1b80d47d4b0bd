//! Conversions of floats that take more than one instruction (core spec 4.3.2).

use super::constant;
use super::rows::{Out, row};
use crate::abi::TrapCode;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{FloatToInt, Test};
use crate::isa::a64::operand::{Arg, Cc, Extend};
use crate::isa::a64::regs::{Reg, SCRATCH, SCRATCH2};
use crate::mach::patterns::{Fp, by_fp};
use crate::mach::sink::Dest;

/// The conversions saturate and make 0 of NaN, so a result in the middle of the range proves all but that the source was no number.
///
/// Unsigned: everything up to -1 is out of range, which one comparison decides together with NaN; above the range the result has ones
/// above bit 31, or is all ones, which no float converts to. Signed, 32 bits: converted to 64 bits, the result must be the extension
/// of its low half. Signed, 64 bits: MAX is the value of no float, MIN only that of -2^63.
pub fn to_int(sink: &mut Out, op: &FloatToInt, src: Reg, dst: Reg, temp: Option<Reg>) {
    let fp = op.from;
    let (from, to) = (Arg::Reg(src), Arg::Reg(dst));
    let compare = by_fp(fp, Form::FcmpS, Form::FcmpD);
    let bad = Dest::Pad(TrapCode::BadConversionToInteger);
    let overflow = Dest::Pad(TrapCode::IntegerOverflow);
    let on = |cc| Some(Test::Cc(cc));
    if !op.signed {
        let minus_one = Arg::Reg(temp.expect("a float register for unsigned results"));
        let bits = match fp {
            Fp::S => i64::from((-1f32).to_bits()),
            Fp::D => (-1f64).to_bits() as i64,
        };
        let form = by_fp(fp, Form::FmovIS, Form::FmovID);
        row(sink, form, &[minus_one, Arg::Imm(bits)]);
        row(sink, compare, &[from, minus_one]);
        sink.jump(on(Cc::Vs), bad);
        sink.jump(on(Cc::Le), overflow);
        row(
            sink,
            by_fp(fp, Form::FcvtzuS64, Form::FcvtzuD64),
            &[to, from],
        );
        if op.wide {
            row(sink, Form::CmnI64, &[to, Arg::Imm(1)]);
            sink.jump(on(Cc::Eq), overflow);
        } else {
            // The result is clean once this has not trapped.
            let upper = Arg::Imm(0xffff_ffff_0000_0000u64 as i64);
            row(sink, Form::TstI64, &[to, upper]);
            sink.jump(on(Cc::Ne), overflow);
        }
        return;
    }
    row(sink, compare, &[from, from]);
    sink.jump(on(Cc::Vs), bad);
    let convert = by_fp(fp, Form::FcvtzsS64, Form::FcvtzsD64);
    if !op.wide {
        let whole = Arg::Reg(SCRATCH);
        row(sink, convert, &[whole, from]);
        let low = Arg::Extended {
            reg: SCRATCH,
            extend: Extend::Sxtw,
            amount: 0,
        };
        row(sink, Form::CmpExt64, &[whole, low]);
        sink.jump(on(Cc::Ne), overflow);
        return row(sink, Form::Mov32, &[to, whole]);
    }
    row(sink, convert, &[to, from]);
    // `x - 1` overflows for MIN, else `x + 1` for MAX.
    row(sink, Form::CmpI64, &[to, Arg::Imm(1)]);
    let vc = Arg::Cc(Cc::Vc);
    let overflowed = Arg::Imm(i64::from(Cc::Vs.nzcv()));
    row(sink, Form::CcmnI64, &[to, Arg::Imm(1), overflowed, vc]);
    sink.jump(on(Cc::Vc), Dest::Local(0));
    let (bits, min) = (Arg::Reg(SCRATCH), -9_223_372_036_854_775_808f64);
    let (move_bits, compare_bits, min) = match fp {
        Fp::S => (Form::FmovWS, Form::Cmp32, u64::from((min as f32).to_bits())),
        Fp::D => (Form::FmovXD, Form::Cmp64, min.to_bits()),
    };
    row(sink, move_bits, &[bits, from]);
    constant::int(sink, SCRATCH2, min);
    row(sink, compare_bits, &[bits, Arg::Reg(SCRATCH2)]);
    sink.jump(on(Cc::Ne), overflow);
    sink.bind(0);
}
