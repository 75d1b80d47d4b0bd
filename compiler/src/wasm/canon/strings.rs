//! Strings from one memory to another. Which `realloc` is called with what follows the specification step by step, because guests see it.

use super::emit::{Emit, End, Held, memory};
use crate::canonical::{MAX_BYTES, Reason, Transcoding, UTF16_TAG};
use crate::ir::component::StringEncoding;
use crate::ir::{Access, IntCc, Op, RtFn, Type, Value};

/// Encoding of a string, where a latin1+utf16 one was told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Units {
    Utf8,
    Utf16,
    Latin1,
}

impl Units {
    fn bytes(self) -> u64 {
        match self {
            Units::Utf8 | Units::Latin1 => 1,
            Units::Utf16 => 2,
        }
    }
    /// The transcoding to UTF-8.
    pub fn to_utf8(self) -> Transcoding {
        match self {
            Units::Utf8 => Transcoding::Utf8ToUtf8,
            Units::Utf16 => Transcoding::Utf16ToUtf8,
            Units::Latin1 => Transcoding::Latin1ToUtf8,
        }
    }
}

/// A string that is written in a narrow encoding first, in a wider one where that does not have all characters.
struct Attempt {
    narrow: Transcoding,
    wide: Transcoding,
    align: u32,
    /// Bytes of a wide code unit, and what is set in the length then.
    unit: u64,
    tag: u32,
}

impl Emit<'_, '_> {
    /// Copies a string: its pointer and length on the other side.
    pub fn string(&mut self, ptr: Value, len: Value) -> (Value, Value) {
        self.by_encoding(ptr, len, |e, units, ptr, len| e.encoded(units, ptr, len))
    }

    /// Finds out how a string is encoded and checks where it lies. `then` gets that with the pointer and the number of code units; of a string that may have
    /// either encoding it makes code for both.
    pub fn by_encoding(
        &mut self,
        ptr: Value,
        len: Value,
        then: impl Fn(&mut Self, Units, Value, Value) -> (Value, Value),
    ) -> (Value, Value) {
        match self.from().encoding {
            StringEncoding::Utf8 => {
                self.check_string(Units::Utf8, 1, ptr, len);
                then(self, Units::Utf8, ptr, len)
            }
            StringEncoding::Utf16 => {
                self.check_string(Units::Utf16, 2, ptr, len);
                then(self, Units::Utf16, ptr, len)
            }
            StringEncoding::CompactUtf16 => {
                let (utf16, latin1) = (self.b.create_block(), self.b.create_block());
                let address = match self.way.to {
                    End::Native(_) => Type::Ptr,
                    _ => Type::I32,
                };
                let (done, results) = self.block(&[address, Type::I32]);
                let tag = self.i32(UTF16_TAG);
                let is_utf16 = self.b.binary(Op::And, Type::I32, len, tag);
                self.b.branch(is_utf16, (utf16, &[]), (latin1, &[]));
                self.b.switch_to(utf16);
                let mask = self.i32(!UTF16_TAG);
                let units = self.b.binary(Op::And, Type::I32, len, mask);
                self.check_string(Units::Utf16, 2, ptr, units);
                let (new, count) = then(self, Units::Utf16, ptr, units);
                self.b.jump(done, &[new, count]);
                self.b.switch_to(latin1);
                self.check_string(Units::Latin1, 2, ptr, len);
                let (new, count) = then(self, Units::Latin1, ptr, len);
                self.b.jump(done, &[new, count]);
                self.b.switch_to(done);
                (results[0], results[1])
            }
        }
    }

    fn check_string(&mut self, units: Units, align: u32, ptr: Value, len: Value) {
        let outside = self.reason(Reason::StringOutOfBounds, Reason::HostStringOutOfBounds);
        let unaligned = self.reason(Reason::UnalignedPointer, Reason::HostStringUnaligned);
        let wide = self.wide(len);
        let bytes = self.times(wide, units.bytes());
        let most = self.i64(MAX_BYTES);
        let cond = self.b.icmp(IntCc::GtU, Type::I64, bytes, most);
        self.trap_if(cond, outside);
        let mem = memory(self.from());
        self.check_range(mem, ptr, bytes, align, (unaligned, outside));
    }

    /// Copies a checked string.
    pub fn encoded(&mut self, units: Units, ptr: Value, len: Value) -> (Value, Value) {
        let is_compact = match self.way.from {
            End::Guest(side) => side.encoding == StringEncoding::CompactUtf16,
            _ => false,
        };
        match (units, self.to().encoding) {
            (Units::Utf8, StringEncoding::Utf8) => {
                self.same_units(Transcoding::Utf8ToUtf8, 1, ptr, len)
            }
            (Units::Utf16, StringEncoding::Utf16) => {
                self.same_units(Transcoding::Utf16ToUtf16, 2, ptr, len)
            }
            (Units::Latin1, StringEncoding::Utf16) => {
                self.same_units(Transcoding::Latin1ToUtf16, 2, ptr, len)
            }
            (Units::Latin1, StringEncoding::CompactUtf16) => {
                self.same_units(Transcoding::Latin1ToLatin1, 2, ptr, len)
            }
            (Units::Utf8, StringEncoding::Utf16) => self.utf8_to_utf16(ptr, len),
            (Units::Utf16, StringEncoding::Utf8) => {
                let attempt = Attempt {
                    narrow: Transcoding::Utf16ToAscii,
                    wide: Transcoding::Utf16ToUtf8,
                    align: 1,
                    unit: 1,
                    tag: 0,
                };
                self.narrow_first(attempt, ptr, len)
            }
            (Units::Latin1, StringEncoding::Utf8) => {
                let attempt = Attempt {
                    narrow: Transcoding::Latin1ToAscii,
                    wide: Transcoding::Latin1ToUtf8,
                    align: 1,
                    unit: 1,
                    tag: 0,
                };
                self.narrow_first(attempt, ptr, len)
            }
            (Units::Utf16, StringEncoding::CompactUtf16) if is_compact => {
                self.utf16_first(ptr, len)
            }
            (Units::Utf8 | Units::Utf16, StringEncoding::CompactUtf16) => {
                let (narrow, wide) = match units {
                    Units::Utf16 => (Transcoding::Utf16ToLatin1, Transcoding::Utf16ToUtf16),
                    _ => (Transcoding::Utf8ToLatin1, Transcoding::Utf8ToUtf16),
                };
                let attempt = Attempt {
                    narrow,
                    wide,
                    align: 2,
                    unit: 2,
                    tag: UTF16_TAG,
                };
                self.narrow_first(attempt, ptr, len)
            }
        }
    }

    /// What [`RtFn::Transcode`] is called with.
    fn transcoding(&mut self, how: Transcoding, dst: Value, src: Value, len: Value) -> [Value; 6] {
        [
            self.string_memory(self.way.to),
            self.string_memory(self.way.from),
            dst,
            src,
            len,
            self.i32(how as u32),
        ]
    }

    /// The descriptor of the memory that a string is in.
    fn string_memory(&mut self, end: End) -> Value {
        match end {
            End::Guest(side) => self.memory_ptr(memory(side)),
            _ => self.view.expect("a view of the program's memory"),
        }
    }

    /// Writes a string, which must be valid: code units.
    pub fn transcode(&mut self, how: Transcoding, dst: Value, src: Value, len: Value) -> Value {
        let args = self.transcoding(how, dst, src, len);
        self.must(RtFn::Transcode, &args, None)
    }

    /// Writes a string, which must be valid, in an encoding that may not have all its characters. Goes on where it has, with the number of code units; returns
    /// with the block current for where it has not.
    fn transcode_or(
        &mut self,
        how: Transcoding,
        (dst, src, len): (Value, Value, Value),
        then: impl FnOnce(&mut Self, Value),
    ) {
        let args = self.transcoding(how, dst, src, len);
        let (written, reason) = self.attempt(RtFn::Transcode, &args);
        let (narrow, wide) = (self.b.create_block(), self.b.create_block());
        let too_wide = self.i32(Transcoding::TOO_WIDE);
        let is_wide = self.is(IntCc::Eq, reason, too_wide);
        self.b.branch(is_wide, (wide, &[]), (narrow, &[]));
        self.b.switch_to(narrow);
        let number = self.i32(0);
        self.trap_if_with(reason, reason, number);
        then(self, written);
        self.b.switch_to(wide);
    }

    /// `store_string_copy`: as many code units as before.
    fn same_units(
        &mut self,
        how: Transcoding,
        align: u32,
        ptr: Value,
        len: Value,
    ) -> (Value, Value) {
        let bytes = self.times(len, how.room());
        let new = self.allocate(self.to(), align, bytes, Held::String);
        self.transcode(how, new, ptr, len);
        (new, len)
    }

    /// `store_utf8_to_utf16`: as much as it may need, then what it needed.
    fn utf8_to_utf16(&mut self, ptr: Value, len: Value) -> (Value, Value) {
        let most = self.times(len, 2);
        let new = self.allocate(self.to(), 2, most, Held::String);
        let written = self.transcode(Transcoding::Utf8ToUtf16, new, ptr, len);
        let bytes = self.times(written, 2);
        let new = self.shrink(new, most, 2, bytes);
        (new, written)
    }

    /// Gives back what was not needed.
    fn shrink(&mut self, ptr: Value, had: Value, align: u32, needed: Value) -> Value {
        let (smaller, (done, result)) = (self.b.create_block(), self.block(&[Type::I32]));
        let cond = self.is(IntCc::LtU, needed, had);
        self.b.branch(cond, (smaller, &[]), (done, &[ptr]));
        self.b.switch_to(smaller);
        let new = self.realloc(self.to(), (ptr, had), align, needed, Held::String);
        self.b.jump(done, &[new]);
        self.b.switch_to(done);
        result[0]
    }

    /// `store_string_to_utf8` and `store_string_to_latin1_or_utf16`: a byte for each code unit. Where that is not enough, the most that it may need, then what
    /// it needed. What was written before is written again then.
    fn narrow_first(&mut self, attempt: Attempt, ptr: Value, len: Value) -> (Value, Value) {
        let Attempt {
            narrow,
            wide,
            align,
            unit,
            tag,
        } = attempt;
        let new = self.allocate(self.to(), align, len, Held::String);
        let (done, results) = self.block(&[Type::I32, Type::I32]);
        self.transcode_or(narrow, (new, ptr, len), |e, written| {
            let new = e.shrink(new, len, align, written);
            e.b.jump(done, &[new, written]);
        });
        let most = self.times(len, wide.room());
        let new = self.realloc(self.to(), (new, len), align, most, Held::String);
        let written = self.transcode(wide, new, ptr, len);
        let bytes = self.times(written, unit);
        let new = self.shrink(new, most, align, bytes);
        let tag = self.i32(tag);
        let written = self.b.binary(Op::Or, Type::I32, written, tag);
        self.b.jump(done, &[new, written]);
        self.b.switch_to(done);
        (results[0], results[1])
    }

    /// `store_probably_utf16_to_latin1_or_utf16`: room for UTF-16, half of it given back where Latin-1 is enough. The specification allows any alignment of what
    /// is left then, though such a pointer could not be lifted; we ask for what strings of this encoding have, as wasmtime does.
    fn utf16_first(&mut self, ptr: Value, len: Value) -> (Value, Value) {
        let bytes = self.times(len, 2);
        let new = self.allocate(self.to(), 2, bytes, Held::String);
        let (done, results) = self.block(&[Type::I32, Type::I32]);
        self.transcode_or(Transcoding::Utf16ToLatin1, (new, ptr, len), |e, written| {
            let new = e.realloc(e.to(), (new, bytes), 2, written, Held::String);
            e.b.jump(done, &[new, written]);
        });
        self.transcode(Transcoding::Utf16ToUtf16, new, ptr, len);
        let tag = self.i32(UTF16_TAG);
        let tagged = self.b.binary(Op::Or, Type::I32, len, tag);
        self.b.jump(done, &[new, tagged]);
        self.b.switch_to(done);
        (results[0], results[1])
    }

    // Constants.

    /// Lowers a constant, which counts as UTF-8: its pointer and length.
    pub fn constant_string(&mut self, text: &str) -> (Value, Value) {
        let to = self.to();
        let len = text.len() as u32;
        let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (bytes, units) = (utf16.len() as u32, utf16.len() as u32 / 2);
        match to.encoding {
            StringEncoding::Utf8 => {
                let size = self.i32(len);
                let ptr = self.allocate(to, 1, size, Held::String);
                self.store_bytes(ptr, text.as_bytes());
                (ptr, size)
            }
            StringEncoding::Utf16 => {
                let most = self.i32(2 * len);
                let ptr = self.allocate(to, 2, most, Held::String);
                let bytes = self.i32(bytes);
                let ptr = self.shrink(ptr, most, 2, bytes);
                self.store_bytes(ptr, &utf16);
                (ptr, self.i32(units))
            }
            StringEncoding::CompactUtf16 => {
                let size = self.i32(len);
                let ptr = self.allocate(to, 2, size, Held::String);
                if let Some(latin1) = latin1 {
                    let units = self.i32(latin1.len() as u32);
                    let ptr = self.shrink(ptr, size, 2, units);
                    self.store_bytes(ptr, &latin1);
                    return (ptr, units);
                }
                let most = self.i32(2 * len);
                let ptr = self.realloc(to, (ptr, size), 2, most, Held::String);
                let bytes = self.i32(bytes);
                let ptr = self.shrink(ptr, most, 2, bytes);
                self.store_bytes(ptr, &utf16);
                (ptr, self.i32(units | UTF16_TAG))
            }
        }
    }

    fn store_bytes(&mut self, ptr: Value, bytes: &[u8]) {
        let mem = memory(self.to());
        let (words, rest) = bytes.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let value = self.i64(u64::from_le_bytes(*word));
            let at = 8 * i as u64;
            self.b.store(Type::I64, Access::Full, mem, ptr, value, at);
        }
        for (i, &byte) in rest.iter().enumerate() {
            let value = self.i32(byte.into());
            let at = (8 * words.len() + i) as u64;
            self.b.store(Type::I32, Access::U8, mem, ptr, value, at);
        }
    }
}
