//! Expansion of exceptions: payloads, throwing as calls of the runtime, calls whose exceptions are handled.
//!
//! Where exceptions are objects of the collector, their tag and the payload are fields behind the header ([`abi::ExceptionObject`]), and code makes them itself before they are thrown.

use super::gc::header_field;
use super::{
    Access, Block, Callee, Expand, Imm, Inst, IntCc, Op, RawRegion, RtFn, TagId, Target, TrapCode,
    Type, Value, World, abi, raw, slot_bytes,
};
use crate::entity::EntityId;
use crate::ir::{HEADER_TYPE, IMMUTABLE_REGION};
use smallvec::{SmallVec, smallvec};

impl Expand<'_, '_> {
    /// A place in the payload of an exception that is an object.
    fn payload_field(&self, offset: u32) -> Imm {
        let payload = abi::ExceptionObject::payload(self.program.world == World::Open);
        Imm::Object {
            access: Access::Full,
            offset: payload + offset,
            region: IMMUTABLE_REGION,
            trap: false,
        }
    }

    /// A value of an exception's payload: its slots follow the head.
    pub(super) fn exn_get(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (tag, index) = data.payload();
        let (ty, exception) = (data.ty, data.args[0]);
        let types = self.payload_types(tag);
        let before: u32 = (types[..index as usize].iter())
            .map(|&ty| slot_bytes(ty))
            .sum();
        if self.program.types.exceptions_are_objects() {
            let imm = self.payload_field(before);
            self.become_op(block, inst, Op::GcLoad, ty, imm, &[exception]);
            return;
        }
        let offset = abi::EXCEPTION_HEAD + before;
        let base = self.b.convert(Op::Bitcast, Type::Ptr, exception);
        let imm = raw(offset, RawRegion::Constant);
        self.become_op(block, inst, Op::RawLoad, ty, imm, &[base]);
    }

    fn payload_types(&self, tag: TagId) -> Vec<Type> {
        self.program.types[self.program.tags[tag].sig]
            .signature()
            .params
    }

    /// Turns `throw` and `throw_ref` into calls of the runtime, which do not return.
    pub(super) fn throw(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let args = data.args.clone();
        let are_objects = self.program.types.exceptions_are_objects();
        let again = match are_objects {
            true => RtFn::ThrowObject,
            false => RtFn::ThrowRef,
        };
        let (function, args) = match data.imm {
            Imm::Tag(tag) if are_objects => (again, smallvec![self.exception_object(tag, &args)]),
            Imm::Tag(tag) => (RtFn::Throw, self.new_exception(tag, &args)),
            _ => {
                let ty = self.b.ty(args[0]);
                let null = self.b.constant(ty, 0);
                let is_null = self.b.icmp(IntCc::Eq, ty, args[0], null);
                self.b.trap_if(is_null, TrapCode::NullReference);
                (again, args)
            }
        };
        let imm = Imm::CallSymbol {
            callee: Callee::Runtime(function),
            sig: Box::new(function.signature()),
        };
        self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, &args);
    }

    /// A new exception as an object of the collector. Nothing is between its allocation and the stores, so they need no barrier.
    fn exception_object(&mut self, tag: TagId, payload: &[Value]) -> Value {
        let bytes: u32 = self.payload_types(tag).into_iter().map(slot_bytes).sum();
        let is_open = self.program.world == World::Open;
        let size = abi::ExceptionObject::payload(is_open) + bytes;
        let size = self.b.constant(Type::I32, size.into());
        let number = self.program.types.exception_number(tag);
        let header = self.b.constant(Type::I32, u64::from(number) << HEADER_TYPE);
        let allocate = self.own([RtFn::GcAllocate, RtFn::GcAllocateOwn]);
        let object = self.runtime(allocate, &[size, header]);
        let (identity, place) = match is_open {
            false => {
                let number = self.b.constant(Type::I32, tag.as_u32().into());
                (number, abi::ExceptionObject::TAG)
            }
            true => {
                let decl = &self.program.tags[tag];
                let address = self.pointer(decl.module, decl.place);
                let bits = self.b.convert(Op::Bitcast, Type::I64, address);
                (bits, abi::ExceptionObject::OPEN_TAG)
            }
        };
        let (ty, imm) = (self.b.ty(identity), header_field(place, false));
        self.b.emit(Op::GcStore, ty, imm, &[object, identity], &[]);
        let mut offset = 0;
        for &value in payload {
            let ty = self.b.ty(value);
            let imm = self.payload_field(offset);
            self.b.emit(Op::GcStore, ty, imm, &[object, value], &[]);
            offset += slot_bytes(ty);
        }
        object
    }

    /// Tag, place and number of slots of a payload, which is put into this frame.
    fn new_exception(&mut self, tag: TagId, payload: &[Value]) -> SmallVec<[Value; 3]> {
        let bytes: u32 = self.payload_types(tag).into_iter().map(slot_bytes).sum();
        let values = if bytes == 0 {
            self.b.constant(Type::Ptr, 0)
        } else {
            let slot = *self.payload.get_or_insert_with(|| self.b.slot(bytes));
            let size = &mut self.b.func.slots[slot].size;
            *size = bytes.max(*size);
            self.b.slot_addr(slot)
        };
        for (&ty, &value) in self.program.types[self.program.tags[tag].sig]
            .params
            .iter()
            .zip(payload)
        {
            // Another instance's may be in it.
            self.keep_exception(ty, value);
        }
        let mut offset = 0;
        for &value in payload {
            let ty = self.b.ty(value);
            self.b
                .raw_store(Access::Full, values, value, offset, RawRegion::Slot, None);
            offset += slot_bytes(ty) as i32;
        }
        let decl = &self.program.tags[tag];
        let tag = match self.program.world {
            World::Closed => self.b.constant(Type::Ptr, u64::from(tag.as_u32())),
            World::Open => self.pointer(decl.module, decl.place),
        };
        let count = self.b.constant(Type::I64, u64::from(bytes / 8));
        [tag, values, count].into_iter().collect()
    }

    /// Expands what is tried, which ends in the call that may throw.
    pub(super) fn attempt(&mut self, block: Block, inst: Inst) {
        let data = &mut self.b.func.insts[inst];
        let Imm::Try(mut it) = std::mem::replace(&mut data.imm, Imm::None) else {
            panic!("try without handlers")
        };
        (data.op, data.imm) = (it.op, it.imm);
        if matches!(data.op, Op::Throw | Op::ThrowRef) {
            self.throw(block, inst);
            let never = *self.never.get_or_insert_with(|| self.b.create_block());
            let args = SmallVec::new();
            it.targets.insert(0, Target { block: never, args });
        } else {
            self.expand(block, inst);
        }
        let data = &mut self.b.func.insts[inst];
        it.op = data.op;
        it.imm = std::mem::replace(&mut data.imm, Imm::None);
        data.op = Op::Try;
        data.imm = Imm::Try(it);
    }
}
