//! What canonical functions are made of besides values: traps, calls, and what instances allow at the moment.

use super::layout::{Layout, Space};
use crate::canonical::Reason;
use crate::entity::EntityId;
use crate::ir::component::{CInstanceId, CanonSide, Component};
use crate::ir::{Access, World};
use crate::ir::{
    Block, Builder, Callee, Func, FuncId, FuncKind, GlobalId, Imm, IntCc, MemId, ModuleId, Op,
    Place, Program, RawRegion, RtFn, Symbol, Type, Value,
};

/// One end of a copy.
#[derive(Clone, Copy)]
pub enum End<'p> {
    Guest(&'p CanonSide),
    /// Constants, or the standard output.
    Host,
    /// Memory of a C program, which is an instance of its own.
    Native(CInstanceId),
    /// The runtime library, which lifts and lowers strings, lists and handles by itself.
    Runtime,
}

impl End<'_> {
    /// Whose memory values lie in.
    pub fn space(self) -> Space {
        match self {
            End::Guest(_) | End::Host | End::Runtime => Space::Guest,
            End::Native(_) => Space::Native,
        }
    }

    /// Whose handles those of the values are.
    pub fn instance(self) -> CInstanceId {
        match self {
            End::Guest(side) => side.instance,
            End::Native(instance) => instance,
            End::Host | End::Runtime => {
                unreachable!("there are no handles among constants, and printed ones stay")
            }
        }
    }
}

/// From where to where values are copied.
#[derive(Clone, Copy)]
pub struct Way<'p> {
    pub from: End<'p>,
    pub to: End<'p>,
    /// Where the callee counts what it borrows, if it does.
    pub scope: Option<Value>,
}

/// What a range of memory holds, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Parameters or a result.
    Values,
    String,
    List,
}

/// A function in the making.
pub struct Emit<'f, 'p> {
    pub b: Builder<'f>,
    pub program: &'p Program,
    pub component: &'p Component,
    pub way: Way<'p>,
    /// The descriptor of what a C program has its string in, as a memory.
    pub view: Option<Value>,
    /// Traps with a reason and a number, its parameters.
    fail: Option<Block>,
}

impl<'f, 'p> Emit<'f, 'p> {
    /// A function with its entry block current, and the values of its parameters.
    pub fn begin(func: &'f mut Func, program: &'p Program) -> (Self, Vec<Value>) {
        let types = func.sig.params.clone();
        let mut b = Builder::new(func, true);
        let entry = b.create_block();
        b.switch_to(entry);
        let params = types.iter().map(|&ty| b.append_param(entry, ty)).collect();
        let emit = Emit {
            b,
            program,
            component: &program.component,
            way: Way {
                from: End::Host,
                to: End::Host,
                scope: None,
            },
            view: None,
            fail: None,
        };
        (emit, params)
    }

    /// Appends what checks jump to.
    pub fn finish(mut self) {
        let Some(fail) = self.fail else { return };
        self.b.switch_to(fail);
        let args = self.b.func.blocks[fail].params.clone();
        let trap = match self.component.has_tasks() {
            true => RtFn::TaskTrap,
            false => RtFn::ComponentTrap,
        };
        self.runtime(trap, &args);
        // Not reached.
        self.b.trap(crate::abi::TrapCode::Unreachable);
    }

    // Values.

    pub fn i32(&mut self, value: u32) -> Value {
        self.b.constant(Type::I32, value.into())
    }
    pub fn i64(&mut self, value: u64) -> Value {
        self.b.constant(Type::I64, value)
    }
    /// i32 -> i64, upper half zero.
    pub fn wide(&mut self, value: Value) -> Value {
        self.b.convert(Op::ExtU, Type::I64, value)
    }
    pub fn add(&mut self, a: Value, b: Value) -> Value {
        self.b.binary(Op::Add, Type::I32, a, b)
    }
    /// The address so many bytes (i32) behind another, of a guest or native.
    pub fn behind(&mut self, address: Value, bytes: Value) -> Value {
        match self.b.ty(address) {
            Type::Ptr => {
                let bytes = self.wide(bytes);
                self.b.ptr_add(address, bytes)
            }
            _ => self.add(address, bytes),
        }
    }
    /// A multiple of a value.
    pub fn times(&mut self, value: Value, factor: u64) -> Value {
        let ty = self.b.ty(value);
        let factor = self.b.constant(ty, factor);
        self.b.binary(Op::Mul, ty, value, factor)
    }
    /// Compares two i32.
    pub fn is(&mut self, cc: IntCc, a: Value, b: Value) -> Value {
        self.b.icmp(cc, Type::I32, a, b)
    }

    // Blocks.

    /// A new block with parameters.
    pub fn block(&mut self, params: &[Type]) -> (Block, Vec<Value>) {
        let block = self.b.create_block();
        let params = params
            .iter()
            .map(|&ty| self.b.append_param(block, ty))
            .collect();
        (block, params)
    }

    // Traps.

    fn fail(&mut self) -> Block {
        match self.fail {
            Some(block) => block,
            None => {
                let (block, _) = self.block(&[Type::I32, Type::I32]);
                self.fail = Some(block);
                block
            }
        }
    }

    /// Traps if a condition is not zero.
    pub fn trap_if(&mut self, cond: Value, reason: Reason) {
        let (reason, number) = (self.i32(reason as u32), self.i32(0));
        self.trap_if_with(cond, reason, number);
    }

    /// Likewise, with a reason and a number that are known when it happens.
    pub fn trap_if_with(&mut self, cond: Value, reason: Value, number: Value) {
        if self.b.as_const(cond) == Some(0) {
            return;
        }
        let fail = self.fail();
        let next = self.b.create_block();
        self.b.branch(cond, (fail, &[reason, number]), (next, &[]));
        self.b.switch_to(next);
    }

    /// The reason for components, or if one end is the host the one that it gives.
    pub fn reason(&self, guest: Reason, host: Reason) -> Reason {
        match (self.way.from, self.way.to) {
            (End::Guest(_), End::Guest(_)) => guest,
            _ => host,
        }
    }

    // Calls.

    /// Calls the runtime: its result, if it has one.
    pub fn runtime(&mut self, function: RtFn, args: &[Value]) -> Option<Value> {
        let callee = Callee::Runtime(function);
        let inst = self.b.call_symbol(callee, function.signature(), args);
        self.b.results(inst).next()
    }

    /// The result of a function of the runtime that may fail: lower half and reason.
    pub fn attempt(&mut self, function: RtFn, args: &[Value]) -> (Value, Value) {
        let answer = self.runtime(function, args).expect("an answer");
        let half = self.i64(32);
        let upper = self.b.binary(Op::ShrU, Type::I64, answer, half);
        let value = self.b.convert(Op::Wrap, Type::I32, answer);
        let reason = self.b.convert(Op::Wrap, Type::I32, upper);
        (value, reason)
    }

    /// Likewise, trapping where it fails. The number is for the message.
    pub fn must(&mut self, function: RtFn, args: &[Value], number: Option<Value>) -> Value {
        let (value, reason) = self.attempt(function, args);
        let number = number.unwrap_or_else(|| self.i32(0));
        self.trap_if_with(reason, reason, number);
        value
    }

    /// Calls a function of an instance. Exceptions do not leave it.
    pub fn guest(&mut self, callee: FuncId, args: &[Value]) -> Vec<Value> {
        let sig = self.program.signature(callee);
        let throws = match self.program.funcs[callee].kind {
            FuncKind::Import { .. } | FuncKind::Unknown => false,
            _ => !self.program.tags.is_empty(),
        };
        if !throws {
            let inst = self.b.call(callee, &sig, args);
            return self.b.results(inst).collect();
        }
        let (normal, results) = self.block(&sig.results);
        let (handler, _) = self.block(&[self.program.types.exception_type()]);
        let call = (Op::Call, Imm::Func(callee), args);
        self.b
            .try_op(call, &sig.results, Some(normal), &[(None, handler)]);
        self.b.switch_to(handler);
        let fail = self.fail();
        let (reason, number) = (self.i32(Reason::Exception as u32), self.i32(0));
        self.b.jump(fail, &[reason, number]);
        self.b.switch_to(normal);
        results
    }

    // Instances.

    fn global(&mut self, global: GlobalId) -> Value {
        let imm = Imm::Global(global);
        let inst = self
            .b
            .emit(Op::GlobalGet, Type::I32, imm, &[], &[Type::I32]);
        self.b.result(inst)
    }
    fn set_global(&mut self, global: GlobalId, value: u32) {
        let value = self.i32(value);
        let imm = Imm::Global(global);
        self.b.emit(Op::GlobalSet, Type::I32, imm, &[value], &[]);
    }

    /// Traps unless an instance may call others.
    pub fn check_leave(&mut self, instance: CInstanceId) {
        if self.component.never_inside.contains(&self.b.func.id) {
            return;
        }
        let may_leave = self.global(self.component.instances[instance].may_leave);
        let zero = self.i32(0);
        let cond = self.is(IntCc::Eq, may_leave, zero);
        self.trap_if(cond, Reason::CannotLeave);
    }

    /// Calls a function of an instance which may not call others meanwhile.
    pub fn guest_inside(
        &mut self,
        instance: CInstanceId,
        callee: FuncId,
        args: &[Value],
    ) -> Vec<Value> {
        let may_leave = self.component.instances[instance].may_leave;
        self.set_global(may_leave, 0);
        let results = self.guest(callee, args);
        self.set_global(may_leave, 1);
        results
    }

    /// Enters an instance, and those around it that the caller is not in: what to leave afterwards. Traps if one is in the middle of another call, which is
    /// looked at only where it can be.
    pub fn enter(&mut self, caller: Option<CInstanceId>, callee: CInstanceId) -> Vec<CInstanceId> {
        let component = self.component;
        let mut entered: Vec<CInstanceId> = component.entered(caller, callee).collect();
        entered.retain(|instance| !component.never_reentered.contains(instance));
        for &instance in &entered {
            let may_enter = self.global(self.component.instances[instance].may_enter);
            let zero = self.i32(0);
            let cond = self.is(IntCc::Eq, may_enter, zero);
            self.trap_if(cond, Reason::CannotEnter);
        }
        for &instance in &entered {
            self.set_global(self.component.instances[instance].may_enter, 0);
        }
        entered
    }

    /// Leaves what was entered.
    pub fn leave(&mut self, entered: &[CInstanceId]) {
        for &instance in entered {
            self.set_global(self.component.instances[instance].may_enter, 1);
        }
    }

    // Native addresses, for the runtime.

    /// The descriptor of a memory.
    pub fn memory_ptr(&mut self, mem: MemId) -> Value {
        let decl = &self.program.memories[mem];
        let (module, place) = (decl.module, decl.place);
        match (place, self.program.world) {
            (Place::Own(offset), World::Closed) => {
                self.b.symbol_addr(Symbol::Instance(module), offset.into())
            }
            (Place::Own(offset), World::Open) => {
                let instance = self.b.instance_addr(module);
                let offset = self.i64(offset.into());
                self.b.ptr_add(instance, offset)
            }
            (Place::Slot(offset), _) => {
                let instance = self.b.instance_addr(module);
                let (full, region) = (Access::Full, RawRegion::Constant);
                self.b
                    .raw_load(Type::Ptr, full, instance, offset as i32, region, None)
            }
        }
    }

    /// The handle table of an instance.
    pub fn handles(&mut self, instance: CInstanceId) -> Value {
        let offset = self.component.instances[instance].handles;
        let first = Symbol::Instance(ModuleId::from_u32(0));
        self.b.symbol_addr(first, offset.into())
    }

    // Ranges of memory.

    /// Size of a memory in bytes, i64.
    fn memory_bytes(&mut self, mem: MemId) -> Value {
        let imm = Imm::Memory(mem);
        let inst = self
            .b
            .emit(Op::MemorySize, Type::I32, imm, &[], &[Type::I32]);
        let pages = self.b.result(inst);
        let pages = self.wide(pages);
        self.times(pages, 1 << self.program.memories[mem].page_log2)
    }

    /// Traps unless a pointer is aligned and so many bytes (i64) behind it are in the memory.
    pub fn check_range(
        &mut self,
        mem: MemId,
        ptr: Value,
        bytes: Value,
        align: u32,
        (unaligned, outside): (Reason, Reason),
    ) {
        let low = self.i32(align - 1);
        let low = self.b.binary(Op::And, Type::I32, ptr, low);
        self.trap_if(low, unaligned);
        let start = self.wide(ptr);
        let end = self.b.binary(Op::Add, Type::I64, start, bytes);
        let size = self.memory_bytes(mem);
        let cond = self.b.icmp(IntCc::GtU, Type::I64, end, size);
        self.trap_if(cond, outside);
    }

    /// `realloc` of a side, for so many bytes (i32), with all checks of what it returns.
    pub fn realloc(
        &mut self,
        side: &CanonSide,
        (old, old_bytes): (Value, Value),
        align: u32,
        bytes: Value,
        held: Held,
    ) -> Value {
        let realloc = side.realloc.expect("a validated `realloc` option");
        let aligned = self.i32(align);
        let args = [old, old_bytes, aligned, bytes];
        let ptr = self.guest_inside(side.instance, realloc, &args)[0];
        let outside = match held {
            Held::Values => Reason::PointerOutOfBounds,
            Held::String => Reason::StringOutOfBounds,
            Held::List => Reason::ListOutOfBounds,
        };
        let reasons = (
            self.reason(Reason::UnalignedPointer, Reason::HostReallocUnaligned),
            self.reason(outside, Reason::HostReallocOutOfBounds),
        );
        let wide = self.wide(bytes);
        self.check_range(memory(side), ptr, wide, align, reasons);
        ptr
    }

    /// Memory that a side allocates.
    pub fn allocate(&mut self, side: &CanonSide, align: u32, bytes: Value, held: Held) -> Value {
        let zero = self.i32(0);
        self.realloc(side, (zero, zero), align, bytes, held)
    }

    /// Checks where parameters or a result lie.
    pub fn check_values(&mut self, side: &CanonSide, ptr: Value, layout: Layout) {
        let reasons = (
            self.reason(Reason::UnalignedPointer, Reason::HostResultUnaligned),
            self.reason(Reason::PointerOutOfBounds, Reason::HostResultOutOfBounds),
        );
        let bytes = self.i64(layout.size);
        self.check_range(memory(side), ptr, bytes, layout.align, reasons);
    }
}

/// The memory of a side that needs one.
pub fn memory(side: &CanonSide) -> MemId {
    side.memory.expect("a validated `memory` option")
}
