//! Products of 64 by 64 bits that arrive as products of their halves, because WebAssembly has no other way to get the upper 64 bits: `__multi3` of compiler-rt and of
//! Rust's compiler_builtins, hash functions, bignums (the algorithm is in Hacker's Delight, 8-2).
//!
//! With `a = ah·2³² + al` and `b = bh·2³² + bl`, and the cross products `al·bh` and `ah·bl` in either order,
//!
//! ```text
//! first  = al·bl
//! second = cross + (first >> 32)
//! third  = other cross + (second mod 2³²)
//! upper  = ah·bh + (second >> 32) + (third >> 32)
//! lower  = (third << 32) + (first mod 2³²)
//! ```
//!
//! None of the sums overflows (a product of halves is at most 2⁶⁴ - 2³³ + 1), so the upper and lower half of the product are exactly these, for all operands.

use smallvec::SmallVec;

use super::super::build::Builder;
use super::{Op, Type, Value};

const LOW: u64 = 0xffff_ffff;

/// Terms of a sum that are looked at.
const MAX_TERMS: usize = 6;

/// The parts of a product that its upper half is made of.
struct Parts {
    a: Value,
    b: Value,
    first: Value,
    second: Value,
}

/// A sum that has the upper half of a product among its terms.
pub fn upper(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    // The term that completes the sum is among the last ones.
    let ends_so = |v| {
        let (p, q) = b.as_binary(v, Op::Add).unwrap_or((v, v));
        is_term(b, p) || is_term(b, q)
    };
    if !ends_so(x) && !ends_so(y) {
        return None;
    }
    let mut terms: SmallVec<[Value; MAX_TERMS]> = SmallVec::new();
    gather(b, x, &mut terms)?;
    gather(b, y, &mut terms)?;
    for i in 0..terms.len() {
        let Some(parts) = upper_half(b, terms[i]).and_then(|third| parts(b, third)) else {
            continue;
        };
        let is_second = |&term: &Value| upper_half(b, term) == Some(parts.second);
        let is_highest = |&term: &Value| {
            b.as_binary(term, Op::Mul).is_some_and(|(p, q)| {
                let halves = (upper_half(b, p), upper_half(b, q));
                halves == (Some(parts.a), Some(parts.b)) || halves == (Some(parts.b), Some(parts.a))
            })
        };
        let (Some(j), Some(k)) = (
            terms.iter().position(is_second),
            terms.iter().position(is_highest),
        ) else {
            continue;
        };
        let mut sum = b.binary(Op::MulHighU, Type::I64, parts.a, parts.b);
        for (at, &term) in terms.iter().enumerate() {
            if ![i, j, k].contains(&at) {
                sum = b.binary(Op::Add, Type::I64, term, sum);
            }
        }
        return Some(sum);
    }
    None
}

/// The lower half of a product, of two values that are added or have no bits in common.
pub fn lower(b: &mut Builder, x: Value, y: Value) -> Option<Value> {
    for (x, y) in [(x, y), (y, x)] {
        let Some(shifted) = shifted(b, x, Op::Shl) else {
            continue;
        };
        if let Some(first) = lower_half(b, y)
            && let Some(parts) = parts(b, shifted)
            && parts.first == first
        {
            return Some(b.binary(Op::Mul, Type::I64, parts.a, parts.b));
        }
    }
    None
}

/// Whether a term of a sum is one that completes an upper half.
fn is_term(b: &Builder, value: Value) -> bool {
    let is_product = |(p, q)| upper_half(b, p).is_some() && upper_half(b, q).is_some();
    upper_half(b, value).is_some() || b.as_binary(value, Op::Mul).is_some_and(is_product)
}

/// The terms of a sum, unless they are too many.
fn gather(b: &Builder, value: Value, terms: &mut SmallVec<[Value; MAX_TERMS]>) -> Option<()> {
    match b.as_binary(value, Op::Add) {
        Some((p, q)) if b.as_const(q).is_none() => {
            gather(b, p, terms)?;
            gather(b, q, terms)
        }
        _ if terms.len() < MAX_TERMS => {
            terms.push(value);
            Some(())
        }
        _ => None,
    }
}

/// What the third sum is made of.
fn parts(b: &Builder, third: Value) -> Option<Parts> {
    let (p, q) = b.as_binary(third, Op::Add)?;
    for (cross, rest) in [(p, q), (q, p)] {
        let (Some((x, y)), Some(second)) = (cross_product(b, cross), lower_half(b, rest)) else {
            continue;
        };
        let (p, q) = b.as_binary(second, Op::Add)?;
        for (cross, rest) in [(p, q), (q, p)] {
            let Some(first) = upper_half(b, rest) else {
                continue;
            };
            if cross_product(b, cross) == Some((y, x)) && is_lowest(b, first, x, y) {
                return Some(Parts {
                    a: x,
                    b: y,
                    first,
                    second,
                });
            }
        }
    }
    None
}

/// `x` and `y` if the value is the lower half of `x` times the upper half of `y`.
fn cross_product(b: &Builder, value: Value) -> Option<(Value, Value)> {
    let (p, q) = b.as_binary(value, Op::Mul)?;
    match (lower_half(b, p), upper_half(b, q)) {
        (Some(x), Some(y)) => Some((x, y)),
        _ => Some((lower_half(b, q)?, upper_half(b, p)?)),
    }
}

/// Whether the value is the product of the lower halves of both.
fn is_lowest(b: &Builder, value: Value, x: Value, y: Value) -> bool {
    b.as_binary(value, Op::Mul).is_some_and(|(p, q)| {
        let halves = (lower_half(b, p), lower_half(b, q));
        halves == (Some(x), Some(y)) || halves == (Some(y), Some(x))
    })
}

/// What the value is the lower half of.
fn lower_half(b: &Builder, value: Value) -> Option<Value> {
    if let Some((x, mask)) = b.as_binary(value, Op::And) {
        return (b.as_const(mask) == Some(LOW)).then_some(x);
    }
    b.as_unary(value, Op::ExtU)
        .and_then(|narrow| b.as_unary(narrow, Op::Wrap))
}

/// What the value is the upper half of.
fn upper_half(b: &Builder, value: Value) -> Option<Value> {
    shifted(b, value, Op::ShrU)
}

fn shifted(b: &Builder, value: Value, op: Op) -> Option<Value> {
    let (x, count) = b.as_binary(value, op)?;
    (b.as_const(count) == Some(32)).then_some(x)
}
