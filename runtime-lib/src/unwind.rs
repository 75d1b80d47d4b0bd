//! Backtraces of compiled code from the frame table alone.
//!
//! A frame of a compiled function has a constant size, so the caller's return address lies at a known distance from the
//! stack pointer. The walk ends where the return address is not compiled code: at the entry, or at a host function that
//! called back. Where the fault is not in compiled code itself (the runtime ran into the stack's end), the innermost
//! compiled frame is searched for: the first word on the stack that is the return address of a call and from which the
//! walk ends exactly at the entry.

use crate::abi::TrapCode;
use crate::arch::{self, Record};
use crate::code::{self, Site};
use crate::stack::Stack;

/// Frames that a backtrace keeps.
pub const MAX_FRAMES: usize = 100;

/// Words of the stack that are searched for the innermost compiled frame.
const SEARCH: usize = 4096;

/// A frame of a backtrace.
pub type Frame = Site;

/// What ended a computation, and where. All zero bytes are a valid value.
#[derive(Clone, Copy)]
pub struct Trace {
    /// The [`TrapCode`] as number.
    pub code: u32,
    /// The status of `proc_exit`.
    pub status: u32,
    count: usize,
    /// Whether there were more frames than fit.
    pub truncated: bool,
    frames: [core::mem::MaybeUninit<Frame>; MAX_FRAMES],
}

impl Trace {
    pub const fn new() -> Trace {
        Trace {
            code: 0,
            status: 0,
            count: 0,
            truncated: false,
            frames: [core::mem::MaybeUninit::uninit(); MAX_FRAMES],
        }
    }

    /// The frames, innermost first.
    pub fn frames(&self) -> &[Frame] {
        // SAFETY: the first `count` frames were written.
        unsafe {
            core::slice::from_raw_parts(
                self.frames.as_ptr() as *const Frame,
                self.count.min(MAX_FRAMES),
            )
        }
    }

    /// Records an end without frames.
    pub fn exit(&mut self, code: TrapCode, status: u32) {
        self.code = code as u32;
        self.status = status;
        self.count = 0;
        self.truncated = false;
    }

    /// Records a trap and the frames from this place outwards.
    ///
    /// # Safety
    /// `pc` and `sp` are those of a thread stopped on `stack`, whose innermost entry is `record`.
    pub unsafe fn capture(
        &mut self,
        code: TrapCode,
        pc: usize,
        sp: usize,
        stack: &Stack,
        record: *const Record,
    ) {
        self.exit(code, 0);
        let end = (*record).base - arch::RETURN_SLOT;
        let start = match code::find(pc) {
            Some(site) => {
                self.push(site);
                Some(caller_slot(site, sp))
            }
            None => innermost(stack, sp, end),
        };
        let Some(mut slot) = start else { return };
        while stack.holds(slot) && slot < end {
            let Some(site) = code::find_return(*(slot as *const usize)) else {
                return;
            };
            if self.count == MAX_FRAMES {
                self.truncated = true;
                return;
            }
            self.push(site);
            slot = caller_slot(site, slot + arch::RETURN_SLOT);
        }
    }

    fn push(&mut self, site: Site) {
        if let Some(place) = self.frames.get_mut(self.count) {
            place.write(site);
            self.count += 1;
        }
    }
}

/// Address of the return address of the frame that is at `site` with this stack pointer.
#[inline(never)]
unsafe fn caller_slot(site: Site, sp: usize) -> usize {
    let start = (*site.code).text.add((*site.func).code as usize);
    sp + arch::frame_bytes(
        start,
        site.pc as *const u8,
        (*site.func).frame,
        (*site.func).saved,
    )
}

/// Searches upwards from `sp` for the slot of the innermost return address into compiled code.
#[inline(never)]
unsafe fn innermost(stack: &Stack, sp: usize, end: usize) -> Option<usize> {
    let (mut word, top) = stack.words(sp);
    for _ in 0..SEARCH {
        if word >= top {
            return None;
        }
        if code::find_return(*word).is_some_and(|site| site.is_return())
            && reaches(word as usize, end)
        {
            return Some(word as usize);
        }
        word = word.add(1);
    }
    None
}

/// Whether the walk from this slot ends exactly at the entry.
unsafe fn reaches(mut slot: usize, end: usize) -> bool {
    while slot < end {
        let Some(site) = code::find_return(*(slot as *const usize)) else {
            return false;
        };
        slot = caller_slot(site, slot + arch::RETURN_SLOT);
    }
    slot == end
}
