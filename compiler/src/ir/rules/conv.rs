//! Conversions between types.

use super::super::build::Builder;
use super::eval::mask;
use super::known::{is_non_negative, possible};
use super::{Imm, Op, Type, Value, constants};

/// Rules for `(other) -> to`.
pub fn convert(b: &mut Builder, op: Op, to: Type, x: Value) -> Option<Value> {
    if let Some(value) = constants(b, op, to, &Imm::None, &[x], to) {
        return Some(value);
    }
    let data = b.def(x);
    let inner = data.map(|d| d.op);
    let arg = data.and_then(|d| d.args.first().copied());
    match (op, inner, arg) {
        (Op::Wrap, Some(Op::ExtU | Op::ExtS), Some(y)) => Some(y),
        (Op::Wrap, Some(Op::Ext32S), Some(y)) => Some(b.convert(Op::Wrap, to, y)),
        (Op::Wrap, _, _) => narrowed(b, x),
        (Op::ExtU, Some(Op::Wrap), Some(y)) if possible(b, y) <= mask(Type::I32) => Some(y),
        (Op::ExtS, Some(Op::Wrap), Some(y)) => Some(b.unary(Op::Ext32S, to, y)),
        // Zero extension is free.
        (Op::ExtS, _, _) if is_non_negative(b, x) => Some(b.convert(Op::ExtU, to, x)),
        // An extended number is the same number.
        (Op::ConvS, Some(Op::ExtS), Some(y)) => Some(b.convert(Op::ConvS, to, y)),
        (Op::ConvS | Op::ConvU, Some(Op::ExtU), Some(y)) => Some(b.convert(Op::ConvU, to, y)),
        // Bits are bits.
        (Op::Bitcast, Some(Op::Bitcast), Some(y)) if b.ty(y) == to => Some(y),
        (Op::Bitcast, Some(Op::Bitcast), Some(y)) => Some(b.convert(Op::Bitcast, to, y)),
        (Op::Bitcast, _, _) if b.ty(x) == to => Some(x),
        _ => None,
    }
}

/// `wrap` of arithmetic whose low half depends only on the low halves: the arithmetic on `i32`, where that needs no new conversion.
fn narrowed(b: &mut Builder, x: Value) -> Option<Value> {
    let data = b.def(x)?;
    let op = data.op;
    if !matches!(op, Op::Add | Op::Sub | Op::Mul | Op::And | Op::Or | Op::Xor) {
        return None;
    }
    let (p, q) = (data.args[0], data.args[1]);
    // Only the bits above those that count were masked off.
    if op == Op::And
        && b.as_const(q)
            .is_some_and(|c| c & mask(Type::I32) == mask(Type::I32))
    {
        return Some(b.convert(Op::Wrap, Type::I32, p));
    }
    let low = |b: &Builder, v: Value| {
        b.as_const(v).is_some()
            || b.as_unary(v, Op::ExtU).is_some()
            || b.as_unary(v, Op::ExtS).is_some()
    };
    if !(low(b, p) && low(b, q)) {
        return None;
    }
    let p = b.convert(Op::Wrap, Type::I32, p);
    let q = b.convert(Op::Wrap, Type::I32, q);
    Some(b.binary(op, Type::I32, p, q))
}
