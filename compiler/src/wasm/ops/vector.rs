//! Vector operators: SIMD (core spec 4.4.3) and relaxed SIMD.
//!
//! Loads and stores of parts of a vector are made of scalar accesses and ops on lanes; the instruction sets know the shapes. Relaxed operators become the
//! relaxed ops, or with `--deterministic` what the standard's deterministic profile says.

use crate::ir::Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, I64x2};
use crate::ir::{Access, FloatCc, Imm, IntCc, Lanes, Op, Type, Value};
use crate::wasm::ops::memory::target;
use crate::wasm::translate::Translator;
use wasmparser::{MemArg, Operator};

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    memory(t, op)
        || bits_and_lanes(t, op)
        || compare(t, op)
        || integers(t, op)
        || floats(t, op)
        || relaxed(t, op)
}

fn memory(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::V128Load { memarg } => load_full(t, memarg),
        Operator::V128Store { memarg } => store_full(t, memarg),
        Operator::V128Load8x8S { memarg } => load_extended(t, memarg, Op::VextendLowS, I16x8),
        Operator::V128Load8x8U { memarg } => load_extended(t, memarg, Op::VextendLowU, I16x8),
        Operator::V128Load16x4S { memarg } => load_extended(t, memarg, Op::VextendLowS, I32x4),
        Operator::V128Load16x4U { memarg } => load_extended(t, memarg, Op::VextendLowU, I32x4),
        Operator::V128Load32x2S { memarg } => load_extended(t, memarg, Op::VextendLowS, I64x2),
        Operator::V128Load32x2U { memarg } => load_extended(t, memarg, Op::VextendLowU, I64x2),
        Operator::V128Load8Splat { memarg } => load_splat(t, memarg, I8x16),
        Operator::V128Load16Splat { memarg } => load_splat(t, memarg, I16x8),
        Operator::V128Load32Splat { memarg } => load_splat(t, memarg, I32x4),
        Operator::V128Load64Splat { memarg } => load_splat(t, memarg, I64x2),
        Operator::V128Load32Zero { memarg } => load_zero(t, memarg, I32x4),
        Operator::V128Load64Zero { memarg } => load_zero(t, memarg, I64x2),
        Operator::V128Load8Lane { memarg, lane } => load_lane(t, memarg, I8x16, lane),
        Operator::V128Load16Lane { memarg, lane } => load_lane(t, memarg, I16x8, lane),
        Operator::V128Load32Lane { memarg, lane } => load_lane(t, memarg, I32x4, lane),
        Operator::V128Load64Lane { memarg, lane } => load_lane(t, memarg, I64x2, lane),
        Operator::V128Store8Lane { memarg, lane } => store_lane(t, memarg, I8x16, lane),
        Operator::V128Store16Lane { memarg, lane } => store_lane(t, memarg, I16x8, lane),
        Operator::V128Store32Lane { memarg, lane } => store_lane(t, memarg, I32x4, lane),
        Operator::V128Store64Lane { memarg, lane } => store_lane(t, memarg, I64x2, lane),
        _ => return false,
    }
    true
}

fn bits_and_lanes(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::V128Const { value } => {
            let value = t.b.constant_vec(value.into());
            t.push(value);
        }
        Operator::I8x16Shuffle { lanes } => {
            op2(t, Op::Vshuffle, Imm::Vec(u128::from_le_bytes(lanes)))
        }
        Operator::I8x16Swizzle => op2(t, Op::Vswizzle, Imm::None),
        Operator::V128Not => op1(t, Op::Vnot, Imm::None),
        Operator::V128And => op2(t, Op::Vand, Imm::None),
        Operator::V128AndNot => op2(t, Op::Vandnot, Imm::None),
        Operator::V128Or => op2(t, Op::Vor, Imm::None),
        Operator::V128Xor => op2(t, Op::Vxor, Imm::None),
        Operator::V128Bitselect => op3(t, Op::Vbitselect, Imm::None),
        Operator::V128AnyTrue => op1(t, Op::VanyTrue, Imm::None),
        Operator::I8x16Splat => op1(t, Op::Vsplat, Imm::Lanes(I8x16)),
        Operator::I16x8Splat => op1(t, Op::Vsplat, Imm::Lanes(I16x8)),
        Operator::I32x4Splat => op1(t, Op::Vsplat, Imm::Lanes(I32x4)),
        Operator::I64x2Splat => op1(t, Op::Vsplat, Imm::Lanes(I64x2)),
        Operator::F32x4Splat => op1(t, Op::Vsplat, Imm::Lanes(F32x4)),
        Operator::F64x2Splat => op1(t, Op::Vsplat, Imm::Lanes(F64x2)),
        Operator::I8x16ExtractLaneS { lane } => {
            op1(t, Op::VextractS, Imm::Lane { lanes: I8x16, lane })
        }
        Operator::I8x16ExtractLaneU { lane } => {
            op1(t, Op::VextractU, Imm::Lane { lanes: I8x16, lane })
        }
        Operator::I16x8ExtractLaneS { lane } => {
            op1(t, Op::VextractS, Imm::Lane { lanes: I16x8, lane })
        }
        Operator::I16x8ExtractLaneU { lane } => {
            op1(t, Op::VextractU, Imm::Lane { lanes: I16x8, lane })
        }
        Operator::I32x4ExtractLane { lane } => {
            op1(t, Op::Vextract, Imm::Lane { lanes: I32x4, lane })
        }
        Operator::I64x2ExtractLane { lane } => {
            op1(t, Op::Vextract, Imm::Lane { lanes: I64x2, lane })
        }
        Operator::F32x4ExtractLane { lane } => {
            op1(t, Op::Vextract, Imm::Lane { lanes: F32x4, lane })
        }
        Operator::F64x2ExtractLane { lane } => {
            op1(t, Op::Vextract, Imm::Lane { lanes: F64x2, lane })
        }
        Operator::I8x16ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: I8x16, lane })
        }
        Operator::I16x8ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: I16x8, lane })
        }
        Operator::I32x4ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: I32x4, lane })
        }
        Operator::I64x2ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: I64x2, lane })
        }
        Operator::F32x4ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: F32x4, lane })
        }
        Operator::F64x2ReplaceLane { lane } => {
            op2(t, Op::Vreplace, Imm::Lane { lanes: F64x2, lane })
        }
        _ => return false,
    }
    true
}

fn compare(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::I8x16Eq => icmp(t, I8x16, IntCc::Eq),
        Operator::I8x16Ne => icmp(t, I8x16, IntCc::Ne),
        Operator::I8x16LtS => icmp(t, I8x16, IntCc::LtS),
        Operator::I8x16LtU => icmp(t, I8x16, IntCc::LtU),
        Operator::I8x16GtS => icmp(t, I8x16, IntCc::GtS),
        Operator::I8x16GtU => icmp(t, I8x16, IntCc::GtU),
        Operator::I8x16LeS => icmp(t, I8x16, IntCc::LeS),
        Operator::I8x16LeU => icmp(t, I8x16, IntCc::LeU),
        Operator::I8x16GeS => icmp(t, I8x16, IntCc::GeS),
        Operator::I8x16GeU => icmp(t, I8x16, IntCc::GeU),
        Operator::I16x8Eq => icmp(t, I16x8, IntCc::Eq),
        Operator::I16x8Ne => icmp(t, I16x8, IntCc::Ne),
        Operator::I16x8LtS => icmp(t, I16x8, IntCc::LtS),
        Operator::I16x8LtU => icmp(t, I16x8, IntCc::LtU),
        Operator::I16x8GtS => icmp(t, I16x8, IntCc::GtS),
        Operator::I16x8GtU => icmp(t, I16x8, IntCc::GtU),
        Operator::I16x8LeS => icmp(t, I16x8, IntCc::LeS),
        Operator::I16x8LeU => icmp(t, I16x8, IntCc::LeU),
        Operator::I16x8GeS => icmp(t, I16x8, IntCc::GeS),
        Operator::I16x8GeU => icmp(t, I16x8, IntCc::GeU),
        Operator::I32x4Eq => icmp(t, I32x4, IntCc::Eq),
        Operator::I32x4Ne => icmp(t, I32x4, IntCc::Ne),
        Operator::I32x4LtS => icmp(t, I32x4, IntCc::LtS),
        Operator::I32x4LtU => icmp(t, I32x4, IntCc::LtU),
        Operator::I32x4GtS => icmp(t, I32x4, IntCc::GtS),
        Operator::I32x4GtU => icmp(t, I32x4, IntCc::GtU),
        Operator::I32x4LeS => icmp(t, I32x4, IntCc::LeS),
        Operator::I32x4LeU => icmp(t, I32x4, IntCc::LeU),
        Operator::I32x4GeS => icmp(t, I32x4, IntCc::GeS),
        Operator::I32x4GeU => icmp(t, I32x4, IntCc::GeU),
        Operator::I64x2Eq => icmp(t, I64x2, IntCc::Eq),
        Operator::I64x2Ne => icmp(t, I64x2, IntCc::Ne),
        Operator::I64x2LtS => icmp(t, I64x2, IntCc::LtS),
        Operator::I64x2GtS => icmp(t, I64x2, IntCc::GtS),
        Operator::I64x2LeS => icmp(t, I64x2, IntCc::LeS),
        Operator::I64x2GeS => icmp(t, I64x2, IntCc::GeS),
        Operator::F32x4Eq => fcmp(t, F32x4, FloatCc::Eq),
        Operator::F32x4Ne => fcmp(t, F32x4, FloatCc::Ne),
        Operator::F32x4Lt => fcmp(t, F32x4, FloatCc::Lt),
        Operator::F32x4Gt => fcmp(t, F32x4, FloatCc::Gt),
        Operator::F32x4Le => fcmp(t, F32x4, FloatCc::Le),
        Operator::F32x4Ge => fcmp(t, F32x4, FloatCc::Ge),
        Operator::F64x2Eq => fcmp(t, F64x2, FloatCc::Eq),
        Operator::F64x2Ne => fcmp(t, F64x2, FloatCc::Ne),
        Operator::F64x2Lt => fcmp(t, F64x2, FloatCc::Lt),
        Operator::F64x2Gt => fcmp(t, F64x2, FloatCc::Gt),
        Operator::F64x2Le => fcmp(t, F64x2, FloatCc::Le),
        Operator::F64x2Ge => fcmp(t, F64x2, FloatCc::Ge),
        _ => return false,
    }
    true
}

fn integers(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::I8x16Abs => op1(t, Op::Vabs, Imm::Lanes(I8x16)),
        Operator::I8x16Neg => op1(t, Op::Vneg, Imm::Lanes(I8x16)),
        Operator::I8x16Popcnt => op1(t, Op::Vpopcnt, Imm::None),
        Operator::I8x16AllTrue => op1(t, Op::VallTrue, Imm::Lanes(I8x16)),
        Operator::I8x16Bitmask => op1(t, Op::Vbitmask, Imm::Lanes(I8x16)),
        Operator::I8x16Shl => op2(t, Op::Vshl, Imm::Lanes(I8x16)),
        Operator::I8x16ShrS => op2(t, Op::VshrS, Imm::Lanes(I8x16)),
        Operator::I8x16ShrU => op2(t, Op::VshrU, Imm::Lanes(I8x16)),
        Operator::I8x16Add => op2(t, Op::Vadd, Imm::Lanes(I8x16)),
        Operator::I8x16Sub => op2(t, Op::Vsub, Imm::Lanes(I8x16)),
        Operator::I8x16AddSatS => op2(t, Op::VaddSatS, Imm::Lanes(I8x16)),
        Operator::I8x16AddSatU => op2(t, Op::VaddSatU, Imm::Lanes(I8x16)),
        Operator::I8x16SubSatS => op2(t, Op::VsubSatS, Imm::Lanes(I8x16)),
        Operator::I8x16SubSatU => op2(t, Op::VsubSatU, Imm::Lanes(I8x16)),
        Operator::I8x16AvgrU => op2(t, Op::VavgrU, Imm::Lanes(I8x16)),
        Operator::I8x16MinS => op2(t, Op::VminS, Imm::Lanes(I8x16)),
        Operator::I8x16MinU => op2(t, Op::VminU, Imm::Lanes(I8x16)),
        Operator::I8x16MaxS => op2(t, Op::VmaxS, Imm::Lanes(I8x16)),
        Operator::I8x16MaxU => op2(t, Op::VmaxU, Imm::Lanes(I8x16)),
        Operator::I8x16NarrowI16x8S => op2(t, Op::VnarrowS, Imm::Lanes(I8x16)),
        Operator::I8x16NarrowI16x8U => op2(t, Op::VnarrowU, Imm::Lanes(I8x16)),
        Operator::I16x8Abs => op1(t, Op::Vabs, Imm::Lanes(I16x8)),
        Operator::I16x8Neg => op1(t, Op::Vneg, Imm::Lanes(I16x8)),
        Operator::I16x8AllTrue => op1(t, Op::VallTrue, Imm::Lanes(I16x8)),
        Operator::I16x8Bitmask => op1(t, Op::Vbitmask, Imm::Lanes(I16x8)),
        Operator::I16x8Shl => op2(t, Op::Vshl, Imm::Lanes(I16x8)),
        Operator::I16x8ShrS => op2(t, Op::VshrS, Imm::Lanes(I16x8)),
        Operator::I16x8ShrU => op2(t, Op::VshrU, Imm::Lanes(I16x8)),
        Operator::I16x8Add => op2(t, Op::Vadd, Imm::Lanes(I16x8)),
        Operator::I16x8Sub => op2(t, Op::Vsub, Imm::Lanes(I16x8)),
        Operator::I16x8Mul => op2(t, Op::Vmul, Imm::Lanes(I16x8)),
        Operator::I16x8AddSatS => op2(t, Op::VaddSatS, Imm::Lanes(I16x8)),
        Operator::I16x8AddSatU => op2(t, Op::VaddSatU, Imm::Lanes(I16x8)),
        Operator::I16x8SubSatS => op2(t, Op::VsubSatS, Imm::Lanes(I16x8)),
        Operator::I16x8SubSatU => op2(t, Op::VsubSatU, Imm::Lanes(I16x8)),
        Operator::I16x8AvgrU => op2(t, Op::VavgrU, Imm::Lanes(I16x8)),
        Operator::I16x8MinS => op2(t, Op::VminS, Imm::Lanes(I16x8)),
        Operator::I16x8MinU => op2(t, Op::VminU, Imm::Lanes(I16x8)),
        Operator::I16x8MaxS => op2(t, Op::VmaxS, Imm::Lanes(I16x8)),
        Operator::I16x8MaxU => op2(t, Op::VmaxU, Imm::Lanes(I16x8)),
        Operator::I16x8NarrowI32x4S => op2(t, Op::VnarrowS, Imm::Lanes(I16x8)),
        Operator::I16x8NarrowI32x4U => op2(t, Op::VnarrowU, Imm::Lanes(I16x8)),
        Operator::I16x8ExtendLowI8x16S => op1(t, Op::VextendLowS, Imm::Lanes(I16x8)),
        Operator::I16x8ExtendLowI8x16U => op1(t, Op::VextendLowU, Imm::Lanes(I16x8)),
        Operator::I16x8ExtendHighI8x16S => op1(t, Op::VextendHighS, Imm::Lanes(I16x8)),
        Operator::I16x8ExtendHighI8x16U => op1(t, Op::VextendHighU, Imm::Lanes(I16x8)),
        Operator::I16x8ExtMulLowI8x16S => op2(t, Op::VextmulLowS, Imm::Lanes(I16x8)),
        Operator::I16x8ExtMulLowI8x16U => op2(t, Op::VextmulLowU, Imm::Lanes(I16x8)),
        Operator::I16x8ExtMulHighI8x16S => op2(t, Op::VextmulHighS, Imm::Lanes(I16x8)),
        Operator::I16x8ExtMulHighI8x16U => op2(t, Op::VextmulHighU, Imm::Lanes(I16x8)),
        Operator::I16x8ExtAddPairwiseI8x16S => op1(t, Op::VextaddPairwiseS, Imm::Lanes(I16x8)),
        Operator::I16x8ExtAddPairwiseI8x16U => op1(t, Op::VextaddPairwiseU, Imm::Lanes(I16x8)),
        Operator::I32x4Abs => op1(t, Op::Vabs, Imm::Lanes(I32x4)),
        Operator::I32x4Neg => op1(t, Op::Vneg, Imm::Lanes(I32x4)),
        Operator::I32x4AllTrue => op1(t, Op::VallTrue, Imm::Lanes(I32x4)),
        Operator::I32x4Bitmask => op1(t, Op::Vbitmask, Imm::Lanes(I32x4)),
        Operator::I32x4Shl => op2(t, Op::Vshl, Imm::Lanes(I32x4)),
        Operator::I32x4ShrS => op2(t, Op::VshrS, Imm::Lanes(I32x4)),
        Operator::I32x4ShrU => op2(t, Op::VshrU, Imm::Lanes(I32x4)),
        Operator::I32x4Add => op2(t, Op::Vadd, Imm::Lanes(I32x4)),
        Operator::I32x4Sub => op2(t, Op::Vsub, Imm::Lanes(I32x4)),
        Operator::I32x4Mul => op2(t, Op::Vmul, Imm::Lanes(I32x4)),
        Operator::I32x4MinS => op2(t, Op::VminS, Imm::Lanes(I32x4)),
        Operator::I32x4MinU => op2(t, Op::VminU, Imm::Lanes(I32x4)),
        Operator::I32x4MaxS => op2(t, Op::VmaxS, Imm::Lanes(I32x4)),
        Operator::I32x4MaxU => op2(t, Op::VmaxU, Imm::Lanes(I32x4)),
        Operator::I32x4ExtendLowI16x8S => op1(t, Op::VextendLowS, Imm::Lanes(I32x4)),
        Operator::I32x4ExtendLowI16x8U => op1(t, Op::VextendLowU, Imm::Lanes(I32x4)),
        Operator::I32x4ExtendHighI16x8S => op1(t, Op::VextendHighS, Imm::Lanes(I32x4)),
        Operator::I32x4ExtendHighI16x8U => op1(t, Op::VextendHighU, Imm::Lanes(I32x4)),
        Operator::I32x4ExtMulLowI16x8S => op2(t, Op::VextmulLowS, Imm::Lanes(I32x4)),
        Operator::I32x4ExtMulLowI16x8U => op2(t, Op::VextmulLowU, Imm::Lanes(I32x4)),
        Operator::I32x4ExtMulHighI16x8S => op2(t, Op::VextmulHighS, Imm::Lanes(I32x4)),
        Operator::I32x4ExtMulHighI16x8U => op2(t, Op::VextmulHighU, Imm::Lanes(I32x4)),
        Operator::I32x4ExtAddPairwiseI16x8S => op1(t, Op::VextaddPairwiseS, Imm::Lanes(I32x4)),
        Operator::I32x4ExtAddPairwiseI16x8U => op1(t, Op::VextaddPairwiseU, Imm::Lanes(I32x4)),
        Operator::I64x2Abs => op1(t, Op::Vabs, Imm::Lanes(I64x2)),
        Operator::I64x2Neg => op1(t, Op::Vneg, Imm::Lanes(I64x2)),
        Operator::I64x2AllTrue => op1(t, Op::VallTrue, Imm::Lanes(I64x2)),
        Operator::I64x2Bitmask => op1(t, Op::Vbitmask, Imm::Lanes(I64x2)),
        Operator::I64x2Shl => op2(t, Op::Vshl, Imm::Lanes(I64x2)),
        Operator::I64x2ShrS => op2(t, Op::VshrS, Imm::Lanes(I64x2)),
        Operator::I64x2ShrU => op2(t, Op::VshrU, Imm::Lanes(I64x2)),
        Operator::I64x2Add => op2(t, Op::Vadd, Imm::Lanes(I64x2)),
        Operator::I64x2Sub => op2(t, Op::Vsub, Imm::Lanes(I64x2)),
        Operator::I64x2Mul => op2(t, Op::Vmul, Imm::Lanes(I64x2)),
        Operator::I64x2ExtendLowI32x4S => op1(t, Op::VextendLowS, Imm::Lanes(I64x2)),
        Operator::I64x2ExtendLowI32x4U => op1(t, Op::VextendLowU, Imm::Lanes(I64x2)),
        Operator::I64x2ExtendHighI32x4S => op1(t, Op::VextendHighS, Imm::Lanes(I64x2)),
        Operator::I64x2ExtendHighI32x4U => op1(t, Op::VextendHighU, Imm::Lanes(I64x2)),
        Operator::I64x2ExtMulLowI32x4S => op2(t, Op::VextmulLowS, Imm::Lanes(I64x2)),
        Operator::I64x2ExtMulLowI32x4U => op2(t, Op::VextmulLowU, Imm::Lanes(I64x2)),
        Operator::I64x2ExtMulHighI32x4S => op2(t, Op::VextmulHighS, Imm::Lanes(I64x2)),
        Operator::I64x2ExtMulHighI32x4U => op2(t, Op::VextmulHighU, Imm::Lanes(I64x2)),
        Operator::I16x8Q15MulrSatS => op2(t, Op::Vq15mulr, Imm::None),
        Operator::I32x4DotI16x8S => op2(t, Op::Vdot, Imm::None),
        _ => return false,
    }
    true
}

fn floats(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::F32x4Ceil => op1(t, Op::Vfceil, Imm::Lanes(F32x4)),
        Operator::F32x4Floor => op1(t, Op::Vffloor, Imm::Lanes(F32x4)),
        Operator::F32x4Trunc => op1(t, Op::Vftrunc, Imm::Lanes(F32x4)),
        Operator::F32x4Nearest => op1(t, Op::Vfnearest, Imm::Lanes(F32x4)),
        Operator::F32x4Abs => op1(t, Op::Vfabs, Imm::Lanes(F32x4)),
        Operator::F32x4Neg => op1(t, Op::Vfneg, Imm::Lanes(F32x4)),
        Operator::F32x4Sqrt => op1(t, Op::Vfsqrt, Imm::Lanes(F32x4)),
        Operator::F32x4Add => op2(t, Op::Vfadd, Imm::Lanes(F32x4)),
        Operator::F32x4Sub => op2(t, Op::Vfsub, Imm::Lanes(F32x4)),
        Operator::F32x4Mul => op2(t, Op::Vfmul, Imm::Lanes(F32x4)),
        Operator::F32x4Div => op2(t, Op::Vfdiv, Imm::Lanes(F32x4)),
        Operator::F32x4Min => op2(t, Op::Vfmin, Imm::Lanes(F32x4)),
        Operator::F32x4Max => op2(t, Op::Vfmax, Imm::Lanes(F32x4)),
        Operator::F32x4PMin => op2(t, Op::Vfpmin, Imm::Lanes(F32x4)),
        Operator::F32x4PMax => op2(t, Op::Vfpmax, Imm::Lanes(F32x4)),
        Operator::F64x2Ceil => op1(t, Op::Vfceil, Imm::Lanes(F64x2)),
        Operator::F64x2Floor => op1(t, Op::Vffloor, Imm::Lanes(F64x2)),
        Operator::F64x2Trunc => op1(t, Op::Vftrunc, Imm::Lanes(F64x2)),
        Operator::F64x2Nearest => op1(t, Op::Vfnearest, Imm::Lanes(F64x2)),
        Operator::F64x2Abs => op1(t, Op::Vfabs, Imm::Lanes(F64x2)),
        Operator::F64x2Neg => op1(t, Op::Vfneg, Imm::Lanes(F64x2)),
        Operator::F64x2Sqrt => op1(t, Op::Vfsqrt, Imm::Lanes(F64x2)),
        Operator::F64x2Add => op2(t, Op::Vfadd, Imm::Lanes(F64x2)),
        Operator::F64x2Sub => op2(t, Op::Vfsub, Imm::Lanes(F64x2)),
        Operator::F64x2Mul => op2(t, Op::Vfmul, Imm::Lanes(F64x2)),
        Operator::F64x2Div => op2(t, Op::Vfdiv, Imm::Lanes(F64x2)),
        Operator::F64x2Min => op2(t, Op::Vfmin, Imm::Lanes(F64x2)),
        Operator::F64x2Max => op2(t, Op::Vfmax, Imm::Lanes(F64x2)),
        Operator::F64x2PMin => op2(t, Op::Vfpmin, Imm::Lanes(F64x2)),
        Operator::F64x2PMax => op2(t, Op::Vfpmax, Imm::Lanes(F64x2)),
        Operator::I32x4TruncSatF32x4S => op1(t, Op::VtruncSatS, Imm::None),
        Operator::I32x4TruncSatF32x4U => op1(t, Op::VtruncSatU, Imm::None),
        Operator::F32x4ConvertI32x4S => op1(t, Op::VconvS, Imm::None),
        Operator::F32x4ConvertI32x4U => op1(t, Op::VconvU, Imm::None),
        Operator::I32x4TruncSatF64x2SZero => op1(t, Op::VtruncSatZeroS, Imm::None),
        Operator::I32x4TruncSatF64x2UZero => op1(t, Op::VtruncSatZeroU, Imm::None),
        Operator::F64x2ConvertLowI32x4S => op1(t, Op::VconvLowS, Imm::None),
        Operator::F64x2ConvertLowI32x4U => op1(t, Op::VconvLowU, Imm::None),
        Operator::F32x4DemoteF64x2Zero => op1(t, Op::Vdemote, Imm::None),
        Operator::F64x2PromoteLowF32x4 => op1(t, Op::Vpromote, Imm::None),
        _ => return false,
    }
    true
}

fn relaxed(t: &mut Translator, op: &Operator) -> bool {
    match *op {
        Operator::I8x16RelaxedSwizzle => {
            op2(t, either(t, Op::Vswizzle, Op::VrelaxedSwizzle), Imm::None)
        }
        Operator::I32x4RelaxedTruncF32x4S => {
            op1(t, either(t, Op::VtruncSatS, Op::VrelaxedTruncS), Imm::None)
        }
        Operator::I32x4RelaxedTruncF32x4U => {
            op1(t, either(t, Op::VtruncSatU, Op::VrelaxedTruncU), Imm::None)
        }
        Operator::I32x4RelaxedTruncF64x2SZero => op1(
            t,
            either(t, Op::VtruncSatZeroS, Op::VrelaxedTruncZeroS),
            Imm::None,
        ),
        Operator::I32x4RelaxedTruncF64x2UZero => op1(
            t,
            either(t, Op::VtruncSatZeroU, Op::VrelaxedTruncZeroU),
            Imm::None,
        ),
        Operator::F32x4RelaxedMadd => multiply_add(t, F32x4),
        Operator::F32x4RelaxedNmadd => multiply_subtract(t, F32x4),
        Operator::F64x2RelaxedMadd => multiply_add(t, F64x2),
        Operator::F64x2RelaxedNmadd => multiply_subtract(t, F64x2),
        Operator::I8x16RelaxedLaneselect => laneselect(t, I8x16),
        Operator::I16x8RelaxedLaneselect => laneselect(t, I16x8),
        Operator::I32x4RelaxedLaneselect => laneselect(t, I32x4),
        Operator::I64x2RelaxedLaneselect => laneselect(t, I64x2),
        Operator::F32x4RelaxedMin => {
            op2(t, either(t, Op::Vfmin, Op::VrelaxedMin), Imm::Lanes(F32x4))
        }
        Operator::F32x4RelaxedMax => {
            op2(t, either(t, Op::Vfmax, Op::VrelaxedMax), Imm::Lanes(F32x4))
        }
        Operator::F64x2RelaxedMin => {
            op2(t, either(t, Op::Vfmin, Op::VrelaxedMin), Imm::Lanes(F64x2))
        }
        Operator::F64x2RelaxedMax => {
            op2(t, either(t, Op::Vfmax, Op::VrelaxedMax), Imm::Lanes(F64x2))
        }
        Operator::I16x8RelaxedQ15mulrS => {
            op2(t, either(t, Op::Vq15mulr, Op::VrelaxedQ15mulr), Imm::None)
        }
        Operator::I16x8RelaxedDotI8x16I7x16S => {
            let (a, b) = t.pop2();
            let value = relaxed_dot(t, a, b);
            t.push(value);
        }
        Operator::I32x4RelaxedDotI8x16I7x16AddS => relaxed_dot_add(t),
        _ => return false,
    }
    true
}

// Shapes of operators.

fn op1(t: &mut Translator, op: Op, imm: Imm) {
    let a = t.pop();
    let value = t.b.vector(op, imm, &[a]);
    t.push(value);
}

fn op2(t: &mut Translator, op: Op, imm: Imm) {
    let (a, b) = t.pop2();
    let value = t.b.vector(op, imm, &[a, b]);
    t.push(value);
}

fn op3(t: &mut Translator, op: Op, imm: Imm) {
    let (a, b, c) = t.pop3();
    let value = t.b.vector(op, imm, &[a, b, c]);
    t.push(value);
}

fn icmp(t: &mut Translator, lanes: Lanes, cc: IntCc) {
    op2(t, Op::Vicmp, Imm::VecIcmp { lanes, cc });
}

fn fcmp(t: &mut Translator, lanes: Lanes, cc: FloatCc) {
    op2(t, Op::Vfcmp, Imm::VecFcmp { lanes, cc });
}

// Memory.

/// Type and access of a scalar load or store of an integer lane.
fn lane_access(lanes: Lanes) -> (Type, Access) {
    match lanes {
        I8x16 => (Type::I32, Access::U8),
        I16x8 => (Type::I32, Access::U16),
        I32x4 | F32x4 => (Type::I32, Access::Full),
        I64x2 | F64x2 => (Type::I64, Access::Full),
    }
}

fn load_full(t: &mut Translator, memarg: MemArg) {
    let mem = target(t, memarg);
    let addr = t.pop();
    let value = t.b.load(Type::V128, Access::Full, mem, addr, memarg.offset);
    t.push(value);
}

fn store_full(t: &mut Translator, memarg: MemArg) {
    let mem = target(t, memarg);
    let (addr, value) = t.pop2();
    let offset = memarg.offset;
    t.b.store(Type::V128, Access::Full, mem, addr, value, offset);
}

/// A lane at the address on the stack.
fn load_scalar(t: &mut Translator, memarg: MemArg, lanes: Lanes) -> Value {
    let mem = target(t, memarg);
    let addr = t.pop();
    let (ty, access) = lane_access(lanes);
    t.b.load(ty, access, mem, addr, memarg.offset)
}

fn load_splat(t: &mut Translator, memarg: MemArg, lanes: Lanes) {
    let scalar = load_scalar(t, memarg, lanes);
    let value = t.b.vector(Op::Vsplat, Imm::Lanes(lanes), &[scalar]);
    t.push(value);
}

/// Lane 0 from memory, the others 0.
fn loaded_zero(t: &mut Translator, memarg: MemArg, lanes: Lanes) -> Value {
    let scalar = load_scalar(t, memarg, lanes);
    let zero = t.b.constant_vec(0);
    let imm = Imm::Lane { lanes, lane: 0 };
    t.b.vector(Op::Vreplace, imm, &[zero, scalar])
}

fn load_zero(t: &mut Translator, memarg: MemArg, lanes: Lanes) {
    let value = loaded_zero(t, memarg, lanes);
    t.push(value);
}

/// Eight bytes from memory, extended to `lanes`.
fn load_extended(t: &mut Translator, memarg: MemArg, op: Op, lanes: Lanes) {
    let low = loaded_zero(t, memarg, I64x2);
    let value = t.b.vector(op, Imm::Lanes(lanes), &[low]);
    t.push(value);
}

fn load_lane(t: &mut Translator, memarg: MemArg, lanes: Lanes, lane: u8) {
    let vector = t.pop();
    let scalar = load_scalar(t, memarg, lanes);
    let imm = Imm::Lane { lanes, lane };
    let value = t.b.vector(Op::Vreplace, imm, &[vector, scalar]);
    t.push(value);
}

fn store_lane(t: &mut Translator, memarg: MemArg, lanes: Lanes, lane: u8) {
    let mem = target(t, memarg);
    let (addr, vector) = t.pop2();
    let (ty, access) = lane_access(lanes);
    let op = match access {
        Access::Full => Op::Vextract,
        _ => Op::VextractU,
    };
    let scalar = t.b.vector(op, Imm::Lane { lanes, lane }, &[vector]);
    t.b.store(ty, access, mem, addr, scalar, memarg.offset);
}

// Relaxed operators.

fn either(t: &Translator, fixed: Op, relaxed: Op) -> Op {
    if t.deterministic { fixed } else { relaxed }
}

fn multiply_add(t: &mut Translator, lanes: Lanes) {
    let imm = Imm::Lanes(lanes);
    if !t.deterministic {
        return op3(t, Op::Vfma, imm);
    }
    let (a, b, c) = t.pop3();
    let product = t.b.vector(Op::Vfmul, imm.clone(), &[a, b]);
    let value = t.b.vector(Op::Vfadd, imm, &[product, c]);
    t.push(value);
}

fn multiply_subtract(t: &mut Translator, lanes: Lanes) {
    let imm = Imm::Lanes(lanes);
    if !t.deterministic {
        return op3(t, Op::Vfnma, imm);
    }
    let (a, b, c) = t.pop3();
    let product = t.b.vector(Op::Vfmul, imm.clone(), &[a, b]);
    // c - x is -x + c, but for signs of NaNs, which are all made the same.
    let value = t.b.vector(Op::Vfsub, imm, &[c, product]);
    t.push(value);
}

fn laneselect(t: &mut Translator, lanes: Lanes) {
    if t.deterministic {
        op3(t, Op::Vbitselect, Imm::None);
    } else {
        op3(t, Op::VrelaxedLaneselect, Imm::Lanes(lanes));
    }
}

/// Saturated sums of neighbouring products of signed bytes.
fn relaxed_dot(t: &mut Translator, a: Value, b: Value) -> Value {
    if !t.deterministic {
        return t.b.vector(Op::VrelaxedDot, Imm::None, &[a, b]);
    }
    let wide = Imm::Lanes(I16x8);
    let low = t.b.vector(Op::VextmulLowS, wide.clone(), &[a, b]);
    let high = t.b.vector(Op::VextmulHighS, wide.clone(), &[a, b]);
    // The products at even and at odd places.
    let mut gather = |first: u8| {
        let index = |byte: u8| 4 * (byte / 2) + byte % 2 + 2 * first;
        let indices: [u8; 16] = std::array::from_fn(|byte| index(byte as u8));
        let imm = Imm::Vec(u128::from_le_bytes(indices));
        t.b.vector(Op::Vshuffle, imm, &[low, high])
    };
    let (even, odd) = (gather(0), gather(1));
    t.b.vector(Op::VaddSatS, wide, &[even, odd])
}

fn relaxed_dot_add(t: &mut Translator) {
    let (a, b, c) = t.pop3();
    let sums = relaxed_dot(t, a, b);
    let lanes = Imm::Lanes(I32x4);
    let sums = t.b.vector(Op::VextaddPairwiseS, lanes.clone(), &[sums]);
    let value = t.b.vector(Op::Vadd, lanes, &[sums, c]);
    t.push(value);
}
