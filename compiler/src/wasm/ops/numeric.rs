//! Numeric operators (core spec 4.4.1): one line each.

use crate::ir::{FloatCc, IntCc, Op, Type};
use crate::wasm::translate::Translator;
use wasmparser::Operator;

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    use Type::{F32, F64, I32, I64};
    match op {
        Operator::I32Eqz => eqz(t, I32),
        Operator::I64Eqz => eqz(t, I64),
        Operator::I32Eq => icmp(t, IntCc::Eq, I32),
        Operator::I32Ne => icmp(t, IntCc::Ne, I32),
        Operator::I32LtS => icmp(t, IntCc::LtS, I32),
        Operator::I32LtU => icmp(t, IntCc::LtU, I32),
        Operator::I32GtS => icmp(t, IntCc::GtS, I32),
        Operator::I32GtU => icmp(t, IntCc::GtU, I32),
        Operator::I32LeS => icmp(t, IntCc::LeS, I32),
        Operator::I32LeU => icmp(t, IntCc::LeU, I32),
        Operator::I32GeS => icmp(t, IntCc::GeS, I32),
        Operator::I32GeU => icmp(t, IntCc::GeU, I32),
        Operator::I64Eq => icmp(t, IntCc::Eq, I64),
        Operator::I64Ne => icmp(t, IntCc::Ne, I64),
        Operator::I64LtS => icmp(t, IntCc::LtS, I64),
        Operator::I64LtU => icmp(t, IntCc::LtU, I64),
        Operator::I64GtS => icmp(t, IntCc::GtS, I64),
        Operator::I64GtU => icmp(t, IntCc::GtU, I64),
        Operator::I64LeS => icmp(t, IntCc::LeS, I64),
        Operator::I64LeU => icmp(t, IntCc::LeU, I64),
        Operator::I64GeS => icmp(t, IntCc::GeS, I64),
        Operator::I64GeU => icmp(t, IntCc::GeU, I64),
        Operator::F32Eq => fcmp(t, FloatCc::Eq, F32),
        Operator::F32Ne => fcmp(t, FloatCc::Ne, F32),
        Operator::F32Lt => fcmp(t, FloatCc::Lt, F32),
        Operator::F32Gt => fcmp(t, FloatCc::Gt, F32),
        Operator::F32Le => fcmp(t, FloatCc::Le, F32),
        Operator::F32Ge => fcmp(t, FloatCc::Ge, F32),
        Operator::F64Eq => fcmp(t, FloatCc::Eq, F64),
        Operator::F64Ne => fcmp(t, FloatCc::Ne, F64),
        Operator::F64Lt => fcmp(t, FloatCc::Lt, F64),
        Operator::F64Gt => fcmp(t, FloatCc::Gt, F64),
        Operator::F64Le => fcmp(t, FloatCc::Le, F64),
        Operator::F64Ge => fcmp(t, FloatCc::Ge, F64),
        Operator::I32Clz => unary(t, Op::Clz, I32),
        Operator::I32Ctz => unary(t, Op::Ctz, I32),
        Operator::I32Popcnt => unary(t, Op::Popcnt, I32),
        Operator::I32Extend8S => unary(t, Op::Ext8S, I32),
        Operator::I32Extend16S => unary(t, Op::Ext16S, I32),
        Operator::I64Clz => unary(t, Op::Clz, I64),
        Operator::I64Ctz => unary(t, Op::Ctz, I64),
        Operator::I64Popcnt => unary(t, Op::Popcnt, I64),
        Operator::I64Extend8S => unary(t, Op::Ext8S, I64),
        Operator::I64Extend16S => unary(t, Op::Ext16S, I64),
        Operator::I64Extend32S => unary(t, Op::Ext32S, I64),
        Operator::F32Abs => unary(t, Op::Fabs, F32),
        Operator::F32Neg => unary(t, Op::Fneg, F32),
        Operator::F32Sqrt => unary(t, Op::Fsqrt, F32),
        Operator::F32Ceil => unary(t, Op::Fceil, F32),
        Operator::F32Floor => unary(t, Op::Ffloor, F32),
        Operator::F32Trunc => unary(t, Op::Ftrunc, F32),
        Operator::F32Nearest => unary(t, Op::Fnearest, F32),
        Operator::F64Abs => unary(t, Op::Fabs, F64),
        Operator::F64Neg => unary(t, Op::Fneg, F64),
        Operator::F64Sqrt => unary(t, Op::Fsqrt, F64),
        Operator::F64Ceil => unary(t, Op::Fceil, F64),
        Operator::F64Floor => unary(t, Op::Ffloor, F64),
        Operator::F64Trunc => unary(t, Op::Ftrunc, F64),
        Operator::F64Nearest => unary(t, Op::Fnearest, F64),
        Operator::I32Add => binary(t, Op::Add, I32),
        Operator::I32Sub => binary(t, Op::Sub, I32),
        Operator::I32Mul => binary(t, Op::Mul, I32),
        Operator::I32DivS => binary(t, Op::DivS, I32),
        Operator::I32DivU => binary(t, Op::DivU, I32),
        Operator::I32RemS => binary(t, Op::RemS, I32),
        Operator::I32RemU => binary(t, Op::RemU, I32),
        Operator::I32And => binary(t, Op::And, I32),
        Operator::I32Or => binary(t, Op::Or, I32),
        Operator::I32Xor => binary(t, Op::Xor, I32),
        Operator::I32Shl => binary(t, Op::Shl, I32),
        Operator::I32ShrS => binary(t, Op::ShrS, I32),
        Operator::I32ShrU => binary(t, Op::ShrU, I32),
        Operator::I32Rotl => binary(t, Op::Rotl, I32),
        Operator::I32Rotr => binary(t, Op::Rotr, I32),
        Operator::I64Add => binary(t, Op::Add, I64),
        Operator::I64Sub => binary(t, Op::Sub, I64),
        Operator::I64Mul => binary(t, Op::Mul, I64),
        Operator::I64Add128 => wide_sum(t, Op::Add),
        Operator::I64Sub128 => wide_sum(t, Op::Sub),
        Operator::I64MulWideS => wide_product(t, Op::MulHighS),
        Operator::I64MulWideU => wide_product(t, Op::MulHighU),
        Operator::I64DivS => binary(t, Op::DivS, I64),
        Operator::I64DivU => binary(t, Op::DivU, I64),
        Operator::I64RemS => binary(t, Op::RemS, I64),
        Operator::I64RemU => binary(t, Op::RemU, I64),
        Operator::I64And => binary(t, Op::And, I64),
        Operator::I64Or => binary(t, Op::Or, I64),
        Operator::I64Xor => binary(t, Op::Xor, I64),
        Operator::I64Shl => binary(t, Op::Shl, I64),
        Operator::I64ShrS => binary(t, Op::ShrS, I64),
        Operator::I64ShrU => binary(t, Op::ShrU, I64),
        Operator::I64Rotl => binary(t, Op::Rotl, I64),
        Operator::I64Rotr => binary(t, Op::Rotr, I64),
        Operator::F32Add => binary(t, Op::Fadd, F32),
        Operator::F32Sub => binary(t, Op::Fsub, F32),
        Operator::F32Mul => binary(t, Op::Fmul, F32),
        Operator::F32Div => binary(t, Op::Fdiv, F32),
        Operator::F32Min => binary(t, Op::Fmin, F32),
        Operator::F32Max => binary(t, Op::Fmax, F32),
        Operator::F32Copysign => binary(t, Op::Fcopysign, F32),
        Operator::F64Add => binary(t, Op::Fadd, F64),
        Operator::F64Sub => binary(t, Op::Fsub, F64),
        Operator::F64Mul => binary(t, Op::Fmul, F64),
        Operator::F64Div => binary(t, Op::Fdiv, F64),
        Operator::F64Min => binary(t, Op::Fmin, F64),
        Operator::F64Max => binary(t, Op::Fmax, F64),
        Operator::F64Copysign => binary(t, Op::Fcopysign, F64),
        Operator::I32WrapI64 => convert(t, Op::Wrap, I32),
        Operator::I64ExtendI32S => convert(t, Op::ExtS, I64),
        Operator::I64ExtendI32U => convert(t, Op::ExtU, I64),
        Operator::I32TruncF32S => convert(t, Op::TruncS, I32),
        Operator::I32TruncSatF32S => convert(t, Op::TruncSatS, I32),
        Operator::F32ConvertI32S => convert(t, Op::ConvS, F32),
        Operator::I32TruncF32U => convert(t, Op::TruncU, I32),
        Operator::I32TruncSatF32U => convert(t, Op::TruncSatU, I32),
        Operator::F32ConvertI32U => convert(t, Op::ConvU, F32),
        Operator::I32TruncF64S => convert(t, Op::TruncS, I32),
        Operator::I32TruncSatF64S => convert(t, Op::TruncSatS, I32),
        Operator::F64ConvertI32S => convert(t, Op::ConvS, F64),
        Operator::I32TruncF64U => convert(t, Op::TruncU, I32),
        Operator::I32TruncSatF64U => convert(t, Op::TruncSatU, I32),
        Operator::F64ConvertI32U => convert(t, Op::ConvU, F64),
        Operator::I64TruncF32S => convert(t, Op::TruncS, I64),
        Operator::I64TruncSatF32S => convert(t, Op::TruncSatS, I64),
        Operator::F32ConvertI64S => convert(t, Op::ConvS, F32),
        Operator::I64TruncF32U => convert(t, Op::TruncU, I64),
        Operator::I64TruncSatF32U => convert(t, Op::TruncSatU, I64),
        Operator::F32ConvertI64U => convert(t, Op::ConvU, F32),
        Operator::I64TruncF64S => convert(t, Op::TruncS, I64),
        Operator::I64TruncSatF64S => convert(t, Op::TruncSatS, I64),
        Operator::F64ConvertI64S => convert(t, Op::ConvS, F64),
        Operator::I64TruncF64U => convert(t, Op::TruncU, I64),
        Operator::I64TruncSatF64U => convert(t, Op::TruncSatU, I64),
        Operator::F64ConvertI64U => convert(t, Op::ConvU, F64),
        Operator::F32DemoteF64 => convert(t, Op::Demote, F32),
        Operator::F64PromoteF32 => convert(t, Op::Promote, F64),
        Operator::I32ReinterpretF32 => convert(t, Op::Bitcast, I32),
        Operator::I64ReinterpretF64 => convert(t, Op::Bitcast, I64),
        Operator::F32ReinterpretI32 => convert(t, Op::Bitcast, F32),
        Operator::F64ReinterpretI64 => convert(t, Op::Bitcast, F64),
        _ => return false,
    }
    true
}

fn eqz(t: &mut Translator, ty: Type) {
    let a = t.pop();
    let zero = t.b.constant(ty, 0);
    let value = t.b.icmp(IntCc::Eq, ty, a, zero);
    t.push(value);
}

fn icmp(t: &mut Translator, cc: IntCc, ty: Type) {
    let (a, b) = t.pop2();
    let value = t.b.icmp(cc, ty, a, b);
    t.push(value);
}

fn fcmp(t: &mut Translator, cc: FloatCc, ty: Type) {
    let (a, b) = t.pop2();
    let value = t.b.fcmp(cc, ty, a, b);
    t.push(value);
}

fn unary(t: &mut Translator, op: Op, ty: Type) {
    let a = t.pop();
    let value = t.b.unary(op, ty, a);
    t.push(value);
}

fn binary(t: &mut Translator, op: Op, ty: Type) {
    let (a, b) = t.pop2();
    let value = t.b.binary(op, ty, a, b);
    t.push(value);
}

/// Conversion to `ty`.
fn convert(t: &mut Translator, op: Op, ty: Type) {
    let a = t.pop();
    let value = t.b.convert(op, ty, a);
    t.push(value);
}

/// `add128`, `sub128` (proposal wide-arithmetic): lower and upper halves of two numbers to those of the result.
fn wide_sum(t: &mut Translator, op: Op) {
    let (c, d) = t.pop2();
    let (a, b) = t.pop2();
    let low = t.b.binary(op, Type::I64, a, c);
    let high = match op {
        Op::Add => t.b.carry(Op::AddCarry, [b, d, low, a]),
        _ => t.b.carry(Op::SubBorrow, [b, d, a, c]),
    };
    t.push(low);
    t.push(high);
}

/// `mul_wide_s`, `mul_wide_u`: lower and upper half of a product.
fn wide_product(t: &mut Translator, high: Op) {
    let (a, b) = t.pop2();
    let low = t.b.binary(Op::Mul, Type::I64, a, b);
    let high = t.b.binary(high, Type::I64, a, b);
    t.push(low);
    t.push(high);
}
