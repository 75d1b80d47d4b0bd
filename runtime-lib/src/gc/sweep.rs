//! After marking: blocks and pages without a marked object are free. Objects are not looked at one by one, but for large ones.
//!
//! Under stress every object has lines of its own, and free ones are overwritten: who still has a reference there finds out at once.

use crate::gc::heap::{EPOCH, Heap, LINE};
use crate::gc::space::{BLOCK, BLOCK_PAGES, FRESH, IN_BLOCK, KIND, LARGE, PAGE, PAGE_BITS};
use core::ptr::write_bytes;

/// What free memory is overwritten with: no header of a known type; as a reference one to an object, where no heap of a test has pages.
const FREED: u8 = 0xa4;

impl Heap {
    /// Frees blocks and large objects, and counts what is occupied.
    ///
    /// # Safety
    /// Everything that lives is marked.
    pub unsafe fn sweep(&mut self) {
        let mut lines = 0;
        for page in self.space.low.clone().step_by(BLOCK_PAGES) {
            let kind = self.space.kinds.add(page);
            if *kind & KIND != IN_BLOCK {
                continue;
            }
            let marks = *self.marks(page);
            if self.is_stressed() {
                overwrite(page, marks);
            }
            if marks == 0 {
                self.space.free_block(page);
            } else {
                *kind &= !FRESH;
                lines += marks.count_ones() as usize;
            }
        }
        let mut pages = 0;
        let mut page = self.space.high.start;
        while page < self.space.high.end {
            if *self.space.kinds.add(page) & KIND != LARGE {
                page += 1;
                continue;
            }
            let count = *self.space.counts.add(page) as usize;
            let header = *((page << PAGE_BITS) as *const u32);
            if header & EPOCH == self.epoch {
                pages += count;
            } else {
                if self.is_stressed() {
                    write_bytes((page << PAGE_BITS) as *mut u8, FREED, count * PAGE);
                }
                self.space.free_pages(page);
            }
            page += count;
        }
        self.occupied = lines * LINE + pages * PAGE;
    }
}

/// Overwrites the lines of a block that are not marked.
///
/// # Safety
/// It is one of the heap's, and no object lives on them.
unsafe fn overwrite(page: usize, marks: u128) {
    for line in (0..BLOCK / LINE).filter(|line| marks >> line & 1 == 0) {
        let start = (page << PAGE_BITS) + line * LINE;
        write_bytes(start as *mut u8, FREED, LINE);
    }
}
