//! Exact meaning of the pure ops on bit patterns: what the interpreter executes and the builder folds with.
//!
//! Operands and results are 64-bit patterns; `i32` and `f32` use the low half and the rest is zero. The functions are total: an
//! operation that traps returns its trap code. NaN results of floating-point arithmetic are whatever the host gives; callers that
//! must not depend on that use [`is_nan`].

use super::types::{FloatCc, IntCc, Type};
use super::{Imm, Op};
use crate::abi::TrapCode;

/// Low bits that a value of the type uses.
pub fn mask(ty: Type) -> u64 {
    match ty {
        Type::I32 | Type::F32 | Type::Gc => u64::from(u32::MAX),
        Type::I64 | Type::F64 | Type::Ref | Type::Ptr | Type::V128 => u64::MAX,
    }
}

/// Bits in a value of an integer type.
pub fn width(ty: Type) -> u32 {
    mask(ty).count_ones()
}

/// The pattern read as a signed number of the type.
pub fn signed(ty: Type, bits: u64) -> i64 {
    match ty {
        Type::I32 | Type::F32 | Type::Gc => i64::from(bits as u32 as i32),
        Type::I64 | Type::F64 | Type::Ref | Type::Ptr | Type::V128 => bits as i64,
    }
}

/// Whether the pattern is a NaN of a floating-point type (false for other types).
pub fn is_nan(ty: Type, bits: u64) -> bool {
    match ty {
        Type::F32 => f32::from_bits(bits as u32).is_nan(),
        Type::F64 => f64::from_bits(bits).is_nan(),
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr | Type::V128 => false,
    }
}

/// The canonical NaN (core spec 4.3.3), positive.
pub fn canonical_nan(ty: Type) -> u64 {
    match ty {
        Type::F32 => 0x7fc0_0000,
        Type::F64 => 0x7ff8_0000_0000_0000,
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr | Type::V128 => 0,
    }
}

/// Whether the op's NaN results have an unspecified payload or sign, so that they depend on the host.
pub fn makes_nan(op: Op) -> bool {
    matches!(
        op,
        Op::Fadd
            | Op::Fsub
            | Op::Fmul
            | Op::Fdiv
            | Op::Fmin
            | Op::Fmax
            | Op::Fsqrt
            | Op::Fceil
            | Op::Ffloor
            | Op::Ftrunc
            | Op::Fnearest
            | Op::Demote
            | Op::Promote
    )
}

/// Evaluates a pure op. `from` is the type of the first operand, which conversions need. `None`: not a pure scalar op.
pub fn eval(
    op: Op,
    ty: Type,
    imm: &Imm,
    from: Type,
    args: &[u64],
) -> Option<Result<u64, TrapCode>> {
    if ty == Type::V128 || from == Type::V128 {
        return None;
    }
    let value = match (op, args) {
        (Op::Icmp, &[a, b]) => match imm {
            Imm::IntCc(cc) => u64::from(icmp(*cc, ty, a, b)),
            _ => return None,
        },
        (Op::Fcmp, &[a, b]) => match imm {
            Imm::FloatCc(cc) => u64::from(fcmp(*cc, ty, a, b)),
            _ => return None,
        },
        (Op::Select, &[cond, a, b]) => {
            if cond as u32 != 0 {
                a
            } else {
                b
            }
        }
        (Op::AddCarry, &[x, y, a, b]) => x.wrapping_add(y).wrapping_add((a < b).into()),
        (Op::SubBorrow, &[x, y, a, b]) => x.wrapping_sub(y).wrapping_sub((a < b).into()),
        (Op::DivS | Op::DivU | Op::RemS | Op::RemU, &[a, b]) => return Some(divide(op, ty, a, b)),
        (Op::TruncS | Op::TruncU, &[a]) => return Some(truncate(op, ty, from, a)),
        (_, &[a, b]) if ty.is_float() => float_binary(op, ty, a, b)?,
        (_, &[a, b]) => int_binary(op, ty, a, b)?,
        (_, &[a]) => match op {
            Op::Wrap => a & mask(Type::I32),
            Op::ExtS => a as u32 as i32 as i64 as u64,
            Op::ExtU => u64::from(a as u32),
            Op::Bitcast => a,
            Op::Demote => u64::from((f64::from_bits(a) as f32).to_bits()),
            Op::Promote => f64::from(f32::from_bits(a as u32)).to_bits(),
            Op::ConvS | Op::ConvU => convert(op, ty, from, a),
            Op::TruncSatS | Op::TruncSatU => saturate(op, ty, from, a),
            _ if ty.is_float() => float_unary(op, ty, a)?,
            _ => int_unary(op, ty, a)?,
        },
        _ => return None,
    };
    Some(Ok(value & mask(result_type(op, ty))))
}

/// Type of the only result of a pure op.
pub fn result_type(op: Op, ty: Type) -> Type {
    match op {
        Op::Icmp | Op::Fcmp => Type::I32,
        _ => ty,
    }
}

/// Integer comparison.
pub fn icmp(cc: IntCc, ty: Type, a: u64, b: u64) -> bool {
    let (a, b) = (a & mask(ty), b & mask(ty));
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    match cc {
        IntCc::Eq => a == b,
        IntCc::Ne => a != b,
        IntCc::LtS => sa < sb,
        IntCc::LtU => a < b,
        IntCc::GtS => sa > sb,
        IntCc::GtU => a > b,
        IntCc::LeS => sa <= sb,
        IntCc::LeU => a <= b,
        IntCc::GeS => sa >= sb,
        IntCc::GeU => a >= b,
    }
}

/// Floating-point comparison.
pub fn fcmp(cc: FloatCc, ty: Type, a: u64, b: u64) -> bool {
    // Promotion is exact and keeps order and NaN-ness.
    let number = |bits: u64| match ty {
        Type::F32 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    };
    let (a, b) = (number(a), number(b));
    match cc {
        FloatCc::Eq => a == b,
        FloatCc::Ne => a != b,
        FloatCc::Lt => a < b,
        FloatCc::Gt => a > b,
        FloatCc::Le => a <= b,
        FloatCc::Ge => a >= b,
    }
}

fn divide(op: Op, ty: Type, a: u64, b: u64) -> Result<u64, TrapCode> {
    let (a, b) = (a & mask(ty), b & mask(ty));
    if b == 0 {
        return Err(TrapCode::IntegerDivisionByZero);
    }
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    let overflow = sb == -1 && a == 1 << (width(ty) - 1);
    let value = match op {
        Op::DivS if overflow => return Err(TrapCode::IntegerOverflow),
        Op::DivS => (sa / sb) as u64,
        Op::RemS => sa.wrapping_rem(sb) as u64,
        Op::DivU => a / b,
        _ => a % b,
    };
    Ok(value & mask(ty))
}

fn int_binary(op: Op, ty: Type, a: u64, b: u64) -> Option<u64> {
    let w = width(ty);
    let count = (b % u64::from(w)) as u32;
    Some(match op {
        Op::Add => a.wrapping_add(b),
        Op::Sub => a.wrapping_sub(b),
        Op::Mul => a.wrapping_mul(b),
        Op::MulHighS => ((i128::from(a as i64) * i128::from(b as i64)) >> 64) as u64,
        Op::MulHighU => ((u128::from(a) * u128::from(b)) >> 64) as u64,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => a << count,
        Op::ShrS => (signed(ty, a) >> count) as u64,
        Op::ShrU => (a & mask(ty)) >> count,
        Op::Rotl | Op::Rotr => {
            let left = if op == Op::Rotl {
                count
            } else {
                (w - count) % w
            };
            if w == 32 {
                u64::from((a as u32).rotate_left(left))
            } else {
                a.rotate_left(left)
            }
        }
        _ => return None,
    })
}

fn int_unary(op: Op, ty: Type, a: u64) -> Option<u64> {
    let (a, w) = (a & mask(ty), width(ty));
    Some(match op {
        Op::Clz => u64::from(a.leading_zeros() - (64 - w)),
        Op::Ctz => u64::from(a.trailing_zeros().min(w)),
        Op::Popcnt => u64::from(a.count_ones()),
        Op::Bswap => a.swap_bytes() >> (64 - w),
        Op::Ext8S => a as i8 as u64,
        Op::Ext16S => a as i16 as u64,
        Op::Ext32S => a as i32 as u64,
        _ => return None,
    })
}

macro_rules! float_ops {
    ($binary:ident, $unary:ident, $float:ty, $bits:ty, $sign:expr) => {
        fn $binary(op: Op, a: u64, b: u64) -> Option<u64> {
            let (x, y) = (
                <$float>::from_bits(a as $bits),
                <$float>::from_bits(b as $bits),
            );
            let value = match op {
                Op::Fadd => x + y,
                Op::Fsub => x - y,
                Op::Fmul => x * y,
                Op::Fdiv => x / y,
                // NaN if either is; the sum is one then. Zeros are ordered by their sign bits.
                Op::Fmin | Op::Fmax if x.is_nan() || y.is_nan() => x + y,
                Op::Fmin if x == y => <$float>::from_bits(x.to_bits() | y.to_bits()),
                Op::Fmax if x == y => <$float>::from_bits(x.to_bits() & y.to_bits()),
                Op::Fmin => {
                    if x < y {
                        x
                    } else {
                        y
                    }
                }
                Op::Fmax => {
                    if x > y {
                        x
                    } else {
                        y
                    }
                }
                Op::Fcopysign => {
                    <$float>::from_bits((x.to_bits() & !$sign) | (y.to_bits() & $sign))
                }
                _ => return None,
            };
            Some(value.to_bits() as u64)
        }
        fn $unary(op: Op, a: u64) -> Option<u64> {
            let x = <$float>::from_bits(a as $bits);
            let value = match op {
                Op::Fabs => return Some(((a as $bits) & !$sign) as u64),
                Op::Fneg => return Some(((a as $bits) ^ $sign) as u64),
                Op::Fsqrt => x.sqrt(),
                Op::Fceil => x.ceil(),
                Op::Ffloor => x.floor(),
                Op::Ftrunc => x.trunc(),
                Op::Fnearest => x.round_ties_even(),
                _ => return None,
            };
            // Rounding keeps a signalling NaN on some hosts; arithmetic quiets it.
            let value = if value.is_nan() { value + value } else { value };
            Some(value.to_bits() as u64)
        }
    };
}

float_ops!(binary_f32, unary_f32, f32, u32, 0x8000_0000u32);
float_ops!(binary_f64, unary_f64, f64, u64, 0x8000_0000_0000_0000u64);

fn float_binary(op: Op, ty: Type, a: u64, b: u64) -> Option<u64> {
    if ty == Type::F32 {
        binary_f32(op, a, b)
    } else {
        binary_f64(op, a, b)
    }
}

fn float_unary(op: Op, ty: Type, a: u64) -> Option<u64> {
    if ty == Type::F32 {
        unary_f32(op, a)
    } else {
        unary_f64(op, a)
    }
}

/// The operand of a float-to-integer conversion, exactly.
fn float_operand(from: Type, a: u64) -> f64 {
    if from == Type::F32 {
        f64::from(f32::from_bits(a as u32))
    } else {
        f64::from_bits(a)
    }
}

fn truncate(op: Op, ty: Type, from: Type, a: u64) -> Result<u64, TrapCode> {
    let x = float_operand(from, a);
    if x.is_nan() {
        return Err(TrapCode::BadConversionToInteger);
    }
    // The truncated value must be representable; the bounds are exact powers of two.
    let whole = x.trunc();
    let (low, high) = match (op, ty) {
        (Op::TruncS, Type::I32) => (-2147483648.0, 2147483648.0),
        (Op::TruncS, _) => (-9223372036854775808.0, 9223372036854775808.0),
        (_, Type::I32) => (0.0, 4294967296.0),
        _ => (0.0, 18446744073709551616.0),
    };
    if whole >= low && whole < high {
        Ok(saturate(op, ty, from, a) & mask(ty))
    } else {
        Err(TrapCode::IntegerOverflow)
    }
}

/// Rust's `as` has exactly the saturating semantics.
fn saturate(op: Op, ty: Type, from: Type, a: u64) -> u64 {
    let x = float_operand(from, a);
    let is_signed = matches!(op, Op::TruncS | Op::TruncSatS);
    match (is_signed, ty) {
        (true, Type::I32) => x as i32 as u32 as u64,
        (true, _) => x as i64 as u64,
        (false, Type::I32) => u64::from(x as u32),
        (false, _) => x as u64,
    }
}

fn convert(op: Op, ty: Type, from: Type, a: u64) -> u64 {
    let is_signed = op == Op::ConvS;
    let (s, u) = (signed(from, a), a & mask(from));
    match (ty, is_signed) {
        (Type::F32, true) => u64::from((s as f32).to_bits()),
        (Type::F32, false) => u64::from((u as f32).to_bits()),
        (_, true) => (s as f64).to_bits(),
        (_, false) => (u as f64).to_bits(),
    }
}
