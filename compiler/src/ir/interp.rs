//! An interpreter for Wasm-level IR: the oracle that passes and the backend are tested against.
//!
//! Runs the functions of a closed world. Values are 128-bit patterns, of which scalars use the low 64 bits as in `eval`; a function
//! reference is the function's id plus one, null is 0, and other references are whatever the host gives. Whoever calls from outside, and
//! the host, pass 64-bit slots as in `abi::ArrayEntry`: a vector takes two. It is exact, not fast.

use super::eval::{self, eval, mask};
use super::eval_vec::{self, eval_vec};
use super::imm::{Callee, Imm, RawRegion, Target, Try};
use super::op::{Op, Shape};
use super::op::{atomic_access, object_op};
use super::program::{
    DataId, ElemId, ElemItems, Entity, FuncId, FuncKind, GlobalId, MemId, ModuleId, Place, Program,
    RtFn, Symbol, TableId, TagId,
};
use super::types::{Access, Type};
use super::uses::Uses;
use super::vec::Lanes;
use super::{Func, Inst, InstData, Value};
use crate::abi::TrapCode;
use crate::entity::{Arena, EntityId};
use std::collections::HashMap;

/// Which NaN arithmetic makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nans {
    /// As the processor that interprets does.
    Host,
    /// The canonical one.
    Canonical,
    /// Others that the standard permits, with the sign set: of canonical operands a canonical one, otherwise one with a payload that no other has.
    /// What differs from a run with canonical ones depends on what the standard leaves open.
    Odd,
    /// As `Odd`, with signs and payloads in an order of their own for each seed.
    Odder { seed: u64 },
    /// The canonical one with the sign set.
    Negative,
    /// All bits of the payload set.
    Ones { negative: bool },
    /// The last operand that is one, made quiet; the canonical one where none is, as on AArch64.
    Last,
}

impl Nans {
    /// The next NaN of a type, if it is not the processor's. `made` counts them, and `plain` says that every NaN among the operands is
    /// canonical but for its sign, so that the result must be, too.
    fn bits(self, ty: Type, plain: bool, made: &mut u64) -> Option<u64> {
        let canonical = eval::canonical_nan(ty);
        let sign = 1 << (eval::width(ty) - 1);
        *made += 1;
        let (negative, factor) = match self {
            Nans::Host | Nans::Last => return None,
            Nans::Canonical => return Some(canonical),
            Nans::Negative => return Some(canonical | sign),
            Nans::Ones { negative: true } => return Some(eval::mask(ty)),
            Nans::Ones { negative: false } => return Some(eval::mask(ty) >> 1),
            Nans::Odd => (true, 0x9e37_79b9_7f4a_7c15),
            Nans::Odder { seed } => {
                let mixed = (*made ^ seed << 40).wrapping_mul(0xd6e8_feb8_6659_fd93);
                let mixed = (mixed ^ mixed >> 29).wrapping_mul(0x94d0_49bb_1331_11eb);
                (mixed >> 63 != 0, 0xc2b2_ae3d_27d4_eb4f)
            }
        };
        // All of the payload but the bit that makes a NaN quiet.
        let payload = (canonical & canonical.wrapping_neg()) - 1;
        let payload = match plain {
            true => 0,
            false => made.wrapping_mul(factor) >> 8 & payload | 1,
        };
        Some(canonical | payload | if negative { sign } else { 0 })
    }
}

/// The last of the operands that is a NaN, made quiet; the canonical one if none is.
fn last_nan(ty: Type, operands: impl DoubleEndedIterator<Item = u64>) -> u64 {
    let moved = operands.rev().find(|&bits| eval::is_nan(ty, bits));
    moved.unwrap_or(0) | eval::canonical_nan(ty)
}

/// Whether a pattern is no NaN, or a canonical one of either sign.
fn is_plain(ty: Type, bits: u64) -> bool {
    let sign = 1 << (eval::width(ty) - 1);
    !eval::is_nan(ty, bits) || bits & !sign == eval::canonical_nan(ty)
}

/// Why execution ended early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    Trap(TrapCode),
    /// An exception that nothing has caught so far: a reference to it.
    Exception(u64),
    /// `RtFn::ComponentTrap` was called with a reason and a number.
    Component(u32, u32),
    /// The instruction budget is spent.
    OutOfFuel,
    /// Something that the interpreter does not run: a machine-level op, a function without body.
    Unsupported(String),
}

impl From<TrapCode> for Stop {
    fn from(code: TrapCode) -> Self {
        Stop::Trap(code)
    }
}

/// Nested calls before the stack counts as exhausted, by default. Deeper ones need more native stack than a test thread has.
const MAX_DEPTH: u32 = 200;
/// Bytes that all objects may have, by default.
const MAX_HEAP: u64 = 1 << 28;
/// Bytes beyond which a memory refuses to grow, which the standard permits.
const MAX_MEMORY: u64 = 1 << 32;
/// Elements beyond which a table refuses to grow, which the standard permits.
const MAX_TABLE: u64 = 10_000_000;

/// Everything mutable in a running program.
#[derive(Clone, Debug)]
pub struct State {
    pub memories: Arena<MemId, Vec<u8>>,
    pub globals: Arena<GlobalId, u128>,
    pub tables: Arena<TableId, Vec<u64>>,
    pub dropped_datas: Arena<DataId, bool>,
    pub dropped_elems: Arena<ElemId, bool>,
    /// Every exception that was thrown; a reference is the index plus one.
    pub exceptions: Vec<(TagId, Vec<u128>)>,
    /// Objects.
    pub heap: Vec<u8>,
    /// Items of segments that were computed, by their places in instances ([`instance_ptr`]).
    pub computed: HashMap<u64, u64>,
    /// Instructions that may still be executed.
    pub fuel: u64,
}

impl State {
    /// The state before any `init` function runs.
    pub fn new(program: &Program, fuel: u64) -> Self {
        let mut memories: Arena<MemId, Vec<u8>> = program
            .memories
            .values()
            .map(|m| vec![0; m.min_bytes().min(MAX_MEMORY) as usize])
            .collect();
        let mut globals: Arena<GlobalId, u128> = program
            .globals
            .values()
            .map(|g| g.constant.unwrap_or(0))
            .collect();
        for (_, module) in program.modules.iter() {
            for image in &module.images {
                let start = image.dst as usize;
                memories[image.memory][start..start + image.bytes.len()]
                    .copy_from_slice(&image.bytes);
            }
        }
        for (id, global) in program.globals.iter() {
            let Place::Own(at) = global.place else {
                continue;
            };
            for (start, bytes) in &program.modules[global.module].template {
                let ty = global.ty.ir();
                let len = ty.bytes().max(8) as usize;
                let cell = (at as usize)
                    .checked_sub(*start as usize)
                    .and_then(|i| bytes.get(i..i + len));
                if let Some(cell) = cell {
                    globals[id] = bits(cell) & wide_mask(ty);
                }
            }
        }
        State {
            memories,
            globals,
            tables: program
                .tables
                .values()
                .map(|t| vec![0; t.min as usize])
                .collect(),
            dropped_datas: program.datas.values().map(|_| false).collect(),
            dropped_elems: program.elems.values().map(|_| false).collect(),
            exceptions: Vec::new(),
            heap: Vec::new(),
            computed: HashMap::new(),
            fuel,
        }
    }

    /// The bytes at a guest address.
    ///
    /// # Errors
    /// Out of bounds.
    pub fn bytes(&mut self, mem: MemId, start: u64, len: u64) -> Result<&mut [u8], Stop> {
        range(&mut self.memories[mem], start, len).ok_or(TrapCode::MemoryOutOfBounds.into())
    }
}

/// Little-endian bytes, at most 16.
fn bits(bytes: &[u8]) -> u128 {
    let mut wide = [0; 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(wide)
}

/// Low bits that a value of the type uses.
fn wide_mask(ty: Type) -> u128 {
    match ty {
        Type::V128 => u128::MAX,
        Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Ref | Type::Gc | Type::Ptr => {
            u128::from(mask(ty))
        }
    }
}

/// Values from slots, as far as those go.
fn from_slots(types: &[Type], slots: &[u64]) -> Vec<u128> {
    let mut slots = slots.iter().map(|&slot| u128::from(slot));
    types
        .iter()
        .map_while(|&ty| match ty {
            Type::V128 => Some(slots.next()? | slots.next()? << 64),
            Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Ref | Type::Gc | Type::Ptr => {
                slots.next()
            }
        })
        .collect()
}

/// Values as slots.
fn to_slots(types: &[Type], values: &[u128]) -> Vec<u64> {
    let mut slots = Vec::with_capacity(values.len());
    for (&ty, &value) in types.iter().zip(values) {
        slots.push(value as u64);
        if ty == Type::V128 {
            slots.push((value >> 64) as u64);
        }
    }
    slots
}

fn range<T>(items: &mut [T], start: u64, len: u64) -> Option<&mut [T]> {
    let end = start.checked_add(len)?;
    items.get_mut(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// What imported functions do: `(state, function, arguments) -> results`, in slots.
pub type Host<'a> = dyn FnMut(&mut State, FuncId, &[u64]) -> Result<Vec<u64>, Stop> + 'a;

/// What the runtime's functions do, as [`Host`]. Pointers into the instance of a module are [`instance_ptr`].
pub type Runtime<'a> = dyn FnMut(&mut State, RtFn, &[u64]) -> Result<Vec<u64>, Stop> + 'a;

/// What stands for a pointer into the instance of a module.
pub fn instance_ptr(module: ModuleId, offset: i64) -> u64 {
    (u64::from(module.as_u32()) + 1) << 32 | offset as u64
}

/// How a function ends.
enum Leave {
    Return(Vec<u128>),
    /// A tail call.
    Call(FuncId, Vec<u128>),
}

/// A program with its bodies.
pub struct Interp<'a> {
    pub program: &'a Program,
    pub bodies: &'a HashMap<FuncId, Func>,
    pub state: State,
    host: Box<Host<'a>>,
    /// Runs calls of the runtime, which are not supported without it.
    pub runtime: Option<Box<Runtime<'a>>>,
    nans: Nans,
    /// NaNs made so far.
    nans_made: u64,
    depth: u32,
    /// Nested calls before the stack counts as exhausted.
    pub max_depth: u32,
    /// Bytes that all objects may have; none is ever given back.
    pub heap_limit: u64,
    /// Whether a vector store that traps at the end of a memory writes what is in bounds, as an AArch64 processor may.
    pub tears: bool,
    /// Whether there was such a store.
    pub met_torn: bool,
    /// Of what proposals instructions were that were executed.
    pub ran: Uses,
}

impl<'a> Interp<'a> {
    /// An interpreter in the state before `init`.
    pub fn new(
        program: &'a Program,
        bodies: &'a HashMap<FuncId, Func>,
        fuel: u64,
        nans: Nans,
        host: Box<Host<'a>>,
    ) -> Self {
        Interp {
            program,
            bodies,
            state: State::new(program, fuel),
            host,
            runtime: None,
            nans,
            nans_made: 0,
            depth: 0,
            max_depth: MAX_DEPTH,
            heap_limit: MAX_HEAP,
            tears: false,
            met_torn: false,
            ran: Uses::default(),
        }
    }

    /// Instantiates all modules in order.
    ///
    /// # Errors
    /// What stops an `init` function.
    pub fn init(&mut self) -> Result<(), Stop> {
        for module in self.program.modules.values() {
            if let Some(init) = module.init {
                self.call(init, &[])?;
            }
        }
        Ok(())
    }

    /// Calls an exported function of the main module; arguments and results are slots.
    ///
    /// # Errors
    /// What stops it; `Unsupported` if there is no such function.
    pub fn invoke(&mut self, export: &str, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let module = &self.program.modules[self.program.main];
        let found = module.exports.iter().find(|e| e.name == export);
        match found.map(|e| e.entity) {
            Some(Entity::Func(func)) => self.call(func, args),
            _ => Err(Stop::Unsupported(format!("no exported function {export}"))),
        }
    }

    /// The value of a global, as slots.
    pub fn global(&self, global: GlobalId) -> Vec<u64> {
        let decl = &self.program.globals[global];
        let value = decl.constant.unwrap_or(self.state.globals[global]);
        to_slots(&[decl.ty.ir()], &[value])
    }

    /// Calls a function; arguments and results are slots.
    ///
    /// # Errors
    /// What stops it.
    pub fn call(&mut self, id: FuncId, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let sig = match self.bodies.get(&id) {
            Some(body) => body.sig.clone(),
            None => self.program.signature(id),
        };
        let results = self.call_values(id, &from_slots(&sig.params, args))?;
        Ok(to_slots(&sig.results, &results))
    }

    fn call_values(&mut self, id: FuncId, args: &[u128]) -> Result<Vec<u128>, Stop> {
        if self.depth >= self.max_depth {
            return Err(TrapCode::StackOverflow.into());
        }
        self.depth += 1;
        let mut leave = self.enter(id, args);
        while let Ok(Leave::Call(id, args)) = leave {
            leave = self.enter(id, &args);
        }
        self.depth -= 1;
        match leave? {
            Leave::Return(results) => Ok(results),
            Leave::Call(id, _) => unreachable!("{id} was not entered"),
        }
    }

    /// Runs a function until it returns or calls another in its stead.
    fn enter(&mut self, id: FuncId, args: &[u128]) -> Result<Leave, Stop> {
        match &self.program.funcs[id].kind {
            FuncKind::Import { .. } => {
                let sig = self.program.signature(id);
                let args = to_slots(&sig.params, args);
                let results = (self.host)(&mut self.state, id, &args)?;
                return Ok(Leave::Return(from_slots(&sig.results, &results)));
            }
            FuncKind::Unknown => return Err(TrapCode::UnknownImport.into()),
            FuncKind::ImportAdapter { callee } => return self.enter(*callee, args),
            FuncKind::Defined { .. }
            | FuncKind::Init
            | FuncKind::ArrayEntry { .. }
            | FuncKind::ContEntry
            | FuncKind::CExport { .. }
            | FuncKind::LibraryExport { .. }
            | FuncKind::LibraryFunction { .. }
            | FuncKind::HostExport { .. }
            | FuncKind::FarEntry { .. }
            | FuncKind::Canon(_) => {}
        }
        let func = self
            .bodies
            .get(&id)
            .ok_or_else(|| Stop::Unsupported(format!("{id} has no body")))?;
        self.run(func, args)
    }

    fn run(&mut self, func: &Func, args: &[u128]) -> Result<Leave, Stop> {
        let mut values = vec![0u128; func.values.len()];
        let mut block = func.layout[0];
        for (&param, &arg) in func.blocks[block].params.iter().zip(args) {
            values[param.index()] = arg;
        }
        'block: loop {
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                self.state.fuel = self.state.fuel.checked_sub(1).ok_or(Stop::OutOfFuel)?;
                self.ran = self.ran.with(Uses::of(data, self.program));
                let get = |i: usize| values[data.args[i].index()];
                let target: &Target = match (data.op, &data.imm) {
                    (Op::Jump, Imm::Jump(target)) => target,
                    (Op::Branch, Imm::Branch { then, or_else, .. }) => {
                        if get(0) as u32 != 0 {
                            then
                        } else {
                            or_else
                        }
                    }
                    (Op::BrTable, Imm::BrTable { targets, .. }) => {
                        let last = targets.len() - 1;
                        &targets[(get(0) as u32 as usize).min(last)]
                    }
                    (Op::Return, _) => {
                        let results = data.args.iter().map(|v| values[v.index()]);
                        return Ok(Leave::Return(results.collect()));
                    }
                    (Op::ReturnCall | Op::ReturnCallIndirect | Op::ReturnCallRef, imm) => {
                        let mut args: Vec<u128> =
                            data.args.iter().map(|v| values[v.index()]).collect();
                        let callee = self.callee(imm, &mut args)?;
                        return Ok(Leave::Call(callee, args));
                    }
                    (Op::Trap, Imm::Trap(code)) => return Err(Stop::Trap(*code)),
                    (Op::Throw | Op::ThrowRef, imm) => {
                        let args: Vec<u128> = data.args.iter().map(|v| values[v.index()]).collect();
                        return Err(self.thrown(imm, args));
                    }
                    (Op::Try, Imm::Try(it)) => {
                        let args: Vec<u128> = data.args.iter().map(|v| values[v.index()]).collect();
                        let (index, results) = self.attempt(it, args)?;
                        for (value, bits) in results.into_iter().enumerate() {
                            let value = match index < it.first_handler() {
                                true => value,
                                false => data.result_count as usize - 1,
                            };
                            values[data.first_result.index() + value] = bits;
                        }
                        &it.targets[index]
                    }
                    _ => {
                        self.step(func, inst, data, &mut values)?;
                        continue;
                    }
                };
                // All at once: a loop may exchange its parameters.
                let args: Vec<u128> = target.args.iter().map(|v| values[v.index()]).collect();
                for (param, arg) in func.blocks[target.block].params.iter().zip(args) {
                    values[param.index()] = arg;
                }
                block = target.block;
                continue 'block;
            }
            return Err(Stop::Unsupported(format!("{block} has no terminator")));
        }
    }

    /// The exception that a `throw` (with its tag) or `throw_ref` throws, or the trap.
    fn thrown(&mut self, imm: &Imm, args: Vec<u128>) -> Stop {
        match (imm, args[..].first()) {
            (Imm::Tag(tag), _) => {
                self.state.exceptions.push((*tag, args));
                Stop::Exception(self.state.exceptions.len() as u64)
            }
            (_, Some(0)) => TrapCode::NullReference.into(),
            (_, Some(&exception)) => Stop::Exception(exception as u64),
            (imm, None) => Stop::Unsupported(format!("a throw with {imm:?}")),
        }
    }

    /// Performs what is tried: the target, and the results of the call or the exception.
    fn attempt(&mut self, it: &Try, args: Vec<u128>) -> Result<(usize, Vec<u128>), Stop> {
        let outcome = match it.op {
            Op::Throw | Op::ThrowRef => Err(self.thrown(&it.imm, args)),
            _ => self.called(&it.imm, args),
        };
        let exception = match outcome {
            Ok(results) => return Ok((0, results)),
            Err(Stop::Exception(exception)) => exception,
            Err(stop) => return Err(stop),
        };
        let (tag, _) = &self.state.exceptions[exception as usize - 1];
        let fits = |wanted: &Option<TagId>| wanted.is_none_or(|wanted| wanted == *tag);
        match it.tags.iter().position(fits) {
            Some(handler) => Ok((it.first_handler() + handler, vec![exception.into()])),
            None => Err(Stop::Exception(exception)),
        }
    }

    /// Performs a call.
    fn called(&mut self, imm: &Imm, mut args: Vec<u128>) -> Result<Vec<u128>, Stop> {
        let callee = self.callee(imm, &mut args)?;
        self.call_values(callee, &args)
    }

    /// An instruction that is no terminator.
    fn step(
        &mut self,
        func: &Func,
        inst: Inst,
        data: &InstData,
        values: &mut [u128],
    ) -> Result<(), Stop> {
        let wide: Vec<u128> = data
            .args
            .iter()
            .map(|&v| values[v.index()] & wide_mask(func.values[v].ty))
            .collect();
        let args: Vec<u64> = wide.iter().map(|&bits| bits as u64).collect();
        let from = |value: Value| func.values[value].ty;
        let mut define = |results: &[u128]| {
            for (value, bits) in func.results(inst).zip(results) {
                values[value.index()] = bits & wide_mask(func.values[value].ty);
            }
        };
        match (data.op, &data.imm) {
            (Op::Const, Imm::Bits(bits)) => define(&[u128::from(*bits)]),
            (Op::Const, Imm::Vec(bits)) => define(&[*bits]),
            (Op::Select, _) => define(&[if args[0] as u32 != 0 {
                wide[1]
            } else {
                wide[2]
            }]),
            (
                Op::Load | Op::Store,
                Imm::Mem {
                    mem,
                    access,
                    offset,
                },
            ) => {
                let len = u64::from(access.bytes(data.ty));
                let start = args[0]
                    .checked_add(*offset)
                    .ok_or(TrapCode::MemoryOutOfBounds)?;
                if data.op == Op::Store && data.ty == Type::V128 && *access == Access::Full {
                    self.tear(*mem, start, wide[1]);
                }
                let bytes = self.state.bytes(*mem, start, len)?;
                if data.op == Op::Load {
                    define(&[load(bytes, data.ty, *access)]);
                } else {
                    bytes.copy_from_slice(&wide[1].to_le_bytes()[..len as usize]);
                }
            }
            (
                Op::SymbolAddr,
                &Imm::Symbol {
                    symbol: Symbol::Instance(module),
                    offset,
                },
            ) => define(&[instance_ptr(module, offset).into()]),
            (Op::InstanceAddr, &Imm::Module(module)) => {
                define(&[instance_ptr(module, 0).into()]);
            }
            (Op::PtrAdd, _) => define(&[u128::from(args[0].wrapping_add(args[1]))]),
            // Of what is in instances only items of segments are here; that their descriptor says where they lie is known.
            (
                Op::RawStore,
                &Imm::Raw {
                    offset,
                    region: RawRegion::Segments,
                    ..
                },
            ) => {
                let place = args[0].wrapping_add_signed(offset.into());
                self.state.computed.insert(place, args[1]);
            }
            (Op::CallSymbol, Imm::CallSymbol { callee, .. }) => {
                let results = self.runtime_call(*callee, &args)?;
                let results: Vec<u128> = results.into_iter().map(u128::from).collect();
                define(&results);
            }
            (Op::TrapIf, Imm::Trap(code)) => {
                if args[0] as u32 != 0 {
                    return Err(Stop::Trap(*code));
                }
            }
            (Op::GlobalGet, Imm::Global(global)) => define(&[self.state.globals[*global]]),
            (Op::GlobalSet, Imm::Global(global)) => self.state.globals[*global] = wide[0],
            (Op::RefFunc, Imm::Func(id)) => define(&[u128::from(id.as_u32()) + 1]),
            (Op::Call | Op::CallIndirect | Op::CallRef, imm) => {
                let results = self.called(imm, wide)?;
                define(&results);
            }
            (Op::ExnGet, Imm::Payload { index, .. }) => {
                let (_, payload) = &self.state.exceptions[args[0] as usize - 1];
                define(&[payload[*index as usize]]);
            }
            (
                Op::MemorySize
                | Op::MemoryGrow
                | Op::MemoryFill
                | Op::MemoryCopy
                | Op::MemoryInit
                | Op::MemoryPlace
                | Op::DataDrop,
                imm,
            ) => {
                if let Some(result) = self.memory_op(data.op, imm, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (
                Op::TableGet
                | Op::TableSet
                | Op::TableSize
                | Op::TableGrow
                | Op::TableFill
                | Op::TableCopy
                | Op::TableInit
                | Op::TablePlace
                | Op::ElemDrop,
                imm,
            ) => {
                if let Some(result) = self.table_op(data.op, imm, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (op, imm) if op.shape() == Shape::Vector => {
                let Some(mut bits) = eval_vec(op, imm, &wide) else {
                    return Err(Stop::Unsupported(format!("{} {imm:?}", op.name())));
                };
                if let Some(lanes) = eval_vec::nan_lanes(op, imm) {
                    let source = match op {
                        Op::Vdemote => Lanes::F64x2,
                        Op::Vpromote => Lanes::F32x4,
                        _ => lanes,
                    };
                    let plain = wide.iter().all(|&operand| {
                        (0..source.count())
                            .all(|i| is_plain(source.scalar(), eval_vec::lane(operand, source, i)))
                    });
                    let (nans, made) = (self.nans, &mut self.nans_made);
                    bits = eval_vec::replace_nans(bits, lanes, |nan| {
                        nans.bits(lanes.scalar(), plain, made).unwrap_or(nan)
                    });
                    if nans == Nans::Last && source == lanes {
                        let (ty, all) = (lanes.scalar(), bits);
                        bits = eval_vec::from_lanes(lanes, |i| {
                            let operands = wide.iter().map(|&v| eval_vec::lane(v, lanes, i));
                            match eval_vec::lane(all, lanes, i) {
                                nan if eval::is_nan(ty, nan) => last_nan(ty, operands),
                                number => number,
                            }
                        });
                    }
                }
                define(&[bits]);
            }
            (
                atomic_access!() | Op::AtomicWait | Op::AtomicNotify,
                Imm::Mem {
                    mem,
                    access,
                    offset,
                },
            ) => {
                let place = (*mem, *access, *offset);
                if let Some(result) = self.atomic(data, place, &args)? {
                    define(&[u128::from(result)]);
                }
            }
            (Op::AtomicFence, _) => {}
            (Op::GcTest | Op::FuncTest, _) => {
                let found = self.is_cast(data, args[0])?;
                define(&[u128::from(found)]);
            }
            (
                object_op!()
                | Op::GcNew
                | Op::GcNewArray
                | Op::GcNewData
                | Op::GcNewElem
                | Op::ArrayCopy
                | Op::ArrayInitData
                | Op::ArrayInitElem
                | Op::AnyConvertExtern
                | Op::ExternConvertAny,
                _,
            ) => {
                if let Some(result) = self.object_op(data, &wide)? {
                    define(&[result]);
                }
            }
            (op, imm) => {
                let from = data.args.first().map_or(data.ty, |&v| from(v));
                let Some(result) = eval(op, data.ty, imm, from, &args) else {
                    return Err(Stop::Unsupported(format!("{} {imm:?}", op.name())));
                };
                let mut bits = result?;
                if eval::makes_nan(op) && eval::is_nan(data.ty, bits) {
                    let plain = args.iter().all(|&operand| is_plain(from, operand));
                    let nan = self.nans.bits(data.ty, plain, &mut self.nans_made);
                    bits = nan.unwrap_or(bits);
                    if self.nans == Nans::Last && from == data.ty {
                        bits = last_nan(from, args.iter().copied());
                    }
                }
                define(&[u128::from(bits)]);
            }
        }
        Ok(())
    }

    fn runtime_call(&mut self, callee: Callee, args: &[u64]) -> Result<Vec<u64>, Stop> {
        match (callee, &mut self.runtime) {
            (Callee::Runtime(RtFn::ComponentTrap), _) => {
                Err(Stop::Component(args[0] as u32, args[1] as u32))
            }
            (Callee::Runtime(function), Some(run)) => run(&mut self.state, function, args),
            (callee, _) => Err(Stop::Unsupported(format!("a call of {callee:?}"))),
        }
    }

    /// Whom a call calls; takes the table index or the reference off its arguments.
    fn callee(&self, imm: &Imm, args: &mut Vec<u128>) -> Result<FuncId, Stop> {
        let func = |reference: u128| FuncId::from_u32(reference as u32 - 1);
        match imm {
            Imm::Func(id) => Ok(*id),
            Imm::CallIndirect { table, sig } => {
                let index = args.pop().expect("the index");
                let entry = self.state.tables[*table].get(index as usize);
                let id = match *entry.ok_or(TrapCode::TableOutOfBounds)? {
                    0 => return Err(TrapCode::IndirectCallToNull.into()),
                    reference => func(reference.into()),
                };
                let types = &self.program.types;
                if !types.is_subtype(self.program.funcs[id].sig, *sig) {
                    return Err(TrapCode::BadSignature.into());
                }
                Ok(id)
            }
            Imm::Sig(sig) => match args.pop().expect("the reference") {
                0 => Err(TrapCode::NullReference.into()),
                reference
                    if self
                        .program
                        .types
                        .is_subtype(self.program.funcs[func(reference)].sig, *sig) =>
                {
                    Ok(func(reference))
                }
                reference => Err(Stop::Unsupported(format!(
                    "{} is no {sig}",
                    func(reference)
                ))),
            },
            imm => Err(Stop::Unsupported(format!("a call with {imm:?}"))),
        }
    }

    /// Writes what is in bounds of a vector store that is about to trap.
    fn tear(&mut self, mem: MemId, start: u64, value: u128) {
        let memory = &mut self.state.memories[mem];
        let inside = (memory.len() as u64).saturating_sub(start);
        if (1..16).contains(&inside) {
            self.met_torn = true;
            if self.tears {
                let (start, inside) = (start as usize, inside as usize);
                memory[start..].copy_from_slice(&value.to_le_bytes()[..inside]);
            }
        }
    }

    /// An atomic access, there being one thread: whoever would wait for another has timed out at once, or would wait for ever.
    fn atomic(
        &mut self,
        data: &InstData,
        (mem, access, offset): (MemId, Access, u64),
        args: &[u64],
    ) -> Result<Option<u64>, Stop> {
        let bytes = u64::from(access.bytes(data.ty));
        let shared = self.program.memories[mem].shared;
        if data.op == Op::AtomicWait && !shared {
            return Err(TrapCode::ExpectedSharedMemory.into());
        }
        if !args[0].wrapping_add(offset).is_multiple_of(bytes) {
            return Err(TrapCode::UnalignedAtomic.into());
        }
        let address = args[0].checked_add(offset);
        let address = address.ok_or(TrapCode::MemoryOutOfBounds)?;
        let cell = self.state.bytes(mem, address, bytes)?;
        let old = load(cell, data.ty, access) as u64;
        let width = u64::MAX >> (64 - 8 * bytes);
        let operand = args.get(1).map_or(0, |bits| bits & width);
        let new = match data.op {
            Op::AtomicLoad => old,
            Op::AtomicStore | Op::AtomicXchg => operand,
            Op::AtomicAdd => old.wrapping_add(operand),
            Op::AtomicSub => old.wrapping_sub(operand),
            Op::AtomicAnd => old & operand,
            Op::AtomicOr => old | operand,
            Op::AtomicXor => old ^ operand,
            Op::AtomicCmpxchg if old == operand => args[2],
            Op::AtomicCmpxchg => old,
            Op::AtomicWait if old != operand => return Ok(Some(1)),
            Op::AtomicWait if (args[2] as i64) < 0 => {
                return Err(Stop::Unsupported("waiting for ever".to_string()));
            }
            Op::AtomicWait => return Ok(Some(2)),
            Op::AtomicNotify => return Ok(Some(0)),
            op => return Err(Stop::Unsupported(op.name().to_string())),
        };
        cell.copy_from_slice(&new.to_le_bytes()[..bytes as usize]);
        Ok((data.op != Op::AtomicStore).then_some(old))
    }

    fn memory_op(&mut self, op: Op, imm: &Imm, args: &[u64]) -> Result<Option<u64>, Stop> {
        let arg = |i: usize| args[i];
        let state = &mut self.state;
        match (op, imm) {
            (Op::MemorySize, Imm::Memory(mem)) => {
                let shift = self.program.memories[*mem].page_log2;
                return Ok(Some(state.memories[*mem].len() as u64 >> shift));
            }
            (Op::MemoryGrow, Imm::Memory(mem)) => {
                let (memory, decl) = (&mut state.memories[*mem], &self.program.memories[*mem]);
                let old = memory.len() as u64 >> decl.page_log2;
                let limit = decl.page_limit().min(MAX_MEMORY >> decl.page_log2);
                let Some(new) = old.checked_add(arg(0)).filter(|new| *new <= limit) else {
                    return Ok(Some(u64::MAX));
                };
                memory.resize((new << decl.page_log2) as usize, 0);
                return Ok(Some(old));
            }
            (Op::MemoryFill, Imm::Memory(mem)) => {
                state.bytes(*mem, arg(0), arg(2))?.fill(args[1] as u8);
            }
            (Op::MemoryCopy, Imm::MemoryPair { dst, src }) => {
                let bytes = state.bytes(*src, arg(1), arg(2))?.to_vec();
                state.bytes(*dst, arg(0), arg(2))?.copy_from_slice(&bytes);
            }
            (Op::MemoryInit, Imm::MemoryInit { mem, data }) => {
                let all: &[u8] = match state.dropped_datas[*data] {
                    true => &[],
                    false => &self.program.datas[*data].bytes,
                };
                let end = arg(1).saturating_add(arg(2)) as usize;
                let bytes = all
                    .get(arg(1) as usize..end)
                    .ok_or(TrapCode::MemoryOutOfBounds)?;
                state.bytes(*mem, arg(0), arg(2))?.copy_from_slice(bytes);
            }
            (Op::MemoryPlace, Imm::MemoryInit { mem, data }) => {
                let mut rest = &self.program.datas[*data].bytes[..];
                while let Some(([dst, len], after)) = words(rest) {
                    let (bytes, after) = after.split_at(len as usize);
                    let dst = dst.wrapping_add(args[0] as u32);
                    state
                        .bytes(*mem, dst.into(), len.into())?
                        .copy_from_slice(bytes);
                    rest = after;
                }
            }
            (Op::DataDrop, Imm::Data(data)) => state.dropped_datas[*data] = true,
            (op, imm) => return Err(Stop::Unsupported(format!("{} {imm:?}", op.name()))),
        }
        Ok(None)
    }

    /// The items of a segment: none once it was dropped.
    pub(super) fn segment(&self, elem: ElemId) -> Result<Vec<u64>, Stop> {
        let decl = &self.program.elems[elem];
        match &decl.items {
            _ if self.state.dropped_elems[elem] => Ok(Vec::new()),
            ElemItems::Funcs(funcs) => Ok(references(funcs)),
            &ElemItems::Computed { offset, count } => {
                let place = |i: u32| instance_ptr(decl.module, (offset + 8 * i).into());
                let item = |i: u32| self.state.computed.get(&place(i)).copied().unwrap_or(0);
                Ok((0..count).map(item).collect())
            }
            ElemItems::List(_) => Err(Stop::Unsupported("a list of segments".to_string())),
        }
    }

    fn table_op(&mut self, op: Op, imm: &Imm, args: &[u64]) -> Result<Option<u64>, Stop> {
        let arg = |i: usize| args[i];
        let outside = Stop::Trap(TrapCode::TableOutOfBounds);
        let tables = &mut self.state.tables;
        match (op, imm) {
            (Op::TableGet, Imm::Table(table)) => {
                return tables[*table]
                    .get(arg(0) as usize)
                    .copied()
                    .ok_or(outside)
                    .map(Some);
            }
            (Op::TableSet, Imm::Table(table)) => {
                *tables[*table].get_mut(arg(0) as usize).ok_or(outside)? = args[1];
            }
            (Op::TableSize, Imm::Table(table)) => return Ok(Some(tables[*table].len() as u64)),
            (Op::TableGrow, Imm::Table(table)) => {
                let old = tables[*table].len() as u64;
                let max = self.program.tables[*table]
                    .max
                    .unwrap_or(u64::from(u32::MAX));
                let limit = max.min(MAX_TABLE);
                let Some(new) = old.checked_add(arg(1)).filter(|new| *new <= limit) else {
                    return Ok(Some(u64::MAX));
                };
                tables[*table].resize(new as usize, args[0]);
                return Ok(Some(old));
            }
            (Op::TableFill, Imm::Table(table)) => {
                range(&mut tables[*table], arg(0), arg(2))
                    .ok_or(outside)?
                    .fill(args[1]);
            }
            (Op::TableCopy, Imm::TablePair { dst, src }) => {
                let items = range(&mut tables[*src], arg(1), arg(2)).map(|r| r.to_vec());
                let items = items.ok_or(outside.clone())?;
                range(&mut tables[*dst], arg(0), arg(2))
                    .ok_or(outside)?
                    .copy_from_slice(&items);
            }
            (Op::TableInit, Imm::TableInit { table, elem }) => {
                let items = self.segment(*elem)?;
                let end = arg(1).saturating_add(arg(2)) as usize;
                let items = items.get(arg(1) as usize..end).ok_or(outside.clone())?;
                range(&mut self.state.tables[*table], arg(0), arg(2))
                    .ok_or(outside)?
                    .copy_from_slice(items);
            }
            (Op::TablePlace, Imm::TableInit { table, elem }) => {
                let ElemItems::List(parts) = &self.program.elems[*elem].items else {
                    return Err(Stop::Unsupported("no list".to_string()));
                };
                for part in parts {
                    let items = references(&part.funcs);
                    let dst = part.dst.wrapping_add(args[0] as u32);
                    range(&mut tables[*table], dst.into(), items.len() as u64)
                        .ok_or(outside.clone())?
                        .copy_from_slice(&items);
                }
            }
            (Op::ElemDrop, Imm::Elem(elem)) => self.state.dropped_elems[*elem] = true,
            (op, imm) => return Err(Stop::Unsupported(format!("{} {imm:?}", op.name()))),
        }
        Ok(None)
    }
}

/// Function references of a segment.
fn references(funcs: &[Option<FuncId>]) -> Vec<u64> {
    let reference = |f: FuncId| u64::from(f.as_u32()) + 1;
    funcs.iter().map(|f| f.map_or(0, reference)).collect()
}

/// Two words in front of the rest.
fn words(bytes: &[u8]) -> Option<([u32; 2], &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let (second, rest) = rest.split_first_chunk::<4>()?;
    Some(([first, second].map(|w| u32::from_le_bytes(*w)), rest))
}

/// The value that a load makes of the bytes.
pub(super) fn load(bytes: &[u8], ty: Type, access: Access) -> u128 {
    let bits = bits(bytes);
    let extended = match access {
        Access::Full | Access::U8 | Access::U16 | Access::U32 => return bits,
        Access::S8 => bits as i8 as u64,
        Access::S16 => bits as i16 as u64,
        Access::S32 => bits as i32 as u64,
    };
    u128::from(extended & mask(ty))
}
