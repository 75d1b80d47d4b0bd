//! Text of instructions, as `objdump -M intel` prints them.

use super::encode::sign_extended;
use super::insts::{Form, Place};
use super::operand::{Amode, Arg, Base, Const, Target};
use super::regs::{Reg, Width};
use std::fmt::Write;

/// Names for registers and pc-relative targets.
pub trait Names<R> {
    fn reg(&self, reg: R, width: Width) -> String;
    fn target(&self, target: Target) -> String;
}

/// Names of physical registers and targets in listings.
pub struct Physical;

impl Names<Reg> for Physical {
    fn reg(&self, reg: Reg, width: Width) -> String {
        reg.name(width)
    }
    fn target(&self, target: Target) -> String {
        target_name(target)
    }
}

/// The constant's bits, or the symbol.
pub fn target_name(target: Target) -> String {
    match target {
        Target::Const(Const::B32(bits)) => format!("const({bits:#x})"),
        Target::Const(Const::B64(bits)) => format!("const({bits:#x})"),
        Target::Const(Const::Splat(bits)) => format!("const({bits:#x} x 2)"),
        Target::Const(Const::B128(low, high)) => format!("const({high:#x}:{low:016x})"),
        Target::Symbol(symbol) => format!("{symbol:?}"),
        Target::Table => "table".to_string(),
    }
}

/// One instruction, without line end.
pub fn print<R: Copy + PartialEq>(form: Form, args: &[Arg<R>], names: &impl Names<R>) -> String {
    let row = form.row();
    let mut text = row.mnemonic.to_string();
    let mut first = true;
    let op_width = row
        .operands
        .iter()
        .map(|o| o.kind.width)
        .next()
        .unwrap_or(Width::B64);
    for (opd, arg) in row.operands.iter().zip(args) {
        let kind = opd.kind;
        if let Arg::Cc(cc) = arg {
            text.push_str(cc.name());
            continue;
        }
        if let Place::Fixed { printed: false, .. } = kind.place {
            continue;
        }
        text.push(if first { ' ' } else { ',' });
        first = false;
        match arg {
            Arg::Reg(reg) => text.push_str(&names.reg(*reg, kind.width)),
            Arg::Tied { def, src } => {
                text.push_str(&names.reg(*def, kind.width));
                if def != src {
                    let _ = write!(text, "<-{}", names.reg(*src, kind.width));
                }
            }
            Arg::Mem(amode) => {
                if !kind.address {
                    text.push_str(match kind.width {
                        Width::B8 => "BYTE PTR ",
                        Width::B16 => "WORD PTR ",
                        Width::B32 => "DWORD PTR ",
                        Width::B64 => "QWORD PTR ",
                        Width::B128 => "XMMWORD PTR ",
                    });
                }
                print_amode(&mut text, amode, names);
            }
            Arg::Imm(value) => {
                let bytes = match kind.place {
                    Place::Imm(bytes) => bytes,
                    _ => panic!("immediate in the place of {kind:?}"),
                };
                let value = sign_extended(*value, bytes);
                // An 8-bit immediate beside wider operands is a shift count, bit number or rounding mode.
                let _ = match op_width {
                    Width::B8 => write!(text, "{:#x}", value as u8),
                    _ if bytes == 1 => write!(text, "{:#x}", value as u8),
                    Width::B16 => write!(text, "{:#x}", value as u16),
                    Width::B32 => write!(text, "{:#x}", value as u32),
                    Width::B64 | Width::B128 => write!(text, "{value:#x}"),
                };
            }
            Arg::Cc(_) => {}
            Arg::Rel(target) => text.push_str(&names.target(*target)),
        }
    }
    text
}

fn print_amode<R: Copy>(text: &mut String, amode: &Amode<R>, names: &impl Names<R>) {
    let width = if amode.guest { Width::B32 } else { Width::B64 };
    let reg = |r: R| names.reg(r, width);
    let mut parts = Vec::new();
    match amode.base {
        Base::None => {}
        Base::Reg(base) => parts.push(reg(base)),
        Base::Rip(target) => parts.push(format!("rip+{}", names.target(target))),
        Base::Slot(slot) => parts.push(format!("{slot:?}")),
        Base::Incoming => parts.push("incoming".to_string()),
        Base::Outgoing => parts.push("outgoing".to_string()),
    }
    if let Some((index, shift)) = amode.index {
        parts.push(format!("{}*{}", reg(index), 1 << shift));
    }
    if parts.is_empty() {
        let _ = write!(text, "ds:{:#x}", amode.disp);
        return;
    }
    let segment = if amode.guest { "gs:" } else { "" };
    let _ = write!(text, "{segment}[{}", parts.join("+"));
    if amode.disp < 0 {
        let _ = write!(text, "-{:#x}", amode.disp.unsigned_abs());
    } else if amode.disp > 0 {
        let _ = write!(text, "+{:#x}", amode.disp);
    }
    text.push(']');
}
