//! Conversions between floats and integers that take more than one instruction (core spec 4.3.2).
//!
//! `cvttss2si`/`cvttsd2si` give the "integer indefinite" value (only the top bit set) for NaN and for what does not fit. So the fast path
//! is the conversion and one check of its result; the cases are told apart only when the check fails.

use super::rows::{Out, row};
use crate::abi::TrapCode;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::FloatToInt;
use crate::isa::x64::operand::{Amode, Arg, Base, Cc, Const, PArg, Target};
use crate::isa::x64::regs::Reg;
use crate::mach::patterns::Fp;
use crate::mach::sink::Dest;

const TWO_63: f64 = 9_223_372_036_854_775_808.0;
/// Local label of the end.
const DONE: usize = 0;
const OTHER: usize = 1;

struct Code<'a> {
    sink: &'a mut Out<'a>,
    op: FloatToInt,
    src: PArg,
    dst: PArg,
    int_temp: PArg,
    float_temp: PArg,
}

/// Expands a [`FloatToInt`]. `regs`: source, destination, temporaries; all different.
pub fn float_to_int(sink: &mut Out, op: &FloatToInt, regs: [Reg; 4]) {
    let [src, dst, int_temp, float_temp] = regs.map(Arg::Reg);
    let mut code = Code {
        sink,
        op: *op,
        src,
        dst,
        int_temp,
        float_temp,
    };
    match (op.wide, op.signed) {
        (false, signed) => code.narrow(signed),
        (true, true) => code.wide_signed(),
        (true, false) => code.wide_unsigned(),
    }
}

impl Code<'_> {
    fn row(&mut self, form: Form, args: &[PArg]) {
        row(self.sink, form, args);
    }
    fn convert(&mut self, dst: PArg, src: PArg) {
        let form = match self.op.from {
            Fp::S => Form::CvttsS2si64,
            Fp::D => Form::CvttsD2si64,
        };
        self.row(form, &[dst, src]);
    }
    fn compare(&mut self, a: PArg, b: PArg) {
        let form = match self.op.from {
            Fp::S => Form::UcomisS,
            Fp::D => Form::UcomisD,
        };
        self.row(form, &[a, b]);
    }
    /// Compares the source with zero.
    fn compare_zero(&mut self) {
        let zero = self.float_temp;
        self.row(Form::Xorps, &[zero, zero]);
        self.compare(self.src, zero);
    }
    fn jump(&mut self, cc: Cc, to: usize) {
        self.sink.jump(Some(cc), Dest::Local(to));
    }
    /// The source is known to be NaN or out of range.
    fn trap(&mut self) {
        self.compare(self.src, self.src);
        self.sink
            .jump(Some(Cc::P), Dest::Pad(TrapCode::BadConversionToInteger));
        self.sink.jump(None, Dest::Pad(TrapCode::IntegerOverflow));
    }

    /// Converts to 64 bits, which is exact for every value in range, and checks that the low half extends to the whole. The result
    /// is written by a 32-bit move last, so it is clean.
    fn narrow(&mut self, signed: bool) {
        let (dst, wide) = (self.dst, self.int_temp);
        self.convert(wide, self.src);
        if signed {
            self.row(Form::MovsxdR64Rm32, &[dst, wide]);
            self.row(Form::CmpRRm64, &[dst, wide]);
            self.row(Form::MovRRm32, &[dst, dst]);
        } else {
            self.row(Form::MovRRm32, &[dst, wide]);
            self.row(Form::CmpRRm64, &[dst, wide]);
        }
        self.jump(Cc::E, DONE);
        if !self.op.saturate {
            self.trap();
        } else if signed {
            // NaN: 0. Below: MIN. Above: MAX.
            self.row(Form::XorRRm32, &[dst, dst]);
            self.compare_zero();
            self.jump(Cc::P, DONE);
            self.row(Form::MovRI32, &[dst, Arg::Imm(0x8000_0000)]);
            self.jump(Cc::B, DONE);
            self.row(Form::MovRI32, &[dst, Arg::Imm(0x7fff_ffff)]);
        } else {
            // NaN and below: 0. Above: MAX.
            self.row(Form::XorRRm32, &[dst, dst]);
            self.compare_zero();
            self.jump(Cc::Be, DONE);
            self.row(Form::MovRI32, &[dst, Arg::Imm(0xffff_ffff)]);
        }
        self.sink.bind(DONE);
    }

    fn wide_signed(&mut self) {
        let dst = self.dst;
        self.convert(dst, self.src);
        // Overflows only for MIN.
        self.row(Form::CmpRmI64, &[dst, Arg::Imm(1)]);
        self.jump(Cc::No, DONE);
        if self.op.saturate {
            // MIN already. NaN: 0. Above: MAX.
            self.compare_zero();
            self.jump(Cc::P, OTHER);
            self.jump(Cc::B, DONE);
            self.row(Form::MovRI64, &[dst, Arg::Imm(i64::MAX)]);
            self.sink.jump(None, Dest::Local(DONE));
            self.sink.bind(OTHER);
            self.row(Form::XorRRm32, &[dst, dst]);
        } else {
            // The one value in range that converts to MIN is -2^63.
            let min = float_const(self.op.from, -TWO_63);
            self.compare(self.src, min);
            self.sink
                .jump(Some(Cc::P), Dest::Pad(TrapCode::BadConversionToInteger));
            self.sink
                .jump(Some(Cc::Ne), Dest::Pad(TrapCode::IntegerOverflow));
        }
        self.sink.bind(DONE);
    }

    /// Below 2^63 as signed; from there on 2^63 less, and the top bit set.
    fn wide_unsigned(&mut self) {
        let (dst, rest) = (self.dst, self.float_temp);
        let sub = match self.op.from {
            Fp::S => Form::SubsS,
            Fp::D => Form::SubsD,
        };
        self.convert(dst, self.src);
        self.row(Form::TestRmR64, &[dst, dst]);
        self.jump(Cc::Ns, DONE);
        if self.op.saturate {
            // NaN and -1 or less: 0.
            self.row(Form::XorRRm32, &[dst, dst]);
            self.compare_zero();
            self.jump(Cc::Be, DONE);
        }
        self.row(Form::Movaps, &[rest, self.src]);
        let offset = float_const(self.op.from, TWO_63);
        self.row(sub, &[rest, offset]);
        self.convert(dst, rest);
        self.row(Form::TestRmR64, &[dst, dst]);
        self.jump(Cc::S, OTHER);
        self.row(Form::BtsRmI64, &[dst, Arg::Imm(63)]);
        self.sink.jump(None, Dest::Local(DONE));
        self.sink.bind(OTHER);
        if self.op.saturate {
            self.row(Form::MovRI64s, &[dst, Arg::Imm(-1)]);
        } else {
            self.trap();
        }
        self.sink.bind(DONE);
    }
}

/// From 2^63 on: converts half the value, with the lost bit or-ed into the lowest so that rounding sees it, and doubles.
pub fn u64_to_float(sink: &mut Out, to: Fp, dst: Reg, src: Reg, temps: [Reg; 2]) {
    let (convert, add) = match to {
        Fp::S => (Form::Cvtsi642sS, Form::AddsS),
        Fp::D => (Form::Cvtsi642sD, Form::AddsD),
    };
    let [half, low] = temps.map(Arg::Reg);
    let (dst, src): (PArg, PArg) = (Arg::Reg(dst), Arg::Reg(src));
    row(sink, Form::Xorps, &[dst, dst]);
    row(sink, Form::TestRmR64, &[src, src]);
    sink.jump(Some(Cc::S), Dest::Local(OTHER));
    row(sink, convert, &[dst, src]);
    sink.jump(None, Dest::Local(DONE));
    sink.bind(OTHER);
    row(sink, Form::MovRRm64, &[half, src]);
    row(sink, Form::MovRRm32, &[low, src]);
    row(sink, Form::ShrRmI64, &[half, Arg::Imm(1)]);
    row(sink, Form::AndRmI32, &[low, Arg::Imm(1)]);
    row(sink, Form::OrRRm64, &[half, low]);
    row(sink, convert, &[dst, half]);
    row(sink, add, &[dst, dst]);
    sink.bind(DONE);
}

/// `dst` holds a. `min`/`max` of the hardware return the second operand for equal operands and NaN, so these two go another way:
/// equal ones (which differ at most in the sign of zero) through the bitwise or/and, unordered ones through an addition.
pub fn min_max(sink: &mut Out, fp: Fp, max: bool, dst: Reg, b: Reg) {
    let (compare, add) = match fp {
        Fp::S => (Form::UcomisS, Form::AddsS),
        Fp::D => (Form::UcomisD, Form::AddsD),
    };
    let (select, merge) = match (fp, max) {
        (Fp::S, false) => (Form::MinsS, Form::Orps),
        (Fp::D, false) => (Form::MinsD, Form::Orps),
        (Fp::S, true) => (Form::MaxsS, Form::Andps),
        (Fp::D, true) => (Form::MaxsD, Form::Andps),
    };
    let args = [Arg::Reg(dst), Arg::Reg(b)];
    row(sink, compare, &args);
    sink.jump(Some(Cc::Ne), Dest::Local(0));
    sink.jump(Some(Cc::P), Dest::Local(1));
    row(sink, merge, &args);
    sink.jump(None, Dest::Local(2));
    sink.bind(1);
    row(sink, add, &args);
    sink.jump(None, Dest::Local(2));
    sink.bind(0);
    row(sink, select, &args);
    sink.bind(2);
}

/// A float constant as an operand.
fn float_const(fp: Fp, value: f64) -> PArg {
    let constant = match fp {
        Fp::S => Const::B32((value as f32).to_bits()),
        Fp::D => Const::B64(value.to_bits()),
    };
    Arg::Mem(Amode::based(Base::Rip(Target::Const(constant)), 0))
}
