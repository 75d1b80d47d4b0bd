//! What libraries need besides the C interface (`docs/embedding.md`): their programs give them functions in a table, not by symbols, get traps as numbers, and copy
//! in and out of the memory instead of holding addresses in it.

use crate::abi::{ArrayEntry, Instance, LibraryImports, ModuleDesc};
use crate::entry::embed::{self, Extern, Failure};
use crate::state::memory;
use core::ptr::null_mut;

/// Makes an instance: as [`embed::wative_instantiate`], but that `*out` is the instance before anything of the module runs. `imports` may be null where the module imports no
/// functions; otherwise it stays as long as the instance.
///
/// # Safety
/// As there. The functions have the types of the imports.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_library_new(
    module: *const ModuleDesc,
    functions: u32,
    imports: *const LibraryImports,
    others: *const Extern,
    other_count: usize,
    out: *mut *mut Instance,
) -> u32 {
    let given = &raw const (*imports).functions as *const usize;
    let is_given = |i: usize| *given.add(i) != 0;
    if functions > 0 && (imports.is_null() || !(0..functions as usize).all(is_given)) {
        *out = null_mut();
        return Failure::ImportCount as u32;
    }
    embed::instantiate(module, others, other_count, imports as *mut u8, out)
}

/// Calls an exported function: 0, or a trap code.
///
/// # Safety
/// `entry` is that of a function of the instance, with room for parameters and results at `values`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_library_call(
    it: *mut Instance,
    entry: ArrayEntry,
    values: *mut u64,
) -> u32 {
    embed::run(it, entry, values)
}

/// What the program has put beside its functions, or null.
///
/// # Safety
/// `it` is alive, and a library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_library_data(it: *const Instance) -> *mut u8 {
    let imports = (*it).host_data as *const LibraryImports;
    imports.as_ref().map_or(null_mut(), |imports| imports.data)
}

/// Where so many bytes of the first memory are; null where they are not all inside.
///
/// # Safety
/// `it` is alive.
unsafe fn inside(it: *const Instance, at: u64, len: usize) -> *mut u8 {
    let Some(memory) = (*it).memory0.as_ref() else {
        return null_mut();
    };
    match at.checked_add(len as u64) {
        Some(end) if end <= memory::size(memory) => memory.base.add(at as usize),
        _ => null_mut(),
    }
}

/// Copies bytes out of the first memory: whether all of them are inside. Otherwise nothing is copied.
///
/// # Safety
/// `it` is alive, and `len` bytes at `to` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_library_read(
    it: *const Instance,
    at: u64,
    to: *mut u8,
    len: usize,
) -> bool {
    let from = inside(it, at, len);
    if !from.is_null() {
        core::ptr::copy(from, to, len);
    }
    !from.is_null()
}

/// Copies bytes into the first memory: whether all of them are inside. Otherwise nothing is copied.
///
/// # Safety
/// `it` is alive, and `len` bytes at `from` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_library_write(
    it: *const Instance,
    at: u64,
    from: *const u8,
    len: usize,
) -> bool {
    let to = inside(it, at, len);
    if !to.is_null() {
        core::ptr::copy(from, to, len);
    }
    !to.is_null()
}
