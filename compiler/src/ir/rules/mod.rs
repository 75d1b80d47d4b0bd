//! Folding and canonicalisation rules of the builder, by family.
//!
//! The contract for a rule: it is handed operands that are already canonical (constants on the right of commutative ops) and answers
//! a value that is equal for every input on which the original does not trap, and traps exactly when the original does. It may
//! look through definitions, because they dominate. It must make progress towards the canonical form, which is, in short:
//! constants right; `sub x, c` is `add x, -c`; a zero test of a comparison is the comparison or its inverse; branches, selects
//! and `trap_if` test plain truth; the cheapest op among equals.

mod cmp;
mod conv;
mod float;
mod int;
mod known;
mod magic;
mod memory;
mod product;
mod vector;

use super::build::Builder;
use super::eval::{self, eval};
use super::{Imm, Op, Type, Value};

pub use cmp::{falsity, fcmp, icmp, select, truth};
pub use conv::convert;
pub use known::{Params as KnownParams, params as known_params};
pub use memory::{address, stored};
pub use vector::{fold as vector, is_commutative as is_commutative_vector};

/// Whether operands may be exchanged. (Float addition and multiplication only differ in which NaN they pass on, which Wasm leaves open;
/// they keep their order all the same, so that both sides of a comparison with other engines see the same NaN.)
pub fn is_commutative(op: Op) -> bool {
    matches!(
        op,
        Op::Add | Op::Mul | Op::MulHighS | Op::MulHighU | Op::And | Op::Or | Op::Xor
    )
}

/// Rules for `(T) -> T`.
pub fn unary(b: &mut Builder, op: Op, ty: Type, a: Value) -> Option<Value> {
    if let Some(value) = constants(b, op, ty, &Imm::None, &[a], ty) {
        return Some(value);
    }
    if ty.is_float() {
        float::unary(b, op, ty, a)
    } else {
        int::unary(b, op, ty, a)
    }
}

/// Rules for `(T, T) -> T`.
pub fn binary(b: &mut Builder, op: Op, ty: Type, x: Value, y: Value) -> Option<Value> {
    if let Some(value) = constants(b, op, ty, &Imm::None, &[x, y], ty) {
        return Some(value);
    }
    if ty.is_float() {
        float::binary(b, op, ty, x, y)
    } else {
        int::binary(b, op, ty, x, y)
    }
}

/// Rules for `add_carry` and `sub_borrow`.
pub fn carry(b: &mut Builder, op: Op, args: [Value; 4]) -> Option<Value> {
    if let Some(value) = constants(b, op, Type::I64, &Imm::None, &args, Type::I64) {
        return Some(value);
    }
    int::carry(b, op, args)
}

/// Evaluates an op whose operands are all constants, unless it traps or its result depends on how the host makes NaNs.
fn constants(
    b: &mut Builder,
    op: Op,
    ty: Type,
    imm: &Imm,
    args: &[Value],
    result: Type,
) -> Option<Value> {
    let mut bits = [0; 4];
    for (slot, &arg) in bits.iter_mut().zip(args) {
        *slot = b.as_const(arg)?;
    }
    let bits = &bits[..args.len()];
    let from = b.ty(args[0]);
    let value = eval(op, ty, imm, from, bits)?.ok()?;
    if eval::makes_nan(op)
        && (eval::is_nan(ty, value) || bits.iter().any(|&x| eval::is_nan(from, x)))
    {
        return None;
    }
    Some(b.constant(result, value))
}
