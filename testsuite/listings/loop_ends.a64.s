sum:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x0
    movz w1, #0x0
    b mb1
mb1:
    add x2, x28, w1, uxtw
    ldr x2, [x2, #1024]  ; MemoryOutOfBounds
    add x0, x0, x2
    add w1, w1, #0x8
    cmp w1, #0x320
    b.ne mb2
    b mb3
mb3:
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    mov x3, x1
    bl Func(func0)
    str x0, [x3]
    ldp x28, x30, [sp], #16
    ret
