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
    sdiv x5, x0, x1
    msub x0, x5, x1, x0
    ret

rem_u:  ; frame 0 bytes, saves []
mb0:
    cbz x1, trap IntegerDivisionByZero
    udiv x5, x0, x1
    msub x0, x5, x1, x0
    ret

by_seven:  ; frame 0 bytes, saves []
mb0:
    sxtw x6, w0
    movz x8, #0x2493
    movk x8, #0x9249, lsl #16
    mul x7, x6, x8
    asr x7, x7, #34
    mov w6, w7
    add w0, w6, w0, lsr #31
    ret

by_minus_one:  ; frame 0 bytes, saves []
mb0:
    movn w3, #0x0
    cmn w3, #0x1
    ccmp w0, #0x1, #0x0, eq
    b.vs trap IntegerOverflow
    sdiv w0, w0, w3
    ret

by_eight:  ; frame 0 bytes, saves []
mb0:
    lsr w0, w0, #3
    ret

rem_eight:  ; frame 0 bytes, saves []
mb0:
    asr w5, w0, #31
    add w5, w0, w5, lsr #29
    and w5, w5, #0xfffffff8
    sub w0, w0, w5
    ret

by_zero:  ; frame 0 bytes, saves []
mb0:
    movz w3, #0x0
    cbz w3, trap IntegerDivisionByZero
    udiv w0, w0, w3
    ret

div_s [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    ldr w1, [x9, #8]
    mov x6, x9
    bl Func(func0)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

div_u [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    mov x9, x1
    ldr w1, [x9, #8]
    mov x6, x9
    bl Func(func1)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

rem_s [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    mov x9, x1
    ldr x1, [x9, #8]
    mov x6, x9
    bl Func(func2)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

rem_u [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr x0, [x1]
    mov x9, x1
    ldr x1, [x9, #8]
    mov x6, x9
    bl Func(func3)
    mov x1, x6
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

by_seven [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func4)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

by_minus_one [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func5)
    str x0, [x1]
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
    bl Func(func7)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

by_zero [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func8)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
