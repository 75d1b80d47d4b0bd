//! Validates function bodies and notes what each refers to, before anything is compiled: facts about the program and the set of
//! reachable functions need all of it, and an invalid function must be refused even if nothing calls it.

use super::features::SUPPORTED;
use super::scan::Scan;
use crate::ir::Besides;
use crate::options::Input;
use crate::{Error, par};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use wasmparser::{
    AbstractHeapType, BinaryReader, FuncToValidate, FuncValidatorAllocations, HeapType,
    ModuleArity, Operator, OperatorsReader, ValType,
};

/// What a function body refers to, in indices of its module. Sorted, without duplicates.
#[derive(Default, Debug)]
pub struct Summary {
    pub calls: Vec<u32>,
    /// Constant arguments that all direct calls of a function have in this body, with the function.
    pub const_args: Vec<(u32, ConstArg)>,
    pub ref_funcs: Vec<u32>,
    /// Globals written.
    pub global_sets: Vec<u32>,
    /// Data segments in `memory.init` and `data.drop`, and those that arrays are made of.
    pub datas: Vec<u32>,
    /// Element segments, likewise.
    pub elems: Vec<u32>,
    /// Tables that are named in any way.
    pub tables: Vec<u32>,
    /// It calls references.
    pub calls_refs: bool,
    /// It makes, resumes or suspends continuations.
    pub switches_stacks: bool,
    /// It converts references to external ones or back.
    pub converts: bool,
    /// Types of functions that tail calls enter.
    pub tail_types: Vec<u32>,
    /// By the offsets of tests and casts: what besides objects the operand may be, by its type. Those of which nothing is known are left out.
    pub tested: Vec<(u32, Besides)>,
}

/// An argument of calls that is always the same: its index and its bits.
pub type ConstArg = (u32, u64);

/// Validates all bodies of a module.
pub fn validate(input: &Input, scan: &Scan, jobs: usize) -> Result<Vec<Summary>, Error> {
    let order = par::big_first(scan.bodies.iter().map(|b| b.len()));
    let results = par::map_with(
        jobs,
        &order,
        FuncValidatorAllocations::default,
        |allocs, i| {
            let mut summary = Summary::default();
            body(input, scan, i, allocs, &mut summary).map(|()| summary)
        },
    );
    let mut out = Vec::with_capacity(results.len());
    for (i, result) in results.into_iter().enumerate() {
        match result {
            Ok(mut summary) => {
                summary.tidy();
                out.push(summary);
            }
            Err(error) => {
                let func = (scan.imported_funcs + i) as u32;
                return Err(scan.describe(input, &error, Some(func)));
            }
        }
    }
    Ok(out)
}

/// A reader of a function body: locals, then operators.
pub fn reader<'a>(input: &'a Input, range: &std::ops::Range<usize>) -> BinaryReader<'a> {
    BinaryReader::new_features(&input.bytes[range.clone()], range.start as u64, SUPPORTED)
}

/// The operators of a function body, which is valid.
pub fn operators<'a>(input: &'a Input, range: &std::ops::Range<usize>) -> OperatorsReader<'a> {
    let mut reader = reader(input, range);
    let groups = reader.read_var_u32().expect("a validated body");
    for _ in 0..groups {
        reader.read_var_u32().expect("a validated body");
        reader.read::<ValType>().expect("a validated body");
    }
    OperatorsReader::new(reader)
}

fn body(
    input: &Input,
    scan: &Scan,
    body: usize,
    allocs: &mut FuncValidatorAllocations,
    summary: &mut Summary,
) -> wasmparser::Result<()> {
    let index = (scan.imported_funcs + body) as u32;
    let to_validate = FuncToValidate {
        resources: scan.resources.clone().expect("a module with a body"),
        index,
        ty: scan.funcs[index as usize],
        features: scan.features,
    };
    let mut validator = to_validate.into_validator(std::mem::take(allocs));
    let mut reader = reader(input, &scan.bodies[body]);
    validator.read_locals(&mut reader)?;
    let mut ops = OperatorsReader::new(reader);
    let mut constants = Constants::default();
    while !ops.eof() {
        let (op, offset) = ops.read_with_offset()?;
        let (height, pops) = (
            validator.operand_stack_height(),
            constants.pops(&op, &validator),
        );
        let tested = tested(&op, validator.get_operand_type(0));
        validator.op(offset, &op)?;
        summary.note(&op, scan);
        if let Some(from) = tested.filter(|&from| from != Besides::ALL) {
            summary.tested.push((offset as u32, from));
        }
        if let Operator::Call { function_index } | Operator::ReturnCall { function_index } = op {
            constants.call(function_index, height, pops);
        }
        constants.step(&op, height, pops, validator.operand_stack_height());
    }
    ops.finish()?;
    summary.const_args = constants.args();
    *allocs = validator.into_allocations();
    Ok(())
}

/// What besides an object the operand of a test or cast may be, given its type, where the operator is one.
fn tested(op: &Operator<'_>, operand: Option<Option<ValType>>) -> Option<Besides> {
    let is_test = matches!(
        op,
        Operator::RefTestNonNull { .. }
            | Operator::RefTestNullable { .. }
            | Operator::RefCastNonNull { .. }
            | Operator::RefCastNullable { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
    );
    let Some(Some(ValType::Ref(ty))) = operand.filter(|_| is_test) else {
        return None;
    };
    let i31 = match ty.heap_type() {
        HeapType::Abstract { ty, .. } => !matches!(
            ty,
            AbstractHeapType::Struct | AbstractHeapType::Array | AbstractHeapType::Func
        ),
        HeapType::Concrete(_) | HeapType::Exact(_) => false,
    };
    Some(Besides {
        null: ty.is_nullable(),
        i31,
    })
}

/// Follows the constants on the operand stack into calls.
#[derive(Default)]
struct Constants {
    /// Where each lies on the stack and its bits, the lowest first.
    stack: Vec<(u32, u64)>,
    /// The arguments that all calls so far agree on, by callee.
    calls: BTreeMap<u32, Vec<ConstArg>>,
}

impl Constants {
    /// How many operands an operator takes from the stack, as far as constants may be among them.
    fn pops(&self, op: &Operator<'_>, module: &impl ModuleArity) -> u32 {
        let is_call = matches!(op, Operator::Call { .. } | Operator::ReturnCall { .. });
        if self.stack.is_empty() && !is_call {
            return 0;
        }
        op.operator_arity(module).map_or(u32::MAX, |(pops, _)| pops)
    }

    /// Notes a call that takes so many operands from a stack of this height.
    fn call(&mut self, callee: u32, height: u32, count: u32) {
        let arg = |&(at, bits): &(u32, u64)| Some(((at + count).checked_sub(height)?, bits));
        let args = self.stack.iter().rev().map_while(arg);
        match self.calls.entry(callee) {
            Entry::Vacant(entry) => {
                entry.insert(args.collect());
            }
            Entry::Occupied(mut entry) if !entry.get().is_empty() => {
                let args: Vec<ConstArg> = args.collect();
                entry.get_mut().retain(|arg| args.contains(arg));
            }
            Entry::Occupied(_) => {}
        }
    }

    /// What all calls agree on, sorted by callee.
    fn args(self) -> Vec<(u32, ConstArg)> {
        let of =
            |(callee, args): (u32, Vec<ConstArg>)| args.into_iter().map(move |arg| (callee, arg));
        self.calls.into_iter().flat_map(of).collect()
    }

    /// Follows an operator that took so many operands from a stack of the height `before` and left one of the height `after`.
    fn step(&mut self, op: &Operator<'_>, before: u32, pops: u32, after: u32) {
        let kept = before.saturating_sub(pops).min(after);
        while self.stack.pop_if(|&mut (at, _)| at >= kept).is_some() {}
        let bits = match *op {
            Operator::I32Const { value } => u64::from(value as u32),
            Operator::I64Const { value } => value as u64,
            Operator::F32Const { value } => value.bits().into(),
            Operator::F64Const { value } => value.bits(),
            _ => return,
        };
        self.stack.push((kept, bits));
    }
}

impl Summary {
    fn note(&mut self, op: &Operator<'_>, scan: &Scan) {
        match *op {
            Operator::CallIndirect {
                table_index: table, ..
            }
            | Operator::ReturnCallIndirect {
                table_index: table, ..
            }
            | Operator::TableGet { table }
            | Operator::TableSet { table }
            | Operator::TableGrow { table }
            | Operator::TableSize { table }
            | Operator::TableFill { table }
            | Operator::TableInit { table, .. } => self.tables.push(table),
            Operator::TableCopy {
                dst_table,
                src_table,
            } => {
                self.tables.extend([dst_table, src_table]);
            }
            Operator::CallRef { .. } | Operator::ReturnCallRef { .. } => self.calls_refs = true,
            Operator::AnyConvertExtern | Operator::ExternConvertAny => self.converts = true,
            // What goes on then may be any function that is referred to.
            Operator::ContNew { .. }
            | Operator::ContBind { .. }
            | Operator::Suspend { .. }
            | Operator::Resume { .. }
            | Operator::ResumeThrow { .. }
            | Operator::ResumeThrowRef { .. }
            | Operator::Switch { .. } => (self.calls_refs, self.switches_stacks) = (true, true),
            _ => {}
        }
        match *op {
            Operator::Call { function_index } => self.calls.push(function_index),
            Operator::ReturnCall { function_index } => {
                self.calls.push(function_index);
                self.tail_types.push(scan.funcs[function_index as usize]);
            }
            Operator::ReturnCallIndirect { type_index, .. }
            | Operator::ReturnCallRef { type_index } => self.tail_types.push(type_index),
            Operator::RefFunc { function_index } => self.ref_funcs.push(function_index),
            Operator::GlobalSet { global_index } => self.global_sets.push(global_index),
            Operator::MemoryInit { data_index, .. }
            | Operator::DataDrop { data_index }
            | Operator::ArrayNewData {
                array_data_index: data_index,
                ..
            }
            | Operator::ArrayInitData {
                array_data_index: data_index,
                ..
            } => {
                self.datas.push(data_index);
            }
            Operator::TableInit { elem_index, .. }
            | Operator::ElemDrop { elem_index }
            | Operator::ArrayNewElem {
                array_elem_index: elem_index,
                ..
            }
            | Operator::ArrayInitElem {
                array_elem_index: elem_index,
                ..
            } => {
                self.elems.push(elem_index);
            }
            _ => {}
        }
    }

    fn tidy(&mut self) {
        for list in [
            &mut self.calls,
            &mut self.ref_funcs,
            &mut self.global_sets,
            &mut self.datas,
            &mut self.elems,
            &mut self.tables,
            &mut self.tail_types,
        ] {
            list.sort_unstable();
            list.dedup();
            list.shrink_to_fit();
        }
    }
}
