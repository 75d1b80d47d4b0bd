opaque:  ; frame 0 bytes, saves []
mb0:
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

spills:  ; frame 0 bytes, saves []
mb0:
    ldr w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x0, x28, w0, uxtw
    ldr w3, [x0, #4]  ; MemoryOutOfBounds
    ldr w4, [x0, #8]  ; MemoryOutOfBounds
    ldr w5, [x0, #12]  ; MemoryOutOfBounds
    ldr w6, [x0, #16]  ; MemoryOutOfBounds
    ldr w7, [x0, #20]  ; MemoryOutOfBounds
    ldr w0, [x0, #24]  ; MemoryOutOfBounds
    mov w1, w1
    add x2, x2, x3
    add x3, x4, x5
    add x2, x2, x3
    add x3, x6, x7
    add x0, x0, x1
    add x0, x3, x0
    add x0, x2, x0
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
    ldr x2, [x1, #8]
    mov x8, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x8]
    ldp x28, x30, [sp], #16
    ret
