upper:  ; frame 0 bytes, saves []
mb0:
    umulh x0, x0, x1
    ret

upper_cross:  ; frame 0 bytes, saves []
mb0:
    umulh x7, x0, x1
    madd x5, x0, x2, x7
    madd x0, x1, x3, x5
    ret

lower:  ; frame 0 bytes, saves []
mb0:
    mul x0, x0, x1
    ret

same_cross:  ; frame 0 bytes, saves []
mb0:
    lsr x6, x0, #32
    lsr x8, x1, #32
    mov w12, w0
    mul x7, x8, x12
    mov w15, w1
    mul x14, x12, x15
    add x11, x7, x14, lsr #32
    lsr x15, x11, #32
    madd x10, x6, x8, x15
    add x12, x7, w11, uxtw
    add x0, x10, x12, lsr #32
    ret

multi3:  ; frame 0 bytes, saves []
mb0:
    umulh x4, x1, x3
    str x4, [x28, #24]  ; MemoryOutOfBounds
    mul x3, x1, x3
    str x3, [x28, #16]  ; MemoryOutOfBounds
    ret

multiply:  ; frame 0 bytes, saves []
mb0:
    umulh x2, x0, x1
    str x2, [x28, #24]  ; MemoryOutOfBounds
    mul x5, x0, x1
    str x5, [x28, #16]  ; MemoryOutOfBounds
    eor x0, x2, x5
    ret

upper [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x8, x1
    mov x1, x6
    bl Func(func0)
    mov x1, x8
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

upper_cross [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x8, x1
    mov x1, x6
    bl Func(func1)
    mov x1, x8
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

lower [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x8, x1
    mov x1, x6
    bl Func(func2)
    mov x1, x8
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

same_cross [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x9, x1
    mov x1, x6
    bl Func(func3)
    mov x1, x9
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

multiply [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    mov x10, x1
    ldr x1, [x10, #8]
    mov x6, x10
    bl Func(func5)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
