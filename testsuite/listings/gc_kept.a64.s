next:  ; frame 0 bytes, saves []
mb0:
    ldr w3, [x0, #4]  ; NullReference
    mov x6, x0
    add w0, w3, #0x1
    str w0, [x6, #4]
    ret

iterate:  ; frame 0 bytes, saves []
mb0:
    mov x8, x0
    movz w0, #0x0
    movz w6, #0x0
    b mb1
mb1:
    add w6, w6, #0x1
    eor w0, w0, w6
    mov x13, x8
    cmp w13, w6
    b.hi mb2
    b mb3
mb2:
    mov x8, x13
    b mb1
mb3:
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w0, sxtb
    ret

leaves:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x12, x0
    adrp x16, Heap
    ldr w2, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w11, [x16, :lo12:Heap+8]
    add w7, w2, #0x10
    cmp w11, w7
    b.lo mb1
    b mb2
mb1:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w2, w0
    mov x0, x12
    b mb3
mb2:
    adrp x16, Heap
    str w7, [x16, :lo12:Heap]
    mov x0, x12
    b mb3
mb3:
    str w0, [x2, #4]
    movz w1, #0x2
    str w1, [x2, #8]
    cbnz w0, mb5
    b mb4
mb5:
    adrp x16, Instance(mod0)+64
    str w2, [x16, :lo12:Instance(mod0)+64]
    b mb6
mb6:
    ldp xzr, x30, [sp], #16
    ret

either:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb5
mb1:
    mov x14, x0
    adrp x16, Heap
    ldr w3, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w15, [x16, :lo12:Heap+8]
    add w11, w3, #0x10
    cmp w15, w11
    b.lo mb2
    b mb3
mb2:
    movz w0, #0x10
    movz w1, #0x0
    bl Runtime(GcAllocate)
    mov w3, w0
    mov x0, x14
    b mb4
mb3:
    adrp x16, Heap
    str w11, [x16, :lo12:Heap]
    mov x0, x14
    b mb4
mb4:
    str w0, [x3, #4]
    movz w0, #0x2
    str w0, [x3, #8]
    b mb6
mb5:
    adrp x16, Instance(mod0)+64
    ldr w3, [x16, :lo12:Instance(mod0)+64]
    b mb6
mb6:
    ldr w0, [x3, #4]  ; NullReference
    ldp xzr, x30, [sp], #16
    ret

iterate [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

chain [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

leaves [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x5, x1
    bl Func(func3)
    mov x1, x5
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

either [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x5, x1
    bl Func(func4)
    mov x1, x5
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
