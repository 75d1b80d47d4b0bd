//! The garbage-collected heap of programs with objects (structs and arrays of WebAssembly 3.0). Only linked where a program has some: nothing else refers to it.
//!
//! | module | concern |
//! |---|---|
//! | [`space`] | pages in the lowest 4 GiB |
//! | [`heap`] | where objects are allocated, when garbage is collected |
//! | [`roots`], [`mark`], [`sweep`] | the steps of a collection |
//! | [`arrays`] | copying elements |
//! | [`conts`] | continuations and their stacks |
//! | [`external`] | objects that there are external references to |
//! | [`stats`] | what the collector has done |
//!
//! Why nothing moves: references may stay in registers that callees preserve, each with one slot of the frame that the map of a call names, so nothing is loaded again behind
//! calls; and a reference is the address itself.
//!
//! Architecture invariant: a heap knows only what is in its [`heap::Heap`], so that each thread can have its own.
//! Architecture invariant: the collector writes nothing but its tables, headers of objects, and memory of its own that is free.

pub mod arrays;
pub mod conts;
pub mod external;
mod heap;
mod mark;
mod roots;
mod space;
mod stats;
mod sweep;
#[cfg(test)]
mod tests;

use crate::abi::{GcDesc, GcType, TrapCode};
use crate::fault::trap;
use crate::state::stack;
use crate::sys;
use core::cell::UnsafeCell;
use heap::Heap;

/// What the assembly of `arch` knows of the log.
pub use heap::{LARGE_OBJECT, LINE_BITS};
pub const LINES: usize = core::mem::offset_of!(Heap, lines);

struct Main(UnsafeCell<Heap>);

// SAFETY: only the thread uses it that runs the executable's main function.
unsafe impl Sync for Main {}

/// The heap of the main thread.
#[unsafe(export_name = "wative_gc")]
static MAIN: Main = Main(UnsafeCell::new(Heap::new()));

/// Gives the main thread an empty heap that this describes. What it had is gone.
///
/// # Safety
/// The description stays as it is, and no object is used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_start(desc: *const GcDesc) {
    let heap = &mut *MAIN.0.get();
    heap.desc = desc;
    heap.reset();
    if (*desc).flags & GcDesc::STATS != 0 {
        sys::at_exit(tell);
    }
}

fn tell() {
    // SAFETY: the process ends, and with it the thread that uses the heap.
    unsafe {
        let heap = &mut *MAIN.0.get();
        heap.settle();
        heap.stats.tell(heap.space.used);
    }
}

/// Bytes of the stack that a collection may take.
const ROOM: usize = 16 << 10;

/// What `wative_gc_allocate` does.
///
/// # Safety
/// Called by the assembly of `arch`, which compiled code has called: `place` is where that call returns to.
pub unsafe extern "C" fn allocate(size: u32, header: u32, place: *const usize) -> u32 {
    make(size.into(), header, place)
}

/// What `wative_gc_allocate_array` does.
///
/// # Safety
/// As for [`allocate`].
pub unsafe extern "C" fn allocate_array(
    length: u32,
    header: u32,
    element: u32,
    place: *const usize,
) -> u32 {
    // Neither factor has more than 32 bits, but their product may be the largest of 64.
    let bytes = u64::from(length) * u64::from(element);
    let object = make(bytes.saturating_add(GcType::ELEMENTS.into()), header, place);
    *((object as usize + 4) as *mut u32) = length;
    object
}

/// An object; a trap where there is no room.
///
/// # Safety
/// As for [`allocate`].
unsafe fn make(bytes: u64, header: u32, place: *const usize) -> u32 {
    // A collection must not be abandoned in its middle.
    if !has_room(place) {
        trap::stop(TrapCode::StackOverflow, None, place);
    }
    if let Some(object) = (*MAIN.0.get()).allocate(bytes, header, place) {
        return object;
    }
    trap::stop(TrapCode::OutOfMemory, None, place);
    sys::fatal("error: GC heap out of memory\n")
}

/// Whether the stack below this place suffices for a collection.
fn has_room(place: *const usize) -> bool {
    let place = place as usize;
    stack::find(place).is_some_and(|stack| stack.holds(place.wrapping_sub(ROOM)))
}

/// What `wative_gc_log` does: notes that a reference is about to be stored in an old object, in whose header [`GcType::OLD`] is set.
///
/// # Safety
/// It is an object of the heap.
pub unsafe extern "C" fn log(object: u32) {
    (*MAIN.0.get()).write(object);
}

/// What `wative_gc_log_element` does: as [`log`], where the place of the reference is known, which is an element of an array of references: of large arrays not all is looked at then.
///
/// # Safety
/// As for that.
pub unsafe extern "C" fn log_element(array: u32, place: u32) {
    (*MAIN.0.get()).write_at(array, place);
}
