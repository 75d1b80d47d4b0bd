//! Composition: what a component imports, and other components (*plugs*) export.
//!
//! A plug is instantiated once, before the first component that imports something of it. What it imports itself comes from other plugs, or from the host. Its exports
//! are compared with the types that are imported, since no validation has seen both.

use super::definition::Definition;
use super::flatten::{Closure, Flattener, Thing, Things};
use super::types::{self, Type};
use super::version;
use crate::Error;
use crate::host;
use crate::show;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasmparser::{ComponentTypeRef, InstanceTypeDeclaration, TypeBounds};

/// A component whose exports others may import.
pub(super) struct Plug<'a> {
    definition: Rc<Definition<'a>>,
    /// The file, for messages.
    pub path: &'a str,
    exports: Vec<String>,
    state: State<'a>,
}

/// What has become of a plug.
enum State<'a> {
    Unused,
    /// It is being instantiated: nobody can import from it.
    Begun,
    Made(Rc<Things<'a>>),
}

impl<'a> Plug<'a> {
    /// Of its exports the one that an import of this name gets.
    fn export_for(&self, import: &str) -> Option<&str> {
        let exports: Vec<&str> = self.exports.iter().map(String::as_str).collect();
        version::export_for(&exports, import)
    }

    pub fn new(definition: Definition<'a>, path: &'a str) -> Plug<'a> {
        Plug {
            exports: definition.exports().collect(),
            definition: Rc::new(definition),
            path,
            state: State::Unused,
        }
    }

    /// Whether it imports what this export of another stands for.
    fn imports(&self, export: &str) -> bool {
        self.definition
            .imports()
            .any(|import| version::export_for(&[export], &import).is_some())
    }
}

impl<'a> Flattener<'a> {
    /// What a plug exports for an import of the component that is being instantiated, if any does.
    pub(super) fn plugged(
        &mut self,
        at: usize,
        import: &str,
        ty: ComponentTypeRef,
    ) -> Result<Option<Thing<'a>>, Error> {
        let Some((index, export)) = self.provider(import)? else {
            return Ok(None);
        };
        let things = self.instantiate_plug(index, import)?;
        if !self.missing.is_empty() {
            // It has not been made as a whole.
            return Ok(None);
        }
        let path = self.plugs[index].path;
        let thing = things.get(&export).ok_or_else(|| {
            // Every name of its exports is there once it is instantiated.
            Error::new(format!("`{}` is not exported", show::name(&export))).in_file(path)
        })?;
        let fits = self.fits(at, thing, ty);
        fits.map_err(|difference| {
            let reason = format!(
                "`{}` is imported with another type than {} exports it with: {difference}",
                show::name(import),
                show::name(path)
            );
            Error::new(reason).help("build both against the same WIT")
        })?;
        Ok(Some(thing.clone()))
    }

    /// The plug that an import of the component that is being instantiated comes from, and its export: the one of this name, else the newest of a compatible
    /// version. Of plugs that wrap what they export, each imports it from the next.
    fn provider(&mut self, import: &str) -> Result<Option<(usize, String)>, Error> {
        let current = self.making.last().copied();
        let wraps = current.is_some_and(|plug| self.plugs[plug].export_for(import).is_some());
        // What a plug wraps, and what the host has, does not come from those that are only being made.
        let is_below = wraps || host::is_interface(import);
        let plugs = self.plugs.iter().enumerate().filter(|(index, plug)| {
            Some(*index) != current && !(is_below && matches!(plug.state, State::Begun))
        });
        let exports = plugs.filter_map(|(index, plug)| Some((index, plug.export_for(import)?)));
        let exports: Vec<(usize, &str)> = exports.collect();
        let names: Vec<&str> = exports.iter().map(|(_, export)| *export).collect();
        let Some(best) = version::export_for(&names, import) else {
            return Ok(None);
        };
        let mut best = exports
            .into_iter()
            .filter(|(_, export)| *export == best)
            .peekable();
        let first = best
            .peek()
            .map(|(index, export)| (*index, export.to_string()));
        while let Some((index, export)) = best.next() {
            if let Some((other, _)) = best.peek()
                && !self.plugs[index].imports(export)
            {
                let reason = format!(
                    "both {} and {} export `{}`, which is imported",
                    show::name(self.plugs[index].path),
                    show::name(self.plugs[*other].path),
                    show::name(import)
                );
                return Err(Error::new(reason).help(
                    "give only one of them with --plug, or first what imports it from the other",
                ));
            }
        }
        Ok(first)
    }

    /// The exports of a plug, which is instantiated if it was not, because somebody imports something from it.
    fn instantiate_plug(&mut self, index: usize, import: &str) -> Result<Rc<Things<'a>>, Error> {
        let plug = &mut self.plugs[index];
        let path = plug.path;
        match std::mem::replace(&mut plug.state, State::Begun) {
            State::Unused => {}
            State::Begun => {
                let begun = self
                    .making
                    .iter()
                    .position(|&other| other == index)
                    .unwrap_or(0);
                let circle = self.making[begun..].iter().chain([&index]);
                let circle = circle.map(|&plug| show::name(self.plugs[plug].path));
                let reason = format!(
                    "components need each other in a circle: {} for `{}`",
                    circle.collect::<Vec<_>>().join(" needs "),
                    show::name(import)
                );
                return Err(Error::new(reason)
                    .in_file(path)
                    .help("move what both need to a component of its own, and plug that in too"));
            }
            State::Made(things) => {
                plug.state = State::Made(things.clone());
                return Ok(things);
            }
        }
        let closure = Closure {
            definition: plug.definition.clone(),
            frame: None,
        };
        self.making.push(index);
        let made = self.instantiate(&closure, None, &BTreeMap::new());
        self.making.pop();
        let things = made.map_err(|error| match error.file.is_empty() {
            true => error.in_file(path),
            false => error,
        })?;
        self.plugs[index].state = State::Made(things.clone());
        Ok(things)
    }

    /// Refuses plugs that nothing imports from.
    pub(super) fn check_plugs(&self) -> Result<(), Error> {
        let mut plugs = self.plugs.iter();
        let Some(unused) = plugs.find(|plug| matches!(plug.state, State::Unused)) else {
            return Ok(());
        };
        let reason = "nothing imports what this component exports";
        for export in &unused.exports {
            let wanted = &self.unplugged;
            if let Some(import) = wanted
                .iter()
                .find(|it| version::is_other_version(it, export))
            {
                let (import, export) = (show::name(import), show::name(export));
                return Err(Error::new(reason).in_file(unused.path).help(format!(
                    "`{import}` is imported, and `{export}` is no compatible version of it"
                )));
            }
        }
        let names = unused.exports.iter().map(|name| show::name(name));
        let names = names.collect::<Vec<_>>().join(", ");
        Err(Error::new(reason)
            .in_file(unused.path)
            .help(format!("leave --plug out; it exports {names}")))
    }

    /// Compares what is given with the type that is imported, which is declared in a frame. The error says how it differs.
    fn fits(&mut self, at: usize, thing: &Thing<'a>, ty: ComponentTypeRef) -> Result<(), String> {
        let space = &self.frames[at].types;
        match (ty, thing) {
            (ComponentTypeRef::Func(index), Thing::Func(func)) => match &space[index as usize] {
                Type::Func(ty) => types::same_func(&self.flat, ty, func.ty()),
                _ => Err("it is not a function".to_string()),
            },
            (ComponentTypeRef::Type(TypeBounds::Eq(index)), Thing::Type(given)) => {
                match (&space[index as usize], given) {
                    (Type::Value(a), Type::Value(b)) => match types::same(&self.flat, *a, *b) {
                        true => Ok(()),
                        false => Err("the types differ".to_string()),
                    },
                    (Type::Resource(a), Type::Resource(b)) if a != b => {
                        Err("it is another resource type".to_string())
                    }
                    // Types of functions and instances matter where something has them.
                    _ => Ok(()),
                }
            }
            (ComponentTypeRef::Type(TypeBounds::SubResource), Thing::Type(Type::Resource(_))) => {
                Ok(())
            }
            (ComponentTypeRef::Type(TypeBounds::SubResource), _) => {
                Err("it is not a resource type".to_string())
            }
            (ComponentTypeRef::Instance(index), Thing::Instance(things)) => {
                match space[index as usize].clone() {
                    Type::Instance(declarations, scope) => {
                        self.instance_fits(scope, things, &declarations)
                    }
                    _ => Err("it is an instance".to_string()),
                }
            }
            (ComponentTypeRef::Value(ty), Thing::Value(value)) => {
                let given = self.flat.values[*value];
                let wanted = types::value(&mut self.flat, space, ty);
                match types::same(&self.flat, wanted.map_err(|error| error.reason)?, given) {
                    true => Ok(()),
                    false => Err("the value has another type".to_string()),
                }
            }
            (ComponentTypeRef::Module(_) | ComponentTypeRef::Component(_), _) => {
                Err("modules and components cannot be plugged in".to_string())
            }
            _ => Err("it is something else".to_string()),
        }
    }

    fn instance_fits(
        &mut self,
        scope: usize,
        things: &Things<'a>,
        declarations: &[InstanceTypeDeclaration<'a>],
    ) -> Result<(), String> {
        let give = |this: &mut Self, at, name: &str, ty| {
            let thing = things
                .get(name)
                .ok_or_else(|| format!("it has no `{}`", show::name(name)))?;
            let fits = this.fits(at, thing, ty);
            fits.map_err(|difference| format!("`{}`: {difference}", show::name(name)))?;
            Ok(thing.clone())
        };
        self.declared(scope, declarations, |error| error.reason, give)
            .map(|_| ())
    }
}
