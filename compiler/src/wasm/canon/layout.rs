//! How component-level values lie in memory and in core values (`CanonicalABI.md`: Alignment, Element Size, Flattening).
//!
//! In the memory of C programs they lie by the same rules, but for the width of pointers and lengths; so they are what C makes of the structures that the header has.

use crate::ir::component::{Builtin, CFuncType, CType, CTypeId, Component, End, ResourceId};
use crate::ir::{FuncType, Type, ValType};

/// Core values that parameters may take before they go through memory.
pub const MAX_FLAT_PARAMS: usize = 16;

/// Likewise for the caller's side of a call that does not wait.
pub const MAX_FLAT_ASYNC_PARAMS: usize = 4;

/// Likewise for results.
pub const MAX_FLAT_RESULTS: usize = 1;

/// Which side of a component-level function a core function is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// It is called to do what the component-level function does: results that do not fit are where the pointer that it returns points.
    Lift,
    /// Calling it calls the component-level function: the last parameter says where results go that do not fit.
    Lower,
    /// Likewise, but it does not wait: it returns how far the call is, results go where the last parameter says.
    AsyncLower,
}

impl Direction {
    /// Core values that parameters may take before they go through memory.
    pub fn max_flat_params(self) -> usize {
        match self {
            Direction::Lift | Direction::Lower => MAX_FLAT_PARAMS,
            Direction::AsyncLower => MAX_FLAT_ASYNC_PARAMS,
        }
    }
}

/// The core type of a function on one side of a component-level function.
pub fn core_signature(component: &Component, ty: &CFuncType, direction: Direction) -> FuncType {
    let max = direction.max_flat_params();
    let mut params = Vec::new();
    for (_, param) in &ty.params {
        if !flatten_into(component, *param, max, &mut params) {
            break;
        }
    }
    if params.len() > max {
        params = vec![Type::I32];
    }
    if direction == Direction::AsyncLower {
        params.extend(ty.result.map(|_| Type::I32));
        return FuncType {
            params: params.into_iter().map(val_type).collect(),
            results: vec![ValType::I32],
        };
    }
    let mut results = Vec::new();
    if let Some(result) = ty.result {
        flatten_into(component, result, MAX_FLAT_RESULTS, &mut results);
    }
    if results.len() > MAX_FLAT_RESULTS {
        results = match direction {
            Direction::Lift => vec![Type::I32],
            Direction::Lower | Direction::AsyncLower => {
                params.push(Type::I32);
                Vec::new()
            }
        };
    }
    let wasm = |types: Vec<Type>| types.into_iter().map(val_type).collect();
    FuncType {
        params: wasm(params),
        results: wasm(results),
    }
}

/// The core types of the values, or none where there are more than `max` of them.
pub fn flat_within(component: &Component, types: &[CTypeId], max: usize) -> Option<Vec<Type>> {
    let mut flat = Vec::new();
    let fits = |&ty| flatten_into(component, ty, max, &mut flat);
    types.iter().all(fits).then_some(flat)
}

/// The core type of a built-in function.
pub fn builtin_signature(component: &Component, builtin: &Builtin) -> FuncType {
    use ValType::{I32, I64};
    let (params, results): (&[ValType], &[ValType]) = match builtin {
        Builtin::TaskReturn(result) => {
            let types: Vec<CTypeId> = result.iter().copied().collect();
            let flat = flat_within(component, &types, MAX_FLAT_PARAMS);
            let flat = flat.unwrap_or_else(|| vec![Type::I32]);
            return FuncType {
                params: flat.into_iter().map(val_type).collect(),
                results: Vec::new(),
            };
        }
        Builtin::TaskCancel | Builtin::BackpressureInc | Builtin::BackpressureDec => (&[], &[]),
        Builtin::ContextGet(_)
        | Builtin::SetNew
        | Builtin::ThreadIndex
        | Builtin::ThreadYield
        | Builtin::ThreadSuspend => (&[], &[I32]),
        Builtin::ContextSet(_)
        | Builtin::SetDrop
        | Builtin::SubtaskDrop
        | Builtin::ThreadResumeLater
        | Builtin::EndDrop(_) => (&[I32], &[]),
        Builtin::ErrorContextNew => (&[I32, I32], &[I32]),
        Builtin::ErrorContextMessage => (&[I32, I32], &[]),
        Builtin::ErrorContextDrop => (&[I32], &[]),
        Builtin::SetWait | Builtin::SetPoll | Builtin::ThreadNew { .. } => (&[I32, I32], &[I32]),
        Builtin::Join => (&[I32, I32], &[]),
        Builtin::SubtaskCancel { .. } | Builtin::EndCancel(..) | Builtin::ThreadSwitch { .. } => {
            (&[I32], &[I32])
        }
        Builtin::New(_) => (&[], &[I64]),
        Builtin::Copy(End { ty, .. }, _) => match component.types[*ty] {
            CType::Future(_) => (&[I32, I32], &[I32]),
            _ => (&[I32, I32, I32], &[I32]),
        },
    };
    FuncType {
        params: params.to_vec(),
        results: results.to_vec(),
    }
}

/// Whether the function's parameters go through memory.
pub fn spills_params(component: &Component, ty: &CFuncType) -> bool {
    let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
    flat_within(component, &types, MAX_FLAT_PARAMS).is_none()
}

/// Whether the function's result goes through memory.
pub fn spills_result(component: &Component, ty: &CFuncType) -> bool {
    ty.result
        .is_some_and(|result| !flatten_into(component, result, MAX_FLAT_RESULTS, &mut Vec::new()))
}

fn val_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F32 => ValType::F32,
        Type::F64 => ValType::F64,
        Type::V128 | Type::Ref | Type::Gc | Type::Ptr => unreachable!("{ty} is in no flat type"),
    }
}

/// The core types of a value.
pub fn flat(component: &Component, ty: CTypeId) -> Vec<Type> {
    let mut types = Vec::new();
    flatten_into(component, ty, usize::MAX, &mut types);
    types
}

/// Appends the core types of a value; false as soon as there are more than `limit` of them, of which some are left out then: a type of a few bytes
/// may have millions.
fn flatten_into(component: &Component, ty: CTypeId, limit: usize, types: &mut Vec<Type>) -> bool {
    match &component.types[ty] {
        CType::Bool
        | CType::S8
        | CType::U8
        | CType::S16
        | CType::U16
        | CType::S32
        | CType::U32
        | CType::Char
        | CType::Enum(_)
        | CType::Flags(_)
        | CType::Own(_)
        | CType::Borrow(_)
        | CType::Stream(_)
        | CType::Future(_)
        | CType::ErrorContext => types.push(Type::I32),
        CType::S64 | CType::U64 => types.push(Type::I64),
        CType::F32 => types.push(Type::F32),
        CType::F64 => types.push(Type::F64),
        CType::String | CType::List(_) | CType::Map(_) => types.extend([Type::I32, Type::I32]),
        CType::FixedList(elem, len) => {
            return (0..*len).all(|_| flatten_into(component, *elem, limit, types));
        }
        CType::Record(fields) => {
            let mut fields = fields.iter();
            return fields.all(|(_, ty)| flatten_into(component, *ty, limit, types));
        }
        CType::Tuple(fields) => {
            let mut fields = fields.iter();
            return fields.all(|ty| flatten_into(component, *ty, limit, types));
        }
        CType::Variant(_) | CType::Option(_) | CType::Result { .. } => {
            types.push(Type::I32);
            let start = types.len();
            for payload in cases(component, ty).into_iter().flatten() {
                let mut own = Vec::new();
                flatten_into(component, payload, limit, &mut own);
                for (i, ty) in own.into_iter().enumerate() {
                    match types.get_mut(start + i) {
                        Some(joined) => *joined = join(*joined, ty),
                        None => types.push(ty),
                    }
                }
            }
        }
    }
    types.len() <= limit
}

/// What holds either.
fn join(a: Type, b: Type) -> Type {
    match (a, b) {
        _ if a == b => a,
        (Type::I32, Type::F32) | (Type::F32, Type::I32) => Type::I32,
        _ => Type::I64,
    }
}

/// The payloads of the cases of a variant, an enumeration, an option or a result.
pub fn cases(component: &Component, ty: CTypeId) -> Vec<Option<CTypeId>> {
    match &component.types[ty] {
        CType::Variant(cases) => cases.iter().map(|(_, payload)| *payload).collect(),
        CType::Enum(labels) => vec![None; labels.len()],
        CType::Option(payload) => vec![None, Some(*payload)],
        CType::Result { ok, err } => vec![*ok, *err],
        other => unreachable!("{other:?} has no cases"),
    }
}

/// The types of a record's or tuple's fields.
pub fn fields(component: &Component, ty: CTypeId) -> Vec<CTypeId> {
    match &component.types[ty] {
        CType::Record(fields) => fields.iter().map(|(_, ty)| *ty).collect(),
        CType::Tuple(fields) => fields.clone(),
        other => unreachable!("{other:?} has no fields"),
    }
}

/// Size and alignment in memory, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    pub size: u64,
    pub align: u32,
}

impl Layout {
    const fn scalar(bytes: u32) -> Layout {
        Layout {
            size: bytes as u64,
            align: bytes,
        }
    }
}

/// Whose memory a value lies in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Space {
    /// A guest's: pointers and lengths have 32 bits.
    Guest,
    /// A C program's: they have 64.
    Native,
}

impl Space {
    /// Bytes of a pointer, and of a length.
    pub const fn word(self) -> u32 {
        match self {
            Space::Guest => 4,
            Space::Native => 8,
        }
    }
}

/// How a value lies in memory.
pub fn layout(component: &Component, space: Space, ty: CTypeId) -> Layout {
    match &component.types[ty] {
        CType::Bool | CType::S8 | CType::U8 => Layout::scalar(1),
        CType::S16 | CType::U16 => Layout::scalar(2),
        CType::S32 | CType::U32 | CType::F32 | CType::Char => Layout::scalar(4),
        CType::S64 | CType::U64 | CType::F64 => Layout::scalar(8),
        CType::Own(_)
        | CType::Borrow(_)
        | CType::Stream(_)
        | CType::Future(_)
        | CType::ErrorContext => Layout::scalar(4),
        CType::String | CType::List(_) | CType::Map(_) => Layout {
            size: 2 * u64::from(space.word()),
            align: space.word(),
        },
        CType::FixedList(elem, len) => {
            let elem = layout(component, space, *elem);
            Layout {
                size: elem.size.saturating_mul((*len).into()),
                align: elem.align,
            }
        }
        CType::Record(_) | CType::Tuple(_) => {
            sequence(component, space, &fields(component, ty)).layout
        }
        CType::Variant(_) | CType::Enum(_) | CType::Option(_) | CType::Result { .. } => {
            cased(component, space, ty).layout
        }
        CType::Flags(labels) => Layout::scalar(flag_bytes(labels.len())),
    }
}

/// Bytes of so many flags.
pub fn flag_bytes(labels: usize) -> u32 {
    match labels {
        ..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

/// Values one behind the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sequence {
    pub layout: Layout,
    /// Where each of them is.
    pub offsets: Vec<u64>,
}

/// How the fields of a record lie, or the parameters of a function.
pub fn sequence(component: &Component, space: Space, fields: &[CTypeId]) -> Sequence {
    let (mut size, mut align) = (0u64, 1);
    let mut offsets = Vec::with_capacity(fields.len());
    for &field in fields {
        let field = layout(component, space, field);
        size = size.next_multiple_of(field.align.into());
        offsets.push(size);
        size = size.saturating_add(field.size);
        align = align.max(field.align);
    }
    Sequence {
        layout: Layout {
            size: size.next_multiple_of(align.into()),
            align,
        },
        offsets,
    }
}

/// A discriminant with a payload behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cased {
    pub layout: Layout,
    /// Bytes of the discriminant.
    pub discriminant: u32,
    /// Where payloads are.
    pub payload: u64,
}

/// How a variant, an enumeration, an option or a result lies in memory.
pub fn cased(component: &Component, space: Space, ty: CTypeId) -> Cased {
    let cases = cases(component, ty);
    let discriminant = match cases.len() {
        ..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let payloads = cases.iter().flatten();
    let (mut size, mut align) = (0, 1);
    for payload in payloads.map(|&payload| layout(component, space, payload)) {
        size = size.max(payload.size);
        align = align.max(payload.align);
    }
    let payload = u64::from(discriminant).next_multiple_of(align.into());
    let align = align.max(discriminant);
    Cased {
        layout: Layout {
            size: payload.saturating_add(size).next_multiple_of(align.into()),
            align,
        },
        discriminant,
        payload,
    }
}

/// Whether every pattern of the type's bytes is a value, which is the same on both sides: nothing to check, nothing to leave out.
pub fn is_plain(component: &Component, ty: CTypeId) -> bool {
    match &component.types[ty] {
        CType::S8
        | CType::U8
        | CType::S16
        | CType::U16
        | CType::S32
        | CType::U32
        | CType::S64
        | CType::U64
        | CType::F32
        | CType::F64 => true,
        CType::Flags(labels) => labels.len() as u32 == 8 * flag_bytes(labels.len()),
        CType::FixedList(elem, _) => is_plain(component, *elem),
        // What is between fields stays where it is.
        CType::Record(_) | CType::Tuple(_) => {
            let fields = fields(component, ty);
            // Nothing in it is a pointer.
            let size = |ty| layout(component, Space::Guest, ty).size;
            let packed: u64 = fields.iter().map(|&ty| size(ty)).sum();
            packed == size(ty) && fields.iter().all(|&ty| is_plain(component, ty))
        }
        CType::Bool
        | CType::Char
        | CType::String
        | CType::List(_)
        | CType::Map(_)
        | CType::Variant(_)
        | CType::Enum(_)
        | CType::Option(_)
        | CType::Result { .. }
        | CType::Own(_)
        | CType::Borrow(_)
        | CType::Stream(_)
        | CType::Future(_)
        | CType::ErrorContext => false,
    }
}

/// Calls with each resource of which a value of the type may hold a borrowed handle.
pub fn borrows(component: &Component, ty: CTypeId, found: &mut dyn FnMut(ResourceId)) {
    each_handle(component, ty, &mut |handle| {
        if let CType::Borrow(resource) = handle {
            found(*resource);
        }
    });
}

/// Calls with each type of a handle of a resource that is in a type.
pub fn each_handle(component: &Component, ty: CTypeId, found: &mut dyn FnMut(&CType)) {
    match &component.types[ty] {
        handle @ (CType::Own(_) | CType::Borrow(_)) => found(handle),
        CType::List(elem) | CType::Map(elem) | CType::FixedList(elem, _) => each_handle(component, *elem, found),
        CType::Record(_) | CType::Tuple(_) => {
            for field in fields(component, ty) {
                each_handle(component, field, found);
            }
        }
        CType::Variant(_) | CType::Option(_) | CType::Result { .. } => {
            for payload in cases(component, ty).into_iter().flatten() {
                each_handle(component, payload, found);
            }
        }
        CType::Bool
        | CType::S8
        | CType::U8
        | CType::S16
        | CType::U16
        | CType::S32
        | CType::U32
        | CType::S64
        | CType::U64
        | CType::F32
        | CType::F64
        | CType::Char
        | CType::String
        | CType::Enum(_)
        | CType::Flags(_)
        // Borrowed handles are in none.
        | CType::Stream(_)
        | CType::Future(_)
        | CType::ErrorContext => {}
    }
}

/// Calls `found` for the type of each stream and future in values of a type, elements of those not included.
pub fn each_end(component: &Component, ty: CTypeId, found: &mut dyn FnMut(CTypeId)) {
    match &component.types[ty] {
        CType::Stream(_) | CType::Future(_) => found(ty),
        CType::List(elem) | CType::Map(elem) | CType::FixedList(elem, _) => {
            each_end(component, *elem, found)
        }
        CType::Record(_) | CType::Tuple(_) => {
            for field in fields(component, ty) {
                each_end(component, field, found);
            }
        }
        CType::Variant(_) | CType::Option(_) | CType::Result { .. } => {
            for payload in cases(component, ty).into_iter().flatten() {
                each_end(component, payload, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::EntityId;

    /// The type of a line of the table.
    fn parse(line: &str) -> CType {
        let mut words = line.split(' ');
        let name = words.next().expect("a name");
        let numbers: Vec<Option<u32>> = words.map(|word| word.parse().ok()).collect();
        let ty = |i: usize| numbers[i].map(CTypeId::from_u32);
        let known = |i: usize| ty(i).expect("a number");
        let labels = |count: u32| (0..count).map(|i| i.to_string()).collect();
        match name {
            "Bool" => CType::Bool,
            "S8" => CType::S8,
            "U8" => CType::U8,
            "S16" => CType::S16,
            "U16" => CType::U16,
            "S32" => CType::S32,
            "U32" => CType::U32,
            "S64" => CType::S64,
            "U64" => CType::U64,
            "F32" => CType::F32,
            "F64" => CType::F64,
            "Char" => CType::Char,
            "String" => CType::String,
            "List" => CType::List(known(0)),
            "FixedList" => CType::FixedList(known(0), numbers[1].expect("a length")),
            "Tuple" => CType::Tuple((0..numbers.len()).map(known).collect()),
            "Variant" => {
                CType::Variant((0..numbers.len()).map(|i| (i.to_string(), ty(i))).collect())
            }
            "Option" => CType::Option(known(0)),
            "Result" => CType::Result {
                ok: ty(0),
                err: ty(1),
            },
            "Flags" => CType::Flags(labels(numbers[0].expect("a count"))),
            "Enum" => CType::Enum(labels(numbers[0].expect("a count"))),
            _ => panic!("{name} is no type"),
        }
    }

    #[test]
    fn layouts_are_the_specifications() {
        let mut component = Component::default();
        let table = include_str!("../../../tests/canon/layout.txt");
        for line in table.lines() {
            let (ty, expected) = line.split_once(" | ").expect("two halves");
            let ty = component.types.push(parse(ty));
            let layout = layout(&component, Space::Guest, ty);
            let letter = |ty| match ty {
                Type::I32 => 'i',
                Type::I64 => 'I',
                Type::F32 => 'f',
                _ => 'F',
            };
            let flat: String = flat(&component, ty).into_iter().map(letter).collect();
            let found = format!("{} {} {flat}", layout.size, layout.align);
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn what_is_too_much_for_core_values_goes_through_memory() {
        use ValType::{F32, I32, I64};
        let mut component = Component::default();
        let u32 = component.types.push(CType::U32);
        let u64 = component.types.push(CType::U64);
        let f32 = component.types.push(CType::F32);
        let string = component.types.push(CType::String);
        let many = component.types.push(CType::FixedList(u32, 1 << 27));
        let signature = |params: &[CTypeId], result, direction| {
            let params = params.iter().map(|&ty| (String::new(), ty)).collect();
            let ty = CFuncType {
                params,
                result,
                is_async: false,
            };
            let sig = core_signature(&component, &ty, direction);
            (sig.params, sig.results)
        };
        let both = [Direction::Lift, Direction::Lower];
        for direction in both {
            let found = signature(&[u32, u64], Some(f32), direction);
            assert_eq!(found, (vec![I32, I64], vec![F32]));
            let found = signature(&[u64; 16], None, direction);
            assert_eq!(found, (vec![I64; 16], vec![]));
            assert_eq!(signature(&[u64; 17], None, direction), (vec![I32], vec![]));
            assert_eq!(signature(&[many], None, direction), (vec![I32], vec![]));
        }
        let results = both.map(|direction| signature(&[f32], Some(string), direction));
        assert_eq!(results[0], (vec![F32], vec![I32]));
        assert_eq!(results[1], (vec![F32, I32], vec![]));
        let results = both.map(|direction| signature(&[string; 9], Some(many), direction));
        assert_eq!(results[0], (vec![I32], vec![I32]));
        assert_eq!(results[1], (vec![I32, I32], vec![]));
    }

    #[test]
    fn plain_data_has_no_gaps_and_no_values_to_check() {
        let mut component = Component::default();
        let mut add = |ty| component.types.push(ty);
        let flags = |count: u32| CType::Flags((0..count).map(|i| i.to_string()).collect());
        let (u8, u32, f64) = (add(CType::U8), add(CType::U32), add(CType::F64));
        let (bool, char) = (add(CType::Bool), add(CType::Char));
        let packed = add(CType::Tuple(vec![f64, u32, u32]));
        let gap = add(CType::Tuple(vec![u8, u32]));
        let end = add(CType::Tuple(vec![f64, u32]));
        let (all, some) = (add(flags(16)), add(flags(15)));
        let own = add(CType::Own(ResourceId::from_u32(0)));
        let ends = add(CType::FixedList(end, 3));
        let plain = add(CType::FixedList(packed, 3));
        for ty in [u8, u32, f64, packed, all, plain] {
            assert!(is_plain(&component, ty), "{:?}", component.types[ty]);
        }
        for ty in [bool, char, gap, end, some, own, ends] {
            assert!(!is_plain(&component, ty), "{:?}", component.types[ty]);
        }
    }
}
