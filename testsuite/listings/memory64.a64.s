pair:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x1, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x1
    b.hs trap MemoryOutOfBounds
    add x0, x28, x0
    ldr x1, [x0]  ; MemoryOutOfBounds
    ldr x0, [x0, #8]  ; MemoryOutOfBounds
    add x0, x1, x0
    ret

constant:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x0
    add x0, x28, x0
    ldr x0, [x0, #1024]  ; MemoryOutOfBounds
    ret

far:  ; frame 0 bytes, saves []
mb0:
    movz x1, #0x1, lsl #32
    add x0, x0, x1
    movz x1, #0x1, lsl #32
    cmp x0, x1
    b.lo trap MemoryOutOfBounds
    adrp x16, Instance(mod0)+72
    ldr x1, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x1
    b.hs trap MemoryOutOfBounds
    ldr x0, [x28, x0]  ; MemoryOutOfBounds
    ret

store:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+72
    ldr x2, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x2
    b.hs trap MemoryOutOfBounds
    add x0, x28, x0
    strb w1, [x0, #3]  ; MemoryOutOfBounds
    ret

grown:  ; frame 0 bytes, saves [%r30 %r19 %r20]
mb0:
    adrp x16, Instance(mod0)+72
    ldr x1, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x1
    b.hs trap MemoryOutOfBounds
    add x19, x28, x0
    ldr w20, [x19]  ; MemoryOutOfBounds
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    movz w1, #0x1
    bl Runtime(MemoryGrow)
    mov w0, w0
    ldr w1, [x19, #4]  ; MemoryOutOfBounds
    cmp w0, #0x0
    cinc w0, w1, eq
    add w0, w20, w0
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    movz w2, #0x0
    b mb1
mb1:
    adrp x16, Instance(mod0)+72
    ldr x3, [x16, :lo12:Instance(mod0)+72]
    cmp x0, x3
    b.hs trap MemoryOutOfBounds
    ldr x3, [x28, x0]  ; MemoryOutOfBounds
    add x2, x2, x3
    add x0, x0, #0x8
    cmp x1, x0
    b.hi mb2
    b mb3
mb3:
    mov x0, x2
    ret

pair [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    mov x2, x1
    bl Func(func0)
    str x0, [x2]
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
    mov x2, x1
    bl Func(func2)
    str x0, [x2]
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
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret
