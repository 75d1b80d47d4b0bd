//! Prologue, epilogue, moves of the allocator.

use super::rows::{Out, row};
use crate::abi::STACK_GUARD;
use crate::isa::x64::insts::Form;
use crate::isa::x64::operand::{Amode, Arg, Base, PArg};
use crate::isa::x64::regs::{RSP, Reg};
use crate::mach::compiled::Cfi;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;

/// Frames are probed at this distance, so that no access skips the guard below the stack. Frames up to this size touch it by
/// their next call.
const PROBE_STEP: u32 = (STACK_GUARD / 2) as u32;

/// Saves registers in canonical order, then makes room. The CFA is `rsp + 8` at entry.
pub fn prologue(out: &mut Out, frame: &FrameLayout) {
    let mut cfa = frame.entry_bytes;
    for (i, &reg) in frame.saved.iter().enumerate() {
        row(out, Form::Push, &[Arg::Reg(reg.into())]);
        cfa += 8;
        out.cfi(Cfi::CfaOffset(cfa));
        out.cfi(Cfi::Saved {
            dwarf_reg: Reg::from(reg).dwarf(),
            at: frame.saved_at(i),
        });
    }
    if frame.size == 0 {
        return;
    }
    let mut probe = PROBE_STEP;
    while probe < frame.size {
        let at = Amode::reg(RSP, -(probe as i32));
        row(out, Form::TestRmI8, &[Arg::Mem(at), Arg::Imm(0)]);
        probe += PROBE_STEP;
    }
    let size = Arg::Imm(i64::from(frame.size));
    row(out, Form::SubRmI64, &[Arg::Reg(RSP), size]);
    out.cfi(Cfi::CfaOffset(cfa + frame.size));
}

/// Undoes the prologue and leaves by the given row. Code of other blocks may follow, for which the frame exists: so the unwinding state
/// is kept aside.
pub fn leave(out: &mut Out, frame: &FrameLayout, form: Form, args: &[PArg]) {
    out.cfi(Cfi::Remember);
    let mut cfa = frame.cfa();
    if frame.size != 0 {
        let size = Arg::Imm(i64::from(frame.size));
        row(out, Form::AddRmI64, &[Arg::Reg(RSP), size]);
        cfa -= frame.size;
        out.cfi(Cfi::CfaOffset(cfa));
    }
    for &reg in frame.saved.iter().rev() {
        row(out, Form::Pop, &[Arg::Reg(reg.into())]);
        cfa -= 8;
        out.cfi(Cfi::CfaOffset(cfa));
        out.cfi(Cfi::Restored {
            dwarf_reg: Reg::from(reg).dwarf(),
        });
    }
    row(out, form, args);
    out.cfi(Cfi::Restore);
}

/// The row that copies a register or spill slot, and its operands.
pub fn move_row(from: Loc, to: Loc, wide: bool, frame: &FrameLayout) -> (Form, [PArg; 2]) {
    let slot = |n: u32| -> PArg {
        Arg::Mem(Amode {
            base: Base::Reg(RSP),
            index: None,
            disp: frame.spill(n),
            guest: false,
        })
    };
    match (from, to) {
        (Loc::Reg(from), Loc::Reg(to)) => {
            let (from, to) = (Reg::from(from), Reg::from(to));
            let form = if to.is_xmm() {
                Form::Movaps
            } else {
                Form::MovRRm64
            };
            (form, [Arg::Reg(to), Arg::Reg(from)])
        }
        (Loc::Spill(from), Loc::Reg(to)) => {
            let to = Reg::from(to);
            let form = match (to.is_xmm(), wide) {
                (false, _) => Form::MovRRm64,
                (true, false) => Form::MovsXMD,
                (true, true) => Form::Movups,
            };
            (form, [Arg::Reg(to), slot(from)])
        }
        (Loc::Reg(from), Loc::Spill(to)) => {
            let from = Reg::from(from);
            let form = match (from.is_xmm(), wide) {
                (false, _) => Form::MovMR64,
                (true, false) => Form::MovsMXD,
                (true, true) => Form::MovupsM,
            };
            (form, [slot(to), Arg::Reg(from)])
        }
        (Loc::Spill(_), Loc::Spill(_)) => panic!("move between spill slots"),
    }
}
