//! Comparisons, conditions and selects.

use super::super::build::Builder;
use super::super::types::{FloatCc, IntCc};
use super::eval::{self, mask, signed, width};
use super::known::{is_non_negative, possible};
use super::{Imm, Op, Type, Value, constants};

/// A simpler value that is zero exactly when `cond` is.
pub fn truth(b: &mut Builder, cond: Value) -> Value {
    let mut cond = cond;
    // x != 0 → x
    while let Some((IntCc::Ne, Type::I32, x, y)) = b.as_icmp(cond) {
        if b.as_const(y) != Some(0) {
            break;
        }
        cond = x;
    }
    cond
}

/// A value that is zero exactly when `cond` is not, if there is one at hand.
pub fn falsity(b: &mut Builder, cond: Value) -> Option<Value> {
    // x == 0 → x
    match b.as_icmp(cond) {
        Some((IntCc::Eq, Type::I32, x, y)) if b.as_const(y) == Some(0) => Some(truth(b, x)),
        _ => None,
    }
}

/// Integer comparison; a constant operand is on the right.
pub fn icmp(b: &mut Builder, cc: IntCc, ty: Type, x: Value, y: Value) -> Option<Value> {
    if let Some(value) = constants(b, Op::Icmp, ty, &Imm::IntCc(cc), &[x, y], Type::I32) {
        return Some(value);
    }
    if x == y {
        return Some(b.constant(Type::I32, u64::from(eval::icmp(cc, ty, 0, 0))));
    }
    // A function's reference is not null.
    if b.def(x).is_some_and(|def| def.op == Op::RefFunc) && b.as_const(y) == Some(0) {
        return Some(b.constant(Type::I32, u64::from(eval::icmp(cc, ty, 1, 0))));
    }
    // Signed and unsigned order agree on numbers without sign bits.
    if is_signed(cc) && is_non_negative(b, x) && is_non_negative(b, y) {
        return Some(b.icmp(unsigned(cc), ty, x, y));
    }
    match b.as_const(y) {
        Some(c) => with_constant(b, cc, ty, x, c),
        None => extended(b, cc, x, y),
    }
}

/// Both operands extended in the same way compare like the narrow numbers.
fn extended(b: &mut Builder, cc: IntCc, x: Value, y: Value) -> Option<Value> {
    if let (Some(p), Some(q)) = (b.as_unary(x, Op::ExtU), b.as_unary(y, Op::ExtU)) {
        return Some(b.icmp(unsigned(cc), Type::I32, p, q));
    }
    if let (Some(p), Some(q)) = (b.as_unary(x, Op::ExtS), b.as_unary(y, Op::ExtS)) {
        // Sign extension keeps the unsigned order too: it moves the upper half of the numbers to the top.
        return Some(b.icmp(cc, Type::I32, p, q));
    }
    None
}

fn with_constant(b: &mut Builder, cc: IntCc, ty: Type, x: Value, c: u64) -> Option<Value> {
    let all = mask(ty);
    let (min, max) = (1u64 << (width(ty) - 1), all >> 1);
    let answer = |b: &mut Builder, truth: bool| Some(b.constant(Type::I32, u64::from(truth)));
    let compare = |b: &mut Builder, cc: IntCc, c: u64| {
        let y = b.constant(ty, c);
        Some(b.icmp(cc, ty, x, y))
    };
    // Order against the ends of the range, and against their neighbours.
    match cc {
        IntCc::LtU if c == 0 => return answer(b, false),
        IntCc::GeU if c == 0 => return answer(b, true),
        IntCc::GtU if c == all => return answer(b, false),
        IntCc::LeU if c == all => return answer(b, true),
        IntCc::LtU if c == 1 => return compare(b, IntCc::Eq, 0),
        IntCc::GeU if c == 1 => return compare(b, IntCc::Ne, 0),
        IntCc::LeU if c == 0 => return compare(b, IntCc::Eq, 0),
        IntCc::GtU if c == 0 => return compare(b, IntCc::Ne, 0),
        IntCc::LtU if c == all => return compare(b, IntCc::Ne, all),
        IntCc::GeU if c == all => return compare(b, IntCc::Eq, all),
        IntCc::LtS if c == min => return answer(b, false),
        IntCc::GeS if c == min => return answer(b, true),
        IntCc::GtS if c == max => return answer(b, false),
        IntCc::LeS if c == max => return answer(b, true),
        IntCc::LtS if c == 1 => return compare(b, IntCc::LeS, 0),
        IntCc::GeS if c == 1 => return compare(b, IntCc::GtS, 0),
        IntCc::GtS if c == all => return compare(b, IntCc::GeS, 0),
        IntCc::LeS if c == all => return compare(b, IntCc::LtS, 0),
        _ => {}
    }
    // What the bits that can be one decide: `x` is at most `bound`.
    let bound = possible(b, x);
    match cc {
        IntCc::Eq if c & !bound != 0 => return answer(b, false),
        IntCc::Ne if c & !bound != 0 => return answer(b, true),
        IntCc::LtU if bound < c => return answer(b, true),
        IntCc::GeU if bound < c => return answer(b, false),
        IntCc::LeU if bound <= c => return answer(b, true),
        IntCc::GtU if bound <= c => return answer(b, false),
        IntCc::LtS | IntCc::LeS if bound <= max && c > max => return answer(b, false),
        IntCc::GtS | IntCc::GeS if bound <= max && c > max => return answer(b, true),
        _ => {}
    }
    // Of a number that is 0 or 1.
    if bound == 1 && matches!(cc, IntCc::Eq | IntCc::Ne) {
        if (cc == IntCc::Ne) == (c == 0) {
            return Some(if ty == Type::I32 {
                x
            } else {
                b.convert(Op::Wrap, Type::I32, x)
            });
        }
        if let Some((inner, ty, p, q)) = b.as_icmp(x) {
            return Some(b.icmp(inner.inverse(), ty, p, q));
        }
        match b.as_fcmp(x) {
            Some((FloatCc::Eq, ty, p, q)) => return Some(b.fcmp(FloatCc::Ne, ty, p, q)),
            Some((FloatCc::Ne, ty, p, q)) => return Some(b.fcmp(FloatCc::Eq, ty, p, q)),
            _ => {}
        }
        if c == 1 {
            return compare(b, IntCc::Eq, 0);
        }
    }
    if let Some(narrow) = b.as_unary(x, Op::ExtU) {
        // The bound has decided everything above 32 bits.
        if !is_signed(cc) && c <= mask(Type::I32) {
            let c = b.constant(Type::I32, c);
            return Some(b.icmp(cc, Type::I32, narrow, c));
        }
    }
    if let Some(narrow) = b.as_unary(x, Op::ExtS)
        && c == signed(Type::I32, c) as u64
    {
        let c = b.constant(Type::I32, c);
        return Some(b.icmp(cc, Type::I32, narrow, c));
    }
    if matches!(cc, IntCc::Eq | IntCc::Ne) && matches!(ty, Type::I32 | Type::I64) {
        return equality(b, cc, ty, x, c);
    }
    None
}

/// `x == c` and `x != c` where the definition of `x` can be undone.
fn equality(b: &mut Builder, cc: IntCc, ty: Type, x: Value, c: u64) -> Option<Value> {
    let data = b.def(x)?;
    let (op, args) = (data.op, data.args.clone());
    let right = args.get(1).and_then(|&v| b.as_const(v));
    match (op, right) {
        // x + k == c → x == c - k. Of a parameter it is the next round's value, and x would live on for the comparison alone.
        (Op::Add, Some(k)) if b.def(args[0]).is_some() => {
            let c = b.constant(ty, c.wrapping_sub(k));
            Some(b.icmp(cc, ty, args[0], c))
        }
        // x ^ k == c → x == c ^ k
        (Op::Xor, Some(k)) => {
            let c = b.constant(ty, c ^ k);
            Some(b.icmp(cc, ty, args[0], c))
        }
        // x - y == 0, x ^ y == 0 → x == y
        (Op::Sub | Op::Xor, None) if c == 0 => Some(b.icmp(cc, ty, args[0], args[1])),
        // (x & bit) == bit → (x & bit) != 0
        (Op::And, Some(k)) if k == c && k.is_power_of_two() => {
            let zero = b.constant(ty, 0);
            Some(b.icmp(cc.inverse(), ty, x, zero))
        }
        (Op::Sub, None) => {
            // k - x == c → x == k - c
            let k = b.as_const(args[0])?;
            let c = b.constant(ty, k.wrapping_sub(c));
            Some(b.icmp(cc, ty, args[1], c))
        }
        // (p ? k : l) == c → p, !p or a constant
        (Op::Select, Some(k)) => {
            let l = b.as_const(args[2])?;
            let (then, or_else) = ((k == c) == (cc == IntCc::Eq), (l == c) == (cc == IntCc::Eq));
            let then = b.constant(Type::I32, u64::from(then));
            let or_else = b.constant(Type::I32, u64::from(or_else));
            Some(b.select(Type::I32, args[0], then, or_else))
        }
        _ => None,
    }
}

/// Floating-point comparison.
pub fn fcmp(b: &mut Builder, cc: FloatCc, ty: Type, x: Value, y: Value) -> Option<Value> {
    if let Some(value) = constants(b, Op::Fcmp, ty, &Imm::FloatCc(cc), &[x, y], Type::I32) {
        return Some(value);
    }
    // Promotion keeps order and NaN-ness.
    let (p, q) = (b.as_unary(x, Op::Promote)?, b.as_unary(y, Op::Promote)?);
    Some(b.fcmp(cc, Type::F32, p, q))
}

/// `cond ? x : y`.
pub fn select(b: &mut Builder, ty: Type, cond: Value, x: Value, y: Value) -> Option<Value> {
    let (mut simple, mut then, mut or_else) = (truth(b, cond), x, y);
    while let Some(inverse) = falsity(b, simple) {
        simple = inverse;
        std::mem::swap(&mut then, &mut or_else);
    }
    if then == or_else {
        return Some(then);
    }
    if let Some(bits) = b.as_const(simple) {
        return Some(if bits != 0 { then } else { or_else });
    }
    // p == q ? p : q → q, and so on.
    if let Some((cc, _, p, q)) = b.as_icmp(simple)
        && ((p, q) == (then, or_else) || (q, p) == (then, or_else))
    {
        match cc {
            IntCc::Eq => return Some(or_else),
            IntCc::Ne => return Some(then),
            _ => {}
        }
    }
    if matches!(ty, Type::I32 | Type::I64) {
        let flag = match (b.as_const(then), b.as_const(or_else)) {
            (Some(1), Some(0)) => Some(IntCc::Ne),
            (Some(0), Some(1)) => Some(IntCc::Eq),
            _ => None,
        };
        if let Some(cc) = flag {
            let zero = b.constant(Type::I32, 0);
            let flag = b.icmp(cc, Type::I32, simple, zero);
            return Some(if ty == Type::I32 {
                flag
            } else {
                b.convert(Op::ExtU, ty, flag)
            });
        }
    }
    if (simple, then, or_else) == (cond, x, y) {
        return None;
    }
    Some(b.pure(Op::Select, ty, Imm::None, &[simple, then, or_else], ty))
}

fn is_signed(cc: IntCc) -> bool {
    unsigned(cc) != cc
}

/// The unsigned condition of the same order.
fn unsigned(cc: IntCc) -> IntCc {
    match cc {
        IntCc::LtS => IntCc::LtU,
        IntCc::GtS => IntCc::GtU,
        IntCc::LeS => IntCc::LeU,
        IntCc::GeS => IntCc::GeU,
        IntCc::Eq | IntCc::Ne | IntCc::LtU | IntCc::GtU | IntCc::LeU | IntCc::GeU => cc,
    }
}
