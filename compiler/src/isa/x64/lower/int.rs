//! Integer arithmetic.

use super::fold::{imm32, is_full_load, order_operands, reg_or_mem};
use super::rows::{Cx, reg, row, row_trap, temp, tied};
use super::{addr, bmi};
use crate::abi::TrapCode;
use crate::ir::{self, InstData, Op, Type, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, MReg, Pseudo};
use crate::isa::x64::operand::{Amode, Arg, Base, Cc, Cond};
use crate::mach::mir::VReg;
use crate::mach::pairs::{Carrying, Making, sum_and_carry};
use crate::mach::patterns::{by, dies, is_wide, two};

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

/// `dst = a op b` by the two-operand rows.
pub fn two_operand(cx: &mut Cx, inst: ir::Inst, a: Value, b: Value) {
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
    if with_carry(cx, inst) {
        return;
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
pub fn is_sum_part(cx: &Cx, value: Value) -> bool {
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
    if with_carry(cx, inst) {
        return;
    }
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
    let dst = cx.dst(cx.result_value(inst, 0));
    match cx.making(inst) {
        Making::By(_) => return,
        Making::With(other, high) => return product(cx, cx.inst(other), dst, high),
        Making::Alone => {}
    }
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    if let Some(imm) = imm32(cx, b) {
        if let 3 | 5 | 9 = imm {
            let a = MReg::V(cx.reg(a));
            let shift = (imm - 1).trailing_zeros() as u8;
            let address = Amode {
                base: Base::Reg(a),
                index: Some((a, shift)),
                disp: 0,
                guest: false,
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

/// The upper half of a product.
pub fn mul_high(cx: &mut Cx, inst: ir::Inst) {
    let high = cx.dst(cx.result_value(inst, 0));
    let low = match cx.making(inst) {
        Making::By(_) => return,
        Making::With(_, low) => low,
        Making::Alone => temp(cx),
    };
    product(cx, cx.inst(inst), low, high);
}

/// Both halves of the product of which this makes the upper one: `mul`, `imul` with one operand; `mulx` where there is one.
fn product(cx: &mut Cx, data: &InstData, low: VReg, high: VReg) {
    if bmi::product(cx, data, low, high) {
        return;
    }
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    let form = match data.op {
        Op::MulHighS => Form::Imul64,
        _ => Form::Mul64,
    };
    let (source, trap) = reg_or_mem(cx, b);
    let a = cx.reg(a);
    row_trap(cx, form, &[source, tied(low, a), reg(high)], trap);
}

/// A sum or difference, and what takes its carry, by two instructions: says whether it did, or another instruction will or has.
fn with_carry(cx: &mut Cx, inst: ir::Inst) -> bool {
    let (other, reg_of_other) = match cx.making(inst) {
        Making::Alone => return false,
        Making::By(_) => return true,
        Making::With(other, made) => (other, made),
    };
    let dst = cx.dst(cx.result_value(inst, 0));
    let Carrying {
        sum,
        carry,
        low,
        high,
    } = sum_and_carry(cx.func, inst, other, (dst, reg_of_other));
    let is_sum = sum.op == Op::Add;
    let forms = alu(sum.op);
    let [rm, immediate] = match is_sum {
        true => [Form::AdcRRm64, Form::AdcRmI64],
        false => [Form::SbbRRm64, Form::SbbRmI64],
    };
    let ordered = |cx: &Cx, a, b| match is_sum {
        true => order_operands(cx, a, b),
        false => (a, b),
    };
    let (a, b) = ordered(cx, sum.args[0], sum.args[1]);
    let (x, y) = ordered(cx, carry.args[0], carry.args[1]);
    // Everything is asked for before: what makes it may change the flags.
    let (added, trap) = match imm32(cx, b) {
        Some(imm) => (Arg::Imm(imm), None),
        None => reg_or_mem(cx, b),
    };
    let carried_to = match imm32(cx, y) {
        Some(imm) => Arg::Imm(imm),
        None => reg(cx.reg(y)),
    };
    let (a, x) = (cx.reg(a), cx.reg(x));
    let form = match added {
        Arg::Imm(_) => forms.imm[1],
        _ => forms.rm[1],
    };
    row_trap(cx, form, &[tied(low, a), added], trap);
    let form = match carried_to {
        Arg::Imm(_) => immediate,
        _ => rm,
    };
    row(cx, form, &[tied(high, x), carried_to]);
    true
}

/// `add_carry`, `sub_borrow`: where it is not made with the sum, the comparison's carry goes into `adc`, `sbb`.
pub fn carry(cx: &mut Cx, inst: ir::Inst) {
    if with_carry(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    let (x, y, low, limit) = (data.args[0], data.args[1], data.args[2], data.args[3]);
    let (rm, immediate) = match data.op {
        Op::AddCarry => (Form::AdcRRm64, Form::AdcRmI64),
        _ => (Form::SbbRRm64, Form::SbbRmI64),
    };
    let dst = cx.dst(cx.result_value(inst, 0));
    let added = match imm32(cx, y) {
        Some(imm) => Arg::Imm(imm),
        None => reg(cx.reg(y)),
    };
    let x = cx.reg(x);
    let low = reg(cx.reg(low));
    match imm32(cx, limit) {
        Some(imm) => row(cx, Form::CmpRmI64, &[low, Arg::Imm(imm)]),
        None => {
            let limit = reg(cx.reg(limit));
            row(cx, Form::CmpRRm64, &[low, limit]);
        }
    }
    let form = match added {
        Arg::Imm(_) => immediate,
        _ => rm,
    };
    row(cx, form, &[tied(dst, x), added]);
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
        cx.pseudo(Pseudo::Zero { dst: zero });
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
        cx.pseudo(Pseudo::Zero { dst: high });
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
