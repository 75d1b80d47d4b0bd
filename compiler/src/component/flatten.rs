//! Symbolic instantiation: definitions are evaluated as a runtime would, but core instances and canonical functions are only noted down.
//!
//! Nested components are closures: what they alias from outside is looked up in the frame of the instance in which they were defined.

use super::definition::{Definition, Item};
use super::flat::{
    Core, CoreId, CoreItem, CoreModule, Exports, Flat, FlatBuiltin, FlatCanon, FlatExport,
    FlatFunc, FlatLift, FlatLifted, FlatModule, FlatResource, FlatSide, ModulePlace, ValueId,
};
use super::plug::Plug;
use super::types::{self, Type};
use super::unresolved::{self, Unresolved};
use crate::Error;
use crate::canonical::HOST_RESOURCES;
use crate::entity::EntityId;
use crate::host;
use crate::ir::component::{Builtin, CInstanceId, End, ResourceId, StringEncoding};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExport, ComponentExternalKind,
    ComponentImport, ComponentInstance, ComponentOuterAliasKind, ComponentType, ComponentTypeRef,
    ExternalKind, Instance, InstanceTypeDeclaration, TypeBounds,
};

/// Instances of components and of core modules in one program: a component can ask for exponentially many.
const MAX_INSTANCES: usize = 10_000;

/// How deep instantiations may lie in each other.
const MAX_DEPTH: usize = 200;

/// Something in a component's index spaces, other than core items.
#[derive(Clone)]
pub(super) enum Thing<'a> {
    Module(ModulePlace),
    Component(Closure<'a>),
    Instance(Rc<Things<'a>>),
    Func(FlatFunc),
    Type(Type<'a>),
    Value(ValueId),
}

/// By name.
pub(super) type Things<'a> = BTreeMap<String, Thing<'a>>;

/// A component and the frame that it was defined in.
#[derive(Clone)]
pub(super) struct Closure<'a> {
    pub definition: Rc<Definition<'a>>,
    pub frame: Option<usize>,
}

/// Index spaces of an instance that is being made, or of an instance type.
pub(super) struct Frame<'a> {
    instance: CInstanceId,
    /// The frame of the definition around this one.
    outer: Option<usize>,
    core_instances: Vec<Core>,
    core_funcs: Vec<CoreItem>,
    core_tables: Vec<CoreItem>,
    core_memories: Vec<CoreItem>,
    core_globals: Vec<CoreItem>,
    core_tags: Vec<CoreItem>,
    modules: Vec<ModulePlace>,
    components: Vec<Closure<'a>>,
    instances: Vec<Rc<Things<'a>>>,
    pub funcs: Vec<FlatFunc>,
    pub values: Vec<ValueId>,
    pub types: Vec<Type<'a>>,
    exports: Things<'a>,
}

impl Frame<'_> {
    fn new(instance: CInstanceId, outer: Option<usize>) -> Self {
        Frame {
            instance,
            outer,
            core_instances: Vec::new(),
            core_funcs: Vec::new(),
            core_tables: Vec::new(),
            core_memories: Vec::new(),
            core_globals: Vec::new(),
            core_tags: Vec::new(),
            modules: Vec::new(),
            components: Vec::new(),
            instances: Vec::new(),
            funcs: Vec::new(),
            values: Vec::new(),
            types: Vec::new(),
            exports: BTreeMap::new(),
        }
    }
}

/// Instantiates a component, to which plugs and the host give what it imports.
///
/// # Errors
/// Something is not supported, or missing: core modules and components here, functions where they are called.
pub(super) fn flatten<'a>(
    definition: Definition<'a>,
    path: &'a str,
    plugs: Vec<Plug<'a>>,
) -> Result<Flat, Error> {
    let mut flattener = Flattener {
        flat: Flat::default(),
        frames: Vec::new(),
        depth: 0,
        resources: HashMap::new(),
        path,
        plugs,
        making: Vec::new(),
        store: None,
        taken: BTreeSet::new(),
        unplugged: Vec::new(),
        imported: Vec::new(),
        missing: Vec::new(),
    };
    for &(interface, name) in HOST_RESOURCES {
        flattener.host_resource(interface, name);
    }
    let closure = Closure {
        definition: Rc::new(definition),
        frame: None,
    };
    let exports = flattener.instantiate(&closure, None, &BTreeMap::new())?;
    flattener.check_missing()?;
    flattener.check_plugs()?;
    let mut flat = flattener.flat;
    flat.exports = Rc::new(outside(&exports));
    Ok(flat)
}

/// What of an instance's exports matters outside.
fn outside(things: &Things) -> Exports {
    let export = |thing: &Thing| match thing {
        Thing::Func(func) => Some(FlatExport::Func(func.clone())),
        Thing::Instance(things) => Some(FlatExport::Instance(Rc::new(outside(things)))),
        Thing::Type(Type::Resource(resource)) => Some(FlatExport::Resource(*resource)),
        Thing::Module(_) | Thing::Component(_) | Thing::Type(_) | Thing::Value(_) => None,
    };
    let exports = things.iter();
    exports
        .filter_map(|(name, thing)| Some((name.clone(), export(thing)?)))
        .collect()
}

pub(super) struct Flattener<'a> {
    pub flat: Flat,
    pub frames: Vec<Frame<'a>>,
    depth: usize,
    /// The host's resource types, by interface and name.
    resources: HashMap<(String, String), ResourceId>,
    /// The file of the component that others are plugged into.
    path: &'a str,
    pub plugs: Vec<Plug<'a>>,
    /// The plugs that are being instantiated, each because the one before imports from it.
    pub making: Vec<usize>,
    /// Where values are, if there are any.
    pub store: Option<FlatSide>,
    /// Those that a start function takes.
    pub taken: BTreeSet<ValueId>,
    /// Names that have been imported and that no plug exports.
    pub unplugged: Vec<String>,
    /// Functions that have been imported and that the host does not have.
    imported: Vec<Unresolved>,
    /// Imports that make the component impossible: nothing is instantiated that comes behind them.
    pub missing: Vec<Unresolved>,
}

impl<'a> Flattener<'a> {
    /// Makes an instance: what it exports.
    pub fn instantiate(
        &mut self,
        component: &Closure<'a>,
        parent: Option<CInstanceId>,
        args: &Things<'a>,
    ) -> Result<Rc<Things<'a>>, Error> {
        if self.flat.instances.len() >= MAX_INSTANCES {
            return Err(too_many());
        }
        if self.depth >= MAX_DEPTH {
            let reason = format!("more than {MAX_DEPTH} components instantiate each other");
            return Err(Error::new(reason));
        }
        self.depth += 1;
        let instance = self.flat.instances.push(parent);
        let frame = self.frames.len();
        self.frames.push(Frame::new(instance, component.frame));
        for item in &component.definition.items {
            let declares = matches!(
                item,
                Item::Import(_) | Item::Type(_) | Item::CoreType | Item::Alias(_)
            );
            if !self.missing.is_empty() && !declares {
                break;
            }
            self.item(frame, item, args)?;
        }
        self.depth -= 1;
        Ok(Rc::new(std::mem::take(&mut self.frames[frame].exports)))
    }

    fn item(&mut self, at: usize, item: &Item<'a>, args: &Things<'a>) -> Result<(), Error> {
        match item {
            Item::Module(module) => self.frames[at].modules.push(module.clone()),
            Item::CoreType => {}
            Item::CoreInstance(instance) => self.core_instance(at, instance)?,
            Item::Component(definition) => self.frames[at].components.push(Closure {
                definition: definition.clone(),
                frame: Some(at),
            }),
            Item::Instance(instance) => self.instance(at, instance)?,
            Item::Alias(alias) => self.alias(at, alias),
            Item::Type(ty) => self.ty(at, ty)?,
            Item::Canon(canon) => self.canon(at, canon)?,
            Item::Import(import) => self.import(at, import, args)?,
            Item::Export(export) => self.export(at, export),
            Item::Start(start) => self.start(at, start)?,
        }
        Ok(())
    }

    /// Adds something to the index space of its kind.
    fn add(&mut self, at: usize, thing: Thing<'a>) {
        let frame = &mut self.frames[at];
        match thing {
            Thing::Module(module) => frame.modules.push(module),
            Thing::Component(component) => frame.components.push(component),
            Thing::Instance(things) => frame.instances.push(things),
            Thing::Func(func) => frame.funcs.push(func),
            Thing::Type(ty) => frame.types.push(ty),
            Thing::Value(value) => frame.values.push(value),
        }
    }

    /// What an index stands for.
    fn get(&self, at: usize, kind: ComponentExternalKind, index: u32) -> Thing<'a> {
        let (frame, index) = (&self.frames[at], index as usize);
        match kind {
            ComponentExternalKind::Module => Thing::Module(frame.modules[index].clone()),
            ComponentExternalKind::Func => Thing::Func(frame.funcs[index].clone()),
            ComponentExternalKind::Type => Thing::Type(frame.types[index].clone()),
            ComponentExternalKind::Instance => Thing::Instance(frame.instances[index].clone()),
            ComponentExternalKind::Component => Thing::Component(frame.components[index].clone()),
            ComponentExternalKind::Value => Thing::Value(frame.values[index]),
        }
    }

    fn core_space(&mut self, at: usize, kind: ExternalKind) -> &mut Vec<CoreItem> {
        let frame = &mut self.frames[at];
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &mut frame.core_funcs,
            ExternalKind::Table => &mut frame.core_tables,
            ExternalKind::Memory => &mut frame.core_memories,
            ExternalKind::Global => &mut frame.core_globals,
            ExternalKind::Tag => &mut frame.core_tags,
        }
    }

    // Core instances.

    fn core_instance(&mut self, at: usize, instance: &Instance<'a>) -> Result<(), Error> {
        let core = match instance {
            Instance::Instantiate { module_index, args } => {
                let frame = &self.frames[at];
                let by_name = args.iter().map(|arg| {
                    let core = &frame.core_instances[arg.index as usize];
                    (arg.name.to_string(), core.clone())
                });
                let args = by_name.collect();
                let module = frame.modules[*module_index as usize].clone();
                Core::Module(self.core(FlatModule::Of(module), args)?)
            }
            Instance::FromExports(exports) => {
                let mut items = BTreeMap::new();
                for export in exports {
                    let item = &self.core_space(at, export.kind)[export.index as usize];
                    items.insert(export.name.to_string(), item.clone());
                }
                Core::Items(Rc::new(items))
            }
        };
        self.frames[at].core_instances.push(core);
        Ok(())
    }

    /// Adds an instance of a core module.
    pub fn core(
        &mut self,
        module: FlatModule,
        args: BTreeMap<String, Core>,
    ) -> Result<CoreId, Error> {
        if self.flat.cores.len() >= MAX_INSTANCES {
            return Err(too_many());
        }
        Ok(self.flat.cores.push(CoreModule { module, args }))
    }

    // Instances of components.

    fn instance(&mut self, at: usize, instance: &ComponentInstance<'a>) -> Result<(), Error> {
        let things = match instance {
            ComponentInstance::Instantiate {
                component_index,
                args,
            } => {
                let component = self.frames[at].components[*component_index as usize].clone();
                let args = args
                    .iter()
                    .map(|arg| (arg.name.to_string(), self.get(at, arg.kind, arg.index)));
                let (args, parent) = (args.collect(), self.frames[at].instance);
                self.instantiate(&component, Some(parent), &args)?
            }
            ComponentInstance::FromExports(exports) => {
                let things = exports.iter().map(|export| {
                    let thing = self.get(at, export.kind, export.index);
                    (export.name.full_name().into_owned(), thing)
                });
                Rc::new(things.collect())
            }
        };
        self.frames[at].instances.push(things);
        Ok(())
    }

    fn export(&mut self, at: usize, export: &ComponentExport<'a>) {
        let thing = self.get(at, export.kind, export.index);
        let name = export.name.full_name().into_owned();
        self.frames[at].exports.insert(name, thing.clone());
        self.add(at, thing);
    }

    // Aliases.

    fn alias(&mut self, at: usize, alias: &ComponentAlias<'a>) {
        match *alias {
            ComponentAlias::InstanceExport {
                instance_index,
                name,
                ..
            } => {
                let thing = self.frames[at].instances[instance_index as usize][name].clone();
                self.add(at, thing);
            }
            ComponentAlias::CoreInstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let item = match &self.frames[at].core_instances[instance_index as usize] {
                    Core::Module(core) => CoreItem::Export {
                        core: *core,
                        name: name.to_string(),
                    },
                    Core::Items(items) => items[name].clone(),
                };
                self.core_space(at, kind).push(item);
            }
            ComponentAlias::Outer { kind, count, index } => {
                let frame = (0..count).fold(at, |at, _| {
                    self.frames[at].outer.expect("a validated outer alias")
                });
                let kind = match kind {
                    ComponentOuterAliasKind::CoreModule => ComponentExternalKind::Module,
                    ComponentOuterAliasKind::Type => ComponentExternalKind::Type,
                    ComponentOuterAliasKind::Component => ComponentExternalKind::Component,
                    ComponentOuterAliasKind::CoreType => return,
                };
                let thing = self.get(frame, kind, index);
                self.add(at, thing);
            }
        }
    }

    // Types.

    fn ty(&mut self, at: usize, ty: &ComponentType<'a>) -> Result<(), Error> {
        let space = &self.frames[at].types;
        let ty = match ty {
            ComponentType::Defined(ty) => types::defined(&mut self.flat, space, ty)?,
            ComponentType::Func(ty) => types::func(&mut self.flat, space, ty)?,
            ComponentType::Instance(declarations) => {
                Type::Instance(Rc::from(&declarations[..]), at)
            }
            ComponentType::Component(_) => Type::Other,
            ComponentType::Resource { dtor, .. } => {
                let frame = &self.frames[at];
                let destructor = dtor.map(|index| frame.core_funcs[index as usize].clone());
                Type::Resource(self.flat.resources.push(FlatResource {
                    owner: Some(frame.instance),
                    destructor,
                    name: String::new(),
                    file: Rc::from(""),
                }))
            }
        };
        self.frames[at].types.push(ty);
        Ok(())
    }

    // Imports.

    fn import(
        &mut self,
        at: usize,
        import: &ComponentImport<'a>,
        args: &Things<'a>,
    ) -> Result<(), Error> {
        let name = import.name.full_name();
        let thing = match args.get(&*name) {
            Some(thing) => thing.clone(),
            // Only what nobody instantiates lacks something.
            None => match self.plugged(at, &name, import.ty)? {
                Some(thing) => thing,
                None => {
                    self.unplugged.push(name.to_string());
                    self.host(at, "", &name, import.ty)?
                }
            },
        };
        self.add(at, thing);
        Ok(())
    }

    /// What the host provides for an import. `interface`: the name of the instance in which it is, empty for what a component itself imports.
    fn host(
        &mut self,
        at: usize,
        interface: &str,
        name: &str,
        ty: ComponentTypeRef,
    ) -> Result<Thing<'a>, Error> {
        match ty {
            ComponentTypeRef::Func(index) => match &self.frames[at].types[index as usize] {
                Type::Func(ty) => {
                    let (ty, file) = (ty.clone(), self.file());
                    if host::host_function(interface, name).is_none() {
                        let problem = unresolved::function(&self.flat, interface, name, &ty);
                        self.imported.push(Unresolved::new(&file, problem));
                    }
                    Ok(Thing::Func(FlatFunc::Host {
                        interface: interface.to_string(),
                        name: name.to_string(),
                        ty,
                        file,
                    }))
                }
                _ => unreachable!("a validated function type"),
            },
            ComponentTypeRef::Type(TypeBounds::Eq(index)) => {
                Ok(Thing::Type(self.frames[at].types[index as usize].clone()))
            }
            ComponentTypeRef::Type(TypeBounds::SubResource) => {
                let interface = host::track(interface).unwrap_or(interface);
                let resource = self.host_resource(interface, name);
                Ok(Thing::Type(Type::Resource(resource)))
            }
            ComponentTypeRef::Instance(index) => {
                let Type::Instance(declarations, scope) =
                    self.frames[at].types[index as usize].clone()
                else {
                    unreachable!("a validated instance type")
                };
                self.host_instance(scope, name, &declarations)
            }
            ComponentTypeRef::Module(_) => {
                self.missing(interface, name, "core module");
                Ok(Thing::Module(ModulePlace {
                    file: 0,
                    bytes: 0..0,
                }))
            }
            ComponentTypeRef::Component(_) => {
                self.missing(interface, name, "component");
                Ok(Thing::Component(Closure {
                    definition: Rc::default(),
                    frame: None,
                }))
            }
            ComponentTypeRef::Value(_) => {
                self.missing(interface, name, "value");
                // Nothing that could look at it is instantiated any more.
                Ok(Thing::Value(ValueId::from_u32(0)))
            }
        }
    }

    /// Notes down that nothing provides a core module or a component. What stands for it is never looked at.
    fn missing(&mut self, interface: &str, name: &str, what: &str) {
        let problem = format!("{}: {what}", unresolved::import(interface, name));
        let file = self.file();
        self.missing.push(Unresolved::new(&file, problem));
    }

    /// The file of the component that is being instantiated.
    fn file(&self) -> Rc<str> {
        let plug = self.making.last().map(|&plug| self.plugs[plug].path);
        Rc::from(plug.unwrap_or(self.path))
    }

    /// Refuses what is not whole, with everything that is missing.
    fn check_missing(&mut self) -> Result<(), Error> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.missing);
        all.append(&mut self.imported);
        Err(unresolved::error(&all)
            .help("compose the component with the modules and components that it needs first"))
    }

    /// The host's resource type of this name, the same for all versions of an interface.
    fn host_resource(&mut self, interface: &str, name: &str) -> ResourceId {
        let key = (interface.to_string(), name.to_string());
        let file = self.file();
        let flat = &mut self.flat;
        *self.resources.entry(key).or_insert_with(|| {
            flat.resources.push(FlatResource {
                owner: None,
                destructor: None,
                name: match interface {
                    "" => name.to_string(),
                    interface => format!("{interface} {name}"),
                },
                file,
            })
        })
    }

    fn host_instance(
        &mut self,
        scope: usize,
        interface: &str,
        declarations: &[InstanceTypeDeclaration<'a>],
    ) -> Result<Thing<'a>, Error> {
        let give = |this: &mut Self, at, name: &str, ty| this.host(at, interface, name, ty);
        let exports = self.declared(scope, declarations, |error| error, give)?;
        Ok(Thing::Instance(Rc::new(exports)))
    }

    /// Evaluates an instance type that was declared in a frame: its exports, of which `give` says what they are. What comes later refers to that.
    pub fn declared<E>(
        &mut self,
        scope: usize,
        declarations: &[InstanceTypeDeclaration<'a>],
        wrong: impl Fn(Error) -> E,
        mut give: impl FnMut(&mut Self, usize, &str, ComponentTypeRef) -> Result<Thing<'a>, E>,
    ) -> Result<Things<'a>, E> {
        let at = self.frames.len();
        let instance = self.frames[scope].instance;
        self.frames.push(Frame::new(instance, Some(scope)));
        for declaration in declarations {
            match declaration {
                InstanceTypeDeclaration::CoreType(_) => {}
                InstanceTypeDeclaration::Type(ty) => self.ty(at, ty).map_err(&wrong)?,
                InstanceTypeDeclaration::Alias(alias) => self.alias(at, alias),
                InstanceTypeDeclaration::Export { name, ty } => {
                    let name = name.full_name();
                    let thing = give(self, at, &name, *ty)?;
                    self.frames[at]
                        .exports
                        .insert(name.into_owned(), thing.clone());
                    self.add(at, thing);
                }
            }
        }
        Ok(std::mem::take(&mut self.frames[at].exports))
    }

    // Canonical definitions.

    fn canon(&mut self, at: usize, canon: &CanonicalFunction) -> Result<(), Error> {
        let frame = &self.frames[at];
        let instance = frame.instance;
        let resource = |index: u32| match &frame.types[index as usize] {
            Type::Resource(resource) => *resource,
            _ => unreachable!("a validated resource type"),
        };
        let canon = match canon {
            CanonicalFunction::Lift {
                core_func_index,
                type_index,
                options,
            } => {
                let Type::Func(ty) = &frame.types[*type_index as usize] else {
                    unreachable!("a validated function type")
                };
                let lifted = FlatLifted {
                    ty: ty.clone(),
                    callee: frame.core_funcs[*core_func_index as usize].clone(),
                    side: side(frame, options)?,
                    post_return: post_return(frame, options),
                    lift: lift(frame, options),
                };
                let func = FlatFunc::Lifted(Rc::new(lifted));
                self.frames[at].funcs.push(func);
                return Ok(());
            }
            CanonicalFunction::Lower {
                func_index,
                options,
            } => FlatCanon::Call {
                func: frame.funcs[*func_index as usize].clone(),
                lower: side(frame, options)?,
                is_async: is_async(options),
            },
            CanonicalFunction::ResourceNew { resource: index } => FlatCanon::ResourceNew {
                resource: resource(*index),
                instance,
            },
            CanonicalFunction::ResourceDrop { resource: index } => FlatCanon::ResourceDrop {
                resource: resource(*index),
                instance,
            },
            CanonicalFunction::ResourceRep { resource: index } => FlatCanon::ResourceRep {
                resource: resource(*index),
                instance,
            },
            canon => self.builtin(at, canon)?,
        };
        let canon = self.flat.canons.push(canon);
        self.frames[at].core_funcs.push(CoreItem::Canon(canon));
        Ok(())
    }
}

impl<'a> Flattener<'a> {
    /// A built-in of tasks, streams or futures.
    fn builtin(&mut self, at: usize, canon: &CanonicalFunction) -> Result<FlatCanon, Error> {
        use CanonicalFunction as F;
        let mut result = None;
        if let F::TaskReturn { result: ty, .. } = canon {
            let frame = &self.frames[at];
            result = types::optional(&mut self.flat, &frame.types, *ty)?;
        }
        let frame = &self.frames[at];
        let ty = |index: u32| match &frame.types[index as usize] {
            Type::Value(ty) => *ty,
            _ => unreachable!("a validated stream or future type"),
        };
        let readable = |index| End {
            ty: ty(index),
            is_writable: false,
        };
        let writable = |index| End {
            ty: ty(index),
            is_writable: true,
        };
        let mut options: &[CanonicalOption] = &[];
        let mut memory = None;
        let builtin = match canon {
            F::BackpressureInc => Builtin::BackpressureInc,
            F::BackpressureDec => Builtin::BackpressureDec,
            F::TaskReturn { options: with, .. } => {
                options = with;
                Builtin::TaskReturn(result)
            }
            F::TaskCancel => Builtin::TaskCancel,
            F::ContextGet {
                ty: wasmparser::ValType::I32,
                slot,
            } => Builtin::ContextGet(*slot),
            F::ContextSet {
                ty: wasmparser::ValType::I32,
                slot,
            } => Builtin::ContextSet(*slot),
            F::ThreadYield => Builtin::ThreadYield,
            F::SubtaskDrop => Builtin::SubtaskDrop,
            F::SubtaskCancel { async_ } => Builtin::SubtaskCancel { is_async: *async_ },
            F::StreamNew { ty: index } | F::FutureNew { ty: index } => Builtin::New(ty(*index)),
            F::StreamRead { ty, options: with } | F::FutureRead { ty, options: with } => {
                options = with;
                Builtin::Copy(readable(*ty), is_async(with))
            }
            F::StreamWrite { ty, options: with } | F::FutureWrite { ty, options: with } => {
                options = with;
                Builtin::Copy(writable(*ty), is_async(with))
            }
            F::StreamCancelRead { ty, async_ } | F::FutureCancelRead { ty, async_ } => {
                Builtin::EndCancel(readable(*ty), *async_)
            }
            F::StreamCancelWrite { ty, async_ } | F::FutureCancelWrite { ty, async_ } => {
                Builtin::EndCancel(writable(*ty), *async_)
            }
            F::StreamDropReadable { ty } | F::FutureDropReadable { ty } => {
                Builtin::EndDrop(readable(*ty))
            }
            F::StreamDropWritable { ty } | F::FutureDropWritable { ty } => {
                Builtin::EndDrop(writable(*ty))
            }
            F::WaitableSetNew => Builtin::SetNew,
            F::WaitableSetWait { memory: index } => {
                memory = Some(frame.core_memories[*index as usize].clone());
                Builtin::SetWait
            }
            F::WaitableSetPoll { memory: index } => {
                memory = Some(frame.core_memories[*index as usize].clone());
                Builtin::SetPoll
            }
            F::WaitableSetDrop => Builtin::SetDrop,
            F::WaitableJoin => Builtin::Join,
            F::ThreadIndex => Builtin::ThreadIndex,
            F::ThreadNewIndirect { table_index, .. } => {
                let table = frame.core_tables[*table_index as usize].clone();
                return Ok(FlatCanon::Builtin {
                    builtin: FlatBuiltin::ThreadNew(table),
                    side: side(frame, &[])?,
                });
            }
            F::ThreadResumeLater => Builtin::ThreadResumeLater,
            F::ThreadSuspend => Builtin::ThreadSuspend,
            F::ThreadSuspendThenResume => Builtin::ThreadSwitch {
                yields: false,
                promotes: false,
            },
            F::ThreadYieldThenResume => Builtin::ThreadSwitch {
                yields: true,
                promotes: false,
            },
            F::ThreadSuspendThenPromote => Builtin::ThreadSwitch {
                yields: false,
                promotes: true,
            },
            F::ThreadYieldThenPromote => Builtin::ThreadSwitch {
                yields: true,
                promotes: true,
            },
            F::ErrorContextNew { options: with } => {
                options = with;
                Builtin::ErrorContextNew
            }
            F::ErrorContextDebugMessage { options: with } => {
                options = with;
                Builtin::ErrorContextMessage
            }
            F::ErrorContextDrop => Builtin::ErrorContextDrop,
            _ => return Err(types::unsupported("some thread and stream built-ins")),
        };
        let mut side = side(frame, options)?;
        side.memory = side.memory.or(memory);
        Ok(FlatCanon::Builtin {
            builtin: FlatBuiltin::Plain(builtin),
            side,
        })
    }
}

fn side(frame: &Frame, options: &[CanonicalOption]) -> Result<FlatSide, Error> {
    let mut side = FlatSide {
        instance: frame.instance,
        memory: None,
        realloc: None,
        encoding: StringEncoding::Utf8,
    };
    for option in options {
        match *option {
            CanonicalOption::UTF8 => side.encoding = StringEncoding::Utf8,
            CanonicalOption::UTF16 => side.encoding = StringEncoding::Utf16,
            CanonicalOption::CompactUTF16 => side.encoding = StringEncoding::CompactUtf16,
            CanonicalOption::Memory(index) => {
                side.memory = Some(frame.core_memories[index as usize].clone());
            }
            CanonicalOption::Realloc(index) => {
                side.realloc = Some(frame.core_funcs[index as usize].clone());
            }
            CanonicalOption::PostReturn(_) => {}
            CanonicalOption::Async | CanonicalOption::Callback(_) => {}
            CanonicalOption::CoreType(_) | CanonicalOption::Gc => {
                return Err(types::unsupported("garbage-collected values"));
            }
        }
    }
    Ok(side)
}

/// How a function is lifted.
fn lift(frame: &Frame, options: &[CanonicalOption]) -> FlatLift {
    let callback = options.iter().find_map(|option| match *option {
        CanonicalOption::Callback(index) => Some(index as usize),
        _ => None,
    });
    match callback {
        Some(index) => FlatLift::Callback(frame.core_funcs[index].clone()),
        None if is_async(options) => FlatLift::Stackful,
        None => FlatLift::Sync,
    }
}

fn is_async(options: &[CanonicalOption]) -> bool {
    options.contains(&CanonicalOption::Async)
}

fn post_return(frame: &Frame, options: &[CanonicalOption]) -> Option<CoreItem> {
    options.iter().find_map(|option| match *option {
        CanonicalOption::PostReturn(index) => Some(frame.core_funcs[index as usize].clone()),
        _ => None,
    })
}

fn too_many() -> Error {
    Error::new(format!(
        "the component makes more than {MAX_INSTANCES} instances"
    ))
}
