//! The results that x86-64 gives for relaxed vector ops, where they are not the interpreter's.

use crate::ir::eval::fcmp;
use crate::ir::eval_vec::{from_lanes, lane};
use crate::ir::vec::Lanes;
use crate::ir::{FloatCc, Imm, Op};
use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4};

/// The result and the lanes that it consists of. Fused multiplication is not here, because not every level has it.
pub fn x64(op: Op, imm: &Imm, args: &[u128]) -> Option<(Lanes, u128)> {
    let at = |n: usize, lanes, i| lane(args[n], lanes, i);
    let (lanes, bits) = match (op, imm) {
        (Op::VrelaxedSwizzle, _) => {
            let byte = |i| match at(1, I8x16, i) {
                index @ 0..128 => at(0, I8x16, index as u32 & 15),
                _ => 0,
            };
            (I8x16, from_lanes(I8x16, byte))
        }
        (Op::VrelaxedMin | Op::VrelaxedMax, &Imm::Lanes(lanes)) => {
            let cc = match op {
                Op::VrelaxedMin => FloatCc::Lt,
                _ => FloatCc::Gt,
            };
            let pick = |i| {
                let (a, b) = (at(0, lanes, i), at(1, lanes, i));
                if fcmp(cc, lanes.scalar(), a, b) { a } else { b }
            };
            (lanes, from_lanes(lanes, pick))
        }
        (Op::VrelaxedTruncS, _) => {
            let convert = |i| {
                let number = f32::from_bits(at(0, F32x4, i) as u32);
                truncated(f64::from(number))
            };
            (I32x4, from_lanes(I32x4, convert))
        }
        (Op::VrelaxedTruncZeroS, _) => {
            let convert = |i| match i {
                0 | 1 => truncated(f64::from_bits(at(0, F64x2, i))),
                _ => 0,
            };
            (I32x4, from_lanes(I32x4, convert))
        }
        (Op::VrelaxedQ15mulr, _) => {
            let product = |i| {
                let [a, b] = [0, 1].map(|n| i32::from(at(n, I16x8, i) as i16));
                ((a * b + 0x4000) >> 15) as u16 as u64
            };
            (I16x8, from_lanes(I16x8, product))
        }
        (Op::VrelaxedDot, _) => {
            let sum = |i| {
                let product = |i| {
                    let (a, b) = (at(0, I8x16, i) as i8, at(1, I8x16, i) as u8);
                    i32::from(a) * i32::from(b)
                };
                let sum = product(2 * i) + product(2 * i + 1);
                sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as u16 as u64
            };
            (I16x8, from_lanes(I16x8, sum))
        }
        (Op::VrelaxedLaneselect, &Imm::Lanes(lanes)) if lanes != I16x8 => {
            let pick = |i| {
                let set = at(2, lanes, i) >> (lanes.bits() - 1) != 0;
                at(usize::from(!set), lanes, i)
            };
            (lanes, from_lanes(lanes, pick))
        }
        _ => return None,
    };
    Some((lanes, bits))
}

/// The smallest number for what does not fit.
fn truncated(number: f64) -> u64 {
    let fits = number.trunc() >= -2_147_483_648.0 && number.trunc() <= 2_147_483_647.0;
    let value = if fits {
        number.trunc() as i32
    } else {
        i32::MIN
    };
    u64::from(value as u32)
}
