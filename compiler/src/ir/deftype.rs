//! Value types and the types that modules define: functions, structures, arrays (core spec 3.0, 2.3 and 3.1), continuations (the stack switching proposal).
//!
//! A defined type is unique by structure across the program: two modules have the same number for it exactly when the standard says that the types are equal,
//! which is decided for recursion groups as wholes (`wasm/types.rs`).

use super::program::{SigId, TagId};
use super::types::{Access, Signature, Type};
use crate::abi::GcType;
use crate::entity::{Arena, EntityId};
use std::ops::Index;

/// A WebAssembly value type (core spec 2.3), as types of functions, globals and tables distinguish it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ValType {
    I32,
    I64,
    F32,
    F64,
    V128,
    FuncRef,
    ExternRef,
    ExnRef,
    /// Any other reference; made by [`ValType::reference`], so that equal types are equal values.
    Ref(RefType),
}

/// A reference type that has no variant of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RefType {
    pub nullable: bool,
    pub heap: Heap,
}

/// What a reference refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Heap {
    Func,
    Extern,
    Exn,
    /// An exception where that is an object of the collector ([`Types::exceptions_are_objects`]), and the bottom of these.
    ExnObject,
    NoExnObject,
    /// A function of this type.
    Type(SigId),
    /// Nothing: the bottom of functions' types (core spec 3.3, `nofunc`).
    NoFunc,
    /// The bottom of external ones, `noextern`.
    NoExtern,
    /// The bottom of exceptions, `noexn`.
    NoExn,
    /// Whatever the collector manages, numbers of 31 bits, and what came from the host.
    Any,
    /// What can be compared: numbers of 31 bits, structures and arrays.
    Eq,
    I31,
    Struct,
    Array,
    /// A structure or array of this type.
    Data(SigId),
    /// The bottom of these.
    None,
    /// A continuation, of this type, and the bottom of continuations: `cont`, `nocont`.
    Cont,
    ContType(SigId),
    NoCont,
}

/// The hierarchies of references (core spec 3.3): nothing is in two of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Hierarchy {
    Func,
    Extern,
    Exn,
    ExnObject,
    Any,
    Cont,
}

impl Heap {
    /// Which hierarchy it belongs to.
    pub fn hierarchy(self) -> Hierarchy {
        match self {
            Heap::Func | Heap::Type(_) | Heap::NoFunc => Hierarchy::Func,
            Heap::Extern | Heap::NoExtern => Hierarchy::Extern,
            Heap::Exn | Heap::NoExn => Hierarchy::Exn,
            Heap::ExnObject | Heap::NoExnObject => Hierarchy::ExnObject,
            Heap::Any
            | Heap::Eq
            | Heap::I31
            | Heap::Struct
            | Heap::Array
            | Heap::Data(_)
            | Heap::None => Hierarchy::Any,
            Heap::Cont | Heap::ContType(_) | Heap::NoCont => Hierarchy::Cont,
        }
    }
    /// Whether it stands for all of its hierarchy.
    pub fn is_top(self) -> bool {
        matches!(
            self,
            Heap::Func | Heap::Extern | Heap::Exn | Heap::ExnObject | Heap::Any | Heap::Cont
        )
    }
    /// Whether it stands for nothing but null.
    pub fn is_bottom(self) -> bool {
        matches!(
            self,
            Heap::NoFunc
                | Heap::NoExtern
                | Heap::NoExn
                | Heap::NoExnObject
                | Heap::None
                | Heap::NoCont
        )
    }
    /// Whether references to it are exceptions that are no objects of the collector.
    pub fn is_exception(self) -> bool {
        self.hierarchy() == Hierarchy::Exn
    }
    /// The defined type that it names.
    pub fn defined(self) -> Option<SigId> {
        match self {
            Heap::Type(id) | Heap::Data(id) | Heap::ContType(id) => Some(id),
            _ => None,
        }
    }
    /// With another defined type, if it names one.
    fn map(self, f: impl FnOnce(SigId) -> SigId) -> Heap {
        match self {
            Heap::Type(id) => Heap::Type(f(id)),
            Heap::Data(id) => Heap::Data(f(id)),
            Heap::ContType(id) => Heap::ContType(f(id)),
            other => other,
        }
    }
}

impl ValType {
    /// A reference type.
    /// Any reference to an object, and null.
    pub const ANY: ValType = ValType::Ref(RefType {
        nullable: true,
        heap: Heap::Any,
    });
    pub fn reference(nullable: bool, heap: Heap) -> ValType {
        match (nullable, heap) {
            (true, Heap::Func) => ValType::FuncRef,
            (true, Heap::Extern) => ValType::ExternRef,
            (true, Heap::Exn) => ValType::ExnRef,
            _ => ValType::Ref(RefType { nullable, heap }),
        }
    }
    /// As a reference type, if it is one.
    pub fn as_ref(self) -> Option<RefType> {
        let nullable = |heap| RefType {
            nullable: true,
            heap,
        };
        match self {
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => None,
            ValType::FuncRef => Some(nullable(Heap::Func)),
            ValType::ExternRef => Some(nullable(Heap::Extern)),
            ValType::ExnRef => Some(nullable(Heap::Exn)),
            ValType::Ref(ty) => Some(ty),
        }
    }
    /// Whether it is a reference type without null.
    pub fn is_non_null(self) -> bool {
        self.as_ref().is_some_and(|ty| !ty.nullable)
    }
    /// The defined type that it refers to.
    pub fn defined(self) -> Option<SigId> {
        self.as_ref()?.heap.defined()
    }
    /// With another defined type, if it refers to one.
    pub fn map_defined(self, f: impl FnOnce(SigId) -> SigId) -> ValType {
        match self {
            ValType::Ref(RefType { nullable, heap }) => ValType::reference(nullable, heap.map(f)),
            other => other,
        }
    }
    /// The IR type that carries it.
    pub fn ir(self) -> Type {
        match self {
            ValType::I32 => Type::I32,
            ValType::I64 => Type::I64,
            ValType::F32 => Type::F32,
            ValType::F64 => Type::F64,
            ValType::V128 => Type::V128,
            ValType::FuncRef | ValType::ExternRef | ValType::ExnRef => Type::Ref,
            ValType::Ref(ty) => match ty.heap.hierarchy() {
                Hierarchy::Func | Hierarchy::Extern | Hierarchy::Exn => Type::Ref,
                Hierarchy::Any | Hierarchy::Cont | Hierarchy::ExnObject => Type::Gc,
            },
        }
    }
    /// Its byte in the binary format (core spec 5.3), which descriptors use too; of a reference, that of the nullable type without index that
    /// it matches first.
    pub fn byte(self) -> u8 {
        match self {
            ValType::I32 => 0x7f,
            ValType::I64 => 0x7e,
            ValType::F32 => 0x7d,
            ValType::F64 => 0x7c,
            ValType::V128 => 0x7b,
            ValType::FuncRef => 0x70,
            ValType::ExternRef => 0x6f,
            ValType::ExnRef => 0x69,
            ValType::Ref(ty) => match ty.heap {
                Heap::Func | Heap::Type(_) => 0x70,
                Heap::Extern => 0x6f,
                Heap::Exn | Heap::ExnObject => 0x69,
                Heap::NoFunc => 0x73,
                Heap::NoExtern => 0x72,
                Heap::NoExn | Heap::NoExnObject => 0x74,
                Heap::Any => 0x6e,
                Heap::Eq => 0x6d,
                Heap::I31 => 0x6c,
                Heap::Struct => 0x6b,
                Heap::Array => 0x6a,
                // Of both kinds of data.
                Heap::Data(_) => 0x6d,
                Heap::None => 0x71,
                Heap::Cont | Heap::ContType(_) => 0x68,
                Heap::NoCont => 0x75,
            },
        }
    }
}

/// A function type with Wasm types.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FuncType {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

impl FuncType {
    /// The IR signature.
    pub fn signature(&self) -> Signature {
        Signature {
            params: self.params.iter().map(|t| t.ir()).collect(),
            results: self.results.iter().map(|t| t.ir()).collect(),
        }
    }
}

/// What a field or element holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Storage {
    /// The low bits of an i32.
    I8,
    I16,
    Val(ValType),
}

impl Storage {
    /// The type of its values once they are read.
    pub fn unpacked(self) -> ValType {
        match self {
            Storage::I8 | Storage::I16 => ValType::I32,
            Storage::Val(ty) => ty,
        }
    }
    /// How it is read and written in the heap. Packed ones are read without sign.
    pub fn access(self) -> Access {
        match self {
            Storage::I8 => Access::U8,
            Storage::I16 => Access::U16,
            Storage::Val(_) => Access::Full,
        }
    }
    /// Bytes in the heap; a power of two.
    pub fn bytes(self) -> u32 {
        self.access().bytes(self.unpacked().ir())
    }
}

/// A field of a structure, or the elements of an array.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FieldType {
    pub storage: Storage,
    pub mutable: bool,
}

/// What a defined type describes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Composite {
    Func(FuncType),
    Struct(Vec<FieldType>),
    Array(FieldType),
    /// A continuation of a function of this type.
    Cont(SigId),
}

/// A defined type.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DefType {
    pub composite: Composite,
    pub supertype: Option<SigId>,
    /// It has no subtypes.
    pub is_final: bool,
}

impl DefType {
    /// A function type as modules without GC define them.
    pub fn plain(ty: FuncType) -> DefType {
        DefType {
            composite: Composite::Func(ty),
            supertype: None,
            is_final: true,
        }
    }
    /// As a function type, if it is one.
    pub fn func(&self) -> Option<&FuncType> {
        match &self.composite {
            Composite::Func(ty) => Some(ty),
            Composite::Struct(_) | Composite::Array(_) | Composite::Cont(_) => None,
        }
    }
    /// The fields of a structure.
    pub fn fields(&self) -> Option<&[FieldType]> {
        match &self.composite {
            Composite::Struct(fields) => Some(fields),
            Composite::Func(_) | Composite::Array(_) | Composite::Cont(_) => None,
        }
    }
    /// The elements of an array.
    pub fn element(&self) -> Option<FieldType> {
        match &self.composite {
            Composite::Array(element) => Some(*element),
            Composite::Func(_) | Composite::Struct(_) | Composite::Cont(_) => None,
        }
    }
    /// The type of the function that a continuation goes on with.
    pub fn cont(&self) -> Option<SigId> {
        match self.composite {
            Composite::Cont(func) => Some(func),
            Composite::Func(_) | Composite::Struct(_) | Composite::Array(_) => None,
        }
    }
    /// All value types in it, in order.
    pub fn values(&self) -> impl Iterator<Item = ValType> {
        let (values, fields): ([&[ValType]; 2], &[FieldType]) = match &self.composite {
            Composite::Func(ty) => ([&ty.params, &ty.results], &[]),
            Composite::Struct(fields) => ([&[], &[]], fields),
            Composite::Array(element) => ([&[], &[]], std::slice::from_ref(element)),
            Composite::Cont(_) => ([&[], &[]], &[]),
        };
        let stored = fields.iter().filter_map(|field| match field.storage {
            Storage::Val(ty) => Some(ty),
            Storage::I8 | Storage::I16 => None,
        });
        values.into_iter().flatten().copied().chain(stored)
    }
    /// The defined types that it names: its supertype, a continuation's function, then those of values, in order.
    pub fn references(&self) -> impl Iterator<Item = SigId> {
        let of_values = self.values().filter_map(ValType::defined);
        let first = self.supertype.into_iter().chain(self.cont());
        first.chain(of_values)
    }
    /// With other defined types in the places of those that it names.
    pub fn map_defined(&self, f: impl Fn(SigId) -> SigId) -> DefType {
        let value = |ty: &ValType| ty.map_defined(&f);
        let field = |field: &FieldType| FieldType {
            storage: match field.storage {
                Storage::Val(ty) => Storage::Val(value(&ty)),
                packed => packed,
            },
            mutable: field.mutable,
        };
        DefType {
            composite: match &self.composite {
                Composite::Func(ty) => Composite::Func(FuncType {
                    params: ty.params.iter().map(value).collect(),
                    results: ty.results.iter().map(value).collect(),
                }),
                Composite::Struct(fields) => Composite::Struct(fields.iter().map(field).collect()),
                Composite::Array(element) => Composite::Array(field(element)),
                Composite::Cont(func) => Composite::Cont(f(*func)),
            },
            supertype: self.supertype.map(&f),
            is_final: self.is_final,
        }
    }
}

/// Bytes of an object before its fields: the header.
pub const OBJECT_HEADER: u32 = 4;
/// Where an array has its length, an i32.
pub const ARRAY_LENGTH: u32 = 4;
/// Where an array has its first element.
pub const ARRAY_ELEMENTS: u32 = GcType::ELEMENTS;
/// Fields up to here are reached from null only where nothing is mapped: the access tests the reference.
pub const FAULTING: u32 = 1 << 15;
/// The number of a type begins at this bit of the header; below are the collector's bits.
pub const HEADER_TYPE: u32 = GcType::HEADER_SHIFT;

/// Where the fields of a structure are. Those that a type has from its supertype are where that has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// By field: its offset from the object's start.
    pub offsets: Vec<u32>,
    /// By field: which other fields it may be the same as, see [`Types::region`].
    regions: Vec<u8>,
    /// Bytes of an object; of an array, those before its elements.
    pub bytes: u32,
    /// Where there is room between fields: offset and bytes.
    gaps: Vec<(u32, u32)>,
}

impl Layout {
    /// Room for a field.
    fn place(&mut self, bytes: u32) -> u32 {
        // Fields are aligned as objects are, at most.
        let align = bytes.min(OBJECT_ALIGN);
        let gap = self
            .gaps
            .iter()
            .position(|&(at, room)| at.next_multiple_of(align) + bytes <= at + room);
        let (start, room) = match gap {
            Some(gap) => self.gaps.remove(gap),
            None => (self.bytes, bytes.next_multiple_of(align) + align),
        };
        let at = start.next_multiple_of(align);
        let end = at + bytes;
        if at > start {
            self.gaps.push((start, at - start));
        }
        if gap.is_some() && start + room > end {
            self.gaps.push((end, start + room - end));
        }
        self.bytes = self.bytes.max(end);
        self.gaps.sort_unstable();
        at
    }
}

/// Objects are aligned to so many bytes.
pub const OBJECT_ALIGN: u32 = 8;

/// Regions of fields, and of elements.
const FIELD_REGIONS: u8 = 48;
const ELEMENT_REGIONS: u8 = 14;

/// Of the header; those of fields and elements follow.
pub const HEADER_REGION: u8 = 0;

/// Of all fields and elements that never change: they are written where nothing else knows the object.
pub const IMMUTABLE_REGION: u8 = 1 + FIELD_REGIONS + ELEMENT_REGIONS;

/// The defined types of a program. By index, the function type that a number stands for.
#[derive(Clone, Debug, Default)]
pub struct Types {
    defs: Arena<SigId, DefType>,
    layouts: Vec<Layout>,
    /// The numbers that objects and function references have for their types: those of a type and its subtypes are consecutive, of structures first, then of
    /// arrays, then of functions. The first, which is the type's own, and the last.
    numbers: Vec<(u32, u32)>,
    /// Numbers of structures, and of data.
    structs: u32,
    data: u32,
    fields: u32,
    arrays: u32,
    has_conts: bool,
    exceptions_are_objects: bool,
}

impl Types {
    /// No types. `exceptions_are_objects`: of a program in which exceptions are objects of the collector.
    pub fn new(exceptions_are_objects: bool) -> Types {
        Types {
            exceptions_are_objects,
            ..Types::default()
        }
    }

    /// Adds a type. A supertype may come later, but in the same recursion group.
    pub fn push(&mut self, def: DefType) -> SigId {
        let layout = self.lay_out(&def);
        self.layouts.push(layout);
        let number = self.defs.len() as u32;
        self.numbers.push((number, number));
        self.defs.push(def)
    }

    fn lay_out(&mut self, def: &DefType) -> Layout {
        let parent = def.supertype.map(|id| &self.layouts[id.index()]);
        let mut layout = parent.cloned().unwrap_or_default();
        match &def.composite {
            Composite::Func(_) => {}
            Composite::Cont(_) => layout.bytes = GcType::CONT_BYTES,
            Composite::Struct(fields) => {
                layout.bytes = layout.bytes.max(OBJECT_HEADER);
                let first = layout.offsets.len();
                let mut order: Vec<usize> = (first..fields.len()).collect();
                order.sort_by_key(|&i| std::cmp::Reverse(fields[i].storage.bytes()));
                layout.offsets.resize(fields.len(), 0);
                for i in order {
                    layout.offsets[i] = layout.place(fields[i].storage.bytes());
                }
                for field in &fields[first..] {
                    if !field.mutable {
                        layout.regions.push(IMMUTABLE_REGION);
                        continue;
                    }
                    let region = (self.fields % u32::from(FIELD_REGIONS)) as u8;
                    layout.regions.push(1 + region);
                    self.fields += 1;
                }
            }
            Composite::Array(element) => {
                layout.bytes = ARRAY_ELEMENTS;
                if !element.mutable {
                    layout.regions = vec![IMMUTABLE_REGION];
                } else if layout.regions.is_empty() {
                    let region = (self.arrays % u32::from(ELEMENT_REGIONS)) as u8;
                    layout.regions.push(1 + FIELD_REGIONS + region);
                    self.arrays += 1;
                }
            }
        }
        layout
    }

    /// Numbers the types. Types that are added afterwards are related to no others.
    pub fn number(&mut self) {
        let mut children: Vec<Vec<SigId>> = vec![Vec::new(); self.defs.len()];
        let mut roots = [Vec::new(), Vec::new(), Vec::new()];
        let mut conts = Vec::new();
        for (id, def) in self.defs.iter() {
            match (def.supertype, &def.composite) {
                (_, Composite::Cont(_)) => conts.push(id),
                (Some(parent), _) => children[parent.index()].push(id),
                (None, Composite::Struct(_)) => roots[0].push(id),
                (None, Composite::Array(_)) => roots[1].push(id),
                (None, Composite::Func(_)) => roots[2].push(id),
            }
        }
        let mut next = 0;
        let mut ends = [0; 3];
        for (kind, roots) in roots.into_iter().enumerate() {
            // Entered in order; a type is left once all its subtypes were.
            let mut work: Vec<(SigId, bool)> =
                roots.into_iter().rev().map(|id| (id, false)).collect();
            while let Some((id, left)) = work.pop() {
                if left {
                    self.numbers[id.index()].1 = next - 1;
                    continue;
                }
                self.numbers[id.index()].0 = next;
                next += 1;
                work.push((id, true));
                work.extend(children[id.index()].iter().rev().map(|&id| (id, false)));
            }
            ends[kind] = next;
        }
        self.structs = ends[0];
        self.data = ends[1];
        // Nothing asks a continuation for its type.
        let number = self.cont_number();
        self.has_conts = !conts.is_empty();
        for id in conts {
            self.numbers[id.index()] = (number, number);
        }
    }
    /// The numbers that a type and its subtypes have in objects and function references, both included; the first is its own.
    pub fn numbers(&self, id: SigId) -> (u32, u32) {
        self.numbers[id.index()]
    }
    /// Whether a function type means the same in other modules: one that MVP modules could have, and that refers to such alone.
    pub fn is_portable(&self, id: SigId) -> bool {
        let def = self.def(id);
        def.func().is_some()
            && def.is_final
            && def.supertype.is_none()
            && def.values().all(|ty| ty.ir() != Type::Gc)
            && def
                .references()
                .all(|other| other < id && self.is_portable(other))
    }
    /// The function type with this number, and the lowest that one has.
    pub fn function_numbered(&self, number: u32) -> Option<SigId> {
        let mut all = self.defs.iter().filter(|(_, def)| def.func().is_some());
        all.find_map(|(id, _)| (self.numbers(id).0 == number).then_some(id))
    }
    /// The numbers of all objects that a heap type of data stands for: the first, and the one behind the last. None but null are of a bottom.
    pub fn data_numbers(&self, heap: Heap) -> (u32, u32) {
        match heap {
            Heap::Struct => (0, self.structs),
            Heap::Array => (self.structs, self.data),
            Heap::Eq => (0, self.data),
            Heap::Data(id) => {
                let (first, last) = self.numbers(id);
                (first, last + 1)
            }
            // What came from the host is an object, too.
            Heap::Any => (0, self.host_number() + 1),
            _ => (0, 0),
        }
    }
    /// Number of types of structures and arrays; theirs are the lowest.
    pub fn data_count(&self) -> u32 {
        self.data
    }
    /// The number that objects have which hold a value of the host.
    pub fn host_number(&self) -> u32 {
        self.data
    }
    /// Whether there are types of continuations.
    pub fn has_conts(&self) -> bool {
        self.has_conts
    }
    /// The number that all continuations have; the next one is that of values that were bound to one (`GcType::CONT`).
    pub fn cont_number(&self) -> u32 {
        self.data + 1
    }
    /// Whether exceptions are objects of the collector: in a program that has others. Else the runtime keeps them by itself.
    pub fn exceptions_are_objects(&self) -> bool {
        self.exceptions_are_objects
    }
    /// What exceptions are.
    pub fn exception(&self) -> Heap {
        match self.exceptions_are_objects {
            true => Heap::ExnObject,
            false => Heap::Exn,
        }
    }
    /// The IR type that carries references to exceptions.
    pub fn exception_type(&self) -> Type {
        ValType::reference(true, self.exception()).ir()
    }
    /// The number that objects have which are exceptions with this tag.
    pub fn exception_number(&self, tag: TagId) -> u32 {
        let others = if self.has_conts { 3 } else { 1 };
        self.data + others + tag.as_u32()
    }
    /// Where the fields of a structure are, or the elements of an array.
    pub fn layout(&self, id: SigId) -> &Layout {
        &self.layouts[id.index()]
    }
    /// The region of a field, or of an array's elements (field 0): the same for a type and its subtypes, and as few others as there is room for.
    pub fn region(&self, id: SigId, field: u32) -> u8 {
        self.layouts[id.index()].regions[field as usize]
    }
    /// Number of types.
    pub fn len(&self) -> usize {
        self.defs.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.defs.len() == 0
    }
    /// All types, supertypes before their subtypes.
    pub fn iter(&self) -> impl Iterator<Item = (SigId, &DefType)> {
        self.defs.iter()
    }
    /// A type.
    pub fn def(&self, id: SigId) -> &DefType {
        &self.defs[id]
    }
    /// Its function type, if it has one.
    pub fn func(&self, id: SigId) -> Option<&FuncType> {
        self.defs.get(id)?.func()
    }
    /// Whether a type is declared to be a subtype of another, or is that (core spec 3.3, by the closure of declared supertypes).
    pub fn is_subtype(&self, id: SigId, of: SigId) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            if id == of {
                return true;
            }
            next = self.defs[id].supertype;
        }
        false
    }
    /// Whether what one heap type stands for is also of the other (core spec 3.3, matching).
    pub fn heap_matches(&self, a: Heap, b: Heap) -> bool {
        if a == b {
            return true;
        }
        match (a, b) {
            (Heap::Type(a), Heap::Type(b))
            | (Heap::Data(a), Heap::Data(b))
            | (Heap::ContType(a), Heap::ContType(b)) => self.is_subtype(a, b),
            (Heap::Data(id), Heap::Struct) => self.defs[id].fields().is_some(),
            (Heap::Data(id), Heap::Array) => self.defs[id].element().is_some(),
            (Heap::I31 | Heap::Struct | Heap::Array | Heap::Data(_), Heap::Eq) => true,
            (a, b) if b.is_top() => {
                let top = match a.hierarchy() {
                    Hierarchy::Func => Heap::Func,
                    Hierarchy::Extern => Heap::Extern,
                    Hierarchy::Exn => Heap::Exn,
                    Hierarchy::ExnObject => Heap::ExnObject,
                    Hierarchy::Any => Heap::Any,
                    Hierarchy::Cont => Heap::Cont,
                };
                top == b
            }
            (a, b) => a.is_bottom() && a.hierarchy() == b.hierarchy(),
        }
    }
    /// Whether the values of one type are values of the other (core spec 3.3, matching).
    pub fn matches(&self, a: ValType, b: ValType) -> bool {
        match (a.as_ref(), b.as_ref()) {
            (Some(a), Some(b)) => (b.nullable || !a.nullable) && self.heap_matches(a.heap, b.heap),
            _ => a == b,
        }
    }
}

impl FromIterator<FuncType> for Types {
    /// Function types that are related to nothing.
    fn from_iter<I: IntoIterator<Item = FuncType>>(list: I) -> Types {
        let mut types = Types::default();
        for ty in list {
            types.push(DefType::plain(ty));
        }
        types
    }
}

impl Index<SigId> for Types {
    type Output = FuncType;

    /// # Panics
    /// The number is not that of a function type.
    fn index(&self, id: SigId) -> &FuncType {
        self.defs[id].func().expect("a function type")
    }
}
