//! What relocations mean, as data: each type is a [`Value`] that is computed and a [`Field`] that it is put into. The tables are in [`crate::x64`] and
//! [`crate::a64`].
//!
//! Letters are those of the psABIs: S the symbol's address, A the addend, P the place that is relocated, G the symbol's slot in the global offset table (GOT).
//! Page(x) is x without its lowest 12 bits.

/// A type of relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub value: Value,
    pub field: Field,
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// S + A
    Absolute,
    /// S + A - P
    Relative,
    /// Page(S + A) - Page(P)
    Page,
    /// GOT + A - P, without a symbol.
    Got,
    /// S + A - GOT
    FromGot,
    /// The address of a slot that has S.
    Slot(Way),
    /// Size of the symbol + A
    Size,
    /// S + A - thread pointer
    Thread,
    /// The address of a slot that has S - thread pointer.
    ThreadSlot(Way),
    /// S + A - start of the module's thread-local variables, for debuggers.
    ThreadStart,
}

/// How the address of a slot is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// G + A - P
    Relative,
    /// Page(G) - Page(P)
    Page,
    /// G
    Absolute,
    /// G + A - GOT
    FromGot,
    /// G - Page(GOT)
    FromGotPage,
}

/// Where the value goes, and which values are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Nothing is to be done.
    Nothing,
    /// Bytes of data or of an x86-64 instruction.
    Bytes(u8, Range),
    /// AArch64 `adr`, in bytes.
    Adr,
    /// AArch64 `adrp`, in pages; `true`: overflow is no error.
    Adrp(bool),
    /// Immediate of 12 bits: the lowest 12 of the value, divided by 2 to this power.
    Low12(u8),
    /// Immediate of 12 bits: bits 12 to 23 of the value, which has no more.
    High12,
    /// Immediate of 12 bits: the value, of 12 bits, without the lowest ones.
    Whole12,
    /// Immediate of 12 bits: the value, of 15 bits, divided by 8.
    Low15,
    /// Branch of this many bits from bit 0 or 5 of the instruction, in instructions.
    Branch(u8),
}

/// Values that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    Signed,
    Unsigned,
    /// Either of them.
    Both,
}

impl Field {
    /// Bytes that are read or written.
    pub fn len(self) -> usize {
        match self {
            Field::Nothing => 0,
            Field::Bytes(len, _) => len.into(),
            _ => 4,
        }
    }

    /// Puts the value into the bytes, of which there are [`Field::len`]; `None` if it does not fit.
    pub fn put(self, value: i64, bytes: &mut [u8]) -> Option<()> {
        match self {
            Field::Nothing => {}
            Field::Bytes(len, range) => {
                let bits = 8 * u32::from(len);
                let signed = fits_signed(value, bits);
                let unsigned = bits == 64 || value as u64 >> bits == 0;
                let fits = match range {
                    Range::Signed => signed,
                    Range::Unsigned => unsigned,
                    Range::Both => signed || unsigned,
                };
                if !fits {
                    return None;
                }
                bytes.copy_from_slice(&value.to_le_bytes()[..len.into()]);
            }
            Field::Adr => adr(value, true, bytes)?,
            Field::Adrp(may_wrap) => adr(value >> 12, !may_wrap, bytes)?,
            Field::Low12(scale) => {
                let low = value as u64 & 0xfff;
                imm12(low.is_multiple_of(1 << scale), low >> scale, bytes)?;
            }
            Field::High12 => imm12(value as u64 >> 24 == 0, value as u64 >> 12, bytes)?,
            Field::Whole12 => imm12(value as u64 >> 12 == 0, value as u64, bytes)?,
            Field::Low15 => {
                let fits = value as u64 >> 15 == 0 && value % 8 == 0;
                imm12(fits, value as u64 >> 3, bytes)?;
            }
            Field::Branch(bits) => {
                if value % 4 != 0 || !fits_signed(value >> 2, bits.into()) {
                    return None;
                }
                let lowest = if bits == 26 { 0 } else { 5 };
                insert(bytes, lowest, bits.into(), (value >> 2) as u32);
            }
        }
        Some(())
    }
}

fn fits_signed(value: i64, bits: u32) -> bool {
    bits == 64 || (-1 << (bits - 1)..1 << (bits - 1)).contains(&value)
}

fn imm12(fits: bool, value: u64, bytes: &mut [u8]) -> Option<()> {
    fits.then(|| insert(bytes, 10, 12, value as u32))
}

/// The two parts of the immediate of `adr` and `adrp`.
fn adr(value: i64, is_checked: bool, bytes: &mut [u8]) -> Option<()> {
    if is_checked && !fits_signed(value, 21) {
        return None;
    }
    insert(bytes, 29, 2, value as u32);
    insert(bytes, 5, 19, (value >> 2) as u32);
    Some(())
}

/// Replaces `bits` bits of an instruction, from bit `lowest` on.
fn insert(bytes: &mut [u8], lowest: u32, bits: u32, value: u32) {
    let mask = ((1 << bits) - 1) << lowest;
    let old = u32::from_le_bytes(bytes.try_into().expect("an instruction has four bytes"));
    let new = old & !mask | value << lowest & mask;
    bytes.copy_from_slice(&new.to_le_bytes());
}
