//! `fields`.

use crate::http::exchange::Pairs;
use crate::wasi2::http::fields::{HeaderError, each, name_of, pair_at, put_lists, value_of};
use crate::wasi2::http::{Thing, What, insert, keep_list, list, lost, thing};
use crate::wasi2::{Answer, Call, Kind, Out, host};
use alloc::vec::Vec;

/// The number of the list behind a handle, and whether it can be changed.
fn of(call: &Call, index: u32) -> Answer<(usize, bool)> {
    match thing(call.rep(Kind::Fields3, index)?) {
        Thing {
            what: What::Fields { list, is_immutable },
            ..
        } => Ok((*list, !*is_immutable)),
        _ => lost(),
    }
}

/// A handle to fields.
pub fn own(call: &Call, list: usize, is_immutable: bool) -> Answer<u32> {
    let what = What::Fields { list, is_immutable };
    call.own(Kind::Fields3, insert(what, None))
}

/// The list of fields that its caller gives away.
pub fn take(call: &Call, index: u32) -> Answer<usize> {
    let number = call.take(Kind::Fields3, index)?;
    taken(number)
}

/// The list of fields that a component has given away by a handle for this number.
pub fn taken(number: u32) -> Answer<usize> {
    match crate::wasi2::http::remove(number)? {
        What::Fields { list, .. } => Ok(list),
        _ => lost(),
    }
}

/// Writes the error of a `result<…, header-error>`.
fn fail(out: Out, error: HeaderError) {
    out.u8(0, 1);
    out.u8(4, error as u8);
}

/// Changes a list, where that is allowed.
fn change(
    call: &Call,
    fields: u32,
    f: impl FnOnce(&mut Pairs) -> Result<(), HeaderError>,
) -> Answer<Result<(), HeaderError>> {
    let (number, is_mutable) = of(call, fields)?;
    Ok(match is_mutable {
        true => f(list(number)),
        false => Err(HeaderError::Immutable),
    })
}

/// Writes a `result<_, header-error>`.
fn done(out: Out, done: Result<(), HeaderError>) {
    match done {
        Ok(()) => out.u8(0, 0),
        Err(error) => fail(out, error),
    }
}

host! {
    /// No fields.
    fn http3_types.fields_new_3(call) -> u32 { own(&call, keep_list(Vec::new()), false) }

    /// Fields from a list.
    fn http3_types.fields_from_list_3(call, at: u32, len: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
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
        match failed {
            Some(error) => fail(out, error),
            None => {
                out.u8(0, 0);
                out.u32(4, own(&call, keep_list(made), false)?);
            }
        }
        Ok(())
    }

    /// The values of a name.
    fn http3_types.fields_get_3(call, fields: u32, at: u32, len: u32, result: u32) {
        let (number, _) = of(&call, fields)?;
        let name = call.string(at, len)?.as_bytes().to_ascii_lowercase();
        let out = call.result(result, 8, 4)?;
        let found = list(number).iter().filter(|(other, _)| *other == name);
        put_lists(&mut call, (out, 0), 1, found.map(|(_, value)| &value[..]))
    }

    /// Whether there are fields of a name.
    fn http3_types.fields_has_3(call, fields: u32, at: u32, len: u32) -> u32 {
        let (number, _) = of(&call, fields)?;
        let name = call.string(at, len)?.as_bytes();
        Ok(list(number).iter().any(|(other, _)| name.eq_ignore_ascii_case(other)).into())
    }

    /// Sets the values of a name.
    fn http3_types.fields_set_3(call, fields: u32, at: u32, len: u32, values: u32, count: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let name = name_of(call.string(at, len)?.as_bytes());
        let mut given = Vec::new();
        each(&call, values, count, 8, |at| {
            let (at, len) = pair_at(&call, at)?;
            given.push(value_of(call.bytes(at, len)?));
            Ok(())
        })?;
        let set = change(&call, fields, |list| {
            let name = name?;
            let named = given.into_iter().map(|value| Ok((name.clone(), value?)));
            let pairs: Pairs = named.collect::<Result<_, _>>()?;
            list.retain(|(other, _)| *other != name);
            list.extend(pairs);
            Ok(())
        })?;
        done(out, set);
        Ok(())
    }

    /// Deletes the fields of a name.
    fn http3_types.fields_delete_3(call, fields: u32, at: u32, len: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let name = name_of(call.string(at, len)?.as_bytes());
        let deleted = change(&call, fields, |list| {
            let name = name?;
            list.retain(|(other, _)| *other != name);
            Ok(())
        })?;
        done(out, deleted);
        Ok(())
    }

    /// Likewise: the values that they had.
    fn http3_types.fields_get_and_delete(call, fields: u32, at: u32, len: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let name = name_of(call.string(at, len)?.as_bytes());
        let mut values = Vec::new();
        let deleted = change(&call, fields, |list| {
            let name = name?;
            let (gone, kept) = core::mem::take(list).into_iter().partition(|(other, _)| *other == name);
            (values, *list) = (gone, kept);
            Ok(())
        })?;
        match deleted {
            Ok(()) => {
                out.u8(0, 0);
                put_lists(&mut call, (out, 4), 1, values.iter().map(|(_, value): &(Vec<u8>, Vec<u8>)| &value[..]))
            }
            Err(error) => {
                fail(out, error);
                Ok(())
            }
        }
    }

    /// Adds a field.
    fn http3_types.fields_append_3(call, fields: u32, at: u32, len: u32, value: u32, value_len: u32, result: u32) {
        let out = call.result(result, 20, 4)?;
        let name = name_of(call.string(at, len)?.as_bytes());
        let value = value_of(call.bytes(value, value_len)?);
        let added = change(&call, fields, |list| {
            list.push((name?, value?));
            Ok(())
        })?;
        done(out, added);
        Ok(())
    }

    /// All fields.
    fn http3_types.fields_copy_all(call, fields: u32, result: u32) {
        let (number, _) = of(&call, fields)?;
        let out = call.result(result, 8, 4)?;
        let items = list(number).iter().flat_map(|(name, value)| [&name[..], &value[..]]);
        put_lists(&mut call, (out, 0), 2, items)
    }

    /// Fields of their own with the same contents, which can be changed.
    fn http3_types.fields_clone_3(call, fields: u32) -> u32 {
        let (number, _) = of(&call, fields)?;
        let copy = list(number).clone();
        own(&call, keep_list(copy), false)
    }

    /// Drops fields.
    fn drop.drop_fields_3(call, it: u32) { crate::wasi2::http::forget(&call, Kind::Fields3, it) }
}
