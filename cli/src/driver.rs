//! From modules to an executable in memory: compile, then link with the embedded runtime.
//!
//! The command line and the test suite call the same functions. Nothing here prints, exits or touches files, except
//! that another linker (`--linker`) needs files to work on. A panic in the compiler becomes an [`Error`].

use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::sync::Mutex;

use wative_compiler::options::{Emit, Unknown};
use wative_compiler::timings::Timings;
use wative_compiler::{Compiled, Error, Input, Options};
use wative_link::{LinkError, LinkOptions, LinkTarget};

use crate::target::Target;
use crate::{external, imports, runtime};

/// How to make an executable.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    pub compile: Options,
    pub target: Target,
    /// More objects and archives to link: name for messages, contents.
    pub objects: Vec<(String, Vec<u8>)>,
    /// Another linker than the embedded one: `cc`, or the path of a linker or compiler.
    pub linker: Option<PathBuf>,
    /// Leave the symbol table out.
    pub strip: bool,
}

impl BuildOptions {
    /// Default options for a target.
    pub fn new(target: Target) -> BuildOptions {
        BuildOptions {
            compile: Options {
                isa: target.isa(),
                platform: target.platform(),
                ..Options::default()
            },
            target,
            objects: Vec::new(),
            linker: None,
            strip: false,
        }
    }
}

/// An executable and how it came about.
#[derive(Clone, Debug, Default)]
pub struct Built {
    pub bytes: Vec<u8>,
    /// Bytes of the compiled object, before linking.
    pub object_size: usize,
    pub timings: Timings,
}

/// Stack of the compiling thread in bytes: room for deeply nested modules.
const COMPILER_STACK: usize = 256 << 20;

/// Compiles `inputs` and links them with the runtime of the target. Returns the executable's bytes.
///
/// # Errors
///
/// Whatever is wrong with the modules, the imports or the objects; a bug in the compiler as well.
pub fn build_executable(inputs: &[Input], options: &BuildOptions) -> Result<Vec<u8>, Error> {
    build(inputs, options).map(|built| built.bytes)
}

/// As [`build_executable`], with timings.
///
/// # Errors
///
/// As [`build_executable`].
pub fn build(inputs: &[Input], options: &BuildOptions) -> Result<Built, Error> {
    let link = options.target.link().ok_or_else(|| {
        Error::new(format!(
            "cannot make executables for {} yet",
            options.target
        ))
        .help("only --emit obj, --emit asm and --emit ir work for this target")
    })?;
    let runtime = runtime::object(options.target).ok_or_else(|| {
        let reason = format!(
            "this wative was built without the runtime library for {}",
            options.target
        );
        Error::new(reason).help(runtime::how_to_add(options.target))
    })?;
    let mut compile_options = options.compile.clone();
    compile_options.emit = Emit::Object;
    let compiled = compile(inputs, &compile_options)?;
    if compile_options.unknown == Unknown::Symbol {
        imports::check_resolved(&compiled.object, runtime, &options.objects)?;
    }
    let Compiled {
        object,
        mut timings,
        ..
    } = compiled;
    let object_size = object.len();
    let mut library = vec![("the runtime library", runtime)];
    // Only a program that may send requests refers to this.
    let sends = !compile_options.config.network.is_empty();
    if sends && imports::refers_to(&object, "wative_tls") {
        library.push(("TLS", runtime::tls(options.target)));
    }
    let bytes = timings.measure("link", || match &options.linker {
        None => link_embedded(object, &library, link, options),
        Some(linker) => external::link(linker, &object, &library, link, options),
    })?;
    Ok(Built {
        bytes,
        object_size,
        timings,
    })
}

/// Runs the compiler on a thread with a large stack; a panic in it becomes an error that asks for a report.
///
/// # Errors
///
/// As the compiler's, or a bug in it.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("wative-compile".to_owned())
            .stack_size(COMPILER_STACK);
        let job = || wative_compiler::compile(inputs, options);
        thread.spawn_scoped(scope, job).map(|thread| thread.join())
    });
    match outcome {
        Ok(Ok(result)) => result.map_err(with_advice),
        Ok(Err(payload)) => Err(internal_error(&*payload)),
        Err(error) => Err(Error::new(format!("cannot start a thread: {error}"))
            .help("raise the limit of threads or of memory (`ulimit -u`, `ulimit -v`)")),
    }
}

/// Where the compiler has no advice for an error at a place in a module, the module itself is at fault.
fn with_advice(error: Error) -> Error {
    if error.help.is_some() || error.offset.is_none() {
        return error;
    }
    error.help("the module is not valid: it is damaged, or the tool that made it has a bug")
}

/// What the first panic since [`record_panics`] said, with its place.
static FIRST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// From now on panics of any thread are kept for the error message instead of being printed. For the command line.
pub fn record_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let message = payload_text(info.payload());
        let place = info
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()));
        let function =
            wative_compiler::current::function().map(|name| format!(", compiling function {name}"));
        let text = [Some(message.to_owned()), place, function]
            .into_iter()
            .flatten()
            .collect::<String>();
        if let Ok(mut first) = FIRST_PANIC.lock() {
            first.get_or_insert(text);
        }
    }));
}

/// The error for a panic with this payload.
pub fn internal_error(payload: &(dyn std::any::Any + Send)) -> Error {
    let recorded = FIRST_PANIC.lock().ok().and_then(|mut first| first.take());
    let message = recorded.unwrap_or_else(|| payload_text(payload).to_owned());
    Error::new(format!("internal compiler error: {message}")).help(
        "this is a bug in wative: please report it together with the module and the command line",
    )
}

fn payload_text(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

fn link_embedded(
    object: Vec<u8>,
    library: &[(&str, &'static [u8])],
    target: LinkTarget,
    options: &BuildOptions,
) -> Result<Vec<u8>, Error> {
    let mut inputs = vec![wative_link::Input::new("the compiled modules", object)];
    inputs.extend(
        options
            .objects
            .iter()
            .map(|(name, bytes)| wative_link::Input::new(name, bytes.clone())),
    );
    let library = library.iter();
    inputs.extend(library.map(|&(name, bytes)| wative_link::Input::new(name, bytes)));
    let link_options = LinkOptions {
        strip: options.strip,
        separate: wative_compiler::obj::FILES_SECTION,
        ..LinkOptions::new(target)
    };
    wative_link::link(inputs, &link_options).map_err(link_error)
}

fn link_error(error: LinkError) -> Error {
    let reason = error.to_string();
    match error {
        LinkError::BadInput { .. } => Error::new(reason)
            .help("--link takes objects and archives for the target, of ELF format"),
        LinkError::UndefinedSymbol { .. } => {
            Error::new(reason).help("give the object that defines it with --link")
        }
        LinkError::Failed(_) => {
            Error::new(reason).help("`--linker cc` uses the system's linker instead")
        }
    }
}
