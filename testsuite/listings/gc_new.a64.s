see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+72
    ldr w1, [x16, :lo12:Instance(mod0)+72]
    cbz w1, trap TableOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x1, [x16, :lo12:Instance(mod0)+64]
    ldr x1, [x1]
    ldr x2, [x1, #16]  ; IndirectCallToNull
    cmp x2, #0x2
    b.ne trap BadSignature
    ldr x1, [x1]
    blr x1
    ldp xzr, x30, [sp], #16
    ret

registers:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w3, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w4, [x16, :lo12:Heap+8]
    add w5, w3, #0x10
    cmp w4, w5
    b.lo mb1
    b mb2
mb1:
    movz w3, #0x10
    movz w4, #0x0
    mov x5, x0
    mov x0, x3
    mov x6, x1
    mov x1, x4
    bl Runtime(GcAllocate)
    ; references: [-72, -64]
    mov w3, w0
    b mb3
mb2:
    adrp x16, Heap
    str w5, [x16, :lo12:Heap]
    mov x5, x0
    mov x6, x1
    b mb3
mb3:
    str w6, [x3, #4]
    str w2, [x3, #8]
    ldrb w0, [x5]  ; NullReference
    tbnz w0, #2, mb5
    b mb4
mb5:
    mov x0, x5
    bl Runtime(GcLog)
    b mb6
mb6:
    str w3, [x5, #12]  ; NullReference
    mov x0, x5
    mov x1, x6
    ldp xzr, x30, [sp], #16
    ret

zeros:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x10
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x10
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    mov x3, x0
    b mb3
mb3:
    str x1, [sp]
    str w3, [x1, #8]
    mov x0, x3
    mov x19, x1
    bl Func(func0)
    ; references: [0]
    mov x0, x19
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

zero again:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x10
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x10
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    mov x3, x0
    b mb3
mb3:
    str w3, [x1, #8]
    str wzr, [x1, #8]
    mov x0, x1
    ldp xzr, x30, [sp], #16
    ret

none:  ; frame 0 bytes, saves [%r30]
mb0:
    str wzr, [x0, #4]  ; NullReference
    lsl w1, w1, #1
    orr w1, w1, #0x1
    str w1, [x0, #12]
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x10
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x10
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    mov x3, x0
    b mb3
mb3:
    movz w0, #0x1
    str w0, [x1, #8]
    str w3, [x1, #4]
    mov x0, x1
    ldp xzr, x30, [sp], #16
    ret

two:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x20
    cmp w1, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x20
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w0, w0
    add w1, w0, #0x10
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    add w1, w0, #0x10
    b mb3
mb3:
    movz w2, #0x1
    str w2, [x0, #8]
    movz w2, #0x2
    str w2, [x1, #8]
    str w1, [x0, #4]
    ldp xzr, x30, [sp], #16
    ret

call:  ; frame 16 bytes, saves [%r30 %r19 %r20]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x10
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x10
    movz w1, #0x0
    mov x19, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-176]
    mov w1, w0
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    mov x19, x0
    b mb3
mb3:
    stp x19, x1, [sp]
    movz w0, #0x1
    str w0, [x1, #8]
    movz w0, #0x1
    mov x20, x1
    bl Func(func0)
    ; references: [0, 8]
    ldrb w0, [x20]
    tbnz w0, #2, mb5
    b mb4
mb5:
    mov x0, x20
    bl Runtime(GcLog)
    b mb6
mb6:
    str w19, [x20, #4]
    mov x0, x20
    add sp, sp, #0x10
    ldp x19, x30, [sp, #16]
    ldp xzr, x20, [sp], #32
    ret

element:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w3, [x0, #4]  ; NullReference
    cmp w1, w3
    b.hs trap ArrayOutOfBounds
    ldrb w3, [x0]
    tbnz w3, #2, mb2
    b mb1
mb2:
    lsl w3, w1, #2
    add w3, w3, #0x8
    add w3, w0, w3
    mov x4, x1
    mov x1, x3
    bl Runtime(GcLogElement)
    mov x1, x4
    b mb3
mb3:
    add x0, x0, #0x8
    str w2, [x0, w1, uxtw #2]
    ldp xzr, x30, [sp], #16
    ret

registers [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w3, [x1, #8]
    ldr w2, [x1, #16]
    ldr d0, [x1, #24]
    mov x7, x1
    mov x1, x3
    bl Func(func1)
    str d0, [x7]
    str x0, [x7, #8]
    str x1, [x7, #16]
    str x2, [x7, #24]
    ldp xzr, x30, [sp], #16
    ret

zeros [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    bl Func(func2)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

zero again [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x4, x1
    bl Func(func3)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

none [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

two [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x3, x1
    bl Func(func5)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

call [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x19, x1
    bl Func(func6)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

element [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w3, [x1, #8]
    ldr w2, [x1, #16]
    mov x1, x3
    bl Func(func7)
    ldp xzr, x30, [sp], #16
    ret
