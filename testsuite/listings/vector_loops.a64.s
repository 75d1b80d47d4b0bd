find:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    ldr q16, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dup v18.16b, w1
    cmeq v16.16b, v16.16b, v18.16b
    add w0, w0, #0x10
    umaxp v17.4s, v16.4s, v16.4s
    fmov x2, d17
    cbnz x2, mb3
    b mb2
mb3:
    ldr q17, const(0x80402010080402018040201008040201)
    and v17.16b, v16.16b, v17.16b
    addp v19.16b, v17.16b, v17.16b
    addp v21.16b, v19.16b, v19.16b
    addp v23.16b, v21.16b, v21.16b
    umov w1, v23.h[0]
    rbit w1, w1
    clz w1, w1
    add w0, w0, w1
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    movi v0.2d, #0x0
    b mb1
mb1:
    ldr d16, [x28, w0, uxtw]  ; MemoryOutOfBounds
    sshll v1.4s, v16.4h, #0
    add x13, x28, w0, uxtw
    ldr s16, [x13, #8]  ; MemoryOutOfBounds
    dup v16.4s, v16.s[0]
    mla v0.4s, v1.4s, v16.4s
    add w0, w0, #0xc
    sub w1, w1, #0x1
    cbnz w1, mb2
    b mb3
mb3:
    ret

find [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x10, x1
    ldr w1, [x10, #8]
    mov x6, x10
    bl Func(func0)
    mov x1, x6
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x11, x1
    ldr w1, [x11, #8]
    bl Func(func1)
    mov x1, x11
    str q0, [x1]
    str q1, [x1, #16]
    ldp x28, x30, [sp], #16
    ret
