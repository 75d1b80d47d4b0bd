//! Calls of `async` functions (`CanonicalABI.md`: Tasks, `canon lift`, `canon lower`, `task.return`, `task.cancel`), and callbacks.

use super::thread::{self, Thread, Wait};
use super::waitable::{self, Waitable};
use super::{Lent, number, tasks};
use crate::canonical::{
    CallFrame, ComponentInstance, EventCode, Handle, Handles, Reason, SubtaskState,
};
use crate::component::{answer, handles};
use crate::state::fiber;
use core::ptr::null_mut;

/// How far a task is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Initial,
    Started,
    /// To be told at the next opportunity.
    PendingCancel,
    CancelDelivered,
    Resolved,
}

/// A call. It is freed when its last thread ends, or with the call if its function is not `async`.
pub struct Task {
    number: u32,
    pub instance: *mut ComponentInstance,
    /// Of an `async` function.
    pub frame: CallFrame,
    /// Where a caller that waits has its frame, or null.
    caller: *mut CallFrame,
    /// Whom to tell the result if nobody has called it, and by which number.
    tell: Option<(Tell, u32)>,
    /// What the caller knows it by until it has resolved; null: the function is not `async`.
    subtask: *mut Waitable,
    state: State,
    pub implicit: *mut Thread,
    pub threads: u32,
    /// It waits to enter its instance.
    waits: bool,
    /// The place of its counter of borrowed handles.
    scope: u32,
    /// Handles that are lent to it, if its function is not `async`; see [`Lent`].
    lent: u32,
}

impl Task {
    /// Whether it has its instance for itself while it runs.
    pub fn needs_exclusive(&self) -> bool {
        self.frame.flags & CallFrame::EXCLUSIVE != 0
    }

    fn is_async(&self) -> bool {
        self.frame.start != 0
    }
}

const NO_FRAME: CallFrame = CallFrame {
    caller: 0,
    callee: 0,
    start: 0,
    resolve: 0,
    flags: 0,
    scope: 0,
    event: [0; 3],
    result: 0,
    params: [0; CallFrame::PARAMS],
};

/// A task that has not begun.
///
/// # Safety
/// As all functions here: what pointers point to is alive.
unsafe fn new(instance: *mut ComponentInstance) -> Result<*mut Task, Reason> {
    let task = Task {
        number: 0,
        instance,
        frame: NO_FRAME,
        caller: null_mut(),
        tell: None,
        subtask: null_mut(),
        state: State::Initial,
        implicit: null_mut(),
        threads: 1,
        waits: false,
        scope: 0,
        lent: 0,
    };
    let (number, task) = (*tasks()).tasks.add(task).ok_or(Reason::TooManyTasks)?;
    (*task).number = number;
    Ok(task)
}

/// # Safety
/// Nobody knows it any more.
unsafe fn free(task: *mut Task) {
    (*tasks()).tasks.remove((*task).number);
}

/// Gives a task a counter of borrowed handles.
///
/// # Safety
/// As above.
unsafe fn open_scope(task: *mut Task) -> Result<(), Reason> {
    let instance = (*task).instance;
    let table = &mut *(*instance).table();
    (*task).scope = match (*instance).free_scope.checked_sub(1) {
        Some(place) => {
            let word = table.stack.add(place as usize);
            (*instance).free_scope = word.replace(0);
            place
        }
        None => handles::push(table, 0)?,
    };
    (*task).frame.scope = (*task).scope;
    Ok(())
}

/// # Safety
/// [`open_scope`] was called.
unsafe fn close_scope(task: *mut Task) {
    let instance = (*task).instance;
    let word = (*(*instance).table()).stack.add((*task).scope as usize);
    word.write((*instance).free_scope);
    (*instance).free_scope = (*task).scope + 1;
}

/// Nothing that a task has borrowed may remain when it returns.
///
/// # Safety
/// As above.
unsafe fn check_borrows(task: *mut Task) -> Result<(), Reason> {
    let table = &*(*(*task).instance).table();
    match *table.stack.add((*task).scope as usize) {
        0 => Ok(()),
        _ => Err(Reason::BorrowsRemain),
    }
}

/// Whether a task has to wait before it enters its instance.
///
/// # Safety
/// As above.
pub unsafe fn has_backpressure(task: *mut Task) -> bool {
    let instance = &*(*task).instance;
    instance.backpressure > 0 || (*task).needs_exclusive() && instance.exclusive != 0
}

/// Gives back what was lent.
///
/// # Safety
/// `lent` is a list of [`Lent`]s that nobody else knows.
pub unsafe fn unlend(mut lent: u32) {
    while let Some(number) = lent.checked_sub(1) {
        let it = (*tasks()).lent.get(number);
        let handle = (*(*it).handles).entries.add((*it).index as usize);
        (*handle).lends = (*handle).lends.saturating_sub(1);
        lent = (*it).next;
        (*tasks()).lent.remove(number);
    }
}

/// The task that runs.
///
/// # Safety
/// As above.
unsafe fn current() -> Result<*mut Task, Reason> {
    match (*tasks()).current.as_ref() {
        Some(thread) => Ok(thread.task),
        None => Err(Reason::CannotBlock),
    }
}

// Functions that are not `async`.

/// Begins a call: where it counts what it borrows.
///
/// # Safety
/// As all that follow: called by compiled code, with instances of the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_enter(instance: *mut ComponentInstance) -> u64 {
    let begin = || {
        let task = new(instance)?;
        (*task).state = State::Started;
        (*task).implicit = thread::nest(task)?;
        open_scope(task)?;
        Ok((*task).scope)
    };
    answer(begin())
}

/// Ends it.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_leave() -> u64 {
    let end = || {
        let task = current()?;
        check_borrows(task)?;
        unlend((*task).lent);
        (*task).lent = 0;
        (*task).state = State::Resolved;
        thread::unnest((*task).implicit);
        forget_thread(task)
    };
    answer(end().map(|()| 0))
}

/// Lends a resource to the current task: its representation.
///
/// # Safety
/// As above; `table` is the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_lend(
    table: *mut Handles,
    resource: u32,
    index: u32,
) -> u64 {
    let lend = || {
        let task = current()?;
        let handle = handles::get(&mut *table, resource, index)?;
        let list = match (*task).is_async() {
            true => &raw mut (*(*task).subtask).lent,
            false => &raw mut (*task).lent,
        };
        let lent = Lent {
            handles: table,
            index,
            next: *list,
        };
        let (number, _) = (*tasks()).lent.add(lent).ok_or(Reason::TooManyHandles)?;
        *list = number + 1;
        (*handle).lends += 1;
        Ok((*handle).rep)
    };
    answer(lend())
}

// Functions that are.

/// `wative_rt_task_call`: begins a call, and waits for it unless its caller does not.
///
/// # Safety
/// As above, by the assembly of `arch`; the frame is filled in.
pub unsafe extern "C" fn call(frame: *mut CallFrame, place: *const usize) -> u64 {
    thread::leave_at(place);
    answer(begin(frame))
}

/// Told by whom a call was begun that nobody waits for, where compiled code runs: the call's number and its result, none if it was cancelled. The task is not known from then on.
pub type Tell = unsafe fn(u32, Option<u64>);

/// Begins a call that nobody waits for. `began` gets its task before it does anything.
///
/// # Safety
/// As above, from outside of all instances; `tell` may be called.
pub unsafe fn serve(
    frame: *mut CallFrame,
    number: u32,
    tell: Tell,
    began: impl FnOnce(*mut Task),
) -> Result<(), Reason> {
    let task = prepare(frame, Some((tell, number)))?;
    began(task);
    start(frame, task).map(|_| ())
}

/// # Safety
/// As above.
unsafe fn begin(frame: *mut CallFrame) -> Result<u32, Reason> {
    let caller = (*frame).caller as *mut ComponentInstance;
    let is_async = (*frame).flags & CallFrame::ASYNC_CALLER != 0;
    if !is_async && !caller.is_null() {
        thread::may_block()?;
    }
    let task = prepare(frame, None)?;
    let subtask = start(frame, task)?;
    if is_async {
        return waitable::give_subtask(subtask, caller);
    }
    if caller.is_null() {
        while !(*subtask).is_resolved() {
            if !thread::tick()? {
                return Err(Reason::Deadlock);
            }
        }
    } else if !(*subtask).is_resolved() {
        thread::wait(Wait::Resolved(subtask), false)?;
    }
    waitable::deliver(subtask);
    waitable::free(subtask);
    Ok(SubtaskState::Returned as u32)
}

/// Makes a call's task and subtask.
///
/// # Safety
/// As above.
unsafe fn prepare(frame: *mut CallFrame, tell: Option<(Tell, u32)>) -> Result<*mut Task, Reason> {
    let caller = (*frame).caller as *mut ComponentInstance;
    let callee = (*frame).callee as *mut ComponentInstance;
    let is_async = (*frame).flags & CallFrame::ASYNC_CALLER != 0;
    if !(*callee).may_enter(caller) {
        return Err(Reason::CannotEnter);
    }
    let task = new(callee)?;
    let subtask = waitable::new_subtask(task)?;
    (*task).frame = *frame;
    (*task).subtask = subtask;
    (*task).tell = tell;
    if !is_async && tell.is_none() {
        (*task).caller = frame;
    }
    (*task).implicit = thread::new(task)?;
    Ok(task)
}

/// Begins a call: its subtask, which is gone if somebody is told.
///
/// # Safety
/// As above; the task is what [`prepare`] has made of the frame.
unsafe fn start(frame: *mut CallFrame, task: *mut Task) -> Result<*mut Waitable, Reason> {
    let caller = (*frame).caller as *mut ComponentInstance;
    let callee = (*frame).callee as *mut ComponentInstance;
    let (subtask, thread) = ((*task).subtask, (*task).implicit);
    if has_backpressure(task) || (*callee).waiting > 0 {
        (*callee).waiting += 1;
        (*task).waits = true;
        thread::wait_to_enter(thread);
    } else {
        (*callee).set_entered(caller, true);
        let resumed = thread::resume(thread, false);
        (*callee).set_entered(caller, false);
        resumed?;
    }
    Ok(subtask)
}

/// Before a task's thread runs for the first time: whether it does; it was cancelled otherwise, and is gone.
///
/// # Safety
/// As above.
pub unsafe fn enter(thread: *mut Thread) -> Result<bool, Reason> {
    let task = (*thread).task;
    let instance = (*task).instance;
    open_scope(task)?;
    if (*task).waits {
        (*task).waits = false;
        (*instance).waiting -= 1;
        if (*thread).is_cancelled {
            cancel(task)?;
            forget_thread(task)?;
            return Ok(false);
        }
    }
    if (*task).needs_exclusive() {
        (*instance).exclusive = thread as usize;
    }
    Ok(true)
}

/// What a task's first thread does.
///
/// # Safety
/// It is current.
pub unsafe fn run(thread: *mut Thread) -> Result<(), Reason> {
    let task = (*thread).task;
    (*task).state = State::Started;
    waitable::progress((*task).subtask, SubtaskState::Started);
    (*thread).is_cancellable = false;
    let frame = &raw mut (*task).frame;
    fiber::call((*frame).start, frame.cast());
    if (*task).needs_exclusive() {
        (*(*task).instance).exclusive = 0;
    }
    thread::unregister(thread);
    forget_thread(task)
}

/// A thread of a task has ended.
///
/// # Safety
/// As above.
pub unsafe fn forget_thread(task: *mut Task) -> Result<(), Reason> {
    (*task).threads -= 1;
    if (*task).threads != 0 {
        return Ok(());
    }
    if (*task).state != State::Resolved {
        return Err(Reason::NotReturned);
    }
    close_scope(task);
    free(task);
    Ok(())
}

/// The caller gets to know how a task has ended. From now on the task does not know its subtask.
///
/// # Safety
/// As above.
unsafe fn resolve(task: *mut Task, state: SubtaskState) {
    (*task).state = State::Resolved;
    let subtask = core::mem::replace(&mut (*task).subtask, null_mut());
    let caller = core::mem::replace(&mut (*task).caller, null_mut());
    if let Some(caller) = caller.as_mut() {
        caller.result = (*task).frame.result;
    }
    (*subtask).task = null_mut();
    waitable::progress(subtask, state);
    if let Some((tell, number)) = (*task).tell {
        waitable::deliver(subtask);
        waitable::free(subtask);
        let has_returned = state == SubtaskState::Returned;
        tell(number, has_returned.then_some((*task).frame.result));
    }
}

/// Whether the current task may return.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_returning() -> u64 {
    answer(current().and_then(|task| check_borrows(task)).map(|()| 0))
}

/// The current task has returned.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_returned() -> u64 {
    answer(current().map(|task| {
        resolve(task, SubtaskState::Returned);
        0
    }))
}

/// `wative_rt_task_return`.
///
/// # Safety
/// As above, by the assembly of `arch`; `values` begins with a word for the frame.
pub unsafe extern "C" fn task_return(values: *mut u64, ids: u64, place: *const usize) -> u64 {
    thread::leave_at(place);
    let give = || {
        let task = current()?;
        const NAMES: u64 = !0 << CallFrame::ENCODING;
        const MEMORY: u64 = (1 << CallFrame::TYPE) - (1 << CallFrame::MEMORY);
        let flags = (*task).frame.flags;
        // Without a memory there is nothing in it.
        let names = match ids & MEMORY {
            0 => NAMES & !MEMORY,
            _ => NAMES,
        };
        if flags & CallFrame::ASYNC_CALLEE == 0 || flags & names != ids & names {
            return Err(Reason::WrongReturn);
        }
        if (*task).state == State::Resolved {
            return Err(Reason::ReturnedTwice);
        }
        check_borrows(task)?;
        *values = &raw mut (*task).frame as u64;
        fiber::call((*task).frame.resolve, values);
        resolve(task, SubtaskState::Returned);
        Ok(0)
    };
    answer(give())
}

/// `task.cancel`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_task_cancel() -> u64 {
    let end = || {
        let task = current()?;
        match (*task).frame.flags & CallFrame::ASYNC_CALLEE {
            0 => Err(Reason::NotCancelled),
            _ => cancel(task),
        }
    };
    answer(end().map(|()| 0))
}

/// Ends a task without a result.
///
/// # Safety
/// As above.
unsafe fn cancel(task: *mut Task) -> Result<(), Reason> {
    match (*task).state {
        State::CancelDelivered => {}
        State::Resolved => return Err(Reason::ReturnedTwice),
        State::Initial | State::Started | State::PendingCancel => {
            return Err(Reason::NotCancelled);
        }
    }
    check_borrows(task)?;
    let state = match (*(*task).subtask).subtask_state {
        SubtaskState::Starting => SubtaskState::CancelledBeforeStarted,
        _ => SubtaskState::CancelledBeforeReturned,
    };
    resolve(task, state);
    Ok(())
}

/// Asks a task to end. `caller`: who asks.
///
/// # Safety
/// It has not resolved.
pub unsafe fn request_cancellation(
    task: *mut Task,
    caller: *mut ComponentInstance,
) -> Result<(), Reason> {
    let (instance, thread) = ((*task).instance, (*task).implicit);
    if (*task).state == State::Initial {
        (*task).state = State::CancelDelivered;
        return thread::resume(thread, true);
    }
    // Other threads never wait so that they can be cancelled.
    if !waits(thread) || is_kept_out(task) || !(*instance).may_enter(caller) {
        (*task).state = State::PendingCancel;
        return Ok(());
    }
    (*task).state = State::CancelDelivered;
    (*instance).set_entered(caller, true);
    let resumed = thread::resume(thread, true);
    (*instance).set_entered(caller, false);
    resumed
}

/// Whether a thread waits so that it can be cancelled.
///
/// # Safety
/// As above.
unsafe fn waits(thread: *mut Thread) -> bool {
    (*thread).is_cancellable && matches!((*thread).state, thread::State::Waiting(_))
}

/// Whether another one has the instance that a task needs for itself.
///
/// # Safety
/// As above.
unsafe fn is_kept_out(task: *mut Task) -> bool {
    let exclusive = (*(*task).instance).exclusive;
    (*task).needs_exclusive() && exclusive != 0 && exclusive != (*task).implicit as usize
}

/// Whether a task that waits would hear of its cancellation only when it waits the next time, since another one has the instance: who can ask later, should.
///
/// # Safety
/// As above.
pub unsafe fn would_miss_cancellation(task: *mut Task) -> bool {
    (*task).state != State::Initial && waits((*task).implicit) && is_kept_out(task)
}

/// Whether a task is to be told now that it is cancelled.
///
/// # Safety
/// As above.
pub unsafe fn take_cancellation(task: *mut Task) -> bool {
    let is_pending = (*task).state == State::PendingCancel;
    if is_pending {
        (*task).state = State::CancelDelivered;
    }
    is_pending
}

/// `wative_rt_task_callback`: what a callback or the function before it has returned is done.
///
/// # Safety
/// As above, by the assembly of `arch`, with the frame of the current task.
pub unsafe extern "C" fn callback(frame: *mut CallFrame, packed: u32, place: *const usize) -> u64 {
    const EXIT: u32 = 0;
    const YIELD: u32 = 1;
    const WAIT: u32 = 2;
    thread::leave_at(place);
    let go_on = || {
        let thread = (*tasks()).current;
        let instance = (*current()?).instance;
        if packed & 15 == EXIT {
            return Ok(0);
        }
        (*instance).exclusive = 0;
        (*frame).event = match packed & 15 {
            YIELD => match thread::wait(Wait::Exclusive, true)? {
                true => [EventCode::TaskCancelled as u32, 0, 0],
                false => [EventCode::None as u32, 0, 0],
            },
            WAIT => {
                let number = number((*instance).table(), Handle::SET, packed >> 4)?;
                let set = (*tasks()).sets.get(number);
                waitable::wait_for_any(set, true, true)?
            }
            _ => return Err(Reason::CallbackCode),
        };
        (*instance).exclusive = thread as usize;
        Ok(1)
    };
    answer(go_on())
}

/// `backpressure.inc`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_backpressure_inc(instance: *mut ComponentInstance) -> u64 {
    (*instance).backpressure += 1;
    answer(match (*instance).backpressure {
        0x1_0000.. => Err(Reason::Backpressure),
        _ => Ok(0),
    })
}

/// `backpressure.dec`.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_backpressure_dec(instance: *mut ComponentInstance) -> u64 {
    answer(match (*instance).backpressure.checked_sub(1) {
        Some(left) => {
            (*instance).backpressure = left;
            Ok(0)
        }
        None => Err(Reason::Backpressure),
    })
}
