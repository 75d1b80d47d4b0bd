//! Floating-point arithmetic.
//!
//! Only rewrites that keep every bit, NaNs included: sign operations are bit operations, while arithmetic quiets signalling NaNs, so `x * 1`
//! and `x + 0` stay.

use super::super::build::Builder;
use super::eval::width;
use super::{Op, Type, Value};

/// Rules for `(T) -> T`.
pub fn unary(b: &mut Builder, op: Op, ty: Type, x: Value) -> Option<Value> {
    match op {
        Op::Fneg => b.as_unary(x, Op::Fneg),
        Op::Fabs => {
            // Whatever sets only the sign is lost under an absolute value.
            if b.as_unary(x, Op::Fabs).is_some() {
                return Some(x);
            }
            let inner = sign_source(b, x)?;
            Some(b.unary(Op::Fabs, ty, inner))
        }
        _ => None,
    }
}

/// Rules for `(T, T) -> T`.
pub fn binary(b: &mut Builder, op: Op, ty: Type, x: Value, y: Value) -> Option<Value> {
    match op {
        Op::Fcopysign => {
            if x == y {
                return Some(x);
            }
            if let Some(inner) = sign_source(b, x) {
                return Some(b.binary(op, ty, inner, y));
            }
            if let Some(sign) = b.as_const(y) {
                let positive = b.unary(Op::Fabs, ty, x);
                let negative = sign >> (width(ty) - 1) & 1 != 0;
                return Some(if negative {
                    b.unary(Op::Fneg, ty, positive)
                } else {
                    positive
                });
            }
            None
        }
        Op::Fdiv => {
            // x / 2^k → x * 2^-k, exact where the reciprocal is a normal number.
            let reciprocal = exact_reciprocal(ty, b.as_const(y)?)?;
            let reciprocal = b.constant(ty, reciprocal);
            Some(b.binary(Op::Fmul, ty, x, reciprocal))
        }
        _ => None,
    }
}

/// The operand of an operation that only changes the sign.
fn sign_source(b: &Builder, x: Value) -> Option<Value> {
    let data = b.def(x)?;
    matches!(data.op, Op::Fneg | Op::Fabs | Op::Fcopysign).then(|| data.args[0])
}

/// The reciprocal of a power of two, if it is a normal number.
pub fn exact_reciprocal(ty: Type, bits: u64) -> Option<u64> {
    match ty {
        Type::F32 => {
            let (x, bits) = (f32::from_bits(bits as u32), bits as u32);
            let y = 1.0 / x;
            (x.is_normal() && y.is_normal() && bits & 0x007f_ffff == 0)
                .then(|| u64::from(y.to_bits()))
        }
        Type::F64 => {
            let x = f64::from_bits(bits);
            let y = 1.0 / x;
            (x.is_normal() && y.is_normal() && bits & 0x000f_ffff_ffff_ffff == 0)
                .then(|| y.to_bits())
        }
        _ => None,
    }
}
