//! A component in a C program (`docs/abi.md`): the program starts it once and then calls what it exports, and it calls functions of the program.
//!
//! The component is one, with all its instances; one thread at a time may use it. After a trap nothing of it can be called any more. What the program gets, results and
//! parameters of its functions, is in memory that is allocated here, one value behind the other, and given back when the next call from outside begins or the
//! function returns.

use crate::abi::{ABI_VERSION, ArrayEntry, Memory, ProgramDesc};
use crate::entry::command;
use crate::entry::embed::Failure;
use crate::fault::trap;
use crate::fault::unwind::Trace;
use crate::state::{instance, memory, stack};
use crate::sys;
use crate::text::Text;
use crate::wasi::context::{self, Context};
use core::cell::UnsafeCell;

unsafe extern "C" {
    /// Address of `wative_program`, null where none was linked.
    fn wative_arch_program() -> *const ProgramDesc;
}

/// The component of this process.
struct State {
    is_started: bool,
    /// Why nothing can be called any more.
    dead: u32,
    /// Calls from outside that have not returned.
    depth: u32,
    trace: Trace,
    memory: Memories,
}

struct Cell(UnsafeCell<State>);

// SAFETY: one thread at a time uses the component.
unsafe impl Sync for Cell {}

static STATE: Cell = Cell(UnsafeCell::new(State {
    is_started: false,
    dead: 0,
    depth: 0,
    trace: Trace::new(),
    memory: Memories {
        last: core::ptr::null_mut(),
        next: 0,
        end: 0,
    },
}));

/// Instantiates the component, with the capabilities that it was built with: 0, the code of a trap, or a [`Failure`]. Once it was called it answers what it answered
/// then.
///
/// # Safety
/// Called by one thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_component_start() -> u32 {
    let state = STATE.0.get();
    if !(*state).is_started {
        (*state).is_started = true;
        (*state).dead = start(&raw mut (*state).trace);
    }
    (*state).dead
}

/// # Safety
/// As above; for the first time.
unsafe fn start(trace: *mut Trace) -> u32 {
    let Some(program) = wative_arch_program().as_ref() else {
        return Failure::Version as u32;
    };
    if program.abi_version != ABI_VERSION {
        return Failure::Version as u32;
    }
    command::set_program(program);
    let config = &*program.config;
    stack::set_size(config.stack_size);
    trap::install();
    memory::set_limit(config.memory_limit);
    let context = context::get();
    context::set(Context {
        config: program.config,
        ..context
    });
    if let Some(grant) = program.grant {
        grant(program.config);
    }
    if let Some(zone) = program.zone {
        zone(program.config);
    }
    if let Some(gc_start) = program.gc_start {
        gc_start(program.gc);
    }
    let modules = || (0..program.module_count as usize).map(|i| &**program.modules.add(i));
    for module in modules() {
        if instance::create(module, module.instance).is_err() {
            return Failure::NoMemory as u32;
        }
    }
    for module in modules() {
        let code = instance::initialise(module, module.instance, |told| *trace = *told);
        if code != 0 {
            return code;
        }
    }
    0
}

/// Calls a function of the component: 0, or why that did not end, as [`wative_component_start`] says it.
///
/// # Safety
/// `entry` is one of the component's, the addresses are of its parameters and of room for its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_component_call(
    entry: ArrayEntry,
    params: usize,
    result: usize,
) -> u32 {
    let dead = wative_component_start();
    if dead != 0 {
        return dead;
    }
    let state = STATE.0.get();
    if (*state).depth == 0 {
        (*state).memory.clear();
    }
    (*state).depth += 1;
    let mut values = [params as u64, result as u64];
    let trace = &raw mut (*state).trace;
    let program = &*wative_arch_program();
    let told = |told: &Trace| *trace = *told;
    let code = stack::run(entry, program.entry_instance, values.as_mut_ptr(), told);
    (*state).depth -= 1;
    if code != 0 {
        (*state).dead = code;
    }
    code
}

/// Message and backtrace of what ended the component, as text that ends with a null byte: bytes before that.
///
/// # Safety
/// `size` bytes at `buf` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_component_trap_text(buf: *mut u8, size: usize) -> usize {
    if size == 0 {
        return 0;
    }
    core::ptr::write_bytes(buf, 0, size);
    let mut out = Text::to_buffer(core::slice::from_raw_parts_mut(buf, size - 1));
    let trace = &(*STATE.0.get()).trace;
    if trace.code != 0 {
        trap::describe(trace, &mut out);
    }
    out.len()
}

/// Calls a function of the C program.
///
/// # Safety
/// It is one, and gets what it expects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_call(function: usize, params: usize, result: usize) {
    let function = core::mem::transmute::<usize, unsafe extern "C" fn(usize, usize)>(function);
    function(params, result);
}

/// # Safety
/// The bytes are readable and writable, and do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_copy(dst: usize, src: usize, bytes: u64) {
    core::ptr::copy_nonoverlapping(src as *const u8, dst as *mut u8, bytes as usize);
}

// Memory for the program.

/// Memory in chunks, of which each begins with a [`Chunk`].
struct Memories {
    last: *mut Chunk,
    /// Where allocating goes on in the last chunk, and where that ends.
    next: usize,
    end: usize,
}

struct Chunk {
    previous: *mut Chunk,
    size: usize,
}

/// Bytes of a chunk, unless what is allocated needs more.
const CHUNK: usize = 1 << 16;

impl Memories {
    fn clear(&mut self) {
        self.release(0);
    }

    /// An address to begin with, or nothing where the system has no room.
    fn allocate(&mut self, bytes: usize, align: usize) -> Option<usize> {
        let fit = |next: usize, end: usize| {
            let at = next.checked_next_multiple_of(align)?;
            let behind = at.checked_add(bytes)?;
            (behind <= end).then_some((at, behind))
        };
        if let Some((at, behind)) = fit(self.next, self.end) {
            self.next = behind;
            return Some(at);
        }
        let wanted = bytes.checked_add(size_of::<Chunk>() + align)?;
        let size = wanted.max(CHUNK).checked_next_multiple_of(1 << 12)?;
        let chunk = sys::mmap(size, sys::PROT_READ | sys::PROT_WRITE).ok()? as *mut Chunk;
        // SAFETY: it is larger than the head.
        unsafe {
            chunk.write(Chunk {
                previous: self.last,
                size,
            })
        };
        self.last = chunk;
        self.end = chunk as usize + size;
        let (at, behind) = fit(chunk as usize + size_of::<Chunk>(), self.end)?;
        self.next = behind;
        Some(at)
    }

    /// Gives back what was allocated since allocating went on here; all of it if that is in no chunk.
    fn release(&mut self, mark: usize) {
        // SAFETY: the chunks are this list's.
        unsafe {
            while let Some(chunk) = self.last.as_ref() {
                let (start, end) = (self.last as usize, self.last as usize + chunk.size);
                let first = start + size_of::<Chunk>();
                let is_kept = chunk.previous.is_null();
                if (start..=end).contains(&mark) || is_kept {
                    self.next = if (first..=end).contains(&mark) {
                        mark
                    } else {
                        first
                    };
                    self.end = end;
                    return;
                }
                let (previous, size) = (chunk.previous, chunk.size);
                let _ = sys::munmap(start as *mut u8, size);
                self.last = previous;
            }
        }
    }
}

/// Memory that lasts until the call ends for which it is.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_allocate(bytes: u64, align: u32) -> usize {
    let memory = &mut (*STATE.0.get()).memory;
    match memory.allocate(bytes as usize, align as usize) {
        Some(address) => address,
        None => sys::fatal("error: no memory for what a component passes to its host\n"),
    }
}

/// Memory of the program as a memory.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_view(start: usize, bytes: u64) -> usize {
    let size = size_of::<Memory>() as u64;
    let view = wative_rt_native_allocate(size, align_of::<Memory>() as u32);
    (view as *mut Memory).write(Memory {
        base: start as *mut u8,
        len: bytes,
        max_pages: 0,
        flags: 0,
    });
    view
}

/// Where allocating goes on.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_mark() -> usize {
    // An allocation of nothing, so that there is a chunk.
    wative_rt_native_allocate(0, 1)
}

/// Gives back what was allocated since then.
///
/// # Safety
/// Nothing refers to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_native_release(mark: usize) {
    (*STATE.0.get()).memory.release(mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_to_its_mark() {
        let mut memory = Memories {
            last: core::ptr::null_mut(),
            next: 0,
            end: 0,
        };
        let first = memory.allocate(10, 1).unwrap();
        let mark = memory.allocate(0, 1).unwrap();
        assert_eq!(mark, first + 10);
        let aligned = memory.allocate(8, 8).unwrap();
        assert!(aligned.is_multiple_of(8) && aligned >= mark);
        // Larger than a chunk.
        let large = memory.allocate(3 * CHUNK, 16).unwrap();
        assert!(large.is_multiple_of(16));
        // SAFETY: it was allocated.
        unsafe { core::ptr::write_bytes(large as *mut u8, 1, 3 * CHUNK) };
        let inside = memory.allocate(0, 1).unwrap();
        let more = memory.allocate(CHUNK, 1).unwrap();
        memory.release(inside);
        assert_eq!(memory.allocate(0, 1), Some(inside));
        assert!(more != inside);
        memory.release(mark);
        assert_eq!(memory.allocate(1, 1), Some(mark));
        memory.clear();
        assert_eq!(memory.allocate(1, 1), Some(first));
        assert_eq!(memory.allocate(usize::MAX, 1), None);
        assert_eq!(memory.allocate(usize::MAX - 4096, 8), None);
    }
}
