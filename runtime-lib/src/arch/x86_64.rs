//! x86-64: system call, process entry, stack switch with recovery, signal context, prologue decoding, memcpy family.

use core::arch::{asm, global_asm};

/// Linux system call numbers.
pub mod nr {
    pub const READ: usize = 0;
    pub const WRITE: usize = 1;
    pub const CLOSE: usize = 3;
    pub const LSEEK: usize = 8;
    pub const MMAP: usize = 9;
    pub const MPROTECT: usize = 10;
    pub const MUNMAP: usize = 11;
    pub const RT_SIGACTION: usize = 13;
    pub const READV: usize = 19;
    pub const WRITEV: usize = 20;
    pub const PREADV: usize = 295;
    pub const PWRITEV: usize = 296;
    pub const SCHED_YIELD: usize = 24;
    pub const MREMAP: usize = 25;
    pub const GETPID: usize = 39;
    pub const SHUTDOWN: usize = 48;
    pub const SENDMSG: usize = 46;
    pub const RECVMSG: usize = 47;
    pub const FCNTL: usize = 72;
    pub const FSYNC: usize = 74;
    pub const FDATASYNC: usize = 75;
    pub const FTRUNCATE: usize = 77;
    pub const SIGALTSTACK: usize = 131;
    pub const GETTID: usize = 186;
    pub const GETDENTS64: usize = 217;
    pub const FADVISE64: usize = 221;
    pub const CLOCK_GETTIME: usize = 228;
    pub const CLOCK_GETRES: usize = 229;
    pub const EXIT_GROUP: usize = 231;
    pub const TGKILL: usize = 234;
    pub const OPENAT: usize = 257;
    pub const MKDIRAT: usize = 258;
    pub const NEWFSTATAT: usize = 262;
    pub const UNLINKAT: usize = 263;
    pub const RENAMEAT2: usize = 316;
    pub const LINKAT: usize = 265;
    pub const SYMLINKAT: usize = 266;
    pub const READLINKAT: usize = 267;
    pub const PPOLL: usize = 271;
    pub const UTIMENSAT: usize = 280;
    pub const FALLOCATE: usize = 285;
    pub const ACCEPT4: usize = 288;
    pub const GETRANDOM: usize = 318;
    pub const OPENAT2: usize = 437;
    pub const CLOCK_NANOSLEEP: usize = 230;
}

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

/// `R_X86_64_RELATIVE`.
pub const RELOC_RELATIVE: u64 = 8;

/// Name of the clock function in the vDSO.
pub const VDSO_CLOCK_GETTIME: &[u8] = b"__vdso_clock_gettime";

/// The first required CPU feature set that this machine lacks. `features` is `Config::cpu`.
pub fn missing_cpu_feature(features: u64) -> Option<&'static str> {
    use crate::abi::Config;
    use core::arch::x86_64::__cpuid;
    // Leaf 1 ECX: SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT.
    const LEAF1_ECX: u32 = 1 | 1 << 9 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 23;
    // Leaf 0x80000001 ECX: LAHF/SAHF in 64-bit mode.
    const EXT1_ECX: u32 = 1;
    if features & Config::CPU_X86_64_V2 != 0 {
        let has = __cpuid(1).ecx & LEAF1_ECX == LEAF1_ECX
            && __cpuid(0x8000_0000).eax > 0x8000_0000
            && __cpuid(0x8000_0001).ecx & EXT1_ECX == EXT1_ECX;
        if !has {
            return Some("x86-64-v2 (SSE4.2 and POPCNT)");
        }
    }
    None
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
    // The address of the program's description, or null where this object is part of a C program.
    ".section .text.wative_arch_program,\"ax\",@progbits",
    ".weak wative_program",
    ".hidden wative_arch_program",
    ".globl wative_arch_program",
    ".type wative_arch_program,@function",
    "wative_arch_program:",
    "mov rax, [rip + wative_program@GOTPCREL]",
    "ret",
    ".size wative_arch_program, . - wative_arch_program",
    ".text",
    start = sym crate::start::wative_rt_start,
);
