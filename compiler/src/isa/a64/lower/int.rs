//! Integer arithmetic.

use super::addr;
use super::cond::flags;
use super::fold::{
    add_immediate, arith_operand, is_arith_operand, negated, own_def, plain_shifted, reg_or_zero,
};
use super::rows::{Cx, reg, result, row, temp};
use crate::abi::TrapCode;
use crate::ir::{self, InstData, IntCc, Op, Type, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{Inst, MReg, Test};
use crate::isa::a64::operand::{Arg, Cc, Shift};
use crate::isa::a64::regs::ZR;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::pairs::{Carrying, Making, sum_and_carry};
use crate::mach::patterns::{by, is_wide, two, typed_bits};

/// `add`, `sub` of registers in the form that the last operand needs.
fn add_registers(cx: &mut Cx, dst: Arg<MReg>, a: VReg, b: Arg<MReg>, wide: bool, subtract: bool) {
    let extended = matches!(b, Arg::Extended { .. });
    let form = match (subtract, extended) {
        (false, false) => by(wide, Form::Add32, Form::Add64),
        (false, true) => by(wide, Form::AddExt32, Form::AddExt64),
        (true, false) => by(wide, Form::Sub32, Form::Sub64),
        (true, true) => by(wide, Form::SubExt32, Form::SubExt64),
    };
    row(cx, form, &[dst, reg(a), b]);
}

/// A product that only the root uses, as `madd` and its kin take it.
struct Product {
    forms: ProductForms,
    a: Value,
    b: Value,
}

/// Rows of a product alone, added, subtracted.
struct ProductForms {
    mul: Form,
    add: Form,
    sub: Form,
    neg: Option<Form>,
}

const NARROW: ProductForms = ProductForms {
    mul: Form::Mul32,
    add: Form::Madd32,
    sub: Form::Msub32,
    neg: Some(Form::Mneg32),
};
const WIDE: ProductForms = ProductForms {
    mul: Form::Mul64,
    add: Form::Madd64,
    sub: Form::Msub64,
    neg: Some(Form::Mneg64),
};
const SIGNED_LONG: ProductForms = ProductForms {
    mul: Form::Smull,
    add: Form::Smaddl,
    sub: Form::Smsubl,
    neg: None,
};
const UNSIGNED_LONG: ProductForms = ProductForms {
    mul: Form::Umull,
    add: Form::Umaddl,
    sub: Form::Umsubl,
    neg: None,
};

/// The factors of a multiplication. Factors extended from i32 in the same way multiply as the 32-bit numbers.
fn product(cx: &Cx, data: &InstData) -> Product {
    let (a, b) = two(data);
    let extension = |value: Value| {
        let inst = cx.pure_def(value)?;
        let def = cx.inst(inst);
        matches!(def.op, Op::ExtS | Op::ExtU).then(|| (def.op, def.args[0]))
    };
    if let (Some((x, a)), Some((y, b))) = (extension(a), extension(b))
        && x == y
    {
        let forms = if x == Op::ExtS {
            SIGNED_LONG
        } else {
            UNSIGNED_LONG
        };
        return Product { forms, a, b };
    }
    let forms = if is_wide(data.ty) { WIDE } else { NARROW };
    Product { forms, a, b }
}

fn own_product(cx: &Cx, value: Value) -> Option<Product> {
    let data = own_def(cx, value)?;
    if data.op != Op::Mul || times_shifted(cx, data).is_some() {
        return None;
    }
    Some(product(cx, data))
}

/// For a commutative operation: what goes into the last operand second.
fn order(cx: &Cx, a: Value, b: Value) -> (Value, Value) {
    let last = |v: Value| cx.const_bits(v).is_some() || is_arith_operand(cx, v);
    if last(a) && !last(b) { (b, a) } else { (a, b) }
}

/// Sums of integers and pointers.
pub fn add(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let dst = result(cx, inst);
    if data.op == Op::PtrAdd {
        return addr::sum(cx, dst, data.args[0], data.args[1]);
    }
    if with_carry(cx, inst) {
        return;
    }
    let (a, b) = order(cx, data.args[0], data.args[1]);
    if let Some(bits) = typed_bits(cx, b) {
        let source = reg(cx.reg(a));
        if add_immediate(cx, dst, source, bits, wide) {
            return;
        }
        let b = reg(cx.reg(b));
        return row(cx, by(wide, Form::Add32, Form::Add64), &[dst, source, b]);
    }
    for (x, y) in [(a, b), (b, a)] {
        if let Some(Product { forms, a, b }) = own_product(cx, y) {
            let args = [reg(cx.reg(a)), reg(cx.reg(b)), reg(cx.reg(x))];
            return row(cx, forms.add, &[dst, args[0], args[1], args[2]]);
        }
        // x + (comparison) → cinc
        if let Some(def) = own_def(cx, y)
            && matches!(def.op, Op::Icmp | Op::Fcmp)
        {
            let x = reg(cx.reg(x));
            let cc = flags(cx, y);
            return row(
                cx,
                by(wide, Form::Cinc32, Form::Cinc64),
                &[dst, x, Arg::Cc(cc)],
            );
        }
    }
    let a = cx.reg(a);
    let b = arith_operand(cx, b, wide);
    add_registers(cx, dst, a, b, wide, false);
}

/// Differences; from zero it is `neg`.
pub fn sub(cx: &mut Cx, inst: ir::Inst) {
    if with_carry(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (a, b) = two(data);
    let dst = result(cx, inst);
    if typed_bits(cx, a) == Some(0) {
        if let Some(Product { forms, a, b }) = own_product(cx, b)
            && let Some(form) = forms.neg
        {
            let args = [dst, reg(cx.reg(a)), reg(cx.reg(b))];
            return row(cx, form, &args);
        }
        if let Some(def) = own_def(cx, b)
            && matches!(def.op, Op::Icmp | Op::Fcmp)
        {
            let cc = flags(cx, b);
            return row(
                cx,
                by(wide, Form::Csetm32, Form::Csetm64),
                &[dst, Arg::Cc(cc)],
            );
        }
        let b = plain_shifted(cx, b);
        return row(cx, by(wide, Form::Neg32, Form::Neg64), &[dst, b]);
    }
    if let Some(bits) = typed_bits(cx, b) {
        let source = reg(cx.reg(a));
        if add_immediate(cx, dst, source, negated(bits, wide), wide) {
            return;
        }
    } else if let Some(Product { forms, a: x, b: y }) = own_product(cx, b) {
        let args = [reg(cx.reg(x)), reg(cx.reg(y)), reg(cx.reg(a))];
        return row(cx, forms.sub, &[dst, args[0], args[1], args[2]]);
    }
    let a = cx.reg(a);
    let b = arith_operand(cx, b, wide);
    add_registers(cx, dst, a, b, wide, true);
}

/// The exponent, if the multiplication is by `2^n + 1`: an addition of the shifted number.
fn times_shifted(cx: &Cx, data: &InstData) -> Option<u8> {
    let bits = typed_bits(cx, data.args[1])?;
    let power = bits.wrapping_sub(1);
    let limit = if is_wide(data.ty) { 64 } else { 32 };
    let n = power.trailing_zeros();
    (power.is_power_of_two() && n != 0 && n < limit).then_some(n as u8)
}

/// Products.
pub fn mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let dst = result(cx, inst);
    if let Some(amount) = times_shifted(cx, data) {
        let a = cx.reg(data.args[0]);
        let b = Arg::Shifted {
            reg: MReg::V(a),
            shift: Shift::Lsl,
            amount,
        };
        return add_registers(cx, dst, a, b, wide, false);
    }
    let Product { forms, a, b } = product(cx, data);
    let args = [dst, reg(cx.reg(a)), reg(cx.reg(b))];
    row(cx, forms.mul, &args);
}

/// The upper half of a product.
pub fn mul_high(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let form = match data.op {
        Op::MulHighS => Form::Smulh,
        _ => Form::Umulh,
    };
    let (a, b) = two(data);
    let dst = result(cx, inst);
    let args = [dst, reg(cx.reg(a)), reg(cx.reg(b))];
    row(cx, form, &args);
}

/// A sum or difference, and what takes its carry, by two instructions: says whether it did, or another instruction will or has.
fn with_carry(cx: &mut Cx, inst: ir::Inst) -> bool {
    let (other, made) = match cx.making(inst) {
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
    } = sum_and_carry(cx.func, inst, other, (dst, made));
    let [plain, with_immediate, with_flags] = match sum.op {
        Op::Add => [Form::Adds64, Form::AddsI64, Form::Adc64],
        _ => [Form::Subs64, Form::SubsI64, Form::Sbc64],
    };
    let (a, b) = two(sum);
    // Everything is asked for before: what makes it may change the flags.
    let immediate = typed_bits(cx, b).filter(|&bits| imm::arith(bits).is_some());
    let (form, b) = match immediate {
        Some(bits) => (with_immediate, Arg::Imm(bits as i64)),
        None => (plain, reg(cx.reg(b))),
    };
    let a = reg(cx.reg(a));
    let [x, y] = [carry.args[0], carry.args[1]].map(|value| reg_or_zero(cx, value));
    row(cx, form, &[reg(low), a, b]);
    row(cx, with_flags, &[reg(high), x, y]);
    true
}

/// `add_carry`, `sub_borrow`, where it is not made with the sum. The carry flag after a comparison says that there is no borrow, as `sbc` takes it. The carry of a sum is had from the sum once
/// more (`cmn`); of any other comparison it is added by `cinc`.
pub fn carry(cx: &mut Cx, inst: ir::Inst) {
    if with_carry(cx, inst) {
        return;
    }
    let data = cx.inst(inst);
    let (x, y, low, limit) = (data.args[0], data.args[1], data.args[2], data.args[3]);
    let dst = result(cx, inst);
    let is_alone = cx.const_bits(y) == Some(0);
    let x = reg(cx.reg(x));
    let y = match is_alone {
        true => Arg::Reg(MReg::P(ZR)),
        false => reg(cx.reg(y)),
    };
    if data.op == Op::SubBorrow {
        let (low, limit) = (reg(cx.reg(low)), reg(cx.reg(limit)));
        row(cx, Form::Cmp64, &[low, limit]);
        return row(cx, Form::Sbc64, &[dst, x, y]);
    }
    let summands = cx.pure_def(low).map(|inst| cx.inst(inst));
    if let Some(sum) = summands.filter(|sum| sum.op == Op::Add)
        && let (a, b) = two(sum)
        && (a == limit || b == limit)
    {
        let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
        row(cx, Form::Cmn64, &[a, b]);
        return row(cx, Form::Adc64, &[dst, x, y]);
    }
    let (low, limit) = (reg(cx.reg(low)), reg(cx.reg(limit)));
    row(cx, Form::Cmp64, &[low, limit]);
    let less = Arg::Cc(Cc::from_int(IntCc::LtU));
    if is_alone {
        return row(cx, Form::Cinc64, &[dst, x, less]);
    }
    let sum = reg(temp(cx));
    row(cx, Form::Cinc64, &[sum, x, less]);
    row(cx, Form::Add64, &[dst, sum, y]);
}

/// `clz`, `ctz`, `popcnt`, `bswap`.
pub fn count(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let source = reg(cx.reg(data.args[0]));
    let dst = result(cx, inst);
    match data.op {
        Op::Clz => row(cx, by(wide, Form::Clz32, Form::Clz64), &[dst, source]),
        Op::Bswap => row(cx, by(wide, Form::Rev32, Form::Rev64), &[dst, source]),
        Op::Ctz => {
            let reversed = reg(temp(cx));
            row(
                cx,
                by(wide, Form::Rbit32, Form::Rbit64),
                &[reversed, source],
            );
            row(cx, by(wide, Form::Clz32, Form::Clz64), &[dst, reversed]);
        }
        Op::Popcnt => {
            let [bits, counts, sum] = [(); 3].map(|()| reg(cx.temp(RegClass::Float)));
            row(cx, by(wide, Form::FmovSW, Form::FmovDX), &[bits, source]);
            row(cx, Form::Cnt8b, &[counts, bits]);
            row(cx, Form::Addv8b, &[sum, counts]);
            row(cx, Form::FmovWS, &[dst, sum]);
        }
        other => panic!("{other:?} counts nothing"),
    }
}

/// Division. The processor never faults: a zero divisor and a quotient that does not fit are checked. The remainder of MIN by -1
/// comes out as 0 by itself.
pub fn divide(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (a, b) = two(data);
    let constant = cx.const_bits(b).map(|bits| match data.ty {
        Type::I32 => i64::from(bits as i32),
        _ => bits as i64,
    });
    let dividend = reg(cx.reg(a));
    let divisor = cx.reg(b);
    if constant.is_none_or(|c| c == 0) {
        cx.emit(Inst::TrapIf {
            cond: Test::Zero {
                reg: divisor,
                wide,
                nonzero: false,
            },
            code: TrapCode::IntegerDivisionByZero,
        });
    }
    let divisor = reg(divisor);
    if data.op == Op::DivS && constant.is_none_or(|c| c == -1) {
        // If the divisor is -1: the dividend minus 1 overflows for MIN only.
        let one = Arg::Imm(1);
        row(cx, by(wide, Form::CmnI32, Form::CmnI64), &[divisor, one]);
        let args = [dividend, one, Arg::Imm(0), Arg::Cc(Cc::Eq)];
        row(cx, by(wide, Form::CcmpI32, Form::CcmpI64), &args);
        cx.emit(Inst::TrapIf {
            cond: Test::Cc(Cc::Vs),
            code: TrapCode::IntegerOverflow,
        });
    }
    let value = cx.result_value(inst, 0);
    if !cx.is_used(value) {
        return;
    }
    let dst = reg(cx.dst(value));
    let form = match data.op {
        Op::DivS | Op::RemS => by(wide, Form::Sdiv32, Form::Sdiv64),
        _ => by(wide, Form::Udiv32, Form::Udiv64),
    };
    if matches!(data.op, Op::DivS | Op::DivU) {
        return row(cx, form, &[dst, dividend, divisor]);
    }
    let quotient = reg(temp(cx));
    row(cx, form, &[quotient, dividend, divisor]);
    let args = [dst, quotient, divisor, dividend];
    row(cx, by(wide, Form::Msub32, Form::Msub64), &args);
}
