load_store:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x7
    b.ne trap UnalignedAtomic
    add x2, x28, w0, uxtw
    add x3, x2, #0x8
    stlr x1, [x3]  ; MemoryOutOfBounds
    add x1, x28, w0, uxtw
    stlrb wzr, [x1]  ; MemoryOutOfBounds
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x0, x2, #0x10
    ldar w0, [x0]  ; MemoryOutOfBounds
    ret

add:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x0, x28, w0, uxtw
    ldaddal w1, w0, [x0]  ; MemoryOutOfBounds
    ret

add_narrow:  ; frame 0 bytes, saves []
mb0:
    tbnz w0, #0, trap UnalignedAtomic
    add x0, x28, w0, uxtw
    ldaddalh w1, w0, [x0]  ; MemoryOutOfBounds
    ret

unused:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    movz w2, #0x1
    add x3, x28, w0, uxtw
    ldaddal w2, w2, [x3]  ; MemoryOutOfBounds
    add x2, x28, w0, uxtw
    add x3, x2, #0x4
    neg w1, w1
    ldaddal w1, w1, [x3]  ; MemoryOutOfBounds
    tst w0, #0x7
    b.ne trap UnalignedAtomic
    movz x0, #0x1, lsl #32
    add x1, x2, #0x8
    ldsetal x0, x0, [x1]  ; MemoryOutOfBounds
    ret

and:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x0, x28, w0, uxtw
    mvn w1, w1
    ldclral w1, w0, [x0]  ; MemoryOutOfBounds
    ret

exchange:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    swpalb w1, w0, [x0]  ; MemoryOutOfBounds
    ret

compare_exchange:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x0, x28, w0, uxtw
    casal w1, w2, [x0]  ; MemoryOutOfBounds
    mov x0, x1
    ret

compare_exchange_narrow:  ; frame 0 bytes, saves []
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x0, x28, w0, uxtw
    casal w1, w2, [x0]  ; MemoryOutOfBounds
    mov x0, x1
    ret

fence:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x1
    str w1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dmb ish
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

spin:  ; frame 0 bytes, saves []
mb0:
    add x1, x28, w0, uxtw
    ldr w1, [x1, #4]  ; MemoryOutOfBounds
    b mb1
mb1:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    add x2, x28, w0, uxtw
    ldar w2, [x2]  ; MemoryOutOfBounds
    cbnz w2, mb3
    b mb2
mb3:
    add x0, x28, w0, uxtw
    ldr w0, [x0, #4]  ; MemoryOutOfBounds
    add w0, w1, w0
    ret

wait:  ; frame 0 bytes, saves [%r30 %r19]
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    adrp x4, Instance(mod0)+64
    add x4, x4, :lo12:Instance(mod0)+64
    movn x3, #0x0
    mov x19, x0
    mov x0, x4
    mov x2, x1
    mov x1, x19
    bl Runtime(Wait32)
    cmn x0, #0x1
    b.eq trap MemoryOutOfBounds
    mov w0, w0
    ldp x19, x30, [sp], #16
    ret

notify:  ; frame 0 bytes, saves [%r30]
mb0:
    tst w0, #0x3
    b.ne trap UnalignedAtomic
    adrp x3, Instance(mod0)+64
    add x3, x3, :lo12:Instance(mod0)+64
    movz w2, #0x1
    mov x1, x0
    mov x0, x3
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
    ldr x2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func0)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

add [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

add_narrow [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x3]
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
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

exchange [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

compare_exchange [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w3, [x1, #8]
    ldr w2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func6)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

compare_exchange_narrow [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func7)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

fence [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x2, x1
    bl Func(func8)
    str x0, [x2]
    ldp x28, x30, [sp], #16
    ret

spin [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x3, x1
    bl Func(func9)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

wait [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x19, x1
    mov x1, x2
    bl Func(func10)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

notify [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x19, x1
    bl Func(func11)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

size [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    mov x19, x1
    bl Func(func12)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
