//! IR of the functions that the compiler makes itself; see [`FuncKind`].

use super::assemble::segments::{Plan, Start, Step};
use super::consts::{ConstExpr, ConstOp};
use super::facts::initial_value;
use super::ops::{gc, shared};
use super::scan::{ElemItems, Mode, Scan};
use crate::abi::{self, TrapCode};
use crate::entity::EntityId;
use crate::ir::build::Builder;
use crate::ir::objects;
use crate::ir::{
    Access, Callee, Conv, ElemId, Func, FuncDecl, FuncId, FuncKind, GlobalId, Imm, IntCc, ModuleId,
    Op, Place, Program, RawRegion, RtFn, SigId, Signature, Symbol, Type, Types, Value, World,
};
use std::mem::offset_of;

/// Bytes of a value's slot in an array of values; see `abi::ArrayEntry`.
fn slot_bytes(ty: Type) -> i32 {
    match ty {
        Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Ref | Type::Gc | Type::Ptr => 8,
        Type::V128 => 16,
    }
}

/// A function with its entry block current, and the values of its parameters.
fn start<'f>(func: &'f mut Func) -> (Builder<'f>, Vec<Value>) {
    let types = func.sig.params.clone();
    let mut b = Builder::new(func, true);
    let entry = b.create_block();
    b.switch_to(entry);
    let params = types.iter().map(|&ty| b.append_param(entry, ty)).collect();
    (b, params)
}

/// An empty function for a declaration.
fn empty(program: &Program, id: FuncId, sig: Signature, conv: Conv) -> Func {
    Func::new(id, program.funcs[id].name.clone(), sig, conv)
}

/// Convention and parameters of [`crate::abi::ArrayEntry`].
pub fn array_signature() -> Signature {
    Signature {
        params: vec![Type::Ptr, Type::Ptr],
        results: Vec::new(),
    }
}

/// Calls a function, or traps in its stead if it is unknown; then there are no results.
fn call(b: &mut Builder, program: &Program, callee: FuncId, args: &[Value]) -> Option<Vec<Value>> {
    if program.funcs[callee].kind == FuncKind::Unknown {
        b.trap(TrapCode::UnknownImport);
        return None;
    }
    let inst = b.call(callee, &program.signature(callee), args);
    Some(b.results(inst).collect())
}

/// Reads the parameters from the array, calls, and writes the results over them.
pub fn array_entry(program: &Program, id: FuncId, callee: FuncId) -> Func {
    let mut func = empty(program, id, array_signature(), Conv::C);
    let (mut b, params) = start(&mut func);
    let values = params[1];
    let mut offset = 0;
    let mut args = Vec::new();
    let wasm = &program.types[program.funcs[callee].sig];
    for &param in &wasm.params {
        let is_object = param.ir() == Type::Gc && program.has_objects;
        let ty = match is_object {
            true => Type::Ref,
            false => param.ir(),
        };
        let mut arg = b.raw_load(ty, Access::Full, values, offset, RawRegion::Slot, None);
        offset += slot_bytes(ty);
        if is_object {
            arg = objects::receive(&mut b, program, arg, param);
            args.push(arg);
            continue;
        }
        // The embedder may have given null where the type has none.
        if param.is_non_null() {
            let null = b.constant(ty, 0);
            let is_null = b.icmp(IntCc::Eq, ty, arg, null);
            b.trap_if(is_null, TrapCode::NullReference);
        }
        args.push(arg);
    }
    if let Some(results) = call(&mut b, program, callee, &args) {
        let mut offset = 0;
        let types = &program.types[program.funcs[callee].sig].results;
        for (result, wasm) in results.into_iter().zip(types) {
            // C may keep it for longer than we can see.
            let is_exception = wasm.as_ref().is_some_and(|ty| ty.heap.is_exception());
            if is_exception && program.world == World::Open {
                let keep = RtFn::ExnKeep;
                b.call_symbol(Callee::Runtime(keep), keep.signature(), &[result]);
            }
            let ty = b.ty(result);
            let full = match ty == Type::Gc && program.has_objects {
                true => objects::give(&mut b, program, result),
                false => widen(&mut b, result),
            };
            b.raw_store(Access::Full, values, full, offset, RawRegion::Slot, None);
            offset += slot_bytes(ty);
        }
        b.ret(&[]);
    }
    func
}

/// What a continuation begins with: calls the function with the arguments from a message of another stack, and gives what it returns or throws to whoever has resumed it last.
pub fn cont_entry(program: &Program, id: FuncId) -> Func {
    let mut func = empty(program, id, array_signature(), Conv::C);
    let (mut b, params) = start(&mut func);
    let sig = program.funcs[id].sig;
    let wasm = program.signature(id);
    let read = |b: &mut Builder, base: Value, ty: Type, at: usize| {
        let region = RawRegion::Native;
        b.raw_load(ty, Access::Full, base, at as i32, region, None)
    };
    let callee = read(
        &mut b,
        params[1],
        Type::Ref,
        offset_of!(abi::ContStart, func),
    );
    let values = read(
        &mut b,
        params[1],
        Type::Ptr,
        offset_of!(abi::ContStart, values),
    );
    let mut offset = 0;
    let mut args = Vec::new();
    for &ty in &wasm.params {
        args.push(read(&mut b, values, ty, offset as usize));
        offset += slot_bytes(ty);
    }
    args.push(callee);
    let (returned, threw) = (b.create_block(), b.create_block());
    let results: Vec<Value> = wasm
        .results
        .iter()
        .map(|&ty| b.append_param(returned, ty))
        .collect();
    let exception = b.append_param(threw, program.types.exception_type());
    let call = (Op::CallRef, Imm::Sig(sig), &args[..]);
    b.try_op(call, &wasm.results, Some(returned), &[(None, threw)]);
    b.switch_to(threw);
    // Otherwise no module has a type of continuations, and this is entered by nobody.
    if program.types.exceptions_are_objects() {
        let fail = RtFn::ContFail;
        b.call_symbol(Callee::Runtime(fail), fail.signature(), &[exception]);
    }
    b.trap(TrapCode::Unreachable);
    b.switch_to(returned);
    let bytes: i32 = wasm.results.iter().map(|&ty| slot_bytes(ty)).sum();
    let slot = b.slot(bytes.max(8) as u32);
    let values = b.slot_addr(slot);
    let mut offset = 0;
    for result in results {
        let ty = b.ty(result);
        b.raw_store(Access::Full, values, result, offset, RawRegion::Slot, None);
        offset += slot_bytes(ty);
    }
    let give = RtFn::ContReturn;
    b.call_symbol(Callee::Runtime(give), give.signature(), &[values]);
    b.trap(TrapCode::Unreachable);
    func
}

/// The value as 64 bits, the upper half zero where it is narrower.
fn widen(b: &mut Builder, value: Value) -> Value {
    match b.ty(value) {
        Type::I32 => b.convert(Op::ExtU, Type::I64, value),
        Type::F32 | Type::Gc => {
            let bits = b.convert(Op::Bitcast, Type::I32, value);
            b.convert(Op::ExtU, Type::I64, bits)
        }
        Type::I64 | Type::F64 | Type::V128 | Type::Ref | Type::Ptr => value,
    }
}

/// Bytes of an array of values.
fn array_bytes(types: &[Type]) -> i32 {
    types.iter().map(|&ty| slot_bytes(ty)).sum()
}

/// Writes parameters to an array in the frame, which has room for the results as well: its address, and that of the array entry that takes it.
fn fill_array(b: &mut Builder, program: &Program, callee: FuncId, params: &[Value]) -> [Value; 2] {
    let wasm = objects::c_signature(program, callee);
    let bytes = array_bytes(&wasm.params).max(array_bytes(&wasm.results));
    let slot = b.slot(bytes.max(8) as u32);
    let values = b.slot_addr(slot);
    let mut offset = 0;
    for (&ty, &param) in wasm.params.iter().zip(params) {
        b.raw_store(Access::Full, values, param, offset, RawRegion::Slot, None);
        offset += slot_bytes(ty);
    }
    let entry = program
        .array_entry(callee)
        .expect("an exported function has an array entry");
    [values, b.symbol_addr(Symbol::Func(entry), 0)]
}

/// Writes the parameters to an array, has the runtime call the array entry on a Wasm stack, and returns what it left there. One result is
/// returned, several are copied to where the last parameter points.
pub fn c_export(program: &Program, id: FuncId, callee: FuncId) -> Func {
    let wasm = objects::c_signature(program, callee);
    let several = wasm.results.len() > 1;
    let mut sig = Signature {
        params: [&[Type::Ptr], &wasm.params[..]].concat(),
        results: wasm.results.clone(),
    };
    if several {
        sig.params.push(Type::Ptr);
        sig.results.clear();
    }
    let mut func = empty(program, id, sig, Conv::C);
    let (mut b, params) = start(&mut func);
    let [values, entry] = fill_array(&mut b, program, callee, &params[1..]);
    let callee = Callee::Runtime(RtFn::Call);
    b.call_symbol(callee, RtFn::Call.signature(), &[params[0], entry, values]);
    let mut offset = 0;
    let mut results = Vec::new();
    for &ty in &wasm.results {
        // Whole slots are copied: the entry has cleared upper halves.
        let ty = if several && slot_bytes(ty) == 8 {
            Type::I64
        } else {
            ty
        };
        let value = b.raw_load(ty, Access::Full, values, offset, RawRegion::Slot, None);
        if several {
            let to = *params.last().expect("the results pointer");
            b.raw_store(Access::Full, to, value, offset, RawRegion::Slot, None);
        } else {
            results.push(value);
        }
        offset += slot_bytes(ty);
    }
    b.ret(&results);
    func
}

/// As [`c_export`], but that a trap comes back as a number, and that each result goes to where a parameter of its own points; after a trap nothing does.
pub fn library_export(program: &Program, id: FuncId, callee: FuncId) -> Func {
    let wasm = objects::c_signature(program, callee);
    let places = vec![Type::Ptr; wasm.results.len()];
    let sig = Signature {
        params: [&[Type::Ptr], &wasm.params[..], &places].concat(),
        results: vec![Type::I32],
    };
    let mut func = empty(program, id, sig, Conv::C);
    let (mut b, params) = start(&mut func);
    let (params, places) = params.split_at(1 + wasm.params.len());
    let [values, entry] = fill_array(&mut b, program, callee, &params[1..]);
    let function = RtFn::LibraryCall;
    let args = [params[0], entry, values];
    let call = b.call_symbol(Callee::Runtime(function), function.signature(), &args);
    let code = b.result(call);
    let (good, end) = (b.create_block(), b.create_block());
    b.branch(code, (end, &[]), (good, &[]));
    b.switch_to(good);
    let mut offset = 0;
    for (&ty, &place) in wasm.results.iter().zip(places) {
        let result = b.raw_load(ty, Access::Full, values, offset, RawRegion::Slot, None);
        b.raw_store(Access::Full, place, result, 0, RawRegion::Native, None);
        offset += slot_bytes(ty);
    }
    b.jump(end, &[]);
    b.switch_to(end);
    b.ret(&[code]);
    func
}

/// Calls a function of the runtime with the same parameters. The one that makes instances gets before them what it has to know of the module.
pub fn library_function(program: &Program, id: FuncId, function: RtFn) -> Func {
    let of_module = match function {
        RtFn::LibraryNew => 2,
        _ => 0,
    };
    let whole = function.signature();
    let sig = Signature {
        params: whole.params[of_module..].to_vec(),
        results: whole.results.clone(),
    };
    let mut func = empty(program, id, sig, Conv::C);
    let (mut b, params) = start(&mut func);
    let mut args = Vec::new();
    if of_module > 0 {
        let is_given =
            |decl: &FuncDecl| matches!(decl.kind, FuncKind::Import { given: Some(_), .. });
        let count = program.funcs.values().filter(|decl| is_given(decl)).count();
        args.push(b.symbol_addr(Symbol::Descriptor, 0));
        args.push(b.constant(Type::I32, count as u64));
    }
    args.extend(params);
    let call = b.call_symbol(Callee::Runtime(function), whole, &args);
    let results: Vec<Value> = b.results(call).collect();
    b.ret(&results);
    func
}

/// Has the runtime call the entry of a component's function with the same parameters: addresses of the parameters and of the result. Returns its answer.
pub fn host_export(program: &Program, id: FuncId, callee: FuncId) -> Func {
    let sig = Signature {
        params: vec![Type::Ptr, Type::Ptr],
        results: vec![Type::I32],
    };
    let mut func = empty(program, id, sig, Conv::C);
    let (mut b, params) = start(&mut func);
    let entry = b.symbol_addr(Symbol::Func(callee), 0);
    let function = RtFn::ComponentCall;
    let args = [entry, params[0], params[1]];
    let inst = b.call_symbol(Callee::Runtime(function), function.signature(), &args);
    let results: Vec<Value> = b.results(inst).collect();
    b.ret(&results);
    func
}

/// Calls another function with the same parameters.
pub fn forward(program: &Program, id: FuncId, callee: FuncId) -> Func {
    let conv = match program.funcs[id].kind {
        FuncKind::FarEntry { .. } => Conv::Far,
        _ => Conv::Wasm,
    };
    let mut func = empty(program, id, program.signature(callee), conv);
    let (mut b, params) = start(&mut func);
    if let Some(results) = call(&mut b, program, callee, &params) {
        b.ret(&results);
    }
    func
}

/// Modules that are instantiated.
struct Group<'a> {
    program: &'a Program,
    scan: &'a dyn Fn(ModuleId) -> &'a Scan,
    /// By module of the program.
    plans: &'a [Plan],
    modules: &'a [ModuleId],
}

/// Instantiates modules (core spec 4.5.4): globals and tables, active element segments, active data segments, start function. Those that
/// import from each other take each of these steps together, so that everything is there when it is used.
/// An [`crate::abi::ArrayEntry`] that reads and writes no values.
pub fn init<'a>(
    program: &'a Program,
    scan: &'a dyn Fn(ModuleId) -> &'a Scan,
    plans: &'a [Plan],
    id: FuncId,
) -> Func {
    let group = Group {
        program,
        scan,
        plans,
        modules: &program.modules[program.funcs[id].module].instantiates,
    };
    let mut func = empty(program, id, array_signature(), Conv::C);
    let (mut b, _) = start(&mut func);
    for &id in group.modules {
        group.globals_and_tables(&mut b, id);
    }
    for &id in group.modules {
        group.elements(&mut b, id);
        group.data(&mut b, id);
    }
    for &id in group.modules {
        if let Some(start) = scan(id).start {
            let start = program.modules[id].funcs[start as usize];
            if call(&mut b, program, start, &[]).is_none() {
                return func;
            }
        }
    }
    b.ret(&[]);
    func
}

impl Group<'_> {
    fn globals_and_tables(&self, b: &mut Builder, id: ModuleId) {
        let (program, scan) = (self.program, (self.scan)(id));
        let module = &program.modules[id];
        for (i, expr) in scan.global_inits.iter().enumerate() {
            if initial_value(program, id, expr).is_none() {
                let global = module.globals[scan.imported_globals + i];
                let value = self.const_expr(b, id, expr);
                shared::global_set(b, program, global, value);
            }
        }
        for (i, init) in scan.table_inits.iter().enumerate() {
            let Some(expr) = init else { continue };
            let table = module.tables[scan.imported_tables + i];
            let value = self.const_expr(b, id, expr);
            let decl = &program.tables[table];
            let len = b.constant(decl.index, decl.min);
            let start = b.constant(decl.index, 0);
            shared::table_fill(b, program, table, [start, value, len]);
        }
    }

    fn elements(&self, b: &mut Builder, id: ModuleId) {
        let (program, scan) = (self.program, (self.scan)(id));
        let module = &program.modules[id];
        for (segment, elem) in scan.elems.iter().zip(&module.elem_indices) {
            if let (ElemItems::Exprs(exprs), &Some(elem)) = (&segment.items, elem) {
                self.computed(b, id, exprs, elem);
            }
        }
        for step in &self.plans[id.index()].elems {
            match *step {
                Step::Own(i) => {
                    let (Mode::Active { target, offset }, Some(elem)) =
                        (&scan.elems[i].mode, module.elem_indices[i])
                    else {
                        unreachable!("an active segment with a descriptor")
                    };
                    let table = module.tables[*target as usize];
                    let args = self.range(b, id, offset, scan.elems[i].items.count());
                    shared::table_init(b, program, (table, elem), args);
                    b.emit(Op::ElemDrop, Type::I32, Imm::Elem(elem), &[], &[]);
                }
                Step::Place(start, elem) => {
                    let base = self.base(b, id, start);
                    let table = module.tables[start.target as usize];
                    let imm = Imm::TableInit { table, elem };
                    b.emit(Op::TablePlace, Type::I32, imm, &[base], &[]);
                }
            }
        }
    }

    /// Computes the items of a segment that are not all functions.
    fn computed(&self, b: &mut Builder, id: ModuleId, exprs: &[ConstExpr], elem: ElemId) {
        let program = self.program;
        let crate::ir::ElemItems::Computed { offset, .. } = &program.elems[elem].items else {
            return;
        };
        let instance = b.instance_addr(id);
        for (i, expr) in exprs.iter().enumerate() {
            let value = self.const_expr(b, id, expr);
            let at = *offset as i32 + 8 * i as i32;
            b.raw_store(Access::Full, instance, value, at, RawRegion::Segments, None);
        }
        // Where there is one instance the descriptor holds the address from the start.
        if program.pins_instance() {
            let distance = b.constant(Type::I64, u64::from(*offset));
            let items = b.ptr_add(instance, distance);
            let at = program.elems[elem].offset + offset_of!(abi::ElemSeg, items) as u32;
            b.raw_store(
                Access::Full,
                instance,
                items,
                at as i32,
                RawRegion::Segments,
                None,
            );
        }
    }

    fn data(&self, b: &mut Builder, id: ModuleId) {
        let (program, scan) = (self.program, (self.scan)(id));
        let module = &program.modules[id];
        for step in &self.plans[id.index()].datas {
            match *step {
                Step::Own(i) => {
                    let (Mode::Active { target, offset }, Some(data)) =
                        (&scan.datas[i].mode, module.data_indices[i])
                    else {
                        unreachable!("an active segment with a descriptor")
                    };
                    let mem = module.memories[*target as usize];
                    let args = self.range(b, id, offset, scan.datas[i].bytes.len());
                    let imm = Imm::MemoryInit { mem, data };
                    b.emit(Op::MemoryInit, Type::I32, imm, &args, &[]);
                    b.emit(Op::DataDrop, Type::I32, Imm::Data(data), &[], &[]);
                }
                Step::Place(start, data) => {
                    let base = self.base(b, id, start);
                    let mem = module.memories[start.target as usize];
                    let imm = Imm::MemoryInit { mem, data };
                    b.emit(Op::MemoryPlace, Type::I32, imm, &[base], &[]);
                }
            }
        }
    }

    /// What the offsets of a list count from.
    fn base(&self, b: &mut Builder, id: ModuleId, start: Start) -> Value {
        match start.global {
            Some(global) => self.const_expr(b, id, &[ConstOp::GlobalGet(global)]),
            None => b.constant(Type::I32, 0),
        }
    }

    /// Operands that copy a whole segment to where an expression says.
    fn range(&self, b: &mut Builder, id: ModuleId, offset: &[ConstOp], len: usize) -> [Value; 3] {
        let dst = self.const_expr(b, id, offset);
        [
            dst,
            b.constant(Type::I32, 0),
            b.constant(Type::I32, len as u64),
        ]
    }

    /// The module's global that an expression reads, or where it is set from another one's of the group, which may not have happened yet,
    /// the expression that gives it its value.
    fn source(&self, mut id: ModuleId, mut index: u32) -> Source<'_> {
        let first = id;
        let order = |id: ModuleId| self.modules.iter().position(|&it| it == id);
        loop {
            let scan = (self.scan)(id);
            let global = self.program.modules[id].globals[index as usize];
            if let Some(own) = (index as usize).checked_sub(scan.imported_globals) {
                // Those before it in the module were set, and where it comes from another module, all that come before that one.
                return match order(id) <= order(first) {
                    true => Source::Global(global),
                    false => Source::Expr(id, &scan.global_inits[own]),
                };
            }
            let owner = self.program.globals[global].module;
            let is_slot = matches!(self.program.globals[global].place, Place::Slot(_));
            if is_slot || !self.modules.contains(&owner) {
                return Source::Global(global);
            }
            // Those that a module defines follow each other.
            let imported = (self.scan)(owner).imported_globals;
            let first = self.program.modules[owner].globals[imported];
            id = owner;
            index = imported as u32 + global.as_u32() - first.as_u32();
        }
    }

    /// Emits a constant expression.
    fn const_expr(&self, b: &mut Builder, id: ModuleId, expr: &[ConstOp]) -> Value {
        let (program, module) = (self.program, &self.program.modules[id]);
        let types = &program.types;
        let mut stack: Vec<Value> = Vec::new();
        for op in expr {
            let value = match *op {
                ConstOp::I32(v) => b.constant(Type::I32, v.into()),
                ConstOp::I64(v) => b.constant(Type::I64, v),
                ConstOp::F32(v) => b.constant(Type::F32, v.into()),
                ConstOp::F64(v) => b.constant(Type::F64, v),
                ConstOp::V128(v) => b.constant_vec(v),
                ConstOp::RefNull(ty) => b.constant(ty.ir(), 0),
                ConstOp::I31 => {
                    let value = stack.pop().expect("a validated expression");
                    gc::ref_i31(b, value)
                }
                ConstOp::StructNew(ty) => {
                    let count = gc::field_count(types, ty);
                    let fields = stack.split_off(stack.len() - count);
                    gc::struct_new(b, types, ty, &fields)
                }
                ConstOp::StructNewDefault(ty) => gc::struct_new_default(b, types, ty),
                ConstOp::ArrayNew(ty) => {
                    let len = stack.pop().expect("a validated expression");
                    let value = stack.pop().expect("a validated expression");
                    let array = gc::array_new(b, ty, len);
                    if b.as_const(len) != Some(0) {
                        fill(b, types, ty, array, value, len);
                    }
                    array
                }
                ConstOp::ArrayNewDefault(ty) => {
                    let len = stack.pop().expect("a validated expression");
                    gc::array_new(b, ty, len)
                }
                ConstOp::ArrayNewFixed(ty, count) => {
                    let elements = stack.split_off(stack.len() - count as usize);
                    gc::array_new_fixed(b, types, ty, &elements)
                }
                ConstOp::AnyConvertExtern => {
                    let value = stack.pop().expect("a validated expression");
                    let op = Op::AnyConvertExtern;
                    let inst = b.emit(op, Type::I32, Imm::None, &[value], &[Type::Gc]);
                    b.result(inst)
                }
                ConstOp::ExternConvertAny => {
                    let value = stack.pop().expect("a validated expression");
                    let op = Op::ExternConvertAny;
                    b.pure(op, Type::I32, Imm::None, &[value], Type::Ref)
                }
                ConstOp::RefFunc(index) => b.ref_func(module.funcs[index as usize]),
                ConstOp::GlobalGet(index) => {
                    let global = module.globals[index as usize];
                    let decl = &program.globals[global];
                    match decl.constant {
                        Some(bits) => b.constant_bits(decl.ty.ir(), bits),
                        None => match self.source(id, index) {
                            Source::Expr(id, expr) => self.const_expr(b, id, expr),
                            Source::Global(global) => shared::global_get(b, program, global),
                        },
                    }
                }
                ConstOp::I32Add => binary(b, &mut stack, Op::Add, Type::I32),
                ConstOp::I32Sub => binary(b, &mut stack, Op::Sub, Type::I32),
                ConstOp::I32Mul => binary(b, &mut stack, Op::Mul, Type::I32),
                ConstOp::I64Add => binary(b, &mut stack, Op::Add, Type::I64),
                ConstOp::I64Sub => binary(b, &mut stack, Op::Sub, Type::I64),
                ConstOp::I64Mul => binary(b, &mut stack, Op::Mul, Type::I64),
            };
            stack.push(value);
        }
        stack.pop().expect("a validated expression")
    }
}

fn binary(b: &mut Builder, stack: &mut Vec<Value>, op: Op, ty: Type) -> Value {
    let y = stack.pop().expect("a validated expression");
    let x = stack.pop().expect("a validated expression");
    b.binary(op, ty, x, y)
}

/// Writes a value to all elements of an array.
fn fill(b: &mut Builder, types: &Types, ty: SigId, array: Value, value: Value, len: Value) {
    let (header, body, done) = (b.create_block(), b.create_block(), b.create_block());
    let index = b.append_param(header, Type::I32);
    let zero = b.constant(Type::I32, 0);
    b.jump(header, &[zero]);
    b.switch_to(header);
    let more = b.icmp(IntCc::LtU, Type::I32, index, len);
    b.branch(more, (body, &[]), (done, &[]));
    b.switch_to(body);
    gc::store_element(b, types, ty, array, index, value);
    let one = b.constant(Type::I32, 1);
    let next = b.binary(Op::Add, Type::I32, index, one);
    b.jump(header, &[next]);
    b.switch_to(done);
}

/// Where a constant expression gets a global's value from.
enum Source<'a> {
    Global(GlobalId),
    Expr(ModuleId, &'a [ConstOp]),
}
