//! What trees are tried on: rows of values for their leaves, as a table in the module's memory, and the constants of their other operands.

use std::fmt::Write as _;

use wative_compiler::ir::{Lanes, Type};

use crate::random::Random;

/// Rows of the table; a bit of a mask stands for each.
pub const ROWS: usize = 32;
/// Leaves of a type that a tree may have.
pub const COLUMNS: usize = 10;
/// Where the table lies in the memory, and bytes of a row.
pub const TABLE: u64 = 0x4000;
pub const ROW: u64 = 880;
/// Where memory operands lie: 64 bytes, which are set anew for each row from these bytes of it on.
pub const CELL: u64 = 0x1_8000;
pub const CELL_SIZE: u64 = 64;
pub const CELL_IN_ROW: u64 = (TYPES.len() * COLUMNS * 16) as u64;

/// Types of leaves.
pub const TYPES: [Type; 5] = [Type::I32, Type::I64, Type::F32, Type::F64, Type::V128];

/// A parameter of a tree's function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Leaf {
    /// The next of the type's columns.
    Value(Kind),
    /// The cell's address less so much.
    Pointer(u32),
    /// 0, 1 or 2.
    Index,
}

/// A type by its place in [`TYPES`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Kind(pub u8);

impl Leaf {
    /// A leaf of a type.
    pub fn of(ty: Type) -> Leaf {
        let at = TYPES.iter().position(|&t| t == ty);
        Leaf::Value(Kind(at.expect("a type of leaves") as u8))
    }
    /// Its type.
    pub fn ty(self) -> Type {
        match self {
            Leaf::Value(kind) => TYPES[kind.0 as usize],
            Leaf::Pointer(_) | Leaf::Index => Type::I32,
        }
    }
}

/// For each leaf of a list the place of its value in a row.
pub fn places(leaves: &[Leaf]) -> Vec<u64> {
    let mut used = [0; TYPES.len()];
    let place = |leaf: &Leaf| match *leaf {
        Leaf::Value(Kind(ty)) => {
            let column = used[ty as usize];
            used[ty as usize] += 1;
            assert!(column < COLUMNS, "too many leaves of a type");
            ((ty as usize * COLUMNS + column) * 16) as u64
        }
        Leaf::Pointer(_) | Leaf::Index => u64::MAX,
    };
    leaves.iter().map(place).collect()
}

/// The value of a leaf in a row.
pub fn value(row: usize, leaf: Leaf, place: u64) -> u128 {
    match leaf {
        Leaf::Value(_) => {
            let at = row * ROW as usize + place as usize;
            let bytes = &table()[at..at + 16];
            u128::from_le_bytes(bytes.try_into().expect("16 bytes"))
        }
        Leaf::Pointer(less) => u128::from(CELL - u64::from(less)),
        Leaf::Index => (row % 3) as u128,
    }
}

/// What the cell holds in a row.
pub fn cell(row: usize) -> &'static [u8] {
    let at = row * ROW as usize + CELL_IN_ROW as usize;
    &table()[at..at + CELL_SIZE as usize]
}

/// The rows as bytes.
pub fn table() -> &'static [u8] {
    static TABLE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(make);
    &TABLE
}

/// A data segment.
pub fn segment(at: u64, bytes: &[u8]) -> String {
    let mut text = format!("(data (i32.const {at}) \"");
    for byte in bytes {
        write!(text, "\\{byte:02x}").expect("a string takes all");
    }
    text.push_str("\")\n");
    text
}

fn make() -> Vec<u8> {
    let mut random = Random::new(5);
    let mut bytes = Vec::new();
    for row in 0..ROWS {
        let start = bytes.len();
        for ty in TYPES {
            let first = interesting(ty, row, &mut random);
            for column in 0..COLUMNS {
                let fresh = interesting(ty, row, &mut random);
                let value = match row {
                    // All alike, or neighbours.
                    0..=2 => first,
                    3 | 4 if column % 2 == 1 && ty != Type::V128 => first ^ 1,
                    _ if column > 0 && random.below(8) == 0 => first,
                    _ => fresh,
                };
                bytes.extend(value.to_le_bytes());
            }
        }
        for slot in 0..CELL_SIZE / 16 {
            let ty = match (row + slot as usize) % 8 {
                0 => Type::F64,
                1 => Type::F32,
                _ => Type::V128,
            };
            let value = match ty {
                Type::V128 => interesting(ty, row + 3, &mut random),
                _ => (0..2).fold(0, |all, half| {
                    all | (interesting(ty, row + 3, &mut random) & u128::from(u64::MAX))
                        << (64 * half)
                }),
            };
            bytes.extend(value.to_le_bytes());
        }
        bytes.resize(start + ROW as usize, 0xa5);
    }
    bytes
}

fn interesting(ty: Type, row: usize, random: &mut Random) -> u128 {
    match ty {
        Type::V128 => vector(row, random),
        _ => u128::from(scalar(ty, row, random)),
    }
}

fn scalar(ty: Type, row: usize, random: &mut Random) -> u64 {
    const INTS: [u64; 22] = [
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0x8000_0000,
        0x8000_0001,
        0xffff_ff80,
        0xffff_8000,
        0xffff_fffe,
        0xffff_ffff,
        0x1_0000_0000,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
        0xffff_ffff_8000_0000,
        0xffff_ffff_ffff_8000,
        0xffff_ffff_ffff_ff80,
        u64::MAX,
    ];
    const FLOATS: [f64; 26] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -3.5,
        3.0,
        7.0,
        100.0,
        -128.0,
        65536.0,
        2147483647.0,
        2147483648.0,
        -2147483649.0,
        4294967295.0,
        4294967296.0,
        9.2e18,
        1.8e19,
        1e300,
        1e-40,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    match ty {
        Type::I32 | Type::I64 => {
            let bits = match row {
                0 => 0,
                1 => u64::MAX,
                2 => 1,
                // Small ones, which are addresses in the memory and counts.
                5..=12 => random.bits() % 70,
                13..=15 => random.bits() % 40_000,
                16..=24 => *random.pick(&INTS),
                _ => random.word(),
            };
            if ty == Type::I32 {
                bits & 0xffff_ffff
            } else {
                bits
            }
        }
        Type::F32 | Type::F64 => {
            let number = match row {
                0 => 0.0,
                1 => -1.0,
                2 => 1.0,
                5..=12 => random.below(60) as f64 - 20.0,
                13..=15 => (random.below(4000) as f64 - 2000.0) / 8.0,
                16..=28 => *random.pick(&FLOATS),
                _ => {
                    // Any bits, so also signalling NaNs.
                    let bits = random.word();
                    return if ty == Type::F32 {
                        bits & 0xffff_ffff
                    } else {
                        bits
                    };
                }
            };
            match ty {
                Type::F32 => u64::from((number as f32).to_bits()),
                _ => number.to_bits(),
            }
        }
        Type::V128 | Type::Ref | Type::Gc | Type::Ptr => panic!("no scalar {ty}"),
    }
}

fn vector(row: usize, random: &mut Random) -> u128 {
    let any = |random: &mut Random| {
        let half = |random: &mut Random| u128::from(random.word());
        half(random) << 64 | half(random)
    };
    match row {
        0 => 0,
        1 => u128::MAX,
        2 => u128::from_le_bytes([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
        // Bytes that are small, whether signed or indices.
        3..=6 => from_lanes(Lanes::I8x16, |_| random.bits() % 24),
        7 => from_lanes(Lanes::I8x16, |_| [0, 0xff][random.below(2)]),
        8..=23 => {
            let lanes = Lanes::ALL[row % Lanes::ALL.len()];
            // Numbers that the arithmetic is exact on come first.
            let row = if row < 14 { 5 } else { 16 };
            from_lanes(lanes, |_| match lanes {
                Lanes::I8x16 => *random.pick(&[0, 1, 2, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, 7]),
                Lanes::I16x8 => *random.pick(&[
                    0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff,
                ]),
                _ => scalar(lanes.scalar(), row, random),
            })
        }
        _ => any(random),
    }
}

fn from_lanes(lanes: Lanes, mut lane: impl FnMut(u32) -> u64) -> u128 {
    (0..lanes.count()).fold(0, |all, i| {
        let mask = u128::MAX >> (128 - lanes.bits());
        all | (u128::from(lane(i)) & mask) << (i * lanes.bits())
    })
}

/// Constants that encodings and patterns care about.
pub fn constants(ty: Type) -> &'static [u128] {
    const I32: &[u128] = &[
        0,
        1,
        2,
        3,
        5,
        7,
        8,
        15,
        16,
        24,
        31,
        32,
        33,
        0x7f,
        0x80,
        0xff,
        0x100,
        0xfff,
        0x1000,
        0x7fff,
        0x8000,
        0xffff,
        0xfff_000,
        0x100_0000,
        0x5555_5555,
        0x00ff_00ff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_0000,
        0xffff_ff00,
        0xffff_ff80,
        0xffff_f000,
        0xffff_fffe,
        0xffff_ffff,
        0x1234_5678,
    ];
    const I64: &[u128] = &[
        0,
        1,
        2,
        3,
        5,
        8,
        16,
        31,
        32,
        33,
        48,
        56,
        63,
        64,
        0x7f,
        0x80,
        0xff,
        0xfff,
        0x1000,
        0x7fff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        0x5555_5555_5555_5555,
        0x00ff_00ff_00ff_00ff,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
        0xffff_ffff_0000_0000,
        0xffff_ffff_8000_0000,
        0xffff_ffff_7fff_ffff,
        0xffff_ffff_ffff_ff00,
        0xffff_ffff_ffff_ff80,
        0xffff_ffff_ffff_fffe,
        0xffff_ffff_ffff_ffff,
        0x1234_5678_9abc_def0,
    ];
    const F32: &[u128] = &[
        0,
        0x8000_0000,
        0x3f80_0000,
        0xbf80_0000,
        0x3f00_0000,
        0x4000_0000,
        0x4f00_0000,
        0x7f80_0000,
        0x7fc0_0000,
    ];
    const F64: &[u128] = &[
        0,
        0x8000_0000_0000_0000,
        0x3ff0_0000_0000_0000,
        0xbff0_0000_0000_0000,
        0x3fe0_0000_0000_0000,
        0x4000_0000_0000_0000,
        0x41e0_0000_0000_0000,
        0x7ff0_0000_0000_0000,
        0x7ff8_0000_0000_0000,
    ];
    const V128: &[u128] = &[
        0,
        u128::MAX,
        0x00ff_00ff_00ff_00ff_00ff_00ff_00ff_00ff,
        0x0101_0101_0101_0101_0101_0101_0101_0101,
        0x0f1e_2d3c_0b1a_2938_8716_a5b4_0302_0100,
    ];
    match ty {
        Type::I32 => I32,
        Type::I64 => I64,
        Type::F32 => F32,
        Type::F64 => F64,
        Type::V128 => V128,
        Type::Ref | Type::Gc | Type::Ptr => &[],
    }
}

/// A few of them, to have them on two places at once.
pub fn few_constants(ty: Type) -> &'static [u128] {
    match ty {
        Type::I32 => &[
            0,
            1,
            8,
            16,
            24,
            31,
            32,
            0xff,
            0x1000,
            0x8000_0000,
            0xffff_ffff,
        ],
        Type::I64 => &[
            0,
            1,
            32,
            48,
            63,
            64,
            0xff,
            0xffff_ffff,
            1 << 63,
            0xffff_ffff_ffff_ffff,
        ],
        Type::F32 => &[0, 0x8000_0000, 0x3f80_0000],
        Type::F64 => &[0, 0x8000_0000_0000_0000, 0x3ff0_0000_0000_0000],
        Type::V128 => &[0, u128::MAX],
        Type::Ref | Type::Gc | Type::Ptr => &[],
    }
}

/// A constant's expression.
pub fn constant(ty: Type, bits: u128) -> String {
    match ty {
        Type::I32 => format!("(i32.const {})", bits as u32 as i32),
        Type::I64 => format!("(i64.const {})", bits as u64 as i64),
        Type::F32 => format!(
            "(f32.const {})",
            float(f64::from(f32::from_bits(bits as u32)))
        ),
        Type::F64 => format!("(f64.const {})", float(f64::from_bits(bits as u64))),
        Type::V128 => format!(
            "(v128.const i64x2 {:#x} {:#x})",
            bits as u64,
            (bits >> 64) as u64
        ),
        Type::Ref | Type::Gc | Type::Ptr => panic!("no constant of {ty}"),
    }
}

/// A float as text; of NaNs only the canonical one.
fn float(number: f64) -> String {
    match number {
        n if n.is_nan() => "nan".to_string(),
        n if n.is_infinite() => (if n > 0.0 { "inf" } else { "-inf" }).to_string(),
        n => format!("{n:?}"),
    }
}
