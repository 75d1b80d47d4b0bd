//! Expansion of calls through tables and references, and of calls of C functions.
//!
//! A function reference points to a record with code, instance and type ([`abi::FuncRef`]). What a table holds is called only if its type was
//! compared; the type of a reference was checked when the module was validated. The first load from a record is the test for null.

use super::{
    Access, Block, Callee, Conv, Expand, FUNCREF_SIZE, FuncId, FuncKind, Imm, Inst, IntCc, Op,
    RawRegion, RtFn, SigId, Signature, Symbol, TableId, TrapCode, Type, Value, ValueDef, World,
    abi, raw,
};
use crate::entity::EntityId;
use crate::host;
use crate::ir::objects::{c_signature, give, receive, release};
use smallvec::SmallVec;
use std::mem::offset_of;

const FUNCREF_CODE: u32 = offset_of!(abi::FuncRef, code) as u32;
const FUNCREF_INSTANCE: u32 = offset_of!(abi::FuncRef, instance) as u32;
const FUNCREF_NEAR: u32 = offset_of!(abi::FuncRef, near) as u32;
const FUNCREF_SIG: u32 = offset_of!(abi::FuncRef, sig) as u32;

impl Expand<'_, '_> {
    pub(super) fn call_indirect(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let (table, sig) = data.table_call();
        let mut params: SmallVec<[Value; 8]> = SmallVec::from_slice(&data.args);
        let index = params.pop().expect("call_indirect without index");
        let record = self.table_record(table, sig, index);
        self.call_record(block, inst, record, None, sig, &params);
    }

    pub(super) fn call_ref(&mut self, block: Block, inst: Inst) {
        let data = &self.b.func.insts[inst];
        let sig = data.sig();
        let mut params: SmallVec<[Value; 8]> = SmallVec::from_slice(&data.args);
        let reference = params.pop().expect("call_ref without reference");
        let record = self.b.convert(Op::Bitcast, Type::Ptr, reference);
        let null = Some(TrapCode::NullReference);
        self.call_record(block, inst, record, null, sig, &params);
    }

    /// The record of a function in a table, which has this type.
    pub(super) fn table_record(&mut self, table: TableId, sig: SigId, index: Value) -> Value {
        let element = self.table_element(table, index);
        let reference = self.load(Type::Ref, element, RawRegion::Table(table));
        let record = self.b.convert(Op::Bitcast, Type::Ptr, reference);
        self.check_signature(record, sig);
        record
    }
    /// Loads from a record. `null`: the trap where there is none, in the first load from it. The record would lie in the page at address 0,
    /// which is never mapped, so the load tests the reference.
    fn record_field(
        &mut self,
        ty: Type,
        record: Value,
        field: u32,
        null: Option<TrapCode>,
    ) -> Value {
        const _: () = assert!(FUNCREF_SIZE <= 64);
        let region = RawRegion::Constant;
        self.b
            .raw_load(ty, Access::Full, record, field as i32, region, null)
    }

    /// Calls the function of a record. In an open world it may belong to another instance.
    fn call_record(
        &mut self,
        block: Block,
        inst: Inst,
        record: Value,
        null: Option<TrapCode>,
        sig: SigId,
        params: &[Value],
    ) {
        let code = self.record_field(Type::Ptr, record, FUNCREF_CODE, null);
        let mut args: SmallVec<[Value; 8]> = SmallVec::new();
        args.push(code);
        let conv = match self.program.world {
            World::Closed => Conv::Wasm,
            World::Open => {
                let theirs = self.record_field(Type::Ptr, record, FUNCREF_INSTANCE, None);
                self.go_abroad(theirs, sig);
                args.push(theirs);
                Conv::Far
            }
        };
        args.extend_from_slice(params);
        self.become_op(
            block,
            inst,
            Op::CallPtr,
            Type::I32,
            Imm::CallPtr { conv, sig },
            &args,
        );
    }

    /// Tail-calls the function of a record. In an open world one of our own instance is entered as we are; another's entry must restore
    /// our pinned registers when it is done, so it keeps a frame.
    pub(super) fn return_call(
        &mut self,
        record: Value,
        null: Option<TrapCode>,
        sig: SigId,
        params: &[Value],
    ) {
        let leave = |this: &mut Self, conv: Conv, code: Value, instance: Option<Value>| {
            let mut args: SmallVec<[Value; 8]> = SmallVec::new();
            args.push(code);
            args.extend(instance);
            args.extend_from_slice(params);
            let imm = Imm::CallPtr { conv, sig };
            this.b.emit(Op::ReturnCallPtr, Type::I32, imm, &args, &[]);
        };
        match self.program.world {
            World::Closed => {
                let code = self.record_field(Type::Ptr, record, FUNCREF_CODE, null);
                leave(self, Conv::Wasm, code, None);
            }
            World::Open => {
                let theirs = self.record_field(Type::Ptr, record, FUNCREF_INSTANCE, null);
                self.go_abroad(theirs, sig);
                let module = self.program.funcs[self.b.func.id].module;
                let ours = self.b.instance_addr(module);
                let is_ours = self.b.icmp(IntCc::Eq, Type::Ptr, theirs, ours);
                let (near, far) = (self.b.create_block(), self.b.create_block());
                self.b.branch(is_ours, (near, &[]), (far, &[]));
                self.b.switch_to(near);
                let code = self.record_field(Type::Ptr, record, FUNCREF_NEAR, None);
                leave(self, Conv::Wasm, code, None);
                self.b.switch_to(far);
                let code = self.record_field(Type::Ptr, record, FUNCREF_CODE, None);
                leave(self, Conv::Far, code, Some(theirs));
            }
        }
    }
    /// Before a function of this type is called that may be another instance's. References to objects do not leave their instance; and where its functions run, the host may
    /// enter ours again while the collector cannot find our frames, so it is told.
    fn go_abroad(&mut self, theirs: Value, sig: SigId) {
        if !self.program.has_objects {
            return;
        }
        let module = self.program.funcs[self.b.func.id].module;
        let ours = self.b.instance_addr(module);
        let differs = self.b.icmp(IntCc::Ne, Type::Ptr, theirs, ours);
        let types = &self.program.types[sig];
        let mut values = types.params.iter().chain(&types.results);
        if values.any(|ty| ty.ir() == Type::Gc) {
            return self.b.trap_if(differs, TrapCode::BadSignature);
        }
        let place = abi::INSTANCE_HEADER + offset_of!(abi::InstanceObjects, is_abroad) as u32;
        let before = self.load(Type::I64, (ours, place), RawRegion::Heap);
        let differs = self.b.convert(Op::ExtU, Type::I64, differs);
        let after = self.b.binary(Op::Or, Type::I64, before, differs);
        let imm = raw(place, RawRegion::Heap);
        self.b
            .emit(Op::RawStore, Type::I64, imm, &[ours, after], &[]);
    }

    /// The comparison that says whether the function of a record is of the types with these numbers (open world).
    pub(super) fn is_of_types(
        &mut self,
        record: Value,
        null: TrapCode,
        first: u32,
        count: u32,
    ) -> (IntCc, Value, Value) {
        let sig = self.program.types.function_numbered(first);
        let sig = sig.expect("a function type with this number");
        let actual = self.record_field(Type::Ptr, record, FUNCREF_SIG, Some(null));
        let expected = self.b.symbol_addr(Symbol::Sig(sig), 0);
        if count == 1 {
            return (IntCc::Eq, actual, expected);
        }
        // Identities of types that are related lie one behind the other, as their numbers do.
        let [actual, expected] =
            [actual, expected].map(|at| self.b.convert(Op::Bitcast, Type::I64, at));
        let distance = self.b.binary(Op::Sub, Type::I64, actual, expected);
        let count = self.b.constant(Type::I64, count.into());
        (IntCc::LtU, distance, count)
    }

    /// That the function of a record has one of these types.
    fn check_subtype(&mut self, record: Value, first: u32, last: u32) {
        let null = Some(TrapCode::IndirectCallToNull);
        let actual = self.record_field(Type::I64, record, FUNCREF_SIG, null);
        let first_value = self.b.constant(Type::I64, first.into());
        let distance = self.b.binary(Op::Sub, Type::I64, actual, first_value);
        let most = self.b.constant(Type::I64, u64::from(last - first));
        let differs = self.b.icmp(IntCc::GtU, Type::I64, distance, most);
        self.b.trap_if(differs, TrapCode::BadSignature);
    }

    /// The number of the type of a function, which is not null.
    pub(super) fn function_type(&mut self, reference: Value) -> Value {
        let record = self.b.convert(Op::Bitcast, Type::Ptr, reference);
        // Only its type may say that it is not null, and initialisers run in a circle.
        let null = Some(TrapCode::NullReference);
        let number = self.record_field(Type::I64, record, FUNCREF_SIG, null);
        self.b.convert(Op::Wrap, Type::I32, number)
    }

    fn check_signature(&mut self, record: Value, sig: SigId) {
        let (first, last) = self.program.types.numbers(sig);
        if self.program.world == World::Closed && first != last {
            return self.check_subtype(record, first, last);
        }
        if self.program.world == World::Open {
            let null = TrapCode::IndirectCallToNull;
            let (cc, a, b) = self.is_of_types(record, null, first, last - first + 1);
            let differs = self.b.icmp(cc.inverse(), self.b.ty(a), a, b);
            return self.b.trap_if(differs, TrapCode::BadSignature);
        }
        let expected = self.b.constant(Type::I64, first.into());
        let null = Some(TrapCode::IndirectCallToNull);
        let actual = self.record_field(Type::I64, record, FUNCREF_SIG, null);
        let differs = self.b.icmp(IntCc::Ne, Type::I64, actual, expected);
        self.b.trap_if(differs, TrapCode::BadSignature);
    }

    /// The address of a function that a library's program has given the instance. It may give each instance another.
    fn given_function(&mut self, instance: Value, number: u32) -> Value {
        let table = offset_of!(abi::Instance, host_data) as i32;
        let functions = offset_of!(abi::LibraryImports, functions) as i32;
        let place = functions + 8 * number as i32;
        let mut load = |base, offset| {
            let region = RawRegion::Native;
            self.b
                .raw_load(Type::Ptr, Access::Full, base, offset, region, None)
        };
        let table = load(instance, table);
        load(table, place)
    }

    /// The C function gets the importing instance first. Two or more results come back through an array in this frame. References to objects are numbers there
    /// (`ir::objects`), which are C's own as results and ours as parameters.
    pub(super) fn call_import(&mut self, block: Block, inst: Inst, callee: FuncId) {
        let data = &self.b.func.insts[inst];
        let (first_result, results) = (data.first_result, data.result_count);
        let mut params = data.args.clone();
        let wasm = c_signature(self.program, callee);
        let types = &self.program.types[self.program.funcs[callee].sig];
        let mut given: SmallVec<[Value; 8]> = SmallVec::new();
        for (&ty, value) in types.params.iter().zip(&mut params) {
            self.keep_exception(ty, *value);
            if ty.ir() == Type::Gc && self.program.has_objects {
                *value = give(&mut self.b, self.program, *value);
                given.push(*value);
            }
        }
        let mut args: SmallVec<[Value; 8]> = SmallVec::new();
        let mut sig = Signature {
            params: vec![Type::Ptr],
            results: wasm.results.clone(),
        };
        let instance = self.b.instance_addr(self.program.funcs[callee].module);
        let mut target = Callee::Import(callee);
        if let FuncKind::Import {
            given: Some(number),
            ..
        } = self.program.funcs[callee].kind
        {
            args.push(self.given_function(instance, number));
            sig.params.push(Type::Ptr);
            target = Callee::Pointer;
        }
        args.push(instance);
        args.extend(params);
        sig.params.extend(&wasm.params);
        let array = (results >= 2).then(|| {
            let slot = self.b.slot(8 * results);
            self.b.slot_addr(slot)
        });
        if let Some(array) = array {
            args.push(array);
            sig.params.push(Type::Ptr);
            sig.results.clear();
        }
        let calls_back = self.calls_back(callee);
        if calls_back {
            self.runtime_call(RtFn::GcLeave, &[]);
        }
        let imm = Imm::CallSymbol {
            callee: target,
            sig: Box::new(sig.clone()),
        };
        let reference = match types.results[..] {
            [ty] if ty.ir() == Type::Gc && self.program.has_objects => Some(ty),
            _ => None,
        };
        // One that is a reference becomes an object behind the call.
        let result = reference.map(|ty| {
            let Imm::CallSymbol { callee, sig } = imm.clone() else {
                unreachable!("made above")
            };
            (ty, self.b.call_symbol(callee, *sig, &args))
        });
        if reference.is_none() {
            if array.is_some() {
                self.b.func.insts[inst].result_count = 0;
            }
            self.become_op(block, inst, Op::CallSymbol, Type::I32, imm, &args);
        }
        if calls_back {
            self.runtime_call(RtFn::GcComeBack, &[]);
        }
        for value in given {
            release(&mut self.b, self.program, value);
        }
        if let Some((ty, call)) = result {
            let value = self.b.result(call);
            let object = receive(&mut self.b, self.program, value, ty);
            release(&mut self.b, self.program, value);
            self.replace(inst, object);
        }
        let Some(array) = array else { return };
        for (i, &ty) in types.results.iter().enumerate() {
            let result = Value::from_u32(first_result.as_u32() + i as u32);
            let place = raw(8 * i as u32, RawRegion::Slot);
            let is_object = ty.ir() == Type::Gc && self.program.has_objects;
            let inst = match is_object {
                false => self.b.emit(Op::RawLoad, ty.ir(), place, &[array], &[]),
                true => {
                    let region = RawRegion::Slot;
                    let at = 8 * i as i32;
                    let value = self
                        .b
                        .raw_load(Type::Ref, Access::Full, array, at, region, None);
                    let object = receive(&mut self.b, self.program, value, ty);
                    release(&mut self.b, self.program, value);
                    self.b.func.def(object).expect("a call")
                }
            };
            let data = &mut self.b.func.insts[inst];
            data.first_result = result;
            data.result_count = 1;
            self.b.func.values[result].def = ValueDef::Result(inst, 0);
        }
    }

    /// Whether an imported function may call the program again while references to objects are in frames: any that is not the runtime library's.
    fn calls_back(&self, callee: FuncId) -> bool {
        let types = &self.program.types;
        let has = match self.program.world {
            World::Open => self.program.has_objects,
            World::Closed => types.data_count() > 0 || types.has_conts(),
        };
        let FuncKind::Import { symbol, .. } = &self.program.funcs[callee].kind else {
            return false;
        };
        has && self.program.component.instances.is_empty() && host::by_symbol(symbol).is_none()
    }

    fn runtime_call(&mut self, function: RtFn, args: &[Value]) {
        let callee = Callee::Runtime(function);
        self.b.call_symbol(callee, function.signature(), args);
    }
}
