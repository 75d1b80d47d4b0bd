//! Ahead-of-time compiler from WebAssembly to native object files.
//!
//! [`Compiler`] with its [`Options`] and [`Error`] is what other programs use, and stays as it is from version to version. Everything else is public for the `wative`
//! command and the tests; it changes whenever the compiler does.
//!
//! ```
//! use wative_compiler::options::{OptLevel, Options};
//! use wative_compiler::{Compiler, Error};
//!
//! // (module (func (export "_start")))
//! let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x0a\x01\x06_start\0\0\x0a\x04\x01\x02\0\x0b";
//! let compiler = Compiler::new(Options {
//!     opt: OptLevel::O1,
//!     ..Options::default()
//! });
//! let object = compiler.compile(module)?;
//! assert!(object.starts_with(b"\x7fELF"));
//!
//! let error = compiler.compile(&module[..30]).unwrap_err();
//! println!("{error}");
//! # Ok::<(), Error>(())
//! ```

pub mod cache;
pub(crate) mod component;
pub mod current;
pub mod debug;
pub mod demangle;
pub mod entity;
mod error;
pub mod expand;
pub mod host;
pub mod ir;
pub mod isa;
pub mod library;
pub mod mach;
pub mod mangle;
pub mod obj;
pub mod opt;
pub mod options;
pub mod pack;
mod par;
pub mod pipeline;
pub mod profile;
pub mod show;
pub mod stages;
pub mod timings;
pub mod wasm;
pub mod wave;

// Files of the runtime library, to which those here are links: packages have them as files.
pub mod abi;
mod calls;
pub mod canonical;
pub mod escape;
pub mod nr;
pub mod streams;

#[cfg(test)]
#[path = "../tests/common/random.rs"]
mod random;

pub use error::Error;
pub use options::{Compiled, Input, Options};

use abi::TrapCode;
use cache::Cache;
use entity::EntityId;
use ir::facts::Facts;
use ir::{EntryKind, Func, FuncId, FuncKind, Origin, TextLine};
use isa::a64::A64;
use isa::x64::X64;
use mach::Changed;
use mach::compiled::CompiledFunc;
use mach::mir::PRegSet;
use options::{Emit, Isa, OptLevel, Serve};
use pipeline::Pipeline;
use stages::{Stages, Viewer};
use std::collections::{BTreeMap, BTreeSet};
use timings::Timings;
use wasm::Front;
use wasm::legend::Legend;

/// Compiles single modules, each by the same options.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    options: Options,
}

impl Compiler {
    /// A compiler with these options. [`Options::default`] makes objects of programs for Linux on x86-64.
    pub fn new(options: Options) -> Compiler {
        Compiler { options }
    }

    /// Compiles a module in binary format: the object file. Its symbols have the prefix `module`; `docs/abi.md` says what they are and what they are linked with.
    ///
    /// # Errors
    ///
    /// The module is not valid, uses proposals that are switched off, imports what nothing provides, or does not fit the options.
    pub fn compile(&self, module: &[u8]) -> Result<Vec<u8>, Error> {
        let input = Input {
            name: "module".to_owned(),
            path: String::new(),
            bytes: module.to_vec(),
            links: Vec::new(),
        };
        let options = Options {
            emit: Emit::Object,
            ..self.options.clone()
        };
        compile(&[input], &options).map(|compiled| compiled.object)
    }
}

/// Compiles modules, or a component with others that are plugged into it, into one object file or listing.
///
/// # Errors
///
/// Everything that is wrong with the inputs, or with their combination, is found before the first function is compiled; after that
/// only sizes that the object format cannot express are.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    with_front(inputs, options, |front, options, timings| {
        let mut out = Compiled {
            timings,
            ..Compiled::default()
        };
        match options.isa {
            Isa::X64 => {
                let isa = X64::new(&front.program, options.cpu);
                back(&isa, front, options, &mut out)?;
            }
            Isa::A64 => {
                let isa = A64::new(&front.program, options.platform, options.cpu);
                back(&isa, front, options, &mut out)?;
            }
        }
        Ok(out)
    })
}

/// Compiles all functions as [`compile`] does for an object file, and shows each at its stages to the viewer that `begin` makes for the validated program, on several
/// threads. The viewer's answers are in the order of `Program::compiled`.
///
/// # Errors
///
/// As [`compile`].
pub fn view_stages<T: Send>(
    inputs: &[Input],
    options: &Options,
    begin: impl for<'f> FnOnce(&'f Front<'f>) -> Viewer<'f, T>,
) -> Result<Vec<T>, Error> {
    let options = Options {
        emit: Emit::Object,
        ..options.clone()
    };
    with_front(inputs, &options, |front, options, _| {
        let viewer = begin(&front);
        match options.isa {
            Isa::X64 => {
                let isa = X64::new(&front.program, options.cpu);
                stages(&isa, &front, options, &viewer)
            }
            Isa::A64 => {
                let isa = A64::new(&front.program, options.platform, options.cpu);
                stages(&isa, &front, options, &viewer)
            }
        }
    })
}

/// Reads, validates and links the inputs, and goes on with the program.
fn with_front<T>(
    inputs: &[Input],
    options: &Options,
    then: impl FnOnce(Front, &Options, Timings) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut timings = Timings::default();
    let flat = component::of(
        inputs,
        options.features & wasm::features::SUPPORTED,
        options,
    )?;
    let invoked = match (&flat, &options.entry) {
        (Some(flat), EntryKind::Invoke(text)) => {
            let call = component::invoked(flat, text);
            let call = call.map_err(|error| error.in_file(&inputs[0].path))?;
            Some(Options {
                entry: EntryKind::Calls(vec![call]),
                ..options.clone()
            })
        }
        _ => None,
    };
    let options = invoked.as_ref().unwrap_or(options);
    let modules = match &flat {
        Some(flat) => Some(flat.inputs(inputs, wasm::bytes_of_values(flat)?)),
        None => None,
    };
    let mut front = timings.measure("read, validate and link", || {
        wasm::front(modules.as_deref().unwrap_or(inputs), flat.as_ref(), options)
    })?;
    if options.config.serve != Serve::default() && !front.program.component.serves() {
        let reason = "settings of servers were given, and this is none";
        return Err(Error::new(reason)
            .in_file(inputs.first().map_or("", |input| &input.path))
            .help("leave out --workers, --max-concurrency, --request-timeout, --max-requests, --access-log, --instance-requests, --instance-concurrency and --instance-idle-timeout"));
    }
    let serve = &options.config.serve;
    let of_instances = (serve.instance_requests, serve.instance_concurrency);
    if (of_instances, serve.instance_idle_timeout) != ((0, 0), 0)
        && !front.program.component.serves_by_tasks()
    {
        let reason =
            "a handler of WASI 0.2 answers each request with a fresh instance, no more of them";
        return Err(Error::new(reason)
            .in_file(inputs.first().map_or("", |input| &input.path))
            .help(
                "leave out --instance-requests, --instance-concurrency and --instance-idle-timeout",
            ));
    }
    if options.count.is_some()
        && (front.program.world == ir::World::Open || options.platform != options::Platform::Linux)
    {
        return Err(
            Error::new("only executables for Linux can count for a profile").help(
                "leave out --profile-gen, or use --emit exe; --profile-use is for all targets",
            ),
        );
    }
    if options.debug && options.emit == Emit::Object {
        let named = names_as_dwarf(&front);
        let modules = debug_modules(&front, &named);
        let (frames, watched) = (
            modules.frame_locals(&front.program),
            modules.watched(&front.program),
        );
        (front.frame_locals, front.watched) = (frames, watched);
    }
    then(front, options, timings)
}

fn back<I: mach::isa::Isa>(
    isa: &I,
    front: Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    match options.emit {
        Emit::Object => object(isa, &front, options, out),
        Emit::Ir | Emit::Asm => listing(isa, &front, options, out),
    }
}

/// Compiles all functions and puts them into an object file in the program's order.
fn object<I: mach::isa::Isa>(
    isa: &I,
    front: &Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    let funcs = &front.program.compiled;
    let cache = out
        .timings
        .measure(FIND, || Cache::new(front, options, I::ARCH));
    let finish = |func: &Func, cx: &mach::Cx, _, timings: &mut Timings| {
        let code = mach::compile_func(isa, func, cx, timings)?;
        if let Some(cache) = &cache {
            timings.measure(KEEP, || cache.keep(&code, cx.own));
        }
        Ok((code.changed, code))
    };
    let as_is: fn(CompiledFunc) -> CompiledFunc = |code| code;
    let earlier = cache.as_ref().map(|cache| (cache, as_is));
    let codes = in_strata::<I, _, _>(
        front,
        options,
        funcs,
        earlier,
        &mut out.timings,
        |_| (),
        finish,
    )?;
    out.reused = cache.map(|cache| out.timings.measure(KEEP, || cache.finish()));
    let codes = obj::keep(&front.program, options, codes);
    let named = match options.debug {
        true => names_as_dwarf(front),
        false => Vec::new(),
    };
    let sources = debug_modules(front, &named);
    let subjects = out.timings.measure("what traps are about", || {
        wasm::subjects::subjects(front, &places_of_traps(&codes), options.jobs)
    });
    let made = out.timings.measure("object", || {
        obj::emit(&front.program, options, I::ARCH, codes, &sources, &subjects)
    });
    out.object = made?;
    Ok(())
}

/// Whether a trap is about what an instruction is given, other than numbers and addresses, which have no names.
fn has_subject(code: TrapCode) -> bool {
    matches!(
        code,
        TrapCode::NullReference
            | TrapCode::CastFailure
            | TrapCode::ArrayOutOfBounds
            | TrapCode::TableOutOfBounds
            | TrapCode::IndirectCallToNull
            | TrapCode::BadSignature
    )
}

/// Where functions may trap because of what an instruction is given, by function and offset in its module's file.
fn places_of_traps(codes: &[CompiledFunc]) -> BTreeMap<FuncId, BTreeSet<u32>> {
    let mut places: BTreeMap<FuncId, BTreeSet<u32>> = BTreeMap::new();
    for code in codes {
        let sites = code.sites.iter();
        for site in sites.filter(|site| site.code.is_some_and(has_subject)) {
            let (func, offset) = match site.loc.entry() {
                Some(entry) => (code.inlined[entry].func, code.inlined[entry].offset),
                None => (code.id, site.loc.0),
            };
            places.entry(func).or_default().insert(offset);
        }
    }
    places
}

/// For each module without DWARF what can be said in its stead for debuggers.
fn names_as_dwarf(front: &Front) -> Vec<debug::names::Written> {
    let of_module = |module| {
        let (sections, code) = front.debug_sections(module);
        if !sections.is_empty() {
            return Vec::new();
        }
        let funcs = front.named_locals(module).into_iter();
        let local = |(index, ty, name)| debug::names::Local { index, ty, name };
        let funcs: Vec<_> = funcs
            .map(|(func, locals)| (func, locals.into_iter().map(local).collect()))
            .collect();
        debug::names::sections(&front.program, module, code.start, &funcs)
    };
    front.program.modules.ids().map(of_module).collect()
}

/// What the modules say of their sources; `named` in the stead of those that say nothing.
fn debug_modules<'a>(front: &'a Front, named: &'a [debug::names::Written]) -> debug::Modules<'a> {
    let modules = front.program.modules.ids().map(|module| {
        let (sections, code) = front.debug_sections(module);
        let written = named.get(module.index()).into_iter().flatten();
        let written = written.map(|(name, bytes)| (*name, &bytes[..]));
        let sections = sections.into_iter().chain(written);
        debug::module::Module::new(&sections.collect(), code)
    });
    debug::Modules::new(modules)
}

/// The text of the selected functions. It shows what is known of those that they call, so these are compiled too.
fn listing<I: mach::isa::Isa>(
    isa: &I,
    front: &Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    let shown = selected(front, options)?;
    let funcs = front.calls.with_callees(&shown);
    let legend = options.legend.then(|| Legend::new(front));
    let finish = |func: &Func, cx: &mach::Cx, _, _: &mut Timings| {
        let (changed, text) = match options.emit {
            Emit::Ir => (PRegSet::EMPTY, func.to_string()),
            Emit::Asm | Emit::Object => mach::print_func(isa, func, cx),
        };
        let names = legend.as_ref().map(|legend| legend.of(func));
        Ok((changed, names.unwrap_or_default() + &text))
    };
    let mut texts = in_strata::<I, _, _>(
        front,
        options,
        &funcs,
        None,
        &mut out.timings,
        |_| (),
        finish,
    )?;
    texts.truncate(shown.len());
    out.text = texts.join("\n");
    Ok(())
}

/// All functions at their stages, as `view` has them.
fn stages<I: mach::isa::Isa, T: Send>(
    isa: &I,
    front: &Front,
    options: &Options,
    viewer: &Viewer<T>,
) -> Result<Vec<T>, Error> {
    let legend = Legend::new(front);
    let finish = |func: &Func, cx: &mach::Cx, seen: Seen<Vec<TextLine>>, times: &mut Timings| {
        let (made, code) = mach::compile_and_print(isa, func, cx, times)?;
        let names = legend.of(func);
        let names = names
            .lines()
            .map(|line| TextLine::new(line.to_owned(), Origin::NONE));
        let viewed = viewer(&Stages {
            func: func.id,
            translated: names.clone().chain(seen.translated).collect(),
            optimised: names.chain(seen.optimised.into_iter().flatten()).collect(),
            code,
            code_len: made.code.len(),
            inlined: made.inlined,
        });
        Ok((made.changed, viewed))
    };
    let funcs = &front.program.compiled;
    let mut timings = Timings::default();
    in_strata::<I, _, _>(
        front,
        options,
        funcs,
        None,
        &mut timings,
        Func::lines,
        finish,
    )
}

/// What was seen of a function on its way.
struct Seen<S> {
    translated: S,
    /// Nothing if it does not go so far.
    optimised: Option<S>,
}

/// Phases of the work with [`Options::earlier`].
const FIND: &str = "find compiled functions";
const KEEP: &str = "keep compiled functions";

/// Where functions are looked for before they are compiled, and what is made of their code.
type Earlier<'c, T> = Option<(&'c Cache<'c>, fn(CompiledFunc) -> T)>;

/// Takes functions through the pipeline and finishes each, which also says what registers it changes; the results are in the functions' order.
/// Those of a stratum go in any order; each knows what is to be known of those below. Without optimisation nobody asks, and all are one stratum.
/// `see` gets each as the front end made it and as it is when it is optimised.
fn in_strata<I: mach::isa::Isa, S, T: Send>(
    front: &Front,
    options: &Options,
    funcs: &[FuncId],
    earlier: Earlier<T>,
    timings: &mut Timings,
    see: impl Fn(&Func) -> S + Sync,
    finish: impl Fn(&Func, &mach::Cx, Seen<S>, &mut Timings) -> Result<(PRegSet, T), Error> + Sync,
) -> Result<Vec<T>, Error> {
    let program = &front.program;
    let pipeline = Pipeline::new(program, options, I::SHARES_ADDRESSES)?;
    let fold = options.opt != OptLevel::O0;
    let strata = match fold {
        true => front.calls.strata(funcs),
        false => vec![funcs.to_vec()],
    };
    let (mut facts, mut changed) = (Facts::default(), Changed::default());
    let mut results: Vec<Option<T>> = program.funcs.ids().map(|_| None).collect();
    for funcs in strata {
        let order = par::big_first(sizes(front, &funcs));
        let made = par::map(options.jobs, &order, |i| {
            let mut timings = Timings::default();
            current::begin(&program.funcs[funcs[i]]);
            if let Some((cache, result)) = earlier {
                let find = || cache.find(funcs[i], &facts, &changed);
                if let Some((code, known)) = timings.measure(FIND, find) {
                    return (Ok((code.changed, result(code))), known, timings);
                }
            }
            let mut func = timings.measure("translate", || front.build_func(funcs[i], fold));
            let mut seen = Seen {
                translated: see(&func),
                optimised: None,
            };
            if let Some((cache, _)) = earlier {
                cache.make_bodies(&func, &pipeline, &facts, &mut timings);
            }
            let known = pipeline.run_and_show(&mut func, &facts, &mut timings, |func| {
                seen.optimised = Some(see(func));
            });
            let cx = mach::Cx {
                program,
                options,
                changed: &changed,
                facts: &facts,
                own: &known,
            };
            let finished = finish(&func, &cx, seen, &mut timings);
            (finished, known, timings)
        });
        let mut found = Vec::with_capacity(funcs.len());
        for (&func, (result, known, spent)) in funcs.iter().zip(made) {
            let (regs, result) = result?;
            found.push((func, known));
            changed.set(func, regs);
            results[func.index()] = Some(result);
            timings.merge(&spent);
        }
        facts.add_stratum(found);
    }
    let result = |func: &FuncId| results[func.index()].take().expect("it is in a stratum");
    Ok(funcs.iter().map(result).collect())
}

/// About how much work each function is.
fn sizes<'a>(front: &'a Front, funcs: &'a [FuncId]) -> impl Iterator<Item = usize> + 'a {
    funcs
        .iter()
        .map(|&func| match &front.program.funcs[func].kind {
            FuncKind::Defined { body } => body.len(),
            FuncKind::Init => usize::MAX,
            FuncKind::Import { .. }
            | FuncKind::Unknown
            | FuncKind::ArrayEntry { .. }
            | FuncKind::ContEntry
            | FuncKind::CExport { .. }
            | FuncKind::LibraryExport { .. }
            | FuncKind::LibraryFunction { .. }
            | FuncKind::HostExport { .. }
            | FuncKind::FarEntry { .. }
            | FuncKind::ImportAdapter { .. }
            | FuncKind::Canon(_) => 0,
        })
}

/// The functions that a listing shows: all, or those with the name or index that was asked for.
fn selected(front: &Front, options: &Options) -> Result<Vec<FuncId>, Error> {
    let all = &front.program.compiled;
    let Some(wanted) = &options.function else {
        return Ok(all.clone());
    };
    let number = wanted.parse::<u32>().ok();
    let found: Vec<FuncId> = all
        .iter()
        .copied()
        .filter(|&func| {
            let decl = &front.program.funcs[func];
            decl.name == *wanted || number == Some(decl.index)
        })
        .collect();
    if found.is_empty() {
        let wanted = show::name(wanted);
        return Err(Error::new(format!("no function `{wanted}` is compiled"))
            .help("give the name or the index of a function that the program can reach"));
    }
    Ok(found)
}
