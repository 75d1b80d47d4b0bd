opaque:  ; frame 0 bytes, saves []
mb0:
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

spills:  ; frame 0 bytes, saves []
mb0:
    ldr w15, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x3, x28, w0, uxtw
    ldr w0, [x3, #4]  ; MemoryOutOfBounds
    ldr w2, [x3, #8]  ; MemoryOutOfBounds
    ldr w4, [x3, #12]  ; MemoryOutOfBounds
    ldr w14, [x3, #16]  ; MemoryOutOfBounds
    ldr w5, [x3, #20]  ; MemoryOutOfBounds
    ldr w3, [x3, #24]  ; MemoryOutOfBounds
    mov w1, w1
    add x0, x15, x0
    add x2, x2, x4
    add x13, x0, x2
    add x0, x14, x5
    add x1, x3, x1
    add x0, x0, x1
    add x0, x13, x0
    ret

opaque [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

spills [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr x1, [x10, #8]
    mov x6, x10
    bl Func(func1)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
