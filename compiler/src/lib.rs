//! Ahead-of-time compiler from WebAssembly to native object files.

pub mod current;
pub mod entity;
mod error;
pub mod expand;
pub mod host;
pub mod ir;
pub mod isa;
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

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;
#[path = "../../runtime-lib/src/calls.rs"]
mod calls;
#[path = "../../runtime-lib/src/escape.rs"]
pub mod escape;
#[path = "../../runtime-lib/src/nr.rs"]
pub mod nr;
#[cfg(test)]
#[path = "../tests/common/random.rs"]
mod random;

pub use error::Error;
pub use options::{Compiled, Input, Options};

use ir::{Func, FuncId, FuncKind};
use isa::a64::A64;
use isa::x64::X64;
use options::{Emit, Isa, OptLevel};
use pipeline::Pipeline;
use timings::Timings;
use wasm::Front;

/// Compiles modules into one object file or listing.
///
/// # Errors
///
/// Everything that is wrong with the inputs, or with their combination, is found before the first function is compiled; after that
/// only sizes that the object format cannot express are.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    let mut out = Compiled::default();
    let front = out
        .timings
        .measure("read, validate and link", || wasm::front(inputs, options))?;
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
    let pipeline = Pipeline::new(&front.program, options, I::SHARES_ADDRESSES)?;
    let mut codes = Vec::with_capacity(funcs.len());
    for (code, timings) in par::map(options.jobs, &order, |i| {
        let mut timings = Timings::default();
        let func = optimised(&front, funcs[i], options, &pipeline, &mut timings);
        let code = mach::compile_func(isa, &func, &front.program, options, &mut timings);
        (code, timings)
    }) {
        codes.push(code?);
        out.timings.merge(&timings);
    }
    let made = out.timings.measure("object", || {
        obj::emit(&front.program, options, I::ARCH, codes)
    });
    out.object = made?;
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
    let pipeline = Pipeline::new(&front.program, options, I::SHARES_ADDRESSES)?;
    let texts = par::map(options.jobs, &order, |i| {
        let mut timings = Timings::default();
        let func = optimised(front, funcs[i], options, &pipeline, &mut timings);
        match options.emit {
            Emit::Ir => func.to_string(),
            Emit::Asm | Emit::Object => mach::print_func(isa, &func, &front.program, options),
        }
    });
    out.text = texts.join("\n");
    Ok(())
}

/// Builds the IR of a function and takes it through the pipeline.
fn optimised(
    front: &Front,
    func: FuncId,
    options: &Options,
    pipeline: &Pipeline,
    timings: &mut Timings,
) -> Func {
    current::begin(&front.program.funcs[func]);
    let fold = options.opt != OptLevel::O0;
    let mut func = timings.measure("translate", || front.build_func(func, fold));
    pipeline.run(&mut func, timings);
    func
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
