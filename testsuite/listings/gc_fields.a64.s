see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+80
    ldr w6, [x16, :lo12:Instance(mod0)+80]
    cbz w6, trap TableOutOfBounds
    adrp x16, Instance(mod0)+72
    ldr x7, [x16, :lo12:Instance(mod0)+72]
    ldr x7, [x7]
    ldr x8, [x7, #16]  ; IndirectCallToNull
    cmp x8, #0x5
    b.ne trap BadSignature
    ldr x9, [x7]
    blr x9
    ldp xzr, x30, [sp], #16
    ret

immutable:  ; frame 16 bytes, saves [%r30 %r19 %r20 %r21]
mb0:
    str x1, [sp, #8]
    ldr w19, [x0, #12]  ; NullReference
    ldr w12, [x0, #4]
    mov x21, x0
    add w0, w19, w12
    str x21, [sp]
    bl Func(func0)
    ; references: [0, 8]
    ldr x0, [sp, #8]
    ldr w12, [x0, #4]  ; NullReference
    cmp w12, #0x3
    b.ls trap ArrayOutOfBounds
    ldr w20, [x0, #20]
    add w0, w12, w20
    bl Func(func0)
    ; references: [0]
    mov x0, x21
    ldr w15, [x0, #4]
    add w14, w19, w15
    add w0, w20, w14
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp x21, x20, [sp], #32
    ret

stores:  ; frame 16 bytes, saves [%r30 %r19 %r20]
mb0:
    movz w10, #0x5
    str w10, [x0, #4]  ; NullReference
    mov x19, x0
    movz w11, #0x6
    str w11, [x1, #8]  ; NullReference
    mov x20, x1
    movz w11, #0x7
    str w11, [x2, #4]  ; NullReference
    movz w0, #0x5
    stp x19, x20, [sp]
    bl Func(func0)
    ; references: [0, 8]
    movz w13, #0x5
    mov x0, x19
    str w13, [x0, #4]
    movz w13, #0x8
    mov x1, x20
    str w13, [x1, #4]
    ldr w0, [x0, #4]
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

new:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w5, [x0, #4]  ; NullReference
    adrp x16, Heap
    ldr w6, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w0, [x16, :lo12:Heap+8]
    add w13, w6, #0x10
    cmp w0, w13
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w6, w0
    b mb3
mb2:
    adrp x16, Heap
    str w13, [x16, :lo12:Heap]
    b mb3
mb3:
    movz w0, #0x1
    str w0, [x6, #4]
    movz w0, #0x2
    str w0, [x6, #8]
    movz w0, #0x3
    str w0, [x6, #12]
    adrp x16, Instance(mod0)+64
    str w6, [x16, :lo12:Instance(mod0)+64]
    str w5, [x6, #4]
    add w0, w5, w5
    movz w1, #0x9
    str w1, [x6, #4]
    add w0, w0, #0x9
    ldp xzr, x30, [sp], #16
    ret

null:  ; frame 0 bytes, saves []
mb0:
    ldr w4, [x0, #8]  ; NullReference
    movz w4, #0x1
    str w4, [x0, #8]
    ldr w0, [x0, #4]
    ret

folded:  ; frame 0 bytes, saves []
mb0:
    ldr w14, [x0, #4]  ; NullReference
    add w14, w14, #0x3
    str w14, [x0, #4]
    ldr w15, [x1, #4]  ; NullReference
    cmp w2, w15
    b.hs trap ArrayOutOfBounds
    add x3, x1, #0x8
    ldr w3, [x3, w2, uxtw #2]
    sub w15, w3, w2
    add x1, x1, #0x8
    str w15, [x1, w2, uxtw #2]
    ldr w1, [x0, #8]
    cmp w1, #0x7
    b.eq mb1
    b mb2
mb1:
    movz w0, #0x1
    ret
mb2:
    ldr w0, [x0, #12]
    add w0, w2, w0
    ret

immutable [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    cbz w0, trap NullReference
    mov x10, x19
    ldr w1, [x10, #8]
    cbz w1, trap NullReference
    bl Func(func1)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

stores [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    mov x19, x1
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w1, [x1, #8]
    cbz w1, trap NullReference
    mov x13, x19
    ldr w2, [x13, #16]
    cbz w2, trap NullReference
    bl Func(func2)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

new [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x7, x1
    cbz w0, trap NullReference
    bl Func(func3)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

null [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func4)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

folded [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x7, x1
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w1, [x1, #8]
    cbz w1, trap NullReference
    mov x13, x7
    ldr w2, [x13, #16]
    bl Func(func5)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
