//! Integer arithmetic.

use super::super::build::Builder;
use super::super::types::{Access, IntCc};
use super::eval::{mask, width};
use super::known::possible;
use super::{Imm, Op, Type, Value, magic, product};

/// Rules for `(T) -> T`.
pub fn unary(b: &mut Builder, op: Op, ty: Type, x: Value) -> Option<Value> {
    let bits = match op {
        Op::Ext8S => 8,
        Op::Ext16S => 16,
        Op::Ext32S => 32,
        _ => return None,
    };
    let sign = 1u64 << (bits - 1);
    // Nothing to extend: the sign bit and all above it are zero.
    if possible(b, x) < sign {
        return Some(x);
    }
    let data = b.def(x)?;
    let (inner, imm, y) = (data.op, data.imm.clone(), *data.args.first()?);
    let inner_bits = match inner {
        Op::Ext8S => 8,
        Op::Ext16S => 16,
        Op::Ext32S | Op::ExtS => 32,
        Op::Load => match imm {
            Imm::Mem { access, .. } => match access {
                Access::S8 => 8,
                Access::S16 => 16,
                Access::S32 => 32,
                Access::Full | Access::U8 | Access::U16 | Access::U32 => return None,
            },
            _ => return None,
        },
        Op::And => {
            // Masking bits that the extension overwrites.
            let covered = (sign << 1).wrapping_sub(1);
            let c = b.as_const(data.args[1])?;
            return (c & covered == covered).then(|| b.unary(op, ty, y));
        }
        Op::ExtU if op == Op::Ext32S => return Some(b.convert(Op::ExtS, ty, y)),
        _ => return None,
    };
    if inner_bits <= bits {
        // Already extended from as few bits or fewer.
        Some(x)
    } else if inner == Op::Load || inner == Op::ExtS {
        None
    } else {
        Some(b.unary(op, ty, y))
    }
}

/// Rules for `(T, T) -> T`; a constant operand of a commutative op is on the right.
pub fn binary(b: &mut Builder, op: Op, ty: Type, x: Value, y: Value) -> Option<Value> {
    let c = b.as_const(y);
    match op {
        Op::Add => add(b, ty, x, y, c),
        Op::Sub => sub(b, ty, x, y, c),
        Op::Mul => mul(b, ty, x, c?),
        Op::MulHighS | Op::MulHighU => mul_high(b, op, x, y, c),
        Op::DivS | Op::DivU | Op::RemS | Op::RemU => magic::divide(b, op, ty, x, c?),
        Op::And => and(b, ty, x, y, c),
        Op::Or => or(b, ty, x, y, c),
        Op::Xor => xor(b, ty, x, y, c),
        Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => shift(b, op, ty, x, y, c),
        _ => None,
    }
}

/// `op` with a constant on the right.
fn with(b: &mut Builder, op: Op, ty: Type, x: Value, c: u64) -> Option<Value> {
    let c = b.constant(ty, c);
    Some(b.binary(op, ty, x, c))
}

/// Upper halves of products: by constants, and of numbers that are small enough for it to be zero.
fn mul_high(b: &mut Builder, op: Op, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    match (op, c) {
        (_, Some(0)) => return Some(y),
        (Op::MulHighS, Some(1)) => return with(b, Op::ShrS, Type::I64, x, 63),
        (Op::MulHighU, Some(c)) if c.is_power_of_two() => {
            return match c.trailing_zeros() {
                0 => Some(b.constant(Type::I64, 0)),
                shift => with(b, Op::ShrU, Type::I64, x, u64::from(64 - shift)),
            };
        }
        _ => {}
    }
    let (p, q) = (possible(b, x), possible(b, y));
    // Below 2^63, so that it is the same for signed numbers.
    let product = p.checked_mul(q)?;
    (product < 1 << 63 && p < 1 << 63 && q < 1 << 63).then(|| b.constant(Type::I64, 0))
}

/// `add_carry`, `sub_borrow`: where the comparison is known it is a sum or difference; where nothing else is added it is the comparison.
pub fn carry(b: &mut Builder, op: Op, [x, y, low, limit]: [Value; 4]) -> Option<Value> {
    let plain = match op {
        Op::AddCarry => Op::Add,
        _ => Op::Sub,
    };
    if low == limit || b.as_const(limit) == Some(0) {
        return Some(b.binary(plain, Type::I64, x, y));
    }
    if let (Some(a), Some(c)) = (b.as_const(low), b.as_const(limit)) {
        let value = b.binary(plain, Type::I64, x, y);
        let carry = b.constant(Type::I64, (a < c).into());
        return Some(b.binary(plain, Type::I64, value, carry));
    }
    if b.as_const(x) == Some(0) && b.as_const(y) == Some(0) {
        let less = b.icmp(IntCc::LtU, Type::I64, low, limit);
        let carry = b.convert(Op::ExtU, Type::I64, less);
        return Some(match op {
            Op::AddCarry => carry,
            _ => {
                let zero = b.constant(Type::I64, 0);
                b.binary(Op::Sub, Type::I64, zero, carry)
            }
        });
    }
    None
}

fn add(b: &mut Builder, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    if let Some(c) = c {
        if c == 0 {
            return Some(x);
        }
        // (p + k) + c → p + (k + c)
        if let Some((p, k)) = b.as_binary(x, Op::Add)
            && let Some(k) = b.as_const(k)
        {
            return with(b, Op::Add, ty, p, k.wrapping_add(c));
        }
        // (k - p) + c → (k + c) - p
        if let Some((k, p)) = b.as_binary(x, Op::Sub)
            && let Some(k) = b.as_const(k)
        {
            let k = b.constant(ty, k.wrapping_add(c));
            return Some(b.binary(Op::Sub, ty, k, p));
        }
        return None;
    }
    for (x, y) in [(x, y), (y, x)] {
        if let Some((p, q)) = b.as_binary(x, Op::Sub) {
            // (p - y) + y → p
            if q == y {
                return Some(p);
            }
            // (0 - q) + y → y - q
            if b.as_const(p) == Some(0) {
                return Some(b.binary(Op::Sub, ty, y, q));
            }
        }
    }
    if ty != Type::I64 {
        return None;
    }
    product::lower(b, x, y)
        .or_else(|| product::upper(b, x, y))
        .or_else(|| carried(b, Op::AddCarry, x, y))
        .or_else(|| carried(b, Op::AddCarry, y, x))
}

/// A number to which 1 is added, or from which it is subtracted, if one number is less than another: `add_carry`, `sub_borrow`.
fn carried(b: &mut Builder, op: Op, x: Value, y: Value) -> Option<Value> {
    if let Some(flag) = b.as_unary(y, Op::ExtU) {
        let (low, limit) = match b.as_icmp(flag)? {
            (IntCc::LtU, Type::I64, low, limit) | (IntCc::GtU, Type::I64, limit, low) => {
                (low, limit)
            }
            _ => return None,
        };
        if b.as_const(low).is_some() || b.as_const(limit).is_some() {
            return None;
        }
        let plain = match op {
            Op::AddCarry => Op::Add,
            _ => Op::Sub,
        };
        // A sum takes a load as its operand, with a carry it does not.
        let is_plain = |b: &Builder, value| {
            b.def(value)
                .is_none_or(|d| !matches!(d.op, Op::Load | Op::Const))
        };
        let (x, y) = match b.as_binary(x, plain) {
            Some((p, q)) if is_plain(b, p) && is_plain(b, q) => (p, q),
            _ => (x, b.constant(Type::I64, 0)),
        };
        return Some(b.carry(op, [x, y, low, limit]));
    }
    // x + (p + carry) → (x + p) + carry, where p is a carry, too.
    let data = b
        .def(y)
        .filter(|data| op == Op::AddCarry && data.op == op)?;
    let [p, q, low, limit] = data.args[..] else {
        return None;
    };
    if b.as_const(q) != Some(0) || possible(b, p) != 1 {
        return None;
    }
    let sum = b.binary(Op::Add, Type::I64, x, p);
    Some(b.carry(op, [sum, q, low, limit]))
}

fn sub(b: &mut Builder, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    if x == y {
        return Some(b.constant(ty, 0));
    }
    if let Some(c) = c {
        return with(b, Op::Add, ty, x, c.wrapping_neg());
    }
    // (p + q) - q → p
    if let Some((p, q)) = b.as_binary(x, Op::Add) {
        if q == y {
            return Some(p);
        }
        if p == y {
            return Some(q);
        }
    }
    // x - (0 - q) → x + q
    if let Some((zero, q)) = b.as_binary(y, Op::Sub)
        && b.as_const(zero) == Some(0)
    {
        return Some(b.binary(Op::Add, ty, x, q));
    }
    // k - (p + c) → (k - c) - p
    if let Some(k) = b.as_const(x)
        && let Some((p, c)) = b.as_binary(y, Op::Add)
        && let Some(c) = b.as_const(c)
    {
        let k = b.constant(ty, k.wrapping_sub(c));
        return Some(b.binary(Op::Sub, ty, k, p));
    }
    // Of zero, `carry` makes this.
    if ty != Type::I64 || b.as_const(x) == Some(0) {
        return None;
    }
    carried(b, Op::SubBorrow, x, y)
}

fn mul(b: &mut Builder, ty: Type, x: Value, c: u64) -> Option<Value> {
    match c {
        0 => return Some(b.constant(ty, 0)),
        1 => return Some(x),
        _ if c == mask(ty) => {
            let zero = b.constant(ty, 0);
            return Some(b.binary(Op::Sub, ty, zero, x));
        }
        _ if c.is_power_of_two() => {
            return with(b, Op::Shl, ty, x, u64::from(c.trailing_zeros()));
        }
        _ => {}
    }
    // (p * k) * c → p * (k * c)
    if let Some((p, k)) = b.as_binary(x, Op::Mul)
        && let Some(k) = b.as_const(k)
    {
        return with(b, Op::Mul, ty, p, k.wrapping_mul(c));
    }
    None
}

fn and(b: &mut Builder, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    if x == y {
        return Some(x);
    }
    let c = c?;
    if c == 0 {
        return Some(y);
    }
    let possible = possible(b, x);
    // The mask only clears bits that are zero anyway.
    if possible & !c == 0 {
        return Some(x);
    }
    if possible & c == 0 {
        return Some(b.constant(ty, 0));
    }
    if let Some((p, k)) = b.as_binary(x, Op::And)
        && let Some(k) = b.as_const(k)
    {
        return with(b, Op::And, ty, p, k & c);
    }
    // A mask that lies within an extension's low part.
    let data = b.def(x)?;
    let low = match data.op {
        Op::Ext8S => 0xff,
        Op::Ext16S => 0xffff,
        Op::Ext32S => 0xffff_ffff,
        Op::ExtS if c <= 0xffff_ffff => {
            let p = data.args[0];
            let wide = b.convert(Op::ExtU, ty, p);
            return with(b, Op::And, ty, wide, c);
        }
        _ => return None,
    };
    let p = data.args[0];
    if c <= low {
        with(b, Op::And, ty, p, c)
    } else {
        None
    }
}

fn or(b: &mut Builder, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    if x == y {
        return Some(x);
    }
    let Some(c) = c else {
        return (ty == Type::I64).then(|| product::lower(b, x, y)).flatten();
    };
    if c == 0 {
        return Some(x);
    }
    if c == mask(ty) {
        return Some(y);
    }
    let (p, k) = b.as_binary(x, Op::Or)?;
    let k = b.as_const(k)?;
    with(b, Op::Or, ty, p, k | c)
}

fn xor(b: &mut Builder, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    if x == y {
        return Some(b.constant(ty, 0));
    }
    let c = c?;
    if c == 0 {
        return Some(x);
    }
    if let Some((p, k)) = b.as_binary(x, Op::Xor)
        && let Some(k) = b.as_const(k)
    {
        return with(b, Op::Xor, ty, p, k ^ c);
    }
    // The inverse of a condition.
    if c == 1 && ty == Type::I32 && possible(b, x) == 1 {
        let zero = b.constant(ty, 0);
        return Some(b.icmp(IntCc::Eq, ty, x, zero));
    }
    None
}

fn shift(b: &mut Builder, op: Op, ty: Type, x: Value, y: Value, c: Option<u64>) -> Option<Value> {
    let w = u64::from(width(ty));
    let Some(c) = c else {
        // Counts are modulo the width: a mask that keeps all of the modulus does nothing.
        if let Some((p, k)) = b.as_binary(y, Op::And)
            && b.as_const(k).is_some_and(|k| k & (w - 1) == w - 1)
        {
            return Some(b.binary(op, ty, x, p));
        }
        return None;
    };
    if c >= w {
        return with(b, op, ty, x, c % w);
    }
    if c == 0 {
        return Some(x);
    }
    match op {
        // Right rotation by c is left rotation by w - c.
        Op::Rotr => return with(b, Op::Rotl, ty, x, w - c),
        Op::Rotl => {
            let (p, k) = b.as_binary(x, Op::Rotl)?;
            let k = b.as_const(k)?;
            return with(b, Op::Rotl, ty, p, (k + c) % w);
        }
        _ => {}
    }
    // Of a number without bits where the result comes from.
    if op == Op::ShrU && possible(b, x) >> c == 0 {
        return Some(b.constant(ty, 0));
    }
    // A sign bit that is zero makes both right shifts the same.
    if op == Op::ShrS && possible(b, x) >> (w - 1) & 1 == 0 {
        return with(b, Op::ShrU, ty, x, c);
    }
    let data = b.def(x)?;
    let (inner, args) = (data.op, data.args.clone());
    let k = args
        .get(1)
        .and_then(|&k| b.as_const(k))
        .filter(|&k| k < w)?;
    match (op, inner) {
        // (p << k) << c → p << (k + c), likewise to the right.
        (Op::Shl, Op::Shl) | (Op::ShrU, Op::ShrU) => {
            if k + c < w {
                with(b, op, ty, args[0], k + c)
            } else {
                Some(b.constant(ty, 0))
            }
        }
        (Op::ShrS, Op::ShrS) => with(b, op, ty, args[0], (k + c).min(w - 1)),
        // (p >> c) << c clears the low bits, (p << c) >>u c the high ones.
        (Op::Shl, Op::ShrU | Op::ShrS) if k == c => with(b, Op::And, ty, args[0], mask(ty) << c),
        (Op::ShrU, Op::Shl) if k == c => with(b, Op::And, ty, args[0], mask(ty) >> c),
        // (p << c) >>s c extends the sign.
        (Op::ShrS, Op::Shl) if k == c => {
            let extend = match w - c {
                8 => Op::Ext8S,
                16 => Op::Ext16S,
                32 => Op::Ext32S,
                _ => return None,
            };
            Some(b.unary(extend, ty, args[0]))
        }
        _ => None,
    }
}
