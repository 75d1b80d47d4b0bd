//! Which immediates instructions can hold (Arm ARM C6.2, and `DecodeBitMasks` for the logical ones).

/// An addition's immediate: 12 bits, at bit 10, shifted by 12 if bit 22 is set. `None`: does not fit.
pub const fn arith(value: u64) -> Option<u32> {
    if value < 1 << 12 {
        Some((value as u32) << 10)
    } else if value < 1 << 24 && value & 0xfff == 0 {
        Some(((value >> 12) as u32) << 10 | 1 << 22)
    } else {
        None
    }
}

/// A logical instruction's immediate of `bits` (32 or 64) as N:immr:imms, to be placed at bit 10. `None`: does not fit.
///
/// The value repeats an element of 2, 4, ... 64 bits, which is a run of ones, neither empty nor full, rotated right by immr. imms is the
/// length of the run minus one, below ones that tell the element's size: 0sssss for 32 bits, 10ssss for 16, and so on; N is 1 for 64.
pub const fn logical(value: u64, bits: u8) -> Option<u32> {
    let value = if bits == 32 {
        let low = value & 0xffff_ffff;
        low | low << 32
    } else {
        value
    };
    if value == 0 || value == u64::MAX {
        return None;
    }
    // The smallest element.
    let mut size = 64;
    while size > 2 {
        let half = size / 2;
        let mask = (1 << half) - 1;
        if value & mask != value >> half & mask {
            break;
        }
        size = half;
    }
    let mask = u64::MAX >> (64 - size);
    let element = value & mask;
    let ones = element.count_ones();
    // Where the run begins: at the first one after a zero, seen from bit 0 around the element.
    let start = if element & 1 == 0 {
        element.trailing_zeros()
    } else {
        let top_zeros = (!element & mask).leading_zeros() - (64 - size);
        (size - top_zeros) % size
    };
    let run = u64::MAX >> (64 - ones);
    let rotated = if start == 0 {
        run
    } else {
        (run << start | run >> (size - start)) & mask
    };
    if rotated != element {
        return None;
    }
    let immr = (size - start) % size;
    let imms = (!(2 * size - 1) & 0x3f) | (ones - 1);
    let n = (size == 64) as u32;
    Some(n << 12 | immr << 6 | imms)
}

/// `movz dst, #imm, lsl #shift` makes the value: the immediate and the shift.
pub const fn movz(value: u64) -> Option<(u16, u8)> {
    let mut shift = 0;
    while shift < 64 {
        if value & !(0xffff << shift) == 0 {
            return Some(((value >> shift) as u16, shift));
        }
        shift += 16;
    }
    None
}

/// `movn dst, #imm, lsl #shift` makes the value of `bits` (32 or 64); bits above are ignored.
pub const fn movn(value: u64, bits: u8) -> Option<(u16, u8)> {
    movz(!value & u64::MAX >> (64 - bits))
}

/// Whether one instruction loads the constant.
pub const fn is_one_move(value: u64) -> bool {
    let narrow = value <= u32::MAX as u64;
    movz(value).is_some()
        || movn(value, 64).is_some()
        || logical(value, 64).is_some()
        || narrow && (movn(value, 32).is_some() || logical(value, 32).is_some())
}

/// The eight bits of a float immediate from an f32's bits: ±(16..31)/16 × 2^(-3..4).
pub const fn fmov_single(bits: u32) -> Option<u8> {
    let exponent = bits >> 25 & 0x3f;
    if bits & 0x7_ffff != 0 || !(exponent == 0b10_0000 || exponent == 0b01_1111) {
        return None;
    }
    Some((bits >> 24 & 0x80) as u8 | (bits >> 19 & 0x7f) as u8)
}

/// The eight bits of a float immediate from an f64's bits.
pub const fn fmov_double(bits: u64) -> Option<u8> {
    let exponent = bits >> 54 & 0x1ff;
    if bits & 0xffff_ffff_ffff != 0 || !(exponent == 0x100 || exponent == 0xff) {
        return None;
    }
    Some((bits >> 56 & 0x80) as u8 | (bits >> 48 & 0x7f) as u8)
}

/// The eight bits of `movi` with a mask of bytes 0x00 and 0xff, bit i for byte i.
pub const fn byte_mask(bits: u64) -> Option<u8> {
    let mut mask = 0;
    let mut i = 0;
    while i < 8 {
        match bits >> (8 * i) & 0xff {
            0 => {}
            0xff => mask |= 1 << i,
            _ => return None,
        }
        i += 1;
    }
    Some(mask)
}

/// Whether a displacement is an unsigned multiple of the access size, 12 bits after scaling.
pub const fn offset_scaled(disp: i64, log2: u8) -> bool {
    disp >= 0 && disp & ((1 << log2) - 1) == 0 && disp >> log2 < 1 << 12
}

/// Whether a displacement fits nine signed bits, as of `ldur` and of pre- and post-index.
pub const fn offset_unscaled(disp: i64) -> bool {
    disp >= -256 && disp < 256
}

/// Whether an access of 2^`log2` bytes can have this displacement.
pub const fn offset_fits(disp: i64, log2: u8) -> bool {
    offset_scaled(disp, log2) || offset_unscaled(disp)
}

/// Whether a pair of 2^`log2` bytes each can have this displacement: seven signed bits after scaling.
pub const fn offset_pair(disp: i64, log2: u8) -> bool {
    disp & ((1 << log2) - 1) == 0 && disp >> log2 >= -64 && disp >> log2 < 64
}

/// How `movi` and its kin make all words of a vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneKind {
    /// The value in each byte.
    Bytes,
    /// The value shifted, in each half word.
    Halves,
    /// The complement of that.
    HalvesInverted,
    /// The value shifted, in each word.
    Words,
    WordsInverted,
    /// The value shifted by 8 or 16, with ones shifted in.
    Ones,
    OnesInverted,
    /// [`fmov_single`].
    Float,
}

/// A vector immediate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneImm {
    pub kind: LaneKind,
    pub value: u8,
    pub shift: u8,
}

/// The number as eight bits shifted by a multiple of eight below `bits`.
const fn shifted_byte(number: u32, bits: u8) -> Option<(u8, u8)> {
    let mut shift = 0;
    while shift < bits {
        if number & !(0xff << shift) == 0 {
            return Some(((number >> shift) as u8, shift));
        }
        shift += 8;
    }
    None
}

/// The number as eight bits above 8 or 16 ones.
const fn byte_above_ones(number: u32) -> Option<(u8, u8)> {
    if number >> 16 == 0 && number & 0xff == 0xff {
        Some(((number >> 8) as u8, 8))
    } else if number >> 24 == 0 && number & 0xffff == 0xffff {
        Some(((number >> 16) as u8, 16))
    } else {
        None
    }
}

/// A vector immediate that repeats a word.
pub fn lane(word: u32) -> Option<LaneImm> {
    let low = word as u8;
    if word == u32::from_le_bytes([low; 4]) {
        return Some(LaneImm {
            kind: LaneKind::Bytes,
            value: low,
            shift: 0,
        });
    }
    let halves = word >> 16 == word & 0xffff;
    let half = |word: u32| halves.then(|| shifted_byte(word & 0xffff, 16)).flatten();
    let float = || Some((0, 0)).filter(|_| fmov_single(word).is_some());
    let candidates = [
        (LaneKind::Halves, half(word)),
        (LaneKind::HalvesInverted, half(!word)),
        (LaneKind::Words, shifted_byte(word, 32)),
        (LaneKind::WordsInverted, shifted_byte(!word, 32)),
        (LaneKind::Ones, byte_above_ones(word)),
        (LaneKind::OnesInverted, byte_above_ones(!word)),
        (LaneKind::Float, float()),
    ];
    candidates.into_iter().find_map(|(kind, found)| {
        let (value, shift) = found?;
        Some(LaneImm { kind, value, shift })
    })
}

/// Immediate of `orr` and `bic` for vectors: whether the lanes are words rather than half words, eight bits and their shift.
pub fn lane_bits(bits: u128) -> Option<(bool, u8, u8)> {
    let word = bits as u32;
    if bits != u128::from(word) * 0x1_0000_0001_0000_0001_0000_0001 {
        return None;
    }
    if word >> 16 == word & 0xffff
        && let Some((value, shift)) = shifted_byte(word & 0xffff, 16)
    {
        return Some((false, value, shift));
    }
    shifted_byte(word, 32).map(|(value, shift)| (true, value, shift))
}
