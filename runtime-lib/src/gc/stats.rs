//! What the collector has done, told at the end of the process on request (`GcDesc::STATS`).

use crate::abi::GcDesc;
use crate::sys::{self, vdso};
use crate::text::Text;
use crate::wasi::clock::nanoseconds;

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
}

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
        self.most = self.most.max(used as u64);
        self.began = self.now();
    }

    pub fn end(&mut self, is_full: bool) {
        let pause = self.now().saturating_sub(self.began);
        self.pauses += pause;
        self.longest = self.longest.max(pause);
        *(if is_full {
            &mut self.full
        } else {
            &mut self.minor
        }) += 1;
    }

    /// Tells everything, where it is wanted.
    pub fn tell(&self, used: usize) {
        if self.flags & GcDesc::STATS == 0 {
            return;
        }
        let mut buf = [0; 512];
        let mut out = Text::to_fd(sys::STDERR, &mut buf);
        for (name, value) in [
            ("minor collections", self.minor),
            ("full collections", self.full),
            ("bytes allocated", self.allocated),
            ("bytes live after the last collection", self.live),
            ("bytes in use at most", self.most.max(used as u64)),
            ("nanoseconds of collections", self.pauses),
            ("nanoseconds of the longest one", self.longest),
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
