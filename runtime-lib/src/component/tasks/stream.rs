//! Streams and futures (`CanonicalABI.md`: Stream State, Future State, and their built-ins).
//!
//! What lies between two ends is a [`Shared`], which knows at most one of them: the one whose read or write came first and is pending, with its buffer. The other
//! one copies, from buffer to buffer, by a function that the compiler has made for the type of the elements.

use super::thread;
use super::waitable::{self, Event, Waitable};
use super::{insert, tasks};
use crate::canonical::{
    BLOCKED, ComponentInstance, EndKind, EventCode, Handle, MAX_ELEMENTS, Reason,
};
use crate::component::{answer, handles};
use crate::state::fiber;
use core::ptr::null_mut;

/// What two ends share. It is freed with the second of them.
pub struct Shared {
    number: u32,
    /// The number of the type, and whether it is a future.
    kind: u64,
    is_dropped: bool,
    /// The end that has a read or write pending, or null.
    pending: *mut Waitable,
    /// Ends, those included that are on their way to another instance.
    ends: u32,
}

/// Of what names an end: what its type is.
const TYPE: u64 = !0 << EndKind::TYPE | EndKind::FUTURE;

/// What an end is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Copying,
    Cancelling,
    Done,
}

/// How a copy has gone.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Outcome {
    Completed = 0,
    Dropped = 1,
    Cancelled = 2,
}

/// An end, as far as it is no other waitable.
pub struct End {
    shared: *mut Shared,
    is_writable: bool,
    state: State,
    instance: *mut ComponentInstance,
    /// The buffer: whose memory it is in, address, elements, and those that were copied.
    side: u32,
    address: u32,
    length: u32,
    progress: u32,
    /// What its event will say, and whether that takes the buffer back from where it is pending.
    outcome: Outcome,
    reclaims: bool,
}

impl End {
    fn is_future(&self) -> bool {
        // SAFETY: it lives as long as its ends.
        unsafe { (*self.shared).kind & EndKind::FUTURE != 0 }
    }

    fn remaining(&self) -> u32 {
        self.length - self.progress
    }

    fn is_copying(&self) -> bool {
        matches!(self.state, State::Copying | State::Cancelling)
    }
}

/// The end that a waitable is.
///
/// # Safety
/// As all functions here: what pointers point to is alive. It is an end.
unsafe fn of<'a>(waitable: *mut Waitable) -> &'a mut End {
    (*waitable).end.as_mut().unwrap_unchecked()
}

/// A new end in an instance: its index.
///
/// # Safety
/// As above.
unsafe fn add(
    shared: *mut Shared,
    instance: *mut ComponentInstance,
    is_writable: bool,
) -> Result<u32, Reason> {
    let end = End {
        shared,
        is_writable,
        state: State::Idle,
        instance,
        side: 0,
        address: 0,
        length: 0,
        progress: 0,
        outcome: Outcome::Completed,
        reclaims: false,
    };
    let waitable = waitable::new(null_mut(), Some(end))?;
    let index = insert((*instance).table(), Handle::WAITABLE, (*waitable).number)?;
    (*waitable).index = index;
    Ok(index)
}

/// The end with this index, of this type and direction.
///
/// # Safety
/// As above.
unsafe fn find(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
) -> Result<*mut Waitable, Reason> {
    let waitable = waitable::find(instance, index)?;
    let Some(end) = (*waitable).end.as_ref() else {
        return Err(Reason::WrongKind);
    };
    if end.is_writable != (kind & EndKind::WRITABLE != 0) || (*end.shared).kind != kind & TYPE {
        return Err(Reason::WrongStream);
    }
    Ok(waitable)
}

/// Takes the event of an end.
///
/// # Safety
/// It has one.
pub unsafe fn event(waitable: *mut Waitable) -> Event {
    let end = of(waitable);
    if end.reclaims {
        end.reclaims = false;
        (*end.shared).pending = null_mut();
    }
    let is_future = end.is_future();
    end.state = match end.outcome {
        Outcome::Dropped => State::Done,
        Outcome::Completed if is_future => State::Done,
        Outcome::Completed | Outcome::Cancelled => State::Idle,
    };
    let code = match (is_future, end.is_writable) {
        (false, false) => EventCode::StreamRead,
        (false, true) => EventCode::StreamWrite,
        (true, false) => EventCode::FutureRead,
        (true, true) => EventCode::FutureWrite,
    };
    let payload = match is_future {
        true => end.outcome as u32,
        false => end.outcome as u32 | end.progress << 4,
    };
    [code as u32, (*waitable).index, payload]
}

/// A copy of an end is over, or has come so far.
///
/// # Safety
/// It is copying.
unsafe fn notify(waitable: *mut Waitable, outcome: Outcome, reclaims: bool) {
    let end = of(waitable);
    end.outcome = outcome;
    end.reclaims = reclaims;
    waitable::set_event(waitable);
}

/// Ends what is pending.
///
/// # Safety
/// Something is.
unsafe fn notify_pending(shared: *mut Shared, outcome: Outcome) {
    let pending = core::mem::replace(&mut (*shared).pending, null_mut());
    notify(pending, outcome, false);
}

/// Copies so many elements from one end's buffer to that of another.
///
/// # Safety
/// They have room. `copy` is the function for the type of their elements, or null.
unsafe fn copy_elements(from: &mut End, to: &mut End, count: u32, copy: usize) {
    if copy != 0 {
        let places = [
            from.side,
            to.side,
            from.address,
            from.progress,
            to.address,
            to.progress,
        ];
        let mut values = [0u64; 7];
        for (value, place) in values.iter_mut().zip(places) {
            *value = place.into();
        }
        values[6] = count.into();
        fiber::call(copy, values.as_mut_ptr());
    }
    from.progress += count;
    to.progress += count;
}

/// Reads or writes: the other end's buffer may be there.
///
/// # Safety
/// As above; the end has a buffer.
unsafe fn rendezvous(waitable: *mut Waitable, kind: u64, copy: usize) -> Result<(), Reason> {
    let end = of(waitable);
    let shared = end.shared;
    if (*shared).is_dropped {
        notify(waitable, Outcome::Dropped, false);
        return Ok(());
    }
    let pending = (*shared).pending;
    if pending.is_null() {
        (*shared).pending = waitable;
        return Ok(());
    }
    let other = of(pending);
    let is_future = end.is_future();
    if other.instance == end.instance && kind & EndKind::NUMBERS == 0 {
        return Err(match is_future {
            true => Reason::FutureIntra,
            false => Reason::Intra,
        });
    }
    if other.remaining() > 0 {
        let count = end.remaining().min(other.remaining());
        if count > 0 {
            match end.is_writable {
                true => copy_elements(end, other, count, copy),
                false => copy_elements(other, end, count, copy),
            }
            match is_future {
                true => notify_pending(shared, Outcome::Completed),
                false => notify(pending, Outcome::Completed, true),
            }
        }
        notify(waitable, Outcome::Completed, false);
    } else if end.is_writable && end.length == 0 && other.length == 0 {
        notify(waitable, Outcome::Completed, false);
    } else {
        // A buffer that was filled waits for its event to be taken; one of length 0 has waited for us.
        notify_pending(shared, Outcome::Completed);
        (*shared).pending = waitable;
    }
    Ok(())
}

/// An end goes away.
///
/// # Safety
/// It is not copying.
unsafe fn drop_shared(shared: *mut Shared) {
    if !(*shared).is_dropped {
        (*shared).is_dropped = true;
        if !(*shared).pending.is_null() {
            notify_pending(shared, Outcome::Dropped);
        }
    }
    (*shared).ends -= 1;
    if (*shared).ends == 0 {
        (*tasks()).shared.remove((*shared).number);
    }
}

/// `stream.new`, `future.new`: the readable end.
///
/// # Safety
/// As all that follow: called by compiled code, with instances of the program and kinds as [`EndKind`] says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_stream_new(instance: *mut ComponentInstance, kind: u64) -> u64 {
    let make = || {
        let shared = Shared {
            number: 0,
            kind: kind & TYPE,
            is_dropped: false,
            pending: null_mut(),
            ends: 2,
        };
        let (number, shared) = (*tasks())
            .shared
            .add(shared)
            .ok_or(Reason::TooManyHandles)?;
        (*shared).number = number;
        add(shared, instance, false)
    };
    answer(make())
}

/// The writable end of what was made just now.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_stream_writable(
    instance: *mut ComponentInstance,
    kind: u64,
    readable: u32,
) -> u64 {
    answer(find(instance, kind, readable).and_then(|end| add(of(end).shared, instance, true)))
}

/// Whether an end may be read or written.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_end_check(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
) -> u64 {
    let check = || {
        let is_async = kind & EndKind::ASYNC != 0;
        if !is_async {
            thread::may_block()?;
        }
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        match end.state {
            State::Idle => {}
            State::Copying | State::Cancelling => return Err(Reason::BusyStream),
            State::Done => {
                return Err(match (end.is_future(), end.is_writable) {
                    (false, false) => Reason::ReadDone,
                    (false, true) => Reason::WriteDone,
                    (true, false) => Reason::FutureReadDone,
                    (true, true) => Reason::FutureWriteDone,
                });
            }
        }
        match (*waitable).is_in_set() && !is_async {
            true => Err(Reason::SyncInSet),
            false => Ok(0),
        }
    };
    answer(check())
}

/// `wative_rt_end_copy`: `stream.read` and its like, of an end that was checked and a buffer that lies in its memory.
///
/// # Safety
/// As above, by the assembly of `arch`.
pub unsafe extern "C" fn end_copy(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
    range: u64,
    copy: usize,
    place: *const usize,
) -> u64 {
    thread::leave_at(place);
    let start = || {
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        let length = (range >> 32) as u32;
        if length > MAX_ELEMENTS {
            return Err(Reason::BufferTooLong);
        }
        end.side = kind as u32 >> EndKind::SIDE;
        (end.address, end.length, end.progress) = (range as u32, length, 0);
        end.state = State::Copying;
        rendezvous(waitable, kind, copy)?;
        finish(waitable, kind)
    };
    answer(start())
}

/// What an operation on an end answers.
///
/// # Safety
/// It is copying.
unsafe fn finish(waitable: *mut Waitable, kind: u64) -> Result<u32, Reason> {
    if !(*waitable).has_event {
        if kind & EndKind::ASYNC != 0 {
            return Ok(BLOCKED);
        }
        waitable::wait_for(waitable)?;
    }
    let [_, _, payload] = waitable::take_event(waitable);
    Ok(payload)
}

/// `wative_rt_end_cancel`: `stream.cancel-read` and its like.
///
/// # Safety
/// As above.
pub unsafe extern "C" fn end_cancel(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
    place: *const usize,
) -> u64 {
    thread::leave_at(place);
    let cancel = || {
        let is_async = kind & EndKind::ASYNC != 0;
        if !is_async {
            thread::may_block()?;
        }
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        if end.state != State::Copying || (*waitable).has_sync_waiter() {
            return Err(Reason::NoCopy);
        }
        if (*waitable).is_in_set() && !is_async {
            return Err(Reason::SyncInSet);
        }
        end.state = State::Cancelling;
        // What was copied in part is not over yet.
        if !(*waitable).has_event || end.reclaims && end.remaining() > 0 {
            notify_pending(end.shared, Outcome::Cancelled);
        }
        finish(waitable, kind)
    };
    answer(cancel())
}

/// `stream.drop-readable` and its like.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_end_drop(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
) -> u64 {
    let drop = || {
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        let is_future = end.is_future();
        if is_future && end.is_writable && end.state != State::Done {
            return Err(Reason::FutureUnwritten);
        }
        if end.is_copying() {
            return Err(match (is_future, end.is_writable) {
                (false, false) => Reason::BusyRemoved,
                (false, true) => Reason::BusyDropped,
                (true, false) => Reason::BusyFutureRemoved,
                (true, true) => Reason::BusyFutureDropped,
            });
        }
        handles::take_any(&mut *(*instance).table(), index)?;
        drop_shared(end.shared);
        waitable::free(waitable);
        Ok(0)
    };
    answer(drop())
}

/// Takes a readable end out: the number of what it shares.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_end_take(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
) -> u64 {
    let take = || {
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        let of_kind = |stream, future| match end.is_future() {
            true => future,
            false => stream,
        };
        match end.state {
            State::Idle => {}
            State::Done => return Err(of_kind(Reason::LiftDone, Reason::FutureLiftDone)),
            State::Copying | State::Cancelling => {
                return Err(of_kind(Reason::BusyRemoved, Reason::BusyFutureRemoved));
            }
        }
        if (*waitable).is_in_set() {
            return Err(of_kind(Reason::LiftInSet, Reason::FutureLiftInSet));
        }
        handles::take_any(&mut *(*instance).table(), index)?;
        let number = (*end.shared).number;
        waitable::free(waitable);
        Ok(number)
    };
    answer(take())
}

/// Gives it to an instance: its index there.
///
/// # Safety
/// As above; the number is one that [`wative_rt_end_take`] has just answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_end_give(
    instance: *mut ComponentInstance,
    _kind: u64,
    shared: u32,
) -> u64 {
    answer(add((*tasks()).shared.get(shared), instance, false))
}
