//! Division and remainder by constants.
//!
//! Powers of two become shifts. For other divisors of 32-bit numbers the quotient is the high part of a 64-bit product with a
//! rounded-up reciprocal (Granlund and Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994); the product
//! fits because both factors have 32 bits. 64-bit numbers would need the high half of a 128-bit product and keep their division.
//!
//! A constant divisor other than 0 and -1 cannot trap, so nothing is lost with the division. Zero and -1 keep the op.

use super::super::build::Builder;
use super::eval::{mask, signed, width};
use super::{Op, Type, Value};

/// `x op c`.
pub fn divide(b: &mut Builder, op: Op, ty: Type, x: Value, c: u64) -> Option<Value> {
    if c == 0 {
        return None;
    }
    match op {
        Op::DivU => unsigned(b, ty, x, c),
        Op::RemU if c.is_power_of_two() => {
            let low = b.constant(ty, c - 1);
            Some(b.binary(Op::And, ty, x, low))
        }
        Op::RemU => {
            let quotient = unsigned(b, ty, x, c)?;
            Some(remainder(b, ty, x, quotient, c))
        }
        // The remainder takes the dividend's sign, so the divisor's does not matter; of -1 and 1 it is 0.
        Op::RemS => {
            let magnitude = signed(ty, c).unsigned_abs() & mask(ty);
            if magnitude == 1 {
                return Some(b.constant(ty, 0));
            }
            let quotient = signed_quotient(b, ty, x, magnitude)?;
            Some(remainder(b, ty, x, quotient, magnitude))
        }
        Op::DivS => {
            let divisor = signed(ty, c);
            match divisor {
                -1 => None,
                1 => Some(x),
                _ => {
                    let quotient = signed_quotient(b, ty, x, divisor.unsigned_abs() & mask(ty))?;
                    Some(if divisor < 0 {
                        negate(b, ty, quotient)
                    } else {
                        quotient
                    })
                }
            }
        }
        _ => None,
    }
}

/// x - q * c
fn remainder(b: &mut Builder, ty: Type, x: Value, quotient: Value, c: u64) -> Value {
    let c = b.constant(ty, c);
    let product = b.binary(Op::Mul, ty, quotient, c);
    b.binary(Op::Sub, ty, x, product)
}

fn negate(b: &mut Builder, ty: Type, x: Value) -> Value {
    let zero = b.constant(ty, 0);
    b.binary(Op::Sub, ty, zero, x)
}

fn shift(b: &mut Builder, op: Op, ty: Type, x: Value, count: u32) -> Value {
    let count = b.constant(ty, u64::from(count));
    b.binary(op, ty, x, count)
}

/// floor(x / c)
fn unsigned(b: &mut Builder, ty: Type, x: Value, c: u64) -> Option<Value> {
    if c.is_power_of_two() {
        return Some(shift(b, Op::ShrU, ty, x, c.trailing_zeros()));
    }
    if ty != Type::I32 {
        return None;
    }
    // With l = ceil(log2 c) and m = floor(2^(32+l) / c) + 1, the quotient is floor(x * m / 2^(32+l)); m has 33 bits at most.
    let l = 32 - (c as u32 - 1).leading_zeros();
    let m = ((1u128 << (32 + l)) / u128::from(c) + 1) as u64;
    let wide = b.convert(Op::ExtU, Type::I64, x);
    // An even m can be halved with the shift; then 32 bits are often enough.
    let (mut m, mut l) = (m, l);
    while m % 2 == 0 && l > 0 {
        (m, l) = (m / 2, l - 1);
    }
    if m <= mask(Type::I32) {
        let factor = b.constant(Type::I64, m);
        let product = b.binary(Op::Mul, Type::I64, wide, factor);
        let high = shift(b, Op::ShrU, Type::I64, product, 32 + l);
        return Some(b.convert(Op::Wrap, Type::I32, high));
    }
    // m = 2^32 + k: x * m / 2^(32+l) = (x + t) / 2^l with t = x * k / 2^32. The sum has 33 bits, which 64-bit arithmetic holds.
    let k = b.constant(Type::I64, m & mask(Type::I32));
    let product = b.binary(Op::Mul, Type::I64, wide, k);
    let t = shift(b, Op::ShrU, Type::I64, product, 32);
    let sum = b.binary(Op::Add, Type::I64, wide, t);
    let quotient = shift(b, Op::ShrU, Type::I64, sum, l);
    Some(b.convert(Op::Wrap, Type::I32, quotient))
}

/// x / c truncated towards zero, for c from 2 to 2^(w-1).
fn signed_quotient(b: &mut Builder, ty: Type, x: Value, c: u64) -> Option<Value> {
    let w = width(ty);
    if c.is_power_of_two() {
        // Negative dividends are rounded up by adding c - 1 first.
        let k = c.trailing_zeros();
        let sign = shift(b, Op::ShrS, ty, x, w - 1);
        let bias = shift(b, Op::ShrU, ty, sign, w - k);
        let sum = b.binary(Op::Add, ty, x, bias);
        return Some(shift(b, Op::ShrS, ty, sum, k));
    }
    if ty != Type::I32 {
        return None;
    }
    // With l = floor(log2 c) and m = floor(2^(32+l) / c) + 1 < 2^32, floor(x * m / 2^(32+l)) is the quotient for x >= 0 and one less for
    // x < 0. The product of 32 signed and 32 unsigned bits fits 64 signed bits.
    let l = 31 - (c as u32).leading_zeros();
    let m = ((1u128 << (32 + l)) / u128::from(c) + 1) as u64;
    let wide = b.convert(Op::ExtS, Type::I64, x);
    let factor = b.constant(Type::I64, m);
    let product = b.binary(Op::Mul, Type::I64, wide, factor);
    let floor = shift(b, Op::ShrS, Type::I64, product, 32 + l);
    let floor = b.convert(Op::Wrap, Type::I32, floor);
    let sign = shift(b, Op::ShrU, ty, x, w - 1);
    Some(b.binary(Op::Add, ty, floor, sign))
}
