//! Emission: rows into the code buffer, prologue and epilogue with their unwinding events.

use super::encode::encode;
use super::expand::{Dest, LOCALS, PArg, Sink, expand};
use super::insts::{Form, Place};
use super::mir::Inst;
use super::operand::{Amode, Arg, Base, Cc, Const, Target};
use super::regs::{RSP, Reg};
use crate::abi::{STACK_GUARD, TrapCode};
use crate::mach::compiled::{Cfi, RelocKind};
use crate::mach::emit::{BranchEnc, BranchForm, Field, Label};
use crate::mach::emitter::Emitter;
use crate::mach::frame::FrameLayout;
use crate::mach::mir::{Loc, MBlock};

/// Frames are probed at this distance, so that no access skips the guard below the stack. Frames up to this size touch it by
/// their next call.
const PROBE_STEP: u32 = (STACK_GUARD / 2) as u32;

/// Encodes into the code buffer. One per instruction.
struct Encoder<'a, 'b> {
    cx: &'a mut Emitter<'b>,
    locals: [Option<Label>; LOCALS],
    table: Option<Label>,
}

impl Encoder<'_, '_> {
    fn local(&mut self, n: usize) -> Label {
        *self.locals[n].get_or_insert_with(|| self.cx.buf.new_label())
    }
    /// Appends a row, resolving its pc-relative field.
    fn put(&mut self, form: Form, args: &[PArg]) {
        let encoded = encode(form, args);
        let bytes = encoded.bytes();
        let Some(fixup) = encoded.fixup else {
            self.cx.buf.put(bytes);
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
                let kind = if is_code {
                    RelocKind::X64Call32
                } else {
                    RelocKind::X64Pc32
                };
                self.cx.buf.put(head);
                self.cx.buf.reloc(kind, symbol, i64::from(fixup.addend));
                self.cx.buf.put(rest);
                return;
            }
            Target::Const(Const::B32(bits)) => self.cx.buf.constant(&bits.to_le_bytes()),
            Target::Const(Const::B64(bits)) => self.cx.buf.constant(&bits.to_le_bytes()),
            Target::Const(Const::Splat(bits)) => {
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&bits.to_le_bytes());
                bytes[8..].copy_from_slice(&bits.to_le_bytes());
                self.cx.buf.constant(&bytes)
            }
            Target::Table => self.table.expect("a table before its use"),
        };
        let trailing = rest.len() - 4;
        self.cx.buf.put(head);
        let field = Field::Rel32 {
            trailing: trailing as u8,
        };
        self.cx.buf.label_field(field, label);
        self.cx.buf.put(&rest[4..]);
    }
}

/// `jmp`/`jcc` short and near.
fn branch_form(cond: Option<Cc>) -> BranchForm {
    let near = Field::Rel32 { trailing: 0 };
    match cond {
        None => BranchForm {
            short: BranchEnc::new(&[0xeb], Field::Rel8),
            long: BranchEnc::new(&[0xe9], near),
        },
        Some(cc) => BranchForm {
            short: BranchEnc::new(&[0x70 | cc as u8], Field::Rel8),
            long: BranchEnc::new(&[0x0f, 0x80 | cc as u8], near),
        },
    }
}

impl Sink for Encoder<'_, '_> {
    fn frame(&self) -> &FrameLayout {
        self.cx.frame
    }
    fn row(&mut self, form: Form, args: &[PArg], trap: Option<TrapCode>) {
        if let Some(code) = trap {
            self.cx.buf.trap_site(code, self.cx.loc);
        }
        self.put(form, args);
    }
    fn jump(&mut self, cond: Option<Cc>, to: Dest) {
        let label = match to {
            Dest::Block(block) => self.cx.label(block),
            Dest::Pad(code) => self.cx.buf.trap_pad(code, self.cx.loc),
            Dest::Local(n) => self.local(n),
        };
        self.cx.buf.branch(branch_form(cond), label);
    }
    fn bind(&mut self, local: usize) {
        let label = self.local(local);
        self.cx.buf.bind(label);
    }
    fn is_next(&self, block: MBlock) -> bool {
        self.cx.is_next(block)
    }
    fn call_returns(&mut self) {
        self.cx.buf.call_site(self.cx.loc);
    }
    fn table(&mut self, targets: &[MBlock]) {
        let labels: Vec<Label> = targets.iter().map(|&b| self.cx.label(b)).collect();
        self.table = Some(self.cx.buf.jump_table(labels.into_iter()));
    }
    fn epilogue(&mut self) {
        epilogue(self);
    }
}

/// Emits an instruction.
pub fn emit(cx: &mut Emitter, inst: &Inst, locs: &[Loc]) {
    expand(&mut encoder(cx), inst, locs);
}

fn encoder<'a, 'b>(cx: &'a mut Emitter<'b>) -> Encoder<'a, 'b> {
    Encoder {
        cx,
        locals: [None; LOCALS],
        table: None,
    }
}

/// Saves registers in canonical order, then makes room. The CFA is `rsp + 8` at entry.
pub fn prologue(cx: &mut Emitter) {
    let frame = cx.frame;
    let mut encoder = encoder(cx);
    let mut cfa = frame.entry_bytes;
    for (i, &reg) in frame.saved.iter().enumerate() {
        encoder.put(Form::Push, &[Arg::Reg(reg.into())]);
        cfa += 8;
        encoder.cx.buf.cfi(Cfi::CfaOffset(cfa));
        encoder.cx.buf.cfi(Cfi::Saved {
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
        encoder.put(Form::TestRmI8, &[Arg::Mem(at), Arg::Imm(0)]);
        probe += PROBE_STEP;
    }
    let size = Arg::Imm(i64::from(frame.size));
    encoder.put(Form::SubRmI64, &[Arg::Reg(RSP), size]);
    encoder.cx.buf.cfi(Cfi::CfaOffset(cfa + frame.size));
}

/// Undoes the prologue. Code of other blocks may follow, for which the frame exists: so the unwinding state is kept aside.
fn epilogue(encoder: &mut Encoder) {
    let frame = encoder.cx.frame;
    encoder.cx.buf.cfi(Cfi::Remember);
    let mut cfa = frame.cfa();
    if frame.size != 0 {
        let size = Arg::Imm(i64::from(frame.size));
        encoder.put(Form::AddRmI64, &[Arg::Reg(RSP), size]);
        cfa -= frame.size;
        encoder.cx.buf.cfi(Cfi::CfaOffset(cfa));
    }
    for &reg in frame.saved.iter().rev() {
        encoder.put(Form::Pop, &[Arg::Reg(reg.into())]);
        cfa -= 8;
        encoder.cx.buf.cfi(Cfi::CfaOffset(cfa));
        encoder.cx.buf.cfi(Cfi::Restored {
            dwarf_reg: Reg::from(reg).dwarf(),
        });
    }
    encoder.put(Form::Ret, &[]);
    encoder.cx.buf.cfi(Cfi::Restore);
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

/// Emits a move of the allocator.
pub fn emit_move(cx: &mut Emitter, from: Loc, to: Loc, wide: bool) {
    let (form, args) = move_row(from, to, wide, cx.frame);
    encoder(cx).put(form, &args);
}
