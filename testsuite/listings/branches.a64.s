less:  ; frame 0 bytes, saves []
mb0:
    cmp w0, w1
    b.lo mb1
    b mb2
mb1:
    movz w0, #0xa
    b mb3
mb2:
    mul w0, w0, w1
    b mb3
mb3:
    ret

zero:  ; frame 0 bytes, saves []
mb0:
    cbz x0, mb1
    b mb2
mb1:
    movn x0, #0x0
    ret
mb2:
    movz w1, #0x64
    cbz x0, trap IntegerDivisionByZero
    udiv x0, x1, x0
    ret

float:  ; frame 0 bytes, saves []
mb0:
    fcmp d0, d1
    b.mi mb1
    b mb2
mb1:
    fsub d0, d1, d0
    b mb3
mb2:
    fmul d0, d0, d0
    b mb3
mb3:
    ret

float_equal:  ; frame 0 bytes, saves []
mb0:
    fcmp s0, s1
    b.eq mb1
    b mb2
mb1:
    movz w0, #0x3
    b mb3
mb2:
    ldr w0, [x28, #8]  ; MemoryOutOfBounds
    b mb3
mb3:
    ret

bit:  ; frame 0 bytes, saves []
mb0:
    tbnz w0, #4, mb1
    b mb2
mb1:
    ldr w0, [x28]  ; MemoryOutOfBounds
    b mb3
mb2:
    movz w0, #0x2
    b mb3
mb3:
    ret

choose:  ; frame 0 bytes, saves []
mb0:
    cmp w0, #0x7
    csel x0, x1, x2, gt
    ret

choose_float:  ; frame 0 bytes, saves []
mb0:
    cmp w0, #0x0
    fcsel d0, d0, d1, ne
    ret

loop:  ; frame 0 bytes, saves []
mb0:
    movz w1, #0x0
    b mb1
mb1:
    ldrb w2, [x28, w0, uxtw]  ; MemoryOutOfBounds
    add x1, x1, x2
    sub w0, w0, #0x1
    cbnz w0, mb2
    b mb3
mb3:
    mov x0, x1
    ret

less [entry]:  ; frame 0 bytes, saves [%r30 %r28]
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

zero [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr x0, [x1]
    mov x2, x1
    bl Func(func1)
    str x0, [x2]
    ldp x28, x30, [sp], #16
    ret

float [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr d0, [x1]
    ldr d1, [x1, #8]
    bl Func(func2)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret

float_equal [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr s0, [x1]
    ldr s1, [x1, #8]
    bl Func(func3)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

bit [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    bl Func(func4)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret

choose [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr x3, [x1, #8]
    ldr x2, [x1, #16]
    mov x4, x1
    mov x1, x3
    bl Func(func5)
    str x0, [x4]
    ldp x28, x30, [sp], #16
    ret

choose_float [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    ldr d0, [x1, #8]
    ldr d1, [x1, #16]
    bl Func(func6)
    str d0, [x1]
    ldp x28, x30, [sp], #16
    ret

loop [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    ldr w0, [x1]
    mov x3, x1
    bl Func(func7)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
