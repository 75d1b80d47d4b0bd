//! Emitting rows of vector instructions.

use crate::ir::{Imm, InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::fold::{Source, is_full_load, sink_full};
use crate::isa::x64::lower::rows::{Cx, pool, reg, row, row_trap, tied};
use crate::isa::x64::mir::{MReg, Pseudo};
use crate::isa::x64::operand::{Arg, Const};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::dies;

/// A new vector register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Float)
}

/// The lanes that an op works in; bytes where its name says them.
pub fn lanes(data: &InstData) -> Lanes {
    data.imm.lanes().unwrap_or(Lanes::I8x16)
}

/// Picks a form by the lanes' width: 8, 16, 32, 64 bits.
pub fn by_lanes(lanes: Lanes, forms: [Form; 4]) -> Form {
    forms[lanes.bits().trailing_zeros() as usize - 3]
}

/// Picks a form by the floats' width.
pub fn by_float(lanes: Lanes, single: Form, double: Form) -> Form {
    if lanes == Lanes::F64x2 {
        double
    } else {
        single
    }
}

/// Zeros.
pub fn zero(cx: &mut Cx) -> VReg {
    let dst = temp(cx);
    cx.pseudo(Pseudo::FloatZero { dst });
    dst
}

/// All ones.
pub fn ones(cx: &mut Cx) -> VReg {
    let dst = temp(cx);
    cx.pseudo(Pseudo::VecOnes { dst });
    dst
}

/// Makes a constant.
pub fn constant(cx: &mut Cx, dst: VReg, bits: u128) {
    match bits {
        0 => cx.pseudo(Pseudo::FloatZero { dst }),
        u128::MAX => cx.pseudo(Pseudo::VecOnes { dst }),
        _ => row(cx, Form::Movaps, &[reg(dst), vector(bits)]),
    }
}

/// A constant in a register.
pub fn constant_reg(cx: &mut Cx, bits: u128) -> VReg {
    let dst = temp(cx);
    constant(cx, dst, bits);
    dst
}

/// A constant as an operand in memory.
pub fn vector(bits: u128) -> Arg<MReg> {
    pool(Const::vector(bits))
}

/// A vector with this in every lane.
pub fn splat_bits(lanes: Lanes, lane: u64) -> u128 {
    let width = lanes.bits();
    let lane = u128::from(lane) & (u128::MAX >> (128 - width));
    (0..lanes.count()).fold(0, |all, n| all | lane << (n * width))
}

/// Whether the value is the constant zero.
pub fn is_zero(cx: &Cx, value: Value) -> bool {
    cx.vec_bits(value) == Some(0)
}

/// Whether [`source`] is in memory.
pub fn is_memory(cx: &Cx, value: Value) -> bool {
    match cx.vec_bits(value) {
        Some(bits) => bits != 0 && bits != u128::MAX,
        None => cx.isa.cpu.avx && is_full_load(cx, value),
    }
}

/// A whole vector as a register, a constant of the pool or (AVX) the place of its load.
pub fn source(cx: &mut Cx, value: Value) -> Source {
    if is_memory(cx, value) {
        if let Some(bits) = cx.vec_bits(value) {
            return (vector(bits), None);
        }
        if let Some(load) = sink_full(cx, value) {
            return load;
        }
    }
    (reg(cx.reg(value)), None)
}

/// The lower half of a vector, as a register or the place of its load.
pub fn half_source(cx: &mut Cx, value: Value) -> Source {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        if let (
            Op::Vreplace,
            Imm::Lane {
                lanes: Lanes::I64x2 | Lanes::F64x2,
                lane: 0,
            },
        ) = (data.op, &data.imm)
            && let Some(load) = sink_full(cx, data.args[1])
        {
            return load;
        }
    }
    (reg(cx.reg(value)), None)
}

/// `a op b` for a register and any operand.
pub fn op(cx: &mut Cx, form: Form, a: VReg, b: Arg<MReg>) -> VReg {
    op_source(cx, form, a, (b, None))
}

/// `a op b` for two registers.
pub fn op_rr(cx: &mut Cx, form: Form, a: VReg, b: VReg) -> VReg {
    op(cx, form, a, reg(b))
}

/// `a op imm`, and what else has a source that is overwritten and a number.
pub fn op_imm(cx: &mut Cx, form: Form, a: VReg, imm: i64) -> VReg {
    op(cx, form, a, Arg::Imm(imm))
}

/// `a op b, imm`.
pub fn op_rri(cx: &mut Cx, form: Form, a: VReg, b: Source, imm: i64) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[tied(dst, a), b.0, Arg::Imm(imm)], b.1);
    dst
}

/// `a op b`.
pub fn op_source(cx: &mut Cx, form: Form, a: VReg, b: Source) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[tied(dst, a), b.0], b.1);
    dst
}

/// `op a`, with a result of its own.
pub fn unary(cx: &mut Cx, form: Form, a: Source) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[reg(dst), a.0], a.1);
    dst
}

/// `op a, imm`, with a result of its own.
pub fn unary_imm(cx: &mut Cx, form: Form, a: Source, imm: i64) -> VReg {
    let dst = temp(cx);
    row_trap(cx, form, &[reg(dst), a.0, Arg::Imm(imm)], a.1);
    dst
}

/// `a op b` for a register and a value.
pub fn combine(cx: &mut Cx, form: Form, a: VReg, b: Value) -> VReg {
    let b = source(cx, b);
    op_source(cx, form, a, b)
}

/// `a op b` for two values.
pub fn binary(cx: &mut Cx, form: Form, a: Value, b: Value) -> VReg {
    let b = source(cx, b);
    let a = cx.reg(a);
    op_source(cx, form, a, b)
}

/// As [`binary`] where the operands may change places: what is in memory comes second, what is used for the last time first.
pub fn commutative(cx: &mut Cx, form: Form, a: Value, b: Value) -> VReg {
    let swap = !is_memory(cx, b) && (is_memory(cx, a) || dies(cx, b) && !dies(cx, a));
    if swap {
        binary(cx, form, b, a)
    } else {
        binary(cx, form, a, b)
    }
}

/// Minimum and maximum of lanes of 8, 16 and 32 bits.
pub fn min_max_form(op: Op, lanes: Lanes) -> Form {
    let forms = match op {
        Op::VminS => [Form::Pminsb, Form::Pminsw, Form::Pminsd],
        Op::VminU => [Form::Pminub, Form::Pminuw, Form::Pminud],
        Op::VmaxS => [Form::Pmaxsb, Form::Pmaxsw, Form::Pmaxsd],
        Op::VmaxU => [Form::Pmaxub, Form::Pmaxuw, Form::Pmaxud],
        other => panic!("{other:?} is no minimum or maximum"),
    };
    forms[lanes.bits().trailing_zeros() as usize - 3]
}
