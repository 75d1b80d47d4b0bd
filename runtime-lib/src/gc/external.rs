//! References to objects as external ones (`extern.convert_any`), which may go wherever the collector does not look: to the host, to tables and globals of external references.
//!
//! Bit 63 says that an external reference is one to an object or a number of 31 bits, which are in its lower half; without it, it is the host's. Such an object is kept for
//! ever.

use crate::abi::GcType;
use crate::gc::heap::Heap;
use crate::sys;
use core::ptr::null_mut;

/// Marks an external reference that is none of the host.
const INTERNAL: u64 = 1 << 63;

/// Bit of headers: the object is in the list.
const EXTERNAL: u32 = 16;

/// Where an object that stands for a value of the host has it.
const VALUE: usize = GcType::HOST_VALUE as usize;

/// Objects that there are external references to.
pub struct Externals {
    list: *mut u32,
    len: usize,
    capacity: usize,
}

impl Externals {
    pub const fn new() -> Externals {
        Externals {
            list: null_mut(),
            len: 0,
            capacity: 0,
        }
    }

    /// # Safety
    /// Nothing else uses the list.
    unsafe fn push(&mut self, object: u32) {
        if self.len == self.capacity {
            let capacity = (2 * self.capacity).max(sys::PAGE / 4);
            let grown = if self.list.is_null() {
                sys::mmap(4 * capacity, sys::PROT_READ | sys::PROT_WRITE)
            } else {
                sys::mremap(self.list as *mut u8, 4 * self.capacity, 4 * capacity)
            };
            let Ok(grown) = grown else {
                sys::fatal("error: no memory for external references\n")
            };
            (self.list, self.capacity) = (grown as *mut u32, capacity);
        }
        *self.list.add(self.len) = object;
        self.len += 1;
    }

    /// Gives the list back.
    ///
    /// # Safety
    /// Nobody uses it any more.
    pub unsafe fn forget(&mut self) {
        if self.capacity != 0 {
            let _ = sys::munmap(self.list as *mut u8, 4 * self.capacity);
        }
        *self = Externals::new();
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// # Safety
    /// `i` is less than the length.
    pub unsafe fn at(&self, i: usize) -> u32 {
        *self.list.add(i)
    }
}

impl Heap {
    /// Marks what external references refer to.
    ///
    /// # Safety
    /// As for [`Heap::collect`].
    pub unsafe fn mark_externals(&mut self) {
        for i in 0..self.externals.len() {
            self.mark(self.externals.at(i));
        }
        self.root_bytes += 4 * self.externals.len();
    }
}

/// `extern.convert_any`. `host`: the header of objects that stand for values of the host.
///
/// # Safety
/// It is a reference to an object of the heap, a number of 31 bits or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_to_external(reference: u32, host: u32) -> usize {
    if reference == 0 {
        return 0;
    }
    if reference & 1 == 0 {
        let header = reference as usize as *mut u32;
        if *header >> GcType::HEADER_SHIFT == host >> GcType::HEADER_SHIFT {
            return *((reference as usize + VALUE) as *const usize);
        }
        if *header & EXTERNAL == 0 {
            *header |= EXTERNAL;
            (*crate::gc::own()).externals.push(reference);
        }
    }
    (INTERNAL | u64::from(reference)) as usize
}
