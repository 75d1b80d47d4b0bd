//! Reads the sections of a module, validating them, but not the function bodies (`bodies`).
//!
//! [`Scan`] owns plain data with the module's own indices; nothing borrows from wasmparser afterwards but its validation resources,
//! which are shared by the threads that validate bodies.

use super::consts::{self, ConstExpr, ConstOp};
use super::features;
use super::names::{self, Names};
use super::operators;
use super::types::{Names as TypeNames, TypeSet};
use crate::Error;
use crate::abi::WASM_PAGE;
use crate::ir::{SigId, Type, ValType};
use crate::options::Input;
use crate::show;
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    BranchHintSectionReader, DataKind, ElementItems, ElementKind, ExternalKind, KnownCustom,
    Parser, Payload, TableInit, TypeRef, ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

/// A module's sections.
#[derive(Default)]
pub struct Scan {
    /// Proposals that the module may use.
    pub features: WasmFeatures,
    /// Numbers of its types in the program.
    pub type_ids: Vec<SigId>,
    pub imports: Vec<Import>,
    /// Type index of every function, imports first.
    pub funcs: Vec<u32>,
    /// Imports first, as for memories and globals.
    pub tables: Vec<TableType>,
    pub memories: Vec<Limits>,
    pub globals: Vec<GlobalType>,
    /// Type index of every tag.
    pub tags: Vec<u32>,
    /// Of the globals defined here.
    pub global_inits: Vec<ConstExpr>,
    /// Of the tables defined here, where it is not null.
    pub table_inits: Vec<Option<ConstExpr>>,
    pub exports: Vec<Export>,
    pub start: Option<u32>,
    pub elems: Vec<Elem>,
    pub datas: Vec<Data>,
    /// Bytes of each defined function's body: locals and operators.
    pub bodies: Vec<Range<usize>>,
    pub names: Names,
    /// Where the file has names.
    pub name_sections: Vec<Range<usize>>,
    /// Whether branches are taken, by function and distance of the operator from the start of its body (proposal branch-hinting).
    pub hints: HashMap<(u32, u32), bool>,
    pub resources: Option<ValidatorResources>,
    /// Numbers of imports per kind.
    pub imported_funcs: usize,
    pub imported_tables: usize,
    pub imported_memories: usize,
    pub imported_globals: usize,
    pub imported_tags: usize,
    /// Start of the code section's contents, once it was seen: for error messages and debugging information.
    pub code_start: Option<u64>,
    /// Custom sections for debuggers: name and bytes of the file.
    pub debug: Vec<(String, Range<usize>)>,
}

/// Kind and index of an entity in its module's index spaces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Index {
    Func(u32),
    Table(u32),
    Memory(u32),
    Global(u32),
    Tag(u32),
}

/// An import; `index` is its place in the module's index space.
pub struct Import {
    pub module: String,
    pub name: String,
    pub index: Index,
}

impl Import {
    /// Its names as messages show them.
    pub fn shown(&self) -> String {
        format!("{}.{}", show::name(&self.module), show::name(&self.name))
    }
}

/// An export.
pub struct Export {
    pub name: String,
    pub index: Index,
}

/// Limits of a memory (pages) or table (elements).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub min: u64,
    pub max: Option<u64>,
    /// A memory that threads may share.
    pub shared: bool,
    /// Addresses or indices are i64.
    pub wide: bool,
    /// Of a memory, the logarithm of the bytes of a page; 0 of a table.
    pub page_log2: u8,
}

impl Limits {
    /// Type of addresses or indices.
    pub fn address(self) -> Type {
        if self.wide { Type::I64 } else { Type::I32 }
    }
}

/// Type of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableType {
    pub elem: ValType,
    pub limits: Limits,
}

/// Type of a global.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GlobalType {
    pub ty: ValType,
    pub mutable: bool,
}

/// When a segment is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    Passive,
    /// Copied at instantiation to this table or memory.
    Active {
        target: u32,
        offset: ConstExpr,
    },
    /// Only makes its functions referable.
    Declared,
}

/// An element segment.
pub struct Elem {
    pub mode: Mode,
    /// Type of its elements.
    pub ty: ValType,
    pub items: ElemItems,
}

/// Contents of an element segment.
pub enum ElemItems {
    /// Function indices, or null.
    Funcs(Vec<Option<u32>>),
    /// At least one needs a global.
    Exprs(Vec<ConstExpr>),
}

impl ElemItems {
    /// Number of elements.
    pub fn count(&self) -> usize {
        match self {
            ElemItems::Funcs(items) => items.len(),
            ElemItems::Exprs(items) => items.len(),
        }
    }
}

/// A data segment.
pub struct Data {
    pub mode: Mode,
    /// Bytes of the file.
    pub bytes: Range<usize>,
}

/// Reads and validates all of a module but its function bodies. `features`: the proposals that it may use; `types`: those of all modules.
pub fn scan(input: &Input, features: WasmFeatures, types: &mut TypeSet) -> Result<Scan, Error> {
    let bytes = &input.bytes;
    if u32::try_from(bytes.len()).is_err() {
        return Err(Error::new("the file is larger than 4 GiB").in_file(&input.path));
    }
    if !bytes.starts_with(b"\0asm") {
        return Err(not_wasm(bytes).in_file(&input.path));
    }
    let mut scan = Scan {
        features,
        ..Scan::default()
    };
    match scan.read(bytes, types) {
        Ok(()) => Ok(scan),
        Err(error) => Err(scan.describe(input, &error, None)),
    }
}

/// The error for a file that is no WebAssembly module.
fn not_wasm(bytes: &[u8]) -> Error {
    let what = if bytes.is_empty() {
        "the file is empty"
    } else if b"\0asm".starts_with(bytes) {
        "unexpected end: the file ends inside the WebAssembly magic number"
    } else {
        "magic header not detected: this is not a WebAssembly module in binary format"
    };
    Error::new(what)
}

impl Scan {
    /// Type of a function.
    pub fn func_type(&self, func: u32) -> SigId {
        self.type_ids[self.funcs[func as usize] as usize]
    }

    /// Type of a tag.
    pub fn tag_type(&self, tag: u32) -> SigId {
        self.type_ids[self.tags[tag as usize] as usize]
    }

    /// Name of a tag for people, empty if it has none: from the name section or an export.
    pub fn tag_name(&self, tag: u32) -> &str {
        let exported = || self.exports.iter().find(|e| e.index == Index::Tag(tag));
        let name = self.names.tag(tag);
        name.or_else(|| exported().map(|e| e.name.as_str()))
            .unwrap_or("")
    }

    /// Name of a function for people: from the name section, an export, or by number.
    pub fn func_name(&self, func: u32) -> Option<&str> {
        self.names.func(func).or_else(|| {
            self.exports
                .iter()
                .find(|e| e.index == Index::Func(func))
                .map(|e| e.name.as_str())
        })
    }

    /// Turns wasmparser's error into ours. `func`: the function whose body it was found in.
    pub fn describe(&self, input: &Input, error: &wasmparser::Error, func: Option<u32>) -> Error {
        let mut out = match features::refusal(&input.bytes, error, self.features) {
            Some(refusal) => refusal,
            None if error.message() == "unexpected end-of-file" => {
                Error::new("unexpected end of the file or of a section")
                    .help("the file may be truncated: get it again")
            }
            None => Error::new(show::name(error.message())),
        };
        out = out.in_file(&input.path).at(error.offset());
        let in_code = self.code_start.is_some_and(|start| error.offset() >= start);
        let func = func.or_else(|| {
            let next = (self.imported_funcs + self.bodies.len()) as u32;
            (in_code && (next as usize) < self.funcs.len()).then_some(next)
        });
        let Some(func) = func else { return out };
        if let Some(named) = operators::named(self, input, error.offset(), func) {
            out.reason = format!("{}, at {named}", out.reason);
        }
        out.in_function(func, self.func_name(func))
    }

    fn read(&mut self, bytes: &[u8], types: &mut TypeSet) -> wasmparser::Result<()> {
        let mut validator = Validator::new_with_features(self.features);
        let mut parser = Parser::new(0);
        parser.set_features(self.features);
        for payload in parser.parse_all(bytes) {
            let payload = payload?;
            if let ValidPayload::Func(to_validate, body) = validator.payload(&payload)? {
                if self.resources.is_none() {
                    self.resources = Some(to_validate.resources);
                }
                let range = body.range();
                self.bodies.push(range.start as usize..range.end as usize);
                continue;
            }
            self.section(payload, types)?;
        }
        match self.code_start {
            Some(_) => Ok(()),
            None => self.tags_without_code(bytes),
        }
    }

    /// Refuses tags with results where there is no code: the standard has none, and what they mean for stack switching takes `suspend`.
    fn tags_without_code(&self, bytes: &[u8]) -> wasmparser::Result<()> {
        let standard = self.features.difference(WasmFeatures::STACK_SWITCHING);
        if self.tags.is_empty() || standard == self.features {
            return Ok(());
        }
        match Validator::new_with_features(standard).validate_all(bytes) {
            Err(error) if error.message().contains("non-empty tag result type") => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Takes over the contents of a validated section.
    fn section(&mut self, payload: Payload<'_>, all: &mut TypeSet) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    all.add_group(group?, &mut self.type_ids);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.import(&import?, all);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.funcs.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    self.tables
                        .push(table_type(&table.ty, self.type_names(all)));
                    self.table_inits.push(match table.init {
                        TableInit::RefNull => None,
                        TableInit::Expr(expr) => Some(consts::read(&expr, self.type_names(all))?),
                    });
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory_limits(&memory?));
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global?;
                    self.globals
                        .push(global_type(&global.ty, self.type_names(all)));
                    self.global_inits
                        .push(consts::read(&global.init_expr, self.type_names(all))?);
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.tags.push(tag?.func_type_idx);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let i = export.index;
                    let index = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => Index::Func(i),
                        ExternalKind::Table => Index::Table(i),
                        ExternalKind::Memory => Index::Memory(i),
                        ExternalKind::Global => Index::Global(i),
                        ExternalKind::Tag => Index::Tag(i),
                    };
                    self.exports.push(Export {
                        name: export.name.to_string(),
                        index,
                    });
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for elem in section {
                    self.elem(elem?, all)?;
                }
            }
            Payload::CodeSectionStart {
                unchecked_range, ..
            } => self.code_start = Some(unchecked_range.start),
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    let mode = match data.kind {
                        DataKind::Passive => Mode::Passive,
                        DataKind::Active {
                            memory_index,
                            offset_expr,
                        } => Mode::Active {
                            target: memory_index,
                            offset: consts::read(&offset_expr, self.type_names(all))?,
                        },
                    };
                    let end = data.range.end as usize;
                    let bytes = end - data.data.len()..end;
                    self.datas.push(Data { mode, bytes });
                }
            }
            Payload::CustomSection(section) if section.name().starts_with(".debug_") => {
                let start = section.data_offset() as usize;
                let bytes = start..start + section.data().len();
                self.debug.push((section.name().to_owned(), bytes));
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::BranchHints(hints) => self.branch_hints(hints),
                KnownCustom::Name(_) => {
                    let start = section.data_offset() as usize;
                    self.name_sections.push(start..start + section.data().len());
                    names::read(&section, &mut self.names);
                }
                _ => {}
            },
            // Nothing to keep; sections of refused proposals were refused by the validator.
            _ => {}
        }
        Ok(())
    }

    /// Takes hints over up to where they are malformed, as they have no meaning for what a program does.
    fn branch_hints(&mut self, section: BranchHintSectionReader<'_>) {
        for function in section.into_iter().map_while(Result::ok) {
            for hint in function.hints.into_iter().map_while(Result::ok) {
                let place = (function.func, hint.func_offset);
                self.hints.insert(place, hint.taken);
            }
        }
    }

    fn type_names<'a>(&'a self, all: &'a TypeSet) -> TypeNames<'a> {
        TypeNames::new(&all.types, &self.type_ids)
    }

    fn import(&mut self, import: &wasmparser::Import<'_>, all: &TypeSet) {
        let index = match &import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.funcs.push(*ty);
                self.imported_funcs += 1;
                Index::Func(self.funcs.len() as u32 - 1)
            }
            TypeRef::Table(ty) => {
                self.tables.push(table_type(ty, self.type_names(all)));
                self.imported_tables += 1;
                Index::Table(self.tables.len() as u32 - 1)
            }
            TypeRef::Memory(ty) => {
                self.memories.push(memory_limits(ty));
                self.imported_memories += 1;
                Index::Memory(self.memories.len() as u32 - 1)
            }
            TypeRef::Global(ty) => {
                self.globals.push(global_type(ty, self.type_names(all)));
                self.imported_globals += 1;
                Index::Global(self.globals.len() as u32 - 1)
            }
            TypeRef::Tag(ty) => {
                self.tags.push(ty.func_type_idx);
                self.imported_tags += 1;
                Index::Tag(self.tags.len() as u32 - 1)
            }
        };
        self.imports.push(Import {
            module: import.module.to_string(),
            name: import.name.to_string(),
            index,
        });
    }

    fn elem(&mut self, elem: wasmparser::Element<'_>, all: &TypeSet) -> wasmparser::Result<()> {
        let mode = match elem.kind {
            ElementKind::Passive => Mode::Passive,
            ElementKind::Declared => Mode::Declared,
            ElementKind::Active {
                table_index,
                offset_expr,
            } => Mode::Active {
                target: table_index.unwrap_or(0),
                offset: consts::read(&offset_expr, self.type_names(all))?,
            },
        };
        let ty = match &elem.items {
            ElementItems::Functions(_) => ValType::FuncRef,
            ElementItems::Expressions(ty, _) => self.type_names(all).ref_type(*ty),
        };
        let items = match elem.items {
            ElementItems::Functions(items) => {
                let funcs: wasmparser::Result<Vec<_>> =
                    items.into_iter().map(|f| Ok(Some(f?))).collect();
                ElemItems::Funcs(funcs?)
            }
            ElementItems::Expressions(_, items) => {
                let mut exprs = Vec::new();
                for item in items {
                    exprs.push(consts::read(&item?, self.type_names(all))?);
                }
                let funcs: Option<Vec<_>> = exprs
                    .iter()
                    .map(|expr| match expr[..] {
                        [ConstOp::RefFunc(func)] => Some(Some(func)),
                        [ConstOp::RefNull(_)] => Some(None),
                        _ => None,
                    })
                    .collect();
                match funcs {
                    Some(funcs) => ElemItems::Funcs(funcs),
                    None => ElemItems::Exprs(exprs),
                }
            }
        };
        self.elems.push(Elem { mode, ty, items });
        Ok(())
    }
}

fn table_type(ty: &wasmparser::TableType, names: TypeNames) -> TableType {
    TableType {
        elem: names.ref_type(ty.element_type),
        limits: Limits {
            min: ty.initial,
            max: ty.maximum,
            shared: false,
            wide: ty.table64,
            page_log2: 0,
        },
    }
}

fn memory_limits(ty: &wasmparser::MemoryType) -> Limits {
    Limits {
        min: ty.initial,
        max: ty.maximum,
        shared: ty.shared,
        wide: ty.memory64,
        page_log2: ty.page_size_log2.unwrap_or(WASM_PAGE.trailing_zeros()) as u8,
    }
}

fn global_type(ty: &wasmparser::GlobalType, names: TypeNames) -> GlobalType {
    GlobalType {
        ty: names.val_type(ty.content_type),
        mutable: ty.mutable,
    }
}
