//! Calls of `async` functions, and the built-ins of tasks (`CanonicalABI.md`: `canon lift`, `canon lower`, `canon task.return` and what follows there).
//!
//! A call is a `canonical::CallFrame` that the caller fills in. The runtime decides when the task begins, on a stack of its own; then [`Emit::start`] runs there, which takes the
//! parameters from the caller and runs the callee. [`Emit::resolve`] runs when the callee calls `task.return`. Both know both sides, so values are copied as in
//! other calls. What waits, and what a task may do, is the runtime's.

use super::copy::{Dst, Leaf, Src};
use super::emit::{Emit, End, memory};
use super::layout::{Direction, MAX_FLAT_PARAMS, flat_within};
use super::strings::Units;
use crate::abi::{CallFrame, Memory, TrapCode};
use crate::canonical::Reason;
use crate::entity::EntityId;
use crate::ir::component::{
    Builtin, CFuncType, CInstanceId, CType, CTypeId, Caller, CanonSide, HostSide, Lift, Lifted,
    TaskFuncs,
};
use crate::ir::{
    Access, Besides, Cast, Imm, IntCc, ModuleId, Op, RawRegion, RtFn, SigId, Symbol, TableId, Type,
    Value,
};
use std::mem::offset_of;

impl<'p> Emit<'_, 'p> {
    /// What the runtime has of an instance.
    pub fn tasks_of(&mut self, instance: CInstanceId) -> Value {
        let offset = self.component.instances[instance].tasks;
        let offset = offset.expect("a program with tasks");
        let first = Symbol::Instance(ModuleId::from_u32(0));
        self.b.symbol_addr(first, offset.into())
    }

    /// Begins a call of a function that is not `async`, where there are tasks: where it counts what it borrows.
    pub fn enter_task(&mut self, instance: CInstanceId) -> Option<Value> {
        self.component.has_tasks().then(|| {
            let instance = self.tasks_of(instance);
            self.must(RtFn::TaskEnter, &[instance], None)
        })
    }

    /// Ends it.
    pub fn leave_task(&mut self) {
        if self.component.has_tasks() {
            self.must(RtFn::TaskLeave, &[], None);
        }
    }

    // Calls.

    /// `canon lower` of an `async` function.
    pub fn task_call(
        &mut self,
        lifted: &'p Lifted,
        lower: &'p CanonSide,
        is_async: bool,
        task: TaskFuncs,
        params: &[Value],
    ) {
        self.check_leave(lower.instance);
        let caller = self.tasks_of(lower.instance);
        let flags = match is_async {
            true => CallFrame::ASYNC_CALLER,
            false => 0,
        };
        let frame = self.call_frame(caller, lifted, task, flags);
        for (i, &param) in params.iter().enumerate() {
            let at = param_at(i);
            self.b
                .raw_store(Access::Full, frame, param, at, RawRegion::Slot, None);
        }
        let state = self.must(RtFn::TaskCall, &[frame], None);
        let results = self.b.func.sig.results.clone();
        match (is_async, &results[..]) {
            (true, _) => self.b.ret(&[state]),
            (false, [ty]) => {
                let at = offset_of!(CallFrame, result) as i32;
                let (full, region) = (Access::Full, RawRegion::Slot);
                let result = self.b.raw_load(*ty, full, frame, at, region, None);
                self.b.ret(&[result]);
            }
            (false, _) => self.b.ret(&[]),
        }
    }

    /// A call of an `async` function in a script, or of `run`: its frame when it has returned.
    pub fn host_task(&mut self, lifted: &Lifted, task: TaskFuncs) -> Value {
        let host = self.b.constant(Type::Ptr, 0);
        let frame = self.call_frame(host, lifted, task, 0);
        self.must(RtFn::TaskCall, &[frame], None);
        frame
    }

    /// Lets a handler answer requests of a server.
    pub fn serve_task(&mut self, lifted: &Lifted, task: TaskFuncs) {
        let host = self.b.constant(Type::Ptr, 0);
        let frame = self.call_frame(host, lifted, task, 0);
        self.must(RtFn::ServeRun, &[frame], None);
        self.b.ret(&[]);
    }

    /// A call with its frame, in which parameters are missing.
    fn call_frame(&mut self, caller: Value, lifted: &Lifted, task: TaskFuncs, flags: u64) -> Value {
        let slot = self.b.slot(size_of::<CallFrame>() as u32);
        let frame = self.b.slot_addr(slot);
        let callee = self.tasks_of(lifted.side.instance);
        let start = self.b.symbol_addr(Symbol::Func(task.start), 0);
        let resolve = self.b.symbol_addr(Symbol::Func(task.resolve), 0);
        let how = match lifted.lift {
            Lift::Sync => CallFrame::EXCLUSIVE,
            Lift::Stackful => CallFrame::ASYNC_CALLEE,
            Lift::Callback(_) => CallFrame::ASYNC_CALLEE | CallFrame::EXCLUSIVE,
        };
        let flags = flags | how | self.return_ids(lifted.ty.result, &lifted.side);
        let flags = self.i64(flags);
        for (offset, value) in [
            (offset_of!(CallFrame, caller), caller),
            (offset_of!(CallFrame, callee), callee),
            (offset_of!(CallFrame, start), start),
            (offset_of!(CallFrame, resolve), resolve),
            (offset_of!(CallFrame, flags), flags),
        ] {
            let (full, region) = (Access::Full, RawRegion::Slot);
            self.b
                .raw_store(full, frame, value, offset as i32, region, None);
        }
        frame
    }

    /// Type of a result and options as flags of a frame, and `task.return`, have them.
    fn return_ids(&self, result: Option<CTypeId>, side: &CanonSide) -> u64 {
        let number = result.map_or(0, |ty| self.component.numbers[&ty] + 1);
        let memory = side.memory.map_or(0, |memory| memory.as_u32() + 1);
        let fits = memory >> (CallFrame::TYPE - CallFrame::MEMORY) == 0
            && number >> (u64::BITS - CallFrame::TYPE) == 0;
        assert!(fits, "too many memories or types");
        u64::from(number) << CallFrame::TYPE
            | u64::from(memory) << CallFrame::MEMORY
            | (side.encoding as u64) << CallFrame::ENCODING
    }

    /// The ends of a call: the caller's is what its parameters come from.
    fn caller_end(caller: &'p Caller) -> End<'p> {
        match caller {
            Caller::Guest { lower, .. } => End::Guest(lower),
            Caller::Script(_) | Caller::Run | Caller::Serve => End::Host,
        }
    }

    /// What a task begins with. `frame`: its [`CallFrame`].
    pub fn start(&mut self, lifted: &'p Lifted, caller: &'p Caller, frame: Value) {
        self.way.from = Self::caller_end(caller);
        self.way.to = End::Guest(&lifted.side);
        self.way.scope = Some(self.frame_field(frame, offset_of!(CallFrame, scope), Type::I32));
        let args = match caller {
            Caller::Script(values) => self.constant_params(&lifted.ty, &lifted.side, values),
            Caller::Run => Vec::new(),
            Caller::Serve => {
                let request = self.frame_field(frame, param_at(0) as usize, Type::I32);
                let CType::Own(resource) = self.component.types[lifted.ty.params[0].1] else {
                    unreachable!("a checked handler")
                };
                let args = [
                    self.handles(lifted.side.instance),
                    self.i32(resource.as_u32()),
                    request,
                ];
                vec![self.must(RtFn::HandleNew, &args, None)]
            }
            Caller::Guest { is_async, .. } => {
                let direction = direction(*is_async);
                let types = self.caller_params(&lifted.ty, direction);
                let spills = self.spills(&lifted.ty, direction);
                let load = |(i, ty)| self.frame_field(frame, param_at(i) as usize, ty);
                let values: Vec<Value> = types.into_iter().enumerate().map(load).collect();
                self.params(&lifted.ty, &values, spills)
            }
        };
        let core = self.guest(lifted.callee, &args);
        match lifted.lift {
            Lift::Stackful => {}
            Lift::Callback(callback) => self.callbacks(lifted, callback, frame, core[0]),
            Lift::Sync => {
                self.must(RtFn::TaskReturning, &[], None);
                self.way.from = End::Guest(&lifted.side);
                self.way.to = Self::caller_end(caller);
                self.way.scope = None;
                if let Some(ty) = lifted.ty.result {
                    let from = self.lifted_result(lifted, ty, &core);
                    self.give_result(&lifted.ty, ty, from, caller, frame);
                }
                self.must(RtFn::TaskReturned, &[], None);
                self.post_return(lifted, &core);
            }
        }
        self.b.ret(&[]);
    }

    /// Calls a callback as often as there are events for it.
    fn callbacks(
        &mut self,
        lifted: &Lifted,
        callback: crate::ir::FuncId,
        frame: Value,
        packed: Value,
    ) {
        let (head, params) = self.block(&[Type::I32]);
        let (again, done) = (self.b.create_block(), self.b.create_block());
        self.b.jump(head, &[packed]);
        self.b.switch_to(head);
        // Which set, for messages.
        let four = self.i32(4);
        let set = self.b.binary(Op::ShrU, Type::I32, params[0], four);
        let goes_on = self.must(RtFn::TaskCallback, &[frame, params[0]], Some(set));
        self.b.branch(goes_on, (again, &[]), (done, &[]));
        self.b.switch_to(again);
        let event = [0, 4, 8].map(|offset| {
            let at = offset_of!(CallFrame, event) + offset;
            self.frame_field(frame, at, Type::I32)
        });
        let packed = self.guest(callback, &event);
        debug_assert_eq!(lifted.lift, Lift::Callback(callback));
        self.b.jump(head, &[packed[0]]);
        self.b.switch_to(done);
    }

    /// Gives the result of a task to its caller. `values`: the address of its [`CallFrame`], then what `task.return` was given.
    pub fn resolve(&mut self, lifted: &'p Lifted, caller: &'p Caller, values: Value) {
        let (full, region) = (Access::Full, RawRegion::Native);
        let frame = self.b.raw_load(Type::Ptr, full, values, 0, region, None);
        self.way.from = End::Guest(&lifted.side);
        self.way.to = Self::caller_end(caller);
        if let Some(ty) = lifted.ty.result {
            let flat = flat_within(self.component, &[ty], MAX_FLAT_PARAMS);
            let spills = flat.is_none();
            let types = flat.unwrap_or_else(|| vec![Type::I32]);
            let load = |(i, ty)| self.frame_field(values, 8 * (i + 1), ty);
            let given: Vec<Value> = types.into_iter().enumerate().map(load).collect();
            let from = match spills {
                true => {
                    let layout = super::layout::layout(self.component, self.way.from.space(), ty);
                    self.check_values(&lifted.side, given[0], layout);
                    Src::Memory(given[0], 0)
                }
                false => Src::Flat(&given),
            };
            self.give_result(&lifted.ty, ty, from, caller, frame);
        } else if let Caller::Script(_) = caller {
            self.print_nothing();
        }
        self.b.ret(&[]);
    }

    /// Copies a result to where the caller wants it, or prints it.
    fn give_result(
        &mut self,
        func: &CFuncType,
        ty: CTypeId,
        from: Src,
        caller: &'p Caller,
        frame: Value,
    ) {
        let (full, region) = (Access::Full, RawRegion::Native);
        let result = offset_of!(CallFrame, result) as i32;
        match caller {
            Caller::Script(_) => self.print(ty, from),
            Caller::Run => {
                let failed = self.discriminant(ty, from);
                self.b.raw_store(full, frame, failed, result, region, None);
            }
            Caller::Serve => {
                let response = self.response(ty, from);
                self.b
                    .raw_store(full, frame, response, result, region, None);
            }
            Caller::Guest { lower, is_async } => {
                let direction = direction(*is_async);
                if !self.result_spills(func, direction) {
                    let values = self.copy(ty, from, Dst::Flat);
                    self.b
                        .raw_store(full, frame, values[0], result, region, None);
                    return;
                }
                let last = self.caller_params(func, direction).len() - 1;
                let place = self.frame_field(frame, param_at(last) as usize, Type::I32);
                let layout = super::layout::layout(self.component, self.way.to.space(), ty);
                self.check_values(lower, place, layout);
                self.copy(ty, from, Dst::Memory(place, 0));
            }
        }
    }

    /// What a handler has returned, as `RtFn::ServeRun` takes it. The response is the instance's no longer.
    fn response(&mut self, ty: CTypeId, from: Src) -> Value {
        let CType::Result {
            ok: Some(response),
            err: Some(code),
        } = self.component.types[ty]
        else {
            unreachable!("a checked handler")
        };
        let CType::Own(resource) = self.component.types[response] else {
            unreachable!("a checked handler")
        };
        let failed = self.discriminant(ty, from);
        let (bad, good) = (self.b.create_block(), self.b.create_block());
        let (done, params) = self.block(&[Type::I64]);
        self.b.branch(failed, (bad, &[]), (good, &[]));
        self.b.switch_to(good);
        let payload = self.payload(ty, response, from);
        let kind = &self.component.types[response];
        let index = self.lift(kind, Leaf::unsigned(4), payload);
        let rep = self.take(resource, index);
        let rep = self.wide(rep);
        self.b.jump(done, &[rep]);
        self.b.switch_to(bad);
        let payload = self.payload(ty, code, from);
        let case = self.discriminant(code, payload);
        let (case, bit) = (self.wide(case), self.i64(1 << 32));
        let case = self.b.binary(Op::Or, Type::I64, case, bit);
        self.b.jump(done, &[case]);
        self.b.switch_to(done);
        params[0]
    }

    /// Whether a call has returned an error.
    pub fn task_failed(&mut self, frame: Value) -> Value {
        let at = offset_of!(CallFrame, result) as i32;
        let (full, region) = (Access::Full, RawRegion::Slot);
        self.b.raw_load(Type::I32, full, frame, at, region, None)
    }

    /// Core parameters on the caller's side, where the result goes included.
    fn caller_params(&self, ty: &CFuncType, direction: Direction) -> Vec<Type> {
        let sig = super::layout::core_signature(self.component, ty, direction);
        sig.params.into_iter().map(|ty| ty.ir()).collect()
    }

    fn frame_field(&mut self, frame: Value, offset: usize, ty: Type) -> Value {
        let (full, region) = (Access::Full, RawRegion::Native);
        self.b
            .raw_load(ty, full, frame, offset as i32, region, None)
    }

    // Built-ins.

    /// A built-in of an instance.
    pub fn builtin(
        &mut self,
        builtin: &Builtin,
        side: &'p CanonSide,
        host: Option<&HostSide>,
        params: &[Value],
    ) {
        let instance = self.tasks_of(side.instance);
        let may_be_inside = matches!(
            builtin,
            Builtin::ContextGet(_)
                | Builtin::ContextSet(_)
                | Builtin::BackpressureInc
                | Builtin::BackpressureDec
        );
        if !may_be_inside {
            self.check_leave(side.instance);
        }
        let first = params.first().copied();
        let result = match *builtin {
            Builtin::TaskReturn(result) => self.task_return(result, side, params),
            Builtin::TaskCancel => self.must(RtFn::TaskCancel, &[], None),
            Builtin::ContextGet(slot) => {
                let slot = self.i32(slot);
                let value = self.runtime(RtFn::ContextGet, &[slot]).expect("a value");
                self.b.convert(Op::Wrap, Type::I32, value)
            }
            Builtin::ContextSet(slot) => {
                let (slot, value) = (self.i32(slot), self.wide(params[0]));
                self.runtime(RtFn::ContextSet, &[slot, value]);
                slot
            }
            Builtin::BackpressureInc => self.must(RtFn::BackpressureInc, &[instance], None),
            Builtin::BackpressureDec => self.must(RtFn::BackpressureDec, &[instance], None),
            Builtin::SetNew => self.must(RtFn::SetNew, &[instance], None),
            Builtin::SetWait => self.event(RtFn::SetWait, instance, side, params),
            Builtin::SetPoll => self.event(RtFn::SetPoll, instance, side, params),
            Builtin::SetDrop => self.must(RtFn::SetDrop, &[instance, params[0]], first),
            Builtin::Join => {
                let args = [instance, params[0], params[1]];
                self.must(RtFn::WaitableJoin, &args, first)
            }
            Builtin::SubtaskCancel { is_async } => {
                let is_async = self.i32(is_async.into());
                let args = [instance, params[0], is_async];
                self.must(RtFn::SubtaskCancel, &args, first)
            }
            Builtin::SubtaskDrop => self.must(RtFn::SubtaskDrop, &[instance, params[0]], first),
            Builtin::New(ty) => self.new_stream(ty, instance),
            Builtin::Copy(end, is_async) => self.copy_end(end, is_async, side, host, params),
            Builtin::EndCancel(end, is_async) => {
                let kind = self.end_kind(end, is_async, 0);
                self.must(RtFn::EndCancel, &[instance, kind, params[0]], first)
            }
            Builtin::EndDrop(end) => {
                let kind = self.end_kind(end, false, 0);
                self.must(RtFn::EndDrop, &[instance, kind, params[0]], first)
            }
            Builtin::ErrorContextNew => self.error_context_new(side, params),
            Builtin::ErrorContextMessage => self.error_context_message(side, params),
            Builtin::ErrorContextDrop => {
                self.must(RtFn::ErrorContextDrop, &[instance, params[0]], first)
            }
            Builtin::ThreadYield | Builtin::ThreadSuspend => {
                let yields = self.i32((*builtin == Builtin::ThreadYield).into());
                self.must(RtFn::ThreadBlock, &[yields], None)
            }
            Builtin::ThreadIndex => self.must(RtFn::ThreadIndex, &[], None),
            Builtin::ThreadNew { sig, table } => self.thread_new(sig, table, params),
            Builtin::ThreadResumeLater => {
                self.must(RtFn::ThreadResumeLater, &[instance, params[0]], first)
            }
            Builtin::ThreadSwitch { yields, promotes } => {
                let (yields, promotes) = (self.i32(yields.into()), self.i32(promotes.into()));
                let args = [instance, params[0], yields, promotes];
                self.must(RtFn::ThreadSwitch, &args, first)
            }
        };
        match self.b.func.sig.results.is_empty() {
            true => self.b.ret(&[]),
            false => self.b.ret(&[result]),
        }
    }

    fn task_return(
        &mut self,
        result: Option<CTypeId>,
        side: &CanonSide,
        params: &[Value],
    ) -> Value {
        let slot = self.b.slot(8 * (params.len() as u32 + 1));
        let values = self.b.slot_addr(slot);
        for (i, &param) in params.iter().enumerate() {
            let (at, region) = (8 * (i as i32 + 1), RawRegion::Slot);
            self.b
                .raw_store(Access::Full, values, param, at, region, None);
        }
        let ids = self.i64(self.return_ids(result, side));
        self.must(RtFn::TaskReturn, &[values, ids], None)
    }

    /// Waits for an event or polls for one: its code; the rest goes to memory.
    fn event(
        &mut self,
        function: RtFn,
        instance: Value,
        side: &'p CanonSide,
        params: &[Value],
    ) -> Value {
        let slot = self.b.slot(8);
        let event = self.b.slot_addr(slot);
        let code = self.must(function, &[instance, params[0], event], Some(params[0]));
        let (mem, bytes) = (memory(side), self.i64(8));
        let reasons = (Reason::UnalignedPointer, Reason::PointerOutOfBounds);
        self.check_range(mem, params[1], bytes, 4, reasons);
        for offset in [0, 4] {
            let (full, region) = (Access::Full, RawRegion::Slot);
            let word = self
                .b
                .raw_load(Type::I32, full, event, offset, region, None);
            self.b
                .store(Type::I32, full, mem, params[1], word, offset as u64);
        }
        code
    }

    // Error contexts.

    /// `error-context.new`.
    fn error_context_new(&mut self, side: &'p CanonSide, params: &[Value]) -> Value {
        self.way.from = End::Guest(side);
        let (ptr, units) = (params[0], params[1]);
        let (index, _) = self.by_encoding(ptr, units, |e, encoding, ptr, units| {
            let args = [
                e.tasks_of(side.instance),
                e.memory_ptr(memory(side)),
                ptr,
                units,
                e.i32(encoding.to_utf8() as u32),
            ];
            let index = e.must(RtFn::ErrorContextNew, &args, None);
            (index, index)
        });
        index
    }

    /// `error-context.debug-message`: the text goes to the instance's memory, and pointer and length to where it says.
    fn error_context_message(&mut self, side: &'p CanonSide, params: &[Value]) -> Value {
        let (index, place) = (params[0], params[1]);
        let instance = self.tasks_of(side.instance);
        let found = [instance, index];
        let number = self.must(RtFn::ErrorContextFind, &found, Some(index));
        let view = self.runtime(RtFn::ErrorContextText, &[number]);
        let view = view.expect("an address");
        let at = offset_of!(Memory, len) as i32;
        let (full, region) = (Access::Full, RawRegion::Native);
        let len = self.b.raw_load(Type::I32, full, view, at, region, None);
        self.view = Some(view);
        (self.way.from, self.way.to) = (End::Native(side.instance), End::Guest(side));
        let bytes = self.i64(8);
        let reasons = (Reason::ContextUnaligned, Reason::ContextOutOfBounds);
        self.check_range(memory(side), place, bytes, 4, reasons);
        let start = self.i32(0);
        let (ptr, len) = self.encoded(Units::Utf8, start, len);
        for (offset, value) in [(0, ptr), (4, len)] {
            let mem = memory(side);
            self.b.store(Type::I32, full, mem, place, value, offset);
        }
        place
    }

    // Threads.

    fn thread_new(&mut self, sig: SigId, table: TableId, params: &[Value]) -> Value {
        let start = self.component.thread_start(sig).expect("made for the type");
        let imm = Imm::Table(table);
        let inst = self
            .b
            .emit(Op::TableGet, Type::Ref, imm, &[params[0]], &[Type::Ref]);
        let function = self.b.result(inst);
        let null = self.b.constant(Type::Ref, 0);
        let is_null = self.b.icmp(IntCc::Eq, Type::Ref, function, null);
        self.b.trap_if(is_null, TrapCode::IndirectCallToNull);
        let (first, last) = self.program.types.numbers(sig);
        let to = Cast {
            first,
            count: last + 1 - first,
            ..Cast::NOTHING
        };
        let from = Besides {
            null: false,
            i31: false,
        };
        let imm = Imm::Cast { to, from };
        let fits = self
            .b
            .pure(Op::FuncTest, Type::I32, imm, &[function], Type::I32);
        let zero = self.i32(0);
        let differs = self.is(IntCc::Eq, fits, zero);
        self.b.trap_if(differs, TrapCode::BadSignature);
        let function = self.b.convert(Op::Bitcast, Type::Ptr, function);
        let start = self.b.symbol_addr(Symbol::Func(start), 0);
        self.must(RtFn::ThreadNew, &[start, function, params[1]], None)
    }

    /// What a thread begins with: `values` are a function and what it is called with.
    pub fn thread_start(&mut self, sig: SigId, values: Value) {
        let function = self.frame_field(values, 0, Type::Ref);
        let context = self.frame_field(values, 8, Type::I32);
        let imm = Imm::Sig(sig);
        self.b
            .emit(Op::CallRef, Type::I32, imm, &[context, function], &[]);
        self.b.ret(&[]);
    }
}

fn direction(is_async: bool) -> Direction {
    match is_async {
        true => Direction::AsyncLower,
        false => Direction::Lower,
    }
}

/// Where the parameter with this index is in a frame.
fn param_at(index: usize) -> i32 {
    (offset_of!(CallFrame, params) + 8 * index) as i32
}
