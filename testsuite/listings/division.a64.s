div_s:  ; frame 0 bytes, saves []
mb0:
    cbz w1, trap IntegerDivisionByZero
    cmn w1, #0x1
    ccmp w0, #0x1, #0x0, eq
    b.vs trap IntegerOverflow
    sdiv w0, w0, w1
    ret

div_u:  ; frame 0 bytes, saves []
mb0:
    cbz w1, trap IntegerDivisionByZero
    udiv w0, w0, w1
    ret

rem_s:  ; frame 0 bytes, saves []
mb0:
    cbz x1, trap IntegerDivisionByZero
    sdiv x2, x0, x1
    msub x0, x2, x1, x0
    ret

rem_u:  ; frame 0 bytes, saves []
mb0:
    cbz x1, trap IntegerDivisionByZero
    udiv x2, x0, x1
    msub x0, x2, x1, x0
    ret

by_seven:  ; frame 0 bytes, saves []
mb0:
    sxtw x1, w0
    movz x2, #0x2493
    movk x2, #0x9249, lsl #16
    mul x1, x1, x2
    asr x1, x1, #34
    mov w1, w1
    add w0, w1, w0, lsr #31
    ret

by_minus_one:  ; frame 0 bytes, saves []
mb0:
    movn w1, #0x0
    cmn w1, #0x1
    ccmp w0, #0x1, #0x0, eq
    b.vs trap IntegerOverflow
    sdiv w0, w0, w1
    ret

by_eight:  ; frame 0 bytes, saves []
mb0:
    lsr w0, w0, #3
    ret

rem_eight:  ; frame 0 bytes, saves []
mb0:
    asr w1, w0, #31
    add w1, w0, w1, lsr #29
    and w1, w1, #0xfffffff8
    sub w0, w0, w1
    ret

by_zero:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x0
    cbz w1, trap IntegerDivisionByZero
    udiv w0, w0, w1
    ret

div_s [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func0)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

div_u [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr w2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func1)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

rem_s [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func2)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

rem_u [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

by_seven [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x3, x1
    bl Func(func4)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret

by_minus_one [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func5)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

by_eight [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func6)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

rem_eight [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func7)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret

by_zero [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x2, x1
    bl Func(func8)
    str x0, [x2]
    ldp xzr, x30, [sp], #16
    ret
