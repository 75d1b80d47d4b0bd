add:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w1
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    sub w0, w0, w1
    ret

many:  ; frame 0 bytes, saves []
mb0:
    add x0, x1, #0x7
    add x0, x7, x0
    ret

several:  ; frame 0 bytes, saves []
mb0:
    mov w2, w0
    movz w1, #0x5
    fmov d0, #0.5
    ret

direct:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, #0x1
    mul w0, w1, w0
    ret

stack:  ; frame 0 bytes, saves []
mb0:
    add x1, x0, #0x7
    add x0, x0, x1
    ret

results:  ; frame 0 bytes, saves []
mb0:
    mov w0, w0
    add x0, x0, #0x5
    ret

indirect:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+72
    ldr w1, [x16, :lo12:Instance(mod0)+72]
    cmp w0, w1
    b.hs trap TableOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr x0, [x1, w0, uxtw #3]
    ldr x1, [x0, #16]  ; IndirectCallToNull
    cbnz x1, trap BadSignature
    ldr x2, [x0]
    movz w0, #0xa
    movz w1, #0x14
    blr x2
    ldp xzr, x30, [sp], #16
    ret

[instantiate]:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    adrp x1, Instance(mod0)
    add x1, x1, :lo12:Instance(mod0)
    adrp x2, Instance(mod0)+96
    add x2, x2, :lo12:Instance(mod0)+96
    movz w3, #0x0
    bl Runtime(TablePlace)
    mov w0, w0
    cbnz w0, trap TableOutOfBounds
    ldp xzr, x30, [sp], #16
    ret

direct [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

stack [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    mov x2, x1
    bl Func(func5)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

results [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    bl Func(func6)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

indirect [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    bl Func(func7)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret
