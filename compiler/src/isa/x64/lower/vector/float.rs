//! Floating-point lanes: minimum and maximum, comparisons, rounding, conversions.

use super::rows::{
    binary, by_float, combine, commutative, constant_reg, half_source, lanes, op, op_imm, op_rr,
    op_rri, source, splat_bits, temp, unary, unary_imm, vector, zero,
};
use crate::ir::{FloatCc, InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::rows::{Cx, reg, row_trap, tied};
use crate::mach::mir::VReg;
use crate::mach::patterns::{dies, two};

/// A number in every lane.
fn splat(lanes: Lanes, number: f64) -> u128 {
    let bits = match lanes {
        Lanes::F64x2 => number.to_bits(),
        _ => u64::from((number as f32).to_bits()),
    };
    splat_bits(lanes, bits)
}

/// `vfmin`, `vfmax`. The instruction gives its second operand for NaN and for zeros of both signs, so it is done both ways round, and
/// what differs is merged so that NaNs stay NaNs and zeros get the right sign. Then NaNs become canonical but for the sign, because merged
/// payloads are none that the standard allows.
pub fn min_max(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = (cx.reg(data.args[0]), cx.reg(data.args[1]));
    let lanes = lanes(data);
    let fp = |single, double| by_float(lanes, single, double);
    let merged = if data.op == Op::Vfmin {
        let form = fp(Form::Minps, Form::Minpd);
        let first = op_rr(cx, form, b, a);
        let second = op_rr(cx, form, a, b);
        op_rr(cx, Form::Orps, first, second)
    } else {
        let form = fp(Form::Maxps, Form::Maxpd);
        let first = op_rr(cx, form, b, a);
        let second = op_rr(cx, form, a, b);
        // -0 and +0 differ in the sign only: -0 - -0 = +0. NaN minus anything is NaN.
        let differs = op_rr(cx, Form::Xorps, second, first);
        let either = op_rr(cx, Form::Orps, first, differs);
        op_rr(cx, fp(Form::Subps, Form::Subpd), either, differs)
    };
    let nan = op_rr(cx, fp(Form::Cmpunordps, Form::Cmpunordpd), merged, merged);
    let all = op_rr(cx, Form::Orps, merged, nan);
    // What is below the quiet bit.
    let (shift, bits) = match lanes {
        Lanes::F64x2 => (Form::PsrlqI, 13),
        _ => (Form::PsrldI, 10),
    };
    let payload = op_imm(cx, shift, nan, bits);
    let result = if data.op == Op::Vfmin { all } else { merged };
    op_rr(cx, Form::Andnps, payload, result)
}

/// `vfabs` clears the sign, `vfneg` flips it.
pub fn sign(cx: &mut Cx, data: &InstData) -> VReg {
    let lanes = lanes(data);
    let signs = splat_bits(lanes, 1 << (lanes.bits() - 1));
    let arg = cx.reg(data.args[0]);
    match data.op {
        Op::Vfabs => op(cx, Form::Andps, arg, vector(!signs)),
        _ => op(cx, Form::Xorps, arg, vector(signs)),
    }
}

/// `vfsqrt` and the roundings to integral values. Bit 3 of the mode suppresses the inexact flag.
pub fn round(cx: &mut Cx, data: &InstData) -> VReg {
    let lanes = lanes(data);
    let arg = source(cx, data.args[0]);
    let mode = match data.op {
        Op::Vfsqrt => return unary(cx, by_float(lanes, Form::Sqrtps, Form::Sqrtpd), arg),
        Op::Vfnearest => 8,
        Op::Vffloor => 9,
        Op::Vfceil => 10,
        Op::Vftrunc => 11,
        other => panic!("{other:?} is no rounding"),
    };
    unary_imm(cx, by_float(lanes, Form::Roundps, Form::Roundpd), arg, mode)
}

/// `vfcmp`. Greater is less with the operands exchanged.
pub fn compare(cx: &mut Cx, data: &InstData) -> VReg {
    let (lanes, cc) = data.vec_fcmp();
    let (a, b) = two(data);
    let fp = |single, double| by_float(lanes, single, double);
    match cc {
        FloatCc::Eq => commutative(cx, fp(Form::Cmpeqps, Form::Cmpeqpd), a, b),
        FloatCc::Ne => commutative(cx, fp(Form::Cmpneqps, Form::Cmpneqpd), a, b),
        FloatCc::Lt => binary(cx, fp(Form::Cmpltps, Form::Cmpltpd), a, b),
        FloatCc::Le => binary(cx, fp(Form::Cmpleps, Form::Cmplepd), a, b),
        FloatCc::Gt => binary(cx, fp(Form::Cmpltps, Form::Cmpltpd), b, a),
        FloatCc::Ge => binary(cx, fp(Form::Cmpleps, Form::Cmplepd), b, a),
    }
}

/// `vfma`, `vfnma`: rounded once where there is FMA, else twice, which both are right.
pub fn fma(cx: &mut Cx, data: &InstData) -> VReg {
    let lanes = lanes(data);
    let (a, b, c) = (data.args[0], data.args[1], data.args[2]);
    let fp = |single, double| by_float(lanes, single, double);
    let adds = data.op == Op::Vfma;
    if cx.isa.cpu.fma {
        return fused(cx, lanes, adds, [a, b, c]);
    }
    let product = commutative(cx, fp(Form::Mulps, Form::Mulpd), a, b);
    if adds {
        return combine(cx, fp(Form::Addps, Form::Addpd), product, c);
    }
    let c = cx.reg(c);
    op_rr(cx, fp(Form::Subps, Form::Subpd), c, product)
}

/// The result takes the place of the addend (231) or of a factor (213); the last operand may be in memory.
fn fused(cx: &mut Cx, lanes: Lanes, adds: bool, [a, b, c]: [Value; 3]) -> VReg {
    let fp = |single, double| by_float(lanes, single, double);
    let dst = temp(cx);
    if dies(cx, c) || !dies(cx, a) {
        let form = if adds {
            fp(Form::Vfmadd231ps, Form::Vfmadd231pd)
        } else {
            fp(Form::Vfnmadd231ps, Form::Vfnmadd231pd)
        };
        let b = source(cx, b);
        let (a, c) = (cx.reg(a), cx.reg(c));
        row_trap(cx, form, &[tied(dst, c), reg(a), b.0], b.1);
    } else {
        let form = if adds {
            fp(Form::Vfmadd213ps, Form::Vfmadd213pd)
        } else {
            fp(Form::Vfnmadd213ps, Form::Vfnmadd213pd)
        };
        let c = source(cx, c);
        let (a, b) = (cx.reg(a), cx.reg(b));
        row_trap(cx, form, &[tied(dst, a), reg(b), c.0], c.1);
    }
    dst
}

// Conversions.

const TWO_31: f64 = 2_147_483_648.0;
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// To i32x4, saturating or relaxed. The instruction gives the smallest number for NaN and for what does not fit, which is one of the relaxed
/// results for signed numbers.
pub fn to_int(cx: &mut Cx, data: &InstData) -> VReg {
    let arg = data.args[0];
    match data.op {
        Op::VrelaxedTruncS => {
            let arg = source(cx, arg);
            unary(cx, Form::Cvttps2dq, arg)
        }
        Op::VrelaxedTruncZeroS => {
            let arg = source(cx, arg);
            unary(cx, Form::Cvttpd2dq, arg)
        }
        Op::VtruncSatS => single_signed(cx, arg),
        Op::VtruncSatU | Op::VrelaxedTruncU => single_unsigned(cx, arg),
        Op::VtruncSatZeroS => double_signed(cx, arg),
        Op::VtruncSatZeroU | Op::VrelaxedTruncZeroU => double_unsigned(cx, arg),
        other => panic!("{other:?} is no truncation"),
    }
}

/// NaN is made zero before, the smallest number that stands for what is too large the largest afterwards.
fn single_signed(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let limit = constant_reg(cx, splat(Lanes::F32x4, TWO_31));
    let too_large = op_rr(cx, Form::Cmpleps, limit, arg);
    let ordered = op_rr(cx, Form::Cmpeqps, arg, arg);
    let number = op_rr(cx, Form::Andps, ordered, arg);
    let converted = unary(cx, Form::Cvttps2dq, (reg(number), None));
    op_rr(cx, Form::Pxor, converted, too_large)
}

/// The sum of the number, which is 2^31 from there on, and of what is above 2^31, at most 2^31 - 1.
fn single_unsigned(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let zero = zero(cx);
    // NaN gives the second operand.
    let number = op_rr(cx, Form::Maxps, arg, zero);
    let limit = constant_reg(cx, splat(Lanes::F32x4, TWO_31));
    let above = op_rr(cx, Form::Subps, number, limit);
    let too_large = op_rr(cx, Form::Cmpleps, limit, above);
    let rest = unary(cx, Form::Cvttps2dq, (reg(above), None));
    let rest = op_rr(cx, Form::Pxor, rest, too_large);
    let rest = op_rr(cx, Form::Pmaxsd, rest, zero);
    let low = unary(cx, Form::Cvttps2dq, (reg(number), None));
    op_rr(cx, Form::Paddd, low, rest)
}

/// The minimum with the largest number; of NaN it is its second operand, where the same comparison leaves zero.
fn double_signed(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let ordered = op_rr(cx, Form::Cmpeqpd, arg, arg);
    let limit = vector(splat(Lanes::F64x2, TWO_31 - 1.0));
    let limit = op(cx, Form::Andps, ordered, limit);
    let number = op_rr(cx, Form::Minpd, arg, limit);
    unary(cx, Form::Cvttpd2dq, (reg(number), None))
}

/// An integer below 2^32 added to 2^52 is in the low half of the sum's bits.
fn double_unsigned(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let zero = zero(cx);
    let number = op_rr(cx, Form::Maxpd, arg, zero);
    let limit = vector(splat(Lanes::F64x2, 2.0 * TWO_31 - 1.0));
    let number = op(cx, Form::Minpd, number, limit);
    let integral = unary_imm(cx, Form::Roundpd, (reg(number), None), 11);
    let offset = vector(splat(Lanes::F64x2, TWO_52));
    let bits = op(cx, Form::Addpd, integral, offset);
    op_rri(cx, Form::Shufps, bits, (reg(zero), None), 0x88)
}

/// `vconv_…`, `vdemote`, `vpromote`.
pub fn convert(cx: &mut Cx, data: &InstData) -> VReg {
    let arg = data.args[0];
    let form = match data.op {
        Op::VconvU => return from_unsigned(cx, arg),
        Op::VconvLowU => return low_from_unsigned(cx, arg),
        Op::VconvS => Form::Cvtdq2ps,
        Op::Vdemote => Form::Cvtpd2ps,
        Op::VconvLowS | Op::Vpromote => {
            let form = match data.op {
                Op::Vpromote => Form::Cvtps2pd,
                _ => Form::Cvtdq2pd,
            };
            let arg = half_source(cx, arg);
            return unary(cx, form, arg);
        }
        other => panic!("{other:?} is no conversion"),
    };
    let arg = source(cx, arg);
    unary(cx, form, arg)
}

/// Halves of 16 bits become exact numbers by the exponents 2^23 and 2^39; their sum without these is rounded once.
fn from_unsigned(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let low_exponent = (vector(splat_bits(Lanes::I32x4, 0x4b00_0000)), None);
    let low = op_rri(cx, Form::Pblendw, arg, low_exponent, 0xaa);
    let high = op_imm(cx, Form::PsrldI, arg, 16);
    let high_exponent = (vector(splat_bits(Lanes::I32x4, 0x5300_0000)), None);
    let high = op_rri(cx, Form::Pblendw, high, high_exponent, 0xaa);
    // 2^39 + 2^23.
    let both = vector(splat_bits(Lanes::I32x4, 0x5300_0080));
    let high = op(cx, Form::Subps, high, both);
    op_rr(cx, Form::Addps, high, low)
}

/// With 0x43300000 above, a u32 is the low half of 2^52 plus it.
fn low_from_unsigned(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let exponent = vector(splat_bits(Lanes::I32x4, 0x4330_0000));
    let bits = op(cx, Form::Unpcklps, arg, exponent);
    op(cx, Form::Subpd, bits, vector(splat(Lanes::F64x2, TWO_52)))
}
