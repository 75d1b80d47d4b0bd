//! AArch64: system call, process entry, stack switch with recovery, signal context, prologue decoding, throwing.

mod memory;
mod safepoints;
mod stacks;

pub use memory::*;
pub use stacks::*;

use super::Frame;
use crate::abi::{Config, FuncEntry};
use crate::sys;
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

/// Instructions lie at multiples of `1 << CODE_SHIFT`.
pub const CODE_SHIFT: u32 = 2;

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

/// An entry `$name` that gives `$function` the registers of its caller as a further argument, in `$register`: they are stored below the caller's stack pointer as they lie in [`Registers`].
macro_rules! throws {
    ($name:literal, $register:literal, $function:path) => {
        global_asm!(
            concat!(".section .text.", $name, ",\"ax\",@progbits"),
            concat!(".globl ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
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
            concat!("mov ", $register, ", sp"),
            "bl {function}",
            "udf 0",
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name),
            ".text",
            function = sym $function,
        );
    };
}

throws!("wative_rt_throw", "x3", crate::fault::throw::throw);
throws!("wative_rt_throw_ref", "x1", crate::fault::throw::throw_ref);
throws!(
    "wative_rt_throw_object",
    "x1",
    crate::fault::throw::throw_object
);

global_asm!(
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

/// The registers of the call that throws, from the stack pointer behind it.
pub fn thrown_at(sp: usize) -> *const Registers {
    (sp - THROWN) as *const Registers
}

/// A place for [`caller`], of the call that throws.
///
/// # Safety
/// As for [`thrown`]. Nothing else is in the last word of what `wative_rt_throw` takes.
pub unsafe fn place(registers: *const Registers) -> *const usize {
    const _: () = assert!(size_of::<Registers>() + 8 == THROWN);
    let (pc, sp) = thrown(registers);
    *((sp - 8) as *mut usize) = pc;
    (sp - 16) as *const usize
}

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
