//! Object emission: compiled functions and the program's data become one relocatable object, ELF or Mach-O.
//!
//! Input: the [`Program`] and the [`CompiledFunc`]s of `program.compiled` that [`keep`] leaves, in that order. Output: the file's bytes, a pure
//! function of the input. Everything the runtime reads is laid out here, from the types in `abi.rs`.
//!
//! | section (names of ELF; those of Mach-O are in `macho`) | contents |
//! |---|---|
//! | `.text` | functions in order, references between them resolved |
//! | `.rodata` | segments, names, function table, trap streams, descriptors without addresses, type identities |
//! | `.data.rel.ro` | descriptors with addresses, function references (closed world), instance templates (open world) |
//! | `.data` | instances (closed world) |
//! | `.wative.files` | files that the program carries, page-aligned, read-only; the embedded linker gives it a segment of its own |
//! | `.wative.image` | memory images, on whole pages (`Isa::max_page`), writable because they become guest memory |
//! | `.eh_frame` | unwinding for debuggers |
//! | `.debug_*` | what `debug` makes of the modules' DWARF, if it is asked for |
//!
//! Algorithm: place the functions (`text`, with `veneers` where calls are too far), reserve instances and function references, copy the code
//! and resolve what is known, write tables (`tables`, `traps`, `unwind`), descriptors (`instances`, `descs`) and the filter of system
//! calls (`filter`), then serialise (`file`).
//! Only `elf`, `macho`, `filter`, `unwind`, `text` and `veneers` know the instruction set.
//!
//! Architecture invariant: all of this is linear in the size of the input, and no order depends on a hash.

mod descs;
mod elf;
mod externs;
mod file;
pub(crate) mod filter;
mod gc;
mod instances;
mod landings;
mod live;
mod macho;
mod profile;
mod section;
mod tables;
#[cfg(test)]
mod testing;
mod text;
mod traps;
mod unwind;
mod veneers;

use crate::abi;
use crate::debug::{self, backtraces::Subjects};
use crate::entity::{EntityId, SideMap};
use crate::error::Error;
use crate::ir::{FuncId, FuncKind, Program, Symbol, World};
use crate::mach::arch::Arch;
use crate::mach::compiled::CompiledFunc;
use crate::mangle;
use crate::options::Options;
use externs::Externs;
use file::{Binding, Definition};
pub use live::keep;
use section::{Addr, At, ExternId, Fixup, FixupKind, Sect, Section};
pub use tables::local_symbol;

/// Makes the object file. Fails only on sizes that the format or the instruction set cannot express.
pub fn emit(
    program: &Program,
    options: &Options,
    arch: &'static Arch,
    funcs: Vec<CompiledFunc>,
    sources: &debug::Modules,
    subjects: &Subjects,
) -> Result<Vec<u8>, Error> {
    let mut order = program.compiled.iter();
    assert!(
        funcs.iter().all(|f| order.any(|&id| id == f.id)),
        "obj: compiled functions are not in the program's order"
    );
    let layout = text::Layout::new(arch.padding, arch.veneer, &funcs)?;
    let offsets = &layout.offsets;
    let mut emitter = Emitter::new(program, options, arch, &funcs, offsets);
    emitter.allocates = gc::allocates(&funcs);
    if emitter.allocates || program.has_objects {
        gc::check(program)?;
    }
    emitter.reserve();
    let text = layout.build(&funcs, |symbol| emitter.addr(symbol))?;
    emitter.define_functions(&funcs, offsets);
    emitter.write_tags();
    let backtraces = debug::backtraces::table(program, sources, &funcs, subjects);
    let describe = match &backtraces {
        Some(table) if table.subjects.is_empty() => emitter.external("wative_rt_sources"),
        Some(_) => emitter.external("wative_rt_subjects"),
        None => Addr::Null,
    };
    let code = tables::write(
        program,
        arch,
        &funcs,
        offsets,
        emitter.numbered_tags(),
        backtraces.as_ref().map(|table| (table, describe)),
        [&mut emitter.rodata, &mut emitter.relro],
    )?;
    emitter.describe(code);

    let mut unwind = unwind::Unwind::new(arch.unwind);
    let mut islands = layout.islands.iter().peekable();
    for (number, (func, &offset)) in funcs.iter().zip(offsets).enumerate() {
        if !func.code.is_empty() {
            unwind.add(offset, func);
        }
        if let Some(island) = islands.next_if(|island| island.end == number + 1) {
            unwind.add_frameless(island.offset, island.len());
        }
    }
    let debug = (options.debug).then(|| emitter.debug(sources, &funcs, offsets));
    drop(funcs);
    let mut sections = vec![text, unwind.finish(), emitter.rodata, emitter.relro];
    for section in [emitter.data, emitter.image, emitter.files] {
        if !section.bytes.is_empty() {
            sections.push(section);
        }
    }
    sections.extend(debug.into_iter().flatten());
    file::write(
        options,
        arch,
        sections,
        emitter.definitions,
        &emitter.externs,
    )
}

/// Name of the section with the files that a program carries, in ELF objects.
pub const FILES_SECTION: &str = ".wative.files";

/// The functions that backtraces do not only name, each with its place.
fn with_code<'f>(
    funcs: &'f [CompiledFunc],
    offsets: &'f [u32],
) -> impl Iterator<Item = (&'f CompiledFunc, &'f u32)> {
    let all = funcs.iter().zip(offsets);
    all.filter(|(func, _)| !func.code.is_empty())
}

/// The object under construction.
struct Emitter<'a> {
    program: &'a Program,
    options: &'a Options,
    arch: &'static Arch,
    rodata: Section,
    relro: Section,
    data: Section,
    image: Section,
    files: Section,
    externs: Externs,
    definitions: Vec<Definition>,
    /// Place of the code of every function that is compiled here.
    code: SideMap<FuncId, Option<u32>>,
    /// Functions that the compiler made for a function.
    made: Made,
    /// Closed world: the static instance of each module, in order.
    instances: Vec<At>,
    /// Closed world: the FuncRef array.
    funcrefs: Option<At>,
    /// Where the program counts, if it does.
    counters: Option<At>,
    /// Open world: the module's descriptor.
    descriptor: Option<At>,
    /// Open world: identities of function types that no other module has.
    own_types: Option<At>,
    /// Descriptors of the tags, and their number.
    tags: (Addr, u64),
    /// Whether functions allocate objects.
    allocates: bool,
}

/// For each function the compiled ones that stand for it in some role.
struct Made {
    array_entry: SideMap<FuncId, Option<FuncId>>,
    far_entry: SideMap<FuncId, Option<FuncId>>,
    adapter: SideMap<FuncId, Option<FuncId>>,
}

impl<'a> Emitter<'a> {
    fn new(
        program: &'a Program,
        options: &'a Options,
        arch: &'static Arch,
        funcs: &[CompiledFunc],
        offsets: &[u32],
    ) -> Emitter<'a> {
        let none = || SideMap::new(None, program.funcs.len());
        let mut made = Made {
            array_entry: none(),
            far_entry: none(),
            adapter: none(),
        };
        let mut code = SideMap::new(None, program.funcs.len());
        for (func, &offset) in with_code(funcs, offsets) {
            code[func.id] = Some(offset);
        }
        for &func in &program.compiled {
            match program.funcs[func].kind {
                FuncKind::ArrayEntry { callee } => made.array_entry[callee] = Some(func),
                FuncKind::FarEntry { callee } => made.far_entry[callee] = Some(func),
                FuncKind::ImportAdapter { callee } => made.adapter[callee] = Some(func),
                FuncKind::Defined { .. }
                | FuncKind::Import { .. }
                | FuncKind::Unknown
                | FuncKind::Init
                | FuncKind::ContEntry
                | FuncKind::CExport { .. }
                | FuncKind::LibraryExport { .. }
                | FuncKind::LibraryFunction { .. }
                | FuncKind::HostExport { .. }
                | FuncKind::Canon(_) => {}
            }
        }
        Emitter {
            program,
            options,
            arch,
            rodata: Section::new(Sect::Rodata),
            relro: Section::new(Sect::RelRo),
            data: Section::new(Sect::Data),
            image: Section::new(Sect::Image),
            files: Section::new(Sect::Files),
            externs: Externs::default(),
            definitions: Vec::new(),
            code,
            made,
            instances: Vec::new(),
            funcrefs: None,
            counters: None,
            descriptor: None,
            own_types: None,
            tags: (Addr::Null, 0),
            allocates: false,
        }
    }

    fn is_open(&self) -> bool {
        self.program.world == World::Open
    }

    /// The sections for debuggers.
    fn debug(
        &self,
        sources: &debug::Modules,
        funcs: &[CompiledFunc],
        offsets: &[u32],
    ) -> Vec<Section> {
        let sections = debug::translate(self.program, sources, funcs, offsets);
        let section = |from: debug::Section| Section {
            sect: Sect::Debug(from.id),
            bytes: from.bytes,
            align: 1,
            fixups: from.fixups.iter().map(|fixup| self.fixup(fixup)).collect(),
        };
        sections.into_iter().map(section).collect()
    }

    fn fixup(&self, fixup: &debug::Fixup) -> Fixup {
        let start = |sect| At { sect, offset: 0 };
        let target = match fixup.target {
            debug::Target::Text => start(Sect::Text),
            debug::Target::Instance(module) => self.instances[module as usize],
            debug::Target::Debug(id) => start(Sect::Debug(id)),
        };
        Fixup {
            offset: fixup.offset,
            kind: match fixup.size {
                4 => FixupKind::Abs32,
                _ => FixupKind::Abs64,
            },
            target: Addr::At(target),
            addend: fixup.addend,
        }
    }

    /// Gives instances, function references and the descriptor of an open world their places, so that code can refer to them.
    fn reserve(&mut self) {
        if self.is_open() {
            self.descriptor = Some(self.relro.alloc_for::<abi::ModuleDesc>());
            if self.program.has_objects {
                // The address of the collector's descriptor follows.
                self.relro.alloc(8, 8);
            }
            return;
        }
        for module in self.program.modules.values() {
            let at = self.data.alloc(u64::from(module.instance_size), 16);
            self.instances.push(at);
            if let Some(offsets) = &self.program.thread_block {
                let number = self.instances.len() - 1;
                let distance = at.offset - self.instances[0].offset;
                assert_eq!(distance, u64::from(offsets[number]), "obj: block of state");
            }
            self.definitions.push(Definition {
                name: mangle::instance_symbol(&module.name),
                at,
                size: u64::from(module.instance_size),
                is_func: false,
                binding: Binding::Hidden,
            });
        }
        self.reserve_counters();
        let count = self.program.funcrefs.len() as u64;
        if count > 0 {
            let size = size_of::<abi::FuncRef>() as u64;
            self.funcrefs = Some(self.relro.alloc(count * size, 8));
        }
    }

    /// Where a symbol is.
    fn addr(&mut self, symbol: Symbol) -> Addr {
        match symbol {
            Symbol::Func(func) => self.func(func),
            Symbol::Instance(module) => Addr::At(self.instances[module.index()]),
            Symbol::FuncRefs => {
                Addr::At(self.funcrefs.expect("obj: there are function references"))
            }
            Symbol::Sig(sig) => self.sig(sig),
            Symbol::Runtime(function) => self.external(function.symbol()),
            Symbol::Heap => self.external("wative_gc"),
            Symbol::Counters => Addr::At(self.counters.expect("obj: the program counts")),
            Symbol::Descriptor => Addr::At(
                self.descriptor
                    .expect("obj: there is a descriptor in an open world"),
            ),
        }
    }

    /// Code of a function: compiled here, or an import's C symbol.
    pub fn func(&mut self, func: FuncId) -> Addr {
        if let Some(offset) = self.code[func] {
            return Addr::At(At {
                sect: Sect::Text,
                offset: u64::from(offset),
            });
        }
        let decl = &self.program.funcs[func];
        match &decl.kind {
            FuncKind::Import { symbol, .. } => self.external(symbol),
            kind => panic!("obj: {func} ({}, {kind:?}) was not compiled", decl.name),
        }
    }

    /// A symbol that another object defines.
    fn external(&mut self, name: &str) -> Addr {
        Addr::Extern(self.externs.get(name, || None))
    }

    /// The identity of a function type: the address of a byte that all objects of a link share. Of types that are related to others, or refer to objects, this module
    /// alone has its own, one behind the other in the order of their numbers.
    fn sig(&mut self, sig: crate::ir::SigId) -> Addr {
        let types = &self.program.types;
        if !types.is_portable(sig) {
            let start = *self.own_types.get_or_insert_with(|| {
                let count = types.iter().map(|(id, _)| types.numbers(id).1).max();
                self.rodata
                    .append(&vec![0; count.map_or(0, |last| last as usize + 1)], 1)
            });
            return Addr::At(start.plus(types.numbers(sig).0.into()));
        }
        Addr::Extern(self.shared_sig(sig))
    }

    fn shared_sig(&mut self, sig: crate::ir::SigId) -> ExternId {
        let name = mangle::sig_symbol(&self.program.types, sig);
        let rodata = &mut self.rodata;
        self.externs.get(&name, || Some(rodata.append(&[0], 1)))
    }

    /// Symbols of the functions: C names for what C calls, names for debuggers otherwise.
    fn define_functions(&mut self, funcs: &[CompiledFunc], offsets: &[u32]) {
        self.definitions.reserve(funcs.len());
        for (func, &offset) in with_code(funcs, offsets) {
            let decl = &self.program.funcs[func.id];
            let (name, binding) = match &decl.kind {
                FuncKind::CExport { symbol, .. }
                | FuncKind::LibraryExport { symbol, .. }
                | FuncKind::LibraryFunction { symbol, .. }
                | FuncKind::HostExport { symbol, .. } => (symbol.clone(), Binding::Global),
                FuncKind::Defined { .. }
                | FuncKind::Import { .. }
                | FuncKind::Unknown
                | FuncKind::Init
                | FuncKind::ArrayEntry { .. }
                | FuncKind::ContEntry
                | FuncKind::FarEntry { .. }
                | FuncKind::ImportAdapter { .. }
                | FuncKind::Canon(_) => (local_symbol(self.program, decl, func.id), Binding::Local),
            };
            self.definitions.push(Definition {
                name,
                at: At {
                    sect: Sect::Text,
                    offset: u64::from(offset),
                },
                size: func.code.len() as u64,
                is_func: true,
                binding,
            });
        }
    }
}
