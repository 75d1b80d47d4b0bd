//! Builds the [`Program`]: one set of index spaces for all modules, the layout of their instances, facts, and what the compiler adds.
//!
//! Order of the steps (each needs the ones before): modules with their entities and exports; what runs; constant globals; functions
//! that are referred to; segments; functions made by the compiler; the list of functions to compile.

pub mod components;
mod entry;
mod imports;
pub mod segments;
mod tasks;
mod threads;
mod values;

use super::Front;
use super::bodies::Summary;
use super::consts::ConstOp;
use super::facts::{self, needs_init};
use super::forwards;
use super::link::{self, Links};
use super::reach::{self, Reach};
use super::reentry;
use super::scan::{self, Index, Limits, Scan};
use super::types::TypeSet;
use crate::abi::{FuncRef, INSTANCE_HEADER, InstanceObjects, Memory, Table};
use crate::component::flat::Flat;
use crate::entity::{Arena, EntityId};
use crate::ir::component::CanonId;
use crate::ir::*;
use crate::options::{Input, Options, Platform};
use crate::{Error, host, library, mangle, show};
use segments::Plan;
use std::collections::{HashMap, HashSet};

/// Function types that one may refer to, directly or not, in an open world, where all are spelled in the name of its identity.
const MAX_NESTED: usize = 500;

/// Links the inputs and builds the program. `summaries`: by input and body.
pub fn assemble<'a>(
    inputs: &'a [Input],
    flat: Option<&Flat>,
    mut scans: Vec<Scan>,
    mut types: TypeSet,
    summaries: &[Vec<Summary>],
    options: &Options,
) -> Result<Front<'a>, Error> {
    if options.world == World::Open && inputs.len() != 1 {
        return Err(Error::new("an object for embedding has exactly one module")
            .help("compile each module to an object of its own"));
    }
    let links = match flat {
        Some(flat) => {
            let mut links = link::wire(flat, &scans);
            forwards::resolve(inputs, &mut scans, &types.types, summaries, &mut links);
            links
        }
        None => link::link(inputs, &scans, &types.types, options)?,
    };
    let canon_types = flat.map_or(Vec::new(), |flat| components::types(flat, &mut types));
    let no_type = types.intern(FuncType::default());
    let cont_type = uses_stack_switching(summaries).then(|| types.intern_cont(no_type));
    types.types.number();
    let memory_mode = match (options.world, options.platform, options.memory) {
        (World::Open, _, MemoryMode::Fixed) => MemoryMode::Pinned,
        (_, Platform::Darwin, MemoryMode::Fixed) => MemoryMode::Pinned,
        // A fixed memory would lie where the heap does.
        (_, _, MemoryMode::Fixed) if has_heap(&types.types, &scans) => MemoryMode::Pinned,
        (_, _, mode) => mode,
    };
    let mut assembler = Assembler {
        inputs,
        scans: &scans,
        links: &links,
        flat,
        options,
        no_type,
        sizes: Vec::new(),
        with_entry: HashSet::new(),
        made: HashMap::new(),
        hosts: HashMap::new(),
        canons: Arena::new(),
        given: 0,
        program: Program {
            has_objects: options.world == World::Open
                && has_objects(&types.types, &scans, summaries),
            types: types.types,
            cont_type,
            ..Program::empty(options.world, memory_mode)
        },
    };
    assembler.declare_canons(&canon_types);
    for &input in &links.order {
        assembler.module(input);
    }
    assembler.link_imports();
    assembler.host_memories()?;
    if let Some(flat) = flat {
        assembler.component(flat)?;
    }
    let by_module: Vec<&Scan> = links.order.iter().map(|&i| &scans[i]).collect();
    values::set(&mut assembler.program, &by_module)?;
    assembler.memory_limit()?;
    let main = assembler.entry()?;
    assembler.threads()?;
    assembler.memory_bases(main);
    let summaries: Vec<&[Summary]> = links.order.iter().map(|&i| &summaries[i][..]).collect();
    let reach = reach::reach(&assembler.program, &by_module, &summaries);
    if flat.is_some() {
        assembler.program.component.never_inside =
            reach::never_inside(&assembler.program, &reach, &by_module, &summaries);
        assembler.program.component.never_reentered =
            reentry::never_reentered(&assembler.program, &reach);
    }
    facts::constants(&mut assembler.program, &reach, &by_module, &summaries);
    facts::const_args(&mut assembler.program, &reach, &by_module, &summaries);
    assembler.program.tail_called = reach.tail_called.iter().copied().collect();
    let plans = assembler.segments(&reach, &by_module, &summaries);
    assembler.references(&reach);
    assembler.compiler_functions(&reach, &plans);
    assembler.sizes()?;
    assembler.embeddable()?;
    let calls = reach::calls(&assembler.program, &by_module, &summaries);
    let (program, input_of) = (assembler.program, links.order.clone());
    Ok(Front {
        inputs,
        scans,
        input_of,
        program,
        calls,
        plans,
        tested: Vec::new(),
        deterministic: options.deterministic,
        frame_locals: HashMap::new(),
        watched: HashMap::new(),
        counts: HashMap::new(),
    })
}

/// Whether any function makes continuations or suspends one.
fn uses_stack_switching(summaries: &[Vec<Summary>]) -> bool {
    summaries.iter().flatten().any(|body| body.switches_stacks)
}

/// Whether the program may have a heap.
fn has_heap(types: &Types, scans: &[Scan]) -> bool {
    let throws = || scans.iter().any(|scan| !scan.tags.is_empty());
    types.data_count() > 0 || types.has_conts() || types.exceptions_are_objects() && throws()
}

/// Whether objects or references to them are anywhere in the modules.
fn has_objects(types: &Types, scans: &[Scan], summaries: &[Vec<Summary>]) -> bool {
    let is_object = |ty: ValType| ty.ir() == Type::Gc;
    let is_conversion =
        |op: &ConstOp| matches!(op, ConstOp::AnyConvertExtern | ConstOp::ExternConvertAny);
    types.data_count() > 0
        || types.exceptions_are_objects()
        || types.iter().any(|(_, def)| def.values().any(is_object))
        || summaries.iter().flatten().any(|body| body.converts)
        || scans.iter().any(|scan| {
            let exprs = scan.elems.iter().filter_map(|elem| match &elem.items {
                scan::ElemItems::Exprs(exprs) => Some(exprs),
                scan::ElemItems::Funcs(_) => None,
            });
            let mut exprs = (exprs.flatten())
                .chain(&scan.global_inits)
                .chain(scan.table_inits.iter().flatten());
            scan.globals.iter().any(|global| is_object(global.ty))
                || scan.tables.iter().any(|table| is_object(table.elem))
                || exprs.any(|expr| expr.iter().any(is_conversion))
        })
}

struct Assembler<'a> {
    inputs: &'a [Input],
    scans: &'a [Scan],
    links: &'a Links,
    /// What it is made from, if from a component.
    flat: Option<&'a Flat>,
    options: &'a Options,
    /// Of functions that take and return nothing.
    no_type: SigId,
    /// Bytes of each module's instance so far.
    sizes: Vec<u64>,
    /// Functions that have an array entry.
    with_entry: HashSet<FuncId>,
    /// Memories made for imports, by their names.
    made: HashMap<(String, String), MemId>,
    /// What the host provides or the program makes for imports, by input and index.
    hosts: HashMap<(usize, Index), Entity>,
    /// The functions for canonical definitions.
    canons: Arena<CanonId, FuncId>,
    /// Number of functions that a library gets of its program.
    given: u32,
    program: Program,
}

impl Assembler<'_> {
    fn scan_of(&self, module: ModuleId) -> &Scan {
        &self.scans[self.links.order[module.index()]]
    }

    /// Takes room in a module's instance.
    fn place(&mut self, module: ModuleId, bytes: u64, align: u64) -> u32 {
        let size = &mut self.sizes[module.index()];
        let offset = size.next_multiple_of(align);
        *size = offset + bytes;
        // Whether all offsets fit is checked by `sizes`.
        offset as u32
    }

    /// Adds a module with the entities that it defines; [`Assembler::link_imports`] adds those that it imports.
    fn module(&mut self, input: usize) {
        let scan = &self.scans[input];
        let id = self.program.modules.push(Module {
            name: self.inputs[input].name.clone(),
            path: self.inputs[input].path.clone(),
            ..Module::default()
        });
        self.sizes.push(u64::from(INSTANCE_HEADER));
        self.program.modules[id].types = scan.type_ids.clone();
        if self.program.has_objects {
            self.place(id, size_of::<InstanceObjects>() as u64, 8);
        }
        for i in 0..scan.imports.len() {
            self.host_import(id, input, i);
        }
        self.globals(id, scan);
        self.memories_and_tables(id, scan);
        self.tags(id, scan);
        self.functions(id, scan);
    }

    fn globals(&mut self, module: ModuleId, scan: &Scan) {
        for global in &scan.globals[scan.imported_globals..] {
            let bytes = global_cell_size(global.ty);
            let offset = self.place(module, bytes.into(), bytes.into());
            let id = self.program.globals.push(GlobalDecl {
                module,
                place: Place::Own(offset),
                ty: global.ty,
                numbers: None,
                mutable: global.mutable,
                constant: None,
            });
            self.program.modules[module].globals.push(id);
        }
    }

    fn memories_and_tables(&mut self, module: ModuleId, scan: &Scan) {
        for &limits in &scan.memories[scan.imported_memories..] {
            let id = self.memory(module, limits);
            self.program.modules[module].memories.push(id);
        }
        for table in &scan.tables[scan.imported_tables..] {
            let offset = self.place(module, size_of::<Table>() as u64, 8);
            let id = self.program.tables.push(TableDecl {
                module,
                place: Place::Own(offset),
                elem: table.elem,
                numbers: None,
                index: table.limits.address(),
                min: table.limits.min,
                max: table.limits.max,
            });
            self.program.modules[module].tables.push(id);
        }
    }

    /// A memory that lives in a module's instance.
    fn memory(&mut self, module: ModuleId, limits: Limits) -> MemId {
        let offset = self.place(module, size_of::<Memory>() as u64, 8);
        self.program.memories.push(MemoryDecl {
            module,
            place: Place::Own(offset),
            address: limits.address(),
            page_log2: limits.page_log2,
            min_pages: limits.min,
            max_pages: limits.max,
            shared: limits.shared,
            base: MemBase::Value,
        })
    }

    fn tags(&mut self, module: ModuleId, scan: &Scan) {
        for index in scan.imported_tags..scan.tags.len() {
            // A closed world knows tags by number.
            let place = match self.program.world {
                World::Closed => Place::Own(0),
                World::Open => Place::Own(self.place(module, 8, 8)),
            };
            let tag = self.tag(module, scan, index as u32, place);
            self.program.modules[module].tags.push(tag);
        }
    }

    fn tag(&mut self, module: ModuleId, scan: &Scan, index: u32, place: Place) -> TagId {
        let sig = scan.type_ids[scan.tags[index as usize] as usize];
        self.program.tags.push(TagDecl {
            module,
            place,
            sig,
            name: scan.tag_name(index).to_string(),
        })
    }

    fn functions(&mut self, module: ModuleId, scan: &Scan) {
        let mut exported: HashMap<u32, &str> = HashMap::new();
        for export in scan.exports.iter().rev() {
            if let Index::Func(f) = export.index {
                exported.insert(f, &export.name);
            }
        }
        for (i, body) in scan.bodies.iter().enumerate() {
            let index = (scan.imported_funcs + i) as u32;
            let name = match scan
                .names
                .func(index)
                .or_else(|| exported.get(&index).copied())
            {
                Some(name) => name.to_string(),
                None => show::nameless(index),
            };
            let sig = self.program.modules[module].types[scan.funcs[index as usize] as usize];
            let id = self.program.funcs.push(FuncDecl {
                module,
                index,
                name,
                sig,
                kind: FuncKind::Defined { body: body.clone() },
                funcref: None,
            });
            self.program.modules[module].funcs.push(id);
        }
    }

    /// Checks that functions of the host find a memory whose addresses they take.
    fn host_memories(&self) -> Result<(), Error> {
        for decl in self.program.funcs.values() {
            let FuncKind::Import { symbol, .. } = &decl.kind else {
                continue;
            };
            let module = &self.program.modules[decl.module];
            let memory = module.host_memory().map(|id| &self.program.memories[id]);
            if host::by_symbol(symbol).is_some() && memory.is_some_and(MemoryDecl::is_wide) {
                return Err(Error::new(format!(
                    "`{}` takes addresses of 32 bits, but those of the module's memory have 64 (memory64)",
                    show::name(&decl.name)
                ))
                .in_file(&module.path)
                .help("WASI has no functions for 64-bit memories: build the module for wasm32"));
            }
        }
        Ok(())
    }

    /// Checks that the memories fit into the limit at their start: else the program could not even begin.
    fn memory_limit(&self) -> Result<(), Error> {
        let limit = self.options.config.memory_limit;
        let own = self.program.memories.values();
        let own = own.filter(|memory| matches!(memory.place, Place::Own(_)));
        let bytes = own.fold(0u64, |sum, memory| sum.saturating_add(memory.min_bytes()));
        if limit != 0 && bytes > limit {
            return Err(Error::new(format!(
                "the memories start with {bytes} bytes, more than the limit of {limit}"
            ))
            .help("raise --memory-limit"));
        }
        Ok(())
    }

    /// Decides how code forms addresses in each memory.
    fn memory_bases(&mut self, main: ModuleId) {
        let modules = &self.program.modules;
        let of = |id: ModuleId| modules[id].host_memory();
        let primary = of(main).or_else(|| modules.ids().rev().find_map(of));
        let mode = self.program.memory_mode;
        for (id, memory) in self.program.memories.iter_mut() {
            memory.base = match mode {
                MemoryMode::Checked => MemBase::Checked,
                // Guards begin at pages of the machine.
                _ if memory.page_log2 == 0 => MemBase::Checked,
                MemoryMode::Fixed if primary == Some(id) => MemBase::Fixed,
                MemoryMode::Pinned if primary == Some(id) => MemBase::Pinned,
                MemoryMode::Fixed | MemoryMode::Pinned => MemBase::Value,
            };
        }
    }

    // Functions made by the compiler, and the final lists.

    /// Gives every function that is referred to its place in the FuncRef array.
    fn references(&mut self, reach: &Reach) {
        for &func in &reach.referred {
            self.program.funcs[func].funcref = Some(self.program.funcrefs.len() as u32);
            self.program.funcrefs.push(func);
            let decl = &self.program.funcs[func];
            let is_host = matches!(decl.kind, FuncKind::Import { .. } | FuncKind::Unknown);
            let (far, near) = match self.program.world {
                World::Open => (true, is_host && !self.program.tail_called.is_empty()),
                World::Closed => (false, is_host),
            };
            if far {
                self.add_func(func, "reference", FuncKind::FarEntry { callee: func });
            }
            if near {
                let kind = FuncKind::ImportAdapter { callee: func };
                self.add_func(func, "adapter", kind);
            }
        }
        if self.program.world == World::Open {
            let main = self.program.main;
            let bytes = self.program.funcrefs.len() * size_of::<FuncRef>();
            self.program.modules[main].funcrefs_offset = self.place(main, bytes as u64, 8);
        }
    }

    /// Adds a function that serves another; it belongs to the same module.
    fn add_func(&mut self, callee: FuncId, role: &str, kind: FuncKind) -> FuncId {
        let decl = &self.program.funcs[callee];
        let decl = FuncDecl {
            module: decl.module,
            index: u32::MAX,
            name: format!("{} [{role}]", decl.name),
            sig: decl.sig,
            kind,
            funcref: None,
        };
        self.program.funcs.push(decl)
    }

    fn compiler_functions(&mut self, reach: &Reach, plans: &[Plan]) {
        let defined = self.program.funcs.iter().filter(|(id, decl)| {
            let reached = reach.funcs.get(id.index()).is_some_and(|r| *r);
            reached && matches!(decl.kind, FuncKind::Defined { .. })
        });
        self.program.compiled = defined.map(|(id, _)| id).collect();
        let mut next = 0;
        for group in &self.links.groups {
            let members = next..next + group.len() as u32;
            next = members.end;
            let members: Vec<ModuleId> = members.map(ModuleId::from_u32).collect();
            let needs = |&id: &ModuleId| {
                needs_init(&self.program, id, self.scan_of(id), &plans[id.index()])
            };
            if let Some(&id) = members.last()
                && members.iter().any(needs)
            {
                let init = self.program.funcs.push(FuncDecl {
                    module: id,
                    index: u32::MAX,
                    name: "[instantiate]".to_string(),
                    sig: self.no_type,
                    kind: FuncKind::Init,
                    funcref: None,
                });
                self.program.modules[id].init = Some(init);
                self.program.modules[id].instantiates = members;
            }
        }
        for id in self.program.modules.ids() {
            self.exports(id);
        }
        if self.options.entry == EntryKind::Library {
            self.library_functions();
        }
        self.program.array_entries.sort_unstable();
        self.cont_entries();
        let made = self
            .program
            .funcs
            .iter()
            // Those that were there before are for what may be unreachable.
            .filter(|(id, _)| reach.funcs.get(id.index()).is_none_or(|reached| *reached))
            .filter(|(_, decl)| match decl.kind {
                FuncKind::Init
                | FuncKind::ArrayEntry { .. }
                | FuncKind::ContEntry
                | FuncKind::CExport { .. }
                | FuncKind::LibraryExport { .. }
                | FuncKind::LibraryFunction { .. }
                | FuncKind::HostExport { .. }
                | FuncKind::FarEntry { .. }
                | FuncKind::ImportAdapter { .. }
                | FuncKind::Canon(_) => true,
                FuncKind::Defined { .. } | FuncKind::Import { .. } | FuncKind::Unknown => false,
            });
        let made: Vec<FuncId> = made.map(|(id, _)| id).collect();
        self.program.compiled.extend(made);
    }

    /// What continuations begin with, for each type of functions.
    fn cont_entries(&mut self) {
        if self.program.cont_type.is_none() {
            return;
        }
        let types = &self.program.types;
        let mut sigs: Vec<SigId> = types.iter().filter_map(|(_, def)| def.cont()).collect();
        sigs.sort_unstable();
        sigs.dedup();
        for sig in sigs {
            let entry = self.program.funcs.push(FuncDecl {
                module: self.program.main,
                index: u32::MAX,
                name: "[continuation]".to_string(),
                sig,
                kind: FuncKind::ContEntry,
                funcref: None,
            });
            self.program.cont_entries.push((sig, entry));
        }
    }

    /// What a library exports besides its module's functions.
    fn library_functions(&mut self) {
        let main = self.program.main;
        let has_objects = self.program.has_objects;
        let names = library::Names::new(&self.program.modules[main].name, has_objects);
        let is_of_host =
            |decl: &FuncDecl| matches!(decl.kind, FuncKind::Import { given: None, .. });
        let calls_host = self.program.funcs.values().any(is_of_host);
        let objects = library::OBJECTS.into_iter().filter(|_| has_objects);
        for (name, function) in library::FUNCTIONS.into_iter().chain(objects) {
            if function == RtFn::LibraryConfigure && !calls_host {
                continue;
            }
            let symbol = names.of_library(name);
            self.program.funcs.push(FuncDecl {
                module: main,
                index: u32::MAX,
                name: format!("[{name}]"),
                sig: self.no_type,
                kind: FuncKind::LibraryFunction { function, symbol },
                funcref: None,
            });
        }
    }

    /// Entries of the functions that a module exports.
    fn exports(&mut self, id: ModuleId) {
        let exports = self.program.modules[id].exports.clone();
        let prefix = self.program.modules[id].name.clone();
        let mut names = library::Names::new(&prefix, self.program.has_objects);
        for export in exports {
            let Entity::Func(callee) = export.entity else {
                continue;
            };
            if self.options.entry == EntryKind::Hosted {
                let symbol = mangle::export_symbol(&prefix, &export.name);
                self.add_func(callee, "export", FuncKind::HostExport { callee, symbol });
                continue;
            }
            if self.with_entry.insert(callee) {
                let kind = FuncKind::ArrayEntry { callee };
                let entry = self.add_func(callee, "entry", kind);
                // It is called with the instance of the module that exports, also where that does not define the function.
                self.program.funcs[entry].module = id;
                self.program.array_entries.push((callee, entry));
            }
            if self.options.entry == EntryKind::Library {
                let symbol = names.export(&export.name);
                self.add_func(callee, "export", FuncKind::LibraryExport { callee, symbol });
            }
            if self.options.entry == EntryKind::None {
                let symbol = mangle::export_symbol(&prefix, &export.name);
                self.add_func(callee, "export", FuncKind::CExport { callee, symbol });
            }
        }
    }

    /// Checks that an object for embedding can have what the module has, and that the symbols of type identities do not become too long.
    fn embeddable(&self) -> Result<(), Error> {
        let types = &self.program.types;
        if self.program.world == World::Closed {
            return Ok(());
        }
        let refuse = |what: &str| {
            Error::new(format!("{what} are not supported in objects for embedding"))
                .in_file(&self.inputs[0].path)
        };
        if types.has_conts() {
            return Err(refuse("types of the stack switching proposal")
                .help("make an executable of the module"));
        }
        let is_large = |id| mangle::nested_types(types, id, MAX_NESTED + 1) > MAX_NESTED;
        if types
            .iter()
            .any(|(id, _)| types.is_portable(id) && is_large(id))
        {
            return Err(Error::new(format!(
                "a function type refers to more than {MAX_NESTED} others, which is too much for an object"
            ))
            .in_file(&self.inputs[0].path));
        }
        Ok(())
    }

    /// Checks that all offsets in instances fit.
    fn sizes(&mut self) -> Result<(), Error> {
        let mut offsets = Vec::new();
        let mut total = 0u64;
        for (id, module) in self.program.modules.iter_mut() {
            let size = self.sizes[id.index()].next_multiple_of(16);
            offsets.push(total as u32);
            total += size;
            // In a program with threads distances count from the first module's instance.
            let last = if self.program.thread_block.is_some() {
                total
            } else {
                size
            };
            module.instance_size = match i32::try_from(last) {
                Ok(_) => size as u32,
                Err(_) => {
                    return Err(Error::new("the module's globals and segments exceed 2 GiB")
                        .in_file(&module.path));
                }
            };
        }
        if let Some(block) = &mut self.program.thread_block {
            *block = offsets;
        }
        Ok(())
    }
}
