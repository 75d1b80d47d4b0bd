//! Vector operations: dispatch, operands, and everything that is one instruction.
//!
//! # Operands
//! A legacy instruction faults if its 16-byte memory operand is not aligned, and Wasm addresses need not be. So the load of a vector becomes
//! an operand only with AVX, whose forms do not care ([`source`]); constants come from the function's pool, which is aligned. Operands of 8
//! bytes and less have no such rule.
//!
//! # Results
//! Functions here return the register that holds the result, and [`instruction`] makes the value another name of it.
//!
//! Zeros and all ones are made in a register (`xorps`, `pcmpeqd`), which costs no load.

pub mod float;
pub mod int;
pub mod lanes;
pub mod reduce;
pub mod shuffle;

use crate::ir::{self, Imm, InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::{Cx, Source, is_full_load, pool, reg, row, row_trap, sink_full, tied};
use crate::isa::x64::mir::{Inst, MReg};
use crate::isa::x64::operand::{Arg, Const};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{dies, two};

/// Lowers a vector op.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    if matches!(data.op, Op::VanyTrue | Op::VallTrue) {
        return super::int::compare_value(cx, inst);
    }
    let result = match data.op {
        Op::Vnot => not(cx, data.args[0]),
        Op::Vbitselect => bitselect(cx, data),
        Op::Vbitmask => reduce::bitmask(cx, data),
        Op::Vsplat => lanes::splat(cx, data),
        Op::Vextract | Op::VextractS | Op::VextractU => lanes::extract(cx, data),
        Op::Vreplace => lanes::replace(cx, data),
        Op::Vshuffle => shuffle::shuffle(cx, data),
        Op::Vswizzle | Op::VrelaxedSwizzle => shuffle::swizzle(cx, data),
        Op::Vmul => int::mul(cx, data),
        Op::Vneg => {
            let zero = zero(cx);
            let form = sub_form(lanes(data));
            combine(cx, form, zero, data.args[0])
        }
        Op::Vabs => int::abs(cx, data),
        Op::Vpopcnt => int::popcnt(cx, data.args[0]),
        Op::Vshl | Op::VshrS | Op::VshrU => int::shift(cx, data),
        Op::Vicmp => {
            let mask = int::compare(cx, data);
            int::as_it_is(cx, mask)
        }
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU => {
            int::extend(cx, data)
        }
        Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
            int::extmul(cx, data)
        }
        Op::VextaddPairwiseS | Op::VextaddPairwiseU => int::extadd(cx, data),
        Op::Vq15mulr => int::q15mulr(cx, data),
        Op::Vfmin | Op::Vfmax => float::min_max(cx, data),
        Op::Vfabs | Op::Vfneg => float::sign(cx, data),
        Op::Vfsqrt | Op::Vfceil | Op::Vffloor | Op::Vftrunc | Op::Vfnearest => {
            float::round(cx, data)
        }
        Op::Vfcmp => float::compare(cx, data),
        Op::VtruncSatS | Op::VtruncSatU | Op::VtruncSatZeroS | Op::VtruncSatZeroU => {
            float::to_int(cx, data)
        }
        Op::VrelaxedTruncS
        | Op::VrelaxedTruncU
        | Op::VrelaxedTruncZeroS
        | Op::VrelaxedTruncZeroU => float::to_int(cx, data),
        Op::VconvS | Op::VconvU | Op::VconvLowS | Op::VconvLowU | Op::Vdemote | Op::Vpromote => {
            float::convert(cx, data)
        }
        Op::Vfma | Op::Vfnma => float::fma(cx, data),
        Op::VrelaxedLaneselect => laneselect(cx, data),
        _ => simple(cx, data),
    };
    cx.alias(cx.result_value(inst, 0), result);
}

// What the families share.

/// A new vector register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Float)
}

/// The lanes that an op works in; bytes where its name says them.
pub fn lanes(data: &InstData) -> Lanes {
    data.imm.lanes().unwrap_or(Lanes::I8x16)
}

/// Picks a form by the lanes' width: 8, 16, 32, 64 bits.
pub fn by_lanes(lanes: Lanes, forms: [Form; 4]) -> Form {
    forms[lanes.bits().trailing_zeros() as usize - 3]
}

/// Picks a form by the floats' width.
pub fn by_float(lanes: Lanes, single: Form, double: Form) -> Form {
    if lanes == Lanes::F64x2 {
        double
    } else {
        single
    }
}

/// Zeros.
pub fn zero(cx: &mut Cx) -> VReg {
    let dst = temp(cx);
    cx.emit(Inst::FloatZero { dst });
    dst
}

/// All ones.
pub fn ones(cx: &mut Cx) -> VReg {
    let dst = temp(cx);
    cx.emit(Inst::VecOnes { dst });
    dst
}

/// Makes a constant.
pub fn constant(cx: &mut Cx, dst: VReg, bits: u128) {
    match bits {
        0 => cx.emit(Inst::FloatZero { dst }),
        u128::MAX => cx.emit(Inst::VecOnes { dst }),
        _ => row(cx, Form::Movaps, &[reg(dst), vector(bits)]),
    }
}

/// A constant in a register.
pub fn constant_reg(cx: &mut Cx, bits: u128) -> VReg {
    let dst = temp(cx);
    constant(cx, dst, bits);
    dst
}

/// A constant as an operand in memory.
pub fn vector(bits: u128) -> Arg<MReg> {
    pool(Const::vector(bits))
}

/// A vector with this in every lane.
pub fn splat_bits(lanes: Lanes, lane: u64) -> u128 {
    let width = lanes.bits();
    let lane = u128::from(lane) & (u128::MAX >> (128 - width));
    (0..lanes.count()).fold(0, |all, n| all | lane << (n * width))
}

/// Whether the value is the constant zero.
pub fn is_zero(cx: &Cx, value: Value) -> bool {
    cx.vec_bits(value) == Some(0)
}

/// Whether [`source`] is in memory.
fn is_memory(cx: &Cx, value: Value) -> bool {
    match cx.vec_bits(value) {
        Some(bits) => bits != 0 && bits != u128::MAX,
        None => cx.isa.cpu.avx && is_full_load(cx, value),
    }
}

/// A whole vector as a register, a constant of the pool or (AVX) the place of its load.
pub fn source(cx: &mut Cx, value: Value) -> Source {
    if is_memory(cx, value) {
        if let Some(bits) = cx.vec_bits(value) {
            return (vector(bits), None);
        }
        if let Some(load) = sink_full(cx, value) {
            return load;
        }
    }
    (reg(cx.reg(value)), None)
}

/// The lower half of a vector, as a register or the place of its load.
pub fn half_source(cx: &mut Cx, value: Value) -> Source {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        if let (
            Op::Vreplace,
            Imm::Lane {
                lanes: Lanes::I64x2 | Lanes::F64x2,
                lane: 0,
            },
        ) = (data.op, &data.imm)
            && let Some(load) = sink_full(cx, data.args[1])
        {
            return load;
        }
    }
    (reg(cx.reg(value)), None)
}

/// `a op b` for a register and any operand.
pub fn op(cx: &mut Cx, form: Form, a: VReg, b: Arg<MReg>) -> VReg {
    op_source(cx, form, a, (b, None))
}

/// `a op b` for two registers.
pub fn op_rr(cx: &mut Cx, form: Form, a: VReg, b: VReg) -> VReg {
    op(cx, form, a, reg(b))
}

/// `a op imm`, and what else has a source that is overwritten and a number.
pub fn op_imm(cx: &mut Cx, form: Form, a: VReg, imm: i64) -> VReg {
    op(cx, form, a, Arg::Imm(imm))
}

/// `a op b, imm`.
pub fn op_rri(cx: &mut Cx, form: Form, a: VReg, b: Source, imm: i64) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[tied(dst, a), b.0, Arg::Imm(imm)], b.1);
    dst
}

/// `a op b`.
pub fn op_source(cx: &mut Cx, form: Form, a: VReg, b: Source) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[tied(dst, a), b.0], b.1);
    dst
}

/// `op a`, with a result of its own.
pub fn unary(cx: &mut Cx, form: Form, a: Source) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[reg(dst), a.0], a.1);
    dst
}

/// `op a, imm`, with a result of its own.
pub fn unary_imm(cx: &mut Cx, form: Form, a: Source, imm: i64) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[reg(dst), a.0, Arg::Imm(imm)], a.1);
    dst
}

/// `a op b` for a register and a value.
pub fn combine(cx: &mut Cx, form: Form, a: VReg, b: Value) -> VReg {
    let b = source(cx, b);
    op_source(cx, form, a, b)
}

/// `a op b` for two values.
pub fn binary(cx: &mut Cx, form: Form, a: Value, b: Value) -> VReg {
    let b = source(cx, b);
    let a = cx.reg(a);
    op_source(cx, form, a, b)
}

/// As [`binary`] where the operands may change places: what is in memory comes second, what is used for the last time first.
pub fn commutative(cx: &mut Cx, form: Form, a: Value, b: Value) -> VReg {
    let swap = !is_memory(cx, b) && (is_memory(cx, a) || dies(cx, b) && !dies(cx, a));
    if swap {
        binary(cx, form, b, a)
    } else {
        binary(cx, form, a, b)
    }
}

// Bitwise operations.

fn not(cx: &mut Cx, arg: Value) -> VReg {
    let ones = ones(cx);
    combine(cx, Form::Pxor, ones, arg)
}

/// The argument of a `vnot`.
fn inverted(cx: &Cx, value: Value) -> Option<Value> {
    let data = cx.inst(cx.pure_def(value)?);
    (data.op == Op::Vnot).then(|| data.args[0])
}

/// `a & b`; `a & !b` for one that is inverted.
fn and(cx: &mut Cx, a: Value, b: Value) -> VReg {
    if let Some(b) = inverted(cx, b) {
        return binary(cx, Form::Pandn, b, a);
    }
    if let Some(a) = inverted(cx, a) {
        return binary(cx, Form::Pandn, a, b);
    }
    commutative(cx, Form::Pand, a, b)
}

/// How many bitwise operations deep [`is_byte_mask`] looks.
const MASK_DEPTH: u32 = 3;

/// Whether every byte is known to be 0 or 255.
fn is_byte_mask(cx: &Cx, value: Value, depth: u32) -> bool {
    if let Some(bits) = cx.vec_bits(value) {
        return bits.to_le_bytes().iter().all(|&b| b == 0 || b == 255);
    }
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    match data.op {
        Op::Vicmp | Op::Vfcmp => true,
        Op::Vnot | Op::Vand | Op::Vor | Op::Vxor | Op::Vandnot => {
            depth != 0
                && data
                    .args
                    .iter()
                    .all(|&arg| is_byte_mask(cx, arg, depth - 1))
        }
        _ => false,
    }
}

/// Bits of a where the mask is set, else of b.
fn bitselect(cx: &mut Cx, data: &InstData) -> VReg {
    let (mut a, mut b, mut mask) = (data.args[0], data.args[1], data.args[2]);
    if let Some(inner) = inverted(cx, mask) {
        (a, b, mask) = (b, a, inner);
    }
    if is_byte_mask(cx, mask, MASK_DEPTH) && cx.vec_bits(mask).is_none() {
        return blend_by_mask(cx, a, b, mask);
    }
    // (mask & a) | (!mask & b): the mask is read twice, so it is in a register, and what may be overwritten first is a.
    let mask = cx.reg(mask);
    let from_a = if dies(cx, a) && !is_memory(cx, a) {
        let a = cx.reg(a);
        op_rr(cx, Form::Pand, a, mask)
    } else {
        combine(cx, Form::Pand, mask, a)
    };
    let from_b = combine(cx, Form::Pandn, mask, b);
    op_rr(cx, Form::Por, from_a, from_b)
}

/// Bytes of a where the mask has 255, else of b. A comparison that is cheaper the other way round exchanges them.
fn blend_by_mask(cx: &mut Cx, a: Value, b: Value, mask: Value) -> VReg {
    let compared = cx
        .pure_def(mask)
        .filter(|&inst| cx.inst(inst).op == Op::Vicmp && cx.is_single_use(mask));
    let (mask, exchange) = match compared {
        Some(inst) => {
            let mask = int::compare(cx, cx.inst(inst));
            (mask.reg, mask.inverted)
        }
        None => (cx.reg(mask), false),
    };
    let (a, b) = if exchange { (b, a) } else { (a, b) };
    blend(cx, [Form::Pblendvb, Form::Vpblendvb], a, b, mask)
}

/// `mask ? a : b` by the highest bits of the mask's lanes; the legacy form has the mask in xmm0.
fn blend(cx: &mut Cx, forms: [Form; 2], a: Value, b: Value, mask: VReg) -> VReg {
    let a = source(cx, a);
    let b = cx.reg(b);
    let dst = temp(cx);
    if cx.isa.cpu.avx {
        row_trap(cx, forms[1], &[reg(dst), reg(b), a.0, reg(mask)], a.1);
    } else {
        row_trap(cx, forms[0], &[tied(dst, b), a.0, reg(mask)], a.1);
    }
    dst
}

/// `i16x8` has no blend of its own: there the bits decide one by one, which the standard allows as well.
fn laneselect(cx: &mut Cx, data: &InstData) -> VReg {
    let forms = match lanes(data) {
        Lanes::I8x16 => [Form::Pblendvb, Form::Vpblendvb],
        Lanes::I32x4 => [Form::Blendvps, Form::Vblendvps],
        Lanes::I64x2 => [Form::Blendvpd, Form::Vblendvpd],
        Lanes::I16x8 | Lanes::F32x4 | Lanes::F64x2 => return bitselect(cx, data),
    };
    let mask = cx.reg(data.args[2]);
    blend(cx, forms, data.args[0], data.args[1], mask)
}

// One instruction.

fn sub_form(lanes: Lanes) -> Form {
    by_lanes(lanes, [Form::Psubb, Form::Psubw, Form::Psubd, Form::Psubq])
}

/// Which operand is overwritten.
enum Order {
    Any,
    First,
    Second,
}

fn simple(cx: &mut Cx, data: &InstData) -> VReg {
    let (a, b) = two(data);
    if data.op == Op::Vand {
        return and(cx, a, b);
    }
    let (form, order) = form(data.op, lanes(data));
    match order {
        Order::Any => commutative(cx, form, a, b),
        Order::First => binary(cx, form, a, b),
        Order::Second => binary(cx, form, b, a),
    }
}

/// The instruction of a binary op.
fn form(op: Op, lanes: Lanes) -> (Form, Order) {
    use Form as F;
    use Lanes::{I8x16, I16x8};
    use Order::{Any, First, Second};
    let pick = |forms: [Form; 4]| by_lanes(lanes, forms);
    let fp = |single, double| by_float(lanes, single, double);
    let is_bytes = lanes == I8x16;
    // Two rows, for bytes and words.
    let small = |bytes, words| {
        debug_assert!(matches!(lanes, I8x16 | I16x8));
        if is_bytes { bytes } else { words }
    };
    match op {
        // First is inverted.
        Op::Vandnot => (F::Pandn, Second),
        Op::Vor => (F::Por, Any),
        Op::Vxor => (F::Pxor, Any),
        Op::Vadd => (pick([F::Paddb, F::Paddw, F::Paddd, F::Paddq]), Any),
        Op::Vsub => (sub_form(lanes), First),
        Op::VaddSatS => (small(F::Paddsb, F::Paddsw), Any),
        Op::VaddSatU => (small(F::Paddusb, F::Paddusw), Any),
        Op::VsubSatS => (small(F::Psubsb, F::Psubsw), First),
        Op::VsubSatU => (small(F::Psubusb, F::Psubusw), First),
        Op::VavgrU => (small(F::Pavgb, F::Pavgw), Any),
        Op::VminS | Op::VminU | Op::VmaxS | Op::VmaxU => (min_max_form(op, lanes), Any),
        Op::VnarrowS => (small(F::Packsswb, F::Packssdw), First),
        Op::VnarrowU => (small(F::Packuswb, F::Packusdw), First),
        Op::Vdot => (F::Pmaddwd, Any),
        // The unsigned operand comes first.
        Op::VrelaxedDot => (F::Pmaddubsw, Second),
        Op::VrelaxedQ15mulr => (F::Pmulhrsw, Any),
        Op::Vfadd => (fp(F::Addps, F::Addpd), Any),
        Op::Vfsub => (fp(F::Subps, F::Subpd), First),
        Op::Vfmul => (fp(F::Mulps, F::Mulpd), Any),
        Op::Vfdiv => (fp(F::Divps, F::Divpd), First),
        // `min` gives its second operand unless the first is less, which is what `vfpmin` asks of b and a.
        Op::Vfpmin => (fp(F::Minps, F::Minpd), Second),
        Op::Vfpmax => (fp(F::Maxps, F::Maxpd), Second),
        Op::VrelaxedMin => (fp(F::Minps, F::Minpd), First),
        Op::VrelaxedMax => (fp(F::Maxps, F::Maxpd), First),
        other => panic!("{other:?} is no binary vector operation"),
    }
}

/// Minimum and maximum of lanes of 8, 16 and 32 bits.
pub fn min_max_form(op: Op, lanes: Lanes) -> Form {
    let forms = match op {
        Op::VminS => [Form::Pminsb, Form::Pminsw, Form::Pminsd],
        Op::VminU => [Form::Pminub, Form::Pminuw, Form::Pminud],
        Op::VmaxS => [Form::Pmaxsb, Form::Pmaxsw, Form::Pmaxsd],
        Op::VmaxU => [Form::Pmaxub, Form::Pmaxuw, Form::Pmaxud],
        other => panic!("{other:?} is no minimum or maximum"),
    };
    forms[lanes.bits().trailing_zeros() as usize - 3]
}
