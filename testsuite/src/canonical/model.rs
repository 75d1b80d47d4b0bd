//! Lifting and lowering as CanonicalABI.md has them, on plain values: the model that compiled components are compared with.

use std::cell::Cell;

use super::types::{Core, Shape, Type, align_to, discriminant, offsets, payload_offset};

/// Bytes of a component's memory, all 0 but for what is below [`Side::end`].
pub const MEMORY: u64 = 8 << 16;
/// What `realloc` gives away lies between these.
pub const HEAP: u64 = 8192;
pub const HEAP_END: u64 = 0x1_0000;
/// Flat values that are passed or returned, in 8 bytes each.
pub const ARGUMENTS: u64 = 64;
/// Calls of `realloc`, in 16 bytes each, and how many there may be.
pub const LOG: u64 = 1024;
pub const LOGGED: usize = ((HEAP - LOG) / 16) as usize;
/// Parameters and results that are passed flat at most.
pub const MAX_PARAMS: usize = 16;
pub const MAX_RESULTS: usize = 1;

/// The upper bit of the length of a string that is `latin1+utf16`: it is UTF-16.
const UTF16_TAG: u64 = 1 << 31;

/// How strings lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Latin1Utf16,
}

impl Encoding {
    /// The canonical option.
    pub fn option(self) -> &'static str {
        match self {
            Encoding::Utf8 => "string-encoding=utf8",
            Encoding::Utf16 => "string-encoding=utf16",
            Encoding::Latin1Utf16 => "string-encoding=latin1+utf16",
        }
    }
}

/// How a certain string lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    Utf8,
    Utf16,
    Latin1,
}

/// A value of a component's type.
#[derive(Clone, Debug)]
pub enum Value {
    Integer(i128),
    F32(u32),
    F64(u64),
    /// A string with the encoding and the number of code units that it came from.
    Text(String, Encoding, Units, u64),
    /// Elements of a list, fields.
    Parts(Vec<Value>),
    Case(usize, Option<Box<Value>>),
    Flags(u32),
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Trap,
    /// The value is too large for the test.
    Full,
}

/// A component's memory with its allocator.
#[derive(Clone)]
pub struct Side {
    pub encoding: Encoding,
    /// From 0 to [`HEAP_END`].
    pub bytes: Vec<u8>,
    /// Where the next allocation may begin.
    pub end: u64,
    /// `realloc` never gives back the same place.
    pub moves: bool,
    /// Old pointer, old size, alignment and new size.
    pub log: Vec<[u64; 4]>,
    /// Ranges that were given back.
    pub dead: Vec<(u64, u64)>,
    /// Bits of a NaN may be others: where, and how many bytes.
    pub nans: Vec<(u64, u64)>,
    /// Strings are stored as they came, however wide; for the side that has them first.
    pub keeps: bool,
    /// Elements of lists that may still be lifted: changed lengths make many.
    left: Cell<u64>,
}

/// Elements of lists that may be lifted.
const ELEMENTS: u64 = 20_000;

type Result<T> = std::result::Result<T, Stop>;

fn trap_if(traps: bool) -> Result<()> {
    if traps { Err(Stop::Trap) } else { Ok(()) }
}

fn encode(text: &str, units: Units) -> Vec<u8> {
    match units {
        Units::Utf8 => text.as_bytes().to_vec(),
        Units::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Units::Latin1 => text.chars().map(|c| c as u32 as u8).collect(),
    }
}

impl Side {
    pub fn new(encoding: Encoding, base: u64, moves: bool) -> Side {
        Side {
            encoding,
            bytes: vec![0; HEAP_END as usize],
            end: base,
            moves,
            log: Vec::new(),
            dead: Vec::new(),
            nans: Vec::new(),
            keeps: false,
            left: Cell::new(ELEMENTS),
        }
    }

    // Memory.

    /// A range must be aligned and within memory.
    fn check(&self, at: u64, size: u64, alignment: u64) -> Result<()> {
        trap_if(!at.is_multiple_of(alignment) || at + size > MEMORY)
    }

    fn read(&self, at: u64, len: u64) -> Vec<u8> {
        let byte = |at: u64| self.bytes.get(at as usize).copied().unwrap_or(0);
        (at..at + len).map(byte).collect()
    }

    fn word(&self, at: u64, size: u64) -> u64 {
        let bytes = self.read(at, size);
        bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte))
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<()> {
        let place = self.bytes.get_mut(at as usize..at as usize + bytes.len());
        place.ok_or(Stop::Full)?.copy_from_slice(bytes);
        Ok(())
    }

    fn set(&mut self, at: u64, size: u64, word: u64) -> Result<()> {
        self.write(at, &word.to_le_bytes()[..size as usize])
    }

    /// The guest's allocator, which notes each call.
    fn realloc(&mut self, old: u64, old_size: u64, alignment: u64, size: u64) -> Result<u64> {
        self.log.push([old, old_size, alignment, size]);
        let stays = old != 0 && size <= old_size && !self.moves;
        let at = match stays {
            true => old,
            false => align_to(self.end, alignment),
        };
        if at + size > HEAP_END || self.log.len() >= LOGGED {
            return Err(Stop::Full);
        }
        match stays {
            true => self.dead.push((old + size, old + old_size)),
            false => {
                self.end = at + size;
                let kept = self.read(old, old_size.min(size));
                if old != 0 {
                    self.write(at, &kept)?;
                    self.dead.push((old, old + old_size));
                }
            }
        }
        Ok(at)
    }

    // Lifting.

    /// What core values stand for, where at most so many are passed flat.
    pub fn lift_values(&self, types: &[Type], flat: &[u64], most: usize) -> Result<Vec<Value>> {
        let count: usize = types.iter().map(|ty| ty.flat().len()).sum();
        if count > most {
            let whole = Type::Tuple(types.to_vec());
            let at = flat[0] & 0xffff_ffff;
            self.check(at, whole.size(), whole.alignment())?;
            return match self.load(&whole, at)? {
                Value::Parts(values) => Ok(values),
                other => unreachable!("{other:?} is no tuple"),
            };
        }
        let mut rest = flat.iter().copied();
        types.iter().map(|ty| self.lift(ty, &mut rest)).collect()
    }

    fn lift(&self, ty: &Type, flat: &mut dyn Iterator<Item = u64>) -> Result<Value> {
        match ty.shape() {
            Shape::Record(fields) => {
                let values = fields.iter().map(|field| self.lift(field, flat));
                return Ok(Value::Parts(values.collect::<Result<_>>()?));
            }
            Shape::Variant(cases) => {
                // Whatever the bits of the joined type, those of the case's are the lower ones.
                let mut rest: Vec<u64> = flat.take(ty.flat().len()).collect();
                let payload = rest.split_off(1);
                let case = rest[0] & 0xffff_ffff;
                trap_if(case >= cases.len() as u64)?;
                let narrow = |(core, bits): (Core, u64)| match core {
                    Core::I32 | Core::F32 => bits & 0xffff_ffff,
                    Core::I64 | Core::F64 => bits,
                };
                let value = cases[case as usize].map(|ty| {
                    let flat = ty.flat().into_iter().zip(payload);
                    self.lift(ty, &mut flat.map(narrow))
                });
                return Ok(Value::Case(case as usize, value.transpose()?.map(Box::new)));
            }
            Shape::Other => {}
        }
        let mut next = || flat.next().expect("as many as the type has");
        match ty {
            Type::String => {
                let at = next() & 0xffff_ffff;
                self.load_string(at, next() & 0xffff_ffff)
            }
            Type::List(element) => {
                let at = next() & 0xffff_ffff;
                self.load_list(element, at, next() & 0xffff_ffff)
            }
            _ => plain(ty, next()),
        }
    }

    fn load(&self, ty: &Type, at: u64) -> Result<Value> {
        match ty.shape() {
            Shape::Record(fields) => {
                let places = offsets(&fields).0;
                let values = fields.iter().zip(places);
                let values = values.map(|(field, offset)| self.load(field, at + offset));
                return Ok(Value::Parts(values.collect::<Result<_>>()?));
            }
            Shape::Variant(cases) => {
                let case = self.word(at, discriminant(cases.len()));
                trap_if(case >= cases.len() as u64)?;
                let payload = cases[case as usize];
                let value = payload.map(|ty| self.load(ty, at + payload_offset(&cases)));
                return Ok(Value::Case(case as usize, value.transpose()?.map(Box::new)));
            }
            Shape::Other => {}
        }
        match ty {
            Type::String => self.load_string(self.word(at, 4), self.word(at + 4, 4)),
            Type::List(element) => self.load_list(element, self.word(at, 4), self.word(at + 4, 4)),
            _ => plain(ty, self.word(at, ty.size())),
        }
    }

    fn load_list(&self, element: &Type, at: u64, count: u64) -> Result<Value> {
        let size = element.size();
        trap_if(count * size >= 1 << 28)?;
        self.check(at, count * size, element.alignment())?;
        let left = self.left.get().checked_sub(count).ok_or(Stop::Full)?;
        self.left.set(left);
        let values = (0..count).map(|i| self.load(element, at + i * size));
        Ok(Value::Parts(values.collect::<Result<_>>()?))
    }

    fn load_string(&self, at: u64, length: u64) -> Result<Value> {
        let (units, alignment, bytes) = match self.encoding {
            Encoding::Utf8 => (Units::Utf8, 1, length),
            Encoding::Utf16 => (Units::Utf16, 2, 2 * length),
            Encoding::Latin1Utf16 if length & UTF16_TAG != 0 => {
                (Units::Utf16, 2, 2 * (length ^ UTF16_TAG))
            }
            Encoding::Latin1Utf16 => (Units::Latin1, 2, length),
        };
        trap_if(bytes >= 1 << 28)?;
        self.check(at, bytes, alignment)?;
        let bytes = self.read(at, bytes);
        let pairs = || {
            bytes
                .chunks(2)
                .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        };
        let text = match units {
            Units::Utf8 => String::from_utf8(bytes.clone()).ok(),
            Units::Utf16 => char::decode_utf16(pairs())
                .collect::<std::result::Result<_, _>>()
                .ok(),
            Units::Latin1 => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        };
        let text: String = text.ok_or(Stop::Trap)?;
        let count = match self.encoding {
            Encoding::Latin1Utf16 => length & !UTF16_TAG,
            _ => length,
        };
        Ok(Value::Text(text, self.encoding, units, count))
    }

    // Lowering.

    /// The core values that stand for these. `out`: where results go that are not passed flat.
    pub fn lower_values(
        &mut self,
        types: &[Type],
        values: &[Value],
        most: usize,
        out: Option<u64>,
    ) -> Result<Vec<u64>> {
        let count: usize = types.iter().map(|ty| ty.flat().len()).sum();
        if count > most {
            let whole = Type::Tuple(types.to_vec());
            let at = match out {
                Some(at) => at,
                None => self.realloc(0, 0, whole.alignment(), whole.size())?,
            };
            self.check(at, whole.size(), whole.alignment())?;
            self.store(&whole, &Value::Parts(values.to_vec()), at)?;
            return Ok(out.map_or(vec![at], |_| Vec::new()));
        }
        let mut flat = Vec::new();
        for (ty, value) in types.iter().zip(values) {
            self.lower(ty, value, &mut flat)?;
        }
        Ok(flat)
    }

    fn lower(&mut self, ty: &Type, value: &Value, flat: &mut Vec<u64>) -> Result<()> {
        match (ty.shape(), value) {
            (Shape::Record(fields), Value::Parts(values)) => {
                let mut parts = fields.iter().zip(values);
                parts.try_for_each(|(field, value)| self.lower(field, value, flat))
            }
            (Shape::Variant(cases), Value::Case(case, value)) => {
                let end = flat.len() + ty.flat().len();
                flat.push(*case as u64);
                if let (Some(ty), Some(value)) = (cases[*case], value) {
                    self.lower(ty, value, flat)?;
                }
                flat.resize(end, 0);
                Ok(())
            }
            _ => {
                match (ty, value) {
                    (Type::String, Value::Text(text, from, units, count)) => {
                        flat.extend(self.store_string(text, *from, *units, *count)?);
                    }
                    (Type::List(element), Value::Parts(values)) => {
                        flat.extend(self.store_list(element, values)?);
                    }
                    // A small integer with a sign has it in all 32 bits.
                    (_, Value::Integer(n)) if ty.flat() == [Core::I32] => {
                        flat.push(*n as u32 as u64);
                    }
                    _ => flat.push(bits(value)),
                }
                Ok(())
            }
        }
    }

    fn store(&mut self, ty: &Type, value: &Value, at: u64) -> Result<()> {
        match (ty.shape(), value) {
            (Shape::Record(fields), Value::Parts(values)) => {
                let places = offsets(&fields).0;
                let mut parts = fields.iter().zip(values).zip(places);
                parts.try_for_each(|((field, value), offset)| self.store(field, value, at + offset))
            }
            (Shape::Variant(cases), Value::Case(case, value)) => {
                self.set(at, discriminant(cases.len()), *case as u64)?;
                match (cases[*case], value) {
                    (Some(ty), Some(value)) => self.store(ty, value, at + payload_offset(&cases)),
                    _ => Ok(()),
                }
            }
            _ => match (ty, value) {
                (Type::String, Value::Text(text, from, units, count)) => {
                    let pair = self.store_string(text, *from, *units, *count)?;
                    self.set(at, 8, pair[0] | pair[1] << 32)
                }
                (Type::List(element), Value::Parts(values)) => {
                    let pair = self.store_list(element, values)?;
                    self.set(at, 8, pair[0] | pair[1] << 32)
                }
                _ => {
                    let is_nan = match value {
                        Value::F32(bits) => f32::from_bits(*bits).is_nan(),
                        Value::F64(bits) => f64::from_bits(*bits).is_nan(),
                        _ => false,
                    };
                    if is_nan {
                        self.nans.push((at, ty.size()));
                    }
                    self.set(at, ty.size(), bits(value))
                }
            },
        }
    }

    fn store_list(&mut self, element: &Type, values: &[Value]) -> Result<[u64; 2]> {
        let size = element.size();
        let count = values.len() as u64;
        let at = self.realloc(0, 0, element.alignment(), count * size)?;
        for (value, at) in values.iter().zip((at..).step_by(size as usize)) {
            self.store(element, value, at)?;
        }
        Ok([at, count])
    }

    fn store_string(
        &mut self,
        text: &str,
        from: Encoding,
        units: Units,
        count: u64,
    ) -> Result<[u64; 2]> {
        if self.keeps {
            let alignment = if units == Units::Utf8 { 1 } else { 2 };
            let tag = from == Encoding::Latin1Utf16 && units == Units::Utf16;
            let tag = if tag { UTF16_TAG } else { 0 };
            let [at, count] = self.copy_string(text, count, units, alignment)?;
            return Ok([at, count | tag]);
        }
        match (self.encoding, units) {
            (Encoding::Utf8, Units::Utf8) => self.copy_string(text, count, Units::Utf8, 1),
            (Encoding::Utf8, Units::Utf16) => self.string_to_utf8(text, count, 3 * count),
            (Encoding::Utf8, Units::Latin1) => self.string_to_utf8(text, count, 2 * count),
            (Encoding::Utf16, Units::Utf8) => self.utf8_to_utf16(text, count),
            (Encoding::Utf16, _) => self.copy_string(text, count, Units::Utf16, 2),
            (Encoding::Latin1Utf16, Units::Latin1) => {
                self.copy_string(text, count, Units::Latin1, 2)
            }
            (Encoding::Latin1Utf16, _) => match from {
                Encoding::Latin1Utf16 => self.probably_utf16(text, count),
                _ => self.latin1_or_utf16(text, count),
            },
        }
    }

    fn copy_string(
        &mut self,
        text: &str,
        count: u64,
        units: Units,
        alignment: u64,
    ) -> Result<[u64; 2]> {
        let bytes = encode(text, units);
        let at = self.realloc(0, 0, alignment, bytes.len() as u64)?;
        self.write(at, &bytes)?;
        Ok([at, count])
    }

    fn string_to_utf8(&mut self, text: &str, count: u64, worst: u64) -> Result<[u64; 2]> {
        let bytes = encode(text, Units::Utf8);
        let mut at = self.realloc(0, 0, 1, count)?;
        let Some(wide) = text.find(|c: char| !c.is_ascii()) else {
            self.write(at, &bytes)?;
            return Ok([at, count]);
        };
        self.write(at, &bytes[..wide])?;
        at = self.realloc(at, count, 1, worst)?;
        self.write(at, &bytes)?;
        let len = bytes.len() as u64;
        if worst > len {
            at = self.realloc(at, worst, 1, len)?;
        }
        Ok([at, len])
    }

    fn utf8_to_utf16(&mut self, text: &str, count: u64) -> Result<[u64; 2]> {
        let bytes = encode(text, Units::Utf16);
        let (worst, len) = (2 * count, bytes.len() as u64);
        let mut at = self.realloc(0, 0, 2, worst)?;
        self.write(at, &bytes)?;
        if len < worst {
            at = self.realloc(at, worst, 2, len)?;
        }
        Ok([at, len / 2])
    }

    fn latin1_or_utf16(&mut self, text: &str, count: u64) -> Result<[u64; 2]> {
        let mut at = self.realloc(0, 0, 2, count)?;
        let narrow: Vec<u8> = text.chars().map_while(|c| u8::try_from(c).ok()).collect();
        self.write(at, &narrow)?;
        if narrow.len() == text.chars().count() {
            let len = narrow.len() as u64;
            if len < count {
                at = self.realloc(at, count, 2, len)?;
            }
            return Ok([at, len]);
        }
        let worst = 2 * count;
        at = self.realloc(at, count, 2, worst)?;
        let bytes = encode(text, Units::Utf16);
        self.write(at, &bytes)?;
        let len = bytes.len() as u64;
        if len < worst {
            at = self.realloc(at, worst, 2, len)?;
        }
        Ok([at, (len / 2) | UTF16_TAG])
    }

    fn probably_utf16(&mut self, text: &str, count: u64) -> Result<[u64; 2]> {
        let mut at = self.realloc(0, 0, 2, 2 * count)?;
        let bytes = encode(text, Units::Utf16);
        self.write(at, &bytes)?;
        if text.chars().any(|c| c as u32 >= 256) {
            return Ok([at, (bytes.len() as u64 / 2) | UTF16_TAG]);
        }
        let narrow = encode(text, Units::Latin1);
        self.write(at, &narrow)?;
        // The specification gives no alignment to what is left; ours stays even, so that the next step cannot be refused.
        at = self.realloc(at, 2 * count, 2, count)?;
        Ok([at, count])
    }
}

/// The value of a type that is neither a compound nor a list, by its bits in memory or in a core value.
fn plain(ty: &Type, word: u64) -> Result<Value> {
    if let Some((bits, is_signed)) = ty.integer() {
        let shift = 64 - bits;
        return Ok(Value::Integer(match is_signed {
            true => i128::from(((word << shift) as i64) >> shift),
            false => i128::from((word << shift) >> shift),
        }));
    }
    Ok(match ty {
        Type::Bool => Value::Integer(i128::from(word as u32 != 0)),
        Type::F32 => Value::F32(word as u32),
        Type::F64 => Value::F64(word),
        Type::Char => {
            let c = char::from_u32(word as u32).ok_or(Stop::Trap)?;
            Value::Integer(i128::from(c as u32))
        }
        Type::Flags(count) => Value::Flags(word as u32 & (u32::MAX >> (32 - count))),
        other => unreachable!("{other:?} is not plain"),
    })
}

fn bits(value: &Value) -> u64 {
    match value {
        Value::Integer(n) => *n as u64,
        Value::F32(bits) => (*bits).into(),
        Value::F64(bits) => *bits,
        Value::Flags(bits) => (*bits).into(),
        other => unreachable!("{other:?} is not plain"),
    }
}
