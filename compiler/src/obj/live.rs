//! The functions that an object has code of: those that descriptors and references lead to, and whom their code refers to.
//!
//! Calls that were inlined or folded leave functions behind that nothing refers to any more, and of what modules export to each other nobody but
//! the program's own modules may ask. Their code goes; a function of which a part was inlined somewhere keeps its place in the tables, without code,
//! because backtraces name it.

use crate::abi;
use crate::ir::component::Canon;
use crate::ir::{
    Entity, EntryKind, Export, FuncId, FuncKind, ModuleId, Origin, Program, Symbol, World,
};
use crate::mach::compiled::CompiledFunc;
use crate::options::Options;
use std::collections::HashMap;

/// Leaves out the functions that nothing refers to, and the code of those that only backtraces name. The order stays.
pub fn keep(
    program: &Program,
    options: &Options,
    mut funcs: Vec<CompiledFunc>,
) -> Vec<CompiledFunc> {
    let numbers: HashMap<FuncId, usize> = funcs.iter().map(|func| func.id).zip(0..).collect();
    let mut runs = vec![false; funcs.len()];
    let mut work = roots(program, options);
    while let Some(func) = work.pop() {
        // Imports are not among them.
        let Some(&number) = numbers.get(&func) else {
            continue;
        };
        if !std::mem::replace(&mut runs[number], true) {
            let symbols = funcs[number].relocs.iter().map(|reloc| reloc.symbol);
            work.extend(symbols.filter_map(Symbol::func));
        }
    }
    let mut named = vec![false; funcs.len()];
    for (func, _) in funcs.iter().zip(&runs).filter(|(_, runs)| **runs) {
        for site in &func.sites {
            let mut loc: Origin = site.loc;
            while let Some(entry) = loc.entry() {
                let place = &func.inlined[entry];
                named[numbers[&place.func]] = true;
                loc = place.caller;
            }
        }
    }
    for (func, _) in funcs.iter_mut().zip(&runs).filter(|(_, runs)| !**runs) {
        *func = without_code(func);
    }
    let mut stays = runs.iter().zip(&named).map(|(runs, named)| *runs || *named);
    funcs.retain(|_| stays.next() == Some(true));
    funcs
}

/// What only backtraces name.
fn without_code(func: &CompiledFunc) -> CompiledFunc {
    CompiledFunc {
        id: func.id,
        code: Vec::new(),
        insts_len: 0,
        align: 16,
        relocs: Vec::new(),
        sites: Vec::new(),
        lines: Vec::new(),
        inlined: Vec::new(),
        landings: Vec::new(),
        safepoints: Vec::new(),
        frame: Default::default(),
        memory_frame: None,
        watched: None,
        changed: func.changed,
    }
}

/// The functions that descriptors and function references point to, or that C calls by their names.
fn roots(program: &Program, options: &Options) -> Vec<FuncId> {
    let mut called: Vec<FuncId> = program.funcrefs.clone();
    for (id, module) in program.modules.iter() {
        called.extend(module.init);
        let described = |export: &&Export| is_described(program, options, id, export);
        called.extend(module.exports.iter().filter(described).filter_map(function));
    }
    let [start, initialize] = started(program, options);
    called.extend(start);
    called.extend(initialize);
    called.extend(thread_start(program));
    let mut roots = called.clone();
    let reallocs = program.component.canons.values();
    roots.extend(reallocs.filter_map(|canon| match canon {
        Canon::Host(call) => call.host.realloc,
        Canon::Builtin { host, .. } => host.as_ref()?.realloc,
        _ => None,
    }));
    called.sort_unstable();
    for &func in &program.compiled {
        let is_root = match program.funcs[func].kind {
            FuncKind::Defined { .. }
            | FuncKind::Canon(_)
            | FuncKind::Import { .. }
            | FuncKind::Unknown => false,
            FuncKind::ArrayEntry { callee } => called.binary_search(&callee).is_ok(),
            FuncKind::Init
            | FuncKind::ContEntry
            | FuncKind::CExport { .. }
            | FuncKind::LibraryExport { .. }
            | FuncKind::LibraryFunction { .. }
            | FuncKind::HostExport { .. }
            | FuncKind::FarEntry { .. }
            | FuncKind::ImportAdapter { .. } => true,
        };
        if is_root {
            roots.push(func);
        }
    }
    roots
}

/// Whether a module's descriptor has this export.
pub fn is_described(
    program: &Program,
    options: &Options,
    module: ModuleId,
    export: &Export,
) -> bool {
    match &options.entry {
        EntryKind::Command | EntryKind::Calls(_) => program.world == World::Open,
        EntryKind::Invoke(name) => module == program.main && export.name == *name,
        EntryKind::Script | EntryKind::None | EntryKind::Library => true,
        EntryKind::Hosted => false,
    }
}

/// The functions that the runtime calls to start the program and, before it, to initialise it.
pub fn started(program: &Program, options: &Options) -> [Option<FuncId>; 2] {
    let start = match options.entry {
        EntryKind::Command | EntryKind::Calls(_) => exported(program, "_start"),
        EntryKind::Invoke(_)
        | EntryKind::Script
        | EntryKind::Hosted
        | EntryKind::None
        | EntryKind::Library => None,
    };
    let initialize = match &options.entry {
        EntryKind::Invoke(name) if name == "_initialize" => None,
        EntryKind::Command | EntryKind::Invoke(_) => exported(program, "_initialize"),
        EntryKind::Calls(_)
        | EntryKind::Script
        | EntryKind::Hosted
        | EntryKind::None
        | EntryKind::Library => None,
    };
    [start, initialize]
}

/// What threads begin with, in a program that starts them.
pub fn thread_start(program: &Program) -> Option<FuncId> {
    program.thread_block.as_ref()?;
    exported(program, abi::THREAD_START)
}

/// A function that the main module exports.
fn exported(program: &Program, name: &str) -> Option<FuncId> {
    let exports = &program.modules[program.main].exports;
    function(exports.iter().find(|export| export.name == name)?)
}

fn function(export: &Export) -> Option<FuncId> {
    match export.entity {
        Entity::Func(func) => Some(func),
        Entity::Table(_) | Entity::Memory(_) | Entity::Global(_) | Entity::Tag(_) => None,
    }
}
