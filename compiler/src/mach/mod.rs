//! The backend's ISA-independent half.
//!
//! Path of a function: `expand` (Wasm-level state ops to machine-level ops, still IR; the pipeline may optimise the result) →
//! `layout` (block order) → `lower` (IR to machine IR, with the ISA) → `regalloc` → `frame` → `emitter` into `emit`'s code buffer.

pub mod call;
pub mod compiled;
pub mod edges;
pub mod emit;
pub mod emitter;
pub mod expand;
pub mod frame;
pub mod isa;
pub mod layout;
pub mod lower;
pub mod mir;
pub mod patterns;
pub mod regalloc;
pub mod sink;

use crate::ir::{Func, Program};
use crate::options::{OptLevel, Options};
use compiled::{CompiledFunc, Frame};
use frame::{FrameLayout, FrameNeeds};
use isa::Isa;
use mir::MFunc;
use regalloc::{AllocOptions, Allocation};
use std::time::{Duration, Instant};

/// Time spent in the backend's phases.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timings {
    pub lower: Duration,
    pub allocate: Duration,
    pub emit: Duration,
}

impl Timings {
    /// Adds another function's.
    pub fn add(&mut self, other: &Timings) {
        self.lower += other.lower;
        self.allocate += other.allocate;
        self.emit += other.emit;
    }
}

/// A function before emission.
struct Prepared<I> {
    mir: MFunc<I>,
    alloc: Allocation,
    frame: FrameLayout,
}

/// Compiles an expanded function ([`expand::run`]) to machine code.
pub fn compile_func<I: Isa>(
    isa: &I,
    func: &Func,
    program: &Program,
    options: &Options,
    timings: &mut Timings,
) -> CompiledFunc {
    let prepared = prepare(isa, func, program, options, timings);
    let start = Instant::now();
    let code = emitter::run(isa, &prepared.mir, &prepared.alloc, &prepared.frame).finish();
    timings.emit += start.elapsed();
    CompiledFunc {
        id: func.id,
        code: code.bytes,
        insts_len: code.insts_len,
        align: 16,
        relocs: code.relocs,
        sites: code.sites,
        frame: Frame {
            size: prepared.frame.size,
            saved: prepared.frame.saved_mask,
            cfi: code.cfi,
        },
    }
}

/// Text of an expanded function's machine code, for `--emit asm`.
pub fn print_func<I: Isa>(isa: &I, func: &Func, program: &Program, options: &Options) -> String {
    let p = prepare(isa, func, program, options, &mut Timings::default());
    emitter::print(isa, &func.name, &p.mir, &p.alloc, &p.frame)
}

fn prepare<I: Isa>(
    isa: &I,
    func: &Func,
    program: &Program,
    options: &Options,
    timings: &mut Timings,
) -> Prepared<I::Inst> {
    let start = Instant::now();
    let order = layout::order(func);
    let mir = lower::lower(isa, func, program, &order);
    let lowered = Instant::now();
    let env = isa.reg_env(func);
    let alloc_options = AllocOptions {
        fast: options.opt == OptLevel::O0,
        verify: options.verify,
    };
    let alloc = regalloc::allocate(&mir, &env, alloc_options)
        .unwrap_or_else(|error| panic!("{}: {error}", func.name));
    let frame = FrameLayout::new(
        &env,
        FrameNeeds {
            changed: alloc.changed,
            spills: alloc.spills,
            slots: &mir.slots,
            outgoing: mir.outgoing,
            has_calls: mir.has_calls,
            wide: mir.wide_floats,
        },
    );
    timings.lower += lowered - start;
    timings.allocate += lowered.elapsed();
    Prepared { mir, alloc, frame }
}
