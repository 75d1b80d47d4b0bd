add:  ; frame 0 bytes, saves []
mb0:
    adds x0, x0, x2
    adc x1, x1, x3
    ret

sub:  ; frame 0 bytes, saves []
mb0:
    subs x0, x0, x2
    sbc x1, x1, x3
    ret

mul_u:  ; frame 0 bytes, saves []
mb0:
    mul x2, x0, x1
    umulh x1, x0, x1
    mov x0, x2
    ret

mul_s:  ; frame 0 bytes, saves []
mb0:
    mul x2, x0, x1
    smulh x1, x0, x1
    mov x0, x2
    ret

extended:  ; frame 0 bytes, saves []
mb0:
    add x2, x0, x1
    cmp x0, x2
    cset w1, hi
    mov x0, x2
    ret

small:  ; frame 0 bytes, saves []
mb0:
    and w0, w0, #0xff
    umull x0, w0, w1
    movz w1, #0x0
    ret

add [entry]:  ; frame 0 bytes, saves [%r30]
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

sub [entry]:  ; frame 0 bytes, saves [%r30]
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

mul_u [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x3]
    str x1, [x3, #8]
    ldp xzr, x30, [sp], #16
    ret

mul_s [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x3]
    str x1, [x3, #8]
    ldp xzr, x30, [sp], #16
    ret

extended [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func4)
    str x0, [x3]
    str x1, [x3, #8]
    ldp xzr, x30, [sp], #16
    ret

small [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func5)
    str x0, [x3]
    str x1, [x3, #8]
    ldp xzr, x30, [sp], #16
    ret
