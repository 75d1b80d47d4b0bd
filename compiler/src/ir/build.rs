//! The smart constructor: every producer of instructions emits through [`Builder`], which folds, canonicalises and hash-conses.
//!
//! There is no separate peephole pass: a rule in `rules/` fires wherever its pattern comes into being, be it in the front end or
//! when value numbering re-emits a function with what it has learned. Rules look only at definitions that dominate the place of
//! emission, and never change what traps.
//!
//! Invariants: the builder appends at the end of the current block and never behind a terminator; a value that it returns dominates
//! the end of the current block.

use super::cons::{ConsTable, Key};
use super::imm::{Callee, Imm, RawRegion, Target, Try};
use super::odds::Odds;
use super::op::{Op, Results};
use super::program::{FuncId, FuncKind, ModuleId, Program, SigId, Symbol, TableId, TagId};
use super::rules;
use super::types::{Access, FloatCc, IntCc, Signature, Type};
use super::{
    Block, BlockData, Func, Inst, InstData, MemId, Origin, Shape, Slot, SlotData, Value, ValueData,
    ValueDef,
};
use crate::abi::TrapCode;
use crate::entity::{EntityId, SideMap};
use smallvec::SmallVec;

/// Appends instructions to a function.
pub struct Builder<'f> {
    pub func: &'f mut Func,
    /// Whether to fold, canonicalise and hash-cons.
    fold: bool,
    block: Option<Block>,
    /// Whether a block is in the layout.
    placed: SideMap<Block, bool>,
    loc: Origin,
    /// What is known of the next branch: see [`Builder::expect`].
    odds: Option<Odds>,
    cons: ConsTable,
    known_params: rules::KnownParams,
    /// Whether `switch_to` forgets the block's pure values, or the user manages scopes.
    scoped: bool,
}

impl<'f> Builder<'f> {
    /// A builder for a function; `fold: false` emits exactly what it is told.
    pub fn new(func: &'f mut Func, fold: bool) -> Self {
        let mut placed = SideMap::new(false, func.blocks.len());
        for &block in &func.layout {
            placed[block] = true;
        }
        Builder {
            func,
            fold,
            block: None,
            placed,
            loc: Origin::NONE,
            odds: None,
            cons: ConsTable::default(),
            known_params: rules::KnownParams::new(),
            scoped: false,
        }
    }

    /// A builder whose user opens and closes the scopes in which values are shared, see [`Builder::enter_scope`].
    pub fn with_scopes(func: &'f mut Func) -> Self {
        let mut builder = Builder::new(func, true);
        builder.scoped = true;
        builder
    }

    /// Opens a scope: what is emitted from now on is shared until `leave_scope` with the returned mark.
    pub fn enter_scope(&self) -> usize {
        self.cons.enter()
    }

    /// Closes a scope.
    pub fn leave_scope(&mut self, mark: usize) {
        self.cons.leave(mark);
    }

    // Blocks.

    /// A new block, outside the layout until it is switched to.
    pub fn create_block(&mut self) -> Block {
        self.func.blocks.push(BlockData::default())
    }

    /// Adds a parameter to a block.
    pub fn append_param(&mut self, block: Block, ty: Type) -> Value {
        let index = self.func.blocks[block].params.len() as u32;
        let value = self.func.values.push(ValueData {
            ty,
            def: ValueDef::Param(block, index),
        });
        self.func.blocks[block].params.push(value);
        value
    }

    /// Says which bits of a parameter may be one.
    pub fn know_param(&mut self, param: Value, possible: u64) {
        self.known_params.insert(param, possible);
    }

    /// What is known of the bits of parameters.
    pub fn known_params(&self) -> &rules::KnownParams {
        &self.known_params
    }

    /// Makes a block the current one, and appends it to the layout unless it is there. Switching back to a non-empty block is allowed.
    pub fn switch_to(&mut self, block: Block) {
        if !self.placed[block] {
            self.placed[block] = true;
            self.func.layout.push(block);
        }
        self.block = Some(block);
        if !self.scoped {
            self.cons.leave(0);
        }
    }

    /// The current block.
    pub fn current(&self) -> Block {
        self.block.expect("no current block")
    }

    /// Whether the current block has its terminator.
    pub fn is_terminated(&self) -> bool {
        let insts = &self.func.blocks[self.current()].insts;
        insts
            .last()
            .is_some_and(|&inst| self.func.insts[inst].op.shape() == Shape::Terminator)
    }

    /// Sets where the next instructions come from.
    pub fn set_loc(&mut self, loc: Origin) {
        self.loc = loc;
    }

    // Facts about values, for rules.

    /// Type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.func.values[value].ty
    }

    /// The instruction whose result the value is.
    pub fn def(&self, value: Value) -> Option<&InstData> {
        self.func.def(value).map(|inst| &self.func.insts[inst])
    }

    /// The value's bits if it is a constant.
    pub fn as_const(&self, value: Value) -> Option<u64> {
        self.func.const_bits(value)
    }

    /// The operands if the value is the result of this two-operand op.
    pub fn as_binary(&self, value: Value, op: Op) -> Option<(Value, Value)> {
        let data = self.def(value)?;
        (data.op == op && data.args.len() == 2).then(|| (data.args[0], data.args[1]))
    }

    /// The operand if the value is the result of this one-operand op.
    pub fn as_unary(&self, value: Value, op: Op) -> Option<Value> {
        let data = self.def(value)?;
        (data.op == op && data.args.len() == 1).then(|| data.args[0])
    }

    /// The condition, operand type and operands if the value is an integer comparison.
    pub fn as_icmp(&self, value: Value) -> Option<(IntCc, Type, Value, Value)> {
        let data = self.def(value)?;
        match (data.op, &data.imm) {
            (Op::Icmp, Imm::IntCc(cc)) => Some((*cc, data.ty, data.args[0], data.args[1])),
            _ => None,
        }
    }

    /// Likewise for a floating-point comparison.
    pub fn as_fcmp(&self, value: Value) -> Option<(FloatCc, Type, Value, Value)> {
        let data = self.def(value)?;
        match (data.op, &data.imm) {
            (Op::Fcmp, Imm::FloatCc(cc)) => Some((*cc, data.ty, data.args[0], data.args[1])),
            _ => None,
        }
    }

    // Pure values.

    /// The bits if the value is a constant vector.
    pub fn as_vec(&self, value: Value) -> Option<u128> {
        match self.def(value)? {
            InstData {
                op: Op::Const,
                imm: Imm::Vec(bits),
                ..
            } => Some(*bits),
            _ => None,
        }
    }

    /// A constant vector.
    pub fn constant_vec(&mut self, bits: u128) -> Value {
        self.pure(Op::Const, Type::V128, Imm::Vec(bits), &[], Type::V128)
    }

    /// A constant of any type; bits above the type's width are dropped.
    pub fn constant_bits(&mut self, ty: Type, bits: u128) -> Value {
        match ty {
            Type::V128 => self.constant_vec(bits),
            _ => self.constant(ty, bits as u64),
        }
    }

    /// Type of a vector op's result.
    pub fn vector_result(&self, op: Op, imm: &Imm) -> Type {
        match (op, imm) {
            (Op::Vextract, Imm::Lane { lanes, .. }) => lanes.scalar(),
            _ => match op.results(Type::V128) {
                Results::One(ty) => ty,
                results => unreachable!("{} gives {results:?}", op.name()),
            },
        }
    }

    /// A vector op.
    pub fn vector(&mut self, op: Op, imm: Imm, args: &[Value]) -> Value {
        let mut imm = imm;
        let mut args: SmallVec<[Value; 3]> = SmallVec::from_slice(args);
        if self.fold {
            if let Imm::VecIcmp { lanes, cc } = imm
                && self.as_vec(args[0]).is_some()
            {
                args.swap(0, 1);
                let cc = cc.swapped();
                imm = Imm::VecIcmp { lanes, cc };
            } else if rules::is_commutative_vector(op, &imm) && self.order(args[0], args[1]) {
                args.swap(0, 1);
            }
            if let Some(value) = rules::vector(self, op, &imm, &args) {
                return value;
            }
        }
        let result = self.vector_result(op, &imm);
        let ty = match op {
            Op::Vextract => result,
            _ => Type::V128,
        };
        self.pure(op, ty, imm, &args, result)
    }

    /// A constant; bits above the type's width are dropped. A vector's upper half is zero.
    pub fn constant(&mut self, ty: Type, bits: u64) -> Value {
        if ty == Type::V128 {
            return self.constant_vec(u128::from(bits));
        }
        let bits = bits & super::eval::mask(ty);
        self.pure(Op::Const, ty, Imm::Bits(bits), &[], ty)
    }

    /// `(T) -> T`
    pub fn unary(&mut self, op: Op, ty: Type, a: Value) -> Value {
        if self.fold
            && let Some(value) = rules::unary(self, op, ty, a)
        {
            return value;
        }
        self.pure(op, ty, Imm::None, &[a], ty)
    }

    /// `(T, T) -> T`
    pub fn binary(&mut self, op: Op, ty: Type, a: Value, b: Value) -> Value {
        let (mut a, mut b) = (a, b);
        if self.fold {
            if rules::is_commutative(op) && self.order(a, b) {
                std::mem::swap(&mut a, &mut b);
            }
            if let Some(value) = rules::binary(self, op, ty, a, b) {
                return value;
            }
        }
        self.pure(op, ty, Imm::None, &[a, b], ty)
    }

    /// Comparison of two integers, references or pointers of type `ty`.
    pub fn icmp(&mut self, cc: IntCc, ty: Type, a: Value, b: Value) -> Value {
        let (mut cc, mut a, mut b) = (cc, a, b);
        if self.fold {
            if self.order(a, b) {
                (cc, a, b) = (cc.swapped(), b, a);
            }
            if let Some(value) = rules::icmp(self, cc, ty, a, b) {
                return value;
            }
        }
        self.pure(Op::Icmp, ty, Imm::IntCc(cc), &[a, b], Type::I32)
    }

    /// Comparison of two floats of type `ty`.
    pub fn fcmp(&mut self, cc: FloatCc, ty: Type, a: Value, b: Value) -> Value {
        if self.fold
            && let Some(value) = rules::fcmp(self, cc, ty, a, b)
        {
            return value;
        }
        self.pure(Op::Fcmp, ty, Imm::FloatCc(cc), &[a, b], Type::I32)
    }

    /// Conversion to `to`; the operand's type is the value's.
    pub fn convert(&mut self, op: Op, to: Type, a: Value) -> Value {
        if self.fold
            && let Some(value) = rules::convert(self, op, to, a)
        {
            return value;
        }
        self.pure(op, to, Imm::None, &[a], to)
    }

    /// `a` if `cond` is nonzero, else `b`.
    pub fn select(&mut self, ty: Type, cond: Value, a: Value, b: Value) -> Value {
        if self.fold
            && let Some(value) = rules::select(self, ty, cond, a, b)
        {
            return value;
        }
        self.pure(Op::Select, ty, Imm::None, &[cond, a, b], ty)
    }

    /// `add_carry`, `sub_borrow`.
    pub fn carry(&mut self, op: Op, args: [Value; 4]) -> Value {
        if self.fold
            && let Some(value) = rules::carry(self, op, args)
        {
            return value;
        }
        self.pure(op, Type::I64, Imm::None, &args, Type::I64)
    }

    /// Says of the next `branch` how often it goes which way.
    pub fn expect(&mut self, odds: Option<Odds>) {
        self.odds = odds;
    }

    // Guest memory.

    /// A load from guest memory.
    pub fn load(
        &mut self,
        ty: Type,
        access: Access,
        mem: MemId,
        addr: Value,
        offset: u64,
    ) -> Value {
        let (addr, offset) = self.address(addr, offset);
        let imm = Imm::Mem {
            mem,
            access,
            offset,
        };
        let inst = self.emit(Op::Load, ty, imm, &[addr], &[ty]);
        self.result(inst)
    }

    /// A store to guest memory; `ty` is the value's type.
    pub fn store(
        &mut self,
        ty: Type,
        access: Access,
        mem: MemId,
        addr: Value,
        value: Value,
        offset: u64,
    ) {
        let (addr, offset) = self.address(addr, offset);
        let (ty, access, value) = if self.fold {
            rules::stored(self, ty, access, value)
        } else {
            (ty, access, value)
        };
        let imm = Imm::Mem {
            mem,
            access,
            offset,
        };
        self.emit(Op::Store, ty, imm, &[addr, value], &[]);
    }

    fn address(&mut self, addr: Value, offset: u64) -> (Value, u64) {
        if self.fold {
            rules::address(self, addr, offset)
        } else {
            (addr, offset)
        }
    }

    // Everything else.

    /// Appends an instruction as it is.
    pub fn emit(&mut self, op: Op, ty: Type, imm: Imm, args: &[Value], results: &[Type]) -> Inst {
        debug_assert!(
            !self.is_terminated(),
            "{} behind the terminator of {}",
            op.name(),
            self.current()
        );
        let block = self.current();
        let inst = self.func.insts.next_id();
        let first_result = self.func.values.next_id();
        for (i, &ty) in results.iter().enumerate() {
            self.func.values.push(ValueData {
                ty,
                def: ValueDef::Result(inst, i as u32),
            });
        }
        self.func.insts.push(InstData {
            op,
            ty,
            imm,
            args: SmallVec::from_slice(args),
            first_result,
            result_count: results.len() as u32,
            loc: self.loc,
        });
        self.func.blocks[block].insts.push(inst);
        inst
    }

    /// Appends an instruction with one result that depends on nothing but its operands, or finds it in scope.
    pub fn pure(&mut self, op: Op, ty: Type, imm: Imm, args: &[Value], result: Type) -> Value {
        let key = Key {
            op,
            ty,
            imm: &imm,
            args,
        };
        if self.fold
            && let Some(inst) = self.cons.find(self.func, key)
        {
            return self.result(inst);
        }
        let inst = self.emit(op, ty, imm.clone(), args, &[result]);
        if self.fold {
            self.cons.insert(
                Key {
                    op,
                    ty,
                    imm: &imm,
                    args,
                },
                inst,
            );
        }
        self.result(inst)
    }

    /// The results of an instruction.
    pub fn results(&self, inst: Inst) -> impl ExactSizeIterator<Item = Value> + use<> {
        self.func.results(inst)
    }

    /// The only result of an instruction.
    pub fn result(&self, inst: Inst) -> Value {
        debug_assert_eq!(self.func.insts[inst].result_count, 1);
        self.func.insts[inst].first_result
    }

    /// Direct call of a function of the program.
    pub fn call(&mut self, callee: FuncId, sig: &Signature, args: &[Value]) -> Inst {
        self.emit(Op::Call, Type::I32, Imm::Func(callee), args, &sig.results)
    }

    /// Call through a reference, which is the last argument; a direct one where the function is known.
    pub fn call_ref(&mut self, program: &Program, sig: SigId, args_then_ref: &[Value]) -> Inst {
        let signature = program.types[sig].signature();
        if let Some((func, args)) = self.known_callee(args_then_ref) {
            return self.call(func, &signature, args);
        }
        let results = &signature.results;
        self.emit(
            Op::CallRef,
            Type::I32,
            Imm::Sig(sig),
            args_then_ref,
            results,
        )
    }

    /// The function that the last of some operands refers to, if it is known, and the other operands.
    fn known_callee<'v>(&self, args_then_ref: &'v [Value]) -> Option<(FuncId, &'v [Value])> {
        let (&reference, args) = args_then_ref.split_last()?;
        match self.def(reference)? {
            InstData {
                op: Op::RefFunc,
                imm: Imm::Func(func),
                ..
            } if self.fold => Some((*func, args)),
            _ => None,
        }
    }

    /// Reference to a function of the program.
    pub fn ref_func(&mut self, func: FuncId) -> Value {
        self.pure(Op::RefFunc, Type::I32, Imm::Func(func), &[], Type::Ref)
    }

    /// Traps if the condition is nonzero.
    pub fn trap_if(&mut self, cond: Value, code: TrapCode) {
        if !self.fold {
            self.emit(Op::TrapIf, Type::I32, Imm::Trap(code), &[cond], &[]);
            return;
        }
        let cond = rules::truth(self, cond);
        if self.as_const(cond) == Some(0) {
            return;
        }
        let imm = Imm::Trap(code);
        let args = &[cond];
        let key = Key {
            op: Op::TrapIf,
            ty: Type::I32,
            imm: &imm,
            args,
        };
        // The same check before this one has passed.
        if self.cons.find(self.func, key).is_none() {
            let inst = self.emit(Op::TrapIf, Type::I32, imm.clone(), args, &[]);
            self.cons.insert(key, inst);
        }
    }

    // Terminators.

    /// Unconditional jump.
    pub fn jump(&mut self, block: Block, args: &[Value]) {
        let target = Target {
            block,
            args: SmallVec::from_slice(args),
        };
        self.emit(Op::Jump, Type::I32, Imm::Jump(target), &[], &[]);
    }

    /// Conditional branch: `then` if `cond` is nonzero.
    pub fn branch(&mut self, cond: Value, then: (Block, &[Value]), or_else: (Block, &[Value])) {
        let (mut cond, mut then, mut or_else) = (cond, then, or_else);
        let mut odds = self.odds.take();
        if self.fold {
            cond = rules::truth(self, cond);
            while let Some(inverse) = rules::falsity(self, cond) {
                cond = inverse;
                std::mem::swap(&mut then, &mut or_else);
                odds = odds.map(Odds::swapped);
            }
            if let Some(bits) = self.as_const(cond) {
                let (block, args) = if bits != 0 { then } else { or_else };
                return self.jump(block, args);
            }
            if then == or_else {
                return self.jump(then.0, then.1);
            }
        }
        let target = |(block, args): (Block, &[Value])| Target {
            block,
            args: SmallVec::from_slice(args),
        };
        let imm = Imm::Branch {
            then: target(then),
            or_else: target(or_else),
            odds,
        };
        self.emit(Op::Branch, Type::I32, imm, &[cond], &[]);
    }

    /// Multi-way branch; the last target is the default. `weights`: see [`Imm::BrTable`].
    pub fn br_table(&mut self, index: Value, targets: Vec<Target>, weights: &[u32]) {
        if self.fold {
            if let Some(bits) = self.as_const(index) {
                let i = (bits as usize).min(targets.len() - 1);
                return self.jump(targets[i].block, &targets[i].args);
            }
            if targets.iter().all(|t| *t == targets[0]) {
                return self.jump(targets[0].block, &targets[0].args);
            }
        }
        self.emit(
            Op::BrTable,
            Type::I32,
            Imm::BrTable {
                targets: targets.into(),
                weights: weights.into(),
            },
            &[index],
            &[],
        );
    }

    /// Return from the function.
    pub fn ret(&mut self, args: &[Value]) {
        self.emit(Op::Return, Type::I32, Imm::None, args, &[]);
    }

    /// Tail call of a function. One that is not compiled here, so that it does not know our stack area, is called before we return.
    pub fn return_call(&mut self, program: &Program, callee: FuncId, args: &[Value]) {
        match program.funcs[callee].kind {
            FuncKind::Import { .. } | FuncKind::Unknown => {
                let call = self.call(callee, &program.signature(callee), args);
                let results: SmallVec<[Value; 4]> = self.results(call).collect();
                self.ret(&results);
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
            | FuncKind::Canon(_) => {
                self.emit(Op::ReturnCall, Type::I32, Imm::Func(callee), args, &[]);
            }
        }
    }

    /// Tail call through a table; the index is the last argument.
    pub fn return_call_indirect(&mut self, table: TableId, sig: SigId, args_then_index: &[Value]) {
        let imm = Imm::CallIndirect { table, sig };
        self.emit(Op::ReturnCallIndirect, Type::I32, imm, args_then_index, &[]);
    }

    /// Tail call through a reference, which is the last argument; a direct one where the function is known.
    pub fn return_call_ref(&mut self, program: &Program, sig: SigId, args_then_ref: &[Value]) {
        if let Some((func, args)) = self.known_callee(args_then_ref) {
            return self.return_call(program, func, args);
        }
        self.emit(
            Op::ReturnCallRef,
            Type::I32,
            Imm::Sig(sig),
            args_then_ref,
            &[],
        );
    }

    /// Unconditional trap.
    pub fn trap(&mut self, code: TrapCode) {
        self.emit(Op::Trap, Type::I32, Imm::Trap(code), &[], &[]);
    }

    // Exceptions.

    /// A value that an exception of this tag was thrown with.
    pub fn exn_get(&mut self, ty: Type, tag: TagId, index: u32, exception: Value) -> Value {
        let imm = Imm::Payload { tag, index };
        self.pure(Op::ExnGet, ty, imm, &[exception], ty)
    }

    /// Throws a new exception out of the function.
    pub fn throw(&mut self, tag: TagId, payload: &[Value]) {
        self.emit(Op::Throw, Type::I32, Imm::Tag(tag), payload, &[]);
    }

    /// Throws an exception out of the function.
    pub fn throw_ref(&mut self, exception: Value) {
        self.emit(Op::ThrowRef, Type::I32, Imm::None, &[exception], &[]);
    }

    /// Performs a call or throw whose exceptions go to `handlers`, in this order, each of which gets the exception as its first argument. The
    /// results of a call are the first arguments of `normal`, which throws do not have.
    pub fn try_op(
        &mut self,
        (op, imm, args): (Op, Imm, &[Value]),
        results: &[Type],
        normal: Option<Block>,
        handlers: &[(Option<TagId>, Block)],
    ) -> Inst {
        let first = self.func.values.next_id().as_u32();
        let count = results.len() as u32;
        let exception = Value::from_u32(first + count);
        let normal = normal.map(|block| Target {
            block,
            args: (first..first + count).map(Value::from_u32).collect(),
        });
        let landings = handlers.iter().map(|&(_, block)| Target {
            block,
            args: SmallVec::from_slice(&[exception]),
        });
        let imm = Imm::Try(Box::new(Try {
            op,
            imm,
            tags: handlers.iter().map(|(tag, _)| *tag).collect(),
            targets: normal.into_iter().chain(landings).collect(),
        }));
        let (_, landing) = handlers[0];
        let caught = self.ty(self.func.blocks[landing].params[0]);
        let types = [results, &[caught]].concat();
        self.emit(Op::Try, Type::I32, imm, args, &types)
    }

    // Machine level.

    /// Address of a module's instance.
    pub fn instance_addr(&mut self, module: ModuleId) -> Value {
        self.pure(
            Op::InstanceAddr,
            Type::I32,
            Imm::Module(module),
            &[],
            Type::Ptr,
        )
    }

    /// Address of a symbol plus an offset.
    pub fn symbol_addr(&mut self, symbol: Symbol, offset: i64) -> Value {
        let imm = Imm::Symbol { symbol, offset };
        self.pure(Op::SymbolAddr, Type::I32, imm, &[], Type::Ptr)
    }

    /// Native address of a guest address.
    pub fn memory_addr(&mut self, mem: MemId, addr: Value) -> Value {
        self.pure(
            Op::MemoryAddr,
            Type::I32,
            Imm::Memory(mem),
            &[addr],
            Type::Ptr,
        )
    }

    /// Native address plus a byte distance.
    pub fn ptr_add(&mut self, base: Value, distance: Value) -> Value {
        if self.fold && self.as_const(distance) == Some(0) {
            return base;
        }
        self.pure(
            Op::PtrAdd,
            Type::I32,
            Imm::None,
            &[base, distance],
            Type::Ptr,
        )
    }

    /// Load through a native pointer. `trap` is the code of a fault there, if it can fault.
    pub fn raw_load(
        &mut self,
        ty: Type,
        access: Access,
        base: Value,
        offset: i32,
        region: RawRegion,
        trap: Option<TrapCode>,
    ) -> Value {
        let imm = Imm::Raw {
            access,
            offset,
            region,
            trap,
        };
        let inst = self.emit(Op::RawLoad, ty, imm, &[base], &[ty]);
        self.result(inst)
    }

    /// Store through a native pointer; the type is the value's.
    pub fn raw_store(
        &mut self,
        access: Access,
        base: Value,
        value: Value,
        offset: i32,
        region: RawRegion,
        trap: Option<TrapCode>,
    ) {
        let imm = Imm::Raw {
            access,
            offset,
            region,
            trap,
        };
        let ty = self.ty(value);
        self.emit(Op::RawStore, ty, imm, &[base, value], &[]);
    }

    /// A new stack slot of `size` bytes, 16-byte aligned.
    pub fn slot(&mut self, size: u32) -> Slot {
        self.func.slots.push(SlotData { size })
    }

    /// Address of a stack slot.
    pub fn slot_addr(&mut self, slot: Slot) -> Value {
        self.pure(Op::SlotAddr, Type::I32, Imm::Slot(slot), &[], Type::Ptr)
    }

    /// Call of a link-time symbol.
    pub fn call_symbol(&mut self, callee: Callee, sig: Signature, args: &[Value]) -> Inst {
        let results = sig.results.clone();
        let imm = Imm::CallSymbol {
            callee,
            sig: Box::new(sig),
        };
        self.emit(Op::CallSymbol, Type::I32, imm, args, &results)
    }

    /// Whether operands of a commutative op should be exchanged: constants go right, then lower ids go left.
    fn order(&self, a: Value, b: Value) -> bool {
        let is_const = |value| self.def(value).is_some_and(|data| data.op == Op::Const);
        match (is_const(a), is_const(b)) {
            (true, false) => true,
            (false, true) => false,
            _ => a.as_u32() > b.as_u32(),
        }
    }
}
