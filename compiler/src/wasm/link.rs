//! Resolves imports between the inputs, before anything else is known about the program (core spec 4.5.3).
//!
//! Imports are looked up by module name among the inputs, then among what the runtime library provides. What is left over is an
//! error that lists all of it, or what the options say. Types are checked against the entity itself: an import that is exported again
//! is followed to its definition.

use super::host;
use super::scan::{Index, Limits, Scan};
use crate::entity::Arena;
use crate::ir::{FuncType, Heap, SigId, ValType, World};
use crate::options::{Input, Options, Unknown};
use crate::{Error, mangle};
use std::collections::BTreeMap;

/// The function types of all inputs.
type FuncTypes = Arena<SigId, FuncType>;

/// Where an import comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// An export of another input.
    Input { input: usize, index: Index },
    /// A C symbol.
    Symbol(String),
    /// Nowhere; calling it traps.
    Unknown,
    /// The embedder, at run time.
    Slot,
    /// A shared memory that nothing provides: the program makes one for all imports of these names.
    Shared,
}

/// The links between the inputs.
pub struct Links {
    /// Inputs in order of instantiation.
    pub order: Vec<usize>,
    /// By input and import.
    pub sources: Vec<Vec<Source>>,
    /// The memories of [`Source::Shared`] by the names of their import.
    pub shared: BTreeMap<(String, String), Limits>,
}

/// Resolves all imports.
pub fn link(
    inputs: &[Input],
    scans: &[Scan],
    types: &FuncTypes,
    options: &Options,
) -> Result<Links, Error> {
    check_names(inputs)?;
    let mut problems: Vec<(usize, String)> = Vec::new();
    let mut sources: Vec<Vec<Source>> = Vec::new();
    for (i, scan) in scans.iter().enumerate() {
        let mut list = Vec::with_capacity(scan.imports.len());
        for k in 0..scan.imports.len() {
            match find(inputs, scans, types, options, i, k) {
                Ok(source) => list.push(source),
                Err(problem) => {
                    problems.push((i, problem));
                    list.push(Source::Unknown);
                }
            }
        }
        sources.push(list);
    }
    let order = order(inputs, &sources)?;
    for (i, scan) in scans.iter().enumerate() {
        for (import, source) in scan.imports.iter().zip(&sources[i]) {
            let Source::Input { input, index } = *source else {
                continue;
            };
            let (input, index) = follow(scans, &sources, input, index);
            if let Some(mismatch) = mismatch(types, (scan, import.index), (&scans[input], index)) {
                let (module, name) = (&import.module, &import.name);
                let problem = format!("incompatible import type: {module}.{name}: {mismatch}");
                problems.push((i, problem));
            }
        }
    }
    let shared = shared_memories(scans, &sources, &mut problems);
    report(inputs, problems)?;
    Ok(Links {
        order,
        sources,
        shared,
    })
}

/// The limits of each memory that the program makes for imports: what all who import it can live with.
fn shared_memories(
    scans: &[Scan],
    sources: &[Vec<Source>],
    problems: &mut Vec<(usize, String)>,
) -> BTreeMap<(String, String), Limits> {
    let mut memories: BTreeMap<(String, String), Limits> = BTreeMap::new();
    for (i, scan) in scans.iter().enumerate() {
        for (import, source) in scan.imports.iter().zip(&sources[i]) {
            let (Source::Shared, Index::Memory(m)) = (source, import.index) else {
                continue;
            };
            let wanted = scan.memories[m as usize];
            let names = (import.module.clone(), import.name.clone());
            let made = memories.entry(names).or_insert(wanted);
            let before = *made;
            made.min = made.min.max(wanted.min);
            // A shared memory has a maximum.
            made.max = made.max.min(wanted.max);
            if made.max.is_some_and(|max| max < made.min) {
                let (wants, has) = (limits(wanted, "page"), limits(before, "page"));
                let (module, name) = (&import.module, &import.name);
                problems.push((
                    i,
                    format!(
                        "incompatible import type: {module}.{name}: imported as shared memory of {wants}, \
                         but another module imports it with {has}"
                    ),
                ));
            }
        }
    }
    memories
}

/// Module names are symbol prefixes and must differ.
fn check_names(inputs: &[Input]) -> Result<(), Error> {
    for (i, input) in inputs.iter().enumerate() {
        if inputs[..i].iter().any(|other| other.name == input.name) {
            let name = &input.name;
            return Err(Error::new(format!("two modules are called `{name}`"))
                .in_file(&input.path)
                .help("give one of them another name with NAME=PATH"));
        }
    }
    Ok(())
}

/// Where an import comes from, or what is wrong with it.
fn find(
    inputs: &[Input],
    scans: &[Scan],
    types: &FuncTypes,
    options: &Options,
    importer: usize,
    import: usize,
) -> Result<Source, String> {
    let import = &scans[importer].imports[import];
    let linked = inputs[importer]
        .links
        .iter()
        .find(|(name, _)| *name == import.module)
        .map(|(_, input)| *input);
    let by_name = || {
        let mut others = (0..inputs.len()).filter(|&i| i != importer);
        others.find(|&i| inputs[i].name == import.module)
    };
    let provider = linked.or_else(by_name);
    if let Some(input) = provider {
        let mut exports = scans[input].exports.iter();
        if let Some(export) = exports.find(|e| e.name == import.name) {
            let index = export.index;
            return Ok(Source::Input { input, index });
        }
    } else if let Some(ty) = host::wasi_type(&import.module, &import.name) {
        let symbol = mangle::import_symbol(&import.module, &import.name);
        let wants = describe(types, &scans[importer], import.index);
        return match import.index {
            Index::Func(f) if *scans[importer].func_type(f) == ty => Ok(Source::Symbol(symbol)),
            _ => Err(format!(
                "incompatible import type: {}.{}: imported as {wants}, but it is function {}",
                import.module,
                import.name,
                func_type(&ty, types)
            )),
        };
    }
    let unknown = || {
        let what = describe(types, &scans[importer], import.index);
        let (module, name) = (&import.module, &import.name);
        Err(format!("unknown import: {module}.{name}: {what}"))
    };
    match (import.index, options.unknown, options.world) {
        (Index::Func(_), Unknown::Trap, _) => Ok(Source::Unknown),
        (Index::Func(_), Unknown::Symbol, _) => {
            let symbol = mangle::import_symbol(&import.module, &import.name);
            Ok(Source::Symbol(symbol))
        }
        (Index::Func(_), Unknown::Refuse, _) => unknown(),
        (_, _, World::Open) => Ok(Source::Slot),
        (Index::Memory(m), _, World::Closed)
            if provider.is_none() && scans[importer].memories[m as usize].shared =>
        {
            Ok(Source::Shared)
        }
        (_, _, World::Closed) => unknown(),
    }
}

/// Inputs in the given order, but each after those that it imports from.
fn order(inputs: &[Input], sources: &[Vec<Source>]) -> Result<Vec<usize>, Error> {
    let mut order: Vec<usize> = Vec::new();
    let mut waiting: Vec<usize> = (0..inputs.len()).collect();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|&i| {
            sources[i].iter().all(|source| match source {
                Source::Input { input, .. } => order.contains(input),
                Source::Symbol(_) | Source::Unknown | Source::Slot | Source::Shared => true,
            })
        });
        match ready {
            Some(at) => order.push(waiting.remove(at)),
            None => {
                let names: Vec<&str> = waiting.iter().map(|&i| &inputs[i].name[..]).collect();
                let names = names.join(", ");
                return Err(Error::new(format!(
                    "modules import from each other in a cycle: {names}"
                )));
            }
        }
    }
    Ok(order)
}

/// The definition behind an export that may be an import of the exporting module. Ends because modules do not import in a cycle.
fn follow(
    scans: &[Scan],
    sources: &[Vec<Source>],
    mut input: usize,
    mut index: Index,
) -> (usize, Index) {
    loop {
        let import = scans[input].imports.iter().position(|i| i.index == index);
        match import.map(|import| &sources[input][import]) {
            Some(Source::Input { input: i, index: x }) => (input, index) = (*i, *x),
            Some(Source::Symbol(_) | Source::Unknown | Source::Slot | Source::Shared) | None => {
                return (input, index);
            }
        }
    }
}

/// Why an entity does not match an import's type, if so (core spec 3.3.10, import matching).
fn mismatch(types: &FuncTypes, import: (&Scan, Index), entity: (&Scan, Index)) -> Option<String> {
    let (wants, has) = (
        describe(types, import.0, import.1),
        describe(types, entity.0, entity.1),
    );
    let fits = match (import.1, entity.1) {
        (Index::Func(a), Index::Func(b)) => import.0.func_type(a) == entity.0.func_type(b),
        (Index::Global(a), Index::Global(b)) => {
            let (a, b) = (import.0.globals[a as usize], entity.0.globals[b as usize]);
            a == b || !a.mutable && !b.mutable && b.ty.matches(a.ty)
        }
        (Index::Memory(a), Index::Memory(b)) => {
            limits_fit(import.0.memories[a as usize], entity.0.memories[b as usize])
        }
        (Index::Table(a), Index::Table(b)) => {
            let (a, b) = (import.0.tables[a as usize], entity.0.tables[b as usize]);
            a.elem == b.elem && limits_fit(a.limits, b.limits)
        }
        (Index::Tag(a), Index::Tag(b)) => import.0.tag_type(a) == entity.0.tag_type(b),
        _ => false,
    };
    (!fits).then(|| format!("imported as {wants}, but it is {has}"))
}

fn limits_fit(wants: Limits, has: Limits) -> bool {
    has.shared == wants.shared
        && has.min >= wants.min
        && wants
            .max
            .is_none_or(|max| has.max.is_some_and(|m| m <= max))
}

/// Kind and type of an entity, for messages.
fn describe(types: &FuncTypes, scan: &Scan, index: Index) -> String {
    match index {
        Index::Func(i) => format!("function {}", func_type(scan.func_type(i), types)),
        Index::Global(i) => {
            let global = scan.globals[i as usize];
            let mutable = if global.mutable { "mutable " } else { "" };
            format!("{mutable}global {}", val_type(global.ty, types, true))
        }
        Index::Tag(i) => format!("tag {}", func_type(scan.tag_type(i), types)),
        Index::Memory(i) => {
            let memory = scan.memories[i as usize];
            let shared = if memory.shared { "shared " } else { "" };
            format!("{shared}memory of {}", limits(memory, "page"))
        }
        Index::Table(i) => {
            let table = scan.tables[i as usize];
            let limits = limits(table.limits, "element");
            format!("{} table of {limits}", val_type(table.elem, types, true))
        }
    }
}

fn limits(limits: Limits, unit: &str) -> String {
    match limits.max {
        Some(max) => format!("{} to {max} {unit}s", limits.min),
        None if limits.min == 1 => format!("at least 1 {unit}"),
        None => format!("at least {} {unit}s", limits.min),
    }
}

/// A function type for messages: `(i32, i64) -> (f32)`.
pub fn func_type(ty: &FuncType, types: &FuncTypes) -> String {
    signature(ty, types, true)
}

fn signature(ty: &FuncType, types: &FuncTypes, nested: bool) -> String {
    let list = |list: &[ValType]| {
        let names: Vec<String> = list.iter().map(|t| val_type(*t, types, nested)).collect();
        names.join(", ")
    };
    format!("({}) -> ({})", list(&ty.params), list(&ty.results))
}

/// A type for messages. Without `nested`, function types that it refers to are left out: written out they can be long.
fn val_type(ty: ValType, types: &FuncTypes, nested: bool) -> String {
    let name = match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::V128 => "v128",
        ValType::FuncRef => "funcref",
        ValType::ExternRef => "externref",
        ValType::ExnRef => "exnref",
        ValType::Ref(ty) => {
            let null = if ty.nullable { "null " } else { "" };
            let heap = match ty.heap {
                Heap::Func => "func".to_string(),
                Heap::Extern => "extern".to_string(),
                Heap::Exn => "exn".to_string(),
                Heap::Type(sig) if nested => signature(&types[sig], types, false),
                Heap::Type(_) => "function type".to_string(),
                Heap::NoFunc => "nofunc".to_string(),
                Heap::NoExtern => "noextern".to_string(),
                Heap::NoExn => "noexn".to_string(),
            };
            return format!("(ref {null}{heap})");
        }
    };
    name.to_string()
}

/// One error for all problems.
fn report(inputs: &[Input], mut problems: Vec<(usize, String)>) -> Result<(), Error> {
    problems.dedup();
    let Some((first, problem)) = problems.first() else {
        return Ok(());
    };
    let help = if problems
        .iter()
        .any(|(_, p)| p.starts_with("unknown import"))
    {
        "give the modules that provide the imports (NAME=PATH), objects with --link, \
         or --allow-unknown-imports to trap when one is called"
    } else {
        "the importing module was built against another version of the other"
    };
    let error = if problems.len() == 1 {
        Error::new(problem).in_file(&inputs[*first].path)
    } else {
        let mut text = format!("{} imports cannot be resolved:", problems.len());
        for (input, problem) in &problems {
            text.push_str(&format!("\n  {}: {problem}", inputs[*input].path));
        }
        Error::new(text)
    };
    Err(error.help(help))
}
