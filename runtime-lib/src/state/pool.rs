//! Numbered items that never move: what handles and other objects know each other by.

use crate::state::region;
use crate::sys;
use core::ptr::null_mut;

/// Items of one type with numbers, at addresses that stay. A number that was freed is used again.
pub struct Pool<T> {
    /// Twice as many items in each as in the one before.
    chunks: [*mut Slot<T>; CHUNKS],
    /// How many were ever used.
    used: u32,
    /// The place that was freed last, or null.
    free: *mut Slot<T>,
}

/// A place in a [`Pool`].
#[repr(C)]
struct Slot<T> {
    item: core::mem::MaybeUninit<T>,
    number: u32,
    /// Where it is free: the one that was freed before.
    next: *mut Slot<T>,
}

const CHUNKS: usize = 20;

/// Binary logarithm of the items in the first chunk.
const FIRST: u32 = 5;

impl<T> Pool<T> {
    pub const fn new() -> Pool<T> {
        Pool {
            chunks: [null_mut(); CHUNKS],
            used: 0,
            free: null_mut(),
        }
    }

    /// Chunk and place there of a number.
    fn place(number: u32) -> (usize, usize) {
        let number = number + (1 << FIRST);
        let log = number.ilog2();
        ((log - FIRST) as usize, (number - (1 << log)) as usize)
    }

    /// # Safety
    /// The number was in use once.
    unsafe fn slot(&self, number: u32) -> *mut Slot<T> {
        let (chunk, at) = Self::place(number);
        self.chunks[chunk].add(at)
    }

    /// The item with this number.
    ///
    /// # Safety
    /// The number is in use.
    pub unsafe fn get(&self, number: u32) -> *mut T {
        self.slot(number).cast()
    }

    /// A number for an item, and where that is now; none where there is no room.
    ///
    /// # Safety
    /// Nobody else uses the pool meanwhile.
    pub unsafe fn add(&mut self, item: T) -> Option<(u32, *mut T)> {
        let mut slot = self.free;
        if slot.is_null() {
            slot = self.fresh()?;
        } else {
            self.free = (*slot).next;
        }
        let at: *mut T = slot.cast();
        at.write(item);
        Some(((*slot).number, at))
    }

    /// A place that nobody has used.
    ///
    /// # Safety
    /// As above.
    #[cold]
    unsafe fn fresh(&mut self) -> Option<*mut Slot<T>> {
        let number = self.used;
        let (chunk, at) = Self::place(number);
        if chunk >= CHUNKS {
            return None;
        }
        if at == 0 {
            let bytes = size_of::<Slot<T>>() << (FIRST as usize + chunk);
            let pages = region::pages(bytes.next_multiple_of(sys::PAGE)).ok()?;
            self.chunks[chunk] = pages.cast();
        }
        self.used += 1;
        let slot = self.slot(number);
        (*slot).number = number;
        Some(slot)
    }

    /// Calls `f` for each item that there ever was, as it was left if it is not there any more.
    ///
    /// # Safety
    /// Nobody else uses the pool meanwhile.
    pub unsafe fn each_used(&mut self, mut f: impl FnMut(*mut T)) {
        (0..self.used).for_each(|number| f(self.get(number)));
    }

    /// # Safety
    /// The number is in use, and nobody will use it any more.
    pub unsafe fn remove(&mut self, number: u32) {
        let slot = self.slot(number);
        (*slot).next = self.free;
        self.free = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_used_again_and_items_stay() {
        let mut pool = Pool::new();
        unsafe {
            let first = pool.add(7u64).unwrap();
            assert_eq!(first.0, 0);
            for i in 1..10_000u32 {
                assert_eq!(pool.add(i.into()).unwrap().0, i);
            }
            for i in 1..10_000 {
                assert_eq!(*pool.get(i), u64::from(i));
            }
            assert_eq!(*first.1, 7);
            pool.remove(5);
            pool.remove(9);
            assert_eq!([9, 5, 10_000], [0; 3].map(|_| pool.add(1).unwrap().0));
        }
    }
}
