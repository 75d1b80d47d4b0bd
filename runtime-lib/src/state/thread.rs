//! Threads of the guest (wasi-threads): `thread-spawn` starts one, which runs `wasi_thread_start` in instances of its own.
//!
//! A thread is one of the kernel's that shares everything with the others. It runs on a Wasm stack from [`stack`], whose record also
//! holds what it is to do, and reaches its globals, tables and segments in a block of memory: a copy of what the first thread's instances were
//! before anything ran. Memories are the first thread's. In a program with objects
//! it has a heap of its own, too, which ends with it: no reference ever leaves a thread. As the proposal has it, the modules are instantiated anew in it (active segments,
//! start functions) before it begins.
//!
//! A stack and its block are given back by the kernel, which clears a word when the thread has left them, so nothing is freed under
//! a running thread. They are kept for threads to come. The end of the process (`proc_exit`, a trap, the return of the first
//! thread) is the kernel's `exit_group`, which ends threads wherever they are.

use crate::abi::{GcDesc, Instance, ProgramDesc};
use crate::check::import;
use crate::entry::command;
use crate::state::instance;
use crate::state::stack::{self, Stack};
use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// Threads that run at the same time, besides the first. Each takes several mappings, of which a process may have 65530.
const MAX: u32 = 4096;

/// Numbers of threads are below this, by the proposal.
const NUMBERS: u32 = 1 << 29;

/// What `thread-spawn` returns where no thread could be started: minus WASI's `again`, and `nosys` in programs that start none.
const AGAIN: i32 = -6;
const NOSYS: i32 = -52;

static PROGRAM: AtomicPtr<ProgramDesc> = AtomicPtr::new(null_mut());
/// The copy of the block that new threads get.
static TEMPLATE: AtomicPtr<u8> = AtomicPtr::new(null_mut());
static RUNNING: AtomicU32 = AtomicU32::new(0);
static NUMBER: AtomicU32 = AtomicU32::new(0);
static THREADED: AtomicBool = AtomicBool::new(false);

/// Keeps what the instances are before anything runs, in a program that starts threads.
///
/// # Safety
/// Called once, before the first instantiation.
pub unsafe fn prepare(program: &ProgramDesc) -> sys::Result<()> {
    if program.thread_start.is_none() {
        return Ok(());
    }
    let template = new_block(program)?;
    core::ptr::copy_nonoverlapping(program.block, template, program.block_size as usize);
    TEMPLATE.store(template, Ordering::Relaxed);
    THREADED.store(true, Ordering::Relaxed);
    PROGRAM.store(
        program as *const ProgramDesc as *mut ProgramDesc,
        Ordering::Release,
    );
    Ok(())
}

/// # Safety
/// `program` is the linked program.
unsafe fn new_block(program: &ProgramDesc) -> sys::Result<*mut u8> {
    let size = (program.block_size as usize).next_multiple_of(sys::PAGE);
    sys::mmap(size, sys::PROT_READ | sys::PROT_WRITE)
}

/// Whether the program starts threads.
pub fn is_threaded() -> bool {
    THREADED.load(Ordering::Relaxed)
}

/// Makes this library think that there are threads or not, for tests.
#[cfg(test)]
pub fn pretend(threaded: bool) {
    THREADED.store(threaded, Ordering::Relaxed);
}

/// How far behind the first thread's instances those are of the thread that runs on a stack.
///
/// # Safety
/// Called by that thread.
pub unsafe fn distance(stack: &Stack) -> usize {
    match PROGRAM.load(Ordering::Relaxed).as_ref() {
        Some(program) if stack.is_thread() => {
            ((*stack.job.get()).block as usize).wrapping_sub(program.block as usize)
        }
        _ => 0,
    }
}

/// The main module's instance of the thread that runs on a stack, in a program that starts threads.
///
/// # Safety
/// Called by that thread.
pub unsafe fn instance(stack: &Stack) -> *mut Instance {
    let program = &*command::program();
    program.entry_instance.wrapping_byte_add(distance(stack))
}

/// Starts a thread: its number, or a negative error.
///
/// # Safety
/// Called by compiled code.
#[unsafe(export_name = "wative_import_wasi__thread_x2Dspawn")]
pub unsafe extern "C" fn spawn(_: *mut Instance, argument: u32) -> i32 {
    let Some(program) = PROGRAM.load(Ordering::Acquire).as_ref() else {
        return NOSYS;
    };
    let more = |n: u32| (n < MAX).then_some(n + 1);
    if RUNNING
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        .is_err()
    {
        return AGAIN;
    }
    match start(program, argument) {
        Ok(number) => number as i32,
        Err(_) => {
            RUNNING.fetch_sub(1, Ordering::Relaxed);
            AGAIN
        }
    }
}

const _: import::thread_spawn::wasi = spawn;

/// # Safety
/// `program` is the linked program, and its threads' template is made.
unsafe fn start(program: &ProgramDesc, argument: u32) -> sys::Result<u32> {
    let stack = stack::acquire()?;
    let job = stack.job.get();
    if let Err(error) = make_block(program, &mut (*job).block) {
        stack.release();
        return Err(error);
    }
    if let Err(error) = make_heap(program, (*job).block) {
        drop_tables(program, (*job).block);
        stack.release();
        return Err(error);
    }
    (*job).argument = argument;
    let number = number();
    stack.thread.store(number, Ordering::Relaxed);
    let this = stack as *const Stack as *mut u8;
    if let Err(error) = sys::clone_thread(stack.top(), stack.busy_word(), body, this) {
        stack.thread.store(0, Ordering::Relaxed);
        drop_heap(program, (*job).block);
        drop_tables(program, (*job).block);
        stack.release();
        return Err(error);
    }
    Ok(number)
}

/// A number that no running thread has.
fn number() -> u32 {
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed).wrapping_add(1) % NUMBERS;
        if number != 0 && !stack::is_thread(number) {
            return number;
        }
    }
}

/// The instance of each module in a block.
///
/// # Safety
/// `program` is the linked program, `block` a block of it.
unsafe fn instances(
    program: &ProgramDesc,
    block: *mut u8,
) -> impl Iterator<Item = (&crate::abi::ModuleDesc, *mut Instance)> {
    (0..program.module_count as usize).map(move |i| {
        // SAFETY: the program's description is constant, and the block has its size.
        unsafe {
            let module = &**program.modules.add(i);
            let offset = module.instance as usize - program.block as usize;
            (module, block.add(offset) as *mut Instance)
        }
    })
}

/// Makes the block of a new thread, with its tables.
///
/// # Safety
/// As for [`start`]; `block` is null or a block without tables.
unsafe fn make_block(program: &ProgramDesc, block: &mut *mut u8) -> sys::Result<()> {
    if block.is_null() {
        *block = new_block(program)?;
    }
    let template = TEMPLATE.load(Ordering::Relaxed);
    core::ptr::copy_nonoverlapping(template, *block, program.block_size as usize);
    for (module, it) in instances(program, *block) {
        if let Err(error) = instance::create_tables(module, it) {
            drop_tables(program, *block);
            return Err(error);
        }
    }
    Ok(())
}

/// Gives the tables of a block back. Those that were not made are zero.
///
/// # Safety
/// `block` is a block of the linked program that no thread uses.
unsafe fn drop_tables(program: &ProgramDesc, block: *mut u8) {
    for (module, it) in instances(program, block) {
        instance::destroy_tables(module, it);
    }
}

/// Where the thread of a block finds the address of its heap; none in programs without objects.
///
/// # Safety
/// As for [`drop_tables`].
unsafe fn heap_slot(program: &ProgramDesc, block: *mut u8) -> Option<(&GcDesc, *mut *mut u8)> {
    let gc = program.gc.as_ref()?;
    Some((gc, block.add(gc.heap_slot as usize) as *mut *mut u8))
}

/// Gives the new thread of a block a heap.
///
/// # Safety
/// As for [`start`].
unsafe fn make_heap(program: &ProgramDesc, block: *mut u8) -> sys::Result<()> {
    if let Some((gc, slot)) = heap_slot(program, block)
        && let Some(new) = gc.new_heap
    {
        *slot = new(gc, (block as usize).wrapping_sub(program.block as usize));
        if (*slot).is_null() {
            return Err(sys::Errno::NOMEM);
        }
    }
    Ok(())
}

/// Gives the heap of a block's thread back.
///
/// # Safety
/// As for [`drop_tables`]; [`make_heap`] has made it.
unsafe fn drop_heap(program: &ProgramDesc, block: *mut u8) {
    if let Some((gc, slot)) = heap_slot(program, block)
        && let Some(end) = gc.end_heap
    {
        end(*slot);
    }
}

/// What a thread does, on its Wasm stack.
///
/// # Safety
/// `stack` is a stack whose job was set for this thread, which runs on it.
unsafe extern "C" fn body(stack: *mut u8) -> ! {
    let stack = &*(stack as *const Stack);
    let program = &*PROGRAM.load(Ordering::Acquire);
    let job = &*stack.job.get();
    if sys::sigaltstack(&stack.signal_stack(), None).is_err() {
        sys::fatal("error: cannot set up a thread's signal stack\n");
    }
    for (module, it) in instances(program, job.block) {
        if let Some(init) = module.init {
            command::run(init, it, null_mut());
        }
    }
    let number = stack.thread.load(Ordering::Relaxed);
    let mut values = [u64::from(number), u64::from(job.argument)];
    if let Some(entry) = program.thread_start {
        let it = job.block.add(program.thread_instance as usize) as *mut Instance;
        command::run(entry, it, values.as_mut_ptr());
    }
    drop_heap(program, job.block);
    drop_tables(program, job.block);
    stack.thread.store(0, Ordering::Relaxed);
    stack.forget_below(values.as_ptr() as usize);
    RUNNING.fetch_sub(1, Ordering::Relaxed);
    sys::exit_thread()
}
