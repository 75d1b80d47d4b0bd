//! Where objects are allocated, and when garbage is collected.
//!
//! A mark-region heap (Blackburn and McKinley, "Immix", PLDI 2008): blocks of 32 KiB are divided in lines of 256 bytes, and a collection finds out which lines live objects
//! lie on. New objects are placed one behind the other in a hole of free lines, which compiled code does by itself ([`GcHeap`]); when it is full, the
//! next hole in any block is taken, and when there is none, a free block. An object of more than a line that does not fit the hole goes to a block of its kind (`overflow`), so that small
//! holes are not lost for it. One of more than [`LARGEST`] bytes gets pages of its own. Nothing ever moves.
//!
//! Generations are told apart by sticky marks: marks stay, so a minor collection, which begins at roots and at old objects that were written to (the log), only reaches
//! and frees what is new, in time that follows what survives. A full collection begins a new epoch, in which no object is marked.
//!
//! A minor collection is due after so much was allocated that it pays ([`BUDGET`]), and the next collection is a full one when what survived minor ones has doubled the heap.
//!
//! Invariants: what lies between `next` and `end` of a hole is zero, and so is all but the header of a new object. Lines of objects that have survived a collection are marked.

use crate::abi::{GcDesc, GcHeap, GcType, Instance};
use crate::gc::conts;
use crate::gc::external::Externals;
use crate::gc::handles::Handles;
use crate::gc::mark::Grey;
use crate::gc::space::{BLOCK, BLOCK_BITS, BLOCK_PAGES, IN_BLOCK, PAGE, PAGE_BITS, Space};
use crate::gc::stats::Stats;
use crate::state::cont::State;
use crate::sys;
use core::ptr::{null, null_mut, write_bytes};

pub const LINE_BITS: usize = 8;
pub const LINE: usize = 1 << LINE_BITS;

/// Bytes of the largest object in a block: so, less than a quarter of an overflow block is lost at its end.
pub const LARGEST: usize = 8 << 10;

/// Bits of headers: the epoch in which the object was marked last (0: it is new), and that it has pages of its own.
pub const EPOCH: u32 = 3;
pub const LARGE_OBJECT: u32 = 8;

/// Bytes that are allocated at least between two collections: they fit the second-level cache.
const BUDGET: usize = 1 << 20;
/// At most, where much lives: an eighth of that, so that looking at each block costs little beside allocating.
const LARGEST_BUDGET: usize = 32 << 20;
/// What the heap may grow by before a full collection, if that is more than what it has.
const GROWTH: usize = 4 << 20;
/// Of collections under `GcDesc::STRESS`, each of so many is a full one.
const STRESS_FULL: u64 = 8;

/// In the log: not an object but a line of the object that follows.
pub const IN_LINE: u32 = 1;

/// Words of the log; where it is full, the next collection is a full one, which needs none.
const LOG: usize = 1 << 20;

/// A heap.
#[repr(C)]
pub struct Heap {
    /// What compiled code knows. Under `GcDesc::STRESS` the limit stays 0.
    pub fast: GcHeap,
    /// Where the hole really ends, and where what was allocated in it is counted from.
    end: usize,
    counted: usize,
    /// The block for objects of more than a line.
    overflow: core::ops::Range<usize>,
    pub desc: *const GcDesc,
    /// How far behind the first thread's instances those are of the thread that it belongs to. Open world: the address of the instance that it belongs to.
    pub distance: usize,
    /// Continuations of the thread, in a program that starts threads: null before there are any.
    pub conts: *mut State,
    pub space: Space,
    /// A bit for each line in 4 GiB; those of a block are a word of 128 bits.
    pub lines: *mut u64,
    /// First page of the block whose holes are used and its next line to look at; and where the search for the next such block begins.
    block: usize,
    line: usize,
    cursor: usize,
    pub grey: Grey,
    pub epoch: u32,
    pub log: *mut u32,
    pub logged: usize,
    log_is_full: bool,
    /// Bytes taken since the last collection, and when the next one is due.
    since: usize,
    budget: usize,
    /// Bytes of lines and pages that live objects lie on, since the last collection; from how many on a full one is due.
    pub occupied: usize,
    full_at: usize,
    /// Bytes of roots that the last collection has looked at.
    pub root_bytes: usize,
    pub externals: Externals,
    /// Open world.
    pub handles: Handles,
    /// Likewise: the number of the type of objects that stand for values of the host.
    pub host_type: u32,
    pub stats: Stats,
    tables: *mut u8,
    /// For measuring: no collection is a minor one.
    #[cfg(test)]
    pub only_full: bool,
}

impl Heap {
    pub const fn new() -> Heap {
        Heap {
            fast: GcHeap { next: 0, limit: 0 },
            end: 0,
            counted: 0,
            overflow: 0..0,
            desc: null(),
            distance: 0,
            conts: null_mut(),
            space: Space::new(),
            lines: null_mut(),
            block: 0,
            line: BLOCK / LINE,
            cursor: 0,
            grey: Grey::new(),
            epoch: 1,
            log: null_mut(),
            logged: 0,
            log_is_full: false,
            since: 0,
            budget: BUDGET,
            occupied: 0,
            full_at: GROWTH,
            root_bytes: 0,
            externals: Externals::new(),
            handles: Handles::new(),
            host_type: 0,
            stats: Stats::new(),
            tables: null_mut(),
            #[cfg(test)]
            only_full: false,
        }
    }

    /// Bytes of the tables: of pages, lines, grey objects, the log.
    const LINES: usize = (1 << (32 - LINE_BITS)) / 8;
    const TABLES: usize = Space::TABLES + Self::LINES + Grey::TABLES + 4 * LOG;

    /// Makes the tables, which cost nothing until they are touched.
    ///
    /// # Safety
    /// There are none yet.
    #[cold]
    #[inline(never)]
    pub unsafe fn make_tables(&mut self) -> Option<()> {
        let tables = sys::mmap(Self::TABLES, sys::PROT_READ | sys::PROT_WRITE).ok()?;
        self.space.start(tables);
        let lines = tables.add(Space::TABLES);
        self.lines = lines as *mut u64;
        self.grey.start(lines.add(Self::LINES));
        self.log = lines.add(Self::LINES + Grey::TABLES) as *mut u32;
        self.cursor = self.space.low.start;
        self.tables = tables;
        Some(())
    }

    /// Empties the heap and gives all of its memory back.
    ///
    /// # Safety
    /// It has a description, and nobody uses an object.
    pub unsafe fn reset(&mut self) {
        self.settle();
        self.stats.leave();
        if !self.tables.is_null() {
            self.space.unmap();
            let _ = sys::munmap(self.tables, Self::TABLES);
        }
        self.externals.forget();
        self.handles.forget();
        *self = Heap {
            desc: self.desc,
            distance: self.distance,
            host_type: self.host_type,
            ..Heap::new()
        };
        self.stats.flags = (*self.desc).flags;
    }

    /// The instance that it belongs to in an open world.
    pub fn instance(&self) -> Option<*mut Instance> {
        // SAFETY: descriptions are constant.
        let is_open = unsafe { (*self.desc).flags & GcDesc::OPEN != 0 };
        is_open.then_some(self.distance as *mut Instance)
    }

    pub fn is_stressed(&self) -> bool {
        // SAFETY: descriptions are constant.
        unsafe { (*self.desc).flags & GcDesc::STRESS != 0 }
    }

    /// Whether the limit allows so many bytes more.
    fn may_use(&self, bytes: usize) -> bool {
        // SAFETY: descriptions are constant.
        let limit = unsafe { (*self.desc).limit };
        limit == 0 || (self.space.used + bytes) as u64 <= limit
    }

    /// An object of so many bytes with this header, all else zero; nothing where there is no room. May collect, with the roots of
    /// [`Heap::collect`].
    ///
    /// # Safety
    /// The heap has a description, and its thread calls. `header` has no bits of the collector.
    pub unsafe fn allocate(&mut self, bytes: u64, header: u32, place: *const usize) -> Option<u32> {
        if self.tables.is_null() {
            self.make_tables()?;
        }
        if bytes > 1 << 32 {
            return None;
        }
        let size = (bytes as usize).max(4).next_multiple_of(8);
        let mut is_collected = self.since >= self.budget || self.is_stressed();
        let mut is_full = false;
        if is_collected {
            is_full = self.is_full_due();
            self.collect(is_full, place);
        }
        loop {
            let is_large = size > LARGEST;
            let found = if is_large {
                self.take_large(size)
            } else {
                self.take(size)
            };
            if let Some(address) = found {
                let flag = if is_large { LARGE_OBJECT } else { 0 };
                *(address as *mut u32) = header | flag;
                return Some(address as u32);
            }
            if is_full {
                return None;
            }
            // What a minor collection could free is little where little is new.
            is_full = is_collected || self.since < self.space.used / 8 || self.is_full_due();
            self.collect(is_full, place);
            is_collected = true;
        }
    }

    /// # Safety
    /// There are tables.
    unsafe fn take_large(&mut self, size: usize) -> Option<usize> {
        let count = size.div_ceil(PAGE);
        if !self.may_use(count * PAGE) {
            return None;
        }
        let page = self.space.take_pages(count)?;
        self.since += count * PAGE;
        self.stats.allocated += size as u64;
        Some(page << PAGE_BITS)
    }

    /// # Safety
    /// There are tables.
    unsafe fn take(&mut self, size: usize) -> Option<usize> {
        if let Some(address) = self.bump(size) {
            return Some(address);
        }
        if size > LINE {
            if self.overflow.len() < size
                && let Some((page, is_clean)) = self.take_block()
            {
                let start = page << PAGE_BITS;
                if !is_clean {
                    write_bytes(start as *mut u8, 0, BLOCK);
                }
                self.overflow = start..start + BLOCK;
            }
            if self.overflow.len() >= size {
                let address = self.overflow.start;
                self.overflow.start += size;
                self.stats.allocated += size as u64;
                return Some(address);
            }
        }
        while self.next_hole() {
            if let Some(address) = self.bump(size) {
                return Some(address);
            }
        }
        let (page, is_clean) = self.take_block()?;
        (self.block, self.line) = (page, BLOCK / LINE);
        let start = page << PAGE_BITS;
        self.open(start, start + BLOCK, is_clean);
        self.bump(size)
    }

    /// An object in the hole, if it fits.
    fn bump(&mut self, size: usize) -> Option<usize> {
        let address = self.fast.next;
        if self.end - address < size {
            return None;
        }
        self.fast.next += size;
        Some(address)
    }

    /// # Safety
    /// There are tables.
    unsafe fn take_block(&mut self) -> Option<(usize, bool)> {
        if !self.may_use(BLOCK) {
            return None;
        }
        self.since += BLOCK;
        let taken = self.space.take_block();
        if taken.is_none() {
            self.since -= BLOCK;
        }
        taken
    }

    /// Makes this range the hole.
    ///
    /// # Safety
    /// No object lives in it. It is all zero if it is clean.
    unsafe fn open(&mut self, start: usize, end: usize, is_clean: bool) {
        self.settle();
        if !is_clean {
            write_bytes(start as *mut u8, 0, end - start);
        }
        self.fast.next = start;
        self.end = end;
        self.counted = start;
        self.fast.limit = if self.is_stressed() { 0 } else { end };
    }

    /// Counts what was allocated in the hole.
    pub fn settle(&mut self) {
        self.stats.allocated += (self.fast.next - self.counted) as u64;
        self.counted = self.fast.next;
    }

    /// Opens the next hole between live lines, if there is one.
    ///
    /// # Safety
    /// There are tables.
    unsafe fn next_hole(&mut self) -> bool {
        loop {
            if self.line < BLOCK / LINE {
                let marks = *self.marks(self.block);
                let free = !marks & (u128::MAX << self.line);
                if free != 0 {
                    let first = free.trailing_zeros() as usize;
                    let behind = marks & (u128::MAX << first);
                    self.line = behind.trailing_zeros() as usize;
                    let start = (self.block << PAGE_BITS) + first * LINE;
                    self.since += (self.line - first) * LINE;
                    self.open(start, start + (self.line - first) * LINE, false);
                    return true;
                }
            }
            // What was taken since the last collection is fresh, so another kind.
            while self.cursor < self.space.low.end && *self.space.kinds.add(self.cursor) != IN_BLOCK
            {
                self.cursor += BLOCK_PAGES;
            }
            if self.cursor >= self.space.low.end {
                self.line = BLOCK / LINE;
                return false;
            }
            (self.block, self.line) = (self.cursor, 0);
            self.cursor += BLOCK_PAGES;
        }
    }

    /// Where the search for holes begins behind a collection, before it comes to the first block: under stress behind the newest object, so that what was freed
    /// is not used again at once. (Only one object is allocated between two collections then, so nothing is found twice.)
    ///
    /// # Safety
    /// Blocks are swept.
    unsafe fn first_hole(&self) -> (usize, usize) {
        let next = self.fast.next;
        let page = (next >> BLOCK_BITS) * BLOCK_PAGES;
        match self.is_stressed() && *self.space.kinds.add(page) == IN_BLOCK {
            true => (page, (next % BLOCK).div_ceil(LINE)),
            false => (0, BLOCK / LINE),
        }
    }

    /// The marks of the lines of a block.
    ///
    /// # Safety
    /// `page` is the first page of a block; there are tables.
    pub unsafe fn marks(&self, page: usize) -> *mut u128 {
        (self.lines as *mut u128).add(page / BLOCK_PAGES)
    }

    /// Notes that an old object is written to.
    ///
    /// # Safety
    /// It is an object of the heap.
    #[inline]
    pub unsafe fn write(&mut self, object: u32) {
        *(object as usize as *mut u32) &= !GcType::OLD;
        self.note([object]);
    }

    /// Notes that an old object is written to at a place. Of a large one only the line there is looked at; the object stays out of the log, and the line's bit says that it is
    /// in the log.
    ///
    /// # Safety
    /// It is an object of the heap, which the place lies in.
    #[inline]
    pub unsafe fn write_at(&mut self, object: u32, place: u32) {
        if *(object as usize as *const u32) & LARGE_OBJECT == 0 {
            return self.write(object);
        }
        let line = place as usize >> LINE_BITS;
        let (word, bit) = (self.lines.add(line / 64), 1 << (line % 64));
        if *word & bit == 0 && self.note([(line << LINE_BITS) as u32 | IN_LINE, object]) {
            *word |= bit;
        }
    }

    /// Appends an entry to the log, if it has room.
    ///
    /// # Safety
    /// There are tables.
    unsafe fn note<const N: usize>(&mut self, entry: [u32; N]) -> bool {
        if self.logged + N > LOG {
            self.log_is_full = true;
            return false;
        }
        (self.log.add(self.logged) as *mut [u32; N]).write(entry);
        self.logged += N;
        true
    }

    /// Empties the log.
    ///
    /// # Safety
    /// There are tables.
    unsafe fn clear_log(&mut self) {
        for i in 0..core::mem::take(&mut self.logged) {
            let entry = *self.log.add(i);
            if entry & IN_LINE != 0 {
                let line = entry as usize >> LINE_BITS;
                *self.lines.add(line / 64) &= !(1 << (line % 64));
            }
        }
        self.log_is_full = false;
    }

    fn is_full_due(&self) -> bool {
        let count = self.stats.minor + self.stats.full;
        let is_turn = self.is_stressed() && count % STRESS_FULL == STRESS_FULL - 1;
        self.log_is_full || self.occupied > self.full_at || is_turn
    }

    /// Frees what is not referred to: all of it, or what is new. Roots are what the description says, and the frames of compiled code from the call whose return address lies at `place`
    /// outwards, unless that is null.
    ///
    /// # Safety
    /// As for [`Heap::allocate`].
    #[inline(never)]
    pub unsafe fn collect(&mut self, is_full: bool, place: *const usize) {
        if self.tables.is_null() {
            return;
        }
        if !self.sees_all(place) {
            // See `first_hole`: from now on there is more than one object until the next collection.
            if self.is_stressed() {
                (self.line, self.cursor) = (BLOCK / LINE, self.space.low.end);
            }
            return;
        }
        self.stats.begin(self.space.used);
        self.settle();
        let is_full = is_full || self.log_is_full;
        #[cfg(test)]
        let is_full = is_full || self.only_full;
        if is_full {
            self.epoch = EPOCH - self.epoch;
            self.stats.live = 0;
            let low = self.space.low.clone();
            let blocks = low.len() / BLOCK_PAGES;
            write_bytes(self.marks(low.start), 0, blocks);
        } else {
            self.search_log();
        }
        self.root_bytes = 0;
        self.mark_roots(place);
        self.drain();
        self.clear_log();
        if let Some(hooks) = conts::hooks() {
            (hooks.sweep)(self);
        }
        self.sweep();
        (self.block, self.line) = self.first_hole();
        (self.fast.next, self.fast.limit, self.end, self.counted) = (0, 0, 0, 0);
        self.overflow = 0..0;
        self.cursor = self.space.low.start;
        self.since = 0;
        self.budget = (self.occupied / 8)
            .clamp(BUDGET, LARGEST_BUDGET)
            .max(2 * self.root_bytes);
        if is_full {
            self.full_at = self.occupied + self.occupied.max(GROWTH);
            self.space.give_back(self.budget / BLOCK);
        }
        self.stats.end(is_full, self.space.used);
    }
}

const _: () = assert!(BLOCK / LINE == 128 && 1 << BLOCK_BITS == BLOCK);
