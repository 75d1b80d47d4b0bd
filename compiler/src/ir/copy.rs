//! Re-emission: instructions of a function emitted anew through the builder, with their operands and targets replaced, into another version of the
//! function or into another function. All folding rules see the operands as they have turned out.
//!
//! Value numbering rebuilds functions this way; whatever moves bodies (an inliner, a copier of loops) does too. The instructions to emit, their
//! order and which blocks there are is the caller's choice. Every op is named here, so a new one cannot be forgotten.

use super::op::{arithmetic_op, atomic_access, object_op, vector_op};
use super::{
    Block, Builder, Func, Imm, Inlined, Inst, InstData, Op, Origin, Program, Shape, Slot, Target,
    Try, Type, Value, Watch,
};
use crate::entity::{EntityId, SideMap};
use smallvec::SmallVec;
use std::collections::HashMap;

/// What stands for a value that was not emitted.
const UNKNOWN: Value = Value(u32::MAX);

/// What has become of the parts of a function.
pub struct Copy<'a> {
    old: &'a Func,
    program: &'a Program,
    /// Old value -> new value, for what has been emitted.
    values: SideMap<Value, Value>,
    /// Old block -> new block, once something leads there, and back.
    blocks: SideMap<Block, Option<Block>>,
    olds: SideMap<Block, Block>,
    /// New value -> its bits at the place of emission, where they are known otherwise than by its definition.
    known: SideMap<Value, Option<u64>>,
    /// The new function's stack slots before those of the old one.
    slots: usize,
    /// Where the old function is called that is copied into another.
    call: Option<Origin>,
    /// What the places of an inlined function have become.
    locs: HashMap<Origin, Origin>,
}

impl<'a> Copy<'a> {
    /// For another version of a function, in which places keep their meaning. It gets the stack slots.
    pub fn new(b: &mut Builder, old: &'a Func, program: &'a Program) -> Self {
        let slots = b.func.slots.len();
        old.slots.values().for_each(|slot| {
            b.slot(slot.size);
        });
        Copy {
            old,
            program,
            values: SideMap::new(UNKNOWN, old.values.len()),
            blocks: SideMap::new(None, old.blocks.len()),
            olds: SideMap::new(Block::from_u32(0), old.blocks.len()),
            known: SideMap::new(None, old.values.len()),
            slots,
            call: None,
            locs: HashMap::new(),
        }
    }

    /// For a function that is inlined instead of a call.
    pub fn inlined(b: &mut Builder, old: &'a Func, program: &'a Program, call: Origin) -> Self {
        Copy {
            call: Some(call),
            ..Copy::new(b, old, program)
        }
    }

    /// What a place has become.
    fn loc(&mut self, b: &mut Builder, old: Origin) -> Origin {
        let Some(call) = self.call else {
            return old;
        };
        if let Some(&new) = self.locs.get(&old) {
            return new;
        }
        let place = match old.entry() {
            Some(entry) => {
                let place = self.old.inlined[entry];
                Inlined {
                    caller: self.loc(b, place.caller),
                    ..place
                }
            }
            None => Inlined {
                func: self.old.id,
                offset: old.0,
                caller: call,
            },
        };
        b.func.inlined.push(place);
        let new = Origin::inlined(b.func.inlined.len() - 1);
        self.locs.insert(old, new);
        new
    }

    /// Lets a new value stand for an old one.
    pub fn bind(&mut self, old: Value, new: Value) {
        self.values[old] = new;
    }

    /// Says that a new value has these bits from now on, or that nothing is known of it any more; what was said before.
    pub fn know(&mut self, new: Value, bits: Option<u64>) -> Option<u64> {
        std::mem::replace(&mut self.known[new], bits)
    }

    /// What debuggers are to know of the old function's locals, with what has become of their values: once all is emitted.
    pub fn watches(&mut self, b: &mut Builder) {
        let (old, call) = (self.old, self.call);
        // One call that two bodies stand for leaves open which of them a place belongs to.
        let is_known = call.is_some_and(|call| b.func.watches.iter().any(|it| it.call == call));
        for watch in b
            .func
            .watches
            .iter_mut()
            .filter(|it| is_known && Some(it.call) == call)
        {
            watch.value = None;
        }
        for watch in old.watches.iter().filter(|_| !is_known) {
            let value = watch.value.map(|value| self.values[value]);
            let new = Watch {
                call: match (call, watch.call) {
                    (Some(call), Origin::NONE) => call,
                    (_, inner) => self.loc(b, inner),
                },
                value: value.filter(|&value| value != UNKNOWN),
                ..*watch
            };
            b.func.watches.push(new);
        }
    }

    /// What stands for an old value here.
    pub fn value(&mut self, b: &mut Builder, old: Value) -> Value {
        let value = self.values[old];
        match self.known[value] {
            Some(bits) => b.constant(b.ty(value), bits),
            None => value,
        }
    }

    /// What an instruction's operands have become.
    pub fn args(&mut self, b: &mut Builder, data: &InstData) -> SmallVec<[Value; 4]> {
        data.args.iter().map(|&v| self.value(b, v)).collect()
    }

    /// What an old block has become; it has no parameters yet.
    pub fn block(&mut self, b: &mut Builder, old: Block) -> Block {
        *self.blocks[old].get_or_insert_with(|| {
            let new = b.create_block();
            if self.call.is_none() {
                self.olds[new] = old;
            }
            new
        })
    }

    /// What an old block has become, if anything leads there.
    pub fn block_if_reached(&self, old: Block) -> Option<Block> {
        self.blocks[old]
    }

    /// What a new block was, in another version of the function.
    pub fn old_block(&self, new: Block) -> Block {
        self.olds[new]
    }

    /// Emits an instruction, or what it folds to, and binds its results. Where that ends the block, no more may follow.
    pub fn inst(&mut self, b: &mut Builder, inst: Inst) {
        let data = &self.old.insts[inst];
        let args = self.args(b, data);
        let loc = self.loc(b, data.loc);
        b.set_loc(loc);
        let args = &args[..];
        let value = match data.op {
            arithmetic_op!() => arithmetic(b, data, args),
            vector_op!() => b.vector(data.op, data.imm.clone(), args),
            Op::RefFunc
            | Op::InstanceAddr
            | Op::SymbolAddr
            | Op::MemoryAddr
            | Op::ExnGet
            | Op::ExternConvertAny
            | Op::GcTest
            | Op::FuncTest
            | Op::PtrAdd => {
                let result = self.old.values[data.first_result].ty;
                b.pure(data.op, data.ty, data.imm.clone(), args, result)
            }
            Op::SlotAddr => {
                let slot = data.slot().index() + self.slots;
                b.slot_addr(Slot::from_u32(slot as u32))
            }
            Op::TrapIf => {
                let code = data.trap_code();
                return match b.as_const(args[0]) {
                    Some(1..) => b.trap(code),
                    _ => b.trap_if(args[0], code),
                };
            }
            Op::CallRef => {
                let new = b.call_ref(self.program, data.sig(), args);
                return self.bind_results(b, inst, new);
            }
            Op::Load
            | Op::Store
            | atomic_access!()
            | Op::AtomicFence
            | Op::AtomicWait
            | Op::AtomicNotify
            | Op::MemorySize
            | Op::MemoryGrow
            | Op::MemoryFill
            | Op::MemoryCopy
            | Op::MemoryInit
            | Op::MemoryPlace
            | Op::DataDrop
            | object_op!()
            | Op::GcNew
            | Op::GcNewArray
            | Op::GcNewData
            | Op::GcNewElem
            | Op::ArrayCopy
            | Op::ArrayInitData
            | Op::ArrayInitElem
            | Op::AnyConvertExtern
            | Op::GlobalGet
            | Op::GlobalSet
            | Op::TableGet
            | Op::TableSet
            | Op::TableSize
            | Op::TableGrow
            | Op::TableFill
            | Op::TableCopy
            | Op::TableInit
            | Op::TablePlace
            | Op::ElemDrop
            | Op::RawLoad
            | Op::RawStore
            | Op::Call
            | Op::CallIndirect
            | Op::CallSymbol
            | Op::CallPtr
            | Op::ReturnCallIndirect
            | Op::ReturnCallPtr => {
                self.same(b, inst, data.imm.clone(), args);
                return;
            }
            Op::Jump => {
                let to = self.target(b, data.target(0));
                return b.jump(to.block, &to.args);
            }
            Op::Branch => {
                let then = self.target(b, data.target(0));
                let or_else = self.target(b, data.target(1));
                let or_else = (or_else.block, &or_else.args[..]);
                if let Imm::Branch { odds, .. } = data.imm {
                    b.expect(odds);
                }
                return b.branch(args[0], (then.block, &then.args), or_else);
            }
            Op::BrTable => {
                let targets = data.targets().map(|t| self.target(b, t)).collect();
                let weights = match &data.imm {
                    Imm::BrTable { weights, .. } => &weights[..],
                    _ => &[],
                };
                return b.br_table(args[0], targets, weights);
            }
            Op::Return => return b.ret(args),
            Op::Trap => return b.trap(data.trap_code()),
            Op::ReturnCall => return b.return_call(self.program, data.func(), args),
            Op::ReturnCallRef => return b.return_call_ref(self.program, data.sig(), args),
            Op::Throw => return b.throw(data.tag(), args),
            Op::ThrowRef => return b.throw_ref(args[0]),
            Op::Try => return self.attempt(b, inst, args),
        };
        self.bind(data.first_result, value);
    }

    /// Emits what a `try` performs without its handlers, and goes on as where nothing is thrown.
    pub fn performed(&mut self, b: &mut Builder, inst: Inst) {
        let data = &self.old.insts[inst];
        let it = data.handlers();
        let args = self.args(b, data);
        let loc = self.loc(b, data.loc);
        b.set_loc(loc);
        // The last result is the exception.
        let results: SmallVec<[Value; 2]> = self.old.results(inst).collect();
        let results = &results[..results.len() - 1];
        let types: SmallVec<[Type; 2]> = results.iter().map(|&v| self.old.values[v].ty).collect();
        let new = b.emit(it.op, data.ty, it.imm.clone(), &args, &types);
        for (&old, new) in results.iter().zip(b.results(new)) {
            self.bind(old, new);
        }
        let to = self.target(b, &it.targets[0]);
        b.jump(to.block, &to.args);
    }

    /// Emits an instruction with another immediate, and binds its results.
    fn same(&mut self, b: &mut Builder, inst: Inst, imm: Imm, args: &[Value]) -> Inst {
        let (old, data) = (self.old, &self.old.insts[inst]);
        let types: SmallVec<[Type; 2]> = old.results(inst).map(|v| old.values[v].ty).collect();
        let new = b.emit(data.op, data.ty, imm, args, &types);
        self.bind_results(b, inst, new);
        new
    }

    fn bind_results(&mut self, b: &Builder, inst: Inst, new: Inst) {
        for (old, new) in self.old.results(inst).zip(b.results(new)) {
            self.bind(old, new);
        }
    }

    /// A call or throw with handlers. Its own results are arguments on its edges, known once it is emitted.
    fn attempt(&mut self, b: &mut Builder, inst: Inst, args: &[Value]) {
        let it = self.old.insts[inst].handlers();
        let imm = Imm::Try(Box::new(Try {
            op: it.op,
            imm: it.imm.clone(),
            tags: it.tags.clone(),
            targets: it.targets.iter().map(|t| self.target(b, t)).collect(),
        }));
        let new = self.same(b, inst, imm, args);
        let own: SmallVec<[Value; 4]> = self.old.results(inst).collect();
        for (new, old) in b.func.insts[new].targets_mut().zip(&it.targets) {
            for (new, old) in new.args.iter_mut().zip(&old.args) {
                if own.contains(old) {
                    *new = self.values[*old];
                }
            }
        }
    }

    fn target(&mut self, b: &mut Builder, target: &Target) -> Target {
        Target {
            block: self.block(b, target.block),
            args: target.args.iter().map(|&v| self.value(b, v)).collect(),
        }
    }
}

fn arithmetic(b: &mut Builder, data: &InstData, args: &[Value]) -> Value {
    let (op, ty) = (data.op, data.ty);
    match op.shape() {
        Shape::Nullary => match data.imm {
            Imm::Bits(bits) => b.constant(ty, bits),
            Imm::Vec(bits) => b.constant_vec(bits),
            _ => data.wrong_imm(),
        },
        Shape::Unary => b.unary(op, ty, args[0]),
        Shape::Binary => b.binary(op, ty, args[0], args[1]),
        Shape::Compare => match data.imm {
            Imm::IntCc(cc) => b.icmp(cc, ty, args[0], args[1]),
            Imm::FloatCc(cc) => b.fcmp(cc, ty, args[0], args[1]),
            _ => data.wrong_imm(),
        },
        Shape::Convert => b.convert(op, ty, args[0]),
        Shape::Special => match (op, args) {
            (Op::Select, _) => b.select(ty, args[0], args[1], args[2]),
            (_, &[x, y, a, c]) => b.carry(op, [x, y, a, c]),
            _ => unreachable!("{} in arithmetic", op.name()),
        },
        Shape::Vector | Shape::Terminator => unreachable!("{} in arithmetic", op.name()),
    }
}
