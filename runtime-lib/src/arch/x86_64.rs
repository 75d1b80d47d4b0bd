//! x86-64: system call, process entry, stack switch with recovery, signal context, prologue decoding, memcpy family.

use super::Frame;
use crate::abi::{Config, Cont, FuncEntry, Safepoint};
use crate::state::cont::{self, places};
use core::arch::{asm, global_asm};
use core::mem::offset_of;

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

// The registers are pushed right below the return address, so that they lie as in `Registers`.
global_asm!(
    ".section .text.wative_rt_throw,\"ax\",@progbits",
    ".globl wative_rt_throw",
    ".type wative_rt_throw,@function",
    "wative_rt_throw:",
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
    "mov rcx, rsp",
    "sub rsp, 8",
    ".cfi_def_cfa_offset 64",
    "call {throw}",
    "ud2",
    ".cfi_endproc",
    ".size wative_rt_throw, . - wative_rt_throw",
    ".section .text.wative_rt_throw_ref,\"ax\",@progbits",
    ".globl wative_rt_throw_ref",
    ".type wative_rt_throw_ref,@function",
    "wative_rt_throw_ref:",
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
    "mov rsi, rsp",
    "sub rsp, 8",
    ".cfi_def_cfa_offset 64",
    "call {throw_ref}",
    "ud2",
    ".cfi_endproc",
    ".size wative_rt_throw_ref, . - wative_rt_throw_ref",
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
    throw = sym crate::fault::throw::throw,
    throw_ref = sym crate::fault::throw::throw_ref,
);

/// The return address of the call that throws, and the stack pointer behind it.
///
/// # Safety
/// The registers are where `wative_rt_throw` has pushed them.
pub unsafe fn thrown(registers: *const Registers) -> (usize, usize) {
    let address = registers.add(1) as *const usize;
    (*address, address.add(1) as usize)
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
    "push rbp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "mov [rdi], rsp",
    "mov rsp, rsi",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    ".size wative_arch_switch, . - wative_arch_switch",
    ".globl wative_arch_begin",
    ".hidden wative_arch_begin",
    ".type wative_arch_begin,@function",
    "wative_arch_begin:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "mov rdi, r12",
    "call rbx",
    "ud2",
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
    // Six registers and the return address; behind them the stack pointer is aligned.
    let sp = (top & !(super::STACK_ALIGN - 1)) - 72;
    let words = sp as *mut usize;
    for i in 0..7 {
        words.add(i).write(0);
    }
    words.add(3).write(argument as usize);
    words.add(4).write(body as usize);
    words.add(6).write(wative_arch_begin as *const () as usize);
    sp
}

/// A function that compiled code calls and that may call compiled code or switch stacks: its last parameter, which has this register, is where its return address lies.
macro_rules! placed {
    ($symbol:literal, $register:literal, $callee:path) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            concat!("mov ", $register, ", rsp"),
            "sub rsp, 8",
            ".cfi_def_cfa_offset 16",
            "call {callee}",
            "add rsp, 8",
            ".cfi_def_cfa_offset 8",
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
    "rsi",
    crate::component::tasks::task::call
);
placed!(
    "wative_rt_task_return",
    "rdx",
    crate::component::tasks::task::task_return
);
placed!(
    "wative_rt_task_callback",
    "rdx",
    crate::component::tasks::task::callback
);
placed!(
    "wative_rt_set_wait",
    "rcx",
    crate::component::tasks::waitable::wait
);
placed!(
    "wative_rt_subtask_cancel",
    "rcx",
    crate::component::tasks::waitable::subtask_cancel
);
placed!(
    "wative_rt_end_copy",
    "r8",
    crate::component::tasks::stream::end_copy
);
placed!(
    "wative_rt_host_wait",
    "rsi",
    crate::component::tasks::host::wait
);
placed!(
    "wative_rt_serve_answer",
    "rsi",
    crate::wasi3::http::serve::answer
);
placed!(
    "wative_rt_end_cancel",
    "rcx",
    crate::component::tasks::stream::end_cancel
);
placed!("wative_gc_leave", "rdi", crate::state::stack::leave);
placed!(
    "wative_rt_thread_block",
    "rsi",
    crate::component::tasks::thread::thread_block
);
placed!(
    "wative_rt_thread_switch",
    "r8",
    crate::component::tasks::thread::thread_switch
);

placed!("wative_cont_throw", "r8", crate::state::cont::throw);
placed!("wative_cont_switch", "r9", crate::state::cont::switch_to);
placed!("wative_cont_bind", "rcx", crate::state::cont::bind);

// Stacks of continuations are left as those of tasks, but that an answer is passed: in the register of results. They are entered by a jump, because processors predict returns by calls.
unsafe extern "C" {
    /// [`wative_arch_switch`] with an answer for the other stack: that for this one.
    pub fn wative_arch_pass(save: *mut usize, to: usize, answer: u64) -> u64;
}

/// What saves the registers that callees preserve, and what restores them and goes on.
macro_rules! leave {
    () => {
        "push rbp; push rbx; push r12; push r13; push r14; push r15"
    };
}
macro_rules! arrive {
    () => {
        "pop r15; pop r14; pop r13; pop r12; pop rbx; pop rbp; pop rcx; jmp rcx"
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
    "mov rax, rdx",
    "mov [rdi], rsp",
    "mov rsp, rsi",
    arrive!(),
    ".size wative_arch_pass, . - wative_arch_pass",
    ".section .text.wative_cont_resume,\"ax\",@progbits",
    ".globl wative_cont_resume",
    ".type wative_cont_resume,@function",
    "wative_cont_resume:",
    ".cfi_startproc",
    "mov edi, edi",
    "lea r10, [rip + {state}]",
    "mov r8, [rdi + {fiber}]",
    "mov r9, [r10 + {current}]",
    "cmp r8, {used}",
    "jbe 2f",
    "test r9, r9",
    "jz 2f",
    "cmp dword ptr [rdi + {bound}], 0",
    "jne 2f",
    "mov rax, rsp",
    "sub rax, [r9 + {lowest}]",
    "cmp rax, [r9 + {bytes}]",
    "jae 2f",
    "mov qword ptr [rdi + {fiber}], {used}",
    "mov dword ptr [r8 + {owner}], 0",
    "mov rcx, [r8 + {outermost}]",
    "mov [rcx + {resumer}], r9",
    "mov [rcx + {handlers}], rsi",
    "shr rdx, {handlers_bit}",
    "mov [rcx + {handler_count}], rdx",
    // The values are behind the handlers.
    "inc rdx",
    "shr rdx, 1",
    "lea rax, [rsi + 8 * rdx]",
    "mov rcx, [rsp]",
    "mov [r9 + {left}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r9 + {left} + 8], rcx",
    ".cfi_remember_state",
    leave!(),
    ".cfi_adjust_cfa_offset 48",
    "mov [r9 + {sp}], rsp",
    "mov [r10 + {current}], r8",
    "mov rsp, [r8 + {sp}]",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "mov rcx, rsp",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call {resume}",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_endproc",
    ".size wative_cont_resume, . - wative_cont_resume",
    ".section .text.wative_cont_suspend,\"ax\",@progbits",
    ".globl wative_cont_suspend",
    ".type wative_cont_suspend,@function",
    "wative_cont_suspend:",
    ".cfi_startproc",
    "lea r10, [rip + {state}]",
    "mov r8, [r10 + {current}]",
    "test r8, r8",
    "jz 2f",
    "mov r9, [r8 + {resumer}]",
    "test r9, r9",
    "jz 2f",
    "mov rax, [r8 + {stack}]",
    "lea rcx, [r8 + {own_record}]",
    "cmp [rax + {record}], rcx",
    "jne 2f",
    "mov rcx, [r8 + {handlers}]",
    "mov r11, [r8 + {handler_count}]",
    "xor eax, eax",
    "3:",
    "cmp rax, r11",
    "je 2f",
    "cmp edi, [rcx + 4 * rax]",
    "je 4f",
    "inc rax",
    "jmp 3b",
    "4:",
    "mov esi, esi",
    "mov qword ptr [r8 + {resumer}], 0",
    "mov [r8 + {outermost}], r8",
    "mov [r8 + {owner}], esi",
    "mov [rsi + {fiber}], r8",
    "mov rcx, [rsp]",
    "mov [r8 + {left}], rcx",
    "lea rcx, [rsp + 8]",
    "mov [r8 + {left} + 8], rcx",
    "add rax, {suspended}",
    "shl rax, {outcome}",
    "or rax, rdx",
    ".cfi_remember_state",
    leave!(),
    ".cfi_adjust_cfa_offset 48",
    "mov [r8 + {sp}], rsp",
    "mov [r10 + {current}], r9",
    "mov rsp, [r9 + {sp}]",
    arrive!(),
    "2:",
    ".cfi_restore_state",
    "mov rcx, rsp",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "call {suspend}",
    "add rsp, 8",
    ".cfi_adjust_cfa_offset -8",
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
    sp = const places::SP,
    left = const places::LEFT,
    resumer = const places::RESUMER,
    outermost = const places::OUTERMOST,
    owner = const places::OWNER,
    handlers = const places::HANDLERS,
    handler_count = const places::HANDLER_COUNT,
    own_record = const places::OWN_RECORD,
    record = const places::RECORD,
);

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

/// A function that preserves all registers but that of its result, which the last line restores where there is none. It puts them where [`Safepoint::X86_64`] says; one that
/// may collect garbage is told where its return address lies.
macro_rules! preserving {
    ($symbol:literal, [$($first:literal),*], [$($place:literal)?], $callee:path, [$($result:literal)?] $(, $name:ident = $value:expr)*) => {
        global_asm!(
            concat!(".section .text.", $symbol, ",\"ax\",@progbits"),
            concat!(".globl ", $symbol),
            concat!(".type ", $symbol, ",@function"),
            concat!($symbol, ":"),
            ".cfi_startproc",
            $($first,)*
            "sub rsp, 392",
            ".cfi_def_cfa_offset 400",
            "mov [rsp + 384], rax",
            "mov [rsp + 376], rcx",
            "mov [rsp + 368], rdx",
            "mov [rsp + 360], rbx",
            "mov [rsp + 344], rbp",
            "mov [rsp + 336], rsi",
            "mov [rsp + 328], rdi",
            "mov [rsp + 320], r8",
            "mov [rsp + 312], r9",
            "mov [rsp + 304], r10",
            "mov [rsp + 296], r11",
            "mov [rsp + 288], r12",
            "mov [rsp + 280], r13",
            "mov [rsp + 272], r14",
            "mov [rsp + 264], r15",
            "movaps [rsp], xmm0",
            "movaps [rsp + 16], xmm1",
            "movaps [rsp + 32], xmm2",
            "movaps [rsp + 48], xmm3",
            "movaps [rsp + 64], xmm4",
            "movaps [rsp + 80], xmm5",
            "movaps [rsp + 96], xmm6",
            "movaps [rsp + 112], xmm7",
            "movaps [rsp + 128], xmm8",
            "movaps [rsp + 144], xmm9",
            "movaps [rsp + 160], xmm10",
            "movaps [rsp + 176], xmm11",
            "movaps [rsp + 192], xmm12",
            "movaps [rsp + 208], xmm13",
            "movaps [rsp + 224], xmm14",
            "movaps [rsp + 240], xmm15",
            $($place,)?
            "call {callee}",
            $($result,)?
            "mov rcx, [rsp + 376]",
            "mov rdx, [rsp + 368]",
            "mov rsi, [rsp + 336]",
            "mov rdi, [rsp + 328]",
            "mov r8, [rsp + 320]",
            "mov r9, [rsp + 312]",
            "mov r10, [rsp + 304]",
            "mov r11, [rsp + 296]",
            "movaps xmm0, [rsp]",
            "movaps xmm1, [rsp + 16]",
            "movaps xmm2, [rsp + 32]",
            "movaps xmm3, [rsp + 48]",
            "movaps xmm4, [rsp + 64]",
            "movaps xmm5, [rsp + 80]",
            "movaps xmm6, [rsp + 96]",
            "movaps xmm7, [rsp + 112]",
            "movaps xmm8, [rsp + 128]",
            "movaps xmm9, [rsp + 144]",
            "movaps xmm10, [rsp + 160]",
            "movaps xmm11, [rsp + 176]",
            "movaps xmm12, [rsp + 192]",
            "movaps xmm13, [rsp + 208]",
            "movaps xmm14, [rsp + 224]",
            "movaps xmm15, [rsp + 240]",
            "add rsp, 392",
            ".cfi_def_cfa_offset 8",
            "ret",
            ".cfi_endproc",
            concat!(".size ", $symbol, ", . - ", $symbol),
            ".text",
            callee = sym $callee,
            $($name = const $value,)*
        );
    };
}

const _: () = assert!(Safepoint::X86_64 == 16 && Safepoint::X86_64 + 8 * 15 < Safepoint::BELOW);

preserving!(
    "wative_gc_allocate",
    [],
    ["lea rdx, [rsp + 392]"],
    crate::gc::allocate,
    []
);
preserving!(
    "wative_gc_allocate_array",
    [],
    ["lea rcx, [rsp + 392]"],
    crate::gc::allocate_array,
    []
);
preserving!(
    "wative_gc_log",
    [],
    [],
    crate::gc::log,
    ["mov rax, [rsp + 384]"]
);
// What is written to a large array again and again returns soon: where the line is in the log.
preserving!(
    "wative_gc_log_element",
    [
        "test dword ptr [rdi], {large}",
        "jz 2f",
        "push rax",
        ".cfi_adjust_cfa_offset 8",
        "push rcx",
        ".cfi_adjust_cfa_offset 8",
        "mov rax, qword ptr [rip + wative_gc + {lines}]",
        "mov ecx, esi",
        "shr ecx, {line_bits}",
        "bt dword ptr [rax], ecx",
        "pop rcx",
        ".cfi_adjust_cfa_offset -8",
        "pop rax",
        ".cfi_adjust_cfa_offset -8",
        "jnc 2f",
        "ret",
        "2:"
    ],
    [],
    crate::gc::log_element,
    ["mov rax, [rsp + 384]"],
    large = crate::gc::LARGE_OBJECT,
    lines = crate::gc::LINES,
    line_bits = crate::gc::LINE_BITS
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

// ---- memory primitives ----------------------------------------------------------------------------------------------

// Weak and hidden: a C library's own win in a program that has one, and nothing outside is preempted.
// Sizes up to 64 bytes: overlapping loads, all before the first store, so these are right for memmove.
// Above: a loop of 64 bytes with the last (or first) 64 loaded beforehand; forward from 1 KiB `rep movsb`, unless the
// destination is so little below the source that its microcode falls back to bytes.
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
    "mov rax, rdi",
    "cmp rdx, 16",
    "jb 10f",
    "cmp rdx, 32",
    "ja 20f",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + rdx - 16]",
    "movups [rdi], xmm0",
    "movups [rdi + rdx - 16], xmm1",
    "ret",
    "10:",
    "cmp edx, 8",
    "jb 11f",
    "mov rcx, [rsi]",
    "mov r8, [rsi + rdx - 8]",
    "mov [rdi], rcx",
    "mov [rdi + rdx - 8], r8",
    "ret",
    "11:",
    "cmp edx, 4",
    "jb 12f",
    "mov ecx, [rsi]",
    "mov r8d, [rsi + rdx - 4]",
    "mov [rdi], ecx",
    "mov [rdi + rdx - 4], r8d",
    "ret",
    "12:",
    "cmp edx, 1",
    "jb 14f",
    "movzx ecx, byte ptr [rsi]",
    "je 13f",
    "movzx r8d, word ptr [rsi + rdx - 2]",
    "mov [rdi + rdx - 2], r8w",
    "13:",
    "mov [rdi], cl",
    "14:",
    "ret",
    "20:",
    "cmp rdx, 64",
    "ja 30f",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + rdx - 32]",
    "movups xmm3, [rsi + rdx - 16]",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm1",
    "movups [rdi + rdx - 32], xmm2",
    "movups [rdi + rdx - 16], xmm3",
    "ret",
    "30:",
    "mov rcx, rdi",
    "sub rcx, rsi",
    "cmp rcx, rdx",
    "jb 50f",
    "cmp rdx, 1024",
    "jae 40f",
    "31:",
    "movups xmm4, [rsi + rdx - 64]",
    "movups xmm5, [rsi + rdx - 48]",
    "movups xmm6, [rsi + rdx - 32]",
    "movups xmm7, [rsi + rdx - 16]",
    "lea r8, [rdi + rdx - 64]",
    "32:",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + 32]",
    "movups xmm3, [rsi + 48]",
    "add rsi, 64",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm1",
    "movups [rdi + 32], xmm2",
    "movups [rdi + 48], xmm3",
    "add rdi, 64",
    "cmp rdi, r8",
    "jb 32b",
    "movups [r8], xmm4",
    "movups [r8 + 16], xmm5",
    "movups [r8 + 32], xmm6",
    "movups [r8 + 48], xmm7",
    "ret",
    "40:",
    "neg rcx",
    "cmp rcx, 64",
    "jb 31b",
    "mov rcx, rdx",
    "rep movsb",
    "ret",
    "50:",
    "movups xmm4, [rsi]",
    "movups xmm5, [rsi + 16]",
    "movups xmm6, [rsi + 32]",
    "movups xmm7, [rsi + 48]",
    "lea r8, [rdi + 64]",
    "lea r9, [rdi + rdx]",
    "add rsi, rdx",
    "51:",
    "movups xmm0, [rsi - 64]",
    "movups xmm1, [rsi - 48]",
    "movups xmm2, [rsi - 32]",
    "movups xmm3, [rsi - 16]",
    "sub rsi, 64",
    "movups [r9 - 64], xmm0",
    "movups [r9 - 48], xmm1",
    "movups [r9 - 32], xmm2",
    "movups [r9 - 16], xmm3",
    "sub r9, 64",
    "cmp r9, r8",
    "ja 51b",
    "movups [rdi], xmm4",
    "movups [rdi + 16], xmm5",
    "movups [rdi + 32], xmm6",
    "movups [rdi + 48], xmm7",
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
    "mov r9, rdi",
    "movzx esi, sil",
    "mov rax, 0x0101010101010101",
    "imul rsi, rax",
    "movq xmm0, rsi",
    "punpcklqdq xmm0, xmm0",
    "mov rax, rdi",
    "cmp rdx, 16",
    "jb 10f",
    "cmp rdx, 64",
    "ja 20f",
    // 16..=64: up to two pairs of 16 bytes from both ends.
    "movups [rdi], xmm0",
    "movups [rdi + rdx - 16], xmm0",
    "cmp rdx, 32",
    "jbe 14f",
    "movups [rdi + 16], xmm0",
    "movups [rdi + rdx - 32], xmm0",
    "ret",
    "10:",
    "cmp edx, 8",
    "jb 11f",
    "mov [rdi], rsi",
    "mov [rdi + rdx - 8], rsi",
    "ret",
    "11:",
    "cmp edx, 4",
    "jb 12f",
    "mov [rdi], esi",
    "mov [rdi + rdx - 4], esi",
    "ret",
    "12:",
    "test edx, edx",
    "je 14f",
    "mov [rdi], sil",
    "cmp edx, 1",
    "je 14f",
    "mov [rdi + rdx - 2], si",
    "14:",
    "ret",
    "20:",
    "cmp rdx, 1024",
    "jae 30f",
    "lea r8, [rdi + rdx - 64]",
    "21:",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm0",
    "movups [rdi + 32], xmm0",
    "movups [rdi + 48], xmm0",
    "add rdi, 64",
    "cmp rdi, r8",
    "jb 21b",
    "movups [r8], xmm0",
    "movups [r8 + 16], xmm0",
    "movups [r8 + 32], xmm0",
    "movups [r8 + 48], xmm0",
    "ret",
    "30:",
    "mov eax, esi",
    "mov rcx, rdx",
    "rep stosb",
    "mov rax, r9",
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
    "xor ecx, ecx",
    "sub rdx, 16",
    "jb 2f",
    "1:",
    "movups xmm0, [rdi + rcx]",
    "movups xmm1, [rsi + rcx]",
    "pcmpeqb xmm0, xmm1",
    "pmovmskb eax, xmm0",
    "xor eax, 0xffff",
    "jne 4f",
    "add rcx, 16",
    "cmp rcx, rdx",
    "jbe 1b",
    "2:",
    "add rdx, 16",
    "3:",
    "cmp rcx, rdx",
    "jae 5f",
    "movzx eax, byte ptr [rdi + rcx]",
    "movzx r8d, byte ptr [rsi + rcx]",
    "add rcx, 1",
    "sub eax, r8d",
    "je 3b",
    "ret",
    "4:",
    "bsf eax, eax",
    "add rcx, rax",
    "movzx eax, byte ptr [rdi + rcx]",
    "movzx r8d, byte ptr [rsi + rcx]",
    "sub eax, r8d",
    "ret",
    "5:",
    "xor eax, eax",
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
    "xor eax, eax",
    "1:",
    "cmp byte ptr [rdi + rax], 0",
    "je 2f",
    "add rax, 1",
    "jmp 1b",
    "2:",
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
    use core::arch::x86_64::*;
    let (from, to) = (from as *const __m128i, to as *mut __m128i);
    let words: [__m128i; 4] = core::array::from_fn(|i| _mm_loadu_si128(from.add(i)));
    let all = _mm_or_si128(
        _mm_or_si128(words[0], words[1]),
        _mm_or_si128(words[2], words[3]),
    );
    let is_ascii = _mm_movemask_epi8(all) == 0;
    if is_ascii {
        for (i, word) in words.into_iter().enumerate() {
            _mm_storeu_si128(to.add(i), word);
        }
    }
    is_ascii
}
