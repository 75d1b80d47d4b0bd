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
mod par;
pub mod pipeline;
pub mod show;
pub mod timings;
pub mod wasm;
pub mod wave;

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;
#[path = "../../runtime-lib/src/calls.rs"]
mod calls;
#[path = "../../runtime-lib/src/canonical.rs"]
pub mod canonical;
#[path = "../../runtime-lib/src/escape.rs"]
pub mod escape;
#[path = "../../runtime-lib/src/nr.rs"]
pub mod nr;
#[cfg(test)]
#[path = "../tests/common/random.rs"]
mod random;

pub use error::Error;
pub use options::{Compiled, Input, Options};

use abi::TrapCode;
use entity::EntityId;
use ir::facts::Facts;
use ir::{EntryKind, Func, FuncId, FuncKind};
use isa::a64::A64;
use isa::x64::X64;
use mach::Changed;
use mach::compiled::CompiledFunc;
use mach::mir::PRegSet;
use options::{Emit, Isa, OptLevel, Serve};
use pipeline::Pipeline;
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
    let mut out = Compiled::default();
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
    let modules = flat.as_ref().map(|flat| flat.inputs(inputs));
    let front = out.timings.measure("read, validate and link", || {
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
    match options.isa {
        Isa::X64 => back(
            &X64::new(&front.program, options.cpu),
            front,
            options,
            &mut out,
        )?,
        Isa::A64 => {
            let isa = A64::new(&front.program, options.platform, options.cpu);
            back(&isa, front, options, &mut out)?;
        }
    }
    Ok(out)
}

fn back<I: mach::isa::Isa>(
    isa: &I,
    front: Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    match options.emit {
        Emit::Object => object(isa, front, options, out),
        Emit::Ir | Emit::Asm => listing(isa, &front, options, out),
    }
}

/// Compiles all functions and puts them into an object file in the program's order.
fn object<I: mach::isa::Isa>(
    isa: &I,
    mut front: Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    if options.debug {
        front.frame_locals = debug_modules(&front).frame_locals(&front.program);
    }
    let funcs = &front.program.compiled;
    let codes = in_strata::<I, _>(
        &front,
        options,
        funcs,
        &mut out.timings,
        |func, cx, timings| {
            let code = mach::compile_func(isa, func, cx, timings)?;
            Ok((code.changed, code))
        },
    )?;
    let sources = debug_modules(&front);
    let subjects = wasm::subjects::subjects(&front, &places_of_traps(&codes));
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

/// What the modules say of their sources.
fn debug_modules<'a>(front: &'a Front) -> debug::Modules<'a> {
    let modules = front.program.modules.ids().map(|module| {
        let (sections, code) = front.debug_sections(module);
        debug::module::Module::new(&sections.into_iter().collect(), code)
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
    let mut texts = in_strata::<I, _>(front, options, &funcs, &mut out.timings, |func, cx, _| {
        let (changed, text) = match options.emit {
            Emit::Ir => (PRegSet::EMPTY, func.to_string()),
            Emit::Asm | Emit::Object => mach::print_func(isa, func, cx),
        };
        let names = legend.as_ref().map(|legend| legend.of(func));
        Ok((changed, names.unwrap_or_default() + &text))
    })?;
    texts.truncate(shown.len());
    out.text = texts.join("\n");
    Ok(())
}

/// Takes functions through the pipeline and finishes each, which also says what registers it changes; the results are in the functions' order.
/// Those of a stratum go in any order; each knows what is to be known of those below. Without optimisation nobody asks, and all are one stratum.
fn in_strata<I: mach::isa::Isa, T: Send>(
    front: &Front,
    options: &Options,
    funcs: &[FuncId],
    timings: &mut Timings,
    finish: impl Fn(&Func, &mach::Cx, &mut Timings) -> Result<(PRegSet, T), Error> + Sync,
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
            let mut func = timings.measure("translate", || front.build_func(funcs[i], fold));
            let known = pipeline.run(&mut func, &facts, &mut timings);
            let cx = mach::Cx {
                program,
                options,
                changed: &changed,
                facts: &facts,
                own: &known,
            };
            let finished = finish(&func, &cx, &mut timings);
            (finished, known, timings)
        });
        for (&func, (result, known, spent)) in funcs.iter().zip(made) {
            let (regs, result) = result?;
            facts.set(func, known);
            changed.set(func, regs);
            results[func.index()] = Some(result);
            timings.merge(&spent);
        }
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
