//! Backtraces of compiled code from the frame table alone.
//!
//! A frame of a compiled function has a constant size, so its caller's stack pointer lies at a known distance from its own, and
//! the return address in the word below that. The innermost function may still be in its prologue, and on CPUs with a link register
//! its return address may be there ([`arch::frame`] tells). The walk ends where the caller's stack pointer is that of the entry.
//!
//! Where the fault is not in compiled code itself (the runtime ran into the stack's end), the innermost compiled frame is searched
//! for: the first word on the stack that is the return address of a call, with the first stack pointer from which the walk
//! ends exactly at the entry.

use crate::abi::{TagDesc, TrapCode};
use crate::arch::{self, Context, Record};
use crate::fault::code::{self, Site};
use crate::fault::trap::Broken;
use crate::state::stack::Stack;

/// Frames that a backtrace keeps.
pub const MAX_FRAMES: usize = 100;

/// Words of the stack that are searched for the innermost return address, and from there for the stack pointer.
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
    /// The reason of a component's trap.
    pub reason: Option<Broken>,
    /// Of an access of a memory that faulted: the address in it, and the memory's bytes. Both 0 where that is not known.
    pub access: [u64; 2],
    /// The tag of an uncaught exception, or null.
    pub tag: *const TagDesc,
    count: usize,
    /// Whether there were more frames than fit.
    pub truncated: bool,
    frames: [core::mem::MaybeUninit<Frame>; MAX_FRAMES],
}

// SAFETY: that this is a value is what is tested: the compiler refuses to evaluate it otherwise.
const _: () = assert!(unsafe { core::mem::zeroed::<Option<Broken>>() }.is_none());

impl Trace {
    pub const fn new() -> Trace {
        Trace {
            code: 0,
            status: 0,
            reason: None,
            access: [0; 2],
            tag: core::ptr::null(),
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
        self.reason = None;
        self.access = [0; 2];
        self.tag = core::ptr::null();
        self.count = 0;
        self.truncated = false;
    }

    /// Records a trap and the frames from this place outwards.
    ///
    /// # Safety
    /// The registers are those of a thread stopped on `stack`, whose innermost entry is `record`.
    pub unsafe fn capture(
        &mut self,
        code: TrapCode,
        context: &Context,
        stack: &Stack,
        record: *const Record,
    ) {
        self.exit(code, 0);
        let end = (*record).base;
        let next = match code::find(context.pc()) {
            Some(site) => Some(Place {
                site,
                sp: context.sp(),
                link: Some(context.link()),
            }),
            None => innermost(stack, context.sp(), end),
        };
        self.walk(next, stack, end);
    }

    /// Records a trap and the frames from a call outwards, which returns to `pc` with this stack pointer.
    ///
    /// # Safety
    /// The calling thread runs on `stack`, whose innermost entry is `record`.
    pub unsafe fn capture_call(
        &mut self,
        code: TrapCode,
        tag: *const TagDesc,
        pc: usize,
        sp: usize,
        stack: &Stack,
        record: *const Record,
    ) {
        self.exit(code, 0);
        self.tag = tag;
        self.walk(Place::of_call(pc, sp), stack, (*record).base);
    }

    /// Adds the frames of another stack, which waits for the one that has trapped: likewise.
    ///
    /// # Safety
    /// Compiled code was left there by a call that returns to `pc` with this stack pointer.
    pub unsafe fn go_on(&mut self, pc: usize, sp: usize, stack: &Stack, record: *const Record) {
        if !self.truncated {
            self.walk(Place::of_call(pc, sp), stack, (*record).base);
        }
    }

    /// # Safety
    /// As for [`walk`].
    unsafe fn walk(&mut self, next: Option<Place>, stack: &Stack, end: usize) {
        walk(next, stack, end, |place| {
            self.truncated = self.count == MAX_FRAMES;
            self.push(place.site);
            !self.truncated
        });
    }

    fn push(&mut self, site: Site) {
        if let Some(place) = self.frames.get_mut(self.count) {
            place.write(site);
            self.count += 1;
        }
    }
}

/// A frame that is walked through.
#[derive(Clone, Copy)]
struct Place {
    site: Site,
    sp: usize,
    /// What the link register holds, for the innermost frame; elsewhere it was saved.
    link: Option<usize>,
}

/// The places of calls that a walk has looked up: deep stacks have few.
struct Known([Site; Known::COUNT]);

impl Known {
    const COUNT: usize = 16;

    fn new() -> Known {
        Known(
            [const {
                Site {
                    code: core::ptr::null(),
                    func: core::ptr::null(),
                    pc: 0,
                }
            }; Known::COUNT],
        )
    }

    /// [`code::find_return`].
    fn find_return(&mut self, address: usize) -> Option<Site> {
        let known = &mut self.0[(address ^ address >> 4) % Known::COUNT];
        if known.pc != address || address == 0 {
            *known = code::find_return(address)?;
        }
        Some(*known)
    }
}

/// A walk that cannot have begun at a frame of compiled code.
struct Astray;

/// Calls `f` for each frame from this one outwards, as long as it answers true: whether the walk has ended exactly at the entry, whose stack pointer is `end`.
///
/// # Safety
/// All that lies on `stack` from the place up to `end` can be read; it need not be frames.
unsafe fn walk(
    mut next: Option<Place>,
    stack: &Stack,
    end: usize,
    mut f: impl FnMut(&Place) -> bool,
) -> bool {
    let mut known = Known::new();
    while let Some(place) = next {
        if !f(&place) {
            return false;
        }
        next = match place.caller(stack, end, &mut known) {
            Ok(Some(caller)) => Some(caller),
            Ok(None) => return true,
            Err(Astray) => return false,
        };
    }
    false
}

/// Calls `f` for each frame from that of a call outwards, which returns to `pc` with the stack pointer `sp`: with the place that the frame's call returns to, and the
/// stack pointer there. Answers whether the walk has ended exactly at the entry, whose stack pointer is `end`.
///
/// # Safety
/// As for [`walk`].
pub unsafe fn each_frame(
    pc: usize,
    sp: usize,
    stack: &Stack,
    end: usize,
    mut f: impl FnMut(&Site, usize),
) -> bool {
    walk(Place::of_call(pc, sp), stack, end, |place| {
        f(&place.site, place.sp);
        true
    })
}

impl Place {
    /// The frame of a call that returns to `pc` with this stack pointer.
    fn of_call(pc: usize, sp: usize) -> Option<Place> {
        code::find_return(pc).map(|site| Place {
            site,
            sp,
            link: None,
        })
    }

    /// The frame that called this one; nothing where that is the entry's, whose stack pointer is `end`.
    ///
    /// # Safety
    /// The frame is alive, on `stack`.
    #[inline(never)]
    unsafe fn caller(
        &self,
        stack: &Stack,
        end: usize,
        known: &mut Known,
    ) -> Result<Option<Place>, Astray> {
        let func = &*self.site.func;
        let frame = match self.link {
            Some(_) => arch::innermost_frame(
                (*self.site.code).text.add(func.code as usize),
                self.site.pc as *const u8,
                func,
            ),
            None => arch::frame(func),
        };
        let sp = self.sp.wrapping_add(frame.bytes);
        if sp == end {
            return Ok(None);
        }
        let slot = sp.wrapping_sub(8);
        let address = match self.link {
            Some(link) if frame.is_linked => link,
            _ if frame.is_linked || sp > end || !stack.holds(slot) => return Err(Astray),
            _ => *(slot as *const usize),
        };
        let site = known.find_return(address).ok_or(Astray)?;
        if !arch::follows_call(address as *const u8) {
            return Err(Astray);
        }
        Ok(Some(Place {
            site,
            sp,
            link: None,
        }))
    }
}

/// Searches upwards from `sp` for the innermost frame of compiled code.
///
/// # Safety
/// All that lies on `stack` from `sp` up can be read; it need not be frames.
#[inline(never)]
unsafe fn innermost(stack: &Stack, sp: usize, end: usize) -> Option<Place> {
    let (first, top) = stack.words(sp);
    let mut word = first;
    while word < top.min(first.wrapping_add(SEARCH)) {
        if let Some(site) = code::find_return(*word)
            && site.is_return()
        {
            // Right above the word where calls push it; else the function that saved it has more of its frame there.
            let lowest = (word as usize + 8).next_multiple_of(arch::STACK_ALIGN);
            let count = if arch::CALLS_PUSH { 1 } else { SEARCH / 2 };
            for i in 0..count {
                let place = Place {
                    site,
                    sp: lowest + i * arch::STACK_ALIGN,
                    link: None,
                };
                if walk(Some(place), stack, end, |_| true) {
                    return Some(place);
                }
            }
        }
        word = word.add(1);
    }
    None
}
