//! Files of the time zone database: TZif of all versions, RFC 9636. Whatever bytes there are, nothing is read beyond them.

use super::{Local, rule};

/// Bytes of a header.
const HEADER: usize = 44;

/// A block of data, with times of 4 or 8 bytes.
struct Block<'f> {
    /// When types change, each with a number of a type in `types`.
    times: &'f [u8],
    time_size: usize,
    types_of_times: &'f [u8],
    /// Offset, whether it is daylight saving time, and the place of a name in `names`, in 6 bytes each.
    types: &'f [u8],
    names: &'f [u8],
}

/// Takes bytes.
fn take<'f>(bytes: &mut &'f [u8], len: usize) -> Option<&'f [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// Takes a header and the data behind it: the version as well.
fn block<'f>(file: &mut &'f [u8], time_size: usize) -> Option<(u8, Block<'f>)> {
    let header = take(file, HEADER)?;
    if header.get(..4) != Some(b"TZif") {
        return None;
    }
    let version = *header.get(4)?;
    // Marks of universal and of standard time, leap seconds, times, types, characters of names.
    let mut counts = [0; 6];
    for (count, bytes) in counts.iter_mut().zip(header.get(20..)?.chunks(4)) {
        *count = number(bytes)? as usize;
    }
    let [universal, standard, leaps, times, types, characters] = counts;
    let block = Block {
        times: take(file, times.checked_mul(time_size)?)?,
        time_size,
        types_of_times: take(file, times)?,
        types: take(file, types.checked_mul(6)?)?,
        names: take(file, characters)?,
    };
    take(file, leaps.checked_mul(time_size + 4)?)?;
    take(file, standard)?;
    take(file, universal)?;
    Some((version, block))
}

impl<'f> Block<'f> {
    fn time(&self, index: usize) -> Option<i64> {
        let bytes = self.times.get(index * self.time_size..)?;
        match self.time_size {
            4 => Some((number(bytes.get(..4)?)? as i32).into()),
            _ => Some(i64::from_be_bytes(bytes.get(..8)?.try_into().ok()?)),
        }
    }

    /// How many times there are up to this one.
    fn before(&self, when: i64) -> Option<usize> {
        let (mut low, mut high) = (0, self.types_of_times.len());
        while low < high {
            let middle = (low + high) / 2;
            match self.time(middle)? <= when {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Some(low)
    }

    /// The local time of a type.
    fn local(&self, index: usize) -> Option<Local<'f>> {
        let bytes = self.types.get(index * 6..index * 6 + 6)?;
        let name = self.names.get(usize::from(*bytes.get(5)?)..)?;
        let end = name.iter().position(|&byte| byte == 0)?;
        Some(Local {
            offset: number(bytes.get(..4)?)? as i32,
            is_daylight: *bytes.get(4)? != 0,
            name: name.get(..end)?,
        })
    }
}

/// What the local time is, by a file. `None`: it is none, or does not say.
pub fn at(mut file: &[u8], when: i64) -> Option<Local<'_>> {
    let (version, mut data) = block(&mut file, 4)?;
    let mut footer: &[u8] = &[];
    if version >= b'2' {
        data = block(&mut file, 8)?.1;
        let text = file.strip_prefix(b"\n")?;
        footer = text.get(..text.iter().position(|&byte| byte == b'\n')?)?;
    }
    let passed = data.before(when)?;
    if passed == data.types_of_times.len() && !footer.is_empty() {
        return rule::at(footer, when);
    }
    // Before the first time the first type holds.
    match passed.checked_sub(1) {
        Some(last) => data.local((*data.types_of_times.get(last)?).into()),
        None => data.local(0),
    }
}
