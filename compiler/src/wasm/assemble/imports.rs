//! Imports: what the host provides for them, and the index spaces of modules with what other modules define.

use super::Assembler;
use crate::entity::EntityId;
use crate::host;
use crate::ir::*;
use crate::wasm::link::Source;
use crate::wasm::scan::{Index, Scan};
use std::collections::HashMap;

impl Assembler<'_> {
    /// The entity that a module's index stands for.
    fn entity(&self, module: ModuleId, index: Index) -> Entity {
        let module = &self.program.modules[module];
        match index {
            Index::Func(i) => Entity::Func(module.funcs[i as usize]),
            Index::Table(i) => Entity::Table(module.tables[i as usize]),
            Index::Memory(i) => Entity::Memory(module.memories[i as usize]),
            Index::Global(i) => Entity::Global(module.globals[i as usize]),
            Index::Tag(i) => Entity::Tag(module.tags[i as usize]),
        }
    }

    /// Makes what stands for an import that no module provides.
    pub(super) fn host_import(&mut self, module: ModuleId, input: usize, number: usize) {
        let scan = &self.scans[input];
        let import = &scan.imports[number];
        let entity = match &self.links.sources[input][number] {
            Source::Input { .. } => return,
            Source::Canon(canon) => Entity::Func(self.canons[*canon]),
            Source::Symbol(symbol) => {
                let symbol = symbol.clone();
                let given = self.given(&symbol);
                self.host_func(module, scan, number, FuncKind::Import { symbol, given })
            }
            Source::Unknown => self.host_func(module, scan, number, FuncKind::Unknown),
            Source::Made => {
                let names = (import.module.clone(), import.name.clone());
                match self.made.get(&names) {
                    Some(&made) => Entity::Memory(made),
                    None => {
                        let made = self.memory(module, self.links.made[&names]);
                        self.made.insert(names, made);
                        Entity::Memory(made)
                    }
                }
            }
            Source::Slot => {
                let cell = self.place(module, 8, 8);
                let place = match import.index {
                    // Exceptions with references to objects never leave the instance, so nobody has the tag but it.
                    Index::Tag(i) if self.has_references(scan, i) => Place::Own(cell),
                    _ => Place::Slot(cell),
                };
                let entity = self.slot(module, scan, import.index, place);
                self.program.modules[module].imports.push(Import {
                    module: import.module.clone(),
                    name: import.name.clone(),
                    entity,
                });
                entity
            }
        };
        self.hosts.insert((input, import.index), entity);
    }

    /// The number of a function that a library gets of its program.
    fn given(&mut self, symbol: &str) -> Option<u32> {
        if self.options.entry != EntryKind::Library || host::by_symbol(symbol).is_some() {
            return None;
        }
        let number = self.given;
        self.given += 1;
        Some(number)
    }

    fn host_func(
        &mut self,
        module: ModuleId,
        scan: &Scan,
        import: usize,
        kind: FuncKind,
    ) -> Entity {
        let import = &scan.imports[import];
        let Index::Func(index) = import.index else {
            unreachable!("only functions come from the host")
        };
        let sig = scan.type_ids[scan.funcs[index as usize] as usize];
        Entity::Func(self.program.funcs.push(FuncDecl {
            module,
            index,
            name: format!("{}.{}", import.module, import.name),
            sig,
            kind,
            funcref: None,
        }))
    }

    /// What a cell that the host shares holds for values of a type, and that type where these are references to objects.
    fn carried(&self, ty: ValType) -> (ValType, Option<ValType>) {
        match ty.ir() {
            Type::Gc => (ValType::ExternRef, Some(ty)),
            _ => (ty, None),
        }
    }

    /// Whether exceptions with a tag carry references to objects.
    fn has_references(&self, scan: &Scan, tag: u32) -> bool {
        let sig = scan.type_ids[scan.tags[tag as usize] as usize];
        let mut payload = self.program.types[sig].params.iter();
        payload.any(|ty| ty.ir() == Type::Gc)
    }

    /// An entity that the embedder provides.
    fn slot(&mut self, module: ModuleId, scan: &Scan, index: Index, place: Place) -> Entity {
        match index {
            Index::Func(_) => unreachable!("imported functions are symbols"),
            Index::Table(i) => {
                let table = scan.tables[i as usize];
                let (elem, numbers) = self.carried(table.elem);
                Entity::Table(self.program.tables.push(TableDecl {
                    module,
                    place,
                    elem,
                    numbers,
                    index: table.limits.address(),
                    min: table.limits.min,
                    max: table.limits.max,
                }))
            }
            Index::Memory(i) => {
                let limits = scan.memories[i as usize];
                Entity::Memory(self.program.memories.push(MemoryDecl {
                    module,
                    place,
                    address: limits.address(),
                    page_log2: limits.page_log2,
                    min_pages: limits.min,
                    max_pages: limits.max,
                    shared: limits.shared,
                    base: MemBase::Value,
                }))
            }
            Index::Global(i) => {
                let global = scan.globals[i as usize];
                let (ty, numbers) = self.carried(global.ty);
                Entity::Global(self.program.globals.push(GlobalDecl {
                    module,
                    place,
                    ty,
                    numbers,
                    mutable: global.mutable,
                    constant: None,
                }))
            }
            Index::Tag(i) => Entity::Tag(self.tag(module, scan, i, place)),
        }
    }

    /// Completes the index spaces, when all modules have what they define: imports come first. Then exports can be resolved.
    pub(super) fn link_imports(&mut self) {
        let order = self.links.order.iter().enumerate();
        let modules: HashMap<usize, ModuleId> = order
            .map(|(at, &input)| (input, ModuleId::from_u32(at as u32)))
            .collect();
        let defined = |(of, index): (usize, Index)| match self.hosts.get(&(of, index)) {
            Some(&host) => host,
            None => self.entity(modules[&of], own_index(&self.scans[of], index)),
        };
        let imported = |input: &usize| -> Vec<Entity> {
            let definitions = self.links.definitions[*input].iter();
            definitions.map(|&definition| defined(definition)).collect()
        };
        let all: Vec<Vec<Entity>> = self.links.order.iter().map(imported).collect();
        let forwards = self.links.forwards.iter();
        let forwards: HashMap<(usize, Index), Entity> =
            forwards.map(|(&from, &to)| (from, defined(to))).collect();
        for ((_, module), entities) in self.program.modules.iter_mut().zip(all) {
            let own = Spaces {
                funcs: std::mem::take(&mut module.funcs),
                tables: std::mem::take(&mut module.tables),
                memories: std::mem::take(&mut module.memories),
                globals: std::mem::take(&mut module.globals),
                tags: std::mem::take(&mut module.tags),
            };
            for entity in entities {
                match entity {
                    Entity::Func(f) => module.funcs.push(f),
                    Entity::Table(t) => module.tables.push(t),
                    Entity::Memory(m) => module.memories.push(m),
                    Entity::Global(g) => module.globals.push(g),
                    Entity::Tag(t) => module.tags.push(t),
                }
            }
            module.funcs.extend(own.funcs);
            module.tables.extend(own.tables);
            module.memories.extend(own.memories);
            module.globals.extend(own.globals);
            module.tags.extend(own.tags);
        }
        for id in self.program.modules.ids() {
            let input = self.links.order[id.index()];
            let exports = self.scan_of(id).exports.iter().map(|export| Export {
                name: export.name.clone(),
                entity: match forwards.get(&(input, export.index)) {
                    Some(&entity) => entity,
                    None => self.entity(id, export.index),
                },
            });
            self.program.modules[id].exports = exports.collect();
        }
    }
}

/// The entities that a module defines.
struct Spaces {
    funcs: Vec<FuncId>,
    tables: Vec<TableId>,
    memories: Vec<MemId>,
    globals: Vec<GlobalId>,
    tags: Vec<TagId>,
}

/// The place of a defined entity among those that its module defines.
fn own_index(scan: &Scan, index: Index) -> Index {
    match index {
        Index::Func(i) => Index::Func(i - scan.imported_funcs as u32),
        Index::Table(i) => Index::Table(i - scan.imported_tables as u32),
        Index::Memory(i) => Index::Memory(i - scan.imported_memories as u32),
        Index::Global(i) => Index::Global(i - scan.imported_globals as u32),
        Index::Tag(i) => Index::Tag(i - scan.imported_tags as u32),
    }
}
