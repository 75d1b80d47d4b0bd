//! Sets of address ranges that a signal handler may search while other threads change them.
//!
//! Three sets decide what a fault means: the code of the registered modules, the reserved memories and the Wasm stacks.
//! A set is a list of chunks that are never freed. A range is looked up without a lock: `hi` is written last when a
//! slot is filled and cleared first when it is emptied, so that a reader sees a whole range or an empty one. Writers
//! take a spin lock; they do little, and never hold it while Wasm code runs.

use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// A lock for a few instructions' work.
pub struct Spin(AtomicBool);

impl Spin {
    pub const fn new() -> Spin {
        Spin(AtomicBool::new(false))
    }

    /// Runs `f` under the lock.
    #[inline]
    pub fn with<T>(&self, f: impl FnOnce() -> T) -> T {
        while self.0.swap(true, Ordering::Acquire) {
            let _ = sys::sched_yield();
        }
        let result = f();
        self.0.store(false, Ordering::Release);
        result
    }
}

struct Slot {
    lo: AtomicUsize,
    /// One past the last address; 0 in a free slot.
    hi: AtomicUsize,
    payload: AtomicPtr<u8>,
}

const FIRST: usize = 4;

#[repr(C)]
struct Chunk {
    next: AtomicPtr<Chunk>,
    slots: [Slot; MORE],
}

const MORE: usize = 170;

/// A set of disjoint ranges, each with a pointer.
pub struct Ranges {
    lock: Spin,
    first: [Slot; FIRST],
    more: AtomicPtr<Chunk>,
}

impl Ranges {
    pub const fn new() -> Ranges {
        Ranges {
            lock: Spin::new(),
            first: [const {
                Slot {
                    lo: AtomicUsize::new(0),
                    hi: AtomicUsize::new(0),
                    payload: AtomicPtr::new(null_mut()),
                }
            }; FIRST],
            more: AtomicPtr::new(null_mut()),
        }
    }

    /// Calls `f` for each slot until it answers.
    #[inline]
    fn search<T>(&self, mut f: impl FnMut(&Slot) -> Option<T>) -> Option<T> {
        let mut slots: &[Slot] = &self.first;
        let mut next = self.more.load(Ordering::Acquire);
        loop {
            for slot in slots {
                if let Some(found) = f(slot) {
                    return Some(found);
                }
            }
            if next.is_null() {
                return None;
            }
            // SAFETY: chunks live for ever, and their slots are atomic.
            let chunk = unsafe { &*next };
            slots = &chunk.slots;
            next = chunk.next.load(Ordering::Acquire);
        }
    }

    /// Adds `lo..hi`. Fails when there is no memory for a further chunk.
    #[inline(never)]
    pub fn add(&self, lo: usize, hi: usize, payload: *mut u8) -> sys::Result<()> {
        self.lock.with(|| {
            let fill = |slot: &Slot| {
                (slot.hi.load(Ordering::Relaxed) == 0).then(|| {
                    slot.lo.store(lo, Ordering::Relaxed);
                    slot.payload.store(payload, Ordering::Relaxed);
                    slot.hi.store(hi, Ordering::Release);
                })
            };
            if self.search(fill).is_none() {
                // Fresh pages are zero: free slots and no successor.
                let chunk =
                    sys::mmap(size_of::<Chunk>(), sys::PROT_READ | sys::PROT_WRITE)? as *mut Chunk;
                // SAFETY: the chunk was mapped just now.
                unsafe {
                    fill(&(*chunk).slots[0]);
                    (*chunk)
                        .next
                        .store(self.more.load(Ordering::Relaxed), Ordering::Relaxed);
                }
                self.more.store(chunk, Ordering::Release);
            }
            Ok(())
        })
    }

    /// Removes the range that begins at `lo`.
    pub fn remove(&self, lo: usize) {
        self.lock.with(|| {
            self.search(|slot| {
                let here =
                    slot.hi.load(Ordering::Relaxed) != 0 && slot.lo.load(Ordering::Relaxed) == lo;
                here.then(|| slot.hi.store(0, Ordering::Release))
            })
        });
    }

    /// The pointer of the range that holds `addr`.
    #[inline(never)]
    pub fn find(&self, addr: usize) -> Option<*mut u8> {
        self.search(|slot| {
            let hi = slot.hi.load(Ordering::Acquire);
            (addr < hi && addr >= slot.lo.load(Ordering::Relaxed))
                .then(|| slot.payload.load(Ordering::Relaxed))
        })
    }

    /// Calls `f` with the pointer of each range until it answers.
    pub fn each<T>(&self, mut f: impl FnMut(*mut u8) -> Option<T>) -> Option<T> {
        self.search(|slot| {
            if slot.hi.load(Ordering::Acquire) == 0 {
                None
            } else {
                f(slot.payload.load(Ordering::Relaxed))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_added_over_several_chunks_and_not_what_was_removed() {
        let set = Ranges::new();
        for i in 1..500usize {
            set.add(i * 100, i * 100 + 50, (i * 8) as *mut u8).unwrap();
        }
        assert_eq!(set.find(25_000), Some((250 * 8) as *mut u8));
        assert_eq!(set.find(25_049), Some((250 * 8) as *mut u8));
        assert_eq!(set.find(25_050), None);
        assert_eq!(set.find(99), None);
        set.remove(25_000);
        assert_eq!(set.find(25_000), None);
        set.add(25_010, 25_020, null_mut()).unwrap();
        assert_eq!(set.find(25_019), Some(null_mut()));
        assert_eq!(set.each(|p| (p as usize == 499 * 8).then_some(1)), Some(1));
    }
}
