//! Expansion of what works on objects of the collector: allocation inline as long as the heap goes on, tests of types, calls of the runtime for the rest.
//!
//! Invariants that security rests on:
//! - A value of type `gc` is null, a number of 31 bits, or the address of an object, and only allocation makes new ones. No address inside an object is ever a value.
//! - An element's index was compared with the length in the front end, which `ir::guards` verifies.

use super::{
    Access, Block, Callee, DATA_LEN, ELEM_LEN, Expand, Imm, Inst, IntCc, Op, RawRegion, RtFn,
    SigId, Symbol, Type, Value, ValueDef, abi, raw,
};
use crate::ir::{
    ARRAY_ELEMENTS, ARRAY_LENGTH, Cast, Composite, HEADER_REGION, HEADER_TYPE, OBJECT_ALIGN,
    Storage,
};
use std::mem::offset_of;

const HEAP_NEXT: u32 = offset_of!(abi::GcHeap, next) as u32;
const HEAP_LIMIT: u32 = offset_of!(abi::GcHeap, limit) as u32;

/// An object that stands for a value of the host ([`abi::GcType::HOST`]).
const HOST_BYTES: u32 = abi::GcType::HOST_BYTES;
const HOST_VALUE: u32 = abi::GcType::HOST_VALUE;

/// Bytes of elements up to which an array is allocated inline.
const INLINE_ELEMENTS: u32 = 1024;

/// Distance from the end of the address space that the heap's limit keeps, so that what is allocated inline never wraps.
const _: () = assert!(INLINE_ELEMENTS < 1 << 15);

impl Expand<'_, '_> {
    /// `gc.new`
    pub(super) fn new_object(&mut self, inst: Inst) {
        let ty = self.b.func.insts[inst].sig();
        let types = &self.program.types;
        let bytes = types.layout(ty).bytes.next_multiple_of(OBJECT_ALIGN);
        let header = self.header(ty);
        let size = self.b.constant(Type::I32, bytes.into());
        if bytes > INLINE_ELEMENTS {
            let object = self.runtime(RtFn::GcAllocate, &[size, header]);
            return self.replace(inst, object);
        }
        self.bump(inst, size, None, header, RtFn::GcAllocate, &[size, header]);
    }

    /// `gc.new_array`
    pub(super) fn new_array(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (ty, len) = (data.sig(), data.args[0]);
        let bytes = self.element(ty).bytes();
        let header = self.header(ty);
        let element = self.b.constant(Type::I32, bytes.into());
        let args = [len, header, element];
        let most = self.b.constant(Type::I32, (INLINE_ELEMENTS / bytes).into());
        let is_large = self.b.icmp(IntCc::GtU, Type::I32, len, most);
        // Where it is too long this may wrap, and is not used.
        let shift = self.b.constant(Type::I32, bytes.trailing_zeros().into());
        let elements = self.b.binary(Op::Shl, Type::I32, len, shift);
        let round = ARRAY_ELEMENTS + OBJECT_ALIGN - 1;
        let round = self.b.constant(Type::I32, round.into());
        let sum = self.b.binary(Op::Add, Type::I32, elements, round);
        let mask = self.b.constant(Type::I32, u64::from(!(OBJECT_ALIGN - 1)));
        let size = self.b.binary(Op::And, Type::I32, sum, mask);
        let length = Some((is_large, len));
        self.bump(inst, size, length, header, RtFn::GcAllocateArray, &args);
    }

    /// Takes `size` bytes where the heap goes on, and writes the header; of an array also its length, unless it is large. Calls the function where there is no room.
    fn bump(
        &mut self,
        inst: Inst,
        size: Value,
        array: Option<(Value, Value)>,
        header: Value,
        function: RtFn,
        args: &[Value],
    ) {
        let heap = self.b.symbol_addr(Symbol::Heap, 0);
        let load = |this: &mut Self, ty, field| this.load(ty, (heap, field), RawRegion::Heap);
        let (slow, fast, join) = (
            self.b.create_block(),
            self.b.create_block(),
            self.b.create_block(),
        );
        if let Some((is_large, _)) = array {
            let small = self.b.create_block();
            self.b.branch(is_large, (slow, &[]), (small, &[]));
            self.b.switch_to(small);
        }
        // Both lie in the lowest 4 GiB, and the limit far enough below its end.
        let object = load(self, Type::Gc, HEAP_NEXT);
        let limit = load(self, Type::I32, HEAP_LIMIT);
        let start = self.b.convert(Op::Bitcast, Type::I32, object);
        let end = self.b.binary(Op::Add, Type::I32, start, size);
        let is_full = self.b.icmp(IntCc::GtU, Type::I32, end, limit);
        self.b.branch(is_full, (slow, &[]), (fast, &[]));
        self.b.switch_to(fast);
        let place = raw(HEAP_NEXT, RawRegion::Heap);
        self.b
            .emit(Op::RawStore, Type::I32, place, &[heap, end], &[]);
        self.write_word(object, 0, header);
        if let Some((_, len)) = array {
            self.write_word(object, ARRAY_LENGTH, len);
        }
        self.b.jump(join, &[object]);
        self.b.switch_to(slow);
        let object = self.runtime(function, args);
        self.b.jump(join, &[object]);
        self.go_on(inst, join);
    }

    /// Writes a field or element. Where that makes an object refer to another, one that is old goes into the collector's log first: it may refer to a new one now.
    pub(super) fn store_in_object(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (object, value) = (data.args[0], data.args[data.args.len() - 1]);
        let is_reference = data.ty == Type::Gc && self.b.as_const(value).is_none();
        if !is_reference || self.fresh == Some(object) {
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
            None => (RtFn::GcLog, None),
            Some(index) => {
                let start = self.b.convert(Op::Bitcast, Type::I32, object);
                let shift = self.b.constant(Type::I32, 2);
                let distance = self.b.binary(Op::Shl, Type::I32, index, shift);
                let first = self.b.constant(Type::I32, ARRAY_ELEMENTS.into());
                let distance = self.b.binary(Op::Add, Type::I32, distance, first);
                let place = self.b.binary(Op::Add, Type::I32, start, distance);
                (RtFn::GcLogElement, Some(place))
            }
        };
        let args: Vec<Value> = [object].into_iter().chain(place).collect();
        let callee = Callee::Runtime(function);
        self.b.call_symbol(callee, function.signature(), &args);
        self.b.jump(go_on, &[]);
        self.b.switch_to(go_on);
        self.keep(go_on, inst);
    }

    fn write_word(&mut self, object: Value, offset: u32, value: Value) {
        let imm = Imm::Object {
            access: Access::Full,
            offset,
            region: HEADER_REGION,
            trap: false,
        };
        self.b
            .emit(Op::GcStore, Type::I32, imm, &[object, value], &[]);
    }

    /// Continues in a block whose parameter takes the place of the instruction's result.
    fn go_on(&mut self, inst: Inst, join: Block) {
        let data = &mut self.b.func.insts[inst];
        let result = data.first_result;
        data.result_count = 0;
        self.b.func.values[result].def = ValueDef::Param(join, 0);
        self.b.func.blocks[join].params.push(result);
        self.b.switch_to(join);
    }

    /// Makes what a call returns the result of the instruction.
    fn replace(&mut self, inst: Inst, value: Value) {
        let join = self.b.create_block();
        self.b.jump(join, &[value]);
        self.go_on(inst, join);
    }

    fn runtime(&mut self, function: RtFn, args: &[Value]) -> Value {
        let callee = Callee::Runtime(function);
        let call = self.b.call_symbol(callee, function.signature(), args);
        self.b.result(call)
    }

    /// The header of new objects of a type.
    fn header(&mut self, ty: SigId) -> Value {
        let (number, _) = self.program.types.numbers(ty);
        let header = u64::from(number) << HEADER_TYPE;
        self.b.constant(Type::I32, header)
    }

    fn host_header(&mut self) -> Value {
        let header = u64::from(self.program.types.host_number()) << HEADER_TYPE;
        self.b.constant(Type::I32, header)
    }

    fn element(&self, ty: SigId) -> Storage {
        match &self.program.types.def(ty).composite {
            Composite::Array(element) => element.storage,
            Composite::Func(_) | Composite::Struct(_) => unreachable!("elements of no array"),
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
        let bytes = self.element(ty).bytes();
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
        let array = self.runtime(RtFn::GcAllocateArray, &[len, header, element]);
        let zero = self.b.constant(Type::I32, 0);
        let mut args = vec![array, zero, from, len];
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
        let mut args = data.args.to_vec();
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
        let args = self.b.func.insts[inst].args.to_vec();
        self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, &args);
    }

    /// `extern.convert_any`
    pub(super) fn externalise(&mut self, block: Block, inst: Inst) {
        let value = self.b.func.insts[inst].args[0];
        let function = RtFn::GcToExternal;
        let header = self.host_header();
        let imm = Imm::CallSymbol {
            callee: Callee::Runtime(function),
            sig: Box::new(function.signature()),
        };
        self.become_op(
            block,
            inst,
            Op::CallSymbol,
            Type::I32,
            imm,
            &[value, header],
        );
    }

    /// `any.convert_extern`: a reference of ours has bit 63 set; one of the host becomes an object.
    pub(super) fn internalise(&mut self, inst: Inst) {
        let value = self.b.func.insts[inst].args[0];
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
        let imm = Imm::Object {
            access: Access::Full,
            offset: HOST_VALUE,
            region: HEADER_REGION,
            trap: false,
        };
        self.b
            .emit(Op::GcStore, Type::I64, imm, &[object, bits], &[]);
        self.b.jump(join, &[object]);
        self.go_on(inst, join);
    }

    /// `gc.test`, `func.test`
    pub(super) fn test(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (cast, value, ty) = (data.cast(), data.args[0], self.b.ty(data.args[0]));
        let is_gc = data.op == Op::GcTest;
        let null = self.b.constant(ty, 0);
        if is_gc && cast.count == 0 && cast.i31 && !cast.null {
            // Null is even.
            let bits = self.b.convert(Op::Bitcast, Type::I32, value);
            let one = self.b.constant(Type::I32, 1);
            return self.become_op(block, inst, Op::And, Type::I32, Imm::None, &[bits, one]);
        }
        let (some, join) = (self.b.create_block(), self.b.create_block());
        let answer = self.b.constant(Type::I32, cast.null.into());
        let is_null = self.b.icmp(IntCc::Eq, ty, value, null);
        self.b.branch(is_null, (join, &[answer]), (some, &[]));
        self.b.switch_to(some);
        let number = if is_gc {
            let object = self.b.create_block();
            let bits = self.b.convert(Op::Bitcast, Type::I32, value);
            let one = self.b.constant(Type::I32, 1);
            let tag = self.b.binary(Op::And, Type::I32, bits, one);
            let answer = self.b.constant(Type::I32, cast.i31.into());
            self.b.branch(tag, (join, &[answer]), (object, &[]));
            self.b.switch_to(object);
            let imm = Imm::Object {
                access: Access::Full,
                offset: 0,
                region: HEADER_REGION,
                trap: false,
            };
            let load = self
                .b
                .emit(Op::GcLoad, Type::I32, imm, &[value], &[Type::I32]);
            let header = self.b.result(load);
            let shift = self.b.constant(Type::I32, HEADER_TYPE.into());
            self.b.binary(Op::ShrU, Type::I32, header, shift)
        } else {
            self.function_type(value)
        };
        let found = self.in_range(number, cast);
        self.b.jump(join, &[found]);
        self.go_on(inst, join);
    }

    fn in_range(&mut self, number: Value, cast: Cast) -> Value {
        let first = self.b.constant(Type::I32, cast.first.into());
        if cast.count == 1 {
            return self.b.icmp(IntCc::Eq, Type::I32, number, first);
        }
        let distance = self.b.binary(Op::Sub, Type::I32, number, first);
        let count = self.b.constant(Type::I32, cast.count.into());
        self.b.icmp(IntCc::LtU, Type::I32, distance, count)
    }
}
