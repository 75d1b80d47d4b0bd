parts:  ; frame 0 bytes, saves []
mb0:
    ldr x2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x7, x28, w0, uxtw
    ldr x6, [x7, #8]  ; MemoryOutOfBounds
    ldur x8, [x7, #20]  ; MemoryOutOfBounds
    add x7, x6, x8
    add x0, x2, x7
    ret

below:  ; frame 0 bytes, saves []
mb0:
    ldr x2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    sub w5, w0, #0x8
    ldr x5, [x28, w5, uxtw]  ; MemoryOutOfBounds
    add x0, x2, x5
    ret

frame:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+64
    ldr w2, [x16, :lo12:Instance(mod0)+64]
    sub w7, w2, #0x40
    adrp x16, Instance(mod0)+64
    str w7, [x16, :lo12:Instance(mod0)+64]
    str x0, [x28, w7, uxtw]  ; MemoryOutOfBounds
    add x8, x0, x0, lsl #1
    add x10, x28, w7, uxtw
    str x8, [x10, #24]  ; MemoryOutOfBounds
    add x0, x0, x8
    adrp x16, Instance(mod0)+64
    str w2, [x16, :lo12:Instance(mod0)+64]
    ret

pointer:  ; frame 0 bytes, saves []
mb0:
    mov x14, x0
    movz w0, #0x0
    mov x2, x14
    b mb1
mb1:
    ldr w12, [x28, w2, uxtw]  ; MemoryOutOfBounds
    add w9, w0, w12
    add x12, x28, w2, uxtw
    ldr w12, [x12, #4]  ; MemoryOutOfBounds
    eor w0, w9, w12
    add w2, w2, #0x8
    sub w1, w1, #0x1
    cbnz w1, mb2
    b mb3
mb3:
    ret

parts [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

below [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

frame [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

pointer [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x6, x10
    bl Func(func3)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
