//! References to objects that leave compiled code in an open world: to C, and as external ones (`extern.convert_any`). They are numbers that say nothing of addresses,
//! and what a number stands for is looked up and compared with the type that is wanted, so whatever C gives becomes a reference to an object of the instance or a trap.
//!
//! ```text
//! 63: 1 | 62..32: stamp | 31..1: index of the entry | 0: 0          an object
//! 63: 1 |                 31..1: the number         | 0: 1          an i31
//! 63: 0 | a value of the host                                       as external references have them; null is 0
//! ```
//!
//! An object has one entry as long as it has any, so C may compare references. The entry counts how often it was given to C and not released, and is a root until then; what
//! became an external reference inside of the module is one until the instance ends, since nobody knows who has it. Each new entry has another stamp, of all that the process
//! makes, so that a reference that was released or is another instance's is none here.

use crate::abi::{GcType, Instance, TrapCode};
use crate::fault::trap;
use crate::gc::heap::Heap;
use crate::gc::{has_room, of};
use crate::state::instance;
use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, Ordering};

/// Marks a reference that is none of the host.
const INTERNAL: u64 = 1 << 63;

/// Bit of headers: the object has an entry.
const GIVEN: u32 = 16;

/// Counts that do not change any more: the entry is kept.
const KEPT: u32 = u32::MAX;

/// No entry: the end of a list.
const NONE: u32 = u32::MAX;

/// Entries of the first table.
const FIRST: usize = 256;

/// Stamps of new entries.
static STAMPS: AtomicU32 = AtomicU32::new(1);

#[derive(Clone, Copy)]
struct Entry {
    /// 0: the entry is free.
    object: u32,
    stamp: u32,
    count: u32,
    /// The next entry in the list of its object's hash value, or of those that are free.
    next: u32,
}

/// The entries of a heap, and behind them the lists: as many.
pub struct Handles {
    entries: *mut Entry,
    capacity: usize,
    /// Entries that were ever used.
    used: usize,
    free: u32,
}

impl Handles {
    pub const fn new() -> Handles {
        Handles {
            entries: null_mut(),
            capacity: 0,
            used: 0,
            free: NONE,
        }
    }

    fn bytes(capacity: usize) -> usize {
        capacity * (size_of::<Entry>() + size_of::<u32>())
    }

    /// Where the list begins that an object is in.
    ///
    /// # Safety
    /// There is a table.
    unsafe fn list(&self, object: u32) -> *mut u32 {
        let lists = self.entries.add(self.capacity) as *mut u32;
        let hash = (object >> 3).wrapping_mul(0x9e37_79b1) as usize;
        lists.add((hash >> 8) & (self.capacity - 1))
    }

    /// The entry of an object that has one.
    ///
    /// # Safety
    /// Its header says so.
    unsafe fn find(&self, object: u32) -> u32 {
        let mut at = *self.list(object);
        while (*self.entries.add(at as usize)).object != object {
            at = (*self.entries.add(at as usize)).next;
        }
        at
    }

    /// A new entry.
    ///
    /// # Safety
    /// The object has none.
    unsafe fn add(&mut self, object: u32) -> u32 {
        let mut at = self.free;
        if at != NONE {
            self.free = (*self.entries.add(at as usize)).next;
        } else {
            if self.used == self.capacity {
                self.grow();
            }
            at = self.used as u32;
            self.used += 1;
        }
        let list = self.list(object);
        *self.entries.add(at as usize) = Entry {
            object,
            stamp: STAMPS.fetch_add(1, Ordering::Relaxed) & (u32::MAX >> 1),
            count: 0,
            next: *list,
        };
        *list = at;
        at
    }

    /// Makes room for twice as many entries.
    ///
    /// # Safety
    /// All entries are used.
    #[cold]
    unsafe fn grow(&mut self) {
        let capacity = (2 * self.capacity).max(FIRST);
        let Ok(table) = sys::mmap(Self::bytes(capacity), sys::PROT_READ | sys::PROT_WRITE) else {
            sys::fatal("error: no memory for references to objects\n")
        };
        let entries = table as *mut Entry;
        if self.capacity != 0 {
            entries.copy_from_nonoverlapping(self.entries, self.used);
            let _ = sys::munmap(self.entries as *mut u8, Self::bytes(self.capacity));
        }
        (self.entries, self.capacity) = (entries, capacity);
        (self.entries.add(capacity) as *mut u32).write_bytes(0xff, capacity);
        for at in 0..self.used {
            let entry = self.entries.add(at);
            let list = self.list((*entry).object);
            (*entry).next = *list;
            *list = at as u32;
        }
    }

    /// Frees an entry.
    ///
    /// # Safety
    /// It is used.
    unsafe fn remove(&mut self, at: u32) {
        let entry = self.entries.add(at as usize);
        let mut link = self.list((*entry).object);
        while *link != at {
            link = &raw mut (*self.entries.add(*link as usize)).next;
        }
        *link = (*entry).next;
        *((*entry).object as usize as *mut u32) &= !GIVEN;
        (*entry).object = 0;
        (*entry).next = self.free;
        self.free = at;
    }

    /// The entry that a reference of ours means, if it is one that was given and not released.
    ///
    /// # Safety
    /// The heap is the instance's.
    unsafe fn entry(&self, reference: u64) -> Option<*mut Entry> {
        let (index, stamp) = (
            reference as u32 >> 1,
            (reference >> 32) as u32 & (u32::MAX >> 1),
        );
        if reference & INTERNAL == 0 || reference & 1 != 0 || index as usize >= self.used {
            return None;
        }
        let entry = self.entries.add(index as usize);
        ((*entry).object != 0 && (*entry).stamp == stamp).then_some(entry)
    }

    /// Gives the table back.
    ///
    /// # Safety
    /// Nobody uses it any more.
    pub unsafe fn forget(&mut self) {
        if self.capacity != 0 {
            let _ = sys::munmap(self.entries as *mut u8, Self::bytes(self.capacity));
        }
        *self = Handles::new();
    }
}

impl Heap {
    /// Marks what references outside of compiled code stand for.
    ///
    /// # Safety
    /// As for [`Heap::collect`].
    pub unsafe fn mark_handles(&mut self) {
        for at in 0..self.handles.used {
            // 0 is null.
            self.mark((*self.handles.entries.add(at)).object);
        }
        self.root_bytes += size_of::<Entry>() * self.handles.used;
    }

    /// Finds the type of objects that stand for values of the host.
    ///
    /// # Safety
    /// The heap has a description.
    pub unsafe fn find_host_type(&mut self) {
        let is_host = |&at: &u32| (*(*self.desc).types.add(at as usize)).kind == GcType::HOST;
        self.host_type = (0..(*self.desc).type_count)
            .find(is_host)
            .unwrap_or(u32::MAX);
    }

    /// The number for an object, which counts once more, or is kept.
    ///
    /// # Safety
    /// It is an object of the heap.
    unsafe fn number(&mut self, object: u32, is_kept: bool) -> u64 {
        let header = object as usize as *mut u32;
        let at = match *header & GIVEN {
            0 => self.handles.add(object),
            _ => self.handles.find(object),
        };
        *header |= GIVEN;
        let entry = self.handles.entries.add(at as usize);
        (*entry).count = match is_kept {
            false => (*entry).count.saturating_add(1),
            true => KEPT,
        };
        INTERNAL | u64::from((*entry).stamp) << 32 | u64::from(at) << 1
    }

    /// The number for a reference that other instances have for a while in an exception. Nobody knows for how long.
    ///
    /// # Safety
    /// It is a reference to an object of the heap, a number of 31 bits or null.
    pub unsafe fn keep(&mut self, reference: u32) -> u64 {
        match reference {
            0 => 0,
            _ if reference & 1 != 0 => INTERNAL | u64::from(reference),
            _ => self.number(reference, true),
        }
    }

    /// What [`Heap::keep`] has given a number for.
    ///
    /// # Safety
    /// The heap is an instance's.
    pub unsafe fn kept(&self, number: u64) -> Option<u32> {
        match number {
            0 => Some(0),
            _ if number & INTERNAL != 0 && number & 1 != 0 => Some(number as u32),
            _ => self.handles.entry(number).map(|entry| (*entry).object),
        }
    }
}

/// See `calls.rs`.
///
/// # Safety
/// It is a reference to an object of the instance's heap, a number of 31 bits or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_give(
    instance: *mut Instance,
    reference: u32,
    is_kept: u32,
) -> usize {
    if reference == 0 {
        return 0;
    }
    if reference & 1 != 0 {
        return (INTERNAL | u64::from(reference)) as usize;
    }
    let heap = &mut *of(instance);
    let header = reference as usize as *const u32;
    if *header >> GcType::HEADER_SHIFT == heap.host_type {
        return *((reference + GcType::HOST_VALUE) as usize as *const usize);
    }
    heap.number(reference, is_kept != 0) as usize
}

/// In the types that are wanted: the first in bits 0 to 23 and their number above, whether null and numbers of 31 bits are too.
const COUNT: u32 = 24;
const NULL: u64 = 1 << 48;
const I31: u64 = 1 << 49;

/// What `wative_gc_receive` does: what a reference from outside stands for. Traps where it is none of the instance's, or of no type that is wanted.
///
/// # Safety
/// Called by the assembly of `arch`, which compiled code of the instance has called: `place` is where that call returns to.
pub unsafe extern "C" fn receive(
    instance: *mut Instance,
    reference: usize,
    types: u64,
    place: *const usize,
) -> u32 {
    let bits = reference as u64;
    let heap = &mut *of(instance);
    if bits == 0 {
        if types & NULL == 0 {
            stop(TrapCode::NullReference, place);
        }
        return 0;
    }
    let mask = (1 << COUNT) - 1;
    let (first, count) = (types & mask, types >> COUNT & mask);
    let is_wanted = |number: u32| u64::from(number).wrapping_sub(first) < count;
    if bits & INTERNAL == 0 {
        if !is_wanted(heap.host_type) {
            stop(TrapCode::CastFailure, place);
        }
        if !has_room(place) {
            stop(TrapCode::StackOverflow, place);
        }
        let header = heap.host_type << GcType::HEADER_SHIFT;
        let Some(object) = heap.allocate(GcType::HOST_BYTES.into(), header, place) else {
            stop(TrapCode::OutOfMemory, place)
        };
        *((object + GcType::HOST_VALUE) as usize as *mut u64) = bits;
        return object;
    }
    if bits & 1 != 0 {
        if types & I31 == 0 {
            stop(TrapCode::CastFailure, place);
        }
        return bits as u32;
    }
    let Some(entry) = heap.handles.entry(bits) else {
        stop(TrapCode::CastFailure, place)
    };
    let object = (*entry).object;
    if !is_wanted(*(object as usize as *const u32) >> GcType::HEADER_SHIFT) {
        stop(TrapCode::CastFailure, place);
    }
    object
}

/// Traps.
///
/// # Safety
/// As for [`trap::stop`].
#[cold]
unsafe fn stop(code: TrapCode, place: *const usize) -> ! {
    trap::stop(code, None, place);
    sys::fatal("wative: a reference was given outside of compiled code\n")
}

/// The heap of an instance, if it has one.
///
/// # Safety
/// The instance is alive.
unsafe fn heap_of<'a>(instance: *mut Instance) -> Option<&'a mut Heap> {
    match instance::objects(instance) {
        None => None,
        Some(_) => of(instance).as_mut(),
    }
}

/// One more that will be released: whether it is a reference to an object of the instance.
///
/// # Safety
/// The instance is alive, and its thread calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_reference_retain(
    instance: *mut Instance,
    reference: usize,
) -> bool {
    let entry = heap_of(instance).and_then(|heap| heap.handles.entry(reference as u64));
    if let Some(entry) = entry {
        (*entry).count = (*entry).count.saturating_add(1);
    }
    entry.is_some()
}

/// Gives a reference back: whether it was one to an object of the instance.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_reference_release(
    instance: *mut Instance,
    reference: usize,
) -> bool {
    let Some(heap) = heap_of(instance) else {
        return false;
    };
    let Some(entry) = heap.handles.entry(reference as u64) else {
        return false;
    };
    if (*entry).count != KEPT {
        (*entry).count -= 1;
        if (*entry).count == 0 {
            heap.handles.remove(reference as u32 >> 1);
        }
    }
    true
}
