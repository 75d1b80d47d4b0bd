chain:  ; frame 0 bytes, saves []
mb0:
    adds x0, x0, x2
    adc x1, x1, xzr
    adds x0, x3, x0
    adc x1, x1, x4
    ret

differences:  ; frame 0 bytes, saves []
mb0:
    subs x0, x0, x2
    sbc x1, x1, xzr
    movz w2, #0x1
    subs x0, x0, x3
    sbc x1, x1, x2
    ret

plain:  ; frame 0 bytes, saves []
mb0:
    adds x1, x1, x2
    adc x2, x3, xzr
    str x1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    mov x0, x2
    ret

late:  ; frame 0 bytes, saves []
mb0:
    add x3, x1, x2
    str x3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x0, x28, w0, uxtw
    ldr x0, [x0, #8]  ; MemoryOutOfBounds
    cmn x1, x2
    adc x0, x0, xzr
    ret

loaded:  ; frame 0 bytes, saves []
mb0:
    str x1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x0, x28, w0, uxtw
    ldr x0, [x0, #8]  ; MemoryOutOfBounds
    adds x2, x1, x2
    adc x1, x0, xzr
    mov x0, x2
    ret

chain [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x5, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    ldr x4, [x1, #32]
    mov x6, x1
    mov x1, x5
    bl Func(func0)
    str x0, [x6]
    str x1, [x6, #8]
    ldp x28, x30, [sp], #16
    ret

differences [entry]:  ; frame 0 bytes, saves [%r30 %r28]
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
    str x1, [x5, #8]
    ldp x28, x30, [sp], #16
    ret

plain [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func2)
    str x0, [x5]
    ldp x28, x30, [sp], #16
    ret

late [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func3)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

loaded [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func4)
    str x0, [x4]
    str x1, [x4, #8]
    ldp x28, x30, [sp], #16
    ret
