//! Faults: which of them are Wasm traps, and what happens to the others.
//!
//! A signal is a Wasm trap only if the kernel raised it because of the very instruction that the trap table names, the
//! fault is of the kind that the table says, and for memory accesses the address lies in a reserved memory. Then the
//! interrupted thread resumes in `wative_arch_recover`, so that its `wative_rt_try` returns the code. Any other fault,
//! and any signal that somebody sent, goes to the handler that was installed before ours, or does what it would have
//! done without us.
//!
//! SIGBUS is left alone: on Linux it never stands for an access outside a mapping.

use crate::abi::{Memory, TrapCode};
use crate::arch::{self, Context};
use crate::canonical::Reason;
use crate::fault::code;
use crate::fault::ranges::{Ranges, Spin};
use crate::fault::unwind::{self, Trace};
use crate::state::stack::{self, Stack};
use crate::sys::{self, SigAction, SigInfo};
use crate::text::Text;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// Reserved memories, guards included.
pub static MEMORIES: Ranges = Ranges::new();

/// Whether everything in this process but compiled code is this library.
static OWN_PROCESS: AtomicBool = AtomicBool::new(false);

/// Addresses below this are never mapped: an access through a null reference.
const NULL_PAGE: usize = 4096;

/// Where fields of null would be, as far as accesses test references by their fault: nothing of ours is ever mapped there.
const NULL_AREA: usize = 0x1_0000;

const SIGNALS: [i32; 3] = [sys::SIGSEGV, sys::SIGILL, sys::SIGFPE];

/// What the signals did before, in the order of [`SIGNALS`].
struct Previous(UnsafeCell<[SigAction; 3]>);

// SAFETY: written once under the lock of `install`, before the handlers that read it exist.
unsafe impl Sync for Previous {}

static PREVIOUS: Previous = Previous(UnsafeCell::new([SigAction::DEFAULT; 3]));
static INSTALLED: AtomicBool = AtomicBool::new(false);
static INSTALLING: Spin = Spin::new();

/// Declares that no foreign code runs in this process, or only code that never runs on a Wasm stack while it holds
/// something.
pub fn own_process() {
    OWN_PROCESS.store(true, Ordering::Relaxed);
}

/// Whether [`own_process`] was called.
pub fn is_own_process() -> bool {
    OWN_PROCESS.load(Ordering::Relaxed)
}

/// Installs the signal handlers, once.
pub fn install() {
    if INSTALLED.load(Ordering::Acquire) {
        return;
    }
    INSTALLING.with(|| {
        if INSTALLED.load(Ordering::Relaxed) {
            return;
        }
        let flags = sys::SA_SIGINFO | sys::SA_ONSTACK | sys::SA_RESTORER;
        let handler = on_signal as *const () as usize;
        let action = SigAction {
            handler,
            flags,
            restorer: arch::restorer(),
            mask: 0,
        };
        for (i, &signal) in SIGNALS.iter().enumerate() {
            // SAFETY: see `Previous`; `i` is below the length.
            let previous = unsafe { &mut *(PREVIOUS.0.get() as *mut SigAction).add(i) };
            // Read first and set afterwards, so that the handler never sees a half-written action. A process of our own
            // starts with the default actions.
            let known = is_own_process() || sys::sigaction(signal, None, Some(previous)).is_ok();
            if !known || sys::sigaction(signal, Some(&action), None).is_err() {
                sys::fatal("error: cannot install signal handlers\n");
            }
        }
        INSTALLED.store(true, Ordering::Release);
    });
}

/// # Safety
/// Called by the kernel, with the context of the thread that it interrupts.
unsafe extern "C" fn on_signal(signal: i32, info: *const SigInfo, context: *mut Context) {
    let pc = (*context).pc();
    if let Some(stack) = stack::find((*context).sp()) {
        let record = stack.record.load(Ordering::Relaxed);
        if !record.is_null()
            && let Some(code) = classify(signal, &*info, pc, stack)
        {
            let access = faulting_access(code, (*info).addr);
            stack.note(|trace| {
                trace.capture(code, &*context, stack, record);
                trace.access = access;
            });
            (*context).recover((*record).sp, code as u32);
            return;
        }
    }
    foreign(signal, info, context);
}

/// Where in its memory an access faulted, and how large that is; zeroes if it was no access of a memory, or one in front of it.
fn faulting_access(code: TrapCode, address: usize) -> [u64; 2] {
    if code == TrapCode::MemoryOutOfBounds
        && let Some(memory) = MEMORIES.find(address)
        // SAFETY: a memory is in the set for as long as it exists.
        && let Some(memory) = unsafe { (memory as *const Memory).as_ref() }
        && address >= memory.base as usize
    {
        return [(address - memory.base as usize) as u64, memory.len];
    }
    [0; 2]
}

/// The trap that this signal stands for.
fn classify(signal: i32, info: &SigInfo, pc: usize, stack: &Stack) -> Option<TrapCode> {
    // Zero and below: sent by kill, tgkill, a timer.
    if info.code <= 0 {
        return None;
    }
    let site = code::find(pc);
    if signal == sys::SIGSEGV && stack.guards(info.addr) {
        // Runtime functions run on the Wasm stack too, and hold nothing that must be released.
        return (site.is_some() || is_own_process()).then_some(TrapCode::StackOverflow);
    }
    let code = site?.trap()?;
    let fits = match signal {
        sys::SIGSEGV => match code {
            TrapCode::MemoryOutOfBounds => MEMORIES.find(info.addr).is_some(),
            // The access itself tests the reference.
            TrapCode::IndirectCallToNull => info.addr < NULL_PAGE,
            TrapCode::NullReference => info.addr < NULL_AREA,
            _ => false,
        },
        sys::SIGFPE => matches!(
            code,
            TrapCode::IntegerDivisionByZero | TrapCode::IntegerOverflow
        ),
        // An explicit trap instruction reports its own address.
        _ => info.addr == pc,
    };
    fits.then_some(code)
}

/// Does with the signal what would have happened without us.
///
/// # Safety
/// As for [`on_signal`], for one of [`SIGNALS`].
#[inline(never)]
unsafe fn foreign(signal: i32, info: *const SigInfo, context: *mut Context) {
    let index = SIGNALS.iter().position(|&s| s == signal).unwrap_or(0);
    let previous = *(PREVIOUS.0.get() as *const SigAction).add(index);
    let sent = (*info).code <= 0;
    match previous.handler {
        sys::SIG_IGN if sent => {}
        sys::SIG_DFL | sys::SIG_IGN => {
            // A fault happens again when the instruction is executed again; a sent signal must be sent again. It stays
            // pending until this handler returns.
            let _ = sys::sigaction(signal, Some(&SigAction::DEFAULT), None);
            if sent {
                let _ = sys::raise(signal);
            }
        }
        handler if previous.flags & sys::SA_SIGINFO != 0 => {
            let handler: unsafe extern "C" fn(i32, *const SigInfo, *mut Context) =
                core::mem::transmute(handler);
            handler(signal, info, context);
        }
        handler => {
            let handler: unsafe extern "C" fn(i32) = core::mem::transmute(handler);
            handler(signal);
        }
    }
}

/// Ends the computation by a trap at a call of compiled code; `place` is where that returns to, see [`arch::caller`]. Returns only when no computation is running.
///
/// # Safety
/// The assembly of `arch` has passed `place` on. The frames since need no clean-up.
pub unsafe fn stop(code: TrapCode, reason: Option<Broken>, place: *const usize) {
    if let Some(stack) = stack::find(place as usize) {
        let record = stack.record.load(Ordering::Relaxed);
        if !record.is_null() {
            let (pc, sp) = arch::caller(place);
            stack.note(|trace| {
                trace.capture_call(code, core::ptr::null(), pc, sp, stack, record);
                trace.reason = reason;
            });
            arch::wative_arch_raise((*record).sp, code as u32);
        }
    }
}

/// The rule that a component broke, and what tells it: a function that is referred to where such traps are made, so that programs without components do not carry the messages.
#[derive(Clone, Copy)]
pub struct Broken {
    /// A [`Reason`], and the number in its message.
    reason: u32,
    number: u32,
    describe: fn(Broken, &mut Text),
}

impl Broken {
    /// In a program without tasks.
    fn plain_rule(reason: u32, number: u32) -> Broken {
        Broken {
            reason,
            number,
            describe: |it, out| it.tell(Reason::plain_message, out),
        }
    }

    pub fn rule(reason: u32, number: u32) -> Broken {
        Broken {
            reason,
            number,
            describe: |it, out| it.tell(Reason::message, out),
        }
    }

    fn tell(self, message: fn(Reason) -> &'static str, out: &mut Text) {
        let message = message(Reason::from_number(self.reason).unwrap_or(Reason::None));
        match message.split_once('#') {
            Some((before, after)) => out.str(before).dec(self.number.into()).str(after),
            None => out.str(message),
        };
    }
}

/// Ends the computation because a component broke a rule, in a program without tasks. `place` is where the call returns to, see [`arch::caller`].
///
/// # Safety
/// Called by the assembly of `arch`, which compiled code has called.
pub unsafe extern "C" fn component_trap(reason: u32, number: u32, place: *const usize) -> ! {
    broken(Broken::plain_rule(reason, number), place)
}

/// Likewise, in one with tasks.
///
/// # Safety
/// As above.
pub unsafe extern "C" fn task_trap(reason: u32, number: u32, place: *const usize) -> ! {
    broken(Broken::rule(reason, number), place)
}

/// # Safety
/// As above.
unsafe fn broken(rule: Broken, place: *const usize) -> ! {
    stop(TrapCode::Component, Some(rule), place);
    sys::fatal("wative: a component trapped outside of compiled code\n")
}

/// Tells on stderr what a trap was, as `wasmtime` words it.
pub fn report(trace: &Trace) {
    let mut buf = [0u8; 512];
    let mut out = Text::to_fd(sys::STDERR, &mut buf);
    describe(trace, &mut out);
    out.flush();
}

/// What the environment variable `WATIVE_BACKTRACE` asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verbosity {
    /// `0`: the message alone.
    Nothing,
    /// Functions of the program.
    Functions,
    /// `full`: what the compiler has made too, and places in the machine code.
    Full,
}

/// The variables of the process, or null: strings, ended by a null pointer.
static ENVIRONMENT: AtomicPtr<*const u8> = AtomicPtr::new(core::ptr::null_mut());

/// Says where the variables of the process are.
pub fn set_environment(variables: *const *const u8) {
    ENVIRONMENT.store(variables as *mut *const u8, Ordering::Relaxed);
}

impl Verbosity {
    fn asked() -> Verbosity {
        const NAME: &[u8] = b"WATIVE_BACKTRACE=";
        let mut at = ENVIRONMENT.load(Ordering::Relaxed) as *const *const u8;
        // SAFETY: the kernel's list, whose strings end with a zero: no comparison goes on behind that.
        unsafe {
            while !at.is_null() && !(*at).is_null() {
                let text = *at;
                let is = |wanted: &[u8], from: usize| {
                    (0..wanted.len()).all(|i| *text.add(from + i) == wanted[i])
                };
                if is(NAME, 0) {
                    return match () {
                        _ if is(b"0\0", NAME.len()) => Verbosity::Nothing,
                        _ if is(b"full\0", NAME.len()) => Verbosity::Full,
                        _ => Verbosity::Functions,
                    };
                }
                at = at.add(1);
            }
        }
        Verbosity::Functions
    }
}

/// Writes the message and the backtrace of a trap.
pub fn describe(trace: &Trace, out: &mut Text) {
    out.str("error: wasm trap: ");
    match trace.reason {
        Some(reason) => (reason.describe)(reason, out),
        None => {
            let code = TrapCode::from_number(trace.code as u8);
            out.str(code.map_or("unknown trap", TrapCode::message));
        }
    }
    // SAFETY: tables of registered code.
    if let Some(tag) = unsafe { trace.tag.as_ref() }
        && tag.name_len != 0
    {
        // SAFETY: likewise.
        let name = unsafe { crate::text::bytes(tag.name, tag.name_len) };
        out.str(" with tag `").bytes(name).str("`");
    }
    out.str("\n");
    let [address, len] = trace.access;
    if address != 0 {
        out.str("memory fault at wasm address 0x").hex(address);
        out.str(" in linear memory of size 0x").hex(len).str("\n");
    }
    let verbosity = Verbosity::asked();
    if verbosity == Verbosity::Nothing {
        return;
    }
    let mut number = 0;
    for site in trace.frames() {
        for place in site.places() {
            // Entries and adapters have no place in the program's source.
            if place.index().is_none() && verbosity != Verbosity::Full {
                continue;
            }
            if number == 0 {
                out.str("wasm backtrace:\n");
            }
            out.str(if number < 10 { "   " } else { "  " }).dec(number);
            out.str(": 0x").hex(place.wasm_offset.into());
            if verbosity == Verbosity::Full {
                out.str(" (code 0x").hex(site.code_offset()).str(")");
            }
            out.str(" - ");
            if !place.describe(out) {
                match (place.name(), place.index()) {
                    (([], _), None) => out.str("<made by the compiler>"),
                    (([], _), Some(index)) => out.str("<wasm function ").dec(index.into()).str(">"),
                    ((name, true), Some(index)) => {
                        out.bytes(name).str("[").dec(index.into()).str("]")
                    }
                    ((name, _), _) => out.bytes(name),
                };
            }
            out.str("\n");
            number += 1;
        }
    }
    if trace.truncated {
        out.str("  ...: ")
            .dec(unwind::MAX_FRAMES as u64)
            .str(" innermost frames shown\n");
    }
}
