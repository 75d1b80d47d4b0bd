sum:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x0
    movz w4, #0x0
    b mb1
mb1:
    add x9, x28, w4, uxtw
    ldr x9, [x9, #1024]  ; MemoryOutOfBounds
    add x0, x0, x9
    add w4, w4, #0x8
    cmp w4, #0x320
    b.ne mb2
    b mb3
mb3:
    ret

sum [entry]:  ; frame 0 bytes, saves [%r30 %r28]
mb0:
    movz w28, #0x6000, lsl #16
    bl Func(func0)
    str x0, [x1]
    ldp x28, x30, [sp], #16
    ret
