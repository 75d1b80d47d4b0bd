//! Conditions: comparisons, and how branches, selects and traps use them.

use super::fold::{imm32, is_full_load, order_operands, reg_or_mem, sink};
use super::rows::{Cx, reg, row, row_trap};
use super::vector::reduce;
use super::{bmi, float, int};
use crate::ir::{Access, Imm, InstData, IntCc, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::operand::{Arg, Cc, Cond};
use crate::mach::patterns::{access_kind, by, is_wide, two};

/// Flags for "the i32 condition is not zero".
pub fn condition(cx: &mut Cx, value: Value) -> Cond {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        match (data.op, &data.imm) {
            (Op::Icmp, &Imm::IntCc(cc @ (IntCc::Eq | IntCc::Ne)))
                if is_vector_test(cx, data.args[0]) && cx.const_bits(data.args[1]) == Some(0) =>
            {
                let cond = condition(cx, data.args[0]);
                return if cc == IntCc::Eq {
                    cond.inverse()
                } else {
                    cond
                };
            }
            (Op::Icmp, &Imm::IntCc(cc)) => return compare(cx, data, cc),
            (Op::Fcmp, &Imm::FloatCc(cc)) => return float::compare(cx, data, cc),
            (Op::VanyTrue | Op::VallTrue, _) => return reduce::test(cx, inst),
            _ => {}
        }
    }
    test_nonzero(cx, value)
}

/// Whether the value is `vany_true` or `vall_true`, whose flags can be taken the other way round.
fn is_vector_test(cx: &Cx, value: Value) -> bool {
    cx.pure_def(value)
        .is_some_and(|inst| matches!(cx.inst(inst).op, Op::VanyTrue | Op::VallTrue))
}

/// Emits the comparison of an `icmp`; its condition.
fn compare(cx: &mut Cx, data: &InstData, cc: IntCc) -> Cond {
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
            if is_equality && (test_mask(cx, a, wide) || by_its_flags(cx, a)) {
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
        if bits < 0x100
            && let Some(load) = cx.sinkable(a)
            && access_kind(cx.inst(load)) == Access::U8
        {
            let (place, trap) = sink(cx, load);
            let mask = Arg::Imm(i64::from(bits as i8));
            row_trap(cx, Form::TestRmI8, &[place, mask], trap);
            return true;
        }
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

/// Makes the value here, where the instruction that does so says in the flags whether it is zero.
fn by_its_flags(cx: &mut Cx, value: Value) -> bool {
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    let (a, b) = match data.op {
        Op::Sub => two(data),
        Op::Add | Op::And | Op::Or | Op::Xor => order_operands(cx, data.args[0], data.args[1]),
        _ => return false,
    };
    let sets_flags = match data.op {
        // `lea` takes in other sums.
        Op::Add => !int::is_sum_part(cx, a) && !int::is_sum_part(cx, b),
        // `neg`, `not` and extensions are other rows.
        Op::Sub => cx.const_bits(a).is_none(),
        _ => cx.const_bits(b).is_none(),
    };
    if !sets_flags || !cx.take(value) {
        return false;
    }
    if !bmi::and(cx, inst) {
        int::two_operand(cx, inst, a, b);
    }
    true
}

/// Flags for a value that is no comparison.
fn test_nonzero(cx: &mut Cx, value: Value) -> Cond {
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
    } else if !test_mask(cx, value, false) && !by_its_flags(cx, value) {
        let value = cx.reg(value);
        row(cx, Form::TestRmR32, &[reg(value), reg(value)]);
    }
    cond
}
