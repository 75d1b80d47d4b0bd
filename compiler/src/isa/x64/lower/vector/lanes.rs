//! Single lanes: splats, extraction, replacement, and loads and stores of them.

use super::rows::{is_zero, lanes, op_rr, op_rri, op_source, unary, unary_imm, zero};
use crate::ir::{Imm, InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::addr::access;
use crate::isa::x64::lower::fold::{Source, sink};
use crate::isa::x64::lower::rows::{Cx, reg, row, row_trap};
use crate::isa::x64::operand::Arg;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{access_kind, two};

/// The place of a load of exactly so many bytes, of which the value's low part is what is wanted.
fn lane_load(cx: &mut Cx, value: Value, bytes: u32) -> Option<Source> {
    let load = cx.sinkable(value)?;
    let data = cx.inst(load);
    (access_kind(data).bytes(data.ty) == bytes).then(|| sink(cx, load))
}

/// An operand that is a register.
fn register(vreg: VReg) -> Source {
    (reg(vreg), None)
}

// Splats.

/// `vsplat`.
pub fn splat(cx: &mut Cx, data: &InstData) -> VReg {
    let value = data.args[0];
    let lanes = lanes(data);
    let load = lane_load(cx, value, lanes.bits() / 8);
    if cx.isa.cpu.avx2 {
        return broadcast(cx, lanes, value, load);
    }
    match lanes {
        Lanes::I8x16 => {
            let index = zero(cx);
            let byte = match load {
                Some(load) => {
                    let empty = zero(cx);
                    op_rri(cx, Form::PinsrbM, empty, load, 0)
                }
                None => from_int(cx, Form::MovdXR, value),
            };
            op_rr(cx, Form::Pshufb, byte, index)
        }
        Lanes::I16x8 => {
            let word = match load {
                Some(load) => {
                    let empty = zero(cx);
                    op_rri(cx, Form::PinsrwM, empty, load, 0)
                }
                None => from_int(cx, Form::MovdXR, value),
            };
            let half = unary_imm(cx, Form::Pshuflw, register(word), 0);
            unary_imm(cx, Form::Pshufd, register(half), 0)
        }
        Lanes::I32x4 | Lanes::F32x4 => {
            if let Some(load) = load {
                if cx.isa.cpu.avx {
                    return unary(cx, Form::Vbroadcastss, load);
                }
                let lane = unary(cx, Form::MovsXMS, load);
                return op_rri(cx, Form::Shufps, lane, register(lane), 0);
            }
            let lane = match lanes {
                Lanes::F32x4 => cx.reg(value),
                _ => from_int(cx, Form::MovdXR, value),
            };
            unary_imm(cx, Form::Pshufd, register(lane), 0)
        }
        Lanes::I64x2 | Lanes::F64x2 => {
            let lane = match (load, lanes) {
                (Some(load), _) => load,
                (None, Lanes::F64x2) => register(cx.reg(value)),
                (None, _) => {
                    let lane = from_int(cx, Form::MovqXR, value);
                    return op_rr(cx, Form::Punpcklqdq, lane, lane);
                }
            };
            unary(cx, Form::Movddup, lane)
        }
    }
}

/// AVX2 copies the lowest lane of a register or a place in memory.
fn broadcast(cx: &mut Cx, lanes: Lanes, value: Value, load: Option<Source>) -> VReg {
    let form = match lanes {
        Lanes::I8x16 => Form::Vpbroadcastb,
        Lanes::I16x8 => Form::Vpbroadcastw,
        Lanes::I32x4 => Form::Vpbroadcastd,
        Lanes::I64x2 => Form::Vpbroadcastq,
        Lanes::F32x4 => Form::Vbroadcastss,
        Lanes::F64x2 => Form::Movddup,
    };
    let lane = load.unwrap_or_else(|| {
        register(match lanes {
            Lanes::F32x4 | Lanes::F64x2 => cx.reg(value),
            Lanes::I64x2 => from_int(cx, Form::MovqXR, value),
            Lanes::I8x16 | Lanes::I16x8 | Lanes::I32x4 => from_int(cx, Form::MovdXR, value),
        })
    });
    unary(cx, form, lane)
}

/// An integer in the lowest lane, zeros above.
fn from_int(cx: &mut Cx, form: Form, value: Value) -> VReg {
    let value = register(cx.reg(value));
    unary(cx, form, value)
}

// Extraction.

fn lane_of(data: &InstData) -> (Lanes, i64) {
    match data.imm {
        Imm::Lane { lanes, lane } => (lanes, i64::from(lane)),
        _ => data.wrong_imm(),
    }
}

/// `vextract`, `vextract_s`, `vextract_u`.
pub fn extract(cx: &mut Cx, data: &InstData) -> VReg {
    let (lanes, lane) = lane_of(data);
    let vector = cx.reg(data.args[0]);
    let (form, signed) = match (lanes, lane) {
        // The scalar is the lowest lane of the same register.
        (Lanes::F32x4 | Lanes::F64x2, 0) => return vector,
        (Lanes::F32x4, _) => {
            return unary_imm(cx, Form::Pshufd, register(vector), 0x55 * lane);
        }
        (Lanes::F64x2, _) => return unary_imm(cx, Form::Pshufd, register(vector), 0xee),
        (Lanes::I32x4, 0) => return to_int(cx, Form::MovdRX, vector),
        (Lanes::I64x2, 0) => return to_int(cx, Form::MovqRX, vector),
        (Lanes::I32x4, _) => (Form::Pextrd, None),
        (Lanes::I64x2, _) => (Form::Pextrq, None),
        (Lanes::I8x16, _) => (Form::PextrbR, Some(Form::MovsxR32Rm8)),
        (Lanes::I16x8, _) => (Form::PextrwR, Some(Form::MovsxR32Rm16)),
    };
    let dst = cx.temp(RegClass::Int);
    row(cx, form, &[reg(dst), reg(vector), Arg::Imm(lane)]);
    match signed {
        Some(extend) if data.op == Op::VextractS => {
            let extended = cx.temp(RegClass::Int);
            row(cx, extend, &[reg(extended), reg(dst)]);
            extended
        }
        _ => dst,
    }
}

fn to_int(cx: &mut Cx, form: Form, vector: VReg) -> VReg {
    let dst = cx.temp(RegClass::Int);
    row(cx, form, &[reg(dst), reg(vector)]);
    dst
}

/// A store of a lane that nothing else uses, without a way through another register. `log2`: of the bytes that are stored. False if it is
/// no such store.
pub fn store(cx: &mut Cx, data: &InstData, log2: usize) -> bool {
    let value = data.args[1];
    let Some(inst) = cx.pure_def(value) else {
        return false;
    };
    let source = cx.inst(inst);
    if !matches!(source.op, Op::Vextract | Op::VextractS | Op::VextractU) || cx.is_used(value) {
        return false;
    }
    let (lanes, lane) = lane_of(source);
    if lanes.bits() != 8 << log2 {
        return false;
    }
    let form = match (lanes, lane) {
        (Lanes::I8x16, _) => Form::PextrbM,
        (Lanes::I16x8, _) => Form::PextrwM,
        (Lanes::I32x4 | Lanes::F32x4, 0) => Form::MovsMXS,
        (Lanes::I32x4 | Lanes::F32x4, _) => Form::Pextrd,
        (Lanes::I64x2 | Lanes::F64x2, 0) => Form::MovsMXD,
        (Lanes::I64x2 | Lanes::F64x2, _) => Form::MovhpsMX,
    };
    let vector = cx.reg(source.args[0]);
    let (place, trap) = access(cx, data);
    let all = [Arg::Mem(place), reg(vector), Arg::Imm(lane)];
    let args = &all[..form.row().operands.len()];
    row_trap(cx, form, args, trap);
    true
}

// Replacement.

/// `vreplace`.
pub fn replace(cx: &mut Cx, data: &InstData) -> VReg {
    let (lanes, lane) = lane_of(data);
    let (vector, scalar) = two(data);
    let load = lane_load(cx, scalar, lanes.bits() / 8);
    if lane == 0
        && is_zero(cx, vector)
        && let Some(lowest) = above_zeros(cx, lanes, scalar, load)
    {
        return lowest;
    }
    match lanes {
        Lanes::I8x16 => insert(
            cx,
            [Form::PinsrbR, Form::PinsrbM],
            vector,
            scalar,
            load,
            lane,
        ),
        Lanes::I16x8 => insert(
            cx,
            [Form::PinsrwR, Form::PinsrwM],
            vector,
            scalar,
            load,
            lane,
        ),
        Lanes::I32x4 => insert(cx, [Form::Pinsrd; 2], vector, scalar, load, lane),
        Lanes::I64x2 => insert(cx, [Form::Pinsrq; 2], vector, scalar, load, lane),
        Lanes::F32x4 => match load {
            Some(load) => {
                let vector = cx.reg(vector);
                op_rri(cx, Form::InsertpsM, vector, load, lane << 4)
            }
            None => {
                let (vector, scalar) = (cx.reg(vector), cx.reg(scalar));
                let (form, imm) = match lane {
                    0 => (Form::Blendps, 1),
                    _ => (Form::InsertpsR, lane << 4),
                };
                op_rri(cx, form, vector, register(scalar), imm)
            }
        },
        Lanes::F64x2 => {
            let (in_memory, in_register) = match lane {
                0 => (Form::MovlpsXM, Form::MovsdRR),
                _ => (Form::MovhpsXM, Form::Movlhps),
            };
            match load {
                Some(load) => {
                    let vector = cx.reg(vector);
                    op_source(cx, in_memory, vector, load)
                }
                None => {
                    let (vector, scalar) = (cx.reg(vector), cx.reg(scalar));
                    op_rr(cx, in_register, vector, scalar)
                }
            }
        }
    }
}

fn insert(
    cx: &mut Cx,
    [in_register, in_memory]: [Form; 2],
    vector: Value,
    scalar: Value,
    load: Option<Source>,
    lane: i64,
) -> VReg {
    let (form, scalar) = match load {
        Some(load) => (in_memory, load),
        None => (in_register, register(cx.reg(scalar))),
    };
    let vector = cx.reg(vector);
    op_rri(cx, form, vector, scalar, lane)
}

/// A scalar of 32 or 64 bits in the lowest lane, zeros above: moves do that.
fn above_zeros(cx: &mut Cx, lanes: Lanes, scalar: Value, load: Option<Source>) -> Option<VReg> {
    let (in_memory, in_register) = match lanes {
        Lanes::I8x16 | Lanes::I16x8 => return None,
        Lanes::I32x4 => (Form::MovsXMS, Form::MovdXR),
        Lanes::I64x2 => (Form::MovsXMD, Form::MovqXR),
        Lanes::F32x4 => (Form::MovsXMS, Form::InsertpsR),
        Lanes::F64x2 => (Form::MovsXMD, Form::MovqXX),
    };
    if let Some(load) = load {
        return Some(unary(cx, in_memory, load));
    }
    let scalar = cx.reg(scalar);
    Some(match lanes {
        // Its mask clears lanes 1 to 3.
        Lanes::F32x4 => op_rri(cx, in_register, scalar, register(scalar), 0xe),
        _ => unary(cx, in_register, register(scalar)),
    })
}
