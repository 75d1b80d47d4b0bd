fibonacci:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x0
    movz w2, #0x1
    b mb1
mb1:
    add w1, w1, w2
    cmp w0, w1
    b.hi mb2
    b mb3
mb2:
    mov x3, x1
    mov x1, x2
    mov x2, x3
    b mb1
mb3:
    mov x0, x1
    ret

steps:  ; frame 0 bytes, saves []
mb0:
    movz w2, #0x0
    movz w3, #0x0
    b mb1
mb1:
    ldr w4, [x28, w0, uxtw]  ; MemoryOutOfBounds
    cmp w3, w4
    cinc w2, w2, lo
    add w0, w0, #0x4
    eor w3, w4, w2
    sub w1, w1, #0x1
    cbnz w1, mb2
    b mb3
mb3:
    add w0, w4, w2
    ret

compare:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    ldr w3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ldr w4, [x28, w1, uxtw]  ; MemoryOutOfBounds
    sub w3, w3, w4
    cbnz w3, mb4
    b mb2
mb2:
    add w0, w0, #0x4
    add w1, w1, #0x4
    sub w2, w2, #0x1
    cbnz w2, mb3
    b mb5
mb4:
    mov x0, x3
    ret
mb5:
    movz w0, #0x0
    ret

fibonacci [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x4, x1
    bl Func(func0)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

steps [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x5, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

compare [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w3, [x1, #8]
    ldr w2, [x1, #16]
    mov x5, x1
    mov x1, x3
    bl Func(func2)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret
