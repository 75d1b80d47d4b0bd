switch:  ; frame 0 bytes, saves []
mb0:
    cbz w0, mb3
    cmp w0, #0x1
    b.eq mb1
    cmp w0, #0x2
    b.eq mb2
    cmp w0, #0x3
    b.eq mb3
    b mb4
mb1:
    movz w0, #0xc8
    ret
mb2:
    movz w0, #0x12c
    ret
mb3:
    movz w0, #0x64
    ret
mb4:
    movn w0, #0x0
    ret

two:  ; frame 0 bytes, saves []
mb0:
    cbz w0, mb1
    b mb2
mb1:
    movz w0, #0x1
    ret
mb2:
    movz w0, #0x2
    ret

default_only:  ; frame 0 bytes, saves []
mb0:
    movz w0, #0x5
    ret

value:  ; frame 0 bytes, saves []
mb0:
    cbz w0, mb3
    cmp w0, #0x1
    b.eq mb1
    b mb2
mb3:
    add x1, x1, #0x1
    b mb4
mb4:
    add x1, x1, x1, lsl #1
    b mb5
mb5:
    mov x0, x1
    ret

switch [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

two [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func1)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

default_only [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    bl Func(func2)
    str x0, [x1]
    ldp xzr, x30, [sp], #16
    ret

value [entry]:  ; frame 0 bytes, saves [%r30]
mb0:
    ldr w0, [x1]
    ldr x2, [x1, #8]
    mov x3, x1
    mov x1, x2
    bl Func(func3)
    str x0, [x3]
    ldp xzr, x30, [sp], #16
    ret
