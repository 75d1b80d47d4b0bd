//! Throwing: from the call of `wative_rt_throw` outwards through the frames of compiled code to the first handler that fits.
//!
//! The frame table says how large each frame is and which registers it has saved, so walking restores the registers that callees preserve one frame at
//! a time; pinned registers are among them, so each frame is found with its own instance. A handler is looked up by the return address in a sorted table
//! that only calls inside of `try` are in: what does not throw costs nothing.
//!
//! The walk ends at the innermost entry: an exception never passes through C. There it becomes the trap
//! [`TrapCode::UncaughtException`], with the backtrace of the throw.
//!
//! Invariant: control only ever goes to a handler of the tables. A stack that makes no sense ends the process.

use crate::abi::{CatchSite, Cross, ExceptionObject, Handler, TrapCode};
use crate::arch::{self, Record, Registers};
use crate::fault::code::{self, Site};
use crate::state::exception;
use crate::state::stack::{self, Stack};
use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Bytes of the stack that throwing may take.
const ROOM: usize = 16 << 10;

/// Set in a handler's tag that the instance has a pointer to.
const SLOT: u32 = 1 << 31;

/// What gives exceptions to other instances in an open world, once there is one with exceptions that are objects: so others need not carry it.
pub static CROSS: AtomicPtr<Cross> = AtomicPtr::new(null_mut());

/// What `wative_rt_throw` does with the registers of its caller.
///
/// # Safety
/// Called by the assembly of `arch`.
pub unsafe extern "C" fn throw(
    tag: usize,
    values: *const u64,
    slots: usize,
    registers: *const Registers,
) -> ! {
    let place = Place::new(registers);
    let low = registers as usize;
    let exception = exception::make(place.stack, place.is_open(), low, tag, values, slots);
    if exception.is_null() {
        // Like the stack, the memory for exceptions is limited.
        place.stop(TrapCode::StackOverflow, core::ptr::null());
    }
    place.unwind((*exception).tag, exception as usize)
}

/// What `wative_rt_throw_ref` does with the registers of its caller.
///
/// # Safety
/// Called by the assembly of `arch`.
pub unsafe extern "C" fn throw_ref(reference: usize, registers: *const Registers) -> ! {
    let place = Place::new(registers);
    let exception = exception::find(place.stack, reference);
    if exception.is_null() {
        sys::fatal("wative: what was thrown is no exception\n");
    }
    place.unwind((*exception).tag, exception as usize)
}

/// What `wative_rt_throw_object` does with the registers of its caller.
///
/// # Safety
/// Called by the assembly of `arch`; the exception is an object of the collector.
pub unsafe extern "C" fn throw_object(exception: u32, registers: *const Registers) -> ! {
    let place = Place::new(registers);
    let field = |offset: u32| (exception + offset) as usize;
    let tag = match place.is_open() {
        false => *(field(ExceptionObject::TAG) as *const u32) as usize,
        true => *(field(ExceptionObject::OPEN_TAG) as *const usize),
    };
    place.unwind(tag, exception as usize)
}

/// Where an exception is thrown, and on the way.
pub struct Place {
    stack: &'static Stack,
    record: *const Record,
    pub registers: Registers,
    /// The return address of the call that throws, and the stack pointer behind it.
    pc: usize,
    sp: usize,
    /// The same, from the beginning on.
    thrown: (usize, usize),
}

impl Place {
    /// # Safety
    /// `registers` were saved on a Wasm stack by the entry that compiled code calls to throw.
    unsafe fn new(registers: *const Registers) -> Place {
        let Some(stack) = stack::find(registers as usize) else {
            lost()
        };
        let record = stack.record.load(Ordering::Relaxed);
        if record.is_null() {
            lost()
        }
        let (pc, sp) = arch::thrown(registers);
        let place = Place {
            stack,
            record,
            registers: *registers,
            pc,
            sp,
            thrown: (pc, sp),
        };
        if !stack.holds((registers as usize).wrapping_sub(ROOM)) {
            place.stop(TrapCode::StackOverflow, core::ptr::null());
        }
        place
    }

    /// Whether the code that throws is of an open world, where code has no tags of its own.
    fn is_open(&self) -> bool {
        // SAFETY: descriptions of registered code.
        code::find_return(self.pc).is_some_and(|site| unsafe { (*site.code).tags.is_null() })
    }

    /// The registers of the call that throws.
    pub fn thrown(&self) -> *const Registers {
        arch::thrown_at(self.thrown.1)
    }

    /// Ends the computation by a trap with the backtrace of this place.
    ///
    /// # Safety
    /// The computation runs under `record`, which is alive.
    unsafe fn stop(&self, code: TrapCode, tag: *const crate::abi::TagDesc) -> ! {
        let (stack, record) = (self.stack, self.record);
        stack.note(|trace| trace.capture_call(code, tag, self.pc, self.sp, stack, record));
        arch::wative_arch_raise((*record).sp, code as u32)
    }

    /// Goes to the first handler for a tag, with a reference to the exception.
    ///
    /// # Safety
    /// As for [`Place::stop`]; the exception is alive and has the tag.
    unsafe fn unwind(mut self, tag: usize, exception: usize) -> ! {
        let end = (*self.record).base;
        loop {
            let Some(site) = code::find_return(self.pc) else {
                lost()
            };
            if !arch::follows_call(self.pc as *const u8) {
                lost()
            }
            if let Some(handler) = handler(&site, &self.registers, tag) {
                let exception = match CROSS.load(Ordering::Relaxed).as_ref() {
                    None => exception,
                    Some(cross) => cross((&raw const self).cast(), handler, exception),
                };
                arch::wative_arch_land(&self.registers, self.sp, handler, exception);
            }
            let func = &*site.func;
            let frame = arch::frame(func);
            let outer = self.sp.wrapping_add(frame.bytes);
            if outer == end {
                break;
            }
            if frame.is_linked || outer > end || outer <= self.sp || !self.stack.holds(outer - 8) {
                lost()
            }
            arch::restore(&mut self.registers, outer, func.saved);
            self.pc = *((outer - 8) as *const usize);
            self.sp = outer;
        }
        (self.pc, self.sp) = self.thrown;
        let Some(site) = code::find_return(self.pc) else {
            lost()
        };
        let desc = &*site.code;
        let tag = exception::describe(tag, desc.tags, desc.tag_count);
        self.stop(TrapCode::UncaughtException, tag)
    }
}

/// The stack is not what compiled code leaves.
#[cold]
fn lost() -> ! {
    sys::fatal("wative: cannot find the way out of a function that throws: the stack is damaged\n")
}

/// The code of the handler that catches an exception with this tag which comes out of the call at this place.
///
/// # Safety
/// `site` and `registers` belong to a call in a frame that is alive.
unsafe fn handler(site: &Site, registers: &Registers, tag: usize) -> Option<usize> {
    let code = &*site.code;
    let text = code.text as usize;
    let pc = (site.pc - text) as u32;
    let (mut lo, mut hi) = (0, code.catch_count as usize);
    while lo < hi {
        let mid = (lo + hi) / 2;
        if (*code.catches.add(mid)).pc < pc {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if lo == code.catch_count as usize {
        return None;
    }
    let found: *const CatchSite = code.catches.add(lo);
    if (*found).pc != pc {
        return None;
    }
    for i in (*found).first..(*found.add(1)).first {
        let handler = &*code.handlers.add(i as usize);
        let fits = handler.tag == Handler::ALL || {
            let caught = if code.tags.is_null() {
                let instance = arch::instance(registers);
                let place = instance.wrapping_add((handler.tag & !SLOT) as usize);
                if handler.tag & SLOT != 0 {
                    *(place as *const usize)
                } else {
                    place
                }
            } else {
                handler.tag as usize
            };
            caught == tag
        };
        if fits {
            return Some(text + handler.pc as usize);
        }
    }
    None
}
