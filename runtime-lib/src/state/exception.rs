//! Memory of exceptions in programs without objects of the collector, and of instances of open worlds without: they never change once they are made, and are found and freed by a conservative mark and sweep.
//! (With objects they are objects themselves, which nothing here sees.)
//!
//! An exception is referred to by its address, from wherever compiled code keeps a reference: registers, stack, globals, tables, other
//! exceptions. Each [`Arena`] belongs to one thread at a time: that of the process for executables and components, one for each Wasm stack under an embedder. It is one reservation of address
//! space, of which blocks of 64 KiB are taken in order; a block has cells of one size. When so much was allocated since the last
//! time that looking for garbage pays ([`LEAST`]), whatever word on the Wasm stack, in the saved registers, in the instances and in their tables of exceptions
//! looks like an address in a cell keeps the exception there alive, and so on; the rest is freed.
//!
//! Under an embedder nobody knows where instances are used from, so an exception that leaves the stack (for a global, a table, or C) is kept for
//! ever: compiled code says so by `wative_rt_exn_keep`.
//!
//! Invariants: nothing outside of cells is ever read as an exception, whatever the bits of a reference: [`find`] decides. A cell
//! is either free (state 0, linked by `link`), or holds an exception.

use crate::abi::{EXCEPTION_HEAD, INSTANCE_HEADER, ModuleDesc, ProgramDesc, Table, TagDesc};
use crate::entry::command;
use crate::fault::trap;
use crate::state::fiber;
use crate::state::instance::at;
use crate::state::stack::{self, Stack};
use crate::state::thread;
use crate::sys;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::Ordering;

/// An exception; its payload follows.
#[repr(C)]
pub struct Exception {
    /// Identity of its tag.
    pub tag: usize,
    pub slots: u32,
    /// 0: the cell is free.
    state: u32,
    /// The next free cell, or the next exception whose payload is to be searched.
    link: *mut Exception,
}

const _: () = assert!(size_of::<Exception>() == EXCEPTION_HEAD as usize);

const LIVE: u32 = 1;
const MARKED: u32 = 2;
const KEPT: u32 = 4;

/// Bytes of a block. The first of an arena holds the class of each block.
const BLOCK: usize = 64 << 10;

/// Cells have 32 bytes, doubled for each class; the largest hold a thousand vectors.
const SMALLEST: usize = 32;
const CLASSES: usize = 11;

/// Address space of an arena, if there is so much.
const RESERVATION: usize = 1 << 30;

/// Bytes that are allocated at least between two collections: they fit the second-level cache, and a collection costs a few
/// nanoseconds for each exception.
const LEAST: usize = 256 << 10;

/// Byte of the type of tables of exceptions.
const EXNREF: u32 = 0x69;

/// Cells of one size.
struct Class {
    free: *mut Exception,
    /// Cells of the newest block that were never used.
    next: usize,
    end: usize,
}

/// Where the exceptions of a thread are. All zero bytes are an empty one.
pub struct Arena {
    base: usize,
    /// Bytes reserved, readable, and taken for blocks.
    size: usize,
    committed: usize,
    used: usize,
    /// Bytes allocated since the last collection, and when the next one is due.
    since: usize,
    due: usize,
    /// Whether any exception is kept for ever.
    keeps: bool,
    /// The distance of this thread's instances from those of the program's descriptors.
    pub instances: usize,
    classes: [Class; CLASSES],
    /// Exceptions that are marked and whose payload is to be searched.
    grey: *mut Exception,
}

struct Main(UnsafeCell<Arena>);

// SAFETY: only the thread uses it that runs the executable's main function.
unsafe impl Sync for Main {}

/// The arena of an executable.
static MAIN: Main = Main(UnsafeCell::new(Arena::new()));

impl Arena {
    const fn new() -> Arena {
        Arena {
            base: 0,
            size: 0,
            committed: 0,
            used: 0,
            since: 0,
            due: 0,
            keeps: false,
            instances: 0,
            classes: [const {
                Class {
                    free: null_mut(),
                    next: 0,
                    end: 0,
                }
            }; CLASSES],
            grey: null_mut(),
        }
    }

    /// The arena of the thread that runs on a stack; null where the system has no room.
    ///
    /// # Safety
    /// The calling thread runs on `stack`.
    unsafe fn of(stack: &Stack) -> *mut Arena {
        let own = stack.arena.load(Ordering::Relaxed);
        if !own.is_null() {
            return own;
        }
        let arena = if trap::is_own_process() && !stack.is_thread() {
            MAIN.0.get()
        } else {
            let Ok(fresh) = sys::mmap(Self::SIZE, sys::PROT_READ | sys::PROT_WRITE) else {
                return null_mut();
            };
            let fresh = fresh as *mut Arena;
            (*fresh).instances = thread::distance(stack);
            fresh
        };
        stack.arena.store(arena, Ordering::Release);
        arena
    }

    /// That of the code that throws, in an open world or not.
    ///
    /// # Safety
    /// As for [`Arena::of`].
    unsafe fn of_code(stack: &Stack, is_open: bool) -> *mut Arena {
        match is_open || trap::is_own_process() {
            true => Arena::of(stack),
            // A component in a C program: whatever stack it runs on.
            false => MAIN.0.get(),
        }
    }

    /// Bytes of the pages that an arena lies in.
    const SIZE: usize = size_of::<Arena>().next_multiple_of(sys::PAGE);

    /// Reserves address space, as much as there is.
    ///
    /// # Safety
    /// Called once, before anything is allocated.
    unsafe fn reserve(&mut self) -> bool {
        let mut size = RESERVATION;
        while size >= 2 * BLOCK {
            if let Ok(base) = sys::mmap(size, sys::PROT_NONE) {
                self.base = base as usize;
                self.size = size;
                self.due = LEAST;
                return self.take().is_some();
            }
            size /= 2;
        }
        false
    }

    /// Takes the next block; its offset.
    ///
    /// # Safety
    /// Address space is reserved.
    unsafe fn take(&mut self) -> Option<usize> {
        let offset = self.used;
        if offset + BLOCK > self.size {
            return None;
        }
        if offset + BLOCK > self.committed {
            let more = self.committed.max(LEAST).min(self.size - self.committed);
            let start = (self.base + self.committed) as *mut u8;
            sys::mprotect(start, more, sys::PROT_READ | sys::PROT_WRITE).ok()?;
            self.committed += more;
        }
        self.used += BLOCK;
        Some(offset)
    }

    /// The class of the block at an offset.
    ///
    /// # Safety
    /// `offset` lies in a block that was taken.
    unsafe fn class_of(&self, offset: usize) -> *mut u8 {
        (self.base + offset / BLOCK) as *mut u8
    }

    /// The exception whose cell an address lies in.
    ///
    /// # Safety
    /// The classes of all blocks that were taken are set.
    unsafe fn holder(&self, address: usize) -> *mut Exception {
        let offset = address.wrapping_sub(self.base);
        if offset < BLOCK || offset >= self.used {
            return null_mut();
        }
        let cell = SMALLEST << *self.class_of(offset);
        let within = offset % BLOCK;
        let found = (address - within % cell) as *mut Exception;
        if (*found).state & LIVE == 0 {
            return null_mut();
        }
        found
    }

    /// A cell of a class, null where a block is needed.
    ///
    /// # Safety
    /// `class` is less than the number of classes.
    unsafe fn cell(&mut self, class: usize) -> *mut Exception {
        let cells = self.classes.as_mut_ptr().add(class);
        let free = (*cells).free;
        if !free.is_null() {
            (*cells).free = (*free).link;
            return free;
        }
        let next = (*cells).next;
        if next == (*cells).end {
            return null_mut();
        }
        (*cells).next += SMALLEST << class;
        next as *mut Exception
    }

    /// Room for an exception; null where there is none. `low`: from there upwards the stack may hold references.
    ///
    /// # Safety
    /// The arena belongs to the calling thread, which runs on `stack`; `low` is not above its stack pointer.
    unsafe fn allocate(&mut self, class: usize, stack: &Stack, low: usize) -> *mut Exception {
        if self.base == 0 && !self.reserve() {
            return null_mut();
        }
        self.since += SMALLEST << class;
        let mut collected = false;
        loop {
            let cell = self.cell(class);
            if !cell.is_null() {
                return cell;
            }
            if self.since >= self.due && !collected {
                self.collect(stack, low);
                collected = true;
                continue;
            }
            if let Some(offset) = self.take() {
                *self.class_of(offset) = class as u8;
                let cells = self.classes.as_mut_ptr().add(class);
                (*cells).next = self.base + offset;
                (*cells).end = self.base + offset + BLOCK;
            } else if collected {
                return null_mut();
            } else {
                self.collect(stack, low);
                collected = true;
            }
        }
    }

    /// Frees what nothing refers to.
    ///
    /// # Safety
    /// As for [`Arena::allocate`]. Every exception in use is referred to from the stack, an instance of the program, or is kept.
    #[inline(never)]
    unsafe fn collect(&mut self, stack: &Stack, low: usize) {
        let mut searched = self.search_stack(stack, low);
        let is_program = trap::is_own_process() || core::ptr::eq(self, MAIN.0.get());
        if is_program {
            searched += self.search_program();
        }
        if self.keeps {
            self.each(|arena, exception| {
                if (*exception).state & KEPT != 0 {
                    arena.mark(exception as usize);
                }
            });
        }
        while !self.grey.is_null() {
            let next = self.grey;
            self.grey = (*next).link;
            self.search(next.add(1) as *const usize, (*next).slots as usize);
        }
        self.sweep(searched);
    }

    /// Marks what a stack from here on refers to, and those that wait for it; how many bytes were searched.
    ///
    /// # Safety
    /// As for [`Arena::collect`].
    unsafe fn search_stack(&mut self, stack: &Stack, low: usize) -> usize {
        let mut searched = 0;
        let mut search = |stack: &Stack, low| {
            let (first, end) = stack.words(low);
            // SAFETY: the usable part of a stack.
            unsafe { self.search(first, end.offset_from_unsigned(first)) };
            searched += end as usize - first as usize;
        };
        search(stack, low);
        // All of it where nobody has said from where on.
        stack.each_outer(|stack, left| search(stack, left.sp));
        searched
    }

    /// Marks what other stacks of the program and its instances refer to; how many bytes were searched.
    ///
    /// # Safety
    /// As for [`Arena::collect`].
    unsafe fn search_program(&mut self) -> usize {
        let mut searched = 0;
        fiber::each_other(|stack, sp, _| searched += self.search_stack(stack, sp));
        let program = command::program();
        if !program.is_null() {
            searched += self.search_instances(&*program);
        }
        searched
    }

    /// Frees what is not marked. `searched`: bytes that were searched.
    ///
    /// # Safety
    /// As for [`Arena::collect`].
    unsafe fn sweep(&mut self, searched: usize) {
        for class in &mut self.classes {
            class.free = null_mut();
        }
        let mut live = 0;
        self.each(|arena, exception| {
            let class = *arena.class_of(exception as usize - arena.base);
            if (*exception).state & MARKED != 0 {
                (*exception).state &= !MARKED;
                live += SMALLEST << class;
            } else {
                (*exception).state = 0;
                let cells = arena.classes.as_mut_ptr().add(class as usize);
                (*exception).link = (*cells).free;
                (*cells).free = exception;
            }
        });
        self.since = 0;
        // As much work for the program as for us.
        self.due = LEAST.max(live).max(searched / 4);
    }

    /// Calls `f` for each cell that was ever used.
    ///
    /// # Safety
    /// Address space is reserved. `f` takes no blocks.
    unsafe fn each(&mut self, mut f: impl FnMut(&mut Arena, *mut Exception)) {
        let mut offset = BLOCK;
        while offset < self.used {
            let class = *self.class_of(offset) as usize;
            let cells = &*self.classes.as_ptr().add(class);
            let start = self.base + offset;
            let end = if cells.end == start + BLOCK {
                cells.next
            } else {
                start + BLOCK
            };
            let mut cell = start;
            while cell < end {
                f(self, cell as *mut Exception);
                cell += SMALLEST << class;
            }
            offset += BLOCK;
        }
    }

    /// Searches the instances of the program and their tables of exceptions; how many bytes.
    ///
    /// # Safety
    /// `program` is the linked program, and the calling thread's instances are made.
    unsafe fn search_instances(&mut self, program: &ProgramDesc) -> usize {
        let mut searched = 0;
        for i in 0..program.module_count as usize {
            let module: &ModuleDesc = &**program.modules.add(i);
            let instance = module.instance.wrapping_byte_add(self.instances);
            let words = (module.instance_size as usize - INSTANCE_HEADER as usize) / 8;
            self.search(at::<usize>(instance, INSTANCE_HEADER), words);
            searched += 8 * words;
            for k in 0..module.table_count as usize {
                let desc = &*module.tables.add(k);
                if desc.elem == EXNREF {
                    let table = &*at::<Table>(instance, desc.offset);
                    if !table.elems.is_null() {
                        self.search(table.elems as *const usize, table.len as usize);
                        searched += 8 * table.len as usize;
                    }
                }
            }
        }
        searched
    }

    /// # Safety
    /// `words` points to so many readable words.
    unsafe fn search(&mut self, words: *const usize, count: usize) {
        for i in 0..count {
            self.mark(*words.add(i));
        }
    }

    /// Marks the exception that a word may refer to.
    ///
    /// # Safety
    /// Address space is reserved.
    #[inline(always)]
    unsafe fn mark(&mut self, word: usize) {
        let exception = self.holder(word);
        if !exception.is_null() && (*exception).state & MARKED == 0 {
            (*exception).state |= MARKED;
            (*exception).link = self.grey;
            self.grey = exception;
        }
    }
}

/// Frees all exceptions of the executable's main thread.
///
/// # Safety
/// None is used any more.
pub unsafe fn reset() {
    (*MAIN.0.get()).reset();
}

impl Arena {
    /// Frees all exceptions.
    ///
    /// # Safety
    /// None is used any more.
    unsafe fn reset(&mut self) {
        if self.base == 0 {
            return;
        }
        let (base, size, committed) = (self.base, self.size, self.committed);
        // All of it is zero again, as the system gives it.
        if sys::forget(base as *mut u8, self.used).is_err() {
            sys::fatal("wative: cannot give exceptions back\n");
        }
        *self = Arena {
            base,
            size,
            committed,
            used: BLOCK,
            due: LEAST,
            instances: self.instances,
            ..Arena::new()
        };
    }
}

/// Lets a stack have the exceptions of the executable's main thread, which runs on it.
pub fn share(stack: &Stack) {
    stack.arena.store(MAIN.0.get(), Ordering::Relaxed);
}

/// Makes an exception with a payload of so many slots; null where there is no room. The thread runs on `stack`, from `low` upwards
/// references may be anywhere on it. `is_open`: the code that throws is of an open world.
///
/// # Safety
/// The slots are readable.
#[inline(always)]
pub unsafe fn make(
    stack: &Stack,
    is_open: bool,
    low: usize,
    tag: usize,
    values: *const u64,
    slots: usize,
) -> *mut Exception {
    make_in(
        Arena::of_code(stack, is_open),
        stack,
        low,
        tag,
        values,
        slots,
    )
}

/// As [`make`], in this arena, if there is one.
///
/// # Safety
/// As for [`make`]; nobody else uses the arena.
#[inline(always)]
unsafe fn make_in(
    arena: *mut Arena,
    stack: &Stack,
    low: usize,
    tag: usize,
    values: *const u64,
    slots: usize,
) -> *mut Exception {
    let bytes = (EXCEPTION_HEAD as usize + 8 * slots).max(SMALLEST);
    let class = bytes.next_power_of_two().trailing_zeros() - SMALLEST.trailing_zeros();
    if class as usize >= CLASSES || arena.is_null() {
        return null_mut();
    }
    let exception = (*arena).allocate(class as usize, stack, low);
    if !exception.is_null() {
        exception.write(Exception {
            tag,
            slots: slots as u32,
            state: LIVE,
            link: null_mut(),
        });
        let payload = exception.add(1) as *mut u64;
        for i in 0..slots {
            payload.add(i).write(*values.add(i));
        }
    }
    exception
}

/// The exception at an address; null where there is none. Under an embedder it may be another thread's, if that has given it away.
///
/// # Safety
/// The thread runs on `stack`.
pub unsafe fn find(stack: &Stack, address: usize) -> *mut Exception {
    let within = |arena: *mut Arena| {
        if arena.is_null() {
            return null_mut();
        }
        // SAFETY: arenas live for ever.
        let found = unsafe { (*arena).holder(address) };
        if found as usize == address {
            found
        } else {
            null_mut()
        }
    };
    let own = within(stack.arena.load(Ordering::Relaxed));
    if !own.is_null() || trap::is_own_process() {
        return own;
    }
    let found = within(MAIN.0.get());
    if !found.is_null() {
        return found;
    }
    let others = stack::each(|other| {
        let found = within(other.arena.load(Ordering::Acquire));
        (!found.is_null()).then_some(found)
    });
    others.unwrap_or(null_mut())
}

/// Keeps an exception for ever, because it leaves the thread's sight. Null is nothing.
///
/// # Safety
/// Called by compiled code, on a Wasm stack.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_exn_keep(exception: usize) {
    let marker = 0u8;
    let Some(stack) = stack::find(&raw const marker as usize) else {
        return;
    };
    let arena = stack.arena.load(Ordering::Relaxed);
    if arena.is_null() {
        return;
    }
    let found = (*arena).holder(exception);
    if found as usize == exception && !found.is_null() {
        (*found).state |= KEPT;
        (*arena).keeps = true;
    }
}

/// What is known about a tag.
///
/// # Safety
/// `tag` is an exception's, `tags` those of the code that threw it.
pub unsafe fn describe(tag: usize, tags: *const TagDesc, count: u64) -> *const TagDesc {
    if tags.is_null() {
        *(tag as *const *const TagDesc)
    } else if (tag as u64) < count {
        tags.add(tag)
    } else {
        core::ptr::null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> (&'static Stack, &'static mut [usize]) {
        let words = Vec::leak(vec![0; 4096]);
        (Box::leak(Box::new(stack::testing(words))), words)
    }

    /// An exception in the stack's own arena.
    fn own(stack: &Stack, low: usize, tag: usize, payload: &[u64]) -> *mut Exception {
        // SAFETY: each test has a stack of its own.
        unsafe {
            let arena = Arena::of(stack);
            make_in(arena, stack, low, tag, payload.as_ptr(), payload.len())
        }
    }

    /// Exceptions that a stack of words refers to survive, with what they refer to, and others do not.
    #[test]
    fn what_is_referred_to_survives() {
        let (stack, words) = fresh();
        let range = words.as_mut_ptr_range();
        let low = range.start as usize;
        let make = |tag: usize, payload: &[u64]| own(stack, low, tag, payload) as usize;
        let inner = make(1, &[7, 8, 9]);
        let outer = make(2, &[inner as u64, 1 << 40]);
        // An address inside of the cell counts, too.
        words[100] = outer + 24;
        let lost = make(3, &[5]);
        let big: Vec<u64> = (0..2000).collect();
        words[5] = make(4, &big);
        let mut highest = 0;
        for i in 0..200_000 {
            highest = highest.max(make(5, &[i]));
        }
        let arena = stack.arena.load(Ordering::Relaxed);
        unsafe {
            assert!((*arena).used < 3 << 20, "{} bytes", (*arena).used);
            for (address, tag) in [(inner, 1), (outer, 2), (words[5], 4)] {
                let found = find(stack, address);
                assert_eq!((found as usize, (*found).tag), (address, tag));
            }
            let payload = (words[5] as *const Exception).add(1) as *const u64;
            assert_eq!((payload.add(1999).read(), payload.read()), (1999, 0));
            let whole = (inner as *const [u64; 6]).read();
            assert_eq!(whole[3..], [7, 8, 9]);
            let reused = find(stack, lost);
            assert!(reused.is_null() || (*reused).tag == 5);
        }
    }

    #[test]
    fn only_addresses_of_exceptions_are_exceptions() {
        let (stack, words) = fresh();
        let range = words.as_mut_ptr_range();
        let exception = own(stack, range.start as usize, 1, &[1]) as usize;
        let arena = stack.arena.load(Ordering::Relaxed);
        unsafe {
            let (base, used) = ((*arena).base, (*arena).used);
            assert_eq!(find(stack, exception) as usize, exception);
            for bad in [
                0,
                1,
                exception + 1,
                exception + 8,
                exception + 32,
                exception - 32,
                base,
                base + used,
                base - 8,
                usize::MAX,
            ] {
                assert!(find(stack, bad).is_null(), "{bad:#x}");
            }
        }
    }

    #[test]
    fn the_largest_payload_fits_and_a_larger_one_is_refused() {
        let (stack, words) = fresh();
        let range = words.as_mut_ptr_range();
        let payload = vec![0; 5000];
        assert!(!own(stack, range.start as usize, 1, &payload[..4000]).is_null());
        assert!(own(stack, range.start as usize, 1, &payload).is_null());
    }
}
