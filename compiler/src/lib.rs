//! Ahead-of-time compiler from WebAssembly to native object files.

pub mod entity;
pub mod error;
pub mod ir;
pub mod isa;
pub mod mach;
pub mod mangle;
pub mod obj;
pub mod options;
pub mod par;
pub mod wasm;

#[path = "../../runtime-lib/src/abi.rs"]
pub mod abi;

pub use error::Error;
pub use options::{Compiled, Input, Options};

use ir::{Func, FuncId, FuncKind};
use options::Emit;
use std::time::Instant;
use wasm::Front;

/// Compiles modules into one object file or listing.
///
/// # Errors
///
/// Everything that is wrong with the inputs, or with their combination, is found before the first function is compiled.
pub fn compile(inputs: &[Input], options: &Options) -> Result<Compiled, Error> {
    let start = Instant::now();
    let front = wasm::front(inputs, options)?;
    let mut out = Compiled::default();
    out.timings.push(("read, validate and link", start.elapsed()));
    match options.emit {
        Emit::Object => Err(Error::new("the compiler's pipeline is not connected yet")),
        Emit::Ir | Emit::Asm => {
            let funcs = selected(&front, options)?;
            let start = Instant::now();
            let texts = par::map(options.jobs, &par::big_first(sizes(&front, &funcs)), || (), |(), i| {
                build(&front, funcs[i], options).to_string()
            });
            out.text = texts.join("\n");
            out.timings.push(("compile", start.elapsed()));
            Ok(out)
        }
    }
}

/// Optimised IR of a function.
fn build(front: &Front, func: FuncId, options: &Options) -> Func {
    let func = front.build_func(func, options.opt != options::OptLevel::O0);
    if options.verify
        && let Err(fault) = ir::verify::verify(&func, &front.program)
    {
        panic!("translation of {}: {fault}\n{func}", func.name);
    }
    func
}

/// About how much work each function is.
fn sizes<'a>(front: &'a Front, funcs: &'a [FuncId]) -> impl Iterator<Item = usize> + 'a {
    funcs.iter().map(|&func| match &front.program.funcs[func].kind {
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
        return Err(Error::new(format!("no function `{wanted}` is compiled"))
            .help("give the name or the index of a function that the program can reach"));
    }
    Ok(found)
}
