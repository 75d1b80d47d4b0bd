//! `memory.atomic.wait` and `memory.atomic.notify`: threads that sleep until another one wakes them by an address.
//!
//! Those who wait queue up in one of some buckets, found by the address, each behind a lock. Under it a waiting thread compares the value
//! and enters the queue, so a change of the value followed by a notification cannot fall in between. The kernel's futexes are not used on the
//! guest's cells themselves, because they have 32 bits and count those who were woken differently; each thread sleeps on a word on its
//! own stack. Nothing is allocated.
//!
//! A [`Waiter`] belongs to its thread while it is in no queue, and to whoever holds the bucket's lock while it is in one. Who takes it out to
//! wake it owns it until the word `woken` is set, after which it may be gone.

use crate::abi::Memory;
use crate::fault::ranges::Spin;
use crate::state::memory::{size, within};
use crate::sys::vdso;
use crate::sys::{self, TimeSpec};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A thread that waits.
struct Waiter {
    address: usize,
    /// Whoever came later.
    next: *mut Waiter,
    queued: bool,
    woken: AtomicU32,
}

/// A queue, the first to come first.
struct Bucket {
    lock: Spin,
    first: UnsafeCell<*mut Waiter>,
}

// SAFETY: the queue is only touched under the lock.
unsafe impl Sync for Bucket {}

const BUCKETS: usize = 64;

static QUEUES: [Bucket; BUCKETS] = [const {
    Bucket {
        lock: Spin::new(),
        first: UnsafeCell::new(null_mut()),
    }
}; BUCKETS];

/// Neighbouring cells are in different buckets.
fn bucket(address: usize) -> &'static Bucket {
    &QUEUES[(address >> 2 ^ address >> 8) % BUCKETS]
}

impl Bucket {
    /// Calls `f` with each link of the queue, the last of which is null, until it answers.
    ///
    /// # Safety
    /// The bucket is locked.
    unsafe fn walk<T>(&self, mut f: impl FnMut(&mut *mut Waiter) -> Option<T>) -> Option<T> {
        let mut link = self.first.get();
        loop {
            if let Some(found) = f(&mut *link) {
                return Some(found);
            }
            if (*link).is_null() {
                return None;
            }
            link = &raw mut (**link).next;
        }
    }

    /// # Safety
    /// The bucket is locked; `waiter` stays alive as long as it is queued.
    unsafe fn append(&self, waiter: *mut Waiter) {
        self.walk(|link| link.is_null().then(|| *link = waiter));
    }

    /// # Safety
    /// The bucket is locked, and `waiter` is queued in it.
    unsafe fn remove(&self, waiter: *mut Waiter) {
        self.walk(|link| (*link == waiter).then(|| *link = (*waiter).next));
    }

    /// Takes out the first so many who wait at the address; a list of them, and how many they are.
    ///
    /// # Safety
    /// The bucket is locked.
    unsafe fn take(&self, address: usize, count: u32) -> (*mut Waiter, u32) {
        let (mut first, mut taken) = (null_mut::<Waiter>(), 0);
        let mut last = &raw mut first;
        let mut link = self.first.get();
        while taken < count && !(*link).is_null() {
            let waiter = *link;
            if (*waiter).address == address {
                *link = (*waiter).next;
                (*waiter).next = null_mut();
                (*waiter).queued = false;
                *last = waiter;
                last = &raw mut (*waiter).next;
                taken += 1;
            } else {
                link = &raw mut (*waiter).next;
            }
        }
        (first, taken)
    }
}

/// What `memory.atomic.wait` returns.
const WOKEN: u64 = 0;
const NOT_EQUAL: u64 = 1;
const TIMED_OUT: u64 = 2;

const OUT_OF_BOUNDS: u64 = u64::MAX;

/// When a wait of so many nanoseconds ends; never, if they are negative.
fn deadline(timeout: i64) -> Option<TimeSpec> {
    let timeout = u64::try_from(timeout).ok()?;
    let mut now = TimeSpec::default();
    vdso::clock_gettime(sys::CLOCK_MONOTONIC, &mut now).ok()?;
    // Below 2^34 seconds, since `timeout` is below 2^63 ns: nothing overflows.
    const SECOND: u64 = 1_000_000_000;
    let nsec = now.nsec as u64 + timeout % SECOND;
    Some(TimeSpec {
        sec: now
            .sec
            .saturating_add((timeout / SECOND + nsec / SECOND) as i64),
        nsec: (nsec % SECOND) as i64,
    })
}

/// Waits at a host address while `is_expected`, which is asked once.
///
/// # Safety
/// `address` is that of a cell of a memory which stays mapped.
unsafe fn wait(address: usize, timeout: i64, is_expected: impl FnOnce() -> bool) -> u64 {
    let deadline = deadline(timeout);
    let mut waiter = Waiter {
        address,
        next: null_mut(),
        queued: true,
        woken: AtomicU32::new(0),
    };
    let me = &raw mut waiter;
    let bucket = bucket(address);
    let queued = bucket.lock.with(|| {
        let equal = is_expected();
        if equal {
            bucket.append(me);
        }
        equal
    });
    if !queued {
        return NOT_EQUAL;
    }
    let woken = &(*me).woken;
    while woken.load(Ordering::Acquire) == 0 {
        if sys::futex_wait(woken, 0, deadline.as_ref()) != Err(sys::Errno::TIMEDOUT) {
            continue;
        }
        let left = bucket.lock.with(|| {
            let queued = (*me).queued;
            if queued {
                bucket.remove(me);
            }
            queued
        });
        if left {
            return TIMED_OUT;
        }
        // Whoever took us out has counted us, and still looks at us.
        while woken.load(Ordering::Acquire) == 0 {
            let _ = sys::futex_wait(woken, 0, None);
        }
    }
    WOKEN
}

/// Wakes the first so many who wait at a host address; how many they were.
///
/// # Safety
/// The stacks of all who wait stay mapped until they are woken.
unsafe fn wake(address: usize, count: u32) -> u32 {
    let bucket = bucket(address);
    let (mut waiter, taken) = bucket.lock.with(|| bucket.take(address, count));
    while !waiter.is_null() {
        let next = (*waiter).next;
        let woken = &raw const (*waiter).woken;
        (*woken).store(1, Ordering::Release);
        let _ = sys::futex_wake(woken);
        waiter = next;
    }
    taken
}

/// The host address of a cell of a memory.
///
/// # Safety
/// `mem` is a memory.
unsafe fn cell(mem: *const Memory, address: u64, bytes: u64) -> Option<*mut u8> {
    within(address, bytes, size(mem)).then(|| (*mem).base.add(address as usize))
}

/// `memory.atomic.wait32`: 0 woken, 1 not equal, 2 timed out, or `u64::MAX` where the cell is out of bounds.
///
/// # Safety
/// `mem` is a shared memory, `address` a multiple of 4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_wait32(
    mem: *const Memory,
    address: u64,
    expected: u32,
    timeout: i64,
) -> u64 {
    let Some(cell) = cell(mem, address, 4) else {
        return OUT_OF_BOUNDS;
    };
    let value = AtomicU32::from_ptr(cell as *mut u32);
    wait(cell as usize, timeout, || {
        value.load(Ordering::SeqCst) == expected
    })
}

/// `memory.atomic.wait64`, likewise.
///
/// # Safety
/// `mem` is a shared memory, `address` a multiple of 8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_wait64(
    mem: *const Memory,
    address: u64,
    expected: u64,
    timeout: i64,
) -> u64 {
    let Some(cell) = cell(mem, address, 8) else {
        return OUT_OF_BOUNDS;
    };
    let value = AtomicU64::from_ptr(cell as *mut u64);
    wait(cell as usize, timeout, || {
        value.load(Ordering::SeqCst) == expected
    })
}

/// `memory.atomic.notify`: how many were woken, or `u64::MAX` where the cell is out of bounds.
///
/// # Safety
/// `mem` is a memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_notify(mem: *const Memory, address: u64, count: u32) -> u64 {
    match cell(mem, address, 4) {
        Some(cell) => wake(cell as usize, count).into(),
        None => OUT_OF_BOUNDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::WASM_PAGE;
    use std::time::{Duration, Instant};

    /// A memory made of words of the test's own.
    fn memory(words: &mut [u64]) -> Memory {
        Memory {
            base: words.as_mut_ptr() as *mut u8,
            len: words.len() as u64 * 8,
            max_pages: WASM_PAGE,
            flags: Memory::SHARED,
        }
    }

    struct Shared(*const Memory);
    unsafe impl Send for Shared {}
    impl Shared {
        fn get(self) -> *const Memory {
            self.0
        }
    }

    #[test]
    fn unequal_values_timeouts_and_bounds() {
        let mut words = [0u64, 7];
        let mem = memory(&mut words);
        unsafe {
            assert_eq!(wative_rt_wait32(&mem, 8, 6, -1), NOT_EQUAL);
            assert_eq!(wative_rt_wait64(&mem, 8, 6, -1), NOT_EQUAL);
            assert_eq!(wative_rt_wait64(&mem, 8, 7, 0), TIMED_OUT);
            let start = Instant::now();
            assert_eq!(wative_rt_wait32(&mem, 8, 7, 20_000_000), TIMED_OUT);
            assert!(start.elapsed() >= Duration::from_millis(20));
            assert_eq!(wative_rt_wait32(&mem, 16, 0, 0), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_wait64(&mem, 12, 0, 0), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_wait64(&mem, u64::MAX - 3, 0, 0), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_notify(&mem, 8, u32::MAX), 0);
            assert_eq!(wative_rt_notify(&mem, 16, 1), OUT_OF_BOUNDS);
        }
    }

    #[test]
    fn the_longest_timeouts_do_not_overflow() {
        let end = deadline(i64::MAX).unwrap();
        assert!(end.sec > 9_000_000_000 && (0..1_000_000_000).contains(&end.nsec));
        assert!(deadline(-1).is_none() && deadline(i64::MIN).is_none());
    }

    #[test]
    fn those_who_came_first_are_woken_first_and_counted_whatever_width_they_wait_for() {
        let mut words = [0u64; 4];
        let mem = memory(&mut words);
        let mut threads = Vec::new();
        for i in 0..4u64 {
            let shared = Shared(&mem);
            threads.push(std::thread::spawn(move || unsafe {
                let mem = shared.get();
                match i % 2 {
                    0 => wative_rt_wait32(mem, 16, 0, -1),
                    _ => wative_rt_wait64(mem, 16, 0, 60_000_000_000),
                }
            }));
            // Until it is in the queue.
            let address = mem.base as usize + 16;
            let queued = || {
                let mut count = 0;
                bucket(address).lock.with(|| unsafe {
                    bucket(address).walk(|link| {
                        count += u64::from(!link.is_null() && (**link).address == address);
                        None::<()>
                    })
                });
                count
            };
            while queued() <= i {
                std::thread::yield_now();
            }
        }
        unsafe {
            assert_eq!(wative_rt_notify(&mem, 24, u32::MAX), 0);
            assert_eq!(wative_rt_notify(&mem, 16, 0), 0);
            assert_eq!(wative_rt_notify(&mem, 16, 1), 1);
            assert_eq!(threads.remove(0).join().unwrap(), WOKEN);
            assert_eq!(wative_rt_notify(&mem, 16, 2), 2);
            assert_eq!(threads.remove(0).join().unwrap(), WOKEN);
            assert_eq!(threads.remove(0).join().unwrap(), WOKEN);
            assert_eq!(wative_rt_notify(&mem, 16, u32::MAX), 1);
            assert_eq!(threads.remove(0).join().unwrap(), WOKEN);
        }
    }

    #[test]
    fn no_wake_is_lost_between_two_who_take_turns() {
        let mut words = [0u64; 2];
        let mem = memory(&mut words);
        let shared = Shared(&mem);
        const TURNS: u32 = 20_000;
        let play = |mem: *const Memory, mine: u32| unsafe {
            let turn = AtomicU32::from_ptr((*mem).base as *mut u32);
            for i in (mine..2 * TURNS).step_by(2) {
                loop {
                    let now = turn.load(Ordering::SeqCst);
                    if now == i {
                        break;
                    }
                    wative_rt_wait32(mem, 0, now, -1);
                }
                turn.store(i + 1, Ordering::SeqCst);
                wative_rt_notify(mem, 0, 1);
            }
        };
        let other = std::thread::spawn(move || play(shared.get(), 1));
        play(&mem, 0);
        other.join().unwrap();
    }
}
