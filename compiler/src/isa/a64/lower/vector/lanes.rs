//! Lanes: splats, extraction, replacement, and the loads and stores of single lanes that are composed of them.
//!
//! A load that only the root uses happens in the vector register. Its address is formed as that of any scalar load (`addr.rs`), so no
//! address form is new to the sandbox. `ld1`, `st1` and `ld1r` take a register without displacement: they are used where that is what the
//! address is anyway, elsewhere they would need an addition and save nothing.

use super::rows::{dst, lanes, temp, width};
use crate::ir::vec::Lanes;
use crate::ir::{self, Imm, InstData, Op, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::addr::{Place, access};
use crate::isa::a64::lower::fold::own_def;
use crate::isa::a64::lower::rows::{Cx, reg, row, tied};
use crate::isa::a64::mir::Inst;
use crate::isa::a64::operand::{Amode, Arg, Base};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::access_log2;

/// From a general purpose register to all lanes, by width. This and the following tables are by log2 of a lane's bytes.
pub const DUP: [Form; 4] = [Form::Dup16b, Form::Dup8h, Form::Dup4s, Form::Dup2d];
/// From one lane to all.
pub const DUP_ELEMENT: [Form; 4] = [Form::DupE16b, Form::DupE8h, Form::DupE4s, Form::DupE2d];
/// From one lane to another.
pub const INS_ELEMENT: [Form; 4] = [Form::InsEB, Form::InsEH, Form::InsES, Form::InsED];
const LOAD: [Form; 4] = [Form::LdrVb, Form::LdrVh, Form::LdrS, Form::LdrD];
const STORE: [Form; 4] = [Form::StrVb, Form::StrVh, Form::StrS, Form::StrD];

fn index(lane: u8) -> Arg<crate::isa::a64::mir::MReg> {
    Arg::Imm(i64::from(lane))
}

/// The immediate's lane.
fn lane(data: &InstData) -> u8 {
    match data.imm {
        Imm::Lane { lane, .. } => lane,
        _ => data.wrong_imm(),
    }
}

/// A load of exactly a lane that the root can do: taken into it, with its place.
fn loaded(cx: &mut Cx, scalar: Value, lanes: Lanes) -> Option<Place> {
    let load = cx.sinkable(scalar)?;
    let data = cx.inst(load);
    let log2 = width(lanes);
    if access_log2(data) != log2 {
        return None;
    }
    cx.sink(load);
    Some(access(cx, data, log2 as u8))
}

/// Whether the address is a register and nothing else.
fn is_plain((place, _): &Place) -> bool {
    matches!(
        place,
        Arg::Mem(Amode::Offset {
            base: Base::Reg(_),
            disp: 0
        })
    )
}

/// Loads a lane into lane 0; the others become zero.
fn load_lane(cx: &mut Cx, dst: VReg, (place, trap): Place, lanes: Lanes) {
    let form = LOAD[width(lanes)];
    cx.emit(Inst::row_trap(form, &[reg(dst), place], trap));
}

/// The vector and the lane that an extracted scalar comes from, if the low bits of the scalar are a lane of this width.
fn extracted(cx: &Cx, scalar: Value, width_log2: usize) -> Option<(Value, u8)> {
    let data = cx.inst(cx.pure_def(scalar)?);
    let is_extract = matches!(data.op, Op::Vextract | Op::VextractS | Op::VextractU);
    (is_extract && width(lanes(data)) == width_log2).then(|| (data.args[0], lane(data)))
}

/// One scalar in all lanes.
pub fn splat(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (scalar, to) = (data.args[0], lanes(data));
    let w = width(to);
    if let Some(place) = loaded(cx, scalar, to) {
        if is_plain(&place) {
            let forms = [Form::Ld1R16b, Form::Ld1R8h, Form::Ld1R4s, Form::Ld1R2d];
            let dst = reg(dst(cx, inst));
            return cx.emit(Inst::row_trap(forms[w], &[dst, place.0], place.1));
        }
        let first = temp(cx);
        load_lane(cx, first, place, to);
        let dst = reg(dst(cx, inst));
        return row(cx, DUP_ELEMENT[w], &[dst, reg(first), index(0)]);
    }
    if let Some((vector, lane)) = extracted(cx, scalar, w) {
        let vector = reg(cx.reg(vector));
        let dst = reg(dst(cx, inst));
        return row(cx, DUP_ELEMENT[w], &[dst, vector, index(lane)]);
    }
    let scalar = reg(cx.reg(scalar));
    let dst = reg(dst(cx, inst));
    match to.is_float() {
        true => row(cx, DUP_ELEMENT[w], &[dst, scalar, index(0)]),
        false => row(cx, DUP[w], &[dst, scalar]),
    }
}

/// A lane as a scalar. Lane 0 of floats is the scalar: who uses a scalar reads no bit above it.
pub fn extract(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (of, lane) = (lanes(data), lane(data));
    let value = cx.result_value(inst, 0);
    let vector = cx.reg(data.args[0]);
    if of.is_float() && lane == 0 {
        return cx.alias(value, vector);
    }
    let vector = reg(vector);
    let dst = reg(cx.dst(value));
    let form = match (data.op, of) {
        (Op::Vextract, Lanes::I32x4) if lane == 0 => return row(cx, Form::FmovWS, &[dst, vector]),
        (Op::Vextract, Lanes::I64x2) if lane == 0 => return row(cx, Form::FmovXD, &[dst, vector]),
        (_, Lanes::F32x4) => Form::MovSE,
        (_, Lanes::F64x2) => Form::MovDE,
        (_, Lanes::I32x4) => Form::UmovS,
        (_, Lanes::I64x2) => Form::UmovD,
        (Op::VextractS, Lanes::I8x16) => Form::SmovB,
        (Op::VextractS, Lanes::I16x8) => Form::SmovH,
        (_, Lanes::I8x16) => Form::UmovB,
        (_, Lanes::I16x8) => Form::UmovH,
    };
    row(cx, form, &[dst, vector, index(lane)]);
}

/// One lane replaced.
pub fn replace(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (vector, scalar) = (data.args[0], data.args[1]);
    let (of, lane) = (lanes(data), lane(data));
    let w = width(of);
    let clears = lane == 0 && cx.vec_bits(vector) == Some(0);
    if let Some(place) = loaded(cx, scalar, of) {
        if clears {
            let dst = dst(cx, inst);
            return load_lane(cx, dst, place, of);
        }
        let vector = cx.reg(vector);
        if is_plain(&place) {
            let forms = [Form::Ld1B, Form::Ld1H, Form::Ld1S, Form::Ld1D];
            let args = [tied(dst(cx, inst), vector), index(lane), place.0];
            return cx.emit(Inst::row_trap(forms[w], &args, place.1));
        }
        let first = temp(cx);
        load_lane(cx, first, place, of);
        return insert(cx, inst, vector, (first, 0));
    }
    if clears {
        // A move to a scalar register clears the rest.
        let form = match of {
            Lanes::I32x4 => Some(Form::FmovSW),
            Lanes::I64x2 => Some(Form::FmovDX),
            Lanes::F32x4 => Some(Form::FmovS),
            Lanes::F64x2 => Some(Form::FmovD),
            Lanes::I8x16 | Lanes::I16x8 => None,
        };
        if let Some(form) = form {
            let scalar = reg(cx.reg(scalar));
            let dst = reg(dst(cx, inst));
            return row(cx, form, &[dst, scalar]);
        }
    }
    if let Some((from, at)) = extracted(cx, scalar, w) {
        let (vector, from) = (cx.reg(vector), cx.reg(from));
        return insert(cx, inst, vector, (from, at));
    }
    let (vector, scalar) = (cx.reg(vector), cx.reg(scalar));
    if scalar.class() == RegClass::Float {
        return insert(cx, inst, vector, (scalar, 0));
    }
    let forms = [Form::InsB, Form::InsH, Form::InsS, Form::InsD];
    let dst = tied(dst(cx, inst), vector);
    row(cx, forms[w], &[dst, index(lane), reg(scalar)]);
}

/// The root's lane from a lane of another vector.
fn insert(cx: &mut Cx, inst: ir::Inst, vector: VReg, (from, at): (VReg, u8)) {
    let data = cx.inst(inst);
    let form = INS_ELEMENT[width(lanes(data))];
    let dst = tied(dst(cx, inst), vector);
    row(cx, form, &[dst, index(lane(data)), reg(from), index(at)]);
}

/// A store of a lane that nothing else uses, from the vector register. `false`: it is another store.
pub fn store(cx: &mut Cx, inst: ir::Inst) -> bool {
    let data = cx.inst(inst);
    let log2 = access_log2(data);
    let value = data.args[1];
    if own_def(cx, value).is_none() {
        return false;
    }
    let Some((vector, lane)) = extracted(cx, value, log2) else {
        return false;
    };
    let vector = reg(cx.reg(vector));
    let (place, trap) = access(cx, data, log2 as u8);
    if lane == 0 {
        cx.emit(Inst::row_trap(STORE[log2], &[vector, place], trap));
    } else if is_plain(&(place, trap)) {
        let forms = [Form::St1B, Form::St1H, Form::St1S, Form::St1D];
        let args = [vector, index(lane), place];
        cx.emit(Inst::row_trap(forms[log2], &args, trap));
    } else {
        let forms = [Form::MovBE, Form::MovHE, Form::MovSE, Form::MovDE];
        let scalar = reg(temp(cx));
        row(cx, forms[log2], &[scalar, vector, index(lane)]);
        cx.emit(Inst::row_trap(STORE[log2], &[scalar, place], trap));
    }
    true
}
