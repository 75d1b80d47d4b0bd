//! Integer instructions of BMI1, BMI2 and LZCNT, where the level has them: they read one register and write another, take shift counts from
//! any register, and count zeros of zero.
//!
//! Each function says whether it lowered the instruction.

use super::fold::{order_operands, reg_or_mem};
use super::rows::{Cx, reg, tied};
use crate::ir::{self, InstData, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, Pseudo};
use crate::isa::x64::operand::Arg;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{by, dies, is_wide, two, typed_bits, unmasked_count};

/// `clz`, `ctz`. Processors before Skylake wait for the destination, so it is zeroed.
pub fn count(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let form = match data.op {
        Op::Clz if cx.isa.cpu.lzcnt => by(wide, Form::Lzcnt32, Form::Lzcnt64),
        Op::Ctz if cx.isa.cpu.bmi1 => by(wide, Form::Tzcnt32, Form::Tzcnt64),
        _ => return false,
    };
    let (source, trap) = reg_or_mem(cx, data.args[0]);
    let zero = cx.temp(RegClass::Int);
    cx.pseudo(Pseudo::Zero { dst: zero });
    let dst = cx.dst(cx.result_value(inst, 0));
    cx.emit(Inst::row_trap(form, &[tied(dst, zero), source], trap));
    true
}

/// Both halves of an unsigned product. One factor is in rdx, the results may be anywhere.
pub fn product(cx: &mut Cx, data: &InstData, low: VReg, high: VReg) -> bool {
    if data.op != Op::MulHighU || !cx.isa.cpu.bmi2 {
        return false;
    }
    let (a, b) = order_operands(cx, data.args[0], data.args[1]);
    let (source, trap) = reg_or_mem(cx, b);
    let a = cx.reg(a);
    let args = [reg(high), reg(low), source, reg(a)];
    cx.emit(Inst::row_trap(Form::Mulx64, &args, trap));
    true
}

/// Shifts by a register, which need not be `cl`; rotations by a constant of a value that is still needed.
pub fn shift(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    let wide = is_wide(data.ty);
    let (value, count) = two(data);
    if !cx.isa.cpu.bmi2 {
        return false;
    }
    let mask = if wide { 63 } else { 31 };
    let constant = cx.const_bits(count).map(|bits| bits & mask);
    let form = match (data.op, constant) {
        (Op::Shl, None) => by(wide, Form::Shlx32, Form::Shlx64),
        (Op::ShrS, None) => by(wide, Form::Sarx32, Form::Sarx64),
        (Op::ShrU, None) => by(wide, Form::Shrx32, Form::Shrx64),
        (Op::Rotl | Op::Rotr, Some(_)) if !dies(cx, value) => by(wide, Form::Rorx32, Form::Rorx64),
        _ => return false,
    };
    let operand = match constant {
        Some(bits) if data.op == Op::Rotl => Arg::Imm(((mask + 1 - bits) & mask) as i64),
        Some(bits) => Arg::Imm(bits as i64),
        None => {
            let count = unmasked_count(cx, count, mask);
            reg(cx.reg(count))
        }
    };
    let (source, trap) = reg_or_mem(cx, value);
    let dst = cx.dst(cx.result_value(inst, 0));
    cx.emit(Inst::row_trap(form, &[reg(dst), source, operand], trap));
    true
}

/// `x & (x - 1)`, which clears the lowest one, and `!x & y`.
pub fn and(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    if data.op != Op::And || !cx.isa.cpu.bmi1 {
        return false;
    }
    let wide = is_wide(data.ty);
    let ones = if wide { u64::MAX } else { 0xffff_ffff };
    let (a, b) = two(data);
    for (x, other) in [(a, b), (b, a)] {
        if with_ones(cx, Op::Add, other, ones) == Some(x) {
            let x = cx.reg(x);
            let dst = cx.dst(cx.result_value(inst, 0));
            let form = by(wide, Form::Blsr32, Form::Blsr64);
            cx.emit(Inst::row(form, &[reg(dst), reg(x)]));
            return true;
        }
    }
    for (x, other) in [(a, b), (b, a)] {
        if let Some(inverted) = with_ones(cx, Op::Xor, x, ones) {
            if cx.const_bits(other).is_some() {
                return false;
            }
            let (source, trap) = reg_or_mem(cx, other);
            let inverted = cx.reg(inverted);
            let dst = cx.dst(cx.result_value(inst, 0));
            let form = by(wide, Form::Andn32, Form::Andn64);
            cx.emit(Inst::row_trap(
                form,
                &[reg(dst), reg(inverted), source],
                trap,
            ));
            return true;
        }
    }
    false
}

/// The other operand of `op(x, all ones)`.
fn with_ones(cx: &Cx, op: Op, value: Value, ones: u64) -> Option<Value> {
    let data = cx.inst(cx.pure_def(value)?);
    (data.op == op && typed_bits(cx, data.args[1]) == Some(ones)).then(|| data.args[0])
}
