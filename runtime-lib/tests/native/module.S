// An open module as the compiler would make it, by hand: a memory, a global import, and exports with the array convention.

#include "streams.S"

// A function begins here: the mask of its saved registers.
.macro func name, saved
.balign 4
\name:
.set \name\()_saved, \saved
.endm

.text
text:
#ifdef __aarch64__
#include "module_aarch64.S"
#else
#include "module_x86_64.S"
#endif
func text_end, 0

.section .data.rel.ro, "aw"
.balign 8
.globl wative_module_m
wative_module_m:
    .long 9, 1
    .quad 0, 0, code, 0, 64 + 32 + 8 + 32, 64 + 32 + 8, inits, 1
    .quad imports, 1, exports, 6, memories, 1, 0, 0, 0, 0, 0, 0
    .long 64, 0
code:
    .quad text, text_end - text, functions, 7, traps, 0, names, 0, 0, 0, 0, 0, 0, 0, 0, 0
inits:
    .quad entry_load, 77, entry_load
imports:
    .quad name_env, 3, name_g, 1
    .long 3, 64 + 32, 0x7e, 0
    .quad 0, -1, 0

.macro export name, len, entry, offset, params, results
    .quad \name, \len
    .long 0, 0
    .quad \entry
    .long \offset
    .short \params, \results
    .quad types, 0, 0
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

.macro function label, traps
    .long \label - text, 0, \label\()_saved, -1, \traps - traps, 5
.endm
.balign 8
functions:
    function entry_load, traps_load
    function entry_store, traps_store
    function entry_call, traps_call
    function entry_global, traps_global
    function entry_exit, traps_exit
    function entry_overflow, traps_overflow
    function wative_m__load, traps_end
    function text_end, traps_end

traps:
traps_load:
    stream entry_load, fault_load, 0x10, 2
traps_store:
    stream entry_store, fault_store, 0x20, 2
traps_call:
    stream entry_call, return_call, 0x30, 0
traps_global:
traps_exit:
    stream entry_exit, return_exit, 0x40, 0
traps_overflow:
    stream entry_overflow, return_overflow, 0x50, 0
traps_end:
names:

.section .note.GNU-stack, "", @progbits
