constants:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x4d9
    ret

count:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+80
    ldr w0, [x16, :lo12:Instance(mod0)+80]
    add w0, w0, #0x1
    adrp x16, Instance(mod0)+80
    str w0, [x16, :lo12:Instance(mod0)+80]
    ret

swap:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+96
    ldr w2, [x16, :lo12:Instance(mod0)+96]
    cmp w0, w2
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+88
    ldr x2, [x16, :lo12:Instance(mod0)+88]
    lsl x3, x0, #3
    ldr x2, [x2, x3]
    adrp x16, Instance(mod0)+96
    ldr w4, [x16, :lo12:Instance(mod0)+96]
    cmp w0, w4
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+88
    ldr x0, [x16, :lo12:Instance(mod0)+88]
    str x1, [x0, x3]
    mov x0, x2
    ret

grow:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x3, Instance(mod0)+88
    add x3, x3, :lo12:Instance(mod0)+88
    movz w2, #0x1
    mov x1, x0
    mov x0, x3
    bl Runtime(TableGrow)
    mov w0, w0
    ldp xzr, x30, [sp], #16
    ret

size:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+96
    ldr w0, [x16, :lo12:Instance(mod0)+96]
    ret

constants [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

count [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

swap [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr x2, [x1, #8]
    mov x5, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x5]
    ldp xzr, x30, [sp], #16
    ret

grow [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr x0, [x1]
    mov x19, x1
    bl Func(func3)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

size [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func4)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
