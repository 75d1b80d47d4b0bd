//! Functions of the collector that preserve all registers, so that compiled code can call them without saving any.

use crate::abi::Safepoint;
use core::arch::global_asm;

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
/// What is written to a large array again and again returns soon: where the line is in the log, whose bits `load` finds.
macro_rules! log_element {
    ($symbol:literal, [$($load:literal),*], [$($extra:literal),*], $callee:path $(, $name:ident = $value:expr)*) => {
        preserving!(
            $symbol,
            [
                "test dword ptr [rdi], {large}",
                "jz 2f",
                "push rax",
                ".cfi_adjust_cfa_offset 8",
                "push rcx",
                ".cfi_adjust_cfa_offset 8",
                $($load,)*
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
            [$($extra),*],
            $callee,
            ["mov rax, [rsp + 384]"],
            large = crate::gc::LARGE_OBJECT,
            lines = crate::gc::LINES,
            line_bits = crate::gc::LINE_BITS
            $(, $name = $value)*
        );
    };
}

log_element!(
    "wative_gc_log_element",
    ["mov rax, qword ptr [rip + wative_gc + {lines}]"],
    [],
    crate::gc::log_element
);

// Of an open world: the same for the heap of the instance whose code calls.
preserving!(
    "wative_gc_allocate_own",
    [],
    ["lea rdx, [rsp + 392]; mov rcx, r15"],
    crate::gc::allocate_own,
    []
);
preserving!(
    "wative_gc_allocate_array_own",
    [],
    ["lea rcx, [rsp + 392]; mov r8, r15"],
    crate::gc::allocate_array_own,
    []
);
preserving!(
    "wative_gc_log_own",
    [],
    ["mov rsi, r15"],
    crate::gc::log_own,
    ["mov rax, [rsp + 384]"]
);
log_element!(
    "wative_gc_log_element_own",
    [
        "mov rax, qword ptr [r15 + {heap}]",
        "mov rax, qword ptr [rax + {lines}]"
    ],
    ["mov rdx, r15"],
    crate::gc::log_element_own,
    heap = crate::gc::OWN
);
