//! Conditions: comparisons, and how branches, selects and traps use them.
//!
//! [`flags`] leaves a condition in the flags. [`test`] may also find a branch that needs no flags, on zero or on a single bit.
//! `and` and `or` of two comparisons become a comparison and a conditional comparison: `ccmp` compares if the first condition
//! decides nothing yet, else it sets flags that decide.

use super::fold::{
    arith_operand, is_arith_operand, negated, own_def, reg_or_zero, shifted_operand,
};
use super::rows::{Cx, reg, row};
use super::vector::reduce;
use crate::ir::{FloatCc, Imm, InstData, IntCc, Op, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{MReg, Test};
use crate::isa::a64::operand::{Arg, Cc};
use crate::mach::mir::VReg;
use crate::mach::patterns::{Fp, by, fp, is_wide, two, typed_bits};

/// A condition for "the i32 value is not zero".
pub fn test(cx: &mut Cx, value: Value) -> Test<VReg> {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        if let (Op::Icmp, &Imm::IntCc(cc)) = (data.op, &data.imm)
            && let Some(test) = test_zero(cx, data, cc)
        {
            return test;
        }
        if matches!(data.op, Op::Icmp | Op::Fcmp) || is_pair(cx, data) {
            return Test::Cc(flags(cx, value));
        }
    }
    nonzero(cx, value, false, true)
}

/// A comparison with zero that needs no flags.
fn test_zero(cx: &mut Cx, data: &InstData, cc: IntCc) -> Option<Test<VReg>> {
    let (a, b) = two(data);
    let bits = typed_bits(cx, b)?;
    if matches!(cc, IntCc::Eq | IntCc::Ne)
        && let Some(test) = reduce::equality(cx, a, bits, cc == IntCc::Eq)
    {
        return Some(test);
    }
    if bits != 0 {
        return None;
    }
    let wide = is_wide(data.ty);
    let sign = if wide { 63 } else { 31 };
    match cc {
        IntCc::Eq => Some(nonzero(cx, a, wide, false)),
        IntCc::Ne => Some(nonzero(cx, a, wide, true)),
        IntCc::LtS | IntCc::GeS => Some(Test::Bit {
            reg: cx.reg(a),
            bit: sign,
            set: cc == IntCc::LtS,
        }),
        IntCc::LtU | IntCc::GtS | IntCc::GtU | IntCc::LeS | IntCc::LeU | IntCc::GeU => None,
    }
}

/// Whether a value is zero or not: by one of its bits, by `tst`, or by a comparison with zero.
fn nonzero(cx: &mut Cx, value: Value, wide: bool, nonzero: bool) -> Test<VReg> {
    if !wide && let Some(test) = reduce::nonzero(cx, value, nonzero) {
        return test;
    }
    if let Some(data) = own_def(cx, value)
        && data.op == Op::And
    {
        let (a, b) = two(data);
        if let Some(mask) = typed_bits(cx, b)
            && mask.is_power_of_two()
        {
            let (a, shift) = unshifted(cx, a);
            let bit = mask.trailing_zeros() as u8 + shift;
            if bit < if wide { 64 } else { 32 } {
                return Test::Bit {
                    reg: cx.reg(a),
                    bit,
                    set: nonzero,
                };
            }
        }
        tst(cx, data, wide);
        return Test::Cc(if nonzero { Cc::Ne } else { Cc::Eq });
    }
    Test::Zero {
        reg: cx.reg(value),
        wide,
        nonzero,
    }
}

/// The value as another one shifted right by a constant.
fn unshifted(cx: &Cx, value: Value) -> (Value, u8) {
    if let Some(data) = own_def(cx, value)
        && matches!(data.op, Op::ShrU | Op::ShrS)
        && let Some(count) = cx.const_bits(data.args[1])
    {
        let mask = if is_wide(data.ty) { 63 } else { 31 };
        return (data.args[0], (count & mask) as u8);
    }
    (value, 0)
}

/// `tst` of an `and`.
fn tst(cx: &mut Cx, data: &InstData, wide: bool) {
    let (a, b) = two(data);
    if let Some(mask) = typed_bits(cx, b)
        && imm::logical(mask, if wide { 64 } else { 32 }).is_some()
    {
        let a = reg(cx.reg(a));
        let mask = Arg::Imm(mask as i64);
        return row(cx, by(wide, Form::TstI32, Form::TstI64), &[a, mask]);
    }
    let a = reg(cx.reg(a));
    let b = shifted_operand(cx, b);
    row(cx, by(wide, Form::Tst32, Form::Tst64), &[a, b]);
}

/// Whether the instruction is an `and` or `or` of two comparisons that only it uses.
pub fn is_pair(cx: &Cx, data: &InstData) -> bool {
    let is_compare =
        |value: Value| own_def(cx, value).is_some_and(|def| matches!(def.op, Op::Icmp | Op::Fcmp));
    matches!(data.op, Op::And | Op::Or) && data.args.iter().all(|&arg| is_compare(arg))
}

/// Sets the flags; the condition for "the i32 value is not zero".
pub fn flags(cx: &mut Cx, value: Value) -> Cc {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        match (data.op, &data.imm) {
            (Op::Icmp, &Imm::IntCc(cc)) => return compare(cx, data, cc),
            (Op::Fcmp, &Imm::FloatCc(cc)) => return compare_floats(cx, data, cc),
            (Op::And | Op::Or, _) if is_pair(cx, data) => return pair(cx, data),
            (Op::And, _) if cx.is_used_once(value) => {
                tst(cx, data, false);
                return Cc::Ne;
            }
            _ => {}
        }
    }
    if let Some(test) = reduce::nonzero(cx, value, true) {
        return reduce::to_flags(cx, test);
    }
    let value = reg(cx.reg(value));
    row(cx, Form::CmpI32, &[value, Arg::Imm(0)]);
    Cc::Ne
}

/// Comparison of integers with a constant on the right, or both in registers.
struct IntCompare {
    cc: IntCc,
    a: Value,
    b: Value,
    wide: bool,
}

fn int_compare(cx: &Cx, data: &InstData, cc: IntCc) -> IntCompare {
    let (a, b) = two(data);
    let wide = is_wide(data.ty);
    if cx.const_bits(a).is_some() && cx.const_bits(b).is_none() {
        let cc = cc.swapped();
        return IntCompare {
            cc,
            a: b,
            b: a,
            wide,
        };
    }
    IntCompare { cc, a, b, wide }
}

/// Emits the comparison of an `icmp`; its condition.
fn compare(cx: &mut Cx, data: &InstData, cc: IntCc) -> Cc {
    let IntCompare { cc, a, b, wide } = int_compare(cx, data, cc);
    let cond = Cc::from_int(cc);
    let is_equality = matches!(cc, IntCc::Eq | IntCc::Ne);
    if is_equality
        && let Some(bits) = typed_bits(cx, b)
        && let Some(test) = reduce::equality(cx, a, bits, cc == IntCc::Eq)
    {
        return reduce::to_flags(cx, test);
    }
    match typed_bits(cx, b) {
        Some(0) => {
            if is_equality
                && let Some(def) = own_def(cx, a)
                && def.op == Op::And
            {
                tst(cx, def, wide);
                return cond;
            }
            // Against zero the sign decides; an addition's flags say nothing about its overflow.
            let a = reg(cx.reg(a));
            row(cx, by(wide, Form::CmpI32, Form::CmpI64), &[a, Arg::Imm(0)]);
        }
        Some(bits) if imm::arith(bits).is_some() => {
            let args = [reg(cx.reg(a)), Arg::Imm(bits as i64)];
            row(cx, by(wide, Form::CmpI32, Form::CmpI64), &args);
        }
        // Flags of `a + k` are those of `a - (-k)` for all k but zero.
        Some(bits) if imm::arith(negated(bits, wide)).is_some() => {
            let args = [reg(cx.reg(a)), Arg::Imm(negated(bits, wide) as i64)];
            row(cx, by(wide, Form::CmnI32, Form::CmnI64), &args);
        }
        _ => {
            let (a, b, cond) = if foldable(cx, a) && !foldable(cx, b) {
                (b, a, Cc::from_int(cc.swapped()))
            } else {
                (a, b, cond)
            };
            let a = reg(cx.reg(a));
            let b = arith_operand(cx, b, wide);
            let form = match b {
                Arg::Extended { .. } => by(wide, Form::CmpExt32, Form::CmpExt64),
                _ => by(wide, Form::Cmp32, Form::Cmp64),
            };
            row(cx, form, &[a, b]);
            return cond;
        }
    }
    cond
}

fn foldable(cx: &Cx, value: Value) -> bool {
    is_arith_operand(cx, value)
}

/// Emits the comparison of an `fcmp`; its condition.
fn compare_floats(cx: &mut Cx, data: &InstData, cc: FloatCc) -> Cc {
    let (mut a, mut b, mut cc) = (data.args[0], data.args[1], cc);
    let is_zero = |cx: &Cx, value| typed_bits(cx, value) == Some(0);
    if is_zero(cx, a) && !is_zero(cx, b) {
        (a, b, cc) = (b, a, cc.swapped());
    }
    let single = fp(data.ty) == Fp::S;
    let first = reg(cx.reg(a));
    if is_zero(cx, b) {
        row(
            cx,
            by(single, Form::FcmpZD, Form::FcmpZS),
            &[first, Arg::Imm(0)],
        );
    } else {
        let second = reg(cx.reg(b));
        row(cx, by(single, Form::FcmpD, Form::FcmpS), &[first, second]);
    }
    Cc::from_float(cc)
}

/// `and`, `or` of two comparisons.
fn pair(cx: &mut Cx, data: &InstData) -> Cc {
    let (first, second) = two(data);
    // Registers first: constants in between would do no harm, but are better off before the flags.
    let second = Conditional::prepare(cx, second);
    let cc = flags(cx, first);
    // `and`: compare if the first holds, else make the second's condition fail. `or`: the other way round.
    let (run, otherwise) = match data.op {
        Op::And => (cc, second.cond.inverse().nzcv()),
        _ => (cc.inverse(), second.cond.nzcv()),
    };
    let cond = second.cond;
    second.emit(cx, run, otherwise);
    cond
}

/// A conditional comparison whose operands are in registers.
struct Conditional {
    form: Form,
    args: [Arg<MReg>; 2],
    cond: Cc,
}

impl Conditional {
    fn prepare(cx: &mut Cx, value: Value) -> Conditional {
        let data = cx.inst(cx.pure_def(value).expect("a comparison"));
        match data.imm {
            Imm::IntCc(cc) => {
                let IntCompare { cc, a, b, wide } = int_compare(cx, data, cc);
                let cond = Cc::from_int(cc);
                let a = reg(cx.reg(a));
                let bits = typed_bits(cx, b);
                let (form, b) = match bits {
                    Some(bits) if bits < 32 => (
                        by(wide, Form::CcmpI32, Form::CcmpI64),
                        Arg::Imm(bits as i64),
                    ),
                    Some(bits) if negated(bits, wide) < 32 => (
                        by(wide, Form::CcmnI32, Form::CcmnI64),
                        Arg::Imm(negated(bits, wide) as i64),
                    ),
                    _ => (by(wide, Form::Ccmp32, Form::Ccmp64), reg_or_zero(cx, b)),
                };
                Conditional {
                    form,
                    args: [a, b],
                    cond,
                }
            }
            Imm::FloatCc(cc) => {
                let (a, b) = two(data);
                let form = match fp(data.ty) {
                    Fp::S => Form::FccmpS,
                    Fp::D => Form::FccmpD,
                };
                Conditional {
                    form,
                    args: [reg(cx.reg(a)), reg(cx.reg(b))],
                    cond: Cc::from_float(cc),
                }
            }
            _ => data.wrong_imm(),
        }
    }
    fn emit(self, cx: &mut Cx, run: Cc, otherwise: u8) {
        let [a, b] = self.args;
        let nzcv = Arg::Imm(i64::from(otherwise));
        row(cx, self.form, &[a, b, nzcv, Arg::Cc(run)]);
    }
}
