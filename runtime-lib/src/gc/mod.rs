//! The garbage-collected heap of programs with objects (structs and arrays of WebAssembly 3.0). Only linked where a program has some: nothing else refers to it.
//!
//! | module | concern |
//! |---|---|
//! | [`space`] | pages in the lowest 4 GiB |
//! | [`heap`] | where objects are allocated, when garbage is collected |
//! | [`roots`], [`mark`], [`sweep`] | the steps of a collection |
//! | [`arrays`] | copying elements |
//! | [`conts`] | continuations and their stacks |
//! | [`cross`] | exceptions between instances of open worlds |
//! | [`external`], [`handles`] | objects that there are external references to, in a closed world and in an open one; in that also those that C has |
//! | [`stats`] | what the collector has done |
//!
//! Why nothing moves: references may stay in registers that callees preserve, each with one slot of the frame that the map of a call names, so nothing is loaded again behind
//! calls; and a reference is the address itself.
//!
//! Architecture invariant: a heap knows only what is in its [`heap::Heap`], so that each thread can have its own.
//! Architecture invariant: the collector writes nothing but its tables, headers of objects, and memory of its own that is free.

pub mod arrays;
pub mod conts;
mod cross;
pub mod external;
pub mod handles;
mod heap;
mod mark;
mod roots;
mod space;
mod stats;
mod sweep;
#[cfg(test)]
mod tests;

use crate::abi::{GcDesc, GcType, INSTANCE_HEADER, Instance, InstanceObjects, TrapCode};
use crate::fault::trap;
use crate::state::{stack, thread};
use crate::sys;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use heap::Heap;

/// What the assembly of `arch` knows of the log.
pub use heap::{LARGE_OBJECT, LINE_BITS};
pub const LINES: usize = core::mem::offset_of!(Heap, lines);
/// Where an instance of an open world has its heap.
pub const OWN: usize = INSTANCE_HEADER as usize + core::mem::offset_of!(InstanceObjects, heap);

struct Main(UnsafeCell<Heap>);

// SAFETY: only the thread uses it that runs the executable's main function.
unsafe impl Sync for Main {}

/// The heap of the main thread. Others have theirs from [`wative_gc_new_heap`].
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
    // What a thread's stores to large objects ask first.
    if (*desc).new_heap.is_some() && heap.make_tables().is_none() {
        sys::fatal("error: no memory for the tables of the heap\n")
    }
    if (*desc).flags & GcDesc::STATS != 0 {
        sys::at_exit(tell);
    }
}

/// A heap for a thread whose instances lie so far behind those of the first one, or for an instance at this address in an open world; null where there is no room.
///
/// # Safety
/// The description stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_new_heap(desc: *const GcDesc, distance: usize) -> *mut u8 {
    let Ok(place) = sys::mmap(size_of::<Heap>(), sys::PROT_READ | sys::PROT_WRITE) else {
        return null_mut();
    };
    let heap = place as *mut Heap;
    heap.write(Heap::new());
    ((*heap).desc, (*heap).distance) = (desc, distance);
    (*heap).find_host_type();
    cross::start(desc);
    (*heap).reset();
    place
}

/// Gives such a heap back with all that is in it.
///
/// # Safety
/// Its thread does not use it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_end_heap(place: *mut u8) {
    let heap = place as *mut Heap;
    if let Some(hooks) = conts::hooks()
        && !(*heap).conts.is_null()
    {
        (hooks.end)((*heap).conts);
    }
    (*heap).reset();
    let _ = sys::munmap(place, size_of::<Heap>());
}

/// The heap of the thread that calls.
pub fn own() -> *mut Heap {
    match thread::is_threaded() {
        true => of_thread(),
        false => MAIN.0.get(),
    }
}

#[cold]
fn of_thread() -> *mut Heap {
    let marker = 0u8;
    let main = MAIN.0.get();
    match stack::find(&raw const marker as usize) {
        // SAFETY: the thread that we started runs on it, so its block is made, and has a heap.
        Some(stack) if stack.is_thread() => unsafe {
            let slot = (*(*main).desc).heap_slot as usize;
            *((*stack.job.get()).block.add(slot) as *const *mut Heap)
        },
        _ => main,
    }
}

/// The heap of an instance in an open world that has one.
///
/// # Safety
/// The instance is alive.
pub unsafe fn of(instance: *mut Instance) -> *mut Heap {
    let objects = instance.byte_add(INSTANCE_HEADER as usize) as *mut InstanceObjects;
    (*objects).heap as *mut Heap
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
    make(&mut *own(), size.into(), header, place)
}

/// What `wative_gc_allocate_own` does.
///
/// # Safety
/// As for [`allocate`]; the code is of this instance.
pub unsafe extern "C" fn allocate_own(
    size: u32,
    header: u32,
    place: *const usize,
    instance: *mut Instance,
) -> u32 {
    make(&mut *of(instance), size.into(), header, place)
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
    make_array(&mut *own(), [length, element], header, place)
}

/// What `wative_gc_allocate_array_own` does.
///
/// # Safety
/// As for [`allocate_own`].
pub unsafe extern "C" fn allocate_array_own(
    length: u32,
    header: u32,
    element: u32,
    place: *const usize,
    instance: *mut Instance,
) -> u32 {
    make_array(&mut *of(instance), [length, element], header, place)
}

/// # Safety
/// As for [`allocate`].
unsafe fn make_array(
    heap: &mut Heap,
    [length, element]: [u32; 2],
    header: u32,
    place: *const usize,
) -> u32 {
    // Neither factor has more than 32 bits, but their product may be the largest of 64.
    let bytes = u64::from(length) * u64::from(element);
    let object = make(
        heap,
        bytes.saturating_add(GcType::ELEMENTS.into()),
        header,
        place,
    );
    *((object as usize + 4) as *mut u32) = length;
    object
}

/// An object; a trap where there is no room.
///
/// # Safety
/// As for [`allocate`].
unsafe fn make(heap: &mut Heap, bytes: u64, header: u32, place: *const usize) -> u32 {
    // A collection must not be abandoned in its middle.
    if !has_room(place) {
        trap::stop(TrapCode::StackOverflow, None, place);
    }
    if let Some(object) = heap.allocate(bytes, header, place) {
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
    (*own()).write(object);
}

/// What `wative_gc_log_element` does: as [`log`], where the place of the reference is known, which is an element of an array of references: of large arrays not all is looked at then.
///
/// # Safety
/// As for that.
pub unsafe extern "C" fn log_element(array: u32, place: u32) {
    (*own()).write_at(array, place);
}

/// What `wative_gc_log_own` does: as [`log`], for the instance whose code calls.
///
/// # Safety
/// As for that.
pub unsafe extern "C" fn log_own(object: u32, instance: *mut Instance) {
    (*of(instance)).write(object);
}

/// What `wative_gc_log_element_own` does.
///
/// # Safety
/// As for [`log_element`].
pub unsafe extern "C" fn log_element_own(array: u32, place: u32, instance: *mut Instance) {
    (*of(instance)).write_at(array, place);
}
