callee:  ; frame 16 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb2
mb1:
    fmov d0, #1.5
    add sp, sp, #0x10
    ldp xzr, x30, [sp], #16
    ret
mb2:
    movz w0, #0x1
    str w0, [sp]
    movz w0, #0x2
    str x0, [sp, #8]
    movz w0, #0x0
    add x1, sp, #0x0
    movz w2, #0x2
    bl Runtime(Throw)
    udf #0x0  ; Unreachable

handlers:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    mov x19, x1
    bl Func(func0)
    ; catches: tag0 -> mb2, all -> mb3
    b mb1
mb1:
    fcvtzs x0, d0
    add x0, x19, x0
    ldp x19, x30, [sp], #16
    ret
mb2:
    ldr x0, [x9, #32]
    mul x0, x19, x0
    ldp x19, x30, [sp], #16
    ret
mb3:
    mov x0, x19
    ldp x19, x30, [sp], #16
    ret

local:  ; frame 0 bytes, saves []
mb0:
    cbnz w0, mb1
    b mb2
mb1:
    movz w0, #0x5
    ret
mb2:
    movz w0, #0x7
    ret

rethrow:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func0)
    ; catches: all -> mb2
    b mb1
mb1:
    ldp xzr, x30, [sp], #16
    ret
mb2:
    movz w0, #0x1
    str w0, [x28]  ; MemoryOutOfBounds
    cbz x9, trap NullReference
    mov x0, x9
    bl Runtime(ThrowRef)
    udf #0x0  ; Unreachable

handlers [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x2, [x1, #8]
    mov x19, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

local [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

rethrow [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func3)
    ldp x28, x30, [sp], #16
    ret
