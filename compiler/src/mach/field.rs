//! How distances are written into instructions.

/// A field for the displacement to a label. Its bits are zero until it is written. Each instruction set has its own ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Bytes of the field, or of the instruction that it is a part of.
    size: u8,
    /// Whether it is bytes of its own, which follow an opcode.
    follows: bool,
    /// Displacements count from so many bytes behind the field's start.
    origin: i8,
    /// Displacements that can be written, both ends included.
    range: (i64, i64),
    /// Where their bits go.
    bits: &'static [Bits],
}

/// Bits of a displacement: `count` of them from bit `from` on go to bit `at` of the field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bits {
    pub from: u8,
    pub count: u8,
    pub at: u8,
}

impl Field {
    /// A signed byte that counts from its end.
    pub const fn signed8() -> Field {
        const BITS: &[Bits] = &[Bits {
            from: 0,
            count: 8,
            at: 0,
        }];
        Field {
            size: 1,
            follows: true,
            origin: 1,
            range: signed(8),
            bits: BITS,
        }
    }
    /// Signed 32 bits that count from `origin` bytes behind their start.
    pub const fn signed32(origin: i8) -> Field {
        const BITS: &[Bits] = &[Bits {
            from: 0,
            count: 32,
            at: 0,
        }];
        Field {
            size: 4,
            follows: true,
            origin,
            range: signed(32),
            bits: BITS,
        }
    }
    /// Bits of a signed displacement, which has so many, in an instruction of 32 bits from whose start it counts.
    pub const fn in_word(width: u8, bits: &'static [Bits]) -> Field {
        Field {
            size: 4,
            follows: false,
            origin: 0,
            range: signed(width),
            bits,
        }
    }
    /// Bits of a displacement forwards, below 2^32, in an instruction of 32 bits; it counts from `back` bytes before that one.
    pub const fn forwards_in_word(back: u8, bits: &'static [Bits]) -> Field {
        Field {
            size: 4,
            follows: false,
            origin: -(back as i8),
            range: (0, u32::MAX as i64),
            bits,
        }
    }

    /// Bytes of the field, or of the instruction that it is a part of.
    pub fn size(&self) -> usize {
        self.size.into()
    }
    /// Bytes that it appends to an opcode.
    pub fn room(&self) -> usize {
        match self.follows {
            true => self.size.into(),
            false => 0,
        }
    }
    /// The largest displacement.
    pub fn max(&self) -> i64 {
        self.range.1
    }
    /// Displacement from a field at `at` to `target`, in the field's sense.
    pub fn displacement(&self, at: i64, target: i64) -> i64 {
        target - (at + i64::from(self.origin))
    }
    /// Whether the displacement can be written.
    pub fn fits(&self, displacement: i64) -> bool {
        (self.range.0..=self.range.1).contains(&displacement)
    }
    /// Writes a displacement into the bytes of the field.
    ///
    /// # Panics
    /// It does not fit.
    pub fn patch(&self, field: &mut [u8], displacement: i64) {
        assert!(
            self.fits(displacement),
            "displacement {displacement} does not fit {self:?}"
        );
        let mut word = 0;
        for bits in self.bits {
            let mask = u32::MAX >> (32 - bits.count);
            word |= ((displacement >> bits.from) as u32 & mask) << bits.at;
        }
        for (byte, bits) in field.iter_mut().zip(word.to_le_bytes()) {
            *byte |= bits;
        }
    }
}

const fn signed(bits: u8) -> (i64, i64) {
    (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_their_own() {
        let mut bytes = [0; 4];
        Field::signed32(4).patch(&mut bytes, -2);
        assert_eq!(i32::from_le_bytes(bytes), -2);
        assert_eq!(Field::signed32(6).displacement(10, 100), 84);
        assert_eq!(Field::signed8().displacement(10, 100), 89);
        assert!(Field::signed8().fits(-128) && !Field::signed8().fits(128));
        assert!(Field::signed32(4).fits(i32::MIN.into()) && !Field::signed32(4).fits(1 << 31));
    }
}
