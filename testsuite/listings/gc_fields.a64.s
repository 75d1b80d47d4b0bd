see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+80
    ldr w1, [x16, :lo12:Instance(mod0)+80]
    cbz w1, trap TableOutOfBounds
    adrp x16, Instance(mod0)+72
    ldr x1, [x16, :lo12:Instance(mod0)+72]
    ldr x1, [x1]
    ldr x2, [x1, #16]  ; IndirectCallToNull
    cmp x2, #0x5
    b.ne trap BadSignature
    ldr x1, [x1]
    blr x1
    ldp xzr, x30, [sp], #16
    ret

immutable:  ; frame 16 bytes, saves [%r30 %r19 %r20 %r21]
mb0:
    stp x0, x1, [sp]
    ldr w19, [x0, #12]  ; NullReference
    ldr w2, [x0, #4]
    add w2, w19, w2
    mov x20, x0
    mov x0, x2
    mov x21, x1
    bl Func(func0)
    ; references: [0, 8]
    ldr w0, [x21, #4]  ; NullReference
    cmp w0, #0x3
    b.ls trap ArrayOutOfBounds
    ldr w21, [x21, #20]
    add w0, w0, w21
    bl Func(func0)
    ; references: [0]
    ldr w0, [x20, #4]
    add w0, w19, w0
    add w0, w21, w0
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp x21, x20, [sp], #32
    ret

stores:  ; frame 16 bytes, saves [%r30 %r19 %r20]
mb0:
    stp x0, x1, [sp]
    movz w3, #0x5
    str w3, [x0, #4]  ; NullReference
    movz w3, #0x6
    str w3, [x1, #8]  ; NullReference
    movz w3, #0x7
    str w3, [x2, #4]  ; NullReference
    movz w2, #0x5
    mov x19, x0
    mov x0, x2
    mov x20, x1
    bl Func(func0)
    ; references: [0, 8]
    movz w0, #0x5
    str w0, [x19, #4]
    movz w0, #0x8
    str w0, [x20, #4]
    ldr w0, [x19, #4]
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

new:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w2, [x0, #4]  ; NullReference
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w3, w0, #0x10
    cmp w1, w3
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w0, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    b mb3
mb3:
    movz w1, #0x1
    str w1, [x0, #4]
    movz w1, #0x2
    str w1, [x0, #8]
    movz w1, #0x3
    str w1, [x0, #12]
    adrp x16, Instance(mod0)+64
    str w0, [x16, :lo12:Instance(mod0)+64]
    str w2, [x0, #4]
    add w1, w2, w2
    movz w2, #0x9
    str w2, [x0, #4]
    add w0, w1, #0x9
    ldp xzr, x30, [sp], #16
    ret

null:  ; frame 0 bytes, saves []
mb0:
    ldr w1, [x0, #8]  ; NullReference
    movz w1, #0x1
    str w1, [x0, #8]
    ldr w0, [x0, #4]
    ret

folded:  ; frame 0 bytes, saves []
mb0:
    ldr w3, [x0, #4]  ; NullReference
    add w3, w3, #0x3
    str w3, [x0, #4]
    ldr w3, [x1, #4]  ; NullReference
    cmp w2, w3
    b.hs trap ArrayOutOfBounds
    add x3, x1, #0x8
    ldr w3, [x3, w2, uxtw #2]
    sub w3, w3, w2
    add x1, x1, #0x8
    str w3, [x1, w2, uxtw #2]
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
    cbz w0, trap NullReference
    ldr w2, [x1, #8]
    cbz w2, trap NullReference
    mov x19, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

stores [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w3, [x1, #8]
    cbz w3, trap NullReference
    ldr w2, [x1, #16]
    cbz w2, trap NullReference
    mov x19, x1
    mov x1, x3
    bl Func(func2)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

new [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x4, x1
    bl Func(func3)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

null [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func4)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

folded [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w3, [x1, #8]
    cbz w3, trap NullReference
    ldr w2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func5)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret
