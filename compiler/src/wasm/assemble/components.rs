//! Components: their state, and the functions that stand for their canonical definitions.
//!
//! All of it belongs to the first module, which has nothing else ([`Flat::inputs`]).

use super::{Assembler, tasks};
use crate::Error;
use crate::abi;
use crate::canonical::HOST_RESOURCES;
use crate::component::flat::{
    CoreItem, Exports, Flat, FlatBuiltin, FlatCanon, FlatExport, FlatFunc, FlatLift, FlatLifted,
    FlatSide,
};
use crate::component::signatures;
use crate::component::unresolved::{self, Unresolved};
use crate::component::wit;
use crate::entity::EntityId;
use crate::host::{self, Import};
use crate::ir::component::*;
use crate::ir::*;
use crate::mangle;
use crate::show;
use crate::wasm::canon::layout::{self, Direction};
use crate::wasm::types::TypeSet;
use std::collections::{BTreeSet, HashMap};

/// The module with the state of component instances.
pub(super) const STATE: u32 = 0;

/// What to do about an entry that is not what it should be.
const ENTRIES: &str = "build the component against the WIT of WASI 0.2 or 0.3; any exported function can be called with --invoke 'NAME(ARGUMENTS)'";

/// Types of the functions for the canonical definitions, in order.
pub fn types(flat: &Flat, types: &mut TypeSet) -> Vec<SigId> {
    let shapes = Component {
        types: flat.types.clone(),
        ..Component::default()
    };
    let of = |canon: &FlatCanon| match canon {
        FlatCanon::Call { func, is_async, .. } => {
            let direction = match is_async {
                true => Direction::AsyncLower,
                false => Direction::Lower,
            };
            layout::core_signature(&shapes, func.ty(), direction)
        }
        FlatCanon::Initialise { .. } => FuncType::default(),
        FlatCanon::Builtin { builtin, .. } => match builtin {
            FlatBuiltin::Plain(builtin) => layout::builtin_signature(&shapes, builtin),
            FlatBuiltin::ThreadNew(_) => FuncType {
                params: vec![ValType::I32; 2],
                results: vec![ValType::I32],
            },
        },
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

/// Where the values of start functions lie in their memory, and how many bytes they take.
pub fn values(flat: &Flat) -> (Vec<u32>, u64) {
    let shapes = Component {
        types: flat.types.clone(),
        ..Component::default()
    };
    let types: Vec<CTypeId> = flat.values.values().copied().collect();
    let places = layout::sequence(&shapes, layout::Space::Guest, &types);
    let at = places.offsets.iter().map(|&at| at as u32).collect();
    (at, places.layout.size)
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

    pub(super) fn canon_func(&mut self, canon: CanonId, sig: SigId, name: String) -> FuncId {
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
        // The C program, if there is one, is another instance.
        let is_hosted = self.options.entry == EntryKind::Hosted;
        let hosting = is_hosted.then(|| self.component_instance(None));
        let hosting = hosting.map(|instance| component.instances.push(instance));
        for (id, resource) in flat.resources.iter() {
            let mut owner = resource.owner;
            let mut destructor = resource
                .destructor
                .as_ref()
                .map(|item| self.core_func(item));
            if owner.is_none() && id.index() >= HOST_RESOURCES.len() && hosting.is_some() {
                owner = hosting;
                destructor = Some(self.foreign_destructor(&resource.name));
            }
            component.resources.push(Resource { owner, destructor });
        }
        let mut hosts = Hosts::default();
        if tasks::has_tasks(flat, &self.options.entry) {
            if hosting.is_some() {
                return Err(tasks::refuse("in objects").in_file(&self.inputs[0].path));
            }
            self.task_state(&mut component);
            self.streams(flat, &mut component)?;
        }
        // Whether the other end of a stream may be the runtime library's.
        let meets_host = flat.canons.values().any(|canon| match canon {
            FlatCanon::Call {
                func: FlatFunc::Host { interface, .. },
                ..
            } => host::is_async(interface),
            _ => false,
        });
        let (values, _) = values(flat);
        for (_, canon) in flat.canons.iter() {
            let canon = match canon {
                FlatCanon::Call {
                    func,
                    lower,
                    is_async,
                } => match func {
                    FlatFunc::Lifted(lifted) => Canon::Call {
                        lifted: self.lifted(lifted),
                        lower: self.side(lower),
                        is_async: *is_async,
                        task: None,
                    },
                    FlatFunc::Host {
                        interface,
                        name,
                        ty,
                        file,
                    } => {
                        if let Some(host) = hosting
                            && host::host_function(interface, name).is_none()
                        {
                            component.canons.push(Canon::Foreign(Foreign {
                                function: self.foreign_func(interface, name, self.no_type),
                                ty: (**ty).clone(),
                                lower: self.side(lower),
                                host,
                            }));
                            continue;
                        }
                        if let Some(own) = signatures::difference(flat, interface, name, ty) {
                            let import = unresolved::shown(interface, name);
                            let ty = wit::func(flat, ty);
                            let what = "incompatible import type";
                            let problem =
                                format!("{what}: {import}: {ty}, and the host's is {own}");
                            hosts.problems.push(Unresolved::new(file, problem));
                            continue;
                        }
                        let wanted = Wanted {
                            interface,
                            name,
                            ty,
                            is_async: *is_async,
                        };
                        match self.host_call(&mut hosts, &component, &wanted, lower) {
                            Ok(call) => Canon::Host(call),
                            Err(problem) => {
                                let problem = format!("{problem}: {}", wit::func(flat, ty));
                                hosts.problems.push(Unresolved::new(file, problem));
                                continue;
                            }
                        }
                    }
                },
                FlatCanon::ResourceDrop { resource, instance }
                    if component.resources[*resource].owner.is_none() =>
                {
                    let name = &flat.resources[*resource].name;
                    let side = FlatSide {
                        instance: *instance,
                        memory: None,
                        realloc: None,
                        encoding: StringEncoding::Utf8,
                    };
                    let wanted = Wanted {
                        interface: "drop",
                        name,
                        ty: &drops(&mut component, *resource),
                        is_async: false,
                    };
                    match self.host_call(&mut hosts, &component, &wanted, &side) {
                        Ok(call) => Canon::Host(call),
                        Err(_) => {
                            let problem = format!("{}: resource", unresolved::import("", name));
                            let file = &flat.resources[*resource].file;
                            hosts.problems.push(Unresolved::new(file, problem));
                            continue;
                        }
                    }
                }
                FlatCanon::Initialise {
                    func,
                    lower,
                    args,
                    result,
                } => Canon::Initialise {
                    lifted: self.lifted(func),
                    lower: self.side(lower),
                    args: args.iter().map(|value| values[value.index()]).collect(),
                    result: result.map(|value| values[value.index()]),
                },
                FlatCanon::Builtin { builtin, side } => {
                    let builtin = self.builtin(builtin);
                    let meets_host = meets_host && matches!(builtin, Builtin::Copy(..));
                    let host = meets_host.then(|| self.host_side(&mut hosts, side, None));
                    Canon::Builtin {
                        builtin,
                        side: self.side(side),
                        host,
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
            return Err(unresolved::error(&hosts.problems)
                .help("--plug FILE adds a component that exports what is missing; of WASI the interfaces of versions 0.2 and 0.3 are there"));
        }
        if component.has_tasks() {
            self.tasks(&mut component);
        }
        let entry = match &self.options.entry {
            EntryKind::Calls(calls) => {
                Some(Canon::Script(self.script(flat, &mut component, calls)?))
            }
            EntryKind::Command => Some(match self.handler(flat)? {
                Some(handler) if component.has_tasks() && !handler.ty.is_async => {
                    let error = tasks::refuse("behind `wasi:http/incoming-handler` of WASI 0.2");
                    return Err(error.in_file(&self.inputs[0].path));
                }
                Some(handler) => {
                    let task = self.task_funcs(&mut component, &handler, &Caller::Serve);
                    Canon::Serve(handler, task)
                }
                None => {
                    let lifted = self.run(flat)?;
                    let task = self.task_funcs(&mut component, &lifted, &Caller::Run);
                    Canon::Run(lifted, task)
                }
            }),
            // What is invoked has become a call.
            EntryKind::Invoke(_)
            | EntryKind::Script
            | EntryKind::Hosted
            | EntryKind::None
            | EntryKind::Library => None,
        };
        if let Some(host) = hosting {
            self.hosted(flat, &mut component, &mut hosts, host);
        }
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

    /// What a C program may call: exported functions, and what can be done with resources.
    fn hosted(
        &mut self,
        flat: &Flat,
        component: &mut Component,
        hosts: &mut Hosts,
        host: CInstanceId,
    ) {
        let mut exports = Vec::new();
        self.hosted_exports(&flat.exports, "", &mut exports);
        for resource in given(component, &exports) {
            let (full, drop) = self.release(flat, component, hosts, (resource, host));
            exports.push((full, Hosted::Release(drop)));
        }
        for (id, resource) in component.resources.iter() {
            if resource.owner != Some(host) {
                continue;
            }
            let (interface, name) = split_resource(&flat.resources[id].name);
            let prefix = match interface {
                "" => String::new(),
                interface => format!("{interface}#"),
            };
            let all = [
                ("[resource-new]", Hosted::New(id)),
                ("[resource-rep]", Hosted::Rep(id)),
                ("[resource-drop]", Hosted::Drop(id)),
            ];
            exports.extend(all.map(|(what, hosted)| (format!("{prefix}{what}{name}"), hosted)));
        }
        let main = ModuleId::from_u32(STATE);
        self.program.modules[main].exports = exports
            .into_iter()
            .map(|(name, hosted)| {
                let canon = component.canons.push(Canon::Hosted(hosted, host));
                let func = self.canon_func(canon, self.no_type, name.clone());
                Export {
                    name,
                    entity: Entity::Func(func),
                }
            })
            .collect();
    }

    /// What a C program drops a handle of the runtime library's resource with: its name, and the function.
    fn release(
        &mut self,
        flat: &Flat,
        component: &mut Component,
        hosts: &mut Hosts,
        (resource, host): (ResourceId, CInstanceId),
    ) -> (String, FuncId) {
        let full = &flat.resources[resource].name;
        let sig = self.sig_of(FuncType {
            params: vec![ValType::I32],
            results: Vec::new(),
        });
        let side = FlatSide {
            instance: host,
            memory: None,
            realloc: None,
            encoding: StringEncoding::Utf8,
        };
        let wanted = Wanted {
            interface: "drop",
            name: full,
            ty: &drops(component, resource),
            is_async: false,
        };
        let call = self.host_call(hosts, component, &wanted, &side);
        let call = call.expect("a resource of the runtime library");
        let canon = component.canons.push(Canon::Host(call));
        let drop = self.canon_func(canon, sig, format!("[drop {full}]"));
        let (interface, name) = split_resource(full);
        (format!("{interface}#[resource-drop]{name}"), drop)
    }

    fn hosted_exports(&self, exports: &Exports, prefix: &str, found: &mut Vec<(String, Hosted)>) {
        for (name, export) in exports {
            match export {
                FlatExport::Func(FlatFunc::Lifted(lifted)) => {
                    let hosted = Hosted::Call(self.lifted(lifted));
                    found.push((format!("{prefix}{name}"), hosted));
                }
                // It can be called without the component.
                FlatExport::Func(FlatFunc::Host { .. }) => {}
                FlatExport::Resource(resource) => {
                    let name = format!("{prefix}[resource-drop]{name}");
                    found.push((name, Hosted::Drop(*resource)));
                }
                FlatExport::Instance(exports) => {
                    self.hosted_exports(exports, &format!("{prefix}{name}#"), found);
                }
            }
        }
    }

    /// A function of the C program.
    fn foreign_func(&mut self, interface: &str, name: &str, sig: SigId) -> FuncId {
        self.program.funcs.push(FuncDecl {
            module: ModuleId::from_u32(STATE),
            index: u32::MAX,
            name: format!("{interface} {name}"),
            sig,
            kind: FuncKind::Import {
                symbol: mangle::import_symbol(interface, name),
                given: None,
            },
            funcref: None,
        })
    }

    /// The function of the C program that gets the representation of a dropped resource.
    fn foreign_destructor(&mut self, resource: &str) -> FuncId {
        let (interface, name) = split_resource(resource);
        let sig = self.sig_of(FuncType {
            params: vec![ValType::I32],
            results: Vec::new(),
        });
        self.foreign_func(interface, &format!("[resource-drop]{name}"), sig)
    }

    /// A function type of the program.
    pub(super) fn sig_of(&mut self, ty: FuncType) -> SigId {
        let ty = DefType::plain(ty);
        let known = self.program.types.iter().find(|(_, known)| **known == ty);
        let known = known.map(|(sig, _)| sig);
        known.unwrap_or_else(|| self.program.types.push(ty))
    }

    /// What calls a function of the host, or why it cannot be called.
    fn host_call(
        &mut self,
        hosts: &mut Hosts,
        component: &Component,
        wanted: &Wanted,
        side: &FlatSide,
    ) -> Result<HostCall, String> {
        let Wanted {
            interface,
            name,
            ty,
            is_async,
        } = *wanted;
        let Some(function) = host::host_function(interface, name) else {
            return Err(unresolved::import(interface, name));
        };
        let ends = host::is_async(interface).then(|| ends_of(component, ty));
        // The whole type was compared before (`signatures`); this is what the calling convention is made of.
        let fits = function.ty() == layout::core_signature(component, ty, Direction::Lower)
            && ty.is_async == function.is_async;
        if !fits {
            return Err(format!(
                "incompatible import type: {}: the host's has other parameters or results",
                unresolved::shown(interface, name)
            ));
        }
        let name = |function: &Import| function.symbol.expect("a function of the host");
        let imports = hosts.imports.entry(name(function));
        let import = *imports.or_insert_with(|| {
            let provided = match self.options.has_files() {
                true => function,
                false => host::without_files(function),
            };
            self.host_func_decl(function, name(provided))
        });
        Ok(HostCall {
            import,
            host: self.host_side(hosts, side, ends),
            ty: ty.clone(),
            is_async,
            may_wait: function.may_wait,
        })
    }

    /// What the runtime library may know of a side.
    fn host_side(
        &mut self,
        hosts: &mut Hosts,
        side: &FlatSide,
        ends: Option<Vec<CTypeId>>,
    ) -> HostSide {
        let side = self.side(side);
        let realloc = side.realloc.map(|callee| {
            *hosts.entries.entry(callee).or_insert_with(|| {
                let kind = FuncKind::ArrayEntry { callee };
                self.add_func(callee, "entry", kind)
            })
        });
        let bytes = match ends {
            Some(_) => size_of::<abi::AsyncHostCall>(),
            None => size_of::<abi::HostCall>(),
        };
        let of_side = (side.instance, side.memory, realloc, side.encoding);
        let at = *hosts
            .records
            .entry((of_side, ends.clone()))
            .or_insert_with(|| self.place(ModuleId::from_u32(STATE), bytes as u64, 8));
        HostSide {
            side,
            realloc,
            at,
            ends,
        }
    }

    /// Declares a function of the runtime library.
    fn host_func_decl(&mut self, function: &Import, symbol: &str) -> FuncId {
        let sig = self.sig_of(function.answering());
        self.program.funcs.push(FuncDecl {
            module: ModuleId::from_u32(STATE),
            index: u32::MAX,
            name: format!("{} {}", function.modules[0], function.name),
            sig,
            kind: FuncKind::Import {
                symbol: symbol.to_string(),
                given: None,
            },
            funcref: None,
        })
    }

    /// The function that answers requests, if the component has one.
    fn handler(&self, flat: &Flat) -> Result<Option<Lifted>, Error> {
        let exported = |handler: &str| {
            let mut exports = flat.exports.iter();
            exports.find_map(|(name, _)| {
                let is_handler = host::track(name) == Some(handler);
                is_handler.then(|| flat.find(&[name.clone(), "handle".to_string()]))?
            })
        };
        // That of WASI 0.3 wins.
        if let Some(lifted) = exported("wasi:http/handler@0.3") {
            return self.async_handler(flat, lifted).map(Some);
        }
        let Some(lifted) = exported("wasi:http/incoming-handler") else {
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
            .in_file(&self.inputs[0].path)
            .help(ENTRIES)),
        }
    }

    /// The function that answers requests, of WASI 0.3.
    fn async_handler(&self, flat: &Flat, lifted: &FlatLifted) -> Result<Lifted, Error> {
        let is_own = |ty: CTypeId, name: &str| match &flat.types[ty] {
            CType::Own(resource) => {
                flat.resources[*resource].name == format!("wasi:http/types@0.3 {name}")
            }
            _ => false,
        };
        let takes_request = match &lifted.ty.params[..] {
            [(_, ty)] => is_own(*ty, "request"),
            _ => false,
        };
        let gives_response = match lifted.ty.result.map(|ty| &flat.types[ty]) {
            Some(CType::Result {
                ok: Some(ok),
                err: Some(err),
            }) => is_own(*ok, "response") && matches!(flat.types[*err], CType::Variant(_)),
            _ => false,
        };
        match takes_request && gives_response && lifted.ty.is_async {
            true => Ok(self.lifted(lifted)),
            false => Err(Error::new(
                "incompatible export: `handle` of `wasi:http/handler` has other parameters or results",
            )
            .in_file(&self.inputs[0].path)),
        }
    }

    /// The function of a command.
    fn run(&self, flat: &Flat) -> Result<Lifted, Error> {
        // That of WASI 0.3 wins.
        let lifted = ["wasi:cli/run@0.3", "wasi:cli/run"].iter().find_map(|run| {
            let mut exports = flat.exports.iter();
            exports.find_map(|(name, _)| {
                let is_run = host::track(name) == Some(run);
                is_run.then(|| flat.find(&[name.clone(), "run".to_string()]))?
            })
        });
        let is_plain = |lifted: &&FlatLifted| {
            let result = lifted.ty.result.map(|ty| &flat.types[ty]);
            let plain = CType::Result {
                ok: None,
                err: None,
            };
            lifted.ty.params.is_empty() && result == Some(&plain)
        };
        if let Some(lifted) = lifted.filter(|lifted| !is_plain(lifted)) {
            let ty = wit::func(flat, &lifted.ty);
            let reason = "incompatible export: `run` of `wasi:cli/run` is";
            return Err(Error::new(format!("{reason} {ty}, not func() -> result"))
                .in_file(&self.inputs[0].path)
                .help(ENTRIES));
        }
        let Some(lifted) = lifted else {
            return Err(self.not_a_program(flat));
        };
        Ok(self.lifted(lifted))
    }

    /// The error for a component without an entry. What is exported by the name of one may be of another version, or have no function in it.
    fn not_a_program(&self, flat: &Flat) -> Error {
        let entries = [
            "wasi:cli/run",
            "wasi:http/incoming-handler",
            "wasi:http/handler",
        ];
        let is_entry = |name: &&String| {
            name.split('@')
                .next()
                .is_some_and(|it| entries.contains(&it))
        };
        let Some(entry) = flat.exports.keys().find(is_entry) else {
            return Error::new(
                "the component is no command and no server: it exports neither `wasi:cli/run` nor `wasi:http/incoming-handler` or `wasi:http/handler` of WASI 0.2 or 0.3",
            )
            .in_file(&self.inputs[0].path)
            .help("call an exported function with --invoke 'NAME(ARGUMENTS)'; `wative inspect` shows what there is");
        };
        let reason = match host::track(entry) {
            Some(_) => "has no function `run` or `handle` that the component defines",
            None => "is of a version that is not there: only those of WASI 0.2 and 0.3 are",
        };
        let entry = show::name(entry);
        Error::new(format!("incompatible export: `{entry}` {reason}"))
            .in_file(&self.inputs[0].path)
            .help(ENTRIES)
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
                numbers: None,
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
            tasks: None,
        }
    }

    /// What a core item is in the program.
    pub(super) fn core_entity(&self, item: &CoreItem) -> Entity {
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

    pub(super) fn side(&self, side: &FlatSide) -> CanonSide {
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
            lift: match &lifted.lift {
                FlatLift::Sync => Lift::Sync,
                FlatLift::Stackful => Lift::Stackful,
                FlatLift::Callback(callback) => Lift::Callback(self.core_func(callback)),
            },
        }
    }

    /// The calls of an entry.
    fn script(
        &mut self,
        flat: &Flat,
        component: &mut Component,
        calls: &[ComponentCall],
    ) -> Result<Vec<Invocation>, Error> {
        let calls = calls.iter().map(|call| {
            let lifted = flat
                .exported(&call.export)
                .map_err(|error| error.in_file(&self.inputs[0].path))?;
            let lifted = self.lifted(lifted);
            let caller = Caller::Script(call.args.clone());
            Ok(Invocation {
                task: self.task_funcs(component, &lifted, &caller),
                lifted,
                args: call.args.clone(),
            })
        });
        calls.collect()
    }
}

/// Resources of the runtime library of which a C program may have handles: those in the types of what it calls and of what it provides.
fn given(component: &Component, exports: &[(String, Hosted)]) -> BTreeSet<ResourceId> {
    let exported = exports.iter().filter_map(|(_, hosted)| match hosted {
        Hosted::Call(lifted) => Some(&lifted.ty),
        _ => None,
    });
    let imported = component.canons.values().filter_map(|canon| match canon {
        Canon::Foreign(foreign) => Some(&foreign.ty),
        _ => None,
    });
    let mut given = BTreeSet::new();
    for func in exported.chain(imported) {
        let types = func.params.iter().map(|(_, ty)| *ty).chain(func.result);
        for ty in types {
            layout::each_handle(component, ty, &mut |handle| match handle {
                CType::Own(resource) if component.resources[*resource].owner.is_none() => {
                    given.insert(*resource);
                }
                _ => {}
            });
        }
    }
    given
}

/// Interface and name of a resource type that is imported.
fn split_resource(name: &str) -> (&str, &str) {
    name.rsplit_once(' ').unwrap_or(("", name))
}

/// Functions of the host, as far as they are in the program.
#[derive(Default)]
struct Hosts {
    /// By the symbol that they have in the table.
    imports: HashMap<&'static str, FuncId>,
    /// Entries of `realloc` functions.
    entries: HashMap<FuncId, FuncId>,
    /// Places of `abi::HostCall`s, by what they hold.
    records: HashMap<(OfSide, Option<Vec<CTypeId>>), u32>,
    problems: Vec<Unresolved>,
}

type OfSide = (CInstanceId, Option<MemId>, Option<FuncId>, StringEncoding);

/// A function that is imported from the host.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    interface: &'a str,
    name: &'a str,
    ty: &'a CFuncType,
    /// It is lowered with `async`.
    is_async: bool,
}

/// The type of what drops a resource.
fn drops(component: &mut Component, resource: ResourceId) -> CFuncType {
    let own = component.types.push(CType::Own(resource));
    CFuncType {
        params: vec![("self".to_string(), own)],
        ..CFuncType::default()
    }
}

/// The types of streams and futures in a function's type, in order.
fn ends_of(component: &Component, ty: &CFuncType) -> Vec<CTypeId> {
    let mut ends = Vec::new();
    let types = ty.params.iter().map(|(_, ty)| *ty).chain(ty.result);
    for ty in types {
        layout::each_end(component, ty, &mut |end| ends.push(end));
    }
    ends
}
