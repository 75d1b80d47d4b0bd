//! Operations on whole parts of arrays: copying, and filling from segments. Compiled code has compared all indices with the lengths.

use crate::abi::{DataSeg, ELEM_NULL, ElemSeg, GcHeap, GcType, Instance, TrapCode};
use crate::gc::heap::Heap;
use crate::state::memory::within;
use core::ptr::{copy, copy_nonoverlapping};

/// What the collector knows of an array's type.
///
/// # Safety
/// It is an array of the heap.
unsafe fn type_of(heap: *mut GcHeap, array: u32) -> &'static GcType {
    (*(heap as *mut Heap)).type_of(*(array as usize as *const u32))
}

/// An element of an array.
fn element(array: u32, ty: &GcType, at: u32) -> *mut u8 {
    let offset = GcType::ELEMENTS as usize + at as usize * ty.bytes as usize;
    (array as usize + offset) as *mut u8
}

/// Tells the collector that references are about to be stored in an array.
///
/// # Safety
/// It is an array of the heap.
unsafe fn log(heap: *mut GcHeap, array: u32, ty: &GcType) {
    if ty.refs != 0 && *(array as usize as *const u32) & GcType::OLD != 0 {
        (*(heap as *mut Heap)).write(array);
    }
}

/// `array.copy`
///
/// # Safety
/// Both are arrays of this heap with such elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_copy(
    heap: *mut GcHeap,
    array: u32,
    at: u32,
    source: u32,
    from: u32,
    length: u32,
) {
    let ty = type_of(heap, array);
    log(heap, array, ty);
    let bytes = length as usize * ty.bytes as usize;
    copy(element(source, ty, from), element(array, ty, at), bytes);
}

/// `array.init_data`: 0, or the trap.
///
/// # Safety
/// The array is of this heap, with such elements; `segment` is one of the program's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_init_data(
    heap: *mut GcHeap,
    array: u32,
    at: u32,
    from: u32,
    length: u32,
    segment: *const DataSeg,
) -> u32 {
    let ty = type_of(heap, array);
    let bytes = u64::from(length) * u64::from(ty.bytes);
    if !within(from.into(), bytes, (*segment).len) {
        return TrapCode::MemoryOutOfBounds as u32;
    }
    if bytes != 0 {
        let source = (*segment).bytes.add(from as usize);
        copy_nonoverlapping(source, element(array, ty, at), bytes as usize);
    }
    0
}

/// `array.init_elem`: 0, or the trap.
///
/// # Safety
/// As for [`wative_gc_init_data`]; the segment is of this instance, and has what the elements hold.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_gc_init_elem(
    heap: *mut GcHeap,
    array: u32,
    at: u32,
    from: u32,
    length: u32,
    instance: *const Instance,
    segment: *const ElemSeg,
) -> u32 {
    let ty = type_of(heap, array);
    if !within(from.into(), length.into(), (*segment).len.into()) {
        return TrapCode::TableOutOfBounds as u32;
    }
    log(heap, array, ty);
    for i in 0..length {
        let item = (from + i) as usize;
        let value = if (*segment).kind == ElemSeg::KIND_FUNC_INDEX {
            function(instance, *((*segment).items as *const u32).add(item))
        } else {
            *((*segment).items as *const u64).add(item)
        };
        let place = element(array, ty, at + i);
        // References to objects take the lower half.
        if ty.bytes == 8 {
            *(place as *mut u64) = value;
        } else {
            *(place as *mut u32) = value as u32;
        }
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
