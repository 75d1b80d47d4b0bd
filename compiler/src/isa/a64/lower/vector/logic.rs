//! Bitwise operations, selections and comparisons of vectors.
//!
//! Complements cost nothing where the user has a form for them: `bic`, `orn`, a selection with its sources exchanged. A comparison for
//! inequality is the complement of one for equality.

use super::rows::{USHR, binary, by_float, by_width, dst, own_of, temp, width};
use crate::ir::vec::Lanes;
use crate::ir::{self, FloatCc, Imm, InstData, IntCc, Op, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::fold::own_def;
use crate::isa::a64::lower::rows::{Cx, reg, row, tied};
use crate::isa::a64::operand::Arg;
use crate::mach::mir::VReg;
use crate::mach::patterns::{dies, two};

/// Emits the complement of a value that only the root uses, where that takes no more than the value itself.
pub fn complement(cx: &mut Cx, value: Value) -> Option<VReg> {
    let data = own_def(cx, value)?;
    match (data.op, &data.imm) {
        (Op::Vnot, _) => Some(cx.reg(data.args[0])),
        (Op::Vicmp, Imm::VecIcmp { cc: IntCc::Ne, .. })
        | (
            Op::Vfcmp,
            Imm::VecFcmp {
                cc: FloatCc::Ne, ..
            },
        ) if !is_test(cx, data) => {
            let dst = temp(cx);
            compare_equal(cx, data, dst);
            Some(dst)
        }
        _ => None,
    }
}

/// `vand`, `vandnot`, `vor`, `vxor`.
pub fn logic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    if matches!(data.op, Op::Vor | Op::Vxor) && insertion(cx, inst) {
        return;
    }
    for (x, y) in [(a, b), (b, a)] {
        if let Some(bits) = cx.vec_bits(y)
            && immediate(cx, inst, x, bits)
        {
            return;
        }
        let form = match data.op {
            Op::Vand => Form::Bic16b,
            Op::Vor => Form::Orn16b,
            _ => continue,
        };
        if let Some(y) = complement(cx, y) {
            let args = [reg(cx.reg(x)), reg(y)];
            let dst = reg(dst(cx, inst));
            return row(cx, form, &[dst, args[0], args[1]]);
        }
    }
    let form = match data.op {
        Op::Vand => Form::And16b,
        Op::Vandnot => match complement(cx, b) {
            Some(b) => {
                let a = reg(cx.reg(a));
                let dst = reg(dst(cx, inst));
                return row(cx, Form::And16b, &[dst, a, reg(b)]);
            }
            None => Form::Bic16b,
        },
        Op::Vor => Form::Orr16b,
        _ => Form::Eor16b,
    };
    binary(cx, inst, form);
}

/// `and`, `or` with a constant of few bits.
fn immediate(cx: &mut Cx, inst: ir::Inst, x: Value, bits: u128) -> bool {
    let data = cx.inst(inst);
    let (bits, forms) = match data.op {
        Op::Vor => (bits, [Form::OrrI8h, Form::OrrI4s]),
        Op::Vand => (!bits, [Form::BicI8h, Form::BicI4s]),
        Op::Vandnot if x == data.args[0] => (bits, [Form::BicI8h, Form::BicI4s]),
        _ => return false,
    };
    let Some((form, imm, shift)) = imm::lane_bits(bits) else {
        return false;
    };
    let x = cx.reg(x);
    let dst = tied(dst(cx, inst), x);
    let args = [dst, Arg::Imm(i64::from(imm)), Arg::Imm(i64::from(shift))];
    row(cx, forms[usize::from(form)], &args);
    true
}

/// A vector of these lanes shifted by a constant that is not zero, and only the root uses.
pub fn own_shift(cx: &Cx, value: Value, of: Lanes) -> Option<(Op, Value, u32)> {
    let data = own_of(cx, value, of)?;
    if !matches!(data.op, Op::Vshl | Op::VshrS | Op::VshrU) {
        return None;
    }
    let count = cx.const_bits(data.args[1])? as u32 & (of.bits() - 1);
    (count != 0).then_some((data.op, data.args[0], count))
}

/// `(a << k) | (b >> (width - k))` → `ushr`, `sli`; a rotation by half of the width is a reversal of halves.
fn insertion(cx: &mut Cx, inst: ir::Inst) -> bool {
    let (x, y) = two(cx.inst(inst));
    for (x, y) in [(x, y), (y, x)] {
        let Some(lanes) = own_def(cx, x).and_then(|def| def.imm.lanes()) else {
            continue;
        };
        let (Some((Op::Vshl, a, left)), Some((Op::VshrU, b, right))) =
            (own_shift(cx, x, lanes), own_shift(cx, y, lanes))
        else {
            continue;
        };
        if left + right != lanes.bits() {
            continue;
        }
        let w = width(lanes);
        if a == b && left == right && w != 0 {
            let forms = [Form::Rev16v16b, Form::Rev32v8h, Form::Rev64v4s];
            let a = reg(cx.reg(a));
            let dst = reg(dst(cx, inst));
            row(cx, forms[w - 1], &[dst, a]);
            return true;
        }
        let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
        let low = temp(cx);
        let right = Arg::Imm(i64::from(right));
        row(cx, by_width(lanes, &USHR), &[reg(low), b, right]);
        let dst = tied(dst(cx, inst), low);
        let forms = [Form::SliI16b, Form::SliI8h, Form::SliI4s, Form::SliI2d];
        row(cx, forms[w], &[dst, a, Arg::Imm(i64::from(left))]);
        return true;
    }
    false
}

/// Whichever operand dies makes room for the result.
pub fn bitselect(cx: &mut Cx, inst: ir::Inst) {
    let args = &cx.inst(inst).args;
    let (mut a, mut b, mask) = (args[0], args[1], args[2]);
    let (mask_dies, mask) = match complement(cx, mask) {
        Some(inverse) => {
            (a, b) = (b, a);
            (true, inverse)
        }
        None => (dies(cx, mask), cx.reg(mask)),
    };
    let (a_dies, b_dies) = (dies(cx, a), dies(cx, b));
    let (a, b) = (cx.reg(a), cx.reg(b));
    let dst = dst(cx, inst);
    if mask_dies || !a_dies && !b_dies {
        row(cx, Form::Bsl16b, &[tied(dst, mask), reg(a), reg(b)]);
    } else if b_dies {
        row(cx, Form::Bit16b, &[tied(dst, b), reg(a), reg(mask)]);
    } else {
        row(cx, Form::Bif16b, &[tied(dst, a), reg(b), reg(mask)]);
    }
}

// Comparisons.

/// Whether it is `a & b != 0`, or `a != 0`.
fn is_test(cx: &Cx, data: &InstData) -> bool {
    data.op == Op::Vicmp && data.args.iter().any(|&arg| cx.vec_bits(arg) == Some(0))
}

/// Emits a comparison.
pub fn compare(cx: &mut Cx, data: &InstData, dst: VReg) {
    use Form::*;
    let (a, b) = two(data);
    let swap = cx.vec_bits(a) == Some(0);
    let (a, b) = if swap { (b, a) } else { (a, b) };
    let zero = cx.vec_bits(b) == Some(0);
    match data.imm {
        Imm::VecIcmp { lanes, cc } => {
            let cc = if swap { cc.swapped() } else { cc };
            let forms = match (cc, zero) {
                (IntCc::Ne, true) => {
                    // a & b != 0 → cmtst
                    let (a, b) = match own_def(cx, a) {
                        Some(def) if def.op == Op::Vand => two(def),
                        _ => (a, a),
                    };
                    let args = [reg(dst), reg(cx.reg(a)), reg(cx.reg(b))];
                    let forms = [Cmtst16b, Cmtst8h, Cmtst4s, Cmtst2d];
                    return row(cx, by_width(lanes, &forms), &args);
                }
                (IntCc::Ne, false) => return compare_unequal(cx, data, dst),
                (IntCc::Eq, true) => [CmeqZ16b, CmeqZ8h, CmeqZ4s, CmeqZ2d],
                (IntCc::GtS, true) => [CmgtZ16b, CmgtZ8h, CmgtZ4s, CmgtZ2d],
                (IntCc::GeS, true) => [CmgeZ16b, CmgeZ8h, CmgeZ4s, CmgeZ2d],
                (IntCc::LtS, true) => [CmltZ16b, CmltZ8h, CmltZ4s, CmltZ2d],
                (IntCc::LeS, true) => [CmleZ16b, CmleZ8h, CmleZ4s, CmleZ2d],
                _ => return compare_registers(cx, lanes, cc, [a, b], dst),
            };
            let a = reg(cx.reg(a));
            row(cx, by_width(lanes, &forms), &[reg(dst), a, Arg::Imm(0)]);
        }
        Imm::VecFcmp { lanes, cc } => {
            let cc = if swap { cc.swapped() } else { cc };
            if cc == FloatCc::Ne {
                return compare_unequal(cx, data, dst);
            }
            if zero {
                let forms = match cc {
                    FloatCc::Eq | FloatCc::Ne => [FcmeqZ4s, FcmeqZ2d],
                    FloatCc::Gt => [FcmgtZ4s, FcmgtZ2d],
                    FloatCc::Ge => [FcmgeZ4s, FcmgeZ2d],
                    FloatCc::Lt => [FcmltZ4s, FcmltZ2d],
                    FloatCc::Le => [FcmleZ4s, FcmleZ2d],
                };
                let a = reg(cx.reg(a));
                let args = [reg(dst), a, Arg::Imm(0)];
                return row(cx, by_float(lanes, forms), &args);
            }
            let (forms, swap) = match cc {
                FloatCc::Eq | FloatCc::Ne => ([Fcmeq4s, Fcmeq2d], false),
                FloatCc::Gt => ([Fcmgt4s, Fcmgt2d], false),
                FloatCc::Ge => ([Fcmge4s, Fcmge2d], false),
                FloatCc::Lt => ([Fcmgt4s, Fcmgt2d], true),
                FloatCc::Le => ([Fcmge4s, Fcmge2d], true),
            };
            let (a, b) = if swap { (b, a) } else { (a, b) };
            let args = [reg(dst), reg(cx.reg(a)), reg(cx.reg(b))];
            row(cx, by_float(lanes, forms), &args);
        }
        _ => data.wrong_imm(),
    }
}

fn compare_registers(cx: &mut Cx, lanes: Lanes, cc: IntCc, [a, b]: [Value; 2], dst: VReg) {
    use Form::*;
    let (forms, swap): (&[Form], bool) = match cc {
        IntCc::Eq | IntCc::Ne => (&[Cmeq16b, Cmeq8h, Cmeq4s, Cmeq2d], false),
        IntCc::GtS => (&[Cmgt16b, Cmgt8h, Cmgt4s, Cmgt2d], false),
        IntCc::GeS => (&[Cmge16b, Cmge8h, Cmge4s, Cmge2d], false),
        IntCc::LtS => (&[Cmgt16b, Cmgt8h, Cmgt4s, Cmgt2d], true),
        IntCc::LeS => (&[Cmge16b, Cmge8h, Cmge4s, Cmge2d], true),
        IntCc::GtU => (&[Cmhi16b, Cmhi8h, Cmhi4s], false),
        IntCc::GeU => (&[Cmhs16b, Cmhs8h, Cmhs4s], false),
        IntCc::LtU => (&[Cmhi16b, Cmhi8h, Cmhi4s], true),
        IntCc::LeU => (&[Cmhs16b, Cmhs8h, Cmhs4s], true),
    };
    let (a, b) = if swap { (b, a) } else { (a, b) };
    let args = [reg(dst), reg(cx.reg(a)), reg(cx.reg(b))];
    row(cx, by_width(lanes, forms), &args);
}

/// The comparison for equality instead of that for inequality.
pub fn compare_equal(cx: &mut Cx, data: &InstData, dst: VReg) {
    let imm = match data.imm {
        Imm::VecIcmp { lanes, .. } => Imm::VecIcmp {
            lanes,
            cc: IntCc::Eq,
        },
        Imm::VecFcmp { lanes, .. } => Imm::VecFcmp {
            lanes,
            cc: FloatCc::Eq,
        },
        _ => data.wrong_imm(),
    };
    let equal = InstData {
        imm,
        ..data.clone()
    };
    compare(cx, &equal, dst);
}

fn compare_unequal(cx: &mut Cx, data: &InstData, dst: VReg) {
    let equal = temp(cx);
    compare_equal(cx, data, equal);
    row(cx, Form::Mvn16b, &[reg(dst), reg(equal)]);
}
