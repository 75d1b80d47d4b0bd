//! Random functions in the shape that WebAssembly gives them: structured control flow with block parameters at joins and loop headers.
//!
//! Few types, constants, addresses and globals, so that equal expressions, aliasing accesses and repeated values are common.

use crate::fold::{Step, all_steps};
use crate::random::Random;
use crate::support::{id, interesting, program};
use crate::vector;
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::*;

/// A generated function with the signature `(i32, i64) -> (i32, i64)`.
pub fn function(seed: u64) -> Func {
    let sig = Signature {
        params: vec![Type::I32, Type::I64],
        results: vec![Type::I32, Type::I64],
    };
    let mut func = Func::new(id(0), "f".to_string(), sig.clone(), Conv::Wasm);
    let mut generator = Generator {
        random: Random::new(seed),
        steps: all_steps(),
        b: Builder::new(&mut func, false),
        values: Vec::new(),
        budget: 60,
        loops: Vec::new(),
    };
    let entry = generator.b.create_block();
    for &ty in &sig.params {
        let param = generator.b.append_param(entry, ty);
        generator.values.push(param);
    }
    generator.b.switch_to(entry);
    generator.sequence(0);
    let results = [generator.operand(Type::I32), generator.operand(Type::I64)];
    generator.b.ret(&results);
    func
}

struct Generator<'f> {
    random: Random,
    steps: Vec<Step>,
    b: Builder<'f>,
    /// Values that dominate the current place.
    values: Vec<Value>,
    budget: u32,
    /// Around the current place: header, types of its parameters.
    loops: Vec<(Block, Vec<Type>)>,
}

impl Generator<'_> {
    fn sequence(&mut self, depth: u32) {
        for _ in 0..3 + self.random.below(6) {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match self.random.below(20) {
                0 | 1 if depth < 4 => self.conditional(depth),
                2 if depth < 4 => self.repeated(depth),
                3 if depth < 4 => self.switch(depth),
                4 => {
                    let cond = self.operand(Type::I32);
                    let zero = self.b.constant(Type::I32, 17);
                    let cond = self.b.icmp(IntCc::Eq, Type::I32, cond, zero);
                    self.b.trap_if(cond, TrapCode::NullReference);
                }
                5..=11 => self.state(),
                12 => self.assembled(),
                _ => self.pure(),
            }
        }
    }

    /// Some value of the type: one at hand, or a constant.
    fn operand(&mut self, ty: Type) -> Value {
        if ty == Type::V128 && self.random.below(4) == 0 {
            let bits = vector::constant(&mut self.random);
            return self.b.constant_vec(bits);
        }
        let fitting: Vec<Value> = self
            .values
            .iter()
            .copied()
            .filter(|&v| self.b.ty(v) == ty)
            .collect();
        if fitting.is_empty() && ty == Type::V128 {
            let bits = vector::constant(&mut self.random);
            return self.b.constant_vec(bits);
        }
        if fitting.is_empty() || ty != Type::V128 && self.random.below(4) == 0 {
            let values = interesting(ty);
            let bits = if self.random.below(2) == 0 {
                values[self.random.below(4)]
            } else {
                *self.random.pick(&values)
            };
            return self.b.constant(ty, bits);
        }
        // Recent ones are likelier.
        let recent = fitting.len().min(6);
        if self.random.below(3) > 0 {
            fitting[fitting.len() - 1 - self.random.below(recent)]
        } else {
            *self.random.pick(&fitting)
        }
    }

    fn pure(&mut self) {
        if self.random.below(3) == 0 {
            let (op, imm) = vector::step(&mut self.random);
            let args: Vec<Value> = vector::operands(op, &imm)
                .into_iter()
                .map(|ty| self.operand(ty))
                .collect();
            let value = self.b.vector(op, imm, &args);
            self.values.push(value);
            return;
        }
        let step = *self.random.pick(&self.steps);
        let args: Vec<Value> = step
            .operands()
            .into_iter()
            .map(|ty| self.operand(ty))
            .collect();
        let value = step.emit(&mut self.b, &args);
        self.values.push(value);
    }

    /// A number that is put together from bytes of memory or of a value, mostly in one of the orders that processors know.
    fn assembled(&mut self) {
        let ty = *self.random.pick(&[Type::I32, Type::I64]);
        let count = [2, 2, 3, 4, 4, 8][self.random.below(6)].min(ty.bytes() as usize);
        let mut order: Vec<usize> = (0..count).collect();
        match self.random.below(4) {
            0 => {}
            1 => order.swap(0, self.random.below(count)),
            _ => order.reverse(),
        }
        let from_memory = self.random.below(3) > 0;
        let mem: MemId = id(u32::from(self.random.below(4) == 0));
        let (address, value) = (self.address(), self.operand(ty));
        let offset = *self.random.pick(&[0, 1, 4, 8]);
        // Where the code begins.
        let first = self.random.below(count);
        let mut sum = self.b.constant(ty, 0);
        for i in 0..count {
            let place = (first + i) % count;
            let from = order[place] as u64;
            let byte = if from_memory {
                let is_signed = place + 1 == count && self.random.below(3) == 0;
                let access = if is_signed { Access::S8 } else { Access::U8 };
                self.b.load(ty, access, mem, address, offset + from)
            } else {
                let distance = self.b.constant(ty, 8 * from);
                let mask = self.b.constant(ty, 0xff);
                let shifted = self.b.binary(Op::ShrU, ty, value, distance);
                self.b.binary(Op::And, ty, shifted, mask)
            };
            match self.random.below(30) {
                0 => self.values.push(byte),
                1 | 2 => self.state(),
                _ => {}
            }
            let distance = self.b.constant(ty, 8 * place as u64);
            let shifted = self.b.binary(Op::Shl, ty, byte, distance);
            let op = *self.random.pick(&[Op::Or, Op::Or, Op::Add, Op::Xor]);
            sum = if i == 0 {
                shifted
            } else {
                self.b.binary(op, ty, sum, shifted)
            };
        }
        self.values.push(sum);
    }

    /// One of few addresses, so that accesses meet.
    fn address(&mut self) -> Value {
        if self.random.below(4) > 0 {
            let bits = [0, 8, 16, 40][self.random.below(4)];
            return self.b.constant(Type::I32, bits);
        }
        let base = self.operand(Type::I32);
        let mask = self.b.constant(Type::I32, 0x1f);
        let base = self.b.binary(Op::And, Type::I32, base, mask);
        if self.random.below(2) == 0 {
            return base;
        }
        let distance = [4u64, 8, 0xffff_fff8][self.random.below(3)];
        let distance = self.b.constant(Type::I32, distance);
        self.b.binary(Op::Add, Type::I32, base, distance)
    }

    fn state(&mut self) {
        let mem: MemId = id(u32::from(self.random.below(4) == 0));
        let global: u32 = self.random.below(5) as u32;
        let global_type = [Type::I32, Type::I64, Type::F64, Type::I32, Type::I32][global as usize];
        let table: TableId = id(self.random.below(2) as u32);
        match self.random.below(20) {
            0..=4 => {
                let (ty, access) = self.access(false);
                let address = self.address();
                let offset = *self.random.pick(&[0, 1, 4, 8]);
                let value = self.b.load(ty, access, mem, address, offset);
                self.values.push(value);
            }
            5..=8 => {
                let (ty, access) = self.access(true);
                let address = self.address();
                let offset = *self.random.pick(&[0, 1, 4, 8]);
                let value = self.operand(ty);
                self.b.store(ty, access, mem, address, value, offset);
            }
            9 | 10 => {
                self.emit(
                    Op::GlobalGet,
                    global_type,
                    Imm::Global(id(global)),
                    &[],
                    &[global_type],
                );
            }
            11 if global < 3 => {
                let value = self.operand(global_type);
                self.emit(
                    Op::GlobalSet,
                    global_type,
                    Imm::Global(id(global)),
                    &[value],
                    &[],
                );
            }
            12 => {
                let argument = self.operand(Type::I32);
                self.emit(
                    Op::Call,
                    Type::I32,
                    Imm::Func(id(1)),
                    &[argument],
                    &[Type::I32],
                );
            }
            13 => {
                let args = [self.operand(Type::I32), self.operand(Type::I64)];
                let imm = Imm::Func(id(2));
                self.emit(Op::Call, Type::I32, imm, &args, &[Type::I64, Type::I32]);
            }
            14 => self.bulk(mem, table),
            16..=18 => self.atomic(mem),
            19 => self.objects(),
            _ => self.table(table),
        }
    }

    /// Mostly aligned, so that it does not end there.
    fn atomic(&mut self, mem: MemId) {
        const OPS: [Op; 12] = [
            Op::AtomicLoad,
            Op::AtomicStore,
            Op::AtomicAdd,
            Op::AtomicSub,
            Op::AtomicAnd,
            Op::AtomicOr,
            Op::AtomicXor,
            Op::AtomicXchg,
            Op::AtomicCmpxchg,
            Op::AtomicFence,
            Op::AtomicNotify,
            Op::AtomicWait,
        ];
        let op = *self.random.pick(&OPS);
        if op == Op::AtomicFence {
            return self.emit(op, Type::I32, Imm::None, &[], &[]);
        }
        let ty = *self.random.pick(&[Type::I32, Type::I64]);
        let narrow = [Access::Full, Access::U8, Access::U16];
        let (ty, access) = match op {
            Op::AtomicNotify => (Type::I32, Access::Full),
            Op::AtomicWait => (ty, Access::Full),
            _ => (ty, *self.random.pick(&narrow)),
        };
        let imm = Imm::Mem {
            mem,
            access,
            offset: *self.random.pick(&[0, 8, 16, 1]),
        };
        let mut args = vec![self.address()];
        let results: &[Type] = match op {
            Op::AtomicLoad => &[ty],
            Op::AtomicStore => {
                args.push(self.operand(ty));
                &[]
            }
            Op::AtomicCmpxchg => {
                args.extend([self.operand(ty), self.operand(ty)]);
                &[ty]
            }
            Op::AtomicNotify => {
                args.push(self.operand(Type::I32));
                &[Type::I32]
            }
            Op::AtomicWait => {
                let timeout = self.b.constant(Type::I64, 0);
                args.extend([self.operand(ty), timeout]);
                &[Type::I32]
            }
            _ => {
                args.push(self.operand(ty));
                &[ty]
            }
        };
        self.emit(op, ty, imm, &args, results);
    }

    fn emit(&mut self, op: Op, ty: Type, imm: Imm, args: &[Value], results: &[Type]) {
        let inst = self.b.emit(op, ty, imm, args, results);
        self.values.extend(self.b.results(inst));
    }

    fn access(&mut self, store: bool) -> (Type, Access) {
        let full = [Type::I32, Type::I64, Type::F32, Type::F64, Type::V128];
        let full = full.map(|ty| (ty, Access::Full));
        let mut choices = full.to_vec();
        for ty in [Type::I32, Type::I64] {
            choices.extend([(ty, Access::U8), (ty, Access::U16)]);
            if !store {
                choices.extend([(ty, Access::S8), (ty, Access::S16)]);
            }
        }
        choices.push((Type::I64, Access::U32));
        if !store {
            choices.push((Type::I64, Access::S32));
        }
        *self.random.pick(&choices)
    }

    fn bulk(&mut self, mem: MemId, table: TableId) {
        let small = |this: &mut Self, n: usize| {
            let bits = this.random.below(n) as u64;
            this.b.constant(Type::I32, bits)
        };
        let other: MemId = id(1);
        let args = [small(self, 64), small(self, 64), small(self, 40)];
        match self.random.below(6) {
            0 => self.emit(Op::MemoryFill, Type::I32, Imm::Memory(mem), &args, &[]),
            1 => self.emit(
                Op::MemoryCopy,
                Type::I32,
                Imm::MemoryPair {
                    dst: mem,
                    src: other,
                },
                &args,
                &[],
            ),
            2 => self.emit(
                Op::MemoryInit,
                Type::I32,
                Imm::MemoryInit { mem, data: id(0) },
                &args,
                &[],
            ),
            3 => self.emit(
                Op::MemorySize,
                Type::I32,
                Imm::Memory(mem),
                &[],
                &[Type::I32],
            ),
            4 => self.emit(
                Op::MemoryGrow,
                Type::I32,
                Imm::Memory(mem),
                &[args[2]],
                &[Type::I32],
            ),
            _ => self.emit(
                Op::TableSize,
                Type::I32,
                Imm::Table(table),
                &[],
                &[Type::I32],
            ),
        }
    }

    fn table(&mut self, table: TableId) {
        let index = self.random.below(6) as u64;
        let index = self.b.constant(Type::I32, index);
        match self.random.below(8) {
            0 | 1 => self.emit(
                Op::TableGet,
                Type::Ref,
                Imm::Table(table),
                &[index],
                &[Type::Ref],
            ),
            2 => {
                let value = self.operand(Type::Ref);
                self.emit(
                    Op::TableSet,
                    Type::Ref,
                    Imm::Table(table),
                    &[index, value],
                    &[],
                );
            }
            3 => {
                let (value, delta) = (self.operand(Type::Ref), self.b.constant(Type::I32, 1));
                self.emit(
                    Op::TableGrow,
                    Type::I32,
                    Imm::Table(table),
                    &[value, delta],
                    &[Type::I32],
                );
            }
            4 => self.emit(Op::RefFunc, Type::I32, Imm::Func(id(2)), &[], &[Type::Ref]),
            5 => {
                let callee = self.reference(2);
                let args = [self.operand(Type::I32), self.operand(Type::I64), callee];
                let imm = Imm::Sig(id(2));
                self.emit(Op::CallRef, Type::I32, imm, &args, &[Type::I64, Type::I32]);
            }
            _ => {
                let argument = self.operand(Type::I32);
                let imm = Imm::CallIndirect { table, sig: id(1) };
                self.emit(
                    Op::CallIndirect,
                    Type::I32,
                    imm,
                    &[argument, index],
                    &[Type::I32],
                );
            }
        }
    }

    /// Makes objects and works on them.
    fn objects(&mut self) {
        let types = program(&self.b.func.sig).types;
        let (structure, bytes, functions): (SigId, SigId, SigId) = (id(4), id(5), id(6));
        let imm = |ty: SigId, field: u32, access: Access, trap: bool| Imm::Object {
            access,
            offset: match types.layout(ty).offsets.get(field as usize) {
                Some(offset) => *offset,
                None => ARRAY_ELEMENTS,
            },
            region: types.region(ty, field),
            trap,
        };
        self.emit(Op::GcNew, Type::I32, Imm::Sig(structure), &[], &[Type::Gc]);
        let object = *self.values.last().expect("the object");
        for (field, ty) in [Type::I32, Type::Gc, Type::I64].into_iter().enumerate() {
            let value = self.operand(ty);
            let imm = imm(structure, field as u32, Access::Full, false);
            self.emit(Op::GcStore, ty, imm, &[object, value], &[]);
        }
        let null = self.b.constant(Type::Gc, 0);
        let read = if self.random.below(20) == 0 {
            null
        } else {
            object
        };
        let load = imm(structure, 1, Access::Full, true);
        self.emit(Op::GcLoad, Type::Gc, load, &[read], &[Type::Gc]);
        let length = 1 + self.random.below(6) as u64;
        let (zero, len) = (
            self.b.constant(Type::I32, 0),
            self.b.constant(Type::I32, length),
        );
        for (ty, access) in [(bytes, Access::U8), (functions, Access::Full)] {
            let new = Imm::Sig(ty);
            self.emit(Op::GcNewArray, Type::I32, new, &[len], &[Type::Gc]);
            let array = *self.values.last().expect("the array");
            let length_imm = Imm::Object {
                access: Access::Full,
                offset: ARRAY_LENGTH,
                region: HEADER_REGION,
                trap: true,
            };
            self.emit(Op::GcLoad, Type::I32, length_imm, &[array], &[Type::I32]);
            let index = self.random.below(length as usize) as u64;
            let index = self.b.constant(Type::I32, index);
            let element = if ty == bytes { Type::I32 } else { Type::Ref };
            let value = self.operand(element);
            let place = imm(ty, 0, access, false);
            let args = [array, index, value];
            self.emit(Op::GcStoreElem, element, place.clone(), &args, &[]);
            self.emit(Op::GcLoadElem, element, place, &[array, zero], &[element]);
            let args = [array, zero, array, zero, len];
            self.emit(Op::ArrayCopy, Type::I32, Imm::Sig(ty), &args, &[]);
            let args = [array, zero, zero, len];
            let (init, new, imm) = if ty == bytes {
                let imm = Imm::TypeData { ty, data: id(0) };
                (Op::ArrayInitData, Op::GcNewData, imm)
            } else {
                let imm = Imm::TypeElem { ty, elem: id(0) };
                (Op::ArrayInitElem, Op::GcNewElem, imm)
            };
            self.emit(init, Type::I32, imm.clone(), &args, &[]);
            self.emit(new, Type::I32, imm, &[zero, len], &[Type::Gc]);
        }
        let cast = Cast {
            first: self.random.below(3) as u32,
            count: self.random.below(3) as u32,
            null: self.random.below(2) == 0,
            i31: self.random.below(2) == 0,
        };
        let tested = self.operand(Type::Gc);
        self.emit(
            Op::GcTest,
            Type::I32,
            Imm::Cast {
                to: cast,
                from: Besides::ALL,
            },
            &[tested],
            &[Type::I32],
        );
        let function = self.reference(2);
        let (first, last) = types.numbers(id(2));
        let cast = Cast {
            first,
            count: last - first + self.random.below(2) as u32,
            ..cast
        };
        self.emit(
            Op::FuncTest,
            Type::I32,
            Imm::Cast {
                to: cast,
                from: Besides::NULL,
            },
            &[function],
            &[Type::I32],
        );
        let op = Op::ExternConvertAny;
        self.emit(op, Type::I32, Imm::None, &[tested], &[Type::Ref]);
        let external = *self.values.last().expect("the reference");
        let op = Op::AnyConvertExtern;
        self.emit(op, Type::I32, Imm::None, &[external], &[Type::Gc]);
        // It is no function.
        self.values.retain(|value| *value != external);
    }

    /// A reference to the function, or null.
    fn reference(&mut self, func: u32) -> Value {
        let reference = self.b.ref_func(id(func));
        if self.random.below(2) == 0 {
            return reference;
        }
        let cond = self.operand(Type::I32);
        let null = self.b.constant(Type::Ref, 0);
        self.b.select(Type::Ref, cond, reference, null)
    }

    fn tail_call(&mut self) {
        let argument = self.operand(Type::I64);
        let (op, imm, callee) = match self.random.below(4) {
            0 => {
                let imm = Imm::CallIndirect {
                    table: id(self.random.below(2) as u32),
                    sig: id(3),
                };
                let index = *self.random.pick(&[4, 4, 4, 0, 2, 9]);
                let index = self.b.constant(Type::I32, index);
                (Op::ReturnCallIndirect, imm, Some(index))
            }
            1 => {
                let reference = self.reference(3);
                (Op::ReturnCallRef, Imm::Sig(id(3)), Some(reference))
            }
            2 => (Op::ReturnCall, Imm::Func(id(3)), None),
            _ => {
                let other = self.operand(Type::I32);
                let args = [other, argument];
                self.b
                    .emit(Op::ReturnCall, Type::I32, Imm::Func(id(0)), &args, &[]);
                return;
            }
        };
        let args: Vec<Value> = [argument].into_iter().chain(callee).collect();
        self.b.emit(op, Type::I32, imm, &args, &[]);
    }

    /// Types of a join's parameters, and the parameters.
    fn join(&mut self) -> (Block, Vec<Type>) {
        let block = self.b.create_block();
        let count = self.random.below(4);
        let types = [Type::I32, Type::I64, Type::F64, Type::I32, Type::V128];
        let types: Vec<Type> = (0..count).map(|_| *self.random.pick(&types)).collect();
        (block, types)
    }

    fn enter(&mut self, block: Block, types: &[Type]) {
        for &ty in types {
            let param = self.b.append_param(block, ty);
            self.values.push(param);
        }
        self.b.switch_to(block);
    }

    fn operands(&mut self, types: &[Type]) -> Vec<Value> {
        types.iter().map(|&ty| self.operand(ty)).collect()
    }

    /// A part of the code in a scope of its own that ends in a jump to `join`, or leaves otherwise.
    fn arm(&mut self, depth: u32, join: Block, types: &[Type]) {
        let outer = self.values.len();
        if self.random.below(4) > 0 {
            self.sequence(depth + 1);
        }
        match self.random.below(12) {
            0 => self.b.trap(TrapCode::Unreachable),
            1 => {
                let results = self.operands(&[Type::I32, Type::I64]);
                self.b.ret(&results);
            }
            2 => self.tail_call(),
            3 if !self.loops.is_empty() => {
                let (header, types) = self.loops[self.random.below(self.loops.len())].clone();
                let args = self.operands(&types);
                self.b.jump(header, &args);
            }
            _ => {
                let args = self.operands(types);
                self.b.jump(join, &args);
            }
        }
        self.values.truncate(outer);
    }

    fn conditional(&mut self, depth: u32) {
        let cond = self.operand(Type::I32);
        let (join, types) = self.join();
        let then = self.b.create_block();
        let counts = [self.random.below(3), self.random.below(300)].map(|it| it as u64);
        self.b.expect(Odds::counted(counts[0], counts[1]));
        if self.random.below(3) == 0 {
            // One-armed, with arguments on the branch itself.
            let args = self.operands(&types);
            self.b.branch(cond, (then, &[]), (join, &args));
            self.b.switch_to(then);
            self.arm(depth, join, &types);
        } else {
            let or_else = self.b.create_block();
            self.b.branch(cond, (then, &[]), (or_else, &[]));
            self.b.switch_to(then);
            self.arm(depth, join, &types);
            self.b.switch_to(or_else);
            self.arm(depth, join, &types);
        }
        self.enter(join, &types);
    }

    fn switch(&mut self, depth: u32) {
        let index = self.operand(Type::I32);
        let (join, types) = self.join();
        let arms: Vec<Block> = (0..2 + self.random.below(3))
            .map(|_| self.b.create_block())
            .collect();
        let mut targets = Vec::new();
        for _ in 0..4 {
            let direct = self.random.below(3) == 0;
            let block = if direct {
                join
            } else {
                *self.random.pick(&arms)
            };
            let args = if direct {
                self.operands(&types)
            } else {
                Vec::new()
            };
            targets.push(Target {
                block,
                args: args.into(),
            });
        }
        let used: Vec<Block> = arms
            .into_iter()
            .filter(|arm| targets.iter().any(|t| t.block == *arm))
            .collect();
        let weights: Vec<u32> = match self.random.below(2) {
            0 => Vec::new(),
            _ => targets
                .iter()
                .map(|_| self.random.below(40) as u32)
                .collect(),
        };
        self.b.br_table(index, targets, &weights);
        for arm in used {
            self.b.switch_to(arm);
            self.arm(depth, join, &types);
        }
        self.enter(join, &types);
    }

    fn repeated(&mut self, depth: u32) {
        let (header, mut types) = self.join();
        types.push(Type::I32);
        let args = self.operands(&types);
        self.b.jump(header, &args);
        self.enter(header, &types);
        self.loops.push((header, types.clone()));
        self.sequence(depth + 1);
        self.loops.pop();
        // Goes round again while some value is small; the fuel ends what does not end.
        let value = self.operand(Type::I32);
        let limit = self.b.constant(Type::I32, 5);
        let cond = self.b.icmp(
            *self.random.pick(&[IntCc::LtU, IntCc::GtS, IntCc::Ne]),
            Type::I32,
            value,
            limit,
        );
        let args = self.operands(&types);
        let after = self.b.create_block();
        self.b.branch(cond, (header, &args), (after, &[]));
        self.b.switch_to(after);
    }
}
