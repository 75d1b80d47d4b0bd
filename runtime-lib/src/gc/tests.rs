//! Heaps whose roots are cells, and what they do under all shapes of objects.

mod bench;
mod frames;
mod mutator;

use super::heap::{Heap, LARGEST};
use super::space::{BLOCK, BLOCK_PAGES, CLEAN, NONE, PAGE, PAGE_BITS};
use crate::abi::{GcDesc, GcType, Table};
use core::ptr::null;

/// Types of objects: header alone; two references; two numbers; references; bytes; a large struct with references at both ends; a host's value.
pub const EMPTY: u32 = 0;
pub const PAIR: u32 = 1;
pub const NUMBERS: u32 = 2;
pub const REFS: u32 = 3;
pub const BYTES: u32 = 4;
pub const WIDE: u32 = 5;
pub const HOST: u32 = 6;

pub const WIDE_BYTES: u32 = 1000;

pub static TYPES: [GcType; 7] = [
    ty(GcType::STRUCT, 4, 0, 0),
    ty(GcType::STRUCT, 16, 0, 2),
    ty(GcType::STRUCT, 16, 0, 0),
    ty(GcType::ARRAY, 4, 1, 0),
    ty(GcType::ARRAY, 1, 0, 0),
    ty(GcType::STRUCT, WIDE_BYTES, 2, 2),
    ty(GcType::HOST, 0, 0, 0),
];

/// Where the references of [`PAIR`] are, and those of [`WIDE`].
pub static OFFSETS: [u32; 4] = [8, 12, 4, WIDE_BYTES - 4];

const fn ty(kind: u32, bytes: u32, refs: u32, ref_count: u32) -> GcType {
    GcType {
        kind,
        bytes,
        refs,
        ref_count,
    }
}

/// A heap with cells as roots. Its memory is given back at its end.
pub struct World {
    pub heap: Box<Heap>,
    pub cells: Vec<u32>,
    _pointers: Vec<*const u32>,
    _desc: Box<GcDesc>,
}

impl World {
    pub fn new(cells: usize, limit: u64, flags: u32) -> World {
        World::with_tables(cells, &[], limit, flags)
    }

    pub fn with_tables(cells: usize, tables: &[*const Table], limit: u64, flags: u32) -> World {
        let cells = vec![0u32; cells];
        let pointers: Vec<*const u32> = cells.iter().map(|cell| cell as *const u32).collect();
        let desc = Box::new(GcDesc {
            types: TYPES.as_ptr(),
            offsets: OFFSETS.as_ptr(),
            cells: pointers.as_ptr(),
            cell_count: pointers.len() as u64,
            tables: tables.as_ptr(),
            table_count: tables.len() as u64,
            limit,
            type_count: TYPES.len() as u32,
            flags,
            heap_slot: 0,
            new_heap: None,
            end_heap: None,
            cross: None,
        });
        let mut heap = Box::new(Heap::new());
        heap.desc = &*desc;
        heap.stats.flags = flags;
        World {
            heap,
            cells,
            _pointers: pointers,
            _desc: desc,
        }
    }

    /// A struct, as compiled code allocates it.
    pub fn make(&mut self, ty: u32) -> u32 {
        let bytes = match TYPES[ty as usize].kind {
            GcType::HOST => 16,
            _ => TYPES[ty as usize].bytes,
        };
        self.allocate(bytes.into(), ty).expect("room")
    }

    pub fn array(&mut self, ty: u32, len: u32) -> u32 {
        self.try_array(ty, len).expect("room")
    }

    pub fn try_array(&mut self, ty: u32, len: u32) -> Option<u32> {
        let bytes = 8 + u64::from(len) * u64::from(TYPES[ty as usize].bytes);
        let object = self.allocate(bytes, ty)?;
        set(object, 4, len);
        Some(object)
    }

    #[inline]
    fn allocate(&mut self, bytes: u64, ty: u32) -> Option<u32> {
        let (heap, size) = (&mut self.heap, (bytes as usize).next_multiple_of(8));
        let (next, header) = (heap.fast.next, ty << GcType::HEADER_SHIFT);
        if bytes < 1 << 16 && next + size <= heap.fast.limit {
            heap.fast.next = next + size;
            set(next as u32, 0, header);
            return Some(next as u32);
        }
        unsafe { heap.allocate(bytes, header, null()) }
    }

    /// Stores a reference in an object, as compiled code does.
    pub fn store(&mut self, object: u32, offset: u32, value: u32) {
        let header = get(object, 0);
        if header & GcType::OLD != 0 {
            if header >> GcType::HEADER_SHIFT == REFS {
                unsafe { self.heap.write_at(object, object + offset) }
            } else {
                unsafe { self.heap.write(object) }
            }
        }
        set(object, offset, value);
    }

    pub fn pair(&mut self, left: u32, right: u32) -> u32 {
        let pair = self.make(PAIR);
        set(pair, 8, left);
        set(pair, 12, right);
        pair
    }

    pub fn collect(&mut self, is_full: bool) {
        unsafe { self.heap.collect(is_full, null()) }
    }

    pub fn live(&self) -> u64 {
        self.heap.stats.live
    }

    /// Pages of a kind.
    fn pages(&self, kind: u8) -> usize {
        let space = &self.heap.space;
        let all = space.low.clone().chain(space.high.clone());
        all.filter(|&page| unsafe { *space.kinds.add(page) } == kind)
            .count()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        unsafe { self.heap.reset() }
    }
}

pub fn get(object: u32, offset: u32) -> u32 {
    assert!(object != 0 && object & 1 == 0);
    unsafe { ((object + offset) as usize as *const u32).read() }
}

pub fn set(object: u32, offset: u32, value: u32) {
    assert!(object != 0 && object & 1 == 0);
    unsafe { ((object + offset) as usize as *mut u32).write(value) }
}

/// Whether so many bytes of an object behind its head are zero.
fn is_zero(object: u32, from: u32, to: u32) -> bool {
    (from..to).step_by(4).all(|offset| get(object, offset) == 0)
}

#[test]
fn a_heap_starts_small_and_ends_empty() {
    let mut world = World::new(1, 0, 0);
    world.cells[0] = world.make(NUMBERS);
    assert_eq!(world.heap.space.used, BLOCK);
    world.collect(true);
    assert_eq!(world.live(), 16);
    world.cells[0] = 0;
    world.collect(true);
    assert_eq!((world.live(), world.heap.space.used), (0, 0));
}

#[test]
fn new_objects_are_zero_wherever_they_lie() {
    let mut world = World::new(1, 0, 0);
    for round in 0..50_000u32 {
        let len = match round % 1000 {
            0 => 100_000,
            1..20 => 5000,
            _ => round % 300,
        };
        let object = world.array(BYTES, len);
        let end = (8 + len) & !3;
        assert!(is_zero(object, 8, end), "round {round}");
        for offset in (8..end).step_by(4) {
            set(object, offset, !0);
        }
        if round % 13 == 0 {
            world.cells[0] = object;
        }
    }
    assert!(world.heap.stats.minor > 10);
}

/// Whoever writes to an old object logs it, once; what it refers to then survives a minor collection.
#[test]
fn the_log_keeps_what_old_objects_refer_to() {
    let mut world = World::new(1, 0, 0);
    world.cells[0] = world.pair(0, 0);
    let old = world.cells[0];
    assert_eq!(get(old, 0) & GcType::OLD, 0);
    world.collect(false);
    assert_ne!(get(old, 0) & GcType::OLD, 0);
    for round in 0..3 {
        let new = world.make(NUMBERS);
        set(new, 4, 77 + round);
        world.store(old, 8, new);
        world.store(old, 12, new);
        assert_eq!((world.heap.logged, get(old, 0) & GcType::OLD), (1, 0));
        world.collect(round == 1);
        assert_eq!(world.heap.logged, 0);
        assert_eq!((get(old, 8), get(new, 4)), (new, 77 + round));
        assert_ne!(get(old, 0) & GcType::OLD, 0);
        // It takes another collection of everything until what was replaced is free.
        assert_eq!(world.live(), [32, 32, 48][round as usize]);
    }
}

/// Of a large array only the lines are looked at that were written to, and at the next collection again only those since then.
#[test]
fn the_log_has_lines_of_large_arrays() {
    let mut world = World::new(1, 0, 0);
    let array = world.array(REFS, 100_000);
    world.cells[0] = array;
    world.collect(false);
    // First and last ones, and neighbours in a line; the elements begin in the middle of one.
    let written = [0, 1, 61, 62, 63, 5000, 5001, 99_998, 99_999];
    for is_full in [false, true, false, false] {
        for i in written {
            let new = world.pair(0, i << 1 | 1);
            world.store(array, 8 + 4 * i, new);
        }
        // Four lines, each with its array.
        assert_eq!(world.heap.logged, 8);
        assert_ne!(get(array, 0) & GcType::OLD, 0);
        world.collect(is_full);
        assert_eq!(world.heap.logged, 0);
        for i in written {
            assert_eq!(get(get(array, 8 + 4 * i), 12), i << 1 | 1);
        }
    }
    let lost = world.pair(0, 0);
    set(array, 8 + 4 * 7000, lost);
    world.store(array, 8 + 4 * 8000, 0);
    let live = world.live();
    world.collect(false);
    assert_eq!(world.live(), live);
    world.store(array, 8 + 4 * 7000, 0);
    world.collect(true);
    assert_eq!(world.live(), 400_008 + 16 * written.len() as u64);
}

/// What was not logged is not looked at: old objects cost a minor collection nothing.
#[test]
fn a_minor_collection_does_not_look_at_old_objects() {
    let mut world = World::new(1, 0, 0);
    world.cells[0] = world.pair(0, 0);
    world.collect(false);
    let new = world.make(NUMBERS);
    set(world.cells[0], 8, new);
    world.collect(false);
    assert_eq!(world.live(), 16);
    set(world.cells[0], 8, 0);
}

#[test]
fn more_written_objects_than_the_log_holds_make_a_full_collection() {
    let mut world = World::new(1, 0, 0);
    let count = (1 << 20) + 10;
    let array = world.array(REFS, count);
    world.cells[0] = array;
    for i in 0..count {
        let pair = world.pair(0, 0);
        world.store(array, 8 + 4 * i, pair);
    }
    world.collect(true);
    for i in 0..count {
        let new = world.heap.stats.full;
        let pair = get(array, 8 + 4 * i);
        world.store(pair, 8, array);
        assert_eq!(new, world.heap.stats.full);
    }
    let full = world.heap.stats.full;
    let last = world.make(NUMBERS);
    world.store(get(array, 8 + 4 * (count - 1)), 12, last);
    world.collect(false);
    assert_eq!(world.heap.stats.full, full + 1);
    let live = u64::from(count) * 16 + 16 + u64::from((8 + 4 * count).next_multiple_of(8));
    assert_eq!(world.live(), live);
}

#[test]
fn a_list_of_ten_million_elements_is_marked_without_recursion() {
    let mut world = World::new(1, 0, 0);
    const COUNT: u32 = 10_000_000;
    for i in 0..COUNT {
        world.cells[0] = world.pair(world.cells[0], i << 1 | 1);
    }
    world.collect(true);
    assert_eq!(world.live(), 16 * u64::from(COUNT));
    let (mut at, mut expected) = (world.cells[0], COUNT);
    while at != 0 {
        expected -= 1;
        assert_eq!(get(at, 12) >> 1, expected);
        at = get(at, 8);
    }
    assert_eq!(expected, 0);
    world.cells[0] = 0;
    world.collect(true);
    assert_eq!((world.live(), world.heap.space.used), (0, 0));
}

/// However small the stack of grey objects is, everything is marked: wide and deep shapes, in blocks and in large objects.
#[test]
fn marking_goes_on_where_its_stack_is_full() {
    for capacity in [0, 1, 7, 100] {
        let mut world = World::new(2, 0, 0);
        world.heap.grey.capacity = capacity;
        let wide = world.array(REFS, 30_000);
        world.cells[0] = wide;
        let mut live = 8 + 4 * 30_000;
        for i in 0..30_000 {
            let ty = if i % 100 == 0 { WIDE } else { PAIR };
            let (first, last) = if ty == WIDE {
                (4, WIDE_BYTES - 4)
            } else {
                (8, 12)
            };
            let object = world.make(ty);
            set(object, first, world.cells[1]);
            world.store(wide, 8 + 4 * i, object);
            // A chain beside the array, and large arrays in it.
            if i % 3 == 0 {
                world.cells[1] = object;
            }
            live += TYPES[ty as usize].bytes;
            if i % 1000 == 0 {
                let large = world.array(REFS, 3000);
                set(large, 8 + 4 * 2999, object);
                world.store(object, last, large);
                live += 8 + 4 * 3000;
            }
        }
        world.collect(true);
        assert_eq!(world.live(), live.into(), "capacity {capacity}");
        world.cells[0] = 0;
        world.collect(true);
        world.cells[1] = 0;
        world.collect(true);
        assert_eq!((world.live(), world.heap.space.used), (0, 0));
    }
}

#[test]
fn a_thousand_way_tree_and_cycles_are_freed() {
    let mut world = World::new(1, 0, 0);
    let root = world.array(REFS, 1000);
    world.cells[0] = root;
    for i in 0..1000 {
        let child = world.array(REFS, 1000);
        world.store(root, 8 + 4 * i, child);
        for j in 0..1000 {
            let leaf = world.pair(child, root);
            world.store(child, 8 + 4 * j, leaf);
        }
    }
    world.collect(true);
    assert_eq!(world.live(), 1001 * 4008 + 16_000_000);
    world.cells[0] = 0;
    world.collect(true);
    assert_eq!((world.live(), world.heap.space.used), (0, 0));
}

#[test]
fn an_array_of_a_gibibyte_costs_only_what_is_touched() {
    let mut world = World::new(1, 0, 0);
    let array = world.array(BYTES, 1 << 30);
    world.cells[0] = array;
    set(array, 1 << 30, 1234);
    for _ in 0..1000 {
        world.array(BYTES, 10_000);
    }
    world.collect(true);
    assert_eq!((get(array, 1 << 30), get(array, 1 << 29)), (1234, 0));
    assert_eq!(world.live(), (1 << 30) + 8);
    world.cells[0] = 0;
    world.collect(true);
    assert_eq!(world.heap.space.used, 0);
    assert_eq!(world.pages(super::space::DIRTY), 0);
    // The same place again, zero again.
    let array = world.array(BYTES, 1 << 30);
    assert_eq!(get(array, 1 << 30), 0);
}

#[test]
fn what_cannot_fit_is_refused() {
    let mut world = World::new(1, 0, 0);
    assert_eq!(world.try_array(BYTES, u32::MAX), None);
    assert_eq!(world.try_array(REFS, 1 << 30), None);
    world.cells[0] = world.make(PAIR);
    assert_eq!(get(world.cells[0], 0) >> 8, PAIR);
}

#[test]
fn the_limit_holds_and_garbage_does_not_count() {
    let limit = 1 << 20;
    let mut world = World::new(1, limit, 0);
    for i in 0..300_000 {
        let pair = world.pair(0, i << 1 | 1);
        if i % 100 == 0 {
            world.cells[0] = pair;
        }
        if i % 1000 == 0 {
            world.array(BYTES, 300_000);
        }
        assert!(world.heap.space.used as u64 <= limit);
    }
    // Everything lives: at some time there is no room, and then nothing is lost.
    world.cells[0] = 0;
    world.collect(true);
    let mut count = 0;
    while let Some(pair) = world.allocate(16, PAIR) {
        set(pair, 8, world.cells[0]);
        world.cells[0] = pair;
        count += 1;
    }
    assert!(count > 60_000, "{count}");
    assert_eq!(world.try_array(BYTES, 100_000), None);
    world.collect(true);
    assert_eq!(world.live(), 16 * count);
    world.cells[0] = 0;
    world.pair(0, 0);
    world.array(BYTES, 900_000);
}

/// Every other object goes, so lines are free between those that live; they are used again, and objects of several lines still find room.
#[test]
fn fragments_are_used_again() {
    let limit = 4 << 20;
    let mut world = World::new(2, limit, 0);
    let count = 8000;
    let array = world.array(REFS, count);
    world.cells[0] = array;
    for i in 0..count {
        let object = world.array(BYTES, 400);
        world.store(array, 8 + 4 * i, object);
    }
    for i in 0..count {
        if i % 4 != 0 {
            world.store(array, 8 + 4 * i, 0);
        }
    }
    world.collect(true);
    let before = world.heap.space.used;
    // As much again as has become free, less what is lost in lines that live objects begin or end on.
    for i in 0..count {
        if i % 4 == 1 {
            let object = world.array(BYTES, 150);
            world.store(array, 8 + 4 * i, object);
        }
    }
    world.collect(true);
    assert!(world.heap.space.used <= before);
    for _ in 0..1000 {
        world.array(BYTES, 700);
        world.array(BYTES, LARGEST as u32 - 8);
    }
}

#[test]
fn objects_of_all_sizes_lie_where_they_may() {
    let mut world = World::new(1, 0, 0);
    for len in (0..20_000).chain((0..40).map(|i| 100_000 + i * 512)) {
        let array = world.array(BYTES, len);
        let (first, end) = (array as usize, array as usize + 8 + len as usize);
        assert!(first.is_multiple_of(8));
        if (8 + len as usize).next_multiple_of(8) > LARGEST {
            assert!(first.is_multiple_of(PAGE));
        } else {
            assert_eq!(first / BLOCK, (end - 1) / BLOCK, "{len} bytes");
        }
        world.cells[0] = array;
        if len % 1000 == 0 {
            world.collect(len % 2000 == 0);
            assert_eq!(get(array, 4), len);
        }
    }
}

#[test]
fn free_memory_goes_back_to_the_system() {
    let mut world = World::new(1, 0, 0);
    for _ in 0..1_000_000 {
        world.cells[0] = world.pair(world.cells[0], 0);
    }
    world.collect(true);
    let in_use = world.heap.space.used;
    assert!(in_use >= 16_000_000);
    world.cells[0] = 0;
    world.collect(true);
    let dirty = world.pages(super::space::DIRTY);
    assert!(dirty <= (1 << 20) / PAGE + BLOCK_PAGES, "{dirty} pages");
    assert!(world.pages(CLEAN) * PAGE >= in_use - (2 << 20));
    for page in world.heap.space.low.clone() {
        let (kind, words) = unsafe {
            let words = core::slice::from_raw_parts(
                (page << PAGE_BITS) as *const u64,
                if *world.heap.space.kinds.add(page) == CLEAN {
                    PAGE / 8
                } else {
                    0
                },
            );
            (*world.heap.space.kinds.add(page), words)
        };
        assert!(kind != NONE || words.is_empty());
        assert!(words.iter().all(|&word| word == 0));
    }
}

#[test]
fn elements_of_tables_are_roots() {
    let mut elems = [0u64; 100];
    let table = Table {
        elems: elems.as_mut_ptr(),
        len: 100,
        max: 100,
        capacity: 100,
    };
    let tables = [&raw const table];
    let mut world = World::with_tables(0, &tables, 0, 0);
    let write = |i: usize, value: u32| unsafe { table.elems.add(i).write(value.into()) };
    for i in 0..100 {
        let pair = world.pair(0, i << 1 | 1);
        write(i as usize, if i % 10 == 3 { i << 1 | 1 } else { pair });
    }
    world.collect(false);
    assert_eq!(world.live(), 90 * 16);
    for i in 0..100 {
        let value = unsafe { table.elems.add(i as usize).read() } as u32;
        assert_eq!(
            if value & 1 == 0 {
                get(value, 12)
            } else {
                value
            },
            i << 1 | 1
        );
        write(i as usize, 0);
    }
    world.collect(true);
    assert_eq!(world.live(), 0);
}

/// A child process does this to its heap; the test looks at how it ends.
fn ends_with(what: &str, f: impl FnOnce(&mut World)) {
    const NAME: &str = "WATIVE_GC_DAMAGE";
    if std::env::var(NAME).as_deref() == Ok(what) {
        let mut world = World::new(2, 0, 0);
        world.make(NUMBERS);
        f(&mut world);
        world.collect(true);
        std::process::exit(0);
    }
    if std::env::var(NAME).is_ok() {
        return;
    }
    let exe = std::env::current_exe().unwrap();
    // What `scripts/test-runtime-aarch64.sh` runs tests with.
    let emulator = std::env::var("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").ok();
    let mut command = match emulator.filter(|_| cfg!(target_arch = "aarch64")) {
        Some(emulator) => {
            let mut command = std::process::Command::new(emulator);
            command.arg(exe);
            command
        }
        None => std::process::Command::new(exe),
    };
    let test = "gc::tests::damaged_references_end_the_process";
    let output = command
        .args([test, "--exact", "--nocapture"])
        .env(NAME, what)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("wative: the garbage-collected heap is damaged"),
        "{what}: {message}"
    );
    assert_eq!(output.status.code(), Some(1), "{what}");
}

/// A slot with any bits leads nowhere but to an object, or the process ends before anything is written.
#[test]
fn damaged_references_end_the_process() {
    ends_with("nowhere", |world| world.cells[0] = 0x1000);
    ends_with("above", |world| world.cells[0] = 0xffff_fff8);
    ends_with("unaligned", |world| world.cells[0] = world.make(PAIR) + 4);
    ends_with("free block", |world| {
        let pair = world.make(PAIR);
        world.cells[0] = pair + BLOCK as u32;
    });
    ends_with("inside of a large object", |world| {
        world.cells[0] = world.array(BYTES, 100_000) + PAGE as u32;
    });
    ends_with("inside of its first page", |world| {
        world.cells[0] = world.array(BYTES, 100_000) + 8;
    });
    ends_with("an unknown type", |world| {
        let pair = world.make(PAIR);
        set(pair, 0, TYPES.len() as u32 * 256);
        world.cells[0] = pair;
    });
    ends_with("an array that leaves its block", |world| {
        let array = world.array(REFS, 10);
        set(array, 4, 10_000);
        world.cells[0] = array;
    });
    ends_with("a large array that is longer", |world| {
        let array = world.array(REFS, 10_000);
        set(array, 4, 12_000);
        world.cells[0] = array;
    });
    ends_with("in another object", |world| {
        let pair = world.make(PAIR);
        set(pair, 8, u32::MAX - 1);
        world.cells[1] = pair;
    });
}
