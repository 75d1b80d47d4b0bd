sum:  ; frame 0 bytes, saves []
mb0:
    add x4, x0, x2
    cmn x0, x2
    adc x1, x1, x3
    mov x0, x4
    ret

difference:  ; frame 0 bytes, saves []
mb0:
    sub x4, x0, x2
    cmp x0, x2
    sbc x1, x1, x3
    mov x0, x4
    ret

greater:  ; frame 0 bytes, saves []
mb0:
    cmp x1, x0
    cinc x0, x2, lo
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cmp x1, x2
    cinc x4, x0, lo
    cmp x2, x3
    cinc x0, x4, lo
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w4, lt
    add x0, x2, x4
    ret

negated:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w3, lo
    neg x0, x3
    ret

not less:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w4, hs
    add x0, x2, x4
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x15, x1
    mov x1, x6
    bl Func(func0)
    str x0, [x15]
    str x1, [x15, #8]
    ldp xzr, x30, [sp], #16
    ret

difference [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x6, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x15, x1
    mov x1, x6
    bl Func(func1)
    str x0, [x15]
    str x1, [x15, #8]
    ldp xzr, x30, [sp], #16
    ret

greater [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x7, x1
    ldr x0, [x1]
    ldr x1, [x1, #8]
    mov x11, x7
    ldr x2, [x11, #16]
    bl Func(func2)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

two [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x5, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x8, x1
    mov x1, x5
    bl Func(func3)
    mov x1, x8
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

signed [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x7, x1
    ldr x0, [x1]
    ldr x1, [x1, #8]
    mov x11, x7
    ldr x2, [x11, #16]
    bl Func(func4)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

negated [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    mov x9, x1
    ldr x1, [x9, #8]
    mov x6, x9
    bl Func(func5)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

not less [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x7, x1
    ldr x0, [x1]
    ldr x1, [x1, #8]
    mov x11, x7
    ldr x2, [x11, #16]
    bl Func(func6)
    mov x1, x7
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
