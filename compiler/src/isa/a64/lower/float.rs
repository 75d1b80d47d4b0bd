//! Floating point and conversions. Everything that is not arithmetic keeps NaN bits: moves, `fabs`, `fneg`, bitwise operations.

use super::rows::{Cx, reg, result, row, tied};
use crate::ir::{self, Op, Type};
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{FloatToInt, Pseudo};
use crate::isa::a64::operand::Arg;
use crate::mach::mir::RegClass;
use crate::mach::patterns::{Fp, by, by_fp, fp, is_wide};

/// `+ - * /`, and minimum and maximum, which treat NaN and the sign of zero as Wasm does.
pub fn arithmetic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (single, double) = match data.op {
        Op::Fadd => (Form::FaddS, Form::FaddD),
        Op::Fsub => (Form::FsubS, Form::FsubD),
        Op::Fmul => (Form::FmulS, Form::FmulD),
        Op::Fdiv => (Form::FdivS, Form::FdivD),
        Op::Fmin => (Form::FminS, Form::FminD),
        Op::Fmax => (Form::FmaxS, Form::FmaxD),
        other => panic!("{other:?} is no float arithmetic"),
    };
    let args = [reg(cx.reg(data.args[0])), reg(cx.reg(data.args[1]))];
    let dst = result(cx, inst);
    row(
        cx,
        by_fp(fp(data.ty), single, double),
        &[dst, args[0], args[1]],
    );
}

/// Signs, roots, roundings to integral values, change of width.
pub fn unary(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (single, double) = match data.op {
        Op::Fabs => (Form::FabsS, Form::FabsD),
        Op::Fneg => (Form::FnegS, Form::FnegD),
        Op::Fsqrt => (Form::FsqrtS, Form::FsqrtD),
        Op::Fnearest => (Form::FrintnS, Form::FrintnD),
        Op::Ffloor => (Form::FrintmS, Form::FrintmD),
        Op::Fceil => (Form::FrintpS, Form::FrintpD),
        Op::Ftrunc => (Form::FrintzS, Form::FrintzD),
        // Named by the result's width.
        Op::Demote | Op::Promote => (Form::FcvtSD, Form::FcvtDS),
        other => panic!("{other:?} is no float operation of one operand"),
    };
    let arg = reg(cx.reg(data.args[0]));
    let dst = result(cx, inst);
    row(cx, by_fp(fp(data.ty), single, double), &[dst, arg]);
}

/// Magnitude of the first, sign of the second: selected by a mask of all bits but the sign.
pub fn copysign(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let magnitude = reg(cx.reg(data.args[0]));
    let sign = reg(cx.reg(data.args[1]));
    let mask = cx.temp(RegClass::Float);
    match fp(data.ty) {
        Fp::S => {
            let (bits, shift) = (Arg::Imm(0x80), Arg::Imm(24));
            row(cx, Form::Mvni2s, &[reg(mask), bits, shift]);
        }
        Fp::D => {
            let ones = reg(cx.temp(RegClass::Float));
            row(cx, Form::MoviD, &[ones, Arg::Imm(-1)]);
            row(cx, Form::FnegD, &[reg(mask), ones]);
        }
    }
    let value = cx.result_value(inst, 0);
    let dst = tied(cx.dst(value), mask);
    row(cx, Form::Bsl8b, &[dst, magnitude, sign]);
}

/// Float to integer with traps.
pub fn to_int(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let src = cx.reg(arg);
    let value = cx.result_value(inst, 0);
    let signed = data.op == Op::TruncS;
    let op = FloatToInt {
        from: fp(cx.ty(arg)),
        wide: is_wide(data.ty),
        signed,
        dst: cx.dst(value),
        src,
        float_temp: (!signed).then(|| cx.temp(RegClass::Float)),
    };
    cx.pseudo(Pseudo::FloatToInt(Box::new(op)));
}

/// Float to integer, saturating, NaN to 0: what the processor does.
pub fn to_int_saturated(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let wide = is_wide(data.ty);
    let form = match (data.op == Op::TruncSatS, fp(cx.ty(arg))) {
        (true, Fp::S) => by(wide, Form::FcvtzsS32, Form::FcvtzsS64),
        (true, Fp::D) => by(wide, Form::FcvtzsD32, Form::FcvtzsD64),
        (false, Fp::S) => by(wide, Form::FcvtzuS32, Form::FcvtzuS64),
        (false, Fp::D) => by(wide, Form::FcvtzuD32, Form::FcvtzuD64),
    };
    let arg = reg(cx.reg(arg));
    let dst = result(cx, inst);
    row(cx, form, &[dst, arg]);
}

/// Integer to float.
pub fn from_int(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let wide = is_wide(cx.ty(arg));
    let form = match (data.op == Op::ConvS, fp(data.ty)) {
        (true, Fp::S) => by(wide, Form::ScvtfS32, Form::ScvtfS64),
        (true, Fp::D) => by(wide, Form::ScvtfD32, Form::ScvtfD64),
        (false, Fp::S) => by(wide, Form::UcvtfS32, Form::UcvtfS64),
        (false, Fp::D) => by(wide, Form::UcvtfD32, Form::UcvtfD64),
    };
    let arg = reg(cx.reg(arg));
    let dst = result(cx, inst);
    row(cx, form, &[dst, arg]);
}

/// The same bits as another type.
pub fn bitcast(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let value = cx.result_value(inst, 0);
    let form = match (cx.ty(arg).is_int(), data.ty) {
        (true, Type::F32) => Form::FmovSW,
        (true, Type::F64) => Form::FmovDX,
        (false, Type::I32) => Form::FmovWS,
        (false, Type::I64) => Form::FmovXD,
        (true, Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr)
        | (false, Type::F32 | Type::F64 | Type::V128) => {
            let arg = cx.reg(arg);
            return cx.alias(value, arg);
        }
        (from_int, ty) => panic!("bitcast to {ty} from int: {from_int}"),
    };
    let arg = reg(cx.reg(arg));
    let dst = reg(cx.dst(value));
    row(cx, form, &[dst, arg]);
}
