//! A component after symbolic instantiation.

use super::start;
use super::version;
use crate::Error;
use crate::entity::{Arena, EntityId};
use crate::entity_id;
use crate::ir::component::{
    Builtin, CFuncType, CInstanceId, CType, CTypeId, CanonId, ResourceId, StringEncoding,
};
use crate::options::Input;
use crate::show;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

entity_id!(/** An instance of a core module. */ CoreId, "core");
entity_id!(/** A value that a start function returned. */ ValueId, "value");

/// What is left of a component.
#[derive(Default, Debug)]
pub struct Flat {
    pub types: Arena<CTypeId, CType>,
    pub resources: Arena<ResourceId, FlatResource>,
    /// Each with the one that it was made in.
    pub instances: Arena<CInstanceId, Option<CInstanceId>>,
    /// In the order in which they are instantiated.
    pub cores: Arena<CoreId, CoreModule>,
    pub canons: Arena<CanonId, FlatCanon>,
    /// See [`start`].
    pub values: Arena<ValueId, CTypeId>,
    /// What the component itself exports.
    pub exports: Rc<Exports>,
}

/// A module with nothing in it, whose instance holds the state of the component instances.
const STATE: &[u8] = b"\0asm\x01\0\0\0";

impl Flat {
    /// The modules of the program: one for the state of the components, whose names and files these are, then the core instances in order. `values`: bytes
    /// that the values of start functions take.
    pub fn inputs(&self, components: &[Input], values: u32) -> Vec<Input> {
        let input = |file: usize, name: String, bytes: &[u8]| Input {
            name,
            path: components[file].path.clone(),
            bytes: bytes.to_vec(),
            links: Vec::new(),
        };
        let state = input(0, components[0].name.clone(), STATE);
        let memory = start::memory(values);
        let cores = self.cores.iter().map(|(id, core)| {
            let (file, bytes) = match &core.module {
                FlatModule::Of(place) => {
                    let bytes = &components[place.file].bytes;
                    (place.file, &bytes[place.bytes.clone()])
                }
                FlatModule::Values => (0, &memory[..]),
                FlatModule::Start => (0, start::CALL),
            };
            let name = format!("{}.{}", components[file].name, id.as_u32());
            input(file, name, bytes)
        });
        [state].into_iter().chain(cores).collect()
    }

    /// An exported function that a component defines: names of instances, then its own.
    pub fn find(&self, path: &[String]) -> Option<&FlatLifted> {
        find(&self.exports, path)
    }

    /// Likewise, or the error that lists those that there are.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn exported(&self, path: &[String]) -> Result<&FlatLifted, Error> {
        self.find(path).ok_or_else(|| {
            let name = show::name(&path.join("#"));
            let mut names = Vec::new();
            list(&self.exports, "", &mut names);
            let error = Error::new(format!("no function `{name}` is exported"));
            match names.is_empty() {
                true => error.help("the component exports no functions of its own"),
                false => error.help(format!("exported functions: {}", names.join(", "))),
            }
        })
    }

    /// The path of the exported function that a call names: names of instances and its own with `#` between them; its own alone, if it is the
    /// component's or that of one instance only; or `INTERFACE.FUNCTION` and `INTERFACE.FUNCTION@VERSION`, where any compatible version will do.
    ///
    /// # Errors
    /// There is none, it is the host's, or the name means several.
    pub fn named(&self, name: &str) -> Result<Vec<String>, Error> {
        let exact: Vec<String> = name.split('#').map(str::to_string).collect();
        if self.find(&exact).is_some() {
            return Ok(exact);
        }
        if passes_on(&self.exports, &exact) {
            let name = show::name(name);
            let reason = format!("`{name}` is a function that the component imports itself");
            return Err(Error::new(reason).help("only functions that it defines can be called"));
        }
        let paths = match name.split_once('.') {
            Some((interface, function)) => {
                let (function, version) = match function.split_once('@') {
                    Some((function, version)) => (function, format!("@{version}")),
                    None => (function, String::new()),
                };
                let interface = format!("{interface}{version}");
                let exports: Vec<&str> = self.exports.keys().map(String::as_str).collect();
                let export = version::export_for(&exports, &interface);
                export
                    .into_iter()
                    .map(|it| vec![it.to_string(), function.to_string()])
                    .collect()
            }
            None => {
                let instances = self.exports.keys();
                instances
                    .map(|it| vec![it.clone(), name.to_string()])
                    .collect::<Vec<_>>()
            }
        };
        let mut paths = paths.into_iter().filter(|path| self.find(path).is_some());
        match (paths.next(), paths.next()) {
            (None, _) => self.exported(&exact).map(|_| exact.clone()),
            (Some(path), None) => Ok(path),
            (Some(a), Some(b)) => {
                let all = [a, b].into_iter().chain(paths);
                let all: Vec<String> = all.map(|path| show::name(&path.join("#"))).collect();
                let reason = format!(
                    "several interfaces export a function `{}`",
                    show::name(name)
                );
                Err(Error::new(reason).help(format!("say which one: {}", all.join(", "))))
            }
        }
    }

    /// The input of a core instance in [`Flat::inputs`].
    pub fn input(core: CoreId) -> usize {
        core.index() + 1
    }
}

/// Where a core module is.
#[derive(Clone, Debug)]
pub struct ModulePlace {
    /// Index of the component among the inputs.
    pub file: usize,
    /// Its bytes there.
    pub bytes: Range<usize>,
}

/// A core module.
#[derive(Debug)]
pub enum FlatModule {
    Of(ModulePlace),
    /// Where values of start functions lie ([`start::memory`]).
    Values,
    /// [`start::CALL`].
    Start,
}

/// An instance of a core module.
#[derive(Debug)]
pub struct CoreModule {
    pub module: FlatModule,
    /// Instances that it imports from, by the names of the modules.
    pub args: BTreeMap<String, Core>,
}

/// A core instance.
#[derive(Clone, Debug)]
pub enum Core {
    Module(CoreId),
    /// Made of single items.
    Items(Rc<BTreeMap<String, CoreItem>>),
}

/// A core function, table, memory, global or tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CoreItem {
    /// An export of an instance.
    Export { core: CoreId, name: String },
    /// A function made for a canonical definition.
    Canon(CanonId),
}

/// A resource type; see [`crate::ir::component::Resource`].
#[derive(Debug)]
pub struct FlatResource {
    /// None: the host's.
    pub owner: Option<CInstanceId>,
    pub destructor: Option<CoreItem>,
    /// Of the host's: interface and name.
    pub name: String,
    /// Of the host's: the file that imports it.
    pub file: Rc<str>,
}

/// Canonical options, and whose they are; see [`crate::ir::component::CanonSide`].
#[derive(Clone, Debug)]
pub struct FlatSide {
    pub instance: CInstanceId,
    pub memory: Option<CoreItem>,
    pub realloc: Option<CoreItem>,
    pub encoding: StringEncoding,
}

/// A component-level function.
#[derive(Clone, Debug)]
pub enum FlatFunc {
    Lifted(Rc<FlatLifted>),
    /// Of the host: the names of its interface, empty if it is imported by itself, and its own.
    Host {
        interface: String,
        name: String,
        ty: Rc<CFuncType>,
        /// The file that imports it.
        file: Rc<str>,
    },
}

/// A function that a component defines; see [`crate::ir::component::Lifted`].
#[derive(Debug)]
pub struct FlatLifted {
    pub ty: Rc<CFuncType>,
    pub callee: CoreItem,
    pub side: FlatSide,
    pub post_return: Option<CoreItem>,
    pub lift: FlatLift,
}

/// See [`crate::ir::component::Lift`].
#[derive(Clone, Debug)]
pub enum FlatLift {
    Sync,
    Stackful,
    Callback(CoreItem),
}

/// See [`crate::ir::component::Canon`].
#[derive(Debug)]
pub enum FlatCanon {
    Call {
        func: FlatFunc,
        lower: FlatSide,
        is_async: bool,
    },
    /// Calls the start function of a component; see [`start`].
    Initialise {
        func: Rc<FlatLifted>,
        lower: FlatSide,
        args: Vec<ValueId>,
        result: Option<ValueId>,
    },
    Builtin {
        builtin: FlatBuiltin,
        side: FlatSide,
    },
    ResourceNew {
        resource: ResourceId,
        instance: CInstanceId,
    },
    ResourceRep {
        resource: ResourceId,
        instance: CInstanceId,
    },
    ResourceDrop {
        resource: ResourceId,
        instance: CInstanceId,
    },
}

/// See [`crate::ir::component::Builtin`].
#[derive(Clone, Debug)]
pub enum FlatBuiltin {
    Plain(Builtin),
    ThreadNew(CoreItem),
}

/// Exports of an instance, by name.
pub type Exports = BTreeMap<String, FlatExport>;

/// What an instance exports that matters to whoever runs the program.
#[derive(Clone, Debug)]
pub enum FlatExport {
    Func(FlatFunc),
    Resource(ResourceId),
    Instance(Rc<Exports>),
}

impl FlatFunc {
    /// Its type.
    pub fn ty(&self) -> &CFuncType {
        match self {
            FlatFunc::Lifted(lifted) => &lifted.ty,
            FlatFunc::Host { ty, .. } => ty,
        }
    }
}

/// Names of the exported functions that a component defines, each with those of the instances that it lies in.
fn list(exports: &Exports, prefix: &str, names: &mut Vec<String>) {
    for (name, export) in exports {
        let name = format!("{prefix}{}", show::name(name));
        match export {
            FlatExport::Func(FlatFunc::Lifted(_)) => names.push(name),
            FlatExport::Func(FlatFunc::Host { .. }) | FlatExport::Resource(_) => {}
            FlatExport::Instance(exports) => list(exports, &format!("{name}#"), names),
        }
    }
}

/// An exported function that a component defines.
fn find<'a>(exports: &'a Exports, path: &[String]) -> Option<&'a FlatLifted> {
    let (name, rest) = path.split_first()?;
    match exports.get(name)? {
        FlatExport::Func(FlatFunc::Lifted(lifted)) if rest.is_empty() => Some(lifted),
        FlatExport::Func(_) | FlatExport::Resource(_) => None,
        FlatExport::Instance(exports) => find(exports, rest),
    }
}

/// Whether this path of exports is a function of the host.
fn passes_on(exports: &Exports, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else {
        return false;
    };
    match exports.get(name) {
        Some(FlatExport::Func(FlatFunc::Host { .. })) => rest.is_empty(),
        Some(FlatExport::Instance(exports)) => passes_on(exports, rest),
        _ => false,
    }
}
