//! C programs: calls of what a component exports, and by it of what it imports, with values in the memory of the program (`docs/abi.md`).
//!
//! The program is an instance of its own: resources that it implements are its own, and it has a handle table. Parameters are a structure, and so is the result.
//! What goes to the program is in memory that the runtime library allocates and takes back.

use super::copy::{Dst, Src};
use super::emit::{Emit, End, Held};
use super::layout::{Space, flat, layout, sequence, spills_params, spills_result};
use super::strings::Units;
use crate::abi;
use crate::canonical::{MAX_BYTES, Reason};
use crate::entity::EntityId;
use crate::ir::component::{CFuncType, CInstanceId, CTypeId, Foreign, Hosted, Lifted};
use crate::ir::{Access, IntCc, Op, RawRegion, RtFn, Symbol, Type, Value};
use std::mem::offset_of;

impl<'p> Emit<'_, 'p> {
    /// What the program calls: an `abi::ArrayEntry`, whose values are where the parameters are, and where the result goes.
    pub fn hosted(&mut self, hosted: &'p Hosted, host: CInstanceId, values: Value) {
        let mut address = |offset| {
            let (full, region) = (Access::Full, RawRegion::Slot);
            self.b
                .raw_load(Type::Ptr, full, values, offset, region, None)
        };
        let (params, result) = (address(0), address(8));
        match hosted {
            Hosted::Call(lifted) => self.hosted_call(lifted, host, params, result),
            Hosted::New(resource) => {
                let args = [
                    self.handles(host),
                    self.i32(resource.as_u32()),
                    self.native_word(params),
                ];
                let index = self.must(RtFn::HandleNew, &args, None);
                self.return_native_word(result, index);
            }
            Hosted::Rep(resource) => {
                let index = self.native_word(params);
                let args = [self.handles(host), self.i32(resource.as_u32()), index];
                let rep = self.must(RtFn::HandleRep, &args, Some(index));
                self.return_native_word(result, rep);
            }
            Hosted::Drop(resource) => {
                let index = self.native_word(params);
                self.resource_drop(*resource, host, index);
            }
            Hosted::Release(drop) => {
                let index = self.native_word(params);
                self.guest(*drop, &[index]);
                self.b.ret(&[]);
            }
        }
    }

    fn native_word(&mut self, at: Value) -> Value {
        let (full, region) = (Access::Full, RawRegion::Native);
        self.b.raw_load(Type::I32, full, at, 0, region, None)
    }

    fn return_native_word(&mut self, at: Value, value: Value) {
        let (full, region) = (Access::Full, RawRegion::Native);
        self.b.raw_store(full, at, value, 0, region, None);
        self.b.ret(&[]);
    }

    fn hosted_call(&mut self, lifted: &'p Lifted, host: CInstanceId, params: Value, to: Value) {
        let callee = lifted.side.instance;
        let entered = self.enter(Some(host), callee);
        let borrowing = self.begin_borrowing(&lifted.ty, host, callee);
        self.way.from = End::Native(host);
        self.way.to = End::Guest(&lifted.side);
        self.way.scope = borrowing.scope;
        let args = self.params_from_native(&lifted.ty, params);
        let core = self.guest(lifted.callee, &args);
        self.end_callee(&borrowing, callee);
        self.way.from = End::Guest(&lifted.side);
        self.way.to = End::Native(host);
        self.way.scope = None;
        if let Some(ty) = lifted.ty.result {
            let from = self.lifted_result(lifted, ty, &core);
            self.copy(ty, from, Dst::Memory(to, 0));
        }
        self.post_return(lifted, &core);
        self.leave(&entered);
        self.end_caller(&borrowing, host);
        self.b.ret(&[]);
    }

    /// What the callee's core function gets.
    fn params_from_native(&mut self, ty: &CFuncType, place: Value) -> Vec<Value> {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        let native = sequence(self.component, Space::Native, &types);
        let parts = types.iter().copied().zip(native.offsets);
        if !spills_params(self.component, ty) {
            return parts
                .flat_map(|(ty, at)| self.copy(ty, Src::Memory(place, at), Dst::Flat))
                .collect();
        }
        let End::Guest(to) = self.way.to else {
            unreachable!("a call of a component")
        };
        let guest = sequence(self.component, Space::Guest, &types);
        let bytes = self.i32(guest.layout.size as u32);
        let ptr = self.allocate(to, guest.layout.align, bytes, Held::Values);
        for ((ty, from), to) in parts.zip(guest.offsets) {
            self.copy(ty, Src::Memory(place, from), Dst::Memory(ptr, to));
        }
        vec![ptr]
    }

    /// `canon lower` of a function of the program.
    pub fn foreign(&mut self, foreign: &'p Foreign, values: &[Value]) {
        let Foreign {
            function,
            ty,
            lower,
            host,
        } = foreign;
        let caller = lower.instance;
        self.check_leave(caller);
        let entered = self.enter(Some(caller), *host);
        let borrowing = self.begin_borrowing(ty, caller, *host);
        let mark = self.runtime(RtFn::NativeMark, &[]).expect("an address");
        self.way.from = End::Guest(lower);
        self.way.to = End::Native(*host);
        self.way.scope = borrowing.scope;
        let params = self.params_to_native(ty, values);
        let result = match ty.result {
            Some(ty) => {
                let layout = layout(self.component, Space::Native, ty);
                let bytes = self.i64(layout.size);
                self.allocate_native(bytes, layout.align)
            }
            None => params,
        };
        let function = self.b.symbol_addr(Symbol::Func(*function), 0);
        self.runtime(RtFn::NativeCall, &[function, params, result]);
        self.end_callee(&borrowing, *host);
        self.way.from = End::Native(*host);
        self.way.to = End::Guest(lower);
        self.way.scope = None;
        let mut results = Vec::new();
        if let Some(value) = ty.result {
            let from = Src::Memory(result, 0);
            if spills_result(self.component, ty) {
                let place = *values.last().expect("a parameter for the result");
                let layout = layout(self.component, Space::Guest, value);
                self.check_values(lower, place, layout);
                self.copy(value, from, Dst::Memory(place, 0));
            } else {
                results = self.copy(value, from, Dst::Flat);
            }
        }
        self.runtime(RtFn::NativeRelease, &[mark]);
        self.leave(&entered);
        self.end_caller(&borrowing, caller);
        self.b.ret(&results);
    }

    /// The structure of parameters: where it is.
    fn params_to_native(&mut self, ty: &CFuncType, values: &[Value]) -> Value {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        let native = sequence(self.component, Space::Native, &types);
        let bytes = self.i64(native.layout.size);
        let place = self.allocate_native(bytes, native.layout.align);
        let guest = sequence(self.component, Space::Guest, &types);
        let spills = spills_params(self.component, ty);
        if spills && let End::Guest(from) = self.way.from {
            self.check_values(from, values[0], guest.layout);
        }
        let mut rest = values;
        for ((ty, from), to) in types.into_iter().zip(guest.offsets).zip(native.offsets) {
            let from = if spills {
                Src::Memory(values[0], from)
            } else {
                let own;
                (own, rest) = rest.split_at(flat(self.component, ty).len());
                Src::Flat(own)
            };
            self.copy(ty, from, Dst::Memory(place, to));
        }
        place
    }

    // Memory of the program.

    /// Memory for so many bytes (i64), until the call that it is for ends.
    fn allocate_native(&mut self, bytes: Value, align: u32) -> Value {
        let align = self.i32(align);
        let address = self.runtime(RtFn::NativeAllocate, &[bytes, align]);
        address.expect("an address")
    }

    /// Memory for a list of so many elements (i32).
    pub fn allocate_native_list(&mut self, elem: CTypeId, len: Value) -> Value {
        let layout = layout(self.component, Space::Native, elem);
        let len = self.wide(len);
        let bytes = self.times(len, layout.size);
        self.allocate_native(bytes, layout.align)
    }

    /// Bytes in a guest, and length, both i32, of a list of the program with so many elements (i64).
    pub fn native_list(&mut self, elem: CTypeId, len: Value) -> (Value, Value) {
        let size = layout(self.component, Space::Guest, elem).size;
        let most = self.i64(MAX_BYTES / size.max(1));
        let cond = self.b.icmp(IntCc::GtU, Type::I64, len, most);
        self.trap_if(cond, Reason::HostListOutOfBounds);
        let len = self.b.convert(Op::Wrap, Type::I32, len);
        (self.times(len, size), len)
    }

    /// Copies plain data (bytes: i32) between a guest and the program, all of it in bounds.
    pub fn copy_native(&mut self, dst: Value, src: Value, bytes: Value) {
        let dst = self.native_address(dst, self.way.to);
        let src = self.native_address(src, self.way.from);
        let bytes = self.wide(bytes);
        self.runtime(RtFn::NativeCopy, &[dst, src, bytes]);
    }

    fn native_address(&mut self, address: Value, end: End) -> Value {
        match end {
            End::Guest(side) => {
                let mem = super::emit::memory(side);
                let desc = self.memory_ptr(mem);
                let (full, at) = (Access::Full, offset_of!(abi::Memory, base) as i32);
                let region = RawRegion::MemoryDesc(mem);
                let base = self.b.raw_load(Type::Ptr, full, desc, at, region, None);
                self.behind(base, address)
            }
            _ => address,
        }
    }

    // Strings, which the program has in UTF-8.

    /// Copies a string of the program, with so many bytes (i64), to a guest: pointer and length there.
    pub fn string_from_native(&mut self, ptr: Value, len: Value) -> (Value, Value) {
        let most = self.i64(MAX_BYTES);
        let cond = self.b.icmp(IntCc::GtU, Type::I64, len, most);
        self.trap_if(cond, Reason::HostStringOutOfBounds);
        self.view = self.runtime(RtFn::NativeView, &[ptr, len]);
        let (start, len) = (self.i32(0), self.b.convert(Op::Wrap, Type::I32, len));
        self.encoded(Units::Utf8, start, len)
    }

    /// Copies a string of a guest to the program: address and length (i32).
    pub fn string_to_native(&mut self, ptr: Value, len: Value) -> (Value, Value) {
        self.by_encoding(ptr, len, |e, units, ptr, len| {
            let how = units.to_utf8();
            let wide = e.wide(len);
            let room = e.times(wide, how.room());
            let to = e.allocate_native(room, 1);
            e.view = e.runtime(RtFn::NativeView, &[to, room]);
            let start = e.i32(0);
            let written = e.transcode(how, start, ptr, len);
            (to, written)
        })
    }
}
