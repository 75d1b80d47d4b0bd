//! Strings of guests that do not have them in UTF-8 (`CanonicalABI.md`: Loading, Storing). Linked only together with such guests, whose calls refer to one of the two
//! statics.
//!
//! What a guest gives is written anew in a region of the process that lasts until the next call of the host: those do not nest, because `realloc` may not call any.

use super::{Answer, Call};
use crate::canonical::{MAX_BYTES, Reason, Transcoding, UTF16_TAG};
use crate::component::strings::{Failure, transcode};
use crate::state::region;
use crate::wasi::Guest;

/// Where a string lies, and its length.
type Place = (u32, u32);

/// What depends on how strings lie in the guest's memory.
pub struct Strings {
    /// The string of so many code units at a place, in UTF-8: where it lies in the region, and its bytes.
    read: fn(&Call, u32, u32) -> Answer<Place>,
    /// Copies valid UTF-8 to memory of the guest: where it lies, and its code units as the guest counts them.
    pub write: fn(&mut Call, &[u8]) -> Answer<Place>,
}

#[unsafe(export_name = "wative_rt_strings_utf16")]
static UTF16: Strings = Strings {
    read: |call, at, units| read(call, at, units, Transcoding::Utf16ToUtf8),
    write: write_utf16,
};

#[unsafe(export_name = "wative_rt_strings_latin1_utf16")]
static LATIN1_UTF16: Strings = Strings {
    read: |call, at, tagged| match tagged & UTF16_TAG {
        0 => read(call, at, tagged, Transcoding::Latin1ToUtf8),
        _ => read(call, at, tagged & !UTF16_TAG, Transcoding::Utf16ToUtf8),
    },
    write: |call, text| match write_as(call, text, Transcoding::Utf8ToLatin1) {
        Ok(None) => {
            let (at, units) = write_utf16(call, text)?;
            Ok((at, units | UTF16_TAG))
        }
        Ok(Some(written)) => Ok(written),
        Err(reason) => Err(reason),
    },
};

impl Strings {
    /// A string of the guest in UTF-8: the memory in which it lies, its place and its bytes.
    pub fn read(&self, call: &Call, at: u32, len: u32) -> Answer<(Guest, u32, u32)> {
        let (at, len) = (self.read)(call, at, len)?;
        Ok((region::texts(), at, len))
    }
}

fn read(call: &Call, at: u32, units: u32, how: Transcoding) -> Answer<Place> {
    let bytes = u64::from(units) * how.source_unit();
    if bytes > MAX_BYTES {
        return Err(Reason::HostStringOutOfBounds);
    }
    // Latin-1 too has what UTF-16 would have.
    if !at.is_multiple_of(2) {
        return Err(Reason::HostStringUnaligned);
    }
    let from = call.guest().range(at, bytes);
    let from = from.map_err(|_| Reason::HostStringOutOfBounds)?;
    let is_first = !call.has_text.replace(true);
    let room = u64::from(units) * how.room();
    // SAFETY: no other call is under way, so nobody has texts of an earlier one.
    let text = unsafe { region::text(is_first, room as usize) };
    let Some((place, to)) = text else {
        return Err(Reason::HostStringOutOfBounds);
    };
    // SAFETY: the guest's range was checked, and so much room was taken.
    let written = unsafe { transcode(to, from, units as usize, how) };
    match written {
        Ok(len) => Ok((place, len as u32)),
        Err(_) => Err(Reason::HostInvalidUtf16),
    }
}

fn write_utf16(call: &mut Call, text: &[u8]) -> Answer<Place> {
    let written = write_as(call, text, Transcoding::Utf8ToUtf16)?;
    // It has all characters.
    written.ok_or(Reason::HostInvalidUtf8)
}

/// Writes text in an encoding, unless that does not have one of its characters.
fn write_as(call: &mut Call, text: &[u8], how: Transcoding) -> Answer<Option<Place>> {
    let is_first = !call.has_text.replace(true);
    // SAFETY: as above; what was read is not used any more when something is written.
    let room = unsafe { region::text(is_first, text.len() * how.room() as usize) };
    let Some((_, to)) = room else {
        return Err(Reason::HostStringOutOfBounds);
    };
    // SAFETY: the text is there, and so much room was taken.
    let units = match unsafe { transcode(to, text.as_ptr(), text.len(), how) } {
        Ok(units) => units,
        Err(Failure::TooWide) => return Ok(None),
        Err(Failure::Invalid(_)) => return Err(Reason::HostInvalidUtf8),
    };
    let unit = if how == Transcoding::Utf8ToUtf16 {
        2
    } else {
        1
    };
    let at = call.allocate_list(units, unit, 2)?;
    // SAFETY: so many units were written there.
    let written = unsafe { core::slice::from_raw_parts(to, units * unit as usize) };
    call.write(at, written)?;
    Ok(Some((at, units as u32)))
}
