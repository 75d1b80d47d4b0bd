load_store:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x7
    b.ne trap UnalignedAtomic
    add x4, x28, w0, uxtw
    add x10, x4, #0x8
    stlr x1, [x10]  ; MemoryOutOfBounds
    add x10, x28, w0, uxtw
    stlrb wzr, [x10]  ; MemoryOutOfBounds
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x12, x4, #0x10
    ldar w0, [x12]  ; MemoryOutOfBounds
    ret

add:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x5, x28, w0, uxtw
    .0:
    ldaxr w0, [x5]  ; MemoryOutOfBounds
    add w8, w0, w1
    stlxr w9, w8, [x5]  ; MemoryOutOfBounds
    cbnz w9, .0
    ret

add_narrow:  ; frame 0 bytes, saves []
mb0:
    tbnz w0, #0, trap UnalignedAtomic
    add x4, x28, w0, uxtw
    .0:
    ldaxrh w0, [x4]  ; MemoryOutOfBounds
    add w7, w0, w1
    stlxrh w8, w7, [x4]  ; MemoryOutOfBounds
    cbnz w8, .0
    ret

unused:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    movz w15, #0x1
    add x5, x28, w0, uxtw
    .0:
    ldaxr w4, [x5]  ; MemoryOutOfBounds
    add w3, w4, w15
    stlxr w2, w3, [x5]  ; MemoryOutOfBounds
    cbnz w2, .0
    add x7, x28, w0, uxtw
    add x15, x7, #0x4
    .0:
    ldaxr w4, [x15]  ; MemoryOutOfBounds
    sub w3, w4, w1
    stlxr w2, w3, [x15]  ; MemoryOutOfBounds
    cbnz w2, .0
    tst w0, #0x7
    b.ne trap UnalignedAtomic
    movz x11, #0x1, lsl #32
    add x14, x7, #0x8
    .0:
    ldaxr x2, [x14]  ; MemoryOutOfBounds
    orr x1, x2, x11
    stlxr w0, x1, [x14]  ; MemoryOutOfBounds
    cbnz w0, .0
    ret

and:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x5, x28, w0, uxtw
    .0:
    ldaxr w0, [x5]  ; MemoryOutOfBounds
    and w8, w0, w1
    stlxr w9, w8, [x5]  ; MemoryOutOfBounds
    cbnz w9, .0
    ret

exchange:  ; frame 0 bytes, saves []
mb0:
    add x3, x28, w0, uxtw
    .0:
    ldaxrb w0, [x3]  ; MemoryOutOfBounds
    stlxrb w6, w1, [x3]  ; MemoryOutOfBounds
    cbnz w6, .0
    ret

compare_exchange:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x6, x28, w0, uxtw
    .0:
    ldaxr w0, [x6]  ; MemoryOutOfBounds
    cmp w0, w1
    b.ne .1
    stlxr w9, w2, [x6]  ; MemoryOutOfBounds
    cbnz w9, .0
    .1:
    ret

compare_exchange_narrow:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x6, x28, w0, uxtw
    mov w9, w1
    .0:
    ldaxr w0, [x6]  ; MemoryOutOfBounds
    cmp w0, w9
    b.ne .1
    stlxr w11, w2, [x6]  ; MemoryOutOfBounds
    cbnz w11, .0
    .1:
    ret

fence:  ; frame 0 bytes, saves []
mb0:
    movz w3, #0x1
    str w3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dmb ish
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

spin:  ; frame 0 bytes, saves []
mb0:
    add x8, x28, w0, uxtw
    ldr w3, [x8, #4]  ; MemoryOutOfBounds
    b mb1
mb1:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x12, x28, w0, uxtw
    ldar w12, [x12]  ; MemoryOutOfBounds
    cbnz w12, mb3
    b mb2
mb3:
    add x13, x28, w0, uxtw
    ldr w13, [x13, #4]  ; MemoryOutOfBounds
    add w0, w3, w13
    ret

wait:  ; frame 0 bytes, saves [%r30]
mb0:
    tst w0, #0x3
    mov x9, x0
    b.ne trap UnalignedAtomic
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    movn x3, #0x0
    mov x2, x1
    mov x1, x9
    bl Runtime(Wait32)
    cmn x0, #0x1
    b.eq trap MemoryOutOfBounds
    mov w0, w0
    ldp xzr, x30, [sp], #16
    ret

notify:  ; frame 0 bytes, saves [%r30]
mb0:
    tst w0, #0x3
    mov x1, x0
    b.ne trap UnalignedAtomic
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    movz w2, #0x1
    bl Runtime(Notify)
    cmn x0, #0x1
    b.eq trap MemoryOutOfBounds
    mov w0, w0
    ldp xzr, x30, [sp], #16
    ret

size:  ; frame 0 bytes, saves [%r30]
mb0:
    adrp x0, Instance(mod0)+64
    add x0, x0, :lo12:Instance(mod0)+64
    movz w1, #0x0
    bl Runtime(MemoryGrow)
    mov w0, w0
    ldp xzr, x30, [sp], #16
    ret

load_store [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr x1, [x10, #8]
    mov x6, x10
    bl Func(func0)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x6, x10
    bl Func(func1)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

add_narrow [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr x1, [x10, #8]
    mov x6, x10
    bl Func(func2)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

unused [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w1, [x1, #8]
    bl Func(func3)
    ldp x28, x30, [sp], #16
    ret

and [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x6, x10
    bl Func(func4)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

exchange [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x7, x10
    bl Func(func5)
    mov x1, x7
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

compare_exchange [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    mov x7, x1
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w1, [x1, #8]
    mov x12, x7
    ldr w2, [x12, #16]
    bl Func(func6)
    mov x1, x7
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

compare_exchange_narrow [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    mov x7, x1
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x1, [x1, #8]
    mov x12, x7
    ldr x2, [x12, #16]
    bl Func(func7)
    mov x1, x7
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

fence [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func8)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

spin [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func9)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

wait [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x19, x10
    bl Func(func10)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

notify [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func11)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

size [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    mov x19, x1
    movz w28, #0x6000, lsl #16
    bl Func(func12)
    mov x1, x19
    str x0, [x1]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
