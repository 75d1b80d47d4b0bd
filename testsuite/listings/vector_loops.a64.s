find:  ; frame 0 bytes, saves []
mb0:
    b mb1
mb1:
    ldr q0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    dup v1.16b, w1
    cmeq v0.16b, v0.16b, v1.16b
    add w0, w0, #0x10
    umaxp v1.4s, v0.4s, v0.4s
    fmov x2, d1
    cbnz x2, mb3
    b mb2
mb3:
    ldr q1, const(0x80402010080402018040201008040201)
    and v0.16b, v0.16b, v1.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    addp v0.16b, v0.16b, v0.16b
    umov w1, v0.h[0]
    rbit w1, w1
    clz w1, w1
    add w0, w0, w1
    ret

sum:  ; frame 0 bytes, saves []
mb0:
    movi v0.2d, #0x0
    b mb1
mb1:
    ldr d1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    sshll v1.4s, v1.4h, #0
    add x2, x28, w0, uxtw
    ldr s2, [x2, #8]  ; MemoryOutOfBounds
    dup v2.4s, v2.s[0]
    mla v0.4s, v1.4s, v2.4s
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
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func0)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func1)
    str q0, [x3]
    str q1, [x3, #16]
    ldp x28, x30, [sp], #16
    ret
