//! The backend's ISA-independent half.
//!
//! Path of an expanded function: `layout` (block order) → `lower` (IR to machine IR, with the ISA) → `regalloc` → `frame` → `emitter` into `buffer`.

pub mod arch;
pub(crate) mod buffer;
pub(crate) mod call;
pub mod compiled;
pub(crate) mod control;
pub(crate) mod edges;
pub(crate) mod emitter;
pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod hoist;
pub(crate) mod inst;
pub(crate) mod isa;
pub(crate) mod known;
pub(crate) mod layout;
pub(crate) mod lower;
pub(crate) mod mir;
pub(crate) mod pairs;
pub(crate) mod patterns;
pub(crate) mod regalloc;
mod roots;
pub(crate) mod sink;
pub(crate) mod ssa;
mod watch;

use crate::error::Error;
use crate::ir::{Func, FuncDecl, Imm, Op, TextLine};
use crate::options::OptLevel;
use crate::show;
use crate::timings::Timings;
pub use known::{Changed, Cx};

use compiled::{CompiledFunc, Frame, Line, MemoryFrame, WatchedLocals};
use frame::{FrameLayout, FrameNeeds};
use inst::Inst;
use isa::Isa;
use mir::{MFunc, PRegSet};
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
    cx: &Cx,
    timings: &mut Timings,
) -> Result<CompiledFunc, Error> {
    let prepared = prepare(isa, func, cx, timings);
    finish(isa, func, cx, &prepared, timings)
}

/// Emits a prepared function.
fn finish<I: Isa>(
    isa: &I,
    func: &Func,
    cx: &Cx,
    prepared: &Prepared<I>,
    timings: &mut Timings,
) -> Result<CompiledFunc, Error> {
    let env = cx.options.debug.then(|| isa.reg_env(func));
    let (code, recorder) = timings.measure("emit", || {
        let (buf, recorder) = emitter::run(
            isa,
            &prepared.mir,
            &prepared.alloc,
            &prepared.frame,
            emitter::Wishes {
                speed: cx.options.opt.is_for_speed(),
                lines: cx.options.debug,
                watches: env.as_ref(),
            },
        );
        let (len, max) = (buf.max_len(), I::MAX_BYTES);
        if len > max {
            return Err(too_large(&cx.program.funcs[func.id], len, max));
        }
        Ok((buf.finish(), recorder))
    })?;
    let watched = recorder.map(|recorder| {
        let (frame, cfa) = (&prepared.frame, prepared.frame.cfa() as i32);
        let spill = |slot| frame.spill(slot) - cfa;
        recorder.stretches(&code.marks, I::ARCH.unwind.number, spill)
    });
    Ok(CompiledFunc {
        id: func.id,
        code: code.bytes,
        insts_len: code.insts_len,
        align: code.align,
        relocs: code.relocs,
        sites: code.sites,
        memory_frame: memory_frame(func, &prepared.frame, &code.lines),
        lines: code.lines,
        landings: code.landings,
        safepoints: code.safepoints,
        frame: Frame {
            size: prepared.frame.size,
            saved: prepared.frame.saved_mask,
            cfi: code.cfi,
        },
        changed: changed(isa, func, cx, &prepared.alloc),
        watched: (!func.watches.is_empty()).then(|| {
            Box::new(WatchedLocals {
                watches: prepared.mir.watches.clone(),
                stretches: watched.unwrap_or_default(),
            })
        }),
        inlined: func.inlined.clone(),
    })
}

/// Where the slot is that the address of the frame in linear memory is kept in: behind the last instruction that puts it there.
fn memory_frame(func: &Func, frame: &FrameLayout, lines: &[Line]) -> Option<MemoryFrame> {
    let kept = func.frame_kept?;
    let last = lines.iter().rposition(|line| line.loc == kept)?;
    Some(MemoryFrame {
        at: frame.slot(0) - frame.cfa() as i32,
        from: lines.get(last + 1)?.offset,
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

/// Text of an expanded function's machine code, for `--emit asm`, and the registers that a call of it may change.
pub fn print_func<I: Isa>(isa: &I, func: &Func, cx: &Cx) -> (PRegSet, String) {
    let p = prepare(isa, func, cx, &mut Timings::default());
    let lines = lines(isa, func, cx, &p);
    let text = lines.into_iter().map(|line| line.text + "\n").collect();
    (changed(isa, func, cx, &p.alloc), text)
}

/// As [`compile_func`], and the machine code as text.
///
/// # Errors
///
/// As [`compile_func`].
pub fn compile_and_print<I: Isa>(
    isa: &I,
    func: &Func,
    cx: &Cx,
    timings: &mut Timings,
) -> Result<(CompiledFunc, Vec<TextLine>), Error> {
    let prepared = prepare(isa, func, cx, timings);
    let code = finish(isa, func, cx, &prepared, timings)?;
    Ok((code, lines(isa, func, cx, &prepared)))
}

fn lines<I: Isa>(isa: &I, func: &Func, cx: &Cx, p: &Prepared<I>) -> Vec<TextLine> {
    let name = show::name(&func.name);
    let speed = cx.options.opt.is_for_speed();
    emitter::lines(isa, &name, &p.mir, &p.alloc, &p.frame, speed)
}

/// Registers whose values a call of the function may change: those that it changes and need not preserve, and those of functions that it ends with.
fn changed<I: Isa>(isa: &I, func: &Func, cx: &Cx, alloc: &Allocation) -> PRegSet {
    let all = isa.call_abi(func.conv, &func.sig).clobbers;
    let terminators = func.layout.iter().filter_map(|&b| func.terminator(b));
    let entered = terminators.map(|data| match (data.op, &data.imm) {
        (Op::ReturnCall, &Imm::Func(callee)) => cx.changed.of(callee).unwrap_or(all),
        (Op::ReturnCallPtr, _) => all,
        _ => PRegSet::EMPTY,
    });
    entered.fold(alloc.changed, PRegSet::union).intersect(all)
}

fn prepare<I: Isa>(isa: &I, func: &Func, cx: &Cx, timings: &mut Timings) -> Prepared<I> {
    let options = cx.options;
    let mir = timings.measure("lower", || {
        let order = layout::order(func, options.opt.is_full());
        let mut mir = lower::lower(isa, func, cx, &order);
        let collects = |callee: crate::ir::FuncId| match callee == func.id {
            true => cx.own.collects,
            false => cx.facts.collects(callee),
        };
        roots::attach(&mut mir, &collects);
        mir
    });
    let (alloc, frame) = timings.measure("allocate registers", || {
        let env = isa.reg_env(func);
        let alloc_options = AllocOptions {
            local: options.opt == OptLevel::O0,
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
