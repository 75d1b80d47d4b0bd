//! Error contexts: texts that instances tell each other by handles (`CanonicalABI.md`: `canon error-context.new` and what follows there).
//!
//! A text is kept in UTF-8, and its end is cut off where it is long, which the specification leaves to us. A context that is passed on is one for all instances, each of
//! which has a handle of its own; it is freed with the last of them.

use super::{insert, number, tasks};
use crate::abi::Memory;
use crate::canonical::{ComponentInstance, Handle, Reason};
use crate::component::{answer, handles, strings};
use crate::state::memory::{size, within};

/// Bytes of a text at most: with the rest of a context a page.
const ROOM: usize = 4032;

/// Contexts at a time: a guest must not be able to take all of the machine's memory.
const MOST: u32 = 65_536;

/// What handles of the kind `Handle::ERROR_CONTEXT` stand for.
pub struct ErrorContext {
    handles: u32,
    /// The text, as a memory that strings can be copied from.
    view: Memory,
    text: [u8; ROOM],
}

/// `error-context.new`: a context with a text that lies in a memory, as code units that `how` makes UTF-8 of; its handle.
///
/// # Safety
/// As all functions here: called by compiled code, with instances and memories of the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_error_context_new(
    instance: *mut ComponentInstance,
    memory: *const Memory,
    src: u32,
    units: u32,
    how: u32,
) -> u64 {
    let make = || {
        let how = strings::known(how);
        let bytes = u64::from(units) * how.source_unit();
        // The caller has checked the range, for its messages.
        if !within(src.into(), bytes, size(memory)) {
            return Err(Reason::StringOutOfBounds);
        }
        let pool = &mut (*tasks()).contexts;
        let context = ErrorContext {
            handles: 1,
            view: Memory {
                base: core::ptr::null_mut(),
                len: 0,
                max_pages: 0,
                flags: 0,
            },
            text: [0; ROOM],
        };
        let (number, context) = pool.add(context).ok_or(Reason::TooManyHandles)?;
        if number >= MOST {
            pool.remove(number);
            return Err(Reason::TooManyHandles);
        }
        let text = &mut (*context).text;
        let (mut len, mut is_whole) = (0, true);
        // All of it must be valid, also what is cut off.
        let src = (*memory).base.add(src as usize);
        let valid = strings::characters(src, units as usize, how, |c| {
            let end = len + c.len_utf8();
            is_whole &= end <= ROOM;
            if is_whole {
                c.encode_utf8(&mut text[len..end]);
                len = end;
            }
        });
        (*context).view.base = (&raw mut (*context).text).cast();
        (*context).view.len = len as u64;
        valid.map_err(said_by_host)?;
        insert((*instance).table(), Handle::ERROR_CONTEXT, number)
    };
    answer(make())
}

/// What is said of a text that is not valid: it is the host that lifts it.
fn said_by_host(reason: Reason) -> Reason {
    match reason {
        Reason::InvalidUtf8 => Reason::HostInvalidUtf8,
        Reason::InvalidUtf16 => Reason::HostInvalidUtf16,
        other => other,
    }
}

/// # Safety
/// As above.
unsafe fn find(instance: *mut ComponentInstance, index: u32) -> Result<u32, Reason> {
    let number = number((*instance).table(), Handle::ERROR_CONTEXT, index);
    number.map_err(|reason| match reason {
        Reason::WrongKind => Reason::NotContext,
        other => other,
    })
}

/// The number of the context that a handle stands for.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_error_context_find(
    instance: *mut ComponentInstance,
    index: u32,
) -> u64 {
    answer(find(instance, index))
}

/// The text of a context, as a memory.
///
/// # Safety
/// As above; the number is one that [`wative_rt_error_context_find`] has answered, and its handle is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_error_context_text(number: u32) -> usize {
    &raw const (*(*tasks()).contexts.get(number)).view as usize
}

/// A handle for the same context in another instance.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_error_context_give(
    from: *mut ComponentInstance,
    to: *mut ComponentInstance,
    index: u32,
) -> u64 {
    let give = || {
        let number = find(from, index)?;
        let given = insert((*to).table(), Handle::ERROR_CONTEXT, number)?;
        // As many as there are handles, whose number is limited.
        (*(*tasks()).contexts.get(number)).handles += 1;
        Ok(given)
    };
    answer(give())
}

/// `error-context.drop`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_error_context_drop(
    instance: *mut ComponentInstance,
    index: u32,
) -> u64 {
    let drop = || {
        let number = find(instance, index)?;
        handles::take_any(&mut *(*instance).table(), index)?;
        let contexts = &mut (*tasks()).contexts;
        let left = &mut (*contexts.get(number)).handles;
        *left -= 1;
        if *left == 0 {
            contexts.remove(number);
        }
        Ok(0)
    };
    answer(drop())
}
