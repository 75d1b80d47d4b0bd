//! Built-ins of streams and futures, and their elements from one side to the other (`CanonicalABI.md`: Stream State, `canon stream.new` and what follows there).

use super::copy::{Dst, Src};
use super::emit::{Emit, End as Side, memory};
use super::layout::{Space, is_plain, layout};
use crate::canonical::{CopyBuffer, EndKind, MAX_ELEMENTS, Reason};
use crate::ir::component::{CType, CTypeId, CanonSide, Component, End, HostSide, Stream};
use crate::ir::{Access, IntCc, Op, RawRegion, RtFn, Symbol, Type, Value};
use std::mem::offset_of;

impl<'p> Emit<'_, 'p> {
    /// What the runtime calls an end, as [`EndKind`] says.
    pub fn end_kind(&mut self, end: End, is_async: bool, side: usize) -> Value {
        let component = self.component;
        let number = component.numbers[&end.ty];
        let (is_future, elem) = match component.types[end.ty] {
            CType::Future(elem) => (true, elem),
            CType::Stream(elem) => (false, elem),
            ref other => unreachable!("{other:?} has no ends"),
        };
        let flags = [
            (is_future, EndKind::FUTURE),
            (end.is_writable, EndKind::WRITABLE),
            (is_async, EndKind::ASYNC),
            (
                elem.is_none_or(|elem| is_number(component, elem)),
                EndKind::NUMBERS,
            ),
        ];
        let flags = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| flag);
        assert!(
            side < 1 << (EndKind::TYPE - EndKind::SIDE),
            "too many sides"
        );
        let kind = u64::from(number) << EndKind::TYPE | (side as u64) << EndKind::SIDE;
        self.i64(kind | flags.sum::<u64>())
    }

    /// A stream or future: its readable end, and above it its writable one.
    pub fn new_stream(&mut self, ty: CTypeId, instance: Value) -> Value {
        let end = End {
            ty,
            is_writable: false,
        };
        let kind = self.end_kind(end, false, 0);
        let readable = self.must(RtFn::StreamNew, &[instance, kind], None);
        let args = [instance, kind, readable];
        let writable = self.must(RtFn::StreamWritable, &args, None);
        let (low, high) = (self.wide(readable), self.wide(writable));
        let half = self.i64(32);
        let high = self.b.binary(Op::Shl, Type::I64, high, half);
        self.b.binary(Op::Or, Type::I64, low, high)
    }

    /// `stream.read`, `stream.write`, `future.read`, `future.write`.
    pub fn copy_end(
        &mut self,
        end: End,
        is_async: bool,
        side: &'p CanonSide,
        host: Option<&HostSide>,
        params: &[Value],
    ) -> Value {
        let instance = self.tasks_of(side.instance);
        let stream = self.component.stream(end.ty);
        let sides = match end.is_writable {
            true => &stream.writers,
            false => &stream.readers,
        };
        let number = place(self.component, stream, sides, side);
        let kind = self.end_kind(end, is_async, number.unwrap_or(0));
        let (index, ptr) = (params[0], params[1]);
        let count = params.get(2).copied().unwrap_or_else(|| self.i32(1));
        self.must(RtFn::EndCheck, &[instance, kind, index], Some(index));
        let most = self.i32(MAX_ELEMENTS);
        let is_longer = self.is(IntCc::GtU, count, most);
        self.trap_if(is_longer, Reason::BufferTooLong);
        if let Some(elem) = stream.elem {
            self.check_buffer(elem, side, ptr, count);
        }
        let (low, high) = (self.wide(ptr), self.wide(count));
        let half = self.i64(32);
        let high = self.b.binary(Op::Shl, Type::I64, high, half);
        let range = self.b.binary(Op::Or, Type::I64, low, high);
        let copy = match stream.copy {
            Some(copy) => self.b.symbol_addr(Symbol::Func(copy), 0),
            None => self.b.constant(Type::Ptr, 0),
        };
        let host = self.host_side(host);
        let slot = self.b.slot(size_of::<CopyBuffer>() as u32);
        let buffer = self.b.slot_addr(slot);
        for (offset, value) in [
            (offset_of!(CopyBuffer, range), range),
            (offset_of!(CopyBuffer, copy), copy),
            (offset_of!(CopyBuffer, host), host),
        ] {
            let (full, region) = (Access::Full, RawRegion::Slot);
            self.b
                .raw_store(full, buffer, value, offset as i32, region, None);
        }
        let args = [instance, kind, index, buffer];
        self.must(RtFn::EndCopy, &args, Some(index))
    }

    /// Traps unless a buffer for so many elements lies in the memory; one for none may be anywhere.
    fn check_buffer(&mut self, elem: CTypeId, side: &CanonSide, ptr: Value, count: Value) {
        let layout = layout(self.component, Space::Guest, elem);
        let (some, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(count, (some, &[]), (done, &[]));
        self.b.switch_to(some);
        let wide = self.wide(count);
        let bytes = self.times(wide, layout.size);
        let reasons = (Reason::UnalignedPointer, Reason::PointerOutOfBounds);
        self.check_range(memory(side), ptr, bytes, layout.align, reasons);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Copies elements. `values`: the numbers of the writer's and the reader's side, the writer's address and how many elements are before the first, the same of
    /// the reader, and how many.
    pub fn copy_elements(&mut self, stream: &'p Stream, values: Value) {
        let Some(elem) = stream.elem else {
            self.b.ret(&[]);
            return;
        };
        let word = |e: &mut Self, i: i32| {
            let (full, region) = (Access::Full, RawRegion::Native);
            e.b.raw_load(Type::I32, full, values, 8 * i, region, None)
        };
        let (writer, reader) = (word(self, 0), word(self, 1));
        let size = layout(self.component, Space::Guest, elem).size;
        let (src, before) = (word(self, 2), word(self, 3));
        let src = self.element(src, before, size);
        let (dst, before) = (word(self, 4), word(self, 5));
        let dst = self.element(dst, before, size);
        let count = word(self, 6);
        for (block, from) in self.switch(writer, stream.writers.len(), |_| true) {
            self.b.switch_to(block);
            let from = &stream.writers[from.expect("each has its own")];
            for (block, to) in self.switch(reader, stream.readers.len(), |_| true) {
                self.b.switch_to(block);
                let to = &stream.readers[to.expect("each has its own")];
                (self.way.from, self.way.to) = (Side::Guest(from), Side::Guest(to));
                self.copy_range(elem, count, (src, dst));
                self.b.ret(&[]);
            }
        }
    }

    /// The address of an element.
    fn element(&mut self, base: Value, index: Value, size: u64) -> Value {
        let offset = self.times(index, size);
        self.add(base, offset)
    }

    fn copy_range(&mut self, elem: CTypeId, count: Value, (src, dst): (Value, Value)) {
        let size = layout(self.component, Space::Guest, elem).size;
        if is_plain(self.component, elem) {
            let bytes = self.times(count, size);
            self.copy_bytes(dst, src, bytes);
        } else {
            self.each(elem, count, (src, dst), |e, src, dst, _| {
                e.copy(elem, Src::Memory(src, 0), Dst::Memory(dst, 0));
            });
        }
    }
}

/// Whether values of the type are numbers.
fn is_number(component: &Component, ty: CTypeId) -> bool {
    matches!(
        component.types[ty],
        CType::S8
            | CType::U8
            | CType::S16
            | CType::U16
            | CType::S32
            | CType::U32
            | CType::S64
            | CType::U64
            | CType::F32
            | CType::F64
    )
}

/// The place of a side among those that elements of a stream are copied from, or to. Of plain data only the memory matters.
pub fn place(
    component: &Component,
    stream: &Stream,
    sides: &[CanonSide],
    side: &CanonSide,
) -> Option<usize> {
    let plain = stream.elem.is_none_or(|elem| is_plain(component, elem));
    let is_same = |other: &CanonSide| match plain {
        true => other.memory == side.memory,
        false => other == side,
    };
    sides.iter().position(is_same)
}
