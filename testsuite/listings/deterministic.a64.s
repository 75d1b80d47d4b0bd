sum:  ; frame 0 bytes, saves []
mb0:
    fadd d3, d0, d1
    movz x16, #0x7ff8, lsl #48
    fmov d4, x16
    fcmp d3, d3
    fcsel d0, d4, d3, ne
    ret

chain:  ; frame 0 bytes, saves []
mb0:
    fmul s5, s0, s1
    fsqrt s5, s5
    movz w16, #0x7fc0, lsl #16
    fmov s6, w16
    fcmp s5, s5
    fcsel s5, s6, s5, ne
    str s5, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ret

unseen:  ; frame 0 bytes, saves []
mb0:
    fsub d2, d0, d1
    fmax d4, d0, d1
    fcmp d2, d4
    cset w0, mi
    ret

kept:  ; frame 0 bytes, saves []
mb0:
    ldr d7, [x28, w0, uxtw]  ; MemoryOutOfBounds
    cmp w0, #0x0
    fcsel d4, d0, d7, ne
    fabs d6, d0
    movi d16, #0xffffffffffffffff
    fneg d0, d16
    bsl v0.8b, v4.8b, v6.8b
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    movz x16, #0x7ff8, lsl #48
    fmov d4, x16
    movi d0, #0x0
    b mb1
mb1:
    ldr d16, [x28, w0, uxtw]  ; MemoryOutOfBounds
    fadd d16, d0, d16
    fcmp d16, d16
    fcsel d0, d4, d16, ne
    sub w0, w0, #0x8
    cbnz w0, mb2
    b mb3
mb3:
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
