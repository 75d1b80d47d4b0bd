//! References in frames of compiled code, which is made by hand: functions without instructions, and a stack that they might have left.

use super::*;
use crate::abi::{CodeDesc, FuncEntry, GcLeft, Safepoint};
use crate::arch::{self, Record};
use crate::fault::code;
use crate::fault::unwind::each_frame;
use crate::gc::{ROOM, has_room};
use crate::state::stack::{self, Stack};
use core::ptr::null_mut;
use core::sync::atomic::Ordering;

/// Bytes of the frames of the two functions: with one saved register (on AArch64 the link register), and so on all machines the same.
const SMALL: usize = 48;
const BIG: usize = 16 + 1024;

/// Where calls in them return to.
const IN_SMALL: usize = 40;
const IN_BIG: usize = 120;
const WITHOUT_REFERENCES: usize = 140;

const CODE_BYTES: usize = 200;

/// The code: its text.
fn code() -> usize {
    let func = |code, frame| FuncEntry {
        code,
        frame,
        saved: 1,
        name: u32::MAX,
        traps: 0,
        index: 0,
    };
    let funcs = vec![
        func(0, SMALL as u32 - 16),
        func(100, BIG as u32 - 16),
        func(CODE_BYTES as u32, 0),
    ];
    let safepoint = |pc: usize, map| Safepoint { pc: pc as u32, map };
    let safepoints = vec![
        safepoint(20, 4),
        safepoint(IN_SMALL, 0),
        safepoint(IN_BIG, 3),
        safepoint(160, 4),
    ];
    // Slots 0 and 5; slots 3, 203 and 255, counted from below the stack pointer.
    const BELOW: u8 = (Safepoint::BELOW / 4) as u8;
    let maps = vec![2, BELOW, 5, 3, BELOW + 3, 0xc8, 1, 52];
    // On AArch64 return addresses follow calls: bl.
    let text = Vec::leak(vec![0x9400_0000u32; CODE_BYTES / 4]).as_ptr();
    let desc = CodeDesc {
        text: text.cast(),
        text_len: CODE_BYTES as u64,
        funcs: Vec::leak(funcs).as_ptr(),
        func_count: 2,
        traps: null(),
        inlined: null(),
        names: null(),
        catches: null(),
        catch_count: 0,
        handlers: null(),
        tags: null(),
        tag_count: 0,
        safepoints: Vec::leak(safepoints).as_ptr(),
        safepoint_count: 4,
        maps: Vec::leak(maps).as_ptr(),
        sources: core::ptr::null(),
    };
    unsafe { code::register(Box::leak(Box::new(desc))) }.unwrap();
    text as usize
}

/// A stack that is written from its top downwards. What is not written would end the process if it were taken for a reference.
struct Frames {
    stack: &'static Stack,
    sp: usize,
}

fn put<T>(address: usize, value: T) {
    unsafe { (address as *mut T).write(value) }
}

impl Frames {
    fn new(words: usize) -> Frames {
        let words = Vec::leak(vec![0x7777_7776_7777_7776usize; words]);
        let range = words.as_ptr_range();
        Frames {
            stack: stack::testing_found(words),
            sp: range.end as usize & !15,
        }
    }

    /// A frame of so many bytes with these slots. `caller` is where it returns to.
    fn push(&mut self, bytes: usize, caller: usize, slots: &[(usize, u32)]) {
        put(self.sp - 8, caller);
        self.sp -= bytes;
        for &(slot, value) in slots {
            put(self.sp + 4 * slot, value);
        }
    }

    /// Frames that are not compiled code's, and an entry.
    fn enter(&mut self, left: GcLeft) -> &'static mut Record {
        self.sp -= 208;
        let record = Box::leak(Box::new(Record {
            sp: 0,
            base: self.sp,
            previous: self.stack.record.load(Ordering::Relaxed),
            left,
        }));
        self.stack.record.store(record, Ordering::Relaxed);
        record
    }

    /// Where the return address lies of a call from the innermost frame.
    fn call(&mut self, pc: usize) -> *const usize {
        put(self.sp - 8, pc);
        let words = if arch::CALLS_PUSH { 1 } else { 2 };
        (self.sp - 8 * words) as *const usize
    }
}

const NOT_LEFT: GcLeft = GcLeft { pc: 0, sp: 0 };

/// Slots of all frames, those of the enclosing entry as well, and no other word.
#[test]
fn slots_of_frames_are_roots() {
    let text = code();
    let mut world = World::new(0, 0, 0);
    let mut frames = Frames::new(1000);
    let objects: Vec<u32> = (0..6).map(|i| world.pair(0, i << 1 | 1)).collect();
    frames.enter(NOT_LEFT);
    frames.push(BIG, 0, &[(3, objects[0]), (203, objects[1]), (255, 0)]);
    frames.push(SMALL, text + IN_BIG, &[(0, objects[2]), (5, 9 << 1 | 1)]);
    frames.enter(GcLeft {
        pc: text + IN_SMALL,
        sp: frames.sp,
    });
    frames.push(SMALL, 0, &[(0, objects[3]), (5, objects[3])]);
    frames.push(BIG, text + IN_SMALL, &[]);
    frames.push(
        BIG,
        text + WITHOUT_REFERENCES,
        &[(3, objects[4]), (203, 0), (255, 0)],
    );
    let place = frames.call(text + IN_BIG);
    for is_full in [false, true, false] {
        unsafe { world.heap.collect(is_full, place) };
        assert_eq!(world.live(), 5 * 16);
        for (i, &object) in objects[..5].iter().enumerate() {
            assert_eq!(get(object, 12) >> 1, i as u32);
        }
    }
    frames.stack.record.store(null_mut(), Ordering::Relaxed);
    unsafe { world.heap.collect(true, place) };
    assert_eq!(world.live(), 0);
}

/// A collection begins only where the stack suffices for it: it must not be abandoned by a trap.
#[test]
fn collections_need_room_on_the_stack() {
    let frames = Frames::new(10_000);
    let below = |bytes: usize| has_room((frames.sp - bytes) as *const usize);
    assert!(below(80_000 - ROOM - 64));
    assert!(!below(80_000 - ROOM + 64));
    assert!(!below(79_000));
    assert!(!has_room(null()));
}

#[test]
#[ignore = "a benchmark: it prints figures and judges nothing"]
fn deep_stacks() {
    const COUNT: usize = 1_000_000;
    let text = code();
    let mut world = World::new(0, 0, GcDesc::STATS);
    let mut frames = Frames::new(COUNT * SMALL / 8 + 100);
    frames.enter(NOT_LEFT);
    let object = world.pair(0, 0);
    for i in 0..COUNT {
        frames.push(SMALL, text + IN_SMALL, &[(0, object), (5, i as u32 | 1)]);
    }
    let place = frames.call(text + IN_SMALL);
    for _ in 0..3 {
        unsafe { world.heap.collect(false, place) };
        assert_eq!(world.live(), 16);
        let last = world.heap.stats.longest;
        world.heap.stats.longest = 0;
        println!("{COUNT} frames: {:.1} ns each", last as f64 / COUNT as f64);
    }
    frames.stack.record.store(null_mut(), Ordering::Relaxed);
}

/// A walk that does not end at the entry is told apart.
#[test]
fn walks_end_at_the_entry_or_fail() {
    let text = code();
    let mut frames = Frames::new(1000);
    let end = frames.enter(NOT_LEFT).base;
    frames.push(SMALL, 0, &[]);
    let outer = frames.sp;
    frames.push(BIG, text + IN_SMALL, &[]);
    let walk = |pc: usize, sp: usize, end: usize| {
        let mut seen = vec![];
        let f = |site: &code::Site, sp: usize| seen.push((site.pc - text, sp));
        let is_whole = unsafe { each_frame(pc, sp, frames.stack, end, f) };
        (is_whole, seen)
    };
    let both = vec![(IN_BIG, frames.sp), (IN_SMALL, outer)];
    assert_eq!(walk(text + IN_BIG, frames.sp, end), (true, both));
    assert!(!walk(text + IN_BIG, frames.sp, end + 16).0);
    assert!(!walk(text + IN_BIG, frames.sp, outer + 16).0);
    assert!(!walk(text + IN_SMALL, frames.sp, end).0);
    assert!(!walk(text + CODE_BYTES + 4, frames.sp, end).0);
    assert!(!walk(0, 0, end).0);
    put(outer - 8, text + CODE_BYTES + 16);
    assert!(!walk(text + IN_BIG, frames.sp, end).0);
}
