//! Tables: growth and the bulk operations. A table is a mapping of 8-byte references.

use crate::abi::{ELEM_NULL, ElemSeg, Instance, Placed, Table, TableDesc, TrapCode};
use crate::state::memory::within;
use crate::sys;
use core::ptr::null_mut;

/// A table does not grow beyond so many elements, whatever its declared maximum: a guest must not be able to take
/// all of the machine's memory by a single instruction.
const GROWTH_LIMIT: u64 = 10_000_000;

const OUT_OF_BOUNDS: u32 = TrapCode::TableOutOfBounds as u32;

const ACCESS: usize = sys::PROT_READ | sys::PROT_WRITE;

/// Bytes of a mapping for so many elements.
fn bytes(elements: u64) -> usize {
    (elements as usize * 8).next_multiple_of(sys::PAGE)
}

/// Makes the table that `desc` describes, all null.
///
/// # Safety
/// `table` is the table's place in an instance, and not in use.
pub unsafe fn create(table: *mut Table, desc: &TableDesc) -> sys::Result<()> {
    let len = desc.min;
    if len > u64::from(u32::MAX) {
        return Err(sys::Errno::NOMEM);
    }
    let elems = if len == 0 {
        null_mut()
    } else {
        sys::mmap(bytes(len), ACCESS)? as *mut u64
    };
    table.write(Table {
        elems,
        len,
        max: desc.max.min(GROWTH_LIMIT.max(len)),
        capacity: bytes(len) as u64 / 8,
    });
    Ok(())
}

/// Gives the memory of a table back.
///
/// # Safety
/// It came from [`create`] and nothing uses it any more.
pub unsafe fn destroy(table: &Table) {
    if !table.elems.is_null() {
        let _ = sys::munmap(table.elems as *mut u8, table.capacity as usize * 8);
    }
}

/// Makes a table as it was created: of its first length, all null.
///
/// # Safety
/// It came from [`create`] with this description, and nothing uses it.
pub unsafe fn restore(table: &mut Table, desc: &TableDesc) -> sys::Result<()> {
    if table.capacity != bytes(desc.min) as u64 / 8 {
        destroy(table);
        return create(table, desc);
    }
    if !table.elems.is_null() {
        core::ptr::write_bytes(table.elems, 0, table.len as usize);
    }
    table.len = desc.min;
    Ok(())
}

/// `table.grow`: old length, or `u64::MAX`.
///
/// # Safety
/// As all operations here: `table` is a table that [`create`] made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_table_grow(table: *mut Table, init: usize, delta: u64) -> u64 {
    let Table {
        elems,
        len,
        max,
        capacity,
    } = table.read();
    let Some(new_len) = len.checked_add(delta).filter(|&len| len <= max) else {
        return u64::MAX;
    };
    if new_len > capacity {
        // Doubled, so that growing one by one takes linear time.
        let size = bytes(new_len.max((capacity * 2).min(max)));
        let moved = if elems.is_null() {
            sys::mmap(size, ACCESS)
        } else {
            sys::mremap(elems as *mut u8, capacity as usize * 8, size)
        };
        let Ok(elems) = moved else { return u64::MAX };
        (*table).elems = elems as *mut u64;
        (*table).capacity = size as u64 / 8;
    }
    (*table).len = new_len;
    fill((*table).elems, len, init as u64, delta);
    len
}

/// # Safety
/// `elems` has room for `at + count` elements.
unsafe fn fill(elems: *mut u64, at: u64, value: u64, count: u64) {
    for i in at as usize..(at + count) as usize {
        elems.add(i).write(value);
    }
}

/// `table.fill`: 0, or the trap.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_table_fill(
    table: *mut Table,
    dst: u64,
    value: usize,
    len: u64,
) -> u32 {
    if !within(dst, len, (*table).len) {
        return OUT_OF_BOUNDS;
    }
    fill((*table).elems, dst, value as u64, len);
    0
}

/// `table.copy`, ranges may overlap: 0, or the trap.
///
/// # Safety
/// As above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_table_copy(
    dst_table: *mut Table,
    src_table: *mut Table,
    dst: u64,
    src: u64,
    len: u64,
) -> u32 {
    if !within(dst, len, (*dst_table).len) || !within(src, len, (*src_table).len) {
        return OUT_OF_BOUNDS;
    }
    if len != 0 {
        core::ptr::copy(
            (*src_table).elems.add(src as usize),
            (*dst_table).elems.add(dst as usize),
            len as usize,
        );
    }
    0
}

/// `table.init`: 0, or the trap.
///
/// # Safety
/// As above; `seg` is an element segment of `instance`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_table_init(
    table: *mut Table,
    instance: *const Instance,
    seg: *const ElemSeg,
    dst: u64,
    src: u64,
    len: u64,
) -> u32 {
    if !within(dst, len, (*table).len) || !within(src, len, (*seg).len.into()) {
        return OUT_OF_BOUNDS;
    }
    let (dst, src, items) = (dst as usize, src as usize, (*seg).items);
    for i in 0..len as usize {
        let value = if (*seg).kind == ElemSeg::KIND_FUNC_INDEX {
            function(instance, *(items as *const u32).add(src + i))
        } else {
            *(items as *const u64).add(src + i)
        };
        (*table).elems.add(dst + i).write(value);
    }
    0
}

/// Copies the parts of a list, in order: 0, or the trap.
///
/// # Safety
/// As above; `seg` is a list of [`Placed`] with indices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_table_place(
    table: *mut Table,
    instance: *const Instance,
    seg: *const ElemSeg,
    base: u32,
) -> u32 {
    let mut at = (*seg).items as *const u32;
    let end = at.add((*seg).len as usize);
    while at < end {
        let part = &*(at as *const Placed);
        let (dst, len) = (base.wrapping_add(part.dst), part.len as usize);
        at = at.add(size_of::<Placed>() / size_of::<u32>());
        if !within(dst.into(), len as u64, (*table).len) {
            return OUT_OF_BOUNDS;
        }
        for i in 0..len {
            let value = function(instance, *at.add(i));
            (*table).elems.add(dst as usize + i).write(value);
        }
        at = at.add(len);
    }
    0
}

/// The reference that an index of a segment stands for.
///
/// # Safety
/// `index` is [`ELEM_NULL`] or one of the instance's functions.
unsafe fn function(instance: *const Instance, index: u32) -> u64 {
    match index {
        ELEM_NULL => 0,
        index => (*instance).funcrefs.add(index as usize) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::FuncRef;
    use core::ptr::null;

    fn make(min: u64, max: u64) -> Table {
        let mut table = core::mem::MaybeUninit::uninit();
        unsafe {
            create(
                table.as_mut_ptr(),
                &TableDesc {
                    offset: 0,
                    elem: 0,
                    min,
                    max,
                },
            )
            .unwrap();
            table.assume_init()
        }
    }

    const FUNCREF: FuncRef = FuncRef {
        code: null(),
        instance: null_mut(),
        sig: 0,
        near: null(),
    };

    /// An instance with these functions.
    fn instance(funcrefs: &[FuncRef]) -> Instance {
        Instance {
            module: null(),
            memory0: null_mut(),
            funcrefs: funcrefs.as_ptr(),
            host_data: null_mut(),
        }
    }

    #[test]
    fn tables_grow_over_pages_to_their_limit() {
        let mut table = make(0, 2000);
        unsafe {
            assert_eq!(wative_rt_table_grow(&mut table, 5, 0), 0);
            for i in 0..1000 {
                assert_eq!(wative_rt_table_grow(&mut table, i as usize, 1), i);
            }
            assert_eq!(wative_rt_table_grow(&mut table, 0, 1001), u64::MAX);
            assert_eq!(wative_rt_table_grow(&mut table, 0, u64::MAX), u64::MAX);
            assert_eq!(wative_rt_table_grow(&mut table, 9, 1000), 1000);
            assert_eq!((*table.elems.add(999), *table.elems.add(1999)), (999, 9));
            destroy(&table);
        }
        let mut unlimited = make(1, u32::MAX.into());
        unsafe {
            assert_eq!(
                wative_rt_table_grow(&mut unlimited, 0, GROWTH_LIMIT),
                u64::MAX
            )
        };
    }

    #[test]
    fn bulk_operations_check_their_ranges() {
        let mut table = make(10, 10);
        let t: *mut Table = &mut table;
        let funcrefs = [FUNCREF; 3];
        let instance = instance(&funcrefs);
        let items = [2u32, ELEM_NULL, 0];
        let seg = ElemSeg {
            items: items.as_ptr() as *const u8,
            len: 3,
            kind: ElemSeg::KIND_FUNC_INDEX,
        };
        unsafe {
            assert_eq!(wative_rt_table_fill(t, 0, 77, 10), 0);
            assert_eq!(wative_rt_table_fill(t, 1, 77, 10), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_table_init(t, &instance, &seg, 7, 0, 3), 0);
            assert_eq!(*table.elems.add(7), funcrefs.as_ptr().add(2) as u64);
            assert_eq!(*table.elems.add(8), 0);
            assert_eq!(
                wative_rt_table_init(t, &instance, &seg, 8, 0, 3),
                OUT_OF_BOUNDS
            );
            assert_eq!(
                wative_rt_table_init(t, &instance, &seg, 0, 2, 2),
                OUT_OF_BOUNDS
            );
            assert_eq!(wative_rt_table_copy(t, t, 6, 7, 3), 0);
            assert_eq!(*table.elems.add(6), funcrefs.as_ptr().add(2) as u64);
            assert_eq!(wative_rt_table_copy(t, t, 0, 9, 2), OUT_OF_BOUNDS);
            assert_eq!(wative_rt_table_copy(t, t, u64::MAX, 0, 2), OUT_OF_BOUNDS);
            destroy(&table);
        }
    }

    #[test]
    fn lists_are_copied_in_order_up_to_what_is_out_of_bounds() {
        let mut table = make(10, 10);
        let funcrefs = [FUNCREF; 3];
        let instance = instance(&funcrefs);
        let place = |table: &mut Table, base: u32, list: &[u32]| {
            let seg = ElemSeg {
                items: list.as_ptr() as *const u8,
                len: list.len() as u32,
                kind: ElemSeg::KIND_FUNC_INDEX,
            };
            unsafe { wative_rt_table_place(table, &instance, &seg, base) }
        };
        let at = |table: &Table, at: usize| unsafe { *table.elems.add(at) };
        let function = |index: usize| unsafe { funcrefs.as_ptr().add(index) as u64 };
        assert_eq!(place(&mut table, 99, &[]), 0);
        // Later ones win, and so does null.
        assert_eq!(
            place(&mut table, 0, &[0, 2, 0, 1, 1, 2, 2, ELEM_NULL, 10, 0]),
            0
        );
        assert_eq!(
            [0, 1, 2].map(|i| at(&table, i)),
            [function(0), function(2), 0]
        );
        // Offsets count from the base, modulo 2^32.
        assert_eq!(place(&mut table, 9, &[u32::MAX, 1, 2]), 0);
        assert_eq!(at(&table, 8), function(2));
        // What comes before the one that is out of bounds is there, what comes after is not, and nothing of that one.
        let trapping = [3, 1, 1, 9, 2, 1, 1, 4, 1, 1];
        assert_eq!(place(&mut table, 0, &trapping), OUT_OF_BOUNDS);
        assert_eq!([3, 4, 9].map(|i| at(&table, i)), [function(1), 0, 0]);
        assert_eq!(place(&mut table, 0, &[11, 0]), OUT_OF_BOUNDS);
        assert_eq!(place(&mut table, u32::MAX, &[0, 2, 0, 0]), OUT_OF_BOUNDS);
        unsafe { destroy(&table) };
    }
}
