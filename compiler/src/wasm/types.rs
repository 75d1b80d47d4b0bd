//! Function types, unique by structure across all modules of the program.
//!
//! A type may refer to types before it in its module, as the type of a reference. These are unique already when it is read, so comparing them
//! by number compares their structure, and types are equal in two modules exactly when their numbers are.

use crate::entity::Arena;
use crate::ir::{FuncType, Heap, SigId, ValType};
use std::collections::HashMap;

/// All function types so far.
#[derive(Default)]
pub struct Types {
    pub types: Arena<SigId, FuncType>,
    numbers: HashMap<FuncType, SigId>,
}

impl Types {
    /// The number of a type.
    pub fn intern(&mut self, ty: FuncType) -> SigId {
        let types = &mut self.types;
        *self
            .numbers
            .entry(ty)
            .or_insert_with_key(|ty| types.push(ty.clone()))
    }
}

/// A value type of the supported set. `types`: the module's types so far.
pub fn val_type(ty: wasmparser::ValType, types: &[SigId]) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(r) => ref_type(r, types),
    }
}

/// A reference type of the supported set.
pub fn ref_type(ty: wasmparser::RefType, types: &[SigId]) -> ValType {
    use wasmparser::AbstractHeapType::{Exn, Extern, Func, NoExn, NoExtern, NoFunc};
    use wasmparser::HeapType;
    let heap = match ty.heap_type() {
        HeapType::Abstract { ty: Func, .. } => Heap::Func,
        HeapType::Abstract { ty: Extern, .. } => Heap::Extern,
        HeapType::Abstract { ty: Exn, .. } => Heap::Exn,
        HeapType::Abstract { ty: NoFunc, .. } => Heap::NoFunc,
        HeapType::Abstract { ty: NoExtern, .. } => Heap::NoExtern,
        HeapType::Abstract { ty: NoExn, .. } => Heap::NoExn,
        HeapType::Concrete(index) => {
            let index = index.as_module_index().expect("types of a module");
            Heap::Type(types[index as usize])
        }
        other => unreachable!("{other:?} is not of the supported set"),
    };
    ValType::reference(ty.is_nullable(), heap)
}

/// A function type.
pub fn func_type(ty: &wasmparser::FuncType, types: &[SigId]) -> FuncType {
    let all = |list: &[wasmparser::ValType]| list.iter().map(|&t| val_type(t, types)).collect();
    FuncType {
        params: all(ty.params()),
        results: all(ty.results()),
    }
}

/// The IR type of a local or a block's result.
pub fn ir_type(ty: wasmparser::ValType) -> crate::ir::Type {
    use crate::ir::Type;
    match ty {
        wasmparser::ValType::I32 => Type::I32,
        wasmparser::ValType::I64 => Type::I64,
        wasmparser::ValType::F32 => Type::F32,
        wasmparser::ValType::F64 => Type::F64,
        wasmparser::ValType::V128 => Type::V128,
        wasmparser::ValType::Ref(_) => Type::Ref,
    }
}
