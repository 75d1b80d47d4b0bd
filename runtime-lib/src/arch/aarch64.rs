//! AArch64: system call, process entry, stack switch with recovery, signal context, prologue decoding, memcpy family.

use super::Frame;
use crate::abi::{Config, Cont, FuncEntry, Safepoint};
use crate::state::cont::{self, places};
use crate::sys;
use core::arch::{asm, global_asm};
use core::mem::offset_of;

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

/// Compiled code keeps the base of a memory in a register.
pub fn set_guest_segment(_base: u64) {}

/// `R_AARCH64_RELATIVE`.
pub const RELOC_RELATIVE: u64 = 1027;

/// The largest page that a kernel for this CPU may use: 4, 16 and 64 KiB exist.
pub const LARGEST_PAGE: usize = 65536;

/// Name of the clock function in the vDSO.
pub const VDSO_CLOCK_GETTIME: &[u8] = b"__kernel_clock_gettime";

/// What to tell if this machine lacks a required CPU feature. `features` is `Config::cpu`; the kernel tells of them beside the
/// arguments.
///
/// # Safety
/// `initial` must point at the initial stack contents.
pub unsafe fn missing_cpu_feature(features: u64, initial: *const usize) -> Option<&'static str> {
    const AT_HWCAP: usize = 16;
    const HWCAP_ATOMICS: usize = 1 << 8;
    let has = sys::auxv(initial, AT_HWCAP);
    if features & Config::CPU_LSE != 0 && has & HWCAP_ATOMICS == 0 {
        return Some("wative: this program needs a CPU with LSE (ARMv8.1-A)\n");
    }
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
    start = sym crate::entry::start::wative_rt_start,
    begin = sym crate::entry::start::wative_rt_begin,
);

// ---- entering and leaving Wasm code ---------------------------------------------------------------------------------

/// Where a computation is resumed when it traps. The first two fields are known to the assembly below.
#[repr(C)]
pub struct Record {
    /// Stack pointer of `wative_arch_enter` after it saved the callee-saved registers.
    pub sp: usize,
    /// Stack pointer at the call of the entry.
    pub base: usize,
    /// The record of the enclosing entry on the same Wasm stack.
    pub previous: *mut Record,
    /// Where the enclosing entry's compiled code was left for this one.
    pub left: crate::abi::GcLeft,
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
    /// `clone` of a thread that calls `body(argument)` on a stack; see `sys::clone_thread`. The kernel's result.
    pub fn wative_arch_clone(
        flags: usize,
        top: usize,
        done: *const core::sync::atomic::AtomicU32,
        body: unsafe extern "C" fn(*mut u8) -> !,
        argument: *mut u8,
    ) -> isize;
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
    ".cfi_offset x21, -128",
    ".cfi_offset x22, -120",
    "stp x23, x24, [sp, #48]",
    ".cfi_offset x23, -112",
    ".cfi_offset x24, -104",
    "stp x25, x26, [sp, #64]",
    ".cfi_offset x25, -96",
    ".cfi_offset x26, -88",
    "stp x27, x28, [sp, #80]",
    ".cfi_offset x27, -80",
    ".cfi_offset x28, -72",
    "stp d8, d9, [sp, #96]",
    ".cfi_offset d8, -64",
    ".cfi_offset d9, -56",
    "stp d10, d11, [sp, #112]",
    ".cfi_offset d10, -48",
    ".cfi_offset d11, -40",
    "stp d12, d13, [sp, #128]",
    ".cfi_offset d12, -32",
    ".cfi_offset d13, -24",
    "stp d14, d15, [sp, #144]",
    ".cfi_offset d14, -16",
    ".cfi_offset d15, -8",
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
    ".cfi_restore x29",
    ".cfi_restore x30",
    "ret",
    ".cfi_endproc",
    ".size wative_arch_enter, . - wative_arch_enter",
    ".globl wative_arch_raise",
    ".hidden wative_arch_raise",
    ".type wative_arch_raise,@function",
    "wative_arch_raise:",
    ".cfi_startproc",
    "mov sp, x0",
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x29, -160",
    ".cfi_offset x30, -152",
    ".cfi_offset x19, -144",
    ".cfi_offset x20, -136",
    ".cfi_offset x21, -128",
    ".cfi_offset x22, -120",
    ".cfi_offset x23, -112",
    ".cfi_offset x24, -104",
    ".cfi_offset x25, -96",
    ".cfi_offset x26, -88",
    ".cfi_offset x27, -80",
    ".cfi_offset x28, -72",
    ".cfi_offset d8, -64",
    ".cfi_offset d9, -56",
    ".cfi_offset d10, -48",
    ".cfi_offset d11, -40",
    ".cfi_offset d12, -32",
    ".cfi_offset d13, -24",
    ".cfi_offset d14, -16",
    ".cfi_offset d15, -8",
    "mov w0, w1",
    "b wative_arch_recover",
    ".cfi_endproc",
    ".size wative_arch_raise, . - wative_arch_raise",
    // The new thread finds on its stack what it is to do.
    ".section .text.wative_arch_clone,\"ax\",@progbits",
    ".globl wative_arch_clone",
    ".hidden wative_arch_clone",
    ".type wative_arch_clone,@function",
    "wative_arch_clone:",
    ".cfi_startproc",
    "stp x3, x4, [x1, #-16]!",
    "mov x4, x2",
    "mov x2, #0",
    "mov x3, #0",
    "mov x8, #220",
    "svc 0",
    "cbz x0, 2f",
    "ret",
    "2:",
    ".cfi_undefined x30",
    "mov x29, #0",
    "mov x30, #0",
    "ldp x1, x0, [sp], #16",
    "blr x1",
    "udf #0",
    ".cfi_endproc",
    ".size wative_arch_clone, . - wative_arch_clone",
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

impl Context {
    /// The link register.
    pub fn link(&self) -> usize {
        self.x[30] as usize
    }
}

/// Fetches what lies at an address into the caches, if there is anything.
#[inline(always)]
pub fn prefetch(address: usize) {
    // SAFETY: it never faults.
    unsafe {
        asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
}

/// A call leaves the return address in the link register; the called function may save it anywhere.
pub const CALLS_PUSH: bool = false;

/// Whether this address in compiled code can be one that a call returns to: pointers to functions lie on stacks as well.
///
/// # Safety
/// The address is behind the first instruction of the text.
pub unsafe fn follows_call(address: *const u8) -> bool {
    let is_aligned = (address as usize).is_multiple_of(4);
    // bl; blr
    is_aligned && {
        let call = *(address as *const u32).sub(1);
        call >> 26 == 0b10_0101 || call & 0xffff_fc1f == 0xd63f_0000
    }
}

/// Bit of [`FuncEntry::saved`]: the link register is saved, in the highest word of the frame.
const SAVES_LINK: u32 = 1;

/// The frame of a function behind its prologue: the saved registers in pairs, and the rest.
pub fn frame(func: &FuncEntry) -> Frame {
    let saved = (8 * func.saved.count_ones() as usize).next_multiple_of(16);
    Frame {
        bytes: saved + func.frame as usize,
        is_linked: func.saved & SAVES_LINK == 0,
    }
}

/// The frame of the function at `code`, of which so much exists as the instructions before `pc` have made. A prologue lowers the
/// stack pointer by immediate subtractions and stores with write-back, or by one register. Until the link
/// register was stored it still holds the return address.
///
/// # Safety
/// `code..=pc` is readable code of one function.
pub unsafe fn innermost_frame(code: *const u8, pc: *const u8, func: &FuncEntry) -> Frame {
    let full = frame(func);
    let (mut lowered, mut is_linked) = (0, true);
    let mut at = code as *const u32;
    while at < pc as *const u32 && (lowered < full.bytes || is_linked != full.is_linked) {
        let inst = *at;
        lowered += lowering(inst, full.bytes.saturating_sub(lowered));
        is_linked &= !stores_link(inst);
        at = at.add(1);
    }
    Frame {
        bytes: lowered,
        is_linked,
    }
}

/// By how much this instruction of a prologue lowers the stack pointer; `rest` is what remains to be lowered.
fn lowering(inst: u32, rest: usize) -> usize {
    const SP: u32 = 31;
    let (base, dst) = (inst >> 5 & 31, inst & 31);
    // A store with write-back has a signed immediate: seven bits in units of the register's size, or nine bits.
    let down = |field: u32, bits: u32, unit: usize| {
        let value = field & ((1 << bits) - 1);
        let down = (1usize << bits) - value as usize;
        if value >> (bits - 1) != 0 && base == SP {
            down * unit
        } else {
            0
        }
    };
    match inst >> 22 {
        // stp x, x, [sp, #-imm]!; stp d, d; stp q, q
        0b10_1010_0110 | 0b01_1011_0110 => down(inst >> 15, 7, 8),
        0b10_1011_0110 => down(inst >> 15, 7, 16),
        // sub sp, sp, #imm; sub sp, sp, #imm, lsl #12
        0b11_0100_0100 if base == SP && dst == SP => (inst >> 10 & 0xfff) as usize,
        0b11_0100_0101 if base == SP && dst == SP => ((inst >> 10 & 0xfff) as usize) << 12,
        // str x, [sp, #-imm]!; str d
        0b11_1110_0000 | 0b11_1111_0000 if inst >> 10 & 3 == 3 && inst >> 21 & 1 == 0 => {
            down(inst >> 12, 9, 1)
        }
        // sub sp, sp, xm (extended register)
        0b11_0010_1100 if base == SP && dst == SP && inst >> 21 & 1 == 1 => rest,
        _ => 0,
    }
}

/// Whether this instruction of a prologue stores the link register on the stack.
fn stores_link(inst: u32) -> bool {
    const SP: u32 = 31;
    const LINK: u32 = 30;
    let (second, base, first) = (inst >> 10 & 31, inst >> 5 & 31, inst & 31);
    if base != SP {
        return false;
    }
    match inst >> 22 {
        // stp x, x: with write-back, and with a plain offset
        0b10_1010_0110 | 0b10_1010_0100 => first == LINK || second == LINK,
        // str x: with write-back or an unscaled offset, and with a scaled offset
        0b11_1110_0000 | 0b11_1110_0100 => first == LINK,
        _ => false,
    }
}

// ---- throwing --------------------------------------------------------------------------------------------------------

/// Registers that callees preserve, in the order of [`FuncEntry::saved`]: x30 x19-x28 d8-d15.
pub type Registers = [usize; 19];

unsafe extern "C" {
    /// Continues at `pc` with these registers and this stack pointer, the exception in x9.
    pub fn wative_arch_land(
        registers: *const Registers,
        sp: usize,
        pc: usize,
        exception: usize,
    ) -> !;
}

// The registers are stored below the caller's stack pointer as they lie in `Registers`.
global_asm!(
    ".section .text.wative_rt_throw,\"ax\",@progbits",
    ".globl wative_rt_throw",
    ".type wative_rt_throw,@function",
    "wative_rt_throw:",
    ".cfi_startproc",
    "stp x30, x19, [sp, #-160]!",
    ".cfi_def_cfa_offset 160",
    "stp x20, x21, [sp, #16]",
    "stp x22, x23, [sp, #32]",
    "stp x24, x25, [sp, #48]",
    "stp x26, x27, [sp, #64]",
    "str x28, [sp, #80]",
    "stp d8, d9, [sp, #88]",
    "stp d10, d11, [sp, #104]",
    "stp d12, d13, [sp, #120]",
    "stp d14, d15, [sp, #136]",
    ".cfi_offset x30, -160",
    ".cfi_offset x19, -152",
    ".cfi_offset x20, -144",
    ".cfi_offset x21, -136",
    ".cfi_offset x22, -128",
    ".cfi_offset x23, -120",
    ".cfi_offset x24, -112",
    ".cfi_offset x25, -104",
    ".cfi_offset x26, -96",
    ".cfi_offset x27, -88",
    ".cfi_offset x28, -80",
    ".cfi_offset d8, -72",
    ".cfi_offset d9, -64",
    ".cfi_offset d10, -56",
    ".cfi_offset d11, -48",
    ".cfi_offset d12, -40",
    ".cfi_offset d13, -32",
    ".cfi_offset d14, -24",
    ".cfi_offset d15, -16",
    "mov x3, sp",
    "bl {throw}",
    "udf 0",
    ".cfi_endproc",
    ".size wative_rt_throw, . - wative_rt_throw",
    ".section .text.wative_rt_throw_ref,\"ax\",@progbits",
    ".globl wative_rt_throw_ref",
    ".type wative_rt_throw_ref,@function",
    "wative_rt_throw_ref:",
    ".cfi_startproc",
    "stp x30, x19, [sp, #-160]!",
    ".cfi_def_cfa_offset 160",
    "stp x20, x21, [sp, #16]",
    "stp x22, x23, [sp, #32]",
    "stp x24, x25, [sp, #48]",
    "stp x26, x27, [sp, #64]",
    "str x28, [sp, #80]",
    "stp d8, d9, [sp, #88]",
    "stp d10, d11, [sp, #104]",
    "stp d12, d13, [sp, #120]",
    "stp d14, d15, [sp, #136]",
    ".cfi_offset x30, -160",
    ".cfi_offset x19, -152",
    ".cfi_offset x20, -144",
    ".cfi_offset x21, -136",
    ".cfi_offset x22, -128",
    ".cfi_offset x23, -120",
    ".cfi_offset x24, -112",
    ".cfi_offset x25, -104",
    ".cfi_offset x26, -96",
    ".cfi_offset x27, -88",
    ".cfi_offset x28, -80",
    ".cfi_offset d8, -72",
    ".cfi_offset d9, -64",
    ".cfi_offset d10, -56",
    ".cfi_offset d11, -48",
    ".cfi_offset d12, -40",
    ".cfi_offset d13, -32",
    ".cfi_offset d14, -24",
    ".cfi_offset d15, -16",
    "mov x1, sp",
    "bl {throw_ref}",
    "udf 0",
    ".cfi_endproc",
    ".size wative_rt_throw_ref, . - wative_rt_throw_ref",
    ".section .text.wative_arch_land,\"ax\",@progbits",
    ".globl wative_arch_land",
    ".hidden wative_arch_land",
    ".type wative_arch_land,@function",
    "wative_arch_land:",
    "ldp x19, x20, [x0, #8]",
    "ldp x21, x22, [x0, #24]",
    "ldp x23, x24, [x0, #40]",
    "ldp x25, x26, [x0, #56]",
    "ldp x27, x28, [x0, #72]",
    "ldp d8, d9, [x0, #88]",
    "ldp d10, d11, [x0, #104]",
    "ldp d12, d13, [x0, #120]",
    "ldp d14, d15, [x0, #136]",
    "mov x9, x3",
    "mov sp, x1",
    "br x2",
    ".size wative_arch_land, . - wative_arch_land",
    ".text",
    throw = sym crate::fault::throw::throw,
    throw_ref = sym crate::fault::throw::throw_ref,
);

/// Bytes that `wative_rt_throw` takes for the registers.
const THROWN: usize = 160;

/// The return address of the call that throws, and the stack pointer behind it.
///
/// # Safety
/// The registers are where `wative_rt_throw` has stored them.
pub unsafe fn thrown(registers: *const Registers) -> (usize, usize) {
    ((*registers)[0], registers as usize + THROWN)
}

// ---- stacks of tasks -------------------------------------------------------------------------------------------------

unsafe extern "C" {
    /// Saves what callees preserve on this stack, tells where, and goes on where another stack's were saved.
    pub fn wative_arch_switch(save: *mut usize, to: usize);
    fn wative_arch_begin();
}

global_asm!(
    ".section .text.wative_arch_switch,\"ax\",@progbits",
    ".globl wative_arch_switch",
    ".hidden wative_arch_switch",
    ".type wative_arch_switch,@function",
    "wative_arch_switch:",
    "stp x29, x30, [sp, #-160]!",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "mov x9, sp",
    "str x9, [x0]",
    "mov sp, x1",
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
    "ret",
    ".size wative_arch_switch, . - wative_arch_switch",
    ".globl wative_arch_begin",
    ".hidden wative_arch_begin",
    ".type wative_arch_begin,@function",
    "wative_arch_begin:",
    ".cfi_startproc",
    ".cfi_undefined x30",
    "mov x0, x20",
    "blr x19",
    "udf #0",
    ".cfi_endproc",
    ".size wative_arch_begin, . - wative_arch_begin",
    ".text",
);

/// Prepares a stack so that switching to it calls `body(argument)`, which does not return: the stack pointer to switch to.
///
/// # Safety
/// A page below `top` can be written.
pub unsafe fn prepare_switch(
    top: usize,
    body: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> usize {
    let sp = (top & !(super::STACK_ALIGN - 1)) - 160;
    let words = sp as *mut usize;
    for i in 0..20 {
        words.add(i).write(0);
    }
    words.add(1).write(wative_arch_begin as *const () as usize);
    words.add(2).write(body as usize);
    words.add(3).write(argument as usize);
    sp
}

/// A function that compiled code calls and that may call compiled code or switch stacks: its last parameter, which has this register, is where its return address was stored.
macro_rules! placed {
    ($symbol:literal, $register:literal, $callee:path) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            "stp x29, x30, [sp, #-16]!",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset x29, -16",
            ".cfi_offset x30, -8",
            concat!("mov ", $register, ", sp"),
            "bl {callee}",
            "ldp x29, x30, [sp], #16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore x29",
            ".cfi_restore x30",
            "ret",
            ".cfi_endproc",
            concat!(".size ", $symbol, ", . - ", $symbol),
            ".text",
            callee = sym $callee,
        );
    };
}
placed!(
    "wative_rt_task_call",
    "x1",
    crate::component::tasks::task::call
);
placed!(
    "wative_rt_task_return",
    "x2",
    crate::component::tasks::task::task_return
);
placed!(
    "wative_rt_task_callback",
    "x2",
    crate::component::tasks::task::callback
);
placed!(
    "wative_rt_set_wait",
    "x3",
    crate::component::tasks::waitable::wait
);
placed!(
    "wative_rt_subtask_cancel",
    "x3",
    crate::component::tasks::waitable::subtask_cancel
);
placed!(
    "wative_rt_end_copy",
    "x4",
    crate::component::tasks::stream::end_copy
);
placed!(
    "wative_rt_host_wait",
    "x1",
    crate::component::tasks::host::wait
);
placed!(
    "wative_rt_serve_answer",
    "x1",
    crate::wasi3::http::serve::answer
);
placed!(
    "wative_rt_end_cancel",
    "x3",
    crate::component::tasks::stream::end_cancel
);
placed!("wative_gc_leave", "x0", crate::state::stack::leave);
placed!(
    "wative_rt_thread_block",
    "x1",
    crate::component::tasks::thread::thread_block
);
placed!(
    "wative_rt_thread_switch",
    "x4",
    crate::component::tasks::thread::thread_switch
);

placed!("wative_cont_throw", "x4", crate::state::cont::throw);
placed!("wative_cont_switch", "x5", crate::state::cont::switch_to);
placed!("wative_cont_bind", "x3", crate::state::cont::bind);

// Stacks of continuations are left as those of tasks, but that an answer is passed: in the register of results. They are entered by a jump, because processors predict returns by calls.
unsafe extern "C" {
    /// [`wative_arch_switch`] with an answer for the other stack: that for this one.
    pub fn wative_arch_pass(save: *mut usize, to: usize, answer: u64) -> u64;
}

/// What saves the registers that callees preserve, and what restores them and goes on.
macro_rules! leave {
    () => {
        "stp x29, x30, [sp, #-160]!; stp x19, x20, [sp, #16]; stp x21, x22, [sp, #32]; stp x23, x24, [sp, #48]; stp x25, x26, [sp, #64]; \
         stp x27, x28, [sp, #80]; stp d8, d9, [sp, #96]; stp d10, d11, [sp, #112]; stp d12, d13, [sp, #128]; stp d14, d15, [sp, #144]"
    };
}
macro_rules! arrive {
    () => {
        "ldp d14, d15, [sp, #144]; ldp d12, d13, [sp, #128]; ldp d10, d11, [sp, #112]; ldp d8, d9, [sp, #96]; ldp x27, x28, [sp, #80]; \
         ldp x25, x26, [sp, #64]; ldp x23, x24, [sp, #48]; ldp x21, x22, [sp, #32]; ldp x19, x20, [sp, #16]; ldp x29, x30, [sp], #160; br x30"
    };
}

// The fast ways of `resume` and `suspend`, see `state/cont.rs`. Where one cannot be gone, nothing was changed before.
global_asm!(
    ".section .text.wative_arch_pass,\"ax\",@progbits",
    ".globl wative_arch_pass",
    ".hidden wative_arch_pass",
    ".type wative_arch_pass,@function",
    "wative_arch_pass:",
    leave!(),
    "mov x9, sp",
    "str x9, [x0]",
    "mov sp, x1",
    "mov x0, x2",
    arrive!(),
    ".size wative_arch_pass, . - wative_arch_pass",
    ".section .text.wative_cont_resume,\"ax\",@progbits",
    ".globl wative_cont_resume",
    ".type wative_cont_resume,@function",
    "wative_cont_resume:",
    ".cfi_startproc",
    "mov w0, w0",
    "adrp x10, {state}",
    "add x10, x10, :lo12:{state}",
    "ldr x8, [x0, #{fiber}]",
    "ldr x9, [x10, #{current}]",
    "cmp x8, #{used}",
    "b.ls 2f",
    "cbz x9, 2f",
    "ldr w11, [x0, #{bound}]",
    "cbnz w11, 2f",
    "ldr x11, [x9, #{lowest}]",
    "ldr x12, [x9, #{bytes}]",
    "mov x13, sp",
    "sub x11, x13, x11",
    "cmp x11, x12",
    "b.hs 2f",
    "mov x11, #{used}",
    "str x11, [x0, #{fiber}]",
    "str wzr, [x8, #{owner}]",
    "ldr x11, [x8, #{outermost}]",
    "str x9, [x11, #{resumer}]",
    "str x1, [x11, #{handlers}]",
    "lsr x2, x2, #{handlers_bit}",
    "str x2, [x11, #{handler_count}]",
    // The values are behind the handlers.
    "add x2, x2, #1",
    "lsr x2, x2, #1",
    "add x0, x1, x2, lsl #3",
    "str x30, [x9, #{left}]",
    "str x13, [x9, #{left} + 8]",
    ".cfi_remember_state",
    leave!(),
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x30, -152",
    "mov x11, sp",
    "str x11, [x9, #{sp_at}]",
    "str x8, [x10, #{current}]",
    "ldr x11, [x8, #{sp_at}]",
    "mov sp, x11",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x3, sp",
    "bl {resume}",
    "ldp x29, x30, [sp], #16",
    ".cfi_def_cfa_offset 0",
    ".cfi_restore x29",
    ".cfi_restore x30",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_resume, . - wative_cont_resume",
    ".section .text.wative_cont_suspend,\"ax\",@progbits",
    ".globl wative_cont_suspend",
    ".type wative_cont_suspend,@function",
    "wative_cont_suspend:",
    ".cfi_startproc",
    "adrp x10, {state}",
    "add x10, x10, :lo12:{state}",
    "ldr x8, [x10, #{current}]",
    "cbz x8, 2f",
    "ldr x9, [x8, #{resumer}]",
    "cbz x9, 2f",
    "ldr x11, [x8, #{stack}]",
    "ldr x11, [x11, #{record}]",
    "add x12, x8, #{own_record}",
    "cmp x11, x12",
    "b.ne 2f",
    "ldr x11, [x8, #{handlers}]",
    "ldr x12, [x8, #{handler_count}]",
    "mov x13, #0",
    "3:",
    "cmp x13, x12",
    "b.eq 2f",
    "ldr w14, [x11, x13, lsl #2]",
    "cmp w14, w0",
    "b.eq 4f",
    "add x13, x13, #1",
    "b 3b",
    "4:",
    "mov w1, w1",
    "str xzr, [x8, #{resumer}]",
    "str x8, [x8, #{outermost}]",
    "str w1, [x8, #{owner}]",
    "str x8, [x1, #{fiber}]",
    "mov x11, sp",
    "str x30, [x8, #{left}]",
    "str x11, [x8, #{left} + 8]",
    "add x13, x13, #{suspended}",
    "orr x0, x2, x13, lsl #{outcome}",
    ".cfi_remember_state",
    leave!(),
    ".cfi_def_cfa_offset 160",
    ".cfi_offset x30, -152",
    "mov x11, sp",
    "str x11, [x8, #{sp_at}]",
    "str x9, [x10, #{current}]",
    "ldr x11, [x9, #{sp_at}]",
    "mov sp, x11",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x3, sp",
    "bl {suspend}",
    "ldp x29, x30, [sp], #16",
    ".cfi_def_cfa_offset 0",
    ".cfi_restore x29",
    ".cfi_restore x30",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_suspend, . - wative_cont_suspend",
    ".text",
    state = sym cont::STATE,
    resume = sym cont::resume,
    suspend = sym cont::suspend,
    fiber = const offset_of!(Cont, fiber),
    bound = const offset_of!(Cont, bound),
    used = const Cont::USED,
    handlers_bit = const Cont::HANDLERS,
    suspended = const Cont::SUSPENDED,
    outcome = const Cont::OUTCOME,
    current = const places::CURRENT,
    stack = const places::STACK,
    lowest = const places::LOWEST,
    bytes = const places::BYTES,
    sp_at = const places::SP,
    left = const places::LEFT,
    resumer = const places::RESUMER,
    outermost = const places::OUTERMOST,
    owner = const places::OWNER,
    handlers = const places::HANDLERS,
    handler_count = const places::HANDLER_COUNT,
    own_record = const places::OWN_RECORD,
    record = const places::RECORD,
);

// `component_trap` is told where the return address of its call was stored.
global_asm!(
    ".section .text.wative_rt_component_trap,\"ax\",@progbits",
    ".globl wative_rt_component_trap",
    ".type wative_rt_component_trap,@function",
    "wative_rt_component_trap:",
    ".cfi_startproc",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x2, sp",
    "bl {component_trap}",
    "udf 0",
    ".cfi_endproc",
    ".size wative_rt_component_trap, . - wative_rt_component_trap",
    ".text",
    component_trap = sym crate::fault::trap::component_trap,
);

/// A function that preserves all registers that are allocated, but for that of its result, which the last line restores where there is none, and halves of vector registers that
/// all calls change. It puts them where [`Safepoint::AARCH64`] says; one that may collect garbage is told where its return address was stored.
macro_rules! preserving {
    ($symbol:literal, [$($first:literal),*], [$($place:literal)?], $callee:path, [$($result:literal)?] $(, $name:ident = $value:expr)*) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            $($first,)*
            "stp x29, x30, [sp, #-16]!",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset x29, -16",
            ".cfi_offset x30, -8",
            "mov x16, sp",
            "sub sp, sp, #624",
            ".cfi_def_cfa_offset 640",
            "stp x1, x0, [x16, #-16]",
            "stp x3, x2, [x16, #-32]",
            "stp x5, x4, [x16, #-48]",
            "stp x7, x6, [x16, #-64]",
            "stp x9, x8, [x16, #-80]",
            "stp x11, x10, [x16, #-96]",
            "stp x13, x12, [x16, #-112]",
            "stp x15, x14, [x16, #-128]",
            "stp x17, x16, [x16, #-144]",
            "stp x19, x18, [x16, #-160]",
            "stp x21, x20, [x16, #-176]",
            "stp x23, x22, [x16, #-192]",
            "stp x25, x24, [x16, #-208]",
            "stp x27, x26, [x16, #-224]",
            "str x28, [x16, #-232]",
            "stp q0, q1, [sp]",
            "stp q2, q3, [sp, #32]",
            "stp q4, q5, [sp, #64]",
            "stp q6, q7, [sp, #96]",
            "stp q16, q17, [sp, #128]",
            "stp q18, q19, [sp, #160]",
            "stp q20, q21, [sp, #192]",
            "stp q22, q23, [sp, #224]",
            "stp q24, q25, [sp, #256]",
            "stp q26, q27, [sp, #288]",
            "stp q28, q29, [sp, #320]",
            "stp q30, q31, [sp, #352]",
            $($place,)?
            "bl {callee}",
            "add x16, sp, #624",
            $($result,)?
            "ldr x1, [x16, #-16]",
            "ldp x3, x2, [x16, #-32]",
            "ldp x5, x4, [x16, #-48]",
            "ldp x7, x6, [x16, #-64]",
            "ldp x9, x8, [x16, #-80]",
            "ldp x11, x10, [x16, #-96]",
            "ldp x13, x12, [x16, #-112]",
            "ldp x15, x14, [x16, #-128]",
            "ldp q0, q1, [sp]",
            "ldp q2, q3, [sp, #32]",
            "ldp q4, q5, [sp, #64]",
            "ldp q6, q7, [sp, #96]",
            "ldp q16, q17, [sp, #128]",
            "ldp q18, q19, [sp, #160]",
            "ldp q20, q21, [sp, #192]",
            "ldp q22, q23, [sp, #224]",
            "ldp q24, q25, [sp, #256]",
            "ldp q26, q27, [sp, #288]",
            "ldp q28, q29, [sp, #320]",
            "ldp q30, q31, [sp, #352]",
            "add sp, sp, #624",
            ".cfi_def_cfa_offset 16",
            "ldp x29, x30, [sp], #16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore x29",
            ".cfi_restore x30",
            "ret",
            ".cfi_endproc",
            concat!(".size ", $symbol, ", . - ", $symbol),
            ".text",
            callee = sym $callee,
            $($name = const $value,)*
        );
    };
}

const _: () = assert!(Safepoint::AARCH64 == 24 && Safepoint::AARCH64 + 8 * 28 < Safepoint::BELOW);

preserving!(
    "wative_gc_allocate",
    [],
    ["mov x2, x16"],
    crate::gc::allocate,
    []
);
preserving!(
    "wative_gc_allocate_array",
    [],
    ["mov x3, x16"],
    crate::gc::allocate_array,
    []
);
preserving!(
    "wative_gc_log",
    [],
    [],
    crate::gc::log,
    ["ldr x0, [x16, #-8]"]
);
// What is written to a large array again and again returns soon: where the line is in the log.
preserving!(
    "wative_gc_log_element",
    [
        "ldr w16, [x0]",
        "tst w16, #{large}",
        "b.eq 2f",
        "adrp x16, wative_gc",
        "add x16, x16, :lo12:wative_gc",
        "ldr x16, [x16, #{lines}]",
        // The word of 64 lines, then the line in it.
        "lsr w17, w1, #({line_bits} + 6)",
        "ldr x16, [x16, w17, uxtw #3]",
        "lsr w17, w1, #{line_bits}",
        "lsr x16, x16, x17",
        "tbz x16, #0, 2f",
        "ret",
        "2:"
    ],
    [],
    crate::gc::log_element,
    ["ldr x0, [x16, #-8]"],
    large = crate::gc::LARGE_OBJECT,
    lines = crate::gc::LINES,
    line_bits = crate::gc::LINE_BITS
);

// Weak: see `env`. `abort` is told where the return address of its call was stored.
global_asm!(
    ".section .text.wative_import_env__abort,\"ax\",@progbits",
    ".weak wative_import_env__abort",
    ".type wative_import_env__abort,@function",
    "wative_import_env__abort:",
    ".cfi_startproc",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x5, sp",
    "bl {abort}",
    "udf 0",
    ".cfi_endproc",
    ".size wative_import_env__abort, . - wative_import_env__abort",
    ".section .text.wative_import_env__emscripten_notify_memory_growth,\"ax\",@progbits",
    ".weak wative_import_env__emscripten_notify_memory_growth",
    ".type wative_import_env__emscripten_notify_memory_growth,@function",
    "wative_import_env__emscripten_notify_memory_growth:",
    "ret",
    ".size wative_import_env__emscripten_notify_memory_growth, . - wative_import_env__emscripten_notify_memory_growth",
    ".text",
    abort = sym crate::wasi::env::abort,
);

/// The return address of a call, given where the assembly has stored it, and the stack pointer behind the call.
///
/// # Safety
/// `place` is what the assembly has passed on.
pub unsafe fn caller(place: *const usize) -> (usize, usize) {
    (*place.add(1), place.add(2) as usize)
}

/// Restores what a function with this canonical frame address has saved.
///
/// # Safety
/// The frame is one of a function with this mask, behind its prologue.
pub unsafe fn restore(registers: &mut Registers, cfa: usize, saved: u32) {
    let mut place = cfa;
    for (i, register) in registers.iter_mut().enumerate() {
        if saved >> i & 1 != 0 {
            place -= 8;
            *register = *(place as *const usize);
        }
    }
}

/// The instance in whose code these registers are: x27.
pub fn instance(registers: &Registers) -> usize {
    registers[9]
}

// ---- memory primitives ----------------------------------------------------------------------------------------------

// Weak and hidden: a C library's own win in a program that has one, and nothing outside is preempted.
// Sizes up to 64 bytes: overlapping loads, all before the first store, so these are right for memmove. Above: a loop of 64 bytes
// with the last (or first) 64 loaded beforehand.
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
    "add x4, x1, x2",
    "add x5, x0, x2",
    "cmp x2, #16",
    "b.lo 5f",
    "cmp x2, #32",
    "b.hi 1f",
    "ldr q0, [x1]",
    "ldr q1, [x4, #-16]",
    "str q0, [x0]",
    "str q1, [x5, #-16]",
    "ret",
    "1:",
    "cmp x2, #64",
    "b.hi 2f",
    "ldp q0, q1, [x1]",
    "ldp q2, q3, [x4, #-32]",
    "stp q0, q1, [x0]",
    "stp q2, q3, [x5, #-32]",
    "ret",
    "2:",
    "sub x6, x0, x1",
    "cmp x6, x2",
    "b.lo 4f",
    // Forward: the destination does not begin inside the source.
    "ldp q4, q5, [x4, #-64]",
    "ldp q6, q7, [x4, #-32]",
    "sub x6, x5, #64",
    "mov x3, x0",
    "3:",
    "ldp q0, q1, [x1]",
    "ldp q2, q3, [x1, #32]",
    "add x1, x1, #64",
    "stp q0, q1, [x3]",
    "stp q2, q3, [x3, #32]",
    "add x3, x3, #64",
    "cmp x3, x6",
    "b.lo 3b",
    "stp q4, q5, [x6]",
    "stp q6, q7, [x6, #32]",
    "ret",
    "4:",
    "ldp q4, q5, [x1]",
    "ldp q6, q7, [x1, #32]",
    "add x6, x0, #64",
    "41:",
    "ldp q0, q1, [x4, #-32]",
    "ldp q2, q3, [x4, #-64]!",
    "stp q0, q1, [x5, #-32]",
    "stp q2, q3, [x5, #-64]!",
    "cmp x5, x6",
    "b.hi 41b",
    "stp q4, q5, [x0]",
    "stp q6, q7, [x0, #32]",
    "ret",
    // Less than 16.
    "5:",
    "tbz x2, #3, 6f",
    "ldr x6, [x1]",
    "ldr x7, [x4, #-8]",
    "str x6, [x0]",
    "str x7, [x5, #-8]",
    "ret",
    "6:",
    "tbz x2, #2, 7f",
    "ldr w6, [x1]",
    "ldr w7, [x4, #-4]",
    "str w6, [x0]",
    "str w7, [x5, #-4]",
    "ret",
    "7:",
    "cbz x2, 8f",
    "lsr x8, x2, #1",
    "ldrb w6, [x1]",
    "ldrb w7, [x4, #-1]",
    "ldrb w9, [x1, x8]",
    "strb w6, [x0]",
    "strb w9, [x0, x8]",
    "strb w7, [x5, #-1]",
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
    "cmp x2, #16",
    "b.lo 2f",
    "str q0, [x0]",
    "str q0, [x4, #-16]",
    "cmp x2, #32",
    "b.ls 5f",
    "str q0, [x0, #16]",
    "str q0, [x4, #-32]",
    "cmp x2, #64",
    "b.ls 5f",
    "sub x6, x4, #64",
    "mov x5, x0",
    "1:",
    "stp q0, q0, [x5]",
    "stp q0, q0, [x5, #32]",
    "add x5, x5, #64",
    "cmp x5, x6",
    "b.lo 1b",
    "stp q0, q0, [x6]",
    "stp q0, q0, [x6, #32]",
    "ret",
    // Less than 16.
    "2:",
    "fmov x5, d0",
    "tbz x2, #3, 3f",
    "str x5, [x0]",
    "str x5, [x4, #-8]",
    "ret",
    "3:",
    "tbz x2, #2, 4f",
    "str w5, [x0]",
    "str w5, [x4, #-4]",
    "ret",
    "4:",
    "cbz x2, 5f",
    "lsr x8, x2, #1",
    "strb w5, [x0]",
    "strb w5, [x0, x8]",
    "strb w5, [x4, #-1]",
    "5:",
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
    "cmp x2, #8",
    "b.lo 2f",
    "1:",
    "ldr x6, [x0], #8",
    "ldr x7, [x1], #8",
    "cmp x6, x7",
    "b.ne 3f",
    "sub x2, x2, #8",
    "cmp x2, #8",
    "b.hs 1b",
    "2:",
    "cbz x2, 4f",
    "ldrb w6, [x0], #1",
    "ldrb w7, [x1], #1",
    "sub x2, x2, #1",
    "subs w6, w6, w7",
    "b.eq 2b",
    "mov w0, w6",
    "ret",
    // The first byte that differs decides.
    "3:",
    "rev x6, x6",
    "rev x7, x7",
    "cmp x6, x7",
    "mov w0, #1",
    "cneg w0, w0, lo",
    "ret",
    "4:",
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

/// Copies 64 bytes if all of them are ASCII: whether they were. Each is read once.
///
/// # Safety
/// They can be read at `from` and written at `to`.
#[inline]
pub unsafe fn copy_ascii(from: *const u8, to: *mut u8) -> bool {
    use core::arch::aarch64::*;
    let words: [uint8x16_t; 4] = core::array::from_fn(|i| vld1q_u8(from.add(16 * i)));
    let all = vorrq_u8(vorrq_u8(words[0], words[1]), vorrq_u8(words[2], words[3]));
    let is_ascii = vmaxvq_u8(all) < 0x80;
    if is_ascii {
        for (i, word) in words.into_iter().enumerate() {
            vst1q_u8(to.add(16 * i), word);
        }
    }
    is_ascii
}
