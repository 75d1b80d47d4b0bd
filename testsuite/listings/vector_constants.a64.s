short:  ; frame 0 bytes, saves []
mb0:
    movi v0.2d, #0x0
    movi v1.2d, #0xffffffffffffffff
    movi v2.8h, #0x1, lsl #8
    movi v3.2d, #0xff00ffffff00ffff
    fmov v4.4s, #1.5
    movi v5.2d, #0x0
    fneg v5.2d, v5.2d
    ret

pool:  ; frame 0 bytes, saves []
mb0:
    ldr q0, const(0xf0e0d0c0b0a09080706050403020100)
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    ldr q0, const(0x1f04060500001514070809021e011103)
    ldr q1, const(0x66656463626139383736353433323130)
    movi v2.16b, #0xf
    b mb1
mb1:
    ldr q30, [x28, w0, uxtw]  ; MemoryOutOfBounds
    and v3.16b, v30.16b, v2.16b
    tbl v3.16b, {v1.16b}, v3.16b
    add x2, x28, w0, uxtw
    ldr q31, [x2, #16]  ; MemoryOutOfBounds
    tbl v4.16b, {v30.16b, v31.16b}, v0.16b
    add v3.16b, v3.16b, v4.16b
    str q3, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add w0, w0, #0x10
    cmp w1, w0
    b.hi mb2
    b mb3
mb3:
    ret

loop_scalar:  ; frame 0 bytes, saves []
mb0:
    movz x2, #0x7c15
    movk x2, #0x7f4a, lsl #16
    movk x2, #0x79b9, lsl #32
    movk x2, #0x9e37, lsl #48
    movz x3, #0xcdef
    movk x3, #0x89ab, lsl #16
    movk x3, #0x4567, lsl #32
    movk x3, #0x123, lsl #48
    b mb1
mb1:
    eor x0, x3, x0
    mul x0, x0, x2
    sub w1, w1, #0x1
    cbnz w1, mb2
    b mb3
mb3:
    ret

short [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    bl Func(func0)
    str q0, [x1]
    str q1, [x1, #16]
    str q2, [x1, #32]
    str q3, [x1, #48]
    str q4, [x1, #64]
    str q5, [x1, #80]
    ldp x28, x30, [sp], #16
    ret

pool [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    bl Func(func1)
    str q0, [x1]
    ldp x28, x30, [sp], #16
    ret

loop [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr w1, [x1, #8]
    bl Func(func2)
    ldp x28, x30, [sp], #16
    ret

loop_scalar [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    ldr w2, [x1, #8]
    mov x4, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret
