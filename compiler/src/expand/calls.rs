//! Expansion of calls through tables and references, and of calls of C functions.
//!
//! A function reference points to a record with code, instance and type ([`abi::FuncRef`]). What a table holds is called only if its type was
//! compared; the type of a reference was checked when the module was validated. The first load from a record is the test for null.

use super::{
    Access, Block, Callee, Conv, Expand, FUNCREF_SIZE, FuncId, FuncKind, Imm, Inst, IntCc, Op,
    RawRegion, SigId, Signature, Symbol, TableId, TrapCode, Type, Value, ValueDef, World, abi, raw,
};
use crate::entity::EntityId;
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
                args.push(self.record_field(Type::Ptr, record, FUNCREF_INSTANCE, None));
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
        let (ty, expected) = match self.program.world {
            World::Closed => (Type::I64, self.b.constant(Type::I64, first.into())),
            World::Open => (Type::Ptr, self.b.symbol_addr(Symbol::Sig(sig), 0)),
        };
        let null = Some(TrapCode::IndirectCallToNull);
        let actual = self.record_field(ty, record, FUNCREF_SIG, null);
        let differs = self.b.icmp(IntCc::Ne, ty, actual, expected);
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

    /// The C function gets the importing instance first. Two or more results come back through an array in this frame.
    pub(super) fn call_import(&mut self, block: Block, inst: Inst, callee: FuncId) {
        let data = &self.b.func.insts[inst];
        let (first_result, results) = (data.first_result, data.result_count);
        let params = data.args.clone();
        let wasm = self.program.signature(callee);
        let types = &self.program.types[self.program.funcs[callee].sig].params;
        for (&ty, &value) in types.iter().zip(&params) {
            self.keep_exception(ty, value);
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
        let imm = |sig| Imm::CallSymbol {
            callee: target,
            sig: Box::new(sig),
        };
        if results < 2 {
            return self.become_op(block, inst, Op::CallSymbol, Type::I32, imm(sig), &args);
        }
        let slot = self.b.slot(8 * results);
        let array = self.b.slot_addr(slot);
        args.push(array);
        sig.params.push(Type::Ptr);
        sig.results.clear();
        let data = &mut self.b.func.insts[inst];
        data.result_count = 0;
        self.become_op(block, inst, Op::CallSymbol, Type::I32, imm(sig), &args);
        for (i, &ty) in wasm.results.iter().enumerate() {
            let result = Value::from_u32(first_result.as_u32() + i as u32);
            let imm = raw(8 * i as u32, RawRegion::Slot);
            let load = self.b.emit(Op::RawLoad, ty, imm, &[array], &[]);
            let data = &mut self.b.func.insts[load];
            data.first_result = result;
            data.result_count = 1;
            self.b.func.values[result].def = ValueDef::Result(load, 0);
        }
    }
}
