//! Emitting rows of vector instructions.

use crate::ir::vec::Lanes;
use crate::ir::{self, InstData, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::fold::own_def;
use crate::isa::a64::lower::rows::{Cx, reg, row};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::two;

/// A new vector register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Float)
}

/// The register of a vector op's result.
pub fn dst(cx: &mut Cx, inst: ir::Inst) -> VReg {
    let value = cx.result_value(inst, 0);
    cx.dst(value)
}

/// log2 of a lane's bytes: an index into tables of forms.
pub fn width(lanes: Lanes) -> usize {
    lanes.bits().trailing_zeros() as usize - 3
}

/// Lanes that the immediate says.
pub fn lanes(data: &InstData) -> Lanes {
    data.imm.lanes().unwrap_or_else(|| data.wrong_imm())
}

/// The operation in these lanes that makes a value, if only the root uses it.
pub fn own_of<'a>(cx: &Cx<'a>, value: Value, of: Lanes) -> Option<&'a InstData> {
    own_def(cx, value).filter(|data| data.imm.lanes() == Some(of))
}

/// The form for these lanes from those for lanes of 1, 2, 4, 8 bytes.
pub fn by_width(lanes: Lanes, forms: &[Form]) -> Form {
    forms[width(lanes)]
}

/// The form for floats of these lanes.
pub fn by_float(lanes: Lanes, forms: [Form; 2]) -> Form {
    match lanes {
        Lanes::F32x4 => forms[0],
        Lanes::F64x2 => forms[1],
        Lanes::I8x16 | Lanes::I16x8 | Lanes::I32x4 | Lanes::I64x2 => panic!("{lanes:?} as floats"),
    }
}

/// One row of the first argument.
pub fn unary(cx: &mut Cx, inst: ir::Inst, form: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, source]);
}

/// The same, by the width of lanes.
pub fn unary_by(cx: &mut Cx, inst: ir::Inst, forms: &[Form]) {
    let form = by_width(lanes(cx.inst(inst)), forms);
    unary(cx, inst, form);
}

/// The same, by the width of floats.
pub fn float_unary(cx: &mut Cx, inst: ir::Inst, forms: [Form; 2]) {
    let form = by_float(lanes(cx.inst(inst)), forms);
    unary(cx, inst, form);
}

/// One row of both arguments.
pub fn binary(cx: &mut Cx, inst: ir::Inst, form: Form) {
    let (a, b) = two(cx.inst(inst));
    let args = [reg(cx.reg(a)), reg(cx.reg(b))];
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, args[0], args[1]]);
}

/// The same, by the width of lanes.
pub fn binary_by(cx: &mut Cx, inst: ir::Inst, forms: &[Form]) {
    let form = by_width(lanes(cx.inst(inst)), forms);
    binary(cx, inst, form);
}

/// One row of two values.
pub fn binary_values(cx: &mut Cx, inst: ir::Inst, form: Form, a: Value, b: Value) {
    let args = [reg(cx.reg(a)), reg(cx.reg(b))];
    let dst = reg(dst(cx, inst));
    row(cx, form, &[dst, args[0], args[1]]);
}

/// One row of both arguments, by the width of floats.
pub fn float_binary(cx: &mut Cx, inst: ir::Inst, forms: [Form; 2]) {
    let form = by_float(lanes(cx.inst(inst)), forms);
    binary(cx, inst, form);
}

/// Two instructions, the second with the first one's result.
pub fn in_two(cx: &mut Cx, inst: ir::Inst, first: Form, second: Form) {
    let source = reg(cx.reg(cx.inst(inst).args[0]));
    let between = reg(temp(cx));
    row(cx, first, &[between, source]);
    let dst = reg(dst(cx, inst));
    row(cx, second, &[dst, between]);
}

/// Shifts to the right by a constant.
pub const USHR: [Form; 4] = [Form::UshrI16b, Form::UshrI8h, Form::UshrI4s, Form::UshrI2d];
