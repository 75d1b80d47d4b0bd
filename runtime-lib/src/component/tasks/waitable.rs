//! What a task can wait for: subtasks, ends of streams and futures, and sets of them (`CanonicalABI.md`: Waitable State, Subtask State).

use super::host::Pending;
use super::stream::{self, End};
use super::system;
use super::task::{self, Task};
use super::thread::{self, Wait};
use super::{Link, Linked, List, insert, number, tasks};
use crate::canonical::{BLOCKED, ComponentInstance, EventCode, Handle, Reason, SubtaskState};
use crate::component::{answer, handles};
use core::ptr::null_mut;

/// Code and two words.
pub type Event = [u32; 3];

/// Something that events happen to. It is freed when its handle is dropped, or when a call ends that has none.
pub struct Waitable {
    pub number: u32,
    /// Its handle, 0: none.
    pub index: u32,
    pub has_event: bool,
    /// Somebody waits for it alone.
    has_sync_waiter: bool,
    set: *mut Set,
    link: Link<Waitable>,
    /// Of a subtask.
    pub subtask_state: SubtaskState,
    /// Until it has resolved, for a subtask.
    pub task: *mut Task,
    is_cancelled: bool,
    is_delivered: bool,
    /// Of a call of the host that goes on later: that, and what ends it.
    pub pending: *mut Pending,
    pub cancel: Option<unsafe fn(*mut Waitable)>,
    /// Handles that are lent to it; see [`super::Lent`].
    pub lent: u32,
    /// None for a subtask.
    pub end: Option<End>,
}

impl Linked for Waitable {
    fn link(&mut self) -> &mut Link<Waitable> {
        &mut self.link
    }
}

impl Waitable {
    pub fn is_resolved(&self) -> bool {
        !matches!(
            self.subtask_state,
            SubtaskState::Starting | SubtaskState::Started
        )
    }

    pub fn is_in_set(&self) -> bool {
        !self.set.is_null()
    }

    pub fn has_sync_waiter(&self) -> bool {
        self.has_sync_waiter
    }
}

/// A set of waitables, those with an event apart, in the order in which that came. It is freed when its handle is dropped.
pub struct Set {
    number: u32,
    idle: List<Waitable>,
    ready: List<Waitable>,
    /// Threads that wait for it.
    waiting: u32,
}

impl Set {
    pub fn has_event(&self) -> bool {
        !self.ready.is_empty()
    }
}

/// Something new without a handle.
///
/// # Safety
/// As all functions here: what pointers point to is alive.
pub unsafe fn new(task: *mut Task, end: Option<End>) -> Result<*mut Waitable, Reason> {
    let waitable = Waitable {
        number: 0,
        index: 0,
        has_event: false,
        has_sync_waiter: false,
        set: null_mut(),
        link: Link::new(),
        subtask_state: SubtaskState::Starting,
        task,
        is_cancelled: false,
        is_delivered: false,
        pending: null_mut(),
        cancel: None,
        lent: 0,
        end,
    };
    let (number, waitable) = (*tasks())
        .waitables
        .add(waitable)
        .ok_or(Reason::TooManyHandles)?;
    (*waitable).number = number;
    Ok(waitable)
}

/// # Safety
/// Nobody knows it any more.
pub unsafe fn free(waitable: *mut Waitable) {
    join(waitable, null_mut());
    (*tasks()).waitables.remove((*waitable).number);
}

/// Something has happened.
///
/// # Safety
/// As above.
pub unsafe fn set_event(waitable: *mut Waitable) {
    if (*waitable).has_event {
        return;
    }
    (*waitable).has_event = true;
    if let Some(set) = (*waitable).set.as_mut() {
        set.idle.remove(waitable);
        set.ready.push(waitable);
    }
}

/// Takes the event.
///
/// # Safety
/// There is one.
pub unsafe fn take_event(waitable: *mut Waitable) -> Event {
    if let Some(set) = (*waitable).set.as_mut()
        && (*waitable).has_event
    {
        set.ready.remove(waitable);
        set.idle.push(waitable);
    }
    (*waitable).has_event = false;
    if (*waitable).end.is_some() {
        return stream::event(waitable);
    }
    if (*waitable).is_resolved() {
        deliver(waitable);
    }
    [
        EventCode::Subtask as u32,
        (*waitable).index,
        (*waitable).subtask_state as u32,
    ]
}

/// Puts it into a set, or out of all (null).
///
/// # Safety
/// As above.
unsafe fn join(waitable: *mut Waitable, set: *mut Set) {
    let has_event = (*waitable).has_event;
    let list = |set: &mut Set| match has_event {
        true => &raw mut set.ready,
        false => &raw mut set.idle,
    };
    if let Some(before) = (*waitable).set.as_mut() {
        (*list(before)).remove(waitable);
    }
    (*waitable).set = set;
    if let Some(set) = set.as_mut() {
        (*list(set)).push(waitable);
    }
}

/// Lets the current thread wait for an event of something.
///
/// # Safety
/// It is in no set.
pub unsafe fn wait_for(waitable: *mut Waitable) -> Result<(), Reason> {
    (*waitable).has_sync_waiter = true;
    thread::wait(Wait::Event(waitable), false)?;
    (*waitable).has_sync_waiter = false;
    Ok(())
}

/// Lets the current thread wait for an event in a set, a callback also for its instance.
///
/// # Safety
/// As above.
pub unsafe fn wait_for_any(
    set: *mut Set,
    exclusive: bool,
    is_cancellable: bool,
) -> Result<Event, Reason> {
    (*set).waiting += 1;
    let is_cancelled = thread::wait(Wait::Any(set, exclusive), is_cancellable)?;
    (*set).waiting -= 1;
    Ok(match is_cancelled {
        true => [EventCode::TaskCancelled as u32, 0, 0],
        false => take(set),
    })
}

/// # Safety
/// The set has an event.
unsafe fn take(set: *mut Set) -> Event {
    let first = (*set).ready.find(|_| true);
    take_event(first)
}

// Subtasks.

/// What a caller knows a task by.
///
/// # Safety
/// As above.
pub unsafe fn new_subtask(task: *mut Task) -> Result<*mut Waitable, Reason> {
    new(task, None)
}

/// A subtask gets on.
///
/// # Safety
/// As above.
pub unsafe fn progress(subtask: *mut Waitable, state: SubtaskState) {
    (*subtask).subtask_state = state;
    if (*subtask).index != 0 {
        set_event(subtask);
    }
}

/// What an `async` lowering returns: how far the subtask is, and its handle unless it has resolved.
///
/// # Safety
/// As above; the subtask has no handle.
pub unsafe fn give_subtask(
    subtask: *mut Waitable,
    caller: *mut ComponentInstance,
) -> Result<u32, Reason> {
    if (*subtask).is_resolved() {
        deliver(subtask);
        free(subtask);
        return Ok(SubtaskState::Returned as u32);
    }
    let index = insert((*caller).table(), Handle::WAITABLE, (*subtask).number)?;
    (*subtask).index = index;
    Ok((*subtask).subtask_state as u32 | index << 4)
}

/// The caller knows that a subtask has resolved.
///
/// # Safety
/// It has.
pub unsafe fn deliver(subtask: *mut Waitable) {
    (*subtask).is_delivered = true;
    task::unlend(core::mem::replace(&mut (*subtask).lent, 0));
}

/// The waitable with this index.
///
/// # Safety
/// As above.
pub unsafe fn find(instance: *mut ComponentInstance, index: u32) -> Result<*mut Waitable, Reason> {
    let number = number((*instance).table(), Handle::WAITABLE, index)?;
    Ok((*tasks()).waitables.get(number))
}

/// # Safety
/// As above.
unsafe fn find_subtask(
    instance: *mut ComponentInstance,
    index: u32,
) -> Result<*mut Waitable, Reason> {
    let waitable = find(instance, index)?;
    match (*waitable).end {
        None => Ok(waitable),
        Some(_) => Err(Reason::WrongKind),
    }
}

/// # Safety
/// As above.
unsafe fn find_set(instance: *mut ComponentInstance, index: u32) -> Result<*mut Set, Reason> {
    let number = number((*instance).table(), Handle::SET, index)?;
    Ok((*tasks()).sets.get(number))
}

/// `wative_rt_subtask_cancel`.
///
/// # Safety
/// As all that follow: called by compiled code, with instances of the program.
pub unsafe extern "C" fn subtask_cancel(
    instance: *mut ComponentInstance,
    index: u32,
    is_async: u32,
    place: *const usize,
) -> u64 {
    thread::leave_at(place);
    let cancel = || {
        if is_async == 0 {
            thread::may_block()?;
        }
        let subtask = find_subtask(instance, index)?;
        if (*subtask).is_delivered || (*subtask).is_cancelled {
            return Err(Reason::CancelledTwice);
        }
        if (*subtask).is_in_set() && is_async == 0 {
            return Err(Reason::SyncInSet);
        }
        if !(*subtask).is_resolved() {
            (*subtask).is_cancelled = true;
            match (*subtask).cancel {
                Some(cancel) => cancel(subtask),
                None => task::request_cancellation((*subtask).task, instance)?,
            }
            if !(*subtask).is_resolved() {
                if is_async != 0 {
                    return Ok(BLOCKED);
                }
                // That it has started is no answer.
                while !(*subtask).is_resolved() {
                    if (*subtask).has_event {
                        take_event(subtask);
                    }
                    wait_for(subtask)?;
                }
            }
        }
        let [_, _, state] = take_event(subtask);
        Ok(state)
    };
    answer(cancel())
}

/// `subtask.drop`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_subtask_drop(
    instance: *mut ComponentInstance,
    index: u32,
) -> u64 {
    let drop = || {
        let subtask = find_subtask(instance, index)?;
        if !(*subtask).is_delivered {
            return Err(Reason::SubtaskUnresolved);
        }
        handles::take_any(&mut *(*instance).table(), index)?;
        free(subtask);
        Ok(0)
    };
    answer(drop())
}

// Sets.

/// `waitable-set.new`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_set_new(instance: *mut ComponentInstance) -> u64 {
    let make = || {
        let set = Set {
            number: 0,
            idle: List::new(),
            ready: List::new(),
            waiting: 0,
        };
        let (number, set) = (*tasks()).sets.add(set).ok_or(Reason::TooManyHandles)?;
        (*set).number = number;
        insert((*instance).table(), Handle::SET, number)
    };
    answer(make())
}

/// `wative_rt_set_wait`.
///
/// # Safety
/// As above, by the assembly of `arch`; two words go where `event` points.
pub unsafe extern "C" fn wait(
    instance: *mut ComponentInstance,
    index: u32,
    event: usize,
    place: *const usize,
) -> u64 {
    thread::leave_at(place);
    let wait = || {
        thread::may_block()?;
        let set = find_set(instance, index)?;
        let [code, first, second] = wait_for_any(set, false, false)?;
        *(event as *mut [u32; 2]) = [first, second];
        Ok(code)
    };
    answer(wait())
}

/// `waitable-set.poll`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_set_poll(
    instance: *mut ComponentInstance,
    index: u32,
    event: usize,
) -> u64 {
    let poll = || {
        let set = find_set(instance, index)?;
        if !(*set).has_event() {
            system::poll(false)?;
        }
        Ok(set)
    };
    answer(poll().map(|set| {
        let [code, first, second] = match (*set).has_event() {
            true => take(set),
            false => [EventCode::None as u32, 0, 0],
        };
        *(event as *mut [u32; 2]) = [first, second];
        code
    }))
}

/// `waitable-set.drop`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_set_drop(instance: *mut ComponentInstance, index: u32) -> u64 {
    let drop = || {
        let set = find_set(instance, index)?;
        if !(*set).idle.is_empty() || !(*set).ready.is_empty() {
            return Err(Reason::SetHasElements);
        }
        if (*set).waiting != 0 {
            return Err(Reason::SetHasWaiters);
        }
        handles::take_any(&mut *(*instance).table(), index)?;
        (*tasks()).sets.remove((*set).number);
        Ok(0)
    };
    answer(drop())
}

/// `waitable.join`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_waitable_join(
    instance: *mut ComponentInstance,
    waitable: u32,
    set: u32,
) -> u64 {
    let put = || {
        let waitable = find(instance, waitable)?;
        if (*waitable).has_sync_waiter {
            return Err(Reason::SyncInSet);
        }
        let set = match set {
            0 => null_mut(),
            set => find_set(instance, set)?,
        };
        join(waitable, set);
        Ok(0)
    };
    answer(put())
}
