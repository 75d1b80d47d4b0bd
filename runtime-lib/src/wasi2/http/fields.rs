//! `fields`: names in lower case and values, in the order in which they came.

use super::{
    Answer, Call, Kind, Out, Thing, What, host, insert, keep_list, list, own_fields, thing,
};
use crate::canonical::Reason;
use crate::http::exchange::Pairs;
use crate::http::parse::{is_token, is_value};
use alloc::vec::Vec;

/// Names that belong to the connection, which guests neither see nor set.
const FORBIDDEN: [&[u8]; 9] = [
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
    b"host",
    b"http2-settings",
];

/// Whether guests may neither see nor set fields of this name.
pub fn is_forbidden(name: &[u8]) -> bool {
    FORBIDDEN
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

/// Cases of `header-error`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum HeaderError {
    InvalidSyntax,
    Forbidden,
    Immutable,
}

type Change = Result<(), HeaderError>;

/// A name as it is kept.
pub fn name_of(name: &[u8]) -> Result<Vec<u8>, HeaderError> {
    if !is_token(name) {
        return Err(HeaderError::InvalidSyntax);
    }
    if is_forbidden(name) {
        return Err(HeaderError::Forbidden);
    }
    Ok(name.to_ascii_lowercase())
}

pub fn value_of(value: &[u8]) -> Result<Vec<u8>, HeaderError> {
    match is_value(value) {
        true => Ok(value.to_vec()),
        false => Err(HeaderError::InvalidSyntax),
    }
}

/// The number of the list behind a handle, and whether it can be changed.
fn of(call: &Call, index: u32) -> Answer<(usize, bool)> {
    match thing(call.rep(Kind::Fields, index)?) {
        Thing {
            what: What::Fields { list, is_immutable },
            ..
        } => Ok((*list, !*is_immutable)),
        _ => super::lost(),
    }
}

/// Changes a list and writes a `result<_, header-error>`.
fn change(
    call: &Call,
    fields: u32,
    result: u32,
    f: impl FnOnce(&mut Pairs) -> Answer<Change>,
) -> Answer<()> {
    let out = call.result(result, 2, 1)?;
    let (number, is_mutable) = of(call, fields)?;
    let done = match is_mutable {
        true => f(list(number))?,
        false => Err(HeaderError::Immutable),
    };
    out.u8(0, done.is_err().into());
    if let Err(error) = done {
        out.u8(1, error as u8);
    }
    Ok(())
}

/// Calls `f` with the places of the elements of a list of the guest, each of so many bytes.
pub fn each(
    call: &Call,
    at: u32,
    len: u32,
    size: u32,
    mut f: impl FnMut(u32) -> Answer<()>,
) -> Answer<()> {
    if !at.is_multiple_of(4) {
        return Err(Reason::HostListUnaligned);
    }
    let bytes = u64::from(len) * u64::from(size);
    if bytes > crate::canonical::MAX_BYTES || call.guest().range(at, bytes).is_err() {
        return Err(Reason::HostListOutOfBounds);
    }
    (0..len).try_for_each(|i| f(at + i * size))
}

/// A string or list that lies in the guest's memory.
pub fn pair_at(call: &Call, at: u32) -> Answer<(u32, u32)> {
    let read = |at| {
        call.guest()
            .read_u32(at)
            .map_err(|_| Reason::HostListOutOfBounds)
    };
    Ok((read(at)?, read(at + 4)?))
}

/// Writes lists of bytes as a `list<list<u8>>`, or of two each as a list of pairs, of which the first is a name.
pub fn put_lists<'a>(
    call: &mut Call,
    (out, at): (Out, u32),
    width: usize,
    items: impl Iterator<Item = &'a [u8]> + Clone,
) -> Answer<()> {
    let count = items.clone().count();
    let start = call.allocate_list(count, 8, 4)?;
    for (i, item) in items.enumerate() {
        let (copy, len) = match width == 2 && i % 2 == 0 {
            true => call.copy_text(item)?,
            false => (call.copy(item)?, item.len() as u32),
        };
        let at = start + 8 * i as u32;
        call.write(at, &copy.to_le_bytes())?;
        call.write(at + 4, &len.to_le_bytes())?;
    }
    out.list(at, start, count / width);
    Ok(())
}

host! {
    /// No fields.
    fn http_types.fields_new(call) -> u32 { own_fields(&call, keep_list(Vec::new()), false, None) }

    /// Fields from a list.
    fn http_types.fields_from_list(call, at: u32, len: u32, result: u32) {
        let out = call.result(result, 8, 4)?;
        let (mut made, mut failed) = (Pairs::new(), None);
        each(&call, at, len, 16, |at| {
            let (name, value) = (pair_at(&call, at)?, pair_at(&call, at + 8)?);
            let name = call.string(name.0, name.1)?;
            let value = call.bytes(value.0, value.1)?;
            match (name_of(name.as_bytes()), value_of(value)) {
                (Ok(name), Ok(value)) => made.push((name, value)),
                (Err(error), _) | (_, Err(error)) => failed = failed.or(Some(error)),
            }
            Ok(())
        })?;
        out.u8(0, failed.is_some().into());
        match failed {
            Some(error) => out.u8(4, error as u8),
            None => out.u32(4, own_fields(&call, keep_list(made), false, None)?),
        }
        Ok(())
    }

    /// The values of a name.
    fn http_types.fields_get(call, fields: u32, at: u32, len: u32, result: u32) {
        let (number, _) = of(&call, fields)?;
        let name = call.string(at, len)?.as_bytes().to_ascii_lowercase();
        let found = list(number).iter().filter(|(other, _)| *other == name);
        let out = call.result(result, 8, 4)?;
        put_lists(&mut call, (out, 0), 1, found.map(|(_, value)| &value[..]))
    }

    /// Whether there are fields of a name.
    fn http_types.fields_has(call, fields: u32, at: u32, len: u32) -> u32 {
        let (number, _) = of(&call, fields)?;
        let name = call.string(at, len)?.as_bytes();
        Ok(list(number).iter().any(|(other, _)| name.eq_ignore_ascii_case(other)).into())
    }

    /// Sets the values of a name.
    fn http_types.fields_set(call, fields: u32, at: u32, len: u32, values: u32, count: u32, result: u32) {
        let name = name_of(call.string(at, len)?.as_bytes());
        let mut given = Vec::new();
        each(&call, values, count, 8, |at| {
            let (at, len) = pair_at(&call, at)?;
            given.push(value_of(call.bytes(at, len)?));
            Ok(())
        })?;
        change(&call, fields, result, |list| {
            let pairs = name.and_then(|name| {
                let named = given.into_iter().map(|value| Ok((name.clone(), value?)));
                let pairs: Result<Pairs, HeaderError> = named.collect();
                Ok((name.clone(), pairs?))
            });
            Ok(pairs.map(|(name, pairs)| {
                list.retain(|(other, _)| *other != name);
                list.extend(pairs);
            }))
        })
    }

    /// Deletes the fields of a name.
    fn http_types.fields_delete(call, fields: u32, at: u32, len: u32, result: u32) {
        let name = name_of(call.string(at, len)?.as_bytes());
        change(&call, fields, result, |list| Ok(name.map(|name| list.retain(|(other, _)| *other != name))))
    }

    /// Adds a field.
    fn http_types.fields_append(call, fields: u32, at: u32, len: u32, value: u32, value_len: u32, result: u32) {
        let name = name_of(call.string(at, len)?.as_bytes());
        let value = value_of(call.bytes(value, value_len)?);
        change(&call, fields, result, |list| Ok(name.and_then(|name| {
            list.push((name, value?));
            Ok(())
        })))
    }

    /// All fields.
    fn http_types.fields_entries(call, fields: u32, result: u32) {
        let (number, _) = of(&call, fields)?;
        let items = list(number).iter().flat_map(|(name, value)| [&name[..], &value[..]]);
        let out = call.result(result, 8, 4)?;
        put_lists(&mut call, (out, 0), 2, items)
    }

    /// Fields of their own with the same contents, which can be changed.
    fn http_types.fields_clone(call, fields: u32) -> u32 {
        let (number, _) = of(&call, fields)?;
        let copy = list(number).clone();
        let what = What::Fields { list: keep_list(copy), is_immutable: false };
        call.own(Kind::Fields, insert(what, None))
    }
}
