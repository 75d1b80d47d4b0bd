widen:  ; frame 0 bytes, saves []
mb0:
    mov w0, w0
    ret

address:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    ldr w0, [x0, #16]  ; MemoryOutOfBounds
    ret

stored:  ; frame 0 bytes, saves []
mb0:
    str w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

added:  ; frame 0 bytes, saves []
mb0:
    mov w0, w0
    mov w1, w1
    add w0, w0, w1
    ret

widen [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

address [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

stored [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x1, [x1, #8]
    bl Func(func2)
    ldp x28, x30, [sp], #16
    ret

added [entry]:  ; frame 0 bytes, saves [%r30 %r28]
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
