//! Logic, shifts, extensions.

use super::bmi;
use super::fold::{order_operands, reg_or_mem};
use super::int::two_operand;
use super::rows::{Cx, reg, row, row_trap, tied};
use crate::ir::{self, Op, Type};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::MReg;
use crate::isa::x64::operand::{Amode, Arg, Base};
use crate::mach::patterns::{
    by, dies, is_clean, is_wide, swapped_half, two, typed_bits, unmasked_count,
};

/// `and`, `or`, `xor`; masks that are zero extensions are moves.
pub fn logic(cx: &mut Cx, inst: ir::Inst) {
    if bmi::and(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    let bits = typed_bits(cx, b);
    let dst = cx.dst(cx.result_value(inst, 0));
    match (data.op, bits) {
        (Op::And, Some(0xff)) => {
            let a = cx.reg(a);
            row(cx, Form::MovzxR32Rm8, &[reg(dst), reg(a)]);
        }
        (Op::And, Some(0xffff)) => {
            let a = cx.reg(a);
            row(cx, Form::MovzxR32Rm16, &[reg(dst), reg(a)]);
        }
        (Op::And, Some(0xffff_ffff)) => {
            let a = cx.reg(a);
            row(cx, Form::MovRRm32, &[reg(dst), reg(a)]);
        }
        // The upper half of the result is zero: so do it in the lower.
        (Op::And, Some(bits)) if wide && u32::try_from(bits).is_ok() => {
            let a = cx.reg(a);
            let mask = Arg::Imm(i64::from(bits as i32));
            row(cx, Form::AndRmI32, &[tied(dst, a), mask]);
        }
        (Op::Xor, Some(bits)) if bits == if wide { u64::MAX } else { 0xffff_ffff } => {
            let a = cx.reg(a);
            row(cx, by(wide, Form::Not32, Form::Not64), &[tied(dst, a)]);
        }
        _ => two_operand(cx, inst, a, b),
    }
}

/// Shifts and rotations. The processor takes the count modulo the width, as Wasm does.
pub fn shift(cx: &mut Cx, inst: ir::Inst) {
    if bmi::shift(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    if let Some(half) = swapped_half(cx, data) {
        let half = cx.reg(half);
        let dst = cx.dst(cx.result_value(inst, 0));
        return row(cx, Form::RolRmI16, &[tied(dst, half), Arg::Imm(8)]);
    }
    let wide = is_wide(data.ty);
    let (value, count) = two(data);
    let (by_imm, by_cl) = match data.op {
        Op::Shl => (
            by(wide, Form::ShlRmI32, Form::ShlRmI64),
            by(wide, Form::ShlRmCl32, Form::ShlRmCl64),
        ),
        Op::ShrS => (
            by(wide, Form::SarRmI32, Form::SarRmI64),
            by(wide, Form::SarRmCl32, Form::SarRmCl64),
        ),
        Op::ShrU => (
            by(wide, Form::ShrRmI32, Form::ShrRmI64),
            by(wide, Form::ShrRmCl32, Form::ShrRmCl64),
        ),
        Op::Rotl => (
            by(wide, Form::RolRmI32, Form::RolRmI64),
            by(wide, Form::RolRmCl32, Form::RolRmCl64),
        ),
        Op::Rotr => (
            by(wide, Form::RorRmI32, Form::RorRmI64),
            by(wide, Form::RorRmCl32, Form::RorRmCl64),
        ),
        other => panic!("{other:?} is no shift"),
    };
    let mask = if wide { 63 } else { 31 };
    let dst = cx.dst(cx.result_value(inst, 0));
    if let Some(bits) = cx.const_bits(count) {
        let count = (bits & mask) as i64;
        let value = cx.reg(value);
        if data.op == Op::Shl && (1..=3).contains(&count) {
            let form = by(wide, Form::Lea32, Form::Lea64);
            let address = if count == 1 {
                Amode {
                    base: Base::Reg(MReg::V(value)),
                    index: Some((MReg::V(value), 0)),
                    disp: 0,
                    guest: false,
                }
            } else {
                Amode {
                    base: Base::None,
                    index: Some((MReg::V(value), count as u8)),
                    disp: 0,
                    guest: false,
                }
            };
            if count == 1 || !dies(cx, data.args[0]) {
                return row(cx, form, &[reg(dst), Arg::Mem(address)]);
            }
        }
        return row(cx, by_imm, &[tied(dst, value), Arg::Imm(count)]);
    }
    let count = unmasked_count(cx, count, mask);
    let count = cx.reg(count);
    let value = cx.reg(value);
    row(cx, by_cl, &[tied(dst, value), reg(count)]);
}

/// `bswap`.
pub fn swap(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let source = cx.reg(data.args[0]);
    let dst = cx.dst(cx.result_value(inst, 0));
    let form = by(is_wide(data.ty), Form::Bswap32, Form::Bswap64);
    row(cx, form, &[tied(dst, source)]);
}

/// Sign and zero extension, and truncation.
pub fn extend(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let result = cx.result_value(inst, 0);
    let arg = data.args[0];
    let form = match (data.op, data.ty) {
        (Op::Ext8S, Type::I32) => Form::MovsxR32Rm8,
        (Op::Ext8S, _) => Form::MovsxR64Rm8,
        (Op::Ext16S, Type::I32) => Form::MovsxR32Rm16,
        (Op::Ext16S, _) => Form::MovsxR64Rm16,
        (Op::Ext32S, _) => Form::MovsxdR64Rm32,
        (Op::ExtS, _) => {
            let (source, trap) = reg_or_mem(cx, arg);
            let dst = cx.dst(result);
            return row_trap(cx, Form::MovsxdR64Rm32, &[reg(dst), source], trap);
        }
        (Op::ExtU, _) => {
            let arg = cx.reg(arg);
            return cx.alias(result, arg);
        }
        (Op::Wrap, _) if is_clean(cx, arg) => {
            let arg = cx.reg(arg);
            return cx.alias(result, arg);
        }
        (Op::Wrap, _) => Form::MovRRm32,
        (other, _) => panic!("{other:?} is no extension"),
    };
    let arg = cx.reg(arg);
    let dst = cx.dst(result);
    row(cx, form, &[reg(dst), reg(arg)]);
}
