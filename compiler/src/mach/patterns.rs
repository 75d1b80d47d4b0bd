//! What several instruction sets ask of IR trees when they match them.

use super::isa::Isa;
use super::lower::Lower;
use crate::ir::{Access, Imm, InstData, Op, Type, Value};

/// Float width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp {
    S,
    D,
}

/// Whether values of an integer type take 64-bit instructions.
pub fn is_wide(ty: Type) -> bool {
    match ty {
        Type::I32 | Type::Gc => false,
        Type::I64 | Type::Ref | Type::Ptr => true,
        Type::F32 | Type::F64 | Type::V128 => panic!("{ty} in an integer operation"),
    }
}

/// Width of a float type.
pub fn fp(ty: Type) -> Fp {
    match ty {
        Type::F32 => Fp::S,
        Type::F64 => Fp::D,
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr | Type::V128 => {
            panic!("{ty} in a float operation")
        }
    }
}

/// Picks a form by the width of integers.
pub fn by<F>(wide: bool, narrow_form: F, wide_form: F) -> F {
    if wide { wide_form } else { narrow_form }
}

/// Picks a form by the width of floats.
pub fn by_fp<F>(fp: Fp, single: F, double: F) -> F {
    by(fp == Fp::D, single, double)
}

/// The two operands of a binary instruction.
pub fn two(data: &InstData) -> (Value, Value) {
    (data.args[0], data.args[1])
}

/// What of the cell a load or store accesses.
pub fn access_kind(data: &InstData) -> Access {
    match data.imm {
        Imm::Mem { access, .. } | Imm::Raw { access, .. } | Imm::Object { access, .. } => access,
        _ => data.wrong_imm(),
    }
}

/// log2 of the bytes that a load reads or a store writes: an index into tables of forms.
pub fn access_log2(data: &InstData) -> usize {
    access_kind(data).bytes(data.ty).trailing_zeros() as usize
}

/// A constant's bits in the width of its type.
pub fn typed_bits<I: Isa>(cx: &Lower<I>, value: Value) -> Option<u64> {
    let bits = cx.const_bits(value)?;
    Some(match cx.ty(value) {
        Type::I32 | Type::F32 | Type::Gc => u64::from(bits as u32),
        Type::I64 | Type::F64 | Type::Ref | Type::Ptr | Type::V128 => bits,
    })
}

/// Whether this use is probably the last: then the result can take over the register without a copy.
pub fn dies<I: Isa>(cx: &Lower<I>, value: Value) -> bool {
    cx.is_single_use(value) && cx.is_local(value)
}

/// Looks through a mask of a shift count that the shift, which takes it modulo `mask + 1`, applies anyway.
pub fn unmasked_count<I: Isa>(cx: &Lower<I>, count: Value, mask: u64) -> Value {
    if let Some(inst) = cx.pure_def(count) {
        let data = cx.inst(inst);
        if data.op == Op::And
            && let Some(bits) = cx.const_bits(data.args[1])
            && bits & mask == mask
        {
            return data.args[0];
        }
    }
    count
}

/// A store of the low 2^`log2` bytes of a value needs no truncation of it first.
pub fn low_part<I: Isa>(cx: &Lower<I>, value: Value, log2: usize) -> Value {
    let Some(inst) = cx.pure_def(value) else {
        return value;
    };
    let data = cx.inst(inst);
    let keeps_low_part = match data.op {
        Op::Wrap => log2 <= 2,
        Op::And => match cx.const_bits(data.args[1]) {
            Some(mask) => match log2 {
                0 => mask & 0xff == 0xff,
                1 => mask & 0xffff == 0xffff,
                _ => false,
            },
            None => false,
        },
        _ => false,
    };
    if keeps_low_part && cx.is_single_use(value) {
        data.args[0]
    } else {
        value
    }
}

/// The number of 16 bits whose bytes a shift exchanges (`bswap` and `shr_u` by 16), where it was loaded, so that what is above it is zero.
pub fn swapped_half<I: Isa>(cx: &Lower<I>, shift: &InstData) -> Option<Value> {
    let (value, count) = two(shift);
    let is_half = (shift.op, shift.ty) == (Op::ShrU, Type::I32) && cx.const_bits(count) == Some(16);
    let swap = cx.inst(cx.pure_def(value).filter(|_| is_half)?);
    let half = *swap.args.first()?;
    let load = cx.inst(cx.def(half)?);
    let is_loaded = matches!(
        load.imm,
        Imm::Mem {
            access: Access::U16,
            ..
        } | Imm::Raw {
            access: Access::U16,
            ..
        }
    );
    (swap.op == Op::Bswap && cx.is_single_use(value) && is_loaded && load.result_count == 1)
        .then_some(half)
}

/// Whether a 64-bit value is below 2^32 by the operation that makes it.
pub fn is_clean<I: Isa>(cx: &Lower<I>, value: Value) -> bool {
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    let operand = |n: usize| cx.const_bits(data.args[n]);
    match data.op {
        Op::ExtU => true,
        Op::ShrU => operand(1).is_some_and(|count| count & 63 >= 32),
        Op::And => operand(1).is_some_and(|mask| u32::try_from(mask).is_ok()),
        Op::Clz | Op::Ctz | Op::Popcnt => true,
        _ => false,
    }
}
