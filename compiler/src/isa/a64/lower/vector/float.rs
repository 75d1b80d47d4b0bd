//! Floating-point lanes: products, fused ones, choices, conversions.

use super::rows::{by_float, dst, float_binary, lanes, temp, width};
use super::shuffle;
use crate::ir::vec::Lanes;
use crate::ir::{self, Imm, InstData, Op, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::fold::own_def;
use crate::isa::a64::lower::rows::{Cx, reg, row, tied};
use crate::isa::a64::mir::MReg;
use crate::isa::a64::operand::Arg;
use crate::mach::patterns::two;

/// The lower two integers as floats.
pub fn extended(cx: &mut Cx, inst: ir::Inst, extend: Form, convert: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let between = reg(temp(cx));
    row(cx, extend, &[between, source, Arg::Imm(0)]);
    let dst = reg(dst(cx, inst));
    row(cx, convert, &[dst, between]);
}

/// A factor that is the same in all lanes and only the root uses: the register and the lane that hold it.
fn element(cx: &mut Cx, value: Value, of: Lanes) -> Option<(Arg<MReg>, Arg<MReg>)> {
    let data = own_def(cx, value)?;
    let (source, lane) = match (data.op, &data.imm) {
        (Op::Vsplat, &Imm::Lanes(lanes)) if lanes == of => {
            let scalar = data.args[0];
            match cx.pure_def(scalar).map(|inst| cx.inst(inst)) {
                Some(InstData {
                    op: Op::Vextract,
                    imm: Imm::Lane { lane, lanes },
                    args,
                    ..
                }) if *lanes == of => (args[0], *lane),
                _ => (scalar, 0),
            }
        }
        (Op::Vshuffle, &Imm::Vec(mask)) => {
            let (from, lane) = shuffle::repeated(mask, width(of))?;
            (data.args[usize::from(from)], lane)
        }
        _ => return None,
    };
    Some((reg(cx.reg(source)), Arg::Imm(i64::from(lane))))
}

/// `vfmul`.
pub fn mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    for (x, y) in [(a, b), (b, a)] {
        if let Some((y, lane)) = element(cx, y, to) {
            let x = reg(cx.reg(x));
            let dst = reg(dst(cx, inst));
            let form = by_float(to, [Form::FmulE4s, Form::FmulE2d]);
            return row(cx, form, &[dst, x, y, lane]);
        }
    }
    float_binary(cx, inst, [Form::Fmul4s, Form::Fmul2d]);
}

/// `vfma`, `vfnma`.
pub fn fused(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b, addend) = (data.args[0], data.args[1], data.args[2]);
    let to = lanes(data);
    let (plain, by_element) = match data.op {
        Op::Vfma => ([Fmla4s, Fmla2d], [FmlaE4s, FmlaE2d]),
        _ => ([Fmls4s, Fmls2d], [FmlsE4s, FmlsE2d]),
    };
    let addend = cx.reg(addend);
    for (x, y) in [(a, b), (b, a)] {
        if let Some((y, lane)) = element(cx, y, to) {
            let x = reg(cx.reg(x));
            let dst = tied(dst(cx, inst), addend);
            return row(cx, by_float(to, by_element), &[dst, x, y, lane]);
        }
    }
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let dst = tied(dst(cx, inst), addend);
    row(cx, by_float(to, plain), &[dst, a, b]);
}

/// `vfpmin`: `a > b ? b : a`; `vfpmax`: `b > a ? b : a`.
pub fn choice(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let (greater, less) = match data.op {
        Op::Vfpmin => (a, b),
        _ => (b, a),
    };
    let mask = temp(cx);
    let form = by_float(lanes(data), [Form::Fcmgt4s, Form::Fcmgt2d]);
    row(cx, form, &[reg(mask), greater, less]);
    let dst = tied(dst(cx, inst), mask);
    row(cx, Form::Bsl16b, &[dst, b, a]);
}
