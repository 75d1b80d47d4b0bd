//! Linear memories: reservation, growth and the bulk operations.
//!
//! An unchecked 32-bit memory is address space reserved once ([`MEMORY_RESERVATION`] upwards of its base, [`GUARD_BELOW`]
//! downwards) of which the memory's pages are made accessible; it never moves. An unchecked 64-bit memory reserves what its limit asks for, or the
//! largest part of that for which there is room, with [`WIDE_GUARD`] behind it; compiled code compares addresses with the length. A checked memory is a plain mapping that
//! moves when it grows, unless threads share it: then its maximum is reserved. Fresh pages are zero and cost nothing until they are touched.

use crate::abi::{
    DataSeg, FIXED_BASE, GUARD_BELOW, MEMORY_RESERVATION, Memory, MemoryDesc, Placed, TrapCode,
    WASM_PAGE, WIDE_DEFAULT, WIDE_GUARD, WIDE_LIMIT,
};
use crate::fault::ranges::Spin;
use crate::fault::trap::MEMORIES;
use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU64, Ordering};

/// Bytes that 32-bit addresses reach.
const NARROW_LIMIT: u64 = 1 << 32;

const OUT_OF_BOUNDS: u32 = TrapCode::MemoryOutOfBounds as u32;

/// Bytes that all memories together may have, and have.
static LIMIT: AtomicU64 = AtomicU64::new(u64::MAX);
static USED: AtomicU64 = AtomicU64::new(0);

/// Limits the bytes of all memories together; 0 changes nothing.
pub fn set_limit(bytes: u64) {
    if bytes != 0 {
        LIMIT.store(bytes, Ordering::Relaxed);
    }
}

/// Whether the memories may have so many bytes more, which are counted then.
fn charge(bytes: u64) -> bool {
    let limit = LIMIT.load(Ordering::Relaxed);
    let add = |used: u64| used.checked_add(bytes).filter(|&sum| sum <= limit);
    USED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add)
        .is_ok()
}

fn release(bytes: u64) {
    USED.fetch_sub(bytes, Ordering::Relaxed);
}

/// Makes the memory that `desc` describes in `mem`.
///
/// # Safety
/// `mem` is the memory's place in an instance, and not in use.
pub unsafe fn create(mem: *mut Memory, desc: &MemoryDesc) -> sys::Result<()> {
    let len = desc
        .min_pages
        .checked_mul(Memory::page(desc.flags.into()))
        .filter(|&len| charge(len))
        .ok_or(sys::Errno::NOMEM)?;
    let made = map(mem, desc, len);
    if made.is_err() {
        release(len);
    }
    made
}

/// The current size of a memory in bytes, which other threads may be enlarging.
///
/// # Safety
/// `mem` is a memory that [`create`] made.
pub unsafe fn size(mem: *const Memory) -> u64 {
    AtomicU64::from_ptr(&raw const (*mem).len as *mut u64).load(Ordering::SeqCst)
}

/// Bytes that a memory may grow to which cannot move, given its flags and its limit in pages.
fn room(flags: u64, max_pages: u64) -> u64 {
    let bytes = max_pages.saturating_mul(Memory::page(flags));
    if flags & Memory::WIDE == 0 {
        bytes.min(NARROW_LIMIT)
    } else if bytes > WIDE_LIMIT {
        // As good as no limit.
        WIDE_DEFAULT
    } else {
        bytes
    }
}

/// The bytes in whole pages of the machine.
fn whole_pages(bytes: u64) -> usize {
    bytes.next_multiple_of(sys::PAGE as u64) as usize
}

/// Bytes behind the base of an unchecked memory that are reserved.
fn reserved(flags: u64, max_pages: u64) -> u64 {
    if flags & Memory::WIDE == 0 {
        MEMORY_RESERVATION
    } else {
        max_pages * WASM_PAGE + WIDE_GUARD
    }
}

/// # Safety
/// `mem` can be written.
unsafe fn map(mem: *mut Memory, desc: &MemoryDesc, len: u64) -> sys::Result<()> {
    let flags = u64::from(desc.flags);
    const SHARED_CHECKED: u64 = Memory::CHECKED | Memory::SHARED;
    if flags & SHARED_CHECKED == SHARED_CHECKED {
        let room = room(flags, desc.max_pages);
        if len > room {
            return Err(sys::Errno::NOMEM);
        }
        // An empty mapping does not exist.
        let base = sys::mmap(whole_pages(room.max(1)), sys::PROT_NONE)?;
        sys::mprotect(base, whole_pages(len), sys::PROT_READ | sys::PROT_WRITE)?;
        mem.write(Memory {
            base,
            len,
            max_pages: room / Memory::page(flags),
            flags,
        });
        return Ok(());
    }
    if flags & Memory::CHECKED != 0 {
        let base = if len == 0 {
            null_mut()
        } else {
            sys::mmap(len as usize, sys::PROT_READ | sys::PROT_WRITE)?
        };
        mem.write(Memory {
            base,
            len,
            max_pages: desc.max_pages,
            flags,
        });
        return Ok(());
    }
    let (start, size, max_pages) = reserve(flags, len, desc.max_pages)?;
    let base = start.add(GUARD_BELOW as usize);
    sys::mprotect(base, len as usize, sys::PROT_READ | sys::PROT_WRITE)?;
    MEMORIES.add(start as usize, start as usize + size, mem as *mut u8)?;
    mem.write(Memory {
        base,
        len,
        max_pages,
        flags,
    });
    Ok(())
}

/// Address space for an unchecked memory: its start, its size, and the pages that the memory may have in it. Where there is not room for all that the limit of a
/// 64-bit one asks for, it gets less, but never less than `len` bytes.
fn reserve(flags: u64, len: u64, max_pages: u64) -> sys::Result<(*mut u8, usize, u64)> {
    let mut room = room(flags, max_pages);
    loop {
        if len > room {
            return Err(sys::Errno::NOMEM);
        }
        let pages = room / WASM_PAGE;
        let size = (GUARD_BELOW + reserved(flags, pages)) as usize;
        let start = if flags & Memory::FIXED != 0 {
            sys::mmap_at((FIXED_BASE - GUARD_BELOW) as usize, size)
        } else {
            sys::mmap(size, sys::PROT_NONE)
        };
        match start {
            Ok(start) => return Ok((start, size, pages)),
            Err(_) if flags & Memory::WIDE != 0 && len < room => {
                room = (room / 2 / WASM_PAGE * WASM_PAGE).max(len);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Gives the address space of a memory back.
///
/// # Safety
/// It came from [`create`] and nothing uses it any more.
pub unsafe fn destroy(mem: &Memory) {
    release(mem.len);
    if mem.flags & Memory::CHECKED == 0 {
        let start = mem.base.sub(GUARD_BELOW as usize);
        MEMORIES.remove(start as usize);
        let size = GUARD_BELOW + reserved(mem.flags, mem.max_pages);
        let _ = sys::munmap(start, size as usize);
    } else if mem.flags & Memory::SHARED != 0 {
        let room = room(mem.flags, mem.max_pages);
        let _ = sys::munmap(mem.base, whole_pages(room.max(1)));
    } else if !mem.base.is_null() {
        let _ = sys::munmap(mem.base, mem.len as usize);
    }
}

/// Makes a memory as large and as empty as it was created. What was mapped into it comes back from there.
///
/// # Safety
/// It came from [`create`] with this description, and nothing uses it.
pub unsafe fn restore(mem: &mut Memory, desc: &MemoryDesc) -> sys::Result<()> {
    if mem.flags & Memory::CHECKED != 0 {
        destroy(mem);
        return create(mem, desc);
    }
    let first = desc.min_pages * WASM_PAGE;
    if mem.len != 0 {
        sys::forget(mem.base, mem.len as usize)?;
    }
    if mem.len > first {
        let grown = mem.len - first;
        sys::mprotect(mem.base.add(first as usize), grown as usize, sys::PROT_NONE)?;
        release(grown);
        mem.len = first;
    }
    Ok(())
}

/// Whether `at..at + len` lies in `0..limit`.
pub fn within(at: u64, len: u64, limit: u64) -> bool {
    at.checked_add(len).is_some_and(|end| end <= limit)
}

/// `memory.grow`: old size in pages, or `u64::MAX`.
///
/// # Safety
/// As all operations here: `mem` is a memory that [`create`] made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_memory_grow(mem: *mut Memory, delta_pages: u64) -> u64 {
    if delta_pages == 0 {
        size(mem) / Memory::page((*mem).flags)
    } else if (*mem).flags & Memory::SHARED != 0 {
        GROWING.with(|| grow(mem, delta_pages))
    } else {
        grow(mem, delta_pages)
    }
}

/// Held while a shared memory grows.
static GROWING: Spin = Spin::new();

/// # Safety
/// `mem` is a memory that no other thread grows at the same time.
unsafe fn grow(mem: *mut Memory, delta_pages: u64) -> u64 {
    let Memory {
        base,
        len,
        max_pages,
        flags,
    } = mem.read();
    let page = Memory::page(flags);
    let old_pages = len / page;
    let Some(pages) = old_pages
        .checked_add(delta_pages)
        .filter(|&pages| pages <= max_pages)
    else {
        return u64::MAX;
    };
    let Some(new_len) = pages
        .checked_mul(page)
        .filter(|&len| len <= isize::MAX as u64)
    else {
        return u64::MAX;
    };
    if !charge(new_len - len) {
        return u64::MAX;
    }
    const ACCESS: usize = sys::PROT_READ | sys::PROT_WRITE;
    let stays = flags & Memory::CHECKED == 0 || flags & Memory::SHARED != 0;
    let moved = if stays {
        // Of a page of the machine that the memory had a part of, the rest was accessible already.
        let (old, new) = (whole_pages(len), whole_pages(new_len));
        match new - old {
            0 => Ok(base),
            more => sys::mprotect(base.add(old), more, ACCESS).map(|_| base),
        }
    } else if base.is_null() {
        sys::mmap(new_len as usize, ACCESS)
    } else {
        sys::mremap(base, len as usize, new_len as usize)
    };
    let Ok(base) = moved else {
        release(new_len - len);
        return u64::MAX;
    };
    if !stays {
        (*mem).base = base;
    }
    AtomicU64::from_ptr(&raw mut (*mem).len).store(new_len, Ordering::SeqCst);
    old_pages
}

/// `memory.fill`: 0, or the trap.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_memory_fill(
    mem: *mut Memory,
    dst: u64,
    byte: u32,
    len: u64,
) -> u32 {
    if !within(dst, len, size(mem)) {
        return OUT_OF_BOUNDS;
    }
    if len != 0 {
        core::ptr::write_bytes((*mem).base.add(dst as usize), byte as u8, len as usize);
    }
    0
}

/// `memory.copy`, ranges may overlap: 0, or the trap.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_memory_copy(
    dst_mem: *mut Memory,
    src_mem: *mut Memory,
    dst: u64,
    src: u64,
    len: u64,
) -> u32 {
    if !within(dst, len, size(dst_mem)) || !within(src, len, size(src_mem)) {
        return OUT_OF_BOUNDS;
    }
    if len != 0 {
        core::ptr::copy(
            (*src_mem).base.add(src as usize),
            (*dst_mem).base.add(dst as usize),
            len as usize,
        );
    }
    0
}

/// `memory.init`: 0, or the trap.
///
/// # Safety
/// As above; `seg` is a data segment of the running instance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_memory_init(
    mem: *mut Memory,
    seg: *const DataSeg,
    dst: u64,
    src: u64,
    len: u64,
) -> u32 {
    if !within(dst, len, size(mem)) || !within(src, len, (*seg).len) {
        return OUT_OF_BOUNDS;
    }
    if len != 0 {
        core::ptr::copy_nonoverlapping(
            (*seg).bytes.add(src as usize),
            (*mem).base.add(dst as usize),
            len as usize,
        );
    }
    0
}

/// Copies the parts of a list, in order: 0, or the trap.
///
/// # Safety
/// As above; `seg` is a list of [`Placed`] with bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_memory_place(
    mem: *mut Memory,
    seg: *const DataSeg,
    base: u32,
) -> u32 {
    let mut at = (*seg).bytes;
    let end = at.add((*seg).len as usize);
    while at < end {
        let part = (at as *const Placed).read_unaligned();
        let (dst, len) = (base.wrapping_add(part.dst), u64::from(part.len));
        at = at.add(size_of::<Placed>());
        if !within(dst.into(), len, size(mem)) {
            return OUT_OF_BOUNDS;
        }
        if len != 0 {
            core::ptr::copy_nonoverlapping(at, (*mem).base.add(dst as usize), len as usize);
        }
        at = at.add(len as usize);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(flags: u64, min_pages: u64, max_pages: u64) -> Memory {
        let mut mem = core::mem::MaybeUninit::uninit();
        let desc = MemoryDesc {
            offset: 0,
            flags: flags as u32,
            min_pages,
            max_pages,
        };
        unsafe {
            create(mem.as_mut_ptr(), &desc).unwrap();
            mem.assume_init()
        }
    }

    #[test]
    fn memories_grow_to_their_limit_and_keep_their_contents() {
        for flags in [
            0,
            Memory::CHECKED,
            Memory::SHARED,
            Memory::CHECKED | Memory::SHARED,
            Memory::WIDE,
            Memory::WIDE | Memory::CHECKED,
            Memory::WIDE | Memory::CHECKED | Memory::SHARED,
        ] {
            let mut mem = make(flags, 1, 3);
            unsafe {
                mem.base.add(65535).write(7);
                assert_eq!(wative_rt_memory_grow(&mut mem, 0), 1);
                assert_eq!(wative_rt_memory_grow(&mut mem, 2), 1);
                assert_eq!(
                    (
                        mem.base.add(65535).read(),
                        mem.base.add(3 * 65536 - 1).read()
                    ),
                    (7, 0)
                );
                for delta in [1, u64::MAX, u64::MAX / WASM_PAGE] {
                    assert_eq!(wative_rt_memory_grow(&mut mem, delta), u64::MAX);
                }
                assert_eq!(mem.len, 3 * WASM_PAGE);
                destroy(&mem);
            }
        }
    }

    #[test]
    fn a_restored_memory_is_as_it_was_created() {
        for flags in [0, Memory::CHECKED, Memory::SHARED, Memory::WIDE] {
            let desc = MemoryDesc {
                offset: 0,
                flags: flags as u32,
                min_pages: 1,
                max_pages: 4,
            };
            let mut mem = make(flags, 1, 4);
            unsafe {
                for _ in 0..3 {
                    assert_eq!(mem.base.add(100).read(), 0);
                    mem.base.add(100).write(1);
                    assert_eq!(wative_rt_memory_grow(&mut mem, 2), 1);
                    assert_eq!(mem.base.add(3 * 65536 - 1).read(), 0);
                    mem.base.add(3 * 65536 - 1).write(1);
                    restore(&mut mem, &desc).unwrap();
                    assert_eq!(mem.len, WASM_PAGE);
                }
                destroy(&mem);
            }
        }
    }

    #[test]
    fn a_wide_memory_reserves_what_its_limit_asks_for() {
        let pages = |max_pages| {
            let mem = make(Memory::WIDE, 1, max_pages);
            unsafe { destroy(&mem) };
            mem.max_pages
        };
        assert_eq!(pages(70_000), 70_000);
        // Without a limit, and where there is no room for as much.
        assert_eq!(pages(1 << 48), WIDE_DEFAULT / WASM_PAGE);
        assert_eq!(pages(u64::MAX), WIDE_DEFAULT / WASM_PAGE);
        // An emulator takes memory of its own for each page of a reservation.
        if cfg!(target_arch = "x86_64") {
            assert!((1..=WIDE_LIMIT / WASM_PAGE).contains(&pages(WIDE_LIMIT / WASM_PAGE)));
        }
        // More than there can be.
        let desc = MemoryDesc {
            offset: 0,
            flags: Memory::WIDE as u32,
            min_pages: 1 << 40,
            max_pages: 1 << 48,
        };
        let mut mem = core::mem::MaybeUninit::uninit();
        assert!(unsafe { create(mem.as_mut_ptr(), &desc) }.is_err());
    }

    #[test]
    fn a_memory_in_bytes_grows_by_bytes() {
        for shared in [0, Memory::SHARED] {
            let mut mem = make(Memory::BYTES | Memory::CHECKED | shared, 5, 200_000);
            let p: *mut Memory = &mut mem;
            unsafe {
                assert_eq!(wative_rt_memory_fill(p, 0, 7, 5), 0);
                assert_eq!(wative_rt_memory_fill(p, 0, 7, 6), OUT_OF_BOUNDS);
                assert_eq!(wative_rt_memory_grow(p, 1), 5);
                assert_eq!(wative_rt_memory_fill(p, 5, 8, 1), 0);
                assert_eq!(wative_rt_memory_grow(p, 150_000), 6);
                assert_eq!(wative_rt_memory_fill(p, 150_005, 9, 1), 0);
                assert_eq!(wative_rt_memory_fill(p, 150_006, 9, 1), OUT_OF_BOUNDS);
                let byte = |at: usize| (*p).base.add(at).read();
                assert_eq!([4, 5, 6, 150_004, 150_005].map(byte), [7, 8, 0, 0, 9]);
                assert_eq!(wative_rt_memory_grow(p, 49_995), u64::MAX);
                assert_eq!(wative_rt_memory_grow(p, 49_994), 150_006);
                destroy(&mem);
            }
        }
    }

    #[test]
    fn an_empty_checked_memory_can_grow() {
        let mut mem = make(Memory::CHECKED, 0, 1);
        unsafe {
            assert_eq!(wative_rt_memory_fill(&mut mem, 0, 1, 0), 0);
            assert_eq!(wative_rt_memory_fill(&mut mem, 0, 1, 1), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_memory_grow(&mut mem, 1), 0);
            assert_eq!(wative_rt_memory_fill(&mut mem, 0, 1, 65536), 0);
            destroy(&mem);
        }
    }

    #[test]
    fn bulk_operations_check_their_ranges_without_wrapping() {
        let mut mem = make(0, 1, 1);
        let p: *mut Memory = &mut mem;
        let bytes = *b"abcdef";
        let seg = DataSeg {
            bytes: bytes.as_ptr(),
            len: 6,
        };
        unsafe {
            assert_eq!(wative_rt_memory_init(p, &seg, 65530, 0, 6), 0);
            assert_eq!(wative_rt_memory_init(p, &seg, 65531, 0, 6), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_memory_init(p, &seg, 0, 1, 6), OUT_OF_BOUNDS);
            assert_eq!(
                wative_rt_memory_init(p, &seg, 0, u64::MAX, 2),
                OUT_OF_BOUNDS
            );
            assert_eq!(wative_rt_memory_init(p, &seg, 65536, 6, 0), 0);
            assert_eq!(wative_rt_memory_copy(p, p, 65529, 65530, 6), 0);
            assert_eq!(
                core::slice::from_raw_parts(mem.base.add(65529), 7),
                b"abcdeff"
            );
            assert_eq!(wative_rt_memory_copy(p, p, 0, 65530, 7), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_memory_copy(p, p, u64::MAX, 0, 1), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_memory_fill(p, 65536, 0, 0), 0);
            assert_eq!(wative_rt_memory_fill(p, 65537, 0, 0), OUT_OF_BOUNDS);
            destroy(&mem);
        }
    }

    /// Bytes of a list.
    fn list<const N: usize>(parts: [(u32, &[u8]); N]) -> Vec<u8> {
        let mut list = Vec::new();
        for (dst, bytes) in parts {
            list.extend_from_slice(&dst.to_ne_bytes());
            list.extend_from_slice(&(bytes.len() as u32).to_ne_bytes());
            list.extend_from_slice(bytes);
        }
        list
    }

    #[test]
    fn lists_are_copied_in_order_up_to_what_is_out_of_bounds() {
        let mut mem = make(0, 1, 1);
        let place = |mem: &mut Memory, base: u32, list: &[u8]| {
            let seg = DataSeg {
                bytes: list.as_ptr(),
                len: list.len() as u64,
            };
            unsafe { wative_rt_memory_place(mem, &seg, base) }
        };
        let at = |mem: &Memory, at: usize| unsafe { mem.base.add(at).read() };
        assert_eq!(place(&mut mem, 70000, &[]), 0);
        // Later ones win; lengths that are odd leave the next head unaligned.
        let overlapping = list([(0, b"abc"), (1, b"X"), (65533, b"end"), (65536, b"")]);
        assert_eq!(place(&mut mem, 0, &overlapping), 0);
        assert_eq!([0, 1, 2, 65535].map(|i| at(&mem, i)), *b"aXcd");
        // Offsets count from the base, modulo 2^32.
        assert_eq!(place(&mut mem, 20, &list([(u32::MAX - 9, b"w")])), 0);
        assert_eq!(at(&mem, 10), b'w');
        // What comes before the one that is out of bounds is there, what comes after is not, and nothing of that one.
        let trapping = list([(5, b"1"), (65534, b"222"), (6, b"3")]);
        assert_eq!(place(&mut mem, 0, &trapping), OUT_OF_BOUNDS);
        assert_eq!([5, 6, 65534].map(|i| at(&mem, i)), *b"1\0n");
        assert_eq!(place(&mut mem, 0, &list([(65537, b"")])), OUT_OF_BOUNDS);
        assert_eq!(
            place(&mut mem, u32::MAX, &list([(0, b"12")])),
            OUT_OF_BOUNDS
        );
        unsafe { destroy(&mem) };
    }
}
