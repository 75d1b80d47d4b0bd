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
    ldaddal w1, w0, [x5]  ; MemoryOutOfBounds
    ret

add_narrow:  ; frame 0 bytes, saves []
mb0:
    tbnz w0, #0, trap UnalignedAtomic
    add x4, x28, w0, uxtw
    ldaddalh w1, w0, [x4]  ; MemoryOutOfBounds
    ret

unused:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    movz w12, #0x1
    add x14, x28, w0, uxtw
    ldaddal w12, w2, [x14]  ; MemoryOutOfBounds
    add x7, x28, w0, uxtw
    add x13, x7, #0x4
    neg w1, w1
    ldaddal w1, w1, [x13]  ; MemoryOutOfBounds
    tst w0, #0x7
    b.ne trap UnalignedAtomic
    movz x12, #0x1, lsl #32
    add x15, x7, #0x8
    ldsetal x12, x0, [x15]  ; MemoryOutOfBounds
    ret

and:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x5, x28, w0, uxtw
    mvn w8, w1
    ldclral w8, w0, [x5]  ; MemoryOutOfBounds
    ret

exchange:  ; frame 0 bytes, saves []
mb0:
    add x3, x28, w0, uxtw
    swpalb w1, w0, [x3]  ; MemoryOutOfBounds
    ret

compare_exchange:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x6, x28, w0, uxtw
    mov x0, x1
    casal w0, w2, [x6]  ; MemoryOutOfBounds
    ret

compare_exchange_narrow:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x6, x28, w0, uxtw
    mov x0, x1
    casal w0, w2, [x6]  ; MemoryOutOfBounds
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
    mov x6, x10
    bl Func(func5)
    mov x1, x6
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
