//! Validates function bodies and notes what each refers to, before anything is compiled: facts about the program and the set of
//! reachable functions need all of it, and an invalid function must be refused even if nothing calls it.

use super::features::SUPPORTED;
use super::scan::Scan;
use crate::options::Input;
use crate::{Error, par};
use wasmparser::{
    BinaryReader, FuncToValidate, FuncValidatorAllocations, Operator, OperatorsReader,
};

/// What a function body refers to, in indices of its module. Sorted, without duplicates.
#[derive(Default, Debug)]
pub struct Summary {
    pub calls: Vec<u32>,
    pub ref_funcs: Vec<u32>,
    /// Globals written.
    pub global_sets: Vec<u32>,
    /// Data segments in `memory.init` and `data.drop`.
    pub datas: Vec<u32>,
    /// Element segments in `table.init` and `elem.drop`.
    pub elems: Vec<u32>,
    /// Types of functions that tail calls enter.
    pub tail_types: Vec<u32>,
}

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
    while !ops.eof() {
        let (op, offset) = ops.read_with_offset()?;
        validator.op(offset, &op)?;
        summary.note(&op, scan);
    }
    ops.finish()?;
    *allocs = validator.into_allocations();
    Ok(())
}

impl Summary {
    fn note(&mut self, op: &Operator<'_>, scan: &Scan) {
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
            Operator::MemoryInit { data_index, .. } | Operator::DataDrop { data_index } => {
                self.datas.push(data_index);
            }
            Operator::TableInit { elem_index, .. } | Operator::ElemDrop { elem_index } => {
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
            &mut self.tail_types,
        ] {
            list.sort_unstable();
            list.dedup();
            list.shrink_to_fit();
        }
    }
}
