//! Reading clocks without entering the kernel, through the function that it maps into every process (the vDSO).
//!
//! The vDSO is an ELF image whose address is in the auxiliary vector. The function is looked up once, through the GNU
//! hash table or, where that is missing, the classic one.

use crate::arch;
use crate::sys::{self, TimeSpec};
use crate::wasi::context;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Address of the clock function; 0: not looked up yet, 1: there is none.
static CLOCK: AtomicUsize = AtomicUsize::new(0);

const NONE: usize = 1;

type ClockFn = unsafe extern "C" fn(i32, *mut TimeSpec) -> i32;

/// The time of a clock.
pub fn clock_gettime(clock: u32, time: &mut TimeSpec) -> sys::Result<()> {
    let mut function = CLOCK.load(Ordering::Relaxed);
    if function == 0 {
        // SAFETY: the context's initial stack is the kernel's.
        function = unsafe { find() }.unwrap_or(NONE);
        CLOCK.store(function, Ordering::Relaxed);
    }
    if function != NONE {
        // SAFETY: the kernel's function of this type.
        let result =
            unsafe { core::mem::transmute::<usize, ClockFn>(function)(clock as i32, time) };
        if result == 0 {
            return Ok(());
        }
    }
    sys::clock_gettime(clock, time).map(|_| ())
}

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_GNU_HASH: u64 = 0x6fff_fef5;

#[repr(C)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: u64,
    size: u64,
}

/// # Safety
/// The kernel's image, if there is one, is mapped as the kernel left it.
unsafe fn find() -> Option<usize> {
    let initial = context::get().initial;
    if initial.is_null() {
        return None;
    }
    let base = sys::auxv(initial, sys::AT_SYSINFO_EHDR);
    if base == 0 {
        return None;
    }
    let word = |at: usize| *((base + at) as *const u64);
    let (phoff, phnum) = (word(32) as usize, *((base + 56) as *const u16) as usize);
    let (mut bias, mut dynamic) = (None, None);
    for i in 0..phnum {
        // Program header: type at 0, offset at 8, virtual address at 16.
        let header = phoff + 56 * i;
        let kind = *((base + header) as *const u32);
        if kind == PT_LOAD && bias.is_none() {
            bias = Some(
                (base as u64)
                    .wrapping_add(word(header + 8))
                    .wrapping_sub(word(header + 16)),
            );
        } else if kind == PT_DYNAMIC {
            dynamic = Some(base + word(header + 8) as usize);
        }
    }
    let bias = bias?;
    let mut entry = dynamic? as *const u64;
    let (mut hash, mut gnu_hash, mut strings, mut symbols) = (0, 0, 0, 0);
    while *entry != 0 {
        let address = bias.wrapping_add(*entry.add(1)) as usize;
        let tag = *entry;
        if tag == DT_HASH {
            hash = address;
        } else if tag == DT_GNU_HASH {
            gnu_hash = address;
        } else if tag == DT_STRTAB {
            strings = address;
        } else if tag == DT_SYMTAB {
            symbols = address;
        }
        entry = entry.add(2);
    }
    if strings == 0 || symbols == 0 {
        return None;
    }
    let count = if gnu_hash != 0 {
        gnu_symbol_count(gnu_hash as *const u32)
    } else if hash != 0 {
        *((hash + 4) as *const u32) as usize
    } else {
        return None;
    };
    // A dozen symbols: comparing names is as quick as hashing.
    for i in 1..count {
        let symbol = &*(symbols as *const Symbol).add(i);
        let name =
            core::ffi::CStr::from_ptr((strings + symbol.name as usize) as *const core::ffi::c_char);
        if symbol.section != 0 && name.to_bytes() == arch::VDSO_CLOCK_GETTIME {
            return Some(bias.wrapping_add(symbol.value) as usize);
        }
    }
    None
}

/// Number of symbols: one past the end of the longest chain.
///
/// # Safety
/// `table` is a table of the kind `DT_GNU_HASH`.
unsafe fn gnu_symbol_count(table: *const u32) -> usize {
    let (buckets, first, bloom) = (
        *table as usize,
        *table.add(1) as usize,
        *table.add(2) as usize,
    );
    let bucket = table.add(4 + 2 * bloom);
    let chain = bucket.add(buckets);
    let mut last = 0;
    for i in 0..buckets {
        last = last.max(*bucket.add(i) as usize);
    }
    if last < first {
        return first;
    }
    while *chain.add(last - first) & 1 == 0 {
        last += 1;
    }
    last + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_agree_with_the_kernel() {
        let (mut a, mut b) = (TimeSpec::default(), TimeSpec::default());
        sys::clock_gettime(sys::CLOCK_MONOTONIC, &mut a).unwrap();
        clock_gettime(sys::CLOCK_MONOTONIC, &mut b).unwrap();
        assert!((a.sec, a.nsec) <= (b.sec, b.nsec));
        assert!(clock_gettime(999, &mut a).is_err());
    }
}
