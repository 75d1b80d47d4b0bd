//! Continuations: computations that were suspended, each on stacks of its own, to go on later (the stack switching proposal). A thread runs all of its own, of which no other can know.
//!
//! A continuation is an object of the collector ([`Cont`]). A new one is only a function; when it is resumed it gets a stack with a [`Fiber`], from those that ended, or a new one, of which
//! there are [`MOST`] at most. Fibers that have resumed each other are a chain, from the one that runs ([`State::current`]) to the *base*, the thread's own stack.
//! `suspend` looks along it for a handler of its tag, which the message of a `resume` has, and takes off all fibers up to there: they are what the new continuation goes on with, from its
//! innermost fiber (`Cont::fiber`) to its outermost one. Values are passed in place: an answer says where they lie, which is a frame that waits.
//!
//! What happens most often is done by the assembly of `arch`, `wative_cont_resume` and `wative_cont_suspend`: going on with something that was suspended, without bound values, and suspending where the next
//! `resume` handles the tag. It calls [`resume`] and [`suspend`] for the rest. All leave their stack alike, by `arch::wative_arch_pass`.
//!
//! Traps end in [`begin`], at the bottom of their stack, and go on in whoever has resumed that, with the frames there added to the backtrace. Exceptions are caught there by compiled code
//! (`FuncKind::ContEntry`), which has them thrown again by the `resume`. Where host functions call compiled code again, nothing is suspended beyond: that is an unhandled tag.
//!
//! A continuation that nobody refers to gives its stacks back when garbage is collected (`gc/conts.rs`), which is done early where stacks become scarce.
//!
//! Invariants: the stack pointer is on the stack of the current fiber. A continuation is used up before anything of it runs, so each fiber runs once at a time. Only this file and
//! `gc/conts.rs` write to continuations, and compiled code to new ones.

use crate::abi::{ArrayEntry, Cont, ContStart, GcLeft, TrapCode};
use crate::arch::{self, Record};
use crate::fault::trap;
use crate::gc::conts;
use crate::state::stack::{self, Stack};
use crate::state::thread;
use crate::sys;
use core::cell::UnsafeCell;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Stacks at most: each takes two mappings, of which a process may have 65530.
const MOST: u32 = 16 << 10;

/// Stacks of all threads.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Bytes of such a stack at most. Only pages that were touched cost anything.
const SIZE: usize = 4 << 20;

/// Stacks that are taken at least before garbage is collected for their sake.
const LEAST: u32 = 256;

/// Slots of all arguments of a function at most, which has a thousand.
const SLOTS: usize = 2048;

/// A stack with what runs or waits there.
#[repr(C)]
pub struct Fiber {
    pub stack: *const Stack,
    /// The usable addresses of the stack: the lowest, and how many.
    lowest: usize,
    bytes: usize,
    /// Stack pointer, and how compiled code was left, while it does not run.
    sp: usize,
    pub left: GcLeft,
    /// Who has resumed it: null in the outermost fiber of what is suspended, and for the base.
    pub resumer: *mut Fiber,
    /// Of the innermost fiber of what is suspended or new: the outermost.
    outermost: *mut Fiber,
    /// The continuation that goes on with it; 0 while there is none.
    pub owner: u32,
    /// The tags that whoever has resumed it handles, see [`Cont::HANDLERS`].
    handlers: *const u32,
    handler_count: usize,
    record: Record,
    entry: usize,
    start: ContStart,
    is_live: bool,
    /// All that were ever made, and those that have ended.
    next: *mut Fiber,
    free: *mut Fiber,
}

const NOTHING: Fiber = Fiber {
    stack: null(),
    lowest: 0,
    bytes: 0,
    sp: 0,
    left: GcLeft { pc: 0, sp: 0 },
    resumer: null_mut(),
    outermost: null_mut(),
    owner: 0,
    handlers: null(),
    handler_count: 0,
    record: Record {
        sp: 0,
        base: 0,
        previous: null_mut(),
        left: GcLeft { pc: 0, sp: 0 },
    },
    entry: 0,
    start: ContStart {
        func: 0,
        values: null(),
    },
    is_live: false,
    next: null_mut(),
    free: null_mut(),
};

/// Objects and values that a function of the runtime holds while it collects.
pub struct Held {
    pub conts: [u32; 2],
    pub values: *const u64,
    pub shape: u64,
}

const HELD_NOTHING: Held = Held {
    conts: [0; 2],
    values: null(),
    shape: 0,
};

#[repr(C)]
pub struct State {
    /// Null: the base, before anything was resumed.
    current: *mut Fiber,
    base: Fiber,
    /// What a fiber that begins gets.
    answer: u64,
    held: Held,
    all: *mut Fiber,
    free: *mut Fiber,
    live: u32,
    /// Stacks taken since garbage was collected last, and from how many on it is, before another one is made.
    taken: u32,
    due: u32,
    unused: *mut State,
    /// Where values that were bound to a continuation come together with those that follow.
    joined: [u64; SLOTS],
}

pub struct Cell<T>(UnsafeCell<T>);

// SAFETY: only the thread of a program that starts no others uses what is in one.
unsafe impl<T> Sync for Cell<T> {}

/// What the assembly of `arch` knows.
pub mod places {
    use super::{Fiber, State};
    use crate::state::stack::Stack;
    use core::mem::offset_of;

    pub const CURRENT: usize = offset_of!(State, current);
    pub const STACK: usize = offset_of!(Fiber, stack);
    pub const LOWEST: usize = offset_of!(Fiber, lowest);
    pub const BYTES: usize = offset_of!(Fiber, bytes);
    pub const SP: usize = offset_of!(Fiber, sp);
    pub const LEFT: usize = offset_of!(Fiber, left);
    pub const RESUMER: usize = offset_of!(Fiber, resumer);
    pub const OUTERMOST: usize = offset_of!(Fiber, outermost);
    pub const OWNER: usize = offset_of!(Fiber, owner);
    pub const HANDLERS: usize = offset_of!(Fiber, handlers);
    pub const HANDLER_COUNT: usize = offset_of!(Fiber, handler_count);
    pub const OWN_RECORD: usize = offset_of!(Fiber, record);
    pub const RECORD: usize = offset_of!(Stack, record);
}

pub static STATE: Cell<State> = Cell(UnsafeCell::new(State {
    current: null_mut(),
    base: NOTHING,
    answer: 0,
    held: HELD_NOTHING,
    all: null_mut(),
    free: null_mut(),
    live: 0,
    taken: 0,
    due: LEAST,
    unused: null_mut(),
    joined: [0; SLOTS],
}));

/// The state of the calling thread. In a program that starts threads [`STATE`] is none of theirs, and says that nothing was resumed: so the fast ways leave everything to the functions here.
pub fn state() -> *mut State {
    match thread::is_threaded() {
        true => conts::state(),
        false => STATE.0.get(),
    }
}

/// States that no thread has, by their `unused`.
static UNUSED: AtomicPtr<State> = AtomicPtr::new(null_mut());

impl State {
    /// A state for a thread that had none.
    #[cold]
    pub fn take() -> *mut State {
        let all = UNUSED.swap(null_mut(), Ordering::Acquire);
        // SAFETY: what was in the list is the caller's alone now; fresh pages are a state that nothing has happened to but for one field.
        unsafe {
            if !all.is_null() {
                put_back((*all).unused);
                return all;
            }
            let Ok(place) = sys::mmap(size_of::<State>(), sys::PROT_READ | sys::PROT_WRITE) else {
                sys::fatal("error: no memory for the continuations of a thread\n")
            };
            let fresh = place as *mut State;
            (*fresh).due = LEAST;
            fresh
        }
    }
}

/// Gives a list of states back.
///
/// # Safety
/// They are nobody else's.
unsafe fn put_back(mut list: *mut State) {
    while !list.is_null() {
        let state = list;
        list = (*state).unused;
        let mut first = UNUSED.load(Ordering::Relaxed);
        loop {
            (*state).unused = first;
            match UNUSED.compare_exchange(first, state, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => first = now,
            }
        }
    }
}

/// Ends what a thread has, with its stacks, which are another's next.
///
/// # Safety
/// It runs on none of them, and no continuation of its is used any more.
pub unsafe fn end_thread(state: *mut State) {
    reset_state(state);
    (*state).base = NOTHING;
    (*state).unused = null_mut();
    put_back(state);
}

/// Where the values of a message are: behind its handlers.
fn values(message: *const u64, shape: u64) -> *const u64 {
    let handlers = (shape >> Cont::HANDLERS) as usize;
    message.wrapping_add(handlers.div_ceil(2))
}

/// The number of slots of a message.
pub fn slots(shape: u64) -> usize {
    (shape & ((1 << Cont::MASKED) - 1)) as usize
}

/// Words of the mask behind them.
pub fn mask_words(shape: u64) -> usize {
    match shape >> Cont::MASKED & 1 {
        0 => 0,
        _ => slots(shape).div_ceil(64),
    }
}

/// The object that a reference leads to.
pub fn object(cont: u32) -> *mut Cont {
    cont as usize as *mut Cont
}

/// `resume`.
///
/// # Safety
/// Called by the assembly of `arch`, which compiled code has called: `place` is where that call returns to. `cont` is a continuation that takes what the message has.
pub unsafe extern "C" fn resume(
    cont: u32,
    message: *mut u64,
    shape: u64,
    place: *const usize,
) -> u64 {
    let target = take(cont, 0, message, shape, place);
    let answer = join(cont, values(message, shape), shape) as u64;
    go(target, answer, message, shape, place)
}

/// `resume_throw` and `resume_throw_ref`.
///
/// # Safety
/// As for [`resume`]; the message has no values.
pub unsafe extern "C" fn throw(
    cont: u32,
    exception: u32,
    message: *mut u64,
    shape: u64,
    place: *const usize,
) -> u64 {
    let answer = Cont::THREW << Cont::OUTCOME | u64::from(exception);
    let it = object(cont);
    if (*it).fiber == Cont::NEW {
        use_up(it);
        return answer;
    }
    let target = take(cont, 0, message, shape, place);
    go(target, answer, message, shape, place)
}

/// `suspend`.
///
/// # Safety
/// As for [`resume`]; `cont` was allocated just now, and is what comes last in the message.
pub unsafe extern "C" fn suspend(
    tag: u32,
    cont: u32,
    message: *mut u64,
    place: *const usize,
) -> u64 {
    let state = state();
    let (fiber, handler) = handler(tag, place);
    let here = (*state).current;
    let resumer = (*fiber).resumer;
    detach(here, fiber, cont, place);
    let answer = (Cont::SUSPENDED + handler as u64) << Cont::OUTCOME | message as u64;
    switch(here, resumer, answer)
}

/// `switch`.
///
/// # Safety
/// As for [`suspend`]; `target` is a continuation that takes what the message has.
pub unsafe extern "C" fn switch_to(
    tag: u32,
    cont: u32,
    target: u32,
    message: *mut u64,
    shape: u64,
    place: *const usize,
) -> u64 {
    let state = state();
    let next = take(target, cont, message, shape, place);
    let (fiber, _) = handler(tag | Cont::SWITCH, place);
    let answer = join(target, message, shape) as u64;
    let here = (*state).current;
    let outermost = (*next).outermost;
    (*outermost).resumer = (*fiber).resumer;
    (*outermost).handlers = (*fiber).handlers;
    (*outermost).handler_count = (*fiber).handler_count;
    detach(here, fiber, cont, place);
    switch(here, next, answer)
}

/// The function that a continuation has begun with has returned, with results from here on.
///
/// # Safety
/// Called by what a continuation begins with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_cont_return(values: *mut u64) -> ! {
    end(Cont::RETURNED << Cont::OUTCOME | values as u64)
}

/// It has thrown.
///
/// # Safety
/// Likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_cont_fail(exception: u32) -> ! {
    end(Cont::THREW << Cont::OUTCOME | u64::from(exception))
}

/// Ends the current fiber. Its frames stay as they are until a stack is needed.
///
/// # Safety
/// It is not the base.
unsafe fn end(answer: u64) -> ! {
    let state = state();
    let fiber = (*state).current;
    let resumer = (*fiber).resumer;
    release(fiber);
    switch(fiber, resumer, answer);
    sys::fatal("wative: a continuation went on that had ended\n")
}

/// Goes on with what was taken of a continuation, under the handlers of a message.
///
/// # Safety
/// As for [`resume`].
unsafe fn go(
    target: *mut Fiber,
    answer: u64,
    message: *const u64,
    shape: u64,
    place: *const usize,
) -> u64 {
    let here = current(place);
    let outermost = (*target).outermost;
    (*outermost).resumer = here;
    (*outermost).handlers = message as *const u32;
    (*outermost).handler_count = (shape >> Cont::HANDLERS) as usize;
    let (pc, sp) = arch::caller(place);
    (*here).left = GcLeft { pc, sp };
    switch(here, target, answer)
}

/// Leaves the current fiber for another one, which gets an answer: the one that it gets itself when it goes on.
///
/// # Safety
/// `here` is current, `to` is not, and is linked to the base.
#[inline(always)]
unsafe fn switch(here: *mut Fiber, to: *mut Fiber, answer: u64) -> u64 {
    let state = state();
    (*state).current = to;
    (*state).answer = answer;
    arch::wative_arch_pass(&raw mut (*here).sp, (*to).sp, answer)
}

/// The current fiber.
///
/// # Safety
/// `place` is on the current stack.
#[inline(always)]
unsafe fn current(place: *const usize) -> *mut Fiber {
    let state = state();
    let here = (*state).current;
    match here.is_null() || here == &raw mut (*state).base {
        true => base(place),
        false => here,
    }
}

/// The base, which is the stack that runs.
///
/// # Safety
/// As for [`current`].
unsafe fn base(place: *const usize) -> *mut Fiber {
    let state = &mut *state();
    let known = state.base.stack;
    if known.is_null() || !(*known).holds(place as usize) {
        let Some(stack) = stack::find(place as usize) else {
            sys::fatal("wative: a continuation was resumed outside of a computation\n")
        };
        state.base.stack = stack;
        (state.base.lowest, state.base.bytes) = stack.range();
    }
    &raw mut state.base
}

/// Takes what a continuation goes on with: its innermost fiber. `new`: a continuation that the caller has made.
///
/// # Safety
/// As for [`resume`].
unsafe fn take(
    cont: u32,
    new: u32,
    message: *const u64,
    shape: u64,
    place: *const usize,
) -> *mut Fiber {
    let it = object(cont);
    let fiber = match (*it).fiber {
        Cont::USED => stop(TrapCode::ContinuationConsumed, place),
        Cont::NEW => {
            (*state()).held = Held {
                conts: [cont, new],
                values: values(message, shape),
                shape,
            };
            let fiber = acquire(place);
            (*state()).held = HELD_NOTHING;
            (*fiber).start.func = (*it).func;
            (*fiber).entry = (*it).entry;
            fiber
        }
        fiber => fiber as *mut Fiber,
    };
    use_up(it);
    (*fiber).owner = 0;
    fiber
}

/// # Safety
/// It is a continuation.
unsafe fn use_up(cont: *mut Cont) {
    (*cont).fiber = Cont::USED;
}

/// Where all values are that a continuation goes on with. Those that were bound to it come first.
///
/// # Safety
/// It was taken just now; the message has the rest.
unsafe fn join(cont: u32, message: *const u64, shape: u64) -> *const u64 {
    let it = object(cont);
    if (*it).bound == 0 {
        return message;
    }
    let joined = (&raw mut (*state()).joined) as *mut u64;
    let (values, bound) = conts::bound((*it).bound);
    let more = slots(shape);
    if bound + more > SLOTS {
        sys::fatal("wative: too many values for a continuation\n")
    }
    values.copy_to_nonoverlapping(joined, bound);
    message.copy_to_nonoverlapping(joined.add(bound), more);
    (*it).bound = 0;
    joined
}

/// The innermost fiber whose resumer handles a tag, and the number of the handler.
///
/// # Safety
/// As for [`resume`].
#[inline(always)]
unsafe fn handler(tag: u32, place: *const usize) -> (*mut Fiber, usize) {
    let mut fiber = (*state()).current;
    while !fiber.is_null() && !(*fiber).resumer.is_null() {
        // Something of the host is in between.
        if !core::ptr::eq(
            (*(*fiber).stack).record.load(Ordering::Relaxed),
            &(*fiber).record,
        ) {
            break;
        }
        for i in 0..(*fiber).handler_count {
            if *(*fiber).handlers.add(i) == tag {
                return (fiber, i);
            }
        }
        fiber = (*fiber).resumer;
    }
    stop(TrapCode::UnhandledTag, place)
}

/// Makes a continuation of the fibers from the current one to this one.
///
/// # Safety
/// They are linked, and `cont` is a new continuation.
#[inline(always)]
unsafe fn detach(here: *mut Fiber, outermost: *mut Fiber, cont: u32, place: *const usize) {
    (*outermost).resumer = null_mut();
    (*here).outermost = outermost;
    (*here).owner = cont;
    (*object(cont)).fiber = here as usize;
    let (pc, sp) = arch::caller(place);
    (*here).left = GcLeft { pc, sp };
}

/// Ends the computation by a trap.
///
/// # Safety
/// As for [`resume`].
#[cold]
pub unsafe fn stop(code: TrapCode, place: *const usize) -> ! {
    (*state()).held = HELD_NOTHING;
    trap::stop(code, None, place);
    sys::fatal("wative: a continuation trapped outside of a computation\n")
}

/// A fiber that begins with what its `start` says when it goes on. May collect garbage.
///
/// # Safety
/// As for [`resume`]; what the caller needs is held.
unsafe fn acquire(place: *const usize) -> *mut Fiber {
    let state = state();
    if (*state).free.is_null() {
        if (*state).taken >= (*state).due || !make() {
            conts::collect(place);
            (*state).taken = 0;
            (*state).due = (*state).live.max(LEAST);
        }
        if (*state).free.is_null() && !make() {
            stop(TrapCode::StackOverflow, place)
        }
    }
    let fiber = (*state).free;
    (*state).free = (*fiber).free;
    (*state).live += 1;
    (*state).taken += 1;
    (*fiber).is_live = true;
    if let Some(base) = stack::find(place as usize) {
        (*(*fiber).stack).lend(base);
    }
    (*fiber).outermost = fiber;
    (*fiber).sp = arch::prepare_switch((*(*fiber).stack).top(), begin, fiber.cast());
    fiber
}

/// Adds a stack to those that nobody uses; whether there was room.
///
/// # Safety
/// Nothing is resumed meanwhile.
unsafe fn make() -> bool {
    let state = &mut *state();
    let more = |count: u32| (count < MOST).then_some(count + 1);
    if COUNT
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        .is_err()
    {
        return false;
    }
    let Ok(stack) = stack::create(SIZE) else {
        COUNT.fetch_sub(1, Ordering::Relaxed);
        return false;
    };
    let (lowest, bytes) = stack.range();
    let fiber = stack.spare() as *mut Fiber;
    fiber.write(Fiber {
        stack,
        lowest,
        bytes,
        next: state.all,
        free: state.free,
        ..NOTHING
    });
    (state.all, state.free) = (fiber, fiber);
    conts::start();
    true
}

/// Gives a fiber back.
///
/// # Safety
/// It will not go on.
unsafe fn release(fiber: *mut Fiber) {
    release_in(&mut *state(), fiber);
}

/// Likewise, of this state.
///
/// # Safety
/// It will not go on.
unsafe fn release_in(state: &mut State, fiber: *mut Fiber) {
    (*(*fiber).stack)
        .record
        .store(null_mut(), Ordering::Relaxed);
    (*fiber).resumer = null_mut();
    (*fiber).owner = 0;
    (*fiber).is_live = false;
    (*fiber).free = state.free;
    state.free = fiber;
    state.live -= 1;
}

/// Where a fiber begins.
///
/// # Safety
/// It has been resumed for the first time since [`acquire`].
unsafe extern "C" fn begin(fiber: *mut u8) -> ! {
    let fiber = fiber as *mut Fiber;
    (*fiber).start.values = (*state()).answer as *const u64;
    let record = &raw mut (*fiber).record;
    (*(*fiber).stack).record.store(record, Ordering::Relaxed);
    let entry = core::mem::transmute::<usize, ArrayEntry>((*fiber).entry);
    let start = (&raw mut (*fiber).start).cast();
    // Code that is reached from the pinned register gets its thread's main instance; other code needs none.
    let instance = match thread::is_threaded() {
        true => thread::instance(&*(*fiber).stack),
        false => null_mut(),
    };
    let code = arch::wative_arch_enter(entry, instance, start, record, 0);
    fail(fiber, code)
}

/// Goes on with a trap in whoever has resumed the current fiber.
///
/// # Safety
/// Nothing else is left of the fiber.
unsafe fn fail(fiber: *mut Fiber, code: u32) -> ! {
    let resumer = (*fiber).resumer;
    let stack = &*(*resumer).stack;
    let record = stack.record.load(Ordering::Relaxed);
    stack.note(|told| {
        (*(*fiber).stack).note(|trace| *told = *trace);
        let GcLeft { pc, sp } = (*resumer).left;
        told.go_on(pc, sp, stack, record);
    });
    release(fiber);
    (*state()).current = resumer;
    arch::wative_arch_raise((*record).sp, code)
}

// For the collector.

/// Calls `f` for each fiber but the current one that goes on when another one ends or is suspended, and the base.
///
/// # Safety
/// Nothing is resumed meanwhile.
pub unsafe fn each_waiting(mut f: impl FnMut(&Fiber)) {
    let fiber = (*state()).current;
    if !fiber.is_null() {
        each_of((*fiber).resumer, &mut f);
    }
}

/// Calls `f` for each fiber from this one outwards.
///
/// # Safety
/// Likewise.
pub unsafe fn each_of(mut fiber: *mut Fiber, mut f: impl FnMut(&Fiber)) {
    while !fiber.is_null() {
        f(&*fiber);
        fiber = (*fiber).resumer;
    }
}

/// What the caller of a collection holds.
pub fn held() -> &'static Held {
    // SAFETY: it does not change while garbage is collected.
    unsafe { &(*state()).held }
}

/// Holds an array of values besides, for the caller of [`conts::bind`].
///
/// # Safety
/// It is one.
pub unsafe fn hold(array: u32) {
    (*state()).held.conts[1] = array;
}

/// Gives back what is suspended for continuations that are gone.
///
/// # Safety
/// Nothing is resumed meanwhile.
pub unsafe fn release_of(is_gone: impl Fn(u32) -> bool) {
    let mut fiber = (*state()).all;
    while !fiber.is_null() {
        if (*fiber).owner != 0 && is_gone((*fiber).owner) {
            let mut next = fiber;
            while !next.is_null() {
                let resumer = (*next).resumer;
                release(next);
                next = resumer;
            }
        }
        fiber = (*fiber).next;
    }
}

/// Gives all stacks back.
///
/// # Safety
/// The thread runs on none of them, and no continuation is used any more.
pub unsafe fn reset() {
    reset_state(state());
}

/// Gives all stacks of a state back.
///
/// # Safety
/// Likewise.
unsafe fn reset_state(state: *mut State) {
    (*state).current = null_mut();
    (*state).held = HELD_NOTHING;
    let mut fiber = (*state).all;
    while !fiber.is_null() {
        if (*fiber).is_live {
            release_in(&mut *state, fiber);
        }
        fiber = (*fiber).next;
    }
}

/// Has values to come with a continuation in the place of another one, which they are bound to.
///
/// # Safety
/// `to` was allocated just now, like `bound`, an array of values ([`conts::bound`]) or null.
pub unsafe fn replace(cont: u32, to: u32, bound: u32) {
    let (from, it) = (object(cont), object(to));
    (*it).bound = bound;
    (*it).fiber = (*from).fiber;
    (*it).func = (*from).func;
    (*it).entry = (*from).entry;
    if (*it).fiber != Cont::NEW {
        (*((*it).fiber as *mut Fiber)).owner = to;
    }
    use_up(from);
    (*from).bound = 0;
}

/// `cont.bind`.
///
/// # Safety
/// As for [`resume`].
pub unsafe extern "C" fn bind(
    cont: u32,
    message: *mut u64,
    shape: u64,
    place: *const usize,
) -> u32 {
    if (*object(cont)).fiber == Cont::USED {
        stop(TrapCode::ContinuationConsumed, place)
    }
    let state = state();
    (*state).held = Held {
        conts: [cont, 0],
        values: message,
        shape,
    };
    let to = conts::bind(cont, message, shape, place);
    (*state).held = HELD_NOTHING;
    to
}
