//! Components: their state, and the functions that stand for their canonical definitions.
//!
//! All of it belongs to the first module, which has nothing else ([`Flat::inputs`]).

use super::Assembler;
use crate::Error;
use crate::component::flat::{
    CoreItem, Exports, Flat, FlatCanon, FlatExport, FlatFunc, FlatLifted, FlatSide,
};
use crate::entity::EntityId;
use crate::ir::component::*;
use crate::ir::*;
use crate::show;
use crate::wasm::canon::layout::{self, Direction};
use crate::wasm::types::Types;

/// The module with the state of component instances.
const STATE: u32 = 0;

/// Types of the functions for the canonical definitions, in order.
pub fn types(flat: &Flat, types: &mut Types) -> Vec<SigId> {
    let shapes = Component {
        types: flat.types.clone(),
        ..Component::default()
    };
    let of = |canon: &FlatCanon| match canon {
        FlatCanon::Call { func, .. } => {
            layout::core_signature(&shapes, func.ty(), Direction::Lower)
        }
        FlatCanon::ResourceNew { .. } | FlatCanon::ResourceRep { .. } => FuncType {
            params: vec![ValType::I32],
            results: vec![ValType::I32],
        },
        FlatCanon::ResourceDrop { .. } => FuncType {
            params: vec![ValType::I32],
            results: Vec::new(),
        },
    };
    let canons = flat.canons.values().map(of);
    canons.map(|ty| types.intern(ty)).collect()
}

impl Assembler<'_> {
    /// Declares the functions for canonical definitions, which modules may import.
    pub(super) fn declare_canons(&mut self, types: &[SigId]) {
        for (number, &sig) in types.iter().enumerate() {
            let canon = CanonId::from_u32(number as u32);
            let func = self.canon_func(canon, sig, format!("[canonical {number}]"));
            self.canons.push(func);
        }
    }

    fn canon_func(&mut self, canon: CanonId, sig: SigId, name: String) -> FuncId {
        self.program.funcs.push(FuncDecl {
            module: ModuleId::from_u32(STATE),
            index: u32::MAX,
            name,
            sig,
            kind: FuncKind::Canon(canon),
            funcref: None,
        })
    }

    /// Makes the program's component, when all that it refers to is there.
    pub(super) fn component(&mut self, flat: &Flat) -> Result<(), Error> {
        let mut component = Component {
            types: flat.types.clone(),
            ..Component::default()
        };
        for &parent in flat.instances.values() {
            let instance = self.component_instance(parent);
            component.instances.push(instance);
        }
        for resource in flat.resources.values() {
            let destructor = resource.destructor.as_ref();
            component.resources.push(Resource {
                owner: resource.owner,
                destructor: destructor.map(|item| self.core_func(item)),
            });
        }
        let mut missing = Vec::new();
        for canon in flat.canons.values() {
            let canon = match canon {
                FlatCanon::Call { func, lower } => match func {
                    FlatFunc::Lifted(lifted) => Canon::Call {
                        lifted: self.lifted(lifted),
                        lower: self.side(lower),
                    },
                    FlatFunc::Host {
                        interface, name, ..
                    } => {
                        missing.push((interface, name));
                        continue;
                    }
                },
                &FlatCanon::ResourceNew { resource, instance } => {
                    Canon::ResourceNew { resource, instance }
                }
                &FlatCanon::ResourceRep { resource, instance } => {
                    Canon::ResourceRep { resource, instance }
                }
                &FlatCanon::ResourceDrop { resource, instance } => {
                    Canon::ResourceDrop { resource, instance }
                }
            };
            component.canons.push(canon);
        }
        if !missing.is_empty() {
            return Err(self.missing(&missing));
        }
        if let EntryKind::Calls(calls) = &self.options.entry {
            let script = self.script(flat, calls)?;
            let canon = component.canons.push(Canon::Script(script));
            let func = self.canon_func(canon, self.no_type, "[calls]".to_string());
            let main = ModuleId::from_u32(STATE);
            self.program.modules[main].exports = vec![Export {
                name: "_start".to_string(),
                entity: Entity::Func(func),
            }];
        }
        self.program.component = component;
        Ok(())
    }

    fn missing(&self, missing: &[(&String, &String)]) -> Error {
        let mut text = "unknown imports of the component:".to_string();
        for (interface, name) in missing {
            text.push_str(&format!(
                "\n  {} {}",
                show::name(interface),
                show::name(name)
            ));
        }
        Error::new(text).in_file(&self.inputs[0].path)
    }

    /// The state of an instance: two globals and a handle table.
    fn component_instance(&mut self, parent: Option<CInstanceId>) -> CInstance {
        let module = ModuleId::from_u32(STATE);
        let mut flag = || {
            let offset = self.place(module, 4, 4);
            let one = 1u32.to_le_bytes().to_vec();
            self.program.modules[module].template.push((offset, one));
            self.program.globals.push(GlobalDecl {
                module,
                place: Place::Own(offset),
                ty: ValType::I32,
                mutable: true,
                constant: None,
            })
        };
        let (may_enter, may_leave) = (flag(), flag());
        let handles = self.place(module, 40, 8);
        CInstance {
            parent,
            may_enter,
            may_leave,
            handles,
        }
    }

    /// What a core item is in the program.
    fn core_entity(&self, item: &CoreItem) -> Entity {
        match item {
            CoreItem::Canon(canon) => Entity::Func(self.canons[*canon]),
            CoreItem::Export { core, name } => {
                let module = ModuleId::from_u32(Flat::input(*core) as u32);
                let mut exports = self.program.modules[module].exports.iter();
                let export = exports.find(|export| export.name == *name);
                export.expect("a validated export").entity
            }
        }
    }

    fn core_func(&self, item: &CoreItem) -> FuncId {
        match self.core_entity(item) {
            Entity::Func(func) => func,
            _ => unreachable!("a validated core function"),
        }
    }

    fn side(&self, side: &FlatSide) -> CanonSide {
        let memory = side.memory.as_ref().map(|item| self.core_entity(item));
        CanonSide {
            instance: side.instance,
            memory: memory.map(|entity| match entity {
                Entity::Memory(memory) => memory,
                _ => unreachable!("a validated core memory"),
            }),
            realloc: side.realloc.as_ref().map(|item| self.core_func(item)),
            encoding: side.encoding,
        }
    }

    fn lifted(&self, lifted: &FlatLifted) -> Lifted {
        Lifted {
            ty: (*lifted.ty).clone(),
            callee: self.core_func(&lifted.callee),
            side: self.side(&lifted.side),
            post_return: lifted.post_return.as_ref().map(|item| self.core_func(item)),
        }
    }

    /// The calls of an entry.
    fn script(&self, flat: &Flat, calls: &[ComponentCall]) -> Result<Vec<Invocation>, Error> {
        let calls = calls.iter().map(|call| {
            let lifted = find(&flat.exports, &call.export).ok_or_else(|| {
                let name = show::name(&call.export.join("#"));
                Error::new(format!("no function `{name}` is exported"))
                    .in_file(&self.inputs[0].path)
            })?;
            Ok(Invocation {
                lifted: self.lifted(lifted),
                args: call.args.clone(),
            })
        });
        calls.collect()
    }
}

/// An exported function that a component defines.
fn find<'a>(exports: &'a Exports, path: &[String]) -> Option<&'a FlatLifted> {
    let (name, rest) = path.split_first()?;
    match exports.get(name)? {
        FlatExport::Func(FlatFunc::Lifted(lifted)) if rest.is_empty() => Some(lifted),
        FlatExport::Func(_) => None,
        FlatExport::Instance(exports) => find(exports, rest),
    }
}
