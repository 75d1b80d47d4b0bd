two:  ; frame 0 bytes, saves []
mb0:
    ldrh w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    rev16 w0, w0
    ret

two_signed:  ; frame 0 bytes, saves []
mb0:
    ldrh w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    rev w0, w0
    asr w0, w0, #16
    ret

eight:  ; frame 0 bytes, saves []
mb0:
    ldr x0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    rev x0, x0
    ret

value:  ; frame 0 bytes, saves []
mb0:
    rev w0, w0
    ret

two [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

two_signed [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

eight [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

value [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func3)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
