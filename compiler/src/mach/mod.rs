//! The backend's ISA-independent half.
//!
//! Path of an expanded function: `layout` (block order) → `lower` (IR to machine IR, with the ISA) → `regalloc` → `frame` → `emitter` into `buffer`.

pub mod arch;
pub(crate) mod buffer;
pub(crate) mod call;
pub(crate) mod check;
pub mod compiled;
pub(crate) mod control;
pub(crate) mod edges;
pub(crate) mod emitter;
pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod hoist;
pub(crate) mod inst;
pub(crate) mod isa;
pub(crate) mod layout;
pub(crate) mod lower;
pub(crate) mod merges;
pub(crate) mod mir;
pub(crate) mod patterns;
pub(crate) mod regalloc;
pub(crate) mod sink;

use crate::error::Error;
use crate::ir::{Func, FuncDecl, Program};
use crate::options::{OptLevel, Options};
use crate::show;
use crate::timings::Timings;
use compiled::{CompiledFunc, Frame};
use frame::{FrameLayout, FrameNeeds};
use inst::Inst;
use isa::Isa;
use mir::MFunc;
use regalloc::{AllocOptions, Allocation};

/// A function before emission.
struct Prepared<I: Isa> {
    mir: MFunc<Inst<I>>,
    alloc: Allocation,
    frame: FrameLayout,
}

/// Compiles an expanded function (`crate::expand`) to machine code.
///
/// # Errors
///
/// The machine code is larger than the ISA's branches reach.
pub fn compile_func<I: Isa>(
    isa: &I,
    func: &Func,
    program: &Program,
    options: &Options,
    timings: &mut Timings,
) -> Result<CompiledFunc, Error> {
    let prepared = prepare(isa, func, program, options, timings);
    let code = timings.measure("emit", || {
        let buf = emitter::run(isa, &prepared.mir, &prepared.alloc, &prepared.frame);
        let (len, max) = (buf.max_len(), I::MAX_BYTES);
        if len > max {
            return Err(too_large(&program.funcs[func.id], len, max));
        }
        Ok(buf.finish())
    })?;
    Ok(CompiledFunc {
        id: func.id,
        code: code.bytes,
        insts_len: code.insts_len,
        align: 16,
        relocs: code.relocs,
        sites: code.sites,
        landings: code.landings,
        frame: Frame {
            size: prepared.frame.size,
            saved: prepared.frame.saved_mask,
            cfi: code.cfi,
        },
    })
}

fn too_large(decl: &FuncDecl, len: usize, max: usize) -> Error {
    let reason = format!(
        "the function is too large: its machine code may take {} MiB, more than the {} MiB that branches allow",
        len >> 20,
        max >> 20
    );
    Error::new(reason)
        .in_function(decl.index, Some(&decl.name))
        .help("split the function")
}

/// Text of an expanded function's machine code, for `--emit asm`.
pub fn print_func<I: Isa>(isa: &I, func: &Func, program: &Program, options: &Options) -> String {
    let p = prepare(isa, func, program, options, &mut Timings::default());
    emitter::print(isa, &show::name(&func.name), &p.mir, &p.alloc, &p.frame)
}

fn prepare<I: Isa>(
    isa: &I,
    func: &Func,
    program: &Program,
    options: &Options,
    timings: &mut Timings,
) -> Prepared<I> {
    let mir = timings.measure("lower", || {
        let order = layout::order(func);
        let mut mir = lower::lower(isa, func, program, &order);
        if options.opt != OptLevel::O0 {
            merges::limit(isa, &mut mir);
        }
        mir
    });
    let (alloc, frame) = timings.measure("allocate registers", || {
        let env = isa.reg_env(func);
        let alloc_options = AllocOptions {
            fast: options.opt == OptLevel::O0,
            verify: options.verify,
        };
        let alloc = regalloc::allocate(&mir, &env, alloc_options)
            .unwrap_or_else(|error| panic!("{}: {error}", func.name));
        let needs = FrameNeeds {
            changed: alloc.changed,
            spills: alloc.spills,
            slots: &mir.slots,
            outgoing: mir.outgoing,
            has_calls: mir.has_calls,
            wide: mir.wide_floats,
        };
        let frame = FrameLayout::new(&env, needs);
        (alloc, frame)
    });
    Prepared { mir, alloc, frame }
}
