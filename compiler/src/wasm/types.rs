//! Defined types, unique across all modules of the program.
//!
//! Types are equal where their recursion groups are (core spec 3.3, iso-recursive): the groups have the same types in the same order, once references within the
//! group are written as places in it, and all others name equal types. Those were numbered before, so comparing numbers compares structure, and types are equal
//! in two modules exactly when their numbers are.

use crate::entity::EntityId;
use crate::ir::{
    Composite, DefType, FieldType, FuncType, Heap, SigId, Storage, Type, Types, ValType,
};
use std::collections::HashMap;
use wasmparser::{CompositeInnerType, RecGroup, StorageType, SubType};

/// Whether the types of a module name objects of the collector: before they have numbers, since what exceptions are depends on it. Of a damaged module nothing is said.
pub fn names_objects(module: &[u8]) -> bool {
    let mut payloads = wasmparser::Parser::new(0).parse_all(module);
    let section = payloads.find_map(|payload| match payload {
        Ok(wasmparser::Payload::TypeSection(section)) => Some(section),
        _ => None,
    });
    let types = (section.into_iter().flatten().flatten()).flat_map(RecGroup::into_types);
    types.into_iter().any(|ty| match ty.composite_type.inner {
        CompositeInnerType::Func(ty) => ty.params().iter().chain(ty.results()).any(is_object),
        CompositeInnerType::Struct(_)
        | CompositeInnerType::Array(_)
        | CompositeInnerType::Cont(_) => true,
    })
}

/// Whether a type is one of references to objects that no module defines. (Those that it defines are known by their definitions.)
fn is_object(ty: &wasmparser::ValType) -> bool {
    use wasmparser::AbstractHeapType as Abstract;
    let heap = ty.as_reference_type().map(|ty| ty.heap_type());
    match heap {
        Some(wasmparser::HeapType::Abstract { ty, .. }) => match ty {
            Abstract::Func | Abstract::NoFunc | Abstract::Extern | Abstract::NoExtern => false,
            Abstract::Exn | Abstract::NoExn => false,
            Abstract::Any | Abstract::Eq | Abstract::I31 | Abstract::Struct => true,
            Abstract::Array | Abstract::None | Abstract::Cont | Abstract::NoCont => true,
        },
        _ => false,
    }
}

/// All types so far.
#[derive(Default)]
pub struct TypeSet {
    pub types: Types,
    /// By group, with references in it as [`within`] makes them: the number of its first type. The others follow.
    groups: HashMap<Vec<DefType>, SigId>,
}

/// Stands for the type at a place of the group itself.
fn within(place: usize) -> SigId {
    SigId::from_u32(WITHIN | place as u32)
}

/// No program has so many types: a module has at most a million, in a file of 4 GiB at most.
const WITHIN: u32 = 1 << 31;

impl TypeSet {
    /// No types. `exceptions_are_objects`: see [`Types::new`].
    pub fn new(exceptions_are_objects: bool) -> TypeSet {
        TypeSet {
            types: Types::new(exceptions_are_objects),
            ..TypeSet::default()
        }
    }

    /// The number of a function type that is a group by itself.
    pub fn intern(&mut self, ty: FuncType) -> SigId {
        self.intern_group(vec![DefType::plain(ty)])
    }

    /// The number of the type of continuations of functions of this type, as a group by itself.
    pub fn intern_cont(&mut self, func: SigId) -> SigId {
        self.intern_group(vec![DefType {
            composite: Composite::Cont(func),
            supertype: None,
            is_final: true,
        }])
    }

    /// Adds a recursion group of a module, whose types so far have the numbers `ids`.
    pub fn add_group(&mut self, group: RecGroup, ids: &mut Vec<SigId>) {
        let group: Vec<SubType> = group.into_types().collect();
        let names = Names {
            types: &self.types,
            ids,
            group: &group,
        };
        let defs = group.iter().map(|ty| names.def_type(ty)).collect();
        let count = group.len();
        let first = self.intern_group(defs).index();
        ids.extend((first..first + count).map(|i| SigId::from_u32(i as u32)));
    }

    fn intern_group(&mut self, group: Vec<DefType>) -> SigId {
        if let Some(&known) = self.groups.get(&group) {
            return known;
        }
        let first = self.types.len() as u32;
        let number = |id: SigId| match id.as_u32() {
            it if it & WITHIN != 0 => SigId::from_u32(first + (it & !WITHIN)),
            _ => id,
        };
        for def in &group {
            self.types.push(def.map_defined(number));
        }
        let first = SigId::from_u32(first);
        self.groups.insert(group, first);
        first
    }
}

/// What the type indices of a module stand for.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub types: &'a Types,
    pub ids: &'a [SigId],
    /// The recursion group that is being read; its types come behind those that have numbers.
    group: &'a [SubType],
}

impl<'a> Names<'a> {
    /// Of a module whose types were all read.
    pub fn new(types: &'a Types, ids: &'a [SigId]) -> Names<'a> {
        Names {
            types,
            ids,
            group: &[],
        }
    }

    fn defined(self, index: u32) -> Heap {
        let index = index as usize;
        match self.ids.get(index) {
            Some(&id) => match self.types.def(id).composite {
                Composite::Func(_) => Heap::Type(id),
                Composite::Cont(_) => Heap::ContType(id),
                Composite::Struct(_) | Composite::Array(_) => Heap::Data(id),
            },
            None => {
                let place = index - self.ids.len();
                match &self.group[place].composite_type.inner {
                    CompositeInnerType::Func(_) => Heap::Type(within(place)),
                    CompositeInnerType::Cont(_) => Heap::ContType(within(place)),
                    CompositeInnerType::Struct(_) | CompositeInnerType::Array(_) => {
                        Heap::Data(within(place))
                    }
                }
            }
        }
    }

    /// What a heap type stands for.
    pub fn heap(self, ty: wasmparser::HeapType) -> Heap {
        use wasmparser::AbstractHeapType as Abstract;
        use wasmparser::HeapType;
        match ty {
            HeapType::Abstract { ty, .. } => match ty {
                Abstract::Func => Heap::Func,
                Abstract::Extern => Heap::Extern,
                Abstract::Exn => self.types.exception(),
                Abstract::NoFunc => Heap::NoFunc,
                Abstract::NoExtern => Heap::NoExtern,
                Abstract::NoExn if self.types.exceptions_are_objects() => Heap::NoExnObject,
                Abstract::NoExn => Heap::NoExn,
                Abstract::Any => Heap::Any,
                Abstract::Eq => Heap::Eq,
                Abstract::I31 => Heap::I31,
                Abstract::Struct => Heap::Struct,
                Abstract::Array => Heap::Array,
                Abstract::None => Heap::None,
                Abstract::Cont => Heap::Cont,
                Abstract::NoCont => Heap::NoCont,
            },
            HeapType::Concrete(index) | HeapType::Exact(index) => {
                self.defined(index.as_module_index().expect("types of a module"))
            }
        }
    }

    /// A value type.
    pub fn val_type(self, ty: wasmparser::ValType) -> ValType {
        match ty {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(r) => self.ref_type(r),
        }
    }

    /// A reference type.
    pub fn ref_type(self, ty: wasmparser::RefType) -> ValType {
        ValType::reference(ty.is_nullable(), self.heap(ty.heap_type()))
    }

    /// The IR type of a local or a block's result.
    pub fn ir_type(self, ty: wasmparser::ValType) -> Type {
        self.val_type(ty).ir()
    }

    fn def_type(self, ty: &SubType) -> DefType {
        let values =
            |list: &[wasmparser::ValType]| list.iter().map(|&t| self.val_type(t)).collect();
        let field = |field: &wasmparser::FieldType| FieldType {
            storage: match field.element_type {
                StorageType::I8 => Storage::I8,
                StorageType::I16 => Storage::I16,
                StorageType::Val(ty) => Storage::Val(self.val_type(ty)),
            },
            mutable: field.mutable,
        };
        let index = |index: &wasmparser::PackedIndex| {
            let index = index.as_module_index().expect("types of a module");
            self.defined(index).defined().expect("a defined type")
        };
        DefType {
            composite: match &ty.composite_type.inner {
                CompositeInnerType::Func(ty) => Composite::Func(FuncType {
                    params: values(ty.params()),
                    results: values(ty.results()),
                }),
                CompositeInnerType::Struct(ty) => {
                    Composite::Struct(ty.fields.iter().map(field).collect())
                }
                CompositeInnerType::Array(ty) => Composite::Array(field(&ty.0)),
                CompositeInnerType::Cont(ty) => Composite::Cont(index(&ty.0)),
            },
            supertype: ty.supertype_idxs.first().map(index),
            is_final: ty.is_final,
        }
    }
}
