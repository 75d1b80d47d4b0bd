//! Components: from a component in binary format to the core modules of one program and what links them, before any of them is read.
//!
//! ```text
//! bytes --parse--> validated definitions --flatten--> Flat: core instances in order, canonical functions, exports
//! ```
//!
//! A definition is instantiated at compile time, as often as instances of it are made ([`flatten`]): what remains are core instances, each with what
//! it imports, and functions for the canonical definitions. `wasm::assemble` makes the program of it.

pub(crate) mod definition;
pub(crate) mod flat;
pub(crate) mod flatten;
mod plug;
pub(crate) mod signatures;
pub(crate) mod start;
pub(crate) mod types;
pub(crate) mod unresolved;
pub(crate) mod version;
pub(crate) mod wit;

#[cfg(test)]
mod tests;

use crate::Error;
use crate::ir::World;
use crate::ir::component::{Component, ComponentCall};
use crate::options::{Input, Options};
use crate::show;
use crate::wave;
use flat::Flat;
use plug::Plug;
use wasmparser::WasmFeatures;

/// What components may have. What of it we refuse is refused by name.
const COMPONENTS: WasmFeatures = WasmFeatures::COMPONENT_MODEL
    .union(WasmFeatures::CM_ASYNC)
    .union(WasmFeatures::CM_ASYNC_STACKFUL)
    .union(WasmFeatures::CM_MORE_ASYNC_BUILTINS)
    .union(WasmFeatures::CM_THREADING)
    .union(WasmFeatures::CM_FIXED_LENGTH_LISTS)
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_VALUES)
    .union(WasmFeatures::CM_ERROR_CONTEXT)
    .union(WasmFeatures::CM_IMPLEMENTS);

/// Whether a file is a component.
pub fn is_component(bytes: &[u8]) -> bool {
    wasmparser::Parser::is_component(bytes)
}

/// The component that the inputs are, if they are components: the first, with the others plugged in. `features`: what their core modules may have.
///
/// # Errors
/// As [`read`], or there are modules among them.
pub fn of(
    inputs: &[Input],
    features: WasmFeatures,
    options: &Options,
) -> Result<Option<Flat>, Error> {
    let Some(component) = inputs.iter().find(|input| is_component(&input.bytes)) else {
        return Ok(None);
    };
    if let Some(module) = inputs.iter().find(|input| !is_component(&input.bytes)) {
        let reason = format!(
            "a module and a component ({}) cannot be linked",
            show::name(&component.path)
        );
        return Err(Error::new(reason)
            .in_file(&module.path)
            .help("make a component of the module first (`wasm-tools component new`)"));
    }
    if options.world == World::Open {
        let reason =
            "a component has one instance in a program, and objects for any number were asked for";
        return Err(Error::new(reason)
            .in_file(&component.path)
            .help("`wative build --emit obj` makes an object of it"));
    }
    read(inputs, features | COMPONENTS).map(Some)
}

/// The call that `--invoke` asks for, in WAVE. [`Flat::named`] says how functions are named.
///
/// # Errors
/// There is no such function, or the arguments are not those that it takes.
pub fn invoked(flat: &Flat, text: &str) -> Result<ComponentCall, Error> {
    let call = wave::Call::parse(text).map_err(|error| {
        error.help("a call is NAME(ARGUMENTS) with arguments in WAVE: add(1, 2)")
    })?;
    let export = flat.named(call.function)?;
    let lifted = flat.exported(&export)?;
    let shapes = Component {
        types: flat.types.clone(),
        ..Component::default()
    };
    let args = call.arguments(&shapes, &lifted.ty).map_err(|error| {
        let name = show::name(call.function);
        error.help(format!("{name}: {}", wit::func(flat, &lifted.ty)))
    })?;
    Ok(ComponentCall { export, args })
}

/// Validates components and instantiates the first symbolically, with what the others export.
///
/// # Errors
/// One is invalid, or needs something that we do not have: imports without a provider, proposals.
pub fn read(inputs: &[Input], features: WasmFeatures) -> Result<Flat, Error> {
    let mut definitions = Vec::new();
    for (file, input) in inputs.iter().enumerate() {
        definitions.push(definition::read(file, input, features)?);
    }
    let mut definitions = definitions.into_iter();
    let Some(main) = definitions.next() else {
        return Ok(Flat::default());
    };
    let plugs = definitions.zip(&inputs[1..]);
    let plugs = plugs.map(|(definition, input)| Plug::new(definition, &input.path));
    let flat = flatten::flatten(main, &inputs[0].path, plugs.collect());
    flat.map_err(|error| match error.file.is_empty() {
        true => error.in_file(&inputs[0].path),
        false => error,
    })
}
