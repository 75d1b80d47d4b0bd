//! What a module declares: its types, the entities of each kind in the order of their indices, and what it exports.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{EntityType, ImportSection, Module, TypeSection};
use wasmparser::{
    CompositeInnerType, ExternalKind, FuncType, GlobalType, MemoryType, Parser, Payload, RecGroup,
    SubType, TableType, TagKind, TagType, TypeRef,
};

/// See the module.
#[derive(Default)]
pub struct Outline {
    groups: Vec<RecGroup>,
    /// Types by index.
    pub types: Vec<SubType>,
    /// The type of each function, by index.
    pub funcs: Vec<u32>,
    /// How many of them are imported; they come first.
    pub imported_funcs: u32,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<GlobalType>,
    /// The type of each tag.
    pub tags: Vec<u32>,
    pub exports: Vec<Export>,
}

/// Something that a module exports.
pub struct Export {
    pub name: String,
    pub kind: ExternalKind,
    /// Among all of its kind.
    pub index: u32,
}

impl Outline {
    /// Reads a module.
    ///
    /// # Errors
    /// It is malformed.
    pub fn new(module: &[u8]) -> Result<Outline, String> {
        let mut outline = Outline::default();
        for payload in Parser::new(0).parse_all(module) {
            let read = payload.and_then(|payload| outline.section(payload));
            read.map_err(|e| e.to_string())?;
        }
        Ok(outline)
    }

    fn section(&mut self, payload: Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    let group = group?;
                    self.types.extend(group.types().cloned());
                    self.groups.push(group);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.declare(import?.ty);
                }
                self.imported_funcs = self.funcs.len() as u32;
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.funcs.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory?);
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.tags.push(tag?.func_type_idx);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.exports.push(Export {
                        name: export.name.to_string(),
                        kind: export.kind,
                        index: export.index,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds what is imported.
    fn declare(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.funcs.push(ty),
            TypeRef::Table(ty) => self.tables.push(ty),
            TypeRef::Memory(ty) => self.memories.push(ty),
            TypeRef::Global(ty) => self.globals.push(ty),
            TypeRef::Tag(ty) => self.tags.push(ty.func_type_idx),
        }
    }

    /// The type of what is exported.
    fn exported(&self, export: &Export) -> TypeRef {
        let i = export.index as usize;
        match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => TypeRef::Func(self.funcs[i]),
            ExternalKind::Table => TypeRef::Table(self.tables[i]),
            ExternalKind::Memory => TypeRef::Memory(self.memories[i]),
            ExternalKind::Global => TypeRef::Global(self.globals[i]),
            ExternalKind::Tag => TypeRef::Tag(TagType {
                kind: TagKind::Exception,
                func_type_idx: self.tags[i],
            }),
        }
    }

    /// The exported functions: name and index.
    pub fn exported_funcs(&self) -> impl Iterator<Item = (&str, u32)> {
        let funcs = self.exports.iter().filter(|e| e.kind == ExternalKind::Func);
        funcs.map(|export| (&export.name[..], export.index))
    }

    /// The parameters and results of a function type.
    pub fn func_type(&self, ty: u32) -> &FuncType {
        match &self.types[ty as usize].composite_type.inner {
            CompositeInnerType::Func(ty) => ty,
            _ => unreachable!("type {ty} is not one of functions"),
        }
    }

    /// Whether a type is declared to be the other one, or below it.
    pub fn is_below(&self, ty: u32, other: u32) -> bool {
        let above = |ty: u32| {
            let supertype = self.types[ty as usize].supertype_idxs.first();
            supertype.and_then(|index| index.unpack().as_module_index())
        };
        std::iter::successors(Some(ty), |&ty| above(ty)).any(|ty| ty == other)
    }

    /// Whether structures or arrays are declared.
    pub fn has_objects(&self) -> bool {
        self.types.iter().any(is_object)
    }
}

/// Whether a type is one of structures or arrays.
pub fn is_object(ty: &SubType) -> bool {
    matches!(
        ty.composite_type.inner,
        CompositeInnerType::Struct(_) | CompositeInnerType::Array(_)
    )
}

/// A module that imports all exports of the others but those named `except`, each by the name of its module.
///
/// # Errors
/// A type cannot be written.
pub fn importing(modules: &[(String, Outline)], except: &str) -> Result<Vec<u8>, String> {
    let explain = |e: Error<Infallible>| e.to_string();
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    let mut shift = Shift(0);
    for (module, outline) in modules {
        for group in &outline.groups {
            let group = group.clone();
            let written = shift.parse_recursive_type_group(types.ty(), group);
            written.map_err(explain)?;
        }
        for export in outline.exports.iter().filter(|e| e.name != except) {
            let ty: EntityType = shift
                .entity_type(outline.exported(export))
                .map_err(explain)?;
            imports.import(module, &export.name, ty);
        }
        shift.0 += outline.types.len() as u32;
    }
    let mut module = Module::new();
    module.section(&types).section(&imports);
    Ok(module.finish())
}

/// Writes types whose indices are so much higher than those that were read.
struct Shift(u32);

impl Reencode for Shift {
    type Error = Infallible;

    fn type_index(&mut self, ty: u32) -> Result<u32, Error<Infallible>> {
        Ok(ty + self.0)
    }
}

/// A type as the encoder has it.
pub fn encoded(ty: wasmparser::ValType) -> wasm_encoder::ValType {
    let ty = RoundtripReencoder.val_type(ty);
    ty.expect("indices stay as they are")
}
