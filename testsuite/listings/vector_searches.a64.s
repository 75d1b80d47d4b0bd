memcmp:  ; frame 0 bytes, saves []
mb0:
    cbnz w2, mb1
    b mb26
mb2:
    mov x3, x0
    mov x5, x2
    mov x4, x1
    sub w2, w2, #0x1
    cmp w2, #0x4
    b.hs mb4
    b mb3
mb4:
    adrp x16, Instance(mod0)+72
    ldr x6, [x16, :lo12:Instance(mod0)+72]
    lsr x6, x6, #16
    mov w6, w6
    lsl x6, x6, #16
    sub x6, x6, #0x10
    cmp x6, x0
    b.hs mb6
    b mb5
mb6:
    cmp x6, x1
    b.hs mb8
    b mb7
mb8:
    ldrb w7, [x28, w3, uxtw]  ; MemoryOutOfBounds
    ldrb w8, [x28, w4, uxtw]  ; MemoryOutOfBounds
    cmp w7, w8
    b.ne mb9
    b mb10
mb10:
    mov x7, x2
    b mb11
mb11:
    ldr q0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ldr q1, [x28, w1, uxtw]  ; MemoryOutOfBounds
    cmeq v0.16b, v0.16b, v1.16b
    uminv b1, v0.16b
    fmov w8, s1
    cbnz w8, mb12
    b mb19
mb12:
    cmp x7, #0x10
    b.gt mb14
    b mb13
mb13:
    movz w0, #0x0
    b mb20
mb14:
    sub x7, x7, #0x10
    add w0, w0, #0x10
    cmp x6, x0
    b.hs mb16
    b mb15
mb15:
    mov x0, x7
    b mb20
mb16:
    add w1, w1, #0x10
    cmp x6, x1
    b.hs mb17
    b mb18
mb18:
    mov x0, x7
    b mb20
mb19:
    ldr q1, const(0x80402010080402018040201008040201)
    and v0.16b, v0.16b, v1.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    umov w0, v0.h[0]
    eor w0, w0, #0xffff
    rbit w0, w0
    clz w0, w0
    sub x1, x7, x0
    cmp x7, x0
    csel x7, x1, xzr, gt
    mov x0, x7
    b mb20
mb20:
    sub x0, x2, x0
    mov w0, w0
    add w3, w3, w0
    add w4, w4, w0
    sub w5, w5, w0
    b mb21
mb21:
    ldrb w0, [x28, w3, uxtw]  ; MemoryOutOfBounds
    ldrb w1, [x28, w4, uxtw]  ; MemoryOutOfBounds
    cmp w0, w1
    b.ne mb24
    b mb22
mb22:
    add w3, w3, #0x1
    add w4, w4, #0x1
    sub w5, w5, #0x1
    cbnz w5, mb23
    b mb25
mb24:
    sub w0, w0, w1
    ret
mb25:
    movz w0, #0x0
    ret
mb26:
    movz w0, #0x0
    ret

line:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    mov x2, x0
    sub x3, x1, x0
    cmp x3, #0x4
    b.ge mb3
    b mb2
mb3:
    adrp x16, Instance(mod0)+72
    ldr x4, [x16, :lo12:Instance(mod0)+72]
    lsr x4, x4, #16
    mov w4, w4
    lsl x4, x4, #16
    sub x4, x4, #0x10
    cmp x4, x0
    b.hs mb5
    b mb4
mb5:
    ldrb w5, [x28, w2, uxtw]  ; MemoryOutOfBounds
    cmp w5, #0xa
    b.ne mb7
    b mb6
mb7:
    movi v0.16b, #0xa
    mov x5, x3
    b mb8
mb8:
    ldr q1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    cmeq v1.16b, v1.16b, v0.16b
    umaxp v2.4s, v1.4s, v1.4s
    fmov x6, d2
    cbnz x6, mb14
    b mb9
mb9:
    cmp x5, #0x10
    b.gt mb11
    b mb10
mb10:
    movz w0, #0x0
    b mb15
mb11:
    sub x5, x5, #0x10
    add w0, w0, #0x10
    cmp x4, x0
    b.hs mb12
    b mb13
mb13:
    mov x0, x5
    b mb15
mb14:
    ldr q0, const(0x80402010080402018040201008040201)
    and v0.16b, v1.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    umov w0, v0.h[0]
    rbit w0, w0
    clz w0, w0
    sub x4, x5, x0
    cmp x5, x0
    csel x5, x4, xzr, gt
    mov x0, x5
    b mb15
mb15:
    sub x0, x3, x0
    mov w0, w0
    add w2, w2, w0
    b mb16
mb16:
    cmp w1, w2
    b.hi mb18
    b mb17
mb18:
    ldrb w0, [x28, w2, uxtw]  ; MemoryOutOfBounds
    cmp w0, #0xa
    b.ne mb20
    b mb19
mb20:
    add w2, w2, #0x1
    b mb16
mb21:
    mov x0, x2
    ret

spaces:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    mov x2, x0
    sub x3, x1, x0
    cmp x3, #0x4
    b.ge mb3
    b mb2
mb3:
    adrp x16, Instance(mod0)+72
    ldr x4, [x16, :lo12:Instance(mod0)+72]
    lsr x4, x4, #16
    mov w4, w4
    lsl x4, x4, #16
    sub x4, x4, #0x10
    cmp x4, x0
    b.hs mb5
    b mb4
mb5:
    ldrb w5, [x28, w2, uxtw]  ; MemoryOutOfBounds
    cmp w5, #0x20
    b.eq mb7
    b mb6
mb7:
    movi v0.16b, #0x20
    mov x5, x3
    b mb8
mb8:
    ldr q1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    cmeq v1.16b, v1.16b, v0.16b
    uminv b2, v1.16b
    fmov w6, s2
    cbnz w6, mb9
    b mb14
mb9:
    cmp x5, #0x10
    b.gt mb11
    b mb10
mb10:
    movz w0, #0x0
    b mb15
mb11:
    sub x5, x5, #0x10
    add w0, w0, #0x10
    cmp x4, x0
    b.hs mb12
    b mb13
mb13:
    mov x0, x5
    b mb15
mb14:
    ldr q0, const(0x80402010080402018040201008040201)
    and v0.16b, v1.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    umov w0, v0.h[0]
    eor w0, w0, #0xffff
    rbit w0, w0
    clz w0, w0
    sub x4, x5, x0
    cmp x5, x0
    csel x5, x4, xzr, gt
    mov x0, x5
    b mb15
mb15:
    sub x0, x3, x0
    mov w0, w0
    add w2, w2, w0
    b mb16
mb16:
    cmp w1, w2
    b.hi mb18
    b mb17
mb18:
    ldrb w0, [x28, w2, uxtw]  ; MemoryOutOfBounds
    cmp w0, #0x20
    b.eq mb20
    b mb19
mb20:
    add w2, w2, #0x1
    b mb16
mb21:
    mov x0, x2
    ret

memcmp [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w3, [x1, #8]
    ldr w2, [x1, #16]
    mov x9, x1
    mov x1, x3
    bl Func(func0)
    str x0, [x9]
    ldp x28, x30, [sp], #16
    ret

line [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x7, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x7]
    ldp x28, x30, [sp], #16
    ret

spaces [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x7, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x7]
    ldp x28, x30, [sp], #16
    ret
