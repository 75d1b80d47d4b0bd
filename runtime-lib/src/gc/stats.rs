//! What the collector has done, told at the end of the process on request (`GcDesc::STATS`): of all heaps together, those of threads that still run up to their last collection.

use crate::abi::GcDesc;
use crate::sys::{self, vdso};
use crate::text::Text;
use crate::wasi::clock::nanoseconds;
use core::sync::atomic::{AtomicU64, Ordering};

/// Counters of a heap.
pub struct Stats {
    /// `GcDesc::*`; clocks are only asked where statistics are wanted.
    pub flags: u32,
    pub minor: u64,
    pub full: u64,
    /// Bytes of objects that were allocated; that were marked in the last full collection and those after it.
    pub allocated: u64,
    pub live: u64,
    /// Nanoseconds of all collections, and of the longest one.
    pub pauses: u64,
    pub longest: u64,
    /// Bytes of blocks and large objects in use, at most.
    pub most: u64,
    began: u64,
    /// Bytes in use when a collection began or ended last, and what of all this is in [`TOTALS`].
    used: u64,
    added: [u64; COUNTS],
}

/// Counters that are sums of all heaps': minor and full collections, bytes allocated, live and in use, nanoseconds of collections.
const COUNTS: usize = 6;
const USED: usize = 4;
static TOTALS: [AtomicU64; COUNTS] = [const { AtomicU64::new(0) }; COUNTS];

/// The longest collection of any heap; bytes in use by all at most.
static LONGEST: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

impl Stats {
    pub const fn new() -> Stats {
        Stats {
            flags: 0,
            minor: 0,
            full: 0,
            allocated: 0,
            live: 0,
            pauses: 0,
            longest: 0,
            most: 0,
            began: 0,
            used: 0,
            added: [0; COUNTS],
        }
    }

    fn now(&self) -> u64 {
        let mut time = sys::TimeSpec::default();
        if self.flags & GcDesc::STATS != 0 {
            let _ = vdso::clock_gettime(sys::CLOCK_MONOTONIC, &mut time);
        }
        nanoseconds(time)
    }

    /// A collection begins, with so many bytes in use.
    pub fn begin(&mut self, used: usize) {
        self.used = used as u64;
        self.most = self.most.max(self.used);
        self.began = self.now();
        self.add();
    }

    /// It ends, with so many bytes in use.
    pub fn end(&mut self, is_full: bool, used: usize) {
        self.used = used as u64;
        let pause = self.now().saturating_sub(self.began);
        self.pauses += pause;
        self.longest = self.longest.max(pause);
        *(if is_full {
            &mut self.full
        } else {
            &mut self.minor
        }) += 1;
        self.add();
    }

    /// The heap is empty from now on.
    pub fn leave(&mut self) {
        (self.live, self.used) = (0, 0);
        self.add();
    }

    /// Adds what is new to that of all heaps, where it is wanted.
    fn add(&mut self) {
        if self.flags & GcDesc::STATS == 0 {
            return;
        }
        let now = [
            self.minor,
            self.full,
            self.allocated,
            self.live,
            self.used,
            self.pauses,
        ];
        for (total, (now, before)) in TOTALS.iter().zip(now.into_iter().zip(self.added)) {
            total.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
        }
        self.added = now;
        LONGEST.fetch_max(self.longest, Ordering::Relaxed);
        MOST.fetch_max(TOTALS[USED].load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Tells everything of all heaps, where it is wanted; of this one with so many bytes in use.
    pub fn tell(&mut self, used: usize) {
        if self.flags & GcDesc::STATS == 0 {
            return;
        }
        self.used = used as u64;
        self.add();
        let [minor, full, allocated, live, _, pauses] =
            TOTALS.each_ref().map(|total| total.load(Ordering::Relaxed));
        let mut buf = [0; 512];
        let mut out = Text::to_fd(sys::STDERR, &mut buf);
        for (name, value) in [
            ("minor collections", minor),
            ("full collections", full),
            ("bytes allocated", allocated),
            ("bytes live after the last collection", live),
            ("bytes in use at most", MOST.load(Ordering::Relaxed)),
            ("nanoseconds of collections", pauses),
            (
                "nanoseconds of the longest one",
                LONGEST.load(Ordering::Relaxed),
            ),
        ] {
            line(&mut out, name, value);
        }
        out.flush();
    }
}

#[inline(never)]
fn line(out: &mut Text, name: &str, value: u64) {
    out.str("gc: ").str(name).str(": ").dec(value).str("\n");
}
