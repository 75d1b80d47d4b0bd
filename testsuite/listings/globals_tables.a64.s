constants:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x4d9
    ret

count:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+80
    ldr w2, [x16, :lo12:Instance(mod0)+80]
    add w0, w2, #0x1
    adrp x16, Instance(mod0)+80
    str w0, [x16, :lo12:Instance(mod0)+80]
    ret

swap:  ; frame 0 bytes, saves []
mb0:
    adrp x16, Instance(mod0)+96
    ldr w8, [x16, :lo12:Instance(mod0)+96]
    cmp w0, w8
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+88
    ldr x10, [x16, :lo12:Instance(mod0)+88]
    lsl x8, x0, #3
    ldr x6, [x10, x8]
    adrp x16, Instance(mod0)+96
    ldr w12, [x16, :lo12:Instance(mod0)+96]
    cmp w0, w12
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+88
    ldr x12, [x16, :lo12:Instance(mod0)+88]
    str x1, [x12, x8]
    mov x0, x6
    ret

grow:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x1, x0
    adrp x0, Instance(mod0)+88
    add x0, x0, :lo12:Instance(mod0)+88
    movz w2, #0x1
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
    mov x9, x1
    ldr x1, [x9, #8]
    mov x7, x9
    bl Func(func2)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

grow [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr x0, [x1]
    mov x19, x1
    bl Func(func3)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

size [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    bl Func(func4)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
