//! From modules to an executable in memory: compile, then link with the embedded runtime.
//!
//! The command line and the test suite call the same functions. Nothing here prints, exits or touches files, except
//! that another linker (`--linker`) needs files to work on. A panic in the compiler becomes an [`Error`].

use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::sync::Mutex;

use wative_compiler::options::{Emit, Reused, Unknown};
use wative_compiler::timings::Timings;
use wative_compiler::{Compiled, Error, Input, Options};
use wative_link::{LinkError, LinkOptions, LinkTarget};

use crate::target::Target;
use crate::{debug, external, imports, runtime};

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
    /// As the compiler's.
    pub reused: Option<Reused>,
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
    // Before time is spent.
    let (link, _) = what_to_link(options.target, "executables")?;
    let mut compile_options = options.compile.clone();
    compile_options.emit = Emit::Object;
    let compiled = compile(inputs, &compile_options)?;
    let runtime = runtime::object_for(options.target, &compiled.object, compile_options.opt)
        .ok_or_else(|| missing(options.target))?;
    if compile_options.unknown == Unknown::Symbol {
        imports::check_resolved(&compiled.object, runtime, &options.objects)?;
    }
    let Compiled {
        object,
        mut timings,
        reused,
        ..
    } = compiled;
    let object_size = object.len();
    let mut library = vec![("the runtime library", runtime)];
    // Only a program that may send requests refers to this.
    let sends = !compile_options.config.network.is_empty();
    if sends && imports::refers_to(&object, &["wative_tls"]) {
        library.push(("TLS", runtime::tls(options.target)));
    }
    if compile_options.debug {
        let objects = options.objects.iter().map(|(_, bytes)| bytes.as_slice());
        let parts: Vec<&[u8]> = [&object[..], runtime].into_iter().chain(objects).collect();
        // As long-lived as the embedded objects beside it; there is one for each executable.
        let identity = debug::build_id(options.target, &parts)?.leak();
        library.push(("the build id", identity));
    }
    let bytes = timings.measure("link", || match &options.linker {
        None => link_embedded(object, &library, link, options),
        Some(linker) => external::link(linker, &object, &library, link, options),
    })?;
    Ok(Built {
        bytes,
        object_size,
        timings,
        reused,
    })
}

/// The linker's target and the runtime library for it.
///
/// # Errors
///
/// There is none of them; `what` cannot be made then.
pub fn what_to_link(target: Target, what: &str) -> Result<(LinkTarget, &'static [u8]), Error> {
    let link = target.link().ok_or_else(|| {
        Error::new(format!("cannot make {what} for {target} yet"))
            .help("only --emit obj, --emit asm and --emit ir work for this target")
    })?;
    let runtime = runtime::object(target).ok_or_else(|| missing(target))?;
    Ok((link, runtime))
}

fn missing(target: Target) -> Error {
    let reason = format!("this wative was built without the runtime library for {target}");
    Error::new(reason).help(runtime::how_to_add(target))
}

/// Runs the compiler on a thread with a large stack; a panic in it becomes an error that asks for a report.
///
/// # Errors
///
/// As the compiler's, or a bug in it.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    on_large_stack(|| wative_compiler::compile(inputs, options))
}

/// Runs a job that compiles as [`compile`] does.
///
/// # Errors
///
/// As [`compile`].
pub fn on_large_stack<T: Send>(job: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("wative-compile".to_owned())
            .stack_size(COMPILER_STACK);
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
pub fn with_advice(error: Error) -> Error {
    if error.help.is_some() || error.offset.is_none() {
        return error;
    }
    error.help("the file is not valid: it is damaged, or the tool that made it has a bug")
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

/// An error of the embedded linker, with advice.
pub fn link_error(error: LinkError) -> Error {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use wative_link::{Input, LinkOptions};

    use super::*;
    use crate::inputs::as_module;

    /// A generator of numbers, the same on every machine (xorshift64*).
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
        }
    }

    /// Changes a few bytes of an object: of a section header, or of the contents of a section.
    fn damage(bytes: &mut [u8], random: &mut Random) {
        let field = |bytes: &[u8], at: usize| {
            let field = bytes[at..at + 8].try_into().expect("8 bytes");
            u64::from_le_bytes(field) as usize
        };
        let headers = field(bytes, 0x28);
        let sections = (bytes.len() - headers) / 64;
        for _ in 0..1 + random.below(3) {
            let header = headers + 64 * random.below(sections);
            let (start, len) = (field(bytes, header + 24), field(bytes, header + 32));
            let is_inside = len > 0 && start.checked_add(len).is_some_and(|end| end <= bytes.len());
            let at = match random.below(2) == 0 && is_inside {
                true => start + random.below(len),
                false => header + random.below(64),
            };
            bytes[at] = match random.below(3) {
                0 => random.below(256) as u8,
                1 => bytes[at] ^ 1 << random.below(8),
                _ => [0, 0xff, 0x7f, 0x80][random.below(4)],
            };
        }
    }

    /// The linker gets real objects with damage, and answers with an error or an executable of about the same size.
    #[test]
    fn damaged_objects_do_no_harm() {
        const SEEDS: u64 = 1000;
        let module = r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1) (data (i32.const 8) "hello")
            (table funcref (elem $exit))
            (func (export "_start") (call $exit (i32.load (i32.const 8)))))"#;
        let bytes = as_module(Path::new("test.wat"), module.into()).expect("it is a module");
        let input = |bytes| wative_compiler::Input {
            name: "test".to_owned(),
            path: "test.wat".to_owned(),
            bytes,
            links: Vec::new(),
        };
        let inputs = [input(bytes)];
        for target in [Target::X86_64Linux, Target::Aarch64Linux] {
            let Some(runtime) = runtime::object(target) else {
                continue;
            };
            let options = BuildOptions::new(target);
            let object = compile(&inputs, &options.compile)
                .expect("it compiles")
                .object;
            let (mut links, mut errors) = (0, 0);
            for seed in 1..=SEEDS {
                let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let mut objects = [object.clone(), runtime.to_vec()];
                damage(&mut objects[random.below(2)], &mut random);
                let inputs = objects.map(|bytes| Input::new("an object", bytes)).to_vec();
                let options = LinkOptions {
                    gc_sections: seed % 4 != 0,
                    strip: seed % 3 == 0,
                    separate: wative_compiler::obj::FILES_SECTION,
                    ..LinkOptions::new(target.link().expect("executables can be made"))
                };
                match wative_link::link(inputs, &options) {
                    Ok(executable) => {
                        links += 1;
                        let size = executable.len();
                        assert!(size < 8 << 20, "seed {seed}: {size} bytes");
                    }
                    Err(_) => errors += 1,
                }
            }
            assert!(
                links > SEEDS / 10 && errors > SEEDS / 10,
                "{links} and {errors}"
            );
        }
    }
}
