see:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Instance(mod0)+72
    ldr w0, [x16, :lo12:Instance(mod0)+72]
    cbz w0, trap TableOutOfBounds
    adrp x16, Instance(mod0)+64
    ldr x0, [x16, :lo12:Instance(mod0)+64]
    ldr x0, [x0]
    ldr x1, [x0, #16]  ; IndirectCallToNull
    cmp x1, #0x3
    b.ne trap BadSignature
    ldr x1, [x0]
    movz w0, #0x1
    blr x1
    ldp xzr, x30, [sp], #16
    ret

chain:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x30
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x30
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    mov w1, w0
    add w0, w1, #0x10
    add w2, w1, #0x20
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    add w2, w1, #0x10
    add w3, w1, #0x20
    mov x4, x0
    mov x0, x2
    mov x2, x3
    mov x3, x4
    b mb3
mb3:
    str w3, [x1, #8]
    str w1, [x0, #4]
    str w0, [x2, #4]
    movz w0, #0x7
    str w0, [x2, #8]
    mov x0, x2
    ldp xzr, x30, [sp], #16
    ret

circle:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x20
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x20
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    mov w1, w0
    add w0, w1, #0x10
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    add w2, w1, #0x10
    mov x3, x0
    mov x0, x2
    b mb3
mb3:
    str w3, [x1, #8]
    str w1, [x0, #4]
    movz w2, #0x2
    str w2, [x0, #8]
    str w0, [x1, #4]
    mov x0, x1
    ldp xzr, x30, [sp], #16
    ret

arrays:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x20
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x20
    movz w1, #0x100
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    add w0, w1, #0x10
    movz w2, #0x2
    str w2, [x1, #4]
    movz w2, #0x5
    str w2, [x0, #4]
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    movz w2, #0x100
    str w2, [x1]
    add w2, w1, #0x10
    movz w3, #0x2
    str w3, [x1, #4]
    movz w3, #0x5
    str w3, [x2, #4]
    mov x3, x0
    mov x0, x2
    b mb3
mb3:
    movz w2, #0x200
    str w2, [x0]
    str w3, [x1, #8]
    movz w2, #0x1
    str w2, [x3, #8]  ; NullReference
    mov x2, x0
    mov x0, x1
    mov x1, x2
    ldp xzr, x30, [sp], #16
    ret

trap:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x20
    cmp w2, w3
    b.lo mb1
    b mb2
mb1:
    movz w2, #0x20
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    add w0, w1, #0x10
    b mb3
mb2:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    add w2, w1, #0x10
    mov x3, x0
    mov x0, x2
    b mb3
mb3:
    movz w2, #0x1
    str w2, [x1, #8]
    ldr w2, [x3, #8]  ; NullReference
    str w1, [x0, #4]
    str w2, [x0, #8]
    ldp xzr, x30, [sp], #16
    ret

call:  ; frame 16 bytes, saves [%r30 %r19]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x10
    cmp w1, w2
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
    str w2, [x16, :lo12:Heap]
    b mb3
mb3:
    str x0, [sp]
    movz w1, #0x1
    str w1, [x0, #8]
    movz w1, #0x1
    mov x19, x0
    mov x0, x1
    bl Func(func0)
    ; references: [0]
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x10
    cmp w1, w2
    b.lo mb4
    b mb5
mb4:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    ; references: [-176]
    mov w0, w0
    b mb6
mb5:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    b mb6
mb6:
    str w19, [x0, #4]
    movz w1, #0x2
    str w1, [x0, #8]
    add sp, sp, #0x10
    ldp x19, x30, [sp], #16
    ret

length:  ; frame 0 bytes, saves [%r30]
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
    movz w0, #0x1
    str w0, [x1, #8]
    cmp w3, #0x400
    b.hi mb4
    b mb5
mb5:
    add w0, w3, #0xf
    and w0, w0, #0xfffffff8
    adrp x16, Heap
    ldr w2, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w4, [x16, :lo12:Heap+8]
    add w0, w0, w2
    cmp w4, w0
    b.lo mb6
    b mb8
mb7:
    movz w4, #0x200
    movz w2, #0x1
    mov x0, x3
    mov x5, x1
    mov x1, x4
    bl Runtime(GcAllocateArray)
    ; references: [-64]
    mov w2, w0
    b mb9
mb8:
    adrp x16, Heap
    str w0, [x16, :lo12:Heap]
    movz w0, #0x200
    str w0, [x2]
    str w3, [x2, #4]
    mov x5, x1
    b mb9
mb9:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w3, w0, #0x10
    cmp w1, w3
    b.lo mb10
    b mb11
mb10:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    ; references: [-64, -40]
    mov w0, w0
    b mb12
mb11:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    b mb12
mb12:
    movz w1, #0x2
    str w1, [x0, #8]
    mov x3, x0
    mov x0, x5
    mov x1, x2
    mov x2, x3
    ldp xzr, x30, [sp], #16
    ret

large:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x16, Heap
    ldr w0, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w1, [x16, :lo12:Heap+8]
    add w2, w0, #0x260
    cmp w1, w2
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x260
    movz w1, #0x200
    bl Runtime(GcAllocate)
    mov w0, w0
    movz w1, #0x258
    str w1, [x0, #4]
    b mb3
mb2:
    adrp x16, Heap
    str w2, [x16, :lo12:Heap]
    movz w1, #0x200
    str w1, [x0]
    movz w1, #0x258
    str w1, [x0, #4]
    b mb3
mb3:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x260
    cmp w2, w3
    b.lo mb4
    b mb5
mb4:
    movz w2, #0x260
    movz w1, #0x200
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    ; references: [-48]
    mov w1, w0
    movz w0, #0x258
    str w0, [x1, #4]
    b mb6
mb5:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    movz w2, #0x200
    str w2, [x1]
    movz w2, #0x258
    str w2, [x1, #4]
    mov x3, x0
    b mb6
mb6:
    mov x0, x3
    ldp xzr, x30, [sp], #16
    ret

chain [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x5, x1
    bl Func(func1)
    str x0, [x5]
    ldp xzr, x30, [sp], #16
    ret

circle [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x4, x1
    bl Func(func2)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

arrays [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    cbz w0, trap NullReference
    mov x4, x1
    bl Func(func3)
    str x0, [x4]
    str x1, [x4, #8]
    ldp xzr, x30, [sp], #16
    ret

trap [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x4, x1
    bl Func(func4)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

call [entry]:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    mov x19, x1
    bl Func(func5)
    str x0, [x19]
    ldp x19, x30, [sp], #16
    ret

length [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x6, x1
    bl Func(func6)
    str x0, [x6]
    str x1, [x6, #8]
    str x2, [x6, #16]
    ldp xzr, x30, [sp], #16
    ret

large [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x4, x1
    bl Func(func7)
    str x0, [x4]
    str x1, [x4, #8]
    ldp xzr, x30, [sp], #16
    ret
