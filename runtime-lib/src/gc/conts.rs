//! What the collector does for continuations (`state/cont.rs`): marks the stacks of those that it finds, and gives back the stacks of those that it does not.
//!
//! A stack that is suspended does not change, and what it refers to is marked when its continuation is, in the collection after it was suspended. So minor collections need
//! not look at it again, as long as the continuation is old: when it goes on its frames are roots, and when it is suspended again that is a new object.
//!
//! Values that were bound to a continuation are in an array of words: the number of slots, these, and the mask of those that are references to objects. Nothing else has that array.

use crate::abi::{Cont, GcType, TrapCode};
use crate::gc::heap::{EPOCH, Heap};
use crate::gc::{has_room, own};
use crate::state::cont::{self, Fiber, State, mask_words, object, slots};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// What a collection calls in programs whose continuations have stacks or values; null before. It has a name, so that the compiler does not look through it: other programs do not carry
/// what it leads to.
#[unsafe(export_name = "wative_gc_conts")]
pub static HOOKS: AtomicPtr<Hooks> = AtomicPtr::new(null_mut());

pub struct Hooks {
    /// Marks what is referred to from stacks that wait for the current one.
    pub roots: unsafe fn(&mut Heap),
    /// Marks what a continuation refers to.
    pub search: unsafe fn(&mut Heap, usize),
    /// Everything that lives is marked.
    pub sweep: unsafe fn(&Heap),
    /// All objects are gone.
    pub reset: unsafe fn(),
    /// So are those of a thread that ends.
    pub end: unsafe fn(*mut State),
}

static OURS: Hooks = Hooks {
    roots,
    search,
    sweep,
    reset: cont::reset,
    end: cont::end_thread,
};

/// What the calling thread has, in a program that starts threads.
pub fn state() -> *mut State {
    // SAFETY: the heap is the thread's own.
    unsafe {
        let heap = own();
        if (*heap).conts.is_null() {
            (*heap).conts = State::take();
        }
        (*heap).conts
    }
}

/// Begins to take part in collections.
pub fn start() {
    HOOKS.store((&raw const OURS).cast_mut(), Ordering::Relaxed);
}

/// The hooks, if there are any.
pub fn hooks() -> Option<&'static Hooks> {
    // SAFETY: it is null or points to a static.
    unsafe { HOOKS.load(Ordering::Relaxed).as_ref() }
}

/// See [`Hooks::roots`].
///
/// # Safety
/// Called by a collection, on the stack of the current fiber.
unsafe fn roots(heap: &mut Heap) {
    cont::each_waiting(|fiber| {
        // SAFETY: it is where compiled code was left.
        unsafe { mark_fiber(heap, fiber) }
    });
    let held = cont::held();
    for &it in &held.conts {
        heap.mark(it);
    }
    if !held.values.is_null() && mask_words(held.shape) != 0 {
        mark_values(heap, held.values, slots(held.shape));
    }
}

/// See [`Hooks::search`].
///
/// # Safety
/// Likewise; a continuation lies at the address.
unsafe fn search(heap: &mut Heap, address: usize) {
    let it = address as *const Cont;
    if (*it).bound != 0 {
        heap.mark((*it).bound);
        let (values, count) = bound((*it).bound);
        mark_values(heap, values, count);
    }
    if (*it).fiber > Cont::USED {
        cont::each_of((*it).fiber as *mut Fiber, |fiber| {
            // SAFETY: likewise.
            unsafe { mark_fiber(heap, fiber) }
        });
    }
}

/// See [`Hooks::sweep`].
///
/// # Safety
/// Likewise.
unsafe fn sweep(heap: &Heap) {
    // SAFETY: continuations that were found are marked.
    cont::release_of(|owner| unsafe { (*object(owner)).header & EPOCH != heap.epoch });
}

/// # Safety
/// The fiber does not run, and compiled code was left there as it says.
unsafe fn mark_fiber(heap: &mut Heap, fiber: &Fiber) {
    heap.mark_stack(&*fiber.stack, fiber.left.pc, fiber.left.sp);
    heap.mark_outer(&*fiber.stack);
}

/// Marks what values refer to, of which a mask follows.
///
/// # Safety
/// There are so many.
unsafe fn mark_values(heap: &mut Heap, values: *const u64, count: usize) {
    let mask = values.add(count);
    for slot in 0..count {
        if *mask.add(slot / 64) >> (slot % 64) & 1 != 0 {
            heap.mark(*values.add(slot) as u32);
        }
    }
    heap.root_bytes += 8 * count;
}

/// The values in an array of those that are bound, and how many slots they take.
///
/// # Safety
/// [`bind`] has made it.
pub unsafe fn bound(array: u32) -> (*const u64, usize) {
    let words = (array + GcType::ELEMENTS) as usize as *const u64;
    (words.add(1), *words as usize)
}

/// Collects all garbage, for the sake of stacks.
///
/// # Safety
/// As for [`cont::resume`].
pub unsafe fn collect(place: *const usize) {
    start();
    if !has_room(place) {
        cont::stop(TrapCode::StackOverflow, place)
    }
    (*own()).collect(true, place);
}

/// A continuation in the place of another one, to which the values of a message are bound too.
///
/// # Safety
/// As for [`cont::resume`]; both are held.
pub unsafe fn bind(cont: u32, message: *const u64, shape: u64, place: *const usize) -> u32 {
    start();
    let (mut before, mut count) = (message, 0);
    if (*object(cont)).bound != 0 {
        (before, count) = bound((*object(cont)).bound);
    }
    let more = slots(shape);
    let total = count + more;
    let header = (*object(cont)).header >> GcType::HEADER_SHIFT << GcType::HEADER_SHIFT;
    let mut array = 0;
    if total != 0 {
        let words = 1 + total + total.div_ceil(64);
        let kind = header + (1 << GcType::HEADER_SHIFT);
        let bytes = GcType::ELEMENTS as u64 + 8 * words as u64;
        array = allocate(bytes, kind, place);
        *((array as usize + 4) as *mut u32) = words as u32;
        let words = (array + GcType::ELEMENTS) as usize as *mut u64;
        let (values, mask) = (words.add(1), words.add(1 + total));
        *words = total as u64;
        values.copy_from_nonoverlapping(before, count);
        values.add(count).copy_from_nonoverlapping(message, more);
        let copy = |from: *const u64, count: usize, at: usize| {
            for slot in 0..count {
                let bit = *from.add(count + slot / 64) >> (slot % 64) & 1;
                let to = at + slot;
                *mask.add(to / 64) |= bit << (to % 64);
            }
        };
        copy(before, count, 0);
        if mask_words(shape) != 0 {
            copy(message, more, count);
        }
    }
    cont::hold(array);
    let to = allocate(GcType::CONT_BYTES.into(), header, place);
    cont::replace(cont, to, array);
    to
}

/// An object that is all zero but for its header; a trap where there is no room.
///
/// # Safety
/// As for [`cont::resume`].
unsafe fn allocate(bytes: u64, header: u32, place: *const usize) -> u32 {
    if !has_room(place) {
        cont::stop(TrapCode::StackOverflow, place)
    }
    match (*own()).allocate(bytes, header, place) {
        Some(object) => object,
        None => cont::stop(TrapCode::OutOfMemory, place),
    }
}
