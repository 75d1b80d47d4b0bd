//! Where marking begins: globals, tables, and the frames of compiled code.
//!
//! Frames are walked from the call that led here outwards, through all entries on the stack. The frame table tells how large each is, and a table of calls which of
//! its words hold references ([`Safepoint`]). Between two entries lie frames of C, of which nothing is known: compiled code has said where it was left
//! ([`crate::abi::GcLeft`]), which the entry keeps in its record. Likewise for each stack that something goes on on later ([`fiber`]).

use crate::abi::{GcDesc, Safepoint};
use crate::arch;
use crate::entry::command;
use crate::fault::code::Site;
use crate::fault::unwind;
use crate::gc::conts;
use crate::gc::heap::Heap;
use crate::state::stack::{self, Stack};
use crate::state::{exception, fiber};
use crate::sys;
use core::ptr::null;
use core::sync::atomic::Ordering;

/// Maps that are remembered: deep stacks have few.
const KNOWN: usize = 16;

/// What a frame counts as, in bytes of roots: as long as those of tables that are looked at meanwhile.
const FRAME: usize = 64;

impl Heap {
    /// Marks what roots refer to.
    ///
    /// # Safety
    /// As for [`Heap::collect`].
    pub unsafe fn mark_roots(&mut self, place: *const usize) {
        let desc: &GcDesc = &*self.desc;
        for i in 0..desc.cell_count as usize {
            let cell = *desc.cells.add(i);
            self.mark(*cell.byte_add(self.distance));
        }
        self.root_bytes += 4 * desc.cell_count as usize;
        for i in 0..desc.table_count as usize {
            let table = &*(*desc.tables.add(i)).byte_add(self.distance);
            for i in 0..table.len as usize {
                self.mark(*table.elems.add(i) as u32);
            }
            self.root_bytes += 8 * table.len as usize;
        }
        self.mark_externals();
        if !place.is_null() {
            self.mark_frames(place);
        }
    }

    /// # Safety
    /// `place` is where the return address lies of a call in compiled code, see [`arch::caller`].
    unsafe fn mark_frames(&mut self, place: *const usize) {
        let Some(stack) = stack::find(place as usize) else {
            lost()
        };
        self.mark_exceptions(stack);
        let (pc, sp) = arch::caller(place);
        self.mark_stack(stack, pc, sp);
        fiber::each_other(|stack, _, left| {
            // SAFETY: how compiled code was left there last.
            unsafe { self.mark_stack(stack, left.pc, left.sp) }
        });
        if let Some(hooks) = conts::hooks() {
            (hooks.roots)(self);
        }
    }

    /// Marks what the frames of a stack refer to.
    ///
    /// # Safety
    /// Compiled code was left on `stack` by a call that returns to `pc` with the stack pointer `sp`.
    pub unsafe fn mark_stack(&mut self, stack: &Stack, mut pc: usize, mut sp: usize) {
        let mut record = stack.record.load(Ordering::Relaxed);
        let mut known = [(0, null()); KNOWN];
        while !record.is_null() {
            let is_whole = unwind::each_frame(pc, sp, stack, (*record).base, |site, sp| {
                let it = &mut known[(site.pc ^ site.pc >> 4) % KNOWN];
                if it.0 != site.pc {
                    // SAFETY: tables of registered code.
                    *it = (site.pc, unsafe { map(site) });
                }
                // SAFETY: it is a frame of compiled code at this call.
                unsafe { self.mark_frame(it.1, sp) }
            });
            if !is_whole {
                lost()
            }
            (pc, sp) = ((*record).left.pc, (*record).left.sp);
            record = (*record).previous;
        }
    }

    /// Marks what exceptions carry, also those that nobody will find any more.
    ///
    /// # Safety
    /// The thread runs on `stack`, and is the one of the program that is linked.
    unsafe fn mark_exceptions(&mut self, stack: &Stack) {
        let program = command::program();
        if program.is_null() || (*program).module_count == 0 {
            return;
        }
        let code = &*(**(*program).modules).code;
        exception::each_payload(stack, |tag, payload| {
            let tag = exception::describe(tag, code.tags, code.tag_count);
            if tag.is_null() || (*tag).references.is_null() {
                return;
            }
            let mut at = (*tag).references;
            let mut slot = payload;
            for _ in 0..leb(&mut at) {
                slot = slot.add(leb(&mut at));
                self.mark(*slot as u32);
                self.root_bytes += 8;
            }
        });
    }

    /// Marks what the slots and registers of a frame refer to, which a map tells, unless that is null.
    ///
    /// # Safety
    /// It is a frame of compiled code with this stack pointer at a call that has this map. Where that names registers, it is the last frame.
    unsafe fn mark_frame(&mut self, map: *const u8, sp: usize) {
        self.root_bytes += FRAME;
        if map.is_null() {
            return;
        }
        let (mut at, mut slot) = (map, (sp - Safepoint::BELOW as usize) as *const u32);
        for _ in 0..leb(&mut at) {
            slot = slot.add(leb(&mut at));
            self.mark(*slot);
        }
    }
}

/// The map of a call, null where it has none.
///
/// # Safety
/// Tables of registered code.
unsafe fn map(site: &Site) -> *const u8 {
    let code = &*site.code;
    let pc = (site.pc - code.text as usize) as u32;
    let (mut lo, mut hi) = (0, code.safepoint_count as usize);
    while lo < hi {
        let mid = (lo + hi) / 2;
        if (*code.safepoints.add(mid)).pc < pc {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if lo == code.safepoint_count as usize {
        return null();
    }
    match *code.safepoints.add(lo) {
        Safepoint { pc: found, map } if found == pc => code.maps.add(map as usize),
        _ => null(),
    }
}

/// The next number of a map.
///
/// # Safety
/// It is a map of the compiler.
unsafe fn leb(at: &mut *const u8) -> usize {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = **at;
        *at = at.add(1);
        value |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 || shift >= 35 {
            return value;
        }
    }
}

/// The stack is not what compiled code leaves.
#[cold]
fn lost() -> ! {
    sys::fatal("wative: cannot find the references on the stack: it is damaged\n")
}
