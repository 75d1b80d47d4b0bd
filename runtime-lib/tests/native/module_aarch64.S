// The functions of module.S for AArch64.

// (i32) -> i32: loads from memory 0 at the address
func entry_load, 0
    ldr x9, [x0, #64]
    ldr w10, [x1]
fault_load:
    ldr w9, [x9, w10, uxtw]
    str x9, [x1]
    ret

// (i32, i32): stores
func entry_store, 0
    ldr x9, [x0, #64]
    ldr w10, [x1]
    ldr w11, [x1, #8]
fault_store:
    str w11, [x9, w10, uxtw]
    ret

// (i32) -> i32: calls the import
func entry_call, 3
    stp x19, x30, [sp, #-16]!
    mov x19, x1
    ldr w1, [x1]
    bl wative_import_env__work
return_call:
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

// () -> i64: the imported global
func entry_global, 0
    ldr x9, [x0, #64 + 32]
    ldr x9, [x9]
    str x9, [x1]
    ret

func entry_exit, 3
    stp x19, x30, [sp, #-16]!
    mov w1, #42
    bl wative_import_wasi_snapshot_preview1__proc_exit
return_exit:
    udf #0

func entry_overflow, 3
    stp x19, x30, [sp, #-16]!
    bl entry_overflow
return_overflow:
    ldp x19, x30, [sp], #16
    ret

// uint32_t wative_m__load(instance, address): what the compiler makes of an export
.globl wative_m__load
func wative_m__load, 1
    sub sp, sp, #32
    str x30, [sp, #24]
    str x1, [sp]
    mov x2, sp
    adr x1, entry_load
    bl wative_rt_call
    ldr w0, [sp]
    ldr x30, [sp, #24]
    add sp, sp, #32
    ret
