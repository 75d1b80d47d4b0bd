widen:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x0, x27
    bl Func(func0)
    mov w0, w0
    ldp xzr, x30, [sp], #16
    ret

address:  ; frame 0 bytes, saves [%r30]
mb0:
    mov x0, x27
    bl Func(func0)
    mov w0, w0
    ldr w0, [x28, w0, uxtw]  ; MemoryOutOfBounds
    ldp xzr, x30, [sp], #16
    ret

widen [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    mov x19, x1
    bl Func(func1)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp x28, x27, [sp], #32
    ret

widen [export]:  ; frame 16 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    adrp x1, Func(func3)
    add x1, x1, :lo12:Func(func3)
    add x2, sp, #0x0
    bl Runtime(Call)
    ldr x0, [sp]
    add sp, sp, #0x10
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret

address [entry]:  ; frame 0 bytes, saves [%r30 %r19 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    mov x19, x1
    bl Func(func2)
    str x0, [x19]
    ldp x19, x30, [sp, #16]
    ldp x28, x27, [sp], #32
    ret

address [export]:  ; frame 16 bytes, saves [%r30 %r27 %r28]
mb0:
    mov x27, x0
    ldr x28, [x27, #8]
    ldr x28, [x28]
    adrp x1, Func(func5)
    add x1, x1, :lo12:Func(func5)
    add x2, sp, #0x0
    bl Runtime(Call)
    ldr w0, [sp]
    add sp, sp, #0x10
    ldp x27, x30, [sp, #16]
    ldp xzr, x28, [sp], #32
    ret
