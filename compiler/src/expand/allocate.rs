//! Expansion of allocations: inline as long as the heap goes on, else a call of the runtime.
//!
//! Objects of known sizes that a block allocates with nothing between that may collect garbage are made in one step, where the first one is: one comparison with the limit, one piece of the heap, or one call
//! for all of it, so that none of them is older than another. Nothing tells this from one step after the other but which trap comes first where memory runs out.
//!
//! Invariant: headers are written before anything may collect garbage. The references to all objects of a piece come out of the step as block parameters, so that none is computed again from another one
//! behind a point where only that other one would have been a root.

use super::gc::header_field;
use super::{
    Block, Expand, Inst, IntCc, ModuleId, New, Op, RawRegion, RtFn, SigId, Symbol, Type, Value,
    ValueDef, abi, raw,
};
use crate::entity::EntityId;
use crate::ir::op::EffectClass;
use crate::ir::{ARRAY_ELEMENTS, ARRAY_LENGTH, HEADER_TYPE, OBJECT_ALIGN};
use std::collections::HashMap;
use std::mem::offset_of;

const HEAP_NEXT: u32 = offset_of!(abi::GcHeap, next) as u32;
const HEAP_LIMIT: u32 = offset_of!(abi::GcHeap, limit) as u32;

/// Bytes of elements up to which an array is allocated inline, and bytes of what is allocated in one step.
const MOST_INLINE: u32 = 1024;

/// Distance from the end of the address space that the heap's limit keeps, so that what is allocated inline never wraps.
const _: () = assert!(MOST_INLINE < 1 << 15);

/// Objects that are allocated in one step: the references to all of them are in registers behind it.
const MOST_MERGED: usize = 8;

/// What allocates out of line.
const OBJECT: [RtFn; 2] = [RtFn::GcAllocate, RtFn::GcAllocateOwn];
const ARRAY: [RtFn; 2] = [RtFn::GcAllocateArray, RtFn::GcAllocateArrayOwn];

/// Places in a new object that are remembered.
const MOST_WRITTEN: usize = 32;

/// By each allocation of a known size in a block: those that are made where it is, itself first. None if it is made where another one is.
pub(super) type Merged = HashMap<Inst, Vec<Inst>>;

impl Expand<'_, '_> {
    /// Which allocations of a block are made in one step.
    pub(super) fn merge(&self, insts: &[Inst], together: bool) -> Merged {
        let mut merged = Merged::new();
        // The first allocation of a step, and the bytes of all.
        let mut step: Option<(Inst, u32)> = None;
        for &inst in insts {
            let data = &self.b.func.insts[inst];
            let Some(bytes) = self.known_size(inst) else {
                if data.effects().is_call || data.op.row().effect == EffectClass::Allocate {
                    step = None;
                }
                continue;
            };
            let joined = step.filter(|&(first, before)| {
                together && before + bytes <= MOST_INLINE && merged[&first].len() < MOST_MERGED
            });
            if let Some((first, before)) = joined {
                merged.entry(first).or_default().push(inst);
                merged.insert(inst, Vec::new());
                step = Some((first, before + bytes));
            } else {
                merged.insert(inst, vec![inst]);
                step = Some((inst, bytes));
            }
        }
        merged
    }

    /// Bytes of what an instruction allocates inline, where they are known.
    fn known_size(&self, inst: Inst) -> Option<u32> {
        let data = &self.b.func.insts[inst];
        let bytes = match data.op {
            Op::GcNew => u64::from(self.program.types.layout(data.sig()).bytes),
            Op::GcNewArray => {
                let elements =
                    self.b.as_const(data.args[0])? * u64::from(self.element_bytes(data.sig()));
                u64::from(ARRAY_ELEMENTS) + elements
            }
            _ => return None,
        };
        let bytes = bytes.next_multiple_of(OBJECT_ALIGN.into());
        (bytes <= MOST_INLINE.into()).then_some(bytes as u32)
    }

    /// `gc.new`, `gc.new_array`
    pub(super) fn new_object(&mut self, inst: Inst) {
        if let Some(step) = self.merged.remove(&inst) {
            if !step.is_empty() {
                self.new_objects(&step);
            }
            return;
        }
        let data = &self.b.func.insts[inst];
        let (ty, len) = (data.sig(), data.args.first().copied());
        if let Some(len) = len {
            return self.new_array(inst, ty, len);
        }
        let bytes = self.program.types.layout(ty).bytes;
        let size = bytes.next_multiple_of(OBJECT_ALIGN);
        let size = self.b.constant(Type::I32, size.into());
        let header = self.header(ty);
        let object = self.runtime(self.own(OBJECT), &[size, header]);
        self.replace(inst, object);
    }

    /// An array of any length.
    fn new_array(&mut self, inst: Inst, ty: SigId, len: Value) {
        let bytes = self.element_bytes(ty);
        let header = self.header(ty);
        let (slow, small) = (self.b.create_block(), self.b.create_block());
        let most = self.b.constant(Type::I32, (MOST_INLINE / bytes).into());
        let is_large = self.b.icmp(IntCc::GtU, Type::I32, len, most);
        self.b.branch(is_large, (slow, &[]), (small, &[]));
        self.b.switch_to(small);
        let shift = self.b.constant(Type::I32, bytes.trailing_zeros().into());
        let elements = self.b.binary(Op::Shl, Type::I32, len, shift);
        let round = ARRAY_ELEMENTS + OBJECT_ALIGN - 1;
        let round = self.b.constant(Type::I32, round.into());
        let sum = self.b.binary(Op::Add, Type::I32, elements, round);
        let mask = self.b.constant(Type::I32, u64::from(!(OBJECT_ALIGN - 1)));
        let size = self.b.binary(Op::And, Type::I32, sum, mask);
        let object = self.bump(size, slow);
        self.write_header(object, header);
        self.write_word(object, ARRAY_LENGTH, len);
        let join = self.b.create_block();
        self.b.jump(join, &[object]);
        self.b.switch_to(slow);
        let element = self.b.constant(Type::I32, bytes.into());
        let object = self.runtime(self.own(ARRAY), &[len, header, element]);
        self.b.jump(join, &[object]);
        self.go_on(&[inst], join);
    }

    /// Objects of known sizes, one behind the other.
    fn new_objects(&mut self, insts: &[Inst]) {
        let mut bytes = 0;
        let mut places = Vec::with_capacity(insts.len());
        for &inst in insts {
            places.push(bytes);
            bytes += self.known_size(inst).expect("it was merged");
        }
        let headers: Vec<Value> = insts
            .iter()
            .map(|&inst| self.header(self.b.func.insts[inst].sig()))
            .collect();
        // What says how long an array is may come later.
        let lengths: Vec<Option<u64>> = insts
            .iter()
            .map(|&inst| self.b.as_const(*self.b.func.insts[inst].args.first()?))
            .collect();
        let size = self.b.constant(Type::I32, bytes.into());
        let (slow, join) = (self.b.create_block(), self.b.create_block());
        let first = self.bump(size, slow);
        self.write_header(first, headers[0]);
        let objects = self.one_behind_the_other(first, &places);
        self.write_lengths(&objects, &lengths);
        self.b.jump(join, &objects);
        self.b.switch_to(slow);
        let first = self.runtime(self.own(OBJECT), &[size, headers[0]]);
        let objects = self.one_behind_the_other(first, &places);
        self.write_lengths(&objects, &lengths);
        self.b.jump(join, &objects);
        self.go_on(insts, join);
        for (&inst, &header) in insts.iter().zip(&headers).skip(1) {
            let object = self.b.func.insts[inst].first_result;
            self.write_header(object, header);
        }
    }

    /// Writes the lengths of arrays. Not behind the step, where value numbering would find them, and a comparison of an index with one would vanish that an access relies on.
    fn write_lengths(&mut self, objects: &[Value], lengths: &[Option<u64>]) {
        for (&object, len) in objects.iter().zip(lengths) {
            if let Some(len) = *len {
                let len = self.b.constant(Type::I32, len);
                self.write_word(object, ARRAY_LENGTH, len);
            }
        }
    }

    /// References to what lies at these distances from an object.
    fn one_behind_the_other(&mut self, first: Value, places: &[u32]) -> Vec<Value> {
        let mut objects = vec![first];
        for &place in &places[1..] {
            let start = self.b.convert(Op::Bitcast, Type::I32, first);
            let distance = self.b.constant(Type::I32, place.into());
            let next = self.b.binary(Op::Add, Type::I32, start, distance);
            objects.push(self.b.convert(Op::Bitcast, Type::Gc, next));
        }
        objects
    }

    /// Where the heap of the thread or of the instance is.
    pub(super) fn heap(&mut self) -> Value {
        let Some(offset) = self.program.heap_slot() else {
            return self.b.symbol_addr(Symbol::Heap, 0);
        };
        let block = self.b.instance_addr(ModuleId::from_u32(0));
        self.load(Type::Ptr, (block, offset), RawRegion::Constant)
    }

    /// Takes `size` bytes where the heap goes on, and continues behind that. Goes to `slow` where there is no room.
    fn bump(&mut self, size: Value, slow: Block) -> Value {
        let heap = self.heap();
        // Both lie in the lowest 4 GiB, and the limit far enough below its end.
        let object = self.load(Type::Gc, (heap, HEAP_NEXT), RawRegion::Heap);
        let limit = self.load(Type::I32, (heap, HEAP_LIMIT), RawRegion::Heap);
        let start = self.b.convert(Op::Bitcast, Type::I32, object);
        let end = self.b.binary(Op::Add, Type::I32, start, size);
        let is_full = self.b.icmp(IntCc::GtU, Type::I32, end, limit);
        let fast = self.b.create_block();
        self.b.branch(is_full, (slow, &[]), (fast, &[]));
        self.b.switch_to(fast);
        let place = raw(HEAP_NEXT, RawRegion::Heap);
        self.b
            .emit(Op::RawStore, Type::I32, place, &[heap, end], &[]);
        object
    }

    /// Writes the header of a new object, which is zero.
    fn write_header(&mut self, object: Value, header: Value) {
        if self.b.as_const(header) != Some(0) {
            self.write_word(object, 0, header);
        }
    }

    fn write_word(&mut self, object: Value, offset: u32, value: Value) {
        let imm = header_field(offset, false);
        self.b
            .emit(Op::GcStore, Type::I32, imm, &[object, value], &[]);
    }

    /// The header of new objects of a type.
    pub(super) fn header(&mut self, ty: SigId) -> Value {
        let (number, _) = self.program.types.numbers(ty);
        let header = u64::from(number) << HEADER_TYPE;
        self.b.constant(Type::I32, header)
    }

    /// Continues in a block whose parameters take the places of the instructions' results.
    pub(super) fn go_on(&mut self, insts: &[Inst], join: Block) {
        for (at, &inst) in insts.iter().enumerate() {
            let data = &mut self.b.func.insts[inst];
            let result = data.first_result;
            data.result_count = 0;
            self.b.func.values[result].def = ValueDef::Param(join, at as u32);
            self.b.func.blocks[join].params.push(result);
        }
        self.b.switch_to(join);
    }

    /// Makes what a call returns the result of the instruction.
    pub(super) fn replace(&mut self, inst: Inst, value: Value) {
        let join = self.b.create_block();
        self.b.jump(join, &[value]);
        self.go_on(&[inst], join);
    }

    /// Notes the new object that an instruction has made.
    pub(super) fn note_new(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let mut new = New {
            object: data.first_result,
            written: Vec::new(),
        };
        match data.op {
            Op::GcNew | Op::GcNewArray => {}
            Op::GcNewData | Op::GcNewElem => new.write_anywhere(),
            // What an external reference stands for may be old.
            _ => return,
        }
        self.fresh.push(new);
    }

    /// Notes what an instruction writes to new objects, before it is expanded.
    pub(super) fn note_write(&mut self, inst: Inst) {
        let data = &self.b.func.insts[inst];
        // What else is written may be a new object, if others know it.
        let writes = match data.op {
            Op::GcStore | Op::GcStoreElem => {
                !self.fresh.iter().any(|new| new.object == data.args[0])
            }
            _ => data.op.row().effect == EffectClass::ArrayBulk,
        };
        if writes {
            self.fresh.iter_mut().for_each(New::write_anywhere);
        }
    }

    /// Whether a store to a new object writes zeros where nothing else was written; notes it otherwise.
    pub(super) fn is_written_as_zero(&mut self, inst: Inst, new: usize) -> bool {
        let data = &self.b.func.insts[inst];
        let (access, offset, ..) = data.object();
        let bytes = u64::from(access.bytes(data.ty));
        let index = match data.op {
            Op::GcStoreElem => self.b.as_const(data.args[1]),
            _ => Some(0),
        };
        let value = data.args[data.args.len() - 1];
        let is_zero = self.b.as_const(value) == Some(0) || self.b.as_vec(value) == Some(0);
        let new = &mut self.fresh[new];
        let Some(index) = index.filter(|_| new.written.len() < MOST_WRITTEN) else {
            new.write_anywhere();
            return false;
        };
        let start = u64::from(offset) + index * bytes;
        let overlaps = |&(at, size): &(u64, u64)| at < start + bytes && start < at + size;
        if is_zero && !new.written.iter().any(overlaps) {
            return true;
        }
        new.written.push((start, bytes));
        false
    }
}

impl New {
    /// Notes that any place in it may hold something.
    pub(super) fn write_anywhere(&mut self) {
        self.written.clear();
        self.written.resize(MOST_WRITTEN, (0, u64::MAX));
    }
}
