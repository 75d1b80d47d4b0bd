neg:  ; frame 0 bytes, saves []
mb0:
    fneg d0, d0
    ret

abs:  ; frame 0 bytes, saves []
mb0:
    fabs s0, s0
    ret

copysign:  ; frame 0 bytes, saves []
mb0:
    movi d2, #0xffffffffffffffff
    fneg d2, d2
    bsl v2.8b, v0.8b, v1.8b
    fmov d0, d2
    ret

min:  ; frame 0 bytes, saves []
mb0:
    fmin d0, d0, d1
    ret

max:  ; frame 0 bytes, saves []
mb0:
    fmax s0, s0, s1
    ret

nearest:  ; frame 0 bytes, saves []
mb0:
    frintn d0, d0
    ret

times_one:  ; frame 0 bytes, saves []
mb0:
    fmov d1, #1.0
    fmul d0, d0, d1
    ret

plus_zero:  ; frame 0 bytes, saves []
mb0:
    movi d1, #0x0
    fadd d0, d0, d1
    ret

not_equal:  ; frame 0 bytes, saves []
mb0:
    fcmp d0, d1
    cset w0, ne
    ret

neg [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func0)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

abs [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr s0, [x1]
    bl Func(func1)
    fmov w0, s0
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

copysign [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func2)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

min [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func3)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

max [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr s0, [x1]
    ldr s1, [x1, #8]
    bl Func(func4)
    fmov w0, s0
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

nearest [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func5)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

times_one [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func6)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

plus_zero [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    bl Func(func7)
    str d0, [x1]
    ldp xzr, x30, [sp], #16
    ret

not_equal [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func8)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
