//! Integer lanes: multiplication, shifts, comparisons, widening.

use super::rows::{
    binary, by_lanes, combine, commutative, constant_reg, half_source, lanes, min_max_form, ones,
    op, op_imm, op_rr, op_rri, op_source, source, splat_bits, temp, unary, unary_imm, vector, zero,
};
use crate::ir::{InstData, IntCc, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::fold::Source;
use crate::isa::x64::lower::rows::{Cx, reg, row, tied};
use crate::isa::x64::operand::Arg;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::two;

/// `pshufd` that copies the odd lanes onto the even ones.
const ODD: i64 = 0xf5;
/// `pshufd` that exchanges the halves; the low half of its result is what counts.
const HIGH_HALF: i64 = 0xee;

fn shuffled(cx: &mut Cx, value: VReg, imm: i64) -> VReg {
    unary_imm(cx, Form::Pshufd, (reg(value), None), imm)
}

/// `vmul`. 64-bit lanes are put together from products of halves: `lo·lo + ((hi·lo + lo·hi) << 32)`.
pub fn mul(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = two(data);
    match lanes(data) {
        Lanes::I16x8 => commutative(cx, Form::Pmullw, a, b),
        Lanes::I32x4 => commutative(cx, Form::Pmulld, a, b),
        _ => {
            let (a, b) = (cx.reg(a), cx.reg(b));
            let a_high = op_imm(cx, Form::PsrlqI, a, 32);
            let cross = op_rr(cx, Form::Pmuludq, a_high, b);
            let b_high = op_imm(cx, Form::PsrlqI, b, 32);
            let other = op_rr(cx, Form::Pmuludq, b_high, a);
            let sum = op_rr(cx, Form::Paddq, cross, other);
            let high = op_imm(cx, Form::PsllqI, sum, 32);
            let low = op_rr(cx, Form::Pmuludq, a, b);
            op_rr(cx, Form::Paddq, low, high)
        }
    }
}

/// `vabs`. Of 64-bit lanes: `(x ^ sign) - sign`, or a blend by the sign.
pub fn abs(cx: &mut Cx, data: &InstData) -> VReg {
    let arg = data.args[0];
    let form = match lanes(data) {
        Lanes::I8x16 => Form::Pabsb,
        Lanes::I16x8 => Form::Pabsw,
        Lanes::I32x4 => Form::Pabsd,
        _ => {
            let arg = cx.reg(arg);
            if cx.isa.cpu.avx {
                let zero = zero(cx);
                let negated = op_rr(cx, Form::Psubq, zero, arg);
                let dst = temp(cx);
                let args = [reg(dst), reg(arg), reg(negated), reg(arg)];
                row(cx, Form::Vblendvpd, &args);
                return dst;
            }
            let sign = sign_of_quads(cx, arg);
            let flipped = op_rr(cx, Form::Pxor, arg, sign);
            return op_rr(cx, Form::Psubq, flipped, sign);
        }
    };
    let arg = source(cx, arg);
    unary(cx, form, arg)
}

/// All ones in the 64-bit lanes that are negative.
fn sign_of_quads(cx: &mut Cx, arg: VReg) -> VReg {
    let high = shuffled(cx, arg, ODD);
    op_imm(cx, Form::PsradI, high, 31)
}

/// Counts of the numbers 0 to 15, for `pshufb`.
const NIBBLE_COUNTS: u128 = 0x0403_0302_0302_0201_0302_0201_0201_0100;

/// `vpopcnt`: counts of both nibbles from a table.
pub fn popcnt(cx: &mut Cx, arg: Value) -> VReg {
    let arg = cx.reg(arg);
    let mask = constant_reg(cx, splat_bits(Lanes::I8x16, 15));
    let low = op_rr(cx, Form::Pand, arg, mask);
    let shifted = op_imm(cx, Form::PsrlwI, arg, 4);
    let high = op_rr(cx, Form::Pand, shifted, mask);
    let table = constant_reg(cx, NIBBLE_COUNTS);
    let low = op_rr(cx, Form::Pshufb, table, low);
    let high = op_rr(cx, Form::Pshufb, table, high);
    op_rr(cx, Form::Paddb, low, high)
}

// Shifts.

/// Shifts of 16, 32, 64 bits: by a register, by a constant. (There is no arithmetic one of 64.)
fn shift_forms(op: Op, lanes: Lanes) -> (Form, Form) {
    use Form as F;
    let at = lanes.bits().trailing_zeros() as usize - 4;
    match op {
        Op::Vshl => [
            (F::Psllw, F::PsllwI),
            (F::Pslld, F::PslldI),
            (F::Psllq, F::PsllqI),
        ][at],
        Op::VshrU => [
            (F::Psrlw, F::PsrlwI),
            (F::Psrld, F::PsrldI),
            (F::Psrlq, F::PsrlqI),
        ][at],
        Op::VshrS => [(F::Psraw, F::PsrawI), (F::Psrad, F::PsradI)][at],
        other => panic!("{other:?} is no shift"),
    }
}

/// `vshl`, `vshr_s`, `vshr_u`.
pub fn shift(cx: &mut Cx, data: &InstData) -> VReg {
    let (value, count) = two(data);
    let lanes = lanes(data);
    let mask = u64::from(lanes.bits() - 1);
    if let Some(bits) = cx.const_bits(count) {
        let value = cx.reg(value);
        return match (bits & mask) as i64 {
            0 => value,
            count => shift_constant(cx, data.op, lanes, value, count),
        };
    }
    let count = masked_count(cx, count, mask);
    let value = cx.reg(value);
    match (data.op, lanes) {
        (Op::VshrS, Lanes::I8x16) => shift_bytes_signed(cx, value, count),
        (_, Lanes::I8x16) => shift_bytes(cx, data.op, value, count),
        (Op::VshrS, Lanes::I64x2) => {
            // (x >> n ^ s) - s, where s is the sign bit where it ends up.
            let count = vector_count(cx, count);
            let sign = constant_reg(cx, splat_bits(lanes, 1 << 63));
            let shifted = op_rr(cx, Form::Psrlq, value, count);
            let sign = op_rr(cx, Form::Psrlq, sign, count);
            let flipped = op_rr(cx, Form::Pxor, shifted, sign);
            op_rr(cx, Form::Psubq, flipped, sign)
        }
        _ => {
            let count = vector_count(cx, count);
            op_rr(cx, shift_forms(data.op, lanes).0, value, count)
        }
    }
}

/// The count modulo the lane's width, in an integer register.
fn masked_count(cx: &mut Cx, count: Value, mask: u64) -> VReg {
    let bounded = cx.pure_def(count).is_some_and(|inst| {
        let data = cx.inst(inst);
        let limit = (data.op == Op::And).then(|| cx.const_bits(data.args[1]));
        limit.flatten().is_some_and(|limit| limit <= mask)
    });
    let count = cx.reg(count);
    if bounded {
        return count;
    }
    let masked = cx.temp(RegClass::Int);
    row(
        cx,
        Form::AndRmI32,
        &[tied(masked, count), Arg::Imm(mask as i64)],
    );
    masked
}

/// Shifts take their count from a vector register.
fn vector_count(cx: &mut Cx, count: VReg) -> VReg {
    unary(cx, Form::MovdXR, (reg(count), None))
}

fn shift_constant(cx: &mut Cx, op: Op, lanes: Lanes, value: VReg, count: i64) -> VReg {
    match (op, lanes) {
        (Op::VshrS, Lanes::I8x16) if count == 7 => {
            let zero = zero(cx);
            op_rr(cx, Form::Pcmpgtb, zero, value)
        }
        (_, Lanes::I8x16) => shift_bytes_constant(cx, op, value, count),
        (Op::VshrS, Lanes::I64x2) => match count {
            63 => sign_of_quads(cx, value),
            1..=32 => {
                // The high halves are those of a shift of 32 bits.
                let low = op_imm(cx, Form::PsrlqI, value, count);
                let high = op_imm(cx, Form::PsradI, value, count.min(31));
                op_rri(cx, Form::Pblendw, low, (reg(high), None), 0xcc)
            }
            _ => {
                let sign = splat_bits(lanes, 1 << (63 - count));
                let shifted = op_imm(cx, Form::PsrlqI, value, count);
                let sign = constant_reg(cx, sign);
                let flipped = op_rr(cx, Form::Pxor, shifted, sign);
                op_rr(cx, Form::Psubq, flipped, sign)
            }
        },
        _ => op_imm(cx, shift_forms(op, lanes).1, value, count),
    }
}

/// Bytes are shifted as words, and what came from the neighbour is cleared.
fn shift_bytes_constant(cx: &mut Cx, op_: Op, value: VReg, count: i64) -> VReg {
    if op_ == Op::Vshl {
        if count == 1 {
            return op_rr(cx, Form::Paddb, value, value);
        }
        let shifted = op_imm(cx, Form::PsllwI, value, count);
        let mask = splat_bits(Lanes::I8x16, 0xff << count);
        return op(cx, Form::Pand, shifted, vector(mask));
    }
    let shifted = op_imm(cx, Form::PsrlwI, value, count);
    let mask = splat_bits(Lanes::I8x16, 0xff >> count);
    let shifted = op(cx, Form::Pand, shifted, vector(mask));
    if op_ == Op::VshrU {
        return shifted;
    }
    let sign = constant_reg(cx, splat_bits(Lanes::I8x16, 0x80 >> count));
    let flipped = op_rr(cx, Form::Pxor, shifted, sign);
    op_rr(cx, Form::Psubb, flipped, sign)
}

/// The mask of [`shift_bytes_constant`] is all ones shifted likewise: of each word the byte that only lost bits.
fn shift_bytes(cx: &mut Cx, op: Op, value: VReg, count: VReg) -> VReg {
    let (form, byte) = match op {
        Op::Vshl => (Form::Psllw, 0),
        _ => (Form::Psrlw, 1),
    };
    let count = vector_count(cx, count);
    let shifted = op_rr(cx, form, value, count);
    let ones = ones(cx);
    let mask = op_rr(cx, form, ones, count);
    let index = constant_reg(cx, splat_bits(Lanes::I8x16, byte));
    let mask = op_rr(cx, Form::Pshufb, mask, index);
    op_rr(cx, Form::Pand, shifted, mask)
}

/// Bytes in the upper halves of words, shifted by 8 more, and packed again.
fn shift_bytes_signed(cx: &mut Cx, value: VReg, count: VReg) -> VReg {
    let more = cx.temp(RegClass::Int);
    row(cx, Form::AddRmI32, &[tied(more, count), Arg::Imm(8)]);
    let count = vector_count(cx, more);
    let low = op_rr(cx, Form::Punpcklbw, value, value);
    let high = op_rr(cx, Form::Punpckhbw, value, value);
    let low = op_rr(cx, Form::Psraw, low, count);
    let high = op_rr(cx, Form::Psraw, high, count);
    op_rr(cx, Form::Packsswb, low, high)
}

// Comparisons.

/// The result of a comparison, or its opposite where that takes an instruction less.
#[derive(Clone, Copy)]
pub struct Mask {
    pub reg: VReg,
    /// All ones mean false.
    pub inverted: bool,
}

/// The mask with all ones for true.
pub fn as_it_is(cx: &mut Cx, mask: Mask) -> VReg {
    if !mask.inverted {
        return mask.reg;
    }
    let ones = ones(cx);
    op_rr(cx, Form::Pxor, ones, mask.reg)
}

/// `vicmp`. There are instructions for equal and signed greater; `a <= b` is `min(a, b) == a`, which also does unsigned.
pub fn compare(cx: &mut Cx, data: &InstData) -> Mask {
    let (lanes, cc) = data.vec_icmp();
    let (a, b) = two(data);
    let equal = by_lanes(
        lanes,
        [Form::Pcmpeqb, Form::Pcmpeqw, Form::Pcmpeqd, Form::Pcmpeqq],
    );
    let greater = by_lanes(
        lanes,
        [Form::Pcmpgtb, Form::Pcmpgtw, Form::Pcmpgtd, Form::Pcmpgtq],
    );
    let mask = |reg, inverted| Mask { reg, inverted };
    match cc {
        IntCc::Eq => mask(commutative(cx, equal, a, b), false),
        IntCc::Ne => mask(commutative(cx, equal, a, b), true),
        IntCc::GtS => mask(binary(cx, greater, a, b), false),
        IntCc::LtS => mask(binary(cx, greater, b, a), false),
        IntCc::LeS if lanes == Lanes::I64x2 => mask(binary(cx, greater, a, b), true),
        IntCc::GeS if lanes == Lanes::I64x2 => mask(binary(cx, greater, b, a), true),
        IntCc::LeS => mask(bounded(cx, Op::VminS, lanes, equal, a, b), false),
        IntCc::GeS => mask(bounded(cx, Op::VmaxS, lanes, equal, a, b), false),
        IntCc::LeU => mask(bounded(cx, Op::VminU, lanes, equal, a, b), false),
        IntCc::GeU => mask(bounded(cx, Op::VmaxU, lanes, equal, a, b), false),
        IntCc::GtU => mask(bounded(cx, Op::VminU, lanes, equal, a, b), true),
        IntCc::LtU => mask(bounded(cx, Op::VmaxU, lanes, equal, a, b), true),
    }
}

/// Whether the minimum or maximum of a and b is a.
fn bounded(cx: &mut Cx, op: Op, lanes: Lanes, equal: Form, a: Value, b: Value) -> VReg {
    let b = source(cx, b);
    let a = cx.reg(a);
    let bound = op_source(cx, min_max_form(op, lanes), a, b);
    op_rr(cx, equal, bound, a)
}

// Widening.

/// Instructions that extend the low half: signed, unsigned.
fn extend_forms(lanes: Lanes) -> (Form, Form) {
    match lanes {
        Lanes::I16x8 => (Form::Pmovsxbw, Form::Pmovzxbw),
        Lanes::I32x4 => (Form::Pmovsxwd, Form::Pmovzxwd),
        _ => (Form::Pmovsxdq, Form::Pmovzxdq),
    }
}

/// `vextend_…`.
pub fn extend(cx: &mut Cx, data: &InstData) -> VReg {
    let (signed, unsigned) = extend_forms(lanes(data));
    let arg = data.args[0];
    match data.op {
        Op::VextendLowS => {
            let arg = half_source(cx, arg);
            unary(cx, signed, arg)
        }
        Op::VextendLowU => {
            let arg = half_source(cx, arg);
            unary(cx, unsigned, arg)
        }
        Op::VextendHighS => {
            let arg = high_half(cx, arg);
            unary(cx, signed, arg)
        }
        Op::VextendHighU => {
            let form = match lanes(data) {
                Lanes::I16x8 => Form::Punpckhbw,
                Lanes::I32x4 => Form::Punpckhwd,
                _ => Form::Punpckhdq,
            };
            let zero = zero(cx);
            let arg = cx.reg(arg);
            op_rr(cx, form, arg, zero)
        }
        other => panic!("{other:?} is no extension"),
    }
}

/// The high half in the low one.
fn high_half(cx: &mut Cx, arg: Value) -> Source {
    let arg = source(cx, arg);
    let high = unary_imm(cx, Form::Pshufd, arg, HIGH_HALF);
    (reg(high), None)
}

/// `vextmul_…`: bytes are extended, words multiplied into two halves, doubles have an instruction.
pub fn extmul(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = two(data);
    let is_high = matches!(data.op, Op::VextmulHighS | Op::VextmulHighU);
    let is_signed = matches!(data.op, Op::VextmulLowS | Op::VextmulHighS);
    match lanes(data) {
        Lanes::I16x8 => {
            let (signed, unsigned) = extend_forms(Lanes::I16x8);
            let form = if is_signed { signed } else { unsigned };
            let half = |cx: &mut Cx, value| {
                let arg = if is_high {
                    high_half(cx, value)
                } else {
                    half_source(cx, value)
                };
                unary(cx, form, arg)
            };
            let a = half(cx, a);
            let b = half(cx, b);
            op_rr(cx, Form::Pmullw, a, b)
        }
        Lanes::I32x4 => {
            let (a, b) = (cx.reg(a), cx.reg(b));
            let high = if is_signed {
                Form::Pmulhw
            } else {
                Form::Pmulhuw
            };
            let low = op_rr(cx, Form::Pmullw, a, b);
            let high = op_rr(cx, high, a, b);
            let merge = if is_high {
                Form::Punpckhwd
            } else {
                Form::Punpcklwd
            };
            op_rr(cx, merge, low, high)
        }
        _ => {
            // Lanes 0 and 1, or 2 and 3, to the even places.
            let spread = if is_high { 0xfa } else { 0x50 };
            let (a, b) = (source(cx, a), source(cx, b));
            let a = unary_imm(cx, Form::Pshufd, a, spread);
            let b = unary_imm(cx, Form::Pshufd, b, spread);
            let form = if is_signed {
                Form::Pmuldq
            } else {
                Form::Pmuludq
            };
            op_rr(cx, form, a, b)
        }
    }
}

/// `vextadd_pairwise_…`: products with ones, added in pairs. There is no such instruction for unsigned words.
pub fn extadd(cx: &mut Cx, data: &InstData) -> VReg {
    let arg = data.args[0];
    let byte_ones = splat_bits(Lanes::I8x16, 1);
    match (data.op, lanes(data)) {
        (Op::VextaddPairwiseS, Lanes::I16x8) => {
            // The first operand is the unsigned one.
            let ones = constant_reg(cx, byte_ones);
            combine(cx, Form::Pmaddubsw, ones, arg)
        }
        (Op::VextaddPairwiseU, Lanes::I16x8) => {
            let arg = cx.reg(arg);
            op(cx, Form::Pmaddubsw, arg, vector(byte_ones))
        }
        (Op::VextaddPairwiseS, _) => {
            let arg = cx.reg(arg);
            let ones = splat_bits(Lanes::I16x8, 1);
            op(cx, Form::Pmaddwd, arg, vector(ones))
        }
        _ => {
            let arg = cx.reg(arg);
            let zero = zero(cx);
            let odd = op_imm(cx, Form::PsrldI, arg, 16);
            let even = op_rri(cx, Form::Pblendw, arg, (reg(zero), None), 0xaa);
            op_rr(cx, Form::Paddd, even, odd)
        }
    }
}

/// `vq15mulr`: the instruction gives -0x8000 for the one product that must saturate.
pub fn q15mulr(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = two(data);
    let product = commutative(cx, Form::Pmulhrsw, a, b);
    let min = constant_reg(cx, splat_bits(Lanes::I16x8, 0x8000));
    let overflow = op_rr(cx, Form::Pcmpeqw, min, product);
    op_rr(cx, Form::Pxor, product, overflow)
}

/// Whether no lane is zero, as a mask whose all ones mean that one is.
pub fn zero_lanes(cx: &mut Cx, lanes: Lanes, arg: Value) -> VReg {
    let form = by_lanes(
        lanes,
        [Form::Pcmpeqb, Form::Pcmpeqw, Form::Pcmpeqd, Form::Pcmpeqq],
    );
    let zero = zero(cx);
    combine(cx, form, zero, arg)
}
