//! Vectors: how their 128 bits are divided into lanes, and which divisions the op table offers.
//!
//! Vector ops are separate from the scalar ones, so that no rule about numbers touches them. Lane 0 is in the lowest bits, as in memory.

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

pub(super) const INTS: &[Lanes] = &[I8x16, I16x8, I32x4, I64x2];
pub(super) const FLOATS: &[Lanes] = &[F32x4, F64x2];
/// Lanes of what saturates.
pub(super) const SMALL: &[Lanes] = &[I8x16, I16x8];
pub(super) const MIN_MAX: &[Lanes] = &[I8x16, I16x8, I32x4];
/// Results of what widens.
pub(super) const WIDE: &[Lanes] = &[I16x8, I32x4, I64x2];
/// Lanes of 32 and 64 bits.
pub(super) const FULL: &[Lanes] = &[I32x4, I64x2, F32x4, F64x2];
/// Results of sums of neighbours.
pub(super) const PAIRS: &[Lanes] = &[I16x8, I32x4];
