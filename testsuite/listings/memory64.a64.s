pair:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x6, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x6
    b.hs trap MemoryOutOfBounds
    add x7, x28, x0
    ldr x6, [x7]  ; MemoryOutOfBounds
    ldr x8, [x7, #8]  ; MemoryOutOfBounds
    add x0, x6, x8
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    movz w3, #0x0
    add x3, x28, x3
    ldr x0, [x3, #1024]  ; MemoryOutOfBounds
    ret

far:  ; frame 0 bytes, saves []
mb0:
    movz x6, #0x1, lsl #32
    add x3, x0, x6
    movz x6, #0x1, lsl #32
    cmp x3, x6
    b.lo trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+72
    ldr x8, [x16, :lo12:Instance(mod0)+72]
    cmp x3, x8
    b.hs trap MemoryOutOfBounds
    ldr x0, [x28, x3]  ; MemoryOutOfBounds
    ret

store:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x4, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x4
    b.hs trap MemoryOutOfBounds
    add x5, x28, x0
    strb w1, [x5, #3]  ; MemoryOutOfBounds
    ret

grown:  ; frame 0 bytes, saves [%r30 %r19 %r20]
mb0:
    adrp x16, Instance(mod0)+72
    ldr x11, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x11
    b.hs trap MemoryOutOfBounds
    add x19, x28, x0
    ldr w20, [x19]  ; MemoryOutOfBounds
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    movz w1, #0x1
    bl Runtime(MemoryGrow)
    mov w13, w0
    ldr w14, [x19, #4]  ; MemoryOutOfBounds
    cmp w13, #0x0
    cinc w14, w14, eq
    add w0, w20, w14
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    mov x12, x0
    movz w0, #0x0
    b mb1
mb1:
    adrp x16, Instance(mod0)+72
    ldr x9, [x16, :lo12:Instance(mod0)+72]
    mov x15, x12
    cmp x15, x9
    b.hs trap MemoryOutOfBounds
    ldr x11, [x28, x15]  ; MemoryOutOfBounds
    add x0, x0, x11
    add x15, x15, #0x8
    cmp x1, x15
    b.hi mb2
    b mb3
mb2:
    mov x12, x15
    b mb1
mb3:
    ret

pair [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

constant [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    bl Func(func1)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

far [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

store [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr w1, [x1, #8]
    bl Func(func3)
    ldp x28, x30, [sp], #16
    ret

grown [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    mov x19, x1
    bl Func(func4)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
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
