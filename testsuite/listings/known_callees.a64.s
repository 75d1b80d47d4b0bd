tick:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+64
    ldr w1, [x16, :lo12:Instance(mod0)+64]
    add w1, w1, #0x1
    adrp x16, Instance(mod0)+64
    str w1, [x16, :lo12:Instance(mod0)+64]
    add w0, w0, w0, lsl #1
    ret

loads:  ; frame 0 bytes, saves []
mb0:
    ldr w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr w2, [x16, :lo12:Instance(mod0)+64]
    add w3, w1, w2
    add w2, w2, #0x1
    adrp x16, Instance(mod0)+64
    str w2, [x16, :lo12:Instance(mod0)+64]
    add w0, w0, w0, lsl #1
    add w1, w1, w2
    add w0, w0, w1
    add w0, w3, w0
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    movz w1, #0x0
    b mb1
mb1:
    add w1, w0, w1
    adrp x16, Instance(mod0)+64
    ldr w2, [x16, :lo12:Instance(mod0)+64]
    add w2, w2, #0x1
    adrp x16, Instance(mod0)+64
    str w2, [x16, :lo12:Instance(mod0)+64]
    add w2, w1, w1, lsl #1
    cbnz w2, mb2
    b mb3
mb3:
    add w0, w0, w1
    ret

asks:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+112
    ldr w1, [x16, :lo12:Instance(mod0)+112]
    cmp w0, w1
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+104
    ldr x1, [x16, :lo12:Instance(mod0)+104]
    ldr x1, [x1, w0, uxtw #3]
    ldr x2, [x1, #16]  ; IndirectCallToNull
    cmp x2, #0x2
    b.ne trap BadSignature
    ldr x1, [x1]
    blr x1
    ldp xzr, x30, [sp], #16
    ret

asks:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    mov x19, x0
    bl Func(func3)
    ldr w0, [x28, w19, uxtw]  ; MemoryOutOfBounds
    ldp x19, x30, [sp], #16
    ret

even:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb2
mb1:
    ldr w1, [x28, #8]  ; MemoryOutOfBounds
    sub w0, w0, #0x1
    bl Func(func6)
    ldr w1, [x28, #8]  ; MemoryOutOfBounds
    add w0, w0, w1
    b mb3
mb2:
    ldr w0, [x28, #8]  ; MemoryOutOfBounds
    b mb3
mb3:
    ldp xzr, x30, [sp], #16
    ret

odd:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb2
mb1:
    sub w0, w0, #0x1
    bl Func(func5)
    b mb3
mb2:
    movz w0, #0x0
    b mb3
mb3:
    ldp xzr, x30, [sp], #16
    ret

scaled:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb2
mb1:
    lsl w0, w0, #3
    ldp xzr, x30, [sp], #16
    ret
mb2:
    ldr w0, [x28]  ; MemoryOutOfBounds
    movz w1, #0x8
    bl Func(func7)
    ldp xzr, x30, [sp], #16
    ret

same:  ; frame 0 bytes, saves [%r30 %r19 %r20]
mb0:
    movz w2, #0x5
    movz w1, #0x8
    mov x19, x0
    mov x0, x2
    bl Func(func7)
    movz w1, #0x8
    mov x20, x0
    mov x0, x19
    bl Func(func7)
    add w0, w20, w0
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

throws:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb2
    b mb1
mb1:
    ldp xzr, x30, [sp], #16
    ret
mb2:
    movz w0, #0x0
    movz w1, #0x0
    movz w2, #0x0
    bl Runtime(Throw)
    udf #0x0  ; Unreachable

handlers:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func0)
    ldp xzr, x30, [sp], #16
    ret

caught:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func9)
    ; catches: tag0 -> mb2
    b mb1
mb1:
    movz w0, #0x5
    ldp xzr, x30, [sp], #16
    ret
mb2:
    movz w0, #0x7
    ldp xzr, x30, [sp], #16
    ret

loads [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x4, x1
    bl Func(func1)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

loop [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x3, x1
    bl Func(func2)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

asks [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func4)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

even [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func5)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

same [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func8)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

handlers [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x2, x1
    bl Func(func10)
    str x0, [x2]
    ldp x28, x30, [sp], #16
    ret

caught [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func11)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
