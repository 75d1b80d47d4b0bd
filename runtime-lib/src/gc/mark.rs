//! Marking: from roots to everything that they reach, without recursion.
//!
//! A reference that was found is grey until the object is marked, by its header and the lines that it lies on, and its references are grey. Grey references are on a stack; the next ones to be
//! looked at wait in a short queue, so that the objects come into the cache meanwhile. Where the stack is full, a bit in a table says that an object is referred to,
//! and the page that it begins in has a flag: these are looked for when the stack is empty, until there are none. So marking never fails, whatever shape a heap has.
//!
//! Invariant: a reference is grey only if it leads to a page of a block or the first one of a large object, and an object is marked only if it is of a known type and ends
//! where it may. Otherwise the process ends: nothing else is ever written.

use crate::abi::GcType;
use crate::arch;
use crate::gc::conts;
use crate::gc::heap::{EPOCH, Heap, IN_LINE, LINE, LINE_BITS};
use crate::gc::space::{BLOCK_BITS, GREY, IN_BLOCK, LARGE, PAGE, PAGE_BITS, PAGES};
use crate::sys;
use core::ops::Range;
use core::ptr::null_mut;

/// Grey references.
pub struct Grey {
    stack: *mut u32,
    len: usize,
    pub capacity: usize,
    /// A bit for each 8 bytes in 4 GiB: objects that grey references lead to which are not on the stack; and the pages that they begin in.
    bits: *mut u64,
    pages: Range<usize>,
}

const STACK: usize = 1 << 20;
/// References that wait for the cache: about as many as processors fetch at the same time.
const QUEUE: usize = 8;
const BITS: usize = (1 << (32 - 3)) / 8;
/// Words of bits for a page.
const WORDS: usize = PAGE / 8 / 64;

/// No page, and neutral where a page is added.
const NO_PAGES: Range<usize> = Range {
    start: PAGES,
    end: 0,
};

impl Grey {
    /// Bytes of the tables.
    pub const TABLES: usize = BITS + 4 * STACK;

    pub const fn new() -> Grey {
        Grey {
            stack: null_mut(),
            len: 0,
            capacity: STACK,
            bits: null_mut(),
            pages: NO_PAGES,
        }
    }

    pub fn start(&mut self, tables: *mut u8) {
        self.bits = tables as *mut u64;
        self.stack = tables.wrapping_add(BITS) as *mut u32;
    }
}

/// The size of an object of this type, a multiple of 8.
///
/// # Safety
/// It can be read up to the length of an array.
#[inline(always)]
unsafe fn size(ty: &GcType, address: usize) -> usize {
    let bytes = match ty.kind {
        GcType::ARRAY => {
            let len = *((address + 4) as *const u32) as usize;
            GcType::ELEMENTS as usize + len * ty.bytes as usize
        }
        GcType::HOST => GcType::HOST_BYTES as usize,
        _ => ty.bytes as usize,
    };
    bytes.next_multiple_of(8)
}

/// A reference or an object that cannot be.
#[cold]
fn damaged() -> ! {
    sys::fatal("wative: the garbage-collected heap is damaged\n")
}

impl Heap {
    /// The type that a header tells.
    ///
    /// # Safety
    /// The heap has a description.
    #[inline(always)]
    pub unsafe fn type_of(&self, header: u32) -> &'static GcType {
        let index = header >> GcType::HEADER_SHIFT;
        if index >= (*self.desc).type_count {
            damaged()
        }
        &*(*self.desc).types.add(index as usize)
    }

    /// Makes a reference grey.
    ///
    /// # Safety
    /// The heap has tables and a description.
    #[inline(always)]
    unsafe fn push(&mut self, reference: u32) {
        // null; i31
        if reference == 0 || reference & 1 != 0 {
            return;
        }
        let kind = self.space.kind_at(reference);
        let mask = if kind == LARGE { PAGE - 1 } else { 7 };
        if (kind != IN_BLOCK && kind != LARGE) || reference as usize & mask != 0 {
            damaged()
        }
        if self.grey.len < self.grey.capacity {
            *self.grey.stack.add(self.grey.len) = reference;
            self.grey.len += 1;
        } else {
            self.put_aside(reference);
        }
    }

    /// [`Heap::push`] for roots.
    ///
    /// # Safety
    /// As for that.
    #[inline(never)]
    pub unsafe fn mark(&mut self, reference: u32) {
        self.push(reference);
    }

    /// Notes a grey reference for which the stack has no room.
    ///
    /// # Safety
    /// It leads to a page of the heap.
    #[cold]
    unsafe fn put_aside(&mut self, reference: u32) {
        let (bit, page) = (reference as usize / 8, reference as usize >> PAGE_BITS);
        *self.grey.bits.add(bit / 64) |= 1 << (bit % 64);
        *self.space.kinds.add(page) |= GREY;
        let pages = &mut self.grey.pages;
        *pages = pages.start.min(page)..pages.end.max(page + 1);
    }

    /// Marks everything that grey references reach.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    pub unsafe fn drain(&mut self) {
        loop {
            self.visit_from(0);
            let pages = core::mem::replace(&mut self.grey.pages, NO_PAGES);
            if pages.is_empty() {
                return;
            }
            for page in pages {
                self.visit_page(page);
            }
        }
    }

    /// Visits what a grey reference leads to, if it is not 0, and then what those on the stack lead to, until there are none.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    #[inline(never)]
    unsafe fn visit_from(&mut self, reference: u32) {
        let mut queue = [0u32; QUEUE];
        queue[0] = reference;
        let (mut first, mut len) = (0, usize::from(reference != 0));
        loop {
            while len < QUEUE && self.grey.len != 0 {
                self.grey.len -= 1;
                let reference = *self.grey.stack.add(self.grey.len);
                arch::prefetch(reference as usize);
                queue[(first + len) % QUEUE] = reference;
                len += 1;
            }
            if len == 0 {
                return;
            }
            let reference = queue[first];
            (first, len) = ((first + 1) % QUEUE, len - 1);
            self.visit(reference);
        }
    }

    /// Visits the objects in a page that grey references lead to which are not on the stack.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    #[inline(never)]
    unsafe fn visit_page(&mut self, page: usize) {
        let kind = self.space.kinds.add(page);
        if *kind & GREY == 0 {
            return;
        }
        *kind &= !GREY;
        for i in 0..WORDS {
            let word = self.grey.bits.add(page * WORDS + i);
            let mut bits = core::mem::take(&mut *word);
            while bits != 0 {
                let bit = bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.visit_from(((page << PAGE_BITS) + (i * 64 + bit) * 8) as u32);
            }
        }
    }

    /// Marks an object, unless it is marked, and makes its references grey.
    ///
    /// # Safety
    /// As for [`Heap::mark`]; the reference is grey.
    #[inline(always)]
    unsafe fn visit(&mut self, reference: u32) {
        let address = reference as usize;
        let header = *(address as *const u32);
        if header & EPOCH == self.epoch {
            return;
        }
        let ty = self.type_of(header);
        let size = size(ty, address);
        if self.space.kind_at(reference) == LARGE {
            let count = *self.space.counts.add(address >> PAGE_BITS) as usize;
            if size.div_ceil(PAGE) != count {
                damaged()
            }
        } else {
            let last = address + size - 1;
            if (address ^ last) >> BLOCK_BITS != 0 {
                damaged()
            }
            for line in address >> LINE_BITS..=last >> LINE_BITS {
                *self.lines.add(line / 64) |= 1 << (line % 64);
            }
        }
        *(address as *mut u32) = header & !EPOCH | self.epoch | GcType::OLD;
        self.stats.live += size as u64;
        self.search(ty, address);
    }

    /// Makes the references of an object grey.
    ///
    /// # Safety
    /// It is an object of this type.
    #[inline(always)]
    unsafe fn search(&mut self, ty: &GcType, address: usize) {
        if ty.kind == GcType::STRUCT {
            let offsets = (*self.desc).offsets.add(ty.refs as usize);
            for i in 0..ty.ref_count as usize {
                let offset = *offsets.add(i) as usize;
                self.push(*((address + offset) as *const u32));
            }
        } else if ty.kind == GcType::ARRAY && ty.refs != 0 {
            let len = *((address + 4) as *const u32) as usize;
            let elements = (address + GcType::ELEMENTS as usize) as *const u32;
            for i in 0..len {
                self.push(*elements.add(i));
            }
        } else if ty.kind == GcType::CONT
            && let Some(hooks) = conts::hooks()
        {
            (hooks.search)(self, address);
        }
    }

    /// Makes grey what old objects refer to that were written to since the last collection, or the lines of them.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    pub unsafe fn search_log(&mut self) {
        let mut i = 0;
        while i < self.logged {
            let entry = *self.log.add(i);
            i += 1;
            if entry & IN_LINE != 0 {
                let object = *self.log.add(i) as usize;
                i += 1;
                self.search_line(object, (entry & !IN_LINE) as usize);
                continue;
            }
            let address = entry as usize;
            let header = *(address as *const u32);
            *(address as *mut u32) = header | GcType::OLD;
            let ty = self.type_of(header);
            self.search(ty, address);
        }
    }

    /// Makes the references of an array grey that lie in a line.
    ///
    /// # Safety
    /// It is an array of references, which has elements in the line.
    unsafe fn search_line(&mut self, array: usize, line: usize) {
        let elements = array + GcType::ELEMENTS as usize;
        let end = elements + 4 * *((array + 4) as *const u32) as usize;
        let mut place = line.max(elements);
        while place < end.min(line + LINE) {
            self.mark(*(place as *const u32));
            place += 4;
        }
    }
}
