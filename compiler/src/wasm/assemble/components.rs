//! Components: their state, and the functions that stand for their canonical definitions.
//!
//! All of it belongs to the first module, which has nothing else ([`Flat::inputs`]).

use super::Assembler;
use crate::Error;
use crate::abi;
use crate::component::flat::{CoreItem, Flat, FlatCanon, FlatFunc, FlatLifted, FlatSide};
use crate::entity::EntityId;
use crate::host::{self, Import};
use crate::ir::component::*;
use crate::ir::*;
use crate::show;
use crate::wasm::canon::layout::{self, Direction};
use crate::wasm::types::Types;
use std::collections::HashMap;

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
        let mut hosts = Hosts::default();
        for (id, canon) in flat.canons.iter() {
            let canon = match canon {
                FlatCanon::Call { func, lower } => match func {
                    FlatFunc::Lifted(lifted) => Canon::Call {
                        lifted: self.lifted(lifted),
                        lower: self.side(lower),
                    },
                    FlatFunc::Host {
                        interface, name, ..
                    } => {
                        let sig = self.program.funcs[self.canons[id]].sig;
                        match self.host_call(&mut hosts, (interface, name), sig, lower) {
                            Some(call) => Canon::Host(call),
                            None => continue,
                        }
                    }
                },
                FlatCanon::ResourceDrop { resource, instance }
                    if flat.resources[*resource].owner.is_none() =>
                {
                    let name = &flat.resources[*resource].name;
                    let sig = self.program.funcs[self.canons[id]].sig;
                    let side = FlatSide {
                        instance: *instance,
                        memory: None,
                        realloc: None,
                        encoding: StringEncoding::Utf8,
                    };
                    match self.host_call(&mut hosts, ("drop", name), sig, &side) {
                        Some(call) => Canon::Host(call),
                        None => continue,
                    }
                }
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
        if !hosts.problems.is_empty() {
            return Err(self.unresolved(&hosts.problems));
        }
        let entry = match &self.options.entry {
            EntryKind::Calls(calls) => Some(Canon::Script(self.script(flat, calls)?)),
            EntryKind::Command => Some(match self.handler(flat)? {
                Some(handler) => Canon::Serve(handler),
                None => Canon::Run(self.run(flat)?),
            }),
            // What is invoked has become a call.
            EntryKind::Invoke(_) | EntryKind::Script | EntryKind::None => None,
        };
        if let Some(entry) = entry {
            let canon = component.canons.push(entry);
            let func = self.canon_func(canon, self.no_type, "[run]".to_string());
            let main = ModuleId::from_u32(STATE);
            self.program.modules[main].exports = vec![Export {
                name: "_start".to_string(),
                entity: Entity::Func(func),
            }];
        }
        self.program.component = component;
        Ok(())
    }

    /// One error for all imports that the host does not have.
    fn unresolved(&self, problems: &[String]) -> Error {
        let error = match problems {
            [problem] => Error::new(problem),
            problems => {
                let list: Vec<String> = problems.iter().map(|it| format!("\n  {it}")).collect();
                let count = problems.len();
                Error::new(format!(
                    "{count} imports cannot be resolved:{}",
                    list.concat()
                ))
            }
        };
        error
            .in_file(&self.inputs[0].path)
            .help("compose the component with those that provide these, or build it for WASI 0.2")
    }

    /// What calls a function of the host, if it has that. `sig`: the type of the lowered function.
    fn host_call(
        &mut self,
        hosts: &mut Hosts,
        (interface, name): (&str, &str),
        sig: SigId,
        side: &FlatSide,
    ) -> Option<HostCall> {
        let shown = format!("{} {}", show::name(interface), show::name(name));
        let Some(function) = host::host_function(interface, name) else {
            hosts.problems.push(format!("unknown import: {shown}"));
            return None;
        };
        if function.ty() != self.program.types[sig] {
            let problem =
                format!("incompatible import type: {shown}: it has other parameters or results");
            hosts.problems.push(problem);
            return None;
        }
        if side.encoding != StringEncoding::Utf8 {
            let problem =
                format!("incompatible import: {shown}: the host has strings in UTF-8 only");
            hosts.problems.push(problem);
            return None;
        }
        let symbol = function.symbol.expect("a function of the host");
        let imports = hosts.imports.entry(symbol);
        let import = *imports.or_insert_with(|| self.host_func_decl(function, symbol));
        let side = self.side(side);
        let realloc = side.realloc.map(|callee| {
            *hosts.entries.entry(callee).or_insert_with(|| {
                let kind = FuncKind::ArrayEntry { callee };
                self.add_func(callee, "entry", kind)
            })
        });
        let bytes = size_of::<abi::HostCall>() as u64;
        Some(HostCall {
            import,
            side,
            realloc,
            at: self.place(ModuleId::from_u32(STATE), bytes, 8),
        })
    }

    /// Declares a function of the runtime library.
    fn host_func_decl(&mut self, function: &Import, symbol: &str) -> FuncId {
        let ty = function.answering();
        let sig = self.program.types.iter().find(|(_, known)| **known == ty);
        let sig = sig.map(|(sig, _)| sig);
        let sig = sig.unwrap_or_else(|| self.program.types.push(ty));
        self.program.funcs.push(FuncDecl {
            module: ModuleId::from_u32(STATE),
            index: u32::MAX,
            name: format!("{} {}", function.modules[0], function.name),
            sig,
            kind: FuncKind::Import {
                symbol: symbol.to_string(),
            },
            funcref: None,
        })
    }

    /// The function that answers requests, if the component has one.
    fn handler(&self, flat: &Flat) -> Result<Option<Lifted>, Error> {
        let mut exports = flat.exports.iter();
        let lifted = exports.find_map(|(name, _)| {
            let is_handler = host::unversioned(name) == Some("wasi:http/incoming-handler");
            is_handler.then(|| flat.find(&[name.clone(), "handle".to_string()]))?
        });
        let Some(lifted) = lifted else {
            return Ok(None);
        };
        let names = ["incoming-request", "response-outparam"];
        let params = lifted.ty.params.iter().map(|(_, ty)| &flat.types[*ty]);
        let fits = params.len() == names.len()
            && lifted.ty.result.is_none()
            && params.zip(names).all(|(ty, name)| match ty {
                CType::Own(resource) => {
                    flat.resources[*resource].name == format!("wasi:http/types {name}")
                }
                _ => false,
            });
        match fits {
            true => Ok(Some(self.lifted(lifted))),
            false => Err(Error::new(
                "incompatible export: `handle` of `wasi:http/incoming-handler` has other parameters or results",
            )
            .in_file(&self.inputs[0].path)),
        }
    }

    /// The function of a command.
    fn run(&self, flat: &Flat) -> Result<Lifted, Error> {
        let mut exports = flat.exports.iter();
        let lifted = exports.find_map(|(name, _)| {
            let is_run = host::unversioned(name) == Some("wasi:cli/run");
            is_run.then(|| flat.find(&[name.clone(), "run".to_string()]))?
        });
        let is_plain = |lifted: &&FlatLifted| {
            let result = lifted.ty.result.map(|ty| &flat.types[ty]);
            let plain = CType::Result {
                ok: None,
                err: None,
            };
            lifted.ty.params.is_empty() && result == Some(&plain)
        };
        match lifted.filter(is_plain) {
            Some(lifted) => Ok(self.lifted(lifted)),
            None => Err(Error::new(
                "the component is no command and no server: it exports neither `wasi:cli/run` nor `wasi:http/incoming-handler` of WASI 0.2",
            )
            .in_file(&self.inputs[0].path)),
        }
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
        let handles = self.place(module, size_of::<abi::Handles>() as u64, 8);
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
            let lifted = flat
                .exported(&call.export)
                .map_err(|error| error.in_file(&self.inputs[0].path))?;
            Ok(Invocation {
                lifted: self.lifted(lifted),
                args: call.args.clone(),
            })
        });
        calls.collect()
    }
}

/// Functions of the host, as far as they are in the program.
#[derive(Default)]
struct Hosts {
    /// By symbol.
    imports: HashMap<&'static str, FuncId>,
    /// Entries of `realloc` functions.
    entries: HashMap<FuncId, FuncId>,
    problems: Vec<String>,
}
