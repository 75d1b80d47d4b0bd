address:  ; frame 0 bytes, saves []
mb0:
    add x0, x28, w0, uxtw
    ldrb w0, [x0, #4]  ; MemoryOutOfBounds
    ret

mixed:  ; frame 0 bytes, saves []
mb0:
    add w0, w0, w2
    fcvtzu x2, d0
    add x1, x1, x2
    add x0, x0, x1
    ret

address [entry]:  ; frame 0 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    ldr w0, [x1]
    bl Func(func0)
    str x0, [x1]
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

address [export]:  ; frame 16 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    mov w1, w1
    str w1, [sp]
    adrp x1, Func(func2)
    add x1, x1, :lo12:Func(func2)
    add x2, sp, #0x0
    bl Runtime(Call)
    ldr w0, [sp]
    add sp, sp, #0x10
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

mixed [entry]:  ; frame 0 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    ldr w0, [x1]
    ldr x3, [x1, #8]
    ldr d0, [x1, #16]
    ldr w2, [x1, #24]
    mov x4, x1
    mov x1, x3
    bl Func(func1)
    str x0, [x4]
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

mixed [export]:  ; frame 32 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    mov w1, w1
    mov w3, w3
    str w1, [sp]
    str x2, [sp, #8]
    str d0, [sp, #16]
    str w3, [sp, #24]
    adrp x1, Func(func4)
    add x1, x1, :lo12:Func(func4)
    add x2, sp, #0x0
    bl Runtime(Call)
    ldr x0, [sp]
    add sp, sp, #0x20
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
