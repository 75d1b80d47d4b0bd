address:  ; frame 0 bytes, saves []
mb0:
    add x2, x28, w0, uxtw
    ldrb w0, [x2, #4]  ; MemoryOutOfBounds
    ret

mixed:  ; frame 0 bytes, saves []
mb0:
    add w6, w0, w2
    fcvtzu x5, d0
    add x4, x1, x5
    add x0, x6, x4
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
    mov w8, w1
    str w8, [sp]
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
    mov x8, x1
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    ldr w0, [x1]
    ldr x1, [x1, #8]
    mov x15, x8
    ldr d0, [x15, #16]
    ldr w2, [x15, #24]
    bl Func(func1)
    mov x1, x8
    str x0, [x1]
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

mixed [export]:  ; frame 32 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    mov w11, w1
    mov w9, w3
    str w11, [sp]
    str x2, [sp, #8]
    str d0, [sp, #16]
    str w9, [sp, #24]
    adrp x1, Func(func4)
    add x1, x1, :lo12:Func(func4)
    add x2, sp, #0x0
    bl Runtime(Call)
    ldr x0, [sp]
    add sp, sp, #0x20
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
