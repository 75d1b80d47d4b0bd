//! The key of a function: a hash of all that decides what it is compiled to.
//!
//! That is, in this order:
//!
//! - the compiler, the options that matter to code, and the program but for its functions and its data ([`environment`]): what code may ask of it is the same for all
//!   functions, so it is hashed once;
//! - the function's body, with what the front end knows of it. A function that it mentions is written as its place in a list of those mentioned, so that numbers
//!   which change whenever a function is added have no meaning; the value of a constant global, and the place of a function among those that are referred to, stand beside their mentions;
//! - of each function in the list what code may depend on: its type, its module, and the facts that are known of it by now ([`FuncFacts`],
//!   [`Changed`]). Its own code is not among them: an edit that leaves the facts as they are changes no caller's key. A body that may take the place of calls
//!   is, by its key; what it mentions is appended to the list.
//!
//! Whatever a pass, expansion or the backend comes to ask of [`Program`], of [`Options`] or of facts must be here. The structures are taken apart without `..`,
//! so that the compiler asks about a new field.

use crate::entity::EntityId;
use crate::ir::facts::{Facts, FuncFacts};
use crate::ir::{
    DataDecl, ElemDecl, FuncDecl, FuncId, FuncKind, GlobalDecl, MemoryDecl, Module, Program,
    TableDecl, TagDecl,
};
use crate::mach::Changed;
use crate::options::Options;
use crate::pack::Key;
use crate::wasm::{Front, bodies};
use std::collections::HashMap;
use std::fmt::{self, Debug, Write};
use std::sync::OnceLock;
use wasmparser::Operator;

/// A function's key, and the functions that it is about: the function itself first.
pub struct Named {
    pub key: Key,
    pub funcs: Box<[FuncId]>,
}

/// The keys of a program's functions, each once it is asked for.
pub struct Keys<'a> {
    front: &'a Front<'a>,
    environment: blake3::Hasher,
    named: Vec<OnceLock<Option<Named>>>,
}

impl<'a> Keys<'a> {
    pub fn new(front: &'a Front<'a>, options: &Options, compiler: &Key) -> Keys<'a> {
        Keys {
            front,
            environment: environment(&front.program, options, compiler),
            named: front.program.funcs.ids().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The key of a function that was asked for before, if it has one.
    pub fn get(&self, func: FuncId) -> Option<&Named> {
        self.named[func.index()].get()?.as_ref()
    }

    /// The key of a function when these facts are known. Functions that the compiler makes have none.
    pub fn of(&self, func: FuncId, facts: &Facts, changed: &Changed) -> Option<&Named> {
        let named = || self.make(func, facts, changed);
        self.named[func.index()].get_or_init(named).as_ref()
    }

    fn make(&self, func: FuncId, facts: &Facts, changed: &Changed) -> Option<Named> {
        let mut hash = Hash(self.environment.clone());
        let mut list = List::default();
        list.place(func);
        self.body(func, &mut hash, &mut list)?;
        // The list grows on the way.
        let mut at = 0;
        while let Some(&func) = list.funcs.get(at) {
            at += 1;
            mention(&self.front.program, func, &mut hash);
            hash.debug(&changed.of(func).map(|regs| regs.0));
            let known = facts.get(func);
            hash.number(known.is_some().into());
            let Some(known) = known else { continue };
            let FuncFacts {
                writes,
                throws,
                collects,
                body,
            } = known;
            hash.bytes(&writes.0.to_le_bytes());
            hash.number((*throws).into());
            hash.number((*collects).into());
            hash.number(body.as_ref().map_or(u64::MAX, |body| body.size() as u64));
            if body.is_some() {
                let named = self.get(func)?;
                hash.bytes(&named.key);
                for &func in &named.funcs {
                    hash.number(list.place(func).into());
                }
            }
        }
        Some(Named {
            key: hash.finish(),
            funcs: list.funcs.into(),
        })
    }

    /// The body, as the front end finds it.
    fn body(&self, func: FuncId, hash: &mut Hash, list: &mut List) -> Option<()> {
        let front = self.front;
        let program = &front.program;
        let decl = &program.funcs[func];
        let FuncKind::Defined { body } = &decl.kind else {
            return None;
        };
        let module = &program.modules[decl.module];
        let input = front.input_of[decl.module.index()];
        let (scan, bytes) = (&front.scans[input], &front.inputs[input].bytes);
        hash.debug(&program.const_args[func]);
        hash.debug(&front.frame_locals.get(&func));
        hash.debug(&front.watched.get(&func));
        let tested = &front.tested[input][decl.index as usize - scan.imported_funcs];
        hash.number(tested.len() as u64);
        for &(offset, from) in tested {
            hash.number(u64::from(offset) - body.start as u64);
            hash.debug(&from);
        }
        hash.number(body.len() as u64);
        let mut done = body.start;
        let mut ops = bodies::operators(&front.inputs[input], body);
        while !ops.eof() {
            let (op, offset) = ops.read_with_offset().expect("a validated body");
            let place = (decl.index, (offset as usize - body.start) as u32);
            if let Some(hint) = scan.hints.get(&place) {
                hash.aside(&(place.1, hint));
            }
            match op {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    // Up to the index, which follows a byte; how many bytes it takes decides where others are.
                    let (index, end) = (offset as usize + 1, ops.original_position() as usize);
                    hash.bytes(&bytes[done..index]);
                    hash.number((end - index) as u64);
                    let mentioned = module.funcs[function_index as usize];
                    hash.number(list.place(mentioned).into());
                    if let Operator::RefFunc { .. } = op {
                        hash.debug(&program.funcs[mentioned].funcref);
                    }
                    done = end;
                }
                Operator::GlobalGet { global_index } => {
                    let global = module.globals[global_index as usize];
                    hash.aside(&program.globals[global].constant);
                }
                _ => {}
            }
        }
        hash.bytes(&bytes[done..body.end]);
        Some(())
    }
}

/// What code may ask about a function that it mentions, but for facts.
fn mention(program: &Program, func: FuncId, hash: &mut Hash) {
    let FuncDecl {
        module,
        index: _,
        name: _,
        sig,
        kind,
        // Of those whose references are mentioned.
        funcref: _,
    } = &program.funcs[func];
    hash.number(module.as_u32().into());
    hash.number(sig.as_u32().into());
    match kind {
        FuncKind::Defined { .. } => hash.number(0),
        other => {
            hash.number(1);
            hash.debug(other);
        }
    }
}

/// What is the same for all functions.
fn environment(program: &Program, options: &Options, compiler: &Key) -> blake3::Hasher {
    let mut hash = Hash::new(compiler);
    hash.options(options);
    let Program {
        world,
        memory_mode,
        modules,
        types,
        funcs: _,
        memories,
        tables,
        globals,
        tags,
        datas,
        elems,
        funcrefs: _,
        array_entries: _,
        cont_entries,
        cont_type,
        tail_called,
        // Of each function its own.
        const_args: _,
        compiled: _,
        main,
        thread_block,
        thread_heap,
        has_objects,
        counted: _,
        hot: _,
        component,
    } = program;
    hash.debug(&(world, memory_mode, types, cont_type, tail_called, main));
    // Which functions they are is seen when code is stored that refers to them.
    hash.debug(&cont_entries.iter().map(|entry| entry.0).collect::<Vec<_>>());
    hash.debug(&(
        thread_block,
        thread_heap,
        has_objects,
        component.instances.is_empty(),
    ));
    hash.number(modules.len() as u64);
    for module in modules.values() {
        let Module {
            name: _,
            path: _,
            funcs: _,
            memories,
            tables,
            globals,
            tags,
            types,
            datas: _,
            elems: _,
            data_indices,
            elem_indices,
            exports: _,
            imports: _,
            init: _,
            instantiates: _,
            images: _,
            instance_size: _,
            template: _,
            funcrefs_offset,
        } = module;
        hash.debug(&(memories, tables, globals, tags, types));
        hash.debug(&(data_indices, elem_indices, funcrefs_offset));
    }
    hash.number(memories.len() as u64);
    for memory in memories.values() {
        let MemoryDecl {
            module,
            place,
            address,
            page_log2,
            // Code knows but how far it may grow.
            min_pages: _,
            max_pages: _,
            shared,
            base,
        } = memory;
        hash.debug(&(module, place, address, page_log2, shared, base));
        hash.number(memory.page_limit());
    }
    hash.number(tables.len() as u64);
    for table in tables.values() {
        let TableDecl {
            module,
            place,
            elem,
            numbers,
            index,
            min: _,
            max: _,
        } = table;
        hash.debug(&(module, place, elem, numbers, index));
    }
    hash.number(globals.len() as u64);
    for global in globals.values() {
        let GlobalDecl {
            module,
            place,
            ty,
            numbers,
            mutable,
            // Of each function those that it mentions.
            constant: _,
        } = global;
        hash.debug(&(module, place, ty, numbers, mutable));
    }
    hash.number(tags.len() as u64);
    for tag in tags.values() {
        let TagDecl {
            module,
            place,
            sig,
            name: _,
        } = tag;
        hash.debug(&(module, place, sig));
    }
    hash.number(datas.len() as u64);
    for data in datas.values() {
        let DataDecl {
            module,
            offset,
            bytes: _,
        } = data;
        hash.debug(&(module, offset));
    }
    hash.number(elems.len() as u64);
    for elem in elems.values() {
        let ElemDecl {
            module,
            offset,
            ty,
            items: _,
        } = elem;
        hash.debug(&(module, offset, ty));
    }
    hash.0
}

/// Functions without duplicates, in order of their first mention.
#[derive(Default)]
struct List {
    funcs: Vec<FuncId>,
    places: HashMap<FuncId, u32>,
}

impl List {
    /// The place of a function, which is appended if it has none.
    fn place(&mut self, func: FuncId) -> u32 {
        *self.places.entry(func).or_insert_with(|| {
            self.funcs.push(func);
            self.funcs.len() as u32 - 1
        })
    }
}

/// A hash of parts that are framed, so that no two sequences of them are the same bytes.
pub struct Hash(blake3::Hasher);

impl Hash {
    /// One that holds the compiler.
    pub fn new(compiler: &Key) -> Hash {
        let mut hash = Hash(blake3::Hasher::new());
        hash.bytes(compiler);
        hash
    }
    /// Adds the options that code depends on.
    pub fn options(&mut self, options: &Options) {
        let Options {
            isa,
            platform,
            cpu,
            opt,
            memory,
            world,
            emit: _,
            entry: _,
            unknown: _,
            deterministic,
            debug,
            // With counts and profiles there are no keys.
            count: _,
            profile: _,
            // Of valid modules.
            features: _,
            function: _,
            legend: _,
            print_after: _,
            // There are no keys unless all steps run.
            stop_after: _,
            jobs: _,
            schedule: _,
            verify: _,
            config: _,
            earlier: _,
        } = options;
        self.debug(&(isa, platform, cpu, opt, memory, world, deterministic, debug));
    }
    pub fn finish(&self) -> Key {
        *self.0.finalize().as_bytes()
    }
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }
    /// Something about a part of the bytes that follow.
    fn aside(&mut self, value: &dyn Debug) {
        // No length.
        self.number(u64::MAX);
        self.debug(value);
    }
    /// A structure without addresses, by its text.
    fn debug(&mut self, value: &dyn Debug) {
        write!(self, "{value:?}").expect("hashing does not fail");
        // No text has such a byte.
        self.0.update(&[0xff]);
    }
}

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
