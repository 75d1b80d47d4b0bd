//! The verifier: structure, dominance and every type rule. Run after each pass in debug builds and tests.

use super::cfg::Cfg;
use super::dom::DomTree;
use super::op::atomic_access;
use super::op::{Callee, Imm, Op, Shape, Target};
use super::program::{ElemId, MemBase, MemId, Program, TableId};
use super::types::{Access, Conv, IntCc, Signature, Type};
use super::vec::{Lanes, VecImm, VecType, vector_op};
use super::{Block, Func, Inst, InstData, TagId, Value, ValueData, ValueDef};
use crate::entity::{EntityId, SideMap};

/// Checks a function.
///
/// # Errors
/// The first violation, with function, block and instruction.
pub fn verify(func: &Func, program: &Program) -> Result<(), String> {
    let verifier = Verifier { func, program };
    verifier
        .run()
        .map_err(|error| format!("{} ({}): {error}", func.id, func.name))
}

struct Verifier<'a> {
    func: &'a Func,
    program: &'a Program,
}

/// Where definitions are, and what dominates what.
struct Places {
    home: SideMap<Inst, Option<(Block, usize)>>,
    listed: SideMap<Block, bool>,
    cfg: Cfg,
    dom: DomTree,
}

type Check = Result<(), String>;

fn ensure(holds: bool, reason: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(reason()) }
}

impl Verifier<'_> {
    fn run(&self) -> Check {
        let func = self.func;
        let entry = *func.layout.first().ok_or("no blocks")?;
        // Where each instruction is, and that blocks and definitions are consistent.
        let mut home: SideMap<Inst, Option<(Block, usize)>> = SideMap::new(None, func.insts.len());
        let mut listed = SideMap::new(false, func.blocks.len());
        for &block in &func.layout {
            ensure(func.blocks.get(block).is_some(), || {
                format!("layout lists unknown {block}")
            })?;
            ensure(!listed[block], || format!("{block} is listed twice"))?;
            listed[block] = true;
            self.block(block, &mut home)
                .map_err(|error| format!("{block}: {error}"))?;
        }
        let entry_types: Vec<Type> = self.types(&func.blocks[entry].params);
        ensure(entry_types == func.sig.params, || {
            format!(
                "entry parameters {entry_types:?} are not the signature's {:?}",
                func.sig.params
            )
        })?;
        for &block in &func.layout {
            for target in func
                .terminator(block)
                .into_iter()
                .flat_map(InstData::targets)
            {
                ensure(
                    func.blocks.get(target.block).is_some() && listed[target.block],
                    || {
                        format!(
                            "{block}: branch to {}, which is not in the layout",
                            target.block
                        )
                    },
                )?;
                ensure(target.block != entry, || {
                    format!("{block}: branch to the entry")
                })?;
            }
        }
        let cfg = Cfg::new(func);
        let dom = DomTree::new(func, &cfg);
        let places = Places {
            home,
            listed,
            cfg,
            dom,
        };
        for &block in &func.layout {
            for (at, &inst) in func.blocks[block].insts.iter().enumerate() {
                let data = &func.insts[inst];
                let check = || {
                    for value in data.uses() {
                        if !self.is_edge_result(value, inst)? {
                            self.use_of(value, block, at, &places)?;
                        }
                    }
                    self.inst(data)
                };
                check().map_err(|error| {
                    format!("{block}, instruction {at} ({}): {error}", data.op.name())
                })?;
            }
        }
        Ok(())
    }

    fn block(&self, block: Block, home: &mut SideMap<Inst, Option<(Block, usize)>>) -> Check {
        let func = self.func;
        let data = &func.blocks[block];
        for (i, &param) in data.params.iter().enumerate() {
            let def = func.values.get(param).map(|v| v.def);
            ensure(def == Some(ValueDef::Param(block, i as u32)), || {
                format!("parameter {param} is defined as {def:?}")
            })?;
        }
        ensure(!data.insts.is_empty(), || "no terminator".to_string())?;
        for (at, &inst) in data.insts.iter().enumerate() {
            let inst_data = func
                .insts
                .get(inst)
                .ok_or_else(|| format!("unknown {inst}"))?;
            let last = at + 1 == data.insts.len();
            ensure(inst_data.is_terminator() == last, || {
                format!(
                    "instruction {at} ({}) ends the block or fails to",
                    inst_data.op.name()
                )
            })?;
            ensure(home[inst].is_none(), || format!("{inst} occurs twice"))?;
            home[inst] = Some((block, at));
            for (i, value) in func.results(inst).enumerate() {
                let def = func.values.get(value).map(|v| v.def);
                ensure(def == Some(ValueDef::Result(inst, i as u32)), || {
                    format!("result {value} of instruction {at} is defined as {def:?}")
                })?;
            }
        }
        Ok(())
    }

    /// Whether the value is a result of the terminator that uses it, on the right edge. Nothing else may use results of terminators.
    fn is_edge_result(&self, value: Value, user: Inst) -> Result<bool, String> {
        let data = self.func.values.get(value);
        let Some(&ValueData {
            def: ValueDef::Result(inst, index),
            ..
        }) = data
        else {
            return Ok(false);
        };
        let Some(def) = self.func.insts.get(inst).filter(|d| d.is_terminator()) else {
            return Ok(false);
        };
        let Imm::Try(it) = &def.imm else {
            return Err(format!("{value} is the result of a terminator"));
        };
        let is_exception = index + 1 == def.result_count;
        let (normal, handlers) = it.targets.split_at(it.first_handler());
        let (there, elsewhere) = if is_exception {
            (handlers, normal)
        } else {
            (normal, handlers)
        };
        let uses = |targets: &[Target]| targets.iter().any(|t| t.args.contains(&value));
        let fits = user == inst && uses(there) && !uses(elsewhere) && !def.args.contains(&value);
        ensure(fits, || {
            format!("{value} is used elsewhere than on its edges")
        })?;
        Ok(true)
    }

    /// That the definition dominates the use.
    fn use_of(&self, value: Value, block: Block, at: usize, places: &Places) -> Check {
        let Places {
            home,
            listed,
            cfg,
            dom,
        } = places;
        let data = self
            .func
            .values
            .get(value)
            .ok_or_else(|| format!("unknown {value}"))?;
        let (def_block, before) = match data.def {
            ValueDef::Param(def_block, _) => {
                ensure(listed[def_block], || {
                    format!("{value} belongs to unlisted {def_block}")
                })?;
                (def_block, true)
            }
            ValueDef::Result(inst, _) => {
                let (def_block, position) =
                    home[inst].ok_or_else(|| format!("{value} is defined nowhere"))?;
                (def_block, position < at)
            }
        };
        if !cfg.is_reachable(block) {
            return Ok(());
        }
        let dominates = if def_block == block {
            before
        } else {
            cfg.is_reachable(def_block) && dom.dominates(def_block, block)
        };
        ensure(dominates, || {
            format!("{value} is used where it may be undefined")
        })
    }

    fn types(&self, values: &[Value]) -> Vec<Type> {
        values.iter().map(|&v| self.func.values[v].ty).collect()
    }

    /// That operands, results and the immediate fit the op.
    fn inst(&self, data: &InstData) -> Check {
        if !data.op.has_type() {
            ensure(data.ty == data.op.implied_type(), || {
                format!("controlling type {}", data.ty)
            })?;
        }
        let (args, results) = self.signature(data)?;
        let found = self.types(&data.args);
        ensure(found == args, || {
            format!("operands {found:?}, expected {args:?}")
        })?;
        let first = data.first_result.as_u32();
        let found: Vec<Type> = (first..first + data.result_count)
            .map(|v| self.func.values[Value::from_u32(v)].ty)
            .collect();
        ensure(found == results, || {
            format!("results {found:?}, expected {results:?}")
        })?;
        for target in data.targets() {
            let (found, expected) = (
                self.types(&target.args),
                self.types(&self.func.blocks[target.block].params),
            );
            ensure(found == expected, || {
                format!("{} takes {expected:?}, not {found:?}", target.block)
            })?;
        }
        Ok(())
    }

    /// Operand and result types of an instruction; checks its immediate and controlling type on the way.
    fn signature(&self, data: &InstData) -> Result<(Vec<Type>, Vec<Type>), String> {
        use Type::{F32, F64, I32, I64, Ptr, Ref};
        let ty = data.ty;
        let int = || ensure(matches!(ty, I32 | I64), || format!("not for {ty}"));
        let float = || ensure(matches!(ty, F32 | F64), || format!("not for {ty}"));
        let only = |one: Type| ensure(ty == one, || format!("not for {ty}"));
        let wrong = || format!("immediate {:?}", data.imm);
        let no_imm = || ensure(data.imm == Imm::None, wrong);
        let operand = |allowed: &[Type]| -> Result<Type, String> {
            let found = self.types(&data.args);
            match found[..] {
                [one] if allowed.contains(&one) => Ok(one),
                _ => Err(format!("operands {found:?}, expected one of {allowed:?}")),
            }
        };
        let one = |args: Vec<Type>, result: Type| Ok((args, vec![result]));
        let none = |args: Vec<Type>| Ok((args, vec![]));
        match data.op {
            Op::Const if ty == Type::V128 => {
                ensure(matches!(data.imm, Imm::Vec(_)), wrong)?;
                one(vec![], ty)
            }
            Op::Const => {
                let Imm::Bits(bits) = data.imm else {
                    return Err(wrong());
                };
                ensure(bits & !super::eval::mask(ty) == 0, || {
                    format!("{bits:#x} is no {ty}")
                })?;
                one(vec![], ty)
            }
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::DivS
            | Op::DivU
            | Op::RemS
            | Op::RemU
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::ShrS
            | Op::ShrU
            | Op::Rotl
            | Op::Rotr => {
                int()?;
                no_imm()?;
                one(vec![ty, ty], ty)
            }
            Op::Clz | Op::Ctz | Op::Popcnt | Op::Ext8S | Op::Ext16S => {
                int()?;
                no_imm()?;
                one(vec![ty], ty)
            }
            Op::Ext32S => {
                only(I64)?;
                no_imm()?;
                one(vec![ty], ty)
            }
            Op::Icmp => {
                ensure(matches!(data.imm, Imm::IntCc(_)), wrong)?;
                ensure(matches!(ty, I32 | I64 | Ref | Ptr), || {
                    format!("not for {ty}")
                })?;
                one(vec![ty, ty], I32)
            }
            Op::Fadd | Op::Fsub | Op::Fmul | Op::Fdiv | Op::Fmin | Op::Fmax | Op::Fcopysign => {
                float()?;
                no_imm()?;
                one(vec![ty, ty], ty)
            }
            Op::Fabs
            | Op::Fneg
            | Op::Fsqrt
            | Op::Fceil
            | Op::Ffloor
            | Op::Ftrunc
            | Op::Fnearest => {
                float()?;
                no_imm()?;
                one(vec![ty], ty)
            }
            Op::Fcmp => {
                ensure(matches!(data.imm, Imm::FloatCc(_)), wrong)?;
                float()?;
                one(vec![ty, ty], I32)
            }
            Op::Wrap => {
                only(I32)?;
                no_imm()?;
                one(vec![I64], I32)
            }
            Op::ExtS | Op::ExtU => {
                only(I64)?;
                no_imm()?;
                one(vec![I32], I64)
            }
            Op::TruncS | Op::TruncU | Op::TruncSatS | Op::TruncSatU => {
                int()?;
                no_imm()?;
                one(vec![operand(&[F32, F64])?], ty)
            }
            Op::ConvS | Op::ConvU => {
                float()?;
                no_imm()?;
                one(vec![operand(&[I32, I64])?], ty)
            }
            Op::Demote => {
                only(F32)?;
                no_imm()?;
                one(vec![F64], F32)
            }
            Op::Promote => {
                only(F64)?;
                no_imm()?;
                one(vec![F32], F64)
            }
            Op::Bitcast => {
                no_imm()?;
                let allowed: &[Type] = match ty {
                    I32 => &[F32],
                    F32 => &[I32],
                    I64 => &[F64, Ref, Ptr],
                    F64 => &[I64],
                    Ref => &[I64, Ptr],
                    Ptr => &[I64, Ref],
                    Type::V128 => &[],
                };
                one(vec![operand(allowed)?], ty)
            }
            Op::Select => {
                no_imm()?;
                one(vec![I32, ty, ty], ty)
            }
            Op::Load | Op::Store => {
                let Imm::Mem { mem, access, .. } = data.imm else {
                    return Err(wrong());
                };
                self.memory(mem)?;
                check_access(access, ty, data.op == Op::Store)?;
                if data.op == Op::Load {
                    one(vec![I32], ty)
                } else {
                    none(vec![I32, ty])
                }
            }
            Op::MemorySize | Op::MemoryGrow | Op::MemoryFill => {
                let Imm::Memory(mem) = data.imm else {
                    return Err(wrong());
                };
                self.memory(mem)?;
                match data.op {
                    Op::MemorySize => one(vec![], I32),
                    Op::MemoryGrow => one(vec![I32], I32),
                    _ => none(vec![I32, I32, I32]),
                }
            }
            Op::MemoryCopy => {
                let Imm::MemoryPair { dst, src } = data.imm else {
                    return Err(wrong());
                };
                self.memory(dst)?;
                self.memory(src)?;
                none(vec![I32, I32, I32])
            }
            Op::MemoryInit | Op::MemoryPlace => {
                let Imm::MemoryInit { mem, data: segment } = data.imm else {
                    return Err(wrong());
                };
                self.memory(mem)?;
                ensure(self.program.datas.get(segment).is_some(), || {
                    format!("unknown {segment}")
                })?;
                match data.op {
                    Op::MemoryPlace => none(vec![I32]),
                    _ => none(vec![I32, I32, I32]),
                }
            }
            Op::DataDrop => match data.imm {
                Imm::Data(segment) if self.program.datas.get(segment).is_some() => none(vec![]),
                _ => Err(wrong()),
            },
            Op::GlobalGet | Op::GlobalSet => {
                let Imm::Global(global) = data.imm else {
                    return Err(wrong());
                };
                let decl = self
                    .program
                    .globals
                    .get(global)
                    .ok_or_else(|| format!("unknown {global}"))?;
                only(decl.ty.ir())?;
                if data.op == Op::GlobalGet {
                    one(vec![], ty)
                } else {
                    none(vec![ty])
                }
            }
            Op::TableGet | Op::TableSet | Op::TableSize | Op::TableGrow | Op::TableFill => {
                let Imm::Table(table) = data.imm else {
                    return Err(wrong());
                };
                self.table(table)?;
                match data.op {
                    Op::TableGet => one(vec![I32], Ref),
                    Op::TableSet => none(vec![I32, Ref]),
                    Op::TableSize => one(vec![], I32),
                    Op::TableGrow => one(vec![Ref, I32], I32),
                    _ => none(vec![I32, Ref, I32]),
                }
            }
            Op::TableCopy => {
                let Imm::TablePair { dst, src } = data.imm else {
                    return Err(wrong());
                };
                self.table(dst)?;
                self.table(src)?;
                none(vec![I32, I32, I32])
            }
            Op::TableInit | Op::TablePlace => {
                let Imm::TableInit { table, elem } = data.imm else {
                    return Err(wrong());
                };
                self.table(table)?;
                self.elem(elem)?;
                match data.op {
                    Op::TablePlace => none(vec![I32]),
                    _ => none(vec![I32, I32, I32]),
                }
            }
            Op::ElemDrop => {
                let Imm::Elem(elem) = data.imm else {
                    return Err(wrong());
                };
                self.elem(elem)?;
                none(vec![])
            }
            Op::RefFunc => match data.imm {
                Imm::Func(func) if self.program.funcs.get(func).is_some() => one(vec![], Ref),
                _ => Err(wrong()),
            },
            Op::Call | Op::ReturnCall => match data.imm {
                Imm::Func(func) if self.program.funcs.get(func).is_some() => {
                    self.called(data, self.program.signature(func))
                }
                _ => Err(wrong()),
            },
            Op::CallIndirect | Op::ReturnCallIndirect => {
                let Imm::CallIndirect { table, sig } = data.imm else {
                    return Err(wrong());
                };
                self.table(table)?;
                let mut sig = self.type_at(sig)?;
                sig.params.push(I32);
                self.called(data, sig)
            }
            Op::CallRef | Op::ReturnCallRef => {
                let Imm::Sig(sig) = data.imm else {
                    return Err(wrong());
                };
                let mut sig = self.type_at(sig)?;
                sig.params.push(Ref);
                self.called(data, sig)
            }
            atomic_access!() => {
                int()?;
                let (access, address) = match data.imm {
                    Imm::Mem { mem, access, .. } => {
                        self.memory(mem)?;
                        (access, I32)
                    }
                    Imm::Raw { access, .. } => (access, Ptr),
                    _ => return Err(wrong()),
                };
                check_access(access, ty, true)?;
                match data.op {
                    Op::AtomicLoad => one(vec![address], ty),
                    Op::AtomicStore => none(vec![address, ty]),
                    Op::AtomicCmpxchg => one(vec![address, ty, ty], ty),
                    _ => one(vec![address, ty], ty),
                }
            }
            Op::AtomicFence => {
                no_imm()?;
                none(vec![])
            }
            Op::AtomicWait | Op::AtomicNotify => {
                let Imm::Mem { mem, access, .. } = data.imm else {
                    return Err(wrong());
                };
                self.memory(mem)?;
                ensure(access == Access::Full, wrong)?;
                if data.op == Op::AtomicWait {
                    int()?;
                    one(vec![I32, ty, I64], I32)
                } else {
                    only(I32)?;
                    one(vec![I32, I32], I32)
                }
            }
            Op::TrapIf => {
                ensure(matches!(data.imm, Imm::Trap(_)), wrong)?;
                none(vec![I32])
            }
            vector_op!() => {
                let (args, result) = vector(data).ok_or_else(wrong)?;
                ensure(data.op != Op::Vextract || result == ty, || {
                    format!("not for {ty}")
                })?;
                one(args, result)
            }
            Op::InstanceAddr => match data.imm {
                Imm::Module(module) if self.program.modules.get(module).is_some() => {
                    one(vec![], Ptr)
                }
                _ => Err(wrong()),
            },
            Op::SymbolAddr => {
                ensure(matches!(data.imm, Imm::Symbol { .. }), wrong)?;
                one(vec![], Ptr)
            }
            Op::SlotAddr => match data.imm {
                Imm::Slot(slot) if self.func.slots.get(slot).is_some() => one(vec![], Ptr),
                _ => Err(wrong()),
            },
            Op::MemoryAddr => match data.imm {
                Imm::Memory(mem)
                    if self.program.memories.get(mem).is_some_and(|decl| {
                        matches!(decl.base, MemBase::Fixed | MemBase::Pinned)
                    }) =>
                {
                    one(vec![I32], Ptr)
                }
                _ => Err(wrong()),
            },
            Op::PtrAdd => {
                no_imm()?;
                one(vec![Ptr, I64], Ptr)
            }
            Op::RawLoad | Op::RawStore => {
                let Imm::Raw { access, .. } = data.imm else {
                    return Err(wrong());
                };
                check_access(access, ty, data.op == Op::RawStore)?;
                if data.op == Op::RawLoad {
                    one(vec![Ptr], ty)
                } else {
                    none(vec![Ptr, ty])
                }
            }
            Op::CallSymbol => {
                let Imm::CallSymbol { callee, sig } = &data.imm else {
                    return Err(wrong());
                };
                let known = match callee {
                    Callee::Func(func) | Callee::Import(func) => {
                        self.program.funcs.get(*func).is_some()
                    }
                    Callee::Runtime(function) => function.signature() == **sig,
                };
                ensure(known, wrong)?;
                Ok((sig.params.clone(), sig.results.clone()))
            }
            Op::CallPtr | Op::ReturnCallPtr => {
                let Imm::CallPtr { conv, sig } = data.imm else {
                    return Err(wrong());
                };
                let mut sig = self.type_at(sig)?;
                let mut params = vec![Ptr];
                if conv == Conv::Far {
                    params.push(Ptr);
                }
                params.append(&mut sig.params);
                sig.params = params;
                self.called(data, sig)
            }
            Op::Jump => {
                ensure(matches!(data.imm, Imm::Jump(_)), wrong)?;
                none(vec![])
            }
            Op::Branch => {
                ensure(matches!(data.imm, Imm::Branch { .. }), wrong)?;
                none(vec![I32])
            }
            Op::BrTable => match &data.imm {
                Imm::BrTable(targets) if !targets.is_empty() => none(vec![I32]),
                _ => Err(wrong()),
            },
            Op::Return => {
                no_imm()?;
                none(self.func.sig.results.clone())
            }
            Op::Trap => {
                ensure(matches!(data.imm, Imm::Trap(_)), wrong)?;
                debug_assert_eq!(data.op.shape(), Shape::Terminator);
                none(vec![])
            }
            Op::Throw => match data.imm {
                Imm::Tag(tag) => none(self.payload(tag)?),
                _ => Err(wrong()),
            },
            Op::ThrowRef => {
                no_imm()?;
                none(vec![Ref])
            }
            Op::ExnGet => {
                let Imm::Payload { tag, index } = data.imm else {
                    return Err(wrong());
                };
                let payload = self.payload(tag)?;
                let found = payload.get(index as usize);
                ensure(found == Some(&ty), || format!("{tag} carries {payload:?}"))?;
                one(vec![Ref], ty)
            }
            Op::Try => {
                let Imm::Try(it) = &data.imm else {
                    return Err(wrong());
                };
                let is_known = matches!(
                    it.op,
                    Op::Call
                        | Op::CallIndirect
                        | Op::CallRef
                        | Op::CallSymbol
                        | Op::CallPtr
                        | Op::Throw
                        | Op::ThrowRef
                );
                ensure(is_known, || format!("{} is tried", it.op.name()))?;
                let count = it.first_handler() + it.tags.len();
                ensure(!it.tags.is_empty() && it.targets.len() == count, wrong)?;
                for tag in it.tags.iter().flatten() {
                    self.payload(*tag)?;
                }
                let inner = InstData {
                    op: it.op,
                    imm: it.imm.clone(),
                    ..data.clone()
                };
                let (args, mut results) = self.signature(&inner)?;
                results.push(Ref);
                Ok((args, results))
            }
        }
    }

    /// Operands and results of a call. A tail call has none, but its callee's must be the function's own, and so must the convention.
    fn called(&self, data: &InstData, sig: Signature) -> Result<(Vec<Type>, Vec<Type>), String> {
        if !data.is_terminator() {
            return Ok((sig.params, sig.results));
        }
        ensure(self.func.conv == Conv::Wasm, || {
            "a tail call in an entry".to_string()
        })?;
        ensure(sig.results == self.func.sig.results, || {
            format!("a tail call with results {:?}", sig.results)
        })?;
        Ok((sig.params, Vec::new()))
    }

    /// What exceptions with a tag carry.
    fn payload(&self, tag: TagId) -> Result<Vec<Type>, String> {
        let decl = self.program.tags.get(tag);
        let decl = decl.ok_or_else(|| format!("unknown {tag}"))?;
        Ok(self.type_at(decl.sig)?.params)
    }

    fn memory(&self, mem: MemId) -> Check {
        ensure(self.program.memories.get(mem).is_some(), || {
            format!("unknown {mem}")
        })
    }

    fn table(&self, table: TableId) -> Check {
        let decl = self.program.tables.get(table);
        ensure(decl.is_some_and(|t| t.elem.ir() == Type::Ref), || {
            format!("unknown {table}")
        })
    }

    fn elem(&self, elem: ElemId) -> Check {
        ensure(self.program.elems.get(elem).is_some(), || {
            format!("unknown {elem}")
        })
    }

    fn type_at(&self, sig: super::SigId) -> Result<Signature, String> {
        let ty = self
            .program
            .types
            .get(sig)
            .ok_or_else(|| format!("unknown {sig}"))?;
        Ok(ty.signature())
    }
}

/// Operand types and the result type of a vector op; `None` if the immediate is not one of the op's.
fn vector(data: &InstData) -> Option<(Vec<Type>, Type)> {
    let shape = data.op.vector()?;
    let lanes = match (shape.imm, &data.imm) {
        (VecImm::None, Imm::None) => Lanes::I8x16,
        (VecImm::Lanes(allowed), &Imm::Lanes(lanes)) if allowed.contains(&lanes) => lanes,
        (VecImm::Lane(allowed), &Imm::Lane { lanes, lane })
            if allowed.contains(&lanes) && u32::from(lane) < lanes.count() =>
        {
            lanes
        }
        (VecImm::Icmp, &Imm::VecIcmp { lanes, cc }) => {
            let is_unsigned = matches!(cc, IntCc::LtU | IntCc::GtU | IntCc::LeU | IntCc::GeU);
            let exists = !(lanes.is_float() || lanes == Lanes::I64x2 && is_unsigned);
            exists.then_some(lanes)?
        }
        (VecImm::Fcmp, &Imm::VecFcmp { lanes, .. }) if lanes.is_float() => lanes,
        (VecImm::Shuffle, Imm::Vec(mask)) if mask.to_le_bytes().iter().all(|&i| i < 32) => {
            Lanes::I8x16
        }
        _ => return None,
    };
    let ty = |ty: VecType| match ty {
        VecType::V128 => Type::V128,
        VecType::I32 => Type::I32,
        VecType::Scalar => lanes.scalar(),
    };
    Some((
        shape.args.iter().map(|&t| ty(t)).collect(),
        ty(shape.result),
    ))
}

/// That the access is narrower than the type, and zero-extending if it is a store's.
fn check_access(access: Access, ty: Type, is_store: bool) -> Check {
    let fits = match access {
        Access::Full => true,
        Access::S8 | Access::S16 => !is_store && matches!(ty, Type::I32 | Type::I64),
        Access::U8 | Access::U16 => matches!(ty, Type::I32 | Type::I64),
        Access::S32 => !is_store && ty == Type::I64,
        Access::U32 => ty == Type::I64,
    };
    ensure(fits, || format!("access {access:?} of {ty}"))
}
