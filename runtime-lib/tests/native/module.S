// An open module as the compiler would make it, by hand: a memory, a global import, and exports with the array convention.
.intel_syntax noprefix
.text
text:

// (i32) -> i32: loads from memory 0 at the address
entry_load:
    mov rax, [rdi + 64]
    mov ecx, [rsi]
fault_load:
    mov eax, [rax + rcx]
    mov [rsi], rax
    ret

// (i32, i32): stores
entry_store:
    mov rax, [rdi + 64]
    mov ecx, [rsi]
    mov edx, [rsi + 8]
fault_store:
    mov [rax + rcx], edx
    ret

// (i32) -> i32: calls the import
entry_call:
    push rbx
    mov rbx, rsi
    mov esi, [rsi]
    call wative_import_env__work
return_call:
    mov [rbx], rax
    pop rbx
    ret

// () -> i64: the imported global
entry_global:
    mov rax, [rdi + 64 + 32]
    mov rax, [rax]
    mov [rsi], rax
    ret

entry_exit:
    push rbx
    mov esi, 42
    call wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    ud2

entry_overflow:
    push rbx
    call entry_overflow
return_overflow:
    pop rbx
    ret

// uint32_t wative_m__load(instance, address): what the compiler makes of an export
.globl wative_m__load
wative_m__load:
    sub rsp, 24
    mov [rsp], rsi
    mov rdx, rsp
    lea rsi, [rip + entry_load]
    call wative_rt_call
    mov eax, [rsp]
    add rsp, 24
    ret
text_end:

.section .data.rel.ro, "aw"
.balign 8
.globl wative_module_m
wative_module_m:
    .long 1, 1
    .quad 0, 0, code, 0, 64 + 32 + 8 + 24, 64 + 32 + 8, inits, 1
    .quad imports, 1, exports, 6, memories, 1, 0, 0, 0, 0, 0, 0
    .long 64, 0
code:
    .quad text, text_end - text, functions, 7, traps, names
inits:
    .quad entry_load, 77
imports:
    .quad name_env, 3, name_g, 1
    .long 3, 64 + 32, 0x7e, 0
    .quad 0, -1

.macro export name, len, entry, offset, params, results
    .quad \name, \len
    .long 0, 0
    .quad \entry
    .long \offset
    .short \params, \results
    .quad types, 0
.endm
exports:
    export name_load, 4, entry_load, 104, 1, 1
    export name_store, 5, entry_store, -1, 2, 0
    export name_call, 4, entry_call, -1, 1, 1
    export name_global, 6, entry_global, -1, 0, 1
    export name_exit, 4, entry_exit, -1, 0, 0
    export name_overflow, 8, entry_overflow, -1, 0, 0
memories:
    .long 64, 0
    .quad 1, 2

.section .rodata
types:
    .byte 0x7f, 0x7f
name_env: .ascii "env"
name_g: .ascii "g"
name_load: .ascii "load"
name_store: .ascii "store"
name_call: .ascii "call"
name_global: .ascii "global"
name_exit: .ascii "exit"
name_overflow: .ascii "overflow"

.macro function label, saved, traps
    .long \label - text, 0, \saved, -1, \traps - traps, 5
.endm
.balign 8
functions:
    function entry_load, 0, traps_load
    function entry_store, 0, traps_store
    function entry_call, 1, traps_call
    function entry_global, 0, traps_global
    function entry_exit, 1, traps_exit
    function entry_overflow, 1, traps_overflow
    function wative_m__load, 0, traps_end
    function text_end, 0, traps_end

.macro entry to, from, offset, code
    .uleb128 \to - \from
    .uleb128 (\offset * 2) << 4 | \code
.endm
traps:
traps_load:
    entry fault_load, entry_load, 0x10, 2
traps_store:
    entry fault_store, entry_store, 0x20, 2
traps_call:
    entry return_call, entry_call, 0x30, 0
traps_global:
traps_exit:
    entry return_exit, entry_exit, 0x40, 0
traps_overflow:
    entry return_overflow, entry_overflow, 0x50, 0
traps_end:
names:

.section .note.GNU-stack, "", @progbits
