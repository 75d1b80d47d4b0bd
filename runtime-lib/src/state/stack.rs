//! Wasm stacks, and entering compiled code on one so that a trap comes back as a number.
//!
//! Compiled code runs on stacks of our own: their guards are large, their extent is known, and what belongs to the
//! running computation (recovery record, last trap, signal stack) is found from the stack pointer alone. So no
//! thread-local storage is needed and a signal handler needs no lock. Free stacks are kept for ever and shared by all
//! threads. A mapping holds, upwards:
//!
//! ```text
//! guard (inaccessible) | the stack | signal stack | Stack
//! ```
//!
//! Architecture invariant: whenever compiled code runs, the stack pointer lies in a range of [`STACKS`], and
//! `Stack::record` is the innermost entry on it.

use crate::abi::{ArrayEntry, GcLeft, Instance, STACK_GUARD, TrapCode};
use crate::arch::{self, Record};
use crate::fault::ranges::Ranges;
use crate::fault::unwind::Trace;
use crate::state::exception::Arena;
use crate::state::instance;
use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// Every stack with its [`Stack`].
static STACKS: Ranges = Ranges::new();

/// Bytes of the stacks made from now on.
static SIZE: AtomicUsize = AtomicUsize::new(64 << 20);

/// That nobody has said how compiled code was left.
pub const NOT_LEFT: GcLeft = GcLeft { pc: 0, sp: 0 };

const SIGNAL_STACK: usize = 64 << 10;
const MIN_STACK: usize = 64 << 10;

/// A Wasm stack.
pub struct Stack {
    /// Start of the guard.
    lo: usize,
    /// First usable address.
    limit: usize,
    /// One past the last usable address.
    hi: usize,
    /// 1 while somebody uses it. The kernel clears it when a thread that we started has ended.
    busy: AtomicU32,
    /// Number of the thread that we started on it; 0: none.
    pub thread: AtomicU32,
    /// What a thread that we start gets. Only touched by whoever took the stack.
    pub job: core::cell::UnsafeCell<Job>,
    pub record: AtomicPtr<Record>,
    /// Where the exceptions of the thread that runs on it are, once it has thrown one. Executables other than threads of theirs share one arena.
    pub arena: AtomicPtr<Arena>,
    /// A [`GcLeft`]: how compiled code was left last there, for a function that may call compiled code again.
    left: [AtomicUsize; 2],
    /// The stack whose entry called the host, which has gone on on a stack of its own and then entered compiled code on this one.
    outer: AtomicPtr<Stack>,
    /// What the last trap was. Only touched by the thread that uses the stack.
    trace: core::cell::UnsafeCell<Trace>,
}

/// State of a thread that we start.
pub struct Job {
    /// Its block of instances, kept for the next thread on this stack; null before the first.
    pub block: *mut u8,
    pub argument: u32,
}

impl Stack {
    /// Whether an address lies in the guard.
    pub fn guards(&self, addr: usize) -> bool {
        addr >= self.lo && addr < self.limit
    }

    /// Whether an address lies in the usable part.
    pub fn holds(&self, addr: usize) -> bool {
        addr >= self.limit && addr < self.hi
    }

    /// The lowest usable address, and the number of all.
    pub fn range(&self) -> (usize, usize) {
        (self.limit, self.hi - self.limit)
    }

    /// The readable part of the stack from this address upwards.
    pub fn words(&self, sp: usize) -> (*const usize, *const usize) {
        let start = sp.max(self.limit).next_multiple_of(8).min(self.hi);
        (start as *const usize, self.hi as *const usize)
    }

    /// Whether a thread runs on it that we started.
    pub fn is_thread(&self) -> bool {
        self.thread.load(Ordering::Relaxed) != 0
    }

    fn has_thread(&self, number: u32) -> Option<()> {
        (self.thread.load(Ordering::Relaxed) == number).then_some(())
    }

    /// Gives the stack back.
    pub fn release(&self) {
        self.busy.store(0, Ordering::Release);
    }

    /// The word by which the kernel gives the stack back.
    pub fn busy_word(&self) -> *const AtomicU32 {
        &raw const self.busy
    }

    /// Where the stack pointer begins.
    pub fn top(&self) -> usize {
        // Below the end, so that the stack is found from the stack pointer of an entry that has no frame.
        self.hi - arch::STACK_ALIGN
    }

    /// Has what is found from a stack be that of the thread that runs on another one, from now on.
    ///
    /// # Safety
    /// That thread calls, and nobody else uses this stack.
    pub unsafe fn lend(&self, from: &Stack) {
        (*self.job.get()).block = (*from.job.get()).block;
        self.thread
            .store(from.thread.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Memory behind all that belongs to the stack, for at most a kilobyte that lives as long.
    pub fn spare(&self) -> *mut u8 {
        const _: () = assert!(size_of::<Stack>() % sys::PAGE <= sys::PAGE - 1024);
        let end = (&raw const *self).wrapping_add(1) as usize;
        end.next_multiple_of(16) as *mut u8
    }

    /// The signal stack for a thread that runs on this stack.
    pub fn signal_stack(&self) -> sys::SigStack {
        sys::SigStack {
            sp: self.hi as *mut u8,
            flags: 0,
            size: SIGNAL_STACK,
        }
    }

    /// Gives the memory back that lies far below this address, whose contents nobody needs.
    pub fn forget_below(&self, sp: usize) {
        let end = sp.saturating_sub(2 * sys::PAGE) & !(sys::PAGE - 1);
        if end > self.limit {
            // SAFETY: the stack pointer is above, and the stack belongs to the caller.
            let _ = unsafe { sys::forget(self.limit as *mut u8, end - self.limit) };
        }
    }

    /// Changes how compiled code was left last, and tells what it was.
    #[inline(never)]
    pub fn change_left(&self, left: GcLeft) -> GcLeft {
        let before = self.left();
        let [pc, sp] = &self.left;
        pc.store(left.pc, Ordering::Relaxed);
        sp.store(left.sp, Ordering::Relaxed);
        before
    }

    /// How compiled code was left last.
    pub fn left(&self) -> GcLeft {
        let [pc, sp] = &self.left;
        GcLeft {
            pc: pc.load(Ordering::Relaxed),
            sp: sp.load(Ordering::Relaxed),
        }
    }

    /// The stack that waits until this one is given back, if there is one.
    pub fn outer(&self) -> Option<&'static Stack> {
        // SAFETY: stacks live for ever.
        unsafe { self.outer.load(Ordering::Relaxed).as_ref() }
    }

    /// Calls `f` for each stack that waits so, with how compiled code was left there.
    pub fn each_outer(&self, mut f: impl FnMut(&Stack, GcLeft)) {
        let mut next = self.outer();
        while let Some(stack) = next {
            f(stack, stack.left());
            next = stack.outer();
        }
    }

    /// Takes note of the trap that is about to end the computation on this stack.
    ///
    /// # Safety
    /// The calling thread runs on this stack.
    pub unsafe fn note(&self, fill: impl FnOnce(&mut Trace)) {
        fill(&mut *self.trace.get());
    }
}

/// What `wative_gc_leave` does: how the collector finds the frames behind those of the host. It walks them from the call of this function, whose frame is that of the call that follows.
///
/// # Safety
/// Called by the assembly of `arch`: `place` is where the call returns to.
pub unsafe extern "C" fn leave(place: *const usize) {
    if let Some(stack) = find(place as usize) {
        let (pc, sp) = arch::caller(place);
        stack.change_left(GcLeft { pc, sp });
    }
}

/// Forgets it.
///
/// # Safety
/// Any call is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_come_back() {
    let marker = 0u8;
    if let Some(stack) = find(&raw const marker as usize) {
        stack.change_left(NOT_LEFT);
    }
}

/// Sets the size of stacks made from now on; 0 keeps the default.
pub fn set_size(bytes: u64) {
    if bytes != 0 {
        let bytes = bytes.clamp(MIN_STACK as u64, 1 << 40) as usize;
        SIZE.store(bytes.next_multiple_of(sys::PAGE), Ordering::Relaxed);
    }
}

/// The stack that an address lies in, its guard included.
pub fn find(addr: usize) -> Option<&'static Stack> {
    // SAFETY: stacks live for ever.
    STACKS.find(addr).map(|p| unsafe { &*(p as *const Stack) })
}

/// Calls `f` for each stack until it answers.
pub fn each<T>(mut f: impl FnMut(&'static Stack) -> Option<T>) -> Option<T> {
    // SAFETY: stacks live for ever.
    STACKS.each(|p| f(unsafe { &*(p as *const Stack) }))
}

/// These words as a stack, for tests.
#[cfg(test)]
pub fn testing(words: &[usize]) -> Stack {
    let range = words.as_ptr_range();
    // SAFETY: zero bytes are a valid `Stack`.
    let mut stack: Stack = unsafe { core::mem::zeroed() };
    (stack.limit, stack.hi) = (range.start as usize, range.end as usize);
    stack
}

/// Likewise, to be found by its addresses.
#[cfg(test)]
pub fn testing_found(words: &[usize]) -> &'static Stack {
    let stack = Box::leak(Box::new(testing(words)));
    let this = (&raw mut *stack).cast();
    STACKS.add(stack.limit, stack.hi, this).expect("room");
    stack
}

/// Whether a thread that we started has this number.
pub fn is_thread(number: u32) -> bool {
    each(|stack| stack.has_thread(number)).is_some()
}

/// A stack that nobody uses, taken for the caller.
#[inline(never)]
pub fn acquire() -> sys::Result<&'static Stack> {
    let free = STACKS.each(|p| {
        // SAFETY: stacks live for ever.
        let stack = unsafe { &*(p as *const Stack) };
        (stack.busy.swap(1, Ordering::Acquire) == 0).then_some(stack)
    });
    if let Some(stack) = free {
        return Ok(stack);
    }
    map(SIZE.load(Ordering::Relaxed))
}

/// A new stack for the caller, of so many bytes but not more than [`acquire`] gives. Nobody else gets it, but for its addresses.
pub fn create(most: usize) -> sys::Result<&'static Stack> {
    map(SIZE.load(Ordering::Relaxed).min(most))
}

fn map(size: usize) -> sys::Result<&'static Stack> {
    let guard = STACK_GUARD as usize;
    let tail = SIGNAL_STACK + size_of::<Stack>().next_multiple_of(sys::PAGE);
    let lo = sys::mmap(guard + size + tail, sys::PROT_NONE)? as usize;
    let (limit, hi) = (lo + guard, lo + guard + size);
    let stack = (hi + SIGNAL_STACK) as *mut Stack;
    // SAFETY: the mapping was made just now; zero bytes are a valid `Stack`.
    unsafe {
        sys::mprotect(
            limit as *mut u8,
            size + tail,
            sys::PROT_READ | sys::PROT_WRITE,
        )?;
        (*stack).lo = lo;
        (*stack).limit = limit;
        (*stack).hi = hi;
        (*stack).busy = AtomicU32::new(1);
        STACKS.add(lo, hi, stack as *mut u8)?;
        Ok(&*stack)
    }
}

/// Runs `entry(instance, values)` on a Wasm stack. Returns 0, or the [`TrapCode`] that stopped it, after `tell` was
/// called with what is known about the trap.
///
/// Entries nest: from a host function that compiled code called, the same stack goes on being used.
///
/// # Safety
/// `entry` is compiled code of a registered module, and the arguments are what it expects. A trap abandons the frames
/// between, host frames included.
pub unsafe fn run(
    entry: ArrayEntry,
    instance: *mut Instance,
    values: *mut u64,
    tell: impl FnOnce(&Trace),
) -> u32 {
    let mut record = Record {
        sp: 0,
        base: 0,
        previous: null_mut(),
        left: NOT_LEFT,
    };
    let here = &raw mut record;
    if let Some(stack) = find(here as usize) {
        return nest(stack, entry, instance, values, tell);
    }
    let Ok(stack) = acquire() else {
        let mut trace = Trace::new();
        trace.exit(TrapCode::StackOverflow, 0);
        tell(&trace);
        return trace.code;
    };
    // A thread needs a signal stack of its own, else an overflow could not be handled. What it had comes back after.
    let ours = stack.signal_stack();
    let mut old = sys::SigStack {
        sp: null_mut(),
        flags: 0,
        size: 0,
    };
    let changed = sys::sigaltstack(&ours, Some(&mut old)).is_ok();
    // Was this thread inside of a call already, on another stack?
    let outer = match changed && !old.sp.is_null() {
        true => find(old.sp as usize - 1).filter(|outer| outer.hi == old.sp as usize),
        false => None,
    };
    let waits = outer.map_or(null_mut(), |outer| (&raw const *outer).cast_mut());
    stack.outer.store(waits, Ordering::Relaxed);
    stack.change_left(NOT_LEFT);
    if outer.is_none()
        && !instance.is_null()
        && let Some(objects) = instance::objects(instance)
    {
        (*objects).is_abroad = 0;
    }
    stack.record.store(here, Ordering::Relaxed);
    let code = arch::wative_arch_enter(entry, instance, values, here, stack.top());
    stack.record.store(null_mut(), Ordering::Relaxed);
    if changed {
        let _ = sys::sigaltstack(&old, None);
    }
    if code != 0 {
        tell(&*stack.trace.get());
    }
    stack.release();
    code
}

/// [`run`] on this stack, on which the caller runs.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
pub unsafe fn nest(
    stack: &Stack,
    entry: ArrayEntry,
    instance: *mut Instance,
    values: *mut u64,
    tell: impl FnOnce(&Trace),
) -> u32 {
    let mut record = Record {
        sp: 0,
        base: 0,
        previous: stack.record.load(Ordering::Relaxed),
        left: stack.change_left(NOT_LEFT),
    };
    let here = &raw mut record;
    stack.record.store(here, Ordering::Relaxed);
    let code = arch::wative_arch_enter(entry, instance, values, here, 0);
    stack.record.store((*here).previous, Ordering::Relaxed);
    stack.change_left((*here).left);
    if code != 0 {
        tell(&*stack.trace.get());
    }
    code
}

/// Calls compiled code again for a function of the host that compiled code has called: as an entry of its own, so that nothing is thrown or suspended beyond it, and the
/// collector finds the frames on both sides. A trap ends the entry around it too.
///
/// # Safety
/// As for [`run`]; the function holds nothing that must be given back.
pub unsafe fn call_back(entry: ArrayEntry, instance: *mut Instance, values: *mut u64) {
    let marker = 0u8;
    let Some(stack) = find(&raw const marker as usize) else {
        sys::fatal("wative: a function of the host was not called by the program\n")
    };
    let code = nest(stack, entry, instance, values, |_| {});
    let record = stack.record.load(Ordering::Relaxed);
    if code != 0 && !record.is_null() {
        arch::wative_arch_raise((*record).sp, code);
    }
}

/// [`run`] for C: 0 or the trap code.
///
/// # Safety
/// As for [`run`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_try(
    entry: ArrayEntry,
    instance: *mut Instance,
    values: *mut u64,
) -> u32 {
    run(entry, instance, values, |_| {})
}

/// Ends the computation that is running on the current Wasm stack, which makes its `wative_rt_try` return `code`.
/// Returns only when no computation is running.
///
/// # Safety
/// The frames since the entry need no clean-up.
pub unsafe fn abandon(code: TrapCode, status: u32) {
    let marker = 0u8;
    let Some(stack) = find(&raw const marker as usize) else {
        return;
    };
    let record = stack.record.load(Ordering::Relaxed);
    if !record.is_null() {
        stack.note(|trace| trace.exit(code, status));
        arch::wative_arch_raise((*record).sp, code as u32);
    }
}
