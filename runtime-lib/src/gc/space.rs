//! Address space of the heap: pages of 4 KiB in the lowest 4 GiB, of which a table knows what they are used for.
//!
//! Blocks (eight pages each) are taken from the bottom upwards, pages of large objects from the top downwards, so that neither divides what the other needs
//! in one piece. Both grow by pieces, where nothing else is mapped; what is in the way is left out. `PIECE` bounds what is lost beside it.
//!
//! Invariants: a page is [`NONE`] unless this heap has mapped it. A page that is [`CLEAN`] reads as zero.

use crate::fault::trap::MEMORIES;
use crate::sys;
use core::ops::Range;
use core::ptr::write_bytes;

pub const PAGE_BITS: usize = 12;
pub const PAGE: usize = 1 << PAGE_BITS;
pub const BLOCK_BITS: usize = 15;
pub const BLOCK: usize = 1 << BLOCK_BITS;
pub const BLOCK_PAGES: usize = BLOCK / PAGE;

/// Pages in 4 GiB.
pub const PAGES: usize = 1 << (32 - PAGE_BITS);

/// What a page is used for.
pub const KIND: u8 = 7;
/// Not the heap's.
pub const NONE: u8 = 0;
/// Free, all zero.
pub const CLEAN: u8 = 1;
/// Free, with what the last object has left.
pub const DIRTY: u8 = 2;
/// Of a block.
pub const IN_BLOCK: u8 = 3;
/// The first one of a large object.
pub const LARGE: u8 = 4;
/// Another one.
pub const REST: u8 = 5;
/// First page of a block that was taken since the last collection.
pub const FRESH: u8 = 0x40;
/// Objects begin in it that are to be searched, see `mark.rs`.
pub const GREY: u8 = 0x80;

/// The first page that may be taken, at 256 MiB: below are executables that cannot be moved, with the heaps of their C libraries, and what valgrind maps for anybody.
const FIRST: usize = (256 << 20) >> PAGE_BITS;

/// Address space is taken in pieces of so many bytes, and where something is in the way, looked for at distances from this to 64 times as much.
const PIECE: usize = 1 << 20;
const PIECE_PAGES: usize = PIECE >> PAGE_BITS;
const FARTHEST: usize = 64 * PIECE_PAGES;

const ACCESS: usize = sys::PROT_READ | sys::PROT_WRITE;

/// The pages of a heap. All zero: there is no table yet.
pub struct Space {
    /// For each page its kind and flags.
    pub kinds: *mut u8,
    /// For each page that is [`LARGE`] how many the object has.
    pub counts: *mut u32,
    /// Pages that blocks may be in, and large objects.
    pub low: Range<usize>,
    pub high: Range<usize>,
    /// Free blocks, and before which page there are none.
    pub free_blocks: usize,
    next_free: usize,
    /// Free pages in `high`, where the search for some begins, and how many were not found together since pages were last freed.
    pub free_pages: usize,
    cursor: usize,
    unfit: usize,
    /// Bytes of blocks and large objects in use.
    pub used: usize,
}

fn is_free(kind: u8) -> bool {
    matches!(kind & KIND, CLEAN | DIRTY)
}

/// Maps so many pages from this one on, unless something is there. Memories are known, so the kernel is not asked.
fn map(first: usize, count: usize) -> bool {
    let is_memory = |page: usize| MEMORIES.find(page << PAGE_BITS).is_some();
    !is_memory(first)
        && !is_memory(first + count - 1)
        && sys::map_at(first << PAGE_BITS, count << PAGE_BITS, ACCESS).is_ok()
}

impl Space {
    /// Bytes of the tables.
    pub const TABLES: usize = 5 * PAGES;

    pub const fn new() -> Space {
        Space {
            kinds: core::ptr::null_mut(),
            counts: core::ptr::null_mut(),
            low: 0..0,
            high: 0..0,
            free_blocks: 0,
            next_free: 0,
            free_pages: 0,
            cursor: 0,
            unfit: usize::MAX,
            used: 0,
        }
    }

    /// Begins with these tables, which are zero.
    pub fn start(&mut self, tables: *mut u8) {
        self.kinds = tables.wrapping_add(4 * PAGES);
        self.counts = tables as *mut u32;
        self.low = FIRST..FIRST;
        self.high = PAGES..PAGES;
        (self.next_free, self.cursor, self.unfit) = (FIRST, PAGES, usize::MAX);
    }

    /// What the page is of an address below 4 GiB.
    ///
    /// # Safety
    /// There are tables.
    #[inline(always)]
    pub unsafe fn kind_at(&self, address: u32) -> u8 {
        *self.kinds.add(address as usize >> PAGE_BITS) & KIND
    }

    /// # Safety
    /// The pages are the heap's, and may become this.
    unsafe fn set(&mut self, pages: Range<usize>, kind: u8) {
        write_bytes(self.kinds.add(pages.start), kind, pages.len());
    }

    /// A block for small objects: its first page, and whether it is all zero.
    ///
    /// # Safety
    /// There are tables.
    pub unsafe fn take_block(&mut self) -> Option<(usize, bool)> {
        if self.free_blocks == 0 {
            self.grow_low()?;
        }
        let mut page = self.next_free;
        while !is_free(*self.kinds.add(page)) {
            page += BLOCK_PAGES;
        }
        let is_clean = *self.kinds.add(page) == CLEAN;
        self.set(page..page + BLOCK_PAGES, IN_BLOCK);
        *self.kinds.add(page) |= FRESH;
        self.next_free = page + BLOCK_PAGES;
        self.free_blocks -= 1;
        self.used += BLOCK;
        Some((page, is_clean))
    }

    /// Frees a block.
    ///
    /// # Safety
    /// No object lives in it.
    pub unsafe fn free_block(&mut self, page: usize) {
        self.set(page..page + BLOCK_PAGES, DIRTY);
        self.next_free = self.next_free.min(page);
        self.free_blocks += 1;
        self.used -= BLOCK;
    }

    /// # Safety
    /// As for [`Space::take_block`].
    unsafe fn grow_low(&mut self) -> Option<()> {
        let (mut at, mut step) = (self.low.end, PIECE_PAGES);
        while at + PIECE_PAGES <= self.high.start {
            if map(at, PIECE_PAGES) {
                self.set(at..at + PIECE_PAGES, CLEAN);
                self.low.end = at + PIECE_PAGES;
                self.next_free = self.next_free.min(at);
                self.free_blocks += PIECE / BLOCK;
                return Some(());
            }
            at += step;
            step = (2 * step).min(FARTHEST);
        }
        None
    }

    /// Pages for a large object, all zero: the first one.
    ///
    /// # Safety
    /// There are tables. `count` is not 0.
    pub unsafe fn take_pages(&mut self, count: usize) -> Option<usize> {
        let first = match self.find(count) {
            Some(first) => first,
            None => {
                self.grow_high(count)?;
                self.find(count)?
            }
        };
        for page in first..first + count {
            if *self.kinds.add(page) == DIRTY {
                write_bytes((page << PAGE_BITS) as *mut u8, 0, PAGE);
            }
        }
        self.set(first..first + count, REST);
        *self.kinds.add(first) = LARGE;
        *self.counts.add(first) = count as u32;
        self.cursor = first + count;
        self.free_pages -= count;
        self.used += count * PAGE;
        Some(first)
    }

    /// Frees the pages of a large object.
    ///
    /// # Safety
    /// `first` is the first one, and the object does not live.
    pub unsafe fn free_pages(&mut self, first: usize) {
        let count = *self.counts.add(first) as usize;
        self.set(first..first + count, DIRTY);
        self.free_pages += count;
        self.used -= count * PAGE;
        self.unfit = usize::MAX;
    }

    /// The first of so many free pages: from where the last ones were found onwards, then from the beginning.
    ///
    /// # Safety
    /// There are tables.
    unsafe fn find(&mut self, count: usize) -> Option<usize> {
        if count > self.free_pages || count >= self.unfit {
            return None;
        }
        let cursor = self.cursor.max(self.high.start);
        let found = self
            .find_in(cursor..self.high.end, count)
            .or_else(|| self.find_in(self.high.clone(), count));
        if found.is_none() {
            self.unfit = count;
        }
        found
    }

    /// # Safety
    /// There are tables. The range begins with a page that is no [`REST`].
    unsafe fn find_in(&self, range: Range<usize>, count: usize) -> Option<usize> {
        let (mut page, mut run) = (range.start, 0);
        while page < range.end {
            let kind = *self.kinds.add(page) & KIND;
            if kind == LARGE {
                run = 0;
                page += *self.counts.add(page) as usize;
                continue;
            }
            run = if is_free(kind) { run + 1 } else { 0 };
            page += 1;
            if run == count {
                return Some(page - count);
            }
        }
        None
    }

    /// Maps more pages below the large objects, so many in one piece.
    ///
    /// # Safety
    /// There are tables.
    unsafe fn grow_high(&mut self, count: usize) -> Option<()> {
        let mut rest = 0;
        // What is free right above counts.
        while rest < count
            && self.high.start + rest < self.high.end
            && is_free(*self.kinds.add(self.high.start + rest))
        {
            rest += 1;
        }
        let (mut end, mut step) = (self.high.start, PIECE_PAGES);
        let mut more = (count - rest).next_multiple_of(PIECE_PAGES);
        while let Some(at) = end.checked_sub(more).filter(|&at| at >= self.low.end) {
            if map(at, more) {
                self.set(at..at + more, CLEAN);
                self.high.start = at;
                self.cursor = at;
                self.free_pages += more;
                self.unfit = usize::MAX;
                return Some(());
            }
            more = count.next_multiple_of(PIECE_PAGES);
            end = end.checked_sub(step)?;
            step = (2 * step).min(FARTHEST);
        }
        None
    }

    /// Gives what free pages hold back to the system, in the pages that it has, but keeps so many free blocks.
    ///
    /// # Safety
    /// There are tables.
    pub unsafe fn give_back(&mut self, keep: usize) {
        let mut kept = 0;
        let mut page = self.low.start;
        while page < self.low.end && kept < keep {
            kept += usize::from(is_free(*self.kinds.add(page)));
            page += BLOCK_PAGES;
        }
        self.clean(page..self.low.end);
        self.clean(self.high.clone());
    }

    /// # Safety
    /// There are tables.
    unsafe fn clean(&mut self, range: Range<usize>) {
        /// Pages in one of the system.
        const UNIT: usize = sys::PAGE / PAGE;
        let mut first = range.start.next_multiple_of(UNIT);
        let mut page = first;
        while page <= range.end {
            let unit = page..(page + UNIT).min(range.end);
            let mut kinds = unit.map(|page| *self.kinds.add(page));
            let goes_on = kinds.clone().all(is_free) && kinds.any(|kind| kind == DIRTY);
            if !goes_on {
                let bytes = (page - first) * PAGE;
                if bytes != 0 && sys::forget((first << PAGE_BITS) as *mut u8, bytes).is_ok() {
                    self.set(first..page, CLEAN);
                }
                first = page + UNIT;
            }
            page += UNIT;
        }
    }

    /// Unmaps everything.
    ///
    /// # Safety
    /// There are tables, and nobody uses an object.
    pub unsafe fn unmap(&mut self) {
        for range in [self.low.clone(), self.high.clone()] {
            for first in range.step_by(PIECE_PAGES) {
                if *self.kinds.add(first) != NONE {
                    let _ = sys::munmap((first << PAGE_BITS) as *mut u8, PIECE);
                    self.set(first..first + PIECE_PAGES, NONE);
                }
            }
        }
        self.start(self.counts as *mut u8);
        (self.free_blocks, self.free_pages, self.used) = (0, 0, 0);
    }
}
