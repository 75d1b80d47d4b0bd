//! Integer arithmetic, comparison, select.

use super::addr;
use super::bmi;
use super::insts::Form;
use super::lower::{
    Cx, by, condition, imm32, is_full_load, reg, reg_or_mem, row, row_trap, sink, tied,
};
use super::mir::{Inst, MReg};
use super::operand::{Amode, Arg, Base, Cc, Cond};
use crate::abi::TrapCode;
use crate::ir::{self, Access, InstData, IntCc, Op, Type, Value};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{
    access_kind, dies, is_clean, is_wide, two, typed_bits, unmasked_count,
};

fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Int)
}

/// Rows of a two-operand operation, by width.
struct Alu {
    rm: [Form; 2],
    imm: [Form; 2],
}

fn alu(op: Op) -> Alu {
    match op {
        Op::Add | Op::PtrAdd => Alu {
            rm: [Form::AddRRm32, Form::AddRRm64],
            imm: [Form::AddRmI32, Form::AddRmI64],
        },
        Op::Sub => Alu {
            rm: [Form::SubRRm32, Form::SubRRm64],
            imm: [Form::SubRmI32, Form::SubRmI64],
        },
        Op::And => Alu {
            rm: [Form::AndRRm32, Form::AndRRm64],
            imm: [Form::AndRmI32, Form::AndRmI64],
        },
        Op::Or => Alu {
            rm: [Form::OrRRm32, Form::OrRRm64],
            imm: [Form::OrRmI32, Form::OrRmI64],
        },
        Op::Xor => Alu {
            rm: [Form::XorRRm32, Form::XorRRm64],
            imm: [Form::XorRmI32, Form::XorRmI64],
        },
        other => panic!("{other:?} is no two-operand operation"),
    }
}

/// For a commutative operation: the operand to overwrite first, the one to read from memory or keep second.
fn order_operands(cx: &Cx, a: Value, b: Value) -> (Value, Value) {
    let is_second = |v: Value| is_full_load(cx, v) || cx.const_bits(v).is_some();
    let swap = !is_second(b) && (is_second(a) || dies(cx, b) && !dies(cx, a));
    if swap { (b, a) } else { (a, b) }
}

/// `dst = a op b` by the two-operand rows.
fn two_operand(cx: &mut Cx, inst: ir::Inst, a: Value, b: Value) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let forms = alu(data.op);
    let dst = cx.dst(cx.result_value(inst, 0));
    if let Some(imm) = imm32(cx, b) {
        let a = cx.reg(a);
        let form = forms.imm[usize::from(wide)];
        return row(cx, form, &[tied(dst, a), Arg::Imm(imm)]);
    }
    let (source, trap) = reg_or_mem(cx, b);
    let a = cx.reg(a);
    row_trap(
        cx,
        forms.rm[usize::from(wide)],
        &[tied(dst, a), source],
        trap,
    );
}

/// `add`, or `lea` where it saves a move or takes in several operations.
pub fn add(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    if data.op == Op::PtrAdd {
        let result = cx.result_value(inst, 0);
        let address = addr::native(cx, result, 0);
        let dst = cx.dst(result);
        return row(cx, Form::Lea64, &[reg(dst), Arg::Mem(address)]);
    }
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    let plain = !is_sum_part(cx, a) && !is_sum_part(cx, b);
    if is_full_load(cx, b) || plain && dies(cx, a) {
        return two_operand(cx, inst, a, b);
    }
    match addr::lea(cx, inst) {
        Some(address) => {
            let dst = cx.dst(cx.result_value(inst, 0));
            let form = by(is_wide(data.ty), Form::Lea32, Form::Lea64);
            row(cx, form, &[reg(dst), Arg::Mem(address)]);
        }
        None => two_operand(cx, inst, a, b),
    }
}

/// Whether `lea` would take the value's definition in.
fn is_sum_part(cx: &Cx, value: Value) -> bool {
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    match data.op {
        Op::Add => cx.is_single_use(value),
        Op::Shl => matches!(cx.const_bits(data.args[1]), Some(1..=3)),
        _ => false,
    }
}

/// `sub`; from zero it is `neg`.
pub fn sub(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    if cx.const_bits(a) == Some(0) {
        let dst = cx.dst(cx.result_value(inst, 0));
        let b = cx.reg(b);
        let form = by(is_wide(data.ty), Form::Neg32, Form::Neg64);
        return row(cx, form, &[tied(dst, b)]);
    }
    two_operand(cx, inst, a, b);
}

/// `imul`; by 3, 5 and 9 `lea`.
pub fn mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    let dst = cx.dst(cx.result_value(inst, 0));
    if let Some(imm) = imm32(cx, b) {
        if let 3 | 5 | 9 = imm {
            let a = MReg::V(cx.reg(a));
            let shift = (imm - 1).trailing_zeros() as u8;
            let address = Amode {
                base: Base::Reg(a),
                index: Some((a, shift)),
                disp: 0,
            };
            let form = by(wide, Form::Lea32, Form::Lea64);
            return row(cx, form, &[reg(dst), Arg::Mem(address)]);
        }
        let (source, trap) = reg_or_mem(cx, a);
        let form = by(wide, Form::ImulRRmI32, Form::ImulRRmI64);
        return row_trap(cx, form, &[reg(dst), source, Arg::Imm(imm)], trap);
    }
    let (source, trap) = reg_or_mem(cx, b);
    let a = cx.reg(a);
    let form = by(wide, Form::ImulRRm32, Form::ImulRRm64);
    row_trap(cx, form, &[tied(dst, a), source], trap);
}

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
                }
            } else {
                Amode {
                    base: Base::None,
                    index: Some((MReg::V(value), count as u8)),
                    disp: 0,
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

/// `clz`, `ctz`, `popcnt`. `bsf` and `bsr` set ZF and define nothing for zero: `cmovz` supplies the result.
pub fn count(cx: &mut Cx, inst: ir::Inst) {
    if bmi::count(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let dst = cx.dst(cx.result_value(inst, 0));
    if data.op == Op::Popcnt {
        // It depends on its destination on processors before Ice Lake: zeroing breaks that.
        let (source, trap) = reg_or_mem(cx, data.args[0]);
        let zero = temp(cx);
        cx.emit(Inst::Zero { dst: zero });
        let form = by(wide, Form::Popcnt32, Form::Popcnt64);
        return row_trap(cx, form, &[tied(dst, zero), source], trap);
    }
    let width = if wide { 64 } else { 32 };
    let clz = data.op == Op::Clz;
    let (form, for_zero) = if clz {
        // `clz = (width - 1) ^ bsr`, so zero gives `2 * width - 1`, which becomes `width`.
        (by(wide, Form::Bsr32, Form::Bsr64), 2 * width - 1)
    } else {
        (by(wide, Form::Bsf32, Form::Bsf64), width)
    };
    let (source, trap) = reg_or_mem(cx, data.args[0]);
    let default = temp(cx);
    row(cx, Form::MovRI32, &[reg(default), Arg::Imm(for_zero)]);
    let scan = temp(cx);
    row_trap(cx, form, &[reg(scan), source], trap);
    let chosen = if clz { temp(cx) } else { dst };
    let cmov = by(wide, Form::Cmov32, Form::Cmov64);
    row(
        cx,
        cmov,
        &[Arg::Cc(Cc::E), tied(chosen, scan), reg(default)],
    );
    if clz {
        let mask = Arg::Imm(width - 1);
        row(cx, Form::XorRmI32, &[tied(dst, chosen), mask]);
    }
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

/// Division. The processor faults for a zero divisor and for a quotient that does not fit, which for unsigned operands means zero. Signed
/// division therefore tests for zero first, and its fault is the overflow; the signed remainder divides by 1 instead of -1,
/// which gives the same remainder and cannot overflow, so its fault is zero.
pub fn divide(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (a, b) = two(data);
    let constant = cx.const_bits(b).map(|bits| match data.ty {
        Type::I32 => i64::from(bits as i32),
        _ => bits as i64,
    });
    let signed = matches!(data.op, Op::DivS | Op::RemS);
    let dividend = cx.reg(a);
    let mut divisor = cx.reg(b);
    if data.op == Op::DivS && constant.is_none_or(|c| c == 0) {
        let test = by(wide, Form::TestRmR32, Form::TestRmR64);
        row(cx, test, &[reg(divisor), reg(divisor)]);
        cx.emit(Inst::TrapIf {
            cond: Cond::Is(Cc::E),
            code: TrapCode::IntegerDivisionByZero,
        });
    }
    if data.op == Op::RemS && constant.is_none_or(|c| c == -1) {
        let one = temp(cx);
        row(cx, Form::MovRI32, &[reg(one), Arg::Imm(1)]);
        let compare = by(wide, Form::CmpRmI32, Form::CmpRmI64);
        row(cx, compare, &[reg(divisor), Arg::Imm(-1)]);
        let safe = temp(cx);
        let cmov = by(wide, Form::Cmov32, Form::Cmov64);
        row(cx, cmov, &[Arg::Cc(Cc::Ne), tied(safe, one), reg(divisor)]);
        divisor = safe;
    }
    let high = temp(cx);
    if signed {
        let extend = by(wide, Form::Cdq, Form::Cqo);
        row(cx, extend, &[reg(dividend), reg(high)]);
    } else {
        cx.emit(Inst::Zero { dst: high });
    }
    let trap = match (data.op, constant) {
        (Op::DivS, Some(-1) | None) => Some(TrapCode::IntegerOverflow),
        (Op::DivU | Op::RemU | Op::RemS, Some(0) | None) => Some(TrapCode::IntegerDivisionByZero),
        _ => None,
    };
    let form = if signed {
        by(wide, Form::Idiv32, Form::Idiv64)
    } else {
        by(wide, Form::Div32, Form::Div64)
    };
    let result = cx.result_value(inst, 0);
    // A division is done for its trap even if nothing uses the result.
    let wanted = cx.dst(result);
    let other = temp(cx);
    let (quotient, remainder) = if matches!(data.op, Op::DivS | Op::DivU) {
        (wanted, other)
    } else {
        (other, wanted)
    };
    row_trap(
        cx,
        form,
        &[
            reg(divisor),
            tied(quotient, dividend),
            tied(remainder, high),
        ],
        trap,
    );
}

/// Emits the comparison of an `icmp`; its condition.
pub fn compare(cx: &mut Cx, data: &InstData, cc: IntCc) -> Cond {
    let wide = is_wide(data.ty);
    let (mut a, mut b, mut cc) = (data.args[0], data.args[1], cc);
    let swap = if cx.const_bits(a).is_some() {
        cx.const_bits(b).is_none()
    } else {
        cx.const_bits(b).is_none() && is_full_load(cx, a) && !is_full_load(cx, b)
    };
    if swap {
        (a, b, cc) = (b, a, cc.swapped());
    }
    let cond = Cond::Is(Cc::from_int(cc));
    match imm32(cx, b) {
        Some(0) if !is_any_load(cx, a) => {
            let is_equality = matches!(cc, IntCc::Eq | IntCc::Ne);
            if is_equality && test_mask(cx, a, wide) {
                return cond;
            }
            let a = cx.reg(a);
            let form = by(wide, Form::TestRmR32, Form::TestRmR64);
            row(cx, form, &[reg(a), reg(a)]);
        }
        Some(imm) => {
            if let Some(form) = narrow_compare(cx, a, imm, cc) {
                let load = cx.sinkable(a).expect("just found");
                let (place, trap) = sink(cx, load);
                row_trap(cx, form, &[place, Arg::Imm(imm)], trap);
            } else {
                let (source, trap) = reg_or_mem(cx, a);
                let form = by(wide, Form::CmpRmI32, Form::CmpRmI64);
                row_trap(cx, form, &[source, Arg::Imm(imm)], trap);
            }
        }
        None => {
            let (source, trap) = reg_or_mem(cx, b);
            let a = cx.reg(a);
            let form = by(wide, Form::CmpRRm32, Form::CmpRRm64);
            row_trap(cx, form, &[reg(a), source], trap);
        }
    }
    cond
}

/// Whether the value is a load that a comparison with a constant can do itself.
fn is_any_load(cx: &Cx, value: Value) -> bool {
    is_full_load(cx, value) || narrow_compare(cx, value, 0, IntCc::Eq).is_some()
}

/// The row that compares a zero-extending narrow load with a constant in the width of the load: for conditions that mean the same there.
fn narrow_compare(cx: &Cx, value: Value, imm: i64, cc: IntCc) -> Option<Form> {
    let load = cx.sinkable(value)?;
    let (form, limit) = match access_kind(cx.inst(load)) {
        Access::U8 => (Form::CmpRmI8, 0x100),
        Access::U16 => (Form::CmpRmI16, 0x1_0000),
        Access::Full | Access::S8 | Access::S16 | Access::S32 | Access::U32 => return None,
    };
    let same = matches!(
        cc,
        IntCc::Eq | IntCc::Ne | IntCc::LtU | IntCc::LeU | IntCc::GtU | IntCc::GeU
    );
    (same && (0..limit).contains(&imm)).then_some(form)
}

/// `test` for an `and` that only this comparison with zero uses.
fn test_mask(cx: &mut Cx, value: Value, wide: bool) -> bool {
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    if data.op != Op::And || !cx.is_single_use(value) {
        return false;
    }
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    if let Some(bits) = cx.const_bits(b) {
        let a_reg = cx.reg(a);
        let narrow = !wide || u32::try_from(bits).is_ok();
        if bits < 0x80 {
            row(cx, Form::TestRmI8, &[reg(a_reg), Arg::Imm(bits as i64)]);
        } else if narrow {
            let imm = Arg::Imm(i64::from(bits as i32));
            row(cx, Form::TestRmI32, &[reg(a_reg), imm]);
        } else if let Some(imm) = imm32(cx, b) {
            row(cx, Form::TestRmI64, &[reg(a_reg), Arg::Imm(imm)]);
        } else {
            let b = cx.reg(b);
            row(cx, Form::TestRmR64, &[reg(a_reg), reg(b)]);
        }
        return true;
    }
    let (source, trap) = reg_or_mem(cx, b);
    let a = cx.reg(a);
    let form = by(wide, Form::TestRmR32, Form::TestRmR64);
    row_trap(cx, form, &[source, reg(a)], trap);
    true
}

/// Flags for a value that is no comparison.
pub fn test_nonzero(cx: &mut Cx, value: Value) -> Cond {
    let cond = Cond::Is(Cc::Ne);
    if is_any_load(cx, value) {
        let load = cx.sinkable(value).expect("just found");
        let form = match access_kind(cx.inst(load)) {
            Access::U8 => Form::CmpRmI8,
            Access::U16 => Form::CmpRmI16,
            _ => Form::CmpRmI32,
        };
        let (place, trap) = sink(cx, load);
        row_trap(cx, form, &[place, Arg::Imm(0)], trap);
    } else if !test_mask(cx, value, false) {
        let value = cx.reg(value);
        row(cx, Form::TestRmR32, &[reg(value), reg(value)]);
    }
    cond
}

/// The result of a comparison as 0 or 1. The register is zeroed before the flags are set, so the byte written is the whole value.
pub fn compare_value(cx: &mut Cx, inst: ir::Inst) {
    let result = cx.result_value(inst, 0);
    let dst = cx.dst(result);
    let zero = temp(cx);
    cx.emit(Inst::Zero { dst: zero });
    let set = |cc: Cc, dst: VReg, src: VReg| Inst::row(Form::Setcc, &[Arg::Cc(cc), tied(dst, src)]);
    // A float comparison may take two conditions.
    match condition(cx, result) {
        Cond::Is(cc) => cx.emit(set(cc, dst, zero)),
        Cond::OrderedEq => {
            // e and np: start from "np", clear where "ne".
            let ordered = temp(cx);
            cx.emit(set(Cc::Np, ordered, zero));
            let cleared = temp(cx);
            row(cx, Form::MovRI32, &[reg(cleared), Arg::Imm(0)]);
            row(
                cx,
                Form::Cmov32,
                &[Arg::Cc(Cc::Ne), tied(dst, ordered), reg(cleared)],
            );
        }
        Cond::UnorderedNe => {
            let unordered = temp(cx);
            cx.emit(set(Cc::P, unordered, zero));
            let one = temp(cx);
            row(cx, Form::MovRI32, &[reg(one), Arg::Imm(1)]);
            row(
                cx,
                Form::Cmov32,
                &[Arg::Cc(Cc::Ne), tied(dst, unordered), reg(one)],
            );
        }
    }
}

/// `cmov` for integers, a branch for floats.
pub fn select(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (then, or_else) = (data.args[1], data.args[2]);
    let dst = cx.dst(cx.result_value(inst, 0));
    // Constants are loaded without touching the flags, but there is no need to be between.
    let then = cx.reg(then);
    let or_else = cx.reg(or_else);
    let cond = condition(cx, data.args[0]);
    if data.ty.is_float() {
        return cx.emit(Inst::FloatSelect {
            cond,
            dst,
            then,
            or_else,
        });
    }
    let form = by(is_wide(data.ty), Form::Cmov32, Form::Cmov64);
    let (cond, then, or_else) = match cond {
        Cond::OrderedEq => (Cond::UnorderedNe, or_else, then),
        other => (other, then, or_else),
    };
    match cond {
        Cond::Is(cc) => row(cx, form, &[Arg::Cc(cc), tied(dst, or_else), reg(then)]),
        Cond::UnorderedNe | Cond::OrderedEq => {
            let half = temp(cx);
            row(cx, form, &[Arg::Cc(Cc::Ne), tied(half, or_else), reg(then)]);
            row(cx, form, &[Arg::Cc(Cc::P), tied(dst, half), reg(then)]);
        }
    }
}
