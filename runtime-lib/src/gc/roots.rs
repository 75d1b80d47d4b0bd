//! Where marking begins: globals, tables, and the frames of compiled code.
//!
//! Frames are walked from the call that led here outwards, through all entries on the stack. The frame table tells how large each is, and a table of calls which of
//! its words hold references ([`Safepoint`]). Between two entries lie frames of C, of which nothing is known: compiled code has said where it was left
//! ([`crate::abi::GcLeft`]), which the entry keeps in its record. Likewise for each stack that something goes on on later ([`fiber`]).

use crate::abi::{GcDesc, GcLeft, Safepoint};
use crate::arch;
use crate::fault::code::Site;
use crate::fault::{trap, unwind};
use crate::gc::conts;
use crate::gc::heap::Heap;
use crate::gc::space::NONE;
use crate::state::stack::{self, Stack};
use crate::state::{fiber, instance};
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
        self.mark_handles();
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
        let (pc, sp) = arch::caller(place);
        self.mark_stack(stack, pc, sp);
        self.mark_outer(stack);
        if self.instance().is_some() {
            return;
        }
        fiber::each_other(|stack, _, left| {
            // SAFETY: how compiled code was left there last.
            unsafe { self.mark_stack(stack, left.pc, left.sp) }
        });
        if let Some(hooks) = conts::hooks() {
            (hooks.roots)(self);
        }
    }

    /// Marks what is referred to from stacks that wait for this one.
    ///
    /// # Safety
    /// As for [`Heap::collect`].
    pub unsafe fn mark_outer(&mut self, stack: &Stack) {
        // SAFETY: compiled code was left there so.
        stack.each_outer(|outer, left| unsafe { self.mark_stack(outer, left.pc, left.sp) });
    }

    /// Marks what the frames of a stack refer to.
    ///
    /// # Safety
    /// Compiled code was left on `stack` by a call that returns to `pc` with the stack pointer `sp`.
    pub unsafe fn mark_stack(&mut self, stack: &Stack, mut pc: usize, mut sp: usize) {
        let is_open = self.instance().is_some();
        // In a C program, frames of several modules and components may lie on one stack.
        let is_alone = trap::is_own_process();
        let mut record = stack.record.load(Ordering::Relaxed);
        let mut known = [(0, null()); KNOWN];
        while !record.is_null() {
            // Code of another module without objects was left: see `sees_all`.
            let is_other = is_open && pc == 0;
            let is_whole = is_other
                || unwind::each_frame(pc, sp, stack, (*record).base, |site, sp| {
                    let it = &mut known[(site.pc ^ site.pc >> 4) % KNOWN];
                    if it.0 != site.pc {
                        // SAFETY: tables of registered code.
                        *it = (site.pc, unsafe { map(site) });
                    }
                    // SAFETY: it is a frame of compiled code at this call.
                    unsafe { self.mark_frame(it.1, sp, is_alone) }
                });
            if !is_whole {
                lost()
            }
            (pc, sp) = ((*record).left.pc, (*record).left.sp);
            record = (*record).previous;
        }
    }

    /// Whether all frames can be found that may have references: for each entry it is known how the code below was left, or that code is another module's without objects. It may have been
    /// called by reference from code of the instance; then nothing is collected until the host is back.
    ///
    /// # Safety
    /// As for [`Heap::collect`].
    pub unsafe fn sees_all(&self, place: *const usize) -> bool {
        let Some(objects) = self.instance().and_then(|it| instance::objects(it)) else {
            return true;
        };
        if (*objects).is_abroad == 0 {
            return true;
        }
        let mut next = stack::find(place as usize);
        let mut left = GcLeft { pc: 1, sp: 1 };
        while let Some(stack) = next {
            let mut record = stack.record.load(Ordering::Relaxed);
            while !record.is_null() {
                if left.pc == 0 {
                    return false;
                }
                (left, record) = ((*record).left, (*record).previous);
            }
            next = stack.outer();
            left = next.map_or(left, Stack::left);
        }
        true
    }

    /// Marks what the slots and registers of a frame refer to, which a map tells, unless that is null. Where the heap `is_alone`, all of it is here.
    ///
    /// # Safety
    /// It is a frame of compiled code with this stack pointer at a call that has this map. Where that names registers, it is the last frame.
    unsafe fn mark_frame(&mut self, map: *const u8, sp: usize, is_alone: bool) {
        self.root_bytes += FRAME;
        if map.is_null() {
            return;
        }
        let (mut at, mut slot) = (map, (sp - Safepoint::BELOW as usize) as *const u32);
        for _ in 0..leb(&mut at) {
            slot = slot.add(leb(&mut at));
            if is_alone || self.space.kind_at(*slot) != NONE {
                self.mark(*slot);
            }
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
pub unsafe fn leb(at: &mut *const u8) -> usize {
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
