//! Values from one side to the other: lifted and lowered in one step (`CanonicalABI.md`: Loading, Storing, Flat Lifting, Flat Lowering).

use super::emit::{self, Emit, Held, memory};
use super::layout::{Space, cased, cases, fields, flag_bytes, flat, is_plain, layout, sequence};
use crate::canonical::{MAX_BYTES, Reason};
use crate::entity::EntityId;
use crate::ir::component::{CType, CTypeId, CValue, CanonSide, End, ResourceId};
use crate::ir::{Access, Imm, IntCc, Op, RawRegion, RtFn, Target, Type, Value};
use smallvec::SmallVec;

/// Where a value is.
#[derive(Clone, Copy)]
pub enum Src<'a> {
    /// In core values. Those of a variant's case may have wider types than its own.
    Flat(&'a [Value]),
    /// In the memory of the side that it comes from: address and offset. A native address is a `Type::Ptr`.
    Memory(Value, u64),
    Constant(&'a CValue),
}

/// Where a value goes.
#[derive(Clone, Copy)]
pub enum Dst {
    /// Core values, as results of [`Emit::copy`].
    Flat,
    /// The memory of the side that it goes to: address and offset. A native address is a `Type::Ptr`.
    Memory(Value, u64),
}

/// A value that is one core value.
#[derive(Clone, Copy)]
pub struct Leaf {
    pub ty: Type,
    /// How it is loaded.
    pub load: Access,
    /// How it is stored.
    pub store: Access,
}

impl Leaf {
    const fn new(ty: Type, load: Access, store: Access) -> Leaf {
        Leaf { ty, load, store }
    }
    /// An unsigned integer of so many bytes.
    pub const fn unsigned(bytes: u32) -> Leaf {
        match bytes {
            1 => Leaf::new(Type::I32, Access::U8, Access::U8),
            2 => Leaf::new(Type::I32, Access::U16, Access::U16),
            4 => Leaf::new(Type::I32, Access::Full, Access::Full),
            _ => Leaf::new(Type::I64, Access::Full, Access::Full),
        }
    }
    /// Of a type without parts.
    pub fn of(ty: &CType) -> Option<Leaf> {
        Some(match ty {
            CType::Bool | CType::U8 => Leaf::unsigned(1),
            CType::U16 => Leaf::unsigned(2),
            CType::U32
            | CType::S32
            | CType::Char
            | CType::Own(_)
            | CType::Borrow(_)
            | CType::Stream(_)
            | CType::Future(_)
            | CType::ErrorContext => Leaf::unsigned(4),
            CType::U64 | CType::S64 => Leaf::unsigned(8),
            CType::S8 => Leaf::new(Type::I32, Access::S8, Access::U8),
            CType::S16 => Leaf::new(Type::I32, Access::S16, Access::U16),
            CType::F32 => Leaf::new(Type::F32, Access::Full, Access::Full),
            CType::F64 => Leaf::new(Type::F64, Access::Full, Access::Full),
            CType::Flags(labels) => Leaf::unsigned(flag_bytes(labels.len())),
            CType::String
            | CType::List(_)
            | CType::Map(_)
            | CType::FixedList(..)
            | CType::Record(_)
            | CType::Tuple(_)
            | CType::Variant(_)
            | CType::Enum(_)
            | CType::Option(_)
            | CType::Result { .. } => return None,
        })
    }
}

impl<'p> Emit<'_, 'p> {
    /// The side that values come from, if that is a component's.
    pub fn from(&self) -> &'p CanonSide {
        match self.way.from {
            emit::End::Guest(side) => side,
            emit::End::Host | emit::End::Runtime => unreachable!("the host has core values only"),
            emit::End::Native(_) => unreachable!("a C program has no canonical options"),
        }
    }
    /// The side that values go to, if that is a component's.
    pub fn to(&self) -> &'p CanonSide {
        match self.way.to {
            emit::End::Guest(side) => side,
            emit::End::Host | emit::End::Runtime => {
                unreachable!("what goes to the host is no memory")
            }
            emit::End::Native(_) => unreachable!("a C program has no canonical options"),
        }
    }

    /// Copies a value: its core values, or none where it goes to memory.
    pub fn copy(&mut self, ty: CTypeId, from: Src, to: Dst) -> Vec<Value> {
        let component = self.component;
        let kind = &component.types[ty];
        if let Some(leaf) = Leaf::of(kind) {
            let value = self.lift(kind, leaf, from);
            let value = self.hand_over(ty, value);
            return self.put(leaf, value, to);
        }
        match kind {
            CType::String | CType::List(_) if self.with_runtime() => {
                let (ptr, len) = self.range(from);
                self.put_range(ptr, len, to)
            }
            CType::String => {
                let (ptr, units) = match from {
                    Src::Constant(CValue::String(text)) => self.constant_string(text),
                    from => {
                        let (ptr, units) = self.range(from);
                        match (self.way.from, self.way.to) {
                            (emit::End::Native(_), _) => self.string_from_native(ptr, units),
                            (_, emit::End::Native(_)) => self.string_to_native(ptr, units),
                            _ => self.string(ptr, units),
                        }
                    }
                };
                self.put_range(ptr, units, to)
            }
            CType::List(elem) | CType::Map(elem) => {
                let (ptr, len) = match from {
                    Src::Constant(value) => self.constant_list(*elem, items(value)),
                    from => {
                        let (ptr, len) = self.range(from);
                        self.list(*elem, ptr, len)
                    }
                };
                self.put_range(ptr, len, to)
            }
            CType::FixedList(elem, len) => self.fixed_list(*elem, *len, from, to),
            CType::Record(_) | CType::Tuple(_) => {
                let fields = fields(component, ty);
                let [here, there] = [self.way.from, self.way.to]
                    .map(|end| sequence(component, end.space(), &fields).offsets);
                let parts = fields.iter().zip(here).zip(there);
                self.in_order(parts.map(|((&ty, from), to)| (ty, from, to)), from, to)
            }
            _ => self.variant(ty, from, to),
        }
    }

    /// Whether one end is the runtime library.
    fn with_runtime(&self) -> bool {
        let ends = [self.way.from, self.way.to];
        ends.iter().any(|end| matches!(end, emit::End::Runtime))
    }

    /// Copies values that follow each other, at these offsets in memory on the one side and on the other.
    pub fn in_order(
        &mut self,
        parts: impl Iterator<Item = (CTypeId, u64, u64)>,
        from: Src,
        to: Dst,
    ) -> Vec<Value> {
        let mut results = Vec::new();
        let mut used = 0;
        for (i, (ty, here, there)) in parts.enumerate() {
            let from = self.part(from, i, ty, here, &mut used);
            let to = match to {
                Dst::Flat => Dst::Flat,
                Dst::Memory(base, start) => Dst::Memory(base, start + there),
            };
            results.extend(self.copy(ty, from, to));
        }
        results
    }

    /// The part with this index, at this offset in memory and behind `used` core values.
    pub fn part<'a>(
        &self,
        from: Src<'a>,
        index: usize,
        ty: CTypeId,
        offset: u64,
        used: &mut usize,
    ) -> Src<'a> {
        match from {
            Src::Flat(values) => {
                let start = *used;
                *used += flat(self.component, ty).len();
                Src::Flat(&values[start..*used])
            }
            Src::Memory(base, start) => Src::Memory(base, start + offset),
            Src::Constant(value) => Src::Constant(&items(value)[index]),
        }
    }

    // Values without parts.

    /// The value as the type has it: what does not belong to it is checked or left out.
    pub fn lift(&mut self, kind: &CType, leaf: Leaf, from: Src) -> Value {
        let value = match (from, kind) {
            (Src::Constant(value), _) => return self.constant(leaf, value),
            (from, CType::Bool) => self.word(1, from),
            (from, _) => self.get(leaf, from),
        };
        match kind {
            CType::Bool => {
                let zero = self.i32(0);
                self.is(IntCc::Ne, value, zero)
            }
            CType::Char => {
                let least = self.i32(0xd800);
                let above = self.b.binary(Op::Sub, Type::I32, value, least);
                let (surrogates, end) = (self.i32(0x800), self.i32(0x11_0000));
                let is_surrogate = self.is(IntCc::LtU, above, surrogates);
                let is_beyond = self.is(IntCc::GeU, value, end);
                let cond = self.b.binary(Op::Or, Type::I32, is_surrogate, is_beyond);
                let reason = self.reason(Reason::InvalidChar, Reason::HostInvalidChar);
                self.trap_if(cond, reason);
                value
            }
            CType::Flags(labels) => {
                let mask = self.i32(u32::MAX >> (32 - labels.len().clamp(1, 32)));
                self.b.binary(Op::And, Type::I32, value, mask)
            }
            _ => value,
        }
    }

    /// Loads a value, or takes it from a core value, of which upper bits may be anything.
    fn get(&mut self, leaf: Leaf, from: Src) -> Value {
        match from {
            Src::Memory(base, offset) if self.b.ty(base) == Type::Ptr => {
                let region = RawRegion::Native;
                self.b
                    .raw_load(leaf.ty, leaf.load, base, offset as i32, region, None)
            }
            Src::Memory(base, offset) => {
                let mem = memory(self.from());
                self.b.load(leaf.ty, leaf.load, mem, base, offset)
            }
            Src::Flat(values) => {
                let value = self.narrowed(values[0], leaf.ty);
                match leaf.load {
                    Access::U8 | Access::U16 => {
                        let bits = if leaf.load == Access::U8 {
                            0xff
                        } else {
                            0xffff
                        };
                        let mask = self.i32(bits);
                        self.b.binary(Op::And, Type::I32, value, mask)
                    }
                    Access::S8 => self.b.unary(Op::Ext8S, Type::I32, value),
                    Access::S16 => self.b.unary(Op::Ext16S, Type::I32, value),
                    Access::Full | Access::S32 | Access::U32 => value,
                }
            }
            Src::Constant(_) => unreachable!("constants are no addresses"),
        }
    }

    /// Core value of a whole word, of which no bits are left out: a bool, a discriminant.
    fn word(&mut self, bytes: u32, from: Src) -> Value {
        match from {
            Src::Flat(values) => self.narrowed(values[0], Type::I32),
            from => self.get(Leaf::unsigned(bytes), from),
        }
    }

    fn constant(&mut self, leaf: Leaf, value: &CValue) -> Value {
        let bits = match *value {
            CValue::Bool(value) => value.into(),
            CValue::Int(value) => value as u64,
            CValue::F32(bits) => bits.into(),
            CValue::F64(bits) => bits,
            CValue::Char(c) => u32::from(c).into(),
            CValue::Flags(ref set) => set
                .iter()
                .enumerate()
                .fold(0, |bits, (i, &is_set)| bits | u64::from(is_set) << i),
            CValue::String(_) | CValue::Items(_) | CValue::Case(..) => {
                unreachable!("{value:?} is no core value")
            }
        };
        self.b.constant(leaf.ty, bits)
    }

    /// A handle from the table of one side into that of the other; other values are the same on both.
    fn hand_over(&mut self, ty: CTypeId, value: Value) -> Value {
        let component = self.component;
        if self.with_runtime() {
            return value;
        }
        match &component.types[ty] {
            CType::Stream(_) | CType::Future(_) => {
                let shared = self.take_end(ty, value);
                let to = self.tasks_of(self.way.to.instance());
                let end = End {
                    ty,
                    is_writable: false,
                };
                let kind = self.end_kind(end, false, 0);
                self.must(RtFn::EndGive, &[to, kind, shared], None)
            }
            CType::ErrorContext => {
                let ends = [self.way.from, self.way.to];
                let [from, to] = ends.map(|end| self.tasks_of(end.instance()));
                self.must(RtFn::ErrorContextGive, &[from, to, value], Some(value))
            }
            CType::Own(resource) => {
                let rep = self.take(*resource, value);
                self.give(RtFn::HandleNew, *resource, &[rep])
            }
            CType::Borrow(resource) => {
                let number = self.i32(resource.as_u32());
                let handles = self.handles(self.way.from.instance());
                let args = [handles, number, value];
                let lend = match self.component.has_tasks() {
                    true => RtFn::TaskLend,
                    false => RtFn::HandleLend,
                };
                let rep = self.must(lend, &args, Some(value));
                let owner = self.component.resources[*resource].owner;
                if owner == Some(self.way.to.instance()) {
                    return rep;
                }
                let scope = self.way.scope.expect("a call that borrows");
                self.give(RtFn::HandleBorrow, *resource, &[rep, scope])
            }
            _ => value,
        }
    }

    /// Takes a resource from the side that values come from.
    pub fn take(&mut self, resource: ResourceId, index: Value) -> Value {
        let number = self.i32(resource.as_u32());
        let args = [self.handles(self.way.from.instance()), number, index];
        self.must(RtFn::HandleTake, &args, Some(index))
    }

    /// Takes the readable end of a stream or future from the side that values come from.
    pub fn take_end(&mut self, ty: CTypeId, index: Value) -> Value {
        let from = self.tasks_of(self.way.from.instance());
        let end = End {
            ty,
            is_writable: false,
        };
        let kind = self.end_kind(end, false, 0);
        self.must(RtFn::EndTake, &[from, kind, index], Some(index))
    }

    /// A new handle for the side that values go to.
    fn give(&mut self, function: RtFn, resource: ResourceId, args: &[Value]) -> Value {
        let number = self.i32(resource.as_u32());
        let handles = self.handles(self.way.to.instance());
        self.must(function, &[&[handles, number], args].concat(), None)
    }

    fn put(&mut self, leaf: Leaf, value: Value, to: Dst) -> Vec<Value> {
        match to {
            Dst::Flat => vec![value],
            Dst::Memory(base, offset) if self.b.ty(base) == Type::Ptr => {
                let region = RawRegion::Native;
                self.b
                    .raw_store(leaf.store, base, value, offset as i32, region, None);
                Vec::new()
            }
            Dst::Memory(base, offset) => {
                let mem = memory(self.to());
                self.b.store(leaf.ty, leaf.store, mem, base, value, offset);
                Vec::new()
            }
        }
    }

    /// The value of a case's type in a core value that several cases share.
    fn narrowed(&mut self, value: Value, ty: Type) -> Value {
        let value = match (self.b.ty(value), ty) {
            (Type::I64, Type::I32 | Type::F32) => self.b.convert(Op::Wrap, Type::I32, value),
            _ => value,
        };
        if self.b.ty(value) == ty {
            return value;
        }
        self.b.convert(Op::Bitcast, ty, value)
    }

    /// The core value that several cases share, of a value of one of them.
    fn widened(&mut self, value: Value, ty: Type) -> Value {
        let value = match (self.b.ty(value), ty) {
            (Type::F32, Type::I32 | Type::I64) => self.b.convert(Op::Bitcast, Type::I32, value),
            (Type::F64, Type::I64) => self.b.convert(Op::Bitcast, Type::I64, value),
            _ => value,
        };
        match (self.b.ty(value), ty) {
            (Type::I32, Type::I64) => self.wide(value),
            _ => value,
        }
    }

    // Lists.

    /// A pointer and a length. In native memory they are a `Type::Ptr` and an i64.
    pub fn range(&mut self, from: Src) -> (Value, Value) {
        let word = self.way.from.space().word();
        let behind = match from {
            Src::Flat(values) => Src::Flat(&values[1..]),
            Src::Memory(base, offset) => Src::Memory(base, offset + u64::from(word)),
            Src::Constant(_) => unreachable!("constants are not in memory"),
        };
        let pointer = match self.way.from.space() {
            Space::Guest => Leaf::unsigned(word),
            Space::Native => Leaf::new(Type::Ptr, Access::Full, Access::Full),
        };
        let ptr = self.get(pointer, from);
        (ptr, self.get(Leaf::unsigned(word), behind))
    }

    /// Stores a pointer and a length, which is an i32.
    fn put_range(&mut self, ptr: Value, len: Value, to: Dst) -> Vec<Value> {
        let (word, ty) = (self.way.to.space().word(), self.b.ty(ptr));
        let (len, behind) = match to {
            Dst::Flat => (len, Dst::Flat),
            Dst::Memory(base, offset) => {
                let len = match self.way.to.space() {
                    Space::Guest => len,
                    Space::Native => self.wide(len),
                };
                (len, Dst::Memory(base, offset + u64::from(word)))
            }
        };
        let pointer = Leaf::new(ty, Access::Full, Access::Full);
        let mut values = self.put(pointer, ptr, to);
        values.extend(self.put(Leaf::unsigned(word), len, behind));
        values
    }

    /// Checks a list of the side that it comes from: its bytes (i64).
    pub fn check_list(&mut self, elem: CTypeId, ptr: Value, len: Value) -> Value {
        let layout = layout(self.component, Space::Guest, elem);
        let wide = self.wide(len);
        let bytes = self.times(wide, layout.size);
        let outside = self.reason(Reason::ListOutOfBounds, Reason::HostListOutOfBounds);
        let unaligned = self.reason(Reason::UnalignedPointer, Reason::HostListUnaligned);
        // 32 bits times less than 32 bits: no overflow.
        let most = self.i64(MAX_BYTES);
        let cond = self.b.icmp(IntCc::GtU, Type::I64, bytes, most);
        self.trap_if(cond, outside);
        let mem = memory(self.from());
        self.check_range(mem, ptr, bytes, layout.align, (unaligned, outside));
        bytes
    }

    fn list(&mut self, elem: CTypeId, ptr: Value, len: Value) -> (Value, Value) {
        let (bytes, len) = match self.way.from {
            emit::End::Native(_) => self.native_list(elem, len),
            _ => {
                let bytes = self.check_list(elem, ptr, len);
                (self.b.convert(Op::Wrap, Type::I32, bytes), len)
            }
        };
        let new = match self.way.to {
            emit::End::Native(_) => self.allocate_native_list(elem, len),
            _ => {
                let align = layout(self.component, Space::Guest, elem).align;
                self.allocate(self.to(), align, bytes, Held::List)
            }
        };
        if is_plain(self.component, elem) {
            self.copy_bytes(new, ptr, bytes);
        } else {
            self.each(elem, len, (ptr, new), |e, src, dst, _| {
                e.copy(elem, Src::Memory(src, 0), Dst::Memory(dst, 0));
            });
        }
        (new, len)
    }

    fn constant_list(&mut self, elem: CTypeId, items: &[CValue]) -> (Value, Value) {
        let layout = layout(self.component, Space::Guest, elem);
        let bytes = self.i32((layout.size * items.len() as u64) as u32);
        let ptr = self.allocate(self.to(), layout.align, bytes, Held::List);
        for (i, item) in items.iter().enumerate() {
            let offset = layout.size * i as u64;
            self.copy(elem, Src::Constant(item), Dst::Memory(ptr, offset));
        }
        (ptr, self.i32(items.len() as u32))
    }

    fn fixed_list(&mut self, elem: CTypeId, len: u32, from: Src, to: Dst) -> Vec<Value> {
        /// Elements that are copied one by one without a loop.
        const FEW: u32 = 4;
        let [here, there] =
            [self.way.from, self.way.to].map(|end| layout(self.component, end.space(), elem).size);
        if let (Src::Memory(src, src_at), Dst::Memory(dst, dst_at)) = (from, to)
            && len > FEW
        {
            let (src_at, dst_at) = (self.i32(src_at as u32), self.i32(dst_at as u32));
            let (src, dst) = (self.behind(src, src_at), self.behind(dst, dst_at));
            if is_plain(self.component, elem) {
                let bytes = self.i32((here * u64::from(len)) as u32);
                self.copy_bytes(dst, src, bytes);
            } else {
                let len = self.i32(len);
                self.each(elem, len, (src, dst), |e, src, dst, _| {
                    e.copy(elem, Src::Memory(src, 0), Dst::Memory(dst, 0));
                });
            }
            return Vec::new();
        }
        // In core values, where there are few, or constants.
        let parts = (0..len).map(u64::from).map(|i| (elem, here * i, there * i));
        self.in_order(parts, from, to)
    }

    /// Copies plain data between the memories, all of it in bounds.
    pub fn copy_bytes(&mut self, dst: Value, src: Value, bytes: Value) {
        if let (emit::End::Native(_), _) | (_, emit::End::Native(_)) = (self.way.from, self.way.to)
        {
            return self.copy_native(dst, src, bytes);
        }
        let imm = Imm::MemoryPair {
            dst: memory(self.to()),
            src: memory(self.from()),
        };
        self.b
            .emit(Op::MemoryCopy, Type::I32, imm, &[dst, src, bytes], &[]);
    }

    /// A loop over `len` elements that begin at two addresses: `body` gets where one is, where it goes, and how many are left with it.
    pub fn each(
        &mut self,
        elem: CTypeId,
        len: Value,
        (src, dst): (Value, Value),
        body: impl FnOnce(&mut Self, Value, Value, Value),
    ) {
        let [here, there] = [self.way.from, self.way.to]
            .map(|end| layout(self.component, end.space(), elem).size as u32);
        let (head, params) = self.block(&[self.b.ty(src), self.b.ty(dst), Type::I32]);
        let (inside, done) = (self.b.create_block(), self.b.create_block());
        self.b.jump(head, &[src, dst, len]);
        self.b.switch_to(head);
        let [src, dst, left] = params[..] else {
            unreachable!("three parameters")
        };
        self.b.branch(left, (inside, &[]), (done, &[]));
        self.b.switch_to(inside);
        body(self, src, dst, left);
        let (here, there, one) = (self.i32(here), self.i32(there), self.i32(1));
        let (src, dst) = (self.behind(src, here), self.behind(dst, there));
        let left = self.b.binary(Op::Sub, Type::I32, left, one);
        self.b.jump(head, &[src, dst, left]);
        self.b.switch_to(done);
    }

    // Variants.

    /// The discriminant of a variant, enumeration, option or result, checked.
    pub fn discriminant(&mut self, ty: CTypeId, from: Src) -> Value {
        let bytes = cased(self.component, Space::Guest, ty).discriminant;
        let value = self.word(bytes, from);
        let count = self.i32(cases(self.component, ty).len() as u32);
        let cond = self.is(IntCc::GeU, value, count);
        self.trap_if(cond, Reason::InvalidDiscriminant);
        value
    }

    /// Where the payload of a case is.
    pub fn payload<'a>(&self, ty: CTypeId, payload: CTypeId, from: Src<'a>) -> Src<'a> {
        match from {
            Src::Flat(values) => Src::Flat(&values[1..1 + flat(self.component, payload).len()]),
            Src::Memory(base, offset) => {
                let shape = cased(self.component, self.way.from.space(), ty);
                Src::Memory(base, offset + shape.payload)
            }
            Src::Constant(CValue::Case(_, Some(value))) => Src::Constant(value),
            Src::Constant(value) => unreachable!("{value:?} has no payload"),
        }
    }

    fn variant(&mut self, ty: CTypeId, from: Src, to: Dst) -> Vec<Value> {
        let component = self.component;
        let cases = cases(component, ty);
        let shape = cased(component, self.way.to.space(), ty);
        let discriminant = match from {
            Src::Constant(CValue::Case(case, _)) => self.i32(*case),
            from => self.discriminant(ty, from),
        };
        let leaf = Leaf::unsigned(shape.discriminant);
        let mut results = self.put(leaf, discriminant, to);
        let joined: Vec<Type> = match to {
            Dst::Flat => flat(component, ty).split_off(1),
            Dst::Memory(..) => Vec::new(),
        };
        if let Src::Constant(CValue::Case(case, _)) = from {
            results.extend(self.case(ty, cases[*case as usize], from, to, &joined));
            return results;
        }
        if cases.iter().all(Option::is_none) {
            return results;
        }
        let (done, params) = self.block(&joined);
        let arms = self.switch(discriminant, cases.len(), |i| cases[i].is_some());
        for (block, case) in arms {
            self.b.switch_to(block);
            let payload = case.and_then(|case| cases[case]);
            let values = self.case(ty, payload, from, to, &joined);
            self.b.jump(done, &values);
        }
        self.b.switch_to(done);
        results.extend(params);
        results
    }

    /// Copies the payload of a case: its core values with the types that all cases share.
    fn case(
        &mut self,
        ty: CTypeId,
        payload: Option<CTypeId>,
        from: Src,
        to: Dst,
        joined: &[Type],
    ) -> Vec<Value> {
        let mut values = Vec::new();
        if let Some(payload) = payload {
            let from = self.payload(ty, payload, from);
            let to = match to {
                Dst::Flat => Dst::Flat,
                Dst::Memory(base, offset) => {
                    let shape = cased(self.component, self.way.to.space(), ty);
                    Dst::Memory(base, offset + shape.payload)
                }
            };
            values = self.copy(payload, from, to);
        }
        let own = values.len();
        for (value, &ty) in values.iter_mut().zip(joined) {
            *value = self.widened(*value, ty);
        }
        for &ty in joined.get(own..).unwrap_or(&[]) {
            values.push(self.b.constant(ty, 0));
        }
        values
    }

    /// Branches by a number below `count`: a block for each for which `is_own` holds, with the number, and one for the others.
    pub fn switch(
        &mut self,
        number: Value,
        count: usize,
        is_own: impl Fn(usize) -> bool,
    ) -> Vec<(crate::ir::Block, Option<usize>)> {
        let mut arms = Vec::new();
        let mut others = None;
        let mut targets = Vec::with_capacity(count);
        for i in 0..count {
            let block = match (is_own(i), others) {
                (false, Some(block)) => block,
                (own, _) => {
                    let block = self.b.create_block();
                    arms.push((block, own.then_some(i)));
                    if !own {
                        others = Some(block);
                    }
                    block
                }
            };
            targets.push(Target {
                block,
                args: SmallVec::new(),
            });
        }
        if let [zero, one] = &targets[..] {
            let (zero, one) = (zero.block, one.block);
            self.b.branch(number, (one, &[]), (zero, &[]));
        } else {
            self.b.br_table(number, targets, &[]);
        }
        arms
    }
}

/// The parts of a constant.
pub fn items(value: &CValue) -> &[CValue] {
    match value {
        CValue::Items(items) => items,
        value => unreachable!("{value:?} has no parts"),
    }
}
