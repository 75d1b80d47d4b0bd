//! Structures, arrays, numbers of 31 bits, and casts (core spec 3.0, 4.6.4 to 4.6.6).

use crate::abi::TrapCode;
use crate::ir::build::Builder;
use crate::ir::objects;
use crate::ir::{
    ARRAY_ELEMENTS, Access, Besides, Callee, Composite, FAULTING, Heap, Hierarchy, Imm, IntCc, Op,
    RefType, RtFn, SigId, Storage, Type, Types, Value,
};
use crate::wasm::translate::Translator;
use wasmparser::Operator;

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::StructNew { struct_type_index } => {
            let ty = t.module.types[struct_type_index as usize];
            let types = &t.program.types;
            let fields = t.pop_many(field_count(types, ty));
            let object = struct_new(&mut t.b, types, ty, &fields);
            t.push(object);
        }
        Operator::StructNewDefault { struct_type_index } => {
            let ty = t.module.types[struct_type_index as usize];
            let object = struct_new_default(&mut t.b, &t.program.types, ty);
            t.push(object);
        }
        Operator::StructGet {
            struct_type_index,
            field_index,
        }
        | Operator::StructGetU {
            struct_type_index,
            field_index,
        } => struct_get(t, struct_type_index, field_index, false),
        Operator::StructGetS {
            struct_type_index,
            field_index,
        } => struct_get(t, struct_type_index, field_index, true),
        Operator::StructSet {
            struct_type_index,
            field_index,
        } => {
            let ty = t.module.types[struct_type_index as usize];
            let (object, value) = t.pop2();
            keep_exception(&mut t.b, storage(&t.program.types, ty, field_index), value);
            let imm = field_imm(t, ty, field_index, object);
            let stored = t.b.ty(value);
            t.b.emit(Op::GcStore, stored, imm, &[object, value], &[]);
        }
        Operator::ArrayNew { array_type_index } => {
            let ty = t.module.types[array_type_index as usize];
            let (value, len) = t.pop2();
            let array = array_new(&mut t.b, ty, len);
            if t.b.as_const(value) != Some(0) {
                let first = t.b.constant(Type::I32, 0);
                fill(t, ty, array, first, value, len);
            }
            t.push(array);
        }
        Operator::ArrayNewDefault { array_type_index } => {
            let ty = t.module.types[array_type_index as usize];
            let len = t.pop();
            let array = array_new(&mut t.b, ty, len);
            t.push(array);
        }
        Operator::ArrayNewFixed {
            array_type_index,
            array_size,
        } => {
            let ty = t.module.types[array_type_index as usize];
            let elements = t.pop_many(array_size as usize);
            let array = array_new_fixed(&mut t.b, &t.program.types, ty, &elements);
            t.push(array);
        }
        Operator::ArrayNewData {
            array_type_index,
            array_data_index,
        } => {
            let (offset, len) = t.pop2();
            let ty = t.module.types[array_type_index as usize];
            let data = t.module.data_indices[array_data_index as usize];
            let data = data.expect("a segment that code names");
            let imm = Imm::TypeData { ty, data };
            emit(t, Op::GcNewData, imm, &[offset, len], Type::Gc);
        }
        Operator::ArrayNewElem {
            array_type_index,
            array_elem_index,
        } => {
            let (offset, len) = t.pop2();
            let ty = t.module.types[array_type_index as usize];
            let elem = t.module.elem_indices[array_elem_index as usize];
            let elem = elem.expect("a segment that code names");
            let imm = Imm::TypeElem { ty, elem };
            emit(t, Op::GcNewElem, imm, &[offset, len], Type::Gc);
        }
        Operator::ArrayGet { array_type_index } | Operator::ArrayGetU { array_type_index } => {
            array_get(t, array_type_index, false);
        }
        Operator::ArrayGetS { array_type_index } => array_get(t, array_type_index, true),
        Operator::ArraySet { array_type_index } => {
            let ty = t.module.types[array_type_index as usize];
            let (array, index, value) = t.pop3();
            check_index(t, array, index);
            store_element(&mut t.b, &t.program.types, ty, array, index, value);
        }
        Operator::ArrayLen => {
            let array = t.pop();
            let len = array_len(t, array);
            t.push(len);
        }
        Operator::ArrayFill { array_type_index } => {
            let ty = t.module.types[array_type_index as usize];
            let len = t.pop();
            let (array, first, value) = t.pop3();
            check_range(t, array, first, len);
            fill(t, ty, array, first, value, len);
        }
        Operator::ArrayCopy {
            array_type_index_dst,
            ..
        } => {
            let ty = t.module.types[array_type_index_dst as usize];
            let (src, from, len) = t.pop3();
            let (dst, at) = t.pop2();
            // Both are looked at before anything is compared.
            array_len(t, dst);
            array_len(t, src);
            check_range(t, dst, at, len);
            check_range(t, src, from, len);
            let args = [dst, at, src, from, len];
            t.b.emit(Op::ArrayCopy, Type::I32, Imm::Sig(ty), &args, &[]);
        }
        Operator::ArrayInitData {
            array_type_index,
            array_data_index,
        } => {
            let ty = t.module.types[array_type_index as usize];
            let data = t.module.data_indices[array_data_index as usize];
            let data = data.expect("a segment that code names");
            init(t, Op::ArrayInitData, Imm::TypeData { ty, data });
        }
        Operator::ArrayInitElem {
            array_type_index,
            array_elem_index,
        } => {
            let ty = t.module.types[array_type_index as usize];
            let elem = t.module.elem_indices[array_elem_index as usize];
            let elem = elem.expect("a segment that code names");
            init(t, Op::ArrayInitElem, Imm::TypeElem { ty, elem });
        }
        Operator::RefI31 => {
            let value = t.pop();
            let reference = ref_i31(&mut t.b, value);
            t.push(reference);
        }
        Operator::I31GetS => i31_get(t, Op::ShrS),
        Operator::I31GetU => i31_get(t, Op::ShrU),
        Operator::RefEq => {
            let (a, b) = t.pop2();
            let same = t.b.icmp(IntCc::Eq, Type::Gc, a, b);
            t.push(same);
        }
        Operator::RefTestNonNull { hty } => {
            let value = t.pop();
            let found = test(t, value, t.names().heap(hty), false);
            t.push(found);
        }
        Operator::RefTestNullable { hty } => {
            let value = t.pop();
            let found = test(t, value, t.names().heap(hty), true);
            t.push(found);
        }
        Operator::RefCastNonNull { hty } => cast(t, t.names().heap(hty), false),
        Operator::RefCastNullable { hty } => cast(t, t.names().heap(hty), true),
        Operator::BrOnCast {
            relative_depth,
            to_ref_type,
            ..
        } => {
            let found = test_top(t, to_ref_type);
            t.branch_if(found, relative_depth);
        }
        Operator::BrOnCastFail {
            relative_depth,
            to_ref_type,
            ..
        } => {
            let found = test_top(t, to_ref_type);
            let zero = t.b.constant(Type::I32, 0);
            let fails = t.b.icmp(IntCc::Eq, Type::I32, found, zero);
            t.branch_if(fails, relative_depth);
        }
        Operator::AnyConvertExtern => {
            let value = t.pop();
            emit(t, Op::AnyConvertExtern, Imm::None, &[value], Type::Gc);
        }
        Operator::ExternConvertAny => {
            let value = t.pop();
            let op = Op::ExternConvertAny;
            let external = t.b.pure(op, Type::I32, Imm::None, &[value], Type::Ref);
            t.push(external);
        }
        _ => return false,
    }
    true
}

/// Emits an operation and pushes its result.
fn emit(t: &mut Translator, op: Op, imm: Imm, args: &[Value], result: Type) {
    let inst = t.b.emit(op, Type::I32, imm, args, &[result]);
    t.push(t.b.result(inst));
}

/// Zero, or null.
pub fn zero(b: &mut Builder, ty: Type) -> Value {
    match ty {
        Type::V128 => b.constant_vec(0),
        _ => b.constant(ty, 0),
    }
}

/// A number of 31 bits.
pub fn ref_i31(b: &mut Builder, value: Value) -> Value {
    let one = b.constant(Type::I32, 1);
    let shifted = b.binary(Op::Shl, Type::I32, value, one);
    let tagged = b.binary(Op::Or, Type::I32, shifted, one);
    b.convert(Op::Bitcast, Type::Gc, tagged)
}

/// Number of fields.
pub fn field_count(types: &Types, ty: SigId) -> usize {
    types.def(ty).fields().expect("a structure").len()
}

/// What a field holds; the elements of an array are its field 0.
pub fn storage(types: &Types, ty: SigId, field: u32) -> Storage {
    match &types.def(ty).composite {
        Composite::Struct(fields) => fields[field as usize].storage,
        Composite::Array(element) => element.storage,
        Composite::Func(_) | Composite::Cont(_) => unreachable!("a field of a function"),
    }
}

/// A structure with these values of its fields.
pub fn struct_new(b: &mut Builder, types: &Types, ty: SigId, fields: &[Value]) -> Value {
    let inst = b.emit(Op::GcNew, Type::I32, Imm::Sig(ty), &[], &[Type::Gc]);
    let object = b.result(inst);
    for (field, &value) in fields.iter().enumerate() {
        let imm = Imm::Object {
            access: storage(types, ty, field as u32).access(),
            offset: types.layout(ty).offsets[field],
            region: types.region(ty, field as u32),
            trap: false,
        };
        keep_exception(b, storage(types, ty, field as u32), value);
        let stored = b.ty(value);
        b.emit(Op::GcStore, stored, imm, &[object, value], &[]);
    }
    object
}

/// A structure with zeros.
pub fn struct_new_default(b: &mut Builder, types: &Types, ty: SigId) -> Value {
    let fields = 0..field_count(types, ty) as u32;
    let zeros: Vec<Value> = fields
        .map(|field| zero(b, storage(types, ty, field).unpacked().ir()))
        .collect();
    struct_new(b, types, ty, &zeros)
}

/// An array of zeros.
pub fn array_new(b: &mut Builder, ty: SigId, len: Value) -> Value {
    let imm = Imm::Sig(ty);
    let inst = b.emit(Op::GcNewArray, Type::I32, imm, &[len], &[Type::Gc]);
    b.result(inst)
}

/// An array of these elements.
pub fn array_new_fixed(b: &mut Builder, types: &Types, ty: SigId, elements: &[Value]) -> Value {
    let len = b.constant(Type::I32, elements.len() as u64);
    let array = array_new(b, ty, len);
    for (i, &value) in elements.iter().enumerate() {
        let index = b.constant(Type::I32, i as u64);
        store_element(b, types, ty, array, index, value);
    }
    array
}

fn element_imm(types: &Types, ty: SigId) -> Imm {
    Imm::Object {
        access: storage(types, ty, 0).access(),
        offset: ARRAY_ELEMENTS,
        region: types.region(ty, 0),
        trap: false,
    }
}

/// Writes an element whose index was compared with the length.
pub fn store_element(
    b: &mut Builder,
    types: &Types,
    ty: SigId,
    array: Value,
    index: Value,
    value: Value,
) {
    keep_exception(b, storage(types, ty, 0), value);
    let imm = element_imm(types, ty);
    let stored = b.ty(value);
    b.emit(Op::GcStoreElem, stored, imm, &[array, index, value], &[]);
}

/// Has an exception live for ever that an object is about to refer to: whoever frees exceptions does not look at objects.
fn keep_exception(b: &mut Builder, storage: Storage, value: Value) {
    let ty = storage.unpacked();
    let is_exception = ty.as_ref().is_some_and(|ty| ty.heap.is_exception());
    if is_exception && b.as_const(value) != Some(0) {
        let keep = RtFn::ExnKeep;
        b.call_symbol(Callee::Runtime(keep), keep.signature(), &[value]);
    }
}

/// Immediate of an access to a field of an object that may be null, which is tested here where the access cannot.
fn field_imm(t: &mut Translator, ty: SigId, field: u32, object: Value) -> Imm {
    let types = &t.program.types;
    let offset = types.layout(ty).offsets[field as usize];
    let region = types.region(ty, field);
    let access = storage(&t.program.types, ty, field).access();
    if offset >= FAULTING {
        check_null(t, object);
    }
    Imm::Object {
        access,
        offset,
        region,
        trap: offset < FAULTING,
    }
}

fn check_null(t: &mut Translator, object: Value) {
    let null = t.b.constant(Type::Gc, 0);
    let is_null = t.b.icmp(IntCc::Eq, Type::Gc, object, null);
    t.b.trap_if(is_null, TrapCode::NullReference);
}

/// With the sign of what is packed.
fn with_sign(imm: Imm, signed: bool) -> Imm {
    match imm {
        Imm::Object {
            access,
            offset,
            region,
            trap,
        } if signed => Imm::Object {
            access: match access {
                Access::U8 => Access::S8,
                Access::U16 => Access::S16,
                other => other,
            },
            offset,
            region,
            trap,
        },
        other => other,
    }
}

fn struct_get(t: &mut Translator, index: u32, field: u32, signed: bool) {
    let ty = t.module.types[index as usize];
    let object = t.pop();
    let imm = with_sign(field_imm(t, ty, field, object), signed);
    let value = storage(&t.program.types, ty, field).unpacked().ir();
    let inst = t.b.emit(Op::GcLoad, value, imm, &[object], &[value]);
    t.push(t.b.result(inst));
}

/// The length of an array, which may be null.
fn array_len(t: &mut Translator, array: Value) -> Value {
    let imm = Imm::length(true);
    let inst = t.b.emit(Op::GcLoad, Type::I32, imm, &[array], &[Type::I32]);
    t.b.result(inst)
}

fn check_index(t: &mut Translator, array: Value, index: Value) {
    let len = array_len(t, array);
    let outside = t.b.icmp(IntCc::GeU, Type::I32, index, len);
    t.b.trap_if(outside, TrapCode::ArrayOutOfBounds);
}

/// That `len` elements from `first` on are in an array.
fn check_range(t: &mut Translator, array: Value, first: Value, len: Value) {
    let count = array_len(t, array);
    let wide = |t: &mut Translator, value| t.b.convert(Op::ExtU, Type::I64, value);
    let (count, first, len) = (wide(t, count), wide(t, first), wide(t, len));
    let end = t.b.binary(Op::Add, Type::I64, first, len);
    let outside = t.b.icmp(IntCc::GtU, Type::I64, end, count);
    t.b.trap_if(outside, TrapCode::ArrayOutOfBounds);
}

fn array_get(t: &mut Translator, index: u32, signed: bool) {
    let ty = t.module.types[index as usize];
    let (array, index) = t.pop2();
    check_index(t, array, index);
    let imm = with_sign(element_imm(&t.program.types, ty), signed);
    let value = storage(&t.program.types, ty, 0).unpacked().ir();
    let inst =
        t.b.emit(Op::GcLoadElem, value, imm, &[array, index], &[value]);
    t.push(t.b.result(inst));
}

/// Writes a value to `len` elements from `first` on, which are in the array.
fn fill(t: &mut Translator, ty: SigId, array: Value, first: Value, value: Value, len: Value) {
    let (header, body, done) = (t.b.create_block(), t.b.create_block(), t.b.create_block());
    let count = t.b.append_param(header, Type::I32);
    let zero = t.b.constant(Type::I32, 0);
    t.begin_inner_loop(header, &[zero]);
    let more = t.b.icmp(IntCc::LtU, Type::I32, count, len);
    t.terminate(|b| b.branch(more, (body, &[]), (done, &[])));
    t.continue_in(body);
    // Where the length is 0, it is not.
    if t.reachable {
        let index = t.b.binary(Op::Add, Type::I32, first, count);
        store_element(&mut t.b, &t.program.types, ty, array, index, value);
        let one = t.b.constant(Type::I32, 1);
        let next = t.b.binary(Op::Add, Type::I32, count, one);
        t.terminate(|b| b.jump(header, &[next]));
    }
    t.locals.seal_loop(&mut t.b, header);
    t.continue_in(done);
}

fn init(t: &mut Translator, op: Op, imm: Imm) {
    let (at, from, len) = t.pop3();
    let array = t.pop();
    check_range(t, array, at, len);
    t.b.emit(op, Type::I32, imm, &[array, at, from, len], &[]);
}

fn i31_get(t: &mut Translator, shift: Op) {
    let reference = t.pop();
    check_null(t, reference);
    let bits = t.b.convert(Op::Bitcast, Type::I32, reference);
    let one = t.b.constant(Type::I32, 1);
    let value = t.b.binary(shift, Type::I32, bits, one);
    t.push(value);
}

/// Whether a reference is of a type.
fn test(t: &mut Translator, value: Value, heap: Heap, null: bool) -> Value {
    let ty = t.b.ty(value);
    let op = match heap {
        // All that is not null is of the top, nothing of the bottom.
        heap if heap.is_top() && null => {
            return t.b.constant(Type::I32, 1);
        }
        heap if heap.is_top() => {
            let zero = t.b.constant(ty, 0);
            return t.b.icmp(IntCc::Ne, ty, value, zero);
        }
        heap if heap.is_bottom() && !null => return t.b.constant(Type::I32, 0),
        heap if heap.is_bottom() => {
            let zero = t.b.constant(ty, 0);
            return t.b.icmp(IntCc::Eq, ty, value, zero);
        }
        heap if heap.hierarchy() == Hierarchy::Func => Op::FuncTest,
        _ => Op::GcTest,
    };
    let to = objects::tested(&t.program.types, heap, null);
    let from = match op {
        Op::FuncTest => Besides {
            i31: false,
            ..t.tested()
        },
        _ => t.tested(),
    };
    let imm = Imm::Cast { to, from };
    t.b.pure(op, Type::I32, imm, &[value], Type::I32)
}

/// Whether the reference on the stack is of a type.
fn test_top(t: &mut Translator, ty: wasmparser::RefType) -> Value {
    let value = *t.stack.last().expect("a validated operand stack");
    let ty = t.names().ref_type(ty);
    let RefType { nullable, heap } = ty.as_ref().expect("a reference type");
    test(t, value, heap, nullable)
}

fn cast(t: &mut Translator, heap: Heap, null: bool) {
    let value = *t.stack.last().expect("a validated operand stack");
    let found = test(t, value, heap, null);
    let zero = t.b.constant(Type::I32, 0);
    let fails = t.b.icmp(IntCc::Eq, Type::I32, found, zero);
    t.b.trap_if(fails, TrapCode::CastFailure);
}
