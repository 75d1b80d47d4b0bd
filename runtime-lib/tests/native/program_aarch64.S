// The functions of program.S for AArch64, with the compiler's frame rules: x30, x19, x20… from the top of the frame downwards.

// Two frames of different shape above a load beyond the memory. The innermost function keeps its return address in x30.
func entry_trap, 16, 3
    stp x19, x30, [sp, #-16]!
    sub sp, sp, #16
    bl outer
return_trap:
    add sp, sp, #16
    ldp x19, x30, [sp], #16
    ret
func outer, 4096, 7
    stp x19, x30, [sp, #-16]!
    str x20, [sp, #-16]!
    sub sp, sp, #4096
    bl inner
return_outer:
    add sp, sp, #4096
    ldr x20, [sp], #16
    ldp x19, x30, [sp], #16
    ret
func inner, 32, 0
    sub sp, sp, #32
    mov x10, #BASE
    mov w9, #0xfffffff0
fault_inner:
    ldr w0, [x10, w9, uxtw]
    add sp, sp, #32
    ret

func entry_unreachable, 0, 0
fault_unreachable:
    udf #0

func entry_divide, 0, 0
    mov w9, #0
    cbz w9, fault_divide
    ret
fault_divide:
    udf #0

func entry_null, 0, 0
    mov x9, #0
fault_null:
    ldr x9, [x9, #16]
    ret

// Overflows the stack in a store with write-back.
func entry_overflow, 0, 3
    stp x19, x30, [sp, #-16]!
    bl entry_overflow
return_overflow:
    ldp x19, x30, [sp], #16
    ret

// Overflows the stack inside the runtime, or in a store below a stack pointer that is lowered already.
func entry_overflow_runtime, 48, 1
    sub sp, sp, #64
    str x30, [sp, #56]
    adrp x0, instance
    add x0, x0, :lo12:instance
    mov w1, #1
    mov w2, #64
    mov w3, #0
    mov w4, #0
    bl wative_import_wasi_snapshot_preview1__fd_write
return_runtime_write:
    bl entry_overflow_runtime
return_runtime_self:
    ldr x30, [sp, #56]
    add sp, sp, #64
    ret

// A fault of an instruction that the trap table does not know.
func entry_foreign, 0, 0
    mov x9, #0x1234
    ldr w0, [x9]
    ret

// A known instruction that faults outside the memory.
func entry_elsewhere, 0, 0
    mov w9, #0xfffffff0
    neg x9, x9
fault_elsewhere:
    ldr w0, [x9]
    ret

// Tells that it runs, then waits for a signal.
func entry_wait, 0, 1
    str x30, [sp, #-16]!
    str x30, [sp, #8]
    bl greet
return_wait:
1:  yield
    b 1b

func entry_hello, 0, 1
    str x30, [sp, #-16]!
    str x30, [sp, #8]
    bl greet
return_hello:
    adrp x0, instance
    add x0, x0, :lo12:instance
    mov w1, #7
    bl wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    udf #0

// fd_write of a text that an image part put into the memory.
func greet, 0, 1
    sub sp, sp, #16
    str x30, [sp, #8]
    mov x10, #BASE
    mov w9, #0x10000
    str w9, [x10]
    mov w9, #6
    str w9, [x10, #4]
    adrp x0, instance
    add x0, x0, :lo12:instance
    mov w1, #1
    mov w2, #0
    mov w3, #1
    mov w4, #16
    bl wative_import_wasi_snapshot_preview1__fd_write
return_write:
    ldr x30, [sp, #8]
    add sp, sp, #16
    ret

// Makes a large array, and lists of a thousand elements, most of which are garbage then, looks at the last one, and makes that longer until there is no room.
func entry_gc, 16, 3
    stp x19, x30, [sp, #-16]!
    sub sp, sp, #16
    adrp x0, gc
    add x0, x0, :lo12:gc
    bl wative_gc_start
return_gc_start:
    mov w0, #20000
    mov w1, #1 << 8
    mov w2, #1
    bl wative_gc_allocate_array
return_array:
    mov w0, w0
    ldr w9, [x0, #4]
    mov w10, #20000
    cmp w9, w10
    b.ne fault_gc
    add x0, x0, x10
    strb w9, [x0, #7]
    mov w19, #0
    str wzr, [sp, #4]
1:  ldr w0, [sp, #4]
    mov w9, #1000
    udiv w10, w19, w9
    msub w10, w10, w9, w19
    cbnz w10, 2f
    mov w0, #0
2:  str w0, [sp, #4]
    mov w1, w19
    bl cons
return_cons:
    str w0, [sp, #4]
    add w19, w19, #1
    mov w9, #20000
    cmp w19, w9
    b.ne 1b
    mov w9, #19999
3:  ldr w10, [x0, #4]
    cmp w10, w9
    b.ne fault_gc
    sub w9, w9, #1
    ldr w0, [x0, #8]
    cbnz w0, 3b
    mov w10, #18999
    cmp w9, w10
    b.ne fault_gc
4:  ldr w0, [sp, #4]
    mov w1, w19
    bl cons
return_cons_again:
    str w0, [sp, #4]
    b 4b
fault_gc:
    udf #0
// (rest, number) -> a new element
func cons, 16, 3
    stp x19, x30, [sp, #-16]!
    sub sp, sp, #16
    mov w19, w1
    str w0, [sp, #8]
    mov w0, #16
    mov w1, #0
    bl wative_gc_allocate
return_allocate:
    mov w0, w0
    str w19, [x0, #4]
    ldr w9, [sp, #8]
    str w9, [x0, #8]
    add sp, sp, #16
    ldp x19, x30, [sp], #16
    ret

// (i32, f64) -> (i32, f64): twice each
func entry_double, 0, 0
    ldr w9, [x1]
    add w9, w9, w9
    str x9, [x1]
    ldr d0, [x1, #8]
    fadd d0, d0, d0
    str d0, [x1, #8]
    ret

// Places in entry_gc.
#define GC_START entry_gc
#define GC_CONS return_cons
#define GC_CONS_AGAIN return_cons_again
#define GC_FAULT fault_gc
