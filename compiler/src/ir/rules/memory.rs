//! Addresses and stored values.
//!
//! The effective address of an access is `address + offset` without wrap, while `i32.add` wraps at 2^32, `i64.add` at 2^64. A constant may therefore
//! move from the address into the offset only with a proof that the addition does not wrap; getting this wrong breaks the sandbox's
//! exactness (never its safety, which the reserved range guarantees).

use super::super::build::Builder;
use super::super::eval::mask;
use super::super::types::Access;
use super::known::possible;
use super::{Op, Type, Value};

/// Canonical address and offset: all of a constant address goes to the offset, and so does the constant of an addition that cannot wrap.
pub fn address(b: &mut Builder, addr: Value, offset: u64) -> (Value, u64) {
    // Offsets stay small also where addresses have 64 bits.
    let limit = u64::from(u32::MAX);
    let ty = b.ty(addr);
    if let Some(base) = b.as_const(addr) {
        return match base.checked_add(offset) {
            Some(total) if base != 0 && total <= limit => (b.constant(ty, 0), total),
            _ => (addr, offset),
        };
    }
    if let Some((x, y)) = b.as_binary(addr, Op::Add)
        && let Some(c) = b.as_const(y)
        && possible(b, x)
            .checked_add(c)
            .is_some_and(|sum| sum <= mask(ty))
        && offset.checked_add(c).is_some_and(|sum| sum <= limit)
    {
        return address(b, x, offset + c);
    }
    (addr, offset)
}

/// Canonical stored value: what only changes bits that are not stored is dropped, and narrow stores take their value as `i32`
/// where one is at hand.
pub fn stored(b: &mut Builder, ty: Type, access: Access, value: Value) -> (Type, Access, Value) {
    let (mut ty, mut access, mut value) = (ty, access, value);
    loop {
        let bits = access.bytes(ty) * 8;
        if !ty.is_int() || bits == 64 {
            return (ty, access, value);
        }
        let stored = u64::MAX >> (64 - bits);
        let extension = [(Op::Ext8S, 8), (Op::Ext16S, 16), (Op::Ext32S, 32)]
            .into_iter()
            .filter(|&(_, from)| bits <= from)
            .find_map(|(op, _)| b.as_unary(value, op));
        if let Some(x) = extension {
            value = x;
        } else if let Some((x, y)) = b.as_binary(value, Op::And)
            && b.as_const(y).is_some_and(|c| c & stored == stored)
        {
            value = x;
        } else if ty == Type::I64
            && let Some(x) = b
                .as_unary(value, Op::ExtU)
                .or_else(|| b.as_unary(value, Op::ExtS))
        {
            (ty, value) = (Type::I32, x);
            if bits == 32 {
                access = Access::Full;
            }
        } else if ty == Type::I32
            && let Some(x) = b.as_unary(value, Op::Wrap)
        {
            (ty, value) = (Type::I64, x);
            if bits == 32 {
                access = Access::U32;
            }
        } else {
            return (ty, access, value);
        }
    }
}
