//! Logic, shifts, extensions: everything that `ubfm` and its kin can do in one instruction.

use super::addr;
use super::cond::is_pair;
use super::fold::{own_def, rotated, shifted, shifted_operand, width};
use super::rows::{Cx, reg, result, row, tied};
use super::select::compare_value;
use crate::ir::{self, Access, InstData, Op, Type, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{Inst, MReg};
use crate::isa::a64::operand::{Arg, Shift};
use crate::mach::mir::RegClass;
use crate::mach::patterns::{
    access_kind, by, is_clean, is_wide, swapped_half, two, typed_bits, unmasked_count,
};

fn imm_arg(value: u8) -> Arg<MReg> {
    Arg::Imm(i64::from(value))
}

/// The operand of `x ^ -1`.
fn inverted(cx: &Cx, value: Value) -> Option<Value> {
    let data = own_def(cx, value)?;
    (data.op == Op::Xor && typed_bits(cx, data.args[1]) == Some(ones(data.ty)))
        .then(|| data.args[0])
}

fn ones(ty: Type) -> u64 {
    u64::MAX >> (64 - width(ty))
}

/// `and`, `or`, `xor`.
pub fn logic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (mut a, mut b) = two(data);
    if cx.const_bits(a).is_some() && cx.const_bits(b).is_none() {
        (a, b) = (b, a);
    }
    if let Some(bits) = typed_bits(cx, b) {
        return logic_constant(cx, inst, a, b, bits);
    }
    if is_pair(cx, data) {
        return compare_value(cx, inst);
    }
    if data.op == Op::Or && (insert(cx, inst) || extract_pair(cx, inst)) {
        return;
    }
    let dst = result(cx, inst);
    let (plain, negative) = match data.op {
        Op::And => ([Form::And32, Form::And64], [Form::Bic32, Form::Bic64]),
        Op::Or => ([Form::Orr32, Form::Orr64], [Form::Orn32, Form::Orn64]),
        _ => ([Form::Eor32, Form::Eor64], [Form::Eon32, Form::Eon64]),
    };
    for (x, y) in [(a, b), (b, a)] {
        if let Some(y) = inverted(cx, y) {
            let x = reg(cx.reg(x));
            let y = shifted_operand(cx, y);
            return row(cx, negative[usize::from(wide)], &[dst, x, y]);
        }
    }
    let is_shifted = |value| {
        own_def(cx, value).is_some_and(|d| shifted(cx, d).is_some() || rotated(cx, d).is_some())
    };
    if is_shifted(a) && !is_shifted(b) {
        (a, b) = (b, a);
    }
    let a = reg(cx.reg(a));
    let b = shifted_operand(cx, b);
    row(cx, plain[usize::from(wide)], &[dst, a, b]);
}

/// Logic with a constant: as an immediate where it is one.
fn logic_constant(cx: &mut Cx, inst: ir::Inst, a: Value, b: Value, bits: u64) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let dst = result(cx, inst);
    if data.op == Op::Xor && bits == ones(data.ty) {
        let a = shifted_operand(cx, a);
        return row(cx, by(wide, Form::Mvn32, Form::Mvn64), &[dst, a]);
    }
    if data.op == Op::And {
        if let Some((source, lsb, count)) = extracted(cx, a, bits) {
            let args = [dst, reg(cx.reg(source)), imm_arg(lsb), imm_arg(count)];
            return row(cx, by(wide, Form::Ubfx32, Form::Ubfx64), &args);
        }
        if let Some((source, lsb, count)) = placed(cx, a, bits) {
            let args = [dst, reg(cx.reg(source)), imm_arg(lsb), imm_arg(count)];
            return row(cx, by(wide, Form::Ubfiz32, Form::Ubfiz64), &args);
        }
        if bits == 0xffff_ffff {
            let a = reg(cx.reg(a));
            return row(cx, Form::Mov32, &[dst, a]);
        }
    }
    let forms = match data.op {
        Op::And => [Form::AndI32, Form::AndI64],
        Op::Or => [Form::OrrI32, Form::OrrI64],
        _ => [Form::EorI32, Form::EorI64],
    };
    // The upper half of the result of a mask below 2^32 is zero: so do it in the lower. (Not where a shifted operand brings bits down.)
    let upper = wide && !(data.op == Op::And && u32::try_from(bits).is_ok());
    if imm::logical(bits, if upper { 64 } else { 32 }).is_some() {
        let args = [dst, reg(cx.reg(a)), Arg::Imm(bits as i64)];
        return row(cx, forms[usize::from(upper)], &args);
    }
    let forms = match data.op {
        Op::And => [Form::And32, Form::And64],
        Op::Or => [Form::Orr32, Form::Orr64],
        _ => [Form::Eor32, Form::Eor64],
    };
    let b = reg(cx.reg(b));
    let a = shifted_operand(cx, a);
    row(cx, forms[usize::from(wide)], &[dst, b, a]);
}

/// Number of ones, if the mask is that many from bit 0 up and nothing else: at least one, since no instruction has an empty field.
fn low_ones(mask: u64) -> Option<u8> {
    (mask != 0 && mask.wrapping_add(1) & mask == 0).then(|| mask.trailing_ones() as u8)
}

/// `(x >> lsb) & mask` with a mask of low ones that reach below the top.
fn extracted(cx: &Cx, value: Value, mask: u64) -> Option<(Value, u8, u8)> {
    let data = own_def(cx, value)?;
    if !matches!(data.op, Op::ShrU | Op::ShrS) {
        return None;
    }
    let (source, _, lsb) = shifted(cx, data)?;
    let count = low_ones(mask)?;
    (lsb != 0 && lsb + count <= width(data.ty)).then_some((source, lsb, count))
}

/// `(x << lsb) & mask` with a mask of ones from bit `lsb` up.
fn placed(cx: &Cx, value: Value, mask: u64) -> Option<(Value, u8, u8)> {
    let data = own_def(cx, value)?;
    if data.op != Op::Shl {
        return None;
    }
    let (source, _, lsb) = shifted(cx, data)?;
    // Bits of the mask below the field select zeros.
    let count = low_ones(mask.checked_shr(u32::from(lsb))?)?;
    (lsb != 0 && lsb + count <= width(data.ty)).then_some((source, lsb, count))
}

/// `(a & !field) | (b placed in the field)` → `bfi`, `bfxil`.
fn insert(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let all = ones(data.ty);
    for (kept, new) in [(0, 1), (1, 0)] {
        let Some(keep) = own_def(cx, data.args[kept]).filter(|keep| keep.op == Op::And) else {
            continue;
        };
        let Some(mask) = typed_bits(cx, keep.args[1]) else {
            continue;
        };
        let field = !mask & all;
        let lsb = field.trailing_zeros() as u8;
        let Some(count) = field.checked_shr(u32::from(lsb)).and_then(low_ones) else {
            continue;
        };
        let Some((source, from)) = field_source(cx, data.args[new], field, lsb, width(data.ty))
        else {
            continue;
        };
        let base = cx.reg(keep.args[0]);
        let source = reg(cx.reg(source));
        let value = cx.result_value(inst, 0);
        let dst = tied(cx.dst(value), base);
        let (form, at) = match from {
            0 => (by(wide, Form::Bfi32, Form::Bfi64), lsb),
            from => (by(wide, Form::Bfxil32, Form::Bfxil64), from),
        };
        row(cx, form, &[dst, source, imm_arg(at), imm_arg(count)]);
        return true;
    }
    false
}

/// A value whose bits are exactly a field (`count` bits at `lsb`) of zeros elsewhere: what is put there, and from which bit on. From
/// a bit other than 0 only into a field at 0.
fn field_source(cx: &Cx, value: Value, field: u64, lsb: u8, width: u8) -> Option<(Value, u8)> {
    let data = own_def(cx, value)?;
    match data.op {
        // Up to the top, a shift alone leaves nothing else.
        Op::Shl => {
            let (source, _, amount) = shifted(cx, data)?;
            if amount != lsb {
                return None;
            }
            if field.leading_zeros() as u8 == 64 - width {
                return Some((source, 0));
            }
            // ((b & low ones) << lsb)
            let inner = own_def(cx, source)?;
            (inner.op == Op::And && typed_bits(cx, inner.args[1]) == Some(field >> lsb))
                .then(|| (inner.args[0], 0))
        }
        Op::ShrU if lsb == 0 => {
            let (source, _, amount) = shifted(cx, data)?;
            let count = field.trailing_ones() as u8;
            (amount != 0 && amount + count == width).then_some((source, amount))
        }
        Op::And if typed_bits(cx, data.args[1]) == Some(field) => {
            let inner = own_def(cx, data.args[0]);
            if lsb == 0 {
                if let Some(inner) = inner
                    && inner.op == Op::ShrU
                    && let Some((source, _, amount)) = shifted(cx, inner)
                    && amount + field.trailing_ones() as u8 <= width
                {
                    return Some((source, amount));
                }
                return Some((data.args[0], 0));
            }
            let (source, shift, amount) = shifted(cx, inner?)?;
            (shift == Shift::Lsl && amount == lsb).then_some((source, 0))
        }
        _ => None,
    }
}

/// `(a << n) | (b >>> (width - n))` → `extr`.
fn extract_pair(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    let bits = width(data.ty);
    for (high, low) in [(0, 1), (1, 0)] {
        let part = |n: usize| own_def(cx, data.args[n]).and_then(|d| shifted(cx, d));
        let (Some((high, Shift::Lsl, left)), Some((low, Shift::Lsr, right))) =
            (part(high), part(low))
        else {
            continue;
        };
        if left == 0 || left + right != bits {
            continue;
        }
        let args = [reg(cx.reg(high)), reg(cx.reg(low)), imm_arg(right)];
        let dst = result(cx, inst);
        let form = by(bits == 64, Form::Extr32, Form::Extr64);
        row(cx, form, &[dst, args[0], args[1], args[2]]);
        return true;
    }
    false
}

/// Shifts and rotations. The processor takes the count modulo the width, as Wasm does.
pub fn shift(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    if let Some(half) = swapped_half(cx, data) {
        let half = reg(cx.reg(half));
        let dst = result(cx, inst);
        return row(cx, Form::Rev1632, &[dst, half]);
    }
    let wide = is_wide(data.ty);
    let bits = width(data.ty);
    let (value, count) = two(data);
    let mask = u64::from(bits - 1);
    if let Some(amount) = cx.const_bits(count) {
        return shift_constant(cx, inst, (amount & mask) as u8);
    }
    let count = unmasked_count(cx, count, mask);
    let mut count = reg(cx.reg(count));
    let value = reg(cx.reg(value));
    let dst = result(cx, inst);
    let form = match data.op {
        Op::Shl => by(wide, Form::Lsl32, Form::Lsl64),
        Op::ShrS => by(wide, Form::Asr32, Form::Asr64),
        Op::ShrU => by(wide, Form::Lsr32, Form::Lsr64),
        Op::Rotr => by(wide, Form::Ror32, Form::Ror64),
        Op::Rotl => {
            let back = reg(cx.temp(RegClass::Int));
            row(cx, Form::Neg32, &[back, count]);
            count = back;
            by(wide, Form::Ror32, Form::Ror64)
        }
        other => panic!("{other:?} is no shift"),
    };
    row(cx, form, &[dst, value, count]);
}

fn shift_constant(cx: &mut Cx, inst: ir::Inst, amount: u8) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let bits = width(data.ty);
    let value = data.args[0];
    let dst = result(cx, inst);
    if let Some((source, amount)) = rotated(cx, data) {
        let args = [dst, reg(cx.reg(source)), imm_arg(amount)];
        return row(cx, by(wide, Form::RorI32, Form::RorI64), &args);
    }
    if let Some(inner) = own_def(cx, value)
        && let Some((forms, source, lsb, count)) = bit_field(cx, data.op, inner, amount, bits)
    {
        let args = [dst, reg(cx.reg(source)), imm_arg(lsb), imm_arg(count)];
        return row(cx, forms[usize::from(wide)], &args);
    }
    let form = match data.op {
        Op::Shl => by(wide, Form::LslI32, Form::LslI64),
        Op::ShrS => by(wide, Form::AsrI32, Form::AsrI64),
        _ => by(wide, Form::LsrI32, Form::LsrI64),
    };
    let args = [dst, reg(cx.reg(value)), imm_arg(amount)];
    row(cx, form, &args);
}

/// A shift by a constant of something that is a bit field already: forms, source, lowest bit, width.
fn bit_field(
    cx: &Cx,
    op: Op,
    inner: &InstData,
    amount: u8,
    bits: u8,
) -> Option<([Form; 2], Value, u8, u8)> {
    const UBFX: [Form; 2] = [Form::Ubfx32, Form::Ubfx64];
    const SBFX: [Form; 2] = [Form::Sbfx32, Form::Sbfx64];
    const UBFIZ: [Form; 2] = [Form::Ubfiz32, Form::Ubfiz64];
    const SBFIZ: [Form; 2] = [Form::Sbfiz32, Form::Sbfiz64];
    if amount == 0 {
        return None;
    }
    let source = *inner.args.first()?;
    let room = bits - amount;
    match (op, inner.op) {
        // (x & low ones) << n
        (Op::Shl, Op::And) => {
            let count = low_ones(typed_bits(cx, inner.args[1])?)?;
            Some((UBFIZ, source, amount, count.min(room)))
        }
        (Op::Shl, Op::Ext8S) => Some((SBFIZ, source, amount, 8.min(room))),
        (Op::Shl, Op::Ext16S) => Some((SBFIZ, source, amount, 16.min(room))),
        (Op::Shl, Op::ExtS | Op::Ext32S) => Some((SBFIZ, source, amount, 32.min(room))),
        // (x & mask) >>> n with a run of ones from n up
        (Op::ShrU, Op::And) => {
            let count = low_ones(typed_bits(cx, inner.args[1])? >> amount)?;
            Some((UBFX, source, amount, count))
        }
        // (x << a) >> n
        (Op::ShrU | Op::ShrS, Op::Shl) => {
            let (source, _, left) = shifted(cx, inner)?;
            let signed = op == Op::ShrS;
            if left == 0 {
                None
            } else if left <= amount {
                let forms = if signed { SBFX } else { UBFX };
                Some((forms, source, amount - left, room))
            } else {
                let forms = if signed { SBFIZ } else { UBFIZ };
                Some((forms, source, left - amount, bits - left))
            }
        }
        _ => None,
    }
}

/// Sign and zero extension, and truncation.
pub fn extend(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let value = cx.result_value(inst, 0);
    let arg = data.args[0];
    let wide = is_wide(data.ty);
    let (form, field) = match data.op {
        Op::Ext8S => (by(wide, Form::Sxtb32, Form::Sxtb64), 8),
        Op::Ext16S => (by(wide, Form::Sxth32, Form::Sxth64), 16),
        Op::Ext32S => (Form::Sxtw, 32),
        Op::ExtS => {
            if let Some(load) = cx.sinkable(arg)
                && access_kind(cx.inst(load)) == Access::Full
            {
                cx.sink(load);
                let (place, trap) = addr::access(cx, cx.inst(load), 2);
                let dst = reg(cx.dst(value));
                return cx.emit(Inst::row_trap(Form::Ldrsw, &[dst, place], trap));
            }
            (Form::Sxtw, 0)
        }
        Op::ExtU => {
            let arg = cx.reg(arg);
            return cx.alias(value, arg);
        }
        Op::Wrap if is_clean(cx, arg) => {
            let arg = cx.reg(arg);
            return cx.alias(value, arg);
        }
        Op::Wrap => (Form::Mov32, 0),
        other => panic!("{other:?} is no extension"),
    };
    let dst = reg(cx.dst(value));
    // A sign extension of a shifted value takes a field out of it.
    if field != 0
        && let Some(def) = own_def(cx, arg)
        && matches!(def.op, Op::ShrU | Op::ShrS)
        && let Some((source, _, lsb)) = shifted(cx, def)
        && lsb + field <= width(data.ty)
    {
        let args = [dst, reg(cx.reg(source)), imm_arg(lsb), imm_arg(field)];
        return row(cx, by(wide, Form::Sbfx32, Form::Sbfx64), &args);
    }
    let arg = reg(cx.reg(arg));
    row(cx, form, &[dst, arg]);
}
