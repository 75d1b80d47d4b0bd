//! Sections under construction, and the bytes of ABI structures in them.
//!
//! A structure is written with [`record!`], which takes the place and width of every field from the `repr(C)` type in `abi.rs` itself:
//! the layout exists once. Addresses become 64-bit fixups, which the linker (and, in a position-independent
//! executable, the runtime's start code) resolve.

use crate::mach::arch::RelocKind;

// The layout of the structures is taken from the compiling machine's, which must be 64-bit like every target's.
const _: () = assert!(size_of::<*const u8>() == 8 && align_of::<u64>() == 8);

/// The sections of an object that something can point into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sect {
    /// Code.
    Text,
    /// Constant, holds no addresses.
    Rodata,
    /// Constant once addresses are filled in.
    RelRo,
    /// Writable: instances.
    Data,
    /// Memory images, on pages of their own.
    Image,
    /// Files that the program carries, on pages of their own.
    Files,
    /// Unwind tables.
    EhFrame,
    /// For debuggers.
    Debug(gimli::SectionId),
}

/// A place in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At {
    pub sect: Sect,
    pub offset: u64,
}

impl At {
    /// The place this many bytes further on.
    pub fn plus(self, bytes: u64) -> At {
        At {
            offset: self.offset + bytes,
            ..self
        }
    }
}

/// A symbol by name: undefined here, or a weak definition that the linker may replace. Index into [`super::externs::Externs`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExternId(pub u32);

/// What an address field or an instruction refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Addr {
    Null,
    At(At),
    Extern(ExternId),
}

/// An address that the linker has to fill in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixup {
    pub offset: u64,
    pub kind: FixupKind,
    /// Never `Null`.
    pub target: Addr,
    pub addend: i64,
}

/// How a fixup is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixupKind {
    /// In an instruction or a function's constants.
    Code(RelocKind),
    /// 64-bit address in data.
    Abs64,
    /// 32-bit offset of a debugging section.
    Abs32,
    /// 32-bit distance from the field, in data.
    Pc32,
}

/// The growing contents of one section.
#[derive(Debug)]
pub struct Section {
    pub sect: Sect,
    pub bytes: Vec<u8>,
    pub align: u64,
    pub fixups: Vec<Fixup>,
}

impl Section {
    pub fn new(sect: Sect) -> Section {
        Section {
            sect,
            bytes: Vec::new(),
            align: 1,
            fixups: Vec::new(),
        }
    }

    /// Reserves zeroed bytes at an alignment (a power of two).
    pub fn alloc(&mut self, size: u64, align: u64) -> At {
        let at = self.align_to(align);
        let len = at.offset + size;
        self.bytes.resize(len as usize, 0);
        at
    }

    /// Reserves the bytes of a `T`.
    pub fn alloc_for<T>(&mut self) -> At {
        self.alloc(size_of::<T>() as u64, align_of::<T>() as u64)
    }

    /// Appends bytes at an alignment.
    pub fn append(&mut self, bytes: &[u8], align: u64) -> At {
        let at = self.align_to(align);
        self.bytes.extend_from_slice(bytes);
        at
    }

    /// Where the next byte would go at this alignment; pads up to there.
    pub fn align_to(&mut self, align: u64) -> At {
        self.align = self.align.max(align);
        let offset = (self.bytes.len() as u64).next_multiple_of(align);
        self.bytes.resize(offset as usize, 0);
        At {
            sect: self.sect,
            offset,
        }
    }

    /// Writes a field of `width` bytes at `offset`.
    pub fn put(&mut self, offset: u64, width: usize, field: impl Field) {
        field.put(self, offset, width);
    }
}

/// A value of a structure's field.
pub trait Field {
    /// Writes it; `width` is the size of the field, which must be the value's.
    fn put(self, section: &mut Section, offset: u64, width: usize);
}

macro_rules! integer_field {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            fn put(self, section: &mut Section, offset: u64, width: usize) {
                assert_eq!(width, size_of::<$ty>(), "integer does not fit its field");
                section.bytes[offset as usize..][..width].copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
integer_field!(u16 u32 u64);

impl Field for Addr {
    fn put(self, section: &mut Section, offset: u64, width: usize) {
        assert_eq!(width, 8, "address does not fit its field");
        if self != Addr::Null {
            section.fixups.push(Fixup {
                offset,
                kind: FixupKind::Abs64,
                target: self,
                addend: 0,
            });
        }
    }
}

/// Size of the field that `get` returns.
pub fn width<T, F>(_get: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// `record!(section, at, DataSeg { bytes: …, len: … })` writes an `abi::DataSeg` at a place of a [`Section`] (zeroed before).
///
/// Expands to one [`Section::put`] per field, with offset and width taken from the type; a missing or unknown field or a
/// value of another width does not compile or panics in every test that gets there.
macro_rules! record {
    ($section:expr, $at:expr, $ty:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let at: $crate::obj::section::At = $at;
        let _every_field_is_given = |value: &$crate::abi::$ty| {
            let $crate::abi::$ty { $($field: _),* } = value;
        };
        $(
            let value = $value;
            $section.put(
                at.offset + std::mem::offset_of!($crate::abi::$ty, $field) as u64,
                $crate::obj::section::width(|record: &$crate::abi::$ty| &record.$field),
                value,
            );
        )*
        at
    }};
}
pub(crate) use record;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_follows_the_type() {
        let mut section = Section::new(Sect::RelRo);
        section.append(&[1], 1);
        let target = Addr::At(At {
            sect: Sect::Rodata,
            offset: 5,
        });
        let at = section.alloc_for::<crate::abi::ElemSeg>();
        let at = record!(
            section,
            at,
            ElemSeg {
                items: target,
                len: 3u32,
                kind: 1u32,
            }
        );
        assert_eq!(at.offset, 8);
        assert_eq!(section.bytes[16..], [3, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(
            section.fixups,
            [Fixup {
                offset: 8,
                kind: FixupKind::Abs64,
                target,
                addend: 0
            }]
        );
    }
}
