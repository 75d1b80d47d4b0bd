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
pub(crate) mod types;

#[cfg(test)]
mod tests;

use crate::Error;
use crate::ir::World;
use crate::ir::component::{Component, ComponentCall};
use crate::options::{Input, Options};
use crate::wave;
use flat::Flat;
use wasmparser::WasmFeatures;

/// What components may have. What of it we refuse is refused by name.
const COMPONENTS: WasmFeatures = WasmFeatures::COMPONENT_MODEL
    .union(WasmFeatures::CM_ASYNC)
    .union(WasmFeatures::CM_FIXED_LENGTH_LISTS)
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_IMPLEMENTS);

/// Whether a file is a component.
pub fn is_component(bytes: &[u8]) -> bool {
    wasmparser::Parser::is_component(bytes)
}

/// The component among the inputs, if there is one. `features`: what its core modules may have.
///
/// # Errors
/// As [`read`], or it is not the only input.
pub fn of(
    inputs: &[Input],
    features: WasmFeatures,
    options: &Options,
) -> Result<Option<Flat>, Error> {
    let Some(input) = inputs.iter().find(|input| is_component(&input.bytes)) else {
        return Ok(None);
    };
    if inputs.len() != 1 {
        return Err(Error::new("a component is compiled by itself").in_file(&input.path));
    }
    if options.world == World::Open {
        return Err(Error::new("objects of components are not supported").in_file(&input.path));
    }
    read(input, features | COMPONENTS).map(Some)
}

/// The call that `--invoke` asks for, in WAVE. The names of instances that a function lies in come first, with `#` behind each.
///
/// # Errors
/// There is no such function, or the arguments are not those that it takes.
pub fn invoked(flat: &Flat, text: &str) -> Result<ComponentCall, Error> {
    let call = wave::Call::parse(text)?;
    let export: Vec<String> = call.function.split('#').map(str::to_string).collect();
    let lifted = flat.exported(&export)?;
    let shapes = Component {
        types: flat.types.clone(),
        ..Component::default()
    };
    let args = call.arguments(&shapes, &lifted.ty)?;
    Ok(ComponentCall { export, args })
}

/// Validates a component and instantiates it symbolically.
///
/// # Errors
/// It is invalid, or needs something that we do not have: imports without a provider, proposals.
pub fn read(input: &Input, features: WasmFeatures) -> Result<Flat, Error> {
    let definition = definition::read(input, features)?;
    flatten::flatten(definition).map_err(|error| error.in_file(&input.path))
}
