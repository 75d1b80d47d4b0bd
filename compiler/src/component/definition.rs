//! A component's sections as a list of definitions, in the order in which they extend its index spaces (Component Model, `Binary.md`).

use super::flat::ModulePlace;
use super::types::unsupported;
use crate::Error;
use crate::options::Input;
use crate::show;
use std::rc::Rc;
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExport, ComponentImport, ComponentInstance,
    ComponentStartFunction, ComponentType, Instance, Parser, Payload, Validator, WasmFeatures,
};

/// A component.
#[derive(Default, Debug)]
pub struct Definition<'a> {
    pub items: Vec<Item<'a>>,
}

impl Definition<'_> {
    /// The names of what it exports.
    pub fn exports(&self) -> impl Iterator<Item = String> {
        self.items.iter().filter_map(|item| match item {
            Item::Export(export) => Some(export.name.full_name().into_owned()),
            _ => None,
        })
    }

    /// The names of what it imports.
    pub fn imports(&self) -> impl Iterator<Item = String> {
        self.items.iter().filter_map(|item| match item {
            Item::Import(import) => Some(import.name.full_name().into_owned()),
            _ => None,
        })
    }
}

/// A definition in a component.
#[derive(Debug)]
pub enum Item<'a> {
    Module(ModulePlace),
    CoreInstance(Instance<'a>),
    CoreType,
    Component(Rc<Definition<'a>>),
    Instance(ComponentInstance<'a>),
    Alias(ComponentAlias<'a>),
    Type(ComponentType<'a>),
    Canon(CanonicalFunction),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
    Start(ComponentStartFunction),
}

/// What the parser says of a section with values, which it does not know. (In a module this number is another section's.)
const VALUES: &str = "malformed section id: 12";

/// Reads and validates a component, with all modules and components in it. `file`: its index among the inputs.
pub fn read(file: usize, input: &Input, features: WasmFeatures) -> Result<Definition<'_>, Error> {
    let describe = |error: wasmparser::Error| {
        let refusal = match error.missing_wasm_feature() {
            Some(flags) => missing(flags),
            None if error.message() == VALUES => unsupported("value definitions"),
            None => Error::new(show::line(error.message())),
        };
        refusal.in_file(&input.path).at(error.offset())
    };
    Validator::new_with_features(features)
        .validate_all(&input.bytes)
        .map_err(describe)?;
    parse(file, &input.bytes, features).map_err(describe)
}

/// The error for proposals that a component needs and may not have, by the names that `--features` has.
fn missing(flags: WasmFeatures) -> Error {
    let names = flags.iter_names().map(|(name, _)| name);
    let names = names.collect::<Vec<_>>().join(", ");
    let names = names.to_lowercase().replace('_', "-");
    Error::new(format!(
        "the {names} proposal is not supported or is switched off"
    ))
    .help("build the component without it")
}

/// Reads a valid component.
fn parse(file: usize, bytes: &[u8], features: WasmFeatures) -> wasmparser::Result<Definition<'_>> {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    // Those that lie around the current one.
    let mut outer: Vec<Definition> = Vec::new();
    let mut current = Definition::default();
    // Inside a module nothing is of interest: how many payloads' ends are its own is known by its nesting.
    let mut in_module = false;
    for payload in parser.parse_all(bytes) {
        let payload = payload?;
        if in_module {
            in_module = !matches!(payload, Payload::End(_));
            continue;
        }
        match payload {
            Payload::ModuleSection {
                unchecked_range: range,
                ..
            } => {
                current.items.push(Item::Module(ModulePlace {
                    file,
                    bytes: range.start as usize..range.end as usize,
                }));
                in_module = true;
            }
            Payload::ComponentSection { .. } => outer.push(std::mem::take(&mut current)),
            Payload::End(_) => {
                if let Some(parent) = outer.pop() {
                    let nested = std::mem::replace(&mut current, parent);
                    current.items.push(Item::Component(Rc::new(nested)));
                }
            }
            payload => section(payload, &mut current.items)?,
        }
    }
    Ok(current)
}

fn section<'a>(payload: Payload<'a>, items: &mut Vec<Item<'a>>) -> wasmparser::Result<()> {
    macro_rules! all {
        ($section:expr, $item:path) => {
            for it in $section {
                items.push($item(it?));
            }
        };
    }
    match payload {
        Payload::InstanceSection(section) => all!(section, Item::CoreInstance),
        Payload::CoreTypeSection(section) => {
            for ty in section {
                ty?;
                items.push(Item::CoreType);
            }
        }
        Payload::ComponentInstanceSection(section) => all!(section, Item::Instance),
        Payload::ComponentAliasSection(section) => all!(section, Item::Alias),
        Payload::ComponentTypeSection(section) => all!(section, Item::Type),
        Payload::ComponentCanonicalSection(section) => all!(section, Item::Canon),
        Payload::ComponentImportSection(section) => all!(section, Item::Import),
        Payload::ComponentExportSection(section) => all!(section, Item::Export),
        Payload::ComponentStartSection { start, .. } => items.push(Item::Start(start)),
        // Custom sections.
        _ => {}
    }
    Ok(())
}
