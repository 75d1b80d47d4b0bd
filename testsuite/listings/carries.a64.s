sum:  ; frame 0 bytes, saves []
mb0:
    adds x0, x0, x2
    adc x1, x1, x3
    ret

difference:  ; frame 0 bytes, saves []
mb0:
    subs x0, x0, x2
    sbc x1, x1, x3
    ret

greater:  ; frame 0 bytes, saves []
mb0:
    cmp x1, x0
    cinc x0, x2, lo
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cmp x1, x2
    cinc x0, x0, lo
    cmp x2, x3
    cinc x0, x0, lo
    ret

signed:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w0, lt
    add x0, x2, x0
    ret

negated:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w0, lo
    neg x0, x0
    ret

not less:  ; frame 0 bytes, saves []
mb0:
    cmp x0, x1
    cset w0, hs
    add x0, x2, x0
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func0)
    str x0, [x5]
    str x1, [x5, #8]
    ldp xzr, x30, [sp], #16
    ret

difference [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func1)
    str x0, [x5]
    str x1, [x5, #8]
    ldp xzr, x30, [sp], #16
    ret

greater [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func2)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

two [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x4, [x1, #8]
    ldr x2, [x1, #16]
    ldr x3, [x1, #24]
    mov x5, x1
    mov x1, x4
    bl Func(func3)
    str x0, [x5]
    ldp xzr, x30, [sp], #16
    ret

signed [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func4)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret

negated [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

not less [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func6)
    str x0, [x4]
    ldp xzr, x30, [sp], #16
    ret
