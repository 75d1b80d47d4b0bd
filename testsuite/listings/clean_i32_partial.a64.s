load8:  ; frame 0 bytes, saves []
mb0:
    ldrsb w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

load16:  ; frame 0 bytes, saves []
mb0:
    ldrh w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

extend8:  ; frame 0 bytes, saves []
mb0:
    sxtb w0, w0
    ret

compare:  ; frame 0 bytes, saves []
mb0:
    cmp w0, w1
    cset w0, lt
    ret

compare_float:  ; frame 0 bytes, saves []
mb0:
    fcmp d0, d1
    cset w0, eq
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    ldrb w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x1, x28, w1, uxtw
    ldrsh w1, [x1, #2]  ; MemoryOutOfBounds
    add w0, w0, w1
    ret

load8 [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

load16 [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

extend8 [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

compare [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

compare_float [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func4)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
