//! Bitwise operations and selections of vectors.

use super::int;
use super::rows::{binary, combine, commutative, is_memory, lanes, ones, op_rr, source, temp};
use crate::ir::{InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::rows::{Cx, reg, row_trap, tied};
use crate::mach::mir::VReg;
use crate::mach::patterns::dies;

/// `vnot`.
pub fn not(cx: &mut Cx, arg: Value) -> VReg {
    let ones = ones(cx);
    combine(cx, Form::Pxor, ones, arg)
}

/// The argument of a `vnot`.
fn inverted(cx: &Cx, value: Value) -> Option<Value> {
    let data = cx.inst(cx.pure_def(value)?);
    (data.op == Op::Vnot).then(|| data.args[0])
}

/// `a & b`; `a & !b` for one that is inverted.
pub fn and(cx: &mut Cx, a: Value, b: Value) -> VReg {
    if let Some(b) = inverted(cx, b) {
        return binary(cx, Form::Pandn, b, a);
    }
    if let Some(a) = inverted(cx, a) {
        return binary(cx, Form::Pandn, a, b);
    }
    commutative(cx, Form::Pand, a, b)
}

/// How many bitwise operations deep [`is_byte_mask`] looks.
const MASK_DEPTH: u32 = 3;

/// Whether every byte is known to be 0 or 255.
fn is_byte_mask(cx: &Cx, value: Value, depth: u32) -> bool {
    if let Some(bits) = cx.vec_bits(value) {
        return bits.to_le_bytes().iter().all(|&b| b == 0 || b == 255);
    }
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let data = cx.inst(inst);
    match data.op {
        Op::Vicmp | Op::Vfcmp => true,
        Op::Vnot | Op::Vand | Op::Vor | Op::Vxor | Op::Vandnot => {
            depth != 0
                && data
                    .args
                    .iter()
                    .all(|&arg| is_byte_mask(cx, arg, depth - 1))
        }
        _ => false,
    }
}

/// Bits of a where the mask is set, else of b.
pub fn bitselect(cx: &mut Cx, data: &InstData) -> VReg {
    let (mut a, mut b, mut mask) = (data.args[0], data.args[1], data.args[2]);
    if let Some(inner) = inverted(cx, mask) {
        (a, b, mask) = (b, a, inner);
    }
    if is_byte_mask(cx, mask, MASK_DEPTH) && cx.vec_bits(mask).is_none() {
        return blend_by_mask(cx, a, b, mask);
    }
    // (mask & a) | (!mask & b): the mask is read twice, so it is in a register, and what may be overwritten first is a.
    let mask = cx.reg(mask);
    let from_a = if dies(cx, a) && !is_memory(cx, a) {
        let a = cx.reg(a);
        op_rr(cx, Form::Pand, a, mask)
    } else {
        combine(cx, Form::Pand, mask, a)
    };
    let from_b = combine(cx, Form::Pandn, mask, b);
    op_rr(cx, Form::Por, from_a, from_b)
}

/// Bytes of a where the mask has 255, else of b. A comparison that is cheaper the other way round exchanges them.
fn blend_by_mask(cx: &mut Cx, a: Value, b: Value, mask: Value) -> VReg {
    let compared = cx
        .pure_def(mask)
        .filter(|&inst| cx.inst(inst).op == Op::Vicmp && cx.is_single_use(mask));
    let (mask, exchange) = match compared {
        Some(inst) => {
            let mask = int::compare(cx, cx.inst(inst));
            (mask.reg, mask.inverted)
        }
        None => (cx.reg(mask), false),
    };
    let (a, b) = if exchange { (b, a) } else { (a, b) };
    blend(cx, [Form::Pblendvb, Form::Vpblendvb], a, b, mask)
}

/// `mask ? a : b` by the highest bits of the mask's lanes; the legacy form has the mask in xmm0.
fn blend(cx: &mut Cx, forms: [Form; 2], a: Value, b: Value, mask: VReg) -> VReg {
    let a = source(cx, a);
    let b = cx.reg(b);
    let dst = temp(cx);
    if cx.isa.cpu.avx {
        row_trap(cx, forms[1], &[reg(dst), reg(b), a.0, reg(mask)], a.1);
    } else {
        row_trap(cx, forms[0], &[tied(dst, b), a.0, reg(mask)], a.1);
    }
    dst
}

/// `i16x8` has no blend of its own: there the bits decide one by one, which the standard allows as well.
pub fn laneselect(cx: &mut Cx, data: &InstData) -> VReg {
    let forms = match lanes(data) {
        Lanes::I8x16 => [Form::Pblendvb, Form::Vpblendvb],
        Lanes::I32x4 => [Form::Blendvps, Form::Vblendvps],
        Lanes::I64x2 => [Form::Blendvpd, Form::Vblendvpd],
        Lanes::I16x8 | Lanes::F32x4 | Lanes::F64x2 => return bitselect(cx, data),
    };
    let mask = cx.reg(data.args[2]);
    blend(cx, forms, data.args[0], data.args[1], mask)
}
