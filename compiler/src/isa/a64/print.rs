//! Text of instructions in the assembler's language, with aliases; conditions on carry are `hs` and `lo`.

use super::imm;
use super::insts::{Form, Kind};
use super::operand::{Amode, Arg, Base, Const, Extend, Target};
use super::regs::{Reg, Shape};
use std::fmt::Write;

/// Names for registers and pc-relative targets.
pub trait Names<R> {
    fn reg(&self, reg: R, shape: Shape) -> String;
    /// The register after this one, in a list.
    fn next(&self, reg: R) -> R;
    fn target(&self, target: Target) -> String;
}

/// Names of physical registers and targets in listings.
pub struct Physical;

impl Names<Reg> for Physical {
    fn reg(&self, reg: Reg, shape: Shape) -> String {
        reg.name(shape)
    }
    fn next(&self, reg: Reg) -> Reg {
        reg.next()
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
        Target::Const(Const::B128(bits)) => format!("const({bits:#x})"),
        Target::Symbol { symbol, addend: 0 } => format!("{symbol:?}"),
        Target::Symbol { symbol, addend } => format!("{symbol:?}{addend:+}"),
        Target::Table => "table".to_string(),
        Target::TableDistance { shift, .. } => format!("#:distance:table >> {shift}"),
        Target::Here => ".".to_string(),
        Target::Label => "label".to_string(),
    }
}

/// One instruction, without line end.
pub fn print<R: Copy + PartialEq>(form: Form, args: &[Arg<R>], names: &impl Names<R>) -> String {
    let row = form.row();
    let mut text = mnemonic(form, args);
    let mut separator = " ";
    for (opd, arg) in row.operands.iter().zip(args) {
        if opd.kind == Kind::CcSuffix {
            continue;
        }
        // Moves and lanes say their shift only if there is one.
        let is_shift = matches!(opd.kind, Kind::MoveShift { .. } | Kind::LaneShift { .. });
        if is_shift && *arg == Arg::Imm(0) {
            continue;
        }
        // A lane's number belongs to its register.
        if !matches!(opd.kind, Kind::Index(_)) {
            text.push_str(separator);
        }
        separator = ", ";
        operand(&mut text, opd.kind, arg, names);
    }
    text
}

/// The row's mnemonic, with the condition, or as the one of an access with an unscaled displacement.
fn mnemonic<R: Copy>(form: Form, args: &[Arg<R>]) -> String {
    let row = form.row();
    let mut text = row.mnemonic.to_string();
    for (opd, arg) in row.operands.iter().zip(args) {
        match (opd.kind, arg) {
            (Kind::CcSuffix, Arg::Cc(cc)) => text.push_str(cc.name()),
            (Kind::Mem { log2 }, Arg::Mem(Amode::Offset { base, disp }))
                if matches!(base, Base::Reg(_)) && !imm::offset_scaled(i64::from(*disp), log2) =>
            {
                // ldrsw → ldursw
                text.insert(2, 'u');
            }
            _ => {}
        }
    }
    text
}

fn operand<R: Copy + PartialEq>(
    text: &mut String,
    kind: Kind,
    arg: &Arg<R>,
    names: &impl Names<R>,
) {
    let shape = shape(kind);
    let _ = match arg {
        Arg::Reg(reg) | Arg::Tied { def: reg, .. } if let Kind::List { count, .. } = kind => {
            list(text, *reg, shape, count, names)
        }
        Arg::Reg(reg) => write!(text, "{}", names.reg(*reg, shape)),
        Arg::Tied { def, src } if def == src => write!(text, "{}", names.reg(*def, shape)),
        Arg::Tied { def, src } => {
            write!(
                text,
                "{}<-{}",
                names.reg(*def, shape),
                names.reg(*src, shape)
            )
        }
        Arg::Shifted { reg, shift, amount } => {
            let reg = names.reg(*reg, shape);
            match (shift.name(), amount) {
                ("lsl", 0) => write!(text, "{reg}"),
                (shift, amount) => write!(text, "{reg}, {shift} #{amount}"),
            }
        }
        Arg::Extended {
            reg,
            extend,
            amount,
        } => {
            let wide = shape == Shape::X && extend.is_wide();
            let reg = names.reg(*reg, if wide { Shape::X } else { Shape::W });
            match amount {
                0 => write!(text, "{reg}, {}", extend.name()),
                amount => write!(text, "{reg}, {} #{amount}", extend.name()),
            }
        }
        Arg::Imm(value) => immediate(text, kind, *value),
        Arg::Mem(amode) => address(text, amode, names),
        Arg::Cc(cc) => write!(text, "{}", cc.name()),
        Arg::Rel(target) if kind == Kind::Low12 => {
            write!(text, ":lo12:{}", names.target(*target))
        }
        Arg::Rel(target) => write!(text, "{}", names.target(*target)),
    };
}

/// Shape of a register operand.
fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Reg { shape, .. }
        | Kind::Both { shape }
        | Kind::Shifted { shape, .. }
        | Kind::Extended { shape }
        | Kind::List { shape, .. } => shape,
        _ => Shape::X,
    }
}

/// Bit numbers and amounts are decimal, other numbers hexadecimal.
fn immediate(text: &mut String, kind: Kind, value: i64) -> std::fmt::Result {
    match kind {
        Kind::Arith if value > 0xfff => write!(text, "#{:#x}, lsl #12", value >> 12),
        Kind::MoveShift { .. } | Kind::LaneShift { .. } => write!(text, "lsl #{value}"),
        Kind::LaneOnes => write!(text, "msl #{value}"),
        Kind::Index(_) => write!(text, "[{value}]"),
        Kind::FloatImm { double: true } | Kind::LaneFloat { double: true } => {
            write!(text, "#{:?}", f64::from_bits(value as u64))
        }
        Kind::FloatImm { double: false } | Kind::LaneFloat { double: false } => {
            write!(text, "#{:?}", f32::from_bits(value as u32))
        }
        Kind::FloatZero => write!(text, "#0.0"),
        Kind::Lsl { .. }
        | Kind::Immr { .. }
        | Kind::Imms { .. }
        | Kind::ExtractLsb { .. }
        | Kind::InsertLsb { .. }
        | Kind::BitWidth { .. }
        | Kind::LaneShl { .. }
        | Kind::LaneShr { .. }
        | Kind::Zero
        | Kind::Bit { .. } => write!(text, "#{value}"),
        _ => write!(text, "#{value:#x}"),
    }
}

/// `{v1.16b, v2.16b}`
fn list<R: Copy>(
    text: &mut String,
    first: R,
    shape: Shape,
    count: u8,
    names: &impl Names<R>,
) -> std::fmt::Result {
    let regs = std::iter::successors(Some(first), |&reg| Some(names.next(reg)));
    let regs: Vec<String> = regs
        .take(usize::from(count))
        .map(|reg| names.reg(reg, shape))
        .collect();
    write!(text, "{{{}}}", regs.join(", "))
}

fn address<R: Copy>(
    text: &mut String,
    amode: &Amode<R>,
    names: &impl Names<R>,
) -> std::fmt::Result {
    let reg = |r: R| names.reg(r, Shape::X);
    match *amode {
        Amode::Offset { base, disp } => {
            match base {
                Base::Reg(base) => write!(text, "[{}", reg(base))?,
                Base::Slot(slot) => write!(text, "[{slot:?}")?,
                Base::Incoming => write!(text, "[incoming")?,
                Base::Outgoing => write!(text, "[outgoing")?,
            }
            if disp != 0 {
                write!(text, ", #{disp}")?;
            }
            write!(text, "]")
        }
        Amode::Index {
            base,
            index,
            extend,
            shift,
        } => {
            let shape = if extend.is_wide() { Shape::X } else { Shape::W };
            write!(text, "[{}, {}", reg(base), names.reg(index, shape))?;
            match (extend, shift) {
                (Extend::Uxtx, 0) => write!(text, "]"),
                (Extend::Uxtx, shift) => write!(text, ", lsl #{shift}]"),
                (extend, 0) => write!(text, ", {}]", extend.name()),
                (extend, shift) => write!(text, ", {} #{shift}]", extend.name()),
            }
        }
        Amode::Pre { base, disp } => write!(text, "[{}, #{disp}]!", reg(base)),
        Amode::Post { base, disp } => write!(text, "[{}], #{disp}", reg(base)),
        Amode::Low {
            base,
            symbol,
            addend,
        } => {
            let target = names.target(Target::Symbol { symbol, addend });
            write!(text, "[{}, :lo12:{target}]", reg(base))
        }
    }
}
