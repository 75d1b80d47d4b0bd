//! Values of scripts: arguments as 8-byte slots, and the patterns that results must match.

use wast::core::{NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

/// What results are compared with. Floats are bits, so signs and payloads of NaNs count.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    I32(u32),
    I64(u64),
    F32(Float<u32>),
    F64(Float<u64>),
    /// Sixteen bytes as two slots.
    V128([u64; 2]),
    F32x4([Float<u32>; 4]),
    F64x2([Float<u64>; 2]),
    /// A slot of exactly this value: null, or an external reference.
    Ref(u64),
    /// Any reference that is not null.
    NonNull,
    /// A number of 31 bits.
    I31,
    /// A reference to an object.
    Object,
    /// One of several.
    Either(Vec<Pattern>),
}

/// A float or a class of NaNs (core spec 4.3.3: canonical has only the top fraction bit, arithmetic has at least it).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Float<T> {
    Bits(T),
    Canonical,
    Arithmetic,
}

/// Slots of an argument as the script protocol passes it. `Err` names what is not supported.
pub fn argument(arg: &WastArg<'_>) -> Result<Vec<u64>, String> {
    let WastArg::Core(arg) = arg else {
        return Err("component values".to_string());
    };
    Ok(match arg {
        WastArgCore::I32(v) => vec![u64::from(*v as u32)],
        WastArgCore::I64(v) => vec![*v as u64],
        WastArgCore::F32(v) => vec![u64::from(v.bits)],
        WastArgCore::F64(v) => vec![v.bits],
        WastArgCore::V128(v) => {
            let bytes = v.to_le_bytes();
            halves(bytes).to_vec()
        }
        WastArgCore::RefNull(_) => vec![0],
        WastArgCore::RefExtern(n) => vec![u64::from(*n) + 1],
        WastArgCore::RefHost(_) => {
            return Err("references of the host that are no external ones".to_string());
        }
    })
}

/// The pattern of an expected result. `Err` names what is not supported.
pub fn pattern(ret: &WastRet<'_>) -> Result<Pattern, String> {
    match ret {
        WastRet::Core(ret) => core_pattern(ret),
        // The crate's enum is open-ended; everything but core values belongs to components.
        _ => Err("component values".to_string()),
    }
}

fn core_pattern(ret: &WastRetCore<'_>) -> Result<Pattern, String> {
    Ok(match ret {
        WastRetCore::I32(v) => Pattern::I32(*v as u32),
        WastRetCore::I64(v) => Pattern::I64(*v as u64),
        WastRetCore::F32(v) => Pattern::F32(float(v, |v| v.bits)),
        WastRetCore::F64(v) => Pattern::F64(float(v, |v| v.bits)),
        WastRetCore::V128(v) => vector(v),
        WastRetCore::RefNull(_) => Pattern::Ref(0),
        WastRetCore::RefExtern(Some(n)) => Pattern::Ref(u64::from(*n) + 1),
        WastRetCore::RefExtern(None)
        | WastRetCore::RefFunc(_)
        | WastRetCore::RefAny
        | WastRetCore::RefEq => Pattern::NonNull,
        // What came from the host is an object that has its value.
        WastRetCore::RefHost(_) | WastRetCore::RefArray | WastRetCore::RefStruct => Pattern::Object,
        WastRetCore::RefI31 => Pattern::I31,
        WastRetCore::Either(cases) => {
            Pattern::Either(cases.iter().map(core_pattern).collect::<Result<_, _>>()?)
        }
        WastRetCore::RefI31Shared => return Err("shared-everything threads".to_string()),
    })
}

fn float<T, B>(pattern: &NanPattern<T>, bits: impl Fn(&T) -> B) -> Float<B> {
    match pattern {
        NanPattern::CanonicalNan => Float::Canonical,
        NanPattern::ArithmeticNan => Float::Arithmetic,
        NanPattern::Value(value) => Float::Bits(bits(value)),
    }
}

fn vector(pattern: &V128Pattern) -> Pattern {
    let mut bytes = [0; 16];
    let mut put = |at: usize, lane: &[u8]| bytes[at..at + lane.len()].copy_from_slice(lane);
    match pattern {
        V128Pattern::I8x16(lanes) => {
            for (i, v) in lanes.iter().enumerate() {
                put(i, &v.to_le_bytes());
            }
        }
        V128Pattern::I16x8(lanes) => {
            for (i, v) in lanes.iter().enumerate() {
                put(2 * i, &v.to_le_bytes());
            }
        }
        V128Pattern::I32x4(lanes) => {
            for (i, v) in lanes.iter().enumerate() {
                put(4 * i, &v.to_le_bytes());
            }
        }
        V128Pattern::I64x2(lanes) => {
            for (i, v) in lanes.iter().enumerate() {
                put(8 * i, &v.to_le_bytes());
            }
        }
        V128Pattern::F32x4(lanes) => {
            return Pattern::F32x4([0, 1, 2, 3].map(|i| float(&lanes[i], |v| v.bits)));
        }
        V128Pattern::F64x2(lanes) => {
            return Pattern::F64x2([0, 1].map(|i| float(&lanes[i], |v| v.bits)));
        }
    }
    Pattern::V128(halves(bytes))
}

fn halves(bytes: [u8; 16]) -> [u64; 2] {
    let value = u128::from_le_bytes(bytes);
    [value as u64, (value >> 64) as u64]
}

/// Whether the result slots are exactly what the patterns ask for.
pub fn all_match(patterns: &[Pattern], mut slots: &[u64]) -> bool {
    for pattern in patterns {
        let count = pattern.slots();
        if slots.len() < count || !pattern.matches(&slots[..count]) {
            return false;
        }
        slots = &slots[count..];
    }
    slots.is_empty()
}

impl Pattern {
    /// Number of 8-byte slots that the value takes.
    fn slots(&self) -> usize {
        match self {
            Pattern::V128(_) | Pattern::F32x4(_) | Pattern::F64x2(_) => 2,
            Pattern::Either(cases) => cases.first().map_or(1, Pattern::slots),
            Pattern::I32(_)
            | Pattern::I64(_)
            | Pattern::F32(_)
            | Pattern::F64(_)
            | Pattern::Ref(_)
            | Pattern::NonNull
            | Pattern::I31
            | Pattern::Object => 1,
        }
    }

    /// The upper half of a 32-bit result must be zero: the ABI promises it.
    fn matches(&self, slots: &[u64]) -> bool {
        match self {
            Pattern::I32(want) => slots[0] == u64::from(*want),
            Pattern::I64(want) | Pattern::Ref(want) => slots[0] == *want,
            Pattern::F32(want) => u32::try_from(slots[0]).is_ok_and(|got| f32_matches(*want, got)),
            Pattern::F64(want) => f64_matches(*want, slots[0]),
            Pattern::V128(want) => slots == want,
            Pattern::F32x4(want) => (0..4).all(|i| {
                let lane = (slots[i / 2] >> (32 * (i % 2))) as u32;
                f32_matches(want[i], lane)
            }),
            Pattern::F64x2(want) => (0..2).all(|i| f64_matches(want[i], slots[i])),
            Pattern::NonNull => slots[0] != 0,
            Pattern::I31 => slots[0] & 1 == 1 && slots[0] >> 32 == 0,
            Pattern::Object => slots[0] != 0 && slots[0] & 7 == 0 && slots[0] >> 32 == 0,
            Pattern::Either(cases) => cases.iter().any(|case| case.matches(slots)),
        }
    }
}

fn f32_matches(want: Float<u32>, got: u32) -> bool {
    match want {
        Float::Bits(bits) => got == bits,
        Float::Canonical => got & 0x7fff_ffff == 0x7fc0_0000,
        Float::Arithmetic => got & 0x7fc0_0000 == 0x7fc0_0000,
    }
}

fn f64_matches(want: Float<u64>, got: u64) -> bool {
    match want {
        Float::Bits(bits) => got == bits,
        Float::Canonical => got & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000,
        Float::Arithmetic => got & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000,
    }
}
