product:  ; frame 0 bytes, saves []
mb0:
    mul x2, x0, x1
    umulh x1, x0, x1
    mov x0, x2
    ret

row:  ; frame 0 bytes, saves []
mb0:
    movz w3, #0x0
    b mb1
mb1:
    ldr x4, [x28, w0, uxtw]  ; MemoryOutOfBounds
    mul x5, x2, x4
    umulh x4, x2, x4
    adds x3, x3, x5
    adc x4, x4, xzr
    str x3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w0, w0, #0x8
    cmp w1, w0
    mov x3, x4
    b.ne mb2
    b mb3
mb3:
    mov x0, x4
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    mul x2, x0, x1
    smulh x1, x0, x1
    mov x0, x2
    ret

low:  ; frame 0 bytes, saves []
mb0:
    mul x0, x0, x1
    ret

product [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func0)
    str x0, [x3]
    str x1, [x3, #8]
    ldp x28, x30, [sp], #16
    ret

row [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w3, [x1, #8]
    ldr x2, [x1, #16]
    mov x6, x1
    mov x1, x3
    bl Func(func1)
    str x0, [x6]
    ldp x28, x30, [sp], #16
    ret

signed [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x3]
    str x1, [x3, #8]
    ldp x28, x30, [sp], #16
    ret

low [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
