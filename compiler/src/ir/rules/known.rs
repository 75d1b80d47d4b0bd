//! Bits of an integer that can be one: a cheap bound on a value, from its definition.

use super::super::build::Builder;
use super::super::eval_vec;
use super::super::types::Access;
use super::eval::{mask, width};
use super::{Imm, Op, Type, Value};

/// How many definitions to look through on the longest path.
const DEPTH: u32 = 4;

/// A mask of the bits of `value` that may be one.
pub fn possible(b: &Builder, value: Value) -> u64 {
    bits(b, value, DEPTH)
}

/// Whether the sign bit is certainly zero.
pub fn is_non_negative(b: &Builder, value: Value) -> bool {
    let ty = b.ty(value);
    possible(b, value) & (1 << (width(ty) - 1)) == 0
}

fn bits(b: &Builder, value: Value, depth: u32) -> u64 {
    let ty = b.ty(value);
    let all = mask(ty);
    let Some(data) = b.def(value) else {
        return all;
    };
    if depth == 0 || !ty.is_int() {
        return match data.imm {
            Imm::Bits(bits) => bits,
            _ => all,
        };
    }
    let arg = |i: usize| bits(b, data.args[i], depth - 1);
    let count = |i: usize| {
        b.as_const(data.args[i])
            .map(|c| (c % u64::from(width(ty))) as u32)
    };
    match data.op {
        Op::Const => match data.imm {
            Imm::Bits(bits) => bits,
            _ => all,
        },
        Op::Icmp | Op::Fcmp | Op::VanyTrue | Op::VallTrue => 1,
        Op::Vbitmask => match data.imm {
            Imm::Lanes(lanes) => (1 << lanes.count()) - 1,
            _ => all,
        },
        Op::VextractU => match data.imm {
            Imm::Lane { lanes, .. } => eval_vec::mask(lanes),
            _ => all,
        },
        Op::And => arg(0) & arg(1),
        Op::Or | Op::Xor => arg(0) | arg(1),
        Op::Select => arg(1) | arg(2),
        Op::Shl => match count(1) {
            Some(c) => (arg(0) << c) & all,
            None => all,
        },
        Op::ShrU => match count(1) {
            Some(c) => arg(0) >> c,
            // Shifting right only lowers: no bit above the highest possible one.
            None => up_to_highest(arg(0)),
        },
        Op::DivU | Op::RemU => up_to_highest(arg(0)),
        Op::Add | Op::AddCarry => {
            // The sum of two numbers below 2^n is below 2^(n+1), with a carry, too.
            let highest = up_to_highest(arg(0) | arg(1));
            if highest >= all >> 1 {
                all
            } else {
                highest << 1 | 1
            }
        }
        Op::ExtU => arg(0),
        Op::ExtS if arg(0) & 0x8000_0000 == 0 => arg(0),
        Op::Wrap => arg(0) & mask(Type::I32),
        Op::Clz | Op::Ctz | Op::Popcnt => u64::from(width(ty)) * 2 - 1,
        Op::Load => match data.imm {
            Imm::Mem { access, .. } => loaded(access, all),
            _ => all,
        },
        Op::RawLoad => match data.imm {
            Imm::Raw { access, .. } => loaded(access, all),
            _ => all,
        },
        _ => all,
    }
}

fn loaded(access: Access, all: u64) -> u64 {
    match access {
        Access::U8 => 0xff,
        Access::U16 => 0xffff,
        Access::U32 => 0xffff_ffff,
        Access::Full | Access::S8 | Access::S16 | Access::S32 => all,
    }
}

/// All bits from the highest one of `bits` down.
fn up_to_highest(bits: u64) -> u64 {
    match bits {
        0 => 0,
        _ => u64::MAX >> bits.leading_zeros(),
    }
}
