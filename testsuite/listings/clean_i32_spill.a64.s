opaque:  ; frame 0 bytes, saves []
mb0:
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

spills:  ; frame 0 bytes, saves [%r30 %r19 %r20 %r21 %r22 %r23 %r24 %r25 %r26]
mb0:
    ldr w19, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x2, x28, w0, uxtw
    ldr w20, [x2, #4]  ; MemoryOutOfBounds
    ldr w21, [x2, #8]  ; MemoryOutOfBounds
    ldr w23, [x2, #12]  ; MemoryOutOfBounds
    ldr w22, [x2, #16]  ; MemoryOutOfBounds
    ldr w24, [x2, #20]  ; MemoryOutOfBounds
    ldr w25, [x2, #24]  ; MemoryOutOfBounds
    mov w26, w1
    bl Func(func0)
    add x0, x19, x20
    add x1, x21, x23
    add x14, x0, x1
    add x0, x22, x24
    add x1, x25, x26
    add x0, x0, x1
    add x0, x14, x0
    ldp x19, x30, [sp, #64]
    ldp x21, x20, [sp, #48]
    ldp x23, x22, [sp, #32]
    ldp x25, x24, [sp, #16]
    ldp xzr, x26, [sp], #80
    ret

opaque [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func0)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

spills [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr x1, [x10, #8]
    mov x19, x10
    bl Func(func1)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
