//! Vectors: constants, bitwise identities, lanes that are put in and taken out again, shuffles in canonical form.
//!
//! Canonical: constants right where operands may be exchanged; a shuffle that reads one vector has it as both operands and indices below 16;
//! `andnot` only of values whose complement is not at hand; counts of shifts below the lane's width; a lane that is spread is a
//! shuffle. Relaxed ops are folded only where every instruction set gives the same.

use super::super::build::Builder;
use super::super::eval_vec::{self, eval_vec, lane};
use super::super::types::{FloatCc, IntCc};
use super::super::vec::Lanes;
use super::eval;
use super::{Imm, Op, Type, Value};

const ONES: u128 = u128::MAX;

/// Whether operands may be exchanged.
pub fn is_commutative(op: Op, imm: &Imm) -> bool {
    match op {
        Op::Vand
        | Op::Vor
        | Op::Vxor
        | Op::Vadd
        | Op::Vmul
        | Op::VaddSatS
        | Op::VaddSatU
        | Op::VminS
        | Op::VminU
        | Op::VmaxS
        | Op::VmaxU
        | Op::VavgrU
        | Op::Vdot
        | Op::Vq15mulr
        | Op::VextmulLowS
        | Op::VextmulLowU
        | Op::VextmulHighS
        | Op::VextmulHighU => true,
        Op::Vicmp => matches!(
            imm,
            Imm::VecIcmp {
                cc: IntCc::Eq | IntCc::Ne,
                ..
            }
        ),
        _ => false,
    }
}

/// A simpler value for a vector op.
pub fn fold(b: &mut Builder, op: Op, imm: &Imm, args: &[Value]) -> Option<Value> {
    if let Some(value) = constants(b, op, imm, args) {
        return Some(value);
    }
    match (op, imm, args) {
        (Op::Vnot, _, &[x]) => not(b, x),
        (Op::Vand, _, &[x, y]) => and(b, x, y),
        (Op::Vandnot, _, &[x, y]) => andnot(b, x, y),
        (Op::Vor, _, &[x, y]) => or(b, x, y),
        (Op::Vxor, _, &[x, y]) => xor(b, x, y),
        (Op::Vbitselect, _, &[x, y, mask]) => bitselect(b, x, y, mask),
        (Op::Vsplat, &Imm::Lanes(lanes), &[x]) => splat(b, lanes, x),
        (Op::Vextract | Op::VextractS | Op::VextractU, &Imm::Lane { lanes, lane }, &[x]) => {
            extract(b, op, lanes, lane, x)
        }
        (Op::Vreplace, &Imm::Lane { lanes, lane }, &[x, y]) => replace(b, lanes, lane, x, y),
        (Op::Vshuffle, &Imm::Vec(indices), &[x, y]) => shuffle(b, indices, x, y),
        (Op::Vswizzle | Op::VrelaxedSwizzle, _, &[x, y]) => swizzle(b, op, x, y),
        (Op::Vshl | Op::VshrS | Op::VshrU, &Imm::Lanes(lanes), &[x, y]) => {
            shift(b, op, lanes, x, y)
        }
        (Op::Vicmp, &Imm::VecIcmp { cc, .. }, &[x, y]) if x == y => {
            Some(b.constant_vec(if eval::icmp(cc, Type::I64, 0, 0) {
                ONES
            } else {
                0
            }))
        }
        (
            Op::VminS | Op::VminU | Op::VmaxS | Op::VmaxU | Op::VavgrU | Op::Vfpmin | Op::Vfpmax,
            _,
            &[x, y],
        ) if x == y => Some(x),
        (_, &Imm::Lanes(lanes), &[x]) => unary(b, op, lanes, x),
        (_, &Imm::Lanes(lanes), &[x, y]) => binary(b, op, lanes, x, y),
        _ => None,
    }
}

/// Whether instruction sets may give different results.
fn is_relaxed(op: Op) -> bool {
    matches!(
        op,
        Op::VrelaxedSwizzle
            | Op::VrelaxedTruncS
            | Op::VrelaxedTruncU
            | Op::VrelaxedTruncZeroS
            | Op::VrelaxedTruncZeroU
            | Op::Vfma
            | Op::Vfnma
            | Op::VrelaxedMin
            | Op::VrelaxedMax
            | Op::VrelaxedQ15mulr
            | Op::VrelaxedDot
            | Op::VrelaxedLaneselect
    )
}

/// The bits of a constant of any type.
fn bits(b: &Builder, value: Value) -> Option<u128> {
    b.as_vec(value)
        .or_else(|| b.as_const(value).map(u128::from))
}

/// Evaluates an op of constants, unless the result depends on how the host makes NaNs.
fn constants(b: &mut Builder, op: Op, imm: &Imm, args: &[Value]) -> Option<Value> {
    if is_relaxed(op) {
        return None;
    }
    let mut operands = [0; 3];
    for (slot, &arg) in operands.iter_mut().zip(args) {
        *slot = bits(b, arg)?;
    }
    let operands = &operands[..args.len()];
    let value = eval_vec(op, imm, operands)?;
    if let Some(to) = eval_vec::nan_lanes(op, imm) {
        let from = match op {
            Op::Vdemote => Lanes::F64x2,
            Op::Vpromote => Lanes::F32x4,
            _ => to,
        };
        if eval_vec::has_nan(value, to) || operands.iter().any(|&x| eval_vec::has_nan(x, from)) {
            return None;
        }
    }
    Some(b.constant_bits(b.vector_result(op, imm), value))
}

/// The operands if the value is this op with this immediate.
fn matched<const N: usize>(b: &Builder, value: Value, op: Op, imm: &Imm) -> Option<[Value; N]> {
    let data = b.def(value)?;
    (data.op == op && data.imm == *imm)
        .then(|| data.args.as_slice().try_into().ok())
        .flatten()
}

fn inverse(b: &Builder, value: Value) -> Option<Value> {
    b.as_unary(value, Op::Vnot)
}

// Bits.

fn not(b: &mut Builder, x: Value) -> Option<Value> {
    if let Some(y) = inverse(b, x) {
        return Some(y);
    }
    let data = b.def(x)?;
    let args = data.args.clone();
    match data.imm {
        Imm::VecIcmp { lanes, cc } => {
            let cc = cc.inverse();
            Some(b.vector(Op::Vicmp, Imm::VecIcmp { lanes, cc }, &args))
        }
        Imm::VecFcmp { lanes, cc } => {
            let cc = match cc {
                FloatCc::Eq => FloatCc::Ne,
                FloatCc::Ne => FloatCc::Eq,
                FloatCc::Lt | FloatCc::Gt | FloatCc::Le | FloatCc::Ge => return None,
            };
            Some(b.vector(Op::Vfcmp, Imm::VecFcmp { lanes, cc }, &args))
        }
        _ => None,
    }
}

fn and(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    match b.as_vec(y) {
        Some(0) => return Some(y),
        Some(ONES) => return Some(x),
        _ if x == y => return Some(x),
        _ => {}
    }
    if let Some(y) = inverse(b, y) {
        return Some(b.vector(Op::Vandnot, Imm::None, &[x, y]));
    }
    let x = inverse(b, x)?;
    Some(b.vector(Op::Vandnot, Imm::None, &[y, x]))
}

fn andnot(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    if x == y {
        return Some(b.constant_vec(0));
    }
    match b.as_vec(x) {
        Some(0) => return Some(x),
        Some(ONES) => return Some(b.vector(Op::Vnot, Imm::None, &[y])),
        _ => {}
    }
    let mask = match b.as_vec(y) {
        Some(bits) => b.constant_vec(!bits),
        None => inverse(b, y)?,
    };
    Some(b.vector(Op::Vand, Imm::None, &[x, mask]))
}

fn or(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    match b.as_vec(y) {
        Some(0) => Some(x),
        Some(ONES) => Some(y),
        _ if x == y => Some(x),
        _ => None,
    }
}

fn xor(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    match b.as_vec(y) {
        Some(0) => Some(x),
        Some(ONES) => Some(b.vector(Op::Vnot, Imm::None, &[x])),
        _ if x == y => Some(b.constant_vec(0)),
        _ => None,
    }
}

fn bitselect(b: &mut Builder, x: Value, y: Value, mask: Value) -> Option<Value> {
    match b.as_vec(mask) {
        Some(0) => return Some(y),
        Some(ONES) => return Some(x),
        _ if x == y => return Some(x),
        _ => {}
    }
    if let Some(mask) = inverse(b, mask) {
        return Some(b.vector(Op::Vbitselect, Imm::None, &[y, x, mask]));
    }
    let op = match (b.as_vec(x), b.as_vec(y)) {
        (Some(0), _) => return Some(b.vector(Op::Vandnot, Imm::None, &[y, mask])),
        (_, Some(0)) => Op::Vand,
        (Some(ONES), _) => return Some(b.vector(Op::Vor, Imm::None, &[y, mask])),
        _ => return None,
    };
    Some(b.vector(op, Imm::None, &[x, mask]))
}

// Lanes.

/// Integer lanes of the width of floating-point ones.
fn integer(lanes: Lanes) -> Lanes {
    match lanes {
        Lanes::F32x4 => Lanes::I32x4,
        Lanes::F64x2 => Lanes::I64x2,
        Lanes::I8x16 | Lanes::I16x8 | Lanes::I32x4 | Lanes::I64x2 => lanes,
    }
}

/// Floating-point lanes of the width of integer ones.
fn float(lanes: Lanes) -> Option<Lanes> {
    match lanes {
        Lanes::I32x4 => Some(Lanes::F32x4),
        Lanes::I64x2 => Some(Lanes::F64x2),
        Lanes::I8x16 | Lanes::I16x8 | Lanes::F32x4 | Lanes::F64x2 => None,
    }
}

/// What of a scalar reaches a lane: bits above the lane's width do not count.
fn lane_source(b: &Builder, lanes: Lanes, x: Value) -> Option<Value> {
    if !matches!(lanes, Lanes::I8x16 | Lanes::I16x8) {
        return None;
    }
    let mask = eval_vec::mask(lanes);
    if let Some((y, c)) = b.as_binary(x, Op::And)
        && b.as_const(c).is_some_and(|c| c & mask == mask)
    {
        return Some(y);
    }
    let extended = match lanes {
        Lanes::I8x16 => b.as_unary(x, Op::Ext8S),
        _ => None,
    };
    extended.or_else(|| b.as_unary(x, Op::Ext16S))
}

/// The other lanes and the operand, where the scalar is only a bit cast away from them.
fn uncast(b: &Builder, lanes: Lanes, x: Value) -> Option<(Lanes, Value)> {
    let y = b.as_unary(x, Op::Bitcast)?;
    let other = float(lanes).unwrap_or(integer(lanes));
    (b.ty(y) == other.scalar()).then_some((other, y))
}

fn splat(b: &mut Builder, lanes: Lanes, x: Value) -> Option<Value> {
    if let Some(y) = lane_source(b, lanes, x) {
        return Some(b.vector(Op::Vsplat, Imm::Lanes(lanes), &[y]));
    }
    if let Some((lanes, y)) = uncast(b, lanes, x) {
        return Some(b.vector(Op::Vsplat, Imm::Lanes(lanes), &[y]));
    }
    // Of a lane → a shuffle that stays among vectors.
    let data = b.def(x)?;
    let Imm::Lane { lanes: from, lane } = data.imm else {
        return None;
    };
    if from.bits() != lanes.bits() || data.args.len() != 1 {
        return None;
    }
    let y = data.args[0];
    let bytes = from.bits() / 8;
    let first = u32::from(lane) * bytes;
    let indices = eval_vec::from_lanes(Lanes::I8x16, |i| u64::from(first + i % bytes));
    Some(b.vector(Op::Vshuffle, Imm::Vec(indices), &[y, y]))
}

/// A scalar that holds a lane as `op` extracts it, given a scalar whose low bits are the lane.
fn extracted(b: &mut Builder, op: Op, lanes: Lanes, x: Value) -> Value {
    let ty = lanes.scalar();
    match (op, lanes) {
        (Op::VextractS, Lanes::I8x16) => b.unary(Op::Ext8S, ty, x),
        (Op::VextractS, _) => b.unary(Op::Ext16S, ty, x),
        (Op::VextractU, _) => {
            let mask = b.constant(ty, eval_vec::mask(lanes));
            b.binary(Op::And, ty, x, mask)
        }
        _ if b.ty(x) != ty => b.convert(Op::Bitcast, ty, x),
        _ => x,
    }
}

fn extract(b: &mut Builder, op: Op, lanes: Lanes, lane: u8, x: Value) -> Option<Value> {
    let data = b.def(x)?;
    let (inner, imm, args) = (data.op, data.imm.clone(), data.args.clone());
    match (inner, imm) {
        (Op::Vsplat, Imm::Lanes(from)) if from.bits() == lanes.bits() => {
            Some(extracted(b, op, lanes, args[0]))
        }
        (
            Op::Vreplace,
            Imm::Lane {
                lanes: from,
                lane: at,
            },
        ) if from.bits() == lanes.bits() => Some(if at == lane {
            extracted(b, op, lanes, args[1])
        } else {
            b.vector(op, Imm::Lane { lanes, lane }, &[args[0]])
        }),
        // From where the shuffle has the lane, if it has it as a whole.
        (Op::Vshuffle, Imm::Vec(indices)) => {
            let bytes = lanes.bits() / 8;
            let index = |i: u32| eval_vec::lane(indices, Lanes::I8x16, i) as u32;
            let first = u32::from(lane) * bytes;
            let from = index(first);
            let whole = from % bytes == 0 && (0..bytes).all(|i| index(first + i) == from + i);
            let source = args[usize::from(from >= 16)];
            let lane = (from % 16 / bytes) as u8;
            whole.then(|| b.vector(op, Imm::Lane { lanes, lane }, &[source]))
        }
        _ => None,
    }
}

fn replace(b: &mut Builder, lanes: Lanes, lane: u8, x: Value, y: Value) -> Option<Value> {
    let imm = Imm::Lane { lanes, lane };
    if let Some(y) = lane_source(b, lanes, y) {
        return Some(b.vector(Op::Vreplace, imm, &[x, y]));
    }
    if let Some((lanes, y)) = uncast(b, lanes, y) {
        return Some(b.vector(Op::Vreplace, Imm::Lane { lanes, lane }, &[x, y]));
    }
    // The lane that is there already.
    if matched(b, x, Op::Vsplat, &Imm::Lanes(lanes)) == Some([y]) {
        return Some(x);
    }
    for op in [Op::Vextract, Op::VextractS, Op::VextractU] {
        if matched(b, y, op, &imm) == Some([x]) {
            return Some(x);
        }
    }
    // The lane that was replaced before does not count.
    let [inner, _] = matched(b, x, Op::Vreplace, &imm)?;
    Some(b.vector(Op::Vreplace, imm, &[inner, y]))
}

// Shuffles.

/// Indices `0, 1, … 15`.
const IDENTITY: u128 = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100;

fn shuffle(b: &mut Builder, indices: u128, x: Value, y: Value) -> Option<Value> {
    let bytes = indices.to_le_bytes();
    let emit = |b: &mut Builder, bytes: [u8; 16], x: Value, y: Value| {
        let imm = Imm::Vec(u128::from_le_bytes(bytes));
        Some(b.vector(Op::Vshuffle, imm, &[x, y]))
    };
    let (low, high) = (
        bytes.iter().all(|&i| i < 16),
        bytes.iter().all(|&i| i >= 16),
    );
    if x == y && !low {
        return emit(b, bytes.map(|i| i % 16), x, x);
    }
    if high {
        return emit(b, bytes.map(|i| i - 16), y, y);
    }
    if x != y {
        return if low { emit(b, bytes, x, x) } else { None };
    }
    if indices == IDENTITY {
        return Some(x);
    }
    let data = b.def(x)?;
    let (op, imm, args) = (data.op, data.imm.clone(), data.args.clone());
    match (op, imm) {
        // Of a shuffle: one shuffle.
        (Op::Vshuffle, Imm::Vec(inner)) => {
            let inner = inner.to_le_bytes();
            emit(b, bytes.map(|i| inner[usize::from(i)]), args[0], args[1])
        }
        // Of equal lanes that stay whole.
        (Op::Vsplat, Imm::Lanes(lanes)) => {
            let width = (lanes.bits() / 8) as usize;
            let same = (0..16).all(|at| usize::from(bytes[at]) % width == at % width);
            same.then_some(x)
        }
        _ => None,
    }
}

/// A swizzle by constants is a shuffle of the vector and zeros.
fn swizzle(b: &mut Builder, op: Op, x: Value, y: Value) -> Option<Value> {
    let indices = b.as_vec(y)?.to_le_bytes();
    if indices.iter().all(|&i| i < 16) {
        let imm = Imm::Vec(u128::from_le_bytes(indices));
        return Some(b.vector(Op::Vshuffle, imm, &[x, x]));
    }
    if op == Op::VrelaxedSwizzle {
        return None;
    }
    let zero = b.constant_vec(0);
    let imm = Imm::Vec(u128::from_le_bytes(indices.map(|i| i.min(16))));
    Some(b.vector(Op::Vshuffle, imm, &[x, zero]))
}

// Arithmetic.

fn shift(b: &mut Builder, op: Op, lanes: Lanes, x: Value, y: Value) -> Option<Value> {
    let width = u64::from(lanes.bits());
    let again = |b: &mut Builder, count: Value| Some(b.vector(op, Imm::Lanes(lanes), &[x, count]));
    match b.as_const(y) {
        Some(count) if count % width == 0 => Some(x),
        Some(count) if count >= width => {
            let count = b.constant(Type::I32, count % width);
            again(b, count)
        }
        Some(_) => None,
        // Counts are modulo the width: a mask that keeps all of the modulus does nothing.
        None => {
            let (count, mask) = b.as_binary(y, Op::And)?;
            let mask = b.as_const(mask)?;
            (mask & (width - 1) == width - 1)
                .then(|| again(b, count))
                .flatten()
        }
    }
}

fn unary(b: &mut Builder, op: Op, lanes: Lanes, x: Value) -> Option<Value> {
    let imm = Imm::Lanes(lanes);
    let inner = |b: &Builder, op: Op| matched(b, x, op, &imm).map(|[y]: [Value; 1]| y);
    match op {
        Op::Vneg => {
            if let Some(y) = inner(b, Op::Vneg) {
                return Some(y);
            }
            let [p, q] = matched(b, x, Op::Vsub, &imm)?;
            Some(b.vector(Op::Vsub, imm, &[q, p]))
        }
        Op::Vfneg => inner(b, Op::Vfneg),
        Op::Vabs | Op::Vfabs => {
            if inner(b, op).is_some() {
                return Some(x);
            }
            let negation = if op == Op::Vabs { Op::Vneg } else { Op::Vfneg };
            let y = inner(b, negation)?;
            Some(b.vector(op, imm, &[y]))
        }
        _ => None,
    }
}

fn binary(b: &mut Builder, op: Op, lanes: Lanes, x: Value, y: Value) -> Option<Value> {
    let imm = Imm::Lanes(lanes);
    let c = b.as_vec(y);
    match (op, c) {
        (
            Op::Vadd | Op::Vsub | Op::VaddSatS | Op::VaddSatU | Op::VsubSatS | Op::VsubSatU,
            Some(0),
        ) => Some(x),
        (Op::Vsub | Op::VsubSatS | Op::VsubSatU, _) if x == y => Some(b.constant_vec(0)),
        (Op::Vsub, _) if b.as_vec(x) == Some(0) => Some(b.vector(Op::Vneg, imm, &[y])),
        // x + -y → x - y
        (Op::Vadd, None) => {
            for (x, y) in [(x, y), (y, x)] {
                if let Some([y]) = matched(b, y, Op::Vneg, &imm) {
                    return Some(b.vector(Op::Vsub, imm, &[x, y]));
                }
            }
            None
        }
        (Op::Vsub, None) => {
            let [y] = matched(b, y, Op::Vneg, &imm)?;
            Some(b.vector(Op::Vadd, imm, &[x, y]))
        }
        (Op::Vmul, Some(0)) => Some(y),
        (Op::Vmul, Some(c)) => {
            let factor = lane(c, lanes, 0);
            if c != eval_vec::splat(lanes, factor) || !factor.is_power_of_two() {
                return None;
            }
            let count = b.constant(Type::I32, u64::from(factor.trailing_zeros()));
            Some(b.vector(Op::Vshl, imm, &[x, count]))
        }
        (Op::Vfdiv, Some(c)) => {
            // By powers of two: exact where the reciprocals are normal numbers.
            let ty = lanes.scalar();
            let mut reciprocals = 0;
            for i in 0..lanes.count() {
                let bits = super::float::exact_reciprocal(ty, lane(c, lanes, i))?;
                reciprocals = eval_vec::with_lane(reciprocals, lanes, i, bits);
            }
            let reciprocals = b.constant_vec(reciprocals);
            Some(b.vector(Op::Vfmul, imm, &[x, reciprocals]))
        }
        _ => None,
    }
}
