//! Ahead-of-time compiler from WebAssembly to native object files.

pub mod current;
pub mod entity;
pub mod error;
pub mod host;
pub mod ir;
pub mod isa;
pub mod mach;
pub mod mangle;
pub mod obj;
pub mod opt;
pub mod options;
pub mod par;
pub mod pipeline;
pub mod show;
pub mod wasm;

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;
#[path = "../../runtime-lib/src/calls.rs"]
mod calls;
#[path = "../../runtime-lib/src/escape.rs"]
pub mod escape;
#[path = "../../runtime-lib/src/nr.rs"]
pub mod nr;

pub use error::Error;
pub use options::{Compiled, Input, Options};

use ir::{Func, FuncId, FuncKind};
use isa::a64::A64;
use isa::x64::X64;
use mach::compiled::CompiledFunc;
use options::{Emit, Isa, OptLevel};
use std::time::{Duration, Instant};
use wasm::Front;

/// Compiles modules into one object file or listing.
///
/// # Errors
///
/// Everything that is wrong with the inputs, or with their combination, is found before the first function is compiled; after that
/// only sizes that the object format cannot express are.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    let start = Instant::now();
    let front = wasm::front(inputs, options)?;
    let mut out = Compiled::default();
    out.timings
        .push(("read, validate and link", start.elapsed()));
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

/// Compiles all functions, each on its own, and puts them into an object file in the program's order.
fn object<I: mach::isa::Isa>(
    isa: &I,
    front: Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    let funcs = &front.program.compiled;
    let order = par::big_first(sizes(&front, funcs));
    let (mut codes, mut times) = (Vec::with_capacity(funcs.len()), Times::default());
    for (code, time) in par::map(options.jobs, &order, |i| {
        function(isa, &front, funcs[i], options)
    }) {
        codes.push(code?);
        times.add(&time);
    }
    times.report(out);
    let start = Instant::now();
    out.object = obj::emit(&front.program, options, I::ARCH, codes)?;
    out.timings.push(("object", start.elapsed()));
    Ok(())
}

/// The text of the selected functions.
fn listing<I: mach::isa::Isa>(
    isa: &I,
    front: &Front,
    options: &Options,
    out: &mut Compiled,
) -> Result<(), Error> {
    let funcs = selected(front, options)?;
    let order = par::big_first(sizes(front, &funcs));
    let texts = par::map(options.jobs, &order, |i| {
        let mut times = Times::default();
        let mut func = optimised(front, funcs[i], options, &mut times);
        if options.emit == Emit::Ir {
            return func.to_string();
        }
        expand::<I>(front, &mut func, options, &mut times);
        mach::print_func(isa, &func, &front.program, options)
    });
    out.text = texts.join("\n");
    Ok(())
}

/// Compiles a function.
fn function<I: mach::isa::Isa>(
    isa: &I,
    front: &Front,
    func: FuncId,
    options: &Options,
) -> (Result<CompiledFunc, Error>, Times) {
    let mut times = Times::default();
    let mut func = optimised(front, func, options, &mut times);
    expand::<I>(front, &mut func, options, &mut times);
    let code = mach::compile_func(isa, &func, &front.program, options, &mut times.mach);
    (code, times)
}

/// Builds and optimises the IR of a function.
fn optimised(front: &Front, func: FuncId, options: &Options, times: &mut Times) -> Func {
    let start = Instant::now();
    current::begin(&front.program.funcs[func]);
    let mut func = front.build_func(func, options.opt != OptLevel::O0);
    times.build += start.elapsed();
    pipeline::optimise(&mut func, &front.program, options, &mut times.passes);
    func
}

/// Rewrites access to the instance's state to what the machine does.
fn expand<I: mach::isa::Isa>(front: &Front, func: &mut Func, options: &Options, times: &mut Times) {
    let start = Instant::now();
    let how = mach::expand::How {
        fold: options.opt != OptLevel::O0,
        share_addresses: I::SHARES_ADDRESSES && options.opt != OptLevel::O0,
    };
    mach::expand::run(func, &front.program, how);
    pipeline::check(func, &front.program, options, "expansion");
    times.expand += start.elapsed();
    pipeline::optimise_late(func, &front.program, options, &mut times.passes);
}

/// Time spent in the phases of functions, summed over threads.
#[derive(Default)]
struct Times {
    build: Duration,
    passes: pipeline::Timings,
    expand: Duration,
    mach: mach::Timings,
}

impl Times {
    fn add(&mut self, other: &Times) {
        self.build += other.build;
        self.passes.merge(&other.passes);
        self.expand += other.expand;
        self.mach.add(&other.mach);
    }

    fn report(self, out: &mut Compiled) {
        out.timings.push(("translate", self.build));
        out.timings.extend(self.passes.passes);
        out.timings.extend([
            ("expand", self.expand),
            ("lower", self.mach.lower),
            ("allocate registers", self.mach.allocate),
            ("emit", self.mach.emit),
        ]);
    }
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
            | FuncKind::CExport { .. }
            | FuncKind::FarEntry { .. }
            | FuncKind::ImportAdapter { .. } => 0,
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
