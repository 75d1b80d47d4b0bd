//! Threads of tasks and the scheduler (`CanonicalABI.md`: Threads, Embedding API).
//!
//! A thread runs on a fiber of its own, or, where its task's function is not `async`, on that of its caller: it is *nested* then. A nested thread that waits lets the other threads of
//! its instance go on by itself, and goes on as soon as it may. Nobody else resumes it.

use super::task::{self, Task};
use super::waitable::{Set, Waitable};
use super::{Link, Linked, insert, number, system, tasks};
use crate::abi::GcLeft;
use crate::arch;
use crate::canonical::{ComponentInstance, Handle, Reason};
use crate::component::answer;
use crate::fault::trap::Broken;
use crate::state::fiber::{self, Fiber};
use crate::state::stack;
use core::ptr::null_mut;

/// What a thread waits for.
#[derive(Clone, Copy)]
pub enum Wait {
    /// Its turn.
    Turn,
    /// That it may enter its instance.
    Enter,
    /// That nobody has the instance for itself.
    Exclusive,
    /// An event of something.
    Event(*mut Waitable),
    /// One of anything in a set; a callback also waits for the instance.
    Any(*mut Set, bool),
    /// That a subtask has resolved.
    Resolved(*mut Waitable),
}

/// What a thread does.
#[derive(Clone, Copy)]
pub enum State {
    Running,
    /// Until somebody resumes it.
    Suspended,
    Waiting(Wait),
}

/// A thread of a task. It is freed when it ends.
pub struct Thread {
    number: u32,
    pub task: *mut Task,
    /// Null: not begun, or nested.
    fiber: *mut Fiber,
    /// It runs on its caller's stack.
    is_nested: bool,
    pub state: State,
    /// Whether it may be told to cancel while it waits, and whether it was.
    pub is_cancellable: bool,
    pub is_cancelled: bool,
    /// In its instance's table; 0: not there.
    index: u32,
    storage: [u64; 2],
    /// Whom to resume when this one has suspended itself.
    switch_to: *mut Thread,
    /// What it calls, if that is not the task's function, and with what.
    start: usize,
    values: [u64; 2],
    /// Nested: what ran before.
    around: *mut Thread,
    link: Link<Thread>,
}

impl Linked for Thread {
    fn link(&mut self) -> &mut Link<Thread> {
        &mut self.link
    }
}

/// A thread that does not run.
///
/// # Safety
/// As all functions here: what pointers point to is alive.
pub unsafe fn new(task: *mut Task) -> Result<*mut Thread, Reason> {
    let thread = Thread {
        number: 0,
        task,
        fiber: null_mut(),
        is_nested: false,
        state: State::Suspended,
        is_cancellable: false,
        is_cancelled: false,
        index: 0,
        storage: [0; 2],
        switch_to: null_mut(),
        start: 0,
        values: [0; 2],
        around: null_mut(),
        link: Link::new(),
    };
    let (number, thread) = (*tasks()).threads.add(thread).ok_or(Reason::TooManyTasks)?;
    (*thread).number = number;
    Ok(thread)
}

/// A thread that runs from now on, on the stack of the current one.
///
/// # Safety
/// As above.
pub unsafe fn nest(task: *mut Task) -> Result<*mut Thread, Reason> {
    let thread = new(task)?;
    (*thread).is_nested = true;
    (*thread).state = State::Running;
    (*thread).around = (*tasks()).current;
    (*tasks()).current = thread;
    Ok(thread)
}

/// Ends a thread that [`nest`] has begun.
///
/// # Safety
/// It is current.
pub unsafe fn unnest(thread: *mut Thread) {
    (*tasks()).current = (*thread).around;
    unregister(thread);
    (*tasks()).threads.remove((*thread).number);
}

/// A thread is about to end: its instance does not know it any more.
///
/// # Safety
/// As above.
pub unsafe fn unregister(thread: *mut Thread) {
    if (*thread).index != 0 {
        let instance = (*(*thread).task).instance;
        let _ = super::handles::take_any(&mut (*instance).threads, (*thread).index);
    }
}

/// The index of a thread in the table of its instance, where it is from now on.
///
/// # Safety
/// As above.
unsafe fn index(thread: *mut Thread) -> Result<u32, Reason> {
    if (*thread).index == 0 {
        let instance = (*(*thread).task).instance;
        (*thread).index = insert(
            &raw mut (*instance).threads,
            Handle::THREAD,
            (*thread).number,
        )?;
    }
    Ok((*thread).index)
}

/// Whether a thread waits for something that is the case.
///
/// # Safety
/// As above.
pub unsafe fn is_ready(thread: *mut Thread) -> bool {
    match (*thread).state {
        State::Waiting(wait) => is_so((*thread).task, wait),
        State::Running | State::Suspended => false,
    }
}

/// Whether what a thread of a task may wait for is the case.
///
/// # Safety
/// As above.
unsafe fn is_so(task: *mut Task, wait: Wait) -> bool {
    let instance = (*task).instance;
    match wait {
        Wait::Turn => true,
        Wait::Enter => !task::has_backpressure(task),
        Wait::Exclusive => (*instance).exclusive == 0,
        Wait::Event(waitable) => (*waitable).has_event,
        Wait::Any(set, exclusive) => {
            (*set).has_event() && (!exclusive || (*instance).exclusive == 0)
        }
        Wait::Resolved(subtask) => (*subtask).is_resolved(),
    }
}

/// Whether a thread that waits so does it for the others.
fn is_turn(wait: Wait) -> bool {
    matches!(wait, Wait::Turn | Wait::Exclusive)
}

/// Lets a thread that does not run wait.
///
/// # Safety
/// As above.
unsafe fn start_waiting(thread: *mut Thread, wait: Wait) {
    (*thread).state = State::Waiting(wait);
    (*tasks()).waiting.push(thread);
}

/// # Safety
/// As above.
unsafe fn stop_waiting(thread: *mut Thread) {
    if let State::Waiting(_) = (*thread).state {
        (*tasks()).waiting.remove(thread);
    }
    (*thread).state = State::Running;
}

/// A new thread waits to enter its instance.
///
/// # Safety
/// As above.
pub unsafe fn wait_to_enter(thread: *mut Thread) {
    (*thread).is_cancellable = true;
    start_waiting(thread, Wait::Enter);
}

/// Goes on with a thread until it suspends itself or ends, and with those that it switches to.
///
/// # Safety
/// It does not run, and is not nested.
pub unsafe fn resume(thread: *mut Thread, is_cancelled: bool) -> Result<(), Reason> {
    let all = tasks();
    let before = (*all).current;
    let (mut thread, mut is_cancelled) = (thread, is_cancelled);
    loop {
        stop_waiting(thread);
        (*thread).is_cancelled = is_cancelled;
        if (*thread).fiber.is_null() {
            if (*thread).start == 0 && !task::enter(thread)? {
                (*tasks()).threads.remove((*thread).number);
                return Ok(());
            }
            (*thread).fiber = fiber::new(body, thread.cast());
            if (*thread).fiber.is_null() {
                return Err(Reason::TooManyTasks);
            }
        }
        (*all).current = thread;
        let fiber = (*thread).fiber;
        let switch_to = &raw mut (*thread).switch_to;
        fiber::resume(fiber);
        // The thread may have ended; its place in the pool is not used again before somebody else begins one.
        let next = core::mem::replace(&mut *switch_to, null_mut());
        (*all).current = before;
        if next.is_null() {
            return Ok(());
        }
        if (*next).is_nested {
            // It sees to that itself when its stack goes on.
            if let State::Suspended = (*next).state {
                start_waiting(next, Wait::Turn);
            }
            return Ok(());
        }
        (thread, is_cancelled) = (next, false);
    }
}

/// What runs on a thread's fiber.
///
/// # Safety
/// `thread` is a thread that has just been resumed for the first time.
unsafe fn body(thread: *mut u8) {
    let thread = thread as *mut Thread;
    let ended = match (*thread).start {
        0 => task::run(thread),
        start => {
            fiber::call(start, (*thread).values.as_mut_ptr());
            unregister(thread);
            task::forget_thread((*thread).task)
        }
    };
    if let Err(reason) = ended {
        let reason = Broken::rule(reason as u32, 0);
        fiber::abandon(crate::abi::TrapCode::Component, Some(reason));
    }
    (*tasks()).threads.remove((*thread).number);
}

/// Lets the current thread wait: whether it was cancelled.
///
/// # Safety
/// As above.
pub unsafe fn wait(wait: Wait, is_cancellable: bool) -> Result<bool, Reason> {
    block(State::Waiting(wait), is_cancellable, null_mut())
}

/// Lets the current thread be suspended or wait, and others go on, this one first if there is one.
///
/// # Safety
/// As above; `switch_to` does not run.
unsafe fn block(
    state: State,
    is_cancellable: bool,
    switch_to: *mut Thread,
) -> Result<bool, Reason> {
    let all = tasks();
    let thread = (*all).current;
    if thread.is_null() {
        return Err(Reason::CannotBlock);
    }
    if is_cancellable && task::take_cancellation((*thread).task) {
        return Ok(true);
    }
    (*thread).is_cancellable = is_cancellable;
    (*thread).is_cancelled = false;
    match state {
        // What is already so is not waited for; others get their turn by yielding.
        State::Waiting(wait) if !is_turn(wait) && is_so((*thread).task, wait) => return Ok(false),
        State::Waiting(wait) => start_waiting(thread, wait),
        state => (*thread).state = state,
    }
    if (*thread).is_nested {
        run_others(thread, switch_to)?;
    } else {
        (*thread).switch_to = switch_to;
        fiber::suspend();
    }
    Ok((*thread).is_cancelled)
}

/// Lets other threads of a nested one's instance go on until that may.
///
/// # Safety
/// It is the one that runs on the top of this stack.
unsafe fn run_others(thread: *mut Thread, switch_to: *mut Thread) -> Result<(), Reason> {
    let all = tasks();
    let instance = (*(*thread).task).instance;
    let mut next = switch_to;
    while !is_ready(thread) {
        if next.is_null() {
            next = choose(|other| {
                (*(*other).task).instance == instance
                    && !(*other).is_nested
                    && (*instance).exclusive != other as usize
                    && can_use_stack(other)
                    && is_ready(other)
            });
        }
        if next.is_null() {
            if !system::poll(true)? {
                return Err(stuck(thread));
            }
            continue;
        }
        resume(next, false)?;
        next = null_mut();
    }
    stop_waiting(thread);
    (*all).current = thread;
    Ok(())
}

/// One of the waiting threads for which `f` holds, or null: who has waited longest, unless a test wants another order.
///
/// # Safety
/// As above; `f` does not change the list.
unsafe fn choose(f: impl Fn(*mut Thread) -> bool) -> *mut Thread {
    let all = tasks();
    let first = (*all).waiting.find(&f);
    if first.is_null() || (*(*(*first).task).instance).schedule == 0 {
        return first;
    }
    let mut count = 0;
    (*all).waiting.find(|thread| {
        count += u32::from(f(thread));
        false
    });
    let mut left = random((*(*(*first).task).instance).schedule) % count;
    (*all).waiting.find(|thread| {
        let is_one = f(thread);
        left = left.wrapping_sub(u32::from(is_one));
        is_one && left == u32::MAX
    })
}

/// The next number of a sequence that begins with a seed (Marsaglia's xorshift).
///
/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn random(seed: u32) -> u32 {
    let state = &mut (*tasks()).random;
    if *state == 0 {
        *state = seed;
    }
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state
}

/// Whether a thread may go on while a function that is not `async` has its instance: not the one that a task has the instance for itself by.
///
/// # Safety
/// As above.
unsafe fn can_use_stack(thread: *mut Thread) -> bool {
    let task = (*thread).task;
    !((*task).needs_exclusive() && (*task).implicit == thread)
}

/// Why a nested thread cannot go on.
///
/// # Safety
/// As above.
unsafe fn stuck(thread: *mut Thread) -> Reason {
    let other = (*tasks())
        .waiting
        .find(|other| other != thread && is_ready(other));
    match other.is_null() {
        true => Reason::CannotBlock,
        false => Reason::Deadlock,
    }
}

/// Whether the current thread may wait: it is on a fiber, or something else can go on meanwhile.
///
/// # Safety
/// As above.
pub unsafe fn may_block() -> Result<(), Reason> {
    let thread = (*tasks()).current;
    if !thread.is_null() && !(*thread).is_nested {
        return Ok(());
    }
    match (*tasks()).waiting.find(|other| is_ready(other)).is_null() {
        true => Err(Reason::CannotBlock),
        false => Ok(()),
    }
}

/// Lets the thread go on that has been ready longest, from outside of all instances, or waits for the system: whether there was anything to do.
///
/// # Safety
/// Nothing runs.
pub unsafe fn tick() -> Result<bool, Reason> {
    let all = tasks();
    (*all).turns += 1;
    if (*all).turns >= system::TURNS {
        (*all).turns = 0;
        system::poll(false)?;
    }
    let thread = choose(|thread| is_ready(thread));
    if thread.is_null() {
        return system::poll(true);
    }
    let instance = (*(*thread).task).instance;
    (*instance).set_entered(core::ptr::null(), true);
    let resumed = resume(thread, false);
    (*instance).set_entered(core::ptr::null(), false);
    resumed.map(|()| true)
}

/// Likewise, but waits for nothing.
///
/// # Safety
/// As above.
pub unsafe fn tick_at_once() -> Result<bool, Reason> {
    match (*tasks()).waiting.find(|thread| is_ready(thread)).is_null() {
        true => Ok(false),
        false => tick(),
    }
}

/// Where compiled code has called this library from; what goes on meanwhile may look at its frames.
///
/// # Safety
/// `place` is what the assembly of `arch` hands on.
pub unsafe fn leave_at(place: *const usize) {
    let (pc, sp) = arch::caller(place);
    let fiber = fiber::current();
    let stack = match fiber.is_null() {
        true => stack::find(place as usize),
        false => (*fiber).stack.as_ref(),
    };
    if let Some(stack) = stack {
        stack.change_left(GcLeft { pc, sp });
    }
}

/// Traps where the current thread must not wait.
///
/// # Safety
/// As all that follow: called by compiled code, with instances of the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_may_block() -> u64 {
    answer(may_block().map(|()| 0))
}

/// # Safety
/// As above; the slot is below 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_context_get(slot: u32) -> u64 {
    let thread = (*tasks()).current;
    match thread.as_ref() {
        Some(thread) => thread.storage[slot as usize & 1],
        None => (*LOOSE.0.get())[slot as usize & 1],
    }
}

/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_context_set(slot: u32, value: u64) {
    let thread = (*tasks()).current;
    let storage = match thread.as_mut() {
        Some(thread) => &mut thread.storage,
        None => &mut *LOOSE.0.get(),
    };
    storage[slot as usize & 1] = value;
}

/// What belongs to no task: start functions of core modules.
struct Loose(core::cell::UnsafeCell<[u64; 2]>);

// SAFETY: components have one thread.
unsafe impl Sync for Loose {}

static LOOSE: Loose = Loose(core::cell::UnsafeCell::new([0; 2]));

/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_thread_index() -> u64 {
    let thread = (*tasks()).current;
    answer(match thread.is_null() {
        true => Err(Reason::CannotBlock),
        false => index(thread),
    })
}

/// # Safety
/// As above; `start` is an entry that takes `function` and `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_thread_new(
    start: crate::abi::ArrayEntry,
    function: usize,
    context: u32,
) -> u64 {
    let make = || {
        let current = (*tasks()).current;
        if current.is_null() {
            return Err(Reason::CannotBlock);
        }
        let thread = new((*current).task)?;
        (*(*thread).task).threads += 1;
        (*thread).start = start as usize;
        (*thread).values = [function as u64, context.into()];
        index(thread)
    };
    answer(make())
}

/// The thread with this index, which does not run.
///
/// # Safety
/// As above.
unsafe fn find(instance: *mut ComponentInstance, index: u32) -> Result<*mut Thread, Reason> {
    let number = number(&raw mut (*instance).threads, Handle::THREAD, index)?;
    Ok((*tasks()).threads.get(number))
}

/// The thread with this index, which must be suspended.
///
/// # Safety
/// As above.
unsafe fn find_suspended(
    instance: *mut ComponentInstance,
    index: u32,
) -> Result<*mut Thread, Reason> {
    let thread = find(instance, index)?;
    match (*thread).state {
        State::Suspended => Ok(thread),
        State::Running | State::Waiting(_) => Err(Reason::NotSuspended),
    }
}

/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_thread_resume_later(
    instance: *mut ComponentInstance,
    index: u32,
) -> u64 {
    answer(find_suspended(instance, index).map(|thread| {
        start_waiting(thread, Wait::Turn);
        0
    }))
}

/// What [`block`] puts the current thread into.
fn blocked(is_ready: u32) -> State {
    match is_ready {
        0 => State::Suspended,
        _ => State::Waiting(Wait::Turn),
    }
}

/// `wative_rt_thread_block`.
///
/// # Safety
/// As above, by the assembly of `arch`.
pub unsafe extern "C" fn thread_block(is_ready: u32, place: *const usize) -> u64 {
    leave_at(place);
    let thread = (*tasks()).current;
    if is_ready != 0 && (thread.is_null() || (*thread).is_nested) {
        // It may go on at once.
        return 0;
    }
    let result = may_block().and_then(|()| block(blocked(is_ready), false, null_mut()));
    answer(result.map(u32::from))
}

/// `wative_rt_thread_switch`.
///
/// # Safety
/// As above.
pub unsafe extern "C" fn thread_switch(
    instance: *mut ComponentInstance,
    index: u32,
    is_ready: u32,
    promote: u32,
    place: *const usize,
) -> u64 {
    leave_at(place);
    let other = match promote {
        0 => find_suspended(instance, index),
        _ => find(instance, index).map(|other| {
            if self::is_ready(other) && other != (*tasks()).current {
                stop_waiting(other);
                (*other).state = State::Suspended;
                other
            } else {
                null_mut()
            }
        }),
    };
    answer(other.and_then(|other| block(blocked(is_ready), false, other).map(u32::from)))
}
