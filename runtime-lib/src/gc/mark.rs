//! Marking: from roots to everything that they reach, without recursion.
//!
//! An object is marked when it is first seen, by its header and the lines that it lies on; if it has references, it is grey until those were
//! looked at. Grey objects are on a stack. Where that is full, a bit in a table says so, and the page that the object begins in has a flag: these objects are
//! looked for when the stack is empty, until there are none. So marking never fails, whatever shape a heap has.
//!
//! Invariant: a reference is followed only if it leads to a page of a block or the first one of a large object, and what is there is an object of a known type that ends
//! where it may. Otherwise the process ends: nothing else is ever written.

use crate::abi::GcType;
use crate::gc::heap::{EPOCH, Heap, LINE_BITS};
use crate::gc::space::{BLOCK_BITS, GREY, IN_BLOCK, LARGE, PAGE, PAGE_BITS, PAGES};
use crate::sys;
use core::ops::Range;
use core::ptr::null_mut;

/// Grey objects.
pub struct Grey {
    stack: *mut u32,
    len: usize,
    pub capacity: usize,
    /// A bit for each 8 bytes in 4 GiB: grey objects that are not on the stack; and the pages that they begin in.
    bits: *mut u64,
    pages: Range<usize>,
}

const STACK: usize = 1 << 20;
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
        GcType::HOST => 16,
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

    /// Marks what a reference leads to.
    ///
    /// # Safety
    /// The heap has tables and a description.
    #[inline(always)]
    pub unsafe fn mark(&mut self, reference: u32) {
        // null; i31
        if reference == 0 || reference & 1 != 0 {
            return;
        }
        let kind = self.space.kind_at(reference);
        let mask = if kind == LARGE { PAGE - 1 } else { 7 };
        if (kind != IN_BLOCK && kind != LARGE) || reference as usize & mask != 0 {
            damaged()
        }
        let header = *(reference as usize as *const u32);
        if header & EPOCH != self.epoch {
            self.visit(reference as usize, header, kind == LARGE);
        }
    }

    /// Marks an object that was not marked.
    ///
    /// # Safety
    /// As for [`Heap::mark`]; its header can be read.
    unsafe fn visit(&mut self, address: usize, header: u32, is_large: bool) {
        let ty = self.type_of(header);
        let size = size(ty, address);
        if is_large {
            let count = *self.space.counts.add(address >> PAGE_BITS) as usize;
            if size.div_ceil(PAGE) != count {
                damaged()
            }
        } else {
            let last = address + size - 1;
            if (address ^ last) >> BLOCK_BITS != 0 {
                damaged()
            }
            let (mut line, last) = (address >> LINE_BITS, last >> LINE_BITS);
            *self.lines.add(line / 64) |= 1 << (line % 64);
            while line < last {
                line += 1;
                *self.lines.add(line / 64) |= 1 << (line % 64);
            }
        }
        *(address as *mut u32) = header & !EPOCH | self.epoch | GcType::OLD;
        self.stats.live += size as u64;
        let has_references = match ty.kind {
            GcType::STRUCT => ty.ref_count != 0,
            GcType::ARRAY => ty.refs != 0,
            _ => false,
        };
        if has_references {
            self.push(address as u32);
        }
    }

    /// # Safety
    /// It is an object.
    #[inline(always)]
    unsafe fn push(&mut self, object: u32) {
        if self.grey.len < self.grey.capacity {
            *self.grey.stack.add(self.grey.len) = object;
            self.grey.len += 1;
        } else {
            self.put_aside(object);
        }
    }

    /// Notes a grey object for which the stack has no room.
    ///
    /// # Safety
    /// It is an object.
    #[cold]
    unsafe fn put_aside(&mut self, object: u32) {
        let (bit, page) = (object as usize / 8, object as usize >> PAGE_BITS);
        *self.grey.bits.add(bit / 64) |= 1 << (bit % 64);
        *self.space.kinds.add(page) |= GREY;
        let pages = &mut self.grey.pages;
        *pages = pages.start.min(page)..pages.end.max(page + 1);
    }

    /// Marks everything that grey objects reach.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    pub unsafe fn drain(&mut self) {
        loop {
            while self.grey.len != 0 {
                self.grey.len -= 1;
                let object = *self.grey.stack.add(self.grey.len);
                self.search(object);
            }
            let pages = core::mem::replace(&mut self.grey.pages, NO_PAGES);
            if pages.is_empty() {
                return;
            }
            for page in pages {
                self.search_page(page);
            }
        }
    }

    /// Searches the grey objects in a page that are not on the stack, and makes room on that.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    #[inline(never)]
    unsafe fn search_page(&mut self, page: usize) {
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
                self.search(((page << PAGE_BITS) + (i * 64 + bit) * 8) as u32);
            }
        }
        while self.grey.len != 0 {
            self.grey.len -= 1;
            let object = *self.grey.stack.add(self.grey.len);
            self.search(object);
        }
    }

    /// Marks what an object refers to.
    ///
    /// # Safety
    /// It is an object that was marked.
    #[inline(always)]
    unsafe fn search(&mut self, object: u32) {
        let address = object as usize;
        let ty = self.type_of(*(address as *const u32));
        if ty.kind == GcType::ARRAY {
            let len = *((address + 4) as *const u32) as usize;
            let elements = (address + GcType::ELEMENTS as usize) as *const u32;
            for i in 0..len {
                self.mark(*elements.add(i));
            }
        } else {
            let offsets = (*self.desc).offsets.add(ty.refs as usize);
            for i in 0..ty.ref_count as usize {
                let offset = *offsets.add(i) as usize;
                self.mark(*((address + offset) as *const u32));
            }
        }
    }

    /// Marks what old objects refer to that were written to since the last collection.
    ///
    /// # Safety
    /// As for [`Heap::mark`].
    pub unsafe fn search_log(&mut self) {
        for i in 0..self.logged {
            let object = *self.log.add(i);
            *(object as usize as *mut u32) |= GcType::OLD;
            let ty = self.type_of(*(object as usize as *const u32));
            if ty.kind != GcType::ARRAY || ty.refs != 0 {
                self.search(object);
            }
            self.drain();
        }
        self.root_bytes += 32 * self.logged;
    }
}
