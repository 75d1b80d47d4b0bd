//! The main function of a command: makes all instances, calls `_initialize` if there is one and `_start`, exits with 0.
//!
//! A trap is told on stderr and ends the process with status 134, as a shell reports an abort; no core is left.

use crate::abi::{ArrayEntry, FIXED_BASE, Instance, ModuleDesc, ProgramDesc};
use crate::fault::trap;
use crate::fault::unwind::Trace;
use crate::state::{instance, memory, stack, thread};
use crate::{arch, sys, wasi};
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Exit status after a trap.
pub const TRAP_STATUS: u32 = 134;

/// The program of this process.
static PROGRAM: AtomicPtr<ProgramDesc> = AtomicPtr::new(core::ptr::null_mut());

/// The program of this process, or the component that a C program has; null under other embedders.
pub fn program() -> *const ProgramDesc {
    PROGRAM.load(Ordering::Relaxed)
}

/// Lets it be known.
pub fn set_program(program: &ProgramDesc) {
    PROGRAM.store((&raw const *program).cast_mut(), Ordering::Relaxed);
}

/// Prepares the process: signals, stack, capabilities, confinement.
///
/// Writing to a pipe that nobody reads, or beyond the limit for the size of files, is an error for the guest to judge, not the end of the process.
///
/// # Safety
/// `program` is the linked program and `initial` the initial stack contents.
pub unsafe fn prepare(program: &ProgramDesc, initial: *const usize) {
    prepare_process(program, initial);
    if let Some(harden) = program.harden {
        harden(program.config);
    }
}

/// All of [`prepare`] but the confinement.
///
/// # Safety
/// As for [`prepare`].
pub unsafe fn prepare_process(program: &ProgramDesc, initial: *const usize) {
    set_program(program);
    arch::set_guest_segment(FIXED_BASE);
    stack::set_size((*program.config).stack_size);
    trap::own_process();
    trap::install();
    for signal in [sys::SIGPIPE, sys::SIGXFSZ] {
        let _ = sys::sigaction(signal, Some(&sys::SigAction::IGNORE), None);
    }
    wasi::context::from_process(program.config, initial);
    memory::set_limit((*program.config).memory_limit);
    if let Some(start) = program.profile_start {
        start(program.profile);
    }
    if let Some(grant) = program.grant {
        grant(program.config);
    }
    if let Some(names) = program.names {
        names(program.config);
    }
    if let Some(start) = program.gc_start {
        start(program.gc);
    }
    if let Some(tls) = program.tls {
        tls(program.config);
    }
    if let Some(zone) = program.zone {
        zone(program.config);
    }
}

/// Makes the instance of a module: 0, or the trap, which `tell` gets to know. Ends the process where the system has no room.
///
/// # Safety
/// The instance was not made before.
pub unsafe fn instantiate(module: *const ModuleDesc, tell: impl FnOnce(&Trace)) -> u32 {
    create(module);
    instance::initialise(&*module, (*module).instance, tell)
}

/// # Safety
/// `module` is a module of the program whose instance was not made before.
unsafe fn create(module: *const ModuleDesc) {
    if instance::create(&*module, (*module).instance).is_err() {
        no_room()
    }
}

/// Ends the process because the system has no room for memories or tables.
pub fn no_room() -> ! {
    sys::fatal(
        "error: cannot reserve address space for a memory or table of the program\n\
         (a limit such as `ulimit -v`?); building it with `--memory checked` needs least, `--memory pinned` does \
         not need fixed addresses\n",
    )
}

/// Makes all instances in order and ends the process at a trap.
///
/// # Safety
/// As for [`prepare`], which was called before.
pub unsafe fn instantiate_all(program: &ProgramDesc) {
    wasi::proc::exit_ends_process();
    if thread::prepare(program).is_err() {
        sys::fatal("error: no memory for the state of threads\n");
    }
    // Modules may import from each other, so all are there before anything runs.
    for i in 0..program.module_count as usize {
        create(*program.modules.add(i));
    }
    for i in 0..program.module_count as usize {
        let module = &**program.modules.add(i);
        instance::initialise(module, module.instance, die);
    }
}

/// Calls `_initialize` of the main module, if it has one.
///
/// # Safety
/// All instances are made.
pub unsafe fn initialize(program: &ProgramDesc) {
    if let Some(entry) = program.initialize {
        run(entry, program.entry_instance, core::ptr::null_mut());
    }
}

/// Runs an entry and ends the process at a trap.
///
/// # Safety
/// As for [`stack::wative_rt_try`].
pub unsafe fn run(entry: ArrayEntry, instance: *mut Instance, values: *mut u64) {
    stack::run(entry, instance, values, die);
}

/// Tells of a trap and ends the process. Where several threads trap at once, the first one does.
fn die(trace: &Trace) {
    static DYING: AtomicU32 = AtomicU32::new(0);
    if DYING.swap(1, Ordering::Relaxed) != 0 {
        // The end of the process ends this, too.
        loop {
            let _ = sys::futex_wait(&DYING, 1, None);
        }
    }
    trap::report(trace);
    sys::exit(TRAP_STATUS);
}

/// # Safety
/// See [`crate::abi::MainFn`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_main_command(
    program: *const ProgramDesc,
    initial: *const usize,
) -> ! {
    let program = &*program;
    prepare(program, initial);
    instantiate_all(program);
    initialize(program);
    if let Some(entry) = program.entry {
        run(entry, program.entry_instance, core::ptr::null_mut());
    }
    sys::exit(0)
}
