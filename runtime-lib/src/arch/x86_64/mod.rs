//! x86-64: system call, process entry, stack switch with recovery, signal context, prologue decoding, throwing.

mod memory;
mod safepoints;
mod stacks;

pub use memory::*;
pub use stacks::*;

use super::Frame;
use crate::abi::{Config, FuncEntry};
use core::arch::{asm, global_asm};

use crate::nr::ARCH_PRCTL;
pub use crate::nr::x86_64 as nr;

/// Makes a system call with up to six arguments; returns its result, negative errors included.
///
/// # Safety
/// Whatever the call does to memory must be fine.
#[inline(always)]
pub unsafe fn syscall(n: usize, a: [usize; 6]) -> isize {
    let result: isize;
    asm!("syscall", inlateout("rax") n as isize => result,
        in("rdi") a[0], in("rsi") a[1], in("rdx") a[2], in("r10") a[3], in("r8") a[4], in("r9") a[5],
        lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags));
    result
}

/// Sets the base of segment gs, which compiled code adds to guest addresses of a memory at a fixed place. Threads and child processes inherit it.
pub fn set_guest_segment(base: u64) {
    /// `ARCH_SET_GS` of `asm/prctl.h`.
    const SET_GS: usize = 0x1001;
    // SAFETY: nothing else uses the segment. The call fails only for addresses that user space cannot have.
    unsafe { syscall(ARCH_PRCTL, [SET_GS, base as usize, 0, 0, 0, 0]) };
}

/// `R_X86_64_RELATIVE`.
pub const RELOC_RELATIVE: u64 = 8;

/// The largest page that a kernel for this CPU may use.
pub const LARGEST_PAGE: usize = 4096;

/// Name of the clock function in the vDSO.
pub const VDSO_CLOCK_GETTIME: &[u8] = b"__vdso_clock_gettime";

/// Tests of CPU features: the bit of `Config::cpu`, where `cpuid` tells (leaf, register, bits), and the message.
const FEATURES: [(u64, Leaf, u32, &str); 8] = [
    // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT.
    (
        Config::CPU_X86_64_V2,
        Leaf::Basic,
        1 | 1 << 9 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 23,
        "wative: this program needs a CPU of level x86-64-v2 (SSE4.2 and POPCNT)\n",
    ),
    // LAHF/SAHF in 64-bit mode.
    (
        Config::CPU_X86_64_V2,
        Leaf::Extended,
        1,
        "wative: this program needs a CPU of level x86-64-v2 (LAHF)\n",
    ),
    // AVX, and XSAVE switched on by the operating system.
    (
        Config::CPU_AVX,
        Leaf::Basic,
        1 << 28 | 1 << 27,
        "wative: this program needs a CPU with AVX\n",
    ),
    (
        Config::CPU_AVX2,
        Leaf::Structured,
        1 << 5,
        "wative: this program needs a CPU with AVX2\n",
    ),
    (
        Config::CPU_FMA,
        Leaf::Basic,
        1 << 12,
        "wative: this program needs a CPU with FMA\n",
    ),
    (
        Config::CPU_BMI1,
        Leaf::Structured,
        1 << 3,
        "wative: this program needs a CPU with BMI1\n",
    ),
    (
        Config::CPU_BMI2,
        Leaf::Structured,
        1 << 8,
        "wative: this program needs a CPU with BMI2\n",
    ),
    (
        Config::CPU_LZCNT,
        Leaf::Extended,
        1 << 5,
        "wative: this program needs a CPU with LZCNT\n",
    ),
];

/// Where `cpuid` tells of features.
#[derive(Clone, Copy)]
enum Leaf {
    /// Leaf 1, ECX.
    Basic,
    /// Leaf 7, EBX.
    Structured,
    /// Leaf 0x80000001, ECX.
    Extended,
}

impl Leaf {
    fn bits(self) -> u32 {
        use core::arch::x86_64::{__cpuid, __cpuid_count};
        match self {
            Leaf::Basic => __cpuid(1).ecx,
            Leaf::Structured if __cpuid(0).eax >= 7 => __cpuid_count(7, 0).ebx,
            Leaf::Extended if __cpuid(0x8000_0000).eax > 0x8000_0000 => __cpuid(0x8000_0001).ecx,
            Leaf::Structured | Leaf::Extended => 0,
        }
    }
}

/// What to tell if this machine lacks a required CPU feature. `features` is `Config::cpu`.
///
/// # Safety
/// Any call is fine; the other architecture reads the initial stack.
pub unsafe fn missing_cpu_feature(features: u64, _initial: *const usize) -> Option<&'static str> {
    for (feature, leaf, bits, message) in FEATURES {
        if features & feature == 0 {
            continue;
        }
        // Registers that the operating system does not save are as good as none.
        if leaf.bits() & bits != bits || feature == Config::CPU_AVX && !saves_vectors() {
            return Some(message);
        }
    }
    None
}

/// Whether the operating system saves xmm and ymm registers (XCR0 bits 1 and 2).
fn saves_vectors() -> bool {
    let low: u32;
    // Safety: the caller has seen that XSAVE is switched on, so the instruction exists.
    unsafe {
        asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") _, options(nomem, nostack, preserves_flags));
    }
    low & 6 == 6
}

// `_start` is weak so that the object also links beside a C library's own. The kernel enters with the stack pointer at
// argc; rsi gets the address of the dynamic section, which need not exist.
#[cfg(all(feature = "standalone", not(test)))]
global_asm!(
    ".section .text._start,\"ax\",@progbits",
    ".weak _start",
    ".type _start,@function",
    ".weak _DYNAMIC",
    ".hidden _DYNAMIC",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "xor ebp, ebp",
    "mov rdi, rsp",
    "lea rsi, [rip + _DYNAMIC]",
    "and rsp, -16",
    "call {start}",
    "ud2",
    ".cfi_endproc",
    ".size _start, . - _start",
    // Beside a C library's start code the program begins here; argc lies right below argv on the initial stack.
    ".section .text.main,\"ax\",@progbits",
    ".weak main",
    ".type main,@function",
    "main:",
    ".cfi_startproc",
    "push rax",
    ".cfi_adjust_cfa_offset 8",
    "lea rdi, [rsi - 8]",
    "call {begin}",
    "ud2",
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
    "mov rax, [rip + wative_program@GOTPCREL]",
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

// The canonical frame address is found through rbx (the record), because the stack changes in between:
// DW_CFA_def_cfa_expression { breg3 0; deref; plus_uconst 64 }.
global_asm!(
    ".section .text.wative_arch_enter,\"ax\",@progbits",
    ".globl wative_arch_enter",
    ".hidden wative_arch_enter",
    ".type wative_arch_enter,@function",
    "wative_arch_enter:",
    ".cfi_startproc",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbp, -16",
    "push rbx",
    ".cfi_def_cfa_offset 24",
    ".cfi_offset rbx, -24",
    "push r12",
    ".cfi_def_cfa_offset 32",
    ".cfi_offset r12, -32",
    "push r13",
    ".cfi_def_cfa_offset 40",
    ".cfi_offset r13, -40",
    "push r14",
    ".cfi_def_cfa_offset 48",
    ".cfi_offset r14, -48",
    "push r15",
    ".cfi_def_cfa_offset 56",
    ".cfi_offset r15, -56",
    "sub rsp, 8",
    ".cfi_def_cfa_offset 64",
    "mov rbx, rcx",
    "mov [rbx], rsp",
    ".cfi_remember_state",
    ".cfi_escape 0x0f, 5, 0x73, 0, 0x06, 0x23, 64",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "test r8, r8",
    "cmovne rsp, r8",
    "mov [rbx + 8], rsp",
    "call rax",
    "xor eax, eax",
    "mov rsp, [rbx]",
    ".cfi_restore_state",
    ".globl wative_arch_recover",
    ".hidden wative_arch_recover",
    "wative_arch_recover:",
    "add rsp, 8",
    ".cfi_def_cfa_offset 56",
    "pop r15",
    ".cfi_def_cfa_offset 48",
    "pop r14",
    ".cfi_def_cfa_offset 40",
    "pop r13",
    ".cfi_def_cfa_offset 32",
    "pop r12",
    ".cfi_def_cfa_offset 24",
    "pop rbx",
    ".cfi_def_cfa_offset 16",
    "pop rbp",
    ".cfi_def_cfa_offset 8",
    "ret",
    ".cfi_endproc",
    ".size wative_arch_enter, . - wative_arch_enter",
    ".globl wative_arch_raise",
    ".hidden wative_arch_raise",
    ".type wative_arch_raise,@function",
    "wative_arch_raise:",
    ".cfi_startproc",
    "mov rsp, rdi",
    ".cfi_def_cfa_offset 64",
    ".cfi_offset rbp, -16",
    ".cfi_offset rbx, -24",
    ".cfi_offset r12, -32",
    ".cfi_offset r13, -40",
    ".cfi_offset r14, -48",
    ".cfi_offset r15, -56",
    "mov eax, esi",
    "jmp wative_arch_recover",
    ".cfi_endproc",
    ".size wative_arch_raise, . - wative_arch_raise",
    // The new thread finds on its stack what it is to do.
    ".section .text.wative_arch_clone,\"ax\",@progbits",
    ".globl wative_arch_clone",
    ".hidden wative_arch_clone",
    ".type wative_arch_clone,@function",
    "wative_arch_clone:",
    ".cfi_startproc",
    "sub rsi, 16",
    "mov [rsi], rcx",
    "mov [rsi + 8], r8",
    "mov r10, rdx",
    "xor edx, edx",
    "xor r8d, r8d",
    "mov eax, 56",
    "syscall",
    "test rax, rax",
    "jz 2f",
    "ret",
    "2:",
    ".cfi_undefined rip",
    "xor ebp, ebp",
    "pop rax",
    "pop rdi",
    "call rax",
    "ud2",
    ".cfi_endproc",
    ".size wative_arch_clone, . - wative_arch_clone",
    // Debuggers know a signal frame by these very bytes.
    ".section .text.wative_arch_restorer,\"ax\",@progbits",
    ".globl wative_arch_restorer",
    ".hidden wative_arch_restorer",
    ".type wative_arch_restorer,@function",
    "nop",
    "wative_arch_restorer:",
    "mov rax, 15",
    "syscall",
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
    head: [u64; 5],
    /// r8..r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags.
    registers: [u64; 18],
}

const RAX: usize = 13;
const RSP: usize = 15;
const RIP: usize = 16;
const EFLAGS: usize = 17;
const EFLAGS_DF: u64 = 1 << 10;

impl Context {
    pub fn pc(&self) -> usize {
        self.registers[RIP] as usize
    }

    pub fn sp(&self) -> usize {
        self.registers[RSP] as usize
    }

    /// Makes the interrupted thread resume as `wative_arch_raise` would.
    pub fn recover(&mut self, sp: usize, code: u32) {
        self.registers[RAX] = code.into();
        self.registers[RSP] = sp as u64;
        self.registers[RIP] = wative_arch_recover as *const () as u64;
        self.registers[EFLAGS] &= !EFLAGS_DF;
    }
}

impl Context {
    /// There is no link register.
    pub fn link(&self) -> usize {
        0
    }
}

/// Fetches what lies at an address into the caches, if there is anything.
#[inline(always)]
pub fn prefetch(address: usize) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: it never faults.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(address as *const i8) }
}

/// A call pushes the return address, directly below the caller's stack pointer.
pub const CALLS_PUSH: bool = true;

/// Instructions lie at multiples of `1 << CODE_SHIFT`.
pub const CODE_SHIFT: u32 = 0;

/// Whether this address in compiled code can be one that a call returns to. Calls are too varied here to be told backwards, and
/// return addresses lie where nothing else can.
///
/// # Safety
/// The address is behind the first instruction of the text.
pub unsafe fn follows_call(_address: *const u8) -> bool {
    true
}

/// The frame of a function behind its prologue: the return address, the saved registers, and the rest.
pub fn frame(func: &FuncEntry) -> Frame {
    Frame {
        bytes: 8 + 8 * func.saved.count_ones() as usize + func.frame as usize,
        is_linked: false,
    }
}

/// The frame of the function at `code`, of which so much exists as the instructions before `pc` have made.
/// A prologue is `push`es of the `saved` registers, then `sub rsp, frame`; wherever that has not been executed
/// yet, only the pushes before `pc` count.
///
/// # Safety
/// `code..=pc` is readable code of one function.
pub unsafe fn innermost_frame(code: *const u8, pc: *const u8, func: &FuncEntry) -> Frame {
    // `sub rsp` may come after stack probes, but not farther in than this.
    const PROLOGUE_MAX: usize = 256;
    let pushed = |count: usize| Frame {
        bytes: 8 + 8 * count,
        is_linked: false,
    };
    let saved = func.saved.count_ones() as usize;
    let mut at = code;
    for count in 0..saved {
        if at >= pc {
            return pushed(count);
        }
        // push r8..r15 has a REX prefix.
        at = at.add(if *at == 0x41 { 2 } else { 1 });
    }
    if func.frame == 0 || pc.offset_from_unsigned(code) > PROLOGUE_MAX {
        return frame(func);
    }
    while at < pc {
        // sub rsp, imm8 | imm32: the instruction is complete when pc is past it.
        let op = [*at, *at.add(1), *at.add(2)];
        let small = op == [0x48, 0x83, 0xec] && u32::from(*at.add(3)) == func.frame;
        let large =
            op == [0x48, 0x81, 0xec] && (at.add(3) as *const u32).read_unaligned() == func.frame;
        if small || large {
            return frame(func);
        }
        at = at.add(1);
    }
    pushed(saved)
}

// ---- throwing --------------------------------------------------------------------------------------------------------

/// Registers that callees preserve, in the order of [`FuncEntry::saved`]: rbx rbp r12-r15.
pub type Registers = [usize; 6];

unsafe extern "C" {
    /// Continues at `pc` with these registers and this stack pointer, the exception in r10.
    pub fn wative_arch_land(
        registers: *const Registers,
        sp: usize,
        pc: usize,
        exception: usize,
    ) -> !;
}

/// An entry `$name` that gives `$function` the registers of its caller as a further argument, in `$register`: they are pushed right below the return address, so that they lie as in [`Registers`].
macro_rules! throws {
    ($name:literal, $register:literal, $function:path) => {
        global_asm!(
            concat!(".section .text.", $name, ",\"ax\",@progbits"),
            concat!(".globl ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
            ".cfi_startproc",
            "push r15",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset r15, -16",
            "push r14",
            ".cfi_def_cfa_offset 24",
            ".cfi_offset r14, -24",
            "push r13",
            ".cfi_def_cfa_offset 32",
            ".cfi_offset r13, -32",
            "push r12",
            ".cfi_def_cfa_offset 40",
            ".cfi_offset r12, -40",
            "push rbp",
            ".cfi_def_cfa_offset 48",
            ".cfi_offset rbp, -48",
            "push rbx",
            ".cfi_def_cfa_offset 56",
            ".cfi_offset rbx, -56",
            concat!("mov ", $register, ", rsp"),
            "sub rsp, 8",
            ".cfi_def_cfa_offset 64",
            "call {function}",
            "ud2",
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name),
            ".text",
            function = sym $function,
        );
    };
}

throws!("wative_rt_throw", "rcx", crate::fault::throw::throw);
throws!("wative_rt_throw_ref", "rsi", crate::fault::throw::throw_ref);
throws!(
    "wative_rt_throw_object",
    "rsi",
    crate::fault::throw::throw_object
);

global_asm!(
    ".section .text.wative_arch_land,\"ax\",@progbits",
    ".globl wative_arch_land",
    ".hidden wative_arch_land",
    ".type wative_arch_land,@function",
    "wative_arch_land:",
    "mov rbx, [rdi]",
    "mov rbp, [rdi + 8]",
    "mov r12, [rdi + 16]",
    "mov r13, [rdi + 24]",
    "mov r14, [rdi + 32]",
    "mov r15, [rdi + 40]",
    "mov r10, rcx",
    "mov rsp, rsi",
    "jmp rdx",
    ".size wative_arch_land, . - wative_arch_land",
    ".text",
);

/// The return address of the call that throws, and the stack pointer behind it.
///
/// # Safety
/// The registers are where `wative_rt_throw` has pushed them.
pub unsafe fn thrown(registers: *const Registers) -> (usize, usize) {
    let address = registers.add(1) as *const usize;
    (*address, address.add(1) as usize)
}

/// The registers of the call that throws, from the stack pointer behind it.
pub fn thrown_at(sp: usize) -> *const Registers {
    (sp - 8 - size_of::<Registers>()) as *const Registers
}

/// A place for [`caller`], of the call that throws.
///
/// # Safety
/// As for [`thrown`].
pub unsafe fn place(registers: *const Registers) -> *const usize {
    registers.add(1) as *const usize
}

// `component_trap` is told where the return address of its call is.
global_asm!(
    ".section .text.wative_rt_component_trap,\"ax\",@progbits",
    ".globl wative_rt_component_trap",
    ".type wative_rt_component_trap,@function",
    "wative_rt_component_trap:",
    ".cfi_startproc",
    "mov rdx, rsp",
    "sub rsp, 8",
    ".cfi_def_cfa_offset 16",
    "call {component_trap}",
    "ud2",
    ".cfi_endproc",
    ".size wative_rt_component_trap, . - wative_rt_component_trap",
    ".text",
    component_trap = sym crate::fault::trap::component_trap,
);

// Weak: see `env`. `abort` is told where the return address of its call is.
global_asm!(
    ".section .text.wative_import_env__abort,\"ax\",@progbits",
    ".weak wative_import_env__abort",
    ".type wative_import_env__abort,@function",
    "wative_import_env__abort:",
    ".cfi_startproc",
    "mov r9, rsp",
    "sub rsp, 8",
    ".cfi_def_cfa_offset 16",
    "call {abort}",
    "ud2",
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

/// The return address of a call, given where it lies, and the stack pointer behind the call.
///
/// # Safety
/// `place` is what the assembly has passed on.
pub unsafe fn caller(place: *const usize) -> (usize, usize) {
    (*place, place.add(1) as usize)
}

/// Restores what a function with this canonical frame address has saved.
///
/// # Safety
/// The frame is one of a function with this mask, behind its prologue.
pub unsafe fn restore(registers: &mut Registers, cfa: usize, saved: u32) {
    let mut place = cfa - 8;
    for (i, register) in registers.iter_mut().enumerate() {
        if saved >> i & 1 != 0 {
            place -= 8;
            *register = *(place as *const usize);
        }
    }
}

/// The instance in whose code these registers are: r15.
pub fn instance(registers: &Registers) -> usize {
    registers[5]
}
