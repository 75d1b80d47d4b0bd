//! The verifier: structure, dominance and every type rule. Run after each pass in debug builds and tests.

use super::cfg::Cfg;
use super::dom::DomTree;
use super::imm::{Callee, Imm, Target, Try};
use super::op::{ImmKind, Op, OpType, Operands, ResultKind, Types};
use super::program::{ElemId, MemBase, MemId, Program, TableId};
use super::types::{Access, Conv, IntCc, Signature, Type};
use super::vec::Lanes;
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
        let row = data.op.row();
        ensure(row.types.allow(data.ty), || format!("not for {}", data.ty))?;
        ensure(imm_fits(data), || format!("immediate {:?}", data.imm))?;
        self.imm(data)?;
        let results = match row.result {
            ResultKind::None => vec![],
            ResultKind::One(result) => vec![self.op_type(data, result, None)],
            ResultKind::Signature => return self.called(data),
        };
        let args = match row.args {
            Operands::Listed(args) => {
                let found = self.types(&data.args);
                let types = args.iter().enumerate();
                types
                    .map(|(i, &arg)| self.op_type(data, arg, found.get(i).copied()))
                    .collect()
            }
            Operands::Signature => self.called(data)?.0,
        };
        ensure(data.op != Op::Vextract || results == [data.ty], || {
            format!("not for {}", data.ty)
        })?;
        Ok((args, results))
    }

    /// The type of an operand or result; the one that is there, if the row allows it among others.
    fn op_type(&self, data: &InstData, ty: OpType, found: Option<Type>) -> Type {
        use Type::{F32, F64, Gc, I32, I64, Ptr, Ref};
        let allowed: &[Type] = match ty {
            OpType::T => &[data.ty],
            OpType::Lane => &[data.imm.lanes().map_or(data.ty, Lanes::scalar)],
            OpType::Address if matches!(data.imm, Imm::Raw { .. }) => &[Ptr],
            OpType::Address => self.address_types(&data.imm),
            OpType::Element => match data.imm {
                Imm::Table(table) if self.program.tables[table].elem.ir() == Gc => &[Gc],
                _ => &[Ref],
            },
            OpType::Exception if self.program.types.exceptions_are_objects() => &[Gc],
            OpType::Exception => &[Ref],
            OpType::AnyInt => &[I32, I64],
            OpType::AnyFloat => &[F32, F64],
            OpType::SameBits => match data.ty {
                I32 => &[F32, Gc],
                F32 | Gc => &[I32],
                I64 => &[F64, Ref, Ptr],
                Ref => &[I64, Ptr],
                Ptr => &[I64, Ref],
                F64 | Type::V128 => &[I64],
            },
            fixed => &[fixed.fixed().unwrap_or(data.ty)],
        };
        found
            .filter(|found| allowed.contains(found))
            .unwrap_or(allowed[0])
    }

    /// What addresses, indices and lengths may be in what the immediate names.
    fn address_types(&self, imm: &Imm) -> &'static [Type] {
        let of = |types: [Type; 2]| match types {
            [Type::I64, Type::I64] => &[Type::I64],
            [Type::I64, _] | [_, Type::I64] => &[Type::I32, Type::I64][..],
            _ => &[Type::I32],
        };
        let memory = |mem: MemId| self.program.memories[mem].address;
        let table = |table: TableId| self.program.tables[table].index;
        match *imm {
            Imm::Mem { mem, .. } | Imm::Memory(mem) | Imm::MemoryInit { mem, .. } => {
                of([memory(mem); 2])
            }
            Imm::MemoryPair { dst, src } => of([memory(dst), memory(src)]),
            Imm::Table(id) | Imm::TableInit { table: id, .. } => of([table(id); 2]),
            Imm::TablePair { dst, src } => of([table(dst), table(src)]),
            _ => &[Type::I32],
        }
    }

    /// That what the immediate names exists and goes with the op.
    fn imm(&self, data: &InstData) -> Check {
        let ty = data.ty;
        let wrong = || format!("immediate {:?}", data.imm);
        match &data.imm {
            &Imm::Bits(bits) => ensure(bits & !super::eval::mask(ty) == 0, || {
                format!("{bits:#x} is no {ty}")
            }),
            &Imm::Mem { mem, access, .. } => {
                self.memory(mem)?;
                let waits = matches!(data.op, Op::AtomicWait | Op::AtomicNotify);
                ensure(!waits || access == Access::Full, wrong)?;
                check_access(access, ty, data.op != Op::Load)
            }
            &Imm::Raw { access, .. } => check_access(access, ty, data.op != Op::RawLoad),
            &Imm::Memory(mem) => {
                self.memory(mem)?;
                let base = self.program.memories[mem].base;
                let is_apart = matches!(base, MemBase::Fixed | MemBase::Pinned);
                ensure(data.op != Op::MemoryAddr || is_apart, wrong)
            }
            &Imm::MemoryPair { dst, src } => {
                self.memory(dst)?;
                self.memory(src)
            }
            &Imm::MemoryInit { mem, data } => {
                self.memory(mem)?;
                ensure(self.program.datas.get(data).is_some(), || {
                    format!("unknown {data}")
                })
            }
            &Imm::Data(segment) => ensure(self.program.datas.get(segment).is_some(), wrong),
            &Imm::Global(global) => {
                let decl = self.program.globals.get(global);
                let decl = decl.ok_or_else(|| format!("unknown {global}"))?;
                ensure(ty == decl.ty.ir(), || format!("not for {ty}"))
            }
            &Imm::Table(table) => {
                self.table(table)?;
                let has_type = data.op.row().types == Types::Reference;
                ensure(
                    !has_type || ty == self.program.tables[table].elem.ir(),
                    || format!("not for {ty}"),
                )
            }
            &Imm::TablePair { dst, src } => {
                self.table(dst)?;
                self.table(src)
            }
            &Imm::TableInit { table, elem } => {
                self.table(table)?;
                self.elem(elem)
            }
            &Imm::Elem(elem) => self.elem(elem),
            &Imm::Func(func) => ensure(self.program.funcs.get(func).is_some(), wrong),
            &Imm::CallIndirect { table, .. } => self.table(table),
            &Imm::Module(module) => ensure(self.program.modules.get(module).is_some(), wrong),
            &Imm::Slot(slot) => ensure(self.func.slots.get(slot).is_some(), wrong),
            Imm::CallSymbol { callee, sig } => {
                let known = match callee {
                    Callee::Func(func) | Callee::Import(func) => {
                        self.program.funcs.get(*func).is_some()
                    }
                    Callee::Pointer => sig.params.first() == Some(&Type::Ptr),
                    Callee::Runtime(function) => function.signature() == **sig,
                };
                ensure(known, wrong)
            }
            Imm::BrTable { targets, weights } => {
                let is_whole = weights.is_empty() || weights.len() == targets.len();
                ensure(!targets.is_empty() && is_whole, wrong)
            }
            &Imm::Payload { tag, index } => {
                let payload = self.payload(tag)?;
                let found = payload.get(index as usize);
                ensure(found == Some(&ty), || format!("{tag} carries {payload:?}"))
            }
            &Imm::Object { access, .. } => {
                let is_store = matches!(data.op, Op::GcStore | Op::GcStoreElem);
                check_access(access, ty, is_store)
            }
            &Imm::TypeData { ty, data } => {
                self.data_type(ty)?;
                ensure(self.program.datas.get(data).is_some(), wrong)
            }
            &Imm::TypeElem { ty, elem } => {
                self.data_type(ty)?;
                self.elem(elem)
            }
            &Imm::Sig(sig) => match data.op {
                Op::GcNew | Op::GcNewArray | Op::ArrayCopy => self.data_type(sig),
                _ => Ok(()),
            },
            Imm::Try(it) => self.handlers(it),
            Imm::None
            | Imm::Vec(_)
            | Imm::Lanes(_)
            | Imm::Lane { .. }
            | Imm::VecIcmp { .. }
            | Imm::VecFcmp { .. }
            | Imm::IntCc(_)
            | Imm::FloatCc(_)
            | Imm::Trap(_)
            | Imm::Symbol { .. }
            | Imm::CallPtr { .. }
            | Imm::Jump(_)
            | Imm::Branch { .. }
            | Imm::Tag(_)
            | Imm::Cast { .. } => Ok(()),
        }
    }

    fn handlers(&self, it: &Try) -> Check {
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
        ensure(!it.tags.is_empty() && it.targets.len() == count, || {
            format!("{} handlers", it.targets.len())
        })?;
        for tag in it.tags.iter().flatten() {
            self.payload(*tag)?;
        }
        Ok(())
    }

    /// Operands and results where a signature says them. A tail call has no results, but its callee's must be the function's own, and so must
    /// the convention.
    fn called(&self, data: &InstData) -> Result<(Vec<Type>, Vec<Type>), String> {
        let sig = match &data.imm {
            &Imm::Func(func) => self.program.signature(func),
            &Imm::CallIndirect { table, sig } => {
                let mut sig = self.type_at(sig)?;
                sig.params.push(self.program.tables[table].index);
                sig
            }
            &Imm::Sig(sig) => {
                let mut sig = self.type_at(sig)?;
                sig.params.push(Type::Ref);
                sig
            }
            Imm::CallSymbol { sig, .. } => (**sig).clone(),
            &Imm::CallPtr { conv, sig } => {
                let mut sig = self.type_at(sig)?;
                let pointers = if conv == Conv::Far { 2 } else { 1 };
                sig.params.splice(0..0, vec![Type::Ptr; pointers]);
                sig
            }
            &Imm::Tag(tag) => return Ok((self.payload(tag)?, vec![])),
            Imm::Try(it) => {
                let inner = InstData {
                    op: it.op,
                    imm: it.imm.clone(),
                    ..data.clone()
                };
                let (args, mut results) = self.signature(&inner)?;
                results.push(self.program.types.exception_type());
                return Ok((args, results));
            }
            // `return`.
            _ => return Ok((self.func.sig.results.clone(), vec![])),
        };
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
        ensure(decl.is_some(), || format!("unknown {table}"))
    }

    fn elem(&self, elem: ElemId) -> Check {
        ensure(self.program.elems.get(elem).is_some(), || {
            format!("unknown {elem}")
        })
    }

    /// Whether the type is one of structures or arrays.
    fn data_type(&self, ty: super::SigId) -> Check {
        let is_known = (EntityId::index(ty)) < self.program.types.len();
        ensure(is_known && self.program.types.func(ty).is_none(), || {
            format!("{ty} is no type of data")
        })
    }

    fn type_at(&self, sig: super::SigId) -> Result<Signature, String> {
        let ty = self.program.types.func(sig);
        let ty = ty.ok_or_else(|| format!("unknown {sig}"))?;
        Ok(ty.signature())
    }
}

/// Whether the immediate is of the kind that the op has.
fn imm_fits(data: &InstData) -> bool {
    let is_vector = data.ty == Type::V128;
    match (data.op.row().imm, &data.imm) {
        (ImmKind::Const, Imm::Vec(_)) => is_vector,
        (ImmKind::Const, Imm::Bits(_)) => !is_vector,
        (ImmKind::Lanes(allowed), Imm::Lanes(lanes)) => allowed.contains(lanes),
        (ImmKind::Lane(allowed), &Imm::Lane { lanes, lane }) => {
            allowed.contains(&lanes) && u32::from(lane) < lanes.count()
        }
        (ImmKind::VecIcmp, &Imm::VecIcmp { lanes, cc }) => {
            let is_unsigned = matches!(cc, IntCc::LtU | IntCc::GtU | IntCc::LeU | IntCc::GeU);
            !(lanes.is_float() || lanes == Lanes::I64x2 && is_unsigned)
        }
        (ImmKind::VecFcmp, Imm::VecFcmp { lanes, .. }) => lanes.is_float(),
        (ImmKind::Shuffle, Imm::Vec(mask)) => mask.to_le_bytes().iter().all(|&i| i < 32),
        (ImmKind::None, Imm::None)
        | (ImmKind::IntCc, Imm::IntCc(_))
        | (ImmKind::FloatCc, Imm::FloatCc(_))
        | (ImmKind::Mem | ImmKind::Cell, Imm::Mem { .. })
        | (ImmKind::Raw | ImmKind::Cell, Imm::Raw { .. })
        | (ImmKind::Memory, Imm::Memory(_))
        | (ImmKind::MemoryPair, Imm::MemoryPair { .. })
        | (ImmKind::MemoryInit, Imm::MemoryInit { .. })
        | (ImmKind::Data, Imm::Data(_))
        | (ImmKind::Global, Imm::Global(_))
        | (ImmKind::Table, Imm::Table(_))
        | (ImmKind::TablePair, Imm::TablePair { .. })
        | (ImmKind::TableInit, Imm::TableInit { .. })
        | (ImmKind::Elem, Imm::Elem(_))
        | (ImmKind::Func, Imm::Func(_))
        | (ImmKind::CallIndirect, Imm::CallIndirect { .. })
        | (ImmKind::Sig, Imm::Sig(_))
        | (ImmKind::Trap, Imm::Trap(_))
        | (ImmKind::Module, Imm::Module(_))
        | (ImmKind::Symbol, Imm::Symbol { .. })
        | (ImmKind::Slot, Imm::Slot(_))
        | (ImmKind::CallSymbol, Imm::CallSymbol { .. })
        | (ImmKind::CallPtr, Imm::CallPtr { .. })
        | (ImmKind::Jump, Imm::Jump(_))
        | (ImmKind::Branch, Imm::Branch { .. })
        | (ImmKind::BrTable, Imm::BrTable { .. })
        | (ImmKind::Tag, Imm::Tag(_))
        | (ImmKind::Payload, Imm::Payload { .. })
        | (ImmKind::Object, Imm::Object { .. })
        | (ImmKind::TypeData, Imm::TypeData { .. })
        | (ImmKind::TypeElem, Imm::TypeElem { .. })
        | (ImmKind::Cast, Imm::Cast { .. })
        | (ImmKind::Try, Imm::Try(_)) => true,
        _ => false,
    }
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
