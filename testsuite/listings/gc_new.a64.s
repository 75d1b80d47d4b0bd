see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+72
    ldr w6, [x16, :lo12:Instance(mod0)+72]
    cbz w6, trap TableOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x7, [x16, :lo12:Instance(mod0)+64]
    ldr x7, [x7]
    ldr x8, [x7, #16]  ; IndirectCallToNull
    cmp x8, #0x2
    b.ne trap BadSignature
    ldr x9, [x7]
    blr x9
    ldp xzr, x30, [sp], #16
    ret

registers:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x3, x1
    mov x15, x0
    adrp x16, Heap
    ldr w5, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w14, [x16, :lo12:Heap+8]
    add w10, w5, #0x10
    cmp w14, w10
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    mov x4, x3
    mov x3, x15
    bl Runtime(GcAllocate)
    ; references: [-56, -48]
    mov w5, w0
    b mb3
mb2:
    mov x4, x3
    mov x3, x15
    adrp x16, Heap
    str w10, [x16, :lo12:Heap]
    b mb3
mb3:
    str w4, [x5, #4]
    str w2, [x5, #8]
    ldrb w0, [x3]  ; NullReference
    tbnz w0, #2, mb5
    b mb4
mb4:
    mov x0, x3
    b mb6
mb5:
    mov x0, x3
    bl Runtime(GcLog)
    b mb6
mb6:
    str w5, [x0, #12]  ; NullReference
    mov x1, x4
    ldp xzr, x30, [sp], #16
    ret

zeros:  ; frame 16 bytes, saves [%r30]
mb0:
    mov x11, x0
    adrp x16, Heap
    ldr w3, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w10, [x16, :lo12:Heap+8]
    add w6, w3, #0x10
    cmp w10, w6
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w13, w0
    mov x0, x11
    b mb3
mb2:
    adrp x16, Heap
    str w6, [x16, :lo12:Heap]
    mov x0, x11
    mov x13, x3
    b mb3
mb3:
    str w0, [x13, #8]
    str x13, [sp]
    bl Func(func0)
    ; references: [0]
    ldr x0, [sp]
    add sp, sp, #0x10
    ldp xzr, x30, [sp], #16
    ret

zero again:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x11, x0
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w10, [x16, :lo12:Heap+8]
    add w6, w0, #0x10
    cmp w10, w6
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w0, w0
    mov x1, x11
    b mb3
mb2:
    adrp x16, Heap
    str w6, [x16, :lo12:Heap]
    mov x1, x11
    b mb3
mb3:
    str w1, [x0, #8]
    str wzr, [x0, #8]
    ldp xzr, x30, [sp], #16
    ret

none:  ; frame 0 bytes, saves [%r30]
mb0:
    str wzr, [x0, #4]  ; NullReference
    lsl w13, w1, #1
    orr w13, w13, #0x1
    str w13, [x0, #12]
    mov x2, x0
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w15, [x16, :lo12:Heap+8]
    add w11, w0, #0x10
    cmp w15, w11
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    ; references: [-40]
    mov w0, w0
    b mb3
mb2:
    adrp x16, Heap
    str w11, [x16, :lo12:Heap]
    b mb3
mb3:
    movz w1, #0x1
    str w1, [x0, #8]
    str w2, [x0, #4]
    ldp xzr, x30, [sp], #16
    ret

two:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w1, w0, #0x10
    cmp w2, w1
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
    str w1, [x16, :lo12:Heap]
    b mb3
mb3:
    movz w1, #0x1
    str w1, [x0, #8]
    mov x4, x0
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w3, [x16, :lo12:Heap+8]
    add w2, w1, #0x10
    cmp w3, w2
    b.lo mb4
    b mb5
mb4:
    movz w0, #0x10
    movz w1, #0x0
    mov x3, x4
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    b mb6
mb5:
    mov x3, x4
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    b mb6
mb6:
    movz w0, #0x2
    str w0, [x1, #8]
    ldrb w0, [x3]
    tbnz w0, #2, mb8
    b mb7
mb7:
    mov x0, x3
    b mb9
mb8:
    mov x0, x3
    bl Runtime(GcLog)
    b mb9
mb9:
    str w1, [x0, #4]
    ldp xzr, x30, [sp], #16
    ret

call:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    mov x2, x0
    adrp x16, Heap
    ldr w6, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w13, [x16, :lo12:Heap+8]
    add w9, w6, #0x10
    cmp w13, w9
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    ; references: [-40]
    str x2, [sp, #8]
    mov w0, w0
    mov x19, x0
    b mb3
mb2:
    str x2, [sp, #8]
    adrp x16, Heap
    str w9, [x16, :lo12:Heap]
    mov x19, x6
    b mb3
mb3:
    movz w0, #0x1
    mov x1, x19
    str w0, [x1, #8]
    movz w0, #0x1
    str x19, [sp]
    bl Func(func0)
    ; references: [0, 8]
    mov x0, x19
    ldrb w0, [x0]
    tbnz w0, #2, mb5
    b mb4
mb4:
    mov x0, x19
    ldr x1, [sp, #8]
    b mb6
mb5:
    mov x0, x19
    bl Runtime(GcLog)
    ldr x1, [sp, #8]
    b mb6
mb6:
    str w1, [x0, #4]
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

element:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w9, [x0, #4]  ; NullReference
    cmp w1, w9
    b.hs trap ArrayOutOfBounds
    ldrb w11, [x0]
    tbnz w11, #2, mb2
    b mb1
mb1:
    mov x10, x1
    b mb3
mb2:
    lsl w13, w1, #2
    mov x10, x1
    add w13, w13, #0x8
    add w1, w0, w13
    bl Runtime(GcLogElement)
    b mb3
mb3:
    add x14, x0, #0x8
    mov x1, x10
    str w2, [x14, w1, uxtw #2]
    ldp xzr, x30, [sp], #16
    ret

registers [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    ldr w9, [x1, #8]
    ldr w2, [x1, #16]
    ldr d0, [x1, #24]
    mov x6, x1
    mov x1, x9
    bl Func(func1)
    mov x12, x1
    mov x1, x6
    str d0, [x1]
    str x0, [x1, #8]
    mov x0, x12
    str x0, [x1, #16]
    str x2, [x1, #24]
    ldp xzr, x30, [sp], #16
    ret

zeros [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    bl Func(func2)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

zero again [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x5, x1
    bl Func(func3)
    mov x1, x5
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

none [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x6, x1
    cbz w0, trap NullReference
    mov x10, x6
    ldr w1, [x10, #8]
    bl Func(func4)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

two [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x5, x1
    bl Func(func5)
    mov x1, x5
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

call [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    ldr w0, [x1]
    mov x19, x1
    cbz w0, trap NullReference
    bl Func(func6)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp], #16
    ret

element [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    cbz w0, trap NullReference
    ldr w1, [x9, #8]
    ldr w2, [x9, #16]
    bl Func(func7)
    ldp xzr, x30, [sp], #16
    ret
