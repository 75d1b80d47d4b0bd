//! Constant expressions (core spec 3.3.10, with the extended-const proposal) in a form that can be evaluated or turned into IR.

use super::types::Names;
use crate::ir::{SigId, ValType};
use smallvec::SmallVec;
use wasmparser::Operator;

/// One operator of a constant expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConstOp {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
    V128(u128),
    RefNull(ValType),
    /// `ref.i31`
    I31,
    /// Type of the structure or array in the program, and number of operands: a value for each field or element; or of an array one value for all
    /// and the length ([`ConstOp::ArrayNew`]).
    StructNew(SigId),
    StructNewDefault(SigId),
    ArrayNew(SigId),
    ArrayNewDefault(SigId),
    ArrayNewFixed(SigId, u32),
    AnyConvertExtern,
    ExternConvertAny,
    /// Index in the module's function space.
    RefFunc(u32),
    /// Index in the module's global space.
    GlobalGet(u32),
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

/// A constant expression in postfix order, without the final `end`.
pub type ConstExpr = SmallVec<[ConstOp; 1]>;

/// Reads a validated expression.
pub fn read(expr: &wasmparser::ConstExpr<'_>, names: Names) -> wasmparser::Result<ConstExpr> {
    let ty = |index: u32| names.ids[index as usize];
    let mut out = ConstExpr::new();
    for op in expr.get_operators_reader() {
        out.push(match op? {
            Operator::I32Const { value } => ConstOp::I32(value as u32),
            Operator::I64Const { value } => ConstOp::I64(value as u64),
            Operator::F32Const { value } => ConstOp::F32(value.bits()),
            Operator::F64Const { value } => ConstOp::F64(value.bits()),
            Operator::V128Const { value } => ConstOp::V128(value.into()),
            Operator::RefNull { hty } => {
                ConstOp::RefNull(ValType::reference(true, names.heap(hty)))
            }
            Operator::RefI31 => ConstOp::I31,
            Operator::StructNew { struct_type_index } => ConstOp::StructNew(ty(struct_type_index)),
            Operator::StructNewDefault { struct_type_index } => {
                ConstOp::StructNewDefault(ty(struct_type_index))
            }
            Operator::ArrayNew { array_type_index } => ConstOp::ArrayNew(ty(array_type_index)),
            Operator::ArrayNewDefault { array_type_index } => {
                ConstOp::ArrayNewDefault(ty(array_type_index))
            }
            Operator::ArrayNewFixed {
                array_type_index,
                array_size,
            } => ConstOp::ArrayNewFixed(ty(array_type_index), array_size),
            Operator::AnyConvertExtern => ConstOp::AnyConvertExtern,
            Operator::ExternConvertAny => ConstOp::ExternConvertAny,
            Operator::RefFunc { function_index } => ConstOp::RefFunc(function_index),
            Operator::GlobalGet { global_index } => ConstOp::GlobalGet(global_index),
            Operator::I32Add => ConstOp::I32Add,
            Operator::I32Sub => ConstOp::I32Sub,
            Operator::I32Mul => ConstOp::I32Mul,
            Operator::I64Add => ConstOp::I64Add,
            Operator::I64Sub => ConstOp::I64Sub,
            Operator::I64Mul => ConstOp::I64Mul,
            Operator::End => break,
            op => unreachable!("{op:?} in a validated constant expression"),
        });
    }
    Ok(out)
}

/// Value of an expression as bits, if it is known; `global` tells the values of globals.
pub fn evaluate(expr: &[ConstOp], global: impl Fn(u32) -> Option<u128>) -> Option<u128> {
    let mut stack: SmallVec<[u128; 4]> = SmallVec::new();
    for op in expr {
        let value = match *op {
            ConstOp::I32(v) | ConstOp::F32(v) => u128::from(v),
            ConstOp::I64(v) | ConstOp::F64(v) => u128::from(v),
            ConstOp::V128(v) => v,
            ConstOp::RefNull(_) => 0,
            // A number of 31 bits is a constant.
            ConstOp::I31 => u128::from((stack.pop()? as u32) << 1 | 1),
            ConstOp::RefFunc(_)
            | ConstOp::StructNew(_)
            | ConstOp::StructNewDefault(_)
            | ConstOp::ArrayNew(_)
            | ConstOp::ArrayNewDefault(_)
            | ConstOp::ArrayNewFixed(..)
            | ConstOp::AnyConvertExtern
            | ConstOp::ExternConvertAny => return None,
            ConstOp::GlobalGet(index) => global(index)?,
            ConstOp::I32Add
            | ConstOp::I32Sub
            | ConstOp::I32Mul
            | ConstOp::I64Add
            | ConstOp::I64Sub
            | ConstOp::I64Mul => {
                let b = stack.pop()? as u64;
                let a = stack.pop()? as u64;
                u128::from(match *op {
                    ConstOp::I32Add => u64::from((a as u32).wrapping_add(b as u32)),
                    ConstOp::I32Sub => u64::from((a as u32).wrapping_sub(b as u32)),
                    ConstOp::I32Mul => u64::from((a as u32).wrapping_mul(b as u32)),
                    ConstOp::I64Add => a.wrapping_add(b),
                    ConstOp::I64Sub => a.wrapping_sub(b),
                    _ => a.wrapping_mul(b),
                })
            }
        };
        stack.push(value);
    }
    stack.pop()
}
