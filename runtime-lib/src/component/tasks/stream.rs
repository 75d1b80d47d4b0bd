//! Streams and futures (`CanonicalABI.md`: Stream State, Future State, and their built-ins).
//!
//! What lies between two ends is a [`Shared`], which knows at most one of them: the one whose read or write came first and is pending, with its buffer. The other
//! one copies, from buffer to buffer, by a function that the compiler has made for the type of the elements.

use super::end::{Buffer, HostEnd, Moved, Operations};
use super::system::{self, Waiter};
use super::thread;
use super::waitable::{self, Event, Waitable};
use super::{insert, tasks};
use crate::abi::HostCall;
use crate::canonical::{
    BLOCKED, ComponentInstance, CopyBuffer, EndKind, EventCode, Handle, MAX_ELEMENTS, Reason,
};
use crate::component::{answer, handles};
use crate::state::fiber;
use core::ptr::{null, null_mut};

/// What two ends share. It is freed with the second of them.
pub struct Shared {
    number: u32,
    /// The number of the type, and whether it is a future.
    kind: u64,
    pub is_dropped: bool,
    /// The runtime's end, if it has one.
    pub host: Option<HostEnd>,
    /// What the runtime's end waits for while the other one is pending.
    waiter: *mut Waiter,
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
    /// The buffer: whose memory it is in, what the runtime knows of that, address, elements, and those that were copied.
    side: u32,
    host: *const HostCall,
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
        host: null(),
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
    system::unwatch(core::mem::replace(&mut (*shared).waiter, null_mut()));
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
    if let Some(host) = (*shared).host {
        return with_host(waitable, host);
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
        if let Some(host) = (*shared).host.take() {
            (*shared).ends -= 1;
            (host.operations.dropped)(host.number);
        }
    }
    (*shared).ends -= 1;
    if (*shared).ends == 0 {
        (*tasks()).shared.remove((*shared).number);
    }
}

// Ends of the runtime.

/// Reads or writes where the runtime has the other end.
///
/// # Safety
/// As above; the end has a buffer, and is not pending.
unsafe fn with_host(waitable: *mut Waitable, host: HostEnd) -> Result<(), Reason> {
    let end = of(waitable);
    let shared = end.shared;
    let buffer = Buffer {
        host: end.host,
        instance: end.instance,
        address: end.address,
        length: end.length,
        native: null_mut(),
    };
    match (host.operations.copy)(host.number, &buffer)? {
        Moved::Elements(count) => {
            end.progress = count;
            notify(waitable, Outcome::Completed, false);
        }
        Moved::Ended => {
            notify(waitable, Outcome::Dropped, false);
            leave(shared);
        }
        Moved::Later => (*shared).pending = waitable,
        Moved::Wait(wait) => {
            (*shared).pending = waitable;
            (*shared).waiter = system::watch(wait, wake, shared.cast())?;
        }
    }
    Ok(())
}

/// See [`system::Wake`].
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn wake(shared: *mut u8) -> Result<(), Reason> {
    let shared = shared as *mut Shared;
    (*shared).waiter = null_mut();
    retry(shared)
}

/// The runtime's end may be able to do more than before.
///
/// # Safety
/// As above. Nothing of the other end runs.
pub unsafe fn retry(shared: *mut Shared) -> Result<(), Reason> {
    let Some(host) = (*shared).host else {
        return Ok(());
    };
    if let Operations {
        both: Some(both), ..
    } = host.operations
    {
        return both(host.number);
    }
    let pending = core::mem::replace(&mut (*shared).pending, null_mut());
    system::unwatch(core::mem::replace(&mut (*shared).waiter, null_mut()));
    match pending.is_null() {
        true => Ok(()),
        false => with_host(pending, host),
    }
}

/// A readable end that was taken from a component goes away unused.
///
/// # Safety
/// As above.
pub unsafe fn discard(shared: *mut Shared) {
    drop_shared(shared);
}

/// The runtime's end goes away without being told so.
///
/// # Safety
/// As above.
pub unsafe fn leave(shared: *mut Shared) {
    if let Some(HostEnd { operations, number }) = (*shared).host.take()
        && operations.both.is_some()
    {
        (*shared).ends -= 1;
        (operations.dropped)(number);
    }
    drop_shared(shared);
}

/// A stream or future of which the runtime writes: the index of its readable end, and what they share.
///
/// # Safety
/// As above; `kind` is one of the program's.
pub unsafe fn make(
    instance: *mut ComponentInstance,
    kind: u64,
    host: HostEnd,
) -> Result<(u32, *mut Shared), Reason> {
    let shared = open(kind, host)?;
    Ok((add(shared, instance, false)?, shared))
}

/// Likewise, but no component has the readable end yet: it is as if it was taken.
///
/// # Safety
/// As above.
pub unsafe fn open(kind: u64, host: HostEnd) -> Result<*mut Shared, Reason> {
    new_shared(kind, Some(host))
}

/// Whether it is a future.
///
/// # Safety
/// As above.
pub unsafe fn is_future(shared: *mut Shared) -> bool {
    (*shared).kind & EndKind::FUTURE != 0
}

/// Takes a readable end from an instance.
///
/// # Safety
/// As above.
pub unsafe fn take(
    instance: *mut ComponentInstance,
    kind: u64,
    index: u32,
) -> Result<*mut Shared, Reason> {
    let number = take_end(instance, kind, index)?;
    Ok((*tasks()).shared.get(number))
}

/// Gives it back, or to another one.
///
/// # Safety
/// It was taken, and nobody uses it.
pub unsafe fn give(shared: *mut Shared, instance: *mut ComponentInstance) -> Result<u32, Reason> {
    add(shared, instance, false)
}

/// `stream.new`, `future.new`: the readable end.
///
/// # Safety
/// As all that follow: called by compiled code, with instances of the program and kinds as [`EndKind`] says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_stream_new(instance: *mut ComponentInstance, kind: u64) -> u64 {
    let make = || {
        let shared = new_shared(kind, None)?;
        add(shared, instance, false)
    };
    answer(make())
}

/// # Safety
/// As above.
unsafe fn new_shared(kind: u64, host: Option<HostEnd>) -> Result<*mut Shared, Reason> {
    let shared = Shared {
        number: 0,
        kind: kind & TYPE,
        is_dropped: false,
        host,
        waiter: null_mut(),
        pending: null_mut(),
        ends: 2,
    };
    let (number, shared) = (*tasks())
        .shared
        .add(shared)
        .ok_or(Reason::TooManyHandles)?;
    (*shared).number = number;
    Ok(shared)
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
    buffer: *const CopyBuffer,
    place: *const usize,
) -> u64 {
    thread::leave_at(place);
    let CopyBuffer { range, copy, host } = *buffer;
    let start = || {
        let waitable = find(instance, kind, index)?;
        let end = of(waitable);
        let length = (range >> 32) as u32;
        if length > MAX_ELEMENTS {
            return Err(Reason::BufferTooLong);
        }
        end.side = kind as u32 >> EndKind::SIDE;
        end.host = host as *const HostCall;
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
    answer(take_end(instance, kind, index))
}

/// # Safety
/// As above.
unsafe fn take_end(instance: *mut ComponentInstance, kind: u64, index: u32) -> Result<u32, Reason> {
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
