//! The WIT of a component.

use std::panic;

use wasmparser::{Validator, WasmFeatures};
use wative_compiler::{Error, show};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldId};

/// The world that a component implements. `file`: for messages.
///
/// # Errors
///
/// It is not valid, or has what WIT has no words for.
pub fn world(file: &str, bytes: &[u8]) -> Result<(Resolve, WorldId), Error> {
    let validated = Validator::new_with_features(WasmFeatures::all()).validate_all(bytes);
    validated.map_err(|error| {
        Error::new(show::line(error.message()))
            .in_file(file)
            .at(error.offset())
            .help("the component is not valid: it is damaged, or the tool that made it has a bug")
    })?;
    // It panics for some components that are valid, such as those that import a function by the name of an interface.
    let decoded = panic::catch_unwind(|| decode(bytes))
        .map_err(|_| inexpressible(file, "it has names that are not those of WIT"))?;
    let decoded = decoded.map_err(|error| inexpressible(file, &error.root_cause().to_string()))?;
    match decoded {
        DecodedWasm::Component(resolve, world) => Ok((resolve, world)),
        DecodedWasm::WitPackage(..) => Err(Error::new("this is a package of WIT, not a program")
            .in_file(file)
            .help("give a component that implements a world of it")),
    }
}

/// The error for a component whose interface WIT, or what is made of it, has no words for.
pub fn inexpressible(file: &str, why: &str) -> Error {
    let reason = format!(
        "the component's interface cannot be written in WIT: {}",
        show::name(why)
    );
    Error::new(reason)
        .in_file(file)
        .help("only components whose imports and exports WIT can express are described")
}
