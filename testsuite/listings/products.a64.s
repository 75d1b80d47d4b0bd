upper:  ; frame 0 bytes, saves []
mb0:
    umulh x0, x0, x1
    ret

upper_cross:  ; frame 0 bytes, saves []
mb0:
    umulh x4, x0, x1
    madd x0, x0, x2, x4
    madd x0, x1, x3, x0
    ret

lower:  ; frame 0 bytes, saves []
mb0:
    mul x0, x0, x1
    ret

same_cross:  ; frame 0 bytes, saves []
mb0:
    lsr x2, x0, #32
    lsr x3, x1, #32
    mov w0, w0
    mul x4, x3, x0
    mov w1, w1
    mul x0, x0, x1
    add x0, x4, x0, lsr #32
    lsr x1, x0, #32
    madd x1, x2, x3, x1
    add x0, x4, w0, uxtw
    add x0, x1, x0, lsr #32
    ret

multi3:  ; frame 0 bytes, saves []
mb0:
    umulh x0, x1, x3
    str x0, [x28, #24]  ; MemoryOutOfBounds
    mul x0, x1, x3
    str x0, [x28, #16]  ; MemoryOutOfBounds
    ret

multiply:  ; frame 0 bytes, saves []
mb0:
    umulh x2, x0, x1
    str x2, [x28, #24]  ; MemoryOutOfBounds
    mul x0, x0, x1
    str x0, [x28, #16]  ; MemoryOutOfBounds
    eor x0, x2, x0
    ret

upper [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func0)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

upper_cross [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func1)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

lower [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func2)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

same_cross [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func3)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

multiply [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
