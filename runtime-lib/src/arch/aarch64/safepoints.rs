//! Functions of the collector that preserve all registers, so that compiled code can call them without saving any.

use crate::abi::Safepoint;
use core::arch::global_asm;

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
/// What is written to a large array again and again returns soon: where the line is in the log, whose bits `load` finds.
macro_rules! log_element {
    ($symbol:literal, [$($load:literal),*], [$($extra:literal),*], $callee:path $(, $name:ident = $value:expr)*) => {
        preserving!(
            $symbol,
            [
                "ldr w16, [x0]",
                "tst w16, #{large}",
                "b.eq 2f",
                $($load,)*
                // The word of 64 lines, then the line in it.
                "lsr w17, w1, #({line_bits} + 6)",
                "ldr x16, [x16, w17, uxtw #3]",
                "lsr w17, w1, #{line_bits}",
                "lsr x16, x16, x17",
                "tbz x16, #0, 2f",
                "ret",
                "2:"
            ],
            [$($extra),*],
            $callee,
            ["ldr x0, [x16, #-8]"],
            large = crate::gc::LARGE_OBJECT,
            lines = crate::gc::LINES,
            line_bits = crate::gc::LINE_BITS
            $(, $name = $value)*
        );
    };
}

log_element!(
    "wative_gc_log_element",
    [
        "adrp x16, wative_gc",
        "add x16, x16, :lo12:wative_gc",
        "ldr x16, [x16, #{lines}]"
    ],
    [],
    crate::gc::log_element
);

// Of an open world: the same for the heap of the instance whose code calls.
preserving!(
    "wative_gc_allocate_own",
    [],
    ["mov x2, x16; mov x3, x27"],
    crate::gc::allocate_own,
    []
);
preserving!(
    "wative_gc_allocate_array_own",
    [],
    ["mov x3, x16; mov x4, x27"],
    crate::gc::allocate_array_own,
    []
);
preserving!(
    "wative_gc_log_own",
    [],
    ["mov x1, x27"],
    crate::gc::log_own,
    ["ldr x0, [x16, #-8]"]
);
log_element!(
    "wative_gc_log_element_own",
    ["ldr x16, [x27, #{heap}]", "ldr x16, [x16, #{lines}]"],
    ["mov x2, x27"],
    crate::gc::log_element_own,
    heap = crate::gc::OWN
);
