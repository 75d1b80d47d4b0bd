//! The functions that can run: everything that exports, start functions and segments lead to. The others are not compiled.

use super::bodies::Summary;
use super::consts::ConstOp;
use super::scan::{ElemItems, Mode, Scan};
use crate::entity::EntityId;
use crate::ir::component::Canon;
use crate::ir::graph::CallGraph;
use crate::ir::{Entity, FuncId, FuncKind, Module, ModuleId, Program, SigId};
use std::collections::BTreeSet;

/// What runs and what it refers to.
pub struct Reach {
    /// By function.
    pub funcs: Vec<bool>,
    /// Functions of which a reference can exist.
    pub referred: BTreeSet<FuncId>,
    /// Types of functions that tail calls enter.
    pub tail_called: BTreeSet<SigId>,
}

/// Follows calls and references from the roots. `scans` and `summaries` are by module.
pub fn reach(program: &Program, scans: &[&Scan], summaries: &[&[Summary]]) -> Reach {
    let mut reach = Reach {
        funcs: vec![false; program.funcs.len()],
        referred: BTreeSet::new(),
        tail_called: BTreeSet::new(),
    };
    let mut work: Vec<FuncId> = Vec::new();
    for (id, module) in program.modules.iter() {
        let scan = scans[id.index()];
        let func = |index: u32| module.funcs[index as usize];
        for export in &module.exports {
            if let Entity::Func(f) = export.entity {
                work.push(f);
            }
        }
        work.extend(scan.start.map(func));
        let mut refer = |index: u32| {
            reach.referred.insert(func(index));
        };
        let table_inits = scan.table_inits.iter().flatten();
        for expr in scan.global_inits.iter().chain(table_inits) {
            expr_refs(expr, &mut refer);
        }
        for elem in scan.elems.iter().filter(|e| e.mode != Mode::Declared) {
            match &elem.items {
                ElemItems::Funcs(items) => items.iter().flatten().for_each(|&f| refer(f)),
                ElemItems::Exprs(exprs) => exprs.iter().for_each(|e| expr_refs(e, &mut refer)),
            }
        }
    }
    work.extend(&reach.referred);
    while let Some(func) = work.pop() {
        if std::mem::replace(&mut reach.funcs[func.index()], true) {
            continue;
        }
        match program.funcs[func].kind {
            FuncKind::Canon(canon) => {
                work.extend(program.component.canons[canon].callees(&program.component));
            }
            // Of a `realloc`.
            FuncKind::ArrayEntry { callee } => work.push(callee),
            _ => {}
        }
        let Some((module, summary)) = summary(program, scans, summaries, func) else {
            continue;
        };
        let Module { funcs, types, .. } = &program.modules[module];
        let tail_types = summary.tail_types.iter();
        reach
            .tail_called
            .extend(tail_types.map(|&ty| types[ty as usize]));
        work.extend(summary.calls.iter().map(|&f| funcs[f as usize]));
        for &f in &summary.ref_funcs {
            work.push(funcs[f as usize]);
            reach.referred.insert(funcs[f as usize]);
        }
    }
    reach
}

/// The functions of canonical definitions that no `realloc` and no `post-return` can call.
pub fn never_inside(
    program: &Program,
    reach: &Reach,
    scans: &[&Scan],
    summaries: &[&[Summary]],
) -> BTreeSet<FuncId> {
    let component = &program.component;
    let reached = |func: &FuncId| reach.funcs[func.index()];
    let funcs = program.funcs.iter().filter(|(id, _)| reached(id));
    let canons = funcs.filter_map(|(id, decl)| match decl.kind {
        FuncKind::Canon(canon) => Some((id, &component.canons[canon])),
        _ => None,
    });
    let canons: Vec<(FuncId, &Canon)> = canons.collect();
    let mut work: Vec<FuncId> = canons
        .iter()
        .flat_map(|(_, canon)| canon.inside(component))
        .collect();
    let mut inside = vec![false; program.funcs.len()];
    let mut refers = false;
    while let Some(func) = work.pop() {
        if std::mem::replace(&mut inside[func.index()], true) {
            continue;
        }
        match program.funcs[func].kind {
            // A C program may call whatever is exported.
            FuncKind::Canon(canon) if matches!(component.canons[canon], Canon::Foreign(_)) => {
                return BTreeSet::new();
            }
            FuncKind::Canon(canon) => work.extend(component.canons[canon].callees(component)),
            FuncKind::ArrayEntry { callee } => work.push(callee),
            _ => {}
        }
        if let Some((module, summary)) = summary(program, scans, summaries, func) {
            let funcs = &program.modules[module].funcs;
            work.extend(summary.calls.iter().map(|&f| funcs[f as usize]));
            let calls_any = summary.calls_refs || !summary.tables.is_empty();
            if calls_any && !std::mem::replace(&mut refers, true) {
                work.extend(&reach.referred);
            }
        }
    }
    let never = canons.iter().filter(|(id, _)| !inside[id.index()]);
    never.map(|(id, _)| *id).collect()
}

/// Which of the functions that are compiled call which.
pub fn calls(program: &Program, scans: &[&Scan], summaries: &[&[Summary]]) -> CallGraph {
    let mut calls = CallGraph::default();
    for &func in &program.compiled {
        let callees: Vec<FuncId> = match program.funcs[func].kind {
            FuncKind::Defined { .. } => {
                let found = summary(program, scans, summaries, func);
                let callees = found.into_iter().flat_map(|(module, summary)| {
                    let funcs = &program.modules[module].funcs;
                    summary.calls.iter().map(|&f| funcs[f as usize])
                });
                callees.collect()
            }
            FuncKind::ArrayEntry { callee }
            | FuncKind::CExport { callee, .. }
            | FuncKind::LibraryExport { callee, .. }
            | FuncKind::HostExport { callee, .. }
            | FuncKind::FarEntry { callee }
            | FuncKind::ImportAdapter { callee } => vec![callee],
            FuncKind::Canon(canon) => program.component.canons[canon].callees(&program.component),
            // It runs once.
            FuncKind::Init
            | FuncKind::ContEntry
            | FuncKind::LibraryFunction { .. }
            | FuncKind::Import { .. }
            | FuncKind::Unknown => Vec::new(),
        };
        let is_compiled = |callee: &FuncId| match program.funcs[*callee].kind {
            FuncKind::Import { .. } | FuncKind::Unknown => false,
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
            | FuncKind::Canon(_) => true,
        };
        calls.set(func, callees.into_iter().filter(is_compiled).collect());
    }
    calls
}

/// Module and summary of a defined function.
pub fn summary<'a>(
    program: &Program,
    scans: &[&Scan],
    summaries: &[&'a [Summary]],
    func: FuncId,
) -> Option<(ModuleId, &'a Summary)> {
    let decl = &program.funcs[func];
    let module = decl.module;
    let imported = scans[module.index()].imported_funcs;
    let body = (decl.index as usize).checked_sub(imported)?;
    Some((module, summaries[module.index()].get(body)?))
}

fn expr_refs(expr: &[ConstOp], refer: &mut impl FnMut(u32)) {
    for op in expr {
        if let ConstOp::RefFunc(func) = op {
            refer(*func);
        }
    }
}
