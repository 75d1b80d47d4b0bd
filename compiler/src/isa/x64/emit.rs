//! Emission: rows into the code buffer, prologue and epilogue with their unwinding events.

use super::X64;
use super::arch;
use super::encode::encode;
use super::expand::{Out, PArg};
use super::insts::{Form, Place};
use super::operand::{Amode, Arg, Base, Cc, Target};
use super::regs::{RSP, Reg};
use crate::abi::STACK_GUARD;
use crate::mach::buffer::{BranchEnc, BranchForm};
use crate::mach::compiled::Cfi;
use crate::mach::field::Field;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::Loc;
use crate::mach::sink::Encoder;

/// Frames are probed at this distance, so that no access skips the guard below the stack. Frames up to this size touch it by
/// their next call.
const PROBE_STEP: u32 = (STACK_GUARD / 2) as u32;

/// Appends a row, resolving its pc-relative field.
pub fn put(encoder: &mut Encoder<X64>, form: Form, args: &[PArg]) {
    let encoded = encode(form, args);
    let bytes = encoded.bytes();
    let Some(fixup) = encoded.fixup else {
        encoder.buf().put(bytes);
        return;
    };
    let (head, rest) = bytes.split_at(usize::from(fixup.at));
    let label = match fixup.target {
        Target::Symbol(symbol) => {
            let is_code = form
                .row()
                .operands
                .iter()
                .any(|o| o.kind.place == Place::Rel);
            let kind = if is_code { arch::CALL32 } else { arch::PC32 };
            encoder.buf().put(head);
            encoder.buf().reloc(kind, symbol, i64::from(fixup.addend));
            encoder.buf().put(rest);
            return;
        }
        Target::Const(constant) => encoder.buf().constant(&constant.bytes()),
        Target::Table => encoder.table_label(),
    };
    let trailing = rest.len() - 4;
    encoder.buf().put(head);
    let field = Field::signed32(4 + trailing as i8);
    encoder.buf().label_field(field, label);
    encoder.buf().put(&rest[4..]);
}

/// `jmp`/`jcc` short and near.
pub fn branch_form(cond: Option<Cc>) -> BranchForm {
    let near = Field::signed32(4);
    match cond {
        None => BranchForm {
            short: BranchEnc::new(&[0xeb], Field::signed8()),
            long: BranchEnc::new(&[0xe9], near),
        },
        Some(cc) => BranchForm {
            short: BranchEnc::new(&[0x70 | cc as u8], Field::signed8()),
            long: BranchEnc::new(&[0x0f, 0x80 | cc as u8], near),
        },
    }
}

/// Saves registers in canonical order, then makes room. The CFA is `rsp + 8` at entry.
pub fn prologue(out: &mut Out, frame: &FrameLayout) {
    let mut cfa = frame.entry_bytes;
    for (i, &reg) in frame.saved.iter().enumerate() {
        out.row(Form::Push, &[Arg::Reg(reg.into())], None);
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
        out.row(Form::TestRmI8, &[Arg::Mem(at), Arg::Imm(0)], None);
        probe += PROBE_STEP;
    }
    let size = Arg::Imm(i64::from(frame.size));
    out.row(Form::SubRmI64, &[Arg::Reg(RSP), size], None);
    out.cfi(Cfi::CfaOffset(cfa + frame.size));
}

/// Undoes the prologue and leaves by the given row. Code of other blocks may follow, for which the frame exists: so the unwinding state
/// is kept aside.
pub fn leave(out: &mut Out, frame: &FrameLayout, form: Form, args: &[PArg]) {
    out.cfi(Cfi::Remember);
    let mut cfa = frame.cfa();
    if frame.size != 0 {
        let size = Arg::Imm(i64::from(frame.size));
        out.row(Form::AddRmI64, &[Arg::Reg(RSP), size], None);
        cfa -= frame.size;
        out.cfi(Cfi::CfaOffset(cfa));
    }
    for &reg in frame.saved.iter().rev() {
        out.row(Form::Pop, &[Arg::Reg(reg.into())], None);
        cfa -= 8;
        out.cfi(Cfi::CfaOffset(cfa));
        out.cfi(Cfi::Restored {
            dwarf_reg: Reg::from(reg).dwarf(),
        });
    }
    out.row(form, args, None);
    out.cfi(Cfi::Restore);
}

/// The row that copies a register or spill slot, and its operands.
pub fn move_row(from: Loc, to: Loc, wide: bool, frame: &FrameLayout) -> (Form, [PArg; 2]) {
    let slot = |n: u32| -> PArg {
        Arg::Mem(Amode {
            base: Base::Reg(RSP),
            index: None,
            disp: frame.spill(n),
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
