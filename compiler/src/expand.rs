//! Expansion: rewrites ops that touch instance state (globals, tables, segments, memories without a fixed or pinned base, imports,
//! function references) into machine-level ops, as the world and each entity's place ask.
//!
//! What remains for the ISA: arithmetic, control flow, `call` of functions compiled here, `load`/`store` on memories whose base is
//! fixed or pinned, and the machine-level ops.
//!
//! Every expansion but that of a tail call ends in one instruction that takes over the identity (results, place) of the rewritten one, so no use changes;
//! what it needs is emitted before it through the builder, which shares it within the block. Value numbering may run afterwards.
//!
//! Invariants that security rests on:
//! - Every address computed from a guest value is `base + zero_extended(value) [* 8] + constant` behind a comparison with the current length
//!   (tables, `Checked` memories), or lies inside a reservation with guards (`Value` memories: abi::MEMORY_RESERVATION).
//! - `addr + offset + size` is computed in 64 bits from a 32-bit address and a 32-bit offset: it cannot wrap.
//! - Where addresses have 64 bits they are compared with the current length first, in every mode; see `expand/wide.rs`.
//! - An access through a pointer may rely on a check before it (`Row::guarded`): it must never be moved to an earlier place. `ir::guards` verifies
//!   that a check is there.
//! - The first load through a function reference is a test for null, and what a table holds is called only if its type was compared.

mod allocate;
mod atomic;
mod calls;
mod exceptions;
mod gc;
mod wide;

use crate::abi::{self, TrapCode};
use crate::entity::SideMap;
use crate::ir::Origin;
use crate::ir::cfg::Cfg;
use crate::ir::dom::DomTree;
use crate::ir::op::{EffectClass, arithmetic_op, atomic_access, machine_op, vector_op};
use crate::ir::{
    Access, Block, Builder, Callee, Conv, DataId, ElemId, Func, FuncId, FuncKind, Imm, Inst,
    InstData, InstanceBase, IntCc, MemBase, MemId, MemoryDecl, ModuleId, Op, Place, Program,
    RawRegion, RtFn, SigId, Signature, Slot, Symbol, TableId, TagId, Target, Type, ValType, Value,
    ValueDef, World,
};
use crate::opt::Cx;
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};
use std::mem::offset_of;

const MEM_BASE: u32 = offset_of!(abi::Memory, base) as u32;
const MEM_LEN: u32 = offset_of!(abi::Memory, len) as u32;
const TABLE_ELEMS: u32 = offset_of!(abi::Table, elems) as u32;
const TABLE_LEN: u32 = offset_of!(abi::Table, len) as u32;
const DATA_LEN: u32 = offset_of!(abi::DataSeg, len) as u32;
const ELEM_LEN: u32 = offset_of!(abi::ElemSeg, len) as u32;
const FUNCREF_SIZE: u32 = size_of::<abi::FuncRef>() as u32;

/// Expands a function in place.
pub fn run(func: &mut Func, cx: &Cx) {
    let blocks = func.layout.clone();
    let mut cut = false;
    let casts = casts(func);
    let has_wide = cx.program.memories.values().any(MemoryDecl::is_wide);
    let func_dom = has_wide.then(|| DomTree::new(func, &Cfg::new(func)));
    let mut expand = Expand {
        b: Builder::new(func, cx.fold),
        program: cx.program,
        share_addresses: cx.share_addresses,
        never: None,
        payload: None,
        fresh: Vec::new(),
        merged: allocate::Merged::new(),
        home: blocks[0],
        checked: wide::Checked::new(func_dom),
    };
    for block in blocks {
        let mut insts = std::mem::take(&mut expand.b.func.blocks[block].insts);
        if cx.fold {
            gc::fault_on_null(expand.b.func, &mut insts);
        }
        expand.b.switch_to(block);
        expand.home = block;
        let mut block = block;
        expand.fresh.clear();
        expand.merged = expand.merge(&insts, cx.fold);
        for inst in insts {
            let data = &expand.b.func.insts[inst];
            let is_allocation = data.op.row().effect == EffectClass::Allocate;
            let calls = data.effects().is_call;
            // It is made in one step with one before it.
            let is_made = expand.merged.get(&inst).is_some_and(Vec::is_empty);
            expand.note_write(inst);
            expand.b.set_loc(expand.b.func.insts[inst].loc);
            match casts.get(&inst) {
                Some(Part::Of) => continue,
                Some(&Part::Trap(test)) => {
                    let code = expand.b.func.insts[inst].trap_code();
                    expand.cast(test, code);
                    block = expand.b.current();
                    continue;
                }
                None => {}
            }
            if expand.expand(block, inst) == Next::Unreachable {
                cut = true;
                break;
            }
            // It may have ended the block and begun another.
            block = expand.b.current();
            if (is_allocation && !is_made) || calls {
                expand.fresh.clear();
            }
            expand.note_new(inst);
        }
    }
    if let Some(never) = expand.never {
        expand.b.switch_to(never);
        expand.b.set_loc(Origin::NONE);
        expand.b.trap(TrapCode::Unreachable);
    }
    if cut {
        let cfg = Cfg::new(func);
        func.layout.retain(|&block| cfg.is_reachable(block));
    }
}

/// A part of a cast, which is expanded as a whole.
enum Part {
    /// The test, or the comparison of what it says.
    Of,
    /// The trap that the test decides.
    Trap(Inst),
}

/// Tests of types that decide one trap each and nothing else. Where the trap is behind the test in the same block, both can wait for it: types never change.
fn casts(func: &Func) -> HashMap<Inst, Part> {
    let mut found = HashMap::new();
    let is_test = |inst: Inst| matches!(func.insts[inst].op, Op::GcTest | Op::FuncTest);
    let blocks = || func.layout.iter().map(|&block| &func.blocks[block].insts);
    if !blocks().flatten().any(|&inst| is_test(inst)) {
        return found;
    }
    let mut uses: SideMap<Value, u32> = SideMap::new(0, func.values.len());
    for data in blocks().flatten().map(|&inst| &func.insts[inst]) {
        data.uses().for_each(|value| uses[value] += 1);
    }
    // What defines an operand that nothing else uses.
    let only = |data: &InstData| func.def(data.args[0]).filter(|_| uses[data.args[0]] == 1);
    for insts in blocks() {
        let mut tests: HashSet<Inst> = HashSet::new();
        let mut fails: HashMap<Inst, Inst> = HashMap::new();
        for &inst in insts {
            let data = &func.insts[inst];
            match (data.op, &data.imm) {
                (Op::GcTest | Op::FuncTest, _) => {
                    tests.insert(inst);
                }
                (Op::Icmp, Imm::IntCc(IntCc::Eq)) if func.const_bits(data.args[1]) == Some(0) => {
                    if let Some(test) = only(data).filter(|test| tests.contains(test)) {
                        fails.insert(inst, test);
                    }
                }
                (Op::TrapIf, _) => {
                    let comparison = only(data);
                    if let Some((comparison, &test)) =
                        comparison.and_then(|it| Some((it, fails.get(&it)?)))
                    {
                        found.insert(test, Part::Of);
                        found.insert(comparison, Part::Of);
                        found.insert(inst, Part::Trap(test));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether the rest of the block is still reached.
#[derive(PartialEq, Eq)]
enum Next {
    Reached,
    Unreachable,
}

struct Expand<'f, 'p> {
    b: Builder<'f>,
    program: &'p Program,
    /// Addresses in memories with a fixed or pinned base become values where accesses have offsets, so that several accesses share the
    /// addition of base and index.
    share_addresses: bool,
    /// Where calls that do not return would go on.
    never: Option<Block>,
    /// For the payload of exceptions that are thrown.
    payload: Option<Slot>,
    /// Objects that were allocated in this block, if nothing may have collected garbage since.
    fresh: Vec<New>,
    merged: allocate::Merged,
    /// The block that is being expanded, as it was before.
    home: Block,
    /// 64-bit addresses that are known to be in bounds.
    checked: wide::Checked,
}

/// A new object.
struct New {
    object: Value,
    /// Where it was written to, by offset and bytes: all else in it is zero.
    written: Vec<(u64, u64)>,
}

impl Expand<'_, '_> {
    /// Appends the instruction, or its expansion.
    fn expand(&mut self, block: Block, inst: Inst) -> Next {
        let data = &self.b.func.insts[inst];
        match data.op {
            Op::GlobalGet | Op::GlobalSet => self.global(block, inst),
            Op::Load | Op::Store => self.access(block, inst),
            atomic_access!() => {
                self.check_alignment(inst);
                self.access(block, inst);
            }
            Op::AtomicWait | Op::AtomicNotify => return self.wait_or_notify(block, inst),
            Op::MemorySize => {
                let mem = data.memory();
                let len = self.memory_field(mem, Type::I64, MEM_LEN);
                let decl = &self.program.memories[mem];
                let shift = self.b.constant(Type::I64, decl.page_log2.into());
                if decl.is_wide() {
                    let args = [len, shift];
                    self.become_op(block, inst, Op::ShrU, Type::I64, Imm::None, &args);
                } else {
                    let pages = self.b.binary(Op::ShrU, Type::I64, len, shift);
                    self.become_op(block, inst, Op::Wrap, Type::I32, Imm::None, &[pages]);
                }
            }
            Op::MemoryGrow => {
                let mem = data.memory();
                let delta = self.zext(data.args[0]);
                let desc = self.memory_ptr(mem);
                self.grow(block, inst, RtFn::MemoryGrow, &[desc, delta]);
            }
            Op::MemoryFill => {
                let mem = data.memory();
                let [dst, byte, len] = three(&data.args);
                let desc = self.memory_ptr(mem);
                let (dst, len) = (self.zext(dst), self.zext(len));
                self.bulk(block, inst, RtFn::MemoryFill, &[desc, dst, byte, len]);
            }
            Op::MemoryCopy => {
                let (dst, src) = data.memory_pair();
                let args = three(&data.args);
                let pointers = [self.memory_ptr(dst), self.memory_ptr(src)];
                self.bulk_args(block, inst, RtFn::MemoryCopy, &pointers, args);
            }
            Op::MemoryInit => {
                let (mem, segment) = data.memory_init();
                let args = three(&data.args);
                let pointers = [self.memory_ptr(mem), self.data_ptr(segment)];
                self.bulk_args(block, inst, RtFn::MemoryInit, &pointers, args);
            }
            Op::MemoryPlace => {
                let (mem, list) = data.memory_init();
                let base = data.args[0];
                let args = [self.memory_ptr(mem), self.data_ptr(list), base];
                self.bulk(block, inst, RtFn::MemoryPlace, &args);
            }
            Op::TablePlace => {
                let (table, elem) = data.table_init();
                let base = data.args[0];
                let instance = self.b.instance_addr(self.program.elems[elem].module);
                let (table, list) = (self.table_ptr(table), self.elem_ptr(elem));
                let args = [table, instance, list, base];
                self.bulk(block, inst, RtFn::TablePlace, &args);
            }
            Op::DataDrop => {
                let segment = data.data_segment();
                let decl = &self.program.datas[segment];
                let (module, offset) = (decl.module, decl.offset + DATA_LEN);
                self.drop_segment(block, inst, module, offset, Type::I64);
            }
            Op::ElemDrop => {
                let segment = data.elem_segment();
                let decl = &self.program.elems[segment];
                let (module, offset) = (decl.module, decl.offset + ELEM_LEN);
                self.drop_segment(block, inst, module, offset, Type::I32);
            }
            Op::TableGet => {
                let table = data.table();
                let index = data.args[0];
                let place = self.table_element(table, index);
                let imm = raw(place.1, RawRegion::Table(table));
                let ty = self.program.tables[table].elem.ir();
                self.become_op(block, inst, Op::RawLoad, ty, imm, &[place.0]);
            }
            Op::TableSet => {
                let table = data.table();
                let (index, value) = (data.args[0], data.args[1]);
                self.keep_exception(self.program.tables[table].elem, value);
                let place = self.table_element(table, index);
                let imm = raw(place.1, RawRegion::Table(table));
                let ty = self.program.tables[table].elem.ir();
                self.become_op(block, inst, Op::RawStore, ty, imm, &[place.0, value]);
            }
            Op::TableSize => {
                let table = data.table();
                let (base, offset) = self.table_place(table);
                let imm = raw(offset + TABLE_LEN, RawRegion::Table(table));
                let ty = self.program.tables[table].index;
                self.become_op(block, inst, Op::RawLoad, ty, imm, &[base]);
            }
            Op::TableGrow => {
                let table = data.table();
                let (init, delta) = (data.args[0], data.args[1]);
                self.keep_exception(self.program.tables[table].elem, init);
                let desc = self.table_ptr(table);
                let (init, delta) = (self.wide_reference(init), self.zext(delta));
                self.grow(block, inst, RtFn::TableGrow, &[desc, init, delta]);
            }
            Op::TableFill => {
                let table = data.table();
                let [dst, value, len] = three(&data.args);
                self.keep_exception(self.program.tables[table].elem, value);
                let desc = self.table_ptr(table);
                let (dst, len) = (self.zext(dst), self.zext(len));
                let value = self.wide_reference(value);
                self.bulk(block, inst, RtFn::TableFill, &[desc, dst, value, len]);
            }
            Op::TableCopy => {
                let (dst, src) = data.table_pair();
                let args = three(&data.args);
                let pointers = [self.table_ptr(dst), self.table_ptr(src)];
                self.bulk_args(block, inst, RtFn::TableCopy, &pointers, args);
            }
            Op::TableInit => {
                let (table, elem) = data.table_init();
                let args = three(&data.args);
                let instance = self.b.instance_addr(self.program.elems[elem].module);
                let pointers = [self.table_ptr(table), instance, self.elem_ptr(elem)];
                self.bulk_args(block, inst, RtFn::TableInit, &pointers, args);
            }
            Op::RefFunc => {
                let func = data.func();
                let address = self.funcref_ptr(func);
                self.become_op(block, inst, Op::Bitcast, Type::Ref, Imm::None, &[address]);
            }
            Op::Call => {
                let callee = data.func();
                match &self.program.funcs[callee].kind {
                    FuncKind::Import { .. } => self.call_import(block, inst, callee),
                    FuncKind::Unknown => {
                        self.b.trap(TrapCode::UnknownImport);
                        return Next::Unreachable;
                    }
                    FuncKind::Defined { .. }
                    | FuncKind::Init
                    | FuncKind::ArrayEntry { .. }
                    | FuncKind::ContEntry
                    | FuncKind::CExport { .. }
                    | FuncKind::LibraryExport { .. }
                    | FuncKind::LibraryFunction { .. }
                    | FuncKind::HostExport { .. }
                    | FuncKind::FarEntry { .. }
                    | FuncKind::ImportAdapter { .. }
                    | FuncKind::Canon(_) => self.keep(block, inst),
                }
            }
            Op::CallIndirect => self.call_indirect(block, inst),
            Op::CallRef => self.call_ref(block, inst),
            Op::ReturnCallIndirect => {
                let (table, sig) = data.table_call();
                let mut params: SmallVec<[Value; 8]> = SmallVec::from_slice(&data.args);
                let index = params.pop().expect("return_call_indirect without index");
                let record = self.table_record(table, sig, index);
                self.return_call(record, None, sig, &params);
            }
            Op::ReturnCallRef => {
                let sig = data.sig();
                let mut params: SmallVec<[Value; 8]> = SmallVec::from_slice(&data.args);
                let reference = params.pop().expect("return_call_ref without reference");
                let record = self.b.convert(Op::Bitcast, Type::Ptr, reference);
                let null = Some(TrapCode::NullReference);
                self.return_call(record, null, sig, &params);
            }
            Op::GcStore | Op::GcStoreElem => self.store_in_object(inst),
            Op::GcNew | Op::GcNewArray => self.new_object(inst),
            Op::GcNewData | Op::GcNewElem => self.new_from_segment(inst),
            Op::ArrayInitData | Op::ArrayInitElem => self.init_from_segment(block, inst),
            Op::ArrayCopy => self.copy_elements(block, inst),
            Op::AnyConvertExtern => self.internalise(inst),
            Op::ExternConvertAny => self.externalise(block, inst),
            Op::GcTest | Op::FuncTest => self.test(block, inst),
            Op::ExnGet => self.exn_get(block, inst),
            Op::Throw | Op::ThrowRef => {
                self.throw(block, inst);
                self.b.trap(TrapCode::Unreachable);
            }
            Op::Try => self.attempt(block, inst),
            arithmetic_op!()
            | vector_op!()
            | machine_op!()
            | Op::GcLoad
            | Op::GcLoadElem
            | Op::TrapIf
            | Op::AtomicFence
            | Op::Jump
            | Op::Branch
            | Op::BrTable
            | Op::Return
            | Op::Trap
            | Op::ReturnCall
            | Op::ReturnCallPtr => self.keep(block, inst),
        }
        Next::Reached
    }

    // Rewriting.

    /// Appends an instruction as it is.
    fn keep(&mut self, block: Block, inst: Inst) {
        self.b.func.blocks[block].insts.push(inst);
    }
    /// Appends an instruction as another operation with the same results.
    fn become_op(&mut self, block: Block, inst: Inst, op: Op, ty: Type, imm: Imm, args: &[Value]) {
        let data = &mut self.b.func.insts[inst];
        data.op = op;
        data.ty = ty;
        data.imm = imm;
        data.args = SmallVec::from_slice(args);
        self.keep(block, inst);
    }
    /// An address, index or length as i64; the upper half of an i32 is zero.
    fn zext(&mut self, value: Value) -> Value {
        match self.b.ty(value) {
            Type::I64 => value,
            _ => self.b.convert(Op::ExtU, Type::I64, value),
        }
    }

    /// A reference as tables hold it.
    fn wide_reference(&mut self, value: Value) -> Value {
        if self.b.ty(value) == Type::Ref {
            return value;
        }
        let bits = self.b.convert(Op::Bitcast, Type::I32, value);
        let wide = self.zext(bits);
        self.b.convert(Op::Bitcast, Type::Ref, wide)
    }

    // Places: a base pointer and a constant offset from it.

    fn place(&mut self, module: ModuleId, place: Place) -> (Value, u32) {
        let instance = self.b.instance_addr(module);
        match place {
            Place::Own(offset) => (instance, offset),
            Place::Slot(offset) => {
                let pointer = self.load(Type::Ptr, (instance, offset), RawRegion::Constant);
                (pointer, 0)
            }
        }
    }
    /// Threads share memories: there is one descriptor, in the first thread's instance.
    fn memory_place(&mut self, mem: MemId) -> (Value, u32) {
        let decl = &self.program.memories[mem];
        match decl.place {
            Place::Own(offset) if self.program.thread_block.is_some() => {
                let symbol = Symbol::Instance(decl.module);
                (self.b.symbol_addr(symbol, i64::from(offset)), 0)
            }
            place => self.place(decl.module, place),
        }
    }
    fn table_place(&mut self, table: TableId) -> (Value, u32) {
        let decl = &self.program.tables[table];
        self.place(decl.module, decl.place)
    }
    /// A place as a pointer.
    fn pointer(&mut self, module: ModuleId, place: Place) -> Value {
        match (place, self.program.instance_base(module)) {
            (Place::Own(offset), InstanceBase::Symbol) => self
                .b
                .symbol_addr(Symbol::Instance(module), i64::from(offset)),
            (Place::Own(_), InstanceBase::Pinned(_)) | (Place::Slot(_), _) => {
                let (base, offset) = self.place(module, place);
                let distance = self.b.constant(Type::I64, u64::from(offset));
                self.b.ptr_add(base, distance)
            }
        }
    }
    fn memory_ptr(&mut self, mem: MemId) -> Value {
        if self.program.thread_block.is_some() {
            return self.memory_place(mem).0;
        }
        let decl = &self.program.memories[mem];
        self.pointer(decl.module, decl.place)
    }
    fn table_ptr(&mut self, table: TableId) -> Value {
        let decl = &self.program.tables[table];
        self.pointer(decl.module, decl.place)
    }
    fn data_ptr(&mut self, data: DataId) -> Value {
        let decl = &self.program.datas[data];
        self.pointer(decl.module, Place::Own(decl.offset))
    }
    fn elem_ptr(&mut self, elem: ElemId) -> Value {
        let decl = &self.program.elems[elem];
        self.pointer(decl.module, Place::Own(decl.offset))
    }
    fn funcref_ptr(&mut self, func: FuncId) -> Value {
        let decl = &self.program.funcs[func];
        let index = decl
            .funcref
            .expect("reference to a function without a record");
        let offset = index * FUNCREF_SIZE;
        match self.program.world {
            World::Closed => self.b.symbol_addr(Symbol::FuncRefs, i64::from(offset)),
            World::Open => {
                let at = self.program.modules[decl.module].funcrefs_offset + offset;
                self.pointer(decl.module, Place::Own(at))
            }
        }
    }
    /// Loads from a place, where a fault is impossible.
    fn load(&mut self, ty: Type, (base, offset): (Value, u32), region: RawRegion) -> Value {
        self.b
            .raw_load(ty, Access::Full, base, offset as i32, region, None)
    }
    /// The memory whose region stands for this one's: in an open world imported memories may be one and the same.
    fn known_as(&self, mem: MemId) -> MemId {
        let is_imported = |mem: MemId| matches!(self.program.memories[mem].place, Place::Slot(_));
        if is_imported(mem) {
            return self
                .program
                .memories
                .ids()
                .find(|&other| is_imported(other))
                .unwrap_or(mem);
        }
        mem
    }
    fn memory_field(&mut self, mem: MemId, ty: Type, field: u32) -> Value {
        let (base, offset) = self.memory_place(mem);
        self.load(
            ty,
            (base, offset + field),
            RawRegion::MemoryDesc(self.known_as(mem)),
        )
    }

    /// Makes what a reference refers to outlive everything that we know of, where it leaves the thread's sight. (A closed world's state is known.)
    fn keep_exception(&mut self, ty: ValType, value: Value) {
        let is_exception = ty.as_ref().is_some_and(|ty| ty.heap.is_exception());
        if is_exception && self.program.world == World::Open {
            let callee = Callee::Runtime(RtFn::ExnKeep);
            self.b
                .call_symbol(callee, RtFn::ExnKeep.signature(), &[value]);
        }
    }

    // Families.

    fn global(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let global = data.global();
        let (op, value) = (data.op, data.args.first().copied());
        let decl = &self.program.globals[global];
        let ty = decl.ty.ir();
        if let (Op::GlobalGet, Some(bits)) = (op, decl.constant) {
            let imm = match ty {
                Type::V128 => Imm::Vec(bits),
                _ => Imm::Bits(bits as u64),
            };
            return self.become_op(block, inst, Op::Const, ty, imm, &[]);
        }
        if let Some(value) = value {
            self.keep_exception(decl.ty, value);
        }
        let (base, offset) = self.place(decl.module, decl.place);
        let imm = raw(offset, RawRegion::Global(global));
        match value {
            None => self.become_op(block, inst, Op::RawLoad, ty, imm, &[base]),
            Some(value) => self.become_op(block, inst, Op::RawStore, ty, imm, &[base, value]),
        }
    }

    fn access(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (mem, access, offset) = data.mem();
        let (ty, addr) = (data.ty, data.args[0]);
        if self.program.memories[mem].is_wide() {
            return self.wide_access(block, inst);
        }
        let trap = match self.program.memories[mem].base {
            MemBase::Fixed | MemBase::Pinned => return self.based(block, inst),
            MemBase::Value => Some(TrapCode::MemoryOutOfBounds),
            MemBase::Checked => None,
        };
        let addr = self.zext(addr);
        let place = self.memory_place(mem);
        let base_region = match trap {
            Some(_) => RawRegion::Constant,
            None => {
                let end = offset + u64::from(access.bytes(ty));
                let end = self.b.constant(Type::I64, end);
                let end = self.b.binary(Op::Add, Type::I64, addr, end);
                let len = self.memory_field(mem, Type::I64, MEM_LEN);
                let outside = self.b.icmp(IntCc::GtU, Type::I64, end, len);
                self.b.trap_if(outside, TrapCode::MemoryOutOfBounds);
                RawRegion::MemoryDesc(self.known_as(mem))
            }
        };
        let base = self.load(Type::Ptr, (place.0, place.1 + MEM_BASE), base_region);
        self.access_from(block, inst, base, addr, trap);
    }

    /// Appends an access as one to `base + addr` and its offset.
    fn access_from(
        &mut self,
        block: Block,
        inst: Inst,
        base: Value,
        addr: Value,
        trap: Option<TrapCode>,
    ) {
        let (mem, access, offset) = self.b.func.insts[inst].mem();
        let (distance, offset) = match i32::try_from(offset) {
            Ok(offset) => (addr, offset),
            Err(_) => {
                let offset = self.b.constant(Type::I64, offset);
                (self.b.binary(Op::Add, Type::I64, addr, offset), 0)
            }
        };
        let pointer = self.b.ptr_add(base, distance);
        let imm = Imm::Raw {
            access,
            offset,
            region: RawRegion::Memory(self.known_as(mem)),
            trap,
        };
        self.become_native(block, inst, imm, pointer);
    }

    /// Appends an access as one to a native address, with the same further operands.
    fn become_native(&mut self, block: Block, inst: Inst, imm: Imm, pointer: Value) {
        let data = &mut self.b.func.insts[inst];
        data.op = match data.op {
            Op::Load => Op::RawLoad,
            Op::Store => Op::RawStore,
            atomic => atomic,
        };
        data.imm = imm;
        data.args[0] = pointer;
        self.keep(block, inst);
    }

    /// An access to a memory with a fixed or pinned base. With an offset it is one to a native address, which neighbours share.
    fn based(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (mem, access, offset) = data.mem();
        let addr = data.args[0];
        let Ok(distance @ 1..) = i32::try_from(offset) else {
            return self.keep(block, inst);
        };
        if !self.share_addresses || self.b.as_const(addr).is_some() {
            return self.keep(block, inst);
        }
        let pointer = self.b.memory_addr(mem, addr);
        let imm = Imm::Raw {
            access,
            offset: distance,
            region: RawRegion::Memory(self.known_as(mem)),
            trap: Some(TrapCode::MemoryOutOfBounds),
        };
        self.become_native(block, inst, imm, pointer);
    }

    /// Calls a runtime function that grows something: i64 old size, or all ones.
    fn grow(&mut self, block: Block, inst: Inst, function: RtFn, args: &[Value]) {
        if self.b.func.insts[inst].ty == Type::I64 {
            let imm = Imm::CallSymbol {
                callee: Callee::Runtime(function),
                sig: Box::new(function.signature()),
            };
            return self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, args);
        }
        let call = self
            .b
            .call_symbol(Callee::Runtime(function), function.signature(), args);
        let old = self.b.result(call);
        self.become_op(block, inst, Op::Wrap, Type::I32, Imm::None, &[old]);
    }
    /// Calls a runtime function with these pointers, then `(dst, src, len)` widened.
    fn bulk_args(
        &mut self,
        block: Block,
        inst: Inst,
        function: RtFn,
        pointers: &[Value],
        args: [Value; 3],
    ) {
        let mut all: SmallVec<[Value; 6]> = SmallVec::from_slice(pointers);
        for arg in args {
            let wide = self.zext(arg);
            all.push(wide);
        }
        self.bulk(block, inst, function, &all);
    }
    /// Calls a runtime function that returns a status.
    fn bulk(&mut self, block: Block, inst: Inst, function: RtFn, args: &[Value]) {
        let code = function.trap().expect("an operation that may fail");
        let call = self
            .b
            .call_symbol(Callee::Runtime(function), function.signature(), args);
        let status = self.b.result(call);
        self.become_op(
            block,
            inst,
            Op::TrapIf,
            Type::I32,
            Imm::Trap(code),
            &[status],
        );
    }
    fn drop_segment(&mut self, block: Block, inst: Inst, module: ModuleId, offset: u32, ty: Type) {
        let instance = self.b.instance_addr(module);
        let zero = self.b.constant(ty, 0);
        let imm = raw(offset, RawRegion::Segments);
        self.become_op(block, inst, Op::RawStore, ty, imm, &[instance, zero]);
    }

    /// Place of a table element, behind a bounds check.
    fn table_element(&mut self, table: TableId, index: Value) -> (Value, u32) {
        let (base, offset) = self.table_place(table);
        // Lengths are below 2^32: of an i32's the low half says all.
        let (region, ty) = (RawRegion::Table(table), self.program.tables[table].index);
        let len = self.load(ty, (base, offset + TABLE_LEN), region);
        let outside = self.b.icmp(IntCc::GeU, ty, index, len);
        self.b.trap_if(outside, TrapCode::TableOutOfBounds);
        let elems = self.load(Type::Ptr, (base, offset + TABLE_ELEMS), region);
        let index = self.zext(index);
        let shift = self.b.constant(Type::I64, 3);
        let distance = self.b.binary(Op::Shl, Type::I64, index, shift);
        (self.b.ptr_add(elems, distance), 0)
    }
}

/// Bytes of a value in an exception.
fn slot_bytes(ty: Type) -> u32 {
    ty.bytes().next_multiple_of(8)
}

/// An access of a whole value that cannot fault.
fn raw(offset: u32, region: RawRegion) -> Imm {
    Imm::Raw {
        access: Access::Full,
        offset: offset as i32,
        region,
        trap: None,
    }
}

fn three(args: &[Value]) -> [Value; 3] {
    [args[0], args[1], args[2]]
}
