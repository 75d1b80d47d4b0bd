next:  ; frame 0 bytes, saves []
mb0:
    ldr w1, [x0, #4]  ; NullReference
    add w1, w1, #0x1
    str w1, [x0, #4]
    mov x0, x1
    ret

iterate:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x0
    movz w2, #0x0
    b mb1
mb1:
    add w2, w2, #0x1
    eor w1, w1, w2
    cmp w0, w2
    b.hi mb2
    b mb3
mb3:
    mov x0, x1
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w0, sxtb
    ret

leaves:  ; frame 0 bytes, saves [%r30]
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
    str w3, [x1, #4]
    movz w0, #0x2
    str w0, [x1, #8]
    cbnz w3, mb5
    b mb4
mb5:
    adrp x16, Instance(mod0)+64
    str w1, [x16, :lo12:Instance(mod0)+64]
    b mb6
mb6:
    mov x0, x3
    ldp xzr, x30, [sp], #16
    ret

either:  ; frame 0 bytes, saves [%r30]
mb0:
    cbnz w0, mb1
    b mb5
mb1:
    adrp x16, Heap
    ldr w1, [x16, :lo12:Heap]
    adrp x16, Heap+8
    ldr w2, [x16, :lo12:Heap+8]
    add w3, w1, #0x10
    cmp w2, w3
    b.lo mb2
    b mb3
mb2:
    movz w2, #0x10
    movz w1, #0x0
    mov x3, x0
    mov x0, x2
    bl Runtime(GcAllocate)
    mov w1, w0
    b mb4
mb3:
    adrp x16, Heap
    str w3, [x16, :lo12:Heap]
    mov x3, x0
    b mb4
mb4:
    str w3, [x1, #4]
    movz w0, #0x2
    str w0, [x1, #8]
    b mb6
mb5:
    adrp x16, Instance(mod0)+64
    ldr w1, [x16, :lo12:Instance(mod0)+64]
    b mb6
mb6:
    ldr w0, [x1, #4]  ; NullReference
    ldp xzr, x30, [sp], #16
    ret

iterate [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func1)
    str x0, [x3]
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
    mov x4, x1
    bl Func(func3)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

either [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x4, x1
    bl Func(func4)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret
