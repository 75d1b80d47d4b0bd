//! After marking: blocks and pages without a marked object are free. Objects are not looked at one by one, but for large ones.

use crate::gc::heap::{EPOCH, Heap, LINE};
use crate::gc::space::{BLOCK_PAGES, FRESH, IN_BLOCK, KIND, LARGE, PAGE, PAGE_BITS};

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
                self.space.free_pages(page);
            }
            page += count;
        }
        self.occupied = lines * LINE + pages * PAGE;
    }
}
