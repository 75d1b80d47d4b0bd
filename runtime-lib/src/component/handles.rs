//! The handle table of an instance (`CanonicalABI.md`: Table State, Resource State). A call undoes at its end what it has lent and borrowed; calls end in
//! the opposite order in which they began, so what they must undo is on a stack.

use super::answer;
use crate::abi::{Handle, Handles};
use crate::canonical::Reason;
use crate::state::region;
use crate::sys;
#[cfg(test)]
use core::ptr::null_mut;

/// A table does not grow beyond so many entries, nor its stack: a guest must not be able to take all of the machine's memory.
const GROWTH_LIMIT: u32 = 10_000_000;

const _: () = assert!(GROWTH_LIMIT <= Handle::MAX);

/// Enlarges an array so that one more fits: false where it cannot be.
///
/// # Safety
/// `items` is null or a mapping of this function's for `capacity` items.
unsafe fn reserve<T>(items: &mut *mut T, capacity: &mut u32, len: u32) -> bool {
    if len < *capacity {
        return true;
    }
    if len >= GROWTH_LIMIT {
        return false;
    }
    let bytes = |count: u32| (count as usize * size_of::<T>()).next_multiple_of(sys::PAGE);
    let room = bytes((*capacity * 2).max(1));
    let Ok(new) = region::pages(room) else {
        return false;
    };
    let new = new as *mut T;
    if !items.is_null() {
        core::ptr::copy_nonoverlapping(*items, new, *capacity as usize);
        region::give_back(*items as *mut u8, bytes(*capacity));
    }
    *items = new;
    // What fits into whole pages, so that the same count of bytes is unmapped.
    *capacity = (room / size_of::<T>()) as u32;
    true
}

/// Puts a handle in, at the index that was freed last.
///
/// # Safety
/// As all functions here: `handles` is the table of an instance.
pub unsafe fn insert(handles: &mut Handles, mut handle: Handle) -> Result<u32, Reason> {
    handle.lends = 0;
    if handles.free != 0 {
        let index = handles.free;
        let entry = handles.entries.add(index as usize);
        handles.free = (*entry).rep;
        entry.write(handle);
        return Ok(index);
    }
    let index = handles.len.max(1);
    if !reserve(&mut handles.entries, &mut handles.capacity, index) {
        return Err(Reason::TooManyHandles);
    }
    handles.entries.add(index as usize).write(handle);
    handles.len = index + 1;
    Ok(index)
}

/// The handle at an index.
///
/// # Safety
/// As above.
#[inline(always)]
pub unsafe fn any(handles: &mut Handles, index: u32) -> Result<*mut Handle, Reason> {
    if index == 0 || index >= handles.len {
        return Err(Reason::UnknownHandle);
    }
    let entry = handles.entries.add(index as usize);
    if (*entry).kind == Handle::FREE {
        return Err(Reason::UnknownHandle);
    }
    Ok(entry)
}

/// The handle of a resource at an index, of this type.
///
/// # Safety
/// As above.
pub unsafe fn get(handles: &mut Handles, resource: u32, index: u32) -> Result<*mut Handle, Reason> {
    let entry = any(handles, index)?;
    if (*entry).resource != resource {
        return Err(Reason::WrongResource);
    }
    Ok(entry)
}

/// Takes a handle out that is not lent.
///
/// # Safety
/// As above.
unsafe fn remove(handles: &mut Handles, resource: u32, index: u32) -> Result<Handle, Reason> {
    let entry = get(handles, resource, index)?;
    let handle = *entry;
    if handle.lends != 0 {
        return Err(Reason::Lent);
    }
    free(handles, entry, index);
    Ok(handle)
}

/// # Safety
/// As above; the entry is the one at this index.
#[inline(always)]
unsafe fn free(handles: &mut Handles, entry: *mut Handle, index: u32) {
    (*entry).kind = Handle::FREE;
    (*entry).rep = handles.free;
    handles.free = index;
}

/// Takes a handle out that is no resource's.
///
/// # Safety
/// As above.
pub unsafe fn take_any(handles: &mut Handles, index: u32) -> Result<(), Reason> {
    let entry = any(handles, index)?;
    free(handles, entry, index);
    Ok(())
}

/// The place on the stack of a new word.
///
/// # Safety
/// As above.
pub unsafe fn push(handles: &mut Handles, word: u32) -> Result<u32, Reason> {
    let place = handles.stack_len;
    if !reserve(&mut handles.stack, &mut handles.stack_capacity, place) {
        return Err(Reason::TooManyHandles);
    }
    handles.stack.add(place as usize).write(word);
    handles.stack_len = place + 1;
    Ok(place)
}

/// The counter of a call.
///
/// # Safety
/// As above.
unsafe fn counter(handles: &Handles, place: u32) -> Option<*mut u32> {
    (place < handles.stack_len).then(|| handles.stack.add(place as usize))
}

/// A handle that owns a resource: its index.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_new(
    handles: *mut Handles,
    resource: u32,
    rep: u32,
) -> u64 {
    let handle = Handle {
        rep,
        resource,
        kind: Handle::OWN,
        lends: 0,
        scope: 0,
    };
    answer(insert(&mut *handles, handle))
}

/// A handle that a call of the instance has borrowed: its index. `scope` is what [`wative_rt_handles_call`] answered.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_borrow(
    handles: *mut Handles,
    resource: u32,
    rep: u32,
    scope: u32,
) -> u64 {
    let handles = &mut *handles;
    if let Some(counter) = counter(handles, scope) {
        *counter += 1;
    }
    let handle = Handle {
        rep,
        resource,
        kind: Handle::BORROW,
        lends: 0,
        scope,
    };
    answer(insert(handles, handle))
}

/// What the implementing instance knows a resource by.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_rep(
    handles: *mut Handles,
    resource: u32,
    index: u32,
) -> u64 {
    answer(get(&mut *handles, resource, index).map(|handle| (*handle).rep))
}

/// Takes a resource from an instance that owns it.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_take(
    handles: *mut Handles,
    resource: u32,
    index: u32,
) -> u64 {
    let owned = |handle: Handle| match handle.kind {
        Handle::OWN => Ok(handle.rep),
        _ => Err(Reason::NotOwned),
    };
    answer(remove(&mut *handles, resource, index).and_then(owned))
}

/// Gives a handle up. Bit 63 of the answer is set where that ends the resource.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_drop(
    handles: *mut Handles,
    resource: u32,
    index: u32,
) -> u64 {
    let handles = &mut *handles;
    match remove(handles, resource, index) {
        Ok(handle) if handle.kind == Handle::OWN => u64::from(handle.rep) | 1 << 63,
        Ok(handle) => {
            if let Some(counter) = counter(handles, handle.scope) {
                *counter = (*counter).saturating_sub(1);
            }
            0
        }
        Err(reason) => answer(Err(reason)),
    }
}

/// Lends a resource to a call until [`wative_rt_handles_unlend`]: what the implementing instance knows it by.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handle_lend(
    handles: *mut Handles,
    resource: u32,
    index: u32,
) -> u64 {
    let handles = &mut *handles;
    let lend = |handles: &mut Handles| {
        let handle = get(handles, resource, index)?;
        push(handles, index)?;
        // As many as there are words on the stack.
        (*handle).lends += 1;
        Ok((*handle).rep)
    };
    answer(lend(handles))
}

/// Where the stack is before a call lends.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handles_mark(handles: *const Handles) -> u32 {
    (*handles).stack_len
}

/// Ends what a call has lent since the stack was at `mark`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handles_unlend(handles: *mut Handles, mark: u32) {
    let handles = &mut *handles;
    while handles.stack_len > mark {
        handles.stack_len -= 1;
        let index = *handles.stack.add(handles.stack_len as usize);
        if index < handles.len {
            let handle = handles.entries.add(index as usize);
            (*handle).lends = (*handle).lends.saturating_sub(1);
        }
    }
}

/// Begins a call of the instance that may borrow: the place of its counter.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handles_call(handles: *mut Handles) -> u64 {
    answer(push(&mut *handles, 0))
}

/// Ends it: everything that it has borrowed must have been dropped.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_handles_return(handles: *mut Handles, scope: u32) -> u64 {
    let handles = &mut *handles;
    let remaining = counter(handles, scope).map_or(0, |counter| *counter);
    handles.stack_len = handles.stack_len.min(scope);
    answer(match remaining {
        0 => Ok(0),
        _ => Err(Reason::BorrowsRemain),
    })
}

/// A table without handles.
#[cfg(test)]
pub const fn empty() -> Handles {
    Handles {
        entries: null_mut(),
        capacity: 0,
        len: 0,
        free: 0,
        stack_len: 0,
        stack_capacity: 0,
        stack: null_mut(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(reason: Reason) -> u64 {
        u64::from(reason as u32) << 32
    }

    #[test]
    fn indices_begin_at_one_and_are_reused_last_first() {
        let table = &mut empty();
        unsafe {
            for rep in 1..=5 {
                assert_eq!(wative_rt_handle_new(table, 7, 10 * rep), rep.into());
            }
            for index in [2, 4, 3] {
                let rep = wative_rt_handle_take(table, 7, index);
                assert_eq!(rep, u64::from(10 * index));
            }
            for index in [3, 4, 2, 6] {
                assert_eq!(wative_rt_handle_new(table, 7, 1), index);
            }
            for index in [0, 7, u32::MAX] {
                let unknown = reason(Reason::UnknownHandle);
                assert_eq!(wative_rt_handle_rep(table, 7, index), unknown);
                assert_eq!(wative_rt_handle_drop(table, 7, index), unknown);
                assert_eq!(wative_rt_handle_lend(table, 7, index), unknown);
            }
            let wrong = reason(Reason::WrongResource);
            assert_eq!(wative_rt_handle_rep(table, 8, 1), wrong);
            assert_eq!(wative_rt_handle_rep(table, 7, 1), 10);
            assert_eq!(wative_rt_handle_drop(table, 7, 1), 10 | 1 << 63);
            let unknown = reason(Reason::UnknownHandle);
            assert_eq!(wative_rt_handle_drop(table, 7, 1), unknown);
        }
    }

    #[test]
    fn the_table_grows() {
        let table = &mut empty();
        unsafe {
            for rep in 0..10_000 {
                let index = wative_rt_handle_new(table, 1, rep);
                assert_eq!(index, u64::from(rep) + 1);
            }
            for rep in 0..10_000 {
                let found = wative_rt_handle_rep(table, 1, rep + 1);
                assert_eq!(found, u64::from(rep));
            }
        }
    }

    #[test]
    fn what_is_lent_stays_until_the_call_ends() {
        let table = &mut empty();
        unsafe {
            wative_rt_handle_new(table, 1, 50);
            let mark = wative_rt_handles_mark(table);
            assert_eq!(wative_rt_handle_lend(table, 1, 1), 50);
            assert_eq!(wative_rt_handle_lend(table, 1, 1), 50);
            let lent = reason(Reason::Lent);
            assert_eq!(wative_rt_handle_take(table, 1, 1), lent);
            assert_eq!(wative_rt_handle_drop(table, 1, 1), lent);
            wative_rt_handles_unlend(table, mark);
            assert_eq!(wative_rt_handle_take(table, 1, 1), 50);
        }
    }

    #[test]
    fn what_is_borrowed_must_be_dropped_before_the_call_ends() {
        let table = &mut empty();
        unsafe {
            let outer = wative_rt_handles_call(table) as u32;
            let first = wative_rt_handle_borrow(table, 1, 60, outer) as u32;
            // A call within it, which drops what the outer one has borrowed.
            let inner = wative_rt_handles_call(table) as u32;
            let second = wative_rt_handle_borrow(table, 1, 61, inner) as u32;
            let owned = reason(Reason::NotOwned);
            assert_eq!(wative_rt_handle_drop(table, 1, first), 0);
            let remains = reason(Reason::BorrowsRemain);
            assert_eq!(wative_rt_handles_return(table, inner), remains);
            assert_eq!(wative_rt_handles_return(table, outer), 0);
            assert_eq!(wative_rt_handle_take(table, 1, second), owned);
        }
    }
}
