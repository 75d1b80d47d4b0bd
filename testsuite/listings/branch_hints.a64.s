f:  ; frame 0 bytes, saves []
mb0:
    cmp w0, #0x64
    b.gt mb3
    b mb1
mb2:
    add w0, w0, #0x1
    ret
mb3:
    movz w0, #0x3
    b mb2

g:  ; frame 0 bytes, saves []
mb0:
    cbnz w0, mb3
    b mb1
mb2:
    add w0, w0, #0x1
    ret
mb3:
    fmov s0, w0
    cnt v0.8b, v0.8b
    addv b0, v0.8b
    fmov w0, s0
    b mb2

f [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

g [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret
