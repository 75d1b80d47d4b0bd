//! Runs cases in the test's process.

use super::{CELL, Case, Ended, VECTORS};
use crate::abi::FIXED_BASE;
use crate::mach::compiled::CompiledFunc;
use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

unsafe extern "C" {
    fn mmap(addr: *mut c_void, len: usize, prot: i32, flags: i32, fd: i32, off: i64)
    -> *mut c_void;
    fn munmap(addr: *mut c_void, len: usize) -> i32;
    fn sigaction(signal: i32, action: *const SigAction, old: *mut SigAction) -> i32;
    fn wative_test_call(code: *const u8, args: *const u64, out: *mut u64) -> u64;
    static wative_test_recover: u8;
}

/// The C library's `struct sigaction`.
#[repr(C)]
struct SigAction {
    handler: usize,
    mask: [u64; 16],
    flags: i32,
    restorer: usize,
}

// wative_test_call(code, args, out): calls code with args[0..3] as integers in rdi, rsi, rdx and as floats in xmm0-2; stores rax and
// xmm0 to out; returns 0. After a fault, the handler continues at wative_test_recover with rax = faulting pc and rsp as saved.
core::arch::global_asm!(
    ".globl wative_test_call",
    "wative_test_call:",
    "push rbx",
    "push rbp",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "push rdx",
    "mov [rip + {saved}], rsp",
    "mov rax, rdi",
    "mov r10, rsi",
    "mov rdi, [r10]",
    "mov rsi, [r10 + 8]",
    "mov rdx, [r10 + 16]",
    "movq xmm0, rdi",
    "movq xmm1, rsi",
    "movq xmm2, rdx",
    "call rax",
    "pop rdx",
    "mov [rdx], rax",
    "movq [rdx + 8], xmm0",
    "xor eax, eax",
    "jmp 2f",
    ".globl wative_test_recover",
    "wative_test_recover:",
    "pop rdx",
    "2:",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbp",
    "pop rbx",
    "ret",
    saved = sym SAVED_RSP,
);

static SAVED_RSP: AtomicU64 = AtomicU64::new(0);
static LOCK: Mutex<()> = Mutex::new(());
const MEMORY_SIZE: usize = 1 << 20;

/// The pc is made the recovery label; `uc_mcontext.gregs` is at byte 40 of the context: 13 rax, 15 rsp, 16 rip.
extern "C" fn on_fault(_: i32, _: *mut c_void, context: *mut c_void) {
    // Safety: the kernel passes a valid context, and only code of these tests faults.
    unsafe {
        let gregs = context.cast::<u8>().add(40).cast::<u64>();
        *gregs.add(13) = *gregs.add(16);
        *gregs.add(16) = &raw const wative_test_recover as u64;
        *gregs.add(15) = SAVED_RSP.load(Ordering::Relaxed);
    }
}

/// Runs all cases.
pub fn run(funcs: &[CompiledFunc], cases: &[Case]) -> Vec<Ended> {
    let _guard = LOCK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut offsets = Vec::new();
    let mut text = Vec::new();
    for func in funcs {
        text.resize(text.len().next_multiple_of(16), 0xcc);
        offsets.push(text.len());
        text.extend_from_slice(&func.code);
    }
    const READ_WRITE_EXEC: i32 = 7;
    const PRIVATE_ANON: i32 = 0x22;
    const FIXED_NOREPLACE: i32 = 0x10_0000;
    // Safety: fresh mappings; the fixed one refuses to replace anything. The handler is async-signal-safe.
    let code = unsafe {
        let memory = mmap(
            FIXED_BASE as *mut c_void,
            MEMORY_SIZE,
            3,
            PRIVATE_ANON | FIXED_NOREPLACE,
            -1,
            0,
        );
        assert_eq!(memory as u64, FIXED_BASE, "fixed memory");
        let code = mmap(
            std::ptr::null_mut(),
            text.len(),
            READ_WRITE_EXEC,
            PRIVATE_ANON,
            -1,
            0,
        );
        assert_ne!(code as isize, -1, "code mapping");
        std::ptr::copy_nonoverlapping(text.as_ptr(), code.cast(), text.len());
        for signal in [4, 8, 11] {
            let action = SigAction {
                handler: on_fault as *const () as usize,
                mask: [0; 16],
                // SA_SIGINFO | SA_NODEFER
                flags: 0x4000_0004,
                restorer: 0,
            };
            assert_eq!(sigaction(signal, &action, std::ptr::null_mut()), 0);
        }
        code as *const u8
    };
    let ended = cases.iter().map(|case| {
        let mut out = [0u64; 2];
        let fault = unsafe {
            // Safety: the code was just compiled for this signature and calls nothing.
            ((FIXED_BASE + CELL) as *mut u64).write(case.memory);
            ((FIXED_BASE + VECTORS) as *mut [u128; 3]).write(case.vectors);
            wative_test_call(
                code.add(offsets[case.func]),
                case.args.as_ptr(),
                out.as_mut_ptr(),
            )
        };
        match fault {
            0 => Ended::Returned(out),
            pc => Ended::Fault(pc - code as u64 - offsets[case.func] as u64),
        }
    });
    let ended = ended.collect();
    // Safety: both mappings are ours, nothing refers to them any more.
    unsafe {
        munmap(FIXED_BASE as *mut c_void, MEMORY_SIZE);
        munmap(code as *mut c_void, text.len());
    }
    ended
}
