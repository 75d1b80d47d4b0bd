//! References to objects where compiled code of an open world meets C: there they are numbers that the runtime gives and takes (`gc/handles.rs` of the runtime library).

use super::Value;
use super::build::Builder;
use super::deftype::{Heap, RefType, Types, ValType};
use super::imm::{Callee, Cast};
use super::program::{FuncId, Program, RtFn, SigId, TagId};
use super::types::{Signature, Type};
use crate::entity::EntityId;

/// How a function's parameters and results are passed to C and from it.
pub fn c_signature(program: &Program, func: FuncId) -> Signature {
    of_type(program, program.funcs[func].sig)
}

fn of_type(program: &Program, sig: SigId) -> Signature {
    let mut sig = program.types[sig].signature();
    if program.has_objects {
        for ty in sig.params.iter_mut().chain(&mut sig.results) {
            if *ty == Type::Gc {
                *ty = Type::Ref;
            }
        }
    }
    sig
}

/// What C gets for a reference. It is C's until it is released.
pub fn give(b: &mut Builder, program: &Program, reference: Value) -> Value {
    let instance = b.instance_addr(program.main);
    let kept = b.constant(Type::I32, 0);
    call(b, RtFn::GcGive, &[instance, reference, kept])
}

/// The reference that C has given as one of this type; a trap where it is none.
pub fn receive(b: &mut Builder, program: &Program, reference: Value, ty: ValType) -> Value {
    let RefType { nullable, heap } = ty.as_ref().expect("a reference to an object");
    let mut wanted = tested(&program.types, heap, nullable);
    if heap == Heap::ExnObject {
        // Those of other instances have the number behind all.
        wanted.first = program.types.exception_number(TagId::from_u32(0));
        wanted.count = program.tags.len() as u32 + 1;
    }
    let types = u64::from(wanted.first)
        | u64::from(wanted.count) << 24
        | u64::from(wanted.null) << 48
        | u64::from(wanted.i31) << 49;
    let types = b.constant(Type::I64, types);
    let instance = b.instance_addr(program.main);
    call(b, RtFn::GcReceive, &[instance, reference, types])
}

/// Gives back what C had or has given.
pub fn release(b: &mut Builder, program: &Program, reference: Value) {
    let instance = b.instance_addr(program.main);
    call(b, RtFn::GcRelease, &[instance, reference]);
}

fn call(b: &mut Builder, function: RtFn, args: &[Value]) -> Value {
    let inst = b.call_symbol(Callee::Runtime(function), function.signature(), args);
    b.result(inst)
}

/// The references that a test for a type is true for.
pub fn tested(types: &Types, heap: Heap, null: bool) -> Cast {
    let (first, end) = match heap {
        Heap::Type(id) => {
            let (first, last) = types.numbers(id);
            (first, last + 1)
        }
        heap => types.data_numbers(heap),
    };
    Cast {
        first,
        count: end - first,
        null,
        i31: matches!(heap, Heap::Any | Heap::Eq | Heap::I31),
    }
}
