//! Memory that lasts as long as a request of a server: taken piece by piece, given back all at once.
//!
//! Two regions, because their pieces differ (a third one has texts of a single call): pages for tables of handles, which in other programs are mappings of their own, and pieces of any size for what
//! `alloc` makes, which is only linked where something uses it. Whatever a guest makes the second one hold is limited; at the limit it traps.

use crate::abi::TrapCode;
use crate::state::stack;
use crate::sys;
use crate::wasi::Guest;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Bytes that a region may have, and those that keep their pages from one request to the next.
const PAGES_ROOM: usize = 512 << 20;
const PIECES_ROOM: usize = 128 << 20;
const TEXTS_ROOM: usize = 512 << 20;
const WARM: usize = 256 << 10;

/// A region. All zero: there is none.
pub struct Region {
    base: AtomicPtr<u8>,
    used: AtomicUsize,
}

impl Region {
    const fn new() -> Region {
        Region {
            base: AtomicPtr::new(null_mut()),
            used: AtomicUsize::new(0),
        }
    }

    /// Whether pieces come from here.
    fn exists(&self) -> bool {
        !self.base.load(Ordering::Relaxed).is_null()
    }

    fn make(&self, room: usize) -> sys::Result<()> {
        if !self.exists() {
            let base = sys::mmap(room, sys::PROT_READ | sys::PROT_WRITE)?;
            self.base.store(base, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The next piece of this size; null where there is no room.
    fn take(&self, room: usize, size: usize, align: usize) -> *mut u8 {
        let base = self.base.load(Ordering::Relaxed);
        let start = self.used.load(Ordering::Relaxed).next_multiple_of(align);
        match start.checked_add(size).filter(|&end| end <= room) {
            Some(end) if !base.is_null() => {
                self.used.store(end, Ordering::Relaxed);
                base.wrapping_add(start)
            }
            _ => null_mut(),
        }
    }

    /// Whether a piece is the last one; then it may become longer or shorter.
    #[cfg_attr(not(any(test, feature = "standalone")), allow(unused))]
    fn is_last(&self, piece: *mut u8, size: usize) -> bool {
        let end = self
            .base
            .load(Ordering::Relaxed)
            .wrapping_add(self.used.load(Ordering::Relaxed));
        piece.wrapping_add(size) == end
    }

    /// Gives all pieces back.
    ///
    /// # Safety
    /// Nobody uses any.
    unsafe fn reset(&self) {
        let used = self.used.swap(0, Ordering::Relaxed);
        if used > WARM {
            let behind = self.base.load(Ordering::Relaxed).wrapping_add(WARM);
            let _ = sys::forget(behind, (used - WARM).next_multiple_of(sys::PAGE));
        }
    }
}

static PAGES: Region = Region::new();
static PIECES: Region = Region::new();
/// Texts of one call of the host; see `wasi2::strings`.
static TEXTS: Region = Region::new();

/// Makes the regions. Without this, pages are mappings of their own.
pub fn prepare() -> sys::Result<()> {
    PAGES.make(PAGES_ROOM)?;
    PIECES.make(PIECES_ROOM)
}

/// Gives back the pieces that `alloc` has made.
///
/// # Safety
/// Nobody uses them.
pub unsafe fn reset_pieces() {
    PIECES.reset();
}

/// Gives back what was taken since the last time.
///
/// # Safety
/// Nobody uses it.
pub unsafe fn reset() {
    PAGES.reset();
    PIECES.reset();
}

/// Bytes that were taken and not given back.
pub fn kept() -> usize {
    PAGES.used.load(Ordering::Relaxed) + PIECES.used.load(Ordering::Relaxed)
}

/// Pages that can be written; their contents are unknown.
pub fn pages(len: usize) -> sys::Result<*mut u8> {
    if !PAGES.exists() {
        return sys::mmap(len, sys::PROT_READ | sys::PROT_WRITE);
    }
    match PAGES.take(PAGES_ROOM, len, sys::PAGE) {
        at if at.is_null() => Err(sys::Errno::NOMEM),
        at => Ok(at),
    }
}

/// Gives pages back, at once or with the region.
///
/// # Safety
/// They came from [`pages`], and nobody uses them.
pub unsafe fn give_back(pages: *mut u8, len: usize) {
    if !PAGES.exists() {
        let _ = sys::munmap(pages, len);
    }
}

/// The memory that [`text`] gives room in.
pub fn texts() -> Guest {
    Guest::of_bytes(TEXTS.base.load(Ordering::Relaxed), TEXTS_ROOM as u64)
}

/// Room for a text: its place in [`texts`], and where that is; none where the region is full. The first of a call gives those of others back.
///
/// # Safety
/// Nobody uses those any more.
pub unsafe fn text(is_first: bool, size: usize) -> Option<(u32, *mut u8)> {
    TEXTS.make(TEXTS_ROOM).ok()?;
    if is_first {
        TEXTS.reset();
    }
    let place = TEXTS.used.load(Ordering::Relaxed) as u32;
    let room = TEXTS.take(TEXTS_ROOM, size, 1);
    (!room.is_null()).then_some((place, room))
}

/// What `alloc` allocates from.
#[cfg_attr(not(any(test, feature = "standalone")), allow(unused))]
pub struct Allocator;

#[cfg(all(feature = "standalone", not(test)))]
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: pieces do not overlap, and the program has one thread where there is a region.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Servers have made it at their start.
        let _ = PIECES.make(PIECES_ROOM);
        let piece = PIECES.take(PIECES_ROOM, layout.size(), layout.align());
        if piece.is_null() {
            // The guest asked for too much.
            stack::abandon(TrapCode::MemoryOutOfBounds, 0);
        }
        piece
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if PIECES.is_last(piece, layout.size()) {
            PIECES.used.fetch_sub(layout.size(), Ordering::Relaxed);
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if PIECES.is_last(piece, layout.size()) {
            let start = PIECES.used.fetch_sub(layout.size(), Ordering::Relaxed) - layout.size();
            if start + size <= PIECES_ROOM {
                PIECES.used.store(start + size, Ordering::Relaxed);
                return piece;
            }
            PIECES.used.store(start + layout.size(), Ordering::Relaxed);
        } else if size <= layout.size() {
            return piece;
        }
        // SAFETY: a size that `Layout` has checked.
        let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
        if !new.is_null() {
            core::ptr::copy_nonoverlapping(piece, new, layout.size().min(size));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_do_not_overlap_and_the_last_one_grows() {
        PIECES.make(PIECES_ROOM).unwrap();
        let layout = |size| Layout::from_size_align(size, 16).unwrap();
        unsafe {
            let a = Allocator.alloc(layout(10));
            let b = Allocator.alloc(layout(100));
            assert!(b as usize >= a as usize + 10 && (b as usize).is_multiple_of(16));
            assert_eq!(Allocator.realloc(b, layout(100), 1 << 20), b);
            a.write(7);
            let c = Allocator.realloc(a, layout(10), 20);
            assert!(c as usize >= b as usize + (1 << 20));
            assert_eq!(c.read(), 7);
            Allocator.dealloc(c, layout(20));
            assert_eq!(Allocator.alloc(layout(5)), c);
            reset();
            assert_eq!(Allocator.alloc(layout(5)), a);
            assert!(Allocator.alloc(layout(PIECES_ROOM)).is_null());
            reset();
        }
    }
}
