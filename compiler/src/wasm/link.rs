//! Resolves imports between the inputs, before anything else is known about the program (core spec 4.5.3).
//!
//! Imports are looked up by module name among the inputs, then among what the runtime library provides. What is left over is an
//! error that lists all of it, or what the options say. Types are checked against the entity itself: an import that is exported again
//! is followed to its definition.
//!
//! Modules may import from each other in a cycle, and from themselves. They are then one group, which is instantiated as a whole: its state
//! first, then active segments, then start functions, each in the order in which the modules were given. Names that are only passed on in a
//! circle are an error.

use super::scan::{Index, Limits, Scan};
use crate::component::flat::{Core, CoreId, CoreItem, CoreModule, Flat};
use crate::ir::component::CanonId;
use crate::ir::{
    Composite, FieldType, FuncType, Heap, RefType, SigId, Storage, Types, ValType, World,
};
use crate::options::{Input, Options, Unknown};
use crate::{Error, host, mangle, show};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// A memory that nothing provides: the program makes one for all imports of these names.
    Made,
    /// A function for a canonical definition of a component.
    Canon(CanonId),
}

/// The links between the inputs.
pub struct Links {
    /// Inputs in order of instantiation.
    pub order: Vec<usize>,
    /// The same, with those in a group that import from each other.
    pub groups: Vec<Vec<usize>>,
    /// By input and import.
    pub sources: Vec<Vec<Source>>,
    /// By input and import, the input that defines the entity and its index there: the import itself where no input does.
    pub definitions: Vec<Vec<(usize, Index)>>,
    /// Functions that only pass on ([`super::forwards`]), with what they are for.
    pub forwards: HashMap<(usize, Index), (usize, Index)>,
    /// The memories of [`Source::Made`] by the names of their import.
    pub made: BTreeMap<(String, String), Limits>,
}

/// The import by which toolchains leave the memory to the host.
pub const HOST_MEMORY: (&str, &str) = ("env", "memory");

/// Resolves all imports.
pub fn link(
    inputs: &[Input],
    scans: &[Scan],
    types: &Types,
    options: &Options,
) -> Result<Links, Error> {
    check_names(inputs)?;
    let mut problems: Vec<(usize, String)> = Vec::new();
    let mut sources: Vec<Vec<Source>> = Vec::new();
    let finder = Finder::new(inputs, scans, types, options);
    for (i, scan) in scans.iter().enumerate() {
        let mut list = Vec::with_capacity(scan.imports.len());
        for k in 0..scan.imports.len() {
            match finder.find(i, k) {
                Ok(source) => list.push(source),
                Err(problem) => {
                    problems.push((i, problem));
                    list.push(Source::Unknown);
                }
            }
        }
        sources.push(list);
    }
    let definitions = definitions(scans, &sources, &mut problems);
    for (i, scan) in scans.iter().enumerate() {
        for (import, &(input, index)) in scan.imports.iter().zip(&definitions[i]) {
            if let Some(mismatch) = mismatch(types, (scan, import.index), (&scans[input], index)) {
                let name = import.shown();
                let problem = format!("incompatible import type: {name}: {mismatch}");
                problems.push((i, problem));
            }
        }
    }
    let made = made_memories(scans, &sources, &mut problems);
    report(inputs, problems)?;
    let groups = groups(&sources);
    Ok(Links {
        order: groups.concat(),
        groups,
        sources,
        definitions,
        made,
        forwards: HashMap::new(),
    })
}

/// The links of a component, which it has made itself.
pub fn wire(flat: &Flat, scans: &[Scan]) -> Links {
    let of_core = |(id, core): (CoreId, &CoreModule)| -> Vec<Source> {
        let imports = scans[Flat::input(id)].imports.iter();
        imports
            .map(|import| match &core.args[&import.module] {
                Core::Module(core) => exported(*core, &import.name, scans),
                Core::Items(items) => match &items[&import.name] {
                    CoreItem::Export { core, name } => exported(*core, name, scans),
                    CoreItem::Canon(canon) => Source::Canon(*canon),
                },
            })
            .collect()
    };
    // The first has the component's own state.
    let sources: Vec<Vec<Source>> = [Vec::new()]
        .into_iter()
        .chain(flat.cores.iter().map(of_core))
        .collect();
    let order: Vec<usize> = (0..scans.len()).collect();
    Links {
        groups: order.iter().map(|&input| vec![input]).collect(),
        order,
        definitions: definitions(scans, &sources, &mut Vec::new()),
        sources,
        made: BTreeMap::new(),
        forwards: HashMap::new(),
    }
}

impl Links {
    /// The definition behind an index of an input.
    pub fn definition(&self, scans: &[Scan], (input, index): (usize, Index)) -> (usize, Index) {
        let mut imports = scans[input].imports.iter();
        match imports.position(|import| import.index == index) {
            Some(import) => self.definitions[input][import],
            None => (input, index),
        }
    }
}

fn exported(core: CoreId, name: &str, scans: &[Scan]) -> Source {
    let input = Flat::input(core);
    let mut exports = scans[input].exports.iter();
    let export = exports.find(|export| export.name == name);
    let index = export.expect("a validated export").index;
    Source::Input { input, index }
}

/// The limits of each memory that the program makes for imports: what all who import it can live with.
fn made_memories(
    scans: &[Scan],
    sources: &[Vec<Source>],
    problems: &mut Vec<(usize, String)>,
) -> BTreeMap<(String, String), Limits> {
    let mut memories: BTreeMap<(String, String), Limits> = BTreeMap::new();
    for (i, scan) in scans.iter().enumerate() {
        for (import, source) in scan.imports.iter().zip(&sources[i]) {
            let (Source::Made, Index::Memory(m)) = (source, import.index) else {
                continue;
            };
            let wanted = scan.memories[m as usize];
            let names = (import.module.clone(), import.name.clone());
            let made = memories.entry(names).or_insert(wanted);
            let before = *made;
            made.min = made.min.max(wanted.min);
            made.max = match (made.max, wanted.max) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (one, other) => one.or(other),
            };
            if made.max.is_some_and(|max| max < made.min) || !is_same_kind(*made, wanted) {
                problems.push((
                    i,
                    format!(
                        "incompatible import type: {}: imported as {}, but another module imports it as {}",
                        import.shown(),
                        memory(wanted),
                        memory(before)
                    ),
                ));
                *made = before;
            }
        }
    }
    memories
}

/// Module names are symbol prefixes and must differ.
fn check_names(inputs: &[Input]) -> Result<(), Error> {
    for (i, input) in inputs.iter().enumerate() {
        if inputs[..i].iter().any(|other| other.name == input.name) {
            let name = show::name(&input.name);
            return Err(Error::new(format!("two modules are called `{name}`"))
                .in_file(&input.path)
                .help("give one of them another name with NAME=PATH"));
        }
    }
    Ok(())
}

/// Looks imports up.
struct Finder<'a> {
    inputs: &'a [Input],
    scans: &'a [Scan],
    types: &'a Types,
    options: &'a Options,
    /// Inputs by name.
    by_name: HashMap<&'a str, usize>,
    /// Exports by input and name.
    exports: Vec<HashMap<&'a str, Index>>,
}

impl<'a> Finder<'a> {
    fn new(
        inputs: &'a [Input],
        scans: &'a [Scan],
        types: &'a Types,
        options: &'a Options,
    ) -> Finder<'a> {
        let names = inputs.iter().enumerate();
        let exports = scans.iter().map(|scan| {
            let exports = scan.exports.iter();
            exports
                .map(|export| (&export.name[..], export.index))
                .collect()
        });
        Finder {
            inputs,
            scans,
            types,
            options,
            by_name: names.map(|(i, input)| (&input.name[..], i)).collect(),
            exports: exports.collect(),
        }
    }

    /// Where an import comes from, or what is wrong with it.
    fn find(&self, importer: usize, import: usize) -> Result<Source, String> {
        let scan = &self.scans[importer];
        let import = &scan.imports[import];
        let links = &self.inputs[importer].links;
        let linked = links.iter().find(|(name, _)| *name == import.module);
        let provider = match linked {
            Some((_, input)) => Some(*input),
            None => self.by_name.get(&import.module[..]).copied(),
        };
        let export = provider.and_then(|input| {
            let index = *self.exports[input].get(&import.name[..])?;
            // A module that has the name of its host may export again what it gets from it.
            ((input, index) != (importer, import.index)).then_some(Source::Input { input, index })
        });
        let is_taken = provider.is_some_and(|input| input != importer);
        if is_taken && let Some(export) = export {
            return Ok(export);
        }
        let wants = || describe(self.types, scan, import.index);
        let symbol = || Source::Symbol(mangle::import_symbol(&import.module, &import.name));
        let has_type = |ty: &FuncType| match import.index {
            Index::Func(f) => self.types.func(scan.func_type(f)) == Some(ty),
            _ => false,
        };
        if !is_taken && let Some(ty) = host::wasi_type(&import.module, &import.name) {
            if has_type(&ty) {
                return Ok(symbol());
            }
            return Err(format!(
                "incompatible import type: {}: imported as {}, but it is function {}",
                import.shown(),
                wants(),
                func_type(&ty, self.types)
            ));
        }
        if host::env_type(&import.module, &import.name).is_some_and(|ty| has_type(&ty)) {
            return Ok(symbol());
        }
        // A module that has the name of its host wraps it, so what the host has comes before what it exports itself; C functions are the host's.
        let is_function = matches!(import.index, Index::Func(_));
        if let Some(export) = export
            && !(is_function && self.options.unknown == Unknown::Symbol)
        {
            return Ok(export);
        }
        let unknown = || Err(format!("unknown import: {}: {}", import.shown(), wants()));
        let is_made = |m: u32| {
            let names = (&import.module[..], &import.name[..]);
            !is_taken && (scan.memories[m as usize].shared || names == HOST_MEMORY)
        };
        match (import.index, self.options.unknown, self.options.world) {
            (Index::Func(_), Unknown::Trap, _) => Ok(Source::Unknown),
            (Index::Func(_), Unknown::Symbol, _) => Ok(symbol()),
            (Index::Func(_), Unknown::Refuse, _) => unknown(),
            (_, _, World::Open) => Ok(Source::Slot),
            (Index::Memory(m), _, World::Closed) if is_made(m) => Ok(Source::Made),
            (_, _, World::Closed) => unknown(),
        }
    }
}

/// The definition behind each import, by input and import. An export may be an import of the exporting module.
fn definitions(
    scans: &[Scan],
    sources: &[Vec<Source>],
    problems: &mut Vec<(usize, String)>,
) -> Vec<Vec<(usize, Index)>> {
    let imports = |scan: &Scan| -> HashMap<Index, usize> {
        let imports = scan.imports.iter().enumerate();
        imports.map(|(k, import)| (import.index, k)).collect()
    };
    let imports: Vec<HashMap<Index, usize>> = scans.iter().map(imports).collect();
    // `None` while an import is being followed.
    let mut known: HashMap<(usize, Index), Option<(usize, Index)>> = HashMap::new();
    let mut all = Vec::new();
    for (i, scan) in scans.iter().enumerate() {
        let mut list = Vec::with_capacity(scan.imports.len());
        for import in &scan.imports {
            let (mut at, mut path) = ((i, import.index), Vec::new());
            let end = loop {
                match known.get(&at) {
                    Some(Some(end)) => break *end,
                    Some(None) => {
                        let name = import.shown();
                        problems.push((
                            i,
                            format!(
                                "unknown import: {name}: modules pass it to each other in a circle, and none defines it"
                            ),
                        ));
                        break at;
                    }
                    None => {}
                }
                match imports[at.0].get(&at.1).map(|&k| &sources[at.0][k]) {
                    Some(&Source::Input { input, index }) => {
                        known.insert(at, None);
                        path.push(at);
                        at = (input, index);
                    }
                    Some(
                        Source::Symbol(_)
                        | Source::Unknown
                        | Source::Slot
                        | Source::Made
                        | Source::Canon(_),
                    )
                    | None => break at,
                }
            };
            for step in path {
                known.insert(step, Some(end));
            }
            list.push(end);
        }
        all.push(list);
    }
    all
}

/// Inputs in the given order, but each after those that it imports from; those that import from each other stay together.
fn groups(sources: &[Vec<Source>]) -> Vec<Vec<usize>> {
    let needs: Vec<BTreeSet<usize>> = sources
        .iter()
        .map(|list| {
            let inputs = list.iter().filter_map(|source| match source {
                Source::Input { input, .. } => Some(*input),
                Source::Symbol(_)
                | Source::Unknown
                | Source::Slot
                | Source::Made
                | Source::Canon(_) => None,
            });
            inputs.collect()
        })
        .collect();
    let reached: Vec<HashSet<usize>> = (0..needs.len()).map(|i| closure(&needs, i)).collect();
    let group = |i: usize| -> Vec<usize> {
        let is_in = |j: &usize| *j == i || reached[i].contains(j) && reached[*j].contains(&i);
        (0..needs.len()).filter(is_in).collect()
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut done = vec![false; needs.len()];
    // Each round places at least one: a group whose members need nothing of another that waits.
    while let Some(next) = (0..needs.len()).find(|&i| {
        let outside = |j: &usize| !done[*j] && !reached[*j].contains(&i);
        !done[i] && !reached[i].iter().any(outside)
    }) {
        let members = group(next);
        for &member in &members {
            done[member] = true;
        }
        groups.push(members);
    }
    groups
}

/// The inputs that one needs, directly or not.
fn closure(needs: &[BTreeSet<usize>], of: usize) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let mut work = vec![of];
    while let Some(input) = work.pop() {
        work.extend(needs[input].iter().filter(|&&other| seen.insert(other)));
    }
    seen
}

/// Why an entity does not match an import's type, if so (core spec 3.3.10, import matching).
fn mismatch(types: &Types, import: (&Scan, Index), entity: (&Scan, Index)) -> Option<String> {
    let fits = match (import.1, entity.1) {
        (Index::Func(a), Index::Func(b)) => {
            types.is_subtype(entity.0.func_type(b), import.0.func_type(a))
        }
        (Index::Global(a), Index::Global(b)) => {
            let (a, b) = (import.0.globals[a as usize], entity.0.globals[b as usize]);
            a == b || !a.mutable && !b.mutable && types.matches(b.ty, a.ty)
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
    (!fits).then(|| {
        let wants = describe(types, import.0, import.1);
        let has = describe(types, entity.0, entity.1);
        format!("imported as {wants}, but it is {has}")
    })
}

/// Whether two memories or tables differ in nothing but their sizes.
fn is_same_kind(a: Limits, b: Limits) -> bool {
    (a.shared, a.wide, a.page_log2) == (b.shared, b.wide, b.page_log2)
}

fn limits_fit(wants: Limits, has: Limits) -> bool {
    is_same_kind(has, wants)
        && has.min >= wants.min
        && wants
            .max
            .is_none_or(|max| has.max.is_some_and(|m| m <= max))
}

/// Kind and type of an entity, for messages.
fn describe(types: &Types, scan: &Scan, index: Index) -> String {
    match index {
        Index::Func(i) => format!("function {}", defined(scan.func_type(i), types, true)),
        Index::Global(i) => {
            let global = scan.globals[i as usize];
            let mutable = if global.mutable { "mutable " } else { "" };
            format!("{mutable}global {}", val_type(global.ty, types, true))
        }
        Index::Tag(i) => format!("tag {}", defined(scan.tag_type(i), types, true)),
        Index::Memory(i) => memory(scan.memories[i as usize]),
        Index::Table(i) => {
            let table = scan.tables[i as usize];
            let (wide, limits) = (wide(table.limits), limits(table.limits, "element"));
            let elem = val_type(table.elem, types, true);
            format!("{wide}{elem} table of {limits}")
        }
    }
}

fn memory(memory: Limits) -> String {
    let shared = if memory.shared { "shared " } else { "" };
    let unit = match memory.page_log2 {
        0 => "byte",
        _ => "page",
    };
    format!("{shared}{}memory of {}", wide(memory), limits(memory, unit))
}

fn wide(limits: Limits) -> &'static str {
    if limits.wide { "64-bit " } else { "" }
}

fn limits(limits: Limits, unit: &str) -> String {
    match limits.max {
        Some(max) => format!("{} to {max} {unit}s", limits.min),
        None if limits.min == 1 => format!("at least 1 {unit}"),
        None => format!("at least {} {unit}s", limits.min),
    }
}

/// A function type for messages: `(i32, i64) -> (f32)`.
pub fn func_type(ty: &FuncType, types: &Types) -> String {
    signature(ty, types, true)
}

fn signature(ty: &FuncType, types: &Types, nested: bool) -> String {
    let list = |list: &[ValType]| {
        let names: Vec<String> = list.iter().map(|t| val_type(*t, types, nested)).collect();
        names.join(", ")
    };
    format!("({}) -> ({})", list(&ty.params), list(&ty.results))
}

/// A defined type for messages, with what distinguishes it from others of the same structure.
fn defined(id: SigId, types: &Types, nested: bool) -> String {
    let def = types.def(id);
    let field = |field: &FieldType| {
        let mutable = if field.mutable { "mut " } else { "" };
        let storage = match field.storage {
            Storage::I8 => "i8".to_string(),
            Storage::I16 => "i16".to_string(),
            Storage::Val(ty) => val_type(ty, types, false),
        };
        format!("{mutable}{storage}")
    };
    let text = match &def.composite {
        Composite::Func(ty) => signature(ty, types, nested),
        Composite::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("struct {{{}}}", fields.join(", "))
        }
        Composite::Array(element) => format!("array of {}", field(element)),
        Composite::Cont(func) if nested => {
            format!("continuation of {}", defined(*func, types, false))
        }
        Composite::Cont(_) => "continuation".to_string(),
    };
    let subtype = def.supertype.map_or("", |_| ", subtype of another");
    let open = if def.is_final { "" } else { ", not final" };
    format!("{text}{subtype}{open}")
}

/// A type for messages. Without `nested`, defined types that it refers to are left out: written out they can be long.
fn val_type(ty: ValType, types: &Types, nested: bool) -> String {
    let name = match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::V128 => "v128",
        ValType::FuncRef => "funcref",
        ValType::ExternRef => "externref",
        ValType::ExnRef
        | ValType::Ref(RefType {
            nullable: true,
            heap: Heap::ExnObject,
        }) => "exnref",
        ValType::Ref(ty) => {
            let null = if ty.nullable { "null " } else { "" };
            let heap = match ty.heap {
                Heap::Func => "func".to_string(),
                Heap::Extern => "extern".to_string(),
                Heap::Exn | Heap::ExnObject => "exn".to_string(),
                Heap::Type(id) | Heap::Data(id) | Heap::ContType(id) if nested => {
                    defined(id, types, false)
                }
                Heap::Type(_) => "function type".to_string(),
                Heap::Data(_) => "data type".to_string(),
                Heap::Any => "any".to_string(),
                Heap::Eq => "eq".to_string(),
                Heap::I31 => "i31".to_string(),
                Heap::Struct => "struct".to_string(),
                Heap::Array => "array".to_string(),
                Heap::None => "none".to_string(),
                Heap::Cont => "cont".to_string(),
                Heap::ContType(_) => "continuation type".to_string(),
                Heap::NoCont => "nocont".to_string(),
                Heap::NoFunc => "nofunc".to_string(),
                Heap::NoExtern => "noextern".to_string(),
                Heap::NoExn | Heap::NoExnObject => "noexn".to_string(),
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
            let path = show::name(&inputs[*input].path);
            text.push_str(&format!("\n  {path}: {problem}"));
        }
        Error::new(text)
    };
    Err(error.help(help))
}
