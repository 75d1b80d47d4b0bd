parts:  ; frame 0 bytes, saves []
mb0:
    ldr x1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x0, x28, w0, uxtw
    ldr x2, [x0, #8]  ; MemoryOutOfBounds
    ldur x0, [x0, #20]  ; MemoryOutOfBounds
    add x0, x2, x0
    add x0, x1, x0
    ret

below:  ; frame 0 bytes, saves []
mb0:
    ldr x1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    sub w0, w0, #0x8
    ldr x0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x0, x1, x0
    ret

frame:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+64
    ldr w1, [x16, :lo12:Instance(mod0)+64]
    sub w2, w1, #0x40
    adrp x16, Instance(mod0)+64
    str w2, [x16, :lo12:Instance(mod0)+64]
    str x0, [x28, w2, uxtw]  ; MemoryOutOfBounds
    add x3, x0, x0, lsl #1
    add x2, x28, w2, uxtw
    str x3, [x2, #24]  ; MemoryOutOfBounds
    add x0, x0, x3
    adrp x16, Instance(mod0)+64
    str w1, [x16, :lo12:Instance(mod0)+64]
    ret

pointer:  ; frame 0 bytes, saves []
mb0:
    movz w2, #0x0
    b mb1
mb1:
    ldr w3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w2, w2, w3
    add x3, x28, w0, uxtw
    ldr w3, [x3, #4]  ; MemoryOutOfBounds
    eor w2, w2, w3
    add w0, w0, #0x8
    sub w1, w1, #0x1
    cbnz w1, mb2
    b mb3
mb3:
    mov x0, x2
    ret

parts [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x3, x1
    bl Func(func0)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

below [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x2, x1
    bl Func(func1)
    str x0, [x2]
    ldp x28, x30, [sp], #16
    ret

frame [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    mov x4, x1
    bl Func(func2)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

pointer [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret
