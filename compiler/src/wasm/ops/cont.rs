//! Stack switching: `cont.new`, `cont.bind`, `suspend`, `resume`, `resume_throw`, `resume_throw_ref` and `switch` (the proposal's explainer).
//!
//! A continuation is an object of the collector ([`abi::Cont`]), and what changes stacks is the runtime (`state/cont.rs`). Values cross from one stack to another through a message: slots of
//! 8 bytes (16 for vectors) in the frame of whoever gives them, with all that the runtime must know around them. Who gets them is told where they are, and reads them before anything
//! else can run. They are read as native memory, so that no load of them is moved over a call.
//!
//! `suspend` and `switch` make the new continuation first, as an object without anything, and have the runtime fill it in: so what allocates is inline, and nothing is
//! collected while values are nowhere but in a message. Where the runtime itself must collect, it knows which slots are references by their mask.

use super::exception;
use crate::abi::{Cont, TrapCode};
use crate::entity::EntityId;
use crate::ir::{
    Access, Callee, IMMUTABLE_REGION, Imm, IntCc, Op, RawRegion, RtFn, SigId, Symbol, TagId,
    Target, Type, Value,
};
use crate::wasm::translate::Translator;
use smallvec::SmallVec;
use std::mem::offset_of;
use wasmparser::{Handle, Operator, ResumeTable};

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::ContNew { cont_type_index } => {
            let ty = t.module.types[cont_type_index as usize];
            cont_new(t, ty);
        }
        Operator::ContBind {
            argument_index,
            result_index,
        } => {
            let params = |t: &Translator, index: u32| {
                let sig = function(t, t.module.types[index as usize]);
                t.program.types[sig].params.clone()
            };
            let (from, to) = (params(t, argument_index), params(t, result_index));
            let cont = t.pop();
            let count = from.len() - to.len();
            let values = t.pop_many(count);
            check_null(t, cont);
            let message = Message::new(t, &values, &[]);
            let args = [cont, message.place, message.shape];
            let bound = runtime(t, RtFn::ContBind, &args);
            t.push(bound.expect("a continuation"));
        }
        Operator::Suspend { tag_index } => {
            let tag = t.module.tags[tag_index as usize];
            let sig = t.program.tags[tag].sig;
            let count = t.program.types[sig].params.len();
            let values = t.pop_many(count);
            let (tag, cont, message) = leave(t, tag, values);
            let answer = runtime(t, RtFn::ContSuspend, &[tag, cont, message.place]);
            let results = t.program.types[sig].signature().results;
            go_on(t, answer.expect("an answer"), &results);
        }
        Operator::Switch {
            cont_type_index,
            tag_index,
        } => {
            let tag = t.module.tags[tag_index as usize];
            let sig = function(t, t.module.types[cont_type_index as usize]);
            let params = t.program.types[sig].params.clone();
            let target = t.pop();
            let values = t.pop_many(params.len() - 1);
            check_null(t, target);
            let (tag, cont, message) = leave(t, tag, values);
            let args = [tag, cont, target, message.place, message.shape];
            let answer = runtime(t, RtFn::ContSwitch, &args);
            // What the last parameter, the continuation that is left, goes on with.
            let back = params.last().and_then(|ty| ty.defined());
            let back = function(t, back.expect("a type of continuations"));
            let results = t.program.types[back].signature().params;
            go_on(t, answer.expect("an answer"), &results);
        }
        Operator::Resume {
            cont_type_index,
            ref resume_table,
        } => {
            let sig = function(t, t.module.types[cont_type_index as usize]);
            let cont = t.pop();
            let count = t.program.types[sig].params.len();
            let values = t.pop_many(count);
            check_null(t, cont);
            resume(t, sig, cont, Input::Values(values), resume_table);
        }
        Operator::ResumeThrow {
            cont_type_index,
            tag_index,
            ref resume_table,
        } => {
            let tag = t.module.tags[tag_index as usize];
            let sig = function(t, t.module.types[cont_type_index as usize]);
            let cont = t.pop();
            let count = t.program.types[t.program.tags[tag].sig].params.len();
            let payload = t.pop_many(count);
            check_null(t, cont);
            let exception = new_exception(t, tag, &payload);
            resume(t, sig, cont, Input::Exception(exception), resume_table);
        }
        Operator::ResumeThrowRef {
            cont_type_index,
            ref resume_table,
        } => {
            let sig = function(t, t.module.types[cont_type_index as usize]);
            let (exception, cont) = t.pop2();
            check_null(t, cont);
            check_null(t, exception);
            resume(t, sig, cont, Input::Exception(exception), resume_table);
        }
        _ => return false,
    }
    true
}

/// The type of the function that continuations of a type go on with.
fn function(t: &Translator, ty: SigId) -> SigId {
    t.program.types.def(ty).cont().expect("a continuation")
}

fn check_null(t: &mut Translator, reference: Value) {
    let ty = t.b.ty(reference);
    let null = t.b.constant(ty, 0);
    let is_null = t.b.icmp(IntCc::Eq, ty, reference, null);
    t.b.trap_if(is_null, TrapCode::NullReference);
}

/// Calls a function of the runtime: its result, if it has one.
fn runtime(t: &mut Translator, function: RtFn, args: &[Value]) -> Option<Value> {
    let callee = Callee::Runtime(function);
    let call = t.b.call_symbol(callee, function.signature(), args);
    t.b.results(call).next()
}

fn cont_new(t: &mut Translator, ty: SigId) {
    let function_type = function(t, ty);
    let function = t.pop();
    check_null(t, function);
    let entry = t.program.cont_entry(function_type);
    let entry = Symbol::Func(entry.expect("an entry for each type of continuations"));
    let entry = t.b.symbol_addr(entry, 0);
    let cont = new_object(t, ty);
    for (offset, value) in [
        (offset_of!(Cont, func), function),
        (offset_of!(Cont, entry), entry),
    ] {
        let imm = Imm::Object {
            access: Access::Full,
            offset: offset as u32,
            region: IMMUTABLE_REGION,
            trap: false,
        };
        let ty = t.b.ty(value);
        t.b.emit(Op::GcStore, ty, imm, &[cont, value], &[]);
    }
    t.push(cont);
}

fn new_object(t: &mut Translator, ty: SigId) -> Value {
    let new =
        t.b.emit(Op::GcNew, Type::I32, Imm::Sig(ty), &[], &[Type::Gc]);
    t.b.result(new)
}

/// Bytes that a value takes in a message.
fn slot_bytes(ty: Type) -> u32 {
    ty.bytes().max(8)
}

/// Values in this frame for another stack, and what the runtime must know of them.
struct Message {
    place: Value,
    /// As [`Cont`] says.
    shape: Value,
}

impl Message {
    fn new(t: &mut Translator, values: &[Value], handlers: &[u32]) -> Message {
        let types: Vec<Type> = values.iter().map(|&value| t.b.ty(value)).collect();
        let bytes: u32 = types.iter().map(|&ty| slot_bytes(ty)).sum();
        let slots = bytes / 8;
        let is_masked = types.contains(&Type::Gc);
        let mask_words = if is_masked { slots.div_ceil(64) } else { 0 };
        let first = (4 * handlers.len() as u32).next_multiple_of(8);
        let slot = t.message_slot((first + bytes + 8 * mask_words).max(8));
        let place = t.b.slot_addr(slot);
        let mut store = |value: Value, at: u32| {
            let (full, region) = (Access::Full, RawRegion::Slot);
            let at = (first + at) as i32;
            t.b.raw_store(full, place, value, at, region, None);
            t.b.ty(value)
        };
        let (mut at, mut mask) = (0, vec![0u64; mask_words as usize]);
        for &value in values {
            let ty = store(value, at);
            if ty == Type::Gc {
                mask[at as usize / 512] |= 1 << (at / 8 % 64);
            }
            at += slot_bytes(ty);
        }
        let words = mask.into_iter().zip((first + bytes..).step_by(8));
        let tags = handlers.iter().zip((0..).step_by(4));
        let constants = words
            .map(|(bits, at)| (Type::I64, bits, at))
            .chain(tags.map(|(&tag, at)| (Type::I32, tag.into(), at)));
        for (ty, bits, at) in constants {
            let value = t.b.constant(ty, bits);
            let (full, region) = (Access::Full, RawRegion::Slot);
            t.b.raw_store(full, place, value, at as i32, region, None);
        }
        let shape = u64::from(slots)
            | u64::from(is_masked) << Cont::MASKED
            | (handlers.len() as u64) << Cont::HANDLERS;
        Message {
            place,
            shape: t.b.constant(Type::I64, shape),
        }
    }
}

/// Reads values of another stack's message.
fn read(t: &mut Translator, answer: Value, types: &[Type]) -> Vec<Value> {
    if types.is_empty() {
        return Vec::new();
    }
    let mask = t.b.constant(Type::I64, (1 << Cont::OUTCOME) - 1);
    let place = t.b.binary(Op::And, Type::I64, answer, mask);
    let place = t.b.convert(Op::Bitcast, Type::Ptr, place);
    let mut offset = 0;
    let load = |&ty: &Type| {
        let region = RawRegion::Native;
        let value = t.b.raw_load(ty, Access::Full, place, offset, region, None);
        offset += slot_bytes(ty) as i32;
        value
    };
    types.iter().map(load).collect()
}

/// What `suspend` and `switch` give to the runtime: the tag, a continuation of what is left, and the values with it behind them.
fn leave(t: &mut Translator, tag: TagId, mut values: Vec<Value>) -> (Value, Value, Message) {
    let ty = t.program.cont_type.expect("a program with continuations");
    let cont = new_object(t, ty);
    values.push(cont);
    let message = Message::new(t, &values, &[]);
    let tag = t.b.constant(Type::I32, tag.as_u32().into());
    (tag, cont, message)
}

/// Where what was suspended goes on: with values of these types, or by an exception.
fn go_on(t: &mut Translator, answer: Value, results: &[Type]) {
    let (threw, next) = (t.b.create_block(), t.b.create_block());
    let outcome = outcome(t, answer);
    t.terminate(|b| b.branch(outcome, (threw, &[]), (next, &[])));
    t.continue_in(threw);
    throw(t, answer);
    t.continue_in(next);
    let values = read(t, answer, results);
    t.stack.extend(values);
}

/// What an answer says has happened.
fn outcome(t: &mut Translator, answer: Value) -> Value {
    let shift = t.b.constant(Type::I64, Cont::OUTCOME.into());
    let outcome = t.b.binary(Op::ShrU, Type::I64, answer, shift);
    t.b.convert(Op::Wrap, Type::I32, outcome)
}

/// Throws the exception of an answer.
fn throw(t: &mut Translator, answer: Value) {
    let mask = t.b.constant(Type::I64, (1 << Cont::OUTCOME) - 1);
    let exception = t.b.binary(Op::And, Type::I64, answer, mask);
    let exception = match t.program.types.exceptions_are_objects() {
        true => {
            let low = t.b.convert(Op::Wrap, Type::I32, exception);
            t.b.convert(Op::Bitcast, Type::Gc, low)
        }
        // No module has a type of continuations, so nothing is resumed.
        false => t.b.convert(Op::Bitcast, Type::Ref, exception),
    };
    exception::throw(t, Op::ThrowRef, Imm::None, &[exception]);
}

/// An exception that nobody has thrown yet: it is caught at once.
fn new_exception(t: &mut Translator, tag: TagId, payload: &[Value]) -> Value {
    let landing = t.b.create_block();
    let exception = t.b.append_param(landing, Type::Gc);
    let what = (Op::Throw, Imm::Tag(tag), payload);
    t.terminate(|b| _ = b.try_op(what, &[], None, &[(None, landing)]));
    t.continue_in(landing);
    exception
}

/// What a continuation goes on with.
enum Input {
    Values(Vec<Value>),
    Exception(Value),
}

fn resume(t: &mut Translator, sig: SigId, cont: Value, input: Input, table: &ResumeTable) {
    let mut labels: Vec<(TagId, u32)> = Vec::new();
    let mut switches: Vec<u32> = Vec::new();
    for handler in &table.handlers {
        match *handler {
            Handle::OnLabel { tag, label } => labels.push((t.module.tags[tag as usize], label)),
            Handle::OnSwitch { tag } => {
                switches.push(t.module.tags[tag as usize].as_u32() | Cont::SWITCH);
            }
        }
    }
    let tags = labels.iter().map(|(tag, _)| tag.as_u32());
    let handlers: Vec<u32> = tags.chain(switches).collect();
    let answer = match input {
        Input::Values(values) => {
            let message = Message::new(t, &values, &handlers);
            let args = [cont, message.place, message.shape];
            runtime(t, RtFn::ContResume, &args)
        }
        Input::Exception(exception) => {
            let message = Message::new(t, &[], &handlers);
            let args = [cont, exception, message.place, message.shape];
            runtime(t, RtFn::ContThrow, &args)
        }
    };
    let answer = answer.expect("an answer");
    // It has returned, thrown, or suspended itself with the tag of one of the handlers.
    let blocks: Vec<_> = (0..2 + labels.len()).map(|_| t.b.create_block()).collect();
    let targets = blocks.iter().map(|&block| Target {
        block,
        args: SmallVec::new(),
    });
    let (targets, outcome) = (targets.collect(), outcome(t, answer));
    t.terminate(|b| b.br_table(outcome, targets, &[]));
    let height = t.stack.len();
    for (&(tag, label), &block) in labels.iter().zip(&blocks[2..]) {
        t.continue_in(block);
        let sig = t.program.tags[tag].sig;
        let mut types = t.program.types[sig].signature().params;
        types.push(Type::Gc);
        let values = read(t, answer, &types);
        t.stack.extend(values);
        let frame = t.frame_index(label);
        t.leave(frame);
        t.stack.truncate(height);
    }
    t.continue_in(blocks[1]);
    throw(t, answer);
    t.continue_in(blocks[0]);
    let results = t.program.types[sig].signature().results;
    let values = read(t, answer, &results);
    t.stack.extend(values);
}
