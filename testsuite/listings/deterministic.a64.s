sum:  ; frame 0 bytes, saves []
mb0:
    fadd d0, d0, d1
    movz x16, #0x7ff8, lsl #48
    fmov d1, x16
    fcmp d0, d0
    fcsel d0, d1, d0, ne
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    fmul s0, s0, s1
    fsqrt s0, s0
    movz w16, #0x7fc0, lsl #16
    fmov s1, w16
    fcmp s0, s0
    fcsel s0, s1, s0, ne
    str s0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

unseen:  ; frame 0 bytes, saves []
mb0:
    fsub d2, d0, d1
    fmax d0, d0, d1
    fcmp d2, d0
    cset w0, mi
    ret

kept:  ; frame 0 bytes, saves []
mb0:
    ldr d1, [x28, w0, uxtw]  ; MemoryOutOfBounds
    cmp w0, #0x0
    fcsel d1, d0, d1, ne
    fabs d0, d0
    movi d2, #0xffffffffffffffff
    fneg d2, d2
    bsl v2.8b, v1.8b, v0.8b
    fmov d0, d2
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    movz x16, #0x7ff8, lsl #48
    fmov d0, x16
    movi d1, #0x0
    b mb1
mb1:
    ldr d2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    fadd d1, d1, d2
    fcmp d1, d1
    fcsel d1, d0, d1, ne
    sub w0, w0, #0x8
    cbnz w0, mb2
    b mb3
mb3:
    fmov d0, d1
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func0)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret

chain [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr s0, [x1]
    ldr s1, [x1, #8]
    ldr w0, [x1, #16]
    bl Func(func1)
    ldp x28, x30, [sp], #16
    ret

unseen [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func2)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

kept [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr d0, [x1]
    ldr s1, [x1, #8]
    ldr w0, [x1, #16]
    bl Func(func3)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret

loop [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func4)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret
