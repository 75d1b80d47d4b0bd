//! From a module or component to a library for C programs, in memory: compile, then put it together with the embedded runtime (`docs/embedding.md`).

use object::{Object, ObjectSymbol, SymbolScope};
use wative_compiler::ir::EntryKind;
use wative_compiler::options::Emit;
use wative_compiler::{Compiled, Error, Input};
use wative_link::{LinkError, LinkOptions, Shared};

use crate::driver::{self, BuildOptions, Built};
use crate::{archive, runtime};

/// What the library is.
#[derive(Clone, Copy, Debug)]
pub enum Form<'a> {
    /// An archive with the object and the runtime library, as members: of several such archives in one program the linker takes one runtime library.
    Static,
    /// A shared object that has the runtime library in it, and needs nothing of others.
    Shared {
        /// Its name for loaders.
        name: &'a str,
    },
}

/// What a shared library of a component exports besides the component's functions.
const COMPONENT_FUNCTIONS: [&str; 4] = [
    "wative_component_start",
    "wative_component_trap_text",
    "wative_wasi_configure",
    "wative_raise",
];

/// Compiles and links. `options.compile` has the entry of a library or a component.
///
/// # Errors
///
/// Whatever is wrong with the module or its imports.
pub fn build(inputs: &[Input], options: &BuildOptions, form: Form) -> Result<Built, Error> {
    let (target, runtime) = driver::what_to_link(options.target, "libraries")?;
    let mut compile_options = options.compile.clone();
    compile_options.emit = Emit::Object;
    let compiled = driver::compile(inputs, &compile_options)?;
    let Compiled {
        object,
        mut timings,
        reused,
        ..
    } = compiled;
    let object_size = object.len();
    let bytes =
        timings.measure("link", || match form {
            Form::Static => {
                let mut members = vec![("module.o", &object[..]), (archive::RUNTIME, runtime)];
                // Only components that may send requests refer to it.
                if !compile_options.config.network.is_empty() {
                    members.push(("wative_tls.o", runtime::tls(options.target)));
                }
                archive::of(&members).map_err(unreadable)
            }
            Form::Shared { name } => {
                let mut exports = exports(&object).map_err(unreadable)?;
                let is_component = compile_options.entry == EntryKind::Hosted;
                if is_component {
                    exports.extend(COMPONENT_FUNCTIONS.map(str::to_owned));
                }
                let link_options = LinkOptions {
                    strip: options.strip,
                    separate: wative_compiler::obj::FILES_SECTION,
                    shared: Some(Shared {
                        name: name.to_owned(),
                        exports,
                    }),
                    ..LinkOptions::new(target)
                };
                let inputs = vec![
                    wative_link::Input::new("the compiled module", object),
                    wative_link::Input::new("the runtime library", runtime),
                ];
                wative_link::link(inputs, &link_options).map_err(|error| match error {
                    LinkError::UndefinedSymbol { .. } if is_component => Error::new(
                        "a shared library of a component cannot import from the program",
                    )
                    .help("use --emit staticlib, or plug in a component that exports it (--plug)"),
                    error => driver::link_error(error),
                })
            }
        })?;
    Ok(Built {
        bytes,
        object_size,
        timings,
        reused,
    })
}

fn unreadable(error: object::Error) -> Error {
    Error::new(format!("the compiled object cannot be read: {error}"))
}

/// The functions that the object has for C.
fn exports(object: &[u8]) -> Result<Vec<String>, object::Error> {
    let file = object::File::parse(object)?;
    let symbols = file.symbols().filter(|symbol| {
        symbol.is_definition()
            && symbol.scope() == SymbolScope::Dynamic
            && symbol.kind() == object::SymbolKind::Text
    });
    symbols
        .map(|symbol| symbol.name().map(str::to_owned))
        .collect()
}
