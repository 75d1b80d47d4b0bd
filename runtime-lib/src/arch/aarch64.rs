//! AArch64: system call, process entry, stack switch with recovery, signal context, prologue decoding, memcpy family.

use core::arch::{asm, global_asm};

pub use crate::nr::aarch64 as nr;

/// Makes a system call with up to six arguments; returns its result, negative errors included.
///
/// # Safety
/// Whatever the call does to memory must be fine.
#[inline(always)]
pub unsafe fn syscall(n: usize, a: [usize; 6]) -> isize {
    let result: isize;
    asm!("svc 0", in("x8") n, inlateout("x0") a[0] as isize => result,
        in("x1") a[1], in("x2") a[2], in("x3") a[3], in("x4") a[4], in("x5") a[5],
        options(nostack, preserves_flags));
    result
}

/// `R_AARCH64_RELATIVE`.
pub const RELOC_RELATIVE: u64 = 1027;

/// Name of the clock function in the vDSO.
pub const VDSO_CLOCK_GETTIME: &[u8] = b"__kernel_clock_gettime";

/// What to tell if this machine lacks a required CPU feature. Plain ARMv8.0 is all that is required.
pub fn missing_cpu_feature(_features: u64) -> Option<&'static str> {
    None
}

// `_start` is weak so that the object also links beside a C library's own. The kernel enters with the stack pointer at
// argc.
#[cfg(all(feature = "standalone", not(test)))]
global_asm!(
    ".section .text._start,\"ax\",@progbits",
    ".weak _start",
    ".type _start,@function",
    ".weak _DYNAMIC",
    ".hidden _DYNAMIC",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined x30",
    "mov x29, xzr",
    "mov x30, xzr",
    "mov x0, sp",
    "adrp x1, _DYNAMIC",
    "add x1, x1, :lo12:_DYNAMIC",
    "bl {start}",
    "udf 0",
    ".cfi_endproc",
    ".size _start, . - _start",
    // Beside a C library's start code the program begins here; argc lies right below argv on the initial stack.
    ".section .text.main,\"ax\",@progbits",
    ".weak main",
    ".type main,@function",
    "main:",
    ".cfi_startproc",
    "stp x29, x30, [sp, -16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "sub x0, x1, 8",
    "bl {begin}",
    "udf 0",
    ".cfi_endproc",
    ".size main, . - main",
    // The address of the program's description, or null where this object is part of a C program.
    ".section .text.wative_arch_program,\"ax\",@progbits",
    ".weak wative_program",
    ".hidden wative_arch_program",
    ".globl wative_arch_program",
    ".type wative_arch_program,@function",
    "wative_arch_program:",
    ".cfi_startproc",
    "adrp x0, :got:wative_program",
    "ldr x0, [x0, :got_lo12:wative_program]",
    "ret",
    ".cfi_endproc",
    ".size wative_arch_program, . - wative_arch_program",
    ".text",
    start = sym crate::start::wative_rt_start,
    begin = sym crate::start::wative_rt_begin,
);

// ---- entering and leaving Wasm code ---------------------------------------------------------------------------------

/// Where a computation is resumed when it traps. The first two fields are known to the assembly below.
#[repr(C)]
pub struct Record {
    /// Stack pointer of `wative_arch_enter` after it saved the callee-saved registers.
    pub sp: usize,
    /// Stack pointer at the call of the entry, which saves its return address in the word below.
    pub base: usize,
    /// The record of the enclosing entry on the same Wasm stack.
    pub previous: *mut Record,
}

unsafe extern "C" {
    /// Calls `entry(instance, values)` with the stack pointer `sp` (0: on the current stack). Returns 0, or what
    /// [`wative_arch_raise`] or the signal handler put into the result register.
    pub fn wative_arch_enter(
        entry: crate::abi::ArrayEntry,
        instance: *mut crate::abi::Instance,
        values: *mut u64,
        record: *mut Record,
        sp: usize,
    ) -> u32;
    /// Abandons everything since the `wative_arch_enter` whose record has this `sp`; that returns `code`.
    pub fn wative_arch_raise(sp: usize, code: u32) -> !;
    /// Where the signal handler resumes, with the stack pointer of the record and the code as result.
    fn wative_arch_recover();
    /// Returns from a signal handler.
    fn wative_arch_restorer();
}

// The canonical frame address is found through x19 (the record), because the stack changes in between:
// DW_CFA_def_cfa_expression { breg19 0; deref; plus_uconst 160 }.
global_asm!(
    ".section .text.wative_arch_enter,\"ax\",@progbits",
    ".globl wative_arch_enter",
    ".hidden wative_arch_enter",
    ".type wative_arch_enter,@function",
    "wative_arch_enter:",
    ".cfi_startproc",
    "stp x29, x30, [sp, #-160]!",
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x29, -160",
    ".cfi_offset x30, -152",
    "stp x19, x20, [sp, #16]",
    ".cfi_offset x19, -144",
    ".cfi_offset x20, -136",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "mov x19, x3",
    "mov x9, sp",
    "str x9, [x19]",
    ".cfi_remember_state",
    ".cfi_escape 0x0f, 6, 0x83, 0, 0x06, 0x23, 0xa0, 0x01",
    "mov x10, x0",
    "mov x0, x1",
    "mov x1, x2",
    "cmp x4, #0",
    "csel x9, x4, x9, ne",
    "mov sp, x9",
    "str x9, [x19, #8]",
    "blr x10",
    "mov w0, #0",
    "ldr x9, [x19]",
    "mov sp, x9",
    ".cfi_restore_state",
    ".globl wative_arch_recover",
    ".hidden wative_arch_recover",
    "wative_arch_recover:",
    "ldp d14, d15, [sp, #144]",
    "ldp d12, d13, [sp, #128]",
    "ldp d10, d11, [sp, #112]",
    "ldp d8, d9, [sp, #96]",
    "ldp x27, x28, [sp, #80]",
    "ldp x25, x26, [sp, #64]",
    "ldp x23, x24, [sp, #48]",
    "ldp x21, x22, [sp, #32]",
    "ldp x19, x20, [sp, #16]",
    "ldp x29, x30, [sp], #160",
    ".cfi_def_cfa_offset 0",
    "ret",
    ".cfi_endproc",
    ".size wative_arch_enter, . - wative_arch_enter",
    ".globl wative_arch_raise",
    ".hidden wative_arch_raise",
    ".type wative_arch_raise,@function",
    "wative_arch_raise:",
    ".cfi_startproc",
    "mov sp, x0",
    "mov w0, w1",
    "b wative_arch_recover",
    ".cfi_endproc",
    ".size wative_arch_raise, . - wative_arch_raise",
    // Debuggers know a signal frame by these very instructions.
    ".section .text.wative_arch_restorer,\"ax\",@progbits",
    ".globl wative_arch_restorer",
    ".hidden wative_arch_restorer",
    ".type wative_arch_restorer,@function",
    "nop",
    "wative_arch_restorer:",
    "mov x8, #139",
    "svc 0",
    ".size wative_arch_restorer, . - wative_arch_restorer",
    ".text",
);

/// Address of the signal return stub, for `sigaction`.
pub fn restorer() -> usize {
    wative_arch_restorer as *const () as usize
}

/// The interrupted registers: the kernel's `ucontext_t`, of which only the general registers are named.
#[repr(C)]
pub struct Context {
    head: [u64; 23],
    x: [u64; 31],
    sp: u64,
    pc: u64,
}

impl Context {
    pub fn pc(&self) -> usize {
        self.pc as usize
    }

    pub fn sp(&self) -> usize {
        self.sp as usize
    }

    /// Makes the interrupted thread resume as `wative_arch_raise` would.
    pub fn recover(&mut self, sp: usize, code: u32) {
        self.x[0] = code.into();
        self.sp = sp as u64;
        self.pc = wative_arch_recover as *const () as u64;
    }
}

/// Bytes between the stack pointer and the saved return address, which the prologue stores in the highest word of the
/// frame: `frame` bytes, then the other saved registers below it.
///
/// # Safety
/// `pc` lies behind the prologue of the function.
pub unsafe fn frame_bytes(_code: *const u8, _pc: *const u8, frame: u32, saved: u32) -> usize {
    frame as usize + 8 * saved.count_ones() as usize
}

/// Distance from the slot of a return address to the caller's stack pointer after the return.
pub const RETURN_SLOT: usize = 8;

// ---- memory primitives ----------------------------------------------------------------------------------------------

// Weak and hidden: a C library's own win in a program that has one, and nothing outside is preempted. Loops of 16 bytes
// with overlapping ends.
#[cfg(all(feature = "standalone", not(test)))]
global_asm!(
    ".section .text.memmove,\"ax\",@progbits",
    ".weak memcpy, memmove",
    ".hidden memcpy, memmove",
    ".type memcpy,@function",
    ".type memmove,@function",
    ".p2align 4",
    "memcpy:",
    "memmove:",
    ".cfi_startproc",
    "cmp x2, #16",
    "b.lo 5f",
    "ldr q0, [x1]",
    "add x3, x1, x2",
    "ldr q1, [x3, #-16]",
    "add x4, x0, x2",
    "cmp x2, #32",
    "b.ls 4f",
    "sub x5, x0, x1",
    "cmp x5, x2",
    "b.lo 2f",
    // Forward: whole blocks, then the last 16 bytes, loaded beforehand.
    "mov x5, x0",
    "sub x6, x4, #16",
    "1:",
    "ldr q2, [x1], #16",
    "str q2, [x5], #16",
    "cmp x5, x6",
    "b.lo 1b",
    "str q1, [x4, #-16]",
    "ret",
    // Backward: the same from the end; the first 16 bytes were loaded beforehand.
    "2:",
    "add x6, x0, #16",
    "mov x5, x4",
    "3:",
    "ldr q2, [x3, #-16]!",
    "str q2, [x5, #-16]!",
    "cmp x5, x6",
    "b.hi 3b",
    "str q0, [x0]",
    "ret",
    "4:",
    "str q0, [x0]",
    "str q1, [x4, #-16]",
    "ret",
    "5:",
    "tbz x2, #3, 6f",
    "add x3, x1, x2",
    "add x4, x0, x2",
    "ldr x5, [x1]",
    "ldr x6, [x3, #-8]",
    "str x5, [x0]",
    "str x6, [x4, #-8]",
    "ret",
    "6:",
    "tbz x2, #2, 7f",
    "add x3, x1, x2",
    "add x4, x0, x2",
    "ldr w5, [x1]",
    "ldr w6, [x3, #-4]",
    "str w5, [x0]",
    "str w6, [x4, #-4]",
    "ret",
    "7:",
    "cbz x2, 8f",
    "add x3, x1, x2",
    "add x4, x0, x2",
    "lsr x7, x2, #1",
    "ldrb w5, [x1]",
    "ldrb w6, [x3, #-1]",
    "ldrb w8, [x1, x7]",
    "strb w5, [x0]",
    "strb w8, [x0, x7]",
    "strb w6, [x4, #-1]",
    "8:",
    "ret",
    ".cfi_endproc",
    ".size memcpy, . - memcpy",
    ".size memmove, . - memmove",
    //
    ".section .text.memset,\"ax\",@progbits",
    ".weak memset",
    ".hidden memset",
    ".type memset,@function",
    ".p2align 4",
    "memset:",
    ".cfi_startproc",
    "dup v0.16b, w1",
    "add x4, x0, x2",
    "mov x5, x0",
    "cmp x2, #16",
    "b.lo 2f",
    "sub x6, x4, #16",
    "1:",
    "str q0, [x5], #16",
    "cmp x5, x6",
    "b.lo 1b",
    "str q0, [x6]",
    "ret",
    "2:",
    "cmp x5, x4",
    "b.hs 3f",
    "strb w1, [x5], #1",
    "b 2b",
    "3:",
    "ret",
    ".cfi_endproc",
    ".size memset, . - memset",
    //
    ".section .text.memcmp,\"ax\",@progbits",
    ".weak memcmp, bcmp",
    ".hidden memcmp, bcmp",
    ".type memcmp,@function",
    ".type bcmp,@function",
    ".p2align 4",
    "memcmp:",
    "bcmp:",
    ".cfi_startproc",
    "add x4, x0, x2",
    "1:",
    "sub x5, x4, x0",
    "cmp x5, #8",
    "b.lo 2f",
    "ldr x6, [x0]",
    "ldr x7, [x1]",
    "cmp x6, x7",
    "b.ne 2f",
    "add x0, x0, #8",
    "add x1, x1, #8",
    "b 1b",
    "2:",
    "cmp x0, x4",
    "b.hs 3f",
    "ldrb w6, [x0], #1",
    "ldrb w7, [x1], #1",
    "subs w6, w6, w7",
    "b.eq 2b",
    "mov w0, w6",
    "ret",
    "3:",
    "mov w0, #0",
    "ret",
    ".cfi_endproc",
    ".size memcmp, . - memcmp",
    ".size bcmp, . - bcmp",
    //
    ".section .text.strlen,\"ax\",@progbits",
    ".weak strlen",
    ".hidden strlen",
    ".type strlen,@function",
    "strlen:",
    ".cfi_startproc",
    "mov x1, x0",
    "1:",
    "ldrb w2, [x1], #1",
    "cbnz w2, 1b",
    "sub x0, x1, x0",
    "sub x0, x0, #1",
    "ret",
    ".cfi_endproc",
    ".size strlen, . - strlen",
    ".text",
);
