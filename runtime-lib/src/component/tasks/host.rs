//! Calls of functions of the host that go on later: for their caller they are subtasks, as calls of other components are.

use super::system::{self, Waiter};
use super::thread::{self, Thread, Wait};
use super::waitable::{self, Waitable};
use super::{Lent, tasks};
use crate::canonical::{ComponentInstance, Handles, Reason, SubtaskState};
use crate::component::{answer, handles};
use crate::net;
use core::ptr::null_mut;

/// A call that goes on later. It is freed when it has returned or was cancelled.
pub struct Pending {
    number: u32,
    subtask: *mut Waitable,
    waiter: *mut Waiter,
    pub instance: *mut ComponentInstance,
    operation: &'static Operation,
    /// What the operation knows of the call.
    pub state: [usize; 3],
}

/// What a call does.
pub struct Operation {
    /// Goes on: what it waits for, none if it has given its result.
    pub step: unsafe fn(&mut Pending) -> Result<Option<net::Wait>, Reason>,
    /// Its caller does not want it any more.
    pub cancel: unsafe fn(&mut Pending),
}

/// Begins a call: 0 if it has returned, else the number that compiled code knows it by.
///
/// # Safety
/// As all functions here: what pointers point to is alive. `state` is the operation's.
pub unsafe fn begin(
    instance: *mut ComponentInstance,
    operation: &'static Operation,
    state: [usize; 3],
    lends: &[(*mut Handles, u32, u32)],
) -> Result<u32, Reason> {
    let mut pending = Pending {
        number: 0,
        subtask: null_mut(),
        waiter: null_mut(),
        instance,
        operation,
        state,
    };
    let Some(wait) = (operation.step)(&mut pending)? else {
        return Ok(0);
    };
    pending.subtask = waitable::new_subtask(null_mut())?;
    (*pending.subtask).subtask_state = SubtaskState::Started;
    (*pending.subtask).cancel = Some(cancel);
    for &(table, resource, index) in lends {
        lend(pending.subtask, table, resource, index)?;
    }
    let (number, pending) = (*tasks())
        .pending
        .add(pending)
        .ok_or(Reason::TooManyTasks)?;
    (*pending).number = number;
    (*(*pending).subtask).pending = pending;
    (*pending).waiter = system::watch(wait, wake, pending.cast())?;
    Ok(number + 1)
}

/// Lends a resource to a subtask until that has resolved.
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn lend(
    subtask: *mut Waitable,
    table: *mut Handles,
    resource: u32,
    index: u32,
) -> Result<(), Reason> {
    let handle = handles::get(&mut *table, resource, index)?;
    let lent = Lent {
        handles: table,
        index,
        next: (*subtask).lent,
    };
    let (number, _) = (*tasks()).lent.add(lent).ok_or(Reason::TooManyHandles)?;
    (*subtask).lent = number + 1;
    (*handle).lends += 1;
    Ok(())
}

/// Does something for an instance from outside of it, which may call its `realloc`.
///
/// # Safety
/// As above.
pub unsafe fn inside<T>(instance: *mut ComponentInstance, f: impl FnOnce() -> T) -> T {
    let all = tasks();
    let flag = (*instance).may_leave_flag();
    let before: *mut Thread = core::mem::replace(&mut (*all).current, null_mut());
    let could = core::mem::replace(&mut *flag, 0);
    let result = f();
    *flag = could;
    (*all).current = before;
    result
}

/// See [`system::Wake`].
///
/// # Safety
/// As above.
unsafe fn wake(pending: *mut u8) -> Result<(), Reason> {
    let pending = pending as *mut Pending;
    (*pending).waiter = null_mut();
    let step = (*pending).operation.step;
    match inside((*pending).instance, || step(&mut *pending))? {
        Some(wait) => (*pending).waiter = system::watch(wait, wake, pending.cast())?,
        None => resolve(pending, SubtaskState::Returned),
    }
    Ok(())
}

/// # Safety
/// As above.
unsafe fn resolve(pending: *mut Pending, state: SubtaskState) {
    let subtask = (*pending).subtask;
    (*subtask).cancel = None;
    (*tasks()).pending.remove((*pending).number);
    waitable::progress(subtask, state);
}

/// Ends the call of a subtask at once.
///
/// # Safety
/// As above.
unsafe fn cancel(subtask: *mut Waitable) {
    let pending = (*subtask).pending;
    system::unwatch(core::mem::replace(&mut (*pending).waiter, null_mut()));
    ((*pending).operation.cancel)(&mut *pending);
    resolve(pending, SubtaskState::CancelledBeforeReturned);
}

/// The call with this number.
///
/// # Safety
/// As above.
unsafe fn find(number: u32) -> *mut Pending {
    // Compiled code has it from `begin`, and asks at once.
    (*tasks()).pending.get(number.wrapping_sub(1))
}

/// What a caller gets that does not wait.
///
/// # Safety
/// Called by compiled code, with a number that [`begin`] has just answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_host_subtask(
    instance: *mut ComponentInstance,
    number: u32,
) -> u64 {
    answer(waitable::give_subtask((*find(number)).subtask, instance))
}

/// `wative_rt_host_wait`.
///
/// # Safety
/// Likewise, by the assembly of `arch`.
pub unsafe extern "C" fn wait(number: u32, place: *const usize) -> u64 {
    thread::leave_at(place);
    let wait = || {
        let subtask = (*find(number)).subtask;
        thread::wait(Wait::Resolved(subtask), false)?;
        waitable::deliver(subtask);
        waitable::free(subtask);
        Ok(0)
    };
    answer(wait())
}
