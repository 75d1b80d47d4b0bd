// A program as the compiler would make it, by hand: one module with a fixed memory, and a choice of entries.
// Built with -DMAIN=wative_rt_main_… and -DENTRY=… .

#define BASE 0x60000000
#define MEMORY_OUT_OF_BOUNDS 2
#define UNREACHABLE 1
#define DIVISION_BY_ZERO 7
#define NULL_CALL 4

#include "streams.S"

// A function begins here: its bytes below the saved registers, and the mask of these.
.macro func name, frame, saved
.balign 4
\name:
.set \name\()_frame, \frame
.set \name\()_saved, \saved
.endm

.text
text:
#ifdef __aarch64__
#include "program_aarch64.S"
#else
#include "program_x86_64.S"
#endif
func text_end, 0, 0

.section .data.rel.ro, "aw"
.balign 8
.globl wative_program
wative_program:
    .long 9, 0
    .quad MAIN, config, modules, 1, ENTRY, instance
#ifdef INVOKE
    .quad exports
#else
    .quad 0
#endif
    .quad 0
    .quad 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
config:
    .quad 0, 0, 0, 0, 1 << 20, 0, 1, 0, 0, 0, 0, 0, 0
modules:
    .quad module
module:
    .long 9, 0
    .quad 0, 0, code, instance, 64 + 32, 0, 0, 0, 0, 0
    .quad exports, 2, memories, 1, 0, 0, images, 1, 0, 0
    .long 64, 0
code:
    .quad text, text_end - text, functions, 16, traps, 0, names, 0, 0, 0, 0, 0, safepoints, 3, maps, 0
// A heap of 128 KiB with two types: a number and a reference to another such struct; bytes.
#ifndef GC_FLAGS
#define GC_FLAGS 0
#endif
gc:
    .quad gc_types, gc_offsets, 0, 0, 0, 0, 128 << 10
    .long 2, GC_FLAGS
images:
    .quad image, 65536, 65536, instance + 64
exports:
    .quad name_double, 6
    .long 0, 0
    .quad entry_double
    .long 0
    .short 2, 2
    .quad types, 0, 0
    .quad name_trap, 4
    .long 0, 0
    .quad entry_trap
    .long 0
    .short 0, 0
    .quad 0, 0, 0
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

.balign 4
gc_types:
    .long 0, 16, 0, 1
    .long 1, 1, 0, 0
gc_offsets:
    .long 8
safepoints:
    .long return_cons - text, 0
    .long return_cons_again - text, 0
    .long return_allocate - text, 2
maps:
    // Counted in words from Safepoint::BELOW below the stack pointer: slots 1 and 2.
    .uleb128 1, 64 + 1
    .uleb128 1, 64 + 2

.macro function label, name, traps
    .long \label - text, \label\()_frame, \label\()_saved, \name - names, \traps - traps, 1
.endm
.balign 8
functions:
    function entry_trap, name_entry_trap, traps_entry_trap
    function outer, name_outer, traps_outer
    function inner, name_inner, traps_inner
    function entry_unreachable, name_unreachable, traps_unreachable
    function entry_divide, name_divide, traps_divide
    function entry_null, name_null, traps_null
    function entry_overflow, name_overflow, traps_overflow
    function entry_overflow_runtime, name_overflow, traps_overflow_runtime
    function entry_foreign, name_inner, traps_foreign
    function entry_elsewhere, name_inner, traps_elsewhere
    function entry_wait, name_inner, traps_wait
    function entry_hello, name_inner, traps_hello
    function greet, name_inner, traps_greet
    function entry_gc, name_list, traps_gc
    function cons, name_cons, traps_cons
    function entry_double, name_inner, traps_double
    function text_end, name_inner, traps_end

traps:
traps_entry_trap:
    stream entry_trap, return_trap, 0x100, 0
traps_outer:
    stream outer, return_outer, 0x200, 0
traps_inner:
    stream inner, fault_inner, 0x300, MEMORY_OUT_OF_BOUNDS
traps_unreachable:
    stream entry_unreachable, fault_unreachable, 0x400, UNREACHABLE
traps_divide:
    stream entry_divide, fault_divide, 0x500, DIVISION_BY_ZERO
traps_null:
    stream entry_null, fault_null, 0x600, NULL_CALL
traps_overflow:
    stream entry_overflow, return_overflow, 0x700, 0
traps_overflow_runtime:
    stream entry_overflow_runtime, return_runtime_write, 0x800, 0, return_runtime_self, 0x10, 0
traps_foreign:
traps_elsewhere:
    stream entry_elsewhere, fault_elsewhere, 0x900, MEMORY_OUT_OF_BOUNDS
traps_wait:
    stream entry_wait, return_wait, 0xa00, 0
traps_hello:
    stream entry_hello, return_hello, 0xb00, 0, return_exit, 0x10, 0
traps_greet:
    stream greet, return_write, 0xc00, 0
traps_gc:
    stream GC_START, GC_CONS, 0xd00, 0, GC_CONS_AGAIN, 0x10, 0, GC_FAULT, 0x10, UNREACHABLE
traps_cons:
    stream cons, return_allocate, 0xe00, 0
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
    name name_list, "list"
    name name_cons, "cons"

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
