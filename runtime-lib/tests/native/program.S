// A program as the compiler would make it, by hand: one module with a fixed memory, and a choice of entries.
// Built with -DMAIN=wative_rt_main_… and -DENTRY=… . Functions keep the compiler's frame rules: pushes in a fixed order, then
// one constant `sub rsp`.
.intel_syntax noprefix

#define BASE 0x60000000
#define MEMORY_OUT_OF_BOUNDS 2
#define UNREACHABLE 1
#define DIVISION_BY_ZERO 7
#define NULL_CALL 4

.text
text:

// Two frames of different shape above a load beyond the memory.
entry_trap:
    push rbx
    sub rsp, 16
    call outer
return_trap:
    add rsp, 16
    pop rbx
    ret
outer:
    push rbp
    push r12
    sub rsp, 4096
    call inner
return_outer:
    add rsp, 4096
    pop r12
    pop rbp
    ret
inner:
    mov ecx, 0xfffffff0
fault_inner:
    mov eax, [rcx + BASE]
    ret

entry_unreachable:
fault_unreachable:
    ud2

entry_divide:
    xor ecx, ecx
    xor edx, edx
fault_divide:
    div ecx
    ret

entry_null:
    xor eax, eax
fault_null:
    mov rax, [rax + 16]
    ret

// Overflows the stack in a push.
entry_overflow:
    push rbx
    call entry_overflow
return_overflow:
    pop rbx
    ret

// Overflows the stack inside the runtime.
entry_overflow_runtime:
    push rbx
    lea rdi, [rip + instance]
    mov esi, 1
    mov edx, 64
    mov ecx, 0
    mov r8d, 0
    call wative_import_wasi_snapshot_preview1__fd_write
return_runtime_write:
    call entry_overflow_runtime
return_runtime_self:
    pop rbx
    ret

// A fault of an instruction that the trap table does not know.
entry_foreign:
    mov eax, [0x1234]
    ret

// A known instruction that faults outside the memory.
entry_elsewhere:
    mov ecx, 0xfffffff0
    neg rcx
fault_elsewhere:
    mov eax, [rcx]
    ret

// Tells that it runs, then waits for a signal.
entry_wait:
    push rbx
    call greet
return_wait:
1:  pause
    jmp 1b

entry_hello:
    push rbx
    call greet
return_hello:
    lea rdi, [rip + instance]
    mov esi, 7
    call wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    ud2

// fd_write of a text that an image part put into the memory; then the bulk operations.
greet:
    push rbx
    mov dword ptr [BASE + 0], 0x10000
    mov dword ptr [BASE + 4], 6
    lea rdi, [rip + instance]
    mov esi, 1
    xor edx, edx
    mov ecx, 1
    mov r8d, 16
    call wative_import_wasi_snapshot_preview1__fd_write
return_write:
    pop rbx
    ret

// (i32, f64) -> (i32, f64): twice each
entry_double:
    mov eax, [rsi]
    add eax, eax
    mov [rsi], rax
    movsd xmm0, [rsi + 8]
    addsd xmm0, xmm0
    movsd [rsi + 8], xmm0
    ret

text_end:

.section .data.rel.ro, "aw"
.balign 8
.globl wative_program
wative_program:
    .long 1, 0
    .quad MAIN, config, modules, 1, ENTRY, instance
#ifdef INVOKE
    .quad exports
#else
    .quad 0
#endif
    .quad 0
config:
    .quad 0, 0, 0, 0, 1 << 20, 0, 1
modules:
    .quad module
module:
    .long 1, 0
    .quad 0, 0, code, instance, 64 + 32, 0, 0, 0, 0, 0
    .quad exports, 2, memories, 1, 0, 0, images, 1, 0, 0
    .long 64, 0
code:
    .quad text, text_end - text, functions, 14, traps, names
images:
    .quad image, 65536, 65536, instance + 64
exports:
    .quad name_double, 6
    .long 0, 0
    .quad entry_double
    .long 0
    .short 2, 2
    .quad types, 0
    .quad name_trap, 4
    .long 0, 0
    .quad entry_trap
    .long 0
    .short 0, 0
    .quad 0, 0
memories:
    .long 64, 1
    .quad 2, 3

.section .rodata
types:
    .byte 0x7f, 0x7c, 0x7f, 0x7c
name_double:
    .ascii "double"
name_trap:
    .ascii "trap"

.macro function label, frame, saved, name, traps
    .long \label - text, \frame, \saved, \name - names, \traps - traps, 1
.endm
.balign 8
functions:
    function entry_trap, 16, 1, name_entry_trap, traps_entry_trap
    function outer, 4096, 3, name_outer, traps_outer
    function inner, 0, 0, name_inner, traps_inner
    function entry_unreachable, 0, 0, name_unreachable, traps_unreachable
    function entry_divide, 0, 0, name_divide, traps_divide
    function entry_null, 0, 0, name_null, traps_null
    function entry_overflow, 0, 1, name_overflow, traps_overflow
    function entry_overflow_runtime, 0, 1, name_overflow, traps_overflow_runtime
    function entry_foreign, 0, 0, name_inner, traps_foreign
    function entry_elsewhere, 0, 0, name_inner, traps_elsewhere
    function entry_wait, 0, 1, name_inner, traps_wait
    function entry_hello, 0, 1, name_inner, traps_hello
    function greet, 0, 1, name_inner, traps_greet
    function entry_double, 0, 0, name_inner, traps_double
    function text_end, 0, 0, name_inner, traps_end

// pc delta; zigzag(wasm offset delta) << 4 | code
.macro entry to, from, offset, code
    .uleb128 \to - \from
    .uleb128 (\offset * 2) << 4 | \code
.endm
traps:
traps_entry_trap:
    entry return_trap, entry_trap, 0x100, 0
traps_outer:
    entry return_outer, outer, 0x200, 0
traps_inner:
    entry fault_inner, inner, 0x300, MEMORY_OUT_OF_BOUNDS
traps_unreachable:
    entry fault_unreachable, entry_unreachable, 0x400, UNREACHABLE
traps_divide:
    entry fault_divide, entry_divide, 0x500, DIVISION_BY_ZERO
traps_null:
    entry fault_null, entry_null, 0x600, NULL_CALL
traps_overflow:
    entry return_overflow, entry_overflow, 0x700, 0
traps_overflow_runtime:
    entry return_runtime_write, entry_overflow_runtime, 0x800, 0
    entry return_runtime_self, return_runtime_write, 0x10, 0
traps_foreign:
traps_elsewhere:
    entry fault_elsewhere, entry_elsewhere, 0x900, MEMORY_OUT_OF_BOUNDS
traps_wait:
    entry return_wait, entry_wait, 0xa00, 0
traps_hello:
    entry return_hello, entry_hello, 0xb00, 0
    entry return_exit, return_hello, 0x10, 0
traps_greet:
    entry return_write, greet, 0xc00, 0
traps_double:
traps_end:

.macro name label, text
\label:
    .short 9f - 8f
8:  .ascii "\text"
9:
.endm
names:
    name name_entry_trap, "start"
    name name_outer, "outer"
    name name_inner, "inner"
    name name_unreachable, "never"
    name name_divide, "divide"
    name name_null, "null"
    name name_overflow, "deeper"

.data
.balign 64
instance:
    .quad module, instance + 64, 0, 0
    .zero 32 + 32

// The initial contents of page 1, to be moved.
.section .image, "aw"
.balign 4096
image:
    .ascii "hello\n"
    .zero 65536 - 6

.section .note.GNU-stack, "", @progbits
