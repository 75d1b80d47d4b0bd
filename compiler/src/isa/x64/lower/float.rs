//! Floating point and conversions. Everything that is not arithmetic keeps NaN bits: moves, bitwise operations.

use super::fold::{Source, is_full_load, sink_full};
use super::rows::{Cx, pool, reg, row, row_trap, tied};
use crate::ir::{self, FloatCc, InstData, Op, Type, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{FloatToInt, MReg, Pseudo};
use crate::isa::x64::operand::{Arg, Cond, Const, float_test};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{Fp, by, by_fp, dies, fp, is_wide};

fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Float)
}

fn emit(cx: &mut Cx, form: Form, dst: Arg<MReg>, source: Source) {
    row_trap(cx, form, &[dst, source.0], source.1);
}

/// The value as a register or the memory operand of its load.
fn source(cx: &mut Cx, value: Value) -> Source {
    match sink_full(cx, value) {
        Some(source) => source,
        None => (reg(cx.reg(value)), None),
    }
}

/// `+ - * /`.
pub fn arithmetic(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let form = match (data.op, fp(data.ty)) {
        (Op::Fadd, Fp::S) => Form::AddsS,
        (Op::Fadd, Fp::D) => Form::AddsD,
        (Op::Fsub, Fp::S) => Form::SubsS,
        (Op::Fsub, Fp::D) => Form::SubsD,
        (Op::Fmul, Fp::S) => Form::MulsS,
        (Op::Fmul, Fp::D) => Form::MulsD,
        (Op::Fdiv, Fp::S) => Form::DivsS,
        (Op::Fdiv, Fp::D) => Form::DivsD,
        (other, _) => panic!("{other:?} is no float arithmetic"),
    };
    let (mut a, mut b) = (data.args[0], data.args[1]);
    let commutes = matches!(data.op, Op::Fadd | Op::Fmul);
    if commutes && !is_full_load(cx, b) && (is_full_load(cx, a) || dies(cx, b) && !dies(cx, a)) {
        (a, b) = (b, a);
    }
    let second = constant_or_source(cx, b);
    let first = cx.reg(a);
    let dst = cx.dst(cx.result_value(inst, 0));
    emit(cx, form, tied(dst, first), second);
}

/// As [`source`], with constants read from the pool where they are used.
fn constant_or_source(cx: &mut Cx, value: Value) -> Source {
    let constant = cx.const_bits(value).map(|bits| match cx.ty(value) {
        Type::F32 => Const::B32(bits as u32),
        _ => Const::B64(bits),
    });
    match constant {
        Some(constant) => (pool(constant), None),
        None => source(cx, value),
    }
}

/// `fmin`, `fmax`.
pub fn min_max(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let a = cx.reg(data.args[0]);
    let b = cx.reg(data.args[1]);
    let dst = cx.dst(cx.result_value(inst, 0));
    cx.pseudo(Pseudo::FloatMinMax {
        fp: fp(data.ty),
        max: data.op == Op::Fmax,
        dst,
        a,
        b,
    });
}

/// The sign bits of both halves of a register.
fn sign_bits(fp: Fp) -> u64 {
    match fp {
        Fp::S => 0x8000_0000_8000_0000,
        Fp::D => 0x8000_0000_0000_0000,
    }
}

/// `fabs` clears the sign, `fneg` flips it.
pub fn sign(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let bits = sign_bits(fp(data.ty));
    let (form, mask) = match data.op {
        Op::Fabs => (Form::Andps, !bits),
        Op::Fneg => (Form::Xorps, bits),
        other => panic!("{other:?} is no sign operation"),
    };
    let arg = cx.reg(data.args[0]);
    let dst = cx.dst(cx.result_value(inst, 0));
    row(cx, form, &[tied(dst, arg), pool(Const::Splat(mask))]);
}

/// Magnitude of the first, sign of the second.
pub fn copysign(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let bits = sign_bits(fp(data.ty));
    let magnitude = cx.reg(data.args[0]);
    let sign = cx.reg(data.args[1]);
    let dst = cx.dst(cx.result_value(inst, 0));
    let (low, high) = (temp(cx), temp(cx));
    row(
        cx,
        Form::Andps,
        &[tied(low, magnitude), pool(Const::Splat(!bits))],
    );
    row(
        cx,
        Form::Andps,
        &[tied(high, sign), pool(Const::Splat(bits))],
    );
    row(cx, Form::Orps, &[tied(dst, low), reg(high)]);
}

/// `fsqrt` and the roundings to integral values. Bit 3 of the mode suppresses the inexact flag.
pub fn round(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let fp = fp(data.ty);
    let arg = cx.reg(data.args[0]);
    let dst = cx.dst(cx.result_value(inst, 0));
    let mode = match data.op {
        Op::Fsqrt => {
            return row(
                cx,
                by_fp(fp, Form::SqrtsS, Form::SqrtsD),
                &[reg(dst), reg(arg)],
            );
        }
        Op::Fnearest => 8,
        Op::Ffloor => 9,
        Op::Fceil => 10,
        Op::Ftrunc => 11,
        other => panic!("{other:?} is no rounding"),
    };
    row(
        cx,
        by_fp(fp, Form::RoundsS, Form::RoundsD),
        &[reg(dst), reg(arg), Arg::Imm(mode)],
    );
}

/// Emits the comparison of an `fcmp`; its condition.
pub fn compare(cx: &mut Cx, data: &InstData, cc: FloatCc) -> Cond {
    let test = float_test(cc);
    let (a, b) = if test.swap {
        (data.args[1], data.args[0])
    } else {
        (data.args[0], data.args[1])
    };
    let second = constant_or_source(cx, b);
    let first = cx.reg(a);
    let form = by_fp(fp(data.ty), Form::UcomisS, Form::UcomisD);
    emit(cx, form, reg(first), second);
    test.cond
}

/// Float to integer.
pub fn to_int(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let src = cx.reg(arg);
    let op = FloatToInt {
        from: fp(cx.ty(arg)),
        wide: is_wide(data.ty),
        signed: matches!(data.op, Op::TruncS | Op::TruncSatS),
        saturate: matches!(data.op, Op::TruncSatS | Op::TruncSatU),
        dst: cx.dst(cx.result_value(inst, 0)),
        src,
        int_temp: cx.temp(RegClass::Int),
        float_temp: temp(cx),
    };
    cx.pseudo(Pseudo::FloatToInt(Box::new(op)));
}

/// Integer to float. `cvtsi2s?` keeps the upper part of its destination, so that is zeroed first: else it would wait for it.
pub fn from_int(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let to = fp(data.ty);
    let wide = is_wide(cx.ty(arg));
    let dst = cx.dst(cx.result_value(inst, 0));
    if data.op == Op::ConvU && wide {
        let src = cx.reg(arg);
        let temps = [cx.temp(RegClass::Int), cx.temp(RegClass::Int)];
        return cx.pseudo(Pseudo::U64ToFloat {
            to,
            dst,
            src,
            temps,
        });
    }
    // A clean u32 is a non-negative i64.
    let unsigned = data.op == Op::ConvU;
    let form = by_fp(
        to,
        by(wide || unsigned, Form::Cvtsi322sS, Form::Cvtsi642sS),
        by(wide || unsigned, Form::Cvtsi322sD, Form::Cvtsi642sD),
    );
    let src = if unsigned {
        (reg(cx.reg(arg)), None)
    } else {
        source(cx, arg)
    };
    let zero = temp(cx);
    cx.pseudo(Pseudo::FloatZero { dst: zero });
    emit(cx, form, tied(dst, zero), src);
}

/// `demote`, `promote`.
pub fn resize(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = cx.reg(data.args[0]);
    let dst = cx.dst(cx.result_value(inst, 0));
    let form = match data.op {
        Op::Demote => Form::CvtsD2sS,
        Op::Promote => Form::CvtsS2sD,
        other => panic!("{other:?} is no float conversion"),
    };
    row(cx, form, &[reg(dst), reg(arg)]);
}

/// The same bits as another type.
pub fn bitcast(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let arg = data.args[0];
    let result = cx.result_value(inst, 0);
    let form = match (cx.ty(arg).is_int(), data.ty) {
        (true, Type::F32) => Form::MovdXR,
        (true, Type::F64) => Form::MovqXR,
        (false, Type::I32) => Form::MovdRX,
        (false, Type::I64) => Form::MovqRX,
        (true, Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr)
        | (false, Type::F32 | Type::F64 | Type::V128) => {
            let arg = cx.reg(arg);
            return cx.alias(result, arg);
        }
        (from_int, ty) => panic!("bitcast to {ty} from int: {from_int}"),
    };
    let arg = cx.reg(arg);
    let dst = cx.dst(result);
    row(cx, form, &[reg(dst), reg(arg)]);
}
