//! Prologue, epilogue, moves of the allocator.
//!
//! The saved registers lie below the CFA in canonical order. They are stored in pairs from the bottom, the first store moving the stack
//! pointer; an odd one out is stored together with a filler. The unwinding state is exact at every instruction.

use super::args::stack_place;
use super::constant;
use super::rows::{Out, row};
use crate::abi::STACK_GUARD;
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::operand::{Amode, Arg, Extend, PArg};
use crate::isa::a64::regs::{Reg, SCRATCH, SP, ZR};
use crate::mach::compiled::Cfi;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;
use crate::mach::regalloc::Move;

/// Frames are probed at this distance, so that no access skips the guard below the stack. A call stores nothing by itself, so a
/// frame that is not probed may be followed by another.
const PROBE_STEP: u32 = (STACK_GUARD / 4) as u32;

/// Two neighbouring cells of the save area.
struct Cells {
    /// Bytes from the bottom of the area.
    at: u32,
    /// The lower one; `None`: padding.
    low: Option<usize>,
    /// The upper one. Both are indices into `FrameLayout::saved`.
    high: usize,
}

/// The save area from its bottom.
fn cells(frame: &FrameLayout) -> impl DoubleEndedIterator<Item = Cells> {
    let (count, bytes) = (frame.saved.len(), frame.save_bytes);
    (0..bytes / 16).map(move |n| {
        let at = 16 * n;
        // Cell i is at `bytes - 8 (i + 1)`.
        let low = ((bytes - at) / 8 - 1) as usize;
        Cells {
            at,
            low: (low < count).then_some(low),
            high: low - 1,
        }
    })
}

fn saved(frame: &FrameLayout, index: usize) -> Reg {
    frame.saved[index].into()
}

fn note_saved(out: &mut Out, frame: &FrameLayout, index: usize) {
    out.cfi(Cfi::Saved {
        dwarf_reg: saved(frame, index).dwarf(),
        at: frame.saved_at(index),
    });
}

/// Saves registers, then makes room. The CFA is the stack pointer at entry.
pub fn prologue(out: &mut Out, frame: &FrameLayout) {
    for cells in cells(frame) {
        let first = cells.at == 0;
        let place = |at: u32| match first {
            true if at == 0 => Amode::Pre {
                base: SP,
                disp: -(frame.save_bytes as i32),
            },
            _ => Amode::reg(SP, at as i32),
        };
        let high = saved(frame, cells.high);
        let low = match cells.low {
            Some(index) => saved(frame, index),
            None if high.is_vec() => high,
            None => ZR,
        };
        let moved = |out: &mut Out| {
            if first {
                out.cfi(Cfi::CfaOffset(frame.save_bytes));
            }
        };
        if low.is_vec() == high.is_vec() {
            let form = if high.is_vec() {
                Form::StpD
            } else {
                Form::Stp64
            };
            let at = Arg::Mem(place(cells.at));
            row(out, form, &[Arg::Reg(low), Arg::Reg(high), at]);
            moved(out);
        } else {
            let at = Arg::Mem(place(cells.at));
            row(out, store(low), &[Arg::Reg(low), at]);
            moved(out);
            let at = Arg::Mem(Amode::reg(SP, cells.at as i32 + 8));
            row(out, store(high), &[Arg::Reg(high), at]);
        }
        for index in cells.low.into_iter().chain([cells.high]) {
            note_saved(out, frame, index);
        }
    }
    if frame.size == 0 {
        return;
    }
    let mut probe = PROBE_STEP;
    while probe < frame.size {
        constant::int(out, SCRATCH, u64::from(probe));
        let distance = whole(SCRATCH);
        row(
            out,
            Form::SubExt64,
            &[Arg::Reg(SCRATCH), Arg::Reg(SP), distance],
        );
        let at = Arg::Mem(Amode::reg(SCRATCH, 0));
        row(out, Form::Ldr32, &[Arg::Reg(ZR), at]);
        probe += PROBE_STEP;
    }
    move_sp(out, frame, Form::SubI64, Form::SubExt64);
}

fn store(reg: Reg) -> Form {
    if reg.is_vec() {
        Form::StrD
    } else {
        Form::Str64
    }
}

fn load(reg: Reg) -> Form {
    if reg.is_vec() {
        Form::LdrD
    } else {
        Form::Ldr64
    }
}

fn whole(reg: Reg) -> Arg<Reg> {
    Arg::Extended {
        reg,
        extend: Extend::Uxtx,
        amount: 0,
    }
}

/// Moves the stack pointer by the frame's size, in one instruction that does it.
fn move_sp(out: &mut Out, frame: &FrameLayout, by_imm: Form, by_reg: Form) {
    let sp = Arg::Reg(SP);
    if imm::arith(u64::from(frame.size)).is_some() {
        let size = Arg::Imm(i64::from(frame.size));
        row(out, by_imm, &[sp, sp, size]);
    } else {
        constant::int(out, SCRATCH, u64::from(frame.size));
        row(out, by_reg, &[sp, sp, whole(SCRATCH)]);
    }
    let below = match by_imm {
        Form::SubI64 => frame.cfa(),
        _ => frame.save_bytes,
    };
    out.cfi(Cfi::CfaOffset(below));
}

/// Undoes the prologue and leaves by the given row. Code of other blocks may follow, for which the frame exists: so the unwinding state
/// is kept aside.
pub fn leave(out: &mut Out, frame: &FrameLayout, form: Form, args: &[PArg]) {
    out.cfi(Cfi::Remember);
    if frame.size != 0 {
        move_sp(out, frame, Form::AddI64, Form::AddExt64);
    }
    for cells in cells(frame).rev() {
        let last = cells.at == 0;
        let here = |moves: bool| match moves {
            true => Amode::Post {
                base: SP,
                disp: frame.save_bytes as i32,
            },
            false => Amode::reg(SP, cells.at as i32),
        };
        let above = Arg::Mem(Amode::reg(SP, cells.at as i32 + 8));
        let high = saved(frame, cells.high);
        let low = match cells.low {
            Some(index) => Some(saved(frame, index)),
            None if high.is_vec() => None,
            None => Some(ZR),
        };
        match low {
            Some(low) if low.is_vec() == high.is_vec() => {
                let form = if high.is_vec() {
                    Form::LdpD
                } else {
                    Form::Ldp64
                };
                let at = Arg::Mem(here(last));
                row(out, form, &[Arg::Reg(low), Arg::Reg(high), at]);
            }
            Some(low) => {
                row(out, load(high), &[Arg::Reg(high), above]);
                let at = Arg::Mem(here(last));
                row(out, load(low), &[Arg::Reg(low), at]);
            }
            None => {
                // A filler cannot be loaded with it: two loads into one register in a pair are not allowed.
                row(out, load(high), &[Arg::Reg(high), above]);
                let bytes = Arg::Imm(i64::from(frame.save_bytes));
                row(out, Form::AddI64, &[Arg::Reg(SP), Arg::Reg(SP), bytes]);
            }
        }
        if last {
            out.cfi(Cfi::CfaOffset(0));
        }
        for index in cells.low.into_iter().chain([cells.high]) {
            let dwarf_reg = saved(frame, index).dwarf();
            out.cfi(Cfi::Restored { dwarf_reg });
        }
    }
    row(out, form, args);
    out.cfi(Cfi::Restore);
}

/// Copies registers and spill slots, neighbours in pairs.
pub fn emit_moves(out: &mut Out, frame: &FrameLayout, moves: &[Move], wide: bool) {
    let mut rest = moves;
    while let [first, others @ ..] = rest {
        rest = others;
        if let [second, others @ ..] = others
            && let Some((form, args)) = pair(frame, first, second, wide)
        {
            row(out, form, &args);
            rest = others;
        } else {
            emit_move(out, frame, first.from, first.to, wide);
        }
    }
}

/// Two moves between registers and neighbouring slots as one instruction.
fn pair(
    frame: &FrameLayout,
    first: &Move,
    second: &Move,
    wide: bool,
) -> Option<(Form, [Arg<Reg>; 3])> {
    let (a, b, slots, forms) = match (first.from, first.to, second.from, second.to) {
        (Loc::Reg(a), Loc::Spill(p), Loc::Reg(b), Loc::Spill(q)) => {
            (a, b, (p, q), [Form::Stp64, Form::StpD, Form::StpQ])
        }
        (Loc::Spill(p), Loc::Reg(a), Loc::Spill(q), Loc::Reg(b)) if a != b => {
            (a, b, (p, q), [Form::Ldp64, Form::LdpD, Form::LdpQ])
        }
        _ => return None,
    };
    let (a, b) = (Reg::from(a), Reg::from(b));
    if a.is_vec() != b.is_vec() {
        return None;
    }
    // A vector takes two slots.
    let (form, log2) = match (a.is_vec(), wide) {
        (false, _) => (forms[0], 3),
        (true, false) => (forms[1], 3),
        (true, true) => (forms[2], 4),
    };
    let step = 1 << (log2 - 3);
    let (low, high, slot) = match slots {
        (p, q) if q == p + step => (a, b, p),
        (p, q) if p == q + step => (b, a, q),
        _ => return None,
    };
    let disp = frame.spill(slot);
    if !imm::offset_pair(i64::from(disp), log2) {
        return None;
    }
    let place = Arg::Mem(Amode::reg(SP, disp));
    Some((form, [Arg::Reg(low), Arg::Reg(high), place]))
}

fn emit_move(out: &mut Out, frame: &FrameLayout, from: Loc, to: Loc, wide: bool) {
    match (from, to) {
        (Loc::Reg(from), Loc::Reg(to)) => {
            let (from, to) = (Reg::from(from), Reg::from(to));
            let form = match (to.is_vec(), wide) {
                (false, _) => Form::Mov64,
                (true, false) => Form::FmovD,
                (true, true) => Form::Mov16b,
            };
            row(out, form, &[Arg::Reg(to), Arg::Reg(from)]);
        }
        (Loc::Spill(slot), Loc::Reg(to)) => {
            let to = Reg::from(to);
            let (form, log2) = match (to.is_vec(), wide) {
                (true, true) => (Form::LdrQ, 4),
                _ => (load(to), 3),
            };
            let place = stack_place(out, frame.spill(slot), log2);
            row(out, form, &[Arg::Reg(to), place]);
        }
        (Loc::Reg(from), Loc::Spill(slot)) => {
            let from = Reg::from(from);
            let (form, log2) = match (from.is_vec(), wide) {
                (true, true) => (Form::StrQ, 4),
                _ => (store(from), 3),
            };
            let place = stack_place(out, frame.spill(slot), log2);
            row(out, form, &[Arg::Reg(from), place]);
        }
        (Loc::Spill(_), Loc::Spill(_)) => panic!("move between spill slots"),
    }
}
