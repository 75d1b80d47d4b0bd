//! Exact meaning of the vector ops on bit patterns: what the interpreter executes and the builder folds with.
//!
//! Lanes of numbers mean what the scalar ops mean, so those are asked ([`eval`]); only what exists for vectors alone is written here.
//! NaN results are whatever the host gives, as in `eval`; [`nan_lanes`] tells where they can be. Relaxed ops give the first of the
//! results that their documentation names.

use super::eval::{self, eval};
use super::types::{FloatCc, IntCc, Type};
use super::vec::Lanes;
use super::{Imm, Op};

use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4};

/// The bits of a lane.
pub fn lane(vector: u128, lanes: Lanes, index: u32) -> u64 {
    (vector >> (index * lanes.bits())) as u64 & mask(lanes)
}

/// The vector with another lane; what is above the lane's width is dropped.
pub fn with_lane(vector: u128, lanes: Lanes, index: u32, bits: u64) -> u128 {
    let shift = index * lanes.bits();
    let hole = !(u128::from(mask(lanes)) << shift);
    vector & hole | u128::from(bits & mask(lanes)) << shift
}

/// A vector from its lanes.
pub fn from_lanes(lanes: Lanes, lane: impl Fn(u32) -> u64) -> u128 {
    (0..lanes.count()).fold(0, |vector, i| with_lane(vector, lanes, i, lane(i)))
}

/// The same number in each lane.
pub fn splat(lanes: Lanes, bits: u64) -> u128 {
    from_lanes(lanes, |_| bits)
}

/// All ones in a lane.
pub fn mask(lanes: Lanes) -> u64 {
    u64::MAX >> (64 - lanes.bits())
}

/// The lanes in which a result can be a NaN whose payload or sign is unspecified.
pub fn nan_lanes(op: Op, imm: &Imm) -> Option<Lanes> {
    match op {
        Op::Vdemote => Some(F32x4),
        Op::Vpromote => Some(F64x2),
        Op::Vfadd
        | Op::Vfsub
        | Op::Vfmul
        | Op::Vfdiv
        | Op::Vfmin
        | Op::Vfmax
        | Op::Vfsqrt
        | Op::Vfceil
        | Op::Vffloor
        | Op::Vftrunc
        | Op::Vfnearest
        | Op::Vfma
        | Op::Vfnma
        | Op::VrelaxedMin
        | Op::VrelaxedMax => match imm {
            Imm::Lanes(lanes) => Some(*lanes),
            _ => None,
        },
        _ => None,
    }
}

/// The vector with what `other` makes of each lane that is a NaN.
pub fn replace_nans(vector: u128, lanes: Lanes, mut other: impl FnMut(u64) -> u64) -> u128 {
    let ty = lanes.scalar();
    let mut result = vector;
    for i in 0..lanes.count() {
        let bits = lane(vector, lanes, i);
        if eval::is_nan(ty, bits) {
            result = with_lane(result, lanes, i, other(bits));
        }
    }
    result
}

/// Whether a lane is a NaN.
pub fn has_nan(vector: u128, lanes: Lanes) -> bool {
    (0..lanes.count()).any(|i| eval::is_nan(lanes.scalar(), lane(vector, lanes, i)))
}

/// Evaluates a vector op; scalar operands and results are in the low bits. `None`: not a vector op, or not its immediate.
pub fn eval_vec(op: Op, imm: &Imm, args: &[u128]) -> Option<u128> {
    if op.shape() != super::Shape::Vector {
        return None;
    }
    let x = args.first().copied().unwrap_or(0);
    let y = args.get(1).copied().unwrap_or(0);
    let z = args.get(2).copied().unwrap_or(0);
    if let Some(bits) = bitwise(op, x, y, z) {
        return Some(bits);
    }
    Some(match *imm {
        Imm::VecIcmp { lanes, cc } => icmp(lanes, cc, x, y),
        Imm::VecFcmp { lanes, cc } => fcmp(lanes, cc, x, y),
        Imm::Lane { lanes, lane: index } => {
            let index = u32::from(index);
            match op {
                Op::Vreplace => with_lane(x, lanes, index, y as u64),
                Op::VextractS => u128::from(signed(x, lanes, index) as u32),
                _ => u128::from(lane(x, lanes, index)),
            }
        }
        Imm::Vec(indices) => from_lanes(I8x16, |i| {
            let index = lane(indices, I8x16, i) as u32;
            lane(if index < 16 { x } else { y }, I8x16, index % 16)
        }),
        Imm::Lanes(lanes) => return by_lanes(op, lanes, x, y, z),
        Imm::None => return fixed(op, x, y),
        _ => return None,
    })
}

fn bitwise(op: Op, x: u128, y: u128, z: u128) -> Option<u128> {
    Some(match op {
        Op::Vnot => !x,
        Op::Vand => x & y,
        Op::Vandnot => x & !y,
        Op::Vor => x | y,
        Op::Vxor => x ^ y,
        Op::Vbitselect | Op::VrelaxedLaneselect => x & z | y & !z,
        Op::VanyTrue => u128::from(x != 0),
        _ => return None,
    })
}

/// A lane as a signed number.
fn signed(vector: u128, lanes: Lanes, index: u32) -> i64 {
    let shift = 64 - lanes.bits();
    (lane(vector, lanes, index) << shift) as i64 >> shift
}

/// Smallest and largest number of signed lanes.
fn signed_range(lanes: Lanes) -> (i64, i64) {
    let max = (mask(lanes) >> 1) as i64;
    (!max, max)
}

fn icmp(lanes: Lanes, cc: IntCc, x: u128, y: u128) -> u128 {
    from_lanes(lanes, |i| {
        // Extension keeps the order.
        let holds = match cc {
            IntCc::LtS | IntCc::GtS | IntCc::LeS | IntCc::GeS => {
                let (a, b) = (signed(x, lanes, i), signed(y, lanes, i));
                eval::icmp(cc, Type::I64, a as u64, b as u64)
            }
            IntCc::Eq | IntCc::Ne | IntCc::LtU | IntCc::GtU | IntCc::LeU | IntCc::GeU => {
                eval::icmp(cc, Type::I64, lane(x, lanes, i), lane(y, lanes, i))
            }
        };
        if holds { u64::MAX } else { 0 }
    })
}

fn fcmp(lanes: Lanes, cc: FloatCc, x: u128, y: u128) -> u128 {
    from_lanes(lanes, |i| {
        let (a, b) = (lane(x, lanes, i), lane(y, lanes, i));
        if eval::fcmp(cc, lanes.scalar(), a, b) {
            u64::MAX
        } else {
            0
        }
    })
}

/// Ops whose immediate is the lanes.
fn by_lanes(op: Op, lanes: Lanes, x: u128, y: u128, z: u128) -> Option<u128> {
    let ux = |i| lane(x, lanes, i);
    let uy = |i| lane(y, lanes, i);
    let sx = |i| signed(x, lanes, i);
    let sy = |i| signed(y, lanes, i);
    let (low, high) = signed_range(lanes);
    let max = mask(lanes);
    let count = (y % u128::from(lanes.bits())) as u32;
    Some(match op {
        Op::Vsplat => splat(lanes, x as u64),
        Op::VallTrue => u128::from((0..lanes.count()).all(|i| ux(i) != 0)),
        Op::Vbitmask => (0..lanes.count()).fold(0, |all, i| all | u128::from(sx(i) < 0) << i),
        Op::Vadd => from_lanes(lanes, |i| ux(i).wrapping_add(uy(i))),
        Op::Vsub => from_lanes(lanes, |i| ux(i).wrapping_sub(uy(i))),
        Op::Vmul => from_lanes(lanes, |i| ux(i).wrapping_mul(uy(i))),
        Op::Vneg => from_lanes(lanes, |i| ux(i).wrapping_neg()),
        Op::Vabs => from_lanes(lanes, |i| sx(i).unsigned_abs()),
        Op::VaddSatS => from_lanes(lanes, |i| (sx(i) + sy(i)).clamp(low, high) as u64),
        Op::VaddSatU => from_lanes(lanes, |i| (ux(i) + uy(i)).min(max)),
        Op::VsubSatS => from_lanes(lanes, |i| (sx(i) - sy(i)).clamp(low, high) as u64),
        Op::VsubSatU => from_lanes(lanes, |i| ux(i).saturating_sub(uy(i))),
        Op::VminS => from_lanes(lanes, |i| sx(i).min(sy(i)) as u64),
        Op::VminU => from_lanes(lanes, |i| ux(i).min(uy(i))),
        Op::VmaxS => from_lanes(lanes, |i| sx(i).max(sy(i)) as u64),
        Op::VmaxU => from_lanes(lanes, |i| ux(i).max(uy(i))),
        Op::VavgrU => from_lanes(lanes, |i| (ux(i) + uy(i)).div_ceil(2)),
        Op::Vshl => from_lanes(lanes, |i| ux(i) << count),
        Op::VshrS => from_lanes(lanes, |i| (sx(i) >> count) as u64),
        Op::VshrU => from_lanes(lanes, |i| ux(i) >> count),
        Op::VnarrowS | Op::VnarrowU => {
            let wide = lanes.wider()?;
            let half = wide.count();
            let (low, high) = match op {
                Op::VnarrowS => (low, high),
                _ => (0, max as i64),
            };
            from_lanes(lanes, |i| {
                let (vector, i) = if i < half { (x, i) } else { (y, i - half) };
                signed(vector, wide, i).clamp(low, high) as u64
            })
        }
        Op::VextendLowS
        | Op::VextendLowU
        | Op::VextendHighS
        | Op::VextendHighU
        | Op::VextmulLowS
        | Op::VextmulLowU
        | Op::VextmulHighS
        | Op::VextmulHighU => {
            let narrow = lanes.narrower()?;
            let is_high = matches!(
                op,
                Op::VextendHighS | Op::VextendHighU | Op::VextmulHighS | Op::VextmulHighU
            );
            let first = if is_high { lanes.count() } else { 0 };
            let extend = |vector, i| match op {
                Op::VextendLowS | Op::VextendHighS | Op::VextmulLowS | Op::VextmulHighS => {
                    signed(vector, narrow, first + i) as u64
                }
                _ => lane(vector, narrow, first + i),
            };
            let is_product = matches!(
                op,
                Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU
            );
            from_lanes(lanes, |i| {
                let factor = if is_product { extend(y, i) } else { 1 };
                extend(x, i).wrapping_mul(factor)
            })
        }
        Op::VextaddPairwiseS => {
            let narrow = lanes.narrower()?;
            let extended = |i| signed(x, narrow, i);
            from_lanes(lanes, |i| (extended(2 * i) + extended(2 * i + 1)) as u64)
        }
        Op::VextaddPairwiseU => {
            let narrow = lanes.narrower()?;
            from_lanes(lanes, |i| {
                lane(x, narrow, 2 * i) + lane(x, narrow, 2 * i + 1)
            })
        }
        Op::Vfpmin => choose(lanes, FloatCc::Lt, y, x),
        Op::Vfpmax => choose(lanes, FloatCc::Gt, y, x),
        Op::Vfma => {
            let product = lanewise(Op::Fmul, lanes, x, y)?;
            lanewise(Op::Fadd, lanes, product, z)?
        }
        Op::Vfnma => {
            let product = lanewise(Op::Fmul, lanes, x, y)?;
            lanewise(Op::Fsub, lanes, z, product)?
        }
        _ => lanewise(scalar(op)?, lanes, x, y)?,
    })
}

/// Lanes of `a` where it compares so with `b`, else of `b`.
fn choose(lanes: Lanes, cc: FloatCc, a: u128, b: u128) -> u128 {
    let takes_a = fcmp(lanes, cc, a, b);
    a & takes_a | b & !takes_a
}

/// The scalar op that a floating-point op performs on each lane.
fn scalar(op: Op) -> Option<Op> {
    Some(match op {
        Op::Vfadd => Op::Fadd,
        Op::Vfsub => Op::Fsub,
        Op::Vfmul => Op::Fmul,
        Op::Vfdiv => Op::Fdiv,
        Op::Vfmin | Op::VrelaxedMin => Op::Fmin,
        Op::Vfmax | Op::VrelaxedMax => Op::Fmax,
        Op::Vfabs => Op::Fabs,
        Op::Vfneg => Op::Fneg,
        Op::Vfsqrt => Op::Fsqrt,
        Op::Vfceil => Op::Fceil,
        Op::Vffloor => Op::Ffloor,
        Op::Vftrunc => Op::Ftrunc,
        Op::Vfnearest => Op::Fnearest,
        _ => return None,
    })
}

/// A scalar floating-point op of one or two operands on each lane.
fn lanewise(op: Op, lanes: Lanes, x: u128, y: u128) -> Option<u128> {
    let ty = lanes.scalar();
    let is_unary = op.shape() == super::Shape::Unary;
    let mut result = 0;
    for i in 0..lanes.count() {
        let args = [lane(x, lanes, i), lane(y, lanes, i)];
        let args = if is_unary { &args[..1] } else { &args[..] };
        let bits = eval(op, ty, &Imm::None, ty, args)?.ok()?;
        result = with_lane(result, lanes, i, bits);
    }
    Some(result)
}

/// Ops that work on the same lanes always.
fn fixed(op: Op, x: u128, y: u128) -> Option<u128> {
    let dot = |product: &dyn Fn(u32) -> i64, i: u32| product(2 * i) + product(2 * i + 1);
    Some(match op {
        Op::Vswizzle | Op::VrelaxedSwizzle => from_lanes(I8x16, |i| match lane(y, I8x16, i) {
            index @ 0..16 => lane(x, I8x16, index as u32),
            _ => 0,
        }),
        Op::Vpopcnt => from_lanes(I8x16, |i| u64::from(lane(x, I8x16, i).count_ones())),
        Op::Vdot => {
            let product = |i| signed(x, I16x8, i) * signed(y, I16x8, i);
            from_lanes(I32x4, |i| dot(&product, i) as u64)
        }
        Op::VrelaxedDot => {
            let product = |i| signed(x, I8x16, i) * signed(y, I8x16, i);
            let (low, high) = signed_range(I16x8);
            from_lanes(I16x8, |i| dot(&product, i).clamp(low, high) as u64)
        }
        Op::Vq15mulr | Op::VrelaxedQ15mulr => {
            let (low, high) = signed_range(I16x8);
            from_lanes(I16x8, |i| {
                let product = signed(x, I16x8, i) * signed(y, I16x8, i);
                ((product + 0x4000) >> 15).clamp(low, high) as u64
            })
        }
        Op::VtruncSatS | Op::VrelaxedTruncS => convert(Op::TruncSatS, F32x4, I32x4, x)?,
        Op::VtruncSatU | Op::VrelaxedTruncU => convert(Op::TruncSatU, F32x4, I32x4, x)?,
        Op::VtruncSatZeroS | Op::VrelaxedTruncZeroS => convert(Op::TruncSatS, F64x2, I32x4, x)?,
        Op::VtruncSatZeroU | Op::VrelaxedTruncZeroU => convert(Op::TruncSatU, F64x2, I32x4, x)?,
        Op::VconvS => convert(Op::ConvS, I32x4, F32x4, x)?,
        Op::VconvU => convert(Op::ConvU, I32x4, F32x4, x)?,
        Op::VconvLowS => convert(Op::ConvS, I32x4, F64x2, x)?,
        Op::VconvLowU => convert(Op::ConvU, I32x4, F64x2, x)?,
        Op::Vdemote => convert(Op::Demote, F64x2, F32x4, x)?,
        Op::Vpromote => convert(Op::Promote, F32x4, F64x2, x)?,
        _ => return None,
    })
}

/// Converts the lanes that both divisions have; others of the result are 0.
fn convert(op: Op, from: Lanes, to: Lanes, x: u128) -> Option<u128> {
    let mut result = 0;
    for i in 0..from.count().min(to.count()) {
        let args = [lane(x, from, i)];
        let bits = eval(op, to.scalar(), &Imm::None, from.scalar(), &args)?.ok()?;
        result = with_lane(result, to, i, bits);
    }
    Some(result)
}

/// Splits a vector into the two halves that it takes in arrays of 64-bit slots.
pub fn halves(vector: u128) -> [u64; 2] {
    [vector as u64, (vector >> 64) as u64]
}
