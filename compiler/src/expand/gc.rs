//! Expansion of what works on objects of the collector: stores with their barriers, tests of types, calls of the runtime for the rest. (`allocate` has what makes objects.)
//!
//! Invariants that security rests on:
//! - A value of type `gc` is null, a number of 31 bits, or the address of an object, and only allocation makes new ones. No address inside an object is ever a value.
//! - An element's index was compared with the length in the front end, which `ir::guards` verifies.

use super::{
    Access, Block, Callee, DATA_LEN, ELEM_LEN, Expand, Func, Imm, Inst, IntCc, Op, RawRegion, RtFn,
    SigId, TrapCode, Type, ValType, Value, World, abi,
};
use crate::ir::objects::receive;
use crate::ir::{ARRAY_ELEMENTS, Cast, Composite, FAULTING, HEADER_REGION, HEADER_TYPE};
use std::collections::HashSet;

/// An object that stands for a value of the host ([`abi::GcType::HOST`]).
const HOST_BYTES: u32 = abi::GcType::HOST_BYTES;
const HOST_VALUE: u32 = abi::GcType::HOST_VALUE;

/// Instructions between a test for null and the access that traps in its stead.
const MOST_BETWEEN: usize = 16;

/// Leaves tests for null to accesses of the same references that come next, before anything can be noticed of it.
pub(super) fn fault_on_null(func: &mut Func, insts: &mut Vec<Inst>) {
    let mut gone = HashSet::new();
    for (at, &inst) in insts.iter().enumerate() {
        let access = tested_for_null(func, inst)
            .and_then(|value| next_access(func, &insts[at + 1..], value));
        let Some(access) = access else { continue };
        let loc = func.insts[inst].loc;
        let data = &mut func.insts[access];
        if let Imm::Object { trap, .. } = &mut data.imm {
            *trap = true;
            data.loc = loc;
        }
        gone.insert(inst);
    }
    insts.retain(|inst| !gone.contains(inst));
}

/// The reference that an instruction traps for if it is null.
fn tested_for_null(func: &Func, inst: Inst) -> Option<Value> {
    let data = &func.insts[inst];
    if data.op != Op::TrapIf || data.trap_code() != TrapCode::NullReference {
        return None;
    }
    let data = &func.insts[func.def(data.args[0])?];
    let is_test = data.op == Op::Icmp
        && data.ty == Type::Gc
        && matches!(data.imm, Imm::IntCc(IntCc::Eq))
        && func.const_bits(data.args[1]) == Some(0);
    is_test.then(|| data.args[0])
}

/// The first access to a field of this object, if it comes before anything else that traps or relies on a test, and before state is written.
fn next_access(func: &Func, insts: &[Inst], object: Value) -> Option<Inst> {
    for &inst in insts.iter().take(MOST_BETWEEN) {
        let data = &func.insts[inst];
        if matches!(data.op, Op::GcLoad | Op::GcStore) && data.args[0] == object {
            return (data.object().1 < FAULTING).then_some(inst);
        }
        let effects = data.effects();
        let relies = data.op.row().guarded;
        if relies || effects.may_trap || !effects.writes.is_empty() || data.is_terminator() {
            return None;
        }
    }
    None
}

/// A place in front of an object's fields.
pub(super) fn header_field(offset: u32, trap: bool) -> Imm {
    Imm::Object {
        access: Access::Full,
        offset,
        region: HEADER_REGION,
        trap,
    }
}

impl Expand<'_, '_> {
    /// Writes a field or element. Where that makes an object refer to another, one that is old goes into the collector's log first: it may refer to a new one now.
    pub(super) fn store_in_object(&mut self, inst: Inst) {
        let data = self.b.func.insts[inst].clone();
        let (object, value) = (data.args[0], data.args[data.args.len() - 1]);
        let new = self.fresh.iter().position(|new| new.object == object);
        if new.is_some_and(|new| self.is_written_as_zero(inst, new)) {
            return;
        }
        if data.ty != Type::Gc || new.is_some() || self.is_no_object(value) {
            return self.keep(self.b.current(), inst);
        }
        let index = (data.op == Op::GcStoreElem).then(|| data.args[1]);
        // The store itself traps for null, which is tested here already.
        let trap = matches!(data.imm, Imm::Object { trap: true, .. });
        let imm = Imm::Object {
            access: Access::U8,
            offset: 0,
            region: HEADER_REGION,
            trap,
        };
        let load = self
            .b
            .emit(Op::GcLoad, Type::I32, imm, &[object], &[Type::I32]);
        let header = self.b.result(load);
        let old = self.b.constant(Type::I32, abi::GcType::OLD.into());
        let is_old = self.b.binary(Op::And, Type::I32, header, old);
        let (log, go_on) = (self.b.create_block(), self.b.create_block());
        self.b.branch(is_old, (log, &[]), (go_on, &[]));
        self.b.switch_to(log);
        let (function, place) = match index {
            None => (self.own([RtFn::GcLog, RtFn::GcLogOwn]), None),
            Some(index) => {
                let start = self.b.convert(Op::Bitcast, Type::I32, object);
                let shift = self.b.constant(Type::I32, 2);
                let distance = self.b.binary(Op::Shl, Type::I32, index, shift);
                let first = self.b.constant(Type::I32, ARRAY_ELEMENTS.into());
                let distance = self.b.binary(Op::Add, Type::I32, distance, first);
                let place = self.b.binary(Op::Add, Type::I32, start, distance);
                let function = self.own([RtFn::GcLogElement, RtFn::GcLogElementOwn]);
                (function, Some(place))
            }
        };
        let args: Vec<Value> = [object].into_iter().chain(place).collect();
        let callee = Callee::Runtime(function);
        self.b.call_symbol(callee, function.signature(), &args);
        self.b.jump(go_on, &[]);
        self.b.switch_to(go_on);
        self.keep(go_on, inst);
    }

    /// Whether a reference is null or a number by what makes it.
    fn is_no_object(&self, value: Value) -> bool {
        let tagged = || {
            let bits = self.b.as_unary(value, Op::Bitcast)?;
            let (_, tag) = self.b.as_binary(bits, Op::Or)?;
            self.b.as_const(tag)
        };
        self.b.as_const(value).is_some() || tagged().is_some_and(|tag| tag & 1 != 0)
    }

    pub(super) fn runtime(&mut self, function: RtFn, args: &[Value]) -> Value {
        let callee = Callee::Runtime(function);
        let call = self.b.call_symbol(callee, function.signature(), args);
        self.b.result(call)
    }

    /// Of two functions the one of the world: the second finds the heap of the instance that calls.
    pub(super) fn own(&self, [closed, open]: [RtFn; 2]) -> RtFn {
        match self.program.world {
            World::Closed => closed,
            World::Open => open,
        }
    }

    fn host_header(&mut self) -> Value {
        let header = u64::from(self.program.types.host_number()) << HEADER_TYPE;
        self.b.constant(Type::I32, header)
    }

    /// Bytes of an element of an array type.
    pub(super) fn element_bytes(&self, ty: SigId) -> u32 {
        match &self.program.types.def(ty).composite {
            Composite::Array(element) => element.storage.bytes(),
            Composite::Func(_) | Composite::Struct(_) | Composite::Cont(_) => {
                unreachable!("elements of no array")
            }
        }
    }

    /// `gc.new_data`, `gc.new_elem`: what is too long for the segment is not allocated.
    pub(super) fn new_from_segment(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (from, len) = (data.args[0], data.args[1]);
        let (ty, place, length, function) = match data.imm {
            Imm::TypeData { ty, data } => {
                let decl = &self.program.datas[data];
                let place = (decl.module, decl.offset + DATA_LEN);
                (ty, place, Type::I64, RtFn::GcInitData)
            }
            Imm::TypeElem { ty, elem } => {
                let decl = &self.program.elems[elem];
                let place = (decl.module, decl.offset + ELEM_LEN);
                (ty, place, Type::I32, RtFn::GcInitElem)
            }
            _ => data.wrong_imm(),
        };
        let code = function.trap().expect("an operation that may fail");
        let instance = self.b.instance_addr(place.0);
        let has = self.load(length, (instance, place.1), RawRegion::Segments);
        let has = match length {
            Type::I32 => self.zext(has),
            _ => has,
        };
        let bytes = self.element_bytes(ty);
        let scale = match length {
            Type::I32 => 0,
            _ => bytes.trailing_zeros(),
        };
        let scale = self.b.constant(Type::I64, scale.into());
        let (first, wide) = (self.zext(from), self.zext(len));
        let taken = self.b.binary(Op::Shl, Type::I64, wide, scale);
        let end = self.b.binary(Op::Add, Type::I64, first, taken);
        let outside = self.b.icmp(IntCc::GtU, Type::I64, end, has);
        self.b.trap_if(outside, code);
        let (header, element) = (self.header(ty), self.b.constant(Type::I32, bytes.into()));
        let allocate = self.own([RtFn::GcAllocateArray, RtFn::GcAllocateArrayOwn]);
        let array = self.runtime(allocate, &[len, header, element]);
        let zero = self.b.constant(Type::I32, 0);
        let mut args = vec![self.heap(), array, zero, from, len];
        args.extend(self.segment(inst));
        // It cannot fail any more.
        self.runtime(function, &args);
        self.replace(inst, array);
    }

    /// `array.init_data`, `array.init_elem`
    pub(super) fn init_from_segment(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let function = match data.imm {
            Imm::TypeData { .. } => RtFn::GcInitData,
            _ => RtFn::GcInitElem,
        };
        let operands = data.args.clone();
        let mut args = vec![self.heap()];
        args.extend(operands);
        args.extend(self.segment(inst));
        self.bulk(block, inst, function, &args);
    }

    /// How the runtime gets a segment.
    fn segment(&mut self, inst: Inst) -> Vec<Value> {
        match self.b.func.insts[inst].imm {
            Imm::TypeData { data, .. } => vec![self.data_ptr(data)],
            Imm::TypeElem { elem, .. } => {
                let instance = self.b.instance_addr(self.program.elems[elem].module);
                vec![instance, self.elem_ptr(elem)]
            }
            _ => self.b.func.insts[inst].wrong_imm(),
        }
    }

    /// `array.copy`
    pub(super) fn copy_elements(&mut self, block: Block, inst: Inst) {
        let function = RtFn::GcCopy;
        let imm = Imm::CallSymbol {
            callee: Callee::Runtime(function),
            sig: Box::new(function.signature()),
        };
        let operands = self.b.func.insts[inst].args.clone();
        let mut args = vec![self.heap()];
        args.extend(operands);
        self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, &args);
    }

    /// `extern.convert_any`
    pub(super) fn externalise(&mut self, block: Block, inst: Inst) {
        let value = self.b.func.insts[inst].args[0];
        let (function, args) = match self.program.world {
            World::Closed => (RtFn::GcToExternal, vec![value, self.host_header()]),
            World::Open => {
                let instance = self.b.instance_addr(self.program.main);
                // Nobody knows who has it and for how long.
                let kept = self.b.constant(Type::I32, 1);
                (RtFn::GcGive, vec![instance, value, kept])
            }
        };
        let imm = Imm::CallSymbol {
            callee: Callee::Runtime(function),
            sig: Box::new(function.signature()),
        };
        self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, &args);
    }

    /// `any.convert_extern`: a reference of ours has bit 63 set; one of the host becomes an object.
    pub(super) fn internalise(&mut self, inst: Inst) {
        let value = self.b.func.insts[inst].args[0];
        if self.program.world == World::Open {
            // It may be anything that C has made up.
            let object = receive(&mut self.b, self.program, value, ValType::ANY);
            return self.replace(inst, object);
        }
        let bits = self.b.convert(Op::Bitcast, Type::I64, value);
        let zero = self.b.constant(Type::I64, 0);
        let (host, ours, join) = (
            self.b.create_block(),
            self.b.create_block(),
            self.b.create_block(),
        );
        let one = self.b.constant(Type::I64, 1);
        let before = self.b.binary(Op::Sub, Type::I64, bits, one);
        // Null as well.
        let is_host = self.b.icmp(IntCc::GeS, Type::I64, before, zero);
        self.b.branch(is_host, (host, &[]), (ours, &[]));
        self.b.switch_to(ours);
        let low = self.b.convert(Op::Wrap, Type::I32, bits);
        let reference = self.b.convert(Op::Bitcast, Type::Gc, low);
        self.b.jump(join, &[reference]);
        self.b.switch_to(host);
        let header = self.host_header();
        let size = self.b.constant(Type::I32, HOST_BYTES.into());
        let object = self.runtime(RtFn::GcAllocate, &[size, header]);
        let imm = header_field(HOST_VALUE, false);
        self.b
            .emit(Op::GcStore, Type::I64, imm, &[object, bits], &[]);
        self.b.jump(join, &[object]);
        self.go_on(&[inst], join);
    }

    /// `gc.test`, `func.test`
    pub(super) fn test(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let ((to, from), value) = (data.cast(), data.args[0]);
        let is_gc = data.op == Op::GcTest;
        if is_gc && to == Cast::I31 {
            // Null is even.
            let bits = self.b.convert(Op::Bitcast, Type::I32, value);
            let one = self.b.constant(Type::I32, 1);
            return self.become_op(block, inst, Op::And, Type::I32, Imm::None, &[bits, one]);
        }
        if !from.null && !from.i31 && to.count != 0 {
            let (cc, a, b) = self.is_object_of(value, to, is_gc);
            let ty = self.b.ty(a);
            return self.become_op(block, inst, Op::Icmp, ty, Imm::IntCc(cc), &[a, b]);
        }
        let join = self.b.create_block();
        if from.null {
            let is_null = self.is_null(value);
            self.answer(is_null, to.null, join);
        }
        if from.i31 {
            let is_number = self.is_number(value);
            self.answer(is_number, to.i31, join);
        }
        let found = match to.count {
            0 => self.b.constant(Type::I32, 0),
            _ => {
                let (cc, a, b) = self.is_object_of(value, to, is_gc);
                self.b.icmp(cc, self.b.ty(a), a, b)
            }
        };
        self.b.jump(join, &[found]);
        self.go_on(&[inst], join);
    }

    /// Ends a test where a condition holds.
    fn answer(&mut self, condition: Value, answer: bool, join: Block) {
        let rest = self.b.create_block();
        let answer = self.b.constant(Type::I32, answer.into());
        self.b.branch(condition, (join, &[answer]), (rest, &[]));
        self.b.switch_to(rest);
    }

    /// A trap that a test decides which nothing else asks for: it traps where the test is false.
    pub(super) fn cast(&mut self, test: Inst, code: TrapCode) {
        let data = &self.b.func.insts[test];
        let ((to, from), value) = (data.cast(), data.args[0]);
        let is_gc = data.op == Op::GcTest;
        let done = self.b.create_block();
        if from.null {
            let is_null = self.is_null(value);
            self.pass_or_trap(is_null, to.null, done, code);
        }
        if from.i31 {
            let is_number = self.is_number(value);
            self.pass_or_trap(is_number, to.i31, done, code);
        }
        let fails = match to.count {
            0 => self.b.constant(Type::I32, 1),
            _ => {
                let (cc, a, b) = self.is_object_of(value, to, is_gc);
                self.b.icmp(cc.inverse(), self.b.ty(a), a, b)
            }
        };
        self.b.trap_if(fails, code);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Where a condition holds: goes on there, or traps.
    fn pass_or_trap(&mut self, condition: Value, passes: bool, done: Block, code: TrapCode) {
        if !passes {
            return self.b.trap_if(condition, code);
        }
        let rest = self.b.create_block();
        self.b.branch(condition, (done, &[]), (rest, &[]));
        self.b.switch_to(rest);
    }

    fn is_null(&mut self, value: Value) -> Value {
        let ty = self.b.ty(value);
        let null = self.b.constant(ty, 0);
        self.b.icmp(IntCc::Eq, ty, value, null)
    }

    /// Whether a reference is a number of 31 bits.
    fn is_number(&mut self, value: Value) -> Value {
        let bits = self.b.convert(Op::Bitcast, Type::I32, value);
        let one = self.b.constant(Type::I32, 1);
        self.b.binary(Op::And, Type::I32, bits, one)
    }

    /// The comparison that says whether an object, or a function, is of the types that a test is true for.
    fn is_object_of(&mut self, value: Value, to: Cast, is_gc: bool) -> (IntCc, Value, Value) {
        if !is_gc && self.program.world == World::Open {
            let record = self.b.convert(Op::Bitcast, Type::Ptr, value);
            return self.is_of_types(record, TrapCode::NullReference, to.first, to.count);
        }
        if !is_gc {
            let number = self.function_type(value);
            return self.in_range(number, to.first, to.count);
        }
        // It is no null, but where only its type says so and initialisers run in a circle.
        let imm = header_field(0, true);
        let load = self
            .b
            .emit(Op::GcLoad, Type::I32, imm, &[value], &[Type::I32]);
        let header = self.b.result(load);
        // The collector's bits are below the number, so that headers of these types are consecutive too.
        self.in_range(header, to.first << HEADER_TYPE, to.count << HEADER_TYPE)
    }

    fn in_range(&mut self, number: Value, first: u32, count: u32) -> (IntCc, Value, Value) {
        let first = self.b.constant(Type::I32, first.into());
        if count == 1 {
            return (IntCc::Eq, number, first);
        }
        let distance = self.b.binary(Op::Sub, Type::I32, number, first);
        let count = self.b.constant(Type::I32, count.into());
        (IntCc::LtU, distance, count)
    }
}
