//! Fibers: stacks of their own for what is left in the middle and goes on later, one native thread for all of them.
//!
//! A fiber is resumed by another one, or by what runs on the thread's own stack (the *base*), and suspends itself to whoever has resumed it last. Its stack is an ordinary
//! [`Stack`]: the guard, traps and backtraces are found from the stack pointer as everywhere. Stacks of fibers that have ended are used again, the one that ended last first, and
//! there are [`MOST`] of them at most.
//!
//! What belongs to a stack and is kept elsewhere while it runs is swapped at a switch: registers that callees preserve, and how compiled code was left ([`GcLeft`]). A trap on a
//! fiber ends the computation of the base, whose entry answers it with the backtrace of the fiber. Exceptions never leave a fiber: whatever calls compiled code there makes a trap of them.
//!
//! Invariant: the stack pointer is on the stack of [`current`], and the resumers from there lead to the base.

use crate::abi::{GcLeft, TrapCode};
use crate::arch;
use crate::fault::trap::Broken;
use crate::fault::unwind::Trace;
use crate::state::exception;
use crate::state::stack::{self, Stack};
use crate::sys;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Stacks at most: each takes two mappings, of which a process may have 65530.
const MOST: u32 = 16 << 10;

/// Bytes of a fiber's stack at most. Only pages that were touched cost anything.
const SIZE: usize = 4 << 20;

const NOT_LEFT: GcLeft = GcLeft { pc: 0, sp: 0 };

/// What a fiber runs.
pub type Body = unsafe fn(argument: *mut u8);

/// A stack with what is to go on there.
pub struct Fiber {
    pub stack: *const Stack,
    /// Stack pointer, and how compiled code was left, while it does not run.
    sp: usize,
    left: GcLeft,
    /// Who goes on when it suspends itself; null while it is suspended, and for the base.
    resumer: *mut Fiber,
    /// All that were ever made.
    next: *mut Fiber,
    /// Those that have ended.
    free: *mut Fiber,
    body: Option<Body>,
    argument: *mut u8,
    /// Whether it is to go on some time.
    is_live: bool,
}

struct State {
    base: Fiber,
    /// Null: the base, before anything was resumed.
    current: *mut Fiber,
    free: *mut Fiber,
    count: u32,
}

struct Cell(UnsafeCell<State>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static STATE: Cell = Cell(UnsafeCell::new(State {
    base: Fiber {
        stack: core::ptr::null(),
        sp: 0,
        left: NOT_LEFT,
        resumer: null_mut(),
        next: null_mut(),
        free: null_mut(),
        body: None,
        argument: null_mut(),
        is_live: true,
    },
    current: null_mut(),
    free: null_mut(),
    count: 0,
}));

/// The fiber that was made last, from which all are found: null in programs without any, so that what walks stacks does not need the rest of this.
static ALL: AtomicPtr<Fiber> = AtomicPtr::new(null_mut());

/// A fiber that calls `body(argument)` when it is resumed; null where there is no room.
///
/// # Safety
/// `body` may be called with the argument, on a stack of its own. What it holds at a trap needs no clean-up.
pub unsafe fn new(body: Body, argument: *mut u8) -> *mut Fiber {
    let state = &mut *STATE.0.get();
    let mut fiber = state.free;
    if fiber.is_null() {
        fiber = make(state);
        if fiber.is_null() {
            return null_mut();
        }
    } else {
        state.free = (*fiber).free;
    }
    (*fiber).body = Some(body);
    (*fiber).argument = argument;
    (*fiber).left = NOT_LEFT;
    (*fiber).is_live = true;
    (*fiber).sp = arch::prepare_switch((*(*fiber).stack).top(), begin, fiber.cast());
    fiber
}

/// Another fiber without anything to do.
///
/// # Safety
/// `state` is the one that there is.
unsafe fn make(state: &mut State) -> *mut Fiber {
    if state.count == MOST {
        return null_mut();
    }
    let Ok(stack) = stack::create(SIZE) else {
        return null_mut();
    };
    state.count += 1;
    exception::share(stack);
    let fiber = stack.spare() as *mut Fiber;
    fiber.write(Fiber {
        stack,
        sp: 0,
        left: NOT_LEFT,
        resumer: null_mut(),
        next: ALL.load(Ordering::Relaxed),
        free: null_mut(),
        body: None,
        argument: null_mut(),
        is_live: false,
    });
    ALL.store(fiber, Ordering::Relaxed);
    fiber
}

/// # Safety
/// `fiber` is a fiber that has been resumed for the first time since [`new`].
unsafe extern "C" fn begin(fiber: *mut u8) -> ! {
    let fiber = fiber as *mut Fiber;
    if let Some(body) = (*fiber).body {
        body((*fiber).argument);
    }
    let state = STATE.0.get();
    (*fiber).is_live = false;
    (*fiber).free = (*state).free;
    (*state).free = fiber;
    suspend();
    sys::fatal("wative: a task went on that had ended\n")
}

/// Forgets what all of them were doing.
///
/// # Safety
/// The base runs.
pub unsafe fn reset() {
    let state = STATE.0.get();
    (*state).current = null_mut();
    (*state).free = null_mut();
    let mut fiber = ALL.load(Ordering::Relaxed);
    while !fiber.is_null() {
        (*fiber).is_live = false;
        (*fiber).resumer = null_mut();
        // What was entered there is not left any more.
        (*(*fiber).stack)
            .record
            .store(null_mut(), Ordering::Relaxed);
        (*fiber).free = (*state).free;
        (*state).free = fiber;
        fiber = (*fiber).next;
    }
}

/// The fiber that runs, null on the base.
pub fn current() -> *mut Fiber {
    // SAFETY: see `Cell`.
    unsafe {
        let state = STATE.0.get();
        match (*state).current == &raw mut (*state).base {
            true => null_mut(),
            false => (*state).current,
        }
    }
}

/// Goes on with a fiber until it suspends itself or ends.
///
/// # Safety
/// It is suspended.
pub unsafe fn resume(fiber: *mut Fiber) {
    let state = STATE.0.get();
    let mut here = (*state).current;
    if here.is_null() {
        here = &raw mut (*state).base;
        let marker = 0u8;
        if let Some(stack) = stack::find(&raw const marker as usize) {
            exception::share(stack);
            (*here).stack = stack;
        }
    }
    (*fiber).resumer = here;
    switch(here, fiber);
}

/// Goes on with whoever has resumed the current fiber.
///
/// # Safety
/// It is not the base.
pub unsafe fn suspend() {
    let fiber = (*STATE.0.get()).current;
    let resumer = core::mem::replace(&mut (*fiber).resumer, null_mut());
    switch(fiber, resumer);
}

/// # Safety
/// `here` is current, and `to` is not.
unsafe fn switch(here: *mut Fiber, to: *mut Fiber) {
    (*here).left = (*(*here).stack).change_left(NOT_LEFT);
    (*(*to).stack).change_left((*to).left);
    (*STATE.0.get()).current = to;
    arch::wative_arch_switch(&raw mut (*here).sp, (*to).sp);
}

/// Calls `entry(null, values)` on the current stack. A trap ends everything.
///
/// # Safety
/// As for [`stack::run`], and the current stack is a Wasm stack.
pub unsafe fn call(entry: usize, values: *mut u64) {
    let entry = core::mem::transmute::<usize, crate::abi::ArrayEntry>(entry);
    let marker = 0u8;
    let fiber = current();
    let stack = match fiber.is_null() {
        true => stack::find(&raw const marker as usize),
        false => Some(&*(*fiber).stack),
    };
    if let Some(stack) = stack {
        let mut trapped = None;
        let code = stack::nest(stack, entry, null_mut(), values, |trace| {
            trapped = Some(&raw const *trace);
        });
        if let Some(trace) = trapped {
            fail(stack, &*trace, code);
        }
    }
}

/// Ends the computation around the one that has trapped on a stack: that of the entry around it, or the base's.
///
/// # Safety
/// The calling thread runs on `stack`.
unsafe fn fail(stack: &Stack, trace: &Trace, code: u32) -> ! {
    let state = STATE.0.get();
    let mut around = stack;
    if stack.record.load(Ordering::Relaxed).is_null() {
        around = &*(*state).base.stack;
        (*state).current = null_mut();
    }
    let record = around.record.load(Ordering::Relaxed);
    if record.is_null() {
        sys::fatal("wative: a task trapped outside of a computation\n");
    }
    if !core::ptr::eq(around, stack) {
        around.note(|told| *told = *trace);
    }
    arch::wative_arch_raise((*record).sp, code)
}

/// Ends the computation of the base by a trap that no compiled code has caused.
///
/// # Safety
/// The calling thread runs on a Wasm stack.
pub unsafe fn abandon(code: TrapCode, reason: Option<Broken>) -> ! {
    let state = STATE.0.get();
    let marker = 0u8;
    let Some(stack) = stack::find(&raw const marker as usize) else {
        sys::fatal("wative: a task trapped outside of a computation\n")
    };
    let mut trace = Trace::new();
    trace.exit(code, 0);
    trace.reason = reason;
    let base = match (*state).base.stack.is_null() {
        true => stack,
        false => &*(*state).base.stack,
    };
    (*state).current = null_mut();
    let record = base.record.load(Ordering::Relaxed);
    if record.is_null() {
        sys::fatal("wative: a task trapped outside of a computation\n");
    }
    base.note(|told| *told = trace);
    arch::wative_arch_raise((*record).sp, code as u32)
}

/// Calls `f` for each stack but the current one that something will go on on: the stack, its stack pointer, and how compiled code was left there.
///
/// # Safety
/// Nothing is resumed meanwhile.
pub unsafe fn each_other(mut f: impl FnMut(&Stack, usize, GcLeft)) {
    let mut fiber = ALL.load(Ordering::Relaxed);
    if fiber.is_null() {
        return;
    }
    let state = STATE.0.get();
    let current = (*state).current;
    let base = &raw mut (*state).base;
    if !current.is_null() && current != base {
        f(&*(*base).stack, (*base).sp, (*base).left);
    }
    while !fiber.is_null() {
        if (*fiber).is_live && fiber != current {
            f(&*(*fiber).stack, (*fiber).sp, (*fiber).left);
        }
        fiber = (*fiber).next;
    }
}
