//! Facts about the program that hold for its whole run, found before any function is compiled.
//!
//! | fact | used for |
//! |---|---|
//! | a global never changes | its value is a constant in code, in other initialisers and in segment offsets |
//! | an argument of a function is the same constant in all calls | the parameter is that constant in its body |
//! | where active data goes, and that it is in bounds | memory images, see `images` |
//! | a module's instantiation executes nothing | no `init` function |

use super::assemble::segments::Plan;
use super::bodies::{ConstArg, Summary};
use super::consts::{self, ConstOp};
use super::reach::{self, Reach};
use super::scan::Scan;
use crate::entity::{EntityId, SideMap};
use crate::ir::{ElemId, ElemItems, Entity, FuncId, ModuleId, Place, Program};

/// Finds the mutable globals that keep their initial value: nothing that runs writes them, and nobody outside can. `scans` and
/// `summaries` are by module.
pub fn constants(program: &mut Program, reach: &Reach, scans: &[&Scan], summaries: &[&[Summary]]) {
    let mut may_change = vec![false; program.globals.len()];
    for (id, global) in program.globals.iter() {
        may_change[id.index()] = matches!(global.place, Place::Slot(_));
    }
    for module in program.modules.values() {
        for export in &module.exports {
            if let Entity::Global(global) = export.entity {
                may_change[global.index()] = true;
            }
        }
    }
    for func in program.funcs.ids().filter(|f| reach.funcs[f.index()]) {
        if let Some((module, summary)) = reach::summary(program, scans, summaries, func) {
            let globals = &program.modules[module].globals;
            for &index in &summary.global_sets {
                may_change[globals[index as usize].index()] = true;
            }
        }
    }
    for id in program.modules.ids() {
        let scan = scans[id.index()];
        for (i, init) in scan.global_inits.iter().enumerate() {
            let global = program.modules[id].globals[scan.imported_globals + i];
            if !may_change[global.index()] && program.globals[global].constant.is_none() {
                program.globals[global].constant = initial_value(program, id, init);
            }
        }
    }
}

/// Finds arguments that are the same constants in all calls: of functions that only direct calls of what runs can enter.
pub fn const_args(program: &mut Program, reach: &Reach, scans: &[&Scan], summaries: &[&[Summary]]) {
    let mut agreed: SideMap<FuncId, Option<Vec<ConstArg>>> = SideMap::new(None, 0);
    for module in program.modules.values() {
        for export in &module.exports {
            if let Entity::Func(func) = export.entity {
                agreed[func] = Some(Vec::new());
            }
        }
    }
    for &func in &reach.referred {
        agreed[func] = Some(Vec::new());
    }
    for canon in program.component.canons.values() {
        for func in canon.callees(&program.component) {
            agreed[func] = Some(Vec::new());
        }
    }
    for func in program.funcs.ids().filter(|f| reach.funcs[f.index()]) {
        let Some((module, summary)) = reach::summary(program, scans, summaries, func) else {
            continue;
        };
        let mut args = &summary.const_args[..];
        for &callee in &summary.calls {
            let of_callee = args.iter().take_while(|(func, _)| *func == callee).count();
            let here = args.split_off(..of_callee).unwrap_or_default();
            let here = here.iter().map(|&(_, arg)| arg);
            match &mut agreed[program.modules[module].funcs[callee as usize]] {
                Some(args) => args.retain(|arg| here.clone().any(|other| other == *arg)),
                args @ None => *args = Some(here.collect()),
            }
        }
    }
    for func in program.funcs.ids() {
        program.const_args[func] = std::mem::take(&mut agreed[func]).unwrap_or_default();
    }
}

/// Value of a constant expression of a module, if it is known.
pub fn initial_value(program: &Program, module: ModuleId, expr: &[ConstOp]) -> Option<u128> {
    consts::evaluate(expr, |index| {
        let global = program.modules[module].globals[index as usize];
        program.globals[global].constant
    })
}

/// Where an active data segment goes, if that is known and surely in bounds. `target`: the memory's index.
pub fn constant_start(
    program: &Program,
    module: ModuleId,
    target: u32,
    offset: &[ConstOp],
    len: usize,
) -> Option<u64> {
    let memory = program.modules[module].memories[target as usize];
    let start = initial_value(program, module, offset)? as u64;
    let size = program.memories[memory].min_bytes();
    let end = start.checked_add(len as u64)?;
    (end <= size).then_some(start)
}

/// Whether a module's instantiation has to execute anything.
pub fn needs_init(program: &Program, id: ModuleId, scan: &Scan, plan: &Plan) -> bool {
    let computes = |elem: &ElemId| matches!(program.elems[*elem].items, ElemItems::Computed { .. });
    scan.start.is_some()
        || scan
            .global_inits
            .iter()
            .any(|init| initial_value(program, id, init).is_none())
        || scan
            .table_inits
            .iter()
            .flatten()
            .any(|init| initial_value(program, id, init) != Some(0))
        || !plan.elems.is_empty()
        || !plan.datas.is_empty()
        || program.modules[id].elems.iter().any(computes)
}
