//! Composition: what a component imports, and other components (*plugs*) export.
//!
//! A plug is instantiated once, before the first component that imports something of it. What it imports itself comes from other plugs, or from the host. Its exports
//! are compared with the types that are imported, since no validation has seen both.

use super::definition::Definition;
use super::flatten::{Closure, Flattener, Thing, Things};
use super::types::{self, Type};
use crate::Error;
use crate::show;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasmparser::{ComponentTypeRef, InstanceTypeDeclaration, TypeBounds};

/// A component whose exports others may import.
pub(super) struct Plug<'a> {
    definition: Rc<Definition<'a>>,
    /// The file, for messages.
    path: &'a str,
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
    pub fn new(definition: Definition<'a>, path: &'a str) -> Plug<'a> {
        Plug {
            exports: definition.exports().collect(),
            definition: Rc::new(definition),
            path,
            state: State::Unused,
        }
    }

    /// Its export that an import of this name gets: the one of this name, else the newest of a compatible version.
    fn export_for(&self, import: &str) -> Option<&str> {
        let exports = || self.exports.iter().map(String::as_str);
        exports().find(|&name| name == import).or_else(|| {
            let compatible = exports().filter(|name| is_compatible(import, name));
            compatible.max_by_key(|name| version(name).map(|(_, version)| version))
        })
    }
}

/// Name and version of an interface `PACKAGE:NAMES/INTERFACE@VERSION`, unless the version has more than numbers.
fn version(name: &str) -> Option<(&str, [u32; 3])> {
    let (name, version) = name.split_once('@')?;
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some((name, version))
}

/// Whether names of interfaces differ in versions only that semantic versioning takes for compatible.
fn is_compatible(import: &str, export: &str) -> bool {
    let track = |[major, minor, patch]: [u32; 3]| match (major, minor) {
        (0, 0) => [0, 0, patch],
        (0, _) => [0, minor, 0],
        _ => [major, 0, 0],
    };
    match (version(import), version(export)) {
        (Some((a, of_a)), Some((b, of_b))) => a == b && track(of_a) == track(of_b),
        _ => false,
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
        let candidates = self.plugs.iter().enumerate().filter_map(|(index, plug)| {
            let export = plug.export_for(import)?;
            (Some(index) != self.current_plug).then(|| (index, export.to_string()))
        });
        let candidates: Vec<(usize, String)> = candidates.collect();
        let (index, export) = match &candidates[..] {
            [] => return Ok(None),
            [one] => one.clone(),
            [(a, _), (b, _), ..] => {
                let (a, b) = (self.plugs[*a].path, self.plugs[*b].path);
                let reason = format!(
                    "both {} and {} export `{}`, which is imported",
                    show::name(a),
                    show::name(b),
                    show::name(import)
                );
                return Err(Error::new(reason).help("give only one of them with --plug"));
            }
        };
        let things = self.instantiate_plug(index)?;
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

    /// The exports of a plug, which is instantiated if it was not.
    fn instantiate_plug(&mut self, index: usize) -> Result<Rc<Things<'a>>, Error> {
        let plug = &mut self.plugs[index];
        let path = plug.path;
        match std::mem::replace(&mut plug.state, State::Begun) {
            State::Unused => {}
            State::Begun => {
                let reason = "this component and its plugs import from each other in a circle";
                return Err(Error::new(reason).in_file(path));
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
        let outer = self.current_plug.replace(index);
        let made = self.instantiate(&closure, None, &BTreeMap::new());
        self.current_plug = outer;
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
        let names = unused.exports.iter().map(|name| show::name(name));
        let names = names.collect::<Vec<_>>().join(", ");
        Err(Error::new("nothing imports what this component exports")
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

#[cfg(test)]
mod tests {
    use super::is_compatible;

    #[test]
    fn versions_are_compatible_as_semantic_versioning_has_it() {
        for (a, b, expected) in [
            ("a:b/c@0.2.0", "a:b/c@0.2.12", true),
            ("a:b/c@0.2.12", "a:b/c@0.2.0", true),
            ("a:b/c@0.2.0", "a:b/c@0.3.0", false),
            ("a:b/c@1.2.0", "a:b/c@1.9.1", true),
            ("a:b/c@1.2.0", "a:b/c@2.2.0", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.1", true),
            ("a:b/c@0.2.0", "a:b/d@0.2.0", false),
            ("a:b/c@0.2.0-rc.1", "a:b/c@0.2.0", false),
            ("a:b/c@0.2.0", "a:b/c", false),
            ("a:b/c@0.2", "a:b/c@0.2", false),
            ("a:b/c@0.2.0.1", "a:b/c@0.2.0", false),
        ] {
            assert_eq!(is_compatible(a, b), expected, "{a} {b}");
        }
    }
}
