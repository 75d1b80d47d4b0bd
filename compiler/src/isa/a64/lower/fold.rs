//! What an instruction takes in as an operand instead of having it in a register: shifts, extensions, immediates.

use super::rows::{Cx, preg, reg, row};
use crate::ir::{InstData, Op, Type, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::MReg;
use crate::isa::a64::operand::{Arg, Extend, Shift};
use crate::isa::a64::regs::ZR;
use crate::mach::patterns::{by, is_wide, typed_bits};

/// A pure instruction that has one user, so that taking it in saves computing it.
pub fn own_def<'a>(cx: &Cx<'a>, value: Value) -> Option<&'a InstData> {
    let inst = cx.pure_def(value)?;
    cx.is_used_once(value).then(|| cx.inst(inst))
}

/// Two's complement in the width.
pub fn negated(bits: u64, wide: bool) -> u64 {
    let value = bits.wrapping_neg();
    if wide { value } else { u64::from(value as u32) }
}

/// The value in a register, zero in the register that is zero.
pub fn reg_or_zero(cx: &mut Cx, value: Value) -> Arg<MReg> {
    if typed_bits(cx, value) == Some(0) {
        preg(ZR)
    } else {
        reg(cx.reg(value))
    }
}

/// How a value can be the last operand of an addition, subtraction or comparison without an instruction of its own.
#[derive(Clone, Copy)]
enum Folded {
    Shifted(Value, Shift, u8),
    Extended(Value, Extend, u8),
}

fn folded(cx: &Cx, value: Value) -> Option<Folded> {
    let data = own_def(cx, value)?;
    if let Some((value, extend)) = extended(cx, data) {
        return Some(Folded::Extended(value, extend, 0));
    }
    let (value, shift, amount) = shifted(cx, data)?;
    if shift == Shift::Lsl
        && amount <= 4
        && let Some(inner) = own_def(cx, value)
        && let Some((value, extend)) = extended(cx, inner)
    {
        return Some(Folded::Extended(value, extend, amount));
    }
    Some(Folded::Shifted(value, shift, amount))
}

/// A sign or zero extension that the extended register forms do. (Zero extension of an i32 needs none.)
fn extended(cx: &Cx, data: &InstData) -> Option<(Value, Extend)> {
    let arg = *data.args.first()?;
    match data.op {
        Op::Ext8S => Some((arg, Extend::Sxtb)),
        Op::Ext16S => Some((arg, Extend::Sxth)),
        Op::ExtS | Op::Ext32S => Some((arg, Extend::Sxtw)),
        Op::And => match typed_bits(cx, data.args[1])? {
            0xff => Some((arg, Extend::Uxtb)),
            0xffff => Some((arg, Extend::Uxth)),
            0xffff_ffff if is_wide(data.ty) => Some((arg, Extend::Uxtw)),
            _ => None,
        },
        _ => None,
    }
}

/// A shift by a constant; rotations are for logical instructions only.
pub fn shifted(cx: &Cx, data: &InstData) -> Option<(Value, Shift, u8)> {
    let shift = match data.op {
        Op::Shl => Shift::Lsl,
        Op::ShrU => Shift::Lsr,
        Op::ShrS => Shift::Asr,
        _ => return None,
    };
    let mask = if is_wide(data.ty) { 63 } else { 31 };
    let amount = cx.const_bits(data.args[1])? & mask;
    Some((data.args[0], shift, amount as u8))
}

/// Whether [`arith_operand`] would take in an instruction.
pub fn is_arith_operand(cx: &Cx, value: Value) -> bool {
    folded(cx, value).is_some()
}

/// The last operand of an addition, subtraction or comparison in this width: a register, shifted or extended.
pub fn arith_operand(cx: &mut Cx, value: Value, wide: bool) -> Arg<MReg> {
    debug_assert_eq!(is_wide(cx.ty(value)), wide);
    match folded(cx, value) {
        Some(Folded::Shifted(value, shift, amount)) => Arg::Shifted {
            reg: MReg::V(cx.reg(value)),
            shift,
            amount,
        },
        Some(Folded::Extended(value, extend, amount)) => Arg::Extended {
            reg: MReg::V(cx.reg(value)),
            extend,
            amount,
        },
        None => reg_or_zero(cx, value),
    }
}

/// `dst = a + bits`, if it is one instruction.
pub fn add_immediate(cx: &mut Cx, dst: Arg<MReg>, a: Arg<MReg>, bits: u64, wide: bool) -> bool {
    let minus = negated(bits, wide);
    if imm::arith(bits).is_some() {
        let args = [dst, a, Arg::Imm(bits as i64)];
        row(cx, by(wide, Form::AddI32, Form::AddI64), &args);
    } else if imm::arith(minus).is_some() {
        let args = [dst, a, Arg::Imm(minus as i64)];
        row(cx, by(wide, Form::SubI32, Form::SubI64), &args);
    } else {
        return false;
    }
    true
}

/// Bits of an integer type.
pub fn width(ty: Type) -> u8 {
    if is_wide(ty) { 64 } else { 32 }
}

/// The last operand of `neg`: a register, shifted.
pub fn plain_shifted(cx: &mut Cx, value: Value) -> Arg<MReg> {
    if let Some(data) = own_def(cx, value)
        && let Some((value, shift, amount)) = shifted(cx, data)
    {
        return Arg::Shifted {
            reg: MReg::V(cx.reg(value)),
            shift,
            amount,
        };
    }
    reg_or_zero(cx, value)
}

/// The last operand of a logical instruction: a register, shifted or rotated.
pub fn shifted_operand(cx: &mut Cx, value: Value) -> Arg<MReg> {
    if let Some(data) = own_def(cx, value)
        && let Some((value, amount)) = rotated(cx, data)
    {
        return Arg::Shifted {
            reg: MReg::V(cx.reg(value)),
            shift: Shift::Ror,
            amount,
        };
    }
    plain_shifted(cx, value)
}

/// A rotation by a constant, to the right.
pub fn rotated(cx: &Cx, data: &InstData) -> Option<(Value, u8)> {
    let left = match data.op {
        Op::Rotl => true,
        Op::Rotr => false,
        _ => return None,
    };
    let bits = width(data.ty);
    let amount = (cx.const_bits(data.args[1])? & u64::from(bits - 1)) as u8;
    let right = if left { (bits - amount) % bits } else { amount };
    Some((data.args[0], right))
}
