//! Vectors: how their 128 bits are divided into lanes, and the operand and result types of every vector op.
//!
//! Vector ops are separate from the scalar ones, so that no rule about numbers touches them. Lane 0 is in the lowest bits, as in memory.
//! [`Op::vector`] says which immediate an op has and between which types it works; verifier, parser, builder and interpreter go by it.

use super::Op;
use super::types::Type;

/// How a vector is divided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Lanes {
    I8x16,
    I16x8,
    I32x4,
    I64x2,
    F32x4,
    F64x2,
}

use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, I64x2};

impl Lanes {
    /// All divisions.
    pub const ALL: [Lanes; 6] = [I8x16, I16x8, I32x4, I64x2, F32x4, F64x2];
    /// Bits of a lane.
    pub fn bits(self) -> u32 {
        match self {
            I8x16 => 8,
            I16x8 => 16,
            I32x4 | F32x4 => 32,
            I64x2 | F64x2 => 64,
        }
    }
    /// Number of lanes.
    pub fn count(self) -> u32 {
        128 / self.bits()
    }
    /// Type of a lane as a scalar; narrow integers are in the low bits of an `i32`.
    pub fn scalar(self) -> Type {
        match self {
            I8x16 | I16x8 | I32x4 => Type::I32,
            I64x2 => Type::I64,
            F32x4 => Type::F32,
            F64x2 => Type::F64,
        }
    }
    /// Whether lanes are floating-point numbers.
    pub fn is_float(self) -> bool {
        matches!(self, F32x4 | F64x2)
    }
    /// Integer lanes of half the width, which widening ops take and narrowing ops give.
    pub fn narrower(self) -> Option<Lanes> {
        match self {
            I16x8 => Some(I8x16),
            I32x4 => Some(I16x8),
            I64x2 => Some(I32x4),
            I8x16 | F32x4 | F64x2 => None,
        }
    }
    /// Integer lanes of twice the width.
    pub fn wider(self) -> Option<Lanes> {
        match self {
            I8x16 => Some(I16x8),
            I16x8 => Some(I32x4),
            I32x4 => Some(I64x2),
            I64x2 | F32x4 | F64x2 => None,
        }
    }
    /// Name in the text form.
    pub fn name(self) -> &'static str {
        match self {
            I8x16 => "i8x16",
            I16x8 => "i16x8",
            I32x4 => "i32x4",
            I64x2 => "i64x2",
            F32x4 => "f32x4",
            F64x2 => "f64x2",
        }
    }
}

/// Which immediate a vector op has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VecImm {
    /// `Imm::None`: the op's name says what the lanes are.
    None,
    /// `Imm::Lanes`, one of these.
    Lanes(&'static [Lanes]),
    /// `Imm::Lane`, one of these and an index below their count.
    Lane(&'static [Lanes]),
    /// `Imm::VecIcmp`.
    Icmp,
    /// `Imm::VecFcmp`.
    Fcmp,
    /// `Imm::Vec`: 16 indices below 32.
    Shuffle,
}

/// Type of an operand or result of a vector op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VecType {
    V128,
    I32,
    /// [`Lanes::scalar`] of the immediate's lanes.
    Scalar,
}

/// Immediate, operands and result of a vector op.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VecShape {
    pub imm: VecImm,
    pub args: &'static [VecType],
    pub result: VecType,
}

const INTS: &[Lanes] = &[I8x16, I16x8, I32x4, I64x2];
const FLOATS: &[Lanes] = &[F32x4, F64x2];
/// Lanes of what saturates.
const SMALL: &[Lanes] = &[I8x16, I16x8];
const MIN_MAX: &[Lanes] = &[I8x16, I16x8, I32x4];
/// Results of what widens.
const WIDE: &[Lanes] = &[I16x8, I32x4, I64x2];

/// Every vector op, as a pattern.
macro_rules! vector_op {
    () => {
        $crate::ir::Op::Vnot
            | $crate::ir::Op::Vand
            | $crate::ir::Op::Vandnot
            | $crate::ir::Op::Vor
            | $crate::ir::Op::Vxor
            | $crate::ir::Op::Vbitselect
            | $crate::ir::Op::VanyTrue
            | $crate::ir::Op::VallTrue
            | $crate::ir::Op::Vbitmask
            | $crate::ir::Op::Vsplat
            | $crate::ir::Op::Vextract
            | $crate::ir::Op::VextractS
            | $crate::ir::Op::VextractU
            | $crate::ir::Op::Vreplace
            | $crate::ir::Op::Vshuffle
            | $crate::ir::Op::Vswizzle
            | $crate::ir::Op::Vadd
            | $crate::ir::Op::Vsub
            | $crate::ir::Op::Vmul
            | $crate::ir::Op::Vneg
            | $crate::ir::Op::Vabs
            | $crate::ir::Op::VaddSatS
            | $crate::ir::Op::VaddSatU
            | $crate::ir::Op::VsubSatS
            | $crate::ir::Op::VsubSatU
            | $crate::ir::Op::VminS
            | $crate::ir::Op::VminU
            | $crate::ir::Op::VmaxS
            | $crate::ir::Op::VmaxU
            | $crate::ir::Op::VavgrU
            | $crate::ir::Op::Vpopcnt
            | $crate::ir::Op::Vshl
            | $crate::ir::Op::VshrS
            | $crate::ir::Op::VshrU
            | $crate::ir::Op::Vicmp
            | $crate::ir::Op::VnarrowS
            | $crate::ir::Op::VnarrowU
            | $crate::ir::Op::VextendLowS
            | $crate::ir::Op::VextendLowU
            | $crate::ir::Op::VextendHighS
            | $crate::ir::Op::VextendHighU
            | $crate::ir::Op::VextmulLowS
            | $crate::ir::Op::VextmulLowU
            | $crate::ir::Op::VextmulHighS
            | $crate::ir::Op::VextmulHighU
            | $crate::ir::Op::VextaddPairwiseS
            | $crate::ir::Op::VextaddPairwiseU
            | $crate::ir::Op::Vdot
            | $crate::ir::Op::Vq15mulr
            | $crate::ir::Op::Vfadd
            | $crate::ir::Op::Vfsub
            | $crate::ir::Op::Vfmul
            | $crate::ir::Op::Vfdiv
            | $crate::ir::Op::Vfmin
            | $crate::ir::Op::Vfmax
            | $crate::ir::Op::Vfpmin
            | $crate::ir::Op::Vfpmax
            | $crate::ir::Op::Vfabs
            | $crate::ir::Op::Vfneg
            | $crate::ir::Op::Vfsqrt
            | $crate::ir::Op::Vfceil
            | $crate::ir::Op::Vffloor
            | $crate::ir::Op::Vftrunc
            | $crate::ir::Op::Vfnearest
            | $crate::ir::Op::Vfcmp
            | $crate::ir::Op::VtruncSatS
            | $crate::ir::Op::VtruncSatU
            | $crate::ir::Op::VtruncSatZeroS
            | $crate::ir::Op::VtruncSatZeroU
            | $crate::ir::Op::VconvS
            | $crate::ir::Op::VconvU
            | $crate::ir::Op::VconvLowS
            | $crate::ir::Op::VconvLowU
            | $crate::ir::Op::Vdemote
            | $crate::ir::Op::Vpromote
            | $crate::ir::Op::VrelaxedSwizzle
            | $crate::ir::Op::VrelaxedTruncS
            | $crate::ir::Op::VrelaxedTruncU
            | $crate::ir::Op::VrelaxedTruncZeroS
            | $crate::ir::Op::VrelaxedTruncZeroU
            | $crate::ir::Op::Vfma
            | $crate::ir::Op::Vfnma
            | $crate::ir::Op::VrelaxedMin
            | $crate::ir::Op::VrelaxedMax
            | $crate::ir::Op::VrelaxedQ15mulr
            | $crate::ir::Op::VrelaxedDot
            | $crate::ir::Op::VrelaxedLaneselect
    };
}
pub(crate) use vector_op;

impl Op {
    /// What a vector op works on; `None` for the others. (`Const`, `Select`, `Load` and `Store` take vectors as any other type.)
    pub fn vector(self) -> Option<VecShape> {
        use VecType::{I32, Scalar, V128};
        let (imm, args, result): (VecImm, &'static [VecType], VecType) = match self {
            Op::Vnot => (VecImm::None, &[V128], V128),
            Op::Vand | Op::Vandnot | Op::Vor | Op::Vxor => (VecImm::None, &[V128, V128], V128),
            Op::Vbitselect => (VecImm::None, &[V128, V128, V128], V128),
            Op::VanyTrue => (VecImm::None, &[V128], I32),
            Op::VallTrue | Op::Vbitmask => (VecImm::Lanes(INTS), &[V128], I32),
            Op::Vsplat => (VecImm::Lanes(&Lanes::ALL), &[Scalar], V128),
            Op::Vextract => (VecImm::Lane(&[I32x4, I64x2, F32x4, F64x2]), &[V128], Scalar),
            Op::VextractS | Op::VextractU => (VecImm::Lane(SMALL), &[V128], I32),
            Op::Vreplace => (VecImm::Lane(&Lanes::ALL), &[V128, Scalar], V128),
            Op::Vshuffle => (VecImm::Shuffle, &[V128, V128], V128),
            Op::Vswizzle | Op::VrelaxedSwizzle => (VecImm::None, &[V128, V128], V128),
            Op::Vadd | Op::Vsub => (VecImm::Lanes(INTS), &[V128, V128], V128),
            Op::Vmul => (VecImm::Lanes(WIDE), &[V128, V128], V128),
            Op::Vneg | Op::Vabs => (VecImm::Lanes(INTS), &[V128], V128),
            Op::VaddSatS | Op::VaddSatU | Op::VsubSatS | Op::VsubSatU | Op::VavgrU => {
                (VecImm::Lanes(SMALL), &[V128, V128], V128)
            }
            Op::VminS | Op::VminU | Op::VmaxS | Op::VmaxU => {
                (VecImm::Lanes(MIN_MAX), &[V128, V128], V128)
            }
            Op::Vpopcnt => (VecImm::None, &[V128], V128),
            Op::Vshl | Op::VshrS | Op::VshrU => (VecImm::Lanes(INTS), &[V128, I32], V128),
            Op::Vicmp => (VecImm::Icmp, &[V128, V128], V128),
            Op::VnarrowS | Op::VnarrowU => (VecImm::Lanes(SMALL), &[V128, V128], V128),
            Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU => {
                (VecImm::Lanes(WIDE), &[V128], V128)
            }
            Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
                (VecImm::Lanes(WIDE), &[V128, V128], V128)
            }
            Op::VextaddPairwiseS | Op::VextaddPairwiseU => {
                (VecImm::Lanes(&[I16x8, I32x4]), &[V128], V128)
            }
            Op::Vdot | Op::Vq15mulr | Op::VrelaxedQ15mulr | Op::VrelaxedDot => {
                (VecImm::None, &[V128, V128], V128)
            }
            Op::Vfadd
            | Op::Vfsub
            | Op::Vfmul
            | Op::Vfdiv
            | Op::Vfmin
            | Op::Vfmax
            | Op::Vfpmin
            | Op::Vfpmax
            | Op::VrelaxedMin
            | Op::VrelaxedMax => (VecImm::Lanes(FLOATS), &[V128, V128], V128),
            Op::Vfabs
            | Op::Vfneg
            | Op::Vfsqrt
            | Op::Vfceil
            | Op::Vffloor
            | Op::Vftrunc
            | Op::Vfnearest => (VecImm::Lanes(FLOATS), &[V128], V128),
            Op::Vfcmp => (VecImm::Fcmp, &[V128, V128], V128),
            Op::VtruncSatS
            | Op::VtruncSatU
            | Op::VtruncSatZeroS
            | Op::VtruncSatZeroU
            | Op::VconvS
            | Op::VconvU
            | Op::VconvLowS
            | Op::VconvLowU
            | Op::Vdemote
            | Op::Vpromote
            | Op::VrelaxedTruncS
            | Op::VrelaxedTruncU
            | Op::VrelaxedTruncZeroS
            | Op::VrelaxedTruncZeroU => (VecImm::None, &[V128], V128),
            Op::Vfma | Op::Vfnma => (VecImm::Lanes(FLOATS), &[V128, V128, V128], V128),
            Op::VrelaxedLaneselect => (VecImm::Lanes(INTS), &[V128, V128, V128], V128),
            _ => return None,
        };
        Some(VecShape { imm, args, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Shape;

    #[test]
    fn the_shape_says_which_ops_are_vector_ops() {
        for &op in Op::ALL {
            let shape = op.shape() == Shape::Vector;
            assert_eq!(op.vector().is_some(), shape, "{}", op.name());
            assert_eq!(matches!(op, vector_op!()), shape, "{}", op.name());
        }
    }
}
